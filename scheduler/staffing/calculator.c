#include "scheduler/staffing/calculator.h"

#include "scheduler/staffing/chat.h"

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

/* Whole agents at work, for the models that know no others. */
static void whole_metrics(const struct calculator *c, const struct erlang_system *system, double agents,
                          struct erlang_metrics *out, double *outbound_per_s)
{
    bool even = even_levels(c);
    double places = agents * c->chats, level_aht_s[CALCULATOR_CHATS_MAX];
    double usable = c->lines >= 0 ? fmin(places, c->lines) : places;
    double room = c->lines >= 0 ? c->lines - usable : c->room;
    *outbound_per_s = 0;
    if (!even) {
        for (int k = 0; k < (int)c->chats; k++)
            level_aht_s[k] = c->aht_s * c->level_share[k];
        chat_room_metrics(system, level_aht_s, (int)c->chats, agents, (int)room, out);
    } else if (c->blend_idle >= 0) {
        erlang_blend_metrics(system, (int)places, (int)c->blend_idle, out, outbound_per_s);
    } else {
        erlang_room_metrics(system, (int)usable, (int)(usable + room), out);
        out->occupancy *= usable > 0 ? usable / places : 1;
    }
}

static void system_metrics(const struct calculator *c, const struct erlang_system *system, double at_work,
                           struct erlang_metrics *out, double *outbound_per_s)
{
    bool whole_only = !even_levels(c) || c->blend_idle >= 0 || c->room >= 0 || c->lines >= 0;
    *outbound_per_s = 0;
    if (!whole_only) {
        erlang_metrics(system, at_work * c->chats, out);
        return;
    }
    double whole = floor(at_work + 1e-9), f = fmax(at_work - whole, 0);
    struct erlang_metrics low, high;
    double outbound_low, outbound_high;
    whole_metrics(c, system, whole, &low, &outbound_low);
    if (f <= 1e-9) {
        *out = low;
        *outbound_per_s = outbound_low;
        return;
    }
    whole_metrics(c, system, whole + 1, &high, &outbound_high);
    erlang_mix(&low, &high, f, out);
    *outbound_per_s = outbound_low + (outbound_high - outbound_low) * f;
}

static void at_work_answer(const struct calculator *c, double at_work, struct calculator_answer *out)
{
    struct erlang_system system = {.rate_per_s = c->contacts / c->span_s,
                                   .aht_s = c->aht_s * c->level_share[0],
                                   .patience_s = c->patience_s,
                                   .threshold_s = c->threshold_s,
                                   .short_abandon_s = c->short_abandon_s};
    struct erlang_targets targets = targets_of(c);
    out->at_work = at_work;
    system_metrics(c, &system, at_work, &out->metrics, &out->outbound_per_s);
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
    [CALCULATOR_AHT] = {1e-2, 1e7},
    [CALCULATOR_PATIENCE] = {1e-2, 1e8},
    [CALCULATOR_THRESHOLD] = {1e-2, 1e7},
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
