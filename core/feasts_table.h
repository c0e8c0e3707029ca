/*
 * feasts_table.h - the rows behind core/feasts.h.
 */
#ifndef WFM_CORE_FEASTS_TABLE_H
#define WFM_CORE_FEASTS_TABLE_H

#include <stdint.h>

enum feast_when {
    WHEN_DATE,     /* a = month, b = day */
    WHEN_EASTER,   /* a = days after Easter Sunday */
    WHEN_ORTHODOX, /* a = days after Orthodox Easter */
    WHEN_NTH,      /* a = month, b = weekday (0 = Monday), c = which one; -1 = the last */
    WHEN_ON_OR,    /* a = month, b = day, c = weekday: the first such day on or after it */
    WHEN_BEFORE,   /* likewise the last such day before it */
    WHEN_EQUINOX,  /* a = 3 or 9: in Japan */
    WHEN_TABLE,    /* a = enum feast_lunar, b = days after */
};

enum feast_lunar {
    LUNAR_FITR,
    LUNAR_ADHA,
    LUNAR_YEAR,
    LUNAR_MAWLID,
    LUNAR_CHINESE,
    LUNAR_DIWALI,
    LUNAR_HOLI,
    LUNAR_MATARIKI,
    LUNAR_N
};

/* What happens to a feast on a weekend. "Next" is the next day that is neither weekend nor feast. */
enum feast_shift {
    SHIFT_NONE,
    SHIFT_NEAREST,        /* Saturday: the Friday too; Sunday: the Monday too */
    SHIFT_NEXT,           /* Saturday and Sunday: the next day too */
    SHIFT_SUNDAY_NEXT,    /* Sunday: the next day too */
    SHIFT_TO_SATURDAY,    /* Sunday: moved to the day before */
    SHIFT_TO_MONDAY,      /* any other day than Monday: moved to the next Monday */
    SHIFT_TO_NEAR_MONDAY, /* Tuesday, Wednesday: to the Monday before; Thursday, Friday: to the next */
};

struct feast_rule {
    const char *country;
    const char *parts; /* NULL: all of it; else the parts that have it, "BW,BY" */
    const char *name;
    enum feast_when when;
    int a, b, c;
    int from, to; /* years; 0 = open */
    enum feast_shift shift;
};

extern const struct feast_rule feast_rules[]; /* by country */
extern const int feast_n_rules;

/* Dates as yyyymmdd, ascending, ended by 0. */
extern const int *const feast_lunar_dates[LUNAR_N];

#endif
