/*
 * Days in a row and weekends. Every rule walks over worked days; what is known of the days before and behind
 * the horizon stands above CONTRACT_RULE_TABLE in core/operation.h.
 */
#include "scheduler/roster/checker_internal.h"

/* A day with a shift. */
struct worked_day {
    int32_t day;
    bool planned; /* a shift of the solution makes it */
    bool night;   /* with a night shift */
};

struct runs {
    struct checking *c;
    int agent;
    const struct contract *k;
    struct worked_day *d; /* n, in order */
    int n;
    int32_t first, last; /* of the horizon */
    bool known;          /* there are published shifts: what was before the horizon is known */
};

static void find_days(struct runs *r, const struct checked_shift *s, int n)
{
    for (int i = 0; i < n; i++) {
        r->known = r->known || s[i].past;
        if (r->n == 0 || r->d[r->n - 1].day != s[i].day)
            r->d[r->n++] = (struct worked_day){.day = s[i].day};
        struct worked_day *day = &r->d[r->n - 1];
        day->planned = day->planned || !s[i].past;
        day->night = day->night || s[i].night;
    }
}

static const struct worked_day *on_day(const struct runs *r, int32_t day)
{
    for (int i = 0; i < r->n; i++)
        if (r->d[i].day == day)
            return &r->d[i];
    return NULL;
}

/* Days whose being off is nobody's doing: wholly on time off, or outside the employment. */
static bool excused(const struct runs *r, int32_t day)
{
    return check_day_credit(r->c, r->agent, day) >= 0 || !check_employed_on(r->c, r->agent, day);
}

static int64_t day_ts(const struct runs *r, int32_t day)
{
    return zone_day_start(check_zone(r->c, r->agent), day);
}

/* Runs of worked days [i, end): too long, too short. */
static void check_work_run(struct runs *r, int i, int end)
{
    const struct contract *k = r->k;
    int32_t first = r->d[i].day, last = r->d[end - 1].day;
    int length = end - i, beyond = 0;
    bool planned = false;
    for (int j = i; j < end; j++) {
        planned = planned || r->d[j].planned;
        beyond += r->d[j].planned && j - i + 1 > k->consecutive_days_max;
    }
    g_autofree char *day = day_format(last);
    if (beyond > 0)
        check_broken(r->c, CONTRACT_RULE_CONSECUTIVE_DAYS_MAX, r->agent, beyond, day_ts(r, last), length,
                     k->consecutive_days_max, "%d working days in a row up to %s, contract %s allows %d",
                     length, day, k->id, k->consecutive_days_max);
    bool begins_with_it = first <= r->first && r->d[i].planned;
    if (planned && !begins_with_it && last < r->last && length < k->consecutive_days_min)
        check_broken(r->c, CONTRACT_RULE_CONSECUTIVE_DAYS_MIN, r->agent, k->consecutive_days_min - length,
                     day_ts(r, last), length, k->consecutive_days_min,
                     "%d working day(s) in a row up to %s, contract %s asks %d", length, day, k->id,
                     k->consecutive_days_min);
}

static void check_work_runs(struct runs *r)
{
    for (int i = 0, end; i < r->n; i = end) {
        end = i + 1;
        while (end < r->n && r->d[end].day == r->d[end - 1].day + 1)
            end++;
        check_work_run(r, i, end);
    }
}

static void check_off_runs(struct runs *r)
{
    const struct contract *k = r->k;
    for (int i = 1; i < r->n; i++) {
        int off = r->d[i].day - r->d[i - 1].day - 1;
        if (off == 0 || off >= k->consecutive_days_off_min || !r->d[i].planned)
            continue;
        g_autofree char *day = day_format(r->d[i].day);
        check_broken(r->c, CONTRACT_RULE_CONSECUTIVE_DAYS_OFF_MIN, r->agent,
                     k->consecutive_days_off_min - off, day_ts(r, r->d[i].day), off,
                     k->consecutive_days_off_min, "%d day(s) off in a row before %s, contract %s asks %d",
                     off, day, k->id, k->consecutive_days_off_min);
    }
    if (k->consecutive_days_off_max == 0)
        return;
    int count = 0, beyond = 0;
    int32_t from = r->known ? r->d[0].day : r->first, at = 0;
    for (int32_t day = from; day <= r->last; day++) {
        if (on_day(r, day) != NULL || excused(r, day))
            count = 0;
        else if (++count > k->consecutive_days_off_max && day >= r->first) {
            beyond++;
            at = day;
        }
    }
    g_autofree char *day = day_format(at);
    if (beyond > 0)
        check_broken(r->c, CONTRACT_RULE_CONSECUTIVE_DAYS_OFF_MAX, r->agent, beyond, day_ts(r, at), beyond, 0,
                     "%d day(s) off, the last on %s, after the %d in a row contract %s allows", beyond, day,
                     k->consecutive_days_off_max, k->id);
}

static void check_windows(struct runs *r)
{
    const struct contract *k = r->k;
    for (int i = 0; i < r->n && k->window_days_max > 0; i++) {
        int worked = 0;
        for (int j = 0; j <= i; j++)
            worked += r->d[j].day > r->d[i].day - k->window_days;
        if (!r->d[i].planned || worked <= k->window_days_max)
            continue;
        g_autofree char *day = day_format(r->d[i].day);
        check_broken(r->c, CONTRACT_RULE_WINDOW_DAYS_MAX, r->agent, 1, day_ts(r, r->d[i].day), worked,
                     k->window_days_max, "%d of the %d days up to %s worked, contract %s allows %d", worked,
                     k->window_days, day, k->id, k->window_days_max);
    }
}

static void check_nights(struct runs *r)
{
    const struct contract *k = r->k;
    for (int i = 0, run = 0; i < r->n; i++) {
        bool goes_on = run > 0 && r->d[i].day == r->d[i - 1].day + 1;
        run = !r->d[i].night ? 0 : goes_on ? run + 1 : 1;
        g_autofree char *day = day_format(r->d[i].day);
        if (k->consecutive_nights_max > 0 && run > k->consecutive_nights_max && r->d[i].planned)
            check_broken(r->c, CONTRACT_RULE_CONSECUTIVE_NIGHTS_MAX, r->agent, 1, day_ts(r, r->d[i].day), run,
                         k->consecutive_nights_max,
                         "%d night shifts in a row up to %s, contract %s allows %d", run, day, k->id,
                         k->consecutive_nights_max);
        if (run < 2 || i + 1 == r->n || !r->d[i + 1].planned)
            continue;
        int off = r->d[i + 1].day - r->d[i].day - 1;
        bool ends = off > 0 || !r->d[i + 1].night;
        if (ends && off < k->days_off_after_nights_min)
            check_broken(r->c, CONTRACT_RULE_DAYS_OFF_AFTER_NIGHTS_MIN, r->agent,
                         k->days_off_after_nights_min - off, day_ts(r, r->d[i + 1].day), off,
                         k->days_off_after_nights_min,
                         "%d day(s) off after the night shifts up to %s, contract %s asks %d", off, day,
                         k->id, k->days_off_after_nights_min);
    }
}

/* A weekend is named by the Wednesday before it: its days are those up to the next. */
static int32_t weekend_of(int32_t day)
{
    enum { WEDNESDAY = 2 };
    return day - (day_weekday(day) + WEEK_DAYS - WEDNESDAY) % WEEK_DAYS;
}

/* Is the first worked day of the weekend a planned one? */
static bool weekend_planned(const struct runs *r, int32_t weekend)
{
    for (int i = 0; i < r->n; i++)
        if (check_is_weekend(r->k, r->d[i].day) && weekend_of(r->d[i].day) == weekend)
            return r->d[i].planned;
    return false;
}

static bool weekend_worked(const struct runs *r, int32_t weekend)
{
    for (int i = 0; i < r->n; i++)
        if (check_is_weekend(r->k, r->d[i].day) && weekend_of(r->d[i].day) == weekend)
            return true;
    return false;
}

/* For each weekend the solution begins to work: how many of those that end with it are worked, in all and in
 * a row. */
static void check_weekends(struct runs *r)
{
    const struct contract *k = r->k;
    int32_t seen = INT32_MIN;
    for (int i = 0; i < r->n; i++) {
        int32_t weekend = weekend_of(r->d[i].day);
        if (!check_is_weekend(k, r->d[i].day) || weekend == seen || !weekend_planned(r, weekend))
            continue;
        seen = weekend;
        int worked = 0, row = 0;
        for (int back = 0; back < k->weekends_of; back++)
            worked += weekend_worked(r, weekend - WEEK_DAYS * back);
        while (weekend_worked(r, weekend - WEEK_DAYS * row))
            row++;
        g_autofree char *day = day_format(r->d[i].day);
        if (worked > k->weekends_max)
            check_broken(r->c, CONTRACT_RULE_WEEKENDS_MAX, r->agent, 1, day_ts(r, r->d[i].day), worked,
                         k->weekends_max,
                         "%d of the %d weekends up to that of %s worked, contract %s allows %d", worked,
                         k->weekends_of, day, k->id, k->weekends_max);
        if (k->consecutive_weekends_max > 0 && row > k->consecutive_weekends_max)
            check_broken(r->c, CONTRACT_RULE_CONSECUTIVE_WEEKENDS_MAX, r->agent, 1, day_ts(r, r->d[i].day),
                         row, k->consecutive_weekends_max,
                         "%d weekends in a row up to that of %s worked, contract %s allows %d", row, day,
                         k->id, k->consecutive_weekends_max);
    }
}

/* A weekend is mixed from the day on that differs from its first; that day says whose doing it is. */
static void check_whole_weekends(struct runs *r)
{
    for (int32_t weekend = weekend_of(r->first); r->k->weekend_whole && weekend <= r->last;
         weekend += WEEK_DAYS) {
        int worked = 0, off = 0;
        int32_t mixed = INT32_MIN;
        for (int32_t day = weekend; day < weekend + WEEK_DAYS; day++) {
            if (!check_is_weekend(r->k, day) || day > r->last || (day < r->first && !r->known))
                continue;
            worked += on_day(r, day) != NULL;
            off += on_day(r, day) == NULL;
            if (worked > 0 && off > 0 && mixed == INT32_MIN)
                mixed = day;
        }
        if (mixed < r->first)
            continue;
        g_autofree char *day = day_format(mixed);
        check_broken(r->c, CONTRACT_RULE_WEEKEND_WHOLE, r->agent, 1, day_ts(r, mixed), worked, worked + off,
                     "%d of the %d days of the weekend around %s worked, contract %s asks all or none",
                     worked, worked + off, day, r->k->id);
    }
}

void check_runs(struct checking *c, int agent, const struct checked_shift *shifts, int n)
{
    g_autofree struct worked_day *days = g_new(struct worked_day, (gsize)n + 1);
    struct runs r = {.c = c,
                     .agent = agent,
                     .k = check_contract(c, agent),
                     .d = days,
                     .first = check_first_day(c),
                     .last = check_last_day(c)};
    find_days(&r, shifts, n);
    check_work_runs(&r);
    check_off_runs(&r);
    check_windows(&r);
    check_nights(&r);
    check_weekends(&r);
    check_whole_weekends(&r);
}
