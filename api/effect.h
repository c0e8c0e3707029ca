/*
 * effect.h - what a request does to a roster: which rules it breaks anew, what coverage it costs. By the one
 * rule engine (scheduler/roster/edited.h, checker.h), over the problem a roster was made from with the
 * absences of today, and for a published roster over the shifts that are published now.
 *
 * An effect belongs to its caller; nothing in it is shared.
 */
#ifndef WFM_API_EFFECT_H
#define WFM_API_EFFECT_H

#include "api/call.h"
#include "core/store/requests.h"
#include "scheduler/roster/edited.h"

/* The roster as it stands: n shifts of the problem's agents, sorted. */
struct standing {
    int64_t roster;
    bool published;
    struct plan_problem *problem; /* with today's absences and published neighbours, without its base */
    struct plan_solution *made;
    struct shift *shifts;
    int n_shifts;
};
bool standing_load(struct store *store, int64_t roster, struct standing *out, GError **error);
void standing_clear(struct standing *standing);

struct effect {
    struct standing standing; /* its shifts, and the absences of its problem, as they are after */
    struct edited *before, *after;
    bool *new_of; /* of after->report.violations: not there before */
    int n_new;
};
void effect_clear(struct effect *effect);

/* A shift that changes hands. */
struct shift_move {
    int64_t start_ts;
    const char *from, *to; /* agent ids */
};
/* Shifts that do not start in the roster are looked for among its neighbours. WFM_ERROR_CONFLICT: a shift or
   an agent is not in it. */
bool effect_of_moves(struct store *store, int64_t roster, const struct shift_move *moves, int n_moves,
                     struct effect *out, GError **error);
/* The agent is away: the shifts that the request touches fall. */
bool effect_of_time_off(struct store *store, int64_t roster, const struct time_off_request *request,
                        struct effect *out, GError **error);

/* The least staffed agents beyond the required ones that the request leaves a queue in an interval it
   changes, over all rosters it touches, and when; INFINITY where it changes nothing. */
bool effect_time_off_least(struct api_call *call, const struct time_off_request *request, double *least,
                           int64_t *ts, GError **error);

/* For planners: {"rosters": […]}; NULL on failure. */
json_t *effect_time_off_json(struct api_call *call, const struct time_off_request *request, GError **error);
json_t *effect_swap_json(struct api_call *call, const struct swap *swap, GError **error);

/* What a swap does to all rosters it touches. An agent reads the rules of the own roster in full, of the
   colleague's only which ones. */
struct swap_effect {
    int n_new;              /* rules broken anew */
    json_t *violations;     /* [{rule, message}] for the caller of `call` */
    char *first;            /* the first of them */
    double shortage_change; /* > 0: coverage is worse */
};
bool effect_of_swap(struct api_call *call, const struct swap *swap, struct swap_effect *out, GError **error);
void swap_effect_clear(struct swap_effect *effect);

#endif
