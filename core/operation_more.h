/*
 * operation_more.h - what if there were more agents: copies of those there are, for one plan alone.
 *
 * A copy has site, contract, skills, hours and lead of its agent, and no name, dates of employment, wishes,
 * time off, meetings or past of theirs. Its id begins with MORE_AGENT_PREFIX: "more-3-blr-001". A roster with
 * such agents can be looked at and compared; it is never published.
 */
#ifndef WFM_CORE_OPERATION_MORE_H
#define WFM_CORE_OPERATION_MORE_H

#include "core/operation.h"

#define MORE_AGENT_PREFIX "more-"
#define MORE_AGENTS_MAX 500 /* of one wish */

/* "blr-001=10": ten more like blr-001, behind the agents there are. WFM_ERROR_INPUT: not so written, no such
   agent, or one that has a copy's id is there already. */
bool operation_add_more(struct operation *operation, const char *wish, GError **error);

bool agent_is_more(const char *id);

#endif
