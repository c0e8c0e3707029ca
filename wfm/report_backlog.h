/*
 * report_backlog.h - `wfm report backlog`: what waits, how old it is and what is done in time, of the queues
 * whose work waits, while a stored roster works on it.
 */
#ifndef WFM_WFM_REPORT_BACKLOG_H
#define WFM_WFM_REPORT_BACKLOG_H

#include "wfm/options.h"

extern const struct option_row report_backlog_rows[];
bool report_backlog(const struct options *options, GError **error);

#endif
