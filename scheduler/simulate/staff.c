#include "scheduler/simulate/staff.h"

#include <math.h>
#include <string.h>

#include "core/random.h"

#define PHASE_SALT UINT64_C(0x5851F42D4C957F2D)

static bool same_skills(const struct agent *a, const struct agent *b)
{
    bool same = a->n_skills == b->n_skills;
    for (int i = 0; same && i < a->n_skills; i++)
        same = a->skills[i].queue == b->skills[i].queue && a->skills[i].overflow == b->skills[i].overflow;
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

/* A shift that is missing with probability `away`. */
struct staff_shift {
    uint64_t agent; /* hash of the id: the agent is the same in another operation */
    int32_t day;    /* site-local */
    double away;
    int group;
    int32_t from_iv, n;
    double *here; /* n: agents it is worth in each interval, 0..1 */
};

/* Share of every interval of the grid the shift is worked, breaks taken off. */
static void find_worked(const struct grid *grid, const struct shift *shift, struct staff_shift *out)
{
    out->from_iv = CLAMP(grid_index(grid, shift->start_ts), 0, grid->n);
    int32_t to_iv = CLAMP(grid_index(grid, shift->end_ts - 1) + 1, out->from_iv, grid->n);
    out->n = to_iv - out->from_iv;
    out->here = g_new(double, out->n + 1);
    for (int32_t iv = out->from_iv; iv < to_iv; iv++) {
        int64_t from = MAX(grid_ts(grid, iv), shift->start_ts);
        int64_t to = MIN(grid_ts(grid, iv) + grid->interval_s, shift->end_ts);
        int64_t worked = MAX(to - from, 0);
        for (int k = 0; k < shift->n_activities; k++) {
            const struct activity *activity = &shift->activities[k];
            worked -= MAX(MIN(to, activity->end_ts) - MAX(from, activity->start_ts), 0);
        }
        out->here[iv - out->from_iv] = (double)MAX(worked, 0) / grid->interval_s;
    }
}

/* Share of an agent's time in the office that is there for immediate contacts. */
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
    return 1 - (n > 0 ? shrinkage / n : 0);
}

/* Shifts that are worked on contacts, in the staff's list. zones: of the sites. */
static void list_shifts(struct staff *staff, const struct plan_problem *problem, const struct shift *shifts,
                        int n_shifts, const int *group, struct zone *const *zones)
{
    const struct operation *operation = problem->operation;
    for (int i = 0; i < n_shifts; i++) {
        const struct shift *shift = &shifts[i];
        bool known = shift->agent >= 0 && shift->agent < operation->n_agents && group[shift->agent] >= 0;
        bool on_call = shift->tmpl >= 0 && shift->tmpl < operation->n_templates &&
                       operation->templates[shift->tmpl].on_call;
        if (!known || on_call || shift->end_ts <= problem->demand.grid.start_ts)
            continue;
        const struct agent *agent = &operation->agents[shift->agent];
        struct staff_shift *out = &staff->shifts[staff->n_shifts++];
        *out = (struct staff_shift){.agent = g_str_hash(agent->id),
                                    .day = zone_local_day(zones[agent->site], shift->start_ts),
                                    .away = operation->sites[agent->site].shrinkage,
                                    .group = group[shift->agent]};
        find_worked(&problem->demand.grid, shift, out);
    }
}

/* Adds the shifts, each weighted by 1 - weight_away × away. */
static void add_shifts(const struct staff *staff, double weight_away, double *sum)
{
    for (int i = 0; i < staff->n_shifts; i++) {
        const struct staff_shift *shift = &staff->shifts[i];
        double *to = sum + (size_t)shift->group * (size_t)staff->n_intervals + shift->from_iv;
        for (int32_t iv = 0; iv < shift->n; iv++)
            to[iv] += shift->here[iv] * (1 - weight_away * shift->away);
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

/* Takes deferred work and what is missed in the office off every shift of the group alike. */
static void scale_shifts(struct staff *staff, const struct operation *operation, const int *member,
                         const double *all, const double *left)
{
    for (int i = 0; i < staff->n_shifts; i++) {
        struct staff_shift *shift = &staff->shifts[i];
        double present = presence(operation, &operation->agents[member[shift->group]]);
        size_t first = (size_t)shift->group * (size_t)staff->n_intervals + (size_t)shift->from_iv;
        for (int32_t iv = 0; iv < shift->n; iv++) {
            size_t cell = first + (size_t)iv;
            shift->here[iv] *= all[cell] > 0 ? present * left[cell] / all[cell] : 0;
        }
    }
}

static bool make_zones(const struct operation *operation, struct zone **zones, GError **error)
{
    for (int i = 0; i < operation->n_sites; i++)
        if ((zones[i] = zone_new(operation->sites[i].zone, error)) == NULL)
            return false;
    return true;
}

bool staff_init(struct staff *staff, const struct plan_problem *problem, const struct plan_solution *solution,
                GError **error)
{
    const struct operation *operation = problem->operation;
    g_autofree struct zone **zones = g_new0(struct zone *, operation->n_sites + 1);
    bool ok = make_zones(operation, zones, error);
    if (ok) {
        g_autofree int *member = g_new0(int, operation->n_agents + 1);
        g_autofree int *group = g_new0(int, operation->n_agents + 1);
        *staff = (struct staff){.n_intervals = problem->demand.grid.n};
        staff->n_groups = find_groups(operation, member, group);
        size_t cells = (size_t)staff->n_groups * (size_t)staff->n_intervals;
        staff->groups = g_new0(struct hall_group, staff->n_groups + 1);
        staff->present = g_new0(double, cells + 1);
        staff->full = g_new0(double, cells + 1);
        staff->shifts = g_new0(struct staff_shift, problem->n_past + solution->n_shifts + 1);
        g_autofree double *all = g_new0(double, cells + 1);
        g_autofree double *left = g_new0(double, cells + 1);
        fill_groups(staff, operation, member, group);
        list_shifts(staff, problem, problem->past, problem->n_past, group, zones);
        list_shifts(staff, problem, solution->shifts, solution->n_shifts, group, zones);
        add_shifts(staff, 0, all);
        memcpy(left, all, cells * sizeof *left);
        take_deferred(problem, solution->staffed, member, staff, left);
        scale_shifts(staff, operation, member, all, left);
        add_shifts(staff, 1, staff->present);
        add_shifts(staff, 0, staff->full);
    }
    for (int i = 0; i < operation->n_sites; i++)
        zone_free(zones[i]);
    return ok;
}

void staff_clear(struct staff *staff)
{
    for (int g = 0; g < staff->n_groups; g++) {
        g_free((int *)staff->groups[g].queues);
        g_free((double *)staff->groups[g].speed);
    }
    for (int i = 0; i < staff->n_shifts; i++)
        g_free(staff->shifts[i].here);
    g_free(staff->groups);
    g_free(staff->present);
    g_free(staff->full);
    g_free(staff->shifts);
    *staff = (struct staff){.n_groups = 0};
}

static void take_absent(const struct staff *staff, uint64_t seed, double *present)
{
    for (int i = 0; i < staff->n_shifts; i++) {
        const struct staff_shift *shift = &staff->shifts[i];
        if (random_uniform_at(seed, shift->agent, (uint64_t)shift->day) >= shift->away)
            continue;
        double *from = present + (size_t)shift->group * (size_t)staff->n_intervals + shift->from_iv;
        for (int32_t iv = 0; iv < shift->n; iv++)
            from[iv] -= shift->here[iv];
    }
}

static void round_group(const double *present, int32_t n, double phase, int *whole)
{
    double sum = phase;
    int given = 0;
    for (int32_t iv = 0; iv < n; iv++) {
        sum += present[iv];
        whole[iv] = MAX((int)floor(sum + 1e-9) - given, 0);
        given += whole[iv];
    }
}

void staff_drawn_init(struct staff_drawn *drawn, const struct staff *staff)
{
    size_t n = (size_t)staff->n_intervals, cells = (size_t)staff->n_groups * n;
    drawn->groups = g_memdup2(staff->groups, ((size_t)staff->n_groups + 1) * sizeof *drawn->groups);
    drawn->present = g_new(double, cells + 1);
    drawn->whole = g_new0(int, cells + 1);
    for (int g = 0; g < staff->n_groups; g++)
        drawn->groups[g].staff = drawn->whole + (size_t)g * n;
}

void staff_draw(const struct staff *staff, uint64_t seed, bool even, struct staff_drawn *drawn)
{
    size_t n = (size_t)staff->n_intervals, cells = (size_t)staff->n_groups * n;
    memcpy(drawn->present, even ? staff->present : staff->full, cells * sizeof *drawn->present);
    if (!even)
        take_absent(staff, seed, drawn->present);
    for (int g = 0; g < staff->n_groups; g++)
        round_group(drawn->present + (size_t)g * n, staff->n_intervals,
                    random_uniform_at(seed ^ PHASE_SALT, (uint64_t)g, 0), drawn->whole + (size_t)g * n);
}

void staff_drawn_clear(struct staff_drawn *drawn)
{
    g_free(drawn->groups);
    g_free(drawn->present);
    g_free(drawn->whole);
    *drawn = (struct staff_drawn){.groups = NULL};
}
