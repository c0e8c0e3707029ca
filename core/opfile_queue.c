#include "core/opfile_keys.h"

BY_NUMBER(channel)
BY_NUMBER(sl_definition)
BY_NUMBER(sla_period)

#define NOT_GIVEN (-1.0) /* a patience; 0 means that nobody gives up */

bool opfile_shrinkage(struct cfg *cfg, const config_setting_t *setting, double *total,
                      struct shrinkage_part **parts, int *n, GError **error)
{
    if (!config_setting_is_group(setting))
        return cfg_number(cfg, setting, 0, SHRINKAGE_MAX, "(a share), nor a group of named shares", total,
                          error);
    int n_parts = config_setting_length(setting);
    if (n_parts > SHRINKAGE_PARTS_MAX)
        return cfg_fail(cfg, setting, error, "%d parts; at most %d", n_parts, SHRINKAGE_PARTS_MAX);
    *parts = g_new0(struct shrinkage_part, MAX(n_parts, 1));
    for (int i = 0; i < n_parts; i++) {
        const config_setting_t *member = config_setting_get_elem(setting, (unsigned)i);
        struct shrinkage_part *part = &(*parts)[i];
        part->name = g_strdup(config_setting_name(member));
        *n = i + 1;
        size_t before = cfg_enter(cfg, part->name);
        if (!cfg_number(cfg, member, 0, SHRINKAGE_MAX, "(a share: 3 % is 0.03)", &part->share, error))
            return false;
        cfg_leave(cfg, before);
    }
    *total = shrinkage_total(*parts, n_parts);
    return *total <= SHRINKAGE_MAX ||
           cfg_fail(cfg, setting, error, "its parts make %.4g; at most %g", *total, SHRINKAGE_MAX);
}

static bool read_queue_shrinkage(struct cfg *cfg, const config_setting_t *setting, void *base, GError **error)
{
    struct queue *queue = base;
    return opfile_shrinkage(cfg, setting, &queue->shrinkage, &queue->shrinkage_parts,
                            &queue->n_shrinkage_parts, error);
}

static const struct cfg_key span_keys[] = {
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

/* AHT at 1, 2, … contacts at once: one value for each of `concurrency`, which stands before it in the table.
 */
static bool read_concurrent_aht(struct cfg *cfg, const config_setting_t *setting, void *base, GError **error)
{
    struct queue *queue = base;
    if (!config_setting_is_array(setting) && !config_setting_is_list(setting))
        return cfg_fail(cfg, setting, error, "write an array of seconds, like [ 480, 560, 700 ]");
    int n = config_setting_length(setting);
    if (n != queue->concurrency)
        return cfg_fail(cfg, setting, error,
                        "%d values for a concurrency of %d; write one for 1, 2, … contacts at once", n,
                        queue->concurrency);
    g_free(queue->concurrent_aht_s);
    queue->concurrent_aht_s = g_new0(double, n);
    for (int i = 0; i < n; i++)
        if (!cfg_number(cfg, config_setting_get_elem(setting, (unsigned)i), 1, YEAR_S, "seconds",
                        &queue->concurrent_aht_s[i], error))
            return false;
    return true;
}

/* Weights of equal parts of a day. */
static bool read_day_profile(struct cfg *cfg, const config_setting_t *setting, void *base, GError **error)
{
    struct queue *queue = base;
    if (!config_setting_is_array(setting) && !config_setting_is_list(setting))
        return cfg_fail(cfg, setting, error, "write an array of weights, like [ 0, 0, 1, 3, 2, 1 ]");
    int n = config_setting_length(setting);
    g_free(queue->day_profile);
    queue->day_profile = g_new0(double, n + 1);
    queue->n_day_profile = n;
    for (int i = 0; i < n; i++)
        if (!cfg_number(cfg, config_setting_get_elem(setting, (unsigned)i), 0, 1e9, "(a weight)",
                        &queue->day_profile[i], error))
            return false;
    return true;
}

const struct cfg_key queue_keys[] = {
    {"id", CFG_TEXT, AT(queue, id), .required = true},
    {"name", CFG_TEXT, AT(queue, name)},
    {"client", CFG_REF, AT(queue, client), .required = true, .find = operation_client, .what = "client"},
    {"channel", CFG_ENUM, AT(queue, channel), .required = true, .enum_name = channel_at, .enum_n = CHANNEL_N},
    {"language", CFG_TEXT, AT(queue, language)},
    {"zone", CFG_TEXT, AT(queue, zone), .required = true},
    {"aht", CFG_SECONDS, AT(queue, aht_s), .required = true, .min = 1, .max = YEAR_S},
    {"concurrency", CFG_INT, AT(queue, concurrency), .min = 1, .max = 20, .unit = "contacts at once"},
    {"concurrent_aht_seconds", CFG_CUSTOM, .custom = read_concurrent_aht},
    {"patience", CFG_SECONDS, AT(queue, patience_s), .min = 0, .max = YEAR_S},
    {"shrinkage", CFG_CUSTOM, .custom = read_queue_shrinkage},
    {"min_staff", CFG_REAL, AT(queue, min_staff), .min = 0, .max = 100000, .unit = "agents"},
    {"occupancy_cap", CFG_REAL, AT(queue, occupancy_cap), .min = 0.01, .max = 1, .unit = "(a share)"},
    {"open", CFG_LIST, AT(queue, open), COUNT(queue, n_open), .keys = span_keys,
     .size = sizeof(struct week_span)},
    {"sla", CFG_GROUP, .required = true, .keys = sla_keys},
    {"holidays", CFG_TEXT, AT(queue, holidays)},
    {"profile_queue", CFG_TEXT, AT(queue, profile_queue)},
    {"day_profile", CFG_CUSTOM, .custom = read_day_profile},
    {"priority", CFG_INT, AT(queue, priority), .max = PRIORITY_MAX, .unit = "(the highest is served first)"},
    {"overflow_after", CFG_SECONDS, AT(queue, overflow_after_s), .max = DAY_S},
    {"ring_fence", CFG_BOOL, AT(queue, ring_fence)},
    {"blend_idle", CFG_INT, AT(queue, blend_idle), .max = BLEND_IDLE_MAX, .unit = "agents"},
    {"callback_of", CFG_TEXT, AT(queue, callback_of)},
    {"callback_share", CFG_REAL, AT(queue, callback_share), .max = 1},
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

void queue_patience_settle(struct queue *queue)
{
    queue->endless_patience = queue->patience_s == 0;
    queue->patience_s = MAX(queue->patience_s, 0);
}
