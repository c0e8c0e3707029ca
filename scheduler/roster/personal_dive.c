/* Rosters from the LP of personal_columns.c: dives and GLPK's branch and bound. */
#include "scheduler/roster/personal_columns_internal.h"

#include <math.h>
#include <string.h>

#define DIVE_PRICES 25  /* rounds of pricing after a fixing … */
#define DIVE_RISE 0.003 /* … that raised the LP by that part of the dearest row since the last ones */
#define DIVE_PARTS 30   /* of the cells below the threshold one in so many is fixed, too, */
#define DIVE_LEAST 0.5  /* … if it is that sure */
#define DIVE_JUMP 12    /* so many decisions taken back at the end before one goes back half the way */
#define SURE 0.9999
#define MIP_COLUMNS 2000 /* more are too many for branch and bound */

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

/* A decision of a dive: cells fixed together, surest first. */
struct level {
    int from, n;     /* of the trail */
    int bans;        /* length of the list of bans before it */
    double mark;     /* of the dive, before it */
    bool whole_work; /* a column fixed whole: its opposite cannot be told to the kernel */
};

/* What a dive carries from decision to decision. */
struct dive {
    double cutoff, mark;     /* mark: the LP's value when it was last priced */
    double *center, *prices; /* n_rows: prices of the best bound under the cells fixed so far */
    double *share;           /* n × n_days × (n_tmpl + 1) */
    int back_left;           /* so many decisions may be taken back */
    GArray *trail;           /* struct cell: fixed, in that order */
    GArray *level;           /* struct level */
    GArray *ban;             /* int: at × (n_tmpl + 1) + tmpl: cells that must not be */
};

static void fix(struct columns *c, struct dive *d, const struct cell *cell)
{
    c->fixed[cell->at] = (int16_t)cell->tmpl;
    g_array_append_vals(d->trail, cell, 1);
}

/* Fixes cells of sure shifts: all above the threshold, and so many more, surest first, that some are fixed
   which were in doubt. Returns false when none was in doubt: then only days off are. */
static bool fix_cells(struct columns *c, struct dive *d, double threshold)
{
    int off = c->model->n_tmpl, n_cells = c->n * c->n_days;
    size_t stride = (size_t)off + 1;
    g_autoptr(GArray) cells = g_array_new(FALSE, FALSE, sizeof(struct cell));
    bool doubt = false;
    guint n_sure = 0;
    for (int at = 0; at < n_cells; at++)
        for (int t = 0; t < off && c->fixed[at] < 0; t++) {
            double y = d->share[(size_t)at * stride + (size_t)t];
            struct cell cell = {at, t, y};
            if (y <= EPS)
                continue;
            n_sure += y >= threshold;
            doubt = doubt || (y >= threshold && y < SURE);
            g_array_append_val(cells, cell);
        }
    g_array_sort(cells, by_share);
    guint n_open = cells->len - n_sure, n_more = n_open == 0 ? 0 : 1 + n_open / DIVE_PARTS;
    for (guint i = 0; i < n_sure + n_more; i++) {
        const struct cell *cell = &g_array_index(cells, struct cell, i);
        if (i < n_sure || (i == n_sure && !doubt) || cell->share >= DIVE_LEAST)
            if (c->fixed[cell->at] < 0)
                fix(c, d, cell);
    }
    return doubt || n_open > 0;
}

static bool fix_largest_column(struct columns *c, struct dive *d)
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
    for (int day = 0; day < c->n_days; day++) {
        int at = column->k * c->n_days + day;
        if (c->fixed[at] < 0)
            fix(c, d, &(struct cell){at, column->work[day], most});
    }
    return true;
}

/* The next decision; false when nothing is in doubt. */
static bool decide(struct columns *c, struct dive *d, double threshold)
{
    struct level level = {.from = (int)d->trail->len, .bans = (int)d->ban->len, .mark = d->mark};
    cell_shares(c, d->share);
    if (!fix_cells(c, d, threshold)) {
        level.whole_work = true;
        if (!fix_largest_column(c, d))
            return false;
    }
    level.n = (int)d->trail->len - level.from;
    g_array_append_val(d->level, level);
    return true;
}

/* Frees what the last decision fixed but for its surest `stay` cells, and lifts the bans made under it. */
static void undo(struct columns *c, struct dive *d, int stay)
{
    struct level *level = &g_array_index(d->level, struct level, d->level->len - 1);
    d->mark = level->mark;
    for (int i = level->from + stay; i < level->from + level->n; i++)
        c->fixed[g_array_index(d->trail, struct cell, i).at] = -1;
    for (int i = level->bans; i < (int)d->ban->len; i++)
        c->banned[g_array_index(d->ban, int, i)] = 0;
    g_array_set_size(d->ban, (guint)level->bans);
    g_array_set_size(d->trail, (guint)(level->from + stay));
    level->n = stay;
    if (stay == 0)
        g_array_set_size(d->level, d->level->len - 1);
}

/* Takes the last decision back: where it fixed several cells the surer half of them stays, where it fixed one
   that one is banned. Where that happens often without an end, half of all decisions go first: what was wrong
   may have been an early one. False when there is none left, or no patience. */
static bool take_back(struct columns *c, struct dive *d)
{
    int stride = c->model->n_tmpl + 1;
    if (d->back_left > 0 && d->back_left % DIVE_JUMP == 0)
        for (guint most = (d->level->len + 1) / 2; d->level->len > most;)
            undo(c, d, 0);
    while (d->level->len > 0 && d->back_left > 0) {
        struct level level = g_array_index(d->level, struct level, d->level->len - 1);
        struct cell first = g_array_index(d->trail, struct cell, level.from);
        int stay = level.whole_work ? 0 : level.n / 2;
        undo(c, d, stay);
        if (level.whole_work)
            continue;
        d->back_left--;
        if (stay == 0) {
            int ban = first.at * stride + first.tmpl;
            c->banned[ban] = 1;
            g_array_append_val(d->ban, ban);
        }
        return true;
    }
    return false;
}

/* Columns that contradict the fixed cells leave the LP, others come back. */
static void exclude(struct columns *c)
{
    size_t stride = (size_t)(c->model->n_tmpl + 1);
    for (int i = 0; i < (int)c->column->len; i++) {
        struct column *column = columns_at(c, i);
        size_t first = (size_t)column->k * (size_t)c->n_days;
        const int16_t *fixed = c->fixed + first;
        const uint8_t *banned = c->banned + first * stride;
        bool out = false;
        for (int day = 0; day < c->n_days && !out; day++)
            out = (fixed[day] >= 0 && fixed[day] != column->work[day]) ||
                  banned[(size_t)day * stride + column->work[day]];
        if (out != column->out)
            glp_set_col_bnds(c->lp, columns_lp(c, i), out ? GLP_FX : GLP_LO, 0, 0);
        column->out = out;
    }
}

static void unfix(struct columns *c)
{
    size_t n_cells = (size_t)c->n * (size_t)c->n_days;
    memset(c->fixed, -1, n_cells * sizeof *c->fixed);
    if (c->barred != NULL)
        memcpy(c->banned, c->barred, n_cells * (size_t)(c->model->n_tmpl + 1));
    else
        memset(c->banned, 0, n_cells * (size_t)(c->model->n_tmpl + 1));
    exclude(c);
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

/* What the LP says the roster will cost at least, as far as it has been priced. */
static double lp_least(const struct columns *c)
{
    return c->model->whole && c->noise == NULL ? ceil(c->value - 1e-4) : c->value;
}

/* Solves under the fixed cells, and prices (in-out, as at the root) when that got dearer; false when the
   cutoff is out of reach. */
static bool reprice(struct columns *c, struct dive *d)
{
    double rise = DIVE_RISE * c->model->price_max, best = -INFINITY;
    if (!columns_solve(c, true))
        return false;
    if (c->value <= d->mark + rise && lp_least(c) < d->cutoff - EPS)
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
    return lp_least(c) < d->cutoff - EPS;
}

bool columns_dive(struct columns *c, const struct columns_dive *how, double cutoff, uint8_t *work)
{
    size_t n = (size_t)c->n * (size_t)c->n_days * (size_t)(c->model->n_tmpl + 1);
    g_autofree double *share = g_new(double, n + 1);
    g_autofree double *center = g_memdup2(c->center, (gsize)c->n_rows * sizeof *center);
    g_autofree double *prices = g_new(double, c->n_rows + 1);
    g_autoptr(GArray) trail = g_array_new(FALSE, FALSE, sizeof(struct cell));
    g_autoptr(GArray) level = g_array_new(FALSE, FALSE, sizeof(struct level));
    g_autoptr(GArray) ban = g_array_new(FALSE, FALSE, sizeof(int));
    double value = c->value;
    struct dive d = {cutoff, value, center, prices, share, how->back, trail, level, ban};
    int64_t most = columns_work(c) + how->work;
    bool found = false;
    while (!columns_stopped(c) && columns_work(c) < most) {
        bool all = take_roster(c, work);
        found = all && c->value < cutoff - EPS;
        if (found)
            break;
        bool open = !all && decide(c, &d, how->threshold);
        exclude(c);
        while ((!open || !reprice(c, &d)) && (open = take_back(c, &d)) && columns_work(c) < most)
            exclude(c);
        if (!open)
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

/* Are few enough columns cheap enough for a roster that costs less than `gap` above the LP? */
static bool few_open(const struct columns *c, double gap)
{
    int n = 0;
    for (int i = 0; i < (int)c->column->len; i++)
        n += glp_get_col_dual(c->lp, columns_lp(c, i)) < gap;
    return n <= MIP_COLUMNS;
}

/* A row that keeps the objective below the cutoff, in force until the tree is done: nodes above it end at
   once. Returns its number. */
static int add_cutoff(struct columns *c, double cutoff)
{
    int n_cols = glp_get_num_cols(c->lp), n = 0, row = glp_add_rows(c->lp, 1);
    g_autofree int *index = g_new(int, n_cols + 1);
    g_autofree double *element = g_new(double, n_cols + 1);
    for (int j = 1; j <= n_cols; j++)
        if (glp_get_obj_coef(c->lp, j) != 0) {
            index[++n] = j;
            element[n] = glp_get_obj_coef(c->lp, j);
        }
    glp_set_mat_row(c->lp, row, n, index, element);
    glp_set_row_bnds(c->lp, row, GLP_UP, 0,
                     c->model->whole && c->noise == NULL ? ceil(cutoff - EPS) - 1 : cutoff - EPS);
    return row;
}

bool columns_mip(struct columns *c, double cutoff, int nodes, uint8_t *work)
{
    static const int never = 0;
    struct tree tree = {.most = nodes, .stop = c->stop != NULL ? c->stop : &never};
    columns_enrich(c, cutoff - c->value);
    if (columns_stopped(c) || !columns_solve(c, false))
        return false;
    int n_cols = glp_get_num_cols(c->lp);
    if (!few_open(c, cutoff - c->value))
        return false;
    for (int j = 1; j <= n_cols; j++) {
        glp_set_col_kind(c->lp, j, c->model->whole || j > c->n_slack ? GLP_IV : GLP_CV);
        if (j > c->n_slack && glp_get_col_dual(c->lp, j) >= cutoff - c->value)
            glp_set_col_bnds(c->lp, j, GLP_FX, 0, 0); /* too dear for a roster below the cutoff */
    }
    int row = add_cutoff(c, cutoff);
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
    for (int j = 1; j <= n_cols; j++) {
        glp_set_col_kind(c->lp, j, GLP_CV);
        if (j > c->n_slack)
            glp_set_col_bnds(c->lp, j, GLP_LO, 0, 0);
    }
    glp_del_rows(c->lp, 1, (int[]){0, row});
    glp_std_basis(c->lp);
    return n == c->n;
}
