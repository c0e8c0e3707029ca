#include "tests/scheduler/hall_slow.h"

#include <glib.h>
#include <string.h>

#include "scheduler/simulate/ticks.h"
#include "tests/support/testing.h"

struct agent {
    int group;
    bool here; /* on shift; who is not finishes the contact and leaves */
    int call;  /* -1: idle */
    int64_t until;
};

struct waiting {
    int call;
    int64_t leaves, due; /* of deferred work only due */
};

struct world {
    const struct hall *hall;
    const struct calls *calls;
    struct hall_result *result;
    GArray *agents, *line; /* struct agent, struct waiting: in order of arrival */
    int64_t now, last;     /* of the event before */
    int iv;
    int *served_up_to; /* per queue: the last call taken */
};

#define AGENT(w, i) (&g_array_index((w)->agents, struct agent, i))
#define WAITING(w, i) (&g_array_index((w)->line, struct waiting, i))

static int place_of(const struct hall_group *group, int queue)
{
    for (int k = 0; k < group->n_queues; k++)
        if (group->queues[k] == queue)
            return k;
    return -1;
}

static int64_t delay_of(const struct hall_group *group, int k)
{
    return group->delay_s != NULL ? ticks_of(group->delay_s[k]) : 0;
}

static int n_skills(const struct world *w, int g)
{
    int n = 0;
    for (int k = 0; k < w->hall->groups[g].n_queues; k++)
        n += !w->hall->queues[w->hall->groups[g].queues[k]].deferred;
    return n;
}

static int n_idle(const struct world *w, int g)
{
    int n = 0;
    for (guint i = 0; i < w->agents->len; i++)
        n += AGENT(w, i)->group == g && AGENT(w, i)->here && AGENT(w, i)->call < 0;
    return n;
}

static struct hall_count *count_of(struct world *w, int call)
{
    const struct call *c = &w->calls->call[call];
    return c->iv < 0 ? &w->result->backlog[c->queue] : &w->result->counts[c->queue * w->hall->grid.n + c->iv];
}

/* Agent-time in contacts of the interval, shared out over intervals by overlap. */
static void count_busy(struct world *w, int g, int64_t from, int64_t to)
{
    int64_t length = ticks_of(w->hall->grid.interval_s);
    for (int iv = 0; iv < w->hall->grid.n; iv++) {
        int64_t overlap = MIN(to, length * (iv + 1)) - MAX(from, length * iv);
        if (overlap > 0)
            w->result->busy_s[g * w->hall->grid.n + iv] += ticks_s(overlap);
    }
}

static void begin(struct world *w, guint position, int g)
{
    int call = WAITING(w, position)->call;
    const struct call *c = &w->calls->call[call];
    const struct hall_queue *queue = &w->hall->queues[c->queue];
    const struct hall_group *group = &w->hall->groups[g];
    struct hall_count *count = count_of(w, call);
    int k = place_of(group, c->queue);
    guint i = 0;
    while (AGENT(w, i)->group != g || !AGENT(w, i)->here || AGENT(w, i)->call >= 0)
        ck_assert_uint_lt(++i, w->agents->len);
    ck_assert_int_ge(k, 0);
    ck_assert_int_gt(call, w->served_up_to[c->queue]);
    w->served_up_to[c->queue] = call;
    int64_t wait = w->now - c->at;
    ck_assert_int_ge(wait, delay_of(group, k));
    int64_t work =
        (int64_t)((double)c->work_s * (TICKS_PER_S / (group->speed != NULL ? group->speed[k] : 1)));
    work = MAX(work, 1);
    AGENT(w, i)->call = call;
    AGENT(w, i)->until = w->now + work;
    count_busy(w, g, w->now, w->now + work);
    count->answered++;
    count->in_time +=
        queue->deferred ? w->now + work <= WAITING(w, position)->due : wait <= ticks_of(queue->threshold_s);
    count->wait_s += ticks_s(wait);
    count->busy_s += ticks_s(work);
    g_array_remove_index(w->line, position);
}

/* The first idle group for a contact: level, fewest skills, number. */
static int find_group(struct world *w, int call)
{
    const struct call *c = &w->calls->call[call];
    int best = -1, best_level = 0;
    for (int g = 0; g < w->hall->n_groups; g++) {
        const struct hall_group *group = &w->hall->groups[g];
        int k = place_of(group, c->queue), idle = n_idle(w, g);
        if (k < 0 || idle == 0 || w->now - c->at < delay_of(group, k) ||
            (w->hall->queues[c->queue].deferred && idle <= group->blend_idle))
            continue;
        int level = group->level != NULL ? group->level[k] : 0;
        if (best >= 0 && (level > best_level || (level == best_level && n_skills(w, g) >= n_skills(w, best))))
            continue;
        best = g;
        best_level = level;
    }
    return best;
}

static bool is_open(const struct world *w, int queue)
{
    const double *open = w->hall->queues[queue].open;
    return w->iv < w->hall->grid.n && (open == NULL || open[w->iv] > 0);
}

/* The first of the queue in line; -1: nobody. */
static int first_of(const struct world *w, int queue)
{
    for (guint i = 0; i < w->line->len; i++)
        if (w->calls->call[WAITING(w, i)->call].queue == queue)
            return (int)i;
    return -1;
}

/* Whom a free agent of the group takes; -1: nobody. */
static int find_contact(struct world *w, int g)
{
    const struct hall_group *group = &w->hall->groups[g];
    int best = -1, best_priority = 0;
    double best_urgency = 0;
    for (int q = 0; q < w->hall->n_queues; q++) {
        int k = place_of(group, q), i = k >= 0 ? first_of(w, q) : -1;
        if (i < 0 || w->hall->queues[q].deferred)
            continue;
        int64_t wait = w->now - w->calls->call[WAITING(w, i)->call].at;
        int priority = group->priority != NULL ? group->priority[k] : 0;
        double urgency =
            (double)wait * (group->rule == HALL_LONGEST ? 1 : 1 / MAX(w->hall->queues[q].threshold_s, 1));
        if (wait < delay_of(group, k) ||
            (best >= 0 &&
             (priority > best_priority || (priority == best_priority && urgency <= best_urgency))))
            continue;
        best = i;
        best_priority = priority;
        best_urgency = urgency;
    }
    if (best >= 0 || n_idle(w, g) <= group->blend_idle)
        return best;
    for (int k = 0; k < group->n_queues; k++) {
        int q = group->queues[k], i = first_of(w, q);
        if (i < 0 || !w->hall->queues[q].deferred || !is_open(w, q) ||
            w->now - w->calls->call[WAITING(w, i)->call].at < delay_of(group, k))
            continue;
        int64_t due = WAITING(w, i)->due, best_due = best < 0 ? TICKS_NEVER : WAITING(w, best)->due;
        if (best < 0 || due < best_due ||
            (due == best_due && q < w->calls->call[WAITING(w, best)->call].queue))
            best = i;
    }
    return best;
}

static void serve(struct world *w, int g)
{
    for (int i; n_idle(w, g) > 0 && (i = find_contact(w, g)) >= 0;)
        begin(w, (guint)i, g);
}

static int n_waiting(const struct world *w, int queue)
{
    int n = 0;
    for (guint i = 0; i < w->line->len; i++) {
        int of = w->calls->call[WAITING(w, i)->call].queue;
        n += queue >= 0 ? of == queue : !w->hall->queues[of].deferred;
    }
    return n;
}

static void arrive(struct world *w, int call)
{
    const struct call *c = &w->calls->call[call];
    const struct hall_queue *queue = &w->hall->queues[c->queue];
    struct hall_count *count = count_of(w, call);
    count->offered++;
    struct waiting waiting = {call, TICKS_NEVER, TICKS_NEVER};
    int64_t ends =
        c->patience_s < 1e9f ? c->at + (int64_t)((double)c->patience_s * TICKS_PER_S) : TICKS_NEVER;
    *(queue->deferred ? &waiting.due : &waiting.leaves) = ends;
    bool first = n_waiting(w, c->queue) == 0;
    bool full = !queue->deferred && c->patience_s > 0 &&
                ((queue->limited && n_waiting(w, c->queue) >= queue->room) ||
                 (w->hall->limited && n_waiting(w, -1) >= w->hall->room));
    g_array_append_val(w->line, waiting);
    int g = queue->deferred && (!is_open(w, c->queue) || !first) ? -1 : find_group(w, call);
    if (g >= 0)
        begin(w, w->line->len - 1, g);
    if (queue->deferred || g < 0)
        count->waited++;
    if (g < 0 && full) {
        count->waited--;
        count->blocked++;
        g_array_set_size(w->line, w->line->len - 1);
    }
}

static void leave(struct world *w, guint i)
{
    int call = WAITING(w, i)->call;
    const struct hall_queue *queue = &w->hall->queues[w->calls->call[call].queue];
    int64_t wait = WAITING(w, i)->leaves - w->calls->call[call].at;
    struct hall_count *count = count_of(w, call);
    count->abandoned++;
    count->abandoned_in_time += wait <= ticks_of(queue->threshold_s);
    count->abandoned_short += wait <= ticks_of(queue->short_abandon_s);
    count->left_s += ticks_s(wait);
    g_array_remove_index(w->line, i);
}

/* The least delay of the queue's groups above `over`; TICKS_NEVER: there is none. */
static int64_t next_delay(const struct world *w, int queue, int64_t over)
{
    int64_t least = TICKS_NEVER;
    for (int g = 0; g < w->hall->n_groups; g++) {
        int k = place_of(&w->hall->groups[g], queue);
        int64_t delay = k >= 0 ? delay_of(&w->hall->groups[g], k) : 0;
        if (delay > over)
            least = MIN(least, delay);
    }
    return least;
}

/* The first who has waited long enough right now for another group, and finds it free; false: nobody. */
static bool overflow(struct world *w)
{
    for (int q = 0; q < w->hall->n_queues; q++)
        for (int64_t delay = 0;;) {
            delay = next_delay(w, q, delay);
            if (delay == TICKS_NEVER)
                break;
            for (guint i = 0; i < w->line->len; i++) {
                const struct call *c = &w->calls->call[WAITING(w, i)->call];
                bool may = !w->hall->queues[q].deferred || (is_open(w, q) && first_of(w, q) == (int)i);
                int g =
                    may && c->queue == q && c->at + delay == w->now ? find_group(w, WAITING(w, i)->call) : -1;
                if (g < 0)
                    continue;
                begin(w, i, g);
                return true;
            }
        }
    return false;
}

/* Deferred queues at the end of the interval. */
static void close_interval(struct world *w, int iv)
{
    for (guint i = 0; i < w->line->len; i++) {
        const struct waiting *waiting = WAITING(w, i);
        const struct call *c = &w->calls->call[waiting->call];
        struct hall_backlog *out = &w->result->waiting[c->queue * w->hall->grid.n + iv];
        if (!w->hall->queues[c->queue].deferred)
            continue;
        if (out->waiting++ == 0)
            out->oldest_s = ticks_s(w->now - c->at);
        out->late += waiting->due <= w->now;
        if (iv == w->hall->grid.n - 1)
            count_of(w, waiting->call)->undecided += waiting->due > w->now;
    }
}

static void open_interval(struct world *w, int iv)
{
    for (int g = 0; g < w->hall->n_groups; g++) {
        int more = w->hall->groups[g].staff[iv];
        for (guint i = 0; i < w->agents->len; i++)
            more -= AGENT(w, i)->group == g && AGENT(w, i)->here;
        for (int busy = 1; busy >= 0; busy--) /* who is leaving stays; who is idle leaves first */
            for (guint i = 0; i < w->agents->len && more != 0; i++) {
                struct agent *agent = AGENT(w, i);
                bool comes = more > 0 && !agent->here && busy == 1;
                bool goes = more < 0 && agent->here && (agent->call >= 0) == (busy == 0);
                if (agent->group != g || !(comes || goes))
                    continue;
                agent->here = comes;
                more += comes ? -1 : 1;
            }
        for (; more > 0; more--) {
            struct agent agent = {g, true, -1, 0};
            g_array_append_val(w->agents, agent);
        }
    }
    for (guint i = w->agents->len; i-- > 0;)
        if (!AGENT(w, i)->here && AGENT(w, i)->call < 0)
            g_array_remove_index(w->agents, i);
    for (int size = 0; size <= w->hall->n_queues; size++)
        for (int g = 0; g < w->hall->n_groups; g++)
            if (n_skills(w, g) == size)
                serve(w, g);
}

/* The contact that ends now, of the group with fewest skills, lowest number, first queue; -1: none. */
static int ending(const struct world *w)
{
    int best = -1;
    for (guint i = 0; i < w->agents->len; i++) {
        const struct agent *a = AGENT(w, i), *b = best >= 0 ? AGENT(w, best) : NULL;
        if (a->call < 0 || a->until != w->now)
            continue;
        if (b != NULL) {
            int order = n_skills(w, a->group) - n_skills(w, b->group);
            order = order != 0 ? order : a->group - b->group;
            const struct hall_group *group = &w->hall->groups[a->group];
            order = order != 0 ? order
                               : place_of(group, w->calls->call[a->call].queue) -
                                     place_of(group, w->calls->call[b->call].queue);
            if (order >= 0)
                continue;
        }
        best = (int)i;
    }
    return best;
}

static int64_t next_event(const struct world *w, int next_call)
{
    int64_t next = next_call < w->calls->n ? w->calls->call[next_call].at : TICKS_NEVER;
    if (w->iv < w->hall->grid.n)
        next = MIN(next, ticks_of(w->hall->grid.interval_s) * (w->iv + 1));
    for (guint i = 0; i < w->agents->len; i++)
        if (AGENT(w, i)->call >= 0)
            next = MIN(next, AGENT(w, i)->until);
    for (guint i = 0; i < w->line->len; i++) {
        const struct waiting *waiting = WAITING(w, i);
        const struct call *c = &w->calls->call[waiting->call];
        next = MIN(next, waiting->leaves);
        for (int g = 0; g < w->hall->n_groups; g++) {
            int k = place_of(&w->hall->groups[g], c->queue);
            if (k >= 0 && c->at + delay_of(&w->hall->groups[g], k) > w->last)
                next = MIN(next, c->at + delay_of(&w->hall->groups[g], k));
        }
    }
    return next;
}

void hall_slow_run(const struct hall *hall, const struct calls *calls, struct hall_result *result)
{
    struct world w = {.hall = hall, .calls = calls, .result = result, .iv = -1, .last = -1};
    size_t n = (size_t)hall->grid.n, nq = (size_t)hall->n_queues, ng = (size_t)hall->n_groups;
    memset(result->counts, 0, nq * n * sizeof *result->counts);
    memset(result->backlog, 0, nq * sizeof *result->backlog);
    memset(result->waiting, 0, nq * n * sizeof *result->waiting);
    for (size_t i = 0; i < ng * n; i++)
        result->busy_s[i] = 0;
    w.agents = g_array_new(FALSE, FALSE, sizeof(struct agent));
    w.line = g_array_new(FALSE, FALSE, sizeof(struct waiting));
    w.served_up_to = g_new(int, nq + 1);
    for (size_t q = 0; q < nq; q++)
        w.served_up_to[q] = -1;
    for (int next_call = 0; (w.now = next_event(&w, next_call)) < TICKS_NEVER;) {
        w.last = w.now;
        for (guint i = w.line->len; i-- > 0;)
            if (WAITING(&w, i)->leaves <= w.now)
                leave(&w, i);
        if (w.iv < hall->grid.n && w.now == ticks_of(hall->grid.interval_s) * (w.iv + 1)) {
            w.iv++;
            if (w.iv > 0)
                close_interval(&w, w.iv - 1);
            if (w.iv < hall->grid.n)
                open_interval(&w, w.iv);
        }
        for (int i; (i = ending(&w)) >= 0;) {
            struct agent *agent = AGENT(&w, i);
            int g = agent->group;
            agent->call = -1;
            for (guint k = 0; k < w.agents->len && agent->here; k++)
                if (AGENT(&w, k)->group == g && !AGENT(&w, k)->here) { /* who ends first leaves first */
                    AGENT(&w, k)->here = true;
                    agent->here = false;
                }
            if (!agent->here)
                g_array_remove_index(w.agents, (guint)i);
            int next = n_idle(&w, g) > 0 ? find_contact(&w, g) : -1;
            if (next >= 0)
                begin(&w, (guint)next, g);
        }
        if (overflow(&w)) { /* the agent may be done at this instant, before the next overflows */
            w.last = w.now - 1;
            continue;
        }
        if (next_call < calls->n && calls->call[next_call].at == w.now)
            arrive(&w, next_call++); /* one at a time, for the same reason */
    }
    g_array_free(w.agents, TRUE);
    g_array_free(w.line, TRUE);
    g_free(w.served_up_to);
}
