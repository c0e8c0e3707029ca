#include "core/planfile_fields.h"

/* Indices are checked by operation_check and core/planfile.c afterwards; numbers that another one is divided
 * by or allocated for, here. */

#define END                                                                                                  \
    {                                                                                                        \
        .key = NULL                                                                                          \
    }

#define BY_NUMBER(type, enumeration)                                                                         \
    static const char *type##_at(int value)                                                                  \
    {                                                                                                        \
        return type##_name((enum enumeration)value);                                                         \
    }
BY_NUMBER(channel, channel)
BY_NUMBER(sl_definition, sl_definition)
BY_NUMBER(sla_period, sla_period)
BY_NUMBER(activity_kind, activity_kind)
BY_NUMBER(special_kind, special_kind)
BY_NUMBER(special_scope, special_scope)

static const struct rec_field client_fields[] = {
    {"id", REC_TEXT, REC_AT(client, id)},
    {"name", REC_TEXT, REC_AT(client, name)},
    END,
};

static const struct rec_field span_fields[] = {
    {"weekdays", REC_UINT8, REC_AT(week_span, weekdays)},
    {"from_min", REC_INT, REC_AT(week_span, from_min)},
    {"to_min", REC_INT, REC_AT(week_span, to_min)},
    END,
};

static const struct rec_field sla_fields[] = {
    {"definition", REC_ENUM, REC_AT(queue, sla.definition), .enum_name = sl_definition_at,
     .enum_n = SL_DEFINITION_N},
    {"target", REC_REAL, REC_AT(queue, sla.target)},
    {"threshold_s", REC_REAL, REC_AT(queue, sla.threshold_s)},
    {"short_abandon_s", REC_REAL, REC_AT(queue, sla.short_abandon_s)},
    {"asa_max_s", REC_REAL, REC_AT(queue, sla.asa_max_s)},
    {"abandon_max", REC_REAL, REC_AT(queue, sla.abandon_max)},
    {"occupancy_max", REC_REAL, REC_AT(queue, sla.occupancy_max)},
    {"period", REC_ENUM, REC_AT(queue, sla.period), .enum_name = sla_period_at, .enum_n = SLA_PERIOD_N},
    END,
};

static const struct rec_field shrinkage_fields[] = {
    {"name", REC_TEXT, REC_AT(shrinkage_part, name)},
    {"share", REC_REAL, REC_AT(shrinkage_part, share)},
    END,
};

static const struct rec_field queue_fields[] = {
    {"id", REC_TEXT, REC_AT(queue, id)},
    {"name", REC_TEXT, REC_AT(queue, name)},
    {"client", REC_INT, REC_AT(queue, client), .max = INT32_MAX},
    {"channel", REC_ENUM, REC_AT(queue, channel), .enum_name = channel_at, .enum_n = CHANNEL_N},
    {"language", REC_TEXT, REC_AT(queue, language)},
    {"zone", REC_TEXT, REC_AT(queue, zone)},
    {"sla", REC_OBJECT, .fields = sla_fields},
    {"patience_s", REC_REAL, REC_AT(queue, patience_s)},
    {"aht_s", REC_REAL, REC_AT(queue, aht_s)},
    {"concurrency", REC_INT, REC_AT(queue, concurrency), .min = 1, .max = 1000},
    {"concurrent_aht_s", REC_REALS, REC_AT(queue, concurrent_aht_s), REC_COUNT(queue, concurrency),
     .no_count = true},
    {"shrinkage", REC_REAL, REC_AT(queue, shrinkage)},
    {"min_staff", REC_REAL, REC_AT(queue, min_staff)},
    {"occupancy_cap", REC_REAL, REC_AT(queue, occupancy_cap)},
    {"open", REC_LIST, REC_AT(queue, open), REC_COUNT(queue, n_open), .fields = span_fields,
     .size = sizeof(struct week_span)},
    {"shrinkage_parts", REC_LIST, REC_AT(queue, shrinkage_parts), REC_COUNT(queue, n_shrinkage_parts),
     .fields = shrinkage_fields, .size = sizeof(struct shrinkage_part), .optional = true},
    {"endless_patience", REC_BOOL, REC_AT(queue, endless_patience), .optional = true},
    {"priority", REC_INT, REC_AT(queue, priority), .max = PRIORITY_MAX, .optional = true},
    {"overflow_after_s", REC_REAL, REC_AT(queue, overflow_after_s), .optional = true},
    {"ring_fence", REC_BOOL, REC_AT(queue, ring_fence), .optional = true},
    {"blend_idle", REC_INT, REC_AT(queue, blend_idle), .max = BLEND_IDLE_MAX, .optional = true},
    END,
};

static const struct rec_field site_fields[] = {
    {"id", REC_TEXT, REC_AT(site, id)},
    {"name", REC_TEXT, REC_AT(site, name)},
    {"zone", REC_TEXT, REC_AT(site, zone)},
    {"country", REC_TEXT, REC_AT(site, country)},
    {"shrinkage", REC_REAL, REC_AT(site, shrinkage)},
    {"seats", REC_INT, REC_AT(site, seats), .max = INT32_MAX, .optional = true},
    {"seat_price", REC_REAL, REC_AT(site, seat_price), .optional = true},
    {"shrinkage_parts", REC_LIST, REC_AT(site, shrinkage_parts), REC_COUNT(site, n_shrinkage_parts),
     .fields = shrinkage_fields, .size = sizeof(struct shrinkage_part), .optional = true},
    END,
};

static const struct rec_field break_fields[] = {
    {"kind", REC_ENUM, REC_AT(break_rule, kind), .enum_name = activity_kind_at, .enum_n = ACTIVITY_N},
    {"length_min", REC_INT, REC_AT(break_rule, length_min), .max = 1440},
    {"paid", REC_BOOL, REC_AT(break_rule, paid)},
    {"earliest_min", REC_INT, REC_AT(break_rule, earliest_min), .max = 1440},
    {"latest_min", REC_INT, REC_AT(break_rule, latest_min), .max = 1440},
    END,
};

static const struct rec_field template_fields[] = {
    {"id", REC_TEXT, REC_AT(shift_template, id)},
    {"name", REC_TEXT, REC_AT(shift_template, name)},
    {"weekdays", REC_UINT8, REC_AT(shift_template, weekdays)},
    {"start_from_min", REC_INT, REC_AT(shift_template, start_from_min), .max = 1440},
    {"start_to_min", REC_INT, REC_AT(shift_template, start_to_min), .max = 1440},
    {"start_step_min", REC_INT, REC_AT(shift_template, start_step_min), .max = 1440},
    {"paid_min_min", REC_INT, REC_AT(shift_template, paid_min_min), .max = 1440},
    {"paid_max_min", REC_INT, REC_AT(shift_template, paid_max_min), .max = 1440},
    {"paid_step_min", REC_INT, REC_AT(shift_template, paid_step_min), .max = 1440},
    {"breaks", REC_LIST, REC_AT(shift_template, breaks), REC_COUNT(shift_template, n_breaks),
     .fields = break_fields, .size = sizeof(struct break_rule), .max_n = TEMPLATE_BREAKS_MAX},
    {"on_call", REC_BOOL, REC_AT(shift_template, on_call), .optional = true},
    {"on_call_pay", REC_REAL, REC_AT(shift_template, on_call_pay), .optional = true},
    END,
};

static const struct rec_field succession_fields[] = {
    {"from", REC_INT, REC_AT(succession, from), .max = INT32_MAX},
    {"to", REC_INT, REC_AT(succession, to), .max = INT32_MAX},
    END,
};

static const struct rec_field limit_fields[] = {
    {"tmpl", REC_INT, REC_AT(template_limit, tmpl), .max = INT32_MAX},
    {"week_min", REC_INT, REC_AT(template_limit, week_min), .max = INT32_MAX},
    {"week_max", REC_INT, REC_AT(template_limit, week_max), .max = INT32_MAX},
    {"period_min", REC_INT, REC_AT(template_limit, period_min), .max = INT32_MAX},
    {"period_max", REC_INT, REC_AT(template_limit, period_max), .max = INT32_MAX},
    {"consecutive_min", REC_INT, REC_AT(template_limit, consecutive_min), .max = INT32_MAX},
    {"consecutive_max", REC_INT, REC_AT(template_limit, consecutive_max), .max = INT32_MAX},
    END,
};

static const struct rec_field price_fields[] = {
#define X(rule, name, unit)                                                                                  \
    {name, REC_REAL, REC_AT(contract, rule_price[CONTRACT_RULE_##rule]), .optional = true},
    CONTRACT_RULE_TABLE(X)
#undef X
        END,
};

static const struct rec_field contract_fields[] = {
    {"id", REC_TEXT, REC_AT(contract, id)},
    {"name", REC_TEXT, REC_AT(contract, name)},
    {"templates", REC_INTS, REC_AT(contract, templates), REC_COUNT(contract, n_templates)},
    {"week_minutes_min", REC_INT, REC_AT(contract, week_minutes_min), .max = 527040},
    {"week_minutes_max", REC_INT, REC_AT(contract, week_minutes_max), .max = 527040},
    {"week_days_min", REC_INT, REC_AT(contract, week_days_min), .max = 527040},
    {"week_days_max", REC_INT, REC_AT(contract, week_days_max), .max = 527040},
    {"consecutive_days_max", REC_INT, REC_AT(contract, consecutive_days_max), .max = 527040},
    {"rest_min_minutes", REC_INT, REC_AT(contract, rest_min_minutes), .max = 527040},
    {"consecutive_days_off_min", REC_INT, REC_AT(contract, consecutive_days_off_min), .max = 527040},
    {"week_nights_max", REC_INT, REC_AT(contract, week_nights_max), .max = 527040},
    {"night_from_min", REC_INT, REC_AT(contract, night_from_min), .max = 527040},
    {"night_to_min", REC_INT, REC_AT(contract, night_to_min), .max = 527040},
    {"night_shift_minutes", REC_INT, REC_AT(contract, night_shift_minutes), .max = 527040},
    {"weekends_max", REC_INT, REC_AT(contract, weekends_max), .max = 527040},
    {"weekends_of", REC_INT, REC_AT(contract, weekends_of), .max = 527040},
    {"start_spread_max_min", REC_INT, REC_AT(contract, start_spread_max_min), .max = 527040},
    {"rate", REC_REAL, REC_AT(contract, rate)},
    {"currency", REC_TEXT, REC_AT(contract, currency)},
    {"night_premium", REC_REAL, REC_AT(contract, night_premium)},
    {"holiday_premium", REC_REAL, REC_AT(contract, holiday_premium)},
    {"period_minutes_min", REC_INT, REC_AT(contract, period_minutes_min), .max = 527040, .optional = true},
    {"period_minutes_max", REC_INT, REC_AT(contract, period_minutes_max), .max = 527040, .optional = true},
    {"period_days_min", REC_INT, REC_AT(contract, period_days_min), .max = 527040, .optional = true},
    {"period_days_max", REC_INT, REC_AT(contract, period_days_max), .max = 527040, .optional = true},
    {"consecutive_days_min", REC_INT, REC_AT(contract, consecutive_days_min), .max = 527040,
     .optional = true},
    {"consecutive_days_off_max", REC_INT, REC_AT(contract, consecutive_days_off_max), .max = 527040,
     .optional = true},
    {"window_days", REC_INT, REC_AT(contract, window_days), .max = 527040, .optional = true},
    {"window_days_max", REC_INT, REC_AT(contract, window_days_max), .max = 527040, .optional = true},
    {"week_rest_minutes", REC_INT, REC_AT(contract, week_rest_minutes), .max = 527040, .optional = true},
    {"day_off_minutes", REC_INT, REC_AT(contract, day_off_minutes), .max = 527040, .optional = true},
    {"day_off_anchor_min", REC_INT, REC_AT(contract, day_off_anchor_min), .max = 527040, .optional = true},
    {"day_off_flex_min", REC_INT, REC_AT(contract, day_off_flex_min), .max = 527040, .optional = true},
    {"start_distance_minutes", REC_INT, REC_AT(contract, start_distance_minutes), .max = 527040,
     .optional = true},
    {"rotation_forward", REC_BOOL, REC_AT(contract, rotation_forward), .optional = true},
    {"rotation_tolerance_min", REC_INT, REC_AT(contract, rotation_tolerance_min), .max = 527040,
     .optional = true},
    {"consecutive_nights_max", REC_INT, REC_AT(contract, consecutive_nights_max), .max = 527040,
     .optional = true},
    {"days_off_after_nights_min", REC_INT, REC_AT(contract, days_off_after_nights_min), .max = 527040,
     .optional = true},
    {"consecutive_weekends_max", REC_INT, REC_AT(contract, consecutive_weekends_max), .max = 527040,
     .optional = true},
    {"weekend_days", REC_UINT8, REC_AT(contract, weekend_days), .optional = true},
    {"weekend_whole", REC_BOOL, REC_AT(contract, weekend_whole), .optional = true},
    {"successions", REC_LIST, REC_AT(contract, successions), REC_COUNT(contract, n_successions),
     .fields = succession_fields, .size = sizeof(struct succession), .optional = true},
    {"template_limits", REC_LIST, REC_AT(contract, limits), REC_COUNT(contract, n_limits),
     .fields = limit_fields, .size = sizeof(struct template_limit), .optional = true},
    {"prices", REC_OBJECT, .fields = price_fields, .optional = true},
    {"overtime_week_minutes_max", REC_INT, REC_AT(contract, overtime_week_minutes_max), .max = 527040,
     .optional = true},
    {"overtime_premium", REC_REAL, REC_AT(contract, overtime_premium), .optional = true},
    END,
};

static const struct rec_field skill_fields[] = {
    {"queue", REC_INT, REC_AT(skill, queue), .max = INT32_MAX},
    {"proficiency", REC_REAL, REC_AT(skill, proficiency)},
    {"overflow", REC_INT, REC_AT(skill, overflow), .max = OVERFLOW_MAX, .optional = true},
    END,
};

static const struct rec_field agent_fields[] = {
    {"id", REC_TEXT, REC_AT(agent, id)},
    {"name", REC_TEXT, REC_AT(agent, name)},
    {"site", REC_INT, REC_AT(agent, site), .max = INT32_MAX},
    {"contract", REC_INT, REC_AT(agent, contract), .max = INT32_MAX},
    {"skills", REC_LIST, REC_AT(agent, skills), REC_COUNT(agent, n_skills), .fields = skill_fields,
     .size = sizeof(struct skill)},
    {"available", REC_LIST, REC_AT(agent, available), REC_COUNT(agent, n_available), .fields = span_fields,
     .size = sizeof(struct week_span)},
    {"employed_from", REC_INT, REC_AT(agent, employed_from)},
    {"employed_to", REC_INT, REC_AT(agent, employed_to)},
    {"lead", REC_BOOL, REC_AT(agent, lead), .optional = true},
    {"rank", REC_INT, REC_AT(agent, rank), .max = INT32_MAX, .optional = true},
    {"optional", REC_BOOL, REC_AT(agent, optional), .optional = true},
    {"hire_price", REC_REAL, REC_AT(agent, hire_price), .optional = true},
    END,
};

static const struct rec_field preference_fields[] = {
    {"agent", REC_INT, REC_AT(preference, agent), .max = INT32_MAX},
    {"day", REC_INT, REC_AT(preference, day)},
    {"tmpl", REC_INT, REC_AT(preference, tmpl), .min = -1, .max = INT32_MAX},
    {"off", REC_BOOL, REC_AT(preference, off)},
    {"from_min", REC_INT, REC_AT(preference, from_min), .max = 1440},
    {"to_min", REC_INT, REC_AT(preference, to_min), .max = 1440},
    {"price", REC_REAL, REC_AT(preference, price)},
    END,
};

static const struct rec_field headcount_rule_fields[] = {
    {"tmpl", REC_INT, REC_AT(headcount_rule, tmpl), .max = INT32_MAX},
    {"site", REC_INT, REC_AT(headcount_rule, site), .min = -1, .max = INT32_MAX},
    {"weekdays", REC_UINT8, REC_AT(headcount_rule, weekdays)},
    {"min", REC_INT, REC_AT(headcount_rule, min), .max = INT32_MAX},
    {"max", REC_INT, REC_AT(headcount_rule, max), .max = INT32_MAX},
    {"under_price", REC_REAL, REC_AT(headcount_rule, under_price)},
    {"over_price", REC_REAL, REC_AT(headcount_rule, over_price)},
    END,
};

static const struct rec_field lead_fields[] = {
    {"site", REC_INT, REC_AT(lead_rule, site), .max = INT32_MAX},
    {"per_agents", REC_REAL, REC_AT(lead_rule, per_agents)},
    {"price", REC_REAL, REC_AT(lead_rule, price)},
    END,
};

static const struct rec_field meeting_fields[] = {
    {"id", REC_TEXT, REC_AT(meeting, id)},
    {"name", REC_TEXT, REC_AT(meeting, name)},
    {"kind", REC_ENUM, REC_AT(meeting, kind), .enum_name = activity_kind_at, .enum_n = ACTIVITY_N},
    {"length_min", REC_INT, REC_AT(meeting, length_min), .max = 1440},
    {"from_ts", REC_INT64, REC_AT(meeting, from_ts)},
    {"to_ts", REC_INT64, REC_AT(meeting, to_ts)},
    {"together", REC_BOOL, REC_AT(meeting, together)},
    {"price", REC_REAL, REC_AT(meeting, price)},
    {"agents", REC_INTS, REC_AT(meeting, agents), REC_COUNT(meeting, n_agents)},
    END,
};

static const struct rec_field fairness_fields[] = {
    {"weeks", REC_INT, REC_AT(operation, fairness.weeks), .max = 1000, .optional = true},
    {"night_price", REC_REAL, REC_AT(operation, fairness.night_price), .optional = true},
    {"weekend_price", REC_REAL, REC_AT(operation, fairness.weekend_price), .optional = true},
    {"holiday_price", REC_REAL, REC_AT(operation, fairness.holiday_price), .optional = true},
    END,
};

static const struct rec_field wish_fields[] = {
    {"price", REC_REAL, REC_AT(operation, wishes.price), .optional = true},
    {"rank_share", REC_REAL, REC_AT(operation, wishes.rank_share), .optional = true},
    END,
};

static const struct rec_field time_off_fields[] = {
    {"agent", REC_INT, REC_AT(time_off, agent), .max = INT32_MAX},
    {"start_ts", REC_INT64, REC_AT(time_off, start_ts)},
    {"end_ts", REC_INT64, REC_AT(time_off, end_ts)},
    {"credit_min", REC_INT, REC_AT(time_off, credit_min), .max = 1440},
    {"kind", REC_TEXT, REC_AT(time_off, kind)},
    END,
};

static const struct rec_field special_day_fields[] = {
    {"scope", REC_ENUM, REC_AT(special_day, scope), .enum_name = special_scope_at, .enum_n = SCOPE_N},
    {"index", REC_INT, REC_AT(special_day, index), .max = INT32_MAX},
    {"day", REC_INT, REC_AT(special_day, day)},
    {"kind", REC_ENUM, REC_AT(special_day, kind), .enum_name = special_kind_at, .enum_n = SPECIAL_N},
    {"name", REC_TEXT, REC_AT(special_day, name)},
    END,
};

static const struct rec_field currency_fields[] = {
    {"code", REC_CODE, REC_AT(currency, code)},
    {"rate", REC_REAL, REC_AT(currency, rate)},
    END,
};

const struct rec_field operation_fields[] = {
    {"name", REC_TEXT, REC_AT(operation, name)},
    {"zone", REC_TEXT, REC_AT(operation, zone)},
    {"interval_min", REC_INT, REC_AT(operation, interval_min), .min = 5, .max = 60},
    {"currency", REC_CODE, REC_AT(operation, currency)},
    {"currencies", REC_LIST, REC_AT(operation, currencies), REC_COUNT(operation, n_currencies),
     .fields = currency_fields, .size = sizeof(struct currency)},
    {"clients", REC_LIST, REC_AT(operation, clients), REC_COUNT(operation, n_clients),
     .fields = client_fields, .size = sizeof(struct client)},
    {"queues", REC_LIST, REC_AT(operation, queues), REC_COUNT(operation, n_queues), .fields = queue_fields,
     .size = sizeof(struct queue)},
    {"sites", REC_LIST, REC_AT(operation, sites), REC_COUNT(operation, n_sites), .fields = site_fields,
     .size = sizeof(struct site)},
    {"templates", REC_LIST, REC_AT(operation, templates), REC_COUNT(operation, n_templates),
     .fields = template_fields, .size = sizeof(struct shift_template)},
    {"contracts", REC_LIST, REC_AT(operation, contracts), REC_COUNT(operation, n_contracts),
     .fields = contract_fields, .size = sizeof(struct contract)},
    {"agents", REC_LIST, REC_AT(operation, agents), REC_COUNT(operation, n_agents), .fields = agent_fields,
     .size = sizeof(struct agent)},
    {"time_off", REC_LIST, REC_AT(operation, time_off), REC_COUNT(operation, n_time_off),
     .fields = time_off_fields, .size = sizeof(struct time_off)},
    {"special_days", REC_LIST, REC_AT(operation, special_days), REC_COUNT(operation, n_special_days),
     .fields = special_day_fields, .size = sizeof(struct special_day)},
    {"preferences", REC_LIST, REC_AT(operation, preferences), REC_COUNT(operation, n_preferences),
     .fields = preference_fields, .size = sizeof(struct preference), .optional = true},
    {"headcounts", REC_LIST, REC_AT(operation, headcounts), REC_COUNT(operation, n_headcounts),
     .fields = headcount_rule_fields, .size = sizeof(struct headcount_rule), .optional = true},
    {"leads", REC_LIST, REC_AT(operation, leads), REC_COUNT(operation, n_leads), .fields = lead_fields,
     .size = sizeof(struct lead_rule), .optional = true},
    {"meetings", REC_LIST, REC_AT(operation, meetings), REC_COUNT(operation, n_meetings),
     .fields = meeting_fields, .size = sizeof(struct meeting), .optional = true},
    {"fairness", REC_OBJECT, .fields = fairness_fields, .optional = true},
    {"wishes", REC_OBJECT, .fields = wish_fields, .optional = true},
    END,
};

static const struct rec_field activity_fields[] = {
    {"kind", REC_ENUM, REC_AT(activity, kind), .enum_name = activity_kind_at, .enum_n = ACTIVITY_N},
    {"start_ts", REC_INT64, REC_AT(activity, start_ts)},
    {"end_ts", REC_INT64, REC_AT(activity, end_ts)},
    {"paid", REC_BOOL, REC_AT(activity, paid)},
    END,
};

const struct rec_field shift_fields[] = {
    {"agent", REC_INT, REC_AT(shift, agent), .max = INT32_MAX},
    {"tmpl", REC_INT, REC_AT(shift, tmpl), .min = -1, .max = INT32_MAX},
    {"start_ts", REC_INT64, REC_AT(shift, start_ts)},
    {"end_ts", REC_INT64, REC_AT(shift, end_ts)},
    {"activities", REC_LIST, REC_AT(shift, activities), REC_COUNT(shift, n_activities),
     .fields = activity_fields, .size = sizeof(struct activity), .max_n = SHIFT_ACTIVITIES_MAX},
    END,
};
