/* Thousands of agents, or their time off, in one request and one transaction: all or nothing. And the
   operation as a whole, for reading. */
#include <string.h>

#include "api/body.h"
#include "api/part_change.h"
#include "api/resources.h"
#include "core/error.h"
#include "core/opfile.h"

#define BULK_MAX 20000

/* --- what was sent
 * --------------------------------------------------------------------------------------------- */

static bool is_csv(const struct api_call *call)
{
    const char *type = api_header(call, "Content-Type");
    return type != NULL && g_ascii_strncasecmp(type, "text/csv", strlen("text/csv")) == 0;
}

/* The elements of the body's list, as `given`; false when it is not that. The JSON is owned by the caller. */
static bool json_given(struct api_call *call, enum part part, const json_t *body, GArray *given,
                       GError **error)
{
    g_autofree char *pointer = g_strconcat("/", part_list(part), NULL);
    const json_t *list = json_object_get(body, part_list(part));
    if (!json_is_array(list))
        body_wrong(call, pointer, "%s", "an array is needed");
    else if (json_array_size(list) > BULK_MAX)
        body_wrong(call, pointer, "%zu elements; at most %d in one request", json_array_size(list), BULK_MAX);
    if (!body_right(call, error))
        return false;
    for (size_t k = 0; k < json_array_size(list); k++) {
        struct part_given one = {.json = json_array_get(list, k), .index = -1};
        g_array_append_val(given, one);
    }
    return true;
}

/* Ids of the agents the JSON names; those of CSV are not known before it is read, and so are all. */
static const char **json_agents(enum part part, const GArray *given, int *n)
{
    const char **ids = g_new0(const char *, given->len + 1);
    for (guint k = 0; k < given->len; k++) {
        const struct part_given *one = &g_array_index(given, struct part_given, k);
        const char *id = json_string_value(json_object_get(one->json, part == PART_AGENT ? "id" : "agent"));
        if (id != NULL)
            ids[(*n)++] = id;
    }
    return ids;
}

static bool csv_given(struct part_changing *changing, GArray *given, GError **error)
{
    struct api_call *call = changing->call;
    g_autoptr(GError) why = NULL;
    void **elements = NULL;
    int n = 0;
    bool ok = changing->part == PART_AGENT
                  ? operation_read_agents_text(changing->operation, "agents.csv", call->body,
                                               call->body_length, &elements, &n, &why)
                  : operation_read_time_off_text(changing->operation, "time_off.csv", call->body,
                                                 call->body_length, &elements, &n, &why);
    if (!ok) {
        body_wrong(call, "", "%s", why->message);
        return body_right(call, error);
    }
    for (int k = 0; k < n; k++) {
        struct part_given one = {.element = elements[k], .index = -1};
        g_array_append_val(given, one);
    }
    g_free(elements);
    return true;
}

/* --- which of them are there
 * ----------------------------------------------------------------------------------- */

static char *time_off_key(int agent, int64_t start_ts)
{
    return g_strdup_printf("%d %" G_GINT64_FORMAT, agent, start_ts);
}

/* What there is, by key: an agent by its id, time off by agent and start. */
static GHashTable *known_keys(const struct operation *operation, enum part part)
{
    GHashTable *known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (int i = 0; i < part_count(operation, part); i++)
        g_hash_table_insert(known,
                            part == PART_AGENT
                                ? g_strdup(operation->agents[i].id)
                                : time_off_key(operation->time_off[i].agent, operation->time_off[i].start_ts),
                            GINT_TO_POINTER(i + 1));
    return known;
}

/* Every element is read by now; those that are there already get their index. Twice the same is a fault. */
static bool match(struct part_changing *changing, GArray *given)
{
    const struct operation *operation = changing->operation;
    g_autoptr(GHashTable) known = known_keys(operation, changing->part);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    bool ok = true;
    for (guint k = 0; k < given->len; k++) {
        struct part_given *one = &g_array_index(given, struct part_given, k);
        const struct agent *agent = one->element;
        const struct time_off *off = one->element;
        char *key =
            changing->part == PART_AGENT ? g_strdup(agent->id) : time_off_key(off->agent, off->start_ts);
        one->index = GPOINTER_TO_INT(g_hash_table_lookup(known, key)) - 1;
        if (changing->part == PART_TIME_OFF && one->index >= 0)
            one->number = operation->time_off[one->index].number;
        if (!g_hash_table_add(seen, key)) {
            g_autofree char *pointer = g_strdup_printf("/%s/%u", part_list(changing->part), k);
            body_wrong(changing->call, pointer, "%s", "the same stands in the request before");
            ok = false;
        }
    }
    return ok;
}

/* --- the request
 * ----------------------------------------------------------------------------------------------- */

static bool bulk(struct part_changing *changing, GArray *given, GError **error)
{
    struct api_call *call = changing->call;
    g_autofree char *pointer = g_strconcat("/", part_list(changing->part), NULL);
    if (!part_changing_read(changing, (struct part_given *)(void *)given->data, (int)given->len, true,
                            pointer, error) ||
        (!match(changing, given) && !body_right(call, error)) ||
        !part_changing_do(changing, (struct part_given *)(void *)given->data, (int)given->len, true, pointer,
                          error))
        return false;
    return api_reply_json(call, 200,
                          json_pack("{s:i, s:i, s:i, s:o}", "created", changing->n_created, "updated",
                                    changing->n_changed, "unchanged",
                                    changing->n - changing->n_created - changing->n_changed, "warnings",
                                    part_warnings(changing->operation)));
}

bool parts_bulk(struct api_call *call, GError **error)
{
    enum part part = g_str_has_prefix(call->route->pattern, "/v1/agents") ? PART_AGENT : PART_TIME_OFF;
    bool csv = is_csv(call), ok;
    json_t *body = csv ? NULL : body_json(call, error);
    if (!csv && body == NULL)
        return false;
    g_autoptr(GArray) given = g_array_new(FALSE, TRUE, sizeof(struct part_given));
    struct part_changing changing = {0};
    int n = 0;
    ok = csv || json_given(call, part, body, given, error);
    if (ok) {
        g_autofree const char **agents = csv ? NULL : json_agents(part, given, &n);
        ok = part_changing_init(&changing, call, part, agents, n, error);
    }
    ok = ok && (!csv || csv_given(&changing, given, error)) && bulk(&changing, given, error);
    for (guint k = 0; k < given->len; k++)
        part_release(part, g_array_index(given, struct part_given, k).element);
    part_changing_clear(&changing);
    json_decref(body);
    return ok;
}

/* --- the whole
 * -------------------------------------------------------------------------------------------------- */

bool operation_export(struct api_call *call, GError **error)
{
    static const enum part parts[] = {PART_CLIENT,     PART_QUEUE,  PART_SITE,     PART_TEMPLATE,
                                      PART_CONTRACT,   PART_AGENT,  PART_TIME_OFF, PART_SPECIAL_DAY,
                                      PART_PREFERENCE, PART_MEETING};
    AUTO(operation) operation = store_operation_load(call->store, error);
    if (operation == NULL)
        return false;
    AUTO(part_door) door = part_door_new(operation, true);
    json_t *json = json_object();
    json_t *head = part_shown(door, operation, PART_HEAD, 0, error);
    bool ok = head != NULL && json_object_set_new(json, part_member(PART_HEAD), head) == 0;
    for (size_t p = 0; p < G_N_ELEMENTS(parts) && ok; p++) {
        json_t *list = json_array();
        json_object_set_new(json, part_list(parts[p]), list);
        for (int i = 0; i < part_count(operation, parts[p]) && ok; i++) {
            json_t *one = part_shown(door, operation, parts[p], i, error);
            ok = one != NULL && json_array_append_new(list, one) == 0;
        }
    }
    if (ok)
        return api_reply_json(call, 200, json);
    json_decref(json);
    return false;
}
