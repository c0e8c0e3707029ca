#include "scheduler/roster/line_internal.h"

/* ---- what a line does ---- */

int line_rest_broken(const struct line_problem *problem, const int *choice, int from, int *next)
{
    if (problem->day_starts == NULL)
        return -1;
    for (int day = from; day < problem->automaton->n_days; day++) {
        if (choice[day] < 0)
            continue;
        int release = problem->choices[choice[day]].release, starts = 0, d = day + 1;
        for (; d < problem->automaton->n_days && choice[d] < 0 && starts < release; d++)
            starts += problem->day_starts[d];
        if (d == problem->automaton->n_days || choice[d] < 0)
            continue;
        if (starts + problem->choices[choice[d]].rank < release) {
            *next = d;
            return day;
        }
    }
    return -1;
}

int line_count(const struct line_problem *problem, const struct line_counter *counter, const int *choice,
               const uint32_t *tags)
{
    int n = 0, to = MIN(counter->to, problem->automaton->n_days);
    for (int day = MAX(counter->from, 0); day < to; day++)
        n += choice[day] >= 0 && line_counts(counter, &problem->choices[choice[day]], tags[day]);
    return n;
}

/* ---- what the kernel must track ---- */

static bool is_tracked(const struct line *line, int counter)
{
    for (int i = 0; i < line->n_tracked; i++)
        if (line->tracked[i].index == counter)
            return true;
    return false;
}

void line_walk_tags(const struct line *line, const int *choice, uint32_t *tags)
{
    int node = 0;
    for (int day = 0; day < line->n_days; day++) {
        int letter = choice[day] < 0 ? 0 : line->problem->choices[choice[day]].letter;
        const struct line_arc *arc = &line->automaton->arcs[day][node * (line->n_letters + 1) + letter];
        g_assert(arc->to >= 0);
        tags[day] = arc->head < 0 ? 0 : line->automaton->heads[day][arc->head].tags;
        node = arc->to;
    }
}

static enum line_found check_rest(struct line *line, const int *choice)
{
    enum line_found found = LINE_KEEPS;
    int next, day = -1;
    while ((day = line_rest_broken(line->problem, choice, day + 1, &next)) >= 0) {
        bool more = false;
        for (int level = MAX(day + 1, line->a); level <= MIN(next, line->b); level++) {
            more |= !line->rest[level];
            line->rest[level] = true;
        }
        if (!more)
            return LINE_STUCK;
        found = LINE_TRACKS_MORE;
    }
    return found;
}

/* As a dimension of the pass while that stays small, else for the forward search. */
static bool track_counter(struct line *line, int counter)
{
    long most = line->query->cells_max > 0 ? line->query->cells_max : LINE_CELLS_MAX;
    bool loose = line->n_loose > 0;
    if (!loose) {
        if (!line_track(line, counter, false))
            return false;
        if (line->tracked[line->n_tracked - 1].loose)
            return true;
        line_plan_pass(line);
        loose = line_pass_size(line) > (size_t)most;
        if (!loose)
            return true;
        line->n_tracked--;
        line->dense = (uint16_t)(line->dense & ~(1u << line->n_tracked));
    }
    return line_track(line, counter, true);
}

/* Arcs are enumerated in the weeks that leave them; with one week that has been done before. */
static enum line_found check_spread(struct line *line, const int *choice)
{
    enum line_found found = LINE_KEEPS;
    for (int week = 0; week < line->n_weeks && line->spread.on && line->spread.arc < 0; week++) {
        if (line->spread.weeks[week] || line_spread_kept(line, choice, week))
            continue;
        line->spread.weeks[week] = true;
        found = LINE_TRACKS_MORE;
    }
    return found;
}

enum line_found line_check(struct line *line, const int *choice)
{
    enum line_found found = check_rest(line, choice);
    if (check_spread(line, choice) != LINE_KEEPS && found == LINE_KEEPS)
        found = LINE_TRACKS_MORE;
    int n = line_n_counters(line->problem);
    if (found == LINE_STUCK || n == 0)
        return found;
    g_autofree uint32_t *tags = g_new(uint32_t, line->n_days + 1);
    line_walk_tags(line, choice, tags);
    for (int i = 0; i < n; i++) {
        const struct line_counter *counter = line_counter_at(line->problem, i);
        if (is_tracked(line, i) ||
            line_range_cost(&counter->range, line_count(line->problem, counter, choice, tags)) == 0)
            continue;
        if (track_counter(line, i))
            found = LINE_TRACKS_MORE;
        else if (found == LINE_KEEPS)
            found = LINE_STUCK;
    }
    return found;
}

/* ---- the cost of a given line ---- */

static double minutes_cost(const struct line_problem *problem, const int *choice)
{
    int n_weeks = problem->rules->n_weeks, period = 0;
    double cost = 0;
    g_autofree int *week = g_new0(int, n_weeks + 1);
    for (int day = 0; day < problem->rules->n_days; day++) {
        if (choice[day] < 0)
            continue;
        const struct line_choice *shift = &problem->choices[choice[day]];
        week[CLAMP(shift->week, 0, n_weeks)] += shift->minutes;
        period += shift->minutes;
    }
    for (int w = 0; w < n_weeks && problem->week_minutes != NULL; w++)
        cost += line_range_cost(&problem->week_minutes[w], week[w]);
    if (problem->period_minutes != NULL)
        cost += line_range_cost(problem->period_minutes, period);
    return cost;
}

/* Do the starts lie in an arc of so many minutes on the dial? */
static bool in_arc(const int *starts, int n, int spread)
{
    bool any = n == 0;
    for (int i = 0; i < n && !any; i++) {
        any = true;
        for (int k = 0; k < n; k++)
            any = any && (starts[k] - starts[i] + DAY_MIN) % DAY_MIN <= spread;
    }
    return any;
}

static double spread_cost(const struct line_problem *problem, const int *choice)
{
    double cost = 0;
    if (problem->spread_min <= 0 || problem->spread_min >= DAY_MIN)
        return 0;
    for (int w = 0; w < problem->rules->n_weeks; w++) {
        int starts[16], n = 0;
        for (int day = 0; day < problem->rules->n_days && n < 16; day++)
            if (choice[day] >= 0 && problem->choices[choice[day]].week == w)
                starts[n++] = problem->choices[choice[day]].start_min;
        if (!in_arc(starts, n, problem->spread_min))
            cost += problem->spread_price > 0 ? problem->spread_price : INFINITY;
    }
    return cost;
}

double line_cost(const struct line_problem *problem, const struct line_query *query, const int *choice)
{
    int n_days = problem->rules->n_days, next;
    double cost = 0;
    g_autofree uint8_t *letters = g_new0(uint8_t, n_days + 1);
    g_autofree uint32_t *tags = g_new0(uint32_t, n_days + 1);
    for (int day = 0; day < n_days; day++) {
        if (choice[day] < 0) {
            cost += query->off == NULL ? 0 : query->off[day];
            continue;
        }
        if (problem->allowed != NULL && !problem->allowed[choice[day]])
            return INFINITY;
        letters[day] = (uint8_t)problem->choices[choice[day]].letter;
        cost += line_value(query, choice[day]);
    }
    cost += line_rules_tags(problem->rules, letters, tags);
    for (int i = 0; i < problem->n_counters; i++)
        cost += line_range_cost(&problem->counters[i].range,
                                line_count(problem, &problem->counters[i], choice, tags));
    if (line_rest_broken(problem, choice, 0, &next) >= 0)
        return INFINITY;
    return cost + minutes_cost(problem, choice) + spread_cost(problem, choice);
}
