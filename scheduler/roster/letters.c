#include "scheduler/roster/letters.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "core/error.h"

/* ---- rules between two shifts ---- */

static bool hard(const struct contract *contract, enum contract_rule rule)
{
    return contract->rule_price[rule] <= 0;
}

static double priced(const struct contract *contract, enum contract_rule rule, bool broken)
{
    return broken && !hard(contract, rule) ? contract->rule_price[rule] : 0;
}

/* What a broken rule costs, INFINITY when it is hard. */
static double broken_cost(const struct contract *contract, enum contract_rule rule, bool broken)
{
    if (!broken)
        return 0;
    return hard(contract, rule) ? INFINITY : contract->rule_price[rule];
}

/* A span of day_off_minutes between the two shifts whose middle is near the anchor of the day off `day`.
   Everything counts double, so that halves of minutes are whole. */
static bool anchored(const struct contract *contract, int end, int start, int day, int shift)
{
    int length = contract->day_off_minutes, flex = 2 * contract->day_off_flex_min;
    int anchor = 2 * (day * DAY_MIN + contract->day_off_anchor_min + shift);
    return MAX(2 * end + length, anchor - flex) <= MIN(2 * start - length, anchor + flex);
}

static bool day_off_broken(const struct contract *contract, const struct shift_shape *a,
                           const struct shift_shape *b, int days_off)
{
    int start = b->start + (days_off + 1) * DAY_MIN;
    if (contract->day_off_minutes <= 0 || days_off == 0)
        return false;
    if (start - a->end < contract->day_off_minutes + (days_off - 1) * DAY_MIN)
        return true;
    if (contract->day_off_flex_min >= DAY_MIN)
        return false;
    int before = a->start - a->start_min, behind = b->start - b->start_min; /* clock changes so far */
    return !anchored(contract, a->end, start, 1, before) ||
           !anchored(contract, a->end, start, days_off, behind);
}

static bool forbidden_succession(const struct contract *contract, int from, int to)
{
    for (int i = 0; i < contract->n_successions; i++)
        if (contract->successions[i].from == from && contract->successions[i].to == to)
            return true;
    return false;
}

double pair_cost(const struct contract *contract, const struct shift_shape *a, const struct shift_shape *b,
                 int days_off)
{
    int start = b->start + (days_off + 1) * DAY_MIN;
    double cost =
        broken_cost(contract, CONTRACT_RULE_DAY_OFF_MINUTES, day_off_broken(contract, a, b, days_off)) +
        priced(contract, CONTRACT_RULE_REST_MIN_MINUTES, start - a->end < contract->rest_min_minutes) +
        priced(contract, CONTRACT_RULE_START_DISTANCE_MINUTES,
               start - a->start < contract->start_distance_minutes);
    if (days_off > 0)
        return cost;
    return cost +
           broken_cost(contract, CONTRACT_RULE_SUCCESSION, forbidden_succession(contract, a->tmpl, b->tmpl)) +
           priced(contract, CONTRACT_RULE_ROTATION,
                  contract->rotation_forward &&
                      b->start_min < a->start_min - contract->rotation_tolerance_min);
}

static bool has_pair_rules(const struct contract *contract, bool *with_price)
{
    *with_price =
        (!hard(contract, CONTRACT_RULE_REST_MIN_MINUTES) && contract->rest_min_minutes > 0) ||
        (!hard(contract, CONTRACT_RULE_START_DISTANCE_MINUTES) && contract->start_distance_minutes > 0) ||
        (!hard(contract, CONTRACT_RULE_ROTATION) && contract->rotation_forward) ||
        (!hard(contract, CONTRACT_RULE_DAY_OFF_MINUTES) && contract->day_off_minutes > 0) ||
        (!hard(contract, CONTRACT_RULE_SUCCESSION) && contract->n_successions > 0);
    return *with_price || contract->day_off_minutes > 0 || contract->n_successions > 0;
}

/* Cases of days off between two shifts, so many that in the last no more days off matter to rest and start
   distance: a shift starts within its day and is over two days later, give or take a clock change. */
static int gaps_of(const struct contract *contract)
{
    int rest = hard(contract, CONTRACT_RULE_REST_MIN_MINUTES) ? 0 : contract->rest_min_minutes;
    int distance =
        hard(contract, CONTRACT_RULE_START_DISTANCE_MINUTES) ? 0 : contract->start_distance_minutes;
    int longest = MAX(rest, distance), n = 3; /* day_off_minutes tells one and more days off apart */
    while (n < LINE_GAPS_MAX && longest > 0 && (n - 3) * DAY_MIN - 60 < longest)
        n++;
    return n;
}

/* ---- shapes ---- */

/* Minutes of the instant from the first local midnight, less 1440 × day. */
static int elapsed_min(const struct roster_model *model, const struct catalogue *cat, int64_t ts, int day)
{
    int64_t midnight = zone_day_start(model->zones[cat->site], cat->first_day);
    return (int)((ts - midnight) / 60 - (int64_t)day * DAY_MIN);
}

struct shift_shape shape_of_slot(const struct roster_model *model, const struct catalogue *cat,
                                 const struct slot *slot)
{
    return (struct shift_shape){elapsed_min(model, cat, roster_model_ts(model, slot->start_iv), slot->day),
                                elapsed_min(model, cat, roster_model_ts(model, slot->end_iv), slot->day),
                                slot->start_min, slot->tmpl};
}

static struct shift_shape shape_of_shift(const struct roster_model *model, const struct catalogue *cat,
                                         const struct shift *shift)
{
    struct local_time local = zone_local(model->zones[cat->site], shift->start_ts);
    int day = local.day - cat->first_day;
    return (struct shift_shape){elapsed_min(model, cat, shift->start_ts, day),
                                elapsed_min(model, cat, shift->end_ts, day), local.second / 60, shift->tmpl};
}

/* ---- classes of shapes ---- */

/* The shapes that occur, each once, and classes of those no rule of pairs tells apart. */
struct shapes {
    GArray *all;   /* struct shift_shape */
    GArray *class; /* int, by shape */
    GArray *first; /* int, by class: a shape of it */
};

static void shapes_init(struct shapes *shapes)
{
    shapes->all = g_array_new(FALSE, FALSE, sizeof(struct shift_shape));
    shapes->class = g_array_new(FALSE, FALSE, sizeof(int));
    shapes->first = g_array_new(FALSE, FALSE, sizeof(int));
}

static void shapes_clear(struct shapes *shapes)
{
    g_array_unref(shapes->all);
    g_array_unref(shapes->class);
    g_array_unref(shapes->first);
}

static const struct shift_shape *shape_at(const struct shapes *shapes, int i)
{
    return &g_array_index(shapes->all, struct shift_shape, i);
}

static int shape_add(struct shapes *shapes, struct shift_shape shape)
{
    for (guint i = shapes->all->len; i > 0; i--) /* equal ones are near */
        if (memcmp(shape_at(shapes, (int)i - 1), &shape, sizeof shape) == 0)
            return (int)i - 1;
    g_array_append_val(shapes->all, shape);
    return (int)shapes->all->len - 1;
}

/* What rules of pairs ask of the shift before, of the one behind: the rest is left out. */
static struct shift_shape as_before(const struct contract *contract, struct shift_shape shape)
{
    if (contract->n_successions == 0)
        shape.tmpl = -1;
    return shape;
}

static struct shift_shape as_behind(const struct contract *contract, struct shift_shape shape)
{
    shape = as_before(contract, shape);
    shape.end = 0;
    return shape;
}

static double class_cost(const struct contract *contract, bool prices, const struct shift_shape *a,
                         const struct shift_shape *b, int gap)
{
    double cost = pair_cost(contract, a, b, gap);
    return prices || cost == INFINITY ? cost : 0;
}

/* Classes of `shapes` by what they cost before (after = false) or behind every one of `others`. */
static void classify(const struct contract *contract, bool prices, struct shapes *shapes,
                     const struct shapes *others, bool behind)
{
    int n = (int)shapes->all->len, n_others = (int)others->all->len, width = n_others * gaps_of(contract);
    g_autofree double *rows = g_new(double, (size_t)n *(size_t)width + 1);
    for (int i = 0; i < n; i++) {
        double *row = rows + (size_t)shapes->first->len * (size_t)width; /* of a new class, if it is one */
        for (int k = 0; k < width; k++) {
            const struct shift_shape *one = shape_at(shapes, i), *other = shape_at(others, k % n_others);
            row[k] = class_cost(contract, prices, behind ? other : one, behind ? one : other, k / n_others);
        }
        int class = 0;
        while (class < (int)shapes->first->len &&
               memcmp(rows + (size_t) class * (size_t)width, row, (size_t)width * sizeof *row) != 0)
            class ++;
        g_array_append_val(shapes->class, class);
        if (class == (int)shapes->first->len)
            g_array_append_val(shapes->first, i);
    }
}

/* ---- letters ---- */

/* What makes a letter. */
struct kind {
    int before, behind; /* classes of shapes */
    int run;
    bool night, next_week;
};

struct naming {
    struct roster_model *model;
    struct catalogue *cat;
    const struct contract *contract;
    bool pairs, prices, nights;
    struct shapes before, behind;
    GArray *kinds; /* struct kind, by letter - 1 */
};

static int letter_of(struct naming *naming, struct kind kind, bool any_behind)
{
    for (guint i = 0; i < naming->kinds->len; i++) {
        const struct kind *old = &g_array_index(naming->kinds, struct kind, i);
        if (old->before == kind.before && (any_behind || old->behind == kind.behind) &&
            old->run == kind.run && old->night == kind.night && old->next_week == kind.next_week)
            return (int)i + 1;
    }
    g_array_append_val(naming->kinds, kind);
    return (int)naming->kinds->len;
}

static int run_of(const struct catalogue *cat, int tmpl)
{
    return tmpl >= 0 && cat->run_of_template != NULL ? cat->run_of_template[tmpl] : -1;
}

/* Does the shift belong to the week behind the one that ends on its day? */
static bool is_next_week(const struct catalogue *cat, const struct slot *slot)
{
    return slot->week > 0 && cat->week_last[slot->week - 1] == slot->day;
}

static void name_slots(struct naming *naming)
{
    struct catalogue *cat = naming->cat;
    g_autofree int *before = g_new0(int, cat->n_slots + 1);
    g_autofree int *behind = g_new0(int, cat->n_slots + 1);
    for (int i = 0; naming->pairs && i < cat->n_slots; i++) {
        struct shift_shape shape = shape_of_slot(naming->model, cat, &cat->slots[i]);
        before[i] = shape_add(&naming->before, as_before(naming->contract, shape));
        behind[i] = shape_add(&naming->behind, as_behind(naming->contract, shape));
    }
    const struct plan_problem *problem = naming->model->problem;
    g_autofree int *past = g_new0(int, problem->n_past + 1);
    for (int i = 0; naming->pairs && i < problem->n_past; i++)
        if (roster_catalogue_of(naming->model, problem->past[i].agent) == cat)
            past[i] =
                shape_add(&naming->before,
                          as_before(naming->contract, shape_of_shift(naming->model, cat, &problem->past[i])));
    if (naming->pairs) {
        classify(naming->contract, naming->prices, &naming->before, &naming->behind, false);
        classify(naming->contract, naming->prices, &naming->behind, &naming->before, true);
    }
    for (int i = 0; i < cat->n_slots; i++) {
        struct slot *slot = &cat->slots[i];
        struct kind kind = {.run = run_of(cat, slot->tmpl),
                            .night = naming->nights && slot->night,
                            .next_week = is_next_week(cat, slot)};
        if (naming->pairs) {
            kind.before = g_array_index(naming->before.class, int, before[i]);
            kind.behind = g_array_index(naming->behind.class, int, behind[i]);
        }
        slot->letter = letter_of(naming, kind, false);
    }
    for (int i = 0; i < problem->n_past; i++) {
        const struct shift *shift = &problem->past[i];
        if (roster_catalogue_of(naming->model, shift->agent) != cat)
            continue;
        struct kind kind = {.run = run_of(cat, shift->tmpl),
                            .night = naming->nights && catalogue_is_night(naming->model, cat, shift)};
        if (naming->pairs)
            kind.before = g_array_index(naming->before.class, int, past[i]);
        naming->model->past_letter[i] = (uint8_t)MIN(letter_of(naming, kind, true), UINT8_MAX);
    }
}

static bool same_gap(const double *a, const double *b, size_t size)
{
    return (a == NULL) == (b == NULL) && (a == NULL || memcmp(a, b, size) == 0);
}

static void fill_gaps(struct naming *naming)
{
    struct catalogue *cat = naming->cat;
    int width = cat->n_letters + 1;
    cat->n_gaps = naming->pairs ? gaps_of(naming->contract) : 0;
    for (int gap = 0; gap < cat->n_gaps; gap++) {
        double *cost = g_new0(double, (size_t)width *(size_t)width), sum = 0;
        for (int a = 1; a < width; a++)
            for (int b = 1; b < width; b++) {
                const struct kind *first = &g_array_index(naming->kinds, struct kind, a - 1);
                const struct kind *next = &g_array_index(naming->kinds, struct kind, b - 1);
                const struct shift_shape *before =
                    shape_at(&naming->before, g_array_index(naming->before.first, int, first->before));
                if (naming->behind.first->len == 0)
                    continue;
                const struct shift_shape *behind =
                    shape_at(&naming->behind, g_array_index(naming->behind.first, int, next->behind));
                sum += cost[a * width + b] =
                    class_cost(naming->contract, naming->prices, before, behind, gap);
            }
        cat->gap[gap] = sum > 0 ? cost : NULL;
        if (sum <= 0)
            g_free(cost);
    }
    size_t size = (size_t)width * (size_t)width * sizeof(double);
    while (cat->n_gaps > 1 && same_gap(cat->gap[cat->n_gaps - 1], cat->gap[cat->n_gaps - 2], size))
        g_clear_pointer(&cat->gap[--cat->n_gaps], g_free);
}

static void list_runs(struct catalogue *cat, const struct operation *operation,
                      const struct contract *contract)
{
    for (int i = 0; i < contract->n_limits; i++) {
        const struct template_limit *limit = &contract->limits[i];
        if (limit->consecutive_min <= 1 && limit->consecutive_max == INT_MAX)
            continue;
        if (cat->run_of_template == NULL) {
            cat->run_of_template = g_new(int, operation->n_templates + 1);
            for (int t = 0; t < operation->n_templates; t++)
                cat->run_of_template[t] = -1;
        }
        cat->runs = g_renew(struct line_run, cat->runs, cat->n_runs + 1);
        cat->runs[cat->n_runs] =
            (struct line_run){.min = limit->consecutive_min,
                              .max = limit->consecutive_max == INT_MAX ? 0 : limit->consecutive_max,
                              .price = contract->rule_price[CONTRACT_RULE_TEMPLATE_LIMIT]};
        cat->run_of_template[limit->tmpl] = cat->n_runs++;
    }
}

static uint64_t tags_of(const struct contract *contract, const struct slot *slot)
{
    uint64_t tags = slot->night ? TAG_NIGHT : 0;
    for (int i = 0; i < contract->n_limits; i++)
        if (contract->limits[i].tmpl == slot->tmpl)
            tags |= TAG_LIMIT(i);
    return tags;
}

static void fill_choices(struct catalogue *cat, const struct contract *contract)
{
    cat->choices = g_new0(struct line_choice, cat->n_slots + 1);
    for (int i = 0; i < cat->n_slots; i++) {
        const struct slot *slot = &cat->slots[i];
        cat->choices[i] = (struct line_choice){.day = slot->day,
                                               .week = slot->week,
                                               .minutes = slot->bucket,
                                               .letter = slot->letter,
                                               .tags = tags_of(contract, slot),
                                               .rank = slot->rank,
                                               .release = slot->release,
                                               .start_min = slot->start_min};
    }
}

/* Letters with all prices of pairs, or where those are too many with the hard rules alone. */
static bool name_all(struct roster_model *model, struct catalogue *cat, bool prices)
{
    const struct contract *contract = &model->problem->operation->contracts[cat->contract];
    struct naming naming = {.model = model,
                            .cat = cat,
                            .contract = contract,
                            .prices = prices,
                            .nights = contract->consecutive_nights_max > 0 ||
                                      contract->days_off_after_nights_min > 0,
                            .kinds = g_array_new(FALSE, FALSE, sizeof(struct kind))};
    bool with_price;
    naming.pairs = has_pair_rules(contract, &with_price);
    shapes_init(&naming.before);
    shapes_init(&naming.behind);
    name_slots(&naming);
    bool fits = naming.kinds->len < LINE_LETTERS_MAX;
    if (fits) {
        cat->n_letters = (int)naming.kinds->len;
        cat->letters = g_new0(struct line_letter, cat->n_letters + 1);
        cat->letters[0].run = -1;
        for (int i = 0; i < cat->n_letters; i++) {
            const struct kind *kind = &g_array_index(naming.kinds, struct kind, i);
            cat->letters[i + 1] = (struct line_letter){kind->night, kind->next_week, kind->run};
        }
        fill_gaps(&naming);
        cat->pairs_apart = with_price && !prices;
    }
    shapes_clear(&naming.before);
    shapes_clear(&naming.behind);
    g_array_unref(naming.kinds);
    return fits;
}

bool letters_build(struct roster_model *model, struct catalogue *cat, GError **error)
{
    const struct operation *operation = model->problem->operation;
    const struct contract *contract = &operation->contracts[cat->contract];
    if (contract->n_limits > LIMITS_MAX)
        return wfm_fail(error, WFM_ERROR_INPUT, "contract %s: %d template_limits, at most %d can be planned",
                        contract->id, contract->n_limits, LIMITS_MAX);
    list_runs(cat, operation, contract);
    if (!name_all(model, cat, true) && !name_all(model, cat, false))
        return wfm_fail(
            error, WFM_ERROR_INPUT,
            "contract %s: successions, day_off_minutes and template_limits tell more than %d kinds of "
            "shifts apart; use fewer start times or lengths in its shift templates",
            contract->id, LINE_LETTERS_MAX);
    fill_choices(cat, contract);
    return true;
}

void letters_clear(struct catalogue *cat)
{
    g_free(cat->letters);
    g_free(cat->runs);
    g_free(cat->run_of_template);
    g_free(cat->choices);
    for (int gap = 0; gap < cat->n_gaps; gap++)
        g_free(cat->gap[gap]);
}
