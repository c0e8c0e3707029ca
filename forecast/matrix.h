/*
 * matrix.h - history folded to local days × local slots, and intervals of the UTC axis found in it again.
 *
 * Slot s of a day holds the interval that starts at wall-clock second s·interval_s (or inside that slot, in
 * zones whose offset is not a multiple of the interval). A day of a clock change has slots without interval
 * (gap) and slots with two (fold): a cell holds the mean of its intervals, and models never learn from the
 * slots before 03:00 of such a day, because real sources break them in three ways (both hours in one row,
 * first occurrence empty, hour missing). Predicting goes through matrix_cell: the doubled hour is predicted
 * twice with the value of one slot, and a gap slot simply has no interval.
 *
 * Immutable after matrix_init (matrix_drop_zeros is part of preparing it); then readable from any thread.
 */
#ifndef WFM_FORECAST_MATRIX_H
#define WFM_FORECAST_MATRIX_H

#include "core/operation.h"
#include "core/series.h"
#include "forecast/calendar.h"

struct day_matrix {
    const struct zone *zone; /* borrowed */
    int32_t first_day;       /* civil day of row 0 */
    int n_days, n_slots, interval_s;
    double *y;    /* n_days × n_slots: contacts per interval; NAN = no model may learn from it (not observed,
                     closed, unplanned, clock change) */
    double *z;    /* n_days × n_slots: root of y (root.h), 0 where y is NAN */
    double *seen; /* n_days × n_slots: 1 where y is a number, else 0 */
    uint8_t *open; /* WEEK_DAYS × n_slots: 1 = contacts may come; from the opening hours, else from what was
                      ever observed */
    int missing;   /* open cells of history, outside closed and unplanned days and clock changes, without
                      observation */
    int dropped;   /* of those, zeros that can only be an outage */
    int *dropped_at; /* n_days: of them by day */
};

/* Folds `values` (history->grid.n: offered, or any other count on the same grid). Rows span the first to the
   last local day with an observation; with none: n_days = 0. calendar must start at or before the first day
   of the grid and cover its last. Values must be finite and >= 0, or NAN. */
void matrix_init(struct day_matrix *matrix, const struct grid *grid, const double *values,
                 const struct zone *zone, const struct day_calendar *calendar, const struct week_span *open,
                 int n_open);
void matrix_clear(struct day_matrix *matrix);

/* Turns zeros that cannot be real into missing: an empty cell of an ordinary day that is not empty as a
   whole, at a weekday and slot with a usual rate above 8 (chance under 1 in 3,000) that is rarely empty.
   Raises missing and dropped. */
void matrix_drop_zeros(struct day_matrix *matrix, const struct day_calendar *calendar);

/* Row (may be < 0 or >= n_days: counted on) and slot of an instant. */
void matrix_cell(const struct day_matrix *matrix, int64_t ts, int *day, int *slot);

/* Weekday (0 = Monday) of a row, also beyond the matrix. */
static inline int matrix_weekday(const struct day_matrix *matrix, int day)
{
    return day_weekday(matrix->first_day + day);
}

/* Contacts seen before a row, and the number of intervals (cells) they came in. */
double matrix_contacts(const struct day_matrix *matrix, int end, double *intervals);

/* May contacts come at all on a weekday? */
bool matrix_weekday_open(const struct day_matrix *matrix, int weekday);

/* Share of the open slots of a row that are seen, 0..1; 0 for a day without open slots. */
double matrix_seen_share(const struct day_matrix *matrix, int day);

#endif
