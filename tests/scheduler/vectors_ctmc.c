/* Multi-skill chains: solved exactly, and run through the event simulation. */
#include "tests/scheduler/staffing_vectors_internal.h"

#include <math.h>
#include <string.h>

#include "tests/scheduler/skill_chain.h"
#include "tests/scheduler/tally.h"

#define TOLERANCE_EXACT 1e-9
#define SIGMAS 4
#define MUCH 1e4 /* agents, contacts an hour */
#define HISTORIES 400

/* ---- scenarios ---- */

static bool read_reals(const json_t *array, double *to, int n)
{
    for (int i = 0; i < n; i++) {
        const json_t *x = json_array_get(array, (size_t)i);
        to[i] = json_number_value(x);
        if (!json_is_number(x) || !(to[i] >= 0 && to[i] <= MUCH))
            return false;
    }
    return true;
}

/* A list of numbers below `below`. */
static bool read_indices(const json_t *array, int *to, int *n, int below)
{
    *n = (int)json_array_size(array);
    if (!json_is_array(array) || *n > CHAIN_MAX)
        return false;
    for (int i = 0; i < *n; i++) {
        const json_t *x = json_array_get(array, (size_t)i);
        to[i] = (int)json_integer_value(x);
        if (!json_is_integer(x) || to[i] < 0 || to[i] >= below)
            return false;
    }
    return true;
}

static bool read_chain(const json_t *scenario, struct skill_chain *chain)
{
    *chain = (struct skill_chain){.n_classes = (int)json_array_size(json_object_get(scenario, "lam")),
                                  .n_groups = (int)json_array_size(json_object_get(scenario, "groups")),
                                  .room = (int)json_integer_value(json_object_get(scenario, "Q"))};
    int n_classes = chain->n_classes, n_groups = chain->n_groups;
    double agents[CHAIN_MAX];
    bool ok = n_classes >= 1 && n_classes <= CHAIN_MAX && n_groups >= 1 && n_groups <= CHAIN_MAX &&
              chain->room > 0 && read_reals(json_object_get(scenario, "lam"), chain->arrive, n_classes) &&
              read_reals(json_object_get(scenario, "theta"), chain->leave, n_classes) &&
              read_reals(json_object_get(scenario, "groups"), agents, n_groups);
    for (int g = 0; g < n_groups && ok; g++) {
        chain->agents[g] = (int)agents[g];
        size_t at = (size_t)g;
        ok = read_reals(json_array_get(json_object_get(scenario, "mu"), at), chain->serve[g], n_classes) &&
             read_indices(json_array_get(json_object_get(scenario, "prio"), at), chain->order[g],
                          &chain->n_order[g], n_classes);
    }
    for (int k = 0; k < n_classes && ok; k++)
        ok = read_indices(json_array_get(json_object_get(scenario, "route"), (size_t)k), chain->route[k],
                          &chain->n_route[k], n_groups) &&
             chain->n_route[k] > 0;
    return ok;
}

/* ---- what rows may ask of a class, a group or the whole ---- */

struct asked {
    const struct skill_chain *chain;
    const struct skill_figures *figures;
    int index;
};

static double class_wait(const struct asked *a)
{
    return a->figures->wait[a->index];
}

static double class_queue(const struct asked *a)
{
    return a->figures->queue[a->index];
}

static double class_wait_s(const struct asked *a)
{
    return 3600 * a->figures->queue[a->index] / a->chain->arrive[a->index];
}

static double class_abandon(const struct asked *a)
{
    return a->figures->abandon[a->index];
}

static double class_served(const struct asked *a)
{
    return 1 - class_abandon(a);
}

static double class_served_per_hour(const struct asked *a)
{
    return a->chain->arrive[a->index] * class_served(a);
}

static double class_abandoned_per_hour(const struct asked *a)
{
    return a->figures->abandon[a->index] * a->chain->arrive[a->index];
}

static double class_busy(const struct asked *a)
{
    return a->figures->busy[a->index];
}

static double class_present(const struct asked *a)
{
    return class_busy(a) + class_queue(a);
}

static double group_occupancy(const struct asked *a)
{
    return a->figures->group_busy[a->index] / a->chain->agents[a->index];
}

static double group_busy(const struct asked *a)
{
    return a->figures->group_busy[a->index];
}

static double group_idle(const struct asked *a)
{
    return a->chain->agents[a->index] - a->figures->group_busy[a->index];
}

static double group_full(const struct asked *a)
{
    return a->figures->group_full[a->index];
}

/* Means over the classes, weighted by arrivals; sums when not `mean`. */
static double over_classes(const struct asked *a, double (*one)(const struct asked *a), bool mean)
{
    double sum = 0, arrive = 0;
    for (int k = 0; k < a->chain->n_classes; k++) {
        struct asked of_class = {a->chain, a->figures, k};
        sum += one(&of_class) * (mean ? a->chain->arrive[k] : 1);
        arrive += a->chain->arrive[k];
    }
    return mean ? sum / arrive : sum;
}

static double all_occupancy(const struct asked *a)
{
    double busy = 0, agents = 0;
    for (int g = 0; g < a->chain->n_groups; g++) {
        busy += a->figures->group_busy[g];
        agents += a->chain->agents[g];
    }
    return busy / agents;
}

/* Names as they may stand in files; several for the same. */
static const struct metric {
    const char *names; /* separated by spaces */
    double (*of_class)(const struct asked *a);
    double (*of_group)(const struct asked *a);
    bool mean; /* over classes, for the whole; else their sum */
} metrics[] = {
    {"p_wait p_delay delay", class_wait, NULL, true},
    {"mean_queue queue_length mean_queue_length lq", class_queue, NULL, false},
    {"mean_wait_s wait_s asa_s mean_wait_offered_s", class_wait_s, NULL, true},
    {"abandon p_abandon abandon_share abandonment", class_abandon, NULL, true},
    {"served p_served answered served_share", class_served, NULL, true},
    {"served_per_hour answered_per_hour throughput throughput_per_hour", class_served_per_hour, NULL, false},
    {"abandoned_per_hour abandon_per_hour abandon_rate", class_abandoned_per_hour, NULL, false},
    {"mean_busy busy mean_in_service in_service", class_busy, group_busy, false},
    {"mean_in_system in_system mean_present", class_present, NULL, false},
    {"occupancy utilization utilisation", NULL, group_occupancy, false},
    {"mean_idle idle", NULL, group_idle, false},
    {"p_all_busy p_full all_busy", NULL, group_full, false},
};

static const struct metric *find_metric(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(metrics); i++) {
        g_auto(GStrv) names = g_strsplit(metrics[i].names, " ", -1);
        if (g_strv_contains((const char *const *)names, name))
            return &metrics[i];
    }
    return NULL;
}

/* What a row asks for; NAN when we do not know that. */
static double figure(const struct vectors *file, guint row, const struct skill_chain *chain,
                     const struct skill_figures *figures)
{
    const char *kind = vectors_text(file, row, "kind"), *name = vectors_text(file, row, "metric");
    const struct metric *metric = find_metric(name);
    double index = vectors_number(file, row, "index");
    struct asked asked = {chain, figures, isnan(index) ? 0 : (int)index};
    bool of_class = strcmp(kind, "class") == 0 || strcmp(kind, "queue") == 0,
         group = strcmp(kind, "group") == 0;
    if (of_class || group) {
        double (*one)(const struct asked *a) = metric == NULL ? NULL
                                               : of_class     ? metric->of_class
                                                              : metric->of_group;
        int n = of_class ? chain->n_classes : chain->n_groups;
        return one != NULL && index >= 0 && index < n ? one(&asked) : NAN;
    }
    if (metric != NULL && metric->of_group == group_occupancy)
        return all_occupancy(&asked);
    return metric != NULL && metric->of_class != NULL ? over_classes(&asked, metric->of_class, metric->mean)
                                                      : NAN;
}

/* ---- the file ---- */

static void check_exact(struct vectors *file, guint row, const struct skill_chain *chain,
                        const struct skill_figures *figures)
{
    double got = figure(file, row, chain, figures), want = vectors_number(file, row, "value");
    double error = fabs(got - want) / fmax(1, fabs(want));
    struct check check = check_begin(file, row, "ctmc_exact");
    if (isnan(got) || isnan(want))
        vectors_unknown(file, "%s \"%s\" of %s", vectors_text(file, row, "kind"),
                        vectors_text(file, row, "metric"), vectors_text(file, row, "scenario"));
    else
        check_error(&check, vectors_text(file, row, "metric"), got, want, error, error <= TOLERANCE_EXACT);
    check_end(&check);
}

/* Whether contacts wait and give up often enough in all histories for a standard error to mean something. */
static bool often(const struct vectors *file, guint row, const struct skill_chain *chain,
                  const struct skill_figures *exact)
{
    double index = vectors_number(file, row, "index"), least = INFINITY;
    bool of_group = strcmp(vectors_text(file, row, "kind"), "group") == 0;
    for (int k = 0; k < chain->n_classes && !of_group; k++) {
        double contacts = chain->arrive[k] * SKILL_HOURS * HISTORIES;
        double rarest = exact->abandon[k] > 0 ? exact->abandon[k] : exact->wait[k];
        if (isnan(index) || k == (int)index)
            least = fmin(least, contacts * rarest);
    }
    return least >= TALLY_EVENTS_MIN;
}

/* exact: NULL when it is not known. */
static void check_simulated(struct vectors *file, guint row, const struct skill_chain *chain,
                            const struct skill_figures *exact, const struct skill_figures *runs)
{
    double want = vectors_number(file, row, "value");
    struct tally tally = {0};
    for (int i = 0; i < HISTORIES; i++)
        tally_add(&tally, figure(file, row, chain, &runs[i]), 1);
    struct check check = check_begin(file, row, "ctmc_simulated");
    double got = tally_ratio(&tally), sigmas = tally_sigmas(&tally, want, 0, 0);
    if (!isnan(got) && !isnan(want) && (exact == NULL || often(file, row, chain, exact)))
        check_error(&check, vectors_text(file, row, "metric"), got, want, sigmas, sigmas <= SIGMAS);
    check_end(&check);
}

static void check_scenario(struct vectors *file, const char *name)
{
    json_t *scenario = vectors_scenario(file, name);
    struct skill_chain chain;
    struct skill_figures exact;
    bool known = scenario != NULL && read_chain(scenario, &chain);
    if (scenario != NULL && !known)
        vectors_unknown(file, "scenario \"%s\" (lam, theta, groups, mu, route, prio or Q is not as expected)",
                        name);
    bool solved = known && skill_chain_solve(&chain, &exact);
    if (known && !solved)
        vectors_unknown(file, "scenario \"%s\" (more than %d states) solved exactly", name, SKILL_STATES_MAX);
    g_autofree struct skill_figures *runs = g_new0(struct skill_figures, HISTORIES);
    if (known)
        skill_chain_simulate(&chain, HISTORIES, runs);
    for (guint row = 0; row < file->rows->len; row++) {
        if (strcmp(vectors_text(file, row, "scenario"), name) != 0)
            continue;
        if (solved)
            check_exact(file, row, &chain, &exact);
        if (known)
            check_simulated(file, row, &chain, solved ? &exact : NULL, runs);
        else {
            struct check check = check_begin(file, row, "ctmc_exact");
            check_end(&check);
        }
    }
    json_decref(scenario);
}

void vectors_ctmc(struct vectors *file)
{
    GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint row = 0; row < file->rows->len; row++) {
        char *name = (char *)vectors_text(file, row, "scenario");
        if (*name != '\0' && g_hash_table_add(seen, name))
            check_scenario(file, name);
    }
    g_hash_table_destroy(seen);
}
