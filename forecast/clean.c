#include "forecast/clean.h"

#include "forecast/array.h"
#include "forecast/linear.h"

#include <math.h>

#define NEIGHBOURS 10 /* days on each side of the running median */
#define OUTLIER_SIGMA 4
#define SHIFT_DAYS 10
#define SHIFT_SIGMA 2
#define SHIFT_BASE_DAYS 35
#define EMPTY_POWER 30 /* contacts expected on a day without any: an outage or a closed day nobody listed */

/* Mean root per weekday and slot over the days before the origin; weight NULL: all days alike. */
static double *usual_roots(const struct day_matrix *matrix, int origin, const double *weight)
{
    int n_slots = matrix->n_slots;
    double *usual = array_new(WEEK_DAYS, n_slots);
    g_autofree double *count = array_new(WEEK_DAYS, n_slots);
    for (int day = 0; day < origin; day++) {
        int at = matrix_weekday(matrix, day) * n_slots;
        double w = weight != NULL ? weight[day] : 1;
        linear_add(&usual[at], w, &matrix->z[day * n_slots], n_slots);
        linear_add(&count[at], w, &matrix->seen[day * n_slots], n_slots);
    }
    for (int i = 0; i < WEEK_DAYS * n_slots; i++)
        usual[i] = count[i] > 0 ? usual[i] / count[i] : 0;
    return usual;
}

static double robust_sigma(const double *values, const int *days, int n, double *scratch)
{
    for (int i = 0; i < n; i++)
        scratch[i] = fabs(values[days[i]]);
    return MAD_TO_SIGMA * array_median(scratch, n);
}

/* Is there a new level at the end? Days are positions in `days`, the plain ones in order. */
static int find_restart(const double *level, const int *days, int n, double floor_sigma, double *scratch)
{
    if (n < SHIFT_DAYS + NEIGHBOURS)
        return 0;
    int base_end = n - SHIFT_DAYS, base = MAX(0, base_end - SHIFT_BASE_DAYS);
    for (int i = base; i < base_end; i++)
        scratch[i - base] = level[days[i]];
    double median = array_median(scratch, base_end - base);
    for (int i = base; i < base_end; i++)
        scratch[i - base] = fabs(level[days[i]] - median);
    double limit = SHIFT_SIGMA * MAX(floor_sigma, MAD_TO_SIGMA * array_median(scratch, base_end - base));
    int side = level[days[n - 1]] > median ? 1 : -1;
    int from = n;
    while (from > base && side * (level[days[from - 1]] - median) > limit)
        from--;
    return from <= base_end ? days[from] : 0;
}

/* Distance of each day from the usual roots of its weekday into level, weight 0 or 1, and the plain days in
 * order into `plain`; returns how many. */
static int find_level(struct day_weights *weights, const struct day_matrix *matrix,
                      const struct day_calendar *calendar, const double *usual, double *level, int *plain)
{
    int n_slots = matrix->n_slots, n_plain = 0;
    weights->outliers = 0;
    for (int day = 0; day < weights->n; day++) {
        weights->weight[day] = 0;
        if (matrix_seen_share(matrix, day) < 0.5)
            continue;
        const struct day_info *info = calendar_day(calendar, matrix->first_day + day);
        double sum = 0, n = 0, total = 0, power = 0;
        for (int s = 0; s < n_slots; s++) {
            int cell = day * n_slots + s;
            double want = usual[info->weekday * n_slots + s], seen = matrix->seen[cell];
            sum += matrix->z[cell] - seen * want;
            n += seen;
            total += seen > 0 ? matrix->y[cell] : 0;
            power += seen * MAX(0, want * want - 0.3);
        }
        level[day] = n > 0 ? sum / n : 0;
        bool empty = total == 0 && power > EMPTY_POWER;
        weights->weight[day] = empty ? 0 : 1;
        weights->outliers += empty;
        if (!empty && !calendar_is_special(info))
            plain[n_plain++] = day;
    }
    return n_plain;
}

/* The days around one, sorted. */
struct window {
    int n;
    double value[2 * NEIGHBOURS + 2];
};

static void window_add(struct window *window, double value)
{
    int at = window->n++;
    for (; at > 0 && window->value[at - 1] > value; at--)
        window->value[at] = window->value[at - 1];
    window->value[at] = value;
}

/* A value that is in it. */
static void window_drop(struct window *window, double value)
{
    int at = 0;
    while (window->value[at] < value)
        at++;
    window->n--;
    for (; at < window->n; at++)
        window->value[at] = window->value[at + 1];
}

/* Weights from the distance to the running median of the plain days; `off` and `scratch`: room for all days.
 */
static void weigh(struct day_weights *weights, const double *level, const int *plain, int n_plain,
                  double floor_sigma, double *off, double *scratch)
{
    struct window window = {0};
    for (int i = 0; i < n_plain + NEIGHBOURS; i++) {
        if (i < n_plain)
            window_add(&window, level[plain[i]]);
        if (i > 2 * NEIGHBOURS)
            window_drop(&window, level[plain[i - 2 * NEIGHBOURS - 1]]);
        int middle = i - NEIGHBOURS;
        if (middle >= 0)
            off[plain[middle]] = level[plain[middle]] - array_quantile(window.value, window.n, 0.5);
    }
    double sigma = MAX(floor_sigma, robust_sigma(off, plain, n_plain, scratch));
    weights->restart = find_restart(level, plain, n_plain, floor_sigma, scratch);
    for (int i = 0; i < n_plain; i++) {
        double distance = fabs(off[plain[i]]);
        bool new_level = weights->restart > 0 && plain[i] >= weights->restart;
        if (distance <= OUTLIER_SIGMA * sigma || new_level)
            continue;
        weights->weight[plain[i]] = OUTLIER_SIGMA * sigma / distance;
        weights->outliers++;
    }
}

void day_weights_init(struct day_weights *weights, const struct day_matrix *matrix,
                      const struct day_calendar *calendar, int origin)
{
    *weights = (struct day_weights){.n = origin, .weight = array_new(origin, 1)};
    g_autofree double *level = array_new(origin, 1), *off = array_new(origin, 1);
    g_autofree double *scratch = array_new(origin, 1);
    g_autofree int *plain = g_new0(int, (gsize)origin + 1);
    /* The mean of n_slots roots of Poisson counts has this deviation even in a queue without any surprise. */
    double floor_sigma = sqrt(0.25 / matrix->n_slots);
    /* Twice: what an outlier did to the usual roots of its weekday is undone in the second round. */
    for (int round = 0; round < 2; round++) {
        g_autofree double *usual = usual_roots(matrix, origin, round > 0 ? weights->weight : NULL);
        int n_plain = find_level(weights, matrix, calendar, usual, level, plain);
        weigh(weights, level, plain, n_plain, floor_sigma, off, scratch);
    }
}

void day_weights_clear(struct day_weights *weights)
{
    g_free(weights->weight);
    *weights = (struct day_weights){0};
}
