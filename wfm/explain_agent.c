#include <math.h>
#include <stdio.h>

#include "scheduler/roster/explain_agent.h"
#include "wfm/explain_tables.h"

static const struct column columns[] = {
    {"day", "day", COLUMN_TEXT, 0},
    {"start", "start", COLUMN_TEXT, 0},
    {"end", "end", COLUMN_TEXT, 0},
    {"pay", "pay", COLUMN_REAL, 2},
    {"worth", "worth", COLUMN_REAL, 2},
    {"serves", "serves (hours)", COLUMN_TEXT, 0},
    {"instead", "next best that day", COLUMN_TEXT, 0},
    {"other_days", "other days", COLUMN_INT, 0},
    {"dearer", "costs more", COLUMN_REAL, 2},
    {NULL, NULL, 0, 0},
};

/* "06:15". g_free. */
static char *clock_text(const struct zone *zone, int64_t ts)
{
    int minute = zone_local(zone, ts).second / 60;
    return g_strdup_printf("%02d:%02d", minute / 60, minute % 60);
}

static char *serves(const struct operation *op, const struct shift_reason *r)
{
    GString *text = g_string_new(NULL);
    for (int q = 0; q < op->n_queues; q++)
        if (r->hours[q] >= 0.005 || r->hours[q] <= -0.005)
            g_string_append_printf(text, "%s%s %.2f", text->len > 0 ? ", " : "", op->queues[q].id,
                                   r->hours[q]);
    return g_string_free(text, FALSE);
}

static void shift_row(struct table *table, const struct source *source, const struct zone *zone,
                      const struct shift_reason *r)
{
    const struct shift *shift = &source->solution->shifts[r->shift];
    g_autofree char *day = day_format(zone_local_day(zone, shift->start_ts));
    g_autofree char *start = clock_text(zone, shift->start_ts);
    g_autofree char *end = clock_text(zone, shift->end_ts);
    g_autofree char *what = serves(source->problem->operation, r);
    g_autofree char *other = r->start_ts != 0 ? clock_text(zone, r->start_ts) : NULL;
    g_autofree char *until = r->end_ts != 0 ? clock_text(zone, r->end_ts) : NULL;
    g_autofree char *instead = !r->possible    ? g_strdup("none is legal")
                               : other == NULL ? g_strdup("off")
                                               : g_strdup_printf("%s-%s", other, until);
    table_text(table, day);
    table_text(table, start);
    table_text(table, end);
    table_real(table, r->pay);
    table_real(table, r->worth);
    table_text(table, what);
    table_text(table, instead);
    table_int(table, r->other_days);
    table_real(table, r->possible ? r->dearer : NAN);
}

static void print_words(const struct source *source, int agent, const struct agent_reason *reason)
{
    const struct operation *op = source->problem->operation;
    printf("%s, agent %s: pay %.2f %s for coverage worth %.2f", source->what, op->agents[agent].id,
           reason->pay, op->currency, reason->worth);
    if (reason->penalty != 0)
        printf(", personal costs (wishes, fairness, changes) %.2f", reason->penalty);
    if (reason->slack >= 0.005)
        printf(".\nWith everybody else as they are the agent's best roster would cost %.2f less: more rounds "
               "might find it.\n",
               reason->slack);
    else
        printf(".\nWith everybody else as they are no other roster of this agent costs less.\n");
    if (reason->n_wishes > 0)
        printf("%d wishes: without them the agent's roster would cost %.2f less in pay and coverage.\n",
               reason->n_wishes, reason->wishes);
    printf("\"Worth\" is the shortage the shift prevents; \"next best\" the best the agent could do without "
           "this "
           "very shift.\n\n");
}

bool explain_print_agent(const struct source *source, int agent, enum format format, GError **error)
{
    const struct operation *op = source->problem->operation;
    AUTO(agent_reason) reason = explain_agent(source->problem, source->solution, agent, NULL, error);
    if (reason == NULL)
        return false;
    AUTO(zone) zone = zone_new(op->sites[op->agents[agent].site].zone, error);
    if (zone == NULL)
        return false;
    AUTO(table) table = table_new(columns);
    for (int i = 0; i < reason->n_shifts; i++)
        shift_row(table, source, zone, &reason->shifts[i]);
    if (format == FORMAT_TABLE)
        print_words(source, agent, reason);
    table_print(table, format, stdout);
    return true;
}
