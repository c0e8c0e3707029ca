#include "wfm/staff_ask.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/text.h"

const struct option_row staff_rows[] = {
    {"allow-missing", OPTION_FLAG, NULL, NULL, 0, 0, "queues without forecast count as without contacts"},
    {"calls", OPTION_REAL, "N", NULL, 0, 1e7, "calculator: contacts offered in --per; no database is used"},
    {"per", OPTION_SPAN, "TIME", "30min", 1, 604800, "calculator: the time --calls is counted over"},
    {"aht", OPTION_SPAN, "TIME", "180s", 0.1, 604800, "calculator: average handling time"},
    {"target", OPTION_SHARE, "SHARE", "0.8", 0, 1,
     "calculator: share to answer in time, 0 = no such target; of deferred work all of it unless given"},
    {"threshold", OPTION_SPAN, "TIME", "20s", 0, 604800, "calculator: what in time means"},
    {"patience", OPTION_SPAN, "TIME", "0", 0, 604800,
     "calculator: mean time until callers give up; 0 = they never do"},
    {"definition", OPTION_CHOICE, "offered|answered|aban_ignored|aban_positive|excl_short|virtual", "offered",
     0, 0, "calculator: what the share is counted over"},
    {"short-abandon", OPTION_SPAN, "TIME", "5s", 0, 604800,
     "calculator: who gives up sooner is left out of excl_short"},
    {"asa-max", OPTION_SPAN, "TIME", "0", 0, 604800,
     "calculator: mean wait of the answered is at most this; 0 = no such target"},
    {"abandon-max", OPTION_SHARE, "SHARE", "1", 0, 1,
     "calculator: at most this share gives up; 1 = no such target"},
    {"occupancy-max", OPTION_SHARE, "SHARE", "1", 0.01, 1,
     "calculator: agents are at most this busy; 1 = no such target; of deferred work the share of the time "
     "that "
     "is work"},
    {"shrinkage", OPTION_TEXT, "SHARE", "0", 0, 0,
     "calculator: paid time on shift without contacts: 0.3, or by parts that multiply: "
     "adherence=0.03,system=0.02"},
    {"chats", OPTION_INT, "N", "1", 1, CALCULATOR_CHATS_MAX,
     "calculator: contacts one agent handles at once (chat)"},
    {"chat-aht", OPTION_TEXT, "TIME,…", NULL, 0, 0,
     "calculator: handling times at 1, 2, … contacts at once, instead of --aht: 480,570,690"},
    {"room", OPTION_INT, "N", NULL, 0, 1000000,
     "calculator: places to wait in; who finds none is turned away"},
    {"lines", OPTION_INT, "N", NULL, 1, 1000000,
     "calculator: contacts handled or waiting at once; who finds no line is turned away"},
    {"blend-idle", OPTION_INT, "N", NULL, 0, 100000,
     "calculator: outbound work of the same --aht is started while more agents than this are idle"},
    {"busyness", OPTION_SHARE, "SHARE", "0", 0, 2,
     "calculator: standard deviation of the true rate around --calls, as a share of it: an uncertain "
     "forecast"},
    {"agents", OPTION_REAL, "N", NULL, 0, 100000, "calculator: what so many agents on shift achieve"},
    {"solve-for", OPTION_CHOICE, "agents|calls|aht|patience|threshold|target|due", "agents", 0, 0,
     "calculator: the value with which --agents just meet the targets"},
    {"grid", OPTION_LIST, "NAME=VALUES", NULL, 0, 0,
     "calculator: what if: walk over values of an option, aht=150:240:15 or calls=300,400,500"},
    {"show", OPTION_TEXT, "FIGURE", NULL, 0, 0,
     "calculator: what the table over two --grid shows: a column of --format csv (default agents, with "
     "--agents "
     "service_level)"},
    {"definitions", OPTION_FLAG, NULL, NULL, 0, 0,
     "calculator: the service level by all six definitions in the table, too"},
    {"due", OPTION_SPAN, "TIME", NULL, 1, 8640000,
     "calculator: deferred work (email, back office): time open until it must be done; --calls come evenly "
     "around the clock"},
    {"backlog", OPTION_REAL, "N", "0", 0, 1e8,
     "calculator: deferred contacts that wait when the week begins"},
    {"open", OPTION_SPAN, "TIME", "8h", 300, 86400, "calculator: time open a day"},
    {"days", OPTION_INT, "N", "5", 1, 7, "calculator: days open a week"},
    {"fte-hours", OPTION_SPAN, "TIME", "40h", 3600, 604800,
     "calculator: paid time of a full-time agent a week"},
    {.name = NULL},
};

static const struct option_row *row_of(const char *name)
{
    for (const struct option_row *row = staff_rows; row->name != NULL; row++)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}

#define OF(name, field)                                                                                      \
    {                                                                                                        \
        name, offsetof(struct staff_ask, field)                                                              \
    }
static const struct staff_variable variables[] = {
    OF("calls", calculator.contacts),
    OF("aht", calculator.aht_s),
    OF("patience", calculator.patience_s),
    OF("threshold", calculator.threshold_s),
    OF("target", calculator.target),
    OF("short-abandon", calculator.short_abandon_s),
    OF("asa-max", calculator.asa_max_s),
    OF("abandon-max", calculator.abandon_max),
    OF("occupancy-max", calculator.occupancy_max),
    OF("shrinkage", calculator.shrinkage),
    OF("chats", calculator.chats),
    OF("room", calculator.room),
    OF("lines", calculator.lines),
    OF("blend-idle", calculator.blend_idle),
    OF("busyness", calculator.busyness),
    OF("agents", agents),
    OF("due", calculator.due_s),
    OF("backlog", calculator.backlog),
    OF("open", calculator.open_s),
    OF("days", calculator.days),
};

const struct staff_variable *staff_variable_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(variables); i++)
        if (strcmp(variables[i].name, name) == 0)
            return &variables[i];
    return NULL;
}

double *staff_variable_of(struct staff_ask *ask, const struct staff_variable *variable)
{
    return (double *)(void *)((char *)ask + variable->offset);
}

char *staff_variable_text(const struct staff_variable *variable, double value)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(number, sizeof number, "%.6g", value);
    return g_strdup_printf("%s%s", number, row_of(variable->name)->type == OPTION_SPAN ? " s" : "");
}

/* Options of the stored forecast, which the calculator would not look at. */
static bool forecast_check(const struct options *options, GError **error)
{
    static const char *const names[] = {"week", "weeks", "scenario", "without", "certain", "allow-missing"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (options_given(options, names[i]))
            return wfm_fail(
                error, WFM_ERROR_USAGE,
                "--%s is for a stored forecast, --calls for the calculator: leave one of them out", names[i]);
    return true;
}

bool staff_asks_calculator(const struct options *options, bool *out, GError **error)
{
    const char *const *grid = options_list(options, "grid");
    bool asked = options_given(options, "calls");
    for (int i = 0; grid[i] != NULL; i++)
        asked |= g_str_has_prefix(grid[i], "calls=");
    asked |= options_given(options, "solve-for") && strcmp(options_text(options, "solve-for"), "calls") == 0;
    for (const struct option_row *row = staff_rows; row->name != NULL && !asked; row++)
        if (strcmp(row->name, "allow-missing") != 0 && options_given(options, row->name))
            return wfm_fail(error, WFM_ERROR_USAGE, "--%s is for the calculator, which needs --calls N",
                            row->name);
    *out = asked;
    return !asked || forecast_check(options, error);
}

/* --- options to numbers
 * ------------------------------------------------------------------------------------------------- */

/* A value of an option, within the bounds of its row. `where`: what to name in the message. */
static bool value_parse(const struct option_row *row, const char *where, const char *text, double *value,
                        GError **error)
{
    bool span = row->type == OPTION_SPAN, share = row->type == OPTION_SHARE;
    if (!(span ? span_parse(text, value) : share ? share_parse(text, value) : number_parse(text, '.', value)))
        return wfm_fail(error, WFM_ERROR_USAGE, "--%s: \"%s\" is not a %s", where, text,
                        span    ? "span of time; write 20s, 30min, 4h"
                        : share ? "share; write 0.2 or 20%"
                                : "number");
    if (row->type == OPTION_INT && *value != floor(*value))
        return wfm_fail(error, WFM_ERROR_USAGE, "--%s: %s must be a whole number", where, text);
    if ((row->min != 0 || row->max != 0) && (*value < row->min || *value > row->max))
        return wfm_fail(error, WFM_ERROR_USAGE, "--%s: %s must be between %g and %g%s", where, text, row->min,
                        row->max, span ? " seconds" : "");
    return true;
}

char *staff_variable_names(void)
{
    GString *names = g_string_new(NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(variables); i++)
        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", variables[i].name);
    return g_string_free(names, FALSE);
}

#define SHRINKAGE_MAX 0.95

/* "0.3", or "adherence=0.03,system=0.02": who is away for one reason cannot be away for another, so what
 * stays is the product. */
static bool shrinkage_parse(const char *text, double *out, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    double stays = 1;
    for (int i = 0; parts[i] != NULL; i++) {
        const char *equals = strchr(parts[i], '=');
        double share;
        if (!share_parse(equals != NULL ? equals + 1 : parts[i], &share) || equals == parts[i] ||
            (equals == NULL && parts[1] != NULL))
            return wfm_fail(error, WFM_ERROR_USAGE,
                            "--shrinkage %s: \"%s\" is not a share; write 0.3 or adherence=0.03,system=0.02",
                            text, parts[i]);
        if (share < 0 || share > SHRINKAGE_MAX)
            return wfm_fail(error, WFM_ERROR_USAGE,
                            "--shrinkage %s: %g must be between 0 and %g (0.3 is 30 %%)", text, share,
                            SHRINKAGE_MAX);
        for (int k = 0; equals != NULL && k < i; k++)
            if (strncmp(parts[k], parts[i], (size_t)(equals + 1 - parts[i])) == 0)
                return wfm_fail(error, WFM_ERROR_USAGE, "--shrinkage %s: %.*s is given twice; add them up",
                                text, (int)(equals - parts[i]), parts[i]);
        stays *= 1 - share;
    }
    *out = 1 - stays;
    return parts[0] != NULL && *out <= SHRINKAGE_MAX
               ? true
               : wfm_fail(error, WFM_ERROR_USAGE, "--shrinkage %s: together they must not exceed %g", text,
                          SHRINKAGE_MAX);
}

bool staff_value_parse(const char *name, const char *where, const char *text, double *value, GError **error)
{
    g_autofree char *place = g_strdup_printf("grid %s", where);
    const struct option_row *row = row_of(name);
    return row->type == OPTION_TEXT ? shrinkage_parse(text, value, error)
                                    : value_parse(row, place, text, value, error);
}

bool staff_step_parse(const char *name, const char *where, const char *text, double *step, GError **error)
{
    g_autofree char *place = g_strdup_printf("grid %s", where);
    struct option_row free = *row_of(name);
    free.min = free.max = 0;
    return value_parse(&free, place, text, step, error);
}

/* Levels relative to the first, which becomes the handling time. */
static bool levels_parse(struct calculator *c, const struct options *options, GError **error)
{
    const char *text = options_text(options, "chat-aht");
    for (int k = 0; k < CALCULATOR_CHATS_MAX; k++)
        c->level_share[k] = 1;
    if (text == NULL)
        return true;
    if (options_given(options, "aht"))
        return wfm_fail(error, WFM_ERROR_USAGE,
                        "--chat-aht %s already says the handling times: leave --aht out", text);
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    int n = (int)g_strv_length(parts);
    if (n > CALCULATOR_CHATS_MAX || (options_given(options, "chats") && n != (int)c->chats))
        return wfm_fail(error, WFM_ERROR_USAGE, "--chat-aht %s: %d times, where --chats allows %d", text, n,
                        options_given(options, "chats") ? (int)c->chats : CALCULATOR_CHATS_MAX);
    for (int k = 0; k < n; k++) {
        double level_s;
        if (!value_parse(row_of("aht"), "chat-aht", parts[k], &level_s, error))
            return false;
        c->aht_s = k == 0 ? level_s : c->aht_s;
        c->level_share[k] = level_s / c->aht_s;
    }
    for (int k = n; k < CALCULATOR_CHATS_MAX; k++)
        c->level_share[k] = NAN;
    c->chats = n;
    return true;
}

static double whole_or_none(const struct options *options, const char *name)
{
    return options_given(options, name) ? (double)options_int(options, name) : -1;
}

/* Deferred work, by its due time given, walked over or solved for. */
static bool asks_due(const struct options *options)
{
    const char *const *grid = options_list(options, "grid");
    bool asked = options_given(options, "due") || strcmp(options_text(options, "solve-for"), "due") == 0;
    for (int i = 0; grid[i] != NULL; i++)
        asked |= g_str_has_prefix(grid[i], "due=");
    return asked;
}

bool staff_ask_init(struct staff_ask *ask, const struct options *options, GError **error)
{
    *ask = (struct staff_ask){
        .calculator =
            {
                .contacts = options_given(options, "calls") ? options_real(options, "calls") : 1,
                .span_s = options_real(options, "per"),
                .aht_s = options_real(options, "aht"),
                .patience_s = options_real(options, "patience"),
                .threshold_s = options_real(options, "threshold"),
                .short_abandon_s = options_real(options, "short-abandon"),
                .target = options_real(options, "target"),
                .asa_max_s = options_real(options, "asa-max"),
                .abandon_max = options_real(options, "abandon-max"),
                .occupancy_max = options_real(options, "occupancy-max"),
                .chats = (double)options_int(options, "chats"),
                .room = whole_or_none(options, "room"),
                .lines = whole_or_none(options, "lines"),
                .blend_idle = whole_or_none(options, "blend-idle"),
                .busyness = options_real(options, "busyness"),
                .due_s = options_given(options, "due") ? options_real(options, "due") : asks_due(options),
                .backlog = options_real(options, "backlog"),
                .open_s = options_real(options, "open"),
                .days = (double)options_int(options, "days"),
                .definition = (enum sl_definition)options_choice(options, "definition"),
            },
        .agents = options_given(options, "agents") ? options_real(options, "agents") : NAN,
        .fte_hours = options_real(options, "fte-hours") / 3600,
    };
    if (asks_due(options) && !options_given(options, "target"))
        ask->calculator.target = 1;
    return shrinkage_parse(options_text(options, "shrinkage"), &ask->calculator.shrinkage, error) &&
           levels_parse(&ask->calculator, options, error);
}

static bool immediate_check(const struct staff_ask *ask, GError **error)
{
    const struct calculator *c = &ask->calculator;
    if (c->target >= 1)
        return wfm_fail(
            error, WFM_ERROR_USAGE,
            "--target %g: no staff answers every contact in time when contacts arrive at random; give "
            "a share below 1, e.g. 0.99",
            c->target);
    if (c->room >= 0 && c->lines >= 0)
        return wfm_fail(error, WFM_ERROR_USAGE,
                        "--room %g and --lines %g both say who is turned away: give one of them", c->room,
                        c->lines);
    if (c->blend_idle >= 0 && (c->room >= 0 || c->lines >= 0 || c->chats > 1))
        return wfm_fail(error, WFM_ERROR_USAGE,
                        "--blend-idle %g goes with calls and a queue without end: leave %s out",
                        c->blend_idle,
                        c->chats > 1   ? "--chats"
                        : c->room >= 0 ? "--room"
                                       : "--lines");
    if (isnan(c->level_share[(int)c->chats - 1]))
        return wfm_fail(error, WFM_ERROR_USAGE, "--chats %g: --chat-aht must give as many handling times",
                        c->chats);
    if (c->backlog > 0)
        return wfm_fail(error, WFM_ERROR_USAGE,
                        "--backlog %g is for deferred work: give --due, or leave it out", c->backlog);
    bool none = !(c->target > 0) && !(c->asa_max_s > 0) && c->abandon_max >= 1 && c->occupancy_max >= 1;
    if (none && isnan(ask->agents))
        return wfm_fail(error, WFM_ERROR_USAGE,
                        "--target 0: without a target no agent is needed; give --asa-max, --abandon-max, "
                        "--occupancy-max or --agents");
    return true;
}

static bool deferred_check(const struct staff_ask *ask, GError **error)
{
    const struct calculator *c = &ask->calculator;
    const char *odd = c->chats > 1         ? "chats"
                      : c->room >= 0       ? "room"
                      : c->lines >= 0      ? "lines"
                      : c->blend_idle >= 0 ? "blend-idle"
                      : c->patience_s > 0  ? "patience"
                      : c->busyness > 0    ? "busyness"
                      : c->asa_max_s > 0   ? "asa-max"
                      : c->abandon_max < 1 ? "abandon-max"
                                           : NULL;
    if (odd != NULL)
        return wfm_fail(
            error, WFM_ERROR_USAGE,
            "--%s is for contacts answered at once, --due for work that waits: leave one of them out", odd);
    if (!(c->target > 0) && isnan(ask->agents))
        return wfm_fail(error, WFM_ERROR_USAGE,
                        "--target 0: without a target no agent is needed; give --agents");
    return true;
}

bool staff_ask_check(const struct staff_ask *ask, GError **error)
{
    return ask->calculator.due_s > 0 ? deferred_check(ask, error) : immediate_check(ask, error);
}
