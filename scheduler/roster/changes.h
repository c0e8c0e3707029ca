/*
 * changes.h - what differs between two rosters of one problem, agent by agent and day by day.
 */
#ifndef WFM_SCHEDULER_ROSTER_CHANGES_H
#define WFM_SCHEDULER_ROSTER_CHANGES_H

#include "core/plan.h"

/* Sorted from small to large for the agent. */
enum change_kind {
    CHANGE_BREAKS, /* same start and end; meals, breaks or meetings moved */
    CHANGE_MOVED,  /* another start or end on the same day */
    CHANGE_GONE,   /* worked before, off after */
    CHANGE_NEW,    /* off before, worked after */
    CHANGE_N
};
const char *change_kind_name(enum change_kind kind); /* "breaks", "moved", "gone", "new" */

struct shift_change {
    enum change_kind kind;
    int agent;
    int32_t day;                        /* site-local */
    const struct shift *before, *after; /* into the arrays compared; NULL where there is none */
};

/* Differences between two shift lists (sorted by shift_compare, at most one shift of an agent starts on a
   local day), in that order. *out: g_free. Returns their number. */
int roster_changes(const struct plan_problem *problem, const struct shift *before, int n_before,
                   const struct shift *after, int n_after, struct shift_change **out);

#endif
