#include "tests/scheduler/skill_chain.h"

#include <glib.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#define PLACES (CHAIN_MAX * CHAIN_MAX + CHAIN_MAX)
#define SWEEPS_MAX 20000
#define SETTLED 1e-14

/* A state: contacts in service by group and class, then contacts waiting by class. */
struct state {
    int16_t at[PLACES];
};

struct jump {
    int from, to;
    double rate;
};

struct search {
    const struct skill_chain *chain;
    int n_places;
    GHashTable *index; /* struct state * → its number + 1 */
    GPtrArray *states; /* struct state *, owned */
    GArray *jumps;
};

static int16_t *serving(const struct search *s, struct state *state, int group, int k)
{
    return &state->at[group * s->chain->n_classes + k];
}

static int16_t *waiting(const struct search *s, struct state *state, int k)
{
    return &state->at[s->chain->n_groups * s->chain->n_classes + k];
}

static int busy_agents(const struct search *s, struct state *state, int group)
{
    int busy = 0;
    for (int k = 0; k < s->chain->n_classes; k++)
        busy += *serving(s, state, group, k);
    return busy;
}

/* The first group of the route with a free agent; -1 when there is none. */
static int free_group(const struct search *s, struct state *state, int k)
{
    for (int i = 0; i < s->chain->n_route[k]; i++) {
        int group = s->chain->route[k][i];
        if (busy_agents(s, state, group) < s->chain->agents[group])
            return group;
    }
    return -1;
}

static guint state_hash(gconstpointer key)
{
    const struct state *state = key;
    uint64_t hash = 1469598103934665603u;
    for (int i = 0; i < PLACES; i++)
        hash = (hash ^ (uint64_t)state->at[i]) * 1099511628211u;
    return (guint)(hash ^ (hash >> 32));
}

static gboolean state_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(struct state)) == 0;
}

static int state_number(struct search *s, const struct state *state)
{
    gpointer known = g_hash_table_lookup(s->index, state);
    if (known != NULL)
        return GPOINTER_TO_INT(known) - 1;
    struct state *copy = g_memdup2(state, sizeof *state);
    g_ptr_array_add(s->states, copy);
    g_hash_table_insert(s->index, copy, GINT_TO_POINTER((int)s->states->len));
    return (int)s->states->len - 1;
}

static void jump(struct search *s, int from, const struct state *to, double rate)
{
    if (rate <= 0)
        return;
    struct jump j = {from, state_number(s, to), rate};
    g_array_append_val(s->jumps, j);
}

static void arrivals(struct search *s, int from, const struct state *now)
{
    for (int k = 0; k < s->chain->n_classes; k++) {
        struct state next = *now;
        int group = free_group(s, &next, k);
        int16_t *place = group >= 0 ? serving(s, &next, group, k) : waiting(s, &next, k);
        if (group < 0 && *place >= s->chain->room)
            continue;
        ++*place;
        jump(s, from, &next, s->chain->arrive[k]);
    }
}

static void departures(struct search *s, int from, const struct state *now)
{
    const struct skill_chain *chain = s->chain;
    for (int k = 0; k < chain->n_classes; k++) {
        struct state next = *now;
        int n = *waiting(s, &next, k);
        if (n > 0) {
            --*waiting(s, &next, k);
            jump(s, from, &next, n * chain->leave[k]);
        }
    }
    for (int group = 0; group < chain->n_groups; group++)
        for (int k = 0; k < chain->n_classes; k++) {
            struct state next = *now;
            int n = *serving(s, &next, group, k);
            if (n == 0)
                continue;
            --*serving(s, &next, group, k);
            int i = 0;
            while (i < chain->n_order[group] && *waiting(s, &next, chain->order[group][i]) == 0)
                i++;
            if (i < chain->n_order[group]) {
                --*waiting(s, &next, chain->order[group][i]);
                ++*serving(s, &next, group, chain->order[group][i]);
            }
            jump(s, from, &next, n * chain->serve[group][k]);
        }
}

static int by_target(const void *a, const void *b)
{
    const struct jump *x = a, *y = b;
    return x->to != y->to ? x->to - y->to : x->from - y->from;
}

/* p: one per state. */
static bool balance(const struct search *s, double *p)
{
    int n = (int)s->states->len, n_jumps = (int)s->jumps->len;
    struct jump *jumps = (struct jump *)(void *)s->jumps->data;
    qsort(jumps, (size_t)n_jumps, sizeof *jumps, by_target);
    g_autofree double *out = g_new0(double, n);
    g_autofree int *first = g_new0(int, n + 1);
    for (int j = 0; j < n_jumps; j++) {
        out[jumps[j].from] += jumps[j].rate;
        first[jumps[j].to + 1] = j + 1;
    }
    for (int i = 1; i <= n; i++)
        first[i] = MAX(first[i], first[i - 1]);
    for (int i = 0; i < n; i++)
        p[i] = 1.0 / n;
    for (int sweep = 0; sweep < SWEEPS_MAX; sweep++) {
        double moved = 0, sum = 0;
        for (int k = 0; k < n; k++) {
            int i = sweep % 2 == 0 ? k : n - 1 - k;
            double in = 0;
            for (int j = first[i]; j < first[i + 1]; j++)
                in += p[jumps[j].from] * jumps[j].rate;
            moved += fabs(in / out[i] - p[i]);
            p[i] = in / out[i];
            sum += p[i];
        }
        for (int i = 0; i < n; i++)
            p[i] /= sum;
        if (moved < SETTLED * sum)
            return true;
    }
    return false;
}

static void add_state(const struct search *s, struct state *state, double p, struct skill_figures *out)
{
    const struct skill_chain *chain = s->chain;
    for (int k = 0; k < chain->n_classes; k++) {
        out->wait[k] += free_group(s, state, k) < 0 ? p : 0;
        out->queue[k] += p * *waiting(s, state, k);
        out->abandon[k] += p * *waiting(s, state, k) * chain->leave[k] / chain->arrive[k];
        for (int group = 0; group < chain->n_groups; group++)
            out->busy[k] += p * *serving(s, state, group, k);
    }
    for (int group = 0; group < chain->n_groups; group++) {
        int busy = busy_agents(s, state, group);
        out->group_busy[group] += p * busy;
        out->group_full[group] += busy == chain->agents[group] ? p : 0;
    }
}

bool skill_chain_solve(const struct skill_chain *chain, struct skill_figures *out)
{
    struct search s = {
        .chain = chain,
        .index = g_hash_table_new(state_hash, state_equal),
        .states = g_ptr_array_new_with_free_func(g_free),
        .jumps = g_array_new(FALSE, FALSE, sizeof(struct jump)),
    };
    state_number(&s, &(struct state){{0}});
    for (guint i = 0; i < s.states->len && s.states->len <= SKILL_STATES_MAX; i++) {
        struct state now = *(struct state *)s.states->pdata[i];
        arrivals(&s, (int)i, &now);
        departures(&s, (int)i, &now);
    }
    g_autofree double *p = g_new(double, s.states->len);
    bool ok = s.states->len <= SKILL_STATES_MAX && balance(&s, p);
    if (ok) {
        *out = (struct skill_figures){0};
        for (guint i = 0; i < s.states->len; i++)
            add_state(&s, s.states->pdata[i], p[i], out);
    }
    g_hash_table_destroy(s.index);
    g_ptr_array_free(s.states, TRUE);
    g_array_free(s.jumps, TRUE);
    return ok;
}
