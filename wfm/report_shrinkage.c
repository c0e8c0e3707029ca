#include "wfm/report_shrinkage.h"

#include <math.h>
#include <stdio.h>

#include "scheduler/staffing/staffing.h"
#include "wfm/source.h"

const struct option_row report_shrinkage_options[] = {
    {"roster", OPTION_TEXT, "N", NULL, 0, 0,
     "number of the roster; else the published one of --week, else its draft"},
    {.name = NULL},
};

static const struct column columns[] = {
    {"cause", "cause", COLUMN_TEXT, 0},      {"where", "where", COLUMN_TEXT, 0},
    {"part", "part", COLUMN_TEXT, 0},        {"share", "share", COLUMN_SHARE, 1},
    {"hours", "hours", COLUMN_REAL, 1},      {"paid_hours", "paid h", COLUMN_REAL, 1},
    {"of_paid", "of paid", COLUMN_SHARE, 1}, {NULL, NULL, 0, 0},
};

struct report {
    const struct plan_problem *problem;
    struct table *table;
    double all;  /* paid hours */
    double lost; /* of the rows so far */
};

static void row(struct report *report, const char *cause, const char *where, const char *part, double share,
                double hours, double paid)
{
    table_text(report->table, cause);
    table_text(report->table, where);
    table_text(report->table, part);
    table_real(report->table, share);
    table_real(report->table, hours);
    table_real(report->table, paid);
    table_real(report->table, report->all > 0 ? paid / report->all : NAN);
    report->lost += paid;
}

/* What a shrinkage takes of some hours, by part. */
static void shrinkage_rows(struct report *report, const char *cause, const char *where, double total,
                           const struct shrinkage_part *parts, int n, double hours)
{
    if (total > 0 && n == 0)
        row(report, cause, where, "shrinkage", total, hours * total, hours * total);
    for (int i = 0; i < n; i++) {
        double taken = total > 0 ? hours * total * log1p(-parts[i].share) / log1p(-total) : 0;
        row(report, cause, where, parts[i].name, parts[i].share, taken, taken);
    }
}

/* --- hours of the shifts */

struct site_hours {
    double paid; /* of the shifts */
    double activity[ACTIVITY_N], paid_activity[ACTIVITY_N];
    double desk; /* paid, without activities */
};

static void add_shift(struct site_hours *hours, const struct shift *shift)
{
    double paid = shift_paid_minutes(shift) / 60.0;
    hours->paid += paid;
    hours->desk += paid;
    for (int i = 0; i < shift->n_activities; i++) {
        const struct activity *activity = &shift->activities[i];
        double length = (double)(activity->end_ts - activity->start_ts) / 3600;
        hours->activity[activity->kind] += length;
        hours->paid_activity[activity->kind] += activity->paid ? length : 0;
        hours->desk -= activity->paid ? length : 0;
    }
}

static void activity_rows(struct report *report, const struct site_hours *hours)
{
    const struct operation *operation = report->problem->operation;
    for (int s = 0; s < operation->n_sites; s++)
        for (int kind = 0; kind < ACTIVITY_N; kind++)
            if (hours[s].activity[kind] > 0)
                row(report, "placed by the roster", operation->sites[s].id,
                    activity_kind_name((enum activity_kind)kind), NAN, hours[s].activity[kind],
                    hours[s].paid_activity[kind]);
}

/* --- time off */

/* Days of the horizon an absence covers wholly. */
static int covered_days(const struct plan_problem *problem, const struct time_off *off,
                        const struct zone *zone)
{
    int days = 0;
    for (int32_t day = problem->first_day; day < problem->first_day + WEEK_DAYS * problem->n_weeks; day++)
        days += off->start_ts <= zone_day_start(zone, day) && zone_day_start(zone, day + 1) <= off->end_ts;
    return days;
}

struct absence {
    const char *kind; /* as time_off.csv says; "" is shown as time off */
    double days, paid;
};

static int absence_compare(const void *a, const void *b)
{
    const struct absence *x = a, *y = b;
    return g_strcmp0(x->kind, y->kind);
}

/* Absences of one site, by kind. g_array_unref. */
static GArray *site_absences(const struct plan_problem *problem, int site, const struct zone *zone)
{
    const struct operation *operation = problem->operation;
    GArray *out = g_array_new(FALSE, TRUE, sizeof(struct absence));
    for (int i = 0; i < operation->n_time_off; i++) {
        const struct time_off *off = &operation->time_off[i];
        int days = operation->agents[off->agent].site == site ? covered_days(problem, off, zone) : 0;
        if (days == 0)
            continue;
        const char *kind = off->kind != NULL && *off->kind != '\0' ? off->kind : "time off";
        guint k = 0;
        while (k < out->len && g_strcmp0(g_array_index(out, struct absence, k).kind, kind) != 0)
            k++;
        if (k == out->len)
            g_array_append_val(out, ((struct absence){.kind = kind}));
        g_array_index(out, struct absence, k).days += days;
        g_array_index(out, struct absence, k).paid += days * off->credit_min / 60.0;
    }
    g_array_sort(out, absence_compare);
    return out;
}

/* Adds the rows, or with `report->table` NULL only sums the paid hours up. */
static bool absence_rows(struct report *report, GError **error)
{
    const struct operation *operation = report->problem->operation;
    for (int s = 0; s < operation->n_sites; s++) {
        AUTO(zone) zone = zone_new(operation->sites[s].zone, error);
        if (zone == NULL)
            return false;
        g_autoptr(GArray) absences = site_absences(report->problem, s, zone);
        for (guint i = 0; i < absences->len; i++) {
            const struct absence *absence = &g_array_index(absences, struct absence, i);
            if (report->table == NULL)
                report->all += absence->paid;
            else
                row(report, "time off", operation->sites[s].id, absence->kind, NAN, absence->paid,
                    absence->paid);
        }
    }
    return true;
}

/* --- all of it */

static void office_rows(struct report *report, const struct site_hours *hours,
                        const struct plan_solution *solution)
{
    const struct operation *operation = report->problem->operation;
    const struct demand *demand = &report->problem->demand;
    for (int s = 0; s < operation->n_sites; s++) {
        const struct site *site = &operation->sites[s];
        shrinkage_rows(report, "out of office", site->id, site->shrinkage, site->shrinkage_parts,
                       site->n_shrinkage_parts, hours[s].desk);
    }
    for (int q = 0; q < operation->n_queues; q++) {
        const struct queue *queue = &operation->queues[q];
        double given = 0;
        for (int32_t iv = 0; iv < demand->grid.n; iv++)
            given += solution->staffed[DEMAND_CELL(demand, q, iv)] * demand->grid.interval_s / 3600;
        shrinkage_rows(report, "in the office", queue->id, queue->shrinkage, queue->shrinkage_parts,
                       queue->n_shrinkage_parts, given * (1 - queue_site_shrinkage(operation, q)));
    }
}

struct table *shrinkage_table(const struct plan_problem *problem, const struct plan_solution *solution,
                              GError **error)
{
    const struct operation *operation = problem->operation;
    g_autofree struct site_hours *hours = g_new0(struct site_hours, operation->n_sites);
    struct report report = {.problem = problem};
    for (int i = 0; i < solution->n_shifts; i++) {
        const struct shift *shift = &solution->shifts[i];
        if (shift->tmpl < 0 || !operation->templates[shift->tmpl].on_call)
            add_shift(&hours[operation->agents[shift->agent].site], shift);
    }
    for (int s = 0; s < operation->n_sites; s++)
        report.all += hours[s].paid;
    if (!absence_rows(&report, error))
        return NULL;
    report.table = table_new(columns);
    absence_rows(&report, NULL);
    activity_rows(&report, hours);
    office_rows(&report, hours, solution);
    double left = report.all - report.lost;
    row(&report, "at work", "", "", NAN, left, left);
    row(&report, "all", "", "", NAN, report.all, report.all);
    return report.table;
}

bool report_shrinkage(const struct options *options, GError **error)
{
    AUTO(source) source = source_open_stored(options, error);
    if (source == NULL)
        return false;
    AUTO(table) table = shrinkage_table(source->problem, source->solution, error);
    if (table == NULL)
        return false;
    table_print(table, (enum format)options_choice(options, "format"), stdout);
    return true;
}
