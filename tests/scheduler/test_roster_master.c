/*
 * test_roster_master.c - the two ways to the bound against each other: the volume algorithm and column
 * generation in GLPK. The LP's optimum is the best bound there is: nothing may pass it, both must reach it.
 */
#include <math.h>

#include "scheduler/roster/master.h"
#include "tests/scheduler/roster_tiny.h"
#include "tests/support/testing.h"

static const struct {
    const char *what;
    int n_agents, n_queues;
    bool several_sets;
    double need;
} rows[] = {
    {"one skill, too few people", 6, 1, false, 8},       {"one skill, about enough", 10, 1, false, 1.5},
    {"one skill set of two queues", 8, 2, false, 1},     {"three skill sets", 9, 2, true, 1},
    {"three skill sets, too few people", 6, 2, true, 5},
};

static struct plan_problem *make(int row)
{
    struct plan_problem *problem = tiny_problem("UTC", 60, 20780);
    struct contract *contract = &problem->operation->contracts[0];
    struct dice dice = {(uint64_t)row + 3};
    int t = tiny_template(problem, 0, 1380, 120, 420, 480, 60);
    tiny_break(problem, t, 60, false, 180, 300);
    contract->week_days_min = 3;
    contract->week_days_max = 5;
    contract->rest_min_minutes = 660;
    for (int q = 0; q < rows[row].n_queues; q++)
        tiny_queue(problem);
    for (int a = 0; a < rows[row].n_agents; a++)
        tiny_agent(problem, rows[row].several_sets ? (unsigned)(a % 3 + 1) : (1u << rows[row].n_queues) - 1);
    int64_t start = problem->demand.grid.start_ts;
    tiny_past(problem, 0, start - 4 * 3600, start + 4 * 3600);
    tiny_demand(problem, 1);
    for (int iv = 0; iv < problem->demand.grid.n; iv++)
        for (int q = 0; q < rows[row].n_queues; q++)
            tiny_need(problem, q, 0, start + iv * 3600, start + (iv + 1) * 3600,
                      rows[row].need * (1.2 + sin(iv * 0.26 + q) * dice_unit(&dice)), 18);
    return problem;
}

START_TEST(volume_and_lp_agree)
{
    AUTO(plan_problem) problem = make(_i);
    GError *error = NULL;
    AUTO(roster_model) model = roster_model_new(problem, &error);
    ck_no_error(error);
    AUTO(worth) worth = worth_new(model);
    AUTO(pricing) pricing = pricing_new(model);
    AUTO(bound) bound = bound_new(model, worth, pricing, NULL, false);
    double target = 0;
    for (int iv = 0; iv < model->n_iv; iv++)
        target += worth_total(worth, iv);
    bound_improve(bound, target, 1200);
    double volume = bound_best(bound);
    AUTO(master) master = master_new(model, bound, NULL, false);
    for (int round = 0; round < 200 && master_round(master, 20000); round++)
        ;
    double lp = master_value(master);
    ck_assert_msg(lp < INFINITY, "%s: no LP value", rows[_i].what);
    ck_assert_msg(volume <= lp + 1e-6 * lp, "%s: volume %.9g passes the LP %.9g", rows[_i].what, volume, lp);
    ck_assert_msg(bound_best(bound) >= lp - 1e-4 * lp, "%s: columns end at %.9g, LP %.9g", rows[_i].what,
                  bound_best(bound), lp);
    ck_assert_msg(volume >= lp - 5e-3 * lp, "%s: volume %.9g stays below the LP %.9g", rows[_i].what, volume,
                  lp);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("roster master");
    TCase *tcase = tcase_create("bound");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, volume_and_lp_agree, 0, G_N_ELEMENTS(rows));
    suite_add_tcase(s, tcase);
    return s;
}

TEST_MAIN(suite)
