/*
 * backtest.h - rolling origins inside the history: what each model would have said, the weights that follow,
 * and the errors of the combination.
 *
 * Everything reported is out of sample: the weights used at an origin come from the other origins.
 */
#ifndef WFM_FORECAST_BACKTEST_H
#define WFM_FORECAST_BACKTEST_H

#include "forecast/combine.h"
#include "forecast/model.h"

#define BACKTEST_ORIGINS_MAX 8

struct backtest {
    int n_origins, block_days, n_slots;
    double glide; /* 0..1: how far the volume's deviations from the usual week last, from interval to interval
                     and from day to day: near 1 the last hours say most */
    bool sparse;  /* fewer than one contact in an interval: pooled rates are preferred */
    bool rare;    /* so few that pooled rates stand alone */
    int n_models; /* models that are ready at the final origin, in the order of the table */
    int model[FORECAST_MODELS_MAX];   /* n_models: index into forecast_models */
    int origin[BACKTEST_ORIGINS_MAX]; /* n_origins: first row of each block, ascending */
    double *z, *seen;                 /* n_origins × block_days × n_slots: what happened */
    uint8_t *special;                 /* n_origins × block_days: 1 = a feast or event */
    double *zhat;                     /* n_origins × n_models × block_days × n_slots */
    double *combined; /* n_origins × block_days × n_slots: residual day curves are z - combined */
    double weights[FORECAST_BANDS][FORECAST_MODELS_MAX]; /* n_models each: for the final origin */
};

/* Band of a day, counted from the origin's (0). */
static inline int backtest_band(int lead_day)
{
    return lead_day < 7 ? 0 : lead_day < 28 ? 1 : 2;
}

/* Weights of the final origin on a row: those of its band, on special days shared among the models that know
   of them. weights: n_models. */
void backtest_weights(const struct backtest *backtest, const struct model_input *input, int row,
                      double *weights);

/* Does model m (of n_models) weigh anything in some band? Else it need not be fitted. */
bool backtest_uses(const struct backtest *backtest, int m);

/* Runs the suite at up to 8 weekly origins before `origin`, on blocks of lead_days (7..56, less when history
   is short). `input` describes the final origin; its weights are not used. With less than three weeks: no
   origins, prior weights. */
void backtest_run(struct backtest *backtest, const struct model_input *input, int lead_days);
void backtest_clear(struct backtest *backtest);

/* Errors into the public form. */
void backtest_report(const struct backtest *backtest, struct forecast_backtest *report,
                     struct forecast_model_report *models);

/* Day totals of all blocks; first_day: civil day of row 0. Days without a seen interval are left out. *n of
 * them, g_free. */
struct forecast_test_day *backtest_days(const struct backtest *backtest, int32_t first_day, int *n);

#endif
