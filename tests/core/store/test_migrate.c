#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"
#include "core/store/migrate.h"
#include "tests/support/pg.h"
#include "tests/support/testing.h"

START_TEST(up_from_empty)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *conninfo = pg_database_empty();
    AUTO(store) store = store_open(conninfo, &error);
    ck_no_error(error);
    struct schema_status status;
    ck_assert(store_schema_status(store, &status, &error));
    ck_assert_int_eq(status.applied, 0);
    ck_assert_int_eq(status.known, migrations[n_migrations - 1].version);
    ck_assert(!store_schema_require(store, &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_SCHEMA));
    ck_assert_ptr_nonnull(strstr(error->message, "wfm db migrate"));
    g_clear_error(&error);

    int applied = -1;
    ck_assert(store_migrate(store, &applied, &error));
    ck_no_error(error);
    ck_assert_int_eq(applied, n_migrations);
    ck_assert(store_schema_require(store, &error));
    ck_assert(store_migrate(store, &applied, &error));
    ck_assert_int_eq(applied, 0);
    ck_assert(store_schema_status(store, &status, &error));
    ck_assert_int_eq(status.applied, migrations[n_migrations - 1].version);
}
END_TEST

static const struct {
    const char *what, *sql, *says;
    bool migrate_too; /* migrating is refused as well */
} refused[] = {
    {"a newer schema",
     "INSERT INTO schema_migration (version, name, checksum) VALUES (9999, '9999_later.sql', 'x')",
     "9999_later.sql", true},
    {"a changed checksum", "UPDATE schema_migration SET checksum = repeat('0', 64) WHERE version = 1",
     "0001_operation.sql", true},
    {"a hole", "DELETE FROM schema_migration WHERE version = 1", "lacks migration 1", true},
    {"an older schema",
     "DELETE FROM schema_migration WHERE version = (SELECT max(version) FROM schema_migration)",
     "wfm db migrate", false},
};

START_TEST(refuses)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *conninfo = pg_database();
    pg_exec(conninfo, refused[_i].sql);
    AUTO(store) store = store_open(conninfo, &error);
    ck_assert_msg(!store_schema_require(store, &error), "%s", refused[_i].what);
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_SCHEMA));
    ck_assert_msg(strstr(error->message, refused[_i].says) != NULL, "%s: %s", refused[_i].what,
                  error->message);
    if (refused[_i].migrate_too) {
        g_clear_error(&error);
        ck_assert(!store_migrate(store, NULL, &error));
        ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_SCHEMA));
    }
}
END_TEST

START_TEST(a_failing_migration_leaves_nothing)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *conninfo = pg_database_empty();
    pg_exec(conninfo, "CREATE TABLE audit (in_the_way boolean)"); /* the last table of the first migration */
    AUTO(store) store = store_open(conninfo, &error);
    ck_assert(!store_migrate(store, NULL, &error));
    ck_assert_msg(g_str_has_prefix(error->message, "migration 0001_operation.sql: "), "%s", error->message);
    g_autofree char *left = pg_value(conninfo, "SELECT to_regclass('client')::text");
    ck_assert_ptr_null(left);
    struct schema_status status;
    ck_assert(store_schema_status(store, &status, NULL));
    ck_assert_int_eq(status.applied, 0);
}
END_TEST

START_TEST(two_at_once)
{
    g_autofree char *conninfo = pg_database_empty();
    pid_t children[3];
    for (int i = 0; i < 3; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            AUTO(store) store = store_open(conninfo, NULL);
            _exit(store != NULL && store_migrate(store, NULL, NULL) ? 0 : 1);
        }
    }
    for (int i = 0; i < 3; i++) {
        int status = -1;
        waitpid(children[i], &status, 0);
        ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
}
END_TEST

START_TEST(unreachable_server)
{
    g_autoptr(GError) error = NULL;
    ck_assert_ptr_null(store_open("host=/nonexistent dbname=x", &error));
    ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_STORE));
}
END_TEST

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("core/store/migrate");
    TCase *t = tcase_create("schema");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, up_from_empty);
    tcase_add_loop_test(t, refuses, 0, G_N_ELEMENTS(refused));
    tcase_add_test(t, a_failing_migration_leaves_nothing);
    tcase_add_test(t, two_at_once);
    tcase_add_test(t, unreachable_server);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
