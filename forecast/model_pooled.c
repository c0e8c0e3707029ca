/*
 * Rates of a week from ratios of contacts to what is expected without them, shrunk by what chance explains
 * (Gamma-Poisson, empirical Bayes): a level, then hours of the day, weekdays, hours of working day and
 * weekend, hours of the week; one ratio for feasts. A queue of a contact a week gets one flat rate. The level
 * of a sparse queue blends half-lives by how likely each made the weeks after it. Croston and TSB lose to it
 * because they ignore the time of day (wfm-bench sparse).
 */
#include "forecast/array.h"
#include "forecast/model_table.h"
#include "forecast/root.h"
#include "forecast/shrink.h"
#include "forecast/week_roots.h"

#include <math.h>

#define HALF_LIFE_WEEKS 52 /* of everything but the level */
#define WEIGHT_MIN 0.02
#define WIDTH_MIN 40.0 /* of the kernel along the day, and at least WIDTH_SLOTS */
#define WIDTH_SLOTS 0.6
#define DOUBT 1.0       /* deviations beyond chance that groups must differ by */
#define FEAST_PRIOR 5.0 /* expected contacts that pull feasts to ordinary days */

/* Half-lives of the level in weeks. A prior of PRIOR_WIDTH doublings lies around the best one for a level
   that drifts by DRIFT a week, seen through the chance of as many contacts as a week of the queue has. */
static const double half_lives[] = {1, 2, 4, 8, 16, 32, 64};
#define N_LIVES ((int)G_N_ELEMENTS(half_lives))
#define DRIFT 0.06
#define PRIOR_WIDTH 2.0
#define WARM_WEEKS 3

struct pooled {
    struct week_roots *ordinary, *feast;
    const struct model_input *input; /* borrowed */
};

struct rates {
    const struct model_input *input;
    int n_slots, n;  /* n = WEEK_DAYS × n_slots */
    double *count;   /* n: contacts of ordinary days, old ones less */
    double *seen;    /* n: intervals behind them */
    double *rate;    /* n: so far */
    bool sparse;     /* fewer than one contact in an interval */
    bool all_feasts; /* no other day was seen: they stand for ordinary ones */
    double noise;    /* variance of a ratio per expected contact: below 1, as old contacts count less */
};

static const struct day_info *day_of(const struct model_input *input, int day)
{
    return calendar_day(input->calendar, input->matrix->first_day + day);
}

static bool is_apart(const struct rates *rates, int day)
{
    return day_of(rates->input, day)->holiday && !rates->all_feasts;
}

/* Is no day but feasts seen? */
static bool only_feasts(const struct model_input *input)
{
    for (int cell = 0; cell < input->origin * input->matrix->n_slots; cell++)
        if (input->matrix->seen[cell] > 0 && !day_of(input, cell / input->matrix->n_slots)->holiday)
            return false;
    return true;
}

/* Partly seen days count here: with little data every interval tells something. Nor can days of few contacts
   be told to be outliers. */
static void add_days(struct rates *rates)
{
    const struct day_matrix *matrix = rates->input->matrix;
    int n_slots = rates->n_slots;
    double sum = 0, square = 0;
    g_autofree double *weight = array_new(rates->input->origin, 1);
    week_roots_weights(rates->input, HALF_LIFE_WEEKS, weight);
    for (int day = 0; day < rates->input->origin; day++) {
        double age_weeks = (double)(rates->input->origin - 1 - day) / WEEK_DAYS;
        double w = rates->sparse ? exp2(-age_weeks / HALF_LIFE_WEEKS) : MAX(weight[day], WEIGHT_MIN);
        int at = matrix_weekday(matrix, day) * n_slots;
        if (is_apart(rates, day))
            continue;
        for (int s = 0, cell = day * n_slots; s < n_slots; s++, cell++) {
            if (matrix->seen[cell] == 0)
                continue;
            rates->count[at + s] += w * matrix->y[cell];
            rates->seen[at + s] += w;
            sum += w * matrix->y[cell];
            square += w * w * matrix->y[cell];
        }
    }
    rates->noise = sum > 0 ? square / sum : 1;
}

enum grouping { BY_SLOT, BY_WEEKDAY, BY_CLASS_AND_SLOT, BY_WEEK_SLOT };

static int group_of(const struct rates *rates, enum grouping by, int i)
{
    int weekday = i / rates->n_slots, s = i % rates->n_slots;
    switch (by) {
    case BY_SLOT:
        return s;
    case BY_WEEKDAY:
        return weekday;
    case BY_CLASS_AND_SLOT:
        return (weekday >= 5) * rates->n_slots + s;
    default:
        return i;
    }
}

/* Multiplies the rates by one ratio per group. */
static void refine(struct rates *rates, enum grouping by, double width)
{
    g_autofree double *got = array_new(rates->n, 1), *expected = array_new(rates->n, 1),
                      *ratio = array_new(rates->n, 1);
    int n_groups = 0, row = by == BY_WEEKDAY ? WEEK_DAYS : rates->n_slots;
    for (int i = 0; i < rates->n; i++) {
        int group = group_of(rates, by, i);
        got[group] += rates->count[i];
        expected[group] += rates->seen[i] * rates->rate[i];
        n_groups = MAX(n_groups, group + 1);
    }
    for (int g = 0; g < n_groups; g++)
        ratio[g] = expected[g] > 0 ? got[g] / expected[g] : 1;
    double between = shrink_between(ratio, expected, n_groups, rates->noise, DOUBT);
    double prior = between > 0 ? rates->noise / between : INFINITY;
    for (int g = 0; g < n_groups; g += row)
        shrink_day(&got[g], &expected[g], row, prior, by == BY_WEEKDAY ? 0 : width, &ratio[g]);
    for (int i = 0; i < rates->n; i++)
        rates->rate[i] *= ratio[group_of(rates, by, i)];
}

/* -log probability of a count under a Gamma rate of the shape and mean, without the count's own factorial. */
static double surprise(double count, double shape, double mean)
{
    int sign;
    return lgamma_r(shape, &sign) - lgamma_r(shape + count, &sign) - count * log(mean / (shape + mean)) +
           shape * log1p(mean / shape);
}

/* Contacts of each week before the origin, the last one youngest, and what the rates made expect. */
static void sum_weeks(const struct rates *rates, int weeks, double *count, double *expected)
{
    const struct model_input *input = rates->input;
    for (int day = 0; day < input->origin; day++) {
        int week = weeks - 1 - (input->origin - 1 - day) / WEEK_DAYS;
        const double *rate = &rates->rate[matrix_weekday(input->matrix, day) * rates->n_slots];
        for (int s = 0, cell = day * rates->n_slots; s < rates->n_slots; s++, cell++) {
            if (is_apart(rates, day) || input->matrix->seen[cell] == 0)
                continue;
            count[week] += input->matrix->y[cell];
            expected[week] += rate[s];
        }
    }
}

/* Ratio of what is to come to the rates: discounted Gamma-Poisson (West & Harrison 1989). */
static double find_level(const struct rates *rates)
{
    int weeks = (rates->input->origin + WEEK_DAYS - 1) / WEEK_DAYS;
    double shape[G_N_ELEMENTS(half_lives)], scale[G_N_ELEMENTS(half_lives)];
    double loss[G_N_ELEMENTS(half_lives)] = {0}, all = 0, all_expected = 0;
    g_autofree double *count = array_new(weeks, 1), *expected = array_new(weeks, 1);
    sum_weeks(rates, weeks, count, expected);
    for (int w = 0; w < weeks; w++) {
        all += count[w];
        all_expected += expected[w];
    }
    if (all <= 0 || all_expected <= 0)
        return 1;
    double life = CLAMP(G_LN2 / sqrt(all / weeks) / DRIFT, half_lives[0], half_lives[N_LIVES - 1]);
    for (int h = 0; h < N_LIVES; h++) {
        shape[h] = 1;
        scale[h] = all_expected / all;
        loss[h] = 0.5 * pow(log2(half_lives[h] / life) / PRIOR_WIDTH, 2);
    }
    for (int w = 0; w < weeks; w++)
        for (int h = 0; h < N_LIVES && expected[w] > 0; h++) {
            double keep = exp2(-1 / half_lives[h]);
            if (w >= WARM_WEEKS)
                loss[h] += surprise(count[w], shape[h], shape[h] / scale[h] * expected[w]);
            shape[h] = keep * shape[h] + count[w];
            scale[h] = keep * scale[h] + expected[w];
        }
    double least = INFINITY, sum = 0, level = 0;
    for (int h = 0; h < N_LIVES; h++)
        least = MIN(least, loss[h]);
    for (int h = 0; h < N_LIVES; h++) {
        sum += exp(least - loss[h]);
        level += exp(least - loss[h]) * shape[h] / scale[h];
    }
    return level / sum;
}

/* Of feasts to ordinary days. */
static double find_feasts(const struct rates *rates)
{
    const struct day_matrix *matrix = rates->input->matrix;
    double got = FEAST_PRIOR, expected = FEAST_PRIOR;
    for (int day = 0; day < rates->input->origin; day++) {
        const double *rate = &rates->rate[matrix_weekday(matrix, day) * rates->n_slots];
        if (!is_apart(rates, day))
            continue;
        for (int s = 0, cell = day * rates->n_slots; s < rates->n_slots; s++, cell++)
            if (matrix->seen[cell] > 0) {
                got += matrix->y[cell];
                expected += rate[s];
            }
    }
    return got / expected;
}

static void find_rates(struct rates *rates)
{
    double width = MAX(WIDTH_SLOTS, WIDTH_MIN * 60 / rates->input->matrix->interval_s);
    double count = 0, seen = 0;
    rates->sparse = matrix_contacts(rates->input->matrix, rates->input->origin, &seen) < seen;
    seen = 0;
    rates->all_feasts = only_feasts(rates->input);
    add_days(rates);
    for (int i = 0; i < rates->n; i++) {
        count += rates->count[i];
        seen += rates->seen[i];
    }
    for (int i = 0; i < rates->n; i++)
        rates->rate[i] = seen > 0 ? count / seen : 0;
    if (count <= 0)
        return;
    refine(rates, BY_SLOT, width);
    refine(rates, BY_WEEKDAY, 0);
    refine(rates, BY_CLASS_AND_SLOT, width);
    refine(rates, BY_WEEK_SLOT, width);
    double level = rates->sparse ? find_level(rates) : 1;
    for (int i = 0; i < rates->n; i++)
        rates->rate[i] *= level;
}

static void *fit(const struct model *model, const struct model_input *input)
{
    (void)model;
    struct rates rates = {
        .input = input, .n_slots = input->matrix->n_slots, .n = WEEK_DAYS * input->matrix->n_slots};
    struct pooled *pooled = g_new0(struct pooled, 1);
    *pooled = (struct pooled){week_roots_new(input->matrix), week_roots_new(input->matrix), input};
    rates.count = array_new(rates.n, 1);
    rates.seen = array_new(rates.n, 1);
    rates.rate = array_new(rates.n, 1);
    find_rates(&rates);
    double feasts = find_feasts(&rates);
    for (int i = 0; i < rates.n; i++) {
        pooled->ordinary->z[i] = root_from_rate(rates.rate[i]);
        pooled->feast->z[i] = root_from_rate(rates.rate[i] * feasts);
    }
    g_free(rates.count);
    g_free(rates.seen);
    g_free(rates.rate);
    return pooled;
}

/* A feast whose columns are in the features: they are left out to ask for the day without it (explain.h). */
static bool is_feast(const struct model_input *input, int day)
{
    const struct day_features *features = input->features;
    if (!day_of(input, day)->holiday)
        return false;
    for (int j = 0; j < features->n; j++)
        if ((features->group[j] & FEATURE_SPECIAL) != 0 && features->x[day * features->n + j] != 0)
            return true;
    return false;
}

static void predict(const void *fitted, int day, double *z)
{
    const struct pooled *pooled = fitted;
    week_roots_predict(is_feast(pooled->input, day) ? pooled->feast : pooled->ordinary, day, z);
}

static void pooled_free(void *fitted)
{
    struct pooled *pooled = fitted;
    week_roots_free(pooled->ordinary);
    week_roots_free(pooled->feast);
    g_free(pooled);
}

const struct model model_pooled = {"pooled rates",
                                   "level, hours and weekdays as far as chance does not explain them",
                                   1,
                                   {0.05, 0.05, 0.05},
                                   fit,
                                   predict,
                                   pooled_free,
                                   NULL,
                                   false};
