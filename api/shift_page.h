/*
 * shift_page.h - a page of an agent's published shifts: what phones ask for all day, so it takes one round
 * trip to the database, token and all, and is written without a tree. Its ETag comes from the versions of the
 * rows: one that has not changed is answered without reading them.
 */
#ifndef WFM_API_SHIFT_PAGE_H
#define WFM_API_SHIFT_PAGE_H

#include "api/call.h"
#include "api/json_writer.h"

/* Before the token is known: asks the store for the page of the agent whose it is. */
void shift_page_ahead(struct api_call *call);
/* Answers with the page of the agent; `path` is that of the request, for `next`. */
bool shift_page(struct api_call *call, const char *agent, const char *path, GError **error);

/* A shift as an object; `zone` is that of its site. */
void shift_write(struct json_writer *writer, const struct shift_view *view, const struct zone *zone);

#endif
