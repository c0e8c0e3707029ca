/*
 * line_spread.c - start-time arcs: the starts of a roster week lie within spread_min minutes on the dial.
 * Every arc begins at a start; with one week (or a window in one) each arc is a problem of its own, tried in
 * the order of a bound and cut when it cannot win. With several, the labels of a week are the least over its
 * arcs, and the forward search keeps the set of arcs that still hold all starts of the open week.
 */
#include "scheduler/roster/line_internal.h"

/* ---- sets of arcs ---- */

#define WORDS ((LINE_ARCS_MAX + 63) / 64)

bool line_arcs_any(const struct line_arcs *arcs)
{
    uint64_t any = 0;
    for (int i = 0; i < WORDS; i++)
        any |= arcs->bits[i];
    return any != 0;
}

bool line_arcs_within(const struct line_arcs *a, const struct line_arcs *b)
{
    for (int i = 0; i < WORDS; i++)
        if (a->bits[i] & ~b->bits[i])
            return false;
    return true;
}

void line_arcs_meet(struct line_arcs *a, const struct line_arcs *b)
{
    for (int i = 0; i < WORDS; i++)
        a->bits[i] &= b->bits[i];
}

static bool has_arc(const struct line_arcs *arcs, int arc)
{
    return arcs->bits[arc / 64] >> arc % 64 & 1;
}

/* ---- the arcs of a problem ---- */

static void list_starts(struct line *line)
{
    struct line_spread *spread = &line->spread;
    const struct line_problem *problem = line->problem;
    memset(spread->place, -1, sizeof spread->place);
    int week = line->levels[line->a].week;
    spread->alone = line->merge && week < line->n_weeks && line->rules->week_last[week] >= line->b - 1;
    for (int i = problem->day_choice[line->a]; i < problem->day_choice[line->b]; i++) {
        spread->alone = spread->alone && problem->choices[i].week == week;
        if (problem->allowed == NULL || problem->allowed[i])
            spread->place[problem->choices[i].start_min] = 0;
    }
    for (int day = 0; day < line->n_days; day++)
        if ((day < line->a || day >= line->b) && line->query->fixed[day] >= 0)
            spread->place[problem->choices[line->query->fixed[day]].start_min] = 0;
    spread->n = 0;
    for (int minute = 0; minute < DAY_MIN; minute++)
        if (spread->place[minute] == 0 && spread->n < LINE_ARCS_MAX) {
            spread->from[spread->n] = minute;
            spread->place[minute] = (int16_t)spread->n++;
        }
}

static void list_covers(struct line *line)
{
    struct line_spread *spread = &line->spread;
    for (int start = 0; start < spread->n; start++) {
        spread->cover[start] = (struct line_arcs){{0}};
        for (int arc = 0; arc < spread->n; arc++)
            if (line_spread_holds(line, arc, spread->from[start]))
                spread->cover[start].bits[arc / 64] |= 1ull << arc % 64;
    }
}

bool line_spread_plan(struct line *line)
{
    struct line_spread *spread = &line->spread;
    const struct line_problem *problem = line->problem;
    spread->on = problem->spread_min > 0 && problem->spread_min < DAY_MIN && line->n_weeks > 0;
    spread->arc = -1;
    spread->size = 0;
    if (!spread->on)
        return true;
    if (line->n_weeks + 1 > spread->room) {
        spread->room = line->n_weeks + 1;
        spread->weeks = g_realloc_n(spread->weeks, (gsize)spread->room, sizeof *spread->weeks);
        spread->open = g_realloc_n(spread->open, (gsize)spread->room, sizeof *spread->open);
    }
    list_starts(line);
    if (spread->n == 0) {
        spread->on = false;
        return true;
    }
    list_covers(line);
    for (int week = 0; week <= line->n_weeks; week++) {
        spread->weeks[week] = week < line->n_weeks && !line->merge;
        memset(&spread->open[week], 0xff, sizeof spread->open[week]);
    }
    for (int day = 0; day < line->n_days; day++) {
        if ((day >= line->a && day < line->b) || line->query->fixed[day] < 0)
            continue;
        const struct line_choice *choice = &problem->choices[line->query->fixed[day]];
        if (choice->week < line->n_weeks)
            line_arcs_meet(&spread->open[choice->week], &spread->cover[spread->place[choice->start_min]]);
    }
    for (int week = 0; week < line->n_weeks; week++)
        if (!line_arcs_any(&spread->open[week]))
            return false;
    return true;
}

bool line_spread_kept(const struct line *line, const int *choice, int week)
{
    struct line_arcs arcs;
    memset(&arcs, 0xff, sizeof arcs);
    for (int day = 0; day < line->n_days; day++) {
        const struct line_choice *shift = choice[day] < 0 ? NULL : &line->problem->choices[choice[day]];
        if (shift != NULL && shift->week == week)
            line_arcs_meet(&arcs, &line->spread.cover[line->spread.place[shift->start_min]]);
    }
    return line_arcs_any(&arcs);
}

/* How many starts the arc holds: those from its own on. */
static int arc_size(const struct line *line, int arc)
{
    int n = 1;
    while (n < line->spread.n && line_spread_holds(line, arc, line->spread.from[(arc + n) % line->spread.n]))
        n++;
    return n;
}

/* Do all starts of the arc lie in another that is tried? */
static bool within_last(const struct line *line, int arc)
{
    int n = line->spread.n, before = (arc + n - 1) % n, size = arc_size(line, arc);
    for (int other = 0; other < arc && size == n; other++)
        if (arc_size(line, other) == n)
            return true;
    return size < n && arc_size(line, before) > size;
}

bool line_spread_tries(const struct line *line, int week, int arc)
{
    return has_arc(&line->spread.open[week], arc) && !within_last(line, arc);
}

/* ---- several weeks ---- */

void line_spread_week(struct line *line, int from, int to)
{
    struct line_spread *spread = &line->spread;
    int week = line->levels[from].week, width = line->n_letters + 2;
    size_t first = line->at[line->levels[from].base], n = line->at[line->levels[to].base] - first;
    if (n > spread->room_least) {
        g_free(spread->least);
        spread->room_least = n + n / 4;
        spread->least = g_new(double, spread->room_least);
    }
    if (n == 0)
        return;
    for (size_t i = 0; i < n; i++)
        spread->least[i] = INFINITY;
    g_autofree int *kept =
        g_memdup2(line->pick_at + from * width, (gsize)((to - from) * width) * sizeof *kept);
    for (int arc = 0; arc < spread->n; arc++) {
        if (!line_spread_tries(line, week, arc))
            continue;
        line_plan_arc(line, from, to, arc);
        line_pass_days(line, from, to);
        for (size_t i = 0; i < n; i++)
            spread->least[i] = MIN(spread->least[i], line->label[first + i]);
    }
    memcpy(line->label + first, spread->least, n * sizeof *spread->least);
    memcpy(line->pick_at + from * width, kept, (size_t)((to - from) * width) * sizeof *kept);
}

/* ---- all choices in one week ---- */

struct arc {
    double bound;
    int arc;
};

static int compare_arc(const void *a, const void *b)
{
    const struct arc *x = a, *y = b;
    if (x->bound != y->bound)
        return x->bound < y->bound ? -1 : 1;
    return x->arc - y->arc;
}

/* Cheapest way through the days of the window and behind it by the automaton, with one value per day and
   letter, `least` by day of the window, then letter. */
static double bound_days(const struct line *line, const double *least, double *now, double *next)
{
    int n_letters = line->n_letters + 1;
    for (int node = 0; node < line->automaton->n_nodes[line->a]; node++)
        now[node] = node == line->fixed.node ? line->fixed.cost : INFINITY;
    for (int day = line->a; day < line->b; day++) {
        const struct line_arc *arcs = line->automaton->arcs[day];
        for (int node = 0; node < line->automaton->n_nodes[day + 1]; node++)
            next[node] = INFINITY;
        for (int node = 0; node < line->automaton->n_nodes[day]; node++, arcs += n_letters)
            for (int letter = 0; letter < n_letters && now[node] < INFINITY; letter++)
                if (arcs[letter].to >= 0)
                    next[arcs[letter].to] =
                        MIN(next[arcs[letter].to],
                            now[node] + arcs[letter].cost + least[(day - line->a) * n_letters + letter]);
        double *swap = now;
        now = next;
        next = swap;
    }
    double best = INFINITY;
    for (int node = 0; node < line->automaton->n_nodes[line->b]; node++)
        best = MIN(best, now[node] + line->end[node]);
    return best;
}

/* Where the starts of each day begin among its choices. */
static void list_begins(struct line *line)
{
    struct line_spread *spread = &line->spread;
    const struct line_problem *problem = line->problem;
    GROW(spread->begins, spread->room_begins, (line->b - line->a) * (spread->n + 1));
    for (int day = line->a; day < line->b; day++) {
        int *begins = spread->begins + (day - line->a) * (spread->n + 1), next = 0;
        bool sorted = true;
        for (int i = problem->day_choice[day]; i < problem->day_choice[day + 1]; i++) {
            int place = spread->place[problem->choices[i].start_min];
            sorted = sorted && (place < 0 || place >= next - 1);
            while (next <= place)
                begins[next++] = i;
        }
        while (next <= spread->n)
            begins[next++] = problem->day_choice[day + 1];
        if (!sorted)
            begins[0] = -1;
    }
}

struct line_spans line_spread_spans(const struct line *line, int day, int arc)
{
    const struct line_spread *spread = &line->spread;
    const int *day_choice = line->problem->day_choice;
    const struct line_spans all = {1, {day_choice[day], 0}, {day_choice[day + 1], 0}};
    if (arc < 0 || spread->size == 0)
        return all;
    const int *begins = spread->begins + (day - line->a) * (spread->n + 1);
    if (begins[0] < 0)
        return all;
    int end = arc + spread->size;
    if (end <= spread->n)
        return (struct line_spans){1, {begins[arc], 0}, {begins[end], 0}};
    return (struct line_spans){2, {begins[0], begins[arc]}, {begins[end - spread->n], begins[spread->n]}};
}

/* Best value of each (start, day, letter) of the problem. */
static double *best_values(const struct line *line)
{
    size_t per_start = (size_t)(line->b - line->a) * ((size_t)line->n_letters + 1);
    size_t n = per_start * (size_t)line->spread.n;
    double *best = g_new(double, n + 1);
    for (size_t i = 0; i < n; i++)
        best[i] = INFINITY;
    for (int i = line->problem->day_choice[line->a]; i < line->problem->day_choice[line->b]; i++) {
        const struct line_choice *choice = &line->problem->choices[i];
        if (line->problem->allowed != NULL && !line->problem->allowed[i])
            continue;
        double *cell = &best[(size_t)line->spread.place[choice->start_min] * per_start +
                             (size_t)((choice->day - line->a) * (line->n_letters + 1) + choice->letter)];
        *cell = MIN(*cell, line_value(line->query, i));
    }
    return best;
}

static int bound_arcs(struct line *line, struct arc *arcs)
{
    int n = line->spread.n, n_arcs = 0, widest = 1;
    const struct line_arcs *open = &line->spread.open[line->levels[line->a].week];
    size_t per_start = (size_t)(line->b - line->a) * ((size_t)line->n_letters + 1);
    line_walk_ends(line);
    for (int level = 0; level <= line->n_days; level++)
        widest = MAX(widest, line->automaton->n_nodes[level]);
    g_autofree double *best = best_values(line), *least = g_new(double, per_start + 1);
    g_autofree double *now = g_new(double, widest), *next = g_new(double, widest);
    for (int arc = 0; arc < n; arc++) {
        if (!has_arc(open, arc) || within_last(line, arc))
            continue;
        memcpy(least, best + (size_t)arc * per_start, per_start * sizeof *least);
        for (int k = 1; k < n; k++) {
            int other = (arc + k) % n;
            if (!line_spread_holds(line, arc, line->spread.from[other]))
                break;
            for (size_t i = 0; i < per_start; i++)
                least[i] = MIN(least[i], best[(size_t)other * per_start + i]);
        }
        for (int day = line->a; day < line->b; day++)
            least[(day - line->a) * (line->n_letters + 1)] = line_off_cost(line, day);
        arcs[n_arcs++] = (struct arc){bound_days(line, least, now, next), arc};
    }
    return n_arcs;
}

void line_spread_solve(struct line *line, struct line_answer *answer, double cutoff)
{
    struct arc arcs[LINE_ARCS_MAX];
    int n = bound_arcs(line, arcs);
    list_begins(line);
    double best = cutoff, bound = INFINITY;
    bool exact = true, any = false;
    g_autofree int *kept = g_new(int, line->n_days + 1);
    qsort(arcs, (size_t)n, sizeof *arcs, compare_arc);
    int i = 0;
    for (; i < n && arcs[i].bound < best; i++) {
        line->spread.arc = arcs[i].arc;
        line->spread.size = arc_size(line, arcs[i].arc);
        line_forget(line);
        answer->n = 0;
        answer->bound = -INFINITY;
        answer->exact = true;
        line_solve_loop(line, answer, best);
        exact = exact && answer->exact;
        bound = MIN(bound, answer->n > 0 && answer->exact ? answer->cost[0] : answer->bound);
        if (answer->n == 0)
            continue;
        any = true;
        best = answer->cost[0];
        memcpy(kept, answer->choice, (size_t)line->n_days * sizeof *kept);
    }
    if (i < n)
        bound = MIN(bound, MAX(arcs[i].bound, best));
    answer->n = any;
    answer->exact = exact;
    answer->bound = exact && any ? best : exact ? MAX(cutoff, MIN(bound, cutoff)) : MIN(bound, best);
    if (any) {
        answer->cost[0] = best;
        memcpy(answer->choice, kept, (size_t)line->n_days * sizeof *kept);
    }
    line->spread.arc = -1;
    line->spread.size = 0;
}
