#include "tests/support/pg.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/store/cluster.h"
#include "tests/support/testing.h"

static char *tmpdir;
static char *data_dir;
static char *admin; /* connection string of the cluster's own database */
static const char *settings;
static pid_t owner;
static pid_t guardian;
static int guard_fd = -1;

static const char fast_settings[] = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
                                    "shared_buffers = '32MB'\nautovacuum = off\n";
static const char durable_settings[] = "fsync = off\nshared_buffers = '32MB'\n";

static void die(const char *what, const GError *error)
{
    fprintf(stderr, "%s: %s\n", what, error != NULL ? error->message : "failed");
    exit(EXIT_FAILURE);
}

static void stop_guardian(void)
{
    if (getpid() != owner || guard_fd < 0)
        return;
    close(guard_fd);
    guard_fd = -1;
    int status;
    waitpid(guardian, &status, 0);
}

/* Waits until nobody holds the other end of the pipe, then stops the cluster. */
static void start_guardian(void)
{
    int fds[2];
    if (pipe(fds) != 0)
        die("pipe", NULL);
    owner = getpid();
    fflush(NULL);
    guardian = fork();
    if (guardian < 0)
        die("fork", NULL);
    if (guardian == 0) {
        char byte;
        setsid();
        signal(SIGINT, SIG_IGN);
        signal(SIGTERM, SIG_IGN);
        close(fds[1]);
        while (read(fds[0], &byte, 1) > 0)
            ;
        cluster_stop(data_dir, NULL);
        testing_rmdir(tmpdir);
        _exit(0);
    }
    close(fds[0]);
    guard_fd = fds[1];
    /* programs a test executes must not keep the cluster alive */
    if (fcntl(guard_fd, F_SETFD, FD_CLOEXEC) != 0)
        die("fcntl", NULL);
    atexit(stop_guardian);
}

char *pg_tmpdir(void)
{
    char *dir = testing_tmpdir();
    if (chmod(dir, 0711) != 0)
        g_error("chmod %s", dir);
    return dir;
}

static char *conninfo_for(const char *database)
{
    return g_strdup_printf("%s dbname=%s", admin, database);
}

static void make_template(void)
{
    g_autoptr(GError) error = NULL;
    pg_exec(admin, "CREATE DATABASE wfm_template");
    g_autofree char *conninfo = conninfo_for("wfm_template");
    AUTO(store) store = store_open(conninfo, &error);
    if (store == NULL || !store_migrate(store, NULL, &error))
        die("template database", error);
}

static void start_with(const char *with)
{
    g_autoptr(GError) error = NULL;
    settings = with;
    tmpdir = pg_tmpdir();
    data_dir = g_build_filename(tmpdir, "c", NULL);
    start_guardian();
    admin = cluster_ensure_with(data_dir, settings, true, &error);
    if (admin == NULL)
        die("private cluster", error);
    make_template();
}

void pg_start(void)
{
    start_with(fast_settings);
}

void pg_start_durable(void)
{
    start_with(durable_settings);
}

void pg_ensure(void)
{
    g_autoptr(GError) error = NULL;
    g_free(cluster_ensure_with(data_dir, settings, true, &error));
    ck_no_error(error);
}

const char *pg_data_dir(void)
{
    return data_dir;
}

static char *create_database(const char *template)
{
    static int count;
    g_autofree char *name = g_strdup_printf("t_%d_%d", (int)getpid(), ++count);
    g_autofree char *sql = g_strdup_printf("CREATE DATABASE %s TEMPLATE %s", name, template);
    pg_exec(admin, sql);
    return conninfo_for(name);
}

char *pg_database(void)
{
    return create_database("wfm_template");
}

char *pg_database_empty(void)
{
    return create_database("template0");
}

struct store *pg_store(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *conninfo = pg_database();
    struct store *store = store_open(conninfo, &error);
    if (store == NULL)
        die("store_open", error);
    return store;
}

static void ignore_notice(void *user, const char *message)
{
    (void)user;
    (void)message;
}

static PGconn *connection(const char *conninfo)
{
    PGconn *conn = PQconnectdb(conninfo);
    if (PQstatus(conn) != CONNECTION_OK)
        g_error("%s", PQerrorMessage(conn));
    PQsetNoticeProcessor(conn, ignore_notice, NULL);
    return conn;
}

void pg_exec(const char *conninfo, const char *sql)
{
    g_free(pg_value(conninfo, sql));
}

char *pg_value(const char *conninfo, const char *sql)
{
    PGconn *conn = connection(conninfo);
    PGresult *result = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        g_error("%s: %s", sql, PQresultErrorMessage(result));
    char *value =
        PQntuples(result) > 0 && !PQgetisnull(result, 0, 0) ? g_strdup(PQgetvalue(result, 0, 0)) : NULL;
    PQclear(result);
    PQfinish(conn);
    return value;
}

const char *pg_sqlstate(const char *conninfo, const char *sql)
{
    static char state[6];
    PGconn *conn = connection(conninfo);
    PGresult *result = PQexec(conn, sql);
    const char *found = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    g_strlcpy(state, found != NULL ? found : "", sizeof state);
    PQclear(result);
    PQfinish(conn);
    return state;
}
