#include "api/shift_page.h"

#include <sodium.h>
#include <string.h>

#include "api/coding.h"
#include "api/resources.h"
#include "core/error.h"

/* Of a shift with its activities, about. */
#define SHIFT_BYTES 900
/* Raised when the text of a page changes for the same shifts. */
#define PAGE_FORMAT 1

static bool page_ask(struct api_call *call, struct shift_ask *ask, GError **error)
{
    const struct api_query *query = &call->query;
    *ask = (struct shift_ask){.from_ts = query->from_ts,
                              .to_ts = query->to_ts,
                              .with_cancelled = query->cancelled,
                              .limit = query->limit + 1,
                              .versions = !call->whole && api_header(call, "If-None-Match") != NULL};
    return query->after == NULL || cursor_parse(query->after, &ask->after_ts, &ask->after_id) ||
           wfm_fail(error, WFM_ERROR_INPUT, "parameter after: take it from the `next` of a page");
}

void shift_page_ahead(struct api_call *call)
{
    struct shift_ask ask;
    if (call->query.since == NULL && page_ask(call, &ask, NULL))
        store_shifts_ahead(call->store, &ask);
}

/* Whatever the text depends on: the ask, the shifts and the agent's own data, the way they are written. */
static char *page_etag(const struct shift_ask *ask, const struct shift_list *list)
{
    struct {
        int64_t from_ts, to_ts, after_ts, after_id, limit, cancelled, format;
        unsigned char tag[SHIFT_TAG_BYTES];
    } all = {ask->from_ts, ask->to_ts,          ask->after_ts, ask->after_id,
             ask->limit,   ask->with_cancelled, PAGE_FORMAT,   {0}};
    shift_list_tag(list, all.tag);
    return api_etag(&all, sizeof(all), false);
}

void shift_write(struct json_writer *w, const struct shift_view *view, const struct zone *zone)
{
    json_object_begin(w);
    JSON_NAME(w, "id");
    json_int(w, view->id);
    JSON_NAME(w, "uid");
    json_text_value(w, view->uid);
    JSON_NAME(w, "agent");
    json_text_value(w, view->agent);
    JSON_NAME(w, "agent_name");
    json_text_value(w, view->agent_name);
    JSON_NAME(w, "site");
    json_text_value(w, view->site);
    JSON_NAME(w, "zone");
    json_text_value(w, view->zone);
    JSON_NAME(w, "start");
    json_instant(w, view->start_ts, zone);
    JSON_NAME(w, "end");
    json_instant(w, view->end_ts, zone);
    JSON_NAME(w, "paid_minutes");
    json_int(w, view->paid_minutes);
    JSON_NAME(w, "cancelled");
    json_flag(w, view->cancelled);
    JSON_NAME(w, "sequence");
    json_int(w, view->sequence);
    JSON_NAME(w, "changed");
    json_instant(w, view->changed_ts, NULL);
    JSON_NAME(w, "activities");
    json_array_begin(w);
    for (int k = 0; k < view->n_activities; k++) {
        json_object_begin(w);
        JSON_NAME(w, "kind");
        json_text_value(w, activity_kind_name(view->activities[k].kind));
        JSON_NAME(w, "start");
        json_instant(w, view->activities[k].start_ts, zone);
        JSON_NAME(w, "end");
        json_instant(w, view->activities[k].end_ts, zone);
        JSON_NAME(w, "paid");
        json_flag(w, view->activities[k].paid);
        json_object_end(w);
    }
    json_array_end(w);
    json_object_end(w);
}

/* Up to `limit` shifts; *cursor (g_free) stays NULL when there are no more. */
static bool shifts_write(struct api_call *call, struct json_writer *w, struct shift_list *list, char **cursor,
                         GError **error)
{
    const struct zone *zone = NULL;
    int n = shift_list_n(list), limit = call->query.limit;
    struct shift_view view; /* filled anew for each row; it is large */
    for (int row = 0; row < MIN(n, limit); row++) {
        if (!shift_list_view(list, row, &view, error))
            return false;
        if (zone == NULL && (zone = api_zone(call, view.zone, error)) == NULL)
            return false;
        shift_write(w, &view, zone);
    }
    if (n > limit)
        *cursor = cursor_format(view.start_ts, view.id);
    return true;
}

static bool page_write(struct api_call *call, const char *agent, const char *path, struct shift_list *list,
                       struct json_writer *w, GError **error)
{
    g_autofree char *cursor = NULL;
    json_object_begin(w);
    JSON_NAME(w, "agent");
    json_text_value(w, agent);
    JSON_NAME(w, "from");
    json_instant(w, call->query.from_ts, NULL);
    JSON_NAME(w, "to");
    json_instant(w, call->query.to_ts, NULL);
    JSON_NAME(w, "shifts");
    json_array_begin(w);
    if (!shifts_write(call, w, list, &cursor, error))
        return false;
    json_array_end(w);
    JSON_NAME(w, "next");
    if (cursor != NULL) {
        json_t *next = next_link(call, path, cursor);
        json_text_value(w, json_string_value(next));
        json_decref(next);
    } else {
        json_none(w);
    }
    json_object_end(w);
    return true;
}

/* Is it what the caller has already? Then that is the answer; the server makes a 304 of it. */
static bool unchanged(struct api_call *call, const struct shift_ask *ask, const struct shift_list *list)
{
    g_autofree char *etag = page_etag(ask, list);
    g_autofree char *packed = g_strdup_printf("%.*s" CODING_ETAG_SUFFIX "\"", (int)strlen(etag) - 1, etag);
    const char *known = api_header(call, "If-None-Match");
    char **same = api_etag_matches(known, etag) ? &etag : api_etag_matches(known, packed) ? &packed : NULL;
    if (same != NULL)
        call->response = (struct api_response){.status = 200, .etag = g_steal_pointer(same)};
    return same != NULL;
}

bool shift_page(struct api_call *call, const char *agent, const char *path, GError **error)
{
    struct shift_ask ask;
    if (!page_ask(call, &ask, error)) {
        call->query.wrong = g_strdup("after");
        return false;
    }
    if (ask.versions) {
        AUTO(shift_list) versions = NULL;
        if (!store_shift_list(call->store, &call->scope, agent, &ask, &versions, error))
            return false;
        if (unchanged(call, &ask, versions))
            return true;
        ask.versions = false;
    }
    AUTO(shift_list) list = NULL;
    if (!store_shift_list(call->store, &call->scope, agent, &ask, &list, error))
        return false;
    struct json_writer writer;
    json_writer_init(&writer, SHIFT_BYTES * (size_t)shift_list_n(list) + SHIFT_BYTES);
    if (!page_write(call, agent, path, list, &writer, error)) {
        json_writer_clear(&writer);
        return false;
    }
    call->response = (struct api_response){.status = 200, .content_type = "application/json"};
    call->response.body = json_writer_take(&writer, &call->response.length);
    call->response.etag = page_etag(&ask, list);
    return true;
}
