#include "api/query.h"

#include <errno.h>
#include <string.h>

#include "core/error.h"
#include "core/operation.h"
#include "core/week.h"
#include "core/zone.h"

static bool ts_ok(int64_t ts)
{
    return ts >= QUERY_TS_MIN && ts < QUERY_TS_MAX;
}

static bool parse_end(const char *text, const struct api_query *query, int64_t *ts, bool *is_day,
                      GError **error)
{
    int32_t day;
    *is_day = (query->allowed & PARAM_DATES) && strlen(text) == strlen("2026-11-23");
    if (*is_day ? !day_parse(text, &day, error) : !time_parse(text, NULL, ts, error))
        return false;
    if (*is_day)
        *ts = (int64_t)day * DAY_S;
    return ts_ok(*ts) || wfm_fail(error, WFM_ERROR_INPUT, "\"%s\" is not in the years 1900 to 2199", text);
}

static bool parse_from(const char *text, struct api_query *query, GError **error)
{
    return parse_end(text, query, &query->from_ts, &query->from_is_day, error);
}

static bool parse_to(const char *text, struct api_query *query, GError **error)
{
    return parse_end(text, query, &query->to_ts, &query->to_is_day, error);
}

static bool parse_after(const char *text, struct api_query *query, GError **error)
{
    if (*text == '\0' || strlen(text) > 4 * WFM_ID_MAX)
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "not a cursor of this list; take it from the `next` of a page");
    query->after = g_strdup(text);
    return true;
}

static bool parse_limit(const char *text, struct api_query *query, GError **error)
{
    int64_t limit;
    if (!int64_parse(text, &limit) || limit < 1 || limit > QUERY_LIMIT_MAX)
        return wfm_fail(error, WFM_ERROR_INPUT, "\"%s\" is not a whole number from 1 to %d", text,
                        QUERY_LIMIT_MAX);
    query->limit = (int)limit;
    return true;
}

static bool parse_cancelled(const char *text, struct api_query *query, GError **error)
{
    query->cancelled = strcmp(text, "true") == 0;
    if (!query->cancelled && strcmp(text, "false") != 0)
        return wfm_fail(error, WFM_ERROR_INPUT, "\"%s\" is neither true nor false", text);
    return true;
}

static bool check_text(const char *text, GError **error)
{
    if (*text == '\0')
        return wfm_fail(error, WFM_ERROR_INPUT, "is empty");
    return strlen(text) <= QUERY_TEXT_MAX ||
           wfm_fail(error, WFM_ERROR_INPUT, "is longer than %d bytes", QUERY_TEXT_MAX);
}

static bool parse_since(const char *text, struct api_query *query, GError **error)
{
    query->since_ts = INT64_MIN;
    if ((query->allowed & PARAM_CHANGES) != 0) { /* a cursor of another kind, which the handler reads */
        query->since = g_strdup(text);
        return check_text(text, error);
    }
    bool cursor = *text != '\0' && strspn(text, "0123456789") == strlen(text);
    if (cursor ? !int64_parse(text, &query->since_no) : !time_parse(text, NULL, &query->since_ts, NULL))
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "\"%s\" is neither an instant with its offset nor the cursor of an earlier answer",
                        text);
    if (!cursor && !ts_ok(query->since_ts))
        return wfm_fail(error, WFM_ERROR_INPUT, "\"%s\" is not in the years 1900 to 2199", text);
    query->since = g_strdup(text);
    return true;
}

static bool parse_client(const char *text, struct api_query *query, GError **error)
{
    if (!id_ok(text))
        return wfm_fail(error, WFM_ERROR_INPUT, "\"%s\" is not an id", text);
    query->client = g_strdup(text);
    return true;
}

/* --- texts */

static bool check_id(const char *text, GError **error)
{
    return id_ok(text) || wfm_fail(error, WFM_ERROR_INPUT, "\"%s\" is not an id", text);
}

static bool check_flag(const char *text, GError **error)
{
    return strcmp(text, "true") == 0 || strcmp(text, "false") == 0 ||
           wfm_fail(error, WFM_ERROR_INPUT, "\"%s\" is neither true nor false", text);
}

static bool check_week(const char *text, GError **error)
{
    int32_t monday;
    return week_parse(text, &monday, error) &&
           ((ts_ok((int64_t)monday * DAY_S) && ts_ok((int64_t)(monday + WEEK_DAYS) * DAY_S)) ||
            wfm_fail(error, WFM_ERROR_INPUT, "\"%s\" is not in the years 1900 to 2199", text));
}

static bool check_choice(const char *text, const char *const *choices, GError **error)
{
    g_autofree char *all = NULL;
    if (g_strv_contains(choices, text))
        return true;
    all = g_strjoinv(", ", (char **)choices);
    return wfm_fail(error, WFM_ERROR_INPUT, "\"%s\" is none of: %s", text, all);
}

#define CHOICES(...) ((const char *const[]){__VA_ARGS__, NULL})

static bool check_by(const char *text, GError **error)
{
    return check_choice(text, CHOICES("queue", "day", "interval", "snapshot"), error);
}

static bool check_hand(const char *text, GError **error)
{
    return check_choice(text, CHOICES("then", "now"), error);
}

static bool check_preset(const char *text, GError **error)
{
    return check_choice(text, CHOICES("wfm", "genesys", "calabrio", "connect"), error);
}

static bool check_separator(const char *text, GError **error)
{
    return check_choice(text, CHOICES(",", ";", "|", "tab"), error);
}

static bool check_interval(const char *text, GError **error)
{
    return check_choice(text, CHOICES("5", "10", "15", "30", "60", "1440"), error);
}

static bool check_snapshot(const char *text, GError **error)
{
    int64_t id;
    return strcmp(text, "newest") == 0 || strcmp(text, "first") == 0 || (int64_parse(text, &id) && id >= 1) ||
           wfm_fail(error, WFM_ERROR_INPUT, "\"%s\" is neither newest, first, nor the number of a forecast",
                    text);
}

static bool check_lead(const char *text, GError **error)
{
    int64_t days;
    return (int64_parse(text, &days) && days >= 0 && days <= QUERY_LEAD_DAYS_MAX) ||
           wfm_fail(error, WFM_ERROR_INPUT, "\"%s\" is not a whole number from 0 to %d", text,
                    QUERY_LEAD_DAYS_MAX);
}

/* A date or an instant. */
static bool check_moment(const char *text, GError **error)
{
    struct api_query dates = {.allowed = PARAM_DATES};
    int64_t ts;
    bool is_day;
    return parse_end(text, &dates, &ts, &is_day, error);
}

static bool check_map(const char *text, GError **error)
{
    const char *equals = strchr(text, '=');
    return (equals != NULL && equals != text && equals[1] != '\0' && strlen(text) <= QUERY_TEXT_MAX) ||
           wfm_fail(error, WFM_ERROR_INPUT, "\"%.*s\": write ours=theirs, like offered=Calls", QUERY_TEXT_MAX,
                    text);
}

static bool check_zone(const char *text, GError **error)
{
    AUTO(zone) zone = zone_new(text, error);
    return zone != NULL;
}

static bool check_day(const char *text, GError **error)
{
    int32_t day;
    return day_parse(text, &day, error);
}

static bool check_instant(const char *text, GError **error)
{
    int64_t ts;
    return time_parse(text, NULL, &ts, error) &&
           (ts_ok(ts) || wfm_fail(error, WFM_ERROR_INPUT, "\"%s\" is not in the years 1900 to 2199", text));
}

static bool check_number(const char *text, GError **error)
{
    int64_t id;
    return (int64_parse(text, &id) && id >= 1) ||
           wfm_fail(error, WFM_ERROR_INPUT, "\"%s\" is not the number of anything", text);
}

/* Of words somebody else has written: as they stand there, so without a space at an end. */
static bool check_words(const char *text, GError **error)
{
    size_t n = strlen(text);
    return check_text(text, error) && ((text[0] != ' ' && text[n - 1] != ' ') ||
                                       wfm_fail(error, WFM_ERROR_INPUT, "begins or ends with a space"));
}

/* Each row has either parse or check. */
static const struct {
    const char *name;
    unsigned bit;
    bool (*parse)(const char *text, struct api_query *query, GError **error);
    bool (*check)(const char *text, GError **error);
    bool many;
} rows[] = {
    {"from", PARAM_FROM, parse_from, NULL, false},
    {"to", PARAM_TO, parse_to, NULL, false},
    {"after", PARAM_AFTER, parse_after, NULL, false},
    {"limit", PARAM_LIMIT, parse_limit, NULL, false},
    {"cancelled", PARAM_CANCELLED, parse_cancelled, NULL, false},
    {"since", PARAM_SINCE | PARAM_CHANGES, parse_since, NULL, false},
    {"subject", PARAM_AUDIT, NULL, check_words, false},
    {"actor", PARAM_AUDIT, NULL, check_words, false},
    {"action", PARAM_AUDIT, NULL, check_words, false},
    {"client", PARAM_CLIENT, parse_client, NULL, false},
    {"state", PARAM_STATE, NULL, check_text, false},
    {"kind", PARAM_RUN, NULL, check_text, false},
    {"queue", PARAM_QUEUE, NULL, check_id, false},
    {"week", PARAM_WEEK, NULL, check_week, false},
    {"dry_run", PARAM_DRY_RUN, NULL, check_flag, false},
    {"scenario", PARAM_SCENARIO, NULL, check_id, true},
    {"without", PARAM_WITHOUT, NULL, check_id, true},
    {"by", PARAM_BY, NULL, check_by, false},
    {"snapshot", PARAM_PICK, NULL, check_snapshot, false},
    {"as_of", PARAM_PICK, NULL, check_moment, false},
    {"lead_days", PARAM_PICK, NULL, check_lead, false},
    {"hand", PARAM_BY, NULL, check_hand, false},
    {"preset", PARAM_IMPORT, NULL, check_preset, false},
    {"map", PARAM_IMPORT, NULL, check_map, true},
    {"zone", PARAM_IMPORT, NULL, check_zone, false},
    {"interval_minutes", PARAM_IMPORT, NULL, check_interval, false},
    {"only", PARAM_IMPORT, NULL, check_id, true},
    {"separator", PARAM_IMPORT, NULL, check_separator, false},
    {"decimal_comma", PARAM_IMPORT, NULL, check_flag, false},
    {"removed", PARAM_REMOVED, NULL, check_flag, false},
    {"agent", PARAM_AGENT, NULL, check_id, false},
    {"whose", PARAM_WHOSE, NULL, check_text, false},
    {"kinds", PARAM_CHANGES, NULL, check_text, false},
    {"against", PARAM_AGAINST, NULL, check_number, false},
    {"day", PARAM_DAY, NULL, check_day, false},
    {"at", PARAM_AT, NULL, check_instant, false},
    {"active", PARAM_ACTIVE, NULL, check_flag, false},
    {"site", PARAM_SITE, NULL, check_id, false},
    {"contract", PARAM_SKILL, NULL, check_id, false},
    {"skill", PARAM_SKILL, NULL, check_id, false},
};
G_STATIC_ASSERT(G_N_ELEMENTS(rows) <= QUERY_PARAM_ROWS_MAX);

const char *query_param_name(int row, unsigned *bit)
{
    if (row < 0 || row >= (int)G_N_ELEMENTS(rows))
        return NULL;
    *bit = rows[row].bit;
    return rows[row].name;
}

/* NULL when the escapes are bad, or hide a NUL or broken UTF-8. */
static char *decode(const char *text)
{
    g_autofree char *plain = g_uri_unescape_string(text, NULL);
    return plain != NULL && g_utf8_validate(plain, -1, NULL) ? g_steal_pointer(&plain) : NULL;
}

static bool add_text(struct api_query *query, size_t row, const char *value, GError **error)
{
    guint n = query->texts[row] != NULL ? g_strv_length(query->texts[row]) : 0;
    if (n == QUERY_TEXTS_MAX)
        return wfm_fail(error, WFM_ERROR_INPUT, "is given more than %d times", QUERY_TEXTS_MAX);
    query->texts[row] = g_renew(char *, query->texts[row], n + 2);
    query->texts[row][n] = g_strdup(value);
    query->texts[row][n + 1] = NULL;
    return true;
}

void query_append_texts(const struct api_query *query, GString *link)
{
    for (size_t k = 0; k < G_N_ELEMENTS(rows); k++)
        for (char **value = query->texts[k]; value != NULL && *value != NULL; value++) {
            g_autofree char *escaped = g_uri_escape_string(*value, ":", FALSE);
            g_string_append_printf(link, "&%s=%s", rows[k].name, escaped);
        }
}

const char *const *query_list(const struct api_query *query, const char *name)
{
    static const char *const none[] = {NULL};
    for (size_t k = 0; k < G_N_ELEMENTS(rows); k++)
        if (strcmp(rows[k].name, name) == 0 && query->texts[k] != NULL)
            return (const char *const *)query->texts[k];
    return none;
}

const char *query_text(const struct api_query *query, const char *name)
{
    return query_list(query, name)[0];
}

bool query_flag(const struct api_query *query, const char *name)
{
    return g_strcmp0(query_text(query, name), "true") == 0;
}

static bool parse_one(const char *pair, unsigned allowed, struct api_query *out, GError **error)
{
    const char *equals = strchr(pair, '=');
    g_autofree char *raw_name = equals != NULL ? g_strndup(pair, (gsize)(equals - pair)) : g_strdup(pair);
    g_autofree char *name = decode(raw_name);
    g_autofree char *value = decode(equals != NULL ? equals + 1 : "");
    if (name == NULL || value == NULL)
        return wfm_fail(error, WFM_ERROR_USAGE, "the query has a bad percent escape");
    out->wrong = g_strdup(name);
    for (size_t k = 0; k < G_N_ELEMENTS(rows); k++) {
        if (strcmp(rows[k].name, name) != 0 || !(rows[k].bit & allowed))
            continue;
        if ((out->rows & UINT64_C(1) << k) && !rows[k].many)
            return wfm_fail(error, WFM_ERROR_USAGE, "parameter %s is given twice", name);
        out->given |= rows[k].bit;
        out->rows |= UINT64_C(1) << k;
        if (rows[k].parse != NULL ? !rows[k].parse(value, out, error)
                                  : !rows[k].check(value, error) || !add_text(out, k, value, error)) {
            g_prefix_error(error, "parameter %s: ", name);
            return false;
        }
        g_clear_pointer(&out->wrong, g_free);
        return true;
    }
    return wfm_fail(error, WFM_ERROR_USAGE, "parameter %s is not known here", name);
}

static bool fill_range(struct api_query *out, int64_t now_ts, int default_days, GError **error)
{
    int64_t span = (int64_t)default_days * DAY_S;
    if (!(out->given & PARAM_FROM)) {
        int64_t today = now_ts - now_ts % DAY_S;
        out->from_ts = out->given & PARAM_TO ? out->to_ts - span : today - DAY_S;
        out->from_is_day = out->given & PARAM_TO ? out->to_is_day : (out->allowed & PARAM_DATES) != 0;
    }
    if (!(out->given & PARAM_TO)) {
        out->to_ts = out->from_ts + span;
        out->to_is_day = out->from_is_day;
    }
    if (out->to_ts > out->from_ts && out->to_ts - out->from_ts <= (int64_t)QUERY_RANGE_DAYS_MAX * DAY_S)
        return true;
    out->wrong = g_strdup(out->given & PARAM_TO ? "to" : "from");
    return wfm_fail(error, WFM_ERROR_INPUT, "parameter to: must be after from, by at most %d days",
                    QUERY_RANGE_DAYS_MAX);
}

void query_range(const struct api_query *query, const struct zone *zone, int64_t *from_ts, int64_t *to_ts)
{
    *from_ts = query->from_is_day ? zone_day_start(zone, (int32_t)(query->from_ts / DAY_S)) : query->from_ts;
    *to_ts = query->to_is_day ? zone_day_start(zone, (int32_t)(query->to_ts / DAY_S)) : query->to_ts;
}

bool query_parse(const char *raw, unsigned allowed, int64_t now_ts, int default_days, struct api_query *out,
                 GError **error)
{
    *out = (struct api_query){.allowed = allowed, .limit = QUERY_LIMIT_DEFAULT};
    if (raw != NULL && *raw != '\0') {
        g_auto(GStrv) pairs = g_strsplit(raw, "&", 64);
        for (int k = 0; pairs[k] != NULL; k++)
            if (!parse_one(pairs[k], allowed, out, error))
                return false;
    }
    return (allowed & PARAM_RANGE) == 0 || fill_range(out, now_ts, default_days, error);
}

void query_clear(struct api_query *query)
{
    for (size_t k = 0; k < G_N_ELEMENTS(rows); k++)
        g_strfreev(query->texts[k]);
    g_free(query->after);
    g_free(query->client);
    g_free(query->since);
    g_free(query->wrong);
    *query = (struct api_query){0};
}

bool int64_parse(const char *text, int64_t *out)
{
    const char *digits = *text == '-' ? text + 1 : text;
    if (*digits == '\0' || strspn(digits, "0123456789") != strlen(digits) ||
        (*digits == '0' && digits[1] != '\0'))
        return false;
    char *end;
    errno = 0;
    int64_t value = g_ascii_strtoll(text, &end, 10);
    if (errno != 0)
        return false;
    *out = value;
    return true;
}

char *cursor_format(int64_t ts, int64_t id)
{
    return g_strdup_printf("%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT, ts, id);
}

bool cursor_parse(const char *text, int64_t *ts, int64_t *id)
{
    const char *dot = strchr(text, '.');
    if (dot == NULL)
        return false;
    g_autofree char *first = g_strndup(text, (gsize)(dot - text));
    int64_t t, i;
    if (!int64_parse(first, &t) || !ts_ok(t) || !int64_parse(dot + 1, &i))
        return false;
    *ts = t;
    *id = i;
    return true;
}
