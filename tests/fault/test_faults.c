/*
 * test_faults.c - what goes wrong in the life of a service: clients that dawdle, lie and leave, a database
 * that comes and goes, disks that fill, kills. After every row the service runs, is ready and answers, and
 * its log is clean.
 *
 * WFM_FAULT_LONG=N makes the rows that may be longer so; WFM_SERVE=PROGRAM takes another build
 * (tools/sanitized-service).
 */
#include <stdio.h>

#include "tests/fault/rows.h"
#include "tests/support/pg.h"
#include "tests/support/testing.h"

#define EXTRA_MAX 5

static const struct {
    const char *what;
    void (*run)(struct service *service);
    const char *extra[EXTRA_MAX]; /* arguments of wfm serve */
} rows[] = {
    {"clients that send their head slowly", fault_slow_heads, {NULL}},
    {"clients that send their body slowly", fault_slow_bodies, {NULL}},
    {"clients that do not read", fault_slow_readers, {NULL}},
    {"10,000 idle connections", fault_idle_connections, {"--connections", "11000", NULL}},
    {"more connections than it takes", fault_connection_storm, {"--connections", "64", NULL}},
    {"duplicate headers", fault_duplicate_headers, {NULL}},
    {"broken JSON on every route", fault_broken_json, {NULL}},
    {"bodies that are too large", fault_oversize_bodies, {NULL}},
    {"chunks that lie", fault_chunked_lies, {NULL}},
    {"bodies that end early", fault_truncated_bodies, {NULL}},
    {"clients that leave in the middle of an answer", fault_aborts_mid_answer, {NULL}},
    {"clients that close their half", fault_half_closed, {NULL}},
    {"heads that are too large", fault_huge_heads, {NULL}},
    {"garbage after a request", fault_garbage_after_a_request, {NULL}},
    {"many requests: memory stays flat", fault_memory, {NULL}},
    {"the database restarts", fault_database_restart, {NULL}},
    {"the database is killed", fault_database_killed, {NULL}},
    {"database sessions are terminated", fault_backends_terminated, {NULL}},
    {"statements are cancelled", fault_statements_cancelled, {NULL}},
    {"the database is read only", fault_database_read_only, {NULL}},
    {"the disk is full", fault_disk_full, {NULL}},
    {"no connection to the database is free", fault_connections_exhausted, {"--threads", "24", NULL}},
    {"somebody else holds the lock", fault_locks_held, {NULL}},
    {"killed while it publishes", fault_killed_while_publishing, {NULL}},
    {"killed while it creates", fault_killed_while_creating, {NULL}},
    {"killed while it delivers webhooks",
     fault_killed_while_delivering,
     {"--webhook-allow", "127.0.0.1", NULL}},
    {"the same key at once", fault_same_key_at_once, {NULL}},
    {"hangups by the hundred", fault_hangups, {NULL}},
    {"terminated under load", fault_terminated_under_load, {NULL}},
    {"terminated with open streams", fault_terminated_with_streams, {NULL}},
    {"a receiver of webhooks that hangs", fault_hanging_receiver, {"--webhook-allow", "127.0.0.1", NULL}},
    {"the clock jumps", fault_clock_jumps, {NULL}},
    {"everything at once", fault_storm, {NULL}},
};

START_TEST(survived)
{
    struct fixture fixture;
    struct service service;
    const char *only = g_getenv("WFM_FAULT_ROW");
    if (only != NULL && g_ascii_strtoll(only, NULL, 10) != _i)
        return;
    gint64 start = g_get_monotonic_time();
    fixture_init(&fixture);
    service_start(&service, &fixture, rows[_i].extra);
    service_sound(&service, "before");
    rows[_i].run(&service);
    service_sound(&service, rows[_i].what);
    service_stop(&service);
    fixture_clear(&fixture);
    if (fault_long() > 0 || only != NULL)
        fprintf(stderr, "%s: %.1f s\n", rows[_i].what, (double)(g_get_monotonic_time() - start) * 1e-6);
}
END_TEST

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("faults");
    TCase *t = tcase_create("service");
    tcase_set_timeout(t, fault_long() > 0 ? 1800 : 120);
    tcase_add_loop_test(t, survived, 0, G_N_ELEMENTS(rows));
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
