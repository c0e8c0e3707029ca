#include "scheduler/roster/pricing.h"

#include <math.h>
#include <string.h>

#include "scheduler/roster/agent_line.h"
#include "scheduler/roster/week_rest.h"

/* ---- work space ---- */

struct pricing {
    const struct roster_model *model;
    double *sum_price;  /* n_axis + 1: prefix sums of the price */
    double *sum_net;    /* … of price minus pay: what an unpaid break costs */
    double *sum_zero;   /* of no price, … */
    double *sum_pay;    /* … of minus pay alone: what shifts on call see */
    double *sum_on;     /* … of what presence costs */
    double *start_cost; /* per start of the largest catalogue */
    double *cluster;    /* 2^breaks × offsets, for breaks whose windows collide */
    size_t cluster_size;
    struct line *line;
    int *choice;  /* days of the longest catalogue */
    int *fixed;   /* … the tour around a window */
    double bound; /* of the last line */
    struct line_memory **memories;
    int n_memories;
    bool shares; /* the memories of another */
};

struct pricing *pricing_new(const struct roster_model *model)
{
    struct pricing *pricing = g_new0(struct pricing, 1);
    int starts = 0, days = 0;
    for (int c = 0; c < model->n_catalogues; c++) {
        starts = MAX(starts, model->catalogues[c].n_starts);
        days = MAX(days, model->catalogues[c].n_days);
    }
    pricing->model = model;
    pricing->sum_price = g_new0(double, model->n_axis + 1);
    pricing->sum_net = g_new0(double, model->n_axis + 1);
    pricing->sum_zero = g_new0(double, model->n_axis + 1);
    pricing->sum_pay = g_new0(double, model->n_axis + 1);
    pricing->sum_on = g_new0(double, model->n_axis + 1);
    pricing->start_cost = g_new0(double, starts + 1);
    pricing->line = line_new();
    pricing->choice = g_new0(int, days + 1);
    pricing->fixed = g_new0(int, days + 1);
    return pricing;
}

void pricing_free(struct pricing *pricing)
{
    if (pricing == NULL)
        return;
    g_free(pricing->sum_price);
    g_free(pricing->sum_net);
    g_free(pricing->sum_zero);
    g_free(pricing->sum_pay);
    g_free(pricing->sum_on);
    g_free(pricing->start_cost);
    g_free(pricing->cluster);
    for (int i = 0; i < pricing->n_memories && !pricing->shares; i++)
        line_memory_free(pricing->memories[i]);
    if (!pricing->shares)
        g_free(pricing->memories);
    line_free(pricing->line);
    g_free(pricing->choice);
    g_free(pricing->fixed);
    g_free(pricing);
}

/* ---- breaks of one start ---- */

static const double *break_sum(const struct pricing *pricing, const struct break_plan *plan, int b)
{
    if (plan->on_call)
        return plan->paid[b] ? pricing->sum_zero : pricing->sum_pay;
    return plan->paid[b] ? pricing->sum_price : pricing->sum_net;
}

static double break_cost(const struct pricing *pricing, const struct break_plan *plan, int b, int32_t at)
{
    const double *sum = break_sum(pricing, plan, b);
    return sum[at + plan->len[b]] - sum[at];
}

/* The least of place_one, without its place: most of a table is this loop. */
static double least_one(const struct pricing *pricing, const struct break_plan *plan, int b, int32_t start)
{
    const double *from = break_sum(pricing, plan, b) + start, *to = from + plan->len[b];
    double best = INFINITY;
    for (int o = plan->from[b]; o <= plan->to[b]; o++) {
        double cost = to[o] - from[o];
        best = cost < best ? cost : best;
    }
    return best;
}

/* The least cost of two breaks, x over before y begins. */
static double least_ordered(const struct pricing *pricing, const struct break_plan *plan, int x, int y,
                            int32_t start)
{
    const double *from_x = break_sum(pricing, plan, x) + start, *to_x = from_x + plan->len[x];
    const double *from_y = break_sum(pricing, plan, y) + start, *to_y = from_y + plan->len[y];
    double best = INFINITY, least = INFINITY;
    int o = plan->from[x];
    for (int at = MAX(plan->from[y], o + plan->len[x]); at <= plan->to[y]; at++) {
        for (; o <= plan->to[x] && o + plan->len[x] <= at; o++) {
            double cost = to_x[o] - from_x[o];
            least = cost < least ? cost : least;
        }
        double cost = least + (to_y[at] - from_y[at]);
        best = cost < best ? cost : best;
    }
    return best;
}

/* Independent window: the least over its offsets. */
static double place_one(const struct pricing *pricing, const struct break_plan *plan, int b, int32_t start,
                        int16_t *offset)
{
    double best = INFINITY;
    for (int o = plan->from[b]; o <= plan->to[b]; o++) {
        double cost = break_cost(pricing, plan, b, start + o);
        if (cost < best) {
            best = cost;
            if (offset != NULL)
                offset[plan->rule[b]] = (int16_t)o;
        }
    }
    return best;
}

/* Colliding windows: least[set][o] is the least cost of the breaks in `set`, all over by offset o, none
 * overlapping. */
static double place_cluster(struct pricing *pricing, const struct break_plan *plan, int first, int n,
                            int32_t start, int16_t *offset)
{
    int from = plan->from[first], to = 0;
    for (int b = first; b < first + n; b++)
        to = MAX(to, plan->to[b] + plan->len[b]);
    int width = to - from + 1;
    size_t size = (size_t)width << n;
    if (size > pricing->cluster_size) {
        pricing->cluster = g_renew(double, pricing->cluster, size);
        pricing->cluster_size = size;
    }
    double *least = pricing->cluster;
    for (int o = 0; o < width; o++)
        least[o] = 0;
    for (int set = 1; set < 1 << n; set++) {
        double *row = least + (size_t)set * (size_t)width;
        for (int o = 0; o < width; o++) {
            row[o] = o > 0 ? row[o - 1] : INFINITY;
            for (int i = 0; i < n; i++) {
                int b = first + i, begin = from + o - plan->len[b];
                if (!(set >> i & 1) || begin < plan->from[b] || begin > plan->to[b])
                    continue;
                double cost = least[(size_t)(set & ~(1 << i)) * (size_t)width + (size_t)(begin - from)] +
                              break_cost(pricing, plan, b, start + begin);
                row[o] = MIN(row[o], cost);
            }
        }
    }
    double best = least[((size_t)1 << n) * (size_t)width - 1];
    int set = (1 << n) - 1, o = width - 1;
    while (offset != NULL && set != 0 && best < INFINITY) {
        const double *row = least + (size_t)set * (size_t)width;
        while (o > 0 && row[o - 1] <= row[o])
            o--;
        for (int i = 0; i < n; i++) {
            int b = first + i, begin = from + o - plan->len[b];
            if (!(set >> i & 1) || begin < plan->from[b] || begin > plan->to[b])
                continue;
            double cost = least[(size_t)(set & ~(1 << i)) * (size_t)width + (size_t)(begin - from)] +
                          break_cost(pricing, plan, b, start + begin);
            if (cost <= row[o]) {
                offset[plan->rule[b]] = (int16_t)begin;
                set &= ~(1 << i);
                o = begin - from;
                break;
            }
        }
    }
    return best;
}

static double place_breaks(struct pricing *pricing, const struct break_plan *plan, int32_t start,
                           int16_t *offset)
{
    double cost = 0;
    for (int c = 0; c < plan->n_clusters; c++) {
        int first = plan->cluster[c], n = plan->cluster[c + 1] - first;
        if (offset == NULL && n == 1) {
            cost += least_one(pricing, plan, first, start);
            continue;
        }
        if (offset == NULL && n == 2) {
            double one = least_ordered(pricing, plan, first, first + 1, start);
            double other = least_ordered(pricing, plan, first + 1, first, start);
            cost += MIN(one, other);
            continue;
        }
        cost += n == 1 ? place_one(pricing, plan, first, start, offset)
                       : place_cluster(pricing, plan, first, n, start, offset);
    }
    return cost;
}

/* ---- table ---- */

static void prefix_sums(struct pricing *pricing, const struct catalogue *cat, const double *price, int from)
{
    int n = pricing->model->n_axis;
    double sum = 0;
    for (int iv = from; iv < n; iv++) {
        pricing->sum_price[iv] = sum;
        pricing->sum_net[iv] = sum - cat->cum_pay[iv];
        pricing->sum_pay[iv] = -cat->cum_pay[iv];
        sum += price[iv];
    }
    pricing->sum_price[n] = sum;
    pricing->sum_net[n] = sum - cat->cum_pay[n];
    pricing->sum_pay[n] = -cat->cum_pay[n];
}

static void prefix_presence(struct pricing *pricing, const double *presence, int from)
{
    double sum = 0;
    for (int iv = from; iv < pricing->model->n_axis; iv++) {
        pricing->sum_on[iv] = sum;
        sum += presence[iv];
    }
    pricing->sum_on[pricing->model->n_axis] = sum;
}

/* What the variant costs in the terms of `cost`; its presence must be summed already. */
static double coupled_cost(const struct pricing *pricing, const struct catalogue *cat,
                           const struct shift_cost *cost, const struct variant *variant)
{
    const struct slot *slot = &cat->slots[variant->slot];
    double sum = cost->start == NULL ? 0 : cost->start[variant->start];
    bool on_call = pricing->model->problem->operation->templates[cat->starts[variant->start].tmpl].on_call;
    if (cost->presence != NULL && !on_call)
        sum += pricing->sum_on[slot->end_iv] - pricing->sum_on[slot->start_iv];
    return sum;
}

void pricing_table(struct pricing *pricing, const struct catalogue *cat, const double *price,
                   const struct shift_cost *cost, double *value)
{
    prefix_sums(pricing, cat, price, 0);
    if (cost != NULL && cost->presence != NULL)
        prefix_presence(pricing, cost->presence, 0);
    for (int s = 0; s < cat->n_starts; s++) {
        const struct shift_start *start = &cat->starts[s];
        pricing->start_cost[s] =
            place_breaks(pricing, &pricing->model->plans[start->plan], start->start_iv, NULL);
    }
    for (int i = 0; i < cat->n_slots; i++)
        value[i] = INFINITY;
    for (int v = 0; v < cat->n_variants; v++) {
        const struct variant *variant = &cat->variants[v];
        const struct slot *slot = &cat->slots[variant->slot];
        const struct break_plan *plan = &pricing->model->plans[cat->starts[variant->start].plan];
        const double *net = plan->on_call ? pricing->sum_pay : pricing->sum_net;
        if (pricing->start_cost[variant->start] == INFINITY)
            continue;
        double sum =
            plan->share * (net[slot->start_iv] - net[slot->end_iv] + pricing->start_cost[variant->start]);
        if (cost != NULL)
            sum += coupled_cost(pricing, cat, cost, variant);
        value[variant->slot] = MIN(value[variant->slot], sum);
    }
}

/* First interval a shift of the days from `from` on may work. */
static int first_interval(const struct catalogue *cat, int from)
{
    int slot = cat->day_slot[from];
    return from == 0 || slot >= cat->n_slots ? 0 : cat->slots[slot].start_iv;
}

void pricing_table_days(struct pricing *pricing, const struct catalogue *cat, const double *price,
                        const struct shift_cost *cost, int from, int to, double *value)
{
    int first = first_interval(cat, from);
    prefix_sums(pricing, cat, price, first);
    if (cost != NULL && cost->presence != NULL)
        prefix_presence(pricing, cost->presence, first);
    for (int s = 0; s < cat->n_starts; s++) {
        const struct shift_start *start = &cat->starts[s];
        if (start->day >= from && start->day < to)
            pricing->start_cost[s] =
                place_breaks(pricing, &pricing->model->plans[start->plan], start->start_iv, NULL);
    }
    for (int i = cat->day_slot[from]; i < cat->day_slot[to]; i++) {
        const struct slot *slot = &cat->slots[i];
        value[i] = INFINITY;
        for (int k = cat->slot_first[i]; k < cat->slot_first[i + 1]; k++) {
            const struct variant *variant = &cat->variants[cat->slot_variants[k]];
            const struct break_plan *plan = &pricing->model->plans[cat->starts[variant->start].plan];
            const double *net = plan->on_call ? pricing->sum_pay : pricing->sum_net;
            if (pricing->start_cost[variant->start] == INFINITY)
                continue;
            double sum =
                plan->share * (net[slot->start_iv] - net[slot->end_iv] + pricing->start_cost[variant->start]);
            if (cost != NULL)
                sum += coupled_cost(pricing, cat, cost, variant);
            value[i] = MIN(value[i], sum);
        }
    }
}

void pricing_place(struct pricing *pricing, const struct catalogue *cat, const double *price,
                   const struct shift_cost *cost, struct tour *tour)
{
    pricing_place_days(pricing, cat, price, cost, 0, cat->n_days, tour);
}

void pricing_place_days(struct pricing *pricing, const struct catalogue *cat, const double *price,
                        const struct shift_cost *cost, int from, int to, struct tour *tour)
{
    int first = first_interval(cat, from);
    prefix_sums(pricing, cat, price, first);
    if (cost != NULL && cost->presence != NULL)
        prefix_presence(pricing, cost->presence, first);
    for (int i = 0; i < tour->n; i++) {
        struct duty *duty = &tour->duty[i];
        double best = INFINITY;
        if (cat->slots[duty->slot].day < from || cat->slots[duty->slot].day >= to)
            continue;
        for (int k = cat->slot_first[duty->slot]; k < cat->slot_first[duty->slot + 1]; k++) {
            int v = cat->slot_variants[k];
            int16_t offset[TEMPLATE_BREAKS_MAX] = {0};
            const struct shift_start *start = &cat->starts[cat->variants[v].start];
            const struct break_plan *plan = &pricing->model->plans[start->plan];
            double sum = place_breaks(pricing, plan, start->start_iv, offset);
            sum *= sum < INFINITY ? plan->share : 1;
            if (cost != NULL)
                sum += coupled_cost(pricing, cat, cost, &cat->variants[v]);
            if (sum < best) {
                best = sum;
                duty->variant = v;
                memcpy(duty->offset, offset, sizeof offset);
            }
        }
    }
}

/* ---- the line ---- */

static void make_memories(struct pricing *pricing)
{
    int n = pricing->model->n_classes;
    if (pricing->n_memories >= n)
        return;
    pricing->memories = g_renew(struct line_memory *, pricing->memories, n);
    for (int i = pricing->n_memories; i < n; i++)
        pricing->memories[i] = line_memory_new();
    pricing->n_memories = n;
}

struct pricing *pricing_copy(struct pricing *pricing)
{
    struct pricing *copy = pricing_new(pricing->model);
    make_memories(pricing);
    copy->shares = true;
    copy->memories = pricing->memories;
    copy->n_memories = pricing->n_memories;
    return copy;
}

/* What is remembered of a class; NULL for one that is not of the model (yet). */
static struct line_memory *memory_of(struct pricing *pricing, const struct agent_class *class)
{
    const struct roster_model *model = pricing->model;
    if (model->n_classes == 0 || class < model->classes || class >= model->classes + model->n_classes)
        return NULL;
    make_memories(pricing);
    return pricing->memories[class - model->classes];
}

/* No shift at all: what the days off cost. */
static double price_empty(const struct catalogue *cat, const struct agent_class *class)
{
    double cost = 0;
    for (int day = 0; class->off_cost != NULL && day < cat->n_days; day++)
        cost += class->off_cost[day];
    return cost;
}

static void take_line(const struct catalogue *cat, const int *choice, struct tour *tour)
{
    int n = 0;
    for (int day = 0; day < cat->n_days; day++)
        n += choice[day] >= 0;
    tour_reserve(tour, n);
    tour->n = 0;
    for (int day = 0; day < cat->n_days; day++)
        if (choice[day] >= 0)
            tour->duty[tour->n++] = (struct duty){.slot = choice[day], .variant = -1};
}

/* The kernel gave up before it had a legal line: the one that is remembered. */
static double any_line(struct pricing *pricing, const struct agent_class *class,
                       const struct line_query *query)
{
    const struct catalogue *cat = &pricing->model->catalogues[class->catalogue];
    const struct contract *contract = &pricing->model->problem->operation->contracts[cat->contract];
    if (class->own.any == NULL)
        return INFINITY;
    memcpy(pricing->choice, class->own.any, (size_t)cat->n_days * sizeof *pricing->choice);
    struct line_problem problem = agent_line_problem(pricing->model, class);
    return line_cost(&problem, query, pricing->choice) +
           contract->rule_price[CONTRACT_RULE_WEEK_REST_MINUTES] *
               week_rest_broken(pricing->model, class, pricing->choice);
}

double pricing_week(struct pricing *pricing, const struct agent_class *class, const double *value,
                    struct tour *tour)
{
    const struct catalogue *cat = &pricing->model->catalogues[class->catalogue];
    const struct agent_line *own = &class->own;
    struct line_query query = {.value = value,
                               .extra = class->extra,
                               .off = class->off_cost,
                               .cutoff = INFINITY,
                               .effort = LINE_EXACT,
                               .memory = memory_of(pricing, class)};
    double cost = INFINITY;
    struct line_answer answer = {.k = 1, .choice = pricing->choice, .cost = &cost, .bound = INFINITY};
    if (own->automaton != NULL) {
        if (!week_rest_solve(pricing->line, pricing->model, class, &query, &answer))
            cost = answer.exact ? INFINITY : any_line(pricing, class, &query);
    }
    cost += own->hire;
    pricing->bound = MIN(answer.bound + own->hire, cost);
    double empty = own->optional ? price_empty(cat, class) : INFINITY;
    if (empty <= cost) {
        pricing->bound = MIN(pricing->bound, empty);
        tour->n = 0;
        return empty;
    }
    if (cost < INFINITY)
        take_line(cat, pricing->choice, tour);
    return cost;
}

double pricing_window(struct pricing *pricing, const struct agent_class *class, const double *value, int from,
                      int to, const struct tour *was, struct tour *tour)
{
    const struct catalogue *cat = &pricing->model->catalogues[class->catalogue];
    for (int day = 0; day < cat->n_days; day++)
        pricing->fixed[day] = -1;
    for (int i = 0; i < was->n; i++) {
        const struct slot *slot = &cat->slots[was->duty[i].slot];
        pricing->fixed[slot->day] = was->duty[i].slot;
    }
    struct line_query query = {.value = value,
                               .extra = class->extra,
                               .off = class->off_cost,
                               .from = from,
                               .to = to,
                               .fixed = pricing->fixed,
                               .cutoff = INFINITY,
                               .effort = LINE_EXACT,
                               .memory = memory_of(pricing, class)};
    double cost = INFINITY;
    struct line_answer answer = {.k = 1, .choice = pricing->choice, .cost = &cost, .bound = INFINITY};
    const int *choice = pricing->choice;
    if (!week_rest_solve(pricing->line, pricing->model, class, &query, &answer)) {
        struct line_problem problem = agent_line_problem(pricing->model, class);
        choice = pricing->fixed;
        cost = line_cost(&problem, &query, choice);
    }
    take_line(cat, choice, tour);
    for (int i = 0, k = 0; i < tour->n; i++) {
        int day = cat->slots[tour->duty[i].slot].day;
        while (k < was->n && cat->slots[was->duty[k].slot].day < day)
            k++;
        if ((day < from || day >= to) && k < was->n)
            tour->duty[i] = was->duty[k];
    }
    return cost + class->own.hire;
}

double pricing_bound(const struct pricing *pricing)
{
    return pricing->bound;
}

bool pricing_feasible(struct pricing *pricing, struct agent_class *class)
{
    const struct catalogue *cat = &pricing->model->catalogues[class->catalogue];
    struct line_query query = {
        .value = cat->nothing, .off = class->off_cost, .cutoff = INFINITY, .effort = LINE_FAST};
    double cost;
    struct line_answer answer = {.k = 1, .choice = pricing->choice, .cost = &cost};
    if (class->own.optional && price_empty(cat, class) < INFINITY)
        return true;
    if (class->own.automaton == NULL)
        return false;
    if (!week_rest_solve(pricing->line, pricing->model, class, &query, &answer))
        return false;
    class->own.any = g_memdup2(pricing->choice, (gsize)(cat->n_days + 1) * sizeof *pricing->choice);
    return true;
}

/* ---- tours ---- */

void tour_clear(struct tour *tour)
{
    g_free(tour->duty);
    *tour = (struct tour){0};
}

void tour_reserve(struct tour *tour, int n)
{
    if (n <= tour->size)
        return;
    tour->size = n;
    tour->duty = g_renew(struct duty, tour->duty, n);
}

void tour_copy(struct tour *to, const struct tour *from)
{
    tour_reserve(to, from->n);
    to->n = from->n;
    if (from->n > 0)
        memcpy(to->duty, from->duty, (size_t)from->n * sizeof *from->duty);
}

void tours_free(struct tour *tours, int n)
{
    for (int i = 0; tours != NULL && i < n; i++)
        g_free(tours[i].duty);
    g_free(tours);
}

bool tour_same(const struct tour *a, const struct tour *b)
{
    if (a->n != b->n)
        return false;
    for (int i = 0; i < a->n; i++)
        if (a->duty[i].variant != b->duty[i].variant ||
            memcmp(a->duty[i].offset, b->duty[i].offset, sizeof a->duty[i].offset) != 0)
            return false;
    return true;
}

static double shift_pay(const struct roster_model *model, const struct catalogue *cat,
                        const struct tour *tour)
{
    double pay = 0;
    for (int i = 0; i < tour->n; i++) {
        const struct duty *duty = &tour->duty[i];
        const struct slot *slot = &cat->slots[duty->slot];
        const struct break_plan *plan = &model->plans[cat->starts[cat->variants[duty->variant].start].plan];
        double span = cat->cum_pay[slot->end_iv] - cat->cum_pay[slot->start_iv];
        for (int b = 0; b < plan->n; b++) {
            int at = slot->start_iv + duty->offset[plan->rule[b]];
            if (!plan->paid[b])
                span -= cat->cum_pay[at + plan->len[b]] - cat->cum_pay[at];
        }
        pay += plan->share * span;
    }
    return pay;
}

/* Wishes, fairness and changes: what shifts and days off cost by themselves. */
static double personal_cost(const struct catalogue *cat, const struct agent_class *class,
                            const struct tour *tour)
{
    double cost = 0;
    for (int i = 0; class->extra != NULL && i < tour->n; i++)
        cost += class->extra[tour->duty[i].slot];
    for (int day = 0, i = 0; class->off_cost != NULL && day < cat->n_days; day++) {
        bool worked = i < tour->n && cat->slots[tour->duty[i].slot].day == day;
        i += worked;
        cost += worked ? 0 : class->off_cost[day];
    }
    return cost;
}

static struct line_money rule_money(const struct roster_model *model, const struct agent_class *class,
                                    const struct tour *tour)
{
    const struct catalogue *cat = &model->catalogues[class->catalogue];
    if (!class->own.money)
        return (struct line_money){0};
    g_autofree int *choice = g_new(int, cat->n_days + 1);
    for (int day = 0; day < cat->n_days; day++)
        choice[day] = -1;
    for (int i = 0; i < tour->n; i++)
        choice[cat->slots[tour->duty[i].slot].day] = tour->duty[i].slot;
    return agent_line_money(model, class, choice);
}

double tour_penalty(const struct roster_model *model, const struct agent_class *class,
                    const struct tour *tour)
{
    return personal_cost(&model->catalogues[class->catalogue], class, tour) +
           rule_money(model, class, tour).penalty;
}

double tour_pay(const struct roster_model *model, const struct agent_class *class, const struct tour *tour)
{
    return shift_pay(model, &model->catalogues[class->catalogue], tour) + rule_money(model, class, tour).pay;
}

double tour_own(const struct roster_model *model, const struct agent_class *class, const struct tour *tour)
{
    const struct catalogue *cat = &model->catalogues[class->catalogue];
    struct line_money money = rule_money(model, class, tour);
    return shift_pay(model, cat, tour) + money.pay + personal_cost(cat, class, tour) + money.penalty;
}

int tour_cover(const struct roster_model *model, const struct catalogue *cat, const struct tour *tour,
               int32_t *out)
{
    int n = 0;
    for (int i = 0; i < tour->n; i++) {
        const struct duty *duty = &tour->duty[i];
        const struct slot *slot = &cat->slots[duty->slot];
        const struct break_plan *plan = &model->plans[cat->starts[cat->variants[duty->variant].start].plan];
        for (int32_t iv = slot->start_iv; !plan->on_call && iv < slot->end_iv && iv < model->n_iv; iv++) {
            bool away = false;
            for (int b = 0; b < plan->n && !away; b++) {
                int at = slot->start_iv + duty->offset[plan->rule[b]];
                away = iv >= at && iv < at + plan->len[b];
            }
            if (!away)
                out[n++] = iv;
        }
    }
    return n;
}

double tour_cost(const struct roster_model *model, const struct agent_class *class, const struct tour *tour,
                 const double *price)
{
    g_autofree int32_t *cover = g_new(int32_t, model->n_iv + 1);
    int n = tour_cover(model, &model->catalogues[class->catalogue], tour, cover);
    double cost = tour_own(model, class, tour);
    for (int i = 0; i < n; i++)
        cost -= price[cover[i]];
    return cost;
}
