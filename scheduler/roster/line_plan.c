#include "scheduler/roster/line_internal.h"

#define KINDS 2048 /* places of the table */

/* ---- small helpers ---- */

#define GROW(array, room, need)                                                                              \
    do {                                                                                                     \
        if ((need) > (room)) {                                                                               \
            (room) = (need) + (need) / 2;                                                                    \
            (array) = g_realloc_n((array), (gsize)(room), sizeof *(array));                                  \
        }                                                                                                    \
    } while (0)

int line_n_counters(const struct line_problem *problem)
{
    return problem->n_counters + problem->automaton->n_counters;
}

const struct line_counter *line_counter_at(const struct line_problem *problem, int index)
{
    return index < problem->n_counters ? &problem->counters[index]
                                       : &problem->automaton->counters[index - problem->n_counters];
}

bool line_counts(const struct line_counter *counter, const struct line_choice *choice, uint32_t tags)
{
    return ((choice->tags | tags) & counter->tags) != 0 && choice->day >= counter->from &&
           choice->day < counter->to && (counter->week < 0 || counter->week == choice->week);
}

double line_value(const struct line_query *query, int choice)
{
    return query->extra == NULL ? query->value[choice] : query->value[choice] + query->extra[choice];
}

static double off_value(const struct line *line, int day)
{
    return line->query->off == NULL ? 0 : line->query->off[day];
}

static const struct line_arc *arc_of(const struct line *line, int day, int node, int letter)
{
    return &line->automaton->arcs[day][node * (line->n_letters + 1) + letter];
}

static int starts_of(const struct line *line, int day)
{
    return line->problem->day_starts == NULL ? 0 : line->problem->day_starts[day];
}

static const struct line_choice *fixed_choice(const struct line *line, int day)
{
    int choice = line->query->fixed[day];
    return choice < 0 ? NULL : &line->problem->choices[choice];
}

/* ---- levels ---- */

static void plan_levels(struct line *line)
{
    const struct line_rules *rules = line->rules;
    if (line->n_days + 1 > line->room_levels) {
        line->levels = g_realloc_n(line->levels, (gsize)line->n_days + 1, sizeof *line->levels);
        line->rest = g_realloc_n(line->rest, (gsize)line->n_days + 1, sizeof *line->rest);
        for (int level = line->room_levels; level <= line->n_days; level++)
            line->levels[level] = (struct line_level){0};
        line->room_levels = line->n_days + 1;
    }
    int week = 0, base = 0;
    for (int level = 0; level <= line->n_days; level++) {
        struct line_level *at = &line->levels[level];
        while (week < line->n_weeks && rules->week_last[week] < level)
            week++;
        at->week = week;
        at->closes = week < line->n_weeks && rules->week_last[week] == level;
        at->base = base;
        if (level >= line->a && level <= line->b)
            base += line->automaton->n_nodes[level];
    }
    if (base > line->room_nodes) {
        line->room_nodes = base + base / 2;
        gsize room = (gsize)line->room_nodes;
        line->least = g_realloc_n(line->least, room, sizeof *line->least);
        line->most = g_realloc_n(line->most, room, sizeof *line->most);
        line->at = g_realloc_n(line->at, room, sizeof *line->at);
    }
}

/* ---- fixed days ---- */

/* The days before the window; false when no arc leads on. */
static bool plan_prefix(struct line *line)
{
    struct line_fixed *fixed = &line->fixed;
    for (int day = 0; day < line->a; day++) {
        const struct line_choice *choice = fixed_choice(line, day);
        const struct line_arc *arc = arc_of(line, day, fixed->node, choice == NULL ? 0 : choice->letter);
        if (arc->to < 0)
            return false;
        fixed->node = arc->to;
        fixed->cost += arc->cost;
        fixed->cost +=
            choice == NULL ? off_value(line, day) : line_value(line->query, line->query->fixed[day]);
        fixed->owed = choice == NULL ? MAX(fixed->owed - starts_of(line, day), 0) : choice->release;
    }
    return fixed->cost < INFINITY;
}

static void plan_suffix(struct line *line)
{
    struct line_fixed *fixed = &line->fixed;
    int starts = 0;
    for (int day = line->b; day < line->n_days; day++) {
        const struct line_choice *choice = fixed_choice(line, day);
        fixed->cost +=
            choice == NULL ? off_value(line, day) : line_value(line->query, line->query->fixed[day]);
        if (choice != NULL && fixed->allow == INT_MAX)
            fixed->allow = starts + choice->rank;
        starts += starts_of(line, day);
    }
}

/* Minutes of the fixed days, and the weeks that lie wholly in them. */
static void plan_minutes(struct line *line)
{
    struct line_fixed *fixed = &line->fixed;
    int first = line->levels[line->a].week, last = line->levels[line->b].week;
    g_autofree int *minutes = g_new0(int, line->n_weeks + 1);
    for (int day = 0; day < line->n_days; day++) {
        const struct line_choice *choice;
        if ((day >= line->a && day < line->b) || (choice = fixed_choice(line, day)) == NULL)
            continue;
        int week = CLAMP(choice->week, 0, line->n_weeks);
        minutes[week] += choice->minutes;
        if (day >= line->b)
            fixed->period_end += choice->minutes;
        else if (line->axis != LINE_AXIS_BOTH || week < first)
            fixed->period += choice->minutes;
        if (week == last && day >= line->b)
            fixed->week_end += choice->minutes;
        if (week == first && day < line->a)
            fixed->week += choice->minutes;
    }
    for (int week = 0; week < line->n_weeks; week++)
        if (line->problem->week_minutes != NULL && (week < first || week > last))
            fixed->cost += line_range_cost(&line->problem->week_minutes[week], minutes[week]);
}

static enum line_axis axis_of(const struct line_problem *problem)
{
    bool week = problem->week_minutes != NULL && problem->rules->n_weeks > 0;
    bool period = problem->period_minutes != NULL;
    return week && period ? LINE_AXIS_BOTH
           : week         ? LINE_AXIS_WEEK
           : period       ? LINE_AXIS_PERIOD
                          : LINE_AXIS_NONE;
}

bool line_plan(struct line *line, const struct line_problem *problem, const struct line_query *query, int k)
{
    line->problem = problem;
    line->query = query;
    line->automaton = problem->automaton;
    line->rules = problem->rules;
    line->n_days = line->automaton->n_days;
    line->n_letters = line->automaton->n_letters;
    line->n_weeks = line->rules->n_weeks;
    bool all = query->from == 0 && query->to == 0;
    line->a = all ? 0 : CLAMP(query->from, 0, line->n_days);
    line->b = all ? line->n_days : CLAMP(query->to, line->a, line->n_days);
    line->merge = k == 1;
    line->axis = axis_of(problem);
    line->fixed = (struct line_fixed){.allow = INT_MAX};
    GROW(line->line, line->room_line, line->n_days + 1);
    plan_levels(line);
    memset(line->rest, 0, (size_t)(line->n_days + 1) * sizeof *line->rest);
    line->n_tracked = line->n_loose = 0;
    line->dense = 0;
    if (!line_spread_plan(line))
        return false;
    bool ok = plan_prefix(line);
    if (ok && (line->a > 0 || line->b < line->n_days)) {
        plan_suffix(line);
        plan_minutes(line);
    }
    return ok && line->fixed.cost < INFINITY;
}

/* ---- tracked counters ---- */

bool line_track(struct line *line, int counter, bool loose)
{
    if (line->n_tracked == LINE_TRACKED_MAX)
        return false;
    const struct line_counter *what = line_counter_at(line->problem, counter);
    const struct line_range *range = &what->range;
    int cap = range->most < INT_MAX ? range->most : MAX(range->lo, range->hi == INT_MAX ? 0 : range->hi);
    if (range->hi == INT_MAX ||
        (range->over <= 0 && range->most > range->lo && range->most >= what->to - what->from))
        cap = range->lo;
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
    tracked->cap = MAX(cap, 0);
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

static uint16_t effect_of(const struct line *line, const struct line_choice *choice, uint32_t tags)
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
    return line->n_tracked == 0 ? 0 : effect_of(line, &choice, tags);
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
static void count_fixed(struct line *line)
{
    int node = 0;
    for (int i = 0; i < line->n_tracked; i++)
        line->tracked[i].base = 0;
    for (int day = 0; day < line->a && line->n_tracked > 0; day++) {
        const struct line_choice *choice = fixed_choice(line, day);
        const struct line_arc *arc = arc_of(line, day, node, choice == NULL ? 0 : choice->letter);
        uint32_t tags = arc->head < 0 ? 0 : line->automaton->heads[day][arc->head].tags;
        node = arc->to;
        for (int i = 0; i < line->n_tracked && choice != NULL; i++)
            line->tracked[i].base += line_counts(line->tracked[i].counter, choice, tags);
    }
}

/* One day of one way behind the window. */
static void walk_end(struct line *line, int day, int from, int *node)
{
    const struct line_choice *choice = fixed_choice(line, day);
    const struct line_arc *arc = arc_of(line, day, *node, choice == NULL ? 0 : choice->letter);
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
static void walk_ends(struct line *line)
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
    if (line->b == line->n_days)
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

/* ---- picks ---- */

static bool same_kind(const struct line_pick *a, const struct line_pick *b)
{
    return a->minutes == b->minutes && a->letter == b->letter && a->rank == b->rank &&
           a->release == b->release && a->effect == b->effect && a->next_week == b->next_week;
}

/* Keeps the best pick of each kind. */
static int add_pick(struct line *line, const struct line_pick *pick, int first, int n, bool merge)
{
    if (merge) {
        uint32_t hash = (uint32_t)pick->minutes * 31 + pick->letter + (uint32_t)pick->rank * 0x9e3779b1u +
                        (uint32_t)pick->release * 0x85ebca6bu + pick->effect * 0xc2b2ae35u + pick->next_week;
        for (uint32_t i = hash ^ hash >> 15;; i++) {
            struct line_kind *kind = &line->kinds[i % KINDS];
            if (kind->stamp != line->stamp) {
                if (n - first < KINDS / 2)
                    *kind = (struct line_kind){line->stamp, n};
                break;
            }
            if (same_kind(&line->picks[kind->pick], pick)) {
                if (pick->value < line->picks[kind->pick].value)
                    line->picks[kind->pick] = *pick;
                return n;
            }
        }
    }
    GROW(line->picks, line->room_picks, n + 1);
    line->picks[n] = *pick;
    return n + 1;
}

/* Stable, by letter; fills the offsets of the day. */
static void sort_letters(struct line *line, int day, int first, int n)
{
    int *at = line->pick_at + day * (line->n_letters + 2);
    memset(at, 0, (size_t)(line->n_letters + 2) * sizeof *at);
    for (int i = first; i < n; i++)
        at[line->picks[i].letter + 1]++;
    at[0] = at[1] = first;
    for (int letter = 2; letter <= line->n_letters + 1; letter++)
        at[letter] += at[letter - 1];
    if (line->n_letters == 1 || n == first)
        return;
    g_autofree struct line_pick *copy = g_memdup2(line->picks + first, (gsize)(n - first) * sizeof *copy);
    for (int i = 0; i < n - first; i++)
        line->picks[at[copy[i].letter]++] = copy[i];
    for (int letter = line->n_letters; letter > 1; letter--)
        at[letter] = at[letter - 1];
    at[1] = first;
}

/* The common case: nothing tracked, so that minutes and letter say the kind, and no week ends on the day. -1
   when the table is too small for them. */
static int choose_plain(struct line *line, int day, int first, int arc)
{
    const struct line_problem *problem = line->problem;
    const double *value = line->query->value, *extra = line->query->extra;
    int n = first, week = line->levels[day].week;
    uint64_t stamp = line->stamp;
    for (int i = problem->day_choice[day]; i < problem->day_choice[day + 1]; i++) {
        const struct line_choice *choice = &problem->choices[i];
        double cost = extra == NULL ? value[i] : value[i] + extra[i];
        if ((problem->allowed != NULL && !problem->allowed[i]) || cost == INFINITY ||
            (arc >= 0 && choice->week == week && !line_spread_holds(line, arc, choice->start_min)))
            continue;
        int minutes = line->axis == LINE_AXIS_NONE ? 0 : choice->minutes;
        int place = minutes * (line->n_letters + 1) + choice->letter;
        if (place >= KINDS)
            return -1;
        struct line_kind *kind = &line->kinds[place];
        if (kind->stamp == stamp) {
            struct line_pick *pick = &line->picks[kind->pick];
            if (cost < pick->value) {
                pick->value = cost;
                pick->choice = i;
            }
            continue;
        }
        *kind = (struct line_kind){stamp, n};
        GROW(line->picks, line->room_picks, n + 1);
        line->picks[n++] = (struct line_pick){
            .value = cost, .choice = i, .minutes = minutes, .letter = (uint8_t)choice->letter};
    }
    return n;
}

static int choose_day(struct line *line, int day, int first, int arc, bool merge)
{
    const struct line_problem *problem = line->problem;
    const struct line_level *level = &line->levels[day];
    bool rank = line->rest[day], release = line->rest[day + 1];
    bool weekly = line->axis == LINE_AXIS_WEEK || line->axis == LINE_AXIS_BOTH;
    int n = first;
    line->stamp++;
    if (merge && !rank && !release && line->n_tracked == 0 && !(weekly && level->closes)) {
        n = choose_plain(line, day, first, arc);
        if (n >= 0) {
            sort_letters(line, day, first, n);
            return n;
        }
        n = first;
        line->stamp++;
    }
    for (int i = problem->day_choice[day]; i < problem->day_choice[day + 1]; i++) {
        const struct line_choice *choice = &problem->choices[i];
        if (problem->allowed != NULL && !problem->allowed[i])
            continue;
        double value = line_value(line->query, i);
        if (value == INFINITY)
            continue;
        if (arc >= 0 && choice->week == level->week && !line_spread_holds(line, arc, choice->start_min))
            continue;
        struct line_pick pick = {.value = value,
                                 .choice = i,
                                 .minutes = line->axis == LINE_AXIS_NONE ? 0 : choice->minutes,
                                 .rank = rank ? choice->rank : 0,
                                 .release = release ? choice->release : 0,
                                 .letter = (uint8_t)choice->letter,
                                 .next_week = weekly && level->closes && choice->week > level->week};
        if (line->n_tracked > 0)
            pick.effect = effect_of(line, choice, 0);
        if (line->n_loose > 0)
            pick.value += line_effect_price(line, pick.effect);
        n = add_pick(line, &pick, first, n, merge);
    }
    sort_letters(line, day, first, n);
    return n;
}

/* ---- classes of rest ---- */

/* Largest class that owes at most `starts`. */
static int class_of_rest(const struct line_level *level, int starts)
{
    int lo = 0, hi = level->n_rest - 1;
    while (lo < hi) {
        int mid = (lo + hi + 1) / 2;
        if (level->owed[mid] <= starts)
            lo = mid;
        else
            hi = mid - 1;
    }
    return lo;
}

static int compare_int(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static void classes_of_level(struct line *line, int l, int first, int n)
{
    struct line_level *level = &line->levels[l], *before = l > line->a ? level - 1 : NULL;
    int room = n - first + (before == NULL ? 0 : before->n_rest) + 2, count = 0, distinct = 0;
    if (room > level->room_owed) {
        level->room_owed = room;
        level->owed = g_realloc_n(level->owed, (gsize)room, sizeof *level->owed);
        level->off_rest = g_realloc_n(level->off_rest, (gsize)room, sizeof *level->off_rest);
    }
    level->owed[count++] = 0;
    if (line->rest[l] && before == NULL)
        level->owed[count++] = line->fixed.owed;
    for (int k = first; line->rest[l] && k < n; k++)
        level->owed[count++] = line->picks[k].release;
    for (int k = 0; line->rest[l] && before != NULL && k < before->n_rest; k++)
        level->owed[count++] = MAX(before->owed[k] - starts_of(line, l - 1), 0);
    if (count > 1)
        qsort(level->owed, (size_t)count, sizeof *level->owed, compare_int);
    for (int k = 0; k < count; k++)
        if (k == 0 || level->owed[k] != level->owed[distinct - 1])
            level->owed[distinct++] = level->owed[k];
    level->n_rest = distinct;
    for (int k = 0; before != NULL && k < before->n_rest; k++)
        before->off_rest[k] = class_of_rest(level, MAX(before->owed[k] - starts_of(line, l - 1), 0));
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
        if (*n < range->least)
            return INFINITY;
        cost += range->under * MAX(range->lo - *n, 0);
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
static void plan_maps(struct line *line)
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

static void place_picks(struct line *line, int day, int first, int n)
{
    for (int k = first; k < n; k++) {
        struct line_pick *pick = &line->picks[k];
        pick->read = (int16_t)class_of_rest(&line->levels[day], pick->rank);
        pick->write = (int16_t)class_of_rest(&line->levels[day + 1], pick->release);
    }
}

void line_plan_pass(struct line *line)
{
    if (line->kinds == NULL)
        line->kinds = g_new0(struct line_kind, KINDS);
    GROW(line->pick_at, line->room_pick_at, line->n_days * (line->n_letters + 2));
    count_fixed(line);
    walk_ends(line);
    classes_of_level(line, line->a, 0, 0);
    int n = 0, most = 1;
    for (int day = line->a; day < line->b; day++) {
        int first = n;
        const struct line_level *level = &line->levels[day];
        bool arcs =
            line->spread.on && line->spread.arc < 0 &&
            (line->spread.weeks[level->week] || (level->closes && line->spread.weeks[level->week + 1]));
        n = choose_day(line, day, first, line->spread.arc, line->merge && !arcs);
        classes_of_level(line, day + 1, first, n);
        place_picks(line, day, first, n);
        most = MAX(most, n - first + 1);
    }
    line->n_picks = n;
    GROW(line->steps, line->room_steps, most);
    plan_maps(line);
}

void line_plan_arc(struct line *line, int from, int to, int arc)
{
    int n = line->n_picks;
    for (int day = from; day < to; day++) {
        int first = n;
        n = choose_day(line, day, first, arc, true);
        place_picks(line, day, first, n);
    }
}
