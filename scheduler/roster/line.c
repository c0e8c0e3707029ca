#include "scheduler/roster/line_internal.h"

/* After so many calls what is tracked is forgotten: prices move, and what bound once may not any more. */
#define MEMORY_CALLS 64

struct line *line_new(void)
{
    return g_new0(struct line, 1);
}

void line_free(struct line *line)
{
    if (line == NULL)
        return;
    for (int level = 0; level < line->room_levels; level++) {
        g_free(line->levels[level].owed);
        g_free(line->levels[level].off_rest);
    }
    for (int i = 0; i < LINE_TRACKED_MAX; i++) {
        g_free(line->tracked[i].low);
        g_free(line->tracked[i].high);
    }
    void *const owned[] = {line->levels, line->rest,   line->picks,     line->pick_at, line->kinds,
                           line->maps,   line->map_to, line->map_cost,  line->least,   line->most,
                           line->at,     line->end,    line->end_count, line->label,   line->head,
                           line->rows,   line->close,  line->line,      line->steps,   line->labels,
                           line->heap,   line->table};
    for (guint i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
    g_free(line);
}

struct line_memory *line_memory_new(void)
{
    return g_new0(struct line_memory, 1);
}

void line_memory_free(struct line_memory *memory)
{
    if (memory == NULL)
        return;
    g_free(memory->tracked);
    g_free(memory);
}

static void recall(struct line *line, struct line_memory *memory)
{
    if (memory == NULL)
        return;
    if (memory->n_days != line->n_days) {
        g_free(memory->tracked);
        memory->tracked = g_new0(bool, line->n_days + 1);
        memory->n_days = line->n_days;
        memory->n_counters = 0;
    }
    if (++memory->age > MEMORY_CALLS) {
        memset(memory->tracked, 0, (size_t)line->n_days + 1);
        memory->n_counters = memory->age = 0;
    }
    for (int level = line->a; level <= line->b; level++)
        line->rest[level] = memory->tracked[level];
    for (int i = 0; i < memory->n_counters; i++)
        line_track(line, memory->counters[i], memory->loose[i]);
}

static void remember(const struct line *line, struct line_memory *memory)
{
    if (memory == NULL)
        return;
    for (int level = line->a; level <= line->b; level++)
        memory->tracked[level] = line->rest[level];
    memory->n_counters = line->n_tracked;
    for (int i = 0; i < line->n_tracked; i++) {
        memory->counters[i] = line->tracked[i].index;
        memory->loose[i] = line->tracked[i].loose;
    }
}

#define BEAM 200 /* labels a day where only a legal line is wanted */

/* The best line of the pass, when nothing is left to the forward search. */
static enum line_found take_best(struct line *line, double cutoff, struct line_answer *answer, double cost)
{
    line_trace(line);
    enum line_found found = line_check(line, line->line);
    if (found == LINE_KEEPS && line->automaton->relaxed) {
        cost = line_cost(line->problem, line->query, line->line);
        answer->exact = cost <= answer->bound;
    }
    if (found == LINE_KEEPS && cost < cutoff) {
        answer->cost[0] = cost;
        memcpy(answer->choice, line->line, (size_t)line->n_days * sizeof *line->line);
        answer->n = 1;
    }
    return found;
}

static bool any_arcs(const struct line *line)
{
    for (int week = 0; line->spread.on && line->spread.arc < 0 && week < line->n_weeks; week++)
        if (line->spread.weeks[week])
            return true;
    return false;
}

void line_solve_loop(struct line *line, struct line_answer *answer, double cutoff)
{
    for (;;) {
        line_plan_pass(line);
        double cost = line_pass(line);
        answer->bound = MAX(answer->bound, cost);
        if (!(cost < cutoff))
            return;
        enum line_found found = LINE_STUCK;
        bool search = answer->k > 1 || line->n_loose > 0 || any_arcs(line);
        if (search && line->query->effort == LINE_EXACT)
            found = line_search(line, cutoff, answer);
        else if (!search)
            found = take_best(line, cutoff, answer, cost);
        if (found == LINE_KEEPS)
            return;
        if (found == LINE_STUCK) {
            answer->exact = false;
            if (answer->n == 0)
                line_beam(line, cutoff, BEAM, answer);
            return;
        }
    }
}

static bool solve_once(struct line *line, const struct line_problem *problem, const struct line_query *query,
                       struct line_answer *answer)
{
    answer->n = 0;
    answer->bound = -INFINITY;
    answer->exact = true;
    if (!line_plan(line, problem, query, answer->k)) {
        answer->bound = INFINITY;
        return false;
    }
    recall(line, query->memory);
    if (line->spread.on && line->spread.alone)
        line_spread_solve(line, answer, query->cutoff);
    else
        line_solve_loop(line, answer, query->cutoff);
    remember(line, query->memory);
    return answer->n > 0;
}

/* Arcs at a price: the best lines without them, and the best line that keeps them all. With one week nothing
   else can be better. */
static bool solve_priced_arcs(struct line *line, const struct line_problem *problem,
                              const struct line_query *query, struct line_answer *answer)
{
    struct line_problem without = *problem, with = *problem;
    int n_days = problem->rules->n_days;
    g_autofree int *kept = g_new(int, n_days + 1);
    double cost;
    struct line_answer keeping = {.k = 1, .choice = kept, .cost = &cost};
    without.spread_min = 0;
    with.spread_price = 0;
    solve_once(line, &without, query, answer);
    double bound = answer->bound;
    bool exact = answer->exact && problem->rules->n_weeks == 1 && answer->k == 1;
    int n = 0;
    for (int i = 0; i < answer->n; i++) {
        int *choice = answer->choice + (size_t)i * (size_t)n_days;
        double true_cost = line_cost(problem, query, choice);
        exact = exact || (answer->exact && true_cost <= bound);
        if (!(true_cost < query->cutoff))
            continue;
        answer->cost[n] = true_cost;
        memmove(answer->choice + (size_t)n++ * (size_t)n_days, choice, (size_t)n_days * sizeof *choice);
    }
    answer->n = n;
    struct line_query rest = *query;
    rest.cutoff = n > 0 ? MIN(query->cutoff, answer->cost[0]) : query->cutoff;
    rest.memory = NULL;
    if (bound < rest.cutoff && solve_once(line, &with, &rest, &keeping)) {
        answer->cost[0] = cost;
        memcpy(answer->choice, kept, (size_t)n_days * sizeof *kept);
        answer->n = 1;
    }
    answer->exact = exact || (answer->n == 0 && !(bound < query->cutoff));
    answer->bound = exact && answer->n > 0 ? answer->cost[0] : bound;
    return answer->n > 0;
}

bool line_solve(struct line *line, const struct line_problem *problem, const struct line_query *query,
                struct line_answer *answer)
{
    if (problem->spread_price > 0 && problem->spread_min > 0 && problem->spread_min < DAY_MIN)
        return solve_priced_arcs(line, problem, query, answer);
    return solve_once(line, problem, query, answer);
}

/* First day and number of days of a roster week. */
static int week_days(const struct line_rules *rules, int week, int *first)
{
    *first = week == 0 ? 0 : rules->week_last[week - 1] + 1;
    return MIN(rules->week_last[week], rules->n_days - 1) - *first + 1;
}

int line_patterns(struct line *line, const struct line_problem *problem, const struct line_query *query,
                  int week, double *cost, int *choice)
{
    int first, n = week_days(problem->rules, week, &first), n_days = problem->rules->n_days;
    g_autofree double *value = g_new(double, problem->n_choices + 1), *off = g_new(double, n_days + 1);
    g_autofree int *kept = g_new(int, n_days + 1);
    AUTO(line_memory) memory = line_memory_new();
    g_return_val_if_fail(n <= 9, 0);
    for (int i = 0; i < problem->n_choices; i++)
        value[i] = line_value(query, i);
    for (int day = 0; day < n_days; day++)
        off[day] = query->off == NULL ? 0 : query->off[day];
    for (int pattern = 0; pattern < 1 << n; pattern++) {
        struct line_query own = *query;
        struct line_answer answer = {.k = 1, .choice = kept, .cost = &cost[pattern]};
        own.value = value;
        own.extra = NULL;
        own.off = off;
        own.memory = query->memory == NULL ? memory : query->memory;
        for (int day = first; day < first + n; day++) {
            bool work = pattern >> (day - first) & 1;
            off[day] = work ? INFINITY : query->off == NULL ? 0 : query->off[day];
            for (int i = problem->day_choice[day]; i < problem->day_choice[day + 1]; i++)
                value[i] = work ? line_value(query, i) : INFINITY;
        }
        if (!line_solve(line, problem, &own, &answer))
            cost[pattern] = INFINITY;
        else if (choice != NULL)
            memcpy(choice + (size_t)pattern * (size_t)n_days, kept, (size_t)n_days * sizeof *kept);
    }
    return n;
}
