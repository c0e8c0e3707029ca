#include "core/store/query.h"

#include <endian.h>
#include <math.h>
#include <string.h>

#include "core/store/statement.h"

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

int64_t *cells_int(const PGresult *result, int *n)
{
    *n = PQntuples(result);
    int64_t *values = g_new0(int64_t, (gsize)*n + 1);
    for (int row = 0; row < *n; row++)
        values[row] = cell_int(result, row, 0);
    return values;
}
