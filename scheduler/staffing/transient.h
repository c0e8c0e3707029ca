/*
 * transient.h - the service level of a queue whose contacts and staff change during the day, without the
 * assumption of a steady state.
 *
 * M(t)/M/s(t)+M: contacts arrive at random at a rate that is constant within an interval, take exponential
 * handling times, wait in one line and lose patience; staff changes where intervals meet. The distribution of
 * the number in the system is carried through the day by the Kolmogorov forward equations, so that a morning
 * starts with nobody on the line, an overload is felt in the intervals behind it, and a level is right while
 * it is still moving. Steady-state formulas (erlang.h) on the modified load are what plans are made with;
 * this is what they are checked against.
 *
 * Two engines. TRANSIENT_EXACT: uniformisation, errors below 1e-9. TRANSIENT_FAST: Crank-Nicolson with
 * Rannacher's start on a moving window, errors of a service level below 2e-3, ten to a hundred times
 * quicker (`wfm-bench erlang`).
 *
 * A staff of 13.4 works as 13 agents and a fourteenth at 0.4 of the speed, and who arrives waits as with 13
 * (share 0.6) or 14 (0.4).
 *
 * Sources: Ingolfsson, Akhmetshina, Budge, Li & Wu 2007 (survey and exhaustive discipline); Jensen 1953
 * (uniformisation); Rannacher 1984. Checked against independent values in tests/scheduler/test_transient.c.
 */
#ifndef WFM_SCHEDULER_STAFFING_TRANSIENT_H
#define WFM_SCHEDULER_STAFFING_TRANSIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/auto.h"
#include "core/operation.h"

enum transient_engine { TRANSIENT_FAST, TRANSIENT_EXACT };

/* What becomes of contacts in progress when staff goes down. */
enum transient_leave {
    TRANSIENT_FINISH,    /* the agent finishes the contact, then leaves (exhaustive) */
    TRANSIENT_PUSH_BACK, /* the agent leaves at once, the contact goes back to the head of the line
                            (pre-emptive) */
};

enum transient_start {
    TRANSIENT_EMPTY,  /* nobody in the system */
    TRANSIENT_STEADY, /* as if the first interval had always been; without a steady state (overload, nobody
                         gives up): all agents busy and nobody waiting */
};

struct transient_input {
    int32_t n;              /* intervals, >= 1 */
    double interval_s;      /* length of each, > 0 */
    const double *offered;  /* n: contacts expected in the interval, >= 0 */
    const double *aht_s;    /* n: > 0 where contacts are expected; else that of the interval before holds */
    const double *agents;   /* n: productive staff (all shrinkage taken off), real, >= 0 */
    const bool *closed;     /* n: the queue is closed, and empty when it opens; NULL: never */
    double patience_s;      /* mean; <= 0 or INFINITY: nobody gives up */
    double threshold_s;     /* T of the service level, >= 0 */
    double short_abandon_s; /* of SL_EXCL_SHORT, >= 0 */
    enum transient_engine engine;
    enum transient_leave leave;
    enum transient_start start;
};

/* One interval. Service levels are those of the contacts that arrive in it, each seen as if the staff at its
   arrival stayed (what comes later than T hardly matters to them); the rest are means over its time. Nothing
   offered: levels 1, abandon 0; closed: all 0 but the levels. */
struct transient_cell {
    double in_time;                  /* served within T / offered */
    double sl[SL_DEFINITION_N];      /* by each definition */
    double counted[SL_DEFINITION_N]; /* what each divides by, as a share of the contacts offered */
    double p_wait;                   /* share of arrivals that have to wait */
    double queue;                    /* contacts waiting */
    double busy;                     /* agents busy, those who finish a contact after their time included */
    double abandon;                  /* contacts giving up in the interval / contacts arriving in it */
    double queue_end;                /* contacts waiting at its end */
};

/* Runs all intervals once. cells: input->n. */
void transient_run(const struct transient_input *input, struct transient_cell *cells);

/* A day that is changed again and again: only what a change touches is run again. The answer is that of a
   full run to 1e-6. Owned by one thread. */
struct transient;

/* Copies the input's arrays and runs all intervals. transient_free. */
struct transient *transient_new(const struct transient_input *input);
void transient_free(struct transient *transient);
AUTO_DEFINE(transient, transient_free);

/* n cells, borrowed; valid until the next call. */
const struct transient_cell *transient_cells(const struct transient *transient);

/* Sets the agents (>= 0) of an interval and runs on from there until nothing changes any more: returns the
   first interval that was not run again. */
int32_t transient_set(struct transient *transient, int32_t iv, double agents);

/* Takes the last transient_set back, without running; once. */
void transient_undo(struct transient *transient);

#endif
