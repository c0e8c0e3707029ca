#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/error.h"
#include "core/file.h"
#include "wfm/commands.h"
#include "wfm/output.h"
#include "wfm/settings.h"

static const struct column status_columns[] = {
    {"database", "database", COLUMN_TEXT, 0},
    {"schema", "schema", COLUMN_INT, 0},
    {"known", "known", COLUMN_INT, 0},
    {"state", "state", COLUMN_TEXT, 0},
    {NULL, NULL, 0, 0},
};

static struct store *open_any(const struct options *options, GError **error)
{
    g_autofree char *conninfo = settings_conninfo(options, NULL, error);
    return conninfo != NULL ? store_open(conninfo, error) : NULL;
}

static bool run_migrate(const struct options *options, GError **error)
{
    AUTO(store) store = open_any(options, error);
    int applied = 0;
    struct schema_status status;
    if (store == NULL || !store_migrate(store, &applied, error) ||
        !store_schema_status(store, &status, error))
        return false;
    printf("applied %d migrations; the schema is at %d\n", applied, status.applied);
    return true;
}

/* The connection string without its password, which goes to *password (g_free) unless that is NULL. Quoted as
 * libpq reads it. */
static char *without_password(const char *conninfo, char **password)
{
    PQconninfoOption *parts = PQconninfoParse(conninfo, NULL);
    GString *text = g_string_new(NULL);
    for (PQconninfoOption *part = parts; part != NULL && part->keyword != NULL; part++) {
        if (part->val == NULL)
            continue;
        if (g_str_equal(part->keyword, "password")) {
            if (password != NULL)
                *password = g_strdup(part->val);
            continue;
        }
        g_auto(GStrv) pieces = g_strsplit_set(part->val, "\\'", -1);
        bool plain = pieces[0] != NULL && pieces[1] == NULL && strpbrk(part->val, " \t") == NULL;
        g_autofree char *escaped = g_strescape(part->val, NULL);
        g_string_append_printf(text, plain ? "%s%s=%s" : "%s%s='%s'", text->len > 0 ? " " : "", part->keyword,
                               plain ? part->val : escaped);
    }
    PQconninfoFree(parts);
    return g_string_free(text, FALSE);
}

static bool run_status(const struct options *options, GError **error)
{
    g_autofree char *conninfo = settings_conninfo(options, NULL, error);
    AUTO(store) store = conninfo != NULL ? store_open(conninfo, error) : NULL;
    struct schema_status status;
    if (store == NULL || !store_schema_status(store, &status, error))
        return false;
    g_autofree char *shown = without_password(conninfo, NULL);
    AUTO(table) table = table_new(status_columns);
    table_text(table, shown);
    table_int(table, status.applied);
    table_int(table, status.known);
    table_text(table, status.applied == 0              ? "empty: run wfm db migrate"
                      : status.applied < status.known  ? "older: run wfm db migrate"
                      : status.applied == status.known ? "ready"
                                                       : "newer than this wfm: upgrade wfm");
    table_print(table, (enum format)options_choice(options, "format"), stdout);
    return true;
}

static bool run_stop(const struct options *options, GError **error)
{
    g_autofree char *dir = settings_data_dir(options);
    return cluster_stop(dir, error);
}

/* pg_dump or pg_restore of the server's own major version; g_free. */
static char *find_tool(const char *conninfo, const char *name, GError **error)
{
    PGconn *connection = PQconnectdb(conninfo);
    int version = PQserverVersion(connection) / 10000;
    g_autofree char *why = g_strdup(PQerrorMessage(connection));
    PQfinish(connection);
    if (version == 0) {
        wfm_fail(error, WFM_ERROR_STORE, "%s", g_strchomp(why));
        return NULL;
    }
    char *path = g_strdup_printf("/usr/lib/postgresql/%d/bin/%s", version, name);
    if (g_file_test(path, G_FILE_TEST_IS_EXECUTABLE))
        return path;
    g_free(path);
    path = g_find_program_in_path(name);
    if (path == NULL)
        wfm_fail(error, WFM_ERROR_STORE, "%s of PostgreSQL %d not found: install postgresql-client-%d", name,
                 version, version);
    return path;
}

/* Runs a PostgreSQL tool, with --dbname added unless conninfo is NULL; the password travels in the
 * environment, where `ps` does not show it. */
static bool run_tool(const char *conninfo, const char *const *argv, GError **error)
{
    g_autofree char *password = NULL;
    g_autofree char *database = conninfo != NULL ? without_password(conninfo, &password) : NULL;
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    for (int i = 0; argv[i] != NULL; i++)
        g_ptr_array_add(words, (gpointer)argv[i]);
    if (database != NULL) {
        g_ptr_array_add(words, (gpointer) "--dbname");
        g_ptr_array_add(words, database);
    }
    g_ptr_array_add(words, NULL);
    g_auto(GStrv) env = g_get_environ();
    if (password != NULL)
        env = g_environ_setenv(env, "PGPASSWORD", password, TRUE);
    g_autoptr(GError) cause = NULL;
    g_autofree char *said = NULL;
    int status;
    if (!g_spawn_sync(NULL, (char **)words->pdata, env, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &said,
                      &status, &cause))
        return wfm_fail(error, WFM_ERROR_IO, "%s: %s", argv[0], cause->message);
    if (g_spawn_check_wait_status(status, NULL))
        return true;
    return wfm_fail(error, WFM_ERROR_STORE, "%s", said != NULL && *said != '\0' ? g_strchomp(said) : argv[0]);
}

static bool run_dump(const struct options *options, GError **error)
{
    const char *path = options_arg(options, 0);
    g_autofree char *conninfo = settings_conninfo(options, NULL, error);
    g_autofree char *tool = conninfo != NULL ? find_tool(conninfo, "pg_dump", error) : NULL;
    if (tool == NULL)
        return false;
    if (g_file_test(path, G_FILE_TEST_EXISTS) && !options_flag(options, "force"))
        return wfm_fail(error, WFM_ERROR_IO, "%s is there already (--force replaces it)", path);
    if (!file_replaceable(path, error))
        return false;
    /* A dump holds everything: its owner alone may read it. Written beside and renamed, so that no half dump
     * bears the name. */
    g_autofree char *part = g_strdup_printf("%s.part", path);
    unlink(part); /* of a dump that was killed, or somebody's link: neither its mode nor its target is ours */
    int fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return wfm_fail(error, WFM_ERROR_IO, "%s: %s", part, g_strerror(errno));
    close(fd);
    const char *argv[] = {tool, "--format=custom", "--no-owner", "--file", part, NULL};
    if (!run_tool(conninfo, argv, error)) {
        unlink(part);
        return false;
    }
    if (rename(part, path) != 0)
        return wfm_fail(error, WFM_ERROR_IO, "%s: %s", path, g_strerror(errno));
    printf("dumped to %s; wfm db restore %s brings it back\n", path, path);
    return true;
}

/* The dump as a script, run in one transaction after everything there was is dropped in it. (pg_restore
   --clean cannot: it trips over partitions.) */
static bool replace_all(const char *conninfo, const char *path, GError **error)
{
    g_autofree char *restore = find_tool(conninfo, "pg_restore", error);
    g_autofree char *psql = restore != NULL ? find_tool(conninfo, "psql", error) : NULL;
    g_autofree char *script = NULL;
    int fd = psql != NULL ? g_file_open_tmp("wfm-restore-XXXXXX", &script, NULL) : -1;
    if (psql != NULL && fd < 0)
        return wfm_fail(error, WFM_ERROR_IO, "no temporary file in %s", g_get_tmp_dir());
    if (psql == NULL)
        return false;
    close(fd);
    const char *unpack[] = {restore, "--no-owner", "--file", script, path, NULL};
    const char *run[] = {psql,        "--no-psqlrc",          "--quiet",   "--single-transaction",
                         "--set",     "ON_ERROR_STOP=1",      "--command", "DROP SCHEMA public CASCADE",
                         "--command", "CREATE SCHEMA public", "--file",    script,
                         NULL};
    bool ok = run_tool(NULL, unpack, error) && run_tool(conninfo, run, error);
    unlink(script);
    return ok;
}

static bool run_restore(const struct options *options, GError **error)
{
    const char *path = options_arg(options, 0);
    if (access(path, R_OK) != 0)
        return wfm_fail(error, WFM_ERROR_IO, "%s: %s", path, g_strerror(errno));
    g_autofree char *conninfo = settings_conninfo(options, NULL, error);
    AUTO(store) store = conninfo != NULL ? store_open(conninfo, error) : NULL;
    struct schema_status status;
    int applied;
    if (store == NULL || !store_schema_status(store, &status, error))
        return false;
    if (status.applied != 0 && !options_flag(options, "force"))
        return wfm_fail(error, WFM_ERROR_CONFLICT,
                        "the database is not empty (schema %d); --force replaces what is in it by the dump",
                        status.applied);
    /* The schema first: it makes the roles a dump refers to but does not hold. */
    if (!store_migrate(store, &applied, error) || !replace_all(conninfo, path, error) ||
        !store_schema_require(store, error))
        return false;
    printf("restored %s\n", path);
    return true;
}

static const struct option_row dump_rows[] = {
    {"force", OPTION_FLAG, NULL, NULL, 0, 0, "replace the file when it is there"},
    {.name = NULL},
};
static const struct option_row restore_rows[] = {
    {"force", OPTION_FLAG, NULL, NULL, 0, 0, "replace what the database holds"},
    {.name = NULL},
};

static const struct command subcommands[] = {
    {.name = "migrate",
     .args = "",
     .summary = "bring the schema to what this wfm needs",
     .groups = OPTIONS_STORE,
     .run = run_migrate},
    {.name = "status",
     .args = "",
     .summary = "which database, which schema",
     .groups = OPTIONS_STORE | OPTIONS_FORMAT,
     .run = run_status},
    {.name = "dump",
     .args = "FILE",
     .args_min = 1,
     .args_max = 1,
     .summary = "write everything into one file",
     .details = "Runs pg_dump of the server's own major version. The file is readable by its owner alone.",
     .rows = dump_rows,
     .groups = OPTIONS_STORE,
     .run = run_dump},
    {.name = "restore",
     .args = "FILE",
     .args_min = 1,
     .args_max = 1,
     .summary = "bring a dump back, all or nothing",
     .rows = restore_rows,
     .groups = OPTIONS_STORE,
     .run = run_restore},
    {.name = "stop",
     .args = "",
     .summary = "stop the private server (it starts again on demand)",
     .groups = OPTIONS_STORE,
     .run = run_stop},
    {.name = NULL},
};

const struct command command_db = {
    .name = "db", .args = "", .summary = "the database: schema, dump, restore", .subcommands = subcommands};
