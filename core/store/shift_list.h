/*
 * shift_list.h - private to core/store/: the statement behind store_shift_list, for the look-up of a token
 * that takes it along.
 */
#ifndef WFM_CORE_STORE_SHIFT_LIST_H
#define WFM_CORE_STORE_SHIFT_LIST_H

#include "core/store/statement.h"

#define SHIFT_PARAMETERS 8

/* A statement with its values, which it points into: made in place, never copied. */
struct shift_statement {
    uint64_t raw[SHIFT_PARAMETERS];
    const char *values[SHIFT_PARAMETERS];
    int lengths[SHIFT_PARAMETERS], formats[SHIFT_PARAMETERS];
    struct statement statement;
};
/* Shifts of the agent whose key is the setting wfm.agent_key; none when it is not set. `scoped`: it runs as
   wfm_scoped (a text of its own, because what is prepared belongs to a role). */
void shift_statement_init(struct shift_statement *out, const struct shift_ask *ask, bool scoped);

/* Columns of the head, from a row of agent a JOIN site i. */
#define SHIFT_HEAD "a.id, a.name, i.id, i.zone"

/* Takes both results; the head's four columns start at `column` of its first row. */
struct shift_list *shift_list_new(PGresult *head, int column, PGresult *rows, bool versions);

struct shift_ahead {
    struct shift_ask ask;
    bool wanted;             /* by the next look-up */
    struct shift_list *list; /* brought by the last one */
};

#endif
