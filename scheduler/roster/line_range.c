/*
 * line_range.c - the minutes each node can hold on a way from the start to the end: labels outside are never
 * made.
 */
#include "scheduler/roster/line_internal.h"

/* Shortest and longest pick of each letter of a day, INT_MAX and -1 where there is none; those behind the
   week's end apart. */
struct lengths {
    int shortest[LINE_LETTERS_MAX + 1], longest[LINE_LETTERS_MAX + 1];
    int new_shortest[LINE_LETTERS_MAX + 1], new_longest[LINE_LETTERS_MAX + 1];
    bool old[LINE_LETTERS_MAX + 1];
};

static void measure(const struct line *line, int day, struct lengths *lengths)
{
    const int *at = line->pick_at + day * (line->n_letters + 2);
    for (int letter = 1; letter <= line->n_letters; letter++) {
        int shortest = INT_MAX, longest = -1, new_shortest = INT_MAX, new_longest = -1;
        for (int k = at[letter]; k < at[letter + 1]; k++) {
            const struct line_pick *pick = &line->picks[k];
            if (pick->next_week) {
                new_shortest = MIN(new_shortest, pick->minutes);
                new_longest = MAX(new_longest, pick->minutes);
            } else {
                shortest = MIN(shortest, pick->minutes);
                longest = MAX(longest, pick->minutes);
            }
        }
        lengths->shortest[letter] = shortest;
        lengths->longest[letter] = longest;
        lengths->new_shortest[letter] = new_shortest;
        lengths->new_longest[letter] = new_longest;
    }
}

static void widen(struct line *line, int level, int node, int least, int most)
{
    int i = line->levels[level].base + node;
    line->least[i] = MIN(line->least[i], least);
    line->most[i] = MAX(line->most[i], most);
}

/* Most minutes a label of the level may hold. */
static int axis_cap(const struct line *line, int level)
{
    if (line->axis == LINE_AXIS_NONE)
        return 0;
    if (line->axis == LINE_AXIS_PERIOD) {
        int most = line->problem->period_minutes->most;
        return most == INT_MAX ? INT_MAX : most - line->fixed.period_end;
    }
    const struct line_level *at = &line->levels[level];
    if (at->week >= line->n_weeks)
        return INT_MAX;
    int most = line_week_range(line, level)->most;
    bool last = at->week == line->levels[line->b].week;
    return most == INT_MAX || !last ? most : most - line->fixed.week_end;
}

static void reach_day(struct line *line, int day)
{
    const struct line_level *level = &line->levels[day];
    struct line_level *next = &line->levels[day + 1];
    struct lengths lengths;
    int cap = axis_cap(line, day), next_cap = axis_cap(line, day + 1);
    int low = INT_MAX, high = -1; /* of the week that closes */
    bool closing = line_closes(line, day), may_off = line_off_cost(line, day) < INFINITY;
    measure(line, day, &lengths);
    for (int node = 0; node < line->automaton->n_nodes[day]; node++) {
        const struct line_arc *arcs = line_arcs_of(line, day, node);
        int least = line->least[level->base + node], most = line->most[level->base + node];
        if (least > most)
            continue;
        if (arcs[0].to >= 0 && may_off) {
            widen(line, day + 1, arcs[0].to, closing ? 0 : least, closing ? 0 : most);
            low = MIN(low, least);
            high = MAX(high, most);
        }
        for (int letter = 1; letter <= line->n_letters; letter++) {
            int to = arcs[letter].to;
            if (to < 0)
                continue;
            if (lengths.longest[letter] >= 0 && lengths.shortest[letter] <= cap - least) {
                int from = least + lengths.shortest[letter], upto = MIN(most + lengths.longest[letter], cap);
                low = MIN(low, from);
                high = MAX(high, upto);
                widen(line, day + 1, to, closing ? 0 : from, closing ? 0 : MIN(upto, next_cap));
            }
            if (closing && lengths.new_longest[letter] >= 0) {
                low = MIN(low, least);
                high = MAX(high, most);
                if (lengths.new_shortest[letter] <= next_cap)
                    widen(line, day + 1, to, lengths.new_shortest[letter],
                          MIN(lengths.new_longest[letter], next_cap));
            }
        }
    }
    next->q_lo = level->q_lo;
    next->n_q = level->n_q;
    if (closing && line->axis == LINE_AXIS_BOTH) {
        const struct line_range *range = line_week_range(line, day);
        int lo = MAX(low == INT_MAX ? 0 : low, range->least), hi = MAX(MIN(high, range->most), lo);
        next->q_lo += lo;
        next->n_q += hi - lo;
    }
    line->close_width = MAX(line->close_width, high + 1);
}

/* What the end allows. */
static void end_range(struct line *line)
{
    int lo = 0, hi = INT_MAX;
    if (line->axis == LINE_AXIS_PERIOD) {
        lo = line->problem->period_minutes->least - line->fixed.period_end;
        hi = axis_cap(line, line->b);
    } else if (line->axis != LINE_AXIS_NONE && line->levels[line->b].week < line->n_weeks) {
        lo = line_week_range(line, line->b)->least - line->fixed.week_end;
        hi = axis_cap(line, line->b);
    }
    int base = line->levels[line->b].base;
    for (int node = 0; node < line->automaton->n_nodes[line->b]; node++) {
        line->least[base + node] = MAX(line->least[base + node], lo);
        line->most[base + node] = MIN(line->most[base + node], hi);
        if (line->end[node] == INFINITY ||
            (line->block.on && !line->block.last && !line_block_leads(line, node, false)))
            line->most[base + node] = -1;
    }
}

static void narrow_day(struct line *line, int day)
{
    const struct line_level *level = &line->levels[day], *next = &line->levels[day + 1];
    struct lengths lengths;
    bool closing = line_closes(line, day), may_off = line_off_cost(line, day) < INFINITY;
    measure(line, day, &lengths);
    for (int node = 0; node < line->automaton->n_nodes[day]; node++) {
        const struct line_arc *arcs = line_arcs_of(line, day, node);
        int i = level->base + node, least = INT_MAX, most = -1;
        for (int letter = 0; letter <= line->n_letters && line->least[i] <= line->most[i]; letter++) {
            int to = arcs[letter].to, lo, hi;
            if (to < 0 || (letter == 0 && !may_off) ||
                line->least[next->base + to] > line->most[next->base + to])
                continue;
            bool has_old = letter == 0 || lengths.longest[letter] >= 0;
            bool has_new = letter > 0 && lengths.new_longest[letter] >= 0;
            lo = closing ? line_week_range(line, day)->least : line->least[next->base + to];
            hi = closing ? line_week_range(line, day)->most : line->most[next->base + to];
            if (has_old) {
                least = MIN(least, lo - (letter == 0 ? 0 : lengths.longest[letter]));
                most = MAX(most, letter == 0 || hi == INT_MAX ? hi : hi - lengths.shortest[letter]);
            }
            if (has_new && closing) {
                least = MIN(least, lo);
                most = MAX(most, hi);
            }
        }
        if (line->block.on && !line->block.last && day == line->b - 1 && line_block_leads(line, node, true)) {
            const struct line_range *range = line->axis == LINE_AXIS_NONE ? NULL : line_week_range(line, day);
            least = MIN(least, range == NULL ? 0 : range->least);
            most = MAX(most, range == NULL ? 0 : range->most);
        }
        line->least[i] = MAX(line->least[i], least);
        line->most[i] = MIN(line->most[i], most);
    }
}

size_t line_pass_size(struct line *line)
{
    for (int level = line->a; level <= line->b; level++)
        for (int node = 0; node < line->automaton->n_nodes[level]; node++) {
            line->least[line->levels[level].base + node] = INT_MAX;
            line->most[line->levels[level].base + node] = -1;
        }
    line->levels[line->a].n_q = 1;
    line->levels[line->a].q_lo = 0;
    line->close_width = 0;
    if (line->block.entry >= 0) { /* from every node, nothing worked yet */
        for (int node = 0; node < line->automaton->n_nodes[line->a]; node++)
            widen(line, line->a, node, 0, 0);
        reach_day(line, line->a);
        for (int node = 0; node < line->automaton->n_nodes[line->block.from]; node++)
            widen(line, line->block.from, node, 0, 0);
    } else {
        struct line_state start = line_start(line);
        widen(line, line->a, start.node, start.minutes, start.minutes);
        line->levels[line->a].q_lo = start.q;
    }
    for (int day = line->block.entry >= 0 ? line->block.from : line->a; day < line->b; day++)
        reach_day(line, day);
    end_range(line);
    for (int day = line->b - 1; day >= line->a; day--)
        narrow_day(line, day);
    size_t size = 0;
    for (int l = line->a; l <= line->b; l++) {
        const struct line_level *level = &line->levels[l];
        size_t rows = (size_t)level->n_rest * (size_t)level->n_q * (size_t)level->n_outer;
        for (int i = level->base; i < level->base + line->automaton->n_nodes[l]; i++) {
            line->at[i] = size;
            if (line->least[i] <= line->most[i])
                size += rows * (size_t)(line->most[i] - line->least[i] + 1);
        }
    }
    return size;
}
