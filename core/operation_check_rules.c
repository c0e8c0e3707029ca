/* The rules of operation_check about contracts and about what couples agents. */
#include <limits.h>
#include <math.h>

#include "core/error.h"
#include "core/operation_check.h"

#define YEAR_DAYS 371 /* 53 weeks, the longest horizon of a plan file */

bool opcheck_price(double value)
{
    return value >= 0 && isfinite(value);
}

/* A rule with a price may contradict others: breaking it is what the price is for. */
static bool is_hard(const struct contract *contract, enum contract_rule rule)
{
    return contract->rule_price[rule] == 0;
}

static bool check_runs(struct check *check, const struct contract *k)
{
    NEED(k->consecutive_days_min >= 0 && k->consecutive_days_min <= YEAR_DAYS,
         "consecutive_days_min %d is not within 0..%d", k->consecutive_days_min, YEAR_DAYS);
    NEED(k->consecutive_days_min <= k->consecutive_days_max ||
             !is_hard(k, CONTRACT_RULE_CONSECUTIVE_DAYS_MIN) ||
             !is_hard(k, CONTRACT_RULE_CONSECUTIVE_DAYS_MAX),
         "consecutive_days_min %d is more than consecutive_days_max %d; no run of days keeps both",
         k->consecutive_days_min, k->consecutive_days_max);
    NEED(k->consecutive_days_off_max >= 0 && k->consecutive_days_off_max <= YEAR_DAYS,
         "consecutive_days_off_max %d is not within 0..%d (0 = none)", k->consecutive_days_off_max,
         YEAR_DAYS);
    NEED(k->consecutive_days_off_max == 0 || k->consecutive_days_off_max >= k->consecutive_days_off_min ||
             !is_hard(k, CONTRACT_RULE_CONSECUTIVE_DAYS_OFF_MAX) ||
             !is_hard(k, CONTRACT_RULE_CONSECUTIVE_DAYS_OFF_MIN),
         "consecutive_days_off_max %d is less than consecutive_days_off_min %d; no days off keep both",
         k->consecutive_days_off_max, k->consecutive_days_off_min);
    NEED((k->window_days == 0) == (k->window_days_max == 0) && k->window_days >= 0 &&
             k->window_days <= YEAR_DAYS && k->window_days_max >= 0 && k->window_days_max <= k->window_days,
         "window: %d of %d days; write { max = 6; days = 7; } for six worked days among any seven in a row",
         k->window_days_max, k->window_days);
    NEED(k->consecutive_nights_max >= 0 && k->consecutive_nights_max <= YEAR_DAYS,
         "consecutive_nights_max %d is not within 0..%d (0 = none)", k->consecutive_nights_max, YEAR_DAYS);
    NEED(k->days_off_after_nights_min >= 0 && k->days_off_after_nights_min <= WEEK_DAYS,
         "days_off_after_nights_min %d is not within 0..7 (0 = none)", k->days_off_after_nights_min);
    NEED(k->consecutive_weekends_max >= 0 && k->consecutive_weekends_max <= 53,
         "consecutive_weekends_max %d is not within 0..53 (0 = none)", k->consecutive_weekends_max);
    NEED(k->weekend_days < 1 << WEEK_DAYS, "weekend_days names days that no week has");
    return true;
}

static bool check_period(struct check *check, const struct contract *k)
{
    NEED(k->period_minutes_min >= 0 && k->period_minutes_max >= 0 &&
             k->period_minutes_min <= YEAR_DAYS * DAY_MIN && k->period_minutes_max <= YEAR_DAYS * DAY_MIN &&
             (k->period_minutes_max == 0 || k->period_minutes_min <= k->period_minutes_max),
         "period_minutes from %d to %d are not a range within 0..%d (max 0 = none)", k->period_minutes_min,
         k->period_minutes_max, YEAR_DAYS * DAY_MIN);
    NEED(k->period_days_min >= 0 && k->period_days_max >= 0 && k->period_days_min <= YEAR_DAYS &&
             k->period_days_max <= YEAR_DAYS &&
             (k->period_days_max == 0 || k->period_days_min <= k->period_days_max),
         "period_days from %d to %d are not a range within 0..%d (max 0 = none)", k->period_days_min,
         k->period_days_max, YEAR_DAYS);
    NEED(k->overtime_week_minutes_max >= 0 && k->overtime_week_minutes_max <= WEEK_MIN,
         "overtime.week of %d minutes is not within 0..%d", k->overtime_week_minutes_max, WEEK_MIN);
    NEED(opcheck_share(k->overtime_premium, 10),
         "overtime.premium %g is not within 0..10 (a share: 25 %% is 0.25)", k->overtime_premium);
    return true;
}

static bool check_shift_rules(struct check *check, const struct contract *k)
{
    NEED(k->week_rest_minutes >= 0 && k->week_rest_minutes <= WEEK_MIN,
         "week_rest of %d minutes is not within 0..%d", k->week_rest_minutes, WEEK_MIN);
    NEED(k->day_off_minutes >= 0 && k->day_off_minutes <= 2 * DAY_MIN,
         "day_off.length of %d minutes is not within 0..%d; a day off between two shifts is up to 48 hours "
         "long",
         k->day_off_minutes, 2 * DAY_MIN);
    NEED(k->day_off_anchor_min >= 0 && k->day_off_anchor_min < DAY_MIN,
         "day_off.anchor %d is outside the day", k->day_off_anchor_min);
    NEED(k->day_off_flex_min >= 0, "day_off.flex of %d minutes is negative", k->day_off_flex_min);
    NEED(k->start_distance_minutes >= 0 && k->start_distance_minutes <= WEEK_MIN,
         "start_distance of %d minutes is not within 0..%d", k->start_distance_minutes, WEEK_MIN);
    NEED(k->rotation_tolerance_min >= 0 && k->rotation_tolerance_min <= DAY_MIN,
         "rotation.tolerance of %d minutes is not within 0..%d", k->rotation_tolerance_min, DAY_MIN);
    return true;
}

static bool check_limits(struct check *check, const struct contract *k)
{
    const struct operation *op = check->operation;
    for (int rule = 0; rule < CONTRACT_RULE_N; rule++)
        NEED(opcheck_price(k->rule_price[rule]), "prices.%s %g is negative; 0 makes the rule hard",
             contract_rule_key((enum contract_rule)rule), k->rule_price[rule]);
    for (int i = 0; i < k->n_successions; i++)
        NEED(k->successions[i].from >= 0 && k->successions[i].from < op->n_templates &&
                 k->successions[i].to >= 0 && k->successions[i].to < op->n_templates,
             "successions %d: template number %d or %d does not exist", i + 1, k->successions[i].from,
             k->successions[i].to);
    for (int i = 0; i < k->n_limits; i++) {
        const struct template_limit *limit = &k->limits[i];
        NEED(limit->tmpl >= 0 && limit->tmpl < op->n_templates,
             "template_limits %d: template number %d does not exist", i + 1, limit->tmpl);
        const char *id = op->templates[limit->tmpl].id;
        for (int j = 0; j < i; j++)
            NEED(k->limits[j].tmpl != limit->tmpl, "template_limits: template %s is listed twice", id);
        NEED(limit->week_min >= 0 && limit->week_min <= limit->week_max && limit->week_min <= WEEK_DAYS,
             "template_limits %s: week from %d to %d is not a range within 0..7", id, limit->week_min,
             limit->week_max);
        NEED(limit->period_min >= 0 && limit->period_min <= limit->period_max &&
                 limit->period_min <= YEAR_DAYS,
             "template_limits %s: period from %d to %d is not a range within 0..%d", id, limit->period_min,
             limit->period_max, YEAR_DAYS);
        NEED(limit->consecutive_min >= 0 && limit->consecutive_min <= limit->consecutive_max &&
                 limit->consecutive_min <= YEAR_DAYS,
             "template_limits %s: consecutive from %d to %d is not a range within 0..%d", id,
             limit->consecutive_min, limit->consecutive_max, YEAR_DAYS);
    }
    return true;
}

bool opcheck_contract(struct check *check, const struct contract *contract)
{
    const struct operation *op = check->operation;
    NEED(contract->n_templates > 0, "templates: it allows none");
    for (int i = 0; i < contract->n_templates; i++) {
        NEED(contract->templates[i] >= 0 && contract->templates[i] < op->n_templates,
             "shift template number %d does not exist", contract->templates[i]);
        for (int j = 0; j < i; j++)
            NEED(contract->templates[i] != contract->templates[j], "templates: %s is listed twice",
                 op->templates[contract->templates[i]].id);
    }
    NEED(contract->week_minutes_min >= 0 && contract->week_minutes_min <= contract->week_minutes_max &&
             contract->week_minutes_max <= WEEK_MIN,
         "week_minutes from %d to %d are not a range within 0..%d", contract->week_minutes_min,
         contract->week_minutes_max, WEEK_MIN);
    NEED(contract->week_days_min >= 0 && contract->week_days_min <= contract->week_days_max &&
             contract->week_days_max <= WEEK_DAYS,
         "week_days from %d to %d are not a range within 0..7", contract->week_days_min,
         contract->week_days_max);
    NEED(contract->consecutive_days_max >= 1, "consecutive_days_max %d is not at least 1",
         contract->consecutive_days_max);
    NEED(contract->rest_min_minutes >= 0 && contract->rest_min_minutes <= WEEK_MIN,
         "rest of %d minutes is not within 0..%d", contract->rest_min_minutes, WEEK_MIN);
    NEED(contract->consecutive_days_off_min >= 1 && contract->consecutive_days_off_min <= WEEK_DAYS,
         "consecutive_days_off_min %d is not within 1..7", contract->consecutive_days_off_min);
    NEED(contract->week_nights_max >= 0 && contract->week_nights_max <= WEEK_DAYS,
         "week_nights_max %d is not within 0..7", contract->week_nights_max);
    NEED(contract->night_from_min >= 0 && contract->night_from_min < DAY_MIN && contract->night_to_min >= 0 &&
             contract->night_to_min < DAY_MIN,
         "night from minute %d to %d is outside the day", contract->night_from_min, contract->night_to_min);
    NEED(contract->night_shift_minutes >= 1, "night.shift_minutes %d is not at least 1",
         contract->night_shift_minutes);
    NEED(contract->weekends_of >= 1 && contract->weekends_max >= 0 &&
             contract->weekends_max <= contract->weekends_of,
         "weekends: %d of %d; write { max = 2; of = 4; } for two of any four in a row",
         contract->weekends_max, contract->weekends_of);
    NEED(contract->start_spread_max_min >= 0, "start_spread of %d minutes is negative",
         contract->start_spread_max_min);
    NEED(contract->rate >= 0 && isfinite(contract->rate), "pay.rate %g is negative", contract->rate);
    NEED(contract->night_premium >= 0 && isfinite(contract->night_premium), "night.premium %g is negative",
         contract->night_premium);
    NEED(contract->holiday_premium >= 0 && isfinite(contract->holiday_premium),
         "pay.holiday_premium %g is negative", contract->holiday_premium);
    NEED(contract->currency != NULL && operation_currency_rate(op, contract->currency) > 0,
         "pay.currency \"%.8s\" has no rate; add it to operation.currencies",
         contract->currency == NULL ? "" : contract->currency);
    if (!check_runs(check, contract) || !check_period(check, contract) ||
        !check_shift_rules(check, contract) || !check_limits(check, contract))
        return false;
    g_autofree char *why = contract_week_problem(op, contract);
    NEED(why == NULL, "%s", why);
    return true;
}

bool opcheck_coupling(struct check *check)
{
    const struct operation *op = check->operation;
    for (int i = 0; i < op->n_headcounts; i++) {
        const struct headcount_rule *rule = &op->headcounts[i];
        g_snprintf(check->where, sizeof check->where, "headcount %d: ", i + 1);
        NEED(rule->tmpl >= 0 && rule->tmpl < op->n_templates, "shift template number %d does not exist",
             rule->tmpl);
        NEED(rule->site >= -1 && rule->site < op->n_sites, "site number %d does not exist", rule->site);
        NEED(rule->weekdays != 0 && rule->weekdays < 1 << WEEK_DAYS, "it names no weekday");
        NEED(rule->min >= 0 && rule->min <= rule->max, "shifts from %d to %d are not a range", rule->min,
             rule->max);
        NEED(opcheck_price(rule->under_price) && opcheck_price(rule->over_price),
             "price %g or %g is negative", rule->under_price, rule->over_price);
        NEED((rule->min == 0 || rule->under_price > 0) && (rule->max == INT_MAX || rule->over_price > 0),
             "from %d to %d shifts, but nothing says what a missing one (under_price) or one too many "
             "(over_price) costs; without a price the rule does nothing",
             rule->min, rule->max);
    }
    for (int i = 0; i < op->n_leads; i++) {
        const struct lead_rule *rule = &op->leads[i];
        g_snprintf(check->where, sizeof check->where, "leads %d: ", i + 1);
        NEED(rule->site >= 0 && rule->site < op->n_sites, "site number %d does not exist", rule->site);
        NEED(rule->per_agents >= 0.01 && isfinite(rule->per_agents), "per_agents %g is not above 0",
             rule->per_agents);
        NEED(opcheck_price(rule->price) && rule->price > 0,
             "price %g is not above 0: what an hour without a lead costs", rule->price);
    }
    g_strlcpy(check->where, "fairness: ", sizeof check->where);
    NEED(op->fairness.weeks >= 0 && op->fairness.weeks <= 104, "weeks %d is not within 0..104",
         op->fairness.weeks);
    NEED(opcheck_price(op->fairness.night_price) && opcheck_price(op->fairness.weekend_price) &&
             opcheck_price(op->fairness.holiday_price),
         "price %g, %g or %g is negative", op->fairness.night_price, op->fairness.weekend_price,
         op->fairness.holiday_price);
    g_strlcpy(check->where, "wishes: ", sizeof check->where);
    NEED(opcheck_price(op->wishes.price), "price %g is negative", op->wishes.price);
    NEED(opcheck_share(op->wishes.rank_share, 1), "rank_share %g is not within 0..1", op->wishes.rank_share);
    return true;
}

bool opcheck_preferences(struct check *check)
{
    const struct operation *op = check->operation;
    for (int i = 0; i < op->n_preferences; i++) {
        const struct preference *wish = &op->preferences[i];
        opcheck_place(check, "preference", i);
        NEED(wish->agent >= 0 && wish->agent < op->n_agents, "agent number %d does not exist", wish->agent);
        NEED(wish->tmpl >= -1 && wish->tmpl < op->n_templates, "shift template number %d does not exist",
             wish->tmpl);
        NEED(wish->from_min >= 0 && wish->from_min < DAY_MIN && wish->to_min >= 0 && wish->to_min <= DAY_MIN,
             "starts from minute %d to %d are outside 00:00..24:00", wish->from_min, wish->to_min);
        NEED(opcheck_price(wish->price), "price %g is negative", wish->price);
        NEED(i == 0 || preference_compare(wish - 1, wish) <= 0, "not sorted by agent and day");
    }
    return true;
}

bool opcheck_meetings(struct check *check)
{
    const struct operation *op = check->operation;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (int i = 0; i < op->n_meetings; i++) {
        const struct meeting *meeting = &op->meetings[i];
        if (!opcheck_enter(check, seen, "meeting", i, meeting->id))
            return false;
        NEED(meeting->kind == ACTIVITY_MEETING || meeting->kind == ACTIVITY_TRAINING,
             "kind must be meeting or training");
        NEED(meeting->length_min > 0 && meeting->length_min % op->interval_min == 0 &&
                 meeting->length_min <= DAY_MIN,
             "minutes %d are no multiple of the planning interval of %d minutes", meeting->length_min,
             op->interval_min);
        NEED(meeting->from_ts >= -(INT64_C(1) << 40) && meeting->to_ts <= INT64_C(1) << 40 &&
                 meeting->to_ts - meeting->from_ts >= (int64_t)meeting->length_min * 60,
             "to: its %d minutes do not fit between from and to", meeting->length_min);
        NEED(opcheck_price(meeting->price), "price %g is negative", meeting->price);
        g_autoptr(GHashTable) agents = g_hash_table_new(NULL, NULL);
        for (int k = 0; k < meeting->n_agents; k++) {
            int agent = meeting->agents[k];
            NEED(agent >= 0 && agent < op->n_agents, "agent number %d does not exist", agent);
            NEED(g_hash_table_add(agents, GINT_TO_POINTER(agent + 1)), "agents: %s is listed twice",
                 op->agents[agent].id);
        }
    }
    return true;
}
