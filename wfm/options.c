#include "wfm/options.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"

#define ANY 0, 0

static const struct option_row store_rows[] = {
    {"database", OPTION_TEXT, "URL", NULL, ANY,
     "PostgreSQL to use, as a libpq URL; else WFM_DATABASE, else a private server in the data directory"},
    {"data", OPTION_TEXT, "DIR", NULL, ANY,
     "data directory of the private server; else WFM_DATA, else $XDG_DATA_HOME/wfm (root: /var/lib/wfm)"},
    {.name = NULL},
};
static const struct option_row format_rows[] = {
    {"format", OPTION_CHOICE, "table|csv|json", "table", ANY, "how to print"},
    {.name = NULL},
};
static const struct option_row quiet_rows[] = {
    {"quiet", OPTION_FLAG, NULL, NULL, ANY, "no progress, no notes"},
    {.name = NULL},
};
static const struct option_row week_rows[] = {
    {"week", OPTION_TEXT, "WEEK", NULL, ANY, "week to work on: 2026-W48 or its Monday 2026-11-23"},
    {.name = NULL},
};
static const struct option_row weeks_rows[] = {
    {"weeks", OPTION_INT, "N", "1", 1, 8, "so many weeks in a row, from --week on"},
    {.name = NULL},
};
static const struct option_row solve_rows[] = {
    {"seed", OPTION_INT, "N", "1", 0, 9e15,
     "seed of the search: same inputs, seed and rounds give the same roster"},
    {"gap", OPTION_SHARE, "SHARE", "0", 0, 1,
     "stop when the proven gap is at most this, e.g. 0.02; 0 = never for that"},
    {"rounds", OPTION_INT, "N", "0", 0, 1e9, "rounds of search in each planning unit; 0 = by its size"},
    {"seconds", OPTION_SPAN, "TIME", "120s", 1, 604800,
     "safety net: stop each planning unit after this long, whatever the rounds"},
    {"memory", OPTION_INT, "MB", "4096", 64, 1e6, "address space one solving process may take"},
    {"jobs", OPTION_INT, "N", "0", 0, 1024, "solving processes at once; 0 = one per core"},
    {"simulate", OPTION_INT, "N", NULL, 0, 100000,
     "replications of the simulation kept with the roster; 0 = none; else 100, fewer where contacts are very "
     "many"},
    {.name = NULL},
};
static const struct option_row scenario_rows[] = {
    {"scenario", OPTION_LIST, "NAME", NULL, ANY, "what if: with the overrides of this scenario, on or not"},
    {"without", OPTION_LIST, "NAME", NULL, ANY, "without those of this scenario, though it is on"},
    {.name = NULL},
};
static const struct option_row certain_rows[] = {
    {"certain", OPTION_FLAG, NULL, NULL, ANY,
     "plan as if every day came as forecast, instead of staffing for busier and calmer ones"},
    {.name = NULL},
};
static const struct option_row correct_rows[] = {
    {"corrections", OPTION_INT, "N", "1", 0, 10,
     "simulate the roster and make it again with what was found, so often at most; 0 = plan by the models "
     "alone"},
    {"confidence", OPTION_SHARE, "SHARE", "0", 0, 0.999,
     "plan contract periods to be met with this probability, e.g. 0.9; 0 = the expected level at the target"},
    {.name = NULL},
};
static const struct option_row *const groups[OPTIONS_GROUPS] = {store_rows,    format_rows,  quiet_rows,
                                                                week_rows,     weeks_rows,   solve_rows,
                                                                scenario_rows, certain_rows, correct_rows};
static const struct option_row help_row = {"help", OPTION_FLAG, NULL, NULL, ANY, "print this and exit"};

struct value {
    const struct option_row *row;
    bool given;
    char *text;      /* given or fallback */
    GPtrArray *list; /* OPTION_LIST: NULL-terminated by options_parse */
    double number;   /* INT, REAL, SPAN; position for CHOICE */
};

struct options {
    const struct command *command;
    char *path;
    bool help;
    GArray *values;  /* struct value */
    GPtrArray *args; /* char *, NULL-terminated */
};

const struct command *command_find(const struct command *table, const char *name)
{
    for (const struct command *row = table; row->name != NULL; row++)
        if (strcmp(row->name, name) == 0)
            return row;
    return NULL;
}

static void each_row(const struct option_row *rows, void (*fn)(const struct option_row *row, void *user),
                     void *user)
{
    for (const struct option_row *row = rows; row != NULL && row->name != NULL; row++)
        fn(row, user);
}

void command_each_option(const struct command *command, void (*fn)(const struct option_row *row, void *user),
                         void *user)
{
    each_row(command->rows, fn, user);
    for (int g = 0; g < OPTIONS_GROUPS; g++)
        if (command->groups & (1U << g))
            each_row(groups[g], fn, user);
}

static void help_option(const struct option_row *row, void *user)
{
    GString *text = user;
    g_autofree char *left = row->type == OPTION_FLAG ? g_strdup_printf("--%s", row->name)
                                                     : g_strdup_printf("--%s %s", row->name, row->arg);
    if (strlen(left) > 24)
        g_string_append_printf(text, "  %s\n  %-24s  %s", left, "", row->help);
    else
        g_string_append_printf(text, "  %-24s  %s", left, row->help);
    if (row->type == OPTION_LIST)
        g_string_append(text, "; may be given again");
    if (row->fallback != NULL)
        g_string_append_printf(text, " (default %s)", row->fallback);
    g_string_append_c(text, '\n');
}

char *command_help(const struct command *command, const char *path)
{
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "%s - %s\n\n", path, command->summary);
    if (command->subcommands != NULL) {
        g_string_append_printf(text, "Usage: %s WHAT [OPTION]…\n\n", path);
        for (const struct command *row = command->subcommands; row->name != NULL; row++)
            if (!row->hidden)
                g_string_append_printf(text, "  %-14s  %s\n", row->name, row->summary);
        g_string_append_printf(text, "\n%s WHAT --help says more.\n", path);
        return g_string_free(text, FALSE);
    }
    g_string_append_printf(text, "Usage: %s [OPTION]…%s%s\n\n", path, *command->args != '\0' ? " " : "",
                           command->args);
    if (command->details != NULL)
        g_string_append_printf(text, "%s\n\n", command->details);
    g_string_append(text, "Options:\n");
    command_each_option(command, help_option, text);
    help_option(&help_row, text);
    return g_string_free(text, FALSE);
}

static void add_value(const struct option_row *row, void *user)
{
    struct options *options = user;
    struct value value = {.row = row, .text = g_strdup(row->fallback), .number = NAN};
    g_array_append_val(options->values, value);
    if (row->type == OPTION_LIST)
        g_array_index(options->values, struct value, options->values->len - 1).list =
            g_ptr_array_new_with_free_func(g_free);
}

static void clear_value(void *data)
{
    struct value *value = data;
    g_free(value->text);
    if (value->list != NULL)
        g_ptr_array_unref(value->list);
}

static struct value *find_value(const struct options *options, const char *name, size_t length)
{
    for (guint i = 0; i < options->values->len; i++) {
        struct value *value = &g_array_index(options->values, struct value, i);
        if (strlen(value->row->name) == length && strncmp(value->row->name, name, length) == 0)
            return value;
    }
    return NULL;
}

/* Letters to change, add or drop to make one word of the other; for "did you mean". */
static int distance(const char *a, const char *b)
{
    enum { MOST = 32 };
    size_t n = strlen(b);
    if (n >= MOST || strlen(a) >= MOST)
        return MOST;
    int row[MOST];
    for (size_t j = 0; j <= n; j++)
        row[j] = (int)j;
    for (size_t i = 0; a[i] != '\0'; i++) {
        int diagonal = row[0];
        row[0] = (int)i + 1;
        for (size_t j = 0; j < n; j++) {
            int above = row[j + 1];
            int change = diagonal + (a[i] != b[j]);
            row[j + 1] = MIN(change, MIN(above, row[j]) + 1);
            diagonal = above;
        }
    }
    return row[n];
}

static bool unknown_option(const struct options *options, const char *name, GError **error)
{
    const char *best = NULL;
    int best_distance = 3;
    for (guint i = 0; i < options->values->len; i++) {
        const char *known = g_array_index(options->values, struct value, i).row->name;
        int d = distance(name, known);
        if (d < best_distance) {
            best_distance = d;
            best = known;
        }
    }
    if (best != NULL)
        return wfm_fail(error, WFM_ERROR_USAGE,
                        "unknown option --%s; did you mean --%s? (%s --help lists them)", name, best,
                        options->path);
    return wfm_fail(error, WFM_ERROR_USAGE, "unknown option --%s (%s --help lists them)", name,
                    options->path);
}

static bool number_parse(const char *text, double *out)
{
    char *end;
    errno = 0;
    double number = g_ascii_strtod(text, &end);
    if (*text == '\0' || g_ascii_isspace(*text) || *end != '\0' || errno != 0 || !isfinite(number))
        return false;
    *out = number;
    return true;
}

bool span_parse(const char *text, double *seconds)
{
    static const struct {
        const char *unit;
        double seconds;
    } units[] = {{"s", 1}, {"sec", 1}, {"m", 60}, {"min", 60}, {"h", 3600}, {"d", 86400}};
    size_t digits = strspn(text, "0123456789.");
    g_autofree char *number = g_strndup(text, digits);
    double amount;
    if (!number_parse(number, &amount))
        return false;
    const char *unit = text + digits;
    if (*unit == '\0') {
        *seconds = amount;
        return true;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if (strcmp(unit, units[i].unit) == 0) {
            *seconds = amount * units[i].seconds;
            return true;
        }
    return false;
}

bool share_parse(const char *text, double *share)
{
    size_t length = strlen(text);
    bool percent = length > 0 && text[length - 1] == '%';
    g_autofree char *number = g_strndup(text, length - percent);
    if (!number_parse(number, share))
        return false;
    *share /= percent ? 100 : 1;
    return true;
}

static int choice_index(const char *words, const char *text)
{
    g_auto(GStrv) list = g_strsplit(words, "|", -1);
    for (int i = 0; list[i] != NULL; i++)
        if (strcmp(list[i], text) == 0)
            return i;
    return -1;
}

/* Fills value->number from value->text and checks its range. */
static bool understand(struct value *value, GError **error)
{
    const struct option_row *row = value->row;
    const char *text = value->text;
    switch (row->type) {
    case OPTION_FLAG:
    case OPTION_TEXT:
    case OPTION_LIST:
        return true;
    case OPTION_CHOICE:
        value->number = choice_index(row->arg, text);
        return value->number >= 0 ||
               wfm_fail(error, WFM_ERROR_USAGE, "--%s %s: must be one of %s", row->name, text, row->arg);
    case OPTION_SPAN:
        if (!span_parse(text, &value->number))
            return wfm_fail(error, WFM_ERROR_USAGE, "--%s %s: not a span of time; write 20s, 30min, 4h or 2d",
                            row->name, text);
        break;
    case OPTION_SHARE:
        if (!share_parse(text, &value->number))
            return wfm_fail(error, WFM_ERROR_USAGE, "--%s %s: not a share; write 0.2 or 20%%", row->name,
                            text);
        break;
    case OPTION_INT:
    case OPTION_REAL:
        if (!number_parse(text, &value->number) ||
            (row->type == OPTION_INT && value->number != floor(value->number)))
            return wfm_fail(error, WFM_ERROR_USAGE, "--%s %s: not a %s", row->name, text,
                            row->type == OPTION_INT ? "whole number" : "number");
        break;
    }
    bool limited = row->min != 0 || row->max != 0;
    if (limited && (value->number < row->min || value->number > row->max))
        return wfm_fail(error, WFM_ERROR_USAGE, "--%s %s: must be between %g and %g%s", row->name, text,
                        row->min, row->max, row->type == OPTION_SPAN ? " seconds" : "");
    return true;
}

static bool take_value(struct value *value, const char *text, GError **error)
{
    const struct option_row *row = value->row;
    if (value->given && row->type != OPTION_LIST && row->type != OPTION_FLAG)
        return wfm_fail(error, WFM_ERROR_USAGE, "--%s is given twice: %s and %s", row->name, value->text,
                        text);
    value->given = true;
    if (row->type == OPTION_FLAG)
        return true;
    if (*text == '\0')
        return wfm_fail(error, WFM_ERROR_USAGE, "--%s needs a value that is not empty", row->name);
    if (row->type == OPTION_LIST)
        g_ptr_array_add(value->list, g_strdup(text));
    g_free(value->text);
    value->text = g_strdup(text);
    return understand(value, error);
}

/* Handles one "--name", "--name=value" or "--name value" at words[*i]. */
static bool take_option(struct options *options, const char *const *words, int *i, GError **error)
{
    const char *name = words[*i] + 2;
    const char *equals = strchr(name, '=');
    size_t length = equals != NULL ? (size_t)(equals - name) : strlen(name);
    struct value *value = find_value(options, name, length);
    if (value == NULL) {
        g_autofree char *asked = g_strndup(name, length);
        return unknown_option(options, asked, error);
    }
    if (value->row->type == OPTION_FLAG) {
        if (equals != NULL)
            return wfm_fail(error, WFM_ERROR_USAGE, "--%s takes no value", value->row->name);
        return take_value(value, "", error);
    }
    if (equals != NULL)
        return take_value(value, equals + 1, error);
    const char *text = words[*i + 1];
    if (text == NULL || g_str_has_prefix(text, "--"))
        return wfm_fail(error, WFM_ERROR_USAGE, "--%s needs a value: --%s %s", value->row->name,
                        value->row->name, value->row->arg);
    (*i)++;
    return take_value(value, text, error);
}

static bool check_args(const struct options *options, GError **error)
{
    const struct command *command = options->command;
    int n = (int)options->args->len;
    if (n < command->args_min)
        return wfm_fail(error, WFM_ERROR_USAGE, "missing argument: %s %s", options->path, command->args);
    if (command->args_max >= 0 && n > command->args_max)
        return wfm_fail(error, WFM_ERROR_USAGE, "unexpected argument \"%s\" (%s --help)",
                        (char *)g_ptr_array_index(options->args, (guint)command->args_max), options->path);
    return true;
}

static bool parse_words(struct options *options, const char *const *words, GError **error)
{
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], "--") == 0) {
            for (i++; words[i] != NULL; i++)
                g_ptr_array_add(options->args, g_strdup(words[i]));
            break;
        }
        if (g_str_has_prefix(words[i], "--")) {
            if (!take_option(options, words, &i, error))
                return false;
        } else if (words[i][0] == '-' && words[i][1] != '\0') {
            return wfm_fail(error, WFM_ERROR_USAGE,
                            "unknown option %s: options are long ones (%s --help lists them)", words[i],
                            options->path);
        } else {
            g_ptr_array_add(options->args, g_strdup(words[i]));
        }
    }
    return check_args(options, error);
}

static bool asks_help(const char *const *words)
{
    for (int i = 0; words[i] != NULL && strcmp(words[i], "--") != 0; i++)
        if (strcmp(words[i], "--help") == 0 || strcmp(words[i], "-h") == 0)
            return true;
    return false;
}

struct options *options_parse(const struct command *command, const char *path, const char *const *words,
                              GError **error)
{
    AUTO(options) options = g_new0(struct options, 1);
    options->command = command;
    options->path = g_strdup(path);
    options->values = g_array_new(FALSE, TRUE, sizeof(struct value));
    g_array_set_clear_func(options->values, clear_value);
    options->args = g_ptr_array_new_with_free_func(g_free);
    command_each_option(command, add_value, options);
    if (asks_help(words)) {
        options->help = true;
        return g_steal_pointer(&options);
    }
    for (guint i = 0; i < options->values->len; i++) {
        struct value *value = &g_array_index(options->values, struct value, i);
        if (value->text != NULL && !understand(value, error))
            return NULL;
    }
    if (!parse_words(options, words, error))
        return NULL;
    for (guint i = 0; i < options->values->len; i++) {
        GPtrArray *list = g_array_index(options->values, struct value, i).list;
        if (list != NULL)
            g_ptr_array_add(list, NULL);
    }
    return g_steal_pointer(&options);
}

void options_free(struct options *options)
{
    if (options == NULL)
        return;
    g_array_unref(options->values);
    g_ptr_array_unref(options->args);
    g_free(options->path);
    g_free(options);
}

bool options_help(const struct options *options)
{
    return options->help;
}

static const struct value *known(const struct options *options, const char *name)
{
    const struct value *value = find_value(options, name, strlen(name));
    assert(value != NULL);
    return value;
}

bool options_given(const struct options *options, const char *name)
{
    return known(options, name)->given;
}

bool options_flag(const struct options *options, const char *name)
{
    return known(options, name)->given;
}

const char *options_text(const struct options *options, const char *name)
{
    return known(options, name)->text;
}

const char *const *options_list(const struct options *options, const char *name)
{
    return (const char *const *)known(options, name)->list->pdata;
}

long options_int(const struct options *options, const char *name)
{
    return (long)known(options, name)->number;
}

double options_real(const struct options *options, const char *name)
{
    return known(options, name)->number;
}

int options_choice(const struct options *options, const char *name)
{
    return (int)known(options, name)->number;
}

int options_n_args(const struct options *options)
{
    return (int)options->args->len;
}

const char *options_arg(const struct options *options, int i)
{
    return i < (int)options->args->len ? g_ptr_array_index(options->args, (guint)i) : NULL;
}
