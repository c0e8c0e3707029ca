#include "wfm/forecast_sayings.h"

#include <math.h>

#define SAID_EFFECT 0.005 /* smaller effects of the calendar are not worth a word */
#define SAID_SPECIAL 0.01

static const char *times(int n)
{
    static const char *const words[] = {"never", "once", "twice", "three times", "four times"};
    return n < (int)G_N_ELEMENTS(words) ? words[n] : "many times";
}

/* "18 % above", "3.4 % below". */
static void say_off(GString *out, double factor)
{
    double percent = 100 * fabs(factor - 1);
    g_string_append_printf(out, percent < 9.95 ? "%.1f %% %s" : "%.0f %% %s", percent,
                           factor >= 1 ? "above" : "below");
}

void say_weekdays(const struct saying *s, GString *out)
{
    bool first = true;
    for (int weekday = 0; weekday < WEEK_DAYS; weekday++) {
        double factor = s->e->weekday[weekday];
        if (isnan(factor))
            continue;
        g_string_append(out, first ? "" : ", ");
        g_string_append(out, weekday_names[weekday]);
        if (factor < 1e-6) {
            g_string_append(out, " closed");
        } else {
            g_string_append(out, first ? " is " : " ");
            say_off(out, factor);
            g_string_append(out, first ? " the usual day" : "");
        }
        first = false;
    }
    g_string_append_c(out, '.');
}

/* "Thanksgiving", "the day before Thanksgiving", "the days after Thanksgiving". */
static void say_name(GString *out, const struct explain_day *day, bool many)
{
    const char *side = day->near == EXPLAIN_BEFORE ? "before" : "after";
    if (day->near == EXPLAIN_PLAIN)
        g_string_append(out, "the end of the year");
    else if (day->near == EXPLAIN_ON)
        g_string_append(out, day->name);
    else if (many)
        g_string_append_printf(out, "the days %s %s", side, day->name);
    else if (day->distance == 1)
        g_string_append_printf(out, "the day %s %s", side, day->name);
    else
        g_string_append_printf(out, "%d days %s %s", day->distance, side, day->name);
}

static void say_percent(GString *out, double factor)
{
    double percent = 100 * fabs(factor - 1);
    g_string_append_printf(out, percent < 9.95 ? "%.1f %%" : "%.0f %%", percent);
}

static void say_seen(GString *out, const struct explain_day *day)
{
    if (day->near == EXPLAIN_PLAIN)
        return;
    if (day->has_uplift) {
        g_string_append_printf(out, " (seen %s before; %s ", times(day->seen),
                               day->lent ? "other queues of the client had" : "the planner expects");
        say_change(out, 1 + day->uplift);
        g_string_append_c(out, ')');
    } else if (day->seen == 0) {
        g_string_append(out, " (never seen before: leaning on the other special days)");
    } else {
        g_string_append_printf(out,
                               day->near == EXPLAIN_ON ? " (seen %s before)" : " (%2$s seen %1$s before)",
                               times(day->seen), day->name);
    }
}

/* Days that belong together: n days around one special day, that all take or all add. */
static void say_special_run(GString *out, const struct explain_day *days, int n)
{
    g_autofree char *first = day_words(days[0].day, false), *last = day_words(days[n - 1].day, false);
    double low = days[0].special, high = low;
    for (int i = 1; i < n; i++) {
        low = MIN(low, days[i].special);
        high = MAX(high, days[i].special);
    }
    if (out->len > 0)
        g_string_append_c(out, ' ');
    g_string_append_printf(out, n > 1 ? "%s – %s: " : "%s: ", first, last);
    if (days[0].closed) {
        g_string_append_printf(out, "closed (%s).", days[0].name);
        return;
    }
    say_name(out, &days[0], n > 1);
    bool adds = high > 1;
    double little = adds ? low : high, much = adds ? high : low;
    if (fabs(much - 1) < SAID_EFFECT) {
        g_string_append(out, n > 1 ? " change nothing" : " changes nothing");
    } else {
        g_string_append(out, adds ? (n > 1 ? " add " : " adds ") : (n > 1 ? " take " : " takes "));
        if (fabs(much - little) >= SAID_EFFECT) {
            say_percent(out, little);
            g_string_append(out, " to ");
        }
        say_percent(out, much);
        g_string_append(out, adds ? "" : " off");
    }
    say_seen(out, &days[0]);
    g_string_append_c(out, '.');
}

static bool worth_saying(const struct explain_day *day)
{
    return day->near == EXPLAIN_ON || fabs(day->special - 1) >= SAID_SPECIAL;
}

char *special_day_words(const struct explain_day *day)
{
    GString *out = g_string_new(NULL);
    if (day->near != EXPLAIN_PLAIN && worth_saying(day))
        say_name(out, day, false);
    return g_string_free(out, FALSE);
}

static bool together(const struct explain_day *a, const struct explain_day *b)
{
    return a->near == b->near && a->near != EXPLAIN_ON && g_strcmp0(a->name, b->name) == 0 &&
           (a->special > 1) == (b->special > 1);
}

void say_specials(const struct saying *s, GString *out)
{
    const struct explain_day *days = s->e->days;
    for (int from = 0, to; from < s->e->n_days; from = to) {
        for (to = from + 1; to < s->e->n_days && worth_saying(&days[to]) && together(&days[from], &days[to]);)
            to++;
        if (worth_saying(&days[from]))
            say_special_run(out, &days[from], to - from);
        else
            to = from + 1;
    }
    if (out->len == 0)
        g_string_append(out, "None in these weeks, and none near them that matters.");
}

static double month_factor(const struct explain_day *day)
{
    return day->month;
}

static double year_factor(const struct explain_day *day)
{
    return day->year;
}

/* "between −3 % (Fri 4 Dec) and +5 % (Tue 1 Dec)", or one figure where they are alike. */
static void say_range(const struct saying *s, GString *out, const char *what,
                      double (*factor)(const struct explain_day *))
{
    const struct explain_day *low = NULL, *high = NULL;
    for (int i = 0; i < s->e->n_days; i++) {
        const struct explain_day *day = &s->e->days[i];
        if (day->usual * day->weekday <= 0)
            continue;
        low = low == NULL || factor(day) < factor(low) ? day : low;
        high = high == NULL || factor(day) > factor(high) ? day : high;
    }
    if (low == NULL || (fabs(factor(low) - 1) < SAID_EFFECT && fabs(factor(high) - 1) < SAID_EFFECT))
        return;
    g_string_append_printf(out, "%s%s ", out->len > 0 ? " " : "", what);
    if (factor(high) - factor(low) < SAID_EFFECT) {
        say_change(out, sqrt(factor(low) * factor(high)));
    } else {
        g_autofree char *low_day = day_words(low->day, false), *high_day = day_words(high->day, false);
        g_string_append(out, "between ");
        say_change(out, factor(low));
        g_string_append_printf(out, " (%s) and ", low_day);
        say_change(out, factor(high));
        g_string_append_printf(out, " (%s)", high_day);
    }
    g_string_append_c(out, '.');
}

void say_calendar(const struct saying *s, GString *out)
{
    say_range(s, out, "Day of the month:", month_factor);
    say_range(s, out, "Time of the year:", year_factor);
}
