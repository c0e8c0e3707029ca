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
    void *const owned[] = {line->levels,       line->rest,           line->picks,        line->pick_at,
                           line->kinds,        line->maps,           line->map_to,       line->map_cost,
                           line->least,        line->most,           line->at,           line->end,
                           line->end_count,    line->label,          line->head,         line->rows,
                           line->close,        line->line,           line->steps,        line->labels,
                           line->heap,         line->table,          line->spread.weeks, line->spread.open,
                           line->spread.least, line->spread.begins,  line->weeks.blocks, line->weeks.owed_max,
                           line->weeks.starts, line->weeks.start_at, line->weeks.cost,   line->weeks.own,
                           line->weeks.best,   line->weeks.reach,    line->weeks.end,    line->weeks.now,
                           line->weeks.next,   line->weeks.least,    line->weeks.arc};
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
    g_free(memory->rest);
    g_free(memory);
}

void line_forget(struct line *line)
{
    memset(line->rest, 0, (size_t)(line->n_days + 1) * sizeof *line->rest);
    line->n_tracked = line->n_loose = 0;
    line->dense = 0;
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
        line_track(line, memory->counters[i], false);
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
        memory->price[i] = line->tracked[i].price;
    }
}

#define BEAM 200 /* labels a day where only a legal line is wanted */

/* The best line of the pass, when nothing is left to the forward search. */
static enum line_found take_best(struct line *line, double cutoff, struct line_answer *answer, double cost)
{
    int count[LINE_TRACKED_MAX];
    line_trace(line, count);
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

/* Counters that make the pass too large are left to the labels of the forward search, the last ones first. */
static void loosen(struct line *line)
{
    size_t most = line->query->cells_max > 0 ? (size_t)line->query->cells_max : LINE_CELLS_MAX;
    const struct line_memory *memory = line->query->memory;
    for (int i = line->n_tracked - 1; i >= 0; i--) {
        struct line_tracked *tracked = &line->tracked[i];
        if (tracked->loose || line_pass_size(line) <= most)
            continue;
        tracked->loose = true;
        line->n_loose++;
        line->dense = (uint16_t)(line->dense & ~(1u << i));
        if (memory != NULL && i < memory->n_counters && line->a == 0 && line->b == line->n_days)
            tracked->price = memory->price[i];
        line_plan_pass(line);
    }
}

#define PASSES 12     /* that move the multipliers where the best line is wanted */
#define PASSES_FAST 3 /* … where a legal one will do */

/* Moves the multipliers of the loose counters along their subgradient; false when there is none. `miss`: how
   far the bound may be from the best line. */
static bool move_prices(struct line *line, const int *count, double miss, double scale)
{
    double square = 0;
    int off[LINE_TRACKED_MAX] = {0};
    for (int i = 0; i < line->n_tracked; i++) {
        const struct line_tracked *tracked = &line->tracked[i];
        const struct line_range *range = &tracked->counter->range;
        if (!tracked->loose)
            continue;
        if (range->most < INT_MAX && (count[i] > range->most || tracked->price > 0))
            off[i] = count[i] - range->most;
        else if (count[i] < range->least || tracked->price < 0)
            off[i] = count[i] - range->least;
        square += (double)off[i] * off[i];
    }
    for (int i = 0; i < line->n_tracked && square > 0; i++) {
        const struct line_range *range = &line->tracked[i].counter->range;
        double price = line->tracked[i].price + scale * miss * off[i] / square;
        bool upper = line->tracked[i].price > 0 || (line->tracked[i].price == 0 && off[i] > 0);
        if (off[i] != 0)
            line->tracked[i].price = upper ? (range->most < INT_MAX ? MAX(price, 0) : 0) : MIN(price, 0);
    }
    return square > 0;
}

/* Multipliers for the loose counters: some steps of subgradient, the best kept. Leaves the labels of a pass
   with these; returns its bound. */
static double price_counters(struct line *line, double bound, struct line_answer *answer)
{
    double best[LINE_TRACKED_MAX], cost = bound, scale = 1;
    bool fast = line->query->effort == LINE_FAST, last = true;
    for (int i = 0; i < line->n_tracked; i++)
        best[i] = line->tracked[i].price;
    for (int pass = 0; pass < (fast ? PASSES_FAST : PASSES) && cost < line->query->cutoff; pass++) {
        int count[LINE_TRACKED_MAX];
        line_trace(line, count);
        if (!move_prices(line, count, MAX(0.02 * fabs(cost), 1e-6), scale))
            break;
        line_plan_pass(line);
        cost = line_pass(line);
        last = cost > bound;
        if (last)
            bound = cost;
        else
            scale *= 0.5;
        for (int i = 0; i < line->n_tracked; i++)
            if (last)
                best[i] = line->tracked[i].price;
            else
                line->tracked[i].price = best[i];
        if (!last) {
            line_plan_pass(line);
            line_pass(line);
        }
    }
    answer->bound = MAX(answer->bound, bound);
    return bound;
}

/* Does the best line of the pass break what is not tracked? Then that is from now on. */
static bool tracks_more(struct line *line)
{
    int count[LINE_TRACKED_MAX];
    line_trace(line, count);
    return line_check(line, line->line) == LINE_TRACKS_MORE;
}

/* A legal line out of a few labels a day; false when what it breaks is to be tracked first. */
static bool take_legal(struct line *line, double cutoff, struct line_answer *answer)
{
    answer->exact = false;
    if (answer->n > 0 || !line_beam(line, cutoff, BEAM))
        return true;
    double cost = line_cost(line->problem, line->query, line->line);
    if (cost < cutoff) {
        answer->cost[0] = cost;
        memcpy(answer->choice, line->line, (size_t)line->n_days * sizeof *line->line);
        answer->n = 1;
    }
    return cost < INFINITY || line_check(line, line->line) != LINE_TRACKS_MORE;
}

void line_solve_loop(struct line *line, struct line_answer *answer, double cutoff)
{
    for (;;) {
        line_plan_pass(line);
        if (line->n_tracked > line->n_loose)
            loosen(line);
        double cost = line_pass(line);
        answer->bound = MAX(answer->bound, cost);
        answer->exact = true;
        if (!(cost < cutoff))
            return;
        if (line->n_loose > 0) {
            if (tracks_more(line))
                continue;
            cost = price_counters(line, cost, answer);
            if (!(cost < cutoff))
                return;
        }
        enum line_found found = LINE_STUCK;
        bool search = answer->k > 1 || line->n_loose > 0 || any_arcs(line);
        if (search && line->query->effort == LINE_EXACT)
            found = line_search(line, cutoff, answer);
        else if (!search)
            found = take_best(line, cutoff, answer, cost);
        if (found == LINE_KEEPS || (found == LINE_STUCK && take_legal(line, cutoff, answer)))
            return;
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
    if (line->spread.on && line->spread.alone) {
        line_spread_solve(line, answer, query->cutoff);
        return answer->n > 0;
    }
    if (line_weeks_fits(line) && line_weeks_solve(line, answer, query->cutoff))
        return answer->n > 0;
    recall(line, query->memory);
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
