#include <endian.h>
#include <math.h>
#include <string.h>

#include "core/store/query.h"

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
