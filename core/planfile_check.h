/*
 * planfile_check.h - what must hold between the parts of a plan file. Private to core/planfile*.c; every
 * check fails with WFM_ERROR_INPUT and the JSON path.
 */
#ifndef WFM_CORE_PLANFILE_CHECK_H
#define WFM_CORE_PLANFILE_CHECK_H

#include "core/plan.h"

/* A demand with the lengths of its arrays beside them. */
struct demand_file {
    struct demand demand;
    int n_width, n_value, n_need;
    int n_gain, n_offered, n_aht, n_busyness, n_offset, n_correlation;
    int n_opening, n_past_counted, n_past_in_time; /* 0: not there */
};

/* Cells of a demand times k, or -1 when no int holds it. */
int plan_cells(int n_queues, int32_t n, int k);

/* Shifts in order, of agents and templates there are, starting in [from_ts, to_ts). */
bool plan_check_shifts(const struct operation *operation, const struct shift *shifts, int n, int64_t from_ts,
                       int64_t to_ts, const char *path, GError **error);
/* The demand against the horizon and the operation; its pieces, rows and load. */
bool plan_check_demand(const struct plan_problem *problem, const struct demand_file *file, GError **error);
/* Headcounts in order, of templates and sites there are. */
bool plan_check_headcounts(const struct plan_problem *problem, GError **error);
/* The base of a re-plan inside the horizon, locks in order and of its shifts. */
bool plan_check_base(const struct plan_problem *problem, GError **error);

#endif
