/*
 * hall.h - the event simulation itself: contacts wait in one line per queue, groups of agents with the same
 * skills serve them.
 *
 * - A contact goes to a free agent of the group with the fewest skills that has one; a freed agent takes who
 * has waited longest, as a share of their queue's threshold, over all queues they serve.
 * - Who is on shift changes at interval starts; agents with a contact finish it before they leave.
 * - Chat: an agent takes up to `concurrency` contacts of one queue at a time; contacts at level j end at rate
 * j / aht(j) (exponential, as in chat.h). An agent with chats takes nothing else. A new chat goes to the
 * least loaded agent, but to a free one whom other queues need, too, only when no chatting agent has room.
 * - Callers leave when their patience ends; seen when they come to the head of the line, which changes
 * nothing for the others.
 *
 * Only counts of idle and busy agents per group are kept, no agents. Pure, deterministic; owned by one
 * thread. Speed: `wfm-bench sla`.
 */
#ifndef WFM_SCHEDULER_SIMULATE_HALL_H
#define WFM_SCHEDULER_SIMULATE_HALL_H

#include "scheduler/simulate/calls.h"

#include <stdbool.h>

/* How a queue is measured and served. */
struct hall_queue {
    double threshold_s, short_abandon_s;
    int concurrency; /* >= 1; above 1 it is a chat */
    const double
        *level_aht_s;    /* concurrency values at 1, 2, … contacts at once; NULL: the same at every level */
    const double *aht_s; /* grid.n; for chats without levels */
};

/* Agents alike in skills. */
struct hall_group {
    const int *queues;
    const double *speed; /* beside queues: handling times are divided by it; > 0 */
    int n_queues;
    const int *staff; /* grid.n: agents there and not on a break */
};

struct hall {
    struct grid grid;
    const struct hall_queue *queues;
    int n_queues;
    const struct hall_group *groups;
    int n_groups;
};

/* Contacts of a queue by the interval of their arrival. Contacts nobody served and who never left (nobody on
   shift any more) are offered and nothing else. */
struct hall_count {
    int32_t offered, answered, in_time, abandoned;
    int32_t abandoned_in_time, abandoned_short;
    int32_t virtual_in_time; /* an endlessly patient contact in their place would have been in time */
    double wait_s;           /* of the answered */
    double busy_s;           /* of agents; a chat is 1/concurrency of one */
};

/* Runs the contacts through. counts: n_queues × grid.n, by queue; overwritten. Starts empty. `seed`: which
   chat of several ends. */
void hall_run(const struct hall *hall, const struct calls *calls, uint64_t seed, struct hall_count *counts);

#endif
