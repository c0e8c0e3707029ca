#include "scheduler/simulate/hall_heap.h"

#include <glib.h>

/* Room for n events and the four that end the last of them. */
void heap_reserve(struct hall_engine *e, size_t n)
{
    if (n + 8 <= e->size_heap)
        return;
    size_t size = MAX(2 * e->size_heap, n + 8);
    e->heap = g_renew(uint64_t, e->heap, size);
    for (size_t i = e->size_heap; i < size; i++)
        e->heap[i] = KEY_NONE;
    e->size_heap = size;
}

void leaving_push(struct hall_engine *e, int64_t deadline, int queue, int32_t position)
{
    if (e->n_leavings == e->size_leavings) {
        e->size_leavings = MAX(64, 2 * e->size_leavings);
        e->leavings = g_renew(struct leaving, e->leavings, e->size_leavings);
    }
    int k = e->n_leavings++;
    for (; k > 0 && e->leavings[(k - 1) / 2].deadline > deadline; k = (k - 1) / 2)
        e->leavings[k] = e->leavings[(k - 1) / 2];
    e->leavings[k] = (struct leaving){deadline, position, queue};
}

static struct leaving leaving_pop(struct hall_engine *e)
{
    struct leaving first = e->leavings[0], last = e->leavings[--e->n_leavings];
    int k = 0;
    for (int child = 1; child < e->n_leavings; child = 2 * k + 1) {
        child += child + 1 < e->n_leavings && e->leavings[child + 1].deadline < e->leavings[child].deadline;
        if (e->leavings[child].deadline >= last.deadline)
            break;
        e->leavings[k] = e->leavings[child];
        k = child;
    }
    e->leavings[k] = last;
    return first;
}

void leaving_settle(struct hall_engine *e)
{
    while (e->n_leavings > 0 && e->leavings[0].deadline <= e->now) {
        struct leaving leaving = leaving_pop(e);
        if (e->fifo[leaving.position] < 0)
            continue;
        e->lines[leaving.queue].n_waiting--;
        e->n_waiting--;
    }
}
