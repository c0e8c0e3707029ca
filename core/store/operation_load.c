#include <limits.h>
#include <string.h>

#include "core/store/part_rows.h"

/* The rows of one owner follow each other in a result ordered by owner: how many from `row` on have its id in
 * column 0. */
static int run_length(const PGresult *rows, int row)
{
    int end = row + 1;
    while (end < PQntuples(rows) && strcmp(cell_peek(rows, end, 0), cell_peek(rows, row, 0)) == 0)
        end++;
    return end - row;
}

bool head_load(struct store *store, struct operation *operation, GError **error)
{
    AUTO(pg_result)
    head = query(store, error,
                 "SELECT name, zone, interval_min, currency, fairness_weeks, fairness_night_price, "
                 "fairness_weekend_price, fairness_holiday_price, wish_price, wish_rank_share FROM operation",
                 "");
    if (head == NULL)
        return false;
    if (PQntuples(head) == 0)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND,
                        "no operation has been loaded yet; run \"wfm load operation.cfg\"");
    operation->name = cell_text(head, 0, 0);
    operation->zone = cell_text(head, 0, 1);
    operation->interval_min = (int)cell_int(head, 0, 2);
    g_strlcpy(operation->currency, cell_peek(head, 0, 3), sizeof operation->currency);
    operation->fairness = (struct fairness){(int)cell_int(head, 0, 4), cell_double(head, 0, 5),
                                            cell_double(head, 0, 6), cell_double(head, 0, 7)};
    operation->wishes = (struct wish_rule){cell_double(head, 0, 8), cell_double(head, 0, 9)};

    AUTO(pg_result)
    rates = query(store, error, "SELECT code, rate FROM currency ORDER BY code COLLATE \"C\"", "");
    if (rates == NULL)
        return false;
    operation->n_currencies = PQntuples(rates);
    operation->currencies = g_new0(struct currency, (gsize)operation->n_currencies);
    for (int i = 0; i < operation->n_currencies; i++) {
        g_strlcpy(operation->currencies[i].code, cell_peek(rates, i, 0),
                  sizeof operation->currencies[i].code);
        operation->currencies[i].rate = cell_double(rates, i, 1);
    }
    return true;
}

bool take_contract_templates(struct operation *operation, PGresult *result, bool stubs)
{
    AUTO(pg_result) rows = result;
    if (rows == NULL)
        return false;
    for (int row = 0, n; row < PQntuples(rows); row += n) {
        n = run_length(rows, row);
        struct contract *contract =
            &operation->contracts[operation_contract(operation, cell_peek(rows, row, 0))];
        contract->n_templates = n;
        contract->templates = g_new0(int, (gsize)n);
        for (int k = 0; k < n; k++)
            contract->templates[k] =
                ref_or_stub(operation, PART_TEMPLATE, cell_peek(rows, row + k, 1), stubs);
    }
    return true;
}

bool couplings_load(struct store *store, struct operation *operation, bool stubs, GError **error)
{
    AUTO(pg_result)
    rows =
        query(store, error,
              "SELECT h.template_id, h.site_id, h.weekdays, h.min, coalesce(h.max, $1), h.under_price, "
              "h.over_price "
              "FROM headcount_rule h JOIN shift_template t ON t.id = h.template_id "
              "LEFT JOIN site s ON s.id = h.site_id WHERE NOT t.retired AND NOT coalesce(s.retired, false) "
              "ORDER BY h.position",
              "i", INT_MAX);
    if (rows == NULL)
        return false;
    operation->n_headcounts = PQntuples(rows);
    operation->headcounts = g_new0(struct headcount_rule, (gsize)operation->n_headcounts + 1);
    for (int row = 0; row < operation->n_headcounts; row++) {
        struct headcount_rule *rule = &operation->headcounts[row];
        rule->tmpl = ref_or_stub(operation, PART_TEMPLATE, cell_peek(rows, row, 0), stubs);
        rule->site = PQgetisnull(rows, row, 1)
                         ? -1
                         : ref_or_stub(operation, PART_SITE, cell_peek(rows, row, 1), stubs);
        rule->weekdays = (uint8_t)cell_int(rows, row, 2);
        rule->min = (int)cell_int(rows, row, 3);
        rule->max = (int)cell_int(rows, row, 4);
        rule->under_price = cell_double(rows, row, 5);
        rule->over_price = cell_double(rows, row, 6);
    }
    AUTO(pg_result)
    leads = query(store, error,
                  "SELECT l.site_id, l.per_agents, l.price FROM lead_rule l JOIN site s ON s.id = l.site_id "
                  "WHERE NOT s.retired ORDER BY l.position",
                  "");
    if (leads == NULL)
        return false;
    operation->n_leads = PQntuples(leads);
    operation->leads = g_new0(struct lead_rule, (gsize)operation->n_leads + 1);
    for (int row = 0; row < operation->n_leads; row++)
        operation->leads[row] =
            (struct lead_rule){ref_or_stub(operation, PART_SITE, cell_peek(leads, row, 0), stubs),
                               cell_double(leads, row, 1), cell_double(leads, row, 2)};
    return true;
}

/* Results are in the order of the agents' ids, so one walk joins them. */
static int next_agent(struct operation *operation, int agent, const char *id, bool stubs)
{
    while (agent < operation->n_agents && strcmp(operation->agents[agent].id, id) != 0)
        agent++;
    return agent < operation->n_agents ? agent : ref_or_stub(operation, PART_AGENT, id, stubs);
}

bool take_skills(struct operation *operation, PGresult *result, bool stubs)
{
    AUTO(pg_result) rows = result;
    if (rows == NULL)
        return false;
    for (int row = 0, n, agent = 0; row < PQntuples(rows); row += n) {
        n = run_length(rows, row);
        agent = next_agent(operation, agent, cell_peek(rows, row, 0), false);
        operation->agents[agent].n_skills = n;
        operation->agents[agent].skills = g_new0(struct skill, (gsize)n);
        for (int k = 0; k < n; k++)
            operation->agents[agent].skills[k] = (struct skill){
                .queue = ref_or_stub(operation, PART_QUEUE, cell_peek(rows, row + k, 1), stubs),
                .proficiency = cell_double(rows, row + k, 2),
                .overflow = (int)cell_int(rows, row + k, 3),
            };
    }
    return true;
}

bool take_time_off(struct operation *operation, PGresult *result, bool stubs)
{
    AUTO(pg_result) rows = result;
    if (rows == NULL)
        return false;
    operation->n_time_off = PQntuples(rows);
    operation->time_off = g_new0(struct time_off, (gsize)operation->n_time_off + 1);
    for (int row = 0, agent = 0; row < operation->n_time_off; row++) {
        agent = next_agent(operation, agent, cell_peek(rows, row, 0), stubs);
        operation->time_off[row] = (struct time_off){
            .agent = agent,
            .start_ts = cell_ts(rows, row, 1),
            .end_ts = cell_ts(rows, row, 2),
            .credit_min = (int)cell_int(rows, row, 3),
            .kind = cell_text(rows, row, 4),
            .number = cell_int(rows, row, 5),
        };
    }
    return true;
}

bool take_preferences(struct operation *operation, PGresult *result, bool stubs)
{
    AUTO(pg_result) rows = result;
    if (rows == NULL)
        return false;
    operation->n_preferences = PQntuples(rows);
    operation->preferences = g_new0(struct preference, (gsize)operation->n_preferences + 1);
    for (int row = 0, agent = 0; row < operation->n_preferences; row++) {
        struct preference *wish = &operation->preferences[row];
        wish->agent = agent = next_agent(operation, agent, cell_peek(rows, row, 0), stubs);
        wish->day = cell_day(rows, row, 1);
        wish->tmpl = PQgetisnull(rows, row, 2)
                         ? -1
                         : ref_or_stub(operation, PART_TEMPLATE, cell_peek(rows, row, 2), stubs);
        wish->off = cell_bool(rows, row, 3);
        wish->from_min = (int)cell_int(rows, row, 4);
        wish->to_min = (int)cell_int(rows, row, 5);
        wish->price = cell_double(rows, row, 6);
    }
    qsort(operation->preferences, (size_t)operation->n_preferences, sizeof *operation->preferences,
          preference_compare);
    return true;
}

bool take_meetings(struct operation *operation, PGresult *result, GError **error)
{
    AUTO(pg_result) rows = result;
    if (rows == NULL)
        return false;
    operation->n_meetings = PQntuples(rows);
    operation->meetings = g_new0(struct meeting, (gsize)operation->n_meetings + 1);
    for (int row = 0; row < operation->n_meetings; row++) {
        struct meeting *meeting = &operation->meetings[row];
        meeting->id = cell_text(rows, row, 0);
        meeting->name = cell_text(rows, row, 1);
        if (!activity_kind_parse(cell_peek(rows, row, 2), &meeting->kind))
            return wfm_fail(error, WFM_ERROR_STORE, "meeting kind \"%s\" in the store is unknown",
                            cell_peek(rows, row, 2));
        meeting->length_min = (int)cell_int(rows, row, 3);
        meeting->from_ts = cell_ts(rows, row, 4);
        meeting->to_ts = cell_ts(rows, row, 5);
        meeting->together = cell_bool(rows, row, 6);
        meeting->price = cell_double(rows, row, 7);
    }
    return true;
}

bool take_meeting_agents(struct operation *operation, PGresult *result, bool stubs)
{
    AUTO(pg_result) rows = result;
    if (rows == NULL)
        return false;
    for (int row = 0, n; row < PQntuples(rows); row += n) {
        n = run_length(rows, row);
        struct meeting *meeting = &operation->meetings[operation_meeting(operation, cell_peek(rows, row, 0))];
        meeting->n_agents = n;
        meeting->agents = g_new0(int, (gsize)n);
        for (int k = 0, agent = 0; k < n; k++) {
            const char *id = cell_peek(rows, row + k, 1);
            agent = stubs ? ref_or_stub(operation, PART_AGENT, id, true)
                          : next_agent(operation, agent, id, false);
            meeting->agents[k] = agent;
        }
    }
    return true;
}

static int special_day_index(struct operation *operation, enum special_scope scope, const char *id,
                             bool stubs)
{
    switch (scope) {
    case SCOPE_CLIENT:
        return ref_or_stub(operation, PART_CLIENT, id, stubs);
    case SCOPE_QUEUE:
        return ref_or_stub(operation, PART_QUEUE, id, stubs);
    case SCOPE_SITE:
        return ref_or_stub(operation, PART_SITE, id, stubs);
    default:
        return 0;
    }
}

bool take_special_days(struct operation *operation, PGresult *result, bool stubs, GError **error)
{
    AUTO(pg_result) rows = result;
    if (rows == NULL)
        return false;
    operation->n_special_days = PQntuples(rows);
    operation->special_days = g_new0(struct special_day, (gsize)operation->n_special_days + 1);
    for (int row = 0; row < operation->n_special_days; row++) {
        struct special_day *special = &operation->special_days[row];
        int scope = 0;
        while (scope < SCOPE_N - 1 &&
               strcmp(special_scope_name((enum special_scope)scope), cell_peek(rows, row, 0)) != 0)
            scope++;
        special->scope = (enum special_scope)scope;
        special->index = special_day_index(operation, special->scope, cell_peek(rows, row, 1), stubs);
        special->day = cell_day(rows, row, 2);
        special->name = cell_text(rows, row, 4);
        special->has_uplift = !PQgetisnull(rows, row, 5);
        special->uplift = special->has_uplift ? cell_double(rows, row, 5) : 0;
        special->open_from_min = (int)cell_int(rows, row, 6);
        special->open_to_min = (int)cell_int(rows, row, 7);
        special->number = cell_int(rows, row, 8);
        if (!special_kind_parse(cell_peek(rows, row, 3), &special->kind))
            return wfm_fail(error, WFM_ERROR_STORE, "special day kind \"%s\" in the store is unknown",
                            cell_peek(rows, row, 3));
    }
    return true;
}

/* Which agents are read, with all that hangs on them. */
#define THESE_AGENTS ACTIVE_AGENT " AND ($1::boolean OR t.id = ANY ($2::text[]))"
#define LOAD(sql) query(store, error, sql, "bS", (int)(agents == NULL), ids, n)

static bool agents_load(struct store *store, struct operation *operation, const char *const *agents, int n,
                        GError **error)
{
    static const char *const none[1] = {NULL};
    const char *const *ids = agents != NULL ? agents : none;
    g_autofree char *columns = entity_columns(&entity_agent, true);
    g_autofree char *sql =
        g_strdup_printf("SELECT %s FROM agent t WHERE %s ORDER BY t.id", columns, THESE_AGENTS);
    n = agents != NULL ? n : 0;
    return entity_take(&entity_agent, operation, LOAD(sql), true, false, error) &&
           take_skills(operation,
                       LOAD("SELECT " SKILL_COLUMNS " FROM agent t JOIN agent_skill k USING (agent_key) "
                            "JOIN queue q USING (queue_key) WHERE NOT q.retired AND " THESE_AGENTS
                            " ORDER BY t.id, q.id"),
                       false) &&
           take_time_off(operation,
                         LOAD("SELECT " TIME_OFF_COLUMNS " FROM time_off o JOIN agent t USING (agent_key) "
                              "WHERE " THESE_AGENTS " ORDER BY t.id, o.start_at, o.id"),
                         false) &&
           take_preferences(
               operation,
               LOAD("SELECT " PREFERENCE_COLUMNS " FROM preference p JOIN agent t USING (agent_key) "
                    "LEFT JOIN shift_template m ON m.id = p.template_id "
                    "WHERE NOT coalesce(m.retired, false) AND " THESE_AGENTS " ORDER BY t.id, p.day"),
               false);
}

static bool meetings_load(struct store *store, struct operation *operation, GError **error)
{
    return take_meetings(
               operation,
               query(store, error, "SELECT " MEETING_COLUMNS " FROM meeting m ORDER BY m.position", ""),
               error) &&
           take_meeting_agents(operation,
                               query(store, error,
                                     "SELECT " MEETING_AGENT_COLUMNS
                                     " FROM meeting m JOIN meeting_agent a ON a.meeting_id = m.id "
                                     "JOIN agent t USING (agent_key) WHERE " ACTIVE_AGENT
                                     " ORDER BY m.id, t.id",
                                     ""),
                               false);
}

static bool operation_load(struct store *store, struct operation *operation, const char *const *agents, int n,
                           GError **error)
{
    static const struct entity *const parts[] = {&entity_client, &entity_queue, &entity_site,
                                                 &entity_template, &entity_contract};
    if (!head_load(store, operation, error))
        return false;
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
        if (!entity_load(store, parts[i], operation, "NOT t.retired", error))
            return false;
    return take_contract_templates(
               operation,
               query(store, error,
                     "SELECT " CONTRACT_TEMPLATE_COLUMNS " FROM contract_template ct "
                     "JOIN contract c ON c.id = ct.contract_id JOIN shift_template t ON t.id = "
                     "ct.template_id "
                     "WHERE NOT c.retired AND NOT t.retired ORDER BY ct.contract_id, ct.position",
                     ""),
               false) &&
           couplings_load(store, operation, false, error) &&
           agents_load(store, operation, agents, n, error) &&
           (agents != NULL || meetings_load(store, operation, error)) &&
           take_special_days(operation,
                             query(store, error,
                                   "SELECT " SPECIAL_DAY_COLUMNS " FROM " SPECIAL_DAY_FROM
                                   " WHERE NOT coalesce(c.retired, q.retired, s.retired, false) "
                                   "ORDER BY d.day, d.scope, 2, d.id",
                                   ""),
                             false, error) &&
           operation_check(operation, error);
}

struct operation *store_operation_load(struct store *store, GError **error)
{
    return store_operation_load_with(store, NULL, 0, error);
}

struct operation *store_operation_load_with(struct store *store, const char *const *agents, int n,
                                            GError **error)
{
    AUTO(operation) operation = operation_new();
    if (!tx_begin_read(store, &scope_planner, error) ||
        !tx_end(store, operation_load(store, operation, agents, n, error), error))
        return NULL;
    return g_steal_pointer(&operation);
}
