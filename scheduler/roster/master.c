#include "scheduler/roster/master.h"

#include <glpk.h>
#include <math.h>
#include <string.h>

#define SMOOTHING 0.6 /* weight of the best prices in those that are priced */
#define CLOSE 1e-7    /* relative distance of LP and bound that ends the work */
#define BAND 0.5      /* boxed prices move at most by this share (of the mean price, where that is more) */
#define TOURS 600     /* boxed: averaged tours it starts from, all classes together */
#define BOX 1.0       /* first half width of the box, as a share of the band */
#define GROUPS 64     /* more classes than this share convexity rows */

/* A tour column. */
struct column {
    int class;
    struct tour tour;
};

struct master {
    const struct roster_model *model;
    struct bound *bound;
    glp_prob *lp;
    int n_rows;                  /* of prices; the convexity rows follow, then the coupling rows */
    const struct rows *coupling; /* NULL = none */
    int n_coupling;
    int first_coupling; /* GLPK's number of the row before them */
    int slack_column;   /* first of their columns: missing and too much of the first row, … */
    double *use;        /* n_coupling: of one tour */
    int n_groups;
    int *group;         /* per class: its convexity row */
    int *people;        /* per group */
    bool boxed;         /* prices stay near the best ones */
    double *low, *high; /* boxed, per row of prices: where they may go at all */
    double box;         /* half width as a share of the band */
    int box_column;     /* first of these */
    int n_first;        /* columns before the tours: demand, and where boxed two per row of prices */
    struct column *columns;
    int n_columns, size;
    int32_t *cover;
    int *index; /* one column of the matrix, 1-based as GLPK wants it */
    double *entry;
    bool *started; /* per group: has it a basic first column? */
    double *prices;
    struct tour *tours;
    double value;
    int round;
};

static void group_classes(struct master *master)
{
    const struct roster_model *model = master->model;
    for (int c = 0; c < model->n_classes; c++) {
        const struct agent_class *class = &model->classes[c];
        int other = model->n_classes > GROUPS ? 0 : c;
        while (other < c && (model->classes[other].catalogue != class->catalogue ||
                             model->classes[other].set != class->set))
            other++;
        master->group[c] = other < c ? master->group[other] : master->n_groups++;
        master->people[master->group[c]] += class->n_agents;
    }
}

/* Entries of a tour in the coupling rows, behind the first n. */
static int add_use(struct master *master, const struct agent_class *class, const struct tour *tour, int n)
{
    if (master->coupling == NULL)
        return n;
    memset(master->use, 0, (size_t)master->n_coupling * sizeof *master->use);
    rows_use(master->coupling, &master->model->catalogues[class->catalogue], class->lead, tour, 1,
             master->use);
    for (int i = 0; i < master->n_coupling; i++) {
        if (master->use[i] == 0)
            continue;
        n++;
        master->index[n] = master->first_coupling + i + 1;
        master->entry[n] = master->use[i];
    }
    return n;
}

/* A column of one class: the tour, its time given to the dearest queues at these prices. */
static void add_tour(struct master *master, int c, const struct tour *tour, const double *prices)
{
    const struct agent_class *class = &master->model->classes[c];
    const struct catalogue *cat = &master->model->catalogues[class->catalogue];
    int n = 0, covered = class->set < 0 ? 0 : tour_cover(master->model, cat, tour, master->cover);
    for (int i = 0; i < covered; i++) {
        int32_t iv = master->cover[i];
        int row = bound_row(master->bound, prices, class->set, iv);
        if (row < 0)
            continue;
        n++;
        master->index[n] = row * master->model->n_iv + iv + 1;
        master->entry[n] = 1;
    }
    n = add_use(master, class, tour, n);
    int group = master->group[c];
    n++;
    master->index[n] = master->n_rows + group + 1;
    master->entry[n] = 1;
    int column = glp_add_cols(master->lp, 1);
    glp_set_mat_col(master->lp, column, n, master->index, master->entry);
    glp_set_obj_coef(master->lp, column, tour_own(master->model, class, tour));
    glp_set_col_bnds(master->lp, column, GLP_LO, 0, 0);
    glp_set_col_stat(master->lp, column, master->started[group] ? GLP_NL : GLP_BS);
    master->started[group] = true;
    if (master->n_columns == master->size) {
        master->size = MAX(256, 2 * master->size);
        master->columns = g_renew(struct column, master->columns, master->size);
    }
    struct column *kept = &master->columns[master->n_columns++];
    *kept = (struct column){.class = c};
    tour_copy(&kept->tour, tour);
}

/* ---- the first columns and rows ---- */

static int add_column(struct master *master, int row, double entry, double cost, double width)
{
    int column = glp_add_cols(master->lp, 1), index[2] = {0, row + 1};
    double entries[2] = {0, entry};
    glp_set_mat_col(master->lp, column, 1, index, entries);
    glp_set_obj_coef(master->lp, column, cost);
    glp_set_col_bnds(master->lp, column, width < INFINITY ? GLP_DB : GLP_LO, 0, width < INFINITY ? width : 0);
    glp_set_col_stat(master->lp, column, GLP_NL);
    master->n_first++;
    return column;
}

/* Steps of the demand. Boxed: what is bought at any price of the band joins the row's side, what at none is
   left out. */
static void add_demand(struct master *master, double *need)
{
    int n_iv = master->model->n_iv;
    for (int iv = 0; iv < n_iv; iv++)
        for (int k = 0; k < bound_n_steps(master->bound, iv); k++) {
            struct demand_step step = bound_step(master->bound, iv, k);
            int row = step.row * n_iv + iv;
            if (master->boxed && step.value >= master->high[row])
                need[row] += step.width;
            else if (!master->boxed || step.value > master->low[row])
                add_column(master, row, -1, -step.value, step.width);
        }
}

static void set_band(struct master *master)
{
    const double *best = bound_prices(master->bound);
    double mean = 0;
    for (int i = 0; i < master->n_rows; i++)
        mean += best[i] / master->n_rows;
    for (int i = 0; i < master->n_rows; i++) {
        master->low[i] = MAX(best[i] - BAND * MAX(best[i], mean), 0);
        master->high[i] = best[i] + BAND * MAX(best[i], mean);
    }
}

/* Rows of prices start slack or, boxed, with staff bought or sold at the box's edge; convexity rows are met
   by the first tour of each group: a feasible basis. */
static void add_rows(struct master *master)
{
    glp_add_rows(master->lp, master->n_rows + master->n_groups + master->n_coupling);
    for (int i = 0; i < master->n_coupling; i++)
        glp_set_row_bnds(master->lp, master->first_coupling + i + 1, GLP_FX,
                         rows_row(master->coupling, i).side, 0);
    for (int g = 0; g < master->n_groups; g++) {
        glp_set_row_bnds(master->lp, master->n_rows + g + 1, GLP_FX, master->people[g], 0);
        glp_set_row_stat(master->lp, master->n_rows + g + 1, GLP_NS);
    }
    g_autofree double *need = g_new0(double, master->n_rows + 1);
    add_demand(master, need);
    for (int i = 0; i < master->n_rows; i++) {
        double sold = bound_past(master->bound, i / master->model->n_iv, i % master->model->n_iv);
        glp_set_row_bnds(master->lp, i + 1, GLP_LO, need[i] - sold, 0);
        glp_set_row_stat(master->lp, i + 1, GLP_BS);
    }
    master->slack_column = master->n_first + 1;
    for (int i = 0; i < master->n_coupling; i++) {
        struct row row = rows_row(master->coupling, i);
        add_column(master, master->first_coupling + i, 1, row.high, INFINITY);
        add_column(master, master->first_coupling + i, -1, -row.low, INFINITY);
    }
    master->box_column = master->n_first + 1;
    for (int i = 0; master->boxed && i < master->n_rows; i++) {
        add_column(master, i, 1, 0, INFINITY);
        add_column(master, i, -1, 0, INFINITY);
    }
}

/* Boxed: staff may be bought and sold outside at the edges of the box around the best prices. */
static void set_box(struct master *master)
{
    const double *best = bound_prices(master->bound);
    for (int i = 0; i < master->n_rows; i++) {
        double half = master->box * (master->high[i] - master->low[i]) / 2;
        glp_set_obj_coef(master->lp, master->box_column + 2 * i, MIN(best[i] + half, master->high[i]));
        glp_set_obj_coef(master->lp, master->box_column + 2 * i + 1, -MAX(best[i] - half, master->low[i]));
    }
}

/* What the first tours leave of each row; by GLPK's numbers less one. */
static double *rest_of_rows(struct master *master)
{
    int n = glp_get_num_rows(master->lp);
    double *rest = g_new0(double, n + 1);
    for (int i = 0; i < n; i++)
        rest[i] = glp_get_row_lb(master->lp, i + 1);
    for (int k = 0; k < master->n_columns; k++) {
        int column = master->n_first + k + 1;
        if (glp_get_col_stat(master->lp, column) != GLP_BS)
            continue;
        int entries = glp_get_mat_col(master->lp, column, master->index, master->entry);
        int people = master->people[master->group[master->columns[k].class]];
        for (int i = 1; i <= entries; i++)
            rest[master->index[i] - 1] -= people * master->entry[i];
    }
    return rest;
}

/* Which of the two columns of a row covers what the first tours leave: those of the box and those of the
   coupling rows. */
static void start_slack(struct master *master)
{
    g_autofree double *rest = rest_of_rows(master);
    for (int i = 0; i < master->n_rows && master->boxed; i++) {
        glp_set_row_stat(master->lp, i + 1, GLP_NL);
        glp_set_col_stat(master->lp, master->box_column + 2 * i + (rest[i] < 0), GLP_BS);
    }
    for (int i = 0; i < master->n_coupling; i++) {
        glp_set_row_stat(master->lp, master->first_coupling + i + 1, GLP_NS);
        glp_set_col_stat(master->lp, master->slack_column + 2 * i + (rest[master->first_coupling + i] < 0),
                         GLP_BS);
    }
}

/* The last `most` averaged tours of a class: those met at the best prices. */
static void add_averaged(struct master *master, int c, int most)
{
    int n;
    const struct weighted_tour *tours = bound_tours(master->bound, c, &n);
    for (int k = n > most ? n - most : 0; k < n; k++)
        add_tour(master, c, &tours[k].tour, bound_prices(master->bound));
}

struct master *master_new(const struct roster_model *model, struct bound *bound, const struct rows *rows,
                          bool boxed)
{
    if (model->n_sets == 0)
        return NULL;
    struct master *master = g_new0(struct master, 1);
    master->model = model;
    master->bound = bound;
    master->boxed = boxed;
    master->box = BOX;
    master->n_rows = bound_rows(bound) * model->n_iv;
    master->low = g_new0(double, master->n_rows + 1);
    master->high = g_new0(double, master->n_rows + 1);
    master->group = g_new0(int, model->n_classes + 1);
    master->people = g_new0(int, model->n_classes + 1);
    master->started = g_new0(bool, model->n_classes + 1);
    master->coupling = rows;
    master->n_coupling = rows != NULL ? rows_n(rows) : 0;
    master->use = g_new0(double, master->n_coupling + 1);
    master->cover = g_new(int32_t, model->n_iv + 1);
    master->index = g_new0(int, model->n_iv + master->n_coupling + 3);
    master->entry = g_new0(double, model->n_iv + master->n_coupling + 3);
    master->prices = g_memdup2(bound_prices(bound), (bound_size(bound) + 1) * sizeof(double));
    g_autofree double *multipliers = g_new(double, model->problem->demand.n_rows + 1);
    bound_multipliers(bound, multipliers); /* of SLA rows: the LP leaves them where they are */
    master->tours = g_new0(struct tour, model->n_classes + 1);
    master->value = INFINITY;
    group_classes(master);
    master->first_coupling = master->n_rows + master->n_groups;
    glp_term_out(GLP_OFF);
    master->lp = glp_create_prob();
    glp_set_obj_dir(master->lp, GLP_MIN);
    set_band(master);
    add_rows(master);
    int most = boxed ? MAX(TOURS / MAX(model->n_classes, 1), 1) : INT_MAX;
    for (int c = 0; c < model->n_classes; c++)
        add_averaged(master, c, most);
    if (boxed || rows != NULL)
        start_slack(master);
    return master;
}

void master_free(struct master *master)
{
    if (master == NULL)
        return;
    glp_delete_prob(master->lp);
    for (int i = 0; i < master->n_columns; i++)
        tour_clear(&master->columns[i].tour);
    tours_free(master->tours, master->model->n_classes);
    void *const owned[] = {master->group,   master->people, master->columns, master->cover,
                           master->index,   master->entry,  master->low,     master->high,
                           master->started, master->use,    master->prices};
    for (guint i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
    g_free(master);
}

double master_value(const struct master *master)
{
    return master->value;
}

/* ---- rounds ---- */

/* Prices may also come from a run that ended at its limit: any prices give a valid bound. */
static bool run_simplex(struct master *master, int iterations)
{
    glp_smcp control;
    glp_init_smcp(&control);
    control.msg_lev = GLP_MSG_OFF;
    control.meth = GLP_PRIMAL;
    control.pricing = GLP_PT_PSE;
    control.it_lim = iterations;
    int failed = glp_simplex(master->lp, &control);
    int status = glp_get_status(master->lp);
    if (!master->boxed && failed == 0 && status == GLP_OPT)
        master->value = glp_get_obj_val(master->lp) + bound_constant(master->bound);
    return (failed == 0 && status == GLP_OPT) || (failed == GLP_EITLIM && status == GLP_FEAS);
}

/* Free: smoothed with the best prices; every fourth round the LP's own. Boxed: the LP's own. */
static void take_prices(struct master *master)
{
    bool smooth = !master->boxed && master->round++ % 4 != 3;
    const double *best = bound_prices(master->bound);
    for (int i = 0; i < master->n_rows; i++) {
        double dual = MAX(glp_get_row_dual(master->lp, i + 1), 0);
        master->prices[i] = smooth ? SMOOTHING * best[i] + (1 - SMOOTHING) * dual : dual;
    }
    for (int i = 0; i < master->n_coupling; i++) {
        struct row row = rows_row(master->coupling, i);
        double dual = CLAMP(glp_get_row_dual(master->lp, master->first_coupling + i + 1), row.low, row.high);
        int at = master->n_rows + i;
        dual /= row.scale;
        master->prices[at] = smooth ? SMOOTHING * best[at] + (1 - SMOOTHING) * dual : dual;
    }
}

bool master_round(struct master *master, int iterations)
{
    const struct roster_model *model = master->model;
    if (master->boxed)
        set_box(master);
    if (!run_simplex(master, iterations))
        return false;
    take_prices(master);
    double before = bound_best(master->bound);
    double got = bound_offer(master->bound, master->prices, master->tours);
    if (master->value < INFINITY &&
        master->value - bound_best(master->bound) <= CLOSE * (1 + fabs(master->value)))
        return false;
    if (master->boxed)
        master->box = CLAMP(master->box * (got > before ? 1.5 : 0.8), 1e-4, 1);
    for (int c = 0; c < model->n_classes; c++)
        add_tour(master, c, &master->tours[c], master->prices);
    return true;
}

void master_average(const struct master *master)
{
    g_autofree struct weighted_tour *tours = g_new(struct weighted_tour, master->n_columns + 1);
    for (int c = 0; c < master->model->n_classes; c++) {
        int n = 0;
        for (int i = 0; i < master->n_columns; i++) {
            double weight = glp_get_col_prim(master->lp, master->n_first + i + 1);
            if (master->columns[i].class == c && weight > 0)
                tours[n++] = (struct weighted_tour){master->columns[i].tour, weight};
        }
        bound_average(master->bound, c, tours, n);
    }
}
