/*
 * Meetings and training inside shifts. The activities carry no name: an agent's serve the meetings of their
 * kind and length whose window holds them, each at most one, in the way that costs least (all ways are
 * tried); of a meeting held together only those at its one start count.
 */
#include "scheduler/roster/checker_internal.h"

#define MEETINGS_IN_A_SHIFT_MAX 4
#define TRIES_MAX 200000 /* of one agent, so that garbage ends */

static bool is_meeting(const struct activity *a)
{
    return a->kind == ACTIVITY_MEETING || a->kind == ACTIVITY_TRAINING;
}

static bool fits(const struct meeting *m, const struct activity *a)
{
    return a->kind == m->kind && a->end_ts - a->start_ts == (int64_t)m->length_min * MINUTE_S &&
           a->start_ts >= m->from_ts && a->end_ts <= m->to_ts;
}

static bool invites(const struct meeting *m, int agent)
{
    for (int k = 0; k < m->n_agents; k++)
        if (m->agents[k] == agent)
            return true;
    return false;
}

static int activities_of(const struct shift *shift)
{
    return CLAMP(shift->n_activities, 0, SHIFT_ACTIVITIES_MAX);
}

/* Has the agent an activity that fits, in the published past or in the plan (starting at ts, unless
 * INT64_MIN)? */
static bool has(const struct checking *c, const struct meeting *m, int agent, bool past, int64_t ts)
{
    for (int i = c->agent_from[agent]; i < c->agent_from[agent + 1]; i++) {
        const struct shift *s = c->shifts[i].shift;
        for (int k = 0; k < activities_of(s) && c->shifts[i].past == past; k++)
            if (fits(m, &s->activities[k]) && (ts == INT64_MIN || s->activities[k].start_ts == ts) &&
                (past || s->activities[k].paid))
                return true;
    }
    return false;
}

static bool asked(const struct checking *c, const struct meeting *m, int agent)
{
    const struct grid *grid = &c->problem->demand.grid;
    bool touches = m->from_ts < grid_end_ts(grid) && m->to_ts > grid->start_ts;
    return touches && invites(m, agent) && !has(c, m, agent, true, INT64_MIN);
}

/* The start most of the agents of a meeting share, the earliest of several; INT64_MIN when nobody attends. */
static int64_t common_start(const struct checking *c, const struct meeting *m)
{
    int64_t best = INT64_MIN;
    int most = 0;
    for (int i = 0; i < c->n_shifts; i++) {
        const struct shift *s = c->shifts[i].shift;
        for (int k = 0; k < activities_of(s) && !c->shifts[i].past; k++) {
            const struct activity *a = &s->activities[k];
            if (!fits(m, a) || !a->paid || !asked(c, m, s->agent))
                continue;
            int share = 0;
            for (int other = 0; other < m->n_agents; other++)
                share += asked(c, m, m->agents[other]) && has(c, m, m->agents[other], false, a->start_ts);
            if (share > most || (share == most && a->start_ts < best)) {
                most = share;
                best = a->start_ts;
            }
        }
    }
    return best;
}

/* One agent: which activity serves which meeting. */
struct attending {
    const struct activity **activities;
    bool *used;
    int n_activities;
    const struct meeting **meetings;
    const int64_t *starts; /* of each meeting: its common start, INT64_MIN = any */
    int n_meetings;
    double missed, best; /* what missed meetings cost: so far, at the least */
    int n_missed, n_best;
    int tries;
};

static void try_meeting(struct attending *t, int m)
{
    if (t->missed >= t->best || t->tries++ > TRIES_MAX)
        return;
    if (m == t->n_meetings) {
        t->best = t->missed;
        t->n_best = t->n_missed;
        return;
    }
    for (int k = 0; k < t->n_activities; k++) {
        const struct activity *a = t->activities[k];
        if (t->used[k] || !fits(t->meetings[m], a) || !a->paid ||
            (t->meetings[m]->together && a->start_ts != t->starts[m]))
            continue;
        t->used[k] = true;
        try_meeting(t, m + 1);
        t->used[k] = false;
    }
    t->missed += t->meetings[m]->price;
    t->n_missed++;
    try_meeting(t, m + 1);
    t->n_missed--;
    t->missed -= t->meetings[m]->price;
}

/* Activities of the plan that no meeting of the agent explains. */
static void check_explained(struct checking *c, int agent)
{
    for (int i = c->agent_from[agent]; i < c->agent_from[agent + 1]; i++) {
        const struct shift *s = c->shifts[i].shift;
        int count = 0;
        for (int k = 0; k < activities_of(s) && !c->shifts[i].past; k++) {
            const struct activity *a = &s->activities[k];
            if (!is_meeting(a))
                continue;
            bool found = false;
            for (int m = 0; m < c->op->n_meetings; m++)
                found =
                    found || (a->paid && fits(&c->op->meetings[m], a) && invites(&c->op->meetings[m], agent));
            g_autofree char *when = check_when(c, agent, a->start_ts);
            if (!found)
                check_add(
                    c, VIOLATION_MEETING, agent, -1, a->start_ts,
                    (double)(a->end_ts - a->start_ts) / MINUTE_S, 0,
                    "%s of %.6g min at %s is none the agent is asked to, or outside its window or unpaid",
                    activity_kind_name(a->kind), (double)(a->end_ts - a->start_ts) / MINUTE_S, when);
            if (++count == MEETINGS_IN_A_SHIFT_MAX + 1)
                check_add(c, VIOLATION_MEETING, agent, -1, s->start_ts, count, MEETINGS_IN_A_SHIFT_MAX,
                          "more than %d meetings in one shift, the fifth at %s", MEETINGS_IN_A_SHIFT_MAX,
                          when);
        }
    }
}

static void check_attendance(struct checking *c, int agent, const int64_t *starts)
{
    int most = 0;
    for (int i = c->agent_from[agent]; i < c->agent_from[agent + 1]; i++)
        most += activities_of(c->shifts[i].shift);
    g_autofree const struct activity **activities = g_new0(const struct activity *, (gsize)most + 1);
    g_autofree bool *used = g_new0(bool, (gsize)most + 1);
    g_autofree const struct meeting **meetings = g_new0(const struct meeting *, (gsize)c->op->n_meetings + 1);
    g_autofree int64_t *own_starts = g_new0(int64_t, (gsize)c->op->n_meetings + 1);
    struct attending t = {.activities = activities, .used = used, .meetings = meetings, .starts = own_starts};
    for (int i = c->agent_from[agent]; i < c->agent_from[agent + 1]; i++)
        for (int k = 0; k < activities_of(c->shifts[i].shift) && !c->shifts[i].past; k++)
            if (is_meeting(&c->shifts[i].shift->activities[k]))
                activities[t.n_activities++] = &c->shifts[i].shift->activities[k];
    for (int m = 0; m < c->op->n_meetings; m++)
        if (asked(c, &c->op->meetings[m], agent)) {
            own_starts[t.n_meetings] = starts[m];
            meetings[t.n_meetings++] = &c->op->meetings[m];
            t.best += c->op->meetings[m].price;
        }
    if (t.n_meetings == 0)
        return;
    t.n_best = t.n_meetings;
    try_meeting(&t, 0);
    if (t.n_best > 0)
        check_penalty_add(c, PENALTY_MEETINGS, t.n_best, t.best / t.n_best, agent, c->op->agents[agent].site,
                          INT64_MIN, "%d of %d meetings or trainings missed", t.n_best, t.n_meetings);
}

void check_meetings(struct checking *c)
{
    g_autofree int64_t *starts = g_new0(int64_t, (gsize)c->op->n_meetings + 1);
    for (int m = 0; m < c->op->n_meetings; m++)
        starts[m] = c->op->meetings[m].together ? common_start(c, &c->op->meetings[m]) : INT64_MIN;
    for (int agent = 0; agent < c->op->n_agents; agent++) {
        check_explained(c, agent);
        if (c->op->n_meetings > 0)
            check_attendance(c, agent, starts);
    }
}
