#include "scheduler/simulate/offset.h"

#include <math.h>

#define HOURS 24
#define STEPS 24        /* of a search, at most */
#define PRECISION 0.002 /* agents */
#define LEAST_REACH 1.5 /* agents: offsets are at most so large, … */
#define REACH 0.5       /* … and this share of the staff more */
#define CLUSTERING 4.0  /* those who wait wait together: variance of their number over the binomial's */
#define LIKELY                                                                                               \
    0.3 /* offsets come in this share of the square root of the staff: what chance is held                   \
           against */

bool offset_queue_init(struct offset_queue *q, const struct plan_problem *problem,
                       const struct plan_solution *solution, const struct simulate_report *report, int queue,
                       double *offset, GError **error)
{
    const struct demand *demand = &problem->demand;
    size_t first = DEMAND_CELL(demand, queue, 0);
    int32_t n = demand->grid.n;
    *q = (struct offset_queue){.queue = &problem->operation->queues[queue],
                               .load = load_of_demand(demand, queue),
                               .offset = offset,
                               .keep = 1,
                               .counted = report->counted + first,
                               .replications = report->replications};
    AUTO(zone) zone = zone_new(q->queue->zone, error);
    if (zone == NULL)
        return false;
    q->load.offset = NULL;
    q->agents = g_new0(double, n + 1);
    q->beyond = g_new0(double, n + 1);
    q->hour = g_new0(int, n + 1);
    double present = (1 - queue_site_shrinkage(problem->operation, queue)) * (1 - q->queue->shrinkage);
    for (int32_t iv = 0; iv < n; iv++) {
        bool counts = q->counted[iv] > 0 && q->load.offered[iv] > 0;
        q->agents[iv] = solution->staffed[first + (size_t)iv] * present;
        q->beyond[iv] = report->in_time[first + (size_t)iv] - q->queue->sla.target * q->counted[iv];
        q->hour[iv] = counts ? zone_local(zone, grid_ts(&demand->grid, iv)).second / 3600 : -1;
        q->offset[iv] = 0;
    }
    return true;
}

void offset_queue_clear(struct offset_queue *q)
{
    g_free(q->agents);
    g_free(q->beyond);
    g_free(q->hour);
    *q = (struct offset_queue){.queue = NULL};
}

static bool belongs(const struct offset_queue *q, const struct offset_span *span, int32_t iv)
{
    return q->hour[iv] >= 0 && (span->hour < 0 || q->hour[iv] == span->hour);
}

double offset_beyond(const struct offset_queue *q, const struct offset_span *span, double more)
{
    double sum = 0;
    for (int32_t iv = span->from_iv; iv < span->to_iv; iv++) {
        if (!belongs(q, span, iv))
            continue;
        struct service service;
        double offset = q->offset[iv] > 0 ? q->keep * q->offset[iv] : q->offset[iv];
        staffing_service(q->queue, &q->load, iv, fmax(q->agents[iv] + offset + more, 0), &service);
        sum += service.in_time - q->queue->sla.target * service.counted;
    }
    return sum;
}

double offset_staff(const struct offset_queue *q, const struct offset_span *span)
{
    double sum = 0;
    int n = 0;
    for (int32_t iv = span->from_iv; iv < span->to_iv; iv++)
        if (belongs(q, span, iv)) {
            sum += fmax(q->agents[iv] + q->offset[iv], 0);
            n++;
        }
    return n > 0 ? sum / n : 0;
}

/* Illinois false position. */
double offset_agents(const struct offset_queue *q, const struct offset_span *span, double want)
{
    double reach = LEAST_REACH + REACH * offset_staff(q, span), low = -reach, high = reach, at = 0;
    double f_low = offset_beyond(q, span, low) - want, f_high = offset_beyond(q, span, high) - want;
    if (f_low >= 0 || f_high <= 0)
        return f_low >= 0 ? low : high;
    for (int i = 0, side = 0; i < STEPS && high - low > PRECISION; i++) {
        double before = at;
        at = (low * f_high - high * f_low) / (f_high - f_low);
        double f = offset_beyond(q, span, at) - want;
        if (i > 0 && fabs(at - before) < PRECISION)
            break;
        if (f > 0) {
            high = at;
            f_high = f;
            f_low *= side > 0 ? 0.5 : 1; /* the end that stays loses weight */
        } else {
            low = at;
            f_low = f;
            f_high *= side < 0 ? 0.5 : 1;
        }
        side = f > 0 ? 1 : -1;
    }
    return at;
}

/* Contacts simulated beyond the target's share, and their variance. */
static double simulated(const struct offset_queue *q, const struct offset_span *span, double *variance)
{
    double beyond = 0, counted = 0;
    for (int32_t iv = span->from_iv; iv < span->to_iv; iv++)
        if (belongs(q, span, iv)) {
            beyond += q->beyond[iv];
            counted += q->counted[iv];
        }
    double level = counted > 0 ? CLAMP(q->queue->sla.target + beyond / counted, 0.01, 0.99) : 0.99;
    *variance = CLUSTERING * counted * level * (1 - level) / q->replications;
    return beyond;
}

/* The agents more at which the models say what was simulated, as far as it is not chance. */
static double find(const struct offset_queue *q, const struct offset_span *span)
{
    double variance, want = simulated(q, span, &variance);
    if (!(variance > 0))
        return 0;
    double at = offset_agents(q, span, want);
    double slope = offset_beyond(q, span, at + 0.5) - offset_beyond(q, span, at - 0.5);
    double likely = LIKELY * LIKELY * fmax(offset_staff(q, span), 1);
    double chance = slope > 1e-9 ? variance / (slope * slope) : INFINITY;
    return at * likely / (likely + chance);
}

void offset_hours(struct offset_queue *q)
{
    double at[HOURS] = {0}, weight[HOURS] = {0}, smooth[HOURS];
    int32_t n = q->load.grid.n;
    for (int32_t iv = 0; iv < n; iv++)
        if (q->hour[iv] >= 0)
            weight[q->hour[iv]] += q->counted[iv];
    for (int h = 0; h < HOURS; h++) {
        const struct offset_span span = {0, n, h};
        at[h] = weight[h] > 0 ? find(q, &span) : 0;
    }
    for (int h = 0; h < HOURS; h++) {
        int before = (h + HOURS - 1) % HOURS, after = (h + 1) % HOURS;
        double all = 2 * weight[h] + weight[before] + weight[after];
        double sum = 2 * weight[h] * at[h] + weight[before] * at[before] + weight[after] * at[after];
        smooth[h] = all > 0 ? sum / all : 0;
    }
    for (int32_t iv = 0; iv < n; iv++)
        q->offset[iv] = q->hour[iv] >= 0 ? smooth[q->hour[iv]] : 0;
}

void offset_add_span(struct offset_queue *q, const struct offset_span *span)
{
    double more = find(q, span);
    for (int32_t iv = span->from_iv; iv < span->to_iv; iv++)
        if (belongs(q, span, iv))
            q->offset[iv] += more;
}
