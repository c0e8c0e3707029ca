#include "scheduler/staffing/model.h"

#include "scheduler/staffing/deferred.h"

#include <math.h>

struct totals {
    double answered, wait_s; /* contacts; contact-seconds */
    double abandoned;
    double present_s, busy_s; /* agent-seconds */
};

static void immediate(const struct queue *queue, const struct load *load, int32_t iv, double agents,
                      struct sla_report *out, struct totals *totals)
{
    struct service service;
    staffing_service(queue, load, iv, agents, &service);
    double offered = load->offered[iv], answered = offered * (1 - service.abandon);
    out->in_time += service.in_time;
    out->counted += service.counted;
    totals->answered += answered;
    totals->wait_s += answered > 0 ? answered * service.asa_s : 0;
    totals->abandoned += offered * service.abandon;
    totals->busy_s += service.occupancy * agents * load->grid.interval_s;
}

/* Contacts by the interval in which they fall due, weighted by work. */
static void deferred(const struct queue *queue, const struct load *load, const double *agents,
                     int32_t from_iv, int32_t to_iv, struct sla_report *out, struct totals *totals)
{
    struct backlog backlog;
    if (!backlog_init(&backlog, queue, load, NULL))
        return;
    size_t n = (size_t)load->grid.n;
    g_autofree double *capacity_s = g_new0(double, n);
    g_autofree double *due_s = g_new0(double, 2 * n);
    g_autofree double *in_time_s = g_new0(double, 2 * n);
    g_autofree double *done_s = g_new0(double, 2 * n);
    for (size_t iv = 0; iv < n; iv++)
        capacity_s[iv] = agents[iv] * backlog.open[iv] * load->grid.interval_s;
    struct deferred_result result = {.due_s = due_s, .in_time_s = in_time_s, .done_s = done_s};
    backlog_serve(&backlog, queue, load, capacity_s, &result);
    double efficiency = queue_efficiency(queue);
    for (int32_t iv = from_iv; iv < to_iv; iv++) {
        double aht_s = load->aht_s[iv] > 0 ? load->aht_s[iv] : queue->aht_s;
        double per_contact = aht_s > 0 ? efficiency / aht_s : 0;
        out->counted += due_s[load->grid.n + iv] * per_contact;
        out->in_time += in_time_s[load->grid.n + iv] * per_contact;
        totals->busy_s += done_s[load->grid.n + iv] * efficiency;
        totals->answered += load->offered[iv];
    }
    totals->wait_s = totals->answered * result.waiting_s;
    backlog_clear(&backlog);
}

void staffing_report(const struct operation *operation, int queue_index, const struct load *load,
                     const double *need, const double *staffed, int32_t from_iv, int32_t to_iv,
                     struct sla_report *out)
{
    const struct queue *queue = &operation->queues[queue_index];
    double hours = load->grid.interval_s / 3600.0;
    double present = (1 - queue_site_shrinkage(operation, queue_index)) * (1 - queue->shrinkage);
    g_autofree double *agents = g_new0(double, load->grid.n);
    struct totals totals = {0};
    *out = (struct sla_report){.target = queue->sla.target};
    for (int32_t iv = 0; iv < load->grid.n; iv++)
        agents[iv] = fmax(staffed[iv] * present, 0);
    g_autofree double *open = g_new0(double, load->grid.n);
    bool known = queue_open_shares(queue, &load->grid, open, NULL);
    for (int32_t iv = from_iv; iv < to_iv; iv++) {
        bool counts = !known || open[iv] > 0 || channel_is_deferred(queue->channel);
        out->offered += counts ? load->offered[iv] : 0;
        out->required_hours += need[iv] * hours;
        out->staffed_hours += staffed[iv] * hours;
        totals.present_s += agents[iv] * load->grid.interval_s;
        if (counts && !channel_is_deferred(queue->channel))
            immediate(queue, load, iv, agents[iv], out, &totals);
    }
    if (channel_is_deferred(queue->channel))
        deferred(queue, load, agents, from_iv, to_iv, out, &totals);
    out->sl = out->counted > 0 ? fmin(out->in_time / out->counted, 1) : 1;
    out->abandon = out->offered > 0 ? totals.abandoned / out->offered : 0;
    out->asa_s = totals.answered > 0 ? totals.wait_s / totals.answered : 0;
    out->occupancy = totals.present_s > 0 ? fmin(totals.busy_s / totals.present_s, 1) : 0;
}
