/* Arrivals whose rate is itself random: metrics averaged over a Gamma factor. */
#include "scheduler/staffing/erlang_solve.h"

#include "scheduler/staffing/poisson.h"

#include <math.h>

/* A contact sees the factor weighted by the contacts it brings: Gamma with shape 1/cv2 + 1, mean 1 + cv2. */
#define NODES_MAX 240
struct rule {
    int n;
    double factor[NODES_MAX], weight[NODES_MAX]; /* weights sum to 1 */
};

/* Laguerre nodes that give shares to about 1e-6, by the squared spread of the factor in that of the narrowest
 * turn (see below); beyond the last, panels. */
static const struct {
    double spread;
    int n;
} enough[] = {{0.05, 5}, {0.25, 7}, {0.55, 9}, {1, 12}, {1.6, 16}};
#define LAGUERRE_KINDS ((int)(sizeof enough / sizeof *enough))
#define LAGUERRE_MAX 16

/* One implicit QL sweep set: eigenvalues d and first components z of the eigenvectors of a symmetric
 * tridiagonal matrix with off-diagonal e (n - 1 long, e[n - 1] spare). */
static void tridiagonal(int n, double *d, double *e, double *z)
{
    e[n - 1] = 0;
    for (int l = 0; l < n; l++)
        for (int iteration = 0; iteration < 60; iteration++) {
            int m = l;
            while (m < n - 1 && fabs(e[m]) > 1e-17 * (fabs(d[m]) + fabs(d[m + 1])))
                m++;
            if (m == l)
                break;
            double g = (d[l + 1] - d[l]) / (2 * e[l]), r = hypot(g, 1), s = 1, c = 1, p = 0;
            g = d[m] - d[l] + e[l] / (g + copysign(r, g));
            for (int i = m - 1; i >= l; i--) {
                double f = s * e[i], b = c * e[i];
                r = hypot(f, g);
                e[i + 1] = r;
                if (r <= 0) {
                    d[i + 1] -= p;
                    e[m] = 0;
                    break;
                }
                s = f / r;
                c = g / r;
                g = d[i + 1] - p;
                r = (d[i] - g) * s + 2 * c * b;
                p = s * r;
                d[i + 1] = g + p;
                g = c * r - b;
                double first = z[i + 1];
                z[i + 1] = s * z[i] + c * first;
                z[i] = c * z[i] - s * first;
            }
            d[l] -= p;
            e[l] = g;
            e[m] = 0;
        }
}

/* Gauss-Laguerre nodes for the weighted Gamma after Golub & Welsch 1969, in units that keep their digits as
 * cv2 goes to 0, where they become Gauss-Hermite. */
static void laguerre(double cv2, int n, struct rule *rule)
{
    double d[LAGUERRE_MAX], e[LAGUERRE_MAX], z[LAGUERRE_MAX] = {1}, cv = sqrt(cv2);
    for (int i = 0; i < n; i++) {
        d[i] = (2 * i + 1) * cv;
        e[i] = sqrt((i + 1) * (1 + (i + 1) * cv2));
    }
    tridiagonal(n, d, e, z);
    rule->n = n;
    for (int i = 0; i < n; i++) {
        rule->factor[i] = 1 + cv * d[i];
        rule->weight[i] = z[i] * z[i];
    }
}

/* The nodes of one cv2 serve a whole queue: each thread keeps the last of each kind. They depend on nothing
 * else, so that no result depends on what was kept. */
static const struct rule *laguerre_kept(double cv2, int kind)
{
    static _Thread_local struct {
        double cv2;
        struct rule rule;
    } kept[LAGUERRE_KINDS];
    if (kept[kind].cv2 < cv2 || kept[kind].cv2 > cv2) {
        laguerre(cv2, enough[kind].n, &kept[kind].rule);
        kept[kind].cv2 = cv2;
    }
    return &kept[kind].rule;
}

/* Gauss-Legendre, half of the nodes. */
#define LEGENDRE_N 8
static const double legendre_x[] = {0.18343464249564980494, 0.52553240991632898582, 0.79666647741362673959,
                                    0.96028985649753623168};
static const double legendre_w[] = {0.36268378337836198297, 0.31370664587788728734, 0.22238103445337447054,
                                    0.10122853629037625915};

/* The factor as a function of a nearly normal variable (Wilson & Hilferty 1931). */
struct spread {
    double k, scale, shift, root; /* factor = scale (shift + root z)^3 */
};

static struct spread spread_of(double cv2)
{
    double shape = 1 / cv2 + 1;
    return (struct spread){1 / cv2, 1 + cv2, 1 - 1 / (9 * shape), 1 / (3 * sqrt(shape))};
}

static double factor_of(const struct spread *spread, double z)
{
    double base = fmax(spread->shift + spread->root * z, 0);
    return spread->scale * base * base * base;
}

static double z_of(const struct spread *spread, double factor)
{
    return (cbrt(factor / spread->scale) - spread->shift) / spread->root;
}

static void panel(const struct spread *spread, double from, double to, struct rule *rule)
{
    double middle = 0.5 * (from + to), half = 0.5 * (to - from);
    for (int i = 0; i < LEGENDRE_N && rule->n < NODES_MAX; i++) {
        double x = (i & 1 ? 1 : -1) * legendre_x[i / 2], z = middle + half * x;
        double base = fmax(spread->shift + spread->root * z, 0), factor = factor_of(spread, z);
        if (factor <= 0)
            continue;
        /* density of the weighted Gamma: k times the Poisson probability of k at mean k·factor */
        double density = spread->k * exp(poisson_ln(spread->k, spread->k * factor));
        rule->factor[rule->n] = factor;
        rule->weight[rule->n++] =
            legendre_w[i / 2] * half * density * 3 * spread->scale * base * base * spread->root;
    }
}

/* Stretch of factors in which metrics turn: panels there are at most `step` wide. */
struct turn {
    double from, to, step;
};

#define REACH 5.4 /* how far out the normal variable is followed */
#define PANEL 4.0 /* widest panel, in spreads of the factor or of a turn */
enum { TURN_FULL, TURN_EARLY, TURN_LATE, TURN_N };

static struct turn turn(double centre, double spread, double left, double right)
{
    return (struct turn){centre * (1 - left * spread), centre * (1 + right * spread),
                         PANEL * spread * centre};
}

/* Where a good level turns into a bad one: where the agents are just busy, from where the wait reaches T at
 * times (narrower for long T), and where even those who are served wait T, as abandons keep it from growing
 * on. */
static void turns_of(const struct erlang_system *system, double agents, bool patient, struct turn *turns)
{
    double full = agents / (system->rate_per_s * system->aht_s), few = 1 / sqrt(fmax(agents, 1));
    double early = fmin(few, system->aht_s / fmax(system->threshold_s * agents, 1e-300)), late = few;
    double late_at = full;
    if (patient) {
        late_at *= exp(fmin(system->threshold_s / system->patience_s, 3));
        late = fmin(sqrt(system->aht_s / (agents * system->patience_s)), 1);
    }
    turns[TURN_FULL] = turn(full, few, 5, patient ? 5 : 0);
    turns[TURN_EARLY] = turn(full, early, 14, patient ? 4 : 0);
    turns[TURN_LATE] = turn(late_at, late, 5, patient ? 5 : 0);
}

/* Legendre panels that follow both the factor's spread and the turns. */
static void panels(double cv2, const struct turn *turns, struct rule *rule)
{
    double full = turns[TURN_EARLY].to, sum = 0;
    struct spread spread = spread_of(cv2);
    double at = fmax(-REACH, -spread.shift / spread.root);
    rule->n = 0;
    while (at < REACH) {
        double next = fmin(at + PANEL, REACH), factor = factor_of(&spread, at);
        if (factor * (1 + 1e-9) < full)
            next = fmin(next, z_of(&spread, full));
        for (int i = 0; i < TURN_N; i++) {
            if (factor * (1 + 1e-9) < turns[i].from)
                next = fmin(next, z_of(&spread, turns[i].from));
            else if (factor * (1 + 1e-9) < turns[i].to)
                next = fmin(next, z_of(&spread, factor + turns[i].step));
        }
        next = fmax(next, at + 1e-6);
        panel(&spread, at, next, rule);
        at = next;
    }
    for (int i = 0; i < rule->n; i++)
        sum += rule->weight[i];
    for (int i = 0; i < rule->n; i++)
        rule->weight[i] /= sum;
}

/* Few nodes do where the factor hardly spreads within any turn. room: for other nodes. */
static const struct rule *rule_for(const struct erlang_system *system, double cv2, double agents,
                                   struct rule *room)
{
    bool patient = system->patience_s > 0 && isfinite(system->patience_s);
    struct turn turns[TURN_N];
    turns_of(system, agents, patient, turns);
    double reach = 7 * sqrt(cv2), spread = 0;
    for (int i = 0; i < TURN_N; i++) {
        double step = turns[i].step / PANEL;
        if (patient && i == TURN_EARLY) /* patience ends the queue before its length takes that shape */
            continue;
        if (turns[i].from < 1 + reach && turns[i].to > 1 - reach)
            spread = fmax(spread, cv2 / (step * step));
    }
    /* where nobody leaves, overload bends the level, and a node in it would make all waits endless */
    bool smooth = patient || turns[TURN_FULL].to > 1 + reach;
    for (int kind = 0; kind < LAGUERRE_KINDS && smooth; kind++)
        if (spread < enough[kind].spread) {
            const struct rule *rule = laguerre_kept(cv2, kind);
            for (int i = 0; i < rule->n && !patient; i++)
                smooth = smooth && rule->factor[i] < turns[TURN_FULL].to;
            if (smooth)
                return rule;
        }
    panels(cv2, turns, room);
    return room;
}

/* Sums of what can be added up; ratios are formed at the end. */
static void add(struct erlang_metrics *sum, const struct erlang_metrics *m, double factor, double weight,
                double *answered_wait_s)
{
    sum->p_wait += weight * m->p_wait;
    sum->in_time += weight * m->in_time;
    sum->sl[SL_VIRTUAL] += weight * m->sl[SL_VIRTUAL];
    sum->blocked += weight * m->blocked;
    sum->abandon += weight * m->abandon;
    sum->abandon_in_time += weight * m->abandon_in_time;
    sum->abandon_short += weight * m->abandon_short;
    sum->asa_offered_s += weight * m->asa_offered_s;
    sum->asa_virtual_s += weight * m->asa_virtual_s;
    if (m->counted[SL_ANSWERED] > 0)
        *answered_wait_s += weight * m->counted[SL_ANSWERED] * m->asa_answered_s;
    /* a mean over time: the weighting by contacts is taken off again */
    sum->queue_length += weight / factor * m->queue_length;
    sum->occupancy += weight / factor * m->occupancy;
}

void erlang_busy_average(const struct erlang_system *system, double busyness_cv2, double servers,
                         erlang_metrics_fn metrics, const void *user, struct erlang_metrics *out)
{
    double load_erl = system->rate_per_s * system->aht_s;
    if (!(busyness_cv2 > 0) || !(load_erl > 0) || !(servers > 0)) {
        metrics(system, user, out);
        return;
    }
    struct rule room;
    const struct rule *rule = rule_for(system, busyness_cv2, servers, &room);
    struct erlang_metrics sum = {.p_wait = 0}, one;
    double answered_wait_s = 0;
    for (int i = 0; i < rule->n; i++) {
        struct erlang_system busy = *system;
        busy.rate_per_s *= rule->factor[i];
        metrics(&busy, user, &one);
        add(&sum, &one, rule->factor[i], rule->weight[i], &answered_wait_s);
    }
    *out = sum;
    erlang_ratios(out);
    out->asa_answered_s = out->counted[SL_ANSWERED] > 0 ? answered_wait_s / out->counted[SL_ANSWERED] : 0;
    out->occupancy = fmin(out->occupancy, 1);
    /* one factor decides, not how near to it the nodes happen to come: waits must not come and go with agents
     */
    bool patient = system->patience_s > 0 && isfinite(system->patience_s);
    struct spread spread = spread_of(busyness_cv2);
    if (!patient && load_erl * factor_of(&spread, REACH) >= servers)
        out->asa_offered_s = out->asa_answered_s = out->asa_virtual_s = out->queue_length = INFINITY;
}

static void plain_metrics(const struct erlang_system *system, const void *user, struct erlang_metrics *out)
{
    erlang_metrics(system, *(const double *)user, out);
}

void erlang_busy_metrics(const struct erlang_system *system, double busyness_cv2, double agents,
                         struct erlang_metrics *out)
{
    erlang_busy_average(system, busyness_cv2, agents, plain_metrics, &agents, out);
}
