/*
 * ical_feed DIR: writes DIR/feed.ics, shifts of every difficult kind as api/calendar.h writes them, and
 * DIR/want.json, what a reader of it must see; and DIR/many.ics of 10,000 shifts, of which it says how long
 * writing took. For tests/api/ical.sh.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "api/calendar.h"

#define MANY 10000
#define HOUR 3600

/* New York: 2026-03-08T07:00:00Z the clock goes from 02:00 to 03:00, 2026-11-01T06:00:00Z from 02:00 to
 * 01:00. */
#define SPRING INT64_C(1772953200)
#define AUTUMN INT64_C(1793512800)

static const char name[] = "Shifts of Zoë Ångström-Müller; 東京チーム, \"night\" \\ late\nsecond line 🌙 with "
                           "more words than one line holds";
static const char site[] = "Site, with; signs\\ and Ñandú — a name that is longer than seventy-five octets, "
                           "東京都千代田区丸の内一丁目";

/* What a description says is compared in tests/api/test_calendar.c; here, that it arrives as written. */
static const struct {
    const char *uid, *site, *description;
    struct shift_view view;
} rows[] = {
    {"spring",
     "nyc",
     "22:00-07:00, 7:00 h paid\nTimes of America/New_York.",
     {.start_ts = SPRING - 4 * HOUR, .end_ts = SPRING + 4 * HOUR, .paid_minutes = 420}},
    {"autumn",
     "nyc",
     "00:00-08:00, 8:00 h paid\n01:15-01:30 break\n04:00-05:00 meal (unpaid)\nTimes of America/New_York.",
     {.start_ts = AUTUMN - 2 * HOUR,
      .end_ts = AUTUMN + 7 * HOUR,
      .paid_minutes = 480,
      .n_activities = 2,
      .activities = {{ACTIVITY_BREAK, AUTUMN + 900, AUTUMN + 1800, true},
                     {ACTIVITY_MEAL, AUTUMN + 3 * HOUR, AUTUMN + 4 * HOUR, false}}}},
    {"moved",
     "nyc",
     "09:00-17:00, 8:00 h paid\nTimes of America/New_York.",
     {.sequence = 2, .start_ts = AUTUMN + 32 * HOUR, .end_ts = AUTUMN + 40 * HOUR, .paid_minutes = 480}},
    {"cancelled",
     "nyc",
     "09:00-17:00, 8:00 h paid\nTimes of America/New_York.",
     {.sequence = 5,
      .cancelled = true,
      .start_ts = AUTUMN + 56 * HOUR,
      .end_ts = AUTUMN + 64 * HOUR,
      .paid_minutes = 480}},
    {"night",
     "nyc",
     "22:00-06:00, 8:00 h paid\nTimes of America/New_York.",
     {.start_ts = AUTUMN + 93 * HOUR, .end_ts = AUTUMN + 101 * HOUR, .paid_minutes = 480}},
    {"signs",
     site,
     "09:00-17:00, 8:00 h paid\nTimes of America/New_York.",
     {.start_ts = AUTUMN + 128 * HOUR, .end_ts = AUTUMN + 136 * HOUR, .paid_minutes = 480}},
};

static struct shift_view view_of(size_t k)
{
    struct shift_view view = rows[k].view;
    view.uid = (char *)rows[k].uid;
    view.agent = (char *)"zoe";
    view.site = (char *)rows[k].site;
    view.zone = (char *)"America/New_York";
    view.changed_ts = AUTUMN - 20 * DAY_S + (int64_t)k;
    return view;
}

static json_t *want(void)
{
    json_t *events = json_array();
    for (size_t k = 0; k < G_N_ELEMENTS(rows); k++) {
        struct shift_view view = view_of(k);
        json_array_append_new(events,
                              json_pack("{s:s, s:i, s:I, s:I, s:I, s:s, s:s, s:b}", "uid", view.uid,
                                        "sequence", view.sequence, "start", (json_int_t)view.start_ts, "end",
                                        (json_int_t)view.end_ts, "changed", (json_int_t)view.changed_ts,
                                        "location", view.site, "description", rows[k].description,
                                        "cancelled", (int)view.cancelled));
    }
    return json_pack("{s:{s:s, s:s, s:s, s:s, s:s, s:s, s:s}, s:o}", "properties", "version", "2.0",
                     "calscale", "GREGORIAN", "method", "PUBLISH", "x-wr-calname", name, "x-wr-timezone",
                     "America/New_York", "refresh-interval", "PT1H", "x-published-ttl", "PT1H", "events",
                     events);
}

static bool save(const char *dir, const char *file, const char *text)
{
    g_autofree char *path = g_build_filename(dir, file, NULL);
    return g_file_set_contents(path, text, -1, NULL);
}

int main(int argc, char **argv)
{
    AUTO(zone) zone = zone_new("America/New_York", NULL);
    if (argc != 2 || zone == NULL)
        return 2;
    struct shift_view views[G_N_ELEMENTS(rows)];
    for (size_t k = 0; k < G_N_ELEMENTS(rows); k++)
        views[k] = view_of(k);
    g_autofree char *feed = calendar_text(name, zone, views, G_N_ELEMENTS(rows));
    json_t *json = want();
    g_autofree char *wanted = json_dumps(json, JSON_INDENT(1));
    json_decref(json);
    g_autofree struct shift_view *many = g_new0(struct shift_view, MANY);
    for (int k = 0; k < MANY; k++) {
        many[k] = views[1];
        many[k].uid = g_strdup_printf("shift-%d", k);
        many[k].start_ts += k * (int64_t)DAY_S;
        many[k].end_ts += k * (int64_t)DAY_S;
    }
    gint64 begun = g_get_monotonic_time();
    g_autofree char *large = calendar_text("many", zone, many, MANY);
    printf("%d events, %.1f MB, in %.0f ms\n", MANY, (double)strlen(large) * 1e-6,
           (double)(g_get_monotonic_time() - begun) * 1e-3);
    bool ok = save(argv[1], "feed.ics", feed) && save(argv[1], "want.json", wanted) &&
              save(argv[1], "many.ics", large);
    for (int k = 0; k < MANY; k++)
        g_free(many[k].uid);
    return ok ? 0 : 1;
}
