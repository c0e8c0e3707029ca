/*
 * changes.h - what happened, as JSON: the items of /v1/changes and the bodies of webhooks. Pure.
 */
#ifndef WFM_API_CHANGES_H
#define WFM_API_CHANGES_H

#include <jansson.h>

#include "core/store/store.h"

#define CHANGE_KIND_MAX 64
#define CHANGE_KINDS_MAX 20

/* {"id", "kind", "at", "subject", "actor", "client", "queue", "agent", "week", "detail"}; instants in UTC.
   `actor`: with that member (what planners get). */
json_t *change_json(const struct change *change, bool actor);

/* "roster.published", or "roster.*" for all of a family; lower case letters and '_'. */
bool change_kind_ok(const char *text);

/* Cursors as text: "7342.118". */
char *change_cursor_format(struct change_cursor cursor);
bool change_cursor_parse(const char *text, struct change_cursor *out);

#endif
