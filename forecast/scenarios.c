#include "forecast/scenarios.h"

#include "core/random.h"
#include "forecast/array.h"

#include <math.h>
#include <stdlib.h>

#define WEEKS_KEEP 0.5       /* correlation of the common errors of one week and the next */
#define DRIFT_KEEP_HOUR 0.75 /* of what rates wander inside a day; fits of ten queues lie around it */
#define COUNT_LOW 6.0        /* as in spread.c: below, quantiles are of whole counts */
#define COUNT_HIGH 12.0
#define WIDTH80 2.563103 /* of a normal's 80 % band, in standard deviations */
#define CHANCE 0.25      /* variance of the root of a Poisson count */

/* Streams of chance. */
enum { STREAM_WEEK, STREAM_DAY, STREAM_DRIFT };

static double normal_at(uint64_t seed, uint64_t stream, uint64_t place)
{
    double radius = sqrt(-2 * log1p(-random_uniform_at(seed, stream, 2 * place)));
    return radius * cos(2 * G_PI * random_uniform_at(seed, stream, 2 * place + 1));
}

/* Quantile of a standard normal, after Acklam; good to 1e-9 relative. p in (0, 1). */
static double normal_quantile(double p)
{
    static const double a[] = {-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                               1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
    static const double b[] = {-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02,
                               6.680131188771972e+01, -1.328068155288572e+01};
    static const double c[] = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                               -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
    static const double d[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
                               3.754408661907416e+00};
    double tail = MIN(p, 1 - p);
    if (tail < 0.02425) {
        double q = sqrt(-2 * log(tail));
        double x = (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
                   ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1);
        return p < 0.5 ? x : -x;
    }
    double q = p - 0.5, r = q * q;
    return (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q /
           (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1);
}

/* Root at a normal score between the quantiles of a count; beyond them the last slope goes on. */
static double root_at_score(const double quantile[FORECAST_QUANTILES], double score)
{
    double at[FORECAST_QUANTILES];
    for (int q = 0; q < FORECAST_QUANTILES; q++)
        at[q] = normal_quantile(forecast_quantile_levels[q]);
    int low = 0;
    while (low < FORECAST_QUANTILES - 2 && score > at[low + 1])
        low++;
    double from = sqrt(MAX(0, quantile[low])), to = sqrt(MAX(0, quantile[low + 1]));
    return MAX(0, from + (to - from) * (score - at[low]) / (at[low + 1] - at[low]));
}

struct scored {
    double score;
    int scenario;
};

static int by_score(const void *a, const void *b)
{
    const struct scored *left = a, *right = b;
    if (left->score != right->score)
        return left->score < right->score ? -1 : 1;
    return left->scenario - right->scenario;
}

/* Normal scores of every scenario and day, n × n_days, alike within a week and spread evenly over each day.
 */
static double *draw_scores(const struct forecast *forecast, int n, uint64_t seed)
{
    int n_days = forecast->n_days;
    double together = sqrt(forecast->day_correlation), alone = sqrt(1 - forecast->day_correlation);
    double *scores = array_new(n, n_days);
    g_autofree struct scored *order = g_new(struct scored, (gsize)n);
    for (int i = 0; i < n; i++) {
        double week = 0;
        for (int day = 0; day < n_days; day++) {
            if (day % 7 == 0) {
                double keep = day > 0 ? WEEKS_KEEP : 0;
                uint64_t place = (uint64_t)i * (uint64_t)n_days + (uint64_t)day;
                week = keep * week + sqrt(1 - keep * keep) * normal_at(seed, STREAM_WEEK, place);
            }
            scores[i * n_days + day] =
                together * week +
                alone * normal_at(seed, STREAM_DAY, (uint64_t)i * (uint64_t)n_days + (uint64_t)day);
        }
    }
    for (int day = 0; day < n_days; day++) {
        for (int i = 0; i < n; i++)
            order[i] = (struct scored){scores[i * n_days + day], i};
        qsort(order, (size_t)n, sizeof *order, by_score);
        for (int rank = 0; rank < n; rank++)
            scores[order[rank].scenario * n_days + day] = normal_quantile((rank + 0.5) / n);
    }
    return scores;
}

/* One day of a forecast, from its first interval that is not known. */
struct day {
    int from, to;                        /* intervals */
    double total;                        /* contacts to come */
    double quantile[FORECAST_QUANTILES]; /* of them */
    double rate;                         /* standard deviation of the root of the day's rate */
    double share;                        /* of it in that of the counts */
    double *wander;                      /* to - from: standard deviations of roots inside the day */
    double keep;                         /* of what rates wander, per interval */
};

static double root_width(const double *quantile, int stride, int at)
{
    return (sqrt(quantile[4 * stride + at]) - sqrt(quantile[2 * stride + at])) / WIDTH80;
}

/* What the quantiles of an interval leave after chance and the day; small counts know it as count_cv2. */
static double find_wander(const struct forecast *forecast, const struct day *day, int iv)
{
    double mean = forecast->offered[iv], width = root_width(forecast->quantile, forecast->grid.n, iv);
    double large = CLAMP((mean - COUNT_LOW) / (COUNT_HIGH - COUNT_LOW), 0, 1);
    double beyond = large * (width * width - CHANCE) + (1 - large) * forecast->count_cv2 * mean / 4;
    return MAX(0, beyond - mean / day->total * day->rate * day->rate);
}

static void day_init(struct day *day, const struct forecast *forecast, int d)
{
    *day = (struct day){.from = MAX(forecast->day_iv[d], forecast->n_known), .to = forecast->day_iv[d + 1]};
    for (int iv = day->from; iv < day->to; iv++)
        day->total += forecast->offered[iv];
    if (day->total <= 0)
        return;
    double known = day->from > forecast->day_iv[d] ? forecast->day_offered[d] - day->total : 0;
    for (int q = 0; q < FORECAST_QUANTILES; q++)
        day->quantile[q] = MAX(0, forecast->day_quantile[q * forecast->n_days + d] - known);
    double width = root_width(day->quantile, 1, 0);
    day->rate = sqrt(MAX(0, width * width - CHANCE));
    day->share = width > 0 ? day->rate / width : 0;
    day->keep = pow(DRIFT_KEEP_HOUR, forecast->grid.interval_s / 3600.0);
    day->wander = array_new(day->to - day->from, 1);
    /* Scaling the day to its total takes out what all intervals wander together; it is put in beforehand. */
    double n = day->to - day->from, k = day->keep, mean = 1 / n;
    if (n > 1)
        mean = (1 + k) / (1 - k) / n - 2 * k * (1 - pow(k, n)) / (n * n * (1 - k) * (1 - k));
    for (int iv = day->from; iv < day->to; iv++)
        day->wander[iv - day->from] = sqrt(find_wander(forecast, day, iv) / MAX(0.1, 1 - mean));
}

static void draw_day(const struct forecast *forecast, const struct day *day, double score, uint64_t seed,
                     int scenario, double *rate)
{
    double usual = sqrt(day->total), drift = 0, sum = 0;
    double root = usual + day->share * (root_at_score(day->quantile, score) - usual);
    double factor = MAX(0, root / usual), wanted = day->total * factor * factor;
    for (int iv = day->from; iv < day->to; iv++) {
        double keep = iv > day->from ? day->keep : 0, wander = day->wander[iv - day->from];
        uint64_t place = (uint64_t)scenario * (uint64_t)forecast->grid.n + (uint64_t)iv;
        drift = keep * drift + sqrt(1 - keep * keep) * normal_at(seed, STREAM_DRIFT, place);
        double z = MAX(0, sqrt(forecast->offered[iv]) * factor + wander * drift);
        rate[iv] = z * z;
        sum += rate[iv];
    }
    for (int iv = day->from; iv < day->to && sum > 0; iv++)
        rate[iv] *= wanted / sum;
}

/* Squares of what varies are larger than the square of the mean: every interval is brought back to it. */
static void centre(struct scenarios *scenarios, const struct forecast *forecast)
{
    int n = scenarios->grid.n;
    for (int iv = forecast->n_known; iv < n; iv++) {
        double sum = 0;
        for (int i = 0; i < scenarios->n; i++)
            sum += scenarios->rate[i * n + iv];
        for (int i = 0; i < scenarios->n && sum > 0; i++)
            scenarios->rate[i * n + iv] *= forecast->offered[iv] * scenarios->n / sum;
    }
}

void scenarios_init(struct scenarios *scenarios, const struct forecast *forecast, int n, uint64_t seed)
{
    int n_iv = forecast->grid.n;
    *scenarios = (struct scenarios){n, forecast->grid, array_new(n, n_iv)};
    g_autofree double *scores = draw_scores(forecast, n, seed);
    for (int i = 0; i < n; i++)
        array_copy(&scenarios->rate[i * n_iv], forecast->offered, n_iv);
    for (int d = 0; d < forecast->n_days; d++) {
        struct day day;
        day_init(&day, forecast, d);
        for (int i = 0; i < n && day.total > 0; i++)
            draw_day(forecast, &day, scores[i * forecast->n_days + d], seed, i, &scenarios->rate[i * n_iv]);
        g_free(day.wander);
    }
    centre(scenarios, forecast);
}

void scenarios_clear(struct scenarios *scenarios)
{
    g_free(scenarios->rate);
    *scenarios = (struct scenarios){0};
}
