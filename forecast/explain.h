/*
 * explain.h - where a forecast comes from: its days taken apart into factors, and what they are compared
 * with.
 *
 * The models are asked again without the columns of the calendar, one group after the other: without special
 * days, then without the day of month too, then without the year. The ratios are the factors of these groups;
 * what is left are the level of each week and the weekday. So the factors describe the combined forecast, not
 * one model of it, and their product is its day total:
 *
 *   contacts = usual · drift · weekday · year · month · special · part · rest
 *
 * with `part` the share of the local day that lies in the horizon, and `rest` 1 on a horizon of seven days,
 * near it on longer ones (weekdays that change between weeks).
 */
#ifndef WFM_FORECAST_EXPLAIN_H
#define WFM_FORECAST_EXPLAIN_H

#include "forecast/backtest.h"

#define EXPLAIN_PAST_WEEKS 8  /* of history beside the forecast */
#define EXPLAIN_LEVEL_WEEKS 4 /* that make the recent level */

/* Why a day is special: its own name, or that of a day near it. */
enum explain_near {
    EXPLAIN_PLAIN,  /* no special day near */
    EXPLAIN_ON,     /* the day itself */
    EXPLAIN_BEFORE, /* `distance` days before one */
    EXPLAIN_AFTER,  /* `distance` days after one */
};

struct explain_day {
    int32_t day;     /* civil day of the queue's zone */
    double contacts; /* forecast */
    double low80, high80, low95, high95;
    double usual; /* contacts of a day of the horizon, on average, without calendar: the same for all days */
    double drift; /* level of its week, over usual */
    double weekday;              /* day of the week, over the mean of the seven */
    double year, month, special; /* effects of the calendar */
    double part, rest;
    bool closed; /* special = 0 */
    enum explain_near near;
    int distance; /* days to the one named */
    enum special_kind kind;
    const char *name; /* of the special day; owned by the explanation */
    int seen;         /* days of that name the models have learnt from */
    bool has_uplift; /* of the day itself: the planner says what it will do, or queues of the same client lend
                        it */
    bool lent;
    double uplift;    /* 0.25 = a quarter more contacts */
    double last_year; /* contacts 52 weeks before; NAN when not known */
};

struct explain_past_day {
    int32_t day;
    double contacts; /* NAN: not known */
    bool special;    /* special, closed or unplanned */
    double trust;    /* weight it is learnt with, 0..1 */
};

struct explanation {
    int n_days, n_past;
    struct explain_day *days;      /* n_days: those of the horizon */
    struct explain_past_day *past; /* n_past: the last of the history, oldest first */
    double weekday[WEEK_DAYS];     /* factors; NAN where the horizon has no such weekday */
    double level;      /* contacts of an ordinary week, as forecast for the first one: usual · drift · 7 */
    double recent;     /* of an ordinary week in the last EXPLAIN_LEVEL_WEEKS; NAN when not known */
    double earlier;    /* … in as many before those */
    double last_year;  /* … in the weeks of the horizon a year (52 weeks) before */
    double trend;      /* growth of ordinary weeks over the last EXPLAIN_PAST_WEEKS, per week; NAN */
    double drift_week; /* growth of the forecast's level per week; 0 for one week */
    int n_slots, interval_s;
    double *profile; /* WEEK_DAYS × n_slots: contacts by weekday and local slot, mean of the horizon's days
                        without special effect; 0 where closed */
    int gap_days;    /* between history and horizon, of weekdays the queue is open on */
    int days_cleaned, slots_missing, zeros_dropped;
    int32_t shift_day; /* a new level began; INT32_MIN: none */
    double history_weeks;
    char **names; /* n_names: owned copies */
    int n_names;
};

/* Takes the combination apart that made `forecast` (its intervals and days filled) from `backtest`: rows from
   `first` on. `features` are those of `input`; their rows of the horizon are cleared: nothing may be
   predicted afterwards. Never NULL. */
struct explanation *explanation_new(const struct model_input *input, struct day_features *features,
                                    const struct backtest *backtest, int first,
                                    const struct forecast *forecast);
void explanation_free(struct explanation *explanation);

#endif
