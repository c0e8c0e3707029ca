/*
 * part_csv.h - lists of parts as CSV, for spreadsheets and for `wfm import`: agents, time off, special days,
 * preferences and meetings have the columns of their files, the others one for each member ("sla.target").
 */
#ifndef WFM_API_PART_CSV_H
#define WFM_API_PART_CSV_H

#include "api/call.h"
#include "core/part.h"

/* Does the request want CSV rather than JSON? By the order of the Accept header. */
bool part_csv_wanted(const struct api_call *call);
/* Answers with the list; takes it. CSV has no place for the next page: who gives no limit gets all. */
bool part_csv_reply(struct api_call *call, enum part part, json_t *list);
/* The text; g_free. */
char *part_csv_text(enum part part, const json_t *list);

#endif
