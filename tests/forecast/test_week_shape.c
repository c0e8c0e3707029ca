#include "tests/support/testing.h"

#include "core/random.h"
#include "forecast/array.h"
#include "forecast/week_shape.h"

#include <math.h>

#define SLOTS 48

/* Curves around a level of 10: working days alike, weekends lower and later, Mondays with a peak of one slot.
 */
static double curve(int weekday, int slot)
{
    double working = 10 + 3 * sin(2 * G_PI * (slot - 12) / SLOTS),
           weekend = 8 + sin(2 * G_PI * (slot - 20) / SLOTS);
    return (weekday < 5 ? working : weekend) + (weekday == 0 && slot == 18 ? 5 : 0);
}

/* Deviation 1, near enough to normal. */
static double bell(struct random *random)
{
    double sum = -6;
    for (int i = 0; i < 12; i++)
        sum += random_uniform(random);
    return sum;
}

/* Means over `weeks` weeks with noise of this deviation, before and after chance is taken out: root mean
   square error after, over before, at most; and the share of Monday's peak that must be left. */
static const struct {
    const char *what;
    int weeks, hidden_from; /* slots from here on are never seen */
    double noise, ratio, peak;
} cases[] = {
    {"four weeks, noisy", 4, SLOTS, 1.5, 0.65, 0.5},
    {"four weeks, hardly any noise", 4, SLOTS, 0.05, 1.01, 0.97},
    {"no noise", 4, SLOTS, 0, 1, 1},
    {"a year", 52, SLOTS, 1.5, 0.9, 0.6},
    {"one week: noise cannot be told", 1, SLOTS, 1.5, 1, 0},
    {"closed in the afternoon", 4, 30, 1.5, 0.75, 0.5},
    {"nothing but noise", 6, SLOTS, 50, 0.5, 0},
};

START_TEST(chance_is_taken_out)
{
    int n_days = 7 * cases[_i].weeks, first = 4; /* 1970-01-05 was a Monday */
    struct day_matrix matrix = {.first_day = first, .n_days = n_days, .n_slots = SLOTS, .interval_s = 1800};
    struct model_input input = {.matrix = &matrix, .origin = n_days};
    g_autofree double *seen = array_new(n_days, SLOTS), *values = array_new(n_days, SLOTS),
                      *weight = array_new(n_days, 1), *mean = array_new(7, SLOTS),
                      *before = array_new(7, SLOTS);
    struct random random;
    random_seed(&random, 7 + (uint64_t)_i);
    matrix.seen = seen;
    for (int day = 0; day < n_days; day++) {
        double level = 0.5 * cases[_i].noise * bell(&random);
        weight[day] = 1;
        for (int s = 0; s < cases[_i].hidden_from; s++) {
            seen[day * SLOTS + s] = 1;
            values[day * SLOTS + s] = curve(day % 7, s) + level + cases[_i].noise * bell(&random);
            mean[day % 7 * SLOTS + s] += values[day * SLOTS + s] / cases[_i].weeks;
        }
    }
    array_copy(before, mean, 7 * SLOTS);
    week_shape_clear(&input, values, weight, mean);
    /* Levels are not its business: errors are those of the shapes. */
    double error[2] = {0}, n = cases[_i].hidden_from;
    for (int weekday = 0; weekday < 7; weekday++) {
        double middle = 0, was = 0;
        for (int s = 0; s < cases[_i].hidden_from; s++) {
            middle += curve(weekday, s) / n;
            was += before[weekday * SLOTS + s] / n;
        }
        for (int s = 0; s < SLOTS; s++) {
            double want = curve(weekday, s) - middle;
            if (s >= cases[_i].hidden_from) {
                ck_assert_double_eq(mean[weekday * SLOTS + s], 0);
                continue;
            }
            error[0] += pow(before[weekday * SLOTS + s] - was - want, 2);
            error[1] += pow(mean[weekday * SLOTS + s] - was - want, 2);
        }
    }
    ck_assert_msg(sqrt(error[1]) <= cases[_i].ratio * sqrt(error[0]) + 1e-9, "%s: error %g of %g",
                  cases[_i].what, sqrt(error[1]), sqrt(error[0]));
    double peak = mean[18] - (mean[17] + mean[19]) / 2;
    ck_assert_msg(peak >= 5 * cases[_i].peak - 0.05, "%s: peak %g", cases[_i].what, peak);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("forecast/week_shape");
    TCase *t = tcase_create("shape");
    tcase_add_loop_test(t, chance_is_taken_out, 0, (int)G_N_ELEMENTS(cases));
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
