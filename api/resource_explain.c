#include <math.h>
#include <string.h>

#include "api/prices.h"
#include "api/resources.h"
#include "api/roster_json.h"
#include "core/error.h"
#include "scheduler/roster/explain_agent.h"
#include "scheduler/roster/relax.h"

/* Why a roster is as it is: what an agent hour is worth where, what each rule costs, why somebody has a shift
   and why an interval is short. */

/* --- prices
 * ---------------------------------------------------------------------------------------------------- */

static json_t *per_hour_json(const struct roster_view *view, const double *prices, int queue)
{
    const struct grid *grid = &view->problem->demand.grid;
    json_t *list = json_array();
    for (int32_t iv = 0; iv < grid->n; iv++)
        json_array_append_new(list, api_json_finite(prices[(size_t)queue * (size_t)grid->n + (size_t)iv] *
                                                    3600.0 / grid->interval_s));
    return list;
}

static json_t *savings_json(const struct roster_view *view, const struct explained *explained)
{
    json_t *list = json_array();
    for (int i = 0; i < explained->n_savings; i++) {
        const struct rule_saving *saving = &explained->savings[i];
        json_t *rules = json_array();
        for (int k = 0; k < saving->n; k++)
            json_array_append_new(
                rules, json_pack("{s:s, s:i, s:i}", "rule", relaxation_at(saving->change[k].relaxation)->name,
                                 "value", saving->change[k].value, "relaxed", saving->change[k].relaxed));
        json_array_append_new(list, json_pack("{s:s, s:o, s:f}", "contract",
                                              view->problem->operation->contracts[saving->contract].id,
                                              "rules", rules, "saving", saving->saving));
    }
    return list;
}

static json_t *unmet_json(struct api_call *call, const struct roster_view *view,
                          const struct explained *explained, int queue)
{
    const struct grid *grid = &view->problem->demand.grid;
    json_t *list = json_array();
    for (int i = 0; i < explained->n_unmet; i++) {
        const struct unmet *unmet = &explained->unmet[i];
        const struct queue *q = &view->problem->operation->queues[unmet->queue];
        const struct zone *zone = api_zone(call, q->zone, NULL);
        if (queue >= 0 && unmet->queue != queue)
            continue;
        json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:s, s:f, s:f}", "queue", q->id, "from",
                                              api_json_instant(grid_ts(grid, unmet->from_iv), zone), "to",
                                              api_json_instant(grid_ts(grid, unmet->to_iv), zone), "unit",
                                              unmet->hours ? "hours" : "agents", "need", unmet->need,
                                              "possible", unmet->possible));
    }
    return list;
}

bool roster_prices(struct api_call *call, GError **error)
{
    int queue;
    AUTO(roster_view) view = roster_of_path(call, error);
    if (view == NULL || !roster_queue_asked(call, view, &queue, error))
        return false;
    const struct operation *op = view->problem->operation;
    const struct grid *grid = &view->problem->demand.grid;
    const struct zone *zone = api_zone(call, op->zone, error);
    const struct explained *explained =
        zone != NULL ? prices_explained(call->prices, view, &call->awaits, error) : NULL;
    const double *here = explained != NULL ? roster_view_here(view, explained, error) : NULL;
    if (here == NULL)
        return false;
    json_t *queues = json_array();
    for (int q = 0; q < op->n_queues; q++)
        if (queue < 0 || q == queue)
            json_array_append_new(queues,
                                  json_pack("{s:s, s:s, s:o, s:o}", "queue", op->queues[q].id, "client",
                                            op->clients[op->queues[q].client].id, "price_per_hour",
                                            per_hour_json(view, explained->price, q), "roster_price_per_hour",
                                            per_hour_json(view, here, q)));
    return api_reply_json(call, 200,
                          json_pack("{s:I, s:i, s:s, s:s, s:o, s:i, s:i, s:o, s:o, s:o}", "roster",
                                    (json_int_t)view->id, "edit", view->mark.edits, "currency", op->currency,
                                    "zone", op->zone, "start", api_json_instant(grid->start_ts, zone),
                                    "interval_minutes", grid->interval_s / 60, "intervals", grid->n, "queues",
                                    queues, "rules", savings_json(view, explained), "unmet",
                                    unmet_json(call, view, explained, queue)));
}

/* --- why this agent
 * -------------------------------------------------------------------------------------------- */

static json_t *reason_json(const struct roster_view *view, const struct shift_reason *reason,
                           const struct zone *zone)
{
    const struct operation *op = view->problem->operation;
    const struct draft_shift *shift = &view->shifts[reason->shift];
    json_t *serves = json_array();
    for (int q = 0; q < op->n_queues; q++)
        if (fabs(reason->hours[q]) >= 0.005)
            json_array_append_new(
                serves, json_pack("{s:s, s:f}", "queue", op->queues[q].id, "hours", reason->hours[q]));
    json_t *instead = json_null();
    if (reason->possible)
        instead = json_pack("{s:o, s:o, s:i, s:o}", "start",
                            reason->start_ts != 0 ? api_json_instant(reason->start_ts, zone) : json_null(),
                            "end", reason->end_ts != 0 ? api_json_instant(reason->end_ts, zone) : json_null(),
                            "other_days", reason->other_days, "dearer", api_json_finite(reason->dearer));
    return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "shift", (json_int_t)shift->id, "start",
                     api_json_instant(shift->shift.start_ts, zone), "end",
                     api_json_instant(shift->shift.end_ts, zone), "pay", api_json_finite(reason->pay),
                     "worth", api_json_finite(reason->worth), "serves", serves, "instead", instead);
}

static bool explain_one_agent(struct api_call *call, struct roster_view *view, const char *id, GError **error)
{
    const struct operation *op = view->problem->operation;
    int agent = operation_agent(op, id);
    if (agent < 0)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "the roster has no agent \"%s\"", id);
    const struct zone *zone = api_zone(call, op->sites[op->agents[agent].site].zone, error);
    const double *multipliers =
        zone != NULL ? prices_multipliers(call->prices, view, &call->awaits, error) : NULL;
    AUTO(agent_reason)
    reason = multipliers != NULL ? explain_agent(view->problem, view->now, agent, multipliers, error) : NULL;
    if (reason == NULL)
        return false;
    json_t *shifts = json_array();
    for (int i = 0; i < reason->n_shifts; i++)
        json_array_append_new(shifts, reason_json(view, &reason->shifts[i], zone));
    json_t *json =
        json_pack("{s:I, s:i, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "roster", (json_int_t)view->id,
                  "edit", view->mark.edits, "agent", id, "zone", zone_name(zone), "currency", op->currency,
                  "pay", api_json_finite(reason->pay), "penalty", api_json_finite(reason->penalty), "worth",
                  api_json_finite(reason->worth), "slack", api_json_finite(reason->slack), "wishes",
                  reason->n_wishes > 0 ? json_pack("{s:i, s:o}", "n", reason->n_wishes, "cost",
                                                   api_json_finite(reason->wishes))
                                       : json_null(),
                  "shifts", shifts);
    return api_reply_json(call, 200, json);
}

/* --- why this interval
 * ----------------------------------------------------------------------------------------- */

static bool serves(const struct agent *agent, int queue)
{
    for (int k = 0; k < agent->n_skills; k++)
        if (agent->skills[k].queue == queue)
            return true;
    return false;
}

enum doing { DOING_WORK, DOING_BREAK, DOING_MEETING, DOING_TIME_OFF, DOING_OFF, DOING_N };
static const char *const doing_words[DOING_N] = {"working", "on_break", "in_meeting", "time_off", "off"};

/* What an agent does at an instant. */
static enum doing doing_at(const struct roster_view *view, int agent, int64_t ts)
{
    const struct operation *op = view->problem->operation;
    for (int i = 0; i < view->n; i++) {
        const struct shift *s = &view->shifts[i].shift;
        if (s->agent != agent || ts < s->start_ts || ts >= s->end_ts)
            continue;
        for (int k = 0; k < s->n_activities; k++)
            if (ts >= s->activities[k].start_ts && ts < s->activities[k].end_ts)
                return s->activities[k].kind == ACTIVITY_MEETING || s->activities[k].kind == ACTIVITY_TRAINING
                           ? DOING_MEETING
                           : DOING_BREAK;
        return s->tmpl >= 0 && op->templates[s->tmpl].on_call ? DOING_OFF : DOING_WORK;
    }
    for (int i = 0; i < op->n_time_off; i++)
        if (op->time_off[i].agent == agent && ts >= op->time_off[i].start_ts && ts < op->time_off[i].end_ts)
            return DOING_TIME_OFF;
    return DOING_OFF;
}

static bool explain_one_interval(struct api_call *call, struct roster_view *view, int queue, int64_t ts,
                                 GError **error)
{
    const struct operation *op = view->problem->operation;
    const struct demand *demand = &view->problem->demand;
    const struct queue *q = &op->queues[queue];
    const struct zone *zone = api_zone(call, q->zone, error);
    int32_t iv = grid_index(&demand->grid, ts);
    if (zone == NULL)
        return false;
    if (iv < 0 || iv >= demand->grid.n) {
        call->query.wrong = g_strdup("at");
        return wfm_fail(error, WFM_ERROR_INPUT, "it is not in the weeks of the roster");
    }
    json_t *lists[DOING_N];
    int skilled = 0, work = 0;
    for (int d = 0; d < DOING_N; d++)
        lists[d] = json_array();
    for (int a = 0; a < op->n_agents; a++) {
        if (!serves(&op->agents[a], queue))
            continue;
        enum doing doing = doing_at(view, a, grid_ts(&demand->grid, iv));
        skilled++;
        work += doing == DOING_WORK;
        json_array_append_new(lists[doing], json_string(op->agents[a].id));
    }
    double required = demand->need[DEMAND_CELL(demand, queue, iv)];
    double staffed = view->now->staffed[DEMAND_CELL(demand, queue, iv)];
    json_t *agents = json_object();
    for (int d = 0; d < DOING_N; d++)
        json_object_set_new(agents, doing_words[d], lists[d]);
    json_t *json = json_pack(
        "{s:I, s:i, s:s, s:o, s:o, s:f, s:f, s:f, s:o, s:o, s:i, s:f, s:o}", "roster", (json_int_t)view->id,
        "edit", view->mark.edits, "queue", q->id, "from", api_json_instant(grid_ts(&demand->grid, iv), zone),
        "to", api_json_instant(grid_ts(&demand->grid, iv + 1), zone), "required", required, "staffed",
        staffed, "net", staffed - required, "expected_sl",
        api_json_finite(expected_level(view, queue, iv, iv + 1)), "target", api_json_finite(q->sla.target),
        "skilled", skilled, "for_other_queues", MAX(work - staffed, 0), "agents", agents);
    return api_reply_json(call, 200, json);
}

bool roster_explain(struct api_call *call, GError **error)
{
    const char *agent = query_text(&call->query, "agent"), *at = query_text(&call->query, "at");
    int queue;
    int64_t ts;
    AUTO(roster_view) view = roster_of_path(call, error);
    if (view == NULL || !roster_queue_asked(call, view, &queue, error))
        return false;
    if ((agent != NULL) == (queue >= 0) || (agent != NULL && at != NULL) || (queue >= 0 && at == NULL))
        return wfm_fail(
            error, WFM_ERROR_USAGE,
            "ask about an agent (?agent=ID) or about an interval of a queue (?queue=ID&at=INSTANT)");
    if (agent != NULL)
        return explain_one_agent(call, view, agent, error);
    return time_parse(at, NULL, &ts, error) && explain_one_interval(call, view, queue, ts, error);
}
