/* POST /v1/overrides: what is asked, for which queues, and what comes of it. */
#include <math.h>
#include <string.h>

#include "api/body.h"
#include "api/hand.h"
#include "api/resources.h"
#include "api/series.h"
#include "core/error.h"

#define QUEUES_MAX 500
#define HOURS_TEXT_MAX 500
#define WHY_TEXT_MAX 500

struct change_ask {
    int measure, kind, per;
    double value;
};

struct override_ask {
    char **queues, **clients;
    int n_queues, n_clients;
    unsigned channels;
    char *from, *to, *hours, *why, *scenario;
    struct change_ask *changes;
    int n_changes;
};

static const char *const measures[] = {"volume", "aht", NULL};
static const char *const kinds[] = {"set", "add", "percent", NULL};
static const char *const pers[] = {"range", "day", "interval", NULL};
static const char *const channels[] = {"voice",  "chat",     "in_person",   "email",
                                       "social", "callback", "back_office", NULL};
G_STATIC_ASSERT(G_N_ELEMENTS(measures) == OVERRIDE_MEASURE_N + 1);
G_STATIC_ASSERT(G_N_ELEMENTS(kinds) == OVERRIDE_KIND_N + 1);
G_STATIC_ASSERT(G_N_ELEMENTS(pers) == OVERRIDE_PER_N + 1);
G_STATIC_ASSERT(G_N_ELEMENTS(channels) == CHANNEL_N + 1);

static const struct body_field change_fields[] = {
    {"measure", BODY_CHOICE, BODY_AT(change_ask, measure), .flags = BODY_REQUIRED, .choices = measures},
    {"kind", BODY_CHOICE, BODY_AT(change_ask, kind), .flags = BODY_REQUIRED, .choices = kinds},
    {"value", BODY_REAL, BODY_AT(change_ask, value), .flags = BODY_REQUIRED},
    {"per", BODY_CHOICE, BODY_AT(change_ask, per), .flags = BODY_NULLABLE, .choices = pers},
    {.name = NULL},
};

static const struct body_field fields[] = {
    {"queues", BODY_IDS, BODY_AT(override_ask, queues), BODY_COUNT(override_ask, n_queues),
     .max = QUEUES_MAX},
    {"clients", BODY_IDS, BODY_AT(override_ask, clients), BODY_COUNT(override_ask, n_clients),
     .max = QUEUES_MAX},
    {"channels", BODY_FLAGS, BODY_AT(override_ask, channels), .choices = channels},
    {"from", BODY_TEXT, BODY_AT(override_ask, from), .flags = BODY_REQUIRED, .max = 40},
    {"to", BODY_TEXT, BODY_AT(override_ask, to), .flags = BODY_NULLABLE, .max = 40},
    {"hours", BODY_TEXT, BODY_AT(override_ask, hours), .flags = BODY_NULLABLE, .max = HOURS_TEXT_MAX},
    {"why", BODY_TEXT, BODY_AT(override_ask, why), .flags = BODY_REQUIRED, .max = WHY_TEXT_MAX},
    {"scenario", BODY_ID, BODY_AT(override_ask, scenario), .flags = BODY_NULLABLE},
    {"changes", BODY_LIST, BODY_AT(override_ask, changes), BODY_COUNT(override_ask, n_changes),
     .flags = BODY_REQUIRED, .min = 1, .max = 10, .fields = change_fields, .size = sizeof(struct change_ask)},
    {.name = NULL},
};

/* --- for which queues
 * ------------------------------------------------------------------------------------------------ */

static bool among(char *const *ids, int n, const char *id)
{
    for (int i = 0; i < n; i++)
        if (strcmp(ids[i], id) == 0)
            return true;
    return false;
}

static bool chosen(const struct override_ask *ask, const struct named_row *row)
{
    bool any = ask->n_queues == 0 && ask->n_clients == 0; /* then the channels alone choose */
    enum channel channel = CHANNEL_N;
    if (!any && !among(ask->queues, ask->n_queues, row->id) &&
        !among(ask->clients, ask->n_clients, row->client))
        return false;
    return ask->channels == 0 || (channel_parse(row->channel, &channel) && (ask->channels >> channel & 1));
}

/* Remembers each id of the body that is none. */
static void check_ids(struct api_call *call, const char *member, char *const *ids, int n, GHashTable *known)
{
    for (int i = 0; i < n; i++) {
        g_autofree char *pointer = g_strdup_printf("/%s/%d", member, i);
        if (!g_hash_table_contains(known, ids[i]))
            body_wrong(call, pointer, "\"%s\" is not there", ids[i]);
    }
}

/* Ids of the queues meant, by id; g_ptr_array_unref; NULL on failure. */
static GPtrArray *chosen_queues(struct api_call *call, const struct override_ask *ask, GError **error)
{
    struct named_row *rows = NULL;
    int n = 0;
    if (!store_list_queues(call->store, &call->scope, NULL, &rows, &n, error))
        return NULL;
    g_autoptr(GHashTable) queues = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) clients = g_hash_table_new(g_str_hash, g_str_equal);
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    for (int k = 0; k < n; k++) {
        g_hash_table_add(queues, rows[k].id);
        g_hash_table_add(clients, rows[k].client);
        if (chosen(ask, &rows[k]))
            g_ptr_array_add(ids, g_strdup(rows[k].id));
    }
    check_ids(call, "queues", ask->queues, ask->n_queues, queues);
    check_ids(call, "clients", ask->clients, ask->n_clients, clients);
    named_rows_free(rows, n);
    if (ask->n_queues == 0 && ask->n_clients == 0 && ask->channels == 0)
        body_wrong(call, "", "of which queues? give queues, clients or channels");
    else if (ids->len == 0 && ask->channels != 0)
        body_wrong(call, "/channels", "no queue of those named has one of these channels");
    if (body_right(call, error))
        return ids;
    g_ptr_array_unref(ids);
    return NULL;
}

/* --- what
 * ------------------------------------------------------------------------------------------------------------
 */

struct adding {
    const struct override_ask *ask;
    int interval_min;  /* of the plan: an instant without an end means one of these */
    GArray *overrides; /* struct override */
    GArray *effects;   /* struct override_effect, one each */
};

static void clear_override(gpointer override)
{
    override_clear(override);
}

/* "2026-12-01" is the first instant of that day in the zone, also as an end, which is not part of the range.
 */
static bool when(struct api_call *call, const char *member, const char *text, const struct zone *zone,
                 int64_t *ts)
{
    g_autofree char *pointer = g_strdup_printf("/%s", member);
    if (override_when_parse(text, zone, false, ts, NULL) && *ts >= QUERY_TS_MIN && *ts < QUERY_TS_MAX)
        return true;
    body_wrong(call, pointer,
               "\"%.40s\" is neither a date such as 2026-12-01 nor a time such as "
               "2026-12-01T10:00",
               text);
    return false;
}

static bool set_range(struct api_call *call, const struct adding *adding, const struct zone *zone,
                      struct override *o)
{
    const struct override_ask *ask = adding->ask;
    if (!when(call, "from", ask->from, zone, &o->from_ts))
        return false;
    if (ask->to != NULL)
        return when(call, "to", ask->to, zone, &o->to_ts);
    o->to_ts = strchr(ask->from, ':') != NULL ? o->from_ts + adding->interval_min * 60
                                              : zone_day_start(zone, zone_local_day(zone, o->from_ts) + 1);
    return true;
}

/* Where a wrong field of an override stands in the body. */
static char *pointer_of(const char *field, int change)
{
    return strcmp(field, "value") == 0 ? g_strdup_printf("/changes/%d/value", change)
                                       : g_strdup_printf("/%s", field);
}

static void add_change(struct api_call *call, struct adding *adding, const struct asked *asked, int change)
{
    const struct override_ask *ask = adding->ask;
    const struct change_ask *c = &ask->changes[change];
    g_autoptr(GError) why = NULL;
    const char *field = "";
    struct override o = {.queue = g_strdup(asked->known.id),
                         .scenario = g_strdup(ask->scenario),
                         .measure = (enum override_measure)c->measure,
                         .kind = (enum override_kind)c->kind,
                         .per = (enum override_per)c->per,
                         .value = c->value,
                         .hours = g_strdup(ask->hours != NULL ? ask->hours : ""),
                         .why = g_strdup(ask->why)};
    if (set_range(call, adding, asked->zone, &o) && !override_check(&o, &field, &why)) {
        g_autofree char *pointer = pointer_of(field, change);
        body_wrong(call, pointer, "%s", why->message);
    }
    o.standing = o.scenario == NULL;
    g_array_append_val(adding->overrides, o);
}

/* All changes of one queue, and what they would do. */
static bool add_queue(struct api_call *call, struct adding *adding, const char *queue, GError **error)
{
    struct asked asked;
    guint first = adding->overrides->len;
    int n = adding->ask->n_changes;
    bool ok = asked_queue(call, queue, &asked, error);
    for (int i = 0; ok && i < n; i++)
        add_change(call, adding, &asked, i);
    g_array_set_size(adding->effects, adding->overrides->len);
    ok = ok && body_right(call, error) &&
         hand_preview(call->store, &asked.known, &g_array_index(adding->overrides, struct override, first), n,
                      &g_array_index(adding->effects, struct override_effect, first), error);
    asked_clear(&asked);
    return ok;
}

/* --- the answer
 * ------------------------------------------------------------------------------------------------------ */

/* As it is kept, which may be from another day and hand; in a dry run as it would be. */
static json_t *kept_json(struct api_call *call, const struct override *o, const struct zone *zone,
                         GError **error)
{
    struct override_filter filter = {.id = o->id};
    struct override *kept = NULL;
    int n = 0;
    if (o->id == 0) {
        json_t *json = override_json(call, o, zone);
        json_object_set_new(json, "id", json_null());
        return json;
    }
    if (!store_override_list(call->store, &call->scope, &filter, &kept, &n, error))
        return NULL;
    json_t *json = override_json(call, n > 0 ? &kept[0] : o, zone);
    overrides_free(kept, n);
    return json;
}

static json_t *added_json(struct api_call *call, const struct override *o,
                          const struct override_effect *effect, const bool *fresh, GError **error)
{
    struct asked asked;
    json_t *json = NULL;
    if (asked_queue(call, o->queue, &asked, error))
        json = kept_json(call, o, asked.zone, error);
    if (json != NULL) {
        json_object_set_new(json, "state",
                            json_string(fresh == NULL ? "not kept"
                                        : *fresh      ? "new"
                                                      : "there already"));
        json_object_set_new(json, "intervals", json_integer(effect->intervals));
        json_object_set_new(json, "before", api_json_finite(effect->before));
        json_object_set_new(json, "after", api_json_finite(effect->after));
    }
    asked_clear(&asked);
    return json;
}

/* fresh: one each; NULL: nothing was kept. */
static bool reply_added(struct api_call *call, const struct adding *adding, const bool *fresh, GError **error)
{
    json_t *list = json_array();
    bool any = false;
    for (guint i = 0; i < adding->overrides->len; i++) {
        struct override *o = &g_array_index(adding->overrides, struct override, i);
        o->created_ts = call->now_ts;
        json_t *one = added_json(call, o, &g_array_index(adding->effects, struct override_effect, i),
                                 fresh != NULL ? &fresh[i] : NULL, error);
        if (one == NULL) {
            json_decref(list);
            return false;
        }
        json_array_append_new(list, one);
        any |= fresh != NULL && fresh[i];
    }
    return api_reply_json(call, any ? 201 : 200,
                          json_pack("{s:b, s:o}", "dry_run", fresh == NULL, "overrides", list));
}

static bool create(struct api_call *call, struct adding *adding, const GPtrArray *queues, GError **error)
{
    for (guint q = 0; q < queues->len; q++)
        if (!add_queue(call, adding, g_ptr_array_index(queues, q), error))
            return false;
    int n = (int)adding->overrides->len;
    g_autofree bool *fresh = g_new0(bool, (gsize)n + 1);
    if (query_flag(&call->query, "dry_run"))
        return reply_added(call, adding, NULL, error);
    return store_overrides_add(call->store, (struct override *)(void *)adding->overrides->data, n,
                               call->actor, NULL, fresh, error) &&
           reply_added(call, adding, fresh, error);
}

bool overrides_create(struct api_call *call, GError **error)
{
    struct override_ask ask = {0};
    g_autoptr(GPtrArray) queues = NULL;
    g_autoptr(GArray) overrides = g_array_new(FALSE, TRUE, sizeof(struct override));
    g_autoptr(GArray) effects = g_array_new(FALSE, TRUE, sizeof(struct override_effect));
    struct adding adding = {&ask, 0, overrides, effects};
    g_array_set_clear_func(overrides, clear_override);
    bool ok = body_read(call, fields, &ask, error) &&
              store_planning_zone(call->store, &call->scope, NULL, &adding.interval_min, error) &&
              (queues = chosen_queues(call, &ask, error)) != NULL && create(call, &adding, queues, error);
    body_clear(fields, &ask);
    return ok;
}
