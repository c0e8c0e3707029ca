#include "scheduler/staffing/model.h"

#include <glib.h>
#include <math.h>

void load_init(struct load *load, const struct grid *grid)
{
    *load = (struct load){
        .grid = *grid,
        .offered = g_new0(double, grid->n),
        .aht_s = g_new0(double, grid->n),
    };
}

void load_clear(struct load *load)
{
    g_free(load->offered);
    g_free(load->aht_s);
    g_free(load->opening);
    *load = (struct load){.offered = NULL};
}

struct load load_of_demand(const struct demand *demand, int queue)
{
    size_t first = DEMAND_CELL(demand, queue, 0);
    return (struct load){
        .grid = demand->grid,
        .offered = demand->offered + first,
        .aht_s = demand->aht_s + first,
        .busyness_cv2 = demand->busyness_cv2 != NULL ? demand->busyness_cv2[queue] : 0,
        .offset = demand->offset != NULL ? demand->offset + first : NULL,
    };
}

void load_resample(const struct grid *from, const double *offered, const double *aht_s, struct load *to)
{
    for (int32_t iv = 0; iv < to->grid.n; iv++) {
        int64_t start = grid_ts(&to->grid, iv), end = start + to->grid.interval_s;
        double contacts = 0, work = 0, covered = 0, plain = 0;
        int32_t first = grid_index(from, start), last = grid_index(from, end - 1);
        for (int32_t k = MAX(first, 0); k <= MIN(last, from->n - 1); k++) {
            int64_t a = MAX(start, grid_ts(from, k)), b = MIN(end, grid_ts(from, k + 1));
            double share = (double)(b - a) / from->interval_s;
            contacts += share * offered[k];
            work += share * offered[k] * aht_s[k];
            covered += share;
            plain += share * aht_s[k];
        }
        to->offered[iv] = contacts;
        /* where nothing arrives the AHT still says what a contact would take */
        to->aht_s[iv] = contacts > 0 ? work / contacts : (covered > 0 ? plain / covered : 0);
    }
}

static double load_erl(const struct load *load, int32_t iv)
{
    return load->offered[iv] > 0 ? load->offered[iv] * load->aht_s[iv] / load->grid.interval_s : 0;
}

/* The load at the end of interval k and its mean over it, when `busy_erl` was there at its start. */
struct carrying {
    double busy_erl, mean_erl, aht_s;
};

static void carry(struct carrying *c, const struct load *load, int32_t k)
{
    double interval_s = load->grid.interval_s;
    c->aht_s = load->aht_s[k] > 0 ? load->aht_s[k] : c->aht_s;
    if (c->aht_s <= 0)
        return;
    double steady = load_erl(load, k), start = c->busy_erl, spans = interval_s / c->aht_s;
    double left = -expm1(-spans);
    c->mean_erl = steady + (start - steady) * left / spans;
    c->busy_erl = steady + (start - steady) * (1 - left);
}

double load_carried(const struct load *load, int32_t iv)
{
    double interval_s = load->grid.interval_s, spans = 0;
    int32_t first = iv;
    /* what is e^-40 of a contact is none: start so many handling times back */
    while (first > 0 && spans < 40) {
        first--;
        double aht_s = load->aht_s[first];
        spans += aht_s > 0 ? interval_s / aht_s : 0;
    }
    struct carrying c = {load_erl(load, first), load_erl(load, first), 0};
    for (int32_t k = first; k <= iv; k++)
        carry(&c, load, k);
    return fmax(c.mean_erl, 0);
}

void load_carried_all(const struct load *load, double *carried_erl)
{
    struct carrying c = {.aht_s = 0};
    for (int32_t k = 0; k < load->grid.n; k++) {
        if (k == 0)
            c.busy_erl = c.mean_erl = load_erl(load, 0);
        carry(&c, load, k);
        carried_erl[k] = fmax(c.mean_erl, 0);
    }
}
