/*
 * meetings.h - meetings and training sessions (core/operation.h): who is asked to which, where they may lie,
 * and where they lie in a roster.
 *
 * A meeting is no part of a tour: it takes intervals of work out of what the tour covers. For a fixed tour
 * the best place is where the work left is worth least; where shifts could be moved to suit a meeting the
 * search prices its intervals at what attending is worth (diary_lure).
 *
 * struct meetings is immutable; a diary is owned by one thread. Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_MEETINGS_H
#define WFM_SCHEDULER_ROSTER_MEETINGS_H

#include "core/auto.h"
#include "scheduler/roster/pricing.h"

/* One agent asked to one meeting. It starts at an interval of [from, to], both inclusive; from > to: nowhere.
 */
struct invitation {
    int meeting, agent;
    int32_t from, to;
};

struct meetings {
    int n_meetings; /* of the operation */
    int *length;    /* by meeting, intervals */
    double *price;
    bool *together;
    struct invitation *invitations; /* by agent, each agent's by falling price */
    int n_invitations;
    int *of_agent;   /* n_agents + 1: first invitation of each */
    int *by_meeting; /* invitation indices by meeting */
    int *of_meeting; /* n_meetings + 1: first of each in by_meeting */
    uint8_t *can;    /* n_invitations × n_iv: some shift the agent may work holds the meeting from there */
};

/* NULL when nobody is asked to anything in this horizon. */
struct meetings *meetings_new(const struct roster_model *model);
void meetings_free(struct meetings *meetings);

/* For the bound: what meetings cost at least when a working interval of set s is worth price[s × n_axis +
   iv]. Each is missed or takes the cheapest intervals it may; those it takes are added to taken (by set,
   n_axis). */
double meetings_floor(const struct meetings *meetings, const struct roster_model *model, const double *price,
                      double *taken);

/* What a meeting held together costs at least when it starts at iv: each loses what work is worth there
   (gain: n_sets × n_axis) or misses it. */
double meetings_together(const struct meetings *meetings, const struct roster_model *model, int meeting,
                         int32_t iv, const double *gain);

/* Where everything lies. */
struct diary {
    const struct roster_model *model;
    const struct meetings *meetings;
    int32_t *at;    /* by invitation: the interval it starts at, -1 = missed */
    int32_t *start; /* by meeting held together: when, -1 = not yet known */
    int *shift;  /* n_iv: while a tour is looked at, number of the shift that works there, from 1; 0 = none */
    double *sum; /* n_iv + 1 */
};
struct diary *diary_new(const struct roster_model *model);
void diary_free(struct diary *diary);
AUTO_DEFINE(diary, diary_free);

/* Has the agent invitations? */
bool diary_asks(const struct diary *diary, int agent);

/* Places the agent's meetings in the tour where the work left is worth least; `gain`: n_axis, what the
   agent's work adds in an interval. One that costs more than missing it is missed. Those held together only
   at their start. */
void diary_place(struct diary *diary, int agent, const struct tour *tour, const double *gain);

/* Takes what the agent's meetings take out of the n intervals the agent's tour covers; returns how many
   stay. */
int diary_cut(const struct diary *diary, int agent, int32_t *cover, int n);

/* What the agent's missed meetings cost. */
double diary_cost(const struct diary *diary, int agent);

/* Could the agent, working the tour, attend the invitation besides the others as placed, when it started at
   this interval? ok: n_iv. */
void diary_fits(struct diary *diary, int invitation, const struct tour *tour, uint8_t *ok);

/* Makes price[n_axis] of the agent's intervals what attending is worth there: held together at their start,
   others at `at` (by invitation; -1 = leave alone). Returns whether anything changed. */
bool diary_lure(const struct diary *diary, int agent, const int32_t *at, double *price);

#endif
