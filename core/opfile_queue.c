#include "core/opfile_keys.h"

BY_NUMBER(channel)
BY_NUMBER(sl_definition)
BY_NUMBER(sla_period)

#define NOT_GIVEN (-1.0) /* a patience; 0 means that nobody gives up */

const struct cfg_key span_keys[] = {
    {"days", CFG_DAYS, AT(week_span, weekdays), .required = true},
    {"from", CFG_CLOCK, AT(week_span, from_min), .required = true, .max = DAY_MIN - 1},
    {"to", CFG_CLOCK, AT(week_span, to_min), .required = true, .max = 2 * DAY_MIN},
    END,
};

static const struct cfg_key sla_keys[] = {
    {"definition", CFG_ENUM, AT(queue, sla.definition), .enum_name = sl_definition_at,
     .enum_n = SL_DEFINITION_N},
    {"target", CFG_REAL, AT(queue, sla.target), .required = true, .min = 0, .max = 1,
     .unit = "(a share: 80 % is 0.80)"},
    {"threshold", CFG_SECONDS, AT(queue, sla.threshold_s), .required = true, .min = 0, .max = YEAR_S},
    {"short_abandon", CFG_SECONDS, AT(queue, sla.short_abandon_s), .min = 0, .max = DAY_S},
    {"period", CFG_ENUM, AT(queue, sla.period), .enum_name = sla_period_at, .enum_n = SLA_PERIOD_N},
    {"asa_max", CFG_SECONDS, AT(queue, sla.asa_max_s), .min = 0, .max = YEAR_S},
    {"abandon_max", CFG_REAL, AT(queue, sla.abandon_max), .min = 0, .max = 1,
     .unit = "(a share: 5 % is 0.05)"},
    {"occupancy_max", CFG_REAL, AT(queue, sla.occupancy_max), .min = 0.01, .max = 1, .unit = "(a share)"},
    END,
};

const struct cfg_key queue_keys[] = {
    {"id", CFG_TEXT, AT(queue, id), .required = true},
    {"name", CFG_TEXT, AT(queue, name)},
    {"client", CFG_REF, AT(queue, client), .required = true, .ref = PART_CLIENT},
    {"channel", CFG_ENUM, AT(queue, channel), .required = true, .enum_name = channel_at, .enum_n = CHANNEL_N},
    {"language", CFG_TEXT, AT(queue, language)},
    {"zone", CFG_TEXT, AT(queue, zone), .required = true},
    {"aht", CFG_SECONDS, AT(queue, aht_s), .required = true, .min = 1, .max = YEAR_S, .planner = true},
    {"concurrency", CFG_INT, AT(queue, concurrency), .min = 1, .max = 20, .unit = "contacts at once",
     .planner = true},
    {"concurrent_aht_seconds", CFG_REALS, AT(queue, concurrent_aht_s), COUNT(queue, concurrency), .min = 1,
     .max = YEAR_S, .unit = "seconds", .counted = true, .planner = true},
    {"patience", CFG_SECONDS, AT(queue, patience_s), .min = 0, .max = YEAR_S, .planner = true},
    SHRINKAGE(queue),
    {"min_staff", CFG_REAL, AT(queue, min_staff), .min = 0, .max = 100000, .unit = "agents", .planner = true},
    {"occupancy_cap", CFG_REAL, AT(queue, occupancy_cap), .min = 0.01, .max = 1, .unit = "(a share)",
     .planner = true},
    {"open", CFG_LIST, AT(queue, open), COUNT(queue, n_open), .keys = span_keys,
     .size = sizeof(struct week_span)},
    {"sla", CFG_GROUP, .required = true, .keys = sla_keys},
    {"holidays", CFG_TEXT, AT(queue, holidays)},
    {"profile_queue", CFG_TEXT, AT(queue, profile_queue), .planner = true},
    {"day_profile", CFG_REALS, AT(queue, day_profile), COUNT(queue, n_day_profile), .max = 1e9,
     .unit = "(a weight)", .planner = true},
    {"priority", CFG_INT, AT(queue, priority), .max = PRIORITY_MAX, .unit = "(the highest is served first)",
     .planner = true},
    {"overflow_after", CFG_SECONDS, AT(queue, overflow_after_s), .max = DAY_S, .planner = true},
    {"ring_fence", CFG_BOOL, AT(queue, ring_fence), .planner = true},
    {"blend_idle", CFG_INT, AT(queue, blend_idle), .max = BLEND_IDLE_MAX, .unit = "agents", .planner = true},
    {"callback_of", CFG_TEXT, AT(queue, callback_of), .planner = true},
    {"callback_share", CFG_REAL, AT(queue, callback_share), .max = 1, .planner = true},
    END,
};

void queue_defaults(void *element)
{
    struct queue *queue = element;
    queue->concurrency = 1;
    queue->patience_s = NOT_GIVEN;
    queue->occupancy_cap = 1;
    queue->sla.abandon_max = 1;
    queue->sla.occupancy_max = 1;
    queue->sla.period = SLA_WEEK;
}

void queue_settle(struct queue *queue)
{
    if (queue->name == NULL)
        queue->name = g_strdup(queue->id);
    if (queue->language == NULL)
        queue->language = g_strdup("en");
    queue->endless_patience = queue->patience_s == 0;
    queue->patience_s = MAX(queue->patience_s, 0);
    if (queue->concurrent_aht_s != NULL)
        return;
    queue->concurrent_aht_s = g_new0(double, queue->concurrency);
    for (int k = 0; k < queue->concurrency; k++)
        queue->concurrent_aht_s[k] = queue->aht_s;
}

void queue_unsettle(struct queue *queue)
{
    if (queue->patience_s == 0 && !queue->endless_patience)
        queue->patience_s = NOT_GIVEN;
}
