/*
 * special_days.h - the special days of one queue: what planners said of it, its client and everybody, and the
 * holidays it keeps by rule.
 */
#ifndef WFM_CORE_SPECIAL_DAYS_H
#define WFM_CORE_SPECIAL_DAYS_H

#include "core/operation.h"

struct queue_day {
    int32_t day;
    enum special_kind kind;
    const char *name; /* the operation's, or static */
    bool has_uplift;  /* as in struct special_day */
    double uplift;
    int open_from_min, open_to_min;
    const char *from; /* who says so: "queue", "client", "all", or "holidays"; static */
};

/* Days within first_day..last_day, one per day, ascending: what is said of the queue outweighs its client,
   that everybody, and that the holidays of queue_holidays. Days said to be ordinary are left out. *n entries,
   g_free; the operation must outlive them. */
struct queue_day *queue_special_days(const struct operation *operation, int queue, int32_t first_day,
                                     int32_t last_day, int *n);

#endif
