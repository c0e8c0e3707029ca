/*
 * live.h - coverage as it stands: shifts of a published roster change hands and fall for time off without a
 * new version, and then staffed agents and expected service are not those the roster was published with.
 */
#ifndef WFM_API_LIVE_H
#define WFM_API_LIVE_H

#include "api/call.h"
#include "api/roster_cache.h"

/* Have shifts of the roster of that view changed since it was published? *out: the view with the shifts as
   they stand, counted; NULL where it has the same, or is not published. */
bool live_view(struct api_call *call, struct roster_view *view, struct roster_view **out, GError **error);

/* planned: of that queue by the published rosters, or (not 0) by one. *out: the same with what is staffed and
   expected as it stands, NAN where no roster is published now; coverage_view_clear. */
bool live_coverage(struct api_call *call, int64_t roster, const char *queue,
                   const struct coverage_view *planned, struct coverage_view *out, GError **error);

#endif
