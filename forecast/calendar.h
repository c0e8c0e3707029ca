/*
 * calendar.h - what is known of each day beforehand (weekday, feasts, closed days, events, place in month and
 * year), as flags and as the columns of a regression.
 *
 * A feast is known by its name: the same name in every year shares one effect, and all feasts share another,
 * so a feast seen once leans on the others (partial pooling). Days before and after count too. Penalties
 * after the project's trial of the factor model.
 */
#ifndef WFM_FORECAST_CALENDAR_H
#define WFM_FORECAST_CALENDAR_H

#include "core/zone.h"
#include "forecast/forecast.h"

struct day_info {
    int weekday;    /* 0 = Monday */
    bool closed;    /* no contacts; never learnt from; predicted 0 */
    bool holiday;   /* kind holiday or special */
    bool event;     /* kind event */
    bool unplanned; /* outage in the past: never learnt from, no effect */
    int feast;      /* index of the name among holidays and events of this calendar, -1 = none */
    int open_from_min, open_to_min; /* hours of this day, both 0: as usual */
    bool has_uplift;                /* what the planner expects, see struct forecast_special */
    double uplift;
    bool lent; /* the uplift is what sister queues saw, not the planner's */
};

struct day_calendar {
    int32_t first_day;
    int n_days;
    struct day_info *days; /* n_days */
    const char **names;    /* n_names, borrowed from the specials */
    int n_names;
};

/* A name that only says "special" or "holiday" is a name per date.
   Days first_day .. last_day. Specials outside are kept out, but for their neighbours' sake build it with
   some days to spare. Several specials on one day: closed wins over holiday over event for the effect. The
   names must outlive the calendar. */
void calendar_init(struct day_calendar *calendar, int32_t first_day, int32_t last_day,
                   const struct forecast_special *specials, int n_specials);
void calendar_clear(struct day_calendar *calendar);

/* Does the name only say that the day is special ("holiday")? It stands for many feasts then. */
bool calendar_name_is_empty(const char *name);

/* Day by civil day; must lie inside. */
static inline const struct day_info *calendar_day(const struct day_calendar *calendar, int32_t day)
{
    return &calendar->days[day - calendar->first_day];
}

static inline bool calendar_is_special(const struct day_info *info)
{
    return info->closed || info->holiday || info->event || info->unplanned;
}

/* Do the hours of the day, if it has any of its own, touch these minutes of the wall clock? */
static inline bool calendar_hours(const struct day_info *info, int from_min, int to_min)
{
    return info->open_to_min == 0 || (to_min > info->open_from_min && from_min < info->open_to_min);
}

/* Groups of columns a model may take or leave. */
enum feature_group {
    FEATURE_SPECIAL = 1 << 0, /* feasts, days around them, events */
    FEATURE_MONTH = 1 << 1,   /* day of month */
    FEATURE_YEAR_1 = 1 << 2,  /* first harmonic of the year */
    FEATURE_YEAR_2 = 1 << 3,
    FEATURE_YEAR_3 = 1 << 4,
};

/* Groups of columns that so many days of history can tell from the level: a day of the month has to be seen
 * thrice. Waves of the year are chosen by the models. */
static inline int features_known(int history_days)
{
    return history_days >= 91 ? ~0 : ~FEATURE_MONTH;
}

/* Regression columns for n_days days from first_day. */
struct day_features {
    int32_t first_day;
    int n_days, n;
    double *x;       /* n_days × n, by day */
    double *penalty; /* n: relative strength of shrinkage */
    int *group;      /* n: enum feature_group */
    int *first;      /* n_days + 1: where the columns of a day that are not 0 start in `column` */
    int *column;     /* first[n_days] */
};

void features_init(struct day_features *features, const struct day_calendar *calendar, int32_t first_day,
                   int n_days);
void features_clear(struct day_features *features);

#endif
