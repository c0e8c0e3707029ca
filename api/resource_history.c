/* What happened: uploaded, put on record, read. */
#include <math.h>
#include <string.h>

#include "api/resources.h"
#include "api/series.h"
#include "api/unpack.h"
#include "core/error.h"

#define IMPORTS_PATH "/v1/imports"
#define BODY_NAME "body" /* of the file, in messages and on record */

/* --- upload
 * ---------------------------------------------------------------------------------------------------------
 */

static const struct {
    const char *type;
    enum history_form form;
} forms[] = {
    {"text/csv", HISTORY_CSV},
    {"application/json", HISTORY_JSON},
    {"application/x-ndjson", HISTORY_NDJSON},
    {"application/ndjson", HISTORY_NDJSON},
    {"application/jsonl", HISTORY_NDJSON},
};

static bool form_of(const struct api_call *call, enum history_form *form, GError **error)
{
    const char *type = api_header(call, "Content-Type");
    g_autofree char *bare = type != NULL ? g_strndup(type, strcspn(type, "; \t")) : NULL;
    for (size_t i = 0; bare != NULL && i < G_N_ELEMENTS(forms); i++)
        if (g_ascii_strcasecmp(bare, forms[i].type) == 0) {
            *form = forms[i].form;
            return true;
        }
    return wfm_fail(
        error, WFM_ERROR_MEDIA_TYPE,
        "history is text/csv, application/json or application/x-ndjson; say which in Content-Type");
}

static bool format_of(const struct api_call *call, struct history_format *format, GError **error)
{
    const struct api_query *query = &call->query;
    const char *separator = query_text(query, "separator"), *minutes = query_text(query, "interval_minutes");
    const char *const *only = query_list(query, "only");
    int64_t interval_min = 0;
    if (minutes != NULL)
        int64_parse(minutes, &interval_min);
    *format = (struct history_format){
        .preset = query_text(query, "preset"),
        .map = query_list(query, "map"),
        .separator = separator == NULL               ? '\0'
                     : strcmp(separator, "tab") == 0 ? '\t'
                                                     : *separator,
        .decimal_comma = query_flag(query, "decimal_comma"),
        .zone = query_text(query, "zone"),
        .interval_min = (int)interval_min,
        .queue = query_text(query, "queue"),
        .only = only[0] != NULL ? only : NULL,
    };
    return form_of(call, &format->form, error);
}

/* `errors` of the problem: [{line, column, value, detail}]. */
static void tell_bad(struct api_call *call, const GPtrArray *bad)
{
    json_t *list = json_array();
    for (guint i = 0; i < bad->len; i++) {
        const struct history_bad *row = g_ptr_array_index(bad, i);
        json_t *error = json_pack("{s:s}", "detail", row->detail);
        if (row->line > 0)
            json_object_set_new(error, "line", json_integer(row->line));
        if (row->column != NULL)
            json_object_set_new(error, "column", json_string(row->column));
        if (row->value != NULL)
            json_object_set_new(error, "value", json_string(row->value));
        json_array_append_new(list, error);
    }
    if (call->problem_extra == NULL)
        call->problem_extra = json_object();
    json_object_set_new(call->problem_extra, "errors", list);
}

static json_t *report_json(const struct import_report *report)
{
    return json_pack("{s:o, s:I, s:I, s:I, s:I, s:o, s:o}", "id",
                     report->id != 0 ? json_integer(report->id) : json_null(), "rows",
                     (json_int_t)report->rows, "inserted", (json_int_t)report->inserted, "updated",
                     (json_int_t)report->updated, "unchanged", (json_int_t)report->unchanged, "from",
                     report->end_ts != 0 ? api_json_instant(report->start_ts, NULL) : json_null(), "to",
                     report->end_ts != 0 ? api_json_instant(report->end_ts, NULL) : json_null());
}

static bool reply_report(struct api_call *call, const struct import_report *report, bool dry)
{
    json_t *json = report_json(report);
    json_object_set_new(json, "dry_run", json_boolean(dry));
    api_reply_json(call, dry ? 200 : 201, json);
    if (!dry)
        call->response.location = g_strdup_printf(IMPORTS_PATH "/%" G_GINT64_FORMAT, report->id);
    return true;
}

bool history_upload(struct api_call *call, GError **error)
{
    bool dry = query_flag(&call->query, "dry_run");
    struct import_report report = {0};
    struct history_format format;
    g_autoptr(GPtrArray) bad = g_ptr_array_new_with_free_func((GDestroyNotify)history_bad_free);
    g_autoptr(GError) why = NULL;
    if (!format_of(call, &format, error))
        return false;
    FILE *stream = body_stream(call, error);
    if (stream == NULL)
        return false;
    format.stream = stream;
    format.bad = bad;
    bool ok = dry ? store_history_try(call->store, BODY_NAME, &format, &report, &why)
                  : store_history_import(call->store, BODY_NAME, &format, call->actor, &report, &why);
    if (!ok && ferror(stream) && api_header(call, "Content-Encoding") != NULL)
        ok = wfm_fail(error, WFM_ERROR_INPUT, "the body is not gzip, broken, or too large when unpacked");
    else if (!ok)
        g_propagate_error(error, g_steal_pointer(&why));
    fclose(stream);
    if (!ok && bad->len > 0)
        tell_bad(call, bad);
    return ok && reply_report(call, &report, dry);
}

/* --- what was uploaded
 * ---------------------------------------------------------------------------------------------- */

static json_t *import_json(const struct history_import *import)
{
    json_t *json = report_json(&import->report), *queues = json_array();
    for (char **queue = import->queues; *queue != NULL; queue++)
        json_array_append_new(queues, json_string(*queue));
    json_object_set_new(json, "queues", queues);
    json_object_set_new(json, "source", api_json_text(import->source));
    json_object_set_new(json, "created", api_json_instant(import->created_ts, NULL));
    json_object_set_new(json, "created_by", api_json_text(import->created_by));
    return json;
}

bool imports_list(struct api_call *call, GError **error)
{
    struct history_import *imports = NULL;
    int64_t before = 0;
    int n = 0, limit = call->query.limit;
    if (call->query.after != NULL && (!int64_parse(call->query.after, &before) || before < 1))
        return query_wrong(call, "after", error, "take it from the `next` of a page");
    if (!store_history_imports(call->store, &call->scope, 0, before, limit + 1, &imports, &n, error))
        return false;
    json_t *list = json_array(), *next = json_null();
    for (int i = 0; i < MIN(n, limit); i++)
        json_array_append_new(list, import_json(&imports[i]));
    if (n > limit) {
        g_autofree char *cursor = g_strdup_printf("%" G_GINT64_FORMAT, imports[limit - 1].id);
        next = next_link(call, IMPORTS_PATH, cursor);
    }
    history_imports_free(imports, n);
    return api_reply_json(call, 200, json_pack("{s:o, s:o}", "imports", list, "next", next));
}

bool import_get(struct api_call *call, GError **error)
{
    struct history_import *imports = NULL;
    int64_t id;
    int n = 0;
    if (!path_number(call, 0, "import", &id, error) ||
        !store_history_imports(call->store, &call->scope, id, 0, 1, &imports, &n, error))
        return false;
    bool ok = n > 0 ? api_reply_json(call, 200, import_json(&imports[0]))
                    : wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no import %" G_GINT64_FORMAT, id);
    history_imports_free(imports, n);
    return ok;
}

/* --- history of a queue
 * --------------------------------------------------------------------------------------------- */

bool queue_history(struct api_call *call, GError **error)
{
    /* the names are those of the upload, so that what is read can be sent back */
    static const char *const names[] = {"interval_start", "interval_minutes", "offered",      "answered",
                                        "abandoned",      "handle_seconds",   "wait_seconds", NULL};
    struct asked asked;
    struct history_point *points = NULL;
    int n = 0;
    bool ok = asked_init(call, &asked, error) && range_given(call, error) &&
              store_history_points(call->store, &call->scope, call->vars[0], asked.from_ts, asked.to_ts,
                                   &points, &n, error);
    if (ok) {
        struct rows_out rows;
        const struct grid none = {0};
        rows_begin(&rows, rows_csv(call), names, "queue", asked.known.id, NULL, 0);
        for (int i = 0; i < n; i++) {
            rows_instant(&rows, points[i].start_ts, asked.zone);
            rows_int(&rows, points[i].interval_s / 60);
            rows_exact(&rows, points[i].offered);
            rows_exact(&rows, points[i].answered);
            rows_exact(&rows, points[i].abandoned);
            rows_exact(&rows, points[i].handle_s);
            rows_exact(&rows, points[i].wait_s);
        }
        json_t *head = series_head(&asked, &none);
        json_object_del(head, "interval_minutes"); /* rows may differ */
        ok = rows_reply(call, &rows, head, "rows");
    }
    g_free(points);
    asked_clear(&asked);
    return ok;
}
