#include <limits.h>
#include <string.h>

#include "core/store/part_rows.h"

/* --- saving */

/* Zones enter the list of used ones only when the server knows them. */
bool zones_save(struct store *store, const struct operation *operation, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_ptr_array_add(names, operation->zone);
    for (int i = 0; i < operation->n_queues; i++)
        g_ptr_array_add(names, operation->queues[i].zone);
    for (int i = 0; i < operation->n_sites; i++)
        g_ptr_array_add(names, operation->sites[i].zone);
    AUTO(pg_result)
    fresh =
        query(store, error,
              "SELECT coalesce(array_agg(DISTINCT u.name), '{}')::text FROM unnest($1::text[]) AS u (name) "
              "WHERE NOT EXISTS (SELECT FROM time_zone z WHERE z.name = u.name)",
              "S", names->pdata, (int)names->len);
    if (fresh == NULL)
        return false;
    if (strcmp(cell_peek(fresh, 0, 0), "{}") == 0)
        return true;
    if (!execute(store, NULL, error,
                 "INSERT INTO time_zone SELECT name FROM pg_timezone_names WHERE name = ANY ($1::text[]) "
                 "ON CONFLICT DO NOTHING",
                 "s", cell_peek(fresh, 0, 0)))
        return false;
    AUTO(pg_result)
    unknown = query(store, error,
                    "SELECT u.name FROM unnest($1::text[]) AS u (name) "
                    "WHERE NOT EXISTS (SELECT FROM time_zone z WHERE z.name = u.name) LIMIT 1",
                    "s", cell_peek(fresh, 0, 0));
    if (unknown == NULL)
        return false;
    if (PQntuples(unknown) == 0)
        return true;
    return wfm_fail(
        error, WFM_ERROR_INPUT,
        "the database server does not know the time zone \"%s\"; use an IANA name such as Europe/Madrid",
        cell_peek(unknown, 0, 0));
}

static bool currencies_save(struct store *store, const struct operation *operation, GError **error)
{
    if (!execute(store, NULL, error, "DELETE FROM currency", ""))
        return false;
    for (int i = 0; i < operation->n_currencies; i++)
        if (!execute(store, NULL, error, "INSERT INTO currency (code, rate) VALUES ($1, $2)", "sd",
                     operation->currencies[i].code, operation->currencies[i].rate))
            return false;
    return true;
}

static const char *template_or_null(const struct operation *operation, int tmpl)
{
    return tmpl >= 0 ? operation->templates[tmpl].id : NULL;
}

/* Headcounts and leads are written anew; nothing refers to them. */
static bool couplings_save(struct store *store, const struct operation *operation, GError **error)
{
    if (!execute(store, NULL, error, "DELETE FROM headcount_rule", "") ||
        !execute(store, NULL, error, "DELETE FROM lead_rule", ""))
        return false;
    for (int i = 0; i < operation->n_headcounts; i++) {
        const struct headcount_rule *rule = &operation->headcounts[i];
        if (!execute(store, NULL, error,
                     "INSERT INTO headcount_rule (position, template_id, site_id, weekdays, min, max, "
                     "under_price, "
                     "over_price) VALUES ($1, $2, $3, $4, $5, nullif($6::integer, $9::integer), $7, $8)",
                     "issiiiddi", i, template_or_null(operation, rule->tmpl),
                     rule->site >= 0 ? operation->sites[rule->site].id : NULL, (int)rule->weekdays, rule->min,
                     rule->max, rule->under_price, rule->over_price, INT_MAX))
            return false;
    }
    for (int i = 0; i < operation->n_leads; i++) {
        const struct lead_rule *rule = &operation->leads[i];
        if (!execute(store, NULL, error,
                     "INSERT INTO lead_rule (position, site_id, per_agents, price) VALUES ($1, $2, $3, $4)",
                     "isdd", i, operation->sites[rule->site].id, rule->per_agents, rule->price))
            return false;
    }
    return true;
}

bool contract_templates_save(struct store *store, const struct operation *operation, const int *indices,
                             int n, GError **error)
{
    AUTO(json_t) rows = json_array();
    n = indices != NULL ? n : operation->n_contracts;
    g_autofree const char **ids = g_new0(const char *, (gsize)n + 1);
    for (int i = 0; i < n; i++) {
        const struct contract *contract = &operation->contracts[indices != NULL ? indices[i] : i];
        ids[i] = contract->id;
        for (int k = 0; k < contract->n_templates; k++)
            json_array_append_new(rows,
                                  json_pack("{s:s, s:i, s:s}", "contract_id", contract->id, "position", k,
                                            "template_id", operation->templates[contract->templates[k]].id));
    }
    return execute(store, NULL, error,
                   "DELETE FROM contract_template WHERE $1::boolean OR contract_id = ANY ($2::text[])", "bS",
                   (int)(indices == NULL), ids, n) &&
           execute(store, NULL, error,
                   "INSERT INTO contract_template (contract_id, position, template_id) "
                   "SELECT contract_id, position, template_id FROM jsonb_to_recordset($1::jsonb) "
                   "AS r (contract_id text, position integer, template_id text)",
                   "j", rows);
}

/* An operation file alone must not pull sites, contracts and queues from under the agents that are stored.
   With agents in the operation their own call follows and settles it. */
static bool nobody_left_behind(struct store *store, const struct operation *operation, GError **error)
{
    if (operation->n_agents > 0)
        return true;
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT a.id, CASE WHEN s.retired THEN 'site ' || s.id ELSE 'contract ' || c.id END, "
                 "count(*) OVER () "
                 "FROM agent a JOIN site s ON s.id = a.site_id JOIN contract c ON c.id = a.contract_id "
                 "WHERE NOT a.retired AND (s.retired OR c.retired) ORDER BY a.id LIMIT 1",
                 "");
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return true;
    return wfm_fail(error, WFM_ERROR_CONFLICT,
                    "%s is gone from the operation, but agent %s still has it (%ld agents in all); "
                    "load the operation together with its agents",
                    cell_peek(rows, 0, 1), cell_peek(rows, 0, 0), (long)cell_int(rows, 0, 2));
}

bool head_save(struct store *store, const struct operation *operation, GError **error)
{
    return execute(store, NULL, error,
                   "INSERT INTO operation (name, zone, interval_min, currency, fairness_weeks, "
                   "fairness_night_price, "
                   "fairness_weekend_price, fairness_holiday_price, wish_price, wish_rank_share) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
                   "ON CONFLICT (one) DO UPDATE SET (name, zone, interval_min, currency, fairness_weeks, "
                   "fairness_night_price, fairness_weekend_price, fairness_holiday_price, wish_price, "
                   "wish_rank_share, saved_at) = ROW(excluded.name, excluded.zone, excluded.interval_min, "
                   "excluded.currency, excluded.fairness_weeks, excluded.fairness_night_price, "
                   "excluded.fairness_weekend_price, excluded.fairness_holiday_price, excluded.wish_price, "
                   "excluded.wish_rank_share, now())",
                   "ssisiddddd", operation->name != NULL ? operation->name : "", operation->zone,
                   operation->interval_min, operation->currency, operation->fairness.weeks,
                   operation->fairness.night_price, operation->fairness.weekend_price,
                   operation->fairness.holiday_price, operation->wishes.price,
                   operation->wishes.rank_share) &&
           currencies_save(store, operation, error) && couplings_save(store, operation, error);
}

static bool operation_save(struct store *store, const struct operation *operation, const char *actor,
                           GError **error)
{
    static const struct entity *const parts[] = {&entity_client, &entity_queue, &entity_site,
                                                 &entity_template, &entity_contract};
    if (!tx_lock(store, LOCK_OPERATION, 0, error) || !zones_save(store, operation, error))
        return false;
    long changed = 0;
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
        if (!entity_save(store, parts[i], operation, &changed, error))
            return false;
    return head_save(store, operation, error) && contract_templates_save(store, operation, NULL, 0, error) &&
           nobody_left_behind(store, operation, error) &&
           audit_write(store, actor, "operation.saved", "operation",
                       json_pack("{s:i, s:i, s:i, s:i, s:i, s:I}", "clients", operation->n_clients, "queues",
                                 operation->n_queues, "sites", operation->n_sites, "templates",
                                 operation->n_templates, "contracts", operation->n_contracts, "changed",
                                 (json_int_t)changed),
                       error);
}

bool store_operation_save(struct store *store, const struct operation *operation, const char *actor,
                          GError **error)
{
    return tx_begin(store, error) && tx_end(store, operation_save(store, operation, actor, error), error);
}

bool skills_save(struct store *store, const struct operation *operation, const int *indices, int n,
                 long *changed, GError **error)
{
    long gone = 0, differing = 0;
    AUTO(json_t) rows = json_array();
    n = indices != NULL ? n : operation->n_agents;
    g_autofree const char **ids = g_new0(const char *, (gsize)n + 1);
    for (int i = 0; i < n; i++) {
        const struct agent *agent = &operation->agents[indices != NULL ? indices[i] : i];
        ids[i] = agent->id;
        for (int k = 0; k < agent->n_skills; k++)
            json_array_append_new(rows, json_pack("{s:s, s:s, s:f, s:i}", "agent", agent->id, "queue",
                                                  operation->queues[agent->skills[k].queue].id, "proficiency",
                                                  agent->skills[k].proficiency, "overflow",
                                                  agent->skills[k].overflow));
    }
    if (!execute(store, &gone, error,
                 "DELETE FROM agent_skill s USING agent a, queue q "
                 "WHERE a.agent_key = s.agent_key AND q.queue_key = s.queue_key "
                 "AND ($2::boolean OR a.id = ANY ($3::text[])) AND NOT EXISTS "
                 "(SELECT FROM jsonb_to_recordset($1::jsonb) AS r (agent text, queue text) "
                 "WHERE r.agent = a.id AND r.queue = q.id)",
                 "jbS", rows, (int)(indices == NULL), ids, n) ||
        !execute(store, &differing, error,
                 "INSERT INTO agent_skill AS s (agent_key, queue_key, proficiency, overflow) "
                 "SELECT a.agent_key, q.queue_key, r.proficiency, r.overflow "
                 "FROM jsonb_to_recordset($1::jsonb) "
                 "AS r (agent text, queue text, proficiency double precision, overflow integer) "
                 "JOIN agent a ON a.id = r.agent JOIN queue q ON q.id = r.queue "
                 "ON CONFLICT (agent_key, queue_key) DO UPDATE SET (proficiency, overflow) = "
                 "ROW(excluded.proficiency, excluded.overflow) "
                 "WHERE (s.proficiency, s.overflow) <> (excluded.proficiency, excluded.overflow)",
                 "j", rows))
        return false;
    *changed += gone + differing;
    return true;
}

static bool agents_save(struct store *store, const struct operation *operation, const char *actor,
                        GError **error)
{
    long changed = 0, skills_changed = 0;
    return tx_lock(store, LOCK_OPERATION, 0, error) &&
           entity_require(store, &entity_queue, operation, error) &&
           entity_require(store, &entity_site, operation, error) &&
           entity_require(store, &entity_contract, operation, error) &&
           entity_save(store, &entity_agent, operation, &changed, error) &&
           skills_save(store, operation, NULL, 0, &skills_changed, error) &&
           audit_write(store, actor, "agents.saved", "agents",
                       json_pack("{s:i, s:I, s:I}", "agents", operation->n_agents, "changed",
                                 (json_int_t)changed, "skills_changed", (json_int_t)skills_changed),
                       error);
}

bool store_agents_save(struct store *store, const struct operation *operation, const char *actor,
                       GError **error)
{
    return tx_begin(store, error) && tx_end(store, agents_save(store, operation, actor, error), error);
}

/* What stands already keeps its number. Time off of one agent does not overlap, so there are no doubles. */
#define TIME_OFF_ROWS                                                                                        \
    "jsonb_to_recordset($1::jsonb) AS r "                                                                    \
    "(agent text, start_at timestamptz, end_at timestamptz, credit_min integer, kind text) "                 \
    "JOIN agent a ON a.id = r.agent"
#define SAME_TIME_OFF                                                                                        \
    "(o.agent_key, o.start_at, o.end_at, o.credit_min, o.kind) = "                                           \
    "(a.agent_key, r.start_at, r.end_at, r.credit_min, r.kind)"

static bool time_off_save(struct store *store, const struct operation *operation, const char *actor,
                          GError **error)
{
    AUTO(json_t) rows = json_array();
    for (int i = 0; i < operation->n_time_off; i++) {
        const struct time_off *off = &operation->time_off[i];
        g_autofree char *start = time_format(off->start_ts, NULL);
        g_autofree char *end = time_format(off->end_ts, NULL);
        json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:i, s:s}", "agent",
                                              operation->agents[off->agent].id, "start_at", start, "end_at",
                                              end, "credit_min", off->credit_min, "kind",
                                              off->kind != NULL ? off->kind : ""));
    }
    return tx_lock(store, LOCK_OPERATION, 0, error) &&
           entity_require(store, &entity_agent, operation, error) &&
           execute(
               store, NULL, error,
               "DELETE FROM time_off o WHERE o.request_id IS NULL AND NOT EXISTS (SELECT FROM " TIME_OFF_ROWS
               " WHERE " SAME_TIME_OFF ")",
               "j", rows) &&
           execute(store, NULL, error,
                   "INSERT INTO time_off (agent_key, start_at, end_at, credit_min, kind) "
                   "SELECT a.agent_key, r.start_at, r.end_at, r.credit_min, r.kind FROM " TIME_OFF_ROWS
                   " WHERE NOT EXISTS (SELECT FROM time_off o WHERE (" SAME_TIME_OFF
                   ") OR (o.agent_key = a.agent_key AND o.request_id IS NOT NULL "
                   "AND (o.start_at, o.end_at) = (r.start_at, r.end_at)))",
                   "j", rows) &&
           audit_write(store, actor, "time_off.saved", "time off",
                       json_pack("{s:i}", "rows", operation->n_time_off), error);
}

bool store_time_off_save(struct store *store, const struct operation *operation, const char *actor,
                         GError **error)
{
    return tx_begin(store, error) && tx_end(store, time_off_save(store, operation, actor, error), error);
}

static const char *special_day_id(const struct operation *operation, const struct special_day *special)
{
    switch (special->scope) {
    case SCOPE_CLIENT:
        return operation->clients[special->index].id;
    case SCOPE_QUEUE:
        return operation->queues[special->index].id;
    case SCOPE_SITE:
        return operation->sites[special->index].id;
    default:
        return "";
    }
}

static bool special_days_save(struct store *store, const struct operation *operation, const char *actor,
                              GError **error)
{
    AUTO(json_t) rows = json_array();
    for (int i = 0; i < operation->n_special_days; i++) {
        const struct special_day *special = &operation->special_days[i];
        g_autofree char *day = day_format(special->day);
        bool hours = special->open_to_min > 0;
        json_array_append_new(
            rows,
            json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o}", "scope", special_scope_name(special->scope),
                      "id", special_day_id(operation, special), "day", day, "kind",
                      special_kind_name(special->kind), "name", special->name != NULL ? special->name : "",
                      "uplift", special->has_uplift ? json_real(special->uplift) : json_null(), "from_min",
                      hours ? json_integer(special->open_from_min) : json_null(), "to_min",
                      hours ? json_integer(special->open_to_min) : json_null()));
    }
    return tx_lock(store, LOCK_OPERATION, 0, error) &&
           entity_require(store, &entity_client, operation, error) &&
           entity_require(store, &entity_queue, operation, error) &&
           entity_require(store, &entity_site, operation, error) &&
           execute(store, NULL, error, "DELETE FROM special_day", "") &&
           execute(store, NULL, error,
                   "INSERT INTO special_day (scope, client_id, queue_key, site_id, day, kind, name, uplift, "
                   "open_from_min, open_to_min) "
                   "SELECT r.scope, CASE r.scope WHEN 'client' THEN r.id END, q.queue_key, "
                   "CASE r.scope WHEN 'site' THEN r.id END, r.day, r.kind, r.name, r.uplift, r.from_min, "
                   "r.to_min FROM "
                   "jsonb_to_recordset($1::jsonb) "
                   "AS r (scope text, id text, day date, kind text, name text, uplift double precision, "
                   "from_min integer, to_min integer) "
                   "LEFT JOIN queue q ON r.scope = 'queue' AND q.id = r.id",
                   "j", rows) &&
           audit_write(store, actor, "special_days.saved", "special days",
                       json_pack("{s:i}", "rows", operation->n_special_days), error);
}

bool store_special_days_save(struct store *store, const struct operation *operation, const char *actor,
                             GError **error)
{
    return tx_begin(store, error) && tx_end(store, special_days_save(store, operation, actor, error), error);
}
