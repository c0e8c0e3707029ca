#include "scheduler/staffing/model.h"

#include "core/error.h"
#include "scheduler/staffing/backlog.h"

#include <math.h>

/* "queue voice_en, 2026-11-23T09:00:00+08:00" */
static char *place(const struct queue *queue, const struct grid *grid, int32_t iv)
{
    AUTO(zone) zone = queue->zone != NULL ? zone_new(queue->zone, NULL) : NULL;
    g_autofree char *time = time_format(grid_ts(grid, iv), zone);
    return g_strdup_printf("queue %s, %s", queue->id, time);
}

static bool load_check(const struct queue *queue, const struct load *load, GError **error)
{
    for (int32_t iv = 0; iv < load->grid.n; iv++) {
        double offered = load->offered[iv], aht_s = load->aht_s[iv];
        const char *what = NULL;
        if (!isfinite(offered) || offered < 0)
            what = "contacts must be a number >= 0";
        else if (!isfinite(aht_s) || aht_s < 0 || (offered > 0 && aht_s <= 0))
            what = "the handling time must be > 0 where contacts are expected";
        if (what == NULL)
            continue;
        g_autofree char *where = place(queue, &load->grid, iv);
        return wfm_fail(error, WFM_ERROR_INPUT, "%s: forecast of %g contacts of %g s: %s", where, offered,
                        aht_s, what);
    }
    return true;
}

static bool targets_check(const struct queue *queue, GError **error)
{
    const struct sla *sla = &queue->sla;
    if (!(queue->shrinkage >= 0 && queue->shrinkage < 1))
        return wfm_fail(error, WFM_ERROR_INPUT, "queue %s: shrinkage %g: it must be >= 0 and < 1", queue->id,
                        queue->shrinkage);
    if (!channel_is_deferred(queue->channel) && sla->target >= 1)
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "queue %s: service level target %g %%: no staff answers every contact in time when "
                        "contacts arrive "
                        "at random; give a target below 100 %%, e.g. 99 %%",
                        queue->id, sla->target * 100);
    return true;
}

static bool immediate_need(const struct operation *operation, const struct queue *queue,
                           const struct load *load, const struct model *models, const int32_t *order,
                           double *need, GError **error)
{
    const struct model *before = &models[0];
    double answer = 0;
    g_autofree double *open = g_new0(double, load->grid.n);
    if (!queue_open_shares(operation, queue, &load->grid, open, error))
        return false;
    for (int32_t k = 0; k < load->grid.n; k++) {
        int32_t iv = order[k];
        need[iv] = 0;
        if (open[iv] <= 0)
            continue;
        double agents = model_required(&models[iv], model_guess(&models[iv], before, answer));
        if (isinf(agents)) {
            g_autofree char *where = place(queue, &load->grid, iv);
            return wfm_fail(
                error, WFM_ERROR_INPUT,
                "%s: no number of agents meets the targets (service level %g %% in %g s, abandon %g %%, "
                "occupancy %g %%) for %g contacts of %g s; relax one of them",
                where, queue->sla.target * 100, queue->sla.threshold_s, queue->sla.abandon_max * 100,
                queue->sla.occupancy_max * 100, load->offered[iv], load->aht_s[iv]);
        }
        need[iv] = fmax(agents / (1 - queue->shrinkage), queue->min_staff);
        if (agents > 0) {
            before = &models[iv];
            answer = agents;
        }
    }
    return true;
}

static bool deferred_need(const struct operation *operation, const struct queue *queue,
                          const struct load *load, double *need, GError **error)
{
    struct backlog backlog;
    if (!backlog_init(&backlog, operation, queue, load, error))
        return false;
    for (int32_t iv = 0; iv < load->grid.n; iv++) {
        double open = backlog.open[iv], work_s = backlog.smooth_s[iv];
        /* while open: the agents it takes in the open part of the interval */
        double agents = open > 0 ? work_s / (open * load->grid.interval_s) : 0;
        need[iv] = open > 0 ? fmax(agents / (1 - queue->shrinkage), queue->min_staff) : 0;
    }
    backlog_clear(&backlog);
    return true;
}

bool requirement_of(const struct operation *operation, const struct queue *queue, const struct load *load,
                    const struct model *models, const int32_t *order, double *need, GError **error)
{
    if (!targets_check(queue, error) || !load_check(queue, load, error))
        return false;
    return channel_is_deferred(queue->channel)
               ? deferred_need(operation, queue, load, need, error)
               : immediate_need(operation, queue, load, models, order, need, error);
}

bool staffing_requirement(const struct queue *queue, const struct load *load, double *need, GError **error)
{
    g_autofree struct model *models = channel_is_deferred(queue->channel) ? NULL : models_new(queue, load);
    g_autofree int32_t *order = models != NULL ? models_by_load(models, load->grid.n) : NULL;
    return requirement_of(NULL, queue, load, models, order, need, error);
}

/* What falls due in an interval, in agent-seconds, when all of it is served as the smoothest requirement
 * says. */
static double *due_of(const struct queue *queue, const struct load *load)
{
    struct backlog backlog;
    if (!backlog_init(&backlog, NULL, queue, load, NULL))
        return NULL;
    size_t n = (size_t)load->grid.n;
    double *due_s = g_new0(double, n);
    g_autofree double *in_time_s = g_new0(double, n);
    g_autofree double *done_s = g_new0(double, n);
    struct deferred_result result = {.due_s = due_s, .in_time_s = in_time_s, .done_s = done_s};
    struct deferred deferred = backlog_deferred(&backlog, queue, load);
    deferred_serve(&deferred, backlog.smooth_s, &result);
    backlog_clear(&backlog);
    return due_s;
}

static void deferred_service(const struct queue *queue, const struct load *load, const double *due_s,
                             int32_t iv, double agents, struct service *out)
{
    *out = (struct service){.sl = 1};
    double due = due_s != NULL ? due_s[iv] : 0;
    double aht_s = load->aht_s[iv] > 0 ? load->aht_s[iv] : queue->aht_s;
    double capacity = fmax(agents, 0) * load->grid.interval_s;
    if (!(due > 0))
        return;
    out->sl = fmin(capacity / due, 1);
    out->counted = aht_s > 0 ? due * queue_efficiency(queue) / aht_s : 0;
    out->in_time = out->sl * out->counted;
    out->occupancy = capacity > 0 ? fmin(due / capacity, 1) * queue_efficiency(queue) : 1;
}

void staffing_service(const struct queue *queue, const struct load *load, int32_t iv, double agents,
                      struct service *out)
{
    if (channel_is_deferred(queue->channel)) {
        g_autofree double *due_s = due_of(queue, load);
        deferred_service(queue, load, due_s, iv, agents, out);
        return;
    }
    struct model model;
    model_init(&model, queue, load, iv);
    model_service(&model, agents, out);
}

void staffing_sl_table(const struct queue *queue, const struct load *load, int32_t iv, int n_max, double *sl)
{
    if (channel_is_deferred(queue->channel)) {
        g_autofree double *due_s = due_of(queue, load);
        for (int n = 0; n <= n_max; n++) {
            struct service service;
            deferred_service(queue, load, due_s, iv, n, &service);
            sl[n] = service.sl;
        }
        return;
    }
    struct model model;
    g_autofree double *counted = g_new(double, (gsize)n_max + 1);
    model_init(&model, queue, load, iv);
    model_levels(&model, 0, 1, n_max + 1, sl, counted);
}
