/*
 * statement.h - private to core/store/: statements that a connection prepares once, and several of them in
 * one network round trip.
 *
 * A text that runs for the second time on a connection is prepared under a name of its own and from then on
 * only bound: parsing and, after some runs, planning are saved. What a connection has prepared is forgotten
 * with it. A pooler that gives each transaction another connection of the server (pgbouncer in transaction
 * mode) cannot keep names: with `prepare=off` in the connection string (store.h) nothing is prepared.
 */
#ifndef WFM_CORE_STORE_STATEMENT_H
#define WFM_CORE_STORE_STATEMENT_H

#include "core/store/query.h"

struct statement {
    const char *sql;
    int n; /* parameters */
    const char *const *values;
    const int *lengths, *formats; /* n each; NULL: all are text */
};

/* Runs one and waits for it. The result is never NULL but out of memory, and may be a failure. */
PGresult *statement_run(struct store *store, const struct statement *statement);

/* Runs all in one round trip, each only when those before it went well; outside of a transaction they are
   one (and behind a pooler under the limits of time of its options). results[k]: PQclear, NULL when it did
   not come to it. False with *error on the first failure. */
bool statements_run(struct store *store, const struct statement *statements, int n, PGresult **results,
                    GError **error);

/* Forgets what was prepared: the connection is a new one. */
void statements_forget(struct store *store);
/* Of the statements that were only bound: for tests. */
int statements_prepared(const struct store *store);

#endif
