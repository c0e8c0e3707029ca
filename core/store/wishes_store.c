/* Preferences and meetings: written anew each time, as the files say. */
#include "core/store/part_rows.h"

bool preferences_insert(struct store *store, const struct operation *operation, int agent, GError **error)
{
    AUTO(json_t) rows = json_array();
    for (int i = 0; i < operation->n_preferences; i++) {
        const struct preference *wish = &operation->preferences[i];
        if (agent >= 0 && wish->agent != agent)
            continue;
        g_autofree char *day = day_format(wish->day);
        json_array_append_new(rows, json_pack("{s:s, s:s, s:s?, s:b, s:i, s:i, s:f}", "agent",
                                              operation->agents[wish->agent].id, "day", day, "template",
                                              wish->tmpl >= 0 ? operation->templates[wish->tmpl].id : NULL,
                                              "off", (int)wish->off, "from_min", wish->from_min, "to_min",
                                              wish->to_min, "price", wish->price));
    }
    return execute(store, NULL, error,
                   "INSERT INTO preference (agent_key, day, template_id, off, from_min, to_min, price) "
                   "SELECT a.agent_key, r.day, r.template, r.off, r.from_min, r.to_min, r.price FROM "
                   "jsonb_to_recordset($1::jsonb) AS r (agent text, day date, template text, off boolean, "
                   "from_min integer, to_min integer, price double precision) JOIN agent a ON a.id = r.agent",
                   "j", rows);
}

static bool preferences_save(struct store *store, const struct operation *operation, const char *actor,
                             GError **error)
{
    return tx_lock(store, LOCK_OPERATION, 0, error) &&
           entity_require(store, &entity_agent, operation, error) &&
           entity_require(store, &entity_template, operation, error) &&
           execute(store, NULL, error, "DELETE FROM preference", "") &&
           preferences_insert(store, operation, -1, error) &&
           audit_write(store, actor, "preferences.saved", "preferences",
                       json_pack("{s:i}", "rows", operation->n_preferences), error);
}

bool store_preferences_save(struct store *store, const struct operation *operation, const char *actor,
                            GError **error)
{
    return tx_begin(store, error) && tx_end(store, preferences_save(store, operation, actor, error), error);
}

static bool meetings_save(struct store *store, const struct operation *operation, const char *actor,
                          GError **error)
{
    AUTO(json_t) rows = json_array();
    AUTO(json_t) invited = json_array();
    for (int i = 0; i < operation->n_meetings; i++) {
        const struct meeting *meeting = &operation->meetings[i];
        g_autofree char *from = time_format(meeting->from_ts, NULL);
        g_autofree char *to = time_format(meeting->to_ts, NULL);
        json_array_append_new(rows, json_pack("{s:i, s:s, s:s, s:s, s:i, s:s, s:s, s:b, s:f}", "position", i,
                                              "id", meeting->id, "name", meeting->name, "kind",
                                              activity_kind_name(meeting->kind), "length_min",
                                              meeting->length_min, "from_at", from, "to_at", to, "together",
                                              (int)meeting->together, "price", meeting->price));
        for (int k = 0; k < meeting->n_agents; k++)
            json_array_append_new(invited, json_pack("{s:s, s:s}", "meeting", meeting->id, "agent",
                                                     operation->agents[meeting->agents[k]].id));
    }
    return tx_lock(store, LOCK_OPERATION, 0, error) &&
           entity_require(store, &entity_agent, operation, error) &&
           execute(store, NULL, error, "DELETE FROM meeting", "") &&
           execute(
               store, NULL, error,
               "INSERT INTO meeting (position, id, name, kind, length_min, from_at, to_at, together, price) "
               "SELECT position, id, name, kind, length_min, from_at, to_at, together, price FROM "
               "jsonb_to_recordset($1::jsonb) AS r (position integer, id text, name text, kind text, "
               "length_min integer, from_at timestamptz, to_at timestamptz, together boolean, "
               "price double precision)",
               "j", rows) &&
           execute(
               store, NULL, error,
               "INSERT INTO meeting_agent (meeting_id, agent_key) SELECT r.meeting, a.agent_key FROM "
               "jsonb_to_recordset($1::jsonb) AS r (meeting text, agent text) JOIN agent a ON a.id = r.agent",
               "j", invited) &&
           audit_write(store, actor, "meetings.saved", "meetings",
                       json_pack("{s:i}", "rows", operation->n_meetings), error);
}

bool store_meetings_save(struct store *store, const struct operation *operation, const char *actor,
                         GError **error)
{
    return tx_begin(store, error) && tx_end(store, meetings_save(store, operation, actor, error), error);
}
