#include "scheduler/staffing/calculator.h"

#include "scheduler/staffing/calculator_deferred.h"
#include "scheduler/staffing/chat.h"
#include "scheduler/staffing/erlang_solve.h"

#include <math.h>

static struct erlang_targets targets_of(const struct calculator *c)
{
    return (struct erlang_targets){c->definition, c->target, c->asa_max_s, c->abandon_max, c->occupancy_max};
}

static bool even_levels(const struct calculator *c)
{
    for (int k = 1; k < (int)c->chats; k++)
        if (fabs(c->level_share[k] - c->level_share[0]) > 1e-12 * c->level_share[0])
            return false;
    return true;
}

/* The models that know whole agents only, at two neighbouring numbers of them. */
struct whole {
    const struct calculator *calculator;
    double agents, f;
};

static void whole_metrics(const struct calculator *c, const struct erlang_system *system, double agents,
                          struct erlang_metrics *out)
{
    double places = agents * c->chats;
    double usable = c->lines >= 0 ? fmin(places, c->lines) : places;
    double room = c->lines >= 0 ? c->lines - usable : c->room;
    if (c->blend_idle >= 0) {
        erlang_blend_metrics(system, (int)places, (int)c->blend_idle, out, NULL);
        return;
    }
    erlang_room_metrics(system, (int)usable, (int)(usable + room), out);
    out->occupancy *= usable > 0 ? usable / places : 1;
}

static void mixed_metrics(const struct erlang_system *system, const void *user, struct erlang_metrics *out)
{
    const struct whole *whole = user;
    struct erlang_metrics low, high;
    whole_metrics(whole->calculator, system, whole->agents, &low);
    *out = low;
    if (whole->f <= 1e-9)
        return;
    whole_metrics(whole->calculator, system, whole->agents + 1, &high);
    erlang_mix(&low, &high, whole->f, out);
}

static void uneven_metrics(const struct calculator *c, const struct erlang_system *system, double cv2,
                           double at_work, struct erlang_metrics *out)
{
    double level_aht_s[CALCULATOR_CHATS_MAX];
    for (int k = 0; k < (int)c->chats; k++)
        level_aht_s[k] = c->aht_s * c->level_share[k];
    chat_busy_metrics(system, level_aht_s, (int)c->chats, (int)c->room, cv2, at_work, out);
}

static void system_metrics(const struct calculator *c, const struct erlang_system *system, double at_work,
                           struct erlang_metrics *out)
{
    double cv2 = c->busyness * c->busyness, whole = floor(at_work + 1e-9);
    struct whole ends = {c, whole, fmax(at_work - whole, 0)};
    if (!even_levels(c))
        uneven_metrics(c, system, cv2, at_work, out);
    else if (c->blend_idle >= 0 || c->room >= 0 || c->lines >= 0)
        erlang_busy_average(system, cv2, at_work * c->chats, mixed_metrics, &ends, out);
    else
        erlang_busy_metrics(system, cv2, at_work * c->chats, out);
}

static void at_work_answer(const struct calculator *c, double at_work, struct calculator_answer *out)
{
    struct erlang_system system = {.rate_per_s = c->contacts / c->span_s,
                                   .aht_s = c->aht_s * c->level_share[0],
                                   .patience_s = c->patience_s,
                                   .threshold_s = c->threshold_s,
                                   .short_abandon_s = c->short_abandon_s};
    struct erlang_targets targets = targets_of(c);
    if (c->due_s > 0) {
        calculator_deferred_answer(c, at_work, out);
        return;
    }
    *out = (struct calculator_answer){.at_work = at_work};
    system_metrics(c, &system, at_work, &out->metrics);
    double finished_per_s = out->metrics.occupancy * at_work / c->aht_s,
           answered_per_s = system.rate_per_s * (1 - out->metrics.abandon);
    out->outbound_per_s = c->blend_idle >= 0 ? fmax(finished_per_s - answered_per_s, 0) : 0;
    out->margin = erlang_margin(&out->metrics, &targets);
}

void calculator_answer(const struct calculator *c, double agents, struct calculator_answer *out)
{
    at_work_answer(c, agents * (1 - c->shrinkage), out);
    out->agents = agents;
}

static double margin_at_work(double at_work, const void *user)
{
    struct calculator_answer answer;
    at_work_answer(user, at_work, &answer);
    return answer.margin;
}

double calculator_required(const struct calculator *c, bool whole)
{
    if (c->due_s > 0) {
        double agents = calculator_deferred_required(c);
        return whole ? ceil(agents - 1e-9) : agents;
    }
    if (margin_at_work(0, c) >= 0)
        return 0;
    double load_erl = c->contacts / c->span_s * c->aht_s * c->level_share[(int)c->chats - 1] / c->chats;
    return erlang_search(margin_at_work, c, load_erl + 0.5 * sqrt(load_erl), whole);
}

/* Where values of a variable are looked for, in logarithms. */
static const struct {
    double least, most;
} domains[CALCULATOR_VARIABLE_N] = {
    [CALCULATOR_CONTACTS] = {1e-6, 1e9}, /* × what the agents can handle in the span */
    [CALCULATOR_AHT] = {1e-2, 1e7},       [CALCULATOR_PATIENCE] = {1e-2, 1e8},
    [CALCULATOR_THRESHOLD] = {1e-2, 1e7}, [CALCULATOR_DUE] = {1e-2, 1e7},
};
#define STEPS 200

struct probe {
    struct calculator calculator;
    double agents, unit;
    double *value;
};

static bool meets(struct probe *probe, double ln)
{
    struct calculator_answer answer;
    *probe->value = probe->unit * exp(ln);
    calculator_answer(&probe->calculator, probe->agents, &answer);
    return answer.margin >= 0;
}

/* Between a value that meets the targets and one that does not: the last that meets them. */
static double edge(struct probe *probe, double good, double bad)
{
    for (int i = 0; i < 60 && fabs(bad - good) > 1e-12; i++) {
        double mid = 0.5 * (good + bad);
        if (meets(probe, mid))
            good = mid;
        else
            bad = mid;
    }
    return probe->unit * exp(good);
}

static double *field_of(struct calculator *c, enum calculator_variable variable)
{
    switch (variable) {
    case CALCULATOR_CONTACTS:
        return &c->contacts;
    case CALCULATOR_AHT:
        return &c->aht_s;
    case CALCULATOR_PATIENCE:
        return &c->patience_s;
    case CALCULATOR_THRESHOLD:
        return &c->threshold_s;
    case CALCULATOR_DUE:
        return &c->due_s;
    case CALCULATOR_TARGET:
    case CALCULATOR_VARIABLE_N:
        break;
    }
    return &c->target;
}

static bool solve_target(const struct calculator *c, double agents, struct calculator_range *out)
{
    struct calculator free = *c;
    struct calculator_answer answer;
    free.target = 0;
    calculator_answer(&free, agents, &answer);
    *out = (struct calculator_range){0, answer.metrics.sl[c->definition]};
    return answer.margin >= 0;
}

bool calculator_solve(const struct calculator *c, double agents, enum calculator_variable variable,
                      struct calculator_range *out)
{
    if (variable == CALCULATOR_TARGET)
        return solve_target(c, agents, out);
    struct probe probe = {.calculator = *c, .agents = agents, .unit = 1};
    probe.value = field_of(&probe.calculator, variable);
    if (variable == CALCULATOR_CONTACTS && agents > 0)
        probe.unit = agents * c->chats * c->span_s / c->aht_s;
    double low = log(domains[variable].least), step = (log(domains[variable].most) - low) / STEPS;
    int first = 0;
    while (first <= STEPS && !meets(&probe, low + step * first))
        first++;
    if (first > STEPS)
        return false;
    int last = first;
    while (last < STEPS && meets(&probe, low + step * (last + 1)))
        last++;
    double least = first > 0 ? edge(&probe, low + step * first, low + step * (first - 1)) : 0;
    double most = last < STEPS ? edge(&probe, low + step * last, low + step * (last + 1)) : INFINITY;
    *out = (struct calculator_range){least, most};
    return true;
}
