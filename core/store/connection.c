#include <sodium.h>
#include <string.h>

#include "core/store/query.h"

const struct scope scope_planner = {.role = ROLE_PLANNER};

static const char *const role_names[ROLE_N] = {"planner", "client", "agent"};

const char *role_name(enum role role)
{
    return role_names[role];
}

bool role_parse(const char *text, enum role *out)
{
    for (int role = 0; role < ROLE_N; role++)
        if (strcmp(text, role_names[role]) == 0) {
            *out = (enum role)role;
            return true;
        }
    return false;
}

bool scope_require(const struct scope *scope, unsigned mask, const char *what, GError **error)
{
    bool named = scope->role == ROLE_PLANNER || (scope->role == ROLE_CLIENT && scope->client != NULL) ||
                 (scope->role == ROLE_AGENT && scope->agent != NULL);
    if (named && (mask & SCOPE_MAY(scope->role)) != 0)
        return true;
    return wfm_fail(error, WFM_ERROR_FORBIDDEN, "%s: not for role %s", what, role_names[scope->role]);
}

static void ignore_notice(void *user, const char *message)
{
    (void)user;
    (void)message;
}

static bool setup(struct store *store, GError **error)
{
    if (PQstatus(store->conn) != CONNECTION_OK)
        return server_fail(store, NULL, error);
    PQsetNoticeProcessor(store->conn, ignore_notice, NULL);
    int version = PQserverVersion(store->conn);
    if (version < 150000)
        return wfm_fail(error, WFM_ERROR_STORE, "database server is PostgreSQL %d.%d; wfm needs 15 or newer",
                        version / 10000, version % 10000);
    return execute_script(store, "SET timezone = 'UTC'; SET extra_float_digits = 1; SET jit = off", error);
}

struct store *store_open(const char *conninfo, GError **error)
{
    if (sodium_init() < 0) {
        wfm_fail(error, WFM_ERROR_INTERNAL, "libsodium could not be initialised");
        return NULL;
    }
    /* What stands before the connection string it may set otherwise. Half a minute of silence on TCP is a
     * dead server: without these a thread waits for it for hours. */
    static const char *const keys[] = {"connect_timeout",  "keepalives_idle",  "keepalives_interval",
                                       "keepalives_count", "tcp_user_timeout", "fallback_application_name",
                                       "dbname",           "client_encoding",  NULL};
    const char *const values[] = {"10", "15", "5", "3", "30000", "wfm", conninfo, "UTF8", NULL};
    AUTO(store) store = g_new0(struct store, 1);
    store->conn = PQconnectdbParams(keys, values, 1);
    if (!setup(store, error))
        return NULL;
    return g_steal_pointer(&store);
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    PQfinish(store->conn);
    g_free(store);
}

bool store_ping(struct store *store, GError **error)
{
    if (PQstatus(store->conn) == CONNECTION_OK && execute_script(store, "SELECT 1", NULL))
        return true;
    PQreset(store->conn);
    return setup(store, error) && execute_script(store, "SELECT 1", error);
}
