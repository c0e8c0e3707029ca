/*
 * series.h - what happened in a queue, per interval: the history every forecast starts from.
 */
#ifndef WFM_CORE_SERIES_H
#define WFM_CORE_SERIES_H

#include "core/grid.h"

/* History of one queue on a UTC grid, or on a grid of local days (core/grid.h). NAN in `offered` means "not
   observed" (no row), which is not the same as 0. Where the source has no such column, answered, abandoned,
   handle_s and wait_s are NAN throughout. Owned by its holder. */
struct series {
    struct grid grid;
    double *offered;   /* grid.n: contacts that arrived */
    double *answered;  /* grid.n */
    double *abandoned; /* grid.n */
    double *handle_s;  /* grid.n: total handling time, seconds; AHT = handle_s / answered */
    double *wait_s;    /* grid.n: total time in the queue of the offered, answered or not, seconds */
};

/* Allocates the five arrays, all NAN. */
void series_init(struct series *series, const struct grid *grid);
void series_clear(struct series *series);

#endif
