/*
 * hall_engine.h - the insides of the event simulation, shared by hall*.c. Internal to scheduler/simulate.
 *
 * Groups are numbered by rank: fewest immediate queues first, so that "the first free group" is the lowest
 * bit of a mask. An event is a tick and a skill (a group's queue) in one number (ticks.h); numbers past the
 * skills are overflow stages, then banks of chats. Masks are arrays of 64-bit words.
 */
#ifndef WFM_SCHEDULER_SIMULATE_HALL_ENGINE_H
#define WFM_SCHEDULER_SIMULATE_HALL_ENGINE_H

#include "core/random.h"
#include "scheduler/simulate/hall.h"
#include "scheduler/simulate/ticks.h"

#include <stddef.h>

#define TICK_BITS 44
#define ID_BITS 20
#define ID_MASK ((UINT64_C(1) << ID_BITS) - 1)
#define KEY_NONE UINT64_MAX

static inline uint64_t key_of(int64_t at, uint64_t id)
{
    return (uint64_t)at << ID_BITS | id;
}

/* A queue a group serves. */
struct skill {
    double ticks_per_s; /* of work: the clock over the speed */
    int64_t delay;
    int32_t group, queue;
    int32_t priority, level;
    int32_t bank; /* of chats; -1: none */
};

/* A group now. Its busy agents are staff - free. */
struct desk {
    int32_t free;  /* agents on shift less agents busy; below 0: so many leave after their contact */
    int32_t spare; /* deferred work only above so many free; INT32_MAX: the group has none */
    int64_t busy;  /* ends less starts of its contacts in the interval; with those that run: time worked */
    int32_t staff;
    uint64_t serves;         /* the first word of engine->serves */
    int32_t skill, n_skills; /* its first */
    int32_t n_queues;        /* immediate */
    uint8_t rule;            /* which of the lines' weights */
    bool chats;
};

enum kind { KIND_VOICE, KIND_CHAT, KIND_DEFERRED };

/* The line of a queue. Positions are places in engine->fifo; contacts there are in order of arrival. */
struct line {
    int64_t at, deadline; /* of the first in line; when empty, undefined */
    double weight[2];     /* urgency of a tick of waiting, by rule */
    uint64_t some;        /* of a voice contact that arrives: groups of its first level among the first 64 */
    bool more;            /* there are others, to be asked when none of those is free */
    int32_t head, tail;   /* equal: empty */
    int32_t route;        /* of a contact that arrives; those of its stages follow */
    int32_t n_stages, stage;
    uint8_t kind;
    bool open;    /* deferred work: now */
    bool counted; /* n_waiting is kept */
    int64_t threshold, short_abandon;
    int32_t n_waiting, room;
};

/* Groups that may take a contact, level by level: n masks from `mask` on. */
struct route {
    int32_t mask, n;
};

/* Contacts of a queue that have waited `delay` may be taken by more groups. */
struct stage {
    int64_t delay;
    int32_t queue, route;
    int32_t next;  /* position of the next contact to get there */
    int32_t alive; /* positions before it have left */
    bool pending;  /* has an event */
};

/* Contacts by interval and queue. */
struct cell {
    int32_t at_once, waited, blocked, undecided;
    int32_t answered, in_time; /* of those who waited, in this and the next lines */
    int32_t abandoned, abandoned_in_time, abandoned_short, virtual_in_time;
    int64_t wait, left, busy;
};

/* Chats of one queue with one group: how many agents have 1, 2, … of them. The next end is when the running
   sum of rates has grown by an exponential. */
struct bank {
    int group, queue;
    int *level;         /* concurrency + 1; [0] not used */
    double *level_rate; /* ends per tick of an agent with so many */
    int concurrency;
    double ticks_per_s; /* of work, as of the skill */
    double hazard;      /* left until the next end */
    double rate;        /* per tick, now */
    int64_t at;         /* up to when hazard is counted */
    uint64_t event;     /* the next end, at this rate; KEY_NONE */
};

/* See hall_events.h. A bucket is a key without its `shift` lowest bits. */
struct events {
    uint64_t top, bucket; /* the earliest; the bucket worked off: all events up to it are in near */
    uint64_t *slot;       /* n_buckets × EVENTS_ROOM */
    uint8_t *count;       /* events in each bucket */
    uint64_t *used;       /* mask of buckets that hold any */
    uint64_t *near;       /* the earliest last */
    uint64_t *far;        /* a heap */
    size_t n_buckets;     /* a power of two, >= 64 */
    int shift;
    size_t n_near, size_near, n_far, size_far;
};
#define EVENTS_ROOM 8
#define EVENTS_NO_BUCKET (UINT64_MAX >> 1) /* nothing to come */

/* When a contact leaves, where the number waiting counts. */
struct leaving {
    int64_t deadline;
    int32_t position, queue;
};

struct hall_engine {
    const struct hall *hall;
    size_t words, queue_words; /* of masks of groups, of queues */
    int n_skills, n_routes, n_stages, n_masks, n_banks;
    int64_t interval, end;    /* ticks, of the grid */
    bool deferred, limited;   /* anything of the kind */
    int32_t *group_of;        /* n_groups: the caller's group by rank */
    struct skill *skills;     /* by group */
    int32_t *skill_of;        /* n_groups × n_queues, by group; -1: none */
    struct route *routes;     /* by queue: on arrival, then by stage */
    uint64_t *masks;          /* n_masks × words */
    uint64_t *serves;         /* n_groups × queue_words: immediate queues */
    uint64_t *serves_late;    /* n_groups × queue_words: deferred queues */
    int32_t *order, *n_order; /* n_queues × n_groups skills of a queue by level, then rank; how many */

    struct desk *desks;
    struct line *lines;
    struct stage *stages;
    struct bank *banks;
    struct cell *cells;               /* (grid.n + 1) × n_queues, by interval; the last for the backlog */
    uint64_t *idle, *spare;           /* groups with a free agent; with one for deferred work */
    uint64_t *waiting, *waiting_late; /* queues with a line: immediate, deferred */
    struct events events;
    int32_t
        *fifo; /* calls in line; each queue has room for all of its own. Where counted: ~call once taken */
    size_t size_fifo;
    struct leaving *leavings; /* a binary heap */
    int n_leavings, size_leavings;
    int32_t n_waiting; /* immediate, in all counted lines */
    const struct call *calls;
    struct hall_result *result;
    struct random random;
    int64_t now;
    int32_t iv; /* whose handling times chats have */
    int64_t changes;
    uint64_t boundary; /* the next interval */
};

/* ---- shared by all ---- */

static inline struct cell *cell_of(struct hall_engine *e, const struct call *call)
{
    int32_t iv = call->iv < 0 ? e->hall->grid.n : call->iv;
    return &e->cells[(size_t)iv * (size_t)e->hall->n_queues + (size_t)call->queue];
}

static inline int64_t deadline_of(const struct call *call)
{
    return call->patience_s < 1e9f ? call->at + (int64_t)((double)call->patience_s * TICKS_PER_S)
                                   : TICKS_NEVER;
}

static inline struct skill *skill_for(struct hall_engine *e, int group, int queue)
{
    return &e->skills[e->skill_of[(size_t)group * (size_t)e->hall->n_queues + (size_t)queue]];
}

static inline void mask_set(uint64_t *mask, int bit)
{
    mask[bit >> 6] |= UINT64_C(1) << (bit & 63);
}

static inline void mask_clear(uint64_t *mask, int bit)
{
    mask[bit >> 6] &= ~(UINT64_C(1) << (bit & 63));
}

static inline bool mask_has(const uint64_t *mask, int bit)
{
    return mask[bit >> 6] >> (bit & 63) & 1;
}

/* An agent of the group begins, and ends, being busy. */
static inline void desk_occupy(struct hall_engine *e, int group)
{
    struct desk *desk = &e->desks[group];
    desk->busy -= e->now;
    desk->free--;
    if (desk->free == 0)
        mask_clear(e->idle, group);
    if (desk->free == desk->spare)
        mask_clear(e->spare, group);
}

static inline void desk_release(struct hall_engine *e, int group)
{
    struct desk *desk = &e->desks[group];
    desk->busy += e->now;
    if (desk->free == 0)
        mask_set(e->idle, group);
    if (desk->free == desk->spare)
        mask_set(e->spare, group);
    desk->free++;
}

/* ---- hall.c ---- */

void line_join(struct hall_engine *e, int32_t index);
/* Counts who has left from the head of the line; false when nobody is left in it. */
bool line_look(struct hall_engine *e, int queue);
/* Takes the first in line; line_look was true. */
const struct call *line_take(struct hall_engine *e, int queue);
/* Counts one from the line as answered now, and in time where that is a matter of waiting. Its cell. */
struct cell *line_answer(struct hall_engine *e, const struct call *call);
/* A free agent takes the first in line by the skill. When the contact ends. */
int64_t hall_take(struct hall_engine *e, int skill);

/* Hands the group's free agents whom they may take. */
void hall_serve(struct hall_engine *e, int group);

/* ---- hall_events.c ---- */

void leaving_push(struct hall_engine *e, int64_t deadline, int queue, int32_t position);
/* Brings n_waiting of all counted lines up to now. */
void leaving_settle(struct hall_engine *e);

/* ---- hall_chat.c ---- */

void chat_start(struct hall_engine *e, uint64_t seed);
/* Gives a chat of the queue to an agent of a group whose delay is `waited` at most; false: nobody has room.
 */
bool chat_try(struct hall_engine *e, int queue, int64_t waited);
/* A chat of the bank ends, if `event` is still the one. */
void chat_end(struct hall_engine *e, int bank, uint64_t event);
/* Hands the group's capacity to whom it may take, voice or chat. */
void chat_serve(struct hall_engine *e, int group);
/* The handling times of the interval apply from now on. */
void chat_interval(struct hall_engine *e, int32_t iv);

/* ---- hall_late.c: deferred work ---- */

void late_arrive(struct hall_engine *e, int32_t index);
/* The first of the route's groups with an agent to spare begins the first in line. */
void late_try(struct hall_engine *e, int queue, int route);
/* Hands the group's spare agents deferred work. */
void late_serve(struct hall_engine *e, int group);
/* Which queues are open in the interval; grid.n: none. */
void late_interval(struct hall_engine *e, int32_t iv);
/* Writes down what waits at the end of the interval. */
void late_close(struct hall_engine *e, int32_t iv);
/* Counts what is undecided at the end of the grid, and closes. */
void late_finish(struct hall_engine *e);

/* ---- hall_new.c ---- */

void hall_reset(struct hall_engine *e, const struct calls *calls);

#endif
