#include "tests/bench/series_files.h"

#include "core/csv.h"
#include "core/history.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define DEFAULT_AHT_S 300 /* of queues whose files tell no handling time */

struct point {
    int64_t ts;
    int interval_s;
    double offered, handled, handle_s;
};

/* Rows of queue and zone: history_read knows nothing of the column `timezone`. Files without it are in UTC.
 */
enum { ZONE_QUEUE, ZONE_ZONE, ZONE_N };
static const struct csv_column zone_columns[ZONE_N] = {{"queue", true}, {"timezone", false}};

enum { SPECIAL_QUEUE, SPECIAL_DATE, SPECIAL_NAME, SPECIAL_KIND, SPECIAL_COLUMNS };
static const struct csv_column special_columns[SPECIAL_COLUMNS] = {
    {"queue", true}, {"date", true}, {"name", true}, {"kind", true}};

/* State of one reading. */
struct reading {
    GPtrArray *queues;
    GHashTable *zones; /* by name of the queue */
    int index[SPECIAL_COLUMNS];
    bool header_done;
};

static bool zone_row(const struct csv_row *row, void *user, GError **error)
{
    struct reading *reading = user;
    if (!reading->header_done) {
        reading->header_done = true;
        return csv_header(row, zone_columns, ZONE_N, false, reading->index, error);
    }
    const char *name = csv_field(row, reading->index, ZONE_QUEUE),
               *zone = csv_field(row, reading->index, ZONE_ZONE);
    if (!g_hash_table_contains(reading->zones, name))
        g_hash_table_insert(reading->zones, g_strdup(name), g_strdup(*zone != '\0' ? zone : "UTC"));
    return true;
}

static int interval_of(const struct file_queue *queue)
{
    return g_array_index(queue->rows, struct point, 0).interval_s;
}

/* The queue of a row, made when it is the first of its name and interval. */
static bool history_point(const struct history_row *row, void *user, GError **error)
{
    struct reading *reading = user;
    struct file_queue *queue = NULL;
    (void)error;
    for (guint i = 0; i < reading->queues->len && queue == NULL; i++) {
        struct file_queue *one = reading->queues->pdata[i];
        if (strcmp(one->name, row->queue) == 0 && interval_of(one) == row->interval_s)
            queue = one;
    }
    if (queue == NULL) {
        queue = g_new0(struct file_queue, 1);
        *queue = (struct file_queue){g_strdup(row->queue),
                                     g_strdup(g_hash_table_lookup(reading->zones, row->queue)),
                                     g_array_new(FALSE, TRUE, sizeof(struct point)),
                                     g_array_new(FALSE, TRUE, sizeof(struct forecast_special))};
        g_ptr_array_add(reading->queues, queue);
    }
    struct point point = {row->start_ts, row->interval_s, row->offered, row->answered, row->handle_s};
    g_array_append_val(queue->rows, point);
    return true;
}

static bool special_row(const struct csv_row *row, void *user, GError **error)
{
    struct reading *reading = user;
    if (!reading->header_done) {
        reading->header_done = true;
        return csv_header(row, special_columns, SPECIAL_COLUMNS, false, reading->index, error);
    }
    struct forecast_special special = {0};
    const char *name = csv_field(row, reading->index, SPECIAL_QUEUE);
    const char *kind = csv_field(row, reading->index, SPECIAL_KIND);
    if (!g_hash_table_contains(reading->zones, name))
        return true;
    if (!day_parse(csv_field(row, reading->index, SPECIAL_DATE), &special.day, error))
        return false;
    if (!special_kind_parse(kind, &special.kind))
        return csv_fail(row, "kind", error, "\"%s\" is none of closed, holiday, event, special, unplanned",
                        kind);
    for (guint i = 0; i < reading->queues->len; i++) {
        struct file_queue *queue = reading->queues->pdata[i];
        if (strcmp(queue->name, name) != 0)
            continue;
        special.name = g_strdup(csv_field(row, reading->index, SPECIAL_NAME));
        g_array_append_val(queue->specials, special);
    }
    return true;
}

/* A queue that comes in several intervals is told apart by them. */
static void tell_apart(GPtrArray *queues)
{
    for (guint i = 0; i < queues->len; i++) {
        struct file_queue *queue = queues->pdata[i];
        g_autofree char *name = g_strdup(queue->name);
        bool several = false;
        for (guint k = i + 1; k < queues->len; k++) {
            struct file_queue *other = queues->pdata[k];
            if (strcmp(other->name, name) != 0)
                continue;
            several = true;
            g_free(other->name);
            other->name = g_strdup_printf("%s %d min", name, interval_of(other) / 60);
        }
        if (several) {
            g_free(queue->name);
            queue->name = g_strdup_printf("%s %d min", name, interval_of(queue) / 60);
        }
    }
}

static int by_day(const void *a, const void *b)
{
    return ((const struct forecast_special *)a)->day - ((const struct forecast_special *)b)->day;
}

static int by_instant(const void *a, const void *b, void *user)
{
    const struct point *p = a, *q = b;
    (void)user;
    return (p->ts > q->ts) - (p->ts < q->ts);
}

/* Rows in order, of those that tell of the same interval the last (files that overlap). */
static void drop_repeats(struct file_queue *queue)
{
    struct point *rows = (struct point *)(void *)queue->rows->data;
    guint n = 0;
    g_qsort_with_data(rows, (gint)queue->rows->len, sizeof *rows, by_instant,
                      NULL); /* keeps the order of equals */
    for (guint i = 0; i < queue->rows->len; i++) {
        n += n == 0 || rows[n - 1].ts != rows[i].ts;
        rows[n - 1] = rows[i];
    }
    if (n < queue->rows->len)
        fprintf(stderr, "wfm-bench: %s: %u intervals are told of twice: the last row of each counts\n",
                queue->name, queue->rows->len - n);
    g_array_set_size(queue->rows, n);
}

static void queue_free(void *data)
{
    struct file_queue *queue = data;
    for (guint i = 0; i < queue->specials->len; i++)
        g_free((char *)g_array_index(queue->specials, struct forecast_special, i).name);
    g_array_free(queue->specials, TRUE);
    g_array_free(queue->rows, TRUE);
    g_free(queue->name);
    g_free(queue->zone);
    g_free(queue);
}

GPtrArray *series_files_read(char **files, const char *special, GError **error)
{
    const struct csv_options options = {0};
    const struct history_format format = {0};
    GPtrArray *queues = g_ptr_array_new_with_free_func(queue_free);
    g_autoptr(GHashTable) zones = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    bool good = true;
    for (char **file = files; good && *file != NULL; file++) {
        long rows;
        struct reading reading = {queues, zones, {0}, false};
        good = csv_read(*file, &options, zone_row, &reading, error) &&
               history_read(*file, &format, history_point, &reading, &rows, error);
    }
    struct reading reading = {queues, zones, {0}, false};
    good = good && (special == NULL || csv_read(special, &options, special_row, &reading, error));
    if (!good) {
        g_ptr_array_free(queues, TRUE);
        return NULL;
    }
    tell_apart(queues);
    for (guint i = 0; i < queues->len; i++) {
        g_array_sort(((struct file_queue *)queues->pdata[i])->specials, by_day);
        drop_repeats(queues->pdata[i]);
    }
    return queues;
}

static bool is_daily(const struct file_queue *queue, int interval_min)
{
    return interval_min == DAY_MIN ||
           (interval_min == 0 && g_array_index(queue->rows, struct point, 0).interval_s == GRID_DAY_S);
}

const char *series_files_zone(const struct file_queue *queue, int interval_min)
{
    return is_daily(queue, interval_min) ? "UTC" : queue->zone;
}

bool series_files_build(const struct file_queue *queue, int interval_min, struct series *series)
{
    g_autofree struct point *rows = g_memdup2(queue->rows->data, queue->rows->len * sizeof *rows);
    int64_t first = INT64_MAX, last = INT64_MIN;
    bool daily = is_daily(queue, interval_min);
    int from_s = rows[0].interval_s, to_s = interval_min > 0 ? interval_min * 60 : from_s;
    AUTO(zone) zone = zone_new(queue->zone, NULL);
    for (guint i = 0; i < queue->rows->len; i++) {
        if (daily && zone != NULL)
            rows[i].ts = grid_day_ts(zone_local_day(zone, rows[i].ts));
        first = MIN(first, rows[i].ts);
        last = MAX(last, rows[i].ts);
    }
    if ((!grid_interval_ok(to_s / 60) && !daily) || to_s % from_s != 0) {
        fprintf(stderr, "wfm-bench: %s: no forecast of %d-minute intervals from %d-minute rows\n",
                queue->name, to_s / 60, from_s / 60);
        return false;
    }
    /* Intervals start with the local day: in zones like Asia/Kolkata that is not on a whole hour of UTC. */
    int64_t day_start = daily || zone == NULL ? 0 : zone_day_start(zone, zone_local_day(zone, first));
    first -= ((first - day_start) % to_s + to_s) % to_s;
    struct grid grid = {first, to_s, (int32_t)((last - first) / to_s) + 1};
    series_init(series, &grid);
    g_autofree int *parts = g_new0(int, (gsize)grid.n);
    for (guint i = 0; i < queue->rows->len; i++) {
        int32_t iv = grid_index(&grid, rows[i].ts);
        double *to[] = {&series->offered[iv], &series->answered[iv], &series->handle_s[iv]};
        double add[] = {rows[i].offered, rows[i].handled, isnan(rows[i].handle_s) ? 0 : rows[i].handle_s};
        for (int k = 0; k < 3; k++)
            *to[k] = isnan(*to[k]) ? add[k] : *to[k] + add[k];
        parts[iv]++;
    }
    for (int32_t iv = 0; iv < grid.n; iv++)
        if (daily ? parts[iv] == 0 : parts[iv] != to_s / from_s)
            series->offered[iv] = series->answered[iv] = series->handle_s[iv] = NAN;
    return true;
}

bool series_files_open(const struct file_queue *queue, int interval_min, struct zone **zone,
                       struct series *series)
{
    g_autoptr(GError) error = NULL;
    *zone = zone_new(series_files_zone(queue, interval_min), &error);
    if (*zone == NULL) {
        fprintf(stderr, "wfm-bench: %s: %s\n", queue->name, error->message);
        return false;
    }
    return series_files_build(queue, interval_min, series);
}

void series_files_days(const struct series *series, const struct zone *zone, int32_t *first, int32_t *end)
{
    *first = zone_local_day(zone, series->grid.start_ts);
    *end = zone_local_day(zone, grid_end_ts(&series->grid) - 1) + 1;
}

struct forecast_input series_files_input(const struct file_queue *queue, const struct series *series,
                                         const struct zone *zone, int32_t from, int32_t end,
                                         struct series *known)
{
    const struct grid *grid = &series->grid;
    int64_t from_ts = zone_day_start(zone, from), end_ts = zone_day_start(zone, end);
    *known = *series;
    known->grid.n = grid_index(grid, from_ts);
    return (struct forecast_input){
        .history = known,
        .zone = zone,
        .specials = (const struct forecast_special *)(void *)queue->specials->data,
        .n_specials = (int)queue->specials->len,
        .default_aht_s = DEFAULT_AHT_S,
        .horizon = {from_ts, grid->interval_s, (int32_t)((end_ts - from_ts) / grid->interval_s)}};
}
