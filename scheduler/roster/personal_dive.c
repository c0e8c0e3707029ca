/* Rosters from the LP of personal_columns.c: dives and GLPK's branch and bound. */
#include "scheduler/roster/personal_columns_internal.h"

#include <math.h>
#include <string.h>

#define DIVE_PRICES 25  /* rounds of pricing after a fixing … */
#define DIVE_RISE 0.003 /* … that raised the LP by that part of the dearest row since the last ones */
#define DIVE_PARTS 30   /* of the cells below the threshold one in so many is fixed, too, */
#define DIVE_LEAST 0.5  /* … if it is that sure */
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

struct cell {
    int at; /* k × n_days + day */
    int tmpl;
    double share;
};

static int by_share(const void *a, const void *b)
{
    const struct cell *x = a, *y = b;
    if (x->share != y->share)
        return x->share > y->share ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

/* Fixes cells of sure shifts: all above the threshold, and so many more, surest first, that some are fixed
   which were in doubt. Returns false when none was in doubt: then only days off are. */
static bool fix_cells(struct columns *c, const double *share, double threshold)
{
    int off = c->model->n_tmpl, n_cells = c->n * c->n_days;
    size_t stride = (size_t)off + 1;
    g_autoptr(GArray) cells = g_array_new(FALSE, FALSE, sizeof(struct cell));
    bool doubt = false;
    for (int at = 0; at < n_cells; at++)
        for (int t = 0; t < off && c->fixed[at] < 0; t++) {
            double y = share[(size_t)at * stride + (size_t)t];
            if (y >= threshold) {
                c->fixed[at] = (int16_t)t;
                doubt = doubt || y < SURE;
            } else if (y > EPS) {
                struct cell cell = {at, t, y};
                g_array_append_val(cells, cell);
            }
        }
    if (cells->len == 0)
        return doubt;
    g_array_sort(cells, by_share);
    guint n = 1 + cells->len / DIVE_PARTS;
    for (guint i = 0; i < n; i++) {
        const struct cell *cell = &g_array_index(cells, struct cell, i);
        if ((i == 0 && !doubt) || cell->share >= DIVE_LEAST)
            c->fixed[cell->at] = (int16_t)cell->tmpl;
    }
    return true;
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

/* What a dive carries from fixing to fixing. */
struct dive {
    double cutoff, mark;     /* mark: the LP's value when it was last priced */
    double *center, *prices; /* n_rows: prices of the best bound under the cells fixed so far */
};

/* Solves under the fixed cells, and prices (in-out, as at the root) when that got dearer; false when the
   cutoff is out of reach. */
static bool reprice(struct columns *c, struct dive *d)
{
    double rise = DIVE_RISE * c->model->price_max, best = -INFINITY;
    if (!columns_solve(c, true))
        return false;
    if (c->value <= d->mark + rise)
        return true;
    bool smooth = true;
    for (int i = 0; i < DIVE_PRICES; i++) {
        double bound;
        for (int r = 0; r < c->n_rows; r++)
            d->prices[r] = smooth ? (d->center[r] + c->dual[r]) / 2 : c->dual[r];
        int added = columns_price(c, d->prices, &bound);
        if (columns_stopped(c))
            return false;
        if (bound > best) {
            best = bound;
            memcpy(d->center, d->prices, (size_t)c->n_rows * sizeof *d->center);
        }
        double least = c->model->whole && c->noise == NULL ? ceil(best - 1e-4) : best;
        if (least >= d->cutoff - EPS)
            return false;
        if ((added == 0 && !smooth) || c->value - best < rise || c->value <= d->mark + rise)
            break;
        smooth = added > 0;
        if (added > 0 && !columns_solve(c, false))
            return false;
    }
    d->mark = MAX(c->value, d->mark);
    return true;
}

bool columns_dive(struct columns *c, double threshold, double cutoff, uint8_t *work)
{
    size_t n = (size_t)c->n * (size_t)c->n_days * (size_t)(c->model->n_tmpl + 1);
    g_autofree double *share = g_new(double, n + 1);
    g_autofree double *center = g_memdup2(c->center, (gsize)c->n_rows * sizeof *center);
    g_autofree double *prices = g_new(double, c->n_rows + 1);
    double value = c->value;
    struct dive d = {cutoff, value, center, prices};
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
        if (!reprice(c, &d))
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
    columns_enrich(c, cutoff - c->value);
    if (columns_stopped(c) || !columns_solve(c, false))
        return false;
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
