#include <string.h>

#include "api/resources.h"
#include "api/roster_json.h"
#include "core/error.h"
#include "core/week.h"
#include "scheduler/roster/checker.h"

#define VIOLATIONS_SHOWN 100

/* The next page, with the same filters. */
static json_t *rosters_next(const struct api_call *call, const char *after)
{
    static const char *const filters[] = {"week", "state"};
    json_t *plain = next_link(call, "/v1/rosters", after);
    g_autoptr(GString) link = g_string_new(json_string_value(plain));
    json_decref(plain);
    for (size_t i = 0; i < G_N_ELEMENTS(filters); i++)
        if (query_text(&call->query, filters[i]) != NULL)
            g_string_append_printf(link, "&%s=%s", filters[i], query_text(&call->query, filters[i]));
    return json_string(link->str);
}

bool rosters_list(struct api_call *call, GError **error)
{
    int64_t before = 0;
    if (call->query.after != NULL && (!int64_parse(call->query.after, &before) || before < 1)) {
        call->query.wrong = g_strdup("after");
        return wfm_fail(error, WFM_ERROR_INPUT, "parameter after: take it from the `next` of a page");
    }
    struct roster_filter filter = {.week = INT32_MIN, .state = query_text(&call->query, "state")};
    const char *week = query_text(&call->query, "week");
    static const char *const states[] = {"draft", "published", "superseded", NULL};
    if (filter.state != NULL && !g_strv_contains(states, filter.state)) {
        call->query.wrong = g_strdup("state");
        return wfm_fail(error, WFM_ERROR_INPUT, "\"%s\" is none of draft, published, superseded",
                        filter.state);
    }
    if (week != NULL && !week_parse(week, &filter.week, error)) {
        call->query.wrong = g_strdup("week");
        return false;
    }
    struct roster_info *infos = NULL;
    int n = 0, limit = call->query.limit;
    if (!store_roster_list(call->store, &call->scope, &filter, before, limit + 1, &infos, &n, error))
        return false;
    json_t *rosters = json_array(), *next = json_null();
    bool ok = true;
    for (int k = 0; k < MIN(n, limit) && ok; k++) {
        json_t *roster = roster_json(call, &infos[k], error);
        ok = roster != NULL && json_array_append_new(rosters, roster) == 0;
    }
    if (n > limit) {
        g_autofree char *cursor = g_strdup_printf("%" G_GINT64_FORMAT, infos[limit - 1].id);
        next = rosters_next(call, cursor);
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

bool roster_get(struct api_call *call, GError **error)
{
    int64_t id;
    return path_number(call, 0, "roster", &id, error) && reply_roster(call, 200, id, error);
}

/* --- shifts of one roster
 * --------------------------------------------------------------------------------------- */

/* What of a roster's shifts is asked for. */
struct shift_filter {
    int agent, site, queue, client; /* -1: any */
    int32_t day;                    /* site-local; INT32_MIN: any */
};

static bool one_index(struct api_call *call, const char *name, const struct operation *op,
                      int (*find)(const struct operation *op, const char *id), const char *id, int *out,
                      GError **error)
{
    *out = id != NULL ? find(op, id) : -1;
    if (id == NULL || *out >= 0)
        return true;
    call->query.wrong = g_strdup(name);
    return wfm_fail(error, WFM_ERROR_NOT_FOUND, "the roster has no %s \"%s\"", name, id);
}

static bool read_filter(struct api_call *call, const struct operation *op, struct shift_filter *filter,
                        GError **error)
{
    const struct api_query *query = &call->query;
    const char *day = query_text(query, "day");
    filter->day = INT32_MIN;
    return (day == NULL || day_parse(day, &filter->day, error)) &&
           one_index(call, "agent", op, operation_agent, query_text(query, "agent"), &filter->agent, error) &&
           one_index(call, "site", op, operation_site, query_text(query, "site"), &filter->site, error) &&
           one_index(call, "queue", op, operation_queue, query_text(query, "queue"), &filter->queue, error) &&
           one_index(call, "client", op, operation_client, query->client, &filter->client, error);
}

/* May the agent serve the queue, or one of the client? */
static bool may_serve(const struct operation *op, const struct agent *agent, int queue, int client)
{
    bool found = queue < 0 && client < 0;
    for (int k = 0; k < agent->n_skills && !found; k++)
        found = (queue < 0 || agent->skills[k].queue == queue) &&
                (client < 0 || op->queues[agent->skills[k].queue].client == client);
    return found;
}

static bool wanted(struct api_call *call, const struct operation *op, const struct shift_filter *filter,
                   const struct shift *shift)
{
    const struct agent *agent = &op->agents[shift->agent];
    const struct zone *zone =
        filter->day != INT32_MIN ? api_zone(call, op->sites[agent->site].zone, NULL) : NULL;
    return (filter->agent < 0 || shift->agent == filter->agent) &&
           (filter->site < 0 || agent->site == filter->site) &&
           may_serve(op, agent, filter->queue, filter->client) &&
           (zone == NULL || zone_local_day(zone, shift->start_ts) == filter->day);
}

static json_t *shifts_next(const struct api_call *call, int64_t id, int position)
{
    static const char *const filters[] = {"agent", "site", "queue", "day"};
    g_autofree char *path = g_strdup_printf("/v1/rosters/%" G_GINT64_FORMAT "/shifts", id);
    g_autofree char *cursor = g_strdup_printf("%d", position);
    json_t *plain = next_link(call, path, cursor);
    g_autoptr(GString) link = g_string_new(json_string_value(plain));
    json_decref(plain);
    for (size_t i = 0; i < G_N_ELEMENTS(filters); i++)
        if (query_text(&call->query, filters[i]) != NULL)
            g_string_append_printf(link, "&%s=%s", filters[i], query_text(&call->query, filters[i]));
    if (call->query.client != NULL)
        g_string_append_printf(link, "&client=%s", call->query.client);
    return json_string(link->str);
}

/* Cursor of this list: position of the next shift in the order of agents and starts. */
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

bool roster_shifts(struct api_call *call, GError **error)
{
    /* The operation as it was when the roster was made: agents who left since keep their names. */
    AUTO(roster_view) view = roster_of_path(call, error);
    struct shift_filter filter;
    int first = 0, found = 0, limit = call->query.limit;
    if (view == NULL || !read_filter(call, view->problem->operation, &filter, error) ||
        !first_shift(call, view->n, &first, error))
        return false;
    json_t *shifts = json_array(), *next = json_null();
    bool ok = true;
    for (int k = first; k < view->n && ok; k++) {
        if (!wanted(call, view->problem->operation, &filter, &view->shifts[k].shift))
            continue;
        if (found++ == limit) {
            next = shifts_next(call, view->id, k);
            break;
        }
        json_t *shift = draft_shift_json(call, view->problem->operation, &view->shifts[k], error);
        ok = shift != NULL && json_array_append_new(shifts, shift) == 0;
    }
    json_t *json = json_pack("{s:I, s:i, s:o, s:o}", "roster", (json_int_t)view->id, "edit", view->mark.edits,
                             "shifts", shifts, "next", next);
    if (ok)
        return api_reply_json(call, 200, json);
    json_decref(json);
    return false;
}

/* --- publish
 * ---------------------------------------------------------------------------------------------------- */

/* Nothing unverified is published. The violations go into the problem. */
static bool verified(struct api_call *call, int64_t id, GError **error)
{
    AUTO(roster_view) view = roster_cache_get(call->rosters, call->store, id, error);
    if (view == NULL)
        return false;
    struct check_report report = {0};
    if (roster_check(view->problem, view->now, &report)) {
        check_report_clear(&report);
        return true;
    }
    json_t *list = json_array();
    for (int k = 0; k < MIN(report.n_violations, VIOLATIONS_SHOWN); k++)
        json_array_append_new(list, violation_json(call, view->problem->operation, &report.violations[k]));
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
           reply_roster(call, 200, id, error);
}
