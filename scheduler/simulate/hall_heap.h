/*
 * hall_heap.h - the events to come: an implicit heap of four children each, so that a step down reads one
 * half of a cache line, and is rarely more than five steps. Internal to scheduler/simulate.
 */
#ifndef WFM_SCHEDULER_SIMULATE_HALL_HEAP_H
#define WFM_SCHEDULER_SIMULATE_HALL_HEAP_H

#include "scheduler/simulate/hall_engine.h"

/* From the top down to where the key belongs. */
static inline void heap_sift_down(uint64_t *heap, size_t n, uint64_t key)
{
    size_t k = 0;
    for (size_t child = 1; child < n; child = 4 * k + 1) {
        const uint64_t *c = heap + child;
        size_t a = c[1] < c[0], b = 2 + (size_t)(c[3] < c[2]);
        a = c[b] < c[a] ? b : a;
        if (c[a] >= key)
            break;
        heap[k] = c[a];
        k = child + a;
    }
    heap[k] = key;
}

static inline uint64_t heap_top(const struct hall_engine *e)
{
    return e->heap[0];
}

static inline void heap_replace(struct hall_engine *e, uint64_t key)
{
    heap_sift_down(e->heap, e->n_heap, key);
}

static inline void heap_pop(struct hall_engine *e)
{
    uint64_t last = e->heap[--e->n_heap];
    e->heap[e->n_heap] = KEY_NONE;
    if (e->n_heap > 0)
        heap_sift_down(e->heap, e->n_heap, last);
}

static inline void heap_push(struct hall_engine *e, uint64_t key)
{
    heap_reserve(e, e->n_heap + 1);
    size_t k = e->n_heap++;
    for (; k > 0 && e->heap[(k - 1) / 4] > key; k = (k - 1) / 4)
        e->heap[k] = e->heap[(k - 1) / 4];
    e->heap[k] = key;
}

#endif
