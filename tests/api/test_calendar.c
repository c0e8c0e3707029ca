#include "tests/support/testing.h"

#include <libical/ical.h>
#include <string.h>

#include "api/calendar.h"

/* 2026-11-01T06:00Z is 01:00 in New York (EST again since an hour); the shift spans the clock change of that
 * day. */
#define CHANGE 1793512800 /* 2026-11-01T06:00:00Z */

static struct shift_view views[] = {
    {.id = 7,
     .uid = (char *)"shift-7@wfm",
     .sequence = 2,
     .agent = (char *)"ana",
     .agent_name = (char *)"Ana Ruiz",
     .site = (char *)"New York; 5th, floor",
     .zone = (char *)"America/New_York",
     .start_ts = CHANGE - 2 * 3600, /* 00:00 EDT */
     .end_ts = CHANGE + 7 * 3600,   /* 08:00 EST */
     .changed_ts = CHANGE - 20 * DAY_S,
     .paid_minutes = 480,
     .n_activities = 2,
     .activities = {{ACTIVITY_BREAK, CHANGE + 900, CHANGE + 1800, true},
                    {ACTIVITY_MEAL, CHANGE + 3 * 3600, CHANGE + 4 * 3600, false}}},
    {.id = 8,
     .uid = (char *)"shift-8@wfm",
     .sequence = 5,
     .cancelled = true,
     .agent = (char *)"ana",
     .site = (char *)"nyc",
     .zone = (char *)"America/New_York",
     .start_ts = CHANGE + 10 * DAY_S,
     .end_ts = CHANGE + 10 * DAY_S + 8 * 3600,
     .changed_ts = CHANGE,
     .paid_minutes = 450},
};

static char *feed(void)
{
    g_autoptr(GError) error = NULL;
    AUTO(zone) zone = zone_new("America/New_York", &error);
    ck_no_error(error);
    return calendar_text("Shifts of Ana Ruiz, \"night\"", zone, views, G_N_ELEMENTS(views));
}

START_TEST(libical_reads_what_was_written)
{
    g_autofree char *text = feed();
    icalcomponent *calendar = icalparser_parse_string(text);
    ck_assert_ptr_nonnull(calendar);
    ck_assert_int_eq(icalcomponent_count_errors(calendar), 0);
    /* RFC 5546 wants an organizer of what is published; feeds have none (api/calendar.h) */
    icalproperty *method = icalcomponent_get_first_property(calendar, ICAL_METHOD_PROPERTY);
    ck_assert_int_eq(icalproperty_get_method(method), ICAL_METHOD_PUBLISH);
    icalcomponent_remove_property(calendar, method);
    icalproperty_free(method);
    ck_assert(icalrestriction_check(calendar));
    ck_assert_int_eq(icalcomponent_count_components(calendar, ICAL_VEVENT_COMPONENT), 2);
    int k = 0;
    for (icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
         event != NULL; event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT), k++) {
        const struct shift_view *view = &views[k];
        ck_assert_str_eq(icalcomponent_get_uid(event), view->uid);
        ck_assert_int_eq(icalcomponent_get_sequence(event), view->sequence);
        struct icaltimetype start = icalcomponent_get_dtstart(event), end = icalcomponent_get_dtend(event);
        ck_assert(icaltime_is_utc(start) && icaltime_is_utc(end));
        ck_assert_int_eq((int64_t)icaltime_as_timet(start), view->start_ts);
        ck_assert_int_eq((int64_t)icaltime_as_timet(end), view->end_ts);
        ck_assert_int_eq((int64_t)icaltime_as_timet(icalcomponent_get_dtstamp(event)), view->changed_ts);
        ck_assert_str_eq(icalcomponent_get_location(event), view->site);
        ck_assert_int_eq(icalcomponent_get_status(event),
                         view->cancelled ? ICAL_STATUS_CANCELLED : ICAL_STATUS_CONFIRMED);
    }
    icalcomponent_free(calendar);
}
END_TEST

/* Elapsed nine hours that the wall clock calls 00:00 to 08:00. */
START_TEST(description_speaks_the_wall_clock)
{
    g_autofree char *text = feed();
    icalcomponent *calendar = icalparser_parse_string(text);
    icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
    ck_assert_str_eq(icalcomponent_get_description(event),
                     "00:00-08:00, 8:00 h paid\n01:15-01:30 break\n"
                     "04:00-05:00 meal (unpaid)\nTimes of America/New_York.");
    icalcomponent_free(calendar);
}
END_TEST

START_TEST(feed_has_what_calendars_look_for)
{
    static const char *const lines[] = {
        "BEGIN:VCALENDAR\r\n",          "VERSION:2.0\r\n",
        "CALSCALE:GREGORIAN\r\n",       "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n",
        "X-PUBLISHED-TTL:PT1H\r\n",     "X-WR-TIMEZONE:America/New_York\r\n",
        "DTSTART:20261101T040000Z\r\n", "DTEND:20261101T130000Z\r\n",
        "STATUS:CANCELLED\r\n",         "LAST-MODIFIED:20261101T060000Z\r\n",
        "METHOD:PUBLISH\r\n",           "CATEGORIES:Shift\r\n"};
    g_autofree char *text = feed();
    ck_assert_msg(strstr(text, lines[_i]) != NULL, "no %s in\n%s", lines[_i], text);
    g_auto(GStrv) all = g_strsplit(text, "\r\n", -1);
    for (int k = 0; all[k] != NULL; k++)
        ck_assert_msg(strlen(all[k]) <= 75 && strchr(all[k], '\n') == NULL, "line %d: %s", k, all[k]);
}
END_TEST

START_TEST(empty_feed_is_a_calendar)
{
    g_autoptr(GError) error = NULL;
    AUTO(zone) zone = zone_new("Asia/Manila", &error);
    g_autofree char *text = calendar_text("x", zone, NULL, 0);
    icalcomponent *calendar = icalparser_parse_string(text);
    ck_assert_int_eq(icalcomponent_count_components(calendar, ICAL_VEVENT_COMPONENT), 0);
    icalcomponent_free(calendar);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("api/calendar");
    TCase *t = tcase_create("feed");
    tcase_add_test(t, libical_reads_what_was_written);
    tcase_add_test(t, description_speaks_the_wall_clock);
    tcase_add_loop_test(t, feed_has_what_calendars_look_for, 0, 12);
    tcase_add_test(t, empty_feed_is_a_calendar);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
