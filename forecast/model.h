/*
 * model.h - the interface every model of the suite implements, and the table of them.
 *
 * A model is fitted on the rows of the matrix before an origin and predicts roots (root.h) for any later row.
 * It sees nothing from the origin on. All models are pure and deterministic; a fitted model is owned by the
 * caller and immutable.
 *
 * To add one: write model_<name>.c with a `static const struct model` row (or several with different
 * options), declare the row below, list it in forecast_models (model.c). The backtest, the combination and
 * the report pick it up.
 */
#ifndef WFM_FORECAST_MODEL_H
#define WFM_FORECAST_MODEL_H

#include "forecast/clean.h"
#include "forecast/matrix.h"

/* What a fit may look at. Borrowed by the fitted model until it is freed. */
struct model_input {
    const struct day_matrix *matrix;
    const struct day_calendar *calendar;
    const struct day_features *features; /* row 0 is row 0 of the matrix */
    const struct day_weights *weights;   /* weights->n is the origin */
    int origin;                          /* rows 0 .. origin-1 may be read; >= 1 */
    struct shared *shared; /* what the models fitted from this origin share (shared.h), filled as they ask */
};

struct shared;

struct model {
    const char *name;
    const char *words; /* what it does, for people */
    int days_min;      /* rows before the origin it needs */
    /* Weight in the combination before any evidence, relative to the other models: 1 to 7 days, 8 to 28, more
       days ahead. */
    double prior[FORECAST_BANDS];
    void *(*fit)(const struct model *model, const struct model_input *input);
    /* Roots of one row (features and calendar cover it): z[n_slots]. Slots outside opening hours may hold
     * anything. */
    void (*predict)(const void *fitted, int day, double *z);
    void (*free)(void *fitted);
    const void *options; /* of its own type; may be NULL */
    bool plain;          /* knows nothing of special days: has no say on them */
};

extern const struct model *const forecast_models[];
extern const int forecast_n_models; /* <= FORECAST_MODELS_MAX */

/* The first model of the table: same weekday, last week. Everything is measured against it. */
#define MODEL_NAIVE 0

/* Fits one model and predicts rows from .. from+n-1: z is n × n_slots. False when the history is too short
 * for it. */
bool model_run(const struct model *model, const struct model_input *input, int from, int n, double *z);

#endif
