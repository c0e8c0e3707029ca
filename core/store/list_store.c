#include <string.h>

#include "core/store/query.h"

void named_rows_free(struct named_row *rows, int n)
{
    for (int i = 0; rows != NULL && i < n; i++) {
        g_free(rows[i].id);
        g_free(rows[i].name);
        g_free(rows[i].client);
        g_free(rows[i].channel);
        g_free(rows[i].zone);
        g_free(rows[i].detail_json);
    }
    g_free(rows);
}

/* The columns of every query here, in the order of the struct. */
static bool take_rows(PGresult *result, struct named_row **out, int *n)
{
    AUTO(pg_result) rows = result;
    if (rows == NULL)
        return false;
    *n = PQntuples(rows);
    *out = g_new0(struct named_row, (gsize)*n + 1);
    for (int row = 0; row < *n; row++)
        (*out)[row] = (struct named_row){
            .id = cell_text(rows, row, 0),
            .name = cell_text(rows, row, 1),
            .client = cell_text(rows, row, 2),
            .channel = cell_text(rows, row, 3),
            .zone = cell_text(rows, row, 4),
            .detail_json = cell_text(rows, row, 5),
        };
    return true;
}

static bool planning_zone(struct store *store, char **zone, int *interval_min, GError **error)
{
    AUTO(pg_result) rows = query(store, error, "SELECT zone, interval_min FROM operation", "");
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no operation yet; run wfm load operation.cfg");
    if (zone != NULL)
        *zone = cell_text(rows, 0, 0);
    if (interval_min != NULL)
        *interval_min = (int)cell_int(rows, 0, 1);
    return true;
}

bool store_planning_zone(struct store *store, const struct scope *scope, char **zone, int *interval_min,
                         GError **error)
{
    return tx_begin_read(store, scope, error) &&
           tx_end(store, planning_zone(store, zone, interval_min, error), error);
}

bool store_list_clients(struct store *store, const struct scope *scope, struct named_row **out, int *n,
                        GError **error)
{
    return scope_require(scope, SCOPE_MAY(ROLE_PLANNER) | SCOPE_MAY(ROLE_CLIENT), "clients", error) &&
           tx_begin_read(store, scope, error) &&
           tx_end(
               store,
               take_rows(
                   query(store, error,
                         "SELECT id, name, NULL, NULL, NULL, '{}' FROM client WHERE NOT retired ORDER BY id",
                         ""),
                   out, n),
               error);
}

static bool queues_read(struct store *store, const char *client, struct named_row **out, int *n,
                        GError **error)
{
    AUTO(pg_result)
    known =
        query(store, error, "SELECT 1 WHERE $1::text IS NULL OR EXISTS (SELECT FROM client WHERE id = $1)",
              "s", client);
    if (known == NULL)
        return false;
    if (PQntuples(known) == 0)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no client \"%s\"", client);
    return take_rows(
        query(store, error,
              "SELECT id, name, client_id, channel, zone, json_build_object('sla', json_build_object("
              "'definition', sl_definition, 'target', sl_target, 'threshold_seconds', sl_threshold_s, "
              "'short_abandon_seconds', short_abandon_s, 'asa_max_seconds', asa_max_s, 'abandon_max', "
              "abandon_max, "
              "'occupancy_max', occupancy_max, 'period', sla_period))::text "
              "FROM queue WHERE NOT retired AND ($1::text IS NULL OR client_id = $1) ORDER BY id",
              "s", client),
        out, n);
}

bool store_list_queues(struct store *store, const struct scope *scope, const char *client,
                       struct named_row **out, int *n, GError **error)
{
    return scope_require(scope, SCOPE_MAY(ROLE_PLANNER) | SCOPE_MAY(ROLE_CLIENT), "queues", error) &&
           tx_begin_read(store, scope, error) &&
           tx_end(store, queues_read(store, client, out, n, error), error);
}

bool store_list_agents(struct store *store, const struct scope *scope, const char *after, int limit,
                       struct named_row **out, int *n, GError **error)
{
    /* an agent does not see queues, so skills are for planners */
    const char *skills = scope->role == ROLE_PLANNER
                             ? ", 'skills', (SELECT coalesce(json_agg(json_build_object('queue', q.id, "
                               "'proficiency', k.proficiency, 'level', k.overflow + 1) "
                               "ORDER BY q.id), '[]') FROM agent_skill k JOIN queue q USING (queue_key) "
                               "WHERE k.agent_key = a.agent_key AND NOT q.retired)"
                             : "";
    g_autofree char *sql =
        g_strdup_printf("SELECT a.id, a.name, NULL, NULL, i.zone, "
                        "json_build_object('site', a.site_id, 'contract', a.contract_id%s)::text "
                        "FROM agent a JOIN site i ON i.id = a.site_id WHERE NOT a.retired AND ($1::text IS "
                        "NULL OR a.id > $1) "
                        "ORDER BY a.id LIMIT nullif($2::integer, 0)",
                        skills);
    return scope_require(scope, SCOPE_MAY(ROLE_PLANNER) | SCOPE_MAY(ROLE_AGENT), "agents", error) &&
           tx_begin_read(store, scope, error) &&
           tx_end(store, take_rows(query(store, error, sql, "si", after, limit), out, n), error);
}
