#include <limits.h>
#include <string.h>

#include "core/store/fields.h"

/* The rows of one owner follow each other in a result ordered by owner: how many from `row` on have its id in
 * column 0. */
static int run_length(const PGresult *rows, int row)
{
    int end = row + 1;
    while (end < PQntuples(rows) && strcmp(cell_peek(rows, end, 0), cell_peek(rows, row, 0)) == 0)
        end++;
    return end - row;
}

static bool head_load(struct store *store, struct operation *operation, GError **error)
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

static bool contract_templates_load(struct store *store, struct operation *operation, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT ct.contract_id, ct.template_id FROM contract_template ct "
                 "JOIN contract c ON c.id = ct.contract_id JOIN shift_template t ON t.id = ct.template_id "
                 "WHERE NOT c.retired AND NOT t.retired ORDER BY ct.contract_id, ct.position",
                 "");
    if (rows == NULL)
        return false;
    for (int row = 0, n; row < PQntuples(rows); row += n) {
        n = run_length(rows, row);
        struct contract *contract =
            &operation->contracts[operation_contract(operation, cell_peek(rows, row, 0))];
        contract->n_templates = n;
        contract->templates = g_new0(int, (gsize)n);
        for (int k = 0; k < n; k++)
            contract->templates[k] = operation_template(operation, cell_peek(rows, row + k, 1));
    }
    return true;
}

static bool couplings_load(struct store *store, struct operation *operation, GError **error)
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
        rule->tmpl = operation_template(operation, cell_peek(rows, row, 0));
        rule->site = PQgetisnull(rows, row, 1) ? -1 : operation_site(operation, cell_peek(rows, row, 1));
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
        operation->leads[row] = (struct lead_rule){operation_site(operation, cell_peek(leads, row, 0)),
                                                   cell_double(leads, row, 1), cell_double(leads, row, 2)};
    return true;
}

/* Both results are in the agents' order, so one walk joins them. */
static int next_agent(const struct operation *operation, int agent, const char *id)
{
    while (strcmp(operation->agents[agent].id, id) != 0)
        agent++;
    return agent;
}

#define ACTIVE_AGENT                                                                                         \
    "NOT t.retired AND EXISTS (SELECT FROM site s WHERE s.id = t.site_id AND NOT s.retired) "                \
    "AND EXISTS (SELECT FROM contract c WHERE c.id = t.contract_id AND NOT c.retired)"

static bool skills_load(struct store *store, struct operation *operation, GError **error)
{
    AUTO(pg_result)
    rows = query(
        store, error,
        "SELECT t.id, q.id, k.proficiency, k.overflow FROM agent t JOIN agent_skill k USING (agent_key) "
        "JOIN queue q USING (queue_key) WHERE NOT q.retired AND " ACTIVE_AGENT " ORDER BY t.id, q.id",
        "");
    if (rows == NULL)
        return false;
    for (int row = 0, n, agent = 0; row < PQntuples(rows); row += n) {
        n = run_length(rows, row);
        agent = next_agent(operation, agent, cell_peek(rows, row, 0));
        operation->agents[agent].n_skills = n;
        operation->agents[agent].skills = g_new0(struct skill, (gsize)n);
        for (int k = 0; k < n; k++)
            operation->agents[agent].skills[k] = (struct skill){
                .queue = operation_queue(operation, cell_peek(rows, row + k, 1)),
                .proficiency = cell_double(rows, row + k, 2),
                .overflow = (int)cell_int(rows, row + k, 3),
            };
    }
    return true;
}

static bool time_off_load(struct store *store, struct operation *operation, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT t.id, o.start_at, o.end_at, o.credit_min, o.kind FROM time_off o "
                 "JOIN agent t USING (agent_key) WHERE " ACTIVE_AGENT " ORDER BY t.id, o.start_at, o.id",
                 "");
    if (rows == NULL)
        return false;
    operation->n_time_off = PQntuples(rows);
    operation->time_off = g_new0(struct time_off, (gsize)operation->n_time_off);
    for (int row = 0, agent = 0; row < operation->n_time_off; row++) {
        agent = next_agent(operation, agent, cell_peek(rows, row, 0));
        operation->time_off[row] = (struct time_off){
            .agent = agent,
            .start_ts = cell_ts(rows, row, 1),
            .end_ts = cell_ts(rows, row, 2),
            .credit_min = (int)cell_int(rows, row, 3),
            .kind = cell_text(rows, row, 4),
        };
    }
    return true;
}

static bool preferences_load(struct store *store, struct operation *operation, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT t.id, p.day, p.template_id, p.off, p.from_min, p.to_min, p.price FROM preference p "
                 "JOIN agent t USING (agent_key) LEFT JOIN shift_template m ON m.id = p.template_id "
                 "WHERE NOT coalesce(m.retired, false) AND " ACTIVE_AGENT " ORDER BY t.id, p.day",
                 "");
    if (rows == NULL)
        return false;
    operation->n_preferences = PQntuples(rows);
    operation->preferences = g_new0(struct preference, (gsize)operation->n_preferences + 1);
    for (int row = 0, agent = 0; row < operation->n_preferences; row++) {
        struct preference *wish = &operation->preferences[row];
        wish->agent = agent = next_agent(operation, agent, cell_peek(rows, row, 0));
        wish->day = cell_day(rows, row, 1);
        wish->tmpl = PQgetisnull(rows, row, 2) ? -1 : operation_template(operation, cell_peek(rows, row, 2));
        wish->off = cell_bool(rows, row, 3);
        wish->from_min = (int)cell_int(rows, row, 4);
        wish->to_min = (int)cell_int(rows, row, 5);
        wish->price = cell_double(rows, row, 6);
    }
    qsort(operation->preferences, (size_t)operation->n_preferences, sizeof *operation->preferences,
          preference_compare);
    return true;
}

static bool meetings_load(struct store *store, struct operation *operation, GError **error)
{
    AUTO(pg_result)
    rows = query(
        store, error,
        "SELECT id, name, kind, length_min, from_at, to_at, together, price FROM meeting ORDER BY position",
        "");
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

static bool meeting_agents_load(struct store *store, struct operation *operation, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT m.id, t.id FROM meeting m JOIN meeting_agent a ON a.meeting_id = m.id "
                 "JOIN agent t USING (agent_key) WHERE " ACTIVE_AGENT " ORDER BY m.id, t.id",
                 "");
    if (rows == NULL)
        return false;
    for (int row = 0, n; row < PQntuples(rows); row += n) {
        n = run_length(rows, row);
        struct meeting *meeting = &operation->meetings[operation_meeting(operation, cell_peek(rows, row, 0))];
        meeting->n_agents = n;
        meeting->agents = g_new0(int, (gsize)n);
        for (int k = 0, agent = 0; k < n; k++)
            meeting->agents[k] = agent = next_agent(operation, agent, cell_peek(rows, row + k, 1));
    }
    return true;
}

static int special_day_index(const struct operation *operation, enum special_scope scope, const char *id)
{
    switch (scope) {
    case SCOPE_CLIENT:
        return operation_client(operation, id);
    case SCOPE_QUEUE:
        return operation_queue(operation, id);
    case SCOPE_SITE:
        return operation_site(operation, id);
    default:
        return 0;
    }
}

static bool special_days_load(struct store *store, struct operation *operation, GError **error)
{
    AUTO(pg_result)
    rows =
        query(store, error,
              "SELECT d.scope, coalesce(d.client_id, q.id, d.site_id, ''), d.day, d.kind, d.name, d.uplift, "
              "coalesce(d.open_from_min, 0), coalesce(d.open_to_min, 0) FROM "
              "special_day d "
              "LEFT JOIN client c ON c.id = d.client_id LEFT JOIN queue q USING (queue_key) "
              "LEFT JOIN site s ON s.id = d.site_id "
              "WHERE NOT coalesce(c.retired, q.retired, s.retired, false) ORDER BY d.day, d.scope, 2, d.id",
              "");
    if (rows == NULL)
        return false;
    operation->n_special_days = PQntuples(rows);
    operation->special_days = g_new0(struct special_day, (gsize)operation->n_special_days);
    for (int row = 0; row < operation->n_special_days; row++) {
        struct special_day *special = &operation->special_days[row];
        int scope = 0;
        while (scope < SCOPE_N - 1 &&
               strcmp(special_scope_name((enum special_scope)scope), cell_peek(rows, row, 0)) != 0)
            scope++;
        special->scope = (enum special_scope)scope;
        special->index = special_day_index(operation, special->scope, cell_peek(rows, row, 1));
        special->day = cell_day(rows, row, 2);
        special->name = cell_text(rows, row, 4);
        special->has_uplift = !PQgetisnull(rows, row, 5);
        special->uplift = special->has_uplift ? cell_double(rows, row, 5) : 0;
        special->open_from_min = (int)cell_int(rows, row, 6);
        special->open_to_min = (int)cell_int(rows, row, 7);
        if (!special_kind_parse(cell_peek(rows, row, 3), &special->kind))
            return wfm_fail(error, WFM_ERROR_STORE, "special day kind \"%s\" in the store is unknown",
                            cell_peek(rows, row, 3));
    }
    return true;
}

static bool operation_load(struct store *store, struct operation *operation, GError **error)
{
    static const struct entity *const parts[] = {&entity_client, &entity_queue, &entity_site,
                                                 &entity_template, &entity_contract};
    if (!head_load(store, operation, error))
        return false;
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
        if (!entity_load(store, parts[i], operation, "NOT t.retired", error))
            return false;
    return contract_templates_load(store, operation, error) && couplings_load(store, operation, error) &&
           entity_load(store, &entity_agent, operation, ACTIVE_AGENT, error) &&
           skills_load(store, operation, error) && time_off_load(store, operation, error) &&
           preferences_load(store, operation, error) && meetings_load(store, operation, error) &&
           meeting_agents_load(store, operation, error) && special_days_load(store, operation, error) &&
           operation_check(operation, error);
}

struct operation *store_operation_load(struct store *store, GError **error)
{
    AUTO(operation) operation = operation_new();
    if (!tx_begin_read(store, &scope_planner, error) ||
        !tx_end(store, operation_load(store, operation, error), error))
        return NULL;
    return g_steal_pointer(&operation);
}
