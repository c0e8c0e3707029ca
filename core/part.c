#include "core/part.h"

#include <string.h>

#include "core/error.h"
#include "core/operation_check.h"
#include "core/part_keys.h"

/* What is read is a form, which begins with the element: some are written in other words than they are kept.
 */
#define FORM_MAX 1024

#define ARRAY(array_name) offsetof(struct operation, array_name), offsetof(struct operation, n_##array_name)

#define CLEAR(type)                                                                                          \
    static void clear_##type(void *element)                                                                  \
    {                                                                                                        \
        type##_clear(element);                                                                               \
    }
CLEAR(client)
CLEAR(queue)
CLEAR(site)
CLEAR(shift_template)
CLEAR(contract)
CLEAR(agent)
CLEAR(meeting)
CLEAR(time_off)
CLEAR(special_day)

static void clear_nothing(void *element)
{
    (void)element;
}

/* What part_read made of the head: the parts are not its own. */
static void clear_head(void *element)
{
    struct operation *head = element;
    g_free(head->name);
    g_free(head->zone);
    g_free(head->currencies);
    g_free(head->headcounts);
    g_free(head->leads);
}

static const struct part_kind {
    const char *what, *member, *list;
    size_t size, array, count; /* of an element; offsets in struct operation */
    size_t form;               /* size of what is read and written */
    const struct cfg_key *keys;
    void (*defaults)(void *form);
    void (*clear)(void *element);
} kinds[PART_N] = {
    [PART_CLIENT] = {"client", "client", "clients", sizeof(struct client), ARRAY(clients),
                     sizeof(struct client), client_keys, NULL, clear_client},
    [PART_QUEUE] = {"queue", "queue", "queues", sizeof(struct queue), ARRAY(queues), sizeof(struct queue),
                    queue_keys, queue_defaults, clear_queue},
    [PART_SITE] = {"site", "site", "sites", sizeof(struct site), ARRAY(sites), sizeof(struct site), site_keys,
                   NULL, clear_site},
    [PART_TEMPLATE] = {"shift template", "template", "templates", sizeof(struct shift_template),
                       ARRAY(templates), sizeof(struct shift_template), template_keys, template_defaults,
                       clear_shift_template},
    [PART_CONTRACT] = {"contract", "contract", "contracts", sizeof(struct contract), ARRAY(contracts),
                       sizeof(struct contract), contract_keys, contract_defaults, clear_contract},
    [PART_AGENT] = {"agent", "agent", "agents", sizeof(struct agent), ARRAY(agents), sizeof(struct agent),
                    agent_keys, agent_defaults, clear_agent},
    [PART_MEETING] = {"meeting", "meeting", "meetings", sizeof(struct meeting), ARRAY(meetings),
                      sizeof(struct meeting), meeting_keys, NULL, clear_meeting},
    [PART_TIME_OFF] = {"time off", "time_off", "time_off", sizeof(struct time_off), ARRAY(time_off),
                       sizeof(struct time_off), time_off_keys, NULL, clear_time_off},
    [PART_SPECIAL_DAY] = {"special day", "special_day", "special_days", sizeof(struct special_day),
                          ARRAY(special_days), sizeof(struct special_form), special_day_keys,
                          special_form_defaults, clear_special_day},
    [PART_PREFERENCE] = {"preference", "preference", "preferences", sizeof(struct preference),
                         ARRAY(preferences), sizeof(struct wish_form), wish_form_keys, wish_form_defaults,
                         clear_nothing},
    [PART_HEAD] = {"operation", "operation", "operation", sizeof(struct operation), 0, 0,
                   sizeof(struct operation), head_keys, head_defaults, clear_head},
};

const char *part_what(enum part part)
{
    return kinds[part].what;
}

const char *part_member(enum part part)
{
    return kinds[part].member;
}

const char *part_list(enum part part)
{
    return kinds[part].list;
}

int part_count(const struct operation *operation, enum part part)
{
    int n;
    if (part == PART_HEAD)
        return 1;
    memcpy(&n, (const char *)operation + kinds[part].count, sizeof n);
    return n;
}

static char *array_of(const struct operation *operation, enum part part)
{
    char *array;
    memcpy(&array, (const char *)operation + kinds[part].array, sizeof array);
    return array;
}

static void *element_of(const struct operation *operation, enum part part, int index)
{
    if (part == PART_HEAD)
        return (void *)(uintptr_t)operation;
    return array_of(operation, part) + (size_t)index * kinds[part].size;
}

const char *part_id(const struct operation *operation, enum part part, int index)
{
    const char *id;
    if (index < 0 || index >= part_count(operation, part))
        return NULL;
    memcpy(&id, element_of(operation, part, index), sizeof id);
    return id;
}

int part_find(const struct operation *operation, enum part part, const char *id)
{
    int n = part_count(operation, part);
    for (int i = 0; i < n; i++)
        if (strcmp(part_id(operation, part, i), id) == 0)
            return i;
    return -1;
}

int part_append(struct operation *operation, enum part part)
{
    int n = part_count(operation, part), more = n + 1;
    size_t size = kinds[part].size;
    char *array = g_realloc_n(array_of(operation, part), (gsize)more, size);
    memset(array + (size_t)n * size, 0, size);
    memcpy((char *)operation + kinds[part].array, &array, sizeof array);
    memcpy((char *)operation + kinds[part].count, &more, sizeof more);
    return n;
}

int part_stub(struct operation *operation, enum part part, const char *id)
{
    int index = part_append(operation, part);
    char *copy = g_strdup(id);
    memcpy(element_of(operation, part, index), &copy, sizeof copy);
    return index;
}

/* --- JSON
 * ------------------------------------------------------------------------------------------------------- */

struct part_door {
    const struct operation *operation;
    struct cfg_json json;
    GHashTable *zones;               /* name → struct zone */
    GHashTable *index[PART_NAMED_N]; /* id → index + 1, made when first asked */
};

static void zone_destroy(gpointer zone)
{
    zone_free(zone);
}

static int door_find(void *user, enum part part, const char *id)
{
    struct part_door *door = user;
    if (door->index[part] == NULL) {
        door->index[part] = g_hash_table_new(g_str_hash, g_str_equal);
        for (int i = 0; i < part_count(door->operation, part); i++)
            g_hash_table_insert(door->index[part], (gpointer)part_id(door->operation, part, i),
                                GINT_TO_POINTER(i + 1));
    }
    return GPOINTER_TO_INT(g_hash_table_lookup(door->index[part], id)) - 1;
}

struct part_door *part_door_new(const struct operation *operation, bool planner)
{
    struct part_door *door = g_new0(struct part_door, 1);
    door->operation = operation;
    door->json =
        (struct cfg_json){.operation = operation, .planner = planner, .find = door_find, .user = door};
    door->zones = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, zone_destroy);
    return door;
}

void part_door_free(struct part_door *door)
{
    if (door == NULL)
        return;
    g_hash_table_unref(door->zones);
    for (int part = 0; part < PART_NAMED_N; part++)
        g_clear_pointer(&door->index[part], g_hash_table_unref);
    g_free(door);
}

/* By whose clock the instants of an element are; false when the zone does not exist. */
static bool take_zone(struct part_door *door, enum part part, int agent, GError **error)
{
    const struct operation *op = door->operation;
    const char *name = NULL;
    if (part == PART_MEETING)
        name = op->zone;
    if (part == PART_TIME_OFF && agent >= 0)
        name = op->sites[op->agents[agent].site].zone;
    door->json.zone = NULL;
    if (name == NULL)
        return true;
    struct zone *zone = g_hash_table_lookup(door->zones, name);
    if (zone == NULL && (zone = zone_new(name, error)) != NULL)
        g_hash_table_insert(door->zones, g_strdup(name), zone);
    door->json.zone = zone;
    return zone != NULL;
}

json_t *part_write(struct part_door *door, enum part part, int index, GError **error)
{
    const struct part_kind *kind = &kinds[part];
    _Alignas(max_align_t) char form[FORM_MAX] = {0};
    g_assert(kind->form <= sizeof form);
    memcpy(form, element_of(door->operation, part, index), kind->size);
    if (!take_zone(door, part, part == PART_TIME_OFF ? door->operation->time_off[index].agent : -1, error))
        return NULL;
    if (part == PART_QUEUE)
        queue_unsettle((struct queue *)(void *)form);
    if (part == PART_SPECIAL_DAY)
        special_form_unsettle(door->operation, (struct special_form *)(void *)form);
    if (part == PART_PREFERENCE)
        wish_form_unsettle((struct wish_form *)(void *)form);
    json_t *json = cfg_json_write(&door->json, kind->keys, form);
    if (part == PART_SPECIAL_DAY)
        g_free(((struct special_form *)(void *)form)->id);
    return json;
}

static bool settle(struct part_door *door, enum part part, void *form, const char *pointer)
{
    switch (part) {
    case PART_CLIENT:
        client_settle(form);
        return true;
    case PART_QUEUE:
        queue_settle(form);
        return true;
    case PART_SITE:
        site_settle(form);
        return true;
    case PART_TEMPLATE:
        template_settle(form);
        return true;
    case PART_CONTRACT:
        contract_settle(door->operation, form);
        return true;
    case PART_AGENT:
        return agent_settle(form, pointer, door->json.errors);
    case PART_MEETING: {
        struct meeting *meeting = form;
        if (meeting->name == NULL)
            meeting->name = g_strdup(meeting->id);
        return true;
    }
    case PART_TIME_OFF: {
        struct time_off *off = form;
        if (off->kind == NULL)
            off->kind = g_strdup("");
        return true;
    }
    case PART_SPECIAL_DAY:
        return special_form_settle(&door->json, form, pointer);
    case PART_PREFERENCE:
        return wish_form_settle(door->operation, form, pointer, door->json.errors);
    default:
        return true;
    }
}

/* A meeting's kind is a meeting unless said otherwise: the first of the enumeration is a meal. */
static void start_form(const struct part_kind *kind, void *form)
{
    if (kind == &kinds[PART_MEETING])
        ((struct meeting *)form)->kind = ACTIVITY_MEETING;
    if (kind->defaults != NULL)
        kind->defaults(form);
}

void *part_read(struct part_door *door, enum part part, const json_t *json, const char *pointer,
                json_t *errors)
{
    const struct part_kind *kind = &kinds[part];
    g_autofree void *form = g_malloc0(kind->form);
    const char *agent = json_string_value(json_object_get(json, "agent"));
    start_form(kind, form);
    door->json.errors = errors;
    take_zone(door, part, agent != NULL ? door_find(door, PART_AGENT, agent) : -1, NULL);
    bool ok =
        cfg_json_read(&door->json, kind->keys, json, form, pointer) && settle(door, part, form, pointer);
    if (part == PART_SPECIAL_DAY)
        g_clear_pointer(&((struct special_form *)form)->id, g_free);
    if (ok)
        return g_steal_pointer(&form);
    kind->clear(form);
    return NULL;
}

void part_release(enum part part, void *element)
{
    if (element == NULL)
        return;
    kinds[part].clear(element);
    g_free(element);
}

/* --- changing an operation
 * -------------------------------------------------------------------------------------- */

static void put_head(struct operation *operation, struct operation *head)
{
    struct operation old = *operation;
#define TAKE(member) operation->member = head->member
    TAKE(name), TAKE(zone), TAKE(interval_min), TAKE(currencies), TAKE(n_currencies), TAKE(headcounts),
        TAKE(n_headcounts), TAKE(leads), TAKE(n_leads), TAKE(fairness), TAKE(wishes);
#undef TAKE
    memcpy(operation->currency, head->currency, sizeof operation->currency);
    clear_head(&old);
}

int part_put(struct operation *operation, enum part part, int index, void *element)
{
    const struct part_kind *kind = &kinds[part];
    if (part == PART_HEAD) {
        put_head(operation, element);
        g_free(element);
        return 0;
    }
    if (index < 0)
        index = part_append(operation, part);
    else
        kind->clear(element_of(operation, part, index));
    memcpy(element_of(operation, part, index), element, kind->size);
    g_free(element);
    return index;
}

bool part_check(const struct operation *operation, enum part part, const int *indices, int n, bool many,
                const char *pointer, json_t *errors)
{
    g_autoptr(GError) why = NULL;
    struct operation_place place = {0};
    if (operation_check_at(operation, &place, &why))
        return true;
    int k = 0;
    if (part != PART_HEAD && g_strcmp0(place.kind, kinds[part].what) != 0)
        k = n;
    while (part != PART_HEAD && k < n && indices[k] != place.index)
        k++;
    if (k == n || (part == PART_HEAD && place.kind != NULL))
        return cfg_json_fault(errors, pointer, "%s", why->message);
    g_autofree char *key = cfg_json_pointer(kinds[part].keys, why->message + place.prefix);
    g_autofree char *where =
        many ? g_strdup_printf("%s/%d%s", pointer, k, key) : g_strconcat(pointer, key, NULL);
    return cfg_json_fault(errors, where, "%s", why->message + place.prefix);
}

/* Numbers that are written with the same ten digits are the same: what GET gave and PUT sends back. */
static bool same_json(const json_t *a, const json_t *b)
{
    const size_t flags = JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY | JSON_REAL_PRECISION(10);
    if (a == NULL || b == NULL)
        return a == b;
    if (json_equal(a, b))
        return true;
    char *x = json_dumps(a, flags), *y = json_dumps(b, flags);
    bool same = strcmp(x, y) == 0;
    free(x);
    free(y);
    return same;
}

json_t *part_changes(const json_t *before, const json_t *after)
{
    json_t *changes = json_object();
    const json_t *sides[2] = {before, after};
    for (int side = 0; side < 2; side++) {
        const char *key;
        json_t *value;
        json_object_foreach((json_t *)sides[side], key, value)
        {
            json_t *from = json_object_get(before, key), *to = json_object_get(after, key);
            if (json_object_get(changes, key) != NULL || same_json(from, to))
                continue;
            json_object_set_new(changes, key, json_pack("{s:O?, s:O?}", "from", from, "to", to));
        }
    }
    return changes;
}
