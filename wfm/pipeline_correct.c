#include "wfm/pipeline_correct.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "scheduler/roster/roster.h"
#include "scheduler/simulate/correct.h"
#include "wfm/interrupt.h"
#include "wfm/simulated.h"
#include "wfm/units.h"

#define MOST 128         /* a unit is simulated so often at most, … */
#define HALF_WIDTH 0.002 /* … until every queue's service level is known so well */
#define CORRECT_SEED                                                                                         \
    2                /* of the contacts: for every roster the same, and others than those of the simulation  \
                        kept with it */
#define ENOUGH 0.002 /* levels of models and simulation this near need no correction */

/* A roster of a unit, the demand it was made for, and what it does. */
struct candidate {
    struct demand demand;
    struct plan_solution *solution;
    struct correction correction;
    double judged;
};

/* A planning unit. The demand of its problem is that of the candidate at hand, which owns it. */
struct unit {
    struct plan_problem *problem;
    struct sla_past *past;  /* of its queues */
    struct candidate *made; /* in the order they were made */
    int n, best;
    bool settled; /* nothing is to be corrected */
};

struct correcting {
    const struct plan_problem *problem;
    const struct roster_ask *ask;
    struct staffing_prices prices; /* without the past */
    struct progress *progress;
    struct unit *units;
    int n;
    int round;
};

/* ---- units ---- */

static void unit_init(struct unit *unit, const struct correcting *c, const struct sla_past *past,
                      const int *unit_of_queue, const int *unit_of_agent, int number)
{
    unit->problem = roster_extract(c->problem, unit_of_queue, unit_of_agent, number);
    const struct operation *operation = unit->problem->operation;
    unit->past = g_new0(struct sla_past, operation->n_queues + 1);
    for (int q = 0; past != NULL && q < operation->n_queues; q++)
        unit->past[q] = past[operation_queue(c->problem->operation, operation->queues[q].id)];
    unit->made = g_new0(struct candidate, c->ask->corrections + 1);
    unit->made[0].demand = unit->problem->demand;
}

static void unit_clear(struct unit *unit)
{
    for (int i = 0; i <= unit->n; i++) {
        demand_clear(&unit->made[i].demand);
        plan_solution_free(unit->made[i].solution);
        correction_clear(&unit->made[i].correction);
    }
    g_free(unit->made);
    g_free(unit->past);
    unit->problem->demand = (struct demand){.n_queues = 0};
    plan_problem_free(unit->problem);
}

/* ---- one round ---- */

/* The roster it has now: where nothing more is corrected, the best; else the one made last. */
static struct plan_solution *latest(const struct unit *unit)
{
    return unit->made[unit->settled ? unit->best : unit->n].solution;
}

static bool go_on(int done, void *user)
{
    const struct correcting *c = user;
    struct progress_state state = {.phase = "correct", .share = 1, .elapsed_s = NAN, .left_s = NAN};
    for (int u = 0; u < c->n; u++) {
        const struct plan_solution *last = latest(&c->units[u]);
        state.objective += last->objective;
        state.bound += last->bound;
    }
    progress_at(c->progress, &state, "corrections %d of %d: simulate, %d times", c->round,
                c->ask->corrections, done);
    return interrupt_count() == 0;
}

/* Simulates the candidate at hand. */
static bool measure(struct correcting *c, struct unit *unit, GError **error)
{
    struct candidate *candidate = &unit->made[unit->n];
    const struct operation *operation = unit->problem->operation;
    int immediate = 0;
    for (int q = 0; q < operation->n_queues; q++)
        immediate += !channel_is_deferred(operation->queues[q].channel);
    if (immediate == 0)
        return true;
    const struct correct_ask ask = {
        .simulate = {.seed = CORRECT_SEED,
                     .replications = simulated_replications(&unit->problem->demand, MOST),
                     .half_width = HALF_WIDTH,
                     .threads = c->ask->jobs > 0 ? c->ask->jobs : (int)g_get_num_processors(),
                     .past = unit->past,
                     .go_on = go_on,
                     .user = c},
        .confidence = c->ask->confidence};
    if (!correct_measure(unit->problem, candidate->solution, &ask, &candidate->correction, error))
        return false;
    candidate->judged =
        correct_judge(unit->problem, candidate->solution, &candidate->correction, &unit->made[0].demand);
    if (candidate->judged < unit->made[unit->best].judged && interrupt_count() == 0)
        unit->best = unit->n;
    return true;
}

/* Would the next plan believe the same of this roster as the last did, or less though it does all it is asked
   for? */
static bool agrees(const struct correction *correction)
{
    bool agrees = true;
    for (int i = 0; agrees && i < correction->n_periods; i++) {
        const struct correct_period *period = &correction->periods[i];
        double near = fmax(ENOUGH, period->half), more = period->believed - period->expected;
        bool does = period->beyond + near * period->counted >= period->asked;
        agrees = does && more <= near;
    }
    return agrees;
}

/* The demand of the next candidate, with what was found at the one at hand. */
static bool correct_unit(const struct correcting *c, struct unit *unit, GError **error)
{
    struct staffing_prices prices = c->prices;
    prices.past = unit->past;
    struct candidate *last = &unit->made[unit->n], *next = last + 1;
    if (!correct_demand(unit->problem, &prices, &last->correction, 1.0 / (unit->n + 1), &next->demand, error))
        return false;
    unit->n++;
    unit->problem->demand = next->demand;
    return true;
}

/* Solves the units that are not settled, and simulates them. */
static bool solve(struct correcting *c, GError **error)
{
    g_autofree const struct plan_problem **problems = g_new0(const struct plan_problem *, c->n);
    g_autofree const struct plan_solution **from = g_new0(const struct plan_solution *, c->n);
    g_autofree struct plan_solution **solutions = g_new0(struct plan_solution *, c->n);
    int jobs = c->ask->jobs > 0 ? c->ask->jobs : (int)g_get_num_processors(), n = 0;
    struct units_limits limits = {
        .jobs = jobs, .memory_mb = c->ask->memory_mb, .seconds = c->problem->limits.seconds};
    for (int u = 0; u < c->n; u++) {
        const struct unit *unit = &c->units[u];
        problems[u] = unit->problem;
        solutions[u] = unit->settled ? latest(unit) : NULL;
        from[u] = unit->n > 0 ? unit->made[unit->n - 1].solution : NULL;
        n += !unit->settled;
    }
    for (int u = 0; u < c->n; u++)
        c->units[u].problem->limits.threads = MAX(1, jobs / n);
    double rounds = c->ask->corrections + 1;
    struct progress_span outer = progress_enter(c->progress, c->round / rounds, (c->round + 1) / rounds);
    bool ok = units_solve(problems, c->n, &limits, from, c->progress, solutions, error);
    for (int u = 0; u < c->n; u++) {
        struct unit *unit = &c->units[u];
        if (!unit->settled)
            unit->made[unit->n].solution = solutions[u];
    }
    for (int u = 0; ok && u < c->n && interrupt_count() == 0; u++)
        ok = c->units[u].settled || measure(c, &c->units[u], error);
    progress_leave(c->progress, outer);
    return ok;
}

/* ---- what is said ---- */

/* The contract period that misses most of what it is asked for, in shares of its contacts. */
static void say(const struct correcting *c)
{
    const struct correct_period *worst = NULL;
    const char *queue = NULL;
    double most = -INFINITY, pay = 0;
    int n_below = 0, n_periods = 0;
    for (int u = 0; u < c->n; u++) {
        const struct unit *unit = &c->units[u];
        const struct candidate *at = &unit->made[unit->best];
        pay += at->solution->pay;
        n_periods += at->correction.n_periods;
        for (int i = 0; i < at->correction.n_periods; i++) {
            const struct correct_period *period = &at->correction.periods[i];
            double missing =
                period->counted > 0 ? (period->asked - period->beyond) / period->counted : -INFINITY;
            n_below += missing > period->half;
            if (missing <= most)
                continue;
            most = missing;
            worst = period;
            queue = unit->problem->operation->queues[period->queue].id;
        }
    }
    if (worst == NULL)
        return;
    g_autofree char *head = c->round > 0
                                ? g_strdup_printf("corrections %d of %d", c->round, c->ask->corrections)
                                : g_strdup("before corrections");
    double asked = worst->target + (worst->counted > 0 ? worst->asked / worst->counted : 0);
    progress_note(c->progress,
                  "%s: %s simulated %.1f %% of %.1f %%, %d of %d contract periods below; pay %.0f", head,
                  queue, 100 * worst->simulated, 100 * asked, n_below, n_periods, pay);
}

/* ---- the answer ---- */

/* Takes the best demand of a unit over, with the offsets measured on its roster. Units have the pieces of
   the whole, or the first of them. */
static void take_demand(struct demand *to, const struct operation *operation, const struct unit *unit)
{
    const struct candidate *best = &unit->made[unit->best];
    const struct demand *from = &best->demand;
    int shared = MIN(from->n_pieces, to->n_pieces);
    for (int q = 0; q < from->n_queues; q++) {
        int queue = operation_queue(operation, unit->problem->operation->queues[q].id);
        for (int32_t iv = 0; iv < to->grid.n; iv++) {
            size_t a = DEMAND_CELL(to, queue, iv), b = DEMAND_CELL(from, q, iv);
            to->need[a] = from->need[b];
            to->offset[a] = best->correction.offset != NULL ? best->correction.offset[b] : 0;
            for (int k = 0; k < to->n_pieces; k++) {
                size_t at = DEMAND_PIECE(to, queue, iv, k), of = DEMAND_PIECE(from, q, iv, k);
                to->width[at] = k < shared ? from->width[of] : 0;
                to->value[at] = k < shared ? from->value[of] : 0;
                if (to->gain != NULL)
                    to->gain[at] = k < shared && from->gain != NULL ? from->gain[of] : 0;
            }
        }
        for (int r = 0; r < from->n_rows; r++)
            if (from->rows[r].queue == q) {
                struct sla_row row = from->rows[r];
                row.queue = queue;
                demand_add_row(to, &row);
            }
    }
}

static int compare_rows(const void *a, const void *b)
{
    const struct sla_row *x = a, *y = b;
    return x->queue != y->queue ? x->queue - y->queue : (x->from_iv > y->from_iv) - (x->from_iv < y->from_iv);
}

/* The best of every unit: demand and roster of the whole. */
static struct plan_solution *join(const struct correcting *c, struct demand *demand)
{
    g_autofree const struct plan_problem **problems = g_new0(const struct plan_problem *, c->n);
    g_autofree const struct plan_solution **solutions = g_new0(const struct plan_solution *, c->n);
    demand_add_offset(demand);
    demand->n_rows = 0;
    for (int u = 0; u < c->n; u++) {
        const struct unit *unit = &c->units[u];
        problems[u] = unit->problem;
        solutions[u] = unit->made[unit->best].solution;
        take_demand(demand, c->problem->operation, unit);
    }
    if (demand->n_rows > 0)
        qsort(demand->rows, (size_t)demand->n_rows, sizeof *demand->rows, compare_rows);
    return roster_join(c->problem, problems, solutions, c->n);
}

static bool correct(struct correcting *c, GError **error)
{
    bool ok = solve(c, error);
    while (ok && interrupt_count() == 0) {
        int open = 0;
        say(c);
        if (c->round++ == c->ask->corrections)
            break;
        for (int u = 0; ok && u < c->n; u++) {
            struct unit *unit = &c->units[u];
            unit->settled = unit->settled || agrees(&unit->made[unit->n].correction);
            open += !unit->settled;
            ok = unit->settled || correct_unit(c, unit, error);
        }
        if (!ok || open == 0)
            break;
        ok = solve(c, error);
    }
    return ok;
}

struct plan_solution *pipeline_correct(struct plan_problem *problem, const struct roster_ask *ask,
                                       const struct staffing_prices *prices, struct progress *progress,
                                       int *n_units, GError **error)
{
    const struct operation *operation = problem->operation;
    g_autofree int *unit_of_queue = g_new0(int, (gsize)operation->n_queues);
    g_autofree int *unit_of_agent = g_new0(int, (gsize)operation->n_agents);
    struct correcting c = {.problem = problem, .ask = ask, .prices = *prices, .progress = progress};
    c.n = *n_units = roster_units(problem, unit_of_queue, unit_of_agent);
    c.units = g_new0(struct unit, (gsize)c.n);
    for (int u = 0; u < c.n; u++)
        unit_init(&c.units[u], &c, prices->past, unit_of_queue, unit_of_agent, u);
    struct plan_solution *joined = correct(&c, error) ? join(&c, &problem->demand) : NULL;
    for (int u = 0; u < c.n; u++)
        unit_clear(&c.units[u]);
    g_free(c.units);
    return joined;
}
