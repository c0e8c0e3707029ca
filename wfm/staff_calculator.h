/*
 * staff_calculator.h - `wfm staff` without a database: one line of figures in, the whole answer out.
 */
#ifndef WFM_WFM_STAFF_CALCULATOR_H
#define WFM_WFM_STAFF_CALCULATOR_H

#include "wfm/options.h"

bool staff_calculator(const struct options *options, GError **error);

#endif
