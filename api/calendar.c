#include "api/calendar.h"

#include <libical/ical.h>

#define PRODUCT "-//wfm//shifts//EN"
#define REFRESH_MINUTES 60

/* By hand from the instant: the library's own conversions mark shifted wall clocks as UTC. */
static struct icaltimetype utc_time(int64_t ts)
{
    int32_t day = (int32_t)(ts >= 0 ? ts / DAY_S : -((DAY_S - 1 - ts) / DAY_S));
    int second = (int)(ts - (int64_t)day * DAY_S);
    struct civil civil = day_civil(day);
    struct icaltimetype t = icaltime_null_time();
    t.year = civil.year;
    t.month = civil.month;
    t.day = civil.day;
    t.hour = second / 3600;
    t.minute = second / 60 % 60;
    t.second = second % 60;
    t.is_date = 0;
    t.zone = icaltimezone_get_utc_timezone();
    return t;
}

static void append_clock(GString *out, const struct zone *zone, int64_t ts)
{
    int second = zone_local(zone, ts).second;
    g_string_append_printf(out, "%02d:%02d", second / 3600, second / 60 % 60);
}

static char *description(const struct shift_view *view, const struct zone *zone)
{
    GString *out = g_string_new(NULL);
    append_clock(out, zone, view->start_ts);
    g_string_append(out, "-");
    append_clock(out, zone, view->end_ts);
    g_string_append_printf(out, ", %d:%02d h paid\n", view->paid_minutes / 60, view->paid_minutes % 60);
    for (int k = 0; k < view->n_activities; k++) {
        const struct activity *activity = &view->activities[k];
        append_clock(out, zone, activity->start_ts);
        g_string_append(out, "-");
        append_clock(out, zone, activity->end_ts);
        g_string_append_printf(out, " %s%s\n", activity_kind_name(activity->kind),
                               activity->paid ? "" : " (unpaid)");
    }
    g_string_append_printf(out, "Times of %s.", zone_name(zone));
    return g_string_free(out, FALSE);
}

static icalcomponent *event(const struct shift_view *view, const struct zone *zone)
{
    g_autofree char *text = description(view, zone);
    icalcomponent *out = icalcomponent_vanew(
        ICAL_VEVENT_COMPONENT, icalproperty_new_uid(view->uid),
        icalproperty_new_dtstamp(utc_time(view->changed_ts)),
        icalproperty_new_lastmodified(utc_time(view->changed_ts)), icalproperty_new_sequence(view->sequence),
        icalproperty_new_dtstart(utc_time(view->start_ts)), icalproperty_new_dtend(utc_time(view->end_ts)),
        icalproperty_new_summary(view->cancelled ? "Cancelled: work" : "Work"),
        icalproperty_new_description(text),
        icalproperty_new_status(view->cancelled ? ICAL_STATUS_CANCELLED : ICAL_STATUS_CONFIRMED),
        icalproperty_new_transp(view->cancelled ? ICAL_TRANSP_TRANSPARENT : ICAL_TRANSP_OPAQUE),
        icalproperty_new_categories("Shift"), NULL);
    if (view->site != NULL)
        icalcomponent_add_property(out, icalproperty_new_location(view->site));
    return out;
}

static icalproperty *extension(const char *name, const char *value)
{
    icalproperty *property = icalproperty_new_x(value);
    icalproperty_set_x_name(property, name);
    return property;
}

char *calendar_text(const char *name, const struct zone *zone, const struct shift_view *views, int n)
{
    g_autofree char *ttl = g_strdup_printf("PT%dH", REFRESH_MINUTES / 60);
    icalproperty *refresh = icalproperty_new_refreshinterval(icaldurationtype_from_int(REFRESH_MINUTES * 60));
    icalproperty_set_parameter(refresh, icalparameter_new_value(ICAL_VALUE_DURATION));
    icalcomponent *calendar = icalcomponent_vanew(
        ICAL_VCALENDAR_COMPONENT, icalproperty_new_version("2.0"), icalproperty_new_prodid(PRODUCT),
        icalproperty_new_calscale("GREGORIAN"), icalproperty_new_method(ICAL_METHOD_PUBLISH),
        icalproperty_new_name(name), extension("X-WR-CALNAME", name),
        extension("X-WR-TIMEZONE", zone_name(zone)), refresh, extension("X-PUBLISHED-TTL", ttl), NULL);
    for (int k = 0; k < n; k++)
        icalcomponent_add_component(calendar, event(&views[k], zone));
    char *theirs = icalcomponent_as_ical_string_r(calendar);
    char *text = g_strdup(theirs);
    icalmemory_free_buffer(theirs);
    icalcomponent_free(calendar);
    return text;
}
