#include "scheduler/simulate/staff.h"

#include <math.h>
#include <string.h>

#include "core/random.h"

#define PHASE_SALT UINT64_C(0x5851F42D4C957F2D)

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

/* Share of a group's time in the office that is there for contacts: by the mean of its immediate queues, else
   of all. */
static double presence(const struct operation *operation, const struct hall_group *group)
{
    double shrinkage[2] = {0};
    int n[2] = {0};
    for (int k = 0; k < group->n_queues; k++) {
        const struct queue *queue = &operation->queues[group->queues[k]];
        bool deferred = channel_is_deferred(queue->channel);
        shrinkage[deferred] += queue->shrinkage;
        n[deferred]++;
    }
    int kind = n[0] > 0 ? 0 : 1;
    return 1 - (n[kind] > 0 ? shrinkage[kind] / n[kind] : 0);
}

/* Shifts that are worked on contacts, in the staff's list. zones: of the sites. */
static void list_shifts(struct staff *staff, const struct plan_problem *problem, const struct shift *shifts,
                        int n_shifts, struct zone *const *zones)
{
    const struct operation *operation = problem->operation;
    for (int i = 0; i < n_shifts; i++) {
        const struct shift *shift = &shifts[i];
        bool known = shift->agent >= 0 && shift->agent < operation->n_agents &&
                     staff->groups.of_agent[shift->agent] >= 0;
        bool on_call = shift->tmpl >= 0 && shift->tmpl < operation->n_templates &&
                       operation->templates[shift->tmpl].on_call;
        if (!known || on_call || shift->end_ts <= problem->demand.grid.start_ts)
            continue;
        const struct agent *agent = &operation->agents[shift->agent];
        struct staff_shift *out = &staff->shifts[staff->n_shifts++];
        *out = (struct staff_shift){.agent = g_str_hash(agent->id),
                                    .day = zone_local_day(zones[agent->site], shift->start_ts),
                                    .away = operation->sites[agent->site].shrinkage,
                                    .group = staff->groups.of_agent[shift->agent]};
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

/* Takes the plan's time for the fenced queues out of `left` (alike groups × n) into `taken` (fenced groups ×
   alike groups × n), groups with fewest queues first. */
static void take_fenced(const struct staff *staff, const struct plan_problem *problem, const double *staffed,
                        double *left, double *taken)
{
    const struct groups *groups = &staff->groups;
    size_t n = (size_t)staff->n_intervals, alike = (size_t)groups->n_alike;
    for (int f = 0; f < groups->n - groups->n_alike; f++) {
        int queue = groups->fenced[f];
        for (size_t iv = 0; iv < n; iv++) {
            double wanted = staffed[(size_t)queue * n + iv];
            for (int size = 0; wanted > 0 && size <= problem->operation->n_queues; size++)
                for (int g = 0; g < groups->n_alike && wanted > 0; g++) {
                    if (groups->list[g].n_queues != size ||
                        !group_has_skill(groups, problem->operation, g, queue))
                        continue;
                    double here = MIN(wanted, left[(size_t)g * n + iv]);
                    taken[((size_t)f * alike + (size_t)g) * n + iv] = here;
                    left[(size_t)g * n + iv] -= here;
                    wanted -= here;
                }
        }
    }
}

/* What of a shift is worked in another group. */
static void split_shift(struct staff *staff, const struct staff_shift *shift, int group, double present,
                        const double *all, const double *taken)
{
    struct staff_shift part = *shift;
    double sum = 0;
    part.group = group;
    part.here = g_new0(double, part.n + 1);
    for (int32_t iv = 0; iv < part.n; iv++) {
        int32_t at = part.from_iv + iv;
        part.here[iv] = all[at] > 0 ? shift->here[iv] * present * taken[at] / all[at] : 0;
        sum += part.here[iv];
    }
    if (sum > 0)
        staff->shifts[staff->n_shifts++] = part;
    else
        g_free(part.here);
}

/* Sets aside what is fenced of every shift, and takes off what is missed in the office. all: alike groups ×
   n, agents on shift. */
static void split_shifts(struct staff *staff, const struct operation *operation, const double *all,
                         const double *left, const double *taken)
{
    const struct groups *groups = &staff->groups;
    size_t n = (size_t)staff->n_intervals, alike = (size_t)groups->n_alike;
    for (int i = 0, n_shifts = staff->n_shifts; i < n_shifts; i++) {
        struct staff_shift shift = staff->shifts[i];
        size_t first = (size_t)shift.group * n;
        for (int f = 0; f < groups->n - groups->n_alike; f++)
            split_shift(staff, &shift, groups->n_alike + f,
                        presence(operation, &groups->list[groups->n_alike + f]), all + first,
                        taken + (size_t)f * alike * n + first);
        double present = presence(operation, &groups->list[shift.group]);
        for (int32_t iv = 0; iv < shift.n; iv++) {
            size_t cell = first + (size_t)(shift.from_iv + iv);
            shift.here[iv] *= all[cell] > 0 ? present * left[cell] / all[cell] : 0;
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
        *staff = (struct staff){.n_intervals = problem->demand.grid.n};
        groups_init(&staff->groups, operation, solution->staffed != NULL);
        size_t n = (size_t)staff->n_intervals, n_fenced = (size_t)(staff->groups.n - staff->groups.n_alike);
        size_t alike = (size_t)staff->groups.n_alike * n, cells = (size_t)staff->groups.n * n;
        staff->present = g_new0(double, cells + 1);
        staff->full = g_new0(double, cells + 1);
        staff->shifts =
            g_new0(struct staff_shift, (size_t)(problem->n_past + solution->n_shifts) * (1 + n_fenced) + 1);
        g_autofree double *all = g_new0(double, alike + 1);
        g_autofree double *left = g_new0(double, alike + 1);
        g_autofree double *taken = g_new0(double, n_fenced *alike + 1);
        list_shifts(staff, problem, problem->past, problem->n_past, zones);
        list_shifts(staff, problem, solution->shifts, solution->n_shifts, zones);
        add_shifts(staff, 0, all);
        memcpy(left, all, alike * sizeof *left);
        take_fenced(staff, problem, solution->staffed, left, taken);
        split_shifts(staff, operation, all, left, taken);
        add_shifts(staff, 1, staff->present);
        add_shifts(staff, 0, staff->full);
    }
    for (int i = 0; i < operation->n_sites; i++)
        zone_free(zones[i]);
    return ok;
}

void staff_clear(struct staff *staff)
{
    groups_clear(&staff->groups);
    for (int i = 0; i < staff->n_shifts; i++)
        g_free(staff->shifts[i].here);
    g_free(staff->present);
    g_free(staff->full);
    g_free(staff->shifts);
    *staff = (struct staff){.n_shifts = 0};
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
    size_t n = (size_t)staff->n_intervals, cells = (size_t)staff->groups.n * n;
    drawn->groups = g_memdup2(staff->groups.list, ((size_t)staff->groups.n + 1) * sizeof *drawn->groups);
    drawn->present = g_new(double, cells + 1);
    drawn->whole = g_new0(int, cells + 1);
    for (int g = 0; g < staff->groups.n; g++)
        drawn->groups[g].staff = drawn->whole + (size_t)g * n;
}

void staff_draw(const struct staff *staff, uint64_t seed, bool even, struct staff_drawn *drawn)
{
    size_t n = (size_t)staff->n_intervals, cells = (size_t)staff->groups.n * n;
    memcpy(drawn->present, even ? staff->present : staff->full, cells * sizeof *drawn->present);
    if (!even)
        take_absent(staff, seed, drawn->present);
    for (int g = 0; g < staff->groups.n; g++)
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
