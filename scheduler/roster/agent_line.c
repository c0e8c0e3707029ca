#include "scheduler/roster/agent_line.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "scheduler/roster/after.h"
#include "scheduler/roster/letters.h"
#include "scheduler/roster/week_rest.h"

/* One agent under description. */
struct describing {
    const struct roster_model *model;
    const struct catalogue *cat;
    const struct contract *contract;
    const struct agent *agent;
    int index; /* of the agent */
    const uint8_t *legal;
    struct agent_line *own;
    /* per roster week */
    int *credit_days, *credit_min, *unpaid, *absent; /* absent: days wholly on time off */
    bool *employed;
    int n_weeks;
};

static double price_of(const struct describing *d, enum contract_rule rule)
{
    return d->contract->rule_price[rule];
}

static int floor_div(int64_t a, int64_t b)
{
    int64_t q = a / b - (a % b < 0);
    return (int)CLAMP(q, INT_MIN + 1, INT_MAX);
}

static int ceil_div(int64_t a, int64_t b)
{
    return -floor_div(-a, b);
}

/* ---- absences and employment ---- */

/* Credits of each week: a day counts in the week in which it starts, once, with the largest credit. */
static void count_absences(struct describing *d)
{
    const struct operation *operation = d->model->problem->operation;
    const struct zone *zone = d->model->zones[d->cat->site];
    GArray *offs = g_array_new(FALSE, FALSE, sizeof(struct time_off));
    for (int t = 0; t < operation->n_time_off; t++)
        if (operation->time_off[t].agent == d->index)
            g_array_append_val(offs, operation->time_off[t]);
    for (int day = 0; day < d->cat->n_days; day++) {
        int32_t civil = d->cat->first_day + day;
        int64_t start = zone_day_start(zone, civil), end = zone_day_start(zone, civil + 1);
        int week = 0, best = -1;
        while (week < d->n_weeks && start >= d->model->week_start[week + 1])
            week++;
        if (start < d->model->week_start[0] || week == d->n_weeks || end <= start)
            continue;
        for (guint t = 0; t < offs->len; t++) {
            const struct time_off *off = &g_array_index(offs, struct time_off, t);
            if (off->start_ts <= start && off->end_ts >= end)
                best = MAX(best, off->credit_min);
        }
        d->credit_min[week] += MAX(best, 0);
        d->credit_days[week] += best >= 0;
        d->unpaid[week] += best == 0;
        d->absent[week] += best >= 0;
    }
    g_array_unref(offs);
    for (int week = 0; week < d->n_weeks; week++) {
        d->credit_min[week] = MIN(d->credit_min[week], MAX(d->contract->week_minutes_max, 0));
        d->credit_days[week] = MIN(d->credit_days[week], MAX(d->contract->week_days_max, 0));
    }
}

/* Days wholly on time off or outside the employment. */
static void describe_excused(struct describing *d)
{
    const struct operation *operation = d->model->problem->operation;
    const struct zone *zone = d->model->zones[d->cat->site];
    struct line_rules *rules = &d->own->rules;
    int n = rules->n_past + rules->n_days;
    g_autofree uint8_t *excused = g_new0(uint8_t, n + 1);
    bool any = false;
    for (int i = 0; i < n; i++) {
        int32_t day = d->cat->first_day + i - rules->n_past;
        excused[i] = day < d->agent->employed_from || day > d->agent->employed_to;
        any |= excused[i];
    }
    for (int t = 0; t < operation->n_time_off; t++) {
        const struct time_off *off = &operation->time_off[t];
        if (off->agent != d->index)
            continue;
        for (int i = 0; i < n; i++) {
            int32_t day = d->cat->first_day + i - rules->n_past;
            bool whole =
                off->start_ts <= zone_day_start(zone, day) && off->end_ts >= zone_day_start(zone, day + 1);
            excused[i] |= whole;
            any |= whole;
        }
    }
    bool asked = rules->off_max > 0;
    if (any && asked)
        rules->excused = g_steal_pointer(&excused);
}

static void count_employment(struct describing *d)
{
    const struct zone *zone = d->model->zones[d->cat->site];
    for (int week = 0; week < d->n_weeks; week++) {
        int32_t first = zone_local_day(zone, d->model->week_start[week]);
        int32_t last = zone_local_day(zone, d->model->week_start[week + 1] - 1);
        d->employed[week] = d->agent->employed_from <= last && d->agent->employed_to >= first;
    }
}

/* ---- the published past ---- */

static void describe_past(struct describing *d, uint8_t *legal)
{
    const struct plan_problem *problem = d->model->problem;
    const struct zone *zone = d->model->zones[d->cat->site];
    struct line_rules *rules = &d->own->rules;
    int from, to;
    roster_past_range(problem, d->index, &from, &to);
    int32_t first = d->cat->first_day;
    for (int i = from; i < to; i++)
        first = MIN(first, zone_local_day(zone, problem->past[i].start_ts));
    bool before = first < d->cat->first_day;
    int n = before ? d->cat->first_day - first + 1 : 0; /* and a day off before the first of them */
    uint8_t *past = g_new0(uint8_t, n + 1);
    for (int i = from; i < to; i++) {
        int day = zone_local_day(zone, problem->past[i].start_ts) - d->cat->first_day;
        if (day < 0)
            past[n + day] = d->model->past_letter[i];
        else
            rules->taken = d->model->past_letter[i];
    }
    for (int i = 0; rules->taken > 0 && i < d->cat->day_slot[1]; i++)
        legal[i] = 0;
    if (from < to && n == 0) /* all there was is on the first day: the days before were off */
        n = 1;
    for (int i = from; i < to && d->contract->week_rest_minutes > 0; i++)
        if (problem->past[i].end_ts > d->model->start_ts)
            d->own->busy_until = MAX(d->own->busy_until, problem->past[i].end_ts);
    rules->past = past;
    rules->n_past = n;
}

/* ---- ranges ---- */

/* Days a minimum of the period asks for less by weeks without employment. */
static int64_t of_employed(const struct describing *d, int64_t minimum)
{
    int n = 0;
    for (int week = 0; week < d->n_weeks; week++)
        n += d->employed[week];
    return minimum * n / d->n_weeks;
}

static int sum(const int *values, int n)
{
    int total = 0;
    for (int i = 0; i < n; i++)
        total += values[i];
    return total;
}

static void describe_week_days(struct describing *d)
{
    const struct contract *c = d->contract;
    struct line_range *ranges = g_new(struct line_range, d->n_weeks + 1);
    for (int week = 0; week < d->n_weeks; week++) {
        int lo = d->employed[week] ? MAX(c->week_days_min - d->credit_days[week], 0) : 0;
        int hi = c->week_days_max - d->credit_days[week];
        ranges[week] = line_range_priced(lo, hi, price_of(d, CONTRACT_RULE_WEEK_DAYS_MIN),
                                         price_of(d, CONTRACT_RULE_WEEK_DAYS_MAX));
    }
    d->own->rules.week_days = ranges;
}

/* Extremes of the legal shifts' minutes, in buckets. */
struct lengths {
    int shortest, longest;
};

static struct lengths lengths_of(const struct describing *d)
{
    struct lengths lengths = {INT_MAX, 0};
    for (int i = 0; i < d->cat->n_slots; i++)
        if (d->legal[i]) {
            lengths.shortest = MIN(lengths.shortest, d->cat->slots[i].bucket);
            lengths.longest = MAX(lengths.longest, d->cat->slots[i].bucket);
        }
    lengths.shortest = MIN(lengths.shortest, lengths.longest);
    return lengths;
}

/* A range of minutes in buckets. Prices are of minutes; where there is one the bucket divides both ends. */
static struct line_range in_buckets(const struct describing *d, int64_t lo, int64_t hi, double under,
                                    double over)
{
    int bucket = d->cat->bucket_min;
    return line_range_priced(MAX(ceil_div(lo, bucket), 0), floor_div(hi, bucket), under * bucket,
                             over * bucket);
}

/* Overtime is a first step above the maximum: the kernel knows one slope, the lower one; what goes beyond is
   counted with the line. */
static void add_overtime(const struct describing *d, struct line_range *range, int64_t hi)
{
    const struct contract *c = d->contract;
    int bucket = d->cat->bucket_min;
    if (c->overtime_week_minutes_max <= 0)
        return;
    double currency = operation_currency_rate(d->model->problem->operation, c->currency);
    range->over = c->overtime_premium * c->rate * currency / 60 * bucket;
    range->most = price_of(d, CONTRACT_RULE_WEEK_MINUTES_MAX) > 0
                      ? INT_MAX
                      : floor_div(hi + c->overtime_week_minutes_max, bucket);
}

/* Do weeks of lo..hi days always stay in the range? */
static bool always_inside(const struct line_range *range, const struct line_range *days,
                          struct lengths lengths, int most_days)
{
    int least = MAX(days->least, 0), most = MIN(days->most, most_days);
    return (int64_t)least * lengths.shortest >= range->lo && (int64_t)most * lengths.longest <= range->hi;
}

/* Equal lengths: days say how many minutes. The range then moves into that of the days. */
static void days_for_minutes(struct line_range *days, const struct line_range *minutes, int length)
{
    int lo = ceil_div(minutes->lo, length), hi = floor_div(minutes->hi, length);
    days->least = MAX(days->least, lo);
    days->lo = MAX(days->lo, lo);
    days->hi = MIN(days->hi, hi);
    days->most = MIN(days->most, hi);
    days->hi = MAX(days->hi, days->lo);
}

static void describe_week_minutes(struct describing *d)
{
    const struct contract *c = d->contract;
    int per_week = MAX(c->week_days_min > 0 ? c->week_days_min : c->week_days_max, 1);
    int average = ceil_div(c->week_minutes_min, per_week);
    struct line_range *days = (struct line_range *)d->own->rules.week_days;
    struct line_range *ranges = g_new(struct line_range, d->n_weeks + 1);
    struct lengths lengths = lengths_of(d);
    bool needed = false;
    for (int week = 0; week < d->n_weeks; week++) {
        int64_t least = MAX((int64_t)c->week_minutes_min - (int64_t)d->unpaid[week] * average, 0);
        int64_t lo = d->employed[week] ? least - d->credit_min[week] : 0;
        int64_t hi = (int64_t)c->week_minutes_max - d->credit_min[week];
        ranges[week] = in_buckets(d, lo, hi, price_of(d, CONTRACT_RULE_WEEK_MINUTES_MIN),
                                  price_of(d, CONTRACT_RULE_WEEK_MINUTES_MAX));
        add_overtime(d, &ranges[week], hi);
        const struct line_range *range = &ranges[week];
        bool hard = range->least == range->lo && range->most == range->hi;
        if (hard && lengths.longest > 0 && lengths.shortest == lengths.longest)
            days_for_minutes(&days[week], range, lengths.longest);
        else
            needed |= !always_inside(range, &days[week], lengths, WEEK_DAYS + 1);
    }
    if (needed)
        d->own->week_minutes = ranges;
    else
        g_free(ranges);
}

static void describe_period_minutes(struct describing *d)
{
    const struct contract *c = d->contract;
    int64_t least = of_employed(d, c->period_minutes_min), credit = sum(d->credit_min, d->n_weeks);
    int64_t most = c->period_minutes_max > 0 ? c->period_minutes_max : INT_MAX;
    if (c->period_minutes_min <= 0 && c->period_minutes_max <= 0)
        return;
    int64_t days = c->period_days_min > 0   ? c->period_days_min
                   : c->period_days_max > 0 ? c->period_days_max
                                            : (int64_t)c->week_days_max * d->n_weeks;
    int64_t average = (c->period_minutes_min + MAX(days, 1) - 1) / MAX(days, 1);
    least = MAX(least - average * sum(d->unpaid, d->n_weeks), 0);
    credit = MIN(credit, most);
    struct line_range range =
        in_buckets(d, least - credit, most - credit, price_of(d, CONTRACT_RULE_PERIOD_MINUTES_MIN),
                   price_of(d, CONTRACT_RULE_PERIOD_MINUTES_MAX));
    struct lengths lengths = lengths_of(d);
    d->own->period_minutes = range;
    d->own->period_timed = range.lo > 0 || (int64_t)d->cat->n_days * lengths.longest > range.hi;
}

/* ---- counters ---- */

static void add_counter(struct describing *d, uint64_t tags, int week, struct line_range range)
{
    struct agent_line *own = d->own;
    const struct zone *zone = d->model->zones[d->cat->site];
    int possible = 0; /* days on which such a shift may be worked */
    int from = week < 0 ? 0 : zone_local_day(zone, d->model->week_start[week]) - d->cat->first_day;
    int to = week < 0 ? d->cat->n_days : d->cat->week_last[week] + 1;
    for (int day = from; day < to; day++) {
        bool any = false;
        for (int i = d->cat->day_slot[day]; i < d->cat->day_slot[day + 1] && !any; i++)
            any = d->legal[i] && (tags == LINE_TAG_WORK || (d->cat->choices[i].tags & tags)) &&
                  (week < 0 || d->cat->slots[i].week == week);
        possible += any;
    }
    if (range.lo <= 0 && possible <= range.hi)
        return;
    own->counters = g_renew(struct line_counter, own->counters, own->n_counters + 1);
    own->counters[own->n_counters++] = (struct line_counter){tags, from, to, week, range};
}

static void describe_period_days(struct describing *d)
{
    const struct contract *c = d->contract;
    if (c->period_days_min <= 0 && c->period_days_max <= 0)
        return;
    int most = c->period_days_max > 0 ? c->period_days_max : INT_MAX;
    int credit = MIN(sum(d->credit_days, d->n_weeks), most);
    int lo = (int)of_employed(d, c->period_days_min) - credit;
    add_counter(d, LINE_TAG_WORK, -1,
                line_range_priced(MAX(lo, 0), most == INT_MAX ? INT_MAX : most - credit,
                                  price_of(d, CONTRACT_RULE_PERIOD_DAYS_MIN),
                                  price_of(d, CONTRACT_RULE_PERIOD_DAYS_MAX)));
}

static void describe_limits(struct describing *d)
{
    const struct contract *c = d->contract;
    double price = price_of(d, CONTRACT_RULE_TEMPLATE_LIMIT);
    for (int i = 0; i < c->n_limits; i++) {
        const struct template_limit *limit = &c->limits[i];
        for (int week = 0; week < d->n_weeks; week++) {
            int lo = d->employed[week] ? MAX(limit->week_min - d->absent[week], 0) : 0;
            add_counter(d, TAG_LIMIT(i), week, line_range_priced(lo, limit->week_max, price, price));
        }
        int lo = (int)of_employed(d, limit->period_min) - sum(d->absent, d->n_weeks);
        add_counter(d, TAG_LIMIT(i), -1, line_range_priced(MAX(lo, 0), limit->period_max, price, price));
    }
}

/* Days before a run of published shifts behind the horizon: one of them is off. Those before the horizon are
   known. */
static void describe_after(struct describing *d)
{
    const struct line_rules *rules = &d->own->rules;
    struct after after = after_of(d->model->problem, d->model->zones[d->cat->site], d->index);
    int32_t from_day, to_day;
    if (price_of(d, CONTRACT_RULE_CONSECUTIVE_DAYS_MAX) > 0 ||
        !after_window(&after, d->contract->consecutive_days_max, &from_day, &to_day))
        return;
    int from = from_day - d->cat->first_day, to = to_day - d->cat->first_day;
    for (; from < 0; from++)
        if (rules->n_past + from < 0 || rules->past[rules->n_past + from] == 0)
            return;
    from += from == 0 && rules->taken > 0;
    if (to > d->cat->n_days || from >= to)
        return;
    struct line_counter counter = {LINE_TAG_WORK, from, to, -1, line_range_hard(0, to - from - 1)};
    d->own->counters = g_renew(struct line_counter, d->own->counters, d->own->n_counters + 1);
    d->own->counters[d->own->n_counters++] = counter;
}

static void describe_counters(struct describing *d)
{
    describe_after(d);
    for (int week = 0; week < d->n_weeks; week++)
        add_counter(d, TAG_NIGHT, week,
                    line_range_priced(0, d->contract->week_nights_max, 0,
                                      price_of(d, CONTRACT_RULE_WEEK_NIGHTS_MAX)));
    describe_period_days(d);
    describe_limits(d);
}

/* ---- whole ---- */

static bool any_price(const struct contract *contract)
{
    for (int rule = 0; rule < CONTRACT_RULE_N; rule++)
        if (contract->rule_price[rule] > 0)
            return true;
    return contract->overtime_week_minutes_max > 0;
}

void agent_line_describe(const struct roster_model *model, struct agent_class *class, int agent)
{
    const struct operation *operation = model->problem->operation;
    const struct catalogue *cat = &model->catalogues[class->catalogue];
    const struct contract *contract = &operation->contracts[cat->contract];
    struct agent_line *own = &class->own;
    int n_weeks = model->problem->n_weeks;
    struct describing d = {.model = model,
                           .cat = cat,
                           .contract = contract,
                           .agent = &operation->agents[agent],
                           .index = agent,
                           .legal = class->legal,
                           .own = own,
                           .n_weeks = n_weeks};
    *own = (struct agent_line){.rules = {.n_days = cat->n_days,
                                         .first_weekday = day_weekday(cat->first_day),
                                         .n_letters = cat->n_letters,
                                         .letters = cat->letters,
                                         .n_gaps = cat->n_gaps,
                                         .n_weeks = n_weeks,
                                         .week_last = cat->week_last,
                                         .runs = cat->runs,
                                         .n_runs = cat->n_runs},
                               .credit_min = g_new0(int, n_weeks + 1)};
    g_autofree int *counts = g_new0(int, 3 * n_weeks + 1);
    g_autofree bool *employed = g_new0(bool, n_weeks + 1);
    d.credit_min = own->credit_min;
    d.credit_days = counts;
    d.unpaid = counts + n_weeks;
    d.absent = counts + 2 * n_weeks;
    d.employed = employed;
    for (int gap = 0; gap < cat->n_gaps; gap++)
        own->rules.gap[gap] = cat->gap[gap];
    line_rules_contract(&own->rules, contract);
    own->rules.exact = true;
    own->rules.first = model->problem->first_day - cat->first_day;
    own->rules.last = own->rules.first + WEEK_DAYS * n_weeks - 1;
    count_absences(&d);
    count_employment(&d);
    describe_past(&d, class->legal);
    describe_excused(&d);
    describe_week_days(&d);
    describe_week_minutes(&d);
    describe_period_minutes(&d);
    describe_counters(&d);
    own->optional = d.agent->optional;
    own->hire = own->optional ? d.agent->hire_price * n_weeks : 0;
    own->money = any_price(contract) || own->hire > 0;
}

bool agent_line_build(const struct roster_model *model, struct agent_class *class)
{
    const struct catalogue *cat = &model->catalogues[class->catalogue];
    int width = cat->n_letters + 1;
    g_autofree uint8_t *may = g_new0(uint8_t, cat->n_days * width + 1);
    for (int day = 0; day < cat->n_days; day++)
        may[day * width] = class->off_cost == NULL || class->off_cost[day] < INFINITY;
    for (int i = 0; i < cat->n_slots; i++)
        if (class->legal[i])
            may[cat->slots[i].day * width + cat->slots[i].letter] = 1;
    class->own.automaton = line_automaton_new(&class->own.rules, may);
    return class->own.automaton != NULL;
}

void agent_line_clear(struct agent_line *own)
{
    g_free((void *)own->rules.past);
    g_free((void *)own->rules.excused);
    g_free((void *)own->rules.week_days);
    line_automaton_free(own->automaton);
    g_free(own->week_minutes);
    g_free(own->counters);
    g_free(own->credit_min);
    g_free(own->any);
    *own = (struct agent_line){0};
}

static bool same_bytes(const void *a, const void *b, size_t size)
{
    return (a == NULL) == (b == NULL) && (a == NULL || memcmp(a, b, size) == 0);
}

static bool same_range(const struct line_range *a, const struct line_range *b)
{
    return a->lo == b->lo && a->hi == b->hi && a->least == b->least && a->most == b->most &&
           a->under == b->under && a->over == b->over;
}

/* Field by field: between the fields lie bytes that nobody has set. */
static bool same_counters(const struct line_counter *a, const struct line_counter *b, int n)
{
    for (int i = 0; i < n; i++)
        if (a[i].tags != b[i].tags || a[i].from != b[i].from || a[i].to != b[i].to ||
            a[i].week != b[i].week || !same_range(&a[i].range, &b[i].range))
            return false;
    return true;
}

static bool same_ranges(const struct agent_line *a, const struct agent_line *b)
{
    size_t weeks = (size_t)a->rules.n_weeks;
    return same_bytes(a->week_minutes, b->week_minutes, weeks * sizeof *a->week_minutes) &&
           a->period_timed == b->period_timed && same_range(&a->period_minutes, &b->period_minutes) &&
           a->n_counters == b->n_counters && same_counters(a->counters, b->counters, a->n_counters) &&
           a->busy_until == b->busy_until && a->optional == b->optional && a->hire == b->hire &&
           (!a->money || same_bytes(a->credit_min, b->credit_min, weeks * sizeof *a->credit_min));
}

bool agent_line_same(const struct agent_line *a, const struct agent_line *b)
{
    return same_ranges(a, b) && a->rules.n_past == b->rules.n_past && a->rules.taken == b->rules.taken &&
           same_bytes(a->rules.past, b->rules.past, (size_t)a->rules.n_past) &&
           same_bytes(a->rules.excused, b->rules.excused, (size_t)(a->rules.n_past + a->rules.n_days)) &&
           same_bytes(a->rules.week_days, b->rules.week_days,
                      (size_t)a->rules.n_weeks * sizeof *a->rules.week_days);
}

static bool same_graph(const struct line_automaton *a, const struct line_automaton *b)
{
    if (a->n_days != b->n_days || a->n_letters != b->n_letters || a->n_counters != b->n_counters ||
        a->relaxed != b->relaxed ||
        memcmp(a->n_nodes, b->n_nodes, (size_t)(a->n_days + 1) * sizeof *a->n_nodes) != 0 ||
        !same_counters(a->counters, b->counters, a->n_counters))
        return false;
    for (int day = 0; day < a->n_days; day++)
        if (memcmp(a->arcs[day], b->arcs[day],
                   (size_t)a->n_nodes[day] * (size_t)(a->n_letters + 1) * sizeof *a->arcs[day]) != 0)
            return false;
    return true;
}

bool agent_line_equal(const struct agent_line *a, const struct agent_line *b)
{
    return same_ranges(a, b) && a->automaton != NULL && b->automaton != NULL &&
           same_graph(a->automaton, b->automaton);
}

struct line_problem agent_line_problem(const struct roster_model *model, const struct agent_class *class)
{
    const struct catalogue *cat = &model->catalogues[class->catalogue];
    const struct agent_line *own = &class->own;
    const struct contract *contract = &model->problem->operation->contracts[cat->contract];
    return (struct line_problem){.rules = &own->rules,
                                 .automaton = own->automaton,
                                 .choices = cat->choices,
                                 .n_choices = cat->n_slots,
                                 .day_choice = cat->day_slot,
                                 .day_starts = cat->day_starts,
                                 .allowed = class->legal,
                                 .week_minutes = own->week_minutes,
                                 .period_minutes = own->period_timed ? &own->period_minutes : NULL,
                                 .counters = own->counters,
                                 .n_counters = own->n_counters,
                                 .spread_min = MAX(cat->spread_min, 1), /* 0 is free there */
                                 .spread_price = contract->rule_price[CONTRACT_RULE_START_SPREAD]};
}

/* ---- money ---- */

static double pair_prices(const struct roster_model *model, const struct catalogue *cat,
                          const struct contract *contract, const int *choice)
{
    double cost = 0;
    int last = -1;
    for (int day = 0; day < cat->n_days; day++) {
        if (choice[day] < 0)
            continue;
        if (last >= 0) {
            struct shift_shape a = shape_of_slot(model, cat, &cat->slots[last]);
            struct shift_shape b = shape_of_slot(model, cat, &cat->slots[choice[day]]);
            cost += pair_cost(contract, &a, &b, day - cat->slots[last].day - 1);
        }
        last = choice[day];
    }
    return cost;
}

struct line_money agent_line_money(const struct roster_model *model, const struct agent_class *class,
                                   const int *choice)
{
    const struct catalogue *cat = &model->catalogues[class->catalogue];
    const struct agent_line *own = &class->own;
    const struct contract *contract = &model->problem->operation->contracts[cat->contract];
    struct line_money money = {0};
    g_autofree int *minutes = g_new0(int, own->rules.n_weeks + 1);
    bool any = false;
    for (int day = 0; day < cat->n_days; day++)
        if (choice[day] >= 0) {
            minutes[cat->slots[choice[day]].week] += cat->slots[choice[day]].paid_min;
            any = true;
        }
    if (!own->money || (own->optional && !any))
        return money;
    struct line_problem problem = agent_line_problem(model, class);
    struct line_query query = {.value = cat->nothing};
    double rate = contract->overtime_premium * contract->rate / 60 *
                  operation_currency_rate(model->problem->operation, contract->currency);
    double price = contract->rule_price[CONTRACT_RULE_WEEK_MINUTES_MAX];
    money.penalty =
        line_cost(&problem, &query, choice) +
        contract->rule_price[CONTRACT_RULE_WEEK_REST_MINUTES] * week_rest_broken(model, class, choice);
    for (int week = 0; week < own->rules.n_weeks && contract->overtime_week_minutes_max > 0; week++) {
        int over = minutes[week] + own->credit_min[week] - contract->week_minutes_max;
        int beyond = over - contract->overtime_week_minutes_max;
        money.pay += rate * MAX(over, 0);
        money.penalty += price * MAX(beyond, 0) - rate * MAX(over, 0);
    }
    if (cat->pairs_apart)
        money.penalty += pair_prices(model, cat, contract, choice);
    money.penalty = MAX(money.penalty, 0);
    money.pay += own->hire;
    return money;
}
