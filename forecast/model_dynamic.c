/*
 * Dynamic level × profile: the logarithm of a day's mean root is a level that walks, a remainder that fades
 * (AR(1)), a weekday that drifts and the effects of the calendar, all estimated together by a Kalman filter
 * (West & Harrison 1997, §4 and §8; effects are states that stay put, with their shrinkage as prior
 * variance). Estimated apart, in turns, level and effects take from each other what belongs to both: worth 5
 * to 8 % of the error where closed days or paydays move the volume.
 *
 * One pass over the history serves every origin of the backtest: the state after each day is kept. From days
 * after an origin come only the weights of days, the size of the noise and which columns are known; made anew
 * for each origin, the errors of eight series stay the same (0.667 of the naive's against 0.666). The
 * intervals follow by the curve of the weekday relative to the level.
 */
#include "forecast/array.h"
#include "forecast/model_table.h"
#include "forecast/shared.h"
#include "forecast/week_roots.h"

#include <math.h>

#define CLIP_SIGMA 4
#define START_DAYS 14     /* mean of so many known days: where the level starts */
#define START_SD 0.3      /* of level and weekdays, on the log scale of roots: 80 % of the volume */
#define MONTH_PENALTY 1.2 /* day of month and time of year are known to matter less than feasts: */
#define YEAR_PENALTY 6    /* their penalties in calendar.c are scaled by so much here */
#define YEAR_DAYS 420     /* before this, waves of the year are not told from the level */
#define WALK 0.05         /* variances per day of the level and of a weekday, in those of a day's noise */
#define DRIFT 0.002
#define EFFECT_SD 0.16       /* of a calendar effect of penalty 1 */
#define HALF_LIFE_WEEKS 40.0 /* of the curves */
#define SPECIAL_PLAIN 0.02   /* weight of special days in the curves */
#define NOISE_MIN 1e-8

enum { LEVEL, WEEKDAY, EFFECT = WEEKDAY + WEEK_DAYS };

/* What is worked out once for all origins. */
struct day_levels {
    int n;         /* days */
    double *value; /* n: log of the mean root over the open slots, as if all had been seen */
    double *trust; /* n: 0 = not known */
    double noise;  /* variance of one day */
};

struct states {
    int n, size;
    double *mean; /* (n + 1) × size: before day i */
};

struct dynamic_fit {
    struct model_input input;
    double *profile;     /* WEEK_DAYS × n_slots: roots at level 0 */
    const double *state; /* borrowed */
};

static double find_noise(const struct day_levels *levels)
{
    g_autofree double *step = array_new(levels->n, 1);
    int n = 0;
    for (int day = WEEK_DAYS; day < levels->n; day++)
        if (levels->trust[day] > 0 && levels->trust[day - WEEK_DAYS] > 0)
            step[n++] = fabs(levels->value[day] - levels->value[day - WEEK_DAYS]);
    double sigma = n > 0 ? MAD_TO_SIGMA * array_median(step, n) / G_SQRT2 : 0.1;
    return MAX(sigma * sigma, NOISE_MIN);
}

static void levels_free(void *made)
{
    struct day_levels *levels = made;
    g_free(levels->value);
    g_free(levels->trust);
    g_free(levels);
}

/* A day seen in part is compared with the same part of the usual day of its weekday. */
static void *levels_make(const struct model_input *whole)
{
    const struct day_matrix *matrix = whole->matrix;
    int n_slots = matrix->n_slots, n = whole->origin;
    struct day_levels *levels = g_new0(struct day_levels, 1);
    *levels = (struct day_levels){.n = n, .value = array_new(n, 1), .trust = array_new(n, 1)};
    g_autofree double *usual = array_new(WEEK_DAYS, n_slots);
    week_roots_mean(whole, matrix->z, whole->weights->weight, usual);
    for (int day = 0; day < n; day++) {
        int weekday = matrix_weekday(matrix, day);
        double sum = 0, part = 0, all = 0, open = 0;
        for (int s = 0; s < n_slots; s++) {
            double u = usual[weekday * n_slots + s], seen = matrix->seen[day * n_slots + s];
            sum += seen * matrix->z[day * n_slots + s];
            part += seen * u;
            all += matrix->open[weekday * n_slots + s] ? u : 0;
            open += matrix->open[weekday * n_slots + s];
        }
        bool known = part > 0 && sum > 0 && open > 0 && all > 0;
        levels->trust[day] = known ? whole->weights->weight[day] : 0;
        levels->value[day] = known ? log(sum / part * all / open) : 0;
    }
    levels->noise = find_noise(levels);
    return levels;
}

static const struct day_levels *levels_of(const struct model_input *input)
{
    static const char key;
    return shared_keep(input, &key, levels_make, levels_free);
}

/* Observation row of a day: the columns that are not 0. Returns how many. */
static int row_of(const struct model_input *input, int day, int *column, double *x)
{
    const struct day_features *features = input->features;
    int n = 2;
    column[0] = LEVEL;
    column[1] = WEEKDAY + matrix_weekday(input->matrix, day);
    x[0] = x[1] = 1;
    for (int i = features->first[day]; i < features->first[day + 1]; i++) {
        column[n] = EFFECT + features->column[i];
        x[n++] = features->x[day * features->n + features->column[i]];
    }
    return n;
}

static double prior_variance(const struct model_input *whole, int j)
{
    const struct day_features *features = whole->features;
    double penalty = features->penalty[j];
    if ((features->group[j] & features_known(whole->origin)) == 0)
        return 0;
    if (features->group[j] == FEATURE_MONTH)
        penalty *= MONTH_PENALTY;
    else if (features->group[j] != FEATURE_SPECIAL)
        penalty = whole->origin >= YEAR_DAYS ? penalty * YEAR_PENALTY : INFINITY;
    return EFFECT_SD * EFFECT_SD / penalty;
}

static void start(const struct model_input *whole, const struct day_levels *levels, int size, double *mean,
                  double *cov)
{
    double sum = 0, n = 0;
    for (int day = 0; day < levels->n && n < START_DAYS; day++) {
        sum += levels->trust[day] > 0 ? levels->value[day] : 0;
        n += levels->trust[day] > 0;
    }
    mean[LEVEL] = n > 0 ? sum / n : 0;
    cov[LEVEL * size + LEVEL] = START_SD * START_SD;
    for (int i = WEEKDAY; i < EFFECT; i++)
        cov[i * size + i] = START_SD * START_SD;
    for (int j = 0; j < whole->features->n; j++)
        cov[(EFFECT + j) * size + EFFECT + j] = prior_variance(whole, j);
}

/* One day's level into mean and cov; gain: size of scratch. */
static void learn(const struct day_levels *levels, int day, int n, const int *column, const double *x,
                  int size, double *mean, double *cov, double *gain)
{
    double said = 0, spread = levels->noise / levels->trust[day];
    memset(gain, 0, (gsize)size * sizeof *gain);
    for (int i = 0; i < n; i++) {
        const double *row = &cov[column[i] * size];
        said += x[i] * mean[column[i]];
        for (int j = 0; j < size; j++)
            gain[j] += x[i] * row[j];
    }
    for (int i = 0; i < n; i++)
        spread += x[i] * gain[column[i]];
    double error = levels->value[day] - said;
    /* A surprise beyond four deviations says that the day is odd, not that all else is. */
    spread = MAX(spread, error * error / (CLIP_SIGMA * CLIP_SIGMA));
    for (int i = 0; i < size; i++) {
        double k = gain[i] / spread;
        mean[i] += k * error;
        for (int j = 0; k != 0 && j < size; j++)
            cov[i * size + j] -= k * gain[j];
    }
}

static void grow(double noise, int size, double *cov)
{
    cov[LEVEL * size + LEVEL] += WALK * noise;
    for (int i = WEEKDAY; i < EFFECT; i++)
        cov[i * size + i] += DRIFT * noise;
}

static void *states_make(const struct model_input *whole)
{
    const struct day_levels *levels = levels_of(whole);
    int size = EFFECT + whole->features->n;
    struct states *states = g_new0(struct states, 1);
    *states = (struct states){levels->n, size, array_new(levels->n + 1, size)};
    g_autofree double *mean = array_new(size, 1), *cov = array_new(size, size), *gain = array_new(size, 1),
                      *x = array_new(size, 1);
    g_autofree int *column = g_new0(int, (gsize)size);
    start(whole, levels, size, mean, cov);
    for (int day = 0; day < levels->n; day++) {
        array_copy(&states->mean[day * size], mean, size);
        if (levels->trust[day] > 0)
            learn(levels, day, row_of(whole, day, column, x), column, x, size, mean, cov, gain);
        grow(levels->noise, size, cov);
    }
    array_copy(&states->mean[levels->n * size], mean, size);
    return states;
}

static void states_free(void *made)
{
    struct states *states = made;
    g_free(states->mean);
    g_free(states);
}

/* Curves of the weekdays: mean of the roots over the day's level, days weighing by its square. */
static void find_profile(struct dynamic_fit *fit)
{
    const struct model_input *input = &fit->input;
    const struct day_levels *levels = levels_of(input);
    const struct day_matrix *matrix = input->matrix;
    const double *aged = shared_weights(input, HALF_LIFE_WEEKS);
    int n_slots = matrix->n_slots;
    g_autofree double *ratio = array_new(input->origin, n_slots), *weight = array_new(input->origin, 1);
    for (int day = 0; day < input->origin; day++) {
        bool special = calendar_is_special(calendar_day(input->calendar, matrix->first_day + day));
        double level = exp(levels->value[day]);
        weight[day] = levels->trust[day] > 0 ? aged[day] * level * level * (special ? SPECIAL_PLAIN : 1) : 0;
        for (int s = 0; weight[day] > 0 && s < n_slots; s++)
            ratio[day * n_slots + s] = matrix->z[day * n_slots + s] / level;
    }
    week_roots_mean(input, ratio, weight, fit->profile);
}

static void *fit(const struct model *model, const struct model_input *input)
{
    static const char key;
    (void)model;
    const struct states *states = shared_keep(input, &key, states_make, states_free);
    struct dynamic_fit *fitted = g_new0(struct dynamic_fit, 1);
    *fitted = (struct dynamic_fit){.input = *input};
    fitted->profile = array_new(WEEK_DAYS, input->matrix->n_slots);
    find_profile(fitted);
    fitted->state = &states->mean[input->origin * states->size];
    return fitted;
}

static void predict(const void *fitted, int day, double *z)
{
    const struct dynamic_fit *fit_ = fitted;
    const struct model_input *input = &fit_->input;
    const double *profile = &fit_->profile[matrix_weekday(input->matrix, day) * input->matrix->n_slots];
    double level = fit_->state[LEVEL] + fit_->state[WEEKDAY + matrix_weekday(input->matrix, day)] +
                   effects_at(input->features, day, &fit_->state[EFFECT]);
    for (int s = 0; s < input->matrix->n_slots; s++)
        z[s] = exp(level) * profile[s];
}

static void fit_free(void *fitted)
{
    struct dynamic_fit *fit_ = fitted;
    g_free(fit_->profile);
    g_free(fit_);
}

const struct model model_dynamic = {"dynamic level",
                                    "Kalman-filtered day level × weekday curve",
                                    14,
                                    {1, 0.1, 0.1},
                                    fit,
                                    predict,
                                    fit_free,
                                    NULL,
                                    false};
