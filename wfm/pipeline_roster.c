#include "wfm/pipeline.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/operation_more.h"
#include "core/planfile.h"
#include "core/week.h"
#include "scheduler/roster/checker.h"
#include "scheduler/roster/replan.h"
#include "scheduler/roster/roster.h"
#include "wfm/interrupt.h"
#include "wfm/pipeline_correct.h"
#include "wfm/settings.h"
#include "wfm/simulated.h"
#include "wfm/units.h"

/* Weeks of published shifts a problem carries: runs of days, rest and weekend rules look back at most so far.
 */
#define PAST_WEEKS 6
#define AFTER_DAYS 16 /* … and rest and runs of days forward so far */
#define VIOLATIONS_SHOWN 20
/* Parts of the whole, as far as progress goes: what comes before the search, and up to its end where a
   simulation follows. */
#define SHARE_DEMAND 0.02
#define SHARE_SOLVED 0.9
#define SIMULATED_MOST 100 /* a roster is simulated so often at most when nobody says how often */

void roster_ask_from(const struct options *options, struct roster_ask *ask)
{
    *ask = (struct roster_ask){
        .seed = (uint64_t)options_int(options, "seed"),
        .limits = {.seconds = options_real(options, "seconds"),
                   .gap = options_real(options, "gap"),
                   .rounds = options_int(options, "rounds"),
                   .threads = 1},
        .memory_mb = options_int(options, "memory"),
        .jobs = (int)options_int(options, "jobs"),
        .simulate =
            options_given(options, "simulate") ? (int)options_int(options, "simulate") : ROSTER_SIMULATE,
    };
}

void roster_prices_from(const struct options *options, struct roster_ask *ask)
{
    ask->prices.per_interval = options_choice(options, "sla") == 1;
    ask->prices.certain = options_flag(options, "certain");
}

bool corrections_from(const struct options *options, struct roster_ask *ask, GError **error)
{
    ask->corrections = (int)options_int(options, "corrections");
    ask->confidence = options_real(options, "confidence");
    if (ask->confidence > 0 && ask->confidence < 0.5)
        return wfm_fail(
            error, WFM_ERROR_INPUT,
            "--confidence %g: a contract met less often than every other time is not planned for; "
            "give 0.5 to 0.999, or 0 for the expected level at the target",
            ask->confidence);
    if (ask->confidence > 0 && ask->corrections == 0)
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "--confidence %g: how far contacts vary is only known from simulation; give "
                        "--corrections 1 or more",
                        ask->confidence);
    return true;
}

struct sla_past *pipeline_past(struct store *store, const struct operation *operation,
                               const struct grid *grid, GError **error)
{
    g_autofree struct sla_past *past = g_new0(struct sla_past, (gsize)operation->n_queues + 1);
    for (int q = 0; q < operation->n_queues; q++) {
        int64_t start_ts, end_ts;
        struct coverage_view view = {.required = NULL};
        g_autoptr(GError) cause = NULL;
        if (!staffing_period(operation, q, grid, &start_ts, &end_ts, error))
            return NULL;
        if (start_ts >= grid->start_ts)
            continue;
        if (!store_coverage(store, &scope_planner, 0, operation->queues[q].id, start_ts, grid->start_ts,
                            &view, &cause)) {
            if (g_error_matches(cause, WFM_ERROR, WFM_ERROR_NOT_FOUND))
                continue;
            g_propagate_error(error, g_steal_pointer(&cause));
            return NULL;
        }
        for (int32_t iv = 0; iv < view.grid.n; iv++) {
            bool known = isfinite(view.counted[iv]) && isfinite(view.in_time[iv]);
            past[q].counted += known ? view.counted[iv] : 0;
            past[q].in_time += known ? view.in_time[iv] : 0;
        }
        coverage_view_clear(&view);
    }
    return g_steal_pointer(&past);
}

/* The patience pipeline_loads found in the history, where the operation says none. */
static void take_patience(const struct operation *from, struct operation *to)
{
    for (int q = 0; q < to->n_queues; q++) {
        int old = operation_queue(from, to->queues[q].id);
        if (old >= 0 && !(to->queues[q].patience_s > 0))
            to->queues[q].patience_s = from->queues[old].patience_s;
    }
}

/* Loads with the offsets of a stored problem on the same grid, whose arrays stay its own: n_queues, g_free.
 */
static struct load *offset_loads(const struct operation *operation, const struct load *loads,
                                 const struct plan_problem *from)
{
    struct load *out = g_memdup2(loads, (gsize)operation->n_queues * sizeof *loads);
    const struct grid *grid = from != NULL ? &from->demand.grid : NULL;
    for (int q = 0; grid != NULL && from->demand.offset != NULL && q < operation->n_queues; q++) {
        int old = operation_queue(from->operation, operation->queues[q].id);
        bool alike = grid->start_ts == loads[q].grid.start_ts && grid->n == loads[q].grid.n &&
                     grid->interval_s == loads[q].grid.interval_s;
        if (old >= 0 && alike)
            out[q].offset = from->demand.offset + DEMAND_CELL(&from->demand, old, 0);
    }
    return out;
}

static bool make_demand(const struct planning *planning, const struct load *loads,
                        const struct roster_ask *ask, struct plan_problem *problem, GError **error)
{
    AUTO(plan_problem) from = NULL;
    struct staffing_prices prices = ask->prices;
    g_autofree struct sla_past *past =
        pipeline_past(planning->store, problem->operation, &planning->grid, error);
    if (past == NULL ||
        (ask->offsets_of != 0 && !store_roster_problem(planning->store, ask->offsets_of, &from, error)))
        return false;
    prices.past = past;
    g_autofree struct load *with = offset_loads(problem->operation, loads, from);
    return staffing_demand(problem->operation, with, &prices, &problem->demand, error);
}

/* Is it a roster of weeks that are planned here? */
static bool of_these_weeks(const struct planning *planning, int64_t roster, GError **error)
{
    struct roster_info info = {0};
    if (!store_roster_info(planning->store, &scope_planner, roster, &info, error))
        return false;
    bool ok = info.first_day < planning->first_day + planning->n_weeks * WEEK_DAYS &&
              planning->first_day < info.first_day + info.n_weeks * WEEK_DAYS;
    if (!ok) {
        g_autofree char *theirs = week_format(info.first_day), *ours = week_format(planning->first_day);
        wfm_fail(error, WFM_ERROR_INPUT,
                 "roster %" G_GINT64_FORMAT " is of week %s, not of %s: it locks nothing there", roster,
                 theirs, ours);
    }
    roster_info_clear(&info);
    return ok;
}

/* The locked shifts of a stored roster, as a base of nothing else: other changes cost nothing. */
static bool take_locked(const struct planning *planning, int64_t roster, struct plan_problem *problem,
                        GError **error)
{
    struct shift *locked = NULL;
    int n = 0;
    if (roster == 0 || problem->base != NULL)
        return true;
    if (!of_these_weeks(planning, roster, error) ||
        !store_locked_shifts(planning->store, problem->operation, roster, planning->grid.start_ts,
                             grid_end_ts(&planning->grid), &locked, &n, error))
        return false;
    replan_base(problem, locked, n, INT64_MIN, 0, 0);
    replan_lock(problem, locked, n);
    return true;
}

struct plan_problem *pipeline_problem(const struct planning *planning, const struct load *loads,
                                      const struct roster_ask *ask, GError **error)
{
    AUTO(plan_problem) problem = plan_problem_new();
    problem->operation = store_operation_load(planning->store, error);
    if (problem->operation == NULL)
        return NULL;
    if (problem->operation->n_agents == 0) {
        wfm_fail(error, WFM_ERROR_NOT_FOUND,
                 "the operation has no agents: wfm import agents AGENTS.csv first");
        return NULL;
    }
    for (int i = 0; ask->more_agents != NULL && ask->more_agents[i] != NULL; i++)
        if (!operation_add_more(problem->operation, ask->more_agents[i], error))
            return NULL;
    take_patience(planning->operation, problem->operation);
    problem->first_day = planning->first_day;
    problem->n_weeks = planning->n_weeks;
    problem->seed = ask->seed;
    problem->limits = ask->limits;
    int64_t start_ts = planning->grid.start_ts, end_ts = grid_end_ts(&planning->grid);
    if (!make_demand(planning, loads, ask, problem, error) ||
        !store_past_shifts(planning->store, problem->operation,
                           start_ts - PAST_WEEKS * WEEK_DAYS * (int64_t)DAY_S, start_ts, &problem->past,
                           &problem->n_past, error) ||
        !store_past_shifts(planning->store, problem->operation, end_ts, end_ts + AFTER_DAYS * (int64_t)DAY_S,
                           &problem->after, &problem->n_after, error) ||
        (ask->adapt != NULL && !ask->adapt(problem, ask->user, error)) ||
        !take_locked(planning, ask->locked_of, problem, error))
        return NULL;
    return g_steal_pointer(&problem);
}

struct plan_solution *pipeline_solve(const struct plan_problem *problem, const struct roster_ask *ask,
                                     const struct plan_solution *again, struct progress *progress,
                                     int *n_units, GError **error)
{
    const struct operation *operation = problem->operation;
    g_autofree int *unit_of_queue = g_new0(int, (gsize)operation->n_queues);
    g_autofree int *unit_of_agent = g_new0(int, (gsize)operation->n_agents);
    int n = roster_units(problem, unit_of_queue, unit_of_agent);
    int jobs = ask->jobs > 0 ? ask->jobs : (int)g_get_num_processors();
    struct units_limits limits = {.jobs = jobs,
                                  .memory_mb = ask->memory_mb,
                                  .seconds = problem->limits.seconds,
                                  .untimed = again != NULL};
    struct plan_problem **problems = g_new0(struct plan_problem *, (gsize)n);
    struct plan_solution **solutions = g_new0(struct plan_solution *, (gsize)n);
    for (int u = 0; u < n; u++) {
        problems[u] = roster_extract(problem, unit_of_queue, unit_of_agent, u);
        problems[u]->limits.threads = MAX(1, jobs / n);
        if (again != NULL && (again->n_units == n || n == 1)) {
            long rounds = again->n_units == n ? again->unit_rounds[u] : again->rounds;
            problems[u]->limits.rounds = rounds > 0 ? rounds : problems[u]->limits.rounds;
        }
    }
    struct plan_solution *joined = NULL;
    if (units_solve((const struct plan_problem *const *)problems, n, &limits, NULL, progress, solutions,
                    error))
        joined = roster_join(problem, (const struct plan_problem *const *)problems,
                             (const struct plan_solution *const *)solutions, n);
    for (int u = 0; u < n; u++) {
        plan_problem_free(problems[u]);
        plan_solution_free(solutions[u]);
    }
    g_free(problems);
    g_free(solutions);
    *n_units = n;
    return joined;
}

/* Fails with the list of what is broken, under the given code. */
static bool verify(const struct plan_problem *problem, const struct plan_solution *solution,
                   enum wfm_error code, const char *what, GError **error)
{
    struct check_report report = {0};
    bool clean = roster_check(problem, solution, &report);
    if (!clean) {
        g_autoptr(GString) list = g_string_new(NULL);
        for (int i = 0; i < MIN(report.n_violations, VIOLATIONS_SHOWN); i++)
            g_string_append_printf(list, "\n  %s: %s", violation_key(report.violations[i].rule),
                                   report.violations[i].message);
        if (report.n_violations > VIOLATIONS_SHOWN)
            g_string_append_printf(list, "\n  … and %d more", report.n_violations - VIOLATIONS_SHOWN);
        wfm_fail(error, code, "%s: %d rules broken:%s", what, report.n_violations, list->str);
    }
    check_report_clear(&report);
    return clean;
}

/* What the roster is expected to achieve, per queue and interval. */
static void expect(const struct plan_problem *problem, const struct plan_solution *solution, double *offered,
                   double *in_time, double *counted)
{
    const struct demand *demand = &problem->demand;
    for (int q = 0; q < demand->n_queues; q++) {
        size_t first = DEMAND_CELL(demand, q, 0);
        const struct load load = load_of_demand(demand, q);
        staffing_expected(problem->operation, q, &load, solution->staffed + first, offered + first,
                          in_time + first, counted + first);
    }
}

static bool save(const struct planning *planning, const struct plan_problem *problem,
                 const struct plan_solution *solution, double seconds, int64_t *id, GError **error)
{
    size_t cells = (size_t)problem->demand.n_queues * (size_t)problem->demand.grid.n;
    g_autofree double *offered = g_new0(double, (gsize)cells);
    g_autofree double *in_time = g_new0(double, (gsize)cells);
    g_autofree double *counted = g_new0(double, (gsize)cells);
    g_autofree char *hash = plan_inputs_hash(problem);
    struct roster_expected expected = {offered, in_time, counted};
    expect(problem, solution, offered, in_time, counted);
    const struct keeper *keeper = planning->keeper;
    if (!store_change_begin(planning->store, error))
        return false;
    bool ok = store_roster_save(planning->store, problem, solution, &expected, hash, seconds,
                                settings_actor(), id, error) &&
              (keeper == NULL || keeper->roster(planning->store, *id, solution, keeper->user, error));
    return store_change_end(planning->store, ok, error);
}

/* Why the search ended, for people; the words of struct plan_solution are for plan files. */
static const char *ending(const struct plan_solution *solution)
{
    static const struct {
        const char *stopped, *text;
    } endings[] = {
        {"exhausted", "all rounds done"},
        {"gap", "gap reached"},
        {"rounds", "rounds of --rounds done"},
        {"deadline", "time of --seconds was up"},
        {"cancelled", "asked to stop: best so far kept"},
    };
    for (size_t i = 0; solution->stopped != NULL && i < G_N_ELEMENTS(endings); i++)
        if (strcmp(solution->stopped, endings[i].stopped) == 0)
            return endings[i].text;
    return "ended";
}

bool pipeline_keep_simulation(const struct planning *planning, const struct simulated *simulated, int64_t id,
                              GError **error)
{
    const struct keeper *keeper = planning->keeper;
    if (!store_change_begin(planning->store, error))
        return false;
    bool ok = simulated_save(simulated, planning->store, id, error) &&
              (keeper == NULL ||
               keeper->simulation(planning->store, id, simulated->report.replications, keeper->user, error));
    return store_change_end(planning->store, ok, error);
}

static bool simulate(const struct planning *planning, const struct plan_problem *problem,
                     const struct plan_solution *solution, const struct roster_ask *ask, int64_t id,
                     struct progress *progress, bool *interrupted, GError **error)
{
    struct plan_problem known = *problem; /* which is stored without what lies before it */
    struct simulated simulated = {
        .problem = &known,
        .solution = solution,
        .ask = {.seed = 1,
                .replications = ask->simulate != ROSTER_SIMULATE
                                    ? ask->simulate
                                    : simulated_replications(&problem->demand, SIMULATED_MOST),
                .threads = ask->jobs}};
    bool ok = simulated_before(planning->store, &known, error) &&
              simulated_run(&simulated, progress, error) &&
              pipeline_keep_simulation(planning, &simulated, id, error);
    if (ok)
        progress_note(progress, "simulate: %d replications, %.0f contacts, %.1f s",
                      simulated.report.replications, simulated.report.contacts, simulated.seconds);
    else
        g_prefix_error(error, "draft %" G_GINT64_FORMAT " is kept, but its simulation failed: ", id);
    *interrupted = simulated.interrupted;
    simulated_clear(&simulated);
    demand_clear_before(&known.demand);
    return ok;
}

bool pipeline_simulate(const struct planning *planning, int64_t id, const struct roster_ask *ask,
                       struct progress *progress, GError **error)
{
    AUTO(plan_problem) problem = NULL;
    AUTO(plan_solution) solution = NULL;
    bool interrupted;
    if (!store_roster_problem(planning->store, id, &problem, error) ||
        !store_roster_load(planning->store, problem->operation, id, &solution, error))
        return false;
    interrupt_catch();
    bool ok = simulate(planning, problem, solution, ask, id, progress, &interrupted, error);
    interrupt_release();
    return ok;
}

static struct plan_solution *solve(const struct planning *planning, struct plan_problem *problem,
                                   const struct roster_ask *ask, struct progress *progress, int *n_units,
                                   GError **error)
{
    if (ask->corrections == 0)
        return pipeline_solve(problem, ask, NULL, progress, n_units, error);
    struct staffing_prices prices = ask->prices; /* those the demand was made with */
    g_autofree struct sla_past *past =
        pipeline_past(planning->store, problem->operation, &problem->demand.grid, error);
    prices.past = past;
    return past != NULL ? pipeline_correct(problem, ask, &prices, progress, n_units, error) : NULL;
}

/* From a problem to a draft that is simulated. Signals are caught: the best so far is always saved. */
static bool make(const struct planning *planning, struct plan_problem *problem, const struct roster_ask *ask,
                 struct progress *progress, double start_s, struct roster_result *done, GError **error)
{
    bool simulates = ask->simulate != 0;
    struct progress_span outer = progress_enter(progress, SHARE_DEMAND, simulates ? SHARE_SOLVED : 1);
    AUTO(plan_solution) solution = solve(planning, problem, ask, progress, &done->n_units, error);
    progress_leave(progress, outer);
    done->cancelled = interrupt_count() > 0;
    if (solution == NULL || !verify(problem, solution, WFM_ERROR_INTERNAL,
                                    "the roster made is not legal; nothing is kept", error))
        return false;
    done->seconds = now_s() - start_s;
    progress_at(progress,
                &(struct progress_state){"save", simulates ? SHARE_SOLVED : 1, solution->objective,
                                         solution->bound, NAN, NAN, NULL, 0, 0},
                "roster: save");
    if (!save(planning, problem, solution, done->seconds, &done->id, error))
        return false;
    progress_note(progress, "roster: %d shifts in %d planning units, gap %.2f %%, %ld rounds, %.1f s; %s",
                  solution->n_shifts, done->n_units, 100 * plan_gap(solution), solution->rounds,
                  done->seconds, ending(solution));
    done->cancelled = interrupt_count() > 0; /* asked for while it was saved, too */
    outer = progress_enter(progress, SHARE_SOLVED, 1);
    bool ok = done->cancelled || !simulates ||
              simulate(planning, problem, solution, ask, done->id, progress, &done->cancelled, error);
    progress_leave(progress, outer);
    return ok;
}

bool pipeline_roster(const struct planning *planning, const struct load *loads, const struct roster_ask *ask,
                     struct progress *progress, struct roster_result *result, GError **error)
{
    double start_s = now_s();
    struct roster_result done = {0};
    progress_at(progress, &(struct progress_state){"demand", 0, NAN, NAN, NAN, NAN, NULL, 0, 0},
                "roster: demand");
    AUTO(plan_problem) problem = pipeline_problem(planning, loads, ask, error);
    if (problem == NULL)
        return false;
    interrupt_catch();
    bool ok = make(planning, problem, ask, progress, start_s, &done, error);
    interrupt_release();
    *result = done;
    return ok;
}

bool roster_kept(const struct roster_result *result, GError **error)
{
    if (!result->cancelled)
        return true;
    return wfm_fail(error, WFM_ERROR_CANCELLED,
                    "stopped on request; the best roster so far is kept as draft %" G_GINT64_FORMAT,
                    result->id);
}

bool pipeline_publish(struct store *store, int64_t id, GError **error)
{
    AUTO(plan_problem) problem = NULL;
    AUTO(plan_solution) solution = NULL;
    if (!store_roster_problem(store, id, &problem, error) ||
        !store_roster_load(store, problem->operation, id, &solution, error))
        return false;
    g_autofree char *what = g_strdup_printf("roster %" G_GINT64_FORMAT, id);
    return verify(problem, solution, WFM_ERROR_VIOLATION, what, error) &&
           store_roster_publish(store, id, settings_actor(), error);
}

bool pipeline_week(struct planning *planning, const struct forecast_ask *forecast,
                   const struct roster_ask *roster, struct progress *progress, int64_t *id, GError **error)
{
    g_autofree struct forecast_line *lines = NULL;
    int n = 0;
    struct progress_span outer = progress_enter(progress, 0, PIPELINE_SHARE_FORECAST);
    bool made = pipeline_forecast(planning, forecast, progress, &lines, &n, error);
    progress_leave(progress, outer);
    if (!made)
        return false;
    struct load_ask ask = {.allow_missing = forecast->skip_missing, .hand = forecast->hand};
    struct load *loads = pipeline_loads(planning, &ask, error);
    if (loads == NULL)
        return false;
    struct roster_result result;
    outer = progress_enter(progress, PIPELINE_SHARE_FORECAST, 1);
    bool ok = pipeline_roster(planning, loads, roster, progress, &result, error);
    progress_leave(progress, outer);
    loads_free(loads, planning->operation->n_queues);
    if (!ok || !roster_kept(&result, error))
        return false;
    *id = result.id;
    return true;
}
