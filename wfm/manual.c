#include <string.h>

#include "wfm/commands.h"

#include "core/error.h"

/* Text of roff: backslashes, leading dots and dashes made harmless. */
static void append_text(GString *out, const char *text)
{
    bool line_start = true;
    for (const char *c = text; *c != '\0'; c++) {
        if (line_start && (*c == '.' || *c == '\''))
            g_string_append(out, "\\&");
        if (*c == '\\')
            g_string_append(out, "\\e");
        else if (*c == '-')
            g_string_append(out, "\\-");
        else
            g_string_append_c(out, *c);
        line_start = *c == '\n';
    }
}

static void append_option(const struct option_row *row, void *user)
{
    GString *out = user;
    g_string_append(out, ".TP\n\\fB\\-\\-");
    append_text(out, row->name);
    g_string_append(out, "\\fR");
    if (row->type != OPTION_FLAG) {
        g_string_append(out, " \\fI");
        append_text(out, row->arg);
        g_string_append(out, "\\fR");
    }
    g_string_append_c(out, '\n');
    append_text(out, row->help);
    if (row->type == OPTION_LIST)
        g_string_append(out, "; may be given again");
    if (row->fallback != NULL) {
        g_string_append(out, " (default ");
        append_text(out, row->fallback);
        g_string_append(out, ")");
    }
    g_string_append(out, ".\n");
}

static void append_command(GString *out, const struct command *command, const char *path)
{
    if (command->hidden)
        return;
    g_autofree char *here = g_strdup_printf("%s %s", path, command->name);
    if (command->subcommands != NULL) {
        for (const struct command *row = command->subcommands; row->name != NULL; row++)
            append_command(out, row, here);
        return;
    }
    g_string_append(out, ".SS ");
    append_text(out, here);
    if (*command->args != '\0') {
        g_string_append(out, " \\fI");
        append_text(out, command->args);
        g_string_append(out, "\\fR");
    }
    g_string_append_c(out, '\n');
    g_string_append_c(out, (char)g_ascii_toupper(command->summary[0]));
    append_text(out, command->summary + 1);
    g_string_append(out, ".\n");
    if (command->details != NULL) {
        g_auto(GStrv) paragraphs = g_strsplit(command->details, "\n\n", -1);
        for (int i = 0; paragraphs[i] != NULL; i++) {
            bool example = g_str_has_prefix(paragraphs[i], "  ");
            g_string_append(out, example ? ".PP\n.nf\n" : ".PP\n");
            append_text(out, paragraphs[i]);
            g_string_append(out, example ? "\n.fi\n" : "\n");
        }
    }
    command_each_option(command, append_option, out);
}

static void append_exit_statuses(GString *out)
{
    static const struct {
        int status;
        const char *text;
    } rows[] = {
#define X(name, text, exit_status, http_status, type) {exit_status, text},
        WFM_ERROR_TABLE(X)
#undef X
    };
    g_string_append(out, ".SH EXIT STATUS\n.TP\n0\nall went well.\n");
    int last = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].status < last) /* codes only the HTTP service uses share an earlier status */
            continue;
        if (rows[i].status == last)
            g_string_truncate(out, out->len - 2);
        else
            g_string_append_printf(out, ".TP\n%d\n", rows[i].status);
        g_string_append_printf(out, "%s%s.\n", rows[i].status == last ? "; " : "", rows[i].text);
        last = rows[i].status;
    }
}

char *manual_page(void)
{
    GString *out =
        g_string_new(".\\\" Made by `wfm man` from the option tables; do not edit.\n"
                     ".TH WFM 1 \"\" \"wfm\" \"Workforce management\"\n"
                     ".SH NAME\nwfm \\- workforce management for contact centres\n"
                     ".SH SYNOPSIS\n\\fBwfm\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR]... [\\fIARGUMENT\\fR]...\n"
                     ".SH DESCRIPTION\n");
    append_text(out, "wfm predicts how many contacts each queue of a contact centre will get, works out how "
                     "many agents that takes, "
                     "builds weekly rosters that keep every work rule at the least cost, says how far from "
                     "the best possible they "
                     "are, and publishes the shifts.\n"
                     "A week goes through these commands: load, import, forecast, staff, roster (or plan for "
                     "the three at once), "
                     "verify, publish, report, export, serve.\n");
    g_string_append(out, ".SH COMMANDS\n");
    for (const struct command *row = wfm_commands(); row->name != NULL; row++)
        append_command(out, row, "wfm");
    append_exit_statuses(out);
    g_string_append(
        out,
        ".SH ENVIRONMENT\n"
        ".TP\n\\fBWFM_DATABASE\\fR\nlibpq URL of the database, where \\-\\-database is not given.\n"
        ".TP\n\\fBWFM_DATA\\fR\ndata directory of the private server, where \\-\\-data is not given.\n"
        ".SH FILES\n"
        ".TP\n\\fI/var/lib/wfm\\fR, \\fI$XDG_DATA_HOME/wfm\\fR\nthe private database server, for root and "
        "for others.\n.SH SEE ALSO\nwfm\\-operation(5)\n");
    return g_string_free(out, FALSE);
}
