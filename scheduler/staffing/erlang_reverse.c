/* Turning the metrics round: the range of any one variable that meets the targets. */
#include "scheduler/staffing/erlang_solve.h"

#include <math.h>

struct question {
    struct erlang_system system;
    double busyness_cv2, agents;
    const struct erlang_targets *targets;
    enum erlang_variable variable;
};

static double margin_at(const struct question *question, double x)
{
    struct question asked = *question;
    switch (question->variable) {
    case ERLANG_AGENTS:
        asked.agents = x;
        break;
    case ERLANG_RATE:
        asked.system.rate_per_s = x;
        break;
    case ERLANG_AHT:
        asked.system.aht_s = x;
        break;
    case ERLANG_PATIENCE:
        asked.system.patience_s = x;
        break;
    case ERLANG_THRESHOLD:
        asked.system.threshold_s = x;
        break;
    case ERLANG_VARIABLE_N:
        break;
    }
    struct erlang_metrics metrics;
    erlang_busy_metrics(&asked.system, asked.busyness_cv2, asked.agents, &metrics);
    return erlang_margin(&metrics, question->targets);
}

static bool meets(const struct question *question, double x)
{
    return margin_at(question, x) >= 0;
}

/* Between good, which meets, and bad, which does not, to 1e-12 of the value; the side that meets. */
static double edge(const struct question *question, double good, double bad)
{
    for (int i = 0; i < 200 && fabs(bad - good) > 1e-12 * fmax(fabs(good), fabs(bad)); i++) {
        /* halve the exponent first where the two are orders of magnitude apart */
        double lo = fmin(good, bad), hi = fmax(good, bad);
        double middle = lo > 0 && hi > 4 * lo ? sqrt(lo * hi) : 0.5 * (lo + hi);
        if (meets(question, middle))
            good = middle;
        else
            bad = middle;
    }
    return good;
}

static bool agents_range(const struct question *question, struct erlang_range *out)
{
    double least =
        erlang_required_near(&question->system, question->busyness_cv2, question->targets, false, 0);
    if (isinf(least))
        return false;
    *out = (struct erlang_range){least, INFINITY};
    return true;
}

#define TINY 1e-9
#define HUGE_VALUE 1e12

/* Everything up to a greatest value meets: contacts, handling time. */
static bool up_to(const struct question *question, struct erlang_range *out)
{
    /* what n agents can do at all is near n: start there and walk to either side */
    double other = question->variable == ERLANG_RATE ? question->system.aht_s : question->system.rate_per_s,
           at, next;
    if (!(question->agents > 0))
        return false;
    if (!(other > 0)) { /* no load whatever the value */
        if (!meets(question, 1))
            return false;
        *out = (struct erlang_range){0, INFINITY};
        return true;
    }
    at = question->agents / other;
    if (meets(question, at)) {
        for (next = 2 * at; meets(question, next); next *= 2) {
            at = next;
            if (at * other > HUGE_VALUE) {
                *out = (struct erlang_range){0, INFINITY};
                return true;
            }
        }
    } else {
        next = at;
        for (at = next / 2; !meets(question, at); at /= 2) {
            next = at;
            if (at * other < TINY * fmin(question->agents, 1))
                return false;
        }
    }
    *out = (struct erlang_range){0, edge(question, at, next)};
    return true;
}

/* Everything from a least value on meets: threshold. */
static bool from_on(const struct question *question, struct erlang_range *out)
{
    if (meets(question, 0)) {
        *out = (struct erlang_range){0, INFINITY};
        return true;
    }
    if (!meets(question, HUGE_VALUE))
        return false;
    *out = (struct erlang_range){edge(question, HUGE_VALUE, 0), INFINITY};
    return true;
}

/* Patience: from endless down over a grid, since the set that meets may be any piece of it. */
#define PATIENCE_LONG_S 1e9
#define PATIENCE_SHORT_S 1e-4
#define PATIENCE_RATIO 1.25

/* A peak between grid points may meet where neither end does: narrowed by thirds. 0: it does not. */
static double peak(const struct question *question, double lo, double hi)
{
    for (int i = 0; i < 60; i++) {
        double third = cbrt(hi / lo), a = lo * third, b = hi / third;
        double f_a = margin_at(question, a), f_b = margin_at(question, b);
        if (f_a >= 0 || f_b >= 0)
            return f_b >= 0 ? b : a;
        if (f_a < f_b)
            lo = a;
        else
            hi = b;
    }
    return 0;
}

/* A patience that meets, and the next longer one looked at that does not. */
static bool longest(const struct question *question, double *good, double *bad)
{
    double x = PATIENCE_LONG_S, f = margin_at(question, x), f_last = -INFINITY;
    while (f < 0) {
        if (x < PATIENCE_SHORT_S)
            return false;
        double f_next = margin_at(question, x / PATIENCE_RATIO);
        if (f_next < 0 && f > f_next && f >= f_last) {
            *good = peak(question, x / PATIENCE_RATIO, x * PATIENCE_RATIO);
            *bad = x * PATIENCE_RATIO;
            if (*good > 0)
                return true;
        }
        f_last = f;
        f = f_next;
        x /= PATIENCE_RATIO;
    }
    *good = x;
    *bad = x * PATIENCE_RATIO;
    return true;
}

static bool patience_range(const struct question *question, struct erlang_range *out)
{
    double good, bad;
    if (!longest(question, &good, &bad))
        return false;
    struct erlang_range range = {0, INFINITY};
    if (bad <= PATIENCE_LONG_S || !meets(question, INFINITY))
        range.most = edge(question, good, fmin(bad, PATIENCE_LONG_S));
    double x = good;
    while (x > PATIENCE_SHORT_S && meets(question, x / PATIENCE_RATIO))
        x /= PATIENCE_RATIO;
    if (x > PATIENCE_SHORT_S)
        range.least = edge(question, x, x / PATIENCE_RATIO);
    *out = range;
    return true;
}

static bool (*const ranges[ERLANG_VARIABLE_N])(const struct question *, struct erlang_range *) = {
    [ERLANG_AGENTS] = agents_range,     [ERLANG_RATE] = up_to,        [ERLANG_AHT] = up_to,
    [ERLANG_PATIENCE] = patience_range, [ERLANG_THRESHOLD] = from_on,
};

bool erlang_solve(const struct erlang_system *system, double busyness_cv2, double agents,
                  const struct erlang_targets *targets, enum erlang_variable variable,
                  struct erlang_range *out)
{
    struct question question = {*system, busyness_cv2, agents, targets, variable};
    return ranges[variable](&question, out);
}
