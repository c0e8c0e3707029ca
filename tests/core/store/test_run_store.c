/* Runs in the store: who gets one, who holds it, what becomes of it; the fence of (run, attempt). */
#include "tests/support/testing.h"

#include <string.h>

#include "core/error.h"
#include "core/store/run.h"
#include "tests/support/pg.h"

static const struct run_terms terms = {.lease_s = 30, .backoff_s = 0};
static const struct run_terms resting = {.lease_s = 30, .backoff_s = 100};

static char *conninfo;
static struct store *store;

static void start(void)
{
    g_autoptr(GError) error = NULL;
    conninfo = pg_database();
    store = store_open(conninfo, &error);
    ck_no_error(error);
}

static void stop(void)
{
    store_close(store);
    g_free(conninfo);
}

static int64_t ask(enum run_kind kind, int attempts_max)
{
    g_autoptr(GError) error = NULL;
    int64_t id = 0;
    store_run_enqueue(store, kind, "{\"week\": \"2026-W48\"}", attempts_max, "asker", &id, &error);
    ck_no_error(error);
    return id;
}

/* 0: there was none. */
static int64_t take(const char *worker, const char *kind, int *attempt)
{
    g_autoptr(GError) error = NULL;
    struct run_info run = {.id = 0};
    bool found;
    store_run_claim(store, worker, &kind, kind != NULL, &terms, &run, &found, &error);
    ck_no_error(error);
    int64_t id = found ? run.id : 0;
    if (found)
        *attempt = run.attempt;
    if (found)
        run_info_clear(&run);
    return id;
}

static void is(const char *what, const char *sql, const char *want)
{
    g_autofree char *value = pg_value(conninfo, sql);
    ck_assert_msg(g_strcmp0(value, want) == 0, "%s: %s is %s, not %s", what, sql, value, want);
}

static bool beat(int64_t id, int attempt)
{
    g_autoptr(GError) error = NULL;
    bool cancel, held;
    store_run_beat(store, id, attempt, &terms, NULL, &cancel, &held, &error);
    ck_no_error(error);
    return held;
}

START_TEST(oldest_first_and_each_once)
{
    int attempt;
    int64_t plan = ask(RUN_PLAN, 3), staff = ask(RUN_STAFF, 3), next = ask(RUN_PLAN, 3);
    ck_assert_int_eq((int)take("a", "staff", &attempt), (int)staff);
    ck_assert_int_eq((int)take("a", "forecast", &attempt), 0);
    ck_assert_int_eq((int)take("a", NULL, &attempt), (int)plan);
    ck_assert_int_eq((int)take("b", NULL, &attempt), (int)next);
    ck_assert_int_eq((int)take("b", NULL, &attempt), 0);
    is("held", "SELECT string_agg(worker, ' ' ORDER BY id) FROM run", "a a b");
}
END_TEST

/* What an attempt may do once it has lost the run, by what became of it. */
START_TEST(who_lost_it_writes_nothing)
{
    static const struct {
        const char *what, *sql; /* what others did */
    } rows[] = {
        {"another has it", "UPDATE run SET attempt = 2"},
        {"it waits again", "UPDATE run SET state = 'queued', lease_until = NULL, worker = NULL"},
        {"it was cancelled",
         "UPDATE run SET state = 'cancelled', lease_until = NULL, worker = NULL, finished_at = now()"},
        {"it is gone", "DELETE FROM run"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) keep = NULL, finish = NULL, lose = NULL;
        int attempt;
        pg_exec(conninfo, "DELETE FROM run");
        int64_t id = ask(RUN_PLAN, 3);
        ck_assert_int_eq((int)take("a", NULL, &attempt), (int)id);
        ck_assert(beat(id, attempt));
        pg_exec(conninfo, rows[i].sql);
        ck_assert_msg(!beat(id, attempt), "%s", rows[i].what);
        store_run_keep(store, id, attempt, "{\"roster\": 1}", &keep);
        ck_assert_msg(g_error_matches(keep, WFM_ERROR, WFM_ERROR_CONFLICT), "%s", rows[i].what);
        store_run_finish(store, id, attempt, RUN_DONE, "{\"roster\": 1}", &finish);
        ck_assert_msg(g_error_matches(finish, WFM_ERROR, WFM_ERROR_CONFLICT), "%s", rows[i].what);
        store_run_lose(store, id, attempt, "crash", true, &terms, &lose);
        ck_no_error(lose);
        is(rows[i].what, "SELECT count(*) FROM run WHERE result <> '{}' OR state IN ('done', 'failed')", "0");
        is(rows[i].what, "SELECT count(*) FROM run_message", "0");
    }
}
END_TEST

/* What is made and the row that says so are there together, or neither. */
START_TEST(kept_with_what_is_made)
{
    g_autoptr(GError) error = NULL;
    int attempt;
    int64_t id = ask(RUN_PLAN, 3);
    take("a", NULL, &attempt);
    for (int lost = 1; lost >= 0; lost--) {
        g_clear_error(&error);
        store_change_begin(store, &error);
        int64_t made = ask(RUN_STAFF, 1); /* stands for anything that is stored */
        bool ok = store_run_keep(store, id, attempt + lost, "{\"roster\": 1}", &error);
        ck_assert_int_eq(store_change_end(store, ok, &error), !lost);
        g_autofree char *sql = g_strdup_printf("SELECT count(*) FROM run WHERE id = %" G_GINT64_FORMAT, made);
        is("what is made", sql, lost ? "0" : "1");
    }
    is("kept", "SELECT result->>'roster' FROM run WHERE kind = 'plan'", "1");
}
END_TEST

START_TEST(lost_attempts_rest_and_end)
{
    static const struct {
        const char *what;
        int attempts_max, lost; /* so many attempts come to nothing */
        bool again, cancel;
        const char *state;
        double rest_s;
    } rows[] = {
        {"first of three", 3, 1, true, false, "queued", 100},
        {"second of three", 3, 2, true, false, "queued", 200},
        {"third of three", 3, 3, true, false, "failed", 0},
        {"only one", 1, 1, true, false, "failed", 0},
        {"hopeless", 3, 1, false, false, "failed", 0},
        {"asked to stop", 3, 1, true, true, "cancelled", 0},
        {"many", 9, 8, true, false, "queued", RUN_BACKOFF_MAX_S},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        int attempt = 0;
        int64_t id = ask(RUN_PLAN, rows[i].attempts_max);
        for (int k = 0; k < rows[i].lost; k++) {
            pg_exec(conninfo, "UPDATE run SET not_before = now()");
            ck_assert_int_eq((int)take("a", NULL, &attempt), (int)id);
            if (rows[i].cancel)
                store_run_cancel(store, id, "somebody", &error);
            store_run_lose(store, id, attempt, "crash", rows[i].again, &resting, &error);
            ck_no_error(error);
            if (k + 1 < rows[i].lost || strcmp(rows[i].state, "queued") == 0)
                ck_assert_int_eq((int)take("a", NULL, &attempt), 0); /* it rests */
        }
        is(rows[i].what, "SELECT state FROM run ORDER BY id DESC LIMIT 1", rows[i].state);
        g_autofree char *rest =
            g_strdup_printf("SELECT not_before > now() + interval '%.0f s' AND not_before "
                            "<= now() + interval '%.0f s' FROM run ORDER BY id DESC LIMIT 1",
                            rows[i].rest_s - 20, rows[i].rest_s);
        if (rows[i].rest_s > 0)
            is(rows[i].what, rest, "t");
        g_autofree char *said = g_strdup_printf("%d", rows[i].lost);
        is(rows[i].what, "SELECT count(*) FROM run_message WHERE run_id = (SELECT max(id) FROM run)", said);
        pg_exec(conninfo, "DELETE FROM run");
    }
}
END_TEST

START_TEST(leases_end)
{
    g_autoptr(GError) error = NULL;
    int attempt, n;
    int64_t id = ask(RUN_PLAN, 3);
    take("a", NULL, &attempt);
    store_run_sweep(store, &terms, &n, &error);
    ck_assert_int_eq(n, 0);
    pg_exec(conninfo, "UPDATE run SET lease_until = now() - interval '1 s'");
    ck_assert(beat(id, attempt)); /* nobody has missed it */
    pg_exec(conninfo, "UPDATE run SET lease_until = now() - interval '1 s'");
    store_run_sweep(store, &terms, &n, &error);
    ck_no_error(error);
    ck_assert_int_eq(n, 1);
    ck_assert(!beat(id, attempt));
    is("swept", "SELECT text FROM run_message",
       "attempt 1 of 3: worker a was not heard of any more; again in 0 s");
    ck_assert_int_eq((int)take("b", NULL, &attempt), (int)id);
    ck_assert_int_eq(attempt, 2);
}
END_TEST

START_TEST(given_back_does_not_count)
{
    g_autoptr(GError) error = NULL;
    int attempt;
    int64_t id = ask(RUN_PLAN, 1);
    take("a", NULL, &attempt);
    store_run_release(store, id, attempt, "the worker ended", &error);
    ck_no_error(error);
    ck_assert_int_eq((int)take("b", NULL, &attempt), (int)id);
    ck_assert_int_eq(attempt, 2);
    is("attempts", "SELECT attempts_max FROM run", "2");
}
END_TEST

START_TEST(messages_are_bounded_and_runs_forgotten)
{
    g_autoptr(GError) error = NULL;
    int attempt;
    int64_t id = ask(RUN_PLAN, 1);
    take("a", NULL, &attempt);
    g_autofree char *many = g_strdup_printf("UPDATE run SET last_seq = %d", RUN_MESSAGES_MAX - 1);
    pg_exec(conninfo, many);
    for (int i = 0; i < 3; i++)
        store_run_say(store, id, attempt, RUN_INFO, "words", &error);
    is("messages", "SELECT count(*) FROM run_message", "1");
    store_run_finish(store, id, attempt, RUN_DONE, "{}", &error);
    ask(RUN_PLAN, 1);
    for (int days = RUN_KEEP_DAYS - 1; days <= RUN_KEEP_DAYS + 1; days += 2) {
        g_autofree char *sql = g_strdup_printf(
            "UPDATE run SET finished_at = now() - interval '%d days' WHERE state = 'done'", days);
        pg_exec(conninfo, sql);
        store_run_forget(store, &error);
        is("runs", "SELECT count(*) FROM run", days < RUN_KEEP_DAYS ? "2" : "1");
    }
    is("its messages went with it", "SELECT count(*) FROM run_message", "0");
    ck_no_error(error);
}
END_TEST

static gpointer ask_later(gpointer user)
{
    g_autoptr(GError) error = NULL;
    int64_t id;
    (void)user;
    AUTO(store) other = store_open(conninfo, &error);
    store_run_enqueue(other, RUN_PLAN, "{}", 1, "asker", &id, &error);
    return NULL;
}

START_TEST(waiting_ends_with_a_call)
{
    g_autoptr(GError) error = NULL;
    store_run_wait(store, 1, &error); /* listens from now on */
    GThread *thread = g_thread_new("ask", ask_later, NULL);
    ck_assert(store_run_wait(store, 50000, &error)); /* the test would run out of its time */
    g_thread_join(thread);
    ck_no_error(error);
}
END_TEST

START_TEST(for_planners_alone)
{
    static const struct scope scopes[] = {{.role = ROLE_CLIENT, .client = "acme"},
                                          {.role = ROLE_AGENT, .agent = "ana"}};
    const struct run_filter filter = {.limit = 1};
    for (size_t i = 0; i < G_N_ELEMENTS(scopes); i++) {
        g_autoptr(GError) found = NULL, listed = NULL, said = NULL;
        struct run_info run, *runs;
        struct run_message *messages;
        int n;
        int64_t id = ask(RUN_PLAN, 1);
        store_run_find(store, &scopes[i], id, &run, &found);
        store_run_list(store, &scopes[i], &filter, &runs, &n, &listed);
        store_run_messages(store, &scopes[i], id, 0, 0, &messages, &n, &said);
        ck_assert(g_error_matches(found, WFM_ERROR, WFM_ERROR_FORBIDDEN));
        ck_assert(g_error_matches(listed, WFM_ERROR, WFM_ERROR_FORBIDDEN));
        ck_assert(g_error_matches(said, WFM_ERROR, WFM_ERROR_FORBIDDEN));
    }
    ck_assert_str_eq(pg_sqlstate(conninfo, "SET ROLE wfm_scoped; SELECT * FROM run"), "42501");
    ck_assert_str_eq(pg_sqlstate(conninfo, "SET ROLE wfm_scoped; SELECT * FROM run_message"), "42501");
}
END_TEST

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("core/store/runs");
    TCase *t = tcase_create("runs");
    tcase_set_timeout(t, 30);
    tcase_add_checked_fixture(t, start, stop);
    tcase_add_test(t, oldest_first_and_each_once);
    tcase_add_test(t, who_lost_it_writes_nothing);
    tcase_add_test(t, kept_with_what_is_made);
    tcase_add_test(t, lost_attempts_rest_and_end);
    tcase_add_test(t, leases_end);
    tcase_add_test(t, given_back_does_not_count);
    tcase_add_test(t, messages_are_bounded_and_runs_forgotten);
    tcase_add_test(t, waiting_ends_with_a_call);
    tcase_add_test(t, for_planners_alone);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
