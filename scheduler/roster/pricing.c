#include "scheduler/roster/pricing.h"

#include <math.h>
#include <string.h>

/* ---- work space ---- */

struct pricing {
    const struct roster_model *model;
    double *sum_price;  /* n_axis + 1: prefix sums of the price */
    double *sum_net;    /* … of price minus pay: what an unpaid break costs */
    double *start_cost; /* per start of the largest catalogue */
    double *cluster;    /* 2^breaks × offsets, for breaks whose windows collide */
    size_t cluster_size;
    double *label; /* all levels of the week */
    size_t label_size;
    size_t level[ROSTER_DAYS_MAX + 1]; /* offset of each level in label */
    int n_release[ROSTER_DAYS_MAX + 1];
    int n_nights, n_buckets;
    struct pick *picks; /* slots of the day that may be worked, by day */
    int n_picks[ROSTER_DAYS_MAX + 1];
    uint8_t *allowed; /* per slot */
};

/* A slot as the week sees it. */
struct pick {
    double value;
    int slot;
    int rank, release, bucket, night;
};

struct pricing *pricing_new(const struct roster_model *model)
{
    struct pricing *pricing = g_new0(struct pricing, 1);
    int slots = 0, starts = 0;
    for (int c = 0; c < model->n_catalogues; c++) {
        slots = MAX(slots, model->catalogues[c].n_slots);
        starts = MAX(starts, model->catalogues[c].n_starts);
    }
    pricing->model = model;
    pricing->sum_price = g_new0(double, model->n_axis + 1);
    pricing->sum_net = g_new0(double, model->n_axis + 1);
    pricing->start_cost = g_new0(double, starts + 1);
    pricing->picks = g_new0(struct pick, slots + 1);
    pricing->allowed = g_new0(uint8_t, slots + 1);
    return pricing;
}

void pricing_free(struct pricing *pricing)
{
    if (pricing == NULL)
        return;
    g_free(pricing->sum_price);
    g_free(pricing->sum_net);
    g_free(pricing->start_cost);
    g_free(pricing->cluster);
    g_free(pricing->label);
    g_free(pricing->picks);
    g_free(pricing->allowed);
    g_free(pricing);
}

/* ---- breaks of one start ---- */

static double break_cost(const struct pricing *pricing, const struct break_plan *plan, int b, int32_t at)
{
    const double *sum = plan->paid[b] ? pricing->sum_price : pricing->sum_net;
    return sum[at + plan->len[b]] - sum[at];
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
        cost += n == 1 ? place_one(pricing, plan, first, start, offset)
                       : place_cluster(pricing, plan, first, n, start, offset);
    }
    return cost;
}

/* ---- table ---- */

static void prefix_sums(struct pricing *pricing, const struct catalogue *cat, const double *price)
{
    int n = pricing->model->n_axis;
    double sum = 0;
    for (int iv = 0; iv < n; iv++) {
        pricing->sum_price[iv] = sum;
        pricing->sum_net[iv] = sum - cat->cum_pay[iv];
        sum += price[iv];
    }
    pricing->sum_price[n] = sum;
    pricing->sum_net[n] = sum - cat->cum_pay[n];
}

void pricing_table(struct pricing *pricing, const struct catalogue *cat, const double *price, double *value)
{
    prefix_sums(pricing, cat, price);
    for (int s = 0; s < cat->n_starts; s++) {
        const struct shift_start *start = &cat->starts[s];
        pricing->start_cost[s] =
            place_breaks(pricing, &pricing->model->plans[start->tmpl], start->start_iv, NULL);
    }
    for (int i = 0; i < cat->n_slots; i++)
        value[i] = INFINITY;
    for (int v = 0; v < cat->n_variants; v++) {
        const struct variant *variant = &cat->variants[v];
        const struct slot *slot = &cat->slots[variant->slot];
        double cost = pricing->sum_net[slot->start_iv] - pricing->sum_net[slot->end_iv] +
                      pricing->start_cost[variant->start];
        value[variant->slot] = MIN(value[variant->slot], cost);
    }
}

void pricing_place(struct pricing *pricing, const struct catalogue *cat, const double *price,
                   struct tour *tour)
{
    prefix_sums(pricing, cat, price);
    for (int i = 0; i < tour->n; i++) {
        struct duty *duty = &tour->duty[i];
        double best = INFINITY;
        for (int v = 0; v < cat->n_variants; v++) {
            int16_t offset[TEMPLATE_BREAKS_MAX] = {0};
            if (cat->variants[v].slot != duty->slot)
                continue;
            const struct shift_start *start = &cat->starts[cat->variants[v].start];
            double cost = place_breaks(pricing, &pricing->model->plans[start->tmpl], start->start_iv, offset);
            if (cost < best) {
                best = cost;
                duty->variant = v;
                memcpy(duty->offset, offset, sizeof offset);
            }
        }
    }
}

/* ---- the week ---- */

/* Labels of a level: [node][release][night][bucket]; release r holds the best of all labels that owe at most
   r starts of rest. */
static double *label_at(const struct pricing *pricing, int level, int node, int release, int night)
{
    size_t row =
        ((size_t)node * (size_t)pricing->n_release[level] + (size_t)release) * (size_t)pricing->n_nights +
        (size_t)night;
    return pricing->label + pricing->level[level] + row * (size_t)pricing->n_buckets;
}

/* Picks by day out of the allowed slots. `relaxed` keeps only the best of each (day, bucket, night) and
 * forgets rest. */
static void choose_picks(struct pricing *pricing, const struct agent_class *class, const double *value,
                         bool relaxed)
{
    const struct catalogue *cat = &pricing->model->catalogues[class->catalogue];
    int n = 0;
    for (int day = 0; day < cat->n_days; day++) {
        pricing->n_picks[day] = n;
        int first = n;
        for (int i = cat->day_slot[day]; i < cat->day_slot[day + 1]; i++) {
            const struct slot *slot = &cat->slots[i];
            if (!pricing->allowed[i] || value[i] == INFINITY || slot->bucket > class->bucket_hi)
                continue;
            struct pick pick = {value[i],     i,
                                slot->rank,   slot->release,
                                slot->bucket, class->nights_max < cat->n_days ? slot->night : 0};
            if (relaxed) {
                int k = first;
                while (k < n &&
                       (pricing->picks[k].bucket != pick.bucket || pricing->picks[k].night != pick.night))
                    k++;
                if (k < n && pricing->picks[k].value <= pick.value)
                    continue;
                pick.rank = pick.release = 0;
                pricing->picks[k] = pick;
                n = MAX(n, k + 1);
            } else {
                pricing->picks[n++] = pick;
            }
        }
    }
    pricing->n_picks[cat->n_days] = n;
}

/* Sizes of the label space for the chosen picks. */
static void shape_labels(struct pricing *pricing, const struct agent_class *class)
{
    const struct automaton *automaton = &class->automaton;
    const struct catalogue *cat = &pricing->model->catalogues[class->catalogue];
    size_t size = 0;
    pricing->n_nights = class->nights_max < cat->n_days ? class->nights_max + 1 : 1;
    pricing->n_buckets = class->bucket_hi + 1;
    for (int level = 0; level <= automaton->n_days; level++) {
        int most = 0;
        for (int day = level - 1, past = 0; day >= 0; day--) {
            for (int k = pricing->n_picks[day]; k < pricing->n_picks[day + 1]; k++)
                most = MAX(most, pricing->picks[k].release - past);
            past += cat->day_starts[day];
        }
        pricing->n_release[level] = most + 1;
        pricing->level[level] = size;
        size += (size_t)automaton->n_nodes[level] * (size_t)pricing->n_release[level] *
                (size_t)pricing->n_nights * (size_t)pricing->n_buckets;
    }
    if (size > pricing->label_size) {
        g_free(pricing->label);
        pricing->label = g_new(double, size);
        pricing->label_size = size;
    }
    for (size_t i = 0; i < size; i++)
        pricing->label[i] = INFINITY;
}

static void relax(double *to, const double *from, double cost, int n)
{
    for (int m = 0; m < n; m++) {
        double c = from[m] + cost;
        to[m] = c < to[m] ? c : to[m];
    }
}

/* The release of the level that must be read for a start of the day at `rank`. */
static int release_read(const struct pricing *pricing, int level, int rank)
{
    return MIN(rank, pricing->n_release[level] - 1);
}

static void step_day(struct pricing *pricing, const struct agent_class *class, int day)
{
    const struct automaton *automaton = &class->automaton;
    const struct catalogue *cat = &pricing->model->catalogues[class->catalogue];
    int n_next = pricing->n_release[day + 1], nb = pricing->n_buckets, nn = pricing->n_nights;
    for (int node = 0; node < automaton->n_nodes[day]; node++) {
        int off = automaton->off[day][node], work = automaton->work[day][node];
        for (int r = 0; off >= 0 && r < n_next; r++)
            for (int night = 0; night < nn; night++)
                relax(
                    label_at(pricing, day + 1, off, r, night),
                    label_at(pricing, day, node, release_read(pricing, day, r + cat->day_starts[day]), night),
                    0, nb);
        for (int k = pricing->n_picks[day]; work >= 0 && k < pricing->n_picks[day + 1]; k++) {
            const struct pick *pick = &pricing->picks[k];
            for (int night = pick->night; night < nn; night++)
                relax(
                    label_at(pricing, day + 1, work, pick->release, night) + pick->bucket,
                    label_at(pricing, day, node, release_read(pricing, day, pick->rank), night - pick->night),
                    pick->value, nb - pick->bucket);
        }
    }
    for (int node = 0; node < automaton->n_nodes[day + 1]; node++)
        for (int r = 1; r < n_next; r++)
            relax(label_at(pricing, day + 1, node, r, 0), label_at(pricing, day + 1, node, r - 1, 0), 0,
                  nn * nb);
}

/* Walks back along the labels; every step takes the predecessor whose sum is the label. */
static void walk_back(struct pricing *pricing, const struct agent_class *class, int node, int night,
                      int bucket, struct tour *tour)
{
    const struct automaton *automaton = &class->automaton;
    const struct catalogue *cat = &pricing->model->catalogues[class->catalogue];
    int release = pricing->n_release[automaton->n_days] - 1;
    struct duty duties[ROSTER_DAYS_MAX];
    int n = 0;
    for (int day = automaton->n_days - 1; day >= 0; day--) {
        double target = label_at(pricing, day + 1, node, release, night)[bucket], nearest = INFINITY;
        int best_node = -1, best_release = 0;
        const struct pick *best_pick = NULL;
        for (int p = 0; p < automaton->n_nodes[day] && nearest > 0; p++) {
            if (automaton->off[day][p] == node) {
                int r = release_read(pricing, day, release + cat->day_starts[day]);
                double miss = fabs(label_at(pricing, day, p, r, night)[bucket] - target);
                if (miss < nearest) {
                    nearest = miss;
                    best_node = p;
                    best_release = r;
                    best_pick = NULL;
                }
            }
            for (int k = pricing->n_picks[day];
                 automaton->work[day][p] == node && k < pricing->n_picks[day + 1]; k++) {
                const struct pick *pick = &pricing->picks[k];
                if (pick->release > release || pick->night > night || pick->bucket > bucket)
                    continue;
                int r = release_read(pricing, day, pick->rank);
                double miss = fabs(label_at(pricing, day, p, r, night - pick->night)[bucket - pick->bucket] +
                                   pick->value - target);
                if (miss < nearest) {
                    nearest = miss;
                    best_node = p;
                    best_release = r;
                    best_pick = pick;
                }
            }
        }
        g_assert(best_node >= 0);
        node = best_node;
        release = best_release;
        if (best_pick != NULL) {
            duties[n++] = (struct duty){.slot = best_pick->slot, .variant = -1};
            night -= best_pick->night;
            bucket -= best_pick->bucket;
        }
    }
    tour->n = n;
    for (int i = 0; i < n; i++)
        tour->duty[i] = duties[n - 1 - i];
}

/* Best week over the chosen picks; the tour may be NULL. */
static double solve_picks(struct pricing *pricing, const struct agent_class *class, struct tour *tour)
{
    const struct automaton *automaton = &class->automaton;
    shape_labels(pricing, class);
    label_at(pricing, 0, 0, 0, 0)[0] = 0;
    for (int day = 0; day < automaton->n_days; day++)
        step_day(pricing, class, day);
    double best = INFINITY;
    int best_node = 0, best_night = 0, best_bucket = 0, last = automaton->n_days;
    for (int node = 0; node < automaton->n_nodes[last]; node++)
        for (int night = 0; night < pricing->n_nights; night++) {
            const double *row = label_at(pricing, last, node, pricing->n_release[last] - 1, night);
            for (int b = class->bucket_lo; b <= class->bucket_hi; b++)
                if (row[b] < best) {
                    best = row[b];
                    best_node = node;
                    best_night = night;
                    best_bucket = b;
                }
        }
    if (best < INFINITY && tour != NULL)
        walk_back(pricing, class, best_node, best_night, best_bucket, tour);
    return best;
}

static void allow_arc(struct pricing *pricing, const struct agent_class *class, int from_min)
{
    const struct catalogue *cat = &pricing->model->catalogues[class->catalogue];
    for (int i = 0; i < cat->n_slots; i++) {
        int ahead = (cat->slots[i].start_min - from_min + DAY_MIN) % DAY_MIN;
        pricing->allowed[i] = class->legal[i] && ahead <= cat->spread_min;
    }
}

struct arc {
    double cost;
    int from_min;
};

static int compare_arc(const void *a, const void *b)
{
    const struct arc *x = a, *y = b;
    if (x->cost != y->cost)
        return x->cost < y->cost ? -1 : 1;
    return x->from_min - y->from_min;
}

/* Every legal week lies in an arc that begins at one of its starts: try those, the most promising first. */
static double solve_arcs(struct pricing *pricing, const struct agent_class *class, const double *value,
                         struct tour *tour)
{
    const struct catalogue *cat = &pricing->model->catalogues[class->catalogue];
    struct arc arcs[DAY_MIN];
    bool seen[DAY_MIN] = {false};
    int n = 0;
    for (int i = 0; i < cat->n_slots; i++)
        if (class->legal[i])
            seen[cat->slots[i].start_min] = true;
    for (int minute = 0; minute < DAY_MIN; minute++) {
        if (!seen[minute])
            continue;
        allow_arc(pricing, class, minute);
        choose_picks(pricing, class, value, true);
        arcs[n++] = (struct arc){solve_picks(pricing, class, NULL), minute};
    }
    if (n == 0) {
        memset(pricing->allowed, 0, (size_t)cat->n_slots);
        choose_picks(pricing, class, value, false);
        return solve_picks(pricing, class, tour);
    }
    qsort(arcs, (size_t)n, sizeof *arcs, compare_arc);
    double best = INFINITY;
    for (int i = 0; i < n && arcs[i].cost < best; i++) {
        struct tour candidate;
        allow_arc(pricing, class, arcs[i].from_min);
        choose_picks(pricing, class, value, false);
        double cost = solve_picks(pricing, class, &candidate);
        if (cost < best) {
            best = cost;
            *tour = candidate;
        }
    }
    return best;
}

double pricing_week(struct pricing *pricing, const struct agent_class *class, const double *value,
                    struct tour *tour)
{
    const struct catalogue *cat = &pricing->model->catalogues[class->catalogue];
    tour->n = 0;
    if (class->bucket_lo > class->bucket_hi || class->nights_max < 0)
        return INFINITY;
    if (cat->spread_min < DAY_MIN)
        return solve_arcs(pricing, class, value, tour);
    memcpy(pricing->allowed, class->legal, (size_t)cat->n_slots);
    choose_picks(pricing, class, value, false);
    return solve_picks(pricing, class, tour);
}

/* ---- tours ---- */

double tour_pay(const struct roster_model *model, const struct catalogue *cat, const struct tour *tour)
{
    double pay = 0;
    for (int i = 0; i < tour->n; i++) {
        const struct duty *duty = &tour->duty[i];
        const struct slot *slot = &cat->slots[duty->slot];
        const struct break_plan *plan = &model->plans[cat->starts[cat->variants[duty->variant].start].tmpl];
        pay += cat->cum_pay[slot->end_iv] - cat->cum_pay[slot->start_iv];
        for (int b = 0; b < plan->n; b++) {
            int at = slot->start_iv + duty->offset[plan->rule[b]];
            if (!plan->paid[b])
                pay -= cat->cum_pay[at + plan->len[b]] - cat->cum_pay[at];
        }
    }
    return pay;
}

int tour_cover(const struct roster_model *model, const struct catalogue *cat, const struct tour *tour,
               int32_t *out)
{
    int n = 0;
    for (int i = 0; i < tour->n; i++) {
        const struct duty *duty = &tour->duty[i];
        const struct slot *slot = &cat->slots[duty->slot];
        const struct break_plan *plan = &model->plans[cat->starts[cat->variants[duty->variant].start].tmpl];
        for (int32_t iv = slot->start_iv; iv < slot->end_iv && iv < model->n_iv; iv++) {
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

double tour_cost(const struct roster_model *model, const struct catalogue *cat, const struct tour *tour,
                 const double *price)
{
    g_autofree int32_t *cover = g_new(int32_t, model->n_iv + 1);
    int n = tour_cover(model, cat, tour, cover);
    double cost = tour_pay(model, cat, tour);
    for (int i = 0; i < n; i++)
        cost -= price[cover[i]];
    return cost;
}
