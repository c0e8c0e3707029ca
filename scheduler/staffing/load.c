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
        .day_correlation = demand->day_correlation != NULL ? demand->day_correlation[queue] : 0,
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

/* Gauss-Legendre rules on [0, 1], and the variance of the load within an interval, as a share of its mean,
   from which on they are used: levels then err by less than 0.003. */
static const struct {
    double moves;
    int n;
    double at[CARRIED_POINTS], share[CARRIED_POINTS];
} rules[] = {
    {0, 1, {0.5}, {1}},
    {0.01, 2, {0.21132486540518713, 0.78867513459481287}, {0.5, 0.5}},
    {0.2,
     5,
     {0.046910077030668004, 0.23076534494715845, 0.5, 0.76923465505284155, 0.953089922969332},
     {0.11846344252809454, 0.23931433524968324, 0.28444444444444444, 0.23931433524968324,
      0.11846344252809454}},
};

/* The load when interval k begins, and handling times so far. */
struct carrying {
    double busy_erl, aht_s;
};

static void carry(struct carrying *c, const struct load *load, int32_t k, struct carried *out)
{
    double interval_s = load->grid.interval_s;
    c->aht_s = load->aht_s[k] > 0 ? load->aht_s[k] : c->aht_s;
    *out = (struct carried){c->busy_erl, 1, {c->busy_erl}, rules[0].share};
    if (c->aht_s <= 0)
        return;
    double steady = load_erl(load, k), away = c->busy_erl - steady, spans = interval_s / c->aht_s;
    double left = -expm1(-spans), moved = away * left;
    out->mean_erl = out->erl[0] = fmax(steady + moved / spans, 0);
    c->busy_erl -= moved;
    size_t rule = 0;
    while (rule + 1 < G_N_ELEMENTS(rules) && moved * moved > 12 * rules[rule + 1].moves * out->mean_erl)
        rule++;
    if (rule == 0)
        return;
    out->n = rules[rule].n;
    out->share = rules[rule].share;
    for (int i = 0; i < out->n; i++)
        out->erl[i] = fmax(steady + away * exp(-spans * rules[rule].at[i]), 0);
}

void load_carried(const struct load *load, int32_t iv, struct carried *out)
{
    double interval_s = load->grid.interval_s, spans = 0;
    int32_t first = iv;
    /* what is e^-40 of a contact is none: start so many handling times back */
    while (first > 0 && spans < 40) {
        first--;
        double aht_s = load->aht_s[first];
        spans += aht_s > 0 ? interval_s / aht_s : 0;
    }
    struct carrying c = {load_erl(load, first), 0};
    for (int32_t k = first; k <= iv; k++)
        carry(&c, load, k, out);
}

void load_carried_all(const struct load *load, struct carried *out)
{
    struct carrying c = {load->grid.n > 0 ? load_erl(load, 0) : 0, 0};
    for (int32_t k = 0; k < load->grid.n; k++)
        carry(&c, load, k, &out[k]);
}
