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

/* ---- first works over long horizons ---- */

/* What of a quota is left for a window when `share` of the days lie before its end; rounded up. */
static int paced(int quota, double share, int used)
{
    return quota == PERSONAL_FREE ? PERSONAL_FREE : MAX((int)ceil(quota * share) - used, 0);
}

/* Days before `to` on which the agent can work at all. */
static int possible_days(const struct personal_model *model, int agent, int to)
{
    int n = 0;
    for (int day = 0; day < to; day++) {
        const double *cost = personal_cost(model, agent, day);
        int t = 0;
        while (t < model->n_tmpl && !isfinite(cost[t]))
            t++;
        n += t < model->n_tmpl;
    }
    return n;
}

/* Lowers the window's quotas to its share; `loose` leaves all but minutes as they are. */
static void pace(const struct personal_model *model, int agent, int to, bool loose, int *limit,
                 struct path_query *q)
{
    const struct personal_contract *pc = q->contract;
    double share =
        (double)possible_days(model, agent, to) / MAX(possible_days(model, agent, model->n_days), 1);
    int longest = 0, used = pc->hi - q->hi;
    for (int t = 0; t < model->n_tmpl; t++)
        longest = MAX(longest, pc->units[t]);
    if (to < model->n_days) {
        q->lo = loose ? 0 : MAX((int)(pc->lo * share) - used - longest, 0);
        q->hi = MIN(q->hi, MAX((int)ceil(pc->hi * share) - used + (loose ? 3 : 1) * longest, 0));
    }
    if (loose)
        return;
    if (pc->weekends_max != PERSONAL_FREE)
        q->weekends_max = MIN(q->weekends_max, paced(pc->weekends_max, (double)to / model->n_days,
                                                     pc->weekends_max - q->weekends_max));
    for (int t = 0; t < model->n_tmpl; t++)
        if (pc->limit[t] != PERSONAL_FREE)
            limit[t] = MIN(limit[t], 4 + paced(pc->limit[t], share, pc->limit[t] - limit[t]));
}

static bool insert_window(struct personal_roster *roster, struct path *path, int agent, int from, int to,
                          bool loose, int32_t *cost)
{
    const struct personal_model *model = roster->model;
    g_autofree uint8_t *memory = g_new0(uint8_t, model->n_tmpl + 1);
    int limit[PERSONAL_TEMPLATES_MAX];
    struct path_query query;
    struct path_found found[PATH_BEST_MAX];
    int64_t bound;
    path_window(model, agent, personal_work(roster, agent), from, to, limit, &query);
    pace(model, agent, to, loose, limit, &query);
    personal_roster_costs(roster, agent, from, to, 0, NULL, cost);
    query.cost = cost;
    if (path_solve(path, &query, 1, memory, found, &bound) == 0)
        return false;
    personal_roster_set(roster, agent, from, to, found[0].work);
    return true;
}

bool personal_insert_paced(struct personal_roster *roster, struct path *path, int agent, int length,
                           int32_t *cost)
{
    const struct personal_model *model = roster->model;
    for (int from = 0, to; from < model->n_days; from = to) {
        to = model->n_days - from < 2 * length ? model->n_days : from + length;
        bool done = insert_window(roster, path, agent, from, to, false, cost);
        /* where shares do not fit, windows before are opened again */
        for (int first = from; !done && first >= 0; first -= length)
            done = insert_window(roster, path, agent, first, to, true, cost);
        if (!done)
            return false;
    }
    return true;
}
