/* Whether any week can keep a contract: the set of numbers of days its patterns allow, and the sums its
 * shifts can make. */
#include "core/operation.h"

#define WEEK_MIN (WEEK_DAYS * DAY_MIN)

/* The hard rules of a contract about a single week; a priced one is none. */
static struct contract hard_rules(const struct contract *contract)
{
    struct contract hard = *contract;
    const double *price = contract->rule_price;
    hard.week_minutes_max =
        price[CONTRACT_RULE_WEEK_MINUTES_MAX] > 0
            ? WEEK_MIN
            : MIN(contract->week_minutes_max + contract->overtime_week_minutes_max, WEEK_MIN);
    if (price[CONTRACT_RULE_WEEK_MINUTES_MIN] > 0)
        hard.week_minutes_min = 0;
    if (price[CONTRACT_RULE_WEEK_DAYS_MIN] > 0)
        hard.week_days_min = 0;
    if (price[CONTRACT_RULE_WEEK_DAYS_MAX] > 0)
        hard.week_days_max = WEEK_DAYS;
    if (price[CONTRACT_RULE_CONSECUTIVE_DAYS_MAX] > 0)
        hard.consecutive_days_max = WEEK_DAYS;
    if (price[CONTRACT_RULE_CONSECUTIVE_DAYS_OFF_MIN] > 0)
        hard.consecutive_days_off_min = 1;
    if (price[CONTRACT_RULE_WEEKENDS_MAX] > 0)
        hard.weekends_max = hard.weekends_of;
    if (hard.weekend_days == 0)
        hard.weekend_days = 1 << 5 | 1 << 6;
    return hard;
}

/* Does a week with these worked days keep the rules about days by itself? */
static bool week_pattern_ok(const struct contract *contract, unsigned days, unsigned possible)
{
    if ((days & ~possible) != 0 || (contract->weekends_max == 0 && (days & contract->weekend_days) != 0))
        return false;
    int run = 0, off = 0;
    bool worked = false;
    for (int day = 0; day < WEEK_DAYS; day++) {
        if ((days >> day & 1) == 0) {
            run = 0;
            off++;
            continue;
        }
        if (worked && off > 0 && off < contract->consecutive_days_off_min)
            return false;
        worked = true;
        off = 0;
        if (++run > contract->consecutive_days_max)
            return false;
    }
    return true;
}

/* Marks in `next` what one more shift makes of the sums in `sums`; units of the planning interval. */
static void add_shift(const struct operation *op, const struct contract *contract, const bool *sums,
                      bool *next, int n)
{
    int step = op->interval_min;
    for (int k = 0; k < contract->n_templates; k++) {
        const struct shift_template *template = &op->templates[contract->templates[k]];
        for (int paid = template->paid_min_min; paid <= template->paid_max_min;
             paid += template->paid_step_min)
            for (int sum = 0; sum + paid / step < n; sum++)
                if (sums[sum])
                    next[sum + paid / step] = true;
    }
}

char *contract_week_problem(const struct operation *op, const struct contract *given)
{
    const struct contract rules = hard_rules(given), *contract = &rules;
    unsigned possible = 0, counts = 0;
    int shortest = INT32_MAX, longest = 0;
    for (int k = 0; k < contract->n_templates; k++) {
        const struct shift_template *template = &op->templates[contract->templates[k]];
        possible |= template->weekdays;
        shortest = MIN(shortest, template->paid_min_min);
        longest = MAX(longest, template->paid_max_min);
    }
    for (unsigned days = 0; days < 1U << WEEK_DAYS; days++)
        if (week_pattern_ok(contract, days, possible))
            counts |= 1U << __builtin_popcount(days);
    int min = contract->week_days_min, max = contract->week_days_max;
    if ((counts >> min & ((1U << (max - min + 1)) - 1)) == 0)
        return g_strdup_printf(
            "no week has %d to %d worked days under its consecutive-day, weekend and weekday rules", min,
            max);
    if (max * longest < contract->week_minutes_min)
        return g_strdup_printf("%d days of at most %d paid minutes make %d, less than week_minutes.min = %d",
                               max, longest, max * longest, contract->week_minutes_min);
    if (min * shortest > contract->week_minutes_max)
        return g_strdup_printf("%d days of at least %d paid minutes make %d, more than week_minutes.max = %d",
                               min, shortest, min * shortest, contract->week_minutes_max);

    int n = WEEK_MIN / op->interval_min + 1;
    g_autofree bool *sums = g_new0(bool, n);
    sums[0] = true;
    for (int days = 0; days <= max; days++) {
        if (days >= min && (counts >> days & 1) != 0)
            for (int sum = 0; sum < n; sum++)
                if (sums[sum] && sum * op->interval_min >= contract->week_minutes_min &&
                    sum * op->interval_min <= contract->week_minutes_max)
                    return NULL;
        bool *next = g_new0(bool, n);
        add_shift(op, contract, sums, next, n);
        g_free(sums);
        sums = next;
    }
    return g_strdup_printf(
        "no sum of %d to %d shifts of its templates lies within week_minutes %d..%d; widen the range "
        "or add a length",
        min, max, contract->week_minutes_min, contract->week_minutes_max);
}
