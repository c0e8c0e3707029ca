/* test_curtois.c - the reader of the Curtois & Qu benchmark, its own definition of cost, and what becomes of
 * an instance as a plan problem. */
#include "tests/bench/curtois.h"

#include <stdlib.h>
#include <string.h>

#include "core/csv.h"
#include "core/random.h"
#include "scheduler/roster/checker.h"
#include "tests/support/testing.h"

/* ---- an instance one can count by hand ---- */

static const char tiny_text[] = "# a comment\r\n"
                                "SECTION_HORIZON\r\n14\r\n"
                                "SECTION_SHIFTS\nE,480,\nL,600,E\n"
                                "SECTION_STAFF\n"
                                "A,E=14|L=2,4320,960,3,2,2,1\n"
                                "B,E=14|L=0,4320,0,14,1,1,2\n"
                                "SECTION_DAYS_OFF\nA,3,10\n"
                                "SECTION_SHIFT_ON_REQUESTS\nA,0,E,2\n"
                                "SECTION_SHIFT_OFF_REQUESTS\nB,1,E,3\n"
                                "SECTION_COVER\n0,E,1,100,1\n1,L,2,100,1\n13,E,0,100,1\n";

static struct curtois *read_text(const char *text)
{
    char *dir = testing_tmpdir();
    g_autofree char *path = g_build_filename(dir, "Instance.txt", NULL);
    GError *error = NULL;
    g_file_set_contents(path, text, -1, &error);
    ck_no_error(error);
    struct curtois *in = curtois_read(path, &error);
    ck_no_error(error);
    testing_rmdir(dir);
    return in;
}

static const struct {
    const char *what;
    const char *works[2]; /* a letter a day */
    long cost;
    int broken;
} rosters[] = {
    {"nobody works: cover 300, wish 2, A short of minutes", {"..............", ".............."}, 302, 1},
    {"rows cut by both ends are kept", {"E............E", ".............."}, 201, 0},
    {"one day alone", {"EE...E........", ".............."}, 200, 1},
    {"one day off alone", {"EE.EE.........", ".............."}, 200, 2},
    {"four days in a row", {"EE......EEEE..", ".............."}, 200, 2},
    {"a day off worked", {"EE.......EE...", ".............."}, 200, 1},
    {"E after L", {"EL......LE....", ".............."}, 100, 1},
    {"two weekends, five L", {"EL...LL....LL.", ".............."}, 100, 2},
    {"a shift B may not work, a wish of B not granted", {"EE............", "LE............"}, 203, 2},
    {"too many minutes", {"EE............", "E.EEEEEEEEE..."}, 201, 1},
    {"over cover at the end", {"EE............", ".............E"}, 201, 0},
};

START_TEST(test_plain_cost)
{
    AUTO(curtois) in = read_text(tiny_text);
    int roster[28], broken;
    for (int i = 0; i < 28; i++) {
        char c = rosters[_i].works[i / 14][i % 14];
        roster[i] = c == 'E' ? 0 : c == 'L' ? 1 : -1;
    }
    g_autofree char *first = NULL;
    long cost = curtois_cost(in, roster, &broken, &first);
    ck_assert_msg(cost == rosters[_i].cost && broken == rosters[_i].broken,
                  "%s: cost %ld (want %ld), %d broken (want %d): %s", rosters[_i].what, cost,
                  rosters[_i].cost, broken, rosters[_i].broken, first != NULL ? first : "none");
}
END_TEST

static const struct {
    const char *text, *message;
} bad[] = {
    {"SECTION_HORIZON\n15\n", "no number of weeks"},
    {"SECTION_HORIZON\nmany\n", ":2: not a whole number: \"many\""},
    {"14\n", ":1: line before the first section"},
    {"SECTION_NOISE\n", ":1: unknown section: \"SECTION_NOISE\""},
    {"SECTION_HORIZON\n14\nSECTION_SHIFTS\nE,480,X\n", "not known: \"X\""},
    {"SECTION_HORIZON\n14\nSECTION_COVER\n0,E\n", ":4: too few fields"},
};

START_TEST(test_bad_file)
{
    char *dir = testing_tmpdir();
    g_autofree char *path = g_build_filename(dir, "Instance.txt", NULL);
    g_autoptr(GError) error = NULL;
    ck_assert(g_file_set_contents(path, bad[_i].text, -1, NULL));
    ck_assert_ptr_null(curtois_read(path, &error));
    ck_assert_msg(strstr(error->message, bad[_i].message) != NULL, "%s", error->message);
    testing_rmdir(dir);
}
END_TEST

/* ---- the files ---- */

static bool check_counts(const struct csv_row *row, void *user, GError **error)
{
    (void)error;
    if (strcmp(row->fields[0], "instance") == 0)
        return true;
    g_autofree char *path = g_strdup_printf("%s/%s.txt", (const char *)user, row->fields[0]);
    GError *wrong = NULL;
    AUTO(curtois) in = curtois_read(path, &wrong);
    ck_no_error(wrong);
    ck_assert_int_eq(in->n_days, strtol(row->fields[1], NULL, 10));
    ck_assert_int_eq(in->n_staff, strtol(row->fields[2], NULL, 10));
    ck_assert_int_eq(in->n_shifts, strtol(row->fields[3], NULL, 10));
    ck_assert_int_eq(in->n_cover, in->n_days * in->n_shifts);
    AUTO(plan_problem) problem = curtois_problem(in, &wrong);
    ck_no_error(wrong);
    ck_assert_int_eq(problem->n_headcounts, in->n_cover);
    ck_assert_int_eq(problem->n_weeks * WEEK_DAYS, in->n_days);
    return true;
}

START_TEST(test_files)
{
    g_autofree char *dir = testing_shared("data/curtois-qu", "the shift-scheduling benchmark");
    if (dir == NULL)
        return;
    g_autofree char *path = g_build_filename(dir, "best-known.csv", NULL);
    GError *error = NULL;
    csv_read(path, &(struct csv_options){0}, check_counts, dir, &error);
    ck_no_error(error);
}
END_TEST

/* A random roster becomes shifts of the plan problem and comes back. */
START_TEST(test_round_trip)
{
    AUTO(curtois) in = read_text(tiny_text);
    GError *error = NULL;
    AUTO(plan_problem) problem = curtois_problem(in, &error);
    ck_no_error(error);
    struct random random;
    random_seed(&random, 7);
    int want[28];
    struct shift shifts[28];
    int n = 0;
    for (int i = 0; i < 28; i++) {
        want[i] = (int)(random_uniform(&random) * 3) - 1;
        if (want[i] < 0)
            continue;
        const struct shift_template *t = &problem->operation->templates[want[i]];
        int64_t start = problem->demand.grid.start_ts + i % 14 * (int64_t)DAY_S + t->start_from_min * 60;
        shifts[n++] = (struct shift){
            .agent = i / 14, .tmpl = want[i], .start_ts = start, .end_ts = start + t->paid_min_min * 60};
    }
    g_autofree int *roster = curtois_roster(in, problem, shifts, n, &error);
    ck_no_error(error);
    ck_assert_mem_eq(roster, want, sizeof want);
    shifts[0].end_ts += 60;
    ck_assert_ptr_null(curtois_roster(in, problem, shifts, n, &error));
    g_clear_error(&error);
}
END_TEST

/* The checker and the benchmark's own definition agree on rules kept and on cost, whatever the roster. */
START_TEST(test_checker_agrees)
{
    AUTO(curtois) in = read_text(tiny_text);
    GError *error = NULL;
    AUTO(plan_problem) problem = curtois_problem(in, &error);
    ck_no_error(error);
    struct random random;
    random_seed(&random, (uint64_t)_i);
    int n_clean = 0;
    for (int trial = 0; trial < 200; trial++) {
        struct plan_solution solution = {0};
        struct shift shifts[28];
        int roster[28], broken;
        double change = 0.2 + 0.5 * random_uniform(&random);
        for (int i = 0; i < 28; i++) {
            bool same = i % 14 > 0 && random_uniform(&random) > change;
            roster[i] = same ? roster[i - 1] : (int)(random_uniform(&random) * 3) - 1;
            if (roster[i] == 1 && random_uniform(&random) < 0.8)
                roster[i] = 0;
            if (roster[i] < 0)
                continue;
            const struct shift_template *t = &problem->operation->templates[roster[i]];
            int64_t start = problem->demand.grid.start_ts + i % 14 * (int64_t)DAY_S + t->start_from_min * 60;
            shifts[solution.n_shifts++] = (struct shift){.agent = i / 14,
                                                         .tmpl = roster[i],
                                                         .start_ts = start,
                                                         .end_ts = start + t->paid_min_min * 60};
        }
        solution.shifts = shifts;
        g_autofree char *first = NULL;
        long cost = curtois_cost(in, roster, &broken, &first);
        struct check_report report;
        bool clean = roster_check(problem, &solution, &report);
        ck_assert_msg(clean == (broken == 0), "trial %d: %d broken (%s), the checker finds %d (%s)", trial,
                      broken, first != NULL ? first : "none", report.n_violations,
                      clean ? "none" : report.violations[0].message);
        ck_assert_double_eq_tol(report.penalty, (double)cost, 1e-6);
        check_report_clear(&report);
        n_clean += clean;
    }
    ck_assert_int_gt(n_clean, 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("curtois");
    TCase *tc = tcase_create("benchmark");
    tcase_add_loop_test(tc, test_plain_cost, 0, G_N_ELEMENTS(rosters));
    tcase_add_loop_test(tc, test_bad_file, 0, G_N_ELEMENTS(bad));
    tcase_add_test(tc, test_files);
    tcase_add_test(tc, test_round_trip);
    tcase_add_loop_test(tc, test_checker_agrees, 0, 5);
    suite_add_tcase(s, tc);
    return s;
}

TEST_MAIN(suite)
