#include "forecast/shared.h"

#include "forecast/array.h"
#include "forecast/linear.h"
#include "forecast/score.h"
#include "forecast/week_roots.h"

#define HALF_LIVES_MAX 8
#define KEPT_MAX 8
#define EFFECT_HALF_LIFE_WEEKS 104.0
#define SPECIAL_PLAIN 0.02 /* weight of a special day in profiles that know nothing of effects */
#define SPECIAL_STEADY 0.25

#define PILOT_FACTORS 3
#define PILOT_HALF_LIFE_WEEKS 52.0
static const struct score_options pilot_options = {0.1, 0.3, FEATURE_SPECIAL | FEATURE_MONTH};

/* First fit from an origin: what the calendar does to the first factors. */
struct pilot {
    struct curves curves;
    double *effect; /* PILOT_FACTORS × features->n */
    double *fitted; /* PILOT_FACTORS × origin: effects of the days before it */
};

/* See shared_keep. */
struct kept {
    const void *key;
    void *made;
    void (*destroy)(void *made);
};

struct shared {
    const struct model_input *whole; /* NULL: this is of the whole */
    int n_weights, n_curves;
    double weights_half_life[HALF_LIVES_MAX], curves_half_life[HALF_LIVES_MAX];
    double *weights[HALF_LIVES_MAX];
    struct curves curves[HALF_LIVES_MAX];
    double *steady;
    struct effects *effects;
    struct pilot *pilot;
    struct kept kept[KEPT_MAX];
    int n_kept;
    double *cleared; /* origin × n_slots: roots less what the pilot says of the calendar */
};

struct shared *shared_new(const struct model_input *whole)
{
    struct shared *shared = g_new0(struct shared, 1);
    shared->whole = whole;
    return shared;
}

void shared_free(struct shared *shared)
{
    if (shared == NULL)
        return;
    for (int i = 0; i < shared->n_kept; i++)
        shared->kept[i].destroy(shared->kept[i].made);
    for (int i = 0; i < shared->n_weights; i++)
        g_free(shared->weights[i]);
    for (int i = 0; i < shared->n_curves; i++)
        curves_clear(&shared->curves[i]);
    if (shared->effects != NULL)
        effects_clear(shared->effects);
    if (shared->pilot != NULL) {
        curves_clear(&shared->pilot->curves);
        g_free(shared->pilot->effect);
        g_free(shared->pilot->fitted);
    }
    g_free(shared->effects);
    g_free(shared->pilot);
    g_free(shared->steady);
    g_free(shared->cleared);
    g_free(shared);
}

const double *shared_weights(const struct model_input *input, double half_life_weeks)
{
    struct shared *shared = input->shared;
    for (int i = 0; i < shared->n_weights; i++)
        if (shared->weights_half_life[i] >= half_life_weeks &&
            shared->weights_half_life[i] <= half_life_weeks)
            return shared->weights[i];
    g_assert(shared->n_weights < HALF_LIVES_MAX);
    double *weights = array_new(input->origin, 1);
    week_roots_weights(input, half_life_weeks, weights);
    shared->weights_half_life[shared->n_weights] = half_life_weeks;
    shared->weights[shared->n_weights++] = weights;
    return weights;
}

static bool is_special(const struct model_input *input, int day)
{
    return calendar_is_special(calendar_day(input->calendar, input->matrix->first_day + day));
}

const double *shared_steady(const struct model_input *input)
{
    struct shared *shared = input->shared;
    if (shared->steady != NULL)
        return shared->steady;
    shared->steady = array_new(input->origin, 1);
    for (int day = 0; day < input->origin; day++)
        shared->steady[day] = input->weights->weight[day] * (is_special(input, day) ? SPECIAL_STEADY : 1);
    return shared->steady;
}

const struct effects *shared_effects(const struct model_input *input)
{
    struct shared *shared = input->shared;
    if (shared->effects != NULL)
        return shared->effects;
    shared->effects = g_new0(struct effects, 1);
    effects_init(shared->effects, input->features, input->origin, features_known(input->origin),
                 shared_weights(input, EFFECT_HALF_LIFE_WEEKS));
    return shared->effects;
}

static const struct pilot *pilot(const struct model_input *input)
{
    struct shared *shared = input->shared;
    if (shared->pilot != NULL)
        return shared->pilot;
    struct pilot *made = g_new0(struct pilot, 1);
    const double *weight = shared_weights(input, PILOT_HALF_LIFE_WEEKS);
    g_autofree double *plain = array_new(input->origin, 1);
    for (int day = 0; day < input->origin; day++)
        plain[day] = weight[day] * (is_special(input, day) ? SPECIAL_PLAIN : 1);
    curves_init(&made->curves, input, input->matrix->z, plain, weight);
    made->curves.factors = MIN(made->curves.factors, PILOT_FACTORS);
    made->effect = array_new(PILOT_FACTORS, input->features->n);
    made->fitted = array_new(PILOT_FACTORS, input->origin);
    for (int f = 0; f < made->curves.factors; f++) {
        struct level_end end;
        score_fit(input, &made->curves.score[f * input->origin], NULL, &pilot_options,
                  &made->effect[f * input->features->n], &end);
        effects_fitted(shared_effects(input), &made->effect[f * input->features->n],
                       &made->fitted[f * input->origin]);
    }
    return shared->pilot = made;
}

void shared_add_special(const struct model_input *input, int day, double scale, double *z)
{
    const struct pilot *fit = pilot(input);
    int n_slots = input->matrix->n_slots;
    for (int f = 0; f < fit->curves.factors; f++) {
        double effect = effects_at(input->features, day, &fit->effect[f * input->features->n]);
        linear_add(z, scale * effect, &fit->curves.loading[f * n_slots], n_slots);
    }
}

const double *shared_cleared(const struct model_input *input)
{
    struct shared *shared = input->shared;
    const struct day_matrix *matrix = input->matrix;
    int n_slots = matrix->n_slots;
    if (shared->cleared != NULL)
        return shared->cleared;
    shared->cleared = g_new(double, (gsize)(input->origin * n_slots + 1));
    array_copy(shared->cleared, matrix->z, input->origin * n_slots);
    for (int day = 0; day < input->origin; day++) {
        double *row = &shared->cleared[day * n_slots];
        shared_add_special(input, day, -1, row);
        for (int s = 0; s < n_slots; s++)
            row[s] *= matrix->seen[day * n_slots + s];
    }
    return shared->cleared;
}

const struct curves *shared_curves(const struct model_input *input, double half_life_weeks)
{
    struct shared *shared = input->shared;
    for (int i = 0; i < shared->n_curves; i++)
        if (shared->curves_half_life[i] >= half_life_weeks && shared->curves_half_life[i] <= half_life_weeks)
            return &shared->curves[i];
    g_assert(shared->n_curves < HALF_LIVES_MAX);
    struct curves *curves = &shared->curves[shared->n_curves];
    const double *weight = shared_weights(input, half_life_weeks);
    curves_init(curves, input, shared_cleared(input), weight, weight);
    curves->special = array_new(CURVES_MAX, input->origin);
    const struct pilot *fit = pilot(input);
    int n_slots = input->matrix->n_slots;
    for (int f = 0; f < curves->factors; f++)
        for (int p = 0; p < fit->curves.factors; p++)
            linear_add(&curves->special[f * input->origin],
                       linear_dot(&curves->loading[f * n_slots], &fit->curves.loading[p * n_slots], n_slots),
                       &fit->fitted[p * input->origin], input->origin);
    shared->curves_half_life[shared->n_curves++] = half_life_weeks;
    return curves;
}

const struct model_input *shared_whole(const struct model_input *input)
{
    return input->shared->whole != NULL ? input->shared->whole : input;
}

void *shared_keep(const struct model_input *input, const void *key,
                  void *(*make)(const struct model_input *whole), void (*destroy)(void *made))
{
    const struct model_input *whole = shared_whole(input);
    struct shared *shared = whole->shared;
    for (int i = 0; i < shared->n_kept; i++)
        if (shared->kept[i].key == key)
            return shared->kept[i].made;
    g_assert(shared->n_kept < KEPT_MAX);
    void *made = make(whole);
    shared->kept[shared->n_kept++] = (struct kept){key, made, destroy};
    return made;
}
