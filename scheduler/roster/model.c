#include "scheduler/roster/model.h"

#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "scheduler/roster/agent_line.h"
#include "scheduler/roster/catalogue.h"
#include "scheduler/roster/meetings.h"
#include "scheduler/roster/wishes.h"

#define WEEKS_MAX 53

/* ---- skill sets and published coverage ---- */

static int find_set(struct roster_model *model, const struct agent *agent)
{
    for (int s = 0; s < model->n_sets; s++) {
        const struct skill_set *set = &model->sets[s];
        bool same = set->n_queues == agent->n_skills;
        for (int i = 0; same && i < agent->n_skills; i++)
            same = set->queues[i] == agent->skills[i].queue;
        if (same)
            return s;
    }
    model->sets = g_renew(struct skill_set, model->sets, model->n_sets + 1);
    struct skill_set *set = &model->sets[model->n_sets];
    *set = (struct skill_set){.queues = g_new(int, agent->n_skills), .n_queues = agent->n_skills};
    for (int i = 0; i < agent->n_skills; i++)
        set->queues[i] = agent->skills[i].queue;
    return model->n_sets++;
}

/* Adds `sign` times the span's share of every interval it touches. */
static void add_span(const struct roster_model *model, double *row, int64_t from_ts, int64_t to_ts,
                     double sign)
{
    int64_t end = roster_model_ts(model, model->n_iv);
    from_ts = MAX(from_ts, model->start_ts);
    to_ts = MIN(to_ts, end);
    while (from_ts < to_ts) {
        int32_t iv = (int32_t)((from_ts - model->start_ts) / model->interval_s);
        int64_t stop = MIN(to_ts, roster_model_ts(model, iv + 1));
        row[iv] += sign * (double)(stop - from_ts) / model->interval_s;
        from_ts = stop;
    }
}

static void build_sets(struct roster_model *model, int *set_of_agent)
{
    const struct plan_problem *problem = model->problem;
    const struct operation *operation = problem->operation;
    for (int a = 0; a < operation->n_agents; a++) {
        const struct agent *agent = &operation->agents[a];
        set_of_agent[a] = agent->n_skills == 0 ? -1 : find_set(model, agent);
        if (set_of_agent[a] >= 0)
            model->sets[set_of_agent[a]].n_agents++;
    }
    model->fixed = g_new0(double, (size_t)model->n_sets *(size_t)model->n_iv + 1);
    for (int i = 0; i < problem->n_past; i++) {
        const struct shift *shift = &problem->past[i];
        if (set_of_agent[shift->agent] < 0 || (shift->tmpl >= 0 && operation->templates[shift->tmpl].on_call))
            continue;
        double *row = model->fixed + (size_t)set_of_agent[shift->agent] * (size_t)model->n_iv;
        add_span(model, row, shift->start_ts, shift->end_ts, 1.0);
        for (int k = 0; k < shift->n_activities; k++)
            add_span(model, row, shift->activities[k].start_ts, shift->activities[k].end_ts, -1.0);
    }
}

/* Bounds of the roster weeks in the planning zone. */
static bool set_week_starts(struct roster_model *model, GError **error)
{
    const struct plan_problem *problem = model->problem;
    AUTO(zone) zone = zone_new(problem->operation->zone, error);
    if (zone == NULL)
        return false;
    model->week_start = g_new0(int64_t, problem->n_weeks + 1);
    for (int w = 0; w <= problem->n_weeks; w++)
        model->week_start[w] = zone_day_start(zone, problem->first_day + WEEK_DAYS * w);
    return true;
}

/* ---- whole ---- */

static int longest_span_min(const struct operation *operation)
{
    int longest = 0;
    for (int t = 0; t < operation->n_templates; t++)
        longest = MAX(longest, operation->templates[t].paid_max_min +
                                   shift_template_unpaid_min(&operation->templates[t]));
    return longest;
}

static bool check_base(const struct plan_problem *problem, GError **error)
{
    int n_agents = problem->operation->n_agents;
    const struct plan_base *base = problem->base;
    for (int i = 0; base != NULL && i < base->n_shifts; i++)
        if (base->shifts[i].agent < 0 || base->shifts[i].agent >= n_agents)
            return wfm_fail(error, WFM_ERROR_INPUT,
                            "base shift %d is of agent number %d; there are %d agents", i,
                            base->shifts[i].agent, n_agents);
    for (int i = 0; base != NULL && i < base->n_locks; i++) {
        const struct lock *lock = &base->locks[i];
        if (lock->agent < 0 || lock->agent >= n_agents || lock->shift < -1 || lock->shift >= base->n_shifts ||
            (lock->shift >= 0 && base->shifts[lock->shift].agent != lock->agent))
            return wfm_fail(
                error, WFM_ERROR_INPUT,
                "lock %d: agent number %d and base shift %d do not belong together (%d agents, %d "
                "base shifts)",
                i, lock->agent, lock->shift, n_agents, base->n_shifts);
    }
    for (int i = 0; i < problem->n_headcounts; i++)
        if (problem->headcounts[i].tmpl < 0 ||
            problem->headcounts[i].tmpl >= problem->operation->n_templates ||
            problem->headcounts[i].site < -1 || problem->headcounts[i].site >= problem->operation->n_sites)
            return wfm_fail(error, WFM_ERROR_INPUT,
                            "headcount %d names template number %d and site number %d; there are %d and %d",
                            i, problem->headcounts[i].tmpl, problem->headcounts[i].site,
                            problem->operation->n_templates, problem->operation->n_sites);
    return true;
}

static bool check_shape(const struct plan_problem *problem, GError **error)
{
    const struct grid *grid = &problem->demand.grid;
    const struct operation *operation = problem->operation;
    if (problem->n_weeks < 1 || problem->n_weeks > WEEKS_MAX)
        return wfm_fail(error, WFM_ERROR_INPUT, "the roster has %d weeks: plan 1 to %d", problem->n_weeks,
                        WEEKS_MAX);
    if (!grid_interval_ok(grid->interval_s / 60) || grid->interval_s % 60 != 0 || grid->n < 1 ||
        grid->n > (WEEK_DAYS * problem->n_weeks + 2) * (DAY_S / grid->interval_s))
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "demand grid of %d intervals of %d s is not %d weeks of planning intervals", grid->n,
                        grid->interval_s, problem->n_weeks);
    if (problem->demand.n_queues != operation->n_queues)
        return wfm_fail(error, WFM_ERROR_INPUT, "demand has %d queues, the operation %d",
                        problem->demand.n_queues, operation->n_queues);
    for (int t = 0; t < operation->n_templates; t++) {
        const struct shift_template *tmpl = &operation->templates[t];
        int span = tmpl->paid_max_min + shift_template_unpaid_min(tmpl);
        if (tmpl->paid_min_min < 1 || span > 2 * DAY_MIN)
            return wfm_fail(
                error, WFM_ERROR_INPUT,
                "shift template %s: paid length of %d..%d minutes is not between 1 minute and two days",
                tmpl->id, tmpl->paid_min_min, tmpl->paid_max_min);
    }
    for (int i = 0; i < problem->n_past; i++)
        if (problem->past[i].agent < 0 || problem->past[i].agent >= operation->n_agents)
            return wfm_fail(error, WFM_ERROR_INPUT,
                            "published shift %d is of agent number %d; there are %d agents", i,
                            problem->past[i].agent, operation->n_agents);
    return check_base(problem, error);
}

struct roster_model *roster_model_of_sets(const struct plan_problem *problem, GError **error)
{
    if (!check_shape(problem, error))
        return NULL;
    const struct operation *operation = problem->operation;
    AUTO(roster_model) model = g_new0(struct roster_model, 1);
    model->problem = problem;
    model->start_ts = problem->demand.grid.start_ts;
    model->interval_s = problem->demand.grid.interval_s;
    model->n_iv = problem->demand.grid.n;
    model->n_axis = model->n_iv + longest_span_min(operation) * 60 / model->interval_s + 1;
    model->zones = g_new0(struct zone *, operation->n_sites + 1);
    for (int s = 0; s < operation->n_sites; s++) {
        model->zones[s] = zone_new(operation->sites[s].zone, error);
        if (model->zones[s] == NULL) {
            g_prefix_error(error, "site %s: ", operation->sites[s].id);
            return NULL;
        }
    }
    model->class_of_agent = g_new0(int, operation->n_agents + 1);
    build_sets(model, model->class_of_agent);
    return g_steal_pointer(&model);
}

struct roster_model *roster_model_new(const struct plan_problem *problem, GError **error)
{
    const struct operation *operation = problem->operation;
    AUTO(roster_model) model = roster_model_of_sets(problem, error);
    if (model == NULL)
        return NULL;
    model->burdens = wishes_burdens(problem, model->zones);
    model->catalogue_of_agent = g_new0(int, operation->n_agents + 1);
    model->past_letter = g_new0(uint8_t, problem->n_past + 1);
    if (!set_week_starts(model, error))
        return NULL;
    if (!catalogues_build(model, error))
        return NULL;
    if (!roster_model_classes(model, error))
        return NULL;
    model->meetings = meetings_new(model);
    return g_steal_pointer(&model);
}

void roster_model_free(struct roster_model *model)
{
    if (model == NULL)
        return;
    for (int s = 0; model->zones != NULL && s < model->problem->operation->n_sites; s++)
        zone_free(model->zones[s]);
    g_free(model->zones);
    for (int s = 0; s < model->n_sets; s++)
        g_free(model->sets[s].queues);
    g_free(model->sets);
    g_free(model->fixed);
    g_free(model->burdens);
    meetings_free(model->meetings);
    catalogues_clear(model);
    for (int c = 0; c < model->n_classes; c++) {
        g_free(model->classes[c].legal);
        g_free(model->classes[c].extra);
        g_free(model->classes[c].off_cost);
        g_free(model->classes[c].agents);
        agent_line_clear(&model->classes[c].own);
    }
    g_free(model->classes);
    g_free(model->class_of_agent);
    g_free(model->catalogue_of_agent);
    g_free(model->past_letter);
    g_free(model->week_start);
    g_free(model);
}

int roster_shift_cover(const struct roster_model *model, const struct shift *shift, int32_t *out)
{
    const struct operation *op = model->problem->operation;
    int n = 0;
    if (shift->tmpl >= 0 && op->templates[shift->tmpl].on_call)
        return 0;
    int64_t from = (shift->start_ts - model->start_ts) / model->interval_s;
    for (int64_t iv = MAX(from, 0); iv < model->n_iv; iv++) {
        int64_t start = roster_model_ts(model, (int32_t)iv), end = start + model->interval_s;
        bool works = start >= shift->start_ts && end <= shift->end_ts;
        if (start >= shift->end_ts)
            break;
        for (int k = 0; works && k < shift->n_activities; k++)
            works = shift->activities[k].end_ts <= start || shift->activities[k].start_ts >= end;
        if (works)
            out[n++] = (int32_t)iv;
    }
    return n;
}

int *roster_sets_at_work(const struct roster_model *model, const struct shift *shifts, int n)
{
    int *count = g_new0(int, (size_t)model->n_iv *(size_t)model->n_sets + 1);
    g_autofree int32_t *cover = g_new(int32_t, model->n_iv + 1);
    for (int i = 0; i < n; i++) {
        int set = model->class_of_agent[shifts[i].agent];
        int covered = set >= 0 ? roster_shift_cover(model, &shifts[i], cover) : 0;
        for (int k = 0; k < covered; k++)
            count[(size_t)cover[k] * (size_t)model->n_sets + (size_t)set]++;
    }
    return count;
}
