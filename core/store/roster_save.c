#include <config.h>
#include <math.h>

#include "core/operation_more.h"
#include "core/planfile.h"
#include "core/store/fields.h"
#include "core/store/roster.h"

/* --- what the draft says must hold together before the database sees it */

static bool fail_pair(const struct plan_problem *problem, const struct shift *a, const struct shift *b,
                      const char *what, GError **error)
{
    const struct agent *agent = &problem->operation->agents[a->agent];
    AUTO(zone) zone = zone_new(problem->operation->sites[agent->site].zone, NULL);
    g_autofree char *first = time_format(a->start_ts, zone);
    g_autofree char *second = time_format(b->start_ts, zone);
    return wfm_fail(error, WFM_ERROR_CONFLICT, "agent %s: the shifts that start at %s and %s %s", agent->id,
                    first, second, what);
}

static bool shifts_ok(const struct plan_problem *problem, const struct plan_solution *solution,
                      const int32_t *days, GError **error)
{
    const struct grid *grid = &problem->demand.grid;
    for (int i = 0; i < solution->n_shifts; i++) {
        const struct shift *shift = &solution->shifts[i];
        const struct shift *before = i > 0 ? &solution->shifts[i - 1] : NULL;
        if (shift->start_ts < grid->start_ts || shift->start_ts >= grid_end_ts(grid) ||
            shift->end_ts <= shift->start_ts) {
            g_autofree char *at = time_format(shift->start_ts, NULL);
            return wfm_fail(error, WFM_ERROR_INPUT,
                            "agent %s: the shift at %s does not start inside the roster week",
                            problem->operation->agents[shift->agent].id, at);
        }
        if (before == NULL || before->agent != shift->agent)
            continue;
        if (shift_compare(before, shift) > 0)
            return fail_pair(problem, before, shift, "are not in order", error);
        if (before->end_ts > shift->start_ts)
            return fail_pair(problem, before, shift, "overlap", error);
        if (days[i - 1] == days[i])
            return fail_pair(problem, before, shift, "start on one day", error);
    }
    return true;
}

/* The site-local day of each shift; NULL when a shift names no agent of the problem. */
static int32_t *shift_days(const struct plan_problem *problem, const struct plan_solution *solution,
                           GError **error)
{
    const struct operation *op = problem->operation;
    g_autofree struct zone **zones = g_new0(struct zone *, (gsize)op->n_sites + 1);
    g_autofree int32_t *days = g_new0(int32_t, (gsize)solution->n_shifts + 1);
    bool ok = true;
    for (int i = 0; ok && i < op->n_sites; i++)
        ok = (zones[i] = zone_new(op->sites[i].zone, error)) != NULL;
    for (int i = 0; ok && i < solution->n_shifts; i++) {
        int agent = solution->shifts[i].agent;
        if (agent < 0 || agent >= op->n_agents)
            ok = wfm_fail(error, WFM_ERROR_INPUT, "shift %d is of agent number %d; the problem has %d agents",
                          i, agent, op->n_agents);
        else
            days[i] = zone_local_day(zones[op->agents[agent].site], solution->shifts[i].start_ts);
    }
    for (int i = 0; i < op->n_sites; i++)
        zone_free(zones[i]);
    return ok ? g_steal_pointer(&days) : NULL;
}

/* --- parts */

/* {agent id: [start, end, …]} of the published past inside the window that publishing compares. */
static json_t *past_json(const struct plan_problem *problem)
{
    json_t *past = json_object();
    int64_t from_ts = problem->demand.grid.start_ts - ROSTER_PAST_DAYS * INT64_C(86400);
    for (int i = 0; i < problem->operation->n_agents; i++)
        json_object_set_new(past, problem->operation->agents[i].id, json_array());
    for (int i = 0; i < problem->n_past; i++) {
        const struct shift *shift = &problem->past[i];
        if (shift->start_ts < from_ts || shift->start_ts >= problem->demand.grid.start_ts)
            continue;
        json_t *spans = json_object_get(past, problem->operation->agents[shift->agent].id);
        json_array_append_new(spans, json_integer(shift->start_ts));
        json_array_append_new(spans, json_integer(shift->end_ts));
    }
    return past;
}

static bool head_save(struct store *store, const struct plan_problem *problem,
                      const struct plan_solution *solution, const char *inputs_hash, double seconds,
                      const char *actor, int64_t *id, GError **error)
{
    const struct grid *grid = &problem->demand.grid;
    g_autofree char *hash = inputs_hash != NULL ? g_strdup(inputs_hash) : plan_inputs_hash(problem);
    g_autofree char *seed = g_strdup_printf("%" G_GUINT64_FORMAT, problem->seed);
    AUTO(json_t) past = past_json(problem);
    AUTO(json_t) rounds = json_array();
    for (int u = 0; u < solution->n_units; u++)
        json_array_append_new(rounds, json_integer(solution->unit_rounds[u]));
    AUTO(pg_result)
    rows = query(
        store, error,
        "INSERT INTO roster (first_day, n_weeks, zone, start_at, end_at, interval_s, version, pay, shortage, "
        "objective, bound, seconds, rounds, stopped, seed, currency, n_shifts, inputs_hash, wfm_version, "
        "created_by, past, penalty, unit_rounds) SELECT $1, $2, $3, $4, $5, $6, "
        "1 + coalesce((SELECT max(version) FROM roster WHERE first_day = $1), 0), "
        "$7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22 RETURNING id",
        "yisttidddddlsssisssjdj", problem->first_day, problem->n_weeks, problem->operation->zone,
        grid->start_ts, grid_end_ts(grid), grid->interval_s, solution->pay, solution->shortage,
        solution->objective, solution->bound, seconds, (int64_t)solution->rounds,
        solution->stopped != NULL ? solution->stopped : "", seed, problem->operation->currency,
        solution->n_shifts, hash, PACKAGE_VERSION, actor != NULL ? actor : "unknown", past, solution->penalty,
        rounds);
    if (rows == NULL)
        return false;
    *id = cell_int(rows, 0, 0);
    return true;
}

/* Agents of a what-if have a row that nothing but rosters looks at. One of the same id is alike: it has the
   id of the agent it is a copy of. */
static bool more_agents_save(struct store *store, const struct operation *op, GError **error)
{
    for (int i = 0; i < op->n_agents; i++) {
        const struct agent *agent = &op->agents[i];
        if (agent_is_more(agent->id) &&
            !execute(
                store, NULL, error,
                "INSERT INTO agent (id, name, site_id, contract_id, available, employed_from, employed_to, "
                "retired) VALUES ($1, $2, $3, $4, '[]', '-infinity', 'infinity', true) "
                "ON CONFLICT (id) DO NOTHING",
                "ssss", agent->id, agent->name, op->sites[agent->site].id, op->contracts[agent->contract].id))
            return false;
    }
    return true;
}

static int *agent_keys(struct store *store, const struct operation *operation, GError **error)
{
    AUTO(pg_result)
    rows = query(
        store, error,
        "SELECT id, agent_key FROM agent WHERE NOT retired OR starts_with(id, '" MORE_AGENT_PREFIX "')", "");
    if (rows == NULL)
        return NULL;
    GHashTable *indices = agent_indices(operation);
    int *keys = g_new0(int, (gsize)operation->n_agents + 1);
    for (int row = 0; row < PQntuples(rows); row++) {
        int index = GPOINTER_TO_INT(g_hash_table_lookup(indices, cell_peek(rows, row, 0)));
        if (index > 0)
            keys[index - 1] = (int)cell_int(rows, row, 1);
    }
    g_hash_table_unref(indices);
    return keys;
}

static bool shifts_copy(struct copy *copy, int64_t id, const struct plan_problem *problem,
                        const struct plan_solution *solution, const int32_t *days, const int *keys,
                        GError **error)
{
    const struct operation *op = problem->operation;
    for (int i = 0; i < solution->n_shifts; i++) {
        const struct shift *shift = &solution->shifts[i];
        bool known = shift->tmpl >= 0 && shift->tmpl < op->n_templates;
        g_autofree char *activities = activities_text(shift);
        if (!copy_row(copy, error))
            return false;
        copy_int64(copy, id);
        copy_int32(copy, keys[shift->agent]);
        copy_day(copy, days[i]);
        copy_ts(copy, shift->start_ts);
        copy_ts(copy, shift->end_ts);
        copy_int32(copy, shift_paid_minutes(shift));
        copy_text(copy, known ? op->templates[shift->tmpl].id : NULL);
        copy_json(copy, activities);
    }
    return true;
}

static bool shifts_save(struct store *store, int64_t id, const struct plan_problem *problem,
                        const struct plan_solution *solution, const int32_t *days, GError **error)
{
    g_autofree int *keys = more_agents_save(store, problem->operation, error)
                               ? agent_keys(store, problem->operation, error)
                               : NULL;
    struct copy copy;
    return keys != NULL &&
           copy_begin(&copy, store,
                      "roster_shift (roster_id, agent_key, day, start_at, end_at, paid_minutes, template_id, "
                      "activities)",
                      8, error) &&
           copy_end(&copy, shifts_copy(&copy, id, problem, solution, days, keys, error), error);
}

static bool queues_save(struct store *store, int64_t id, const struct plan_problem *problem,
                        const struct plan_solution *solution, const struct roster_expected *expected,
                        GError **error)
{
    int n = problem->demand.grid.n;
    for (int queue = 0; queue < problem->demand.n_queues; queue++) {
        size_t at = DEMAND_CELL(&problem->demand, queue, 0);
        const double *const parts[] = {expected != NULL ? expected->offered : NULL,
                                       expected != NULL ? expected->in_time : NULL,
                                       expected != NULL ? expected->counted : NULL};
        if (!execute(store, NULL, error,
                     "INSERT INTO roster_queue (roster_id, queue_key, n, required, staffed, offered, "
                     "in_time, counted) "
                     "SELECT $1, queue_key, $3, $4, $5, $6, $7, $8 FROM queue WHERE id = $2",
                     "lsiAAAAA", id, problem->operation->queues[queue].id, n, problem->demand.need + at, n,
                     solution->staffed + at, n, parts[0] != NULL ? parts[0] + at : NULL, n,
                     parts[1] != NULL ? parts[1] + at : NULL, n, parts[2] != NULL ? parts[2] + at : NULL, n))
            return false;
    }
    return true;
}

static bool roster_save(struct store *store, const struct plan_problem *problem,
                        const struct plan_solution *solution, const struct roster_expected *expected,
                        const char *inputs_hash, double seconds, const char *actor, int64_t *id,
                        GError **error)
{
    int cells = problem->demand.n_queues * problem->demand.grid.n;
    if (solution->n_staffed != cells || problem->demand.n_queues != problem->operation->n_queues)
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "the roster's coverage has %d cells, its problem %d queues of %d intervals",
                        solution->n_staffed, problem->operation->n_queues, problem->demand.grid.n);
    g_autofree int32_t *days = shift_days(problem, solution, error);
    if (days == NULL || !shifts_ok(problem, solution, days, error))
        return false;
    struct operation employed = *problem->operation; /* those of a what-if stand behind them */
    while (employed.n_agents > 0 && agent_is_more(employed.agents[employed.n_agents - 1].id))
        employed.n_agents--;
    g_autofree char *plan = plan_format(problem, NULL, error);
    if (plan == NULL || !tx_lock(store, LOCK_ROSTER, 0, error) ||
        !entity_require(store, &entity_agent, &employed, error) ||
        !entity_require(store, &entity_queue, problem->operation, error) ||
        !entity_require(store, &entity_template, problem->operation, error) ||
        !head_save(store, problem, solution, inputs_hash, seconds, actor, id, error))
        return false;
    g_autofree char *subject = g_strdup_printf("%" G_GINT64_FORMAT, *id);
    g_autofree char *week = day_format(problem->first_day);
    return execute(store, NULL, error, "INSERT INTO roster_problem (roster_id, plan) VALUES ($1, $2)", "ls",
                   *id, plan) &&
           shifts_save(store, *id, problem, solution, days, error) &&
           queues_save(store, *id, problem, solution, expected, error) &&
           audit_write(store, actor, "roster.saved", subject,
                       json_pack("{s:s, s:i}", "week", week, "shifts", solution->n_shifts), error);
}

bool store_roster_save(struct store *store, const struct plan_problem *problem,
                       const struct plan_solution *solution, const struct roster_expected *expected,
                       const char *inputs_hash, double seconds, const char *actor, int64_t *id,
                       GError **error)
{
    int64_t made = 0;
    if (!tx_begin(store, error) ||
        !tx_end(store,
                roster_save(store, problem, solution, expected, inputs_hash, seconds, actor, &made, error),
                error))
        return false;
    *id = made;
    return true;
}
