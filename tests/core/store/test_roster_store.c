#include <math.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"
#include "core/planfile.h"
#include "core/store/query.h"
#include "tests/core/store/sample.h"
#include "tests/support/pg.h"
#include "tests/support/testing.h"

enum { AGENTS = 8, SHIFTS = AGENTS * 5, MORNING = 6 * 60 };

static char *conninfo;
static struct store *store;
static struct operation *operation;

static void setup(void)
{
    conninfo = pg_database();
    store = store_open(conninfo, NULL);
    operation = sample_operation(AGENTS);
    sample_save(store, operation);
}

static void teardown(void)
{
    operation_free(operation);
    store_close(store);
    g_free(conninfo);
}

static void must_be(const char *sql, const char *want)
{
    g_autofree char *value = pg_value(conninfo, sql);
    ck_assert_msg(g_strcmp0(value, want) == 0, "%s: %s, not %s", sql, value, want);
}

static void must_publish(int64_t id)
{
    g_autoptr(GError) error = NULL;
    store_roster_publish(store, id, "test", &error);
    ck_no_error(error);
}

static void must_refuse(int64_t id, enum wfm_error code, const char *says)
{
    g_autoptr(GError) error = NULL;
    ck_assert(!store_roster_publish(store, id, "test", &error));
    ck_assert_msg(g_error_matches(error, WFM_ERROR, (gint)code), "%s", error->message);
    ck_assert_msg(strstr(error->message, says) != NULL, "%s", error->message);
}

START_TEST(a_draft_comes_back)
{
    g_autoptr(GError) error = NULL;
    AUTO(plan_problem) problem = sample_problem(store, AGENTS, SAMPLE_WEEK);
    AUTO(plan_solution) solution = sample_solution(problem, MORNING);
    g_autofree double *expected = g_new(double, (gsize)solution->n_staffed);
    for (int i = 0; i < solution->n_staffed; i++)
        expected[i] = i / 3.0;
    int64_t id = 0;
    ck_assert(store_roster_save(store, problem, solution,
                                &(struct roster_expected){expected, expected, expected}, NULL, 1.25, "test",
                                &id, &error));
    ck_no_error(error);

    struct roster_info info;
    ck_assert(store_roster_info(store, &scope_planner, id, &info, &error));
    ck_no_error(error);
    g_autofree char *hash = plan_inputs_hash(problem);
    ck_assert_str_eq(info.inputs_hash, hash);
    ck_assert_int_eq(info.first_day, SAMPLE_WEEK);
    ck_assert_str_eq(info.zone, "Europe/Madrid");
    ck_assert_int_eq(info.version, 1);
    ck_assert_str_eq(info.state, "draft");
    ck_assert(info.seed == UINT64_MAX - 1);
    ck_assert(info.pay == solution->pay && info.penalty == solution->penalty &&
              info.bound == solution->bound && info.seconds == 1.25);
    ck_assert_int_eq(info.n_shifts, SHIFTS);
    ck_assert_int_eq(info.published_ts, 0);
    ck_assert_ptr_null(info.published_by);
    roster_info_clear(&info);

    struct plan_solution *loaded = NULL;
    ck_assert(store_roster_load(store, problem->operation, id, &loaded, &error));
    ck_no_error(error);
    ck_assert(loaded->pay == solution->pay && loaded->shortage == solution->shortage &&
              loaded->penalty == solution->penalty && loaded->objective == solution->objective);
    ck_assert_int_eq(loaded->n_shifts, solution->n_shifts);
    for (int i = 0; i < loaded->n_shifts; i++)
        ck_assert_msg(memcmp(&loaded->shifts[i], &solution->shifts[i], offsetof(struct shift, activities)) ==
                          0,
                      "shift %d", i);
    ck_assert_int_eq(loaded->n_staffed, solution->n_staffed);
    ck_assert_mem_eq(loaded->staffed, solution->staffed, (size_t)loaded->n_staffed * sizeof(double));
    ck_assert_int_eq(loaded->rounds, 42);
    ck_assert_str_eq(loaded->stopped, "gap");
    ck_assert_int_eq(loaded->shifts[3].activities[0].start_ts, solution->shifts[3].activities[0].start_ts);
    ck_assert_int_eq(loaded->shifts[3].activities[1].end_ts, solution->shifts[3].activities[1].end_ts);
    ck_assert(!loaded->shifts[3].activities[0].paid && loaded->shifts[3].activities[1].paid);
    plan_solution_free(loaded);

    struct plan_problem *replay = NULL;
    ck_assert(store_roster_problem(store, id, &replay, &error));
    ck_no_error(error);
    g_autofree char *replay_hash = plan_inputs_hash(replay);
    ck_assert_str_eq(hash, replay_hash);
    plan_problem_free(replay);

    struct coverage_view view;
    ck_assert(store_coverage(store, &scope_planner, id, "mail-en", INT64_MIN, INT64_MAX, &view, &error));
    ck_no_error(error);
    int n = problem->demand.grid.n;
    ck_assert_int_eq(view.grid.n, n);
    ck_assert_mem_eq(view.required, problem->demand.need + n, (size_t)n * sizeof(double));
    ck_assert_mem_eq(view.staffed, solution->staffed + n, (size_t)n * sizeof(double));
    ck_assert_mem_eq(view.counted, expected + n, (size_t)n * sizeof(double));
    coverage_view_clear(&view);
}
END_TEST

START_TEST(draft_publish_republish)
{
    g_autoptr(GError) error = NULL;
    int64_t first = sample_draft(store, AGENTS, SAMPLE_WEEK, MORNING);
    must_be("SELECT count(*) FROM shift", "0");
    must_publish(first);
    must_be("SELECT count(*) FROM shift WHERE NOT cancelled AND sequence = 0", "40");
    must_be("SELECT state || ' ' || published_by FROM roster", "published test");
    must_refuse(first, WFM_ERROR_CONFLICT, "published already");
    g_autofree char *uids =
        pg_value(conninfo, "SELECT md5(string_agg(uid::text, ',' ORDER BY agent_key, day)) FROM shift");

    /* the same again: a new version, no shift changed */
    int64_t same = sample_draft(store, AGENTS, SAMPLE_WEEK, MORNING);
    must_publish(same);
    must_be("SELECT count(*) FROM shift WHERE sequence = 0 AND roster_id = 2", "40");
    must_be("SELECT string_agg(version || state, ' ' ORDER BY id) FROM roster", "1superseded 2published");
    must_refuse(first, WFM_ERROR_CONFLICT, "superseded");

    /* everybody an hour later, and agents 4 to 7 not at all */
    AUTO(plan_problem) problem = sample_problem(store, AGENTS, SAMPLE_WEEK);
    AUTO(plan_solution) solution = sample_solution(problem, MORNING + 60);
    solution->n_shifts = SHIFTS / 2;
    int64_t third = 0;
    ck_assert(store_roster_save(store, problem, solution, NULL, "h", 1.0, "test", &third, &error));
    ck_no_error(error);
    must_publish(third);
    must_be("SELECT count(*) || ' ' || count(*) FILTER (WHERE sequence = 1) FROM shift WHERE NOT cancelled",
            "20 20");
    must_be("SELECT count(*) || ' ' || count(*) FILTER (WHERE sequence = 1) FROM shift WHERE cancelled",
            "20 20");
    must_be("SELECT count(DISTINCT roster_id) FROM shift WHERE NOT cancelled", "1");
    must_be("SELECT md5(string_agg(uid::text, ',' ORDER BY agent_key, day)) FROM shift", uids);
    must_be("SELECT detail->>'changed' || ' ' || (detail->>'cancelled') FROM audit WHERE action = "
            "'roster.published' "
            "ORDER BY id DESC LIMIT 1",
            "20 20");

    /* and the vanished come back under their old uid */
    must_publish(sample_draft(store, AGENTS, SAMPLE_WEEK, MORNING));
    must_be("SELECT count(*) FROM shift WHERE NOT cancelled AND sequence = 2", "40");
    must_be("SELECT md5(string_agg(uid::text, ',' ORDER BY agent_key, day)) FROM shift", uids);

    int64_t id = 0;
    ck_assert(store_roster_find(store, SAMPLE_WEEK, "published", &id, &error));
    ck_assert_int_eq(id, 4);
    ck_assert(store_roster_find(store, INT32_MIN, NULL, &id, &error));
    ck_assert_int_eq(id, 4);
    ck_assert(!store_roster_find(store, SAMPLE_WEEK + 7, "draft", &id, &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_NOT_FOUND));
    ck_assert_str_eq(error->message, "there is no draft roster for the week of 2026-11-30");
    struct roster_info *infos = NULL;
    int n = 0;
    g_clear_error(&error);
    ck_assert(store_roster_list(store, &scope_planner, NULL, 4, 2, &infos, &n, &error));
    ck_assert_int_eq(n, 2);
    ck_assert_int_eq(infos[0].id, 3);
    for (int i = 0; i < n; i++)
        roster_info_clear(&infos[i]);
    g_free(infos);
}
END_TEST

START_TEST(not_published)
{
    must_refuse(12345, WFM_ERROR_NOT_FOUND, "12345");
    must_be("SELECT count(*) FROM audit WHERE action = 'roster.published'", "0");
}
END_TEST

/* Week 2 was planned before week 1 was published: what it took for the past is wrong. */
START_TEST(a_changed_past_is_refused)
{
    int64_t one = sample_draft(store, AGENTS, SAMPLE_WEEK, MORNING);
    int64_t two = sample_draft(store, AGENTS, SAMPLE_WEEK + 7, MORNING);
    must_publish(one);
    must_refuse(two, WFM_ERROR_CONFLICT, "have changed since roster");
    must_be("SELECT count(*) FROM shift WHERE roster_id <> 1", "0");
    int64_t again = sample_draft(store, AGENTS, SAMPLE_WEEK + 7, MORNING);
    must_publish(again);
    must_be("SELECT count(*) FROM shift WHERE NOT cancelled", "80");
    /* week 1 moves under week 2's feet: allowed when nothing overlaps; a new draft of week 2 sees it */
    must_publish(sample_draft(store, AGENTS, SAMPLE_WEEK, MORNING + 30));
    must_publish(sample_draft(store, AGENTS, SAMPLE_WEEK + 7, MORNING));
}
END_TEST

/* A draft of week 1 whose last shift runs into week 2's first published one. */
START_TEST(overlap_with_the_next_week_is_refused)
{
    pg_exec(conninfo, "DELETE FROM time_off"); /* the sample's shifts know nothing of it */
    g_autoptr(GError) error = NULL;
    must_publish(sample_draft(store, AGENTS, SAMPLE_WEEK + 7,
                              0)); /* agents 0, 3, 6 start at the week's first minute */
    AUTO(plan_problem) problem = sample_problem(store, AGENTS, SAMPLE_WEEK);
    AUTO(plan_solution) solution = sample_solution(problem, MORNING);
    struct shift *last = &solution->shifts[4]; /* agent 0 */
    last->start_ts = grid_end_ts(&problem->demand.grid) - 4 * 3600;
    last->end_ts = last->start_ts + 8 * 3600;
    last->n_activities = 0;
    int64_t id = 0;
    ck_assert(store_roster_save(store, problem, solution, NULL, "h", 1.0, "test", &id, &error));
    ck_no_error(error);
    must_refuse(id, WFM_ERROR_CONFLICT, "agent agent-000: the shift at 2026-11-29T14:00:00-05:00 overlaps");
    must_be("SELECT state FROM roster WHERE id = 2", "draft");
    /* the table itself refuses as well */
    ck_assert_str_eq(
        pg_sqlstate(conninfo,
                    "INSERT INTO shift (agent_key, day, roster_id, start_at, end_at, paid_minutes, "
                    "activities) SELECT agent_key, day - 1, roster_id, start_at - interval '1 hour', "
                    "end_at, 0, '[]' FROM shift ORDER BY id LIMIT 1"),
        "23P01");
}
END_TEST

/* 10 hours before the next week's first shift, which starts with that week. */
static void short_rest(struct plan_solution *s, int64_t end_ts)
{
    struct shift *last = &s->shifts[4]; /* agent 0 */
    last->start_ts = end_ts - 22 * 3600;
    last->end_ts = end_ts - 10 * 3600;
    last->n_activities = 0;
}

/* Wednesday to Sunday, before the next week's Monday to Friday. */
static void long_run(struct plan_solution *s, int64_t end_ts)
{
    (void)end_ts;
    for (int i = 0; i < 5; i++) { /* agent 0 */
        s->shifts[i].start_ts += 2 * 86400;
        s->shifts[i].end_ts += 2 * 86400;
        s->shifts[i].n_activities = 0;
    }
}

static const struct {
    const char *what;
    void (*change)(struct plan_solution *, int64_t end_ts);
    const char *says; /* NULL: is published */
} before_next[] = {
    {"as it was", NULL, NULL},
    {"rest", short_rest,
     "agent agent-000: the shift until 2026-11-29T08:00:00-05:00 leaves less than the 660 minutes"},
    {"run of days", long_run,
     "agent agent-000: with the published shifts of the next week this makes 10 days in a row from "},
};

START_TEST(rules_hold_into_the_published_next_week)
{
    g_autoptr(GError) error = NULL;
    pg_exec(conninfo, "DELETE FROM time_off"); /* the sample's shifts know nothing of it */
    must_publish(sample_draft(store, AGENTS, SAMPLE_WEEK + 7, 0));
    AUTO(plan_problem) problem = sample_problem(store, AGENTS, SAMPLE_WEEK);
    AUTO(plan_solution) solution = sample_solution(problem, 0);
    if (before_next[_i].change != NULL)
        before_next[_i].change(solution, grid_end_ts(&problem->demand.grid));
    int64_t id = 0;
    store_roster_save(store, problem, solution, NULL, "h", 1.0, "test", &id, &error);
    ck_no_error(error);
    if (before_next[_i].says == NULL)
        must_publish(id);
    else
        must_refuse(id, WFM_ERROR_CONFLICT, before_next[_i].says);
}
END_TEST

static void two_at_once(struct plan_solution *s)
{
    s->shifts[1].start_ts = s->shifts[0].end_ts - 1800;
    s->shifts[1].end_ts = s->shifts[1].start_ts + 3600;
}
static void outside(struct plan_solution *s)
{
    s->shifts[0].start_ts -= 7 * 86400;
}
static void nobody(struct plan_solution *s)
{
    s->shifts[0].agent = 99;
}
static void two_on_a_day(struct plan_solution *s)
{
    s->shifts[0].end_ts = s->shifts[0].start_ts + 3600;
    s->shifts[0].n_activities = 0;
    s->shifts[1].start_ts = s->shifts[0].start_ts + 7200;
}
static void short_coverage(struct plan_solution *s)
{
    s->n_staffed--;
}

static const struct {
    const char *what;
    void (*spoil)(struct plan_solution *);
    enum wfm_error code;
    const char *says;
} bad[] = {
    {"overlap", two_at_once, WFM_ERROR_CONFLICT, "agent agent-000"},
    {"outside the week", outside, WFM_ERROR_INPUT, "agent-000"},
    {"unknown agent", nobody, WFM_ERROR_INPUT, "99"},
    {"two on a day", two_on_a_day, WFM_ERROR_CONFLICT, "start on one day"},
    {"coverage of another shape", short_coverage, WFM_ERROR_INPUT, "cells"},
};

START_TEST(bad_drafts)
{
    g_autoptr(GError) error = NULL;
    AUTO(plan_problem) problem = sample_problem(store, AGENTS, SAMPLE_WEEK);
    AUTO(plan_solution) solution = sample_solution(problem, MORNING);
    bad[_i].spoil(solution);
    int64_t id = -1;
    ck_assert_msg(!store_roster_save(store, problem, solution, NULL, "h", 1.0, "test", &id, &error), "%s",
                  bad[_i].what);
    ck_assert_msg(g_error_matches(error, WFM_ERROR, (gint)bad[_i].code), "%s: %s", bad[_i].what,
                  error->message);
    ck_assert_msg(strstr(error->message, bad[_i].says) != NULL, "%s: %s", bad[_i].what, error->message);
    ck_assert_int_eq(id, -1);
    must_be("SELECT count(*) FROM roster", "0");
}
END_TEST

START_TEST(who_has_left_is_named)
{
    int64_t id = sample_draft(store, AGENTS, SAMPLE_WEEK, MORNING);
    AUTO(operation) fewer = sample_operation(AGENTS - 1);
    sample_save(store, fewer);
    must_refuse(id, WFM_ERROR_CONFLICT, "agent agent-007, who has left");
}
END_TEST

/* Two processes publish at once: the same draft, or two drafts of one week. */
/* An import of agents that is about to commit, and may take one of the roster's away, is waited for. */
START_TEST(publishing_waits_for_an_import_of_agents)
{
    g_autoptr(GError) error = NULL;
    int64_t id = sample_draft(store, AGENTS, SAMPLE_WEEK, MORNING);
    AUTO(store) importer = store_open(conninfo, &error);
    ck_no_error(error);
    ck_assert(tx_begin(importer, &error) && tx_lock(importer, LOCK_OPERATION, 0, &error));
    ck_assert(execute(importer, NULL, &error, "UPDATE agent SET retired = true", ""));
    ck_assert(execute_script(store, "SET lock_timeout = '20ms'", &error));
    must_refuse(id, WFM_ERROR_BUSY, "somebody else is at it");
    must_be("SELECT count(*) FROM shift", "0");
    ck_assert(tx_end(importer, true, &error));
    ck_no_error(error);
    ck_assert(execute_script(store, "RESET lock_timeout", &error));
    must_refuse(id, WFM_ERROR_CONFLICT, "who has left since");
}
END_TEST

START_TEST(concurrent_publishes)
{
    bool same = _i == 0;
    int64_t ids[2] = {sample_draft(store, AGENTS, SAMPLE_WEEK, MORNING),
                      sample_draft(store, AGENTS, SAMPLE_WEEK, MORNING + 90)};
    pid_t children[2];
    for (int i = 0; i < 2; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            g_autoptr(GError) error = NULL;
            AUTO(store) mine = store_open(conninfo, NULL);
            bool ok = mine != NULL && store_roster_publish(mine, ids[same ? 0 : i], "test", &error);
            _exit(ok ? 0 : g_error_matches(error, WFM_ERROR, WFM_ERROR_CONFLICT) ? 1 : 2);
        }
    }
    int won = 0, lost = 0;
    for (int i = 0; i < 2; i++) {
        int status;
        waitpid(children[i], &status, 0);
        ck_assert(WIFEXITED(status));
        won += WEXITSTATUS(status) == 0;
        lost += WEXITSTATUS(status) == 1;
    }
    ck_assert_int_eq(won, same ? 1 : 2);
    ck_assert_int_eq(lost, same ? 1 : 0);
    must_be("SELECT count(*) FROM roster WHERE state = 'published'", "1");
    must_be("SELECT count(*) FROM shift s JOIN roster r ON r.id = s.roster_id WHERE r.state = 'published'",
            "40");
}
END_TEST

START_TEST(shifts_as_people_see_them)
{
    g_autoptr(GError) error = NULL;
    must_publish(sample_draft(store, AGENTS, SAMPLE_WEEK, MORNING));
    struct shift_view *views = NULL;
    int n = 0;
    ck_assert(store_shifts(store, &scope_planner, "agent-001", INT64_MIN, INT64_MAX, false, 0, 0, 0, &views,
                           &n, &error));
    ck_no_error(error);
    ck_assert_int_eq(n, 5);
    ck_assert_str_eq(views[0].agent, "agent-001");
    ck_assert_str_eq(views[0].agent_name, "Agent “1”");
    ck_assert_str_eq(views[0].site, "mnl");
    ck_assert_str_eq(views[0].zone, "Asia/Manila");
    ck_assert_int_eq(views[0].paid_minutes, 450);
    ck_assert_int_eq(views[0].n_activities, 2);
    ck_assert_int_eq(views[0].activities[0].start_ts, views[0].start_ts + 4 * 3600);
    ck_assert_int_eq((int)strlen(views[0].uid), 36);
    int64_t start = views[0].start_ts, end = views[0].end_ts;
    shift_views_free(views, n);

    /* overlap at the edges: [from, to) against [start, end) */
    static const struct {
        int from_end, to_start; /* from = end + from_end, to = start + to_start when 0 < */
        int want;
    } edges[] = {{-1, 0, 1}, {0, 0, 0}};
    for (guint i = 0; i < G_N_ELEMENTS(edges); i++) {
        ck_assert(store_shifts(store, &scope_planner, "agent-001", end + edges[i].from_end, end + 1, false, 0,
                               0, 0, &views, &n, &error));
        ck_assert_int_eq(n, edges[i].want);
        shift_views_free(views, n);
    }
    ck_assert(store_shifts(store, &scope_planner, "agent-001", start - 5, start, false, 0, 0, 0, &views, &n,
                           &error));
    ck_assert_int_eq(n, 0);
    shift_views_free(views, n);

    /* pages of 7 see every shift once */
    int64_t after_ts = 0, after_id = 0;
    int seen = 0, pages = 0;
    do {
        ck_assert(store_shifts(store, &scope_planner, NULL, INT64_MIN, INT64_MAX, true, after_ts, after_id, 7,
                               &views, &n, &error));
        for (int i = 0; i < n; i++) {
            ck_assert(views[i].start_ts > after_ts ||
                      (views[i].start_ts == after_ts && views[i].id > after_id));
            after_ts = views[i].start_ts;
            after_id = views[i].id;
        }
        seen += n;
        pages++;
        shift_views_free(views, n);
    } while (n > 0);
    ck_assert_int_eq(seen, SHIFTS);
    ck_assert_int_eq(pages, 7);

    struct shift *past = NULL;
    AUTO(plan_problem) problem = sample_problem(NULL, AGENTS, SAMPLE_WEEK);
    AUTO(plan_solution) solution = sample_solution(problem, MORNING);
    ck_assert(store_past_shifts(store, operation, problem->demand.grid.start_ts,
                                grid_end_ts(&problem->demand.grid), &past, &n, &error));
    ck_assert_int_eq(n, SHIFTS);
    for (int i = 0; i < n; i++)
        ck_assert_mem_eq(&past[i], &solution->shifts[i], offsetof(struct shift, activities));
    g_free(past);
}
END_TEST

/* Coverage of two weeks in a row and of a part of them; the week between is not published. */
START_TEST(coverage_over_weeks)
{
    g_autoptr(GError) error = NULL;
    must_publish(sample_draft(store, AGENTS, SAMPLE_WEEK, MORNING));
    must_publish(sample_draft(store, AGENTS, SAMPLE_WEEK + 14, MORNING));
    struct coverage_view view;
    ck_assert(store_coverage(store, &scope_planner, 0, "chat-es", INT64_MIN, INT64_MAX, &view, &error));
    ck_no_error(error);
    ck_assert_int_eq(view.grid.n, 3 * 336);
    ck_assert(view.staffed[1] == 1.0 && isnan(view.staffed[336]) && view.staffed[2 * 336 + 4] == 2.0);
    ck_assert(isnan(view.offered[0]));
    int64_t start = view.grid.start_ts;
    coverage_view_clear(&view);
    ck_assert(store_coverage(store, &scope_planner, 0, "chat-es", start + 100, start + 7201, &view, &error));
    ck_assert_int_eq(view.grid.start_ts, start);
    ck_assert_int_eq(view.grid.n, 5);
    coverage_view_clear(&view);
    ck_assert(!store_coverage(store, &scope_planner, 0, "chat-es", start - 100, start, &view, &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_NOT_FOUND));
}
END_TEST

/* Two weeks as one roster take over two of a week each; after that neither week is published by itself. */
START_TEST(weeks_are_published_together)
{
    g_autoptr(GError) error = NULL;
    must_publish(sample_draft(store, AGENTS, SAMPLE_WEEK, MORNING));
    must_publish(sample_draft(store, AGENTS, SAMPLE_WEEK + 7, MORNING));
    must_be("SELECT count(*) FROM shift WHERE NOT cancelled", "80");
    int64_t both = sample_draft_weeks(store, AGENTS, SAMPLE_WEEK, 2, MORNING);
    must_publish(both);
    must_be("SELECT string_agg(n_weeks || state, ' ' ORDER BY id) FROM roster",
            "1superseded 1superseded 2published");
    must_be("SELECT detail->>'superseded' FROM audit ORDER BY id DESC LIMIT 1", "[1,2]");
    must_be("SELECT count(*) || ' ' || count(*) FILTER (WHERE cancelled) FROM shift WHERE roster_id = 3",
            "80 40");
    struct roster_info info;
    ck_assert(store_roster_info(store, &scope_planner, both, &info, &error));
    ck_assert_int_eq(info.n_weeks, 2);
    roster_info_clear(&info);
    struct coverage_view view;
    ck_assert(store_coverage(store, &scope_planner, 0, "mail-en", INT64_MIN, INT64_MAX, &view, &error));
    ck_assert_int_eq(view.grid.n, 2 * 336);
    coverage_view_clear(&view);
    must_refuse(
        sample_draft(store, AGENTS, SAMPLE_WEEK, MORNING), WFM_ERROR_CONFLICT,
        "which reaches beyond it: 2 weeks from 2026-11-23; plan those weeks together (--week 2026-11-23 "
        "--weeks 2)");
    must_refuse(sample_draft_weeks(store, AGENTS, SAMPLE_WEEK + 7, 2, MORNING), WFM_ERROR_CONFLICT,
                "which reaches beyond it");
    must_publish(sample_draft_weeks(store, AGENTS, SAMPLE_WEEK, 2, MORNING + 30));
    must_publish(sample_draft_weeks(store, AGENTS, SAMPLE_WEEK + 14, 2, MORNING));
}
END_TEST

/* Granted after the draft was made: the roster that comes after has to know. */
START_TEST(time_off_since_the_draft_is_refused)
{
    pg_exec(conninfo, "DELETE FROM time_off");
    int64_t id = sample_draft(store, AGENTS, SAMPLE_WEEK, MORNING);
    pg_exec(conninfo,
            "INSERT INTO time_off (agent_key, start_at, end_at, credit_min, kind) "
            "SELECT agent_key, start_at - interval '1 hour', start_at + interval '1 hour', 0, 'doctor' "
            "FROM roster_shift JOIN agent a USING (agent_key) WHERE a.id = 'agent-001' LIMIT 1");
    must_refuse(id, WFM_ERROR_CONFLICT, "agent agent-001: the shift at 2026-11-");
    must_refuse(id, WFM_ERROR_CONFLICT, " lies in time off, doctor; plan the week of 2026-11-23 again");
    pg_exec(conninfo, "DELETE FROM time_off");
    must_publish(id);
}
END_TEST

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("core/store/roster");
    TCase *t = tcase_create("rosters");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, a_draft_comes_back);
    tcase_add_test(t, draft_publish_republish);
    tcase_add_test(t, weeks_are_published_together);
    tcase_add_test(t, not_published);
    tcase_add_test(t, a_changed_past_is_refused);
    tcase_add_test(t, overlap_with_the_next_week_is_refused);
    tcase_add_test(t, time_off_since_the_draft_is_refused);
    tcase_add_loop_test(t, rules_hold_into_the_published_next_week, 0, G_N_ELEMENTS(before_next));
    tcase_add_loop_test(t, bad_drafts, 0, G_N_ELEMENTS(bad));
    tcase_add_test(t, who_has_left_is_named);
    tcase_add_test(t, publishing_waits_for_an_import_of_agents);
    tcase_add_loop_test(t, concurrent_publishes, 0, 2);
    tcase_add_test(t, shifts_as_people_see_them);
    tcase_add_test(t, coverage_over_weeks);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
