#include "wfm/accuracy.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "forecast/accuracy.h"
#include "forecast/day_profile.h"
#include "core/week.h"

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

/* All rows in the making. */
struct making {
    struct store *store;
    const struct operation *operation;
    const struct accuracy_span *span;
    struct hand hand;
    GArray *rows; /* struct accuracy_row */
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
static bool queue_view_init(struct queue_view *view, const struct making *making, int queue, GError **error)
{
    struct series days = {0};
    *view = (struct queue_view){.queue = &making->operation->queues[queue],
                                .from_ts = making->span->from_ts,
                                .to_ts = making->span->to_ts};
    view->zone = zone_new(view->queue->zone, error);
    view->utc = zone_new("UTC", error);
    if (view->zone == NULL || view->utc == NULL ||
        !store_history_all(making->store, view->queue->id, &view->history, &days, error))
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

static bool said_init(struct said *said, const struct making *making, const struct queue_view *view,
                      const struct forecast_pick *pick, GError **error)
{
    struct stored_forecast *both[] = {&said->plain, &said->handed};
    *said = (struct said){.banded = false};
    for (int i = 0; i < 2; i++)
        if (!store_forecast_span(making->store, &scope_planner, view->queue->id, view->from_ts, view->to_ts,
                                 pick, both[i], error)) {
            said_clear(said);
            return false;
        }
    if (!hand_apply(&making->hand, view->queue, &said->handed, error)) {
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
    switch (by) {
    case ACCURACY_DAY:
        return day_format((int32_t)sums->key);
    case ACCURACY_INTERVAL:
        return g_strdup_printf("%02d:%02d", (int)(sums->key / 3600), (int)(sums->key / 60 % 60));
    case ACCURACY_SNAPSHOT:
        return day_format(zone_local_day(view->zone, known_ts));
    case ACCURACY_QUEUE:
    case ACCURACY_BY_N:
    default:
        return g_strdup("");
    }
}

/* Takes the texts. said NULL: of several. */
static void add_row(struct making *making, char *queue, char *when, const struct said *said,
                    double before_weeks, const struct sums *sums)
{
    struct accuracy_rates plain, handed;
    bool changed = sums->changed > 0;
    accuracy_rates(&sums->plain, &plain);
    accuracy_rates(&sums->handed, &handed);
    struct accuracy_row row = {
        .queue = queue,
        .when = when,
        .id = said != NULL ? said->plain.id : 0,
        .known_ts = said != NULL ? said->known_ts : INT64_MIN,
        .weeks_before = before_weeks,
        .forecast = sums->plain.said,
        .with_hand = changed ? sums->handed.said : NAN,
        .actual = sums->plain.came,
        .bias = plain.bias,
        .wape = plain.wape,
        .hand_wape = changed ? handed.wape : NAN,
        .naive_wape = plain.naive_wape,
        .mase = plain.mase,
        .wql = plain.wql,
        .cov80 = plain.cov80,
        .cov95 = plain.cov95,
        .intervals = sums->plain.n,
        .aht_forecast_s = sums->plain.said > 0 ? sums->said_s / sums->plain.said : NAN,
        .aht_actual_s = sums->answered > 0 ? sums->worked_s / sums->answered : NAN,
    };
    g_array_append_val(making->rows, row);
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
static bool queue_rows(struct making *making, const struct queue_view *view, const struct forecast_pick *pick,
                       struct sums *all, GError **error)
{
    enum accuracy_by by = making->span->by;
    struct said said;
    g_autoptr(GError) cause = NULL;
    if (!said_init(&said, making, view, pick, &cause)) {
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
        merge(all, sums);
        add_row(making, g_strdup(view->queue->id), when_text(by, view, sums, said.known_ts), &said,
                weeks_before(view, said.known_ts), sums);
    }
    said_clear(&said);
    return true;
}

static int64_t info_known_ts(const struct forecast_info *info)
{
    return info->history_end_ts != 0 ? info->history_end_ts : info->grid.start_ts;
}

/* Side by side: of each whole number of weeks before the newest forecast made then. */
static bool snapshot_rows(struct making *making, const struct queue_view *view, struct sums *all,
                          GError **error)
{
    struct forecast_info *infos = NULL;
    int n = 0;
    bool ok = store_forecast_list(making->store, &scope_planner, view->queue->id, view->from_ts, view->to_ts,
                                  0, 0, &infos, &n, error);
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
            ok = queue_rows(making, view, &pick, all, error);
    }
    forecast_infos_free(infos, n);
    return ok;
}

static bool one_queue(struct making *making, int queue, struct sums *all, GError **error)
{
    struct queue_view view = {0};
    bool ok =
        queue_view_init(&view, making, queue, error) &&
        (making->span->by == ACCURACY_SNAPSHOT ? snapshot_rows(making, &view, all, error)
                                               : queue_rows(making, &view, &making->span->pick, all, error));
    queue_view_clear(&view);
    return ok;
}

static bool wanted(const struct accuracy_span *span, const char *id)
{
    return span->queues == NULL || span->queues[0] == NULL || g_strv_contains(span->queues, id);
}

static bool all_rows(struct making *making, GError **error)
{
    const struct operation *operation = making->operation;
    const struct accuracy_span *span = making->span;
    struct sums all = {0};
    for (int i = 0; span->queues != NULL && span->queues[i] != NULL; i++)
        if (operation_queue(operation, span->queues[i]) < 0)
            return wfm_fail(error, WFM_ERROR_NOT_FOUND, "queue %s: the operation has no such queue",
                            span->queues[i]);
    for (int q = 0; q < operation->n_queues; q++)
        if (wanted(span, operation->queues[q].id) && !one_queue(making, q, &all, error))
            return false;
    if (span->by == ACCURACY_QUEUE && making->rows->len > 1)
        add_row(making, NULL, g_strdup(""), NULL, NAN, &all);
    return true;
}

bool accuracy_rows(struct store *store, const struct operation *operation, const struct accuracy_span *span,
                   struct accuracy_row **rows, int *n, GError **error)
{
    struct hand_ask ask = {.with = span->with, .without = span->without, .then = span->then};
    struct making making = {
        store, operation, span, {0}, g_array_new(FALSE, TRUE, sizeof(struct accuracy_row))};
    bool ok =
        hand_load(&making.hand, store, span->from_ts, span->to_ts, &ask, error) && all_rows(&making, error);
    hand_clear(&making.hand);
    *n = (int)making.rows->len;
    *rows = (struct accuracy_row *)(void *)g_array_free(making.rows, FALSE);
    if (ok)
        return true;
    accuracy_rows_free(*rows, *n);
    return false;
}

/* --- as a table
 * ----------------------------------------------------------------------------------------------------- */

static void table_row(struct table *table, enum accuracy_by by, const struct accuracy_row *row)
{
    g_autofree char *known = g_strdup_printf("known until %s", row->when);
    table_text(table, row->queue != NULL ? row->queue : "all");
    table_text(table, by == ACCURACY_SNAPSHOT ? known : row->when);
    table_real(table, row->id != 0 ? (double)row->id : NAN);
    table_real(table, row->weeks_before);
    table_real(table, row->forecast);
    table_real(table, row->with_hand);
    table_real(table, row->actual);
    table_real(table, row->bias);
    table_real(table, row->wape);
    table_real(table, row->hand_wape);
    table_real(table, row->naive_wape);
    table_real(table, row->mase);
    table_real(table, row->wql);
    table_real(table, row->cov80);
    table_real(table, row->cov95);
    table_int(table, (int64_t)row->intervals);
    table_real(table, row->aht_forecast_s);
    table_real(table, row->aht_actual_s);
}

struct table *accuracy_table(const struct planning *planning, const struct accuracy_span *span,
                             GError **error)
{
    struct accuracy_row *rows = NULL;
    int n = 0;
    if (!accuracy_rows(planning->store, planning->operation, span, &rows, &n, error))
        return NULL;
    AUTO(table) table = table_new(columns);
    for (int i = 0; i < n; i++)
        table_row(table, span->by, &rows[i]);
    accuracy_rows_free(rows, n);
    if (n > 0)
        return g_steal_pointer(&table);
    g_autofree char *week = week_format(planning->first_day);
    wfm_fail(error, WFM_ERROR_NOT_FOUND,
             "week %s: no queue has both a forecast%s and history; import what came with wfm import history",
             week, span->pick.known_ts != 0 || span->pick.id != 0 ? " of that kind" : "");
    return NULL;
}
