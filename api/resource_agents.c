#include <string.h>

#include "api/auth.h"
#include "api/calendar.h"
#include "api/resources.h"
#include "api/shift_page.h"
#include "core/error.h"

/* What a calendar feed holds: cancelled shifts stay some weeks. */
#define FEED_DAYS_BACK 35
#define FEED_DAYS_AHEAD 365
/* It takes webcal addresses here. */
#define GOOGLE_SUBSCRIBE "https://calendar.google.com/calendar/render?cid="

/* Members of the row's detail that people may see are those the store puts there (core/store: site, contract,
 * skills). */
static json_t *agent_json(const struct named_row *row)
{
    json_t *json = json_pack("{s:s, s:o, s:o}", "id", row->id, "name", api_json_text(row->name), "zone",
                             api_json_text(row->zone));
    json_t *detail = row->detail_json != NULL ? json_loads(row->detail_json, 0, NULL) : NULL;
    if (json_is_object(detail))
        json_object_update_missing(json, detail);
    json_decref(detail);
    return json;
}

bool me_get(struct api_call *call, GError **error)
{
    const struct token_info *token = &call->token;
    json_t *agent = json_null();
    if (call->scope.role == ROLE_AGENT) {
        struct named_row *rows = NULL;
        int n = 0;
        if (!store_list_agents(call->store, &call->scope, NULL, 1, &rows, &n, error))
            return false;
        if (n > 0)
            agent = agent_json(&rows[0]);
        named_rows_free(rows, n);
    }
    return api_reply_json(
        call, 200,
        json_pack("{s:I, s:s, s:o, s:o, s:o, s:o, s:o}", "token", (json_int_t)token->id, "role",
                  role_name(call->scope.role), "scopes", scopes_json(token->scopes), "client",
                  api_json_text(token->client), "agent", agent, "label", api_json_text(token->label),
                  "expires",
                  token->expires_ts != 0 ? api_json_instant(token->expires_ts, NULL) : json_null()));
}

/* --- shifts
 * ----------------------------------------------------------------------------------------------------- */

json_t *activities_json(const struct activity *activities, int n, const struct zone *zone)
{
    json_t *list = json_array();
    for (int k = 0; k < n; k++)
        json_array_append_new(
            list, json_pack("{s:s, s:o, s:o, s:b}", "kind", activity_kind_name(activities[k].kind), "start",
                            api_json_instant(activities[k].start_ts, zone), "end",
                            api_json_instant(activities[k].end_ts, zone), "paid", activities[k].paid));
    return list;
}

json_t *shift_json(struct api_call *call, const struct shift_view *view, GError **error)
{
    const struct zone *zone = api_zone(call, view->zone, error);
    if (zone == NULL)
        return NULL;
    return json_pack(
        "{s:I, s:s, s:s, s:o, s:o, s:s, s:o, s:o, s:i, s:b, s:i, s:o, s:o}", "id", (json_int_t)view->id,
        "uid", view->uid, "agent", view->agent, "agent_name", api_json_text(view->agent_name), "site",
        api_json_text(view->site), "zone", view->zone, "start", api_json_instant(view->start_ts, zone), "end",
        api_json_instant(view->end_ts, zone), "paid_minutes", view->paid_minutes, "cancelled",
        view->cancelled, "sequence", view->sequence, "changed", api_json_instant(view->changed_ts, NULL),
        "activities", activities_json(view->activities, view->n_activities, zone));
}

static bool shifts_page(struct api_call *call, const char *agent, const char *path, GError **error)
{
    return call->query.since != NULL ? shift_changes(call, agent, path, error)
                                     : shift_page(call, agent, path, error);
}

bool me_shifts(struct api_call *call, GError **error)
{
    return shifts_page(call, call->scope.agent, "/v1/me/shifts", error);
}

bool agent_shifts(struct api_call *call, GError **error)
{
    const char *agent = call->vars[0];
    if (!auth_agent(call, agent, error))
        return false;
    g_autofree char *path = g_strdup_printf("/v1/agents/%s/shifts", agent);
    return shifts_page(call, agent, path, error);
}

/* --- calendar
 * --------------------------------------------------------------------------------------------------- */

bool agent_calendar_create(struct api_call *call, GError **error)
{
    g_autofree char *secret = NULL;
    if (!auth_agent(call, call->vars[0], error) || !body_empty(call, error) ||
        !store_feed_create(call->store, call->vars[0], call->actor, &secret, error))
        return false;
    g_autofree char *url = g_strdup_printf("%s/v1/calendar/%s.ics", call->base_url, secret);
    const char *behind = strstr(url, "://");
    g_autofree char *webcal = g_strconcat("webcal", behind != NULL ? behind : url, NULL);
    g_autofree char *escaped = g_uri_escape_string(webcal, NULL, FALSE);
    g_autofree char *google = g_strconcat(GOOGLE_SUBSCRIBE, escaped, NULL);
    return api_reply_json(call, 201,
                          json_pack("{s:s, s:s, s:s, s:s}", "agent", call->vars[0], "url", url, "webcal",
                                    webcal, "google", google));
}

bool agent_calendar_revoke(struct api_call *call, GError **error)
{
    if (!auth_agent(call, call->vars[0], error) ||
        !store_feed_revoke(call->store, call->vars[0], call->actor, error))
        return false;
    return api_reply_nothing(call);
}

/* Whose feed it is. */
static bool feed_agent(struct api_call *call, char **agent, GError **error)
{
    const char *secret = call->vars[0];
    g_autoptr(GError) inner = NULL;
    if (!auth_secret(call, secret, error))
        return false;
    bool ok = store_feed_lookup(call->store, secret, agent, &inner);
    if (ok || g_error_matches(inner, WFM_ERROR, WFM_ERROR_NOT_FOUND))
        auth_secret_tried(call, secret, ok);
    if (!ok)
        g_propagate_error(error, g_steal_pointer(&inner));
    return ok;
}

bool calendar_feed(struct api_call *call, GError **error)
{
    g_autofree char *agent = NULL;
    if (!feed_agent(call, &agent, error))
        return false;
    struct scope scope = {.role = ROLE_AGENT, .agent = agent};
    struct named_row *rows = NULL;
    int n_rows = 0;
    if (!store_list_agents(call->store, &scope, NULL, 1, &rows, &n_rows, error))
        return false;
    g_autofree char *name =
        g_strdup_printf("Shifts of %s", n_rows > 0 && rows[0].name != NULL ? rows[0].name : agent);
    const struct zone *zone = api_zone(call, n_rows > 0 ? rows[0].zone : "UTC", error);
    named_rows_free(rows, n_rows);
    int64_t today = call->now_ts - call->now_ts % DAY_S;
    struct shift_view *views = NULL;
    int n = 0;
    if (zone == NULL ||
        !store_shifts(call->store, &scope, agent, today - FEED_DAYS_BACK * DAY_S,
                      today + (int64_t)FEED_DAYS_AHEAD * DAY_S, true, 0, 0, 0, &views, &n, error))
        return false;
    char *text = calendar_text(name, zone, views, n);
    shift_views_free(views, n);
    return api_reply_text(call, 200, CALENDAR_CONTENT_TYPE, text, strlen(text), true);
}
