#include "api/part_change.h"

#include <string.h>

#include "api/body.h"
#include "core/error.h"

bool part_changing_init(struct part_changing *changing, struct api_call *call, enum part part,
                        const char *const *agents, int n_agents, GError **error)
{
    *changing =
        (struct part_changing){.call = call, .part = part, .before = json_array(), .after = json_array()};
    g_autoptr(GError) inner = NULL;
    changing->operation = store_operation_load_with(call->store, agents, n_agents, &inner);
    if (changing->operation == NULL && part == PART_HEAD &&
        g_error_matches(inner, WFM_ERROR, WFM_ERROR_NOT_FOUND)) {
        changing->operation = operation_new(); /* the first of all changes */
        return true;
    }
    if (changing->operation == NULL)
        g_propagate_error(error, g_steal_pointer(&inner));
    return changing->operation != NULL;
}

void part_changing_clear(struct part_changing *changing)
{
    operation_free(changing->operation);
    json_decref(changing->before);
    json_decref(changing->after);
    g_free(changing->indices);
}

json_t *part_warnings(const struct operation *operation)
{
    json_t *list = json_array();
    g_autoptr(GPtrArray) warnings = operation_warnings(operation);
    for (guint i = 0; i < warnings->len; i++)
        json_array_append_new(list, json_string(warnings->pdata[i]));
    return list;
}

json_t *part_shown(struct part_door *door, const struct operation *operation, enum part part, int index,
                   GError **error)
{
    json_t *json = part_write(door, part, index, error);
    const char *zone = NULL;
    int64_t number = 0;
    if (json == NULL)
        return NULL;
    if (part == PART_AGENT)
        zone = operation->sites[operation->agents[index].site].zone;
    if (part == PART_TIME_OFF) {
        zone = operation->sites[operation->agents[operation->time_off[index].agent].site].zone;
        number = operation->time_off[index].number;
    }
    if (part == PART_SPECIAL_DAY)
        number = operation->special_days[index].number;
    if (part == PART_MEETING)
        zone = operation->zone;
    if (number != 0)
        json_object_set_new(json, "number", json_integer(number));
    if (zone != NULL)
        json_object_set_new(json, "zone", json_string(zone));
    return json;
}

/* What only answers have is taken and not looked at, so that what GET gave can be sent back. */
static json_t *without_shown(const json_t *json, enum part part)
{
    json_t *copy =
        json_is_object(json) ? json_copy((json_t *)(uintptr_t)json) : json_incref((json_t *)(uintptr_t)json);
    if (part == PART_AGENT || part == PART_TIME_OFF || part == PART_MEETING)
        json_object_del(copy, "zone");
    if (part == PART_TIME_OFF || part == PART_SPECIAL_DAY)
        json_object_del(copy, "number");
    return copy;
}

bool part_unknown(enum part part, const char *id, GError **error)
{
    return wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no %s \"%.64s\"", part_what(part), id);
}

void part_faults(struct api_call *call, const json_t *errors)
{
    size_t k;
    json_t *fault;
    json_array_foreach((json_t *)(uintptr_t)errors, k, fault)
        body_wrong(call, json_string_value(json_object_get(fault, "pointer")), "%s",
                   json_string_value(json_object_get(fault, "detail")));
}

bool part_changing_read(struct part_changing *changing, struct part_given *given, int n, bool many,
                        const char *pointer, GError **error)
{
    AUTO(part_door) door = part_door_new(changing->operation, true);
    json_t *errors = json_array();
    for (int k = 0; k < n; k++) {
        g_autofree char *where = many ? g_strdup_printf("%s/%d", pointer, k) : g_strdup(pointer);
        if (given[k].element != NULL)
            continue;
        json_t *json = without_shown(given[k].json, changing->part);
        given[k].element = part_read(door, changing->part, json, where, errors);
        json_decref(json);
    }
    part_faults(changing->call, errors);
    json_decref(errors);
    return body_right(changing->call, error);
}

static bool show_before(struct part_changing *changing, const struct part_given *given, int n, GError **error)
{
    AUTO(part_door) door = part_door_new(changing->operation, true);
    for (int k = 0; k < n; k++) {
        bool fresh = given[k].index < 0 || (changing->part == PART_HEAD && changing->operation->zone == NULL);
        json_t *before = fresh ? json_null()
                               : part_shown(door, changing->operation, changing->part, given[k].index, error);
        if (before == NULL)
            return false;
        json_array_append_new(changing->before, before);
    }
    return true;
}

static void put_all(struct part_changing *changing, struct part_given *given, int n)
{
    changing->indices = g_new0(int, (gsize)n + 1);
    changing->n = n;
    for (int k = 0; k < n; k++) {
        int index =
            part_put(changing->operation, changing->part, given[k].index, g_steal_pointer(&given[k].element));
        changing->indices[k] = index;
        if (changing->part == PART_TIME_OFF)
            changing->operation->time_off[index].number = given[k].number;
        if (changing->part == PART_SPECIAL_DAY)
            changing->operation->special_days[index].number = given[k].number;
    }
}

/* Who and what a change is about, for those who follow changes. */
static json_t *detail_of(enum part part, const json_t *after, json_t *changes)
{
    json_t *detail = json_object();
    const char *const members[] = {"client", "agent", "queue"};
    for (size_t k = 0; k < G_N_ELEMENTS(members); k++) {
        json_t *value = json_object_get(after, members[k]);
        if (json_is_string(value))
            json_object_set(detail, members[k], value);
    }
    if (part < PART_NAMED_N)
        json_object_set(detail, part_member(part), json_object_get(after, "id"));
    if (part == PART_TIME_OFF) {
        json_object_set(detail, "start", json_object_get(after, "start"));
        json_object_set(detail, "end", json_object_get(after, "end"));
        json_object_set(detail, "kind", json_object_get(after, "kind"));
    }
    if (part == PART_SPECIAL_DAY) {
        const char *scope = json_string_value(json_object_get(after, "scope"));
        if (!g_str_equal(scope, "all"))
            json_object_set(detail, scope, json_object_get(after, "id"));
        json_object_set(detail, "date", json_object_get(after, "date"));
    }
    json_object_set_new(detail, "changes", changes);
    return detail;
}

static bool save_changed(struct part_changing *changing, GError **error)
{
    g_autofree struct part_change *changes = g_new0(struct part_change, (gsize)changing->n + 1);
    g_autofree char *created = g_strconcat(part_member(changing->part), ".created", NULL);
    g_autofree char *updated = g_strconcat(part_member(changing->part), ".updated", NULL);
    AUTO(part_door) door = part_door_new(changing->operation, true);
    int n = 0;
    bool ok = true;
    for (int k = 0; k < changing->n && ok; k++) {
        const json_t *before = json_array_get(changing->before, (size_t)k);
        json_t *after = part_shown(door, changing->operation, changing->part, changing->indices[k], error);
        ok = after != NULL && json_array_append_new(changing->after, after) == 0;
        json_t *differs = part_changes(before, after);
        bool fresh = json_is_null(before);
        if (ok && (fresh || json_object_size(differs) > 0)) {
            changing->n_created += fresh;
            changing->n_changed += !fresh;
            changes[n++] = (struct part_change){changing->indices[k], fresh ? created : updated,
                                                detail_of(changing->part, after, json_incref(differs))};
        }
        json_decref(differs);
    }
    ok = ok && (n == 0 || store_part_save(changing->call->store, changing->part, changing->operation, changes,
                                          n, changing->call->actor, error));
    for (int k = 0; k < n; k++)
        json_decref(changes[k].detail);
    return ok;
}

bool part_changing_do(struct part_changing *changing, struct part_given *given, int n, bool many,
                      const char *pointer, GError **error)
{
    if (!part_changing_read(changing, given, n, many, pointer, error) ||
        !show_before(changing, given, n, error))
        return false;
    put_all(changing, given, n);
    json_t *errors = json_array();
    if (!part_check(changing->operation, changing->part, changing->indices, n, many, pointer, errors))
        part_faults(changing->call, errors);
    json_decref(errors);
    return body_right(changing->call, error) && save_changed(changing, error);
}
