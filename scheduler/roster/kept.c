/*
 * kept.c - shifts of the roster a re-plan starts from, as slots that hold their breaks where they were.
 */
#include "scheduler/roster/kept.h"

#include <math.h>
#include <string.h>

/* A base shift on the axis: its meals, breaks and splits in time order, meetings left out. */
struct span {
    int32_t start_iv, end_iv;
    int n;
    const struct activity *breaks[SHIFT_ACTIVITIES_MAX];
};

static bool span_of(const struct roster_model *model, const struct shift *shift, struct span *span)
{
    int64_t from = shift->start_ts - model->start_ts, to = shift->end_ts - model->start_ts;
    if (from < 0 || from % model->interval_s != 0 || to % model->interval_s != 0 ||
        from / model->interval_s >= model->n_iv || to / model->interval_s > model->n_axis)
        return false;
    *span = (struct span){(int32_t)(from / model->interval_s), (int32_t)(to / model->interval_s), 0, {0}};
    for (int i = 0; i < shift->n_activities; i++) {
        enum activity_kind kind = shift->activities[i].kind;
        if (kind != ACTIVITY_TRAINING && kind != ACTIVITY_MEETING)
            span->breaks[span->n++] = &shift->activities[i];
    }
    return span->n <= TEMPLATE_BREAKS_MAX;
}

/* Gives breaks `at`.. of the span to rules of the template not yet taken; rule[] by break. */
static bool assign(const struct roster_model *model, const struct shift_template *tmpl,
                   const struct span *span, int at, unsigned taken, int *rule)
{
    if (at == span->n)
        return true;
    const struct activity *activity = span->breaks[at];
    int64_t length = activity->end_ts - activity->start_ts;
    int64_t offset = activity->start_ts - roster_model_ts(model, span->start_iv);
    for (int r = 0; r < tmpl->n_breaks; r++) {
        const struct break_rule *want = &tmpl->breaks[r];
        if (taken >> r & 1 || want->kind != activity->kind || want->paid != activity->paid ||
            length != (int64_t)want->length_min * 60 || offset < (int64_t)want->earliest_min * 60 ||
            offset > (int64_t)want->latest_min * 60 || offset % model->interval_s != 0)
            continue;
        rule[at] = r;
        if (assign(model, tmpl, span, at + 1, taken | 1u << r, rule))
            return true;
    }
    return false;
}

bool kept_plan(const struct roster_model *model, const struct shift *shift, int tmpl_index,
               struct break_plan *plan)
{
    const struct shift_template *tmpl = &model->problem->operation->templates[tmpl_index];
    struct span span;
    int rule[TEMPLATE_BREAKS_MAX];
    if (!span_of(model, shift, &span) || span.n != tmpl->n_breaks || !assign(model, tmpl, &span, 0, 0, rule))
        return false;
    memset(plan, 0, sizeof *plan);
    plan->n = plan->n_clusters = span.n;
    plan->on_call = tmpl->on_call;
    plan->share = tmpl->on_call ? tmpl->on_call_pay : 1;
    for (int i = 0; i < span.n; i++) {
        const struct activity *activity = span.breaks[i];
        plan->rule[i] = rule[i];
        plan->len[i] = (int)((activity->end_ts - activity->start_ts) / model->interval_s);
        plan->from[i] = plan->to[i] = (int)((activity->start_ts - shift->start_ts) / model->interval_s);
        plan->paid[i] = activity->paid;
        plan->cluster[i] = i;
    }
    plan->cluster[span.n] = span.n;
    return true;
}

bool kept_is(const struct roster_model *model, const struct slot *slot, const struct shift *shift)
{
    struct break_plan plan;
    return slot->kept >= 0 && roster_model_ts(model, slot->start_iv) == shift->start_ts &&
           roster_model_ts(model, slot->end_iv) == shift->end_ts &&
           kept_plan(model, shift, slot->tmpl, &plan) &&
           memcmp(&plan, &model->plans[slot->kept], sizeof plan) == 0;
}

void kept_range(const struct plan_base *base, int agent, int *from, int *to)
{
    int lo = 0, hi = base == NULL ? 0 : base->n_shifts;
    while (lo < hi) {
        int mid = (lo + hi) / 2;
        if (base->shifts[mid].agent < agent)
            lo = mid + 1;
        else
            hi = mid;
    }
    *from = lo;
    while (base != NULL && lo < base->n_shifts && base->shifts[lo].agent == agent)
        lo++;
    *to = lo;
}

/* Of the slots of the day only those that keep the shift stay legal; -1: none. */
static void keep_only(const struct roster_model *model, const struct catalogue *cat, int day, int k,
                      uint8_t *legal)
{
    for (int i = cat->day_slot[day]; i < cat->day_slot[day + 1]; i++)
        if (k < 0 || !kept_is(model, &cat->slots[i], &model->problem->base->shifts[k]))
            legal[i] = 0;
}

static bool day_legal(const struct catalogue *cat, int day, const uint8_t *legal)
{
    bool any = false;
    for (int i = cat->day_slot[day]; i < cat->day_slot[day + 1]; i++)
        any |= legal[i] != 0;
    return any;
}

static bool absent(const struct operation *operation, const struct shift *shift)
{
    for (int i = 0; i < operation->n_time_off; i++)
        if (operation->time_off[i].agent == shift->agent && operation->time_off[i].start_ts < shift->end_ts &&
            operation->time_off[i].end_ts > shift->start_ts)
            return true;
    return false;
}

/* Day of the catalogue the shift starts on. */
static int day_of(const struct roster_model *model, const struct catalogue *cat, const struct shift *shift)
{
    return zone_local_day(model->zones[cat->site], shift->start_ts) - cat->first_day;
}

void kept_own(const struct roster_model *model, const struct catalogue *cat, int agent, uint8_t *legal)
{
    const struct plan_base *base = model->problem->base;
    int from, to;
    kept_range(base, agent, &from, &to);
    for (int i = 0; i < cat->n_slots; i++) {
        bool own = cat->slots[i].kept < 0;
        for (int k = from; k < to && !own; k++)
            own = kept_is(model, &cat->slots[i], &base->shifts[k]);
        if (!own)
            legal[i] = 0;
    }
}

void kept_limits(const struct roster_model *model, const struct catalogue *cat, int agent, uint8_t *legal,
                 double *off_cost)
{
    const struct plan_base *base = model->problem->base;
    int from, to;
    kept_range(base, agent, &from, &to);
    for (int k = from; k < to && base->shifts[k].start_ts < base->frozen_ts; k++) {
        int day = day_of(model, cat, &base->shifts[k]);
        if (day < 0 || day >= cat->n_days)
            continue;
        if (absent(model->problem->operation, &base->shifts[k]))
            continue;
        keep_only(model, cat, day, k, legal);
        off_cost[day] = INFINITY;
    }
    for (int i = 0; i < cat->n_slots; i++)
        if (roster_model_ts(model, cat->slots[i].start_iv) < base->frozen_ts &&
            off_cost[cat->slots[i].day] < INFINITY)
            legal[i] = 0;
    for (int i = 0; i < base->n_locks; i++) {
        int day = base->locks[i].day - cat->first_day;
        if (base->locks[i].agent != agent || day < 0 || day >= cat->n_days)
            continue;
        keep_only(model, cat, day, base->locks[i].shift, legal);
        off_cost[day] = base->locks[i].shift >= 0 ? INFINITY : 0;
    }
}

const struct shift *kept_impossible(const struct roster_model *model, const struct catalogue *cat, int agent,
                                    const uint8_t *legal)
{
    const struct plan_base *base = model->problem->base;
    int from, to;
    kept_range(base, agent, &from, &to);
    for (int k = from; k < to; k++) {
        int day = day_of(model, cat, &base->shifts[k]);
        bool fixed = base->shifts[k].start_ts < base->frozen_ts &&
                     !absent(model->problem->operation, &base->shifts[k]);
        for (int i = 0; i < base->n_locks && !fixed; i++)
            fixed = base->locks[i].agent == agent && base->locks[i].shift == k;
        if (fixed && day >= 0 && day < cat->n_days && !day_legal(cat, day, legal))
            return &base->shifts[k];
    }
    return NULL;
}

int kept_add_plan(struct roster_model *model, const struct break_plan *plan)
{
    int first = model->problem->operation->n_templates;
    for (int k = first; k < model->n_plans; k++)
        if (memcmp(&model->plans[k], plan, sizeof *plan) == 0)
            return k;
    model->plans = g_renew(struct break_plan, model->plans, model->n_plans + 1);
    model->plans[model->n_plans] = *plan;
    return model->n_plans++;
}
