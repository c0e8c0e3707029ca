#include "tests/support/testing.h"

#include "core/error.h"
#include "core/week.h"
#include "core/zone.h"

static const struct {
    const char *text;
    const char *monday; /* NULL: refused */
    const char *says;   /* part of the message */
} rows[] = {
    {"2026-W48", "2026-11-23", NULL},
    {"2026-w01", "2025-12-29", NULL}, /* ISO week 1 starts in the year before */
    {"2026-W53", "2026-12-28", NULL}, /* a long year */
    {"2027-W01", "2027-01-04", NULL},
    {"2024-02-26", "2024-02-26", NULL},
    {"2025-W53", NULL, "2025 has the weeks 01 to 52"},
    {"2026-W00", NULL, "01 to 53"},
    {"2026-11-24", NULL, "starts on 2026-11-23"},
    {"2026-02-30", NULL, "write an ISO week"},
    {"2026-W4", NULL, "write an ISO week"},
    {"2026-W488", NULL, "write an ISO week"},
    {"", NULL, "write an ISO week"},
    {"next", NULL, "write an ISO week"},
};

START_TEST(parse)
{
    g_autoptr(GError) error = NULL;
    int32_t day = -1;
    bool ok = week_parse(rows[_i].text, &day, &error);
    ck_assert_msg(ok == (rows[_i].monday != NULL), "%s: %s", rows[_i].text, ok ? "accepted" : error->message);
    if (ok) {
        g_autofree char *got = day_format(day);
        ck_assert_str_eq(got, rows[_i].monday);
        return;
    }
    ck_assert_int_eq(error->code, WFM_ERROR_INPUT);
    ck_assert_msg(strstr(error->message, rows[_i].says) != NULL, "%s: %s", rows[_i].text, error->message);
}
END_TEST

/* Every day of 40 years: the week it is said to be in starts at most six days before it and reads back. */
START_TEST(round_trip)
{
    for (int32_t day = day_from_civil(2000, 1, 1); day < day_from_civil(2040, 1, 1); day++) {
        int32_t monday;
        g_autofree char *text = week_format(day);
        ck_assert_msg(week_parse(text, &monday, NULL), "%s", text);
        ck_assert_int_eq(monday, day_week_start(day));
    }
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("week");
    TCase *c = tcase_create("week");
    tcase_add_loop_test(c, parse, 0, G_N_ELEMENTS(rows));
    tcase_add_test(c, round_trip);
    suite_add_tcase(s, c);
    return s;
}

TEST_MAIN(suite)
