/* Rules between the shifts of one agent. */
#include "scheduler/roster/checker_internal.h"

#include <math.h>
#include <stdlib.h>

static double hours(double minutes)
{
    return minutes / 60.0;
}

/* Two shifts at once, too little rest, two on a day: each shift of the solution against every other. */
static void check_pairs(struct checking *c, int agent, const struct checked_shift *s, int n)
{
    const struct contract *contract = check_contract(c, agent);
    for (int b = 1; b < n; b++)
        for (int a = 0; a < b; a++) {
            if (s[a].past && s[b].past)
                continue;
            const struct shift *first = s[a].shift;
            const struct shift *second = s[b].shift;
            g_autofree char *one = check_when(c, agent, first->start_ts);
            g_autofree char *two = check_when(c, agent, second->start_ts);
            double rest = (double)(second->start_ts - first->end_ts) / MINUTE_S;
            if (rest < 0)
                check_add(c, VIOLATION_OVERLAP, agent, -1, second->start_ts, -rest, 0,
                          "shifts at %s and %s overlap by %.6g min", one, two, -rest);
            else if (rest < contract->rest_min_minutes && b == a + 1)
                check_add(c, VIOLATION_REST, agent, -1, second->start_ts, rest, contract->rest_min_minutes,
                          "%.6g h rest before %s, contract %s asks %.6g h", hours(rest), two, contract->id,
                          hours(contract->rest_min_minutes));
            if (s[a].day == s[b].day) {
                g_autofree char *day = day_format(s[a].day);
                check_add(c, VIOLATION_TWO_ON_A_DAY, agent, -1, second->start_ts, 2, 1,
                          "shifts at %s and %s both start on %s", one, two, day);
            }
        }
}

/* Paid minutes and days that time off credits to the week. Each site-local day that starts in the week and is
   covered wholly by a time off counts once, with the largest credit; *unpaid of the days have none. */
static void count_credit(const struct checking *c, int agent, int week, double *minutes, int *days,
                         int *unpaid)
{
    const struct zone *zone = check_zone(c, agent);
    int32_t first = zone_local_day(zone, c->week_starts[week]) - 1;
    int32_t last = zone_local_day(zone, c->week_starts[week + 1]) + 1;
    *minutes = 0;
    *days = 0;
    *unpaid = 0;
    for (int32_t day = first; day <= last; day++) {
        int64_t from = zone_day_start(zone, day);
        int64_t to = zone_day_start(zone, day + 1);
        if (from < c->week_starts[week] || from >= c->week_starts[week + 1] || to <= from)
            continue;
        int credit = -1;
        for (int i = 0; i < c->op->n_time_off; i++) {
            const struct time_off *off = &c->op->time_off[i];
            if (off->agent == agent && off->start_ts <= from && off->end_ts >= to)
                credit = MAX(credit, off->credit_min);
        }
        if (credit >= 0) {
            *minutes += credit;
            *days += 1;
            *unpaid += credit == 0;
        }
    }
}

/* The least paid minutes of the week when some of its days are taken unpaid: an average day less for each. */
static double least_minutes(const struct contract *contract, int unpaid)
{
    int days = contract->week_days_min > 0 ? contract->week_days_min : contract->week_days_max;
    double average = ceil((double)contract->week_minutes_min / MAX(days, 1));
    return MAX(contract->week_minutes_min - unpaid * average, 0);
}

static bool employed_in_week(const struct checking *c, int agent, int week)
{
    const struct zone *zone = check_zone(c, agent);
    return c->op->agents[agent].employed_from <= zone_local_day(zone, c->week_starts[week + 1] - 1) &&
           c->op->agents[agent].employed_to >= zone_local_day(zone, c->week_starts[week]);
}

static void check_week_totals(struct checking *c, int agent, int week, const struct checked_shift *s, int n)
{
    const struct contract *k = check_contract(c, agent);
    double credit_min, minutes = 0, nights = 0;
    int credit_days, unpaid_days, days = 0;
    count_credit(c, agent, week, &credit_min, &credit_days, &unpaid_days);
    double least = least_minutes(k, unpaid_days);
    for (int i = 0; i < n; i++) {
        if (s[i].past || s[i].week != week)
            continue;
        minutes += s[i].paid_min;
        days++;
        nights += s[i].night_min >= k->night_shift_minutes;
    }
    /* A whole week off is a legal week: credit alone never exceeds a maximum. */
    minutes += MIN(credit_min, k->week_minutes_max);
    days += MIN(credit_days, k->week_days_max);
    bool bound = employed_in_week(c, agent, week);
    g_autofree char *when = check_when(c, agent, c->week_starts[week]);
    const struct {
        enum violation_rule rule;
        bool broken;
        double value, limit;
        const char *what, *verb;
    } rows[] = {
        {VIOLATION_WEEK_MINUTES_MIN, bound && minutes < least - CHECK_TOLERANCE, minutes, least, "paid min",
         "asks at least"},
        {VIOLATION_WEEK_MINUTES_MAX, minutes > k->week_minutes_max + CHECK_TOLERANCE, minutes,
         k->week_minutes_max, "paid min", "allows at most"},
        {VIOLATION_WEEK_DAYS_MIN, bound && days < k->week_days_min, days, k->week_days_min, "working days",
         "asks at least"},
        {VIOLATION_WEEK_DAYS_MAX, days > k->week_days_max, days, k->week_days_max, "working days",
         "allows at most"},
        {VIOLATION_NIGHTS, nights > k->week_nights_max, nights, k->week_nights_max, "night shifts",
         "allows at most"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].broken)
            check_add(c, rows[i].rule, agent, -1, c->week_starts[week], rows[i].value, rows[i].limit,
                      "%.6g %s in the week from %s, contract %s %s %.6g", rows[i].value, rows[i].what, when,
                      k->id, rows[i].verb, rows[i].limit);
}

static int by_value(const void *a, const void *b)
{
    return (*(const int *)a > *(const int *)b) - (*(const int *)a < *(const int *)b);
}

/* The smallest arc of the 24-hour dial that holds all starts is the whole dial less the widest gap between
 * neighbours. */
static void check_start_spread(struct checking *c, int agent, int week, const struct checked_shift *s, int n)
{
    const struct contract *k = check_contract(c, agent);
    if (k->start_spread_max_min >= DAY_MIN)
        return;
    g_autofree int *starts = g_new(int, (gsize)n + 1);
    int m = 0;
    for (int i = 0; i < n; i++)
        if (!s[i].past && s[i].week == week)
            starts[m++] = s[i].start_min;
    if (m < 2)
        return;
    qsort(starts, (size_t)m, sizeof(int), by_value);
    int widest = starts[0] + DAY_MIN - starts[m - 1];
    for (int i = 1; i < m; i++)
        widest = MAX(widest, starts[i] - starts[i - 1]);
    int arc = DAY_MIN - widest;
    if (arc > k->start_spread_max_min) {
        g_autofree char *when = check_when(c, agent, c->week_starts[week]);
        check_add(c, VIOLATION_START_SPREAD, agent, -1, c->week_starts[week], arc, k->start_spread_max_min,
                  "starts of the week from %s lie within %d min of the clock, contract %s allows %d min",
                  when, arc, k->id, k->start_spread_max_min);
    }
}

/* Runs of days: the worked days in order, each once; `planned` says that a shift of the solution makes the
 * day. */
struct worked_day {
    int32_t day;
    bool planned;
};

static int worked_days(const struct checked_shift *s, int n, struct worked_day *days)
{
    int m = 0;
    for (int i = 0; i < n; i++) {
        if (m > 0 && days[m - 1].day == s[i].day)
            days[m - 1].planned = days[m - 1].planned || !s[i].past;
        else
            days[m++] = (struct worked_day){s[i].day, !s[i].past};
    }
    return m;
}

static void check_day_runs(struct checking *c, int agent, const struct worked_day *d, int n)
{
    const struct contract *k = check_contract(c, agent);
    for (int i = 0, from = 0; i < n; i++) {
        if (i > 0 && d[i].day != d[i - 1].day + 1) {
            int off = d[i].day - d[i - 1].day - 1;
            from = i;
            if (off < k->consecutive_days_off_min && (d[i].planned || d[i - 1].planned)) {
                g_autofree char *day = day_format(d[i].day);
                check_add(c, VIOLATION_DAYS_OFF, agent, -1, zone_day_start(check_zone(c, agent), d[i].day),
                          off, k->consecutive_days_off_min,
                          "%d day(s) off in a row before %s, contract %s asks %d", off, day, k->id,
                          k->consecutive_days_off_min);
            }
        }
        bool ends = i + 1 == n || d[i + 1].day != d[i].day + 1;
        bool planned = false;
        for (int j = from; j <= i; j++)
            planned = planned || d[j].planned;
        int run = i - from + 1;
        if (ends && planned && run > k->consecutive_days_max) {
            g_autofree char *day = day_format(d[i].day);
            check_add(c, VIOLATION_CONSECUTIVE_DAYS, agent, -1,
                      zone_day_start(check_zone(c, agent), d[i].day), run, k->consecutive_days_max,
                      "%d working days in a row up to %s, contract %s allows %d", run, day, k->id,
                      k->consecutive_days_max);
        }
    }
}

/* A weekend is named by the Monday of its week. For each weekend the solution works: how many of the
   weekends_of that end with it are worked. (A window that ends later holds no more weekends known to be
   worked.) */
static void check_weekends(struct checking *c, int agent, const struct worked_day *d, int n)
{
    const struct contract *k = check_contract(c, agent);
    int32_t reported = INT32_MIN;
    for (int i = 0; i < n; i++) {
        int32_t monday = day_week_start(d[i].day);
        if (day_weekday(d[i].day) < 5 || !d[i].planned || monday == reported)
            continue;
        int worked = 0;
        for (int back = 0; back < k->weekends_of; back++) {
            bool found = false;
            for (int j = 0; j < n; j++)
                found = found ||
                        (day_weekday(d[j].day) >= 5 && day_week_start(d[j].day) == monday - WEEK_DAYS * back);
            worked += found;
        }
        if (worked > k->weekends_max) {
            g_autofree char *day = day_format(d[i].day);
            reported = monday;
            check_add(c, VIOLATION_WEEKENDS, agent, -1, zone_day_start(check_zone(c, agent), d[i].day),
                      worked, k->weekends_max,
                      "%d of the %d weekends up to that of %s worked, contract %s allows %d", worked,
                      k->weekends_of, day, k->id, k->weekends_max);
        }
    }
}

void check_one_agent(struct checking *c, int agent, const struct checked_shift *shifts, int n)
{
    check_pairs(c, agent, shifts, n);
    for (int week = 0; week < c->problem->n_weeks; week++) {
        check_week_totals(c, agent, week, shifts, n);
        check_start_spread(c, agent, week, shifts, n);
    }
    g_autofree struct worked_day *days = g_new(struct worked_day, (gsize)n + 1);
    int m = worked_days(shifts, n, days);
    check_day_runs(c, agent, days, m);
    check_weekends(c, agent, days, m);
}
