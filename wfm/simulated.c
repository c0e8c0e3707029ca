#include "wfm/simulated.h"

#include <math.h>

#include "scheduler/simulate/correct.h"
#include "wfm/interrupt.h"
#include "wfm/pipeline.h"
#include "wfm/settings.h"
#include "core/week.h"

#define REPLICATIONS_SEQUENTIAL 10000 /* at most, where --half-width says when to stop */

struct watch {
    struct progress *progress;
    const struct simulate_ask *ask;
};

static bool go_on(int done, void *user)
{
    const struct watch *watch = user;
    double share = (double)done / watch->ask->replications;
    progress_at(watch->progress, &(struct progress_state){"simulate", share, NAN, NAN, NAN, NAN, NULL, 0, 0},
                "simulate: %d of %s%d", done, watch->ask->half_width > 0 ? "at most " : "",
                watch->ask->replications);
    return interrupt_count() == 0;
}

struct simulate_ask simulated_ask_from(const struct options *options)
{
    bool sequential = options_given(options, "half-width");
    bool given = options_given(options, "replications");
    return (struct simulate_ask){.seed = (uint64_t)options_int(options, "seed"),
                                 .replications = sequential && !given
                                                     ? REPLICATIONS_SEQUENTIAL
                                                     : (int)options_int(options, "replications"),
                                 .handle_cv = options_real(options, "handle-cv"),
                                 .threads = (int)options_int(options, "jobs"),
                                 .half_width = sequential ? options_real(options, "half-width") : 0,
                                 .certain = options_flag(options, "certain"),
                                 .even = options_flag(options, "mean-shrinkage")};
}

/* What waits when the roster begins, by queue; g_free, NULL on failure. */
static double *find_opening(struct store *store, const struct plan_problem *problem, GError **error)
{
    const struct operation *operation = problem->operation;
    g_autofree struct load *loads = g_new0(struct load, (gsize)operation->n_queues + 1);
    g_autofree double *opening = g_new0(double, (gsize)operation->n_queues + 1);
    int64_t from;
    for (int q = 0; problem->demand.offered != NULL && q < operation->n_queues; q++)
        loads[q] = load_of_demand(&problem->demand, q);
    bool ok = problem->demand.offered == NULL ||
              pipeline_opening(store, operation, problem->first_day, loads, &from, error);
    for (int q = 0; q < operation->n_queues; q++) {
        if (ok && problem->demand.offered != NULL)
            opening[q] = staffing_opening(operation, q, &loads[q]);
        g_free(loads[q].opening);
    }
    return ok ? g_steal_pointer(&opening) : NULL;
}

/* Some seconds' worth of contacts. */
#define SIMULATED_CONTACTS 5e7
#define SIMULATED_LEAST 20

int simulated_replications(const struct demand *demand, int most)
{
    double contacts = 0;
    for (int i = 0; i < demand->n_queues * demand->grid.n; i++)
        contacts += demand->offered[i];
    return (int)CLAMP(SIMULATED_CONTACTS / MAX(contacts, 1), SIMULATED_LEAST, most);
}

bool simulated_before(struct store *store, struct plan_problem *problem, GError **error)
{
    struct demand *demand = &problem->demand;
    g_autofree struct sla_past *past = pipeline_past(store, problem->operation, &demand->grid, error);
    g_autofree double *opening = past != NULL ? find_opening(store, problem, error) : NULL;
    if (opening == NULL)
        return false;
    demand_add_before(demand);
    for (int q = 0; q < demand->n_queues; q++) {
        demand->opening[q] = opening[q];
        demand->past_counted[q] = past[q].counted;
        demand->past_in_time[q] = past[q].in_time;
    }
    return true;
}

bool simulated_run(struct simulated *simulated, struct progress *progress, GError **error)
{
    const struct plan_problem *problem = simulated->problem;
    struct simulate_ask ask = simulated->ask;
    struct watch watch = {progress, &simulated->ask};
    double start_s = now_s();
    g_autofree struct sla_past *past = g_new0(struct sla_past, (gsize)problem->demand.n_queues + 1);
    for (int q = 0; problem->demand.opening != NULL && q < problem->demand.n_queues; q++)
        past[q] = (struct sla_past){problem->demand.past_counted[q], problem->demand.past_in_time[q]};
    ask.past = past;
    ask.opening = problem->demand.opening;
    ask.go_on = go_on;
    ask.user = &watch;
    ask.threads = ask.threads > 0 ? ask.threads : (int)g_get_num_processors();
    progress_at(progress, &(struct progress_state){"simulate", 0, NAN, NAN, NAN, NAN, NULL, 0, 0},
                "simulate");
    interrupt_catch();
    bool ok = simulate_roster(problem, simulated->solution, &ask, &simulated->report, error);
    simulated->interrupted = interrupt_count() > 0;
    interrupt_release();
    simulated->seconds = now_s() - start_s;
    return ok;
}

void simulated_clear(struct simulated *simulated)
{
    simulate_report_clear(&simulated->report);
}

bool simulated_save(const struct simulated *simulated, struct store *store, int64_t id, GError **error)
{
    const struct simulate_report *report = &simulated->report;
    const struct grid *grid = &simulated->problem->demand.grid;
    g_autofree struct simulated_span *spans = g_new0(struct simulated_span, report->n_lines + 1);
    for (int i = 0; i < report->n_lines; i++) {
        const struct simulate_line *line = &report->lines[i];
        spans[i] = (struct simulated_span){
            .queue = simulated->problem->operation->queues[line->queue].id,
            .from_ts = grid_ts(grid, line->from_iv),
            .to_ts = grid_ts(grid, line->to_iv),
            .whole = line->whole,
            .contract = line->contract,
            .target = line->target,
            .sl = line->sl,
            .sl_half = line->sl_half,
            .sl_p5 = line->sl_p5,
            .sl_p50 = line->sl_p50,
            .sl_p95 = line->sl_p95,
            .met = line->met_share,
            .met_low = line->met_low,
            .met_high = line->met_high,
            .offered = line->offered,
            .counted = line->counted,
            .abandon = line->abandon,
            .asa_s = line->asa_s,
            .occupancy = line->occupancy,
            .past_counted = line->past.counted,
            .past_in_time = line->past.in_time,
        };
    }
    struct stored_simulation stored = {.roster_id = id,
                                       .seed = simulated->ask.seed,
                                       .replications = report->replications,
                                       .handle_cv = simulated->ask.handle_cv,
                                       .certain = simulated->ask.certain,
                                       .even = simulated->ask.even,
                                       .contacts = report->contacts,
                                       .seconds = simulated->seconds,
                                       .edits = simulated->solution->edits,
                                       .spans = spans,
                                       .n_spans = report->n_lines};
    return store_simulation_save(store, &stored, settings_actor(), error);
}

double simulated_expected(const struct simulated *simulated, const struct simulate_line *line)
{
    return simulated->solution->staffed == NULL ? NAN
                                                : correct_expected(simulated->problem, simulated->solution,
                                                                   line->queue, line->from_iv, line->to_iv);
}

char *simulated_span(const struct simulated *simulated, const struct simulate_line *line)
{
    const struct plan_problem *problem = simulated->problem;
    const struct queue *queue = &problem->operation->queues[line->queue];
    if (line->whole)
        return problem->n_weeks == 1 ? g_strdup("week") : g_strdup_printf("%d weeks", problem->n_weeks);
    const char *name =
        line->contract && queue->sla.period == SLA_WEEK ? problem->operation->zone : queue->zone;
    AUTO(zone) zone = zone_new(name, NULL);
    if (zone == NULL)
        return NULL;
    int32_t day = zone_local_day(zone, grid_ts(&problem->demand.grid, line->from_iv));
    int32_t last = zone_local_day(zone, grid_ts(&problem->demand.grid, line->to_iv) - 1);
    if (!line->contract || queue->sla.period == SLA_DAY)
        return day_format(day);
    if (queue->sla.period == SLA_WEEK)
        return week_format(day);
    struct civil civil = day_civil(day + (last - day) / 2); /* a short piece may have joined at either end */
    return g_strdup_printf("%04d-%02d", civil.year, civil.month);
}
