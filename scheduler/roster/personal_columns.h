/*
 * personal_columns.h - column generation over the works of some agents in a window of days, all else fixed.
 *
 * The restricted master (GLPK) has a row per headcount of the window with columns for missing and surplus
 * shifts, and a convexity row per agent. Columns come from the kernel (personal_path.h) in rounds, at duals
 * smoothed towards those of the best Lagrangian bound so far (in-out); that bound holds at every round. Dives
 * fix the cells (agent, day, template) the LP is surest of and price again. All agents and days make the
 * root.
 *
 * Owned by one thread, which must be the one that made it (GLPK's memory is the thread's); pricing may use a
 * second thread. Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_PERSONAL_COLUMNS_H
#define WFM_SCHEDULER_ROSTER_PERSONAL_COLUMNS_H

#include "scheduler/roster/personal_roster.h"

struct columns;

/* An agent's quotas of the window where they are not what the contract leaves, and what their use costs. */
struct columns_quota {
    int lo, hi, weekends_max; /* as in struct path_query */
    const int *limit;         /* n_tmpl */
    double minute_price;      /* of a unit of minutes */
    double weekend_price;
    const double *template_price; /* n_tmpl */
};

struct columns_task {
    const struct personal_roster *roster; /* what is fixed, and the first columns; unchanged meanwhile */
    const int *agents;                    /* who is free; ascending */
    int n_agents;
    int from, to;                       /* the days */
    const double *prices;               /* n_rows of the model: where to price first; NULL = the LP's */
    const struct columns_quota *quotas; /* n_agents, or NULL; with them works need not be legal outside */
    int threads;                        /* 1 or 2, never changes the result */
    const int *stop;                    /* becomes 1 when all must end; read atomically */
    const uint8_t *barred; /* n_agents × days × (n_tmpl + 1): 1 = must not be; NULL = all may */
};

struct columns *columns_new(const struct columns_task *task);
void columns_free(struct columns *columns);
AUTO_DEFINE(columns, columns_free);

enum columns_end {
    COLUMNS_DONE,     /* no better column exists, or bound and LP are as good as equal */
    COLUMNS_HOPELESS, /* the bound says that nothing below the cutoff exists */
    COLUMNS_TIRED,    /* rounds or work are spent */
    COLUMNS_STOPPED
};

/* Before the first LP of a large master: `steps` of the volume algorithm, which give prices, a bound and
   columns to begin with. cutoff: cost of some roster. */
void columns_warm(struct columns *columns, double cutoff, int steps);

/* Rounds of pricing until the LP is solved. cutoff: only rosters that cost less are of interest, INFINITY for
   all. At most `rounds` rounds and `work` (personal_path.h) units. */
enum columns_end columns_converge(struct columns *columns, double cutoff, int rounds, int64_t work);

/* Adds up to `most` by chance to the cost of every (agent, day, template), so that dives from the same LP
   differ. Bounds and cutoffs are of the perturbed costs from then on. */
void columns_perturb(struct columns *columns, double most, struct random *random);

/* How to dive. */
struct columns_dive {
    double threshold; /* cells whose share in the LP is above it are fixed together */
    int back;         /* so many decisions may be taken back when the cutoff gets out of reach */
    int64_t work;     /* at most, in units of the kernel */
};

/* A roster from the LP: fixes cells above the threshold, prices and solves again, until all is fixed. Returns
   whether one below the cutoff came out; `work`: n_agents × (to - from). The LP is as before afterwards. */
bool columns_dive(struct columns *columns, const struct columns_dive *how, double cutoff, uint8_t *work);

/* Adds a column: a legal work (to - from) of the k-th free agent. */
void columns_add(struct columns *columns, int k, const uint8_t *work);

/* The best roster of the columns so far by GLPK's branch and bound, at most `nodes` nodes; else like
   columns_dive. */
bool columns_mip(struct columns *columns, double cutoff, int nodes, uint8_t *work);

/* What the works the columns began with cost: rows of the window and agents. */
double columns_cost(const struct columns *columns);
/* The best Lagrangian bound of the part (personal_roster_part); -INFINITY at first. */
double columns_bound(const struct columns *columns);
/* The LP's value, and the prices of the best bound (n_rows of the model; rows outside the window 0). */
double columns_value(const struct columns *columns);
void columns_prices(const struct columns *columns, double *prices);
/* Work done so far, in units of the kernel. */
int64_t columns_work(const struct columns *columns);

#endif
