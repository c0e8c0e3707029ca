#include "tests/forecast/synthetic.h"

#include "tests/support/testing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct grid synthetic_days(const struct zone *zone, int32_t first_day, int n_days, int interval_s)
{
    int64_t start = zone_day_start(zone, first_day), end = zone_day_start(zone, first_day + n_days);
    return (struct grid){start, interval_s, (int32_t)((end - start) / interval_s)};
}

static double curve(int second)
{
    double hour = second / 3600.0;
    return exp(-0.5 * (hour - 10) * (hour - 10) / 9) + 0.7 * exp(-0.5 * (hour - 16) * (hour - 16) / 9) + 0.02;
}

double synthetic_weekly(int32_t day, int second)
{
    static const double weekday[] = {1.3, 1.1, 1, 1, 0.95, 0.5, 0.35};
    return 80 * weekday[day_weekday(day)] * curve(second);
}

static double normal(GRand *rand)
{
    double u = g_rand_double_range(rand, 1e-12, 1), v = g_rand_double(rand);
    return sqrt(-2 * log(u)) * cos(2 * G_PI * v);
}

static double poisson(GRand *rand, double rate)
{
    if (rate > 60)
        return MAX(0, floor(rate + sqrt(rate) * normal(rand) + 0.5));
    double p = exp(-rate), u = g_rand_double(rand), below = p;
    int k = 0;
    while (u > below && k < 1000) {
        p *= rate / ++k;
        below += p;
    }
    return k;
}

void synthetic_make(const struct synthetic *spec, struct series *series, struct zone **zone)
{
    g_autoptr(GError) error = NULL;
    int32_t first;
    *zone = zone_new(spec->zone, &error);
    ck_no_error(error);
    ck_assert(day_parse(spec->first_day, &first, NULL));
    struct grid grid = synthetic_days(*zone, first, spec->n_days, spec->interval_min * 60);
    series_init(series, &grid);
    GRand *rand = g_rand_new_with_seed(spec->seed);
    int32_t day = first - 1;
    double factor = 1;
    for (int32_t iv = 0; iv < grid.n; iv++) {
        struct local_time local = zone_local(*zone, grid_ts(&grid, iv));
        if (local.day != day)
            factor = exp(spec->noise * normal(rand));
        day = local.day;
        double rate = spec->rate(local.day, local.second);
        series->offered[iv] = spec->noise > 0 ? poisson(rand, rate * factor) : rate;
    }
    g_rand_free(rand);
}

void synthetic_input(const struct synthetic *spec, int gap_days, int n_days, struct series *series,
                     struct zone **zone, struct forecast_input *input)
{
    synthetic_make(spec, series, zone);
    int32_t end = zone_local_day(*zone, grid_end_ts(&series->grid) - 1) + 1;
    *input = (struct forecast_input){.history = series, .zone = *zone, .default_aht_s = 240};
    input->horizon = synthetic_days(*zone, end + gap_days, n_days, series->grid.interval_s);
}

static int column(char **header, const char *name)
{
    for (int i = 0; header[i] != NULL; i++)
        if (strcmp(header[i], name) == 0)
            return i;
    return -1;
}

static double value(char **cells, int at)
{
    return at >= 0 && cells[at] != NULL && *cells[at] != '\0' ? g_ascii_strtod(cells[at], NULL) : NAN;
}

/* Ends every line with a NUL and points at it. g_strsplit would search the rest of the file for each line,
   which the sanitizers measure to its end every time. */
static GPtrArray *cut_lines(char *text)
{
    GPtrArray *lines = g_ptr_array_new();
    char *line = text, *end = text + strlen(text);
    while (line < end) {
        char *newline = memchr(line, '\n', (size_t)(end - line));
        if (newline == NULL)
            newline = end;
        *newline = '\0';
        g_ptr_array_add(lines, g_strchomp(line));
        line = newline + 1;
    }
    return lines;
}

struct zone *synthetic_read(const char *path, const char *queue, struct series *series)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    g_file_get_contents(path, &text, NULL, &error);
    ck_no_error(error);
    g_autoptr(GPtrArray) lines = cut_lines(text);
    g_auto(GStrv) header = g_strsplit(lines->pdata[0], ",", -1);
    int start = column(header, "interval_start"), length = column(header, "interval_minutes");
    int offered = column(header, "offered"), answered = column(header, "answered"),
        aht = column(header, "aht_seconds");
    struct zone *zone = NULL;
    struct grid grid = {0};
    for (int round = 0; round < 2; round++) {
        for (guint i = 1; i < lines->len; i++) {
            if (!g_str_has_prefix(lines->pdata[i], queue))
                continue;
            g_auto(GStrv) cells = g_strsplit(lines->pdata[i], ",", -1);
            int64_t ts;
            if (cells[0] == NULL || strcmp(cells[0], queue) != 0 ||
                !time_parse(cells[start], NULL, &ts, NULL))
                continue;
            if (zone == NULL) {
                zone = zone_new(cells[column(header, "timezone")], NULL);
                grid = (struct grid){ts, (int32_t)value(cells, length) * 60, 0};
            }
            int32_t iv = grid_index(&grid, ts);
            if (round == 0) {
                grid.n = MAX(grid.n, iv + 1);
                continue;
            }
            series->offered[iv] = value(cells, offered);
            series->answered[iv] = value(cells, answered);
            series->handle_s[iv] = value(cells, aht) * series->answered[iv];
        }
        if (round == 0 && grid.n > 0)
            series_init(series, &grid);
    }
    return zone;
}
