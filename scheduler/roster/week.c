#include "scheduler/roster/week.h"

#include <limits.h>
#include <math.h>
#include <string.h>

/* A slot as the week sees it. */
struct pick {
    double value;
    int slot;
    int bucket, night;
    int rank, release; /* 0 where the boundary before, behind the day is not tracked */
    int read, write;   /* classes of rest on the level before, behind the day */
};

struct arc {
    double bound;
    int from_min;
};

struct week {
    const struct roster_model *model;
    const struct agent_class *class;
    const struct catalogue *cat;
    uint8_t *allowed;   /* per slot of the largest catalogue */
    struct pick *picks; /* by day */
    int n_picks[ROSTER_DAYS_MAX + 1];
    bool tracked[ROSTER_DAYS_MAX + 1]; /* per level: is rest owed by the days before remembered? */
    bool nights;                       /* are nights counted? */
    int *owed[ROSTER_DAYS_MAX + 1]; /* per level: the distinct rests owed, ascending from 0; a label of class
                                       k owes at most owed[k] starts */
    int n_owed[ROSTER_DAYS_MAX + 1];
    double *label;
    size_t label_size;
    struct tour candidate;
    size_t level[ROSTER_DAYS_MAX + 1]; /* where each level begins */
    int n_nights, n_buckets;
    int *least[ROSTER_DAYS_MAX + 1],
        *most[ROSTER_DAYS_MAX + 1]; /* per level and node: buckets on a way through */
};

struct week *week_new(const struct roster_model *model)
{
    struct week *week = g_new0(struct week, 1);
    int slots = 0;
    for (int c = 0; c < model->n_catalogues; c++)
        slots = MAX(slots, model->catalogues[c].n_slots);
    week->model = model;
    week->allowed = g_new0(uint8_t, slots + 1);
    week->picks = g_new0(struct pick, slots + 1);
    for (int level = 0; level <= ROSTER_DAYS_MAX; level++) {
        week->owed[level] = g_new0(int, 2 * slots + 2);
        week->least[level] = g_new0(int, 1 << ROSTER_DAYS_MAX);
        week->most[level] = g_new0(int, 1 << ROSTER_DAYS_MAX);
    }
    return week;
}

void week_free(struct week *week)
{
    if (week == NULL)
        return;
    g_free(week->allowed);
    g_free(week->picks);
    for (int level = 0; level <= ROSTER_DAYS_MAX; level++) {
        g_free(week->owed[level]);
        g_free(week->least[level]);
        g_free(week->most[level]);
    }
    g_free(week->label);
    tour_clear(&week->candidate);
    g_free(week);
}

/* ---- picks and classes of rest ---- */

/* The best allowed slot of each kind a day can tell apart. */
static int choose_day(struct week *week, int day, const double *value, int first)
{
    const struct catalogue *cat = week->cat;
    int n = first;
    for (int i = cat->day_slot[day]; i < cat->day_slot[day + 1]; i++) {
        const struct slot *slot = &cat->slots[i];
        if (!week->allowed[i] || value[i] == INFINITY)
            continue;
        struct pick pick = {.value = value[i],
                            .slot = i,
                            .bucket = week->class->timed ? slot->bucket : 0,
                            .night = week->nights ? slot->night : 0,
                            .rank = week->tracked[day] ? slot->rank : 0,
                            .release = week->tracked[day + 1] ? slot->release : 0};
        if (pick.bucket >= week->n_buckets || pick.night >= week->n_nights)
            continue;
        int k = n - 1; /* slots come by start: equal kinds are near */
        while (k >= first && (week->picks[k].bucket != pick.bucket || week->picks[k].night != pick.night ||
                              week->picks[k].rank != pick.rank || week->picks[k].release != pick.release))
            k = week->picks[k].rank == pick.rank ? k - 1 : -1;
        if (k < first)
            week->picks[n++] = pick;
        else if (pick.value < week->picks[k].value)
            week->picks[k] = pick;
    }
    return n;
}

/* Largest class that owes at most `starts`. */
static int class_of_rest(const struct week *week, int level, int starts)
{
    int k = week->n_owed[level] - 1;
    while (k > 0 && week->owed[level][k] > starts)
        k--;
    return k;
}

static int compare_int(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

/* For levels from 1; nothing is owed on level 0. */
static void classes_of_level(struct week *week, int level)
{
    int *owed = week->owed[level], n = 0, distinct = 0;
    owed[n++] = 0;
    if (week->tracked[level]) {
        for (int k = week->n_picks[level - 1]; k < week->n_picks[level]; k++)
            owed[n++] = week->picks[k].release;
        for (int k = 0; k < week->n_owed[level - 1]; k++)
            owed[n++] = MAX(week->owed[level - 1][k] - week->cat->day_starts[level - 1], 0);
        qsort(owed, (size_t)n, sizeof *owed, compare_int);
    }
    for (int k = 0; k < n; k++)
        if (k == 0 || owed[k] != owed[distinct - 1])
            owed[distinct++] = owed[k];
    week->n_owed[level] = distinct;
}

static void choose_picks(struct week *week, const double *value)
{
    const struct agent_class *class = week->class;
    int n_days = week->cat->n_days;
    week->n_nights = week->nights ? class->nights_max + 1 : 1;
    week->n_buckets = class->timed ? class->bucket_hi + 1 : 1;
    week->n_picks[0] = 0;
    week->owed[0][0] = 0;
    week->n_owed[0] = 1;
    for (int day = 0; day < n_days; day++) {
        week->n_picks[day + 1] = choose_day(week, day, value, week->n_picks[day]);
        classes_of_level(week, day + 1);
        for (int k = week->n_picks[day]; k < week->n_picks[day + 1]; k++) {
            struct pick *pick = &week->picks[k];
            pick->read = class_of_rest(week, day, pick->rank);
            pick->write = class_of_rest(week, day + 1, pick->release);
        }
    }
}

/* ---- labels ---- */

static double *label_at(const struct week *week, int level, int node, int rest, int night)
{
    size_t row =
        ((size_t)node * (size_t)week->n_owed[level] + (size_t)rest) * (size_t)week->n_nights + (size_t)night;
    return week->label + week->level[level] + row * (size_t)week->n_buckets;
}

static void shape_labels(struct week *week)
{
    const struct automaton *automaton = &week->class->automaton;
    size_t size = 0;
    for (int level = 0; level <= automaton->n_days; level++) {
        week->level[level] = size;
        size += (size_t)automaton->n_nodes[level] * (size_t)week->n_owed[level] * (size_t)week->n_nights *
                (size_t)week->n_buckets;
    }
    if (size > week->label_size) {
        g_free(week->label);
        week->label = g_new(double, size);
        week->label_size = size;
    }
    for (size_t i = 0; i < size; i++)
        week->label[i] = INFINITY;
}

static void widen(struct week *week, int level, int node, int least, int most)
{
    week->least[level][node] = MIN(week->least[level][node], least);
    week->most[level][node] = MAX(week->most[level][node], most);
}

/* Buckets each node can hold on a way from the start into the weekly range: labels outside are never touched.
 */
static void reachable_buckets(struct week *week)
{
    const struct agent_class *class = week->class;
    const struct automaton *automaton = &class->automaton;
    int last = automaton->n_days, shortest[ROSTER_DAYS_MAX], longest[ROSTER_DAYS_MAX];
    for (int level = 0; level <= last; level++)
        for (int node = 0; node < automaton->n_nodes[level]; node++) {
            week->least[level][node] = level == 0 ? 0 : week->n_buckets;
            week->most[level][node] = level == 0 ? 0 : -1;
        }
    for (int day = 0; day < last; day++) {
        shortest[day] = week->n_buckets;
        longest[day] = -1;
        for (int k = week->n_picks[day]; k < week->n_picks[day + 1]; k++) {
            shortest[day] = MIN(shortest[day], week->picks[k].bucket);
            longest[day] = MAX(longest[day], week->picks[k].bucket);
        }
        for (int node = 0; node < automaton->n_nodes[day]; node++) {
            int off = automaton->off[day][node], work = automaton->work[day][node];
            int least = week->least[day][node], most = week->most[day][node];
            if (most < least)
                continue;
            if (off >= 0)
                widen(week, day + 1, off, least, most);
            if (work >= 0 && longest[day] >= 0)
                widen(week, day + 1, work, least + shortest[day],
                      MIN(most + longest[day], week->n_buckets - 1));
        }
    }
    for (int node = 0; node < automaton->n_nodes[last]; node++)
        week->least[last][node] = MAX(week->least[last][node], class->bucket_lo);
    for (int day = last - 1; day >= 0; day--)
        for (int node = 0; node < automaton->n_nodes[day]; node++) {
            int off = automaton->off[day][node], work = automaton->work[day][node];
            int least = week->n_buckets, most = -1;
            if (off >= 0 && week->least[day + 1][off] <= week->most[day + 1][off]) {
                least = week->least[day + 1][off];
                most = week->most[day + 1][off];
            }
            if (work >= 0 && longest[day] >= 0 && week->least[day + 1][work] <= week->most[day + 1][work]) {
                least = MIN(least, week->least[day + 1][work] - longest[day]);
                most = MAX(most, week->most[day + 1][work] - shortest[day]);
            }
            week->least[day][node] = MAX(week->least[day][node], least);
            week->most[day][node] = MIN(week->most[day][node], most);
        }
}

static inline void relax(double *restrict to, const double *restrict from, double cost, int n)
{
    for (int m = 0; m < n; m++) {
        double c = from[m] + cost;
        to[m] = c < to[m] ? c : to[m];
    }
}

static void step_day(struct week *week, int day)
{
    const struct automaton *automaton = &week->class->automaton;
    int n_next = week->n_owed[day + 1], nb = week->n_buckets, nn = week->n_nights;
    for (int node = 0; node < automaton->n_nodes[day]; node++) {
        int off = automaton->off[day][node], work = automaton->work[day][node];
        int from = week->least[day][node], n = week->most[day][node] - from + 1;
        for (int r = 0; n > 0 && off >= 0 && r < n_next; r++) {
            int starts =
                week->tracked[day + 1] ? week->owed[day + 1][r] + week->cat->day_starts[day] : INT_MAX;
            int rest = class_of_rest(week, day, starts);
            for (int night = 0; night < nn; night++)
                relax(label_at(week, day + 1, off, r, night) + from,
                      label_at(week, day, node, rest, night) + from, 0, n);
        }
        for (int k = week->n_picks[day]; n > 0 && work >= 0 && k < week->n_picks[day + 1]; k++) {
            const struct pick *pick = &week->picks[k];
            int n_fit = MIN(n, nb - pick->bucket - from);
            for (int night = pick->night; night < nn; night++)
                relax(label_at(week, day + 1, work, pick->write, night) + pick->bucket + from,
                      label_at(week, day, node, pick->read, night - pick->night) + from, pick->value, n_fit);
        }
    }
    for (int node = 0; node < automaton->n_nodes[day + 1]; node++) {
        int from = week->least[day + 1][node], n = week->most[day + 1][node] - from + 1;
        for (int r = 1; n > 0 && r < n_next; r++)
            for (int night = 0; night < nn; night++)
                relax(label_at(week, day + 1, node, r, night) + from,
                      label_at(week, day + 1, node, r - 1, night) + from, 0, n);
    }
}

/* Where a way back stands. */
struct trail {
    int node, rest, night, bucket;
    const struct pick *pick; /* NULL: a day without a shift */
    double miss;
};

static void try_trail(const struct week *week, int day, struct trail next, double cost, double target,
                      struct trail *best)
{
    next.miss = fabs(label_at(week, day, next.node, next.rest, next.night)[next.bucket] + cost - target);
    if (next.miss < best->miss)
        *best = next;
}

/* Follows the labels back; every step takes the predecessor whose sum is the label. */
static void walk_back(const struct week *week, struct trail at, struct tour *tour)
{
    const struct automaton *automaton = &week->class->automaton;
    struct duty duties[ROSTER_DAYS_MAX];
    int n = 0;
    for (int day = automaton->n_days - 1; day >= 0; day--) {
        double target = label_at(week, day + 1, at.node, at.rest, at.night)[at.bucket];
        int owed = week->owed[day + 1][at.rest];
        struct trail best = {.node = -1, .miss = INFINITY};
        for (int p = 0; p < automaton->n_nodes[day] && best.miss > 0; p++) {
            int starts = week->tracked[day + 1] ? owed + week->cat->day_starts[day] : INT_MAX;
            if (automaton->off[day][p] == at.node)
                try_trail(week, day,
                          (struct trail){p, class_of_rest(week, day, starts), at.night, at.bucket, NULL, 0},
                          0, target, &best);
            if (automaton->work[day][p] != at.node)
                continue;
            for (int k = week->n_picks[day]; k < week->n_picks[day + 1]; k++) {
                const struct pick *pick = &week->picks[k];
                if (pick->write <= at.rest && pick->night <= at.night && pick->bucket <= at.bucket)
                    try_trail(week, day,
                              (struct trail){p, pick->read, at.night - pick->night, at.bucket - pick->bucket,
                                             pick, 0},
                              pick->value, target, &best);
            }
        }
        g_assert(best.node >= 0);
        if (best.pick != NULL)
            duties[n++] = (struct duty){.slot = best.pick->slot, .variant = -1};
        at = best;
    }
    tour_reserve(tour, n);
    tour->n = n;
    for (int i = 0; i < n; i++)
        tour->duty[i] = duties[n - 1 - i];
}

/* One pass with what is tracked; the tour is left alone when the cost is not below `cutoff`. */
static double solve_pass(struct week *week, double cutoff, struct tour *tour)
{
    const struct agent_class *class = week->class;
    int last = class->automaton.n_days;
    shape_labels(week);
    reachable_buckets(week);
    label_at(week, 0, 0, 0, 0)[0] = 0;
    for (int day = 0; day < last; day++)
        step_day(week, day);
    double best = cutoff;
    struct trail at = {.node = -1, .rest = week->n_owed[last] - 1};
    for (int node = 0; node < class->automaton.n_nodes[last]; node++)
        for (int night = 0; night < week->n_nights; night++) {
            const double *row = label_at(week, last, node, at.rest, night);
            for (int b = class->bucket_lo; b < week->n_buckets; b++)
                if (row[b] < best) {
                    best = row[b];
                    at.node = node;
                    at.night = night;
                    at.bucket = b;
                }
        }
    if (at.node < 0)
        return INFINITY;
    walk_back(week, at, tour);
    return best;
}

/* ---- lazily tracked rules ---- */

/* Tracks what the tour breaks; true when it breaks nothing. */
static bool keeps_rules(struct week *week, const struct tour *tour)
{
    const struct catalogue *cat = week->cat;
    bool ok = true;
    int nights = 0;
    for (int i = 0; i < tour->n; i++) {
        const struct slot *slot = &cat->slots[tour->duty[i].slot];
        nights += slot->night;
        if (i + 1 == tour->n)
            break;
        const struct slot *next = &cat->slots[tour->duty[i + 1].slot];
        int rank = next->rank;
        for (int day = slot->day + 1; day < next->day; day++)
            rank += cat->day_starts[day];
        if (rank >= slot->release)
            continue;
        for (int level = slot->day + 1; level <= next->day; level++)
            week->tracked[level] = true;
        ok = false;
    }
    if (nights > week->class->nights_max) {
        week->nights = true;
        ok = false;
    }
    return ok;
}

/* Best week out of the allowed slots, INFINITY when none costs less than `cutoff`. */
static double solve_allowed(struct week *week, const double *value, double cutoff, struct tour *tour)
{
    memset(week->tracked, 0, sizeof week->tracked);
    week->nights = false;
    for (;;) {
        choose_picks(week, value);
        double cost = solve_pass(week, cutoff, &week->candidate);
        if (cost == INFINITY)
            return INFINITY;
        if (keeps_rules(week, &week->candidate)) {
            tour_copy(tour, &week->candidate);
            return cost;
        }
    }
}

/* ---- start-time arcs ---- */

/* Cheapest way through the automaton with one value per day. */
static double bound_days(const struct automaton *automaton, const double *best)
{
    double cost[2][1 << ROSTER_DAYS_MAX];
    cost[0][0] = 0;
    for (int day = 0; day < automaton->n_days; day++) {
        double *now = cost[day % 2], *next = cost[1 - day % 2];
        for (int node = 0; node < automaton->n_nodes[day + 1]; node++)
            next[node] = INFINITY;
        for (int node = 0; node < automaton->n_nodes[day]; node++) {
            int off = automaton->off[day][node], work = automaton->work[day][node];
            if (off >= 0)
                next[off] = MIN(next[off], now[node]);
            if (work >= 0)
                next[work] = MIN(next[work], now[node] + best[day]);
        }
    }
    double least = INFINITY;
    for (int node = 0; node < automaton->n_nodes[automaton->n_days]; node++)
        least = MIN(least, cost[automaton->n_days % 2][node]);
    return least;
}

static int compare_arc(const void *a, const void *b)
{
    const struct arc *x = a, *y = b;
    if (x->bound != y->bound)
        return x->bound < y->bound ? -1 : 1;
    return x->from_min - y->from_min;
}

/* Arcs that begin at a legal start, with a bound each; returns how many. */
static int bound_arcs(struct week *week, const double *value, struct arc *arcs)
{
    const struct catalogue *cat = week->cat;
    int place[DAY_MIN], minutes[DAY_MIN], n = 0;
    memset(place, -1, sizeof place);
    for (int i = 0; i < cat->n_slots; i++)
        if (week->class->legal[i])
            place[cat->slots[i].start_min] = 0;
    for (int minute = 0; minute < DAY_MIN; minute++)
        if (place[minute] == 0) {
            minutes[n] = minute;
            place[minute] = n++;
        }
    g_autofree double *best = g_new(double, (size_t)n *ROSTER_DAYS_MAX + 1); /* by start, then day */
    for (int i = 0; i < n * ROSTER_DAYS_MAX; i++)
        best[i] = INFINITY;
    for (int i = 0; i < cat->n_slots; i++) {
        double *cell = &best[place[cat->slots[i].start_min] * ROSTER_DAYS_MAX + cat->slots[i].day];
        if (week->class->legal[i])
            *cell = MIN(*cell, value[i]);
    }
    for (int i = 0; i < n; i++) {
        double least[ROSTER_DAYS_MAX];
        memcpy(least, best + i * ROSTER_DAYS_MAX, sizeof least);
        for (int k = 1; k < n; k++) {
            int other = (i + k) % n;
            if ((minutes[other] - minutes[i] + DAY_MIN) % DAY_MIN > cat->spread_min)
                break;
            for (int day = 0; day < cat->n_days; day++)
                least[day] = MIN(least[day], best[other * ROSTER_DAYS_MAX + day]);
        }
        arcs[i] = (struct arc){bound_days(&week->class->automaton, least), minutes[i]};
    }
    return n;
}

static double solve_arcs(struct week *week, const double *value, struct tour *tour)
{
    const struct catalogue *cat = week->cat;
    struct arc arcs[DAY_MIN];
    int n = bound_arcs(week, value, arcs);
    if (n == 0) {
        memset(week->allowed, 0, (size_t)cat->n_slots);
        return solve_allowed(week, value, INFINITY, tour);
    }
    qsort(arcs, (size_t)n, sizeof *arcs, compare_arc);
    double best = INFINITY;
    for (int i = 0; i < n && arcs[i].bound < best; i++) {
        for (int k = 0; k < cat->n_slots; k++) {
            int ahead = cat->slots[k].start_min - arcs[i].from_min;
            ahead += ahead < 0 ? DAY_MIN : 0;
            week->allowed[k] = week->class->legal[k] && ahead <= cat->spread_min;
        }
        double cost = solve_allowed(week, value, best, tour);
        best = MIN(best, cost);
    }
    return best;
}

double week_solve(struct week *week, const struct agent_class *class, const double *value, struct tour *tour)
{
    week->class = class;
    week->cat = &week->model->catalogues[class->catalogue];
    tour->n = 0;
    if (class->bucket_lo > class->bucket_hi || class->nights_max < 0 || class->automaton.n_days == 0)
        return INFINITY;
    if (week->cat->spread_min < DAY_MIN)
        return solve_arcs(week, value, tour);
    memcpy(week->allowed, class->legal, (size_t)week->cat->n_slots);
    return solve_allowed(week, value, INFINITY, tour);
}
