/*
 * part_rows.h - private to core/store/: rows of the parts that are no entity (fields.h), read into an
 * operation in the same way for all of it and for a view of a few. When `stubs`, what a row refers to and
 * what is not there becomes a stub (core/part.h). All take the result, and fail when it is NULL.
 */
#ifndef WFM_CORE_STORE_PART_ROWS_H
#define WFM_CORE_STORE_PART_ROWS_H

#include "core/store/fields.h"

/* Columns of each, with the aliases below. */
#define SKILL_COLUMNS "t.id, q.id, k.proficiency, k.overflow"      /* t agent, k agent_skill, q queue */
#define CONTRACT_TEMPLATE_COLUMNS "ct.contract_id, ct.template_id" /* ct contract_template */
#define TIME_OFF_COLUMNS "t.id, o.start_at, o.end_at, o.credit_min, o.kind, o.id" /* o time_off, t agent */
#define PREFERENCE_COLUMNS                                                                                   \
    "t.id, p.day, p.template_id, p.off, p.from_min, p.to_min, p.price" /* p preference, t agent */
#define MEETING_COLUMNS "m.id, m.name, m.kind, m.length_min, m.from_at, m.to_at, m.together, m.price"
#define MEETING_AGENT_COLUMNS "m.id, t.id" /* m meeting, t agent */
/* d special_day, c client, q queue, s site */
#define SPECIAL_DAY_COLUMNS                                                                                  \
    "d.scope, coalesce(d.client_id, q.id, d.site_id, ''), d.day, d.kind, d.name, d.uplift, "                 \
    "coalesce(d.open_from_min, 0), coalesce(d.open_to_min, 0), d.id"
#define SPECIAL_DAY_FROM                                                                                     \
    "special_day d LEFT JOIN client c ON c.id = d.client_id LEFT JOIN queue q USING (queue_key) "            \
    "LEFT JOIN site s ON s.id = d.site_id"

/* Is the agent t one of the operation? */
#define ACTIVE_AGENT                                                                                         \
    "NOT t.retired AND EXISTS (SELECT FROM site s WHERE s.id = t.site_id AND NOT s.retired) "                \
    "AND EXISTS (SELECT FROM contract c WHERE c.id = t.contract_id AND NOT c.retired)"

/* Rows ordered by the id of the agent or contract. */
bool take_skills(struct operation *operation, PGresult *result, bool stubs);
bool take_contract_templates(struct operation *operation, PGresult *result, bool stubs);
bool take_time_off(struct operation *operation, PGresult *result, bool stubs);
bool take_preferences(struct operation *operation, PGresult *result, bool stubs);
bool take_meetings(struct operation *operation, PGresult *result, GError **error);
bool take_meeting_agents(struct operation *operation, PGresult *result, bool stubs);
bool take_special_days(struct operation *operation, PGresult *result, bool stubs, GError **error);
/* Name, zone, money and rules that couple agents; not yet what these refer to. */
bool head_load(struct store *store, struct operation *operation, GError **error);
bool couplings_load(struct store *store, struct operation *operation, bool stubs, GError **error);

/* core/store/operation_store.c: parts of what store_operation_save does. */
bool zones_save(struct store *store, const struct operation *operation, GError **error);
bool head_save(struct store *store, const struct operation *operation, GError **error);
bool contract_templates_save(struct store *store, const struct operation *operation, const int *indices,
                             int n, GError **error);
bool skills_save(struct store *store, const struct operation *operation, const int *indices, int n,
                 long *changed, GError **error);
/* core/store/wishes_store.c: wishes of one agent; -1: of all. */
bool preferences_insert(struct store *store, const struct operation *operation, int agent, GError **error);

#endif
