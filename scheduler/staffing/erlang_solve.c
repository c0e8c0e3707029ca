/* Searching for agents: every target is monotone in agents, so a bracket and a secant find the answer. */
#include "scheduler/staffing/erlang_solve.h"

#include <math.h>

#define TOLERANCE 1e-12
#define MARGIN_MAX 700.0

/* Margin of value <= limit, logarithmic: close to linear in agents, since what is bad falls about
 * exponentially. */
static double below(double value, double limit)
{
    bool met = value <= limit + TOLERANCE;
    if (value <= 0 || isinf(value))
        return met ? MARGIN_MAX : -MARGIN_MAX;
    double margin = log(fmax(limit, TOLERANCE) / value);
    return met ? fmin(fmax(margin, 0), MARGIN_MAX) : fmax(fmin(margin, -TOLERANCE), -MARGIN_MAX);
}

double erlang_margin(const struct erlang_metrics *metrics, const struct erlang_targets *targets)
{
    double margin = MARGIN_MAX;
    if (targets->service_level > 0) {
        double miss = 1 - fmin(targets->service_level, 1);
        margin = fmin(margin, below(1 - metrics->sl[targets->definition], miss));
    }
    if (targets->asa_max_s > 0) {
        bool any_answered = metrics->counted[SL_ANSWERED] > 0;
        margin =
            fmin(margin, any_answered ? below(metrics->asa_answered_s, targets->asa_max_s) : -MARGIN_MAX);
    }
    if (targets->abandon_max < 1)
        margin = fmin(margin, below(metrics->abandon, targets->abandon_max));
    if (targets->occupancy_max < 1)
        margin = fmin(margin, below(metrics->occupancy, targets->occupancy_max));
    return margin;
}

struct bracket {
    double lo, hi;     /* lo fails, hi meets */
    double f_lo, f_hi; /* margins there, as the secant sees them */
    int side;          /* end that moved last: -1 lo, 1 hi */
};

static void narrow(struct bracket *b, double n, double f)
{
    /* Illinois: an end that stays twice counts half, so that both ends close in */
    if (f >= 0) {
        if (b->side == 1)
            b->f_lo *= 0.5;
        b->hi = n, b->f_hi = f, b->side = 1;
    } else {
        if (b->side == -1)
            b->f_hi *= 0.5;
        b->lo = n, b->f_lo = f, b->side = -1;
    }
}

/* Next distance to walk: a little beyond where the line through the last two points crosses zero, within
 * [step, 16 step]. */
static double stride(double step, double moved, double f_before, double f)
{
    double gain = fabs(f - f_before);
    double wanted = gain > 0 ? 1.2 * fabs(f) * moved / gain : step;
    return fmin(fmax(wanted, step), 16 * step);
}

/* Walks from the guess until one end fails and the other meets. False when none up to the limit meets. */
static bool find_bracket(erlang_margin_fn margin, const void *user, double guess, bool whole,
                         struct bracket *b)
{
    double step = fmax(0.25 * sqrt(guess), 1e-3), moved = 0, f_before = 0;
    double n = whole ? ceil(guess) : guess, f = margin(n, user);
    bool down = f >= 0;
    *b = (struct bracket){.lo = 0, .hi = n, .f_lo = -MARGIN_MAX, .f_hi = f};
    while (down == (f >= 0)) {
        if (down)
            b->hi = n, b->f_hi = f;
        else
            b->lo = n, b->f_lo = f;
        if (!down && n >= ERLANG_AGENTS_MAX)
            return false;
        step = moved > 0 ? stride(2 * step, moved, f_before, f) : step;
        moved = whole ? ceil(step) : step;
        f_before = f;
        if (down && n <= moved)
            return true; /* no agents at all fail */
        n = down ? n - moved : fmin(n + moved, ERLANG_AGENTS_MAX);
        f = margin(n, user);
    }
    if (down)
        b->lo = n, b->f_lo = f;
    else
        b->hi = n, b->f_hi = f;
    return true;
}

double erlang_search(erlang_margin_fn margin, const void *user, double guess, bool whole)
{
    struct bracket b;
    if (!find_bracket(margin, user, fmin(fmax(guess, whole ? 1 : 1e-3), ERLANG_AGENTS_MAX), whole, &b))
        return INFINITY;
    for (int i = 0; i < 200; i++) {
        double width = b.hi - b.lo, least = whole ? 1 : 1e-10 * fmax(1, b.hi);
        if (width <= least)
            break;
        double n = b.f_hi > 0 && b.f_lo < 0 ? b.hi - b.f_hi * width / (b.f_hi - b.f_lo) : b.lo + 0.5 * width;
        if (i % 8 == 7) /* a margin with a kink or a plateau: halve now and then */
            n = b.lo + 0.5 * width;
        if (whole)
            n = fmin(fmax(floor(n), b.lo + 1), b.hi - 1);
        else
            n = fmin(fmax(n, b.lo + 0.25 * least), b.hi - 0.25 * least);
        narrow(&b, n, margin(n, user));
    }
    return b.hi;
}

struct a_goal {
    const struct erlang_system *system;
    double busyness_cv2;
    const struct erlang_targets *targets;
};

static double a_margin(double agents, const void *user)
{
    const struct a_goal *goal = user;
    struct erlang_metrics metrics;
    erlang_busy_metrics(goal->system, goal->busyness_cv2, agents, &metrics);
    return erlang_margin(&metrics, goal->targets);
}

double erlang_required_near(const struct erlang_system *system, double busyness_cv2,
                            const struct erlang_targets *targets, bool whole, double guess)
{
    double load_erl = system->rate_per_s * system->aht_s;
    if (!(load_erl > 0))
        return 0;
    struct a_goal goal = {system, busyness_cv2, targets};
    if (a_margin(0, &goal) >= 0)
        return 0;
    return erlang_search(a_margin, &goal, guess > 0 ? guess : load_erl + 0.5 * sqrt(load_erl), whole);
}

double erlang_required(const struct erlang_system *system, const struct erlang_targets *targets, bool whole)
{
    return erlang_required_near(system, 0, targets, whole, 0);
}
