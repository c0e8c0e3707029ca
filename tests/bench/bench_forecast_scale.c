/*
 * wfm-bench forecast-scale: forecast_run on many invented queues: seconds, CPU per queue, and whether memory
 * stays flat.
 *
 * Every queue is made, forecast a week ahead and thrown away by one of the threads. Queues differ in size (2
 * to 400 contacts an hour at their busiest), weekdays, shape of the day, trend, and how much days differ;
 * there are fourteen feasts a year. CPU is of the forecasts alone.
 */
#include "core/random.h"
#include "core/series.h"
#include "core/zone.h"
#include "forecast/forecast.h"
#include "tests/bench/bench.h"

#include <math.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#define FIRST_YEAR 2023
#define FEASTS_A_YEAR 14
#define SPECIALS_MAX 128 /* of six years */
#define ROWS 4           /* told after each quarter of the queues */

struct options {
    int queues, weeks, interval_min, threads;
};

/* What the threads share. */
struct scale {
    const struct options *options;
    const struct zone *zone;
    struct forecast_special specials[SPECIALS_MAX];
    int n_specials;
    int32_t first_day;
    struct bench_table *table;
    GMutex lock; /* of all below */
    int done, failed;
    double start_wall_s, cpu_s;
    char *error; /* the first one */
};

static double uniform(struct random *random, double from, double to)
{
    return from + (to - from) * random_uniform(random);
}

static double normal(struct random *random)
{
    return sqrt(-2 * log(uniform(random, 1e-12, 1))) * cos(2 * G_PI * random_uniform(random));
}

static double count(struct random *random, double rate)
{
    if (rate > 30)
        return fmax(0, floor(rate + sqrt(rate) * normal(random) + 0.5));
    double p = exp(-rate), u = random_uniform(random), below = p;
    int k = 0;
    while (u > below && k < 200) {
        p *= rate / ++k;
        below += p;
    }
    return k;
}

/* How a queue behaves. */
struct behaviour {
    double busiest, weekday[WEEK_DAYS], morning, evening, trend, day_noise, aht_s;
};

static void behave(struct random *random, struct behaviour *b)
{
    b->busiest = exp(uniform(random, log(2), log(400)));
    for (int i = 0; i < WEEK_DAYS; i++)
        b->weekday[i] = i < 5 ? uniform(random, 0.8, 1.2) : uniform(random, 0.2, 0.7);
    b->morning = uniform(random, 9, 12);
    b->evening = uniform(random, 14, 19);
    b->trend = uniform(random, -0.3, 0.5);
    b->day_noise = uniform(random, 0.02, 0.15);
    b->aht_s = uniform(random, 120, 600);
}

static bool is_feast(const struct scale *scale, int32_t day)
{
    for (int i = 0; i < scale->n_specials; i++)
        if (scale->specials[i].day == day && scale->specials[i].kind == SPECIAL_HOLIDAY)
            return true;
    return false;
}

static void fill(const struct scale *scale, struct random *random, struct series *series)
{
    struct behaviour b;
    behave(random, &b);
    double day_factor = 1, hours = series->grid.interval_s / 3600.0;
    int32_t day = scale->first_day - 1;
    for (int32_t iv = 0; iv < series->grid.n; iv++) {
        struct local_time local = zone_local(scale->zone, grid_ts(&series->grid, iv));
        if (local.day != day) {
            double years = (local.day - scale->first_day) / 365.0;
            day_factor = b.busiest * b.weekday[day_weekday(local.day)] * (1 + b.trend * years) *
                         exp(b.day_noise * normal(random)) * (is_feast(scale, local.day) ? 0.4 : 1);
        }
        day = local.day;
        double hour = local.second / 3600.0, early = hour - b.morning, late = hour - b.evening;
        double shape = exp(-early * early / 8) + 0.8 * exp(-late * late / 10) + 0.02;
        series->offered[iv] = count(random, day_factor * shape * hours);
        series->answered[iv] = floor(0.97 * series->offered[iv] + 0.5);
        series->handle_s[iv] = series->answered[iv] * b.aht_s * exp(0.1 * normal(random));
    }
}

static double thread_cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double peak_mb(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

static void tell(struct scale *scale)
{
    double wall_s = bench_wall_s() - scale->start_wall_s;
    bench_cell(scale->table, "%d", scale->done);
    bench_cell(scale->table, "%.1f", wall_s);
    bench_cell(scale->table, "%.1f", 1000 * scale->cpu_s / scale->done);
    bench_cell(scale->table, "%.1f", scale->done / wall_s);
    bench_cell(scale->table, "%.1f", peak_mb());
    bench_table_flush(scale->table);
}

static void run_queue(gpointer data, gpointer user)
{
    struct scale *scale = user;
    const struct options *options = scale->options;
    g_autoptr(GError) error = NULL;
    struct random random;
    struct series series;
    struct forecast forecast;
    random_seed(&random, (uint64_t)GPOINTER_TO_INT(data));
    int32_t end_day = scale->first_day + options->weeks * WEEK_DAYS;
    int64_t start_ts = zone_day_start(scale->zone, scale->first_day),
            end_ts = zone_day_start(scale->zone, end_day),
            horizon_ts = zone_day_start(scale->zone, end_day + WEEK_DAYS);
    int interval_s = options->interval_min * 60;
    struct grid grid = {start_ts, interval_s, (int32_t)((end_ts - start_ts) / interval_s)};
    series_init(&series, &grid);
    fill(scale, &random, &series);
    struct forecast_input input = {
        .history = &series,
        .zone = scale->zone,
        .specials = scale->specials,
        .n_specials = scale->n_specials,
        .default_aht_s = 300,
        .horizon = {end_ts, interval_s, (int32_t)((horizon_ts - end_ts) / interval_s)}};
    double before = thread_cpu_s();
    bool good = forecast_run(&input, &forecast, &error);
    double cpu_s = thread_cpu_s() - before;
    if (good)
        forecast_clear(&forecast);
    series_clear(&series);
    g_mutex_lock(&scale->lock);
    scale->cpu_s += cpu_s;
    scale->failed += !good;
    if (!good && scale->error == NULL)
        scale->error = g_strdup(error->message);
    scale->done++;
    for (int i = 1; i <= ROWS; i++)
        if (scale->done == MAX(1, options->queues * (long)i / ROWS) &&
            (i == 1 || scale->done != MAX(1, options->queues * (long)(i - 1) / ROWS)))
            tell(scale);
    g_mutex_unlock(&scale->lock);
}

/* Feasts by name in every year. */
static void make_specials(struct scale *scale)
{
    static const char *const names[FEASTS_A_YEAR] = {
        "feast 1", "feast 2", "feast 3",  "feast 4",  "feast 5",  "feast 6",  "feast 7",
        "feast 8", "feast 9", "feast 10", "feast 11", "feast 12", "feast 13", "feast 14"};
    int32_t last = scale->first_day + (scale->options->weeks + 1) * WEEK_DAYS;
    for (int year = FIRST_YEAR; day_from_civil(year, 1, 1) <= last; year++)
        for (int i = 0; i < FEASTS_A_YEAR; i++) {
            int32_t day = day_from_civil(year, 1, 1) + i * 26 + (i * 7 + year) % 11;
            if (day <= last)
                scale->specials[scale->n_specials++] =
                    (struct forecast_special){.day = day, .kind = SPECIAL_HOLIDAY, .name = names[i]};
        }
}

static bool run(const struct options *options, bool csv)
{
    static const char *const columns[] = {"queues", "wall_s", "cpu_ms", "queues_per_s", "peak_mb", NULL};
    g_autoptr(GError) error = NULL;
    AUTO(zone) zone = zone_new("Europe/Berlin", &error);
    if (zone == NULL) {
        fprintf(stderr, "wfm-bench forecast-scale: %s\n", error->message);
        return false;
    }
    struct scale scale = {.options = options, .zone = zone, .first_day = day_from_civil(FIRST_YEAR, 1, 2)};
    make_specials(&scale);
    g_mutex_init(&scale.lock);
    scale.table = bench_table_new(csv, columns);
    scale.start_wall_s = bench_wall_s();
    GThreadPool *pool = g_thread_pool_new(run_queue, &scale, options->threads, TRUE, &error);
    for (int i = 1; pool != NULL && i <= options->queues; i++)
        g_thread_pool_push(pool, GINT_TO_POINTER(i), NULL);
    if (pool != NULL)
        g_thread_pool_free(pool, FALSE, TRUE);
    bench_table_end(scale.table);
    if (scale.failed > 0)
        fprintf(stderr, "wfm-bench forecast-scale: %d queues failed, the first: %s\n", scale.failed,
                scale.error);
    bool good = pool != NULL && scale.failed == 0;
    g_mutex_clear(&scale.lock);
    g_free(scale.error);
    return good;
}

int bench_forecast_scale(int argc, char **argv)
{
    struct options options = {.queues = 10000, .weeks = 52, .interval_min = 30, .threads = 2};
    bool csv = bench_take_csv(&argc, argv);
    GOptionEntry entries[] = {
        {"queues", 0, 0, G_OPTION_ARG_INT, &options.queues, "queues to forecast (10000)", "N"},
        {"weeks", 0, 0, G_OPTION_ARG_INT, &options.weeks, "weeks of history (52)", "W"},
        {"interval", 0, 0, G_OPTION_ARG_INT, &options.interval_min, "minutes (30)", "M"},
        {"threads", 0, 0, G_OPTION_ARG_INT, &options.threads, "threads (2)", "N"},
        {NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL}};
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) error = NULL;
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) || argc > 1 || options.queues < 1 ||
        options.weeks < 1 || options.weeks > 300 || options.threads < 1 ||
        !grid_interval_ok(options.interval_min)) {
        fprintf(stderr, "wfm-bench forecast-scale: %s\n",
                error != NULL ? error->message
                              : "takes --queues and --threads of 1 or more, --weeks of 1 to 300, --interval "
                                "5, 10, 15, 30 or 60");
        return 2;
    }
    return run(&options, csv) ? 0 : 1;
}
