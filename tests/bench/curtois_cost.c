/* The benchmark's own definition of its rules and its cost, by plain enumeration. */
#include "tests/bench/curtois.h"

struct counting {
    const struct curtois *in;
    const int *roster;
    int broken;
    char *first;
};

G_GNUC_PRINTF(2, 3) static void broke(struct counting *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (c->broken++ == 0)
        c->first = g_strdup_vprintf(format, args);
    va_end(args);
}

/* A maximal run of days that are all worked, or all off, from `from` up to before `to`. */
static void judge_run(struct counting *c, const struct curtois_staff *staff, bool worked, int from, int to)
{
    bool cut = from == 0 || to == c->in->n_days;
    int length = to - from;
    if (worked && length > staff->consecutive_max)
        broke(c, "%s: %d days in a row from day %d, at most %d", staff->id, length, from,
              staff->consecutive_max);
    if (worked && !cut && length < staff->consecutive_min)
        broke(c, "%s: %d days in a row from day %d, at least %d", staff->id, length, from,
              staff->consecutive_min);
    if (!worked && !cut && length < staff->off_min)
        broke(c, "%s: %d days off from day %d, at least %d", staff->id, length, from, staff->off_min);
}

static void judge_staff(struct counting *c, int a)
{
    const struct curtois *in = c->in;
    const struct curtois_staff *staff = &in->staff[a];
    const int *works = c->roster + (size_t)a * (size_t)in->n_days;
    int minutes = 0, weekends = 0, run_from = 0;
    for (int day = 0; day < in->n_days; day++) {
        if (day > 0 && (works[day] >= 0) != (works[day - 1] >= 0)) {
            judge_run(c, staff, works[day - 1] >= 0, run_from, day);
            run_from = day;
        }
        if (works[day] >= 0)
            minutes += in->shifts[works[day]].minutes;
        if (day > 0 && works[day] >= 0 && works[day - 1] >= 0 && in->shifts[works[day - 1]].bars[works[day]])
            broke(c, "%s: day %d: %s after %s", staff->id, day, in->shifts[works[day]].id,
                  in->shifts[works[day - 1]].id);
        if (day % WEEK_DAYS == 6 && (works[day] >= 0 || works[day - 1] >= 0))
            weekends++;
    }
    judge_run(c, staff, works[in->n_days - 1] >= 0, run_from, in->n_days);
    if (minutes < staff->minutes_min || minutes > staff->minutes_max)
        broke(c, "%s: %d minutes, allowed are %d to %d", staff->id, minutes, staff->minutes_min,
              staff->minutes_max);
    if (weekends > staff->weekends_max)
        broke(c, "%s: %d weekends, at most %d", staff->id, weekends, staff->weekends_max);
    for (int s = 0; s < in->n_shifts; s++) {
        int n = 0;
        for (int day = 0; day < in->n_days; day++)
            n += works[day] == s;
        if (n > staff->shifts_max[s])
            broke(c, "%s: %d times %s, at most %d", staff->id, n, in->shifts[s].id, staff->shifts_max[s]);
    }
}

long curtois_cost(const struct curtois *in, const int *roster, int *broken, char **first)
{
    struct counting c = {.in = in, .roster = roster};
    long cost = 0;
    for (int a = 0; a < in->n_staff; a++)
        judge_staff(&c, a);
    for (int i = 0; i < in->n_days_off; i++)
        if (roster[in->days_off[i].staff * in->n_days + in->days_off[i].day] >= 0)
            broke(&c, "%s: works on day %d, a day off", in->staff[in->days_off[i].staff].id,
                  in->days_off[i].day);
    for (int i = 0; i < in->n_requests; i++) {
        const struct curtois_request *r = &in->requests[i];
        bool worked = roster[r->staff * in->n_days + r->day] == r->shift;
        if (worked != r->on)
            cost += r->weight;
    }
    for (int i = 0; i < in->n_cover; i++) {
        const struct curtois_cover *cover = &in->cover[i];
        int n = 0;
        for (int a = 0; a < in->n_staff; a++)
            n += roster[a * in->n_days + cover->day] == cover->shift;
        cost +=
            n < cover->need ? (long)(cover->need - n) * cover->under : (long)(n - cover->need) * cover->over;
    }
    *broken = c.broken;
    *first = c.first;
    return cost;
}
