#include "scheduler/roster/personal_guide.h"

#include <math.h>
#include <string.h>

#define WINDOW 28 /* days … */
#define AHEAD 14  /* … and those behind, which the next window decides again */
#define PASSES 2  /* in each window */

struct guide {
    const struct personal_model *model;
    const struct relax *relax;
    struct personal_roster *roster;
    double *extra;   /* n_rows: shifts of the averages that are not whole yet */
    bool *lost;      /* n_agents: who gets another roster's days */
    float *units;    /* n_agents × n_days: averaged units … */
    float *weekends; /* … and weekends up to the end of the day */
    struct path *path;
    int32_t *cost; /* n_days × (n_tmpl + 1) */
    const int *stop;
};

static bool stopped(const struct guide *g)
{
    return g->stop != NULL && g_atomic_int_get(g->stop);
}

/* Adds the agent's averages of the days to what is not whole yet (or takes them away). */
static void add_average(struct guide *g, int agent, int from, int to, double sign)
{
    const struct personal_model *model = g->model;
    const float *share = relax_shares(g->relax, agent);
    for (int day = from; day < to; day++)
        for (int t = 0; t < model->n_tmpl; t++) {
            double y = (double)share[day * model->n_tmpl + t];
            int n = 0;
            const int *rows = y > 0 ? personal_cell(model, agent, day, t, &n) : NULL;
            for (int i = 0; i < n; i++)
                g->extra[rows[i]] += sign * y;
        }
}

/* Averaged minutes and weekends from the first day on; minutes are stretched to what the contract asks. */
static void sum_quotas(struct guide *g, int agent)
{
    const struct personal_model *model = g->model;
    const struct personal_contract *c = personal_contract(model, agent);
    const float *share = relax_shares(g->relax, agent);
    float *units = g->units + (size_t)agent * (size_t)model->n_days,
          *weekends = g->weekends + (size_t)agent * (size_t)model->n_days;
    double sum = 0, n = 0, saturday = 0;
    for (int day = 0; day < model->n_days; day++) {
        double worked = 0;
        for (int t = 0; t < model->n_tmpl; t++) {
            double y = (double)share[day * model->n_tmpl + t];
            worked += y;
            sum += y * c->units[t];
        }
        if (personal_saturday(day))
            n += saturday = worked;
        else if (personal_sunday(day))
            n += MAX(worked - saturday, 0);
        units[day] = (float)sum;
        weekends[day] = (float)n;
    }
    double stretch = sum > 0 ? CLAMP(sum, c->lo, c->hi) / sum : 1;
    bool binds = c->weekends_max != PERSONAL_FREE && relax_weekend_price(g->relax, agent) > 0;
    double more = binds && n > 0 ? c->weekends_max / n : 1;
    for (int day = 0; day < model->n_days; day++) {
        units[day] *= (float)stretch;
        weekends[day] *= (float)more;
    }
}

/* Lowers the window's quotas to what the average has used at its end; `loose`: only minutes, and hardly. */
static void pace(const struct guide *g, int agent, int to, int loose, int *limit, struct path_query *q)
{
    const struct personal_model *model = g->model;
    const struct personal_contract *c = q->contract;
    if (to == model->n_days)
        return;
    size_t at = (size_t)agent * (size_t)model->n_days + (size_t)to - 1;
    int longest = 0, used = c->hi - q->hi, aim = (int)lround((double)g->units[at]) - used;
    for (int t = 0; t < model->n_tmpl; t++)
        longest = MAX(longest, c->limit[t] > 0 ? c->units[t] : 0);
    q->lo = MAX(aim - 2 * loose * longest, 0);
    q->hi = MIN(q->hi, MAX(aim + 2 * (1 + loose) * longest, 0));
    if (c->weekends_max != PERSONAL_FREE)
        q->weekends_max =
            MIN(q->weekends_max,
                MAX((int)(g->weekends[at] + 1.2F) + loose - (c->weekends_max - q->weekends_max), 0));
    const float *share = relax_shares(g->relax, agent);
    for (int t = 0; t < model->n_tmpl; t++) {
        if (c->limit[t] == PERSONAL_FREE || c->limit[t] == 0)
            continue;
        float n = 0;
        for (int day = 0; day < to; day++)
            n += share[day * model->n_tmpl + t];
        limit[t] = MIN(limit[t], MAX((int)(n + 4) + loose - (c->limit[t] - limit[t]), 0));
    }
}

/* What one more shift is worth where so many are there in the mean. */
static double gain(const struct personal_row *row, double cover)
{
    double part = CLAMP(row->need - cover, 0, 1);
    return part * row->under - (1 - part) * row->over;
}

/* Costs of the agent's days, who is off in the roster and gone from the averages. */
static void set_costs(struct guide *g, int agent, int from, int to)
{
    const struct personal_model *model = g->model;
    const struct personal_contract *c = personal_contract(model, agent);
    const double *price = relax_template_prices(g->relax, agent);
    double minutes = relax_minutes_price(g->relax, agent);
    int32_t *cost = g->cost;
    for (int day = from; day < to; day++) {
        const double *own = personal_cost(model, agent, day);
        for (int t = 0; t <= model->n_tmpl; t++, cost++) {
            *cost = PATH_FORBIDDEN;
            if (!isfinite(own[t]))
                continue;
            double sum = own[t];
            int n = 0;
            const int *rows = t < model->n_tmpl ? personal_cell(model, agent, day, t, &n) : NULL;
            for (int i = 0; i < n; i++)
                sum -= gain(&model->rows[rows[i]], g->roster->count[rows[i]] + g->extra[rows[i]]);
            if (t < model->n_tmpl)
                sum += minutes * c->units[t] + price[t];
            *cost = (int32_t)floor(sum * model->scale);
        }
    }
}

static bool solve(struct guide *g, int agent, int from, int to, int loose)
{
    int limit[PERSONAL_TEMPLATES_MAX];
    struct path_query query;
    struct path_found found[PATH_BEST_MAX];
    int64_t bound;
    path_window(g->model, agent, personal_work(g->roster, agent), from, to, limit, &query);
    pace(g, agent, to, loose, limit, &query);
    set_costs(g, agent, from, to);
    query.cost = g->cost;
    query.weekend_cost = (int32_t)(relax_weekend_price(g->relax, agent) * g->model->scale);
    if (path_solve(g->path, &query, 1, NULL, found, &bound) == 0)
        return false;
    personal_roster_set(g->roster, agent, from, to, found[0].work);
    return true;
}

/* The agent's days of the window anew; where shares do not fit, windows before are opened again. */
static void insert(struct guide *g, int agent, int from, int to, bool first)
{
    const struct personal_model *model = g->model;
    g_autofree uint8_t *off = g_malloc((gsize)model->n_days + 1);
    memset(off, model->n_tmpl, (size_t)model->n_days);
    if (first)
        add_average(g, agent, from == 0 ? 0 : from + AHEAD, to, -1);
    bool done = stopped(g);
    for (int start = from, loose = 0; !done && start >= 0 && !stopped(g);
         start -= loose * WINDOW / 2, loose++) {
        personal_roster_set(g->roster, agent, start, to, off);
        done = solve(g, agent, start, to, loose);
    }
    if (!done)
        g->lost[agent] = true;
}

bool personal_guide(const struct relax *relax, const struct personal_roster *other, struct random *random,
                    const int *stop, struct personal_roster *roster)
{
    const struct personal_model *model = roster->model;
    size_t n = (size_t)model->n_agents * (size_t)model->n_days;
    AUTO(path) path = path_new();
    g_autofree double *extra = g_new0(double, model->n_rows + 1);
    g_autofree bool *lost = g_new0(bool, model->n_agents + 1);
    g_autofree float *units = g_new0(float, n + 1);
    g_autofree float *weekends = g_new0(float, n + 1);
    g_autofree int32_t *cost = g_new(int32_t, (size_t)model->n_days * (size_t)(model->n_tmpl + 1) + 1);
    g_autofree int *order = g_new(int, model->n_agents + 1);
    g_autofree uint8_t *off = g_malloc((gsize)model->n_days + 1);
    struct guide g = {model, relax, roster, extra, lost, units, weekends, path, cost, stop};
    memset(off, model->n_tmpl, (size_t)model->n_days);
    for (int a = 0; a < model->n_agents; a++) {
        order[a] = a;
        personal_roster_set(roster, a, 0, model->n_days, off);
        sum_quotas(&g, a);
        add_average(&g, a, 0, model->n_days, 1);
    }
    for (int from = 0; from < model->n_days; from += WINDOW) {
        int to = model->n_days - from < 2 * WINDOW ? model->n_days : from + WINDOW + AHEAD;
        for (int pass = 0; pass < PASSES; pass++) {
            random_shuffle(random, order, model->n_agents);
            for (int i = 0; i < model->n_agents; i++) {
                if (stopped(&g))
                    return false;
                if (!lost[order[i]])
                    insert(&g, order[i], from, to, pass == 0);
            }
        }
        if (to == model->n_days)
            break;
    }
    for (int a = 0; a < model->n_agents; a++)
        if (lost[a])
            personal_roster_set(roster, a, 0, model->n_days, personal_work(other, a));
    return true;
}
