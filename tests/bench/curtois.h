/*
 * curtois.h - the shift-scheduling benchmark of Curtois & Qu (2014): its text files, its own plain definition
 * of rules and cost, and what it is in wfm's words.
 *
 * One contract per staff member, one template per shift (one start, one length), headcounts for the cover,
 * preferences for the requests, unpaid time off for the fixed days off. Day 0 is a Monday, zone UTC, prices 1
 * per unit of weight, nobody is paid. At the borders a row of days at most so long begins and ends with a day
 * off; a row of days at least so long counts as kept when an end of the horizon cuts it.
 */
#ifndef WFM_TESTS_BENCH_CURTOIS_H
#define WFM_TESTS_BENCH_CURTOIS_H

#include "core/auto.h"
#include "core/plan.h"

struct curtois_shift {
    char *id;
    int minutes;
    bool *bars; /* n_shifts: may not follow this one on the next day */
};

struct curtois_staff {
    char *id;
    int *shifts_max; /* n_shifts: how often each may be worked */
    int minutes_max, minutes_min;
    int consecutive_max, consecutive_min, off_min, weekends_max;
};

struct curtois_day_off {
    int staff, day;
};

struct curtois_request { /* on: weight is paid unless the shift is worked; off: when it is */
    int staff, day, shift, weight;
    bool on;
};

struct curtois_cover {
    int day, shift, need, under, over;
};

struct curtois {
    int n_days;
    struct curtois_shift *shifts;
    int n_shifts;
    struct curtois_staff *staff;
    int n_staff;
    struct curtois_day_off *days_off;
    int n_days_off;
    struct curtois_request *requests;
    int n_requests;
    struct curtois_cover *cover;
    int n_cover;
};

/* WFM_ERROR_INPUT names file, line and text. */
struct curtois *curtois_read(const char *path, GError **error);
void curtois_free(struct curtois *instance);
AUTO_DEFINE(curtois, curtois_free);

/* The instance as a plan problem; limits and seed zero. */
struct plan_problem *curtois_problem(const struct curtois *instance, GError **error);

/* Which shift each staff member works on each day: n_staff × n_days, by staff, -1 = none. `shifts` are those
   of a solution of curtois_problem. WFM_ERROR_INPUT for a shift that the benchmark does not know. g_free. */
int *curtois_roster(const struct curtois *instance, const struct plan_problem *problem,
                    const struct shift *shifts, int n_shifts, GError **error);

/* Cost of a roster by the benchmark's own definition; *broken: how many hard rules it breaks (each once for
   every place), *first (g_free, NULL when none): the first of them in words. */
long curtois_cost(const struct curtois *instance, const int *roster, int *broken, char **first);

#endif
