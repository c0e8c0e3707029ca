/* Answers kept in memory, and transactions beside each other: whatever commits in which order, nothing that
   is acknowledged is missed. */
#include <libpq-fe.h>
#include <string.h>

#include "core/store/answer.h"
#include "core/store/cluster.h"
#include "tests/api/keeping.h"
#include "tests/support/pg.h"
#include "tests/support/testing.h"

static void start(void)
{
    keeping_start("", false);
}

static PGconn *connect_beside(void)
{
    PGconn *conn = PQconnectdb(fixture.conninfo);
    ck_assert_int_eq(PQstatus(conn), CONNECTION_OK);
    return conn;
}

static void run(PGconn *conn, const char *sql)
{
    PGresult *result = PQexec(conn, sql);
    ck_assert_msg(PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK,
                  "%s", PQerrorMessage(conn));
    PQclear(result);
}

/* The one that began first commits last: neither numbers nor clocks say so. */
START_TEST(commits_in_another_order)
{
    const char *token = fixture.tokens[CALLER_ANA];
    PGconn *first = connect_beside(), *second = connect_beside();
    struct http_answer before = keeping_warm(token);
    run(first, "BEGIN; UPDATE shift SET sequence = 17 WHERE agent_key = " ANA);
    for (int k = 0; k < 4; k++) {
        run(second, "BEGIN; UPDATE shift SET sequence = sequence + 1 WHERE agent_key = " CIRA "; COMMIT");
        struct http_answer between = keeping_get(keeping, token, NULL);
        keeping_same(&between, &before);
        http_answer_clear(&between);
    }
    if (_i == 0)
        run(first, "COMMIT");
    else
        run(first, "ROLLBACK");
    int memory = keeping_hits();
    struct http_answer after = keeping_get(keeping, token, NULL), truth = keeping_get(plain, token, NULL);
    keeping_same(&after, &truth);
    ck_assert_int_eq(strcmp(before.body, after.body) == 0, _i == 1);
    ck_assert_int_eq(keeping_hits() - memory, _i == 1);
    http_answer_clear(&before);
    http_answer_clear(&after);
    http_answer_clear(&truth);
    PQfinish(first);
    PQfinish(second);
}
END_TEST

#define WRITERS 2
#define WRITES 60
struct writer {
    int number, done; /* done: acknowledged; atomic */
};

static gpointer write_much(gpointer data)
{
    struct writer *writer = data;
    PGconn *conn = connect_beside();
    for (int k = 1; k <= WRITES; k++) {
        /* one column each, and now and then a transaction that takes long */
        g_autofree char *sql = g_strdup_printf("BEGIN; UPDATE shift SET %s = %d WHERE agent_key = " ANA
                                               " AND day = '2026-11-2%d'; SELECT pg_sleep(%s); COMMIT",
                                               "sequence", k, 3 + writer->number, k % 7 == 0 ? "0.02" : "0");
        run(conn, sql);
        g_atomic_int_set(&writer->done, k);
        g_usleep(2000);
    }
    PQfinish(conn);
    return NULL;
}

/* Of the k-th shift of the page. */
static int sequence_of(const char *body, int k)
{
    for (int n = 0; body != NULL && n <= k; n++)
        body = strstr(body + (n > 0), "\"sequence\":");
    ck_assert_ptr_nonnull(body);
    return (int)g_ascii_strtoll(body + strlen("\"sequence\":"), NULL, 10);
}

START_TEST(what_is_acknowledged_is_seen)
{
    struct writer writers[WRITERS] = {{0, 0}, {1, 0}};
    GThread *threads[WRITERS];
    for (int w = 0; w < WRITERS; w++)
        threads[w] = g_thread_new("writer", write_much, &writers[w]);
    for (int least[WRITERS] = {0, 0}; least[0] < WRITES || least[1] < WRITES;) {
        for (int w = 0; w < WRITERS; w++)
            least[w] = g_atomic_int_get(&writers[w].done);
        struct http_answer answer = keeping_get(keeping, fixture.tokens[CALLER_ANA], NULL);
        ck_assert_int_eq(answer.status, 200);
        for (int w = 0; w < WRITERS; w++)
            ck_assert_int_ge(sequence_of(answer.body, w), least[w]);
        http_answer_clear(&answer);
    }
    for (int w = 0; w < WRITERS; w++)
        g_thread_join(threads[w]);
}
END_TEST

/* Old marks go, and who has not looked since begins anew. */
START_TEST(sweeping_makes_nothing_look_alike)
{
    g_autoptr(GError) error = NULL;
    const char *token = fixture.tokens[CALLER_ANA];
    AUTO(store) store = store_open(fixture.conninfo, &error);
    struct http_answer before = keeping_warm(token);
    pg_exec(fixture.conninfo, "UPDATE shift SET sequence = 5");
    for (int k = 0; k < 3; k++) {
        pg_exec(fixture.conninfo,
                "UPDATE answer_horizon SET at = '-infinity'; UPDATE shift SET sequence = 6 WHERE "
                "agent_key = " CIRA);
        ck_assert(store_answer_sweep(store, &error));
        ck_no_error(error);
    }
    g_autofree char *left =
        pg_value(fixture.conninfo, "SELECT count(*) FROM answer_mark WHERE agents IS NULL");
    ck_assert_str_eq(left, "0");
    struct http_answer after = keeping_get(keeping, token, NULL);
    ck_assert_str_ne(before.body, after.body);
    ck_assert_int_ge(keeping_figure("wfm_answers_resets_total"), 1);
    http_answer_clear(&before);
    http_answer_clear(&after);
    after = keeping_warm(token); /* and it keeps again */
    http_answer_clear(&after);
}
END_TEST

/* What was restored has numbers of transactions that are yet to come. */
START_TEST(marks_from_elsewhere_go)
{
    g_autoptr(GError) error = NULL;
    AUTO(store) store = store_open(fixture.conninfo, &error);
    pg_exec(fixture.conninfo, "INSERT INTO answer_mark (xid) VALUES ('99999999999'); UPDATE answer_horizon "
                              "SET gone = '99999999998', "
                              "next = '99999999999', at = '2999-01-01'");
    ck_assert(store_answer_sweep(store, &error));
    ck_no_error(error);
    g_autofree char *left =
        pg_value(fixture.conninfo, "SELECT count(*) FROM answer_mark WHERE xid > '9999999999'");
    ck_assert_str_eq(left, "0");
    struct http_answer answer = keeping_warm(fixture.tokens[CALLER_ANA]);
    http_answer_clear(&answer);
}
END_TEST

START_TEST(a_database_restart_is_survived)
{
    g_autoptr(GError) error = NULL;
    const char *token = fixture.tokens[CALLER_ANA];
    struct http_answer answer = keeping_warm(token);
    http_answer_clear(&answer);
    cluster_stop(pg_data_dir(), &error);
    ck_no_error(error);
    for (int k = 0; k < 3; k++) {
        answer = keeping_get(keeping, token, NULL);
        ck_assert_int_eq(answer.status, 503);
        http_answer_clear(&answer);
    }
    g_free(cluster_ensure(pg_data_dir(), &error));
    ck_no_error(error);
    pg_exec(fixture.conninfo, "UPDATE shift SET sequence = 5");
    for (int k = 0; k < 50; k++) { /* the pool tries again after a moment */
        answer = keeping_get(keeping, token, NULL);
        if (answer.status == 200)
            break;
        ck_assert_int_eq(answer.status, 503);
        http_answer_clear(&answer);
        g_usleep(200 * 1000);
    }
    struct http_answer truth = keeping_get(plain, token, NULL);
    keeping_same(&answer, &truth);
    http_answer_clear(&answer);
    http_answer_clear(&truth);
}
END_TEST

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("api/hot order");
    TCase *t = tcase_create("served");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, start, keeping_stop);
    tcase_add_loop_test(t, commits_in_another_order, 0, 2);
    tcase_add_test(t, what_is_acknowledged_is_seen);
    tcase_add_test(t, sweeping_makes_nothing_look_alike);
    tcase_add_test(t, marks_from_elsewhere_go);
    tcase_add_test(t, a_database_restart_is_survived);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
