/* The operation, part by part: clients, queues, sites, templates, contracts, agents, meetings by id; time off
   and special days by number; availability of an agent. */

#include "api/auth.h"
#include "api/body.h"
#include "api/part_change.h"
#include "api/part_csv.h"
#include "api/resources.h"
#include "core/config_json.h"
#include "core/error.h"

/* The part a route is about, by the beginning of its pattern; the longest counts. */
static enum part route_part(const struct api_call *call)
{
    static const struct {
        const char *pattern;
        enum part part;
    } rows[] = {
        {"/v1/agents/{id}/time-off", PART_TIME_OFF},
        {"/v1/agents/{id}/preferences", PART_PREFERENCE},
        {"/v1/clients", PART_CLIENT},
        {"/v1/queues", PART_QUEUE},
        {"/v1/sites", PART_SITE},
        {"/v1/templates", PART_TEMPLATE},
        {"/v1/contracts", PART_CONTRACT},
        {"/v1/agents", PART_AGENT},
        {"/v1/meetings", PART_MEETING},
        {"/v1/time-off", PART_TIME_OFF},
        {"/v1/special-days", PART_SPECIAL_DAY},
        {"/v1/operation", PART_HEAD},
    };
    for (size_t k = 0; k < G_N_ELEMENTS(rows); k++)
        if (g_str_has_prefix(call->route->pattern, rows[k].pattern))
            return rows[k].part;
    g_assert_not_reached();
}

static bool numbered(enum part part)
{
    return part == PART_TIME_OFF || part == PART_SPECIAL_DAY;
}

/* The agent of "/v1/agents/{id}/…", NULL of other routes. */
static const char *path_agent(const struct api_call *call)
{
    return g_str_has_prefix(call->route->pattern, "/v1/agents/{id}/") ? call->vars[0] : NULL;
}

/* The part the path names, as a filter; WFM_ERROR_NOT_FOUND for what cannot be one. */
static bool path_filter(const struct api_call *call, enum part part, struct part_filter *filter,
                        GError **error)
{
    const char *last = call->n_vars > 0 ? call->vars[call->n_vars - 1] : "";
    *filter = (struct part_filter){.agent = path_agent(call)};
    if (filter->agent != NULL && !auth_agent(call, filter->agent, error))
        return false;
    if (numbered(part))
        return path_number(call, call->n_vars - 1, part_what(part), &filter->number, error);
    if (part < PART_NAMED_N) {
        filter->id = last;
        return (id_ok(last) || part_unknown(part, last, error)) &&
               (part != PART_AGENT || auth_agent(call, last, error));
    }
    return true;
}

/* --- reading
 * ---------------------------------------------------------------------------------------------------- */

/* A part as GET shows it; NULL with WFM_ERROR_NOT_FOUND when there is none. */
static json_t *load_one(struct api_call *call, enum part part, const struct part_filter *filter,
                        GError **error)
{
    AUTO(operation) view = store_part_view(call->store, &call->scope, part, filter, error);
    if (view == NULL)
        return NULL;
    if (part_count(view, part) == 0) {
        part_unknown(part, call->vars[call->n_vars - 1], error);
        return NULL;
    }
    AUTO(part_door) door = part_door_new(view, call->scope.role == ROLE_PLANNER);
    return part_shown(door, view, part, 0, error);
}

bool part_get(struct api_call *call, GError **error)
{
    enum part part = route_part(call);
    struct part_filter filter;
    if (!path_filter(call, part, &filter, error))
        return false;
    json_t *json = load_one(call, part, &filter, error);
    return json != NULL && api_reply_json(call, 200, json);
}

static bool bad_cursor(struct api_call *call, GError **error)
{
    call->query.wrong = g_strdup("after");
    return wfm_fail(error, WFM_ERROR_INPUT, "parameter after: take it from the `next` of a page");
}

static bool list_filter(struct api_call *call, enum part part, struct part_filter *filter, GError **error)
{
    const struct api_query *query = &call->query;
    const char *after = query->after;
    int64_t day = 0;
    *filter = (struct part_filter){
        .client = query->client,
        .site = query_text(query, "site"),
        .contract = query_text(query, "contract"),
        .queue = query_text(query, part == PART_AGENT ? "skill" : "queue"),
        .agent = path_agent(call) != NULL ? path_agent(call) : query_text(query, "agent"),
        .retired = g_strcmp0(query_text(query, "active"), "false") == 0,
        .limit =
            (query->allowed & PARAM_PAGE) == 0 || (part_csv_wanted(call) && !(query->given & PARAM_LIMIT))
                ? 0
                : query->limit + 1,
    };
    if ((query->given & PARAM_RANGE) == 0) /* all there is, and so the next page */
        call->query.from_ts = call->query.to_ts = 0;
    filter->from_ts = query->from_ts;
    filter->to_ts = query->to_ts;
    if (after == NULL)
        return true;
    if (part == PART_TIME_OFF)
        return int64_parse(after, &filter->after_number) || bad_cursor(call, error);
    if (part == PART_SPECIAL_DAY) {
        bool ok = cursor_parse(after, &day, &filter->after_number) && ABS(day) < QUERY_TS_MAX / DAY_S;
        filter->after_day = (int32_t)(ok ? day : 0);
        return ok || bad_cursor(call, error);
    }
    filter->after = after;
    return id_ok(after) || bad_cursor(call, error);
}

static char *cursor_of(const struct operation *view, enum part part, int index)
{
    if (part == PART_TIME_OFF)
        return g_strdup_printf("%" G_GINT64_FORMAT, view->time_off[index].number);
    if (part == PART_SPECIAL_DAY)
        return cursor_format(view->special_days[index].day, view->special_days[index].number);
    return g_strdup(part_id(view, part, index));
}

/* The first n of the view as an array; NULL on failure. */
static json_t *shown_list(struct api_call *call, const struct operation *view, enum part part, int n,
                          GError **error)
{
    AUTO(part_door) door = part_door_new(view, call->scope.role == ROLE_PLANNER);
    json_t *list = json_array();
    for (int k = 0; k < n; k++) {
        json_t *one = part_shown(door, view, part, k, error);
        if (one == NULL) {
            json_decref(list);
            return NULL;
        }
        json_array_append_new(list, one);
    }
    return list;
}

/* A list of those an agent has: the agent must be there. */
static bool agent_known(struct api_call *call, const char *agent, GError **error)
{
    struct part_filter filter = {.id = agent};
    if (!auth_agent(call, agent, error))
        return false;
    AUTO(operation) view = store_part_view(call->store, &call->scope, PART_AGENT, &filter, error);
    return view != NULL && (view->n_agents > 0 || part_unknown(PART_AGENT, agent, error));
}

bool parts_list(struct api_call *call, GError **error)
{
    enum part part = route_part(call);
    struct part_filter filter;
    const char *agent = path_agent(call);
    if ((agent != NULL && !agent_known(call, agent, error)) ||
        (call->query.client != NULL && !client_known(call, call->query.client, NULL, error)) ||
        !list_filter(call, part, &filter, error))
        return false;
    AUTO(operation) view = store_part_view(call->store, &call->scope, part, &filter, error);
    if (view == NULL)
        return false;
    int found = part_count(view, part), n = filter.limit > 0 ? MIN(found, filter.limit - 1) : found;
    json_t *list = shown_list(call, view, part, n, error);
    if (list == NULL)
        return false;
    json_t *next = json_null();
    if (found > n) {
        g_autofree char *path =
            agent != NULL ? g_strdup_printf("/v1/agents/%s/time-off", agent) : g_strdup(call->route->pattern);
        g_autofree char *cursor = cursor_of(view, part, n - 1);
        next = next_link(call, path, cursor);
    }
    if (part_csv_wanted(call)) {
        json_decref(next);
        return part_csv_reply(call, part, list);
    }
    json_t *json = json_pack("{s:o, s:o}", part_list(part), list, "next", next);
    if (agent != NULL)
        json_object_set_new(json, "agent", json_string(agent));
    return api_reply_json(call, 200, json);
}

/* --- changing one
 * ---------------------------------------------------------------------------------------------- */

/* What the path says of it: the body may repeat it, or leave it out. */
static bool settle_path(struct api_call *call, json_t *json, const char *member, const char *value)
{
    g_autofree char *pointer = g_strconcat("/", member, NULL);
    const json_t *given = json_object_get(json, member);
    if (given == NULL || json_is_null(given)) {
        json_object_set_new(json, member, json_string(value));
        return true;
    }
    if (g_strcmp0(json_string_value(given), value) == 0)
        return true;
    body_wrong(call, pointer, "is not \"%.64s\", which the path names", value);
    return false;
}

/* Ids of the agents a change needs: its own, those a meeting invites. All (NULL) for what agents are checked
   by. g_free the array. */
static const char **agents_needed(enum part part, const char *own, const json_t *json, int *n)
{
    const json_t *guests = part == PART_MEETING ? json_object_get(json, "agents") : NULL;
    *n = 0;
    if (part != PART_AGENT && part != PART_TIME_OFF && part != PART_SPECIAL_DAY && part != PART_MEETING)
        return NULL;
    const char **ids = g_new0(const char *, json_array_size(guests) + 2);
    if (own != NULL)
        ids[(*n)++] = own;
    for (size_t k = 0; k < json_array_size(guests); k++)
        if (json_is_string(json_array_get(guests, k)))
            ids[(*n)++] = json_string_value(json_array_get(guests, k));
    return ids;
}

static int find_number(const struct operation *operation, enum part part, int64_t number)
{
    for (int i = 0; i < part_count(operation, part); i++)
        if ((part == PART_TIME_OFF ? operation->time_off[i].number : operation->special_days[i].number) ==
            number)
            return i;
    return -1;
}

/* A meeting that is there is not loaded with the operation, so it is brought from a view. */
static bool bring_meeting(struct api_call *call, struct operation *operation, const char *id, bool *found,
                          GError **error)
{
    struct part_filter filter = {.id = id};
    AUTO(operation) view = store_part_view(call->store, &call->scope, PART_MEETING, &filter, error);
    if (view == NULL)
        return false;
    *found = view->n_meetings > 0;
    if (!*found)
        return true;
    int index = part_append(operation, PART_MEETING);
    struct meeting *meeting = &operation->meetings[index];
    *meeting = view->meetings[0];
    view->n_meetings = 0;
    for (int k = 0; k < meeting->n_agents; k++) {
        const char *guest = view->agents[meeting->agents[k]].id;
        int agent = operation_agent(operation, guest);
        meeting->agents[k] = agent >= 0 ? agent : part_stub(operation, PART_AGENT, guest);
    }
    return true;
}

static bool reply_changed(struct part_changing *changing, const char *path)
{
    struct api_call *call = changing->call;
    bool fresh = changing->n_created > 0;
    json_t *after = json_array_get(changing->after, 0);
    int64_t number =
        changing->part == PART_TIME_OFF      ? changing->operation->time_off[changing->indices[0]].number
        : changing->part == PART_SPECIAL_DAY ? changing->operation->special_days[changing->indices[0]].number
                                             : 0;
    if (number != 0)
        json_object_set_new(after, "number", json_integer(number));
    api_reply_json(call, fresh ? 201 : 200,
                   json_pack("{s:O, s:b, s:o}", part_member(changing->part), after, "unchanged",
                             (int)(!fresh && changing->n_changed == 0), "warnings",
                             part_warnings(changing->operation)));
    if (fresh)
        call->response.location =
            number != 0 ? g_strdup_printf("%s/%" G_GINT64_FORMAT, path, number) : g_strdup(path);
    return true;
}

/* The part of the filter becomes what the JSON says. number 0 of numbered ones: a new one. */
static bool change_one(struct api_call *call, enum part part, const struct part_filter *filter, json_t *json,
                       GError **error)
{
    int n = 0;
    bool ok = true;
    const char *own = filter->agent != NULL ? filter->agent : part == PART_AGENT ? filter->id : NULL;
    if (filter->id != NULL)
        ok = settle_path(call, json, "id", filter->id);
    if (filter->agent != NULL)
        ok = settle_path(call, json, "agent", filter->agent) && ok;
    if (!ok)
        return body_right(call, error);
    g_autofree const char **agents = agents_needed(part, own, json, &n);
    struct part_changing changing;
    struct part_given given = {.json = json, .index = -1, .number = filter->number};
    ok = part_changing_init(&changing, call, part, agents, n, error);
    bool there = false;
    if (ok && part == PART_MEETING)
        ok = bring_meeting(call, changing.operation, filter->id, &there, error);
    if (ok && part == PART_HEAD)
        given.index = 0;
    else if (ok && filter->id != NULL)
        given.index = part_find(changing.operation, part, filter->id);
    else if (ok && filter->number != 0)
        given.index = find_number(changing.operation, part, filter->number);
    if (ok && filter->agent != NULL && operation_agent(changing.operation, filter->agent) < 0)
        ok = part_unknown(PART_AGENT, filter->agent, error);
    if (ok && numbered(part) && filter->number != 0 && given.index < 0)
        ok = part_unknown(part, call->vars[call->n_vars - 1], error);
    ok = ok && part_changing_do(&changing, &given, 1, false, "", error) &&
         reply_changed(&changing, call->path);
    part_release(part, given.element);
    part_changing_clear(&changing);
    return ok;
}

bool part_put_one(struct api_call *call, GError **error)
{
    enum part part = route_part(call);
    struct part_filter filter;
    if (!path_filter(call, part, &filter, error))
        return false;
    json_t *json = body_json(call, error);
    bool ok = json != NULL && change_one(call, part, &filter, json, error);
    json_decref(json);
    return ok;
}

bool part_patch(struct api_call *call, GError **error)
{
    enum part part = route_part(call);
    struct part_filter filter;
    if (!path_filter(call, part, &filter, error))
        return false;
    json_t *patch = body_json(call, error);
    json_t *now = patch != NULL ? load_one(call, part, &filter, error) : NULL;
    bool ok = now != NULL;
    if (ok) {
        json_t *json = body_merged(now, patch);
        ok = change_one(call, part, &filter, json, error);
        json_decref(json);
    }
    json_decref(now);
    json_decref(patch);
    return ok;
}

/* POST of time off and special days, which get a number. */
bool part_post(struct api_call *call, GError **error)
{
    enum part part = route_part(call);
    struct part_filter filter = {.agent = path_agent(call)};
    if (filter.agent != NULL && !auth_agent(call, filter.agent, error))
        return false;
    json_t *json = body_json(call, error);
    bool ok = json != NULL && change_one(call, part, &filter, json, error);
    json_decref(json);
    return ok;
}

#define REFERENCES_SHOWN 20

bool part_delete(struct api_call *call, GError **error)
{
    enum part part = route_part(call);
    struct part_filter filter;
    if (!path_filter(call, part, &filter, error))
        return false;
    json_t *references = store_part_references(call->store, part, filter.id, REFERENCES_SHOWN, error);
    if (references == NULL)
        return false;
    if (json_array_size(references) > 0) {
        size_t n = json_array_size(references);
        call->problem_extra = json_pack("{s:o}", "referred_by", references);
        return wfm_fail(error, WFM_ERROR_CONFLICT,
                        "%s %s cannot go: %zu%s still refer to it, see referred_by", part_what(part),
                        filter.id, n, n == REFERENCES_SHOWN ? " or more" : "");
    }
    json_decref(references);
    return store_part_retire(call->store, part, filter.id, filter.number, filter.agent, call->actor, error) &&
           api_reply_nothing(call);
}

/* --- what an agent has as a whole
 * ------------------------------------------------------------------------------ */

/* {agent, zone, available} of an agent's JSON; takes it. */
static json_t *availability_json(json_t *agent)
{
    json_t *json =
        json_pack("{s:O, s:O, s:O}", "agent", json_object_get(agent, "id"), "zone",
                  json_object_get(agent, "zone"), "available", json_object_get(agent, "available"));
    json_decref(agent);
    return json;
}

bool agent_availability(struct api_call *call, GError **error)
{
    struct part_filter filter = {.id = call->vars[0]};
    if (!auth_agent(call, filter.id, error))
        return false;
    json_t *agent = load_one(call, PART_AGENT, &filter, error);
    return agent != NULL && api_reply_json(call, 200, availability_json(agent));
}

bool agent_availability_put(struct api_call *call, GError **error)
{
    struct part_filter filter = {.id = call->vars[0]};
    if (!auth_agent(call, filter.id, error))
        return false;
    json_t *body = body_json(call, error);
    json_t *agent = body != NULL ? load_one(call, PART_AGENT, &filter, error) : NULL;
    bool ok = agent != NULL;
    if (ok) {
        json_t *given = json_is_object(body) ? json_copy(body) : json_incref(body);
        json_object_del(given, "agent");
        json_object_del(given, "zone");
        if (json_object_size(given) != 1 || json_object_get(given, "available") == NULL)
            body_wrong(call, "", "%s", "an object with the member \"available\" is needed, and no other");
        json_t *whole = json_copy(agent);
        json_object_update(whole, given);
        ok = body_right(call, error) && change_one(call, PART_AGENT, &filter, whole, error);
        json_decref(whole);
        json_decref(given);
    }
    json_decref(agent);
    json_decref(body);
    return ok;
}
