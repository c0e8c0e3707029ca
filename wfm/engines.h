/*
 * engines.h - what the service is given of this floor (api/engines.h).
 */
#ifndef WFM_WFM_ENGINES_H
#define WFM_WFM_ENGINES_H

#include "api/engines.h"

extern const struct api_engines wfm_engines;

/* Entries of it with a file of their own. */
bool engine_requirement(struct store *store, const struct requirement_span *span,
                        struct requirement_view *view, GError **error);

#endif
