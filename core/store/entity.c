#include <string.h>

#include "core/member.h"
#include "core/store/fields.h"

static const void *element(const struct entity *entity, const struct operation *operation, int i)
{
    return (const char *)member_pointer(operation, entity->array) + (size_t)i * entity->size;
}

static const char *element_id(const struct entity *entity, const struct operation *operation, int i)
{
    return member_pointer(element(entity, operation, i), entity->fields[0].offset);
}

/* --- writing */

static json_t *spans_json(const struct week_span *spans, int n)
{
    json_t *list = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(list, json_pack("{s:i, s:i, s:i}", "weekdays", spans[i].weekdays, "from_min",
                                              spans[i].from_min, "to_min", spans[i].to_min));
    return list;
}

static json_t *breaks_json(const struct break_rule *breaks, int n)
{
    json_t *list = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(
            list, json_pack("{s:s, s:i, s:b, s:i, s:i}", "kind", activity_kind_name(breaks[i].kind),
                            "length_min", breaks[i].length_min, "paid", (int)breaks[i].paid, "earliest_min",
                            breaks[i].earliest_min, "latest_min", breaks[i].latest_min));
    return list;
}

static json_t *reals_json(const double *values, int n)
{
    json_t *list = json_array();
    for (int i = 0; values != NULL && i < n; i++)
        json_array_append_new(list, json_real(values[i]));
    return list;
}

static json_t *shrinkage_json(const struct shrinkage_part *parts, int n)
{
    json_t *list = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(list, json_pack("{s:s, s:f}", "name", parts[i].name, "share", parts[i].share));
    return list;
}

static json_t *successions_json(const struct succession *pairs, int n, const struct operation *operation)
{
    json_t *list = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(list, json_pack("{s:s, s:s}", "from", operation->templates[pairs[i].from].id,
                                              "to", operation->templates[pairs[i].to].id));
    return list;
}

/* The numbers of a template's limit by their names. */
static const struct {
    const char *key;
    size_t offset;
} limit_parts[] = {
    {"week_min", offsetof(struct template_limit, week_min)},
    {"week_max", offsetof(struct template_limit, week_max)},
    {"period_min", offsetof(struct template_limit, period_min)},
    {"period_max", offsetof(struct template_limit, period_max)},
    {"consecutive_min", offsetof(struct template_limit, consecutive_min)},
    {"consecutive_max", offsetof(struct template_limit, consecutive_max)},
};

static json_t *limits_json(const struct template_limit *limits, int n, const struct operation *operation)
{
    json_t *list = json_array();
    for (int i = 0; i < n; i++) {
        json_t *limit = json_pack("{s:s}", "template", operation->templates[limits[i].tmpl].id);
        for (size_t k = 0; k < G_N_ELEMENTS(limit_parts); k++)
            json_object_set_new(limit, limit_parts[k].key,
                                json_integer(member_int(&limits[i], limit_parts[k].offset)));
        json_array_append_new(list, limit);
    }
    return list;
}

static json_t *prices_json(const double *prices)
{
    json_t *object = json_object();
    for (int rule = 0; rule < CONTRACT_RULE_N; rule++)
        if (prices[rule] != 0)
            json_object_set_new(object, contract_rule_key((enum contract_rule)rule), json_real(prices[rule]));
    return object;
}

static json_t *day_json(int32_t day)
{
    if (day == INT32_MIN || day == INT32_MAX)
        return json_string(day == INT32_MIN ? "-infinity" : "infinity");
    g_autofree char *text = day_format(day);
    return json_string(text);
}

/* NULL (an absent text, a number that is not finite) becomes null, and the column refuses it. */
static json_t *field_json(const struct field *field, const void *item, const struct operation *operation)
{
    switch (field->kind) {
    case FIELD_TEXT:
        return json_string(member_pointer(item, field->offset));
    case FIELD_INT:
        return json_integer(member_int(item, field->offset));
    case FIELD_BYTE:
        return json_integer(*(const uint8_t *)member_at(item, field->offset));
    case FIELD_REAL:
        return json_real(member_real(item, field->offset));
    case FIELD_BOOL:
        return json_boolean(*(const bool *)member_at(item, field->offset));
    case FIELD_DAY:
        return day_json(member_int(item, field->offset));
    case FIELD_NAME:
        return json_string(field->name(member_int(item, field->offset)));
    case FIELD_REF:
        return json_string(part_id(operation, field->ref, member_int(item, field->offset)));
    case FIELD_SPANS:
        return spans_json(member_pointer(item, field->offset), member_int(item, field->count));
    case FIELD_REALS:
    case FIELD_LIST:
        return reals_json(member_pointer(item, field->offset), member_int(item, field->count));
    case FIELD_SHRINKAGE:
        return shrinkage_json(member_pointer(item, field->offset), member_int(item, field->count));
    case FIELD_BREAKS:
        return breaks_json(member_at(item, field->offset), member_int(item, field->count));
    case FIELD_SUCCESSIONS:
        return successions_json(member_pointer(item, field->offset), member_int(item, field->count),
                                operation);
    case FIELD_LIMITS:
        return limits_json(member_pointer(item, field->offset), member_int(item, field->count), operation);
    case FIELD_PRICES:
        return prices_json(member_at(item, field->offset));
    }
    g_assert_not_reached();
}

static json_t *entity_json(const struct entity *entity, const struct operation *operation, const int *indices,
                           int n)
{
    json_t *list = json_array();
    for (int i = 0; i < (indices != NULL ? n : member_int(operation, entity->count)); i++) {
        const void *item = element(entity, operation, indices != NULL ? indices[i] : i);
        json_t *row = json_object();
        for (int f = 0; f < entity->n_fields; f++) {
            json_t *value = field_json(&entity->fields[f], item, operation);
            json_object_set_new(row, entity->fields[f].column, value != NULL ? value : json_null());
        }
        json_array_append_new(list, row);
    }
    return list;
}

static const char *const sql_types[] = {
    [FIELD_TEXT] = "text",    [FIELD_INT] = "integer",
    [FIELD_BYTE] = "integer", [FIELD_REAL] = "double precision",
    [FIELD_DAY] = "date",     [FIELD_NAME] = "text",
    [FIELD_REF] = "text",     [FIELD_SPANS] = "jsonb",
    [FIELD_REALS] = "jsonb",  [FIELD_BREAKS] = "jsonb",
    [FIELD_BOOL] = "boolean", [FIELD_SUCCESSIONS] = "jsonb",
    [FIELD_LIMITS] = "jsonb", [FIELD_PRICES] = "jsonb",
    [FIELD_LIST] = "jsonb",   [FIELD_SHRINKAGE] = "jsonb",
};

/* "a, b, c" with a prefix before and something after each column. */
static char *columns(const struct entity *entity, const char *prefix, bool with_types)
{
    GString *out = g_string_new(NULL);
    for (int f = 0; f < entity->n_fields; f++)
        g_string_append_printf(out, "%s%s%s%s%s", f > 0 ? ", " : "", prefix, entity->fields[f].column,
                               with_types ? " " : "", with_types ? sql_types[entity->fields[f].kind] : "");
    return g_string_free(out, FALSE);
}

bool entity_upsert(struct store *store, const struct entity *entity, const struct operation *operation,
                   const int *indices, int n, long *changed, GError **error)
{
    g_autofree char *plain = columns(entity, "", false);
    g_autofree char *stored = columns(entity, "t.", false);
    g_autofree char *given = columns(entity, "excluded.", false);
    g_autofree char *typed = columns(entity, "", true);
    g_autofree char *upsert =
        g_strdup_printf("INSERT INTO %s AS t (%s) SELECT %s FROM jsonb_to_recordset($1::jsonb) AS r (%s) "
                        "ON CONFLICT (id) DO UPDATE SET (%s, retired) = ROW(%s, false) "
                        "WHERE (%s, t.retired) IS DISTINCT FROM (%s, false)",
                        entity->table, plain, plain, typed, plain, given, stored, given);
    AUTO(json_t) rows = entity_json(entity, operation, indices, n);
    long upserted = 0;
    if (!execute(store, &upserted, error, upsert, "j", rows)) {
        g_prefix_error(error, "%s: ", entity->what);
        return false;
    }
    *changed += upserted;
    return true;
}

bool entity_save(struct store *store, const struct entity *entity, const struct operation *operation,
                 long *changed, GError **error)
{
    int n = member_int(operation, entity->count);
    g_autofree const char **ids = g_new0(const char *, (gsize)n + 1);
    for (int i = 0; i < n; i++)
        ids[i] = element_id(entity, operation, i);
    g_autofree char *retire = g_strdup_printf(
        "UPDATE %s SET retired = true WHERE NOT retired AND id <> ALL ($1::text[])", entity->table);
    long retired = 0;
    if (!entity_upsert(store, entity, operation, NULL, 0, changed, error))
        return false;
    if (!execute(store, &retired, error, retire, "S", ids, n)) {
        g_prefix_error(error, "%s: ", entity->what);
        return false;
    }
    *changed += retired;
    return true;
}

bool entity_require(struct store *store, const struct entity *entity, const struct operation *operation,
                    GError **error)
{
    int n = member_int(operation, entity->count);
    g_autofree const char **ids = g_new0(const char *, (gsize)n + 1);
    for (int i = 0; i < n; i++)
        ids[i] = element_id(entity, operation, i);
    g_autofree char *sql = g_strdup_printf("SELECT u.id FROM unnest($1::text[]) AS u (id) WHERE NOT EXISTS "
                                           "(SELECT FROM %s t WHERE t.id = u.id AND NOT t.retired) LIMIT 1",
                                           entity->table);
    AUTO(pg_result) missing = query(store, error, sql, "S", ids, n);
    if (missing == NULL)
        return false;
    if (PQntuples(missing) == 0)
        return true;
    return wfm_fail(error, WFM_ERROR_INPUT,
                    "%s \"%s\" is not in the store; load the operation and its agents first", entity->what,
                    cell_peek(missing, 0, 0));
}

/* --- reading */

static bool load_spans(const json_t *list, void *item, const struct field *field)
{
    size_t n = json_array_size(list), i;
    struct week_span *spans = n > 0 ? g_new0(struct week_span, n) : NULL;
    json_t *entry;
    json_array_foreach(list, i, entry)
    {
        spans[i].weekdays = (uint8_t)json_integer_value(json_object_get(entry, "weekdays"));
        spans[i].from_min = (int)json_integer_value(json_object_get(entry, "from_min"));
        spans[i].to_min = (int)json_integer_value(json_object_get(entry, "to_min"));
    }
    memcpy(member_at_mut(item, field->offset), &spans, sizeof spans);
    int count = (int)n;
    memcpy(member_at_mut(item, field->count), &count, sizeof count);
    return true;
}

static bool load_breaks(const json_t *list, void *item, const struct field *field)
{
    struct break_rule *breaks = member_at_mut(item, field->offset);
    size_t i;
    json_t *entry;
    if (json_array_size(list) > TEMPLATE_BREAKS_MAX)
        return false;
    json_array_foreach(list, i, entry)
    {
        const char *kind = json_string_value(json_object_get(entry, "kind"));
        if (kind == NULL || !activity_kind_parse(kind, &breaks[i].kind))
            return false;
        breaks[i].length_min = (int)json_integer_value(json_object_get(entry, "length_min"));
        breaks[i].paid = json_is_true(json_object_get(entry, "paid"));
        breaks[i].earliest_min = (int)json_integer_value(json_object_get(entry, "earliest_min"));
        breaks[i].latest_min = (int)json_integer_value(json_object_get(entry, "latest_min"));
    }
    int count = (int)json_array_size(list);
    memcpy(member_at_mut(item, field->count), &count, sizeof count);
    return true;
}

static bool load_shrinkage(const json_t *list, void *item, const struct field *field)
{
    size_t n = json_array_size(list), i;
    struct shrinkage_part *parts = n > 0 ? g_new0(struct shrinkage_part, n) : NULL;
    int count = (int)n;
    json_t *entry;
    memcpy(member_at_mut(item, field->offset), &parts, sizeof parts);
    memcpy(member_at_mut(item, field->count), &count, sizeof count);
    json_array_foreach(list, i, entry)
    {
        parts[i].name = g_strdup(json_string_value(json_object_get(entry, "name")));
        parts[i].share = json_number_value(json_object_get(entry, "share"));
        if (parts[i].name == NULL)
            return false;
    }
    return true;
}

static bool load_reals(const json_t *list, void *item, const struct field *field)
{
    size_t n = json_array_size(list), i;
    json_t *entry;
    int count = (int)n;
    if (field->kind == FIELD_LIST)
        memcpy(member_at_mut(item, field->count), &count, sizeof count);
    if (n != 0 && count != member_int(item, field->count))
        return false;
    double *values = n > 0 ? g_new0(double, n) : NULL;
    json_array_foreach(list, i, entry) values[i] = json_number_value(entry);
    memcpy(member_at_mut(item, field->offset), &values, sizeof values);
    return true;
}

int ref_or_stub(struct operation *operation, enum part part, const char *id, bool stubs)
{
    int found = part_find(operation, part, id);
    return found < 0 && stubs ? part_stub(operation, part, id) : found;
}

/* The template a key of the object names, -1 when none. */
static int load_template(const json_t *object, const char *key, struct operation *operation, bool stubs)
{
    const char *id = json_string_value(json_object_get(object, key));
    return id == NULL ? -1 : ref_or_stub(operation, PART_TEMPLATE, id, stubs);
}

static bool load_successions(const json_t *list, void *item, const struct field *field,
                             struct operation *operation, bool stubs)
{
    size_t n = json_array_size(list), i;
    struct succession *pairs = n > 0 ? g_new0(struct succession, n) : NULL;
    json_t *entry;
    memcpy(member_at_mut(item, field->offset), &pairs, sizeof pairs);
    json_array_foreach(list, i, entry)
    {
        pairs[i].from = load_template(entry, "from", operation, stubs);
        pairs[i].to = load_template(entry, "to", operation, stubs);
        if (pairs[i].from < 0 || pairs[i].to < 0)
            return false;
    }
    int count = (int)n;
    memcpy(member_at_mut(item, field->count), &count, sizeof count);
    return true;
}

static bool load_limits(const json_t *list, void *item, const struct field *field,
                        struct operation *operation, bool stubs)
{
    size_t n = json_array_size(list), i;
    struct template_limit *limits = n > 0 ? g_new0(struct template_limit, n) : NULL;
    json_t *entry;
    memcpy(member_at_mut(item, field->offset), &limits, sizeof limits);
    json_array_foreach(list, i, entry)
    {
        limits[i].tmpl = load_template(entry, "template", operation, stubs);
        if (limits[i].tmpl < 0)
            return false;
        for (size_t k = 0; k < G_N_ELEMENTS(limit_parts); k++) {
            int value = (int)json_integer_value(json_object_get(entry, limit_parts[k].key));
            memcpy(member_at_mut(&limits[i], limit_parts[k].offset), &value, sizeof value);
        }
    }
    int count = (int)n;
    memcpy(member_at_mut(item, field->count), &count, sizeof count);
    return true;
}

static bool load_prices(const json_t *object, void *item, const struct field *field)
{
    double *prices = member_at_mut(item, field->offset);
    size_t known = 0;
    for (int rule = 0; rule < CONTRACT_RULE_N; rule++) {
        const json_t *price = json_object_get(object, contract_rule_key((enum contract_rule)rule));
        prices[rule] = json_number_value(price);
        known += price != NULL;
    }
    return known == json_object_size(object);
}

static bool load_json(const struct field *field, const char *text, void *item, struct operation *operation,
                      bool stubs)
{
    AUTO(json_t) json = json_loads(text, 0, NULL);
    if (field->kind == FIELD_PRICES)
        return json_is_object(json) && load_prices(json, item, field);
    if (!json_is_array(json))
        return false;
    switch (field->kind) {
    case FIELD_SPANS:
        return load_spans(json, item, field);
    case FIELD_SHRINKAGE:
        return load_shrinkage(json, item, field);
    case FIELD_BREAKS:
        return load_breaks(json, item, field);
    case FIELD_SUCCESSIONS:
        return load_successions(json, item, field, operation, stubs);
    case FIELD_LIMITS:
        return load_limits(json, item, field, operation, stubs);
    default:
        return load_reals(json, item, field);
    }
}

static bool load_field(const struct field *field, const PGresult *rows, int row, int column, void *item,
                       struct operation *operation, bool stubs)
{
    void *to = member_at_mut(item, field->offset);
    int value;
    switch (field->kind) {
    case FIELD_TEXT: {
        char *text = cell_text(rows, row, column);
        memcpy(to, &text, sizeof text);
        return true;
    }
    case FIELD_BYTE:
        *(uint8_t *)to = (uint8_t)cell_int(rows, row, column);
        return true;
    case FIELD_REAL: {
        double real = cell_double(rows, row, column);
        memcpy(to, &real, sizeof real);
        return true;
    }
    case FIELD_BOOL:
        *(bool *)to = cell_bool(rows, row, column);
        return true;
    case FIELD_INT:
        value = (int)cell_int(rows, row, column);
        break;
    case FIELD_DAY:
        value = cell_day(rows, row, column);
        break;
    case FIELD_NAME:
        if (!field->parse(cell_peek(rows, row, column), &value))
            return false;
        break;
    case FIELD_REF:
        value = ref_or_stub(operation, field->ref, cell_peek(rows, row, column), stubs);
        if (value < 0)
            return false;
        break;
    default:
        return load_json(field, cell_peek(rows, row, column), item, operation, stubs);
    }
    memcpy(to, &value, sizeof value);
    return true;
}

char *entity_columns(const struct entity *entity, bool planner)
{
    GString *out = g_string_new(NULL);
    for (int f = 0; f < entity->n_fields; f++) {
        const struct field *field = &entity->fields[f];
        if (planner || !field->planner)
            g_string_append_printf(out, "%st.%s%s", f > 0 ? ", " : "", field->column,
                                   field->kind >= FIELD_SPANS ? "::text" : "");
    }
    return g_string_free(out, FALSE);
}

bool entity_take(const struct entity *entity, struct operation *operation, PGresult *result, bool planner,
                 bool stubs, GError **error)
{
    AUTO(pg_result) rows = result;
    if (rows == NULL)
        return false;
    int n = PQntuples(rows);
    char *array = n > 0 ? g_malloc0((gsize)n * entity->size) : NULL;
    memcpy(member_at_mut(operation, entity->array), &array, sizeof array);
    memcpy(member_at_mut(operation, entity->count), &n, sizeof n);
    for (int row = 0; row < n; row++)
        for (int f = 0, column = 0; f < entity->n_fields; f++) {
            if (entity->fields[f].planner && !planner)
                continue;
            if (!load_field(&entity->fields[f], rows, row, column++, array + (size_t)row * entity->size,
                            operation, stubs))
                return wfm_fail(error, WFM_ERROR_STORE,
                                "%s \"%s\" in the store: %s is \"%s\", which wfm does not know", entity->what,
                                cell_peek(rows, row, 0), entity->fields[f].column,
                                cell_peek(rows, row, column - 1));
        }
    return true;
}

bool entity_load(struct store *store, const struct entity *entity, struct operation *operation,
                 const char *condition, GError **error)
{
    g_autofree char *list = entity_columns(entity, true);
    g_autofree char *sql =
        g_strdup_printf("SELECT %s FROM %s t WHERE %s ORDER BY t.id", list, entity->table, condition);
    return entity_take(entity, operation, query(store, error, sql, ""), true, false, error);
}
