#include "tests/support/testing.h"

#include <string.h>

#include "api/query.h"
#include "core/error.h"

#define NOW 1795305601 /* 2026-11-22T00:00:01Z */
#define DAY 86400
#define ALL (PARAM_RANGE | PARAM_PAGE | PARAM_CANCELLED | PARAM_CLIENT)

static const struct {
    const char *raw;
    unsigned allowed;
    int64_t from_ts, to_ts;
    int limit;
    const char *after, *client;
    bool cancelled;
} good[] = {
    {NULL, ALL, NOW - 1 - DAY, NOW - 1 + 6 * DAY, 100, NULL, NULL, false},
    {"", 0, 0, 0, 100, NULL, NULL, false},
    {"limit=1000&cancelled=true", ALL, NOW - 1 - DAY, NOW - 1 + 6 * DAY, 1000, NULL, NULL, true},
    {"from=2026-11-22T08:00:00+08:00", ALL, NOW - 1, NOW - 1 + 7 * DAY, 100, NULL, NULL, false},
    {"from=2026-11-22T08%3A00%3A00%2B08:00&to=2026-11-23T00:00:00Z", ALL, NOW - 1, NOW - 1 + DAY, 100, NULL,
     NULL, false},
    {"to=2026-11-29T00:00:00Z", ALL, NOW - 1, NOW - 1 + 7 * DAY, 100, NULL, NULL, false},
    {"after=1795305600.-4&client=acme", PARAM_AFTER | PARAM_CLIENT, 0, 0, 100, "1795305600.-4", "acme",
     false},
};

START_TEST(good_queries)
{
    g_autoptr(GError) error = NULL;
    struct api_query q;
    bool ok = query_parse(good[_i].raw, good[_i].allowed, NOW, 7, &q, &error);
    ck_no_error(error);
    ck_assert(ok);
    ck_assert_int_eq(q.from_ts, good[_i].from_ts);
    ck_assert_int_eq(q.to_ts, good[_i].to_ts);
    ck_assert_int_eq(q.limit, good[_i].limit);
    ck_assert(q.cancelled == good[_i].cancelled);
    ck_assert_int_eq(g_strcmp0(q.after, good[_i].after), 0);
    ck_assert_int_eq(g_strcmp0(q.client, good[_i].client), 0);
    query_clear(&q);
}
END_TEST

static const struct {
    const char *raw;
    unsigned allowed;
    enum wfm_error code;
    const char *parameter; /* NULL: none can be named */
} bad[] = {
    {"frm=2026-11-22T00:00:00Z", ALL, WFM_ERROR_USAGE, "frm"},
    {"limit=5", PARAM_RANGE, WFM_ERROR_USAGE, "limit"},
    {"queue=a%20b", PARAM_QUEUE, WFM_ERROR_INPUT, "queue"},
    {"dry_run=1", PARAM_DRY_RUN, WFM_ERROR_INPUT, "dry_run"},
    {"dry_run=true&dry_run=true", PARAM_DRY_RUN, WFM_ERROR_USAGE, "dry_run"},
    {"preset=", PARAM_IMPORT, WFM_ERROR_INPUT, "preset"},
    {"queue=a", PARAM_IMPORT, WFM_ERROR_USAGE, "queue"},
    {"limit=5&limit=6", ALL, WFM_ERROR_USAGE, "limit"},
    {"&", ALL, WFM_ERROR_USAGE, ""},
    {"limit=%zz", ALL, WFM_ERROR_USAGE, NULL},
    {"limit=%00", ALL, WFM_ERROR_USAGE, NULL},
    {"limit=%ff", ALL, WFM_ERROR_USAGE, NULL},
    {"limit", ALL, WFM_ERROR_INPUT, "limit"},
    {"limit=", ALL, WFM_ERROR_INPUT, "limit"},
    {"limit=0", ALL, WFM_ERROR_INPUT, "limit"},
    {"limit=1001", ALL, WFM_ERROR_INPUT, "limit"},
    {"limit=-1", ALL, WFM_ERROR_INPUT, "limit"},
    {"limit=1e2", ALL, WFM_ERROR_INPUT, "limit"},
    {"limit=99999999999999999999", ALL, WFM_ERROR_INPUT, "limit"},
    {"cancelled=yes", ALL, WFM_ERROR_INPUT, "cancelled"},
    {"client=a%2Fb", ALL, WFM_ERROR_INPUT, "client"},
    {"after=", ALL, WFM_ERROR_INPUT, "after"},
    {"since=", PARAM_SINCE, WFM_ERROR_INPUT, "since"},
    {"since=-1", PARAM_SINCE, WFM_ERROR_INPUT, "since"},
    {"since=99999999999999999999", PARAM_SINCE, WFM_ERROR_INPUT, "since"},
    {"since=2026-11-22", PARAM_SINCE, WFM_ERROR_INPUT, "since"},
    {"since=0001-01-01T00:00:00Z", PARAM_SINCE, WFM_ERROR_INPUT, "since"},
    {"since=4", ALL, WFM_ERROR_USAGE, "since"},
    {"from=yesterday", ALL, WFM_ERROR_INPUT, "from"},
    {"from=2026-11-22", ALL, WFM_ERROR_INPUT, "from"},
    {"from=2026-11-31", ALL | PARAM_DATES, WFM_ERROR_INPUT, "from"},
    {"from=2026-11-23&to=2026-11-23", ALL | PARAM_DATES, WFM_ERROR_INPUT, "to"},
    {"from=2026-11-22T00:00:00", ALL, WFM_ERROR_INPUT, "from"},
    {"from=2026-02-30T00:00:00Z", ALL, WFM_ERROR_INPUT, "from"},
    {"from=2026-11-22T00:00:00Z&to=2026-11-22T00:00:00Z", ALL, WFM_ERROR_INPUT, "to"},
    {"from=2026-11-22T00:00:00Z&to=2026-11-21T00:00:00Z", ALL, WFM_ERROR_INPUT, "to"},
    {"from=2026-11-22T00:00:00Z&to=2027-11-22T00:00:00Z", ALL, WFM_ERROR_INPUT, "to"},
    {"from=0000-01-01T00:00:00Z", ALL, WFM_ERROR_INPUT, "from"},
    {"from=1899-12-31T23:59:59Z", ALL, WFM_ERROR_INPUT, "from"},
    {"to=2200-01-01T00:00:00Z", ALL, WFM_ERROR_INPUT, "to"},
    {"to=0001-01-01", ALL | PARAM_DATES, WFM_ERROR_INPUT, "to"},
    {"from=9999-12-31", ALL | PARAM_DATES, WFM_ERROR_INPUT, "from"},
    {"from=2026-11-30T23:59:60Z", ALL, WFM_ERROR_INPUT, "from"},
    {"from=0001-01-01T00:00:00Z&to=9999-12-31T00:00:00Z", ALL, WFM_ERROR_INPUT, "from"},
};

START_TEST(bad_queries_name_the_parameter)
{
    g_autoptr(GError) error = NULL;
    struct api_query q;
    ck_assert_msg(!query_parse(bad[_i].raw, bad[_i].allowed, NOW, 7, &q, &error), "%s", bad[_i].raw);
    ck_assert_msg(g_error_matches(error, WFM_ERROR, (gint)bad[_i].code), "%s: %s", bad[_i].raw,
                  error->message);
    ck_assert_msg(g_strcmp0(q.wrong, bad[_i].parameter) == 0, "%s: %s", bad[_i].raw, q.wrong);
    query_clear(&q);
}
END_TEST

START_TEST(texts_are_found_by_name)
{
    g_autoptr(GError) error = NULL;
    struct api_query q;
    ck_assert(query_parse("preset=genesys&map=queue%3DSkill&map=offered=Calls&dry_run=true&queue=a",
                          PARAM_IMPORT | PARAM_QUEUE | PARAM_DRY_RUN, NOW, 7, &q, &error));
    ck_assert_str_eq(query_text(&q, "preset"), "genesys");
    ck_assert_str_eq(query_text(&q, "queue"), "a");
    ck_assert_ptr_null(query_text(&q, "zone"));
    ck_assert_ptr_null(query_text(&q, "no such parameter"));
    ck_assert_str_eq(query_list(&q, "map")[0], "queue=Skill");
    ck_assert_str_eq(query_list(&q, "map")[1], "offered=Calls");
    ck_assert_ptr_null(query_list(&q, "map")[2]);
    ck_assert_ptr_null(query_list(&q, "only")[0]);
    ck_assert(query_flag(&q, "dry_run"));
    ck_assert(!query_flag(&q, "decimal_comma"));
    query_clear(&q);
}
END_TEST

/* New York: 2026-11-01 has 25 hours; its midnights are 04:00Z and then 05:00Z. */
START_TEST(dates_are_midnights_of_the_zone)
{
    static const struct {
        const char *raw;
        const char *from, *to;
    } dates[] = {
        {"from=2026-11-01&to=2026-11-02", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"},
        {"from=2026-11-01", "2026-11-01T04:00:00Z", "2026-11-08T05:00:00Z"},
        {"to=2026-11-02", "2026-10-26T04:00:00Z", "2026-11-02T05:00:00Z"},
        {"from=2026-11-01T00:00:00Z&to=2026-11-02", "2026-11-01T00:00:00Z", "2026-11-02T05:00:00Z"},
        {NULL, "2026-11-21T05:00:00Z", "2026-11-28T05:00:00Z"},
    };
    g_autoptr(GError) error = NULL;
    AUTO(zone) zone = zone_new("America/New_York", &error);
    struct api_query q;
    ck_assert(query_parse(dates[_i].raw, PARAM_DAY_RANGE, NOW, 7, &q, &error));
    int64_t from_ts, to_ts;
    query_range(&q, zone, &from_ts, &to_ts);
    g_autofree char *from = time_format(from_ts, NULL), *to = time_format(to_ts, NULL);
    ck_assert_str_eq(from, dates[_i].from);
    ck_assert_str_eq(to, dates[_i].to);
    query_clear(&q);
}
END_TEST

START_TEST(cursors_round_trip)
{
    static const int64_t values[][2] = {
        {0, 0}, {NOW, 412}, {-5, 7}, {QUERY_TS_MAX - 1, INT64_MAX}, {QUERY_TS_MIN, 1}};
    int64_t ts = 1, id = 1;
    g_autofree char *text = cursor_format(values[_i][0], values[_i][1]);
    ck_assert(cursor_parse(text, &ts, &id));
    ck_assert_int_eq(ts, values[_i][0]);
    ck_assert_int_eq(id, values[_i][1]);
}
END_TEST

START_TEST(bad_cursors)
{
    static const char *const texts[] = {
        "", ".", "1", "1.", ".1", "1.2.3", "1.x", " 1.2", "99999999999999999999.1",
        /* instants the database cannot read, or reads as infinity */
        "9223372036854775807.1", "-9223372036854775808.1", "99999999999999.0", "-62135596801.0"};
    int64_t ts, id;
    ck_assert_msg(!cursor_parse(texts[_i], &ts, &id), "%s", texts[_i]);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("api/query");
    TCase *t = tcase_create("query");
    tcase_add_loop_test(t, good_queries, 0, G_N_ELEMENTS(good));
    tcase_add_loop_test(t, bad_queries_name_the_parameter, 0, G_N_ELEMENTS(bad));
    tcase_add_test(t, texts_are_found_by_name);
    tcase_add_loop_test(t, dates_are_midnights_of_the_zone, 0, 5);
    tcase_add_loop_test(t, cursors_round_trip, 0, 5);
    tcase_add_loop_test(t, bad_cursors, 0, 13);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
