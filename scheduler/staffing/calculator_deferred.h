/*
 * calculator_deferred.h - the calculator's typical week of deferred work. Internal to
 * scheduler/staffing/calculator*.c.
 *
 * Contacts come evenly around the clock, people work the first open_s of the first `days` days of the week.
 * The weeks before were served as smoothly as can be; the backlog waits besides when the week opens, due
 * evenly over the first due_s. Times are opening time.
 */
#ifndef WFM_SCHEDULER_STAFFING_CALCULATOR_DEFERRED_H
#define WFM_SCHEDULER_STAFFING_CALCULATOR_DEFERRED_H

#include "scheduler/staffing/calculator.h"

void calculator_deferred_answer(const struct calculator *calculator, double at_work,
                                struct calculator_answer *out);

/* Least number at work, the same all hours open, with which the target is met and no backlog grows. */
double calculator_deferred_required(const struct calculator *calculator);

#endif
