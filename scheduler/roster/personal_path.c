#include "scheduler/roster/personal_path.h"

#include <string.h>

#define INFINITE (1 << 29)
#define FINITE_MAX (1 << 28) /* sums of arcs stay below it, INFINITE plus any sum above */
#define CELLS_MAX 12000000   /* 48 MB */
#define LAYERS_MAX 4096
#define PRICE_PASSES 16
#define LANES 4

typedef int32_t lanes
    __attribute__((vector_size(LANES * sizeof(int32_t)), aligned(sizeof(int32_t)), may_alias));

struct counter {
    int tmpl; /* n_tmpl for weekends */
    int max, stride;
};

/* Templates the kernel cannot tell apart on a day but for their cost. */
struct group {
    uint32_t before;
    int from; /* index of `before` among the distinct masks */
    int class, units, counter;
    int tmpl; /* the cheapest today, and its cost */
    int32_t cost;
};

struct end {
    int32_t value;
    int layer, state, units;
};

struct path {
    int32_t *value; /* (n_days + 1) × n_layers × n_states × width */
    uint8_t *alive; /* (n_days + 1) × n_layers × n_states: may hold something */
    size_t value_size, alive_size;
    int32_t *least; /* width: over the states of a mask */
    int least_size;
    uint8_t *found[PATH_BEST_MAX];
    int found_size;
    int64_t work;

    const struct path_query *q;
    struct counter counters[PERSONAL_TEMPLATES_MAX + 1];
    int n_counters, n_layers, n_states, width;
    int n_off, n_run; /* states of days off, and of worked days per class */
    struct group groups[PERSONAL_TEMPLATES_MAX];
    int n_groups;
    int group_of[PERSONAL_TEMPLATES_MAX];
    uint32_t masks[PERSONAL_TEMPLATES_MAX];
    int n_masks;
    int weekend_counter;                       /* -1 = not tracked */
    int32_t price[PERSONAL_TEMPLATES_MAX + 1]; /* multipliers of counters that are not tracked */
    struct end ends[PATH_BEST_MAX];
    int n_ends;
    int32_t *kept; /* costs with what is given up forbidden */
    size_t kept_size;
};

struct path *path_new(void)
{
    return g_new0(struct path, 1);
}

void path_free(struct path *path)
{
    if (path == NULL)
        return;
    g_free(path->value);
    g_free(path->alive);
    g_free(path->least);
    g_free(path->kept);
    for (int i = 0; i < PATH_BEST_MAX; i++)
        g_free(path->found[i]);
    g_free(path);
}

int64_t path_work(const struct path *path)
{
    return path->work;
}

/* ---- shape ---- */

static int32_t *cells(const struct path *p, int i, int layer, int state)
{
    return p->value +
           (((size_t)i * (size_t)p->n_layers + (size_t)layer) * (size_t)p->n_states + (size_t)state) *
               (size_t)p->width;
}

static uint8_t *alive(const struct path *p, int i, int layer, int state)
{
    return p->alive + ((size_t)i * (size_t)p->n_layers + (size_t)layer) * (size_t)p->n_states + (size_t)state;
}

static int work_state(const struct path *p, int class, int run)
{
    return p->n_off + class * p->n_run + run - 1;
}

/* Days worked among n in a row, at most. */
static int worked_max(const struct personal_contract *c, int n)
{
    int cycle = c->run_max + c->off_min;
    return n / cycle * c->run_max + MIN(n % cycle, c->run_max);
}

static int longest_units(const struct path_query *q)
{
    int longest = 0;
    for (int t = 0; t < q->n_tmpl; t++)
        if (q->limit[t] > 0)
            longest = MAX(longest, q->contract->units[t]);
    return longest;
}

/* Units that are of use after i days: below lo..hi too much is left to do, above it is too late. */
static void band(const struct path *p, int longest, int i, int *from, int *to)
{
    const struct path_query *q = p->q;
    *to = MIN(q->hi, worked_max(q->contract, i) * longest);
    *from = MAX(q->lo - worked_max(q->contract, q->n_days - i) * longest, 0);
}

static int counter_max(const struct path_query *q, int tmpl)
{
    return tmpl == q->n_tmpl ? q->weekends_max : q->limit[tmpl];
}

/* Lays out layers for the counters of memory; those that do not fit are left out. */
static void shape(struct path *p, const uint8_t *tracked)
{
    const struct path_query *q = p->q;
    const struct personal_contract *c = q->contract;
    p->n_off = c->off_min;
    p->n_run = MIN(c->run_max, q->n_days + q->run + 1);
    p->n_states = p->n_off + c->n_classes * p->n_run;
    p->width = (q->hi + 1 + 2 * LANES) / LANES * LANES;
    p->n_counters = 0;
    p->n_layers = 1;
    p->weekend_counter = -1;
    size_t per_layer = (size_t)(q->n_days + 1) * (size_t)p->n_states * (size_t)p->width;
    for (int k = q->n_tmpl; k >= 0; k--) {
        int max = counter_max(q, k);
        if (!tracked[k] || max >= q->n_days)
            continue;
        size_t layers = (size_t)p->n_layers * (size_t)(max + 1);
        if (layers > LAYERS_MAX || layers * per_layer > CELLS_MAX)
            continue;
        if (k == q->n_tmpl)
            p->weekend_counter = p->n_counters;
        p->counters[p->n_counters++] = (struct counter){k, max, p->n_layers};
        p->n_layers = (int)layers;
    }
    size_t n_values = per_layer * (size_t)p->n_layers + LANES;
    size_t n_alive = (size_t)(q->n_days + 1) * (size_t)p->n_layers * (size_t)p->n_states;
    if (n_values > p->value_size) {
        g_free(p->value);
        p->value = g_new(int32_t, n_values);
        p->value_size = n_values;
    }
    if (n_alive > p->alive_size) {
        g_free(p->alive);
        p->alive = g_new(uint8_t, n_alive);
        p->alive_size = n_alive;
    }
    if (p->width + LANES > p->least_size) {
        g_free(p->least);
        p->least_size = p->width + LANES;
        p->least = g_new(int32_t, p->least_size);
    }
    memset(p->alive, 0, n_alive);
}

static bool tracks(const struct path *p, int tmpl)
{
    for (int i = 0; i < p->n_counters; i++)
        if (p->counters[i].tmpl == tmpl)
            return true;
    return false;
}

static void find_groups(struct path *p)
{
    const struct path_query *q = p->q;
    const struct personal_contract *c = q->contract;
    p->n_groups = p->n_masks = 0;
    for (int t = 0; t < q->n_tmpl; t++) {
        p->group_of[t] = -1;
        if (c->class[t] < 0 || q->limit[t] <= 0)
            continue;
        struct group g = {.before = c->before[t], .class = c->class[t], .units = c->units[t], .counter = -1};
        for (int i = 0; i < p->n_counters; i++)
            if (p->counters[i].tmpl == t)
                g.counter = i;
        while (g.from < p->n_masks && p->masks[g.from] != g.before)
            g.from++;
        if (g.from == p->n_masks)
            p->masks[p->n_masks++] = g.before;
        int k = 0;
        while (k < p->n_groups && (p->groups[k].from != g.from || p->groups[k].class != g.class ||
                                   p->groups[k].units != g.units || p->groups[k].counter != g.counter))
            k++;
        if (k == p->n_groups)
            p->groups[p->n_groups++] = g;
        p->group_of[t] = k;
    }
}

static void price_groups(struct path *p, int i)
{
    const struct path_query *q = p->q;
    const int32_t *cost = q->cost + (size_t)i * (size_t)(q->n_tmpl + 1);
    for (int g = 0; g < p->n_groups; g++)
        p->groups[g].cost = PATH_FORBIDDEN;
    for (int t = 0; t < q->n_tmpl; t++) {
        if (p->group_of[t] < 0 || cost[t] >= PATH_FORBIDDEN)
            continue;
        struct group *g = &p->groups[p->group_of[t]];
        if (cost[t] + p->price[t] < g->cost) {
            g->cost = cost[t] + p->price[t];
            g->tmpl = t;
        }
    }
}

/* ---- forward ---- */

/* dst = min(dst, src + add) over n cells, rounded up to whole lanes. */
static inline void relax(int32_t *restrict dst, const int32_t *restrict src, int32_t add, int n)
{
    lanes more = {add, add, add, add};
    for (int i = 0; i < n; i += LANES) {
        lanes s = *(const lanes *)(const void *)(src + i) + more;
        lanes d = *(const lanes *)(const void *)(dst + i);
        lanes less = s < d;
        *(lanes *)(void *)(dst + i) = (s & less) | (d & ~less);
    }
}

static void clear(int32_t *dst, int n)
{
    for (int i = 0; i < n; i++)
        dst[i] = INFINITE;
}

struct step {
    int i;
    int32_t from, to;   /* units of use before the day … */
    int32_t nfrom, nto; /* … and after it */
    bool first_weekend; /* a shift after a day off is the first of a weekend */
    bool saturday;      /* … any shift is */
    int32_t weekend_price;
};

static void reach(struct path *p, const struct step *s, int layer, int state, const int32_t *src, int units,
                  int32_t add)
{
    int from = MAX(s->from, s->nfrom - units), to = MIN(s->to, s->nto - units);
    if (to < from)
        return;
    uint8_t *is = alive(p, s->i + 1, layer, state);
    int32_t *dst = cells(p, s->i + 1, layer, state);
    if (!*is) {
        clear(dst, p->width);
        *is = 1;
    }
    relax(dst + from + units, src + from, add, to - from + 1);
    p->work += to - from + 1 + LANES;
}

/* The layer a shift leads to, or -1 when a counter is full. */
static int next_layer(const struct path *p, int layer, const struct group *g, bool weekend)
{
    int to = layer;
    if (weekend && p->weekend_counter >= 0) {
        const struct counter *c = &p->counters[p->weekend_counter];
        if (layer / c->stride % (c->max + 1) == c->max)
            return -1;
        to += c->stride;
    }
    if (g->counter >= 0) {
        const struct counter *c = &p->counters[g->counter];
        if (layer / c->stride % (c->max + 1) == c->max)
            return -1;
        to += c->stride;
    }
    return to;
}

static void start_shifts(struct path *p, const struct step *s, int layer, int run, const int32_t *src,
                         int mask)
{
    bool weekend = s->saturday || (run == 1 && s->first_weekend);
    for (int k = 0; k < p->n_groups; k++) {
        const struct group *g = &p->groups[k];
        if (g->cost >= PATH_FORBIDDEN || (mask >= 0 && g->from != mask))
            continue;
        int to = next_layer(p, layer, g, weekend);
        if (to >= 0)
            reach(p, s, to, work_state(p, g->class, run), src, g->units,
                  g->cost + (weekend ? s->weekend_price : 0));
    }
}

/* A run of `run` worked days may end after i days of the window. */
static bool may_stop(const struct path_query *q, int i, int run)
{
    return run >= q->contract->run_min || (q->run_kept && run == q->run + i);
}

static void continue_runs(struct path *p, const struct step *s, int layer)
{
    const struct personal_contract *c = p->q->contract;
    int n = s->to - s->from + 1;
    for (int mask = 0; mask < p->n_masks; mask++)
        for (int run = 1; run < p->n_run; run++) {
            int32_t *least = p->least;
            int n_alive = 0;
            const int32_t *only = NULL;
            for (int class = 0; class < c->n_classes; class ++) {
                int state = work_state(p, class, run);
                if (!(p->masks[mask] >> class & 1) || !*alive(p, s->i, layer, state))
                    continue;
                const int32_t *src = cells(p, s->i, layer, state);
                if (n_alive++ == 0) {
                    only = src;
                    continue;
                }
                if (n_alive == 2) /* whole lanes, as relax reads them */
                    memcpy(least + s->from, only + s->from, (size_t)(n + LANES - 1) * sizeof *least);
                relax(least + s->from, src + s->from, 0, n);
                p->work += n;
            }
            if (n_alive > 0)
                start_shifts(p, s, layer, run + 1, n_alive == 1 ? only : least, mask);
        }
}

static void take_off(struct path *p, const struct step *s, int layer, int32_t cost)
{
    const struct personal_contract *c = p->q->contract;
    for (int off = 0; off < p->n_off; off++)
        if (*alive(p, s->i, layer, off))
            reach(p, s, layer, MIN(off + 1, p->n_off - 1), cells(p, s->i, layer, off), 0, cost);
    for (int class = 0; class < c->n_classes; class ++)
        for (int run = 1; run <= p->n_run; run++) {
            int state = work_state(p, class, run);
            if (*alive(p, s->i, layer, state) && may_stop(p->q, s->i, run))
                reach(p, s, layer, 0, cells(p, s->i, layer, state), 0, cost);
        }
}

static void set_step(const struct path *p, int longest, int i, struct step *s)
{
    const struct path_query *q = p->q;
    int day = q->first_day + i;
    *s = (struct step){.i = i};
    band(p, longest, i, &s->from, &s->to);
    band(p, longest, i + 1, &s->nfrom, &s->nto);
    s->saturday = personal_saturday(day) && !(i == q->n_days - 1 && q->sunday_taken);
    s->first_weekend = personal_sunday(day);
    s->weekend_price = p->price[q->n_tmpl] + q->weekend_cost;
}

static void forward(struct path *p)
{
    const struct path_query *q = p->q;
    int longest = longest_units(q);
    int start = q->worked ? work_state(p, q->class, q->run) : MIN(q->off, p->n_off) - 1;
    clear(cells(p, 0, 0, start), p->width);
    cells(p, 0, 0, start)[0] = 0;
    *alive(p, 0, 0, start) = 1;
    for (int i = 0; i < q->n_days; i++) {
        struct step s;
        set_step(p, longest, i, &s);
        price_groups(p, i);
        int32_t off_cost = q->cost[(size_t)i * (size_t)(q->n_tmpl + 1) + (size_t)q->n_tmpl];
        for (int layer = 0; layer < p->n_layers; layer++) {
            if (memchr(alive(p, i, layer, 0), 1, (size_t)p->n_states) == NULL)
                continue;
            if (off_cost < PATH_FORBIDDEN)
                take_off(p, &s, layer, off_cost);
            if (*alive(p, i, layer, p->n_off - 1))
                start_shifts(p, &s, layer, 1, cells(p, i, layer, p->n_off - 1), -1);
            continue_runs(p, &s, layer);
        }
    }
}

/* ---- ends and the way back ---- */

static bool may_end(const struct path *p, int state)
{
    const struct path_query *q = p->q;
    const struct personal_contract *c = q->contract;
    bool off = state < p->n_off;
    int class = off ? -1 : (state - p->n_off) / p->n_run, run = off ? 0 : (state - p->n_off) % p->n_run + 1;
    bool long_run = q->next_cut || q->next_run >= c->run_min;
    switch (q->next) {
    case PATH_END:
        return true;
    case PATH_WORK:
        if (off)
            return state == p->n_off - 1 && long_run;
        return (c->before[q->next_tmpl] >> class & 1) && run + q->next_run <= c->run_max &&
               (q->next_cut || run + q->next_run >= c->run_min || may_stop(q, q->n_days, run));
    case PATH_OFF:
        if (off)
            return q->next_cut || state + 1 + q->next_run >= c->off_min;
        return may_stop(q, q->n_days, run) && (q->next_cut || q->next_run >= c->off_min);
    }
    return false;
}

static void keep_end(struct path *p, int want, const struct end *end)
{
    int at = p->n_ends < want ? p->n_ends++ : want - 1;
    for (; at > 0 && p->ends[at - 1].value > end->value; at--)
        p->ends[at] = p->ends[at - 1];
    p->ends[at] = *end;
}

static void find_ends(struct path *p, int want)
{
    const struct path_query *q = p->q;
    p->n_ends = 0;
    for (int layer = 0; layer < p->n_layers; layer++)
        for (int state = 0; state < p->n_states; state++) {
            if (!*alive(p, q->n_days, layer, state) || !may_end(p, state))
                continue;
            const int32_t *value = cells(p, q->n_days, layer, state);
            for (int u = MAX(q->lo, 0); u <= q->hi; u++)
                if (value[u] < FINITE_MAX && (p->n_ends < want || value[u] < p->ends[want - 1].value))
                    keep_end(p, want, &(struct end){value[u], layer, state, u});
        }
}

/* Does (layer, state, units) before day i hold this value? */
static bool holds(const struct path *p, int i, int layer, int state, int units, int32_t value)
{
    return units >= 0 && *alive(p, i, layer, state) && cells(p, i, layer, state)[units] == value;
}

static bool back_off(const struct path *p, int i, struct end *at, int32_t value)
{
    const struct personal_contract *c = p->q->contract;
    for (int off = 0; off < p->n_off; off++)
        if (MIN(off + 1, p->n_off - 1) == at->state && holds(p, i, at->layer, off, at->units, value)) {
            at->state = off;
            return true;
        }
    for (int class = 0; class < c->n_classes && at->state == 0; class ++)
        for (int run = 1; run <= p->n_run; run++) {
            int state = work_state(p, class, run);
            if (may_stop(p->q, i, run) && holds(p, i, at->layer, state, at->units, value)) {
                at->state = state;
                return true;
            }
        }
    return false;
}

static bool back_group(const struct path *p, const struct step *s, const struct group *g, struct end *at)
{
    const struct personal_contract *c = p->q->contract;
    int run = (at->state - p->n_off) % p->n_run + 1, units = at->units - g->units;
    bool weekend = s->saturday || (run == 1 && s->first_weekend);
    int layer = at->layer;
    if (weekend && p->weekend_counter >= 0)
        layer -= p->counters[p->weekend_counter].stride;
    if (g->counter >= 0)
        layer -= p->counters[g->counter].stride;
    if (layer < 0 || next_layer(p, layer, g, weekend) != at->layer || units < s->from || units > s->to)
        return false;
    int32_t value = at->value - g->cost - (weekend ? s->weekend_price : 0);
    if (run == 1) {
        if (!holds(p, s->i, layer, p->n_off - 1, units, value))
            return false;
        *at = (struct end){value, layer, p->n_off - 1, units};
        return true;
    }
    for (int class = 0; class < c->n_classes; class ++) {
        int state = work_state(p, class, run - 1);
        if ((g->before >> class & 1) && holds(p, s->i, layer, state, units, value)) {
            *at = (struct end){value, layer, state, units};
            return true;
        }
    }
    return false;
}

static void go_back(struct path *p, struct end at, uint8_t *work)
{
    const struct path_query *q = p->q;
    int longest = longest_units(q);
    for (int i = q->n_days - 1; i >= 0; i--) {
        struct step s;
        set_step(p, longest, i, &s);
        price_groups(p, i);
        int32_t off_cost = q->cost[(size_t)i * (size_t)(q->n_tmpl + 1) + (size_t)q->n_tmpl];
        bool found = false;
        if (at.state < p->n_off) {
            found = back_off(p, i, &at, at.value - off_cost);
            at.value -= off_cost;
            work[i] = (uint8_t)q->n_tmpl;
        }
        int class = at.state < p->n_off || found ? -1 : (at.state - p->n_off) / p->n_run;
        for (int k = 0; k < p->n_groups && !found; k++) {
            if (p->groups[k].class != class || p->groups[k].cost >= PATH_FORBIDDEN)
                continue;
            work[i] = (uint8_t)p->groups[k].tmpl;
            found = back_group(p, &s, &p->groups[k], &at);
        }
        g_assert(found);
    }
}

/* ---- counters ---- */

/* Shifts of each template and weekends (at n_tmpl) of the window. */
static void count(const struct path_query *q, const uint8_t *work, int *n)
{
    memset(n, 0, (size_t)(q->n_tmpl + 1) * sizeof *n);
    for (int i = 0; i < q->n_days; i++) {
        if (work[i] == q->n_tmpl)
            continue;
        int day = q->first_day + i;
        bool before = i > 0 ? work[i - 1] != q->n_tmpl : q->worked;
        n[work[i]]++;
        if (personal_saturday(day))
            n[q->n_tmpl] += !(i == q->n_days - 1 && q->sunday_taken);
        else if (personal_sunday(day))
            n[q->n_tmpl] += !before;
    }
}

int path_weekends(const struct path_query *q, const uint8_t *work)
{
    int n[PERSONAL_TEMPLATES_MAX + 1];
    count(q, work, n);
    return n[q->n_tmpl];
}

static int64_t true_cost(const struct path_query *q, const uint8_t *work, const int *n)
{
    int64_t sum = (int64_t)q->weekend_cost * n[q->n_tmpl];
    for (int i = 0; i < q->n_days; i++)
        sum += q->cost[(size_t)i * (size_t)(q->n_tmpl + 1) + work[i]];
    return sum;
}

/* The legal ones of the ends. Returns how many. */
static int collect(struct path *p, struct path_found *found)
{
    const struct path_query *q = p->q;
    int n[PERSONAL_TEMPLATES_MAX + 1], n_found = 0;
    for (int e = 0; e < p->n_ends; e++) {
        uint8_t *work = p->found[n_found];
        go_back(p, p->ends[e], work);
        count(q, work, n);
        bool legal = true;
        for (int k = 0; k <= q->n_tmpl; k++)
            legal = legal && n[k] <= counter_max(q, k);
        if (legal)
            found[n_found++] = (struct path_found){true_cost(q, work, n), work};
    }
    return n_found;
}

static int64_t priced_bound(const struct path *p)
{
    int64_t bound = p->ends[0].value;
    for (int k = 0; k <= p->q->n_tmpl; k++)
        if (p->price[k] > 0)
            bound -= (int64_t)p->price[k] * counter_max(p->q, k);
    return bound;
}

static void run_again(struct path *p)
{
    memset(p->alive, 0, (size_t)(p->q->n_days + 1) * (size_t)p->n_layers * (size_t)p->n_states);
    forward(p);
    find_ends(p, 1);
}

/* Multipliers by bisection for counters that are not tracked but broken. Keeps the best legal work in
 * found[0]. */
static int solve_priced(struct path *p, struct path_found *found, int64_t *bound)
{
    const struct path_query *q = p->q;
    int32_t low[PERSONAL_TEMPLATES_MAX + 1] = {0}, high[PERSONAL_TEMPLATES_MAX + 1] = {0};
    int32_t most = FINITE_MAX / 2 / MAX(q->n_days, 1), first = MAX(most / 256, 1);
    int n[PERSONAL_TEMPLATES_MAX + 1], have = 0;
    uint8_t *trial = p->found[1];
    for (int pass = 0; pass < PRICE_PASSES && p->n_ends > 0; pass++) {
        go_back(p, p->ends[0], trial);
        count(q, trial, n);
        bool legal = true, moved = false;
        for (int k = 0; k <= q->n_tmpl; k++) {
            int max = counter_max(q, k);
            int32_t old = p->price[k];
            if (max == PERSONAL_FREE || tracks(p, k) || (n[k] <= max && old == 0))
                continue;
            legal = legal && n[k] <= max;
            if (n[k] > max)
                low[k] = old;
            else
                high[k] = old;
            if (n[k] != max)
                p->price[k] = high[k] > 0 ? (low[k] + high[k]) / 2 : MIN(MAX(2 * old, first), most);
            moved = moved || p->price[k] != old;
        }
        int64_t cost = true_cost(q, trial, n);
        if (legal && (have == 0 || cost < found[0].cost)) {
            memcpy(p->found[0], trial, (size_t)q->n_days);
            found[0] = (struct path_found){cost, p->found[0]};
            have = 1;
        }
        if (!moved)
            break;
        run_again(p);
        if (p->n_ends > 0)
            *bound = MAX(*bound, priced_bound(p));
    }
    return have;
}

/* Is day i of the window one that counts for counter k: worked by template k, or a day of a weekend? */
static bool counts_for(const struct path_query *q, int k, const uint8_t *work, int i)
{
    if (k < q->n_tmpl)
        return work[i] == k;
    int day = q->first_day + i;
    return (personal_saturday(day) || personal_sunday(day)) && work[i] != q->n_tmpl;
}

/* Of a work that has counter k too often the cheapest days keep it; on all others it is forbidden. A weekend
   stays or goes whole. */
static void give_up(struct path *p, int k, const uint8_t *work)
{
    const struct path_query *q = p->q;
    size_t stride = (size_t)(q->n_tmpl + 1);
    g_autofree bool *keeps = g_new0(bool, (gsize)q->n_days + 1);
    for (int left = counter_max(q, k); left > 0; left--) {
        int best = -1;
        for (int i = 0; i < q->n_days; i++)
            if (!keeps[i] && counts_for(q, k, work, i) &&
                (best < 0 ||
                 p->kept[(size_t)i * stride + work[i]] < p->kept[(size_t)best * stride + work[best]]))
                best = i;
        if (best < 0)
            break;
        keeps[best] = true;
        int other = personal_saturday(q->first_day + best) ? best + 1 : best - 1;
        if (k == q->n_tmpl && other >= 0 && other < q->n_days)
            keeps[other] = true;
    }
    for (int i = 0; i < q->n_days; i++) {
        int day = q->first_day + i;
        for (int t = 0; t < q->n_tmpl; t++)
            if (!keeps[i] && (k == t || (k == q->n_tmpl && (personal_saturday(day) || personal_sunday(day)))))
                p->kept[(size_t)i * stride + (size_t)t] = PATH_FORBIDDEN;
    }
}

/* A legal work, not the best: what is broken is given up, counter by counter. */
static int solve_restricted(struct path *p, struct path_found *found)
{
    const struct path_query *whole = p->q;
    struct path_query q = *whole;
    size_t n_costs = (size_t)q.n_days * (size_t)(q.n_tmpl + 1);
    int n[PERSONAL_TEMPLATES_MAX + 1], have = 0;
    if (n_costs > p->kept_size) {
        g_free(p->kept);
        p->kept = g_new(int32_t, n_costs);
        p->kept_size = n_costs;
    }
    memcpy(p->kept, q.cost, n_costs * sizeof *p->kept);
    q.cost = p->kept;
    p->q = &q;
    for (int pass = 0; pass <= q.n_tmpl + 1 && !have; pass++) {
        run_again(p);
        if (p->n_ends == 0)
            break;
        go_back(p, p->ends[0], p->found[0]);
        count(&q, p->found[0], n);
        have = 1;
        for (int k = 0; k <= q.n_tmpl; k++)
            if (n[k] > counter_max(&q, k)) {
                give_up(p, k, p->found[0]);
                have = 0;
            }
    }
    p->q = whole;
    if (have)
        found[0] = (struct path_found){true_cost(whole, p->found[0], n), p->found[0]};
    return have;
}

int path_solve(struct path *p, const struct path_query *q, int want, path_memory memory,
               struct path_found *found, int64_t *bound)
{
    uint8_t own[PERSONAL_TEMPLATES_MAX + 1] = {0}, *tracked = memory != NULL ? memory : own;
    p->q = q;
    *bound = INT64_MAX;
    if (q->hi < 0 || q->hi < q->lo || q->weekends_max < 0)
        return 0;
    if (p->found_size < q->n_days)
        for (int i = 0; i < PATH_BEST_MAX; i++)
            p->found[i] = g_renew(uint8_t, p->found[i], q->n_days);
    p->found_size = MAX(p->found_size, q->n_days);
    memset(p->price, 0, (size_t)(q->n_tmpl + 1) * sizeof *p->price);
    for (;;) {
        int n[PERSONAL_TEMPLATES_MAX + 1];
        bool more = false, unfit = false;
        shape(p, tracked);
        find_groups(p);
        forward(p);
        find_ends(p, want);
        if (p->n_ends == 0)
            return 0;
        *bound = p->ends[0].value;
        go_back(p, p->ends[0], p->found[0]);
        count(q, p->found[0], n);
        for (int k = 0; k <= q->n_tmpl; k++) {
            if (n[k] <= counter_max(q, k))
                continue;
            more = more || !tracked[k];
            unfit = unfit || tracked[k];
            tracked[k] = 1;
        }
        if (more)
            continue;
        if (!unfit)
            return collect(p, found);
        return solve_priced(p, found, bound) ? 1 : solve_restricted(p, found);
    }
}

/* ---- windows ---- */

/* Days worked, or off, in a row before `to` / from `from` on. */
static int run_before(const uint8_t *work, int off, int to)
{
    int n = 0;
    while (to - n - 1 >= 0 && (work[to - n - 1] == off) == (work[to - 1] == off))
        n++;
    return n;
}

static int run_from(const uint8_t *work, int off, int from, int n_days)
{
    int n = 0;
    while (from + n < n_days && (work[from + n] == off) == (work[from] == off))
        n++;
    return n;
}

static void count_outside(const struct personal_model *model, const struct personal_contract *pc,
                          const uint8_t *work, int from, int to, int *limit, struct path_query *q)
{
    int off = model->n_tmpl, units = 0, weekends = 0;
    for (int day = 0; day < model->n_days; day++) {
        bool outside = day < from || day >= to;
        if (!outside || work[day] == off)
            continue;
        units += pc->units[work[day]];
        if (limit[work[day]] != PERSONAL_FREE)
            limit[work[day]]--;
        bool sunday_after_saturday =
            personal_sunday(day) && day > 0 && work[day - 1] != off && (day - 1 < from || day - 1 >= to);
        weekends += (personal_saturday(day) || personal_sunday(day)) && !sunday_after_saturday;
    }
    q->lo = MAX(pc->lo - units, 0);
    q->hi = pc->hi - units;
    q->weekends_max = pc->weekends_max == PERSONAL_FREE ? PERSONAL_FREE : pc->weekends_max - weekends;
}

void path_window(const struct personal_model *model, int agent, const uint8_t *work, int from, int to,
                 int *limit, struct path_query *q)
{
    const struct personal_contract *pc = personal_contract(model, agent);
    int off = model->n_tmpl;
    memcpy(limit, pc->limit, (size_t)model->n_tmpl * sizeof *limit);
    *q = (struct path_query){.contract = pc,
                             .n_tmpl = model->n_tmpl,
                             .first_day = from,
                             .n_days = to - from,
                             .run_kept = from == 0,
                             .off = pc->off_min,
                             .limit = limit};
    count_outside(model, pc, work, from, to, limit, q);
    if (from > 0) {
        int run = run_before(work, off, from);
        q->worked = work[from - 1] != off;
        if (q->worked) {
            q->class = pc->class[work[from - 1]];
            q->run = run;
            q->run_kept = run == from;
        } else
            q->off = run == from ? pc->off_min : MIN(run, pc->off_min);
    }
    if (to == model->n_days)
        return;
    q->next = work[to] == off ? PATH_OFF : PATH_WORK;
    q->next_tmpl = work[to];
    q->next_run = run_from(work, off, to, model->n_days);
    q->next_cut = to + q->next_run == model->n_days;
    q->sunday_taken = personal_sunday(to) && work[to] != off;
}
