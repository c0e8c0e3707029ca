#include "scheduler/staffing/transient_chain.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "scheduler/staffing/poisson.h"

/* ---- both engines: rates by state ---- */

/* leave: n, contacts leaving per second from each state of the window; nobody leaves it downwards. */
static double *leave_rates(const struct chain_state *state, const struct chain_rates *rates)
{
    double *leave = g_new(double, (gsize)state->n + 1);
    for (int32_t i = 0; i <= state->n; i++) {
        double k = state->lo + i;
        leave[i] = rates->handle * fmin(k, rates->servers) + rates->give_up * fmax(k - rates->servers, 0);
    }
    leave[0] = 0;
    leave[state->n] = 0;
    return leave;
}

static void zeros_like(const struct chain_state *state, struct chain_state *out)
{
    chain_clear(out);
    *out = *state;
    out->p = g_new0(double, (gsize)state->n);
    out->level = g_new0(double, (gsize)state->n_levels *(gsize)state->n_waiting + 1);
}

static void add(struct chain_state *to, const struct chain_state *from, double weight)
{
    for (int32_t i = 0; i < to->n; i++)
        to->p[i] += weight * from->p[i];
    int32_t cells = from->n_levels * from->n_waiting;
    for (int32_t i = 0; i < cells; i++)
        to->level[i] += weight * from->level[i];
}

/* Has the distribution run against an end of its window? */
static bool at_edge(const struct chain_state *state, double edge)
{
    if ((state->lo > 0 && fabs(state->p[0]) > edge) || fabs(state->p[state->n - 1]) > edge)
        return true;
    for (int32_t l = 0; l < state->n_levels; l++)
        if (fabs(state->level[l * state->n_waiting + state->n_waiting - 1]) > edge)
            return true;
    return false;
}

/* Runs `through` in a window, wider as long as it proves too narrow. */
typedef bool (*through_fn)(struct chain_state *state, const struct chain_rates *rates, double span_s,
                           struct chain_state *mean);
static void run_in_window(struct chain_state *state, const struct chain_rates *rates, double span_s,
                          enum transient_engine engine, through_fn through, struct chain_state *mean)
{
    const struct chain_precision *precision = &chain_precisions[engine];
    for (int32_t more = 0;; more = 2 * more + 16 + state->n / 8) {
        struct chain_state trial = {.p = NULL};
        chain_copy(state, &trial);
        chain_widen(&trial, rates, span_s, precision->sigmas, more);
        if (through(&trial, rates, span_s, mean)) {
            chain_clear(state);
            chain_trim(&trial, precision->edge);
            *state = trial;
            return;
        }
        chain_clear(&trial);
    }
}

/* ---- uniformisation ---- */

/* One jump of the uniformised chain. */
static void jump(const struct chain_state *v, const struct chain_rates *rates, const double *leave,
                 double rate, struct chain_state *out)
{
    double up = rates->arrive / rate, per = 1 / rate;
    for (int32_t i = 0; i < v->n; i++) {
        double in = i > 0 ? up * v->p[i - 1] : 0, on = i + 1 < v->n ? per * leave[i + 1] * v->p[i + 1] : 0;
        out->p[i] = v->p[i] * (1 - per * leave[i] - (i + 1 < v->n ? up : 0)) + in + on;
    }
    for (int32_t l = 0; l < v->n_levels; l++) {
        const double *at = v->level + l * v->n_waiting, *above = at + v->n_waiting;
        double *to = out->level + l * v->n_waiting, finish = per * rates->handle * (v->first_busy + l);
        double next = l + 1 < v->n_levels ? finish + per * rates->handle : 0;
        for (int32_t q = 0; q < v->n_waiting; q++) {
            bool last = q + 1 == v->n_waiting;
            to[q] = at[q] * (1 - finish - per * rates->give_up * q - (last ? 0 : up));
            to[q] += q > 0 ? up * at[q - 1] : 0;
            to[q] += last ? 0 : per * rates->give_up * (q + 1) * at[q + 1];
            to[q] += next > 0 ? next * above[q] : 0;
        }
    }
    if (v->n_levels > 0) { /* a full house again */
        double finish = per * rates->handle * v->first_busy;
        double *to = out->p + (v->first_busy - 1 - v->lo);
        for (int32_t q = 0; q < v->n_waiting; q++)
            to[q] += finish * v->level[q];
    }
}

static bool exact_through(struct chain_state *state, const struct chain_rates *rates, double span_s,
                          struct chain_state *mean)
{
    double edge = chain_precisions[TRANSIENT_EXACT].edge;
    double top = state->n_levels > 0 ? state->first_busy + state->n_levels - 1 : rates->servers;
    double waiting = fmax(state->lo + state->n - floor(rates->servers), 0);
    double rate = rates->arrive +
                  rates->handle * fmin(fmax(top, rates->servers), state->lo + state->n + top) +
                  rates->give_up * waiting;
    double jumps = rate * span_s, spread = 8.5 * sqrt(jumps) + 30;
    zeros_like(state, mean);
    if (!(rate > 0)) {
        add(mean, state, 1);
        return true;
    }
    g_autofree double *leave = leave_rates(state, rates);
    struct chain_state v = {.p = NULL}, next = {.p = NULL}, end = {.p = NULL};
    chain_copy(state, &v);
    zeros_like(state, &next);
    zeros_like(state, &end);
    double from = floor(fmax(jumps - spread, 0)), to = ceil(jumps + spread), tail = 1;
    bool inside = true;
    for (double k = 0; k <= to && inside; k++) {
        double p = k >= from ? exp(poisson_ln(k, jumps)) : 0;
        tail = fmax(tail - p, 0); /* P(more than k jumps) */
        if (p > 0)
            add(&end, &v, p);
        add(mean, &v, tail / jumps);
        jump(&v, rates, leave, rate, &next);
        struct chain_state swap = v;
        v = next;
        next = swap;
        inside = !at_edge(&v, edge);
    }
    chain_clear(&v);
    chain_clear(&next);
    if (inside) {
        chain_clear(state);
        *state = end;
    } else {
        chain_clear(&end);
    }
    return inside;
}

void chain_exact(struct chain_state *state, const struct chain_rates *rates, double span_s,
                 struct chain_state *mean)
{
    run_in_window(state, rates, span_s, TRANSIENT_EXACT, exact_through, mean);
}

/* ---- Crank-Nicolson ---- */

/* I - half × rates of a tridiagonal chain, factored from both ends to the middle, so that a processor has two
   chains of operations to work on. With what comes before (left of the middle) or behind it (right) an entry
   is inv_i x_i + low_i y_{i-1} + up_i y_{i+1}. */
struct factor {
    int32_t n;
    double *inv, *low, *up; /* n each, one allocation */
};

/* finish: leaving the chain for another, in every state. */
static void factor_fill(struct factor *f, double half, double arrive, const double *leave, double finish)
{
    int32_t n = f->n, middle = n / 2;
    double step = half * arrive;
    for (int32_t k = 0; k < n; k++) {
        int32_t i = k < middle ? k : n - 1 - (k - middle); /* the middle comes last */
        double up = i + 1 < n ? half * leave[i + 1] : 0;
        double pivot = 1 + half * (leave[i] + finish + (i + 1 < n ? arrive : 0));
        if (i > 0 && i <= middle)
            pivot -= step * f->up[i - 1];
        if (i + 1 < n && i >= middle)
            pivot -= up * f->low[i + 1];
        f->inv[i] = 1 / pivot;
        f->low[i] = i > 0 ? step * f->inv[i] : 0;
        f->up[i] = up * f->inv[i];
    }
}

/* Half a backward Euler step: y of x, n each. */
static void factor_solve(const struct factor *f, const double *restrict x, double *restrict y)
{
    int32_t n = f->n, middle = n / 2;
    const double *inv = f->inv, *low = f->low, *up = f->up;
    double left = 0, right = 0;
    if (middle > n - 1 - middle) { /* as many on both sides */
        left = y[0] = inv[0] * x[0];
    }
    for (int32_t i = 2 * middle + 1 - n, j = n - 1; i < middle; i++, j--) {
        y[i] = left = inv[i] * x[i] + low[i] * left;
        y[j] = right = inv[j] * x[j] + up[j] * right;
    }
    y[middle] = inv[middle] * x[middle] + low[middle] * left + up[middle] * right;
    left = right = y[middle];
    for (int32_t i = middle - 1, j = middle + 1; j < n; i--, j++) {
        y[i] = left = y[i] + up[i] * left;
        y[j] = right = y[j] + low[j] * right;
    }
    if (middle > n - 1 - middle)
        y[0] += up[0] * left;
}

/* Factors of the window and of each level, and room for a step. */
struct stepper {
    const struct chain_rates *rates;
    double half;                 /* seconds of a half step */
    struct factor line, *levels; /* levels: n_levels */
    int32_t n_levels;            /* at the start; those of the states go down as they empty */
    double *leave, *waiting_leave, *room;
    struct chain_state middle; /* of a step */
};

static void factor_init(struct factor *f, int32_t n)
{
    f->n = n;
    f->inv = g_new(double, 3 * (gsize)n);
    f->low = f->inv + n;
    f->up = f->low + n;
}

static void stepper_init(struct stepper *s, const struct chain_state *state, const struct chain_rates *rates,
                         double half)
{
    *s = (struct stepper){
        .rates = rates, .half = half, .leave = leave_rates(state, rates), .n_levels = state->n_levels};
    factor_init(&s->line, state->n);
    factor_fill(&s->line, half, rates->arrive, s->leave, 0);
    zeros_like(state, &s->middle);
    s->room = g_new(double, (gsize)MAX(state->n, state->n_waiting) + 1);
    s->levels = g_new0(struct factor, (gsize)state->n_levels + 1);
    s->waiting_leave = g_new(double, (gsize)state->n_waiting + 1);
    for (int32_t q = 0; q < state->n_waiting; q++)
        s->waiting_leave[q] = rates->give_up * q;
    for (int32_t l = 0; l < state->n_levels; l++) {
        factor_init(&s->levels[l], state->n_waiting);
        factor_fill(&s->levels[l], half, rates->arrive, s->waiting_leave,
                    rates->handle * (state->first_busy + l));
    }
}

static void stepper_clear(struct stepper *s)
{
    for (int32_t l = 0; l < s->n_levels; l++)
        g_free(s->levels[l].inv);
    g_free(s->levels);
    g_free(s->line.inv);
    g_free(s->leave);
    g_free(s->waiting_leave);
    g_free(s->room);
    chain_clear(&s->middle);
}

/* s->middle: half a backward Euler step from the state. Levels first, from the top: each feeds the next. */
static void step_half(struct stepper *s, const struct chain_state *state)
{
    struct chain_state *middle = &s->middle;
    int32_t n_waiting = state->n_waiting;
    const double *above = NULL;
    double from_above = 0;
    for (int32_t l = state->n_levels - 1; l >= 0; l--) {
        const double *x = state->level + l * n_waiting;
        double *y = middle->level + l * n_waiting;
        if (above != NULL) {
            for (int32_t q = 0; q < n_waiting; q++)
                s->room[q] = x[q] + from_above * above[q];
            x = s->room;
        }
        factor_solve(&s->levels[l], x, y);
        above = y;
        from_above = s->half * s->rates->handle * (state->first_busy + l);
    }
    const double *x = state->p;
    if (above != NULL) {
        int32_t at = state->first_busy - 1 - state->lo;
        memcpy(s->room, state->p, (size_t)state->n * sizeof *s->room);
        for (int32_t q = 0; q < n_waiting; q++)
            s->room[at + q] += from_above * above[q];
        x = s->room;
    }
    factor_solve(&s->line, x, middle->p);
}

/* The state a half step on: state = middle (backward Euler), or a whole one: state = 2 middle - state, which
   is Crank-Nicolson. */
static void take(struct chain_state *state, const struct chain_state *middle, bool whole)
{
    double a = whole ? 2 : 1, b = whole ? 1 : 0;
    for (int32_t i = 0; i < state->n; i++)
        state->p[i] = a * middle->p[i] - b * state->p[i];
    int32_t cells = state->n_levels * state->n_waiting;
    for (int32_t i = 0; i < cells; i++)
        state->level[i] = a * middle->level[i] - b * state->level[i];
}

/* Those highest up have left: fewer levels to follow. */
static void drop_empty(struct chain_state *state, double edge)
{
    while (state->n_levels > 0) {
        const double *top = state->level + (state->n_levels - 1) * state->n_waiting;
        double mass = 0;
        for (int32_t q = 0; q < state->n_waiting; q++)
            mass += fabs(top[q]);
        if (mass > edge)
            return;
        state->n_levels--;
    }
}

/* `steps` of `step_s` each, the first `damped` as two halves of backward Euler. Adds weight × the integral
   over time to `mean`, whose window is the state's. */
static bool steps_through(struct chain_state *state, const struct chain_rates *rates, double step_s,
                          int steps, int damped, double weight, struct chain_state *mean)
{
    struct stepper s;
    double edge = chain_precisions[TRANSIENT_FAST].edge;
    stepper_init(&s, state, rates, step_s / 2);
    bool inside = true;
    for (int k = 0; k < 2 * damped; k++) {
        add(mean, state, weight * step_s / 4);
        step_half(&s, state);
        take(state, &s.middle, false);
        add(mean, state, weight * step_s / 4);
    }
    for (int k = damped; k < steps && inside; k++) {
        step_half(&s, state);
        take(state, &s.middle, true);
        add(mean, &s.middle, weight * step_s);
        inside = !at_edge(state, edge);
        drop_empty(state, edge);
        s.middle.n_levels = state->n_levels;
    }
    stepper_clear(&s);
    return inside;
}

/* Steps of a span, shortest where staff and contacts have just changed: what matters most is there, and so is
   the error of the damped steps. */
struct stretch {
    int steps, damped;
    double share; /* of the span */
};
#define STRETCHES 3
/* Longest steps in handling times or patience, whichever is shorter: intervals of many of them take more. */
#define STEP_DAMPED 0.05
#define STEP_PLAIN 0.5
static const struct stretch plain[STRETCHES] = {{6, 2, 1 / 64.0}, {7, 0, 7 / 64.0}, {14, 0, 56 / 64.0}};

static bool stretches_through(struct chain_state *state, const struct chain_rates *rates, double span_s,
                              const struct stretch *stretches, double weight, struct chain_state *mean)
{
    for (int i = 0; i < STRETCHES; i++) {
        double stretch_s = span_s * stretches[i].share;
        double rate = fmax(rates->handle, rates->give_up);
        double longest = stretches[i].damped > 0 ? STEP_DAMPED : STEP_PLAIN;
        int steps = MAX(stretches[i].steps, (int)ceil(stretch_s * rate / longest));
        if (!steps_through(state, rates, stretch_s / steps, steps, stretches[i].damped, weight, mean))
            return false;
    }
    return true;
}

#define LEVEL_RATE 4.0 /* most contacts finished in a step while agents finish theirs after their time */

/* Seconds until all who should leave have left: as without chance, and five standard deviations. */
static double leaving_s(const struct chain_state *state, const struct chain_rates *rates)
{
    double top = state->first_busy + state->n_levels - 1, stay = state->first_busy - 1;
    if (!(stay > 0))
        return INFINITY;
    return (log(top / stay) + 5 * sqrt(state->n_levels) / stay) / rates->handle;
}

static bool fast_through(struct chain_state *state, const struct chain_rates *rates, double span_s,
                         struct chain_state *mean)
{
    double leave_s = 0;
    zeros_like(state, mean);
    if (state->n_levels > 0) {
        double finish = rates->handle * (state->first_busy + state->n_levels - 1);
        leave_s = fmin(leaving_s(state, rates), span_s);
        struct stretch stretches[STRETCHES];
        memcpy(stretches, plain, sizeof stretches);
        for (int i = 1; i < STRETCHES; i++)
            stretches[i].steps =
                MAX(plain[i].steps / 2, (int)ceil(plain[i].share * leave_s * finish / LEVEL_RATE));
        if (!stretches_through(state, rates, leave_s, stretches, 1 / span_s, mean))
            return false;
        if (leave_s >= span_s)
            return true;
        chain_fold(state);
    }
    return stretches_through(state, rates, span_s - leave_s, plain, 1 / span_s, mean);
}

void chain_fast(struct chain_state *state, const struct chain_rates *rates, double span_s,
                struct chain_state *mean)
{
    run_in_window(state, rates, span_s, TRANSIENT_FAST, fast_through, mean);
}
