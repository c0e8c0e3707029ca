#include "core/store/query.h"

#include <endian.h>
#include <math.h>
#include <string.h>

#include "core/store/statement.h"

/* PostgreSQL counts from 2000-01-01. */
#define EPOCH_2000_S INT64_C(946684800)
#define EPOCH_2000_DAY 10957
/* How long a request waits for others that change the same. */
#define CHANGE_LOCK_TIMEOUT "10s"

/* Server errors by SQLSTATE or its class (two characters); first match wins. */
static const struct {
    const char *state;
    enum wfm_error code;
    const char *hint;
} sqlstates[] = {
    {"08", WFM_ERROR_STORE, NULL},
    {"23P01", WFM_ERROR_CONFLICT, NULL}, /* exclusion */
    {"23505", WFM_ERROR_CONFLICT, NULL}, /* unique */
    {"23", WFM_ERROR_INPUT, NULL},       /* other constraints */
    {"22", WFM_ERROR_INPUT, NULL},       /* data */
    {"25006", WFM_ERROR_STORE, "the server is read only"},
    {"40", WFM_ERROR_BUSY, "somebody else changed the same at the same moment; try again"},
    {"55P03", WFM_ERROR_BUSY, "somebody else is at it; try again"},
    {"42501", WFM_ERROR_STORE,
     "the database user lacks a right; it should own the database and be in the role wfm_scoped (an "
     "administrator: GRANT wfm_scoped TO …)"},
    {"26000", WFM_ERROR_STORE,
     "a pooler that gives each transaction another connection needs prepare=off in the connection string"},
    {"42P01", WFM_ERROR_SCHEMA, "run \"wfm db migrate\""},
    {"42703", WFM_ERROR_SCHEMA, "run \"wfm db migrate\""},
    {"42883", WFM_ERROR_SCHEMA, "run \"wfm db migrate\""},
    {"53100", WFM_ERROR_LIMIT, "the server's disk is full"},
    {"57014", WFM_ERROR_LIMIT, NULL},
};

bool server_fail(struct store *store, const PGresult *result, GError **error)
{
    const char *state = result != NULL ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    if (state == NULL) {
        g_autofree char *text =
            g_strdup(result != NULL ? PQresultErrorMessage(result) : PQerrorMessage(store->conn));
        return wfm_fail(error, WFM_ERROR_STORE, "database: %s", g_strstrip(text));
    }
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
    const char *hint = NULL;
    enum wfm_error code = WFM_ERROR_STORE;
    for (guint i = 0; i < G_N_ELEMENTS(sqlstates); i++)
        if (g_str_has_prefix(state, sqlstates[i].state)) {
            code = sqlstates[i].code;
            hint = sqlstates[i].hint;
            break;
        }
    return wfm_fail(error, code, "database: %s (SQLSTATE %s)%s%s%s%s", message, state,
                    detail != NULL ? ": " : "", detail != NULL ? detail : "", hint != NULL ? "; " : "",
                    hint != NULL ? hint : "");
}

/* --- parameters */

static char *double_text(double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    return g_strdup(g_ascii_dtostr(text, sizeof text, value));
}

static char *write32(char *at, uint32_t value)
{
    value = GUINT32_TO_BE(value);
    memcpy(at, &value, sizeof value);
    return at + sizeof value;
}

/* As the server sends them (cell_doubles): as text, numbers of 17 digits would take most of the time of what
   they are stored for. */
static char *doubles_bytes(const double *values, int n, int *length)
{
    enum { FLOAT8 = 701, HEAD = 20, EACH = 12 };
    char *bytes = g_malloc(HEAD + (gsize)n * EACH), *at = bytes;
    at = write32(at, n > 0); /* dimensions */
    at = write32(at, 0);     /* no nulls */
    at = write32(at, FLOAT8);
    if (n > 0) {
        at = write32(at, (uint32_t)n);
        at = write32(at, 1); /* first subscript */
    }
    for (int i = 0; i < n; i++) {
        uint64_t raw;
        memcpy(&raw, &values[i], sizeof raw);
        raw = GUINT64_TO_BE(raw);
        at = write32(at, sizeof raw);
        memcpy(at, &raw, sizeof raw);
        at += sizeof raw;
    }
    *length = (int)(at - bytes);
    return bytes;
}

static char *texts_text(const char *const *values, int n)
{
    GString *out = g_string_new("{");
    for (int i = 0; i < n; i++) {
        g_string_append(out, i > 0 ? ",\"" : "\"");
        for (const char *c = values[i]; *c != '\0'; c++) {
            if (*c == '"' || *c == '\\')
                g_string_append_c(out, '\\');
            g_string_append_c(out, *c);
        }
        g_string_append_c(out, '"');
    }
    g_string_append_c(out, '}');
    return g_string_free(out, FALSE);
}

static char *bytes_text(const unsigned char *bytes, size_t n)
{
    GString *out = g_string_new("\\x");
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(out, "%02x", bytes[i]);
    return g_string_free(out, FALSE);
}

static char *ts_text(int64_t ts)
{
    if (ts == INT64_MIN || ts == INT64_MAX)
        return g_strdup(ts == INT64_MIN ? "-infinity" : "infinity");
    return time_format(ts, NULL);
}

static char *day_text(int32_t day)
{
    if (day == INT32_MIN || day == INT32_MAX)
        return g_strdup(day == INT32_MIN ? "-infinity" : "infinity");
    return day_format(day);
}

char *json_text(const json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));
    char *copy = g_strdup(text);
    free(text);
    return copy;
}

/* *length is that of what is not text. */
static char *parameter(char type, va_list *args, int *length)
{
    switch (type) {
    case 's':
        return g_strdup(va_arg(*args, const char *));
    case 'i':
        return g_strdup_printf("%d", va_arg(*args, int));
    case 'l':
        return g_strdup_printf("%" G_GINT64_FORMAT, va_arg(*args, int64_t));
    case 'd':
        return double_text(va_arg(*args, double));
    case 'b':
        return g_strdup(va_arg(*args, int) != 0 ? "t" : "f");
    case 't':
        return ts_text(va_arg(*args, int64_t));
    case 'y':
        return day_text(va_arg(*args, int32_t));
    case 'j':
        return json_text(va_arg(*args, const json_t *));
    case 'A': {
        const double *values = va_arg(*args, const double *);
        int n = va_arg(*args, int);
        return values != NULL ? doubles_bytes(values, n, length) : NULL;
    }
    case 'S': {
        const char *const *values = va_arg(*args, const char *const *);
        return texts_text(values, va_arg(*args, int));
    }
    case 'x': {
        const unsigned char *bytes = va_arg(*args, const unsigned char *);
        return bytes_text(bytes, va_arg(*args, size_t));
    }
    default:
        g_assert_not_reached();
    }
}

bool connection_ready(struct store *store, GError **error)
{
    return PQstatus(store->conn) == CONNECTION_OK || store->in_tx || store_ping(store, error);
}

static PGresult *query_va(struct store *store, GError **error, const char *sql, const char *types,
                          va_list *args)
{
    if (!connection_ready(store, error))
        return NULL;
    int n = (int)strlen(types);
    g_autofree char **values = g_new0(char *, (gsize)n + 1);
    g_autofree int *lengths = g_new0(int, (gsize)n + 1), *formats = g_new0(int, (gsize)n + 1);
    for (int i = 0; i < n; i++) {
        values[i] = parameter(types[i], args, &lengths[i]);
        formats[i] = types[i] == 'A';
    }
    PGresult *result =
        statement_run(store, &(struct statement){sql, n, (const char *const *)values, lengths, formats});
    for (int i = 0; i < n; i++)
        g_free(values[i]);
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_COPY_IN)
        return result;
    server_fail(store, result, error);
    PQclear(result);
    return NULL;
}

PGresult *query(struct store *store, GError **error, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    PGresult *result = query_va(store, error, sql, types, &args);
    va_end(args);
    return result;
}

bool count_rows(struct store *store, store_count_fn add, void *user, GError **error, const char *sql)
{
    AUTO(pg_result) rows = query(store, error, sql, "");
    for (int row = 0; rows != NULL && row < PQntuples(rows); row++)
        add(cell_peek(rows, row, 0), cell_int(rows, row, 1), user);
    return rows != NULL;
}

bool execute(struct store *store, long *affected, GError **error, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    AUTO(pg_result) result = query_va(store, error, sql, types, &args);
    va_end(args);
    if (result != NULL && affected != NULL)
        *affected = (long)g_ascii_strtoll(PQcmdTuples(result), NULL, 10);
    return result != NULL;
}

bool execute_script(struct store *store, const char *sql, GError **error)
{
    AUTO(pg_result) result = PQexec(store->conn, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY)
        return true;
    return server_fail(store, result, error);
}

/* --- cells */

static uint32_t read32(const char *bytes)
{
    uint32_t raw;
    memcpy(&raw, bytes, sizeof raw);
    return be32toh(raw);
}

static uint64_t read64(const char *bytes)
{
    uint64_t raw;
    memcpy(&raw, bytes, sizeof raw);
    return be64toh(raw);
}

static double read_double(const char *bytes)
{
    uint64_t raw = read64(bytes);
    double value;
    memcpy(&value, &raw, sizeof value);
    return value;
}

int64_t cell_int(const PGresult *result, int row, int column)
{
    if (PQgetisnull(result, row, column))
        return 0;
    const char *bytes = PQgetvalue(result, row, column);
    if (PQgetlength(result, row, column) == 8)
        return (int64_t)read64(bytes);
    g_assert(PQgetlength(result, row, column) == 4);
    return (int32_t)read32(bytes);
}

double cell_double(const PGresult *result, int row, int column)
{
    if (PQgetisnull(result, row, column))
        return NAN;
    g_assert(PQgetlength(result, row, column) == 8);
    return read_double(PQgetvalue(result, row, column));
}

bool cell_bool(const PGresult *result, int row, int column)
{
    return !PQgetisnull(result, row, column) && PQgetvalue(result, row, column)[0] != 0;
}

int64_t cell_ts(const PGresult *result, int row, int column)
{
    if (PQgetisnull(result, row, column))
        return 0;
    int64_t us = (int64_t)read64(PQgetvalue(result, row, column));
    if (us == INT64_MIN || us == INT64_MAX)
        return us;
    int64_t s = us / G_USEC_PER_SEC;
    return s - (us % G_USEC_PER_SEC < 0) + EPOCH_2000_S;
}

int32_t cell_day(const PGresult *result, int row, int column)
{
    if (PQgetisnull(result, row, column))
        return 0;
    int32_t day = (int32_t)read32(PQgetvalue(result, row, column));
    return day == INT32_MIN || day == INT32_MAX ? day : day + EPOCH_2000_DAY;
}

char *cell_text(const PGresult *result, int row, int column)
{
    return PQgetisnull(result, row, column) ? NULL : g_strdup(PQgetvalue(result, row, column));
}

const char *cell_peek(const PGresult *result, int row, int column)
{
    return PQgetvalue(result, row, column);
}

double *cell_doubles(const PGresult *result, int row, int column, int *n)
{
    *n = 0;
    if (PQgetisnull(result, row, column))
        return NULL;
    /* dimensions, has-null flag, element type; then per dimension size and lower bound; then length and value
     */
    const char *bytes = PQgetvalue(result, row, column);
    if (read32(bytes) == 0)
        return g_new0(double, 1);
    *n = (int)read32(bytes + 12);
    double *values = g_new(double, (gsize)*n);
    bytes += 20;
    for (int i = 0; i < *n; i++) {
        bool null = (int32_t)read32(bytes) < 0;
        values[i] = null ? NAN : read_double(bytes + 4);
        bytes += null ? 4 : 12;
    }
    return values;
}

/* --- transactions */

/* Behind a pooler a transaction brings its settings along and leaves none. */
static char *tx_limits(const struct store *store, const char *begin)
{
    return g_strdup_printf("%s; SET LOCAL jit = off; SET LOCAL statement_timeout = %d; "
                           "SET LOCAL idle_in_transaction_session_timeout = %d",
                           begin, store->options.statement_ms, store->options.idle_ms);
}

/* The first statement of a transaction: nothing is lost by trying again on a new connection when the server
 * was away. */
static bool begin(struct store *store, const char *what, enum tx_kind kind, GError **error)
{
    g_autofree char *limited = store->prepare ? NULL : tx_limits(store, what);
    const char *sql = limited != NULL ? limited : what;
    store->in_tx = PQstatus(store->conn) == CONNECTION_OK && execute_script(store, sql, NULL);
    if (!store->in_tx) {
        if (PQstatus(store->conn) == CONNECTION_BAD && !store_ping(store, error))
            return false;
        if (!execute_script(store, sql, error))
            return false;
    }
    store->in_tx = true;
    store->failed = false;
    store->kind[0] = kind;
    store->depth = 1;
    return true;
}

/* Inside of another one. */
static bool begin_inner(struct store *store, enum tx_kind kind, GError **error)
{
    g_assert(store->depth < TX_DEPTH_MAX);
    if (store->failed)
        return wfm_fail(error, WFM_ERROR_INTERNAL, "database: an earlier part of this change has failed");
    if (kind == TX_READ && !execute_script(store, "SAVEPOINT wfm_read", error))
        return false;
    store->kind[store->depth++] = kind;
    return true;
}

static bool become_scoped(struct store *store, const struct scope *scope, GError **error)
{
    return scope->role == ROLE_PLANNER ||
           execute(store, NULL, error,
                   "SELECT set_config('wfm.role', $1, true), set_config('wfm.client', $2, true), "
                   "set_config('wfm.agent', $3, true), set_config('role', 'wfm_scoped', true)",
                   "sss", role_name(scope->role), scope->client != NULL ? scope->client : "",
                   scope->agent != NULL ? scope->agent : "");
}

bool tx_begin(struct store *store, GError **error)
{
    return store->depth > 0 ? begin_inner(store, TX_WRITE, error) : begin(store, "BEGIN", TX_WRITE, error);
}

bool tx_begin_read(struct store *store, const struct scope *scope, GError **error)
{
    static const char sql[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    if (!(store->depth > 0 ? begin_inner(store, TX_READ, error) : begin(store, sql, TX_READ, error)))
        return false;
    return become_scoped(store, scope, error) || tx_end(store, false, error);
}

bool tx_begin_scoped(struct store *store, const struct scope *scope, GError **error)
{
    if (!(store->depth > 0 ? begin_inner(store, TX_SCOPED, error) : begin(store, "BEGIN", TX_SCOPED, error)))
        return false;
    return become_scoped(store, scope, error) || tx_end(store, false, error);
}

static bool end_inner(struct store *store, enum tx_kind kind, bool ok, GError **error)
{
    switch (kind) {
    case TX_READ:
        return execute_script(store, "ROLLBACK TO SAVEPOINT wfm_read; RELEASE SAVEPOINT wfm_read",
                              ok ? error : NULL) &&
               ok;
    case TX_SCOPED:
        ok = ok && execute_script(store,
                                  "SET LOCAL ROLE NONE; SET LOCAL wfm.role = ''; SET LOCAL wfm.client = ''; "
                                  "SET LOCAL wfm.agent = ''",
                                  error);
        break;
    case TX_WRITE:
    default:
        break;
    }
    store->failed = store->failed || !ok;
    return ok;
}

/* What was read holds, whatever becomes of the connection. */
static bool end_outer(struct store *store, enum tx_kind kind, bool ok, GError **error)
{
    AUTO(pg_result) result = PQexec(store->conn, ok && !store->failed ? "COMMIT" : "ROLLBACK");
    store->in_tx = false;
    if (!ok)
        return false;
    if (store->failed)
        return wfm_fail(error, WFM_ERROR_INTERNAL, "database: a part of this change has failed");
    if (kind == TX_READ ||
        (PQresultStatus(result) == PGRES_COMMAND_OK && strcmp(PQcmdStatus(result), "COMMIT") == 0))
        return true;
    if (PQresultStatus(result) == PGRES_COMMAND_OK)
        return wfm_fail(error, WFM_ERROR_STORE, "database: the transaction was rolled back");
    server_fail(store, result, error);
    if (PQstatus(store->conn) == CONNECTION_BAD)
        g_prefix_error(error, "the connection broke during the commit, so it may or may not have happened: ");
    return false;
}

bool tx_end(struct store *store, bool ok, GError **error)
{
    g_assert(store->depth > 0);
    enum tx_kind kind = store->kind[--store->depth];
    return store->depth > 0 ? end_inner(store, kind, ok, error) : end_outer(store, kind, ok, error);
}

bool store_change_begin(struct store *store, GError **error)
{
    if (!tx_begin(store, error))
        return false;
    return execute_script(store, "SET LOCAL lock_timeout = '" CHANGE_LOCK_TIMEOUT "'", error) ||
           tx_end(store, false, error);
}

bool store_change_end(struct store *store, bool ok, GError **error)
{
    return tx_end(store, ok, error);
}

bool store_change_lock(struct store *store, enum store_lock lock, int which, GError **error)
{
    return tx_lock(store, lock, which, error);
}

bool tx_lock(struct store *store, enum store_lock lock, int which, GError **error)
{
    return execute(store, NULL, error, "SELECT pg_advisory_xact_lock($1::integer, $2::integer)", "ii",
                   (int)lock, which);
}

/* --- copy */

#define COPY_CHUNK (64 * 1024)

static void put(struct copy *copy, const void *bytes, size_t n)
{
    g_byte_array_append(copy->buffer, bytes, (guint)n);
}

static void put16(struct copy *copy, int value)
{
    uint16_t raw = htobe16((uint16_t)value);
    put(copy, &raw, sizeof raw);
}

static void put32(struct copy *copy, int32_t value)
{
    uint32_t raw = htobe32((uint32_t)value);
    put(copy, &raw, sizeof raw);
}

static void put64(struct copy *copy, uint64_t value)
{
    uint64_t raw = htobe64(value);
    put(copy, &raw, sizeof raw);
}

bool copy_begin(struct copy *copy, struct store *store, const char *table_and_columns, int n_columns,
                GError **error)
{
    g_autofree char *sql = g_strdup_printf("COPY %s FROM STDIN (FORMAT binary)", table_and_columns);
    AUTO(pg_result) result = query(store, error, sql, "");
    if (result == NULL)
        return false;
    *copy = (struct copy){store, g_byte_array_sized_new(COPY_CHUNK + 4096), n_columns};
    static const char header[19] = "PGCOPY\n\377\r\n"; /* signature with its NUL, flags 0, extension 0 */
    put(copy, header, sizeof header);
    return true;
}

static bool copy_send(struct copy *copy, GError **error)
{
    if (PQputCopyData(copy->store->conn, (const char *)copy->buffer->data, (int)copy->buffer->len) != 1)
        return server_fail(copy->store, NULL, error);
    g_byte_array_set_size(copy->buffer, 0);
    return true;
}

bool copy_row(struct copy *copy, GError **error)
{
    if (copy->buffer->len >= COPY_CHUNK && !copy_send(copy, error))
        return false;
    put16(copy, copy->n_columns);
    return true;
}

void copy_null(struct copy *copy)
{
    put32(copy, -1);
}

void copy_bool(struct copy *copy, bool value)
{
    char byte = value ? 1 : 0;
    put32(copy, 1);
    g_byte_array_append(copy->buffer, (const guint8 *)&byte, 1);
}

void copy_int32(struct copy *copy, int32_t value)
{
    put32(copy, 4);
    put32(copy, value);
}

void copy_int64(struct copy *copy, int64_t value)
{
    put32(copy, 8);
    put64(copy, (uint64_t)value);
}

void copy_double(struct copy *copy, double value)
{
    if (isnan(value)) {
        copy_null(copy);
        return;
    }
    uint64_t raw;
    memcpy(&raw, &value, sizeof raw);
    put32(copy, 8);
    put64(copy, raw);
}

void copy_ts(struct copy *copy, int64_t ts)
{
    copy_int64(copy, (ts - EPOCH_2000_S) * G_USEC_PER_SEC);
}

void copy_day(struct copy *copy, int32_t day)
{
    copy_int32(copy, day - EPOCH_2000_DAY);
}

void copy_text(struct copy *copy, const char *text)
{
    if (text == NULL) {
        copy_null(copy);
        return;
    }
    put32(copy, (int32_t)strlen(text));
    put(copy, text, strlen(text));
}

void copy_json(struct copy *copy, const char *text)
{
    put32(copy, (int32_t)strlen(text) + 1);
    put(copy, "\1", 1); /* version of jsonb's binary form */
    put(copy, text, strlen(text));
}

bool copy_end(struct copy *copy, bool ok, GError **error)
{
    PGconn *conn = copy->store->conn;
    if (ok) {
        put16(copy, -1);
        ok = copy_send(copy, error);
    }
    g_byte_array_free(copy->buffer, TRUE);
    copy->buffer = NULL;
    if (PQputCopyEnd(conn, ok ? NULL : "stopped by wfm") != 1 && ok)
        ok = server_fail(copy->store, NULL, error);
    PGresult *result;
    while ((result = PQgetResult(conn)) != NULL) {
        if (ok && PQresultStatus(result) != PGRES_COMMAND_OK)
            ok = server_fail(copy->store, result, error);
        PQclear(result);
    }
    return ok;
}
