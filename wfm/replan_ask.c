#include "wfm/replan_ask.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "scheduler/roster/replan.h"
#include "core/week.h"

#define LOOK_BACK_WEEKS 8 /* the longest horizon */

void replan_ask_free(struct replan_ask *ask)
{
    g_free(ask);
}

bool replan_instant(const char *text, const struct zone *zone, int64_t *ts, GError **error)
{
    if (strcmp(text, "now") == 0) {
        *ts = g_get_real_time() / G_USEC_PER_SEC;
        return true;
    }
    /* "2026-11-25T14:00": seconds may be left out, as people write it */
    g_autofree char *full = strlen(text) == 16 ? g_strconcat(text, ":00", NULL) : g_strdup(text);
    int32_t day;
    if (strlen(text) == 10 && day_parse(text, &day, NULL)) {
        *ts = zone_day_start(zone, day);
        return true;
    }
    return time_parse(full, zone, ts, error);
}

/* The published roster whose weeks hold the instant. */
static bool find_published(struct store *store, struct replan_ask *ask, int32_t monday, GError **error)
{
    for (int back = 0; back < LOOK_BACK_WEEKS; back++) {
        struct roster_info info = {0};
        int64_t id;
        if (!store_roster_find(store, monday - back * WEEK_DAYS, "published", &id, NULL))
            continue;
        if (!store_roster_info(store, &scope_planner, id, &info, error))
            return false;
        ask->first_day = info.first_day;
        ask->n_weeks = info.n_weeks;
        ask->objective = info.objective;
        ask->roster = id;
        roster_info_clear(&info);
        if (monday >= ask->first_day && monday < ask->first_day + ask->n_weeks * WEEK_DAYS)
            return true;
    }
    g_autofree char *week = week_format(monday);
    return wfm_fail(
        error, WFM_ERROR_NOT_FOUND,
        "no roster of week %s is published: there is nothing to re-plan; wfm publish a draft of it "
        "first",
        week);
}

struct replan_ask *replan_ask_new(const struct options *options, struct store *store, GError **error)
{
    AUTO(replan_ask) ask = g_new0(struct replan_ask, 1);
    if (!options_given(options, "from")) {
        wfm_fail(error, WFM_ERROR_USAGE, "from when on? --from now, or --from 2026-11-25T14:00");
        return NULL;
    }
    AUTO(operation) operation = store_operation_load(store, error);
    if (operation == NULL)
        return NULL;
    AUTO(zone) zone = zone_new(operation->zone, error);
    if (zone == NULL || !replan_instant(options_text(options, "from"), zone, &ask->from_ts, error)) {
        g_prefix_error(error, "--from: ");
        return NULL;
    }
    ask->change_price = options_real(options, "change-price");
    ask->break_price = options_real(options, "break-price");
    ask->absent = options_list(options, "absent");
    if (!find_published(store, ask, day_week_start(zone_local_day(zone, ask->from_ts)), error))
        return NULL;
    return g_steal_pointer(&ask);
}

/* "AGENT=FROM..TO" by the clock of the agent's site. */
static bool parse_absence(const char *text, const struct operation *operation, int *agent, int64_t *from_ts,
                          int64_t *to_ts, GError **error)
{
    const char *equals = strchr(text, '='), *dots = equals != NULL ? strstr(equals, "..") : NULL;
    if (dots == NULL)
        return wfm_fail(error, WFM_ERROR_USAGE,
                        "--absent %s: write AGENT=FROM..TO, as in a17=2026-11-25..2026-11-27", text);
    g_autofree char *id = g_strndup(text, (gsize)(equals - text));
    g_autofree char *from = g_strndup(equals + 1, (gsize)(dots - equals - 1));
    const char *to = dots + 2;
    *agent = operation_agent(operation, id);
    if (*agent < 0)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "--absent %s: there is no agent %s", text, id);
    AUTO(zone) zone = zone_new(operation->sites[operation->agents[*agent].site].zone, error);
    int32_t last;
    if (zone == NULL || !replan_instant(from, zone, from_ts, error) ||
        !replan_instant(to, zone, to_ts, error)) {
        g_prefix_error(error, "--absent %s: ", text);
        return false;
    }
    if (strlen(to) == 10 && day_parse(to, &last, NULL))
        *to_ts = zone_day_start(zone, last + 1);
    return *to_ts > *from_ts || wfm_fail(error, WFM_ERROR_USAGE, "--absent %s: ends before it starts", text);
}

bool replan_ask_absences(const struct replan_ask *ask, struct plan_problem *problem, GError **error)
{
    for (int i = 0; ask->absent != NULL && ask->absent[i] != NULL; i++) {
        int agent = -1;
        int64_t from_ts = 0, to_ts = 0;
        if (!parse_absence(ask->absent[i], problem->operation, &agent, &from_ts, &to_ts, error))
            return false;
        replan_absent(problem, agent, from_ts, to_ts);
    }
    return true;
}
