/* The planner's hand: overrides and the scenarios they are in. */
#include <math.h>
#include <string.h>

#include "api/body.h"
#include "api/resources.h"
#include "api/series.h"
#include "core/error.h"

#define OVERRIDES_PATH "/v1/overrides"

struct scenario_ask {
    bool standing;
};

json_t *override_json(const struct api_call *call, const struct override *o, const struct zone *zone)
{
    bool planner = call->scope.role == ROLE_PLANNER; /* reasons and names of people stay with planners */
    bool total = o->measure == OVERRIDE_VOLUME && o->kind != OVERRIDE_PERCENT;
    g_autofree char *text = override_text(o);
    json_t *json = json_pack(
        "{s:I, s:s, s:s, s:o, s:o, s:s, s:s, s:f, s:o, s:o, s:s, s:b, s:o}", "id", (json_int_t)o->id, "queue",
        o->queue, "zone", zone_name(zone), "from", api_json_instant(o->from_ts, zone), "to",
        api_json_instant(o->to_ts, zone), "measure", override_measure_name(o->measure), "kind",
        override_kind_name(o->kind), "value", o->value, "per",
        total ? json_string(override_per_name(o->per)) : json_null(), "hours",
        o->hours != NULL && *o->hours != '\0' ? json_string(o->hours) : json_null(), "text", text, "standing",
        o->standing && o->removed_ts == 0, "created", api_json_instant(o->created_ts, NULL));
    if (!planner)
        return json;
    json_object_set_new(json, "scenario", api_json_text(o->scenario));
    json_object_set_new(json, "why", api_json_text(o->why));
    json_object_set_new(json, "created_by", api_json_text(o->created_by));
    json_object_set_new(json, "removed",
                        o->removed_ts != 0 ? api_json_instant(o->removed_ts, NULL) : json_null());
    json_object_set_new(json, "removed_by", api_json_text(o->removed_by));
    return json;
}

/* --- list
 * -----------------------------------------------------------------------------------------------------------
 */

/* Zones of the queues by id; g_hash_table_unref. Values are static as the zones are. */
static GHashTable *queue_zones(struct api_call *call, GError **error)
{
    struct named_row *rows = NULL;
    int n = 0;
    if (!store_list_queues(call->store, &call->scope, NULL, &rows, &n, error))
        return NULL;
    GHashTable *zones = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (int k = 0; k < n; k++) {
        const struct zone *zone = api_zone(call, rows[k].zone, error);
        if (zone == NULL) {
            g_clear_pointer(&zones, g_hash_table_unref);
            break;
        }
        g_hash_table_insert(zones, g_strdup(rows[k].id), (gpointer)zone);
    }
    named_rows_free(rows, n);
    return zones;
}

static bool reply_overrides(struct api_call *call, const struct override *overrides, int n, int64_t after,
                            GError **error)
{
    g_autoptr(GHashTable) zones = queue_zones(call, error);
    if (zones == NULL)
        return false;
    json_t *list = json_array(), *next = json_null();
    int64_t last = 0;
    for (int i = 0; i < n && json_is_null(next); i++) {
        const struct zone *zone = g_hash_table_lookup(zones, overrides[i].queue);
        if (overrides[i].id <= after || zone == NULL)
            continue;
        if ((int)json_array_size(list) == call->query.limit) {
            g_autofree char *cursor = g_strdup_printf("%" G_GINT64_FORMAT, last);
            next = next_link(call, OVERRIDES_PATH, cursor);
            break;
        }
        json_array_append_new(list, override_json(call, &overrides[i], zone));
        last = overrides[i].id;
    }
    return api_reply_json(call, 200, json_pack("{s:o, s:o}", "overrides", list, "next", next));
}

bool overrides_list(struct api_call *call, GError **error)
{
    struct override_filter filter = {.queue = query_text(&call->query, "queue"),
                                     .scenario = query_text(&call->query, "scenario"),
                                     .with_removed = call->scope.role == ROLE_PLANNER &&
                                                     query_flag(&call->query, "removed")};
    struct override *overrides = NULL;
    struct asked asked = {0};
    int64_t after = 0;
    int n = 0;
    if (call->query.after != NULL && (!int64_parse(call->query.after, &after) || after < 1))
        return query_wrong(call, "after", error, "take it from the `next` of a page");
    bool known = filter.queue == NULL || asked_queue(call, filter.queue, &asked, error);
    asked_clear(&asked);
    if (!known || !scenarios_allowed(call, error))
        return false;
    if (!week_asked(call, &filter.from_ts, &filter.to_ts, error) ||
        !store_override_list(call->store, &call->scope, &filter, &overrides, &n, error))
        return false;
    bool ok = reply_overrides(call, overrides, n, after, error);
    overrides_free(overrides, n);
    return ok;
}

/* --- one
 * ------------------------------------------------------------------------------------------------------------
 */

bool override_get(struct api_call *call, GError **error)
{
    struct override_filter filter = {.with_removed = call->scope.role == ROLE_PLANNER};
    struct override *overrides = NULL;
    struct asked asked = {0};
    int64_t id;
    int n = 0;
    if (!path_number(call, 0, "override", &id, error))
        return false;
    filter.id = id;
    if (!store_override_list(call->store, &call->scope, &filter, &overrides, &n, error))
        return false;
    bool ok = n > 0 || wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no override %" G_GINT64_FORMAT, id);
    ok = ok && asked_queue(call, overrides[0].queue, &asked, error) &&
         api_reply_json(call, 200, override_json(call, &overrides[0], asked.zone));
    asked_clear(&asked);
    overrides_free(overrides, n);
    return ok;
}

bool override_delete(struct api_call *call, GError **error)
{
    int64_t id;
    return path_number(call, 0, "override", &id, error) &&
           store_overrides_remove(call->store, &id, 1, call->actor, error) && api_reply_nothing(call);
}

/* --- scenarios
 * -------------------------------------------------------------------------------------------------- */

static json_t *scenario_json(const struct scenario_info *info)
{
    return json_pack("{s:s, s:b, s:i, s:i, s:o, s:o, s:o, s:o}", "name", info->name, "standing",
                     info->standing, "overrides", info->n_overrides, "queues", info->n_queues, "from",
                     api_json_instant(info->from_ts, NULL), "to", api_json_instant(info->to_ts, NULL),
                     "created", api_json_instant(info->created_ts, NULL), "created_by",
                     api_json_text(info->created_by));
}

bool scenarios_list(struct api_call *call, GError **error)
{
    struct scenario_info *infos = NULL;
    int n = 0;
    if (!store_scenario_list(call->store, &infos, &n, error))
        return false;
    json_t *list = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(list, scenario_json(&infos[i]));
    scenario_infos_free(infos, n);
    return api_reply_json(call, 200, json_pack("{s:o}", "scenarios", list));
}

static bool reply_scenario(struct api_call *call, const char *name, GError **error)
{
    struct scenario_info *infos = NULL;
    json_t *found = NULL;
    int n = 0;
    if (!store_scenario_list(call->store, &infos, &n, error))
        return false;
    for (int i = 0; i < n && found == NULL; i++)
        if (strcmp(infos[i].name, name) == 0)
            found = scenario_json(&infos[i]);
    scenario_infos_free(infos, n);
    return found != NULL ? api_reply_json(call, 200, found)
                         : wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no scenario \"%s\"", name);
}

bool scenario_get(struct api_call *call, GError **error)
{
    return reply_scenario(call, call->vars[0], error);
}

static const struct body_field scenario_fields[] = {
    {.name = "name", .kind = BODY_IGNORED},
    {"standing", BODY_BOOL, BODY_AT(scenario_ask, standing), .flags = BODY_REQUIRED},
    {.name = "overrides", .kind = BODY_IGNORED},
    {.name = "queues", .kind = BODY_IGNORED},
    {.name = "from", .kind = BODY_IGNORED},
    {.name = "to", .kind = BODY_IGNORED},
    {.name = "created", .kind = BODY_IGNORED},
    {.name = "created_by", .kind = BODY_IGNORED},
    {.name = NULL},
};

bool scenario_put(struct api_call *call, GError **error)
{
    struct scenario_ask ask = {0};
    return body_read(call, scenario_fields, &ask, error) &&
           store_scenario_switch(call->store, call->vars[0], ask.standing, call->actor, error) &&
           reply_scenario(call, call->vars[0], error);
}

bool scenario_delete(struct api_call *call, GError **error)
{
    return store_scenario_remove(call->store, call->vars[0], call->actor, error) && api_reply_nothing(call);
}
