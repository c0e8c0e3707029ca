#include "api/roster_json.h"

#include <math.h>
#include <string.h>

#include "api/resources.h"
#include "core/week.h"
#include "scheduler/staffing/staffing.h"

json_t *roster_json(struct api_call *call, const struct roster_info *info, GError **error)
{
    const struct zone *zone = api_zone(call, info->zone, error);
    if (zone == NULL)
        return NULL;
    g_autofree char *week = week_format(info->first_day);
    g_autofree char *day = day_format(info->first_day);
    g_autofree char *seed =
        g_strdup_printf("%" G_GUINT64_FORMAT, info->seed); /* too wide for a JSON number */
    double gap = info->objective != 0 ? (info->objective - info->bound) / info->objective : 0;
    json_t *json =
        json_pack("{s:I, s:s, s:s, s:i, s:s, s:i, s:s, s:i, s:o}", "id", (json_int_t)info->id, "week", week,
                  "first_day", day, "weeks", info->n_weeks, "zone", info->zone, "version", info->version,
                  "state", info->state, "shifts", info->n_shifts, "currency", api_json_text(info->currency));
    json_object_set_new(json, "pay", api_json_finite(info->pay));
    json_object_set_new(json, "shortage", api_json_finite(info->shortage));
    json_object_set_new(json, "penalty", api_json_finite(info->penalty));
    json_object_set_new(json, "objective", api_json_finite(info->objective));
    json_object_set_new(json, "bound", api_json_finite(info->bound));
    json_object_set_new(json, "gap", api_json_finite(gap));
    json_object_set_new(json, "seconds", api_json_finite(info->seconds));
    json_object_set_new(json, "seed", json_string(seed));
    json_object_set_new(json, "inputs_hash", api_json_text(info->inputs_hash));
    json_object_set_new(json, "created", api_json_instant(info->created_ts, zone));
    json_object_set_new(json, "created_by", api_json_text(info->created_by));
    json_object_set_new(json, "published",
                        info->published_ts != 0 ? api_json_instant(info->published_ts, zone) : json_null());
    json_object_set_new(json, "published_by", api_json_text(info->published_by));
    json_object_set_new(json, "edits", json_integer(info->edits));
    json_object_set_new(json, "edited",
                        info->edited_ts != 0 ? api_json_instant(info->edited_ts, zone) : json_null());
    json_object_set_new(json, "edited_by", api_json_text(info->edited_by));
    json_object_set_new(json, "copy_of", info->copy_of != 0 ? json_integer(info->copy_of) : json_null());
    json_object_set_new(json, "simulation",
                        json_string(info->simulated < 0              ? "none"
                                    : info->simulated == info->edits ? "current"
                                                                     : "stale"));
    return json;
}

bool reply_roster(struct api_call *call, int status, int64_t id, GError **error)
{
    struct roster_info info = {0};
    if (!store_roster_info(call->store, &call->scope, id, &info, error))
        return false;
    json_t *json = roster_json(call, &info, error);
    if (strcmp(info.state, "draft") == 0)
        call->draft_ahead = id;
    roster_info_clear(&info);
    return json != NULL && api_reply_json(call, status, json);
}

json_t *draft_shift_json(struct api_call *call, const struct operation *operation,
                         const struct draft_shift *draft, GError **error)
{
    const struct shift *shift = &draft->shift;
    const struct agent *agent = &operation->agents[shift->agent];
    const struct site *site = &operation->sites[agent->site];
    const struct zone *zone = api_zone(call, site->zone, error);
    if (zone == NULL)
        return NULL;
    g_autofree char *day = day_format(zone_local_day(zone, shift->start_ts));
    return json_pack("{s:o, s:s, s:o, s:s, s:s, s:s, s:o, s:o, s:o, s:i, s:b, s:o}", "id",
                     draft->id != 0 ? json_integer(draft->id) : json_null(), "agent", agent->id, "agent_name",
                     api_json_text(agent->name), "site", site->id, "zone", site->zone, "day", day, "template",
                     shift->tmpl >= 0 ? json_string(operation->templates[shift->tmpl].id) : json_null(),
                     "start", api_json_instant(shift->start_ts, zone), "end",
                     api_json_instant(shift->end_ts, zone), "paid_minutes", shift_paid_minutes(shift),
                     "locked", (int)draft->locked, "activities",
                     activities_json(shift->activities, shift->n_activities, zone));
}

/* An instant by the clock of the site, of the queue, or of the planning zone. */
static json_t *at_json(struct api_call *call, const struct operation *op, int site, int queue, int64_t ts)
{
    const char *name = site >= 0 ? op->sites[site].zone : queue >= 0 ? op->queues[queue].zone : op->zone;
    const struct zone *zone = api_zone(call, name, NULL);
    return ts == INT64_MIN ? json_null() : api_json_instant(ts, zone);
}

json_t *violation_json(struct api_call *call, const struct operation *op, const struct violation *v)
{
    int site = v->agent >= 0 ? op->agents[v->agent].site : -1;
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:n, s:n, s:s}", "rule",
                     violation_key(v->rule), "severity", "hard", "agent",
                     v->agent >= 0 ? json_string(op->agents[v->agent].id) : json_null(), "queue",
                     v->queue >= 0 ? json_string(op->queues[v->queue].id) : json_null(), "site",
                     site >= 0 ? json_string(op->sites[site].id) : json_null(), "at",
                     at_json(call, op, site, v->queue, v->ts), "value", api_json_finite(v->value), "limit",
                     api_json_finite(v->limit), "unit", "price", "message", v->message);
}

json_t *check_cost_json(struct api_call *call, const struct operation *op, const struct check_cost *c)
{
    return json_pack("{s:s, s:s, s:o, s:n, s:o, s:o, s:o, s:n, s:s, s:o, s:s}", "rule", penalty_key(c->kind),
                     "severity", "soft", "agent",
                     c->agent >= 0 ? json_string(op->agents[c->agent].id) : json_null(), "queue", "site",
                     c->site >= 0 ? json_string(op->sites[c->site].id) : json_null(), "at",
                     at_json(call, op, c->site, -1, c->ts), "value", api_json_finite(c->units), "limit",
                     "unit", penalty_unit(c->kind), "price", api_json_finite(c->cost), "message", c->message);
}

json_t *cost_json(const struct plan_solution *solution, const struct check_report *report)
{
    json_t *parts = json_array();
    for (int kind = 0; kind < PENALTY_N; kind++)
        if (report->penalties[kind].units > 0)
            json_array_append_new(parts, json_pack("{s:s, s:s, s:f, s:f}", "rule", penalty_key(kind), "unit",
                                                   penalty_unit(kind), "units", report->penalties[kind].units,
                                                   "cost", report->penalties[kind].cost));
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "pay", api_json_finite(solution->pay), "shortage",
                     api_json_finite(solution->shortage), "penalty", api_json_finite(solution->penalty),
                     "objective", api_json_finite(solution->objective), "parts", parts);
}

double expected_sum(const struct roster_view *view, int queue, int32_t from_iv, int32_t to_iv,
                    double *counted)
{
    size_t at = DEMAND_CELL(&view->problem->demand, queue, 0);
    double in_time = 0;
    *counted = 0;
    for (int32_t iv = from_iv; iv < to_iv; iv++) {
        double c = view->expected.counted[at + (size_t)iv], t = view->expected.in_time[at + (size_t)iv];
        in_time += isfinite(c) && isfinite(t) ? t : 0;
        *counted += isfinite(c) && isfinite(t) ? c : 0;
    }
    return in_time;
}

double expected_level(const struct roster_view *view, int queue, int32_t from_iv, int32_t to_iv)
{
    double counted, in_time = expected_sum(view, queue, from_iv, to_iv, &counted);
    return counted > 0 ? in_time / counted : NAN;
}

int contract_periods(const struct roster_view *view, int queue, int32_t **first)
{
    const struct demand *demand = &view->problem->demand;
    *first = g_new0(int32_t, demand->grid.n + 1);
    return staffing_periods(view->problem->operation, queue, &demand->grid, *first, NULL);
}

json_t *reals_json(const double *values, int32_t at, int32_t n)
{
    json_t *list = json_array();
    for (int32_t i = 0; i < n; i++)
        json_array_append_new(list, api_json_finite(values[at + i]));
    return list;
}
