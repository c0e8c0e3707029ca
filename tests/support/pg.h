/*
 * pg.h - a real PostgreSQL for a test program: one private cluster, a fresh migrated database per test.
 *
 * suite() calls pg_start() once, before any test is forked. A guardian process stops the cluster and removes
 * its directory when the program and all its tests are gone, however they went.
 */
#ifndef WFM_TESTS_SUPPORT_PG_H
#define WFM_TESTS_SUPPORT_PG_H

#include "core/store/store.h"

/* Starts the cluster and makes the template database. Ends the program with a message when it cannot. */
void pg_start(void);
/* The same with commits as in production: what is acknowledged survives a kill -9 of the server (not a power
   cut, which no test makes). */
void pg_start_durable(void);

/* Starts the cluster again after a test has killed it. Fails the running test when it does not come back. */
void pg_ensure(void);

/* The cluster's data directory (for cluster_ensure, cluster_stop). */
const char *pg_data_dir(void);

/* A fresh database with the whole schema, or an empty one; connection string, g_free. */
char *pg_database(void);
char *pg_database_empty(void);

/* A connection to a fresh database with the whole schema. */
struct store *pg_store(void);

/* A directory for tests that make clusters of their own: like testing_tmpdir, but the server's user can get
   into it also when the tests run as root. testing_rmdir. */
char *pg_tmpdir(void);

/* Raw SQL, many statements, as the owner of the database; for what wfm itself does not do. pg_value: first
   column of the first row as text (g_free), NULL for NULL or no row. Fail the running test on error. */
void pg_exec(const char *conninfo, const char *sql);
char *pg_value(const char *conninfo, const char *sql);
/* SQLSTATE of the statement's failure, "" when it succeeds. Static buffer. */
const char *pg_sqlstate(const char *conninfo, const char *sql);

#endif
