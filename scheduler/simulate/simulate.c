#include "scheduler/simulate/simulate.h"

#include <math.h>

#include "core/error.h"
#include "core/random.h"
#include "scheduler/simulate/staff.h"
#include "scheduler/staffing/staffing.h"

#define Z95 1.959963984540054
#define STAFF_SALT 0x5851F42D4C957F2Du

/* What is summed over replications for a line. */
struct sums {
    double num, den, num2, den2, cross; /* of the service level */
    double offered, answered, abandoned, wait_s, busy_s;
    int met;
};

struct simulation {
    const struct plan_problem *problem;
    const struct plan_solution *solution;
    const struct simulate_ask *ask;
    struct hall hall;
    struct hall_queue *queues;
    struct call_source *sources;
    double *offered; /* n_queues × n: open intervals of immediate queues, else 0 */
    struct staff staff;
    GArray *lines; /* struct simulate_line */
    struct sums *sums;
};

/* Handling times by the number of parallel chats, NULL where they are all alike: then the load's count. */
static const double *uneven_levels(const struct queue *queue)
{
    for (int k = 1; queue->concurrent_aht_s != NULL && k < queue->concurrency; k++)
        if (fabs(queue->concurrent_aht_s[k] - queue->concurrent_aht_s[0]) > 0)
            return queue->concurrent_aht_s;
    return NULL;
}

static bool load_queues(struct simulation *s, GError **error)
{
    const struct operation *operation = s->problem->operation;
    const struct demand *demand = &s->problem->demand;
    size_t n = (size_t)demand->grid.n;
    g_autofree double *open = g_new(double, n + 1);
    for (int q = 0; q < operation->n_queues; q++) {
        const struct queue *queue = &operation->queues[q];
        size_t first = DEMAND_CELL(demand, q, 0);
        s->queues[q] = (struct hall_queue){.threshold_s = queue->sla.threshold_s,
                                           .short_abandon_s = queue->sla.short_abandon_s,
                                           .concurrency = MAX(queue->concurrency, 1),
                                           .level_aht_s = uneven_levels(queue),
                                           .aht_s = demand->aht_s + first};
        s->sources[q] = (struct call_source){
            .offered = s->offered + first, .aht_s = demand->aht_s + first, .patience_s = queue->patience_s};
        if (channel_is_deferred(queue->channel))
            continue;
        if (!queue_open_shares(operation, queue, &demand->grid, open, error))
            return false;
        for (size_t iv = 0; iv < n; iv++)
            s->offered[first + iv] = open[iv] > 0 ? demand->offered[first + iv] : 0;
    }
    return true;
}

/* The queue's local days, then the whole. */
static bool add_lines(struct simulation *s, int q, GError **error)
{
    const struct demand *demand = &s->problem->demand;
    const struct queue *queue = &s->problem->operation->queues[q];
    AUTO(zone) zone = zone_new(queue->zone, error);
    if (zone == NULL)
        return false;
    struct simulate_line line = {.queue = q, .target = queue->sla.target};
    for (int32_t iv = 0; iv < demand->grid.n; iv = line.to_iv) {
        int32_t day = zone_local_day(zone, grid_ts(&demand->grid, iv));
        int64_t end_ts = zone_day_start(zone, day + 1);
        line.from_iv = iv;
        line.to_iv = CLAMP(grid_index(&demand->grid, end_ts), iv + 1, demand->grid.n);
        g_array_append_val(s->lines, line);
    }
    line.from_iv = 0;
    line.to_iv = demand->grid.n;
    line.whole = true;
    g_array_append_val(s->lines, line);
    return true;
}

/* Numerator and denominator of the service level. */
static void measure(enum sl_definition definition, const struct hall_count *c, double *num, double *den)
{
    *num = c->in_time;
    *den = c->offered;
    switch (definition) {
    case SL_ANSWERED:
        *den = c->answered;
        break;
    case SL_ABAN_IGNORED:
        *den = c->offered - c->abandoned_in_time;
        break;
    case SL_ABAN_POSITIVE:
        *num = c->in_time + c->abandoned_in_time;
        break;
    case SL_EXCL_SHORT:
        *den = c->offered - c->abandoned_short;
        break;
    case SL_VIRTUAL:
        *num = c->virtual_in_time;
        break;
    default:
        break;
    }
}

/* Adds up the cells of the report. */
static void add_cells(const struct simulation *s, const struct hall_count *counts,
                      struct simulate_report *report)
{
    const struct demand *demand = &s->problem->demand;
    for (int q = 0; q < s->problem->operation->n_queues; q++) {
        const struct queue *queue = &s->problem->operation->queues[q];
        for (int32_t iv = 0; !channel_is_deferred(queue->channel) && iv < demand->grid.n; iv++) {
            size_t cell = DEMAND_CELL(demand, q, iv);
            double num, den;
            measure(queue->sla.definition, &counts[cell], &num, &den);
            report->in_time[cell] += num;
            report->counted[cell] += den;
        }
    }
}

static void add_counts(struct simulation *s, const struct hall_count *counts)
{
    for (guint i = 0; i < s->lines->len; i++) {
        const struct simulate_line *line = &g_array_index(s->lines, struct simulate_line, i);
        struct sums *sums = &s->sums[i];
        double num = 0, den = 0;
        for (int32_t iv = line->from_iv; iv < line->to_iv; iv++) {
            const struct hall_count *c = &counts[DEMAND_CELL(&s->problem->demand, line->queue, iv)];
            double more, of;
            measure(s->problem->operation->queues[line->queue].sla.definition, c, &more, &of);
            num += more;
            den += of;
            sums->offered += c->offered;
            sums->answered += c->answered;
            sums->abandoned += c->abandoned;
            sums->wait_s += c->wait_s;
            sums->busy_s += c->busy_s;
        }
        sums->num += num;
        sums->den += den;
        sums->num2 += num * num;
        sums->den2 += den * den;
        sums->cross += num * den;
        sums->met += num >= line->target * den - 1e-9;
    }
}

/* Agent-seconds the plan gives the queue, shrinkage taken off; NAN when it does not say. */
static double planned_s(const struct simulation *s, const struct simulate_line *line)
{
    const struct demand *demand = &s->problem->demand;
    const struct queue *queue = &s->problem->operation->queues[line->queue];
    if (s->solution->staffed == NULL)
        return NAN;
    double staffed = 0, away = queue_site_shrinkage(s->problem->operation, line->queue);
    for (int32_t iv = line->from_iv; iv < line->to_iv; iv++)
        staffed += s->solution->staffed[DEMAND_CELL(demand, line->queue, iv)];
    return staffed * (1 - away) * (1 - queue->shrinkage) * demand->grid.interval_s;
}

static void finish_line(const struct simulation *s, struct simulate_line *line, const struct sums *sums,
                        int n)
{
    line->sl = sums->den > 0 ? sums->num / sums->den : 1;
    double spread = sums->num2 - 2 * line->sl * sums->cross + line->sl * line->sl * sums->den2;
    line->sl_half = n > 1 && sums->den > 0 ? Z95 * sqrt(MAX(spread, 0) * n / (n - 1)) / sums->den
                                           : (n > 1 ? 0 : INFINITY);
    line->met_share = (double)sums->met / n;
    line->met_half = Z95 * sqrt(line->met_share * (1 - line->met_share) / n);
    line->offered = sums->offered / n;
    line->abandon = sums->offered > 0 ? sums->abandoned / sums->offered : 0;
    line->asa_s = sums->answered > 0 ? sums->wait_s / sums->answered : 0;
    double planned = planned_s(s, line);
    line->occupancy = planned > 0 ? sums->busy_s / n / planned : (isnan(planned) ? NAN : 0);
}

/* Every replication has contacts and roundings of its own, the same for every roster. */
static void replicate(struct simulation *s, struct simulate_report *report)
{
    struct calls calls = {0};
    struct calls_ask draw = {.sources = s->sources,
                             .n_queues = s->hall.n_queues,
                             .grid = &s->hall.grid,
                             .handle_cv = s->ask->handle_cv};
    struct hall_engine *engine = hall_engine_new(&s->hall);
    size_t cells = (size_t)s->hall.n_queues * (size_t)s->hall.grid.n;
    g_autofree struct hall_count *counts = g_new(struct hall_count, cells + 1);
    g_autofree double *phase = g_new(double, s->staff.n_groups + 1);
    struct hall_result result = {.counts = counts};
    for (bool go_on = true; go_on && report->replications < s->ask->replications;) {
        uint64_t seed = s->ask->seed * 1000003u + (uint64_t)report->replications;
        struct random random;
        random_seed(&random, seed ^ STAFF_SALT);
        for (int g = 0; g < s->staff.n_groups; g++)
            phase[g] = random_uniform(&random);
        staff_round(&s->staff, &s->hall.grid, phase);
        draw.seed = seed;
        calls_draw(&calls, &draw);
        hall_run(engine, &calls, seed, &result);
        add_counts(s, counts);
        add_cells(s, counts, report);
        report->contacts += calls.n;
        report->replications++;
        go_on = s->ask->go_on == NULL || s->ask->go_on(report->replications, s->ask->user);
    }
    hall_engine_free(engine);
    calls_clear(&calls);
}

bool simulate_roster(const struct plan_problem *problem, const struct plan_solution *solution,
                     const struct simulate_ask *ask, struct simulate_report *report, GError **error)
{
    const struct operation *operation = problem->operation;
    const struct demand *demand = &problem->demand;
    if (demand->offered == NULL)
        return wfm_fail(
            error, WFM_ERROR_INPUT,
            "the plan does not hold the contacts it was made for; make the roster again with this "
            "version of wfm");
    size_t nq = (size_t)operation->n_queues;
    g_autofree struct hall_queue *queues = g_new0(struct hall_queue, nq + 1);
    g_autofree struct call_source *sources = g_new0(struct call_source, nq + 1);
    g_autofree double *offered = g_new0(double, nq *(size_t)demand->grid.n + 1);
    struct simulation s = {.problem = problem,
                           .solution = solution,
                           .ask = ask,
                           .queues = queues,
                           .sources = sources,
                           .offered = offered};
    s.lines = g_array_new(FALSE, TRUE, sizeof(struct simulate_line));
    bool ok = load_queues(&s, error);
    for (int q = 0; ok && q < operation->n_queues; q++)
        if (!channel_is_deferred(operation->queues[q].channel))
            ok = add_lines(&s, q, error);
    if (!ok) {
        g_array_free(s.lines, TRUE);
        return false;
    }
    *report = (struct simulate_report){.n_lines = (int)s.lines->len,
                                       .n_cells = operation->n_queues * demand->grid.n};
    report->in_time = g_new0(double, report->n_cells + 1);
    report->counted = g_new0(double, report->n_cells + 1);
    g_autofree struct sums *sums = s.sums = g_new0(struct sums, report->n_lines + 1);
    staff_init(&s.staff, problem, solution);
    s.hall = (struct hall){.grid = demand->grid,
                           .queues = queues,
                           .n_queues = operation->n_queues,
                           .groups = s.staff.groups,
                           .n_groups = s.staff.n_groups};
    replicate(&s, report);
    report->lines = (struct simulate_line *)(void *)g_array_free(s.lines, FALSE);
    for (int i = 0; i < report->n_lines; i++)
        finish_line(&s, &report->lines[i], &sums[i], report->replications);
    for (int i = 0; i < report->n_cells; i++) {
        report->in_time[i] /= report->replications;
        report->counted[i] /= report->replications;
    }
    staff_clear(&s.staff);
    return true;
}

void simulate_report_clear(struct simulate_report *report)
{
    g_free(report->lines);
    g_free(report->in_time);
    g_free(report->counted);
    *report = (struct simulate_report){.n_lines = 0};
}
