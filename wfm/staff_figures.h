/*
 * staff_figures.h - everything the calculator of `wfm staff` says about one point: inputs, agents needed, and
 * what a number of agents achieves; as rows of a table whose columns follow from what was asked.
 */
#ifndef WFM_WFM_STAFF_FIGURES_H
#define WFM_WFM_STAFF_FIGURES_H

#include "wfm/output.h"
#include "wfm/staff_ask.h"

/* NAN where a figure does not apply. */
struct staff_figures {
    struct staff_ask ask; /* the inputs */
    double per_s;
    double required, required_whole;                 /* on shift */
    double required_at_work, required_at_work_whole; /* shrinkage taken off */
    double agents, at_work, fte;                     /* those the rest is about */
    double service_level, sl[SL_DEFINITION_N];
    double asa_s, asa_offered_s, asa_virtual_s;
    double abandoned, abandoned_excl_short, blocked, occupancy, waits, queue;
    double outbound; /* started in the span of --per */
    double within_due, oldest_h, wait_h, backlog_end;
    const char *note;
};

/* The least agents for all targets: required and the three beside it; INFINITY when none do. */
void staff_figures_required(struct staff_figures *figures, const struct staff_ask *ask);
/* What `agents` on shift achieve: the rest. */
void staff_figures_achieved(struct staff_figures *figures, double agents);

/* A column for people; the title of one that is NULL is a mistake of ours. */
const struct column *staff_column(const char *key); /* NULL: none of that key */
double staff_figure(const struct staff_figures *figures, const char *key);
/* "agents, fte, service_level, …": what --show can name. g_free. */
char *staff_column_names(void);

/* A table of figures. For people the columns that matter: those of the grid's axes and of `solved` (may be
   NULL) first; else all. */
struct staff_table;
struct staff_table *staff_table_new(const struct options *options, const struct staff_ask *ask,
                                    const struct staff_grid *grid, const struct staff_variable *solved);
void staff_table_free(struct staff_table *table);
AUTO_DEFINE(staff_table, staff_table_free);
void staff_table_add(struct staff_table *table, const struct staff_figures *figures);
void staff_table_print(const struct staff_table *table, FILE *out);

#endif
