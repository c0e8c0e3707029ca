/* Parts of the operation saved and retired one by one. */
#include <string.h>

#include "core/store/part_rows.h"

/* --- saving */

/* An absence that was asked for changes with its request, or the two would say different things. agent NULL:
   anybody's. */
static bool nobody_asked(struct store *store, int64_t number, const char *agent, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT o.request_id FROM time_off o JOIN agent a USING (agent_key) WHERE o.id = $1 "
                 "AND o.request_id IS NOT NULL AND ($2::text IS NULL OR a.id = $2)",
                 "ls", number, agent);
    if (rows == NULL)
        return false;
    return PQntuples(rows) == 0 || wfm_fail(error, WFM_ERROR_CONFLICT,
                                            "time off %" G_GINT64_FORMAT " is that of request "
                                            "%" G_GINT64_FORMAT "; deny the request to take it back",
                                            number, cell_int(rows, 0, 0));
}

static bool time_off_save_one(struct store *store, struct operation *operation, int index, GError **error)
{
    struct time_off *off = &operation->time_off[index];
    const char *agent = operation->agents[off->agent].id, *kind = off->kind != NULL ? off->kind : "";
    if (off->number != 0)
        return nobody_asked(store, off->number, agent, error) &&
               execute(store, NULL, error,
                       "UPDATE time_off SET (start_at, end_at, credit_min, kind) = ROW($2, $3, $4, $5) "
                       "WHERE id = $1",
                       "lttis", off->number, off->start_ts, off->end_ts, off->credit_min, kind);
    AUTO(pg_result)
    row = query(store, error,
                "INSERT INTO time_off (agent_key, start_at, end_at, credit_min, kind) "
                "SELECT agent_key, $2, $3, $4, $5 FROM agent WHERE id = $1 RETURNING id",
                "sttis", agent, off->start_ts, off->end_ts, off->credit_min, kind);
    if (row == NULL)
        return false;
    off->number = cell_int(row, 0, 0);
    return true;
}

static const char *special_day_owner(const struct operation *operation, const struct special_day *special,
                                     enum special_scope scope)
{
    static const enum part owners[SCOPE_N] = {
        [SCOPE_CLIENT] = PART_CLIENT, [SCOPE_QUEUE] = PART_QUEUE, [SCOPE_SITE] = PART_SITE};
    return special->scope == scope ? part_id(operation, owners[scope], special->index) : NULL;
}

static bool special_day_save_one(struct store *store, struct operation *operation, int index, GError **error)
{
    struct special_day *special = &operation->special_days[index];
    bool hours = special->open_to_min > 0, fresh = special->number == 0;
    g_autofree char *from = hours ? g_strdup_printf("%d", special->open_from_min) : NULL;
    g_autofree char *to = hours ? g_strdup_printf("%d", special->open_to_min) : NULL;
    g_autofree char *uplift = NULL;
    if (special->has_uplift) {
        char number[G_ASCII_DTOSTR_BUF_SIZE];
        uplift = g_strdup(g_ascii_dtostr(number, sizeof number, special->uplift));
    }
    AUTO(pg_result)
    row = query(store, error,
                fresh ? "INSERT INTO special_day (scope, client_id, queue_key, site_id, day, kind, name, "
                        "uplift, open_from_min, open_to_min) SELECT $1, $2, (SELECT queue_key FROM queue "
                        "WHERE id = $3), $4, $5, $6, $7, $8::double precision, $9::integer, $10::integer "
                        "WHERE $11::bigint = 0 RETURNING id"
                      : "UPDATE special_day SET (scope, client_id, queue_key, site_id, day, kind, name, "
                        "uplift, open_from_min, open_to_min) = ROW($1, $2, (SELECT queue_key FROM queue "
                        "WHERE id = $3), $4, $5::date, $6, $7, $8::double precision, $9::integer, "
                        "$10::integer) WHERE id = $11::bigint RETURNING id",
                "ssssysssssl", special_scope_name(special->scope),
                special_day_owner(operation, special, SCOPE_CLIENT),
                special_day_owner(operation, special, SCOPE_QUEUE),
                special_day_owner(operation, special, SCOPE_SITE), special->day,
                special_kind_name(special->kind), special->name, uplift, from, to, special->number);
    if (row == NULL)
        return false;
    special->number = cell_int(row, 0, 0);
    return true;
}

static bool meeting_save_one(struct store *store, const struct operation *operation, int index,
                             GError **error)
{
    const struct meeting *meeting = &operation->meetings[index];
    g_autofree const char **guests = g_new0(const char *, (gsize)meeting->n_agents + 1);
    for (int k = 0; k < meeting->n_agents; k++)
        guests[k] = operation->agents[meeting->agents[k]].id;
    return execute(store, NULL, error,
                   "INSERT INTO meeting (position, id, name, kind, length_min, from_at, to_at, together, "
                   "price) SELECT coalesce(max(position) + 1, 0), $1, $2, $3, $4::integer, "
                   "$5::timestamptz, $6::timestamptz, $7::boolean, $8::double precision FROM meeting "
                   "ON CONFLICT (id) DO UPDATE SET (name, kind, length_min, from_at, to_at, together, "
                   "price) = ROW(excluded.name, excluded.kind, excluded.length_min, excluded.from_at, "
                   "excluded.to_at, excluded.together, excluded.price)",
                   "sssittbd", meeting->id, meeting->name, activity_kind_name(meeting->kind),
                   meeting->length_min, meeting->from_ts, meeting->to_ts, (int)meeting->together,
                   meeting->price) &&
           execute(store, NULL, error, "DELETE FROM meeting_agent WHERE meeting_id = $1", "s", meeting->id) &&
           execute(store, NULL, error,
                   "INSERT INTO meeting_agent (meeting_id, agent_key) SELECT $1, agent_key FROM agent "
                   "WHERE id = ANY ($2::text[])",
                   "sS", meeting->id, guests, meeting->n_agents);
}

static bool preferences_save_one(struct store *store, const struct operation *operation, int agent,
                                 GError **error)
{
    return execute(store, NULL, error,
                   "DELETE FROM preference p USING agent a WHERE a.agent_key = p.agent_key AND a.id = $1",
                   "s", operation->agents[agent].id) &&
           preferences_insert(store, operation, agent, error);
}

static bool save_elements(struct store *store, enum part part, struct operation *operation,
                          const int *indices, int n, GError **error)
{
    const struct entity *entity = entity_of(part);
    long changed = 0;
    if (part == PART_HEAD)
        return zones_save(store, operation, error) && head_save(store, operation, error);
    if (entity != NULL)
        return ((part != PART_QUEUE && part != PART_SITE) || zones_save(store, operation, error)) &&
               entity_upsert(store, entity, operation, indices, n, &changed, error) &&
               (part != PART_CONTRACT || contract_templates_save(store, operation, indices, n, error)) &&
               (part != PART_AGENT || skills_save(store, operation, indices, n, &changed, error));
    for (int k = 0; k < n; k++)
        if (part == PART_TIME_OFF      ? !time_off_save_one(store, operation, indices[k], error)
            : part == PART_SPECIAL_DAY ? !special_day_save_one(store, operation, indices[k], error)
            : part == PART_MEETING     ? !meeting_save_one(store, operation, indices[k], error)
                                       : !preferences_save_one(store, operation, indices[k], error))
            return false;
    return true;
}

/* What the audit calls a part: its id or number; preferences and the operation have neither. */
static char *subject_of(const struct operation *operation, enum part part, const struct part_change *change)
{
    int64_t number = part == PART_TIME_OFF      ? operation->time_off[change->index].number
                     : part == PART_SPECIAL_DAY ? operation->special_days[change->index].number
                                                : 0;
    if (number != 0)
        return g_strdup_printf("%" G_GINT64_FORMAT, number);
    if (part < PART_NAMED_N)
        return g_strdup(part_id(operation, part, change->index));
    const char *agent = json_string_value(json_object_get(change->detail, "agent"));
    return g_strdup(agent != NULL ? agent : part_member(part));
}

static bool part_save(struct store *store, enum part part, struct operation *operation,
                      const struct part_change *changes, int n, const char *actor, GError **error)
{
    g_autofree int *indices = g_new0(int, (gsize)n + 1);
    for (int k = 0; k < n; k++)
        indices[k] = changes[k].index;
    if (!tx_lock(store, LOCK_OPERATION, 0, error) ||
        !save_elements(store, part, operation, indices, n, error))
        return false;
    for (int k = 0; k < n; k++) {
        g_autofree char *subject = subject_of(operation, part, &changes[k]);
        if (!audit_write(store, actor, changes[k].action, subject, json_incref(changes[k].detail), error))
            return false;
    }
    return true;
}

bool store_part_save(struct store *store, enum part part, struct operation *operation,
                     const struct part_change *changes, int n, const char *actor, GError **error)
{
    return tx_begin(store, error) &&
           tx_end(store, part_save(store, part, operation, changes, n, actor, error), error);
}

/* --- retiring */

#define SKILLED                                                                                              \
    "SELECT 'agent', a.id FROM agent a JOIN agent_skill k USING (agent_key) JOIN queue q USING (queue_key) " \
    "WHERE q.id = $1 AND NOT a.retired"

/* What refers to the part $1, as (kind, id). */
static const char *const references[PART_N] = {
    [PART_CLIENT] = "SELECT 'queue', id FROM queue WHERE client_id = $1 AND NOT retired",
    [PART_QUEUE] =
        SKILLED " UNION ALL SELECT 'queue', id FROM queue WHERE NOT retired AND id <> $1 AND $1 IN "
                "(profile_queue, callback_of)",
    [PART_SITE] = "SELECT 'agent', id FROM agent WHERE site_id = $1 AND NOT retired UNION ALL "
                  "SELECT 'headcount', position::text FROM headcount_rule WHERE site_id = $1 UNION ALL "
                  "SELECT 'lead', position::text FROM lead_rule WHERE site_id = $1",
    [PART_TEMPLATE] =
        "SELECT 'contract', c.id FROM contract c WHERE NOT c.retired AND (EXISTS (SELECT FROM "
        "contract_template x WHERE x.contract_id = c.id AND x.template_id = $1) "
        "OR c.successions @> jsonb_build_array(jsonb_build_object('from', $1::text)) "
        "OR c.successions @> jsonb_build_array(jsonb_build_object('to', $1::text)) "
        "OR c.template_limits @> jsonb_build_array(jsonb_build_object('template', $1::text))) UNION ALL "
        "SELECT 'headcount', position::text FROM headcount_rule WHERE template_id = $1",
    [PART_CONTRACT] = "SELECT 'agent', id FROM agent WHERE contract_id = $1 AND NOT retired",
};

json_t *store_part_references(struct store *store, enum part part, const char *id, int limit, GError **error)
{
    AUTO(json_t) list = json_array();
    if (references[part] == NULL)
        return g_steal_pointer(&list);
    g_autofree char *sql =
        g_strdup_printf("SELECT * FROM (%s) AS r (kind, id) ORDER BY 1, 2 LIMIT $2", references[part]);
    AUTO(pg_result) rows = query(store, error, sql, "si", id, limit);
    if (rows == NULL)
        return NULL;
    for (int row = 0; row < PQntuples(rows); row++)
        json_array_append_new(
            list, json_pack("{s:s, s:s}", "kind", cell_peek(rows, row, 0), "id", cell_peek(rows, row, 1)));
    return g_steal_pointer(&list);
}

static bool nothing_refers(struct store *store, enum part part, const char *id, GError **error)
{
    AUTO(json_t) list = store_part_references(store, part, id, 1, error);
    if (list == NULL)
        return false;
    const json_t *first = json_array_get(list, 0);
    return first == NULL || wfm_fail(error, WFM_ERROR_CONFLICT, "%s %s cannot go: %s %s still refers to it",
                                     part_what(part), id, json_string_value(json_object_get(first, "kind")),
                                     json_string_value(json_object_get(first, "id")));
}

/* "{agent, …}" of time off, for those who hear of it; NULL when there is none such. */
static PGresult *remove_numbered(struct store *store, enum part part, int64_t number, const char *agent,
                                 GError **error)
{
    if (part == PART_SPECIAL_DAY)
        return query(store, error, "DELETE FROM special_day WHERE id = $1 RETURNING NULL::text", "l", number);
    return query(store, error,
                 "DELETE FROM time_off o USING agent a WHERE o.id = $1 AND a.agent_key = o.agent_key "
                 "AND ($2::text IS NULL OR a.id = $2) RETURNING a.id",
                 "ls", number, agent);
}

static PGresult *remove_named(struct store *store, enum part part, const char *id, GError **error)
{
    const struct entity *entity = entity_of(part);
    if (part == PART_MEETING)
        return query(store, error, "DELETE FROM meeting WHERE id = $1 RETURNING NULL::text", "s", id);
    g_autofree char *sql = g_strdup_printf(
        "UPDATE %s SET retired = true WHERE id = $1 AND NOT retired RETURNING NULL::text", entity->table);
    return query(store, error, sql, "s", id);
}

static bool part_retire(struct store *store, enum part part, const char *id, int64_t number,
                        const char *agent, const char *actor, GError **error)
{
    bool named = part < PART_NAMED_N;
    g_autofree char *subject = named ? g_strdup(id) : g_strdup_printf("%" G_GINT64_FORMAT, number);
    if (!tx_lock(store, LOCK_OPERATION, 0, error) || (named && !nothing_refers(store, part, id, error)) ||
        (part == PART_TIME_OFF && !nobody_asked(store, number, agent, error)))
        return false;
    AUTO(pg_result)
    rows = named ? remove_named(store, part, id, error) : remove_numbered(store, part, number, agent, error);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no %s \"%s\"", part_what(part), subject);
    json_t *detail = json_object();
    if (part == PART_TIME_OFF)
        json_object_set_new(detail, "agent", json_string(cell_peek(rows, 0, 0)));
    else if (named)
        json_object_set_new(detail, part_member(part), json_string(id));
    g_autofree char *action =
        g_strconcat(part_member(part), entity_of(part) != NULL ? ".retired" : ".deleted", NULL);
    return audit_write(store, actor, action, subject, detail, error);
}

bool store_part_retire(struct store *store, enum part part, const char *id, int64_t number, const char *agent,
                       const char *actor, GError **error)
{
    return tx_begin(store, error) &&
           tx_end(store, part_retire(store, part, id, number, agent, actor, error), error);
}
