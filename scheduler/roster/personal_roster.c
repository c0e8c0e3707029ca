#include "scheduler/roster/personal_roster.h"

#include <math.h>
#include <string.h>

struct personal_roster *personal_roster_new(const struct personal_model *model)
{
    struct personal_roster *roster = g_new0(struct personal_roster, 1);
    size_t n = (size_t)model->n_agents * (size_t)model->n_days;
    roster->model = model;
    roster->work = g_new(uint8_t, n + 1);
    memset(roster->work, model->n_tmpl, n);
    roster->count = g_new0(int, model->n_rows + 1);
    for (int r = 0; r < model->n_rows; r++)
        roster->cost += personal_row_cost(&model->rows[r], 0);
    for (int a = 0; a < model->n_agents; a++)
        for (int day = 0; day < model->n_days; day++)
            roster->cost += personal_cost(model, a, day)[model->n_tmpl];
    return roster;
}

void personal_roster_free(struct personal_roster *roster)
{
    if (roster == NULL)
        return;
    g_free(roster->work);
    g_free(roster->count);
    g_free(roster);
}

void personal_roster_copy(struct personal_roster *to, const struct personal_roster *from)
{
    const struct personal_model *model = from->model;
    memcpy(to->work, from->work, (size_t)model->n_agents * (size_t)model->n_days);
    memcpy(to->count, from->count, (size_t)model->n_rows * sizeof *to->count);
    to->cost = from->cost;
}

static void add(struct personal_roster *roster, int agent, int day, int tmpl, int more)
{
    const struct personal_model *model = roster->model;
    int n;
    const int *rows = personal_cell(model, agent, day, tmpl, &n);
    for (int i = 0; i < n; i++) {
        const struct personal_row *row = &model->rows[rows[i]];
        int *count = &roster->count[rows[i]];
        roster->cost -= personal_row_cost(row, *count);
        *count += more;
        roster->cost += personal_row_cost(row, *count);
    }
}

void personal_roster_set(struct personal_roster *roster, int agent, int from, int to, const uint8_t *work)
{
    const struct personal_model *model = roster->model;
    uint8_t *now = personal_work(roster, agent);
    for (int day = from; day < to; day++) {
        int old = now[day], new = work[day - from];
        if (old == new)
            continue;
        const double *cost = personal_cost(model, agent, day);
        if (old != model->n_tmpl)
            add(roster, agent, day, old, -1);
        if (new != model->n_tmpl)
            add(roster, agent, day, new, 1);
        roster->cost += cost[new] - cost[old];
        now[day] = (uint8_t) new;
    }
}

double personal_roster_part(const struct personal_roster *roster, const int *agents, int n, int from, int to)
{
    const struct personal_model *model = roster->model;
    double cost = 0;
    for (int r = model->day_row[from]; r < model->day_row[to]; r++)
        cost += personal_row_cost(&model->rows[r], roster->count[r]);
    for (int k = 0; k < n; k++)
        for (int day = from; day < to; day++)
            cost += personal_cost(model, agents[k], day)[personal_work(roster, agents[k])[day]];
    return cost;
}

void personal_roster_costs(const struct personal_roster *roster, int agent, int from, int to, int32_t noise,
                           struct random *random, int32_t *cost)
{
    const struct personal_model *model = roster->model;
    const uint8_t *work = personal_work(roster, agent);
    for (int day = from; day < to; day++) {
        const double *own = personal_cost(model, agent, day);
        for (int t = 0; t <= model->n_tmpl; t++, cost++) {
            if (!isfinite(own[t])) {
                *cost = PATH_FORBIDDEN;
                continue;
            }
            double sum = own[t];
            int n = 0;
            const int *rows = t < model->n_tmpl ? personal_cell(model, agent, day, t, &n) : NULL;
            for (int i = 0; i < n; i++)
                sum -= personal_row_gain(&model->rows[rows[i]], roster->count[rows[i]] - (work[day] == t));
            *cost = (int32_t)floor(sum * model->scale);
            if (noise > 0)
                *cost += (int32_t)(random_next(random) % (uint64_t)noise);
        }
    }
}

bool personal_reinsert(struct personal_roster *roster, struct path *path, int agent, int from, int to,
                       int32_t noise, struct random *random, int32_t *cost, path_memory memory)
{
    int limit[PERSONAL_TEMPLATES_MAX];
    struct path_query query;
    struct path_found found[PATH_BEST_MAX];
    int64_t bound;
    path_window(roster->model, agent, personal_work(roster, agent), from, to, limit, &query);
    personal_roster_costs(roster, agent, from, to, noise, random, cost);
    query.cost = cost;
    if (path_solve(path, &query, 1, memory, found, &bound) == 0)
        return false;
    personal_roster_set(roster, agent, from, to, found[0].work);
    return true;
}
