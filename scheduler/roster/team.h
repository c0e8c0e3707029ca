/*
 * team.h - threads that wait for work: items of a job are dealt out as threads become free, so a job's items
 * must not depend on which thread takes them, nor on their order.
 *
 * Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_TEAM_H
#define WFM_SCHEDULER_ROSTER_TEAM_H

#include "core/auto.h"

/* `lane` tells the threads of the team apart: 0 … team_size - 1. */
typedef void (*team_fn)(void *data, int lane, int item);

struct team;
/* The caller is one of the `threads` (at least 1): one less is started. They live until team_free. */
struct team *team_new(int threads);
void team_free(struct team *team);
AUTO_DEFINE(team, team_free);

int team_size(const struct team *team);
/* Does items [0, n) and returns when all are done. From the thread that made the team only. */
void team_run(struct team *team, team_fn fn, void *data, int n);

#endif
