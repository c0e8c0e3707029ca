#include "forecast/intraday.h"

#include "forecast/array.h"

#include <math.h>

#define CLIP 3 /* standard deviations, of a surprise */
#define ERROR_CLIP 4
#define CHANCE_MIN 0.05 /* of the variance */

/* What is known of level and drift. */
struct state {
    double level, drift;
    double ll, ld, dd; /* variances and covariance */
};

/* A sum over cells to come and how it goes together with the state. */
struct total {
    double variance, level, drift;
};

static struct state start(const struct intraday *intraday)
{
    return (struct state){.ll = intraday->level, .dd = intraday->drift};
}

static void next_slot(const struct intraday *intraday, struct state *state)
{
    double keep = intraday->keep;
    state->drift *= keep;
    state->ld *= keep;
    state->dd = keep * keep * state->dd + (1 - keep * keep) * intraday->drift;
}

static void next_day(const struct intraday *intraday, struct state *state)
{
    double carry = intraday->carry;
    state->level *= carry;
    state->ld *= carry;
    state->ll = carry * carry * state->ll + (1 - carry * carry) * intraday->level;
}

/* Takes in what was seen; returns its log likelihood. */
static double learn(const struct intraday *intraday, struct state *state, double error)
{
    double variance = state->ll + 2 * state->ld + state->dd + intraday->chance, deviation = sqrt(variance);
    double surprise = error - state->level - state->drift, limit = CLIP * deviation;
    double clipped = CLAMP(surprise, -limit, limit);
    double to_level = (state->ll + state->ld) / variance, to_drift = (state->ld + state->dd) / variance;
    double ll = state->ll + state->ld, dd = state->ld + state->dd;
    state->level += to_level * clipped;
    state->drift += to_drift * clipped;
    state->ll -= to_level * ll;
    state->ld -= to_level * dd;
    state->dd -= to_drift * dd;
    return -0.5 * log(variance) - (fabs(surprise) - 0.5 * fabs(clipped)) * fabs(clipped) / variance;
}

/* Adds a cell of the given weight to the sum. */
static void add_cell(const struct intraday *intraday, const struct state *state, double weight,
                     struct total *total)
{
    double both = state->ll + 2 * state->ld + state->dd;
    total->variance +=
        2 * weight * (total->level + total->drift) + weight * weight * (both + intraday->chance);
    total->level += weight * (state->ll + state->ld);
    total->drift += weight * (state->ld + state->dd);
}

/* ---- fitting ---- */

/* Standardised residuals of the blocks. */
struct errors {
    const struct spread_days *days;
    double *value; /* n_blocks × block_days × n_slots */
    double variance;
};

/* Of days on their own, as a forecast made in the morning meets them; or of blocks, one day after the other.
 */
static double likelihood(const struct intraday *intraday, const struct errors *errors, bool alone)
{
    const struct spread_days *days = errors->days;
    double sum = 0;
    for (int row = 0; row < days->n_blocks * days->block_days; row++) {
        struct state state;
        if (alone || row % days->block_days == 0)
            state = start(intraday);
        else
            next_day(intraday, &state);
        for (int s = 0; s < days->n_slots; s++) {
            int cell = row * days->n_slots + s;
            next_slot(intraday, &state);
            if (days->seen[cell] > 0)
                sum += learn(intraday, &state, errors->value[cell]);
        }
    }
    return sum;
}

static const double shares[] = {0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9};
static const double hours[] = {0.5, 1, 2, 4, 8}; /* what lasts longer is the level */
static const double carries[] = {0, 0.2, 0.4, 0.6, 0.8, 0.9};
#define SHARES ((int)G_N_ELEMENTS(shares))

/* Sizes as shares of the variance; false when nothing would be left to chance. */
static bool set_sizes(struct intraday *intraday, int level, int drift, double variance)
{
    if (level < 0 || level >= SHARES || drift < 0 || drift >= SHARES ||
        shares[level] + shares[drift] > 1 - CHANCE_MIN)
        return false;
    intraday->level = shares[level] * variance;
    intraday->drift = shares[drift] * variance;
    intraday->chance = (1 - shares[level] - shares[drift]) * variance;
    return true;
}

/* Climbs the likelihood over the sizes of level and drift; what looks like the one may be the other, so they
   move against each other, too. The place is in `at`. Returns the likelihood. */
static double climb_sizes(struct intraday *intraday, const struct errors *errors, int at[2])
{
    static const int steps[][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}, {1, -1}, {-1, 1}};
    set_sizes(intraday, at[0], at[1], errors->variance);
    double best = likelihood(intraday, errors, true);
    for (gsize i = 0, idle = 0; idle < G_N_ELEMENTS(steps); i = (i + 1) % G_N_ELEMENTS(steps), idle++)
        while (set_sizes(intraday, at[0] + steps[i][0], at[1] + steps[i][1], errors->variance)) {
            double value = likelihood(intraday, errors, true);
            if (value <= best)
                break;
            best = value;
            at[0] += steps[i][0];
            at[1] += steps[i][1];
            idle = 0;
        }
    return best;
}

static void find_parts(struct intraday *intraday, const struct errors *errors)
{
    int at[2] = {2, 6}, found[2] = {0};
    double best = -INFINITY, keep = 0, carry = 0;
    for (gsize h = 0; h < G_N_ELEMENTS(hours); h++) {
        intraday->keep = exp(-24.0 / intraday->n_slots / hours[h]);
        double value = climb_sizes(intraday, errors, at);
        if (value <= best)
            continue;
        best = value;
        keep = intraday->keep;
        memcpy(found, at, sizeof found);
    }
    intraday->keep = keep;
    set_sizes(intraday, found[0], found[1], errors->variance);
    best = -INFINITY;
    for (gsize c = 0; c < G_N_ELEMENTS(carries); c++) {
        intraday->carry = carries[c];
        double value = likelihood(intraday, errors, false);
        if (value <= best)
            continue;
        best = value;
        carry = carries[c];
    }
    intraday->carry = carry;
}

/* What acting on the filter by each share would have gained at a quarter, half and three quarters of the days
   of the backtest. */
#define TRUST_COST 0.004 /* of the loss: a gain smaller than this is chance */
static const double trusts[] = {0, 0.25, 0.5, 0.75, 1};
#define QUARTERS 3
#define TRUSTS ((int)G_N_ELEMENTS(trusts))

static void add_losses(const struct intraday *intraday, const struct errors *errors, int row, int until,
                       double loss[TRUSTS])
{
    const struct spread_days *days = errors->days;
    struct state state = start(intraday);
    int from = row * days->n_slots, seen = 0;
    for (int cell = from; cell < from + days->n_slots; cell++) {
        next_slot(intraday, &state);
        if (days->seen[cell] == 0)
            continue;
        if (seen++ < until) {
            learn(intraday, &state, errors->value[cell]);
            continue;
        }
        double weight = days->zhat[cell] * intraday->size[cell % days->n_slots];
        for (int t = 0; t < TRUSTS; t++)
            loss[t] += weight * fabs(errors->value[cell] - trusts[t] * (state.level + state.drift));
    }
}

static void find_trust(struct intraday *intraday, const struct errors *errors)
{
    const struct spread_days *days = errors->days;
    double loss[QUARTERS][TRUSTS] = {0};
    for (int row = 0; row < days->n_blocks * days->block_days; row++) {
        int known = 0;
        for (int s = 0; s < days->n_slots; s++)
            known += days->seen[row * days->n_slots + s] > 0;
        for (int q = 0; q < QUARTERS; q++)
            add_losses(intraday, errors, row, known * (q + 1) / 4, loss[q]);
    }
    for (int q = 0; q < QUARTERS; q++) {
        int best = 0;
        for (int t = 1; t < TRUSTS; t++)
            if (loss[q][t] * (1 + TRUST_COST) < loss[q][0] && loss[q][t] < loss[q][best])
                best = t;
        intraday->trust[q] = trusts[best];
    }
}

void intraday_init(struct intraday *intraday, const struct spread *spread, const struct spread_days *days)
{
    int n_slots = spread->n_slots, n_cells = days->n_blocks * days->block_days * n_slots;
    *intraday = (struct intraday){.n_slots = n_slots, .unusual = spread->unusual, .keep = 1, .chance = 1};
    intraday->size = array_new(n_slots, 1);
    array_copy(intraday->size, spread->scale, n_slots);
    if (spread->pool.n == 0 || days->n_blocks * days->block_days < WEEK_DAYS)
        return;
    struct errors errors = {.days = days, .value = array_new(n_cells, 1)};
    double sum = 0, n = 0;
    for (int cell = 0; cell < n_cells; cell++) {
        if (days->seen[cell] == 0)
            continue;
        double size = spread->scale[cell % n_slots] * (days->unusual[cell / n_slots] ? spread->unusual : 1);
        errors.value[cell] = (days->z[cell] - days->zhat[cell]) / size;
        double clipped = CLAMP(errors.value[cell], -ERROR_CLIP, ERROR_CLIP);
        sum += clipped * clipped;
        n++;
    }
    errors.variance = MAX(1e-6, sum / n);
    find_parts(intraday, &errors);
    find_trust(intraday, &errors);
    g_free(errors.value);
}

void intraday_clear(struct intraday *intraday)
{
    g_free(intraday->size);
    *intraday = (struct intraday){0};
}

/* ---- updating ---- */

static double blend(double before, double after, double trust)
{
    return before - (2 * trust - trust * trust) * (before - after);
}

/* After so much of the last known day: between the quarters in proportion. */
static double find_share(const struct intraday *intraday, const struct intraday_days *days, int last)
{
    int from = last - last % intraday->n_slots;
    double known = 0, all = 0;
    for (int cell = from; last >= 0 && cell < from + intraday->n_slots; cell++) {
        known += cell <= last && days->open[cell];
        all += days->open[cell];
    }
    double at = CLAMP(all > 0 ? 4 * known / all - 1 : 0, 0, QUARTERS - 1);
    int low = MIN((int)at, QUARTERS - 2);
    return intraday->trust[low] + (at - low) * (intraday->trust[low + 1] - intraday->trust[low]);
}

void intraday_update(const struct intraday *intraday, const struct intraday_days *days, double *root,
                     double *narrow, double *left)
{
    int n_slots = intraday->n_slots, n_cells = days->n_days * n_slots, last = -1;
    double usual = intraday->level + intraday->drift + intraday->chance;
    struct state state = start(intraday), blind = state; /* blind: as if nothing had been seen */
    for (int cell = 0; cell < n_cells; cell++)
        last = days->seen[cell] > 0 ? cell : last;
    double trust = find_share(intraday, days, last);
    for (int day = 0; day < days->n_days; day++) {
        struct total whole = {0}, rest = {0}, known = {0};
        for (int s = 0; s < n_slots; s++) {
            int cell = day * n_slots + s;
            double size = intraday->size[s] * (days->unusual[day] ? intraday->unusual : 1);
            double weight = days->open[cell] ? 2 * days->zhat[cell] * size : 0;
            next_slot(intraday, &state);
            next_slot(intraday, &blind);
            struct total *sums[] = {&whole, &rest, &known};
            for (int i = 0; i < 3; i++)
                sums[i]->drift *= intraday->keep;
            add_cell(intraday, &blind, weight, &whole);
            root[cell] = days->zhat[cell];
            narrow[cell] = 1;
            if (cell <= last) {
                if (days->seen[cell] > 0 && size > 0)
                    learn(intraday, &state, (days->z[cell] - days->zhat[cell]) / size);
                continue;
            }
            add_cell(intraday, &blind, weight, &rest);
            add_cell(intraday, &state, weight, &known);
            root[cell] += trust * (state.level + state.drift) * size;
            double variance = state.ll + 2 * state.ld + state.dd + intraday->chance;
            narrow[cell] = sqrt(blend(usual, variance, trust) / usual);
        }
        left[day] = whole.variance > 0 ? blend(rest.variance, known.variance, trust) / whole.variance : 0;
        next_day(intraday, &state);
        next_day(intraday, &blind);
    }
}
