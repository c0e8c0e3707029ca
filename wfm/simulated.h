/*
 * simulated.h - a simulation of a roster: how it is asked for, told, and kept with the roster.
 */
#ifndef WFM_WFM_SIMULATED_H
#define WFM_WFM_SIMULATED_H

#include "core/store/store.h"
#include "scheduler/simulate/simulate.h"
#include "wfm/options.h"
#include "wfm/progress.h"

/* A roster being simulated. */
struct simulated {
    const struct plan_problem *problem;
    const struct plan_solution *solution;
    struct simulate_ask
        ask; /* threads 0: one per core; go_on, user, past and opening are set by simulated_run */
    struct simulate_report report;
    double seconds;
    bool interrupted;
};

/* From the options of wfm simulate. */
struct simulate_ask simulated_ask_from(const struct options *options);

/* How often to simulate when nobody says how often: fewer times the more contacts there are, `most` at most.
 */
int simulated_replications(const struct demand *demand, int most);

/* What lies before the roster, into the problem's demand (demand_add_before): what the published rosters are
   expected to do before it counts for the contract periods that have begun, and what they leave of deferred
   work is there when it begins. */
bool simulated_before(struct store *store, struct plan_problem *problem, GError **error);

/* Runs it, with progress, until SIGINT or SIGTERM, which keep what is done. What lies before the roster is
   what its demand says. */
bool simulated_run(struct simulated *simulated, struct progress *progress, GError **error);
void simulated_clear(struct simulated *simulated);

/* Keeps it with the stored roster `id`. */
bool simulated_save(const struct simulated *simulated, struct store *store, int64_t id, GError **error);

/* What the requirement's models expect in the span of a line; NAN when the solution does not say. */
double simulated_expected(const struct simulated *simulated, const struct simulate_line *line);

/* Name of the span in the queue's zone: "2026-11-30", "2026-W48", "2026-11", "week", "4 weeks". g_free. */
char *simulated_span(const struct simulated *simulated, const struct simulate_line *line);

#endif
