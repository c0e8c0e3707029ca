#include "api/part_csv.h"

#include <string.h>

#include "core/text.h"

bool part_csv_wanted(const struct api_call *call)
{
    const char *csv = call->accept != NULL ? strstr(call->accept, "text/csv") : NULL;
    const char *json = call->accept != NULL ? strstr(call->accept, "application/json") : NULL;
    return csv != NULL && (json == NULL || csv < json);
}

/* --- one field
 * -------------------------------------------------------------------------------------------------- */

static void put_field(GString *out, const char *text)
{
    if (strpbrk(text, ",;\"\r\n\t|") == NULL && !g_ascii_isspace(*text)) {
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

/* Numbers with the digits they have in JSON. */
static char *plain(const json_t *value)
{
    if (value == NULL || json_is_null(value))
        return g_strdup("");
    if (json_is_boolean(value))
        return g_strdup(json_is_true(value) ? "yes" : "no");
    if (json_is_string(value))
        return g_strdup(json_string_value(value));
    char *dumped = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(10));
    char *text = g_strdup(dumped);
    free(dumped);
    return text;
}

/* "queue:proficiency@level;queue" */
static char *skills(const json_t *list)
{
    GString *out = g_string_new(NULL);
    size_t k;
    json_t *skill;
    json_array_foreach((json_t *)(uintptr_t)list, k, skill)
    {
        double proficiency = json_number_value(json_object_get(skill, "proficiency"));
        json_int_t level = json_integer_value(json_object_get(skill, "level"));
        g_autofree char *number = plain(json_object_get(skill, "proficiency"));
        g_string_append_printf(out, "%s%s", k > 0 ? ";" : "",
                               json_string_value(json_object_get(skill, "queue")));
        if (proficiency != 1)
            g_string_append_printf(out, ":%s", number);
        if (level != 1)
            g_string_append_printf(out, "@%" JSON_INTEGER_FORMAT, level);
    }
    return g_string_free(out, FALSE);
}

/* "mon-fri 06:00-20:00; sat 08:00-14:00"; past midnight the end is by the clock of the next day. */
static char *spans(const json_t *list)
{
    GString *out = g_string_new(NULL);
    size_t k;
    json_t *one;
    json_array_foreach((json_t *)(uintptr_t)list, k, one)
    {
        struct week_span span = {0};
        weekdays_parse(json_string_value(json_object_get(one, "days")), &span.weekdays, NULL);
        clock_parse(json_string_value(json_object_get(one, "from")), DAY_MIN, &span.from_min, NULL);
        clock_parse(json_string_value(json_object_get(one, "to")), 2 * DAY_MIN, &span.to_min, NULL);
        g_autofree char *text = week_spans_format(&span, 1);
        g_string_append_printf(out, "%s%s", k > 0 ? "; " : "", text);
    }
    return g_string_free(out, FALSE);
}

static char *ids(const json_t *list)
{
    GString *out = g_string_new(NULL);
    size_t k;
    json_t *id;
    json_array_foreach((json_t *)(uintptr_t)list, k, id)
        g_string_append_printf(out, "%s%s", k > 0 ? ";" : "", json_string_value(id));
    return g_string_free(out, FALSE);
}

/* --- the columns of the files
 * ------------------------------------------------------------------------------------ */

struct column {
    const char *name, *member; /* member NULL: the same */
    char *(*text)(const json_t *value);
};

static const struct column agent_columns[] = {
    {"agent", "id", plain},
    {"name", NULL, plain},
    {"site", NULL, plain},
    {"contract", NULL, plain},
    {"skills", NULL, skills},
    {"available", NULL, spans},
    {"employed_from", NULL, plain},
    {"employed_to", NULL, plain},
    {"lead", NULL, plain},
    {"rank", NULL, plain},
    {"optional", NULL, plain},
    {"hire_price", NULL, plain},
    {NULL, NULL, NULL},
};
static const struct column time_off_columns[] = {
    {"agent", NULL, plain}, {"start", NULL, plain},          {"end", NULL, plain},
    {"kind", NULL, plain},  {"credit_minutes", NULL, plain}, {NULL, NULL, NULL},
};
static const struct column special_day_columns[] = {
    {"scope", NULL, plain}, {"id", NULL, plain},   {"date", NULL, plain},
    {"name", NULL, plain},  {"kind", NULL, plain}, {"uplift_percent", NULL, plain},
    {"open", NULL, plain},  {NULL, NULL, NULL},
};
static const struct column preference_columns[] = {
    {"agent", NULL, plain}, {"day", NULL, plain},    {"wish", NULL, plain},  {"template", NULL, plain},
    {"start", NULL, plain}, {"weight", NULL, plain}, {"price", NULL, plain}, {NULL, NULL, NULL},
};
static const struct column meeting_columns[] = {
    {"meeting", "id", plain}, {"name", NULL, plain}, {"kind", NULL, plain},     {"minutes", NULL, plain},
    {"from", NULL, plain},    {"to", NULL, plain},   {"together", NULL, plain}, {"price", NULL, plain},
    {"agents", NULL, ids},    {NULL, NULL, NULL},
};

static const struct column *const file_columns[PART_N] = {
    [PART_AGENT] = agent_columns,
    [PART_TIME_OFF] = time_off_columns,
    [PART_SPECIAL_DAY] = special_day_columns,
    [PART_PREFERENCE] = preference_columns,
    [PART_MEETING] = meeting_columns,
};

static void put_rows(GString *out, const struct column *columns, const json_t *list)
{
    size_t k;
    json_t *one;
    for (const struct column *column = columns; column->name != NULL; column++)
        g_string_append_printf(out, "%s%s", column > columns ? "," : "", column->name);
    g_string_append_c(out, '\n');
    json_array_foreach((json_t *)(uintptr_t)list, k, one)
    {
        for (const struct column *column = columns; column->name != NULL; column++) {
            const char *member = column->member != NULL ? column->member : column->name;
            g_autofree char *text = column->text(json_object_get(one, member));
            if (column > columns)
                g_string_append_c(out, ',');
            put_field(out, text);
        }
        g_string_append_c(out, '\n');
    }
}

/* --- all others: groups become dotted names, arrays their JSON
 * ------------------------------------------------------------------------------------ */

/* Adds the leaves of an object to `row` (name → text) and new names to `names`. */
static void flatten(const json_t *object, const char *prefix, GHashTable *row, GPtrArray *names,
                    GHashTable *known)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        g_autofree char *name = g_strconcat(prefix, key, NULL);
        if (json_is_object(value)) {
            g_autofree char *below = g_strconcat(name, ".", NULL);
            flatten(value, below, row, names, known);
            continue;
        }
        g_hash_table_insert(row, g_strdup(name), plain(value));
        if (!g_hash_table_contains(known, name)) {
            g_ptr_array_add(names, g_strdup(name));
            g_hash_table_add(known, g_strdup(name));
        }
    }
}

static void put_flat(GString *out, const json_t *list)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_hash_table_unref);
    g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    size_t k;
    json_t *one;
    json_array_foreach((json_t *)(uintptr_t)list, k, one)
    {
        GHashTable *row = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        flatten(one, "", row, names, known);
        g_ptr_array_add(rows, row);
    }
    for (guint c = 0; c < names->len; c++)
        g_string_append_printf(out, "%s%s", c > 0 ? "," : "", (const char *)names->pdata[c]);
    g_string_append_c(out, '\n');
    for (guint r = 0; r < rows->len; r++) {
        for (guint c = 0; c < names->len; c++) {
            const char *text = g_hash_table_lookup(rows->pdata[r], names->pdata[c]);
            if (c > 0)
                g_string_append_c(out, ',');
            put_field(out, text != NULL ? text : "");
        }
        g_string_append_c(out, '\n');
    }
}

char *part_csv_text(enum part part, const json_t *list)
{
    GString *out = g_string_new(NULL);
    if (file_columns[part] != NULL)
        put_rows(out, file_columns[part], list);
    else
        put_flat(out, list);
    return g_string_free(out, FALSE);
}

bool part_csv_reply(struct api_call *call, enum part part, json_t *list)
{
    char *text = part_csv_text(part, list);
    json_decref(list);
    return api_reply_text(call, 200, "text/csv; charset=utf-8", text, strlen(text), true);
}
