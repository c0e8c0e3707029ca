#include "scheduler/roster/after.h"

struct after after_of(const struct plan_problem *problem, const struct zone *zone, int agent)
{
    struct after after = {.start_ts = INT64_MAX};
    int lo = 0, hi = problem->n_after;
    while (lo < hi) {
        int middle = lo + (hi - lo) / 2;
        if (problem->after[middle].agent < agent)
            lo = middle + 1;
        else
            hi = middle;
    }
    for (int i = lo; i < problem->n_after && problem->after[i].agent == agent; i++) {
        int32_t day = zone_local_day(zone, problem->after[i].start_ts);
        if (i == lo) {
            after.start_ts = problem->after[i].start_ts;
            after.day = day;
        }
        if (day == after.day + after.run)
            after.run++;
    }
    return after;
}

bool after_allows(const struct after *after, int32_t day, int64_t end_ts, int64_t rest_s)
{
    return after->start_ts == INT64_MAX || (day < after->day && end_ts <= after->start_ts - rest_s);
}

bool after_window(const struct after *after, int run_max, int32_t *from, int32_t *to)
{
    if (after->start_ts == INT64_MAX || after->run > run_max)
        return false;
    *from = after->day - (run_max - after->run) - 1;
    *to = after->day;
    return true;
}
