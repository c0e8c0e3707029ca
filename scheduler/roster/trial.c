#include "scheduler/roster/trial.h"

#include <stddef.h>
#include <string.h>

static void *copy(const void *items, size_t size, int n)
{
    void *to = g_malloc0(size * ((gsize)n + 1));
    if (n > 0)
        memcpy(to, items, size * (gsize)n);
    return to;
}

/* Keeps the elements whose first int, the agent, is in [from, to); counts it from 0. Returns how many. */
static int keep_agents(void *items, size_t size, int n, int from, int to)
{
    char *at = items;
    int kept = 0;
    for (int i = 0; i < n; i++) {
        int agent;
        memcpy(&agent, at + (size_t)i * size, sizeof agent);
        if (agent < from || agent >= to)
            continue;
        memmove(at + (size_t)kept * size, at + (size_t)i * size, size);
        agent -= from;
        memcpy(at + (size_t)kept++ * size, &agent, sizeof agent);
    }
    return kept;
}
G_STATIC_ASSERT(offsetof(struct time_off, agent) == 0);
G_STATIC_ASSERT(offsetof(struct shift, agent) == 0);
G_STATIC_ASSERT(offsetof(struct lock, agent) == 0);

struct trial *trial_new(const struct plan_problem *problem, int from, int to)
{
    const struct operation *op = problem->operation;
    struct trial *trial = g_new0(struct trial, 1);
    struct operation *own = &trial->operation;
    *own = *op;
    own->n_queues = own->n_preferences = own->n_headcounts = own->n_leads = own->n_meetings = 0;
    own->fairness = (struct fairness){0};
    own->contracts = copy(op->contracts, sizeof *op->contracts, op->n_contracts);
    own->agents = copy(op->agents + from, sizeof *op->agents, to - from);
    own->n_agents = to - from;
    for (int a = 0; a < own->n_agents; a++)
        own->agents[a].n_skills = 0;
    own->time_off = copy(op->time_off, sizeof *op->time_off, op->n_time_off);
    own->n_time_off = keep_agents(own->time_off, sizeof *op->time_off, op->n_time_off, from, to);
    struct plan_problem *part = &trial->problem;
    part->operation = own;
    part->first_day = problem->first_day;
    part->n_weeks = problem->n_weeks;
    part->demand = (struct demand){.grid = problem->demand.grid, .n_pieces = 1};
    part->past = copy(problem->past, sizeof *problem->past, problem->n_past);
    part->n_past = keep_agents(part->past, sizeof *part->past, problem->n_past, from, to);
    part->after = copy(problem->after, sizeof *problem->after, problem->n_after);
    part->n_after = keep_agents(part->after, sizeof *part->after, problem->n_after, from, to);
    if (problem->base != NULL) {
        const struct plan_base *base = problem->base;
        part->base = &trial->base;
        trial->base = *base;
        /* every shift may be named by a lock's number: all stay, only the agents are counted anew */
        trial->base.shifts = copy(base->shifts, sizeof *base->shifts, base->n_shifts);
        trial->base.locks = copy(base->locks, sizeof *base->locks, base->n_locks);
        int first = 0;
        while (first < base->n_shifts && base->shifts[first].agent < from)
            first++;
        trial->base.n_shifts =
            keep_agents(trial->base.shifts, sizeof *base->shifts, base->n_shifts, from, to);
        trial->base.n_locks = keep_agents(trial->base.locks, sizeof *base->locks, base->n_locks, from, to);
        for (int i = 0; i < trial->base.n_locks; i++)
            if (trial->base.locks[i].shift >= 0)
                trial->base.locks[i].shift -= first;
    }
    return trial;
}

void trial_free(struct trial *trial)
{
    void *const owned[] = {trial->operation.contracts, trial->operation.agents, trial->operation.time_off,
                           trial->problem.past,        trial->problem.after,    trial->base.shifts,
                           trial->base.locks};
    for (guint i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
    g_free(trial);
}
