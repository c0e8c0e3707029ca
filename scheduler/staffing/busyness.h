/*
 * busyness.h - an uncertain load as a handful of loads: nodes for means over Gamma busyness, for callers who
 * look at the same load many times. (erlang_solve.h has such means of one system to 1e-6; these are within
 * 5e-4 of them, and cost a few looks.) Pure, thread-safe.
 */
#ifndef WFM_SCHEDULER_STAFFING_BUSYNESS_H
#define WFM_SCHEDULER_STAFFING_BUSYNESS_H

#define BUSYNESS_NODES 40

/* Factors of mean 1 by which days are busier or calmer, with their shares of the time (sum 1); a day's share
   of the contacts is share × factor. load_erl: of the load they are for: the larger, the more nodes it takes,
   as chance within the day smooths less of the level. most: 7..BUSYNESS_NODES. Returns how many; 1, exactly 1
   and 1, for cv2 <= 0. The factor as a cubed normal variable after Wilson & Hilferty 1931. */
int busyness_nodes(double cv2, double load_erl, int most, double *factor, double *share);

#endif
