#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/store/cluster.h"
#include "core/store/query.h"
#include "tests/fault/rows.h"
#include "tests/support/pg.h"
#include "tests/support/testing.h"

/* 200 and 503 are all that may be answered while the database comes and goes. */
static void load_was_right(const struct load *load, const char *what)
{
    ck_assert_msg(load->other == 0 && load->torn == 0, "%s: %d answers of other kinds (%d), %d torn", what,
                  load->other, load->worst, load->torn);
    ck_assert_msg(load->closed == 0, "%s: %d connections closed without an answer", what, load->closed);
}

void fault_database_restart(struct service *service)
{
    g_autoptr(GError) error = NULL;
    struct load load;
    load_start(&load, service, CALLER_ANA, "/v1/me/shifts", 4);
    for (int round = 0; round < 1 + fault_long(); round++) {
        load_until(&load, 20);
        cluster_stop(pg_data_dir(), &error);
        ck_no_error(error);
        pg_ensure();
        load_until(&load, 20);
    }
    load_stop(&load);
    load_was_right(&load, "restart");
}

void fault_database_killed(struct service *service)
{
    struct load load;
    load_start(&load, service, CALLER_ANA, "/v1/me/shifts", 4);
    load_until(&load, 20);
    kill(cluster_pid(pg_data_dir()), SIGKILL); /* its children see it and end */
    pg_ensure();
    load_until(&load, 20);
    load_stop(&load);
    load_was_right(&load, "kill -9 of the database");
}

#define OTHERS "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"

void fault_backends_terminated(struct service *service)
{
    struct load load;
    load_start(&load, service, CALLER_ANA, "/v1/me/shifts", 4);
    for (int k = 0; k < 20; k++) {
        load_until(&load, 5);
        pg_exec(service->fixture->conninfo, "SELECT pg_terminate_backend(pid) " OTHERS);
    }
    load_until(&load, 20);
    load_stop(&load);
    load_was_right(&load, "terminated backends");
}

void fault_statements_cancelled(struct service *service)
{
    struct load load;
    load_start(&load, service, CALLER_PLANNER, "/v1/changes", 4);
    for (int k = 0; k < 50; k++)
        pg_exec(service->fixture->conninfo, "SELECT pg_cancel_backend(pid) " OTHERS);
    load_until(&load, 20);
    load_stop(&load);
    load_was_right(&load, "cancelled statements");
}

void fault_database_read_only(struct service *service)
{
    const char *conninfo = service->fixture->conninfo;
    g_autofree char *name = pg_value(conninfo, "SELECT current_database()");
    g_autofree char *on = g_strdup_printf("ALTER DATABASE %s SET default_transaction_read_only = on", name);
    g_autofree char *off = g_strdup_printf(
        "BEGIN READ WRITE; ALTER DATABASE %s RESET default_transaction_read_only; COMMIT", name);
    pg_exec(conninfo, on);
    pg_exec(conninfo, "SELECT pg_terminate_backend(pid) " OTHERS);
    int status = client_ask(service, CALLER_PLANNER, "POST", "/v1/webhooks/1/test", NULL, NULL, NULL);
    ck_assert_msg(status == 503, "a write to a read-only database: %d", status);
    status = client_ask(service, CALLER_ANA, "GET", "/v1/me/shifts", NULL, NULL, NULL);
    ck_assert_msg(status == 200, "a read of a read-only database: %d", status);
    pg_exec(conninfo, off);
    pg_exec(conninfo, "SELECT pg_terminate_backend(pid) " OTHERS);
    service_sound(service, "writable again");
    status = client_ask(service, CALLER_PLANNER, "POST", "/v1/webhooks/1/test", NULL, NULL, NULL);
    ck_assert_msg(status == 202, "a write afterwards: %d", status);
}

/* --- the disk */

static char *disk; /* a file system of a few megabytes */

static void disk_drop(void)
{
    if (disk != NULL)
        umount2(disk, MNT_DETACH);
    testing_rmdir(disk);
    disk = NULL;
}

/* For the server's user; false where this process may not make one. */
static bool disk_make(void)
{
    struct stat owner;
    char *dir = pg_tmpdir();
    if (stat(pg_data_dir(), &owner) != 0 ||
        mount("tmpfs", dir, "tmpfs", MS_NOSUID | MS_NODEV, "size=3m,mode=0700") != 0) {
        testing_rmdir(dir);
        return false;
    }
    disk = dir;
    atexit(disk_drop);
    return chown(dir, owner.st_uid, owner.st_gid) == 0;
}

/* The audit and the outbox lie on a disk that gets full: what does not fit is 503 and leaves nothing, reads
 * go on, and all is well when there is room again. */
void fault_disk_full(struct service *service)
{
    const char *conninfo = service->fixture->conninfo;
    if (!disk_make()) {
        fprintf(stderr, "SKIPPED full disk: this user may not mount a small file system\n");
        return;
    }
    g_autofree char *space = g_strdup_printf("CREATE TABLESPACE tiny LOCATION '%s'", disk);
    pg_exec(conninfo, space);
    pg_exec(conninfo, "ALTER TABLE audit SET TABLESPACE tiny; CREATE TABLE filler (t text) TABLESPACE tiny;"
                      "ALTER TABLE filler ALTER t SET STORAGE PLAIN");
    while (strcmp(pg_sqlstate(conninfo,
                              "INSERT INTO filler SELECT repeat('x', 3000) FROM generate_series(1, 20)"),
                  "53100") != 0)
        ;
    int refused = 0, taken = 0;
    for (int k = 0; k < 300 && refused < 3; k++) {
        g_autofree char *text = NULL;
        int status = client_ask(service, CALLER_PLANNER, "POST", "/v1/webhooks/1/test", NULL, NULL, &text);
        ck_assert_msg(status == 202 || status == 503, "on a full disk: %d\n%.500s", status, text);
        refused += status == 503;
        taken += status == 202;
    }
    ck_assert_msg(refused == 3, "the disk is not full after %d changes", taken);
    ck_assert_int_eq(client_ask(service, CALLER_ANA, "GET", "/v1/me/shifts", NULL, NULL, NULL), 200);
    g_autofree char *whole =
        pg_value(conninfo, "SELECT count(*) FROM audit a FULL JOIN delivery d ON d.event_id = a.id "
                           "WHERE a.action = 'webhook.tested' AND (a.id IS NULL OR d.id IS NULL)");
    ck_assert_str_eq(whole, "0");
    pg_exec(conninfo, "DROP TABLE filler");
    ck_assert_int_eq(client_ask(service, CALLER_PLANNER, "POST", "/v1/webhooks/1/test", NULL, NULL, NULL),
                     202);
    pg_exec(conninfo, "ALTER TABLE audit SET TABLESPACE pg_default");
    pg_exec(conninfo, "DROP TABLESPACE tiny");
    disk_drop();
}

/* --- everything is busy */

static gpointer ask_shifts(gpointer data)
{
    int status = client_ask(data, CALLER_ANA, "GET", "/v1/me/shifts", NULL, NULL, NULL);
    return GINT_TO_POINTER(status);
}

/* More who wait in the database than there are connections: the rest is told so, and all goes on afterwards.
 */
void fault_connections_exhausted(struct service *service)
{
    enum { N = 40 };
    g_autoptr(GError) error = NULL;
    GThread *threads[N];
    AUTO(store) store = store_open(service->fixture->conninfo, &error);
    ck_no_error(error);
    ck_assert(tx_begin(store, &error) && execute_script(store, "LOCK TABLE shift", &error));
    for (int k = 0; k < N; k++)
        threads[k] = g_thread_new("ask", ask_shifts, service);
    g_usleep(2500 * 1000); /* longer than one waits for a connection */
    tx_end(store, false, NULL);
    for (int k = 0; k < N; k++) {
        int status = GPOINTER_TO_INT(g_thread_join(threads[k]));
        ck_assert_msg(status == 200 || status == 503, "%d", status);
    }
}

static gpointer publish_draft(gpointer data)
{
    struct service *service = data;
    g_autofree char *path =
        g_strdup_printf("/v1/rosters/%" G_GINT64_FORMAT "/publish", service->fixture->draft);
    return GINT_TO_POINTER(client_ask(service, CALLER_PLANNER, "POST", path, NULL, NULL, NULL));
}

/* Somebody else plans: publishing waits, reading does not. */
void fault_locks_held(struct service *service)
{
    g_autoptr(GError) error = NULL;
    AUTO(store) store = store_open(service->fixture->conninfo, &error);
    ck_no_error(error);
    ck_assert(tx_begin(store, &error) && tx_lock(store, LOCK_ROSTER, 0, &error));
    GThread *thread = g_thread_new("publish", publish_draft, service);
    g_usleep(300 * 1000);
    for (int k = 0; k < 10; k++)
        ck_assert_int_eq(client_ask(service, CALLER_ANA, "GET", "/v1/me/shifts", NULL, NULL, NULL), 200);
    tx_end(store, false, NULL);
    ck_assert_int_eq(GPOINTER_TO_INT(g_thread_join(thread)), 200);
}
