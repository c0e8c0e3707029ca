/* Prepared statements, several in one round trip, poolers, and the pool of the service. */
#include "tests/support/testing.h"

#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "api/pool.h"
#include "core/store/statement.h"
#include "tests/support/pg.h"

static char *conninfo;
static struct store *store;

static void setup(void)
{
    g_autoptr(GError) error = NULL;
    conninfo = pg_database();
    store = store_open(conninfo, &error);
    ck_no_error(error);
}

static void teardown(void)
{
    store_close(store);
    g_free(conninfo);
}

static int64_t one(struct store *on, const char *sql)
{
    g_autoptr(GError) error = NULL;
    AUTO(pg_result) rows = query(on, &error, sql, "");
    ck_no_error(error);
    return cell_int(rows, 0, 0);
}

START_TEST(the_second_run_is_prepared)
{
    ck_assert_int_eq(one(store, "SELECT 7"), 7);
    ck_assert_int_eq(statements_prepared(store), 0);
    for (int k = 0; k < 9; k++)
        ck_assert_int_eq(one(store, "SELECT 7"), 7);
    ck_assert_int_eq(statements_prepared(store), 1);
    ck_assert_int_eq(one(store, "SELECT count(*) FROM pg_prepared_statements"), 1);
}
END_TEST

/* The server's side is lost or does not fit any more: outside of a transaction nobody notices. */
START_TEST(what_is_stale_is_prepared_again)
{
    static const char *const breaks[] = {
        "DEALLOCATE ALL", "ALTER TABLE gone DROP COLUMN n; ALTER TABLE gone ADD COLUMN n bigint DEFAULT 7"};
    pg_exec(conninfo, "CREATE TABLE gone (n integer); INSERT INTO gone VALUES (7)");
    for (int k = 0; k < 3; k++)
        ck_assert_int_eq(one(store, "SELECT n FROM gone"), 7);
    for (size_t b = 0; b < G_N_ELEMENTS(breaks); b++) {
        g_autoptr(GError) error = NULL;
        ck_assert(execute_script(store, breaks[b], &error));
        for (int k = 0; k < 3; k++)
            ck_assert_int_eq(one(store, "SELECT n FROM gone"), 7);
    }
}
END_TEST

START_TEST(several_are_one_transaction)
{
    g_autoptr(GError) error = NULL;
    PGresult *results[3];
    const struct statement good[] = {{"INSERT INTO client (id, name) VALUES ('a', 'A')", 0, NULL, NULL, NULL},
                                     {"SELECT count(*) FROM client", 0, NULL, NULL, NULL}};
    ck_assert(statements_run(store, good, 2, results, &error));
    ck_assert_int_eq(cell_int(results[1], 0, 0), 1);
    PQclear(results[0]);
    PQclear(results[1]);
    const struct statement bad[] = {{"INSERT INTO client (id, name) VALUES ('b', 'B')", 0, NULL, NULL, NULL},
                                    {"SELECT 1 / (count(*) - 2) FROM client", 0, NULL, NULL, NULL},
                                    {"SELECT 1", 0, NULL, NULL, NULL}};
    for (int k = 0; k < 3; k++) { /* plain, being prepared, prepared */
        ck_assert(!statements_run(store, bad, 3, results, &error));
        ck_assert_ptr_nonnull(error);
        g_clear_error(&error);
        for (int r = 0; r < 3; r++)
            PQclear(results[r]);
        ck_assert_int_eq(one(store, "SELECT count(*) FROM client"), 1);
    }
}
END_TEST

/* The second wall on the short way: even a statement that forgets to ask whose shifts it reads gets those of
 * the agent the first one has named, and none when it named nobody. */
START_TEST(row_level_security_holds_on_the_short_way)
{
    pg_exec(
        conninfo,
        "INSERT INTO time_zone VALUES ('UTC'); "
        "INSERT INTO site (id, name, zone, country, shrinkage) VALUES ('s', 'S', 'UTC', 'ES', 0); "
        "INSERT INTO contract (id, name, week_minutes_min, week_minutes_max, week_days_min, week_days_max, "
        "consecutive_days_max, rest_min_minutes, consecutive_days_off_min, week_nights_max, night_from_min, "
        "night_to_min, night_shift_minutes, weekends_max, weekends_of, start_spread_max_min, rate, currency, "
        "night_premium, holiday_premium) VALUES ('c', 'C', 0, 2400, 0, 6, 6, 600, 1, 7, 0, 0, 0, 2, 2, 1440, "
        "1, "
        "'EUR', 0, 0); "
        "INSERT INTO agent (id, name, site_id, contract_id, available, employed_from, employed_to) "
        "SELECT 'a' || n, 'A', 's', 'c', '[]', '-infinity', 'infinity' FROM generate_series(1, 3) n; "
        "INSERT INTO roster (first_day, n_weeks, zone, start_at, end_at, interval_s, version, state, pay, "
        "shortage, "
        "objective, bound, seconds, rounds, stopped, seed, currency, n_shifts, inputs_hash, wfm_version, "
        "created_by, "
        "published_by, published_at, past) VALUES ('2026-11-23', 1, 'UTC', '2026-11-23', '2026-11-30', 1800, "
        "1, "
        "'published', 0, 0, 0, 0, 0, 0, 'gap', 1, 'EUR', 3, '', '', '', '', now(), '{}'); "
        "INSERT INTO shift (agent_key, day, roster_id, start_at, end_at, paid_minutes, activities) "
        "SELECT agent_key, '2026-11-23', (SELECT max(id) FROM roster), '2026-11-23 08:00Z', '2026-11-23 "
        "16:00Z', 480, "
        "'[]' FROM agent");
    ck_assert_int_eq(one(store, "SELECT count(*) FROM shift"), 3);
    static const struct {
        const char *settings;
        int sees;
    } rows[] = {
        {"set_config('wfm.role', 'agent', true), set_config('wfm.agent_key', (SELECT max(agent_key)::text "
         "FROM agent), true)",
         1},
        {"set_config('wfm.role', 'agent', true), set_config('wfm.agent', 'a2', true)", 1},
        {"set_config('wfm.role', 'agent', true)", 0},
        {"set_config('wfm.role', 'client', true), set_config('wfm.agent_key', '1', true)", 0},
        {"1", 0},
    };
    for (size_t k = 0; k < G_N_ELEMENTS(rows); k++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *first =
            g_strdup_printf("SELECT %s, set_config('role', 'wfm_scoped', true)", rows[k].settings);
        const struct statement both[] = {
            {first, 0, NULL, NULL, NULL},
            {"SELECT count(*), count(DISTINCT agent_key) FROM shift", 0, NULL, NULL, NULL}};
        for (int round = 0; round < 3; round++) {
            PGresult *results[2];
            ck_assert(statements_run(store, both, 2, results, &error));
            ck_assert_int_eq(cell_int(results[1], 0, 0), rows[k].sees);
            PQclear(results[0]);
            PQclear(results[1]);
            /* and nothing of it stays on the connection */
            ck_assert_int_eq(one(store, "SELECT count(*) FROM shift"), 3);
        }
    }
}
END_TEST

/* --- pgbouncer */

static pid_t pooler;

/* In transaction mode with one connection to the server; its port directory, g_free; NULL: it is not there.
 */
static char *start_pooler(const char *dir)
{
    g_autofree char *program = g_find_program_in_path("pgbouncer");
    if (program == NULL)
        return NULL;
    g_autofree char *ini = g_strdup_printf("%s/pgbouncer.ini", dir),
                    *users = g_strdup_printf("%s/users", dir);
    g_autofree char *host = NULL, *name = NULL, *user = pg_value(conninfo, "SELECT current_user");
    host = pg_value(conninfo, "SELECT split_part(current_setting('unix_socket_directories'), ',', 1)");
    name = pg_value(conninfo, "SELECT current_database()");
    g_autofree char *port = pg_value(conninfo, "SHOW port");
    g_autofree char *text = g_strdup_printf(
        "[databases]\nw = host=%s port=%s dbname=%s user=%s\n[pgbouncer]\nunix_socket_dir = %s\nlisten_port "
        "= 6543\n"
        "auth_type = any\nauth_file = %s\npool_mode = transaction\ndefault_pool_size = 1\nlogfile = %s/log\n"
        "ignore_startup_parameters = extra_float_digits,options\n",
        host, port, name, user, dir, users, dir);
    ck_assert(g_file_set_contents(ini, text, -1, NULL) && g_file_set_contents(users, "", -1, NULL));
    pooler = fork();
    if (pooler == 0) {
        /* who may enter the directory of the server's socket */
        struct stat there;
        struct passwd *owner = stat(host, &there) == 0 ? getpwuid(there.st_uid) : NULL;
        if (geteuid() == 0 && owner != NULL)
            execl(program, program, "-q", "-u", owner->pw_name, ini, (char *)NULL);
        execl(program, program, "-q", ini, (char *)NULL);
        _exit(127);
    }
    return g_strdup_printf("host=%s port=6543 dbname=w user=%s", dir, user);
}

START_TEST(a_pooler_of_transactions_is_fine_without_preparing)
{
    g_autofree char *dir = pg_tmpdir();
    if (geteuid() == 0)
        ck_assert_int_eq(chmod(dir, 0777), 0);
    g_autofree char *through = start_pooler(dir);
    if (through == NULL)
        return;
    g_autofree char *off = g_strconcat(through, " prepare=off", NULL);
    struct store *both[2] = {NULL, NULL};
    for (int k = 0; k < 100 && both[0] == NULL; k++) {
        both[0] = store_open_with(off, &(struct store_options){.statement_ms = 5000, .idle_ms = 7000}, NULL);
        if (both[0] == NULL)
            g_usleep(50 * 1000);
    }
    g_autoptr(GError) error = NULL;
    both[1] = store_open(off, &error);
    ck_no_error(error);
    for (int k = 0; k < 8; k++) {
        struct store *now = both[k % 2];
        ck_assert_int_eq(one(now, "SELECT 7"), 7);
        ck_assert(tx_begin_read(now, &scope_planner, &error));
        if (k % 2 == 0) /* said in the transaction */
            ck_assert_int_eq(
                one(now, "SELECT setting::bigint FROM pg_settings WHERE name = 'statement_timeout'"), 5000);
        ck_assert(tx_end(now, true, &error));
        PGresult *results[2];
        const struct statement s[] = {
            {"SELECT 1", 0, NULL, NULL, NULL},
            {"SELECT setting::bigint FROM pg_settings WHERE name = 'statement_timeout'", 0, NULL, NULL,
             NULL}};
        ck_assert(statements_run(now, s, 2, results, &error));
        ck_assert_int_eq(cell_int(results[1], 0, 0), k % 2 == 0 ? 5000 : 0);
        PQclear(results[0]);
        PQclear(results[1]);
        ck_assert_int_eq(statements_prepared(now), 0);
    }
    /* nothing was left on the server's one connection */
    ck_assert_int_eq(one(both[1], "SELECT setting::bigint FROM pg_settings WHERE name = 'statement_timeout'"),
                     0);
    ck_assert_int_eq(one(both[1], "SELECT count(*) FROM pg_prepared_statements"), 0);
    struct token_info token;
    ck_assert(
        !store_token_lookup(both[0], "wfm_0000000000000000000000000000000000000000000", &token, &error));
    ck_assert_msg(g_error_matches(error, WFM_ERROR, WFM_ERROR_UNAUTHENTICATED), "%s", error->message);
    store_close(both[0]);
    store_close(both[1]);
    kill(pooler, SIGTERM);
    waitpid(pooler, NULL, 0);
    testing_rmdir(g_steal_pointer(&dir));
}
END_TEST

static const struct {
    const char *word;
    bool ok;
} words[] = {{" prepare=off", true}, {" prepare=on", true}, {" prepare=maybe", false}, {"", true}};

START_TEST(the_word_is_ours)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *with = g_strconcat(conninfo, words[_i].word, NULL);
    AUTO(store) opened = store_open(with, &error);
    ck_assert_msg((opened != NULL) == words[_i].ok, "%s", error != NULL ? error->message : "opened");
    if (opened != NULL)
        ck_assert_int_eq(opened->prepare, strstr(words[_i].word, "off") == NULL);
}
END_TEST

/* --- the pool */

START_TEST(the_pool_is_bounded)
{
    g_autoptr(GError) error = NULL;
    struct pool_figures figures[POOL_SIDES];
    struct store_pool *pool = store_pool_new_with(
        &(struct pool_settings){.conninfo = conninfo, .connections_max = 1, .wait_ms = 50});
    struct store *first = store_pool_take(pool, &error);
    ck_no_error(error);
    ck_assert_ptr_null(store_pool_take(pool, &error));
    ck_assert_msg(g_error_matches(error, WFM_ERROR, WFM_ERROR_STORE), "%s", error->message);
    ck_assert_ptr_nonnull(strstr(error->message, "all 1 connections are busy"));
    store_pool_give(pool, first, false);
    ck_assert_ptr_eq(store_pool_take(pool, NULL), first);
    store_pool_figures(pool, figures);
    ck_assert_uint_eq(figures[POOL_PRIMARY].timeouts, 1);
    ck_assert_int_eq(figures[POOL_PRIMARY].in_use, 1);
    store_pool_give(pool, first, true);
    store_pool_figures(pool, figures);
    ck_assert_int_eq(figures[POOL_PRIMARY].in_use + figures[POOL_PRIMARY].idle, 0);
    store_pool_free(pool);
}
END_TEST

START_TEST(a_database_that_is_away_is_not_run_over)
{
    struct pool_figures figures[POOL_SIDES];
    struct store_pool *pool = store_pool_new("host=/nonexistent-wfm-test dbname=none");
    for (int k = 0; k < 1000; k++)
        ck_assert_ptr_null(store_pool_take(pool, NULL));
    store_pool_figures(pool, figures);
    ck_assert_uint_ge(figures[POOL_PRIMARY].failures, 1);
    ck_assert_uint_lt(figures[POOL_PRIMARY].failures, 20); /* of 1000 */
    ck_assert(figures[POOL_PRIMARY].away);
    store_pool_free(pool);
}
END_TEST

static const struct {
    const char *what, *replica; /* NULL: the same database */
    bool wrote, goes_there;
} replicas[] = {
    {"near enough", NULL, false, true},
    {"who has written", NULL, true, false},
    {"away", "host=/nonexistent-wfm-test dbname=none", false, false},
};

START_TEST(reads_go_to_the_replica_while_they_may)
{
    g_autoptr(GError) error = NULL;
    struct pool_figures figures[POOL_SIDES];
    struct store_pool *pool = store_pool_new_with(&(struct pool_settings){
        .conninfo = conninfo, .replica = replicas[_i].replica != NULL ? replicas[_i].replica : conninfo});
    struct store *before = store_pool_take_read(pool, 17, &error); /* nobody has looked at it yet */
    store_pool_figures(pool, figures);
    ck_assert_int_eq(figures[POOL_REPLICA].in_use, 0);
    store_pool_give(pool, before, false);
    store_pool_tick(pool);
    if (replicas[_i].wrote)
        store_pool_wrote(pool, 17);
    struct store *taken = store_pool_take_read(pool, 17, &error);
    ck_no_error(error);
    store_pool_figures(pool, figures);
    ck_assert_msg(figures[POOL_REPLICA].in_use == replicas[_i].goes_there, "%s", replicas[_i].what);
    ck_assert_int_eq(figures[POOL_PRIMARY].in_use, !replicas[_i].goes_there);
    store_pool_give(pool, taken, false);
    store_pool_free(pool);
}
END_TEST

/* A server that says it is a replica, which has replayed what wal.replayed says: functions of its own shadow
 * those of the server. */
static const char lagging_replica[] =
    "CREATE SCHEMA wal; CREATE TABLE wal.replayed (lsn pg_lsn); INSERT INTO wal.replayed VALUES ('0/0');"
    "CREATE FUNCTION wal.pg_is_in_recovery() RETURNS boolean LANGUAGE sql AS 'SELECT true';"
    "CREATE FUNCTION wal.pg_last_wal_replay_lsn() RETURNS pg_lsn LANGUAGE sql AS 'SELECT lsn FROM "
    "wal.replayed'";

static const struct {
    const char *replayed; /* as far as the replica is at the second look */
    bool goes_there;
} lags[] = {
    {"'0/0'", false},
    {"pg_current_wal_lsn() - 1000000", false},
    {"pg_current_wal_lsn()", true},
};

START_TEST(a_replica_that_lags_is_not_asked)
{
    g_autoptr(GError) error = NULL;
    struct pool_figures figures[POOL_SIDES];
    pg_exec(conninfo, lagging_replica);
    g_autofree char *replica = g_strdup_printf("%s options='-c search_path=wal,pg_catalog,public'", conninfo);
    struct store_pool *pool =
        store_pool_new_with(&(struct pool_settings){.conninfo = conninfo, .replica = replica});
    store_pool_tick(pool); /* where the primary is */
    g_autofree char *moved = g_strdup_printf("UPDATE wal.replayed SET lsn = %s", lags[_i].replayed);
    pg_exec(conninfo, moved);
    store_pool_tick(pool);
    struct store *taken = store_pool_take_read(pool, 17, &error);
    ck_no_error(error);
    store_pool_figures(pool, figures);
    ck_assert_msg(figures[POOL_REPLICA].in_use == lags[_i].goes_there, "replayed to %s", lags[_i].replayed);
    store_pool_give(pool, taken, false);
    store_pool_free(pool);
}
END_TEST

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("core/store/statement");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 30);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, the_second_run_is_prepared);
    tcase_add_test(t, what_is_stale_is_prepared_again);
    tcase_add_test(t, several_are_one_transaction);
    tcase_add_test(t, row_level_security_holds_on_the_short_way);
    tcase_add_test(t, a_pooler_of_transactions_is_fine_without_preparing);
    tcase_add_loop_test(t, the_word_is_ours, 0, G_N_ELEMENTS(words));
    tcase_add_test(t, the_pool_is_bounded);
    tcase_add_test(t, a_database_that_is_away_is_not_run_over);
    tcase_add_loop_test(t, reads_go_to_the_replica_while_they_may, 0, G_N_ELEMENTS(replicas));
    tcase_add_loop_test(t, a_replica_that_lags_is_not_asked, 0, G_N_ELEMENTS(lags));
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
