/*
 * automaton_rules.c - the rules as a state that letters change: what automaton.c expands into a graph and
 * what line_rules_cost walks.
 */
#include "scheduler/roster/automaton_rules.h"

#include <limits.h>
#include <math.h>
#include <string.h>

/* ---- ranges ---- */

struct line_range line_range_hard(int lo, int hi)
{
    return (struct line_range){.least = lo, .lo = lo, .hi = hi, .most = hi};
}

struct line_range line_range_priced(int lo, int hi, double under, double over)
{
    return (struct line_range){.least = under > 0 ? MIN(0, lo) : lo,
                               .lo = lo,
                               .hi = hi,
                               .most = over > 0 ? INT_MAX : hi,
                               .under = under,
                               .over = over};
}

double line_range_cost(const struct line_range *range, int n)
{
    if (n < range->least || n > range->most)
        return INFINITY;
    return range->under * MAX(range->lo - n, 0) + range->over * MAX(n - range->hi, 0);
}

/* ---- contract ---- */

void line_rules_contract(struct line_rules *rules, const struct contract *contract)
{
    const double *price = contract->rule_price;
    rules->work_min = contract->consecutive_days_min;
    rules->work_min_price = price[CONTRACT_RULE_CONSECUTIVE_DAYS_MIN];
    rules->work_max = contract->consecutive_days_max;
    rules->work_max_price = price[CONTRACT_RULE_CONSECUTIVE_DAYS_MAX];
    rules->off_min = contract->consecutive_days_off_min;
    rules->off_min_price = price[CONTRACT_RULE_CONSECUTIVE_DAYS_OFF_MIN];
    rules->off_max = contract->consecutive_days_off_max;
    rules->off_max_price = price[CONTRACT_RULE_CONSECUTIVE_DAYS_OFF_MAX];
    rules->window_days = contract->window_days_max > 0 ? contract->window_days : 0;
    rules->window_max = contract->window_days_max;
    rules->window_price = price[CONTRACT_RULE_WINDOW_DAYS_MAX];
    rules->weekend_days = contract->weekend_days;
    rules->weekends_max = contract->weekends_max;
    rules->weekends_of = contract->weekends_of;
    rules->weekends_price = price[CONTRACT_RULE_WEEKENDS_MAX];
    rules->weekends_row_max = contract->consecutive_weekends_max;
    rules->weekends_row_price = price[CONTRACT_RULE_CONSECUTIVE_WEEKENDS_MAX];
    rules->weekend_whole = contract->weekend_whole;
    rules->weekend_whole_price = price[CONTRACT_RULE_WEEKEND_WHOLE];
    rules->nights_row_max = contract->consecutive_nights_max;
    rules->nights_row_price = price[CONTRACT_RULE_CONSECUTIVE_NIGHTS_MAX];
    rules->off_after_nights = contract->days_off_after_nights_min;
    rules->off_after_nights_price = price[CONTRACT_RULE_DAYS_OFF_AFTER_NIGHTS_MIN];
}

/* ---- the walk ---- */

/* Index of the matrix that says what may follow now. */
static int gap_of(const struct line_rules *rules, const struct rule_state *state)
{
    return state->run > 0 ? 0 : MIN(MAX(state->off, 1), rules->n_gaps - 1);
}

/* Letters with equal rows in the matrices from `gap` on: the first of them; 0 where all is free. */
static int same_future(const struct line_rules *rules, int gap, int letter)
{
    size_t n = (size_t)rules->n_letters + 1;
    for (int other = 0; other <= letter; other++) {
        bool same = true;
        for (int g = gap; g < rules->n_gaps && same; g++)
            for (size_t next = 1; rules->gap[g] != NULL && next < n && same; next++) {
                double theirs = other == 0 ? 0 : rules->gap[g][(size_t)other * n + next];
                same = rules->gap[g][(size_t)letter * n + next] == theirs;
            }
        if (same)
            return other;
    }
    return letter;
}

void rule_walk_init(struct rule_walk *walk, const struct line_rules *rules)
{
    *walk = (struct rule_walk){.rules = rules, .window = true, .weekends = true};
    walk->weekend_days = rules->weekend_days != 0 ? rules->weekend_days : 1 << 5 | 1 << 6;
    for (int gap = 0; gap < rules->n_gaps; gap++)
        for (int letter = 0; letter <= rules->n_letters; letter++)
            walk->same[gap][letter] = (uint8_t)same_future(rules, gap, letter);
    walk->off_cap = MAX(MAX(rules->off_min, rules->off_max), MAX(rules->n_gaps - 1, 1));
    walk->run_cap = MAX(MAX(rules->work_min, rules->work_max), 1);
    walk->week_of = g_new(int, rules->n_days + 1);
    int week = 0;
    for (int day = 0; day < rules->n_days; day++) {
        while (week < rules->n_weeks && rules->week_last[week] < day)
            week++;
        walk->week_of[day] = week;
    }
}

void rule_walk_clear(struct rule_walk *walk)
{
    g_free(walk->week_of);
    walk->week_of = NULL;
}

static double due(double price, int units)
{
    if (units <= 0)
        return 0;
    return price > 0 ? price * units : INFINITY;
}

static int weekday_of(const struct line_rules *rules, int day)
{
    return ((rules->first_weekday + day) % 7 + 7) % 7;
}

bool rule_walk_in_weekend(const struct rule_walk *walk, int day)
{
    return walk->weekend_days >> weekday_of(walk->rules, day) & 1;
}

int rule_walk_weekend_start(const struct rule_walk *walk, int day)
{
    return day - (weekday_of(walk->rules, day) + 5) % 7;
}

static bool excused(const struct line_rules *rules, int day)
{
    return rules->excused != NULL && rules->excused[rules->n_past + day];
}

/* Does a run that ends before the day end before the last day of the horizon? */
static bool judges_end(const struct line_rules *rules, int day)
{
    return !rules->exact || day <= rules->last;
}

/* Does a run that begins on the day touch the beginning of the horizon? */
static bool touches_first(const struct line_rules *rules, int day)
{
    return day >= 0 && day <= (rules->exact ? rules->first : 0);
}

/* Is the day one of the horizon's own? */
static bool own_day(const struct line_rules *rules, int day)
{
    return !rules->exact || (day >= rules->first && day <= rules->last);
}

/* A run of shifts of one run class ends before the day. */
static double end_template_run(const struct line_rules *rules, struct rule_state *state, int day)
{
    double cost = 0;
    if (state->tmpl > 0 && !state->tmpl_kept && judges_end(rules, day)) {
        const struct line_run *run = &rules->runs[state->tmpl - 1];
        cost = due(run->price, run->min - state->tmpl_run);
    }
    state->tmpl = state->tmpl_run = 0;
    state->tmpl_kept = false;
    return cost;
}

static double close_week(const struct line_rules *rules, struct rule_state *state, int week)
{
    const struct line_range *range = &rules->week_days[week];
    int days = state->week_days;
    state->week_days = 0;
    return days < range->least ? INFINITY : range->under * MAX(range->lo - days, 0);
}

static double count_week_day(const struct line_rules *rules, struct rule_state *state, int week)
{
    const struct line_range *range = &rules->week_days[week];
    state->week_days++;
    if (state->week_days > range->most)
        return INFINITY;
    return state->week_days > range->hi ? range->over : 0;
}

/* Week days of the day: the week that closes on it may do so before its shift. */
static double walk_week(const struct rule_walk *walk, struct rule_state *state, int day, int letter)
{
    const struct line_rules *rules = walk->rules;
    if (rules->week_days == NULL || day < 0)
        return 0;
    int week = walk->week_of[day];
    if (week == rules->n_weeks)
        return 0;
    bool closes = rules->week_last[week] == day;
    double cost = 0;
    if (letter > 0 && closes && rules->letters[letter].next_week) {
        cost = close_week(rules, state, week);
        return week + 1 < rules->n_weeks ? cost + count_week_day(rules, state, week + 1) : cost;
    }
    if (letter > 0)
        cost = count_week_day(rules, state, week);
    return closes ? cost + close_week(rules, state, week) : cost;
}

static void begin_weekend(const struct rule_walk *walk, struct rule_state *state, int day)
{
    if (weekday_of(walk->rules, day) != 2)
        return;
    bool any = state->weekend & WEEKEND_WORKED;
    int keep = walk->weekends ? CLAMP(walk->rules->weekends_of - 1, 0, 63) : 0;
    state->weekend_row = (uint8_t)(any ? MIN(state->weekend_row + 1, walk->rules->weekends_row_max) : 0);
    state->weekends = (state->weekends << 1 | any) & ((1ull << keep) - 1);
    state->weekend = 0;
}

static double walk_weekend(const struct rule_walk *walk, struct rule_state *state, int day, bool worked,
                           uint32_t *tags)
{
    const struct line_rules *rules = walk->rules;
    double cost = 0;
    begin_weekend(walk, state, day);
    if (!rule_walk_in_weekend(walk, day))
        return 0;
    bool mixed = (state->weekend & WEEKEND_WORKED) && (state->weekend & WEEKEND_OFF);
    if (worked && !(state->weekend & WEEKEND_WORKED)) {
        *tags |= LINE_TAG_WEEKEND;
        if (walk->weekends && rules->weekends_of > 0)
            cost += due(rules->weekends_price,
                        __builtin_popcountll(state->weekends) + 1 > rules->weekends_max ? 1 : 0);
        if (rules->weekends_row_max > 0)
            cost += due(rules->weekends_row_price, state->weekend_row + 1 - rules->weekends_row_max);
    }
    state->weekend |= worked ? WEEKEND_WORKED : WEEKEND_OFF;
    bool now = (state->weekend & WEEKEND_WORKED) && (state->weekend & WEEKEND_OFF);
    if (rules->weekend_whole && now && !mixed && own_day(rules, day))
        cost += due(rules->weekend_whole_price, 1);
    if (!rules->weekend_whole)
        state->weekend &= WEEKEND_WORKED;
    return cost;
}

static double walk_work(const struct rule_walk *walk, struct rule_state *state, int day, int letter)
{
    const struct line_rules *rules = walk->rules;
    const struct line_letter *now = &rules->letters[letter];
    double cost = 0;
    bool after_work = state->run > 0;
    const double *gap = state->last > 0 && rules->n_gaps > 0 ? rules->gap[gap_of(rules, state)] : NULL;
    if (gap != NULL)
        cost += gap[state->last * (rules->n_letters + 1) + letter];
    if (state->off > 0 && !state->off_kept)
        cost += due(rules->off_min_price, rules->off_min - state->off);
    if (!after_work)
        state->run_kept = state->unknown || touches_first(rules, day);
    state->run++;
    if (rules->work_max > 0)
        cost += due(rules->work_max_price, MIN(state->run - rules->work_max, 1));
    state->off = state->off_long = 0;
    state->off_kept = false;
    state->run_past = false;

    if (rules->off_after_nights > 0 && !(now->night && state->nights > 0)) {
        int owed = state->nights >= 2 ? rules->off_after_nights : state->nights_owed;
        cost += due(rules->off_after_nights_price, owed);
    }
    state->nights_owed = 0;
    state->nights = now->night ? (uint8_t)(state->nights + 1) : 0;
    if (rules->nights_row_max > 0)
        cost += due(rules->nights_row_price, MIN(state->nights - rules->nights_row_max, 1));

    if (now->run + 1 != state->tmpl) {
        cost += end_template_run(rules, state, day);
        state->tmpl = (uint8_t)(now->run + 1);
        state->tmpl_kept = now->run >= 0 && (touches_first(rules, day) || (state->unknown && !after_work));
    }
    if (now->run >= 0) {
        state->tmpl_run++;
        state->tmpl_kept |= touches_first(rules, day);
        if (rules->runs[now->run].max > 0)
            cost += due(rules->runs[now->run].price, MIN(state->tmpl_run - rules->runs[now->run].max, 1));
    }
    if (walk->window && rules->window_days > 0)
        cost += due(rules->window_price, __builtin_popcountll(state->window) + 1 > rules->window_max ? 1 : 0);
    state->last = (uint8_t)letter;
    state->unknown = false;
    return cost;
}

/* Days off that are not excused, counted up to one too many. */
static double count_long_off(const struct line_rules *rules, struct rule_state *state, int day)
{
    if (excused(rules, day)) {
        state->off_long = 0;
        return 0;
    }
    bool over = state->off_long >= MIN(rules->off_max, UINT8_MAX);
    state->off_long = (uint8_t)(state->off_long + !over);
    return over && own_day(rules, day) ? due(rules->off_max_price, 1) : 0;
}

static double walk_off(const struct rule_walk *walk, struct rule_state *state, int day)
{
    const struct line_rules *rules = walk->rules;
    double cost = 0;
    if (rules->exact && state->unknown && day >= 0 && day < rules->first)
        return 0; /* as the past left it */
    if (state->run > 0 && !state->run_kept && !state->run_past && judges_end(rules, day))
        cost += due(rules->work_min_price, rules->work_min - state->run);
    if (state->run == 0 && state->off == 0)
        state->off_kept = true; /* nothing known before */
    state->run = 0;
    state->run_kept = state->run_past = state->unknown = false;
    if (state->off < UINT8_MAX)
        state->off++;
    if (rules->exact && rules->off_max > 0)
        cost += count_long_off(rules, state, day);
    else if (rules->off_max > 0)
        cost += due(rules->off_max_price, MIN(state->off - rules->off_max, 1));
    if (state->nights >= 2)
        state->nights_owed = (uint8_t)MAX(rules->off_after_nights - 1, 0);
    else if (state->nights_owed > 0)
        state->nights_owed--;
    state->nights = 0;
    if (day > 0)
        cost += end_template_run(rules, state, day);
    else
        state->tmpl = state->tmpl_run = 0, state->tmpl_kept = false;
    return cost;
}

/* Numbers beyond which nothing changes are cut, so that equal futures are equal states. */
static void settle(const struct rule_walk *walk, struct rule_state *state)
{
    const struct line_rules *rules = walk->rules;
    state->run = (uint8_t)MIN(state->run, walk->run_cap);
    if (rules->work_min == 0 || state->run == 0)
        state->run_kept = state->run_past = false;
    state->off = (uint8_t)MIN(state->off, walk->off_cap);
    if (rules->off_min == 0 || state->off == 0)
        state->off_kept = false;
    int nights = MAX(rules->nights_row_max, rules->off_after_nights > 0 ? 2 : 0);
    state->nights = (uint8_t)MIN(state->nights, nights);
    if (state->tmpl > 0) {
        const struct line_run *run = &rules->runs[state->tmpl - 1];
        int cap = MAX(run->max, state->tmpl_kept ? 1 : run->min);
        state->tmpl_run = (uint8_t)MIN(state->tmpl_run, MAX(cap, 1));
    }
    if (state->last > 0)
        state->last = rules->n_gaps > 0 ? walk->same[gap_of(rules, state)][state->last] : 0;
}

static void shift_window(const struct rule_walk *walk, struct rule_state *state, bool worked)
{
    int keep = walk->window ? CLAMP(walk->rules->window_days - 1, 0, 63) : 0;
    state->window = (state->window << 1 | worked) & ((1ull << keep) - 1);
}

double rule_walk_step(const struct rule_walk *walk, struct rule_state *state, int day, int letter,
                      uint32_t *tags)
{
    *tags = letter > 0 ? LINE_TAG_WORK : 0;
    const struct line_rules *rules = walk->rules;
    bool unseen = rules->exact && letter == 0 && state->unknown && day >= 0 && day < rules->first;
    double cost = letter > 0 ? walk_work(walk, state, day, letter) : walk_off(walk, state, day);
    uint8_t weekend = state->weekend;
    cost += walk_weekend(walk, state, day, letter > 0, tags);
    if (unseen)
        state->weekend = weekend;
    cost += walk_week(walk, state, day, letter);
    shift_window(walk, state, letter > 0);
    settle(walk, state);
    return cost;
}

/* A published shift: changes the state, costs nothing, counts in no week. */
static void walk_published(const struct rule_walk *walk, struct rule_state *state, int day, int letter)
{
    uint32_t tags = 0;
    walk_work(walk, state, -1, letter);
    walk_weekend(walk, state, day, true, &tags);
    shift_window(walk, state, true);
    state->run_past = true;
    state->tmpl_kept = state->tmpl > 0;
    settle(walk, state);
}

struct rule_state rule_walk_start(const struct rule_walk *walk)
{
    const struct line_rules *rules = walk->rules;
    struct rule_state state = {.unknown = true};
    for (int i = 0; i < rules->n_past; i++) {
        int day = i - rules->n_past, letter = rules->past[i];
        uint32_t tags;
        if (letter == LINE_DAY_UNKNOWN) {
            struct rule_state fresh = {.unknown = true,
                                       .weekends = state.weekends,
                                       .weekend = state.weekend,
                                       .weekend_row = state.weekend_row};
            state = fresh;
            begin_weekend(walk, &state, day);
            shift_window(walk, &state, false);
        } else if (letter > 0) {
            walk_published(walk, &state, day, letter);
        } else {
            rule_walk_step(walk, &state, day, 0, &tags);
        }
    }
    return state;
}

double rule_walk_taken(const struct rule_walk *walk, struct rule_state *state)
{
    walk_published(walk, state, 0, walk->rules->taken);
    return walk_week(walk, state, 0, 0);
}
