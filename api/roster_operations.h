/*
 * roster_operations.h - a list of changes to the shifts of a draft, as people send them:
 *
 *   {"op": "add", "agent": "blr-001", "template": "day", "day": "2026-12-01", "start": "09:00",
 *    "paid_minutes": 480}
 *   {"op": "move", "shift": 17, "start": "2026-12-01T10:00:00+05:30"}     "agent": to somebody else
 *   {"op": "change", "shift": 17, "activities": […]}                      or template, start, paid_minutes
 *   {"op": "delete", "shift": 17}      {"op": "lock", …}      {"op": "unlock", …}
 *   {"op": "swap", "shift": 17, "with": 18}                               the agents of two shifts
 *
 * They are done in their order on a copy; what is wrong in the words of the request is a 422 with a pointer,
 * what the rules say of the result is asked elsewhere (scheduler/roster/edited.h).
 */
#ifndef WFM_API_ROSTER_OPERATIONS_H
#define WFM_API_ROSTER_OPERATIONS_H

#include "api/call.h"
#include "api/roster_cache.h"

struct roster_operations {
    struct roster_operation *list; /* n */
    int n;
    bool dry_run, allow_violations;
    char *note;
    json_t *json; /* the list as it was sent; owned */
};

/* Reads the body (api/body.h). Clear whatever the result. */
bool roster_operations_read(struct api_call *call, struct roster_operations *out, GError **error);
/* The body of an undo: the flags and the note alone, or nothing at all. */
bool roster_undo_read(struct api_call *call, struct roster_operations *out, GError **error);
void roster_operations_clear(struct roster_operations *operations);

/* The draft's shifts after them: *shifts: *n, g_free; new ones have id 0. WFM_ERROR_INPUT with pointers,
   WFM_ERROR_CONFLICT when a locked shift would change. */
bool roster_operations_apply(struct api_call *call, const struct roster_operations *operations,
                             const struct roster_view *view, struct draft_shift **shifts, int *n,
                             GError **error);

/* Operations that make `became` into `was` again: [{"op": …}], shifts by their ids; those that are gone are
   added with all their activities. */
json_t *roster_operations_inverse(struct api_call *call, const struct operation *operation,
                                  const struct draft_shift *was, int n_was, const struct draft_shift *became,
                                  int n_became, GError **error);

#endif
