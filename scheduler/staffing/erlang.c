#include "scheduler/staffing/erlang.h"

#include "scheduler/staffing/poisson.h"
#include "scheduler/staffing/poisson_series.h"

#include <math.h>

#define NEGLIGIBLE 1e-17
#define PATIENCE_FOREVER_S 1e12

static double clamp01(double x)
{
    return x > 0 ? (x < 1 ? x : 1) : 0;
}

static double theta_of(const struct erlang_system *system)
{
    double patience = system->patience_s;
    return patience > 0 && patience < PATIENCE_FOREVER_S ? 1 / patience : 0;
}

/* B */

double erlang_b(double load_erl, double agents)
{
    if (agents <= 0)
        return 1;
    if (load_erl <= 0)
        return 0;
    return 1 / (1 + poisson_odds(agents, load_erl));
}

double erlang_b_ln(double load_erl, double agents)
{
    if (agents <= 0)
        return 0;
    if (load_erl <= 0)
        return -INFINITY;
    double odds = poisson_odds(agents, load_erl);
    if (isfinite(odds))
        return -log1p(odds);
    double ln_p = poisson_ln(agents, load_erl);
    return ln_p - log1p(-exp(ln_p) * poisson_upper(agents, load_erl));
}

double erlang_b_load(double agents, double blocking)
{
    if (blocking <= 0 || agents <= 0)
        return 0;
    if (blocking >= 1)
        return INFINITY;
    /* what is carried, load (1 - B), is less than agents, which bounds the load from above */
    double lo = 0, hi = agents / (1 - blocking);
    double goal = log(blocking);
    for (int i = 0; i < 200 && hi - lo > 1e-15 * hi; i++) {
        double mid = 0.5 * (lo + hi);
        if (erlang_b_ln(mid, agents) < goal)
            lo = mid;
        else
            hi = mid;
    }
    return 0.5 * (lo + hi);
}

struct b_goal {
    double load_erl, ln_blocking;
};

static double b_margin(double agents, const void *user)
{
    const struct b_goal *goal = user;
    double margin = goal->ln_blocking - erlang_b_ln(goal->load_erl, agents);
    return margin > -1e-12 ? fmax(margin, 0) : margin;
}

double erlang_b_required(double load_erl, double blocking, bool whole)
{
    if (load_erl <= 0 || blocking >= 1)
        return 0;
    if (blocking <= 0)
        return INFINITY;
    struct b_goal goal = {load_erl, log(blocking)};
    return erlang_search(b_margin, &goal, load_erl + sqrt(load_erl), whole);
}

double erlang_c_ln_wait(double load_erl, double agents)
{
    if (load_erl <= 0)
        return -INFINITY;
    if (agents <= load_erl)
        return 0;
    double odds = poisson_odds(agents, load_erl);
    double s0 = agents / (agents - load_erl);
    if (isfinite(odds))
        return -log1p(odds / s0);
    return erlang_b_ln(load_erl, agents) + log(s0);
}

/* Waiting */

/* The queue as a sum: t_k = y^k / ((r+1)…(r+k)) is the weight of k waiting relative to none waiting, with r =
   full rate × patience, y = arrivals × patience; all sums positive, so nothing cancels. */
struct queue_sums {
    double s0, s1; /* Σ_{k>=0} t_k, Σ_{k>=1} t_k */
    double w;      /* Σ t_k (k+1)/(r+k+1): the part that abandons */
    double h;      /* Σ_{k>=1} t_k Σ_{m=1}^k 1/(r+m): waits */
};

/* For y <= r. */
static struct queue_sums queue_sum(double r, double y)
{
    double t = 1, harmonic = 0, s1 = 0, w = 0, h = 0;
    for (double k = 1; t > NEGLIGIBLE * (1 + s1); k++) {
        double inverse = 1 / (r + k);
        w += t * k * inverse;
        t *= y * inverse;
        harmonic += inverse;
        s1 += t;
        h += t * harmonic;
    }
    return (struct queue_sums){1 + s1, s1, w, h};
}

/* The same without h, two terms by one division. For small r, where w loses no digits. */
static struct queue_sums short_sum(double r, double y)
{
    double t = 1, v = 0; /* v = s1 / y */
    for (double k = r + 1;; k += 2) {
        double inverse = 1 / (k * (k + 1));
        v += t * inverse * (k + 1 + y);
        t *= y * y * inverse;
        if (t <= NEGLIGIBLE * v)
            break;
    }
    return (struct queue_sums){.s0 = 1 + y * v, .s1 = y * v, .w = fmax(1 + y * v - r * v, 0)};
}

/* τ - 1 + e^-τ >= 0; gone = 1 - e^-τ. */
static double above_tangent(double tau, double gone)
{
    if (tau < 0.02)
        return tau * tau *
               (0.5 -
                tau * (1 / 6.0 - tau * (1 / 24.0 - tau * (1 / 120.0 - tau * (1 / 720.0 - tau / 5040)))));
    return tau - gone;
}

/* Shares still waiting after t seconds: somebody of infinite patience; later served; later giving up. */
struct tail {
    double waits, served, abandons;
};

/* Queue of a system with patience, prepared once for tails at several times. */
struct patient {
    double theta, r, y; /* abandonment rate; full rate and arrivals in its units */
    double p_wait;
    double slack;                        /* (full_rate - rate) / theta = r - y */
    struct queue_sums sums;              /* when y <= r */
    double tail0, p0;                    /* when y > r: P(Poisson-like count of r or more) and pmf at r */
    bool quick;                          /* the series serves for r */
    const struct poisson_series *series; /* when quick */
};

/* 1 - (1-λ) S0 loses its digits where that many times fewer abandon than wait; the sum is short there. */
#define PRECISE_MAX 1e4

/* Sums for a mean y <= r, slack = r - y; h only where asked for. */
static struct queue_sums sums_at(const struct patient *q, double y, double slack, bool with_h)
{
    struct poisson_tail at;
    double excess = -slack / q->r;
    if (!q->quick && !with_h)
        return short_sum(q->r, y);
    if (!q->quick || slack * -excess > PRECISE_MAX || !poisson_series_tail(q->series, excess, &at))
        return queue_sum(q->r, y);
    return (struct queue_sums){
        .s0 = at.tail,
        .s1 = at.tail - 1,
        .w = fmax(q->r / y * (1 + excess * at.tail), 0),
        .h = with_h ? -poisson_series_slope(q->series, &at) : 0,
    };
}

/* ln of the pmf at r of mean y = q->y·e^-tau, also where y itself is too small for a double. */
static double ln_pmf(const struct patient *q, double tau, double y)
{
    return y > 1e-290 ? poisson_ln(q->r, y) : poisson_ln(q->r, 1) + 1 + q->r * (log(q->y) - tau);
}

/* For a mean y > r: the pmf at r and P(less than r) over it; `slope`: its derivative by r, where not NULL. */
static double pmf_at(const struct patient *q, double y, double *odds, double *slope)
{
    struct poisson_tail at;
    if (!q->quick || !poisson_series_tail(q->series, (y - q->r) / q->r, &at)) {
        *odds = poisson_odds(q->r, y);
        return exp(poisson_ln(q->r, y));
    }
    *odds = at.tail;
    if (slope != NULL)
        *slope = poisson_series_slope(q->series, &at);
    return poisson_series_p(q->series, &at);
}

/* *in_time: waits and is served within t; set in overload only. */
static struct tail patient_tail(const struct patient *q, double t, double *in_time)
{
    double tau = fmin(q->theta * t, 1e6);
    /* e^-τ and what is left to 1, both with all digits */
    double gone = tau < 0.5 ? -expm1(-tau) : 1 - exp(-tau), x = tau < 0.5 ? 1 - gone : exp(-tau);
    double y = q->y * x, scale = q->p_wait;
    struct tail tail;
    if (q->y <= q->r) {
        struct queue_sums s = sums_at(q, y, q->slack + q->y * gone, false);
        scale *= exp(-(q->slack * tau + q->y * above_tangent(tau, gone))) / q->sums.s0;
        tail.waits = scale * s.s0;
        tail.served = scale * s.s1 * q->r / q->y;
        tail.abandons = scale * x * s.w;
        return tail;
    }
    scale /= q->tail0;
    double share = q->r / q->y;
    if (y > q->r) {
        double odds, p = pmf_at(q, y, &odds, NULL), upper = 1 - p * odds;
        tail.waits = scale * upper;
        tail.served = scale * (upper - p) * share;
        tail.abandons = scale * (upper * (y - q->r) + q->r * p) / q->y;
        /* what is late and what is never served are both small: not from a difference of ones */
        *in_time = fmax(scale * share * (p * (1 + odds) - (1 - (q->tail0 - q->p0))), 0);
        return tail;
    }
    double p = exp(ln_pmf(q, tau, y));
    struct queue_sums s = sums_at(q, y, q->r - y, false);
    tail.waits = scale * p * s.s0;
    tail.served = scale * p * s.s1 * share;
    tail.abandons = scale * p * x * s.w;
    *in_time = fmax(scale * share * (q->tail0 - q->p0) - tail.served, 0);
    return tail;
}

/* Σ_{m>=1} P(r+m, y)/(r+m), P(s, y) the share of Poisson-like counts of s or more; y > r. That is the mean of
   ψ(N+1) - ψ(r+1) over counts N > r; nearly all counts are, when y is far above r, and of all of them the
   mean of ψ(N+1) is ln y + E1(y). */
static double overload_wait_sum(const struct patient *q)
{
    if (q->y - q->r > 9 * sqrt(q->y) + 9)
        return log(q->y) - digamma(q->r + 1);
    double sum = 0, s = q->r + 1, upper = q->tail0 - q->p0, p = q->p0 * q->y / s;
    for (; s < q->y || (upper > NEGLIGIBLE && p > NEGLIGIBLE * 1e-3); s++) {
        sum += upper / s;
        upper -= p;
        p *= q->y / (s + 1);
    }
    return sum;
}

void erlang_ratios(struct erlang_metrics *out)
{
    double answered = clamp01(1 - out->abandon - out->blocked);
    out->counted[SL_OFFERED] = 1;
    out->counted[SL_ANSWERED] = answered;
    out->counted[SL_ABAN_IGNORED] = clamp01(1 - out->abandon_in_time);
    out->counted[SL_ABAN_POSITIVE] = 1;
    out->counted[SL_EXCL_SHORT] = clamp01(1 - out->abandon_short);
    out->counted[SL_VIRTUAL] = 1;
    out->sl[SL_OFFERED] = out->in_time;
    out->sl[SL_ABAN_POSITIVE] = clamp01(out->in_time + out->abandon_in_time);
    static const enum sl_definition ratios[] = {SL_ANSWERED, SL_ABAN_IGNORED, SL_EXCL_SHORT};
    for (int i = 0; i < 3; i++) {
        double counted = out->counted[ratios[i]];
        out->sl[ratios[i]] = counted > 0 ? clamp01(out->in_time / counted) : 0;
    }
    out->abandon_excl_short =
        out->abandon_short < 1 ? clamp01((out->abandon - out->abandon_short) / (1 - out->abandon_short)) : 0;
}

/* Nobody abandons: exponential waits while the queue is stable. */
static void waiting_forever(const struct erlang_system *system, double odds, double full_rate,
                            struct erlang_metrics *out)
{
    double slack = full_rate - system->rate_per_s;
    if (slack <= 0) {
        out->p_wait = 1;
        out->asa_offered_s = out->asa_answered_s = out->asa_virtual_s = out->queue_length = INFINITY;
        erlang_ratios(out);
        return;
    }
    double s0 = full_rate / slack;
    out->p_wait = s0 / (odds + s0);
    double late = out->p_wait * exp(-slack * system->threshold_s);
    out->in_time = out->sl[SL_VIRTUAL] = clamp01(1 - late);
    out->asa_offered_s = out->asa_answered_s = out->asa_virtual_s = out->p_wait / slack;
    out->queue_length = system->rate_per_s * out->asa_offered_s;
    erlang_ratios(out);
}

/* The queue at the start: fills p_wait and what tails need; returns the share that waits and is served. */
static double enter_stable(struct patient *q, double odds, bool waits, double *no_wait, double *wait_sum,
                           double *abandon)
{
    q->sums = sums_at(q, q->y, q->slack, waits);
    q->p_wait = q->sums.s0 / (odds + q->sums.s0);
    *no_wait = isinf(odds) ? 1 : odds / (odds + q->sums.s0);
    double one = q->p_wait / q->sums.s0;
    *abandon = one * q->sums.w;
    *wait_sum = q->sums.h / q->sums.s0;
    return one * (q->r / q->y) * q->sums.s1;
}

static double enter_overload(struct patient *q, double odds, bool waits, double *no_wait, double *wait_sum,
                             double *abandon)
{
    double below, slope = NAN, share = q->r / q->y;
    q->p0 = pmf_at(q, q->y, &below, waits ? &slope : NULL);
    q->tail0 = 1 - q->p0 * below;
    double v = odds * q->p0 / q->tail0;
    bool never = isinf(odds) && q->p0 > 0;
    q->p_wait = never ? 0 : 1 / (1 + v);
    *no_wait = never ? 1 : v / (1 + v);
    *abandon = q->p_wait * ((q->y - q->r) / q->y + share * q->p0 / q->tail0);
    if (waits)
        *wait_sum =
            (isnan(slope) ? overload_wait_sum(q) : log(q->y) - digamma(q->r + 1) + q->p0 * slope) / q->tail0;
    return q->p_wait * share * (q->tail0 - q->p0) / q->tail0;
}

static void waiting(const struct erlang_system *system, double odds, double full_rate,
                    enum erlang_parts parts, struct erlang_metrics *out)
{
    /* the others are set in any case; clearing all takes longer than a sum */
    out->in_time = out->sl[SL_VIRTUAL] = out->blocked = out->abandon = out->abandon_in_time = 0;
    out->abandon_short = out->asa_answered_s = out->asa_virtual_s = out->occupancy = 0;
    struct patient q = {.theta = theta_of(system)};
    if (q.theta <= 0) {
        waiting_forever(system, odds, full_rate, out);
        return;
    }
    q.r = full_rate / q.theta;
    q.y = system->rate_per_s / q.theta;
    q.slack = (full_rate - system->rate_per_s) / q.theta;
    q.quick = q.r >= POISSON_SERIES_MIN;
    bool stable = q.y <= q.r, waits = parts & ERLANG_WAITS;
    struct poisson_series with_slopes;
    if (q.quick && waits)
        poisson_series_init(&with_slopes, q.r, true);
    if (q.quick)
        q.series = waits ? &with_slopes : poisson_series_kept(POISSON_QUEUE, q.r);
    double no_wait = 0, wait_sum = 0; /* Σ of waits t_k H_k / S0 */
    double served =
        (stable ? enter_stable : enter_overload)(&q, odds, waits, &no_wait, &wait_sum, &out->abandon);
    double answered = no_wait + served;
    out->p_wait = q.p_wait;
    out->asa_offered_s = out->abandon / q.theta;
    out->queue_length = out->abandon * q.y;
    if (parts & ERLANG_LEVELS) {
        double waited_in_time = 0;
        struct tail tail = patient_tail(&q, system->threshold_s, &waited_in_time);
        out->in_time = clamp01(stable ? 1 - out->abandon - tail.served : no_wait + waited_in_time);
        out->sl[SL_VIRTUAL] = clamp01(1 - tail.waits);
        out->abandon_in_time = clamp01(out->abandon - tail.abandons);
        if (system->short_abandon_s > 0) {
            struct tail early = patient_tail(&q, system->short_abandon_s, &waited_in_time);
            out->abandon_short = clamp01(out->abandon - early.abandons);
        }
    }
    if (waits) {
        /* the served ones carry the factor r/y */
        double served_wait_s = q.p_wait * (q.r / q.y) * wait_sum / q.theta;
        out->asa_answered_s = answered > 0 ? served_wait_s / answered : 0;
        out->asa_virtual_s = q.p_wait * (wait_sum + 1 / q.r) / q.theta;
    }
    erlang_ratios(out);
    /* not from 1 - abandon: in deep overload hardly anybody is answered */
    out->counted[SL_ANSWERED] = clamp01(answered);
    out->sl[SL_ANSWERED] = answered > 0 ? clamp01(out->in_time / answered) : 0;
}

void erlang_waiting(const struct erlang_system *system, double odds, double full_rate,
                    struct erlang_metrics *out)
{
    waiting(system, odds, full_rate, ERLANG_ALL, out);
}

void erlang_idle(struct erlang_metrics *out)
{
    *out = (struct erlang_metrics){.in_time = 1};
    for (int d = 0; d < SL_DEFINITION_N; d++)
        out->sl[d] = out->counted[d] = 1;
}

void erlang_unserved(const struct erlang_system *system, struct erlang_metrics *out)
{
    double theta = theta_of(system);
    *out = (struct erlang_metrics){.p_wait = 1, .occupancy = 1};
    out->asa_virtual_s = INFINITY;
    if (theta <= 0) {
        out->asa_offered_s = out->asa_answered_s = out->queue_length = INFINITY;
    } else {
        out->abandon = 1;
        out->abandon_in_time = -expm1(-theta * system->threshold_s);
        out->abandon_short = -expm1(-theta * fmax(system->short_abandon_s, 0));
        out->asa_offered_s = 1 / theta;
        out->queue_length = system->rate_per_s / theta;
    }
    erlang_ratios(out);
}

void erlang_metrics_of(const struct erlang_system *system, double agents, enum erlang_parts parts,
                       struct erlang_metrics *out)
{
    double load_erl = system->rate_per_s * system->aht_s;
    if (!(load_erl > 0)) {
        erlang_idle(out);
        return;
    }
    if (!(agents > 0)) {
        erlang_unserved(system, out);
        return;
    }
    waiting(system, poisson_odds(agents, load_erl), agents / system->aht_s, parts, out);
    out->occupancy = clamp01(load_erl * out->counted[SL_ANSWERED] / agents);
    if (isinf(out->queue_length))
        out->occupancy = 1;
}

void erlang_metrics(const struct erlang_system *system, double agents, struct erlang_metrics *out)
{
    erlang_metrics_of(system, agents, ERLANG_ALL, out);
}
