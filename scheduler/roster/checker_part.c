/*
 * What follows from the shifts of one agent alone: they are counted, and the rules of each and between them
 * checked. A part of an earlier check of the problem serves again where the agent's shifts are the same.
 */
#include "scheduler/roster/checker_internal.h"

#include <stdlib.h>
#include <string.h>

/* Longer shifts, and shifts further from the horizon, are garbage: reported, and not counted minute by
 * minute. */
#define SPAN_MAX_S (3 * (int64_t)DAY_S)
#define FAR_S (400 * (int64_t)DAY_S)

static int by_start(const void *a, const void *b)
{
    const struct shift *x = ((const struct checked_shift *)a)->shift;
    const struct shift *y = ((const struct checked_shift *)b)->shift;
    if (x->start_ts != y->start_ts)
        return x->start_ts < y->start_ts ? -1 : 1;
    if (x->end_ts != y->end_ts)
        return x->end_ts < y->end_ts ? -1 : 1;
    return 0;
}

/* A copy whose breaks lie near the shift, so that differences of times are safe; outside stays outside. */
static const struct shift *keep_sane(struct checking *c, const struct shift *shift)
{
    struct shift *copy = &c->copies[c->n_shifts];
    *copy = *shift;
    for (int k = 0; k < SHIFT_ACTIVITIES_MAX; k++) {
        struct activity *a = &copy->activities[k];
        a->start_ts = CLAMP(a->start_ts, shift->start_ts - SPAN_MAX_S, shift->end_ts + SPAN_MAX_S);
        a->end_ts = CLAMP(a->end_ts, shift->start_ts - SPAN_MAX_S, shift->end_ts + SPAN_MAX_S);
    }
    return copy;
}

/* Takes a shift for examination if it can be counted at all; else says why not (past shifts: silently, they
 * are done). */
void check_take_shift(struct checking *c, const struct shift *shift, bool past)
{
    const struct grid *grid = &c->problem->demand.grid;
    bool inside = shift->start_ts >= grid->start_ts && shift->start_ts < grid_end_ts(grid);
    g_autofree char *utc =
        inside && shift->agent >= 0 && shift->agent < c->op->n_agents
            ? NULL
            : time_format(CLAMP(shift->start_ts, grid->start_ts - FAR_S, grid_end_ts(grid) + FAR_S), NULL);
    if (shift->agent < 0 || shift->agent >= c->op->n_agents) {
        if (!past)
            check_add(c, VIOLATION_AGENT_UNKNOWN, -1, -1, shift->start_ts, shift->agent, c->op->n_agents,
                      "shift at %s is of agent number %d; the problem has agents 0 to %d", utc, shift->agent,
                      c->op->n_agents - 1);
        return;
    }
    bool far = shift->start_ts < grid->start_ts - FAR_S || shift->start_ts > grid_end_ts(grid) + FAR_S;
    if (check_zone(c, shift->agent) == NULL)
        return;
    if (!past && !inside) {
        g_autofree char *when =
            far ? g_strdup_printf("or beyond %s", utc) : check_when(c, shift->agent, shift->start_ts);
        check_add(c, VIOLATION_OUTSIDE_HORIZON, shift->agent, -1, shift->start_ts, (double)shift->start_ts,
                  (double)grid->start_ts, "shift starts %s, outside the horizon", when);
    }
    bool countable = !far && shift->end_ts > shift->start_ts && shift->end_ts <= shift->start_ts + SPAN_MAX_S;
    if (!past && !far && !countable) {
        g_autofree char *when = check_when(c, shift->agent, shift->start_ts);
        check_add(c, VIOLATION_SPAN, shift->agent, -1, shift->start_ts,
                  ((double)shift->end_ts - (double)shift->start_ts) / MINUTE_S, (double)SPAN_MAX_S / MINUTE_S,
                  "shift at %s lasts %.6g min", when,
                  ((double)shift->end_ts - (double)shift->start_ts) / MINUTE_S);
    }
    if (!countable)
        return;
    struct checked_shift *cs = &c->shifts[c->n_shifts];
    cs->shift = keep_sane(c, shift);
    cs->past = past;
    c->n_shifts++;
    check_count_shift(c, cs);
}

/* --- parts */

void check_part_unref(struct check_part *part)
{
    if (part == NULL || !g_atomic_int_dec_and_test(&part->refs))
        return;
    struct check_report found = {.violations = part->violations,
                                 .n_violations = part->until[CHECK_STAGES - 1],
                                 .costs = part->costs,
                                 .n_costs = part->n_costs};
    check_report_clear(&found);
    g_free(part->shifts);
    g_free(part->copies);
    g_free(part);
}

struct check_part *check_part_new(const struct checking *whole, int agent, const struct check_given *given)
{
    struct check_part *part = g_new0(struct check_part, 1);
    struct checking c = *whole;
    int most = given->n_past + given->n_planned;
    part->refs = 1;
    c.shifts = part->shifts = g_new0(struct checked_shift, (gsize)most + 1);
    c.copies = part->copies = g_new0(struct shift, (gsize)most + 1);
    c.n_shifts = 0;
    c.violations = g_array_new(FALSE, FALSE, sizeof(struct violation));
    c.costs = g_array_new(FALSE, FALSE, sizeof(struct check_cost));
    for (int i = 0; i < given->n_past; i++)
        check_take_shift(&c, given->past[i], true);
    part->n_past = c.n_shifts;
    for (int i = 0; i < given->n_planned; i++)
        check_take_shift(&c, given->planned[i], false);
    part->n = c.n_shifts;
    part->n_given = given->n_planned;
    part->until[0] = (int)c.violations->len;
    qsort(c.shifts, (size_t)c.n_shifts, sizeof(struct checked_shift), by_start);
    for (int i = 0; i < c.n_shifts; i++)
        if (!c.shifts[i].past) {
            check_one_shift(&c, &c.shifts[i]);
            c.pay += check_shift_pay(&c, &c.shifts[i]);
        }
    part->until[1] = (int)c.violations->len;
    if (check_zone(&c, agent) != NULL) {
        check_one_agent(&c, agent, c.shifts, c.n_shifts);
        check_after(&c, agent, c.shifts, c.n_shifts);
    }
    part->until[2] = (int)c.violations->len;
    part->pay = c.pay;
    memcpy(part->penalties, c.penalties, sizeof part->penalties);
    part->n_costs = (int)c.costs->len;
    part->violations = (struct violation *)(void *)g_array_free(c.violations, FALSE);
    part->costs = (struct check_cost *)(void *)g_array_free(c.costs, FALSE);
    return part;
}

static bool same_shift(const struct shift *a, const struct shift *b)
{
    if (a->agent != b->agent || a->tmpl != b->tmpl || a->start_ts != b->start_ts || a->end_ts != b->end_ts ||
        a->n_activities != b->n_activities)
        return false;
    for (int k = 0; k < a->n_activities && k < SHIFT_ACTIVITIES_MAX; k++) {
        const struct activity *x = &a->activities[k], *y = &b->activities[k];
        if (x->kind != y->kind || x->start_ts != y->start_ts || x->end_ts != y->end_ts || x->paid != y->paid)
            return false;
    }
    return true;
}

bool check_part_is_of(const struct check_part *part, const struct check_given *given)
{
    if (part->n_given != given->n_planned || part->n - part->n_past != given->n_planned)
        return false;
    for (int i = 0; i < given->n_planned; i++)
        if (!same_shift(&part->copies[part->n_past + i], given->planned[i]))
            return false;
    return true;
}

void check_part_tell(struct checking *c, const struct check_part *part, int stage)
{
    for (int i = stage > 0 ? part->until[stage - 1] : 0; i < part->until[stage]; i++) {
        struct violation v = part->violations[i];
        v.message = g_strdup(v.message);
        g_array_append_val(c->violations, v);
    }
}

void check_part_count(struct checking *c, const struct check_part *part)
{
    memcpy(c->shifts + c->n_shifts, part->shifts, (size_t)part->n * sizeof *part->shifts);
    c->n_shifts += part->n;
    c->pay += part->pay;
    for (int kind = 0; kind < PENALTY_N; kind++) {
        c->penalties[kind].units += part->penalties[kind].units;
        c->penalties[kind].cost += part->penalties[kind].cost;
    }
    for (int i = 0; i < part->n_costs; i++) {
        struct check_cost cost = part->costs[i];
        cost.message = g_strdup(cost.message);
        g_array_append_val(c->costs, cost);
    }
}
