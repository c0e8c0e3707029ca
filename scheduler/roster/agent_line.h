/*
 * agent_line.h - what the line of one agent must keep, in the kernel's terms (line.h): the published past,
 * days, minutes, nights and templates per roster week and period, absences credited, overtime, hiring.
 *
 * Private to scheduler/roster.
 */
#ifndef WFM_SCHEDULER_ROSTER_AGENT_LINE_H
#define WFM_SCHEDULER_ROSTER_AGENT_LINE_H

#include "scheduler/roster/model.h"

/* Fills `own` of a class whose legal slots are known; slots of a day that a published shift has taken are
   made illegal. The automaton is left to agent_line_build. */
void agent_line_describe(const struct roster_model *model, struct agent_class *class, int agent);

/* The day automaton; false when no sequence of days is legal. */
bool agent_line_build(const struct roster_model *model, struct agent_class *class);
void agent_line_clear(struct agent_line *own);

/* Are the two described alike (automata not looked at)? Are their automata the same graph? */
bool agent_line_same(const struct agent_line *a, const struct agent_line *b);
bool agent_line_equal(const struct agent_line *a, const struct agent_line *b);

/* The problem of the class as the kernel takes it; borrows from model and class. */
struct line_problem agent_line_problem(const struct roster_model *model, const struct agent_class *class);

/* Prices of the rules a line breaks, and what overtime and hiring cost: `choice` is n_days slots or -1. */
struct line_money {
    double pay, penalty;
};
struct line_money agent_line_money(const struct roster_model *model, const struct agent_class *class,
                                   const int *choice);

#endif
