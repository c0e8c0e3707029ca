#include "core/operation.h"

#include <string.h>

static bool name_find(const char *const *names, int n, const char *text, int *out)
{
    for (int i = 0; i < n; i++)
        if (strcmp(names[i], text) == 0) {
            *out = i;
            return true;
        }
    return false;
}

/* Defines <type>_name and <type>_parse over a table of names; `enumeration` may be of another name than
 * `type`. */
#define NAMES(type, enumeration, table, count)                                                               \
    G_STATIC_ASSERT(G_N_ELEMENTS(table) == count);                                                           \
    const char *type##_name(enum enumeration value)                                                          \
    {                                                                                                        \
        return (int)value >= 0 && (int)value < count ? table[value] : "?";                                   \
    }                                                                                                        \
    bool type##_parse(const char *text, enum enumeration *out)                                               \
    {                                                                                                        \
        int found;                                                                                           \
        if (!name_find(table, count, text, &found))                                                          \
            return false;                                                                                    \
        *out = (enum enumeration)found;                                                                      \
        return true;                                                                                         \
    }

static const char *const channels[] = {
    [CHANNEL_VOICE] = "voice",
    [CHANNEL_CHAT] = "chat",
    [CHANNEL_IN_PERSON] = "in_person",
    [CHANNEL_EMAIL] = "email",
    [CHANNEL_SOCIAL] = "social",
    [CHANNEL_CALLBACK] = "callback",
    [CHANNEL_BACK_OFFICE] = "back_office",
};
static const char *const sl_definitions[] = {
    [SL_OFFERED] = "offered",           [SL_ANSWERED] = "answered",
    [SL_ABAN_IGNORED] = "aban_ignored", [SL_ABAN_POSITIVE] = "aban_positive",
    [SL_EXCL_SHORT] = "excl_short",     [SL_VIRTUAL] = "virtual",
};
static const char *const sla_periods[] = {
    [SLA_INTERVAL] = "interval",
    [SLA_DAY] = "day",
    [SLA_WEEK] = "week",
    [SLA_MONTH] = "month",
};
static const char *const activity_kinds[] = {
    [ACTIVITY_MEAL] = "meal",       [ACTIVITY_BREAK] = "break", [ACTIVITY_TRAINING] = "training",
    [ACTIVITY_MEETING] = "meeting", [ACTIVITY_SPLIT] = "split",
};
static const char *const special_kinds[] = {
    [SPECIAL_CLOSED] = "closed",       [SPECIAL_HOLIDAY] = "holiday", [SPECIAL_EVENT] = "event",
    [SPECIAL_UNPLANNED] = "unplanned", [SPECIAL_OTHER] = "special",   [SPECIAL_ORDINARY] = "ordinary",
};
static const char *const special_scopes[] = {
    [SCOPE_ALL] = "all",
    [SCOPE_CLIENT] = "client",
    [SCOPE_QUEUE] = "queue",
    [SCOPE_SITE] = "site",
};

NAMES(channel, channel, channels, CHANNEL_N)
NAMES(sl_definition, sl_definition, sl_definitions, SL_DEFINITION_N)
NAMES(sla_period, sla_period, sla_periods, SLA_PERIOD_N)
NAMES(activity_kind, activity_kind, activity_kinds, ACTIVITY_N)
NAMES(special_scope, special_scope, special_scopes, SCOPE_N)
NAMES(special_kind, special_kind, special_kinds, SPECIAL_N)

static const char *const contract_rule_keys[] = {
#define X(name, key, unit) key,
    CONTRACT_RULE_TABLE(X)
#undef X
};
static const char *const contract_rule_units[] = {
#define X(name, key, unit) unit,
    CONTRACT_RULE_TABLE(X)
#undef X
};

const char *contract_rule_key(enum contract_rule rule)
{
    return (int)rule >= 0 && (int)rule < CONTRACT_RULE_N ? contract_rule_keys[rule] : "?";
}

const char *contract_rule_unit(enum contract_rule rule)
{
    return (int)rule >= 0 && (int)rule < CONTRACT_RULE_N ? contract_rule_units[rule] : "?";
}

bool channel_is_deferred(enum channel channel)
{
    return channel >= CHANNEL_EMAIL;
}

struct operation *operation_new(void)
{
    return g_new0(struct operation, 1);
}

static void shrinkage_parts_free(struct shrinkage_part *parts, int n)
{
    for (int i = 0; i < n; i++)
        g_free(parts[i].name);
    g_free(parts);
}

static void queues_free(struct queue *queues, int n)
{
    for (int i = 0; i < n; i++) {
        g_free(queues[i].id);
        g_free(queues[i].name);
        g_free(queues[i].language);
        g_free(queues[i].zone);
        g_free(queues[i].concurrent_aht_s);
        g_free(queues[i].open);
        g_free(queues[i].holidays);
        g_free(queues[i].profile_queue);
        g_free(queues[i].callback_of);
        g_free(queues[i].day_profile);
        shrinkage_parts_free(queues[i].shrinkage_parts, queues[i].n_shrinkage_parts);
    }
    g_free(queues);
}

static void contracts_free(struct contract *contracts, int n)
{
    for (int i = 0; i < n; i++) {
        g_free(contracts[i].id);
        g_free(contracts[i].name);
        g_free(contracts[i].templates);
        g_free(contracts[i].currency);
        g_free(contracts[i].successions);
        g_free(contracts[i].limits);
    }
    g_free(contracts);
}

void operation_clear_agents(struct operation *operation)
{
    for (int i = 0; i < operation->n_agents; i++) {
        struct agent *agent = &operation->agents[i];
        g_free(agent->id);
        g_free(agent->name);
        g_free(agent->skills);
        g_free(agent->available);
    }
    g_clear_pointer(&operation->agents, g_free);
    operation->n_agents = 0;
}

void operation_clear_time_off(struct operation *operation)
{
    for (int i = 0; i < operation->n_time_off; i++)
        g_free(operation->time_off[i].kind);
    g_clear_pointer(&operation->time_off, g_free);
    operation->n_time_off = 0;
}

void operation_clear_special_days(struct operation *operation)
{
    for (int i = 0; i < operation->n_special_days; i++)
        g_free(operation->special_days[i].name);
    g_clear_pointer(&operation->special_days, g_free);
    operation->n_special_days = 0;
}

void operation_clear_preferences(struct operation *operation)
{
    g_clear_pointer(&operation->preferences, g_free);
    operation->n_preferences = 0;
}

void operation_clear_meetings(struct operation *operation)
{
    for (int i = 0; i < operation->n_meetings; i++) {
        g_free(operation->meetings[i].id);
        g_free(operation->meetings[i].name);
        g_free(operation->meetings[i].agents);
    }
    g_clear_pointer(&operation->meetings, g_free);
    operation->n_meetings = 0;
}

void operation_free(struct operation *operation)
{
    if (operation == NULL)
        return;
    operation_clear_agents(operation);
    operation_clear_time_off(operation);
    operation_clear_special_days(operation);
    operation_clear_preferences(operation);
    operation_clear_meetings(operation);
    for (int i = 0; i < operation->n_clients; i++) {
        g_free(operation->clients[i].id);
        g_free(operation->clients[i].name);
        g_free(operation->clients[i].holidays);
    }
    for (int i = 0; i < operation->n_sites; i++) {
        g_free(operation->sites[i].id);
        g_free(operation->sites[i].name);
        g_free(operation->sites[i].zone);
        g_free(operation->sites[i].country);
        shrinkage_parts_free(operation->sites[i].shrinkage_parts, operation->sites[i].n_shrinkage_parts);
    }
    for (int i = 0; i < operation->n_templates; i++) {
        g_free(operation->templates[i].id);
        g_free(operation->templates[i].name);
    }
    queues_free(operation->queues, operation->n_queues);
    contracts_free(operation->contracts, operation->n_contracts);
    g_free(operation->clients);
    g_free(operation->sites);
    g_free(operation->templates);
    g_free(operation->currencies);
    g_free(operation->headcounts);
    g_free(operation->leads);
    g_free(operation->name);
    g_free(operation->zone);
    g_free(operation);
}

#define LOOKUP(what, array)                                                                                  \
    int operation_##what(const struct operation *operation, const char *id)                                  \
    {                                                                                                        \
        for (int i = 0; i < operation->n_##array; i++)                                                       \
            if (strcmp(operation->array[i].id, id) == 0)                                                     \
                return i;                                                                                    \
        return -1;                                                                                           \
    }
LOOKUP(client, clients)
LOOKUP(queue, queues)
LOOKUP(site, sites)
LOOKUP(template, templates)
LOOKUP(contract, contracts)
LOOKUP(agent, agents)
LOOKUP(meeting, meetings)

bool id_ok(const char *id)
{
    size_t n = 0;
    for (; id[n] != '\0'; n++)
        if (n == WFM_ID_MAX || (!g_ascii_isalnum(id[n]) && strchr("_.-", id[n]) == NULL))
            return false;
    return n > 0;
}

double shrinkage_total(const struct shrinkage_part *parts, int n)
{
    double left = 1;
    for (int i = 0; i < n; i++)
        left *= 1 - parts[i].share;
    return 1 - left;
}

int preference_compare(const void *a, const void *b)
{
    const struct preference *x = a, *y = b;
    const int order[][2] = {{x->agent, y->agent}, {x->day, y->day},           {x->tmpl, y->tmpl},
                            {x->off, y->off},     {x->from_min, y->from_min}, {x->to_min, y->to_min}};
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++)
        if (order[i][0] != order[i][1])
            return order[i][0] < order[i][1] ? -1 : 1;
    return (x->price > y->price) - (x->price < y->price);
}

double operation_currency_rate(const struct operation *operation, const char *code)
{
    if (strcmp(operation->currency, code) == 0)
        return 1.0;
    for (int i = 0; i < operation->n_currencies; i++)
        if (strcmp(operation->currencies[i].code, code) == 0)
            return operation->currencies[i].rate;
    return 0.0;
}

static bool span_holds(const struct week_span *span, int weekday, int minute)
{
    return (span->weekdays >> weekday & 1) != 0 && span->from_min <= minute && minute < span->to_min;
}

bool week_spans_hold(const struct week_span *spans, int n, const struct zone *zone, int64_t ts)
{
    struct local_time local = zone_local(zone, ts);
    int minute = local.second / 60;
    int yesterday = (local.weekday + WEEK_DAYS - 1) % WEEK_DAYS;
    for (int i = 0; i < n; i++)
        if (span_holds(&spans[i], local.weekday, minute) ||
            span_holds(&spans[i], yesterday, minute + DAY_MIN))
            return true;
    return false;
}

bool queue_open_at(const struct queue *queue, const struct zone *zone, int64_t ts)
{
    return queue->n_open == 0 || week_spans_hold(queue->open, queue->n_open, zone, ts);
}

int shift_template_unpaid_min(const struct shift_template *tmpl)
{
    int sum = 0;
    for (int i = 0; i < tmpl->n_breaks; i++)
        sum += tmpl->breaks[i].paid ? 0 : tmpl->breaks[i].length_min;
    return sum;
}

const char *queue_holidays(const struct operation *operation, int queue)
{
    const char *codes = operation->queues[queue].holidays;
    if (codes == NULL || *codes == '\0')
        codes = operation->clients[operation->queues[queue].client].holidays;
    return codes == NULL || strcmp(codes, "none") == 0 ? "" : codes;
}

bool site_holiday(const struct operation *operation, int site, int32_t day)
{
    for (int i = 0; i < operation->n_special_days; i++) {
        const struct special_day *special = &operation->special_days[i];
        if (special->day == day && special->kind == SPECIAL_HOLIDAY &&
            (special->scope == SCOPE_ALL || (special->scope == SCOPE_SITE && special->index == site)))
            return true;
    }
    return false;
}
