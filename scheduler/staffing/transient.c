#include "scheduler/staffing/transient.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "scheduler/staffing/transient_chain.h"

#define SAME 1e-7 /* distributions that differ by less are one */

struct transient {
    struct transient_input input; /* arrays owned */
    struct chain_rates *rates;    /* n; arrive 0 and servers 0 where closed */
    struct chain_state
        *ends; /* n + 1: before each interval, under the staff of the one before; [n]: the end */
    struct transient_cell *cells; /* n */
    /* before the last transient_set: [from, to), agents of `from` */
    int32_t from, to;
    double agents;
    struct chain_state *old_ends; /* n + 1 */
    struct transient_cell *old_cells;
};

/* ---- one interval ---- */

static void rates_of(const struct transient_input *input, int32_t iv, double aht_s, struct chain_rates *out)
{
    bool closed = input->closed != NULL && input->closed[iv];
    bool patient = !(input->patience_s > 0) || isinf(input->patience_s);
    *out = (struct chain_rates){
        .arrive = closed ? 0 : fmax(input->offered[iv], 0) / input->interval_s,
        .handle = aht_s > 0 ? 1 / aht_s : 0,
        .give_up = patient ? 0 : 1 / input->patience_s,
        .servers = closed ? 0 : fmax(input->agents[iv], 0),
    };
}

/* The people at the end of an interval under the staff of the next. */
static void hand_over(const struct transient_input *input, const struct chain_rates *rates, int32_t next,
                      struct chain_state *state)
{
    bool opens = input->closed != NULL && (input->closed[next] || input->closed[next - 1]);
    if (opens) {
        chain_clear(state);
        chain_empty(state);
    } else {
        chain_restaff(state, rates[next - 1].servers, rates[next].servers, input->leave == TRANSIENT_FINISH);
    }
}

/* `state`, as the interval before left it, becomes that of the interval's end. */
static void through(const struct transient_input *input, const struct chain_rates *rates, int32_t iv,
                    struct chain_state *state, struct transient_cell *cell)
{
    bool exact = input->engine == TRANSIENT_EXACT, closed = input->closed != NULL && input->closed[iv];
    const struct chain_goal goal = {fmax(input->threshold_s, 0), fmax(input->short_abandon_s, 0), exact};
    struct chain_state mean = {.p = NULL};
    if (iv > 0)
        hand_over(input, rates, iv, state);
    (exact ? chain_exact : chain_fast)(state, &rates[iv], input->interval_s, &mean);
    chain_cell(&mean, &rates[iv], &goal, cell);
    cell->queue_end = chain_waiting(state, rates[iv].servers);
    if (closed)
        cell->queue = cell->busy = cell->queue_end = 0;
    chain_clear(&mean);
}

static void begin(const struct transient_input *input, const struct chain_rates *rates,
                  struct chain_state *state)
{
    if (input->start == TRANSIENT_STEADY)
        chain_steady(state, &rates[0], chain_precisions[input->engine].edge);
    else
        chain_empty(state);
}

static struct chain_rates *all_rates(const struct transient_input *input)
{
    struct chain_rates *rates = g_new0(struct chain_rates, (gsize)input->n + 1);
    double aht_s = 0;
    for (int32_t iv = 0; iv < input->n && !(aht_s > 0); iv++)
        aht_s = input->aht_s[iv]; /* the first there is holds before it, too */
    for (int32_t iv = 0; iv < input->n; iv++) {
        aht_s = input->aht_s[iv] > 0 ? input->aht_s[iv] : aht_s;
        rates_of(input, iv, aht_s, &rates[iv]);
    }
    return rates;
}

void transient_run(const struct transient_input *input, struct transient_cell *cells)
{
    g_autofree struct chain_rates *rates = all_rates(input);
    struct chain_state state = {.p = NULL};
    begin(input, rates, &state);
    for (int32_t iv = 0; iv < input->n; iv++)
        through(input, rates, iv, &state, &cells[iv]);
    chain_clear(&state);
}

/* ---- a day that changes ---- */

struct transient *transient_new(const struct transient_input *input)
{
    gsize n = (gsize)input->n;
    struct transient *t = g_new0(struct transient, 1);
    t->input = *input;
    t->input.offered = g_memdup2(input->offered, n * sizeof *input->offered);
    t->input.aht_s = g_memdup2(input->aht_s, n * sizeof *input->aht_s);
    t->input.agents = g_memdup2(input->agents, n * sizeof *input->agents);
    t->input.closed = input->closed != NULL ? g_memdup2(input->closed, n * sizeof *input->closed) : NULL;
    t->rates = all_rates(&t->input);
    t->ends = g_new0(struct chain_state, n + 1);
    t->old_ends = g_new0(struct chain_state, n + 1);
    t->cells = g_new0(struct transient_cell, n + 1);
    t->old_cells = g_new0(struct transient_cell, n + 1);
    begin(&t->input, t->rates, &t->ends[0]);
    for (int32_t iv = 0; iv < input->n; iv++) {
        chain_copy(&t->ends[iv], &t->ends[iv + 1]);
        through(&t->input, t->rates, iv, &t->ends[iv + 1], &t->cells[iv]);
    }
    return t;
}

void transient_free(struct transient *t)
{
    if (t == NULL)
        return;
    for (int32_t iv = 0; iv <= t->input.n; iv++) {
        chain_clear(&t->ends[iv]);
        chain_clear(&t->old_ends[iv]);
    }
    g_free((double *)t->input.offered);
    g_free((double *)t->input.aht_s);
    g_free((double *)t->input.agents);
    g_free((bool *)t->input.closed);
    g_free(t->rates);
    g_free(t->ends);
    g_free(t->old_ends);
    g_free(t->cells);
    g_free(t->old_cells);
    g_free(t);
}

const struct transient_cell *transient_cells(const struct transient *t)
{
    return t->cells;
}

int32_t transient_set(struct transient *t, int32_t iv, double agents)
{
    struct chain_state state = {.p = NULL};
    bool closed = t->input.closed != NULL && t->input.closed[iv];
    t->from = iv;
    t->agents = t->input.agents[iv];
    ((double *)t->input.agents)[iv] = agents;
    if (!closed)
        t->rates[iv].servers = fmax(agents, 0);
    chain_copy(&t->ends[iv], &state);
    bool differs = true;
    int32_t to = iv;
    for (; to < t->input.n && differs; to++) {
        t->old_cells[to] = t->cells[to];
        through(&t->input, t->rates, to, &state, &t->cells[to]);
        /* who leaves at the next change of staff depends on the staff set, too */
        differs = to == iv || chain_distance(&state, &t->ends[to + 1]) > SAME;
        chain_clear(&t->old_ends[to + 1]);
        t->old_ends[to + 1] = t->ends[to + 1];
        t->ends[to + 1] = (struct chain_state){.p = NULL};
        chain_copy(&state, &t->ends[to + 1]);
    }
    chain_clear(&state);
    return t->to = to;
}

void transient_undo(struct transient *t)
{
    int32_t iv = t->from;
    if (t->to == iv)
        return;
    ((double *)t->input.agents)[iv] = t->agents;
    if (t->input.closed == NULL || !t->input.closed[iv])
        t->rates[iv].servers = fmax(t->agents, 0);
    for (; iv < t->to; iv++) {
        struct chain_state state = t->ends[iv + 1];
        t->ends[iv + 1] = t->old_ends[iv + 1];
        t->old_ends[iv + 1] = state;
        t->cells[iv] = t->old_cells[iv];
    }
    t->to = t->from;
}
