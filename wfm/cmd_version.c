#include <stdio.h>

#include "config.h"
#include "wfm/commands.h"

static bool run_version(const struct options *options, GError **error)
{
    (void)options, (void)error;
    puts(PACKAGE_STRING);
    return true;
}

const struct command command_version = {
    .name = "version", .args = "", .summary = "print the version", .run = run_version};

static bool run_man(const struct options *options, GError **error)
{
    (void)options, (void)error;
    g_autofree char *page = manual_page();
    fputs(page, stdout);
    return true;
}

const struct command command_man = {
    .name = "man", .args = "", .summary = "print the manual page in roff", .run = run_man, .hidden = true};
