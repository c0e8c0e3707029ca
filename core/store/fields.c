#include "core/store/fields.h"

#include <stddef.h>

/* --- enums behind one signature each */

#define ENUM_FIELD(type)                                                                                     \
    static const char *type##_text(int value)                                                                \
    {                                                                                                        \
        return type##_name((enum type)value);                                                                \
    }                                                                                                        \
    static bool type##_from(const char *text, int *value)                                                    \
    {                                                                                                        \
        enum type found;                                                                                     \
        if (!type##_parse(text, &found))                                                                     \
            return false;                                                                                    \
        *value = (int)found;                                                                                 \
        return true;                                                                                         \
    }
ENUM_FIELD(channel)
ENUM_FIELD(sl_definition)
ENUM_FIELD(sla_period)

/* --- the tables */

#define F(type, member, column, kind)                                                                        \
    {                                                                                                        \
        column, kind, offsetof(struct type, member), 0, NULL, NULL, PART_N, false                            \
    }
#define F_ARRAY(type, member, n, column, kind)                                                               \
    {                                                                                                        \
        column, kind, offsetof(struct type, member), offsetof(struct type, n), NULL, NULL, PART_N, false     \
    }
#define F_NAME(type, member, column, names)                                                                  \
    {                                                                                                        \
        column, FIELD_NAME, offsetof(struct type, member), 0, names##_text, names##_from, PART_N, false      \
    }
#define F_REF(type, member, column, part)                                                                    \
    {                                                                                                        \
        column, FIELD_REF, offsetof(struct type, member), 0, NULL, NULL, part, false                         \
    }
/* For planners only. */
#define P(type, member, column, kind)                                                                        \
    {                                                                                                        \
        column, kind, offsetof(struct type, member), 0, NULL, NULL, PART_N, true                             \
    }
#define P_ARRAY(type, member, n, column, kind)                                                               \
    {                                                                                                        \
        column, kind, offsetof(struct type, member), offsetof(struct type, n), NULL, NULL, PART_N, true      \
    }
#define ENTITY(struct_name, table_name, array_name)                                                          \
    {                                                                                                        \
        table_name, #struct_name, struct_name##_fields, G_N_ELEMENTS(struct_name##_fields),                  \
            sizeof(struct struct_name), offsetof(struct operation, array_name),                              \
            offsetof(struct operation, n_##array_name)                                                       \
    }

static const struct field client_fields[] = {
    F(client, id, "id", FIELD_TEXT),
    F(client, name, "name", FIELD_TEXT),
    F(client, holidays, "holidays", FIELD_TEXT),
};
static const struct field queue_fields[] = {
    F(queue, id, "id", FIELD_TEXT),
    F(queue, name, "name", FIELD_TEXT),
    F_REF(queue, client, "client_id", PART_CLIENT),
    F_NAME(queue, channel, "channel", channel),
    F(queue, language, "language", FIELD_TEXT),
    F(queue, zone, "zone", FIELD_TEXT),
    F_NAME(queue, sla.definition, "sl_definition", sl_definition),
    F(queue, sla.target, "sl_target", FIELD_REAL),
    F(queue, sla.threshold_s, "sl_threshold_s", FIELD_REAL),
    F(queue, sla.short_abandon_s, "short_abandon_s", FIELD_REAL),
    F(queue, sla.asa_max_s, "asa_max_s", FIELD_REAL),
    F(queue, sla.abandon_max, "abandon_max", FIELD_REAL),
    F(queue, sla.occupancy_max, "occupancy_max", FIELD_REAL),
    F_NAME(queue, sla.period, "sla_period", sla_period),
    P(queue, patience_s, "patience_s", FIELD_REAL),
    P(queue, aht_s, "aht_s", FIELD_REAL),
    P(queue, concurrency, "concurrency", FIELD_INT),
    P_ARRAY(queue, concurrent_aht_s, concurrency, "concurrent_aht_s", FIELD_REALS),
    P(queue, shrinkage, "shrinkage", FIELD_REAL),
    P(queue, min_staff, "min_staff", FIELD_REAL),
    P(queue, occupancy_cap, "occupancy_cap", FIELD_REAL),
    F_ARRAY(queue, open, n_open, "open_hours", FIELD_SPANS),
    F(queue, holidays, "holidays", FIELD_TEXT),
    P(queue, profile_queue, "profile_queue", FIELD_TEXT),
    P_ARRAY(queue, day_profile, n_day_profile, "day_profile", FIELD_LIST),
    P_ARRAY(queue, shrinkage_parts, n_shrinkage_parts, "shrinkage_parts", FIELD_SHRINKAGE),
    P(queue, endless_patience, "endless_patience", FIELD_BOOL),
    P(queue, priority, "priority", FIELD_INT),
    P(queue, overflow_after_s, "overflow_after_s", FIELD_REAL),
    P(queue, ring_fence, "ring_fence", FIELD_BOOL),
    P(queue, blend_idle, "blend_idle", FIELD_INT),
    P(queue, callback_of, "callback_of", FIELD_TEXT),
    P(queue, callback_share, "callback_share", FIELD_REAL),
};
static const struct field site_fields[] = {
    F(site, id, "id", FIELD_TEXT),
    F(site, name, "name", FIELD_TEXT),
    F(site, zone, "zone", FIELD_TEXT),
    F(site, country, "country", FIELD_TEXT),
    P(site, shrinkage, "shrinkage", FIELD_REAL),
    P(site, seats, "seats", FIELD_INT),
    P(site, seat_price, "seat_price", FIELD_REAL),
    P_ARRAY(site, shrinkage_parts, n_shrinkage_parts, "shrinkage_parts", FIELD_SHRINKAGE),
};
static const struct field shift_template_fields[] = {
    F(shift_template, id, "id", FIELD_TEXT),
    F(shift_template, name, "name", FIELD_TEXT),
    F(shift_template, weekdays, "weekdays", FIELD_BYTE),
    F(shift_template, start_from_min, "start_from_min", FIELD_INT),
    F(shift_template, start_to_min, "start_to_min", FIELD_INT),
    F(shift_template, start_step_min, "start_step_min", FIELD_INT),
    F(shift_template, paid_min_min, "paid_min_min", FIELD_INT),
    F(shift_template, paid_max_min, "paid_max_min", FIELD_INT),
    F(shift_template, paid_step_min, "paid_step_min", FIELD_INT),
    F_ARRAY(shift_template, breaks, n_breaks, "breaks", FIELD_BREAKS),
    F(shift_template, on_call, "on_call", FIELD_BOOL),
    F(shift_template, on_call_pay, "on_call_pay", FIELD_REAL),
};
static const struct field contract_fields[] = {
    F(contract, id, "id", FIELD_TEXT),
    F(contract, name, "name", FIELD_TEXT),
    F(contract, week_minutes_min, "week_minutes_min", FIELD_INT),
    F(contract, week_minutes_max, "week_minutes_max", FIELD_INT),
    F(contract, week_days_min, "week_days_min", FIELD_INT),
    F(contract, week_days_max, "week_days_max", FIELD_INT),
    F(contract, consecutive_days_max, "consecutive_days_max", FIELD_INT),
    F(contract, rest_min_minutes, "rest_min_minutes", FIELD_INT),
    F(contract, consecutive_days_off_min, "consecutive_days_off_min", FIELD_INT),
    F(contract, week_nights_max, "week_nights_max", FIELD_INT),
    F(contract, night_from_min, "night_from_min", FIELD_INT),
    F(contract, night_to_min, "night_to_min", FIELD_INT),
    F(contract, night_shift_minutes, "night_shift_minutes", FIELD_INT),
    F(contract, weekends_max, "weekends_max", FIELD_INT),
    F(contract, weekends_of, "weekends_of", FIELD_INT),
    F(contract, start_spread_max_min, "start_spread_max_min", FIELD_INT),
    F(contract, rate, "rate", FIELD_REAL),
    F(contract, currency, "currency", FIELD_TEXT),
    F(contract, night_premium, "night_premium", FIELD_REAL),
    F(contract, holiday_premium, "holiday_premium", FIELD_REAL),
    F(contract, period_minutes_min, "period_minutes_min", FIELD_INT),
    F(contract, period_minutes_max, "period_minutes_max", FIELD_INT),
    F(contract, period_days_min, "period_days_min", FIELD_INT),
    F(contract, period_days_max, "period_days_max", FIELD_INT),
    F(contract, consecutive_days_min, "consecutive_days_min", FIELD_INT),
    F(contract, consecutive_days_off_max, "consecutive_days_off_max", FIELD_INT),
    F(contract, window_days, "window_days", FIELD_INT),
    F(contract, window_days_max, "window_days_max", FIELD_INT),
    F(contract, week_rest_minutes, "week_rest_minutes", FIELD_INT),
    F(contract, day_off_minutes, "day_off_minutes", FIELD_INT),
    F(contract, day_off_anchor_min, "day_off_anchor_min", FIELD_INT),
    F(contract, day_off_flex_min, "day_off_flex_min", FIELD_INT),
    F(contract, start_distance_minutes, "start_distance_minutes", FIELD_INT),
    F(contract, rotation_forward, "rotation_forward", FIELD_BOOL),
    F(contract, rotation_tolerance_min, "rotation_tolerance_min", FIELD_INT),
    F(contract, consecutive_nights_max, "consecutive_nights_max", FIELD_INT),
    F(contract, days_off_after_nights_min, "days_off_after_nights_min", FIELD_INT),
    F(contract, consecutive_weekends_max, "consecutive_weekends_max", FIELD_INT),
    F(contract, weekend_days, "weekend_days", FIELD_BYTE),
    F(contract, weekend_whole, "weekend_whole", FIELD_BOOL),
    F_ARRAY(contract, successions, n_successions, "successions", FIELD_SUCCESSIONS),
    F_ARRAY(contract, limits, n_limits, "template_limits", FIELD_LIMITS),
    P(contract, rule_price, "rule_prices", FIELD_PRICES),
    F(contract, overtime_week_minutes_max, "overtime_week_minutes_max", FIELD_INT),
    F(contract, overtime_premium, "overtime_premium", FIELD_REAL),
};
static const struct field agent_fields[] = {
    F(agent, id, "id", FIELD_TEXT),
    F(agent, name, "name", FIELD_TEXT),
    F_REF(agent, site, "site_id", PART_SITE),
    F_REF(agent, contract, "contract_id", PART_CONTRACT),
    F_ARRAY(agent, available, n_available, "available", FIELD_SPANS),
    F(agent, employed_from, "employed_from", FIELD_DAY),
    F(agent, employed_to, "employed_to", FIELD_DAY),
    F(agent, lead, "lead", FIELD_BOOL),
    P(agent, rank, "rank", FIELD_INT),
    P(agent, optional, "optional", FIELD_BOOL),
    P(agent, hire_price, "hire_price", FIELD_REAL),
};

const struct entity entity_client = ENTITY(client, "client", clients);
const struct entity entity_queue = ENTITY(queue, "queue", queues);
const struct entity entity_site = ENTITY(site, "site", sites);
const struct entity entity_template = ENTITY(shift_template, "shift_template", templates);
const struct entity entity_contract = ENTITY(contract, "contract", contracts);
const struct entity entity_agent = ENTITY(agent, "agent", agents);

const struct entity *entity_of(enum part part)
{
    static const struct entity *const entities[PART_N] = {
        [PART_CLIENT] = &entity_client,     [PART_QUEUE] = &entity_queue,       [PART_SITE] = &entity_site,
        [PART_TEMPLATE] = &entity_template, [PART_CONTRACT] = &entity_contract, [PART_AGENT] = &entity_agent,
    };
    return entities[part];
}
