#include "scheduler/simulate/replicate.h"

#include <math.h>

#include "core/random.h"
#include "scheduler/simulate/busy.h"

/* Streams of chance of a replication. */
enum { CHANCE_CONTACTS, CHANCE_STAFF, CHANCE_DAYS, CHANCE_WEEKS };

/* What one thread needs and adds up. */
struct worker {
    struct simulation *s;
    bool calling; /* the thread that was called */
    struct calls calls;
    struct call_source *sources;
    double *offered; /* n_queues × n: of the days drawn */
    struct staff_drawn drawn;
    struct hall hall;
    struct hall_engine *engine; /* of the hall */
    struct hall_count *counts;
    struct hall_backlog *waiting;
    struct totals totals;
};

static size_t cells_of(const struct simulation *s)
{
    return (size_t)s->problem->operation->n_queues * (size_t)s->problem->demand.grid.n;
}

bool target_reached(struct ratio_sample sample, const struct sla_past *past, double target)
{
    return sample.num + past->in_time >= target * (sample.den + past->counted) - 1e-9;
}

/* ---- a replication ---- */

/* Numerator and denominator of the service level. */
static struct ratio_sample measure(const struct queue *queue, const struct hall_count *c)
{
    struct ratio_sample out = {c->in_time, c->offered};
    if (channel_is_deferred(queue->channel)) {
        out.den -= c->undecided;
        return out;
    }
    switch (queue->sla.definition) {
    case SL_ANSWERED:
        out.den = c->answered;
        break;
    case SL_ABAN_IGNORED:
        out.den = c->offered - c->abandoned_in_time;
        break;
    case SL_ABAN_POSITIVE:
        out.num = c->in_time + c->abandoned_in_time;
        break;
    case SL_EXCL_SHORT:
        out.den = c->offered - c->abandoned_short;
        break;
    case SL_VIRTUAL:
        out.num = c->virtual_in_time;
        break;
    default:
        break;
    }
    return out;
}

/* Adds up the cells of the report, and the intervals that reach the target. */
static void add_cells(struct worker *w, int replication)
{
    static const struct sla_past none = {0};
    const struct operation *operation = w->s->problem->operation;
    const struct demand *demand = &w->s->problem->demand;
    for (int q = 0; q < operation->n_queues; q++) {
        const struct queue *queue = &operation->queues[q];
        struct ratio_sample met = {0};
        for (int32_t iv = 0; iv < demand->grid.n; iv++) {
            size_t cell = DEMAND_CELL(demand, q, iv);
            struct ratio_sample here = measure(queue, &w->counts[cell]);
            w->totals.in_time[cell] += here.num;
            w->totals.counted[cell] += here.den;
            met.den += here.den > 0;
            met.num += here.den > 0 && target_reached(here, &none, queue->sla.target);
        }
        w->s->interval[(size_t)replication * (size_t)operation->n_queues + (size_t)q] = met;
    }
}

static void add_counts(struct worker *w, int replication)
{
    struct simulation *s = w->s;
    for (guint i = 0; i < s->lines->len; i++) {
        const struct simulate_line *line = &g_array_index(s->lines, struct simulate_line, i);
        const struct queue *queue = &s->problem->operation->queues[line->queue];
        struct line_sums *sums = &w->totals.lines[i];
        struct ratio_sample sample = {0};
        double wait_s = 0, busy_s = 0, oldest_s = 0;
        for (int32_t iv = line->from_iv; iv < line->to_iv; iv++) {
            size_t cell = DEMAND_CELL(&s->problem->demand, line->queue, iv);
            const struct hall_count *c = &w->counts[cell];
            struct ratio_sample here = measure(queue, c);
            sample.num += here.num;
            sample.den += here.den;
            sums->offered += c->offered;
            sums->answered += c->answered;
            sums->abandoned += c->abandoned;
            wait_s += c->wait_s;
            busy_s += c->busy_s;
            oldest_s = MAX(oldest_s, w->waiting[cell].oldest_s);
        }
        sums->backlog += w->waiting[DEMAND_CELL(&s->problem->demand, line->queue, line->to_iv - 1)].waiting;
        sums->oldest_ms += llround(oldest_s * 1000);
        sums->wait_ms += llround(wait_s * 1000);
        sums->busy_ms += llround(busy_s * 1000);
        s->samples[(size_t)replication * s->lines->len + i] = sample;
    }
}

/* Monday of the roster week that a day counts to: what lies before the first in the queue's zone is of it,
   and so at the end. */
static int32_t week_of(const struct plan_problem *problem, int32_t day)
{
    int32_t week = day < problem->first_day ? 0 : (day - problem->first_day) / 7;
    return problem->first_day + 7 * MIN(week, MAX(problem->n_weeks, 1) - 1);
}

/* The factor of a local day of a queue. The second of a pair turns the first upside down. */
static double day_factor(const struct simulation *s, int queue, int32_t day, int replication)
{
    const struct demand *demand = &s->problem->demand;
    uint64_t pair = (uint64_t)replication / 2, stream = g_str_hash(s->problem->operation->queues[queue].id);
    double correlation = demand->day_correlation != NULL ? demand->day_correlation[queue] : 0;
    double own = random_uniform_at(random_at(s->ask->seed, CHANCE_DAYS, pair), stream, (uint64_t)day);
    double week = random_uniform_at(random_at(s->ask->seed, CHANCE_WEEKS, pair), stream,
                                    (uint64_t)week_of(s->problem, day));
    double luck = busy_luck(correlation, week + 0x1p-54, own + 0x1p-54);
    return busy_factor(demand->busyness_cv2[queue], replication % 2 == 0 ? luck : 1 - luck);
}

/* Contacts of days that are busier or calmer. */
static void draw_days(struct worker *w, int replication)
{
    const struct simulation *s = w->s;
    const struct demand *demand = &s->problem->demand;
    for (int q = 0; q < demand->n_queues; q++) {
        double factor = 1;
        for (int32_t iv = 0; iv < demand->grid.n; iv++) {
            size_t cell = DEMAND_CELL(demand, q, iv);
            if (iv == 0 || s->day[cell] != s->day[cell - 1])
                factor = day_factor(s, q, s->day[cell], replication);
            w->offered[cell] = s->offered[cell] * factor;
        }
    }
}

static void replicate(struct worker *w, int replication)
{
    const struct simulation *s = w->s;
    uint64_t contacts = random_at(s->ask->seed, CHANCE_CONTACTS, (uint64_t)replication);
    if (s->day != NULL)
        draw_days(w, replication);
    staff_draw(&s->staff, random_at(s->ask->seed, CHANCE_STAFF, (uint64_t)replication), s->ask->even,
               &w->drawn);
    struct calls_ask draw = {.sources = w->sources,
                             .n_queues = s->problem->operation->n_queues,
                             .grid = &s->problem->demand.grid,
                             .handle_cv = s->ask->handle_cv,
                             .seed = contacts};
    struct hall_result result = {.counts = w->counts, .waiting = w->waiting};
    calls_draw(&w->calls, &draw);
    hall_run(w->engine, &w->calls, contacts, &result);
    add_counts(w, replication);
    add_cells(w, replication);
    w->totals.contacts += w->calls.n;
}

/* ---- threads ---- */

static void totals_init(struct totals *totals, const struct simulation *s)
{
    totals->lines = g_new0(struct line_sums, s->lines->len + 1);
    totals->in_time = g_new0(int64_t, cells_of(s) + 1);
    totals->counted = g_new0(int64_t, cells_of(s) + 1);
}

void totals_clear(struct totals *totals)
{
    g_free(totals->lines);
    g_free(totals->in_time);
    g_free(totals->counted);
    *totals = (struct totals){.contacts = 0};
}

static void totals_add(struct totals *to, const struct totals *from, const struct simulation *s)
{
    for (guint i = 0; i < s->lines->len; i++) {
        to->lines[i].offered += from->lines[i].offered;
        to->lines[i].answered += from->lines[i].answered;
        to->lines[i].abandoned += from->lines[i].abandoned;
        to->lines[i].wait_ms += from->lines[i].wait_ms;
        to->lines[i].busy_ms += from->lines[i].busy_ms;
        to->lines[i].backlog += from->lines[i].backlog;
        to->lines[i].oldest_ms += from->lines[i].oldest_ms;
    }
    for (size_t i = 0; i < cells_of(s); i++) {
        to->in_time[i] += from->in_time[i];
        to->counted[i] += from->counted[i];
    }
    to->contacts += from->contacts;
}

static void worker_init(struct worker *w, struct simulation *s, bool calling)
{
    int n_queues = s->problem->operation->n_queues;
    *w = (struct worker){.s = s, .calling = calling};
    w->offered = g_new0(double, cells_of(s) + 1);
    w->sources = g_memdup2(s->sources, ((size_t)n_queues + 1) * sizeof *w->sources);
    for (int q = 0; s->day != NULL && q < n_queues; q++)
        w->sources[q].offered = w->offered + DEMAND_CELL(&s->problem->demand, q, 0);
    w->counts = g_new(struct hall_count, cells_of(s) + 1);
    w->waiting = g_new0(struct hall_backlog, cells_of(s) + 1);
    totals_init(&w->totals, s);
    staff_drawn_init(&w->drawn, &s->staff);
    w->hall = (struct hall){.grid = s->problem->demand.grid,
                            .queues = s->queues,
                            .n_queues = n_queues,
                            .groups = w->drawn.groups,
                            .n_groups = s->staff.groups.n};
    w->engine = hall_engine_new(&w->hall);
}

static void worker_clear(struct worker *w)
{
    hall_engine_free(w->engine);
    calls_clear(&w->calls);
    staff_drawn_clear(&w->drawn);
    g_free(w->sources);
    g_free(w->offered);
    g_free(w->counts);
    g_free(w->waiting);
    totals_clear(&w->totals);
}

/* Replications of the batch one after the other, whoever is free takes the next: what is done when all have
   come back is the first so many. */
static gpointer work(gpointer data)
{
    struct worker *w = data;
    struct simulation *s = w->s;
    while (g_atomic_int_get(&s->stop) == 0) {
        int replication = g_atomic_int_add(&s->next, 1);
        if (replication >= s->end)
            break;
        replicate(w, replication);
        int done = g_atomic_int_add(&s->done, 1) + 1;
        if (w->calling && s->ask->go_on != NULL && !s->ask->go_on(done, s->ask->user))
            g_atomic_int_set(&s->stop, 1);
    }
    return NULL;
}

static void run_batch(struct simulation *s, struct worker *workers, int n_workers, int end)
{
    g_autofree GThread **threads = g_new0(GThread *, (gsize)n_workers + 1);
    s->end = end;
    s->next = s->done;
    s->samples = g_renew(struct ratio_sample, s->samples, (size_t)end * s->lines->len + 1);
    s->interval =
        g_renew(struct ratio_sample, s->interval, (size_t)end * (size_t)s->problem->operation->n_queues + 1);
    int n = MIN(n_workers, end - s->done);
    for (int i = 1; i < n; i++)
        threads[i] = g_thread_new("simulate", work, &workers[i]);
    work(&workers[0]);
    for (int i = 1; i < n; i++)
        g_thread_join(threads[i]);
}

static bool known_well(const struct simulation *s)
{
    bool known = true;
    for (guint i = 0; known && i < s->lines->len; i++) {
        if (g_array_index(s->lines, struct simulate_line, i).whole)
            known = ratio_estimate(s->samples + i, s->done, (int)s->lines->len, s->cluster).half <=
                    s->ask->half_width;
    }
    return known;
}

void replications_run(struct simulation *s)
{
    int most = MAX(s->ask->replications, 1), n_workers = CLAMP(s->ask->threads, 1, most);
    g_autofree struct worker *workers = g_new0(struct worker, n_workers);
    for (int i = 0; i < n_workers; i++)
        worker_init(&workers[i], s, i == 0);
    while (s->done < most && s->stop == 0) {
        bool looks = s->ask->half_width > 0;
        run_batch(s, workers, n_workers, looks ? MIN(s->done + SIMULATE_BATCH, most) : most);
        if (looks && s->done >= MIN(2 * SIMULATE_BATCH, most) && known_well(s))
            break;
    }
    totals_init(&s->totals, s);
    for (int i = 0; i < n_workers; i++) {
        totals_add(&s->totals, &workers[i].totals, s);
        worker_clear(&workers[i]);
    }
}
