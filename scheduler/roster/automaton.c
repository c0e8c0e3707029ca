#include "scheduler/roster/automaton.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "scheduler/roster/automaton_rules.h"

#define NODES_MAX 600

/* ---- a set of byte strings of one size ---- */

struct pool {
    size_t size; /* of an item */
    char *items;
    int n, room;
    int *slots; /* open addressing, -1 = free */
    int n_slots;
};

static void pool_init(struct pool *pool, size_t size)
{
    *pool = (struct pool){.size = size, .room = 64, .n_slots = 256};
    pool->items = g_malloc(size * 64);
    pool->slots = g_new(int, 256);
    memset(pool->slots, -1, 256 * sizeof *pool->slots);
}

static void pool_clear(struct pool *pool)
{
    g_free(pool->items);
    g_free(pool->slots);
    *pool = (struct pool){0};
}

static void pool_empty(struct pool *pool)
{
    pool->n = 0;
    memset(pool->slots, -1, (size_t)pool->n_slots * sizeof *pool->slots);
}

static const void *pool_at(const struct pool *pool, int i)
{
    return pool->items + (size_t)i * pool->size;
}

static uint64_t hash_bytes(const char *bytes, size_t n)
{
    uint64_t hash = 0xcbf29ce484222325ull;
    for (; n >= 8; n -= 8, bytes += 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        hash = (hash ^ word) * 0x9e3779b97f4a7c15ull;
        hash ^= hash >> 29;
    }
    for (; n > 0; n--)
        hash = (hash ^ (uint8_t)*bytes++) * 0x100000001b3ull;
    return hash ^ hash >> 32;
}

static int *pool_slot(const struct pool *pool, const void *item)
{
    uint64_t i = hash_bytes(item, pool->size);
    for (;; i++) {
        int *slot = &pool->slots[i & (uint64_t)(pool->n_slots - 1)];
        if (*slot < 0 || memcmp(pool_at(pool, *slot), item, pool->size) == 0)
            return slot;
    }
}

/* Index of the item, added where it is new. */
static int pool_add(struct pool *pool, const void *item)
{
    int *slot = pool_slot(pool, item);
    if (*slot >= 0)
        return *slot;
    if (pool->n == pool->room) {
        pool->room *= 2;
        pool->items = g_realloc(pool->items, (size_t)pool->room * pool->size);
    }
    memcpy(pool->items + (size_t)pool->n * pool->size, item, pool->size);
    *slot = pool->n++;
    if (pool->n * 2 > pool->n_slots) {
        g_free(pool->slots);
        pool->n_slots *= 4;
        pool->slots = g_new(int, pool->n_slots);
        memset(pool->slots, -1, (size_t)pool->n_slots * sizeof *pool->slots);
        for (int i = 0; i < pool->n; i++)
            *pool_slot(pool, pool_at(pool, i)) = i;
    }
    return pool->n - 1;
}

/* ---- rules that may be counted instead ---- */

/* Was the day worked by a published shift? Days before day 0, and day 0 itself. */
static bool published(const struct line_rules *rules, int day)
{
    if (day >= 0)
        return day == 0 && rules->taken > 0;
    int letter = day + rules->n_past < 0 ? 0 : rules->past[day + rules->n_past];
    return letter > 0 && letter != LINE_DAY_UNKNOWN;
}

/* Weekends by number: 0 is the one of (or next after) day 0. */
struct weekends {
    int first_wednesday; /* before weekend 0 */
    int n;               /* that have a day in the horizon */
    int n_past;
    uint8_t *past; /* n_past + 1: published shifts worked on them; past[i] is weekend i - n_past, so that
                      the last is weekend 0 itself */
};

static void weekends_init(struct weekends *weekends, const struct rule_walk *walk)
{
    const struct line_rules *rules = walk->rules;
    int from = rule_walk_weekend_start(walk, 0), last = -1;
    for (int day = 0; day < rules->n_days; day++)
        if (rule_walk_in_weekend(walk, day))
            last = (day - from) / 7;
    weekends->first_wednesday = from;
    weekends->n = last + 1;
    weekends->n_past = (rules->n_past + 6) / 7 + 1;
    weekends->past = g_new0(uint8_t, weekends->n_past + 1);
    for (int day = -rules->n_past; day <= 0; day++)
        if (rule_walk_in_weekend(walk, day) && published(rules, day)) {
            int weekend = (rule_walk_weekend_start(walk, day) - from) / 7;
            weekends->past[weekends->n_past + weekend] = 1;
        }
}

/* Published weekends among the `of` that end with weekend j. */
static int weekends_before(const struct weekends *weekends, int of, int j)
{
    int n = 0;
    for (int i = 0; i <= weekends->n_past; i++)
        n += weekends->past[i] && i - weekends->n_past > j - of && i - weekends->n_past <= j;
    return n;
}

static void add_counter(struct line_automaton *automaton, uint64_t tags, int from, int to, int hi,
                        double price)
{
    struct line_counter counter = {.tags = tags,
                                   .from = MAX(from, 0),
                                   .to = MIN(to, automaton->n_days),
                                   .week = -1,
                                   .range = line_range_priced(0, MAX(hi, 0), 0, price)};
    automaton->counters = g_renew(struct line_counter, automaton->counters, automaton->n_counters + 1);
    automaton->counters[automaton->n_counters++] = counter;
}

/* Does one sum over the horizon say it all? */
static bool weekends_single(const struct line_rules *rules, const struct weekends *weekends)
{
    int all = weekends_before(weekends, rules->weekends_of, 0);
    return rules->weekends_of >= weekends->n &&
           weekends_before(weekends, rules->weekends_of, weekends->n - 1) == all;
}

static void count_weekends(const struct line_rules *rules, const struct weekends *weekends,
                           struct line_automaton *automaton)
{
    int of = rules->weekends_of, from = weekends->first_wednesday;
    if (weekends->n == 0)
        return;
    if (weekends_single(rules, weekends)) {
        int hi = rules->weekends_max - weekends_before(weekends, of, 0);
        if (hi < weekends->n)
            add_counter(automaton, LINE_TAG_WEEKEND, 0, rules->n_days, hi, rules->weekends_price);
        return;
    }
    if (rules->weekends_price > 0) {
        automaton->relaxed = true;
        return;
    }
    for (int j = 0; j < weekends->n; j++) {
        int hi = rules->weekends_max - weekends_before(weekends, of, j);
        if (hi < MIN(j + 1, of))
            add_counter(automaton, LINE_TAG_WEEKEND, from + 7 * (j - of + 1), from + 7 * (j + 1), hi, 0);
    }
}

static int days_before(const struct line_rules *rules, int from)
{
    int n = 0;
    for (int day = MAX(from, -rules->n_past); day <= 0; day++)
        n += published(rules, day);
    return n;
}

static void count_window(const struct line_rules *rules, struct line_automaton *automaton)
{
    if (rules->window_price > 0 && rules->window_days < rules->n_days + rules->n_past) {
        automaton->relaxed = true;
        return;
    }
    for (int day = 0; day < rules->n_days; day++) {
        int from = day - rules->window_days + 1, hi = rules->window_max - days_before(rules, from);
        if (hi < MIN(day + 1, rules->window_days) && (rules->window_price <= 0 || day + 1 == rules->n_days))
            add_counter(automaton, LINE_TAG_WORK, from, day + 1, hi, rules->window_price);
    }
}

/* ---- expansion ---- */

/* Until the end `head` of an arc holds its tags. */
struct level {
    int n;
    struct line_arc *arcs; /* n × (n_letters + 1) */
};

/* All states that can be reached, level by level; false when a level grows beyond nodes_max. */
static bool expand(const struct rule_walk *walk, const uint8_t *may, int nodes_max, struct level *levels)
{
    const struct line_rules *rules = walk->rules;
    int n_letters = rules->n_letters + 1;
    struct pool now, next;
    pool_init(&now, sizeof(struct rule_state));
    pool_init(&next, sizeof(struct rule_state));
    struct rule_state start = rule_walk_start(walk);
    pool_add(&now, &start);
    bool ok = true;
    for (int day = 0; day < rules->n_days && ok; day++) {
        struct level *level = &levels[day];
        level->n = now.n;
        level->arcs = g_new(struct line_arc, (size_t)now.n * (size_t)n_letters);
        bool taken = day == 0 && rules->taken > 0;
        for (int node = 0; node < now.n; node++)
            for (int letter = 0; letter < n_letters; letter++) {
                struct rule_state state = *(const struct rule_state *)pool_at(&now, node);
                struct line_arc arc = {.to = -1};
                uint32_t tags = 0;
                bool can = taken ? letter == 0 : may == NULL || may[day * n_letters + letter];
                if (can && taken)
                    arc.cost = rule_walk_taken(walk, &state);
                else if (can)
                    arc.cost = rule_walk_step(walk, &state, day, letter, &tags);
                if (can && arc.cost < INFINITY)
                    arc.to = pool_add(&next, &state);
                arc.head = (int32_t)tags;
                if (arc.to < 0)
                    arc = (struct line_arc){.to = -1};
                level->arcs[node * n_letters + letter] = arc;
            }
        struct pool swap = now;
        now = next;
        next = swap;
        pool_empty(&next);
        ok = now.n <= nodes_max && now.n > 0;
    }
    levels[rules->n_days].n = now.n;
    pool_clear(&now);
    pool_clear(&next);
    return ok;
}

/* From behind: nodes without a way on go, nodes with the same arcs become one. */
static void merge(struct level *levels, int n_days, int n_letters)
{
    struct pool pool;
    size_t row = (size_t)n_letters * sizeof(struct line_arc);
    pool_init(&pool, row);
    int n_last = levels[n_days].n;
    g_autofree int *map = g_new0(int, n_last + 1); /* every node of the last level accepts: all are one */
    levels[n_days].n = MIN(n_last, 1);
    for (int day = n_days - 1; day >= 0; day--) {
        struct level *level = &levels[day];
        int *own = g_new(int, level->n + 1);
        pool_empty(&pool);
        for (int node = 0; node < level->n; node++) {
            struct line_arc *arcs = level->arcs + (size_t)node * (size_t)n_letters;
            bool alive = false;
            for (int letter = 0; letter < n_letters; letter++) {
                if (arcs[letter].to >= 0)
                    arcs[letter].to = map[arcs[letter].to];
                if (arcs[letter].to < 0)
                    arcs[letter] = (struct line_arc){.to = -1};
                alive |= arcs[letter].to >= 0;
            }
            own[node] = alive ? pool_add(&pool, arcs) : -1;
        }
        memcpy(level->arcs, pool.items, (size_t)pool.n * row);
        level->n = pool.n;
        g_free(map);
        map = own;
    }
    pool_clear(&pool);
}

static void free_levels(struct level *levels, int n_days)
{
    for (int day = 0; day < n_days; day++)
        g_free(levels[day].arcs);
    g_free(levels);
}

/* Gives the arcs of a day their heads; returns how many there are. */
static int find_heads(struct level *level, int n_letters, struct line_head **out)
{
    struct pool pool;
    pool_init(&pool, sizeof(struct line_head));
    for (int letter = 0; letter < n_letters; letter++)
        for (int node = 0; node < level->n; node++) {
            struct line_arc *arc = &level->arcs[node * n_letters + letter];
            struct line_head head = {arc->to, letter, (uint32_t)arc->head};
            arc->head = letter > 0 && arc->to >= 0 ? pool_add(&pool, &head) : -1;
        }
    int n = pool.n;
    *out = g_new(struct line_head, n + 1);
    memcpy(*out, pool.items, (size_t)n * sizeof **out);
    pool_clear(&pool);
    return n;
}

static struct line_automaton *finish(struct level *levels, const struct line_rules *rules)
{
    struct line_automaton *automaton = g_new0(struct line_automaton, 1);
    automaton->n_days = rules->n_days;
    automaton->n_letters = rules->n_letters;
    automaton->n_nodes = g_new(int, rules->n_days + 1);
    automaton->arcs = g_new0(struct line_arc *, rules->n_days + 1);
    automaton->n_heads = g_new0(int, rules->n_days + 1);
    automaton->heads = g_new0(struct line_head *, rules->n_days + 1);
    for (int day = 0; day <= rules->n_days; day++) {
        automaton->n_nodes[day] = levels[day].n;
        if (day < rules->n_days)
            automaton->n_heads[day] = find_heads(&levels[day], rules->n_letters + 1, &automaton->heads[day]);
        automaton->arcs[day] = g_steal_pointer(&levels[day].arcs);
    }
    return automaton;
}

struct line_automaton *line_automaton_new(const struct line_rules *rules, const uint8_t *may)
{
    struct rule_walk walk;
    struct weekends weekends;
    int nodes_max = rules->nodes_max > 0 ? rules->nodes_max : NODES_MAX;
    rule_walk_init(&walk, rules);
    weekends_init(&weekends, &walk);
    walk.window = rules->window_days > 0 && rules->window_days <= 64 &&
                  (rules->window_days <= 7 || rules->window_price > 0 || rules->n_days <= 9);
    walk.weekends = rules->weekends_of > 0 && rules->weekends_of <= 64 &&
                    rules->weekends_max < rules->weekends_of &&
                    (weekends.n <= 2 || rules->weekends_of <= 2 ||
                     (rules->weekends_price > 0 && !weekends_single(rules, &weekends)));
    struct level *levels;
    for (;;) {
        levels = g_new0(struct level, rules->n_days + 1);
        int limit = walk.window || walk.weekends ? nodes_max : INT_MAX;
        bool ok = expand(&walk, may, limit, levels);
        if (ok || levels[rules->n_days].n == 0 || limit == INT_MAX)
            break;
        free_levels(levels, rules->n_days);
        if (walk.window)
            walk.window = false;
        else
            walk.weekends = false;
    }
    struct line_automaton *automaton = NULL;
    if (levels[rules->n_days].n > 0) {
        merge(levels, rules->n_days, rules->n_letters + 1);
        automaton = levels[0].n > 0 ? finish(levels, rules) : NULL;
    }
    if (automaton != NULL && rules->window_days > 0 && !walk.window)
        count_window(rules, automaton);
    if (automaton != NULL && rules->weekends_of > 0 && rules->weekends_max < rules->weekends_of &&
        !walk.weekends)
        count_weekends(rules, &weekends, automaton);
    free_levels(levels, rules->n_days);
    g_free(weekends.past);
    rule_walk_clear(&walk);
    return automaton;
}

void line_automaton_free(struct line_automaton *automaton)
{
    if (automaton == NULL)
        return;
    for (int day = 0; day < automaton->n_days; day++) {
        g_free(automaton->arcs[day]);
        g_free(automaton->heads[day]);
    }
    g_free(automaton->arcs);
    g_free(automaton->heads);
    g_free(automaton->n_heads);
    g_free(automaton->n_nodes);
    g_free(automaton->counters);
    g_free(automaton);
}

/* ---- the cost of given letters ---- */

static double unit_price(double price)
{
    return price > 0 ? price : INFINITY;
}

static double window_cost(const struct line_rules *rules, const uint8_t *letters)
{
    double cost = 0;
    for (int day = 0; day < rules->n_days && rules->window_days > 0; day++) {
        int n = days_before(rules, day - rules->window_days + 1);
        for (int d = MAX(day - rules->window_days + 1, 0); d <= day; d++)
            n += letters[d] > 0;
        if (letters[day] > 0 && n > rules->window_max)
            cost += unit_price(rules->window_price);
    }
    return cost;
}

static double weekends_cost(const struct rule_walk *walk, const uint8_t *letters)
{
    const struct line_rules *rules = walk->rules;
    if (rules->weekends_of == 0)
        return 0;
    struct weekends weekends;
    weekends_init(&weekends, walk);
    g_autofree uint8_t *worked = g_new0(uint8_t, weekends.n + 1);
    for (int day = 0; day < rules->n_days; day++)
        if (rule_walk_in_weekend(walk, day) && letters[day] > 0)
            worked[(day - weekends.first_wednesday) / 7] = 1;
    if (weekends.n > 0 && weekends.past[weekends.n_past])
        worked[0] = 0; /* counted with the past */
    double cost = 0;
    for (int j = 0; j < weekends.n; j++) {
        int n = weekends_before(&weekends, rules->weekends_of, j);
        for (int i = MAX(j - rules->weekends_of + 1, 0); i <= j; i++)
            n += worked[i];
        if (worked[j] && n > rules->weekends_max)
            cost += unit_price(rules->weekends_price);
    }
    g_free(weekends.past);
    return cost;
}

double line_rules_tags(const struct line_rules *rules, const uint8_t *letters, uint32_t *tags)
{
    struct rule_walk walk;
    rule_walk_init(&walk, rules);
    walk.window = walk.weekends = false;
    struct rule_state state = rule_walk_start(&walk);
    double cost = 0;
    for (int day = 0; day < rules->n_days; day++) {
        tags[day] = 0;
        if (day == 0 && rules->taken > 0 && letters[0] > 0)
            cost = INFINITY;
        else if (day == 0 && rules->taken > 0)
            cost += rule_walk_taken(&walk, &state);
        else
            cost += rule_walk_step(&walk, &state, day, letters[day], &tags[day]);
    }
    cost += window_cost(rules, letters) + weekends_cost(&walk, letters);
    rule_walk_clear(&walk);
    return cost;
}

double line_rules_cost(const struct line_rules *rules, const uint8_t *letters)
{
    g_autofree uint32_t *tags = g_new(uint32_t, rules->n_days + 1);
    return line_rules_tags(rules, letters, tags);
}
