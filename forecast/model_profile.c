/*
 * Profile × level: the curve of each weekday (weighted over the past) times a day level that follows
 * damped-trend exponential smoothing with weekday effects on the log scale, and calendar effects that
 * multiply.
 */
#include "forecast/array.h"
#include "forecast/effects.h"
#include "forecast/model_table.h"
#include "forecast/shared.h"
#include "forecast/week_roots.h"

#include <float.h>
#include <math.h>

#define PROFILE_HALF_LIFE_WEEKS 10.0
#define DAMPING 0.98  /* of the trend, per day: half of it is gone after five weeks */
#define TUNE_BLOCKS 8 /* week ends whose week-ahead error chooses the gains */
#define ROUNDS 2
#define LEVEL_MIN 1e-3

struct gains {
    double level, trend, weekday;
};

/* State of the day level, all on the log scale. */
struct state {
    double level, trend, weekday[WEEK_DAYS];
};

struct profile_fit {
    struct model_input input;
    int n_slots;
    double *profile; /* WEEK_DAYS × n_slots: roots at level 1 */
    double *effect;  /* features->n */
    struct state end;
};

/* Level of each day: least-squares factor between its roots and the profile of its weekday. */
static void find_levels(const struct profile_fit *fit, double *level)
{
    const struct day_matrix *matrix = fit->input.matrix;
    for (int day = 0; day < fit->input.origin; day++) {
        const double *profile = &fit->profile[matrix_weekday(matrix, day) * fit->n_slots];
        double product = 0, square = 0;
        for (int s = 0; s < fit->n_slots; s++) {
            double seen = matrix->seen[day * fit->n_slots + s];
            product += seen * profile[s] * matrix->z[day * fit->n_slots + s];
            square += seen * profile[s] * profile[s];
        }
        level[day] = square > 0 ? MAX(LEVEL_MIN, product / square) : 1;
    }
}

/* Profile of each weekday given the day levels: mean of roots over level, weighted by level². */
static void find_profiles(struct profile_fit *fit, const double *weight, const double *level)
{
    const struct day_matrix *matrix = fit->input.matrix;
    int n_slots = fit->n_slots, n = fit->input.origin;
    g_autofree double *ratio = array_new(n, n_slots), *by_level = array_new(n, 1);
    for (int day = 0; day < n; day++) {
        by_level[day] = weight[day] * level[day] * level[day];
        for (int s = 0; s < n_slots; s++)
            ratio[day * n_slots + s] = matrix->z[day * n_slots + s] / level[day];
    }
    week_roots_mean(&fit->input, ratio, by_level, fit->profile);
}

/* One pass of smoothing over the log levels. Returns the mean squared week-ahead error over the last
 * TUNE_BLOCKS week ends. */
static double smooth(const struct profile_fit *fit, const double *log_level, const double *trust,
                     struct gains gains, const struct state *start, struct state *end)
{
    const struct day_matrix *matrix = fit->input.matrix;
    int n = fit->input.origin, weekday0 = matrix_weekday(matrix, 0);
    double error = 0, n_errors = 0;
    struct state now = *start;
    for (int day = 0; day < n; day++) {
        int to_go = n - day;
        if (to_go % WEEK_DAYS == 0 && to_go <= TUNE_BLOCKS * WEEK_DAYS) {
            double level = now.level, trend = now.trend;
            for (int i = day; i < day + WEEK_DAYS; i++) {
                trend *= DAMPING;
                level += trend;
                double e = log_level[i] - level - now.weekday[(weekday0 + i) % WEEK_DAYS];
                error += trust[i] * e * e;
                n_errors += trust[i];
            }
        }
        double *weekday = &now.weekday[(weekday0 + day) % WEEK_DAYS];
        now.trend *= DAMPING;
        now.level += now.trend;
        double e = trust[day] * (log_level[day] - now.level - *weekday);
        now.level += gains.level * e;
        now.trend += gains.level * gains.trend * e;
        *weekday += gains.weekday * (1 - gains.level) * e;
    }
    *end = now;
    return n_errors > 0 ? error / n_errors : 0;
}

/* Where smoothing starts: weekday means over the whole past around the level of the first three weeks. */
static void start_state(const struct profile_fit *fit, const double *log_level, const double *trust,
                        struct state *start)
{
    const struct day_matrix *matrix = fit->input.matrix;
    double sum[WEEK_DAYS] = {0}, mass[WEEK_DAYS] = {0}, all = 0, all_mass = 0, early = 0, early_mass = 0;
    for (int day = 0; day < fit->input.origin; day++) {
        int weekday = matrix_weekday(matrix, day);
        sum[weekday] += trust[day] * log_level[day];
        mass[weekday] += trust[day];
        all += trust[day] * log_level[day];
        all_mass += trust[day];
    }
    *start = (struct state){0};
    all = all_mass > 0 ? all / all_mass : 0;
    for (int weekday = 0; weekday < WEEK_DAYS; weekday++)
        start->weekday[weekday] = mass[weekday] > 0 ? sum[weekday] / mass[weekday] - all : 0;
    for (int day = 0; day < MIN(3 * WEEK_DAYS, fit->input.origin); day++) {
        early += trust[day] * (log_level[day] - start->weekday[matrix_weekday(matrix, day)]);
        early_mass += trust[day];
    }
    start->level = early_mass > 0 ? early / early_mass : all;
}

static const double level_gains[] = {0.03, 0.07, 0.15, 0.3, 0.5};
static const double trend_gains[] = {0, 0.05, 0.15};
static const double weekday_gains[] = {0, 0.1};

static void tune(struct profile_fit *fit, const double *log_level, const double *trust)
{
    double best = DBL_MAX;
    struct state start, end;
    start_state(fit, log_level, trust, &start);
    for (gsize i = 0; i < G_N_ELEMENTS(level_gains); i++)
        for (gsize j = 0; j < G_N_ELEMENTS(trend_gains); j++)
            for (gsize k = 0; k < G_N_ELEMENTS(weekday_gains); k++) {
                struct gains gains = {level_gains[i], trend_gains[j], weekday_gains[k]};
                double error = smooth(fit, log_level, trust, gains, &start, &end);
                if (error < best) {
                    best = error;
                    fit->end = end;
                }
            }
}

/* A new level counts from its first day: what came before is moved to it. */
static void align_restart(const struct profile_fit *fit, const double *trust, double *log_level)
{
    int restart = fit->input.weights->restart;
    double before = 0, before_mass = 0, after = 0, after_mass = 0;
    for (int day = MAX(0, restart - 28); restart > 0 && day < fit->input.origin; day++) {
        *(day < restart ? &before : &after) += trust[day] * log_level[day];
        *(day < restart ? &before_mass : &after_mass) += trust[day];
    }
    if (before_mass <= 0 || after_mass <= 0)
        return;
    for (int day = 0; day < restart; day++)
        log_level[day] += after / after_mass - before / before_mass;
}

/* Calendar effects on the log level, around a mean of four weeks on each side. */
static void find_effects(struct profile_fit *fit, const double *log_level, const double *trust)
{
    const struct model_input *input = &fit->input;
    int n = input->origin, reach = 28;
    g_autofree double *rest = array_new(n, 1), *effect_free = array_new(n, 1);
    double weekday_sum[WEEK_DAYS] = {0}, weekday_mass[WEEK_DAYS] = {0};
    for (int day = 0; day < n; day++) {
        effect_free[day] = log_level[day] - effects_at(input->features, day, fit->effect);
        weekday_sum[matrix_weekday(input->matrix, day)] += trust[day] * effect_free[day];
        weekday_mass[matrix_weekday(input->matrix, day)] += trust[day];
    }
    for (int day = 0; day < n; day++) {
        int weekday = matrix_weekday(input->matrix, day);
        effect_free[day] -= weekday_mass[weekday] > 0 ? weekday_sum[weekday] / weekday_mass[weekday] : 0;
    }
    double noise = 0, mass = 0;
    for (int day = 0; day < n; day++) {
        double around = 0, around_mass = 0;
        for (int i = MAX(0, day - reach); i <= MIN(n - 1, day + reach); i++) {
            around += trust[i] * effect_free[i];
            around_mass += trust[i];
        }
        around = around_mass > 0 ? around / around_mass : 0;
        noise += trust[day] * (effect_free[day] - around) * (effect_free[day] - around);
        mass += trust[day];
        rest[day] = effect_free[day] - around + effects_at(input->features, day, fit->effect);
    }
    /* Effects of some 30 % are usual: the prior deviation is 0.3. */
    double ridge = mass > 0 ? noise / mass / 0.09 : 1;
    struct effects_system system;
    effects_system_init(&system, shared_effects(input), FEATURE_SPECIAL, CLAMP(ridge, 1e-3, 4));
    effects_system_solve(&system, rest, fit->effect);
    effects_system_clear(&system);
}

static void *fit(const struct model *model, const struct model_input *input)
{
    (void)model;
    int n = input->origin, n_slots = input->matrix->n_slots;
    struct profile_fit *fitted = g_new0(struct profile_fit, 1);
    *fitted = (struct profile_fit){.input = *input, .n_slots = n_slots};
    fitted->profile = array_new(WEEK_DAYS, n_slots);
    fitted->effect = array_new(input->features->n, 1);
    g_autofree double *weight = array_new(n, 1), *level = array_new(n, 1), *log_level = array_new(n, 1);
    week_roots_weights(input, PROFILE_HALF_LIFE_WEEKS, weight);
    for (int day = 0; day < n; day++) {
        level[day] = 1;
        if (calendar_is_special(calendar_day(input->calendar, input->matrix->first_day + day)))
            weight[day] *= 0.02;
    }
    for (int round = 0; round < ROUNDS; round++) {
        find_profiles(fitted, weight, level);
        find_levels(fitted, level);
    }
    const double *trust = input->weights->weight;
    for (int day = 0; day < n; day++)
        log_level[day] = log(level[day]);
    align_restart(fitted, trust, log_level);
    for (int round = 0; round < ROUNDS; round++)
        find_effects(fitted, log_level, trust);
    for (int day = 0; day < n; day++)
        log_level[day] -= effects_at(input->features, day, fitted->effect);
    tune(fitted, log_level, trust);
    return fitted;
}

static void predict(const void *fitted, int day, double *z)
{
    const struct profile_fit *fit_ = fitted;
    int weekday = matrix_weekday(fit_->input.matrix, day);
    double trend = fit_->end.trend, log_level = fit_->end.level + fit_->end.weekday[weekday];
    for (int i = fit_->input.origin; i <= day; i++) {
        trend *= DAMPING;
        log_level += trend;
    }
    log_level += effects_at(fit_->input.features, day, fit_->effect);
    /* Level 1 is the usual one; beyond 4.5 times its root (20 times the volume) it is an accident, not a
     * forecast. */
    double level = exp(CLAMP(log_level, -3, 1.5));
    for (int s = 0; s < fit_->n_slots; s++)
        z[s] = level * fit_->profile[weekday * fit_->n_slots + s];
}

static void fit_free(void *fitted)
{
    struct profile_fit *fit_ = fitted;
    g_free(fit_->profile);
    g_free(fit_->effect);
    g_free(fit_);
}

const struct model model_profile = {
    "profile × level", "weekday curve × day level with damped trend", 14, 1, NULL, fit, predict, fit_free};
