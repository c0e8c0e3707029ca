/*
 * forecast_random.h - random inputs of a forecast: odd clocks, holes, outages, new levels, closed weekends,
 * special days of every kind, horizons from anywhere to anywhere.
 */
#ifndef WFM_TESTS_FUZZ_FORECAST_RANDOM_H
#define WFM_TESTS_FUZZ_FORECAST_RANDOM_H

#include "core/random.h"
#include "forecast/forecast.h"

#define RANDOM_SPECIALS_MAX 64

/* What a history is like; each adds to the others. */
enum random_trait {
    TRAIT_ZEROS = 1 << 0,         /* no contact ever */
    TRAIT_ONE = 1 << 1,           /* one, ever */
    TRAIT_HOLES = 1 << 2,         /* most intervals are not observed */
    TRAIT_GAP = 1 << 3,           /* weeks without observation */
    TRAIT_OUTAGES = 1 << 4,       /* hours of zeros */
    TRAIT_STEPS = 1 << 5,         /* levels that change, once by 50 */
    TRAIT_NO_WEEKEND = 1 << 6,    /* Saturdays and Sundays not observed */
    TRAIT_OPENING_HOURS = 1 << 7, /* given as such; contacts come around the clock all the same */
    TRAIT_LATE = 1 << 8,          /* the horizon starts weeks after the end */
    TRAIT_WITHIN_DAY = 1 << 9,    /* history ends within a day */
    TRAIT_SPECIALS = 1 << 10,     /* of every kind, several on one day */
    TRAIT_HANDLED = 1 << 11,      /* with handling times, waits and abandoned contacts */
    TRAIT_LONG = 1 << 12,         /* the horizon has ten weeks */
    TRAIT_SHORT = 1 << 13,        /* the horizon has one interval */
};

struct random_kind {
    const char *what, *zone, *first_day;
    int interval_min, days_min, days_max; /* 1440 minutes: a grid of days */
    double level;                         /* contacts of a usual interval */
    unsigned traits;
};

/* input borrows the rest. */
struct random_forecast {
    struct forecast_input input;
    struct series series;
    struct zone *zone;
    struct forecast_special specials[RANDOM_SPECIALS_MAX];
    struct week_span spans[2];
};

/* Equal kinds and seeds give equal inputs. random_forecast_clear. */
void random_forecast_init(struct random_forecast *made, const struct random_kind *kind, uint64_t seed);
void random_forecast_clear(struct random_forecast *made);

/* A whole number of a .. b. */
int random_between(struct random *random, int a, int b);

#endif
