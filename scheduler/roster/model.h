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
#include "scheduler/roster/line.h"

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
    int week;                 /* roster week of its start */
    int paid_min;
    int bucket;    /* paid_min / catalogue's bucket_min */
    int night;     /* 1 when it is a night shift by the contract */
    int start_min; /* wall clock of its start, 0..1439 */
    int rank;      /* of its start among the distinct starts of its day */
    int release;   /* how many distinct starts of the following days its rest forbids: the next shift's start,
                      counted   from the first start of day + 1, must have at least this position */
    int tmpl;      /* -1 when several may offer it */
    int letter;    /* of the day automaton (letters.h) */
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

/* Tags of choices: night shifts, and shifts of the template of the contract's limit i. */
#define TAG_NIGHT ((uint64_t)LINE_TAG_FREE)
#define TAG_LIMIT(i) (((uint64_t)LINE_TAG_FREE << 1) << (i))
#define LIMITS_MAX 60

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
        *slot_variants;          /* variants of slot s: slot_variants[slot_first[s] .. slot_first[s + 1]) */
    int bucket_min;              /* greatest common divisor of all paid lengths, >= 1 */
    int spread_min;              /* start_spread_max_min; >= 1440 when free */
    int *week_last;              /* n_weeks: last day of each roster week, counted from first_day */
    struct line_choice *choices; /* n_slots: the slots as the kernel sees them */
    struct line_letter *letters; /* n_letters + 1 (letters.h) */
    int n_letters;
    double *gap[LINE_GAPS_MAX]; /* as in struct line_rules */
    int n_gaps;
    bool pairs_apart; /* prices between two shifts are in no gap: counted with the tour alone */
    struct line_run *runs;
    int n_runs;
    int *run_of_template; /* n_templates, -1 = none; NULL without runs */
    double *nothing;      /* n_slots: zeros */
    double *cum_pay; /* n_axis + 1: pay for paid time from the start of the horizon, operation's currency */
};

/* What the line of an agent must keep (agent_line.h). Minutes are in buckets of the catalogue. */
struct agent_line {
    struct line_rules rules; /* owns past and week_days */
    struct line_automaton *automaton;
    struct line_range *week_minutes; /* n_weeks; NULL = free */
    struct line_range period_minutes;
    bool period_timed; /* does period_minutes bind? */
    struct line_counter *counters;
    int n_counters;
    int *credit_min;    /* n_weeks: paid minutes credited for absences */
    bool optional;      /* may have no shift at all; with any: */
    double hire;        /* … costs this */
    int64_t busy_until; /* end of the published past, where the weekly rest asks for it; 0 else */
    int *any;           /* n_days: some legal line, for where the kernel gives up; NULL = none */
    bool money;         /* can a line cost overtime, hiring or the price of a rule? */
};

/* Agents whose line is the same problem: contract, site, skill set and personal circumstances. */
struct agent_class {
    int catalogue;
    int set;        /* skill set, -1 for agents without a skill */
    bool lead;      /* a team lead, where leads are asked for */
    uint8_t *legal; /* per slot of the catalogue */
    struct agent_line own;
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
    int *class_of_agent, *catalogue_of_agent;
    int64_t *week_start;  /* n_weeks + 1 */
    uint8_t *past_letter; /* per published shift: its letter in its agent's catalogue */
};

/* Builds the model; the problem must outlive it. WFM_ERROR_INPUT for what cannot be planned (misaligned grid,
   an agent without a legal week, …), naming place, value and remedy. */
struct roster_model *roster_model_new(const struct plan_problem *problem, GError **error);
/* Only time, skill sets, `fixed` and, in class_of_agent, the set of each agent (-1: none): what the worth of
   staff is counted by. Quick, and of any problem of the right shape, whether it has a legal roster or not. */
struct roster_model *roster_model_of_sets(const struct plan_problem *problem, GError **error);
void roster_model_free(struct roster_model *model);
AUTO_DEFINE(roster_model, roster_model_free);

static inline int64_t roster_model_ts(const struct roster_model *model, int32_t iv)
{
    return model->start_ts + (int64_t)iv * model->interval_s;
}

struct catalogue *roster_catalogue_of(const struct roster_model *model, int agent);
/* Is a published shift a night shift by the contract? */
bool catalogue_is_night(const struct roster_model *model, const struct catalogue *cat,
                        const struct shift *shift);

/* Intervals of the horizon in which the shift works (half of one does not count), into out[n_iv]. */
int roster_shift_cover(const struct roster_model *model, const struct shift *shift, int32_t *out);

/* Agents of each skill set at work, n_iv × n_sets, by a model of sets alone; g_free. */
int *roster_sets_at_work(const struct roster_model *model, const struct shift *shifts, int n);

/* Published shifts [from, to) of the agent. */
void roster_past_range(const struct plan_problem *problem, int agent, int *from, int *to);

/* Fills classes and class_of_agent (rules.c). */
bool roster_model_classes(struct roster_model *model, GError **error);

#endif
