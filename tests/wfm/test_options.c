#include "tests/support/testing.h"

#include <math.h>

#include "core/error.h"
#include "wfm/commands.h"
#include "wfm/options.h"

static const struct option_row rows[] = {
    {"flag", OPTION_FLAG, NULL, NULL, 0, 0, "a flag"},
    {"text", OPTION_TEXT, "TEXT", NULL, 0, 0, "a text"},
    {"map", OPTION_LIST, "A=B", NULL, 0, 0, "a list"},
    {"count", OPTION_INT, "N", "7", 1, 100, "a whole number"},
    {"share", OPTION_REAL, "SHARE", NULL, 0, 1, "a number"},
    {"part", OPTION_SHARE, "SHARE", NULL, 0, 0.5, "a share"},
    {"wait", OPTION_SPAN, "TIME", "20s", 1, 3600, "a span"},
    {"kind", OPTION_CHOICE, "one|two|three", "two", 0, 0, "a choice"},
    {.name = NULL},
};
static const struct command command = {.name = "try",
                                       .args = "[A] [B]",
                                       .args_max = 2,
                                       .summary = "try it",
                                       .rows = rows,
                                       .groups = OPTIONS_FORMAT};

#define WORDS 8

static const struct {
    const char *words[WORDS];
    const char *says; /* part of the message */
} bad[] = {
    {{"--nothing"}, "unknown option --nothing"},
    {{"--cuont", "3"}, "did you mean --count?"},
    {{"-c", "3"}, "unknown option -c"},
    {{"--text"}, "--text needs a value: --text TEXT"},
    {{"--text", "--flag"}, "--text needs a value"},
    {{"--text="}, "not empty"},
    {{"--flag=yes"}, "--flag takes no value"},
    {{"--text", "a", "--text", "b"}, "--text is given twice: a and b"},
    {{"--count", "x"}, "--count x: not a whole number"},
    {{"--count", "1.5"}, "not a whole number"},
    {{"--count", "101"}, "--count 101: must be between 1 and 100"},
    {{"--count", "0"}, "between 1 and 100"},
    {{"--share", "nan"}, "not a number"},
    {{"--share", "0.5x"}, "not a number"},
    {{"--share", "1.1"}, "between 0 and 1"},
    {{"--part", "half"}, "not a share; write 0.2 or 20%"},
    {{"--part", "%"}, "not a share"},
    {{"--part", "60%"}, "between 0 and 0.5"},
    {{"--wait", "5 min"}, "not a span of time"},
    {{"--wait", "2h"}, "between 1 and 3600 seconds"},
    {{"--kind", "four"}, "must be one of one|two|three"},
    {{"--format", "xml"}, "must be one of table|csv|json"},
    {{"a", "b", "c"}, "unexpected argument \"c\""},
};

START_TEST(refuses)
{
    g_autoptr(GError) error = NULL;
    AUTO(options) options = options_parse(&command, "wfm try", bad[_i].words, &error);
    ck_assert_msg(options == NULL, "accepted: %s", bad[_i].words[0]);
    ck_assert_int_eq(error->code, WFM_ERROR_USAGE);
    ck_assert_msg(strstr(error->message, bad[_i].says) != NULL, "%s: %s", bad[_i].words[0], error->message);
}
END_TEST

START_TEST(defaults)
{
    g_autoptr(GError) error = NULL;
    const char *const words[] = {NULL};
    AUTO(options) options = options_parse(&command, "wfm try", words, &error);
    ck_no_error(error);
    ck_assert(!options_flag(options, "flag") && !options_given(options, "count"));
    ck_assert_ptr_null(options_text(options, "text"));
    ck_assert_ptr_null(options_list(options, "map")[0]);
    ck_assert_int_eq(options_int(options, "count"), 7);
    ck_assert(isnan(options_real(options, "share")));
    ck_assert_double_eq(options_real(options, "wait"), 20);
    ck_assert_int_eq(options_choice(options, "kind"), 1);
    ck_assert_int_eq(options_choice(options, "format"), 0);
    ck_assert_int_eq(options_n_args(options), 0);
    ck_assert_ptr_null(options_arg(options, 0));
}
END_TEST

START_TEST(values)
{
    g_autoptr(GError) error = NULL;
    const char *const words[] = {"-",  "--map",     "a=b",    "--flag", "--map=c=d", "--count=9", "--share",
                                 "-0", "--wait=1h", "--kind", "three",  "--",        "--text",    NULL};
    AUTO(options) options = options_parse(&command, "wfm try", words, &error);
    ck_no_error(error);
    ck_assert(options_flag(options, "flag") && options_given(options, "count"));
    ck_assert_str_eq(options_list(options, "map")[0], "a=b");
    ck_assert_str_eq(options_list(options, "map")[1], "c=d");
    ck_assert_ptr_null(options_list(options, "map")[2]);
    ck_assert_int_eq(options_int(options, "count"), 9);
    ck_assert_double_eq(options_real(options, "wait"), 3600);
    ck_assert_int_eq(options_choice(options, "kind"), 2);
    ck_assert_str_eq(options_arg(options, 0), "-");
    ck_assert_str_eq(options_arg(options, 1), "--text");
}
END_TEST

START_TEST(help)
{
    g_autoptr(GError) error = NULL;
    const char *const words[] = {"--count", "x", "--help", NULL};
    AUTO(options) options = options_parse(&command, "wfm try", words, &error);
    ck_no_error(error);
    ck_assert(options_help(options));
    g_autofree char *text = command_help(&command, "wfm try");
    ck_assert_ptr_nonnull(strstr(text, "Usage: wfm try [OPTION]… [A] [B]\n"));
    ck_assert_ptr_nonnull(strstr(text, "--count N                 a whole number (default 7)\n"));
    ck_assert_ptr_nonnull(strstr(text, "--format table|csv|json   how to print (default table)\n"));
}
END_TEST

static const struct {
    const char *text;
    double seconds; /* -1: refused */
} spans[] = {{"20", 20}, {"20s", 20}, {"30min", 1800}, {"30m", 1800}, {"1.5h", 5400}, {"2d", 172800},
             {"", -1},   {"h", -1},   {"1y", -1},      {"-3s", -1},   {"1.2.3s", -1}};

START_TEST(span)
{
    double seconds = -1;
    ck_assert_int_eq(span_parse(spans[_i].text, &seconds), spans[_i].seconds >= 0);
    ck_assert_double_eq(seconds, spans[_i].seconds);
}
END_TEST

static const struct {
    const char *text;
    double share; /* -1: refused */
} shares[] = {{"0.2", 0.2}, {"20%", 0.2}, {"0.25%", 0.0025}, {"", -1}, {"%", -1}, {"2 %x", -1}, {"1%%", -1}};

START_TEST(share)
{
    double got = -1;
    ck_assert_int_eq(share_parse(shares[_i].text, &got), shares[_i].share >= 0);
    ck_assert(shares[_i].share < 0 || fabs(got - shares[_i].share) < 1e-15);
}
END_TEST

/* What every command's table must hold, so that help and manual read well. */
static void check_option(const struct option_row *row, void *user)
{
    const struct command *of = user;
    ck_assert_msg(row->help != NULL && *row->help != '\0' && !g_str_has_suffix(row->help, "."), "%s --%s",
                  of->name, row->name);
    ck_assert_msg((row->type == OPTION_FLAG) == (row->arg == NULL), "%s --%s", of->name, row->name);
}

static void check_commands(const struct command *table)
{
    for (const struct command *row = table; row->name != NULL; row++) {
        ck_assert_msg((row->run != NULL) != (row->subcommands != NULL), "%s", row->name);
        ck_assert_msg(row->summary != NULL && !g_str_has_suffix(row->summary, "."), "%s", row->name);
        if (row->subcommands != NULL) {
            check_commands(row->subcommands);
            continue;
        }
        command_each_option(row, check_option, (void *)row);
        g_autoptr(GError) error = NULL;
        const char *const words[] = {"--help", NULL};
        AUTO(options) asked = options_parse(row, row->name, words, &error);
        ck_no_error(error);
        ck_assert(options_help(asked));
        const char *const none[] = {"a", "b", "c",
                                    NULL}; /* defaults must be understood whatever the arguments */
        AUTO(options)
        parsed = options_parse(row, row->name, row->args_max < 0 ? none : none + 3 - row->args_max, &error);
        ck_assert_msg(parsed != NULL, "%s: %s", row->name, error != NULL ? error->message : "");
    }
}

START_TEST(commands)
{
    check_commands(wfm_commands());
}
END_TEST

/* docs/wfm.1 is what `wfm man` prints. */
START_TEST(manual)
{
    g_autofree char *path = testing_source("docs/wfm.1");
    g_autofree char *want = manual_page();
    g_autofree char *got = NULL;
    ck_assert_msg(g_file_get_contents(path, &got, NULL, NULL), "%s is missing", path);
    ck_assert_msg(strcmp(got, want) == 0, "docs/wfm.1 is older than the option tables: wfm man > docs/wfm.1");
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("options");
    TCase *c = tcase_create("options");
    tcase_add_loop_test(c, refuses, 0, G_N_ELEMENTS(bad));
    tcase_add_test(c, defaults);
    tcase_add_test(c, values);
    tcase_add_test(c, help);
    tcase_add_loop_test(c, span, 0, G_N_ELEMENTS(spans));
    tcase_add_loop_test(c, share, 0, G_N_ELEMENTS(shares));
    tcase_add_test(c, commands);
    tcase_add_test(c, manual);
    suite_add_tcase(s, c);
    return s;
}

TEST_MAIN(suite)
