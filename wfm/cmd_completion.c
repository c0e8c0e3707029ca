#include <stdio.h>

#include "wfm/commands.h"

static void add_option(const struct option_row *row, void *user)
{
    GString *words = user;
    g_string_append_printf(words, " --%s", row->name);
}

static void print_names(const struct command *table)
{
    for (const struct command *row = table; row->name != NULL; row++)
        if (!row->hidden)
            printf(" %s", row->name);
}

/* One case per command: the words that may follow it. */
static void print_cases(const struct command *table, const char *path)
{
    for (const struct command *row = table; row->name != NULL; row++) {
        if (row->hidden)
            continue;
        g_autofree char *here = g_strdup_printf("%s%s", path, row->name);
        if (row->subcommands != NULL) {
            g_autofree char *inner = g_strdup_printf("%s ", here);
            print_cases(row->subcommands, inner);
            printf("  '%s '*|'%s') words='", here, here);
            print_names(row->subcommands);
            printf("' ;;\n");
            continue;
        }
        g_autoptr(GString) words = g_string_new("--help");
        command_each_option(row, add_option, words);
        printf("  '%s '*|'%s') words='%s' ;;\n", here, here, words->str);
    }
}

/* Values of a --choice, whatever the command. */
static void add_choice(const struct option_row *row, void *user)
{
    GHashTable *seen = user;
    if (row->type == OPTION_CHOICE && g_hash_table_add(seen, (gpointer)row->name)) {
        g_auto(GStrv) values = g_strsplit(row->arg, "|", -1);
        g_autofree char *joined = g_strjoinv(" ", values);
        printf("  --%s) words='%s' ;;\n", row->name, joined);
    }
}

static void print_choices(const struct command *table, GHashTable *seen)
{
    for (const struct command *row = table; row->name != NULL; row++) {
        if (row->subcommands != NULL)
            print_choices(row->subcommands, seen);
        else
            command_each_option(row, add_choice, seen);
    }
}

static bool run(const struct options *options, GError **error)
{
    (void)options, (void)error;
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    printf("_wfm() {\n"
           "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words=\n"
           "  local line=\"${COMP_WORDS[*]:1:COMP_CWORD-1}\"\n"
           "  case $line in\n");
    print_cases(wfm_commands(), "");
    printf("  *) words='");
    print_names(wfm_commands());
    printf("' ;;\n  esac\n  case $before in\n");
    print_choices(wfm_commands(), seen);
    printf("  esac\n"
           "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
           "}\n"
           "complete -o default -F _wfm wfm\n");
    return true;
}

const struct command command_completion = {
    .name = "completion",
    .args = "",
    .summary = "print completion for bash: source <(wfm completion)",
    .run = run,
};
