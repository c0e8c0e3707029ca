#include <string.h>

#include "api/changes.h"
#include "api/resources.h"
#include "core/error.h"

#define EVERY_MS 1000
#define EVENTS_AT_ONCE 100

static bool wrong(struct api_call *call, const char *name, GError **error, const char *what)
{
    call->query.wrong = g_strdup(name);
    return wfm_fail(error, WFM_ERROR_INPUT, "parameter %s: %s", name, what);
}

/* since: a cursor, "now", or nothing: the beginning. A stream that comes back says where it was. */
static bool read_since(struct api_call *call, struct change_cursor *since, GError **error)
{
    const char *text = call->query.since, *last = api_header(call, "Last-Event-ID");
    if (last != NULL && change_cursor_parse(last, since))
        return true;
    *since = (struct change_cursor){0};
    if (text == NULL)
        return true;
    if (strcmp(text, "now") == 0)
        return store_changes_end(call->store, since, error);
    return change_cursor_parse(text, since) ||
           wrong(call, "since", error, "take it from the `next` of an answer, or say now");
}

/* Kinds of the query; g_strfreev. */
static char **read_kinds(struct api_call *call, GError **error)
{
    const char *text = query_text(&call->query, "kinds");
    g_auto(GStrv) kinds = text != NULL ? g_strsplit(text, ",", CHANGE_KINDS_MAX + 1) : g_new0(char *, 1);
    bool ok = g_strv_length(kinds) <= CHANGE_KINDS_MAX;
    for (int k = 0; ok && kinds[k] != NULL; k++)
        ok = change_kind_ok(kinds[k]);
    if (ok)
        return g_steal_pointer(&kinds);
    wrong(call, "kinds", error,
          "kinds such as roster.published or time_off.*, at most 20, with commas between");
    return NULL;
}

/* --- as server-sent events */

struct listener {
    enum role role;
    char *client, *agent;
    char **kinds;
    struct change_cursor since;
};

static void listener_free(void *state)
{
    struct listener *listener = state;
    g_free(listener->client);
    g_free(listener->agent);
    g_strfreev(listener->kinds);
    g_free(listener);
}

static bool listen_poll(void *state, struct store *store, GString *out, bool *more, GError **error)
{
    struct listener *listener = state;
    const struct scope scope = {listener->role, listener->client, listener->agent};
    struct change *changes = NULL;
    int n = 0;
    bool rest = false;
    if (!store_changes(store, &scope, listener->since, (const char *const *)listener->kinds, EVENTS_AT_ONCE,
                       &changes, &n, &listener->since, &rest, error))
        return false;
    for (int k = 0; k < n; k++) {
        g_autofree char *id = change_cursor_format(changes[k].at);
        api_event_append(out, id, changes[k].kind, change_json(&changes[k], listener->role == ROLE_PLANNER));
    }
    changes_free(changes, n);
    *more = true;
    return true;
}

static bool wants_events(const struct api_call *call)
{
    return call->accept != NULL && strstr(call->accept, "text/event-stream") != NULL;
}

static bool reply_events(struct api_call *call, struct change_cursor since, char **kinds)
{
    struct listener *listener = g_new0(struct listener, 1);
    *listener = (struct listener){.role = call->scope.role,
                                  .client = g_strdup(call->scope.client),
                                  .agent = g_strdup(call->scope.agent),
                                  .kinds = g_strdupv(kinds),
                                  .since = since};
    const struct api_stream stream = {.content_type = "text/event-stream",
                                      .every_ms = EVERY_MS,
                                      .store = true,
                                      .poll = listen_poll,
                                      .free = listener_free,
                                      .state = listener};
    return api_reply_stream(call, &stream);
}

/* --- as a page */

static bool reply_page(struct api_call *call, struct change_cursor since, char **kinds, GError **error)
{
    struct change *changes = NULL;
    struct change_cursor next = {0};
    int n = 0;
    bool more = false;
    if (!store_changes(call->store, &call->scope, since, (const char *const *)kinds, call->query.limit,
                       &changes, &n, &next, &more, error))
        return false;
    json_t *items = json_array();
    for (int k = 0; k < n; k++)
        json_array_append_new(items, change_json(&changes[k], call->scope.role == ROLE_PLANNER));
    changes_free(changes, n);
    g_autofree char *cursor = change_cursor_format(next);
    g_autoptr(GString) link = g_string_new(NULL);
    g_string_append_printf(link, "/v1/changes?since=%s&limit=%d", cursor, call->query.limit);
    if (query_text(&call->query, "kinds") != NULL)
        g_string_append_printf(link, "&kinds=%s", query_text(&call->query, "kinds"));
    return api_reply_json(call, 200,
                          json_pack("{s:o, s:s, s:b, s:s, s:s}", "items", items, "zone", "UTC", "more",
                                    (int)more, "cursor", cursor, "next", link->str));
}

bool changes_list(struct api_call *call, GError **error)
{
    struct change_cursor since;
    g_auto(GStrv) kinds = read_kinds(call, error);
    if (kinds == NULL || !read_since(call, &since, error))
        return false;
    return wants_events(call) ? reply_events(call, since, kinds) : reply_page(call, since, kinds, error);
}
