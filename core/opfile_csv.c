#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/opfile.h"
#include "core/opfile_csv.h"
#include "core/text.h"

#define NAME_BYTES_MAX 400

static bool on_row(const struct csv_row *row, void *user, GError **error)
{
    struct csv_load *load = user;
    if (load->header_n == 0) {
        const struct csv_table *table = load->table;
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

/* The file, or the text that stands for it. */
static bool read_rows(struct csv_load *load, const char *path, GError **error)
{
    if (load->text == NULL)
        return csv_read(path, NULL, on_row, load, error);
    struct csv_options options = {.stream = fmemopen((void *)(uintptr_t)load->text, load->length, "rb")};
    if (options.stream == NULL)
        return wfm_fail(error, WFM_ERROR_IO, "%s: %s", path, g_strerror(errno));
    bool ok = csv_read(path, &options, on_row, load, error);
    fclose(options.stream);
    return ok;
}

bool csv_load_file(struct csv_load *load, const char *path, GError **error)
{
    if (!read_rows(load, path, error))
        return false;
    if (load->header_n == 0)
        return wfm_fail(error, WFM_ERROR_INPUT, "%s: empty; its first line names the columns", path);
    return true;
}

bool csv_load_fail(const struct csv_load *load, const struct csv_row *row, int i, GError **error,
                   const GError *why)
{
    return csv_fail(row, load->columns[i].name, error, "%s", why->message);
}

bool csv_load_ref(const struct csv_load *load, const struct csv_row *row, int i,
                  int (*find)(const struct operation *, const char *), const char *what, int *out,
                  GError **error)
{
    int found = find(load->operation, csv_load_field(load, row, i));
    if (found < 0)
        return csv_fail(row, load->columns[i].name, error, "there is no %s \"%.64s\" in the operation", what,
                        csv_load_field(load, row, i));
    *out = found;
    return true;
}

bool csv_load_day(const struct csv_load *load, const struct csv_row *row, int i, int32_t none, int32_t *day,
                  GError **error)
{
    const char *text = csv_load_field(load, row, i);
    g_autoptr(GError) why = NULL;
    if (*text == '\0') {
        *day = none;
        return true;
    }
    return day_parse(text, day, &why) || csv_load_fail(load, row, i, error, why);
}

bool csv_load_name(const struct csv_load *load, const struct csv_row *row, int i, GError **error)
{
    size_t length = strlen(csv_load_field(load, row, i));
    if (length > NAME_BYTES_MAX)
        return csv_fail(row, load->columns[i].name, error, "%zu bytes; at most %d", length, NAME_BYTES_MAX);
    if (!text_plain(csv_load_field(load, row, i)))
        return csv_fail(row, load->columns[i].name, error, "a control character; remove it");
    return true;
}

void *csv_load_append(struct csv_load *load)
{
    g_array_set_size(load->out, load->out->len + 1);
    return load->out->data + (gsize)(load->out->len - 1) * g_array_get_element_size(load->out);
}

bool csv_load_bool(const struct csv_load *load, const struct csv_row *row, int i, bool *value, GError **error)
{
    static const char *const words[] = {"", "no", "false", "0", "yes", "true", "1"};
    enum { FIRST_YES = 4 };
    for (size_t k = 0; k < G_N_ELEMENTS(words); k++)
        if (g_ascii_strcasecmp(csv_load_field(load, row, i), words[k]) == 0) {
            *value = k >= FIRST_YES;
            return true;
        }
    return csv_fail(row, load->columns[i].name, error, "\"%.40s\" is neither yes nor no",
                    csv_load_field(load, row, i));
}

bool csv_load_number(const struct csv_load *load, const struct csv_row *row, int i, double min, double max,
                     bool whole, double *value, GError **error)
{
    const char *text = csv_load_field(load, row, i);
    double found;
    if (*text == '\0')
        return true;
    if (!number_parse(text, '.', &found) || found < min || found > max || (whole && found != floor(found)))
        return csv_fail(row, load->columns[i].name, error, "\"%.40s\" is no %snumber within %.10g..%.10g",
                        text, whole ? "whole " : "", min, max);
    *value = found;
    return true;
}

bool csv_load_when(const struct csv_load *load, const struct csv_row *row, int i, const struct zone *zone,
                   bool end, int64_t *ts, GError **error)
{
    const char *text = csv_load_field(load, row, i);
    int32_t day;
    if (day_parse(text, &day, NULL)) {
        *ts = zone_day_start(zone, end ? day + 1 : day);
        return true;
    }
    g_autoptr(GError) why = NULL;
    return time_parse(text, NULL, ts, &why) || csv_load_fail(load, row, i, error, why);
}

GHashTable *csv_load_agents(const struct operation *operation)
{
    GHashTable *ids = g_hash_table_new(g_str_hash, g_str_equal);
    for (int i = 0; i < operation->n_agents; i++)
        g_hash_table_insert(ids, operation->agents[i].id, GINT_TO_POINTER(i + 1));
    return ids;
}

bool csv_load_agent(const struct csv_load *load, const struct csv_row *row, int i, int *agent, GError **error)
{
    int found = GPOINTER_TO_INT(g_hash_table_lookup(load->agents, csv_load_field(load, row, i))) - 1;
    if (found < 0)
        return csv_fail(row, load->columns[i].name, error, "there is no agent \"%.64s\"",
                        csv_load_field(load, row, i));
    *agent = found;
    return true;
}

bool csv_load_checked(const struct operation *operation, const char *path, GError **error)
{
    if (operation_check(operation, error))
        return true;
    g_prefix_error(error, "%s: ", path);
    return false;
}

/* agents.csv */

enum {
    A_AGENT,
    A_NAME,
    A_SITE,
    A_CONTRACT,
    A_SKILLS,
    A_AVAILABLE,
    A_FROM,
    A_TO,
    A_LEAD,
    A_RANK,
    A_OPTIONAL,
    A_HIRE_PRICE
};
static const struct csv_column agent_columns[] = {
    [A_AGENT] = {"agent", true},         [A_NAME] = {"name", false},
    [A_SITE] = {"site", true},           [A_CONTRACT] = {"contract", true},
    [A_SKILLS] = {"skills", true},       [A_AVAILABLE] = {"available", false},
    [A_FROM] = {"employed_from", false}, [A_TO] = {"employed_to", false},
    [A_LEAD] = {"lead", false},          [A_RANK] = {"rank", false},
    [A_OPTIONAL] = {"optional", false},  [A_HIRE_PRICE] = {"hire_price", false},
};
static const struct csv_table agent_table = {agent_columns, G_N_ELEMENTS(agent_columns), NULL, 0};

/* Cuts "@level" off the end of a skill. */
static bool read_level(const struct csv_row *row, char *text, int *overflow, GError **error)
{
    char *at = strchr(text, '@');
    double level;
    *overflow = 0;
    if (at == NULL)
        return true;
    *at = '\0';
    if (!number_parse(g_strstrip(at + 1), '.', &level) || level < 1 || level > OVERFLOW_MAX + 1 ||
        level != floor(level))
        return csv_fail(row, "skills", error,
                        "level \"%.40s\" of %.64s is no whole number within 1..%d; 1 is the first choice, "
                        "queue:proficiency@level the order",
                        at + 1, text, OVERFLOW_MAX + 1);
    *overflow = (int)level - 1;
    return true;
}

/* "queue[:proficiency][@level];queue…" */
static bool read_skills(const struct csv_load *load, const struct csv_row *row, struct agent *agent,
                        GError **error)
{
    g_autoptr(GArray) skills = g_array_new(FALSE, TRUE, sizeof(struct skill));
    g_auto(GStrv) parts = g_strsplit(csv_load_field(load, row, A_SKILLS), ";", -1);
    for (char **part = parts; *part != NULL; part++) {
        struct skill skill = {.proficiency = 1};
        char *id = g_strstrip(*part);
        if (*id == '\0')
            continue;
        if (!read_level(row, id, &skill.overflow, error))
            return false;
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

/* What an agent is beyond a pair of hands: team lead, rank, optional. */
static bool read_standing(const struct csv_load *load, const struct csv_row *row, struct agent *agent,
                          GError **error)
{
    double rank = 0;
    if (!csv_load_bool(load, row, A_LEAD, &agent->lead, error) ||
        !csv_load_number(load, row, A_RANK, 0, 1000000, true, &rank, error) ||
        !csv_load_bool(load, row, A_OPTIONAL, &agent->optional, error) ||
        !csv_load_number(load, row, A_HIRE_PRICE, 0, 1e9, false, &agent->hire_price, error))
        return false;
    agent->rank = (int)rank;
    if (agent->hire_price > 0 && !agent->optional)
        return csv_fail(row, "hire_price", error,
                        "%s, but optional is not yes: the agent is employed already",
                        csv_load_field(load, row, A_HIRE_PRICE));
    return true;
}

static bool add_agent(struct csv_load *load, const struct csv_row *row, GError **error)
{
    const char *id = csv_load_field(load, row, A_AGENT);
    if (!id_ok(id))
        return csv_fail(row, "agent", error, "\"%.80s\" is not 1 to %d characters of A-Z a-z 0-9 _ . -", id,
                        WFM_ID_MAX);
    if (g_hash_table_contains(load->agents, id))
        return csv_fail(row, "agent", error, "there are two agents %s", id);
    if (!csv_load_name(load, row, A_NAME, error))
        return false;
    g_hash_table_add(load->agents, g_strdup(id));
    struct agent *slot = csv_load_append(load);
    const char *name = csv_load_field(load, row, A_NAME);
    slot->id = g_strdup(id);
    slot->name = g_strdup(*name != '\0' ? name : id);
    g_autoptr(GError) why = NULL;
    if (!csv_load_ref(load, row, A_SITE, operation_site, "site", &slot->site, error) ||
        !csv_load_ref(load, row, A_CONTRACT, operation_contract, "contract", &slot->contract, error) ||
        !read_skills(load, row, slot, error) ||
        !csv_load_day(load, row, A_FROM, INT32_MIN, &slot->employed_from, error) ||
        !csv_load_day(load, row, A_TO, INT32_MAX, &slot->employed_to, error) ||
        !read_standing(load, row, slot, error))
        return false;
    if (!week_spans_parse(csv_load_field(load, row, A_AVAILABLE), &slot->available, &slot->n_available, &why))
        return csv_load_fail(load, row, A_AVAILABLE, error, why);
    if (slot->employed_from > slot->employed_to)
        return csv_fail(row, "employed_to", error, "%s is before employed_from %s",
                        csv_load_field(load, row, A_TO), csv_load_field(load, row, A_FROM));
    return true;
}

static bool load_agents(struct csv_load *load, const struct operation *operation, const char *path,
                        GError **error)
{
    g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    load->table = &agent_table;
    load->add = add_agent;
    load->operation = operation;
    load->agents = ids;
    load->out = g_array_new(FALSE, TRUE, sizeof(struct agent));
    return csv_load_file(load, path, error);
}

/* The elements one by one, or when the reading failed none. */
static bool take_elements(struct csv_load *load, bool ok, void (*clear)(void *element), void ***out, int *n)
{
    size_t size = g_array_get_element_size(load->out);
    void **elements = g_new0(void *, load->out->len + 1);
    for (guint i = 0; i < load->out->len; i++) {
        char *element = load->out->data + (size_t)i * size;
        if (ok)
            elements[i] = g_memdup2(element, size);
        else
            clear(element);
    }
    if (ok) {
        *out = elements;
        *n = (int)load->out->len;
    } else {
        g_free(elements);
    }
    g_array_free(load->out, TRUE);
    return ok;
}

static void clear_agent(void *agent)
{
    agent_clear(agent);
}

bool operation_read_agents_text(const struct operation *operation, const char *path, const char *text,
                                size_t length, void ***out, int *n, GError **error)
{
    struct csv_load load = {.text = text, .length = length};
    return take_elements(&load, load_agents(&load, operation, path, error), clear_agent, out, n);
}

bool operation_read_agents(struct operation *operation, const char *path, GError **error)
{
    struct csv_load load = {0};
    bool ok = load_agents(&load, operation, path, error);
    struct operation fresh = *operation;
    fresh.n_agents = (int)load.out->len;
    fresh.agents = (struct agent *)(void *)g_array_free(load.out, FALSE);
    fresh.time_off = NULL;
    fresh.n_time_off = 0;
    fresh.preferences = NULL;
    fresh.n_preferences = 0;
    fresh.meetings = NULL;
    fresh.n_meetings = 0;
    if (!ok || !csv_load_checked(&fresh, path, error)) {
        operation_clear_agents(&fresh);
        return false;
    }
    operation_clear_agents(operation);
    operation_clear_time_off(operation);
    operation_clear_preferences(operation);
    operation_clear_meetings(operation);
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
static const struct csv_table time_off_table = {time_off_columns, G_N_ELEMENTS(time_off_columns), NULL, 0};

static bool add_time_off(struct csv_load *load, const struct csv_row *row, GError **error)
{
    struct time_off off = {0};
    if (!csv_load_agent(load, row, T_AGENT, &off.agent, error))
        return false;
    const struct zone *zone = g_ptr_array_index(load->zones, load->operation->agents[off.agent].site);
    if (!csv_load_when(load, row, T_START, zone, false, &off.start_ts, error) ||
        !csv_load_when(load, row, T_END, zone, true, &off.end_ts, error) ||
        !csv_load_name(load, row, T_KIND, error))
        return false;
    if (off.end_ts <= off.start_ts)
        return csv_fail(row, "end", error, "%s is not after the start %s", csv_load_field(load, row, T_END),
                        csv_load_field(load, row, T_START));
    const char *credit = csv_load_field(load, row, T_CREDIT);
    double minutes = 0;
    if (*credit != '\0' && (!number_parse(credit, '.', &minutes) || minutes < 0 || minutes > DAY_MIN ||
                            minutes != (double)(int)minutes))
        return csv_fail(row, "credit_minutes", error,
                        "\"%.40s\" is no whole number within 0..%d (paid minutes per day)", credit, DAY_MIN);
    off.credit_min = (int)minutes;
    struct time_off *slot = csv_load_append(load);
    *slot = off;
    slot->kind = g_strdup(csv_load_field(load, row, T_KIND));
    return true;
}

static void zone_destroy(gpointer zone)
{
    zone_free(zone);
}

static bool load_time_off(struct csv_load *load, const struct operation *operation, const char *path,
                          GError **error)
{
    g_autoptr(GHashTable) ids = csv_load_agents(operation);
    g_autoptr(GPtrArray) zones = g_ptr_array_new_with_free_func(zone_destroy);
    load->out = g_array_new(FALSE, TRUE, sizeof(struct time_off));
    for (int i = 0; i < operation->n_sites; i++) {
        struct zone *zone = zone_new(operation->sites[i].zone, error);
        if (zone == NULL)
            return false;
        g_ptr_array_add(zones, zone);
    }
    load->table = &time_off_table;
    load->add = add_time_off;
    load->operation = operation;
    load->agents = ids;
    load->zones = zones;
    return csv_load_file(load, path, error);
}

static void clear_time_off(void *off)
{
    time_off_clear(off);
}

bool operation_read_time_off_text(const struct operation *operation, const char *path, const char *text,
                                  size_t length, void ***out, int *n, GError **error)
{
    struct csv_load load = {.text = text, .length = length};
    return take_elements(&load, load_time_off(&load, operation, path, error), clear_time_off, out, n);
}

bool operation_read_time_off(struct operation *operation, const char *path, GError **error)
{
    struct csv_load load = {0};
    bool ok = load_time_off(&load, operation, path, error);
    struct operation fresh = *operation;
    fresh.n_time_off = (int)load.out->len;
    fresh.time_off = (struct time_off *)(void *)g_array_free(load.out, FALSE);
    if (!ok || !csv_load_checked(&fresh, path, error)) {
        operation_clear_time_off(&fresh);
        return false;
    }
    operation_clear_time_off(operation);
    *operation = fresh;
    return true;
}

/* special_days.csv */

enum { S_SCOPE, S_ID, S_DATE, S_NAME, S_KIND, S_UPLIFT, S_OPEN };
static const struct csv_column special_columns[] = {
    [S_SCOPE] = {"scope", true}, [S_ID] = {"id", true},     [S_DATE] = {"date", true},
    [S_NAME] = {"name", true},   [S_KIND] = {"kind", true}, [S_UPLIFT] = {"uplift_percent", false},
    [S_OPEN] = {"open", false},
};
enum { SHORT_QUEUE, SHORT_DATE, SHORT_NAME, SHORT_KIND, SHORT_UPLIFT, SHORT_OPEN };
static const struct csv_column special_short_columns[] = {
    [SHORT_QUEUE] = {"queue", true},
    [SHORT_DATE] = {"date", true},
    [SHORT_NAME] = {"name", true},
    [SHORT_KIND] = {"kind", true},
    [SHORT_UPLIFT] = {"uplift_percent", false},
    [SHORT_OPEN] = {"open", false},
};
static const struct csv_table special_table = {special_columns, G_N_ELEMENTS(special_columns),
                                               special_short_columns, G_N_ELEMENTS(special_short_columns)};

static bool read_scope(const struct csv_load *load, const struct csv_row *row, struct special_day *special,
                       GError **error)
{
    static int (*const find[SCOPE_N])(const struct operation *, const char *) = {
        [SCOPE_CLIENT] = operation_client, [SCOPE_QUEUE] = operation_queue, [SCOPE_SITE] = operation_site};
    if (load->is_short) {
        special->scope = SCOPE_QUEUE;
        return csv_load_ref(load, row, SHORT_QUEUE, operation_queue, "queue", &special->index, error);
    }
    const char *scope = csv_load_field(load, row, S_SCOPE);
    if (!special_scope_parse(scope, &special->scope))
        return csv_fail(row, "scope", error, "\"%.40s\" is none of all, client, queue, site", scope);
    if (special->scope != SCOPE_ALL)
        return csv_load_ref(load, row, S_ID, find[special->scope], scope, &special->index, error);
    if (*csv_load_field(load, row, S_ID) != '\0')
        return csv_fail(row, "id", error, "\"%.64s\" with scope all; leave it empty",
                        csv_load_field(load, row, S_ID));
    return true;
}

/* "09:00-13:00" as minutes of the day; empty: the usual hours. */
static bool read_hours(const struct csv_load *load, const struct csv_row *row, int column,
                       struct special_day *special, GError **error)
{
    const char *text = csv_load_field(load, row, column);
    if (*text == '\0')
        return true;
    g_auto(GStrv) ends = g_strsplit(text, "-", 2);
    if (g_strv_length(ends) == 2 &&
        clock_parse(g_strstrip(ends[0]), DAY_MIN - 1, &special->open_from_min, NULL) &&
        clock_parse(g_strstrip(ends[1]), DAY_MIN, &special->open_to_min, NULL))
        return true;
    return csv_fail(row, "open", error, "\"%.40s\" is not like 09:00-13:00", text);
}

static bool add_special(struct csv_load *load, const struct csv_row *row, GError **error)
{
    struct special_day special = {0};
    int date = load->is_short ? SHORT_DATE : S_DATE, name = load->is_short ? SHORT_NAME : S_NAME;
    int kind = load->is_short ? SHORT_KIND : S_KIND, uplift = load->is_short ? SHORT_UPLIFT : S_UPLIFT;
    double percent = 0;
    if (!read_scope(load, row, &special, error) || !csv_load_name(load, row, name, error))
        return false;
    g_autoptr(GError) why = NULL;
    if (!day_parse(csv_load_field(load, row, date), &special.day, &why))
        return csv_load_fail(load, row, date, error, why);
    if (*csv_load_field(load, row, name) == '\0')
        return csv_fail(row, "name", error, "empty; the same name marks the same feast in every year");
    if (!special_kind_parse(csv_load_field(load, row, kind), &special.kind))
        return csv_fail(row, "kind", error,
                        "\"%.40s\" is none of closed, holiday, event, special, unplanned, ordinary",
                        csv_load_field(load, row, kind));
    if (!csv_load_number(load, row, uplift, -100, 10000, false, &percent, error) ||
        !read_hours(load, row, load->is_short ? SHORT_OPEN : S_OPEN, &special, error))
        return false;
    special.has_uplift = *csv_load_field(load, row, uplift) != '\0';
    special.uplift = percent / 100;
    struct special_day *slot = csv_load_append(load);
    *slot = special;
    slot->name = g_strdup(csv_load_field(load, row, name));
    return true;
}

bool operation_read_special_days(struct operation *operation, const char *path, GError **error)
{
    struct csv_load load = {.table = &special_table,
                            .add = add_special,
                            .operation = operation,
                            .out = g_array_new(FALSE, TRUE, sizeof(struct special_day))};
    bool ok = csv_load_file(&load, path, error);
    struct operation fresh = *operation;
    fresh.n_special_days = (int)load.out->len;
    fresh.special_days = (struct special_day *)(void *)g_array_free(load.out, FALSE);
    if (!ok || !csv_load_checked(&fresh, path, error)) {
        operation_clear_special_days(&fresh);
        return false;
    }
    operation_clear_special_days(operation);
    *operation = fresh;
    return true;
}
