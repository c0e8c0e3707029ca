/*
 * filled.h - an operation with another value in every field, so that a reader or writer that forgets one is
 * noticed.
 */
#ifndef WFM_TESTS_CORE_FILLED_H
#define WFM_TESTS_CORE_FILLED_H

#include "core/operation.h"

/* Fills what contracts, templates, sites and agents have of rules, queues and skills of routing, and adds
   preferences, headcounts, leads, meetings, fairness and wishes. The operation has two sites, templates,
   contracts, four agents, an immediate and a deferred queue at least; it passes operation_check afterwards.
 */
void fill_rules(struct operation *operation);

/* Fails the running test where a field of queues, sites, templates, contracts, agents or of what fill_rules
   adds differs. Texts and arrays by content. */
void same_rules(const struct operation *a, const struct operation *b);

#endif
