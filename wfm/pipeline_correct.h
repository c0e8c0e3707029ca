/*
 * pipeline_correct.h - a roster made again with what its simulation says (scheduler/simulate/correct.h).
 * Internal to the pipeline.
 */
#ifndef WFM_WFM_PIPELINE_CORRECT_H
#define WFM_WFM_PIPELINE_CORRECT_H

#include "wfm/pipeline.h"

/* Solves the problem as pipeline_solve does, then up to ask->corrections times: simulates the planning units
   that were solved, corrects their demand and solves them again. Of each unit the roster that is best by what
   was simulated is kept; the problem's demand becomes the one they were made for, with the offsets measured
   on them. A unit whose models and simulation agree, or that has all it is asked for and no hours to save, is
   not solved again; a signal ends it all. prices: those the demand was made with. NULL on failure. */
struct plan_solution *pipeline_correct(struct plan_problem *problem, const struct roster_ask *ask,
                                       const struct staffing_prices *prices, struct progress *progress,
                                       int *n_units, GError **error);

#endif
