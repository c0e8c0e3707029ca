#include "api/decide.h"

#include <math.h>
#include <string.h>

#include "api/effect.h"
#include "core/error.h"

static bool fits(const char *of_rule, const char *is)
{
    return of_rule == NULL || g_strcmp0(of_rule, is) == 0;
}

/* NULL when none fits. */
static const struct time_off_rule *rule_of(const struct time_off_rule *rules, int n,
                                           const struct time_off_request *request)
{
    for (int i = 0; i < n; i++)
        if (fits(rules[i].site, request->site) && fits(rules[i].contract, request->contract) &&
            fits(rules[i].kind, request->kind))
            return &rules[i];
    return NULL;
}

bool decide_time_off_credit(struct store *store, const struct time_off_request *request, int *credit_min,
                            GError **error)
{
    struct time_off_rule *rules = NULL;
    int n = 0;
    if (!store_time_off_rules(store, &rules, &n, error))
        return false;
    const struct time_off_rule *rule = rule_of(rules, n, request);
    *credit_min = rule != NULL ? rule->credit_min : 0;
    time_off_rules_free(rules, n);
    return true;
}

static void add_reason(GString *reasons, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void add_reason(GString *reasons, const char *format, ...)
{
    va_list args;
    if (reasons->len > 0)
        g_string_append(reasons, "; ");
    va_start(args, format);
    g_string_append_vprintf(reasons, format, args);
    va_end(args);
}

static bool few_enough(struct api_call *call, const struct time_off_rule *rule,
                       const struct time_off_request *r, GString *reasons, GError **error)
{
    int peak = 0;
    if (rule->off_max == 0)
        return true;
    if (!store_time_off_peak(call->store, rule->site, rule->contract, r->agent, r->zone, r->start_ts,
                             r->end_ts, &peak, error))
        return false;
    if (peak + 1 > rule->off_max)
        add_reason(reasons, "%d others are away on one of these days, at most %d may be at once", peak,
                   rule->off_max);
    return true;
}

/* Agents are not told of queues and how many work them. */
static bool staffed_enough(struct api_call *call, const struct time_off_rule *rule,
                           const struct time_off_request *r, GString *reasons, GError **error)
{
    double least = INFINITY;
    int64_t ts = 0;
    if (isnan(rule->staffing_min))
        return true;
    if (!effect_time_off_least(call, r, &least, &ts, error))
        return false;
    if (least < rule->staffing_min - 1e-6) {
        const struct zone *zone = api_zone(call, r->zone, error);
        g_autofree char *at = time_format(ts, zone);
        add_reason(reasons, "too few would be left to do your work at %s", at);
    }
    return true;
}

static bool look(struct api_call *call, const struct time_off_rule *rule, const struct time_off_request *r,
                 GString *reasons, GError **error)
{
    /* an hour of slack: days of 25 hours are days */
    if (rule->days_max > 0 && r->end_ts - r->start_ts > rule->days_max * (int64_t)DAY_S + 3600)
        add_reason(reasons, "longer than %d day%s", rule->days_max, rule->days_max == 1 ? "" : "s");
    if (r->start_ts - call->now_ts < rule->notice_days * (int64_t)DAY_S)
        add_reason(reasons, "begins in less than %d day%s", rule->notice_days,
                   rule->notice_days == 1 ? "" : "s");
    return few_enough(call, rule, r, reasons, error) && staffed_enough(call, rule, r, reasons, error);
}

bool decide_time_off(struct api_call *call, const struct time_off_request *r, struct verdict *out,
                     GError **error)
{
    struct time_off_rule *rules = NULL;
    int n = 0;
    if (!store_time_off_rules(call->store, &rules, &n, error))
        return false;
    const struct time_off_rule *rule = rule_of(rules, n, r);
    g_autoptr(GString) reasons = g_string_new(NULL);
    bool ok = rule == NULL || look(call, rule, r, reasons, error);
    out->what = VERDICT_PLANNER;
    if (ok && rule != NULL) {
        bool holds = reasons->len == 0;
        out->credit_min = rule->credit_min;
        if (!holds)
            out->what = rule->otherwise_denied ? VERDICT_NO : VERDICT_PLANNER;
        else if (r->n_shifts == 0 && rule->approve)
            out->what = VERDICT_YES;
        if (r->n_shifts > 0 && out->what != VERDICT_NO)
            add_reason(reasons, "%d published shift%s lie%s in it", r->n_shifts, r->n_shifts == 1 ? "" : "s",
                       r->n_shifts == 1 ? "s" : "");
    }
    if (ok)
        out->reason = g_strdup(reasons->str);
    time_off_rules_free(rules, n);
    return ok;
}

/* --- swaps
 * ------------------------------------------------------------------------------------------------------- */

static const struct swap_rule *swap_rule_of(const struct swap_rule *rules, int n, const struct swap *swap)
{
    for (int i = 0; i < n; i++)
        if (fits(rules[i].site, swap->site) && fits(rules[i].contract, swap->contract))
            return &rules[i];
    return NULL;
}

bool decide_swap(struct api_call *call, const struct swap *swap, double shortage_change, struct verdict *out,
                 GError **error)
{
    struct swap_rule *rules = NULL;
    int n = 0;
    if (!store_swap_rules(call->store, &rules, &n, error))
        return false;
    const struct swap_rule *rule = swap_rule_of(rules, n, swap);
    g_autoptr(GString) reasons = g_string_new(NULL);
    out->what = VERDICT_PLANNER;
    if (rule != NULL) {
        int64_t first = swap->return_shift != 0 ? MIN(swap->start_ts, swap->return_start_ts) : swap->start_ts;
        if (first - call->now_ts < rule->notice_minutes * INT64_C(60))
            add_reason(reasons, "the first shift begins in less than %d minutes", rule->notice_minutes);
        if (shortage_change > rule->shortage_max + 1e-6)
            add_reason(reasons, "the work would be staffed worse");
        if (reasons->len > 0)
            out->what = rule->otherwise_refused ? VERDICT_NO : VERDICT_PLANNER;
        else if (rule->approve)
            out->what = VERDICT_YES;
    }
    out->reason = g_strdup(reasons->str);
    swap_rules_free(rules, n);
    return true;
}
