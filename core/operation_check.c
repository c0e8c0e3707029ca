#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/feasts.h"
#include "core/grid.h"
#include "core/operation_check.h"

#define PROFICIENCY_MAX 10.0

bool opcheck_fail(struct check *check, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    return wfm_fail(check->error, WFM_ERROR_INPUT, "%s%s", check->where, message);
}

bool opcheck_share(double value, double max)
{
    return value >= 0 && value <= max; /* false for NaN */
}

static const struct zone *zone_of(struct check *check, const char *name)
{
    if (name == NULL)
        name = "";
    struct zone *zone = g_hash_table_lookup(check->zones, name);
    if (zone != NULL)
        return zone;
    g_autoptr(GError) why = NULL;
    zone = zone_new(name, &why);
    if (zone == NULL)
        opcheck_fail(check, "%s", why->message);
    else
        g_hash_table_insert(check->zones, g_strdup(name), zone);
    return zone;
}

/* Quarter-hour zones (Kathmandu, Chatham) need quarter-hour intervals: else no shift could start and no
   opening hour begin on the planning grid. Two instants of one year show both offsets of a zone. */
bool opcheck_zone(struct check *check, const char *name)
{
    static const int64_t instants[] = {INT64_C(1767225600), INT64_C(1782864000)}; /* 2026-01-01, 2026-07-01 */
    const struct zone *zone = zone_of(check, name);
    if (zone == NULL)
        return false;
    const struct zone *planning = zone_of(check, check->operation->zone);
    if (planning == NULL)
        return false;
    int interval_s = check->operation->interval_min * 60;
    for (size_t i = 0; i < G_N_ELEMENTS(instants); i++) {
        int32_t apart = zone_local(zone, instants[i]).offset_s - zone_local(planning, instants[i]).offset_s;
        NEED(apart % interval_s == 0,
             "the clock of %s is %d minutes away from that of the planning zone %s, which is no whole number "
             "of %d-minute "
             "intervals; plan in 15-minute ones",
             name, apart / 60, check->operation->zone, check->operation->interval_min);
    }
    return true;
}

static bool check_code(struct check *check, const char *code, const char *what)
{
    NEED(code != NULL && strlen(code) == 3 && strspn(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3,
         "%s \"%.8s\" is no currency code; write one like USD", what, code == NULL ? "" : code);
    return true;
}

static bool check_operation(struct check *check)
{
    const struct operation *op = check->operation;
    NEED(op->name != NULL && *op->name != '\0', "name is empty");
    NEED(grid_interval_ok(op->interval_min), "interval_minutes %d: use 5, 10, 15, 30 or 60",
         op->interval_min);
    if (zone_of(check, op->zone) == NULL || !check_code(check, op->currency, "currency"))
        return false;
    for (int i = 0; i < op->n_currencies; i++) {
        const struct currency *currency = &op->currencies[i];
        if (!check_code(check, currency->code, "currencies: "))
            return false;
        NEED(currency->rate > 0 && isfinite(currency->rate), "currency %s: rate %g is not above 0",
             currency->code, currency->rate);
        NEED(strcmp(currency->code, op->currency) != 0,
             "currency %s is the operation's own: its rate is 1, leave it out", currency->code);
        for (int j = 0; j < i; j++)
            NEED(strcmp(currency->code, op->currencies[j].code) != 0, "currency %s is given twice",
                 currency->code);
    }
    return true;
}

void opcheck_place(struct check *check, const char *kind, int i)
{
    g_snprintf(check->where, sizeof check->where, "%s %d: ", kind, i + 1);
    check->kind = kind;
    check->index = i;
}

bool opcheck_enter(struct check *check, GHashTable *seen, const char *kind, int i, const char *id)
{
    opcheck_place(check, kind, i);
    NEED(id != NULL && id_ok(id), "id \"%.80s\" is not 1 to %d characters of A-Z a-z 0-9 _ . -",
         id == NULL ? "" : id, WFM_ID_MAX);
    g_snprintf(check->where, sizeof check->where, "%s %s: ", kind, id);
    NEED(g_hash_table_add(seen, (gpointer)id), "there are two with this id; ids are unique among %ss", kind);
    return true;
}

static GHashTable *seen_new(void)
{
    return g_hash_table_new(g_str_hash, g_str_equal);
}

bool opcheck_holidays(struct check *check, const char *codes)
{
    g_autoptr(GError) why = NULL;
    if (codes == NULL || strcmp(codes, "none") == 0 || feasts_check(codes, &why))
        return true;
    NEED(false, "holidays: %s", why->message);
    return true;
}

static bool check_clients(struct check *check)
{
    g_autoptr(GHashTable) seen = seen_new();
    for (int i = 0; i < check->operation->n_clients; i++)
        if (!opcheck_enter(check, seen, "client", i, check->operation->clients[i].id) ||
            !opcheck_holidays(check, check->operation->clients[i].holidays))
            return false;
    return true;
}

static bool check_sites(struct check *check)
{
    g_autoptr(GHashTable) seen = seen_new();
    for (int i = 0; i < check->operation->n_sites; i++) {
        const struct site *site = &check->operation->sites[i];
        if (!opcheck_enter(check, seen, "site", i, site->id) || !opcheck_zone(check, site->zone))
            return false;
        NEED(site->country == NULL || *site->country == '\0' || strlen(site->country) == 2,
             "country \"%.20s\" is no code of two letters, like PH", site->country);
        if (!opcheck_shrinkage(check, site->shrinkage, site->shrinkage_parts, site->n_shrinkage_parts))
            return false;
        NEED(site->seats >= 0, "seats %d is negative; 0 means no limit", site->seats);
        NEED(opcheck_price(site->seat_price), "seat_price %g is negative", site->seat_price);
    }
    return true;
}

bool opcheck_spans(struct check *check, const struct week_span *spans, int n, const char *what, int step_min)
{
    for (int i = 0; i < n; i++) {
        const struct week_span *span = &spans[i];
        NEED(span->weekdays != 0 && span->weekdays < 1 << WEEK_DAYS, "%s %d names no weekday", what, i + 1);
        NEED(span->from_min >= 0 && span->from_min < DAY_MIN && span->to_min <= 2 * DAY_MIN,
             "%s %d: minutes %d to %d are outside 00:00..48:00", what, i + 1, span->from_min, span->to_min);
        NEED(span->from_min < span->to_min,
             "%s %d: from %02d:%02d to %02d:%02d ends before it starts; past midnight write the end as "
             "%02d:%02d",
             what, i + 1, span->from_min / 60, span->from_min % 60, span->to_min / 60, span->to_min % 60,
             span->to_min / 60 + 24, span->to_min % 60);
        NEED(span->from_min % step_min == 0 && span->to_min % step_min == 0,
             "%s %d: from %02d:%02d to %02d:%02d does not fall on the %d-minute intervals", what, i + 1,
             span->from_min / 60, span->from_min % 60, span->to_min / 60, span->to_min % 60, step_min);
    }
    return true;
}

static bool check_queues(struct check *check)
{
    g_autoptr(GHashTable) seen = seen_new();
    for (int i = 0; i < check->operation->n_queues; i++)
        if (!opcheck_enter(check, seen, "queue", i, check->operation->queues[i].id) ||
            !opcheck_queue(check, &check->operation->queues[i]))
            return false;
    return true;
}

static int round_up(int value, int step)
{
    return (value + step - 1) / step * step;
}

/* Can the breaks not in `placed` follow one another from `from_min` on, in some order, inside a span? In any
   one order the earliest places are best, so trying all orders (at most 6!) is exact. */
static bool breaks_fit(const struct shift_template *template, unsigned placed, int from_min, int span_min,
                       int step_min)
{
    if (placed == (1U << template->n_breaks) - 1)
        return true;
    for (int i = 0; i < template->n_breaks; i++) {
        const struct break_rule *rule = &template->breaks[i];
        int start = round_up(MAX(from_min, rule->earliest_min), step_min);
        if ((placed >> i & 1) == 0 && start <= rule->latest_min && start + rule->length_min <= span_min &&
            breaks_fit(template, placed | 1U << i, start + rule->length_min, span_min, step_min))
            return true;
    }
    return false;
}

static bool check_breaks(struct check *check, const struct shift_template *template)
{
    int step = check->operation->interval_min;
    NEED(template->n_breaks >= 0 && template->n_breaks <= TEMPLATE_BREAKS_MAX, "%d breaks; at most %d",
         template->n_breaks, TEMPLATE_BREAKS_MAX);
    int span = template->paid_min_min + shift_template_unpaid_min(template);
    for (int i = 0; i < template->n_breaks; i++) {
        const struct break_rule *rule = &template->breaks[i];
        NEED(rule->kind == ACTIVITY_MEAL || rule->kind == ACTIVITY_BREAK || rule->kind == ACTIVITY_SPLIT,
             "breaks %d: its kind must be meal, break or split", i + 1);
        NEED(rule->length_min > 0 && rule->length_min % step == 0,
             "breaks %d: %d minutes are no multiple of the planning interval of %d minutes", i + 1,
             rule->length_min, step);
        NEED(rule->earliest_min >= 0 && rule->earliest_min <= rule->latest_min,
             "breaks %d: earliest %d minutes is after latest %d minutes", i + 1, rule->earliest_min,
             rule->latest_min);
        NEED(round_up(rule->earliest_min, step) <= rule->latest_min,
             "breaks %d: no multiple of %d minutes lies between earliest %d and latest %d", i + 1, step,
             rule->earliest_min, rule->latest_min);
        NEED(
            round_up(rule->earliest_min, step) + rule->length_min <= span,
            "breaks %d: starting %d minutes after the shift start at the earliest, its %d minutes do not fit "
            "into the "
            "shortest shift of %d minutes",
            i + 1, rule->earliest_min, rule->length_min, span);
    }
    /* A longer shift only leaves more room, so the shortest decides. */
    NEED(breaks_fit(template, 0, 0, span, step),
         "breaks cannot all be placed in the shortest shift of %d minutes without overlapping; widen "
         "earliest..latest",
         span);
    return true;
}

static bool check_template(struct check *check, const struct shift_template *template)
{
    int step = check->operation->interval_min;
    NEED(template->weekdays != 0 && template->weekdays < 1 << WEEK_DAYS, "days names no weekday");
    NEED(template->start_from_min >= 0 && template->start_from_min <= template->start_to_min &&
             template->start_to_min < DAY_MIN,
         "start from %02d:%02d to %02d:%02d runs backwards or leaves the day; make two templates for starts "
         "around midnight",
         template->start_from_min / 60, template->start_from_min % 60, template->start_to_min / 60,
         template->start_to_min % 60);
    NEED(template->start_step_min > 0 && template->start_step_min % step == 0,
         "start.step of %d minutes is no multiple of the planning interval of %d minutes",
         template->start_step_min, step);
    NEED(template->start_from_min % step == 0,
         "start from %02d:%02d does not fall on the %d-minute intervals", template->start_from_min / 60,
         template->start_from_min % 60, step);
    NEED(template->paid_min_min > 0 && template->paid_min_min <= template->paid_max_min,
         "paid_minutes from %d to %d are not a range above 0", template->paid_min_min,
         template->paid_max_min);
    NEED(template->paid_step_min > 0 && template->paid_step_min % step == 0 &&
             template->paid_min_min % step == 0,
         "paid_minutes from %d in steps of %d are no multiples of the planning interval of %d minutes",
         template->paid_min_min, template->paid_step_min, step);
    if (!check_breaks(check, template))
        return false;
    NEED(template->paid_max_min + shift_template_unpaid_min(template) <= DAY_MIN,
         "the longest shift, %d paid and %d unpaid minutes, is longer than a day", template->paid_max_min,
         shift_template_unpaid_min(template));
    NEED(opcheck_share(template->on_call_pay, 10) && (template->on_call || template->on_call_pay == 0),
         "on_call_pay %g is not within 0..10 (a share of the pay), or the template is not on call",
         template->on_call_pay);
    return true;
}

static bool check_templates(struct check *check)
{
    g_autoptr(GHashTable) seen = seen_new();
    for (int i = 0; i < check->operation->n_templates; i++)
        if (!opcheck_enter(check, seen, "shift template", i, check->operation->templates[i].id) ||
            !check_template(check, &check->operation->templates[i]))
            return false;
    return true;
}

static bool check_contracts(struct check *check)
{
    g_autoptr(GHashTable) seen = seen_new();
    for (int i = 0; i < check->operation->n_contracts; i++)
        if (!opcheck_enter(check, seen, "contract", i, check->operation->contracts[i].id) ||
            !opcheck_contract(check, &check->operation->contracts[i]))
            return false;
    return true;
}

static bool check_agent(struct check *check, const struct agent *agent)
{
    const struct operation *op = check->operation;
    NEED(agent->site >= 0 && agent->site < op->n_sites, "site number %d does not exist", agent->site);
    NEED(agent->contract >= 0 && agent->contract < op->n_contracts, "contract number %d does not exist",
         agent->contract);
    for (int i = 0; i < agent->n_skills; i++) {
        const struct skill *skill = &agent->skills[i];
        NEED(skill->queue >= 0 && skill->queue < op->n_queues, "skill: queue number %d does not exist",
             skill->queue);
        NEED(i == 0 || agent->skills[i - 1].queue != skill->queue, "skills: %s is listed twice",
             op->queues[skill->queue].id);
        NEED(i == 0 || agent->skills[i - 1].queue < skill->queue, "skills are not sorted by queue");
        NEED(skill->proficiency > 0 && skill->proficiency <= PROFICIENCY_MAX,
             "skills: %s: proficiency %g is not above 0 and up to %g (1 is average)",
             op->queues[skill->queue].id, skill->proficiency, PROFICIENCY_MAX);
        NEED(skill->overflow >= 0 && skill->overflow <= OVERFLOW_MAX,
             "skills: %s: level %d is not within 1..%d (1 is the first choice)", op->queues[skill->queue].id,
             skill->overflow + 1, OVERFLOW_MAX + 1);
    }
    NEED(agent->employed_from <= agent->employed_to, "employed_to is before employed_from");
    NEED(agent->rank >= 0, "rank %d is negative; 1 is heard first, 0 is no rank", agent->rank);
    NEED(opcheck_price(agent->hire_price), "hire_price %g is negative", agent->hire_price);
    NEED(agent->optional || agent->hire_price == 0, "hire_price %g, but the agent is not optional",
         agent->hire_price);
    return opcheck_spans(check, agent->available, agent->n_available, "available", 1);
}

static bool check_agents(struct check *check)
{
    g_autoptr(GHashTable) seen = seen_new();
    for (int i = 0; i < check->operation->n_agents; i++)
        if (!opcheck_enter(check, seen, "agent", i, check->operation->agents[i].id) ||
            !check_agent(check, &check->operation->agents[i]))
            return false;
    return true;
}

static int time_off_compare(const void *a, const void *b)
{
    const struct time_off *x = *(const struct time_off *const *)a, *y = *(const struct time_off *const *)b;
    if (x->agent != y->agent)
        return x->agent < y->agent ? -1 : 1;
    return (x->start_ts > y->start_ts) - (x->start_ts < y->start_ts);
}

static bool check_time_off(struct check *check)
{
    const struct operation *op = check->operation;
    g_autofree const struct time_off **sorted = g_new(const struct time_off *, op->n_time_off + 1);
    for (int i = 0; i < op->n_time_off; i++) {
        const struct time_off *off = sorted[i] = &op->time_off[i];
        opcheck_place(check, "time off", i);
        NEED(off->agent >= 0 && off->agent < op->n_agents, "agent number %d does not exist", off->agent);
        g_snprintf(check->where, sizeof check->where, "time off %d of agent %s: ", i + 1,
                   op->agents[off->agent].id);
        NEED(off->start_ts < off->end_ts, "end is not after the start");
        NEED(off->credit_min >= 0 && off->credit_min <= DAY_MIN,
             "credit_minutes %d a day is not within 0..%d", off->credit_min, DAY_MIN);
    }
    qsort(sorted, (size_t)op->n_time_off, sizeof *sorted, time_off_compare);
    check->where[0] = '\0';
    for (int i = 1; i < op->n_time_off; i++) {
        const struct time_off *before = sorted[i - 1], *off = sorted[i];
        check->index = (int)(MAX(before, off) - op->time_off);
        g_autofree char *start = time_format(off->start_ts, NULL);
        NEED(before->agent != off->agent || before->end_ts <= off->start_ts,
             "time off of agent %s overlaps at %s, which would credit it twice; join the two",
             op->agents[off->agent].id, start);
    }
    return true;
}

static bool check_special_days(struct check *check)
{
    const struct operation *op = check->operation;
    const int limits[SCOPE_N] = {[SCOPE_ALL] = 1,
                                 [SCOPE_CLIENT] = op->n_clients,
                                 [SCOPE_QUEUE] = op->n_queues,
                                 [SCOPE_SITE] = op->n_sites};
    for (int i = 0; i < op->n_special_days; i++) {
        const struct special_day *special = &op->special_days[i];
        opcheck_place(check, "special day", i);
        NEED((int)special->scope >= 0 && special->scope < SCOPE_N, "unknown scope");
        NEED((int)special->kind >= 0 && special->kind < SPECIAL_N, "unknown kind");
        NEED(special->index >= 0 && special->index < limits[special->scope], "%s number %d does not exist",
             special_scope_name(special->scope), special->index);
        NEED(special->name != NULL && *special->name != '\0', "name is empty");
        NEED(!special->has_uplift || (special->uplift >= -1 && special->uplift <= 100),
             "uplift_percent %g is not within -100..10000", 100 * special->uplift);
        NEED((special->open_from_min == 0 && special->open_to_min == 0) ||
                 (special->open_from_min >= 0 && special->open_from_min < special->open_to_min &&
                  special->open_to_min <= DAY_MIN && special->open_from_min % 5 == 0 &&
                  special->open_to_min % 5 == 0),
             "open from minute %d to %d: write hours of that day, in steps of 5 minutes",
             special->open_from_min, special->open_to_min);
    }
    return true;
}

static void zone_destroy(gpointer zone)
{
    zone_free(zone);
}

bool operation_check(const struct operation *operation, GError **error)
{
    return operation_check_at(operation, NULL, error);
}

bool operation_check_at(const struct operation *operation, struct operation_place *place, GError **error)
{
    static bool (*const parts[])(struct check *) = {check_operation,  check_clients,       check_sites,
                                                    check_queues,     check_templates,     check_contracts,
                                                    check_agents,     check_time_off,      check_special_days,
                                                    opcheck_coupling, opcheck_preferences, opcheck_meetings};
    g_autoptr(GHashTable) zones = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, zone_destroy);
    struct check check = {.operation = operation, .zones = zones, .error = error};
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_strlcpy(check.where, "operation: ", sizeof check.where);
        check.kind = NULL;
        if (parts[i](&check))
            continue;
        if (place != NULL)
            *place = (struct operation_place){check.kind, check.index, strlen(check.where)};
        return false;
    }
    return true;
}
