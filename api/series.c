#include "api/series.h"

#include <math.h>
#include <string.h>

#include "api/resources.h"
#include "core/error.h"

/* --- what is asked for
 * ----------------------------------------------------------------------------------------------- */

/* A queue the scope may see, as {id, name, client, channel, zone, …}; NULL with WFM_ERROR_NOT_FOUND. */
static json_t *queue_listed(struct api_call *call, const char *queue, GError **error)
{
    struct named_row *rows = NULL;
    int n = 0;
    if (!store_list_queues(call->store, &call->scope, NULL, &rows, &n, error))
        return NULL;
    json_t *found = NULL;
    for (int k = 0; k < n && found == NULL; k++)
        if (strcmp(rows[k].id, queue) == 0)
            found = named_row_json(&rows[k]);
    named_rows_free(rows, n);
    if (found == NULL)
        wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no queue \"%s\"", queue);
    return found;
}

/* [{"weekdays", "from_min", "to_min"}, …]. g_free. */
static struct week_span *open_hours(const json_t *queue, int *n)
{
    const json_t *list = json_object_get(queue, "open");
    *n = (int)json_array_size(list);
    struct week_span *spans = g_new0(struct week_span, (gsize)*n + 1);
    for (int i = 0; i < *n; i++) {
        const json_t *span = json_array_get(list, (size_t)i);
        spans[i] = (struct week_span){
            .weekdays = (uint8_t)json_integer_value(json_object_get(span, "weekdays")),
            .from_min = (int)json_integer_value(json_object_get(span, "from_min")),
            .to_min = (int)json_integer_value(json_object_get(span, "to_min")),
        };
    }
    return spans;
}

void asked_clear(struct asked *asked)
{
    g_free(asked->known.open);
    json_decref(asked->queue);
    *asked = (struct asked){0};
}

bool asked_queue(struct api_call *call, const char *queue, struct asked *out, GError **error)
{
    *out = (struct asked){.queue = queue_listed(call, queue, error)};
    if (out->queue == NULL)
        return false;
    out->known.id = (char *)json_string_value(json_object_get(out->queue, "id"));
    out->known.zone = (char *)json_string_value(json_object_get(out->queue, "zone"));
    out->known.open = open_hours(out->queue, &out->known.n_open);
    out->zone = api_zone(call, out->known.zone, error);
    return out->zone != NULL;
}

bool asked_init(struct api_call *call, struct asked *out, GError **error)
{
    if (!asked_queue(call, call->vars[0], out, error))
        return false;
    query_range(&call->query, out->zone, &out->from_ts, &out->to_ts);
    return true;
}

bool query_wrong(struct api_call *call, const char *parameter, GError **error, const char *text)
{
    g_free(call->query.wrong);
    call->query.wrong = g_strdup(parameter);
    return wfm_fail(error, WFM_ERROR_INPUT, "parameter %s: %s", parameter, text);
}

bool range_given(struct api_call *call, GError **error)
{
    if ((call->query.given & PARAM_RANGE) == PARAM_RANGE)
        return true;
    return query_wrong(call, call->query.given & PARAM_FROM ? "to" : "from", error,
                       "is needed; say the span");
}

json_t *series_head(const struct asked *asked, const struct grid *grid)
{
    return json_pack("{s:O, s:O, s:O, s:O, s:o, s:o, s:o}", "queue", json_object_get(asked->queue, "id"),
                     "client", json_object_get(asked->queue, "client"), "channel",
                     json_object_get(asked->queue, "channel"), "zone", json_object_get(asked->queue, "zone"),
                     "from", api_json_instant(asked->from_ts, asked->zone), "to",
                     api_json_instant(asked->to_ts, asked->zone), "interval_minutes",
                     grid->n > 0 ? json_integer(grid->interval_s / 60) : json_null());
}

/* --- what is accepted
 * ------------------------------------------------------------------------------------------------ */

/* Weight of the best range of an Accept header for type/subtype; 0: none. */
static double accepted(const char *accept, const char *type, const char *subtype)
{
    g_auto(GStrv) ranges = g_strsplit(accept, ",", 32);
    int best = 0;
    double weight = 0;
    for (int i = 0; ranges[i] != NULL; i++) {
        g_auto(GStrv) parts = g_strsplit(ranges[i], ";", 8);
        if (parts[0] == NULL)
            continue;
        g_autofree char *whole = g_strdup_printf("%s/%s", type, subtype);
        g_autofree char *any = g_strdup_printf("%s/*", type);
        const char *range = g_strstrip(parts[0]);
        int exact = g_ascii_strcasecmp(range, whole) == 0 ? 3
                    : g_ascii_strcasecmp(range, any) == 0 ? 2
                    : strcmp(range, "*/*") == 0           ? 1
                                                          : 0;
        double q = 1;
        for (int k = 1; parts[k] != NULL; k++)
            if (g_str_has_prefix(g_strstrip(parts[k]), "q="))
                q = CLAMP(g_ascii_strtod(parts[k] + 2, NULL), 0, 1);
        if (exact > best) {
            best = exact;
            weight = q;
        }
    }
    return weight;
}

bool rows_csv(const struct api_call *call)
{
    return call->accept != NULL &&
           accepted(call->accept, "text", "csv") > accepted(call->accept, "application", "json");
}

/* --- rows
 * -----------------------------------------------------------------------------------------------------------
 */

static void csv_text(GString *out, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        g_string_append(out, text);
        return;
    }
    g_string_append_c(out, '"');
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '"')
            g_string_append_c(out, '"');
        g_string_append_c(out, *p);
    }
    g_string_append_c(out, '"');
}

void rows_begin(struct rows_out *rows, bool csv, const char *const *names, const char *first_name,
                const char *first, const double *levels, int n_levels)
{
    *rows = (struct rows_out){
        .text = g_string_new(NULL), .csv = csv, .names = names, .first = first_name != NULL ? first : NULL};
    if (!csv)
        return;
    const char *between = "";
    if (first_name != NULL) {
        g_string_append(rows->text, first_name);
        between = ",";
    }
    for (int i = 0; names[i] != NULL; i++) {
        bool many = strcmp(names[i], "quantiles") == 0;
        for (int l = 0; many && l < n_levels; l++) {
            g_string_append_printf(rows->text, "%sq%g", between, levels[l]);
            between = ",";
        }
        if (!many)
            g_string_append_printf(rows->text, "%s%s", between, names[i]);
        between = ",";
    }
    g_string_append(rows->text, "\r\n");
}

/* What stands before a value. */
static void open_value(struct rows_out *rows)
{
    if (rows->csv) {
        if (rows->at == 0 && rows->first != NULL)
            csv_text(rows->text, rows->first);
        if (rows->at > 0 || rows->first != NULL)
            g_string_append_c(rows->text, ',');
        return;
    }
    const char *before = rows->at > 0 ? "," : rows->text->len > 0 ? ",{" : "{";
    g_string_append_printf(rows->text, "%s\"%s\":", before, rows->names[rows->at]);
}

/* What stands behind it. */
static void close_value(struct rows_out *rows)
{
    if (rows->names[++rows->at] != NULL)
        return;
    g_string_append(rows->text, rows->csv ? "\r\n" : "}");
    rows->at = 0;
}

static void put_real(const struct rows_out *rows, double value)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    if (isfinite(value))
        g_string_append(rows->text, g_ascii_formatd(number, sizeof number, "%.10g", value));
    else if (!rows->csv)
        g_string_append(rows->text, "null");
}

void rows_real(struct rows_out *rows, double value)
{
    open_value(rows);
    put_real(rows, value);
    close_value(rows);
}

void rows_exact(struct rows_out *rows, double value)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    if (!isfinite(value)) {
        rows_real(rows, value);
        return;
    }
    if (g_ascii_strtod(g_ascii_formatd(number, sizeof number, "%.15g", value), NULL) != value)
        g_ascii_formatd(number, sizeof number, "%.17g", value);
    open_value(rows);
    g_string_append(rows->text, number);
    close_value(rows);
}

void rows_int(struct rows_out *rows, int64_t value)
{
    open_value(rows);
    g_string_append_printf(rows->text, "%" G_GINT64_FORMAT, value);
    close_value(rows);
}

void rows_reals(struct rows_out *rows, const double *values, int n, size_t stride)
{
    if (rows->csv && n == 0) { /* no column either */
        close_value(rows);
        return;
    }
    open_value(rows);
    g_string_append(rows->text, rows->csv ? "" : "[");
    for (int i = 0; i < n; i++) {
        g_string_append(rows->text, i > 0 ? "," : "");
        put_real(rows, values[(size_t)i * stride]);
    }
    g_string_append(rows->text, rows->csv ? "" : "]");
    close_value(rows);
}

void rows_text(struct rows_out *rows, const char *text)
{
    open_value(rows);
    if (rows->csv) {
        csv_text(rows->text, text != NULL ? text : "");
    } else if (text == NULL) {
        g_string_append(rows->text, "null");
    } else {
        json_t *string = json_string(text);
        char *quoted = json_dumps(string, JSON_ENCODE_ANY);
        g_string_append(rows->text, quoted);
        free(quoted);
        json_decref(string);
    }
    close_value(rows);
}

void rows_instant(struct rows_out *rows, int64_t ts, const struct zone *zone)
{
    g_autofree char *text = time_format(ts, zone);
    open_value(rows);
    g_string_append_printf(rows->text, rows->csv ? "%s" : "\"%s\"", text);
    close_value(rows);
}

void rows_clear(struct rows_out *rows)
{
    if (rows->text != NULL)
        g_string_free(rows->text, TRUE);
    rows->text = NULL;
}

bool rows_reply(struct api_call *call, struct rows_out *rows, json_t *head, const char *key)
{
    if (!rows->csv) {
        char *before = json_dumps(head, JSON_COMPACT | JSON_REAL_PRECISION(10));
        size_t length = strlen(before);
        before[length - 1] = '\0'; /* the brace comes last */
        g_autofree char *open = g_strdup_printf("%s%s\"%s\":[", before, length > 2 ? "," : "", key);
        g_string_prepend(rows->text, open);
        g_string_append(rows->text, "]}");
        free(before);
    }
    json_decref(head);
    size_t length = rows->text->len;
    char *text = g_string_free(g_steal_pointer(&rows->text), FALSE);
    return api_reply_text(call, 200, rows->csv ? "text/csv; charset=utf-8" : "application/json", text, length,
                          true);
}
