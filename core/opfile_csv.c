#include <stdlib.h>
#include <string.h>

#include "core/csv.h"
#include "core/error.h"
#include "core/opfile.h"
#include "core/text.h"

#define NAME_BYTES_MAX 400
#define COLUMNS_MAX 8

/* A reader of one of the files: its columns (two variants where there is a short form) and what a row adds.
 */
struct table {
    const struct csv_column *columns;
    int n;
    const struct csv_column *short_columns; /* NULL: none; taken when its first column stands in the header */
    int n_short;
};

struct load {
    const struct table *table;
    bool (*add)(struct load *load, const struct csv_row *row, GError **error);
    const struct operation *operation;
    GHashTable *agents; /* id -> index + 1, for time off */
    GPtrArray *zones;   /* of the sites, opened when needed */
    GArray *out;
    const struct csv_column *columns; /* of the variant in use */
    int index[COLUMNS_MAX];
    bool is_short;
    int header_n; /* fields of the header, 0 before it was seen */
};

static bool on_row(const struct csv_row *row, void *user, GError **error)
{
    struct load *load = user;
    if (load->header_n == 0) {
        const struct table *table = load->table;
        for (int i = 0; table->short_columns != NULL && i < row->n; i++)
            load->is_short |= g_ascii_strcasecmp(row->fields[i], table->short_columns[0].name) == 0;
        load->columns = load->is_short ? table->short_columns : table->columns;
        load->header_n = row->n;
        return csv_header(row, load->columns, load->is_short ? table->n_short : table->n, true, load->index,
                          error);
    }
    if (row->n != load->header_n)
        return csv_fail(row, NULL, error,
                        "%d fields, but the header has %d columns; is a separator missing or a quote?",
                        row->n, load->header_n);
    return load->add(load, row, error);
}

static bool load_file(struct load *load, const char *path, GError **error)
{
    if (!csv_read(path, NULL, on_row, load, error))
        return false;
    if (load->header_n == 0)
        return wfm_fail(error, WFM_ERROR_INPUT, "%s: empty; its first line names the columns", path);
    return true;
}

static const char *field(const struct load *load, const struct csv_row *row, int i)
{
    return csv_field(row, load->index, i);
}

static bool fail_at(const struct load *load, const struct csv_row *row, int i, GError **error,
                    const GError *why)
{
    return csv_fail(row, load->columns[i].name, error, "%s", why->message);
}

/* The index of what the field names. */
static bool field_ref(const struct load *load, const struct csv_row *row, int i,
                      int (*find)(const struct operation *, const char *), const char *what, int *out,
                      GError **error)
{
    int found = find(load->operation, field(load, row, i));
    if (found < 0)
        return csv_fail(row, load->columns[i].name, error, "there is no %s \"%.64s\" in the operation", what,
                        field(load, row, i));
    *out = found;
    return true;
}

static bool field_day(const struct load *load, const struct csv_row *row, int i, int32_t none, int32_t *day,
                      GError **error)
{
    const char *text = field(load, row, i);
    g_autoptr(GError) why = NULL;
    if (*text == '\0') {
        *day = none;
        return true;
    }
    return day_parse(text, day, &why) || fail_at(load, row, i, error, why);
}

static bool name_fits(const struct load *load, const struct csv_row *row, int i, GError **error)
{
    size_t length = strlen(field(load, row, i));
    if (length > NAME_BYTES_MAX)
        return csv_fail(row, load->columns[i].name, error, "%zu bytes; at most %d", length, NAME_BYTES_MAX);
    if (!text_plain(field(load, row, i)))
        return csv_fail(row, load->columns[i].name, error, "a control character; remove it");
    return true;
}

/* A new element at the end, all zero; it is freed with the others, also after a failure. */
static void *append(struct load *load)
{
    g_array_set_size(load->out, load->out->len + 1);
    return load->out->data + (gsize)(load->out->len - 1) * g_array_get_element_size(load->out);
}

/* agents.csv */

enum { A_AGENT, A_NAME, A_SITE, A_CONTRACT, A_SKILLS, A_AVAILABLE, A_FROM, A_TO };
static const struct csv_column agent_columns[] = {
    [A_AGENT] = {"agent", true},         [A_NAME] = {"name", false},
    [A_SITE] = {"site", true},           [A_CONTRACT] = {"contract", true},
    [A_SKILLS] = {"skills", true},       [A_AVAILABLE] = {"available", false},
    [A_FROM] = {"employed_from", false}, [A_TO] = {"employed_to", false},
};
static const struct table agent_table = {agent_columns, G_N_ELEMENTS(agent_columns), NULL, 0};

static int skill_compare(const void *a, const void *b)
{
    const struct skill *x = a, *y = b;
    return (x->queue > y->queue) - (x->queue < y->queue);
}

/* "queue[:proficiency];queue…" */
static bool read_skills(const struct load *load, const struct csv_row *row, struct agent *agent,
                        GError **error)
{
    g_autoptr(GArray) skills = g_array_new(FALSE, TRUE, sizeof(struct skill));
    g_auto(GStrv) parts = g_strsplit(field(load, row, A_SKILLS), ";", -1);
    for (char **part = parts; *part != NULL; part++) {
        struct skill skill = {.proficiency = 1};
        char *id = g_strstrip(*part);
        if (*id == '\0')
            continue;
        char *colon = strchr(id, ':');
        if (colon != NULL) {
            *colon = '\0';
            if (!number_parse(g_strstrip(colon + 1), '.', &skill.proficiency) || skill.proficiency <= 0)
                return csv_fail(row, "skills", error,
                                "proficiency \"%.40s\" of %.64s is no number above 0; 1 is average",
                                colon + 1, id);
        }
        g_strchomp(id);
        skill.queue = operation_queue(load->operation, id);
        if (skill.queue < 0)
            return csv_fail(row, "skills", error, "there is no queue \"%.64s\" in the operation", id);
        g_array_append_val(skills, skill);
    }
    if (skills->len > 1)
        qsort(skills->data, skills->len, sizeof(struct skill), skill_compare);
    for (guint i = 1; i < skills->len; i++)
        if (g_array_index(skills, struct skill, i).queue == g_array_index(skills, struct skill, i - 1).queue)
            return csv_fail(row, "skills", error, "queue %s is listed twice",
                            load->operation->queues[g_array_index(skills, struct skill, i).queue].id);
    agent->n_skills = (int)skills->len;
    agent->skills = skills->len == 0 ? NULL : g_memdup2(skills->data, skills->len * sizeof(struct skill));
    return true;
}

static bool add_agent(struct load *load, const struct csv_row *row, GError **error)
{
    const char *id = field(load, row, A_AGENT);
    if (!id_ok(id))
        return csv_fail(row, "agent", error, "\"%.80s\" is not 1 to %d characters of A-Z a-z 0-9 _ . -", id,
                        WFM_ID_MAX);
    if (g_hash_table_contains(load->agents, id))
        return csv_fail(row, "agent", error, "there are two agents %s", id);
    if (!name_fits(load, row, A_NAME, error))
        return false;
    g_hash_table_add(load->agents, g_strdup(id));
    struct agent *slot = append(load);
    const char *name = field(load, row, A_NAME);
    slot->id = g_strdup(id);
    slot->name = g_strdup(*name != '\0' ? name : id);
    g_autoptr(GError) why = NULL;
    if (!field_ref(load, row, A_SITE, operation_site, "site", &slot->site, error) ||
        !field_ref(load, row, A_CONTRACT, operation_contract, "contract", &slot->contract, error) ||
        !read_skills(load, row, slot, error) ||
        !field_day(load, row, A_FROM, INT32_MIN, &slot->employed_from, error) ||
        !field_day(load, row, A_TO, INT32_MAX, &slot->employed_to, error))
        return false;
    if (!week_spans_parse(field(load, row, A_AVAILABLE), &slot->available, &slot->n_available, &why))
        return fail_at(load, row, A_AVAILABLE, error, why);
    if (slot->employed_from > slot->employed_to)
        return csv_fail(row, "employed_to", error, "%s is before employed_from %s", field(load, row, A_TO),
                        field(load, row, A_FROM));
    return true;
}

/* Runs operation_check with one part of the operation exchanged; the caller swaps it back on failure. */
static bool checked(const struct operation *operation, const char *path, GError **error)
{
    if (operation_check(operation, error))
        return true;
    g_prefix_error(error, "%s: ", path);
    return false;
}

bool operation_read_agents(struct operation *operation, const char *path, GError **error)
{
    g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    struct load load = {.table = &agent_table,
                        .add = add_agent,
                        .operation = operation,
                        .agents = ids,
                        .out = g_array_new(FALSE, TRUE, sizeof(struct agent))};
    bool ok = load_file(&load, path, error);
    struct operation fresh = *operation;
    fresh.n_agents = (int)load.out->len;
    fresh.agents = (struct agent *)(void *)g_array_free(load.out, FALSE);
    fresh.time_off = NULL;
    fresh.n_time_off = 0;
    if (!ok || !checked(&fresh, path, error)) {
        operation_clear_agents(&fresh);
        return false;
    }
    operation_clear_agents(operation);
    operation_clear_time_off(operation);
    *operation = fresh;
    return true;
}

/* time_off.csv */

enum { T_AGENT, T_START, T_END, T_KIND, T_CREDIT };
static const struct csv_column time_off_columns[] = {
    [T_AGENT] = {"agent", true},
    [T_START] = {"start", true},
    [T_END] = {"end", true},
    [T_KIND] = {"kind", false},
    [T_CREDIT] = {"credit_minutes", false},
};
static const struct table time_off_table = {time_off_columns, G_N_ELEMENTS(time_off_columns), NULL, 0};

/* An instant, or a date of the site: its first instant, or the one after its last when `end`. */
static bool read_when(const struct load *load, const struct csv_row *row, int i, const struct zone *zone,
                      bool end, int64_t *ts, GError **error)
{
    const char *text = field(load, row, i);
    int32_t day;
    if (day_parse(text, &day, NULL)) {
        *ts = zone_day_start(zone, end ? day + 1 : day);
        return true;
    }
    g_autoptr(GError) why = NULL;
    return time_parse(text, NULL, ts, &why) || fail_at(load, row, i, error, why);
}

static bool add_time_off(struct load *load, const struct csv_row *row, GError **error)
{
    struct time_off off = {0};
    off.agent = GPOINTER_TO_INT(g_hash_table_lookup(load->agents, field(load, row, T_AGENT))) - 1;
    if (off.agent < 0)
        return csv_fail(row, "agent", error, "there is no agent \"%.64s\"", field(load, row, T_AGENT));
    const struct zone *zone = g_ptr_array_index(load->zones, load->operation->agents[off.agent].site);
    if (!read_when(load, row, T_START, zone, false, &off.start_ts, error) ||
        !read_when(load, row, T_END, zone, true, &off.end_ts, error) || !name_fits(load, row, T_KIND, error))
        return false;
    if (off.end_ts <= off.start_ts)
        return csv_fail(row, "end", error, "%s is not after the start %s", field(load, row, T_END),
                        field(load, row, T_START));
    const char *credit = field(load, row, T_CREDIT);
    double minutes = 0;
    if (*credit != '\0' && (!number_parse(credit, '.', &minutes) || minutes < 0 || minutes > DAY_MIN ||
                            minutes != (double)(int)minutes))
        return csv_fail(row, "credit_minutes", error,
                        "\"%.40s\" is no whole number within 0..%d (paid minutes per day)", credit, DAY_MIN);
    off.credit_min = (int)minutes;
    struct time_off *slot = append(load);
    *slot = off;
    slot->kind = g_strdup(field(load, row, T_KIND));
    return true;
}

static void zone_destroy(gpointer zone)
{
    zone_free(zone);
}

bool operation_read_time_off(struct operation *operation, const char *path, GError **error)
{
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
    for (int i = 0; i < operation->n_agents; i++)
        g_hash_table_insert(ids, operation->agents[i].id, GINT_TO_POINTER(i + 1));
    g_autoptr(GPtrArray) zones = g_ptr_array_new_with_free_func(zone_destroy);
    for (int i = 0; i < operation->n_sites; i++) {
        struct zone *zone = zone_new(operation->sites[i].zone, error);
        if (zone == NULL)
            return false;
        g_ptr_array_add(zones, zone);
    }
    struct load load = {.table = &time_off_table,
                        .add = add_time_off,
                        .operation = operation,
                        .agents = ids,
                        .zones = zones,
                        .out = g_array_new(FALSE, TRUE, sizeof(struct time_off))};
    bool ok = load_file(&load, path, error);
    struct operation fresh = *operation;
    fresh.n_time_off = (int)load.out->len;
    fresh.time_off = (struct time_off *)(void *)g_array_free(load.out, FALSE);
    if (!ok || !checked(&fresh, path, error)) {
        operation_clear_time_off(&fresh);
        return false;
    }
    operation_clear_time_off(operation);
    *operation = fresh;
    return true;
}

/* special_days.csv */

enum { S_SCOPE, S_ID, S_DATE, S_NAME, S_KIND };
static const struct csv_column special_columns[] = {
    [S_SCOPE] = {"scope", true}, [S_ID] = {"id", true},     [S_DATE] = {"date", true},
    [S_NAME] = {"name", true},   [S_KIND] = {"kind", true},
};
enum { SHORT_QUEUE, SHORT_DATE, SHORT_NAME, SHORT_KIND };
static const struct csv_column special_short_columns[] = {
    [SHORT_QUEUE] = {"queue", true},
    [SHORT_DATE] = {"date", true},
    [SHORT_NAME] = {"name", true},
    [SHORT_KIND] = {"kind", true},
};
static const struct table special_table = {special_columns, G_N_ELEMENTS(special_columns),
                                           special_short_columns, G_N_ELEMENTS(special_short_columns)};

static bool read_scope(const struct load *load, const struct csv_row *row, struct special_day *special,
                       GError **error)
{
    static int (*const find[SCOPE_N])(const struct operation *, const char *) = {
        [SCOPE_CLIENT] = operation_client, [SCOPE_QUEUE] = operation_queue, [SCOPE_SITE] = operation_site};
    if (load->is_short) {
        special->scope = SCOPE_QUEUE;
        return field_ref(load, row, SHORT_QUEUE, operation_queue, "queue", &special->index, error);
    }
    const char *scope = field(load, row, S_SCOPE);
    if (!special_scope_parse(scope, &special->scope))
        return csv_fail(row, "scope", error, "\"%.40s\" is none of all, client, queue, site", scope);
    if (special->scope != SCOPE_ALL)
        return field_ref(load, row, S_ID, find[special->scope], scope, &special->index, error);
    if (*field(load, row, S_ID) != '\0')
        return csv_fail(row, "id", error, "\"%.64s\" with scope all; leave it empty", field(load, row, S_ID));
    return true;
}

static bool add_special(struct load *load, const struct csv_row *row, GError **error)
{
    struct special_day special = {0};
    int date = load->is_short ? SHORT_DATE : S_DATE, name = load->is_short ? SHORT_NAME : S_NAME;
    int kind = load->is_short ? SHORT_KIND : S_KIND;
    if (!read_scope(load, row, &special, error) || !name_fits(load, row, name, error))
        return false;
    g_autoptr(GError) why = NULL;
    if (!day_parse(field(load, row, date), &special.day, &why))
        return fail_at(load, row, date, error, why);
    if (*field(load, row, name) == '\0')
        return csv_fail(row, "name", error, "empty; the same name marks the same feast in every year");
    if (!special_kind_parse(field(load, row, kind), &special.kind))
        return csv_fail(row, "kind", error, "\"%.40s\" is none of closed, holiday, event, unplanned",
                        field(load, row, kind));
    struct special_day *slot = append(load);
    *slot = special;
    slot->name = g_strdup(field(load, row, name));
    return true;
}

bool operation_read_special_days(struct operation *operation, const char *path, GError **error)
{
    struct load load = {.table = &special_table,
                        .add = add_special,
                        .operation = operation,
                        .out = g_array_new(FALSE, TRUE, sizeof(struct special_day))};
    bool ok = load_file(&load, path, error);
    struct operation fresh = *operation;
    fresh.n_special_days = (int)load.out->len;
    fresh.special_days = (struct special_day *)(void *)g_array_free(load.out, FALSE);
    if (!ok || !checked(&fresh, path, error)) {
        operation_clear_special_days(&fresh);
        return false;
    }
    operation_clear_special_days(operation);
    *operation = fresh;
    return true;
}
