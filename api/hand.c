#include "api/hand.h"

#include <math.h>
#include <string.h>

#include "core/error.h"

#define CUT_MIN 1e-9 /* less is rounding */

void hand_clear(struct hand *hand)
{
    overrides_free(hand->overrides, hand->n);
    *hand = (struct hand){0};
}

static bool among(const char *const *names, const char *name)
{
    return names != NULL && g_strv_contains(names, name);
}

static bool known(const struct scenario_info *infos, int n, const char *name, GError **error)
{
    g_autoptr(GString) list = g_string_new(NULL);
    for (int i = 0; i < n; i++) {
        if (strcmp(infos[i].name, name) == 0)
            return true;
        g_string_append_printf(list, "%s%s", i > 0 ? ", " : "", infos[i].name);
    }
    return wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no scenario \"%s\"; %s%s", name,
                    n > 0 ? "known: " : "wfm override add --scenario makes one", list->str);
}

static bool all_known(struct store *store, const struct hand_ask *ask, GError **error)
{
    const char *const *const lists[] = {ask->with, ask->without};
    struct scenario_info *infos = NULL;
    int n = 0;
    bool any = false, ok = true;
    for (size_t l = 0; l < G_N_ELEMENTS(lists); l++)
        any |= lists[l] != NULL && lists[l][0] != NULL;
    if (any && !store_scenario_list(store, &infos, &n, error))
        return false;
    for (size_t l = 0; l < G_N_ELEMENTS(lists); l++)
        for (int i = 0; ok && lists[l] != NULL && lists[l][i] != NULL; i++)
            ok = known(infos, n, lists[l][i], error);
    scenario_infos_free(infos, n);
    return ok;
}

static bool counts(const struct override *o, const struct hand_ask *ask)
{
    return o->scenario == NULL || among(ask->with, o->scenario) ||
           (o->standing && !among(ask->without, o->scenario));
}

bool hand_load(struct hand *hand, struct store *store, int64_t from_ts, int64_t to_ts,
               const struct hand_ask *ask, GError **error)
{
    static const struct hand_ask nothing = {0};
    ask = ask != NULL ? ask : &nothing;
    struct override_filter filter = {.from_ts = from_ts, .to_ts = to_ts, .with_removed = ask->then};
    struct override *all = NULL;
    int n = 0, kept = 0;
    if (!all_known(store, ask, error) ||
        !store_override_list(store, ask->scope != NULL ? ask->scope : &scope_planner, &filter, &all, &n,
                             error))
        return false;
    for (int i = 0; i < n; i++) {
        if (counts(&all[i], ask)) {
            all[kept++] = all[i];
            continue;
        }
        override_clear(&all[i]);
    }
    *hand = (struct hand){all, kept, ask->then};
    return true;
}

/* Overrides of the queue, then the n more, applied in place. *all: which, *effects: of each; both g_free. */
static bool apply(const struct hand *hand, const struct queue *queue, const struct override *more, int n,
                  struct stored_forecast *forecast, const struct override ***all, int *n_all,
                  struct override_effect **effects, GError **error)
{
    *all = g_new(const struct override *, (gsize)(hand->n + n) + 1);
    *effects = g_new0(struct override_effect, (gsize)(hand->n + n) + 1);
    *n_all = 0;
    for (int i = 0; i < hand->n; i++)
        if (strcmp(hand->overrides[i].queue, queue->id) == 0)
            (*all)[(*n_all)++] = &hand->overrides[i];
    for (int i = 0; i < n; i++)
        (*all)[(*n_all)++] = &more[i];
    if (*n_all == 0)
        return true;
    AUTO(zone) zone = zone_new(queue->zone, error);
    if (zone == NULL)
        return false;
    struct override_target target = {.grid = forecast->grid,
                                     .zone = zone,
                                     .open = queue->open,
                                     .n_open = queue->n_open,
                                     .offered = forecast->offered,
                                     .aht_s = forecast->aht_s,
                                     .n_levels = forecast->n_levels,
                                     .quantile = forecast->quantile,
                                     .in_force = hand->then};
    overrides_apply(*all, *n_all, &target, *effects);
    return true;
}

bool hand_apply_more(const struct hand *hand, const struct queue *queue, const struct override *more, int n,
                     struct stored_forecast *forecast, struct override_effect *effects, GError **error)
{
    g_autofree const struct override **all = NULL;
    g_autofree struct override_effect *done = NULL;
    int n_all;
    if (!apply(hand, queue, more, n, forecast, &all, &n_all, &done, error))
        return false;
    memcpy(effects, done + n_all - n, (size_t)n * sizeof *effects);
    return true;
}

bool hand_apply_told(const struct hand *hand, const struct queue *queue, struct stored_forecast *forecast,
                     GString *cuts, GError **error)
{
    g_autofree const struct override **all = NULL;
    g_autofree struct override_effect *done = NULL;
    int n_all;
    if (!apply(hand, queue, NULL, 0, forecast, &all, &n_all, &done, error))
        return false;
    for (int i = 0; cuts != NULL && i < n_all; i++) {
        g_autofree char *text = override_text(all[i]);
        bool aht = all[i]->measure == OVERRIDE_AHT;
        if (done[i].cut > CUT_MIN)
            g_string_append_printf(cuts,
                                   "override %" G_GINT64_FORMAT " of queue %s, %s, takes away more than is "
                                   "forecast: cut off at %s, %.6g %s short of it\n",
                                   all[i]->id, queue->id, text, aht ? "1 s" : "0", done[i].cut,
                                   aht ? "seconds" : "contacts");
    }
    return true;
}

bool hand_apply(const struct hand *hand, const struct queue *queue, struct stored_forecast *forecast,
                GError **error)
{
    return hand_apply_told(hand, queue, forecast, NULL, error);
}

/* How far below nothing it would go: said before it is kept, not when it has been planned with. */
static bool enough_left(const struct override *o, const struct override_effect *effect, GError **error)
{
    g_autofree char *text = override_text(o);
    if (!(effect->cut > CUT_MIN))
        return true;
    if (o->measure == OVERRIDE_AHT)
        return wfm_fail(error, WFM_ERROR_INPUT, "queue %s: %s: the handling time would fall below 1 s",
                        o->queue, text);
    return wfm_fail(error, WFM_ERROR_INPUT,
                    "queue %s: %s: only %.6g contacts are forecast there, so %.6g would be missing; -100%% "
                    "takes all away",
                    o->queue, text, effect->before, effect->cut);
}

static bool scenario_exists(struct store *store, const char *name, bool *exists, GError **error)
{
    struct scenario_info *infos = NULL;
    int n = 0;
    *exists = false;
    if (name == NULL)
        return true;
    if (!store_scenario_list(store, &infos, &n, error))
        return false;
    for (int i = 0; i < n; i++)
        *exists |= strcmp(infos[i].name, name) == 0;
    scenario_infos_free(infos, n);
    return true;
}

bool hand_preview(struct store *store, const struct queue *queue, const struct override *more, int n,
                  struct override_effect *effects, GError **error)
{
    int64_t from_ts = INT64_MAX, to_ts = INT64_MIN;
    struct hand hand = {0};
    struct stored_forecast forecast = {0};
    g_autoptr(GError) cause = NULL;
    for (int i = 0; i < n; i++) {
        effects[i] = (struct override_effect){0, NAN, NAN, 0};
        from_ts = MIN(from_ts, more[i].from_ts);
        to_ts = MAX(to_ts, more[i].to_ts);
    }
    if (!store_forecast_span(store, &scope_planner, queue->id, from_ts, to_ts, NULL, &forecast, &cause)) {
        if (g_error_matches(cause, WFM_ERROR, WFM_ERROR_NOT_FOUND))
            return true;
        g_propagate_error(error, g_steal_pointer(&cause));
        return false;
    }
    bool exists;
    bool ok = scenario_exists(store, more[0].scenario, &exists, error);
    struct hand_ask ask = {.with = (const char *const[]){ok && exists ? more[0].scenario : NULL, NULL}};
    ok = ok && hand_load(&hand, store, from_ts, to_ts, &ask, error) &&
         hand_apply_more(&hand, queue, more, n, &forecast, effects, error);
    for (int i = 0; ok && i < n; i++)
        ok = enough_left(&more[i], &effects[i], error);
    hand_clear(&hand);
    stored_forecast_clear(&forecast);
    return ok;
}

/* Of the overrides of one queue. */
static bool tell_queue(struct store *store, const struct queue *queue, const struct override *overrides,
                       int n, GString *cuts, GError **error)
{
    int64_t from_ts = INT64_MAX, to_ts = INT64_MIN;
    struct stored_forecast forecast = {0};
    struct hand hand = {0};
    for (int i = 0; i < n; i++)
        if (strcmp(overrides[i].queue, queue->id) == 0) {
            from_ts = MIN(from_ts, overrides[i].from_ts);
            to_ts = MAX(to_ts, overrides[i].to_ts);
        }
    g_autoptr(GError) cause = NULL;
    if (from_ts > to_ts)
        return true;
    if (!store_forecast_span(store, &scope_planner, queue->id, from_ts, to_ts, NULL, &forecast, &cause)) {
        if (g_error_matches(cause, WFM_ERROR, WFM_ERROR_NOT_FOUND))
            return true;
        g_propagate_error(error, g_steal_pointer(&cause));
        return false;
    }
    bool ok = hand_load(&hand, store, from_ts, to_ts, NULL, error) &&
              hand_apply_told(&hand, queue, &forecast, cuts, error);
    hand_clear(&hand);
    stored_forecast_clear(&forecast);
    return ok;
}

bool hand_tell_cuts(struct store *store, const struct operation *operation, const struct override *overrides,
                    int n, GString *cuts, GError **error)
{
    for (int q = 0; q < operation->n_queues; q++)
        if (!tell_queue(store, &operation->queues[q], overrides, n, cuts, error))
            return false;
    return true;
}

double forecast_contacts(const struct stored_forecast *forecast, int64_t from_ts, int64_t to_ts)
{
    double contacts = 0;
    for (int32_t iv = 0; iv < forecast->grid.n; iv++) {
        int64_t ts = grid_ts(&forecast->grid, iv);
        if (ts >= from_ts && ts < to_ts && isfinite(forecast->offered[iv]))
            contacts += forecast->offered[iv];
    }
    return contacts;
}
