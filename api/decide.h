/*
 * decide.h - requests of agents decided by the rules of the operation.
 */
#ifndef WFM_API_DECIDE_H
#define WFM_API_DECIDE_H

#include "api/body.h"
#include "api/call.h"
#include "core/store/requests.h"

enum verdict_kind { VERDICT_PLANNER, VERDICT_YES, VERDICT_NO };
struct verdict {
    enum verdict_kind what;
    char *reason; /* for the agent; g_free; "" when all conditions hold */
    int credit_min;
};

/* By the first rule that fits site, contract and kind; without one a planner decides. */
bool decide_time_off(struct api_call *call, const struct time_off_request *request, struct verdict *out,
                     GError **error);
/* What a whole day of it credits by that rule; 0 without one. */
bool decide_time_off_credit(struct store *store, const struct time_off_request *request, int *credit_min,
                            GError **error);

/* Likewise for a swap that breaks no rule, by what coverage loses. */
bool decide_swap(struct api_call *call, const struct swap *swap, double shortage_change, struct verdict *out,
                 GError **error);

/* A planner's no. */
struct deny {
    char *reason;
};
extern const struct body_field deny_fields[];

/* The number in `after` of lists that go by falling ids; 0 without one. */
bool cursor_id(struct api_call *call, int64_t *before, GError **error);

#endif
