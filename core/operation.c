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

void client_clear(struct client *client)
{
    g_free(client->id);
    g_free(client->name);
    g_free(client->holidays);
}

void queue_clear(struct queue *queue)
{
    g_free(queue->id);
    g_free(queue->name);
    g_free(queue->language);
    g_free(queue->zone);
    g_free(queue->concurrent_aht_s);
    g_free(queue->open);
    g_free(queue->holidays);
    g_free(queue->profile_queue);
    g_free(queue->callback_of);
    g_free(queue->day_profile);
    shrinkage_parts_free(queue->shrinkage_parts, queue->n_shrinkage_parts);
}

void site_clear(struct site *site)
{
    g_free(site->id);
    g_free(site->name);
    g_free(site->zone);
    g_free(site->country);
    shrinkage_parts_free(site->shrinkage_parts, site->n_shrinkage_parts);
}

void shift_template_clear(struct shift_template *tmpl)
{
    g_free(tmpl->id);
    g_free(tmpl->name);
}

void contract_clear(struct contract *contract)
{
    g_free(contract->id);
    g_free(contract->name);
    g_free(contract->templates);
    g_free(contract->currency);
    g_free(contract->successions);
    g_free(contract->limits);
}

void agent_clear(struct agent *agent)
{
    g_free(agent->id);
    g_free(agent->name);
    g_free(agent->skills);
    g_free(agent->available);
}

void time_off_clear(struct time_off *off)
{
    g_free(off->kind);
}

void special_day_clear(struct special_day *special)
{
    g_free(special->name);
}

void meeting_clear(struct meeting *meeting)
{
    g_free(meeting->id);
    g_free(meeting->name);
    g_free(meeting->agents);
}

#define CLEAR_ALL(operation, array, element_clear)                                                           \
    do {                                                                                                     \
        for (int i = 0; i < (operation)->n_##array; i++)                                                     \
            element_clear(&(operation)->array[i]);                                                           \
        g_clear_pointer(&(operation)->array, g_free);                                                        \
        (operation)->n_##array = 0;                                                                          \
    } while (0)

void operation_clear_agents(struct operation *operation)
{
    CLEAR_ALL(operation, agents, agent_clear);
}

void operation_clear_time_off(struct operation *operation)
{
    CLEAR_ALL(operation, time_off, time_off_clear);
}

void operation_clear_special_days(struct operation *operation)
{
    CLEAR_ALL(operation, special_days, special_day_clear);
}

void operation_clear_preferences(struct operation *operation)
{
    g_clear_pointer(&operation->preferences, g_free);
    operation->n_preferences = 0;
}

void operation_clear_meetings(struct operation *operation)
{
    CLEAR_ALL(operation, meetings, meeting_clear);
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
    CLEAR_ALL(operation, clients, client_clear);
    CLEAR_ALL(operation, sites, site_clear);
    CLEAR_ALL(operation, templates, shift_template_clear);
    CLEAR_ALL(operation, queues, queue_clear);
    CLEAR_ALL(operation, contracts, contract_clear);
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

int skill_compare(const void *a, const void *b)
{
    const struct skill *x = a, *y = b;
    return (x->queue > y->queue) - (x->queue < y->queue);
}
