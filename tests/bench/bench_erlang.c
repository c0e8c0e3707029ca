#include "tests/bench/bench.h"

#include "scheduler/staffing/erlang.h"
#include "scheduler/staffing/staffing.h"

#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define AHT_S 180.0
#define PATIENCE_S 120.0
#define THRESHOLD_S 20.0
#define TARGET 0.8

enum call { CALL_B, CALL_C, CALL_A, CALL_REQUIRED_C, CALL_REQUIRED_A, CALL_N };
static const char *const names[CALL_N] = {
    "Erlang B", "Erlang C service level", "Erlang A all metrics", "required agents C", "required agents A",
};

/* A load that n agents serve well. */
static double load_for(double n)
{
    return n - 0.8 * sqrt(n);
}

static double call_once(enum call call, double n, double load)
{
    struct erlang_system system = {load / AHT_S, AHT_S, 0, THRESHOLD_S, 0};
    struct erlang_targets targets = {SL_OFFERED, TARGET, 0, 1, 1};
    struct erlang_metrics metrics;
    switch (call) {
    case CALL_B:
        return erlang_b(load, n);
    case CALL_A:
    case CALL_REQUIRED_A:
        system.patience_s = PATIENCE_S;
        break;
    default:
        break;
    }
    if (call == CALL_REQUIRED_A || call == CALL_REQUIRED_C)
        return erlang_required(&system, &targets, true);
    erlang_metrics(&system, n, &metrics);
    return metrics.sl[SL_OFFERED];
}

/* Best of five, CPU time; loads differ a little from call to call so that nothing is learned by heart. */
static double ns_per_call(enum call call, double n)
{
    double best = INFINITY;
    volatile double sink = 0;
    for (int round = 0; round < 5; round++) {
        long calls = 0;
        double start = bench_cpu_s(), elapsed;
        do {
            for (int i = 0; i < 32; i++)
                sink = sink + call_once(call, n, load_for(n) * (1 - 1e-4 * (double)((calls + i) % 97)));
            calls += 32;
            elapsed = bench_cpu_s() - start;
        } while (elapsed < 0.02);
        best = fmin(best, elapsed * 1e9 / (double)calls);
    }
    return best;
}

/* The same calls in pyworkforce; prints "call,n,ns" lines. Calls that would take seconds are left out. */
static const char script[] =
    "import sys, time\n"
    "from pyworkforce import queuing as q\n"
    "from math import sqrt\n"
    "def ns(f):\n"
    "    best = 1e99\n"
    "    for _ in range(3):\n"
    "        k = 0; t = time.process_time()\n"
    "        while time.process_time() - t < 0.02: f(); k += 1\n"
    "        best = min(best, (time.process_time() - t) / k)\n"
    "    return best * 1e9\n"
    "for n in map(int, sys.argv[1:]):\n"
    "    a = n - 0.8 * sqrt(n)\n"
    "    kw = dict(transactions=a * 10, aht=3, asa=20 / 60, interval=30, shrinkage=0)\n"
    "    try:\n"
    "        c = q.ErlangC(**kw)\n"
    "        print(1, n, ns(lambda: c.service_level(n)), sep=',', flush=True)\n"
    "        print(3, n, ns(lambda: c.required_positions(service_level=0.8)), sep=',', flush=True)\n"
    "    except Exception: pass\n"
    "    if hasattr(q, 'ErlangA') and n <= 100:\n"
    "        e = q.ErlangA(patience=2, **kw)\n"
    "        print(2, n, ns(lambda: e.service_level(n)), sep=',', flush=True)\n"
    "        print(4, n, ns(lambda: e.required_positions(service_level=0.8)), sep=',', flush=True)\n";

/* What the script printed, or NULL (said on stderr) when pyworkforce cannot be used. */
static char *peer_output(void)
{
    const char *argv[] = {"python3", "-c", script, "10", "100", "1000", NULL};
    char *out = NULL;
    g_autofree char *err = NULL;
    g_autoptr(GError) error = NULL;
    int status = 0;
    bool ran =
        g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, &status, &error);
    if (ran && g_spawn_check_wait_status(status, &error))
        return out;
    const char *last = err != NULL ? strrchr(g_strchomp(err), '\n') : NULL;
    fprintf(stderr, "pyworkforce skipped: python3 cannot run it (%s)\n",
            last != NULL ? last + 1 : error->message);
    g_free(out);
    return NULL;
}

static double peer_ns(const char *output, enum call call, int n)
{
    g_autofree char *key = g_strdup_printf("%d,%d,", (int)call, n);
    for (const char *line = output; line != NULL && *line != '\0'; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (g_str_has_prefix(line, key))
            return g_ascii_strtod(line + strlen(key), NULL);
    }
    return NAN;
}

static void row(struct bench_table *table, const char *what, double n, double ns, double peer)
{
    bench_cell(table, "%s", what);
    bench_cell(table, "%.0f", n);
    bench_cell(table, "%.0f", ns);
    if (isnan(peer)) {
        bench_cell(table, "%s", "");
        bench_cell(table, "%s", "");
    } else {
        bench_cell(table, "%.0f", peer);
        bench_cell(table, "%.0f", peer / ns);
    }
}

/* A week of quarter hours, 100 erlang at the peak: what a requirement costs per interval, modified offered
 * load included. */
static double week_ns_per_interval(void)
{
    struct grid grid = {1763942400, 900, 672};
    struct load load;
    struct queue queue = {
        .id = (char *)"bench",
        .channel = CHANNEL_VOICE,
        .sla = {SL_OFFERED, TARGET, THRESHOLD_S, 0, 0, 1, 1, SLA_WEEK},
        .patience_s = PATIENCE_S,
        .aht_s = AHT_S,
        .concurrency = 1,
    };
    load_init(&load, &grid);
    for (int32_t iv = 0; iv < grid.n; iv++) {
        load.offered[iv] = 500 * pow(sin(G_PI * (iv % 96 + 0.5) / 96), 2);
        load.aht_s[iv] = AHT_S;
    }
    g_autofree double *need = g_new0(double, grid.n);
    double start = bench_cpu_s();
    bool ok = staffing_requirement(&queue, &load, need, NULL);
    double elapsed = bench_cpu_s() - start;
    load_clear(&load);
    return ok ? elapsed * 1e9 / grid.n : NAN;
}

int bench_erlang(int argc, char **argv)
{
    bool csv = bench_take_csv(&argc, argv);
    if (argc > 1) {
        fprintf(stderr, "usage: wfm-bench erlang [--format table|csv]\n");
        return 2;
    }
    static const char *const columns[] = {"call",           "agents",       "ns_per_call",
                                          "pyworkforce_ns", "times_faster", NULL};
    static const int sizes[] = {10, 100, 1000, 10000, 100000};
    struct bench_table *table = bench_table_new(csv, columns);
    g_autofree char *peer = peer_output();
    for (int call = 0; call < CALL_N; call++)
        for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
            row(table, names[call], sizes[i], ns_per_call((enum call)call, sizes[i]),
                peer_ns(peer, (enum call)call, sizes[i]));
    row(table, "requirement of an interval", 100, week_ns_per_interval(), NAN);
    row(table, "changing day of 48 intervals", 250, bench_transient_day_ns(250), NAN);
    bench_table_end(table);
    return 0;
}
