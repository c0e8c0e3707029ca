/*
 * hall_events.h - the events to come, earliest first. Internal to scheduler/simulate.
 *
 * A wheel of buckets of equal length, each with room for EVENTS_ROOM events in no order; only those of the
 * bucket that is being worked off (`near`) are sorted. What lies beyond the wheel, or finds its bucket full,
 * waits in a heap of four children each (`far`). A push is then a store and a pop mostly a decrement, without
 * the mispredicted branches of a heap. `wfm-bench simulate`.
 */
#ifndef WFM_SCHEDULER_SIMULATE_HALL_EVENTS_H
#define WFM_SCHEDULER_SIMULATE_HALL_EVENTS_H

#include "scheduler/simulate/hall_engine.h"

/* What events_push does not do itself. */
void events_push_slowly(struct events *events, uint64_t key);
/* On to the next bucket that holds anything. */
void events_turn(struct events *events);
/* Empties. gap: mean ticks between events; work: mean ticks from a push to the event. */
void events_init(struct events *events, int64_t gap, int64_t work);
void events_clear(struct events *events);

/* The earliest; KEY_NONE: there is none. */
static inline uint64_t events_top(const struct events *events)
{
    return events->top;
}

static inline void events_push(struct events *events, uint64_t key)
{
    uint64_t ahead = (key >> events->shift) - events->bucket - 1;
    if (ahead >= events->n_buckets) {
        events_push_slowly(events, key);
        return;
    }
    size_t bucket = (size_t)(key >> events->shift) & (events->n_buckets - 1);
    unsigned n = events->count[bucket];
    if (n == EVENTS_ROOM) {
        events_push_slowly(events, key);
        return;
    }
    events->slot[bucket * EVENTS_ROOM + n] = key;
    events->count[bucket] = (uint8_t)(n + 1);
    events->used[bucket >> 6] |= UINT64_C(1) << (bucket & 63);
}

static inline void events_pop(struct events *events)
{
    if (--events->n_near > 0)
        events->top = events->near[events->n_near - 1];
    else
        events_turn(events);
}

#endif
