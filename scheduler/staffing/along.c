#include "scheduler/staffing/staffing.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "scheduler/staffing/busyness.h"
#include "scheduler/staffing/transient.h"

bool queue_has_own_agents(const struct operation *operation, int queue)
{
    bool any = false;
    for (int i = 0; i < operation->n_agents; i++) {
        const struct agent *agent = &operation->agents[i];
        for (int k = 0; k < agent->n_skills; k++)
            if (agent->skills[k].queue == queue) {
                if (agent->n_skills > 1)
                    return false;
                any = true;
            }
    }
    return any;
}

/* Chats that are slower side by side have no place in a chain of single contacts. */
static bool even_levels(const struct queue *queue)
{
    for (int k = 1; k < queue->concurrency && queue->concurrent_aht_s != NULL; k++)
        if (fabs(queue->concurrent_aht_s[k] - queue->concurrent_aht_s[0]) > 0)
            return false;
    return true;
}

/* Adds the day of all factors; agents: servers by interval. */
static void run_days(const struct load *load, const struct transient_input *plain,
                     enum sl_definition definition, double *in_time, double *counted)
{
    int32_t n = load->grid.n;
    double factor[BUSYNESS_NODES], share[BUSYNESS_NODES];
    g_autofree double *offered = g_new(double, (gsize)n + 1);
    g_autofree struct transient_cell *cells = g_new(struct transient_cell, (gsize)n + 1);
    struct transient_input input = *plain;
    int days = busyness_nodes(load->busyness_cv2, 0, BUSYNESS_NODES, factor, share);
    input.offered = offered;
    for (int day = 0; day < days; day++) {
        for (int32_t iv = 0; iv < n; iv++)
            offered[iv] = load->offered[iv] * factor[day];
        transient_run(&input, cells);
        for (int32_t iv = 0; iv < n; iv++) {
            double contacts = share[day] * offered[iv] * cells[iv].counted[definition];
            if (plain->closed[iv])
                continue;
            in_time[iv] += contacts * cells[iv].sl[definition];
            counted[iv] += contacts;
        }
    }
}

bool staffing_along(const struct operation *operation, int queue_index, const struct load *load,
                    const double *staffed, double *in_time, double *counted, GError **error)
{
    const struct queue *queue = &operation->queues[queue_index];
    int32_t n = load->grid.n;
    double present = (1 - queue_site_shrinkage(operation, queue_index)) * (1 - queue->shrinkage);
    for (int32_t iv = 0; iv < n; iv++)
        in_time[iv] = counted[iv] = NAN;
    if (channel_is_deferred(queue->channel) || !even_levels(queue) ||
        !queue_has_own_agents(operation, queue_index))
        return true;
    g_autofree double *open = g_new(double, (gsize)n + 1);
    g_autofree double *agents = g_new(double, (gsize)n + 1);
    g_autofree bool *closed = g_new(bool, (gsize)n + 1);
    if (!queue_open_shares(operation, queue, &load->grid, open, error))
        return false;
    for (int32_t iv = 0; iv < n; iv++) {
        in_time[iv] = counted[iv] = 0;
        closed[iv] = open[iv] <= 0;
        agents[iv] = fmax(staffed[iv] * present, 0) * MAX(queue->concurrency, 1);
    }
    const struct transient_input input = {.n = n,
                                          .interval_s = load->grid.interval_s,
                                          .aht_s = load->aht_s,
                                          .agents = agents,
                                          .closed = closed,
                                          .patience_s = queue->patience_s,
                                          .threshold_s = queue->sla.threshold_s,
                                          .short_abandon_s = queue->sla.short_abandon_s,
                                          .leave = TRANSIENT_FINISH,
                                          .start = closed[0] ? TRANSIENT_EMPTY : TRANSIENT_STEADY};
    run_days(load, &input, queue->sla.definition, in_time, counted);
    return true;
}
