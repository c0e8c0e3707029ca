#include "scheduler/roster/personal_columns_internal.h"

#include <math.h>
#include <string.h>

#define SMOOTHING 0.5     /* share of the best bound's prices */
#define LP_SLICE 2000     /* simplex steps between two looks at stop, … */
#define LP_SLICE_ROWS 750 /* fewer where there are more rows than that, so that it takes about as long */
#define LP_STEP_WORK 40   /* a simplex step costs so many kernel cells per row */
#define THREADS_AGENTS 16 /* fewer are not worth a second thread */
#define PURGE_COLUMNS 12  /* per row, and after it those are thrown away … */
#define PURGE_PRICE 2.0   /* … that cost more than so many times the dearest row */

/* ---- the LP ---- */

bool columns_stopped(const struct columns *c)
{
    return c->stop != NULL && g_atomic_int_get(c->stop);
}

static double agent_cost(const struct columns *c, int k, const uint8_t *work)
{
    double sum = 0;
    size_t stride = (size_t)(c->model->n_tmpl + 1), at = (size_t)k * (size_t)c->n_days * stride;
    for (int i = 0; i < c->n_days; i++) {
        sum += personal_cost(c->model, c->agents[k], c->from + i)[work[i]];
        if (c->noise != NULL)
            sum += (double)c->noise[at + (size_t)i * stride + work[i]];
    }
    if (c->query[k].weekend_cost > 0)
        sum += c->query[k].weekend_cost / c->model->scale * path_weekends(&c->query[k], work);
    return sum;
}

void columns_add(struct columns *c, int k, const uint8_t *work)
{
    struct column column = {
        .k = k, .cost = agent_cost(c, k, work), .work = g_memdup2(work, (gsize)c->n_days)};
    int n = 0;
    for (int i = 0; i < c->n_days; i++) {
        int n_cells = 0;
        const int *rows = work[i] == c->model->n_tmpl
                              ? NULL
                              : personal_cell(c->model, c->agents[k], c->from + i, work[i], &n_cells);
        for (int r = 0; r < n_cells; r++) {
            c->index[++n] = rows[r] - c->first_row + 1;
            c->element[n] = 1;
        }
    }
    c->index[++n] = c->n_rows + k + 1;
    c->element[n] = 1;
    int j = glp_add_cols(c->lp, 1);
    glp_set_mat_col(c->lp, j, n, c->index, c->element);
    glp_set_obj_coef(c->lp, j, column.cost);
    glp_set_col_bnds(c->lp, j, GLP_LO, 0, 0);
    glp_set_col_stat(c->lp, j, GLP_NL);
    g_array_append_val(c->column, column);
    c->stale = true;
}

void columns_perturb(struct columns *c, double most, struct random *random)
{
    size_t n = (size_t)c->n * (size_t)c->n_days * (size_t)(c->model->n_tmpl + 1);
    if (c->noise == NULL)
        c->noise = g_new(float, n + 1);
    for (size_t i = 0; i < n; i++)
        c->noise[i] = (float)(most * random_uniform(random));
    for (int i = 0; i < (int)c->column->len; i++) {
        struct column *column = columns_at(c, i);
        column->cost = agent_cost(c, column->k, column->work);
        glp_set_obj_coef(c->lp, columns_lp(c, i), column->cost);
    }
    c->stale = true;
    c->smooth = false;
    c->bound = -INFINITY;
}

static void add_slack(struct columns *c, int row, double element, double cost, bool basic)
{
    int j = glp_add_cols(c->lp, 1), index[2] = {0, row};
    double elements[2] = {0, element};
    glp_set_mat_col(c->lp, j, 1, index, elements);
    glp_set_obj_coef(c->lp, j, cost);
    glp_set_col_bnds(c->lp, j, GLP_LO, 0, 0);
    glp_set_col_stat(c->lp, j, basic ? GLP_BS : GLP_NL);
}

static void build_lp(struct columns *c)
{
    c->lp = glp_create_prob();
    glp_set_obj_dir(c->lp, GLP_MIN);
    glp_add_rows(c->lp, c->n_rows + c->n);
    double dearest = 1;
    for (int r = 0; r < c->n_rows; r++) {
        const struct personal_row *row = &c->model->rows[c->first_row + r];
        glp_set_row_bnds(c->lp, r + 1, GLP_FX, c->need[r], c->need[r]);
        glp_set_row_stat(c->lp, r + 1, GLP_NS);
        add_slack(c, r + 1, 1, row->under, c->need[r] >= 0);
        add_slack(c, r + 1, -1, row->over, c->need[r] < 0);
        dearest = MAX(dearest, row->under + row->over);
    }
    for (int k = 0; k < c->n; k++) {
        int row = c->n_rows + k + 1;
        glp_set_row_bnds(c->lp, row, GLP_FX, 1, 1);
        glp_set_row_stat(c->lp, row, GLP_NS);
        add_slack(c, row, 1, 2 * dearest * (c->n_days + 10), true);
    }
    c->n_slack = 2 * c->n_rows + c->n;
}

bool columns_solve(struct columns *c, bool dual_simplex)
{
    glp_smcp how;
    glp_init_smcp(&how);
    how.msg_lev = GLP_MSG_OFF;
    how.pricing = GLP_PT_PSE;
    how.meth = dual_simplex ? GLP_DUALP : GLP_PRIMAL;
    how.it_lim = LP_SLICE * MIN(LP_SLICE_ROWS, c->n_rows + c->n) / (c->n_rows + c->n);
    for (int tries = 0; tries < 4;) {
        if (columns_stopped(c))
            return false;
        int before = glp_get_it_cnt(c->lp), result = glp_simplex(c->lp, &how);
        c->lp_work += (int64_t)(glp_get_it_cnt(c->lp) - before + 20) * (c->n_rows + c->n) * LP_STEP_WORK;
        if (result == 0 && glp_get_status(c->lp) == GLP_OPT)
            break;
        if (result == GLP_EITLIM)
            continue;
        if (++tries == 4)
            return false;
        how.meth = GLP_PRIMAL;
        if (result != 0)
            glp_adv_basis(c->lp, 0);
    }
    c->value = glp_get_obj_val(c->lp);
    c->stale = false;
    for (int r = 0; r < c->n_rows + c->n; r++)
        c->dual[r] = glp_get_row_dual(c->lp, r + 1);
    for (int r = 0; r < c->n_rows; r++) { /* what rounding moved out of its box */
        const struct personal_row *row = &c->model->rows[c->first_row + r];
        c->dual[r] = CLAMP(c->dual[r], -row->over, row->under);
    }
    return true;
}

/* ---- pricing ---- */

static void price_agent(struct columns *c, struct path *path, const double *prices, int k)
{
    const struct personal_model *model = c->model;
    size_t stride = (size_t)(model->n_tmpl + 1);
    int32_t *cost = c->cost + (size_t)k * (size_t)c->n_days * stride, *at = cost;
    const int16_t *fixed = c->fixed + (size_t)k * (size_t)c->n_days;
    const uint8_t *banned = c->banned + (cost - c->cost);
    for (int i = 0; i < c->n_days; i++) {
        const double *own = personal_cost(model, c->agents[k], c->from + i);
        for (int t = 0; t <= model->n_tmpl; t++, at++) {
            *at = PATH_FORBIDDEN;
            if (!isfinite(own[t]) || (fixed[i] >= 0 && fixed[i] != t) || banned[at - cost])
                continue;
            double sum = own[t] + (c->noise != NULL ? (double)c->noise[at - c->cost] : 0);
            int n = 0;
            const int *rows =
                t < model->n_tmpl ? personal_cell(model, c->agents[k], c->from + i, t, &n) : NULL;
            for (int r = 0; r < n; r++)
                sum -= prices[rows[r] - c->first_row];
            *at = (int32_t)floor(sum * model->scale);
        }
    }
    struct path_found found[PATH_BEST_MAX];
    struct priced *priced = &c->priced[k];
    c->query[k].cost = cost;
    priced->n =
        path_solve(path, &c->query[k], c->want, c->memory + (size_t)k * stride, found, &priced->bound);
    for (int i = 0; i < priced->n; i++)
        memcpy(priced->work + (size_t)i * (size_t)c->n_days, found[i].work, (size_t)c->n_days);
}

struct share {
    struct columns *c;
    const double *prices;
    int part;
};

static gpointer price_share(gpointer data)
{
    struct share *share = data;
    for (int k = share->part; k < share->c->n && !columns_stopped(share->c); k += 2)
        price_agent(share->c, share->c->path[share->part], share->prices, k);
    return NULL;
}

static void price_all(struct columns *c, const double *prices)
{
    struct share odd = {c, prices, 1}, even = {c, prices, 0};
    if (c->threads > 1 && c->n >= THREADS_AGENTS) {
        GThread *thread = g_thread_new("pricing", price_share, &odd);
        price_share(&even);
        g_thread_join(thread);
        return;
    }
    price_share(&even);
    price_share(&odd);
}

static double reduced_cost(const struct columns *c, int k, const uint8_t *work)
{
    double sum = agent_cost(c, k, work) - c->dual[c->n_rows + k];
    for (int i = 0; i < c->n_days; i++) {
        int n = 0;
        const int *rows = work[i] == c->model->n_tmpl
                              ? NULL
                              : personal_cell(c->model, c->agents[k], c->from + i, work[i], &n);
        for (int r = 0; r < n; r++)
            sum -= c->dual[rows[r] - c->first_row];
    }
    return sum;
}

double columns_lagrange(struct columns *c, const double *prices)
{
    price_all(c, prices);
    if (columns_stopped(c))
        return -INFINITY;
    double sum = 0;
    for (int r = 0; r < c->n_rows; r++)
        sum += c->need[r] * prices[r];
    for (int k = 0; k < c->n; k++) {
        int64_t bound = c->priced[k].bound;
        sum += bound == INT64_MAX ? INFINITY : (double)bound / c->model->scale;
    }
    return isfinite(sum) ? sum - 1e-9 * fabs(sum) : sum;
}

int columns_price(struct columns *c, const double *prices, double *bound)
{
    int added = 0;
    *bound = columns_lagrange(c, prices);
    for (int k = 0; k < c->n && !columns_stopped(c); k++)
        for (int i = 0; i < c->priced[k].n; i++) {
            const uint8_t *work = c->priced[k].work + (size_t)i * (size_t)c->n_days;
            if (reduced_cost(c, k, work) < -EPS) {
                columns_add(c, k, work);
                added++;
            }
        }
    return added;
}

static bool known(const struct columns *c, int k, const uint8_t *work)
{
    for (int i = 0; i < (int)c->column->len; i++)
        if (columns_at(c, i)->k == k && memcmp(columns_at(c, i)->work, work, (size_t)c->n_days) == 0)
            return true;
    return false;
}

void columns_enrich(struct columns *c, double gap)
{
    c->want = PRICE_ROOM;
    columns_lagrange(c, c->dual);
    c->want = PRICE_WANT;
    for (int k = 0; k < c->n && !columns_stopped(c); k++)
        for (int i = 0; i < c->priced[k].n; i++) {
            const uint8_t *work = c->priced[k].work + (size_t)i * (size_t)c->n_days;
            if (reduced_cost(c, k, work) < gap && !known(c, k, work))
                columns_add(c, k, work);
        }
}

/* Throws away columns that are out of the basis and far too dear. */
static void purge(struct columns *c)
{
    int n = (int)c->column->len, n_bad = 0, kept = 0;
    if (n < PURGE_COLUMNS * (c->n_rows + c->n))
        return;
    g_autofree int *bad = g_new(int, n + 1);
    for (int i = 0; i < n; i++) {
        struct column *column = columns_at(c, i);
        int j = columns_lp(c, i);
        if (glp_get_col_stat(c->lp, j) != GLP_BS &&
            glp_get_col_dual(c->lp, j) > PURGE_PRICE * c->model->price_max) {
            bad[++n_bad] = j;
            g_free(column->work);
            continue;
        }
        *columns_at(c, kept++) = *column;
    }
    g_array_set_size(c->column, (guint)kept);
    if (n_bad > 0)
        glp_del_cols(c->lp, n_bad, bad);
}

/* Has the bound reached what can still be won? Whole costs make whole rosters. */
static bool hopeless(const struct columns *c, double cutoff)
{
    double bound = c->model->whole && c->noise == NULL ? ceil(c->bound - 1e-4) : c->bound;
    return bound >= cutoff - EPS;
}

static bool closed(const struct columns *c)
{
    double bound = c->model->whole && c->noise == NULL ? MAX(ceil(c->bound - 1e-4), c->bound) : c->bound;
    return c->value - bound <= EPS * MAX(1, fabs(c->value));
}

enum columns_end columns_converge(struct columns *c, double cutoff, int rounds, int64_t work)
{
    g_autofree double *prices = g_new(double, c->n_rows + 1);
    int64_t most = columns_work(c) + work;
    for (int round = 0; round < rounds; round++) {
        if (c->stale && !columns_solve(c, false))
            return columns_stopped(c) ? COLUMNS_STOPPED : COLUMNS_TIRED;
        bool smooth = c->smooth && c->centered;
        for (int r = 0; r < c->n_rows; r++)
            prices[r] = smooth ? SMOOTHING * c->center[r] + (1 - SMOOTHING) * c->dual[r] : c->dual[r];
        double bound;
        int added = columns_price(c, prices, &bound);
        if (columns_stopped(c))
            return COLUMNS_STOPPED;
        if (bound > c->bound || !c->centered) {
            c->bound = MAX(bound, c->bound);
            c->centered = true;
            memcpy(c->center, prices, (size_t)c->n_rows * sizeof *prices);
        }
        if (hopeless(c, cutoff))
            return COLUMNS_HOPELESS;
        if (closed(c) || (added == 0 && !smooth))
            return COLUMNS_DONE;
        c->smooth = added > 0;
        purge(c);
        if (columns_work(c) > most)
            return COLUMNS_TIRED;
    }
    return COLUMNS_TIRED;
}

/* ---- whole ---- */

static void set_needs(struct columns *c, const struct personal_roster *roster)
{
    for (int r = 0; r < c->n_rows; r++)
        c->need[r] = c->model->rows[c->first_row + r].need - roster->count[c->first_row + r];
    for (int k = 0; k < c->n; k++)
        for (int day = c->from; day < c->to; day++) {
            int tmpl = personal_work(roster, c->agents[k])[day], n = 0;
            const int *rows =
                tmpl == c->model->n_tmpl ? NULL : personal_cell(c->model, c->agents[k], day, tmpl, &n);
            for (int i = 0; i < n; i++)
                c->need[rows[i] - c->first_row]++;
        }
}

/* The agent's quotas; what their use costs joins the noise. */
static void set_quota(struct columns *c, int k, const struct columns_quota *quota)
{
    const struct personal_contract *pc = personal_contract(c->model, c->agents[k]);
    struct path_query *q = &c->query[k];
    int n_tmpl = c->model->n_tmpl;
    q->lo = quota->lo;
    q->hi = quota->hi;
    q->weekends_max = quota->weekends_max;
    q->weekend_cost = (int32_t)(quota->weekend_price * c->model->scale);
    memcpy(c->limit + (size_t)k * (size_t)n_tmpl, quota->limit, (size_t)n_tmpl * sizeof *c->limit);
    float *noise = c->noise + (size_t)k * (size_t)c->n_days * (size_t)(n_tmpl + 1);
    for (int i = 0; i < c->n_days; i++, noise += n_tmpl + 1)
        for (int t = 0; t < n_tmpl; t++)
            noise[t] = (float)(quota->minute_price * pc->units[t] + quota->template_price[t]);
}

struct columns *columns_new(const struct columns_task *task)
{
    const struct personal_model *model = task->roster->model;
    struct columns *c = g_new0(struct columns, 1);
    size_t n = (size_t)task->n_agents, n_days = (size_t)(task->to - task->from),
           n_tmpl = (size_t)model->n_tmpl;
    *c = (struct columns){.model = model,
                          .agents = g_memdup2(task->agents, n * sizeof *task->agents),
                          .n = task->n_agents,
                          .from = task->from,
                          .to = task->to,
                          .n_days = (int)n_days,
                          .first_row = model->day_row[task->from],
                          .n_rows = model->day_row[task->to] - model->day_row[task->from],
                          .threads = task->threads,
                          .want = PRICE_WANT,
                          .stop = task->stop,
                          .stale = true,
                          .smooth = true,
                          .value = INFINITY,
                          .bound = -INFINITY};
    size_t rows = (size_t)c->n_rows;
    c->column = g_array_new(FALSE, FALSE, sizeof(struct column));
    c->need = g_new0(int, rows + 1);
    c->dual = g_new0(double, rows + n + 1);
    c->center = g_new0(double, rows + 1);
    c->path[0] = path_new();
    c->path[1] = path_new();
    c->query = g_new0(struct path_query, n + 1);
    c->limit = g_new0(int, n *n_tmpl + 1);
    c->memory = g_new0(uint8_t, n * (n_tmpl + 1) + 1);
    c->cost = g_new(int32_t, n * n_days * (n_tmpl + 1) + 1);
    c->priced = g_new0(struct priced, n + 1);
    c->fixed = g_new(int16_t, n * n_days + 1);
    memset(c->fixed, -1, n * n_days * sizeof *c->fixed);
    c->banned = g_new0(uint8_t, n * n_days * (n_tmpl + 1) + 1);
    if (task->barred != NULL) {
        c->barred = g_memdup2(task->barred, n * n_days * (n_tmpl + 1));
        memcpy(c->banned, c->barred, n * n_days * (n_tmpl + 1));
    }
    c->index = g_new(int, n_days * 4 + rows + 4);
    c->element = g_new(double, n_days * 4 + rows + 4);
    if (task->quotas != NULL)
        c->noise = g_new0(float, n *n_days *(n_tmpl + 1) + 1);
    set_needs(c, task->roster);
    build_lp(c);
    for (int r = 0; r < c->n_rows; r++)
        c->first += personal_row_cost(&model->rows[c->first_row + r], task->roster->count[c->first_row + r]);
    for (int k = 0; k < c->n; k++) {
        const uint8_t *work = personal_work(task->roster, c->agents[k]);
        c->priced[k].work = g_new(uint8_t, PRICE_ROOM * n_days);
        path_window(model, c->agents[k], work, c->from, c->to, c->limit + (size_t)k * n_tmpl, &c->query[k]);
        if (task->quotas != NULL)
            set_quota(c, k, &task->quotas[k]);
        c->first += agent_cost(c, k, work + c->from);
        if (task->quotas != NULL || personal_legal(model, c->agents[k], work))
            columns_add(c, k, work + c->from);
    }
    if (task->prices != NULL) {
        memcpy(c->center, task->prices + c->first_row, rows * sizeof *c->center);
        c->centered = true;
    }
    return c;
}

void columns_free(struct columns *c)
{
    if (c == NULL)
        return;
    glp_delete_prob(c->lp);
    for (int i = 0; i < (int)c->column->len; i++)
        g_free(columns_at(c, i)->work);
    g_array_free(c->column, TRUE);
    for (int k = 0; k < c->n; k++)
        g_free(c->priced[k].work);
    path_free(c->path[0]);
    path_free(c->path[1]);
    g_free(c->agents);
    g_free(c->need);
    g_free(c->dual);
    g_free(c->center);
    g_free(c->query);
    g_free(c->limit);
    g_free(c->memory);
    g_free(c->cost);
    g_free(c->priced);
    g_free(c->fixed);
    g_free(c->banned);
    g_free(c->barred);
    g_free(c->noise);
    g_free(c->index);
    g_free(c->element);
    g_free(c);
}

double columns_cost(const struct columns *c)
{
    return c->first;
}

double columns_bound(const struct columns *c)
{
    return c->bound;
}

double columns_value(const struct columns *c)
{
    return c->value;
}

void columns_prices(const struct columns *c, double *prices)
{
    memset(prices, 0, (size_t)c->model->n_rows * sizeof *prices);
    memcpy(prices + c->first_row, c->center, (size_t)c->n_rows * sizeof *prices);
}

int64_t columns_work(const struct columns *c)
{
    return c->lp_work + path_work(c->path[0]) + path_work(c->path[1]);
}
