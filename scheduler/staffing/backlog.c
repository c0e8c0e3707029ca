#include "scheduler/staffing/backlog.h"

#include "core/error.h"
#include "scheduler/staffing/model.h"

#include <math.h>
#include <string.h>

#define GRIDS 3 /* at most: the one before, the one asked about, the one behind */

struct deferred backlog_deferred(const struct backlog *backlog, const struct queue *queue,
                                 const struct load *load)
{
    return (struct deferred){.n = backlog->n,
                             .interval_s = load->grid.interval_s,
                             .work_s = backlog->work_s,
                             .open = backlog->open,
                             .due_s = queue->sla.threshold_s,
                             .lots = backlog->opening,
                             .n_lots = backlog->n_opening};
}

/* The smoothest path over `grids` equal grids in a row. g_free; NULL when nothing is ever open. */
static double *smooth_grids(const struct deferred *one, int grids)
{
    size_t n = (size_t)one->n;
    g_autofree double *work_s = g_new0(double, GRIDS *n + 1);
    g_autofree double *open = g_new0(double, GRIDS *n + 1);
    double *path = g_new0(double, GRIDS *n + 1);
    struct deferred all = *one;
    for (int grid = 0; grid < grids; grid++) {
        memcpy(work_s + (size_t)grid * n, one->work_s, n * sizeof *work_s);
        memcpy(open + (size_t)grid * n, one->open, n * sizeof *open);
    }
    all.n = grids * one->n;
    all.work_s = work_s;
    all.open = open;
    if (deferred_smooth(&all, path))
        return path;
    g_free(path);
    return NULL;
}

static bool smooth(struct backlog *backlog, const struct queue *queue, const struct load *load)
{
    size_t n = (size_t)backlog->n;
    struct deferred one = backlog_deferred(backlog, queue, load);
    g_autofree double *path = smooth_grids(&one, load->opening_known ? GRIDS - 1 : GRIDS);
    if (path == NULL)
        return false;
    if (!load->opening_known)
        backlog->opening = deferred_leave(&one, path, &backlog->n_opening);
    memcpy(backlog->smooth_s, load->opening_known ? path : path + n, n * sizeof *path);
    return true;
}

bool backlog_init(struct backlog *backlog, const struct operation *operation, const struct queue *queue,
                  const struct load *load, GError **error)
{
    size_t n = (size_t)load->grid.n;
    *backlog = (struct backlog){
        .n = load->grid.n,
        .work_s = g_new0(double, n),
        .open = g_new0(double, n),
        .smooth_s = g_new0(double, n),
    };
    if (load->opening_known) {
        backlog->opening = g_memdup2(load->opening, (size_t)load->n_opening * sizeof *load->opening);
        backlog->n_opening = load->n_opening;
    }
    bool ok = queue_open_shares(operation, queue, &load->grid, backlog->open, error);
    for (size_t iv = 0; iv < n && ok; iv++)
        backlog->work_s[iv] =
            load->offered[iv] > 0 ? load->offered[iv] * load->aht_s[iv] / queue_efficiency(queue) : 0;
    if (ok && !smooth(backlog, queue, load))
        ok = wfm_fail(error, WFM_ERROR_INPUT,
                      "queue %s: contacts are expected but it is never open in the planned time; check its "
                      "opening hours",
                      queue->id);
    if (!ok)
        backlog_clear(backlog);
    return ok;
}

void backlog_clear(struct backlog *backlog)
{
    g_free(backlog->work_s);
    g_free(backlog->open);
    g_free(backlog->smooth_s);
    g_free(backlog->opening);
    *backlog = (struct backlog){.n = 0};
}

/* Agent-seconds of a contact on the mean over the grid, at the queue's occupancy cap. */
static double contact_s(const struct queue *queue, const struct load *load)
{
    double work_s = 0, contacts = 0;
    for (int32_t iv = 0; iv < load->grid.n; iv++) {
        work_s += load->offered[iv] > 0 ? load->offered[iv] * load->aht_s[iv] : 0;
        contacts += load->offered[iv];
    }
    return (contacts > 0 ? work_s / contacts : queue->aht_s) / queue_efficiency(queue);
}

static double opening_contacts(const struct backlog *backlog, const struct queue *queue,
                               const struct load *load)
{
    double work_s = 0, per_contact_s = contact_s(queue, load);
    for (int i = 0; i < backlog->n_opening; i++)
        work_s += backlog->opening[i].done ? 0 : backlog->opening[i].work_s;
    return per_contact_s > 0 ? work_s / per_contact_s : 0;
}

double staffing_opening(const struct operation *operation, int queue_index, const struct load *load)
{
    const struct queue *queue = &operation->queues[queue_index];
    struct backlog backlog;
    if (!channel_is_deferred(queue->channel) || !backlog_init(&backlog, operation, queue, load, NULL))
        return 0;
    double contacts = opening_contacts(&backlog, queue, load);
    backlog_clear(&backlog);
    return contacts;
}

bool staffing_backlog(const struct operation *operation, int queue_index, const struct load *load,
                      const double *staffed, struct staffing_backlog *out, GError **error)
{
    const struct queue *queue = &operation->queues[queue_index];
    size_t n = (size_t)load->grid.n;
    struct backlog backlog;
    if (!backlog_init(&backlog, operation, queue, load, error))
        return false;
    double present = (1 - queue_site_shrinkage(operation, queue_index)) * (1 - queue->shrinkage);
    double per_s = contact_s(queue, load) > 0 ? 1 / contact_s(queue, load) : 0;
    g_autofree double *capacity_s = g_new0(double, n);
    for (size_t iv = 0; iv < n; iv++)
        capacity_s[iv] = fmax(staffed[iv] * present, 0) * backlog.open[iv] * load->grid.interval_s;
    *out = (struct staffing_backlog){.n = load->grid.n};
    double **arrays[] = {&out->due, &out->in_time, &out->done, &out->left, &out->late, &out->oldest_s};
    for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++)
        *arrays[i] = g_new0(double, n);
    struct deferred deferred = backlog_deferred(&backlog, queue, load);
    struct deferred_result result = {.due_s = out->due,
                                     .in_time_s = out->in_time,
                                     .done_s = out->done,
                                     .left_s = out->left,
                                     .late_s = out->late,
                                     .oldest_s = out->oldest_s};
    deferred_serve(&deferred, capacity_s, &result);
    out->leaves = deferred_leave(&deferred, capacity_s, &out->n_leaves);
    out->opening = opening_contacts(&backlog, queue, load);
    for (size_t i = 0; i + 1 < G_N_ELEMENTS(arrays); i++) /* all but the ages */
        for (size_t iv = 0; iv < n; iv++)
            (*arrays[i])[iv] *= per_s;
    backlog_clear(&backlog);
    return true;
}

void staffing_backlog_clear(struct staffing_backlog *backlog)
{
    double *arrays[] = {backlog->due,  backlog->in_time, backlog->done,
                        backlog->left, backlog->late,    backlog->oldest_s};
    for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_free(arrays[i]);
    g_free(backlog->leaves);
    *backlog = (struct staffing_backlog){.n = 0};
}
