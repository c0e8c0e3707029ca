#include "scheduler/roster/catalogue.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "scheduler/roster/kept.h"
#include "scheduler/roster/letters.h"

/* ---- breaks ---- */

/* For shifts of `span_min` minutes from start to end: breaks end before. */
static void plan_breaks(const struct shift_template *tmpl, int interval_min, int span_min,
                        struct break_plan *plan)
{
    *plan = (struct break_plan){
        .n = tmpl->n_breaks, .on_call = tmpl->on_call, .share = tmpl->on_call ? tmpl->on_call_pay : 1};
    for (int i = 0; i < tmpl->n_breaks; i++) {
        int at = i;
        while (at > 0 && tmpl->breaks[plan->rule[at - 1]].earliest_min > tmpl->breaks[i].earliest_min) {
            plan->rule[at] = plan->rule[at - 1];
            at--;
        }
        plan->rule[at] = i;
    }
    int busy_to = 0; /* end of all windows so far */
    for (int i = 0; i < plan->n; i++) {
        const struct break_rule *rule = &tmpl->breaks[plan->rule[i]];
        plan->len[i] = rule->length_min / interval_min;
        plan->from[i] = (rule->earliest_min + interval_min - 1) / interval_min;
        plan->to[i] = MIN(rule->latest_min, span_min - rule->length_min) / interval_min;
        plan->paid[i] = rule->paid;
        if (i == 0 || plan->from[i] >= busy_to)
            plan->cluster[plan->n_clusters++] = i;
        busy_to = MAX(busy_to, plan->to[i] + plan->len[i]);
    }
    plan->cluster[plan->n_clusters] = plan->n;
}

/* ---- pay ---- */

static bool in_night(const struct contract *contract, int minute)
{
    int from = contract->night_from_min, to = contract->night_to_min;
    return to > from ? minute >= from && minute < to : minute >= from || minute < to;
}

/* The wall clock of a site, minute by minute along the axis. */
struct clock {
    int16_t *minute;  /* of the local day */
    uint8_t *holiday; /* is the local day a holiday of the site? */
};

static struct clock clock_new(const struct roster_model *model, int site)
{
    int per_iv = model->interval_s / 60;
    size_t n = (size_t)model->n_axis * (size_t)per_iv;
    struct clock clock = {.minute = g_new(int16_t, n), .holiday = g_new(uint8_t, n)};
    int32_t day = INT32_MIN;
    bool holiday = false;
    for (size_t i = 0; i < n; i++) {
        struct local_time local = zone_local(model->zones[site], model->start_ts + (int64_t)i * 60);
        if (local.day != day) {
            day = local.day;
            holiday = site_holiday(model->problem->operation, site, day);
        }
        clock.minute[i] = (int16_t)(local.second / 60);
        clock.holiday[i] = holiday;
    }
    return clock;
}

static void clock_clear(struct clock *clock)
{
    g_free(clock->minute);
    g_free(clock->holiday);
}

/* Cumulative pay and night minutes over the axis. */
static void cumulate(const struct roster_model *model, const struct contract *contract,
                     const struct clock *clock, double *cum_pay, int *cum_night)
{
    int per_iv = model->interval_s / 60;
    double currency = operation_currency_rate(model->problem->operation, contract->currency);
    double per_minute = contract->rate * currency / 60.0;
    cum_pay[0] = 0;
    cum_night[0] = 0;
    for (int iv = 0; iv < model->n_axis; iv++) {
        int night = 0, holiday = 0;
        for (int m = 0; m < per_iv; m++) {
            night += in_night(contract, clock->minute[iv * per_iv + m]);
            holiday += clock->holiday[iv * per_iv + m];
        }
        double weight = per_iv + contract->night_premium * night + contract->holiday_premium * holiday;
        cum_pay[iv + 1] = cum_pay[iv] + per_minute * weight;
        cum_night[iv + 1] = cum_night[iv] + night;
    }
}

/* ---- catalogue ---- */

struct builder {
    struct roster_model *model;
    struct catalogue *cat;
    GArray *starts, *slots, *variants; /* variants index into slots before sorting */
    guint day_first;                   /* first slot of the day that is built */
    const int *cum_night;
};

static int gcd(int a, int b)
{
    while (b != 0) {
        int r = a % b;
        a = b;
        b = r;
    }
    return a;
}

/* The template's plan, or one of its own for a shift so short that it cuts a window. */
static int plan_of_span(struct builder *b, int tmpl_index, int span_min)
{
    int interval_min = b->model->interval_s / 60;
    const struct break_plan *whole = &b->model->plans[tmpl_index];
    for (int i = 0; i < whole->n; i++)
        if (whole->to[i] + whole->len[i] > span_min / interval_min) {
            struct break_plan plan;
            plan_breaks(&b->model->problem->operation->templates[tmpl_index], interval_min, span_min, &plan);
            return kept_add_plan(b->model, &plan);
        }
    return tmpl_index;
}

/* Breaks are placed once per start: lengths that cut a window get a start of their own. */
static void add_variants(struct builder *b, int tmpl_index, int day, int32_t start_iv, int start_min)
{
    const struct roster_model *model = b->model;
    const struct operation *operation = model->problem->operation;
    const struct contract *contract = &operation->contracts[b->cat->contract];
    const struct shift_template *tmpl = &operation->templates[tmpl_index];
    int interval_min = model->interval_s / 60;
    struct shift_start start = {.day = day, .tmpl = tmpl_index, .plan = -1, .start_iv = start_iv};
    for (int paid = tmpl->paid_min_min; paid <= tmpl->paid_max_min; paid += MAX(tmpl->paid_step_min, 1)) {
        int span_min = paid + shift_template_unpaid_min(tmpl);
        if (span_min % interval_min != 0)
            continue;
        int32_t end_iv = start_iv + span_min / interval_min;
        int plan = plan_of_span(b, tmpl_index, span_min);
        if (plan != start.plan) {
            start.plan = plan;
            g_array_append_val(b->starts, start);
        }
        int night_min = b->cum_night[end_iv] - b->cum_night[start_iv];
        struct slot slot = {.start_iv = start_iv,
                            .end_iv = end_iv,
                            .day = day,
                            .paid_min = paid,
                            .night = night_min >= contract->night_shift_minutes,
                            .start_min = start_min,
                            .tmpl = tmpl_index,
                            .kept = -1};
        guint at = 0;
        while (at < b->slots->len - b->day_first) {
            struct slot *old = &g_array_index(b->slots, struct slot, b->slots->len - 1 - at);
            if (old->start_iv == start_iv && old->end_iv == end_iv && old->paid_min == paid &&
                (!b->cat->by_template || old->tmpl == tmpl_index)) {
                old->tmpl = old->tmpl == tmpl_index ? tmpl_index : -1;
                break;
            }
            at++;
        }
        struct variant variant = {.start = (int)b->starts->len - 1, .slot = (int)(b->slots->len - 1 - at)};
        if (at == b->slots->len - b->day_first) {
            variant.slot = (int)b->slots->len;
            g_array_append_val(b->slots, slot);
        }
        g_array_append_val(b->variants, variant);
        b->cat->bucket_min = gcd(b->cat->bucket_min, paid);
    }
}

/* Starts of one template on one local day. */
static void add_starts(struct builder *b, int tmpl_index, int day)
{
    const struct roster_model *model = b->model;
    const struct shift_template *tmpl = &model->problem->operation->templates[tmpl_index];
    const struct zone *zone = model->zones[b->cat->site];
    int32_t civil = b->cat->first_day + day;
    if (!(tmpl->weekdays >> day_weekday(civil) & 1))
        return;
    int64_t last_ts = INT64_MIN; /* a time in the gap repeats the one behind it */
    for (int minute = tmpl->start_from_min; minute <= tmpl->start_to_min;
         minute += MAX(tmpl->start_step_min, 1)) {
        int64_t ts = zone_instant(zone, civil, minute);
        struct local_time local = zone_local(zone, ts);
        int64_t offset = ts - model->start_ts;
        if (ts <= last_ts || local.day != civil || offset < 0 || offset % model->interval_s != 0 ||
            ts >= roster_model_ts(model, model->n_iv))
            continue;
        last_ts = ts;
        add_variants(b, tmpl_index, day, (int32_t)(offset / model->interval_s), local.second / 60);
    }
}

/* Does anything ask which template a slot is of? */
static bool tells_templates(const struct plan_problem *problem, const struct contract *contract)
{
    const struct operation *operation = problem->operation;
    bool tells = problem->base != NULL || contract->n_successions > 0 || contract->n_limits > 0;
    for (int i = 0; i < operation->n_preferences && !tells; i++)
        tells = operation->preferences[i].tmpl >= 0;
    for (int i = 0; i < contract->n_templates && !tells; i++)
        tells = operation->templates[contract->templates[i]].on_call;
    return tells;
}

/* ---- shifts a re-plan may keep as they are ---- */

static bool keeps_already(const struct builder *b, guint first, const struct slot *slot)
{
    for (guint i = first; i < b->slots->len; i++) {
        const struct slot *old = &g_array_index(b->slots, struct slot, i);
        if (old->start_iv == slot->start_iv && old->end_iv == slot->end_iv && old->tmpl == slot->tmpl &&
            old->kept == slot->kept)
            return true;
    }
    return false;
}

/* Slots that keep the breaks of a base shift: one for each template that has a shift at its times with such
   breaks. `v` is the first variant that starts with it, `next` the ones behind; those kept so far are from
   `first` on. */
static void keep_shift(struct builder *b, const struct shift *shift, int v, const int *next, guint first)
{
    for (; v >= 0; v = next[v]) {
        const struct variant *variant = &g_array_index(b->variants, struct variant, v);
        struct slot slot = g_array_index(b->slots, struct slot, variant->slot);
        struct shift_start start = g_array_index(b->starts, struct shift_start, variant->start);
        struct break_plan plan;
        if (roster_model_ts(b->model, slot.end_iv) != shift->end_ts ||
            !kept_plan(b->model, shift, start.tmpl, &plan))
            continue;
        start.plan = slot.kept = kept_add_plan(b->model, &plan);
        if (keeps_already(b, first, &slot))
            continue;
        struct variant keep = {.start = (int)b->starts->len, .slot = (int)b->slots->len};
        g_array_append_val(b->starts, start);
        g_array_append_val(b->slots, slot);
        g_array_append_val(b->variants, keep);
    }
}

static void keep_shifts(struct builder *b)
{
    const struct roster_model *model = b->model;
    const struct plan_base *base = model->problem->base;
    int n = (int)b->variants->len;
    guint first = b->slots->len;
    g_autofree int *head = g_new(int, model->n_iv + 1);
    g_autofree int *next = g_new(int, n + 1);
    for (int iv = 0; iv < model->n_iv; iv++)
        head[iv] = -1;
    for (int v = n - 1; v >= 0; v--) {
        const struct variant *variant = &g_array_index(b->variants, struct variant, v);
        int32_t iv = g_array_index(b->slots, struct slot, variant->slot).start_iv;
        next[v] = head[iv];
        head[iv] = v;
    }
    for (int k = 0; k < base->n_shifts; k++) {
        const struct shift *shift = &base->shifts[k];
        const struct agent *agent = &model->problem->operation->agents[shift->agent];
        int64_t from = shift->start_ts - model->start_ts;
        if (agent->site == b->cat->site && agent->contract == b->cat->contract && from >= 0 &&
            from % model->interval_s == 0 && from / model->interval_s < model->n_iv)
            keep_shift(b, shift, head[from / model->interval_s], next, first);
    }
}

static int slot_order(const void *a, const void *b)
{
    const struct slot *x = a, *y = b;
    if (x->start_iv != y->start_iv)
        return x->start_iv < y->start_iv ? -1 : 1;
    if (x->end_iv != y->end_iv)
        return x->end_iv < y->end_iv ? -1 : 1;
    return (x->paid_min > y->paid_min) - (x->paid_min < y->paid_min);
}

/* Slots in order, each with its place among the day's starts. `release` carries the old index while sorting.
 */
static void sort_slots(struct builder *b)
{
    struct catalogue *cat = b->cat;
    cat->n_slots = (int)b->slots->len;
    for (int i = 0; i < cat->n_slots; i++)
        g_array_index(b->slots, struct slot, i).release = i;
    g_array_sort(b->slots, slot_order);
    g_autofree int *moved = g_new(int, cat->n_slots + 1);
    cat->slots = (struct slot *)(void *)g_array_free(b->slots, FALSE);
    for (int i = 0; i < cat->n_slots; i++)
        moved[cat->slots[i].release] = i;
    cat->n_variants = (int)b->variants->len;
    cat->variants = (struct variant *)(void *)g_array_free(b->variants, FALSE);
    for (int i = 0; i < cat->n_variants; i++)
        cat->variants[i].slot = moved[cat->variants[i].slot];
    cat->day_slot = g_new0(int, cat->n_days + 1);
    cat->day_starts = g_new0(int, cat->n_days + 1);
    int at = 0;
    for (int day = 0; day <= cat->n_days; day++) {
        cat->day_slot[day] = at;
        if (day == cat->n_days)
            break;
        int32_t last = -1;
        for (; at < cat->n_slots && cat->slots[at].day == day; at++) {
            cat->day_starts[day] += cat->slots[at].start_iv != last;
            last = cat->slots[at].start_iv;
            cat->slots[at].rank = cat->day_starts[day] - 1;
            cat->slots[at].bucket = cat->slots[at].paid_min / MAX(cat->bucket_min, 1);
        }
    }
}

static void list_variants(struct catalogue *cat)
{
    cat->slot_first = g_new0(int, cat->n_slots + 2);
    cat->slot_variants = g_new0(int, cat->n_variants + 1);
    for (int v = 0; v < cat->n_variants; v++)
        cat->slot_first[cat->variants[v].slot + 2]++;
    for (int s = 0; s < cat->n_slots; s++)
        cat->slot_first[s + 2] += cat->slot_first[s + 1];
    for (int v = 0; v < cat->n_variants; v++)
        cat->slot_variants[cat->slot_first[cat->variants[v].slot + 1]++] = v;
}

/* What the hard rules about the time between two shifts forbid behind a slot. */
static int release_of(const struct roster_model *model, const struct catalogue *cat, const struct slot *slot)
{
    const struct contract *contract = &model->problem->operation->contracts[cat->contract];
    const double *price = contract->rule_price;
    int rest_min = price[CONTRACT_RULE_REST_MIN_MINUTES] > 0 ? 0 : MAX(contract->rest_min_minutes, 0);
    int distance_min =
        price[CONTRACT_RULE_START_DISTANCE_MINUTES] > 0 ? 0 : MAX(contract->start_distance_minutes, 0);
    bool rotates = contract->rotation_forward && price[CONTRACT_RULE_ROTATION] <= 0;
    int64_t free_ts = roster_model_ts(model, slot->end_iv) + (int64_t)rest_min * 60;
    free_ts = MAX(free_ts, roster_model_ts(model, slot->start_iv) + (int64_t)distance_min * 60);
    int forbidden = 0, starts = 0;
    int32_t last = -1;
    for (int j = cat->day_slot[slot->day + 1]; j < cat->n_slots; j++) {
        const struct slot *next = &cat->slots[j];
        bool turns = rotates && next->day == slot->day + 1 &&
                     next->start_min < slot->start_min - contract->rotation_tolerance_min;
        bool early = roster_model_ts(model, next->start_iv) < free_ts;
        if (!early && (!rotates || next->day > slot->day + 1))
            break;
        starts += next->start_iv != last;
        last = next->start_iv;
        if (early || turns)
            forbidden = starts;
    }
    return forbidden;
}

static void set_releases(const struct roster_model *model, struct catalogue *cat)
{
    for (int i = 0; i < cat->n_slots; i++)
        cat->slots[i].release = i > 0 && cat->slots[i].start_iv == cat->slots[i - 1].start_iv &&
                                        cat->slots[i].end_iv == cat->slots[i - 1].end_iv
                                    ? cat->slots[i - 1].release
                                    : release_of(model, cat, &cat->slots[i]);
}

/* Priced minutes are counted to the minute: the bucket divides every number they are compared with. */
static void refine_bucket(const struct roster_model *model, struct catalogue *cat)
{
    const struct plan_problem *problem = model->problem;
    const struct contract *c = &problem->operation->contracts[cat->contract];
    const double *price = c->rule_price;
    if (price[CONTRACT_RULE_WEEK_MINUTES_MIN] <= 0 && price[CONTRACT_RULE_WEEK_MINUTES_MAX] <= 0 &&
        price[CONTRACT_RULE_PERIOD_MINUTES_MIN] <= 0 && price[CONTRACT_RULE_PERIOD_MINUTES_MAX] <= 0 &&
        c->overtime_week_minutes_max <= 0)
        return;
    int bucket = cat->bucket_min;
    int per_week = MAX(c->week_days_min > 0 ? c->week_days_min : c->week_days_max, 1);
    int per_period = MAX(c->period_days_min > 0   ? c->period_days_min
                         : c->period_days_max > 0 ? c->period_days_max
                                                  : c->week_days_max * problem->n_weeks,
                         1);
    bucket = gcd(gcd(bucket, c->week_minutes_min), c->week_minutes_max);
    bucket = gcd(bucket, c->overtime_week_minutes_max);
    bucket = gcd(bucket, c->period_minutes_max);
    for (int weeks = 1; weeks <= problem->n_weeks; weeks++)
        bucket = gcd(bucket, (int)((int64_t)c->period_minutes_min * weeks / problem->n_weeks));
    for (int t = 0; t < problem->operation->n_time_off; t++) {
        bucket = gcd(bucket, problem->operation->time_off[t].credit_min);
        if (problem->operation->time_off[t].credit_min > 0)
            continue;
        bucket = gcd(bucket, (c->week_minutes_min + per_week - 1) / per_week);
        bucket = gcd(bucket, (c->period_minutes_min + per_period - 1) / per_period);
    }
    cat->bucket_min = bucket;
}

static void set_weeks(const struct roster_model *model, struct catalogue *cat)
{
    const struct zone *zone = model->zones[cat->site];
    int n_weeks = model->problem->n_weeks, week = 0;
    cat->week_last = g_new0(int, n_weeks + 1);
    for (int w = 0; w < n_weeks; w++)
        cat->week_last[w] = zone_local_day(zone, model->week_start[w + 1] - 1) - cat->first_day;
    for (int i = 0; i < cat->n_slots; i++) {
        int64_t start_ts = roster_model_ts(model, cat->slots[i].start_iv);
        while (week + 1 < n_weeks && start_ts >= model->week_start[week + 1])
            week++;
        cat->slots[i].week = week;
    }
}

static void build_catalogue(struct roster_model *model, struct catalogue *cat, const struct clock *clock)
{
    const struct contract *contract = &model->problem->operation->contracts[cat->contract];
    const struct zone *zone = model->zones[cat->site];
    g_autofree int *cum_night = g_new(int, model->n_axis + 1);
    cat->cum_pay = g_new(double, model->n_axis + 1);
    cumulate(model, contract, clock, cat->cum_pay, cum_night);
    cat->first_day = zone_local_day(zone, model->start_ts);
    cat->n_days = zone_local_day(zone, roster_model_ts(model, model->n_iv) - 1) - cat->first_day + 1;
    cat->spread_min = contract->start_spread_max_min;
    cat->by_template = tells_templates(model->problem, contract);

    struct builder b = {.model = model, .cat = cat, .cum_night = cum_night};
    b.starts = g_array_new(FALSE, FALSE, sizeof(struct shift_start));
    b.slots = g_array_new(FALSE, FALSE, sizeof(struct slot));
    b.variants = g_array_new(FALSE, FALSE, sizeof(struct variant));
    for (int day = 0; day < cat->n_days; day++) {
        b.day_first = b.slots->len;
        for (int i = 0; i < contract->n_templates; i++)
            add_starts(&b, contract->templates[i], day);
    }
    if (model->problem->base != NULL)
        keep_shifts(&b);
    cat->n_starts = (int)b.starts->len;
    cat->starts = (struct shift_start *)(void *)g_array_free(b.starts, FALSE);
    refine_bucket(model, cat);
    sort_slots(&b);
    cat->bucket_min = MAX(cat->bucket_min, 1);
    cat->nothing = g_new0(double, cat->n_slots + 1);
    set_weeks(model, cat);
    list_variants(cat);
    set_releases(model, cat);
}

static void plan_templates(struct roster_model *model)
{
    const struct operation *operation = model->problem->operation;
    model->n_plans = operation->n_templates;
    model->plans = g_new0(struct break_plan, operation->n_templates + 1);
    for (int t = 0; t < operation->n_templates; t++)
        plan_breaks(&operation->templates[t], model->interval_s / 60, INT_MAX, &model->plans[t]);
}

bool catalogues_build(struct roster_model *model, GError **error)
{
    const struct operation *operation = model->problem->operation;
    plan_templates(model);
    g_autofree uint8_t *used =
        g_new0(uint8_t, (size_t)operation->n_sites * (size_t)operation->n_contracts + 1);
    for (int a = 0; a < operation->n_agents; a++)
        used[operation->agents[a].site * operation->n_contracts + operation->agents[a].contract] = 1;
    for (int site = 0; site < operation->n_sites; site++) {
        struct clock clock = {0};
        for (int contract = 0; contract < operation->n_contracts; contract++) {
            if (!used[site * operation->n_contracts + contract])
                continue;
            if (clock.minute == NULL)
                clock = clock_new(model, site);
            model->catalogues = g_renew(struct catalogue, model->catalogues, model->n_catalogues + 1);
            struct catalogue *cat = &model->catalogues[model->n_catalogues++];
            *cat = (struct catalogue){.contract = contract, .site = site};
            for (int a = 0; a < operation->n_agents; a++)
                if (operation->agents[a].site == site && operation->agents[a].contract == contract)
                    model->catalogue_of_agent[a] = model->n_catalogues - 1;
            build_catalogue(model, cat, &clock);
        }
        clock_clear(&clock);
    }
    for (int c = 0; c < model->n_catalogues; c++)
        if (!letters_build(model, &model->catalogues[c], error))
            return false;
    return true;
}

void catalogues_clear(struct roster_model *model)
{
    for (int c = 0; c < model->n_catalogues; c++) {
        g_free(model->catalogues[c].slots);
        g_free(model->catalogues[c].starts);
        g_free(model->catalogues[c].variants);
        g_free(model->catalogues[c].slot_first);
        g_free(model->catalogues[c].slot_variants);
        g_free(model->catalogues[c].day_slot);
        g_free(model->catalogues[c].day_starts);
        g_free(model->catalogues[c].week_last);
        g_free(model->catalogues[c].nothing);
        letters_clear(&model->catalogues[c]);
        g_free(model->catalogues[c].cum_pay);
    }
    g_free(model->catalogues);
    g_free(model->plans);
}

struct catalogue *roster_catalogue_of(const struct roster_model *model, int agent)
{
    return &model->catalogues[model->catalogue_of_agent[agent]];
}

bool catalogue_is_night(const struct roster_model *model, const struct catalogue *cat,
                        const struct shift *shift)
{
    const struct contract *contract = &model->problem->operation->contracts[cat->contract];
    const struct zone *zone = model->zones[cat->site];
    int64_t from_ts = shift->start_ts, to_ts = shift->end_ts;
    int32_t offset = zone_local(zone, from_ts).offset_s;
    bool steady = zone_local(zone, to_ts).offset_s == offset;
    int night = 0;
    for (int64_t ts = from_ts; ts < to_ts; ts += 60) {
        int second = steady ? (int)(((ts + offset) % DAY_S + DAY_S) % DAY_S) : zone_local(zone, ts).second;
        night += in_night(contract, second / 60);
    }
    return night >= contract->night_shift_minutes;
}
