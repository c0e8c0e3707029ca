/*
 * options.h - what a subcommand takes: one table of rows, from which parsing, --help, the man page and shell
 * completion come.
 *
 * A command is a row of a const table: its own option rows, the shared groups it also takes, its arguments
 * and the function that runs it. Parsing is strict: unknown options (with the nearest known one), missing or
 * repeated values, numbers out of range and too many arguments are WFM_ERROR_USAGE naming option and value.
 * No abbreviations.
 */
#ifndef WFM_WFM_OPTIONS_H
#define WFM_WFM_OPTIONS_H

#include <glib.h>
#include <stdbool.h>

#include "core/auto.h"

enum option_type {
    OPTION_FLAG,   /* takes no value */
    OPTION_TEXT,   /* any text but the empty one */
    OPTION_LIST,   /* text, may be given many times */
    OPTION_INT,    /* whole number in min..max */
    OPTION_REAL,   /* number in min..max */
    OPTION_SHARE,  /* number, or percent: "0.2", "20%"; the number in min..max */
    OPTION_SPAN,   /* span of time: "20", "20s", "30min", "4h", "2d"; seconds in min..max */
    OPTION_CHOICE, /* one of the words in `arg`, separated by | */
};

struct option_row {
    const char *name; /* without the dashes; NULL ends a table */
    enum option_type type;
    const char *arg;      /* placeholder in help; for OPTION_CHOICE the words */
    const char *fallback; /* value when not given, as it would be written; NULL: none */
    double min, max;      /* for numbers; both 0 = no limit */
    const char *help;     /* one sentence without final stop */
};

/* Groups of options many commands share. */
enum {
    OPTIONS_STORE = 1 << 0,    /* --database, --data */
    OPTIONS_FORMAT = 1 << 1,   /* --format table|csv|json */
    OPTIONS_QUIET = 1 << 2,    /* --quiet */
    OPTIONS_WEEK = 1 << 3,     /* --week */
    OPTIONS_WEEKS = 1 << 4,    /* --weeks */
    OPTIONS_SOLVE = 1 << 5,    /* --seed, --gap, --seconds, --rounds, --memory, --jobs, --simulate */
    OPTIONS_SCENARIO = 1 << 6, /* --scenario, --without */
    OPTIONS_CERTAIN = 1 << 7,  /* --certain */
    OPTIONS_CORRECT = 1 << 8,  /* --corrections, --confidence */
};
#define OPTIONS_GROUPS 9

struct options;

struct command {
    const char *name;              /* one word; NULL ends a table */
    const char *args;              /* "FILE", "[ROSTER|FILE.plan]"; "" for none */
    int args_min, args_max;        /* args_max -1 = any number */
    const char *summary;           /* one line */
    const char *details;           /* paragraphs for --help and the man page; NULL for none */
    const struct option_row *rows; /* own options; NULL for none */
    unsigned groups;
    bool (*run)(const struct options *options, GError **error);
    const struct command *subcommands; /* instead of run: the next word chooses */
    bool hidden;
};

/* The row of that name in a table, or NULL. */
const struct command *command_find(const struct command *table, const char *name);

/* Calls fn for each option a command takes: own rows first, then those of its groups. */
void command_each_option(const struct command *command, void (*fn)(const struct option_row *row, void *user),
                         void *user);

/* Help of one command; `path` is how it is called ("wfm import history"). g_free. */
char *command_help(const struct command *command, const char *path);

/* Parses the words behind the command's name. The result borrows nothing but `command`. `--help` anywhere
   before `--` gives a result with options_help true and nothing else checked. NULL on failure. */
struct options *options_parse(const struct command *command, const char *path, const char *const *words,
                              GError **error);
void options_free(struct options *options);
AUTO_DEFINE(options, options_free);

bool options_help(const struct options *options);

/* Asking for a name the command does not have is our own mistake: asserted. Strings are owned by the options.
 */
bool options_given(const struct options *options,
                   const char *name); /* on the command line, not by its default */
bool options_flag(const struct options *options, const char *name);
const char *options_text(const struct options *options,
                         const char *name); /* NULL when neither given nor defaulted */
const char *const *options_list(const struct options *options,
                                const char *name); /* NULL-terminated, maybe empty */
long options_int(const struct options *options, const char *name);
double options_real(const struct options *options,
                    const char *name); /* also shares, and spans in seconds; NAN when absent */
int options_choice(const struct options *options, const char *name); /* position among the words */

int options_n_args(const struct options *options);
const char *options_arg(const struct options *options, int i); /* NULL past the end */

/* "20s", "30min", "4h", "1.5h", "2d" or bare seconds. False when not a span of time. */
bool span_parse(const char *text, double *seconds);
/* "0.2", "20%". False when neither number nor percentage. */
bool share_parse(const char *text, double *share);

#endif
