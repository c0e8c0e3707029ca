#include "wfm/change_tables.h"

#include <string.h>

#include "scheduler/roster/changes.h"
#include "scheduler/roster/explain_agent.h"

static const struct column columns[] = {
    {"agent", "agent", COLUMN_TEXT, 0},
    {"day", "day", COLUMN_TEXT, 0},
    {"change", "change", COLUMN_TEXT, 0},
    {"was", "was", COLUMN_TEXT, 0},
    {"is", "is", COLUMN_TEXT, 0},
    {"why", "why", COLUMN_TEXT, 0},
    {NULL, NULL, 0, 0},
};

static void add_clock(GString *text, const char *before, const struct zone *zone, int64_t ts)
{
    int minute = zone_local(zone, ts).second / 60;
    g_string_append_printf(text, "%s%02d:%02d", before, minute / 60, minute % 60);
}

char *shift_text(const struct zone *zone, const struct shift *shift, bool breaks)
{
    GString *text = g_string_new(shift == NULL ? "off" : NULL);
    if (shift != NULL) {
        add_clock(text, "", zone, shift->start_ts);
        add_clock(text, "-", zone, shift->end_ts);
    }
    for (int k = 0; shift != NULL && breaks && k < shift->n_activities; k++) {
        g_string_append_printf(text, "%s %s", k > 0 ? "," : "",
                               activity_kind_name(shift->activities[k].kind));
        add_clock(text, " ", zone, shift->activities[k].start_ts);
    }
    return g_string_free(text, FALSE);
}

static bool absent(const struct operation *operation, const struct shift *shift)
{
    for (int i = 0; i < operation->n_time_off; i++) {
        const struct time_off *off = &operation->time_off[i];
        if (off->agent == shift->agent && off->start_ts < shift->end_ts && off->end_ts > shift->start_ts)
            return true;
    }
    return false;
}

/* The queue that would miss the new shift most. */
static char *covers(const struct operation *operation, const struct shift_reason *reason)
{
    int best = 0;
    for (int q = 1; q < operation->n_queues; q++)
        best = reason->hours[q] > reason->hours[best] ? q : best;
    if (operation->n_queues == 0 || reason->hours[best] <= 0)
        return g_strdup("keeps the agent's rules");
    return g_strdup_printf("%s needs it: worth %.2f, pay %.2f", operation->queues[best].id, reason->worth,
                           reason->pay);
}

static char *why(const struct plan_problem *problem, const struct plan_solution *solution,
                 const struct agent_reason *reason, const struct shift_change *change)
{
    if (change->before != NULL && absent(problem->operation, change->before))
        return g_strdup("absent");
    if (change->kind == CHANGE_GONE)
        return g_strdup("not worth its pay any more, or moved to another day");
    for (int i = 0; reason != NULL && i < reason->n_shifts; i++)
        if (&solution->shifts[reason->shifts[i].shift] == change->after)
            return covers(problem->operation, &reason->shifts[i]);
    return g_strdup("");
}

static void change_row(struct table *table, const struct plan_problem *problem,
                       const struct plan_solution *solution, const struct agent_reason *reason,
                       const struct shift_change *change)
{
    const struct operation *operation = problem->operation;
    AUTO(zone) zone = zone_new(operation->sites[operation->agents[change->agent].site].zone, NULL);
    g_autofree char *day = day_format(change->day);
    g_autofree char *was = shift_text(zone, change->before, change->kind == CHANGE_BREAKS);
    g_autofree char *is = shift_text(zone, change->after, change->kind == CHANGE_BREAKS);
    g_autofree char *text = why(problem, solution, reason, change);
    table_text(table, operation->agents[change->agent].id);
    table_text(table, day);
    table_text(table, change_kind_name(change->kind));
    table_text(table, was);
    table_text(table, is);
    table_text(table, text);
}

struct table *change_table(const struct plan_problem *problem, const struct plan_solution *solution,
                           GError **error)
{
    AUTO(table) table = table_new(columns);
    g_autofree struct shift_change *changes = NULL;
    const struct plan_base *base = problem->base;
    int n = base == NULL ? 0
                         : roster_changes(problem, base->shifts, base->n_shifts, solution->shifts,
                                          solution->n_shifts, &changes);
    struct agent_reason *reason = NULL;
    bool ok = true;
    for (int i = 0; ok && i < n; i++) {
        if (i == 0 || changes[i].agent != changes[i - 1].agent) {
            agent_reason_free(reason);
            reason = explain_agent(problem, solution, changes[i].agent, NULL, error);
            ok = reason != NULL;
        }
        if (ok)
            change_row(table, problem, solution, reason, &changes[i]);
    }
    agent_reason_free(reason);
    return ok ? g_steal_pointer(&table) : NULL;
}
