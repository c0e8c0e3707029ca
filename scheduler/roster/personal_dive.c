/* Rosters from the LP of personal_columns.c: dives and GLPK's branch and bound. */
#include "scheduler/roster/personal_columns_internal.h"

#include <math.h>
#include <string.h>

#define DIVE_PRICES 6 /* rounds of pricing after each fixing */
#define SURE 0.9999

/* ---- dive ---- */

/* Share of each cell in the LP: n × n_days × (n_tmpl + 1). */
static void cell_shares(const struct columns *c, double *share)
{
    size_t stride = (size_t)(c->model->n_tmpl + 1);
    memset(share, 0, (size_t)c->n * (size_t)c->n_days * stride * sizeof *share);
    for (int i = 0; i < (int)c->column->len; i++) {
        const struct column *column = columns_at(c, i);
        double x = column->out ? 0 : glp_get_col_prim(c->lp, columns_lp(c, i));
        if (x < EPS)
            continue;
        double *at = share + (size_t)column->k * (size_t)c->n_days * stride;
        for (int day = 0; day < c->n_days; day++)
            at[(size_t)day * stride + column->work[day]] += x;
    }
}

/* Fixes cells of sure shifts: all above the threshold, at least one that is not sure already. Where only days
   off are in doubt the largest column is fixed whole. Returns false when nothing was in doubt. */
static bool fix_cells(struct columns *c, const double *share, double threshold)
{
    int off = c->model->n_tmpl, best_k = -1, best_day = 0, best_tmpl = 0;
    size_t stride = (size_t)off + 1;
    double best = 0;
    bool doubt = false;
    for (int k = 0; k < c->n; k++)
        for (int day = 0; day < c->n_days; day++)
            for (int t = 0; t < off; t++) {
                size_t cell = (size_t)k * (size_t)c->n_days + (size_t)day;
                double y = share[cell * stride + (size_t)t];
                if (c->fixed[cell] >= 0 || y <= EPS)
                    continue;
                if (y >= threshold) {
                    c->fixed[cell] = (int16_t)t;
                    doubt = doubt || y < SURE;
                } else if (y > best) {
                    best = y;
                    best_k = k;
                    best_day = day;
                    best_tmpl = t;
                }
            }
    if (!doubt && best_k >= 0) {
        c->fixed[best_k * c->n_days + best_day] = (int16_t)best_tmpl;
        return true;
    }
    return doubt;
}

static bool fix_largest_column(struct columns *c)
{
    int best = -1;
    double most = EPS;
    for (int i = 0; i < (int)c->column->len; i++) {
        double x = columns_at(c, i)->out ? 0 : glp_get_col_prim(c->lp, columns_lp(c, i));
        if (x > most && x < SURE) {
            most = x;
            best = i;
        }
    }
    if (best < 0)
        return false;
    const struct column *column = columns_at(c, best);
    for (int day = 0; day < c->n_days; day++)
        c->fixed[column->k * c->n_days + day] = column->work[day];
    return true;
}

/* Columns that contradict the fixed cells leave the LP. */
static void exclude(struct columns *c)
{
    for (int i = 0; i < (int)c->column->len; i++) {
        struct column *column = columns_at(c, i);
        const int16_t *fixed = c->fixed + (size_t)column->k * (size_t)c->n_days;
        for (int day = 0; day < c->n_days && !column->out; day++)
            column->out = fixed[day] >= 0 && fixed[day] != column->work[day];
        if (column->out)
            glp_set_col_bnds(c->lp, columns_lp(c, i), GLP_FX, 0, 0);
    }
}

static void unfix(struct columns *c)
{
    memset(c->fixed, -1, (size_t)c->n * (size_t)c->n_days * sizeof *c->fixed);
    for (int i = 0; i < (int)c->column->len; i++) {
        columns_at(c, i)->out = false;
        glp_set_col_bnds(c->lp, columns_lp(c, i), GLP_LO, 0, 0);
    }
}

/* Everybody's only column, when there is one for everybody. */
static bool take_roster(const struct columns *c, uint8_t *work)
{
    int n = 0;
    for (int i = 0; i < (int)c->column->len; i++) {
        const struct column *column = columns_at(c, i);
        if (column->out || glp_get_col_prim(c->lp, columns_lp(c, i)) < SURE)
            continue;
        memcpy(work + (size_t)column->k * (size_t)c->n_days, column->work, (size_t)c->n_days);
        n++;
    }
    return n == c->n;
}

/* Solves and prices under the fixed cells; false when the cutoff is out of reach. */
static bool reprice(struct columns *c, double cutoff)
{
    if (!columns_solve(c, true))
        return false;
    for (int i = 0; i < DIVE_PRICES; i++) {
        double bound;
        int added = columns_price(c, c->dual, &bound);
        if (columns_stopped(c))
            return false;
        double least = c->model->whole && c->noise == NULL ? ceil(bound - 1e-4) : bound;
        if (least >= cutoff - EPS)
            return false;
        if (added == 0)
            break;
        if (!columns_solve(c, false))
            return false;
    }
    return true;
}

bool columns_dive(struct columns *c, double threshold, double cutoff, uint8_t *work)
{
    size_t n = (size_t)c->n * (size_t)c->n_days * (size_t)(c->model->n_tmpl + 1);
    g_autofree double *share = g_new(double, n + 1);
    double value = c->value;
    bool found = false;
    while (!columns_stopped(c)) {
        if (take_roster(c, work)) {
            found = c->value < cutoff - EPS;
            break;
        }
        cell_shares(c, share);
        if (!fix_cells(c, share, threshold) && !fix_largest_column(c))
            break;
        exclude(c);
        if (!reprice(c, cutoff))
            break;
    }
    unfix(c);
    c->value = value;
    if (!columns_stopped(c))
        columns_solve(c, false);
    return found;
}

/* ---- branch and bound over the columns ---- */

struct tree {
    int nodes, most;
    const int *stop;
};

static void on_node(glp_tree *t, void *info)
{
    struct tree *tree = info;
    if (glp_ios_reason(t) == GLP_ISELECT && (++tree->nodes > tree->most || g_atomic_int_get(tree->stop)))
        glp_ios_terminate(t);
}

bool columns_mip(struct columns *c, double cutoff, int nodes, uint8_t *work)
{
    static const int never = 0;
    struct tree tree = {.most = nodes, .stop = c->stop != NULL ? c->stop : &never};
    int n_cols = glp_get_num_cols(c->lp);
    for (int j = 1; j <= n_cols; j++)
        glp_set_col_kind(c->lp, j, c->model->whole || j > c->n_slack ? GLP_IV : GLP_CV);
    glp_iocp how;
    glp_init_iocp(&how);
    how.msg_lev = GLP_MSG_OFF;
    how.cb_func = on_node;
    how.cb_info = &tree;
    int before = glp_get_it_cnt(c->lp);
    int result = glp_intopt(c->lp, &how);
    c->lp_work += (int64_t)(glp_get_it_cnt(c->lp) - before + 20) * (c->n_rows + c->n) * 40;
    bool solved = (result == 0 || result == GLP_ESTOP) &&
                  (glp_mip_status(c->lp) == GLP_OPT || glp_mip_status(c->lp) == GLP_FEAS);
    int n = 0;
    if (solved && glp_mip_obj_val(c->lp) < cutoff - EPS)
        for (int i = 0; i < (int)c->column->len; i++)
            if (glp_mip_col_val(c->lp, columns_lp(c, i)) > SURE) {
                const struct column *column = columns_at(c, i);
                memcpy(work + (size_t)column->k * (size_t)c->n_days, column->work, (size_t)c->n_days);
                n++;
            }
    for (int j = 1; j <= n_cols; j++)
        glp_set_col_kind(c->lp, j, GLP_CV);
    return n == c->n;
}
