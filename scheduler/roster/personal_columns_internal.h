/*
 * personal_columns_internal.h - shared by personal_columns.c (LP and pricing) and personal_dive.c (integer
 * rosters from it), and by nobody else.
 */
#ifndef WFM_SCHEDULER_ROSTER_PERSONAL_COLUMNS_INTERNAL_H
#define WFM_SCHEDULER_ROSTER_PERSONAL_COLUMNS_INTERNAL_H

#include <glpk.h>

#include "scheduler/roster/personal_columns.h"

#define EPS 1e-6
#define PRICE_WANT 3             /* columns of an agent in a round, at most, */
#define PRICE_ROOM PATH_BEST_MAX /* … and when branch and bound looks for more */

/* A work of an agent in the window. LP column = n_slack + index + 1. */
struct column {
    int k;    /* position of its agent among the free ones */
    bool out; /* contradicts a cell that is fixed */
    double cost;
    uint8_t *work; /* n_days of the window */
};

/* What pricing one agent gave. */
struct priced {
    int n;
    int64_t bound;
    uint8_t *work; /* PRICE_ROOM × n_days */
};

struct columns {
    const struct personal_model *model;
    int *agents, n, from, to, n_days;
    int first_row, n_rows; /* of the model */
    int n_slack;           /* columns before the first work: missing and surplus of each row, one per agent */
    int *need;             /* n_rows: what the free agents are to cover, may be negative */
    int threads, want;     /* want: columns of an agent in a round */
    const int *stop;

    glp_prob *lp;
    GArray *column; /* struct column */
    double *dual;   /* n_rows + n: of the LP */
    double *center; /* n_rows: prices of the best bound */
    bool centered;
    bool stale;  /* columns came since the LP was solved */
    bool smooth; /* the next round prices near the center */
    double value, bound;
    double first; /* cost of the works at the beginning */

    struct path *path[2];
    struct path_query *query; /* n */
    int *limit;               /* n × n_tmpl */
    uint8_t *memory;          /* n × (n_tmpl + 1) */
    int32_t *cost;            /* n × n_days × (n_tmpl + 1): kernel costs of the round */
    struct priced *priced;    /* n */
    float *noise;             /* n × n_days × (n_tmpl + 1), added to the agents' costs; NULL = none */
    int16_t *fixed;           /* n × n_days: template, n_tmpl = off, -1 = free */
    uint8_t *banned;          /* n × n_days × (n_tmpl + 1): 1 = must not be … */
    uint8_t *barred;          /* … whatever a dive decides */
    int64_t lp_work;
    int *index; /* room for a column of the LP */
    double *element;
};

bool columns_stopped(const struct columns *c);

/* Solves the LP; false when it could not be (or all must stop). Sets value and dual. */
bool columns_solve(struct columns *c, bool dual_simplex);

/* Prices all agents at the prices (n_rows) and returns the Lagrangian bound there (of what is fixed, too). */
double columns_lagrange(struct columns *c, const double *prices);

/* Prices all agents at the prices (n_rows) and adds the columns that pay at the LP's duals; *bound: the
   Lagrangian bound (of what is fixed, too). Returns how many were added. */
int columns_price(struct columns *c, const double *prices, double *bound);

/* Adds the best columns of every agent at the LP's duals whose reduced cost is below the gap. */
void columns_enrich(struct columns *c, double gap);

static inline struct column *columns_at(const struct columns *c, int i)
{
    return &g_array_index(c->column, struct column, i);
}

static inline int columns_lp(const struct columns *c, int i)
{
    return c->n_slack + i + 1;
}

#endif
