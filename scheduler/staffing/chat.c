#include "scheduler/staffing/chat.h"

#include <math.h>
#include <stddef.h>

#define RESCALE 1e250

/* Contacts finished per second with `contacts` spread as evenly as can be over `agents`. */
static double finish_rate(const double *level_aht_s, int concurrency, long agents, long contacts)
{
    long level = contacts / agents, more = contacts % agents;
    double rate = 0;
    if (level > 0)
        rate += (double)(agents - more) * (double)level / level_aht_s[level - 1];
    if (more > 0 && level < concurrency)
        rate += (double)more * (double)(level + 1) / level_aht_s[level];
    return rate;
}

/* room: places to wait in; < 0: no end of them */
static void whole_metrics(const struct erlang_system *system, const double *level_aht_s, int concurrency,
                          long agents, int room, struct erlang_metrics *out)
{
    if (agents <= 0) {
        erlang_unserved(system, out);
        return;
    }
    long places = agents * concurrency;
    double full_rate = finish_rate(level_aht_s, concurrency, agents, places), rate = full_rate;
    /* weights of the states below full, downwards, relative to full; `unit` shrinks when they grow out of
     * range */
    double weight = 1, unit = 1, odds = 0, busy = 0;
    for (long j = places; j > 0; j--) {
        weight *= rate / system->rate_per_s;
        odds += weight;
        busy += weight * (double)(j - 1);
        if (weight > RESCALE || odds > RESCALE) {
            weight /= RESCALE;
            odds /= RESCALE;
            busy /= RESCALE;
            unit /= RESCALE;
        }
        if (weight < 1e-30 * odds)
            break;
        if (j > 1)
            rate = finish_rate(level_aht_s, concurrency, agents, j - 1);
    }
    double below = odds > 0 ? busy / odds / (double)places : 0;
    odds = unit > 0 ? odds / unit : INFINITY;
    if (room < 0)
        erlang_waiting(system, odds, full_rate, out);
    else
        erlang_waiting_room(system, odds, full_rate, room, out);
    double full = out->p_wait + out->blocked;
    out->occupancy = (1 - full) * below + full;
}

void chat_room_metrics(const struct erlang_system *system, const double *level_aht_s, int concurrency,
                       double agents, int room, struct erlang_metrics *out)
{
    if (!(system->rate_per_s > 0)) {
        erlang_idle(out);
        return;
    }
    double whole = floor(fmax(agents, 0)), f = agents - whole;
    whole_metrics(system, level_aht_s, concurrency, (long)whole, room, out);
    if (f <= 0)
        return;
    struct erlang_metrics low = *out, high;
    whole_metrics(system, level_aht_s, concurrency, (long)whole + 1, room, &high);
    erlang_mix(&low, &high, f, out);
}

void chat_metrics(const struct erlang_system *system, const double *level_aht_s, int concurrency,
                  double agents, struct erlang_metrics *out)
{
    chat_room_metrics(system, level_aht_s, concurrency, agents, -1, out);
}

struct chat_goal {
    const struct erlang_system *system;
    const double *level_aht_s;
    int concurrency;
    const struct erlang_targets *targets;
};

static double chat_margin(double agents, const void *user)
{
    const struct chat_goal *goal = user;
    struct erlang_metrics metrics;
    chat_metrics(goal->system, goal->level_aht_s, goal->concurrency, agents, &metrics);
    return erlang_margin(&metrics, goal->targets);
}

double chat_required(const struct erlang_system *system, const double *level_aht_s, int concurrency,
                     const struct erlang_targets *targets, bool whole)
{
    if (!(system->rate_per_s > 0))
        return 0;
    struct chat_goal goal = {system, level_aht_s, concurrency, targets};
    if (chat_margin(0, &goal) >= 0)
        return 0;
    double load_erl = system->rate_per_s * level_aht_s[concurrency - 1] / concurrency;
    double least = erlang_search(chat_margin, &goal, load_erl + 0.5 * sqrt(load_erl), true);
    if (whole || isinf(least))
        return least;
    /* the answer lies in the unit below the least whole number, where metrics are a mixture of both ends */
    struct erlang_metrics below, above, mixed;
    whole_metrics(system, level_aht_s, concurrency, (long)least - 1, -1, &below);
    whole_metrics(system, level_aht_s, concurrency, (long)least, -1, &above);
    double lo = 0, hi = 1;
    for (int i = 0; i < 40 && hi - lo > 1e-10; i++) {
        double mid = 0.5 * (lo + hi);
        erlang_mix(&below, &above, mid, &mixed);
        if (erlang_margin(&mixed, targets) >= 0)
            hi = mid;
        else
            lo = mid;
    }
    return least - 1 + hi;
}
