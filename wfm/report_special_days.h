/*
 * report_special_days.h - wfm report special-days: what days of the coming year are special to each queue.
 */
#ifndef WFM_WFM_REPORT_SPECIAL_DAYS_H
#define WFM_WFM_REPORT_SPECIAL_DAYS_H

#include "wfm/options.h"

extern const struct option_row report_special_days_options[];
bool report_special_days(const struct options *options, GError **error);

#endif
