/*
 * Factor model (M1 of the suite, after Shen & Huang 2008 on root counts as Weinberg, Brown & Stroud 2007):
 * roots of a day = weekday profile + K factor curves × day scores; each score is a local level + calendar
 * effects + an AR(1) remainder. Effects on the scores, not on the level alone, let a feast take the shape of
 * a Sunday.
 */
#include "forecast/model_factor.h"

#include "forecast/array.h"
#include "forecast/effects.h"
#include "forecast/level.h"
#include "forecast/model_table.h"
#include "forecast/week_roots.h"

#include <lapacke.h>
#include <math.h>

#define FACTORS_MAX 4
#define ROUNDS 2       /* of base, factors, scores, effects */
#define ALTERNATIONS 3 /* of level and effects */
#define EIGEN_SLOTS 96 /* finer days are pooled to at most this many before the eigen problem */
#define EFFECT_HALF_LIFE_WEEKS 104.0

struct factor_options {
    int factors;
    double half_life_weeks; /* of base profile and factors */
    double gain;            /* of the level of the scores */
    double ridge;           /* of the effects */
    int groups;             /* enum feature_group */
};

struct factor_fit {
    struct model_input input;
    const struct factor_options *options;
    int n_slots, factors;
    double *base;    /* WEEK_DAYS × n_slots */
    double *loading; /* FACTORS_MAX × n_slots, orthonormal */
    double *effect;  /* FACTORS_MAX × features->n */
    struct level_end end[FACTORS_MAX];
};

/* Scratch of one fit. */
struct work {
    double *rest;    /* origin × n_slots: root minus base */
    double *special; /* origin × n_slots: what the calendar explains */
    double *weight;  /* origin: of the profile, with age */
    double *plain;   /* origin: the same, feasts left out */
    double *trust;   /* origin: of the scores, without age */
    double *steady;  /* origin: the same, feasts counting less: they say little about the level */
    double *score;   /* origin × FACTORS_MAX */
    double *cleared; /* origin × n_slots */
    struct effects effects;
};

static void find_factors(struct factor_fit *fit, const struct work *work)
{
    int n_slots = fit->n_slots, pool = (n_slots + EIGEN_SLOTS - 1) / EIGEN_SLOTS, n = n_slots / pool;
    g_autofree double *gram = array_new(n, n), *row = array_new(n, 1), *value = array_new(n, 1);
    g_autofree double *vector = array_new(n, FACTORS_MAX);
    lapack_int support[2 * FACTORS_MAX], found = 0;
    for (int day = 0; day < fit->input.origin; day++) {
        if (work->weight[day] <= 0)
            continue;
        for (int s = 0; s < n; s++) {
            row[s] = 0;
            for (int k = 0; k < pool; k++)
                row[s] += work->rest[day * n_slots + s * pool + k];
        }
        for (int i = 0; i < n; i++) {
            double xi = work->weight[day] * row[i];
            for (int j = 0; j <= i; j++)
                gram[i * n + j] += xi * row[j];
        }
    }
    int k = MIN(fit->options->factors, n);
    memset(fit->loading, 0, (gsize)(FACTORS_MAX * n_slots) * sizeof(double));
    lapack_int bad = LAPACKE_dsyevr(LAPACK_ROW_MAJOR, 'V', 'I', 'L', n, gram, n, 0, 0, n - k + 1, n, 0,
                                    &found, value, vector, k, support);
    fit->factors = bad == 0 ? MIN(k, (int)found) : 0;
    for (int f = 0; f < fit->factors; f++) {
        int column = fit->factors - 1 - f; /* ascending eigenvalues */
        double sum = 0;
        for (int s = 0; s < n; s++)
            sum += vector[s * k + column];
        double scale = (sum < 0 ? -1 : 1) / sqrt(pool); /* the sign is free: fixed here */
        for (int s = 0; s < n * pool; s++)
            fit->loading[f * n_slots + s] = scale * vector[s / pool * k + column];
    }
}

/* Scores of a day: projection on the factors, by least squares over the slots that were seen. */
static void find_scores(const struct factor_fit *fit, const struct work *work, int day)
{
    int n_slots = fit->n_slots, k = fit->factors;
    const double *seen = &fit->input.matrix->seen[day * n_slots], *rest = &work->rest[day * n_slots];
    double gram[FACTORS_MAX * FACTORS_MAX] = {0}, right[FACTORS_MAX] = {0}, missing = 0;
    for (int s = 0; s < n_slots; s++) {
        missing += 1 - seen[s];
        for (int i = 0; i < k; i++)
            right[i] += fit->loading[i * n_slots + s] * rest[s];
    }
    for (int i = 0; missing > 0 && i < k; i++)
        for (int j = 0; j <= i; j++) {
            for (int s = 0; s < n_slots; s++)
                gram[i * k + j] += seen[s] * fit->loading[i * n_slots + s] * fit->loading[j * n_slots + s];
            gram[i * k + j] += i == j ? 0.05 : 0; /* a factor seen in no slot has score 0 */
        }
    if (missing > 0 && k > 0 && LAPACKE_dposv(LAPACK_ROW_MAJOR, 'L', k, 1, gram, k, right, 1) != 0)
        memset(right, 0, sizeof right);
    array_copy(&work->score[day * FACTORS_MAX], right, FACTORS_MAX);
}

static double weighted_variance(const double *value, const double *weight, int n)
{
    double sum = 0, square = 0, mass = 0;
    for (int day = 0; day < n; day++) {
        sum += weight[day] * value[day];
        square += weight[day] * value[day] * value[day];
        mass += weight[day];
    }
    return mass > 0 ? MAX(0, square / mass - sum / mass * (sum / mass)) : 0;
}

/* Level and effects of one score, in turns. */
static void fit_score(struct factor_fit *fit, struct work *work, int f)
{
    int n = fit->input.origin, p = fit->input.features->n;
    double *effect = &fit->effect[f * p];
    g_autofree double *score = array_new(n, 1), *level = array_new(n, 1), *value = array_new(n, 1);
    for (int day = 0; day < n; day++)
        score[day] = work->score[day * FACTORS_MAX + f];
    double spread = weighted_variance(score, work->trust, n);
    memset(effect, 0, (gsize)p * sizeof *effect);
    for (int turn = 0; turn <= ALTERNATIONS; turn++) {
        for (int day = 0; day < n; day++)
            value[day] = score[day] - (turn > 0 ? effects_at(fit->input.features, day, effect) : 0);
        level_smooth(value, work->steady, n, fit->options->gain, fit->input.weights->restart, level,
                     &fit->end[f]);
        if (turn == ALTERNATIONS || spread <= 0)
            break;
        for (int day = 0; day < n; day++)
            value[day] -= level[day];
        double noise = weighted_variance(value, work->trust, n);
        for (int day = 0; day < n; day++)
            value[day] = score[day] - level[day];
        effects_solve(&work->effects, value, MAX(1e-3, 0.3 * fit->options->ridge * noise / spread), effect);
    }
}

static void fit_round(struct factor_fit *fit, struct work *work, bool first)
{
    const struct model_input *input = &fit->input;
    const struct day_matrix *matrix = input->matrix;
    int n_slots = fit->n_slots, n = input->origin;
    for (int cell = 0; cell < n * n_slots; cell++)
        work->cleared[cell] = matrix->z[cell] - work->special[cell];
    week_roots_mean(input, work->cleared, first ? work->plain : work->weight, fit->base);
    for (int day = 0; day < n; day++) {
        const double *base = &fit->base[matrix_weekday(matrix, day) * n_slots];
        for (int s = 0; s < n_slots; s++) {
            int cell = day * n_slots + s;
            work->rest[cell] = matrix->seen[cell] * (matrix->z[cell] - base[s]);
        }
    }
    find_factors(fit, work);
    for (int day = 0; day < n; day++)
        find_scores(fit, work, day);
    for (int f = 0; f < fit->factors; f++)
        fit_score(fit, work, f);
    memset(work->special, 0, (gsize)(n * n_slots) * sizeof(double));
    for (int day = 0; day < n; day++)
        for (int f = 0; f < fit->factors; f++) {
            double effect = effects_at(input->features, day, &fit->effect[f * input->features->n]);
            for (int s = 0; s < n_slots; s++)
                work->special[day * n_slots + s] += effect * fit->loading[f * n_slots + s];
        }
}

static void *fit(const struct model *model, const struct model_input *input)
{
    const struct factor_options *options = model->options;
    int n = input->origin, n_slots = input->matrix->n_slots;
    struct factor_fit *fitted = g_new0(struct factor_fit, 1);
    *fitted = (struct factor_fit){.input = *input, .options = options, .n_slots = n_slots};
    fitted->base = array_new(WEEK_DAYS, n_slots);
    fitted->loading = array_new(FACTORS_MAX, n_slots);
    fitted->effect = array_new(FACTORS_MAX, input->features->n);
    struct work work = {.rest = array_new(n, n_slots),
                        .special = array_new(n, n_slots),
                        .weight = array_new(n, 1),
                        .plain = array_new(n, 1),
                        .trust = array_new(n, 1),
                        .steady = array_new(n, 1),
                        .score = array_new(n, FACTORS_MAX),
                        .cleared = array_new(n, n_slots)};
    g_autofree double *aged = array_new(n, 1);
    week_roots_weights(input, options->half_life_weeks, work.weight);
    week_roots_weights(input, EFFECT_HALF_LIFE_WEEKS, aged);
    for (int day = 0; day < n; day++) {
        bool special = calendar_is_special(calendar_day(input->calendar, input->matrix->first_day + day));
        work.plain[day] = work.weight[day] * (special ? 0.02 : 1);
        work.trust[day] = input->weights->weight[day];
        work.steady[day] = work.trust[day] * (special ? 0.25 : 1);
    }
    effects_init(&work.effects, input->features, 0, n, options->groups, aged);
    for (int round = 0; round < ROUNDS; round++)
        fit_round(fitted, &work, round == 0);
    effects_clear(&work.effects);
    double *arrays[] = {work.rest,  work.special, work.weight, work.plain,
                        work.trust, work.steady,  work.score,  work.cleared};
    for (gsize i = 0; i < G_N_ELEMENTS(arrays); i++)
        g_free(arrays[i]);
    return fitted;
}

static void predict(const void *fitted, int day, double *z)
{
    const struct factor_fit *fit_ = fitted;
    int n_slots = fit_->n_slots, ahead = MAX(1, day - fit_->input.origin + 1);
    array_copy(z, &fit_->base[matrix_weekday(fit_->input.matrix, day) * n_slots], n_slots);
    for (int f = 0; f < fit_->factors; f++) {
        const struct level_end *end = &fit_->end[f];
        double score = end->level + pow(end->carry, ahead) * end->surprise;
        score += effects_at(fit_->input.features, day, &fit_->effect[f * fit_->input.features->n]);
        for (int s = 0; s < n_slots; s++)
            z[s] += score * fit_->loading[f * n_slots + s];
    }
}

void factor_add_special(const void *fitted, int day, double scale, double *z)
{
    const struct factor_fit *fit_ = fitted;
    for (int f = 0; f < fit_->factors; f++) {
        double effect =
            scale * effects_at(fit_->input.features, day, &fit_->effect[f * fit_->input.features->n]);
        for (int s = 0; effect != 0 && s < fit_->n_slots; s++)
            z[s] += effect * fit_->loading[f * fit_->n_slots + s];
    }
}

static void fit_free(void *fitted)
{
    struct factor_fit *fit_ = fitted;
    g_free(fit_->base);
    g_free(fit_->loading);
    g_free(fit_->effect);
    g_free(fit_);
}

#define SPECIAL FEATURE_SPECIAL
#define MONTH (FEATURE_SPECIAL | FEATURE_MONTH)
#define YEAR_2 (FEATURE_SPECIAL | FEATURE_YEAR_1 | FEATURE_YEAR_2)
#define YEAR_3 (MONTH | FEATURE_YEAR_1 | FEATURE_YEAR_2 | FEATURE_YEAR_3)

/* Option sets that earned weight in the trial of the suite. */
static const struct factor_options month = {1, 16, 0.1, 1, MONTH}, slow = {1, 52, 0.1, 0.3, MONTH},
                                   year = {4, 104, 0.02, 0.3, YEAR_3}, two = {2, 52, 0.05, 0.3, MONTH},
                                   three = {3, 16, 0.25, 1, MONTH}, steady = {3, 52, 0.03, 1, YEAR_2},
                                   fast = {2, 8, 0.4, 1, SPECIAL}, plain = {1, 8, 0.15, 1, 0};

#define FACTOR_MODEL(id, text, words, days_min, prior)                                                       \
    const struct model model_factor_##id = {text, words, days_min, prior, &id, fit, predict, fit_free}

FACTOR_MODEL(month, "factor, month", "1 factor, half-life 16 weeks, day of month", 21, 1);
FACTOR_MODEL(slow, "factor, slow profile", "1 factor, half-life 52 weeks, day of month", 21, 1);
FACTOR_MODEL(year, "factor, year", "4 factors, half-life 2 years, slow level, yearly shape", 420, 1);
FACTOR_MODEL(two, "factor, two", "2 factors, half-life 52 weeks, day of month", 28, 1);
FACTOR_MODEL(three, "factor, three", "3 factors, half-life 16 weeks, moving level", 28, 1);
FACTOR_MODEL(steady, "factor, steady", "3 factors, half-life 52 weeks, slow level, half-yearly shape", 420,
             1);
FACTOR_MODEL(fast, "factor, fast", "2 factors, half-life 8 weeks, fast level", 28, 0.5);
FACTOR_MODEL(plain, "factor, plain", "1 factor, half-life 8 weeks, no calendar", 21, 0.2);
