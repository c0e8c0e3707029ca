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
    double busy = load_erl(load, first), mean = busy, aht_s = 0;
    for (int32_t k = first; k <= iv; k++) {
        aht_s = load->aht_s[k] > 0 ? load->aht_s[k] : aht_s;
        if (aht_s <= 0)
            continue;
        double steady = load_erl(load, k), start = busy, spans_k = interval_s / aht_s,
               left = -expm1(-spans_k);
        mean = steady + (start - steady) * left / spans_k;
        busy = steady + (start - steady) * (1 - left);
    }
    return mean > 0 ? mean : 0;
}
