/* The end of the horizon: rest and runs of days towards the published shifts behind it. */
#include "scheduler/roster/checker_internal.h"

void check_after(struct checking *c, int agent, const struct checked_shift *s, int n)
{
    const struct contract *k = check_contract(c, agent);
    const struct zone *zone = check_zone(c, agent);
    const struct shift *next = NULL;
    int run = 0;
    for (int i = 0; i < c->problem->n_after; i++) {
        const struct shift *shift = &c->problem->after[i];
        if (shift->agent != agent)
            continue;
        if (next == NULL)
            next = shift;
        if (zone_local_day(zone, shift->start_ts) == zone_local_day(zone, next->start_ts) + run)
            run++;
    }
    if (next == NULL || n == 0 || s[n - 1].past)
        return;
    const struct checked_shift *last = &s[n - 1];
    int32_t day = zone_local_day(zone, next->start_ts);
    double rest = (double)(next->start_ts - last->shift->end_ts) / MINUTE_S;
    g_autofree char *one = check_when(c, agent, last->shift->start_ts);
    g_autofree char *two = check_when(c, agent, next->start_ts);
    if (rest < 0)
        check_add(c, VIOLATION_OVERLAP, agent, -1, next->start_ts, -rest, 0,
                  "the shift at %s and the published one at %s, behind the horizon, overlap by %.6g min", one,
                  two, -rest);
    else if (rest < k->rest_min_minutes && k->rule_price[CONTRACT_RULE_REST_MIN_MINUTES] <= 0)
        check_add(c, VIOLATION_REST, agent, -1, next->start_ts, rest, k->rest_min_minutes,
                  "%.6g h rest before the published shift at %s, behind the horizon, contract %s asks %.6g h",
                  rest / 60, two, k->id, k->rest_min_minutes / 60.0);
    if (last->day == day)
        check_add(c, VIOLATION_TWO_ON_A_DAY, agent, -1, next->start_ts, 2, 1,
                  "the shift at %s and the published one at %s, behind the horizon, start on one day", one,
                  two);
    bool alone = run > k->consecutive_days_max; /* not this roster's doing */
    bool planned = false;
    for (int i = n - 1; i >= 0 && s[i].day == day - 1; i--, day--, run++)
        planned = planned || !s[i].past;
    if (planned && !alone && run > k->consecutive_days_max &&
        k->rule_price[CONTRACT_RULE_CONSECUTIVE_DAYS_MAX] <= 0)
        check_add(
            c, VIOLATION_CONSECUTIVE_DAYS, agent, -1, next->start_ts, run, k->consecutive_days_max,
            "%d working days in a row with the published shifts behind the horizon, contract %s allows %d",
            run, k->id, k->consecutive_days_max);
}
