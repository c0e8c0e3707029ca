#include "scheduler/roster/changes.h"

const char *change_kind_name(enum change_kind kind)
{
    static const char *const names[CHANGE_N] = {"breaks", "moved", "gone", "new"};
    return names[kind];
}

static bool same_activities(const struct shift *a, const struct shift *b)
{
    bool same = a->n_activities == b->n_activities;
    for (int i = 0; same && i < a->n_activities; i++) {
        const struct activity *x = &a->activities[i], *y = &b->activities[i];
        same =
            x->kind == y->kind && x->start_ts == y->start_ts && x->end_ts == y->end_ts && x->paid == y->paid;
    }
    return same;
}

/* Site-local day of each shift; zones by site. */
static int32_t *days_of(const struct operation *operation, struct zone *const *zones,
                        const struct shift *shifts, int n)
{
    int32_t *days = g_new0(int32_t, (gsize)n + 1);
    for (int i = 0; i < n; i++)
        days[i] = zone_local_day(zones[operation->agents[shifts[i].agent].site], shifts[i].start_ts);
    return days;
}

int roster_changes(const struct plan_problem *problem, const struct shift *before, int n_before,
                   const struct shift *after, int n_after, struct shift_change **out)
{
    const struct operation *operation = problem->operation;
    g_autofree struct zone **zones = g_new0(struct zone *, (gsize)operation->n_sites + 1);
    for (int s = 0; s < operation->n_sites; s++)
        zones[s] = zone_new(operation->sites[s].zone, NULL);
    g_autofree int32_t *old_days = days_of(operation, zones, before, n_before);
    g_autofree int32_t *new_days = days_of(operation, zones, after, n_after);
    struct shift_change *changes = g_new0(struct shift_change, (gsize)(n_before + n_after) + 1);
    int n = 0;
    for (int i = 0, k = 0; i < n_before || k < n_after;) {
        int order = i == n_before  ? 1
                    : k == n_after ? -1
                    : before[i].agent != after[k].agent
                        ? (before[i].agent > after[k].agent) * 2 - 1
                        : (old_days[i] > new_days[k]) - (old_days[i] < new_days[k]);
        struct shift_change change = {.before = order <= 0 ? &before[i] : NULL,
                                      .after = order >= 0 ? &after[k] : NULL};
        change.agent = order <= 0 ? before[i].agent : after[k].agent;
        change.day = order <= 0 ? old_days[i] : new_days[k];
        i += order <= 0;
        k += order >= 0;
        if (order != 0)
            change.kind = order < 0 ? CHANGE_GONE : CHANGE_NEW;
        else if (change.before->start_ts != change.after->start_ts ||
                 change.before->end_ts != change.after->end_ts)
            change.kind = CHANGE_MOVED;
        else if (!same_activities(change.before, change.after))
            change.kind = CHANGE_BREAKS;
        else
            continue;
        changes[n++] = change;
    }
    for (int s = 0; s < operation->n_sites; s++)
        zone_free(zones[s]);
    *out = changes;
    return n;
}
