/*
 * wfm-bench simulate: how fast the event simulation is, and beside what.
 *
 * - M/M/n+M (handling 180 s, patience 120 s) at n agents: with the drawing of the contacts and, second row,
 *   with contacts drawn before, as when several rosters meet the same ones;
 * - with --peers the very same queue in other engines (tests/bench/peers/single_queue.py), each its own row;
 *   service level and abandonment stand beside Erlang A's, so that everybody can see it is the same queue;
 * - a day of 30 classes and 60 groups (skill_day.h) and 100 replications of it on one and two threads, which
 *   must give the same counts.
 *
 * Events are arrivals, contacts that end, abandonments, and changes of a group's staff; two a contact in the
 * peers. CPU seconds are the best of several rounds, of all threads; wall seconds are as they come.
 */
#include "tests/bench/bench.h"

#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scheduler/simulate/hall.h"
#include "scheduler/staffing/erlang.h"
#include "tests/bench/peers.h"
#include "tests/bench/skill_day.h"

#define AHT_S 180.0
#define PATIENCE_S 120.0
#define THRESHOLD_S 20.0
#define CONTACTS 500000.0
#define WARM_HOURS 6
#define ROUNDS 5
#define PEER_ROUNDS 3
#define SEED 20261122
#define REPLICATIONS 100

static const int sizes[] = {10, 50, 200, 1000};

/* contacts: as many as take a few seconds; `all`: at every size, else at 50 agents. */
static const struct {
    const char *engine, *contacts;
    bool all;
} peers[] = {
    {"simpy", "100000", true}, {"simpy-lean", "100000", true}, {"cimba", "1000000", true},
    {"ciw", "50000", false},   {"salabim", "10000", false},
};
static const char *const packages[] = {"simpy", "cimba", "ciw", "salabim", NULL};

/* One row; NAN: not known. */
struct timing {
    const char *engine, *model;
    int agents;
    double contacts, events, cpu_s, wall_s;
    double simpy; /* its contacts per second */
    double level, abandon, exact_level, exact_abandon;
};

static void cell(struct bench_table *table, int digits, double x)
{
    g_autofree char *text = isnan(x) ? g_strdup("") : g_strdup_printf("%.*f", digits, x);
    bench_cell(table, "%s", text);
}

static void row(struct bench_table *table, const struct timing *t)
{
    bench_cell(table, "%s", t->engine);
    bench_cell(table, "%s", t->model);
    bench_cell(table, "%d", t->agents);
    cell(table, 0, t->contacts);
    cell(table, 0, t->events);
    cell(table, 4, t->cpu_s);
    cell(table, 4, t->wall_s);
    cell(table, 0, t->contacts / t->cpu_s);
    cell(table, 0, t->events / t->cpu_s);
    cell(table, 1, t->contacts / t->cpu_s / t->simpy);
    cell(table, 4, t->level);
    cell(table, 4, t->abandon);
    cell(table, 4, t->exact_level);
    cell(table, 4, t->exact_abandon);
    bench_table_flush(table);
}

/* ---- one queue ---- */

static double rate_per_s(int agents)
{
    return (agents - 0.3 * sqrt(agents)) / AHT_S;
}

static void exact(int agents, struct timing *t)
{
    struct erlang_system system = {rate_per_s(agents), AHT_S, PATIENCE_S, THRESHOLD_S, 0};
    struct erlang_metrics metrics;
    erlang_metrics(&system, agents, &metrics);
    t->exact_level = metrics.sl[SL_OFFERED];
    t->exact_abandon = metrics.abandon;
}

/* ours[0]: drawing and running, ours[1]: running. */
static void single(int agents, struct timing ours[2])
{
    int32_t hours = (int32_t)ceil(CONTACTS / 3600 / rate_per_s(agents)) + WARM_HOURS;
    g_autofree double *offered = g_new(double, hours), *aht_s = g_new(double, hours);
    g_autofree int *staff = g_new(int, hours);
    for (int32_t iv = 0; iv < hours; iv++) {
        offered[iv] = rate_per_s(agents) * 3600;
        aht_s[iv] = AHT_S;
        staff[iv] = agents;
    }
    int queue = 0;
    struct hall_group group = {.queues = &queue, .n_queues = 1, .staff = staff};
    struct hall_queue how = {.threshold_s = THRESHOLD_S, .concurrency = 1};
    struct hall hall = {
        .grid = {0, 3600, hours}, .queues = &how, .n_queues = 1, .groups = &group, .n_groups = 1};
    struct call_source source = {.offered = offered, .aht_s = aht_s, .patience_s = PATIENCE_S};
    g_autofree struct hall_count *counts = g_new0(struct hall_count, hours);
    struct hall_result result = {.counts = counts};
    struct hall_engine *engine = hall_engine_new(&hall);
    struct calls calls = {0};
    double in_time = 0, abandoned = 0, counted = 0, best[2] = {INFINITY, INFINITY};
    for (uint64_t round = 0; round < ROUNDS; round++) {
        double start = bench_cpu_s();
        calls_draw(&calls, &(struct calls_ask){
                               .sources = &source, .n_queues = 1, .grid = &hall.grid, .seed = SEED + round});
        double drawn = bench_cpu_s();
        hall_run(engine, &calls, SEED, &result);
        double end = bench_cpu_s(), took[2] = {end - start, end - drawn};
        for (int i = 0; i < 2; i++)
            if (took[i] < best[i]) {
                best[i] = took[i];
                ours[i].contacts = calls.n;
                ours[i].events = (double)result.events;
            }
        for (int32_t iv = WARM_HOURS; iv < hours; iv++) {
            in_time += counts[iv].in_time;
            abandoned += counts[iv].abandoned;
            counted += counts[iv].offered;
        }
    }
    for (int i = 0; i < 2; i++) {
        ours[i].cpu_s = best[i];
        ours[i].level = in_time / counted;
        ours[i].abandon = abandoned / counted;
    }
    calls_clear(&calls);
    hall_engine_free(engine);
}

/* False, and said, when the engine is not there or fails. */
static bool run_peer(const char *python, size_t which, int agents, struct timing *t, char **name)
{
    g_autofree char *rate = g_strdup_printf("%.17g", rate_per_s(agents)), *n = g_strdup_printf("%d", agents);
    g_autofree char *aht = g_strdup_printf("%g", AHT_S), *patience = g_strdup_printf("%g", PATIENCE_S);
    g_autofree char *threshold = g_strdup_printf("%g", THRESHOLD_S);
    const char *argv[] = {python,
                          WFM_PEERS "/single_queue.py",
                          peers[which].engine,
                          rate,
                          aht,
                          patience,
                          n,
                          threshold,
                          peers[which].contacts,
                          "1",
                          NULL};
    g_autofree char *out = NULL, *err = NULL;
    g_autoptr(GError) error = NULL;
    int status = 0;
    if (!g_spawn_sync(NULL, (char **)(void *)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, &status,
                      &error) ||
        !g_spawn_check_wait_status(status, &error)) {
        fprintf(stderr, "SKIPPED: %s: %s\n%s", peers[which].engine, error->message, err != NULL ? err : "");
        return false;
    }
    g_auto(GStrv) field = g_strsplit(g_strstrip(out), "\t", -1);
    if (g_strv_length(field) != 5) {
        fprintf(stderr, "SKIPPED: %s: said \"%s\"\n", peers[which].engine, out);
        return false;
    }
    double counted = g_ascii_strtod(field[2], NULL);
    *name = g_strdup(field[0]);
    t->contacts = g_ascii_strtod(peers[which].contacts, NULL);
    t->events = 2 * t->contacts;
    t->cpu_s = g_ascii_strtod(field[1], NULL);
    t->level = g_ascii_strtod(field[3], NULL) / counted;
    t->abandon = g_ascii_strtod(field[4], NULL) / counted;
    return true;
}

static void queue_rows(struct bench_table *table, int agents, const char *python)
{
    struct timing base = {.model = "M/M/n+M", .agents = agents, .wall_s = NAN, .simpy = NAN};
    exact(agents, &base);
    struct timing ours[2] = {base, base}, peer[G_N_ELEMENTS(peers)];
    char *names[G_N_ELEMENTS(peers)] = {NULL};
    double simpy = NAN;
    for (size_t i = 0; i < G_N_ELEMENTS(peers) && python != NULL; i++) {
        peer[i] = base;
        bool wanted = peers[i].all || agents == 50;
        for (int round = 0; round < PEER_ROUNDS && wanted; round++) {
            struct timing one = base;
            g_autofree char *name = NULL;
            wanted = run_peer(python, i, agents, &one, &name);
            if (wanted && (names[i] == NULL || one.cpu_s < peer[i].cpu_s)) {
                peer[i] = one;
                g_free(names[i]);
                names[i] = g_steal_pointer(&name);
            }
        }
        if (i == 0 && names[i] != NULL)
            simpy = peer[i].contacts / peer[i].cpu_s;
    }
    ours[0].engine = "wfm";
    ours[1].engine = "wfm, contacts drawn before";
    single(agents, ours);
    for (int i = 0; i < 2; i++) {
        ours[i].simpy = simpy;
        row(table, &ours[i]);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(peers); i++) {
        if (names[i] == NULL)
            continue;
        peer[i].engine = names[i];
        peer[i].simpy = simpy;
        row(table, &peer[i]);
        g_free(names[i]);
    }
}

/* ---- the large day ---- */

static void add_counts(const struct hall_count *counts, int n, double *offered, double *in_time, double *left)
{
    for (int i = 0; i < n; i++) {
        *offered += counts[i].offered;
        *in_time += counts[i].in_time;
        *left += counts[i].abandoned;
    }
}

static void day_rows(struct bench_table *table, const struct skill_day *day)
{
    struct timing t[2];
    int n = SKILL_CLASSES * SKILL_INTERVALS;
    g_autofree struct hall_count *counts = g_new0(struct hall_count, n);
    struct hall_result result = {.counts = counts};
    struct hall_engine *engine = hall_engine_new(&day->hall);
    struct calls calls = {0};
    double offered = 0, in_time = 0, left = 0;
    for (int i = 0; i < 2; i++)
        t[i] = (struct timing){.engine = i == 0 ? "wfm" : "wfm, contacts drawn before",
                               .model = "30 classes, 60 groups",
                               .agents = day->agents_max,
                               .cpu_s = INFINITY,
                               .wall_s = NAN,
                               .simpy = NAN,
                               .exact_level = NAN,
                               .exact_abandon = NAN};
    for (uint64_t round = 0; round < 10 * ROUNDS; round++) {
        double start = bench_cpu_s();
        calls_draw(&calls, &(struct calls_ask){.sources = day->sources,
                                               .n_queues = SKILL_CLASSES,
                                               .grid = &day->hall.grid,
                                               .seed = SEED + round});
        double drawn = bench_cpu_s();
        hall_run(engine, &calls, SEED, &result);
        double end = bench_cpu_s(), took[2] = {end - start, end - drawn};
        for (int i = 0; i < 2; i++)
            if (took[i] < t[i].cpu_s) {
                t[i].cpu_s = took[i];
                t[i].contacts = calls.n;
                t[i].events = (double)result.events;
            }
        add_counts(counts, n, &offered, &in_time, &left);
    }
    for (int i = 0; i < 2; i++) {
        t[i].level = in_time / offered;
        t[i].abandon = left / offered;
        row(table, &t[i]);
    }
    calls_clear(&calls);
    hall_engine_free(engine);
}

/* Replications shared by threads: each takes the next one that nobody has. */
struct crowd {
    const struct skill_day *day;
    int next; /* atomic */
    double offered[REPLICATIONS], in_time[REPLICATIONS], left[REPLICATIONS], events[REPLICATIONS];
};

static gpointer work(gpointer data)
{
    struct crowd *crowd = data;
    int n = SKILL_CLASSES * SKILL_INTERVALS;
    g_autofree struct hall_count *counts = g_new0(struct hall_count, n);
    struct hall_result result = {.counts = counts};
    struct hall_engine *engine = hall_engine_new(&crowd->day->hall);
    struct calls calls = {0};
    for (int r; (r = g_atomic_int_add(&crowd->next, 1)) < REPLICATIONS;) {
        calls_draw(&calls, &(struct calls_ask){.sources = crowd->day->sources,
                                               .n_queues = SKILL_CLASSES,
                                               .grid = &crowd->day->hall.grid,
                                               .seed = SEED + (uint64_t)r});
        hall_run(engine, &calls, SEED, &result);
        add_counts(counts, n, &crowd->offered[r], &crowd->in_time[r], &crowd->left[r]);
        crowd->events[r] = (double)result.events;
    }
    calls_clear(&calls);
    hall_engine_free(engine);
    return NULL;
}

/* crowd->day is set. */
static void replicate(struct bench_table *table, int n_threads, struct crowd *crowd)
{
    g_autofree char *name = g_strdup_printf("wfm, %d thread%s", n_threads, n_threads > 1 ? "s" : "");
    struct timing t = {.engine = name,
                       .model = "100 replications",
                       .agents = crowd->day->agents_max,
                       .wall_s = bench_wall_s(),
                       .cpu_s = bench_cpu_s(),
                       .simpy = NAN,
                       .exact_level = NAN,
                       .exact_abandon = NAN};
    GThread *threads[2];
    for (int i = 0; i < n_threads; i++)
        threads[i] = g_thread_new("replications", work, crowd);
    for (int i = 0; i < n_threads; i++)
        g_thread_join(threads[i]);
    t.wall_s = bench_wall_s() - t.wall_s;
    t.cpu_s = bench_cpu_s() - t.cpu_s;
    double in_time = 0, left = 0;
    for (int r = 0; r < REPLICATIONS; r++) {
        t.contacts += crowd->offered[r];
        t.events += crowd->events[r];
        in_time += crowd->in_time[r];
        left += crowd->left[r];
    }
    t.level = in_time / t.contacts;
    t.abandon = left / t.contacts;
    row(table, &t);
}

/* False when the number of threads changes what comes out. */
static bool thread_rows(struct bench_table *table, const struct skill_day *day)
{
    struct crowd *one = g_new0(struct crowd, 1), *two = g_new0(struct crowd, 1);
    one->day = two->day = day;
    replicate(table, 1, one);
    replicate(table, 2, two);
    bool same = memcmp(one->in_time, two->in_time, sizeof one->in_time) == 0 &&
                memcmp(one->left, two->left, sizeof one->left) == 0 &&
                memcmp(one->events, two->events, sizeof one->events) == 0;
    if (!same)
        fprintf(stderr, "wfm-bench: two threads give other counts than one\n");
    g_free(one);
    g_free(two);
    return same;
}

static int usage(FILE *out, int status)
{
    fprintf(out, "usage: wfm-bench simulate [--peers] [--peer-dir DIR] [--format table|csv]\n\n"
                 "  --peers         the same queue in SimPy, Cimba, Ciw and salabim, too\n"
                 "  --peer-dir DIR  their Python environment (./peers), made once from PyPI\n");
    return status;
}

int bench_simulate(int argc, char **argv)
{
    bool csv = bench_take_csv(&argc, argv), with_peers = false;
    const char *dir = "peers";
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--peers") == 0)
            with_peers = true;
        else if (strcmp(argv[i], "--peer-dir") == 0 && i + 1 < argc)
            dir = argv[++i];
        else
            return strcmp(argv[i], "--help") == 0 ? usage(stdout, 0) : usage(stderr, 2);
    static const char *const columns[] = {
        "engine",        "model",   "agents",         "contacts",      "events",
        "cpu_s",         "wall_s",  "contacts_per_s", "events_per_s",  "times_simpy",
        "service_level", "abandon", "exact_level",    "exact_abandon", NULL};
    g_autoptr(GError) error = NULL;
    g_autofree char *python = with_peers ? peers_setup(dir, packages, &error) : NULL;
    if (error != NULL)
        fprintf(stderr, "SKIPPED: all peers: %s\n", error->message);
    struct bench_table *table = bench_table_new(csv, columns);
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
        queue_rows(table, sizes[i], python);
    struct skill_day *day = g_new0(struct skill_day, 1);
    skill_day_make(day, SEED);
    fprintf(stderr, "30 classes, 60 groups: %.0f erlang on average, %d agents at most, seed %d\n",
            day->load_erl, day->agents_max, SEED);
    day_rows(table, day);
    bool same = thread_rows(table, day);
    g_free(day);
    bench_table_end(table);
    return same ? 0 : 1;
}
