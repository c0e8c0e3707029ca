#include "core/store/cluster_run.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"

#define SOCKET_PATH_MAX 107
#define SOCKET_FILE "/.s.PGSQL.5432"

/* --- who runs it, where the programs are */

bool cluster_choose_user(struct cluster *c, GError **error)
{
    struct stat st;
    bool there = stat(c->dir, &st) == 0;
    c->uid = geteuid();
    c->gid = getegid();
    if (c->uid != 0) {
        if (there && st.st_uid != c->uid)
            return wfm_fail(error, WFM_ERROR_IO,
                            "%s belongs to user %u, not to us (%u); run wfm as its owner", c->dir, st.st_uid,
                            c->uid);
        return true;
    }
    c->drop = true;
    if (there && st.st_uid != 0) {
        c->uid = st.st_uid;
        c->gid = st.st_gid;
        return true;
    }
    const struct passwd *user = getpwnam("postgres");
    if (user == NULL)
        user = getpwnam("nobody");
    if (user == NULL || user->pw_uid == 0)
        return wfm_fail(error, WFM_ERROR_IO,
                        "PostgreSQL does not run as root, and there is no user postgres or nobody; "
                        "create %s owned by an ordinary user",
                        c->dir);
    c->uid = user->pw_uid;
    c->gid = user->pw_gid;
    return true;
}

static bool has_server(const char *bindir)
{
    static const char *const programs[] = {"initdb", "pg_ctl", "postgres"};
    for (guint i = 0; i < G_N_ELEMENTS(programs); i++) {
        g_autofree char *path = g_build_filename(bindir, programs[i], NULL);
        if (!g_file_test(path, G_FILE_TEST_IS_EXECUTABLE))
            return false;
    }
    return true;
}

/* Debian keeps each major version apart: the newest of at least 15. */
static char *newest_debian_bindir(void)
{
    static const char root[] = "/usr/lib/postgresql";
    g_autoptr(GDir) dir = g_dir_open(root, 0, NULL);
    const char *name;
    long best = 14;
    g_autofree char *found = NULL;
    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        long major = (long)g_ascii_strtoll(name, NULL, 10);
        g_autofree char *bindir = g_build_filename(root, name, "bin", NULL);
        if (major <= best || !has_server(bindir))
            continue;
        best = major;
        g_free(found);
        found = g_steal_pointer(&bindir);
    }
    return g_steal_pointer(&found);
}

static char *pg_config_bindir(void)
{
    char *argv[] = {(char *)"pg_config", (char *)"--bindir", NULL};
    g_autofree char *out = NULL;
    int status = 0;
    if (!g_spawn_sync("/", argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out,
                      NULL, &status, NULL) ||
        !g_spawn_check_wait_status(status, NULL))
        return NULL;
    return g_strdup(g_strstrip(out));
}

static char *path_bindir(void)
{
    g_autofree char *program = g_find_program_in_path("initdb");
    return program != NULL ? g_path_get_dirname(program) : NULL;
}

/* Major version of the programs in bindir ("15"), as `postgres -V` says it; NULL when it does not. g_free. */
static char *bindir_major(const char *bindir)
{
    g_autofree char *program = g_build_filename(bindir, "postgres", NULL);
    char *argv[] = {program, (char *)"-V", NULL};
    g_autofree char *out = NULL;
    int status = 0;
    if (!g_spawn_sync("/", argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out, NULL, &status, NULL) ||
        !g_spawn_check_wait_status(status, NULL))
        return NULL;
    const char *digits = out + strcspn(out, "0123456789");
    return g_strndup(digits, strspn(digits, "0123456789"));
}

static char *cluster_major(const struct cluster *c)
{
    g_autofree char *path = g_build_filename(c->pgdata, "PG_VERSION", NULL);
    char *text = NULL;
    return g_file_get_contents(path, &text, NULL, NULL) ? g_strstrip(text) : NULL;
}

static char *(*const finders[])(void) = {pg_config_bindir, newest_debian_bindir, path_bindir};

static bool find_major(struct cluster *c, const char *major, GError **error)
{
    bool is_number = *major != '\0' && strspn(major, "0123456789") == strlen(major);
    c->bindir = is_number ? g_build_filename("/usr/lib/postgresql", major, "bin", NULL) : NULL;
    for (guint i = 0; c->bindir == NULL || !has_server(c->bindir); i++) {
        g_clear_pointer(&c->bindir, g_free);
        if (i == G_N_ELEMENTS(finders))
            return wfm_fail(error, WFM_ERROR_STORE,
                            "%s was made by PostgreSQL %s, whose server is not here: install it "
                            "(apt install postgresql-%s); to move to another version, dump with wfm db dump "
                            "while that one is installed and restore into a new data directory",
                            c->pgdata, major, major);
        g_autofree char *bindir = finders[i]();
        g_autofree char *found = bindir != NULL && has_server(bindir) ? bindir_major(bindir) : NULL;
        if (g_strcmp0(found, major) == 0)
            c->bindir = g_steal_pointer(&bindir);
    }
    return true;
}

/* A cluster that is there takes the programs of its own major version; a new one what it finds. */
bool cluster_find_programs(struct cluster *c, GError **error)
{
    g_autofree char *major = cluster_major(c);
    if (major != NULL)
        return find_major(c, major, error);
    for (guint i = 0; i < G_N_ELEMENTS(finders); i++) {
        c->bindir = finders[i]();
        if (c->bindir != NULL && has_server(c->bindir))
            return true;
        g_clear_pointer(&c->bindir, g_free);
    }
    return wfm_fail(error, WFM_ERROR_STORE,
                    "the PostgreSQL server (initdb, pg_ctl, postgres) was not found through pg_config, "
                    "/usr/lib/postgresql/*/bin or PATH; install it (apt install postgresql), or give the URL "
                    "of a server");
}

/* --- children */

/* Runs in the child between fork and exec: only async-signal-safe calls. */
static void become_owner(gpointer user)
{
    const struct cluster *c = user;
    umask(077);
    if (!c->drop)
        return;
    if (setgroups(1, &c->gid) != 0 || setgid(c->gid) != 0 || setuid(c->uid) != 0)
        _exit(126);
}

bool cluster_run(struct cluster *c, const char *program, const char *const *arguments, GError **error)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autofree char *path = g_build_filename(c->bindir, program, NULL);
    g_ptr_array_add(argv, path);
    for (; *arguments != NULL; arguments++)
        g_ptr_array_add(argv, (gpointer)*arguments);
    g_ptr_array_add(argv, NULL);
    g_autofree char *path_entry = g_strdup_printf("PATH=%s:/usr/bin:/bin", c->bindir);
    char *envp[] = {path_entry, (char *)"LC_ALL=C", (char *)"TZ=UTC", NULL};
    g_autofree char *out = NULL, *err = NULL;
    g_autoptr(GError) why = NULL;
    int status = 0;
    if (g_spawn_sync("/", (char **)argv->pdata, envp, G_SPAWN_DEFAULT, become_owner, c, &out, &err, &status,
                     &why) &&
        g_spawn_check_wait_status(status, &why))
        return true;
    g_autofree char *said = g_strconcat(err != NULL ? err : "", out != NULL ? out : "", NULL);
    return wfm_fail(error, WFM_ERROR_STORE, "%s: %s%s%s", program, why->message, *said != '\0' ? ": " : "",
                    g_strstrip(said));
}

/* --- directories */

/* Makes a directory of the server's user, mode 0700. One that is there must be theirs already: somebody
   else's would let them listen in. */
static bool own_directory(const struct cluster *c, const char *path, GError **error)
{
    if (g_mkdir(path, 0700) == 0) {
        if (!c->drop || lchown(path, c->uid, c->gid) == 0)
            return true;
    } else if (errno == EEXIST) {
        struct stat st;
        if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == c->uid && (st.st_mode & 077) == 0)
            return true;
        return wfm_fail(error, WFM_ERROR_IO, "%s is not a directory of user %u with mode 0700; remove it",
                        path, c->uid);
    }
    return wfm_fail(error, WFM_ERROR_IO, "%s: %s", path, g_strerror(errno));
}

/* Can the server's user get into `path`? Asked by a child that has become it. */
static bool reachable(struct cluster *c, const char *path)
{
    pid_t pid = fork();
    if (pid == 0) {
        become_owner(c);
        _exit(access(path, X_OK) == 0 ? 0 : 1);
    }
    int status = 1;
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool fail_unreachable(struct cluster *c, GError **error)
{
    g_autofree char *blocked = g_strdup(c->dir);
    for (g_autofree char *up = g_path_get_dirname(blocked); !reachable(c, up);) {
        g_free(blocked);
        blocked = g_strdup(up);
        g_free(up);
        up = g_path_get_dirname(blocked);
    }
    const struct passwd *user = getpwuid(c->uid);
    return wfm_fail(error, WFM_ERROR_IO,
                    "%s: user %s, as whom the database runs (PostgreSQL refuses root), may not enter %s; "
                    "choose a data directory elsewhere, such as /var/lib/wfm, or run: chmod o+x %s",
                    c->dir, user != NULL ? user->pw_name : "?", blocked, blocked);
}

static bool is_empty(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    return dir != NULL && g_dir_read_name(dir) == NULL;
}

bool cluster_make_dir(struct cluster *c, GError **error)
{
    g_autofree char *parent = g_path_get_dirname(c->dir);
    if (g_mkdir_with_parents(parent, 0755) != 0)
        return wfm_fail(error, WFM_ERROR_IO, "%s: %s", parent, g_strerror(errno));
    if (g_mkdir(c->dir, 0700) != 0 && errno != EEXIST)
        return wfm_fail(error, WFM_ERROR_IO, "%s: %s", c->dir, g_strerror(errno));
    struct stat st;
    if (stat(c->dir, &st) != 0 || !S_ISDIR(st.st_mode))
        return wfm_fail(error, WFM_ERROR_IO, "%s is not a directory", c->dir);
    if (c->drop && st.st_uid != c->uid && !is_empty(c->dir))
        return wfm_fail(
            error, WFM_ERROR_IO,
            "%s belongs to root and is not empty; choose a new directory, or one of an ordinary user",
            c->dir);
    if (c->drop && chown(c->dir, c->uid, c->gid) != 0)
        return wfm_fail(error, WFM_ERROR_IO, "%s: %s", c->dir, g_strerror(errno));
    return reachable(c, c->dir) || fail_unreachable(c, error);
}

static bool socket_fits(const char *dir)
{
    return strlen(dir) + strlen(SOCKET_FILE) <= SOCKET_PATH_MAX &&
           strpbrk(dir, ",\"") == NULL; /* it is a list */
}

char *cluster_socket_dir(const struct cluster *c, GError **error)
{
    g_autofree char *own = g_build_filename(c->dir, "socket", NULL);
    if (socket_fits(own))
        return own_directory(c, own, error) ? g_steal_pointer(&own) : NULL;
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, c->dir, -1);
    g_autofree char *name = g_strdup_printf("wfm-%u-%.12s", c->uid, hash);
    const char *const places[] = {c->drop ? NULL : g_getenv("XDG_RUNTIME_DIR"), g_getenv("TMPDIR"), "/tmp"};
    for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
        if (places[i] == NULL || places[i][0] != '/' || !g_file_test(places[i], G_FILE_TEST_IS_DIR))
            continue;
        g_autofree char *dir = g_build_filename(places[i], name, NULL);
        if (socket_fits(dir))
            return own_directory(c, dir, error) ? g_steal_pointer(&dir) : NULL;
    }
    wfm_fail(error, WFM_ERROR_IO, "%s is too long for a Unix socket (%d bytes at most), and so is $TMPDIR",
             own, SOCKET_PATH_MAX);
    return NULL;
}
