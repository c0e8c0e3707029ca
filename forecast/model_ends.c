/*
 * Last level + time of week, for volumes that glide: a week-long pattern taken out of the recent past, and
 * the level of what is left over the very last hours, held. It is what STL with simple exponential smoothing
 * does (Cleveland et al. 1990; Hyndman & Athanasopoulos 2021, §13.1), with the smoothing replaced by a mean
 * of four fixed ones.
 */
#include "forecast/array.h"
#include "forecast/model_table.h"
#include "forecast/shared.h"
#include "forecast/week_roots.h"

#include <math.h>

#define WINDOW_DAYS 84
#define PATTERN_HALF_LIFE_WEEKS 8.0
#define DAY_HALF_LIFE_DAYS 4.0 /* the shape of the day moves faster than that of the week */
#define ROUNDS 4               /* of trend and pattern */

static const double hours[] = {0.5, 1, 3}; /* time constants of the level */

struct ends_fit {
    struct model_input input;
    double *z; /* WEEK_DAYS × n_slots */
};

/* The recent past in order of time, cleared of the calendar's effects. */
struct past {
    int n, n_slots, phase; /* intervals; per day; slot of the week of interval 0 */
    const double *z, *seen;
    double *weight;  /* n: of the pattern */
    double *pattern; /* WEEK_DAYS × n_slots */
    double *trend;   /* n */
    double *sums;    /* 2 × (n + 1): scratch */
};

static double *pattern_at(const struct past *past, int i)
{
    return &past->pattern[(past->phase + i) % (WEEK_DAYS * past->n_slots)];
}

/* Mean of what the pattern leaves, over `reach` seen intervals on each side. */
static void find_trend(struct past *past, int reach)
{
    double *sum = past->sums, *mass = &past->sums[past->n + 1];
    for (int i = 0; i < past->n; i++) {
        sum[i + 1] = sum[i] + past->seen[i] * (past->z[i] - *pattern_at(past, i));
        mass[i + 1] = mass[i] + past->seen[i];
    }
    for (int i = 0; i < past->n; i++) {
        int from = MAX(0, i - reach), to = MIN(past->n, i + reach + 1);
        double n = mass[to] - mass[from];
        past->trend[i] = n > 0 ? (sum[to] - sum[from]) / n : i > 0 ? past->trend[i - 1] : 0;
    }
}

/* Weighted mean of what the trend leaves, per slot of the week, around 0. */
static void find_pattern(struct past *past)
{
    int week = WEEK_DAYS * past->n_slots;
    g_autofree double *mass = array_new(week, 1);
    double all = 0, n = 0;
    memset(past->pattern, 0, (gsize)week * sizeof(double));
    for (int i = 0; i < past->n; i++) {
        double w = past->weight[i];
        *pattern_at(past, i) += w * (past->z[i] - past->trend[i]);
        mass[(past->phase + i) % week] += w;
    }
    for (int i = 0; i < week; i++) {
        past->pattern[i] = mass[i] > 0 ? past->pattern[i] / mass[i] : 0;
        all += mass[i] > 0 ? past->pattern[i] : 0;
        n += mass[i] > 0;
    }
    for (int i = 0; i < week && n > 0; i++)
        past->pattern[i] -= mass[i] > 0 ? all / n : 0;
}

/* Adds to the pattern of every weekday what the last days have in common that it does not know. */
static void add_day_shape(struct past *past)
{
    int n_slots = past->n_slots;
    g_autofree double *shape = array_new(n_slots, 1), *mass = array_new(n_slots, 1);
    double all = 0, n = 0;
    for (int i = 0; i < past->n; i++) {
        int age_days = (past->n - 1 - i) / n_slots;
        double w = past->seen[i] * exp2(-age_days / DAY_HALF_LIFE_DAYS);
        shape[i % n_slots] += w * (past->z[i] - past->trend[i] - *pattern_at(past, i));
        mass[i % n_slots] += w;
    }
    for (int s = 0; s < n_slots; s++) {
        shape[s] = mass[s] > 0 ? shape[s] / mass[s] : 0;
        all += shape[s];
        n += mass[s] > 0;
    }
    for (int i = 0; i < WEEK_DAYS * n_slots; i++)
        past->pattern[i] += mass[i % n_slots] > 0 ? shape[i % n_slots] - all / n : 0;
}

static double last_level(const struct past *past, int interval_s)
{
    double level = 0;
    for (gsize h = 0; h < G_N_ELEMENTS(hours); h++) {
        double keep = exp(-interval_s / (3600 * hours[h])), sum = 0, mass = 0, w = 1;
        for (int i = past->n - 1; i >= 0 && (w > 1e-12 || mass <= 0); i--) {
            sum += w * past->seen[i] * (past->z[i] - *pattern_at(past, i));
            mass += w * past->seen[i];
            w = mass > 0 ? w * keep : 1; /* the clock of forgetting starts at the last interval seen */
        }
        level += mass > 0 ? sum / mass / (double)G_N_ELEMENTS(hours) : 0;
    }
    return level;
}

static void *fit(const struct model *model, const struct model_input *input)
{
    (void)model;
    const struct day_matrix *matrix = input->matrix;
    int n_slots = matrix->n_slots, first = MAX(0, input->origin - WINDOW_DAYS), week = WEEK_DAYS * n_slots;
    struct ends_fit *fitted = g_new0(struct ends_fit, 1);
    *fitted = (struct ends_fit){.input = *input, .z = array_new(WEEK_DAYS, n_slots)};
    struct past past = {.n = (input->origin - first) * n_slots,
                        .n_slots = n_slots,
                        .phase = matrix_weekday(matrix, first) * n_slots,
                        .z = &shared_cleared(input)[first * n_slots],
                        .seen = &matrix->seen[first * n_slots],
                        .pattern = fitted->z};
    past.weight = array_new(past.n, 1);
    past.trend = array_new(past.n, 1);
    past.sums = array_new(2, past.n + 1);
    const double *aged = shared_weights(input, PATTERN_HALF_LIFE_WEEKS);
    for (int i = 0; i < past.n; i++)
        past.weight[i] = past.seen[i] * aged[first + i / n_slots];
    for (int round = 0; round < ROUNDS; round++) {
        find_trend(&past, round == 0 ? week / 2 : n_slots / 2);
        find_pattern(&past);
    }
    find_trend(&past, n_slots / 2);
    add_day_shape(&past);
    double level = last_level(&past, matrix->interval_s);
    for (int i = 0; i < week; i++)
        fitted->z[i] += level;
    g_free(past.weight);
    g_free(past.trend);
    g_free(past.sums);
    return fitted;
}

static void predict(const void *fitted, int day, double *z)
{
    const struct ends_fit *fit_ = fitted;
    int n_slots = fit_->input.matrix->n_slots;
    array_copy(z, &fit_->z[matrix_weekday(fit_->input.matrix, day) * n_slots], n_slots);
    shared_add_special(&fit_->input, day, 1, z);
}

static void fit_free(void *fitted)
{
    struct ends_fit *fit_ = fitted;
    g_free(fit_->z);
    g_free(fit_);
}

const struct model model_ends = {
    "last level", "level of the last hours + time of week", 14, {0.5, 0, 0}, fit, predict, fit_free, NULL,
    false};
