#include <sodium.h>
#include <string.h>

#include "core/store/statement.h"

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

/* Behind a pooler only what it keeps for each of its callers may be set: the zone. The rest is said at the
 * start of each transaction (tx_limits). */
static bool setup(struct store *store, GError **error)
{
    statements_forget(store);
    if (PQstatus(store->conn) != CONNECTION_OK)
        return server_fail(store, NULL, error);
    PQsetNoticeProcessor(store->conn, ignore_notice, NULL);
    int version = PQserverVersion(store->conn);
    if (version < 150000)
        return wfm_fail(error, WFM_ERROR_STORE, "database server is PostgreSQL %d.%d; wfm needs 15 or newer",
                        version / 10000, version % 10000);
    if (!store->prepare)
        return execute_script(store, "SET timezone = 'UTC'", error);
    g_autofree char *sql = g_strdup_printf(
        "SET timezone = 'UTC'; SET extra_float_digits = 1; SET jit = off; SET statement_timeout = %d; "
        "SET idle_in_transaction_session_timeout = %d",
        store->options.statement_ms, store->options.idle_ms);
    return execute_script(store, sql, error);
}

/* The connection string without our own word in it; libpq would refuse it. */
static char *take_prepare(const char *conninfo, bool *prepare, GError **error)
{
    g_autoptr(GRegex) word = g_regex_new("([?&]|(?:^|\\s)\\s*)prepare\\s*=\\s*([a-z]*)(&|\\s|$)", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    *prepare = true;
    if (!g_regex_match(word, conninfo, 0, &match))
        return g_strdup(conninfo);
    g_autofree char *value = g_match_info_fetch(match, 2);
    g_autofree char *before = g_match_info_fetch(match, 1);
    g_autofree char *after = g_match_info_fetch(match, 3);
    if (strcmp(value, "off") != 0 && strcmp(value, "on") != 0) {
        wfm_fail(error, WFM_ERROR_USAGE, "prepare=%s in the connection string: write on or off", value);
        return NULL;
    }
    *prepare = strcmp(value, "on") == 0;
    int from, to;
    g_match_info_fetch_pos(match, 0, &from, &to);
    /* of "?prepare=off&x=y" the '?' stays */
    return g_strdup_printf("%.*s%s%s", from, conninfo, *after != '\0' ? before : "", conninfo + to);
}

struct store *store_open(const char *conninfo, GError **error)
{
    return store_open_with(conninfo, &(struct store_options){0}, error);
}

struct store *store_open_with(const char *conninfo, const struct store_options *options, GError **error)
{
    if (sodium_init() < 0) {
        wfm_fail(error, WFM_ERROR_INTERNAL, "libsodium could not be initialised");
        return NULL;
    }
    AUTO(store) store = g_new0(struct store, 1);
    store->options = *options;
    g_autofree char *plain = take_prepare(conninfo, &store->prepare, error);
    if (plain == NULL)
        return NULL;
    g_autofree char *connect =
        g_strdup_printf("%d", options->connect_timeout_s > 0 ? options->connect_timeout_s : 10);
    /* What stands before the connection string it may set otherwise. Half a minute of silence on TCP is a
     * dead server: without these a thread waits for it for hours. */
    static const char *const keys[] = {"connect_timeout",  "keepalives_idle",  "keepalives_interval",
                                       "keepalives_count", "tcp_user_timeout", "fallback_application_name",
                                       "dbname",           "client_encoding",  NULL};
    const char *const values[] = {connect, "15", "5", "3", "30000", "wfm", plain, "UTF8", NULL};
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
    statements_forget(store);
    shift_ahead_free(store->ahead);
    g_free(store);
}

bool store_ping(struct store *store, GError **error)
{
    if (PQstatus(store->conn) == CONNECTION_OK && execute_script(store, "SELECT 1", NULL))
        return true;
    PQreset(store->conn);
    return setup(store, error) && execute_script(store, "SELECT 1", error);
}

bool store_position(struct store *store, struct store_position *out, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT r, (CASE WHEN r THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END - "
                 "'0/0'::pg_lsn)::bigint FROM pg_is_in_recovery() AS r",
                 "");
    if (rows == NULL)
        return false;
    *out = (struct store_position){cell_bool(rows, 0, 0), (uint64_t)cell_int(rows, 0, 1)};
    return true;
}
