/* Several store functions as one transaction: all of them, or nothing. */
#include <string.h>

#include "core/error.h"
#include "core/store/query.h"
#include "tests/core/store/sample.h"
#include "tests/support/pg.h"
#include "tests/support/testing.h"

static char *conninfo;
static struct store *store;

static void setup(void)
{
    g_autoptr(GError) error = NULL;
    conninfo = pg_database();
    store = store_open(conninfo, &error);
    ck_no_error(error);
    AUTO(operation) operation = sample_operation(2);
    ck_assert(store_operation_save(store, operation, "test", &error));
    ck_assert(store_agents_save(store, operation, "test", &error));
    ck_no_error(error);
}

static void teardown(void)
{
    store_close(store);
    g_free(conninfo);
}

static bool make_token(GError **error)
{
    g_autofree char *text = NULL;
    return store_token_create(store, ROLE_PLANNER, NULL, NULL, "x", 0, "test", &text, NULL, error);
}

static void expect_tokens(const char *want)
{
    g_autofree char *n = pg_value(conninfo, "SELECT count(*) FROM token");
    ck_assert_str_eq(n, want);
}

START_TEST(parts_commit_together)
{
    g_autoptr(GError) error = NULL;
    ck_assert(store_change_begin(store, &error) && make_token(&error) && make_token(&error));
    expect_tokens("0"); /* seen by nobody else yet */
    ck_assert(store_change_end(store, true, &error));
    ck_no_error(error);
    expect_tokens("2");
}
END_TEST

START_TEST(parts_roll_back_together)
{
    g_autoptr(GError) error = NULL;
    ck_assert(store_change_begin(store, &error) && make_token(&error));
    ck_assert(!store_change_end(store, false, &error));
    ck_no_error(error);
    expect_tokens("0");
    ck_assert(make_token(&error)); /* and is over */
    expect_tokens("1");
}
END_TEST

/* Whoever overlooks that a part failed does not keep the rest. */
START_TEST(a_failed_part_fails_the_whole)
{
    g_autoptr(GError) error = NULL, part = NULL, next = NULL;
    ck_assert(store_change_begin(store, &error) && make_token(&error));
    ck_assert(!store_token_revoke(store, 999, "test", &part));
    ck_assert(g_error_matches(part, WFM_ERROR, WFM_ERROR_NOT_FOUND));
    ck_assert(!make_token(&next));
    ck_assert(!store_change_end(store, true, &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_INTERNAL));
    expect_tokens("0");
}
END_TEST

START_TEST(a_failed_read_is_harmless)
{
    g_autoptr(GError) error = NULL, part = NULL;
    struct roster_info info = {0};
    ck_assert(store_change_begin(store, &error) && make_token(&error));
    ck_assert(!store_roster_info(store, &scope_planner, 999, &info, &part));
    ck_assert(store_change_end(store, true, &error));
    ck_no_error(error);
    expect_tokens("1");
}
END_TEST

/* A read as somebody else leaves the change what it was: the owner of the tables. */
START_TEST(a_scoped_read_leaves_no_role_behind)
{
    g_autoptr(GError) error = NULL;
    struct scope agent = {.role = ROLE_AGENT, .agent = "agent-0"};
    struct named_row *rows = NULL;
    int n = 0;
    ck_assert(store_change_begin(store, &error));
    ck_assert(tx_begin_read(store, &agent, &error));
    AUTO(pg_result) who = query(store, &error, "SELECT current_user::text", "");
    ck_assert_str_eq(cell_peek(who, 0, 0), "wfm_scoped");
    ck_assert(tx_end(store, true, &error));
    ck_assert(store_list_clients(store, &scope_planner, &rows, &n, &error));
    ck_assert_int_gt(n, 0);
    named_rows_free(rows, n);
    ck_assert(make_token(&error) && store_change_end(store, true, &error));
    ck_no_error(error);
    expect_tokens("1");
}
END_TEST

/* A part that writes as wfm_scoped has its rights only, and what follows has the owner's again. */
START_TEST(a_scoped_part_ends)
{
    g_autoptr(GError) error = NULL, denied = NULL;
    struct scope agent = {.role = ROLE_AGENT, .agent = "agent-0"};
    ck_assert(store_change_begin(store, &error) && tx_begin_scoped(store, &agent, &error));
    AUTO(pg_result) who = query(store, &error, "SELECT current_user::text, wfm_agent()", "");
    ck_assert_str_eq(cell_peek(who, 0, 0), "wfm_scoped");
    ck_assert_str_eq(cell_peek(who, 0, 1), "agent-0");
    ck_assert(tx_end(store, true, &error));
    AUTO(pg_result) after = query(store, &error, "SELECT current_user::text, wfm_agent()", "");
    ck_assert_str_ne(cell_peek(after, 0, 0), "wfm_scoped");
    ck_assert(PQgetisnull(after, 0, 1));
    ck_assert(make_token(&error) && store_change_end(store, true, &error));
    ck_no_error(error);
    ck_assert(tx_begin_scoped(store, &agent, &error));
    ck_assert(!make_token(&denied)); /* an agent may not */
    ck_assert(!tx_end(store, true, &error));
    expect_tokens("1");
}
END_TEST

START_TEST(a_lost_connection_loses_all_of_it)
{
    g_autoptr(GError) error = NULL, part = NULL;
    ck_assert(store_change_begin(store, &error) && make_token(&error));
    pg_exec(conninfo, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                      "WHERE datname = current_database() AND pid <> pg_backend_pid()");
    ck_assert(!make_token(&part));
    ck_assert(!store_change_end(store, true, &error));
    g_clear_error(&error);
    expect_tokens("0");
    ck_assert(make_token(&error)); /* connects again */
    expect_tokens("1");
}
END_TEST

/* It has no commit to lose: whoever was given what it read would drop it, and leak it. */
START_TEST(a_read_holds_when_its_connection_is_lost)
{
    g_autoptr(GError) error = NULL;
    ck_assert(tx_begin_read(store, &scope_planner, &error));
    AUTO(pg_result) one = query(store, &error, "SELECT 1", "");
    ck_assert_ptr_nonnull(one);
    pg_exec(conninfo, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                      "WHERE datname = current_database() AND pid <> pg_backend_pid()");
    ck_assert(tx_end(store, true, &error));
    ck_no_error(error);
    ck_assert(make_token(&error)); /* connects again */
    expect_tokens("1");
}
END_TEST

/* --- idempotent answers */

static int64_t token_id(void)
{
    g_autofree char *text = NULL;
    int64_t id = 0;
    g_autoptr(GError) error = NULL;
    ck_assert(store_token_create(store, ROLE_PLANNER, NULL, NULL, "x", 0, "test", &text, &id, &error));
    return id;
}

static void keep(int64_t token, const char *key)
{
    g_autoptr(GError) error = NULL;
    struct idempotent_answer answer = {token, (char *)"digest", (char *)"an answer", 9};
    ck_assert(store_change_begin(store, &error));
    ck_assert(store_idempotency_keep(store, token, key, &answer, &error));
    ck_assert(store_change_end(store, true, &error));
    ck_no_error(error);
}

static bool finds(int64_t token, const char *key)
{
    g_autoptr(GError) error = NULL;
    struct idempotent_answer found;
    ck_assert(store_change_begin(store, &error));
    ck_assert(store_idempotency_find(store, token, key, &found, &error));
    bool there = found.sealed != NULL;
    ck_assert(!there || (found.length == 9 && memcmp(found.sealed, "an answer", 9) == 0));
    idempotent_answer_clear(&found);
    ck_assert(store_change_end(store, true, &error));
    return there;
}

START_TEST(answers_are_kept_a_day_by_token_and_key)
{
    int64_t one = token_id(), two = token_id();
    keep(one, "k");
    ck_assert(finds(one, "k") && !finds(one, "K") && !finds(two, "k"));
    pg_exec(conninfo, "UPDATE idempotency SET created_at = now() - interval '25 hours'");
    ck_assert(!finds(one, "k"));
    keep(two, "other"); /* takes away what is too old */
    g_autofree char *n = pg_value(conninfo, "SELECT count(*) FROM idempotency");
    ck_assert_str_eq(n, "1");
    g_autoptr(GError) error = NULL;
    ck_assert(store_token_revoke(store, two, "test", &error));
    ck_assert(finds(two, "other")); /* for the next of the line */
}
END_TEST

START_TEST(the_same_key_runs_once_at_a_time)
{
    g_autoptr(GError) error = NULL, busy = NULL;
    AUTO(store) second = store_open(conninfo, &error);
    struct idempotent_answer none;
    int64_t token = token_id();
    ck_assert(store_change_begin(store, &error) && store_idempotency_find(store, token, "k", &none, &error));
    ck_assert(store_change_begin(second, &error));
    ck_assert(!store_idempotency_find(second, token, "k", &none, &busy));
    ck_assert(g_error_matches(busy, WFM_ERROR, WFM_ERROR_BUSY));
    ck_assert(store_idempotency_find(second, token, "another", &none, &error));
    ck_assert(store_change_end(store, true, &error));
    ck_assert(store_idempotency_find(second, token, "k", &none, &error));
    ck_assert(store_change_end(second, true, &error));
    ck_no_error(error);
}
END_TEST

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("core/store/change");
    TCase *t = tcase_create("one transaction");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, parts_commit_together);
    tcase_add_test(t, parts_roll_back_together);
    tcase_add_test(t, a_failed_part_fails_the_whole);
    tcase_add_test(t, a_failed_read_is_harmless);
    tcase_add_test(t, a_scoped_read_leaves_no_role_behind);
    tcase_add_test(t, a_scoped_part_ends);
    tcase_add_test(t, a_lost_connection_loses_all_of_it);
    tcase_add_test(t, a_read_holds_when_its_connection_is_lost);
    tcase_add_test(t, answers_are_kept_a_day_by_token_and_key);
    tcase_add_test(t, the_same_key_runs_once_at_a_time);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
