#include "wfm/staff_week.h"

#include <math.h>

static struct staff_line to_line(int queue, const struct load *load, const double *need)
{
    struct staff_line line = {.queue = queue};
    double work_s = 0;
    for (int32_t iv = 0; iv < load->grid.n; iv++) {
        line.contacts += load->offered[iv];
        work_s += load->offered[iv] > 0 ? load->offered[iv] * load->aht_s[iv] : 0;
        line.required_hours += need[iv] * load->grid.interval_s / 3600;
        line.peak_agents = fmax(line.peak_agents, need[iv]);
    }
    line.days_off = load->busyness_cv2 > 0 ? sqrt(load->busyness_cv2) : NAN;
    line.aht_s = line.contacts > 0 ? work_s / line.contacts : NAN;
    line.load_hours = work_s / 3600;
    return line;
}

struct staff_line *staff_week(const struct planning *planning, const struct options *options, GError **error)
{
    const struct operation *operation = planning->operation;
    struct load_ask ask = {.allow_missing = options_flag(options, "allow-missing")};
    hand_ask_from(options, &ask.hand);
    struct load *loads = pipeline_loads(planning, &ask, error);
    if (loads == NULL)
        return NULL;
    struct staffing_prices prices = {.certain = options_flag(options, "certain")};
    struct demand demand = {0};
    g_autofree struct staff_line *lines = g_new0(struct staff_line, (gsize)operation->n_queues + 1);
    bool ok = staffing_demand(operation, loads, &prices, &demand, error);
    for (int q = 0; ok && q < operation->n_queues; q++)
        lines[q] = to_line(q, &loads[q], demand.need + DEMAND_CELL(&demand, q, 0));
    demand_clear(&demand);
    loads_free(loads, operation->n_queues);
    return ok ? g_steal_pointer(&lines) : NULL;
}
