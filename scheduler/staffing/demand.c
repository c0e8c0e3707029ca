#include "scheduler/staffing/model.h"

#include "core/error.h"
#include "scheduler/staffing/period.h"

#include <math.h>
#include <string.h>

#define PRICE_FACTOR 4.0 /* of the dearest rate: an hour of work is well below what its absence costs */
#define FLOOR_FACTOR 3.0
#define DEEP_SHARE 0.75  /* of a period's floor: missing there costs DEEP_FACTOR */
#define DEEP_FACTOR 1.25 /* … times what it costs nearer the floor */
#define CARRY_MOST 0.5   /* of the misses the target allows: what a past may change */
/* Worth of a contact in time whatever the contract's sum, of its price: hours that must be worked anyway go
   where contacts wait. */
#define LEAN 0.01

/* The requirement in pieces, dearest first. The first is what min_staff asks for; the others split the
   requirement at these shares, so that a shortage is spread over intervals and queues instead of being piled
   up where it hurts. The spare piece above the requirement is worth next to nothing: it buys no hour, but
   leads hours that must be worked anyway to where contacts wait, not to where work is done in any case. */
enum { PIECE_FLOOR, PIECE_BULK, PIECE_MIDDLE, PIECE_LAST, PIECE_SPARE, PIECE_N };
static const struct {
    double from, to; /* share of the requirement */
    double least_step,
        at_most; /* value relative to the last piece: at least that of the next piece + step; at most */
} pieces[PIECE_N] = {
    [PIECE_FLOOR] = {0, 0, 0, 0},  [PIECE_BULK] = {0, 0.6, 0.15, 2},  [PIECE_MIDDLE] = {0.6, 0.8, 0.15, 1.5},
    [PIECE_LAST] = {0.8, 1, 0, 1}, [PIECE_SPARE] = {1, 1.2, 0, 0.01}, /* immediate channels only */
};

static double price_per_hour(const struct operation *operation, const struct staffing_prices *prices)
{
    if (prices != NULL && prices->price_per_hour > 0)
        return prices->price_per_hour;
    double dearest = 0;
    for (int i = 0; i < operation->n_contracts; i++) {
        const struct contract *contract = &operation->contracts[i];
        double rate = contract->currency != NULL ? operation_currency_rate(operation, contract->currency) : 1;
        dearest = fmax(dearest, contract->rate * rate);
    }
    return dearest > 0 ? PRICE_FACTOR * dearest : 1;
}

/* Values of the pieces relative to the last one: they follow the marginal service level where that falls, and
 * fall in any case. */
static void weigh(const struct model *model, double productive, double *weight)
{
    weight[PIECE_LAST] = 1;
    weight[PIECE_SPARE] = pieces[PIECE_SPARE].at_most;
    bool random = model != NULL && model->offered > 0 && productive > 0;
    double sl[PIECE_SPARE + 1], counted, gain[PIECE_N] = {0};
    for (int piece = PIECE_BULK; random && piece <= PIECE_SPARE; piece++)
        model_levels(model, productive * pieces[piece].from, 1, 1, &sl[piece], &counted);
    for (int piece = PIECE_BULK; random && piece < PIECE_SPARE; piece++) /* level per agent */
        gain[piece] = (sl[piece + 1] - sl[piece]) / (productive * (pieces[piece].to - pieces[piece].from));
    double last = random ? gain[PIECE_LAST] : 0;
    for (int piece = PIECE_MIDDLE; piece >= PIECE_BULK; piece--) {
        double least = weight[piece + 1] + pieces[piece].least_step;
        double marginal = last > 0 ? gain[piece] / last : 0;
        weight[piece] = fmax(least, fmin(marginal, pieces[piece].at_most));
    }
}

/* Pieces of a queue whose service level counts over a period: min_staff, the floor in two, the steps. */
enum { PERIOD_MIN, PERIOD_DEEP, PERIOD_FLOOR, PERIOD_FIRST, PERIOD_N = PERIOD_FIRST + PERIOD_STEPS };

struct context {
    const struct operation *operation;
    const struct staffing_prices *prices;
    double price; /* of an agent-interval */
    double floor_factor;
    struct demand *demand;
};

/* model: NULL of a deferred queue. */
static void fill_cell(const struct context *context, int queue_index, const struct model *model, int32_t iv,
                      double need, double scale)
{
    const struct queue *queue = &context->operation->queues[queue_index];
    struct demand *demand = context->demand;
    demand->need[DEMAND_CELL(demand, queue_index, iv)] = need * scale;
    if (!(need > 0))
        return;
    double *width = &demand->width[DEMAND_PIECE(demand, queue_index, iv, 0)];
    double *value = &demand->value[DEMAND_PIECE(demand, queue_index, iv, 0)];
    double weight[PIECE_N], floor_need = fmin(fmax(queue->min_staff, 0), need);
    weigh(model, need * (1 - queue->shrinkage), weight);
    width[PIECE_FLOOR] = floor_need * scale;
    value[PIECE_FLOOR] = context->price * context->floor_factor;
    int n = channel_is_deferred(queue->channel) ? PIECE_SPARE : PIECE_N;
    for (int piece = PIECE_BULK; piece < n; piece++) {
        double from = fmax(pieces[piece].from * need, floor_need), to = pieces[piece].to * need;
        width[piece] = fmax(to - from, 0) * scale;
        value[piece] = fmin(context->price * weight[piece], value[piece - 1]);
    }
}

static bool by_period(const struct context *context, int queue)
{
    bool plain = context->prices != NULL && context->prices->per_interval;
    return !plain && period_counts(&context->operation->queues[queue]);
}

/* What a contact is worth: staff at the requirement is worth, on the mean over contacts, the price of an
 * agent-interval. 0 when nothing can be gained. */
static double contact_price(const struct context *context, const struct period_curve *curves,
                            const struct load *load, const double *need, double scale, int queue,
                            int32_t from, int32_t to)
{
    double present = 1 - context->operation->queues[queue].shrinkage, contacts = 0, gained = 0;
    for (int32_t iv = from; iv < to; iv++) {
        const struct period_curve *curve = &curves[iv];
        if (!(curve->step > 0) || !(need[iv] > 0))
            continue;
        int k = (int)CLAMP((need[iv] * present - curve->floor) / curve->step, 0, PERIOD_STEPS - 1);
        contacts += load->offered[iv];
        gained += load->offered[iv] * curve->slope[k] * present / scale;
    }
    return gained > 0 ? context->price * contacts / gained : 0;
}

/* Pieces of a cell when a contact missing costs `price`. scale: agents on the roster per productive agent. */
static void fill_period_cell(const struct context *context, int queue, int32_t iv,
                             const struct period_curve *curve, double min_staff, double scale, double price)
{
    struct demand *demand = context->demand;
    size_t at = DEMAND_PIECE(demand, queue, iv, 0);
    double *width = demand->width + at, *value = demand->value + at, *gain = demand->gain + at;
    double floor = curve->floor, least = fmin(min_staff, floor);
    width[PERIOD_MIN] = least * scale;
    width[PERIOD_DEEP] = fmax(DEEP_SHARE * floor - least, 0) * scale;
    width[PERIOD_FLOOR] = (floor - fmax(DEEP_SHARE * floor, least)) * scale;
    for (int k = 0; k < PERIOD_STEPS; k++) {
        width[PERIOD_FIRST + k] = curve->step * scale;
        gain[PERIOD_FIRST + k] = curve->slope[k] / scale;
        value[PERIOD_FIRST + k] = LEAN * price * gain[PERIOD_FIRST + k];
    }
    value[PERIOD_FLOOR] = fmax(context->price, value[PERIOD_FIRST] + price * gain[PERIOD_FIRST]);
    value[PERIOD_DEEP] = DEEP_FACTOR * value[PERIOD_FLOOR];
    value[PERIOD_MIN] = fmax(context->price * context->floor_factor, value[PERIOD_DEEP]);
}

/* Contacts the first part has to make good (or may lose, negative) of its period before the grid. */
static double carried(const struct context *context, int queue, const struct load *load, int32_t to,
                      GError **error)
{
    const struct sla *sla = &context->operation->queues[queue].sla;
    const struct grid *grid = &load->grid;
    int64_t start_ts, end_ts;
    if (context->prices == NULL || context->prices->past == NULL)
        return 0;
    const struct sla_past *past = &context->prices->past[queue];
    if (!staffing_period(context->operation, queue, grid, &start_ts, &end_ts, error))
        return NAN;
    int64_t part_ts = grid_ts(grid, to);
    if (start_ts >= grid->start_ts || part_ts > end_ts) /* nothing before, or joined with the next */
        return 0;
    double share = (double)(part_ts - grid->start_ts) / (double)(end_ts - grid->start_ts), offered = 0;
    for (int32_t iv = 0; iv < to; iv++)
        offered += load->offered[iv];
    double most = CARRY_MOST * (1 - sla->target) * offered;
    return CLAMP(share * (sla->target * past->counted - past->in_time), -most, most);
}

static bool fill_periods(const struct context *context, int queue_index, const struct load *load,
                         const struct model *models, const int32_t *order, const double *need,
                         double site_scale, GError **error)
{
    const struct queue *queue = &context->operation->queues[queue_index];
    struct demand *demand = context->demand;
    const struct grid *grid = &demand->grid;
    double present = 1 - queue->shrinkage, scale = site_scale / present;
    g_autofree int32_t *first = g_new0(int32_t, grid->n + 1);
    g_autofree struct period_curve *curves = g_new0(struct period_curve, grid->n + 1);
    struct period_near near = {.low = 0};
    int n = period_parts(context->operation, queue, grid, first, error);
    for (int32_t k = 0; k < grid->n; k++) {
        int32_t iv = order[k];
        demand->need[DEMAND_CELL(demand, queue_index, iv)] = need[iv] * site_scale;
        if (need[iv] > 0) /* open */
            period_curve_init(&curves[iv], queue, &models[iv],
                              need[iv] > queue->min_staff ? need[iv] * present : 0, &near);
    }
    double carry = n > 0 ? carried(context, queue_index, load, first[1], error) : 0;
    for (int part = 0; part < n && !isnan(carry); part++) {
        struct sla_row row = {queue_index, first[part], first[part + 1], part == 0 ? carry : 0, 0};
        row.price =
            contact_price(context, curves, load, need, site_scale, queue_index, row.from_iv, row.to_iv);
        for (int32_t iv = row.from_iv; iv < row.to_iv; iv++) {
            row.need -= curves[iv].f_floor;
            fill_period_cell(context, queue_index, iv, &curves[iv], fmax(queue->min_staff, 0) * present,
                             scale, row.price);
        }
        if (row.price > 0)
            demand_add_row(demand, &row);
    }
    return n >= 0 && !isnan(carry);
}

static bool fill_queue(const struct context *context, int queue, const struct load *known, GError **error)
{
    struct load planned = *known;
    const struct load *load = &planned;
    if (context->prices != NULL && context->prices->certain)
        planned.busyness_cv2 = 0;
    const struct grid *grid = &context->demand->grid;
    if (load->grid.start_ts != grid->start_ts || load->grid.interval_s != grid->interval_s ||
        load->grid.n != grid->n)
        return wfm_fail(
            error, WFM_ERROR_INPUT,
            "queue %s: its load has %d intervals of %d s where the plan has %d of %d s; bring all queues to "
            "the planning grid first",
            context->operation->queues[queue].id, load->grid.n, load->grid.interval_s, grid->n,
            grid->interval_s);
    g_autofree double *need = g_new0(double, grid->n);
    bool deferred = channel_is_deferred(context->operation->queues[queue].channel);
    g_autofree struct model *models = deferred ? NULL : models_new(&context->operation->queues[queue], load);
    g_autofree int32_t *order = deferred ? NULL : models_by_load(models, grid->n);
    if (!requirement_of(context->operation, &context->operation->queues[queue], load, models, order, need,
                        error))
        return false;
    memcpy(&context->demand->offered[DEMAND_CELL(context->demand, queue, 0)], load->offered,
           (size_t)grid->n * sizeof *load->offered);
    memcpy(&context->demand->aht_s[DEMAND_CELL(context->demand, queue, 0)], load->aht_s,
           (size_t)grid->n * sizeof *load->aht_s);
    if (load->offset != NULL) {
        if (context->demand->offset == NULL)
            demand_add_offset(context->demand);
        memcpy(&context->demand->offset[DEMAND_CELL(context->demand, queue, 0)], load->offset,
               (size_t)grid->n * sizeof *load->offset);
    }
    if (known->busyness_cv2 > 0) {
        if (context->demand->busyness_cv2 == NULL)
            demand_add_busyness(context->demand);
        context->demand->busyness_cv2[queue] = known->busyness_cv2;
    }
    if (known->busyness_cv2 > 0 && known->day_correlation > 0) {
        if (context->demand->day_correlation == NULL)
            demand_add_correlation(context->demand);
        context->demand->day_correlation[queue] = known->day_correlation;
    }
    double scale = 1 / (1 - queue_site_shrinkage(context->operation, queue));
    if (by_period(context, queue))
        return fill_periods(context, queue, load, models, order, need, scale, error);
    for (int32_t iv = 0; iv < grid->n; iv++)
        fill_cell(context, queue, deferred ? NULL : &models[iv], iv, need[iv], scale);
    return true;
}

bool staffing_demand(const struct operation *operation, const struct load *loads,
                     const struct staffing_prices *prices, struct demand *out, GError **error)
{
    if (operation->n_queues == 0)
        return wfm_fail(error, WFM_ERROR_INPUT, "the operation has no queues: there is nothing to staff");
    struct demand demand;
    struct context context = {operation, prices, 0, FLOOR_FACTOR, &demand};
    bool periods = false;
    for (int queue = 0; queue < operation->n_queues; queue++)
        periods |= by_period(&context, queue);
    demand_init(&demand, &loads[0].grid, operation->n_queues, periods ? PERIOD_N : PIECE_N);
    if (periods)
        demand_add_gains(&demand);
    demand_add_load(&demand);
    context.price = price_per_hour(operation, prices) * loads[0].grid.interval_s / 3600;
    if (prices != NULL && prices->floor_factor > 0)
        context.floor_factor = fmax(prices->floor_factor, 1);
    for (int queue = 0; queue < operation->n_queues; queue++)
        if (!fill_queue(&context, queue, &loads[queue], error)) {
            demand_clear(&demand);
            return false;
        }
    *out = demand;
    return true;
}
