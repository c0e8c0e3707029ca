#include "tests/support/testing.h"

#include <math.h>
#include <string.h>

#include "wfm/report_shrinkage.h"

/* A week of one agent in Manila: a shift of 8 paid hours with half an hour of paid break and an unpaid meal
   of an hour, a meeting of half an hour, a shift on call, a day of vacation and one unpaid. The plan gives
   the queue four hours. */
static const struct shrinkage_part parts[] = {{(char *)"sickness", 0.1}, {(char *)"no-show", 0.2}};

struct small {
    struct plan_problem problem;
    struct plan_solution solution;
    struct operation operation;
    struct site site;
    struct queue queue;
    struct shift_template templates[2];
    struct agent agent;
    struct skill skill;
    struct time_off off[2];
    struct shift shifts[2];
};

static void small_init(struct small *s, bool by_part)
{
    g_autoptr(GError) error = NULL;
    *s = (struct small){
        .site = {.id = (char *)"mnl", .zone = (char *)"Asia/Manila", .shrinkage = 0.28},
        .queue = {.id = (char *)"voice", .shrinkage = 0.05},
        .templates = {{.id = (char *)"day"}, {.id = (char *)"standby", .on_call = true}},
        .agent = {.id = (char *)"ana", .n_skills = 1},
        .skill = {.queue = 0, .proficiency = 1},
    };
    if (by_part) {
        s->site.shrinkage_parts = (struct shrinkage_part *)parts;
        s->site.n_shrinkage_parts = 2;
    }
    s->agent.skills = &s->skill;
    s->operation = (struct operation){.zone = (char *)"UTC",
                                      .interval_min = 60,
                                      .sites = &s->site,
                                      .n_sites = 1,
                                      .queues = &s->queue,
                                      .n_queues = 1,
                                      .templates = s->templates,
                                      .n_templates = 2,
                                      .agents = &s->agent,
                                      .n_agents = 1,
                                      .time_off = s->off,
                                      .n_time_off = 2};
    s->problem = (struct plan_problem){
        .operation = &s->operation, .first_day = day_from_civil(2026, 11, 23), .n_weeks = 1};
    struct grid grid;
    ck_assert(plan_horizon(&s->operation, s->problem.first_day, 1, &grid, &error));
    demand_init(&s->problem.demand, &grid, 1, 1);
    int64_t h = 3600, monday = grid.start_ts - 8 * h; /* 00:00 in Manila */
    int64_t at = monday + DAY_S + 9 * h;
    s->off[0] = (struct time_off){0, monday + 3 * DAY_S, monday + 4 * DAY_S, 450, (char *)"vacation", 0};
    s->off[1] = (struct time_off){0, monday + 4 * DAY_S, monday + 5 * DAY_S + h, 0, NULL, 0};
    s->shifts[0] = (struct shift){.tmpl = 0,
                                  .start_ts = at,
                                  .end_ts = at + 9 * h,
                                  .n_activities = 3,
                                  .activities = {{ACTIVITY_BREAK, at + h, at + h + h / 2, true},
                                                 {ACTIVITY_MEAL, at + 4 * h, at + 5 * h, false},
                                                 {ACTIVITY_MEETING, at + 6 * h, at + 6 * h + h / 2, true}}};
    s->shifts[1] = (struct shift){.tmpl = 1, .start_ts = at + DAY_S, .end_ts = at + DAY_S + 8 * h};
    s->solution = (struct plan_solution){.shifts = s->shifts, .n_shifts = 2, .n_staffed = grid.n};
    s->solution.staffed = g_new0(double, grid.n);
    for (int iv = 20; iv < 24; iv++)
        s->solution.staffed[iv] = 1;
}

static void small_clear(struct small *s)
{
    demand_clear(&s->problem.demand);
    g_free(s->solution.staffed);
}

/* cause, where, part, share, hours, paid hours; by hand. */
static const struct {
    const char *cause, *where, *part;
    double share, hours, paid;
    bool by_part; /* of the operation whose site has parts; else of the one whose has none */
} want[] = {
    {"time off", "mnl", "time off", NAN, 0, 0, true},
    {"time off", "mnl", "vacation", NAN, 7.5, 7.5, true},
    {"placed by the roster", "mnl", "meal", NAN, 1, 0, true},
    {"placed by the roster", "mnl", "break", NAN, 0.5, 0.5, true},
    {"placed by the roster", "mnl", "meeting", NAN, 0.5, 0.5, true},
    {"out of office", "mnl", "sickness", 0.1, 7 * 0.28 * 0.320729, 7 * 0.28 * 0.320729, true},
    {"out of office", "mnl", "no-show", 0.2, 7 * 0.28 * 0.679271, 7 * 0.28 * 0.679271, true},
    {"out of office", "mnl", "shrinkage", 0.28, 7 * 0.28, 7 * 0.28, false},
    {"in the office", "voice", "shrinkage", 0.05, 4 * 0.72 * 0.05, 4 * 0.72 * 0.05, true},
    {"at work", "", "", NAN, 7 * 0.72 - 4 * 0.72 * 0.05, 7 * 0.72 - 4 * 0.72 * 0.05, true},
    {"all", "", "", NAN, 15.5, 15.5, true},
    {"all", "", "", NAN, 15.5, 15.5, false},
};

static double cell(char **cells, int i)
{
    return *cells[i] == '\0' ? NAN : g_ascii_strtod(cells[i], NULL);
}

START_TEST(every_paid_hour_has_a_cause)
{
    g_autoptr(GError) error = NULL;
    struct small s;
    small_init(&s, want[_i].by_part);
    AUTO(table) table = shrinkage_table(&s.problem, &s.solution, &error);
    ck_no_error(error);
    g_autofree char *csv = table_format(table, FORMAT_CSV);
    g_auto(GStrv) lines = g_strsplit(csv, "\n", -1);
    double sum = 0, last = NAN;
    bool found = false;
    for (int i = 1; lines[i] != NULL && *lines[i] != '\0'; i++) {
        g_auto(GStrv) cells = g_strsplit(g_strchomp(lines[i]), ",", -1);
        ck_assert_int_eq((int)g_strv_length(cells), 7);
        last = cell(cells, 5);
        sum += last;
        if (strcmp(cells[0], want[_i].cause) != 0 || strcmp(cells[2], want[_i].part) != 0)
            continue;
        found = true;
        ck_assert_str_eq(cells[1], want[_i].where);
        double share = cell(cells, 3);
        ck_assert(isnan(want[_i].share) ? isnan(share) : share == want[_i].share);
        ck_assert_double_eq_tol(cell(cells, 4), want[_i].hours, 1e-5);
        ck_assert_double_eq_tol(last, want[_i].paid, 1e-5);
        ck_assert_double_eq_tol(cell(cells, 6), want[_i].paid / 15.5, 1e-6);
    }
    ck_assert_msg(found, "no row %s, %s", want[_i].cause, want[_i].part);
    ck_assert_double_eq_tol(sum, 2 * last, 1e-9); /* all rows but the last make the last */
    small_clear(&s);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("wfm/shrinkage");
    TCase *t = tcase_create("shrinkage");
    tcase_add_loop_test(t, every_paid_hour_has_a_cause, 0, G_N_ELEMENTS(want));
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
