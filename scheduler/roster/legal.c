#include "scheduler/roster/legal.h"

#include <string.h>

#include "scheduler/roster/after.h"

struct span {
    int64_t start_ts, end_ts;
};

static int compare_span(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    return (x->start_ts > y->start_ts) - (x->start_ts < y->start_ts);
}

/* The union of an agent's availability around the horizon, as disjoint spans in order. */
static struct span *available_spans(const struct roster_model *model, const struct catalogue *cat,
                                    const struct agent *agent, int *n_out)
{
    GArray *spans = g_array_new(FALSE, FALSE, sizeof(struct span));
    const struct zone *zone = model->zones[cat->site];
    for (int32_t day = cat->first_day - 9; day < cat->first_day + cat->n_days + 3; day++) {
        for (int i = 0; i < agent->n_available; i++) {
            const struct week_span *week = &agent->available[i];
            if (!(week->weekdays >> day_weekday(day) & 1))
                continue;
            struct span span = {zone_instant(zone, day, week->from_min),
                                zone_instant(zone, day, week->to_min)};
            if (span.end_ts > span.start_ts)
                g_array_append_val(spans, span);
        }
    }
    g_array_sort(spans, compare_span);
    guint n = 0;
    for (guint i = 0; i < spans->len; i++) {
        struct span span = g_array_index(spans, struct span, i);
        struct span *top = n > 0 ? &g_array_index(spans, struct span, n - 1) : NULL;
        if (top != NULL && span.start_ts <= top->end_ts)
            top->end_ts = MAX(top->end_ts, span.end_ts);
        else
            g_array_index(spans, struct span, n++) = span;
    }
    *n_out = (int)n;
    return (struct span *)(void *)g_array_free(spans, FALSE);
}

/* What the last published shift of the agent forbids by the hard rules; -1 when there is none. */
static int last_past(const struct plan_problem *problem, int agent)
{
    int from, to, last = -1;
    roster_past_range(problem, agent, &from, &to);
    for (int i = from; i < to; i++)
        if (last < 0 || problem->past[i].end_ts > problem->past[last].end_ts)
            last = i;
    return last;
}

static void after_past(const struct roster_model *model, const struct catalogue *cat,
                       const struct shift *past, uint8_t *legal)
{
    const struct contract *contract = &model->problem->operation->contracts[cat->contract];
    const double *price = contract->rule_price;
    struct local_time local = zone_local(model->zones[cat->site], past->start_ts);
    int64_t rest_s = price[CONTRACT_RULE_REST_MIN_MINUTES] > 0 ? 0 : (int64_t)contract->rest_min_minutes * 60;
    int64_t distance_s =
        price[CONTRACT_RULE_START_DISTANCE_MINUTES] > 0 ? 0 : (int64_t)contract->start_distance_minutes * 60;
    int64_t free_ts = MAX(past->end_ts + MAX(rest_s, 0), past->start_ts + distance_s);
    bool rotates = contract->rotation_forward && price[CONTRACT_RULE_ROTATION] <= 0;
    for (int i = 0; i < cat->n_slots; i++) {
        const struct slot *slot = &cat->slots[i];
        bool next_day = cat->first_day + slot->day == local.day + 1;
        if (roster_model_ts(model, slot->start_iv) < free_ts ||
            (rotates && next_day && slot->start_min < local.second / 60 - contract->rotation_tolerance_min))
            legal[i] = 0;
    }
}

/* Published shifts behind the horizon: rest before the first of them. */
static void before_after(const struct roster_model *model, const struct catalogue *cat, int agent,
                         uint8_t *legal)
{
    const struct contract *contract = &model->problem->operation->contracts[cat->contract];
    struct after after = after_of(model->problem, model->zones[cat->site], agent);
    bool priced = contract->rule_price[CONTRACT_RULE_REST_MIN_MINUTES] > 0;
    int64_t rest_s = priced ? 0 : (int64_t)contract->rest_min_minutes * 60;
    for (int i = 0; i < cat->n_slots; i++)
        if (!after_allows(&after, cat->first_day + cat->slots[i].day,
                          roster_model_ts(model, cat->slots[i].end_iv), rest_s))
            legal[i] = 0;
}

/* Slots come by start, spans are disjoint and in order. */
static void inside_spans(const struct roster_model *model, const struct catalogue *cat,
                         const struct agent *agent, uint8_t *legal)
{
    int n = 0, k = 0;
    g_autofree struct span *spans = available_spans(model, cat, agent, &n);
    for (int i = 0; i < cat->n_slots; i++) {
        int64_t start = roster_model_ts(model, cat->slots[i].start_iv);
        int64_t end = roster_model_ts(model, cat->slots[i].end_iv);
        while (k + 1 < n && spans[k + 1].start_ts <= start)
            k++;
        if (n == 0 || start < spans[k].start_ts || end > spans[k].end_ts)
            legal[i] = 0;
    }
}

void legal_slots(const struct roster_model *model, const struct catalogue *cat, int agent_index,
                 uint8_t *legal)
{
    const struct operation *operation = model->problem->operation;
    const struct agent *agent = &operation->agents[agent_index];
    for (int i = 0; i < cat->n_slots; i++) {
        int32_t day = cat->first_day + cat->slots[i].day;
        legal[i] = day >= agent->employed_from && day <= agent->employed_to;
    }
    int past = last_past(model->problem, agent_index);
    if (past >= 0)
        after_past(model, cat, &model->problem->past[past], legal);
    before_after(model, cat, agent_index, legal);
    if (agent->n_available > 0)
        inside_spans(model, cat, agent, legal);
    for (int t = 0; t < operation->n_time_off; t++) {
        const struct time_off *off = &operation->time_off[t];
        if (off->agent != agent_index)
            continue;
        for (int i = 0; i < cat->n_slots; i++)
            if (roster_model_ts(model, cat->slots[i].start_iv) < off->end_ts &&
                roster_model_ts(model, cat->slots[i].end_iv) > off->start_ts)
                legal[i] = 0;
    }
}
