/*
 * hall.h - the event simulation itself: contacts wait in one line per queue, groups of agents with the same
 * skills serve them.
 *
 * Routing. A contact goes to a free agent of its queue's groups: the lowest level first, within a level the
 * group with the fewest skills. A freed agent takes, of the queues it serves and whose first in line has
 * waited at least the group's delay for it, the one of the lowest priority number, then who has waited
 * longest, plainly or as a share of the queue's threshold (the group's rule), then the lower queue. So:
 *   strict order      a priority of its own for each of the group's queues
 *   ordered groups    a level of its own for each of the queue's groups
 *   overflow          level 1 and a delay: looked at again the moment the delay has passed
 *   service rates     by group and queue: speed (the load's handling time divided by it)
 * Nobody stays idle while a contact that may be taken waits.
 *
 * Staff changes at interval starts. Agents with a contact finish it before they leave; agents who come take
 * waiting contacts at once, groups with the fewest skills first. After the last interval its staff stays
 * until every immediate contact that can be is served.
 *
 * Callers leave when their patience ends; seen when they come to the head of the line, which changes nothing
 * for the others. With a limit on how many wait, whoever finds it reached is turned away.
 *
 * Chat: an agent takes up to `concurrency` contacts of one queue at a time; contacts at level j end at rate
 * j / aht(j) (exponential, as in chat.h). An agent with chats takes nothing else. A new chat goes to the
 * least loaded agent, but to a free one whom other queues need, too, only when no chatting agent has room.
 *
 * Deferred work (email, callback): taken by earliest due time, in opening intervals, only when no immediate
 * contact that the group may take waits and more than `blend_idle` of its agents are idle; never interrupted.
 * To ring-fence, give the time to a group of its own that has only the deferred queues. Not started after the
 * end of the grid.
 *
 * At one instant: first the interval changes, then contacts end, then who has waited long enough overflows,
 * then contacts arrive. Only counts of idle and busy agents per group are kept, no agents. Deterministic; an
 * engine is owned by one thread, engines share nothing. Speed: `wfm-bench simulate`.
 */
#ifndef WFM_SCHEDULER_SIMULATE_HALL_H
#define WFM_SCHEDULER_SIMULATE_HALL_H

#include "scheduler/simulate/calls.h"

#include <stdbool.h>

/* How a queue is measured and served. Fields that are zero do nothing. */
struct hall_queue {
    double threshold_s, short_abandon_s;
    int concurrency; /* above 1 it is a chat */
    const double
        *level_aht_s;    /* concurrency values at 1, 2, … contacts at once; NULL: the same at every level */
    const double *aht_s; /* grid.n; for chats without levels */
    bool deferred;       /* call.patience_s is the time until its contacts are due */
    const double *open;  /* grid.n, of a deferred queue: worked on where > 0; NULL: always */
    bool limited;        /* at most `room` contacts wait in this queue */
    int room;
};

enum hall_rule {
    HALL_SHARE,  /* longest wait as a share of the queue's threshold */
    HALL_LONGEST /* longest wait */
};

/* Agents alike in skills. Beside queues, NULL: the default of every one. */
struct hall_group {
    const int *queues;
    const double *speed; /* beside queues: handling times are divided by it; > 0; NULL: 1 */
    int n_queues;
    const int *staff;      /* grid.n, >= 0: agents there and not on a break */
    const int *level;      /* beside queues: >= 0, lower is asked first; NULL: 0 */
    const int *priority;   /* beside queues: >= 0, lower is taken first; NULL: 0 */
    const double *delay_s; /* beside queues: seconds a contact waits before this group may take it; NULL: 0 */
    enum hall_rule rule;
    int blend_idle; /* deferred work only while more than so many agents are idle */
};

struct hall {
    struct grid grid;
    const struct hall_queue *queues;
    int n_queues;
    const struct hall_group *groups;
    int n_groups;
    bool limited; /* at most `room` immediate contacts wait over all queues */
    int room;
};

/* Contacts of a queue by the interval of their arrival. Contacts nobody served and who never left (nobody on
   shift any more) are offered and nothing else. Deferred queues: answered is begun, in_time done by the due
   time, wait_s until begun, waited all. */
struct hall_count {
    int32_t offered, answered, in_time, abandoned;
    int32_t abandoned_in_time, abandoned_short;
    int32_t virtual_in_time; /* an endlessly patient contact in their place would have been in time */
    int32_t waited;          /* found nobody free and joined the line (or left at once) */
    int32_t blocked;         /* turned away: no room to wait */
    int32_t undecided;       /* deferred: not begun at the end of the grid, nor due until then */
    double wait_s;           /* of the answered */
    double left_s;           /* waits of the abandoned; (wait_s + left_s) / time: mean number in line */
    double busy_s;           /* of agents; a chat is 1/concurrency of one */
};

/* A deferred queue at the end of an interval. */
struct hall_backlog {
    int32_t waiting, late; /* not begun; of these past their due time */
    double oldest_s; /* since the arrival of the oldest of them; backlog at the start: since the start */
};

/* What a run gives. The caller owns the arrays, which are overwritten; all but counts may be NULL. */
struct hall_result {
    struct hall_count *counts;  /* n_queues × grid.n, by queue */
    struct hall_count *backlog; /* n_queues: what was there at the start */
    double *busy_s; /* n_groups × grid.n, by group: agents' time with a contact in the interval */
    struct hall_backlog *waiting; /* n_queues × grid.n, by queue; zero for immediate queues */
    int64_t events;               /* arrivals, contacts that end, abandonments, changes of a group's staff */
};

struct hall_engine;

/* Compiles the routing; `hall` and all it points to stay as they are for the engine's life, but for the
   groups' staff, which every run reads anew. At most 2^20 skills (sum of the groups' n_queues). */
struct hall_engine *hall_engine_new(const struct hall *hall);
void hall_engine_free(struct hall_engine *engine);

/* Runs the contacts through. Starts empty but for the backlog. `seed`: which chat of several ends. */
void hall_run(struct hall_engine *engine, const struct calls *calls, uint64_t seed,
              struct hall_result *result);

#endif
