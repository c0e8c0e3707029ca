#include "core/store/cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <libpq-fe.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/error.h"
#include "core/file.h"
#include "core/store/cluster_run.h"
#include "core/store/store.h"

#define DATABASE "wfm"
#define START_ATTEMPTS 40 /* after a kill -9 the dead server may linger for some seconds */
#define START_PAUSE_US 250000
#define REST_WAITS 100 /* for the children of a killed server to notice */
#define REST_PAUSE_US 20000

static void cluster_clear(struct cluster *c)
{
    g_free(c->dir);
    g_free(c->pgdata);
    g_free(c->log);
    g_free(c->bindir);
}

/* --- what postmaster.pid says: line 1 pid, 4 port, 5 socket directory, 8 status */

struct postmaster {
    int pid;
    char *socket_dir;
    bool ready;
};

static bool postmaster_read(const char *pgdata, struct postmaster *out)
{
    g_autofree char *path = g_build_filename(pgdata, "postmaster.pid", NULL);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return false;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint n = g_strv_length(lines);
    if (n < 1)
        return false;
    *out = (struct postmaster){
        .pid = (int)g_ascii_strtoll(lines[0], NULL, 10),
        .socket_dir = n > 4 ? g_strdup(lines[4]) : NULL,
        .ready = n > 7 && g_str_has_prefix(lines[7], "ready"),
    };
    return out->pid > 0;
}

/* A quoted value, as both connection strings and postgresql.conf take it. */
static char *quote(const char *value)
{
    GString *out = g_string_new("'");
    for (const char *c = value; *c != '\0'; c++) {
        if (*c == '\'' || *c == '\\')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *c);
    }
    g_string_append_c(out, '\'');
    return g_string_free(out, FALSE);
}

static char *conninfo_of(const char *socket_dir, const char *database)
{
    g_autofree char *host = quote(socket_dir);
    return g_strdup_printf("host=%s port=5432 user=wfm dbname=%s", host, database);
}

static bool connects(const char *conninfo)
{
    PGconn *conn = PQconnectdb(conninfo);
    bool ok = PQstatus(conn) == CONNECTION_OK;
    PQfinish(conn);
    return ok;
}

/* Connection string when the server runs and answers, else NULL. */
static char *running(const char *pgdata)
{
    struct postmaster pm;
    if (!postmaster_read(pgdata, &pm))
        return NULL;
    g_autofree char *dir = pm.socket_dir;
    if (!pm.ready || dir == NULL || *dir == '\0')
        return NULL;
    g_autofree char *conninfo = conninfo_of(dir, DATABASE);
    return connects(conninfo) ? g_steal_pointer(&conninfo) : NULL;
}

/* --- init and start */

static bool write_owned(const struct cluster *c, const char *path, const char *text, GError **error)
{
    g_autoptr(GError) why = NULL;
    if (!g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &why))
        return wfm_fail(error, WFM_ERROR_IO, "%s", why->message);
    /* the directory is the server user's: no link put there meanwhile is followed */
    if (c->drop && lchown(path, c->uid, c->gid) != 0)
        return wfm_fail(error, WFM_ERROR_IO, "%s: %s", path, g_strerror(errno));
    return true;
}

/* initdb into pg.new, then rename: a killed initdb leaves nothing that looks like a cluster. */
static bool init(struct cluster *c, GError **error)
{
    g_autofree char *version = g_build_filename(c->pgdata, "PG_VERSION", NULL);
    if (g_file_test(version, G_FILE_TEST_EXISTS))
        return true;
    g_autofree char *fresh = g_build_filename(c->dir, "pg.new", NULL);
    file_remove_tree(fresh);
    const char *const arguments[] = {"-D",
                                     fresh,
                                     "-A",
                                     "trust",
                                     "-U",
                                     "wfm",
                                     "--encoding",
                                     "UTF8",
                                     "--locale",
                                     "C",
                                     "--no-instructions",
                                     c->nosync ? "-N" : NULL,
                                     NULL};
    if (!cluster_run(c, "initdb", arguments, error))
        return false;
    g_autofree char *conf = g_build_filename(fresh, "postgresql.conf", NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) why = NULL;
    if (!g_file_get_contents(conf, &text, NULL, &why))
        return wfm_fail(error, WFM_ERROR_IO, "%s", why->message);
    g_autofree char *more = g_strconcat(text, "\ninclude_if_exists 'wfm.conf'\n", NULL);
    if (!write_owned(c, conf, more, error))
        return false;
    if (g_rename(fresh, c->pgdata) != 0)
        return wfm_fail(error, WFM_ERROR_IO, "%s: %s", c->pgdata, g_strerror(errno));
    return true;
}

static bool write_settings(const struct cluster *c, const char *socket_dir, GError **error)
{
    g_autofree char *quoted = quote(socket_dir);
    g_autofree char *text = g_strdup_printf("# Written by wfm at each start.\n"
                                            "listen_addresses = ''\n"
                                            "port = 5432\n"
                                            "unix_socket_directories = %s\n"
                                            "unix_socket_permissions = 0700\n"
                                            "timezone = 'UTC'\n"
                                            "log_timezone = 'UTC'\n"
                                            "max_wal_size = '2GB'\n"
                                            "%s\n",
                                            quoted, c->settings != NULL ? c->settings : "");
    g_autofree char *path = g_build_filename(c->pgdata, "wfm.conf", NULL);
    return write_owned(c, path, text, error);
}

/* State letter of a process ('Z' = zombie), 0 when there is none; *is_postgres from its name. */
static char process_state(int pid, bool *is_postgres)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", pid);
    g_autofree char *text = NULL;
    *is_postgres = false;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return 0;
    const char *end = strrchr(text, ')');
    *is_postgres = strstr(text, "(postgres)") != NULL;
    return end != NULL && end[1] == ' ' ? end[2] : '?';
}

/* Does any process work in the cluster's directory? Server processes have it as their current directory. */
static bool directory_in_use(const char *pgdata)
{
    g_autoptr(GDir) proc = g_dir_open("/proc", 0, NULL);
    const char *name;
    while (proc != NULL && (name = g_dir_read_name(proc)) != NULL) {
        if (!g_ascii_isdigit(name[0]))
            continue;
        g_autofree char *link = g_build_filename("/proc", name, "cwd", NULL);
        g_autofree char *cwd = g_file_read_link(link, NULL);
        if (g_strcmp0(cwd, pgdata) == 0)
            return true;
    }
    return false;
}

/* After a kill -9 two lock files stay, one in pg/ and one beside the socket. PostgreSQL removes them by
   itself unless the process id in them looks alive: a zombie nobody has reaped, or another program that got
   the number. Then, and only when nothing works in the directory any more, they go. Returns false while the
   dead server's children are still there. */
static bool remove_stale_lock(const struct cluster *c, const char *dir, const char *name)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL))
        return true;
    bool is_postgres;
    char state = process_state((int)g_ascii_strtoll(text, NULL, 10), &is_postgres);
    if (state != 0 && is_postgres && state != 'Z')
        return true; /* alive */
    if (directory_in_use(c->pgdata))
        return false;
    if (state != 0)
        g_unlink(path);
    return true;
}

static char *log_tail(const char *path)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &text, &length, NULL))
        return g_strdup("");
    const char *from = text + (length > 600 ? length - 600 : 0);
    return g_strstrip(g_utf8_make_valid(from, -1));
}

static bool lock_file_there(const struct cluster *c)
{
    g_autofree char *path = g_build_filename(c->pgdata, "postmaster.pid", NULL);
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static bool start(struct cluster *c, const char *socket_dir, GError **error)
{
    const char *const arguments[] = {"start", "-D", c->pgdata, "-l", c->log, "-w", "-t", "120", "-s", NULL};
    g_autoptr(GError) why = NULL;
    for (int attempt = 0; attempt < START_ATTEMPTS; attempt++) {
        g_clear_error(&why);
        for (int wait = 0; wait < REST_WAITS && (!remove_stale_lock(c, c->pgdata, "postmaster.pid") ||
                                                 !remove_stale_lock(c, socket_dir, ".s.PGSQL.5432.lock"));
             wait++)
            g_usleep(REST_PAUSE_US);
        if (cluster_run(c, "pg_ctl", arguments, &why))
            return true;
        g_autofree char *conninfo = running(c->pgdata);
        if (conninfo != NULL)
            return true;
        if (attempt >= 3 && !lock_file_there(c))
            break; /* nothing in the way: trying again will not help */
        g_usleep(START_PAUSE_US);
    }
    g_autofree char *tail = log_tail(c->log);
    return wfm_fail(error, WFM_ERROR_STORE,
                    "the private database in %s does not start: %s; the end of %s:\n%s", c->dir, why->message,
                    c->log, tail);
}

static bool create_database(const char *socket_dir, GError **error)
{
    g_autofree char *conninfo = conninfo_of(socket_dir, "postgres");
    PGconn *conn = PQconnectdb(conninfo);
    PGresult *found = PQexec(conn, "SELECT 1 FROM pg_database WHERE datname = '" DATABASE "'");
    bool ok = PQresultStatus(found) == PGRES_TUPLES_OK;
    if (ok && PQntuples(found) == 0) {
        PGresult *made = PQexec(conn, "CREATE DATABASE " DATABASE);
        ok = PQresultStatus(made) == PGRES_COMMAND_OK;
        PQclear(made);
    }
    PQclear(found);
    if (!ok)
        wfm_fail(error, WFM_ERROR_STORE, "the private database could not be made: %s", PQerrorMessage(conn));
    PQfinish(conn);
    return ok;
}

/* A server whose socket is gone can be reached by nobody new: stopped, so that it can be started again. It
   happens when a data directory is deleted under its server and made anew: the old server notices within a
   minute and removes what bears the name of its socket on the way out. */
static void stop_unreachable(struct cluster *c)
{
    const char *const arguments[] = {"stop", "-D", c->pgdata, "-m", "fast", "-w", "-t", "60", "-s", NULL};
    struct postmaster pm;
    if (!postmaster_read(c->pgdata, &pm) || pm.socket_dir == NULL)
        return;
    g_autofree char *dir = pm.socket_dir;
    g_autofree char *path = g_build_filename(dir, ".s.PGSQL.5432", NULL);
    if (pm.ready && !g_file_test(path, G_FILE_TEST_EXISTS))
        cluster_run(c, "pg_ctl", arguments, NULL); /* starting says what is wrong when this did not help */
}

static char *ensure_locked(struct cluster *c, GError **error)
{
    g_autofree char *conninfo = running(c->pgdata);
    if (conninfo != NULL)
        return g_steal_pointer(&conninfo);
    g_autofree char *socket_dir = cluster_socket_dir(c, error);
    if (socket_dir == NULL || !cluster_find_programs(c, error))
        return NULL;
    stop_unreachable(c);
    if (!init(c, error) || !write_settings(c, socket_dir, error) || !start(c, socket_dir, error))
        return NULL;
    struct postmaster pm;
    if (postmaster_read(c->pgdata, &pm) &&
        pm.socket_dir != NULL) { /* somebody may have started it with another */
        g_free(socket_dir);
        socket_dir = pm.socket_dir;
    }
    return create_database(socket_dir, error) ? conninfo_of(socket_dir, DATABASE) : NULL;
}

/* The lock file of the cluster, locked; -1 on failure. */
static int lock(const struct cluster *c, GError **error)
{
    g_autofree char *path = g_build_filename(c->dir, "lock", NULL);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0 && (!c->drop || fchown(fd, c->uid, c->gid) == 0)) {
        int status;
        while ((status = flock(fd, LOCK_EX)) != 0 && errno == EINTR)
            ;
        if (status == 0)
            return fd;
    }
    wfm_fail(error, WFM_ERROR_IO, "%s: %s", path, g_strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

static struct cluster cluster_at(const char *data_dir)
{
    struct cluster c = {.dir = g_canonicalize_filename(data_dir, NULL)};
    c.pgdata = g_build_filename(c.dir, "pg", NULL);
    c.log = g_build_filename(c.dir, "postgresql.log", NULL);
    return c;
}

char *cluster_ensure_with(const char *data_dir, const char *settings, bool nosync, GError **error)
{
    struct cluster c = cluster_at(data_dir);
    c.settings = settings;
    c.nosync = nosync;
    char *conninfo = running(c.pgdata);
    if (conninfo == NULL && cluster_choose_user(&c, error) && cluster_make_dir(&c, error)) {
        int fd = lock(&c, error);
        if (fd >= 0) {
            conninfo = ensure_locked(&c, error);
            close(fd);
        }
    }
    cluster_clear(&c);
    return conninfo;
}

char *cluster_ensure(const char *data_dir, GError **error)
{
    return cluster_ensure_with(data_dir, NULL, false, error);
}

bool cluster_stop(const char *data_dir, GError **error)
{
    struct cluster c = cluster_at(data_dir);
    bool ok = true;
    if (cluster_pid(data_dir) != 0) {
        const char *const arguments[] = {"stop", "-D", c.pgdata, "-m", "fast", "-w", "-t", "60", "-s", NULL};
        ok = cluster_choose_user(&c, error) && cluster_find_programs(&c, error) &&
             (cluster_run(&c, "pg_ctl", arguments, error) || cluster_pid(data_dir) == 0);
        if (ok)
            g_clear_error(error);
    }
    cluster_clear(&c);
    return ok;
}

int cluster_pid(const char *data_dir)
{
    struct cluster c = cluster_at(data_dir);
    struct postmaster pm = {0};
    bool is_postgres = false;
    if (postmaster_read(c.pgdata, &pm)) {
        char state = process_state(pm.pid, &is_postgres);
        if (state == 0 || state == 'Z' || !is_postgres)
            pm.pid = 0;
    }
    g_free(pm.socket_dir);
    cluster_clear(&c);
    return pm.pid;
}
