#include "scheduler/simulate/simulate.h"

#include <math.h>
#include <stdlib.h>

#include "core/error.h"
#include "scheduler/simulate/replicate.h"
#include "scheduler/staffing/period.h"

/* ---- what is simulated ---- */

/* Handling times by the number of parallel chats, NULL where they are all alike: then the load's count. */
static const double *uneven_levels(const struct queue *queue)
{
    for (int k = 1; queue->concurrent_aht_s != NULL && k < queue->concurrency; k++)
        if (fabs(queue->concurrent_aht_s[k] - queue->concurrent_aht_s[0]) > 0)
            return queue->concurrent_aht_s;
    return NULL;
}

static void load_deferred(struct simulation *s, int q)
{
    const struct demand *demand = &s->problem->demand;
    const struct queue *queue = &s->problem->operation->queues[q];
    const double *open = s->open + DEMAND_CELL(demand, q, 0);
    const struct load load = load_of_demand(demand, q);
    s->queues[q].deferred = s->sources[q].deferred = true;
    s->queues[q].concurrency = 1;
    s->queues[q].open = s->sources[q].open = open;
    s->sources[q].due_s = queue->sla.threshold_s;
    s->sources[q].backlog =
        s->ask->opening != NULL ? s->ask->opening[q] : staffing_opening(s->problem->operation, q, &load);
    s->sources[q].backlog_aht_s = queue->aht_s;
}

static bool load_queues(struct simulation *s, GError **error)
{
    const struct operation *operation = s->problem->operation;
    const struct demand *demand = &s->problem->demand;
    size_t n = (size_t)demand->grid.n;
    for (int q = 0; q < operation->n_queues; q++) {
        const struct queue *queue = &operation->queues[q];
        size_t first = DEMAND_CELL(demand, q, 0);
        bool deferred = channel_is_deferred(queue->channel);
        s->queues[q] = (struct hall_queue){.threshold_s = queue->sla.threshold_s,
                                           .short_abandon_s = queue->sla.short_abandon_s,
                                           .concurrency = MAX(queue->concurrency, 1),
                                           .level_aht_s = uneven_levels(queue),
                                           .aht_s = demand->aht_s + first};
        s->sources[q] = (struct call_source){
            .offered = s->offered + first, .aht_s = demand->aht_s + first, .patience_s = queue->patience_s};
        if (!queue_open_shares(operation, queue, &demand->grid, s->open + first, error))
            return false;
        for (size_t iv = first; iv < first + n; iv++)
            s->offered[iv] = deferred || s->open[iv] > 0 ? demand->offered[iv] : 0;
        if (deferred)
            load_deferred(s, q);
    }
    return true;
}

/* ---- lines ---- */

static int add_line(struct simulation *s, struct simulate_line line, int32_t from_iv, int32_t to_iv)
{
    line.from_iv = from_iv;
    line.to_iv = to_iv;
    g_array_append_val(s->lines, line);
    return (int)s->lines->len - 1;
}

/* Marks the line of a contract period, or adds it. */
static void mark_period(struct simulation *s, struct simulate_line line, int first_line, int32_t from_iv,
                        int32_t to_iv, const struct sla_past *past)
{
    int at = -1;
    for (int i = first_line; i < (int)s->lines->len; i++) {
        const struct simulate_line *other = &g_array_index(s->lines, struct simulate_line, i);
        if (other->from_iv == from_iv && other->to_iv == to_iv)
            at = i;
    }
    if (at < 0)
        at = add_line(s, line, from_iv, to_iv);
    struct simulate_line *marked = &g_array_index(s->lines, struct simulate_line, at);
    marked->contract = true;
    marked->whole = from_iv == 0 && to_iv == s->problem->demand.grid.n;
    if (past != NULL)
        marked->past = *past;
}

/* The queue's local days, its contract periods, the whole. */
static bool add_lines(struct simulation *s, int q, GError **error)
{
    const struct operation *operation = s->problem->operation;
    const struct grid *grid = &s->problem->demand.grid;
    const struct queue *queue = &operation->queues[q];
    AUTO(zone) zone = zone_new(queue->zone, error);
    if (zone == NULL)
        return false;
    int first_line = (int)s->lines->len;
    struct simulate_line line = {.queue = q, .target = queue->sla.target};
    for (int32_t iv = 0, next; iv < grid->n; iv = next) {
        int32_t day = zone_local_day(zone, grid_ts(grid, iv));
        next = CLAMP(grid_index(grid, zone_day_start(zone, day + 1)), iv + 1, grid->n);
        add_line(s, line, iv, next);
        for (int32_t k = iv; s->day != NULL && k < next; k++)
            s->day[DEMAND_CELL(&s->problem->demand, q, k)] = day;
    }
    g_autofree int32_t *first = g_new(int32_t, (gsize)grid->n + 1);
    int n = queue->sla.period != SLA_INTERVAL ? period_parts(operation, queue, grid, first, error) : 0;
    for (int i = 0; i < n; i++)
        mark_period(s, line, first_line, first[i], first[i + 1],
                    i == 0 && s->ask->past != NULL ? &s->ask->past[q] : NULL);
    if (n != 1) {
        line.whole = true;
        add_line(s, line, 0, grid->n);
    }
    return n >= 0;
}

/* ---- the report ---- */

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

/* Was the target reached in the span? Where nothing counts, a queue being closed or without contacts, there
   is nothing to reach. */
static struct ratio_sample line_met(const struct simulate_line *line, struct ratio_sample sample)
{
    bool counts = sample.den + line->past.counted > 0;
    return (struct ratio_sample){counts && target_reached(sample, &line->past, line->target), counts};
}

/* Contract periods of the queue that reached their target, in a replication. */
static struct ratio_sample periods_met(const struct simulation *s, int queue,
                                       const struct ratio_sample *samples)
{
    struct ratio_sample met = {0};
    for (guint i = 0; i < s->lines->len; i++) {
        const struct simulate_line *part = &g_array_index(s->lines, struct simulate_line, i);
        if (!part->contract || part->queue != queue)
            continue;
        struct ratio_sample one = line_met(part, samples[i]);
        met.den += one.den;
        met.num += one.num;
    }
    return met;
}

/* In every replication: was the target reached in the span, or in how many of the contract periods or
   intervals of the whole? */
static void find_met(const struct simulation *s, const struct simulate_line *line, guint at,
                     struct ratio_sample *met)
{
    const struct operation *operation = s->problem->operation;
    bool by_interval = operation->queues[line->queue].sla.period == SLA_INTERVAL;
    for (int r = 0; r < s->done; r++) {
        const struct ratio_sample *samples = s->samples + (size_t)r * s->lines->len;
        if (!line->whole || line->contract)
            met[r] = line_met(line, samples[at]);
        else if (by_interval)
            met[r] = s->interval[(size_t)r * (size_t)operation->n_queues + (size_t)line->queue];
        else
            met[r] = periods_met(s, line->queue, samples);
    }
}

static int compare_values(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void find_quantiles(const struct simulation *s, struct simulate_line *line, guint at)
{
    g_autofree double *sl = g_new(double, (gsize)s->done + 1);
    for (int r = 0; r < s->done; r++) {
        struct ratio_sample sample = s->samples[(size_t)r * s->lines->len + at];
        double den = sample.den + line->past.counted;
        sl[r] = den > 0 ? (sample.num + line->past.in_time) / den : 1;
    }
    qsort(sl, (size_t)s->done, sizeof *sl, compare_values);
    line->sl_p5 = sorted_quantile(sl, s->done, 0.05);
    line->sl_p50 = sorted_quantile(sl, s->done, 0.5);
    line->sl_p95 = sorted_quantile(sl, s->done, 0.95);
}

static void finish_line(const struct simulation *s, guint at, const struct line_sums *sums,
                        struct simulate_line *line)
{
    int n = s->done;
    g_autofree struct ratio_sample *met = g_new(struct ratio_sample, (gsize)n + 1);
    struct ratio_estimate sl = ratio_estimate(s->samples + at, n, (int)s->lines->len, s->cluster);
    line->sl = sl.ratio;
    line->sl_half = sl.half;
    double counted = 0;
    for (int r = 0; r < n; r++)
        counted += s->samples[(size_t)r * s->lines->len + at].den;
    line->counted = counted / n;
    find_met(s, line, at, met);
    struct ratio_estimate share = ratio_estimate(met, n, 1, s->cluster);
    line->met_share = share.ratio;
    share_interval(share.ratio, share_trials(&share, n, s->cluster), &line->met_low, &line->met_high);
    line->met_half = (line->met_high - line->met_low) / 2;
    find_quantiles(s, line, at);
    line->offered = (double)sums->offered / n;
    line->abandon = sums->offered > 0 ? (double)sums->abandoned / (double)sums->offered : 0;
    line->asa_s = sums->answered > 0 ? (double)sums->wait_ms / 1000 / (double)sums->answered : 0;
    bool deferred = channel_is_deferred(s->problem->operation->queues[line->queue].channel);
    line->backlog = deferred ? (double)sums->backlog / n : NAN;
    line->oldest_s = deferred ? (double)sums->oldest_ms / 1000 / n : NAN;
    double planned = planned_s(s, line);
    line->occupancy = planned > 0 ? (double)sums->busy_ms / 1000 / n / planned : (isnan(planned) ? NAN : 0);
}

static void finish(struct simulation *s, struct simulate_report *report)
{
    const struct demand *demand = &s->problem->demand;
    *report = (struct simulate_report){.n_lines = (int)s->lines->len,
                                       .n_cells = s->problem->operation->n_queues * demand->grid.n,
                                       .replications = s->done,
                                       .contacts = (double)s->totals.contacts,
                                       .cluster = s->cluster};
    report->in_time = g_new0(double, report->n_cells + 1);
    report->counted = g_new0(double, report->n_cells + 1);
    for (int i = 0; i < report->n_cells; i++) {
        report->in_time[i] = (double)s->totals.in_time[i] / s->done;
        report->counted[i] = (double)s->totals.counted[i] / s->done;
    }
    for (guint i = 0; i < s->lines->len; i++)
        finish_line(s, i, &s->totals.lines[i], &g_array_index(s->lines, struct simulate_line, i));
    report->lines = g_memdup2(s->lines->data, s->lines->len * sizeof *report->lines);
    report->samples = g_steal_pointer(&s->samples);
}

static bool simulate(struct simulation *s, struct simulate_report *report, GError **error)
{
    const struct operation *operation = s->problem->operation;
    bool ok = load_queues(s, error);
    for (int q = 0; ok && q < operation->n_queues; q++)
        ok = add_lines(s, q, error);
    if (!ok || !staff_init(&s->staff, s->problem, s->solution, error))
        return false;
    replications_run(s);
    finish(s, report);
    totals_clear(&s->totals);
    staff_clear(&s->staff);
    return true;
}

/* Is any day uncertain? */
static bool uncertain(const struct demand *demand)
{
    bool any = false;
    for (int q = 0; demand->busyness_cv2 != NULL && q < demand->n_queues; q++)
        any |= demand->busyness_cv2[q] > 0;
    return any;
}

bool simulate_roster(const struct plan_problem *problem, const struct plan_solution *solution,
                     const struct simulate_ask *ask, struct simulate_report *report, GError **error)
{
    const struct demand *demand = &problem->demand;
    if (demand->offered == NULL)
        return wfm_fail(
            error, WFM_ERROR_INPUT,
            "the plan does not hold the contacts it was made for; make the roster again with this "
            "version of wfm");
    size_t nq = (size_t)problem->operation->n_queues, cells = nq * (size_t)demand->grid.n;
    bool days = !ask->certain && uncertain(demand);
    g_autofree struct hall_queue *queues = g_new0(struct hall_queue, nq + 1);
    g_autofree struct call_source *sources = g_new0(struct call_source, nq + 1);
    g_autofree double *offered = g_new0(double, cells + 1);
    g_autofree double *open = g_new0(double, cells + 1);
    g_autofree int32_t *day = days ? g_new0(int32_t, cells + 1) : NULL;
    struct simulation s = {.problem = problem,
                           .solution = solution,
                           .ask = ask,
                           .queues = queues,
                           .sources = sources,
                           .offered = offered,
                           .open = open,
                           .day = day,
                           .cluster = days ? 2 : 1};
    s.lines = g_array_new(FALSE, TRUE, sizeof(struct simulate_line));
    bool ok = simulate(&s, report, error);
    g_array_free(s.lines, TRUE);
    g_free(s.samples);
    g_free(s.interval);
    return ok;
}

struct ratio_estimate simulate_difference(const struct simulate_report *a, int line_a,
                                          const struct simulate_report *b, int line_b)
{
    return ratio_difference(a->samples + line_a, a->n_lines, b->samples + line_b, b->n_lines,
                            MIN(a->replications, b->replications), MAX(a->cluster, b->cluster));
}

void simulate_report_clear(struct simulate_report *report)
{
    g_free(report->lines);
    g_free(report->in_time);
    g_free(report->counted);
    g_free(report->samples);
    *report = (struct simulate_report){.n_lines = 0};
}
