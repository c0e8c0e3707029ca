#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/feasts.h"
#include "core/grid.h"
#include "core/operation_check.h"

#define PROFICIENCY_MAX 10.0
#define SHRINKAGE_MAX 0.95
#define TOTAL_TOLERANCE 1e-9 /* a total written with few digits */

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
static bool check_zone(struct check *check, const char *name)
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
    NEED(op->name != NULL && *op->name != '\0', "its name is empty");
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

/* Sets the place for messages and checks the id. */
bool opcheck_enter(struct check *check, GHashTable *seen, const char *kind, int i, const char *id)
{
    g_snprintf(check->where, sizeof check->where, "%s %d: ", kind, i + 1);
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

static bool check_holidays(struct check *check, const char *codes)
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
            !check_holidays(check, check->operation->clients[i].holidays))
            return false;
    return true;
}

static bool check_shrinkage(struct check *check, double total, const struct shrinkage_part *parts, int n)
{
    NEED(opcheck_share(total, SHRINKAGE_MAX), "shrinkage %g is not within 0..%g (a share)", total,
         SHRINKAGE_MAX);
    for (int i = 0; i < n; i++) {
        NEED(parts[i].name != NULL && id_ok(parts[i].name),
             "shrinkage: the name \"%.80s\" is not 1 to %d characters of A-Z a-z 0-9 _ . -",
             parts[i].name == NULL ? "" : parts[i].name, WFM_ID_MAX);
        NEED(opcheck_share(parts[i].share, SHRINKAGE_MAX), "shrinkage.%s %g is not within 0..%g (a share)",
             parts[i].name, parts[i].share, SHRINKAGE_MAX);
        for (int k = 0; k < i; k++)
            NEED(strcmp(parts[k].name, parts[i].name) != 0, "shrinkage.%s is given twice", parts[i].name);
    }
    NEED(n == 0 || fabs(total - shrinkage_total(parts, n)) <= TOTAL_TOLERANCE,
         "shrinkage %g is not what its %d parts make, %g", total, n, shrinkage_total(parts, n));
    return true;
}

static bool check_sites(struct check *check)
{
    g_autoptr(GHashTable) seen = seen_new();
    for (int i = 0; i < check->operation->n_sites; i++) {
        const struct site *site = &check->operation->sites[i];
        if (!opcheck_enter(check, seen, "site", i, site->id) || !check_zone(check, site->zone))
            return false;
        NEED(site->country == NULL || *site->country == '\0' || strlen(site->country) == 2,
             "country \"%.20s\" is no code of two letters, like PH", site->country);
        if (!check_shrinkage(check, site->shrinkage, site->shrinkage_parts, site->n_shrinkage_parts))
            return false;
        NEED(site->seats >= 0, "seats %d is negative; 0 means no limit", site->seats);
        NEED(opcheck_price(site->seat_price), "seat_price %g is negative", site->seat_price);
    }
    return true;
}

static bool check_sla(struct check *check, const struct sla *sla, enum channel channel)
{
    NEED((int)sla->definition >= 0 && sla->definition < SL_DEFINITION_N, "unknown service-level definition");
    NEED((int)sla->period >= 0 && sla->period < SLA_PERIOD_N, "unknown service-level period");
    NEED(opcheck_share(sla->target, 1), "sla.target %g is not within 0..1 (80 %% is 0.80)", sla->target);
    NEED(sla->threshold_s >= 0 && isfinite(sla->threshold_s), "sla.threshold %g s is negative",
         sla->threshold_s);
    NEED(!channel_is_deferred(channel) || sla->threshold_s > 0,
         "sla.threshold must be above 0 for %s: it is the time allowed until the answer, like \"4h\"",
         channel_name(channel));
    NEED(sla->short_abandon_s >= 0 && isfinite(sla->short_abandon_s), "sla.short_abandon %g s is negative",
         sla->short_abandon_s);
    NEED((sla->definition == SL_EXCL_SHORT) == (sla->short_abandon_s > 0),
         "sla.short_abandon %g s with the definition %s: it is needed for excl_short and belongs to no other",
         sla->short_abandon_s, sl_definition_name(sla->definition));
    NEED(sla->asa_max_s >= 0 && isfinite(sla->asa_max_s), "sla.asa_max %g s is negative", sla->asa_max_s);
    NEED(opcheck_share(sla->abandon_max, 1), "sla.abandon_max %g is not within 0..1", sla->abandon_max);
    NEED(opcheck_share(sla->occupancy_max, 1) && sla->occupancy_max > 0,
         "sla.occupancy_max %g is not above 0 and up to 1", sla->occupancy_max);
    return true;
}

static bool check_spans(struct check *check, const struct week_span *spans, int n, const char *what,
                        int step_min)
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

/* How a day's total spreads over the day. */
static bool check_profile(struct check *check, const struct queue *queue)
{
    double sum = 0;
    NEED(queue->n_day_profile == 0 || (queue->n_day_profile <= 288 && DAY_MIN % queue->n_day_profile == 0),
         "day_profile has %d parts; write one weight for each of 24, 48, 96 or 288 equal parts of a day",
         queue->n_day_profile);
    for (int i = 0; i < queue->n_day_profile; i++) {
        NEED(queue->day_profile[i] >= 0 && isfinite(queue->day_profile[i]),
             "day_profile: weight %g is negative", queue->day_profile[i]);
        sum += queue->day_profile[i];
    }
    NEED(queue->n_day_profile == 0 || sum > 0, "day_profile: all weights are 0");
    if (queue->profile_queue == NULL || *queue->profile_queue == '\0')
        return true;
    NEED(queue->n_day_profile == 0, "both day_profile and profile_queue say how a day spreads; leave one");
    int like = operation_queue(check->operation, queue->profile_queue);
    NEED(like >= 0 && &check->operation->queues[like] != queue,
         "profile_queue: there is no other queue \"%s\"", queue->profile_queue);
    return true;
}

/* Who serves it when. */
static bool check_routing(struct check *check, const struct queue *queue)
{
    NEED(queue->priority >= 0 && queue->priority <= PRIORITY_MAX,
         "priority %d is not within 0..%d; the highest is served first", queue->priority, PRIORITY_MAX);
    NEED(queue->overflow_after_s >= 0 && queue->overflow_after_s <= DAY_S,
         "overflow_after %g s is not within 0..%d seconds", queue->overflow_after_s, (int)DAY_S);
    NEED(queue->blend_idle >= 0 && queue->blend_idle <= BLEND_IDLE_MAX,
         "blend_idle %d is not within 0..%d agents", queue->blend_idle, BLEND_IDLE_MAX);
    NEED(channel_is_deferred(queue->channel) || (!queue->ring_fence && queue->blend_idle == 0),
         "%s belongs to deferred work (email, social, callback, back_office): %s contacts never wait for "
         "others; leave it out",
         queue->ring_fence ? "ring_fence" : "blend_idle", channel_name(queue->channel));
    NEED(!queue->ring_fence || queue->blend_idle == 0,
         "blend_idle %d with ring_fence: time set aside is not blended; leave one", queue->blend_idle);
    return true;
}

static bool check_queue(struct check *check, const struct queue *queue)
{
    const struct operation *op = check->operation;
    NEED(queue->client >= 0 && queue->client < op->n_clients, "client number %d does not exist",
         queue->client);
    NEED((int)queue->channel >= 0 && queue->channel < CHANNEL_N, "unknown channel");
    NEED(queue->language != NULL && *queue->language != '\0', "its language is empty");
    if (!check_zone(check, queue->zone) || !check_sla(check, &queue->sla, queue->channel))
        return false;
    NEED(queue->patience_s >= 0 && isfinite(queue->patience_s), "patience %g s is negative",
         queue->patience_s);
    NEED(!queue->endless_patience || queue->patience_s == 0,
         "patience %g s, though nobody is said to give up: that is a patience of 0", queue->patience_s);
    NEED(queue->aht_s > 0 && isfinite(queue->aht_s), "aht %g s is not above 0", queue->aht_s);
    NEED(queue->concurrency >= 1, "concurrency %d is not at least 1", queue->concurrency);
    NEED(queue->concurrency == 1 || queue->channel == CHANNEL_CHAT,
         "concurrency %d: only chat agents handle several contacts at once, not %s", queue->concurrency,
         channel_name(queue->channel));
    NEED(queue->concurrent_aht_s != NULL, "its AHT by concurrency is missing");
    for (int i = 0; i < queue->concurrency; i++)
        NEED(queue->concurrent_aht_s[i] > 0 && isfinite(queue->concurrent_aht_s[i]),
             "concurrent AHT %g s at %d contacts is not above 0", queue->concurrent_aht_s[i], i + 1);
    if (!check_shrinkage(check, queue->shrinkage, queue->shrinkage_parts, queue->n_shrinkage_parts) ||
        !check_routing(check, queue))
        return false;
    NEED(queue->min_staff >= 0 && isfinite(queue->min_staff), "min_staff %g is negative", queue->min_staff);
    NEED(opcheck_share(queue->occupancy_cap, 1) && queue->occupancy_cap > 0,
         "occupancy_cap %g is not above 0 and up to 1", queue->occupancy_cap);
    return check_holidays(check, queue->holidays) && check_profile(check, queue) &&
           check_spans(check, queue->open, queue->n_open, "opening hours", op->interval_min);
}

static bool check_queues(struct check *check)
{
    g_autoptr(GHashTable) seen = seen_new();
    for (int i = 0; i < check->operation->n_queues; i++)
        if (!opcheck_enter(check, seen, "queue", i, check->operation->queues[i].id) ||
            !check_queue(check, &check->operation->queues[i]))
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
             "break %d: its kind must be meal, break or split", i + 1);
        NEED(rule->length_min > 0 && rule->length_min % step == 0,
             "break %d: %d minutes are no multiple of the planning interval of %d minutes", i + 1,
             rule->length_min, step);
        NEED(rule->earliest_min >= 0 && rule->earliest_min <= rule->latest_min,
             "break %d: earliest %d minutes is after latest %d minutes", i + 1, rule->earliest_min,
             rule->latest_min);
        NEED(round_up(rule->earliest_min, step) <= rule->latest_min,
             "break %d: no multiple of %d minutes lies between earliest %d and latest %d", i + 1, step,
             rule->earliest_min, rule->latest_min);
        NEED(round_up(rule->earliest_min, step) + rule->length_min <= span,
             "break %d: starting %d minutes after the shift start at the earliest, its %d minutes do not fit "
             "into the "
             "shortest shift of %d minutes",
             i + 1, rule->earliest_min, rule->length_min, span);
    }
    /* A longer shift only leaves more room, so the shortest decides. */
    NEED(breaks_fit(template, 0, 0, span, step),
         "its breaks cannot all be placed in the shortest shift of %d minutes without overlapping; widen "
         "earliest..latest",
         span);
    return true;
}

static bool check_template(struct check *check, const struct shift_template *template)
{
    int step = check->operation->interval_min;
    NEED(template->weekdays != 0 && template->weekdays < 1 << WEEK_DAYS, "it names no weekday");
    NEED(template->start_from_min >= 0 && template->start_from_min <= template->start_to_min &&
             template->start_to_min < DAY_MIN,
         "starts from %02d:%02d to %02d:%02d run backwards or leave the day; make two templates for starts "
         "around midnight",
         template->start_from_min / 60, template->start_from_min % 60, template->start_to_min / 60,
         template->start_to_min % 60);
    NEED(template->start_step_min > 0 && template->start_step_min % step == 0,
         "start step of %d minutes is no multiple of the planning interval of %d minutes",
         template->start_step_min, step);
    NEED(template->start_from_min % step == 0, "starts from %02d:%02d do not fall on the %d-minute intervals",
         template->start_from_min / 60, template->start_from_min % 60, step);
    NEED(template->paid_min_min > 0 && template->paid_min_min <= template->paid_max_min,
         "paid minutes from %d to %d are not a range above 0", template->paid_min_min,
         template->paid_max_min);
    NEED(template->paid_step_min > 0 && template->paid_step_min % step == 0 &&
             template->paid_min_min % step == 0,
         "paid minutes from %d in steps of %d are no multiples of the planning interval of %d minutes",
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
        NEED(i == 0 || agent->skills[i - 1].queue != skill->queue, "skill %s is listed twice",
             op->queues[skill->queue].id);
        NEED(i == 0 || agent->skills[i - 1].queue < skill->queue, "skills are not sorted by queue");
        NEED(skill->proficiency > 0 && skill->proficiency <= PROFICIENCY_MAX,
             "skill %s: proficiency %g is not above 0 and up to %g (1 is average)",
             op->queues[skill->queue].id, skill->proficiency, PROFICIENCY_MAX);
        NEED(skill->overflow >= 0 && skill->overflow <= OVERFLOW_MAX,
             "skill %s: level %d is not within 1..%d (1 is the first choice)", op->queues[skill->queue].id,
             skill->overflow + 1, OVERFLOW_MAX + 1);
    }
    NEED(agent->employed_from <= agent->employed_to, "employed_from is after employed_to");
    NEED(agent->rank >= 0, "rank %d is negative; 1 is heard first, 0 is no rank", agent->rank);
    NEED(opcheck_price(agent->hire_price), "hire_price %g is negative", agent->hire_price);
    NEED(agent->optional || agent->hire_price == 0, "hire_price %g, but the agent is not optional",
         agent->hire_price);
    return check_spans(check, agent->available, agent->n_available, "available", 1);
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
        g_snprintf(check->where, sizeof check->where, "time off %d: ", i + 1);
        NEED(off->agent >= 0 && off->agent < op->n_agents, "agent number %d does not exist", off->agent);
        g_snprintf(check->where, sizeof check->where, "time off %d of agent %s: ", i + 1,
                   op->agents[off->agent].id);
        NEED(off->start_ts < off->end_ts, "it ends before it starts");
        NEED(off->credit_min >= 0 && off->credit_min <= DAY_MIN,
             "credit of %d minutes a day is not within 0..%d", off->credit_min, DAY_MIN);
    }
    qsort(sorted, (size_t)op->n_time_off, sizeof *sorted, time_off_compare);
    check->where[0] = '\0';
    for (int i = 1; i < op->n_time_off; i++) {
        const struct time_off *before = sorted[i - 1], *off = sorted[i];
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
        g_snprintf(check->where, sizeof check->where, "special day %d: ", i + 1);
        NEED((int)special->scope >= 0 && special->scope < SCOPE_N, "unknown scope");
        NEED((int)special->kind >= 0 && special->kind < SPECIAL_N, "unknown kind");
        NEED(special->index >= 0 && special->index < limits[special->scope], "%s number %d does not exist",
             special_scope_name(special->scope), special->index);
        NEED(special->name != NULL && *special->name != '\0', "its name is empty");
        NEED(!special->has_uplift || (special->uplift >= -1 && special->uplift <= 100),
             "uplift of %g %% is not within -100..10000", 100 * special->uplift);
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
    static bool (*const parts[])(struct check *) = {check_operation,  check_clients,       check_sites,
                                                    check_queues,     check_templates,     check_contracts,
                                                    check_agents,     check_time_off,      check_special_days,
                                                    opcheck_coupling, opcheck_preferences, opcheck_meetings};
    g_autoptr(GHashTable) zones = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, zone_destroy);
    struct check check = {.operation = operation, .zones = zones, .error = error};
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_strlcpy(check.where, "operation: ", sizeof check.where);
        if (!parts[i](&check))
            return false;
    }
    return true;
}
