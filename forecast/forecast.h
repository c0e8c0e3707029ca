/*
 * forecast.h - from the history of a queue to its volume, AHT and their spread over a horizon.
 *
 * Pure: no clock, no files, no database. The queue's own zone rules: history is folded into a matrix of local
 * days × local slots (forecast/matrix.h), each model (forecast/model.h) predicts days of it, and a
 * rolling-origin backtest says how far they can be trusted and how to weigh them.
 */
#ifndef WFM_FORECAST_FORECAST_H
#define WFM_FORECAST_FORECAST_H

#include "core/operation.h"
#include "core/series.h"
#include "forecast/patience.h"

#define FORECAST_QUANTILES 7
extern const double forecast_quantile_levels[FORECAST_QUANTILES]; /* 0.025 0.05 0.10 0.50 0.90 0.95 0.975 */

/* A special day of this queue (already filtered by scope by the caller). */
struct forecast_special {
    int32_t day;
    enum special_kind kind;
    const char *name;
    bool has_uplift;
    double uplift; /* the planner's: 0.25 = a quarter more contacts than without it; blended with what past
                      days of the same name taught */
    int open_from_min, open_to_min; /* contacts come within these minutes of the wall clock only; both 0: as
                                       usual */
};

/* What days of a name did to queues like this one: log ratio to an ordinary day, from so many of them. */
struct feast_effect {
    const char *name;
    double effect;
    int days;
};

struct forecast_input {
    const struct series *history;
    const struct zone *zone;                 /* of the queue */
    const struct forecast_special *specials; /* n_specials, sorted by day; past and future */
    int n_specials;
    const struct week_span *open; /* opening hours, n_open = 0: around the clock */
    int n_open;
    double default_aht_s; /* where history has no handling time */
    struct grid horizon;  /* what to predict; same interval as the history; starts at or after the history's
                             end (a gap is allowed) */
    bool explain;         /* fill forecast.explanation */
    const struct feast_effect
        *sisters; /* n_sisters, by name (forecast/sisters.h); n_sisters = 0: none known */
    int n_sisters;
};

#define FORECAST_MODELS_MAX 16
#define FORECAST_BANDS 3 /* of lead: 1 to 7 days, 8 to 28, more; the models are weighed for each */

/* One model's part in the result. */
struct forecast_model_report {
    const char *name;               /* static */
    double weight;                  /* in the combination, 0..1, for the first days of the horizon */
    double wape;                    /* rolling-origin, NAN when history is too short */
    double weights[FORECAST_BANDS]; /* in the combination, for each band of lead */
};

struct forecast_backtest {
    int origins;                 /* rolling origins used; 0 = history too short */
    double wape;                 /* Σ|actual - forecast| / Σ actual, over all intervals of all origins */
    double day_wape;             /* the same on day totals */
    double naive_wape;           /* seasonal naive (same weekday last week) on the same origins */
    double bias;                 /* Σ(forecast - actual) / Σ actual */
    double cov80, cov95;         /* share of intervals inside the 10-90 % and the 2.5-97.5 % band */
    double aht_wape;             /* volume-weighted, NAN without handling times */
    double aht_mean_wape;        /* the same of one AHT for all, the mean before each origin */
    double day_cov80, day_cov95; /* share of day totals inside the bands of days */
};

/* A day of the backtest, forecast from an origin as if it were not known; contacts of its seen intervals. */
struct forecast_test_day {
    int32_t origin, day; /* civil days of the queue's zone */
    double actual, said;
};

/* What was noticed in the history, day by day. */
enum finding_kind {
    FINDING_OUTLIER, /* far from its neighbours: counts less; size = its weight, below 1 */
    FINDING_EMPTY,   /* no contacts where there are many: left out */
    FINDING_MISSING, /* not half observed: left out; size = share observed */
    FINDING_OUTAGE,  /* zeros amid busy slots: taken for not observed; size = slots */
    FINDING_LEVEL,   /* a new level begins; size = its ratio to the one before */
    FINDING_N
};
const char *finding_kind_name(enum finding_kind kind); /* "outlier", "empty", "missing", "outage", "level" */
struct forecast_finding {
    int32_t day; /* civil day */
    enum finding_kind kind;
    double size;
};

struct forecast {
    struct grid grid; /* the horizon */
    double *offered;  /* grid.n: expected contacts */
    double *aht_s;    /* grid.n */
    double *quantile; /* FORECAST_QUANTILES × grid.n, by level */
    struct forecast_backtest backtest;
    struct forecast_model_report models[FORECAST_MODELS_MAX];
    int n_models;
    int days_cleaned;  /* days down-weighted as outliers */
    int slots_missing; /* open slots without observation in the history */
    struct forecast_test_day
        *test_days; /* n_test_days, by origin and day; days without an observation left out */
    int n_test_days;
    /* Contacts of whole local days of the queue's zone, as far as they lie in the horizon, and of runs of
       seven of them from the first (the last may be shorter): expected, and quantiles by level. Sums of the
       intervals' quantiles would be far too wide a band, quantiles of sums as if intervals were independent
       far too narrow. */
    int32_t first_day; /* civil day of the horizon's first interval */
    int n_days, n_weeks;
    double *day_offered;   /* n_days */
    double *day_quantile;  /* FORECAST_QUANTILES × n_days */
    double *week_offered;  /* n_weeks */
    double *week_quantile; /* FORECAST_QUANTILES × n_weeks */
    int32_t *day_iv;       /* n_days + 1: first interval of each day, and the end of the last */
    int32_t n_known;       /* intervals of the horizon up to the last one that is known (forecaster_update) */
    double day_correlation; /* of the errors of two days of a week, 0..1 */
    double busyness_cv2; /* squared coefficient of variation of the factor by which a whole day is busier or
                            calmer than forecast, beyond chance: what staffing for an uncertain rate needs */
    struct explanation *explanation; /* forecast/explain.h; NULL unless asked for */
    double count_cv2; /* where few contacts come, their number is negative binomial: mean `offered`, variance
                         offered + count_cv2 · offered² */
    struct patience patience;          /* of the whole history */
    struct forecast_finding *findings; /* n_findings, by day */
    int n_findings;
};

/* Fits, backtests and predicts. When the history knows the morning of the day the horizon begins in, the rest
   of that day and the days after it follow from it (forecast/intraday.h). WFM_ERROR_INPUT when nothing can be
   said (no observation at all, misaligned horizon, negative or non-finite counts). Deterministic. On success
   *out owns its arrays; free with forecast_clear. */
bool forecast_run(const struct forecast_input *input, struct forecast *out, GError **error);
void forecast_clear(struct forecast *forecast);

/* What a forecast was made of, kept to bring it up to date while its days happen: fitting and backtest are
   done once, an update takes well under a millisecond. Immutable after forecaster_new: any number of threads
   may update from it. Borrows nothing of the input. */
struct forecaster;

/* As forecast_run; NULL on error. forecaster_free. */
struct forecaster *forecaster_new(const struct forecast_input *input, GError **error);
void forecaster_free(struct forecaster *forecaster);

/* As seen from the end of the history. Borrowed. */
const struct forecast *forecaster_forecast(const struct forecaster *forecaster);

/* As seen now: offered has the contacts of the first n intervals of the horizon (NAN = not known; since the
   beginning, every time). Intervals up to the last known one keep what was said beforehand; the rest of the
   day follows the day so far, its bands narrow, and a share of the surprise carries over to the days after.
   Sums of days and weeks count what is known and what is still expected. *out as of forecast_run.
   WFM_ERROR_INPUT on a negative or infinite count or more intervals than the horizon has. */
bool forecaster_update(const struct forecaster *forecaster, const double *offered, int32_t n,
                       struct forecast *out, GError **error);

#endif
