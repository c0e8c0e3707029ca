/*
 * kept.c - shifts of the roster a re-plan starts from, as slots that hold their breaks where they were.
 */
#include "scheduler/roster/kept.h"

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
