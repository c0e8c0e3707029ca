/* Agents that an Erlang queue requires. */
#include "scheduler/staffing/erlang_solve.h"

#include <math.h>

#define TOLERANCE 1e-12

struct goal {
    const struct erlang_system *system;
    const struct erlang_targets *targets;
    double busyness_cv2;
    enum erlang_parts parts;
};

struct at {
    double agents;
    enum erlang_parts parts;
};

static void parts_metrics(const struct erlang_system *system, const void *user, struct erlang_metrics *out)
{
    const struct at *at = user;
    erlang_metrics_of(system, at->agents, at->parts, out);
}

static double goal_margin(double agents, const void *user)
{
    const struct goal *goal = user;
    struct at at = {agents, goal->parts};
    struct erlang_metrics metrics;
    erlang_busy_average(goal->system, goal->busyness_cv2, agents, parts_metrics, &at, &metrics);
    return erlang_margin(&metrics, goal->targets);
}

/* Where to look first, and how fast the margin grows with agents there. */
struct start {
    double agents, slope;
};

/* agents = load + beta √load. While few wait for T, the share that waits falls about as e^(-1.25 beta - 0.29
 * beta²) (a fit to Halfin & Whitt 1981 over beta 0 to 2), is at beta 0 what Garnett et al. 2002 give, and the
 * share that waits longer than T falls as e^(-beta √load T / AHT) besides. When T is long, those who leave
 * meanwhile make room: then the wait is nearly normal around the time after which so many have left that the
 * others can be served. */
static struct start start_of(const struct erlang_system *system, double busyness_cv2,
                             const struct erlang_targets *targets)
{
    double load_erl = system->rate_per_s * system->aht_s, root = sqrt(load_erl);
    bool patient = system->patience_s > 0 && isfinite(system->patience_s);
    double miss = targets->service_level > 0 ? fmax(1 - targets->service_level, TOLERANCE) : 0.2;
    double ratio = patient ? sqrt(system->patience_s / system->aht_s) : INFINITY;
    double linear = 1.25 + (patient ? 0.75 : 1) * fmin(root * system->threshold_s / system->aht_s, 30);
    double room = patient ? root * -expm1(-system->threshold_s / system->patience_s) : 0, beta, slope;
    double logit = log((1 - miss) / miss), bend = 2.55 + 0.5 * fabs(logit);
    if (room * ratio > 0.5) {
        beta = logit / sqrt(bend) / ratio - room;
        if (targets->definition == SL_OFFERED)
            beta = fmax(beta, -miss * root);
        slope = ratio;
    } else {
        double need = -log(miss) - log1p(1 / ratio);
        beta = need > 0 ? (sqrt(linear * linear + 1.16 * need) - linear) / 0.58 : need / linear;
        slope =
            (linear + 0.58 * fmax(beta, 0)) * (2.55 + 0.25 * fabs(logit)) / (bend * sqrt(bend)) / (1 - miss);
    }
    /* an uncertain load wants a margin of its own: spreads add up as variances do */
    double spread = sqrt(1 + busyness_cv2 * load_erl);
    struct start start = {load_erl + fmax(beta, -0.5 * root) * root * spread, slope / (root * spread)};
    if (targets->occupancy_max < 1)
        start.agents = fmax(start.agents, load_erl / fmax(targets->occupancy_max, 1e-6));
    return start;
}

/* Steps that a walk by whole agents may take before a search is quicker. */
#define WALK_MAX 40

struct walk {
    const struct erlang_system *system;
    const struct erlang_targets *targets;
    double load_erl;
};

static bool walk_meets(const struct walk *walk, double agents, double odds)
{
    const struct erlang_targets *targets = walk->targets;
    double slack = agents / walk->system->aht_s - walk->system->rate_per_s;
    if (slack <= 0)
        return false;
    double s0 = agents / (agents - walk->load_erl), p_wait = s0 / (odds + s0);
    double miss = 1 - fmin(targets->service_level, 1) + TOLERANCE;
    return (p_wait <= miss || p_wait * exp(-slack * walk->system->threshold_s) <= miss) &&
           (targets->asa_max_s <= 0 || p_wait / slack <= targets->asa_max_s + TOLERANCE) &&
           (targets->occupancy_max >= 1 || walk->load_erl / agents <= targets->occupancy_max + TOLERANCE);
}

/* Erlang C and whole agents: Erlang B of a neighbour is one step of its recurrence. 0: too far from the
 * guess. */
static double walk_whole(const struct walk *walk, double guess)
{
    double a = walk->load_erl, n = fmax(ceil(guess), floor(a) + 1), odds = 1 / erlang_b(a, n) - 1;
    bool meets = walk_meets(walk, n, odds);
    for (int i = 0; i < WALK_MAX && isfinite(odds); i++) {
        if (meets) {
            odds = fmax(odds * a / n - 1, 0);
            if (!walk_meets(walk, n - 1, odds))
                return n;
            n--;
        } else {
            n++;
            odds = n / a * (1 + odds);
            if (walk_meets(walk, n, odds))
                return n;
        }
    }
    return 0;
}

/* With no agents nobody is served, but an abandon may count as met. */
static bool nobody_will_do(const struct goal *goal)
{
    bool served = goal->targets->service_level > 1e-9 && goal->targets->definition != SL_ABAN_POSITIVE;
    return !served && goal_margin(0, goal) >= 0;
}

double erlang_required_near(const struct erlang_system *system, double busyness_cv2,
                            const struct erlang_targets *targets, bool whole, double guess)
{
    double load_erl = system->rate_per_s * system->aht_s;
    struct goal goal = {system, targets, busyness_cv2, 0};
    if (targets->service_level > 0)
        goal.parts |= ERLANG_LEVELS;
    if (targets->asa_max_s > 0)
        goal.parts |= ERLANG_WAITS;
    if (!(load_erl > 0) || nobody_will_do(&goal))
        return 0;
    struct start start = start_of(system, busyness_cv2, targets);
    if (guess > 0)
        start.agents = guess;
    bool patient = system->patience_s > 0 && isfinite(system->patience_s);
    if (whole && !patient && !(busyness_cv2 > 0) && targets->service_level > 0) {
        struct walk walk = {system, targets, load_erl};
        double agents = walk_whole(&walk, start.agents);
        if (agents > 0 && agents < ERLANG_AGENTS_MAX)
            return agents;
    }
    return erlang_search_from(goal_margin, &goal, start.agents, start.slope, whole);
}

double erlang_required(const struct erlang_system *system, const struct erlang_targets *targets, bool whole)
{
    return erlang_required_near(system, 0, targets, whole, 0);
}
