#include "scheduler/roster/line_internal.h"

#define KINDS 2048 /* places of the table */

/* ---- small helpers ---- */

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

static int starts_of(const struct line *line, int day)
{
    return line->problem->day_starts == NULL ? 0 : line->problem->day_starts[day];
}

/* ---- levels ---- */

void line_plan_levels(struct line *line)
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
        const struct line_choice *choice = line_fixed_choice(line, day);
        const struct line_arc *arc = line_arc_of(line, day, fixed->node, choice == NULL ? 0 : choice->letter);
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
        const struct line_choice *choice = line_fixed_choice(line, day);
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
        if ((day >= line->a && day < line->b) || (choice = line_fixed_choice(line, day)) == NULL)
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
    line->block = (struct line_block){.entry = -1};
    line_plan_levels(line);
    line_forget(line);
    if (!line_spread_plan(line))
        return false;
    bool ok = plan_prefix(line);
    if (ok && (line->a > 0 || line->b < line->n_days)) {
        plan_suffix(line);
        plan_minutes(line);
    }
    return ok && line->fixed.cost < INFINITY;
}

/* ---- picks ---- */

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
static int plain_span(struct line *line, int day, int n, int arc, int from, int to)
{
    const struct line_problem *problem = line->problem;
    const double *value = line->query->value, *extra = line->query->extra;
    int week = line->levels[day].week;
    uint64_t stamp = line->stamp;
    for (int i = from; i < to; i++) {
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

static int choose_plain(struct line *line, int day, int first, int arc)
{
    struct line_spans spans = line_spread_spans(line, day, arc);
    int n = first;
    for (int s = 0; s < spans.n && n >= 0; s++)
        n = plain_span(line, day, n, arc, spans.from[s], spans.to[s]);
    return n;
}

static int choose_span(struct line *line, int day, int first, int n, int arc, bool merge, int from, int to)
{
    const struct line_problem *problem = line->problem;
    const struct line_level *level = &line->levels[day];
    bool rank = line->rest[day], release = line->rest[day + 1];
    bool weekly = line->axis == LINE_AXIS_WEEK || line->axis == LINE_AXIS_BOTH;
    for (int i = from; i < to; i++) {
        const struct line_choice *choice = &problem->choices[i];
        if (problem->allowed != NULL && !problem->allowed[i])
            continue;
        if (line->block.on && choice->week != line->block.week)
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
        if (line->block.on && rank) /* as far as they are told apart */
            pick.rank = level->owed[class_of_rest(level, choice->rank)];
        if (line->block.on && release)
            pick.release = line_block_round(line, day + 1, choice->release);
        if (line->n_tracked > 0)
            pick.effect = line_effect_of(line, choice, 0);
        if (line->n_loose > 0)
            pick.value += line_effect_price(line, pick.effect);
        n = add_pick(line, &pick, first, n, merge);
    }
    return n;
}

static int choose_day(struct line *line, int day, int first, int arc, bool merge)
{
    const struct line_level *level = &line->levels[day];
    bool rank = line->rest[day], release = line->rest[day + 1];
    bool weekly = line->axis == LINE_AXIS_WEEK || line->axis == LINE_AXIS_BOTH;
    int n = first;
    line->stamp++;
    if (merge && !rank && !release && !line->block.on && line->n_tracked == 0 && !(weekly && level->closes)) {
        n = choose_plain(line, day, first, arc);
        if (n >= 0) {
            sort_letters(line, day, first, n);
            return n;
        }
        n = first;
        line->stamp++;
    }
    struct line_spans spans = line_spread_spans(line, day, arc);
    for (int s = 0; s < spans.n; s++)
        n = choose_span(line, day, first, n, arc, merge, spans.from[s], spans.to[s]);
    sort_letters(line, day, first, n);
    return n;
}

/* ---- classes of rest ---- */

static int compare_int(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static int round_owed(const struct line *line, int level, int owed)
{
    return line->block.on ? line_block_round(line, level, owed) : MAX(owed, 0);
}

static void classes_of_level(struct line *line, int l, int first, int n)
{
    struct line_level *level = &line->levels[l], *before = l > line->a ? level - 1 : NULL;
    bool border = line->block.on && line->rest[l] &&
                  (l == line->block.entry || (l == line->block.from && line->block.entry >= 0));
    int incoming = border ? line->weeks.owed_max[l] : 0;
    int room = n - first + (before == NULL ? 0 : before->n_rest) + incoming + 2, count = 0, distinct = 0;
    if (room > level->room_owed) {
        level->room_owed = room;
        level->owed = g_realloc_n(level->owed, (gsize)room, sizeof *level->owed);
        level->off_rest = g_realloc_n(level->off_rest, (gsize)room, sizeof *level->off_rest);
    }
    level->owed[count++] = 0;
    if (line->rest[l] && before == NULL)
        level->owed[count++] = round_owed(line, l, line->fixed.owed);
    for (int owed = 1; owed <= incoming; owed++)
        level->owed[count++] = line_block_round(line, l, owed);
    for (int k = first; line->rest[l] && k < n; k++)
        level->owed[count++] = line->picks[k].release;
    for (int k = 0; line->rest[l] && before != NULL && k < before->n_rest; k++)
        level->owed[count++] = round_owed(line, l, before->owed[k] - starts_of(line, l - 1));
    if (count > 1)
        qsort(level->owed, (size_t)count, sizeof *level->owed, compare_int);
    for (int k = 0; k < count; k++)
        if (k == 0 || level->owed[k] != level->owed[distinct - 1])
            level->owed[distinct++] = level->owed[k];
    level->n_rest = distinct;
    for (int k = 0; before != NULL && k < before->n_rest; k++)
        before->off_rest[k] =
            class_of_rest(level, round_owed(line, l, before->owed[k] - starts_of(line, l - 1)));
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
    line_count_fixed(line);
    line_walk_ends(line);
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
    line_plan_maps(line);
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
