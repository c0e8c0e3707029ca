/*
 * personal_model.h - the problem as the personal engine sees it: days × templates, what each agent may work
 * and what it costs, rows of headcounts.
 *
 * An agent's *work* is one template index per day, or `n_tmpl` for a day off. Rules: templates allowed,
 * successions, rest and distance of starts on days in a row, consecutive days worked (least and most) and off
 * (least), minutes of the period, weekends of the whole horizon, template maxima of the period, time off,
 * availability, employment. Immutable after building; any thread may read it.
 *
 * Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_PERSONAL_MODEL_H
#define WFM_SCHEDULER_ROSTER_PERSONAL_MODEL_H

#include "core/auto.h"
#include "core/plan.h"

#define PERSONAL_TEMPLATES_MAX 120
#define PERSONAL_CLASSES_MAX 32
#define PERSONAL_FREE INT_MAX /* no maximum */

/* What a contract says about sequences of days. */
struct personal_contract {
    int contract;
    int run_max, run_min, off_min; /* days; run_max is at most the days of the horizon + 1, the others >= 1 */
    int weekends_max;              /* of the horizon; PERSONAL_FREE */
    int unit_min;                  /* greatest common divisor of the templates' minutes */
    int lo, hi;                    /* minutes of the horizon, in units */
    int *units;                    /* n_tmpl: paid minutes in units */
    int *limit;                    /* n_tmpl: most shifts of it; 0 = not allowed, PERSONAL_FREE */
    int n_classes;                 /* templates after which the same may follow are one class */
    int8_t *class;                 /* n_tmpl, -1 where not allowed */
    uint32_t *before;              /* n_tmpl: classes it may follow, bit by class */
    double *pay;                   /* n_days × n_tmpl */
};

/* A headcount: shifts of a template on a day. A shift counts on every row of its cell. */
struct personal_row {
    int day, tmpl, site; /* site -1 = any */
    int need;
    double under, over;
};

struct personal_model {
    const struct plan_problem *problem;
    int n_days, n_tmpl, n_agents;
    int n_sites;
    int32_t first_day;
    int64_t start_ts;
    struct personal_row *rows; /* by day */
    int n_rows;
    int *day_row;  /* n_days + 1: first row of the day */
    int *cell_at;  /* n_sites × n_days × n_tmpl + 1: first of the rows of the cell … */
    int *cell_row; /* … in this list */
    struct personal_contract *contracts;
    int n_contracts;
    int *contract_of; /* n_agents: index into contracts */
    int *site_of;     /* n_agents */
    double *cost; /* n_agents × n_days × (n_tmpl + 1): pay, wishes not granted; INFINITY = not legal. The
                     least legal one of each day is what `constant` holds already, so all are >= 0 */
    double constant;
    bool whole;       /* all costs are whole numbers */
    double scale;     /* whole numbers per unit of money in the kernel (personal_path.h) */
    double price_max; /* of a row */
};

/* NULL with WFM_ERROR_INPUT when an agent cannot be planned. The problem must outlive it. */
struct personal_model *personal_model_new(const struct plan_problem *problem, GError **error);
void personal_model_free(struct personal_model *model);
AUTO_DEFINE(personal_model, personal_model_free);

static inline double *personal_cost(const struct personal_model *model, int agent, int day)
{
    return model->cost + ((size_t)agent * (size_t)model->n_days + (size_t)day) * (size_t)(model->n_tmpl + 1);
}

static inline const struct personal_contract *personal_contract(const struct personal_model *model, int agent)
{
    return &model->contracts[model->contract_of[agent]];
}

/* The rows a shift of the agent on (day, tmpl) counts on. */
static inline const int *personal_cell(const struct personal_model *model, int agent, int day, int tmpl,
                                       int *n)
{
    size_t at =
        ((size_t)model->site_of[agent] * (size_t)model->n_days + (size_t)day) * (size_t)model->n_tmpl +
        (size_t)tmpl;
    *n = model->cell_at[at + 1] - model->cell_at[at];
    return model->cell_row + model->cell_at[at];
}

/* What a row with so many shifts costs, and what one more changes. */
static inline double personal_row_cost(const struct personal_row *row, int count)
{
    return count < row->need ? (row->need - count) * row->under : (count - row->need) * row->over;
}

static inline double personal_row_gain(const struct personal_row *row, int count)
{
    return count < row->need ? row->under : -row->over;
}

static inline bool personal_saturday(int day)
{
    return day % WEEK_DAYS == 5;
}

static inline bool personal_sunday(int day)
{
    return day % WEEK_DAYS == 6;
}

/* Does the agent's work keep every rule of the model? By plain counting. */
bool personal_legal(const struct personal_model *model, int agent, const uint8_t *work);

#endif
