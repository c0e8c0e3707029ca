#define _GNU_SOURCE /* memfd_create */
#include "tests/fuzz/parsers.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "api/body.h"
#include "api/guard.h"
#include "api/query.h"
#include "api/router.h"
#include "core/csv.h"
#include "core/error.h"
#include "core/history.h"
#include "core/opfile.h"
#include "core/planfile.h"
#include "core/zone.h"

#define PARTS_MAX 80
#define NOW INT64_C(1795435200) /* 2026-11-23T12:00:00Z */

static enum parser_end broken(char **why, const char *what, const char *value)
{
    g_free(*why);
    *why = g_strdup_printf("%s: %s", what, value);
    return PARSER_BROKEN;
}

/* A refusal must blame the input, and say something. */
static enum parser_end refused(const GError *error, char **why)
{
    if (error == NULL)
        return broken(why, "refused", "without an error");
    g_free(*why);
    *why = g_strdup(error->message);
    bool ours =
        error->domain == WFM_ERROR && (error->code == WFM_ERROR_INPUT || error->code == WFM_ERROR_USAGE ||
                                       error->code == WFM_ERROR_NOT_FOUND || error->code == WFM_ERROR_LIMIT);
    return ours && *error->message != '\0' ? PARSER_REFUSED : PARSER_BROKEN;
}

/* --- HTTP: the guard and the router */

/* "METHOD path HTTP/1.1", then a header per line; NUL ends as in the HTTP library. */
static enum parser_end run_guard(const char *text, size_t length, char **why)
{
    (void)length;
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) lines = g_strsplit(text, "\n", PARTS_MAX);
    if (lines[0] == NULL)
        return PARSER_REFUSED;
    g_auto(GStrv) head = g_strsplit(lines[0], " ", 3);
    if (g_strv_length(head) < 3)
        return PARSER_REFUSED;
    struct header headers[PARTS_MAX];
    int n = 0;
    for (int k = 1; lines[k] != NULL; k++) {
        char *colon = strchr(lines[k], ':');
        if (colon == NULL)
            continue;
        *colon = '\0';
        headers[n++] = (struct header){lines[k], g_strstrip(colon + 1)};
    }
    struct route_match match;
    enum route_result found = route_find(api_routes, api_n_routes, head[0], head[1], &match);
    bool whole = found != ROUTE_FOUND || match.n_vars <= ROUTE_VARS_MAX;
    for (int v = 0; found == ROUTE_FOUND && v < match.n_vars; v++)
        whole =
            whole && match.vars[v] != NULL && *match.vars[v] != '\0' && strchr(match.vars[v], '/') == NULL;
    route_match_clear(&match);
    if (!whole)
        return broken(why, "route with an empty variable or a slash in it", head[1]);
    if (!header_guard(headers, n, head[2], &error))
        return refused(error, why);
    int lengths = 0;
    for (int k = 0; k < n; k++)
        lengths += g_ascii_strcasecmp(headers[k].name, "Content-Length") == 0 ||
                   g_ascii_strcasecmp(headers[k].name, "Transfer-Encoding") == 0;
    return lengths <= 1 ? PARSER_TAKEN : broken(why, "two framings passed", text);
}

/* --- JSON bodies, by a table that has every kind of field */

struct body_part {
    char *queue;
    double share;
};
struct all_kinds {
    char *text, *id, *zone;
    char code[4];
    int number, clock, choice, n_texts, n_ids, n_ints, n_numbers, n_reals, n_parts;
    int64_t big, instant, *numbers;
    double real, share, *reals;
    bool flag, given;
    int32_t day, week;
    unsigned flags;
    char **texts, **ids;
    int *ints;
    struct body_part object, *parts;
    json_t *any;
};

static const char *const words[] = {"one", "two", "three", NULL};
static const struct body_field part_fields[] = {
    {.name = "queue", .kind = BODY_ID, BODY_AT(body_part, queue), .flags = BODY_REQUIRED},
    {.name = "share", .kind = BODY_SHARE, BODY_AT(body_part, share)},
    {.name = NULL},
};
static const struct body_field fields[] = {
    {.name = "text", .kind = BODY_TEXT, BODY_AT(all_kinds, text), .flags = BODY_LINES, .max = 100},
    {.name = "id",
     .kind = BODY_ID,
     BODY_AT(all_kinds, id),
     .flags = BODY_NULLABLE,
     BODY_GIVEN(all_kinds, given)},
    {.name = "zone", .kind = BODY_ZONE, BODY_AT(all_kinds, zone)},
    {.name = "code", .kind = BODY_CODE, BODY_AT(all_kinds, code)},
    {.name = "number", .kind = BODY_INT, BODY_AT(all_kinds, number), .min = -5, .max = 9},
    {.name = "big", .kind = BODY_INT64, BODY_AT(all_kinds, big)},
    {.name = "real", .kind = BODY_REAL, BODY_AT(all_kinds, real)},
    {.name = "share", .kind = BODY_SHARE, BODY_AT(all_kinds, share)},
    {.name = "flag", .kind = BODY_BOOL, BODY_AT(all_kinds, flag)},
    {.name = "instant", .kind = BODY_INSTANT, BODY_AT(all_kinds, instant)},
    {.name = "day", .kind = BODY_DAY, BODY_AT(all_kinds, day)},
    {.name = "week", .kind = BODY_WEEK, BODY_AT(all_kinds, week)},
    {.name = "clock", .kind = BODY_CLOCK, BODY_AT(all_kinds, clock), .max = 2880},
    {.name = "choice", .kind = BODY_CHOICE, BODY_AT(all_kinds, choice), .choices = words},
    {.name = "flags", .kind = BODY_FLAGS, BODY_AT(all_kinds, flags), .choices = words},
    {.name = "texts",
     .kind = BODY_TEXTS,
     BODY_AT(all_kinds, texts),
     BODY_COUNT(all_kinds, n_texts),
     .max = 5},
    {.name = "ids", .kind = BODY_IDS, BODY_AT(all_kinds, ids), BODY_COUNT(all_kinds, n_ids)},
    {.name = "ints", .kind = BODY_INTS, BODY_AT(all_kinds, ints), BODY_COUNT(all_kinds, n_ints)},
    {.name = "numbers", .kind = BODY_INT64S, BODY_AT(all_kinds, numbers), BODY_COUNT(all_kinds, n_numbers)},
    {.name = "reals", .kind = BODY_REALS, BODY_AT(all_kinds, reals), BODY_COUNT(all_kinds, n_reals)},
    {.name = "object", .kind = BODY_OBJECT, BODY_AT(all_kinds, object), .fields = part_fields},
    {.name = "parts",
     .kind = BODY_LIST,
     BODY_AT(all_kinds, parts),
     BODY_COUNT(all_kinds, n_parts),
     .fields = part_fields,
     .size = sizeof(struct body_part),
     .max = 20},
    {.name = "any", .kind = BODY_JSON, BODY_AT(all_kinds, any)},
    {.name = NULL},
};

/* First byte: '~' as a merge patch over an object with some members, else as it is. */
static enum parser_end run_body(const char *text, size_t length, char **why)
{
    g_autoptr(GError) error = NULL;
    if (length < 1)
        return PARSER_REFUSED;
    bool patch = text[0] == '~';
    const struct header headers[] = {
        {"Content-Type", patch ? "application/merge-patch+json" : "application/json; charset=utf-8"}};
    const struct api_route route = {.method = patch ? "PATCH" : "POST", .pattern = "/"};
    static struct api_zones *zones;
    if (zones == NULL)
        zones = api_zones_new();
    struct api_call call = {.zones = zones,
                            .route = &route,
                            .headers = headers,
                            .n_headers = 1,
                            .body = text + 1,
                            .body_length = length - 1};
    struct all_kinds out = {0};
    json_t *current = json_pack("{s:s, s:[{s:s}], s:i}", "text", "was", "parts", "queue", "q", "number", 3);
    bool ok = patch ? body_read_patch(&call, current, fields, &out, &error)
                    : body_read(&call, fields, &out, &error);
    enum parser_end end = PARSER_TAKEN;
    if (!ok)
        end = refused(error, why);
    else if (out.number < -5 || out.number > 9 || !(out.share >= 0 && out.share <= 1) || out.clock > 2880 ||
             out.choice > 2 || out.n_texts > 5 || out.n_parts > 20 || out.flags > 7 ||
             (out.text != NULL && !g_utf8_validate(out.text, -1, NULL)))
        end = broken(why, "range passed", text + 1);
    for (int k = 0; end == PARSER_TAKEN && k < out.n_parts; k++)
        if (out.parts[k].queue == NULL)
            end = broken(why, "required member passed", text + 1);
    body_clear(fields, &out);
    json_decref(current);
    api_call_clear(&call);
    return end;
}

/* --- query strings: the first two bytes say which parameters the route takes */

static enum parser_end run_query(const char *text, size_t length, char **why)
{
    g_autoptr(GError) error = NULL;
    if (length < 2)
        return PARSER_REFUSED;
    unsigned allowed = (unsigned)(unsigned char)text[0] | (unsigned)(unsigned char)text[1] << 8;
    if (text[0] == '*')
        allowed = ~0U;
    struct api_query query;
    enum parser_end end = PARSER_TAKEN;
    if (!query_parse(text + 2, allowed, NOW, 28, &query, &error))
        end = refused(error, why);
    else if ((allowed & PARAM_RANGE) != 0 &&
             (query.from_ts < QUERY_TS_MIN || query.from_ts >= query.to_ts ||
              query.to_ts - query.from_ts > QUERY_RANGE_DAYS_MAX * (int64_t)DAY_S))
        end = broken(why, "range passed", text + 2);
    else if (query.limit < 1 || query.limit > QUERY_LIMIT_MAX)
        end = broken(why, "limit passed", text + 2);
    int64_t ts, id;
    if (end == PARSER_TAKEN && query.after != NULL && cursor_parse(query.after, &ts, &id)) {
        g_autofree char *again = cursor_format(ts, id);
        int64_t ts2, id2;
        if (!cursor_parse(again, &ts2, &id2) || ts2 != ts || id2 != id)
            end = broken(why, "cursor does not read back", query.after);
    }
    query_clear(&query);
    return end;
}

/* --- instants, days, zones */

static const struct zone *zone_of(unsigned char byte)
{
    static const char *const names[] = {"UTC", "Asia/Manila", "America/New_York", "Australia/Lord_Howe"};
    static struct zone *zones[G_N_ELEMENTS(names)];
    size_t k = byte % G_N_ELEMENTS(names);
    if (zones[k] == NULL)
        zones[k] = zone_new(names[k], NULL);
    return zones[k];
}

/* First byte: a zone; 'z': the rest is the name of a zone. */
static enum parser_end run_time(const char *text, size_t length, char **why)
{
    g_autoptr(GError) error = NULL;
    if (length < 1)
        return PARSER_REFUSED;
    if (text[0] == 'z') {
        AUTO(zone) named = zone_new(text + 1, &error);
        return named != NULL ? PARSER_TAKEN : refused(error, why);
    }
    const struct zone *zone = zone_of((unsigned char)text[0]);
    int32_t day, day_again;
    if (day_parse(text + 1, &day, NULL)) {
        g_autofree char *plain = day_format(day);
        if (!day_parse(plain, &day_again, NULL) || day_again != day || strcmp(plain, text + 1) != 0)
            return broken(why, "day does not read back", text + 1);
        if (zone_day_start(zone, day + 1) < zone_day_start(zone, day))
            return broken(why, "days overlap", plain);
    }
    int64_t ts, again;
    if (!time_parse(text + 1, (text[0] & 0x20) != 0 ? zone : NULL, &ts, &error))
        return refused(error, why);
    g_autofree char *plain = time_format(ts, zone);
    return time_parse(plain, NULL, &again, NULL) && again == ts
               ? PARSER_TAKEN
               : broken(why, "instant does not read back", text + 1);
}

/* --- CSV */

static bool take_row(const struct history_row *row, void *user, GError **error)
{
    (void)user;
    (void)error;
    return row->queue != NULL && row->interval_s > 0 && row->start_ts % 60 == 0;
}

static bool take_fields(const struct csv_row *row, void *user, GError **error)
{
    (void)error;
    size_t *bytes = user;
    for (int k = 0; k < row->n; k++)
        *bytes += strlen(row->fields[k]);
    return true;
}

static struct operation *base_operation(void)
{
    const char *source = g_getenv("WFM_SRCDIR");
    g_autofree char *path =
        g_build_filename(source != NULL ? source : ".", "tests/core/data/operation.cfg", NULL);
    return operation_read(path, NULL);
}

/* Which reader the first byte asks for. */
enum dialect { PLAIN, HISTORY, AGENTS, TIME_OFF, SPECIAL_DAYS, PREFERENCES, MEETINGS, N_DIALECTS };

static bool read_history(const char *path, unsigned char how, GError **error)
{
    static const char *const presets[] = {"wfm", "genesys", "calabrio", "connect"};
    const struct history_format format = {.preset = presets[how & 3],
                                          .separator = (how & 4) != 0 ? ';' : '\0',
                                          .decimal_comma = (how & 8) != 0,
                                          .zone = (how & 16) != 0 ? "America/New_York" : NULL,
                                          .interval_min = (how & 32) != 0 ? 15 : 0,
                                          .queue = (how & 64) != 0 ? "q" : NULL};
    long rows;
    return history_read(path, &format, take_row, NULL, &rows, error);
}

static bool read_dialect(const char *path, enum dialect dialect, unsigned char how,
                         struct operation *operation, GError **error)
{
    size_t bytes = 0;
    const struct csv_options options = {.separator = (how & 1) != 0 ? '|' : '\0'};
    switch (dialect) {
    case HISTORY:
        return read_history(path, how, error);
    case AGENTS:
        return operation_read_agents(operation, path, error);
    case TIME_OFF:
        return operation_read_time_off(operation, path, error);
    case SPECIAL_DAYS:
        return operation_read_special_days(operation, path, error);
    case PREFERENCES:
        return operation_read_preferences(operation, path, error);
    case MEETINGS:
        return operation_read_meetings(operation, path, error);
    case PLAIN:
    case N_DIALECTS:
    default:
        return csv_read(path, &options, take_fields, &bytes, error);
    }
}

/* Two bytes choose the reader and how it reads, the rest is the file. */
static enum parser_end run_csv(const char *text, size_t length, char **why)
{
    static struct operation *operation;
    g_autoptr(GError) error = NULL;
    if (length < 2)
        return PARSER_REFUSED;
    if (operation == NULL && (operation = base_operation()) == NULL)
        return broken(why, "tests/core/data/operation.cfg", "cannot be read (set WFM_SRCDIR)");
    int fd = memfd_create("csv", MFD_CLOEXEC);
    bool written = fd >= 0 && write(fd, text + 2, length - 2) == (ssize_t)(length - 2);
    g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
    enum parser_end end = PARSER_TAKEN;
    if (!written)
        end = broken(why, "memfd", "cannot be written");
    else if (!read_dialect(path, (enum dialect)((unsigned char)text[0] % N_DIALECTS), (unsigned char)text[1],
                           operation, &error))
        end = refused(error, why);
    close(fd);
    return end;
}

/* --- files of the planner */

static enum parser_end run_opfile(const char *text, size_t length, char **why)
{
    g_autoptr(GError) error = NULL;
    AUTO(operation) operation = operation_read_text("operation.cfg", text, length, &error);
    return operation != NULL ? PARSER_TAKEN : refused(error, why);
}

static enum parser_end run_planfile(const char *text, size_t length, char **why)
{
    g_autoptr(GError) error = NULL;
    AUTO(plan_problem) problem = NULL;
    AUTO(plan_solution) solution = NULL;
    if (!plan_parse("fuzz.plan", text, length, &problem, &solution, &error))
        return refused(error, why);
    g_autofree char *again = plan_format(problem, solution, &error);
    AUTO(plan_problem) problem_again = NULL;
    AUTO(plan_solution) solution_again = NULL;
    if (again == NULL ||
        !plan_parse("again.plan", again, strlen(again), &problem_again, &solution_again, &error))
        return broken(why, "plan does not read back", error != NULL ? error->message : "?");
    return PARSER_TAKEN;
}

const struct parser parsers[] = {
    {"guard", run_guard}, {"body", run_body},     {"query", run_query},       {"time", run_time},
    {"csv", run_csv},     {"opfile", run_opfile}, {"planfile", run_planfile},
};
const int n_parsers = G_N_ELEMENTS(parsers);

const struct parser *parser_find(const char *name)
{
    for (int k = 0; k < n_parsers; k++)
        if (strcmp(parsers[k].name, name) == 0)
            return &parsers[k];
    return NULL;
}

/* --- seeds */

/* The text, or the prefix before a file of the source tree. */
static const struct {
    const char *parser, *text, *file;
} seeds[] = {
    {"guard", "GET /v1/me/shifts HTTP/1.1\nHost: wfm.example:8080\nAuthorization: Bearer wfm_x\n", NULL},
    {"guard", "POST /v1/agents/a%20b/calendar HTTP/1.1\nHost: [::1]:80\nContent-Length: 12\n", NULL},
    {"guard", "DELETE /v1/calendar/x.ics HTTP/1.0\nTransfer-Encoding: chunked\nContent-Length: 3\n", NULL},
    {"guard", "GET /v1/calendar/%2e%2e%2fx.ics HTTP/1.1\nHost: a\nHost: b\ncontent-length: +5\n", NULL},
    {"body",
     "+{\"text\":\"a\\u00fc\\n\",\"id\":\"q-1\",\"zone\":\"Asia/"
     "Manila\",\"code\":\"USD\",\"number\":-5,\"big\":9007199254740993,"
     "\"real\":1e-3,\"share\":0.5,\"flag\":true,\"instant\":\"2026-11-23T00:00:00+08:00\",\"day\":\"2026-11-"
     "23\",\"week\":\"2026-W48\"}",
     NULL},
    {"body",
     "+{\"clock\":\"24:00\",\"choice\":\"two\",\"flags\":[\"one\",\"three\"],\"texts\":[\"a\",\"b\"],\"ids\":"
     "[\"x\",\"y\"],"
     "\"ints\":[1,2],\"numbers\":[3],\"reals\":[0.5,-1e9],\"object\":{\"queue\":\"q\",\"share\":1},"
     "\"parts\":[{\"queue\":\"a\"},{\"queue\":\"b\",\"share\":0}],\"any\":{\"deep\":[[[null]]]}}",
     NULL},
    {"body", "~{\"text\":null,\"number\":4,\"parts\":[],\"id\":null}", NULL},
    {"body", "+{\"text\":1,\"text\":\"\\u0000\"}", NULL},
    {"query", "**from=2026-11-23T00:00:00%2B08:00&to=2026-11-30T00:00:00Z&limit=10&after=1795305600.412",
     NULL},
    {"query", "**from=2026-11-23&to=2026-11-24&client=acme&cancelled=true", NULL},
    {"query",
     "\x0c"
     "1limit=1000&after=a.b%2e",
     NULL},
    {"time", " 2026-11-22T06:15:00+08:00", NULL},
    {"time", "!2026-03-08 02:30:00", NULL},
    {"time", "\"2026-11-22T06:15:00.000Z", NULL},
    {"time", "\"2028-02-29", NULL},
    {"time", "zAmerica/Bogota", NULL},
    {"csv",
     "\x01\x01queue,interval_start,interval_minutes,offered,answered,abandoned,handle_seconds\r\n"
     "q,2026-11-22T06:15:00+08:00,15,12,11,1,3300\r\n",
     NULL},
    {"csv",
     "\x01\x0cqueue;interval_start;interval_minutes;offered;answered;abandoned;handle_seconds\n"
     "\"q\";2026-11-22T06:15:00Z;15;\"12,5\";11;1;3300\n",
     NULL},
    {"csv", "\x01\x02q,2026-11-22 06:15,15,1,2,3,4,5\n", NULL},
    {"csv", "\x01{Queue,Interval Start,Interval End\nq,2026-11-22T06:15:00Z,2026-11-22T06:30:00Z\n", NULL},
    {"csv",
     "\x07\x01\xef\xbb\xbf"
     "a|b\n\"x \"\"quoted\"\"\n over lines\"|2\n",
     NULL},
    {"csv", "\x02\x01", "tests/core/data/agents.csv"},
    {"csv", "\x03\x01", "tests/core/data/time_off.csv"},
    {"csv", "\x04\x01", "tests/core/data/special_days.csv"},
    {"csv", "\x05\x01", "tests/core/data/preferences.csv"},
    {"csv", "\x06\x01", "tests/core/data/meetings.csv"},
    {"opfile", "", "tests/core/data/operation.cfg"},
    {"opfile", "", "fixtures/demo/operation.cfg"},
    {"opfile", "", "fixtures/labour/colombia.cfg"},
    {"planfile", "", "tests/core/data/old.plan"},
    {"planfile", "{\"wfm_plan\": 1, \"version\": \"0.1.0\", \"problem\": {}}", NULL},
};

char *parser_seed(const struct parser *parser, int k, size_t *length)
{
    for (size_t s = 0; s < G_N_ELEMENTS(seeds); s++) {
        if (strcmp(seeds[s].parser, parser->name) != 0 || k-- > 0)
            continue;
        g_autofree char *file = NULL;
        gsize n = 0;
        const char *source = g_getenv("WFM_SRCDIR");
        g_autofree char *path = seeds[s].file != NULL
                                    ? g_build_filename(source != NULL ? source : ".", seeds[s].file, NULL)
                                    : NULL;
        if (path != NULL && !g_file_get_contents(path, &file, &n, NULL))
            return NULL;
        GString *out = g_string_new(seeds[s].text);
        g_string_append_len(out, file != NULL ? file : "", (gssize)n);
        *length = out->len;
        return g_string_free(out, FALSE);
    }
    return NULL;
}
