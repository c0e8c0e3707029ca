/*
 * Coverage: can the agents at work give what the solution counts on each queue, and what is short.
 *
 * Per interval a flow from queues to classes of agents (alike in skills): queue q wants staffed[q], class k
 * can give as many agents as work then. Augmenting paths decide exactly whether all wishes fit (Hall's
 * condition).
 */
#include "scheduler/roster/checker_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define EPSILON 1e-9 /* agents: less is rounding */

/* Agents alike in skills, and how many of them work in each interval. */
struct supply {
    int n_queues, n_classes;
    bool *can;     /* n_queues × n_classes: may the class serve the queue */
    double *heads; /* n_classes × grid.n */
};

/* The flow of one interval. */
struct flow {
    const struct supply *supply;
    double *slack;   /* n_classes: agents not yet given */
    double *given;   /* n_queues × n_classes */
    int *from_class; /* n_queues: class a search reached the queue by, -1 its start, -2 not reached */
    int *from_queue; /* n_classes: queue a search reached the class by, -1 not reached */
    int *todo;       /* n_queues */
};

static bool same_skills(const struct agent *a, const struct agent *b)
{
    if (a->n_skills != b->n_skills)
        return false;
    for (int i = 0; i < a->n_skills; i++)
        if (a->skills[i].queue != b->skills[i].queue)
            return false;
    return true;
}

/* Share of each interval that the agent works: on shift and on no meal, break or other activity. */
static void add_worked(const struct grid *grid, const struct shift *shift, double *worked)
{
    int32_t first = MAX(grid_index(grid, shift->start_ts), 0);
    for (int32_t iv = first; iv < grid->n && grid_ts(grid, iv) < shift->end_ts; iv++) {
        int64_t from = MAX(grid_ts(grid, iv), shift->start_ts);
        int64_t to = MIN(grid_ts(grid, iv) + grid->interval_s, shift->end_ts);
        double seconds = (double)MAX(to - from, 0);
        for (int k = 0; k < shift->n_activities && k < SHIFT_ACTIVITIES_MAX; k++) {
            const struct activity *a = &shift->activities[k];
            seconds -= (double)MAX(MIN(to, a->end_ts) - MAX(from, a->start_ts), 0);
        }
        worked[iv] = CLAMP(worked[iv] + seconds / grid->interval_s, 0.0, 1.0);
    }
}

/* Alike agents in classes; class_of: n_agents. */
static void find_classes(struct supply *supply, const struct operation *op, int *class_of)
{
    g_autofree int *member = g_new0(int, (gsize)op->n_agents + 1);
    supply->n_classes = 0;
    for (int agent = 0; agent < op->n_agents; agent++) {
        int k = 0;
        while (k < supply->n_classes && !same_skills(&op->agents[agent], &op->agents[member[k]]))
            k++;
        if (k == supply->n_classes)
            member[supply->n_classes++] = agent;
        class_of[agent] = k;
    }
    supply->can = g_new0(bool, (gsize)op->n_queues *(gsize)supply->n_classes + 1);
    for (int k = 0; k < supply->n_classes; k++)
        for (int i = 0; i < op->agents[member[k]].n_skills; i++)
            supply->can[op->agents[member[k]].skills[i].queue * supply->n_classes + k] = true;
}

static void supply_init(struct supply *supply, const struct checking *c)
{
    const struct operation *op = c->op;
    const struct grid *grid = &c->problem->demand.grid;
    size_t n_iv = (size_t)grid->n;
    g_autofree int *class_of = g_new0(int, (gsize)op->n_agents + 1);
    supply->n_queues = op->n_queues;
    find_classes(supply, op, class_of);
    supply->heads = g_new0(double, (gsize)supply->n_classes *n_iv + 1);
    g_autofree double *worked = g_new0(double, n_iv + 1);
    for (int agent = 0; agent < op->n_agents; agent++) {
        double *heads = supply->heads + (size_t)class_of[agent] * n_iv;
        for (int i = c->agent_from[agent]; i < c->agent_from[agent + 1]; i++)
            if (!c->shifts[i].on_call)
                add_worked(grid, c->shifts[i].shift, worked);
        for (int i = c->agent_from[agent]; i < c->agent_from[agent + 1]; i++) {
            const struct shift *s = c->shifts[i].shift;
            for (int32_t iv = MAX(grid_index(grid, s->start_ts), 0);
                 iv < grid->n && grid_ts(grid, iv) < s->end_ts; iv++) {
                heads[iv] += worked[iv];
                worked[iv] = 0;
            }
        }
    }
}

static void supply_clear(struct supply *supply)
{
    g_free(supply->can);
    g_free(supply->heads);
}

static void flow_init(struct flow *flow, const struct supply *supply)
{
    flow->supply = supply;
    flow->slack = g_new0(double, (gsize)supply->n_classes + 1);
    flow->given = g_new0(double, (gsize)supply->n_queues *(gsize)supply->n_classes + 1);
    flow->from_class = g_new0(int, (gsize)supply->n_queues + 1);
    flow->from_queue = g_new0(int, (gsize)supply->n_classes + 1);
    flow->todo = g_new0(int, (gsize)supply->n_queues + 1);
}

static void flow_clear(struct flow *flow)
{
    g_free(flow->slack);
    g_free(flow->given);
    g_free(flow->from_class);
    g_free(flow->from_queue);
    g_free(flow->todo);
}

static void flow_start(struct flow *flow, const struct grid *grid, int32_t iv)
{
    int n_classes = flow->supply->n_classes;
    for (int k = 0; k < n_classes; k++)
        flow->slack[k] = flow->supply->heads[(size_t)k * (size_t)grid->n + (size_t)iv];
    for (int i = 0; i < flow->supply->n_queues * n_classes; i++)
        flow->given[i] = 0;
}

/* A class with agents left that queue q can reach, by handing over agents between queues; -1 when there is
 * none. */
static int find_slack(struct flow *flow, int q)
{
    const struct supply *s = flow->supply;
    for (int i = 0; i < s->n_queues; i++)
        flow->from_class[i] = -2;
    for (int k = 0; k < s->n_classes; k++)
        flow->from_queue[k] = -1;
    int head = 0, tail = 0;
    flow->todo[tail++] = q;
    flow->from_class[q] = -1;
    while (head < tail) {
        int at = flow->todo[head++];
        for (int k = 0; k < s->n_classes; k++) {
            if (!s->can[at * s->n_classes + k] || flow->from_queue[k] >= 0)
                continue;
            flow->from_queue[k] = at;
            if (flow->slack[k] > EPSILON)
                return k;
            for (int other = 0; other < s->n_queues; other++)
                if (flow->from_class[other] == -2 && flow->given[other * s->n_classes + k] > EPSILON) {
                    flow->from_class[other] = k;
                    flow->todo[tail++] = other;
                }
        }
    }
    return -1;
}

/* Gives queue q up to `amount` more agents without taking any from the others; returns how many it got. */
static double flow_push(struct flow *flow, int q, double amount)
{
    int n_classes = flow->supply->n_classes;
    double got = 0;
    while (amount - got > EPSILON) {
        int end = find_slack(flow, q);
        if (end < 0)
            break;
        double step = fmin(amount - got, flow->slack[end]);
        for (int k = end;;) {
            int at = flow->from_queue[k];
            int via = flow->from_class[at];
            if (via < 0)
                break;
            step = fmin(step, flow->given[at * n_classes + via]);
            k = via;
        }
        for (int k = end;;) {
            int at = flow->from_queue[k];
            int via = flow->from_class[at];
            flow->given[at * n_classes + k] += step;
            if (via < 0)
                break;
            flow->given[at * n_classes + via] -= step;
            k = via;
        }
        flow->slack[end] -= step;
        got += step;
    }
    return got;
}

/* What the pieces of a cell are short of when `agents` fill them in order. */
static double cell_shortage(const struct demand *d, int queue, int32_t iv, double agents)
{
    double shortage = 0;
    for (int k = 0; k < d->n_pieces; k++) {
        size_t at = DEMAND_PIECE(d, queue, iv, k);
        double used = fmin(agents, d->width[at]);
        agents -= used;
        shortage += (d->width[at] - used) * d->value[at];
    }
    return shortage;
}

/* Contacts in time that `agents` add to a cell, filling its pieces in order. */
static double cell_contacts(const struct demand *d, int queue, int32_t iv, double agents)
{
    double contacts = 0;
    for (int k = 0; k < d->n_pieces && agents > 0; k++) {
        size_t at = DEMAND_PIECE(d, queue, iv, k);
        double used = fmin(agents, d->width[at]);
        contacts += used * d->gain[at];
        agents -= used;
    }
    return contacts;
}

/* What the contacts missing in the service-level rows cost. staffed: as claimed. */
static double rows_shortage(const struct demand *d, const double *staffed)
{
    double shortage = 0;
    for (int r = 0; r < d->n_rows; r++) {
        const struct sla_row *row = &d->rows[r];
        double contacts = 0;
        for (int32_t iv = row->from_iv; iv < row->to_iv; iv++)
            contacts += cell_contacts(d, row->queue, iv, staffed[DEMAND_CELL(d, row->queue, iv)]);
        shortage += row->price * fmax(row->need - contacts, 0.0);
    }
    return shortage;
}

struct worst {
    int n;      /* intervals with too much counted */
    int32_t iv; /* the worst of them */
    double claimed, possible;
};

static void report_unskilled(struct checking *c, int queue, const struct worst *w)
{
    const struct queue *q = &c->op->queues[queue];
    int64_t ts = grid_ts(&c->problem->demand.grid, w->iv);
    AUTO(zone) zone = zone_new(q->zone, NULL);
    g_autofree char *when = time_format(ts, zone);
    check_add(c, VIOLATION_UNSKILLED, -1, queue, ts, w->claimed, w->possible,
              "queue %s: %.6g agents counted at %s, skilled agents at work can give %.6g (%d interval(s) "
              "like this)",
              q->id, w->claimed, when, w->possible, w->n);
}

/* What was found of a claimed allocation, by interval. */
struct check_cover {
    struct supply supply;
    int32_t n;
    double *claimed;  /* n_queues × n, by queue */
    double *got;      /* n × n_queues: what skilled agents at work can give of it */
    double *shortage; /* n */
};

void check_cover_free(struct check_cover *cover)
{
    if (cover == NULL)
        return;
    supply_clear(&cover->supply);
    g_free(cover->claimed);
    g_free(cover->got);
    g_free(cover->shortage);
    g_free(cover);
}

/* Do the same agents work in the interval, and is the same claimed? */
static bool same_interval(const struct check_cover *a, const struct check_cover *b, int32_t iv)
{
    for (int k = 0; k < a->supply.n_classes; k++) {
        size_t at = (size_t)k * (size_t)a->n + (size_t)iv;
        if (a->supply.heads[at] != b->supply.heads[at])
            return false;
    }
    for (int q = 0; q < a->supply.n_queues; q++) {
        size_t at = (size_t)q * (size_t)a->n + (size_t)iv;
        if (a->claimed[at] != b->claimed[at])
            return false;
    }
    return true;
}

static void cover_interval(struct check_cover *cover, const struct demand *d, struct flow *flow, int32_t iv)
{
    flow_start(flow, &d->grid, iv);
    cover->shortage[iv] = 0;
    for (int q = 0; q < d->n_queues; q++) {
        double claimed = cover->claimed[DEMAND_CELL(d, q, iv)];
        cover->shortage[iv] += cell_shortage(d, q, iv, claimed);
        cover->got[(size_t)iv * (size_t)d->n_queues + (size_t)q] = flow_push(flow, q, claimed);
    }
}

static void report_missing(struct checking *c, const struct check_cover *cover)
{
    const struct demand *d = &c->problem->demand;
    for (int q = 0; q < d->n_queues; q++) {
        struct worst worst = {.n = 0};
        for (int32_t iv = 0; iv < d->grid.n; iv++) {
            double claimed = cover->claimed[DEMAND_CELL(d, q, iv)];
            double got = cover->got[(size_t)iv * (size_t)d->n_queues + (size_t)q];
            if (claimed - got <= CHECK_TOLERANCE * fmax(1.0, claimed))
                continue;
            if (worst.n++ == 0 || claimed - got > worst.claimed - worst.possible)
                worst = (struct worst){worst.n, iv, claimed, got};
        }
        if (worst.n > 0)
            report_unskilled(c, q, &worst);
    }
}

/* The claimed allocation (taken): supportable in every interval? */
static struct check_cover *cover_new(const struct checking *c, double *claimed,
                                     const struct check_cover *before)
{
    const struct demand *d = &c->problem->demand;
    size_t n = (size_t)d->grid.n;
    struct check_cover *cover = g_new0(struct check_cover, 1);
    struct flow flow;
    supply_init(&cover->supply, c);
    flow_init(&flow, &cover->supply);
    cover->n = d->grid.n;
    cover->claimed = claimed;
    cover->got = g_new0(double, n *(size_t)d->n_queues + 1);
    cover->shortage = g_new0(double, n + 1);
    for (int32_t iv = 0; iv < d->grid.n; iv++) {
        size_t at = (size_t)iv * (size_t)d->n_queues;
        if (before == NULL || !same_interval(before, cover, iv)) {
            cover_interval(cover, d, &flow, iv);
            continue;
        }
        cover->shortage[iv] = before->shortage[iv];
        memcpy(cover->got + at, before->got + at, (size_t)d->n_queues * sizeof *cover->got);
    }
    flow_clear(&flow);
    return cover;
}

static double check_claimed(struct checking *c, const struct check_cover *cover)
{
    const struct demand *d = &c->problem->demand;
    double shortage = 0;
    for (int32_t iv = 0; iv < d->grid.n; iv++)
        shortage += cover->shortage[iv];
    report_missing(c, cover);
    return shortage + rows_shortage(d, cover->claimed);
}

struct piece {
    int queue;
    double width, value;
};

static int by_value_falling(const void *a, const void *b)
{
    const struct piece *x = a;
    const struct piece *y = b;
    if (x->value != y->value)
        return x->value > y->value ? -1 : 1;
    return x->queue - y->queue;
}

/* Without a claim: the least shortage these shifts allow, service levels over periods left out. Serving
   pieces by falling value, each as far as it goes without taking from the former, is optimal because what
   agents can give to queues is a polymatroid (Edmonds 1970). */
static double least_shortage(const struct checking *c)
{
    struct supply supply;
    struct flow work, *flow = &work;
    supply_init(&supply, c);
    flow_init(flow, &supply);
    const struct demand *d = &c->problem->demand;
    g_autofree struct piece *pieces = g_new(struct piece, (gsize)d->n_queues * (gsize)d->n_pieces + 1);
    double shortage = 0;
    for (int32_t iv = 0; iv < d->grid.n; iv++) {
        int n = 0;
        for (int q = 0; q < d->n_queues; q++)
            for (int k = 0; k < d->n_pieces; k++) {
                size_t at = DEMAND_PIECE(d, q, iv, k);
                if (d->width[at] > 0 && d->value[at] > 0)
                    pieces[n++] = (struct piece){q, d->width[at], d->value[at]};
            }
        qsort(pieces, (size_t)n, sizeof(struct piece), by_value_falling);
        flow_start(flow, &d->grid, iv);
        for (int i = 0; i < n; i++)
            shortage +=
                (pieces[i].width - flow_push(flow, pieces[i].queue, pieces[i].width)) * pieces[i].value;
    }
    flow_clear(flow);
    supply_clear(&supply);
    return shortage;
}

/* The claimed allocation with what is no number of agents taken as 0, or NULL when it has the wrong shape. */
static double *usable_claim(struct checking *c)
{
    const struct demand *d = &c->problem->demand;
    size_t n = (size_t)d->n_queues * (size_t)d->grid.n;
    if (c->solution->n_staffed < 0 || (size_t)c->solution->n_staffed != n) {
        check_add(c, VIOLATION_ACCOUNT, -1, -1, INT64_MIN, c->solution->n_staffed, (double)n,
                  "coverage is claimed for %d queue intervals; the demand has %zu", c->solution->n_staffed,
                  n);
        return NULL;
    }
    double *staffed = g_new(double, n + 1);
    bool reported = false;
    for (size_t i = 0; i < n; i++) {
        staffed[i] = c->solution->staffed[i];
        if (isfinite(staffed[i]) && staffed[i] >= 0)
            continue;
        if (!reported)
            check_add(c, VIOLATION_ACCOUNT, -1, (int)(i / (size_t)d->grid.n),
                      grid_ts(&d->grid, (int32_t)(i % (size_t)d->grid.n)), staffed[i], 0,
                      "queue %s: coverage is claimed as %g agents", c->op->queues[i / (size_t)d->grid.n].id,
                      staffed[i]);
        reported = true;
        staffed[i] = 0;
    }
    return staffed;
}

double check_coverage(struct checking *c, const struct check_cover *before, struct check_cover **cover)
{
    const struct demand *d = &c->problem->demand;
    *cover = NULL;
    if (d->n_queues != c->op->n_queues) {
        check_add(c, VIOLATION_ACCOUNT, -1, -1, INT64_MIN, d->n_queues, c->op->n_queues,
                  "the demand has %d queues, the operation %d", d->n_queues, c->op->n_queues);
        return NAN;
    }
    double *claimed = c->solution->staffed != NULL ? usable_claim(c) : NULL;
    if (claimed == NULL)
        return least_shortage(c);
    *cover = cover_new(c, claimed, before);
    return check_claimed(c, *cover);
}
