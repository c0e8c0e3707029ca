/* What the service is told of requirements: as `wfm staff` computes them, week by week. */
#include "wfm/engines.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "wfm/pipeline.h"

struct asking {
    struct store *store;
    struct operation *operation;
    struct zone *zone; /* planning zone */
    const struct requirement_span *span;
    int queue;
    int source; /* whose forecast its load comes from */
    struct requirement_view *view;
};

static bool forecast_there(const struct planning *planning, const char *queue, bool *there, GError **error)
{
    struct stored_forecast stored = {0};
    g_autoptr(GError) cause = NULL;
    *there = pipeline_stored(planning, queue, &stored, &cause);
    stored_forecast_clear(&stored);
    if (*there || g_error_matches(cause, WFM_ERROR, WFM_ERROR_NOT_FOUND))
        return true;
    g_propagate_error(error, g_steal_pointer(&cause));
    return false;
}

static void fill_interval(const struct asking *asking, const struct load *load, const double *need,
                          int32_t iv)
{
    const struct requirement_view *view = asking->view;
    const struct queue *queue = &asking->operation->queues[asking->queue];
    int64_t ts = grid_ts(&load->grid, iv);
    int32_t at = grid_index(&view->grid, ts);
    struct service service;
    if (at < 0 || at >= view->grid.n || !grid_aligned(&view->grid, ts))
        return;
    double present = (1 - view->in_office) * (1 - view->out_of_office);
    staffing_service(queue, load, iv, need[iv] * present, &service);
    view->offered[at] = load->offered[iv];
    view->aht_s[at] = load->aht_s[iv];
    view->required[at] = need[iv];
    view->at_work[at] = need[iv] * present;
    view->sl[at] = service.sl;
    view->occupancy[at] = service.occupancy;
}

/* The loads of the others are taken out, so that theirs is not computed for nothing. */
static void alone(const struct asking *asking, const struct planning *planning, struct load *loads)
{
    for (int q = 0; q < asking->operation->n_queues; q++)
        if (q != asking->queue) {
            load_clear(&loads[q]);
            load_init(&loads[q], &planning->grid);
        }
}

static bool fill_week(const struct asking *asking, int32_t monday, GError **error)
{
    struct planning planning = {.store = asking->store,
                                .operation = asking->operation,
                                .zone = asking->zone,
                                .first_day = monday,
                                .n_weeks = 1};
    struct load_ask ask = {.allow_missing = true,
                           .hand = {.with = asking->span->with, .without = asking->span->without}};
    struct demand demand = {0};
    bool there = false;
    if (!plan_horizon(asking->operation, monday, 1, &planning.grid, error) ||
        !forecast_there(&planning, asking->operation->queues[asking->source].id, &there, error))
        return false;
    if (!there)
        return true;
    struct load *loads = pipeline_loads(&planning, &ask, error);
    if (loads == NULL)
        return false;
    alone(asking, &planning, loads);
    bool ok = staffing_demand(asking->operation, loads, NULL, &demand, error);
    for (int32_t iv = 0; ok && iv < planning.grid.n; iv++)
        fill_interval(asking, &loads[asking->queue], demand.need + DEMAND_CELL(&demand, asking->queue, 0),
                      iv);
    if (ok)
        demand_clear(&demand);
    loads_free(loads, asking->operation->n_queues);
    return ok;
}

static void view_init(struct requirement_view *view, const struct requirement_span *span, int interval_s)
{
    int64_t start_ts = span->from_ts - ((span->from_ts % interval_s) + interval_s) % interval_s;
    double **const arrays[] = {&view->offered, &view->aht_s, &view->required,
                               &view->at_work, &view->sl,    &view->occupancy};
    view->grid = (struct grid){start_ts, interval_s, 0};
    view->grid.n = grid_index(&view->grid, span->to_ts - 1) + 1;
    for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++) {
        *arrays[i] = g_new(double, (gsize)view->grid.n + 1);
        for (int32_t iv = 0; iv < view->grid.n; iv++)
            (*arrays[i])[iv] = NAN;
    }
}

static bool fill(struct asking *asking, GError **error)
{
    const struct operation *operation = asking->operation;
    const struct queue *queue;
    asking->queue = operation_queue(operation, asking->span->queue);
    if (asking->queue < 0)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no queue \"%s\"", asking->span->queue);
    queue = &operation->queues[asking->queue];
    int callback_of = queue->callback_of != NULL ? operation_queue(operation, queue->callback_of) : -1;
    asking->source = callback_of >= 0 ? callback_of : asking->queue;
    asking->view->in_office = queue->shrinkage;
    asking->view->out_of_office = queue_site_shrinkage(operation, asking->queue);
    view_init(asking->view, asking->span, operation->interval_min * 60);
    int32_t last = zone_local_day(asking->zone, asking->span->to_ts - 1);
    for (int32_t monday = day_week_start(zone_local_day(asking->zone, asking->span->from_ts)); monday <= last;
         monday += WEEK_DAYS)
        if (!fill_week(asking, monday, error))
            return false;
    return true;
}

bool engine_requirement(struct store *store, const struct requirement_span *span,
                        struct requirement_view *view, GError **error)
{
    AUTO(operation) operation = store_operation_load(store, error);
    AUTO(zone) zone = operation != NULL ? zone_new(operation->zone, error) : NULL;
    *view = (struct requirement_view){0};
    if (zone == NULL)
        return false;
    struct asking asking = {store, operation, zone, span, -1, -1, view};
    if (fill(&asking, error))
        return true;
    requirement_view_clear(view);
    return false;
}
