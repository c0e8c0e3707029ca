#include "core/config.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "core/error.h"
#include "core/file.h"
#include "core/text.h"

#define TEXT_MAX 200
#define NAMES_MAX 64

struct cfg {
    const char *file;
    const struct operation *operation;
    GString *path; /* of the value being read: queues[acme-voice].sla.target */
};

static bool cfg_fail(struct cfg *cfg, const config_setting_t *setting, GError **error, const char *format,
                     ...) G_GNUC_PRINTF(4, 5);
static bool cfg_fail(struct cfg *cfg, const config_setting_t *setting, GError **error, const char *format,
                     ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    return wfm_fail(error, WFM_ERROR_INPUT, "%s:%u: %s%s%s", cfg->file,
                    (unsigned)config_setting_source_line(setting), cfg->path->str,
                    cfg->path->len > 0 ? ": " : "", message);
}

static size_t cfg_enter(struct cfg *cfg, const char *key)
{
    gsize before = cfg->path->len;
    if (before > 0)
        g_string_append_c(cfg->path, '.');
    g_string_append(cfg->path, key);
    return before;
}

static void cfg_leave(struct cfg *cfg, size_t before)
{
    g_string_truncate(cfg->path, before);
}

/* A value as one would write it, for messages. */
static char *shown(const config_setting_t *s)
{
    switch (config_setting_type(s)) {
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        return g_strdup_printf("%lld", config_setting_get_int64(s));
    case CONFIG_TYPE_FLOAT: {
        char number[G_ASCII_DTOSTR_BUF_SIZE];
        return g_strdup(g_ascii_formatd(number, sizeof number, "%.10g", config_setting_get_float(s)));
    }
    case CONFIG_TYPE_STRING:
        return g_strdup_printf("\"%.60s\"", config_setting_get_string(s));
    case CONFIG_TYPE_BOOL:
        return g_strdup(config_setting_get_bool(s) ? "true" : "false");
    case CONFIG_TYPE_GROUP:
        return g_strdup("a group { }");
    case CONFIG_TYPE_ARRAY:
        return g_strdup("an array [ ]");
    default:
        return g_strdup("a list ( )");
    }
}

static bool wrong_type(struct cfg *cfg, const config_setting_t *s, const char *want, GError **error)
{
    g_autofree char *value = shown(s);
    return cfg_fail(cfg, s, error, "%s found where %s is needed", value, want);
}

static bool is_whole(const config_setting_t *s)
{
    return config_setting_type(s) == CONFIG_TYPE_INT || config_setting_type(s) == CONFIG_TYPE_INT64;
}

static const char *string_of(const config_setting_t *s)
{
    return config_setting_type(s) == CONFIG_TYPE_STRING ? config_setting_get_string(s) : NULL;
}

static bool in_range(struct cfg *cfg, const config_setting_t *s, double min, double max, const char *unit,
                     double value, GError **error)
{
    if (isfinite(value) && (min == max || (value >= min && value <= max)))
        return true;
    g_autofree char *text = shown(s);
    return cfg_fail(cfg, s, error, "%s is not within %.10g..%.10g%s%s", text, min, max,
                    unit != NULL ? " " : "", unit != NULL ? unit : "");
}

static bool cfg_number(struct cfg *cfg, const config_setting_t *s, double min, double max, const char *unit,
                       double *value, GError **error)
{
    double found;
    if (is_whole(s))
        found = (double)config_setting_get_int64(s);
    else if (config_setting_type(s) == CONFIG_TYPE_FLOAT)
        found = config_setting_get_float(s);
    else
        return wrong_type(cfg, s, "a number", error);
    if (!in_range(cfg, s, min, max, unit, found, error))
        return false;
    *value = found;
    return true;
}

static bool read_text(struct cfg *cfg, const config_setting_t *s, void *at, GError **error)
{
    const char *text = string_of(s);
    if (text == NULL)
        return wrong_type(cfg, s, "a text in quotes", error);
    if (*text == '\0' || g_utf8_strlen(text, -1) > TEXT_MAX)
        return cfg_fail(cfg, s, error, "a text of %ld characters; 1 to %d are allowed",
                        g_utf8_strlen(text, -1), TEXT_MAX);
    if (!text_plain(text))
        return cfg_fail(cfg, s, error, "a control character; remove it");
    char **out = at;
    g_free(*out);
    *out = g_strdup(text);
    return true;
}

static bool read_code(struct cfg *cfg, const config_setting_t *s, void *at, GError **error)
{
    const char *text = string_of(s);
    if (text == NULL || strlen(text) != 3 || strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 3)
        return wrong_type(cfg, s, "a currency code like \"USD\"", error);
    memcpy(at, text, 4);
    return true;
}

static bool read_int(struct cfg *cfg, const config_setting_t *s, const struct cfg_key *key, void *at,
                     GError **error)
{
    if (!is_whole(s))
        return wrong_type(cfg, s, "a whole number", error);
    double value;
    if (!cfg_number(cfg, s, key->min, key->max, key->unit, &value, error))
        return false;
    *(int *)at = (int)value;
    return true;
}

/* Seconds in one unit of a duration's key. */
static const struct {
    const char *suffix;
    double seconds;
} units[] = {{"seconds", 1}, {"minutes", 60}, {"hours", 3600}};

static bool read_duration(struct cfg *cfg, const config_setting_t *s, const struct cfg_key *key, void *at,
                          GError **error)
{
    double seconds, unit_s = 0;
    const char *name = key->unit != NULL ? key->unit : config_setting_name(s);
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if (g_str_has_suffix(name, units[i].suffix))
            unit_s = units[i].seconds;
    const char *text = string_of(s);
    if (text != NULL) {
        g_autoptr(GError) why = NULL;
        if (!duration_parse(text, &seconds, &why))
            return cfg_fail(cfg, s, error, "%s", why->message);
    } else if (unit_s == 0 && is_whole(s) && config_setting_get_int64(s) == 0) {
        seconds = 0; /* in any unit */
    } else if (unit_s == 0) {
        g_autofree char *value = shown(s);
        return cfg_fail(cfg, s, error, "%s has no unit; write %s_seconds = %s or %s = \"20s\"", value,
                        key->name, value, key->name);
    } else {
        if (!cfg_number(cfg, s, 0, 0, NULL, &seconds, error))
            return false;
        seconds *= unit_s;
    }
    if (key->type == CFG_SECONDS) {
        if (!in_range(cfg, s, key->min, key->max, "seconds", seconds, error))
            return false;
        *(double *)at = seconds;
        return true;
    }
    double minutes = seconds / 60;
    if (!in_range(cfg, s, key->min, key->max, "minutes", minutes, error))
        return false;
    if (minutes != floor(minutes))
        return cfg_fail(cfg, s, error, "%g seconds are no whole number of minutes", seconds);
    *(int *)at = (int)minutes;
    return true;
}

static bool read_clock(struct cfg *cfg, const config_setting_t *s, const struct cfg_key *key, void *at,
                       GError **error)
{
    const char *text = string_of(s);
    if (text == NULL)
        return wrong_type(cfg, s, "a clock time like \"08:30\"", error);
    g_autoptr(GError) why = NULL;
    return clock_parse(text, (int)key->max, at, &why) || cfg_fail(cfg, s, error, "%s", why->message);
}

static bool read_days(struct cfg *cfg, const config_setting_t *s, void *at, GError **error)
{
    const char *text = string_of(s);
    if (text == NULL)
        return wrong_type(cfg, s, "weekdays like \"mon-fri\"", error);
    g_autoptr(GError) why = NULL;
    return weekdays_parse(text, at, &why) || cfg_fail(cfg, s, error, "%s", why->message);
}

static bool read_enum(struct cfg *cfg, const config_setting_t *s, const struct cfg_key *key, void *at,
                      GError **error)
{
    const char *names[NAMES_MAX];
    for (int i = 0; i < key->enum_n; i++)
        names[i] = key->enum_name(i);
    const char *text = string_of(s);
    for (int i = 0; text != NULL && i < key->enum_n; i++)
        if (strcmp(names[i], text) == 0) {
            memcpy(at, &i, sizeof i); /* enums are int-sized with gcc and clang */
            return true;
        }
    g_autofree char *value = shown(s);
    g_autofree char *all = text_nearest(text != NULL ? text : "", names, key->enum_n);
    return cfg_fail(cfg, s, error, "%s is unknown here; use %s%s", value,
                    key->enum_n > 5 ? "for example " : "one of ", all);
}

static bool read_ref(struct cfg *cfg, const config_setting_t *s, const struct cfg_key *key, int *index,
                     GError **error)
{
    const char *text = string_of(s);
    if (text == NULL)
        return wrong_type(cfg, s, "an id in quotes", error);
    int found = part_find(cfg->operation, key->ref, text);
    if (found < 0)
        return cfg_fail(cfg, s, error, "there is no %s \"%.64s\"", part_what(key->ref), text);
    *index = found;
    return true;
}

static bool read_refs(struct cfg *cfg, const config_setting_t *s, const struct cfg_key *key, void *base,
                      GError **error)
{
    int type = config_setting_type(s);
    if (type != CONFIG_TYPE_ARRAY && type != CONFIG_TYPE_LIST)
        return wrong_type(cfg, s, "an array of ids [ \"a\", \"b\" ]", error);
    int n = config_setting_length(s);
    g_autofree int *found = g_new0(int, MAX(n, 1));
    for (int i = 0; i < n; i++)
        if (!read_ref(cfg, config_setting_get_elem(s, (unsigned)i), key, &found[i], error))
            return false;
    int **out = (int **)((char *)base + key->offset);
    g_free(*out);
    *out = g_steal_pointer(&found);
    *(int *)((char *)base + key->count_offset) = n;
    return true;
}

static bool read_reals(struct cfg *cfg, const config_setting_t *s, const struct cfg_key *key, void *base,
                       GError **error)
{
    if (!config_setting_is_array(s) && !config_setting_is_list(s))
        return wrong_type(cfg, s, "an array of numbers like [ 480, 560 ]", error);
    int n = config_setting_length(s), *count = (int *)(void *)((char *)base + key->count_offset);
    if (key->counted && n != *count)
        return cfg_fail(cfg, s, error, CFG_COUNTED, n, *count);
    double **values = (double **)(void *)((char *)base + key->offset);
    g_free(*values);
    *values = g_new0(double, n + 1);
    *count = n;
    for (int i = 0; i < n; i++)
        if (!cfg_number(cfg, config_setting_get_elem(s, (unsigned)i), key->min, key->max, key->unit,
                        &(*values)[i], error))
            return false;
    return true;
}

/* A share, or a group of named ones: { adherence = 0.03; system = 0.01; }. */
static bool read_shares(struct cfg *cfg, const config_setting_t *s, const struct cfg_key *key, void *base,
                        GError **error)
{
    double *total = (double *)(void *)((char *)base + key->offset);
    if (!config_setting_is_group(s))
        return cfg_number(cfg, s, 0, SHRINKAGE_MAX, CFG_SHARE_OR_PARTS, total, error);
    int n_parts = config_setting_length(s), *n = (int *)(void *)((char *)base + key->count_offset);
    if (n_parts > SHRINKAGE_PARTS_MAX)
        return cfg_fail(cfg, s, error, "%d parts; at most %d", n_parts, SHRINKAGE_PARTS_MAX);
    struct shrinkage_part *parts = g_new0(struct shrinkage_part, MAX(n_parts, 1));
    *(struct shrinkage_part **)(void *)((char *)base + key->parts_offset) = parts;
    for (int i = 0; i < n_parts; i++) {
        const config_setting_t *member = config_setting_get_elem(s, (unsigned)i);
        parts[i].name = g_strdup(config_setting_name(member));
        *n = i + 1;
        size_t before = cfg_enter(cfg, parts[i].name);
        if (!cfg_number(cfg, member, 0, SHRINKAGE_MAX, CFG_SHARE, &parts[i].share, error))
            return false;
        cfg_leave(cfg, before);
    }
    *total = shrinkage_total(parts, n_parts);
    return *total <= SHRINKAGE_MAX || cfg_fail(cfg, s, error, CFG_SHARES_SUM, *total, SHRINKAGE_MAX);
}

static bool read_group(struct cfg *cfg, const config_setting_t *s, const struct cfg_key *keys, void *base,
                       GError **error);

static bool read_list(struct cfg *cfg, const config_setting_t *s, const struct cfg_key *key, void *base,
                      GError **error)
{
    if (config_setting_type(s) != CONFIG_TYPE_LIST)
        return wrong_type(cfg, s, "a list ( { … }, { … } )", error);
    int n = config_setting_length(s);
    if (key->max_n > 0 && n > key->max_n)
        return cfg_fail(cfg, s, error, "%d elements; at most %d are allowed", n, key->max_n);
    char *at = (char *)base + key->offset;
    int *count = (int *)(void *)((char *)base + key->count_offset);
    if (key->max_n == 0) {
        char *array = g_malloc0_n((gsize)MAX(n, 1), key->size);
        memcpy(at, &array, sizeof array);
        at = array;
    }
    for (int i = 0; i < n; i++) {
        const config_setting_t *element = config_setting_get_elem(s, (unsigned)i);
        gsize before = cfg->path->len;
        const char *id = NULL;
        if (config_setting_is_group(element))
            config_setting_lookup_string(element, "id", &id);
        if (id != NULL)
            g_string_append_printf(cfg->path, "[%.64s]", id);
        else
            g_string_append_printf(cfg->path, "[%d]", i + 1);
        char *slot = at + (size_t)i * key->size;
        if (key->init != NULL)
            key->init(slot);
        *count = i + 1;
        if (!read_group(cfg, element, key->keys, slot, error))
            return false;
        g_string_truncate(cfg->path, before);
    }
    return true;
}

static bool read_value(struct cfg *cfg, const config_setting_t *s, const struct cfg_key *key, void *base,
                       GError **error)
{
    void *at = (char *)base + key->offset;
    switch (key->type) {
    case CFG_TEXT:
        return read_text(cfg, s, at, error);
    case CFG_CODE:
        return read_code(cfg, s, at, error);
    case CFG_INT:
        return read_int(cfg, s, key, at, error);
    case CFG_REAL:
        return cfg_number(cfg, s, key->min, key->max, key->unit, at, error);
    case CFG_BOOL:
        if (config_setting_type(s) != CONFIG_TYPE_BOOL)
            return wrong_type(cfg, s, "true or false", error);
        *(bool *)at = config_setting_get_bool(s) != 0;
        return true;
    case CFG_SECONDS:
    case CFG_MINUTES:
        return read_duration(cfg, s, key, at, error);
    case CFG_CLOCK:
        return read_clock(cfg, s, key, at, error);
    case CFG_DAYS:
        return read_days(cfg, s, at, error);
    case CFG_ENUM:
        return read_enum(cfg, s, key, at, error);
    case CFG_REF:
        return read_ref(cfg, s, key, at, error);
    case CFG_REFS:
        return read_refs(cfg, s, key, base, error);
    case CFG_GROUP:
        return read_group(cfg, s, key->keys, base, error);
    case CFG_LIST:
        return read_list(cfg, s, key, base, error);
    case CFG_REALS:
        return read_reals(cfg, s, key, base, error);
    case CFG_SHARES:
        return read_shares(cfg, s, key, base, error);
    case CFG_DATE:
    case CFG_WHEN:
    case CFG_CLOCKS:
        break;
    }
    return cfg_fail(cfg, s, error, "not read");
}

static bool has_suffixes(const struct cfg_key *key)
{
    return (key->type == CFG_SECONDS || key->type == CFG_MINUTES) && key->unit == NULL;
}

/* Does the name stand for the key: "rest", or rest_seconds, rest_minutes, rest_hours? */
static bool key_matches(const struct cfg_key *key, const char *name)
{
    size_t n = strlen(key->name);
    if (strncmp(key->name, name, n) != 0)
        return false;
    if (name[n] == '\0')
        return true;
    if (!has_suffixes(key) || name[n] != '_')
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if (strcmp(name + n + 1, units[i].suffix) == 0)
            return true;
    return false;
}

static bool unknown_key(struct cfg *cfg, const config_setting_t *member, const struct cfg_key *keys,
                        GError **error)
{
    char *names[NAMES_MAX];
    int n = 0;
    for (const struct cfg_key *key = keys; key->name != NULL; key++) {
        names[n++] = g_strdup(key->name);
        for (size_t i = 0; has_suffixes(key) && i < G_N_ELEMENTS(units); i++)
            names[n++] = g_strdup_printf("%s_%s", key->name, units[i].suffix);
        g_assert(n + 4 < NAMES_MAX);
    }
    g_autofree char *near = text_nearest(config_setting_name(member), (const char *const *)names, n);
    for (int i = 0; i < n; i++)
        g_free(names[i]);
    g_autofree char *value = shown(member);
    return cfg_fail(cfg, member, error, "unknown key %.64s (= %s); the nearest known keys are %s",
                    config_setting_name(member), value, near);
}

static bool read_group(struct cfg *cfg, const config_setting_t *s, const struct cfg_key *keys, void *base,
                       GError **error)
{
    if (config_setting_type(s) != CONFIG_TYPE_GROUP)
        return wrong_type(cfg, s, "a group { key = value; }", error);
    const config_setting_t *given[NAMES_MAX] = {NULL};
    int n = config_setting_length(s);
    for (int i = 0; i < n; i++) {
        const config_setting_t *member = config_setting_get_elem(s, (unsigned)i);
        int k = 0;
        while (keys[k].name != NULL && !key_matches(&keys[k], config_setting_name(member)))
            k++;
        if (keys[k].name == NULL)
            return unknown_key(cfg, member, keys, error);
        if (given[k] != NULL)
            return cfg_fail(cfg, member, error, "%s and %s say the same; keep one",
                            config_setting_name(given[k]), config_setting_name(member));
        given[k] = member;
    }
    for (int k = 0; keys[k].name != NULL; k++) {
        if (given[k] == NULL && keys[k].required)
            return cfg_fail(cfg, s, error, "%s%s is missing", keys[k].name,
                            has_suffixes(&keys[k]) ? (keys[k].type == CFG_SECONDS ? "_seconds" : "_minutes")
                                                   : "");
        if (given[k] == NULL)
            continue;
        size_t before = cfg_enter(cfg, config_setting_name(given[k]));
        if (!read_value(cfg, given[k], &keys[k], base, error))
            return false;
        cfg_leave(cfg, before);
    }
    return true;
}

bool cfg_read_text(const char *path, const char *text, size_t length, const struct cfg_key *keys, void *base,
                   const struct operation *operation, GError **error)
{
    if (!cfg_scan(path, text, length, error))
        return false;
    config_t config;
    config_init(&config);
    config_set_auto_convert(&config, CONFIG_TRUE);
    bool ok = config_read_string(&config, text) == CONFIG_TRUE;
    if (!ok) {
        wfm_fail(error, WFM_ERROR_INPUT, "%s:%d: %s", path, config_error_line(&config),
                 config_error_text(&config));
    } else {
        struct cfg cfg = {.file = path, .operation = operation, .path = g_string_new(NULL)};
        ok = read_group(&cfg, config_root_setting(&config), keys, base, error);
        g_string_free(cfg.path, TRUE);
    }
    config_destroy(&config);
    return ok;
}

bool cfg_read(const char *path, const struct cfg_key *keys, void *base, const struct operation *operation,
              GError **error)
{
    g_autofree char *text = NULL;
    gsize length;
    if (!file_read(path, &text, &length, error))
        return false;
    return cfg_read_text(path, text, length, keys, base, operation, error);
}
