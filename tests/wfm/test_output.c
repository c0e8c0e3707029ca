#include "tests/support/testing.h"

#include <math.h>

#include "wfm/output.h"

static const struct column columns[] = {
    {"name", "name", COLUMN_TEXT, 0},
    {"n", "count", COLUMN_INT, 0},
    {"hours", "hours", COLUMN_REAL, 1},
    {"seed", NULL, COLUMN_INT, 0},
    {"sl", "SLA", COLUMN_SHARE, 1},
    {"gain", "points", COLUMN_POINTS, 1},
    {NULL, NULL, 0, 0},
};

static struct table *sample(void)
{
    struct table *table = table_new(columns);
    table_text(table, "Bogotá, \"norte\"");
    table_int(table, 12345);
    table_real(table, 0.25);
    table_int(table, 7);
    table_real(table, 0.8);
    table_real(table, 0.0125);
    table_text(table, "東京");
    table_int(table, -1);
    table_real(table, NAN);
    table_int(table, 8);
    table_real(table, NAN);
    table_real(table, NAN);
    table_text(table, "esc\033[2J");
    table_int(table, 0);
    table_real(table, 1e6);
    table_int(table, 9);
    table_real(table, 1);
    table_real(table, -0.5);
    return table;
}

static const struct {
    enum format format;
    const char *want;
} formats[] = {
    {FORMAT_TABLE, "name             count      hours      SLA  points\n"
                   "───────────────  ─────  ─────────  ───────  ──────\n"
                   "Bogotá, \"norte\"  12345        0.2   80.0 %    +1.2\n"
                   "東京                -1          -        -       -\n"
                   "esc?[2J              0  1000000.0  100.0 %   -50.0\n"},
    {FORMAT_CSV, "name,n,hours,seed,sl,gain\n"
                 "\"Bogotá, \"\"norte\"\"\",12345,0.25,7,0.8,0.0125\n"
                 "東京,-1,,8,,\n"
                 "esc?[2J,0,1000000,9,1,-0.5\n"},
    {FORMAT_JSON, "[\n"
                  " {\"name\":\"Bogotá, "
                  "\\\"norte\\\"\",\"n\":12345,\"hours\":0.25,\"seed\":7,\"sl\":0.8,\"gain\":0.0125},\n"
                  " {\"name\":\"東京\",\"n\":-1,\"hours\":null,\"seed\":8,\"sl\":null,\"gain\":null},\n"
                  " {\"name\":\"esc?[2J\",\"n\":0,\"hours\":1000000.0,\"seed\":9,\"sl\":1.0,\"gain\":-0.5}\n"
                  "]\n"},
};

START_TEST(prints)
{
    AUTO(table) table = sample();
    ck_assert_int_eq(table_rows(table), 3);
    g_autofree char *got = table_format(table, formats[_i].format);
    ck_assert_str_eq(got, formats[_i].want);
}
END_TEST

static const struct {
    const char *text;
    int width;
} widths[] = {{"", 0}, {"abc", 3}, {"Bogotá", 6}, {"a\xcc\x81", 1}, {"東京", 4}};

START_TEST(width)
{
    ck_assert_int_eq(text_width(widths[_i].text), widths[_i].width);
}
END_TEST

START_TEST(empty_table)
{
    AUTO(table) table = table_new(columns);
    g_autofree char *json = table_format(table, FORMAT_JSON);
    g_autofree char *csv = table_format(table, FORMAT_CSV);
    ck_assert_str_eq(json, "[\n]\n");
    ck_assert_str_eq(csv, "name,n,hours,seed,sl,gain\n");
}
END_TEST

START_TEST(xlsx)
{
    AUTO(table) table = sample();
    char *dir = testing_tmpdir();
    g_autofree char *path = g_build_filename(dir, "t.xlsx", NULL);
    g_autofree char *bytes = NULL;
    g_autoptr(GError) error = NULL;
    gsize n = 0;
    ck_assert(table_write_xlsx(table, "shifts", path, &error));
    ck_no_error(error);
    ck_assert(g_file_get_contents(path, &bytes, &n, NULL));
    ck_assert(n > 1000 && memcmp(bytes, "PK", 2) == 0);
    g_autofree char *nowhere = g_build_filename(dir, "no", "t.xlsx", NULL);
    ck_assert(!table_write_xlsx(table, "shifts", nowhere, &error));
    testing_rmdir(dir);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("output");
    TCase *c = tcase_create("output");
    tcase_add_loop_test(c, prints, 0, G_N_ELEMENTS(formats));
    tcase_add_loop_test(c, width, 0, G_N_ELEMENTS(widths));
    tcase_add_test(c, empty_table);
    tcase_add_test(c, xlsx);
    suite_add_tcase(s, c);
    return s;
}

TEST_MAIN(suite)
