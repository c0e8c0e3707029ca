#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/opfile.h"
#include "core/opfile_csv.h"
#include "core/text.h"

#define PRICE_MAX 1e9

/* preferences.csv */

enum { P_AGENT, P_DAY, P_WISH, P_TEMPLATE, P_START, P_WEIGHT, P_PRICE };
static const struct csv_column preference_columns[] = {
    [P_AGENT] = {"agent", true},        [P_DAY] = {"day", true},      [P_WISH] = {"wish", true},
    [P_TEMPLATE] = {"template", false}, [P_START] = {"start", false}, [P_WEIGHT] = {"weight", false},
    [P_PRICE] = {"price", false},
};
static const struct csv_table preference_table = {preference_columns, G_N_ELEMENTS(preference_columns), NULL,
                                                  0};

/* "06:00-10:00", or past midnight "22:00-02:00". Empty: any start. */
static bool read_start(const struct csv_load *load, const struct csv_row *row, int *from_min, int *to_min,
                       GError **error)
{
    const char *text = csv_load_field(load, row, P_START), *dash = strchr(text, '-');
    *from_min = 0;
    *to_min = DAY_MIN;
    if (*text == '\0')
        return true;
    g_autofree char *from = dash == NULL ? g_strdup(text) : g_strndup(text, (gsize)(dash - text));
    if (dash == NULL || !clock_parse(g_strstrip(from), DAY_MIN - 1, from_min, NULL))
        return csv_fail(row, "start", error, "\"%.40s\" is no span of starts; write it like 06:00-10:00",
                        text);
    g_autofree char *to = g_strdup(dash + 1);
    if (!clock_parse(g_strstrip(to), DAY_MIN, to_min, NULL) || *from_min == *to_min)
        return csv_fail(row, "start", error, "\"%.40s\" is no span of starts; write it like 06:00-10:00",
                        text);
    return true;
}

void wish_outside(struct preference *wish)
{
    int from_min = wish->from_min;
    wish->from_min = wish->to_min % DAY_MIN;
    wish->to_min = from_min;
}

/* off, on; "start" is a wish not to start outside the span. */
static bool read_wish(const struct csv_load *load, const struct csv_row *row, struct preference *wish,
                      GError **error)
{
    const char *word = csv_load_field(load, row, P_WISH);
    bool start = strcmp(word, "start") == 0;
    if (!read_start(load, row, &wish->from_min, &wish->to_min, error))
        return false;
    wish->off = start || strcmp(word, "off") == 0;
    if (!wish->off && strcmp(word, "on") != 0)
        return csv_fail(row, "wish", error, "\"%.40s\" is none of off, on, start", word);
    if (!start)
        return true;
    if (wish->from_min == 0 && wish->to_min == DAY_MIN)
        return csv_fail(row, "start", error,
                        "empty, but the wish is about the start; write it like 06:00-10:00");
    wish_outside(wish);
    return true;
}

double wish_price(const struct operation *operation, int agent, double weight)
{
    int rank = operation->agents[agent].rank, last = 1;
    for (int i = 0; rank == 0 && i < operation->n_agents; i++)
        last = MAX(last, operation->agents[i].rank);
    double share = operation->wishes.rank_share > 0 ? operation->wishes.rank_share : 1;
    return weight * operation->wishes.price * pow(share, (rank == 0 ? last : rank) - 1);
}

static bool read_price(const struct csv_load *load, const struct csv_row *row, struct preference *wish,
                       GError **error)
{
    double weight = 1;
    bool has_price = *csv_load_field(load, row, P_PRICE) != '\0';
    bool has_weight = *csv_load_field(load, row, P_WEIGHT) != '\0';
    if (!csv_load_number(load, row, P_WEIGHT, 1, WISH_WEIGHT_MAX, false, &weight, error) ||
        !csv_load_number(load, row, P_PRICE, 0, PRICE_MAX, false, &wish->price, error))
        return false;
    if (has_price && has_weight)
        return csv_fail(row, "price", error, "%s, but there is a weight too; keep one of the two",
                        csv_load_field(load, row, P_PRICE));
    if (has_price)
        return true;
    if (load->operation->wishes.price <= 0)
        return csv_fail(
            row, has_weight ? "weight" : "price", error,
            "%s, but nothing says what a wish of weight 1 costs; write wishes = { price = 2.0; }; "
            "into operation.cfg or give each wish a price",
            has_weight ? csv_load_field(load, row, P_WEIGHT) : "empty");
    wish->price = wish_price(load->operation, wish->agent, weight);
    return true;
}

static bool add_preference(struct csv_load *load, const struct csv_row *row, GError **error)
{
    struct preference wish = {.tmpl = -1};
    if (!csv_load_agent(load, row, P_AGENT, &wish.agent, error))
        return false;
    if (*csv_load_field(load, row, P_DAY) == '\0')
        return csv_fail(row, "day", error, "empty; write the date of the wish, like 2026-11-24");
    if (!csv_load_day(load, row, P_DAY, 0, &wish.day, error) || !read_wish(load, row, &wish, error) ||
        !read_price(load, row, &wish, error))
        return false;
    if (*csv_load_field(load, row, P_TEMPLATE) != '\0' &&
        !csv_load_ref(load, row, P_TEMPLATE, operation_template, "shift template", &wish.tmpl, error))
        return false;
    struct preference *slot = csv_load_append(load);
    *slot = wish;
    return true;
}

bool operation_read_preferences(struct operation *operation, const char *path, GError **error)
{
    g_autoptr(GHashTable) ids = csv_load_agents(operation);
    struct csv_load load = {.table = &preference_table,
                            .add = add_preference,
                            .operation = operation,
                            .agents = ids,
                            .out = g_array_new(FALSE, TRUE, sizeof(struct preference))};
    bool ok = csv_load_file(&load, path, error);
    struct operation fresh = *operation;
    fresh.n_preferences = (int)load.out->len;
    fresh.preferences = (struct preference *)(void *)g_array_free(load.out, FALSE);
    if (fresh.n_preferences > 1)
        qsort(fresh.preferences, (size_t)fresh.n_preferences, sizeof *fresh.preferences, preference_compare);
    if (!ok || !csv_load_checked(&fresh, path, error)) {
        operation_clear_preferences(&fresh);
        return false;
    }
    operation_clear_preferences(operation);
    *operation = fresh;
    return true;
}

/* meetings.csv */

enum { M_MEETING, M_NAME, M_KIND, M_MINUTES, M_FROM, M_TO, M_TOGETHER, M_PRICE, M_AGENTS };
static const struct csv_column meeting_columns[] = {
    [M_MEETING] = {"meeting", true}, [M_NAME] = {"name", false},         [M_KIND] = {"kind", false},
    [M_MINUTES] = {"minutes", true}, [M_FROM] = {"from", true},          [M_TO] = {"to", true},
    [M_PRICE] = {"price", true},     [M_TOGETHER] = {"together", false}, [M_AGENTS] = {"agents", true},
};
static const struct csv_table meeting_table = {meeting_columns, G_N_ELEMENTS(meeting_columns), NULL, 0};

static int int_compare(const void *a, const void *b)
{
    return (*(const int *)a > *(const int *)b) - (*(const int *)a < *(const int *)b);
}

/* "m001;m002" */
static bool read_agents(const struct csv_load *load, const struct csv_row *row, struct meeting *meeting,
                        GError **error)
{
    g_auto(GStrv) parts = g_strsplit(csv_load_field(load, row, M_AGENTS), ";", -1);
    meeting->agents = g_new(int, g_strv_length(parts) + 1);
    for (char **part = parts; *part != NULL; part++) {
        const char *id = g_strstrip(*part);
        int agent = GPOINTER_TO_INT(g_hash_table_lookup(load->agents, id)) - 1;
        if (*id == '\0')
            continue;
        if (agent < 0)
            return csv_fail(row, "agents", error, "there is no agent \"%.64s\"", id);
        meeting->agents[meeting->n_agents++] = agent;
    }
    if (meeting->n_agents == 0)
        return csv_fail(row, "agents", error, "empty; write the ids like m001;m002");
    qsort(meeting->agents, (size_t)meeting->n_agents, sizeof(int), int_compare);
    for (int i = 1; i < meeting->n_agents; i++)
        if (meeting->agents[i] == meeting->agents[i - 1])
            return csv_fail(row, "agents", error, "agent %s is listed twice",
                            load->operation->agents[meeting->agents[i]].id);
    return true;
}

static bool read_meeting(const struct csv_load *load, const struct csv_row *row, struct meeting *meeting,
                         GError **error)
{
    const char *kind = csv_load_field(load, row, M_KIND);
    meeting->kind = ACTIVITY_MEETING;
    if (*kind != '\0' && (!activity_kind_parse(kind, &meeting->kind) ||
                          (meeting->kind != ACTIVITY_MEETING && meeting->kind != ACTIVITY_TRAINING)))
        return csv_fail(row, "kind", error, "\"%.40s\" is neither meeting nor training", kind);
    const struct zone *zone = g_ptr_array_index(load->zones, 0);
    double minutes = 0;
    int interval = load->operation->interval_min;
    if (!csv_load_number(load, row, M_MINUTES, 1, DAY_MIN, true, &minutes, error) ||
        !csv_load_when(load, row, M_FROM, zone, false, &meeting->from_ts, error) ||
        !csv_load_when(load, row, M_TO, zone, true, &meeting->to_ts, error) ||
        !csv_load_bool(load, row, M_TOGETHER, &meeting->together, error) ||
        !csv_load_number(load, row, M_PRICE, 0, PRICE_MAX, false, &meeting->price, error) ||
        !read_agents(load, row, meeting, error))
        return false;
    meeting->length_min = (int)minutes;
    if (meeting->length_min == 0 || meeting->length_min % interval != 0)
        return csv_fail(row, "minutes", error, "\"%s\" is no multiple of the planning interval of %d minutes",
                        csv_load_field(load, row, M_MINUTES), interval);
    if (meeting->to_ts - meeting->from_ts < (int64_t)meeting->length_min * 60)
        return csv_fail(row, "to", error, "its %d minutes do not fit between %s and %s", meeting->length_min,
                        csv_load_field(load, row, M_FROM), csv_load_field(load, row, M_TO));
    return true;
}

static bool add_meeting(struct csv_load *load, const struct csv_row *row, GError **error)
{
    const char *id = csv_load_field(load, row, M_MEETING), *name = csv_load_field(load, row, M_NAME);
    if (!id_ok(id))
        return csv_fail(row, "meeting", error, "\"%.80s\" is not 1 to %d characters of A-Z a-z 0-9 _ . -", id,
                        WFM_ID_MAX);
    for (guint i = 0; i < load->out->len; i++)
        if (strcmp(g_array_index(load->out, struct meeting, i).id, id) == 0)
            return csv_fail(row, "meeting", error, "there are two meetings %s", id);
    if (!csv_load_name(load, row, M_NAME, error))
        return false;
    struct meeting *slot = csv_load_append(load);
    slot->id = g_strdup(id);
    slot->name = g_strdup(*name != '\0' ? name : id);
    return read_meeting(load, row, slot, error);
}

static void zone_destroy(gpointer zone)
{
    zone_free(zone);
}

bool operation_read_meetings(struct operation *operation, const char *path, GError **error)
{
    g_autoptr(GHashTable) ids = csv_load_agents(operation);
    g_autoptr(GPtrArray) zones = g_ptr_array_new_with_free_func(zone_destroy);
    struct zone *zone = zone_new(operation->zone, error);
    if (zone == NULL)
        return false;
    g_ptr_array_add(zones, zone);
    struct csv_load load = {.table = &meeting_table,
                            .add = add_meeting,
                            .operation = operation,
                            .agents = ids,
                            .zones = zones,
                            .out = g_array_new(FALSE, TRUE, sizeof(struct meeting))};
    bool ok = csv_load_file(&load, path, error);
    struct operation fresh = *operation;
    fresh.n_meetings = (int)load.out->len;
    fresh.meetings = (struct meeting *)(void *)g_array_free(load.out, FALSE);
    if (!ok || !csv_load_checked(&fresh, path, error)) {
        operation_clear_meetings(&fresh);
        return false;
    }
    operation_clear_meetings(operation);
    *operation = fresh;
    return true;
}
