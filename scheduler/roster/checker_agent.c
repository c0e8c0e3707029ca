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
            double rest = (double)(second->start_ts - first->end_ts) / MINUTE_S;
            if (s[a].day != s[b].day && rest >= contract->rest_min_minutes)
                continue;
            g_autofree char *one = check_when(c, agent, first->start_ts);
            g_autofree char *two = check_when(c, agent, second->start_ts);
            if (rest < 0)
                check_add(c, VIOLATION_OVERLAP, agent, -1, second->start_ts, -rest, 0,
                          "shifts at %s and %s overlap by %.6g min", one, two, -rest);
            else if (rest < contract->rest_min_minutes && b == a + 1)
                check_broken(c, CONTRACT_RULE_REST_MIN_MINUTES, agent, 1, second->start_ts, rest,
                             contract->rest_min_minutes, "%.6g h rest before %s, contract %s asks %.6g h",
                             hours(rest), two, contract->id, hours(contract->rest_min_minutes));
            if (s[a].day == s[b].day) {
                g_autofree char *day = day_format(s[a].day);
                check_add(c, VIOLATION_TWO_ON_A_DAY, agent, -1, second->start_ts, 2, 1,
                          "shifts at %s and %s both start on %s", one, two, day);
            }
        }
}

/* What follows a shift at once: the distance of the starts, and on days in a row rotation and succession. */
static void check_followers(struct checking *c, int agent, const struct checked_shift *s, int n)
{
    const struct contract *k = check_contract(c, agent);
    for (int b = 1; b < n; b++) {
        const struct checked_shift *one = &s[b - 1], *two = &s[b];
        if (two->past)
            continue;
        int64_t ts = two->shift->start_ts;
        g_autofree char *when = check_when(c, agent, ts);
        double distance = (double)(ts - one->shift->start_ts) / MINUTE_S;
        if (distance < k->start_distance_minutes)
            check_broken(c, CONTRACT_RULE_START_DISTANCE_MINUTES, agent, 1, ts, distance,
                         k->start_distance_minutes,
                         "shift at %s starts %.6g h after the one before, contract %s asks %.6g h", when,
                         hours(distance), k->id, hours(k->start_distance_minutes));
        if (two->day != one->day + 1)
            continue;
        int earlier = one->start_min - two->start_min;
        if (k->rotation_forward && earlier > k->rotation_tolerance_min)
            check_broken(
                c, CONTRACT_RULE_ROTATION, agent, 1, ts, earlier, k->rotation_tolerance_min,
                "shift at %s starts %d min earlier than the one of the day before, contract %s allows %d min",
                when, earlier, k->id, k->rotation_tolerance_min);
        for (int i = 0; i < k->n_successions; i++)
            if (k->successions[i].from == one->shift->tmpl && k->successions[i].to == two->shift->tmpl)
                check_broken(
                    c, CONTRACT_RULE_SUCCESSION, agent, 1, ts, 1, 0,
                    "shift at %s is of template %s on the day after one of %s; contract %s forbids that",
                    when, c->op->templates[two->shift->tmpl].id, c->op->templates[one->shift->tmpl].id,
                    k->id);
    }
}

/* Is there an instant within flex of the anchor on the day that can be the middle of a span of `length_s`
   between the two instants? Twice the seconds, so that halves are whole. */
static bool anchored(const struct checking *c, int agent, int32_t day, int64_t from_ts, int64_t to_ts)
{
    const struct contract *k = check_contract(c, agent);
    int64_t length_s = (int64_t)k->day_off_minutes * MINUTE_S;
    int64_t flex_s = (int64_t)k->day_off_flex_min * MINUTE_S;
    int64_t anchor = zone_instant(check_zone(c, agent), day, k->day_off_anchor_min);
    int64_t first = MAX(2 * from_ts + length_s, 2 * (anchor - flex_s));
    int64_t last = MIN(2 * to_ts - length_s, 2 * (anchor + flex_s));
    return first <= last;
}

/* Runs of days off between two shifts: long enough, and around their anchor. */
static void check_day_offs(struct checking *c, int agent, const struct checked_shift *s, int n)
{
    const struct contract *k = check_contract(c, agent);
    for (int b = 1; b < n && k->day_off_minutes > 0; b++) {
        int days = s[b].day - s[b - 1].day - 1;
        if (s[b].past || days < 1)
            continue;
        int64_t from = s[b - 1].shift->end_ts, to = s[b].shift->start_ts;
        double length = (double)(to - from) / MINUTE_S;
        double least = k->day_off_minutes + (days - 1.0) * DAY_MIN;
        g_autofree char *when = check_when(c, agent, to);
        bool free_anchor = k->day_off_flex_min >= DAY_MIN;
        if (length < least)
            check_broken(c, CONTRACT_RULE_DAY_OFF_MINUTES, agent, 1, to, length, least,
                         "%d day(s) off before %s last %.6g h, contract %s asks %.6g h", days, when,
                         hours(length), k->id, hours(least));
        else if (!free_anchor && (!anchored(c, agent, s[b - 1].day + 1, from, to) ||
                                  !anchored(c, agent, s[b].day - 1, from, to)))
            check_broken(c, CONTRACT_RULE_DAY_OFF_MINUTES, agent, 1, to, length, least,
                         "%d day(s) off before %s: no %.6g h lie within %d min of %02d:%02d on the first and "
                         "the last, "
                         "as contract %s asks",
                         days, when, hours(k->day_off_minutes), k->day_off_flex_min,
                         k->day_off_anchor_min / 60, k->day_off_anchor_min % 60, k->id);
    }
}

/* What time off credits: each site-local day that starts in the week and is covered wholly by a time off
   counts once, with the largest credit; of the days some have none. */
struct credit {
    double minutes;
    int days, unpaid;
};

static struct credit count_credit(const struct checking *c, int agent, int week)
{
    const struct zone *zone = check_zone(c, agent);
    int32_t first = zone_local_day(zone, c->week_starts[week]) - 1;
    int32_t last = zone_local_day(zone, c->week_starts[week + 1]) + 1;
    struct credit sum = {0, 0, 0};
    for (int32_t day = first; day <= last; day++) {
        int64_t from = zone_day_start(zone, day);
        int credit = check_day_credit(c, agent, day);
        if (from < c->week_starts[week] || from >= c->week_starts[week + 1] || credit < 0)
            continue;
        sum.minutes += credit;
        sum.days += 1;
        sum.unpaid += credit == 0;
    }
    return sum;
}

/* The least paid minutes of the week when some of its days are taken unpaid: an average day less for each. */
static double least_minutes(const struct contract *contract, int unpaid)
{
    int days = contract->week_days_min > 0 ? contract->week_days_min : contract->week_days_max;
    double average = ceil((double)contract->week_minutes_min / MAX(days, 1));
    return MAX(contract->week_minutes_min - unpaid * average, 0);
}

bool check_employed_in(const struct checking *c, int agent, int week)
{
    const struct zone *zone = check_zone(c, agent);
    return c->op->agents[agent].employed_from <= zone_local_day(zone, c->week_starts[week + 1] - 1) &&
           c->op->agents[agent].employed_to >= zone_local_day(zone, c->week_starts[week]);
}

/* What one week or the whole period adds up to, credit within the maxima included. */
struct totals {
    double minutes;
    int days, nights, unpaid;
};

static struct totals count_week(const struct checking *c, int agent, int week, const struct checked_shift *s,
                                int n)
{
    const struct contract *k = check_contract(c, agent);
    struct credit credit = count_credit(c, agent, week);
    struct totals sum = {.unpaid = credit.unpaid};
    for (int i = 0; i < n; i++) {
        if (s[i].past || s[i].week != week)
            continue;
        sum.minutes += s[i].paid_min;
        sum.days++;
        sum.nights += s[i].night;
    }
    /* A whole week off is a legal week: credit alone never exceeds a maximum. */
    sum.minutes += MIN(credit.minutes, k->week_minutes_max);
    sum.days += MIN(credit.days, k->week_days_max);
    return sum;
}

/* One number against its range: `what` it is, in the span from `when` on. */
struct range {
    enum contract_rule rule;
    double value, limit;
    const char *what;
    bool is_min, binds;
};

static void check_ranges(struct checking *c, int agent, int64_t ts, const char *span,
                         const struct range *ranges, size_t n)
{
    g_autofree char *when = check_when(c, agent, ts);
    for (size_t i = 0; i < n; i++) {
        const struct range *r = &ranges[i];
        double units = r->is_min ? r->limit - r->value : r->value - r->limit;
        if (r->binds && units > CHECK_TOLERANCE)
            check_broken(c, r->rule, agent, units, ts, r->value, r->limit,
                         "%.6g %s in the %s from %s, contract %s %s %.6g", r->value, r->what, span, when,
                         check_contract(c, agent)->id, r->is_min ? "asks at least" : "allows at most",
                         r->limit);
    }
}

static void check_week_totals(struct checking *c, int agent, int week, const struct checked_shift *s, int n)
{
    const struct contract *k = check_contract(c, agent);
    struct totals sum = count_week(c, agent, week, s, n);
    bool bound = check_employed_in(c, agent, week);
    const struct range ranges[] = {
        {CONTRACT_RULE_WEEK_MINUTES_MIN, sum.minutes, least_minutes(k, sum.unpaid), "paid min", true, bound},
        {CONTRACT_RULE_WEEK_MINUTES_MAX, sum.minutes, k->week_minutes_max + k->overtime_week_minutes_max,
         "paid min", false, true},
        {CONTRACT_RULE_WEEK_DAYS_MIN, sum.days, k->week_days_min, "working days", true, bound},
        {CONTRACT_RULE_WEEK_DAYS_MAX, sum.days, k->week_days_max, "working days", false, true},
        {CONTRACT_RULE_WEEK_NIGHTS_MAX, sum.nights, k->week_nights_max, "night shifts", false, true},
    };
    check_ranges(c, agent, c->week_starts[week], "week", ranges, G_N_ELEMENTS(ranges));
    double overtime_h = MAX(sum.minutes - k->week_minutes_max, 0) / 60.0;
    c->pay += overtime_h * k->rate * k->overtime_premium * check_currency(c->op, k->currency);
}

/* A minimum of the period, for the share of its weeks with a day of employment. */
static double employed_share(const struct checking *c, int agent, int minimum)
{
    int employed = 0;
    for (int week = 0; week < c->problem->n_weeks; week++)
        employed += check_employed_in(c, agent, week);
    return floor((double)minimum * employed / c->problem->n_weeks);
}

static void check_period_totals(struct checking *c, int agent, const struct checked_shift *s, int n)
{
    const struct contract *k = check_contract(c, agent);
    struct totals sum = {0};
    double credit_min = 0;
    int credit_days = 0;
    for (int week = 0; week < c->problem->n_weeks; week++) {
        struct credit credit = count_credit(c, agent, week);
        credit_min += MIN(credit.minutes, k->week_minutes_max);
        credit_days += MIN(credit.days, k->week_days_max);
        sum.unpaid += credit.unpaid;
    }
    for (int i = 0; i < n; i++) {
        if (s[i].past || s[i].week < 0)
            continue;
        sum.minutes += s[i].paid_min;
        sum.days++;
    }
    sum.minutes += k->period_minutes_max > 0 ? MIN(credit_min, k->period_minutes_max) : credit_min;
    sum.days += k->period_days_max > 0 ? MIN(credit_days, k->period_days_max) : credit_days;
    int usual_days = k->period_days_min > 0   ? k->period_days_min
                     : k->period_days_max > 0 ? k->period_days_max
                                              : k->week_days_max * c->problem->n_weeks;
    double average = ceil((double)k->period_minutes_min / MAX(usual_days, 1));
    double least = MAX(employed_share(c, agent, k->period_minutes_min) - sum.unpaid * average, 0);
    const struct range ranges[] = {
        {CONTRACT_RULE_PERIOD_MINUTES_MIN, sum.minutes, least, "paid min", true, true},
        {CONTRACT_RULE_PERIOD_MINUTES_MAX, sum.minutes, k->period_minutes_max, "paid min", false,
         k->period_minutes_max > 0},
        {CONTRACT_RULE_PERIOD_DAYS_MIN, sum.days, employed_share(c, agent, k->period_days_min),
         "working days", true, true},
        {CONTRACT_RULE_PERIOD_DAYS_MAX, sum.days, k->period_days_max, "working days", false,
         k->period_days_max > 0},
    };
    check_ranges(c, agent, c->week_starts[0], "period", ranges, G_N_ELEMENTS(ranges));
}

/* The longest span of the week without work. */
static void check_week_rest(struct checking *c, int agent, int week, const struct checked_shift *s, int n)
{
    const struct contract *k = check_contract(c, agent);
    int64_t from = c->week_starts[week], to = c->week_starts[week + 1], free_from = from, longest = 0;
    for (int i = 0; i < n; i++) {
        if (s[i].shift->end_ts <= from || s[i].shift->start_ts >= to)
            continue;
        longest = MAX(longest, s[i].shift->start_ts - free_from);
        free_from = MAX(free_from, s[i].shift->end_ts);
    }
    longest = MAX(longest, to - free_from);
    double found = (double)longest / MINUTE_S;
    if (found >= k->week_rest_minutes)
        return;
    g_autofree char *when = check_when(c, agent, from);
    check_broken(c, CONTRACT_RULE_WEEK_REST_MINUTES, agent, 1, from, found, k->week_rest_minutes,
                 "longest rest in the week from %s is %.6g h, contract %s asks %.6g h", when, hours(found),
                 k->id, hours(k->week_rest_minutes));
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
        check_broken(c, CONTRACT_RULE_START_SPREAD, agent, 1, c->week_starts[week], arc,
                     k->start_spread_max_min,
                     "starts of the week from %s lie within %d min of the clock, contract %s allows %d min",
                     when, arc, k->id, k->start_spread_max_min);
    }
}

void check_one_agent(struct checking *c, int agent, const struct checked_shift *shifts, int n)
{
    const struct agent *who = &c->op->agents[agent];
    int planned = 0;
    for (int i = 0; i < n; i++)
        planned += !shifts[i].past;
    if (who->optional && planned == 0)
        return;
    if (who->optional)
        c->pay += who->hire_price * c->problem->n_weeks;
    check_pairs(c, agent, shifts, n);
    check_followers(c, agent, shifts, n);
    check_day_offs(c, agent, shifts, n);
    for (int week = 0; week < c->problem->n_weeks; week++) {
        check_week_totals(c, agent, week, shifts, n);
        check_week_rest(c, agent, week, shifts, n);
        check_start_spread(c, agent, week, shifts, n);
    }
    check_period_totals(c, agent, shifts, n);
    check_runs(c, agent, shifts, n);
    check_templates(c, agent, shifts, n);
}
