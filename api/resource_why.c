#include <math.h>
#include <string.h>

#include "api/effect.h"
#include "api/resources.h"
#include "api/prices.h"
#include "api/roster_cache.h"
#include "core/error.h"
#include "core/week.h"
#include "scheduler/roster/explain_agent.h"

/*
 * Why this shift: for the agent, in words, without money and without a word about anybody else.
 */

#define HOURS_SHOWN 0.05 /* less of a queue is not worth a word */
#define WEEKS_SHOWN 4

struct why {
    struct api_call *call;
    const struct plan_problem *problem;
    const struct agent_reason *reason;
    const struct shift_reason *of_shift;
    const struct shift *shift;
    const struct zone *zone;
    int32_t day;
    json_t *reasons;
};

static void say(struct why *w, const char *kind, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void say(struct why *w, const char *kind, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    json_array_append_new(w->reasons, json_pack("{s:s, s:s}", "kind", kind, "text", text));
}

static char *clock_text(const struct zone *zone, int64_t ts)
{
    int minute = zone_local(zone, ts).second / 60;
    return g_strdup_printf("%02d:%02d", minute / 60, minute % 60);
}

/* Which work needs it, most first. */
static json_t *say_demand(struct why *w)
{
    const struct operation *op = w->problem->operation;
    json_t *queues = json_array();
    g_autoptr(GString) list = g_string_new(NULL);
    double total = 0;
    for (;;) {
        int best = -1;
        for (int q = 0; q < op->n_queues; q++)
            if (w->of_shift->hours[q] >= HOURS_SHOWN &&
                (best < 0 || w->of_shift->hours[q] > w->of_shift->hours[best]))
                best = q;
        if (best < 0)
            break;
        double hours = w->of_shift->hours[best];
        json_array_append_new(queues, json_pack("{s:s, s:s, s:f}", "id", op->queues[best].id, "name",
                                                op->queues[best].name, "hours", round(hours * 100) / 100));
        g_string_append_printf(list, "%s%s %.1f h", list->len > 0 ? ", " : "", op->queues[best].name, hours);
        total += hours;
        w->of_shift->hours[best] = 0;
    }
    g_autofree char *from = clock_text(w->zone, w->shift->start_ts),
                    *to = clock_text(w->zone, w->shift->end_ts);
    if (total > 0)
        say(w, "demand",
            "Between %s and %s your work is needed: without this shift these would miss you: %s.", from, to,
            list->str);
    else
        say(w, "contract",
            "Between %s and %s the work would also get done without this shift; it is there for the hours "
            "and "
            "days your contract promises you.",
            from, to);
    return queues;
}

static void say_contract(struct why *w)
{
    const struct operation *op = w->problem->operation;
    const struct agent *agent = &op->agents[w->reason->n_shifts > 0 ? w->shift->agent : 0];
    const struct contract *contract = &op->contracts[agent->contract];
    AUTO(zone) planning = zone_new(op->zone, NULL);
    int32_t monday =
        w->problem->first_day +
        (zone_local_day(planning, w->shift->start_ts) - w->problem->first_day) / WEEK_DAYS * WEEK_DAYS;
    int minutes = 0, days = 0;
    const struct shift *first = w->shift - w->of_shift->shift;
    for (int i = 0; i < w->reason->n_shifts; i++) {
        const struct shift *s = &first[w->reason->shifts[i].shift];
        int32_t day = zone_local_day(planning, s->start_ts);
        if (day < monday || day >= monday + WEEK_DAYS)
            continue;
        minutes += shift_paid_minutes(s);
        days++;
    }
    say(w, "contract",
        "That week you have %d:%02d paid hours on %d day%s; your contract is for %d:%02d to %d:%02d.",
        minutes / 60, minutes % 60, days, days == 1 ? "" : "s", contract->week_minutes_min / 60,
        contract->week_minutes_min % 60, contract->week_minutes_max / 60, contract->week_minutes_max % 60);
}

/* What would have been instead. */
static void say_instead(struct why *w)
{
    const struct shift_reason *r = w->of_shift;
    if (!r->possible) {
        say(w, "rules",
            "With your other shifts, your contract's rules and your time off there is no permitted roster of "
            "yours without it.");
        return;
    }
    g_autofree char *other = r->start_ts != 0 ? clock_text(w->zone, r->start_ts) : NULL;
    g_autofree char *until = r->end_ts != 0 ? clock_text(w->zone, r->end_ts) : NULL;
    g_autofree char *days = r->other_days > 0 ? g_strdup_printf(", with other hours on %d other day%s",
                                                                r->other_days, r->other_days == 1 ? "" : "s")
                                              : g_strdup("");
    g_autofree char *instead =
        other != NULL ? g_strdup_printf("%s to %s", other, until) : g_strdup("a day off");
    if (r->dearer > 0.005)
        say(w, "alternative", "The next best for you that day was %s%s; the work would be covered less well.",
            instead, days);
    else
        say(w, "alternative", "That day %s%s would have been as good.", instead, days);
}

static bool meets(const struct preference *p, const struct shift *shift, const struct zone *zone)
{
    int minute = zone_local(zone, shift->start_ts).second / 60;
    bool in = p->from_min == 0 && p->to_min == 1440 ? true
              : p->to_min > p->from_min             ? minute >= p->from_min && minute < p->to_min
                                                    : minute >= p->from_min || minute < p->to_min;
    return in && (p->tmpl < 0 || p->tmpl == shift->tmpl);
}

static void say_wishes(struct why *w)
{
    const struct operation *op = w->problem->operation;
    for (int i = 0; i < op->n_preferences; i++) {
        const struct preference *p = &op->preferences[i];
        if (p->agent != w->shift->agent || p->day != w->day)
            continue;
        bool all_day = p->from_min == 0 && p->to_min == 1440, met = meets(p, w->shift, w->zone);
        g_autofree char *hours = all_day
                                     ? g_strdup("")
                                     : g_strdup_printf(" starting %02d:%02d to %02d:%02d", p->from_min / 60,
                                                       p->from_min % 60, p->to_min / 60, p->to_min % 60);
        const char *tmpl = p->tmpl >= 0 ? op->templates[p->tmpl].name : "a shift";
        if (p->off)
            say(w, "wish", "You wished not to work%s%s that day: %s.", p->tmpl >= 0 || !all_day ? " " : "",
                p->tmpl >= 0 ? tmpl : hours,
                met ? "not granted, the work weighed more than the wish" : "granted");
        else
            say(w, "wish", "You wished %s%s that day: %s.", tmpl, hours, met ? "granted" : "not granted");
    }
}

static json_t *why_json(struct why *w, const struct shift_view *view)
{
    w->reasons = json_array();
    json_t *queues = say_demand(w);
    say_contract(w);
    say_instead(w);
    say_wishes(w);
    return json_pack("{s:I, s:o, s:o, s:s, s:o, s:o}", "shift", (json_int_t)view->id, "start",
                     api_json_instant(view->start_ts, w->zone), "end",
                     api_json_instant(view->end_ts, w->zone), "zone", view->zone, "reasons", w->reasons,
                     "queues", queues);
}

/* The shift among those of the roster, and what is known of it. */
static json_t *explain(struct api_call *call, const struct standing *s, const struct shift_view *view,
                       const double *multipliers, GError **error)
{
    int agent = operation_agent(s->problem->operation, view->agent);
    const struct zone *zone = api_zone(call, view->zone, error);
    struct plan_solution solution = *s->made; /* the shifts as they are published now */
    solution.shifts = s->shifts;
    solution.n_shifts = s->n_shifts;
    AUTO(agent_reason)
    reason =
        zone != NULL && agent >= 0 ? explain_agent(s->problem, &solution, agent, multipliers, error) : NULL;
    if (reason == NULL) {
        if (zone != NULL && agent < 0)
            wfm_fail(error, WFM_ERROR_CONFLICT,
                     "the roster of that week was made before you were in it; ask your planner");
        return NULL;
    }
    for (int i = 0; i < reason->n_shifts; i++) {
        const struct shift *shift = &s->shifts[reason->shifts[i].shift];
        if (shift->start_ts != view->start_ts)
            continue;
        struct why w = {.call = call,
                        .problem = s->problem,
                        .reason = reason,
                        .of_shift = &reason->shifts[i],
                        .shift = shift,
                        .zone = zone,
                        .day = zone_local_day(zone, shift->start_ts)};
        return why_json(&w, view);
    }
    wfm_fail(error, WFM_ERROR_CONFLICT, "shift %" G_GINT64_FORMAT " is not in the roster of its week",
             view->id);
    return NULL;
}

/* The multipliers first: where they are not known yet, the rest is asked for once more. */
static json_t *explain_by(struct api_call *call, int64_t roster, const struct shift_view *view,
                          GError **error)
{
    AUTO(roster_view) seen = roster_cache_get(call->rosters, call->store, roster, error);
    const double *multipliers =
        seen != NULL ? prices_multipliers(call->prices, seen, &call->awaits, error) : NULL;
    struct standing standing = {0};
    json_t *json = NULL;
    if (multipliers != NULL && standing_load(call->store, roster, &standing, error))
        json = explain(call, &standing, view, multipliers, error);
    standing_clear(&standing);
    return json;
}

bool me_shift_why(struct api_call *call, GError **error)
{
    int64_t id, *ids = NULL;
    int n = 0;
    struct shift_view *view = NULL;
    if (!path_number(call, 0, "shift", &id, error) ||
        !store_shift_find(call->store, &call->scope, id, &view, error))
        return false;
    json_t *json = NULL;
    if (view->cancelled)
        wfm_fail(error, WFM_ERROR_CONFLICT, "shift %" G_GINT64_FORMAT " is cancelled", id);
    else if (store_rosters_of(call->store, view->start_ts, view->start_ts + 1, &ids, &n, error)) {
        if (n == 0)
            wfm_fail(error, WFM_ERROR_CONFLICT, "no published roster has shift %" G_GINT64_FORMAT, id);
        else
            json = explain_by(call, ids[0], view, error);
    }
    g_free(ids);
    shift_views_free(view, 1);
    return json != NULL && api_reply_json(call, 200, json);
}

/* --- the balance
 * ------------------------------------------------------------------------------------------------- */

static bool first_week(struct api_call *call, int32_t *monday, GError **error)
{
    const char *text = query_text(&call->query, "week");
    if (text == NULL) {
        int32_t today = (int32_t)(call->now_ts / DAY_S);
        *monday = today - (today + 3) % WEEK_DAYS; /* 1970-01-01 was a Thursday */
        return true;
    }
    if (week_parse(text, monday, error))
        return true;
    call->query.wrong = g_strdup("week");
    g_prefix_error(error, "parameter week: ");
    return false;
}

bool me_balance(struct api_call *call, GError **error)
{
    int32_t monday;
    struct balance b;
    if (!first_week(call, &monday, error) ||
        !store_balance(call->store, &call->scope, monday, WEEKS_SHOWN, &b, error))
        return false;
    json_t *weeks = json_array();
    for (int k = 0; k < b.n_weeks; k++) {
        const struct balance_week *week = &b.weeks[k];
        g_autofree char *name = week_format(week->first_day);
        json_array_append_new(weeks,
                              json_pack("{s:s, s:i, s:i, s:i, s:i}", "week", name, "shifts", week->n_shifts,
                                        "paid_minutes", week->paid_minutes, "time_off_days",
                                        week->time_off_days, "time_off_minutes", week->credit_minutes));
    }
    json_t *json =
        json_pack("{s:s, s:s, s:i, s:i, s:o, s:{s:{s:i, s:f}, s:{s:i, s:f}, s:{s:i, s:f}}}", "zone",
                  b.planning_zone, "contract", b.contract, "week_minutes_min", b.week_minutes_min,
                  "week_minutes_max", b.week_minutes_max, "weeks", weeks, "requests", "approved", "number",
                  b.approved, "hours", b.approved_hours, "pending", "number", b.pending, "hours",
                  b.pending_hours, "denied", "number", b.denied, "hours", b.denied_hours);
    balance_clear(&b);
    return api_reply_json(call, 200, json);
}
