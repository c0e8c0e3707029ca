#include "scheduler/roster/edited.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "scheduler/roster/model.h"
#include "scheduler/roster/worth.h"

#define KEPT 1e6      /* of any currency for an agent-interval: above all values */
#define MET 0.25      /* of the price of a missing contact, where a row has enough */
#define WORSE 1e-9    /* relative: less is rounding */
#define PLACES 20000L /* of the breaks of one shift, tried at most */

/* --- what is counted once, and what the edit before has counted */

struct edited_ground {
    const struct plan_problem *problem;
    const struct plan_solution *made;
    struct roster_model *model;
    int *was;                    /* n_iv × n_sets: at work as solved */
    struct plan_problem keeping; /* the problem with the demand below, and the model of it */
    struct roster_model near;
    GMutex mutex; /* guards: */
    struct worth *worth;
};

struct edited_trace {
    gint refs;
    struct check_memory *memory;
    int *at_work;    /* n_iv × n_sets; NULL: not known, and neither is the allocation */
    double *staffed; /* n_queues × n_iv */
};

struct edited_trace *edited_trace_ref(struct edited_trace *trace)
{
    g_atomic_int_inc(&trace->refs);
    return trace;
}

void edited_trace_unref(struct edited_trace *trace)
{
    if (trace == NULL || !g_atomic_int_dec_and_test(&trace->refs))
        return;
    check_memory_unref(trace->memory);
    g_free(trace->at_work);
    g_free(trace->staffed);
    g_free(trace);
}

static struct edited_trace *trace_new(void)
{
    struct edited_trace *trace = g_new0(struct edited_trace, 1);
    trace->refs = 1;
    return trace;
}

void edited_free(struct edited *edited)
{
    if (edited == NULL)
        return;
    plan_solution_free(edited->solution);
    check_report_clear(&edited->report);
    edited_trace_unref(edited->trace);
    g_free(edited);
}

/* --- who works which queue */

/* A demand for worth.h that holds to what is: of each cell to allocate, first what `made` has there, then the
   rest, both by falling value. So people stay with the queues they work for, an agent more goes where most is
   missing, and one less is missed where it costs least. Service levels over a period price a contact at the
   full price where their row was short, else at a part of it. */
struct keeping {
    const struct demand *demand;
    const struct plan_solution *made;
    const double *multipliers; /* n_rows */
    struct demand out;
};

/* Contacts each row has, by the allocation. */
static void count_rows(const struct demand *demand, const double *staffed, double *got)
{
    for (int r = 0; r < demand->n_rows; r++) {
        const struct sla_row *row = &demand->rows[r];
        got[r] = 0;
        for (int32_t iv = row->from_iv; iv < row->to_iv; iv++) {
            double agents = staffed[DEMAND_CELL(demand, row->queue, iv)];
            for (int k = 0; k < demand->n_pieces && agents > 0; k++) {
                size_t at = DEMAND_PIECE(demand, row->queue, iv, k);
                double used = MIN(agents, demand->width[at]);
                got[r] += used * demand->gain[at];
                agents -= used;
            }
        }
    }
}

/* The multiplier that holds for the cell; 0 where no row counts it. */
static double multiplier_of(const struct keeping *k, int queue, int32_t iv)
{
    for (int r = 0; r < k->demand->n_rows; r++) {
        const struct sla_row *row = &k->demand->rows[r];
        if (row->queue == queue && iv >= row->from_iv && iv < row->to_iv)
            return k->multipliers[r];
    }
    return 0;
}

static void keep_cell(struct keeping *k, int queue, int32_t iv)
{
    const struct demand *from = k->demand;
    struct demand *to = &k->out;
    double left = k->made->staffed[DEMAND_CELL(from, queue, iv)], multiplier = multiplier_of(k, queue, iv);
    size_t at = DEMAND_PIECE(to, queue, iv, 0), last = at + (size_t)to->n_pieces;
    for (int p = 0; p < from->n_pieces; p++) {
        size_t piece = DEMAND_PIECE(from, queue, iv, p);
        double value = from->value[piece] + (from->gain != NULL ? multiplier * from->gain[piece] : 0);
        double kept = MIN(left, from->width[piece]), more = from->width[piece] - kept;
        left -= kept;
        if (kept > 0) {
            to->width[at] = kept;
            to->value[at++] = value + KEPT;
        }
        if (more > 0 && at < last) {
            to->width[at] = more;
            to->value[at++] = value;
        }
    }
    if (left > 0 && at < last) { /* more than anybody asked for; worth_new sorts by value */
        to->width[at] = left;
        to->value[at] = KEPT / 2;
    }
}

static void keep_demand(struct keeping *k)
{
    const struct demand *from = k->demand;
    g_autofree double *got = g_new0(double, from->n_rows + 1);
    g_autofree double *multipliers = g_new0(double, from->n_rows + 1);
    k->multipliers = multipliers;
    count_rows(from, k->made->staffed, got);
    for (int r = 0; r < from->n_rows; r++)
        multipliers[r] = from->rows[r].price * (got[r] < from->rows[r].need ? 1 : MET);
    demand_init(&k->out, &from->grid, from->n_queues, from->n_pieces + 2);
    memcpy(k->out.need, from->need, (size_t)from->n_queues * (size_t)from->grid.n * sizeof *from->need);
    for (int32_t iv = 0; iv < from->grid.n; iv++)
        for (int q = 0; q < from->n_queues; q++)
            keep_cell(k, q, iv);
}

struct edited_ground *edited_ground_new(const struct plan_problem *problem, const struct plan_solution *made,
                                        GError **error)
{
    const struct demand *demand = &problem->demand;
    AUTO(roster_model) model = roster_model_of_sets(problem, error);
    if (model == NULL)
        return NULL;
    if (made->n_staffed != demand->n_queues * demand->grid.n) {
        wfm_fail(error, WFM_ERROR_INPUT, "the roster's coverage has %d cells, its problem %d",
                 made->n_staffed, demand->n_queues * demand->grid.n);
        return NULL;
    }
    struct keeping k = {.demand = demand, .made = made};
    struct edited_ground *ground = g_new0(struct edited_ground, 1);
    ground->problem = problem;
    ground->made = made;
    keep_demand(&k);
    ground->was = roster_sets_at_work(model, made->shifts, made->n_shifts);
    ground->keeping = *problem;
    ground->keeping.demand = k.out;
    ground->near = *model;
    ground->near.problem = &ground->keeping;
    ground->model = g_steal_pointer(&model);
    ground->worth = worth_new(&ground->near);
    g_mutex_init(&ground->mutex);
    return ground;
}

void edited_ground_free(struct edited_ground *ground)
{
    if (ground == NULL)
        return;
    worth_free(ground->worth);
    demand_clear(&ground->keeping.demand);
    roster_model_free(ground->model);
    g_mutex_clear(&ground->mutex);
    g_free(ground->was);
    g_free(ground);
}

static bool same_sets(const int *a, const int *b, size_t n_sets, int32_t iv)
{
    return memcmp(a + (size_t)iv * n_sets, b + (size_t)iv * n_sets, n_sets * sizeof *a) == 0;
}

/* The solved allocation where the same sets work as solved, one near it elsewhere: found before where the
   edit before had the same sets. is: n_iv × n_sets. g_free. */
static double *allocate_all(struct edited_ground *ground, const struct edited_trace *before, const int *is)
{
    const struct demand *demand = &ground->problem->demand;
    size_t cells = (size_t)demand->n_queues * (size_t)demand->grid.n, n_sets = (size_t)ground->model->n_sets;
    g_autofree double *row = g_new0(double, demand->n_queues + 1);
    double *staffed = g_memdup2(ground->made->staffed, cells * sizeof *staffed);
    for (int32_t iv = 0; iv < ground->model->n_iv; iv++) {
        if (same_sets(ground->was, is, n_sets, iv))
            continue;
        bool known = before != NULL && before->at_work != NULL && same_sets(before->at_work, is, n_sets, iv);
        if (!known) {
            g_mutex_lock(&ground->mutex);
            worth_allocate(ground->worth, iv, is + (size_t)iv * n_sets, row);
            g_mutex_unlock(&ground->mutex);
        }
        for (int q = 0; q < demand->n_queues; q++) {
            size_t cell = DEMAND_CELL(demand, q, iv);
            staffed[cell] = known ? before->staffed[cell] : row[q];
        }
    }
    return staffed;
}

/* --- the whole */

static bool same_shift(const struct shift *a, const struct shift *b)
{
    if (a->agent != b->agent || a->tmpl != b->tmpl || a->start_ts != b->start_ts || a->end_ts != b->end_ts ||
        a->n_activities != b->n_activities)
        return false;
    for (int k = 0; k < a->n_activities; k++) {
        const struct activity *x = &a->activities[k], *y = &b->activities[k];
        if (x->kind != y->kind || x->start_ts != y->start_ts || x->end_ts != y->end_ts || x->paid != y->paid)
            return false;
    }
    return true;
}

bool edited_same(const struct shift *a, int n_a, const struct shift *b, int n_b)
{
    for (int i = 0; n_a == n_b && i < n_a; i++)
        if (!same_shift(&a[i], &b[i]))
            return false;
    return n_a == n_b;
}

/* The checker's count, or where nothing differs the figures as they were solved: they may differ in the last
   bits. */
static void take_figures(struct edited *edited, const struct plan_solution *made)
{
    struct plan_solution *solution = edited->solution;
    bool same = edited_same(solution->shifts, solution->n_shifts, made->shifts, made->n_shifts);
    solution->pay = same ? made->pay : edited->report.pay;
    solution->shortage = same ? made->shortage : edited->report.shortage;
    solution->penalty = same ? made->penalty : edited->report.penalty;
    solution->objective = same ? made->objective : solution->pay + solution->shortage + solution->penalty;
    solution->bound = made->bound;
}

/* Claims are made of the count, so they are no violations. */
static void drop_claims(struct check_report *report)
{
    int kept = 0;
    for (int i = 0; i < report->n_violations; i++) {
        struct violation *violation = &report->violations[i];
        if (violation->rule == VIOLATION_ACCOUNT || violation->rule == VIOLATION_BOUND)
            g_free(violation->message);
        else
            report->violations[kept++] = *violation;
    }
    report->n_violations = kept;
}

void edited_check(const struct plan_problem *problem, const struct plan_solution *solution,
                  struct edited_trace **trace, struct check_report *report)
{
    struct edited_trace *left = trace_new();
    roster_check_again(problem, solution, NULL, &left->memory, report);
    drop_claims(report);
    if (trace != NULL)
        *trace = left;
    else
        edited_trace_unref(left);
}

struct edited *edited_next(struct edited_ground *ground, const struct edited_trace *before,
                           const struct shift *shifts, int n)
{
    const struct plan_solution *made = ground->made;
    struct edited *edited = g_new0(struct edited, 1);
    struct plan_solution *solution = edited->solution = plan_solution_new();
    struct edited_trace *trace = edited->trace = trace_new();
    solution->shifts = g_new0(struct shift, (gsize)n + 1);
    if (n > 0)
        memcpy(solution->shifts, shifts, (size_t)n * sizeof *shifts);
    solution->n_shifts = n;
    qsort(solution->shifts, (size_t)n, sizeof *shifts, shift_compare);
    trace->at_work = roster_sets_at_work(ground->model, solution->shifts, n);
    solution->staffed = allocate_all(ground, before, trace->at_work);
    solution->n_staffed = made->n_staffed;
    trace->staffed = g_memdup2(solution->staffed, (gsize)made->n_staffed * sizeof(double));
    solution->rounds = made->rounds;
    solution->n_units = made->n_units;
    solution->unit_rounds = g_memdup2(made->unit_rounds, (gsize)made->n_units * sizeof(int));
    solution->stopped = g_strdup(made->stopped);
    roster_check_again(ground->problem, solution, before != NULL ? before->memory : NULL, &trace->memory,
                       &edited->report);
    drop_claims(&edited->report);
    take_figures(edited, made);
    return edited;
}

struct edited *edited_new(const struct plan_problem *problem, const struct plan_solution *made,
                          const struct shift *shifts, int n, GError **error)
{
    AUTO(edited_ground) ground = edited_ground_new(problem, made, error);
    return ground != NULL ? edited_next(ground, NULL, shifts, n) : NULL;
}

/* --- breaks of a new shift */

/* Breaks being placed, in the order of the template. */
struct placing {
    const struct shift_template *tmpl;
    const struct shift *shift;
    int32_t interval_s;
    const double *lost; /* by interval of the shift: what a break there loses, >= 0 */
    double best;
    long tries;
    struct activity chosen[TEMPLATE_BREAKS_MAX], at[TEMPLATE_BREAKS_MAX];
};

static void place(struct placing *p, int k, double cost)
{
    if (cost >= p->best || p->tries++ > PLACES)
        return;
    if (k == p->tmpl->n_breaks) {
        p->best = cost;
        memcpy(p->chosen, p->at, sizeof p->chosen);
        return;
    }
    const struct break_rule *rule = &p->tmpl->breaks[k];
    int64_t from = p->shift->start_ts + (int64_t)rule->earliest_min * 60;
    int64_t to = p->shift->start_ts + (int64_t)rule->latest_min * 60, length = (int64_t)rule->length_min * 60;
    for (int64_t at = from; at <= to && at + length <= p->shift->end_ts; at += p->interval_s) {
        bool clear = true;
        double lost = 0;
        for (int i = 0; i < k && clear; i++)
            clear = p->at[i].end_ts <= at || p->at[i].start_ts >= at + length;
        for (int64_t ts = at; clear && ts < at + length; ts += p->interval_s)
            lost += p->lost[(ts - p->shift->start_ts) / p->interval_s];
        p->at[k] = (struct activity){rule->kind, at, at + length, rule->paid};
        if (clear)
            place(p, k + 1, cost + lost);
    }
}

static int by_start(const void *a, const void *b)
{
    const struct activity *x = a, *y = b;
    return (x->start_ts > y->start_ts) - (x->start_ts < y->start_ts);
}

/* What the dearest of the agent's queues lacks in each interval of the shift, from the least of them; g_free.
 */
static double *lacking(const struct plan_problem *problem, const double *staffed, const struct shift *shift)
{
    const struct demand *demand = &problem->demand;
    const struct agent *agent = &problem->operation->agents[shift->agent];
    int n = (int)((shift->end_ts - shift->start_ts) / demand->grid.interval_s) + 1;
    double *lost = g_new0(double, n + 1), least = INFINITY;
    for (int i = 0; i < n; i++) {
        int32_t iv = grid_index(&demand->grid, shift->start_ts + (int64_t)i * demand->grid.interval_s);
        lost[i] = -INFINITY;
        for (int k = 0; k < agent->n_skills && iv >= 0 && iv < demand->grid.n; k++) {
            size_t at = DEMAND_CELL(demand, agent->skills[k].queue, iv);
            lost[i] = MAX(lost[i], demand->need[at] - staffed[at]);
        }
        lost[i] = isfinite(lost[i]) ? lost[i] : 0;
        least = MIN(least, lost[i]);
    }
    for (int i = 0; i < n; i++)
        lost[i] -= least;
    return lost;
}

bool edited_place_breaks(const struct plan_problem *problem, const double *staffed, struct shift *shift,
                         GError **error)
{
    const struct shift_template *tmpl = &problem->operation->templates[shift->tmpl];
    g_autofree double *lost = lacking(problem, staffed, shift);
    struct placing p = {.tmpl = tmpl,
                        .shift = shift,
                        .interval_s = problem->demand.grid.interval_s,
                        .lost = lost,
                        .best = INFINITY};
    place(&p, 0, 0);
    if (!isfinite(p.best))
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "the breaks of template %s do not fit into a shift of %" G_GINT64_FORMAT " minutes",
                        tmpl->id, (shift->end_ts - shift->start_ts) / 60);
    shift->n_activities = tmpl->n_breaks;
    memcpy(shift->activities, p.chosen, sizeof(struct activity) * (size_t)tmpl->n_breaks);
    qsort(shift->activities, (size_t)shift->n_activities, sizeof(struct activity), by_start);
    return true;
}

/* --- violations */

static bool same_violation(const struct violation *a, const struct violation *b)
{
    return a->rule == b->rule && a->agent == b->agent && a->queue == b->queue && a->ts == b->ts;
}

int edited_new_violations(const struct check_report *before, const struct check_report *after, bool *new_of)
{
    int n = 0;
    for (int i = 0; i < after->n_violations; i++) {
        const struct violation *now = &after->violations[i];
        bool known = false;
        for (int k = 0; k < before->n_violations && !known; k++) {
            const struct violation *then = &before->violations[k];
            double was = fabs(then->value - then->limit), is = fabs(now->value - now->limit);
            known = same_violation(then, now) && !(is > was + WORSE * MAX(1, was));
        }
        n += !known;
        if (new_of != NULL)
            new_of[i] = !known;
    }
    return n;
}

bool edited_may_stand(enum violation_rule rule)
{
    static const bool never[VIOLATION_N] = {
        [VIOLATION_AGENT_UNKNOWN] = true, [VIOLATION_OUTSIDE_HORIZON] = true, [VIOLATION_OVERLAP] = true,
        [VIOLATION_TWO_ON_A_DAY] = true,  [VIOLATION_SPAN] = false,
    };
    return !never[rule];
}
