/*
 * series_files.h - queues read from interval files, and their special days, for the benchmarks of the
 * forecaster.
 */
#ifndef WFM_TESTS_BENCH_SERIES_FILES_H
#define WFM_TESTS_BENCH_SERIES_FILES_H

#include "core/series.h"
#include "core/zone.h"
#include "forecast/forecast.h"

#include <glib.h>
#include <stdbool.h>

struct file_queue {
    char *name, *zone; /* zone: IANA name, UTC where the file has no column `timezone` */
    GArray *rows;      /* as read */
    GArray *specials;  /* struct forecast_special, sorted by day */
};

/* Reads the files (NULL-terminated; history as wfm imports it, plus a column `timezone`) and the special days
   (queue,date,name,kind; NULL = none) of their queues. The same queue at another interval is another one, and
   both then have it in their names. Returns struct file_queue in the order of the files,
   g_ptr_array_free; NULL on error. */
GPtrArray *series_files_read(char **files, const char *special, GError **error);

/* Rows onto a grid of `interval_min` (0: the rows' own), finer rows added up; an interval with a part missing
   is missing; a day has what its rows have. False, said on stderr, when the rows do not fit in. series_clear.
 */
bool series_files_build(const struct file_queue *queue, int interval_min, struct series *series);

/* Zone to read such a series in: of the queue; UTC for days, which lie on a grid of civil days. */
const char *series_files_zone(const struct file_queue *queue, int interval_min);

/* Both at once. False, said on stderr, when one of them is not to be had. zone_free, series_clear. */
bool series_files_open(const struct file_queue *queue, int interval_min, struct zone **zone,
                       struct series *series);

/* Local days the series reaches over: [*first, *end). */
void series_files_days(const struct series *series, const struct zone *zone, int32_t *first, int32_t *end);

/* What a forecast of the local days [from, end) is made from: the series before them, which goes to `known`
   (borrows the arrays), and the queue's special days. */
struct forecast_input series_files_input(const struct file_queue *queue, const struct series *series,
                                         const struct zone *zone, int32_t from, int32_t end,
                                         struct series *known);

#endif
