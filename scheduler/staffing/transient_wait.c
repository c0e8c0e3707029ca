#include "scheduler/staffing/transient_chain.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "scheduler/staffing/erlang.h"
#include "scheduler/staffing/poisson.h"

/* What becomes of arrivals, by the state they find and as if the staff stayed. All queue positions j count
   those who wait before them. */
struct fate {
    double in, in_short;     /* served within T, within the short threshold */
    double late, late_short; /* somebody of endless patience still waits then */
    double served;           /* ever */
};

static void fate_add(struct fate *sum, double p, const struct fate *f)
{
    sum->in += p * f->in;
    sum->in_short += p * f->in_short;
    sum->late += p * f->late;
    sum->late_short += p * f->late_short;
    sum->served += p * f->served;
}

/* Σ_{i<=j} of the terms with which P(V > T) is made: with y = e^-θT and r = sμ/θ the j + 1 leavings before
   service have taken longer than T with probability I_y(r, j+1), which grows by one term per j:
   t_0 = e^{-aT}, t_{j+1} = t_j c (a + jθ)/(j + 1), c = (1-y)/θ. In logarithms where e^-aT is no double. */
struct longer {
    double a, give_up, c; /* rate of service (and of one's own giving up), of one before; seconds */
    double ln, term, sum;
    int32_t j;
};

static void longer_init(struct longer *l, double a, double give_up, double threshold_s)
{
    double c = give_up > 0 ? -expm1(-give_up * threshold_s) / give_up : threshold_s;
    *l = (struct longer){.a = a, .give_up = give_up, .c = c, .ln = -a * threshold_s};
    l->term = l->sum = exp(l->ln);
}

static void longer_next(struct longer *l)
{
    double by = l->c * (l->a + l->j * l->give_up) / (l->j + 1);
    l->j++;
    if (l->term < 1e-290) {
        l->ln += log(by);
        l->term = exp(l->ln);
    } else {
        l->term *= by;
    }
    l->sum = fmin(l->sum + l->term, 1);
}

/* Fates of those who find `servers` >= 0 busy agents and j waiting, weighted with p[j], j = 0 … n - 1. */
static void queue_fates(const struct chain_rates *rates, int32_t servers, const struct chain_goal *goal,
                        const double *p, int32_t skip, int32_t n, double weight, struct fate *sum)
{
    double serve = rates->handle * servers, give_up = rates->give_up;
    struct longer in, in_short, late, late_short;
    longer_init(&in, serve + give_up, give_up, goal->threshold_s);
    longer_init(&late, serve, give_up, goal->threshold_s);
    longer_init(&in_short, serve + give_up, give_up, goal->short_s);
    longer_init(&late_short, serve, give_up, goal->short_s);
    for (int32_t j = 0; j < n; j++) {
        double served = serve > 0 ? serve / (serve + (j + 1) * give_up) : 0;
        const struct fate fate = {
            .in = served * (1 - in.sum),
            .late = late.sum,
            .served = served,
            .in_short = served * (1 - in_short.sum),
            .late_short = late_short.sum,
        };
        if (j >= skip)
            fate_add(sum, weight * p[j - skip], &fate);
        longer_next(&in);
        longer_next(&late);
        if (goal->short_s > 0) {
            longer_next(&in_short);
            longer_next(&late_short);
        }
    }
}

/* ---- while agents finish contacts after their time ---- */

/* Values of arrivals who find `servers` + row busy agents and j waiting: rows × n. Row 0 is the full house
   without anybody beyond it. */
struct table {
    int32_t rows, n;
    double *in, *late, *served;
};

static void table_init(struct table *t, int32_t rows, int32_t n)
{
    gsize cells = (gsize)rows * (gsize)n;
    *t = (struct table){.rows = rows, .n = n, .in = g_new0(double, 3 * cells)};
    t->late = t->in + cells;
    t->served = t->late + cells;
}

/* One jump backwards of the uniformised chain: value = P(done by then). leave, n: rate at which those before
   give up, over the chain's; own: the same of the arrival. */
static void jump_back(const struct table *t, double finish_each, int32_t servers, const double *leave,
                      double own, const double *restrict value, double *restrict out)
{
    for (int32_t row = 0; row < t->rows; row++) {
        double finish = finish_each * (servers + row), stay = 1 - finish - own;
        const double *at = value + row * t->n, *below = at - t->n;
        double *to = out + row * t->n;
        if (row == 0) { /* who is next is served */
            to[0] = at[0] * stay + finish;
            for (int32_t j = 1; j < t->n; j++)
                to[j] = at[j] * (stay - leave[j]) + (finish + leave[j]) * at[j - 1];
        } else {
            to[0] = at[0] * stay + finish * below[0];
            for (int32_t j = 1; j < t->n; j++)
                to[j] = at[j] * (stay - leave[j]) + leave[j] * at[j - 1] + finish * below[j];
        }
    }
}

/* P(served within `within_s`), own patience counted or not, of every cell. */
static void table_within(const struct table *t, const struct chain_rates *rates, int32_t servers,
                         double within_s, bool patient, double precision, double *out)
{
    gsize cells = (gsize)t->rows * (gsize)t->n;
    double own = patient ? 0 : rates->give_up;
    double rate = rates->handle * (servers + t->rows - 1) + rates->give_up * t->n;
    double jumps = rate * within_s, left = 1;
    g_autofree double *leave = g_new(double, (gsize)t->n);
    for (int32_t j = 0; j < t->n; j++)
        leave[j] = rates->give_up * j / rate;
    g_autofree double *value = g_new0(double, cells);
    g_autofree double *next = g_new0(double, cells);
    memset(out, 0, cells * sizeof *out);
    if (!(jumps > 0))
        return;
    for (double k = 0; left > precision && k < jumps + 12 * sqrt(jumps) + 40; k++) {
        double p = exp(poisson_ln(k, jumps));
        left -= p;
        for (gsize i = 0; i < cells && p > 0; i++)
            out[i] += p * value[i];
        jump_back(t, rates->handle / rate, servers, leave, own / rate, value, next);
        double *swap = value;
        value = next;
        next = swap;
    }
}

static void table_fill(struct table *t, const struct chain_rates *rates, int32_t servers, double within_s,
                       double precision)
{
    table_within(t, rates, servers, within_s, false, precision, t->in);
    table_within(t, rates, servers, within_s, true, precision, t->late);
    for (int32_t row = 0; row < t->rows; row++)
        for (int32_t j = 0; j < t->n; j++) {
            double finish = rates->handle * (servers + row), *at = t->served + row * t->n + j;
            double before = j > 0 ? at[-1] : 1, after = row > 0 ? at[-t->n] : before;
            double all = finish + (j + 1) * rates->give_up;
            *at = all > 0 ? (finish * after + (j > 0 ? rates->give_up * j * before : 0)) / all : 0;
        }
    for (gsize i = 0; i < (gsize)t->rows * (gsize)t->n; i++)
        t->late[i] = 1 - t->late[i];
}

/* Those who wait on levels, but for the last of them who weigh `edge` together. */
static int32_t waiting_there(const struct chain_state *mean, double edge)
{
    int32_t n = mean->n_waiting;
    double mass = 0;
    for (; n > 1; n--) {
        for (int32_t l = 0; l < mean->n_levels; l++)
            mass += fabs(mean->level[l * mean->n_waiting + n - 1]);
        if (mass > edge)
            break;
    }
    return n;
}

static void level_fates(const struct chain_state *mean, const struct chain_rates *rates, int32_t servers,
                        const struct chain_goal *goal, double weight, struct fate *sum)
{
    struct table at_t, at_short;
    double precision = goal->exact ? 1e-12 : 1e-3; /* levels hold a small part of an interval */
    int32_t n = waiting_there(mean, goal->exact ? 1e-14 : 1e-6);
    int32_t above = mean->first_busy - servers; /* row of the first level */
    table_init(&at_t, above + mean->n_levels, n);
    table_init(&at_short, above + mean->n_levels, n);
    table_fill(&at_t, rates, servers, goal->threshold_s, precision);
    if (goal->short_s > 0)
        table_fill(&at_short, rates, servers, goal->short_s, precision);
    for (int32_t l = 0; l < mean->n_levels; l++)
        for (int32_t q = 0; q < n; q++) {
            gsize cell = (gsize)((above + l) * at_t.n + q);
            const struct fate fate = {
                .in = at_t.in[cell],
                .late = at_t.late[cell],
                .served = at_t.served[cell],
                .in_short = at_short.in[cell],
                .late_short = goal->short_s > 0 ? at_short.late[cell] : 1,
            };
            fate_add(sum, weight * mean->level[l * mean->n_waiting + q], &fate);
        }
    g_free(at_t.in);
    g_free(at_short.in);
}

/* ---- a cell ---- */

/* Those who find everybody busy, as with `servers` whole agents; weight: the share of time there are so many.
   Returns the share of arrivals who wait. */
static double waiting_fates(const struct chain_state *mean, const struct chain_rates *rates, int32_t servers,
                            const struct chain_goal *goal, double weight, struct fate *sum)
{
    double waits = 0;
    int32_t from = MAX(servers - mean->lo, 0), skip = MAX(mean->lo - servers, 0);
    const struct fate at_once = {.in = 1, .in_short = 1, .served = 1};
    for (int32_t i = 0; i < MIN(from, mean->n); i++)
        fate_add(sum, weight * mean->p[i], &at_once);
    for (int32_t i = from; i < mean->n; i++)
        waits += mean->p[i];
    if (from < mean->n)
        queue_fates(rates, servers, goal, mean->p + from, skip, mean->n - from + skip, weight, sum);
    if (mean->n_levels > 0)
        level_fates(mean, rates, servers, goal, weight, sum);
    return weight * waits;
}

static void fill_levels(const struct fate *sum, const struct chain_rates *rates,
                        const struct chain_goal *goal, struct transient_cell *out)
{
    struct erlang_metrics metrics = {.in_time = CLAMP(sum->in, 0, 1), .abandon = fmax(1 - sum->served, 0)};
    double stay = exp(-rates->give_up * goal->threshold_s), stay_short = exp(-rates->give_up * goal->short_s);
    metrics.abandon_in_time = fmax(1 - sum->in - sum->late * stay, 0);
    metrics.abandon_short = goal->short_s > 0 ? fmax(1 - sum->in_short - sum->late_short * stay_short, 0) : 0;
    erlang_ratios(&metrics);
    memcpy(out->sl, metrics.sl, sizeof out->sl);
    memcpy(out->counted, metrics.counted, sizeof out->counted);
    out->in_time = sum->in;
    out->sl[SL_VIRTUAL] = fmax(1 - sum->late, 0);
    out->counted[SL_VIRTUAL] = 1;
}

void chain_cell(const struct chain_state *mean, const struct chain_rates *rates,
                const struct chain_goal *goal, struct transient_cell *out)
{
    int32_t whole = (int32_t)floor(rates->servers), up = (int32_t)ceil(rates->servers);
    double part = rates->servers - whole;
    struct fate sum = {0};
    *out = (struct transient_cell){.p_wait = waiting_fates(mean, rates, whole, goal, 1 - part, &sum)};
    if (part > 0)
        out->p_wait += waiting_fates(mean, rates, up, goal, part, &sum);
    for (int32_t i = 0; i < mean->n; i++)
        out->busy += mean->p[i] * fmin(mean->lo + i, rates->servers);
    for (int32_t l = 0; l < mean->n_levels; l++)
        for (int32_t q = 0; q < mean->n_waiting; q++) {
            out->busy += mean->level[l * mean->n_waiting + q] * (mean->first_busy + l);
            out->p_wait += mean->level[l * mean->n_waiting + q];
        }
    out->queue = chain_waiting(mean, rates->servers);
    if (rates->arrive > 0) {
        fill_levels(&sum, rates, goal, out);
        out->abandon = rates->give_up * out->queue / rates->arrive;
        return;
    }
    for (int d = 0; d < SL_DEFINITION_N; d++)
        out->sl[d] = 1;
    out->p_wait = 0;
}
