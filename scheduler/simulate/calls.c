#include "scheduler/simulate/calls.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "core/random.h"
#include "scheduler/simulate/busy.h"
#include "scheduler/simulate/ticks.h"
#include "scheduler/simulate/variates.h"

/* What a stream of a queue and interval is for. */
enum { STREAM_COUNT, STREAM_PLACE, STREAM_LUCK, STREAM_N };
#define BUSYNESS_SALT UINT64_C(0x6A09E667F3BCC909)
#define ALL_QUEUES UINT64_C(0xFFFFFFFF)
#define BACKLOG_IV UINT64_C(0xFFFFFFFF)
#define MOST_BUCKET_BITS 20
#define INTERVAL_MAX_S 16383 /* a place times its ticks is below 2^64 */

/* Opening time of a deferred queue, cumulated: n + 1. */
struct opening {
    double *until_s;
    int32_t iv; /* where the last due time was found */
};

/* A source, ready for use. */
struct drawn {
    const struct call_source *source;
    float aht_s;      /* now */
    float patience_s; /* INFINITY: nobody leaves */
    uint32_t balk;    /* 2^32 = all */
    struct opening opening;
};

/* The contacts of one interval before they are in order of time; room for `size`, a multiple of the block. */
struct calls_scratch {
    size_t size, n_buckets;
    uint32_t *place;   /* where in the interval, 2^32 = its length */
    uint32_t *balk;    /* bits that decide whether they wait at all */
    uint32_t *luck[2]; /* bits of handling time and of patience */
    float *value[2];   /* mean 1 */
    int32_t *queue;
    uint32_t *bucket; /* contacts before each part of the interval */
    struct drawn *drawn;
};

static uint64_t stream_of(const struct calls_ask *ask, int queue, uint64_t iv, int stream)
{
    return random_at(ask->seed, (uint64_t)queue * STREAM_N + (uint64_t)stream, iv);
}

/* splitmix64's place `k` after `start`. */
static inline uint64_t bits_at(uint64_t start, uint64_t k)
{
    uint64_t z = start + (k + 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static void reserve(struct calls_scratch *s, size_t n)
{
    n = (n + VARIATES_BLOCK) / VARIATES_BLOCK * VARIATES_BLOCK;
    if (n <= s->size)
        return;
    s->size = MAX(n, 2 * s->size);
    s->place = g_renew(uint32_t, s->place, s->size);
    s->balk = g_renew(uint32_t, s->balk, s->size);
    s->queue = g_renew(int32_t, s->queue, s->size);
    for (int i = 0; i < 2; i++) {
        s->luck[i] = g_renew(uint32_t, s->luck[i], s->size);
        s->value[i] = g_renew(float, s->value[i], s->size);
    }
}

static struct call *room_for(struct calls *calls, size_t n)
{
    size_t need = (size_t)calls->n + n;
    g_assert(need < INT32_MAX);
    if (need > (size_t)calls->size) {
        calls->size = (int)MIN(MAX(need, 2 * (size_t)calls->size), INT32_MAX);
        calls->call = g_renew(struct call, calls->call, calls->size);
    }
    return calls->call + calls->n;
}

/* ---- deferred work ---- */

/* Clock seconds from the start of the grid to where the opening time adds up to open_s; what is left at the
   end of the grid goes on as if open. */
static double opens_at(struct opening *opening, const struct grid *grid, double open_s)
{
    const double *until_s = opening->until_s;
    while (opening->iv > 0 && until_s[opening->iv] >= open_s)
        opening->iv--;
    while (opening->iv < grid->n && until_s[opening->iv + 1] < open_s)
        opening->iv++;
    if (opening->iv >= grid->n)
        return (double)grid->n * grid->interval_s + (open_s - until_s[grid->n]);
    double here = until_s[opening->iv + 1] - until_s[opening->iv];
    double part = here > 0 ? (open_s - until_s[opening->iv]) / here : 0;
    return (opening->iv + MAX(part, 0)) * grid->interval_s;
}

static void opening_init(struct opening *opening, const struct call_source *source, const struct grid *grid)
{
    *opening = (struct opening){.until_s = g_new0(double, grid->n + 1)};
    for (int32_t iv = 0; iv < grid->n; iv++)
        opening->until_s[iv + 1] =
            opening->until_s[iv] + (source->open != NULL ? source->open[iv] : 1) * grid->interval_s;
}

/* Fills in when the deferred contacts are due. */
static void set_due(struct calls *calls, const struct calls_ask *ask)
{
    const struct grid *grid = ask->grid;
    bool any = false;
    for (int q = 0; q < ask->n_queues; q++)
        any |= ask->sources[q].deferred;
    for (int i = any ? 0 : calls->n; i < calls->n; i++) {
        struct call *call = &calls->call[i];
        const struct call_source *source = &ask->sources[call->queue];
        if (!source->deferred || call->iv < 0)
            continue;
        struct opening *opening = &calls->scratch->drawn[call->queue].opening;
        double at_s = ticks_s(call->at), part = at_s / grid->interval_s - call->iv;
        double opened_s =
            opening->until_s[call->iv] + part * (opening->until_s[call->iv + 1] - opening->until_s[call->iv]);
        call->patience_s = (float)MAX(opens_at(opening, grid, opened_s + MAX(source->due_s, 1e-3)) - at_s, 0);
    }
}

static void draw_work(const struct calls_ask *ask, const uint32_t *luck, float *value, size_t n)
{
    if (ask->handle_cv > 0)
        variates_lognormal(luck, ask->handle_cv, value, n);
    else
        variates_exponential(luck, value, n);
}

static void draw_backlog(struct calls *calls, const struct calls_ask *ask, int q)
{
    const struct call_source *source = &ask->sources[q];
    struct calls_scratch *s = calls->scratch;
    size_t n = (size_t)MAX(lround(source->backlog), 0);
    struct call *call = room_for(calls, n);
    uint64_t luck = stream_of(ask, q, BACKLOG_IV, STREAM_LUCK);
    reserve(s, n);
    for (size_t k = 0; k < n; k++)
        s->luck[0][k] = (uint32_t)bits_at(luck, k);
    draw_work(ask, s->luck[0], s->value[0], n);
    for (size_t k = 0; k < n; k++) {
        double due_s = opens_at(&s->drawn[q].opening, ask->grid, source->due_s * (double)(k + 1) / (double)n);
        call[k] = (struct call){.work_s = s->value[0][k] * (float)source->backlog_aht_s,
                                .patience_s = (float)due_s,
                                .queue = q,
                                .iv = -1};
    }
    calls->n += (int)n;
}

/* ---- one interval ---- */

/* The factor of a day, of one queue or ALL_QUEUES; by inversion, so that it grows with the luck of the day.
 */
static double busyness(const struct calls_ask *ask, int32_t day, uint64_t queue, double cv2)
{
    double u = random_uniform_at(ask->seed ^ BUSYNESS_SALT, queue, (uint64_t)day);
    return busy_factor(cv2, MAX(u, 0x1p-54));
}

/* Uniform bits of the interval's contacts, queue by queue. Returns how many. */
static size_t scatter(struct calls_scratch *s, const struct calls_ask *ask, int32_t iv, const double *factor)
{
    size_t n = 0;
    for (int q = 0; q < ask->n_queues; q++) {
        double mean = ask->sources[q].offered[iv] * factor[q];
        if (!(mean > 0))
            continue;
        s->drawn[q].aht_s = (float)ask->sources[q].aht_s[iv];
        size_t more = (size_t)variates_poisson(mean, stream_of(ask, q, (uint64_t)iv, STREAM_COUNT));
        uint64_t place = stream_of(ask, q, (uint64_t)iv, STREAM_PLACE);
        uint64_t luck = stream_of(ask, q, (uint64_t)iv, STREAM_LUCK);
        reserve(s, n + more);
        for (size_t k = 0; k < more; k++, n++) {
            uint64_t bits = bits_at(luck, k);
            uint64_t where = bits_at(place, k);
            s->place[n] = (uint32_t)(where >> 32);
            s->balk[n] = (uint32_t)where;
            s->luck[0][n] = (uint32_t)bits;
            s->luck[1][n] = (uint32_t)(bits >> 32);
            s->queue[n] = q;
        }
    }
    return n;
}

/* Counts the contacts into about as many parts of the interval as there are: s->bucket becomes where each
   part begins. Returns the bits of a place that say which part. */
static int count_places(struct calls_scratch *s, size_t n)
{
    int bits = 1;
    while (bits < MOST_BUCKET_BITS && ((size_t)1 << bits) < n)
        bits++;
    size_t n_buckets = (size_t)1 << bits;
    if (n_buckets > s->n_buckets) {
        s->n_buckets = n_buckets;
        s->bucket = g_renew(uint32_t, s->bucket, n_buckets);
    }
    memset(s->bucket, 0, n_buckets * sizeof *s->bucket);
    for (size_t i = 0; i < n; i++)
        s->bucket[s->place[i] >> (32 - bits)]++;
    uint32_t before = 0;
    for (size_t b = 0; b < n_buckets; b++) {
        uint32_t here = s->bucket[b];
        s->bucket[b] = before;
        before += here;
    }
    return bits;
}

/* Appends the interval's contacts in order of time: each goes to its part of the interval, and what is out of
   order within a part is put right by insertion. */
static void draw_interval(struct calls *calls, const struct calls_ask *ask, int32_t iv, const double *factor)
{
    struct calls_scratch *s = calls->scratch;
    size_t n = scatter(s, ask, iv, factor);
    struct call *call = room_for(calls, n);
    uint64_t ticks = (uint64_t)ticks_of(ask->grid->interval_s);
    int64_t start = (int64_t)ticks * iv;
    draw_work(ask, s->luck[0], s->value[0], n);
    variates_exponential(s->luck[1], s->value[1], n);
    int shift = 32 - count_places(s, n);
    for (size_t i = 0; i < n; i++) {
        const struct drawn *drawn = &s->drawn[s->queue[i]];
        float patience_s = drawn->patience_s < INFINITY ? drawn->patience_s * s->value[1][i] : INFINITY;
        call[s->bucket[s->place[i] >> shift]++] =
            (struct call){.at = start + (int64_t)(s->place[i] * ticks >> 32),
                          .work_s = s->value[0][i] * drawn->aht_s,
                          .patience_s = s->balk[i] < drawn->balk ? 0 : patience_s,
                          .queue = s->queue[i],
                          .iv = iv};
    }
    for (size_t i = 1; i < n; i++) {
        if (call[i].at >= call[i - 1].at)
            continue;
        struct call late = call[i];
        size_t k = i;
        for (; k > 0 && call[k - 1].at > late.at; k--)
            call[k] = call[k - 1];
        call[k] = late;
    }
    calls->n += (int)n;
}

/* ---- all ---- */

void calls_draw(struct calls *calls, const struct calls_ask *ask)
{
    const struct grid *grid = ask->grid;
    g_assert((double)grid->n * grid->interval_s <= TICKS_HORIZON_S && grid->interval_s <= INTERVAL_MAX_S);
    if (calls->scratch == NULL)
        calls->scratch = g_new0(struct calls_scratch, 1);
    struct calls_scratch *s = calls->scratch;
    size_t nq = (size_t)ask->n_queues + 1;
    s->drawn = g_renew(struct drawn, s->drawn, nq);
    g_autofree double *factor = g_new(double, nq);
    calls->n = 0;
    for (int q = 0; q < ask->n_queues; q++) {
        const struct call_source *source = &ask->sources[q];
        s->drawn[q] = (struct drawn){
            .source = source,
            .patience_s = source->patience_s > 0 && !source->deferred ? (float)source->patience_s : INFINITY,
            .balk = (uint32_t)(CLAMP(source->balk, 0, 1) * UINT32_MAX)};
        if (source->deferred) {
            opening_init(&s->drawn[q].opening, source, grid);
            draw_backlog(calls, ask, q);
        }
    }
    int32_t day = -1;
    for (int32_t iv = 0; iv < grid->n; iv++) {
        int32_t now =
            ask->day != NULL ? ask->day[iv] : (int32_t)((int64_t)iv * grid->interval_s / GRID_DAY_S);
        if (iv == 0 || now != day) {
            double all = busyness(ask, now, ALL_QUEUES, ask->busyness_cv2);
            for (int q = 0; q < ask->n_queues; q++)
                factor[q] = all * busyness(ask, now, (uint64_t)q, ask->sources[q].busyness_cv2);
        }
        day = now;
        draw_interval(calls, ask, iv, factor);
    }
    set_due(calls, ask);
    for (int q = 0; q < ask->n_queues; q++)
        g_free(s->drawn[q].opening.until_s);
}

void calls_clear(struct calls *calls)
{
    struct calls_scratch *s = calls->scratch;
    if (s != NULL) {
        void *const owned[] = {s->place,    s->balk,  s->luck[0], s->luck[1], s->value[0],
                               s->value[1], s->queue, s->bucket,  s->drawn};
        for (guint i = 0; i < G_N_ELEMENTS(owned); i++)
            g_free(owned[i]);
        g_free(s);
    }
    g_free(calls->call);
    *calls = (struct calls){.n = 0};
}
