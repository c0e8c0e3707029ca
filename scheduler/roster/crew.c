#include "scheduler/roster/rows_internal.h"

#include <math.h>
#include <string.h>

#define EPS 1e-9

/* ---- what the terms cost ---- */

static double cell_cost(const struct rows *rows, const struct cell *cell, int count)
{
    double cost = 0;
    for (int i = cell->first_need; i < cell->first_need + cell->n_needs; i++) {
        const struct need *need = &rows->needs[i];
        double missing = need->need - cell->past - count;
        cost += missing > 0 ? need->under * missing : -need->over * missing;
    }
    return cost;
}

/* What presence costs in the interval, published past included. */
static double place_cost(const struct rows *rows, const struct place *place, int32_t iv, int others,
                         int leads)
{
    double cost = 0;
    others += place->past[0][iv];
    leads += place->past[1][iv];
    int above = place->seats > 0 ? others + leads - place_seats(place, iv) : 0;
    if (above > 0)
        cost += above * (place->hard ? rows->hard_price : place->seat_price);
    for (int i = 0; i < place->n_leads; i++) {
        double missing = ceil(others / place->leads[i]->per_agents - EPS) - leads;
        cost += missing > 0 ? missing * place->leads[i]->price * rows->hours : 0;
    }
    return cost;
}

/* ---- the crew ---- */

struct crew {
    const struct rows *rows;
    int *count;       /* by cell */
    double *more;     /* by cell: what one shift more costs */
    int **present[2]; /* others and leads: by place, n_iv */
    double **step[2]; /* … what one more of them costs: by place, n_axis */
    double *start;    /* of the largest catalogue */
};

static void refresh_cell(struct crew *crew, int c)
{
    const struct cell *cell = &crew->rows->cells[c];
    crew->more[c] =
        cell_cost(crew->rows, cell, crew->count[c] + 1) - cell_cost(crew->rows, cell, crew->count[c]);
}

static double cost_at(const struct crew *crew, int p, int32_t iv, int more_others, int more_leads)
{
    return place_cost(crew->rows, &crew->rows->places[p], iv, crew->present[0][p][iv] + more_others,
                      crew->present[1][p][iv] + more_leads);
}

static void refresh_place(struct crew *crew, int p, int32_t iv)
{
    double now = cost_at(crew, p, iv, 0, 0);
    crew->step[0][p][iv] = cost_at(crew, p, iv, 1, 0) - now;
    crew->step[1][p][iv] = cost_at(crew, p, iv, 0, 1) - now;
}

struct crew *crew_new(const struct rows *rows)
{
    struct crew *crew = g_new0(struct crew, 1);
    int starts = 0;
    for (int c = 0; c < rows->model->n_catalogues; c++)
        starts = MAX(starts, rows->model->catalogues[c].n_starts);
    crew->rows = rows;
    crew->count = g_new0(int, rows->n_cells + 1);
    crew->more = g_new0(double, rows->n_cells + 1);
    crew->start = g_new0(double, starts + 1);
    for (int lead = 0; lead < 2; lead++) {
        crew->present[lead] = g_new0(int *, rows->n_places + 1);
        crew->step[lead] = g_new0(double *, rows->n_places + 1);
        for (int p = 0; p < rows->n_places; p++) {
            crew->present[lead][p] = g_new0(int, rows->model->n_iv + 1);
            crew->step[lead][p] = g_new0(double, rows->model->n_axis + 1);
        }
    }
    crew_clear(crew);
    return crew;
}

void crew_free(struct crew *crew)
{
    if (crew == NULL)
        return;
    for (int lead = 0; lead < 2; lead++) {
        for (int p = 0; p < crew->rows->n_places; p++) {
            g_free(crew->present[lead][p]);
            g_free(crew->step[lead][p]);
        }
        g_free(crew->present[lead]);
        g_free(crew->step[lead]);
    }
    g_free(crew->count);
    g_free(crew->more);
    g_free(crew->start);
    g_free(crew);
}

void crew_clear(struct crew *crew)
{
    const struct rows *rows = crew->rows;
    for (int c = 0; c < rows->n_cells; c++) {
        crew->count[c] = 0;
        refresh_cell(crew, c);
    }
    for (int p = 0; p < rows->n_places; p++) {
        for (int lead = 0; lead < 2; lead++)
            memset(crew->present[lead][p], 0, (size_t)rows->model->n_iv * sizeof(int));
        for (int iv = 0; iv < rows->model->n_iv; iv++)
            refresh_place(crew, p, iv);
    }
}

double crew_add(struct crew *crew, const struct agent_class *class, const struct tour *tour, int sign)
{
    const struct rows *rows = crew->rows;
    const struct catalogue *cat = &rows->model->catalogues[class->catalogue];
    int p;
    const struct place *place = rows_place_of(rows, cat, &p);
    double change = 0;
    for (int d = 0; d < tour->n; d++) {
        const struct duty *duty = &tour->duty[d];
        const struct slot *slot = &cat->slots[duty->slot];
        for (int any = 0; any < 2; any++) {
            int c = rows_cells_of(rows, cat)[2 * cat->variants[duty->variant].start + any];
            if (c < 0)
                continue;
            change -= cell_cost(rows, &rows->cells[c], crew->count[c]);
            crew->count[c] += sign;
            change += cell_cost(rows, &rows->cells[c], crew->count[c]);
            refresh_cell(crew, c);
        }
        if (place == NULL || rows_on_call(rows, cat, duty))
            continue;
        for (int32_t iv = slot->start_iv; iv < slot->end_iv && iv < rows->model->n_iv; iv++) {
            change -= cost_at(crew, p, iv, 0, 0);
            crew->present[class->lead][p][iv] += sign;
            change += cost_at(crew, p, iv, 0, 0);
            refresh_place(crew, p, iv);
        }
    }
    return change;
}

double crew_total(const struct crew *crew)
{
    double cost = 0;
    for (int c = 0; c < crew->rows->n_cells; c++)
        cost += cell_cost(crew->rows, &crew->rows->cells[c], crew->count[c]);
    for (int p = 0; p < crew->rows->n_places; p++)
        for (int iv = 0; iv < crew->rows->model->n_iv; iv++)
            cost += cost_at(crew, p, iv, 0, 0);
    return cost;
}

struct shift_cost crew_cost(struct crew *crew, const struct agent_class *class)
{
    const struct rows *rows = crew->rows;
    const struct catalogue *cat = &rows->model->catalogues[class->catalogue];
    struct shift_cost cost = {NULL, NULL};
    int p;
    if (rows_place_of(rows, cat, &p) != NULL)
        cost.presence = crew->step[class->lead][p];
    const int *cells = rows_cells_of(rows, cat);
    for (int s = 0; s < cat->n_starts && rows->n_cells > 0; s++) {
        int own = cells[2 * s], all = cells[2 * s + 1];
        crew->start[s] = (own >= 0 ? crew->more[own] : 0) + (all >= 0 ? crew->more[all] : 0);
    }
    cost.start = rows->n_cells > 0 ? crew->start : NULL;
    return cost;
}

bool crew_overfull(const struct crew *crew, int *site, int32_t *iv, int *present)
{
    for (int p = 0; p < crew->rows->n_places; p++) {
        const struct place *place = &crew->rows->places[p];
        int worst = 0;
        for (int32_t i = 0; place->hard && i < crew->rows->model->n_iv; i++) {
            int here =
                crew->present[0][p][i] + crew->present[1][p][i] + place->past[0][i] + place->past[1][i];
            if (here - place_seats(place, i) <= worst)
                continue;
            worst = here - place_seats(place, i);
            *site = place->site;
            *iv = i;
            *present = here;
        }
        if (worst > 0)
            return true;
    }
    return false;
}
