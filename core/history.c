#include "core/history.h"

#include <math.h>
#include <string.h>

#include "core/csv.h"
#include "core/error.h"
#include "core/grid.h"
#include "core/history_json.h"
#include "core/operation.h"
#include "core/text.h"

#define COUNT_MAX 1e9
#define SECONDS_MAX 1e12
#define QUEUE_BYTES_MAX 200
#define STAMP_MAX 40
/* Years beyond are slips of the pen or of an export; a series from there to now would take all memory. */
#define START_TS_MIN INT64_C(0)          /* 1970 */
#define START_TS_MAX INT64_C(4102444800) /* 2100 */

/* What a column means. */
enum field {
    F_QUEUE,
    F_START,
    F_END,
    F_MINUTES,
    F_OFFERED,
    F_ANSWERED,
    F_ABANDONED,
    F_HANDLE,
    F_AHT,
    F_AFTER,
    F_WAIT,
    F_N
};

static const char *const ours[F_N] = {
    [F_QUEUE] = "queue",
    [F_START] = "interval_start",
    [F_END] = "interval_end",
    [F_MINUTES] = "interval_minutes",
    [F_OFFERED] = "offered",
    [F_ANSWERED] = "answered",
    [F_ABANDONED] = "abandoned",
    [F_HANDLE] = "handle_seconds",
    [F_AHT] = "aht_seconds",
    [F_AFTER] = "after_seconds", /* added to aht_seconds: after-contact work told apart */
    [F_WAIT] = "wait_seconds",
};

struct preset {
    const char *name;
    const char *theirs[F_N]; /* header names; NULL: the file has no such column */
    int position[F_N];       /* without a header: 1-based column, 0 = none */
    bool no_header;
    bool compact_stamp; /* "20210218 08:00" in local time, instead of RFC 3339 */
    int interval_min;   /* 0: a column or the caller says it */
};

/* Genesys Cloud: "Historical data import" (UTC instants, quarter hours). Calabrio: forecast import and
   export, fields in fixed order. Amazon Connect: the import template of forecasting; its value columns carry
   these names in the template we know of, others are reached with a map. */
static const struct preset presets[] = {
    {.name = "wfm",
     .theirs = {[F_QUEUE] = "queue",
                [F_START] = "interval_start",
                [F_MINUTES] = "interval_minutes",
                [F_OFFERED] = "offered",
                [F_ANSWERED] = "answered",
                [F_ABANDONED] = "abandoned",
                [F_HANDLE] = "handle_seconds",
                [F_AHT] = "aht_seconds",
                [F_WAIT] = "wait_seconds"}},
    {.name = "genesys",
     .theirs = {[F_QUEUE] = "Queue",
                [F_START] = "Interval Start UTC Date",
                [F_OFFERED] = "Offered",
                [F_ANSWERED] = "Interactions Handled",
                [F_HANDLE] = "Total Handle Time (Seconds)"},
     .interval_min = 15},
    {.name = "calabrio",
     .position = {[F_QUEUE] = 1, [F_START] = 2, [F_END] = 3, [F_OFFERED] = 4, [F_AHT] = 5, [F_AFTER] = 6},
     .no_header = true,
     .compact_stamp = true},
    {.name = "connect",
     .theirs = {[F_QUEUE] = "QueueName",
                [F_START] = "TimeStamp",
                [F_OFFERED] = "IncomingVolume",
                [F_AHT] = "AverageHandleTime"}},
};

struct reading {
    const struct history_format *format;
    const struct preset *preset;
    struct csv_column columns[F_N];
    int index[F_N];
    struct zone *zone;      /* of instants without offset; NULL: none */
    bool started, headless; /* headless: the header is wrong, so no row can be read */
    int n;                  /* fields of the header, or of the first row */
    long rows;
    history_row_fn fn;
    void *user;
};

static bool find_preset(const char *name, const struct preset **preset, GError **error)
{
    const char *names[G_N_ELEMENTS(presets)];
    for (size_t i = 0; i < G_N_ELEMENTS(presets); i++) {
        names[i] = presets[i].name;
        if (strcmp(presets[i].name, name != NULL ? name : "wfm") == 0) {
            *preset = &presets[i];
            return true;
        }
    }
    g_autofree char *all = text_nearest(name, names, G_N_ELEMENTS(names));
    return wfm_fail(error, WFM_ERROR_USAGE, "there is no history format \"%s\"; use one of %s", name, all);
}

/* Takes "ours=theirs" into the columns; without a header theirs is a column number. */
static bool apply_map(struct reading *reading, const char *map, GError **error)
{
    const char *equals = strchr(map, '=');
    if (equals == NULL || equals[1] == '\0')
        return wfm_fail(error, WFM_ERROR_USAGE, "map \"%s\": write ours=theirs, like offered=Calls", map);
    g_autofree char *name = g_strndup(map, (gsize)(equals - map));
    int field = 0;
    while (field < F_N && strcmp(ours[field], name) != 0)
        field++;
    if (field == F_N) {
        g_autofree char *near = text_nearest(name, ours, F_N);
        return wfm_fail(error, WFM_ERROR_USAGE, "map \"%s\": wfm has no column %s; the nearest are %s", map,
                        name, near);
    }
    if (!reading->preset->no_header) {
        reading->columns[field] = (struct csv_column){equals + 1, true};
        return true;
    }
    guint64 position;
    if (!g_ascii_string_to_unsigned(equals + 1, 10, 1, 1000, &position, NULL))
        return wfm_fail(error, WFM_ERROR_USAGE,
                        "map \"%s\": %s files have no header; write a column number, like %s=4", map,
                        reading->preset->name, name);
    reading->index[field] = (int)position - 1;
    return true;
}

static bool prepare(struct reading *reading, GError **error)
{
    const struct history_format *format = reading->format;
    if (!find_preset(format->preset, &reading->preset, error))
        return false;
    for (int i = 0; i < F_N; i++) {
        reading->columns[i].name = reading->preset->theirs[i];
        reading->index[i] = reading->preset->position[i] - 1;
    }
    for (const char *const *map = format->map; map != NULL && *map != NULL; map++)
        if (!apply_map(reading, *map, error))
            return false;
    if (format->interval_min != 0 && !grid_interval_ok(format->interval_min) &&
        format->interval_min != DAY_MIN)
        return wfm_fail(error, WFM_ERROR_USAGE, "interval of %d minutes: use 5, 10, 15, 30, 60 or 1440",
                        format->interval_min);
    if (format->zone != NULL && (reading->zone = zone_new(format->zone, error)) == NULL)
        return false;
    return true;
}

/* What must be there, from the file or from the caller. */
static bool check_columns(struct reading *reading, const struct csv_row *row, GError **error)
{
    const struct history_format *format = reading->format;
    const struct {
        enum field field;
        bool given;
        const char *instead;
    } needs[] = {
        {F_QUEUE, format->queue != NULL, "give the queue, or map queue="},
        {F_START, false, "map interval_start="},
        {F_OFFERED, false, "map offered="},
        {F_MINUTES,
         format->interval_min != 0 || reading->preset->interval_min != 0 || reading->index[F_END] >= 0,
         "give the interval length, or map interval_minutes="},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(needs); i++) {
        const char *name = reading->columns[needs[i].field].name;
        if (reading->index[needs[i].field] < 0 && !needs[i].given)
            return csv_fail(row, NULL, error, "there is no column \"%s\"; %s… to one of the file's columns",
                            name != NULL ? name : ours[needs[i].field], needs[i].instead);
    }
    return true;
}

/* Name of a column in messages: theirs where they have one. */
static const char *shown(const struct reading *reading, enum field field)
{
    return reading->columns[field].name != NULL ? reading->columns[field].name : ours[field];
}

static bool read_number(const struct reading *reading, const struct csv_row *row, enum field field,
                        double max, double *value, GError **error)
{
    const char *text = csv_field(row, reading->index, (int)field);
    char decimal = reading->format->decimal_comma ? ',' : '.';
    if (*text == '\0') {
        *value = NAN;
        return true;
    }
    double found;
    if (!number_parse(text, decimal, &found))
        return csv_fail(
            row, shown(reading, field), error, "\"%.40s\" is no number%s", text,
            decimal == '.' && strchr(text, ',') != NULL ? "; if its comma is a decimal one, say so" : "");
    if (found < 0)
        return csv_fail(row, shown(reading, field), error, "%s is negative; it must be 0 or more", text);
    if (found > max)
        return csv_fail(row, shown(reading, field), error, "%s is more than %g", text, max);
    *value = found;
    return true;
}

/* "20210218 08:00" as "2021-02-18T08:00". */
static bool expand_stamp(const char *text, char out[STAMP_MAX])
{
    if (strlen(text) != 14 || text[8] != ' ')
        return false;
    g_snprintf(out, STAMP_MAX, "%.4s-%.2s-%.2sT%s", text, text + 4, text + 6, text + 9);
    return true;
}

/* *text is set to what was parsed, so that its wall clock can be looked at: hours at 11, minutes at 14. */
static bool read_stamp(const struct reading *reading, const struct csv_row *row, enum field field,
                       char text[STAMP_MAX], int64_t *ts, GError **error)
{
    const char *raw = csv_field(row, reading->index, (int)field);
    g_strlcpy(text, raw, STAMP_MAX);
    if (reading->preset->compact_stamp && !expand_stamp(raw, text))
        return csv_fail(row, shown(reading, field), error, "\"%.40s\" is not like 20210218 08:00", raw);
    g_autoptr(GError) why = NULL;
    if (strlen(raw) >= STAMP_MAX || !time_parse(text, reading->zone, ts, &why))
        return csv_fail(row, shown(reading, field), error, "%s",
                        why != NULL ? why->message : "too long for an instant");
    if (*ts < START_TS_MIN || *ts >= START_TS_MAX)
        return csv_fail(row, shown(reading, field), error, "%s is not in the years 1970 to 2099", raw);
    return true;
}

/* Length by the wall clock, which a clock change does not touch. */
static bool length_from_end(const struct reading *reading, const struct csv_row *row, const char *start,
                            double *minutes, GError **error)
{
    char end[STAMP_MAX];
    int64_t from_ts, to_ts;
    if (!read_stamp(reading, row, F_END, end, &to_ts, error))
        return false;
    g_autofree char *from = g_strdup_printf("%.16sZ", start), *to = g_strdup_printf("%.16sZ", end);
    if (!time_parse(from, NULL, &from_ts, NULL) || !time_parse(to, NULL, &to_ts, NULL))
        return csv_fail(row, shown(reading, F_END), error, "\"%s\" cannot be read", end);
    *minutes = (double)(to_ts - from_ts) / 60;
    return true;
}

/* Is the value in the row, or does the caller say it? Objects of JSON may leave it out, each for itself. */
static bool in_row(const struct reading *reading, const struct csv_row *row, enum field field)
{
    return reading->index[field] >= 0 &&
           (reading->format->form == HISTORY_CSV || *csv_field(row, reading->index, (int)field) != '\0');
}

static bool read_interval(const struct reading *reading, const struct csv_row *row, struct history_row *out,
                          GError **error)
{
    char start[STAMP_MAX];
    if (!read_stamp(reading, row, F_START, start, &out->start_ts, error))
        return false;
    double minutes = NAN;
    if (in_row(reading, row, F_MINUTES)) {
        if (!read_number(reading, row, F_MINUTES, DAY_MIN, &minutes, error))
            return false;
    } else if (reading->index[F_END] >= 0) {
        if (!length_from_end(reading, row, start, &minutes, error))
            return false;
    } else {
        minutes = reading->format->interval_min != 0 ? reading->format->interval_min
                                                     : reading->preset->interval_min;
    }
    if (minutes != DAY_MIN &&
        (isnan(minutes) || minutes != floor(minutes) || !grid_interval_ok((int)minutes)))
        return csv_fail(row, shown(reading, reading->index[F_MINUTES] >= 0 ? F_MINUTES : F_END), error,
                        "an interval of %g minutes; 5, 10, 15, 30, 60 or 1440 are possible", minutes);
    int interval_min = (int)minutes;
    out->interval_s = interval_min * 60;

    /* By the wall clock it is written in, or by that of the zone: 18:30Z starts an hour in India. */
    int wall = ((start[11] - '0') * 10 + start[12] - '0') * 60 + (start[14] - '0') * 10 + start[15] - '0';
    bool whole = out->start_ts % 60 == 0;
    bool aligned = whole && wall % interval_min == 0;
    if (whole && !aligned && reading->zone != NULL)
        aligned = zone_local(reading->zone, out->start_ts).second % out->interval_s == 0;
    if (!aligned)
        return csv_fail(row, shown(reading, F_START), error, "%s does not start an interval of %d minutes",
                        start, interval_min);
    return true;
}

static bool read_handle(const struct reading *reading, const struct csv_row *row, struct history_row *out,
                        GError **error)
{
    if (!read_number(reading, row, F_HANDLE, SECONDS_MAX, &out->handle_s, error))
        return false;
    if (reading->index[F_HANDLE] >= 0 || reading->index[F_AHT] < 0)
        return true;
    double aht_s, after_s;
    if (!read_number(reading, row, F_AHT, SECONDS_MAX, &aht_s, error) ||
        !read_number(reading, row, F_AFTER, SECONDS_MAX, &after_s, error))
        return false;
    out->handle_s =
        (aht_s + (isnan(after_s) ? 0 : after_s)) * (isnan(out->answered) ? out->offered : out->answered);
    return true;
}

static bool read_row(struct reading *reading, const struct csv_row *row, GError **error)
{
    if (row->n != reading->n && !(reading->preset->no_header && row->n > reading->index[F_OFFERED]))
        return csv_fail(row, NULL, error,
                        "%d fields, but the first line has %d; is a separator missing or a quote?", row->n,
                        reading->n);
    struct history_row out = {.file = row->file, .line = row->line};
    bool own = in_row(reading, row, F_QUEUE) || reading->format->queue == NULL;
    out.queue = own ? csv_field(row, reading->index, F_QUEUE) : reading->format->queue;
    if (*out.queue == '\0' || strlen(out.queue) > QUEUE_BYTES_MAX)
        return csv_fail(row, shown(reading, F_QUEUE), error, "%s",
                        *out.queue == '\0' ? "empty; each row names its queue" : "longer than 200 bytes");
    if (!read_interval(reading, row, &out, error) ||
        !read_number(reading, row, F_OFFERED, COUNT_MAX, &out.offered, error) ||
        !read_number(reading, row, F_ANSWERED, COUNT_MAX, &out.answered, error) ||
        !read_number(reading, row, F_ABANDONED, COUNT_MAX, &out.abandoned, error) ||
        !read_number(reading, row, F_WAIT, SECONDS_MAX, &out.wait_s, error))
        return false;
    if (isnan(out.offered))
        return csv_fail(row, shown(reading, F_OFFERED), error,
                        "empty; write 0 for no contacts or leave the row out");
    if (!read_handle(reading, row, &out, error))
        return false;
    const char *const *only = reading->format->only;
    if (only != NULL && !g_strv_contains(only, out.queue))
        return true;
    reading->rows++;
    return reading->fn(&out, reading->user, error);
}

/* --- what is wrong
 * -------------------------------------------------------------------------------------------------- */

void history_bad_free(struct history_bad *bad)
{
    if (bad == NULL)
        return;
    g_free(bad->column);
    g_free(bad->value);
    g_free(bad->detail);
    g_free(bad);
}

void history_bad_add(const struct history_format *format, long line, const char *column, const char *value,
                     const char *detail)
{
    if (format->bad == NULL || format->bad->len >= HISTORY_BAD_MAX)
        return;
    struct history_bad *bad = g_new0(struct history_bad, 1);
    *bad = (struct history_bad){line, g_strdup(column), g_strdup(value), g_strdup(detail)};
    g_ptr_array_add(format->bad, bad);
}

/* The message of a row starts with its place; what stands in the column is the value. */
static void gather(const struct reading *reading, const struct csv_row *row, const char *message)
{
    enum { VALUE_SHOWN = 100 };
    g_autofree char *place = g_strdup_printf("%s:%ld: ", row->file, row->line);
    const char *detail = g_str_has_prefix(message, place) ? message + strlen(place) : message;
    for (int field = 0; field < F_N; field++) {
        const char *names[] = {shown(reading, (enum field)field), ours[field]};
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
            g_autofree char *column = g_strdup_printf("column %s: ", names[i]);
            if (!g_str_has_prefix(detail, column))
                continue;
            g_autofree char *value = g_strndup(csv_field(row, reading->index, field), VALUE_SHOWN);
            g_autofree char *valid = g_utf8_make_valid(value, -1);
            history_bad_add(reading->format, row->line, names[0], valid, detail + strlen(column));
            return;
        }
    }
    history_bad_add(reading->format, row->line, NULL, NULL, detail);
}

/* --- rows
 * -----------------------------------------------------------------------------------------------------------
 */

static bool header_or_row(struct reading *reading, const struct csv_row *row, GError **error)
{
    if (reading->started)
        return read_row(reading, row, error);
    reading->started = true;
    reading->n = row->n;
    if (reading->preset->no_header)
        return check_columns(reading, row, error) && read_row(reading, row, error);
    if (csv_header(row, reading->columns, F_N, false, reading->index, error) &&
        check_columns(reading, row, error))
        return true;
    reading->headless = true;
    return false;
}

static bool on_row(const struct csv_row *row, void *user, GError **error)
{
    struct reading *reading = user;
    g_autoptr(GError) why = NULL;
    GPtrArray *bad = reading->format->bad;
    if (bad == NULL)
        return header_or_row(reading, row, error);
    if (header_or_row(reading, row, &why))
        return true;
    bool wrong = g_error_matches(why, WFM_ERROR, WFM_ERROR_INPUT);
    if (wrong)
        gather(reading, row, why->message);
    if (wrong && !reading->headless && bad->len < HISTORY_BAD_MAX)
        return true;
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

/* An object of JSON that is no row. */
static bool on_bad_object(const struct csv_row *row, const char *column, const char *value,
                          const char *detail, void *user, GError **error)
{
    const struct reading *reading = user;
    const struct history_format *format = reading->format;
    history_bad_add(format, row->line, column, value, detail);
    return (format->bad != NULL && format->bad->len < HISTORY_BAD_MAX) ||
           csv_fail(row, column, error, "%s", detail);
}

/* What is wrong with the text before it is rows: "file:line: …". */
static void gather_text(const struct history_format *format, const char *path, const char *message)
{
    char *end = NULL;
    size_t length = strlen(path);
    bool placed = strncmp(message, path, length) == 0 && message[length] == ':';
    long line = placed ? (long)g_ascii_strtoll(message + length + 1, &end, 10) : 0;
    const char *detail = line > 0 ? strstr(end, ": ") : NULL;
    history_bad_add(format, line, NULL, NULL, detail != NULL ? detail + 2 : message);
}

/* Fails when rows were found wrong, with the first of them. */
static bool all_good(const struct history_format *format, const char *path, bool ok, GError **error)
{
    if (format->bad == NULL || (ok && format->bad->len == 0))
        return ok;
    if (ok) {
        const struct history_bad *first = g_ptr_array_index(format->bad, 0);
        return wfm_fail(error, WFM_ERROR_INPUT, "%s:%ld: %s%s%s%s", path, first->line,
                        first->column != NULL ? "column " : "", first->column != NULL ? first->column : "",
                        first->column != NULL ? ": " : "", first->detail);
    }
    if (format->bad->len == 0 && error != NULL && g_error_matches(*error, WFM_ERROR, WFM_ERROR_INPUT))
        gather_text(format, path, (*error)->message);
    return false;
}

static bool read_any(const char *path, struct reading *reading, GError **error)
{
    const struct history_format *format = reading->format;
    struct csv_options options = {.separator = format->separator, .stream = format->stream};
    if (format->form == HISTORY_CSV)
        return csv_read(path, &options, on_row, reading, error);
    if (reading->preset != &presets[0] || (format->map != NULL && format->map[0] != NULL) ||
        format->decimal_comma || format->separator != '\0')
        return wfm_fail(
            error, WFM_ERROR_USAGE,
            "presets, maps, separators and decimal commas are for CSV; JSON has wfm's own columns");
    return history_json_read(path, format->stream, format->form == HISTORY_NDJSON, presets[0].theirs, F_N,
                             on_row, on_bad_object, reading, error);
}

bool history_read(const char *path, const struct history_format *format, history_row_fn fn, void *user,
                  long *rows, GError **error)
{
    static const struct history_format plain = {0};
    struct reading reading = {.format = format != NULL ? format : &plain, .fn = fn, .user = user};
    g_autoptr(GError) why = NULL;
    bool ok = prepare(&reading, &why) && read_any(path, &reading, &why);
    if (ok && !reading.started)
        ok = wfm_fail(&why, WFM_ERROR_INPUT, "%s: empty; there is no history in it", path);
    ok = all_good(reading.format, path, ok, &why);
    if (!ok)
        g_propagate_error(error, g_steal_pointer(&why));
    zone_free(reading.zone);
    if (ok && rows != NULL)
        *rows = reading.rows;
    return ok;
}
