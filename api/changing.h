/*
 * changing.h - what an edit of a draft does: which shifts differ, which rules it breaks anew, what it costs
 * and gives. It is evaluated as a whole: the checker over all rules, staff to queues, cost and expected
 * service.
 */
#ifndef WFM_API_CHANGING_H
#define WFM_API_CHANGING_H

#include <jansson.h>

#include "api/call.h"
#include "api/roster_cache.h"

/* From one view of a roster to the next. */
struct changing {
    struct api_call *call;
    struct roster_view *before, *after;
    struct draft_shift *was, *became; /* shifts that differ; by agent and start */
    int n_was, n_became;
    bool *changed; /* n_queues */
    bool *fresh;   /* violations of `after` that are new */
    int n_fresh;
};
void changing_clear(struct changing *c);

/* Evaluates the shifts (taken) as what follows `before` (taken). */
bool changing_count(struct changing *c, struct api_call *call, struct roster_view *before,
                    struct draft_shift *shifts, int n, GError **error);
/* The edit, or the preview of one, as people read it; NULL on failure. */
json_t *changing_json(const struct changing *c, bool stored, bool allowed, GError **error);

bool draft_shift_same(const struct draft_shift *a, const struct draft_shift *b);

#endif
