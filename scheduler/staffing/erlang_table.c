/* Tables over agents. */
#include "scheduler/staffing/erlang_solve.h"

#include <stddef.h>

static void levels(const struct erlang_system *system, const void *user, struct erlang_metrics *out)
{
    erlang_metrics_of(system, *(const double *)user, ERLANG_LEVELS, out);
}

void erlang_table(const struct erlang_system *system, double busyness_cv2, enum sl_definition definition,
                  double first, double step, int n, const struct erlang_table *table)
{
    for (int i = 0; i < n; i++) {
        struct erlang_metrics metrics;
        double agents = first + i * step;
        erlang_busy_average(system, busyness_cv2, agents, levels, &agents, &metrics);
        if (table->sl != NULL)
            table->sl[i] = metrics.sl[definition];
        if (table->counted != NULL)
            table->counted[i] = metrics.counted[definition];
        if (table->abandon != NULL)
            table->abandon[i] = metrics.abandon;
        if (table->occupancy != NULL)
            table->occupancy[i] = metrics.occupancy;
    }
}
