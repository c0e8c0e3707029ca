#include "scheduler/simulate/correct.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "scheduler/simulate/offset.h"

#define KEEP_STEPS 12 /* halvings of a share */

/* ---- what was simulated ---- */

double correct_expected(const struct plan_problem *problem, const struct plan_solution *solution, int queue,
                        int32_t from_iv, int32_t to_iv)
{
    const struct demand *demand = &problem->demand;
    const struct load load = load_of_demand(demand, queue);
    size_t first = DEMAND_CELL(demand, queue, 0);
    struct sla_report report;
    staffing_report(problem->operation, queue, &load, demand->need + first, solution->staffed + first,
                    from_iv, to_iv, &report);
    return report.sl;
}

/* Is the line a contract period, or all there is of a queue whose contract counts by the interval? */
static bool is_period(const struct plan_problem *problem, const struct simulate_line *line)
{
    const struct queue *queue = &problem->operation->queues[line->queue];
    return !channel_is_deferred(queue->channel) &&
           (line->contract || (line->whole && queue->sla.period == SLA_INTERVAL));
}

/* A contract period as it was simulated. */
static struct correct_period period_of(const struct simulate_report *report, int at)
{
    const struct simulate_line *line = &report->lines[at];
    struct correct_period period = {.queue = line->queue,
                                    .from_iv = line->from_iv,
                                    .to_iv = line->to_iv,
                                    .target = line->target,
                                    .simulated = line->sl,
                                    .half = line->sl_half,
                                    .met = line->met_share};
    double sum = 0, squares = 0;
    int n = report->replications;
    for (int r = 0; r < n; r++) {
        const struct ratio_sample *sample =
            &report->samples[(size_t)r * (size_t)report->n_lines + (size_t)at];
        double over = sample->num - line->target * sample->den;
        period.counted += (double)sample->den / n;
        sum += over;
        squares += over * over;
    }
    period.beyond = sum / n;
    period.sd = n > 1 ? sqrt(fmax(squares - sum * sum / n, 0) / (n - 1)) : 0;
    return period;
}

/* Queues of the roster beside their simulation; those of deferred queues are empty. */
struct measured {
    const struct plan_problem *problem;
    struct offset_queue *queues;
    struct correction *out;
    int *root; /* by queue: the first it shares agents with */
};

/* Offsets of a queue: by the hour, unless `flat`, then what is left of each contract period. */
static void measure_queue(struct measured *m, int queue, bool flat)
{
    struct offset_queue *q = &m->queues[queue];
    if (flat)
        memset(q->offset, 0, (size_t)q->load.grid.n * sizeof *q->offset);
    else
        offset_hours(q);
    for (int i = 0; i < m->out->n_periods; i++) {
        const struct correct_period *period = &m->out->periods[i];
        const struct offset_span span = {period->from_iv, period->to_iv, -1};
        if (period->queue == queue)
            offset_add_span(q, &span);
    }
}

/* ---- what of it may be spent ---- */

/* Of each queue the first one it shares agents with, directly or by others. root: n_queues. */
static void find_clusters(const struct operation *operation, int *root)
{
    for (int q = 0; q < operation->n_queues; q++)
        root[q] = q;
    for (int a = 0; a < operation->n_agents; a++) {
        const struct agent *agent = &operation->agents[a];
        int first = -1;
        for (int k = 0; k < agent->n_skills; k++) {
            int queue = agent->skills[k].queue;
            if (channel_is_deferred(operation->queues[queue].channel))
                continue;
            first = first < 0 ? queue : first;
            int from = MAX(root[queue], root[first]), to = MIN(root[queue], root[first]);
            for (int q = 0; q < operation->n_queues; q++)
                root[q] = root[q] == from ? to : root[q];
        }
    }
}

/* Agents every period has more than it is asked for (spare: n_periods), and the least any queue has of its
   cluster's staff, as a share of it (least: n_queues, by root). */
static void find_spare(const struct measured *m, const int *root, double *spare, double *least)
{
    const struct correction *out = m->out;
    int n_queues = m->problem->operation->n_queues;
    g_autofree double *mean = g_new0(double, n_queues + 1);
    g_autofree int *ivs = g_new0(int, n_queues + 1);
    for (int i = 0; i < out->n_periods; i++) {
        const struct correct_period *period = &out->periods[i];
        const struct offset_span span = {period->from_iv, period->to_iv, -1};
        if (!(period->counted > 0))
            continue;
        spare[i] = -offset_agents(&m->queues[period->queue], &span, period->asked);
        mean[period->queue] += spare[i] * (period->to_iv - period->from_iv);
        ivs[period->queue] += period->to_iv - period->from_iv;
    }
    for (int q = 0; q < n_queues; q++)
        least[q] = INFINITY;
    for (int q = 0; q < n_queues; q++) {
        const struct offset_span all = {0, m->problem->demand.grid.n, -1};
        double staff = ivs[q] > 0 ? offset_staff(&m->queues[q], &all) : 0;
        if (staff > 0)
            least[root[q]] = fmin(least[root[q]], mean[q] / ivs[q] / staff);
    }
}

/* The share of its positive offsets at which a period has `tied` agents less. */
static double find_keep(struct offset_queue *q, const struct offset_span *span, double tied)
{
    double want = offset_beyond(q, span, -tied), low = 0, high = 1;
    for (int i = 0; i < KEEP_STEPS; i++) {
        q->keep = (low + high) / 2;
        if (offset_beyond(q, span, 0) > want)
            high = q->keep;
        else
            low = q->keep;
    }
    q->keep = 1;
    return low;
}

/* What shared agents cannot give back is left out of the offsets planned with. */
static void hold_back(struct measured *m)
{
    struct correction *out = m->out;
    int n_queues = m->problem->operation->n_queues;
    g_autofree double *spare = g_new0(double, out->n_periods + 1);
    g_autofree double *least = g_new0(double, n_queues + 1);
    find_spare(m, m->root, spare, least);
    for (int i = 0; i < out->n_periods; i++) {
        struct correct_period *period = &out->periods[i];
        struct offset_queue *q = &m->queues[period->queue];
        const struct offset_span span = {period->from_iv, period->to_iv, -1}, all = {0, q->load.grid.n, -1};
        double tied = spare[i] - least[m->root[period->queue]] * offset_staff(q, &all);
        double keep = tied > 0 ? find_keep(q, &span, tied) : 1;
        double *planned = out->planned + DEMAND_CELL(&m->problem->demand, period->queue, 0);
        for (int32_t iv = span.from_iv; iv < span.to_iv; iv++)
            planned[iv] *= planned[iv] > 0 ? keep : 1;
        q->keep = keep;
        period->believed =
            period->target + (period->counted > 0 ? offset_beyond(q, &span, 0) / period->counted : 0);
        q->keep = 1;
    }
}

static bool shares(const struct measured *m, int queue)
{
    bool shares = false;
    for (int q = 0; q < m->problem->operation->n_queues; q++)
        shares |= q != queue && m->root[q] == m->root[queue];
    return shares;
}

static bool measure(struct measured *m, const struct plan_solution *solution, const struct correct_ask *ask,
                    const struct simulate_report *report, GError **error)
{
    struct correction *out = m->out;
    for (int i = 0; i < report->n_lines; i++) {
        if (!is_period(m->problem, &report->lines[i]))
            continue;
        struct correct_period *period = &out->periods[out->n_periods++];
        *period = period_of(report, i);
        period->expected =
            correct_expected(m->problem, solution, period->queue, period->from_iv, period->to_iv);
        period->asked = ask->confidence > 0 ? normal_quantile(ask->confidence) * period->sd : 0;
    }
    const struct operation *operation = m->problem->operation;
    for (int q = 0; q < operation->n_queues; q++) {
        double *offset = out->offset + DEMAND_CELL(&m->problem->demand, q, 0);
        if (channel_is_deferred(operation->queues[q].channel))
            continue;
        if (!offset_queue_init(&m->queues[q], m->problem, solution, report, q, offset, error))
            return false;
        measure_queue(m, q, shares(m, q));
    }
    memcpy(out->planned, out->offset, (size_t)out->n_cells * sizeof *out->planned);
    hold_back(m);
    for (int q = 0; q < operation->n_queues; q++)
        if (m->queues[q].queue != NULL && shares(m, q))
            measure_queue(m, q, false);
    return true;
}

bool correct_measure(const struct plan_problem *problem, const struct plan_solution *solution,
                     const struct correct_ask *ask, struct correction *out, GError **error)
{
    struct simulate_report report = {0};
    struct correction found = {0};
    if (!simulate_roster(problem, solution, &ask->simulate, &report, error))
        return false;
    int n_queues = problem->operation->n_queues;
    g_autofree int *root = g_new0(int, n_queues + 1);
    struct measured m = {problem, g_new0(struct offset_queue, n_queues + 1), &found, root};
    find_clusters(problem->operation, root);
    found.n_cells = report.n_cells;
    found.contacts = report.contacts;
    found.offset = g_new0(double, report.n_cells + 1);
    found.planned = g_new0(double, report.n_cells + 1);
    found.periods = g_new0(struct correct_period, report.n_lines + 1);
    bool ok = measure(&m, solution, ask, &report, error);
    for (int q = 0; q < n_queues; q++)
        offset_queue_clear(&m.queues[q]);
    g_free(m.queues);
    simulate_report_clear(&report);
    if (ok)
        *out = found;
    else
        correction_clear(&found);
    return ok;
}

void correction_clear(struct correction *correction)
{
    g_free(correction->offset);
    g_free(correction->planned);
    g_free(correction->periods);
    *correction = (struct correction){.n_cells = 0};
}

/* ---- back into planning ---- */

static const struct correct_period *period_at(const struct correction *correction, const struct sla_row *row)
{
    for (int i = 0; i < correction->n_periods; i++) {
        const struct correct_period *period = &correction->periods[i];
        if (period->queue == row->queue && period->from_iv == row->from_iv && period->to_iv == row->to_iv)
            return period;
    }
    return NULL;
}

bool correct_demand(const struct plan_problem *problem, const struct staffing_prices *prices,
                    const struct correction *correction, double share, struct demand *out, GError **error)
{
    const struct demand *old = &problem->demand;
    g_autofree struct load *loads = g_new0(struct load, old->n_queues + 1);
    g_autofree double *offset = g_new0(double, correction != NULL ? correction->n_cells + 1 : 1);
    for (int i = 0; correction != NULL && i < correction->n_cells; i++) {
        double was = old->offset != NULL ? old->offset[i] : correction->planned[i];
        offset[i] = was + share * (correction->planned[i] - was);
    }
    for (int q = 0; q < old->n_queues; q++) {
        bool deferred = channel_is_deferred(problem->operation->queues[q].channel);
        loads[q] = load_of_demand(old, q);
        loads[q].offset = deferred || correction == NULL ? NULL : offset + DEMAND_CELL(old, q, 0);
    }
    if (!staffing_demand(problem->operation, loads, prices, out, error))
        return false;
    for (int r = 0; correction != NULL && r < out->n_rows; r++) {
        const struct correct_period *period = period_at(correction, &out->rows[r]);
        out->rows[r].need += period != NULL ? period->asked : 0;
    }
    return true;
}

/* Contacts the plan counts on in a row. */
static double got(const struct demand *demand, const struct sla_row *row, const double *staffed)
{
    double sum = 0;
    for (int32_t iv = row->from_iv; iv < row->to_iv; iv++) {
        double agents = staffed[DEMAND_CELL(demand, row->queue, iv)];
        for (int k = 0; k < demand->n_pieces; k++) {
            size_t at = DEMAND_PIECE(demand, row->queue, iv, k);
            double used = fmin(agents, demand->width[at]);
            agents -= used;
            sum += used * demand->gain[at];
        }
    }
    return sum;
}

double correct_judge(const struct plan_problem *problem, const struct plan_solution *solution,
                     const struct correction *correction, const struct demand *prices)
{
    const struct demand *demand = &problem->demand;
    double sum = solution->pay + solution->penalty + solution->shortage;
    for (int r = 0; r < demand->n_rows; r++) {
        const struct sla_row *row = &demand->rows[r];
        sum -= row->price * fmax(row->need - got(demand, row, solution->staffed), 0);
    }
    for (int r = 0; r < prices->n_rows; r++) {
        const struct correct_period *period = period_at(correction, &prices->rows[r]);
        if (period != NULL)
            sum += prices->rows[r].price * fmax(period->asked - period->beyond, 0);
    }
    return sum;
}
