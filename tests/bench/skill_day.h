/*
 * skill_day.h - an invented day of a large multi-skill centre, the same for the same seed on every machine:
 * 30 classes of contacts, 60 groups of one to five skills, 56,000 contacts in twelve hours, about 530 erlang.
 */
#ifndef WFM_TESTS_BENCH_SKILL_DAY_H
#define WFM_TESTS_BENCH_SKILL_DAY_H

#include "scheduler/simulate/hall.h"

#define SKILL_CLASSES 30
#define SKILL_GROUPS 60
#define SKILLS_MAX 5
#define SKILL_INTERVALS 48

struct skill_day {
    double offered[SKILL_CLASSES][SKILL_INTERVALS], aht_s[SKILL_CLASSES][SKILL_INTERVALS];
    int queues[SKILL_GROUPS][SKILLS_MAX], staff[SKILL_GROUPS][SKILL_INTERVALS];
    double speed[SKILL_GROUPS][SKILLS_MAX];
    struct call_source sources[SKILL_CLASSES];
    struct hall_queue how[SKILL_CLASSES];
    struct hall_group groups[SKILL_GROUPS];
    struct hall hall;
    double load_erl; /* mean over the day */
    int agents_max;  /* at the busiest interval */
};

/* `day` must not move afterwards: its hall points into it. */
void skill_day_make(struct skill_day *day, uint64_t seed);

#endif
