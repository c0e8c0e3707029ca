#include <string.h>

#include "api/body.h"
#include "api/engines.h"
#include "api/resources.h"
#include "core/error.h"
#include "core/store/run.h"

#define MESSAGES_SHOWN 100 /* beside a run; /messages has all */
#define EVENTS_EVERY_MS 500
/* A run's last words may come just after its end. */
#define LOOKS_AFTER_END 2

static json_t *message_json(const struct run_message *message, const struct zone *zone)
{
    return json_pack("{s:i, s:o, s:s, s:s}", "seq", message->seq, "at",
                     api_json_instant(message->at_ts, zone), "severity", run_severity_name(message->severity),
                     "text", message->text);
}

static json_t *messages_json(const struct run_message *messages, int n, const struct zone *zone)
{
    json_t *list = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(list, message_json(&messages[i], zone));
    return list;
}

static json_t *run_json(const struct run_info *run, const struct zone *zone)
{
    json_t *progress = json_loads(run->progress_json, 0, NULL);
    if (json_object_size(progress) == 0) {
        json_decref(progress);
        progress = json_null();
    }
    json_t *json =
        json_pack("{s:I, s:s, s:s, s:o}", "id", (json_int_t)run->id, "kind", run_kind_name(run->kind),
                  "state", run_state_name(run->state), "ask", json_loads(run->ask_json, 0, NULL));
    json_object_set_new(json, "progress", progress);
    json_object_set_new(json, "result", json_loads(run->result_json, 0, NULL));
    json_object_set_new(json, "error", api_json_text(run->error));
    json_object_set_new(json, "cancel_asked", json_boolean(run->cancel_asked));
    json_object_set_new(json, "attempt", json_integer(run->attempt));
    json_object_set_new(json, "attempts_max", json_integer(run->attempts_max));
    json_object_set_new(json, "worker", api_json_text(run->worker));
    json_object_set_new(json, "zone", json_string(run->zone));
    json_object_set_new(json, "created", api_json_instant(run->created_ts, zone));
    json_object_set_new(json, "created_by", api_json_text(run->created_by));
    json_object_set_new(json, "not_before", api_json_instant(run->not_before_ts, zone));
    json_object_set_new(json, "started", api_json_instant_or_null(run->started_ts, zone));
    json_object_set_new(json, "finished", api_json_instant_or_null(run->finished_ts, zone));
    return json;
}

/* In lists, without what is only looked at in one. */
static json_t *run_line_json(const struct run_info *run, const struct zone *zone)
{
    json_t *json = run_json(run, zone);
    json_object_del(json_object_get(json, "progress"), "trace");
    return json;
}

/* --- one and many
 * ------------------------------------------------------------------------------------------------------ */

static bool filter_of(struct api_call *call, struct run_filter *filter, GError **error)
{
    enum run_state state;
    enum run_kind kind;
    *filter = (struct run_filter){.state = query_text(&call->query, "state"),
                                  .kind = query_text(&call->query, "kind"),
                                  .limit = call->query.limit + 1};
    const char *after = call->query.after, *wrong = NULL;
    if (after != NULL && (!int64_parse(after, &filter->before) || filter->before < 1))
        wrong = "after";
    else if (filter->state != NULL && !run_state_parse(filter->state, &state))
        wrong = "state";
    else if (filter->kind != NULL && !run_kind_parse(filter->kind, &kind))
        wrong = "kind";
    if (wrong == NULL)
        return true;
    call->query.wrong = g_strdup(wrong);
    return wfm_fail(error, WFM_ERROR_INPUT, "parameter %s: %s", wrong,
                    strcmp(wrong, "after") == 0   ? "take it from the `next` of a page"
                    : strcmp(wrong, "state") == 0 ? "one of queued, running, done, failed, cancelled"
                                                  : "one of forecast, staff, roster, simulate, plan, replan");
}

bool runs_list(struct api_call *call, GError **error)
{
    struct run_filter filter;
    struct run_info *runs = NULL;
    int n = 0, limit = call->query.limit;
    if (!filter_of(call, &filter, error) ||
        !store_run_list(call->store, &call->scope, &filter, &runs, &n, error))
        return false;
    const struct zone *zone = n > 0 ? api_zone(call, runs[0].zone, error) : NULL;
    bool ok = n == 0 || zone != NULL;
    json_t *list = json_array(), *next = json_null();
    for (int i = 0; ok && i < MIN(n, limit); i++)
        json_array_append_new(list, run_line_json(&runs[i], zone));
    if (n > limit) {
        g_autofree char *cursor = g_strdup_printf("%" G_GINT64_FORMAT, runs[limit - 1].id);
        next = next_link(call, "/v1/runs", cursor);
    }
    for (int i = 0; i < n; i++)
        run_info_clear(&runs[i]);
    g_free(runs);
    json_t *json = json_pack("{s:o, s:o}", "runs", list, "next", next);
    if (ok)
        return api_reply_json(call, 200, json);
    json_decref(json);
    return false;
}

static bool reply_run(struct api_call *call, int64_t id, int status, GError **error)
{
    struct run_info run = {.id = 0};
    struct run_message *messages = NULL;
    int n = 0;
    if (!store_run_find(call->store, &call->scope, id, &run, error))
        return false;
    const struct zone *zone = api_zone(call, run.zone, error);
    bool ok = zone != NULL && store_run_messages(call->store, &call->scope, id, run.last_seq - MESSAGES_SHOWN,
                                                 MESSAGES_SHOWN, &messages, &n, error);
    json_t *json = ok ? run_json(&run, zone) : NULL;
    if (ok)
        json_object_set_new(json, "messages", messages_json(messages, n, zone));
    if (ok && status == 202)
        status = run_state_ended(run.state) ? 200 : 202;
    run_messages_free(messages, n);
    run_info_clear(&run);
    return ok && api_reply_json(call, status, json);
}

/* 202 and where to look. */
static bool reply_accepted(struct api_call *call, int64_t id, GError **error)
{
    if (!reply_run(call, id, 202, error))
        return false;
    call->response.location = g_strdup_printf("/v1/runs/%" G_GINT64_FORMAT, id);
    return true;
}

bool run_get(struct api_call *call, GError **error)
{
    int64_t id;
    return path_number(call, 0, "run", &id, error) && reply_run(call, id, 200, error);
}

bool run_messages(struct api_call *call, GError **error)
{
    int64_t id, after = 0;
    struct run_info run = {.id = 0};
    struct run_message *messages = NULL;
    int n = 0, limit = call->query.limit;
    if (!path_number(call, 0, "run", &id, error))
        return false;
    if (call->query.after != NULL &&
        (!int64_parse(call->query.after, &after) || after < 1 || after > G_MAXINT)) {
        call->query.wrong = g_strdup("after");
        return wfm_fail(error, WFM_ERROR_INPUT, "parameter after: take it from the `next` of a page");
    }
    if (!store_run_find(call->store, &call->scope, id, &run, error))
        return false;
    const struct zone *zone = api_zone(call, run.zone, error);
    bool ok = zone != NULL &&
              store_run_messages(call->store, &call->scope, id, (int)after, limit + 1, &messages, &n, error);
    run_info_clear(&run);
    if (!ok)
        return false;
    json_t *next = json_null();
    if (n > limit) {
        g_autofree char *path = g_strdup_printf("/v1/runs/%" G_GINT64_FORMAT "/messages", id);
        g_autofree char *cursor = g_strdup_printf("%d", messages[limit - 1].seq);
        next = next_link(call, path, cursor);
    }
    json_t *json = json_pack("{s:I, s:o, s:o}", "run", (json_int_t)id, "messages",
                             messages_json(messages, MIN(n, limit), zone), "next", next);
    run_messages_free(messages, n);
    return api_reply_json(call, 200, json);
}

/* --- asking
 * ------------------------------------------------------------------------------------------------------ */

/* Hands on what the engine found wrong. */
static void take_errors(struct api_call *call, const json_t *errors)
{
    size_t i;
    json_t *item;
    json_array_foreach(errors, i, item) body_wrong(call, json_string_value(json_object_get(item, "pointer")),
                                                   "%s", json_string_value(json_object_get(item, "detail")));
}

bool run_create(struct api_call *call, GError **error)
{
    enum run_kind kind;
    g_autofree char *ask = NULL;
    g_autoptr(GError) cause = NULL;
    int64_t id;
    if (call->engines->run_ask == NULL)
        return wfm_fail(error, WFM_ERROR_ABSENT, "this service takes no runs");
    json_t *body = body_json(call, error), *errors = json_array();
    bool ok = body != NULL && call->engines->run_ask(call->store, body, &kind, &ask, errors, &cause);
    take_errors(call, errors);
    json_decref(body);
    json_decref(errors);
    if (cause != NULL && body_right(call, error))
        g_propagate_error(error, g_steal_pointer(&cause));
    return ok && store_run_enqueue(call->store, kind, ask, RUN_ATTEMPTS_DEFAULT, call->actor, &id, error) &&
           reply_accepted(call, id, error);
}

bool run_cancel(struct api_call *call, GError **error)
{
    int64_t id;
    return path_number(call, 0, "run", &id, error) && body_empty(call, error) &&
           store_run_cancel(call->store, id, call->actor, error) && reply_run(call, id, 202, error);
}

bool run_retry(struct api_call *call, GError **error)
{
    int64_t id;
    return path_number(call, 0, "run", &id, error) && body_empty(call, error) &&
           store_run_retry(call->store, id, call->actor, error) && reply_accepted(call, id, error);
}

/* --- events
 * ------------------------------------------------------------------------------------------------------ */

/* The id of an event is "SEQ.REVISION": the last message told, and the state of the run told. */
struct watching {
    int64_t run;
    int seq;
    int64_t revision;
    int looks; /* at the ended run */
    const struct zone *zone;
};

static void append(GString *out, const struct watching *watching, const char *event, json_t *json)
{
    g_autofree char *id = g_strdup_printf("%d.%" G_GINT64_FORMAT, watching->seq, watching->revision);
    api_event_append(out, id, event, json);
}

static bool append_messages(struct watching *watching, struct store *store, GString *out, GError **error)
{
    struct run_message *messages = NULL;
    int n = 0;
    if (!store_run_messages(store, &scope_planner, watching->run, watching->seq, 0, &messages, &n, error))
        return false;
    for (int i = 0; i < n; i++) {
        watching->seq = messages[i].seq;
        append(out, watching, "message", message_json(&messages[i], watching->zone));
    }
    run_messages_free(messages, n);
    return true;
}

static bool look(void *user, struct store *store, GString *out, bool *more, GError **error)
{
    struct watching *watching = user;
    struct run_info run = {.id = 0};
    if (!store_run_find(store, &scope_planner, watching->run, &run, error))
        return false;
    bool ended = run_state_ended(run.state), ok = true;
    watching->looks += ended;
    if (run.last_seq > watching->seq)
        ok = append_messages(watching, store, out, error);
    bool last = ended && watching->looks > LOOKS_AFTER_END;
    if (ok && (last || (!ended && run.revision != watching->revision))) {
        watching->revision = run.revision;
        append(out, watching, last ? "done" : "progress", run_json(&run, watching->zone));
    }
    *more = !last;
    run_info_clear(&run);
    return ok;
}

/* What a client has seen already, by the header it sends when it comes again. */
static void resume(struct watching *watching, const char *last_id)
{
    g_auto(GStrv) parts = last_id != NULL ? g_strsplit(last_id, ".", 2) : NULL;
    int64_t seq, revision;
    if (parts == NULL || parts[0] == NULL || parts[1] == NULL || !int64_parse(parts[0], &seq) ||
        !int64_parse(parts[1], &revision) || seq < 0 || seq > RUN_MESSAGES_MAX)
        return;
    watching->seq = (int)seq;
    watching->revision = revision;
}

bool run_events(struct api_call *call, GError **error)
{
    int64_t id;
    struct run_info run = {.id = 0};
    if (!path_number(call, 0, "run", &id, error) ||
        !store_run_find(call->store, &call->scope, id, &run, error))
        return false;
    const struct zone *zone = api_zone(call, run.zone, error);
    run_info_clear(&run);
    if (zone == NULL)
        return false;
    struct watching *watching = g_new0(struct watching, 1);
    watching->run = id;
    watching->zone = zone;
    resume(watching, api_header(call, "Last-Event-ID"));
    const struct api_stream stream = {.content_type = "text/event-stream",
                                      .every_ms = EVENTS_EVERY_MS,
                                      .store = true,
                                      .poll = look,
                                      .free = g_free,
                                      .state = watching};
    return api_reply_stream(call, &stream);
}
