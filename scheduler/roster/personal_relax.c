#include "scheduler/roster/personal_relax.h"

#include <math.h>
#include <string.h>

#define AVERAGE 0.07       /* weight of the newest works … */
#define AVERAGE_LATE 0.023 /* … when steps have become small */
#define LATE 0.1           /* factor below which they are */
#define STEP_FIRST 1.0     /* factor of the Polyak step, and how it moves */
#define STEP_MORE 1.1
#define STEP_LESS 0.7
#define STEP_LEAST 1e-4  /* then steps change nothing any more */
#define STEP_PATIENCE 10 /* steps without a better bound */
#define AHEAD_LEAST 1e-3
#define AHEAD 0.05 /* of the bound: so far above it the optimum may be */

/* Templates that differ in their cost alone. */
struct group {
    int mask, class;
};

struct shape {
    int n_off, n_run, n_states;
    uint32_t masks[PERSONAL_TEMPLATES_MAX];
    int n_masks;
    struct group groups[PERSONAL_TEMPLATES_MAX];
    int n_groups;
    int16_t group_of[PERSONAL_TEMPLATES_MAX]; /* -1 = not allowed */
};

/* One agent's quotas and what is paid for them; n_quotas of each. */
enum { QUOTA_MINUTES, QUOTA_WEEKENDS, QUOTA_TEMPLATE };

/* Work space of a thread. */
struct room {
    double *value[2]; /* n_states */
    uint16_t *from;   /* n_days × n_states: state before … */
    uint8_t *group;   /* … and group worked */
    uint8_t *best;    /* n_days × n_groups: template */
};

struct relax {
    const struct personal_model *model;
    int threads, n_quotas; /* of an agent: minutes, weekends, templates */
    struct shape *shapes;  /* n_contracts */
    struct room rooms[2];
    double *unit; /* n_agents: a shift of middling length, in units: what the slope of minutes is scaled by */
    double *price, *best; /* n_rows + n_agents × n_quotas: now, and of the best bound */
    double *slope, *average;
    double *cell;  /* n_sites × n_days × n_tmpl: what the rows pay now */
    double *least; /* n_agents: cost of the path */
    uint8_t *work; /* n_agents × n_days */
    float *share;  /* n_agents × n_days × n_tmpl */
    double bound, factor, turn;
    int failed, steps;
    const int *stop;
};

/* ---- shape ---- */

static void set_shape(const struct personal_model *model, const struct personal_contract *c, struct shape *s)
{
    s->n_off = c->off_min;
    s->n_run = MIN(c->run_max, model->n_days);
    s->n_states = s->n_off + c->n_classes * s->n_run;
    for (int t = 0; t < model->n_tmpl; t++) {
        s->group_of[t] = -1;
        if (c->class[t] < 0)
            continue;
        struct group g = {.class = c->class[t]};
        while (g.mask < s->n_masks && s->masks[g.mask] != c->before[t])
            g.mask++;
        if (g.mask == s->n_masks)
            s->masks[s->n_masks++] = c->before[t];
        int k = 0;
        while (k < s->n_groups && (s->groups[k].mask != g.mask || s->groups[k].class != g.class))
            k++;
        if (k == s->n_groups)
            s->groups[s->n_groups++] = g;
        s->group_of[t] = (int16_t)k;
    }
}

static int quota(const struct relax *x, int agent, int k)
{
    return x->model->n_rows + agent * x->n_quotas + k;
}

struct relax *relax_new(const struct personal_model *model, int threads)
{
    struct relax *x = g_new0(struct relax, 1);
    size_t n_days = (size_t)model->n_days, n_tmpl = (size_t)model->n_tmpl, n_agents = (size_t)model->n_agents;
    x->model = model;
    x->threads = threads;
    x->n_quotas = QUOTA_TEMPLATE + model->n_tmpl;
    x->shapes = g_new0(struct shape, model->n_contracts + 1);
    size_t n_states = 1, n_groups = 1;
    for (int i = 0; i < model->n_contracts; i++) {
        set_shape(model, &model->contracts[i], &x->shapes[i]);
        n_states = MAX(n_states, (size_t)x->shapes[i].n_states);
        n_groups = MAX(n_groups, (size_t)x->shapes[i].n_groups);
    }
    for (int i = 0; i < 2; i++)
        x->rooms[i] = (struct room){{g_new(double, n_states), g_new(double, n_states)},
                                    g_new(uint16_t, n_days * n_states),
                                    g_new(uint8_t, n_days * n_states),
                                    g_new(uint8_t, n_days * n_groups)};
    size_t n_prices = (size_t)model->n_rows + n_agents * (size_t)x->n_quotas + 1;
    x->price = g_new0(double, n_prices);
    x->best = g_new0(double, n_prices);
    x->slope = g_new0(double, n_prices);
    x->average = g_new0(double, n_prices);
    x->unit = g_new0(double, n_agents + 1);
    x->cell = g_new0(double, (size_t)model->n_sites *n_days *n_tmpl + 1);
    x->least = g_new0(double, n_agents + 1);
    x->work = g_new(uint8_t, n_agents * n_days + 1);
    x->share = g_new0(float, n_agents *n_days *n_tmpl + 1);
    x->bound = -INFINITY;
    x->factor = STEP_FIRST;
    for (int a = 0; a < model->n_agents; a++) {
        const struct personal_contract *c = personal_contract(model, a);
        int n = 0;
        for (int t = 0; t < model->n_tmpl; t++)
            if (c->limit[t] > 0) {
                x->unit[a] += c->units[t];
                n++;
            }
        x->unit[a] = n > 0 ? MAX(x->unit[a] / n, 1) : 1;
    }
    return x;
}

void relax_free(struct relax *x)
{
    if (x == NULL)
        return;
    for (int i = 0; i < 2; i++) {
        g_free(x->rooms[i].value[0]);
        g_free(x->rooms[i].value[1]);
        g_free(x->rooms[i].from);
        g_free(x->rooms[i].group);
        g_free(x->rooms[i].best);
    }
    g_free(x->shapes);
    g_free(x->price);
    g_free(x->best);
    g_free(x->slope);
    g_free(x->average);
    g_free(x->unit);
    g_free(x->cell);
    g_free(x->least);
    g_free(x->work);
    g_free(x->share);
    g_free(x);
}

/* ---- one agent ---- */

/* What the best template of each group costs on the day. */
static void price_groups(const struct relax *x, const struct shape *s, int agent, int day, double *cost,
                         uint8_t *best)
{
    const struct personal_model *model = x->model;
    const struct personal_contract *c = personal_contract(model, agent);
    const double *own = personal_cost(model, agent, day), *price = x->price + quota(x, agent, 0);
    const double *paid = x->cell + ((size_t)model->site_of[agent] * (size_t)model->n_days + (size_t)day) *
                                       (size_t)model->n_tmpl;
    for (int g = 0; g < s->n_groups; g++)
        cost[g] = INFINITY;
    for (int t = 0; t < model->n_tmpl; t++) {
        int g = s->group_of[t];
        if (g < 0)
            continue;
        double sum = own[t] - paid[t] + price[QUOTA_MINUTES] * c->units[t] + price[QUOTA_TEMPLATE + t];
        if (sum < cost[g]) {
            cost[g] = sum;
            best[g] = (uint8_t)t;
        }
    }
}

struct arc {
    double *to;
    uint16_t *from;
    uint8_t *group;
};

static inline void reach(const struct arc *arc, int state, double value, int from, int group)
{
    if (value < arc->to[state]) {
        arc->to[state] = value;
        arc->from[state] = (uint16_t)from;
        arc->group[state] = (uint8_t)group;
    }
}

/* Shifts of a run's day `run` after the states of a mask, or the first ones. */
static void work(const struct shape *s, const struct arc *arc, const double *cost, int mask, int run,
                 double value, int from)
{
    for (int g = 0; g < s->n_groups; g++)
        if (mask < 0 || s->groups[g].mask == mask)
            reach(arc, s->n_off + s->groups[g].class * s->n_run + run - 1, value + cost[g], from, g);
}

static void one_day(const struct relax *x, const struct shape *s, int agent, int day, const double *value,
                    const double *cost, const struct arc *arc)
{
    const struct personal_contract *c = personal_contract(x->model, agent);
    double weekend = x->price[quota(x, agent, QUOTA_WEEKENDS)];
    double first = personal_saturday(day) || personal_sunday(day) ? weekend : 0,
           later = personal_saturday(day) ? weekend : 0;
    double off = personal_cost(x->model, agent, day)[x->model->n_tmpl];
    for (int i = 0; i < s->n_off; i++)
        if (value[i] < INFINITY)
            reach(arc, MIN(i + 1, s->n_off - 1), value[i] + off, i, 0);
    for (int run = 1; run <= s->n_run; run++)
        for (int class = 0; class < c->n_classes && (run >= c->run_min || run == day); class ++) {
            int state = s->n_off + class * s->n_run + run - 1;
            reach(arc, 0, value[state] + off, state, 0);
        }
    if (value[s->n_off - 1] < INFINITY)
        work(s, arc, cost, -1, 1, value[s->n_off - 1] + first, s->n_off - 1);
    for (int run = 1; run < s->n_run; run++)
        for (int mask = 0; mask < s->n_masks; mask++) {
            int from = -1;
            double least = INFINITY;
            for (int class = 0; class < c->n_classes; class ++) {
                int state = s->n_off + class * s->n_run + run - 1;
                if ((s->masks[mask] >> class & 1) && value[state] < least) {
                    least = value[state];
                    from = state;
                }
            }
            if (from >= 0)
                work(s, arc, cost, mask, run + 1, least + later, from);
        }
}

/* The best work of the agent at the prices. */
static void price_agent(struct relax *x, struct room *room, int agent)
{
    const struct personal_model *model = x->model;
    const struct shape *s = &x->shapes[model->contract_of[agent]];
    double cost[PERSONAL_TEMPLATES_MAX];
    double *now = room->value[0], *next = room->value[1];
    uint8_t *days = x->work + (size_t)agent * (size_t)model->n_days;
    for (int i = 0; i < s->n_states; i++)
        now[i] = INFINITY;
    now[s->n_off - 1] = 0;
    for (int day = 0; day < model->n_days; day++) {
        size_t at = (size_t)day * (size_t)s->n_states;
        for (int i = 0; i < s->n_states; i++)
            next[i] = INFINITY;
        price_groups(x, s, agent, day, cost, room->best + (size_t)day * (size_t)s->n_groups);
        struct arc arc = {next, room->from + at, room->group + at};
        one_day(x, s, agent, day, now, cost, &arc);
        double *swap = now;
        now = next;
        next = swap;
    }
    int state = 0;
    for (int i = 1; i < s->n_states; i++)
        if (now[i] < now[state])
            state = i;
    x->least[agent] = now[state];
    for (int day = model->n_days - 1; day >= 0; day--) {
        size_t at = (size_t)day * (size_t)s->n_states + (size_t)state;
        days[day] = state < s->n_off ? (uint8_t)model->n_tmpl
                                     : room->best[(size_t)day * (size_t)s->n_groups + room->group[at]];
        state = room->from[at];
    }
}

/* ---- all agents ---- */

struct part {
    struct relax *x;
    int first;
};

static gpointer price_part(gpointer data)
{
    struct part *part = data;
    struct relax *x = part->x;
    for (int a = part->first; a < x->model->n_agents && !(x->stop != NULL && g_atomic_int_get(x->stop));
         a += 2)
        price_agent(x, &x->rooms[part->first], a);
    return NULL;
}

static bool price_all(struct relax *x)
{
    const struct personal_model *model = x->model;
    struct part even = {x, 0}, odd = {x, 1};
    size_t i = 0;
    for (int site = 0; site < model->n_sites; site++)
        for (int day = 0; day < model->n_days; day++)
            for (int t = 0; t < model->n_tmpl; t++, i++) {
                x->cell[i] = 0;
                for (int k = model->cell_at[i]; k < model->cell_at[i + 1]; k++)
                    x->cell[i] += x->price[model->cell_row[k]];
            }
    GThread *thread = x->threads > 1 ? g_thread_new("pricing", price_part, &odd) : NULL;
    price_part(&even);
    if (thread != NULL)
        g_thread_join(thread);
    else
        price_part(&odd);
    return x->stop == NULL || !g_atomic_int_get(x->stop);
}

static int most(const struct relax *x, int agent, int k)
{
    const struct personal_contract *c = personal_contract(x->model, agent);
    return k == QUOTA_MINUTES ? c->hi
                              : (k == QUOTA_WEEKENDS ? c->weekends_max : c->limit[k - QUOTA_TEMPLATE]);
}

/* What the agent's work uses of each quota. */
static void count_use(const struct relax *x, int agent, int *use)
{
    const struct personal_model *model = x->model;
    const struct personal_contract *c = personal_contract(model, agent);
    const uint8_t *days = x->work + (size_t)agent * (size_t)model->n_days;
    memset(use, 0, (size_t)x->n_quotas * sizeof *use);
    for (int day = 0; day < model->n_days; day++) {
        if (days[day] == model->n_tmpl)
            continue;
        bool before = day > 0 && days[day - 1] != model->n_tmpl;
        use[QUOTA_MINUTES] += c->units[days[day]];
        use[QUOTA_WEEKENDS] += personal_saturday(day) || (personal_sunday(day) && !before);
        use[QUOTA_TEMPLATE + days[day]]++;
    }
}

/* Rows: what is missing. Quotas: what is used beyond them; slopes of minutes are in middling shifts. */
static double set_slope(struct relax *x)
{
    const struct personal_model *model = x->model;
    double bound = 0;
    int use[QUOTA_TEMPLATE + PERSONAL_TEMPLATES_MAX];
    for (int r = 0; r < model->n_rows; r++) {
        x->slope[r] = model->rows[r].need;
        bound += model->rows[r].need * x->price[r];
    }
    for (int a = 0; a < model->n_agents; a++) {
        const uint8_t *days = x->work + (size_t)a * (size_t)model->n_days;
        const struct personal_contract *c = personal_contract(model, a);
        for (int day = 0; day < model->n_days; day++) {
            int n = 0;
            const int *rows = days[day] == model->n_tmpl ? NULL : personal_cell(model, a, day, days[day], &n);
            for (int i = 0; i < n; i++)
                x->slope[rows[i]]--;
        }
        bound += x->least[a];
        count_use(x, a, use);
        const double *price = x->price + quota(x, a, 0);
        double *slope = x->slope + quota(x, a, 0);
        for (int k = 0; k < x->n_quotas; k++) {
            int limit = most(x, a, k);
            slope[k] = limit == PERSONAL_FREE ? 0 : use[k] - limit;
            bound -= limit == PERSONAL_FREE ? 0 : MAX(price[k], 0) * limit;
        }
        bound -= MIN(price[QUOTA_MINUTES], 0) * c->lo;
    }
    return bound;
}

/* Minutes: between least and most nothing pulls at a price of 0, and each end at its own sign. */
static double slope_minutes(const struct relax *x, int agent, double over_most, double price)
{
    const struct personal_contract *c = personal_contract(x->model, agent);
    double over_least = over_most + c->hi - c->lo;
    double pull =
        price > 0 ? over_most : (price < 0 ? over_least : (over_most > 0 ? over_most : MIN(over_least, 0)));
    return pull / x->unit[agent];
}

static double pull(const struct relax *x, int i)
{
    int rows = x->model->n_rows;
    if (i < rows) {
        const struct personal_row *row = &x->model->rows[i];
        bool out = (x->average[i] > 0 && x->price[i] >= row->under) ||
                   (x->average[i] < 0 && x->price[i] <= -row->over);
        return out ? 0 : x->average[i];
    }
    int agent = (i - rows) / x->n_quotas, k = (i - rows) % x->n_quotas;
    if (k == QUOTA_MINUTES)
        return slope_minutes(x, agent, x->average[i], x->price[i]);
    return x->average[i] < 0 && x->price[i] <= 0 ? 0 : x->average[i];
}

static void move(struct relax *x, double target)
{
    int rows = x->model->n_rows, n = rows + x->model->n_agents * x->n_quotas;
    double norm = 0;
    for (int i = 0; i < n; i++)
        norm += pull(x, i) * pull(x, i);
    double ahead = target - x->bound;
    if (x->bound > 0)
        ahead = MIN(ahead, AHEAD * x->bound);
    ahead = MAX(ahead, AHEAD_LEAST * fabs(target));
    double step = norm > 0 ? x->factor * ahead / norm : 0;
    for (int i = 0; i < n; i++) {
        double more = step * pull(x, i);
        int k = (i - rows) % x->n_quotas;
        if (i < rows)
            x->price[i] = CLAMP(x->price[i] + more, -x->model->rows[i].over, x->model->rows[i].under);
        else if (k == QUOTA_MINUTES)
            x->price[i] = x->price[i] + more / x->unit[(i - rows) / x->n_quotas];
        else
            x->price[i] = MAX(x->price[i] + more, 0);
    }
}

static void average(struct relax *x, double weight)
{
    const struct personal_model *model = x->model;
    int n = model->n_rows + model->n_agents * x->n_quotas;
    for (int i = 0; i < n; i++)
        x->average[i] = weight * x->slope[i] + (1 - weight) * x->average[i];
    size_t n_days = (size_t)model->n_agents * (size_t)model->n_days, n_tmpl = (size_t)model->n_tmpl;
    float old = (float)(1 - weight);
    for (size_t i = 0; i < n_days * n_tmpl; i++)
        x->share[i] *= old;
    for (size_t i = 0; i < n_days; i++)
        if (x->work[i] != model->n_tmpl)
            x->share[i * n_tmpl + x->work[i]] += (float)weight;
}

bool relax_step(struct relax *x, double target, const int *stop)
{
    x->stop = stop;
    if (x->steps == 0)
        for (int r = 0; r < x->model->n_rows; r++)
            x->price[r] = (x->model->rows[r].under - x->model->rows[r].over) / 2;
    if (x->steps > 0)
        move(x, target);
    if (!price_all(x))
        return false;
    double bound = set_slope(x), turn = 0;
    bound -= 1e-9 * fabs(bound);
    int n = x->model->n_rows + x->model->n_agents * x->n_quotas;
    for (int i = 0; i < n; i++)
        turn += x->slope[i] * x->average[i];
    average(x, x->steps++ == 0 ? 1 : (x->factor > LATE ? AVERAGE : AVERAGE_LATE));
    if (bound > x->bound) {
        x->bound = bound;
        memcpy(x->best, x->price, (size_t)n * sizeof *x->best);
        x->failed = 0;
        if (turn >= 0)
            x->factor *= STEP_MORE;
    } else if (++x->failed >= STEP_PATIENCE) {
        x->factor = x->factor * STEP_LESS;
        x->failed = 0;
        memcpy(x->price, x->best, (size_t)n * sizeof *x->best);
    }
    return true;
}

/* ---- what came out ---- */

bool relax_settled(const struct relax *x)
{
    return x->factor < STEP_LEAST;
}

double relax_bound(const struct relax *x)
{
    return x->bound;
}

const double *relax_prices(const struct relax *x)
{
    return x->best;
}

double relax_minutes_price(const struct relax *x, int agent)
{
    return x->best[quota(x, agent, QUOTA_MINUTES)];
}

double relax_weekend_price(const struct relax *x, int agent)
{
    return x->best[quota(x, agent, QUOTA_WEEKENDS)];
}

const double *relax_template_prices(const struct relax *x, int agent)
{
    return x->best + quota(x, agent, QUOTA_TEMPLATE);
}

const float *relax_shares(const struct relax *x, int agent)
{
    return x->share + (size_t)agent * (size_t)x->model->n_days * (size_t)x->model->n_tmpl;
}

double relax_step_work(const struct relax *x)
{
    double sum = 0;
    for (int a = 0; a < x->model->n_agents; a++) {
        const struct shape *s = &x->shapes[x->model->contract_of[a]];
        int n_classes = (s->n_states - s->n_off) / MAX(s->n_run, 1);
        sum += (double)x->model->n_days *
               (2 * x->model->n_tmpl + s->n_run * (s->n_masks * n_classes + 2 * s->n_groups));
    }
    return sum;
}
