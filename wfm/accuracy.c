#include "wfm/accuracy.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "forecast/accuracy.h"
#include "forecast/day_profile.h"
#include "wfm/week.h"

static const struct column columns[] = {
    {"queue", "queue", COLUMN_TEXT, 0},
    {"when", "when", COLUMN_TEXT, 0},
    {"forecast_id", "snapshot", COLUMN_REAL, 0},
    {"weeks_before", "weeks before", COLUMN_REAL, 1},
    {"forecast", "forecast", COLUMN_REAL, 0},
    {"with_hand", "with hand", COLUMN_REAL, 0},
    {"actual", "actual", COLUMN_REAL, 0},
    {"bias", "bias", COLUMN_SHARE, 1},
    {"wape", "WAPE", COLUMN_SHARE, 1},
    {"hand_wape", "… with hand", COLUMN_SHARE, 1},
    {"naive_wape", "… of naive", COLUMN_SHARE, 1},
    {"mase", "MASE", COLUMN_REAL, 2},
    {"wql", "wQL", COLUMN_REAL, 3},
    {"cov80", "in 80 %", COLUMN_SHARE, 0},
    {"cov95", "in 95 %", COLUMN_SHARE, 0},
    {"intervals", "intervals", COLUMN_INT, 0},
    {"aht_forecast_s", "AHT forecast s", COLUMN_REAL, 0},
    {"aht_actual_s", "AHT actual s", COLUMN_REAL, 0},
    {NULL, NULL, 0, 0},
};

/* A row in the making. */
struct sums {
    int64_t key;            /* day, or second of the day; else 0 */
    struct accuracy plain;  /* as computed */
    struct accuracy handed; /* with the planner's hand */
    double changed;         /* intervals that the hand changed */
    double said_s, worked_s, answered;
};

/* One queue: what came, in intervals or in whole days. */
struct queue_view {
    const struct queue *queue;
    struct zone *zone;     /* of the queue */
    struct zone *utc;      /* grids of days are read in it */
    struct series history; /* what came and what was before, on its own grid */
    bool by_day;
    int64_t from_ts, to_ts;
};

static void queue_view_clear(struct queue_view *view)
{
    zone_free(view->zone);
    zone_free(view->utc);
    series_clear(&view->history);
}

/* History by interval; that of days where there is no other. */
static bool queue_view_init(struct queue_view *view, const struct planning *planning, int queue,
                            GError **error)
{
    struct series days = {0};
    *view = (struct queue_view){.queue = &planning->operation->queues[queue],
                                .from_ts = planning->grid.start_ts,
                                .to_ts = grid_end_ts(&planning->grid)};
    view->zone = zone_new(view->queue->zone, error);
    view->utc = zone_new("UTC", error);
    if (view->zone == NULL || view->utc == NULL ||
        !store_history_all(planning->store, view->queue->id, &view->history, &days, error))
        return false;
    const struct grid *fine = &view->history.grid;
    if (days.grid.n > 0 && (fine->n == 0 || grid_end_ts(fine) <= view->from_ts)) {
        struct series both = {0};
        series_by_day(&days, &view->history, view->zone, &both);
        series_clear(&view->history);
        view->history = both;
        view->by_day = true;
    }
    series_clear(&days);
    return true;
}

static int64_t key_of(enum accuracy_by by, const struct queue_view *view, int64_t ts)
{
    struct local_time local = zone_local(view->by_day ? view->utc : view->zone, ts);
    return by == ACCURACY_DAY ? local.day : by == ACCURACY_INTERVAL ? local.second : 0;
}

static struct sums *sums_of(GArray *rows, int64_t key)
{
    for (guint i = rows->len; i > 0; i--) /* the last day is the likely one */
        if (g_array_index(rows, struct sums, i - 1).key == key)
            return &g_array_index(rows, struct sums, i - 1);
    struct sums fresh = {.key = key};
    g_array_append_val(rows, fresh);
    return &g_array_index(rows, struct sums, rows->len - 1);
}

static gint by_key(gconstpointer a, gconstpointer b)
{
    const struct sums *x = a, *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

/* Where the levels we score stand among those of the forecast; false when one is missing. */
static bool find_levels(const struct stored_forecast *f, int index[ACCURACY_LEVELS])
{
    for (int k = 0; k < ACCURACY_LEVELS; k++) {
        index[k] = -1;
        for (int l = 0; l < f->n_levels; l++)
            if (fabs(f->levels[l] - accuracy_levels[k]) < 1e-9)
                index[k] = l;
        if (index[k] < 0)
            return false;
    }
    return true;
}

/* A forecast and its copy with the planner's hand, on the grid of what came. */
struct said {
    struct stored_forecast plain, handed;
    int level[ACCURACY_LEVELS];
    bool banded;
    int64_t known_ts;
};

static void said_clear(struct said *said)
{
    stored_forecast_clear(&said->plain);
    stored_forecast_clear(&said->handed);
}

/* Days from intervals: contacts add up, handling time is their mean; a sum of quantiles is none of the sum.
 */
static void to_days(const struct queue_view *view, struct stored_forecast *f)
{
    int32_t first = zone_local_day(view->zone, f->grid.start_ts);
    int32_t n = zone_local_day(view->zone, grid_end_ts(&f->grid) - 1) - first + 1;
    double *offered = g_new0(double, (gsize)n), *work = g_new0(double, (gsize)n);
    for (int32_t iv = 0; iv < f->grid.n; iv++) {
        int32_t day = zone_local_day(view->zone, grid_ts(&f->grid, iv)) - first;
        offered[day] += f->offered[iv];
        work[day] += f->offered[iv] * f->aht_s[iv];
    }
    for (int32_t day = 0; day < n; day++)
        work[day] = offered[day] > 0 ? work[day] / offered[day] : NAN;
    g_free(f->offered);
    g_free(f->aht_s);
    f->offered = offered;
    f->aht_s = work;
    f->n_levels = 0;
    f->grid = (struct grid){grid_day_ts(first), GRID_DAY_S, n};
}

static bool said_init(struct said *said, const struct planning *planning, const struct queue_view *view,
                      const struct forecast_pick *pick, const struct hand *hand, GError **error)
{
    struct stored_forecast *both[] = {&said->plain, &said->handed};
    *said = (struct said){.banded = false};
    for (int i = 0; i < 2; i++)
        if (!store_forecast_span(planning->store, &scope_planner, view->queue->id, view->from_ts, view->to_ts,
                                 pick, both[i], error)) {
            said_clear(said);
            return false;
        }
    if (!hand_apply(hand, view->queue, &said->handed, error)) {
        said_clear(said);
        return false;
    }
    for (int i = 0; view->by_day && i < 2; i++)
        to_days(view, both[i]);
    said->banded = find_levels(&said->plain, said->level);
    said->known_ts = said->plain.history_end_ts != 0 ? said->plain.history_end_ts : said->plain.grid.start_ts;
    return true;
}

static const double *quantiles(const struct said *said, const struct stored_forecast *f, int32_t iv,
                               double out[ACCURACY_LEVELS])
{
    if (!said->banded)
        return NULL;
    for (int k = 0; k < ACCURACY_LEVELS; k++)
        out[k] = f->quantile[(size_t)said->level[k] * (size_t)f->grid.n + (size_t)iv];
    return out;
}

static void add_interval(struct sums *sums, const struct said *said, const struct queue_view *view,
                         int32_t from, int32_t at, double naive, double scale)
{
    const struct series *h = &view->history;
    double band[ACCURACY_LEVELS];
    accuracy_add(&sums->plain, h->offered[from], said->plain.offered[at],
                 quantiles(said, &said->plain, at, band), naive, scale);
    accuracy_add(&sums->handed, h->offered[from], said->handed.offered[at],
                 quantiles(said, &said->handed, at, band), naive, scale);
    sums->changed += said->plain.offered[at] != said->handed.offered[at];
    if (said->plain.offered[at] > 0)
        sums->said_s += said->plain.offered[at] * said->plain.aht_s[at];
    if (isfinite(h->handle_s[from])) { /* sources without answered contacts count those offered */
        sums->worked_s += h->handle_s[from];
        sums->answered += isfinite(h->answered[from]) ? h->answered[from] : h->offered[from];
    }
}

/* Whether an interval or a day of the history lies in the weeks. */
static bool in_weeks(const struct queue_view *view, int64_t ts)
{
    if (!view->by_day)
        return ts >= view->from_ts && ts < view->to_ts;
    int64_t start_ts = zone_day_start(view->zone, (int32_t)(ts / GRID_DAY_S));
    return start_ts >= view->from_ts && start_ts < view->to_ts;
}

/* Adds all intervals with both a forecast and what came. */
static void add_said(GArray *rows, enum accuracy_by by, const struct queue_view *view,
                     const struct said *said)
{
    const struct series *h = &view->history;
    const struct zone *zone = view->by_day ? view->utc : view->zone;
    int64_t known_ts =
        view->by_day ? grid_day_ts(zone_local_day(view->zone, said->known_ts)) : said->known_ts;
    double scale = naive_scale(h, known_ts);
    if (h->grid.interval_s != said->plain.grid.interval_s)
        return;
    for (int32_t iv = 0; iv < h->grid.n; iv++) {
        int64_t ts = grid_ts(&h->grid, iv);
        int32_t at = grid_index(&said->plain.grid, ts);
        if (!in_weeks(view, ts) || at < 0 || at >= said->plain.grid.n || !isfinite(h->offered[iv]) ||
            !isfinite(said->plain.offered[at]))
            continue;
        add_interval(sums_of(rows, key_of(by, view, ts)), said, view, iv, at, naive_at(h, zone, ts, known_ts),
                     scale);
    }
}

/* By the clock: a change of it makes no week longer. */
static double weeks_before(const struct queue_view *view, int64_t known_ts)
{
    struct local_time from = zone_local(view->zone, view->from_ts), known = zone_local(view->zone, known_ts);
    return (from.day - known.day + (from.second - known.second) / (double)DAY_S) / WEEK_DAYS;
}

static char *when_text(enum accuracy_by by, const struct queue_view *view, const struct sums *sums,
                       int64_t known_ts)
{
    if (by == ACCURACY_DAY)
        return day_format((int32_t)sums->key);
    if (by == ACCURACY_INTERVAL)
        return g_strdup_printf("%02d:%02d", (int)(sums->key / 3600), (int)(sums->key / 60 % 60));
    if (by == ACCURACY_SNAPSHOT) {
        g_autofree char *time = time_format(known_ts, view->zone);
        return g_strdup_printf("known until %.10s", time);
    }
    return g_strdup("");
}

/* id NAN: of several */
static void add_row(struct table *table, const char *queue, const char *when, double id, double weeks_before,
                    const struct sums *sums)
{
    struct accuracy_rates plain, handed;
    accuracy_rates(&sums->plain, &plain);
    accuracy_rates(&sums->handed, &handed);
    table_text(table, queue);
    table_text(table, when);
    table_real(table, id);
    table_real(table, weeks_before);
    table_real(table, sums->plain.said);
    table_real(table, sums->changed > 0 ? sums->handed.said : NAN);
    table_real(table, sums->plain.came);
    table_real(table, plain.bias);
    table_real(table, plain.wape);
    table_real(table, sums->changed > 0 ? handed.wape : NAN);
    table_real(table, plain.naive_wape);
    table_real(table, plain.mase);
    table_real(table, plain.wql);
    table_real(table, plain.cov80);
    table_real(table, plain.cov95);
    table_int(table, (int64_t)sums->plain.n);
    table_real(table, sums->plain.said > 0 ? sums->said_s / sums->plain.said : NAN);
    table_real(table, sums->answered > 0 ? sums->worked_s / sums->answered : NAN);
}

static void merge(struct sums *all, const struct sums *more)
{
    accuracy_merge(&all->plain, &more->plain);
    accuracy_merge(&all->handed, &more->handed);
    all->changed += more->changed;
    all->said_s += more->said_s;
    all->worked_s += more->worked_s;
    all->answered += more->answered;
}

/* Rows of one queue and one choice among its forecasts. */
static bool queue_rows(const struct planning *planning, const struct queue_view *view,
                       const struct forecast_pick *pick, const struct hand *hand, enum accuracy_by by,
                       struct table *table, struct sums *all, GError **error)
{
    struct said said;
    g_autoptr(GError) cause = NULL;
    if (!said_init(&said, planning, view, pick, hand, &cause)) {
        if (g_error_matches(cause, WFM_ERROR, WFM_ERROR_NOT_FOUND))
            return true;
        g_propagate_error(error, g_steal_pointer(&cause));
        return false;
    }
    g_autoptr(GArray) rows = g_array_new(FALSE, TRUE, sizeof(struct sums));
    add_said(rows, by, view, &said);
    g_array_sort(rows, by_key);
    for (guint i = 0; i < rows->len; i++) {
        const struct sums *sums = &g_array_index(rows, struct sums, i);
        g_autofree char *when = when_text(by, view, sums, said.known_ts);
        merge(all, sums);
        add_row(table, view->queue->id, when, (double)said.plain.id, weeks_before(view, said.known_ts), sums);
    }
    said_clear(&said);
    return true;
}

static int64_t info_known_ts(const struct forecast_info *info)
{
    return info->history_end_ts != 0 ? info->history_end_ts : info->grid.start_ts;
}

/* Side by side: of each whole number of weeks before the newest forecast made then. */
static bool snapshot_rows(const struct planning *planning, const struct queue_view *view,
                          const struct hand *hand, struct table *table, struct sums *all, GError **error)
{
    struct forecast_info *infos = NULL;
    int n = 0;
    bool ok = store_forecast_list(planning->store, &scope_planner, view->queue->id, view->from_ts,
                                  view->to_ts, 0, &infos, &n, error);
    g_autoptr(GHashTable) newest = g_hash_table_new(g_direct_hash, g_direct_equal); /* weeks → info */
    int64_t most = 0;
    for (int i = 0; ok && i < n; i++) {
        int64_t weeks = (int64_t)MAX(0, weeks_before(view, info_known_ts(&infos[i])));
        const struct forecast_info *other = g_hash_table_lookup(newest, GINT_TO_POINTER((int)weeks));
        if (other == NULL || info_known_ts(&infos[i]) > info_known_ts(other))
            g_hash_table_insert(newest, GINT_TO_POINTER((int)weeks), &infos[i]);
        most = MAX(most, weeks);
    }
    for (int64_t weeks = most; ok && weeks >= 0; weeks--) {
        const struct forecast_info *info = g_hash_table_lookup(newest, GINT_TO_POINTER((int)weeks));
        struct forecast_pick pick = {.known_ts = info != NULL ? info_known_ts(info) : 0};
        if (info != NULL)
            ok = queue_rows(planning, view, &pick, hand, ACCURACY_SNAPSHOT, table, all, error);
    }
    forecast_infos_free(infos, n);
    return ok;
}

static bool wanted(const struct accuracy_ask *ask, const char *id)
{
    return ask->queues == NULL || ask->queues[0] == NULL || g_strv_contains(ask->queues, id);
}

static bool all_rows(const struct planning *planning, const struct accuracy_ask *ask, const struct hand *hand,
                     struct table *table, GError **error)
{
    const struct operation *operation = planning->operation;
    for (int i = 0; ask->queues != NULL && ask->queues[i] != NULL; i++)
        if (operation_queue(operation, ask->queues[i]) < 0)
            return wfm_fail(error, WFM_ERROR_NOT_FOUND, "queue %s: the operation has no such queue",
                            ask->queues[i]);
    bool ok = true;
    struct sums all = {0};
    for (int q = 0; ok && q < operation->n_queues; q++) {
        struct queue_view view = {0};
        if (!wanted(ask, operation->queues[q].id))
            continue;
        ok = queue_view_init(&view, planning, q, error) &&
             (ask->by == ACCURACY_SNAPSHOT
                  ? snapshot_rows(planning, &view, hand, table, &all, error)
                  : queue_rows(planning, &view, &ask->pick, hand, ask->by, table, &all, error));
        queue_view_clear(&view);
    }
    if (ok && ask->by == ACCURACY_QUEUE && table_rows(table) > 1)
        add_row(table, "all", "", NAN, NAN, &all);
    return ok;
}

struct table *accuracy_table(const struct planning *planning, const struct accuracy_ask *ask, GError **error)
{
    AUTO(table) table = table_new(columns);
    struct hand hand = {0};
    bool ok = hand_load(&hand, planning->store, planning->grid.start_ts, grid_end_ts(&planning->grid),
                        &ask->hand, error) &&
              all_rows(planning, ask, &hand, table, error);
    hand_clear(&hand);
    if (!ok)
        return NULL;
    if (table_rows(table) > 0)
        return g_steal_pointer(&table);
    g_autofree char *week = week_format(planning->first_day);
    wfm_fail(error, WFM_ERROR_NOT_FOUND,
             "week %s: no queue has both a forecast%s and history; import what came with wfm import history",
             week, ask->pick.known_ts != 0 || ask->pick.id != 0 ? " of that kind" : "");
    return NULL;
}
