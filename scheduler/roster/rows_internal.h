/*
 * rows_internal.h - what rows.c (terms and rows of the bound) and crew.c (exact changes for the search)
 * share, and nobody else.
 */
#ifndef WFM_SCHEDULER_ROSTER_ROWS_INTERNAL_H
#define WFM_SCHEDULER_ROSTER_ROWS_INTERNAL_H

#include "scheduler/roster/rows.h"

/* Shifts of a template that start on a day at a site (-1: any), and what their number costs. */
struct cell {
    int tmpl, site;
    int32_t day;
    int past;       /* published ones */
    int first_need; /* into needs, those of the cell */
    int n_needs;
};

struct need {
    double need, under, over;
};

/* Presence at a site. */
struct place {
    int site;
    int seats;         /* 0 = no limit, or never binding */
    double seat_price; /* of a seat-interval above */
    bool hard;
    const struct lead_rule **leads;
    int n_leads;
    int *past[2]; /* n_iv: others and leads of the published past on shift */
};

struct rows {
    const struct roster_model *model;
    double hours; /* of an interval */
    double hard_price;
    struct need *needs;
    int n_needs;
    struct cell *cells; /* by day, template, site */
    int n_cells;
    struct place *places;
    int n_places;
    int *place_of_site; /* -1 = none */
    int **start_cell;   /* by catalogue: 2 × n_starts, the cells a start counts in, -1 = none */
    struct row *rows;
    int n_rows;
    int *first_row; /* by place: its seat rows (when it has seats), then those of its leads, n_iv each */
};

static inline int place_seats(const struct place *place, int32_t iv)
{
    return place->hard ? MAX(place->seats, place->past[0][iv] + place->past[1][iv]) : place->seats;
}

static inline const struct place *rows_place_of(const struct rows *rows, const struct catalogue *cat,
                                                int *index)
{
    *index = rows->place_of_site[cat->site];
    return *index < 0 ? NULL : &rows->places[*index];
}

static inline const int *rows_cells_of(const struct rows *rows, const struct catalogue *cat)
{
    return rows->start_cell[cat - rows->model->catalogues];
}

static inline bool rows_on_call(const struct rows *rows, const struct catalogue *cat, const struct duty *duty)
{
    int tmpl = cat->starts[cat->variants[duty->variant].start].tmpl;
    return rows->model->problem->operation->templates[tmpl].on_call;
}

#endif
