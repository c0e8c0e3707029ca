/* A few parts of the operation, and of what they refer to the ids. */
#include "core/store/part_rows.h"

/* Conditions of the parts that are entities, alias t; $1 id, $2 after, $3 retired, $4 what it belongs to … */
static const struct {
    const char *condition;
    unsigned may; /* roles */
} views[PART_N] = {
    [PART_CLIENT] = {"($4::text IS NULL OR t.id = $4) AND coalesce($5::text, $6::text, $7::text) IS NULL",
                     SCOPE_MAY(ROLE_PLANNER) | SCOPE_MAY(ROLE_CLIENT)},
    [PART_QUEUE] =
        {"($4::text IS NULL OR t.client_id = $4) AND coalesce($5::text, $6::text, $7::text) IS NULL",
         SCOPE_MAY(ROLE_PLANNER) | SCOPE_MAY(ROLE_CLIENT)},
    [PART_SITE] = {"coalesce($4::text, $5::text, $6::text, $7::text) IS NULL", SCOPE_MAY(ROLE_PLANNER)},
    [PART_TEMPLATE] = {"($6::text IS NULL OR EXISTS (SELECT FROM contract_template x WHERE x.template_id = "
                       "t.id AND x.contract_id = $6)) AND coalesce($4::text, $5::text, $7::text) IS NULL",
                       SCOPE_MAY(ROLE_PLANNER)},
    [PART_CONTRACT] = {"coalesce($4::text, $5::text, $6::text, $7::text) IS NULL",
                       SCOPE_MAY(ROLE_PLANNER) | SCOPE_MAY(ROLE_AGENT)},
    [PART_AGENT] =
        {"($4::text IS NULL OR EXISTS (SELECT FROM agent_skill k JOIN queue q USING (queue_key) "
         "WHERE k.agent_key = t.agent_key AND q.client_id = $4 AND NOT q.retired)) "
         "AND ($5::text IS NULL OR t.site_id = $5) AND ($6::text IS NULL OR t.contract_id = $6) "
         "AND ($7::text IS NULL OR EXISTS (SELECT FROM agent_skill k JOIN queue q USING (queue_key) "
         "WHERE k.agent_key = t.agent_key AND q.id = $7))",
         SCOPE_MAY(ROLE_PLANNER) | SCOPE_MAY(ROLE_AGENT)},
    [PART_MEETING] = {NULL, SCOPE_MAY(ROLE_PLANNER)},
    [PART_TIME_OFF] = {NULL, SCOPE_MAY(ROLE_PLANNER) | SCOPE_MAY(ROLE_AGENT)},
    [PART_SPECIAL_DAY] = {NULL, SCOPE_MAY(ROLE_PLANNER)},
    [PART_PREFERENCE] = {NULL, SCOPE_MAY(ROLE_PLANNER) | SCOPE_MAY(ROLE_AGENT)},
    [PART_HEAD] = {NULL, SCOPE_MAY(ROLE_PLANNER)},
};

/* Sites with their zones: agents' times are by their clock. */
static bool sites_view(struct store *store, struct operation *operation, GError **error)
{
    AUTO(pg_result) rows = query(store, error, "SELECT id, zone FROM site ORDER BY id", "");
    if (rows == NULL)
        return false;
    for (int row = 0; row < PQntuples(rows); row++) {
        int site = part_stub(operation, PART_SITE, cell_peek(rows, row, 0));
        operation->sites[site].zone = cell_text(rows, row, 1);
    }
    return true;
}

static bool skills_view(struct store *store, struct operation *operation, GError **error)
{
    g_autofree const char **ids = g_new0(const char *, (gsize)operation->n_agents + 1);
    for (int i = 0; i < operation->n_agents; i++)
        ids[i] = operation->agents[i].id;
    return take_skills(operation,
                       query(store, error,
                             "SELECT " SKILL_COLUMNS " FROM agent t JOIN agent_skill k USING (agent_key) "
                             "JOIN queue q USING (queue_key) WHERE NOT q.retired AND t.id = ANY ($1::text[]) "
                             "ORDER BY t.id, q.id",
                             "S", ids, operation->n_agents),
                       true);
}

static bool templates_view(struct store *store, struct operation *operation, GError **error)
{
    g_autofree const char **ids = g_new0(const char *, (gsize)operation->n_contracts + 1);
    for (int i = 0; i < operation->n_contracts; i++)
        ids[i] = operation->contracts[i].id;
    return take_contract_templates(
        operation,
        query(store, error,
              "SELECT " CONTRACT_TEMPLATE_COLUMNS " FROM contract_template ct JOIN shift_template t "
              "ON t.id = ct.template_id WHERE NOT t.retired AND ct.contract_id = ANY ($1::text[]) "
              "ORDER BY ct.contract_id, ct.position",
              "S", ids, operation->n_contracts),
        true);
}

static bool entity_view(struct store *store, enum part part, const struct part_filter *filter, bool planner,
                        struct operation *operation, GError **error)
{
    const struct entity *entity = entity_of(part);
    g_autofree char *columns = entity_columns(entity, planner);
    g_autofree char *sql = g_strdup_printf(
        "SELECT %s FROM %s t WHERE ($1::text IS NULL OR t.id = $1) AND ($2::text IS NULL OR "
        "t.id > $2) AND t.retired = $3::boolean AND %s ORDER BY t.id LIMIT nullif($8::integer, 0)",
        columns, entity->table, views[part].condition);
    if (part == PART_AGENT && !sites_view(store, operation, error))
        return false;
    if (!entity_take(entity, operation,
                     query(store, error, sql, "ssbssssi", filter->id, filter->after, (int)filter->retired,
                           filter->client, filter->site, filter->contract, filter->queue, filter->limit),
                     planner, true, error))
        return false;
    if (part == PART_CONTRACT)
        return templates_view(store, operation, error);
    return part != PART_AGENT || !planner || skills_view(store, operation, error);
}

/* The site of each agent, which is a stub. */
static bool agents_sites(struct store *store, struct operation *operation, GError **error)
{
    g_autofree const char **ids = g_new0(const char *, (gsize)operation->n_agents + 1);
    for (int i = 0; i < operation->n_agents; i++)
        ids[i] = operation->agents[i].id;
    AUTO(pg_result)
    rows = query(store, error, "SELECT id, site_id FROM agent WHERE id = ANY ($1::text[])", "S", ids,
                 operation->n_agents);
    if (rows == NULL)
        return false;
    for (int row = 0; row < PQntuples(rows); row++)
        operation->agents[operation_agent(operation, cell_peek(rows, row, 0))].site =
            operation_site(operation, cell_peek(rows, row, 1));
    return true;
}

static bool time_off_view(struct store *store, const struct part_filter *filter, struct operation *operation,
                          GError **error)
{
    return sites_view(store, operation, error) &&
           take_time_off(operation,
                         query(store, error,
                               "SELECT " TIME_OFF_COLUMNS " FROM time_off o JOIN agent t USING (agent_key) "
                               "WHERE NOT t.retired AND ($1::text IS NULL OR t.id = $1) "
                               "AND ($2::bigint = 0 OR o.id = $2) AND o.id > $3 "
                               "AND ($4::boolean OR (o.end_at > $5 AND o.start_at < $6)) "
                               "ORDER BY o.id LIMIT nullif($7::integer, 0)",
                               "sllbtti", filter->agent, filter->number, filter->after_number,
                               (int)(filter->from_ts == 0 && filter->to_ts == 0), filter->from_ts,
                               filter->to_ts, filter->limit),
                         true) &&
           agents_sites(store, operation, error);
}

static bool preferences_view(struct store *store, const struct part_filter *filter,
                             struct operation *operation, GError **error)
{
    return take_preferences(
        operation,
        query(store, error,
              "SELECT " PREFERENCE_COLUMNS " FROM preference p JOIN agent t USING (agent_key) "
              "LEFT JOIN shift_template m ON m.id = p.template_id "
              "WHERE NOT t.retired AND NOT coalesce(m.retired, false) AND ($1::text IS NULL OR t.id = $1) "
              "AND ($2::boolean OR (p.day >= $3 AND p.day < $4)) ORDER BY t.id, p.day",
              "sbyy", filter->agent, (int)(filter->from_day == 0 && filter->to_day == 0), filter->from_day,
              filter->to_day),
        true);
}

static bool meetings_view(struct store *store, const struct part_filter *filter, struct operation *operation,
                          GError **error)
{
    if (!take_meetings(operation,
                       query(store, error,
                             "SELECT " MEETING_COLUMNS " FROM meeting m "
                             "WHERE ($1::text IS NULL OR m.id = $1) AND ($2::text IS NULL OR m.id > $2) "
                             "AND ($3::text IS NULL OR EXISTS (SELECT FROM meeting_agent x JOIN agent t "
                             "USING (agent_key) WHERE x.meeting_id = m.id AND t.id = $3)) "
                             "AND ($4::boolean OR (m.to_at > $5 AND m.from_at < $6)) "
                             "ORDER BY m.id LIMIT nullif($7::integer, 0)",
                             "sssbtti", filter->id, filter->after, filter->agent,
                             (int)(filter->from_ts == 0 && filter->to_ts == 0), filter->from_ts,
                             filter->to_ts, filter->limit),
                       error))
        return false;
    g_autofree const char **ids = g_new0(const char *, (gsize)operation->n_meetings + 1);
    for (int i = 0; i < operation->n_meetings; i++)
        ids[i] = operation->meetings[i].id;
    return take_meeting_agents(
        operation,
        query(store, error,
              "SELECT " MEETING_AGENT_COLUMNS " FROM meeting m JOIN meeting_agent a ON a.meeting_id = m.id "
              "JOIN agent t USING (agent_key) WHERE " ACTIVE_AGENT " AND m.id = ANY ($1::text[]) "
              "ORDER BY m.id, t.id",
              "S", ids, operation->n_meetings),
        true);
}

static bool special_days_view(struct store *store, const struct part_filter *filter,
                              struct operation *operation, GError **error)
{
    return take_special_days(
        operation,
        query(store, error,
              "SELECT " SPECIAL_DAY_COLUMNS " FROM " SPECIAL_DAY_FROM
              " WHERE NOT coalesce(c.retired, q.retired, s.retired, false) "
              "AND ($1::bigint = 0 OR d.id = $1) AND ($2::text IS NULL OR d.client_id = $2) "
              "AND ($3::text IS NULL OR d.site_id = $3) AND ($4::text IS NULL OR q.id = $4) "
              "AND ($5::boolean OR (d.day >= $6 AND d.day < $7)) AND (d.day, d.id) > ($8::date, $9::bigint) "
              "ORDER BY d.day, d.id LIMIT nullif($10::integer, 0)",
              "lsssbyyyli", filter->number, filter->client, filter->site, filter->queue,
              (int)(filter->from_day == 0 && filter->to_day == 0), filter->from_day, filter->to_day,
              filter->after_number != 0 ? filter->after_day : INT32_MIN, filter->after_number, filter->limit),
        true, error);
}

static bool part_view(struct store *store, enum part part, const struct part_filter *filter, bool planner,
                      struct operation *operation, GError **error)
{
    g_autoptr(GError) inner = NULL;
    if (planner && !head_load(store, operation, &inner) &&
        (part == PART_HEAD || !g_error_matches(inner, WFM_ERROR, WFM_ERROR_NOT_FOUND))) {
        g_propagate_error(error, g_steal_pointer(&inner));
        return false;
    }
    switch (part) {
    case PART_HEAD:
        return couplings_load(store, operation, true, error);
    case PART_MEETING:
        return meetings_view(store, filter, operation, error);
    case PART_TIME_OFF:
        return time_off_view(store, filter, operation, error);
    case PART_PREFERENCE:
        return preferences_view(store, filter, operation, error);
    case PART_SPECIAL_DAY:
        return special_days_view(store, filter, operation, error);
    default:
        return entity_view(store, part, filter, planner, operation, error);
    }
}

struct operation *store_part_view(struct store *store, const struct scope *scope, enum part part,
                                  const struct part_filter *filter, GError **error)
{
    AUTO(operation) operation = operation_new();
    if (!scope_require(scope, views[part].may, part_list(part), error) ||
        !tx_begin_read(store, scope, error) ||
        !tx_end(store, part_view(store, part, filter, scope->role == ROLE_PLANNER, operation, error), error))
        return NULL;
    return g_steal_pointer(&operation);
}
