/*
 * model.h - what the doors of staffing.h share: which model a queue has in an interval.
 * Internal to scheduler/staffing/.
 */
#ifndef WFM_SCHEDULER_STAFFING_MODEL_H
#define WFM_SCHEDULER_STAFFING_MODEL_H

#include "scheduler/staffing/erlang.h"
#include "scheduler/staffing/staffing.h"

/* Agents busy in the interval if there were always one free, in erlang: the modified offered load. Contacts
   of earlier intervals that are still being handled count, with handling times taken as exponential: m ← a_i
   + (m - a_i) e^{-D/h}. The grid starts in steady state. All >= 0. Where the load moves within the interval
   (an opening, a jump) it has several points, by Gauss' rules: a level at the mean load is not the mean of
   the levels on the way. Else one, the mean. */
#define CARRIED_POINTS 5
struct carried {
    double mean_erl;
    int n;                      /* 1, 2 or CARRIED_POINTS */
    double erl[CARRIED_POINTS]; /* n */
    const double *share;        /* n: of the interval's time and contacts; static */
};
void load_carried(const struct load *load, int32_t iv, struct carried *out);

/* The same for every interval in one pass; out: grid.n. */
void load_carried_all(const struct load *load, struct carried *out);

#define MODEL_POINTS 41

/* An immediate queue in one interval. Agents are productive ones: all shrinkage taken off. */
struct model {
    struct erlang_system system;
    struct erlang_targets targets;
    const double *level_aht_s; /* when handling slows down with concurrency; else NULL */
    int concurrency;           /* >= 1 */
    double offset;             /* of the load: n agents do what n + offset would */
    double offered;            /* contacts of the interval */
    double interval_s;
    /* Loads the interval may have: on its way (struct carried) and on busier and calmer days (busyness.h).
       One: system.rate_per_s, which is that of the mean in any case. */
    int n_points;
    bool uncertain; /* some of them are of other days */
    double point_erl[MODEL_POINTS], contact_share[MODEL_POINTS], time_share[MODEL_POINTS];
};
void model_init(struct model *model, const struct queue *queue, const struct load *load, int32_t iv);

/* The models of all intervals, load->grid.n of them; g_free. */
struct model *models_new(const struct queue *queue, const struct load *load);

/* Intervals by load, the least first: neighbours are good guesses of each other's answers. n of them; g_free.
 */
int32_t *models_by_load(const struct model *models, int32_t n);

void model_metrics(const struct model *model, double agents, struct erlang_metrics *out);
void model_service(const struct model *model, double agents, struct service *out);

/* Service level and counted share (see struct erlang_metrics) of first, first + step, …: n each. */
void model_levels(const struct model *model, double first, double step, int n, double *sl, double *counted);

/* Least agents, real-valued, that meet all targets; INFINITY when none do. Quicker from a guess near it (<=
   0: none). */
double model_required(const struct model *model, double guess);

/* A guess for a model from another's answer: as many square roots of the load beyond it. 0 without one. */
double model_guess(const struct model *model, const struct model *other, double answer);

/* staffing_requirement with the operation's closed days. models, order: models_new and
   models_by_load of an immediate queue. */
bool requirement_of(const struct operation *operation, const struct queue *queue, const struct load *load,
                    const struct model *models, const int32_t *order, double *need, GError **error);

/* Efficiency of deferred work: the queue's occupancy cap, 1 when it is not set. */
double queue_efficiency(const struct queue *queue);

#endif
