#include "wfm/run_ask.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "wfm/commands.h"
#include "wfm/pipeline.h"
#include "wfm/replan_ask.h"
#include "core/week.h"

#define K(kind) (1U << RUN_##kind)
#define MAKES (K(ROSTER) | K(PLAN) | K(REPLAN))
#define WEEKS (K(FORECAST) | K(STAFF) | K(ROSTER) | K(PLAN))

static const struct member {
    const char *name, *option; /* option NULL: the command's argument */
    unsigned kinds;
} members[] = {
    {"week", "week", WEEKS | K(SIMULATE)},
    {"weeks", "weeks", WEEKS},
    {"queues", "queue", K(FORECAST)},
    {"skip_missing", "skip-missing", K(FORECAST) | K(PLAN)},
    {"no_reconcile", "no-reconcile", K(FORECAST)},
    {"as_of", "as-of", K(FORECAST)},
    {"allow_missing", "allow-missing", K(STAFF) | K(ROSTER) | K(REPLAN)},
    {"scenarios", "scenario", WEEKS | K(REPLAN)},
    {"without", "without", WEEKS | K(REPLAN)},
    {"certain", "certain", K(STAFF) | MAKES | K(SIMULATE)},
    {"price", "price", K(ROSTER) | K(REPLAN)},
    {"more_agents", "more-agents", K(ROSTER) | K(PLAN)},
    {"locked_of", "locked-of", K(ROSTER)},
    {"sla", "sla", MAKES},
    {"seed", "seed", MAKES | K(SIMULATE)},
    {"gap", "gap", MAKES},
    {"rounds", "rounds", MAKES},
    {"seconds", "seconds", MAKES},
    {"simulate", "simulate", MAKES},
    {"corrections", "corrections", K(ROSTER) | K(PLAN)},
    {"confidence", "confidence", K(ROSTER) | K(PLAN)},
    {"from", "from", K(REPLAN)},
    {"absent", "absent", K(REPLAN)},
    {"change_price", "change-price", K(REPLAN)},
    {"break_price", "break-price", K(REPLAN)},
    {"roster", NULL, K(SIMULATE)},
    {"replications", "replications", K(SIMULATE)},
    {"half_width", "half-width", K(SIMULATE)},
    {"mean_shrinkage", "mean-shrinkage", K(SIMULATE)},
    {"handle_cv", "handle-cv", K(SIMULATE)},
};

static const struct command *const commands[RUN_KIND_N] = {
    [RUN_FORECAST] = &command_forecast, [RUN_STAFF] = &command_staff, [RUN_ROSTER] = &command_roster,
    [RUN_SIMULATE] = &command_simulate, [RUN_PLAN] = &command_plan,   [RUN_REPLAN] = &command_replan,
};

/* --- the table */

static const struct member *find_member(enum run_kind kind, const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
        if ((members[i].kinds & (1U << kind)) != 0 && strcmp(members[i].name, name) == 0)
            return &members[i];
    return NULL;
}

struct finding {
    const char *name;
    const struct option_row *row;
};

static void find_row_in(const struct option_row *row, void *user)
{
    struct finding *finding = user;
    if (strcmp(row->name, finding->name) == 0)
        finding->row = row;
}

/* NULL for the argument. */
static const struct option_row *find_row(enum run_kind kind, const struct member *member)
{
    struct finding finding = {member->option, NULL};
    if (member->option == NULL)
        return NULL;
    command_each_option(commands[kind], find_row_in, &finding);
    g_assert(finding.row != NULL);
    return finding.row;
}

void run_ask_each(enum run_kind kind, void (*fn)(const char *name, const struct option_row *row, void *user),
                  void *user)
{
    for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
        if ((members[i].kinds & (1U << kind)) != 0)
            fn(members[i].name, find_row(kind, &members[i]), user);
}

/* --- one value */

/* "a whole number from 1 to 8". g_free. */
static char *wanted(const struct option_row *row)
{
    static const char *const types[] = {[OPTION_FLAG] = "true or false",
                                        [OPTION_TEXT] = "a text",
                                        [OPTION_LIST] = "a list of texts",
                                        [OPTION_INT] = "a whole number",
                                        [OPTION_REAL] = "a number",
                                        [OPTION_SHARE] = "a share",
                                        [OPTION_SPAN] = "a span of time in seconds",
                                        [OPTION_CHOICE] = "one of "};
    if (row == NULL)
        return g_strdup("the number of a roster");
    if (row->type == OPTION_CHOICE)
        return g_strdup_printf("one of %s", row->arg);
    if (row->min == 0 && row->max == 0)
        return g_strdup(types[row->type]);
    return g_strdup_printf("%s from %.12g to %.12g", types[row->type], row->min, row->max);
}

static bool one_of(const char *words, const char *text)
{
    g_auto(GStrv) list = g_strsplit(words, "|", -1);
    return g_strv_contains((const char *const *)list, text);
}

static bool texts_ok(const json_t *value)
{
    size_t i;
    json_t *item;
    bool ok = json_is_array(value);
    json_array_foreach(value, i, item) ok = ok && json_is_string(item) && *json_string_value(item) != '\0';
    return ok;
}

static bool value_ok(const struct option_row *row, const json_t *value)
{
    double number = json_number_value(value);
    if (row == NULL)
        return json_is_integer(value) && json_integer_value(value) >= 1;
    switch (row->type) {
    case OPTION_FLAG:
        return json_is_boolean(value);
    case OPTION_TEXT:
        return json_is_string(value) && *json_string_value(value) != '\0';
    case OPTION_LIST:
        return texts_ok(value);
    case OPTION_CHOICE:
        return json_is_string(value) && one_of(row->arg, json_string_value(value));
    case OPTION_INT:
        if (!json_is_integer(value) && (!json_is_real(value) || number != floor(number)))
            return false;
        break;
    case OPTION_REAL:
    case OPTION_SHARE:
    case OPTION_SPAN:
        if (!json_is_number(value))
            return false;
        break;
    }
    return (row->min == 0 && row->max == 0) || (number >= row->min && number <= row->max);
}

static void wrong(json_t *errors, const char *member, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void wrong(json_t *errors, const char *member, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *detail = g_strdup_vprintf(format, args);
    va_end(args);
    g_autoptr(GString) pointer = g_string_new(member); /* RFC 6901 */
    g_string_replace(pointer, "~", "~0", 0);
    g_string_replace(pointer, "/", "~1", 0);
    g_string_prepend(pointer, "/");
    json_array_append_new(errors, json_pack("{s:s, s:s}", "pointer", pointer->str, "detail", detail));
}

/* --- settling */

/* Fills the week when there is none; the Monday of one that is written otherwise. */
static bool settle_week(struct store *store, const struct zone *zone, json_t *ask, json_t *errors,
                        GError **error)
{
    const char *text = json_string_value(json_object_get(ask, "week"));
    int32_t first_day;
    g_autoptr(GError) cause = NULL;
    if (text == NULL && !pipeline_default_week(store, zone, &first_day, error))
        return false;
    if (text != NULL && !week_parse(text, &first_day, &cause)) {
        wrong(errors, "week", "%s", cause->message);
        return true;
    }
    g_autofree char *week = week_format(first_day);
    json_object_set_new(ask, "week", json_string(week));
    return true;
}

static bool settle_roster(struct store *store, json_t *ask, json_t *errors, GError **error)
{
    json_t *roster = json_object_get(ask, "roster"), *week = json_object_get(ask, "week");
    struct roster_info info = {0};
    g_autoptr(GError) cause = NULL;
    int64_t id = json_integer_value(roster);
    if (roster != NULL && week != NULL) {
        wrong(errors, "week", "roster and week both say which: give one of them");
        return true;
    }
    if (roster == NULL && !pipeline_find_roster(store, NULL, json_string_value(week), NULL, &id, &cause)) {
        if (!g_error_matches(cause, WFM_ERROR, WFM_ERROR_INPUT)) {
            g_propagate_error(error, g_steal_pointer(&cause));
            return false;
        }
        wrong(errors, "week", "%s", cause->message);
        return true;
    }
    if (!store_roster_info(store, &scope_planner, id, &info, &cause)) {
        if (g_error_matches(cause, WFM_ERROR, WFM_ERROR_NOT_FOUND)) {
            wrong(errors, "roster", "%s", cause->message);
            return true;
        }
        g_propagate_error(error, g_steal_pointer(&cause));
        return false;
    }
    roster_info_clear(&info);
    json_object_set_new(ask, "roster", json_integer(id));
    json_object_del(ask, "week");
    return true;
}

static bool settle_instant(const struct zone *zone, json_t *ask, json_t *errors)
{
    const char *text = json_string_value(json_object_get(ask, "from"));
    g_autoptr(GError) cause = NULL;
    int64_t ts;
    if (text == NULL)
        wrong(errors, "from", "from when on? \"now\", or an instant such as 2026-11-25T14:00:00+01:00");
    else if (!replan_instant(text, zone, &ts, &cause))
        wrong(errors, "from", "%s", cause->message);
    else {
        g_autofree char *instant = time_format(ts, zone);
        json_object_set_new(ask, "from", json_string(instant));
    }
    return true;
}

/* What the command itself would say of options that do not go together. */
static void check_together(enum run_kind kind, const json_t *ask, json_t *errors)
{
    g_autoptr(GError) cause = NULL;
    struct roster_ask roster;
    AUTO(options) options = run_ask_options(kind, ask, &cause);
    if (options == NULL)
        wrong(errors, "kind", "%s", cause->message);
    else if ((kind == RUN_ROSTER || kind == RUN_PLAN) && !corrections_from(options, &roster, &cause))
        wrong(errors, "confidence", "%s", cause->message);
    const char *as_of = json_string_value(json_object_get(ask, "as_of"));
    int32_t day;
    if (as_of != NULL && !day_parse(as_of, &day, NULL))
        wrong(errors, "as_of", "%s: not a day such as 2026-11-23", as_of);
}

static bool settle(struct store *store, enum run_kind kind, json_t *ask, json_t *errors, GError **error)
{
    check_together(kind, ask, errors);
    if (kind == RUN_SIMULATE)
        return settle_roster(store, ask, errors, error);
    AUTO(operation) operation = store_operation_load(store, error);
    AUTO(zone) zone = operation != NULL ? zone_new(operation->zone, error) : NULL;
    if (zone == NULL)
        return false;
    return kind == RUN_REPLAN ? settle_instant(zone, ask, errors)
                              : settle_week(store, zone, ask, errors, error);
}

/* --- reading */

static bool read_kind(const json_t *request, enum run_kind *kind, json_t *errors)
{
    const char *name = json_string_value(json_object_get(request, "kind"));
    if (name != NULL && run_kind_parse(name, kind))
        return true;
    g_autoptr(GString) names = g_string_new(NULL);
    for (int k = 0; k < RUN_KIND_N; k++)
        g_string_append_printf(names, "%s%s", k > 0 ? ", " : "", run_kind_name((enum run_kind)k));
    wrong(errors, "kind", "which kind of run? one of %s", names->str);
    return false;
}

static json_t *read_members(const json_t *request, enum run_kind kind, json_t *errors)
{
    json_t *ask = json_object(), *value;
    const char *name;
    json_object_foreach((json_t *)request, name, value)
    {
        const struct member *member = find_member(kind, name);
        if (strcmp(name, "kind") == 0)
            continue;
        if (member == NULL) {
            wrong(errors, name, "a run of kind %s has no such member", run_kind_name(kind));
            continue;
        }
        const struct option_row *row = find_row(kind, member);
        g_autofree char *what = wanted(row);
        if (value_ok(row, value))
            json_object_set(ask, name, value);
        else
            wrong(errors, name, "must be %s", what);
    }
    return ask;
}

bool run_ask_read(struct store *store, const json_t *request, enum run_kind *kind, json_t **ask,
                  json_t *errors, GError **error)
{
    json_t *made = NULL;
    bool ok = true;
    if (!json_is_object(request))
        return wfm_fail(error, WFM_ERROR_INPUT, "a run is asked for by an object: {\"kind\": \"plan\"}");
    if (read_kind(request, kind, errors)) {
        made = read_members(request, *kind, errors);
        ok = json_array_size(errors) > 0 || settle(store, *kind, made, errors, error);
    }
    if (ok && json_array_size(errors) > 0) {
        const json_t *first = json_array_get(errors, 0);
        ok = wfm_fail(error, WFM_ERROR_INPUT, "%s: %s",
                      json_string_value(json_object_get(first, "pointer")) + 1,
                      json_string_value(json_object_get(first, "detail")));
    }
    if (ok)
        *ask = made;
    else
        json_decref(made);
    return ok;
}

/* --- options */

static void add_word(GPtrArray *words, const char *option, const json_t *value)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    size_t i;
    json_t *item;
    if (json_is_array(value))
        json_array_foreach(value, i, item) add_word(words, option, item);
    else if (json_is_boolean(value) && json_is_true(value))
        g_ptr_array_add(words, g_strdup_printf("--%s", option));
    else if (json_is_string(value))
        g_ptr_array_add(words, g_strdup_printf("--%s=%s", option, json_string_value(value)));
    else if (json_is_integer(value))
        g_ptr_array_add(words,
                        g_strdup_printf("--%s=%" JSON_INTEGER_FORMAT, option, json_integer_value(value)));
    else if (json_is_real(value))
        g_ptr_array_add(words,
                        g_strdup_printf("--%s=%s", option,
                                        g_ascii_dtostr(number, sizeof number, json_real_value(value))));
}

struct options *run_ask_options(enum run_kind kind, const json_t *ask, GError **error)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)ask, name, value)
    {
        const struct member *member = find_member(kind, name);
        if (member == NULL) {
            wfm_fail(error, WFM_ERROR_INPUT, "a run of kind %s has no member %s", run_kind_name(kind), name);
            return NULL;
        }
        if (member->option != NULL)
            add_word(words, member->option, value);
        else
            g_ptr_array_add(words, g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value)));
    }
    g_ptr_array_add(words, NULL);
    g_autofree char *path = g_strdup_printf("run %s", run_kind_name(kind));
    return options_parse(commands[kind], path, (const char *const *)words->pdata, error);
}

/* --- words */

/* The JSON value a word means; NULL when it is none of that type. */
static json_t *word_value(const struct option_row *row, const char *text)
{
    double number;
    if (row != NULL && row->type == OPTION_FLAG)
        return text == NULL || strcmp(text, "true") == 0 ? json_true()
               : strcmp(text, "false") == 0              ? json_false()
                                                         : NULL;
    if (text == NULL)
        return NULL;
    if (row != NULL && row->type == OPTION_SPAN && span_parse(text, &number))
        return json_real(number);
    if (row != NULL && row->type == OPTION_SHARE && share_parse(text, &number))
        return json_real(number);
    if (row != NULL && (row->type == OPTION_TEXT || row->type == OPTION_CHOICE))
        return json_string(text);
    if (row != NULL && row->type == OPTION_LIST) {
        g_auto(GStrv) parts = g_strsplit(text, ",", -1);
        json_t *list = json_array();
        for (int i = 0; parts[i] != NULL; i++)
            json_array_append_new(list, json_string(parts[i]));
        return list;
    }
    return json_loads(text, JSON_DECODE_ANY, NULL); /* numbers */
}

json_t *run_ask_words(enum run_kind kind, const char *const *words, GError **error)
{
    json_t *ask = json_pack("{s:s}", "kind", run_kind_name(kind));
    for (; *words != NULL; words++) {
        const char *equals = strchr(*words, '=');
        g_autofree char *name =
            equals != NULL ? g_strndup(*words, (gsize)(equals - *words)) : g_strdup(*words);
        const struct member *member = find_member(kind, name);
        json_t *value =
            member != NULL ? word_value(find_row(kind, member), equals != NULL ? equals + 1 : NULL) : NULL;
        g_autofree char *what = member != NULL ? wanted(find_row(kind, member)) : NULL;
        if (value != NULL && json_object_get(ask, name) == NULL) {
            json_object_set_new(ask, name, value);
            continue;
        }
        if (value != NULL)
            wfm_fail(error, WFM_ERROR_USAGE, "%s is given twice", name);
        else if (member == NULL)
            wfm_fail(error, WFM_ERROR_USAGE, "a run of kind %s has no %s", run_kind_name(kind), name);
        else
            wfm_fail(error, WFM_ERROR_USAGE, "%s: must be %s", *words, what);
        json_decref(value);
        json_decref(ask);
        return NULL;
    }
    return ask;
}
