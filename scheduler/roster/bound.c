#include "scheduler/roster/bound.h"

#include "scheduler/roster/lattice.h"

#include "scheduler/roster/meetings.h"
#include "scheduler/roster/sell.h"

#include <math.h>
#include <string.h>

#define WEIGHT_MIN 1e-3       /* averaged tours lighter than this are forgotten */
#define LATTICE_POINTS 400000 /* staffings looked at in a step; as much work as pricing some classes */
#define NOISE 1e-9            /* relative; the bound is lowered by it */
#define ALPHA_SPAN 4          /* least weight of the last slope in the direction: that part of the largest */
#define NO_GAIN 10   /* after so many steps without a better bound they become shorter; one that … */
#define FAR 0.2      /* … loses more than this part of what is hoped for … */
#define FAR_COUNTS 3 /* … counts as so many */

/* The averaged tours of one class. */
struct average {
    struct weighted_tour *tours;
    int n, size;
};

struct bound {
    const struct roster_model *model;
    struct worth *worth;
    struct pricing *pricing;
    struct sellers *sellers;
    bool whole;                  /* one skill set, or all pooled: the row prices the staff itself */
    struct lattice *lattice;     /* a row per skill set; NULL else */
    int *bought;                 /* n_sets */
    const struct rows *coupling; /* NULL = none */
    int n_coupling;
    int rows;
    size_t n_cover;             /* rows × n_iv */
    size_t n;                   /* … and one per coupling row, and one per SLA row */
    double *dual;               /* n_coupling, of the prices in use */
    double *use;                /* n_coupling */
    double *all_prices, *taken; /* sets × n_axis, where there are meetings; NULL else */
    struct piece *pieces;       /* by interval, valued at `multipliers` */
    int *first;                 /* n_iv + 1 */
    bool *served;               /* whole: per queue */
    double *scale;              /* per SLA row */
    double *multipliers;        /* per SLA row: those the demand is valued at */
    bool built;                 /* … once it is */
    double **steps;             /* whole: per interval, worth of the first, second, … agent */
    int *n_steps, *size_steps;
    double plain_sum;  /* Σ of all pieces, gains left out */
    double constant;   /* … and of multipliers × needs */
    double *base;      /* whole: per interval, worth of the published past alone */
    double *cost;      /* n_classes: of a tour */
    double *set_price; /* n_axis */
    int32_t *cover;
    int *best_row;              /* sets × n_iv: the dearest queue of each set */
    struct tour *tours, *spare; /* n_classes: of the step, of a value alone */
    /* volume algorithm */
    double best;
    double *prices, *trial, *slope, *mean_slope;
    double step, alpha, last_check;
    int no_gain, count;
    struct average *average; /* n_classes */
};

/* ---- the demand at given multipliers of its SLA rows ---- */

/* A copy of the pieces, since the search prices them at other multipliers. Rows' multipliers stand behind the
   prices, times a scale that makes them as stiff as the prices of staff: with g contacts per agent-interval
   on the mean over N intervals, a step moves the price of staff in each of them as it moves their own. */
static void take_pieces(struct bound *bound)
{
    const struct roster_model *model = bound->model;
    const struct demand *demand = &model->problem->demand;
    bound->first = g_new0(int, model->n_iv + 1);
    GArray *pieces = g_array_new(FALSE, FALSE, sizeof(struct piece));
    g_autofree double *width = g_new0(double, demand->n_rows + 1);
    g_autofree double *contacts = g_new0(double, demand->n_rows + 1);
    for (int iv = 0; iv < model->n_iv; iv++) {
        int n;
        const struct piece *piece = worth_pieces(bound->worth, iv, &n);
        g_array_append_vals(pieces, piece, (guint)n);
        bound->first[iv + 1] = (int)pieces->len;
        for (int k = 0; k < n; k++) {
            bound->plain_sum += piece[k].width * piece[k].plain;
            if (piece[k].row < 0 || piece[k].gain <= 0)
                continue;
            width[piece[k].row] += piece[k].width;
            contacts[piece[k].row] += piece[k].width * piece[k].gain;
        }
    }
    bound->pieces = (struct piece *)(void *)g_array_free(pieces, FALSE);
    for (int r = 0; r < demand->n_rows; r++)
        bound->scale[r] = contacts[r] > 0
                              ? contacts[r] / width[r] * sqrt(demand->rows[r].to_iv - demand->rows[r].from_iv)
                              : 1;
}

static void sort_pieces(struct piece *piece, int n)
{
    for (int i = 1; i < n; i++) { /* they are all but sorted */
        struct piece moving = piece[i];
        int k = i;
        for (; k > 0 && piece_compare(&piece[k - 1], &moving) > 0; k--)
            piece[k] = piece[k - 1];
        piece[k] = moving;
    }
}

/* Fills pieces in falling value with `staff` agents who serve all of them, and goes on with one more at a
   time: what they are worth (base), and each of up to `most` more (steps, until worth nothing). Returns how
   many. */
static int fill(const struct bound *bound, int iv, double staff, int most, double *base, double *steps)
{
    int n = 0, k = bound->first[iv], end = bound->first[iv + 1];
    double left = 0, value = 0; /* of piece k; of what is being filled */
    for (bool past = true; past || n < most; past = false) {
        double amount = past ? staff : 1;
        value = 0;
        for (; amount > 0 && k < end; k += left <= 0) {
            const struct piece *piece = &bound->pieces[k];
            if (!bound->served[piece->queue]) {
                left = 0;
                continue;
            }
            left = left > 0 ? left : piece->width;
            double used = MIN(amount, left);
            value += used * piece->value;
            amount -= used;
            left -= used;
        }
        if (past)
            *base = value;
        else if (value <= 0)
            break;
        else
            steps[n++] = value;
    }
    return n;
}

static double past_staff(const struct bound *bound, int iv)
{
    double past = 0;
    for (int s = 0; s < bound->model->n_sets; s++)
        past += bound->model->fixed[(size_t)s * (size_t)bound->model->n_iv + (size_t)iv];
    return past;
}

static void build_steps(struct bound *bound)
{
    int most = 0;
    for (int s = 0; s < bound->model->n_sets; s++)
        most += bound->model->sets[s].n_agents;
    g_autofree double *steps = g_new(double, most + 1);
    for (int iv = 0; iv < bound->model->n_iv; iv++) {
        int n = bound->n_steps[iv] = fill(bound, iv, past_staff(bound, iv), most, &bound->base[iv], steps);
        if (n > bound->size_steps[iv]) {
            bound->size_steps[iv] = n;
            bound->steps[iv] = g_renew(double, bound->steps[iv], n);
        }
        if (n > 0)
            memcpy(bound->steps[iv], steps, (size_t)n * sizeof *steps);
    }
}

/* Values of the pieces at the multipliers behind these prices. Multipliers above a row's price would not
   bound it: they are cut. */
static void set_multipliers(struct bound *bound, const double *prices)
{
    const struct demand *demand = &bound->model->problem->demand;
    const double *tail = prices + bound->n - demand->n_rows;
    bool same = bound->built;
    bound->constant = bound->plain_sum;
    for (int r = 0; r < demand->n_rows; r++) {
        double multiplier = CLAMP(tail[r] / bound->scale[r], 0, demand->rows[r].price);
        same = same && multiplier == bound->multipliers[r];
        bound->multipliers[r] = multiplier;
        bound->constant += multiplier * demand->rows[r].need;
    }
    if (same)
        return;
    bound->built = true;
    for (int i = 0; i < bound->first[bound->model->n_iv]; i++) {
        struct piece *piece = &bound->pieces[i];
        piece->value = piece->plain + (piece->row >= 0 ? bound->multipliers[piece->row] * piece->gain : 0);
    }
    if (!bound->whole)
        return;
    for (int iv = 0; iv < bound->model->n_iv; iv++)
        sort_pieces(bound->pieces + bound->first[iv], bound->first[iv + 1] - bound->first[iv]);
    build_steps(bound);
}

void bound_multipliers(struct bound *bound, double *out)
{
    set_multipliers(bound, bound->prices);
    memcpy(out, bound->multipliers, (size_t)bound->model->problem->demand.n_rows * sizeof *out);
}

static void take_rows(struct bound *bound, const struct rows *rows)
{
    bound->coupling = rows;
    bound->n_coupling = rows != NULL ? rows_n(rows) : 0;
    bound->dual = g_new0(double, bound->n_coupling + 1);
    bound->use = g_new0(double, bound->n_coupling + 1);
    size_t cells = (size_t)bound->model->n_sets * (size_t)bound->model->n_axis + 1;
    bound->all_prices = bound->model->meetings != NULL ? g_new0(double, cells) : NULL;
    bound->taken = bound->model->meetings != NULL ? g_new0(double, cells) : NULL;
}

/* Takes the lattice, NULL without. */
static struct bound *make(const struct roster_model *model, struct worth *worth, struct pricing *pricing,
                          const struct rows *rows, bool pooled, struct lattice *lattice)
{
    struct bound *bound = g_new0(struct bound, 1);
    bound->model = model;
    bound->worth = worth;
    bound->pricing = pricing;
    bound->sellers = sellers_new(model, pricing, rows, NULL);
    bound->whole = pooled || model->n_sets == 1;
    bound->rows = bound->whole ? 1 : model->problem->demand.n_queues;
    bound->lattice = lattice;
    bound->bought = g_new0(int, model->n_sets + 1);
    if (lattice != NULL)
        bound->rows = model->n_sets;
    const struct demand *demand = &model->problem->demand;
    take_rows(bound, rows);
    bound->n_cover = (size_t)bound->rows * (size_t)model->n_iv;
    bound->n = bound->n_cover + (size_t)bound->n_coupling + (size_t)demand->n_rows;
    bound->steps = g_new0(double *, model->n_iv + 1);
    bound->n_steps = g_new0(int, model->n_iv + 1);
    bound->size_steps = g_new0(int, model->n_iv + 1);
    bound->base = g_new0(double, model->n_iv + 1);
    bound->scale = g_new0(double, demand->n_rows + 1);
    bound->multipliers = g_new0(double, demand->n_rows + 1);
    bound->served = g_new0(bool, demand->n_queues + 1);
    for (int q = 0; q < demand->n_queues; q++)
        bound->served[q] = pooled;
    for (int k = 0; !pooled && bound->whole && k < model->sets[0].n_queues; k++)
        bound->served[model->sets[0].queues[k]] = true;
    take_pieces(bound);
    bound->cost = g_new0(double, model->n_classes + 1);
    bound->set_price = g_new0(double, model->n_axis + 1);
    bound->cover = g_new0(int32_t, model->n_iv + 1);
    bound->best_row = g_new0(int, (size_t)(model->n_sets + 1) * (size_t)model->n_iv);
    bound->tours = g_new0(struct tour, model->n_classes + 1);
    bound->spare = g_new0(struct tour, model->n_classes + 1);
    bound->prices = g_new0(double, bound->n + 1);
    bound->trial = g_new0(double, bound->n + 1);
    bound->slope = g_new0(double, bound->n + 1);
    bound->mean_slope = g_new0(double, bound->n + 1);
    bound->average = g_new0(struct average, model->n_classes + 1);
    for (int r = 0; r < demand->n_rows; r++)
        bound->prices[bound->n - (size_t)demand->n_rows + (size_t)r] =
            worth_multipliers(worth)[r] * bound->scale[r];
    set_multipliers(bound, bound->prices);
    bound->best = -INFINITY;
    bound->step = 0.1;
    bound->alpha = 0.1;
    bound->last_check = -INFINITY;
    return bound;
}

void bound_team(struct bound *bound, struct team *team)
{
    sellers_free(bound->sellers);
    bound->sellers = sellers_new(bound->model, bound->pricing, bound->coupling, team);
}

struct bound *bound_new(const struct roster_model *model, struct worth *worth, struct pricing *pricing,
                        const struct rows *rows, bool pooled)
{
    return make(model, worth, pricing, rows, pooled, NULL);
}

struct bound *bound_new_sets(const struct roster_model *model, struct worth *worth, struct pricing *pricing,
                             const struct rows *rows, const struct bound *from)
{
    struct lattice *lattice = lattice_new(model, worth, LATTICE_POINTS);
    if (lattice == NULL)
        return NULL;
    struct bound *bound = make(model, worth, pricing, rows, false, lattice);
    for (int s = 0; s < model->n_sets; s++) {
        bound_set_price(from, from->prices, s, bound->set_price);
        memcpy(bound->prices + (size_t)s * (size_t)model->n_iv, bound->set_price,
               (size_t)model->n_iv * sizeof *bound->prices);
    }
    memcpy(bound->prices + bound->n_cover, from->prices + from->n_cover,
           (size_t)bound->n_coupling * sizeof *bound->prices);
    return bound;
}

void bound_free(struct bound *bound)
{
    if (bound == NULL)
        return;
    for (int iv = 0; bound->steps != NULL && iv < bound->model->n_iv; iv++)
        g_free(bound->steps[iv]);
    for (int c = 0; c < bound->model->n_classes; c++) {
        for (int i = 0; i < bound->average[c].size; i++)
            tour_clear(&bound->average[c].tours[i].tour);
        g_free(bound->average[c].tours);
    }
    tours_free(bound->tours, bound->model->n_classes);
    tours_free(bound->spare, bound->model->n_classes);
    sellers_free(bound->sellers);
    lattice_free(bound->lattice);
    void *const owned[] = {bound->bought,  bound->size_steps, bound->scale,   bound->multipliers,
                           bound->served,  bound->pieces,     bound->first,   bound->steps,
                           bound->n_steps, bound->base,       bound->cost,    bound->set_price,
                           bound->cover,   bound->best_row,   bound->prices,  bound->trial,
                           bound->slope,   bound->mean_slope, bound->average, bound->dual,
                           bound->use,     bound->all_prices, bound->taken};
    for (guint i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
    g_free(bound);
}

int bound_rows(const struct bound *bound)
{
    return bound->rows;
}

size_t bound_size(const struct bound *bound)
{
    return bound->n;
}

double bound_best(const struct bound *bound)
{
    return bound->best;
}

const double *bound_prices(const struct bound *bound)
{
    return bound->prices;
}

const struct weighted_tour *bound_tours(const struct bound *bound, int class, int *n)
{
    *n = bound->average[class].n;
    return bound->average[class].tours;
}

/* Room for n tours; new ones are empty. */
static void reserve(struct average *average, int n)
{
    if (n <= average->size)
        return;
    average->tours = g_renew(struct weighted_tour, average->tours, n);
    memset(average->tours + average->size, 0, (size_t)(n - average->size) * sizeof *average->tours);
    average->size = n;
}

void bound_average(struct bound *bound, int class, const struct weighted_tour *tours, int n)
{
    struct average *average = &bound->average[class];
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += tours[i].weight;
    if (sum <= 0)
        return;
    reserve(average, n);
    for (int i = 0; i < n; i++) {
        tour_copy(&average->tours[i].tour, &tours[i].tour);
        average->tours[i].weight = tours[i].weight / sum;
    }
    average->n = n;
}

void bound_begin(struct bound *bound, const struct bound *week, int first_iv)
{
    size_t n = (size_t)week->model->n_iv, all = (size_t)bound->model->n_iv;
    const struct demand *demand = &bound->model->problem->demand, *part = &week->model->problem->demand;
    for (int row = 0; row < bound->rows; row++)
        memcpy(bound->prices + (size_t)row * all + (size_t)first_iv, week->prices + (size_t)row * n,
               n * sizeof *bound->prices);
    double *tail = bound->prices + bound->n - demand->n_rows;
    const double *from = week->prices + week->n - part->n_rows;
    for (int r = 0; r < demand->n_rows; r++)
        for (int k = 0; k < part->n_rows; k++)
            if (demand->rows[r].queue == part->rows[k].queue &&
                demand->rows[r].from_iv == part->rows[k].from_iv + first_iv)
                tail[r] = from[k] / week->scale[k] * bound->scale[r];
    bound->step = MIN(bound->step, week->step);
}

/* ---- the bound at given prices ---- */

int bound_row(const struct bound *bound, const double *prices, int set, int iv)
{
    if (bound->whole)
        return prices[iv] > 0 ? 0 : -1;
    if (bound->lattice != NULL)
        return prices[(size_t)set * (size_t)bound->model->n_iv + (size_t)iv] > 0 ? set : -1;
    const struct skill_set *skills = &bound->model->sets[set];
    int best = -1;
    double most = 0;
    for (int k = 0; k < skills->n_queues; k++) {
        double price = prices[(size_t)skills->queues[k] * (size_t)bound->model->n_iv + (size_t)iv];
        if (price > most) {
            most = price;
            best = skills->queues[k];
        }
    }
    return best;
}

void bound_set_price(const struct bound *bound, const double *prices, int set, double *price)
{
    memset(price, 0, (size_t)bound->model->n_axis * sizeof *price);
    for (int iv = 0; set >= 0 && iv < bound->model->n_iv; iv++) {
        int row = bound_row(bound, prices, set, iv);
        price[iv] = row < 0 ? 0 : prices[(size_t)row * (size_t)bound->model->n_iv + (size_t)iv];
    }
}

/* Whole: the contacts that `staff` gives the rows, taken off the tail of the slope. */
static void buy_contacts(const struct bound *bound, int iv, double staff, double *tail)
{
    for (int k = bound->first[iv]; k < bound->first[iv + 1] && staff > 0; k++) {
        const struct piece *piece = &bound->pieces[k];
        double used = bound->served[piece->queue] ? MIN(staff, piece->width) : 0;
        staff -= used;
        if (piece->row >= 0)
            tail[piece->row] -= used * piece->gain / bound->scale[piece->row];
    }
}

/* What the demand gains by buying at these prices; its purchases go to slope, and behind it what each SLA row
 * is then short of. */
static double buy(struct bound *bound, const double *prices, double *slope)
{
    const struct roster_model *model = bound->model;
    const struct demand *demand = &model->problem->demand;
    double gain = 0, *tail = slope + bound->n - demand->n_rows;
    for (int r = 0; r < demand->n_rows; r++)
        tail[r] = demand->rows[r].need / bound->scale[r];
    for (int iv = 0; iv < model->n_iv; iv++) {
        if (bound->whole) {
            int k = 0;
            gain += bound->base[iv];
            for (; k < bound->n_steps[iv] && bound->steps[iv][k] > prices[iv]; k++)
                gain += bound->steps[iv][k] - prices[iv];
            slope[iv] += k;
            if (demand->n_rows > 0)
                buy_contacts(bound, iv, past_staff(bound, iv) + k, tail);
            continue;
        }
        if (bound->lattice != NULL) {
            gain += lattice_buy(bound->lattice, iv, prices, bound->bought);
            for (int s = 0; s < model->n_sets; s++)
                slope[(size_t)s * (size_t)model->n_iv + (size_t)iv] += bound->bought[s];
            continue;
        }
        for (int k = bound->first[iv]; k < bound->first[iv + 1]; k++) {
            const struct piece *piece = &bound->pieces[k];
            size_t at = (size_t)piece->queue * (size_t)model->n_iv + (size_t)iv;
            if (piece->value <= prices[at])
                continue;
            gain += piece->width * (piece->value - prices[at]);
            slope[at] += piece->width;
            if (piece->row >= 0)
                tail[piece->row] -= piece->width * piece->gain / bound->scale[piece->row];
        }
    }
    return gain;
}

/* Worth of the published past at these prices. */
static double sell_past(struct bound *bound, const double *prices, double *slope)
{
    const struct roster_model *model = bound->model;
    double income = 0;
    bool counted = bound->whole || bound->lattice != NULL; /* with what the demand buys */
    for (int s = 0; s < model->n_sets && !counted; s++)
        for (int iv = 0; iv < model->n_iv; iv++) {
            double staff = model->fixed[(size_t)s * (size_t)model->n_iv + (size_t)iv];
            int row = staff != 0 ? bound_row(bound, prices, s, iv) : -1;
            if (row < 0)
                continue;
            size_t at = (size_t)row * (size_t)model->n_iv + (size_t)iv;
            income += staff * prices[at];
            slope[at] -= staff;
        }
    return income;
}

/* What the coupling rows cost at these duals before any shift; their sides go to the slope. */
static double couple(struct bound *bound, const double *prices, double *slope)
{
    double sum = 0;
    for (int i = 0; i < bound->n_coupling; i++) {
        struct row row = rows_row(bound->coupling, i);
        size_t at = bound->n_cover + (size_t)i;
        bound->dual[i] = CLAMP(prices[at] * row.scale, row.low, row.high);
        sum += bound->dual[i] * row.side;
        slope[at] = row.side * row.scale;
    }
    return sum;
}

/* What meetings take out of the work sold, or cost when they are missed: at least. */
static double meet(struct bound *bound, const double *prices, double *slope)
{
    const struct roster_model *model = bound->model;
    if (model->meetings == NULL)
        return 0;
    memset(bound->taken, 0, (size_t)model->n_sets * (size_t)model->n_axis * sizeof *bound->taken);
    for (int s = 0; s < model->n_sets; s++)
        bound_set_price(bound, prices, s, bound->all_prices + (size_t)s * (size_t)model->n_axis);
    double floor = meetings_floor(model->meetings, model, bound->all_prices, bound->taken);
    for (int s = 0; s < model->n_sets; s++)
        for (int iv = 0; iv < model->n_iv; iv++) {
            double taken = bound->taken[(size_t)s * (size_t)model->n_axis + (size_t)iv];
            int row = taken > 0 ? bound_row(bound, prices, s, iv) : -1;
            if (row >= 0)
                slope[(size_t)row * (size_t)model->n_iv + (size_t)iv] += taken;
        }
    return floor;
}

/* Takes what n tours like this give the coupling rows off the slope. */
static void give(struct bound *bound, const struct agent_class *class, const struct tour *tour, double *slope)
{
    memset(bound->use, 0, (size_t)bound->n_coupling * sizeof *bound->use);
    rows_use(bound->coupling, &bound->model->catalogues[class->catalogue], class->lead, tour, class->n_agents,
             bound->use);
    for (int i = 0; i < bound->n_coupling; i++)
        if (bound->use[i] != 0)
            slope[bound->n_cover + (size_t)i] -= bound->use[i] * rows_row(bound->coupling, i).scale;
}

/* Takes what the agents of the class give off the slope. */
static void sell_class(struct bound *bound, const double *prices, int c, const struct tour *tour,
                       double *slope)
{
    const struct roster_model *model = bound->model;
    const struct agent_class *class = &model->classes[c];
    if (bound->coupling != NULL)
        give(bound, class, tour, slope);
    if (class->set < 0)
        return;
    int n = tour_cover(model, &model->catalogues[class->catalogue], tour, bound->cover);
    for (int i = 0; i < n; i++) {
        int row = bound_row(bound, prices, class->set, bound->cover[i]);
        if (row >= 0)
            slope[(size_t)row * (size_t)model->n_iv + (size_t)bound->cover[i]] -= class->n_agents;
    }
}

double bound_value(struct bound *bound, const double *prices, double *slope, struct tour *tours)
{
    const struct roster_model *model = bound->model;
    g_autofree double *own_slope = NULL;
    if (slope == NULL)
        slope = own_slope = g_new(double, bound->n + 1);
    memset(slope, 0, bound->n * sizeof *slope);
    set_multipliers(bound, prices);
    double gain = buy(bound, prices, slope), past = sell_past(bound, prices, slope);
    double sum = bound->constant - gain - past, size = fabs(bound->constant) + fabs(gain) + fabs(past);
    double couples = couple(bound, prices, slope) + meet(bound, prices, slope);
    sum += couples;
    size += fabs(couples);
    tours = tours != NULL ? tours : bound->spare;
    sellers_run(bound->sellers, bound, prices, bound->dual, tours, bound->cost);
    for (int c = 0; c < model->n_classes; c++) {
        double cost = bound->cost[c] * model->classes[c].n_agents;
        sell_class(bound, prices, c, &tours[c], slope);
        sum += cost;
        size += fabs(cost);
    }
    return sum - NOISE * size;
}

double bound_offer(struct bound *bound, const double *prices, struct tour *tours)
{
    double value = bound_value(bound, prices, NULL, tours);
    if (value > bound->best) {
        bound->best = value;
        memcpy(bound->prices, prices, bound->n * sizeof *prices);
    }
    return value;
}

/* ---- the demand side, step by step ---- */

int bound_n_steps(const struct bound *bound, int iv)
{
    return bound->whole ? bound->n_steps[iv] : bound->first[iv + 1] - bound->first[iv];
}

struct demand_step bound_step(const struct bound *bound, int iv, int k)
{
    const struct piece *piece = &bound->pieces[bound->first[iv] + (bound->whole ? 0 : k)];
    return bound->whole ? (struct demand_step){0, iv, 1, bound->steps[iv][k]}
                        : (struct demand_step){piece->queue, iv, piece->width, piece->value};
}

double bound_past(const struct bound *bound, int row, int iv)
{
    double staff = 0;
    for (int s = 0; s < bound->model->n_sets && !bound->whole; s++)
        if (bound_row(bound, bound->prices, s, iv) == row)
            staff += bound->model->fixed[(size_t)s * (size_t)bound->model->n_iv + (size_t)iv];
    return staff;
}

double bound_constant(const struct bound *bound)
{
    double sum = bound->constant;
    for (int iv = 0; iv < bound->model->n_iv && bound->whole; iv++)
        sum -= bound->base[iv];
    return sum;
}

/* ---- volume algorithm ---- */

static void average_in(struct average *average, const struct tour *tour, double alpha)
{
    int at = -1, n = 0;
    for (int i = 0; i < average->n; i++) {
        struct weighted_tour *old = &average->tours[i];
        old->weight *= 1 - alpha;
        bool same = at < 0 && tour_same(&old->tour, tour);
        if (!same && old->weight < WEIGHT_MIN * alpha)
            continue;
        struct weighted_tour kept = *old;
        *old = average->tours[n]; /* its room is used again */
        average->tours[n] = kept;
        if (same)
            at = n;
        n++;
    }
    average->n = n;
    if (at < 0) {
        if (n == average->size)
            reserve(average, MAX(32, 2 * n));
        at = average->n++;
        tour_copy(&average->tours[at].tour, tour);
        average->tours[at].weight = 0;
    }
    average->tours[at].weight += alpha;
}

/* The step that makes alpha·slope + (1 - alpha)·mean shortest, kept within reason. */
static double best_alpha(const struct bound *bound)
{
    double ss = 0, sm = 0, mm = 0;
    for (size_t i = 0; i < bound->n; i++) {
        ss += bound->slope[i] * bound->slope[i];
        sm += bound->slope[i] * bound->mean_slope[i];
        mm += bound->mean_slope[i] * bound->mean_slope[i];
    }
    double down = ss - 2 * sm + mm;
    double alpha = down > 0 ? (mm - sm) / down : bound->alpha;
    return CLAMP(alpha, bound->alpha / ALPHA_SPAN, bound->alpha);
}

/* Where a price, dual or multiplier may lie. */
static void limits_of(const struct bound *bound, size_t i, double *low, double *high)
{
    size_t tail = bound->n_cover + (size_t)bound->n_coupling;
    *low = 0;
    *high = INFINITY;
    if (i >= tail) {
        *high = bound->scale[i - tail] * bound->model->problem->demand.rows[i - tail].price;
    } else if (i >= bound->n_cover) {
        struct row row = rows_row(bound->coupling, (int)(i - bound->n_cover));
        *low = row.low / row.scale;
        *high = row.high / row.scale;
    }
}

/* Keeps better prices and chooses the next step: trials that fall far below the best say sooner that steps
   are too long. */
static void steer(struct bound *bound, double value, double reach, bool along)
{
    if (value > bound->best) {
        bound->best = value;
        memcpy(bound->prices, bound->trial, bound->n * sizeof *bound->prices);
        bound->step = MIN(bound->step * (along ? 2 : 1.1), 2);
        bound->no_gain = 0;
        return;
    }
    bound->no_gain += bound->best - value > FAR * reach ? FAR_COUNTS : 1;
    if (bound->no_gain >= NO_GAIN) {
        bound->step = MAX(bound->step * 0.66, 1e-5);
        bound->no_gain = 0;
    }
}

static void volume_step(struct bound *bound, double target)
{
    double norm = 0;
    for (size_t i = 0; i < bound->n; i++) {
        double low, high;
        limits_of(bound, i, &low, &high);
        bool stuck = (bound->prices[i] <= low && bound->mean_slope[i] < 0) ||
                     (bound->prices[i] >= high && bound->mean_slope[i] > 0);
        norm += stuck ? 0 : bound->mean_slope[i] * bound->mean_slope[i];
    }
    double reach = MAX(target - bound->best, 1e-4 * fabs(target));
    double step = norm > 0 ? bound->step * reach / norm : 0;
    for (size_t i = 0; i < bound->n; i++) {
        double low, high;
        limits_of(bound, i, &low, &high);
        bound->trial[i] = CLAMP(bound->prices[i] + step * bound->mean_slope[i], low, high);
    }
    double value = bound_value(bound, bound->trial, bound->slope, bound->tours);
    double alpha = best_alpha(bound), along = 0;
    for (size_t i = 0; i < bound->n; i++) {
        along += bound->slope[i] * bound->mean_slope[i];
        bound->mean_slope[i] += alpha * (bound->slope[i] - bound->mean_slope[i]);
    }
    for (int c = 0; c < bound->model->n_classes; c++)
        average_in(&bound->average[c], &bound->tours[c], alpha);
    steer(bound, value, reach, along > 0);
    if (++bound->count % 100 == 0) {
        if (bound->best - bound->last_check < 0.01 * fabs(bound->best))
            bound->alpha = MAX(bound->alpha / 2, 0.005);
        bound->last_check = bound->best;
    }
}

void bound_improve(struct bound *bound, double target, int steps)
{
    if (bound->count == 0) {
        bound->best = MAX(bound->best, bound_value(bound, bound->prices, bound->mean_slope, bound->tours));
        for (int c = 0; c < bound->model->n_classes; c++)
            average_in(&bound->average[c], &bound->tours[c], 1.0);
        bound->count = 1;
    }
    for (int i = 0; i < steps; i++)
        volume_step(bound, target);
}
