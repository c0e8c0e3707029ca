/*
 * Replications of a roster: the same bits for any number of threads, chance of days and absences, contract
 * periods, stopping, two rosters under common chance, and what all of it says beside closed forms.
 */
#include <math.h>
#include <string.h>

#include "core/random.h"
#include "scheduler/simulate/busy.h"
#include "scheduler/simulate/estimate.h"
#include "scheduler/simulate/simulate.h"
#include "scheduler/simulate/staff.h"
#include "tests/scheduler/roster_tiny.h"
#include "tests/support/testing.h"

#define HOUR_S 3600

/* A queue (two, if shared by all agents) with the same load and the same agents all week: each works the
   clock round, day by day. `site`: out-of-office shrinkage. */
struct steady {
    struct plan_problem *problem;
    struct plan_solution solution;
    struct shift *shifts;
    double *staffed;
};

static void steady_init(struct steady *s, int n_queues, int agents, double per_interval, double aht_s,
                        double away, double busyness_cv2)
{
    struct plan_problem *problem = s->problem = tiny_problem("UTC", 30, TINY_MONDAY);
    struct operation *operation = problem->operation;
    int tmpl = tiny_template(problem, 0, 0, 60, 1440, 1440, 60);
    for (int q = 0; q < n_queues; q++)
        tiny_queue(problem);
    for (int a = 0; a < agents; a++)
        tiny_agent(problem, (1U << n_queues) - 1);
    operation->sites[0].shrinkage = away;
    tiny_demand(problem, 1);
    struct demand *demand = &problem->demand;
    demand_add_load(demand);
    demand_add_busyness(demand);
    s->staffed = g_new0(double, (gsize)n_queues *(gsize)demand->grid.n + 1);
    for (int q = 0; q < n_queues; q++) {
        operation->queues[q].patience_s = 150;
        demand->busyness_cv2[q] = busyness_cv2;
        for (int32_t iv = 0; iv < demand->grid.n; iv++) {
            demand->offered[DEMAND_CELL(demand, q, iv)] = per_interval;
            demand->aht_s[DEMAND_CELL(demand, q, iv)] = aht_s;
            s->staffed[DEMAND_CELL(demand, q, iv)] = (double)agents / n_queues;
        }
    }
    s->shifts = g_new0(struct shift, (gsize)agents * 7);
    for (int a = 0; a < agents; a++)
        for (int day = 0; day < 7; day++)
            s->shifts[a * 7 + day] = (struct shift){
                .agent = a, .tmpl = tmpl, .start_ts = TINY_TS(day, 0), .end_ts = TINY_TS(day + 1, 0)};
    s->solution = (struct plan_solution){.shifts = s->shifts,
                                         .n_shifts = agents * 7,
                                         .staffed = s->staffed,
                                         .n_staffed = n_queues * demand->grid.n};
}

/* Another week of the same queue, load and shifts. Of one queue alone. */
static void steady_again(struct steady *s)
{
    struct demand *demand = &s->problem->demand;
    int32_t n = demand->grid.n;
    s->problem->n_weeks = 2;
    demand->grid.n = 2 * n;
    demand->offered = g_renew(double, demand->offered, demand->grid.n);
    demand->aht_s = g_renew(double, demand->aht_s, demand->grid.n);
    memcpy(demand->offered + n, demand->offered, (size_t)n * sizeof(double));
    memcpy(demand->aht_s + n, demand->aht_s, (size_t)n * sizeof(double));
    g_free(s->staffed);
    s->staffed = s->solution.staffed = NULL;
    s->shifts = g_renew(struct shift, s->shifts, 2 * s->solution.n_shifts);
    for (int i = 0; i < s->solution.n_shifts; i++) {
        s->shifts[s->solution.n_shifts + i] = s->shifts[i];
        s->shifts[s->solution.n_shifts + i].start_ts += 7 * DAY_S;
        s->shifts[s->solution.n_shifts + i].end_ts += 7 * DAY_S;
    }
    s->solution.shifts = s->shifts;
    s->solution.n_shifts *= 2;
}

static void steady_clear(struct steady *s)
{
    plan_problem_free(s->problem);
    g_free(s->shifts);
    g_free(s->staffed);
}

static struct simulate_report steady_run(const struct steady *s, const struct simulate_ask *ask)
{
    g_autoptr(GError) error = NULL;
    struct simulate_report report = {0};
    simulate_roster(s->problem, &s->solution, ask, &report, &error);
    ck_no_error(error);
    return report;
}

/* ---- chance ---- */

/* Quantiles of known distributions: exponential (cv² 1), chi-square of 4 and 20 degrees (cv² 1/2, 1/10;
   tables: 5 % and 95 % points 0.710723, 9.487729; 10.850811, 31.410433). */
static const struct {
    const char *what;
    double cv2, u, want, tolerance;
} factors[] = {
    {"certain", 0, 0.3, 1, 0},
    {"exponential, low", 1, 0.01, 0.01005033585350145, 1e-12},
    {"exponential, high", 1, 0.999, 6.907755278982137, 1e-10},
    {"chi-square 4, 5 %", 0.5, 0.05, 0.710723 / 4, 2e-7},
    {"chi-square 4, 95 %", 0.5, 0.95, 9.487729 / 4, 2e-7},
    {"chi-square 20, 5 %", 0.1, 0.05, 10.850811 / 20, 5e-8},
    {"chi-square 20, 95 %", 0.1, 0.95, 31.410433 / 20, 5e-8},
    {"nearly normal", 1e-8, 0.975, 1 + 1.959964e-4, 1e-7},
};

START_TEST(factor_of_a_day)
{
    double got = busy_factor(factors[_i].cv2, factors[_i].u);
    ck_assert_msg(fabs(got - factors[_i].want) <= factors[_i].tolerance, "%s: %.12g, not %.12g",
                  factors[_i].what, got, factors[_i].want);
}
END_TEST

static const double spreads[] = {1, 0.3, 0.04, 1e-3, 2e-5, 5e-6};

START_TEST(factors_have_mean_and_spread)
{
    enum { N = 4000 };
    double sum = 0, squares = 0, cv2 = spreads[_i], last = 0;
    for (int i = 0; i < N; i++) {
        double factor = busy_factor(cv2, (i + 0.5) / N);
        ck_assert_msg(factor > last, "cv2 %g: not rising at %d", cv2, i);
        last = factor;
        sum += factor;
        squares += factor * factor;
    }
    ck_assert_double_eq_tol(sum / N, 1, 1e-3 * sqrt(cv2));
    ck_assert_double_eq_tol(squares / N - 1, cv2, 5e-3 * cv2);
}
END_TEST

static const struct {
    double p, want;
} normals[] = {{0.5, 0},
               {0.6, 0.2533471031357997},
               {0.9, 1.2815515655446004},
               {0.975, 1.959963984540054},
               {1e-4, -3.719016485455709},
               {1e-10, -6.361340902404056}};

START_TEST(quantile_of_the_normal)
{
    ck_assert_double_eq_tol(normal_quantile(normals[_i].p), normals[_i].want, 1e-9);
    if (normals[_i].p > 0.5)
        ck_assert(normal_quantile(1 - normals[_i].p) == -normal_quantile(1 - (1 - normals[_i].p)));
}
END_TEST

/* Factors of two days of a week: each as alone, together as the copula says. want: correlation of the two
   Gamma factors, by Gauss-Hermite quadrature of 80 × 80 points. */
static const struct {
    const char *what;
    double cv2, correlation, want;
} togethers[] = {
    {"independent", 0.04, 0, 0},
    {"a demo queue", 0.01, 0.15, 0.149717},
    {"nearly as its normal scores", 0.04, 0.5, 0.497792},
    {"skewed", 0.25, 0.3, 0.288809},
    {"exponential", 1, 0.9, 0.882851},
    {"days alike", 0.04, 1, 1},
};

START_TEST(days_go_together)
{
    enum { N = 60000 };
    double sum = 0, squares = 0, products = 0, cv2 = togethers[_i].cv2, rho = togethers[_i].correlation;
    for (uint64_t i = 0; i < N; i++) {
        double week = random_uniform_at(1, 0, i) + 0x1p-54, factor[2];
        for (uint64_t day = 0; day < 2; day++) {
            double own = random_uniform_at(2, day, i) + 0x1p-54, luck = busy_luck(rho, week, own);
            ck_assert(rho > 0 || luck == own);
            ck_assert_double_eq_tol(busy_luck(rho, 1 - week, 1 - own), 1 - luck, 1e-12);
            factor[day] = busy_factor(cv2, luck);
            sum += factor[day] / 2;
            squares += (factor[day] - 1) * (factor[day] - 1) / 2;
        }
        ck_assert(rho < 1 || factor[0] == factor[1]);
        products += (factor[0] - 1) * (factor[1] - 1);
    }
    /* four standard errors and more */
    ck_assert_double_eq_tol(sum / N, 1, 4 * sqrt(cv2 / N));
    ck_assert_double_eq_tol(squares / N / cv2, 1, 4 * sqrt((2 + 6 * cv2) / N));
    ck_assert_msg(fabs(products / squares - togethers[_i].want) < 4 * sqrt((1 + 6 * cv2) / N),
                  "%s: %g, not %g", togethers[_i].what, products / squares, togethers[_i].want);
}
END_TEST

/* Whatever is drawn, luck is never 0 or 1. */
START_TEST(luck_has_ends)
{
    const double low = 0x1p-54, high = 1 - 0x1p-53;
    for (int i = 1; i <= 10; i++) {
        double least = busy_luck(i / 10.0, low, low), most = busy_luck(i / 10.0, high, high);
        ck_assert(least > 0 && least < 1e-15 && most < 1 && most > 1 - 1e-15);
        ck_assert(isfinite(busy_factor(0.04, most)) && busy_factor(0.04, 1 - most) > 0);
        ck_assert(isfinite(busy_factor(0.04, 1 - least)) && busy_factor(0.04, least) > 0);
    }
}
END_TEST

/* Whole agents miss whole shifts; on the mean as many as the share says, and the same in any roster. */
START_TEST(absence_has_its_mean)
{
    enum { AGENTS = 20, DRAWS = 400 };
    const double away = 0.15;
    g_autoptr(GError) error = NULL;
    struct steady s;
    struct staff staff;
    struct staff_drawn drawn, other;
    steady_init(&s, 1, AGENTS, 10, 300, away, 0);
    s.problem->operation->queues[0].shrinkage = 0.1;
    ck_assert(staff_init(&staff, s.problem, &s.solution, &error));
    staff_drawn_init(&drawn, &staff);
    staff_drawn_init(&other, &staff);
    double sum = 0;
    int n = staff.n_intervals, per_day = n / 7;
    for (int r = 0; r < DRAWS; r++) {
        staff_draw(&staff, (uint64_t)r, false, &drawn);
        for (int iv = 0; iv < n; iv++) {
            double there = drawn.present[iv] / 0.9;
            ck_assert_double_eq_tol(there, round(there), 1e-9);
            ck_assert_double_eq_tol(drawn.present[iv], drawn.present[iv - iv % per_day], 1e-9);
            ck_assert_int_le(abs(drawn.whole[iv] - (int)round(drawn.present[iv])), 1);
        }
        for (int day = 0; day < 7; day++)
            sum += drawn.present[day * per_day] / 0.9;
    }
    double trials = AGENTS * 7.0 * DRAWS;
    ck_assert_double_eq_tol(sum / trials, 1 - away, 4 * sqrt(away * (1 - away) / trials));
    ck_assert_double_eq_tol(staff.present[5], AGENTS * 0.9 * (1 - away), 1e-9);
    staff_draw(&staff, 3, true, &other);
    ck_assert_mem_eq(other.present, staff.present, (size_t)n * sizeof(double));

    /* without agent 0 the others miss the same days */
    struct staff fewer;
    struct plan_solution solution = s.solution;
    solution.shifts += 7;
    solution.n_shifts -= 7;
    ck_assert(staff_init(&fewer, s.problem, &solution, &error));
    staff_draw(&staff, 7, false, &drawn);
    staff_drawn_clear(&other);
    staff_drawn_init(&other, &fewer);
    staff_draw(&fewer, 7, false, &other);
    for (int iv = 0; iv < n; iv++) {
        double without = (drawn.present[iv] - other.present[iv]) / 0.9;
        ck_assert(fabs(without) < 1e-9 || fabs(without - 1) < 1e-9);
    }
    staff_drawn_clear(&drawn);
    staff_drawn_clear(&other);
    staff_clear(&staff);
    staff_clear(&fewer);
    steady_clear(&s);
}
END_TEST

/* ---- estimates ---- */

/* Wilson 1927; 0 and 10 of 10, 7 of 10, 81 of 263 (Newcombe 1998: 0.2553 to 0.3662). */
static const struct {
    double share, n, low, high;
} shares[] = {
    {0, 10, 0, 0.2775}, {1, 10, 0.7225, 1}, {0.7, 10, 0.3968, 0.8922}, {81 / 263.0, 263, 0.2553, 0.3662}};

START_TEST(interval_of_a_share)
{
    double low, high;
    share_interval(shares[_i].share, shares[_i].n, &low, &high);
    ck_assert_double_eq_tol(low, shares[_i].low, 5e-5);
    ck_assert_double_eq_tol(high, shares[_i].high, 5e-5);
}
END_TEST

START_TEST(ratios_and_quantiles)
{
    /* ratio 20/28; residuals -1/7, 2/7, … by hand: Σ(num - r den)² = 3.714286, half = t(3) √(4/3 · that)/28
     */
    static const struct ratio_sample a[] = {{4, 6}, {5, 7}, {6, 7}, {5, 8}};
    struct ratio_estimate e = ratio_estimate(a, 4, 1, 1);
    double r = 20.0 / 28, squares = 0;
    for (int i = 0; i < 4; i++)
        squares += (a[i].num - r * a[i].den) * (a[i].num - r * a[i].den);
    ck_assert_double_eq_tol(e.ratio, r, 1e-15);
    ck_assert_double_eq_tol(e.half, 3.18245 * sqrt(squares * 4 / 3) / 28, 1e-5);
    ck_assert_double_eq_tol(ratio_estimate(a, 4, 1, 2).half, 12.7062 * sqrt(2 * 2 * pow(9 - r * 13, 2)) / 28,
                            1e-5);
    ck_assert(isinf(ratio_estimate(a, 1, 1, 1).half) && isinf(ratio_estimate(a, 2, 1, 2).half));
    struct ratio_estimate same = ratio_difference(a, 1, a, 1, 4, 1);
    ck_assert(same.ratio == 0 && same.half == 0);
    static const struct ratio_sample none[2] = {{0, 0}, {0, 0}};
    ck_assert_double_eq(ratio_estimate(none, 2, 1, 1).ratio, 1);
    static const double sorted[] = {1, 2, 4, 8, 16};
    ck_assert_double_eq_tol(sorted_quantile(sorted, 5, 0.5), 4, 1e-12);
    ck_assert_double_eq_tol(sorted_quantile(sorted, 5, 0.05), 1.2, 1e-12);
    ck_assert_double_eq_tol(sorted_quantile(sorted, 5, 1), 16, 1e-12);
    ck_assert_double_eq_tol(sorted_quantile(sorted, 1, 0.3), 1, 1e-12);
}
END_TEST

/* ---- replications ---- */

static bool stop_after(int done, void *user)
{
    return done < *(int *)user;
}

static void same_reports(const struct simulate_report *a, const struct simulate_report *b)
{
    ck_assert_int_eq(a->replications, b->replications);
    ck_assert_int_eq(a->n_lines, b->n_lines);
    ck_assert_double_eq(a->contacts, b->contacts);
    ck_assert_mem_eq(a->in_time, b->in_time, (size_t)a->n_cells * sizeof(double));
    ck_assert_mem_eq(a->counted, b->counted, (size_t)a->n_cells * sizeof(double));
    ck_assert_mem_eq(a->samples, b->samples,
                     (size_t)a->n_lines * (size_t)a->replications * sizeof *a->samples);
    for (int i = 0; i < a->n_lines; i++) {
        const struct simulate_line *x = &a->lines[i], *y = &b->lines[i];
        const double pairs[][2] = {{x->sl, y->sl},           {x->sl_half, y->sl_half},
                                   {x->met_low, y->met_low}, {x->met_share, y->met_share},
                                   {x->asa_s, y->asa_s},     {x->occupancy, y->occupancy},
                                   {x->sl_p5, y->sl_p5},     {x->abandon, y->abandon}};
        for (size_t k = 0; k < G_N_ELEMENTS(pairs); k++)
            ck_assert_msg(memcmp(&pairs[k][0], &pairs[k][1], sizeof(double)) == 0, "line %d, figure %zu", i,
                          k);
    }
}

static const int thread_counts[] = {2, 4};

START_TEST(threads_do_not_matter)
{
    struct steady s;
    steady_init(&s, 2, 8, 20, 300, 0.1, 0.02);
    demand_add_correlation(&s.problem->demand);
    s.problem->demand.day_correlation[1] = 0.4;
    struct simulate_ask ask = {.seed = 5, .replications = 37};
    struct simulate_report one = steady_run(&s, &ask);
    ask.threads = thread_counts[_i];
    struct simulate_report many = steady_run(&s, &ask);
    same_reports(&one, &many);
    simulate_report_clear(&many);

    /* stopped early: the first so many of them. Only the calling thread asks, and may wait long for its turn.
     */
    int stop = 9;
    ask.replications = 100000;
    ask.go_on = stop_after;
    ask.user = &stop;
    many = steady_run(&s, &ask);
    ck_assert_int_ge(many.replications, stop);
    ck_assert_int_lt(many.replications, ask.replications);
    ck_assert_mem_eq(one.samples, many.samples,
                     (size_t)one.n_lines * (size_t)MIN(many.replications, 37) * sizeof *one.samples);
    simulate_report_clear(&many);
    simulate_report_clear(&one);

    /* known well enough: after the same number */
    ask = (struct simulate_ask){.seed = 5, .replications = 100000, .half_width = 0.01};
    one = steady_run(&s, &ask);
    ask.threads = thread_counts[_i];
    many = steady_run(&s, &ask);
    same_reports(&one, &many);
    ck_assert_int_lt(one.replications, 100000);
    ck_assert_int_eq(one.replications % SIMULATE_BATCH, 0);
    for (int i = 0; i < one.n_lines; i++)
        ck_assert(!one.lines[i].whole || one.lines[i].sl_half <= 0.01);
    ask.half_width = 0.005;
    struct simulate_report more = steady_run(&s, &ask);
    ck_assert_int_gt(more.replications, one.replications);
    ask.replications = 70;
    ask.half_width = 1e-6;
    simulate_report_clear(&more);
    more = steady_run(&s, &ask);
    ck_assert_int_eq(more.replications, 70);
    simulate_report_clear(&one);
    simulate_report_clear(&many);
    simulate_report_clear(&more);
    steady_clear(&s);
}
END_TEST

/* Days of a steady week beside Erlang A, with the days' uncertainty integrated, and beside it: less of it. */
static const struct {
    const char *what;
    double cv2;
    bool certain;
} weeks[] = {{"certain", 0, false}, {"uncertain", 0.04, false}, {"uncertain, taken as certain", 0.04, true}};

START_TEST(days_as_erlang_says)
{
    enum { NODES = 400, AGENTS = 12 };
    struct steady s;
    steady_init(&s, 1, AGENTS, 62, 300, 0, weeks[_i].cv2);
    const struct queue *queue = &s.problem->operation->queues[0];
    struct simulate_ask ask = {
        .seed = 11, .replications = weeks[_i].cv2 > 0 ? 300 : 60, .certain = weeks[_i].certain};
    struct simulate_report report = steady_run(&s, &ask);
    ck_assert_int_eq(report.cluster, weeks[_i].cv2 > 0 && !weeks[_i].certain ? 2 : 1);
    double in_time = 0, counted = 0, offered = 62, aht_s = 300;
    for (int i = 0; i < NODES; i++) {
        double load_offered =
            offered * (weeks[_i].certain ? 1 : busy_factor(weeks[_i].cv2, (i + 0.5) / NODES));
        const struct load load = {.grid = s.problem->demand.grid, .offered = &load_offered, .aht_s = &aht_s};
        struct service service;
        staffing_service(queue, &load, 0, AGENTS, &service);
        in_time += service.in_time;
        counted += service.counted;
    }
    for (int i = 0; i < report.n_lines; i++) {
        const struct simulate_line *line = &report.lines[i];
        if (line->from_iv == 0 || line->whole)
            continue;
        double sigma = line->sl_half / 1.96;
        ck_assert_msg(fabs(line->sl - in_time / counted) < 4 * sigma, "%s, line %d: %g, not %g (sigma %g)",
                      weeks[_i].what, i, line->sl, in_time / counted, sigma);
        ck_assert_double_lt(sigma, 0.02);
    }
    simulate_report_clear(&report);
    steady_clear(&s);
}
END_TEST

/* Contacts of days and weeks as they vary: n a day with cv² c and correlation r, k days together, vary by
   k n + k n² c + k (k - 1) n² c r; days of two weeks are independent, and so are opposite replications of
   what they were without it. want_r: that of the factors (days_go_together). */
static const struct {
    const char *what;
    double correlation, want_r;
} weeks_sums[] = {{"independent", 0, 0}, {"together", 0.5, 0.497792}, {"alike", 1, 1}};

START_TEST(weeks_vary_as_their_days)
{
    enum { DAYS = 14, N = 1200 };
    const double cv2 = 0.04, n = 2 * 48;
    struct steady s;
    steady_init(&s, 1, 1, n / 48, 1, 0, cv2);
    steady_again(&s);
    if (weeks_sums[_i].correlation > 0) {
        demand_add_correlation(&s.problem->demand);
        s.problem->demand.day_correlation[0] = weeks_sums[_i].correlation;
    }
    struct simulate_ask ask = {.seed = 21, .replications = N, .threads = 2};
    struct simulate_report report = steady_run(&s, &ask);
    ck_assert_int_eq(report.cluster, 2);
    double one = 0, week = 0, between = 0, opposite = 0, mean = 0;
    for (int i = 0; i < N; i++) {
        const struct ratio_sample *sample = report.samples + (size_t)i * (size_t)report.n_lines;
        double sum[2] = {0, 0}, pair = 0;
        for (int day = 0; day < DAYS; day++) {
            double off = sample[day].den - n;
            ck_assert_int_eq(report.lines[day].to_iv - report.lines[day].from_iv, 48);
            sum[day / 7] += off;
            one += off * off / DAYS;
            pair += i % 2 == 0 ? off * (sample[day + report.n_lines].den - n) / DAYS : 0;
        }
        mean += (sum[0] + sum[1]) / DAYS;
        week += (sum[0] * sum[0] + sum[1] * sum[1]) / 2;
        between += sum[0] * sum[1];
        opposite += 2 * pair;
    }
    double day_variance = n + n * n * cv2;
    double variance = 7 * day_variance + 42 * n * n * cv2 * weeks_sums[_i].want_r;
    /* two between and half of the replications are independent: standard error of a variance √(2/N) */
    ck_assert_double_eq_tol(mean / N, 0, 4 * sqrt(day_variance / N));
    ck_assert_double_eq_tol(one / N / day_variance, 1, 4 * sqrt(2.0 / N));
    ck_assert_msg(fabs(week / N / variance - 1) < 4 * sqrt(2.0 / N), "%s: %g, not %g", weeks_sums[_i].what,
                  week / N, variance);
    ck_assert_double_eq_tol(between / N / variance, 0, 4 * sqrt(2.0 / N));
    ck_assert_double_eq_tol(opposite / N / (n * n * cv2), -0.99, 4 * sqrt(2.0 / N));
    simulate_report_clear(&report);
    steady_clear(&s);
}
END_TEST

/* Contract periods. The grid is the week from Monday, 23 November, so a month ends on its last day but one;
   the past is a disaster or a blessing, and only the first period knows it. */
static const struct {
    const char *what;
    enum sla_period period;
    int n_weeks, n_lines, n_periods;
    double past_in_time;      /* of 1e6 counted; < 0: nothing is known */
    double met_low, met_high; /* of the whole must lie between */
} periods[] = {
    {"week", SLA_WEEK, 1, 8, 1, -1, 0.9, 1},
    {"day", SLA_DAY, 1, 8, 7, -1, 0.9, 1},
    {"interval", SLA_INTERVAL, 1, 8, 0, -1, 0.7, 0.95},
    {"two weeks", SLA_WEEK, 2, 17, 2, -1, 0.9, 1},
    {"months", SLA_MONTH, 2, 17, 2, -1, 0.9, 1},
    {"a month lost", SLA_MONTH, 1, 8, 1, 1e5, 0, 0},
    {"a month won", SLA_MONTH, 1, 8, 1, 1e6, 1, 1},
    {"one of two months lost", SLA_MONTH, 2, 17, 2, 1e5, 0.45, 0.5},
};

START_TEST(contract_periods)
{
    struct steady s;
    steady_init(&s, 1, 12, 58, 300, 0, 0);
    if (periods[_i].n_weeks == 2)
        steady_again(&s);
    s.problem->operation->queues[0].sla.period = periods[_i].period;
    s.problem->operation->queues[0].sla.target = 0.75;
    struct sla_past past = {1e6, periods[_i].past_in_time};
    struct simulate_ask ask = {
        .seed = 2, .replications = 20, .past = periods[_i].past_in_time < 0 ? NULL : &past};
    struct simulate_report report = steady_run(&s, &ask);
    ck_assert_msg(report.n_lines == periods[_i].n_lines, "%s: %d lines", periods[_i].what, report.n_lines);
    int n = 0, known = 0;
    for (int i = 0; i < report.n_lines; i++) {
        n += report.lines[i].contract;
        known += report.lines[i].past.counted > 0;
        ck_assert(report.lines[i].sl_p5 <= report.lines[i].sl_p50 &&
                  report.lines[i].sl_p50 <= report.lines[i].sl_p95);
        ck_assert(report.lines[i].met_low <= report.lines[i].met_share &&
                  report.lines[i].met_share <= report.lines[i].met_high);
    }
    const struct simulate_line *whole = &report.lines[report.n_lines - 1];
    ck_assert_msg(n == periods[_i].n_periods, "%s: %d periods", periods[_i].what, n);
    ck_assert_int_eq(known, periods[_i].past_in_time >= 0);
    ck_assert(whole->whole);
    ck_assert_msg(whole->met_share >= periods[_i].met_low && whole->met_share <= periods[_i].met_high,
                  "%s: met %g", periods[_i].what, whole->met_share);
    simulate_report_clear(&report);
    steady_clear(&s);
}
END_TEST

/* A queue that is open on two days of which one has far too many contacts: half of the days reach the target,
   the closed ones neither reach nor miss it. */
START_TEST(closed_days_do_not_count)
{
    struct steady s;
    steady_init(&s, 1, 12, 30, 300, 0, 0);
    struct queue *queue = &s.problem->operation->queues[0];
    queue->sla.period = SLA_DAY;
    queue->open = g_new0(struct week_span, 1);
    queue->open[0] = (struct week_span){.weekdays = 3, .from_min = 0, .to_min = 1440};
    queue->n_open = 1;
    for (int32_t iv = 48; iv < 96; iv++)
        s.problem->demand.offered[iv] = 120;
    struct simulate_ask ask = {.seed = 1, .replications = 10};
    struct simulate_report report = steady_run(&s, &ask);
    ck_assert_double_eq(report.lines[0].met_share, 1);
    ck_assert_double_eq(report.lines[1].met_share, 0);
    ck_assert_double_eq(report.lines[7].met_share, 0.5);
    simulate_report_clear(&report);
    steady_clear(&s);
}
END_TEST

/* Nobody works, and half of the days have no contact: every day that has one is missed, the others say
 * nothing.
 */
START_TEST(empty_days_do_not_count)
{
    struct steady s;
    steady_init(&s, 1, 12, 0, 300, 0, 0);
    s.problem->operation->queues[0].sla.period = SLA_DAY;
    s.problem->demand.offered[20] = 0.7;
    s.solution.n_shifts = 0;
    struct simulate_ask ask = {.seed = 1, .replications = 20};
    struct simulate_report report = steady_run(&s, &ask);
    ck_assert(report.contacts > 0 && report.lines[0].counted < 1);
    ck_assert_double_eq(report.lines[0].met_share, 0);
    ck_assert_double_eq(report.lines[7].met_share, 0);
    simulate_report_clear(&report);
    steady_clear(&s);
}
END_TEST

/* 20 agents for 58 x 300 s in half an hour; what is missed in the office is no time to be busy in. */
START_TEST(occupancy_is_of_time_present)
{
    struct steady s;
    steady_init(&s, 1, 20, 58, 300, 0, 0);
    struct simulate_ask ask = {.seed = 3, .replications = 10};
    for (int i = 0; i < 2; i++) {
        double shrinkage = s.problem->operation->queues[0].shrinkage = i * 0.2;
        struct simulate_report report = steady_run(&s, &ask);
        double want = 58 * 300 / (20 * (1 - shrinkage) * 1800);
        ck_assert_double_eq_tol(report.lines[report.n_lines - 1].occupancy, want, 0.01);
        simulate_report_clear(&report);
    }
    steady_clear(&s);
}
END_TEST

/* Who is missing goes by agent and day, not by where a shift stands in the roster. */
START_TEST(absences_know_the_agent)
{
    struct steady s;
    steady_init(&s, 1, 12, 50, 300, 0.3, 0);
    struct simulate_ask ask = {.seed = 6, .replications = 6};
    struct simulate_report there = steady_run(&s, &ask);
    for (int i = 0, k = s.solution.n_shifts - 1; i < k; i++, k--) {
        struct shift shift = s.shifts[i];
        s.shifts[i] = s.shifts[k];
        s.shifts[k] = shift;
    }
    struct simulate_report back = steady_run(&s, &ask);
    same_reports(&there, &back);
    simulate_report_clear(&there);
    simulate_report_clear(&back);
    steady_clear(&s);
}
END_TEST

/* An agent more, under the same chance: much better known than from two rosters apart. */
START_TEST(two_rosters)
{
    struct steady less, more;
    steady_init(&less, 1, 12, 62, 300, 0.08, 0.02);
    steady_init(&more, 1, 13, 62, 300, 0.08, 0.02);
    struct simulate_ask ask = {.seed = 4, .replications = 60};
    struct simulate_report a = steady_run(&less, &ask), b = steady_run(&more, &ask);
    struct ratio_estimate same = simulate_difference(&a, 7, &a, 7);
    struct ratio_estimate paired = simulate_difference(&a, 7, &b, 7);
    ck_assert(same.ratio == 0 && same.half == 0);
    ck_assert_double_eq_tol(paired.ratio, b.lines[7].sl - a.lines[7].sl, 1e-12);
    ck_assert(paired.ratio > 0.02 && paired.ratio < 0.1);
    ck_assert_double_lt(paired.half, 0.5 * hypot(a.lines[7].sl_half, b.lines[7].sl_half));
    ck_assert_double_gt(paired.ratio, 3 * paired.half);
    simulate_report_clear(&a);
    simulate_report_clear(&b);
    steady_clear(&less);
    steady_clear(&more);
}
END_TEST

/* Two agents with different skills for a Monday: their shifts, breaks and shrinkage as staff, and a level
 * that is what one agent alone gives. */
START_TEST(shifts_become_staff)
{
    AUTO(plan_problem) problem = tiny_problem("UTC", 30, 20780);
    struct operation *operation = problem->operation;
    int t = tiny_template(problem, 480, 480, 60, 480, 480, 60);
    tiny_break(problem, t, 30, true, 120, 120);
    tiny_queue(problem);
    tiny_queue(problem);
    tiny_agent(problem, 1);
    tiny_agent(problem, 3);
    operation->queues[1].channel = CHANNEL_EMAIL;
    operation->queues[1].ring_fence = true;
    operation->queues[1].shrinkage = 0.05;
    operation->sites[0].shrinkage = 0.2;
    operation->queues[0].shrinkage = 0.1;
    tiny_demand(problem, 1);
    struct demand *demand = &problem->demand;
    int64_t start = demand->grid.start_ts + 8 * HOUR_S;
    struct shift shifts[2] = {{.agent = 0, .tmpl = t, .start_ts = start, .end_ts = start + 8 * HOUR_S}};
    shifts[0].n_activities = 1;
    shifts[0].activities[0] = (struct activity){ACTIVITY_BREAK, start + 7200, start + 9000, true};
    shifts[1] = shifts[0];
    shifts[1].agent = 1;
    g_autofree double *staffed = g_new0(double, 2 * (gsize)demand->grid.n);
    staffed[demand->grid.n + 16] = 1; /* 8:00: the second agent is planned for e-mail */
    struct plan_solution solution = {.shifts = shifts, .n_shifts = 2, .staffed = staffed};
    g_autoptr(GError) error = NULL;
    struct staff staff;
    ck_assert(staff_init(&staff, problem, &solution, &error));
    ck_assert_int_eq(staff.groups.n_alike, 2);
    ck_assert_int_eq(staff.groups.n, 3);
    const double *first = staff.present, *second = staff.present + demand->grid.n;
    const double *fenced = second + demand->grid.n;
    for (int iv = 0; iv < demand->grid.n; iv++) {
        double there = iv >= 16 && iv < 32 && iv != 20 ? 0.8 * 0.9 : 0;
        ck_assert_double_eq_tol(first[iv] + second[iv], iv == 16 ? there : 2 * there, 1e-12);
        ck_assert_double_eq_tol(fenced[iv], iv == 16 ? 0.8 * 0.95 : 0, 1e-12);
    }
    struct staff_drawn drawn;
    staff_drawn_init(&drawn, &staff);
    staff_draw(&staff, 1, true, &drawn);
    int sum = 0;
    for (int iv = 0; iv < demand->grid.n; iv++)
        sum += drawn.whole[iv];
    ck_assert_int_ge(sum, 10); /* 15 × 0.72 = 10.8 */
    ck_assert_int_le(sum, 11);
    staff_drawn_clear(&drawn);
    staff_clear(&staff);

    struct simulate_ask ask = {.seed = 1, .replications = 20, .even = true};
    struct simulate_report report = {0};
    ck_assert(!simulate_roster(problem, &solution, &ask, &report, &error));
    ck_assert_ptr_nonnull(strstr(error->message, "contacts"));
    g_clear_error(&error);
    demand_add_load(demand);
    for (int iv = 16; iv < 32; iv++) {
        demand->offered[iv] = 4;
        demand->aht_s[iv] = 240;
    }
    operation->queues[0].patience_s = 120;
    ck_assert(simulate_roster(problem, &solution, &ask, &report, &error));
    ck_assert_int_eq(report.replications, 20);
    ck_assert_int_eq(report.n_lines, 16);
    const struct simulate_line *week = &report.lines[7];
    ck_assert(week->whole && week->queue == 0 && week->offered > 50 && week->offered < 78);
    ck_assert(week->sl > 0.5 && week->sl < 0.95 && week->sl_half > 0 && week->sl_half < 0.1);
    ck_assert_double_eq_tol(week->sl, report.lines[0].sl, 1e-12);
    ck_assert_double_eq_tol(report.lines[3].sl, 1, 1e-12);
    ck_assert_int_eq(report.n_cells, 2 * demand->grid.n); /* the cells sum up to the line */
    double in_time = 0, counted = 0;
    for (int iv = 0; iv < report.n_cells; iv++) {
        in_time += report.in_time[iv];
        counted += report.counted[iv];
        ck_assert(iv < demand->grid.n || report.counted[iv] == 0);
    }
    ck_assert_double_eq_tol(in_time / counted, week->sl, 1e-12);
    ck_assert_double_eq_tol(counted, week->offered, 1e-9);
    simulate_report_clear(&report);
}
END_TEST

/* ---- routing ---- */

/* Service level of a queue over the whole, of 30 replications; the same report's line of the other. */
static double whole_sl(const struct simulate_report *report, int queue, const struct simulate_line **line)
{
    for (int i = 0; i < report->n_lines; i++)
        if (report->lines[i].queue == queue && report->lines[i].whole) {
            if (line != NULL)
                *line = &report->lines[i];
            return report->lines[i].sl;
        }
    ck_abort_msg("no line of queue %d", queue);
}

static double erlang_sl(const struct queue *queue, double offered, double aht_s, const struct grid *grid,
                        double agents)
{
    const struct load load = {.grid = *grid, .offered = &offered, .aht_s = &aht_s};
    struct service service;
    staffing_service(queue, &load, 0, agents, &service);
    return service.sl;
}

/* Calls and email for the same 14 agents, email worth 2.5 of them: set aside, the calls have Erlang A's level
   of the other agents and all email is in time; blended, agents without email help the calls; with too little
   time set aside, email is late and piles up. */
static const struct {
    const char *what;
    bool fence;
    double set_aside;
    int blend_idle;
    double email_low, email_high; /* done in time */
    bool piles_up;
} mixes[] = {
    {"set aside", true, 3, 0, 0.99, 1, false},
    {"too little set aside", true, 1.5, 0, 0, 0.6, true},
    {"blended", false, 3, 0, 0.99, 1, false},
    {"blended, never", false, 3, 14, 0, 0.01, true},
};

START_TEST(email_beside_calls)
{
    struct steady s;
    steady_init(&s, 2, 14, 50, 300, 0, 0);
    struct operation *operation = s.problem->operation;
    struct demand *demand = &s.problem->demand;
    struct queue *email = &operation->queues[1];
    email->channel = CHANNEL_EMAIL;
    email->patience_s = 0;
    email->sla.threshold_s = 4 * HOUR_S;
    email->sla.period = SLA_DAY;
    email->occupancy_cap = 0.8;
    email->ring_fence = mixes[_i].fence;
    email->blend_idle = mixes[_i].blend_idle;
    for (int32_t iv = 0; iv < demand->grid.n; iv++) {
        demand->offered[DEMAND_CELL(demand, 1, iv)] = 6;
        demand->aht_s[DEMAND_CELL(demand, 1, iv)] = 600; /* 2 erlang, planned as 2.5 agents */
        s.staffed[DEMAND_CELL(demand, 1, iv)] = mixes[_i].set_aside;
        s.staffed[DEMAND_CELL(demand, 0, iv)] = 14 - mixes[_i].set_aside;
    }
    struct simulate_ask ask = {.seed = 9, .replications = 30};
    struct simulate_report report = steady_run(&s, &ask);
    const struct simulate_line *calls, *mail;
    whole_sl(&report, 0, &calls);
    double got = whole_sl(&report, 1, &mail);
    ck_assert_msg(got >= mixes[_i].email_low && got <= mixes[_i].email_high, "%s: email %g", mixes[_i].what,
                  got);
    ck_assert_msg((mail->backlog > 200) == mixes[_i].piles_up, "%s: backlog %g", mixes[_i].what,
                  mail->backlog);
    ck_assert_msg((mail->oldest_s > 4 * HOUR_S) == mixes[_i].piles_up, "%s: oldest %g s", mixes[_i].what,
                  mail->oldest_s);
    ck_assert(isnan(calls->backlog) && isnan(calls->oldest_s));
    ck_assert_double_eq_tol(mail->offered, 6.0 * demand->grid.n, 4 * sqrt(6.0 * demand->grid.n / 30));
    double there = mixes[_i].fence ? 14 - mixes[_i].set_aside : 14;
    double alone = erlang_sl(&operation->queues[0], 50, 300, &demand->grid, there);
    if (mixes[_i].fence || mixes[_i].piles_up) /* nothing but calls is done by those who take them */
        ck_assert_msg(fabs(calls->sl - alone) < 4 * calls->sl_half / 1.96 + 0.002, "%s: calls %g, not %g",
                      mixes[_i].what, calls->sl, alone);
    else
        ck_assert_msg(calls->sl < alone - 0.01 &&
                          calls->sl > erlang_sl(&operation->queues[0], 50, 300, &demand->grid, 10),
                      "%s: calls %g", mixes[_i].what, calls->sl);
    simulate_report_clear(&report);
    steady_clear(&s);
}
END_TEST

/* Who has nothing but email keeps nobody back for calls. */
START_TEST(email_alone)
{
    struct steady s;
    steady_init(&s, 1, 3, 6, 600, 0, 0);
    struct queue *email = &s.problem->operation->queues[0];
    email->channel = CHANNEL_EMAIL;
    email->patience_s = 0;
    email->sla.threshold_s = 4 * HOUR_S;
    email->blend_idle = 14;
    struct simulate_ask ask = {.seed = 9, .replications = 10};
    struct simulate_report report = steady_run(&s, &ask);
    ck_assert_double_gt(whole_sl(&report, 0, NULL), 0.99);
    simulate_report_clear(&report);

    /* ten hours' work of all three waits when the week begins: late until it is gone */
    const double opening = 3 * 10 * 6;
    ask.opening = &opening;
    report = steady_run(&s, &ask);
    ck_assert_double_lt(report.lines[0].sl, 0.9);
    ck_assert_double_gt(report.lines[6].sl, 0.99);
    ck_assert_double_gt(report.lines[0].oldest_s, 4.5 * HOUR_S);
    simulate_report_clear(&report);

    /* nobody works: all are late but those of the last four hours, of whom nothing is known */
    s.solution.n_shifts = 0;
    report = steady_run(&s, &ask);
    const struct simulate_line *last = &report.lines[6];
    ck_assert_double_lt(last->sl, 0.001);
    ck_assert_double_eq_tol(last->counted, last->offered * 40 / 48, 4 * sqrt(288.0 / 10));
    simulate_report_clear(&report);
    steady_clear(&s);
}
END_TEST

/* Two queues share all agents: alike, one first, and one whose second level waits. */
START_TEST(who_is_served_first)
{
    struct steady s;
    steady_init(&s, 2, 12, 33, 300, 0, 0);
    struct operation *operation = s.problem->operation;
    struct simulate_ask ask = {.seed = 6, .replications = 20};
    struct simulate_report alike = steady_run(&s, &ask);
    ck_assert_double_eq_tol(whole_sl(&alike, 0, NULL), whole_sl(&alike, 1, NULL), 0.02);
    operation->queues[1].priority = 5;
    struct simulate_report first = steady_run(&s, &ask);
    ck_assert_double_gt(whole_sl(&first, 1, NULL), whole_sl(&alike, 1, NULL) + 0.03);
    ck_assert_double_lt(whole_sl(&first, 0, NULL), whole_sl(&alike, 0, NULL) - 0.005);
    operation->queues[1].priority = 0;

    /* half of the agents have queue 1 at level 2, after 60 s, beyond its threshold: worse for it, better for
       the other */
    operation->queues[1].overflow_after_s = 60;
    for (int a = 0; a < 6; a++)
        operation->agents[a].skills[1].overflow = 1;
    struct simulate_report levels = steady_run(&s, &ask);
    ck_assert_double_lt(whole_sl(&levels, 1, NULL), whole_sl(&alike, 1, NULL) - 0.02);
    ck_assert_double_gt(whole_sl(&levels, 0, NULL), whole_sl(&alike, 0, NULL) + 0.01);
    simulate_report_clear(&alike);
    simulate_report_clear(&first);
    simulate_report_clear(&levels);
    steady_clear(&s);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("scheduler/replications");
    TCase *t = tcase_create("replications");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, factor_of_a_day, 0, G_N_ELEMENTS(factors));
    tcase_add_loop_test(t, factors_have_mean_and_spread, 0, G_N_ELEMENTS(spreads));
    tcase_add_loop_test(t, quantile_of_the_normal, 0, G_N_ELEMENTS(normals));
    tcase_add_loop_test(t, days_go_together, 0, G_N_ELEMENTS(togethers));
    tcase_add_test(t, luck_has_ends);
    tcase_add_test(t, absence_has_its_mean);
    tcase_add_loop_test(t, interval_of_a_share, 0, G_N_ELEMENTS(shares));
    tcase_add_test(t, ratios_and_quantiles);
    tcase_add_loop_test(t, threads_do_not_matter, 0, G_N_ELEMENTS(thread_counts));
    tcase_add_loop_test(t, days_as_erlang_says, 0, G_N_ELEMENTS(weeks));
    tcase_add_loop_test(t, weeks_vary_as_their_days, 0, G_N_ELEMENTS(weeks_sums));
    tcase_add_loop_test(t, contract_periods, 0, G_N_ELEMENTS(periods));
    tcase_add_test(t, closed_days_do_not_count);
    tcase_add_test(t, empty_days_do_not_count);
    tcase_add_test(t, occupancy_is_of_time_present);
    tcase_add_test(t, absences_know_the_agent);
    tcase_add_test(t, two_rosters);
    tcase_add_test(t, shifts_become_staff);
    tcase_add_loop_test(t, email_beside_calls, 0, G_N_ELEMENTS(mixes));
    tcase_add_test(t, email_alone);
    tcase_add_test(t, who_is_served_first);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
