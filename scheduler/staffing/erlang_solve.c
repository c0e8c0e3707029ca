/* Searching for agents: every target is monotone in agents, so a bracket and a secant find the answer. */
#include "scheduler/staffing/erlang_solve.h"

#include <math.h>

#define TOLERANCE 1e-12
#define MARGIN_MAX 700.0

/* What falls short of a limit counts by how far, but never as met, and the other way round. */
static double signed_margin(bool met, double margin)
{
    return met ? fmin(fmax(margin, 0), MARGIN_MAX) : fmax(fmin(margin, -TOLERANCE), -MARGIN_MAX);
}

/* Margin of value <= limit, logarithmic: what is bad falls about exponentially. */
static double below(double value, double limit)
{
    bool met = value <= limit + TOLERANCE;
    if (value <= 0 || isinf(value))
        return met ? MARGIN_MAX : -MARGIN_MAX;
    return signed_margin(met, log(fmax(limit, TOLERANCE) / value));
}

/* Nearly the number of standard deviations beyond which a normal variable has that share, from its odds. */
static double deviations(double share)
{
    double u = log(fmax(share, 1e-300) / fmax(1 - share, 1e-300));
    return u / sqrt(2.55 + 0.5 * fabs(u));
}

/* The same for shares, which fall as the tail of a normal: exponentially, but only once they are small. */
static double share_below(double share, double limit)
{
    bool met = share <= limit + TOLERANCE;
    if (share <= 0 || share >= 1)
        return met ? MARGIN_MAX : -MARGIN_MAX;
    return signed_margin(met, deviations(fmax(limit, TOLERANCE)) - deviations(share));
}

double erlang_margin(const struct erlang_metrics *metrics, const struct erlang_targets *targets)
{
    double margin = MARGIN_MAX;
    if (targets->service_level > 0) {
        double miss = 1 - fmin(targets->service_level, 1);
        margin = fmin(margin, share_below(1 - metrics->sl[targets->definition], miss));
    }
    if (targets->asa_max_s > 0) {
        bool any_answered = metrics->counted[SL_ANSWERED] > 0;
        margin =
            fmin(margin, any_answered ? below(metrics->asa_answered_s, targets->asa_max_s) : -MARGIN_MAX);
    }
    if (targets->abandon_max < 1)
        margin = fmin(margin, share_below(metrics->abandon, targets->abandon_max));
    if (targets->occupancy_max < 1)
        margin = fmin(margin, below(metrics->occupancy, targets->occupancy_max));
    return margin;
}

/* Searching */

struct search {
    double lo, hi; /* lo fails, hi meets; 0 and INFINITY at first, both unseen */
    double x, f;   /* where the search is, and the margin there */
    double slope;  /* of the margin by agents: a guess, then the secant's */
    double width;  /* of the bracket when it was last seen to halve */
    int slow;      /* steps since then */
    bool whole;
    bool stuck; /* the last step hardly changed the margin */
};

static double finest(const struct search *s)
{
    return s->whole ? 1 : 1e-10 * fmax(1, s->x);
}

/* Where the line crosses zero, at least one step away; a little above, so that the last step meets. */
static double crossing(const struct search *s)
{
    double n = s->x - s->f / s->slope, least = finest(s);
    if (!s->whole) {
        n += 0.1 * least;
        return s->f >= 0 ? fmin(n, s->x - 0.9 * least) : fmax(n, s->x + 0.9 * least);
    }
    n = ceil(n);
    return s->f >= 0 ? fmin(n, s->x - 1) : fmax(n, s->x + 1);
}

static double next_of(const struct search *s, double moved)
{
    double n = crossing(s), reach = fmax(16 * moved, 4 * fmax(sqrt(s->x), 1));
    bool open = isinf(s->hi), blind = fabs(s->f) >= MARGIN_MAX || !isfinite(n);
    if (open) /* nothing meets yet: on, but not out of sight */
        n = fmin(blind ? s->x + reach : fmax(n, s->x + (s->stuck ? 2 * moved : 0)), s->x + reach);
    else if (blind || s->slow > 3 || n <= s->lo || n >= s->hi)
        n = 0.5 * (s->lo + s->hi);
    if (s->whole)
        n = open ? ceil(n) : fmin(fmax(floor(n), s->lo + 1), s->hi - 1);
    return fmin(n, ERLANG_AGENTS_MAX);
}

static void look(struct search *s, double n, erlang_margin_fn margin, const void *user)
{
    double f = margin(n, user), slope = (f - s->f) / (n - s->x);
    if (isfinite(slope) && slope > 0 && fabs(f) < MARGIN_MAX && fabs(s->f) < MARGIN_MAX)
        s->slope = slope;
    s->stuck = fabs(f) > 0.5 * fabs(s->f);
    s->x = n;
    s->f = f;
    if (f >= 0)
        s->hi = n;
    else
        s->lo = n;
    s->slow++;
    if (s->hi - s->lo <= 0.5 * s->width) {
        s->width = s->hi - s->lo;
        s->slow = 0;
    }
}

/* Secant steps inside a bracket. A real-valued search also ends where the line says that the crossing is
 * nearer than the last digit asked for. */
double erlang_search_from(erlang_margin_fn margin, const void *user, double guess, double slope, bool whole)
{
    double start = fmin(fmax(guess, whole ? 1 : 1e-3), ERLANG_AGENTS_MAX);
    struct search s = {.hi = INFINITY, .width = INFINITY, .whole = whole, .slope = slope};
    s.x = whole ? ceil(start) : start;
    s.f = MARGIN_MAX;
    look(&s, s.x, margin, user);
    double moved = 0;
    for (int i = 0; i < 300 && s.hi - s.lo > finest(&s); i++) {
        if (!whole && s.f >= 0 && s.f < 0.5 * finest(&s) * s.slope) /* also a guess that is the answer */
            return s.x;
        if (s.f < 0 && s.x >= ERLANG_AGENTS_MAX)
            return INFINITY;
        double n = next_of(&s, moved);
        moved = fabs(n - s.x);
        look(&s, n, margin, user);
    }
    return s.hi;
}

double erlang_search(erlang_margin_fn margin, const void *user, double guess, bool whole)
{
    return erlang_search_from(margin, user, guess, 1.5 / sqrt(fmax(guess, 0.1)), whole);
}
