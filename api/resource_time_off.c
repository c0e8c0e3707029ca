#include <math.h>
#include <string.h>

#include "api/body.h"
#include "api/decide.h"
#include "api/effect.h"
#include "api/resources.h"
#include "core/error.h"
#include "core/store/requests.h"

#define DAYS_AHEAD_MAX 1100
#define DAYS_MAX 366

/* --- what is shown
 * ----------------------------------------------------------------------------------------------- */

/* To agents without the name of who decided. */
static json_t *request_json(struct api_call *call, const struct time_off_request *r, GError **error)
{
    const struct zone *zone = api_zone(call, r->zone, error);
    if (zone == NULL)
        return NULL;
    bool planner = call->scope.role == ROLE_PLANNER, pending = r->state == REQUEST_PENDING;
    json_t *json = json_pack(
        "{s:I, s:s, s:s, s:s, s:s, s:o, s:o, s:s, s:s, s:i, s:i, s:o, s:o, s:o, s:o}", "id",
        (json_int_t)r->id, "agent", r->agent, "state", request_state_name(r->state), "kind", r->kind, "note",
        r->note, "from", api_json_instant(r->start_ts, zone), "to", api_json_instant(r->end_ts, zone), "zone",
        r->zone, "reason", r->reason, "credit_minutes", r->credit_min, "shifts", r->n_shifts, "decided_how",
        pending ? json_null() : json_string(decided_how_name(r->how)), "decided",
        pending ? json_null() : api_json_instant(r->decided_ts, NULL), "created",
        api_json_instant(r->created_ts, NULL), "decided_by",
        planner ? api_json_text(r->decided_by) : json_null());
    if (!planner)
        json_object_del(json, "decided_by");
    else {
        json_object_set_new(json, "agent_name", api_json_text(r->agent_name));
        json_object_set_new(json, "site", api_json_text(r->site));
    }
    return json;
}

static bool reply_request(struct api_call *call, int status, int64_t id, const char *at, GError **error)
{
    struct time_off_request *r = NULL;
    if (!store_time_off_request(call->store, &call->scope, id, &r, error))
        return false;
    json_t *json = request_json(call, r, error);
    time_off_requests_free(r, 1);
    if (json == NULL || !api_reply_json(call, status, json))
        return false;
    if (status == 201)
        call->response.location = g_strdup_printf("%s/%" G_GINT64_FORMAT, at, id);
    return true;
}

/* --- lists
 * ------------------------------------------------------------------------------------------------------- */

bool cursor_id(struct api_call *call, int64_t *before, GError **error)
{
    *before = 0;
    if (call->query.after == NULL || (int64_parse(call->query.after, before) && *before > 0))
        return true;
    call->query.wrong = g_strdup("after");
    return wfm_fail(error, WFM_ERROR_INPUT, "parameter after: take it from the `next` of a page");
}

static bool list(struct api_call *call, const char *agent, const char *path, GError **error)
{
    struct time_off_request *requests = NULL;
    int64_t before;
    int n = 0, state, limit = call->query.limit;
    if (!api_word_asked(call, "state", request_state_names, &state, error) ||
        !cursor_id(call, &before, error) ||
        !store_time_off_requests(call->store, &call->scope, agent, (enum request_state)state, before,
                                 limit + 1, &requests, &n, error))
        return false;
    json_t *rows = json_array();
    bool ok = true;
    for (int k = 0; k < MIN(n, limit) && ok; k++) {
        json_t *json = request_json(call, &requests[k], error);
        ok = json != NULL && json_array_append_new(rows, json) == 0;
    }
    json_t *next = json_null();
    if (n > limit) {
        g_autofree char *cursor = g_strdup_printf("%" G_GINT64_FORMAT, requests[limit - 1].id);
        next = next_link(call, path, cursor);
    }
    time_off_requests_free(requests, n);
    json_t *page = json_pack("{s:o, s:o}", "requests", rows, "next", next);
    if (ok)
        return api_reply_json(call, 200, page);
    json_decref(page);
    return false;
}

bool me_time_off_list(struct api_call *call, GError **error)
{
    return list(call, NULL, "/v1/me/time-off", error);
}

bool time_off_list(struct api_call *call, GError **error)
{
    return list(call, query_text(&call->query, "agent"), "/v1/time-off-requests", error);
}

bool me_time_off_get(struct api_call *call, GError **error)
{
    int64_t id;
    return path_number(call, 0, "request for time off", &id, error) &&
           reply_request(call, 200, id, NULL, error);
}

/* --- asking
 * ------------------------------------------------------------------------------------------------------- */

struct ask {
    int32_t first_day, last_day;
    int64_t from_ts, to_ts;
    bool has_first, has_last, has_from, has_to;
    char *kind, *note;
};
static const struct body_field ask_fields[] = {
    {"first_day", BODY_DAY, BODY_AT(ask, first_day), BODY_GIVEN(ask, has_first)},
    {"last_day", BODY_DAY, BODY_AT(ask, last_day), BODY_GIVEN(ask, has_last)},
    {"from", BODY_INSTANT, BODY_AT(ask, from_ts), BODY_GIVEN(ask, has_from)},
    {"to", BODY_INSTANT, BODY_AT(ask, to_ts), BODY_GIVEN(ask, has_to)},
    {"kind", BODY_TEXT, BODY_AT(ask, kind), .flags = BODY_REQUIRED, .max = 64},
    {"note", BODY_TEXT, BODY_AT(ask, note), .flags = BODY_LINES, .max = 1000},
    {.name = NULL},
};

/* Whole days by the clock of the site, or a span. */
static bool ask_span(struct api_call *call, struct ask *ask, const struct zone *zone, GError **error)
{
    bool days = ask->has_first || ask->has_last, span = ask->has_from || ask->has_to;
    if (days == span || (days && !ask->has_first) || (span && !(ask->has_from && ask->has_to))) {
        body_wrong(call, "", "send first_day (and last_day, that day included), or from and to");
        return body_right(call, error);
    }
    if (days) {
        ask->from_ts = zone_day_start(zone, ask->first_day);
        ask->to_ts = zone_day_start(zone, (ask->has_last ? ask->last_day : ask->first_day) + 1);
    }
    const char *end = days ? "/last_day" : "/to", *start = days ? "/first_day" : "/from";
    if (ask->to_ts <= ask->from_ts)
        body_wrong(call, end, "is before the beginning");
    else if (ask->to_ts <= call->now_ts)
        body_wrong(call, end, "has passed");
    else if (ask->to_ts - ask->from_ts > DAYS_MAX * (int64_t)DAY_S + 3600)
        body_wrong(call, end, "makes more than %d days", DAYS_MAX);
    if (ask->from_ts > call->now_ts + DAYS_AHEAD_MAX * (int64_t)DAY_S)
        body_wrong(call, start, "is more than %d days ahead", DAYS_AHEAD_MAX);
    return body_right(call, error);
}

static const struct zone *own_zone(struct api_call *call, GError **error)
{
    struct named_row *rows = NULL;
    int n = 0;
    if (!store_list_agents(call->store, &call->scope, NULL, 1, &rows, &n, error))
        return NULL;
    const struct zone *zone = NULL;
    if (n == 1)
        zone = api_zone(call, rows[0].zone, error);
    else
        wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no agent \"%s\"", call->scope.agent);
    named_rows_free(rows, n);
    return zone;
}

/* By the first rule that fits; a pending request is told why. */
static bool decide_by_rule(struct api_call *call, int64_t id, GError **error)
{
    struct time_off_request *r = NULL;
    struct verdict verdict = {0};
    if (!store_time_off_request(call->store, &call->scope, id, &r, error))
        return false;
    bool ok = decide_time_off(call, r, &verdict, error);
    struct decision decision = {DECIDED_RULE, "rule", verdict.reason != NULL ? verdict.reason : ""};
    if (ok && verdict.what == VERDICT_PLANNER)
        ok = store_time_off_explain(call->store, id, decision.reason, error);
    else if (ok)
        ok = store_time_off_decide(call->store, &call->scope, id,
                                   verdict.what == VERDICT_YES ? REQUEST_APPROVED : REQUEST_DENIED,
                                   verdict.credit_min, &decision, call->now_ts, error);
    g_free(verdict.reason);
    time_off_requests_free(r, 1);
    return ok;
}

bool me_time_off_ask(struct api_call *call, GError **error)
{
    struct ask ask = {0};
    int64_t id = 0;
    const struct zone *zone = own_zone(call, error);
    bool ok = zone != NULL && body_read(call, ask_fields, &ask, error) && ask_span(call, &ask, zone, error) &&
              store_time_off_ask(call->store, &call->scope, ask.from_ts, ask.to_ts, ask.kind,
                                 ask.note != NULL ? ask.note : "", call->actor, &id, error) &&
              decide_by_rule(call, id, error);
    body_clear(ask_fields, &ask);
    return ok && reply_request(call, 201, id, "/v1/me/time-off", error);
}

bool me_time_off_withdraw(struct api_call *call, GError **error)
{
    int64_t id;
    struct decision decision = {DECIDED_AGENT, call->actor, ""};
    return path_number(call, 0, "request for time off", &id, error) &&
           store_time_off_decide(call->store, &call->scope, id, REQUEST_WITHDRAWN, 0, &decision, call->now_ts,
                                 error) &&
           api_reply_nothing(call);
}

/* --- planners
 * ----------------------------------------------------------------------------------------------------- */

bool time_off_get(struct api_call *call, GError **error)
{
    int64_t id;
    struct time_off_request *r = NULL;
    if (!path_number(call, 0, "request for time off", &id, error) ||
        !store_time_off_request(call->store, &call->scope, id, &r, error))
        return false;
    json_t *json = request_json(call, r, error);
    json_t *consequences = json != NULL ? effect_time_off_json(call, r, error) : NULL;
    time_off_requests_free(r, 1);
    if (consequences == NULL) {
        json_decref(json);
        return false;
    }
    json_object_set_new(json, "consequences", consequences);
    return api_reply_json(call, 200, json);
}

struct approve {
    char *reason;
    int credit_min;
    bool has_credit;
};
static const struct body_field approve_fields[] = {
    {"reason", BODY_TEXT, BODY_AT(approve, reason), .flags = BODY_LINES, .max = 1000},
    {"credit_minutes", BODY_INT, BODY_AT(approve, credit_min), BODY_GIVEN(approve, has_credit), .max = 1440},
    {.name = NULL},
};
const struct body_field deny_fields[] = {
    {"reason", BODY_TEXT, BODY_AT(deny, reason), .flags = BODY_REQUIRED | BODY_LINES, .max = 1000},
    {.name = NULL},
};

/* Without a word of the planner a day counts what the rule says that fits. */
static bool credit_of_rule(struct api_call *call, int64_t id, int *credit_min, GError **error)
{
    struct time_off_request *r = NULL;
    if (!store_time_off_request(call->store, &call->scope, id, &r, error))
        return false;
    bool ok = decide_time_off_credit(call->store, r, credit_min, error);
    time_off_requests_free(r, 1);
    return ok;
}

bool time_off_approve(struct api_call *call, GError **error)
{
    int64_t id;
    struct approve body = {0};
    bool ok = path_number(call, 0, "request for time off", &id, error) &&
              (call->body_length == 0 || body_read(call, approve_fields, &body, error)) &&
              (body.has_credit || credit_of_rule(call, id, &body.credit_min, error));
    if (ok) {
        struct decision decision = {DECIDED_PLANNER, call->actor, body.reason != NULL ? body.reason : ""};
        ok = store_time_off_decide(call->store, &call->scope, id, REQUEST_APPROVED, body.credit_min,
                                   &decision, call->now_ts, error) &&
             reply_request(call, 200, id, NULL, error);
    }
    body_clear(approve_fields, &body);
    return ok;
}

bool time_off_deny(struct api_call *call, GError **error)
{
    int64_t id;
    struct deny body = {0};
    bool ok = path_number(call, 0, "request for time off", &id, error) &&
              body_read(call, deny_fields, &body, error);
    if (ok) {
        struct decision decision = {DECIDED_PLANNER, call->actor, body.reason};
        ok = store_time_off_decide(call->store, &call->scope, id, REQUEST_DENIED, 0, &decision, call->now_ts,
                                   error) &&
             reply_request(call, 200, id, NULL, error);
    }
    body_clear(deny_fields, &body);
    return ok;
}
