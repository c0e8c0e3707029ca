#include "wfm/sisters.h"

#include "core/special_days.h"
#include "forecast/day_profile.h"

#define SPARE_DAYS 60

/* Special days of a queue in a form the forecaster takes; names are borrowed. */
static struct forecast_special *specials_of(const struct planning *planning, int queue, int32_t first,
                                            int32_t last, int *n)
{
    g_autofree struct queue_day *days = queue_special_days(planning->operation, queue, first, last, n);
    struct forecast_special *specials = g_new0(struct forecast_special, (gsize)*n + 1);
    for (int i = 0; i < *n; i++)
        specials[i] =
            (struct forecast_special){.day = days[i].day, .kind = days[i].kind, .name = days[i].name};
    return specials;
}

/* Days of the weeks planned, by any zone. */
static int32_t week_day(const struct planning *planning, bool last)
{
    int64_t ts = last ? grid_end_ts(&planning->grid) : planning->grid.start_ts;
    return zone_local_day(planning->zone, ts) + (last ? 1 : -1);
}

static bool concerned(const struct planning *planning, int client)
{
    int queues = 0;
    bool any = false;
    for (int q = 0; q < planning->operation->n_queues; q++) {
        int n;
        if (planning->operation->queues[q].client != client)
            continue;
        g_free(specials_of(planning, q, week_day(planning, false), week_day(planning, true), &n));
        any |= n > 0;
        queues++;
    }
    return any && queues > 1;
}

static bool learn(const struct planning *planning, int queue, int64_t known_ts, struct feast_effects *effects,
                  GError **error)
{
    AUTO(zone) zone = zone_new(planning->operation->queues[queue].zone, error);
    if (zone == NULL)
        return false;
    struct series intervals, whole, days;
    int n;
    int32_t until = zone_local_day(zone, known_ts);
    if (!store_history_all(planning->store, planning->operation->queues[queue].id, &intervals, &whole, error))
        return false;
    series_by_day(&whole, &intervals, zone, &days);
    series_clear(&intervals);
    series_clear(&whole);
    if (days.grid.n > 0) {
        g_autofree struct forecast_special *specials =
            specials_of(planning, queue, grid_day(&days.grid, 0) - SPARE_DAYS, until, &n);
        feast_effects_learn(effects, &days, specials, n, until);
    }
    series_clear(&days);
    return true;
}

struct feast_effects *sisters_learn(const struct planning *planning, int64_t known_ts, GError **error)
{
    const struct operation *operation = planning->operation;
    int n = operation->n_queues;
    struct feast_effects *own = g_new0(struct feast_effects, (gsize)n + 1);
    struct feast_effects *pooled = g_new0(struct feast_effects, (gsize)n + 1);
    bool ok = true;
    for (int client = 0; ok && client < operation->n_clients; client++) {
        if (!concerned(planning, client))
            continue;
        /* Only this client's are filled: the others lend nothing. */
        for (int q = 0; ok && q < n; q++)
            ok = operation->queues[q].client != client || learn(planning, q, known_ts, &own[q], error);
        struct feast_effects all;
        feast_effects_pool(&all, own, n);
        for (int q = 0; ok && q < n; q++)
            if (operation->queues[q].client == client)
                feast_effects_without(&pooled[q], &all, &own[q]);
        feast_effects_clear(&all);
        for (int q = 0; q < n; q++)
            feast_effects_clear(&own[q]);
    }
    g_free(own);
    if (ok)
        return pooled;
    sisters_free(pooled, n);
    return NULL;
}

void sisters_free(struct feast_effects *sisters, int n)
{
    for (int q = 0; sisters != NULL && q < n; q++)
        feast_effects_clear(&sisters[q]);
    g_free(sisters);
}
