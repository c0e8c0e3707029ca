#include "scheduler/simulate/hall_events.h"

#include <glib.h>
#include <string.h>

#define MOST_BUCKETS 4096
#define PER_BUCKET 2 /* events, on average */

/* ---- far: a heap ---- */

static void far_push(struct events *events, uint64_t key)
{
    if (events->n_far == events->size_far) {
        events->size_far = MAX(64, 2 * events->size_far);
        events->far = g_renew(uint64_t, events->far, events->size_far);
    }
    size_t k = events->n_far++;
    for (; k > 0 && events->far[(k - 1) / 4] > key; k = (k - 1) / 4)
        events->far[k] = events->far[(k - 1) / 4];
    events->far[k] = key;
}

static uint64_t far_pop(struct events *events)
{
    uint64_t *far = events->far, first = far[0], last = far[--events->n_far];
    size_t n = events->n_far, k = 0;
    for (size_t child = 1; child < n; child = 4 * k + 1) {
        size_t least = child;
        for (size_t c = child + 1; c < MIN(child + 4, n); c++)
            least = far[c] < far[least] ? c : least;
        if (far[least] >= last)
            break;
        far[k] = far[least];
        k = least;
    }
    far[k] = last;
    return first;
}

/* ---- near: sorted, the earliest last ---- */

static void near_insert(struct events *events, uint64_t key)
{
    if (events->n_near == events->size_near) {
        events->size_near = MAX(64, 2 * events->size_near);
        events->near = g_renew(uint64_t, events->near, events->size_near);
    }
    size_t k = events->n_near++;
    for (; k > 0 && events->near[k - 1] < key; k--)
        events->near[k] = events->near[k - 1];
    events->near[k] = key;
    events->top = events->near[events->n_near - 1];
}

void events_push_slowly(struct events *events, uint64_t key)
{
    uint64_t bucket = key >> events->shift;
    if (events->bucket == EVENTS_NO_BUCKET)
        events->bucket = bucket;
    if (bucket <= events->bucket)
        near_insert(events, key);
    else
        far_push(events, key);
}

/* Distance from the bucket behind the present one to the next that holds anything; n_buckets: none does. */
static size_t next_used(const struct events *events)
{
    size_t n = events->n_buckets, words = n / 64, from = (size_t)(events->bucket + 1) & (n - 1);
    uint64_t word = events->used[from >> 6] >> (from & 63);
    if (word != 0)
        return (size_t)__builtin_ctzll(word);
    size_t passed = 64 - (from & 63);
    for (size_t w = 1; w <= words; w++, passed += 64) {
        word = events->used[((from >> 6) + w) & (words - 1)];
        if (word != 0)
            return passed + (size_t)__builtin_ctzll(word);
    }
    return n;
}

void events_turn(struct events *events)
{
    size_t ahead = next_used(events);
    uint64_t bucket = ahead < events->n_buckets ? events->bucket + 1 + ahead : EVENTS_NO_BUCKET;
    if (events->n_far > 0)
        bucket = MIN(bucket, events->far[0] >> events->shift);
    bool wheel = ahead < events->n_buckets && bucket == events->bucket + 1 + ahead;
    events->bucket = bucket;
    events->n_near = 0;
    events->top = KEY_NONE;
    if (bucket == EVENTS_NO_BUCKET)
        return;
    if (wheel) {
        size_t at = (size_t)bucket & (events->n_buckets - 1), n = events->count[at];
        const uint64_t *slot = events->slot + at * EVENTS_ROOM;
        for (size_t i = 0; i < n; i++) {
            size_t after = 0;
            for (size_t k = 0; k < n; k++)
                after += k < i ? slot[k] >= slot[i] : slot[k] > slot[i];
            events->near[after] = slot[i];
        }
        events->n_near = n;
        events->top = events->near[n - 1];
        events->count[at] = 0;
        events->used[at >> 6] &= ~(UINT64_C(1) << (at & 63));
    }
    while (events->n_far > 0 && events->far[0] >> events->shift == bucket)
        near_insert(events, far_pop(events));
}

void events_init(struct events *events, int64_t gap, int64_t work)
{
    int shift = 0;
    while (shift < TICK_BITS && (PER_BUCKET * gap) >> (shift + 1) > 0)
        shift++;
    size_t n = 64;
    while (n < MOST_BUCKETS && (int64_t)n < (4 * work) >> shift)
        n *= 2;
    if (events->n_buckets != n) {
        events->n_buckets = n;
        g_free(events->slot);
        g_free(events->count);
        g_free(events->used);
        events->slot = g_new(uint64_t, n * EVENTS_ROOM);
        events->count = g_new0(uint8_t, n);
        events->used = g_new0(uint64_t, n / 64);
    }
    if (events->near == NULL) {
        events->size_near = 64;
        events->near = g_new(uint64_t, events->size_near);
    }
    events->shift = shift + ID_BITS;
    events->bucket = EVENTS_NO_BUCKET;
    events->top = KEY_NONE;
    events->n_near = events->n_far = 0;
}

void events_clear(struct events *events)
{
    void *const owned[] = {events->slot, events->count, events->used, events->near, events->far};
    for (guint i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
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
