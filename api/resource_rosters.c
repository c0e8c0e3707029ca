#include <string.h>

#include "api/resources.h"
#include "core/error.h"
#include "scheduler/roster/checker.h"

#define VIOLATIONS_SHOWN 100

/* ISO week of a Monday: "2026-W48". */
static char *week_name(int32_t monday)
{
    int year = day_civil(monday + 3).year; /* the year of its Thursday */
    int week = (monday + 3 - day_from_civil(year, 1, 1)) / WEEK_DAYS + 1;
    return g_strdup_printf("%04d-W%02d", year, week);
}

static json_t *roster_json(struct api_call *call, const struct roster_info *info, GError **error)
{
    const struct zone *zone = api_zone(call, info->zone, error);
    if (zone == NULL)
        return NULL;
    g_autofree char *week = week_name(info->first_day);
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
    json_object_set_new(json, "created", api_json_instant(info->created_ts, zone));
    json_object_set_new(json, "created_by", api_json_text(info->created_by));
    json_object_set_new(json, "published",
                        info->published_ts != 0 ? api_json_instant(info->published_ts, zone) : json_null());
    json_object_set_new(json, "published_by", api_json_text(info->published_by));
    return json;
}

bool rosters_list(struct api_call *call, GError **error)
{
    int64_t before = 0;
    if (call->query.after != NULL && (!int64_parse(call->query.after, &before) || before < 1)) {
        call->query.wrong = g_strdup("after");
        return wfm_fail(error, WFM_ERROR_INPUT, "parameter after: take it from the `next` of a page");
    }
    struct roster_info *infos = NULL;
    int n = 0, limit = call->query.limit;
    if (!store_roster_list(call->store, &call->scope, NULL, before, limit + 1, &infos, &n, error))
        return false;
    json_t *rosters = json_array(), *next = json_null();
    bool ok = true;
    for (int k = 0; k < MIN(n, limit) && ok; k++) {
        json_t *roster = roster_json(call, &infos[k], error);
        ok = roster != NULL && json_array_append_new(rosters, roster) == 0;
    }
    if (n > limit) {
        g_autofree char *cursor = g_strdup_printf("%" G_GINT64_FORMAT, infos[limit - 1].id);
        next = next_link(call, "/v1/rosters", cursor);
    }
    for (int k = 0; k < n; k++)
        roster_info_clear(&infos[k]);
    g_free(infos);
    json_t *json = json_pack("{s:o, s:o}", "rosters", rosters, "next", next);
    if (ok)
        return api_reply_json(call, 200, json);
    json_decref(json);
    return false;
}

static bool reply_roster(struct api_call *call, int64_t id, GError **error)
{
    struct roster_info info = {0};
    if (!store_roster_info(call->store, &call->scope, id, &info, error))
        return false;
    json_t *json = roster_json(call, &info, error);
    roster_info_clear(&info);
    return json != NULL && api_reply_json(call, 200, json);
}

bool roster_get(struct api_call *call, GError **error)
{
    int64_t id;
    return path_number(call, 0, "roster", &id, error) && reply_roster(call, id, error);
}

/* --- shifts of one roster
 * --------------------------------------------------------------------------------------- */

static json_t *roster_shift_json(struct api_call *call, const struct operation *operation,
                                 const struct shift *shift, GError **error)
{
    const struct agent *agent = &operation->agents[shift->agent];
    const struct site *site = &operation->sites[agent->site];
    const struct zone *zone = api_zone(call, site->zone, error);
    if (zone == NULL)
        return NULL;
    return json_pack("{s:s, s:o, s:s, s:s, s:o, s:o, s:i, s:o}", "agent", agent->id, "agent_name",
                     api_json_text(agent->name), "site", site->id, "zone", site->zone, "start",
                     api_json_instant(shift->start_ts, zone), "end", api_json_instant(shift->end_ts, zone),
                     "paid_minutes", shift_paid_minutes(shift), "activities",
                     activities_json(shift->activities, shift->n_activities, zone));
}

/* Cursor of this list: position of the next shift (a stored roster never changes). */
static bool first_shift(struct api_call *call, int n_shifts, int *first, GError **error)
{
    int64_t position = 0;
    if (call->query.after != NULL &&
        (!int64_parse(call->query.after, &position) || position < 0 || position > n_shifts)) {
        call->query.wrong = g_strdup("after");
        return wfm_fail(error, WFM_ERROR_INPUT, "parameter after: take it from the `next` of a page");
    }
    *first = (int)position;
    return true;
}

static bool reply_shifts(struct api_call *call, int64_t id, const struct operation *operation,
                         const struct plan_solution *solution, GError **error)
{
    int first = 0, limit = call->query.limit;
    if (!first_shift(call, solution->n_shifts, &first, error))
        return false;
    json_t *shifts = json_array(), *next = json_null();
    int last = MIN(solution->n_shifts, first + limit);
    bool ok = true;
    for (int k = first; k < last && ok; k++) {
        json_t *shift = roster_shift_json(call, operation, &solution->shifts[k], error);
        ok = shift != NULL && json_array_append_new(shifts, shift) == 0;
    }
    if (last < solution->n_shifts) {
        g_autofree char *path = g_strdup_printf("/v1/rosters/%" G_GINT64_FORMAT "/shifts", id);
        g_autofree char *cursor = g_strdup_printf("%d", last);
        next = next_link(call, path, cursor);
    }
    json_t *json = json_pack("{s:I, s:o, s:o}", "roster", (json_int_t)id, "shifts", shifts, "next", next);
    if (ok)
        return api_reply_json(call, 200, json);
    json_decref(json);
    return false;
}

bool roster_shifts(struct api_call *call, GError **error)
{
    int64_t id;
    if (!path_number(call, 0, "roster", &id, error))
        return false;
    /* The operation as it was when the roster was made: agents who left since keep their names. */
    AUTO(plan_problem) problem = NULL;
    AUTO(plan_solution) solution = NULL;
    if (!store_roster_problem(call->store, id, &problem, error) ||
        !store_roster_load(call->store, problem->operation, id, &solution, error))
        return false;
    return reply_shifts(call, id, problem->operation, solution, error);
}

/* --- publish
 * ---------------------------------------------------------------------------------------------------- */

/* Nothing unverified is published. The violations go into the problem. */
static bool verified(struct api_call *call, int64_t id, GError **error)
{
    AUTO(plan_problem) problem = NULL;
    AUTO(plan_solution) solution = NULL;
    if (!store_roster_problem(call->store, id, &problem, error) ||
        !store_roster_load(call->store, problem->operation, id, &solution, error))
        return false;
    struct check_report report = {0};
    if (roster_check(problem, solution, &report)) {
        check_report_clear(&report);
        return true;
    }
    json_t *list = json_array();
    for (int k = 0; k < MIN(report.n_violations, VIOLATIONS_SHOWN); k++)
        json_array_append_new(list, json_pack("{s:s, s:s}", "rule", violation_key(report.violations[k].rule),
                                              "message", report.violations[k].message));
    json_decref(call->problem_extra);
    call->problem_extra = json_pack("{s:o}", "violations", list);
    wfm_fail(error, WFM_ERROR_VIOLATION,
             "roster %" G_GINT64_FORMAT " breaks %d rules and is not published; first: %s", id,
             report.n_violations, report.violations[0].message);
    check_report_clear(&report);
    return false;
}

bool roster_publish(struct api_call *call, GError **error)
{
    int64_t id;
    if (!path_number(call, 0, "roster", &id, error) || !body_empty(call, error))
        return false;
    struct roster_info info = {0};
    if (!store_roster_info(call->store, &call->scope, id, &info, error))
        return false;
    bool draft = strcmp(info.state, "draft") == 0;
    g_autofree char *state = g_strdup(info.state);
    roster_info_clear(&info);
    if (!draft)
        return wfm_fail(error, WFM_ERROR_CONFLICT,
                        "roster %" G_GINT64_FORMAT " is %s; only a draft can be published", id, state);
    return verified(call, id, error) && store_roster_publish(call->store, id, call->actor, error) &&
           reply_roster(call, id, error);
}
