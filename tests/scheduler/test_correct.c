/*
 * Corrections from simulation: rosters whose simulation must differ from the models in a known way, what of
 * it is planned with, and the demand made of it.
 */
#include <math.h>
#include <string.h>

#include "scheduler/simulate/correct.h"
#include "tests/scheduler/roster_tiny.h"
#include "tests/support/testing.h"

#define QUEUES 3 /* two of voice, one of email */
#define REPLICATIONS 40

/* Agents alike, on shift all week. */
struct team {
    unsigned queues; /* mask */
    int n;
    double proficiency;
};

/* A hall all week the same. */
struct week {
    const char *what;
    struct team teams[3];
    double per_hour[2], target[2];
    double staffed[2]; /* as the plan divides them */
    bool sunday_off;   /* nobody calls the second queue on Sunday */
};

struct made {
    struct plan_problem *problem;
    struct plan_solution *solution;
};

static void made_clear(struct made *made)
{
    plan_problem_free(made->problem);
    plan_solution_free(made->solution);
}

static void add_agents(struct made *made, const struct team *team)
{
    for (int i = 0; i < team->n; i++) {
        int a = tiny_agent(made->problem, team->queues);
        struct agent *agent = &made->problem->operation->agents[a];
        for (int k = 0; k < agent->n_skills; k++)
            agent->skills[k].proficiency = team->proficiency;
    }
}

static void set_queue(struct queue *queue, double target)
{
    queue->channel = CHANNEL_VOICE;
    queue->patience_s = 180;
    queue->aht_s = 300;
    queue->sla = (struct sla){.definition = SL_OFFERED,
                              .target = target,
                              .threshold_s = 20,
                              .abandon_max = 1,
                              .occupancy_max = 1,
                              .period = SLA_DAY};
}

static struct made make(const struct week *week)
{
    struct made made = {tiny_problem("UTC", 60, TINY_MONDAY), plan_solution_new()};
    struct operation *operation = made.problem->operation;
    int tmpl = tiny_template(made.problem, 0, 0, 60, 480, 480, 60);
    for (int q = 0; q < QUEUES; q++)
        tiny_queue(made.problem);
    for (int q = 0; q < 2; q++)
        set_queue(&operation->queues[q], week->target[q]);
    operation->queues[2].channel = CHANNEL_EMAIL;
    for (size_t t = 0; t < G_N_ELEMENTS(week->teams); t++)
        add_agents(&made, &week->teams[t]);
    tiny_demand(made.problem, 1);
    struct demand *demand = &made.problem->demand;
    demand_add_load(demand);
    int32_t n = demand->grid.n;
    made.solution->n_staffed = QUEUES * n;
    made.solution->staffed = g_new0(double, QUEUES *n);
    for (int q = 0; q < 2; q++)
        for (int32_t iv = 0; iv < n; iv++) {
            bool off = q == 1 && week->sunday_off && iv >= n / 7 * 6;
            demand->offered[DEMAND_CELL(demand, q, iv)] = off ? 0 : week->per_hour[q];
            demand->aht_s[DEMAND_CELL(demand, q, iv)] = 300;
            made.solution->staffed[DEMAND_CELL(demand, q, iv)] = week->staffed[q];
        }
    made.solution->n_shifts = operation->n_agents;
    made.solution->shifts = g_new0(struct shift, operation->n_agents);
    for (int a = 0; a < operation->n_agents; a++)
        made.solution->shifts[a] = (struct shift){.agent = a,
                                                  .tmpl = tmpl,
                                                  .start_ts = demand->grid.start_ts,
                                                  .end_ts = grid_end_ts(&demand->grid)};
    return made;
}

static struct correction measure(const struct made *made, double confidence, int threads)
{
    struct correct_ask ask = {.simulate = {.seed = 7, .replications = REPLICATIONS, .threads = threads},
                              .confidence = confidence};
    struct correction correction;
    GError *error = NULL;
    correct_measure(made->problem, made->solution, &ask, &correction, &error);
    ck_no_error(error);
    return correction;
}

/* Means over the week. */
static double mean(const struct made *made, const double *cells, int queue)
{
    const struct demand *demand = &made->problem->demand;
    double sum = 0;
    for (int32_t iv = 0; iv < demand->grid.n; iv++)
        sum += cells[DEMAND_CELL(demand, queue, iv)];
    return sum / demand->grid.n;
}

#define BOTH 3u
static const struct {
    struct week week;
    double from[2], to[2]; /* offsets */
} halls[] = {
    {{"queues with agents of their own are as the models say",
      {{1, 12, 1}, {2, 7, 1}},
      {110, 55},
      {0.8, 0.8},
      {12, 7},
      false},
     {-0.15, -0.15},
     {0.15, 0.15}},
    {{"slow agents are fewer", {{1, 12, 0.8}, {2, 7, 1}}, {110, 55}, {0.8, 0.8}, {12, 7}, false},
     {-3, -0.15},
     {-1.5, 0.15}},
    {{"agents of both queues are more to each", {{BOTH, 12, 1}}, {55, 55}, {0.8, 0.8}, {6, 6}, false},
     {0.3, 0.3},
     {1.5, 1.5}},
    {{"who was given too little has it from the other", {{BOTH, 12, 1}}, {55, 55}, {0.8, 0.8}, {8, 4}, false},
     {-1.8, 2.2},
     {-0.4, 3.6}},
    {{"a queue that rests on Sunday gives what it has", {{BOTH, 12, 1}}, {55, 55}, {0.8, 0.8}, {6, 6}, true},
     {0.3, 0.3},
     {2.0, 1.5}},
};

START_TEST(offsets_are_what_differs)
{
    struct made made = make(&halls[_i].week);
    struct correction correction = measure(&made, 0, 1);
    const struct demand *demand = &made.problem->demand;
    for (int q = 0; q < 2; q++) {
        double offset = mean(&made, correction.offset, q);
        ck_assert_msg(offset >= halls[_i].from[q] && offset <= halls[_i].to[q],
                      "%s: offset %.3f of queue %d, wanted %g … %g", halls[_i].week.what, offset, q,
                      halls[_i].from[q], halls[_i].to[q]);
    }
    ck_assert_double_eq_tol(mean(&made, correction.offset, 2), 0, 1e-12);
    ck_assert_int_eq(correction.n_periods, 2 * 7);
    /* with the offsets the models say of every day what was simulated */
    ck_assert_ptr_null(demand->offset);
    demand_add_offset(&made.problem->demand);
    memcpy(demand->offset, correction.offset, (size_t)correction.n_cells * sizeof *demand->offset);
    struct correction again = measure(&made, 0, 1);
    for (int i = 0; i < again.n_periods; i++) {
        const struct correct_period *period = &again.periods[i];
        ck_assert_msg(fabs(period->expected - period->simulated) < 0.008,
                      "%s: queue %d from %d: simulated %.4f, with offsets expected %.4f", halls[_i].week.what,
                      period->queue, period->from_iv, period->simulated, period->expected);
    }
    correction_clear(&again);
    correction_clear(&correction);
    made_clear(&made);
}
END_TEST

/* Twelve agents of both queues, divided 9 : 3 by the plan; in the hall both queues do alike, at about 83 %:
   offsets of 0.7 and 0.9 agents. */
static const struct {
    const char *what;
    double target[2];
    double from[2], to[2]; /* offsets planned with */
} spendings[] = {
    {"above its target beside a queue below", {0.9, 0.6}, {0.6, 0}, {0.8, 0.1}},
    {"both above, one more", {0.75, 0.5}, {0.6, 0}, {0.8, 0.1}},
    {"both below", {0.92, 0.92}, {0.1, 0.1}, {0.8, 1}},
    {"alike", {0.83, 0.83}, {0.6, 0.7}, {0.8, 1}},
};

START_TEST(shared_agents_give_nothing_back)
{
    struct week week = {spendings[_i].what,
                        {{BOTH, 12, 1}},
                        {85, 25},
                        {spendings[_i].target[0], spendings[_i].target[1]},
                        {9, 3},
                        false};
    struct made made = make(&week);
    struct correction correction = measure(&made, 0, 1);
    for (int q = 0; q < 2; q++) {
        double offset = mean(&made, correction.offset, q), planned = mean(&made, correction.planned, q);
        ck_assert_msg(planned <= offset + 1e-12 && planned >= spendings[_i].from[q] &&
                          planned <= spendings[_i].to[q],
                      "%s: queue %d: %.3f planned of %.3f, wanted %g … %g", week.what, q, planned, offset,
                      spendings[_i].from[q], spendings[_i].to[q]);
    }
    /* what is held back never makes a plan believe in less than the target where there is more */
    for (int i = 0; i < correction.n_periods; i++) {
        const struct correct_period *period = &correction.periods[i];
        ck_assert_msg(period->simulated < period->target || period->believed > period->target - 0.006,
                      "%s: queue %d of %.2f simulated %.4f, believed %.4f", week.what, period->queue,
                      period->target, period->simulated, period->believed);
    }
    correction_clear(&correction);
    made_clear(&made);
}
END_TEST

START_TEST(threads_change_nothing)
{
    struct made made = make(&halls[2].week);
    struct correction one = measure(&made, 0.9, 1), three = measure(&made, 0.9, 3);
    size_t bytes = (size_t)one.n_cells * sizeof *one.offset;
    ck_assert_mem_eq(one.offset, three.offset, bytes);
    ck_assert_mem_eq(one.planned, three.planned, bytes);
    ck_assert_mem_eq(one.periods, three.periods, (size_t)one.n_periods * sizeof *one.periods);
    correction_clear(&one);
    correction_clear(&three);
    made_clear(&made);
}
END_TEST

/* The offsets planned with are in the demand, requirements fall by them, and a confidence asks for its
   quantile of contacts more. */
START_TEST(demand_is_made_again)
{
    struct made made = make(&halls[2].week);
    struct staffing_prices prices = {.price_per_hour = 40};
    struct demand plain, mean_level, sure;
    ck_assert(correct_demand(made.problem, &prices, NULL, 1, &plain, NULL));
    ck_assert_ptr_null(plain.offset);
    struct correction on_mean = measure(&made, 0, 1), nine = measure(&made, 0.9, 1);
    ck_assert(correct_demand(made.problem, &prices, &on_mean, 1, &mean_level, NULL));
    ck_assert(correct_demand(made.problem, &prices, &nine, 1, &sure, NULL));
    ck_assert_mem_eq(mean_level.offset, on_mean.planned, (size_t)on_mean.n_cells * sizeof(double));
    for (int32_t iv = 0; iv < plain.grid.n; iv++)
        ck_assert_double_eq_tol(mean_level.need[iv], fmax(plain.need[iv] - on_mean.planned[iv], 0), 1e-6);
    ck_assert_int_eq(mean_level.n_rows, 2 * 7);
    ck_assert_int_eq(sure.n_rows, mean_level.n_rows);
    for (int r = 0; r < sure.n_rows; r++) {
        ck_assert_double_eq_tol(nine.periods[r].asked, 1.2815515655 * nine.periods[r].sd, 1e-6);
        ck_assert(nine.periods[r].sd > 5 && nine.periods[r].sd < 200); /* of 1,320 contacts */
    }
    /* the same offsets with and without the quantile */
    struct correction same = nine;
    same.planned = on_mean.planned;
    struct demand moved;
    ck_assert(correct_demand(made.problem, &prices, &same, 1, &moved, NULL));
    for (int r = 0; r < moved.n_rows; r++)
        ck_assert_double_eq_tol(moved.rows[r].need - mean_level.rows[r].need, nine.periods[r].asked, 1e-9);
    struct demand *const demands[] = {&plain, &mean_level, &sure, &moved};
    for (size_t i = 0; i < G_N_ELEMENTS(demands); i++)
        demand_clear(demands[i]);
    correction_clear(&on_mean);
    correction_clear(&nine);
    made_clear(&made);
}
END_TEST

/* A roster that meets its periods costs its pay; one that does not, the price of every contact more. */
START_TEST(rosters_are_judged_by_what_they_do)
{
    struct made made = make(&halls[0].week);
    struct staffing_prices prices = {.price_per_hour = 40};
    struct demand demand;
    ck_assert(correct_demand(made.problem, &prices, NULL, 1, &demand, NULL));
    demand_clear(&made.problem->demand);
    made.problem->demand = demand;
    struct correction correction = measure(&made, 0, 1);
    made.solution->pay = 1000;
    made.solution->penalty = 50;
    for (int i = 0; i < correction.n_periods; i++)
        correction.periods[i].beyond = 3;
    double met = correct_judge(made.problem, made.solution, &correction, &demand);
    correction.periods[0].beyond = 30;
    ck_assert_double_eq_tol(correct_judge(made.problem, made.solution, &correction, &demand), met, 1e-9);
    correction.periods[4].beyond = -10;
    ck_assert_double_eq_tol(correct_judge(made.problem, made.solution, &correction, &demand),
                            met + 10 * demand.rows[4].price, 1e-9);
    correction.periods[4].asked = 5;
    ck_assert_double_eq_tol(correct_judge(made.problem, made.solution, &correction, &demand),
                            met + 15 * demand.rows[4].price, 1e-9);
    made.solution->pay += 100;
    ck_assert_double_eq_tol(correct_judge(made.problem, made.solution, &correction, &demand),
                            met + 100 + 15 * demand.rows[4].price, 1e-9);
    correction_clear(&correction);
    made_clear(&made);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("scheduler/correct");
    TCase *t = tcase_create("correct");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, offsets_are_what_differs, 0, G_N_ELEMENTS(halls));
    tcase_add_loop_test(t, shared_agents_give_nothing_back, 0, G_N_ELEMENTS(spendings));
    tcase_add_test(t, threads_change_nothing);
    tcase_add_test(t, demand_is_made_again);
    tcase_add_test(t, rosters_are_judged_by_what_they_do);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
