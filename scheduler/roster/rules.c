/*
 * rules.c - what one agent may work: legal slots, legal sets of days, weekly ranges; agents with equal
 * answers form a class. Days are site-local, counted from the catalogue's first day.
 */
#include "scheduler/roster/model.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "scheduler/roster/after.h"
#include "scheduler/roster/kept.h"
#include "scheduler/roster/pricing.h"
#include "scheduler/roster/wishes.h"

/* The rules whose failure can be named; each can be left out to see whether it is the one that cannot hold.
 */
enum rule {
    RULE_NONE,
    RULE_WEEK_MINUTES_MIN,
    RULE_WEEK_DAYS_MIN,
    RULE_WEEK_MINUTES_MAX,
    RULE_WEEK_DAYS_MAX,
    RULE_CONSECUTIVE,
    RULE_DAYS_OFF,
    RULE_WEEKENDS,
    RULE_NIGHTS,
    RULE_SPREAD,
    RULE_REST,
    RULE_TIME_OFF,
    RULE_AVAILABLE,
    RULE_EMPLOYED,
    RULE_KEPT,
    RULE_N
};

static const struct {
    const char *name; /* as in operation.cfg */
    size_t value;     /* of an int in struct contract; 0 = none */
} rules[RULE_N] = {
    [RULE_WEEK_MINUTES_MIN] = {"week_minutes_min", offsetof(struct contract, week_minutes_min)},
    [RULE_WEEK_DAYS_MIN] = {"week_days_min", offsetof(struct contract, week_days_min)},
    [RULE_WEEK_MINUTES_MAX] = {"week_minutes_max", offsetof(struct contract, week_minutes_max)},
    [RULE_WEEK_DAYS_MAX] = {"week_days_max", offsetof(struct contract, week_days_max)},
    [RULE_CONSECUTIVE] = {"consecutive_days_max", offsetof(struct contract, consecutive_days_max)},
    [RULE_DAYS_OFF] = {"consecutive_days_off_min", offsetof(struct contract, consecutive_days_off_min)},
    [RULE_WEEKENDS] = {"weekends_max", offsetof(struct contract, weekends_max)},
    [RULE_NIGHTS] = {"week_nights_max", offsetof(struct contract, week_nights_max)},
    [RULE_SPREAD] = {"start_spread_max_min", offsetof(struct contract, start_spread_max_min)},
    [RULE_REST] = {"rest_min_minutes", offsetof(struct contract, rest_min_minutes)},
    [RULE_TIME_OFF] = {"time off", 0},
    [RULE_AVAILABLE] = {"availability", 0},
    [RULE_EMPLOYED] = {"employment", 0},
    [RULE_KEPT] = {"locked and frozen shifts", 0},
};

/* ---- published past ---- */

/* What the past leaves behind for one agent. */
struct carry {
    int64_t last_end_ts;    /* INT64_MIN when no past shift */
    bool first_day_used;    /* a published shift started on the first local day already */
    int run;                /* worked days in a row directly before the first day */
    int since;              /* days off directly before the first day; -1 when no shift is known */
    int weekends_before[2]; /* worked among the weekends_of - 1 before the first and the last weekend of the
                               horizon, weekends of the horizon not counted */
    bool weekend_used[2];   /* worked already by a published shift */
};

static void past_range(const struct plan_problem *problem, int agent, int *from, int *to)
{
    int lo = 0, hi = problem->n_past;
    while (lo < hi) {
        int mid = (lo + hi) / 2;
        if (problem->past[mid].agent < agent)
            lo = mid + 1;
        else
            hi = mid;
    }
    *from = lo;
    while (lo < problem->n_past && problem->past[lo].agent == agent)
        lo++;
    *to = lo;
}

static int compare_day(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* Monday of the weekend a day belongs to, INT32_MIN for Monday to Friday. */
static int32_t weekend_of(int32_t day)
{
    return day_weekday(day) >= 5 ? day_week_start(day) : INT32_MIN;
}

static struct carry carry_of(const struct roster_model *model, const struct catalogue *cat, int agent,
                             const int32_t weekend[2])
{
    const struct plan_problem *problem = model->problem;
    const struct contract *contract = &problem->operation->contracts[cat->contract];
    struct carry carry = {.last_end_ts = INT64_MIN, .since = -1};
    int from, to;
    past_range(problem, agent, &from, &to);
    g_autofree int32_t *days = g_new(int32_t, to - from + 1);
    for (int i = from; i < to; i++) {
        days[i - from] = zone_local_day(model->zones[cat->site], problem->past[i].start_ts);
        carry.last_end_ts = MAX(carry.last_end_ts, problem->past[i].end_ts);
    }
    qsort(days, (size_t)(to - from), sizeof *days, compare_day);
    int32_t last = INT32_MIN, last_weekend = INT32_MIN;
    for (int i = 0; i < to - from; i++) {
        int32_t day = days[i], monday = weekend_of(day);
        if (day >= cat->first_day) {
            carry.first_day_used = true;
        } else if (day != last) {
            carry.run = day == last + 1 && last != INT32_MIN ? carry.run + 1 : 1;
            last = day;
        }
        if (monday == INT32_MIN || monday == last_weekend)
            continue;
        last_weekend = monday;
        for (int w = 0; w < 2; w++) {
            if (weekend[w] == INT32_MIN)
                continue;
            carry.weekend_used[w] |= monday == weekend[w];
            carry.weekends_before[w] += monday < weekend[w] && monday != weekend[0] &&
                                        monday > weekend[w] - 7 * contract->weekends_of;
        }
    }
    if (last != INT32_MIN) {
        carry.since = cat->first_day - 1 - last;
        if (carry.since > 0)
            carry.run = 0;
    }
    return carry;
}

/* ---- sets of worked days ---- */

static bool runs_ok(const struct catalogue *cat, const struct contract *contract, const struct carry *carry,
                    uint32_t pattern, enum rule without)
{
    int run = carry->run, off = carry->since;
    for (int day = 0; day < cat->n_days; day++) {
        bool fresh = pattern >> day & 1;
        bool worked = fresh || (day == 0 && carry->first_day_used);
        if (!worked) {
            run = 0;
            off += off >= 0;
            continue;
        }
        run++;
        if (fresh && without != RULE_CONSECUTIVE && run > contract->consecutive_days_max)
            return false;
        if (fresh && without != RULE_DAYS_OFF && off > 0 && off < contract->consecutive_days_off_min)
            return false;
        off = 0;
    }
    return true;
}

static bool weekends_ok(const struct catalogue *cat, const struct contract *contract,
                        const struct carry *carry, const int32_t weekend[2], uint32_t pattern)
{
    int worked_before = 0; /* first weekend of the horizon, when it lies in the window of the last */
    for (int w = 0; w < 2; w++) {
        if (weekend[w] == INT32_MIN)
            continue;
        bool fresh = false;
        for (int day = 0; day < cat->n_days; day++)
            fresh |= (pattern >> day & 1) && weekend_of(cat->first_day + day) == weekend[w];
        if (fresh && carry->weekends_before[w] + worked_before + 1 > contract->weekends_max)
            return false;
        if (contract->weekends_of > 1)
            worked_before += fresh || carry->weekend_used[w];
    }
    return true;
}

/* Days before a run of published shifts behind the horizon: one of them is off. */
static bool after_ok(const struct catalogue *cat, const struct contract *contract, const struct carry *carry,
                     const struct after *after, uint32_t pattern)
{
    int32_t from, to;
    if (contract->rule_price[CONTRACT_RULE_CONSECUTIVE_DAYS_MAX] > 0 ||
        !after_window(after, contract->consecutive_days_max, &from, &to))
        return true;
    for (int32_t day = from; day < to; day++) {
        int at = day - cat->first_day;
        bool worked = at >= cat->n_days ? false
                      : at >= 0         ? (pattern >> at & 1) != 0 || (at == 0 && carry->first_day_used)
                                        : carry->since == 0 && carry->run >= -at;
        if (!worked)
            return true;
    }
    return false;
}

/* The (at most two) weekends the horizon touches, INT32_MIN where none. */
static void horizon_weekends(const struct catalogue *cat, int32_t weekend[2])
{
    weekend[0] = weekend[1] = INT32_MIN;
    for (int day = 0; day < cat->n_days; day++) {
        int32_t monday = weekend_of(cat->first_day + day);
        if (monday == INT32_MIN)
            continue;
        if (weekend[0] == INT32_MIN)
            weekend[0] = monday;
        else if (monday != weekend[0])
            weekend[1] = monday;
    }
}

static void legal_patterns(const struct catalogue *cat, const struct contract *contract,
                           const struct carry *carry, const struct after *after, const int32_t weekend[2],
                           int days_lo, int days_hi, uint32_t possible, enum rule without, uint64_t *patterns)
{
    memset(patterns, 0, ROSTER_PATTERNS / 8);
    for (uint32_t pattern = 0; pattern < 1u << cat->n_days; pattern++) {
        int days = __builtin_popcount(pattern);
        if (pattern & ~possible || days < days_lo || days > days_hi ||
            (without != RULE_REST && carry->first_day_used && (pattern & 1)) ||
            !runs_ok(cat, contract, carry, pattern, without) ||
            (without != RULE_CONSECUTIVE && !after_ok(cat, contract, carry, after, pattern)) ||
            (without != RULE_WEEKENDS && !weekends_ok(cat, contract, carry, weekend, pattern)))
            continue;
        patterns[pattern / 64] |= 1ull << pattern % 64;
    }
}

/* ---- the automaton: the smallest one that accepts exactly the legal patterns ---- */

static bool has_pattern(const uint64_t *patterns, uint32_t pattern)
{
    return patterns[pattern / 64] >> pattern % 64 & 1;
}

/* A node is the set of suffixes that may still follow. Level by level, prefixes with the same set join. */
bool automaton_build(struct automaton *automaton, const uint64_t *patterns, int n_days)
{
    *automaton = (struct automaton){.n_days = n_days};
    uint32_t n_all = 1u << n_days;
    g_autofree uint16_t *sample = g_new0(uint16_t, n_all); /* per node: one of its prefixes */
    g_autofree uint16_t *next = g_new0(uint16_t, n_all);
    bool any = false;
    for (uint32_t p = 0; p < n_all; p++)
        any |= has_pattern(patterns, p);
    if (!any)
        return false;
    automaton->n_nodes[0] = 1;
    for (int day = 0; day < n_days; day++) {
        int n = automaton->n_nodes[day], n_next = 0;
        uint32_t n_suffixes = 1u << (n_days - day - 1);
        automaton->off[day] = g_new(int16_t, n);
        automaton->work[day] = g_new(int16_t, n);
        for (int node = 0; node < 2 * n; node++) {
            uint32_t prefix = sample[node / 2] | (uint32_t)(node % 2) << day;
            int target = -1;
            bool alive = false;
            for (uint32_t s = 0; s < n_suffixes && !alive; s++)
                alive = has_pattern(patterns, prefix | s << (day + 1));
            for (int k = 0; alive && k < n_next && target < 0; k++) {
                bool same = true;
                for (uint32_t s = 0; s < n_suffixes && same; s++)
                    same = has_pattern(patterns, prefix | s << (day + 1)) ==
                           has_pattern(patterns, next[k] | s << (day + 1));
                target = same ? k : -1;
            }
            if (alive && target < 0) {
                next[n_next] = (uint16_t)prefix;
                target = n_next++;
            }
            *(node % 2 ? &automaton->work[day][node / 2] : &automaton->off[day][node / 2]) = (int16_t)target;
        }
        automaton->n_nodes[day + 1] = n_next;
        memcpy(sample, next, (size_t)n_next * sizeof *sample);
    }
    return true;
}

void automaton_clear(struct automaton *automaton)
{
    for (int day = 0; day < automaton->n_days; day++) {
        g_free(automaton->off[day]);
        g_free(automaton->work[day]);
    }
    *automaton = (struct automaton){0};
}

/* ---- legal slots ---- */

struct span {
    int64_t start_ts, end_ts;
};

static int compare_span(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    return (x->start_ts > y->start_ts) - (x->start_ts < y->start_ts);
}

/* The union of an agent's availability around the horizon, as disjoint spans in order. */
static struct span *available_spans(const struct roster_model *model, const struct catalogue *cat,
                                    const struct agent *agent, int *n_out)
{
    GArray *spans = g_array_new(FALSE, FALSE, sizeof(struct span));
    const struct zone *zone = model->zones[cat->site];
    for (int32_t day = cat->first_day - 9; day < cat->first_day + cat->n_days + 3; day++) {
        for (int i = 0; i < agent->n_available; i++) {
            const struct week_span *week = &agent->available[i];
            if (!(week->weekdays >> day_weekday(day) & 1))
                continue;
            struct span span = {zone_instant(zone, day, week->from_min),
                                zone_instant(zone, day, week->to_min)};
            if (span.end_ts > span.start_ts)
                g_array_append_val(spans, span);
        }
    }
    g_array_sort(spans, compare_span);
    guint n = 0;
    for (guint i = 0; i < spans->len; i++) {
        struct span span = g_array_index(spans, struct span, i);
        struct span *top = n > 0 ? &g_array_index(spans, struct span, n - 1) : NULL;
        if (top != NULL && span.start_ts <= top->end_ts)
            top->end_ts = MAX(top->end_ts, span.end_ts);
        else
            g_array_index(spans, struct span, n++) = span;
    }
    *n_out = (int)n;
    return (struct span *)(void *)g_array_free(spans, FALSE);
}

static void legal_slots(const struct roster_model *model, const struct catalogue *cat, int agent_index,
                        const struct carry *carry, enum rule without, uint8_t *legal)
{
    const struct operation *operation = model->problem->operation;
    const struct agent *agent = &operation->agents[agent_index];
    int64_t rest_s = (int64_t)operation->contracts[cat->contract].rest_min_minutes * 60;
    struct after after = after_of(model->problem, model->zones[cat->site], agent_index);
    bool rest_priced = operation->contracts[cat->contract].rule_price[CONTRACT_RULE_REST_MIN_MINUTES] > 0;
    int n_spans = 0;
    g_autofree struct span *spans = available_spans(model, cat, agent, &n_spans);
    for (int i = 0; i < cat->n_slots; i++) {
        const struct slot *slot = &cat->slots[i];
        int64_t start = roster_model_ts(model, slot->start_iv), end = roster_model_ts(model, slot->end_iv);
        int32_t day = cat->first_day + slot->day;
        bool ok = without == RULE_EMPLOYED || (day >= agent->employed_from && day <= agent->employed_to);
        if (without != RULE_REST && carry->last_end_ts != INT64_MIN)
            ok = ok && start >= carry->last_end_ts + rest_s;
        if (without != RULE_REST)
            ok = ok && after_allows(&after, day, end, rest_priced ? 0 : rest_s);
        if (without != RULE_AVAILABLE && agent->n_available > 0) {
            bool inside = false;
            for (int k = 0; k < n_spans && !inside; k++)
                inside = start >= spans[k].start_ts && end <= spans[k].end_ts;
            ok = ok && inside;
        }
        legal[i] = ok;
    }
    for (int t = 0; t < operation->n_time_off && without != RULE_TIME_OFF; t++) {
        const struct time_off *off = &operation->time_off[t];
        if (off->agent != agent_index)
            continue;
        for (int i = 0; i < cat->n_slots; i++)
            if (roster_model_ts(model, cat->slots[i].start_iv) < off->end_ts &&
                roster_model_ts(model, cat->slots[i].end_iv) > off->start_ts)
                legal[i] = 0;
    }
}

/* Paid minutes and days credited for absences in this week, and how many of the days are unpaid. */
static void credit(const struct roster_model *model, const struct catalogue *cat, int agent, int *minutes,
                   int *days, int *unpaid)
{
    const struct operation *operation = model->problem->operation;
    const struct zone *zone = model->zones[cat->site];
    int64_t horizon_end = roster_model_ts(model, model->n_iv);
    *minutes = *days = *unpaid = 0;
    for (int32_t day = cat->first_day; day < cat->first_day + cat->n_days; day++) {
        int64_t start = zone_day_start(zone, day), end = zone_day_start(zone, day + 1);
        int best = -1;
        if (start < model->start_ts || start >= horizon_end || end <= start)
            continue;
        for (int t = 0; t < operation->n_time_off; t++) {
            const struct time_off *off = &operation->time_off[t];
            if (off->agent == agent && off->start_ts <= start && off->end_ts >= end)
                best = MAX(best, off->credit_min);
        }
        *minutes += MAX(best, 0);
        *days += best >= 0;
        *unpaid += best == 0;
    }
}

/* ---- one agent's week ---- */

static int floor_div(int a, int b)
{
    return a / b - (a % b < 0);
}

static void weekly_ranges(const struct roster_model *model, const struct catalogue *cat, int agent_index,
                          enum rule without, struct agent_class *class, int *days_lo, int *days_hi)
{
    const struct contract *contract = &model->problem->operation->contracts[cat->contract];
    const struct agent *agent = &model->problem->operation->agents[agent_index];
    int minutes, days, unpaid, least = contract->week_minutes_min;
    credit(model, cat, agent_index, &minutes, &days, &unpaid);
    int per_week = MAX(contract->week_days_min > 0 ? contract->week_days_min : contract->week_days_max, 1);
    least = MAX(least - unpaid * ((least + per_week - 1) / per_week), 0);
    minutes = MIN(minutes, MAX(contract->week_minutes_max, 0));
    days = MIN(days, MAX(contract->week_days_max, 0));
    bool employed =
        agent->employed_from < cat->first_day + cat->n_days && agent->employed_to >= cat->first_day;
    bool min_minutes = employed && without != RULE_WEEK_MINUTES_MIN;
    bool min_days = employed && without != RULE_WEEK_DAYS_MIN;
    int longest = 0;
    for (int i = 0; i < cat->n_slots; i++)
        longest = MAX(longest, cat->slots[i].bucket);
    int most = longest * cat->n_days;
    class->bucket_lo = min_minutes ? -floor_div(minutes - least, cat->bucket_min) : 0;
    class->bucket_lo = MAX(class->bucket_lo, 0);
    class->bucket_hi = most;
    if (without != RULE_WEEK_MINUTES_MAX)
        class->bucket_hi = MIN(most, floor_div(contract->week_minutes_max - minutes, cat->bucket_min));
    class->nights_max = without == RULE_NIGHTS ? cat->n_days : MIN(contract->week_nights_max, cat->n_days);
    *days_lo = min_days ? MAX(contract->week_days_min - days, 0) : 0;
    *days_hi = without == RULE_WEEK_DAYS_MAX ? cat->n_days : contract->week_days_max - days;
}

/* Where all legal shifts are equally long, days say how many minutes: the range then moves into the patterns.
   Where no set of days can leave the range, it is forgotten. */
static void time_patterns(const struct catalogue *cat, struct agent_class *class)
{
    int shortest = INT_MAX, longest = 0;
    bool inside = true;
    for (int i = 0; i < cat->n_slots; i++) {
        if (!class->legal[i])
            continue;
        shortest = MIN(shortest, cat->slots[i].bucket);
        longest = MAX(longest, cat->slots[i].bucket);
    }
    for (uint32_t pattern = 0; pattern < 1u << cat->n_days; pattern++) {
        int days = __builtin_popcount(pattern);
        if (!(class->patterns[pattern / 64] >> pattern % 64 & 1))
            continue;
        bool never = days * longest < class->bucket_lo || (days > 0 && days * shortest > class->bucket_hi);
        if (never)
            class->patterns[pattern / 64] &= ~(1ull << pattern % 64);
        else if (days > 0)
            inside = inside && days * shortest >= class->bucket_lo && days * longest <= class->bucket_hi;
    }
    class->timed = !inside;
    if (inside)
        class->bucket_lo = class->bucket_hi = 0;
}

/* Locks, the frozen past and personal costs. */
static void describe_wishes(const struct roster_model *model, const struct catalogue *cat, int agent,
                            enum rule without, struct agent_class *class)
{
    g_autofree double *extra = g_new0(double, cat->n_slots + 1);
    g_autofree double *off_cost = g_new0(double, cat->n_days + 1);
    bool any = false;
    if (model->problem->base != NULL) {
        kept_own(model, cat, agent, class->legal);
        if (without != RULE_KEPT)
            kept_limits(model, cat, agent, class->legal, off_cost);
        for (int day = 0; day < cat->n_days; day++)
            any |= off_cost[day] != 0;
    }
    any |= wishes_add(model, cat, agent, extra, off_cost);
    if (!any)
        return;
    class->extra = g_steal_pointer(&extra);
    class->off_cost = g_steal_pointer(&off_cost);
}

/* Fills everything of the class but its list of agents; `without` leaves one rule out. False when no set of
   days is legal. */
static bool describe(const struct roster_model *model, const struct catalogue *cat, int agent,
                     enum rule without, struct agent_class *class)
{
    const struct contract *contract = &model->problem->operation->contracts[cat->contract];
    int32_t weekend[2];
    int days_lo, days_hi;
    g_assert(cat->n_days <= ROSTER_DAYS_MAX);
    horizon_weekends(cat, weekend);
    struct carry carry = carry_of(model, cat, agent, weekend);
    class->legal = g_new0(uint8_t, cat->n_slots + 1);
    legal_slots(model, cat, agent, &carry, without, class->legal);
    describe_wishes(model, cat, agent, without, class);
    for (int i = 0; i < model->problem->operation->n_leads; i++)
        if (model->problem->operation->leads[i].site == cat->site)
            class->lead = model->problem->operation->agents[agent].lead;
    uint32_t possible = 0;
    for (int i = 0; i < cat->n_slots; i++)
        if (class->legal[i])
            possible |= 1u << cat->slots[i].day;
    weekly_ranges(model, cat, agent, without, class, &days_lo, &days_hi);
    struct after after = after_of(model->problem, model->zones[cat->site], agent);
    legal_patterns(cat, contract, &carry, &after, weekend, days_lo, days_hi, possible, without,
                   class->patterns);
    time_patterns(cat, class);
    return automaton_build(&class->automaton, class->patterns, cat->n_days);
}

static void class_clear(struct agent_class *class)
{
    g_free(class->legal);
    g_free(class->extra);
    g_free(class->off_cost);
    g_free(class->agents);
    automaton_clear(&class->automaton);
    *class = (struct agent_class){0};
}

static bool has_week(const struct roster_model *model, struct pricing *pricing,
                     const struct agent_class *class, bool free_spread)
{
    struct tour tour = {0};
    struct catalogue *cat = &model->catalogues[class->catalogue];
    g_autofree double *value = g_new0(double, cat->n_slots + 1);
    int spread = cat->spread_min;
    if (free_spread)
        cat->spread_min = DAY_MIN;
    double cost = pricing_week(pricing, class, value, &tour);
    cat->spread_min = spread;
    tour_clear(&tour);
    return cost < INFINITY;
}

/* Fills the error when a locked or frozen shift is one the agent may not work. */
static bool explain_kept(const struct roster_model *model, int agent, const struct catalogue *cat,
                         GError **error)
{
    const struct operation *operation = model->problem->operation;
    if (model->problem->base == NULL)
        return false;
    struct agent_class class = {0};
    describe(model, cat, agent, RULE_NONE, &class);
    const struct shift *shift = kept_impossible(model, cat, agent, class.legal);
    class_clear(&class);
    if (shift == NULL)
        return false;
    g_autofree char *when = time_format(shift->start_ts, model->zones[cat->site]);
    wfm_fail(
        error, WFM_ERROR_INPUT,
        "agent %s: the shift at %s is locked or frozen, but it is not one the agent may work: no template "
        "of contract %s has these times and breaks, or availability, absence, employment or rest forbid "
        "it; change the shift or lift the lock",
        operation->agents[agent].id, when, operation->contracts[cat->contract].id);
    return true;
}

static gboolean explain(const struct roster_model *model, struct pricing *pricing, int agent_index,
                        int catalogue, int set, GError **error)
{
    const struct operation *operation = model->problem->operation;
    const struct catalogue *cat = &model->catalogues[catalogue];
    const struct contract *contract = &operation->contracts[cat->contract];
    const struct agent *agent = &operation->agents[agent_index];
    if (cat->n_slots == 0)
        return wfm_fail(
            error, WFM_ERROR_INPUT,
            "agent %s: no shift template of contract %s starts on the %d-minute grid in this week; "
            "check the templates' weekdays, start times and lengths",
            agent->id, contract->id, model->interval_s / 60);
    if (explain_kept(model, agent_index, cat, error))
        return FALSE;
    for (enum rule rule = RULE_NONE + 1; rule < RULE_N; rule++) {
        struct agent_class class = {.catalogue = catalogue, .set = set};
        bool legal = describe(model, cat, agent_index, rule, &class) &&
                     has_week(model, pricing, &class, rule == RULE_SPREAD);
        class_clear(&class);
        if (!legal)
            continue;
        if (rules[rule].value == 0)
            return wfm_fail(
                error, WFM_ERROR_INPUT,
                "agent %s: no legal week under contract %s because of the agent's %s: the weekly minimum "
                "of %d paid minutes on %d days cannot be reached; change one of them",
                agent->id, contract->id, rules[rule].name, contract->week_minutes_min,
                contract->week_days_min);
        int value;
        memcpy(&value, (const char *)contract + rules[rule].value, sizeof value);
        return wfm_fail(
            error, WFM_ERROR_INPUT,
            "agent %s: no legal week: %s = %d of contract %s cannot hold together with the agent's other "
            "rules, availability, time off and published past; change one of them (an absence counts towards "
            "the minimum by its credit_minutes)",
            agent->id, rules[rule].name, value, contract->id);
    }
    return wfm_fail(
        error, WFM_ERROR_INPUT,
        "agent %s: no legal week under contract %s: several rules together leave none (weekly minimum %d "
        "minutes on %d days)",
        agent->id, contract->id, contract->week_minutes_min, contract->week_days_min);
}

static bool same_costs(const double *a, const double *b, int n)
{
    return a == b || (a != NULL && b != NULL && memcmp(a, b, (size_t)n * sizeof *a) == 0);
}

static bool same_class(const struct roster_model *model, const struct agent_class *a,
                       const struct agent_class *b)
{
    const struct catalogue *cat = &model->catalogues[a->catalogue];
    return a->catalogue == b->catalogue && a->lead == b->lead && a->set == b->set &&
           a->bucket_lo == b->bucket_lo && a->bucket_hi == b->bucket_hi && a->timed == b->timed &&
           a->nights_max == b->nights_max && memcmp(a->patterns, b->patterns, sizeof a->patterns) == 0 &&
           memcmp(a->legal, b->legal, (size_t)cat->n_slots) == 0 &&
           same_costs(a->extra, b->extra, cat->n_slots) && same_costs(a->off_cost, b->off_cost, cat->n_days);
}

bool roster_model_classes(struct roster_model *model, GError **error)
{
    const struct operation *operation = model->problem->operation;
    AUTO(pricing) pricing = pricing_new(model);
    for (int a = 0; a < operation->n_agents; a++) {
        int set = model->class_of_agent[a], cat = 0;
        while (model->catalogues[cat].site != operation->agents[a].site ||
               model->catalogues[cat].contract != operation->agents[a].contract)
            cat++;
        struct agent_class class = {.catalogue = cat, .set = set};
        bool legal = describe(model, &model->catalogues[cat], a, RULE_NONE, &class);
        int c = 0;
        while (c < model->n_classes && !same_class(model, &model->classes[c], &class))
            c++;
        if (c == model->n_classes) {
            if (!legal || !has_week(model, pricing, &class, false)) {
                class_clear(&class);
                return explain(model, pricing, a, cat, set, error);
            }
            model->classes = g_renew(struct agent_class, model->classes, model->n_classes + 1);
            model->classes[model->n_classes++] = class;
        } else {
            class_clear(&class);
        }
        struct agent_class *own = &model->classes[c];
        own->agents = g_renew(int, own->agents, own->n_agents + 1);
        own->agents[own->n_agents++] = a;
        model->class_of_agent[a] = c;
    }
    return true;
}
