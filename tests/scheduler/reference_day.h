/*
 * reference_day.h - days of the centres of published simulations, from their description in JSON, through our
 * event simulation.
 *
 * | key                                                  | what it says |
 * |------------------------------------------------------|---------------------------------------------------|
 * | like                                                 | another scenario: all its keys but those given |
 * | time_unit                                            | of rates and times without one: s, min, h | |
 * types, groups, periods, period_min or _s, day_min    | sizes; 1 where not given                          |
 * | arrival_rate, arrivals_per_hour                      | a number, by period, or by type and period | |
 * mean_service, service ("… mean N"), service_rate     | a number or by period of the arrival              |
 * | mean_patience, patience ("… prob P … mean N"),       | likewise; prob: leave at once when nobody is free
 * | |   abandon_rate                                       | | | agents | a number, by period, or by group
 * and period; one  | |                                                      |   more than periods: until the
 * last one is served | | T, queue_capacity, day_busyness ("… shape A")        | | | type_to_groups,
 * group_to_types                       | in order of choice; longest wait first            | |
 * reroute_after_min, reroute_type_to_groups            | groups that may also help after that wait; the    |
 * |                                                      |   last type in a group's list goes first then |
 */
#ifndef WFM_TESTS_SCHEDULER_REFERENCE_DAY_H
#define WFM_TESTS_SCHEDULER_REFERENCE_DAY_H

#include "scheduler/simulate/hall.h"
#include "tests/scheduler/staffing_vectors_internal.h"

#define REFERENCE_MAX 8
#define REFERENCE_PERIODS 48

struct reference_day {
    int n_types, n_periods, n_groups;
    double unit_s;     /* of the scenario's times */
    bool per_expected; /* its ratios divide by the contacts expected a day … */
    double expected;   /* … which are these */
    bool to_the_last;  /* staff counts until the last contact is served, not to the end of the last period */
    struct hall hall;
    struct hall_result result; /* of the last day run */
    struct reference_own *own;
};

/* NULL with *why (g_free) when the description is not of the form above. */
struct reference_day *reference_new(struct vectors *file, const json_t *scenario, char **why);
void reference_free(struct reference_day *day);

void reference_run(struct reference_day *day, uint64_t seed);

/* The period of an interval of the grid; n_periods behind the last. */
int reference_period(const struct reference_day *day, int32_t iv);

/* Seconds of agents busy, and there, in an interval: those who finish a contact are there. */
void reference_time(const struct reference_day *day, int group, int32_t iv, double *busy_s, double *staff_s);

#endif
