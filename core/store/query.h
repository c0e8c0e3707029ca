/*
 * query.h - private to core/store/: statements, results, transactions, COPY, and how a server error becomes a
 * GError.
 *
 * Parameters but arrays of numbers travel as text, results in binary: what is read is exactly what is stored,
 * and nothing is parsed twice. A struct store and everything made from it belong to one thread.
 */
#ifndef WFM_CORE_STORE_QUERY_H
#define WFM_CORE_STORE_QUERY_H

#include <jansson.h>
#include <libpq-fe.h>

#include "core/error.h"
#include "core/store/store.h"

/* What a transaction inside another one is. */
enum tx_kind {
    TX_WRITE,  /* a part of the outer one; when it fails, the outer one cannot commit */
    TX_READ,   /* a savepoint that is always rolled back: leaves nothing, and may fail without harm */
    TX_SCOPED, /* a part of the outer one, as wfm_scoped until its end */
};
#define TX_DEPTH_MAX 4

struct store {
    PGconn *conn;
    bool in_tx;                      /* depth > 0 */
    int depth;                       /* of nested transactions */
    enum tx_kind kind[TX_DEPTH_MAX]; /* of each */
    bool failed;                     /* an inner one: all roll back */
    struct store_options options;
    bool prepare;         /* statements may be prepared: core/store/statement.h */
    GHashTable *prepared; /* text → struct prepared; NULL: none yet */
    unsigned prepared_epoch;
    struct shift_ahead *ahead; /* what the next look-up of a token asks along: shift_store.c */
};

void shift_ahead_free(struct shift_ahead *ahead);

AUTO_DEFINE(pg_result, PQclear);
AUTO_DEFINE(json_t, json_decref);

/* --- statements */

/* Connects again when the connection is known to be broken and no transaction is open. */
bool connection_ready(struct store *store, GError **error);

/*
 * Runs one statement; NULL on failure. `types` has one letter per parameter $1, $2, …:
 *   s const char * (NULL: NULL)   i int   l int64_t   d double   b int, as boolean
 *   t int64_t, an instant; INT64_MIN and INT64_MAX are -infinity and infinity
 *   y int32_t, a civil day; INT32_MIN and INT32_MAX likewise
 *   A const double *, int: an array of double precision (NULL pointer: NULL)
 *   S const char *const *, int: an array of text
 *   x const void *, size_t: bytea
 *   j json_t * (borrowed), as its text
 */
PGresult *query(struct store *store, GError **error, const char *sql, const char *types, ...);
/* The same for a statement whose rows do not matter; *affected (may be NULL) gets the number of rows. */
bool execute(struct store *store, long *affected, GError **error, const char *sql, const char *types, ...);
/* A statement whose rows are a text and a bigint: one call of `add` each. */
bool count_rows(struct store *store, store_count_fn add, void *user, GError **error, const char *sql);
/* Several statements without parameters and without rows. */
bool execute_script(struct store *store, const char *sql, GError **error);

/* PostgreSQL counts from 2000-01-01. */
#define EPOCH_2000_S INT64_C(946684800)
#define EPOCH_2000_DAY 10957

/* Cells of a binary result. Integers of any width; the type must fit. NULL gives the value in brackets. */
int64_t cell_int(const PGresult *result, int row, int column);      /* [0] */
double cell_double(const PGresult *result, int row, int column);    /* [NAN] */
bool cell_bool(const PGresult *result, int row, int column);        /* [false] */
int64_t cell_ts(const PGresult *result, int row, int column);       /* timestamptz [0]; infinities as above */
int32_t cell_day(const PGresult *result, int row, int column);      /* date [0] */
char *cell_text(const PGresult *result, int row, int column);       /* copy, g_free [NULL] */
const char *cell_peek(const PGresult *result, int row, int column); /* as long as the result lives [""] */
/* An array of double precision: its values (g_free), *n their number; NULL with *n = 0 for NULL. Elements
 * that are NULL are NAN. */
double *cell_doubles(const PGresult *result, int row, int column, int *n);
/* The first column of all rows: integers, *n of them, g_free. */
int64_t *cells_int(const PGresult *result, int *n);

/* --- transactions */

/*
 * They nest: inside another one nothing begins or ends on the server but what enum tx_kind says. So a
 * function that is a transaction of its own may be part of a larger one (store_change_begin).
 */

/* Read committed. */
bool tx_begin(struct store *store, GError **error);
/* Repeatable read, read only: all statements see one moment (inside another one: read committed, with what
   that has written). As wfm_scoped unless the scope is the planner's. */
bool tx_begin_read(struct store *store, const struct scope *scope, GError **error);
/* Read committed, and writes under row-level security: as wfm_scoped unless the scope is the planner's. */
bool tx_begin_scoped(struct store *store, const struct scope *scope, GError **error);
/* Commits when ok, else rolls back; returns whether all went well. */
bool tx_end(struct store *store, bool ok, GError **error);
/* Waits for an advisory lock until the end of the transaction. */
bool tx_lock(struct store *store, enum store_lock lock, int which, GError **error);

/* --- COPY … FROM STDIN (FORMAT binary) */

struct copy {
    struct store *store;
    GByteArray *buffer;
    int n_columns;
};
bool copy_begin(struct copy *copy, struct store *store, const char *table_and_columns, int n_columns,
                GError **error);
/* Starts a row; then exactly n_columns values follow. Sends what has gathered. */
bool copy_row(struct copy *copy, GError **error);
void copy_null(struct copy *copy);
void copy_bool(struct copy *copy, bool value);
void copy_int32(struct copy *copy, int32_t value);
void copy_int64(struct copy *copy, int64_t value);
void copy_double(struct copy *copy, double value); /* NAN: NULL */
void copy_ts(struct copy *copy, int64_t ts);
void copy_day(struct copy *copy, int32_t day);
void copy_text(struct copy *copy, const char *text); /* NULL: NULL */
void copy_json(struct copy *copy, const char *text); /* for a jsonb column */
/* Ends it when ok; else the server forgets all of it. Always call it after a copy_begin that went well. */
bool copy_end(struct copy *copy, bool ok, GError **error);

/* --- errors, scopes, audit */

/* Fills *error from a failed result (or the connection when NULL). Returns false. */
bool server_fail(struct store *store, const PGresult *result, GError **error);

#define SCOPE_MAY(role) (1U << (role))
/* WFM_ERROR_FORBIDDEN unless the role is in the mask; also when a client's or agent's scope names nobody. */
bool scope_require(const struct scope *scope, unsigned mask, const char *what, GError **error);

/* One audit row: what happened ("roster.published") to what (an id); takes detail (may be NULL). Members
   "client", "queue", "agent" (ids) and "week" ("2026-W48", or its Monday) of the detail say whom it is about:
   they are found by it in the feed of changes, and told of it as the table in audit_store.c says. Fills the
   outbox of the webhooks that want the kind. */
bool audit_write(struct store *store, const char *actor, const char *action, const char *subject,
                 json_t *detail, GError **error);

/* Text of a json_t, g_free. Keys sorted. */
char *json_text(const json_t *json);

#endif
