#include "tests/support/testing.h"

#include "core/error.h"
#include "core/feasts.h"
#include "core/zone.h"

#include <string.h>

/* Whole years as published: equal to python-holidays 0.109 (public holidays, for SE without Sundays). */
/* clang-format off */
static const struct {
    const char *code;
    int year;
    const char *days;
} years[] = {
    {"AT", 2022, "01-01 01-06 04-18 05-01 05-26 06-06 06-16 08-15 10-26 11-01 12-08 12-25 12-26"},
    {"AT", 2023, "01-01 01-06 04-10 05-01 05-18 05-29 06-08 08-15 10-26 11-01 12-08 12-25 12-26"},
    {"BG", 2022, "01-01 01-03 03-03 04-22 04-23 04-24 04-25 05-01 05-02 05-06 05-24 09-06 09-22 12-24 12-25 12-26 12-27 12-28"},
    {"BG", 2023, "01-01 01-02 03-03 04-14 04-15 04-16 04-17 05-01 05-06 05-08 05-24 09-06 09-22 12-24 12-25 12-26 12-27"},
    {"CA", 2023, "01-01 01-02 04-07 05-22 07-01 07-03 09-04 09-30 10-02 10-09 11-11 11-13 12-25 12-26"},
    {"CA", 2026, "01-01 04-03 05-18 07-01 09-07 09-30 10-12 11-11 12-25 12-26 12-28"},
    {"CO", 2022, "01-01 01-10 03-21 04-14 04-15 05-01 05-30 06-20 06-27 07-04 07-20 08-07 08-15 10-17 11-07 11-14 12-08 12-25"},
    {"CO", 2023, "01-01 01-09 03-20 04-06 04-07 05-01 05-22 06-12 06-19 07-03 07-20 08-07 08-21 10-16 11-06 11-13 12-08 12-25"},
    {"DE", 2022, "01-01 04-15 04-18 05-01 05-26 06-06 10-03 12-25 12-26"},
    {"DE", 2023, "01-01 04-07 04-10 05-01 05-18 05-29 10-03 12-25 12-26"},
    {"DE-NW", 2022, "01-01 04-15 04-18 05-01 05-26 06-06 06-16 10-03 11-01 12-25 12-26"},
    {"DE-NW", 2023, "01-01 04-07 04-10 05-01 05-18 05-29 06-08 10-03 11-01 12-25 12-26"},
    {"DE-SN", 2022, "01-01 04-15 04-18 05-01 05-26 06-06 10-03 10-31 11-16 12-25 12-26"},
    {"DE-SN", 2023, "01-01 04-07 04-10 05-01 05-18 05-29 10-03 10-31 11-22 12-25 12-26"},
    {"DE-BE", 2022, "01-01 03-08 04-15 04-18 05-01 05-26 06-06 10-03 12-25 12-26"},
    {"DE-BE", 2023, "01-01 03-08 04-07 04-10 05-01 05-18 05-29 10-03 12-25 12-26"},
    {"DK", 2022, "01-01 04-14 04-15 04-17 04-18 05-13 05-26 06-05 06-06 12-25 12-26"},
    {"DK", 2023, "01-01 04-06 04-07 04-09 04-10 05-05 05-18 05-28 05-29 12-25 12-26"},
    {"ES", 2018, "01-01 01-06 03-30 05-01 08-15 10-12 11-01 12-06 12-08 12-25"},
    {"ES", 2028, "01-01 01-06 04-14 05-01 08-15 10-12 11-01 12-06 12-08 12-25"},
    {"FI", 2022, "01-01 01-06 04-15 04-17 04-18 05-01 05-26 06-05 06-24 06-25 11-05 12-06 12-24 12-25 12-26"},
    {"FI", 2023, "01-01 01-06 04-07 04-09 04-10 05-01 05-18 05-28 06-23 06-24 11-04 12-06 12-24 12-25 12-26"},
    {"FR", 2022, "01-01 04-18 05-01 05-08 05-26 06-06 07-14 08-15 11-01 11-11 12-25"},
    {"FR", 2023, "01-01 04-10 05-01 05-08 05-18 05-29 07-14 08-15 11-01 11-11 12-25"},
    {"GB", 2022, "01-01 01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-25 12-26 12-27"},
    {"GB", 2023, "01-01 01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26"},
    {"GB-SCT", 2022, "01-01 01-02 01-03 01-04 04-15 05-02 06-02 06-03 08-01 09-19 11-30 12-25 12-26 12-27"},
    {"GB-SCT", 2023, "01-01 01-02 01-03 04-07 05-01 05-08 05-29 08-07 11-30 12-25 12-26"},
    {"GB-NIR", 2022, "01-01 01-03 03-17 04-15 04-18 05-02 06-02 06-03 07-12 08-29 09-19 12-25 12-26 12-27"},
    {"GB-NIR", 2023, "01-01 01-02 03-17 04-07 04-10 05-01 05-08 05-29 07-12 08-28 12-25 12-26"},
    {"IE", 2022, "01-01 03-17 03-18 04-18 05-02 06-06 08-01 10-31 12-25 12-26"},
    {"IE", 2023, "01-01 02-06 03-17 04-10 05-01 06-05 08-07 10-30 12-25 12-26"},
    {"IT", 2020, "01-01 01-06 04-12 04-13 04-25 05-01 06-02 08-15 11-01 12-08 12-25 12-26"},
    {"IT", 2026, "01-01 01-06 04-05 04-06 04-25 05-01 06-02 08-15 10-04 11-01 12-08 12-25 12-26"},
    {"JP", 2022, "01-01 01-10 02-11 02-23 03-21 04-29 05-03 05-04 05-05 07-18 08-11 09-19 09-23 10-10 11-03 11-23"},
    {"JP", 2023, "01-01 01-02 01-09 02-11 02-23 03-21 04-29 05-03 05-04 05-05 07-17 08-11 09-18 09-23 10-09 11-03 11-23"},
    {"MA", 2022, "01-01 01-11 05-01 05-02 05-03 07-09 07-10 07-30 08-14 08-20 08-21 10-08 10-09 11-06 11-18"},
    {"MA", 2023, "01-01 01-11 04-21 04-22 05-01 06-28 06-29 07-19 07-30 08-14 08-20 08-21 09-27 09-28 11-06 11-18"},
    {"MX", 2022, "01-01 02-07 03-21 05-01 09-16 11-21 12-25"},
    {"MX", 2023, "01-01 02-06 03-20 05-01 09-16 11-20 12-25"},
    {"NO", 2022, "01-01 04-14 04-15 04-17 04-18 05-01 05-17 05-26 06-05 06-06 12-25 12-26"},
    {"NO", 2023, "01-01 04-06 04-07 04-09 04-10 05-01 05-17 05-18 05-28 05-29 12-25 12-26"},
    {"NZ", 2022, "01-01 01-02 01-03 01-04 02-06 02-07 04-15 04-18 04-25 06-06 06-24 09-26 10-24 12-25 12-26 12-27"},
    {"NZ", 2023, "01-01 01-02 01-03 02-06 04-07 04-10 04-25 06-05 07-14 10-23 12-25 12-26"},
    {"PL", 2022, "01-01 01-06 04-17 04-18 05-01 05-03 06-05 06-16 08-15 11-01 11-11 12-25 12-26"},
    {"PL", 2023, "01-01 01-06 04-09 04-10 05-01 05-03 05-28 06-08 08-15 11-01 11-11 12-25 12-26"},
    {"PT", 2022, "01-01 04-15 04-17 04-25 05-01 06-10 06-16 08-15 10-05 11-01 12-01 12-08 12-25"},
    {"PT", 2023, "01-01 04-07 04-09 04-25 05-01 06-08 06-10 08-15 10-05 11-01 12-01 12-08 12-25"},
    {"RO", 2022, "01-01 01-02 01-24 04-22 04-24 04-25 05-01 06-01 06-12 06-13 08-15 11-30 12-01 12-25 12-26"},
    {"RO", 2023, "01-01 01-02 01-24 04-14 04-16 04-17 05-01 06-01 06-04 06-05 08-15 11-30 12-01 12-25 12-26"},
    {"TR", 2022, "01-01 04-23 05-01 05-02 05-03 05-04 05-19 07-09 07-10 07-11 07-12 07-15 08-30 10-29"},
    {"TR", 2023, "01-01 04-21 04-22 04-23 05-01 05-19 06-28 06-29 06-30 07-01 07-15 08-30 10-29"},
    {"US", 2022, "01-01 01-17 02-21 05-30 06-19 06-20 07-04 09-05 10-10 11-11 11-24 12-25 12-26"},
    {"US", 2023, "01-01 01-02 01-16 02-20 05-29 06-19 07-04 09-04 10-09 11-10 11-11 11-23 12-25"},
    {"ZA", 2022, "01-01 03-21 04-15 04-18 04-27 05-01 05-02 06-16 08-09 09-24 12-16 12-25 12-26 12-27"},
    {"ZA", 2023, "01-01 01-02 03-21 04-07 04-10 04-27 05-01 06-16 08-09 09-24 09-25 12-15 12-16 12-25 12-26"},
};
/* clang-format on */

START_TEST(whole_years)
{
    int n;
    struct feast *feasts = feasts_between(years[_i].code, day_from_civil(years[_i].year, 1, 1),
                                          day_from_civil(years[_i].year, 12, 31), &n);
    g_autoptr(GString) got = g_string_new(NULL);
    for (int i = 0; i < n; i++) {
        struct civil civil = day_civil(feasts[i].day);
        g_string_append_printf(got, "%s%02d-%02d", i > 0 ? " " : "", civil.month, civil.day);
    }
    ck_assert_msg(strcmp(got->str, years[_i].days) == 0, "%s %d: %s, wanted %s", years[_i].code,
                  years[_i].year, got->str, years[_i].days);
    g_free(feasts);
}
END_TEST

/* Single days, where a list differs from others' by what counts as a feast. name NULL: no feast. */
static const struct {
    const char *code, *day, *name;
} days[] = {
    {"US", "2021-07-04", "Independence Day"},
    {"US", "2021-07-05", "Independence Day (substitute)"},
    {"US", "2021-12-31", "New Year's Day (substitute)"}, /* of 2022 */
    {"US", "2020-06-19", NULL},
    {"US", "2016-11-24", "Thanksgiving"},
    {"AR", "2023-08-21", "San Martín Day"},
    {"AR", "2023-10-16", "Day of Cultural Diversity"},
    {"AR", "2024-11-18", "National Sovereignty Day"},
    {"AR", "2024-06-17", "Güemes Day"},
    {"AU", "2022-12-27", "Christmas Day (substitute)"},
    {"AU", "2021-12-27", "Christmas Day (substitute)"},
    {"AU", "2021-12-28", "Boxing Day (substitute)"},
    {"BE", "2024-07-21", "National Day"},
    {"BR", "2025-03-04", "Carnival Tuesday"},
    {"BR", "2023-11-20", NULL},
    {"BR", "2024-11-20", "Black Consciousness Day"},
    {"CH", "2026-05-14", "Ascension Day"},
    {"DE-BY", "2024-08-15", "Assumption Day"},
    {"DE", "2024-08-15", NULL},
    {"EG", "2025-04-21", "Spring Festival"},
    {"GR", "2024-03-18", "Clean Monday"},
    {"IN", "2024-10-31", "Diwali"},
    {"NL", "2025-04-26", "King's Day"},
    {"NL", "2026-04-27", "King's Day"},
    {"PH", "2025-01-29", "Chinese New Year"},
    {"PH", "2025-08-25", "National Heroes Day"},
    {"SE", "2025-06-20", "Midsummer Eve"},
    {"TN", "2024-04-10", "Eid al-Fitr"},
    {"US, CA", "2025-10-13", "Columbus Day"}, /* Thanksgiving in Canada: the first list names it */
    {"CA,US", "2025-10-13", "Thanksgiving"},
    {"CA,US", "2025-11-27", "Thanksgiving"},
};

START_TEST(single_days)
{
    int32_t day;
    int n;
    ck_assert(day_parse(days[_i].day, &day, NULL));
    struct feast *feasts = feasts_between(days[_i].code, day, day, &n);
    ck_assert_msg(n == (days[_i].name != NULL), "%s %s: %d feasts", days[_i].code, days[_i].day, n);
    if (n > 0)
        ck_assert_str_eq(feasts[0].name, days[_i].name);
    g_free(feasts);
}
END_TEST

static const struct {
    const char *western, *orthodox;
} easters[] = {
    {"2000-04-23", "2000-04-30"}, {"2008-03-23", "2008-04-27"}, {"2011-04-24", "2011-04-24"},
    {"2016-03-27", "2016-05-01"}, {"2019-04-21", "2019-04-28"}, {"2024-03-31", "2024-05-05"},
    {"2025-04-20", "2025-04-20"}, {"2026-04-05", "2026-04-12"}, {"2027-03-28", "2027-05-02"},
    {"2038-04-25", "2038-04-25"}, {"2049-04-18", "2049-04-25"},
};

START_TEST(easter)
{
    int32_t western, orthodox;
    ck_assert(day_parse(easters[_i].western, &western, NULL) &&
              day_parse(easters[_i].orthodox, &orthodox, NULL));
    int year = day_civil(western).year;
    ck_assert_int_eq(easter_day(year), western);
    ck_assert_int_eq(orthodox_easter_day(year), orthodox);
}
END_TEST

static const struct {
    const char *codes, *message; /* NULL: good */
} codes[] = {
    {"", NULL},
    {"US", NULL},
    {"US, CA-ON,DE-BY", NULL},
    {"GB-SCT", NULL},
    {"XX", "no holidays are known of \"XX\"; there are those of AR, AT"},
    {"us", "no holidays are known of \"us\""},
    {"USA", "no holidays are known of \"USA\""},
    {"DE-XX", "no part \"XX\" of DE has holidays of its own; there are BW,BY"},
    {"FR-75", "no part \"75\" of FR has holidays of its own"},
    {"US,", "no holidays are known of \"\""},
};

START_TEST(codes_checked)
{
    g_autoptr(GError) error = NULL;
    bool good = feasts_check(codes[_i].codes, &error);
    ck_assert_msg(good == (codes[_i].message == NULL), "\"%s\"", codes[_i].codes);
    if (!good)
        ck_assert_msg(strstr(error->message, codes[_i].message) != NULL, "%s", error->message);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("core/feasts");
    TCase *t = tcase_create("feasts");
    tcase_add_loop_test(t, whole_years, 0, (int)G_N_ELEMENTS(years));
    tcase_add_loop_test(t, single_days, 0, (int)G_N_ELEMENTS(days));
    tcase_add_loop_test(t, easter, 0, (int)G_N_ELEMENTS(easters));
    tcase_add_loop_test(t, codes_checked, 0, (int)G_N_ELEMENTS(codes));
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
