#include "scheduler/roster/rows_internal.h"

#include <limits.h>
#include <math.h>
#include <string.h>

/* Presence moves with the work priced beside it: its duals take smaller steps. 50 agents, 6 priced seats:
   bound 9,537 at 2, 9,568 at 1, 9,609 at 0.3 after equal steps. */
#define PRESENCE_SCALE 0.3
#define HARD_FACTOR 2 /* a hard seat costs so many times what a whole roster of one agent can be worth */

/* ---- headcounts ---- */

struct headcount_list {
    struct headcount *rows;
    int n;
};

static int compare_headcount(const void *a, const void *b)
{
    const struct headcount *x = a, *y = b;
    if (x->day != y->day)
        return x->day < y->day ? -1 : 1;
    if (x->tmpl != y->tmpl)
        return x->tmpl - y->tmpl;
    return x->site - y->site;
}

/* Those of the problem and those of the operation's rules, day by day. */
static struct headcount_list list_headcounts(const struct plan_problem *problem)
{
    const struct operation *operation = problem->operation;
    size_t size =
        (size_t)problem->n_headcounts + (size_t)operation->n_headcounts * 14 * (size_t)problem->n_weeks;
    struct headcount_list list = {g_new0(struct headcount, size + 1), 0};
    for (int i = 0; i < problem->n_headcounts; i++)
        list.rows[list.n++] = problem->headcounts[i];
    for (int i = 0; i < operation->n_headcounts; i++) {
        const struct headcount_rule *rule = &operation->headcounts[i];
        for (int32_t day = problem->first_day; day < problem->first_day + 7 * problem->n_weeks; day++) {
            struct headcount row = {.tmpl = rule->tmpl, .site = rule->site, .day = day};
            if (!(rule->weekdays >> day_weekday(day) & 1))
                continue;
            row.need = rule->min;
            row.under = rule->under_price;
            if (rule->min > 0 && rule->under_price > 0)
                list.rows[list.n++] = row;
            row.need = rule->max;
            row.under = 0;
            row.over = rule->over_price;
            if (rule->max < INT_MAX && rule->over_price > 0)
                list.rows[list.n++] = row;
        }
    }
    qsort(list.rows, (size_t)list.n, sizeof *list.rows, compare_headcount);
    return list;
}

static int find_cell(const struct rows *rows, int32_t day, int tmpl, int site)
{
    int lo = 0, hi = rows->n_cells;
    struct headcount key = {.day = day, .tmpl = tmpl, .site = site};
    while (lo < hi) {
        int mid = (lo + hi) / 2;
        const struct cell *cell = &rows->cells[mid];
        struct headcount at = {.day = cell->day, .tmpl = cell->tmpl, .site = cell->site};
        if (compare_headcount(&at, &key) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    const struct cell *cell = lo < rows->n_cells ? &rows->cells[lo] : NULL;
    return cell != NULL && cell->day == day && cell->tmpl == tmpl && cell->site == site ? lo : -1;
}

static void build_cells(struct rows *rows)
{
    const struct plan_problem *problem = rows->model->problem;
    struct headcount_list list = list_headcounts(problem);
    rows->needs = g_new0(struct need, list.n + 1);
    rows->cells = g_new0(struct cell, list.n + 1);
    rows->n_needs = list.n;
    for (int i = 0; i < list.n; i++) {
        const struct headcount *row = &list.rows[i];
        rows->needs[i] = (struct need){row->need, MAX(row->under, 0), MAX(row->over, 0)};
        if (i == 0 || compare_headcount(row, &list.rows[i - 1]) != 0)
            rows->cells[rows->n_cells++] =
                (struct cell){.tmpl = row->tmpl, .site = row->site, .day = row->day, .first_need = i};
        rows->cells[rows->n_cells - 1].n_needs++;
    }
    g_free(list.rows);
    for (int i = 0; i < problem->n_past && list.n > 0; i++) {
        const struct shift *shift = &problem->past[i];
        int site = problem->operation->agents[shift->agent].site;
        int32_t day = zone_local_day(rows->model->zones[site], shift->start_ts);
        for (int any = 0; any < 2 && shift->tmpl >= 0; any++) {
            int cell = find_cell(rows, day, shift->tmpl, any ? -1 : site);
            if (cell >= 0)
                rows->cells[cell].past++;
        }
    }
    rows->start_cell = g_new0(int *, rows->model->n_catalogues + 1);
    for (int c = 0; c < rows->model->n_catalogues; c++) {
        const struct catalogue *cat = &rows->model->catalogues[c];
        rows->start_cell[c] = g_new(int, 2 * cat->n_starts + 1);
        for (int s = 0; s < cat->n_starts; s++)
            for (int any = 0; any < 2; any++)
                rows->start_cell[c][2 * s + any] = find_cell(rows, cat->first_day + cat->starts[s].day,
                                                             cat->starts[s].tmpl, any ? -1 : cat->site);
    }
}

/* ---- presence ---- */

/* Published shifts on shift in each interval. */
static void count_past(const struct rows *rows, struct place *place)
{
    const struct roster_model *model = rows->model;
    const struct operation *operation = model->problem->operation;
    for (int i = 0; i < model->problem->n_past; i++) {
        const struct shift *shift = &model->problem->past[i];
        const struct agent *agent = &operation->agents[shift->agent];
        if (agent->site != place->site || shift->end_ts <= model->start_ts ||
            (shift->tmpl >= 0 && operation->templates[shift->tmpl].on_call))
            continue;
        int64_t from = (MAX(shift->start_ts, model->start_ts) - model->start_ts) / model->interval_s;
        int64_t to = (shift->end_ts - model->start_ts + model->interval_s - 1) / model->interval_s;
        for (int64_t iv = from; iv < to && iv < model->n_iv; iv++)
            place->past[agent->lead][iv]++;
    }
}

static void add_place(struct rows *rows, int site)
{
    const struct operation *operation = rows->model->problem->operation;
    struct place place = {.site = site};
    int people = 0;
    for (int a = 0; a < operation->n_agents; a++)
        people += operation->agents[a].site == site;
    if (operation->sites[site].seats > 0 && people > operation->sites[site].seats) {
        place.seats = operation->sites[site].seats;
        place.hard = operation->sites[site].seat_price <= 0;
        place.seat_price = operation->sites[site].seat_price * rows->hours;
    }
    place.leads = g_new0(const struct lead_rule *, operation->n_leads + 1);
    for (int i = 0; i < operation->n_leads; i++)
        if (operation->leads[i].site == site && operation->leads[i].price > 0 &&
            operation->leads[i].per_agents > 0)
            place.leads[place.n_leads++] = &operation->leads[i];
    if (place.seats == 0 && place.n_leads == 0) {
        g_free(place.leads);
        return;
    }
    for (int lead = 0; lead < 2; lead++)
        place.past[lead] = g_new0(int, rows->model->n_iv + 1);
    count_past(rows, &place);
    rows->place_of_site[site] = rows->n_places;
    rows->places[rows->n_places++] = place;
}

/* ---- rows of the bound ---- */

static void add_row(struct rows *rows, double low, double high, double side, double scale)
{
    rows->rows[rows->n_rows++] = (struct row){low, high, side, scale};
}

static double mean_length(const struct roster_model *model)
{
    double sum = 0, n = 0;
    for (int c = 0; c < model->n_catalogues; c++)
        for (int i = 0; i < model->catalogues[c].n_slots; i++) {
            sum += model->catalogues[c].slots[i].end_iv - model->catalogues[c].slots[i].start_iv;
            n++;
        }
    return n > 0 ? sum / n : 1;
}

static void build_rows(struct rows *rows)
{
    size_t n_iv = (size_t)rows->model->n_iv, n = (size_t)rows->n_needs;
    double length = mean_length(rows->model);
    for (int p = 0; p < rows->n_places; p++)
        n += (size_t)(rows->places[p].seats > 0) * n_iv + (size_t)rows->places[p].n_leads * n_iv;
    rows->rows = g_new0(struct row, n + 1);
    rows->first_row = g_new0(int, rows->n_places + 1);
    for (int c = 0; c < rows->n_cells; c++)
        for (int i = 0; i < rows->cells[c].n_needs; i++) {
            const struct need *need = &rows->needs[rows->cells[c].first_need + i];
            add_row(rows, -need->over, need->under, need->need - rows->cells[c].past, length);
        }
    for (int p = 0; p < rows->n_places; p++) {
        const struct place *place = &rows->places[p];
        rows->first_row[p] = rows->n_rows;
        for (int iv = 0; iv < rows->model->n_iv && place->seats > 0; iv++)
            add_row(rows, 0, place->hard ? rows->hard_price : place->seat_price,
                    place->past[0][iv] + place->past[1][iv] - place_seats(place, iv), PRESENCE_SCALE);
        for (int k = 0; k < place->n_leads; k++)
            for (int iv = 0; iv < rows->model->n_iv; iv++)
                add_row(rows, 0, place->leads[k]->price * rows->hours,
                        place->past[0][iv] / place->leads[k]->per_agents - place->past[1][iv],
                        PRESENCE_SCALE);
    }
}

/* More than what one agent's shifts can be worth in all other terms. */
static double find_hard_price(const struct rows *rows)
{
    const struct roster_model *model = rows->model;
    const struct demand *demand = &model->problem->demand;
    double worth = 1, pay = 0, personal = 0;
    for (int iv = 0; iv < model->n_iv; iv++) {
        double most = 0;
        for (int q = 0; q < demand->n_queues; q++)
            for (int k = 0; k < demand->n_pieces; k++)
                most = MAX(most, demand->value[DEMAND_PIECE(demand, q, iv, k)]);
        worth += most;
    }
    for (int r = 0; r < demand->n_rows; r++)
        worth += demand->rows[r].price * MAX(demand->rows[r].need, 0);
    for (int c = 0; c < model->n_catalogues; c++)
        pay = MAX(pay, model->catalogues[c].cum_pay[model->n_axis]);
    for (int i = 0; i < rows->n_needs; i++)
        personal += rows->needs[i].under + rows->needs[i].over;
    for (int c = 0; c < model->n_classes; c++) {
        const struct agent_class *class = &model->classes[c];
        double sum = 0;
        for (int day = 0; class->extra != NULL && day < model->catalogues[class->catalogue].n_days; day++) {
            const struct catalogue *cat = &model->catalogues[class->catalogue];
            double most = class->off_cost[day] < INFINITY ? fabs(class->off_cost[day]) : 0;
            for (int i = cat->day_slot[day]; i < cat->day_slot[day + 1]; i++)
                most = MAX(most, fabs(class->extra[i]));
            sum += most;
        }
        personal = MAX(personal, sum);
    }
    for (int p = 0; p < rows->n_places; p++)
        for (int k = 0; k < rows->places[p].n_leads; k++)
            worth += rows->places[p].leads[k]->price * rows->hours * model->n_iv;
    return HARD_FACTOR * (worth + pay + personal);
}

struct rows *rows_new(const struct roster_model *model)
{
    AUTO(rows) rows = g_new0(struct rows, 1);
    int n_sites = model->problem->operation->n_sites;
    rows->model = model;
    rows->hours = model->interval_s / 3600.0;
    rows->places = g_new0(struct place, n_sites + 1);
    rows->place_of_site = g_new0(int, n_sites + 1);
    build_cells(rows);
    for (int s = 0; s < n_sites; s++) {
        rows->place_of_site[s] = -1;
        add_place(rows, s);
    }
    if (rows->n_cells == 0 && rows->n_places == 0)
        return NULL;
    rows->hard_price = find_hard_price(rows);
    build_rows(rows);
    return g_steal_pointer(&rows);
}

void rows_free(struct rows *rows)
{
    if (rows == NULL)
        return;
    for (int p = 0; p < rows->n_places; p++) {
        g_free(rows->places[p].leads);
        g_free(rows->places[p].past[0]);
        g_free(rows->places[p].past[1]);
    }
    for (int c = 0; c < rows->model->n_catalogues && rows->start_cell != NULL; c++)
        g_free(rows->start_cell[c]);
    void *const owned[] = {rows->needs,      rows->cells, rows->places,   rows->place_of_site,
                           rows->start_cell, rows->rows,  rows->first_row};
    for (guint i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
    g_free(rows);
}

double rows_hard_price(const struct rows *rows)
{
    return rows->hard_price;
}

int rows_n(const struct rows *rows)
{
    return rows->n_rows;
}

struct row rows_row(const struct rows *rows, int i)
{
    return rows->rows[i];
}

bool rows_cost(const struct rows *rows, const double *dual, const struct catalogue *cat, bool lead,
               double *presence, double *start)
{
    int p, n_iv = rows->model->n_iv;
    bool any = false;
    const struct place *place = rows_place_of(rows, cat, &p);
    memset(presence, 0, (size_t)rows->model->n_axis * sizeof *presence);
    memset(start, 0, (size_t)cat->n_starts * sizeof *start);
    const double *at = place != NULL ? dual + rows->first_row[p] : dual;
    for (int iv = 0; place != NULL && place->seats > 0 && iv < n_iv; iv++)
        presence[iv] += at[iv];
    at += place != NULL && place->seats > 0 ? n_iv : 0;
    for (int k = 0; place != NULL && k < place->n_leads; k++, at += n_iv)
        for (int iv = 0; iv < n_iv; iv++)
            presence[iv] += lead ? -at[iv] : at[iv] / place->leads[k]->per_agents;
    for (int iv = 0; iv < n_iv && place != NULL && !any; iv++)
        any = presence[iv] != 0;
    for (int s = 0; s < 2 * cat->n_starts && rows->n_cells > 0; s++) {
        int c = rows_cells_of(rows, cat)[s];
        for (int i = 0; c >= 0 && i < rows->cells[c].n_needs; i++)
            start[s / 2] -= dual[rows->cells[c].first_need + i];
        any |= c >= 0;
    }
    return any;
}

void rows_use(const struct rows *rows, const struct catalogue *cat, bool lead, const struct tour *tour,
              double n, double *use)
{
    int p, n_iv = rows->model->n_iv;
    const struct place *place = rows_place_of(rows, cat, &p);
    for (int d = 0; d < tour->n; d++) {
        const struct duty *duty = &tour->duty[d];
        const struct slot *slot = &cat->slots[duty->slot];
        for (int any = 0; any < 2; any++) {
            int c = rows_cells_of(rows, cat)[2 * cat->variants[duty->variant].start + any];
            for (int i = 0; c >= 0 && i < rows->cells[c].n_needs; i++)
                use[rows->cells[c].first_need + i] += n;
        }
        if (place == NULL || rows_on_call(rows, cat, duty))
            continue;
        double *at = use + rows->first_row[p];
        for (int iv = slot->start_iv; place->seats > 0 && iv < slot->end_iv && iv < n_iv; iv++)
            at[iv] -= n;
        at += place->seats > 0 ? n_iv : 0;
        for (int k = 0; k < place->n_leads; k++, at += n_iv)
            for (int iv = slot->start_iv; iv < slot->end_iv && iv < n_iv; iv++)
                at[iv] += lead ? n : -n / place->leads[k]->per_agents;
    }
}
