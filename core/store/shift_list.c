#include "core/store/shift_list.h"

#include <endian.h>
#include <sodium.h>
#include <string.h>

#include "core/store/roster.h"

/* A shift starts at most two days before the range, on a local day at most one off the UTC day. */
#define DAYS_BEFORE 4
#define DAYS_BEHIND 1

struct shift_list {
    PGresult *head, *rows;
    int column;
    bool versions;
    char uid[37];
};

/* --- the statement */

enum {
    COLUMN_ID,
    COLUMN_VERSION,
    COLUMN_START,
    COLUMN_UID,
    COLUMN_SEQUENCE,
    COLUMN_CANCELLED,
    COLUMN_END,
    COLUMN_CHANGED,
    COLUMN_PAID,
    COLUMN_ACTIVITIES
};

/* xmin: the transaction that wrote the row, so another one after every change. No shift is longer than two
 * days (a check of the table); the days are there for the index. */
#define VERSIONS "s.id, s.xmin"
#define VIEWS                                                                                                \
    VERSIONS ", s.start_at, s.uid, s.sequence, s.cancelled, s.end_at, s.changed_at, s.paid_minutes, "        \
             "s.activities_text"
#define FROM                                                                                                 \
    " FROM shift s WHERE s.agent_key = nullif(current_setting('wfm.agent_key', true), '')::integer "         \
    "AND s.end_at > $1::timestamptz AND s.start_at < $2::timestamptz AND s.day BETWEEN $3::date AND "        \
    "$4::date "                                                                                              \
    "AND ($5::boolean OR NOT s.cancelled) AND (s.start_at, s.id) > ($6::timestamptz, $7::bigint) "           \
    "ORDER BY s.start_at, s.id LIMIT nullif($8::integer, 0)"

static uint64_t raw_ts(int64_t ts)
{
    bool endless = ts == INT64_MIN || ts == INT64_MAX;
    return htobe64((uint64_t)(endless ? ts : (ts - EPOCH_2000_S) * G_USEC_PER_SEC));
}

static int32_t day_at(int64_t ts, int days)
{
    if (ts == INT64_MIN || ts == INT64_MAX)
        return ts == INT64_MIN ? INT32_MIN : INT32_MAX;
    int64_t day = ts >= 0 ? ts / DAY_S : -((DAY_S - 1 - ts) / DAY_S);
    return (int32_t)(day - EPOCH_2000_DAY + days);
}

static void put(struct shift_statement *out, int k, uint64_t value, int length)
{
    out->raw[k] = value;
    out->values[k] = (const char *)&out->raw[k];
    out->lengths[k] = length;
    out->formats[k] = 1;
}

static uint64_t raw32(int32_t value)
{
    uint64_t raw = 0;
    uint32_t big = htobe32((uint32_t)value);
    memcpy(&raw, &big, sizeof big);
    return raw;
}

static uint64_t raw_bool(bool value)
{
    uint64_t raw = 0;
    memcpy(&raw, &value, 1);
    return raw;
}

void shift_statement_init(struct shift_statement *out, const struct shift_ask *ask, bool scoped)
{
    static const char *const texts[2][2] = {
        {"SELECT " VIEWS FROM, "SELECT " VERSIONS FROM},
        {"SELECT " VIEWS " /* scoped */" FROM, "SELECT " VERSIONS " /* scoped */" FROM},
    };
    put(out, 0, raw_ts(ask->from_ts), 8);
    put(out, 1, raw_ts(ask->to_ts), 8);
    put(out, 2, raw32(day_at(ask->from_ts, -DAYS_BEFORE)), 4);
    put(out, 3, raw32(day_at(ask->to_ts, DAYS_BEHIND)), 4);
    put(out, 4, raw_bool(ask->with_cancelled), 1);
    put(out, 5, raw_ts(ask->after_ts), 8);
    put(out, 6, htobe64((uint64_t)ask->after_id), 8);
    put(out, 7, raw32(ask->limit), 4);
    out->statement = (struct statement){texts[scoped][ask->versions], SHIFT_PARAMETERS, out->values,
                                        out->lengths, out->formats};
}

/* --- the list */

struct shift_list *shift_list_new(PGresult *head, int column, PGresult *rows, bool versions)
{
    struct shift_list *list = g_new0(struct shift_list, 1);
    *list = (struct shift_list){.head = head, .rows = rows, .column = column, .versions = versions};
    return list;
}

void shift_list_free(struct shift_list *list)
{
    if (list == NULL)
        return;
    PQclear(list->head);
    PQclear(list->rows);
    g_free(list);
}

int shift_list_n(const struct shift_list *list)
{
    return PQntuples(list->rows);
}

static void uid_text(const PGresult *rows, int row, char out[37])
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *bytes = (const unsigned char *)cell_peek(rows, row, COLUMN_UID);
    for (int k = 0; k < 16; k++) {
        if (k == 4 || k == 6 || k == 8 || k == 10)
            *out++ = '-';
        *out++ = digits[bytes[k] >> 4];
        *out++ = digits[bytes[k] & 15];
    }
    *out = '\0';
}

bool shift_list_view(struct shift_list *list, int row, struct shift_view *view, GError **error)
{
    const PGresult *rows = list->rows, *head = list->head;
    g_assert(!list->versions);
    uid_text(rows, row, list->uid);
    view->id = cell_int(rows, row, COLUMN_ID);
    view->uid = list->uid;
    view->sequence = (int)cell_int(rows, row, COLUMN_SEQUENCE);
    view->cancelled = cell_bool(rows, row, COLUMN_CANCELLED);
    view->agent = PQgetvalue(head, 0, list->column);
    view->agent_name = PQgetvalue(head, 0, list->column + 1);
    view->site = PQgetvalue(head, 0, list->column + 2);
    view->zone = PQgetvalue(head, 0, list->column + 3);
    view->start_ts = cell_ts(rows, row, COLUMN_START);
    view->end_ts = cell_ts(rows, row, COLUMN_END);
    view->changed_ts = cell_ts(rows, row, COLUMN_CHANGED);
    view->paid_minutes = (int)cell_int(rows, row, COLUMN_PAID);
    return activities_read(cell_peek(rows, row, COLUMN_ACTIVITIES), view->start_ts, view->activities,
                           &view->n_activities, error);
}

void shift_list_tag(const struct shift_list *list, unsigned char tag[SHIFT_TAG_BYTES])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, SHIFT_TAG_BYTES);
    for (int k = 0; k < 4; k++)
        crypto_generichash_update(&state, (const unsigned char *)PQgetvalue(list->head, 0, list->column + k),
                                  (unsigned long long)PQgetlength(list->head, 0, list->column + k) + 1);
    int n = PQntuples(list->rows);
    for (int row = 0; row < n; row++) {
        unsigned char version[12];
        memcpy(version, cell_peek(list->rows, row, COLUMN_ID), 8);
        memcpy(version + 8, cell_peek(list->rows, row, COLUMN_VERSION), 4);
        crypto_generichash_update(&state, version, sizeof version);
    }
    crypto_generichash_final(&state, tag, SHIFT_TAG_BYTES);
}

/* --- reading */

void store_shifts_ahead(struct store *store, const struct shift_ask *ask)
{
    if (store->ahead == NULL)
        store->ahead = g_new0(struct shift_ahead, 1);
    g_clear_pointer(&store->ahead->list, shift_list_free);
    store->ahead->ask = *ask;
    store->ahead->wanted = true;
}

void shift_ahead_free(struct shift_ahead *ahead)
{
    if (ahead == NULL)
        return;
    shift_list_free(ahead->list);
    g_free(ahead);
}

static bool ask_equal(const struct shift_ask *a, const struct shift_ask *b)
{
    return a->from_ts == b->from_ts && a->to_ts == b->to_ts && a->with_cancelled == b->with_cancelled &&
           a->after_ts == b->after_ts && a->after_id == b->after_id && a->limit == b->limit &&
           a->versions == b->versions;
}

/* What the look-up of the token has brought along, if it is this; it serves once. */
static struct shift_list *take_ahead(struct store *store, const char *agent, const struct shift_ask *ask)
{
    if (store->ahead == NULL || store->ahead->list == NULL)
        return NULL;
    struct shift_list *list = g_steal_pointer(&store->ahead->list);
    if (ask_equal(&store->ahead->ask, ask) && strcmp(PQgetvalue(list->head, 0, list->column), agent) == 0)
        return list;
    shift_list_free(list);
    return NULL;
}

static bool list_read(struct store *store, const struct scope *scope, const char *agent,
                      const struct shift_ask *ask, struct shift_list **out, GError **error)
{
    struct shift_statement rows;
    shift_statement_init(&rows, ask, scope->role != ROLE_PLANNER);
    const struct statement statements[] = {
        {"SELECT " SHIFT_HEAD ", set_config('wfm.agent_key', a.agent_key::text, true) "
         "FROM agent a JOIN site i ON i.id = a.site_id WHERE a.id = $1",
         1, &agent, NULL, NULL},
        rows.statement,
    };
    PGresult *results[2];
    bool ok = statements_run(store, statements, 2, results, error);
    if (ok && PQntuples(results[0]) == 0)
        ok = wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no agent \"%s\"", agent);
    if (ok) {
        *out = shift_list_new(results[0], 0, results[1], ask->versions);
        return true;
    }
    PQclear(results[0]);
    PQclear(results[1]);
    return false;
}

bool store_shift_list(struct store *store, const struct scope *scope, const char *agent,
                      const struct shift_ask *ask, struct shift_list **out, GError **error)
{
    if (!scope_require(scope, SCOPE_MAY(ROLE_PLANNER) | SCOPE_MAY(ROLE_AGENT), "shifts", error))
        return false;
    if (scope->role == ROLE_AGENT && strcmp(agent, scope->agent) != 0)
        return wfm_fail(error, WFM_ERROR_FORBIDDEN, "an agent sees own shifts only");
    if (scope->role == ROLE_AGENT && (*out = take_ahead(store, agent, ask)) != NULL)
        return true;
    return tx_begin_read(store, scope, error) &&
           tx_end(store, list_read(store, scope, agent, ask, out, error), error);
}
