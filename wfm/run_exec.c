#include "wfm/run_exec.h"

#include <jansson.h>
#include <math.h>

#include "core/error.h"
#include "core/week.h"
#include "wfm/interrupt.h"
#include "wfm/pipeline.h"
#include "wfm/replan_ask.h"
#include "wfm/run_ask.h"
#include "wfm/simulated.h"
#include "wfm/staff_week.h"

struct work {
    const struct run_info *run;
    const struct run_limits *limits;
    struct progress *progress;
    struct options *options; /* owned */
    json_t *kept;            /* owned; what is made, by this attempt or earlier ones */
    bool simulates;          /* a simulation follows the roster */
    bool ended;              /* the row says so */
};

/* --- keeping */

/* In the transaction of what was made. `last`: nothing follows. Takes `made`. */
static bool keep(struct work *work, struct store *store, json_t *made, bool last, GError **error)
{
    const struct run_info *run = work->run;
    g_autofree char *text = json_dumps(made, JSON_COMPACT | JSON_REAL_PRECISION(12));
    bool stopped = interrupt_count() > 0;
    json_object_update(work->kept, made);
    json_decref(made);
    if (!last && !stopped)
        return store_run_keep(store, run->id, run->attempt, text, error);
    work->ended = true;
    return store_run_finish(store, run->id, run->attempt, stopped ? RUN_CANCELLED : RUN_DONE, text, error);
}

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static bool forecasts_kept(struct store *store, const struct forecast_line *lines, int n, void *user,
                           GError **error)
{
    struct work *work = user;
    json_t *ids = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(ids, json_integer(lines[i].id));
    return keep(work, store, json_pack("{s:o}", "forecasts", ids), work->run->kind == RUN_FORECAST, error);
}

static bool roster_made(struct store *store, int64_t id, const struct plan_solution *solution, void *user,
                        GError **error)
{
    struct work *work = user;
    json_t *made =
        json_pack("{s:I, s:o, s:o, s:o}", "roster", (json_int_t)id, "objective", number(solution->objective),
                  "bound", number(solution->bound), "gap", number(plan_gap(solution)));
    return keep(work, store, made, !work->simulates, error);
}

static bool simulation_kept(struct store *store, int64_t roster, int replications, void *user, GError **error)
{
    struct work *work = user;
    if (work->ended) /* stopped while the roster was saved: then the run ended with it */
        return true;
    return keep(work, store,
                json_pack("{s:I, s:i}", "roster", (json_int_t)roster, "replications", replications), true,
                error);
}

static int64_t kept_roster(const struct work *work)
{
    return json_integer_value(json_object_get(work->kept, "roster"));
}

/* --- kinds */

static bool exec_forecast(struct work *work, struct planning *planning, GError **error)
{
    const struct options *options = work->options;
    bool whole = work->run->kind == RUN_FORECAST;
    struct forecast_ask ask = {.skip_missing = options_flag(options, "skip-missing"),
                               .jobs = work->limits->jobs};
    if (whole) {
        ask.queues = options_list(options, "queue");
        ask.no_reconcile = options_flag(options, "no-reconcile");
        ask.as_of = options_text(options, "as-of");
    }
    hand_ask_from(options, &ask.hand);
    g_autofree struct forecast_line *lines = NULL;
    int n = 0;
    return pipeline_forecast(planning, &ask, work->progress, &lines, &n, error);
}

static bool exec_staff(struct work *work, struct planning *planning, GError **error)
{
    progress_at(work->progress, &(struct progress_state){"staff", 0, NAN, NAN, NAN, NAN, NULL, 0, 0},
                "staff");
    g_autofree struct staff_line *lines = staff_week(planning, work->options, error);
    if (lines == NULL)
        return false;
    json_t *list = json_array();
    for (int q = 0; q < planning->operation->n_queues; q++) {
        const struct staff_line *line = &lines[q];
        json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "queue",
                                              planning->operation->queues[line->queue].id, "contacts",
                                              number(line->contacts), "aht_s", number(line->aht_s),
                                              "load_hours", number(line->load_hours), "required_hours",
                                              number(line->required_hours), "peak_agents",
                                              number(line->peak_agents)));
    }
    return keep(work, planning->store, json_pack("{s:o}", "requirement", list), true, error);
}

/* What all kinds that make a roster ask of it. */
static bool roster_ask_of(const struct work *work, struct roster_ask *ask, GError **error)
{
    const struct options *options = work->options;
    enum run_kind kind = work->run->kind;
    roster_ask_from(options, ask);
    roster_prices_from(options, ask);
    if (kind != RUN_PLAN)
        ask->prices.price_per_hour = options_real(options, "price");
    if (kind == RUN_ROSTER)
        ask->locked_of = options_int(options, "locked-of");
    if (kind != RUN_REPLAN)
        ask->more_agents = options_list(options, "more-agents");
    return kind == RUN_REPLAN || corrections_from(options, ask, error);
}

/* The roster, unless it is there, and its simulation. */
static bool make_roster(struct work *work, struct planning *planning, struct roster_ask *ask, GError **error)
{
    const struct options *options = work->options;
    struct roster_result result;
    ask->jobs = work->limits->jobs;
    ask->memory_mb = work->limits->memory_mb;
    if (kept_roster(work) != 0)
        return pipeline_simulate(planning, kept_roster(work), ask, work->progress, error);
    struct load_ask load = {.allow_missing = options_flag(
                                options, work->run->kind == RUN_PLAN ? "skip-missing" : "allow-missing")};
    hand_ask_from(options, &load.hand);
    struct load *loads = pipeline_loads(planning, &load, error);
    bool ok = loads != NULL && pipeline_roster(planning, loads, ask, work->progress, &result, error);
    loads_free(loads, planning->operation->n_queues);
    return ok;
}

static bool exec_roster(struct work *work, struct planning *planning, GError **error)
{
    struct roster_ask ask;
    struct progress_span whole = progress_enter(work->progress, 0, PIPELINE_SHARE_FORECAST);
    bool ok = roster_ask_of(work, &ask, error) &&
              (work->run->kind != RUN_PLAN || json_object_get(work->kept, "forecasts") != NULL ||
               exec_forecast(work, planning, error));
    progress_leave(work->progress, whole);
    if (!ok)
        return false;
    work->simulates = ask.simulate != 0;
    progress_enter(work->progress, work->run->kind == RUN_PLAN ? PIPELINE_SHARE_FORECAST : 0, 1);
    ok = make_roster(work, planning, &ask, error);
    progress_leave(work->progress, whole);
    return ok;
}

static bool exec_replan(struct work *work, struct planning *planning, const struct replan_ask *replan,
                        GError **error)
{
    struct roster_ask ask;
    replan_roster_ask(work->options, replan, &ask);
    work->simulates = ask.simulate != 0;
    return make_roster(work, planning, &ask, error);
}

static bool exec_simulate(struct work *work, struct planning *planning, GError **error)
{
    AUTO(plan_problem) problem = NULL;
    AUTO(plan_solution) solution = NULL;
    int64_t id = kept_roster(work);
    struct simulated simulated = {.ask = simulated_ask_from(work->options)};
    simulated.ask.threads = work->limits->jobs;
    if (!store_roster_problem(planning->store, id, &problem, error) ||
        !store_roster_load(planning->store, problem->operation, id, &solution, error) ||
        !simulated_before(planning->store, problem, error))
        return false;
    simulated.problem = problem;
    simulated.solution = solution;
    interrupt_catch();
    bool ok = simulated_run(&simulated, work->progress, error) &&
              pipeline_keep_simulation(planning, &simulated, id, error);
    interrupt_release();
    simulated_clear(&simulated);
    return ok;
}

/* --- all */

static void warn(const struct work *work, const struct operation *operation)
{
    g_autoptr(GPtrArray) warnings = operation_warnings(operation);
    for (guint i = 0; i < warnings->len; i++)
        progress_warning(work->progress, "%s", (const char *)g_ptr_array_index(warnings, i));
}

static bool exec_kind(struct work *work, struct planning *planning, struct replan_ask *replan, GError **error)
{
    switch (work->run->kind) {
    case RUN_FORECAST:
        return exec_forecast(work, planning, error);
    case RUN_STAFF:
        return exec_staff(work, planning, error);
    case RUN_SIMULATE:
        return exec_simulate(work, planning, error);
    case RUN_REPLAN:
        replan->store = planning->store;
        return exec_replan(work, planning, replan, error);
    default:
        return exec_roster(work, planning, error);
    }
}

/* A signal between the roster and its simulation: nothing is made any more that could end the run. */
static bool end(struct work *work, struct store *store, GError **error)
{
    return work->ended || keep(work, store, json_object(), true, error);
}

/* Takes the store, also on failure. */
static bool exec_weeks(struct work *work, struct store *taken, GError **error)
{
    const struct keeper keeper = {forecasts_kept, roster_made, simulation_kept, work};
    enum run_kind kind = work->run->kind;
    AUTO(store) store = taken;
    AUTO(replan_ask) replan = kind == RUN_REPLAN ? replan_ask_new(work->options, store, error) : NULL;
    if (kind == RUN_REPLAN && replan == NULL)
        return false;
    g_autofree char *week = replan != NULL         ? week_format(replan->first_day)
                            : kind == RUN_SIMULATE ? NULL
                                                   : g_strdup(options_text(work->options, "week"));
    int n_weeks = replan != NULL         ? replan->n_weeks
                  : kind == RUN_SIMULATE ? 1
                                         : (int)options_int(work->options, "weeks");
    AUTO(planning) planning = planning_new(g_steal_pointer(&store), week, n_weeks, error);
    if (planning == NULL)
        return false;
    planning->keeper = &keeper;
    warn(work, planning->operation);
    return exec_kind(work, planning, replan, error) && end(work, planning->store, error);
}

bool run_exec(struct store *taken, const struct run_info *run, const struct run_limits *limits,
              struct progress *progress, GError **error)
{
    AUTO(store) store = taken;
    json_t *ask = json_loads(run->ask_json, 0, NULL);
    struct work work = {.run = run,
                        .limits = limits,
                        .progress = progress,
                        .options = run_ask_options(run->kind, ask, error),
                        .kept = json_loads(run->result_json, 0, NULL)};
    bool ok = work.options != NULL;
    if (ok && run->kind == RUN_SIMULATE)
        json_object_set(work.kept, "roster", json_object_get(ask, "roster"));
    ok = ok && exec_weeks(&work, g_steal_pointer(&store), error);
    options_free(work.options);
    json_decref(work.kept);
    json_decref(ask);
    return ok;
}
