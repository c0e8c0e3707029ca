/*
 * people.h - private to core/store/: what time off and swaps share.
 */
#ifndef WFM_CORE_STORE_PEOPLE_H
#define WFM_CORE_STORE_PEOPLE_H

#include "core/store/query.h"
#include "core/store/requests.h"

enum decided_how decided_how_read(const char *text);

/* Planners and agents; *agent becomes that of an agent's scope. */
bool people_scope(const struct scope *scope, const char *what, const char **agent, GError **error);

/* Cancels the published shifts of the agent in these hours and adds their ids to the list. Under LOCK_ROSTER.
 */
bool people_shifts_cancel(struct store *store, const char *agent, int64_t start_ts, int64_t end_ts,
                          json_t *ids, GError **error);
/* Offers whose shifts are not the ones offered any more have died. After every change of published shifts. */
bool people_swaps_expire(struct store *store, GError **error);

#endif
