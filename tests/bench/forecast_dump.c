#include "tests/bench/forecast_dump.h"

#include "core/error.h"

#include <csv.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Opens DIR/RUN.SUFFIX (RUN 0: DIR/SUFFIX) and prints its header, unless it goes on. */
static FILE *dump_open(const struct forecast_dump *dump, int run, const char *suffix, const char *header,
                       GError **error)
{
    g_autofree char *name = run > 0 ? g_strdup_printf("%04d.%s", run, suffix) : g_strdup(suffix);
    g_autofree char *path = g_build_filename(dump->dir, name, NULL);
    bool goes_on = run == 0 && dump->runs > 1;
    FILE *file = fopen(path, goes_on ? "a" : "w");
    if (file == NULL)
        wfm_fail(error, WFM_ERROR_IO, "%s: %s", path, g_strerror(errno));
    else if (!goes_on)
        fprintf(file, "%s\n", header);
    return file;
}

static bool dump_close(const struct forecast_dump *dump, FILE *file, GError **error)
{
    bool good = ferror(file) == 0;
    good = fclose(file) == 0 && good;
    return good || wfm_fail(error, WFM_ERROR_IO, "%s: cannot be written: %s", dump->dir, g_strerror(errno));
}

static void put_number(FILE *file, double value, char end)
{
    if (!isnan(value))
        fprintf(file, "%.10g", value);
    putc(end, file);
}

static void put_text(FILE *file, const char *text)
{
    csv_fwrite(file, text, strlen(text));
}

/* What was seen at a slot of a local day before `end`: the mean where the clock shows it twice. */
static double observed(const struct series *series, const struct zone *zone, int32_t day, int32_t second,
                       int64_t end)
{
    int64_t ts[2];
    double sum = 0;
    int n = zone_instants(zone, day, second, ts), seen = 0;
    for (int i = 0; i < n; i++) {
        int32_t iv = grid_index(&series->grid, ts[i]);
        if (iv < 0 || iv >= series->grid.n || ts[i] >= end || isnan(series->offered[iv]))
            continue;
        sum += series->offered[iv];
        seen++;
    }
    return seen > 0 ? sum / seen : NAN;
}

static bool write_train(const struct forecast_dump *dump, const struct forecast_dump_run *run, GError **error)
{
    const struct series *series = run->series;
    int32_t first = zone_local_day(run->zone, series->grid.start_ts),
            origin = zone_local_day(run->zone, run->horizon->start_ts);
    FILE *file = dump_open(dump, dump->runs, "train.csv", "day,slot,y", error);
    if (file == NULL)
        return false;
    for (int32_t day = first; day < origin; day++) {
        g_autofree char *date = day_format(day);
        for (int slot = 0; slot < DAY_S / series->grid.interval_s; slot++) {
            fprintf(file, "%s,%d,", date, slot);
            put_number(
                file,
                observed(series, run->zone, day, slot * series->grid.interval_s, run->horizon->start_ts),
                '\n');
        }
    }
    return dump_close(dump, file, error);
}

static bool write_test(const struct forecast_dump *dump, const struct forecast_test *test, GError **error)
{
    FILE *file = dump_open(dump, dump->runs, "test.csv", "day,slot,y,naive", error);
    if (file == NULL)
        return false;
    for (int i = 0; i < test->n; i++) {
        g_autofree char *date = day_format(test->day[i]);
        fprintf(file, "%s,%d,", date, test->slot[i]);
        put_number(file, test->actual[i], ',');
        put_number(file, test->naive[i], '\n');
    }
    return dump_close(dump, file, error);
}

/* Kinds as columns of 0 and 1; of several names the first of a day that is not unplanned. */
static bool write_days(const struct forecast_dump *dump, const struct forecast_dump_run *run, GError **error)
{
    int32_t first = zone_local_day(run->zone, run->series->grid.start_ts) - 7,
            last = zone_local_day(run->zone, grid_end_ts(run->horizon) - 1) + 7;
    FILE *file = dump_open(dump, dump->runs, "days.csv", "day,closed,holiday,event,unplanned,name", error);
    if (file == NULL)
        return false;
    for (int32_t day = first; day <= last; day++) {
        g_autofree char *date = day_format(day);
        bool is[SPECIAL_N] = {false};
        const char *name = NULL;
        for (int i = 0; i < run->n_specials; i++) {
            const struct forecast_special *special = &run->specials[i];
            if (special->day != day)
                continue;
            is[special->kind] = true;
            if (name == NULL && special->kind != SPECIAL_UNPLANNED)
                name = special->name;
        }
        fprintf(file, "%s,%d,%d,%d,%d,", date, is[SPECIAL_CLOSED], is[SPECIAL_HOLIDAY] || is[SPECIAL_OTHER],
                is[SPECIAL_EVENT], is[SPECIAL_UNPLANNED]);
        put_text(file, name != NULL ? name : "");
        putc('\n', file);
    }
    return dump_close(dump, file, error);
}

static bool write_ours(const struct forecast_dump *dump, const struct forecast_dump_run *run, GError **error)
{
    int n = run->test->n;
    FILE *file = dump_open(dump, dump->runs, "wfm.pred.csv", "method,mean,q025,q10,q50,q90,q975", error);
    if (file == NULL)
        return false;
    for (int i = 0; i < n; i++) {
        fputs("wfm,", file);
        put_number(file, run->mean[i], ',');
        for (int q = 0; q < SCORE_QUANTILES; q++)
            put_number(file, run->quantile[q * n + i], q + 1 < SCORE_QUANTILES ? ',' : '\n');
    }
    if (!dump_close(dump, file, error))
        return false;
    file = dump_open(dump, dump->runs, "wfm.cpu.csv", "method,cpu_s", error);
    if (file == NULL)
        return false;
    fprintf(file, "wfm,%.6f\n", run->cpu_s);
    return dump_close(dump, file, error);
}

bool forecast_dump_add(struct forecast_dump *dump, const struct forecast_dump_run *run, GError **error)
{
    dump->runs++;
    g_autofree char *origin = day_format(zone_local_day(run->zone, run->horizon->start_ts));
    if (!write_train(dump, run, error) || !write_test(dump, run->test, error) ||
        !write_days(dump, run, error) || !write_ours(dump, run, error))
        return false;
    FILE *file = dump_open(dump, 0, "runs.csv",
                           "run,queue,origin,interval_minutes,weeks,naive_mean,naive_root", error);
    if (file == NULL)
        return false;
    fprintf(file, "%04d,", dump->runs);
    put_text(file, run->queue);
    fprintf(file, ",%s,%d,%d,", origin, run->horizon->interval_s / 60, run->weeks);
    put_number(file, run->test->naive_mean, ',');
    put_number(file, run->test->naive_root, '\n');
    return dump_close(dump, file, error);
}
