#include "scheduler/staffing/chat.h"

#include "scheduler/staffing/erlang_solve.h"

#include <math.h>

#define RESCALE 1e250
#define NEGLIGIBLE 1e-19

struct chain {
    const double *level_aht_s;
    int concurrency;
    int room; /* places to wait in; < 0: no end of them */
    long agents;
};

/* States of the chain below the one that is summed from, relative to it. `unit` shrinks when the weights grow
 * out of range. */
struct below {
    double weight, unit, odds, busy;
};

static void rescale(struct below *below)
{
    below->weight /= RESCALE;
    below->odds /= RESCALE;
    below->busy /= RESCALE;
    below->unit /= RESCALE;
}

/* Contacts finished per second when each of `agents` handles `level` at once. */
static double level_rate(const struct chain *chain, int level)
{
    return level > 0 ? (double)chain->agents * level / chain->level_aht_s[level - 1] : 0;
}

/* The states in which all agents handle `level` contacts and `more` of them one more, more = agents … 1: from
 * one to the next the rate falls by the same step. False when what is left is negligible. */
static bool add_level(const struct chain *chain, double arrivals_per_s, int level, struct below *below)
{
    double base = level_rate(chain, level) / arrivals_per_s, contacts = (double)level * (double)chain->agents;
    double step = (level_rate(chain, level + 1) / arrivals_per_s - base) / (double)chain->agents;
    for (long more = chain->agents; more > 0; more--) {
        double ratio = base + step * (double)more;
        below->weight *= ratio;
        below->odds += below->weight;
        below->busy += below->weight * (contacts + (double)(more - 1));
        if (below->busy > RESCALE)
            rescale(below);
        if (below->weight < NEGLIGIBLE * below->odds && ratio < 0.9)
            return false;
    }
    return true;
}

static void chain_metrics(const struct erlang_system *system, const struct chain *chain,
                          struct erlang_metrics *out)
{
    if (chain->agents <= 0) {
        erlang_unserved(system, out);
        return;
    }
    double places = (double)chain->agents * chain->concurrency,
           full_rate = level_rate(chain, chain->concurrency);
    struct below below = {.weight = 1, .unit = 1};
    for (int level = chain->concurrency - 1; level >= 0; level--)
        if (!add_level(chain, system->rate_per_s, level, &below))
            break;
    double odds = below.unit > 0 ? below.odds / below.unit : INFINITY;
    if (chain->room < 0)
        erlang_waiting(system, odds, full_rate, out);
    else
        erlang_waiting_room(system, odds, full_rate, chain->room, out);
    double full = out->p_wait + out->blocked, busy = below.odds > 0 ? below.busy / below.odds / places : 0;
    out->occupancy = (1 - full) * busy + full;
}

/* Between the whole numbers of agents around a real one. */
struct between {
    struct chain low;
    double f;
};

static void between_metrics(const struct erlang_system *system, const void *user, struct erlang_metrics *out)
{
    const struct between *between = user;
    chain_metrics(system, &between->low, out);
    if (between->f <= 0)
        return;
    struct chain next = between->low;
    struct erlang_metrics low = *out, high;
    next.agents++;
    chain_metrics(system, &next, &high);
    erlang_mix(&low, &high, between->f, out);
}

static void at_agents(const struct erlang_system *system, const struct chain *chain, double busyness_cv2,
                      double agents, struct erlang_metrics *out)
{
    if (!(system->rate_per_s > 0)) {
        erlang_idle(out);
        return;
    }
    double whole = floor(fmax(agents, 0));
    struct between between = {*chain, fmax(agents - whole, 0)};
    between.low.agents = (long)whole;
    if (!(busyness_cv2 > 0)) {
        between_metrics(system, &between, out);
        return;
    }
    /* places as quick as the slowest level: where the load meets them metrics turn */
    struct erlang_system like = *system;
    like.aht_s = chain->level_aht_s[chain->concurrency - 1];
    erlang_busy_average(&like, busyness_cv2, agents * chain->concurrency, between_metrics, &between, out);
}

void chat_busy_metrics(const struct erlang_system *system, const double *level_aht_s, int concurrency,
                       int room, double busyness_cv2, double agents, struct erlang_metrics *out)
{
    struct chain chain = {level_aht_s, concurrency, room, 0};
    at_agents(system, &chain, busyness_cv2, agents, out);
}

void chat_metrics(const struct erlang_system *system, const double *level_aht_s, int concurrency,
                  double agents, struct erlang_metrics *out)
{
    chat_busy_metrics(system, level_aht_s, concurrency, -1, 0, agents, out);
}

struct chat_goal {
    const struct erlang_system *system;
    struct chain chain;
    double busyness_cv2;
    const struct erlang_targets *targets;
};

static double chat_margin(double agents, const void *user)
{
    const struct chat_goal *goal = user;
    struct erlang_metrics metrics;
    at_agents(goal->system, &goal->chain, goal->busyness_cv2, agents, &metrics);
    return erlang_margin(&metrics, goal->targets);
}

/* The least real number within the unit below `least`, the least whole one: metrics are a mixture of both
 * ends. */
static double last_unit(const struct chat_goal *goal, double least)
{
    struct erlang_metrics below, above, mixed;
    at_agents(goal->system, &goal->chain, goal->busyness_cv2, least - 1, &below);
    at_agents(goal->system, &goal->chain, goal->busyness_cv2, least, &above);
    double lo = 0, hi = 1;
    for (int i = 0; i < 40 && hi - lo > 1e-10; i++) {
        double mid = 0.5 * (lo + hi);
        erlang_mix(&below, &above, mid, &mixed);
        if (erlang_margin(&mixed, goal->targets) >= 0)
            hi = mid;
        else
            lo = mid;
    }
    return least - 1 + hi;
}

double chat_required_near(const struct erlang_system *system, const double *level_aht_s, int concurrency,
                          double busyness_cv2, const struct erlang_targets *targets, bool whole, double guess)
{
    if (!(system->rate_per_s > 0))
        return 0;
    struct chat_goal goal = {system, {level_aht_s, concurrency, -1, 0}, busyness_cv2, targets};
    if (chat_margin(0, &goal) >= 0)
        return 0;
    double load_erl = system->rate_per_s * level_aht_s[concurrency - 1] / concurrency;
    double start = guess > 0 ? guess : load_erl + 0.5 * sqrt(load_erl / concurrency);
    double least = erlang_search(chat_margin, &goal, start, true);
    return whole || isinf(least) ? least : last_unit(&goal, least);
}

double chat_required(const struct erlang_system *system, const double *level_aht_s, int concurrency,
                     const struct erlang_targets *targets, bool whole)
{
    return chat_required_near(system, level_aht_s, concurrency, 0, targets, whole, 0);
}
