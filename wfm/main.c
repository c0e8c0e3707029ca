#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "core/error.h"
#include "wfm/commands.h"

static void print_help(FILE *out)
{
    fputs("wfm - workforce management for contact centres: from contact history to published shifts\n\n"
          "Usage: wfm COMMAND [OPTION]… [ARGUMENT]…\n\n",
          out);
    for (const struct command *row = wfm_commands(); row->name != NULL; row++)
        if (!row->hidden)
            fprintf(out, "  %-10s  %s\n", row->name, row->summary);
    fputs("\nwfm COMMAND --help says more; man wfm says all. New here? `wfm demo` plans a week of a demo "
          "operation.\n",
          out);
}

/* The command that the first words name; *used says how many, *path how it is called. */
static const struct command *choose(const char *const *words, int *used, char **path, GError **error)
{
    const struct command *command = command_find(wfm_commands(), words[0]);
    if (command == NULL) {
        wfm_fail(error, WFM_ERROR_USAGE, "unknown command \"%s\" (wfm --help lists them)", words[0]);
        return NULL;
    }
    *used = 1;
    *path = g_strdup_printf("wfm %s", command->name);
    if (command->subcommands == NULL || words[1] == NULL || g_str_has_prefix(words[1], "-"))
        return command;
    const struct command *inner = command_find(command->subcommands, words[1]);
    if (inner == NULL) {
        wfm_fail(error, WFM_ERROR_USAGE, "unknown command \"%s %s\" (%s --help lists them)", *path, words[1],
                 *path);
        return NULL;
    }
    *used = 2;
    g_autofree char *outer = *path;
    *path = g_strdup_printf("%s %s", outer, inner->name);
    return inner;
}

static bool run_chosen(const struct command *command, const char *path, const char *const *words,
                       GError **error)
{
    AUTO(options) options = NULL;
    bool help = words[0] != NULL && (strcmp(words[0], "--help") == 0 || strcmp(words[0], "-h") == 0);
    if (command->subcommands != NULL && !help)
        return wfm_fail(error, WFM_ERROR_USAGE, "%s needs a further word (%s --help lists them)", path, path);
    if (command->subcommands == NULL) {
        options = options_parse(command, path, words, error);
        if (options == NULL)
            return false;
        help = options_help(options);
    }
    if (help) {
        g_autofree char *text = command_help(command, path);
        fputs(text, stdout);
        return true;
    }
    return command->run(options, error);
}

static bool run(const char *const *words, GError **error)
{
    if (words[0] == NULL) {
        print_help(stderr);
        return wfm_fail(error, WFM_ERROR_USAGE, "no command given");
    }
    if (strcmp(words[0], "--help") == 0 || strcmp(words[0], "-h") == 0 || strcmp(words[0], "help") == 0) {
        print_help(stdout);
        return true;
    }
    if (strcmp(words[0], "--version") == 0) {
        puts(PACKAGE_STRING);
        return true;
    }
    g_autofree char *path = NULL;
    int used = 0;
    const struct command *command = choose(words, &used, &path, error);
    return command != NULL && run_chosen(command, path, words + used, error);
}

/* Who read our output has gone (`wfm report coverage | head -1`): no error, end as other filters do. */
static void end_if_unread(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO};
    if (poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0) {
        signal(SIGPIPE, SIG_DFL);
        raise(SIGPIPE);
    }
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    (void)argc;
    signal(SIGPIPE, SIG_IGN);
    bool ok = run((const char *const *)argv + 1, &error);
    if (ok && (fflush(stdout) != 0 || ferror(stdout))) {
        end_if_unread();
        wfm_fail(&error, WFM_ERROR_IO, "standard output: could not be written");
    }
    if (error != NULL)
        fprintf(stderr, "wfm: %s\n", error->message);
    return ok || error != NULL ? wfm_error_exit_status(error) : 70;
}
