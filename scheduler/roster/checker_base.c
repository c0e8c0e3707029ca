/* A re-plan: locked days, what is frozen, and what changes cost. */
#include "scheduler/roster/checker_internal.h"

static bool is_break(const struct activity *a)
{
    return a->kind == ACTIVITY_MEAL || a->kind == ACTIVITY_BREAK || a->kind == ACTIVITY_SPLIT;
}

static int activities_of(const struct shift *shift)
{
    return CLAMP(shift->n_activities, 0, SHIFT_ACTIVITIES_MAX);
}

/* The next meal, break or split from k on; n when there is none. */
static int next_break(const struct shift *s, int k)
{
    while (k < activities_of(s) && !is_break(&s->activities[k]))
        k++;
    return k;
}

static bool same_times(const struct shift *a, const struct shift *b)
{
    return a->start_ts == b->start_ts && a->end_ts == b->end_ts;
}

/* The same meals, breaks and splits; meetings are not compared. */
static bool same_breaks(const struct shift *a, const struct shift *b)
{
    int i = next_break(a, 0), k = next_break(b, 0);
    while (i < activities_of(a) && k < activities_of(b)) {
        const struct activity *x = &a->activities[i], *y = &b->activities[k];
        if (x->kind != y->kind || x->start_ts != y->start_ts || x->end_ts != y->end_ts)
            return false;
        i = next_break(a, i + 1);
        k = next_break(b, k + 1);
    }
    return i == activities_of(a) && k == activities_of(b);
}

/* The planned shift of the agent on the day, or NULL. */
static const struct shift *planned_on(const struct checking *c, int agent, int32_t day)
{
    for (int i = c->agent_from[agent]; i < c->agent_from[agent + 1]; i++)
        if (!c->shifts[i].past && c->shifts[i].day == day)
            return c->shifts[i].shift;
    return NULL;
}

static int32_t day_of(const struct checking *c, const struct shift *s)
{
    return zone_local_day(check_zone(c, s->agent), s->start_ts);
}

static void check_locks(struct checking *c, const struct plan_base *base)
{
    for (int i = 0; i < base->n_locks; i++) {
        const struct lock *lock = &base->locks[i];
        if (check_zone(c, lock->agent) == NULL)
            continue;
        const struct shift *found = planned_on(c, lock->agent, lock->day);
        const struct shift *want = lock->shift >= 0 ? &base->shifts[lock->shift] : NULL;
        if (want == NULL ? found == NULL
                         : found != NULL && same_times(want, found) && same_breaks(want, found))
            continue;
        g_autofree char *day = day_format(lock->day);
        check_add(c, VIOLATION_LOCK, lock->agent, -1, zone_day_start(check_zone(c, lock->agent), lock->day),
                  1, 0, "%s is locked to %s, but the plan has %s there", day,
                  want == NULL ? "nothing" : "its shift",
                  found == NULL ? "no shift" : "another shift or other breaks");
    }
}

/* Does an absence forbid the shift by now? */
static bool forbidden(const struct checking *c, const struct shift *s)
{
    for (int i = c->off_from[s->agent]; i < c->off_from[s->agent + 1]; i++)
        if (c->off[i]->start_ts < s->end_ts && c->off[i]->end_ts > s->start_ts)
            return true;
    return false;
}

static void check_frozen(struct checking *c, const struct plan_base *base)
{
    for (int i = 0; i < base->n_shifts; i++) {
        const struct shift *old = &base->shifts[i];
        if (old->start_ts >= base->frozen_ts || check_zone(c, old->agent) == NULL)
            continue;
        const struct shift *now = planned_on(c, old->agent, day_of(c, old));
        bool kept = now != NULL && same_times(old, now) && same_breaks(old, now);
        g_autofree char *when = check_when(c, old->agent, old->start_ts);
        if (!kept && !(now == NULL && forbidden(c, old)))
            check_add(c, VIOLATION_FROZEN, old->agent, -1, old->start_ts, 1, 0,
                      "shift at %s had begun when the plan was made again; it is %s", when,
                      now == NULL ? "gone" : "another one now");
    }
    for (int i = 0; i < c->n_shifts; i++) {
        const struct checked_shift *s = &c->shifts[i];
        if (s->past || s->shift->start_ts >= base->frozen_ts)
            continue;
        bool known = false;
        for (int k = 0; k < base->n_shifts; k++)
            known =
                known || (base->shifts[k].agent == s->shift->agent && day_of(c, &base->shifts[k]) == s->day);
        g_autofree char *when = check_when(c, s->shift->agent, s->shift->start_ts);
        if (!known)
            check_add(c, VIOLATION_FROZEN, s->shift->agent, -1, s->shift->start_ts, 1, 0,
                      "shift at %s is new, but starts before the plan was made again", when);
    }
}

static void change_add(struct checking *c, const struct shift *old, double price, const char *what)
{
    g_autofree char *when = check_when(c, old->agent, old->start_ts);
    check_penalty_add(c, PENALTY_CHANGES, 1, price, old->agent, c->op->agents[old->agent].site, old->start_ts,
                      "the shift at %s is %s", when, what);
}

/* Day by day: those the old roster works, and those only the new one does. */
static void check_changes(struct checking *c, const struct plan_base *base)
{
    int matched = 0, planned = 0;
    for (int i = 0; i < base->n_shifts; i++) {
        const struct shift *old = &base->shifts[i];
        if (check_zone(c, old->agent) == NULL)
            continue;
        const struct shift *now = planned_on(c, old->agent, day_of(c, old));
        matched += now != NULL;
        if (now == NULL || !same_times(old, now))
            change_add(c, old, base->change_price, now == NULL ? "gone" : "at another time");
        else if (!same_breaks(old, now))
            change_add(c, old, base->break_price, "the same but for its breaks");
    }
    for (int i = 0; i < c->n_shifts; i++)
        planned += !c->shifts[i].past;
    check_penalty_add(c, PENALTY_CHANGES, planned - matched, base->change_price, -1, -1, INT64_MIN,
                      "%d shift(s) on days that were off", planned - matched);
}

void check_base(struct checking *c)
{
    const struct plan_base *base = c->problem->base;
    if (base == NULL)
        return;
    check_locks(c, base);
    check_frozen(c, base);
    check_changes(c, base);
}
