/*
 * roster_json.h - what of a roster several resources show: the roster itself, its shifts, violations, cost,
 * coverage and service by contract period. Values are new references.
 */
#ifndef WFM_API_ROSTER_JSON_H
#define WFM_API_ROSTER_JSON_H

#include "api/call.h"
#include "api/roster_cache.h"

/* Figures, who made it and when; NULL with *error when its zone is not known. */
json_t *roster_json(struct api_call *call, const struct roster_info *info, GError **error);
bool reply_roster(struct api_call *call, int status, int64_t id, GError **error);

/* {id, agent, agent_name, site, zone, day, template, start, end, paid_minutes, locked, activities}; a shift
   that is not stored (id 0) has the id null. */
json_t *draft_shift_json(struct api_call *call, const struct operation *operation,
                         const struct draft_shift *shift, GError **error);

/* What the checker found: {rule, severity "hard" or "soft", agent, queue, site, at, value, limit, unit,
   price, message}. */
json_t *violation_json(struct api_call *call, const struct operation *operation,
                       const struct violation *violation);
json_t *check_cost_json(struct api_call *call, const struct operation *operation,
                        const struct check_cost *cost);
/* The currency beside: {pay, shortage, penalty, objective, parts: [{rule, unit, units, cost}]}. */
json_t *cost_json(const struct plan_solution *solution, const struct check_report *report);

/* Contacts of a queue expected in time over [from, to), and *counted of how many. */
double expected_sum(const struct roster_view *view, int queue, int32_t from_iv, int32_t to_iv,
                    double *counted);
/* Expected level of a queue over [from, to): in time / counted; NAN when nothing counted there. */
double expected_level(const struct roster_view *view, int queue, int32_t from_iv, int32_t to_iv);
/* Contract periods of a queue inside the roster: first interval of each, and the end behind the last; returns
   how many. g_free. 0 when they cannot be told. */
int contract_periods(const struct roster_view *view, int queue, int32_t **first);

/* The roster whose number is in the path, as it is now; counted, NULL with the error. */
struct roster_view *roster_of_path(struct api_call *call, GError **error);
/* The queue of ?queue=, -1 without; WFM_ERROR_NOT_FOUND when the roster has none such. */
bool roster_queue_asked(struct api_call *call, const struct roster_view *view, int *queue, GError **error);

/* n values from `at` on, null where not finite. */
json_t *reals_json(const double *values, int32_t at, int32_t n);

#endif
