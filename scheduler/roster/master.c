#include "scheduler/roster/master.h"

#include <glpk.h>
#include <math.h>
#include <string.h>

#define SMOOTHING 0.6 /* weight of the best prices in those that are priced */
#define CLOSE 1e-7    /* relative distance of LP and bound that ends the work */

struct master {
    const struct roster_model *model;
    struct bound *bound;
    glp_prob *lp;
    int n_rows; /* of prices; the convexity rows follow */
    int32_t *cover;
    int *index; /* one column of the matrix, 1-based as GLPK wants it */
    double *entry;
    int *has_tour; /* per class: has it a basic first column? */
};

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
    n++;
    master->index[n] = master->n_rows + c + 1;
    master->entry[n] = 1;
    int column = glp_add_cols(master->lp, 1);
    glp_set_mat_col(master->lp, column, n, master->index, master->entry);
    glp_set_obj_coef(master->lp, column, tour_pay(master->model, cat, tour));
    glp_set_col_bnds(master->lp, column, GLP_LO, 0, 0);
    glp_set_col_stat(master->lp, column, master->has_tour[c] ? GLP_NL : GLP_BS);
    master->has_tour[c] = 1;
}

static void add_demand(struct master *master)
{
    int n = bound_n_steps(master->bound);
    if (n == 0)
        return;
    int first = glp_add_cols(master->lp, n);
    for (int i = 0; i < n; i++) {
        struct demand_step step = bound_step(master->bound, i);
        int index[2] = {0, step.row * master->model->n_iv + step.iv + 1};
        double entry[2] = {0, -1};
        glp_set_mat_col(master->lp, first + i, 1, index, entry);
        glp_set_obj_coef(master->lp, first + i, -step.value);
        glp_set_col_bnds(master->lp, first + i, GLP_DB, 0, step.width);
        glp_set_col_stat(master->lp, first + i, GLP_NL);
    }
}

/* Rows of prices start slack, convexity rows are met by the first tour of each class: a feasible basis. */
static void add_rows(struct master *master)
{
    const struct roster_model *model = master->model;
    glp_add_rows(master->lp, master->n_rows + model->n_classes);
    for (int i = 0; i < master->n_rows; i++) {
        double sold = bound_past(master->bound, i / model->n_iv, i % model->n_iv);
        glp_set_row_bnds(master->lp, i + 1, GLP_LO, -sold, 0);
        glp_set_row_stat(master->lp, i + 1, GLP_BS);
    }
    for (int c = 0; c < model->n_classes; c++) {
        glp_set_row_bnds(master->lp, master->n_rows + c + 1, GLP_FX, model->classes[c].n_agents, 0);
        glp_set_row_stat(master->lp, master->n_rows + c + 1, GLP_NS);
    }
}

static bool run_simplex(struct master *master, int iterations)
{
    glp_smcp control;
    glp_init_smcp(&control);
    control.msg_lev = GLP_MSG_OFF;
    control.meth = GLP_PRIMAL;
    control.pricing = GLP_PT_PSE;
    control.it_lim = iterations;
    return glp_simplex(master->lp, &control) == 0 && glp_get_status(master->lp) == GLP_OPT;
}

static double generate(struct master *master, int rounds, int iterations)
{
    const struct roster_model *model = master->model;
    g_autofree double *prices = g_new0(double, master->n_rows + 1);
    g_autofree struct tour *tours = g_new0(struct tour, model->n_classes + 1);
    double value = INFINITY;
    for (int round = 0; round < rounds && run_simplex(master, iterations); round++) {
        value = glp_get_obj_val(master->lp) + bound_constant(master->bound);
        bool smooth = round % 4 != 3; /* every fourth round at the LP's own prices */
        const double *best = bound_prices(master->bound);
        for (int i = 0; i < master->n_rows; i++) {
            double dual = MAX(glp_get_row_dual(master->lp, i + 1), 0);
            prices[i] = smooth ? SMOOTHING * best[i] + (1 - SMOOTHING) * dual : dual;
        }
        bound_offer(master->bound, prices, tours);
        if (value - bound_best(master->bound) <= CLOSE * (1 + fabs(value)))
            break;
        for (int c = 0; c < model->n_classes; c++)
            add_tour(master, c, &tours[c], prices);
    }
    return value;
}

double master_solve(const struct roster_model *model, struct bound *bound, int rounds, int iterations)
{
    if (model->n_sets == 0)
        return INFINITY;
    struct master master = {.model = model, .bound = bound, .n_rows = bound_rows(bound) * model->n_iv};
    master.cover = g_new(int32_t, model->n_iv + 1);
    master.index = g_new0(int, model->n_iv + 3);
    master.entry = g_new0(double, model->n_iv + 3);
    master.has_tour = g_new0(int, model->n_classes + 1);
    glp_term_out(GLP_OFF);
    master.lp = glp_create_prob();
    glp_set_obj_dir(master.lp, GLP_MIN);
    add_rows(&master);
    add_demand(&master);
    for (int c = 0; c < model->n_classes; c++) {
        int n;
        const struct weighted_tour *tours = bound_tours(bound, c, &n);
        for (int k = 0; k < n; k++)
            add_tour(&master, c, &tours[k].tour, bound_prices(bound));
    }
    double value = generate(&master, rounds, iterations);
    glp_delete_prob(master.lp);
    g_free(master.cover);
    g_free(master.index);
    g_free(master.entry);
    g_free(master.has_tour);
    return value;
}
