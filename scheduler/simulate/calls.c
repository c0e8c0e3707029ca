#include "scheduler/simulate/calls.h"

#include <glib.h>
#include <math.h>

#include "core/random.h"

/* Streams of a queue: an arrival more changes nobody else's contact. */
enum { STREAM_ARRIVAL, STREAM_WORK, STREAM_PATIENCE, STREAM_N };

/* The next contacts of one queue. */
struct source {
    struct random random[STREAM_N];
    struct call next;
    double left; /* of the present interval's expected contacts, behind the next arrival */
    int32_t iv;
};

static double exponential(struct random *random)
{
    return -log1p(-random_uniform(random));
}

/* Mean 1. */
static double draw_work(struct random *random, double cv)
{
    if (!(cv > 0))
        return exponential(random);
    double radius = sqrt(2 * exponential(random)), angle = 2 * G_PI * random_uniform(random);
    double variance = log1p(cv * cv);
    return exp(sqrt(variance) * radius * cos(angle) - variance / 2);
}

/* The next arrival of the queue; arrives_s INFINITY when there is none. Time runs by expected contacts. */
static void advance(struct source *source, const struct call_source *from, const struct grid *grid, double cv)
{
    double gap = exponential(&source->random[STREAM_ARRIVAL]);
    while (source->iv < grid->n && gap >= source->left) {
        gap -= source->left;
        source->iv++;
        source->left = source->iv < grid->n ? from->offered[source->iv] : 0;
    }
    if (source->iv >= grid->n) {
        source->next.arrives_s = INFINITY;
        return;
    }
    source->left -= gap;
    double share = 1 - source->left / from->offered[source->iv];
    source->next.iv = source->iv;
    source->next.arrives_s = (source->iv + CLAMP(share, 0, 1)) * grid->interval_s;
    source->next.work_s = from->aht_s[source->iv] * draw_work(&source->random[STREAM_WORK], cv);
    double patience = exponential(&source->random[STREAM_PATIENCE]);
    source->next.patience_s = from->patience_s > 0 ? from->patience_s * patience : INFINITY;
}

void calls_draw(struct calls *calls, const struct call_source *sources, int n_queues, const struct grid *grid,
                double handle_cv, uint64_t seed)
{
    g_autofree struct source *state = g_new0(struct source, n_queues + 1);
    for (int q = 0; q < n_queues; q++) {
        for (int i = 0; i < STREAM_N; i++)
            random_seed(&state[q].random[i], seed * 0x9E3779B97F4A7C15u + (uint64_t)(q * STREAM_N + i));
        state[q].next.queue = q;
        state[q].left = grid->n > 0 ? sources[q].offered[0] : 0;
        advance(&state[q], &sources[q], grid, handle_cv);
    }
    calls->n = 0;
    for (;;) {
        int first = -1;
        for (int q = 0; q < n_queues; q++)
            if (state[q].next.arrives_s < INFINITY &&
                (first < 0 || state[q].next.arrives_s < state[first].next.arrives_s))
                first = q;
        if (first < 0)
            break;
        if (calls->n == calls->size) {
            calls->size = MAX(4096, 2 * calls->size);
            calls->call = g_renew(struct call, calls->call, calls->size);
        }
        calls->call[calls->n++] = state[first].next;
        advance(&state[first], &sources[first], grid, handle_cv);
    }
}

void calls_clear(struct calls *calls)
{
    g_free(calls->call);
    *calls = (struct calls){.n = 0};
}
