#include "wfm/totals.h"

#include <math.h>
#include <string.h>

#include "forecast/hierarchy.h"
#include "forecast/reconcile.h"

#define BY_INTERVAL_MAX 128 /* with more totals than this days are reconciled, not intervals: time */

/* One total: what it adds up, as positions in the queues taking part. */
struct total {
    const struct totals_queue *queues; /* all that take part */
    const struct zone *zone;
    int *leaf;
    int n_leaves;
    struct forecast forecast;
    bool heard;
};

static void total_clear(void *data)
{
    struct total *total = data;
    g_free(total->leaf);
    if (total->heard)
        forecast_clear(&total->forecast);
}

/* ---- which totals there are ---- */

/* Two queues with equal keys are in the same total of a level; negative: in none. */
typedef int (*level_key)(const struct operation *operation, const struct queue *queue);

static int channel_key(const struct operation *operation, const struct queue *queue)
{
    (void)operation;
    return queue->client * CHANNEL_N + (int)queue->channel;
}

static int client_key(const struct operation *operation, const struct queue *queue)
{
    (void)operation;
    return queue->client;
}

/* The first queue of the same zone. */
static int zone_key(const struct operation *operation, const struct queue *queue)
{
    int first = 0;
    while (strcmp(operation->queues[first].zone, queue->zone) != 0)
        first++;
    return first;
}

static int all_key(const struct operation *operation, const struct queue *queue)
{
    (void)operation;
    (void)queue;
    return 0;
}

static const level_key levels[] = {channel_key, client_key, zone_key, all_key};

static bool same_leaves(const struct total *a, const struct total *b)
{
    return a->n_leaves == b->n_leaves && memcmp(a->leaf, b->leaf, (gsize)a->n_leaves * sizeof *a->leaf) == 0;
}

static void add_total(GArray *totals, const struct total *total)
{
    for (guint i = 0; i < totals->len; i++)
        if (same_leaves(&g_array_index(totals, struct total, i), total))
            return;
    struct total copy = *total;
    copy.leaf = g_memdup2(total->leaf, (gsize)total->n_leaves * sizeof *total->leaf);
    g_array_append_val(totals, copy);
}

/* Zone of a total: its queues', or the one given when they differ. */
static const struct zone *common_zone(const struct total *total, const struct zone *fallback)
{
    const struct zone *zone = total->queues[total->leaf[0]].input->zone;
    for (int i = 1; i < total->n_leaves; i++)
        if (strcmp(zone_name(total->queues[total->leaf[i]].input->zone), zone_name(zone)) != 0)
            return fallback;
    return zone;
}

struct keyed {
    int key, leaf;
};

static int by_key(const void *a, const void *b)
{
    const struct keyed *left = a, *right = b;
    int order = (left->key > right->key) - (left->key < right->key);
    return order != 0 ? order : (left->leaf > right->leaf) - (left->leaf < right->leaf);
}

static GArray *find_totals(const struct operation *operation, const struct zone *zone,
                           const struct totals_queue *queues, int n)
{
    GArray *totals = g_array_new(FALSE, TRUE, sizeof(struct total));
    g_array_set_clear_func(totals, total_clear);
    g_autofree struct keyed *keyed = g_new(struct keyed, (gsize)n);
    g_autofree int *leaf = g_new(int, (gsize)n);
    for (gsize level = 0; level < G_N_ELEMENTS(levels); level++) {
        for (int i = 0; i < n; i++)
            keyed[i] = (struct keyed){levels[level](operation, &operation->queues[queues[i].queue]), i};
        qsort(keyed, (size_t)n, sizeof *keyed, by_key);
        for (int from = 0, to = 0; from < n; from = to) {
            while (to < n && keyed[to].key == keyed[from].key)
                to++;
            for (int i = from; i < to; i++)
                leaf[i - from] = keyed[i].leaf;
            struct total total = {.queues = queues, .leaf = leaf, .n_leaves = to - from};
            total.zone = common_zone(&total, zone);
            if (total.n_leaves > 1)
                add_total(totals, &total);
        }
    }
    return totals;
}

/* ---- forecasting them ---- */

static void run_total(gpointer data, gpointer user)
{
    struct total *total = data;
    (void)user;
    g_autofree const struct forecast_input **inputs =
        g_new(const struct forecast_input *, (gsize)total->n_leaves);
    for (int i = 0; i < total->n_leaves; i++)
        inputs[i] = total->queues[total->leaf[i]].input;
    AUTO(hierarchy_sum) sum = hierarchy_sum_new(inputs, total->n_leaves);
    if (sum == NULL)
        return;
    for (int i = 0; i < total->n_leaves; i++)
        hierarchy_sum_add(sum, inputs[i]);
    struct forecast_input input = hierarchy_sum_input(sum, total->zone);
    /* One that cannot be forecast has no say: its queues are. */
    total->heard = forecast_run(&input, &total->forecast, NULL);
}

static int run_totals(GArray *totals, int jobs)
{
    int threads = jobs > 0 ? jobs : (int)g_get_num_processors(), heard = 0;
    GThreadPool *pool = g_thread_pool_new(run_total, NULL, threads, FALSE, NULL);
    for (guint i = 0; i < totals->len; i++)
        g_thread_pool_push(pool, &g_array_index(totals, struct total, i), NULL);
    g_thread_pool_free(pool, FALSE, TRUE);
    for (guint i = 0; i < totals->len; i++)
        heard += g_array_index(totals, struct total, i).heard;
    return heard;
}

/* ---- reconciling ---- */

/* Everything the periods share. */
struct reconciling {
    const struct totals_queue *queues;
    GArray *totals;
    struct reconcile_tree tree;
    struct reconcile_error *errors; /* queues */
    int *first, *leaf;
    const struct forecast **nodes; /* queues, then totals: NULL when not heard */
    double *base, *made;           /* nodes; queues */
    bool *uplift;                  /* queues: a planner says what to expect of some day */
};

static bool any_uplift(const struct forecast_input *input, int32_t first_day, int32_t last_day)
{
    for (int i = 0; i < input->n_specials; i++)
        if (input->specials[i].has_uplift && input->specials[i].day >= first_day &&
            input->specials[i].day <= last_day)
            return true;
    return false;
}

/* A total knows nothing of what a planner expects of one queue: it is not heard of such days. */
static void hush_totals(struct reconciling *r, int64_t from_ts, int64_t to_ts)
{
    int n = r->tree.n_leaves;
    for (int g = 0; g < r->tree.n_groups; g++)
        for (int k = r->first[g]; k < r->first[g + 1]; k++) {
            const struct forecast_input *input = r->queues[r->leaf[k]].input;
            if (r->uplift[r->leaf[k]] && any_uplift(input, zone_local_day(input->zone, from_ts),
                                                    zone_local_day(input->zone, to_ts - 1)))
                r->base[n + g] = NAN;
        }
}

static void reconciling_init(struct reconciling *r, const struct totals_queue *queues, int n, GArray *totals)
{
    int n_totals = (int)totals->len, n_members = 0, at = 0;
    for (int g = 0; g < n_totals; g++)
        n_members += g_array_index(totals, struct total, g).n_leaves;
    *r = (struct reconciling){.queues = queues, .totals = totals};
    r->first = g_new0(int, (gsize)n_totals + 1);
    r->leaf = g_new0(int, (gsize)n_members + 1);
    r->nodes = g_new0(const struct forecast *, (gsize)(n + n_totals));
    r->base = g_new0(double, (gsize)(n + n_totals));
    r->made = g_new0(double, (gsize)n);
    r->uplift = g_new0(bool, (gsize)n);
    for (int i = 0; i < n; i++) {
        r->nodes[i] = queues[i].forecast;
        r->uplift[i] = any_uplift(queues[i].input, INT32_MIN, INT32_MAX);
    }
    for (int g = 0; g < n_totals; g++) {
        const struct total *total = &g_array_index(totals, struct total, g);
        memcpy(&r->leaf[at], total->leaf, (gsize)total->n_leaves * sizeof *total->leaf);
        at += total->n_leaves;
        r->first[g + 1] = at;
        r->nodes[n + g] = total->heard ? &total->forecast : NULL;
    }
    r->tree = (struct reconcile_tree){n, n_totals, r->first, r->leaf};
    r->errors = g_new0(struct reconcile_error, (gsize)n);
    for (int i = 0; i < n; i++)
        r->errors[i] = reconcile_error(queues[i].forecast);
}

static void reconciling_clear(struct reconciling *r)
{
    g_free(r->errors);
    g_free(r->first);
    g_free(r->leaf);
    g_free(r->nodes);
    g_free(r->base);
    g_free(r->made);
    g_free(r->uplift);
}

/* Intervals of a forecast that start in [from_ts, to_ts). */
static void inside(const struct grid *grid, int64_t from_ts, int64_t to_ts, int32_t *from, int32_t *to)
{
    *from = CLAMP(grid_index(grid, from_ts + grid->interval_s - 1), 0, grid->n);
    *to = CLAMP(grid_index(grid, to_ts + grid->interval_s - 1), 0, grid->n);
}

static void run_period(struct reconciling *r, int64_t from_ts, int64_t to_ts)
{
    int n = r->tree.n_leaves;
    int32_t from, to;
    for (int i = 0; i < n + r->tree.n_groups; i++) {
        r->base[i] = r->nodes[i] != NULL ? 0 : NAN;
        if (r->nodes[i] == NULL)
            continue;
        inside(&r->nodes[i]->grid, from_ts, to_ts, &from, &to);
        for (int32_t iv = from; iv < to; iv++)
            r->base[i] += r->nodes[i]->offered[iv];
    }
    hush_totals(r, from_ts, to_ts);
    reconcile_period(&r->tree, r->errors, RECONCILE_WEIGHT, r->base, r->made);
    for (int i = 0; i < n; i++) {
        struct forecast *forecast = r->queues[i].forecast;
        double ratio = r->base[i] > 0 ? r->made[i] / r->base[i] : 1;
        inside(&forecast->grid, from_ts, to_ts, &from, &to);
        for (int32_t iv = from; iv < to; iv++) {
            forecast->offered[iv] *= ratio;
            for (int q = 0; q < FORECAST_QUANTILES; q++)
                forecast->quantile[q * forecast->grid.n + iv] *= ratio;
        }
    }
}

/* Span of all queues, and a period that holds whole intervals of each of them. */
static void run_periods(struct reconciling *r)
{
    int64_t start = INT64_MAX, end = INT64_MIN;
    int32_t step = 1;
    for (int i = 0; i < r->tree.n_leaves; i++) {
        const struct grid *grid = &r->nodes[i]->grid;
        start = MIN(start, grid->start_ts);
        end = MAX(end, grid_end_ts(grid));
        int32_t common = grid->interval_s;
        while (common % step != 0)
            common += grid->interval_s;
        step = common;
    }
    if (r->tree.n_groups > BY_INTERVAL_MAX)
        step = DAY_S;
    for (int64_t ts = start; ts < end; ts += step)
        run_period(r, ts, ts + step);
}

/* Contacts of the local days of a forecast (n_days). g_free. */
static double *day_totals(const struct forecast *forecast, const struct zone *zone)
{
    double *days = g_new0(double, (gsize)forecast->n_days + 1);
    for (int32_t iv = 0; iv < forecast->grid.n; iv++) {
        int day = zone_local_day(zone, grid_ts(&forecast->grid, iv)) - forecast->first_day;
        if (day >= 0 && day < forecast->n_days)
            days[day] += forecast->offered[iv];
    }
    return days;
}

/* Days and weeks of a queue follow its intervals: `before`, by day of the queue's zone. */
static void follow(const struct totals_queue *queue, const double *before)
{
    struct forecast *forecast = queue->forecast;
    memset(forecast->week_offered, 0, (gsize)forecast->n_weeks * sizeof *forecast->week_offered);
    g_autofree double *old_week = g_new0(double, (gsize)forecast->n_weeks + 1);
    g_autofree double *now = day_totals(forecast, queue->input->zone);
    for (int day = 0; day < forecast->n_days; day++) {
        double ratio = before[day] > 0 ? now[day] / before[day] : 1;
        old_week[day / WEEK_DAYS] += forecast->day_offered[day];
        forecast->day_offered[day] *= ratio;
        forecast->week_offered[day / WEEK_DAYS] += forecast->day_offered[day];
        for (int q = 0; q < FORECAST_QUANTILES; q++)
            forecast->day_quantile[q * forecast->n_days + day] *= ratio;
    }
    for (int week = 0; week < forecast->n_weeks; week++)
        for (int q = 0; q < FORECAST_QUANTILES; q++)
            forecast->week_quantile[q * forecast->n_weeks + week] *=
                old_week[week] > 0 ? forecast->week_offered[week] / old_week[week] : 1;
}

int totals_reconcile(const struct operation *operation, const struct zone *zone,
                     const struct totals_queue *queues, int n, int jobs)
{
    if (n < 2)
        return 0;
    struct reconciling reconciling;
    g_autoptr(GArray) totals = find_totals(operation, zone, queues, n);
    int heard = run_totals(totals, jobs);
    if (heard == 0)
        return 0;
    reconciling_init(&reconciling, queues, n, totals);
    g_autoptr(GPtrArray) before = g_ptr_array_new_with_free_func(g_free);
    for (int i = 0; i < n; i++)
        g_ptr_array_add(before, day_totals(queues[i].forecast, queues[i].input->zone));
    run_periods(&reconciling);
    for (int i = 0; i < n; i++)
        follow(&queues[i], g_ptr_array_index(before, (guint)i));
    reconciling_clear(&reconciling);
    return heard;
}
