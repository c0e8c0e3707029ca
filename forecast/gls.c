#include "forecast/gls.h"

#include "forecast/array.h"
#include "forecast/effects.h"
#include "forecast/linear.h"

#include <math.h>

#define LANES 4 /* columns are padded to a multiple: inner loops of a known length */
#define HISTORY_DAYS (2 * 366)
#define YEAR_MIN_DAYS 420
#define MONTH_MIN_DAYS 49 /* before, days of the month and a trend are the same */
#define AGE_HALF_LIFE_WEEKS 52.0
#define SPECIAL_NOISE 3     /* times the variance of an ordinary day */
#define RESTART_VARIANCE 10 /* the slowest process may jump that far where a new level begins */
#define WEEKDAY_PENALTY 5   /* the profile knows them already */
#define SUPPORT_MIN 0.05    /* weighted days */
#define RIDGE_MIN 1e-3
#define REST_MIN 1e-9 /* of the square of a series: so much always stays unexplained */

/* Some queues know the day of the month, many do not: its columns are shrunk by what explains the series
 * best. */
static const double month_strengths[] = {1, 4, 16, 64};

/* Share that carries over to the next day, and variance in units of the noise of a day. Half-lives of 460, 17
 * and 1 days; the errors hardly depend on the exact values (0.95 .. 0.98 for the second, variances from half
 * to twice). */
static const struct {
    double carry, variance;
} process[GLS_PROCESSES] = {{0.9995, 1}, {0.96, 1}, {0.5, 0.7}};

static void choose_columns(struct gls *gls, int groups)
{
    const struct day_features *features = gls->input->features;
    const double *weight = gls->input->weights->weight;
    if (gls->input->origin < YEAR_MIN_DAYS)
        groups &= ~(FEATURE_YEAR_1 | FEATURE_YEAR_2 | FEATURE_YEAR_3);
    if (gls->input->origin < MONTH_MIN_DAYS)
        groups &= ~FEATURE_MONTH;
    g_autofree double *support = array_new(features->n, 1);
    for (int day = gls->first; day < gls->input->origin; day++)
        for (int i = features->first[day]; i < features->first[day + 1]; i++) {
            int j = features->column[i];
            support[j] += weight[day] * fabs(features->x[day * features->n + j]);
        }
    gls->active = g_new0(int, (gsize)features->n + 1);
    for (int j = 0; j < features->n; j++)
        if ((features->group[j] & groups) != 0 && support[j] > SUPPORT_MIN)
            gls->active[gls->n_active++] = j;
    gls->n = (gls->n_active + WEEK_DAYS + LANES - 1) / LANES * LANES;
}

/* Variance of the noise of a day. */
static double day_noise(const struct gls *gls, int i)
{
    const struct model_input *input = gls->input;
    int day = gls->first + i;
    double age_weeks = (double)(gls->n_days - 1 - i) / WEEK_DAYS,
           noise = exp2(age_weeks / AGE_HALF_LIFE_WEEKS);
    bool special = calendar_is_special(calendar_day(input->calendar, input->matrix->first_day + day));
    return noise * (special ? SPECIAL_NOISE : 1) / input->weights->weight[day];
}

static void find_gains(struct gls *gls)
{
    const struct day_weights *weights = gls->input->weights;
    double cov[GLS_PROCESSES][GLS_PROCESSES] = {0};
    for (int k = 0; k < GLS_PROCESSES; k++)
        cov[k][k] = process[k].variance;
    for (int i = 0; i < gls->n_days; i++) {
        int day = gls->first + i;
        double with[GLS_PROCESSES] = {0}, total = 0;
        for (int k = 0; k < GLS_PROCESSES; k++)
            for (int l = 0; l < GLS_PROCESSES; l++)
                cov[k][l] =
                    process[k].carry * process[l].carry * (cov[k][l] - (k == l ? process[k].variance : 0)) +
                    (k == l ? process[k].variance : 0);
        if (weights->restart > 0 && day == weights->restart)
            cov[0][0] += RESTART_VARIANCE;
        if (weights->weight[day] <= 0)
            continue;
        for (int k = 0; k < GLS_PROCESSES; k++) {
            for (int l = 0; l < GLS_PROCESSES; l++)
                with[k] += cov[k][l];
            total += with[k];
        }
        total += day_noise(gls, i);
        gls->precision[i] = 1 / sqrt(total);
        for (int k = 0; k < GLS_PROCESSES; k++)
            gls->gain[i * GLS_PROCESSES + k] = with[k] / total;
        for (int k = 0; k < GLS_PROCESSES; k++)
            for (int l = 0; l < GLS_PROCESSES; l++)
                cov[k][l] -= with[k] * with[l] / total;
    }
}

static void whiten(struct gls *gls)
{
    int n = gls->n;
    for (int i = 0; i < gls->n_days; i++) {
        double *x = &gls->x[i * n];
        const double *gain = &gls->gain[i * GLS_PROCESSES];
        for (int block = 0; block < n; block += LANES)
            for (int j = block; j < block + LANES; j++) {
                double fresh = x[j];
                for (int k = 0; k < GLS_PROCESSES; k++) {
                    gls->state[k * n + j] *= process[k].carry;
                    fresh -= gls->state[k * n + j];
                }
                for (int k = 0; k < GLS_PROCESSES; k++)
                    gls->state[k * n + j] += gain[k] * fresh;
                x[j] = gls->precision[i] * fresh;
            }
    }
    linear_gram(gls->x, gls->n_days, n, gls->gram);
}

void gls_init(struct gls *gls, const struct model_input *input, int groups)
{
    const struct day_features *features = input->features;
    *gls = (struct gls){.input = input, .first = MAX(0, input->origin - HISTORY_DAYS)};
    gls->n_days = input->origin - gls->first;
    choose_columns(gls, groups);
    int n = gls->n;
    gls->x = array_new(gls->n_days, n);
    gls->gain = array_new(gls->n_days, GLS_PROCESSES);
    gls->precision = array_new(gls->n_days, 1);
    gls->state = array_new(GLS_PROCESSES, n);
    gls->gram = array_new(n, n);
    for (int i = 0; i < gls->n_days; i++) {
        int day = gls->first + i;
        for (int j = 0; j < gls->n_active; j++)
            gls->x[i * n + j] = features->x[day * features->n + gls->active[j]];
        gls->x[i * n + gls->n_active + matrix_weekday(input->matrix, day)] = 1;
    }
    find_gains(gls);
    whiten(gls);
}

void gls_clear(struct gls *gls)
{
    g_free(gls->active);
    g_free(gls->x);
    g_free(gls->gain);
    g_free(gls->precision);
    g_free(gls->state);
    g_free(gls->gram);
    *gls = (struct gls){0};
}

/* Share of noise, from the differences of neighbours, in what days differ by. */
static double noise_share(const struct gls *gls, const double *series)
{
    const double *trust = gls->input->weights->weight;
    g_autofree double *step = array_new(gls->n_days, 1);
    double sum = 0, square = 0, mass = 0;
    int n_steps = 0, last = -1;
    for (int day = gls->first; day < gls->input->origin; day++) {
        if (trust[day] <= 0)
            continue;
        sum += trust[day] * series[day];
        square += trust[day] * series[day] * series[day];
        mass += trust[day];
        if (last >= 0)
            step[n_steps++] = fabs(series[day] - series[last]);
        last = day;
    }
    double noise = MAD_TO_SIGMA * array_median(step, n_steps) / G_SQRT2;
    double spread = mass > 0 ? square / mass - sum / mass * (sum / mass) : 0;
    return spread > 1e-12 ? noise * noise / spread : 1;
}

/* A series through the filter. */
struct filtered {
    double *right; /* n: its products with the columns */
    double square; /* its own */
    int n_known;   /* days */
};

static void filter(const struct gls *gls, const double *series, double *state, struct filtered *out)
{
    *out = (struct filtered){.right = array_new(gls->n, 1)};
    for (int i = 0; i < gls->n_days; i++) {
        double fresh = gls->precision[i] > 0 ? series[gls->first + i] : 0;
        for (int k = 0; k < GLS_PROCESSES; k++)
            fresh -= state[k] *= process[k].carry;
        for (int k = 0; k < GLS_PROCESSES; k++)
            state[k] += gls->gain[i * GLS_PROCESSES + k] * fresh;
        double white = gls->precision[i] * fresh;
        linear_add(out->right, white, &gls->x[i * gls->n], gls->n);
        out->square += white * white;
        out->n_known += gls->precision[i] > 0;
    }
}

/* Coefficients under penalties of the given strength, those of days of the month times `month`. Returns the
 * log marginal likelihood up to a constant. */
static double solve(const struct gls *gls, const struct filtered *filtered, double strength, double month,
                    double *coefficient)
{
    const struct day_features *features = gls->input->features;
    int n = gls->n_active + WEEK_DAYS;
    g_autofree double *system = array_new(n, n);
    double log_prior = 0, log_det = 0, rest = filtered->square;
    for (int i = 0; i < n; i++) {
        bool calendar = i < gls->n_active;
        double penalty = strength * (calendar ? features->penalty[gls->active[i]] : WEEKDAY_PENALTY);
        penalty *= calendar && features->group[gls->active[i]] == FEATURE_MONTH ? month : 1;
        array_copy(&system[i * n + i], &gls->gram[i * gls->n + i], n - i);
        system[i * n + i] += penalty;
        log_prior += log(penalty);
    }
    array_copy(coefficient, filtered->right, n);
    linear_factor(system, n); /* it can: every penalty is positive */
    linear_solve(system, n, coefficient);
    for (int i = 0; i < n; i++) {
        log_det += 2 * log(system[i * n + i]);
        rest -= coefficient[i] * filtered->right[i];
    }
    return (log_prior - log_det - filtered->n_known * log(MAX(rest, REST_MIN * filtered->square))) / 2;
}

void gls_fit_init(struct gls_fit *fit, const struct gls *gls, const double *series, double ridge)
{
    int n = gls->n_active + WEEK_DAYS;
    double strength = MAX(RIDGE_MIN, ridge * noise_share(gls, series)), best = -G_MAXDOUBLE;
    g_autofree double *coefficient = array_new(n, 1), *trial = array_new(n, 1);
    struct filtered filtered;
    *fit = (struct gls_fit){.effect = array_new(gls->input->features->n, 1)};
    filter(gls, series, fit->state, &filtered);
    for (gsize i = 0; i < G_N_ELEMENTS(month_strengths) && filtered.square > 0; i++) {
        double likelihood = solve(gls, &filtered, strength, month_strengths[i], trial);
        if (likelihood > best) {
            best = likelihood;
            array_copy(coefficient, trial, n);
        }
    }
    g_free(filtered.right);
    for (int j = 0; j < gls->n_active; j++)
        fit->effect[gls->active[j]] = coefficient[j];
    array_copy(fit->weekday, &coefficient[gls->n_active], WEEK_DAYS);
    for (int k = 0; k < GLS_PROCESSES; k++)
        fit->state[k] -= linear_dot(coefficient, &gls->state[k * gls->n], n);
}

void gls_fit_clear(struct gls_fit *fit)
{
    g_free(fit->effect);
    *fit = (struct gls_fit){0};
}

double gls_expect(const struct gls *gls, const struct gls_fit *fit, int day, double memory)
{
    int ahead = MAX(1, day - gls->input->origin + 1);
    double value = fit->weekday[matrix_weekday(gls->input->matrix, day)] +
                   effects_at(gls->input->features, day, fit->effect);
    for (int k = 0; k < GLS_PROCESSES; k++)
        value += memory * fit->state[k] * pow(process[k].carry, ahead);
    return value;
}
