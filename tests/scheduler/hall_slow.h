/*
 * hall_slow.h - the event simulation again, slow and plain: every agent and every waiting contact is an entry
 * of a list that is searched at every event; callers leave at the moment their patience ends. No chats. Only
 * the random hall and the clock's unit are shared with the engine.
 */
#ifndef WFM_TESTS_SCHEDULER_HALL_SLOW_H
#define WFM_TESTS_SCHEDULER_HALL_SLOW_H

#include "scheduler/simulate/hall.h"

/* As hall_run; all arrays of result are given. virtual_in_time is not counted. Besides, checks that nobody
   takes two contacts at once and that each line is served in order. */
void hall_slow_run(const struct hall *hall, const struct calls *calls, struct hall_result *result);

#endif
