/*
 * outlook.h - the days of a horizon, what was forecast of them and what is already known; and the forecast
 * that follows.
 */
#ifndef WFM_FORECAST_OUTLOOK_H
#define WFM_FORECAST_OUTLOOK_H

#include "forecast/bands.h"
#include "forecast/intraday.h"

/* Rows are the local days of the horizon, whole ones even where the horizon begins or ends within a day. */
struct outlook {
    int n_days, n_slots;
    int32_t first_day; /* civil day of row 0 */
    double *zhat;      /* n_days × n_slots: roots as forecast beforehand */
    double *z, *seen;  /* n_days × n_slots: roots of what is known, 1 where it is */
    uint8_t *open;     /* n_days × n_slots */
    uint8_t *unusual;  /* n_days */
    double *size;      /* n_days: contacts of the whole day as forecast beforehand */
    int n;             /* intervals of the horizon .. */
    int *cell;         /* .. and their place, n */
};

/* zhat: rows first .. first + n_days - 1 of the matrix. What the history knows of the first of them is
   known. */
void outlook_init(struct outlook *outlook, const struct model_input *input, const struct grid *horizon,
                  const double *zhat, int first, int n_days);
void outlook_copy(struct outlook *outlook, const struct outlook *from);
void outlook_clear(struct outlook *outlook);

/* Is anything known? */
bool outlook_known(const struct outlook *outlook);

/* Takes in the contacts of the first n intervals of the horizon (NAN = not known). */
void outlook_learn(struct outlook *outlook, const double *offered, int n);

/* Fills what a forecast says of contacts: its arrays of intervals are allocated and 0, those of days and
   weeks are not. Intervals before the last known one keep what was said beforehand, but sums of days and
   weeks count what is known. intraday: NULL when nothing is known. */
void outlook_fill(const struct outlook *outlook, const struct bands *bands, const struct intraday *intraday,
                  struct forecast *out);

#endif
