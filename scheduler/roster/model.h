/*
 * model.h - a plan problem turned into small arrays the roster kernel can price: skill sets, catalogues of
 * legal shifts on the planning grid, and what each agent may work.
 *
 * Time inside the engine is counted in intervals from the start of the horizon; shifts may end behind it, so
 * the axis has n_axis >= n_iv intervals, the tail without demand. Everything here is immutable after
 * roster_model_new and may be read from any thread.
 *
 * Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_MODEL_H
#define WFM_SCHEDULER_ROSTER_MODEL_H

#include "core/plan.h"

/* Site-local days one roster week can touch: 7, 8 where the zones differ, 9 in the worst clock change. */
#define ROSTER_DAYS_MAX 9
#define ROSTER_PATTERNS (1 << ROSTER_DAYS_MAX)

/* Agents of one skill set can replace each other on every queue. */
struct skill_set {
    int *queues; /* ascending */
    int n_queues;
    int n_agents;
};

/* What the rules see of a shift. Several templates may offer the same slot, unless something of the problem
   tells them apart (catalogue's by_template). */
struct slot {
    int32_t start_iv, end_iv; /* half open, on the axis */
    int day;                  /* site-local day, counted from the catalogue's first_day */
    int paid_min;
    int bucket;    /* paid_min / catalogue's bucket_min */
    int night;     /* 1 when it is a night shift by the contract */
    int start_min; /* wall clock of its start, 0..1439 */
    int rank;      /* of its start among the distinct starts of its day */
    int release;   /* how many distinct starts of the following days its rest forbids: the next shift's start,
                      counted   from the first start of day + 1, must have at least this position */
    int tmpl;      /* -1 when several may offer it */
    int kept;      /* plan that holds its breaks as in the roster a re-plan starts from; -1 = free breaks */
};

/* A template starting at an interval: breaks are placed once for all its lengths. */
struct shift_start {
    int day, tmpl;
    int plan; /* index into the model's plans */
    int32_t start_iv;
};

/* A template start with one paid length, and the slot it is. Sorted by start. */
struct variant {
    int start, slot;
};

/* Breaks of a template in time order, cut where windows can no longer collide; lengths and windows in
 * intervals. */
struct break_plan {
    int n;
    int rule[TEMPLATE_BREAKS_MAX]; /* index into the template's breaks */
    int len[TEMPLATE_BREAKS_MAX];
    int from[TEMPLATE_BREAKS_MAX], to[TEMPLATE_BREAKS_MAX]; /* offsets of the start, inclusive */
    bool paid[TEMPLATE_BREAKS_MAX];
    bool on_call; /* works no queue */
    double share; /* of the pay that is paid */
    int n_clusters;
    int cluster[TEMPLATE_BREAKS_MAX + 1]; /* first break of each cluster, and n behind the last */
};

/* All shifts a contract allows at a site in the horizon. */
struct catalogue {
    int contract, site;
    int32_t first_day; /* site-local day that holds the start of the horizon */
    int n_days;
    struct slot *slots; /* by day, start, end, paid */
    int n_slots;
    int *day_slot;   /* n_days + 1: first slot of a day */
    int *day_starts; /* n_days: distinct starts of a day */
    struct shift_start *starts;
    int n_starts;
    struct variant *variants;
    int n_variants;
    bool by_template; /* every slot is of one template */
    int *slot_first,
        *slot_variants; /* variants of slot s: slot_variants[slot_first[s] .. slot_first[s + 1]) */
    int bucket_min;     /* greatest common divisor of all paid lengths, >= 1 */
    int spread_min;     /* start_spread_max_min; >= 1440 when free */
    double *cum_pay; /* n_axis + 1: pay for paid time from the start of the horizon, operation's currency */
};

/* The day automaton of an agent: which days of the week may hold a shift together. Node 0 of level 0 is the
   start; arcs lead from level `day` to level day + 1; every node of the last level accepts. */
struct automaton {
    int n_days;
    int n_nodes[ROSTER_DAYS_MAX + 1];
    int16_t *off[ROSTER_DAYS_MAX];  /* node of the next level after a day without a shift, -1 when none */
    int16_t *work[ROSTER_DAYS_MAX]; /* … with a shift */
};

/* Agents whose week is the same problem: contract, site, skill set and personal circumstances. */
struct agent_class {
    int catalogue;
    int set;                                 /* skill set, -1 for agents without a skill */
    bool lead;                               /* a team lead, where leads are asked for */
    uint8_t *legal;                          /* per slot of the catalogue */
    uint64_t patterns[ROSTER_PATTERNS / 64]; /* legal sets of worked days, bit i of the index is day i */
    struct automaton automaton;
    bool timed;               /* do paid minutes bind beyond what the patterns say? */
    int bucket_lo, bucket_hi; /* paid minutes of the shifts, in buckets, inclusive; when timed */
    int nights_max;
    double *extra;    /* per slot: personal cost of working it (wishes, fairness, changes); NULL = none */
    double *off_cost; /* per day of the catalogue: cost of no shift on it, INFINITY = must be worked; NULL =
                         none. Both may be negative */
    int *agents;
    int n_agents;
};

struct meetings; /* meetings.h */

struct roster_model {
    const struct plan_problem *problem;
    struct zone **zones; /* by site */
    int n_iv, n_axis;
    int32_t interval_s;
    int64_t start_ts;
    struct skill_set *sets;
    int n_sets;
    double *fixed; /* n_sets × n_iv: staff from published past shifts that reach into the horizon */
    struct break_plan *plans; /* by template; behind them those of shifts that keep their breaks */
    int n_plans;
    struct meetings *meetings; /* NULL when nobody is asked to any */
    struct burden *burdens;    /* by agent; NULL without fairness */
    struct catalogue *catalogues;
    int n_catalogues;
    struct agent_class *classes;
    int n_classes;
    int *class_of_agent;
};

/* Builds the model; the problem must outlive it. WFM_ERROR_INPUT for what cannot be planned (misaligned grid,
   an agent without a legal week, …), naming place, value and remedy. */
struct roster_model *roster_model_new(const struct plan_problem *problem, GError **error);
void roster_model_free(struct roster_model *model);
AUTO_DEFINE(roster_model, roster_model_free);

static inline int64_t roster_model_ts(const struct roster_model *model, int32_t iv)
{
    return model->start_ts + (int64_t)iv * model->interval_s;
}

/* Days with a shift and places where they are, for one class before and after its automaton is known
 * (rules.c). */
bool automaton_build(struct automaton *automaton, const uint64_t *patterns, int n_days);
void automaton_clear(struct automaton *automaton);

/* Fills classes and class_of_agent (rules.c). */
bool roster_model_classes(struct roster_model *model, GError **error);

#endif
