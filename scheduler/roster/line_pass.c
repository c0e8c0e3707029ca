#include "scheduler/roster/line_internal.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* ---- inner loops ---- */

/* to[m] = min(to[m], from[m] + cost) */
static inline void relax(double *restrict to, const double *restrict from, double cost, int n)
{
    int m = 0;
#ifdef __SSE2__
    __m128d add = _mm_set1_pd(cost);
    for (; m + 4 <= n; m += 4) {
        __m128d x = _mm_add_pd(_mm_loadu_pd(from + m), add);
        __m128d y = _mm_add_pd(_mm_loadu_pd(from + m + 2), add);
        _mm_storeu_pd(to + m, _mm_min_pd(x, _mm_loadu_pd(to + m)));
        _mm_storeu_pd(to + m + 2, _mm_min_pd(y, _mm_loadu_pd(to + m + 2)));
    }
#endif
    for (; m < n; m++) {
        double c = from[m] + cost;
        to[m] = c < to[m] ? c : to[m];
    }
}

static inline void fill(double *to, int n)
{
    for (int m = 0; m < n; m++)
        to[m] = INFINITY;
}

/* ---- labels ---- */

static inline size_t row_index(const struct line_level *level, int rest, int q, int outer)
{
    return ((size_t)rest * (size_t)level->n_q + (size_t)q) * (size_t)level->n_outer + (size_t)outer;
}

static inline double *row_of(const struct line *line, int l, int node, size_t row)
{
    int i = line->levels[l].base + node;
    return line->label + line->at[i] + row * (size_t)(line->most[i] - line->least[i] + 1);
}

struct line_state line_start(const struct line *line)
{
    struct line_state state = {.level = line->a, .node = line->fixed.node};
    int count[LINE_TRACKED_MAX] = {0};
    for (int i = 0; i < line->n_tracked; i++)
        count[i] = line->tracked[i].base;
    state.outer = line_outer_of(line, line->a, count);
    state.rest = line->rest[line->a] ? line->levels[line->a].n_rest - 1 : 0;
    state.minutes = line->axis == LINE_AXIS_PERIOD ? line->fixed.period
                    : line->axis == LINE_AXIS_NONE ? 0
                                                   : line->fixed.week;
    state.q = line->axis == LINE_AXIS_BOTH ? line->fixed.period : 0;
    return state;
}

double line_togo(const struct line *line, const struct line_state *state)
{
    const struct line_level *level = &line->levels[state->level];
    int i = level->base + state->node, q = state->q - level->q_lo;
    if (state->minutes < line->least[i] || state->minutes > line->most[i] || q < 0 || q >= level->n_q)
        return INFINITY;
    return row_of(line, state->level, state->node,
                  row_index(level, state->rest, q, state->outer))[state->minutes - line->least[i]];
}

/* Cost at level b of the counters that are still open. */
static double end_counters(const struct line *line, int node, int outer)
{
    double cost = 0;
    for (int i = 0; i < line->n_tracked; i++)
        cost += line->tracked[i].price * line->end_count[node * LINE_TRACKED_MAX + i];
    for (int i = 0; i < line->n_tracked; i++) {
        const struct line_tracked *tracked = &line->tracked[i];
        const struct line_range *range = &tracked->counter->range;
        int count = line_outer_count(line, line->b, outer, i);
        int all = count + line->end_count[node * LINE_TRACKED_MAX + i];
        if (tracked->loose || tracked->counter->to <= line->b)
            continue;
        if (all > range->most || all < range->least)
            return INFINITY;
        cost += range->under * MAX(range->lo - all, 0) +
                range->over * (MAX(all - range->hi, 0) - MAX(count - range->hi, 0));
    }
    return cost;
}

static double end_minutes(const struct line *line, int q, int minutes)
{
    double cost = 0;
    if (line->axis == LINE_AXIS_PERIOD)
        return line_range_cost(line->problem->period_minutes, minutes + line->fixed.period_end);
    if (line->axis == LINE_AXIS_NONE)
        return 0;
    if (line->levels[line->b].week < line->n_weeks)
        cost = line_range_cost(line_week_range(line, line->b), minutes + line->fixed.week_end);
    if (line->axis == LINE_AXIS_BOTH)
        cost += line_range_cost(line->problem->period_minutes, q + minutes + line->fixed.period_end);
    return cost;
}

static void end_labels(struct line *line)
{
    const struct line_level *level = &line->levels[line->b];
    for (int node = 0; node < line->automaton->n_nodes[line->b]; node++) {
        int least = line->least[level->base + node], most = line->most[level->base + node];
        for (int rest = 0; rest < level->n_rest && least <= most; rest++)
            for (int q = 0; q < level->n_q; q++)
                for (int outer = 0; outer < level->n_outer; outer++) {
                    double *row = row_of(line, line->b, node, row_index(level, rest, q, outer));
                    double cost = INFINITY;
                    if (line->block.on && !line->block.last)
                        cost = line_block_after(line, node, level->owed[rest], outer);
                    else if (level->owed[rest] <= line->fixed.allow)
                        cost = line->end[node] + end_counters(line, node, outer);
                    for (int m = least; m <= most; m++)
                        row[m - least] = cost + end_minutes(line, q + level->q_lo, m);
                }
    }
}

/* Where the labels a day leads to are read: those of the next level, or of the closed week. */
struct source {
    const double *row;
    int lo, hi;
};

static inline struct source source_of(const struct line *line, int day, int to, int rest, int q, int outer)
{
    const struct line_level *next = &line->levels[day + 1];
    int i = next->base + to;
    if (!line_closes(line, day)) {
        size_t row = row_index(next, rest, q, outer);
        return (struct source){row_of(line, day + 1, to, row), line->least[i], line->most[i]};
    }
    int n_q = line->levels[day].n_q;
    if (line->close_width == 0)
        return (struct source){NULL, 0, -1};
    size_t row = (((size_t)to * (size_t)next->n_rest + (size_t)rest) * (size_t)n_q + (size_t)q) *
                     (size_t)next->n_outer +
                 (size_t)outer;
    return (struct source){line->close + row * (size_t)line->close_width, 0, line->close_width - 1};
}

/* close[x]: x minutes at the end of the week that closes on the day, none in the next. */
static void close_week(struct line *line, int day)
{
    const struct line_level *level = &line->levels[day], *next = &line->levels[day + 1];
    const struct line_range *range = line_week_range(line, day);
    int n_nodes = line->automaton->n_nodes[day + 1];
    size_t rows = (size_t)n_nodes * (size_t)next->n_rest * (size_t)level->n_q * (size_t)next->n_outer;
    size_t size = rows * (size_t)line->close_width;
    if (size == 0)
        return;
    if (size > line->room_close) {
        line->room_close = size + size / 2;
        line->close = g_realloc_n(line->close, line->room_close, sizeof *line->close);
    }
    double *row = line->close;
    for (int to = 0; to < n_nodes; to++)
        for (int rest = 0; rest < next->n_rest; rest++)
            for (int q = 0; q < level->n_q; q++)
                for (int outer = 0; outer < next->n_outer; outer++, row += line->close_width)
                    for (int x = 0; x < line->close_width; x++) {
                        struct line_state state = {
                            .level = day + 1, .node = to, .rest = rest, .outer = outer};
                        state.q = line->axis == LINE_AXIS_BOTH ? q + level->q_lo + x : 0;
                        double cost = line_range_cost(range, x);
                        row[x] = cost < INFINITY ? cost + line_togo(line, &state) : INFINITY;
                    }
}

/* ---- a day ---- */

/* One pick into the head's rows. */
static void take_pick(struct line *line, int day, const struct line_head *head, uint16_t tag_effect,
                      const struct line_pick *pick, const struct line_head_row *rows)
{
    const struct line_level *level = &line->levels[day];
    const struct line_map *map =
        &line->maps[line->n_tracked == 0 ? 0
                                         : line_find_map(line, day, (uint16_t)(tag_effect | pick->effect))];
    int width = rows->hi - rows->lo + 1;
    double tag_price = line->n_loose > 0 ? line_effect_price(line, tag_effect) : 0;
    for (int q = 0; q < level->n_q; q++)
        for (int outer = 0; outer < level->n_outer; outer++) {
            if (map->to[outer] < 0)
                continue;
            double cost = pick->value + map->cost[outer] + tag_price;
            double *to = line->head + rows->at + row_index(level, pick->read, q, outer) * (size_t)width;
            if (pick->next_week && line_closes(line, day)) {
                struct line_state state = {.level = day + 1,
                                           .node = head->to,
                                           .rest = pick->write,
                                           .outer = map->to[outer],
                                           .minutes = pick->minutes};
                for (int m = rows->lo; m <= rows->hi; m++) {
                    state.q = line->axis == LINE_AXIS_BOTH ? q + level->q_lo + m : 0;
                    double c =
                        cost + line_range_cost(line_week_range(line, day), m) + line_togo(line, &state);
                    to[m - rows->lo] = MIN(to[m - rows->lo], c);
                }
                continue;
            }
            struct source source = source_of(line, day, head->to, pick->write, q, map->to[outer]);
            int from = MAX(rows->lo, source.lo - pick->minutes);
            int upto = MIN(rows->hi, source.hi - pick->minutes);
            if (from <= upto)
                relax(to + (from - rows->lo), source.row + (from + pick->minutes - source.lo), cost,
                      upto - from + 1);
        }
}

/* What follows a shift of the head's letter, for every label it may follow. */
static void fill_head(struct line *line, int day, const struct line_head *head, struct line_head_row *rows,
                      size_t *used)
{
    const struct line_level *level = &line->levels[day], *next = &line->levels[day + 1];
    const int *at = line->pick_at + day * (line->n_letters + 2) + head->letter;
    int i = next->base + head->to;
    rows->lo = INT_MAX;
    rows->hi = -1;
    if (at[0] == at[1] || line->least[i] > line->most[i])
        return;
    bool closing = line_closes(line, day);
    for (int k = at[0]; k < at[1]; k++) {
        const struct line_pick *pick = &line->picks[k];
        rows->lo = MIN(rows->lo, closing ? 0 : line->least[i] - pick->minutes);
        rows->hi = MAX(rows->hi, closing ? line->close_width - 1 : line->most[i] - pick->minutes);
    }
    rows->lo = MAX(rows->lo, 0);
    if (rows->lo > rows->hi)
        return;
    size_t per_rest = (size_t)level->n_q * (size_t)level->n_outer * (size_t)(rows->hi - rows->lo + 1);
    size_t size = per_rest * (size_t)level->n_rest;
    if (*used + size > line->room_head) {
        line->room_head = (*used + size) * 2;
        line->head = g_realloc_n(line->head, line->room_head, sizeof *line->head);
    }
    rows->at = *used;
    *used += size;
    double *first = line->head + rows->at;
    for (size_t k = 0; k < size; k++)
        first[k] = INFINITY;
    uint16_t effect = line_tag_effect(line, day, head->tags);
    for (int k = at[0]; k < at[1]; k++)
        take_pick(line, day, head, effect, &line->picks[k], rows);
    for (int rest = level->n_rest - 1; rest > 0; rest--)
        relax(first + (size_t)(rest - 1) * per_rest, first + (size_t)rest * per_rest, 0, (int)per_rest);
}

/* A day off: the labels' first values. */
static void take_off(struct line *line, int day, int node, const struct line_arc *arc)
{
    const struct line_level *level = &line->levels[day];
    int least = line->least[level->base + node], most = line->most[level->base + node];
    const struct line_map *map = &line->maps[line->n_tracked == 0 ? 0 : line_find_map(line, day, 0)];
    double off = line_off_cost(line, day) + arc->cost;
    int next = line->levels[day + 1].base + arc->to;
    bool none = arc->to < 0 || off == INFINITY || line->least[next] > line->most[next];
    for (int rest = 0; rest < level->n_rest; rest++)
        for (int q = 0; q < level->n_q; q++)
            for (int outer = 0; outer < level->n_outer; outer++) {
                double *to = row_of(line, day, node, row_index(level, rest, q, outer));
                if (none || map->to[outer] < 0) {
                    fill(to, most - least + 1);
                    continue;
                }
                struct source source =
                    source_of(line, day, arc->to, level->off_rest[rest], q, map->to[outer]);
                double cost = off + map->cost[outer];
                int m = least;
                for (; m <= most && m < source.lo; m++)
                    to[m - least] = INFINITY;
                for (; m <= most && m <= source.hi; m++)
                    to[m - least] = source.row[m - source.lo] + cost;
                for (; m <= most; m++)
                    to[m - least] = INFINITY;
            }
}

static void take_work(struct line *line, int day, int node, const struct line_arc *arc)
{
    const struct line_head_row *rows = &line->rows[arc->head];
    const struct line_level *level = &line->levels[day];
    int least = line->least[level->base + node], most = line->most[level->base + node];
    int from = MAX(least, rows->lo), upto = MIN(most, rows->hi), width = rows->hi - rows->lo + 1;
    if (from > upto)
        return;
    size_t n = (size_t)level->n_rest * (size_t)level->n_q * (size_t)level->n_outer;
    double *to = row_of(line, day, node, 0) + (from - least);
    const double *source = line->head + rows->at + (from - rows->lo);
    for (size_t row = 0; row < n; row++)
        relax(to + row * (size_t)(most - least + 1), source + row * (size_t)width, arc->cost,
              upto - from + 1);
}

double line_exit_cost(const struct line *line, const struct line_state *state)
{
    const struct line_level *level = &line->levels[state->level];
    if (!line->block.on || line->block.last || state->level != line->b - 1)
        return INFINITY;
    double cost = line_block_exit(line, state->node, level->owed[state->rest], state->outer);
    for (int i = line->weeks.n_shared; i < line->n_tracked && cost < INFINITY; i++)
        if (line->tracked[i].counter->to == line->b)
            cost += line_counter_close(&line->tracked[i].counter->range,
                                       line_outer_count(line, state->level, state->outer, i));
    return cost;
}

/* The day is the next block's. */
static void take_exit(struct line *line, int day, int node)
{
    const struct line_level *level = &line->levels[day];
    int least = line->least[level->base + node], most = line->most[level->base + node];
    for (int rest = 0; rest < level->n_rest; rest++)
        for (int outer = 0; outer < level->n_outer; outer++) {
            double *to = row_of(line, day, node, row_index(level, rest, 0, outer));
            struct line_state state = {.level = day, .node = node, .rest = rest, .outer = outer};
            double cost = line_exit_cost(line, &state);
            for (int m = least; m <= most && cost < INFINITY; m++) {
                double minutes =
                    line->axis == LINE_AXIS_NONE ? 0 : line_range_cost(line_week_range(line, day), m);
                to[m - least] = MIN(to[m - least], cost + minutes);
            }
        }
}

static void pass_day(struct line *line, int day)
{
    const struct line_automaton *automaton = line->automaton;
    const struct line_level *level = &line->levels[day];
    size_t used = 0;
    if (line_closes(line, day))
        close_week(line, day);
    if (automaton->n_heads[day] > line->room_rows) {
        line->room_rows = automaton->n_heads[day] * 2;
        line->rows = g_realloc_n(line->rows, (gsize)line->room_rows, sizeof *line->rows);
    }
    for (int h = 0; h < automaton->n_heads[day]; h++)
        fill_head(line, day, &automaton->heads[day][h], &line->rows[h], &used);
    for (int node = 0; node < automaton->n_nodes[day]; node++) {
        const struct line_arc *arcs = line_arcs_of(line, day, node);
        if (line->least[level->base + node] > line->most[level->base + node])
            continue;
        take_off(line, day, node, &arcs[0]);
        for (int letter = 1; letter <= line->n_letters; letter++)
            if (arcs[letter].to >= 0)
                take_work(line, day, node, &arcs[letter]);
        if (line->block.on && !line->block.last && day == line->b - 1)
            take_exit(line, day, node);
    }
}

double line_base_cost(const struct line *line)
{
    double cost = line->fixed.cost;
    for (int i = 0; i < line->n_tracked; i++) {
        const struct line_tracked *tracked = &line->tracked[i];
        const struct line_range *range = &tracked->counter->range;
        if (tracked->price != 0)
            cost += tracked->price * (tracked->base - (tracked->price > 0 ? range->most : range->least));
        if (tracked->counter->to <= line->a)
            cost += line_range_cost(range, tracked->base);
        else
            cost +=
                tracked->base > tracked->most ? INFINITY : range->over * MAX(tracked->base - range->hi, 0);
    }
    return cost;
}

void line_pass_days(struct line *line, int from, int to)
{
    for (int day = to - 1; day >= from; day--)
        pass_day(line, day);
}

static void start_pass(struct line *line)
{
    size_t size = line_pass_size(line);
    if (size >= line->room_label) {
        g_free(line->label);
        line->room_label = size + size / 4 + 1;
        line->label = g_new(double, line->room_label);
    }
    end_labels(line);
}

void line_pass_block(struct line *line)
{
    start_pass(line);
    line_pass_days(line, line->a, line->b);
}

double line_pass(struct line *line)
{
    start_pass(line);
    for (int day = line->b; day > line->a;) {
        int week = line->levels[day - 1].week, from = day - 1;
        while (from > line->a && line->levels[from - 1].week == week)
            from--;
        if (line->spread.on && line->spread.arc < 0 && line->spread.weeks[week])
            line_spread_week(line, from, day);
        else
            line_pass_days(line, from, day);
        day = from;
    }
    struct line_state start = line_start(line);
    return line_base_cost(line) + line_togo(line, &start);
}

/* ---- ways through ---- */

/* The state behind a day, its minutes counted; INFINITY when the week that closes forbids them. */
static double move_on(const struct line *line, const struct line_state *state, int minutes, bool next_week,
                      struct line_state *to)
{
    int day = state->level;
    to->level = day + 1;
    to->q = state->q;
    to->minutes = state->minutes + minutes;
    if (!line_closes(line, day))
        return 0;
    int week = next_week ? state->minutes : to->minutes;
    if (line->axis == LINE_AXIS_BOTH)
        to->q += week;
    to->minutes = next_week ? minutes : 0;
    return line_range_cost(line_week_range(line, day), week);
}

int line_steps(const struct line *line, const struct line_state *state, struct line_step *steps)
{
    int day = state->level, n = 0;
    const struct line_arc *arcs = line_arcs_of(line, day, state->node);
    const int *at = line->pick_at + day * (line->n_letters + 2);
    for (int letter = 0; letter <= line->n_letters; letter++) {
        if (arcs[letter].to < 0)
            continue;
        const struct line_head *head = letter == 0 ? NULL : &line->automaton->heads[day][arcs[letter].head];
        uint16_t tag_effect = head == NULL ? 0 : line_tag_effect(line, day, head->tags);
        double tag_price = line->n_loose > 0 ? line_effect_price(line, tag_effect) : 0;
        int from = letter == 0 ? 0 : at[letter], upto = letter == 0 ? 1 : at[letter + 1];
        for (int k = from; k < upto; k++) {
            const struct line_pick *pick = letter == 0 ? NULL : &line->picks[k];
            if (pick != NULL && pick->read < state->rest)
                continue;
            uint16_t effect = pick == NULL ? 0 : (uint16_t)(tag_effect | pick->effect);
            const struct line_map *map =
                &line->maps[line->n_tracked == 0 ? 0 : line_find_map(line, day, effect)];
            struct line_step *step = &steps[n];
            if (map->to[state->outer] < 0)
                continue;
            *step = (struct line_step){.choice = pick == NULL ? -1 : pick->choice, .effect = effect};
            step->cost = arcs[letter].cost + tag_price + map->cost[state->outer] +
                         (pick == NULL ? line_off_cost(line, day) : pick->value);
            step->to.node = arcs[letter].to;
            step->to.outer = map->to[state->outer];
            step->to.rest = pick == NULL ? line->levels[day].off_rest[state->rest] : pick->write;
            step->cost += move_on(line, state, pick == NULL ? 0 : pick->minutes,
                                  pick != NULL && pick->next_week, &step->to);
            if (step->cost == INFINITY)
                continue;
            step->togo = line_togo(line, &step->to);
            n += step->togo < INFINITY;
        }
    }
    return n;
}

void line_trace(struct line *line, int *count)
{
    struct line_state state = line_start(line);
    for (int i = 0; i < line->n_tracked; i++)
        count[i] = line->tracked[i].base;
    for (int day = 0; day < line->n_days; day++) {
        if (day < line->a || day >= line->b) {
            line->line[day] = line->query->fixed[day];
            continue;
        }
        int n = line_steps(line, &state, line->steps), best = 0;
        const struct line_step *steps = line->steps;
        g_assert(n > 0);
        for (int i = 1; i < n; i++)
            if (steps[i].cost + steps[i].togo < steps[best].cost + steps[best].togo)
                best = i;
        line->line[day] = steps[best].choice;
        state = steps[best].to;
        for (int i = 0; i < line->n_tracked; i++)
            count[i] += steps[best].effect >> i & 1;
    }
    for (int i = 0; i < line->n_tracked; i++)
        count[i] += line->end_count[state.node * LINE_TRACKED_MAX + i];
}
