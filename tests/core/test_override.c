#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/override.h"
#include "tests/core/samples.h"
#include "tests/support/testing.h"

/* clang-format off */
static const struct {
    const char *text;
    enum override_measure measure;
    const char *want; /* as it is shown; NULL: refused */
} values[] = {
    {"500", OVERRIDE_VOLUME, "volume 500"},     {"+50", OVERRIDE_VOLUME, "volume +50"},
    {"-50", OVERRIDE_VOLUME, "volume -50"},     {"+15%", OVERRIDE_VOLUME, "volume +15 %"},
    {"-10%", OVERRIDE_VOLUME, "volume -10 %"},  {"+12.5%", OVERRIDE_VOLUME, "volume +12.5 %"},
    {"0", OVERRIDE_VOLUME, "volume 0"},         {"-100%", OVERRIDE_VOLUME, "volume -100 %"},
    {"300", OVERRIDE_AHT, "AHT 300 s"},         {"300s", OVERRIDE_AHT, "AHT 300 s"},
    {"+30s", OVERRIDE_AHT, "AHT +30 s"},        {"-5%", OVERRIDE_AHT, "AHT -5 %"},
    {"15%", OVERRIDE_VOLUME, NULL},             {"", OVERRIDE_VOLUME, NULL},
    {"+", OVERRIDE_VOLUME, NULL},               {"%", OVERRIDE_VOLUME, NULL},
    {"+-5", OVERRIDE_VOLUME, NULL},             {"five", OVERRIDE_VOLUME, NULL},
    {"50s", OVERRIDE_VOLUME, NULL},             {"1e400", OVERRIDE_VOLUME, NULL},
    {"+15%%", OVERRIDE_VOLUME, NULL},           {"nan", OVERRIDE_VOLUME, NULL},
};
/* clang-format on */

START_TEST(value)
{
    g_autoptr(GError) error = NULL;
    struct override o = {.measure = values[_i].measure};
    bool ok = override_value_parse(values[_i].text, o.measure, &o.kind, &o.value, &error);
    ck_assert_msg(ok == (values[_i].want != NULL), "\"%s\"", values[_i].text);
    if (!ok) {
        ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_INPUT));
        return;
    }
    g_autofree char *text = override_text(&o);
    ck_assert_str_eq(text, values[_i].want);
}
END_TEST

static const struct {
    const char *what;
    struct override o;
    const char *field; /* what is wrong; NULL: nothing */
} checks[] = {
    {"good", {.value = 5, .to_ts = 3600, .why = "x"}, NULL},
    {"with hours", {.value = 5, .to_ts = 3600, .why = "x", .hours = "mon-fri 09:00-18:00"}, NULL},
    {"set below nothing", {.value = -5, .to_ts = 3600, .why = "x"}, "value"},
    {"infinite", {.value = INFINITY, .to_ts = 3600, .why = "x"}, "value"},
    {"not a number", {.value = NAN, .to_ts = 3600, .why = "x"}, "value"},
    {"all of it", {.kind = OVERRIDE_PERCENT, .value = -100, .to_ts = 3600, .why = "x"}, NULL},
    {"more than all of it", {.kind = OVERRIDE_PERCENT, .value = -101, .to_ts = 3600, .why = "x"}, "value"},
    {"a slip of the key", {.kind = OVERRIDE_PERCENT, .value = 15000, .to_ts = 3600, .why = "x"}, "value"},
    {"no handling time", {.measure = OVERRIDE_AHT, .value = 0, .to_ts = 3600, .why = "x"}, "value"},
    {"handling time -100 %",
     {.measure = OVERRIDE_AHT, .kind = OVERRIDE_PERCENT, .value = -100, .to_ts = 3600, .why = "x"},
     "value"},
    {"empty range", {.value = 5, .why = "x"}, "to"},
    {"backwards", {.value = 5, .from_ts = 7200, .to_ts = 3600, .why = "x"}, "to"},
    {"centuries", {.value = 5, .to_ts = INT64_C(7000000000), .why = "x"}, "to"},
    {"bad hours", {.value = 5, .to_ts = 3600, .why = "x", .hours = "mon-fry 9-18"}, "hours"},
    {"no reason", {.value = 5, .to_ts = 3600, .why = ""}, "why"},
    {"a reason that steers the terminal", {.value = 5, .to_ts = 3600, .why = "a\033[2J"}, "why"},
    {"bad scenario", {.value = 5, .to_ts = 3600, .why = "x", .scenario = "black friday"}, "scenario"},
};

START_TEST(check)
{
    g_autoptr(GError) error = NULL;
    struct override o = checks[_i].o;
    const char *field = NULL;
    override_check(&o, &field, &error);
    ck_assert_msg(g_strcmp0(field, checks[_i].field) == 0, "%s: %s", checks[_i].what, field);
    ck_assert_msg((error != NULL) == (checks[_i].field != NULL), "%s", checks[_i].what);
    if (o.hours != NULL && field == NULL)
        ck_assert_int_eq(o.n_spans, 1);
    g_free(o.spans);
}
END_TEST

/* In Madrid: UTC+1, +2 from 2026-03-29 03:00 to 2026-10-25 03:00. */
static const struct {
    const char *text;
    bool end;
    const char *want; /* NULL: refused */
} whens[] = {
    {"2026-12-01", false, "2026-12-01T00:00:00+01:00"},
    {"2026-12-01", true, "2026-12-02T00:00:00+01:00"},
    {"2026-12-01T10:00", false, "2026-12-01T10:00:00+01:00"},
    {"2026-12-01T10:00", true, "2026-12-01T10:00:00+01:00"},
    {"2026-12-01 10:15:00", false, "2026-12-01T10:15:00+01:00"},
    {"2026-12-01T10:00:00Z", false, "2026-12-01T11:00:00+01:00"},
    {"2026-03-29", true, "2026-03-30T00:00:00+02:00"},
    {"2026-03-29T02:30", false, "2026-03-29T03:30:00+02:00"},
    {"2026-10-25T02:30", false, "2026-10-25T02:30:00+02:00"},
    {"tomorrow", false, NULL},
    {"2026-02-30", false, NULL},
    {"2026-12-01T25:00", false, NULL},
};

START_TEST(when)
{
    g_autoptr(GError) error = NULL;
    AUTO(zone) zone = zone_new("Europe/Madrid", NULL);
    int64_t ts = 0;
    bool ok = override_when_parse(whens[_i].text, zone, whens[_i].end, &ts, &error);
    ck_assert_msg(ok == (whens[_i].want != NULL), "%s", whens[_i].text);
    g_autofree char *got = ok ? time_format(ts, zone) : NULL;
    ck_assert_msg(g_strcmp0(got, whens[_i].want) == 0, "%s: %s", whens[_i].text, got);
}
END_TEST

#define HEAD "queue,from,to,measure,kind,value,per,hours,scenario,why\n"

static const struct {
    const char *what, *text;
    const char *says; /* part of the message; NULL: read */
} files[] = {
    {"two rows",
     HEAD "acme-voice-en,2026-12-01,2026-12-05,volume,percent,15,,,campaign,Mailing\n"
          "acme-voice-en,2026-12-01T10:00,2026-12-01T11:00,aht,add,30,,mon-fri 09:00-18:00,,New form\n",
     NULL},
    {"columns of the list",
     "id,queue,from,to,measure,kind,value,why,state,by,at\n"
     "3,acme-voice-en,2026-12-01,2026-12-05,volume,set,15,Mailing,stands,ana,2026-11-01T00:00:00Z\n",
     NULL},
    {"unknown queue", HEAD "nobody,2026-12-01,2026-12-05,volume,set,15,,,,x\n", ":2: column queue"},
    {"bad day", HEAD "acme-voice-en,2026-13-01,2026-12-05,volume,set,15,,,,x\n", ":2: column from"},
    {"ends before it begins", HEAD "acme-voice-en,2026-12-06,2026-12-05,volume,set,15,,,,x\n",
     ":2: column to"},
    {"bad measure", HEAD "acme-voice-en,2026-12-01,2026-12-05,calls,set,15,,,,x\n",
     ":2: column measure: \"calls\""},
    {"bad kind", HEAD "acme-voice-en,2026-12-01,2026-12-05,volume,plus,15,,,,x\n",
     ":2: column kind: \"plus\""},
    {"no value", HEAD "acme-voice-en,2026-12-01,2026-12-05,volume,set,,,,,x\n", ":2: column value: empty"},
    {"bad value, second row",
     HEAD "acme-voice-en,2026-12-01,2026-12-05,volume,set,15,,,,x\n"
          "acme-voice-en,2026-12-01,2026-12-05,volume,set,15%,,,,x\n",
     ":3: column value: \"15%\""},
    {"too low", HEAD "acme-voice-en,2026-12-01,2026-12-05,volume,percent,-120,,,,x\n", ":2: column value: "},
    {"bad per", HEAD "acme-voice-en,2026-12-01,2026-12-05,volume,set,15,week,,,x\n",
     ":2: column per: \"week\""},
    {"bad hours", HEAD "acme-voice-en,2026-12-01,2026-12-05,volume,set,15,,noon,,x\n", ":2: column hours"},
    {"no reason", HEAD "acme-voice-en,2026-12-01,2026-12-05,volume,set,15,,,,\n", ":2: column why: empty"},
    {"bad scenario", HEAD "acme-voice-en,2026-12-01,2026-12-05,volume,set,15,,,a b,x\n",
     ":2: column scenario"},
    {"unknown column", "queue,from,to,measure,kind,value,whom,why\n", "whom"},
    {"missing column", "queue,from,to,measure,kind,value\n", "why"},
};

START_TEST(file)
{
    g_autoptr(GError) error = NULL;
    char *dir = testing_tmpdir();
    g_autofree char *path = g_build_filename(dir, "overrides.csv", NULL);
    ck_assert(g_file_set_contents(path, files[_i].text, -1, NULL));
    AUTO(operation) operation = sample_operation();
    struct override *overrides = NULL;
    int n = 0;
    bool ok = overrides_read(operation, path, &overrides, &n, &error);
    ck_assert_msg(ok == (files[_i].says == NULL), "%s: %s", files[_i].what,
                  error != NULL ? error->message : "read");
    ck_assert_msg(ok || strstr(error->message, files[_i].says) != NULL, "%s: %s", files[_i].what,
                  ok ? "" : error->message);
    ck_assert(ok || (overrides == NULL && n == 0));
    if (_i == 0) {
        ck_assert_int_eq(n, 2);
        ck_assert_str_eq(overrides[0].scenario, "campaign");
        ck_assert_int_eq(overrides[0].to_ts - overrides[0].from_ts, 5 * DAY_S);
        ck_assert_int_eq(overrides[1].to_ts - overrides[1].from_ts, 3600);
        ck_assert_int_eq(overrides[1].measure, OVERRIDE_AHT);
        ck_assert_int_eq(overrides[1].kind, OVERRIDE_ADD);
        ck_assert_int_eq(overrides[1].n_spans, 1);
        ck_assert_ptr_null(overrides[1].scenario);
    }
    overrides_free(overrides, n);
    testing_rmdir(dir);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("core/override");
    TCase *t = tcase_create("words");
    tcase_add_loop_test(t, value, 0, G_N_ELEMENTS(values));
    tcase_add_loop_test(t, check, 0, G_N_ELEMENTS(checks));
    tcase_add_loop_test(t, when, 0, G_N_ELEMENTS(whens));
    tcase_add_loop_test(t, file, 0, G_N_ELEMENTS(files));
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
