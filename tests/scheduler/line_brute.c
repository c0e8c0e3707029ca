#include "tests/scheduler/line_brute.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "core/random.h"

/* ---- rules, one by one ---- */

/* The past and the horizon as one sequence. */
struct days {
    const struct line_rules *rules;
    int letter[TINY_PAST + TINY_DAYS]; /* -1 = unknown */
    bool own[TINY_PAST + TINY_DAYS];   /* chosen, not published */
    int zero, n;                       /* index of day 0; length */
};

static bool worked(const struct days *days, int i)
{
    return i >= 0 && days->letter[i] > 0;
}

static bool off(const struct days *days, int i)
{
    return i >= 0 && days->letter[i] == 0;
}

static double units(double price, int n)
{
    return n <= 0 ? 0 : price > 0 ? price * n : INFINITY;
}

static bool mine(const struct days *days, int i)
{
    return days->own[i] && worked(days, i);
}

/* Length of the stretch of worked (or off) days that ends with i. */
static int stretch(const struct days *days, int i, bool (*is)(const struct days *, int))
{
    int n = 0;
    while (is(days, i - n))
        n++;
    return n;
}

static double runs_cost(const struct days *days)
{
    const struct line_rules *rules = days->rules;
    double cost = 0;
    for (int i = days->zero; i < days->n; i++) {
        if (mine(days, i) && rules->work_max > 0 && stretch(days, i, worked) > rules->work_max)
            cost += units(rules->work_max_price, 1);
        if (days->own[i] && off(days, i) && rules->off_max > 0 && stretch(days, i, off) > rules->off_max)
            cost += units(rules->off_max_price, 1);
        int n = stretch(days, i - 1, off);
        if (mine(days, i) && n > 0 && worked(days, i - 1 - n))
            cost += units(rules->off_min_price, rules->off_min - n);
        n = stretch(days, i - 1, worked);
        int start = i - n;
        bool begins = start == days->zero && days->own[start];
        if (off(days, i) && n > 0 && mine(days, i - 1) && !begins && start > 0 && off(days, start - 1))
            cost += units(rules->work_min_price, rules->work_min - n);
    }
    return cost;
}

static double windows_cost(const struct days *days)
{
    const struct line_rules *rules = days->rules;
    double cost = 0;
    for (int i = days->zero; i < days->n && rules->window_days > 0; i++) {
        int n = 0;
        for (int k = 0; k < rules->window_days; k++)
            n += worked(days, i - k);
        if (mine(days, i) && n > rules->window_max)
            cost += units(rules->window_price, 1);
    }
    return cost;
}

static int weekday(const struct days *days, int i)
{
    return (days->rules->first_weekday + i - days->zero + 700) % 7;
}

static bool weekend_day(const struct days *days, int i)
{
    int mask = days->rules->weekend_days != 0 ? days->rules->weekend_days : 96;
    return mask >> weekday(days, i) & 1;
}

/* Was the weekend worked whose Wednesday is index w (may lie outside)? 1 published, 2 own. */
static int weekend_worked(const struct days *days, int w)
{
    int by = 0;
    for (int i = MAX(w, 0); i < MIN(w + 7, days->n); i++)
        if (weekend_day(days, i) && worked(days, i))
            by |= days->own[i] ? 2 : 1;
    return by;
}

static double weekends_cost(const struct days *days)
{
    const struct line_rules *rules = days->rules;
    double cost = 0;
    int first = days->zero - (weekday(days, days->zero) + 5) % 7;
    for (int w = first; w < days->n; w += 7) {
        int n = 0, row = 0;
        for (int k = 0; k < rules->weekends_of; k++)
            n += weekend_worked(days, w - 7 * k) > 0;
        while (weekend_worked(days, w - 7 * row) > 0)
            row++;
        if (weekend_worked(days, w) == 2) {
            cost += rules->weekends_of > 0 && n > rules->weekends_max ? units(rules->weekends_price, 1) : 0;
            cost += rules->weekends_row_max > 0 && row > rules->weekends_row_max
                        ? units(rules->weekends_row_price, 1)
                        : 0;
        }
        bool yes = false, no = false, before = false;
        for (int i = MAX(w, 0); i < MIN(w + 7, days->n); i++) {
            if (!weekend_day(days, i) || days->letter[i] < 0)
                continue;
            yes |= worked(days, i);
            no |= off(days, i);
            before |= !days->own[i] && yes && no;
        }
        if (rules->weekend_whole && yes && no && !before)
            cost += units(rules->weekend_whole_price, 1);
    }
    return cost;
}

static bool night(const struct days *days, int i)
{
    return worked(days, i) && days->rules->letters[days->letter[i]].night;
}

static double pairs_cost(const struct days *days)
{
    const struct line_rules *rules = days->rules;
    double cost = 0;
    for (int i = days->zero; i < days->n; i++) {
        if (!mine(days, i))
            continue;
        if (rules->nights_row_max > 0 && stretch(days, i, night) > rules->nights_row_max)
            cost += units(rules->nights_row_price, 1);
        int free = stretch(days, i - 1, off), before = i - 1 - free;
        if (!worked(days, before))
            continue;
        const double *gap = rules->n_gaps > 0 ? rules->gap[MIN(free, rules->n_gaps - 1)] : NULL;
        if (gap != NULL)
            cost += gap[days->letter[before] * (rules->n_letters + 1) + days->letter[i]];
        if (stretch(days, before, night) >= 2 && !(free == 0 && night(days, i)))
            cost += units(rules->off_after_nights_price, rules->off_after_nights - free);
    }
    return cost;
}

static int run_class(const struct days *days, int i)
{
    return worked(days, i) ? days->rules->letters[days->letter[i]].run : -1;
}

static double templates_cost(const struct days *days)
{
    double cost = 0;
    for (int i = days->zero; i < days->n; i++) {
        int class = run_class(days, i), n = 1;
        if (class < 0 || !days->own[i])
            continue;
        const struct line_run *run = &days->rules->runs[class];
        while (run_class(days, i - n) == class)
            n++;
        if (run->max > 0 && n > run->max)
            cost += units(run->price, 1);
        bool ends = i + 1 < days->n && run_class(days, i + 1) != class;
        bool cut = i - n < days->zero && (i - n + 1 < days->zero || days->own[i - n + 1] || i - n < 0);
        if (!days->own[days->zero])
            cut |= i - n + 1 <= days->zero;
        if (ends && !cut)
            cost += units(run->price, run->min - n);
    }
    return cost;
}

static double week_days_cost(const struct days *days)
{
    const struct line_rules *rules = days->rules;
    double cost = 0;
    for (int w = 0; w < rules->n_weeks && rules->week_days != NULL; w++) {
        int n = 0;
        for (int day = 0; day < rules->n_days; day++) {
            if (!mine(days, days->zero + day))
                continue;
            int week = 0;
            while (week < rules->n_weeks && rules->week_last[week] < day)
                week++;
            if (week < rules->n_weeks && rules->week_last[week] == day)
                week += rules->letters[days->letter[days->zero + day]].next_week;
            n += week == w;
        }
        cost += line_range_cost(&rules->week_days[w], n);
    }
    return cost;
}

double tiny_rules_cost(const struct line_rules *rules, const uint8_t *letters)
{
    struct days days = {.rules = rules, .zero = rules->n_past, .n = rules->n_past + rules->n_days};
    for (int i = 0; i < days.n; i++) {
        int past = i < days.zero ? rules->past[i] : 0;
        days.letter[i] = i >= days.zero ? letters[i - days.zero] : past == LINE_DAY_UNKNOWN ? -1 : past;
        days.own[i] = i >= days.zero;
    }
    if (rules->taken > 0 && letters[0] > 0)
        return INFINITY;
    if (rules->taken > 0) {
        days.letter[days.zero] = rules->taken;
        days.own[days.zero] = false;
    }
    return runs_cost(&days) + windows_cost(&days) + weekends_cost(&days) + pairs_cost(&days) +
           templates_cost(&days) + week_days_cost(&days);
}

/* ---- lines ---- */

static double counters_cost(const struct tiny *tiny, const int *choice)
{
    double cost = 0;
    for (int i = 0; i < tiny->problem.n_counters; i++) {
        const struct line_counter *counter = &tiny->counters[i];
        int n = 0;
        for (int day = counter->from; day < counter->to; day++)
            if (choice[day] >= 0) {
                const struct line_choice *shift = &tiny->choices[choice[day]];
                bool work = counter->tags & LINE_TAG_WORK;
                n += (work || (shift->tags & counter->tags)) &&
                     (counter->week < 0 || counter->week == shift->week);
            }
        cost += line_range_cost(&counter->range, n);
    }
    return cost;
}

static bool rested(const struct tiny *tiny, const int *choice)
{
    int n = tiny->rules.n_days;
    for (int i = 0; i < n && tiny->problem.day_starts != NULL; i++) {
        int position = 0, j = i + 1;
        if (choice[i] < 0)
            continue;
        while (j < n && choice[j] < 0)
            position += tiny->day_starts[j++];
        if (j < n && position + tiny->choices[choice[j]].rank < tiny->choices[choice[i]].release)
            return false;
    }
    return true;
}

static bool within(const struct tiny *tiny, const int *choice, int week)
{
    bool any = false;
    for (int from = 0; from < DAY_MIN; from += 60) {
        bool all = true;
        for (int day = 0; day < tiny->rules.n_days; day++) {
            if (choice[day] < 0 || tiny->choices[choice[day]].week != week)
                continue;
            all &=
                (tiny->choices[choice[day]].start_min - from + DAY_MIN) % DAY_MIN <= tiny->problem.spread_min;
        }
        any |= all;
    }
    return any;
}

double tiny_cost(const struct tiny *tiny, const int *choice)
{
    uint8_t letters[TINY_DAYS] = {0};
    int minutes[TINY_DAYS + 1] = {0}, period = 0;
    double cost = 0;
    for (int day = 0; day < tiny->rules.n_days; day++) {
        if (choice[day] < 0) {
            cost += tiny->query.off == NULL ? 0 : tiny->off[day];
            continue;
        }
        const struct line_choice *shift = &tiny->choices[choice[day]];
        letters[day] = (uint8_t)shift->letter;
        cost += tiny->value[choice[day]];
        minutes[MIN(shift->week, tiny->rules.n_weeks)] += shift->minutes;
        period += shift->minutes;
    }
    cost += tiny_rules_cost(&tiny->rules, letters) + counters_cost(tiny, choice);
    for (int w = 0; w < tiny->rules.n_weeks; w++) {
        if (tiny->problem.week_minutes != NULL)
            cost += line_range_cost(&tiny->week_minutes[w], minutes[w]);
        if (tiny->problem.spread_min > 0 && !within(tiny, choice, w))
            cost += units(tiny->problem.spread_price, 1);
    }
    if (tiny->problem.period_minutes != NULL)
        cost += line_range_cost(&tiny->period, period);
    return rested(tiny, choice) ? cost : INFINITY;
}

static void insert(double *cost, int *found, int n, double what)
{
    int i = MIN(*found, n);
    if (i == n && (n == 0 || cost[n - 1] <= what))
        i = -1;
    *found += 1;
    if (i < 0)
        return;
    if (i == n)
        i = n - 1;
    while (i > 0 && cost[i - 1] > what) {
        cost[i] = cost[i - 1];
        i--;
    }
    cost[i] = what;
}

static void enumerate(const struct tiny *tiny, int day, int from, int to, const int *fixed, int *choice,
                      double *cost, int n, int *found)
{
    if (day == tiny->rules.n_days) {
        double what = tiny_cost(tiny, choice);
        if (what < INFINITY)
            insert(cost, found, n, what);
        return;
    }
    bool free = day >= from && day < to;
    for (int k = tiny->day_choice[day] - 1; k < tiny->day_choice[day + 1]; k++) {
        choice[day] = k < tiny->day_choice[day] ? -1 : k;
        if ((free || choice[day] == fixed[day]) &&
            !(k >= 0 && choice[day] >= 0 && tiny->value[k] == INFINITY))
            enumerate(tiny, day + 1, from, to, fixed, choice, cost, n, found);
    }
}

int tiny_enumerate(const struct tiny *tiny, int from, int to, const int *fixed, double *cost, int n)
{
    int choice[TINY_DAYS], found = 0;
    enumerate(tiny, 0, fixed == NULL ? 0 : from, fixed == NULL ? TINY_DAYS : to, fixed, choice, cost, n,
              &found);
    return found;
}

/* ---- random problems ---- */

static int below(struct random *random, int n)
{
    return (int)(random_uniform(random) * n);
}

static int between(struct random *random, int lo, int hi)
{
    return lo + below(random, hi - lo + 1);
}

/* Eighths, so that sums are exact. */
static double money(struct random *random, int most)
{
    return below(random, 8 * most) / 8.0;
}

static double price(struct random *random, unsigned features)
{
    return features & TINY_PRICED && below(random, 2) ? 0.125 + money(random, 4) : 0;
}

static struct line_range range(struct random *random, unsigned features, int most)
{
    int lo = below(random, most / 2 + 1), hi = between(random, lo, most);
    if (below(random, 3) == 0)
        lo = 0;
    struct line_range made = line_range_priced(lo, hi, price(random, features), price(random, features));
    if (made.over > 0 && below(random, 2))
        made.most = hi + below(random, 3);
    if (made.hi == most && below(random, 2))
        made.hi = made.most = INT_MAX;
    return made;
}

static void random_rules(struct tiny *tiny, struct random *random, unsigned features)
{
    struct line_rules *rules = &tiny->rules;
    if (features & TINY_RUNS) {
        rules->work_min = below(random, 4);
        rules->work_max = below(random, 2) ? 0 : between(random, MAX(rules->work_min, 1), 5);
        rules->off_min = below(random, 4);
        rules->off_max = below(random, 2) ? 0 : between(random, MAX(rules->off_min, 1), 5);
        rules->work_min_price = price(random, features);
        rules->work_max_price = price(random, features);
        rules->off_min_price = price(random, features);
        rules->off_max_price = price(random, features);
    }
    if (features & TINY_WINDOW) {
        rules->window_days = between(random, 2, 9);
        rules->window_max = below(random, rules->window_days);
        rules->window_price = price(random, features);
    }
    if (features & TINY_WEEKENDS) {
        const uint8_t days[] = {0, 96, 64, 48, 97, 112, 49};
        rules->weekend_days = days[below(random, 7)];
        rules->weekends_of = below(random, 5);
        rules->weekends_max = rules->weekends_of == 0 ? 0 : below(random, rules->weekends_of);
        rules->weekends_price = price(random, features);
        rules->weekends_row_max = below(random, 3);
        rules->weekends_row_price = price(random, features);
        rules->weekend_whole = below(random, 2);
        rules->weekend_whole_price = price(random, features);
    }
    if (features & TINY_NIGHTS) {
        rules->nights_row_max = below(random, 4);
        rules->nights_row_price = price(random, features);
        rules->off_after_nights = below(random, 4);
        rules->off_after_nights_price = price(random, features);
    }
    if (below(random, 4) == 0)
        rules->nodes_max = between(random, 1, 12);
}

static void random_letters(struct tiny *tiny, struct random *random, unsigned features)
{
    struct line_rules *rules = &tiny->rules;
    rules->n_letters = between(random, 1, TINY_LETTERS);
    rules->letters = tiny->letters;
    for (int letter = 1; letter <= rules->n_letters; letter++)
        tiny->letters[letter] =
            (struct line_letter){.night = features & TINY_NIGHTS && below(random, 2),
                                 .next_week = features & TINY_STRADDLE && below(random, 3) == 0,
                                 .run = features & TINY_TEMPLATES ? below(random, 3) - 1 : -1};
    size_t n = (size_t)rules->n_letters + 1;
    rules->n_gaps = features & TINY_GAPS ? 1 + below(random, TINY_GAPS_MAX) : 0;
    for (int g = 0; g < rules->n_gaps; g++) {
        for (size_t i = 0; i < n * n; i++)
            tiny->gap[g][i] = below(random, 4) ? 0 : below(random, 2) ? INFINITY : price(random, features);
        rules->gap[g] = below(random, 3) ? tiny->gap[g] : NULL;
    }
    rules->runs = tiny->runs;
    rules->n_runs = 2;
    for (int i = 0; i < 2; i++) {
        tiny->runs[i].min = below(random, 4);
        tiny->runs[i].max = below(random, 2) ? 0 : between(random, MAX(tiny->runs[i].min, 1), 4);
        tiny->runs[i].price = price(random, features);
    }
}

static void random_past(struct tiny *tiny, struct random *random, unsigned features)
{
    struct line_rules *rules = &tiny->rules;
    rules->past = tiny->past;
    if (features & TINY_PAST_KNOWN) {
        rules->n_past = below(random, TINY_PAST + 1);
        int unknown = below(random, 3) ? 0 : below(random, rules->n_past + 1);
        for (int i = 0; i < rules->n_past; i++)
            tiny->past[i] = i < unknown ? LINE_DAY_UNKNOWN : (uint8_t)below(random, rules->n_letters + 1);
    }
    if (features & TINY_TAKEN && below(random, 2))
        rules->taken = between(random, 1, rules->n_letters);
}

static void random_choices(struct tiny *tiny, struct random *random, unsigned features, int per_day)
{
    struct line_problem *problem = &tiny->problem;
    int n = 0, week = 0;
    for (int day = 0; day < tiny->rules.n_days; day++) {
        tiny->day_choice[day] = n;
        tiny->day_starts[day] = 3;
        while (week < tiny->rules.n_weeks && tiny->week_last[week] < day)
            week++;
        bool closes = week < tiny->rules.n_weeks && tiny->week_last[week] == day;
        int upto = n + (day == 0 && tiny->rules.taken > 0 ? 0 : below(random, per_day + 1));
        for (; n < upto; n++) {
            int letter = between(random, 1, tiny->rules.n_letters), rank = below(random, 3);
            tiny->choices[n] =
                (struct line_choice){.day = day,
                                     .week = week + (closes && tiny->letters[letter].next_week),
                                     .minutes = between(random, 1, 3),
                                     .letter = letter,
                                     .tags = (uint64_t)LINE_TAG_FREE << below(random, 3),
                                     .rank = rank,
                                     .release = features & TINY_REST ? below(random, 6) : 0,
                                     .start_min = 60 * below(random, 24)};
            tiny->value[n] = below(random, 12) == 0 ? INFINITY : money(random, 10) - 6;
        }
    }
    tiny->day_choice[tiny->rules.n_days] = n;
    problem->choices = tiny->choices;
    problem->n_choices = n;
    problem->day_choice = tiny->day_choice;
    problem->day_starts = features & TINY_REST ? tiny->day_starts : NULL;
    tiny->query.value = tiny->value;
    tiny->query.cutoff = INFINITY;
    for (int day = 0; day < tiny->rules.n_days; day++)
        tiny->off[day] = below(random, 10) == 0 ? INFINITY : money(random, 2) - 1;
    if (features & TINY_OFF_COST)
        tiny->query.off = tiny->off;
}

void tiny_init(struct tiny *tiny, uint64_t seed, unsigned features)
{
    struct random random;
    random_seed(&random, seed);
    memset(tiny, 0, sizeof *tiny);
    struct line_rules *rules = &tiny->rules;
    int per_day = between(&random, 1, 3);
    rules->n_days = between(&random, 3, per_day == 1 ? TINY_DAYS : per_day == 2 ? 7 : 6);
    rules->first_weekday = below(&random, 7);
    rules->week_last = tiny->week_last;
    for (int last = below(&random, 4); last < rules->n_days; last += between(&random, 1, 4))
        tiny->week_last[rules->n_weeks++] = last;
    random_letters(tiny, &random, features);
    random_rules(tiny, &random, features);
    random_past(tiny, &random, features);
    for (int w = 0; w < rules->n_weeks; w++) {
        tiny->week_days[w] = range(&random, features, 4);
        tiny->week_minutes[w] = range(&random, features, 9);
    }
    rules->week_days = features & TINY_WEEK_DAYS ? tiny->week_days : NULL;
    random_choices(tiny, &random, features, per_day);
    struct line_problem *problem = &tiny->problem;
    problem->rules = rules;
    problem->week_minutes = features & TINY_WEEK_MINUTES ? tiny->week_minutes : NULL;
    tiny->period = range(&random, features, 3 * rules->n_days / 2 + 2);
    problem->period_minutes = features & TINY_PERIOD_MINUTES ? &tiny->period : NULL;
    problem->counters = tiny->counters;
    problem->n_counters = features & TINY_COUNTERS ? between(&random, 1, 4) : 0;
    for (int i = 0; i < problem->n_counters; i++) {
        int from = below(&random, rules->n_days), to = between(&random, from + 1, rules->n_days);
        uint64_t tags = below(&random, 3) ? (uint64_t)LINE_TAG_FREE << below(&random, 3) : LINE_TAG_WORK;
        int week = tags == LINE_TAG_WORK || below(&random, 2) ? -1 : below(&random, rules->n_weeks + 1);
        tiny->counters[i] = (struct line_counter){tags, from, to, week, range(&random, features, 5)};
    }
    problem->spread_min = features & TINY_SPREAD ? 60 * between(&random, 1, 12) : 0;
    problem->spread_price = price(&random, features);
    tiny->automaton = line_automaton_new(rules, NULL);
    problem->automaton = tiny->automaton;
}

void tiny_clear(struct tiny *tiny)
{
    line_automaton_free(tiny->automaton);
    tiny->automaton = NULL;
}
