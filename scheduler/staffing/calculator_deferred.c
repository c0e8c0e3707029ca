#include "scheduler/staffing/calculator_deferred.h"

#include "scheduler/staffing/deferred.h"

#include <glib.h>
#include <math.h>

#define STEP_S 300
#define DAY (86400 / STEP_S)
#define WEEK (7 * DAY)

/* Two weeks as smooth as can be lead to what is left for the week asked about. */
struct week {
    double work_s[2 * WEEK], open[2 * WEEK], smooth_s[2 * WEEK];
    struct deferred deferred; /* the week asked about */
    struct deferred_lot *left;
    double contact_s, total_s, open_s; /* work of a contact, of the week; opening time of the week */
    double efficiency;
};

static struct week *week_new(const struct calculator *c)
{
    struct week *week = g_new0(struct week, 1);
    week->efficiency = c->occupancy_max > 0 && c->occupancy_max < 1 ? c->occupancy_max : 1;
    week->contact_s = c->aht_s / week->efficiency;
    double work_s = c->contacts / c->span_s * STEP_S * week->contact_s;
    for (int iv = 0; iv < 2 * WEEK; iv++) {
        double share = c->open_s / STEP_S - iv % DAY;
        week->work_s[iv] = work_s;
        week->open[iv] = iv % WEEK / DAY < (int)c->days && share > 1e-6 ? fmin(share, 1) : 0;
        week->open_s += iv < WEEK ? week->open[iv] * STEP_S : 0;
    }
    week->total_s = work_s * WEEK;
    week->deferred = (struct deferred){
        .n = 2 * WEEK, .interval_s = STEP_S, .work_s = week->work_s, .open = week->open, .due_s = c->due_s};
    deferred_smooth(&week->deferred, week->smooth_s);
    /* not what the second week leaves: its path finishes all there is by its end */
    week->deferred.n = WEEK;
    week->left = deferred_leave(&week->deferred, week->smooth_s, &week->deferred.n_lots);
    week->deferred.lots = week->left;
    week->deferred.backlog_s = c->backlog * week->contact_s;
    return week;
}

static void week_free(struct week *week)
{
    g_free(week->left);
    g_free(week);
}

/* Share of what falls due that is done by then. */
static double week_serve(const struct week *week, double at_work, struct deferred_result *result)
{
    double capacity_s[WEEK], due_s = 0, in_time_s = 0;
    for (int iv = 0; iv < WEEK; iv++)
        capacity_s[iv] = at_work * week->open[iv] * STEP_S;
    deferred_serve(&week->deferred, capacity_s, result);
    for (int iv = 0; iv < WEEK; iv++) {
        due_s += result->due_s[iv];
        in_time_s += result->in_time_s[iv];
    }
    return due_s > 0 ? in_time_s / due_s : 1;
}

struct buffers {
    double due_s[WEEK], in_time_s[WEEK], done_s[WEEK], oldest_s[WEEK], left_s[WEEK];
};

void calculator_deferred_answer(const struct calculator *c, double at_work, struct calculator_answer *out)
{
    struct week *week = week_new(c);
    struct buffers b = {.due_s = {0}};
    struct deferred_result result = {.due_s = b.due_s,
                                     .in_time_s = b.in_time_s,
                                     .done_s = b.done_s,
                                     .oldest_s = b.oldest_s,
                                     .left_s = b.left_s};
    *out = (struct calculator_answer){.at_work = at_work};
    out->within_due = week_serve(week, at_work, &result);
    double done_s = 0;
    for (int iv = 0; iv < WEEK; iv++) {
        out->oldest_s = fmax(out->oldest_s, b.oldest_s[iv]);
        done_s += b.done_s[iv];
        if (week->open[iv] > 0)
            out->backlog = b.left_s[iv] / week->contact_s;
    }
    for (int d = 0; d < SL_DEFINITION_N; d++)
        out->metrics.sl[d] = out->within_due;
    out->metrics.occupancy = at_work > 0 ? done_s * week->efficiency / (at_work * week->open_s) : 0;
    out->wait_s = result.waiting_s;
    out->margin = out->within_due - fmin(c->target, 1) + 1e-9;
    if (at_work * week->open_s < week->total_s * (1 - 1e-9))
        out->margin = fmin(out->margin, at_work * week->open_s / week->total_s - 1);
    week_free(week);
}

double calculator_deferred_required(const struct calculator *c)
{
    if (!(c->contacts > 0) && !(c->backlog > 0))
        return 0;
    struct week *week = week_new(c);
    struct buffers b;
    struct deferred_result result = {.due_s = b.due_s, .in_time_s = b.in_time_s, .done_s = b.done_s};
    double least = week->total_s / week->open_s, low = least, high = fmax(least, 1e-6);
    double enough = fmin(c->target, 1) - 1e-9;
    while (high < ERLANG_AGENTS_MAX && week_serve(week, high, &result) < enough) {
        low = high;
        high *= 2;
    }
    while (high > least && high - low > 1e-10 * high) {
        double mid = 0.5 * (low + high);
        if (week_serve(week, mid, &result) < enough)
            low = mid;
        else
            high = mid;
    }
    week_free(week);
    return high < ERLANG_AGENTS_MAX ? high : INFINITY;
}
