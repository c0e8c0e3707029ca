/* The check of a whole roster, from what follows from the shifts of each agent. */
#include "scheduler/roster/checker_internal.h"

#include <math.h>
#include <string.h>

/* --- what a check leaves for the next */

struct check_memory {
    gint refs;
    int n_agents;
    struct check_part **parts; /* n_agents */
    struct check_cover *cover; /* NULL when no coverage was claimed */
};

struct check_memory *check_memory_ref(struct check_memory *memory)
{
    g_atomic_int_inc(&memory->refs);
    return memory;
}

void check_memory_unref(struct check_memory *memory)
{
    if (memory == NULL || !g_atomic_int_dec_and_test(&memory->refs))
        return;
    for (int agent = 0; agent < memory->n_agents; agent++)
        check_part_unref(memory->parts[agent]);
    g_free(memory->parts);
    check_cover_free(memory->cover);
    g_free(memory);
}

/* --- what all agents share */

static void open_zones(struct checking *c)
{
    c->site_zones = g_new0(struct zone *, (gsize)c->op->n_sites + 1);
    for (int s = 0; s < c->op->n_sites; s++) {
        g_autoptr(GError) error = NULL;
        c->site_zones[s] = zone_new(c->op->sites[s].zone, &error);
        if (c->site_zones[s] == NULL)
            check_add(c, VIOLATION_GRID, -1, -1, INT64_MIN, s, 0,
                      "site %s: %s; the shifts of its agents cannot be checked", c->op->sites[s].id,
                      error->message);
    }
}

/* The roster weeks, by the planning zone; the demand grid must be exactly these. */
static void lay_out_weeks(struct checking *c)
{
    const struct plan_problem *problem = c->problem;
    const struct grid *grid = &problem->demand.grid;
    int n_weeks = problem->n_weeks;
    c->week_starts = g_new0(int64_t, (gsize)n_weeks + 1);
    g_autoptr(GError) error = NULL;
    AUTO(zone) planning = zone_new(c->op->zone, &error);
    for (int w = 0; w <= n_weeks && planning != NULL; w++)
        c->week_starts[w] = zone_day_start(planning, problem->first_day + WEEK_DAYS * w);
    if (planning == NULL)
        check_add(c, VIOLATION_OUTSIDE_HORIZON, -1, -1, INT64_MIN, 0, 0, "planning zone: %s", error->message);
    else if (grid->start_ts != c->week_starts[0] || grid_end_ts(grid) != c->week_starts[n_weeks]) {
        g_autofree char *from = time_format(c->week_starts[0], planning);
        g_autofree char *to = time_format(c->week_starts[n_weeks], planning);
        check_add(c, VIOLATION_OUTSIDE_HORIZON, -1, -1, c->week_starts[0], (double)grid->start_ts,
                  (double)c->week_starts[0], "the demand is not on the roster week from %s to %s", from, to);
    }
}

static void index_absences(struct checking *c)
{
    const struct operation *op = c->op;
    c->off = g_new0(const struct time_off *, (gsize)op->n_time_off + 1);
    c->off_from = g_new0(int, (gsize)op->n_agents + 1);
    for (int i = 0; i < op->n_time_off; i++)
        c->off_from[op->time_off[i].agent + 1]++;
    for (int a = 0; a < op->n_agents; a++)
        c->off_from[a + 1] += c->off_from[a];
    g_autofree int *next = g_memdup2(c->off_from, ((gsize)op->n_agents + 1) * sizeof(int));
    for (int i = 0; i < op->n_time_off; i++)
        c->off[next[op->time_off[i].agent]++] = &op->time_off[i];
}

/* --- shifts by agent */

/* The shifts of each known agent in the order they came; list: n, from: n_agents + 1. Both g_free. */
static void by_agent(const struct operation *op, const struct shift *shifts, int n,
                     const struct shift ***list, int **from)
{
    *list = g_new0(const struct shift *, (gsize)n + 1);
    *from = g_new0(int, (gsize)op->n_agents + 1);
    for (int i = 0; i < n; i++)
        if (shifts[i].agent >= 0 && shifts[i].agent < op->n_agents)
            (*from)[shifts[i].agent + 1]++;
    for (int a = 0; a < op->n_agents; a++)
        (*from)[a + 1] += (*from)[a];
    g_autofree int *next = g_memdup2(*from, ((gsize)op->n_agents + 1) * sizeof(int));
    for (int i = 0; i < n; i++)
        if (shifts[i].agent >= 0 && shifts[i].agent < op->n_agents)
            (*list)[next[shifts[i].agent]++] = &shifts[i];
}

/* The part of every agent: that of the check before where it is of the same shifts. */
static struct check_part **parts_of(const struct checking *c, const struct check_memory *before)
{
    const struct plan_problem *problem = c->problem;
    int n_agents = c->op->n_agents;
    struct check_part **parts = g_new0(struct check_part *, (gsize)n_agents + 1);
    g_autofree const struct shift **past = NULL, **planned = NULL;
    g_autofree int *past_from = NULL, *planned_from = NULL;
    by_agent(c->op, problem->past, problem->n_past, &past, &past_from);
    by_agent(c->op, c->solution->shifts, c->solution->n_shifts, &planned, &planned_from);
    for (int agent = 0; agent < n_agents; agent++) {
        const struct check_given given = {past + past_from[agent], planned + planned_from[agent],
                                          past_from[agent + 1] - past_from[agent],
                                          planned_from[agent + 1] - planned_from[agent]};
        if (before != NULL && check_part_is_of(before->parts[agent], &given)) {
            parts[agent] = before->parts[agent];
            g_atomic_int_inc(&parts[agent]->refs);
        } else
            parts[agent] = check_part_new(c, agent, &given);
    }
    return parts;
}

static void count_parts(struct checking *c, struct check_part *const *parts)
{
    int n_agents = c->op->n_agents, n = 0;
    for (int i = 0; i < c->solution->n_shifts; i++)
        if (c->solution->shifts[i].agent < 0 || c->solution->shifts[i].agent >= n_agents)
            check_take_shift(c, &c->solution->shifts[i], false);
    for (int agent = 0; agent < n_agents; agent++)
        n += parts[agent]->n;
    c->shifts = g_new0(struct checked_shift, (gsize)n + 1);
    c->agent_from = g_new0(int, (gsize)n_agents + 1);
    for (int agent = 0; agent < n_agents; agent++) {
        check_part_count(c, parts[agent]);
        c->agent_from[agent + 1] = c->n_shifts;
    }
    for (int stage = 0; stage < CHECK_STAGES; stage++)
        for (int agent = 0; agent < n_agents; agent++)
            check_part_tell(c, parts[agent], stage);
}

/* --- money */

static double penalty_sum(const struct checking *c)
{
    double sum = 0;
    for (int kind = 0; kind < PENALTY_N; kind++)
        sum += c->penalties[kind].cost;
    return sum;
}

static void check_money(struct checking *c, double shortage)
{
    const struct plan_solution *s = c->solution;
    double penalty = penalty_sum(c), objective = c->pay + shortage + penalty;
    const struct {
        const char *what;
        double claimed, counted;
    } claims[] = {
        {"pay", s->pay, c->pay},
        {"shortage", s->shortage, shortage},
        {"penalty", s->penalty, penalty},
        {"objective", s->objective, objective},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(claims); i++)
        if (check_differs(claims[i].claimed, claims[i].counted))
            check_add(c, VIOLATION_ACCOUNT, -1, -1, INT64_MIN, claims[i].claimed, claims[i].counted,
                      "%s is claimed as %.6f %s, recounted it is %.6f", claims[i].what, claims[i].claimed,
                      c->op->currency, claims[i].counted);
    if (isnan(s->bound) || s->bound > objective + CHECK_TOLERANCE * fmax(1.0, fabs(objective)))
        check_add(c, VIOLATION_BOUND, -1, -1, INT64_MIN, s->bound, objective,
                  "bound is claimed as %.6f %s, but this roster costs %.6f", s->bound, c->op->currency,
                  objective);
}

/* --- the check */

static void take_report(struct checking *c, double shortage, struct check_report *report)
{
    report->pay = c->pay;
    report->shortage = shortage;
    report->penalty = penalty_sum(c);
    memcpy(report->penalties, c->penalties, sizeof report->penalties);
    report->n_shifts = c->solution->n_shifts;
    report->n_violations = (int)c->violations->len;
    report->violations = (struct violation *)(void *)g_array_free(c->violations, FALSE);
    report->n_costs = (int)c->costs->len;
    report->costs = (struct check_cost *)(void *)g_array_free(c->costs, FALSE);
}

static void checking_clear(struct checking *c)
{
    for (int s = 0; s < c->op->n_sites; s++)
        zone_free(c->site_zones[s]);
    void *const owned[] = {c->site_zones, c->week_starts, c->shifts, c->agent_from, c->off, c->off_from};
    for (size_t i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
}

bool roster_check_again(const struct plan_problem *problem, const struct plan_solution *solution,
                        const struct check_memory *before, struct check_memory **after,
                        struct check_report *report)
{
    struct checking c = {.problem = problem, .op = problem->operation, .solution = solution};
    struct check_memory *memory = g_new0(struct check_memory, 1);
    memory->refs = 1;
    memory->n_agents = c.op->n_agents;
    c.violations = g_array_new(FALSE, FALSE, sizeof(struct violation));
    c.costs = g_array_new(FALSE, FALSE, sizeof(struct check_cost));
    open_zones(&c);
    lay_out_weeks(&c);
    index_absences(&c);
    memory->parts = parts_of(&c, before);
    count_parts(&c, memory->parts);
    check_couplings(&c);
    check_wishes(&c);
    check_meetings(&c);
    check_base(&c);
    double shortage = check_coverage(&c, before != NULL ? before->cover : NULL, &memory->cover);
    if (solution->staffed != NULL)
        check_money(&c, shortage);
    take_report(&c, shortage, report);
    checking_clear(&c);
    if (after != NULL)
        *after = memory;
    else
        check_memory_unref(memory);
    return report->n_violations == 0;
}

bool roster_check(const struct plan_problem *problem, const struct plan_solution *solution,
                  struct check_report *report)
{
    return roster_check_again(problem, solution, NULL, NULL, report);
}
