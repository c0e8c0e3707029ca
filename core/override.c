#include "core/override.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/text.h"

#define VALUE_MAX 1e9
#define PERCENT_MAX 10000.0
#define WHY_BYTES_MAX 400

static const char *const measures[OVERRIDE_MEASURE_N] = {"volume", "aht"};
static const char *const kinds[OVERRIDE_KIND_N] = {"set", "add", "percent"};
static const char *const pers[OVERRIDE_PER_N] = {"range", "day", "interval"};

static int position(const char *const *names, int n, const char *text)
{
    for (int i = 0; i < n; i++)
        if (strcmp(names[i], text) == 0)
            return i;
    return -1;
}

const char *override_measure_name(enum override_measure measure)
{
    return measures[measure];
}

const char *override_kind_name(enum override_kind kind)
{
    return kinds[kind];
}

const char *override_per_name(enum override_per per)
{
    return pers[per];
}

bool override_measure_parse(const char *text, enum override_measure *out)
{
    int i = position(measures, OVERRIDE_MEASURE_N, text);
    if (i >= 0)
        *out = (enum override_measure)i;
    return i >= 0;
}

bool override_kind_parse(const char *text, enum override_kind *out)
{
    int i = position(kinds, OVERRIDE_KIND_N, text);
    if (i >= 0)
        *out = (enum override_kind)i;
    return i >= 0;
}

bool override_per_parse(const char *text, enum override_per *out)
{
    int i = position(pers, OVERRIDE_PER_N, text);
    if (i >= 0)
        *out = (enum override_per)i;
    return i >= 0;
}

void override_clear(struct override *override)
{
    g_free(override->queue);
    g_free(override->scenario);
    g_free(override->hours);
    g_free(override->spans);
    g_free(override->why);
    g_free(override->created_by);
    g_free(override->removed_by);
    *override = (struct override){0};
}

void overrides_free(struct override *overrides, int n)
{
    for (int i = 0; overrides != NULL && i < n; i++)
        override_clear(&overrides[i]);
    g_free(overrides);
}

bool override_value_parse(const char *text, enum override_measure measure, enum override_kind *kind,
                          double *value, GError **error)
{
    bool sign = *text == '+' || *text == '-';
    g_autofree char *number = g_strdup(*text == '+' ? text + 1 : text);
    size_t length = strlen(number);
    bool percent = length > 0 && number[length - 1] == '%';
    if (percent || (measure == OVERRIDE_AHT && length > 0 && number[length - 1] == 's'))
        number[length - 1] = '\0';
    double found;
    if (!number_parse(g_strchomp(number), '.', &found) || (*text == '+' && found < 0))
        return wfm_fail(error, WFM_ERROR_INPUT, "\"%.40s\" is no change: write %s", text,
                        measure == OVERRIDE_AHT ? "300 (seconds), +30, -30, +15% or -10%"
                                                : "500, +50, -50, +15% or -10%");
    if (percent && !sign)
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "\"%.40s\": more or less? write +%s%% or -%s%%; a percentage is a change", text,
                        number, number);
    *kind = percent ? OVERRIDE_PERCENT : sign ? OVERRIDE_ADD : OVERRIDE_SET;
    *value = found;
    return true;
}

char *override_text(const struct override *override)
{
    static const char *const ends[OVERRIDE_PER_N] = {"", " each day", " each interval"};
    bool aht = override->measure == OVERRIDE_AHT, percent = override->kind == OVERRIDE_PERCENT;
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(number, sizeof number, override->kind == OVERRIDE_SET ? "%.6g" : "%+.6g",
                    override->value);
    return g_strdup_printf("%s %s%s%s", aht ? "AHT" : "volume", number,
                           percent ? " %"
                           : aht   ? " s"
                                   : "",
                           aht || percent ? "" : ends[override->per]);
}

bool override_when_parse(const char *text, const struct zone *zone, bool end, int64_t *ts, GError **error)
{
    enum { DATE_LENGTH = 10, MINUTE_LENGTH = 16 };
    int32_t day;
    if (strlen(text) == DATE_LENGTH) {
        if (!day_parse(text, &day, error))
            return false;
        *ts = zone_day_start(zone, end ? day + 1 : day);
        return true;
    }
    g_autofree char *full = strlen(text) == MINUTE_LENGTH ? g_strconcat(text, ":00", NULL) : g_strdup(text);
    return time_parse(full, zone, ts, error);
}

static bool value_check(const struct override *o, GError **error)
{
    bool aht = o->measure == OVERRIDE_AHT;
    g_autofree char *text = override_text(o);
    if (!isfinite(o->value) || fabs(o->value) > VALUE_MAX)
        return wfm_fail(error, WFM_ERROR_INPUT, "%s: the value must be within %g", text, VALUE_MAX);
    if (o->kind == OVERRIDE_SET && (o->value < 0 || (aht && o->value == 0)))
        return wfm_fail(error, WFM_ERROR_INPUT, "%s: must be %s", text,
                        aht ? "above 0" : "0 or more; -10% and -50 lower what is there");
    if (o->kind == OVERRIDE_PERCENT && (o->value < -100 || (aht && o->value == -100)))
        return wfm_fail(error, WFM_ERROR_INPUT, "%s: nothing is left to take away below -100 %%", text);
    if (o->kind == OVERRIDE_PERCENT && o->value > PERCENT_MAX)
        return wfm_fail(error, WFM_ERROR_INPUT, "%s: at most +%g %%", text, PERCENT_MAX);
    return true;
}

static bool range_check(const struct override *o, GError **error)
{
    if (o->to_ts <= o->from_ts)
        return wfm_fail(error, WFM_ERROR_INPUT, "the range ends before it begins, or is empty");
    return o->to_ts - o->from_ts <= OVERRIDE_DAYS_MAX * (int64_t)DAY_S ||
           wfm_fail(error, WFM_ERROR_INPUT, "the range is longer than %d days", OVERRIDE_DAYS_MAX);
}

static bool scenario_check(const struct override *o, GError **error)
{
    return o->scenario == NULL || id_ok(o->scenario) ||
           wfm_fail(error, WFM_ERROR_INPUT,
                    "scenario \"%.80s\" is not 1 to %d characters of A-Z a-z 0-9 _ . -", o->scenario,
                    WFM_ID_MAX);
}

static bool why_check(const struct override *o, GError **error)
{
    if (o->why == NULL || *o->why == '\0')
        return wfm_fail(error, WFM_ERROR_INPUT, "empty; say why the forecast is changed");
    return (strlen(o->why) <= WHY_BYTES_MAX && text_plain(o->why)) ||
           wfm_fail(error, WFM_ERROR_INPUT, "longer than %d bytes, or with control characters",
                    WHY_BYTES_MAX);
}

bool override_check(struct override *override, const char **field, GError **error)
{
    static const struct {
        const char *field;
        bool (*check)(const struct override *o, GError **error);
    } checks[] = {
        {"value", value_check}, {"to", range_check}, {"scenario", scenario_check}, {"why", why_check}};
    struct week_span *spans = NULL;
    int n_spans = 0;
    const char *wrong = NULL;
    for (size_t i = 0; wrong == NULL && i < G_N_ELEMENTS(checks); i++)
        if (!checks[i].check(override, error))
            wrong = checks[i].field;
    if (wrong == NULL && override->hours != NULL &&
        !week_spans_parse(override->hours, &spans, &n_spans, error))
        wrong = "hours";
    if (wrong == NULL) {
        g_free(override->spans);
        override->spans = spans;
        override->n_spans = n_spans;
    } else if (field != NULL) {
        *field = wrong;
    }
    return wrong == NULL;
}
