#include <stdlib.h>

#include "api/auth.h"
#include "api/body.h"
#include "api/part_change.h"
#include "api/resources.h"
#include "core/config_json.h"
#include "core/error.h"

/* Preferences are all of an agent's: written anew, in their order of days. */

static bool needs_ranks(const json_t *list)
{
    size_t k;
    json_t *wish;
    json_array_foreach((json_t *)(uintptr_t)list, k,
                       wish) if (json_object_get(wish, "price") == NULL ||
                                 json_is_null(json_object_get(wish, "price"))) return true;
    return false;
}

/* Puts what the list says in the place of the agent's wishes. */
static bool put_wishes(struct api_call *call, struct operation *operation, int agent, const json_t *list,
                       GError **error)
{
    AUTO(part_door) door = part_door_new(operation, true);
    json_t *errors = json_array();
    g_autoptr(GArray) wishes = g_array_new(FALSE, TRUE, sizeof(struct preference));
    for (int i = 0; i < operation->n_preferences; i++)
        if (operation->preferences[i].agent != agent)
            g_array_append_val(wishes, operation->preferences[i]);
    for (size_t k = 0; k < json_array_size(list); k++) {
        g_autofree char *pointer = g_strdup_printf("/preferences/%zu", k);
        json_t *given = json_array_get(list, k);
        json_t *json = json_is_object(given) ? json_copy(given) : json_incref(given);
        if (json_is_object(json) && json_object_get(json, "agent") == NULL)
            json_object_set_new(json, "agent", json_string(operation->agents[agent].id));
        struct preference *wish = part_read(door, PART_PREFERENCE, json, pointer, errors);
        json_decref(json);
        if (wish != NULL && wish->agent != agent)
            cfg_json_fault(errors, pointer, "is of another agent than the path names");
        else if (wish != NULL)
            g_array_append_val(wishes, *wish);
        part_release(PART_PREFERENCE, wish);
    }
    operation_clear_preferences(operation);
    operation->n_preferences = (int)wishes->len;
    operation->preferences = (struct preference *)(void *)g_array_steal(wishes, NULL);
    if (operation->n_preferences > 1)
        qsort(operation->preferences, (size_t)operation->n_preferences, sizeof *operation->preferences,
              preference_compare);
    if (json_array_size(errors) == 0)
        part_check(operation, PART_PREFERENCE, NULL, 0, true, "/preferences", errors);
    part_faults(call, errors);
    json_decref(errors);
    return body_right(call, error);
}

/* The agent's wishes as GET lists them. */
static json_t *wishes_json(const struct operation *operation, int agent, GError **error)
{
    AUTO(part_door) door = part_door_new(operation, true);
    json_t *list = json_array();
    for (int i = 0; i < operation->n_preferences; i++) {
        if (operation->preferences[i].agent != agent)
            continue;
        json_t *one = part_write(door, PART_PREFERENCE, i, error);
        if (one == NULL) {
            json_decref(list);
            return NULL;
        }
        json_array_append_new(list, one);
    }
    return list;
}

static bool change_wishes(struct api_call *call, struct operation *operation, int agent, const json_t *list,
                          GError **error)
{
    json_t *before = wishes_json(operation, agent, error);
    if (before == NULL || !put_wishes(call, operation, agent, list, error)) {
        json_decref(before);
        return false;
    }
    json_t *after = wishes_json(operation, agent, error);
    json_t *sides[2] = {json_pack("{s:o}", "preferences", before),
                        json_pack("{s:o}", "preferences", after != NULL ? json_incref(after) : json_array())};
    json_t *changes = part_changes(sides[0], sides[1]);
    bool same = json_object_size(changes) == 0;
    json_t *detail = json_pack("{s:s, s:o}", "agent", operation->agents[agent].id, "changes", changes);
    struct part_change change = {agent, "preferences.updated", detail};
    bool ok = after != NULL && (same || store_part_save(call->store, PART_PREFERENCE, operation, &change, 1,
                                                        call->actor, error));
    json_decref(detail);
    json_decref(sides[0]);
    json_decref(sides[1]);
    if (!ok) {
        json_decref(after);
        return false;
    }
    return api_reply_json(call, 200,
                          json_pack("{s:s, s:o, s:b, s:o}", "agent", operation->agents[agent].id,
                                    "preferences", after, "unchanged", (int)same, "warnings",
                                    part_warnings(operation)));
}

bool agent_preferences_put(struct api_call *call, GError **error)
{
    const char *id = call->vars[0];
    if (!auth_agent(call, id, error))
        return false;
    json_t *body = body_json(call, error);
    if (body == NULL)
        return false;
    const json_t *list = json_object_get(body, "preferences");
    if (!json_is_array(list))
        body_wrong(call, "/preferences", "%s", "an array is needed");
    AUTO(operation) operation = NULL;
    bool ok = body_right(call, error);
    if (ok) {
        operation = store_operation_load_with(call->store, needs_ranks(list) ? NULL : &id, 1, error);
        int agent = operation != NULL ? operation_agent(operation, id) : -1;
        ok = operation != NULL && (agent >= 0 || part_unknown(PART_AGENT, id, error)) &&
             change_wishes(call, operation, agent, list, error);
    }
    json_decref(body);
    return ok;
}
