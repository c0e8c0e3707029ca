/* rows.h - the faults, by file; test_faults.c has the table. Each gets a service on a fixture of its own. */
#ifndef WFM_TESTS_FAULT_ROWS_H
#define WFM_TESTS_FAULT_ROWS_H

#include "tests/fault/service.h"

/* client_rows.c: what clients do */
void fault_slow_heads(struct service *service);
void fault_slow_bodies(struct service *service);
void fault_slow_readers(struct service *service);
void fault_idle_connections(struct service *service);
void fault_connection_storm(struct service *service);
void fault_duplicate_headers(struct service *service);
void fault_broken_json(struct service *service);
void fault_oversize_bodies(struct service *service);
void fault_chunked_lies(struct service *service);
void fault_truncated_bodies(struct service *service);
void fault_aborts_mid_answer(struct service *service);
void fault_half_closed(struct service *service);
void fault_huge_heads(struct service *service);
void fault_garbage_after_a_request(struct service *service);
void fault_memory(struct service *service);

/* store_rows.c: what the database does */
void fault_database_restart(struct service *service);
void fault_database_killed(struct service *service);
void fault_backends_terminated(struct service *service);
void fault_statements_cancelled(struct service *service);
void fault_database_read_only(struct service *service);
void fault_disk_full(struct service *service);
void fault_connections_exhausted(struct service *service);
void fault_locks_held(struct service *service);

/* process_rows.c: what happens to the service itself */
void fault_killed_while_publishing(struct service *service);
void fault_killed_while_creating(struct service *service);
void fault_killed_while_delivering(struct service *service);
void fault_same_key_at_once(struct service *service);
void fault_hangups(struct service *service);
void fault_terminated_under_load(struct service *service);
void fault_terminated_with_streams(struct service *service);
void fault_hanging_receiver(struct service *service);
void fault_clock_jumps(struct service *service);

/* storm_rows.c: all that happens on a working day, at once */
void fault_storm(struct service *service);

#endif
