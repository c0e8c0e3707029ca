/*
 * The shared files of staffing vectors that take an engine (tests/scheduler/test_erlang.c has the systems in
 * one formula), and what is done with files and rows nobody knows.
 */
#include "tests/scheduler/skill_chain.h"
#include "tests/scheduler/staffing_vectors.h"
#include "tests/scheduler/tally.h"
#include "tests/support/testing.h"

#include <math.h>
#include <string.h>

/* Rows of the shared files, per model: all must be there, be checked and hold. */
static const struct {
    const char *file;
    struct {
        const char *model;
        int rows;
    } models[4];
} vectors[] = {
    {"msk_ctmc_given.csv", {{"ctmc_exact", 19}, {"ctmc_simulated", 19}}},
    {"sim_reference_given.csv", {{"simulation", 17}}},
    {"transient_given.csv", {{"transient_exact", 72}, {"transient_fast", 72}, {"transient_simulated", 42}}},
};

START_TEST(shared_vectors)
{
    g_autofree char *relative = g_strconcat("data/staffing/", vectors[_i].file, NULL);
    g_autofree char *path = testing_shared(relative, vectors[_i].file);
    if (path == NULL)
        return;
    g_autofree char *message = NULL;
    GPtrArray *results = vector_results(path, &message);
    ck_assert_msg(results != NULL, "%s", message);
    for (int k = 0; vectors[_i].models[k].model != NULL; k++) {
        const char *model = vectors[_i].models[k].model;
        const struct vector_result *r = vector_results_find(results, model);
        ck_assert_msg(r != NULL, "%s: no rows of %s", path, model);
        ck_assert_msg(r->failed == 0, "%s %s: %d of %d rows failed, first %s", path, model, r->failed,
                      r->checked, r->first_failed);
        ck_assert_int_eq(r->rows, vectors[_i].models[k].rows);
        ck_assert_int_eq(r->checked, vectors[_i].models[k].rows);
    }
    vector_results_free(results);
}
END_TEST

/* Files of our own, with their scenarios beside them. model NULL: the whole file is refused. */
#define CTMC "scenario,kind,index,metric,value\n"
#define CHANGING                                                                                             \
    "scenario,interval,interval_s,lambda_per_hour,aht_s,patience_s,threshold_s,agents,mean_busy\n"
#define STAFFED                                                                                              \
    "scenario,interval,interval_s,lambda_per_hour,aht_s,patience_s,threshold_s,agents,discipline,mean_"      \
    "queue\n"
#define DAYS "scenario,metric,mean,sd,reps\n"
static const struct {
    const char *what, *text, *model;
    int rows, checked, failed;
} files[] = {
    {"a header nobody knows", "colour,size\nred,3\n", NULL, 0, 0, 0},
    {"an empty file", "", NULL, 0, 0, 0},
    {"a model nobody knows", "model,lambda_per_hour,aht_s\nerlang_z,10,60\n", "erlang_z", 1, 0, 0},
    {"no agents given", "model,lambda_per_hour,aht_s,agents,blocking\nerlang_b,60,60,,0.5\n", "erlang_b", 1,
     0, 0},
    {"a load beyond all sense", "model,lambda_per_hour,aht_s,agents,blocking\nerlang_b,1e300,60,1,0.5\n",
     "erlang_b", 1, 0, 0},
    {"a right value", "model,lambda_per_hour,aht_s,agents,blocking\nerlang_b,60,60,1,0.5\n", "erlang_b", 1, 1,
     0},
    {"a wrong one", "model,lambda_per_hour,aht_s,agents,blocking\nerlang_b,60,60,1,0.51\n", "erlang_b", 1, 1,
     1},
    {"published digits",
     "model,lambda_per_hour,aht_s,agents,service_level,threshold_s,exact_service_level,verdict\n"
     "erlang_c,30,60,1,0.58,20,0.57676,ok\n",
     "erlang_c", 1, 1, 1},
    {"published digits known to be wrong",
     "model,lambda_per_hour,aht_s,agents,blocking,exact_blocking,verdict\nerlang_b,60,60,1,0.4,0.5,WRONG\n",
     "erlang_b", 1, 1, 0},
    {"a scenario nobody knows", CTMC "nowhere,class,0,p_wait,0.5\n", "ctmc_exact", 1, 0, 0},
    {"a metric nobody knows", CTMC "one,class,0,colour,0.5\n", "ctmc_exact", 1, 0, 0},
    {"a class that is not there", CTMC "one,class,7,p_wait,0.5\n", "ctmc_exact", 1, 0, 0},
    {"one agent, half busy, nobody leaves", CTMC "one,class,0,p_wait,0.5\none,group,0,mean_busy,0.5\n",
     "ctmc_exact", 2, 2, 0},
    {"the same, simulated", CTMC "one,class,0,p_wait,0.5\none,class,0,mean_queue,0.5\n", "ctmc_simulated", 2,
     2, 0},
    {"a wrong value, simulated", CTMC "one,class,0,p_wait,0.52\n", "ctmc_simulated", 1, 1, 1},
    {"waits too rare to be seen, exactly",
     CTMC "rare,class,0,p_wait,5.9758270785e-8\nrare,group,0,mean_busy,0.00707\n", "ctmc_exact", 2, 2, 1},
    {"waits too rare to be seen, simulated", CTMC "rare,class,0,p_wait,5.9758270785e-8\n", "ctmc_simulated",
     1, 0, 0},
    {"handling times change: exactly",
     CHANGING "x,0,900,60,60,60,20,20,0.933333353727\nx,1,900,60,600,60,20,20,\n", "transient_exact", 2, 1,
     0},
    {"handling times change: simulated until then",
     CHANGING "x,0,900,60,60,60,20,20,0.933333353727\nx,1,900,60,600,60,20,20,4\n", "transient_simulated", 1,
     1, 0},
    {"everybody leaves at once, impatiently: fast",
     STAFFED "x,0,1800,92.47,600,60,0,12,preempt,\nx,1,1800,0,600,60,0,0,preempt,0.377067570573\n",
     "transient_fast", 2, 1, 0},
    {"a scenario out of shape", CTMC "bent,class,0,p_wait,0.5\n", "ctmc_exact", 1, 0, 0},
    {"a day: contacts expected", DAYS "day,arrivals_per_day,480,1,1000\n", "simulation", 1, 1, 0},
    {"a day: too many", DAYS "day,arrivals_per_day,490,1,1000\n", "simulation", 1, 1, 1},
    {"a day like another", DAYS "twice,arrivals_per_day,960,1,1000\n", "simulation", 1, 1, 0},
    {"a day: all served",
     DAYS "day,served_per_day,480,1,1000\nday,served_share,1,0,1000\nday,abandoned_share,0,0,1000\n"
          "day,blocked_per_day,0,0,1000\nday,abandonment,0,0,1000\n",
     "simulation", 5, 5, 0},
    {"a day: half the agents busy",
     DAYS "day,occupancy,0.498,0.03,1000\nday,utilisation_group0,0.498,0.03,1000\n", "simulation", 2, 2, 0},
    {"a day: waits of M/M/4 at 2 erlang, in minutes and seconds",
     DAYS "day,mean_wait_served_min,0.174,0.05,1000\nday,mean_wait_served_s,10.4,3,1000\n"
          "day,mean_wait,0.174,0.05,1000\nday,service_level_answered,0.875,0.03,1000\n",
     "simulation", 4, 4, 0},
    {"a day's metric nobody knows", DAYS "day,colour,1,1,1000\n", "simulation", 1, 0, 0},
    {"a type that is not there", DAYS "day,in_target_type3,1,1,1000\n", "simulation", 1, 0, 0},
};

static const char scenarios[] =
    "{\"one\": {\"lam\": [30], \"theta\": [0], \"groups\": [1], \"mu\": [[60]], \"route\": [[0]],"
    " \"prio\": [[0]], \"Q\": 60},"
    " \"rare\": {\"lam\": [32.76], \"theta\": [23.89], \"groups\": [6, 5], \"mu\": [[20.204], [29.974]],"
    " \"route\": [[1, 0]], \"prio\": [[0], [0]], \"Q\": 60},"
    " \"bent\": {\"lam\": [30], \"theta\": \"none\", \"groups\": [1, 2, 3]},"
    " \"day\": {\"time_unit\": \"min\", \"arrival_rate\": 1, \"mean_service\": 2, \"agents\": 4, \"T\": \"20 "
    "s\","
    " \"day_min\": 480},"
    " \"twice\": {\"like\": \"day\", \"arrival_rate\": 2}}";

START_TEST(own_files)
{
    char *dir = testing_tmpdir();
    g_autofree char *path = g_build_filename(dir, "some.csv", NULL);
    g_autofree char *beside = g_build_filename(dir, "own_scenarios.json", NULL);
    ck_assert(g_file_set_contents(path, files[_i].text, -1, NULL));
    ck_assert(g_file_set_contents(beside, scenarios, -1, NULL));
    g_autofree char *message = NULL;
    GPtrArray *results = vector_results(path, &message);
    if (files[_i].model == NULL) {
        ck_assert_msg(results == NULL && strstr(message, "some.csv") != NULL, "%s: %s", files[_i].what,
                      message);
    } else {
        ck_assert_msg(results != NULL, "%s: %s", files[_i].what, message);
        const struct vector_result *r = vector_results_find(results, files[_i].model);
        ck_assert_msg(r != NULL, "%s: no %s", files[_i].what, files[_i].model);
        ck_assert_msg(r->rows == files[_i].rows && r->checked == files[_i].checked &&
                          r->failed == files[_i].failed,
                      "%s: %d rows, %d checked, %d failed (%s)", files[_i].what, r->rows, r->checked,
                      r->failed, r->first_failed);
        vector_results_free(results);
    }
    testing_rmdir(dir);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("scheduler/vectors");
    TCase *t = tcase_create("vectors");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, shared_vectors, 0, G_N_ELEMENTS(vectors));
    tcase_add_loop_test(t, own_files, 0, G_N_ELEMENTS(files));
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
