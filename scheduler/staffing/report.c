#include "scheduler/staffing/model.h"

#include "scheduler/staffing/backlog.h"

#include <math.h>

/* What happens in one interval: contacts, contact-seconds of waiting, agent-seconds. */
struct cell {
    double offered, in_time, counted, answered, abandoned;
    double wait_s, present_s, busy_s;
};

static void immediate_cells(const struct operation *operation, const struct queue *queue,
                            const struct load *load, const double *agents, const bool *left_out,
                            int32_t from_iv, int32_t to_iv, struct cell *cells)
{
    g_autofree double *open = g_new0(double, load->grid.n);
    g_autofree struct model *models = models_new(queue, load);
    bool known = queue_open_shares(operation, queue, &load->grid, open, NULL);
    for (int32_t iv = from_iv; iv < to_iv; iv++) {
        struct cell *cell = &cells[iv - from_iv];
        if ((known && open[iv] <= 0) || (left_out != NULL && left_out[iv]))
            continue;
        struct service service;
        model_service(&models[iv], agents[iv], &service);
        cell->offered = load->offered[iv];
        cell->in_time = service.in_time;
        cell->counted = service.counted;
        cell->abandoned = cell->offered * service.abandon;
        cell->answered = cell->offered - cell->abandoned;
        cell->wait_s = cell->answered > 0 ? cell->answered * service.asa_s : 0;
        cell->busy_s = service.occupancy * agents[iv] * load->grid.interval_s;
    }
}

/* Contacts by the interval in which they fall due, weighted by work. */
static void deferred_cells(const struct operation *operation, const struct queue *queue,
                           const struct load *load, const double *agents, int32_t from_iv, int32_t to_iv,
                           struct cell *cells)
{
    struct backlog backlog;
    if (!backlog_init(&backlog, operation, queue, load, NULL))
        return;
    size_t n = (size_t)load->grid.n;
    g_autofree double *capacity_s = g_new0(double, n);
    g_autofree double *due_s = g_new0(double, n);
    g_autofree double *in_time_s = g_new0(double, n);
    g_autofree double *done_s = g_new0(double, n);
    for (size_t iv = 0; iv < n; iv++)
        capacity_s[iv] = agents[iv] * backlog.open[iv] * load->grid.interval_s;
    struct deferred_result result = {.due_s = due_s, .in_time_s = in_time_s, .done_s = done_s};
    struct deferred deferred = backlog_deferred(&backlog, queue, load);
    deferred_serve(&deferred, capacity_s, &result);
    double efficiency = queue_efficiency(queue);
    for (int32_t iv = from_iv; iv < to_iv; iv++) {
        struct cell *cell = &cells[iv - from_iv];
        double aht_s = load->aht_s[iv] > 0 ? load->aht_s[iv] : queue->aht_s;
        double per_contact = aht_s > 0 ? efficiency / aht_s : 0;
        cell->offered = cell->answered = load->offered[iv];
        cell->counted = due_s[iv] * per_contact;
        cell->in_time = in_time_s[iv] * per_contact;
        cell->wait_s = cell->answered * result.waiting_s;
        cell->busy_s = done_s[iv] * efficiency;
    }
    backlog_clear(&backlog);
}

/* Cells of [from_iv, to_iv), those of an immediate queue but for left_out (grid.n, or NULL); g_free. */
static struct cell *cells_of(const struct operation *operation, int queue_index, const struct load *load,
                             const double *staffed, const bool *left_out, int32_t from_iv, int32_t to_iv)
{
    const struct queue *queue = &operation->queues[queue_index];
    double present = (1 - queue_site_shrinkage(operation, queue_index)) * (1 - queue->shrinkage);
    g_autofree double *agents = g_new0(double, load->grid.n);
    struct cell *cells = g_new0(struct cell, to_iv > from_iv ? to_iv - from_iv : 1);
    for (int32_t iv = 0; iv < load->grid.n; iv++)
        agents[iv] = fmax(staffed[iv] * present, 0);
    if (channel_is_deferred(queue->channel))
        deferred_cells(operation, queue, load, agents, from_iv, to_iv, cells);
    else
        immediate_cells(operation, queue, load, agents, left_out, from_iv, to_iv, cells);
    for (int32_t iv = from_iv; iv < to_iv; iv++)
        cells[iv - from_iv].present_s = agents[iv] * load->grid.interval_s;
    return cells;
}

void staffing_expected(const struct operation *operation, int queue, const struct load *load,
                       const double *staffed, double *offered, double *in_time, double *counted)
{
    staffing_expected_again(operation, queue, load, NULL, staffed, offered, in_time, counted);
}

void staffing_expected_again(const struct operation *operation, int queue, const struct load *load,
                             const double *before, const double *staffed, double *offered, double *in_time,
                             double *counted)
{
    bool deferred = channel_is_deferred(operation->queues[queue].channel);
    g_autofree bool *same = g_new0(bool, (gsize)load->grid.n + 1);
    for (int32_t iv = 0; before != NULL && !deferred && iv < load->grid.n; iv++)
        same[iv] = before[iv] == staffed[iv];
    g_autofree struct cell *cells = cells_of(operation, queue, load, staffed, same, 0, load->grid.n);
    for (int32_t iv = 0; iv < load->grid.n; iv++) {
        if (same[iv])
            continue;
        offered[iv] = cells[iv].offered;
        in_time[iv] = cells[iv].in_time;
        counted[iv] = cells[iv].counted;
    }
}

void staffing_report(const struct operation *operation, int queue_index, const struct load *load,
                     const double *need, const double *staffed, int32_t from_iv, int32_t to_iv,
                     struct sla_report *out)
{
    g_autofree struct cell *cells = cells_of(operation, queue_index, load, staffed, NULL, from_iv, to_iv);
    double hours = load->grid.interval_s / 3600.0;
    struct cell sum = {0};
    *out = (struct sla_report){.target = operation->queues[queue_index].sla.target};
    for (int32_t iv = from_iv; iv < to_iv; iv++) {
        const struct cell *cell = &cells[iv - from_iv];
        out->required_hours += need[iv] * hours;
        out->staffed_hours += staffed[iv] * hours;
        out->offered += cell->offered;
        out->in_time += cell->in_time;
        out->counted += cell->counted;
        sum.answered += cell->answered;
        sum.abandoned += cell->abandoned;
        sum.wait_s += cell->wait_s;
        sum.present_s += cell->present_s;
        sum.busy_s += cell->busy_s;
    }
    out->sl = out->counted > 0 ? fmin(out->in_time / out->counted, 1) : 1;
    out->abandon = out->offered > 0 ? sum.abandoned / out->offered : 0;
    out->asa_s = sum.answered > 0 ? sum.wait_s / sum.answered : 0;
    out->occupancy = sum.present_s > 0 ? fmin(sum.busy_s / sum.present_s, 1) : 0;
}
