#include "core/opfile.h"

#include <limits.h>

#include "core/config.h"
#include "core/error.h"
#include "core/opfile_keys.h"

/* The keys of operation.cfg but those of queues (core/opfile_queue.c). docs/wfm-operation.5 describes them in
   the same order. */

BY_NUMBER(activity_kind)

static const struct cfg_key currency_keys[] = {
    {"code", CFG_CODE, AT(currency, code), .required = true},
    {"rate", CFG_REAL, AT(currency, rate), .required = true, .min = 1e-9, .max = 1e9},
    END,
};

/* clang-format off */
#define OPERATION_KEYS \
    {"name", CFG_TEXT, AT(operation, name), .required = true}, \
    {"zone", CFG_TEXT, AT(operation, zone), .required = true}, \
    {"interval_minutes", CFG_INT, AT(operation, interval_min), .min = 5, .max = 60, .unit = "minutes"}, \
    {"currency", CFG_CODE, AT(operation, currency), .required = true}, \
    {"currencies", CFG_LIST, AT(operation, currencies), COUNT(operation, n_currencies), \
     .keys = currency_keys, .size = sizeof(struct currency)}
/* clang-format on */

static const struct cfg_key operation_keys[] = {
    OPERATION_KEYS,
    END,
};

const struct cfg_key client_keys[] = {
    {"id", CFG_TEXT, AT(client, id), .required = true},
    {"name", CFG_TEXT, AT(client, name)},
    {"holidays", CFG_TEXT, AT(client, holidays)},
    END,
};

const struct cfg_key site_keys[] = {
    {"id", CFG_TEXT, AT(site, id), .required = true},
    {"name", CFG_TEXT, AT(site, name)},
    {"zone", CFG_TEXT, AT(site, zone), .required = true},
    {"country", CFG_TEXT, AT(site, country)},
    SHRINKAGE(site),
    {"seats", CFG_INT, AT(site, seats), .min = 1, .max = 1000000, .unit = "seats"},
    {"seat_price", CFG_REAL, AT(site, seat_price), .max = MONEY_MAX, .unit = IN_CURRENCY},
    END,
};

static const struct cfg_key break_keys[] = {
    {"kind", CFG_ENUM, AT(break_rule, kind), .required = true, .enum_name = activity_kind_at,
     .enum_n = ACTIVITY_N},
    {"minutes", CFG_MINUTES, AT(break_rule, length_min), .required = true, .min = 5, .max = DAY_MIN,
     .unit = "minutes"},
    {"paid", CFG_BOOL, AT(break_rule, paid), .required = true},
    {"earliest", CFG_MINUTES, AT(break_rule, earliest_min), .required = true, .min = 0, .max = DAY_MIN},
    {"latest", CFG_MINUTES, AT(break_rule, latest_min), .required = true, .min = 0, .max = DAY_MIN},
    END,
};

static const struct cfg_key start_keys[] = {
    {"from", CFG_CLOCK, AT(shift_template, start_from_min), .required = true, .max = DAY_MIN - 1},
    {"to", CFG_CLOCK, AT(shift_template, start_to_min), .required = true, .max = DAY_MIN - 1},
    {"step", CFG_MINUTES, AT(shift_template, start_step_min), .min = 5, .max = DAY_MIN},
    END,
};

static const struct cfg_key paid_keys[] = {
    {"from", CFG_MINUTES, AT(shift_template, paid_min_min), .required = true, .min = 5, .max = DAY_MIN,
     .unit = "minutes"},
    {"to", CFG_MINUTES, AT(shift_template, paid_max_min), .required = true, .min = 5, .max = DAY_MIN,
     .unit = "minutes"},
    {"step", CFG_MINUTES, AT(shift_template, paid_step_min), .min = 5, .max = DAY_MIN, .unit = "minutes"},
    END,
};

const struct cfg_key template_keys[] = {
    {"id", CFG_TEXT, AT(shift_template, id), .required = true},
    {"name", CFG_TEXT, AT(shift_template, name)},
    {"days", CFG_DAYS, AT(shift_template, weekdays)},
    {"start", CFG_GROUP, .required = true, .keys = start_keys},
    {"paid_minutes", CFG_GROUP, .required = true, .keys = paid_keys},
    {"breaks", CFG_LIST, AT(shift_template, breaks), COUNT(shift_template, n_breaks), .keys = break_keys,
     .size = sizeof(struct break_rule), .max_n = TEMPLATE_BREAKS_MAX},
    {"on_call", CFG_BOOL, AT(shift_template, on_call)},
    {"on_call_pay", CFG_REAL, AT(shift_template, on_call_pay), .max = 10, .unit = "(a share of the pay)"},
    END,
};

#define DEFAULT_STEP_MIN 60

void template_defaults(void *element)
{
    struct shift_template *template = element;
    template->weekdays = (1 << WEEK_DAYS) - 1;
    template->start_step_min = DEFAULT_STEP_MIN;
    template->paid_step_min = DEFAULT_STEP_MIN;
}

static const struct cfg_key week_minutes_keys[] = {
    {"min", CFG_MINUTES, AT(contract, week_minutes_min), .required = true, .max = WEEK_MIN,
     .unit = "minutes"},
    {"max", CFG_MINUTES, AT(contract, week_minutes_max), .required = true, .max = WEEK_MIN,
     .unit = "minutes"},
    END,
};

static const struct cfg_key week_days_keys[] = {
    {"min", CFG_INT, AT(contract, week_days_min), .required = true, .max = WEEK_DAYS, .unit = "days"},
    {"max", CFG_INT, AT(contract, week_days_max), .required = true, .max = WEEK_DAYS, .unit = "days"},
    END,
};

static const struct cfg_key weekends_keys[] = {
    {"max", CFG_INT, AT(contract, weekends_max), .required = true, .max = 53, .unit = "weekends"},
    {"of", CFG_INT, AT(contract, weekends_of), .required = true, .min = 1, .max = 53, .unit = "weekends"},
    END,
};

static const struct cfg_key night_keys[] = {
    {"from", CFG_CLOCK, AT(contract, night_from_min), .required = true, .max = DAY_MIN - 1},
    {"to", CFG_CLOCK, AT(contract, night_to_min), .required = true, .max = DAY_MIN - 1},
    {"shift", CFG_MINUTES, AT(contract, night_shift_minutes), .min = 1, .max = DAY_MIN},
    {"premium", CFG_REAL, AT(contract, night_premium), .max = 10, .unit = "(a share: 10 % is 0.10)"},
    END,
};

static const struct cfg_key pay_keys[] = {
    {"rate", CFG_REAL, AT(contract, rate), .required = true, .max = 1e9, .unit = "per paid hour"},
    {"currency", CFG_TEXT, AT(contract, currency)},
    {"holiday_premium", CFG_REAL, AT(contract, holiday_premium), .max = 10,
     .unit = "(a share: 100 % is 1.0)"},
    END,
};

static const struct cfg_key period_minutes_keys[] = {
    {"min", CFG_MINUTES, AT(contract, period_minutes_min), .max = PERIOD_MIN, .unit = "minutes"},
    {"max", CFG_MINUTES, AT(contract, period_minutes_max), .max = PERIOD_MIN, .unit = "minutes"},
    END,
};

static const struct cfg_key period_days_keys[] = {
    {"min", CFG_INT, AT(contract, period_days_min), .max = PERIOD_DAYS, .unit = "days"},
    {"max", CFG_INT, AT(contract, period_days_max), .max = PERIOD_DAYS, .unit = "days"},
    END,
};

static const struct cfg_key window_keys[] = {
    {"max", CFG_INT, AT(contract, window_days_max), .required = true, .min = 1, .max = 366, .unit = "days"},
    {"days", CFG_INT, AT(contract, window_days), .required = true, .min = 1, .max = 366, .unit = "days"},
    END,
};

static const struct cfg_key anchor_keys[] = {
    {"at", CFG_CLOCK, AT(contract, day_off_anchor_min), .required = true, .max = DAY_MIN - 1},
    {"flex", CFG_MINUTES, AT(contract, day_off_flex_min), .required = true, .max = DAY_MIN},
    END,
};

static const struct cfg_key day_off_keys[] = {
    {"length", CFG_MINUTES, AT(contract, day_off_minutes), .required = true, .min = 1, .max = 2 * DAY_MIN},
    {"anchor", CFG_GROUP, .keys = anchor_keys},
    END,
};

static const struct cfg_key rotation_keys[] = {
    {"forward", CFG_BOOL, AT(contract, rotation_forward), .required = true},
    {"tolerance", CFG_MINUTES, AT(contract, rotation_tolerance_min), .max = DAY_MIN},
    END,
};

static const struct cfg_key overtime_keys[] = {
    {"week", CFG_MINUTES, AT(contract, overtime_week_minutes_max), .required = true, .max = WEEK_MIN},
    {"premium", CFG_REAL, AT(contract, overtime_premium), .max = 10, .unit = "(a share: 25 % is 0.25)"},
    END,
};

static const struct cfg_key succession_keys[] = {
    {"from", CFG_REF, AT(succession, from), .required = true, .ref = PART_TEMPLATE},
    {"to", CFG_REF, AT(succession, to), .required = true, .ref = PART_TEMPLATE},
    END,
};

#define LIMIT_KEYS(span, top)                                                                                \
    static const struct cfg_key limit_##span##_keys[] = {                                                    \
        {"min", CFG_INT, AT(template_limit, span##_min), .max = top, .unit = "shifts"},                      \
        {"max", CFG_INT, AT(template_limit, span##_max), .max = top, .unit = "shifts"},                      \
        END,                                                                                                 \
    }
LIMIT_KEYS(week, WEEK_DAYS);
LIMIT_KEYS(period, PERIOD_DAYS);
LIMIT_KEYS(consecutive, PERIOD_DAYS);

static const struct cfg_key limit_keys[] = {
    {"template", CFG_REF, AT(template_limit, tmpl), .required = true, .ref = PART_TEMPLATE},
    {"week", CFG_GROUP, .keys = limit_week_keys},
    {"period", CFG_GROUP, .keys = limit_period_keys},
    {"consecutive", CFG_GROUP, .keys = limit_consecutive_keys},
    END,
};

static void limit_defaults(void *element)
{
    struct template_limit *limit = element;
    limit->week_max = limit->period_max = limit->consecutive_max = INT_MAX;
}

/* What breaking a rule costs; the keys are those of the table of rules. */
static const struct cfg_key price_keys[] = {
#define X(rule, name, per)                                                                                   \
    {name, CFG_REAL, AT(contract, rule_price[CONTRACT_RULE_##rule]), .max = MONEY_MAX, .unit = "per " per},
    CONTRACT_RULE_TABLE(X)
#undef X
        END,
};

const struct cfg_key contract_keys[] = {
    {"id", CFG_TEXT, AT(contract, id), .required = true},
    {"name", CFG_TEXT, AT(contract, name)},
    {"templates", CFG_REFS, AT(contract, templates), COUNT(contract, n_templates), .required = true,
     .ref = PART_TEMPLATE},
    {"week_minutes", CFG_GROUP, .required = true, .keys = week_minutes_keys},
    {"week_days", CFG_GROUP, .required = true, .keys = week_days_keys},
    {"consecutive_days_max", CFG_INT, AT(contract, consecutive_days_max), .min = 1, .max = 366,
     .unit = "days"},
    {"consecutive_days_off_min", CFG_INT, AT(contract, consecutive_days_off_min), .min = 1, .max = WEEK_DAYS,
     .unit = "days"},
    {"rest", CFG_MINUTES, AT(contract, rest_min_minutes), .min = 0, .max = WEEK_MIN},
    {"week_nights_max", CFG_INT, AT(contract, week_nights_max), .max = WEEK_DAYS, .unit = "nights"},
    {"weekends", CFG_GROUP, .keys = weekends_keys},
    {"start_spread", CFG_MINUTES, AT(contract, start_spread_max_min), .max = DAY_MIN},
    {"period_minutes", CFG_GROUP, .keys = period_minutes_keys},
    {"period_days", CFG_GROUP, .keys = period_days_keys},
    {"consecutive_days_min", CFG_INT, AT(contract, consecutive_days_min), .max = 366, .unit = "days"},
    {"consecutive_days_off_max", CFG_INT, AT(contract, consecutive_days_off_max), .min = 1, .max = 366,
     .unit = "days"},
    {"window", CFG_GROUP, .keys = window_keys},
    {"week_rest", CFG_MINUTES, AT(contract, week_rest_minutes), .max = WEEK_MIN},
    {"day_off", CFG_GROUP, .keys = day_off_keys},
    {"start_distance", CFG_MINUTES, AT(contract, start_distance_minutes), .max = WEEK_MIN},
    {"rotation", CFG_GROUP, .keys = rotation_keys},
    {"consecutive_nights_max", CFG_INT, AT(contract, consecutive_nights_max), .min = 1, .max = 366,
     .unit = "nights"},
    {"days_off_after_nights_min", CFG_INT, AT(contract, days_off_after_nights_min), .max = WEEK_DAYS,
     .unit = "days"},
    {"consecutive_weekends_max", CFG_INT, AT(contract, consecutive_weekends_max), .min = 1, .max = 53,
     .unit = "weekends"},
    {"weekend_days", CFG_DAYS, AT(contract, weekend_days)},
    {"weekend_whole", CFG_BOOL, AT(contract, weekend_whole)},
    {"successions", CFG_LIST, AT(contract, successions), COUNT(contract, n_successions),
     .keys = succession_keys, .size = sizeof(struct succession)},
    {"template_limits", CFG_LIST, AT(contract, limits), COUNT(contract, n_limits), .keys = limit_keys,
     .size = sizeof(struct template_limit), .init = limit_defaults},
    {"overtime", CFG_GROUP, .keys = overtime_keys},
    {"prices", CFG_GROUP, .keys = price_keys, .sparse = true, .planner = true},
    {"night", CFG_GROUP, .keys = night_keys},
    {"pay", CFG_GROUP, .required = true, .keys = pay_keys},
    END,
};

void contract_defaults(void *element)
{
    struct contract *contract = element;
    contract->consecutive_days_max = 6;
    contract->consecutive_days_off_min = 1;
    contract->rest_min_minutes = 11 * 60;
    contract->week_nights_max = WEEK_DAYS;
    contract->night_from_min = 22 * 60;
    contract->night_to_min = 6 * 60;
    contract->night_shift_minutes = 3 * 60;
    contract->weekends_max = 1;
    contract->weekends_of = 1;
    contract->start_spread_max_min = DAY_MIN;
    contract->day_off_flex_min = DAY_MIN;
}

static const struct cfg_key headcount_keys[] = {
    {"template", CFG_REF, AT(headcount_rule, tmpl), .required = true, .ref = PART_TEMPLATE},
    {"site", CFG_REF, AT(headcount_rule, site), .ref = PART_SITE},
    {"days", CFG_DAYS, AT(headcount_rule, weekdays)},
    {"min", CFG_INT, AT(headcount_rule, min), .max = 1000000, .unit = "shifts"},
    {"max", CFG_INT, AT(headcount_rule, max), .max = 1000000, .unit = "shifts"},
    {"under_price", CFG_REAL, AT(headcount_rule, under_price), .max = MONEY_MAX, .unit = IN_CURRENCY},
    {"over_price", CFG_REAL, AT(headcount_rule, over_price), .max = MONEY_MAX, .unit = IN_CURRENCY},
    END,
};

static void headcount_defaults(void *element)
{
    struct headcount_rule *rule = element;
    rule->site = -1;
    rule->weekdays = (1 << WEEK_DAYS) - 1;
    rule->max = INT_MAX;
}

static const struct cfg_key lead_keys[] = {
    {"site", CFG_REF, AT(lead_rule, site), .required = true, .ref = PART_SITE},
    {"per_agents", CFG_REAL, AT(lead_rule, per_agents), .required = true, .min = 0.01, .max = 100000,
     .unit = "agents"},
    {"price", CFG_REAL, AT(lead_rule, price), .required = true, .max = MONEY_MAX, .unit = "per missing hour"},
    END,
};

static const struct cfg_key fairness_keys[] = {
    {"weeks", CFG_INT, AT(operation, fairness.weeks), .required = true, .min = 1, .max = 104,
     .unit = "weeks"},
    {"night_price", CFG_REAL, AT(operation, fairness.night_price), .max = MONEY_MAX, .unit = IN_CURRENCY},
    {"weekend_price", CFG_REAL, AT(operation, fairness.weekend_price), .max = MONEY_MAX, .unit = IN_CURRENCY},
    {"holiday_price", CFG_REAL, AT(operation, fairness.holiday_price), .max = MONEY_MAX, .unit = IN_CURRENCY},
    END,
};

static const struct cfg_key wish_keys[] = {
    {"price", CFG_REAL, AT(operation, wishes.price), .required = true, .max = MONEY_MAX, .unit = IN_CURRENCY},
    {"rank_share", CFG_REAL, AT(operation, wishes.rank_share), .min = 0.01, .max = 1, .unit = "(a share)"},
    END,
};

#define PARTS(name, member, type, part_keys, ...)                                                            \
    {                                                                                                        \
        name, CFG_LIST, AT(operation, member), COUNT(operation, n_##member),                                 \
            .required = true, .keys = part_keys, .size = sizeof(struct type), __VA_ARGS__                    \
    }

/* clang-format off */
#define COUPLING_KEYS \
    {"headcounts", CFG_LIST, AT(operation, headcounts), COUNT(operation, n_headcounts), \
     .keys = headcount_keys, .size = sizeof(struct headcount_rule), .init = headcount_defaults}, \
    {"leads", CFG_LIST, AT(operation, leads), COUNT(operation, n_leads), .keys = lead_keys, \
     .size = sizeof(struct lead_rule)}, \
    {"fairness", CFG_GROUP, .keys = fairness_keys}, \
    {"wishes", CFG_GROUP, .keys = wish_keys}
/* clang-format on */

const struct cfg_key head_keys[] = {
    OPERATION_KEYS,
    COUPLING_KEYS,
    END,
};

static const struct cfg_key root_keys[] = {
    {"operation", CFG_GROUP, .required = true, .keys = operation_keys},
    PARTS("clients", clients, client, client_keys, .max_n = 0),
    PARTS("sites", sites, site, site_keys, .max_n = 0),
    PARTS("queues", queues, queue, queue_keys, .init = queue_defaults),
    PARTS("shift_templates", templates, shift_template, template_keys, .init = template_defaults),
    PARTS("contracts", contracts, contract, contract_keys, .init = contract_defaults),
    COUPLING_KEYS,
    END,
};

static void name_default(char **name, const char *id)
{
    if (*name == NULL)
        *name = g_strdup(id);
}

void client_settle(struct client *client)
{
    name_default(&client->name, client->id);
}

void site_settle(struct site *site)
{
    name_default(&site->name, site->id);
    name_default(&site->country, "");
}

void template_settle(struct shift_template *tmpl)
{
    name_default(&tmpl->name, tmpl->id);
}

void contract_settle(const struct operation *operation, struct contract *contract)
{
    name_default(&contract->name, contract->id);
    name_default(&contract->currency, operation->currency);
}

static void fill_in(struct operation *operation)
{
    for (int i = 0; i < operation->n_clients; i++)
        client_settle(&operation->clients[i]);
    for (int i = 0; i < operation->n_sites; i++)
        site_settle(&operation->sites[i]);
    for (int i = 0; i < operation->n_queues; i++)
        queue_settle(&operation->queues[i]);
    for (int i = 0; i < operation->n_templates; i++)
        template_settle(&operation->templates[i]);
    for (int i = 0; i < operation->n_contracts; i++)
        contract_settle(operation, &operation->contracts[i]);
}

static bool finish(struct operation *operation, const char *path, GError **error)
{
    fill_in(operation);
    if (operation_check(operation, error))
        return true;
    g_prefix_error(error, "%s: ", path);
    return false;
}

void head_defaults(void *head)
{
    struct operation *operation = head;
    operation->interval_min = 15;
    operation->wishes.rank_share = 1;
}

static struct operation *operation_with_defaults(void)
{
    struct operation *operation = operation_new();
    head_defaults(operation);
    return operation;
}

struct operation *operation_read(const char *path, GError **error)
{
    AUTO(operation) operation = operation_with_defaults();
    if (!cfg_read(path, root_keys, operation, operation, error) || !finish(operation, path, error))
        return NULL;
    return g_steal_pointer(&operation);
}

struct operation *operation_read_text(const char *path, const char *text, size_t length, GError **error)
{
    AUTO(operation) operation = operation_with_defaults();
    if (!cfg_read_text(path, text, length, root_keys, operation, operation, error) ||
        !finish(operation, path, error))
        return NULL;
    return g_steal_pointer(&operation);
}
