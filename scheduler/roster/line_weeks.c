/*
 * line_weeks.c - start-time arcs over several roster weeks: a week and one arc at a time.
 *
 * Backwards over the weeks, each is passed once per arc, as if its days were all there is: what follows is
 * the least over the arcs of the next week, by node and rest owed. Within an arc few starts are left, so rest
 * and the counters of the week can all be tracked there: only owed rest that a start of the arc tells apart
 * is. What reaches over weeks besides (counters, minutes of the period) is not known here; where the best
 * line breaks it, or is dearer by it, the caller goes on without arcs first (line.c), from this bound.
 *
 * A day on which a week ends belongs to both: the week's block reads off it (a shift of the next week, priced
 * by the next block) as a further way to end.
 */
#include "scheduler/roster/line_internal.h"

#define NO_ARC -1
#define REST_CALLS 256 /* after so many what is known of rest is forgotten */
#define MISS 1.25      /* of the last miss */
#define NOISE 1e-9     /* relative; sums in another order */

/* ---- blocks ---- */

static int starts_of(const struct line *line, int day)
{
    return line->problem->day_starts == NULL ? 0 : line->problem->day_starts[day];
}

/* The window cut into roster weeks; what follows the last is a block of no days where a week ends there. */
static void cut(struct line *line)
{
    struct line_weeks *weeks = &line->weeks;
    weeks->a = line->a;
    weeks->b = line->b;
    weeks->fixed = line->fixed;
    weeks->n = 0;
    for (int from = line->a;;) {
        int week = line->levels[from].week, to = from;
        bool first = weeks->n == 0;
        while (to < line->b && line->levels[to].week == week)
            to++;
        GROW(weeks->blocks, weeks->room_blocks, weeks->n + 1);
        weeks->blocks[weeks->n++] = (struct line_block){
            .on = true, .week = week, .from = from, .to = to, .entry = first ? -1 : from - 1};
        if (to == line->b && (to == from || line->levels[to].week == week))
            break;
        from = to;
    }
}

/* Most rest that may be owed at each level, and the starts of each day. */
static void measure(struct line *line)
{
    struct line_weeks *weeks = &line->weeks;
    const struct line_problem *problem = line->problem;
    GROW(weeks->owed_max, weeks->room_levels, line->n_days + 1);
    weeks->owed_max[line->a] = line->fixed.owed;
    weeks->n_starts = 0;
    GROW(weeks->start_at, weeks->room_days, line->n_days + 2);
    for (int day = line->a; day < line->b; day++) {
        int owed = weeks->owed_max[day] - starts_of(line, day), first = weeks->n_starts;
        weeks->start_at[day] = first;
        for (int i = problem->day_choice[day]; i < problem->day_choice[day + 1]; i++) {
            const struct line_choice *choice = &problem->choices[i];
            if (problem->allowed != NULL && !problem->allowed[i])
                continue;
            owed = MAX(owed, choice->release);
            int at = first;
            while (at < weeks->n_starts &&
                   (weeks->starts[at].rank != choice->rank || weeks->starts[at].week != choice->week ||
                    weeks->starts[at].start_min != choice->start_min))
                at++;
            if (at < weeks->n_starts)
                continue;
            GROW(weeks->starts, weeks->room_starts, weeks->n_starts + 1);
            weeks->starts[weeks->n_starts++] =
                (struct line_reader){choice->rank, choice->week, choice->start_min};
        }
        weeks->owed_max[day + 1] = MAX(owed, 0);
    }
    weeks->start_at[line->b] = weeks->n_starts;
}

int line_block_round(const struct line *line, int level, int owed)
{
    const struct line_block *block = &line->block;
    const struct line_weeks *weeks = &line->weeks;
    if (owed <= 0 || level >= block->to || (level == block->to - 1 && !block->last) ||
        owed > starts_of(line, level))
        return MAX(owed, 0);
    int least = starts_of(line, level);
    for (int i = weeks->start_at[level]; i < weeks->start_at[level + 1]; i++) {
        const struct line_reader *reader = &weeks->starts[i];
        if (reader->week == block->week && reader->rank >= owed && reader->rank < least &&
            (line->spread.arc < 0 || line_spread_holds(line, line->spread.arc, reader->start_min)))
            least = reader->rank;
    }
    return least;
}

/* Everything in the line speaks of the block from now on. */
static void enter(struct line *line, int k)
{
    struct line_weeks *weeks = &line->weeks;
    line->block = weeks->blocks[k];
    line->block.last = k == weeks->n - 1;
    line->a = line->block.entry >= 0 ? line->block.entry : line->block.from;
    line->b = line->block.to;
    for (int level = line->a; level <= line->b; level++) {
        line->levels[level].week = line->block.week;
        line->levels[level].closes = false;
    }
    line->fixed = weeks->fixed;
    if (k > 0)
        line->fixed.owed = line->fixed.week = 0;
    if (!line->block.last)
        line->fixed.week_end = 0;
}

static void leave(struct line *line)
{
    line->a = line->weeks.a;
    line->b = line->weeks.b;
    line->fixed = line->weeks.fixed;
    line->block = (struct line_block){.entry = -1};
    line->spread.arc = -1;
    line_plan_levels(line);
    line_forget(line);
}

/* ---- counters of the week ---- */

/* Which starts a counter of the block's week counts, by place. */
static bool hits(const struct line *line, const struct line_counter *counter)
{
    const struct line_problem *problem = line->problem;
    for (int i = problem->day_choice[line->a]; i < problem->day_choice[line->b]; i++) {
        const struct line_choice *choice = &problem->choices[i];
        if (choice->week == line->block.week && line_counts(counter, choice, 0) &&
            (problem->allowed == NULL || problem->allowed[i]) &&
            (line->spread.arc < 0 || line_spread_holds(line, line->spread.arc, choice->start_min)))
            return true;
    }
    return false;
}

/* Combinations of counts of the shared counters at a level, and their counts: what line_outer_of makes of
   them where no counter of a week is open. */
static int shared_counts(const struct line *line, int level, int outer, int *count)
{
    int n = 1;
    for (int i = 0; i < line->weeks.n_shared; i++) {
        const struct line_counter *counter = line_counter_at(line->problem, line->weeks.shared[i]);
        bool open = counter->from < level && level < counter->to;
        int size = open ? line_counter_cap(counter) + 1 : 1;
        if (count != NULL)
            count[i] = outer / n % size;
        n *= size;
    }
    return n;
}

/* Tracks the shared counters and those of the week that may bind in the arc; false when they are too many. */
static bool track(struct line *line)
{
    line->n_tracked = line->n_loose = 0;
    line->dense = 0;
    for (int i = 0; i < line->weeks.n_shared; i++)
        if (!line_track(line, line->weeks.shared[i], false) || line->n_loose > 0)
            return false;
    for (int i = 0; i < line->problem->n_counters; i++) {
        const struct line_counter *counter = &line->problem->counters[i];
        if (counter->week != line->block.week || counter->week >= line->n_weeks ||
            (counter->to > line->b && !line->block.last) ||
            (counter->from < line->a && line->block.entry >= 0))
            continue;
        bool under = counter->range.least > 0 || (counter->range.under > 0 && counter->range.lo > 0);
        if (!under && !hits(line, counter))
            continue;
        if (!line_track(line, i, false) || line->n_loose > 0)
            return false;
    }
    return true;
}

/* ---- borders ---- */

static struct line_border *border_of(struct line *line, int k)
{
    return &line->weeks.blocks[k].border;
}

double line_block_after(const struct line *line, int node, int owed, int outer)
{
    const struct line_border *border = &line->block.next;
    size_t row = (size_t)node * (size_t)border->width_after + (size_t)owed;
    return line->weeks.cost[border->after + row * (size_t)border->n_after + (size_t)outer];
}

double line_block_exit(const struct line *line, int node, int owed, int outer)
{
    const struct line_border *border = &line->block.next;
    size_t row = (size_t)node * (size_t)border->width_exit + (size_t)owed;
    return line->weeks.cost[border->exit + row * (size_t)border->n_exit + (size_t)(outer % border->n_exit)];
}

bool line_block_leads(const struct line *line, int node, bool exit)
{
    const struct line_border *border = &line->block.next;
    for (int outer = 0; outer < (exit ? border->n_exit : border->n_after); outer++)
        if ((exit ? line_block_exit(line, node, 0, outer) : line_block_after(line, node, 0, outer)) <
            INFINITY)
            return true;
    return false;
}

/* Rooms of all borders; everything there costs infinity. */
static void lay_out(struct line *line)
{
    struct line_weeks *weeks = &line->weeks;
    size_t size = 0;
    for (int k = 0; k < weeks->n; k++) {
        struct line_block *block = &weeks->blocks[k];
        struct line_border *border = &block->border;
        border->width_after = weeks->owed_max[block->from] + 1;
        border->n_after = shared_counts(line, block->from, 0, NULL);
        border->after = size;
        size += (size_t)line->automaton->n_nodes[block->from] * (size_t)border->width_after *
                (size_t)border->n_after;
        border->exit = size;
        border->width_exit = border->n_exit = 0;
        if (block->entry >= 0) {
            border->width_exit = weeks->owed_max[block->entry] + 1;
            border->n_exit = shared_counts(line, block->entry, 0, NULL);
            size += (size_t)line->automaton->n_nodes[block->entry] * (size_t)border->width_exit *
                    (size_t)border->n_exit;
        }
    }
    if (size > weeks->room_cost) {
        weeks->room_cost = size + size / 2;
        weeks->cost = g_realloc_n(weeks->cost, weeks->room_cost, sizeof *weeks->cost);
        weeks->arc = g_realloc_n(weeks->arc, weeks->room_cost, sizeof *weeks->arc);
    }
    weeks->n_cost = size;
    for (int k = 0; k + 1 < weeks->n; k++)
        weeks->blocks[k].next = weeks->blocks[k + 1].border;
}

/* Labels of a level without minutes and counts of the week go to the border where they are less. */
static void keep_level(struct line *line, int level, size_t at, int width, int n_counts)
{
    struct line_weeks *weeks = &line->weeks;
    const struct line_level *its = &line->levels[level];
    for (int counts = 0; counts < n_counts; counts++) {
        int count[LINE_TRACKED_MAX] = {0};
        shared_counts(line, level, counts, count);
        int outer = line_outer_of(line, level, count);
        for (int owed = 0, rest = 0; owed < width; owed++) {
            int rounded = line_block_round(line, level, owed);
            while (its->owed[rest] < rounded)
                rest++;
            for (int node = 0; node < line->automaton->n_nodes[level]; node++) {
                struct line_state state = {.level = level, .node = node, .rest = rest, .outer = outer};
                double cost = line_togo(line, &state);
                size_t cell =
                    at + ((size_t)node * (size_t)width + (size_t)owed) * (size_t)n_counts + (size_t)counts;
                if (cost < weeks->cost[cell]) {
                    weeks->cost[cell] = cost;
                    weeks->arc[cell] = (int16_t)line->spread.arc;
                }
            }
        }
    }
}

/* ---- what the nodes alone say ---- */

/* Least value of each start, day and letter of the window; without a start of its own behind them the least
   of all. */
static void list_values(struct line *line)
{
    struct line_weeks *weeks = &line->weeks;
    int n_letters = line->n_letters + 1;
    size_t per_start = (size_t)(weeks->b - weeks->a) * (size_t)n_letters;
    size_t n = per_start * (size_t)(line->spread.n + 1);
    GROW(weeks->best, weeks->room_best, n);
    for (size_t i = 0; i < n; i++)
        weeks->best[i] = INFINITY;
    double *all = weeks->best + per_start * (size_t)line->spread.n;
    for (int i = line->problem->day_choice[weeks->a]; i < line->problem->day_choice[weeks->b]; i++) {
        const struct line_choice *choice = &line->problem->choices[i];
        if (line->problem->allowed != NULL && !line->problem->allowed[i])
            continue;
        size_t cell = (size_t)((choice->day - weeks->a) * n_letters + choice->letter);
        double *best = &weeks->best[(size_t)line->spread.place[choice->start_min] * per_start + cell];
        double value = line_value(line->query, i);
        *best = MIN(*best, value);
        all[cell] = MIN(all[cell], value);
    }
}

/* One day from `now` to `next`, with letters of the week that is open or of the next one. */
static void relax_day(const struct line *line, int day, const double *value, bool next_week,
                      const double *now, double *next)
{
    const struct line_arc *arcs = line->automaton->arcs[day];
    int n_letters = line->n_letters + 1;
    for (int node = 0; node < line->automaton->n_nodes[day]; node++, arcs += n_letters)
        for (int letter = 0; letter < n_letters && now[node] < INFINITY; letter++) {
            bool is_next = letter > 0 && line->levels[day].closes && line->rules->letters[letter].next_week;
            if (arcs[letter].to >= 0 && is_next == next_week)
                next[arcs[letter].to] =
                    MIN(next[arcs[letter].to], now[node] + arcs[letter].cost + value[letter]);
        }
}

static void fill(double *to, int n)
{
    for (int i = 0; i < n; i++)
        to[i] = INFINITY;
}

/* Least values of an arc on the days of a block, days off included. */
static void arc_values(const struct line *line, const struct line_block *block, int arc, double *least)
{
    const struct line_weeks *weeks = &line->weeks;
    int n_letters = line->n_letters + 1, n = (block->to - block->from) * n_letters;
    size_t per_start = (size_t)(weeks->b - weeks->a) * (size_t)n_letters;
    const double *best = weeks->best + (size_t)((block->from - weeks->a) * n_letters);
    memcpy(least, best + (size_t)(arc < 0 ? line->spread.n : arc) * per_start, (size_t)n * sizeof *least);
    for (int k = 1; arc >= 0 && k < line->spread.n; k++) {
        int other = (arc + k) % line->spread.n;
        if (!line_spread_holds(line, arc, line->spread.from[other]))
            break;
        const double *row = best + (size_t)other * per_start;
        for (int i = 0; i < n; i++)
            least[i] = MIN(least[i], row[i]);
    }
    for (int day = block->from; day < block->to; day++)
        least[(day - block->from) * n_letters] = line_off_cost(line, day);
}

static int n_arcs(const struct line *line, const struct line_block *block)
{
    return block->week >= line->n_weeks ? 1 : line->spread.n;
}

static bool tries(const struct line *line, const struct line_block *block, int arc)
{
    return block->week >= line->n_weeks || line_spread_tries(line, block->week, arc);
}

/* Relaxed costs from the nodes `start` over the days of a block in one arc: to those of its last day, and
   behind it without the next week's shifts. */
static void reach_arc(struct line *line, const struct line_block *block, int arc, const double *start,
                      double *last, double *behind)
{
    struct line_weeks *weeks = &line->weeks;
    double *now = weeks->now, *next = weeks->next;
    int n_letters = line->n_letters + 1;
    arc_values(line, block, block->week >= line->n_weeks ? NO_ARC : arc, weeks->least);
    memcpy(now, start, (size_t)line->automaton->n_nodes[block->from] * sizeof *now);
    for (int day = block->from; day < block->to; day++) {
        int n_next = line->automaton->n_nodes[day + 1];
        if (day == block->to - 1)
            memcpy(last, now, (size_t)line->automaton->n_nodes[day] * sizeof *last);
        fill(next, n_next);
        relax_day(line, day, weeks->least + (day - block->from) * n_letters, false, now, next);
        double *swap = now;
        now = next;
        next = swap;
    }
    memcpy(behind, now, (size_t)line->automaton->n_nodes[block->to] * sizeof *behind);
}

/* Rooms for the relaxed costs. */
static int lay_out_reach(struct line *line)
{
    struct line_weeks *weeks = &line->weeks;
    const int *n_nodes = line->automaton->n_nodes;
    int widest = 1;
    size_t size = 0;
    for (int level = weeks->a; level <= weeks->b; level++)
        widest = MAX(widest, n_nodes[level]);
    for (int k = 0; k < weeks->n; k++) {
        struct line_block *block = &weeks->blocks[k];
        block->reach = size;
        if (block->to > block->from)
            size += (size_t)(n_nodes[block->to - 1] + n_nodes[block->to]) * (size_t)n_arcs(line, block);
    }
    GROW(weeks->reach, weeks->room_reach, size + 1);
    size_t room = (size_t)widest + (size_t)(weeks->b - weeks->a) * (size_t)(line->n_letters + 1);
    if (room > weeks->room_now) {
        weeks->room_now = room * 2;
        weeks->now = g_realloc_n(weeks->now, weeks->room_now, sizeof *weeks->now);
        weeks->next = g_realloc_n(weeks->next, weeks->room_now, sizeof *weeks->next);
        weeks->least = g_realloc_n(weeks->least, weeks->room_now, sizeof *weeks->least);
    }
    return widest;
}

/* Relaxed costs to every node on the borders, by arc; returns that of the whole window. */
static double reach(struct line *line)
{
    struct line_weeks *weeks = &line->weeks;
    const int *n_nodes = line->automaton->n_nodes;
    int n_letters = line->n_letters + 1, widest = lay_out_reach(line);
    list_values(line);
    line_walk_ends(line);
    GROW(weeks->end, weeks->room_end, n_nodes[weeks->b]);
    memcpy(weeks->end, line->end, (size_t)n_nodes[weeks->b] * sizeof *weeks->end);
    const double *all =
        weeks->best + (size_t)(weeks->b - weeks->a) * (size_t)n_letters * (size_t)line->spread.n;
    g_autofree double *from = g_new(double, widest), *last = g_new(double, widest);
    fill(from, widest);
    from[line->fixed.node] = line->fixed.cost;
    for (int k = 0; k < weeks->n; k++) {
        const struct line_block *block = &weeks->blocks[k];
        if (block->to == block->from)
            continue;
        int n_last = n_nodes[block->to - 1], n_behind = n_nodes[block->to];
        double *row = weeks->reach + block->reach;
        g_autofree double *start = g_memdup2(from, (gsize)widest * sizeof *start);
        fill(from, widest);
        fill(last, widest);
        for (int arc = 0; arc < n_arcs(line, block); arc++, row += n_last + n_behind) {
            if (!tries(line, block, arc))
                continue;
            reach_arc(line, block, arc, start, row, row + n_last);
            for (int node = 0; node < n_last; node++)
                last[node] = MIN(last[node], row[node]);
            for (int node = 0; node < n_behind; node++)
                from[node] = MIN(from[node], row[n_last + node]);
        }
        relax_day(line, block->to - 1, all + (block->to - 1 - weeks->a) * n_letters, true, last, from);
    }
    double least = INFINITY;
    for (int node = 0; node < n_nodes[weeks->b]; node++)
        least = MIN(least, from[node] + weeks->end[node]);
    return least;
}

/* Least cost behind a node, whatever is counted. */
static double least_behind(const struct line *line, int node, bool exit)
{
    const struct line_border *border = &line->block.next;
    double least = INFINITY;
    for (int outer = 0; outer < (exit ? border->n_exit : border->n_after); outer++)
        least =
            MIN(least, exit ? line_block_exit(line, node, 0, outer) : line_block_after(line, node, 0, outer));
    return least;
}

/* No line that takes the arc in the block at hand costs less, later weeks as they are known. */
static double bound_arc(const struct line *line, int arc)
{
    const struct line_block *block = &line->block;
    if (block->to == block->from)
        return -INFINITY;
    int n_last = line->automaton->n_nodes[block->to - 1], n_behind = line->automaton->n_nodes[block->to];
    const double *row = line->weeks.reach + block->reach + (size_t)arc * (size_t)(n_last + n_behind);
    double least = INFINITY;
    for (int node = 0; node < n_behind; node++) {
        double behind = block->last ? line->weeks.end[node] : least_behind(line, node, false);
        least = MIN(least, row[n_last + node] + behind);
    }
    for (int node = 0; node < n_last && !block->last; node++)
        least = MIN(least, row[node] + least_behind(line, node, true));
    return least;
}

/* ---- passes ---- */

/* One arc of the block at hand; false when it is too large. */
static uint8_t *rest_of(const struct line *line, const struct line_block *block, int arc)
{
    return &line->weeks.rest[block->week * LINE_ARCS_MAX + MAX(arc, 0)];
}

static bool pass_arc(struct line *line, int arc)
{
    const struct line_block *block = &line->block;
    bool all = *rest_of(line, block, arc) != 0;
    line->spread.arc = arc;
    for (int level = line->a; level <= line->b; level++)
        line->rest[level] =
            line->problem->day_starts != NULL &&
            (all || level <= block->from || level == block->to || (level == block->to - 1 && !block->last));
    if (!track(line))
        return false;
    line_plan_pass(line);
    line_pass_block(line);
    return true;
}

static bool pass_block(struct line *line, int k)
{
    enter(line, k);
    struct line_border border = *border_of(line, k);
    bool free = line->block.week >= line->n_weeks;
    for (int arc = 0; arc < n_arcs(line, &line->block); arc++) {
        if (!tries(line, &line->block, arc))
            continue;
        double bound = bound_arc(line, arc);
        if (!(bound < line->weeks.limit)) {
            line->weeks.blocks[k].skipped = MIN(line->weeks.blocks[k].skipped, bound);
            continue;
        }
        if (!pass_arc(line, free ? NO_ARC : arc))
            return false;
        if (k > 0) {
            keep_level(line, line->block.from, border.after, border.width_after, border.n_after);
            keep_level(line, line->block.entry, border.exit, border.width_exit, border.n_exit);
            continue;
        }
        struct line_state start = line_start(line);
        double cost = line_base_cost(line) + line_togo(line, &start);
        size_t cell = border.after;
        if (cost < line->weeks.cost[cell]) {
            line->weeks.cost[cell] = cost;
            line->weeks.arc[cell] = (int16_t)line->spread.arc;
        }
    }
    return true;
}

/* ---- the line ---- */

/* Where a line crosses a border. */
struct crossing {
    int node, owed, counts;
    bool exit;
};

static int find_class(const struct line_level *level, int owed)
{
    int rest = 0;
    while (level->owed[rest] < owed)
        rest++;
    return rest;
}

/* The best way from the start of the block at hand to its end: its days into line->line. */
static struct crossing walk(struct line *line, struct line_state state)
{
    struct line_border next = line->block.next;
    bool exit = false;
    while (state.level < line->b && !exit) {
        int n = line_steps(line, &state, line->steps), best = -1;
        double least = line_exit_cost(line, &state);
        if (least < INFINITY && line->axis != LINE_AXIS_NONE)
            least += line_range_cost(line_week_range(line, state.level), state.minutes);
        exit = least < INFINITY;
        for (int i = 0; i < n; i++)
            if (line->steps[i].cost + line->steps[i].togo < least) {
                best = i;
                least = line->steps[i].cost + line->steps[i].togo;
                exit = false;
            }
        g_assert(exit || best >= 0);
        if (exit)
            break;
        line->line[state.level] = line->steps[best].choice;
        state = line->steps[best].to;
    }
    return (struct crossing){.node = state.node,
                             .owed = line->levels[state.level].owed[state.rest],
                             .counts = exit ? state.outer % next.n_exit : state.outer,
                             .exit = exit};
}

static void trace(struct line *line)
{
    struct line_weeks *weeks = &line->weeks;
    struct crossing at = {0};
    for (int day = 0; day < line->n_days; day++)
        if (day < weeks->a || day >= weeks->b)
            line->line[day] = line->query->fixed[day];
    for (int k = 0; k < weeks->n; k++) {
        struct line_border border = *border_of(line, k);
        int width = at.exit ? border.width_exit : border.width_after;
        int n_counts = at.exit ? border.n_exit : border.n_after;
        size_t cell = (at.exit ? border.exit : border.after) +
                      ((size_t)at.node * (size_t)width + (size_t)at.owed) * (size_t)n_counts +
                      (size_t)at.counts;
        enter(line, k);
        weeks->blocks[k].arc = weeks->arc[cell];
        pass_arc(line, weeks->arc[cell]);
        struct line_state state;
        if (k == 0) {
            state = line_start(line);
        } else {
            int level = at.exit ? line->block.entry : line->block.from, count[LINE_TRACKED_MAX] = {0};
            shared_counts(line, level, at.counts, count);
            state = (struct line_state){.level = level, .node = at.node};
            state.outer = line_outer_of(line, level, count);
            state.rest = find_class(&line->levels[level], line_block_round(line, level, at.owed));
        }
        at = walk(line, state);
    }
}

/* ---- several weeks ---- */

bool line_weeks_fits(const struct line *line)
{
    return line->spread.on && line->merge && line->a < line->b &&
           (line->axis == LINE_AXIS_NONE || line->axis == LINE_AXIS_WEEK);
}

#define SHARED_COUNTS_MAX 64

static bool share(struct line *line, int counter)
{
    struct line_weeks *weeks = &line->weeks;
    const struct line_counter *its = line_counter_at(line->problem, counter);
    if (its->week >= 0 || weeks->n_shared == LINE_TRACKED_MAX / 2)
        return false;
    double counts = line_counter_cap(its) + 1;
    for (int i = 0; i < weeks->n_shared; i++) {
        if (weeks->shared[i] == counter)
            return false;
        counts *= line_counter_cap(line_counter_at(line->problem, weeks->shared[i])) + 1;
    }
    if (counts > SHARED_COUNTS_MAX)
        return false;
    weeks->shared[weeks->n_shared++] = counter;
    return true;
}

/* Shares the counters that the line breaks; false when there are none, or no room. */
static bool share_broken(struct line *line)
{
    bool any = false;
    g_autofree uint32_t *tags = g_new(uint32_t, line->n_days + 1);
    line_walk_tags(line, line->line, tags);
    for (int i = 0; i < line_n_counters(line->problem); i++) {
        const struct line_counter *counter = line_counter_at(line->problem, i);
        any |= line_range_cost(&counter->range, line_count(line->problem, counter, line->line, tags)) > 0 &&
               share(line, i);
    }
    return any;
}

/* Shared counters that the line did not fill are forgotten. */
static void remember(struct line *line, struct line_memory *memory)
{
    if (memory == NULL)
        return;
    g_autofree uint32_t *tags = g_new(uint32_t, line->n_days + 1);
    line_walk_tags(line, line->line, tags);
    memory->n_shared = 0;
    for (int i = 0; i < line->weeks.n_shared; i++) {
        const struct line_counter *counter = line_counter_at(line->problem, line->weeks.shared[i]);
        int n = line_count(line->problem, counter, line->line, tags);
        if (n >= MIN(counter->range.hi, counter->range.most) || n <= counter->range.lo)
            memory->shared[memory->n_shared++] = line->weeks.shared[i];
    }
}

/* Within an arc rest is tracked between the border days only where the line has broken it. Returns the last
   block where it is now, -1 when there is none. */
static int track_rest(struct line *line)
{
    struct line_weeks *weeks = &line->weeks;
    int next, last = -1;
    for (int day = -1; (day = line_rest_broken(line->problem, line->line, day + 1, &next)) >= 0;)
        for (int k = 0; k < weeks->n; k++) {
            const struct line_block *block = &weeks->blocks[k];
            uint8_t *rest = rest_of(line, block, block->arc);
            if (*rest != 0 || next <= block->from || day + 1 >= block->to)
                continue;
            *rest = 1;
            last = k;
        }
    return last;
}

static void recall(struct line *line, struct line_memory *memory)
{
    struct line_weeks *weeks = &line->weeks;
    int size = (line->n_weeks + 1) * LINE_ARCS_MAX;
    weeks->n_shared = 0;
    if (memory == NULL) {
        GROW(weeks->own, weeks->room_own, size);
        weeks->rest = weeks->own;
        memset(weeks->own, 0, (size_t)size);
        return;
    }
    if (memory->rest == NULL)
        memory->rest = g_new0(uint8_t, size);
    if (++memory->rest_age > REST_CALLS) {
        memory->rest_age = 0;
        memset(memory->rest, 0, (size_t)size);
    }
    weeks->rest = memory->rest;
    for (int i = 0; i < memory->n_shared; i++)
        share(line, memory->shared[i]);
}

/* The blocks up to k, backwards, by the arcs that can be in a line cheaper than the limit; those behind stay
   as they are. What the best line costs, -INFINITY when they are too large. */
static double pass_blocks(struct line *line, int k)
{
    struct line_weeks *weeks = &line->weeks;
    bool ok = true;
    size_t behind = k + 1 < weeks->n ? weeks->blocks[k + 1].border.after : weeks->n_cost;
    for (size_t i = 0; i < behind; i++)
        weeks->cost[i] = INFINITY;
    for (; k >= 0 && ok; k--) {
        weeks->blocks[k].skipped = INFINITY;
        ok = pass_block(line, k);
    }
    return ok ? weeks->cost[border_of(line, 0)->after] : -INFINITY;
}

static double least_skipped(const struct line_weeks *weeks)
{
    double least = INFINITY;
    for (int k = 0; k < weeks->n; k++)
        least = MIN(least, weeks->blocks[k].skipped);
    return least;
}

/* … with a limit that is sure: when what is found is dearer than an arc left out, it is the next limit. */
static double pass_sure(struct line *line, int k, double cutoff)
{
    struct line_weeks *weeks = &line->weeks;
    double cost = pass_blocks(line, k);
    while (cost > least_skipped(weeks) && weeks->limit < cutoff) {
        weeks->limit = MIN(cost + NOISE * fabs(cost), cutoff);
        cost = pass_blocks(line, weeks->n - 1);
    }
    return MIN(cost, MAX(least_skipped(weeks), weeks->limit));
}

/* Passes until the best line breaks nothing; its cost, into line->line. What is not below the cutoff is a
   bound only; -INFINITY when something reaches over the weeks that cannot be shared. */
static double solve(struct line *line, struct line_answer *answer, double cutoff, double relaxed)
{
    struct line_weeks *weeks = &line->weeks;
    lay_out(line);
    for (int k = weeks->n - 1;;) {
        double bound = pass_sure(line, k, cutoff);
        answer->bound = MAX(answer->bound, bound);
        if (bound == -INFINITY || !(bound < cutoff))
            return bound;
        trace(line);
        double cost = line_cost(line->problem, line->query, line->line);
        if (cost <= bound + NOISE * fabs(bound)) {
            if (line->query->memory != NULL)
                line->query->memory->miss = MAX(cost - relaxed, 1e-6 * fabs(relaxed));
            return cost;
        }
        k = track_rest(line);
        if (share_broken(line)) {
            lay_out(line);
            k = weeks->n - 1;
        }
        if (k < 0)
            return -INFINITY;
    }
}

bool line_weeks_solve(struct line *line, struct line_answer *answer, double cutoff)
{
    struct line_weeks *weeks = &line->weeks;
    struct line_memory *memory = line->query->memory;
    recall(line, memory);
    cut(line);
    measure(line);
    double relaxed = reach(line), cost = relaxed;
    answer->bound = MAX(answer->bound, relaxed);
    if (relaxed < cutoff) {
        weeks->limit = memory != NULL && memory->miss > 0 ? relaxed + MISS * memory->miss : INFINITY;
        weeks->limit = MIN(weeks->limit, cutoff);
        cost = solve(line, answer, cutoff, relaxed);
    }
    leave(line);
    if (cost == -INFINITY)
        return false;
    if (cost < cutoff) {
        remember(line, memory);
        answer->bound = cost;
        answer->cost[0] = cost;
        memcpy(answer->choice, line->line, (size_t)line->n_days * sizeof *line->line);
        answer->n = 1;
    }
    return true;
}
