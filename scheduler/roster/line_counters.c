/*
 * line_counters.c - counters that are tracked: how they become a dimension of the pass, what the fixed days
 * have of them, which counts a level tells apart.
 */
#include "scheduler/roster/line_internal.h"

/* ---- tracked counters ---- */

int line_counter_cap(const struct line_counter *counter)
{
    const struct line_range *range = &counter->range;
    int cap = range->most < INT_MAX ? range->most : MAX(range->lo, range->hi == INT_MAX ? 0 : range->hi);
    if (range->hi == INT_MAX ||
        (range->over <= 0 && range->most > range->lo && range->most >= counter->to - counter->from))
        cap = range->lo;
    return MAX(cap, 0);
}

bool line_track(struct line *line, int counter, bool loose)
{
    if (line->n_tracked == LINE_TRACKED_MAX)
        return false;
    const struct line_counter *what = line_counter_at(line->problem, counter);
    int cap = line_counter_cap(what);
    double outer = 1; /* counts that may have to be told apart */
    for (int i = 0; i <= line->n_tracked && !loose; i++) {
        const struct line_tracked *other = &line->tracked[i];
        const struct line_counter *its = i == line->n_tracked ? what : other->counter;
        int days = MIN(its->to, line->b) - MAX(its->from, line->a);
        outer *= MIN(i == line->n_tracked ? cap : other->cap, MAX(days, 0)) + 1;
    }
    loose = loose || outer > LINE_OUTER_MAX;
    if (loose)
        line->n_loose++;
    else
        line->dense = (uint16_t)(line->dense | 1u << line->n_tracked);
    struct line_tracked *tracked = &line->tracked[line->n_tracked++];
    tracked->counter = what;
    tracked->index = counter;
    tracked->cap = cap;
    tracked->loose = loose;
    tracked->price = 0;
    if (line->n_days + 1 > tracked->room) {
        tracked->room = line->n_days + 1;
        tracked->low = g_realloc_n(tracked->low, (gsize)tracked->room, sizeof *tracked->low);
        tracked->high = g_realloc_n(tracked->high, (gsize)tracked->room, sizeof *tracked->high);
    }
    return true;
}

static bool open_at(const struct line_tracked *tracked, int level)
{
    return !tracked->loose && tracked->counter->from < level && level < tracked->counter->to;
}

uint16_t line_effect_of(const struct line *line, const struct line_choice *choice, uint32_t tags)
{
    uint16_t effect = 0;
    for (int i = 0; i < line->n_tracked; i++)
        if (line_counts(line->tracked[i].counter, choice, tags))
            effect = (uint16_t)(effect | 1u << i);
    return effect;
}

uint16_t line_tag_effect(const struct line *line, int day, uint32_t tags)
{
    struct line_choice choice = {.day = day, .week = -1};
    return line->n_tracked == 0 ? 0 : line_effect_of(line, &choice, tags);
}

double line_effect_price(const struct line *line, uint16_t effect)
{
    double price = 0;
    for (int i = 0; i < line->n_tracked; i++)
        price += effect >> i & 1 ? line->tracked[i].price : 0;
    return price;
}

/* Counts of the fixed days; tags of the days before the window follow from the walk, those behind it depend
   on the node at its end. */
void line_count_fixed(struct line *line)
{
    int node = 0;
    for (int i = 0; i < line->n_tracked; i++)
        line->tracked[i].base = 0;
    if (line->block.on && line->block.entry >= 0)
        return; /* the week begins in the block */
    for (int day = 0; day < line->a && line->n_tracked > 0; day++) {
        const struct line_choice *choice = line_fixed_choice(line, day);
        const struct line_arc *arc = line_arc_of(line, day, node, choice == NULL ? 0 : choice->letter);
        uint32_t tags = arc->head < 0 ? 0 : line->automaton->heads[day][arc->head].tags;
        node = arc->to;
        for (int i = 0; i < line->n_tracked && choice != NULL; i++)
            line->tracked[i].base += line_counts(line->tracked[i].counter, choice, tags);
    }
}

/* One day of one way behind the window. */
static void walk_end(struct line *line, int day, int from, int *node)
{
    const struct line_choice *choice = line_fixed_choice(line, day);
    const struct line_arc *arc = line_arc_of(line, day, *node, choice == NULL ? 0 : choice->letter);
    if (arc->to < 0) {
        line->end[from] = INFINITY;
        *node = -1;
        return;
    }
    line->end[from] += arc->cost;
    uint32_t tags = arc->head < 0 ? 0 : line->automaton->heads[day][arc->head].tags;
    for (int i = 0; i < line->n_tracked && choice != NULL; i++)
        line->end_count[from * LINE_TRACKED_MAX + i] += line_counts(line->tracked[i].counter, choice, tags);
    *node = arc->to;
}

struct joined {
    int from, into;
    double cost;
    int count[LINE_TRACKED_MAX];
};

/* Ways that meet go on as one; its costs are shared out backwards. */
void line_walk_ends(struct line *line)
{
    int n = line->automaton->n_nodes[line->b], n_alive = n, n_joined = 0;
    if (n > line->room_end) {
        line->room_end = n + n / 2;
        line->end = g_realloc_n(line->end, (gsize)line->room_end, sizeof *line->end);
        line->end_count =
            g_realloc_n(line->end_count, (gsize)line->room_end * LINE_TRACKED_MAX, sizeof *line->end_count);
    }
    for (int i = 0; i < n; i++)
        line->end[i] = 0;
    memset(line->end_count, 0, (size_t)n * LINE_TRACKED_MAX * sizeof *line->end_count);
    if (line->b == line->n_days || (line->block.on && !line->block.last))
        return;
    int widest = 0;
    for (int day = line->b; day <= line->n_days; day++)
        widest = MAX(widest, line->automaton->n_nodes[day]);
    g_autofree int *alive = g_new(int, n), *node = g_new(int, n), *owner = g_new(int, widest);
    g_autofree struct joined *joined = g_new(struct joined, n);
    for (int i = 0; i < n; i++)
        alive[i] = node[i] = i;
    for (int day = line->b; day < line->n_days; day++) {
        int kept = 0;
        for (int i = 0; i < n_alive; i++)
            walk_end(line, day, alive[i], &node[alive[i]]);
        for (int i = 0; i < n_alive && n_alive > 1; i++)
            if (node[alive[i]] >= 0)
                owner[node[alive[i]]] = -1;
        for (int i = 0; i < n_alive; i++) {
            int from = alive[i];
            if (node[from] < 0)
                continue;
            if (n_alive == 1 || owner[node[from]] < 0) {
                owner[node[from]] = from;
                alive[kept++] = from;
                continue;
            }
            int into = owner[node[from]];
            struct joined *join = &joined[n_joined++];
            *join = (struct joined){.from = from, .into = into, .cost = line->end[from] - line->end[into]};
            for (int c = 0; c < line->n_tracked; c++)
                join->count[c] = line->end_count[from * LINE_TRACKED_MAX + c] -
                                 line->end_count[into * LINE_TRACKED_MAX + c];
        }
        n_alive = kept;
    }
    while (n_joined-- > 0) {
        const struct joined *join = &joined[n_joined];
        line->end[join->from] = line->end[join->into] + join->cost;
        for (int c = 0; c < line->n_tracked; c++)
            line->end_count[join->from * LINE_TRACKED_MAX + c] =
                line->end_count[join->into * LINE_TRACKED_MAX + c] + join->count[c];
    }
}

/* ---- maps of counters ---- */

static int digit_size(const struct line_tracked *tracked, int level)
{
    return open_at(tracked, level) ? tracked->high[level] - tracked->low[level] + 1 : 1;
}

static int outer_size(const struct line *line, int level)
{
    int n = 1;
    for (int i = 0; i < line->n_tracked; i++)
        n *= digit_size(&line->tracked[i], level);
    return n;
}

int line_outer_count(const struct line *line, int level, int outer, int i)
{
    for (int k = 0; k < i; k++)
        outer /= digit_size(&line->tracked[k], level);
    const struct line_tracked *tracked = &line->tracked[i];
    return open_at(tracked, level) ? tracked->low[level] + outer % digit_size(tracked, level) : 0;
}

int line_outer_of(const struct line *line, int level, const int *count)
{
    int outer = 0, scale = 1;
    for (int i = 0; i < line->n_tracked; i++) {
        const struct line_tracked *tracked = &line->tracked[i];
        if (!open_at(tracked, level))
            continue;
        outer += scale * (CLAMP(count[i], tracked->low[level], tracked->high[level]) - tracked->low[level]);
        scale *= digit_size(tracked, level);
    }
    return outer;
}

/* Can a shift of the day count for tracked counter i? */
static bool can_hit(const struct line *line, int day, int i)
{
    const int *at = line->pick_at + day * (line->n_letters + 2);
    const struct line_counter *counter = line->tracked[i].counter;
    if (day < counter->from || day >= counter->to || at[1] == at[line->n_letters + 1])
        return false;
    for (int k = at[1]; k < at[line->n_letters + 1]; k++)
        if (line->picks[k].effect >> i & 1)
            return true;
    for (int h = 0; h < line->automaton->n_heads[day]; h++)
        if (line->automaton->heads[day][h].tags & counter->tags)
            return true;
    return false;
}

/* Which counts a level must tell apart: no more than can have come together, no fewer than can still become
   too many. */
static void plan_digits(struct line *line, int i)
{
    struct line_tracked *tracked = &line->tracked[i];
    const struct line_range *range = &tracked->counter->range;
    int n_ends = line->automaton->n_nodes[line->b], least = INT_MAX, most = 0;
    for (int node = 0; node < n_ends; node++) {
        least = MIN(least, line->end_count[node * LINE_TRACKED_MAX + i]);
        most = MAX(most, line->end_count[node * LINE_TRACKED_MAX + i]);
    }
    bool open = tracked->counter->to > line->b,
         above = range->least <= 0 && (range->under <= 0 || range->lo <= 0);
    tracked->most = range->most == INT_MAX ? INT_MAX : range->most - (open ? least : 0);
    if (line->block.on && i < line->weeks.n_shared) { /* the same in all blocks */
        for (int level = line->a; level <= line->b; level++) {
            tracked->low[level] = 0;
            tracked->high[level] = tracked->cap;
        }
        return;
    }
    int n = tracked->base, top = MAX(MIN(tracked->cap, tracked->most), 0);
    for (int level = line->a; level <= line->b; level++) {
        tracked->low[level] = 0;
        tracked->high[level] = MIN(top, n);
        n += level < line->b && can_hit(line, level, i);
    }
    int free = range->over > 0 ? range->hi : range->most;
    if (free == INT_MAX)
        free = top;
    free -= open ? most : 0;
    for (int level = line->b; level >= line->a; level--) {
        int low = above ? MAX(tracked->base, free) : tracked->base;
        tracked->low[level] = CLAMP(low, 0, tracked->high[level]);
        free -= level > line->a && can_hit(line, level - 1, i);
    }
}

double line_counter_close(const struct line_range *range, int n)
{
    return n < range->least ? INFINITY : range->under * MAX(range->lo - n, 0);
}

static double step_counter(const struct line_tracked *tracked, int day, bool hit, int *n)
{
    const struct line_range *range = &tracked->counter->range;
    double cost = 0;
    if (tracked->loose || day < tracked->counter->from || day >= tracked->counter->to)
        return 0;
    if (hit && *n + 1 > tracked->most)
        return INFINITY;
    if (hit && *n + 1 > range->hi)
        cost += range->over;
    *n = MIN(*n + hit, tracked->cap);
    if (day + 1 == tracked->counter->to) {
        cost += line_counter_close(range, *n);
        *n = 0;
    }
    return cost;
}

static void build_map(struct line *line, int day, struct line_map *map)
{
    int n = line->levels[day].n_outer;
    for (int outer = 0; outer < n; outer++) {
        int count[LINE_TRACKED_MAX] = {0};
        double cost = 0;
        for (int i = 0; i < line->n_tracked && cost < INFINITY; i++) {
            count[i] = line_outer_count(line, day, outer, i);
            cost += step_counter(&line->tracked[i], day, map->effect >> i & 1, &count[i]);
        }
        map->to[outer] = cost < INFINITY ? line_outer_of(line, day + 1, count) : -1;
        map->cost[outer] = cost;
    }
}

int line_find_map(const struct line *line, int day, uint16_t effect)
{
    const struct line_level *level = &line->levels[day];
    effect &= line->dense;
    for (int i = level->first_map; i < level->first_map + level->n_maps; i++)
        if (line->maps[i].effect == effect)
            return i;
    return -1;
}

static void want_map(struct line *line, int day, uint16_t effect)
{
    if (line_find_map(line, day, effect) >= 0)
        return;
    GROW(line->maps, line->room_maps, line->n_maps + 1);
    line->maps[line->n_maps++] = (struct line_map){.effect = effect & line->dense};
    line->levels[day].n_maps++;
}

/* Without tracked counters one map serves all days. */
void line_plan_maps(struct line *line)
{
    size_t size = 0;
    line->n_maps = 0;
    for (int i = 0; i < line->n_tracked; i++)
        plan_digits(line, i);
    for (int level = line->a; level <= line->b; level++)
        line->levels[level].n_outer = outer_size(line, level);
    for (int day = line->a; day < line->b; day++) {
        struct line_level *level = &line->levels[day];
        level->first_map = line->n_tracked == 0 ? 0 : line->n_maps;
        level->n_maps = line->n_tracked == 0 && day > line->a ? 1 : 0;
        want_map(line, day, 0);
        const int *at = line->pick_at + day * (line->n_letters + 2);
        for (uint32_t tags = LINE_TAG_WORK; line->n_tracked > 0 && tags < LINE_TAG_FREE; tags += 2) {
            uint16_t effect = line_tag_effect(line, day, tags);
            for (int k = at[1]; k < at[line->n_letters + 1]; k++)
                want_map(line, day, (uint16_t)(effect | line->picks[k].effect));
        }
        if (line->n_tracked > 0 || day == line->a)
            size += (size_t)level->n_maps * (size_t)level->n_outer;
    }
    if (size > line->room_map) {
        line->room_map = size + size / 2;
        line->map_to = g_realloc_n(line->map_to, line->room_map, sizeof *line->map_to);
        line->map_cost = g_realloc_n(line->map_cost, line->room_map, sizeof *line->map_cost);
    }
    size_t at = 0;
    for (int day = line->a; day < line->b && (line->n_tracked > 0 || day == line->a); day++)
        for (int i = 0; i < line->levels[day].n_maps; i++) {
            struct line_map *map = &line->maps[line->levels[day].first_map + i];
            map->to = line->map_to + at;
            map->cost = line->map_cost + at;
            build_map(line, day, map);
            at += (size_t)line->levels[day].n_outer;
        }
}
