#include "scheduler/simulate/staff.h"

#include <math.h>

static bool same_skills(const struct agent *a, const struct agent *b)
{
    bool same = a->n_skills == b->n_skills;
    for (int i = 0; same && i < a->n_skills; i++)
        same = a->skills[i].queue == b->skills[i].queue;
    return same;
}

/* First agent of each group into `member` (n_agents), the group of each agent into `group` (-1 without
 * skills). Returns how many groups. */
static int find_groups(const struct operation *operation, int *member, int *group)
{
    int n = 0;
    for (int a = 0; a < operation->n_agents; a++) {
        int g = 0;
        while (g < n && !same_skills(&operation->agents[a], &operation->agents[member[g]]))
            g++;
        if (operation->agents[a].n_skills == 0)
            g = -1;
        else if (g == n)
            member[n++] = a;
        group[a] = g;
    }
    return n;
}

/* Adds share × weight for every interval the shift is worked. */
static void add_worked(const struct grid *grid, const struct shift *shift, double weight, double *sum,
                       double *weighted)
{
    int32_t first = MAX(grid_index(grid, shift->start_ts), 0);
    for (int32_t iv = first; iv < grid->n && grid_ts(grid, iv) < shift->end_ts; iv++) {
        int64_t from = MAX(grid_ts(grid, iv), shift->start_ts);
        int64_t to = MIN(grid_ts(grid, iv) + grid->interval_s, shift->end_ts);
        int64_t worked = MAX(to - from, 0);
        for (int k = 0; k < shift->n_activities; k++) {
            const struct activity *activity = &shift->activities[k];
            worked -= MAX(MIN(to, activity->end_ts) - MAX(from, activity->start_ts), 0);
        }
        double share = (double)MAX(worked, 0) / grid->interval_s;
        sum[iv] += share;
        weighted[iv] += share * weight;
    }
}

/* Share of an agent's time on shift that is there for immediate contacts. */
static double presence(const struct operation *operation, const struct agent *agent)
{
    double shrinkage = 0;
    int n = 0;
    for (int k = 0; k < agent->n_skills; k++) {
        const struct queue *queue = &operation->queues[agent->skills[k].queue];
        if (channel_is_deferred(queue->channel))
            continue;
        shrinkage += queue->shrinkage;
        n++;
    }
    return (1 - operation->sites[agent->site].shrinkage) * (1 - (n > 0 ? shrinkage / n : 0));
}

static void count_shifts(const struct plan_problem *problem, const struct shift *shifts, int n_shifts,
                         const int *group, double *sum, double *weighted)
{
    const struct operation *operation = problem->operation;
    const struct grid *grid = &problem->demand.grid;
    for (int i = 0; i < n_shifts; i++) {
        const struct shift *shift = &shifts[i];
        bool known = shift->agent >= 0 && shift->agent < operation->n_agents && group[shift->agent] >= 0;
        bool on_call = shift->tmpl >= 0 && shift->tmpl < operation->n_templates &&
                       operation->templates[shift->tmpl].on_call;
        if (!known || on_call)
            continue;
        size_t at = (size_t)group[shift->agent] * (size_t)grid->n;
        add_worked(grid, shift, presence(operation, &operation->agents[shift->agent]), sum + at,
                   weighted + at);
    }
}

static bool serves(const struct agent *agent, int queue)
{
    bool found = false;
    for (int k = 0; k < agent->n_skills; k++)
        found |= agent->skills[k].queue == queue;
    return found;
}

/* Takes the plan's time for deferred queues out of the groups, those with fewest immediate queues first. */
static void take_deferred(const struct plan_problem *problem, const double *staffed, const int *member,
                          const struct staff *staff, double *sum)
{
    const struct operation *operation = problem->operation;
    size_t n = (size_t)problem->demand.grid.n;
    for (int q = 0; staffed != NULL && q < operation->n_queues; q++) {
        if (!channel_is_deferred(operation->queues[q].channel))
            continue;
        for (size_t iv = 0; iv < n; iv++) {
            double left = staffed[(size_t)q * n + iv];
            for (int size = 0; left > 0 && size <= operation->n_queues; size++)
                for (int g = 0; g < staff->n_groups && left > 0; g++) {
                    if (staff->groups[g].n_queues != size || !serves(&operation->agents[member[g]], q))
                        continue;
                    double taken = MIN(left, sum[(size_t)g * n + iv]);
                    sum[(size_t)g * n + iv] -= taken;
                    left -= taken;
                }
        }
    }
}

/* Immediate queues of each group, and its members' mean speed. */
static void fill_groups(struct staff *staff, const struct operation *operation, const int *member,
                        const int *group)
{
    for (int g = 0; g < staff->n_groups; g++) {
        const struct agent *first = &operation->agents[member[g]];
        int *queues = g_new(int, first->n_skills + 1);
        double *speed = g_new0(double, first->n_skills + 1);
        int n = 0;
        for (int k = 0; k < first->n_skills; k++) {
            if (channel_is_deferred(operation->queues[first->skills[k].queue].channel))
                continue;
            double sum = 0;
            int agents = 0;
            for (int a = 0; a < operation->n_agents; a++)
                if (group[a] == g && operation->agents[a].skills[k].proficiency > 0) {
                    sum += operation->agents[a].skills[k].proficiency;
                    agents++;
                }
            speed[n] = agents > 0 ? sum / agents : 1;
            queues[n++] = first->skills[k].queue;
        }
        staff->groups[g] = (struct hall_group){.queues = queues, .speed = speed, .n_queues = n};
    }
}

void staff_init(struct staff *staff, const struct plan_problem *problem, const struct plan_solution *solution)
{
    const struct operation *operation = problem->operation;
    size_t n = (size_t)problem->demand.grid.n;
    g_autofree int *member = g_new0(int, operation->n_agents + 1);
    g_autofree int *group = g_new0(int, operation->n_agents + 1);
    staff->n_groups = find_groups(operation, member, group);
    size_t cells = (size_t)staff->n_groups * n;
    staff->groups = g_new0(struct hall_group, staff->n_groups + 1);
    staff->present = g_new0(double, cells + 1);
    staff->whole = g_new0(int, cells + 1);
    g_autofree double *all = g_new0(double, cells + 1);
    g_autofree double *left = g_new0(double, cells + 1);
    fill_groups(staff, operation, member, group);
    count_shifts(problem, problem->past, problem->n_past, group, all, staff->present);
    count_shifts(problem, solution->shifts, solution->n_shifts, group, all, staff->present);
    for (size_t i = 0; i < cells; i++)
        left[i] = all[i];
    take_deferred(problem, solution->staffed, member, staff, left);
    for (size_t i = 0; i < cells; i++)
        staff->present[i] *= all[i] > 0 ? left[i] / all[i] : 0;
    for (int g = 0; g < staff->n_groups; g++)
        staff->groups[g].staff = staff->whole + (size_t)g * n;
}

void staff_clear(struct staff *staff)
{
    for (int g = 0; g < staff->n_groups; g++) {
        g_free((int *)staff->groups[g].queues);
        g_free((double *)staff->groups[g].speed);
    }
    g_free(staff->groups);
    g_free(staff->present);
    g_free(staff->whole);
    *staff = (struct staff){.n_groups = 0};
}

void staff_round(struct staff *staff, const struct grid *grid, const double *phase)
{
    for (int g = 0; g < staff->n_groups; g++) {
        double sum = phase[g];
        int given = 0;
        size_t first = (size_t)g * (size_t)grid->n;
        for (int32_t iv = 0; iv < grid->n; iv++) {
            sum += staff->present[first + (size_t)iv];
            staff->whole[first + (size_t)iv] = MAX((int)floor(sum + 1e-9) - given, 0);
            given += staff->whole[first + (size_t)iv];
        }
    }
}
