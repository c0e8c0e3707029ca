#include "scheduler/staffing/transient_chain.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#define STATES_MAX 4000000
#define PATH_STEPS 32 /* of the mean, when a window is foreseen */

const struct chain_precision chain_precisions[2] = {
    [TRANSIENT_FAST] = {6, 1e-9},
    [TRANSIENT_EXACT] = {9, 1e-14},
};

void chain_clear(struct chain_state *state)
{
    g_free(state->p);
    g_free(state->level);
    *state = (struct chain_state){.p = NULL};
}

void chain_copy(const struct chain_state *from, struct chain_state *to)
{
    chain_clear(to);
    *to = *from;
    to->p = g_memdup2(from->p, (size_t)from->n * sizeof *from->p);
    to->level =
        g_memdup2(from->level, (size_t)from->n_levels * (size_t)from->n_waiting * sizeof *from->level);
}

static double leave_rate(const struct chain_rates *rates, double k)
{
    return rates->handle * fmin(k, rates->servers) + rates->give_up * fmax(k - rates->servers, 0);
}

static void at_point(struct chain_state *state, int32_t k)
{
    *state = (struct chain_state){.lo = k, .n = 1, .p = g_new(double, 1)};
    state->p[0] = 1;
}

void chain_empty(struct chain_state *state)
{
    at_point(state, 0);
}

void chain_steady(struct chain_state *state, const struct chain_rates *rates, double edge)
{
    double full = rates->handle * rates->servers, over = rates->arrive - full;
    if (!(rates->arrive > 0)) {
        at_point(state, 0);
        return;
    }
    if (over >= 0 && !(rates->give_up > 0)) {
        at_point(state, (int32_t)ceil(rates->servers));
        return;
    }
    double mode = over > 0 ? rates->servers + over / rates->give_up : rates->arrive / rates->handle;
    int32_t lo = (int32_t)fmin(mode, STATES_MAX), hi = lo + 1, middle = lo;
    /* weights relative to the mode's, outwards until the rest weighs nothing */
    g_autoptr(GArray) up = g_array_new(false, false, sizeof(double));
    g_autoptr(GArray) down = g_array_new(false, false, sizeof(double));
    double weight = 1, sum = 1;
    for (double k = middle; weight > 0.01 * edge * sum && hi < middle + STATES_MAX; k++, hi++) {
        g_array_append_val(up, weight);
        weight *= rates->arrive / leave_rate(rates, k + 1);
        sum += weight;
    }
    weight = 1;
    for (; lo > 0 && weight > 0.01 * edge * sum; lo--) {
        weight *= leave_rate(rates, lo) / rates->arrive;
        g_array_append_val(down, weight);
        sum += weight;
    }
    *state = (struct chain_state){.lo = lo, .n = (int32_t)(up->len + down->len)};
    state->p = g_new(double, (gsize)state->n);
    for (guint i = 0; i < down->len; i++)
        state->p[down->len - 1 - i] = g_array_index(down, double, i) / sum;
    for (guint i = 0; i < up->len; i++)
        state->p[down->len + i] = g_array_index(up, double, i) / sum;
}

/* ---- windows ---- */

/* The window becomes [lo, hi), or what it was where that is wider. */
static void reach(struct chain_state *state, int32_t lo, int32_t hi)
{
    lo = MIN(MAX(lo, 0), state->lo);
    hi = MAX(hi, state->lo + state->n);
    if (state->n_levels > 0)
        lo = MIN(lo, state->first_busy - 1);
    double *p = g_new0(double, (gsize)(hi - lo));
    memcpy(p + (state->lo - lo), state->p, (size_t)state->n * sizeof *p);
    g_free(state->p);
    state->p = p;
    state->lo = lo;
    state->n = hi - lo;
    if (state->n_levels == 0)
        return;
    int32_t n_waiting = hi - (state->first_busy - 1);
    double *level = g_new0(double, (gsize)state->n_levels *(gsize)n_waiting);
    for (int32_t l = 0; l < state->n_levels; l++)
        memcpy(level + (size_t)l * (size_t)n_waiting, state->level + (size_t)l * (size_t)state->n_waiting,
               (size_t)state->n_waiting * sizeof *level);
    g_free(state->level);
    state->level = level;
    state->n_waiting = n_waiting;
}

void chain_widen(struct chain_state *state, const struct chain_rates *rates, double span_s, double sigmas,
                 int32_t more)
{
    double mass = 0, mean = 0, variance = 0, dt = span_s / PATH_STEPS, low = state->lo,
           high = state->lo + state->n;
    for (int32_t i = 0; i < state->n; i++) {
        mass += state->p[i];
        mean += state->p[i] * i;
        variance += state->p[i] * i * i;
    }
    mean = mass > 0 ? mean / mass : 0;
    variance = mass > 0 ? fmax(variance / mass - mean * mean, 0) : 0;
    mean += state->lo;
    for (int step = 0; step < PATH_STEPS; step++) {
        /* linear over a step, so that steps longer than a handling time do no harm */
        bool waiting = mean > rates->servers;
        double pull = waiting ? rates->give_up : rates->handle, out = leave_rate(rates, mean);
        double part = pull * dt > 1e-9 ? -expm1(-pull * dt) / pull : dt;
        double soft =
            fabs(mean - rates->servers) < 2 * sqrt(variance) ? fmin(rates->give_up, rates->handle) : pull;
        double spread = 2 * soft * dt > 1e-9 ? -expm1(-2 * soft * dt) / (2 * soft) : dt;
        mean = fmax(mean + (rates->arrive - out) * part, 0);
        variance += (rates->arrive + out - 2 * soft * variance) * spread;
        double reach_by = sigmas * sqrt(variance + 1);
        low = fmin(low, mean - reach_by);
        high = fmax(high, mean + reach_by);
    }
    reach(state, (int32_t)fmax(low - more, 0), (int32_t)fmin(high + more, STATES_MAX) + 4);
}

void chain_fold(struct chain_state *state)
{
    for (int32_t l = 0; l < state->n_levels; l++)
        for (int32_t q = 0; q < state->n_waiting; q++) {
            int32_t i = MIN(state->first_busy + l + q - state->lo, state->n - 1);
            state->p[i] += state->level[l * state->n_waiting + q];
        }
    state->n_levels = 0;
    state->n_waiting = 0;
    g_clear_pointer(&state->level, g_free);
}

void chain_trim(struct chain_state *state, double edge)
{
    int32_t from = 0, to = state->n;
    double left = 0, right = 0;
    if (state->n_levels > 0) { /* what is left on levels of little weight joins those without */
        double mass = 0;
        for (int32_t i = 0; i < state->n_levels * state->n_waiting; i++)
            mass += state->level[i];
        if (mass > edge)
            return;
        chain_fold(state);
    }
    while (to - from > 1 && left + state->p[from] < edge)
        left += state->p[from++];
    while (to - from > 1 && right + state->p[to - 1] < edge)
        right += state->p[--to];
    state->p[from] += left;
    state->p[to - 1] += right;
    memmove(state->p, state->p + from, (size_t)(to - from) * sizeof *state->p);
    state->lo += from;
    state->n = to - from;
}

/* ---- staff changes ---- */

struct people {
    struct chain_state *to;
    int32_t servers; /* places of those on duty */
};

/* b busy and q waiting, with that probability. */
static void place(const struct people *people, int32_t busy, int32_t waiting, double p)
{
    struct chain_state *to = people->to;
    if (busy > people->servers)
        to->level[(busy - to->first_busy) * to->n_waiting + waiting] += p;
    else
        to->p[busy + waiting - to->lo] += p;
}

void chain_restaff(struct chain_state *state, double before, double servers, bool finish)
{
    int32_t was = (int32_t)ceil(before), whole = (int32_t)floor(before), hi = state->lo + state->n;
    int32_t now = (int32_t)ceil(servers);
    int32_t top = state->n_levels > 0 ? state->first_busy + state->n_levels - 1 : MIN(was, hi - 1);
    double share = was > whole ? before - whole : 1; /* of the time the last of `was` is there */
    if (!finish || (state->n_levels == 0 && top <= now))
        return;
    if (state->n_levels > 0)
        hi = MAX(hi, top + state->n_waiting); /* those who wait on a level may be all there are */
    struct chain_state to = {.lo = state->lo, .n = hi - state->lo};
    if (top > now) {
        to.lo = MIN(to.lo, now);
        to.n = hi - to.lo;
        to.first_busy = now + 1;
        to.n_levels = top - now;
        to.n_waiting = hi - now;
        to.level = g_new0(double, (gsize)to.n_levels *(gsize)to.n_waiting);
    }
    to.p = g_new0(double, (gsize)to.n);
    const struct people people = {&to, now};
    for (int32_t i = 0; i < state->n; i++) {
        int32_t k = state->lo + i;
        if (k < was) {
            place(&people, k, 0, state->p[i]);
        } else {
            place(&people, was, k - was, share * state->p[i]);
            place(&people, whole, k - whole, (1 - share) * state->p[i]);
        }
    }
    for (int32_t l = 0; l < state->n_levels; l++)
        for (int32_t q = 0; q < state->n_waiting; q++)
            place(&people, state->first_busy + l, q, state->level[l * state->n_waiting + q]);
    chain_clear(state);
    *state = to;
}

/* ---- what is asked of states ---- */

double chain_distance(const struct chain_state *a, const struct chain_state *b)
{
    if (a->n_levels != b->n_levels || a->first_busy != b->first_busy || a->n_waiting != b->n_waiting)
        return INFINITY;
    int32_t lo = MIN(a->lo, b->lo), hi = MAX(a->lo + a->n, b->lo + b->n);
    double sum = 0;
    for (int32_t k = lo; k < hi; k++) {
        double x = k >= a->lo && k < a->lo + a->n ? a->p[k - a->lo] : 0;
        double y = k >= b->lo && k < b->lo + b->n ? b->p[k - b->lo] : 0;
        sum += fabs(x - y);
    }
    for (int32_t i = 0; i < a->n_levels * a->n_waiting; i++)
        sum += fabs(a->level[i] - b->level[i]);
    return sum / 2;
}

double chain_waiting(const struct chain_state *state, double servers)
{
    double sum = 0;
    for (int32_t i = 0; i < state->n; i++)
        sum += state->p[i] * fmax(state->lo + i - servers, 0);
    for (int32_t l = 0; l < state->n_levels; l++)
        for (int32_t q = 0; q < state->n_waiting; q++)
            sum += state->level[l * state->n_waiting + q] * q;
    return fmax(sum, 0); /* Crank-Nicolson leaves a little below 0 */
}
