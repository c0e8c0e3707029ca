/*
 * rows.h - what couples agents besides the demand: seats, leads on duty and headcounts of templates
 * (core/operation.h and core/plan.h say how each is counted).
 *
 * Each term is a cost of a count: shifts of a template that start on a day, agents on shift at a site in an
 * interval, leads and others there. The search needs its exact change when one agent more or less is counted
 * (struct crew). The bound needs *rows*: a row says that the term costs at least dual × (side - a·x) for any
 * dual in [low, high], x being what the agents do; for headcounts and seats the best dual says exactly what
 * the term costs, for leads the row is the line under its steps.
 *
 * Seats without a price are hard. Here they cost so much that nobody takes one too many while there is
 * another way (rows_hard_price), so that there is always a roster to improve; crew_overfull says where one is
 * left.
 *
 * struct rows is immutable; a crew is owned by one thread. Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_ROWS_H
#define WFM_SCHEDULER_ROSTER_ROWS_H

#include "core/auto.h"
#include "scheduler/roster/pricing.h"

struct rows;
/* NULL where nothing couples the agents. The model must outlive it. */
struct rows *rows_new(const struct roster_model *model);
void rows_free(struct rows *rows);
AUTO_DEFINE(rows, rows_free);

double rows_hard_price(const struct rows *rows); /* of a seat-interval above hard seats */

/* ---- for the bound ---- */

struct row {
    double low, high; /* duals that hold */
    double side;
    double scale; /* how large its duals are beside a price of an interval */
};
int rows_n(const struct rows *rows);
struct row rows_row(const struct rows *rows, int i);

/* What these duals add to shifts of the catalogue's agents, leads or not: presence[n_axis], start[n_starts].
   False when all of it is zero; the arrays are filled all the same. */
bool rows_cost(const struct rows *rows, const double *dual, const struct catalogue *cat, bool lead,
               double *presence, double *start);

/* Adds n times a·x of a placed tour to use[rows_n]. */
void rows_use(const struct rows *rows, const struct catalogue *cat, bool lead, const struct tour *tour,
              double n, double *use);

/* ---- for the search ---- */

struct crew;
/* Nobody but the published past. */
struct crew *crew_new(const struct rows *rows);
void crew_free(struct crew *crew);
AUTO_DEFINE(crew, crew_free);
void crew_clear(struct crew *crew);

/* Adds (sign 1) or takes away (-1) a placed tour of an agent of the class. Returns what all terms cost more
   now. */
double crew_add(struct crew *crew, const struct agent_class *class, const struct tour *tour, int sign);

/* What all terms cost now, counted afresh; hard seats at rows_hard_price. */
double crew_total(const struct crew *crew);

/* What one more shift of an agent of the class adds, exactly. Valid until the next crew_add or crew_cost. */
struct shift_cost crew_cost(struct crew *crew, const struct agent_class *class);

/* The first site where hard seats are short, and the interval where most are; false when they hold. */
bool crew_overfull(const struct crew *crew, int *site, int32_t *iv, int *present);

#endif
