/*
 * staff_ask.h - what the calculator of `wfm staff` is asked: its options as numbers, and the points of a grid
 * over them.
 */
#ifndef WFM_WFM_STAFF_ASK_H
#define WFM_WFM_STAFF_ASK_H

#include "scheduler/staffing/calculator.h"
#include "wfm/options.h"

struct staff_ask {
    struct calculator calculator;
    double agents;    /* on shift, as given; NAN: as many as it takes */
    double fte_hours; /* of a full-time agent a week */
};

/* All options of `wfm staff`. */
extern const struct option_row staff_rows[];

/* True when the options ask for the calculator. False with *error set when some of them need it but --calls
   is missing. */
bool staff_asks_calculator(const struct options *options, bool *out, GError **error);

bool staff_ask_init(struct staff_ask *ask, const struct options *options, GError **error);

/* Options that do not go together or cannot be met. For every point of a grid. */
bool staff_ask_check(const struct staff_ask *ask, GError **error);

/* An option a grid can walk over and a solution can be found for. */
struct staff_variable {
    const char *name;
    size_t offset; /* of a double in struct staff_ask */
};
const struct staff_variable *staff_variable_find(const char *name); /* NULL: none of that name */
double *staff_variable_of(struct staff_ask *ask, const struct staff_variable *variable);
/* "210 s", "0.8": for a heading. g_free. */
char *staff_variable_text(const struct staff_variable *variable, double value);

/* "calls, aht, …". g_free. */
char *staff_variable_names(void);
/* A value of a variable, within the bounds of its option; and a step between two. `where` stands behind
   --grid in messages. */
bool staff_value_parse(const char *name, const char *where, const char *text, double *value, GError **error);
bool staff_step_parse(const char *name, const char *where, const char *text, double *step, GError **error);

/* --grid NAME=VALUE,… or NAME=FROM:TO:STEP. */
#define STAFF_AXES_MAX 4
struct staff_axis {
    const struct staff_variable *variable;
    double *values; /* g_free */
    int n;
};
struct staff_grid {
    struct staff_axis axes[STAFF_AXES_MAX];
    int n_axes, n_points; /* the last axis runs fastest; no axis: one point */
};
bool staff_grid_init(struct staff_grid *grid, const struct options *options, GError **error);
void staff_grid_clear(struct staff_grid *grid);
/* Sets the variables of the axes to the point's values. */
void staff_grid_point(const struct staff_grid *grid, int point, struct staff_ask *ask);

#endif
