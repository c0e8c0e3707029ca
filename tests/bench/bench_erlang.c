#include "tests/bench/bench.h"

#include "scheduler/staffing/chat.h"
#include "scheduler/staffing/erlang_solve.h"
#include "scheduler/staffing/staffing.h"
#include "tests/bench/peers.h"

#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define AHT_S 180.0
#define PATIENCE_S 120.0
#define THRESHOLD_S 20.0
#define TARGET 0.8

enum call {
    CALL_B,
    CALL_C,
    CALL_A,
    CALL_REQUIRED_C,
    CALL_REQUIRED_A,
    CALL_REQUIRED_NEAR,
    CALL_LOAD,
    CALL_TABLE,
    CALL_BUSY,
    CALL_CHAT,
    CALL_REQUIRED_CHAT,
    CALL_N
};
static const char *const names[CALL_N] = {
    "Erlang B",
    "Erlang C service level",
    "Erlang A all metrics",
    "required agents C",
    "required agents A",
    "required agents A from the next interval's",
    "greatest load A",
    "service level A, per row of a table of 100",
    "service level A, load uncertain by 10 %",
    "chats, three levels, all metrics",
    "required agents for chats",
};

#define CHATS 3
static const double chat_aht_s[CHATS] = {480, 570, 690};

#define LOADS 97 /* they differ a little from call to call so that nothing is learned by heart */
#define TABLE_N 100

struct sample {
    double agents, load_erl, near; /* near: from what a load 2 % greater requires */
};

static double call_once(enum call call, const struct sample *sample)
{
    struct erlang_system system = {sample->load_erl / AHT_S, AHT_S, PATIENCE_S, THRESHOLD_S, 0};
    struct erlang_targets targets = {SL_OFFERED, TARGET, 0, 1, 1};
    struct erlang_metrics metrics;
    struct erlang_range range = {0, 0};
    double sl[TABLE_N];
    if (call == CALL_C || call == CALL_REQUIRED_C)
        system.patience_s = 0;
    switch (call) {
    case CALL_B:
        return erlang_b(sample->load_erl, sample->agents);
    case CALL_REQUIRED_C:
    case CALL_REQUIRED_A:
        return erlang_required(&system, &targets, true);
    case CALL_REQUIRED_NEAR:
        return erlang_required_near(&system, 0, &targets, true, sample->near);
    case CALL_LOAD:
        erlang_solve(&system, 0, sample->agents, &targets, ERLANG_RATE, &range);
        return range.most;
    case CALL_TABLE:
        erlang_table(&system, 0, SL_OFFERED, fmax(sample->agents - TABLE_N / 2, 0), 1, TABLE_N,
                     &(struct erlang_table){.sl = sl});
        return sl[TABLE_N / 2];
    case CALL_CHAT:
    case CALL_REQUIRED_CHAT:
        /* as many agents as loaded by three chats at once */
        system.rate_per_s = sample->load_erl * CHATS / chat_aht_s[CHATS - 1];
        if (call == CALL_REQUIRED_CHAT)
            return chat_required(&system, chat_aht_s, CHATS, &targets, true);
        chat_metrics(&system, chat_aht_s, CHATS, sample->agents, &metrics);
        return metrics.sl[SL_OFFERED];
    case CALL_BUSY:
        erlang_busy_metrics(&system, 0.01, sample->agents, &metrics);
        return metrics.sl[SL_OFFERED];
    default:
        erlang_metrics(&system, sample->agents, &metrics);
        return metrics.sl[SL_OFFERED];
    }
}

/* Loads that n agents serve well. */
static void samples_of(double n, struct sample *samples)
{
    for (int i = 0; i < LOADS; i++) {
        double load_erl = (n - 0.8 * sqrt(n)) * (1 - 1e-4 * i);
        struct erlang_system near = {1.02 * load_erl / AHT_S, AHT_S, PATIENCE_S, THRESHOLD_S, 0};
        struct erlang_targets targets = {SL_OFFERED, TARGET, 0, 1, 1};
        /* as many square roots of the load beyond it, as the requirement of a day takes it */
        double beyond = erlang_required(&near, &targets, false) - 1.02 * load_erl;
        samples[i] = (struct sample){n, load_erl, load_erl + beyond / sqrt(1.02)};
    }
}

/* Best of five, CPU time. */
static double ns_per_call(enum call call, double n)
{
    double best = INFINITY;
    volatile double sink = 0;
    struct sample samples[LOADS];
    samples_of(n, samples);
    for (int round = 0; round < 5; round++) {
        long calls = 0;
        double start = bench_cpu_s(), elapsed;
        do {
            for (int i = 0; i < LOADS; i++)
                sink = sink + call_once(call, &samples[i]);
            calls += LOADS;
            elapsed = bench_cpu_s() - start;
        } while (elapsed < 0.02);
        best = fmin(best, elapsed * 1e9 / (double)calls);
    }
    return call == CALL_TABLE ? best / TABLE_N : best;
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
static char *peer_output(const char *dir)
{
    static const char *const packages[] = {"pyworkforce", NULL};
    g_autoptr(GError) error = NULL;
    g_autofree char *python = peers_setup(dir, packages, &error);
    const char *argv[] = {python, "-c", script, "10", "100", "1000", NULL};
    char *out = NULL;
    g_autofree char *err = NULL;
    int status = 0;
    if (python != NULL &&
        g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err, &status,
                     &error) &&
        g_spawn_check_wait_status(status, &error)) {
        if (strstr(out, "\n2,") == NULL)
            fprintf(stderr,
                    "SKIPPED: Erlang A of pyworkforce: this version has none (0.5.2 and later do; they need "
                    "Python 3.12)\n");
        return out;
    }
    const char *last = err != NULL ? strrchr(g_strchomp(err), '\n') : NULL;
    fprintf(stderr, "SKIPPED: pyworkforce: %s\n", last != NULL ? last + 1 : error->message);
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

#define QUEUES 40
#define WEEK 672

/* A week of quarter hours, `peak_erl` at noon. */
static void week_of(struct load *load, double peak_erl)
{
    struct grid grid = {1763942400, 900, WEEK};
    load_init(load, &grid);
    for (int32_t iv = 0; iv < grid.n; iv++) {
        load->offered[iv] = peak_erl / AHT_S * grid.interval_s * pow(sin(G_PI * (iv % 96 + 0.5) / 96), 2);
        load->aht_s[iv] = AHT_S;
    }
}

static struct queue queue_of(enum sla_period period)
{
    return (struct queue){
        .id = (char *)"bench",
        .zone = (char *)"UTC",
        .channel = CHANNEL_VOICE,
        .sla = {SL_OFFERED, TARGET, THRESHOLD_S, 0, 0, 1, 1, period},
        .patience_s = PATIENCE_S,
        .aht_s = AHT_S,
        .concurrency = 1,
    };
}

/* What a requirement costs per interval at 100 erlang, modified offered load included. */
static double requirement_ns(void)
{
    struct load load;
    struct queue queue = queue_of(SLA_WEEK);
    double need[WEEK], best = INFINITY;
    week_of(&load, 100);
    for (int round = 0; round < 5; round++) {
        double start = bench_cpu_s();
        if (!staffing_requirement(&queue, &load, need, NULL))
            return NAN;
        best = fmin(best, bench_cpu_s() - start);
    }
    load_clear(&load);
    return best * 1e9 / WEEK;
}

/* What the roster engine is given for 40 queues of 5 to 200 erlang: requirements, and tables of what each
 * step above and below is worth. */
static double tables_ns(enum sla_period period, double busyness_cv2)
{
    struct load loads[QUEUES];
    struct queue queues[QUEUES];
    struct operation operation = {.zone = (char *)"UTC", .queues = queues, .n_queues = QUEUES};
    double best = INFINITY;
    for (int q = 0; q < QUEUES; q++) {
        week_of(&loads[q], 5 * (q + 1));
        loads[q].busyness_cv2 = busyness_cv2;
        queues[q] = queue_of(period);
    }
    for (int round = 0; round < 3; round++) {
        struct demand demand;
        double start = bench_cpu_s();
        if (!staffing_demand(&operation, loads, NULL, &demand, NULL))
            return NAN;
        best = fmin(best, bench_cpu_s() - start);
        demand_clear(&demand);
    }
    for (int q = 0; q < QUEUES; q++)
        load_clear(&loads[q]);
    return best * 1e9;
}

static const char usage[] =
    "usage: wfm-bench erlang [--peer-dir DIR] [--format table|csv]\n"
    "  --peer-dir DIR  Python environment with pyworkforce (./peers), made once from PyPI\n";

int bench_erlang(int argc, char **argv)
{
    bool csv = bench_take_csv(&argc, argv);
    const char *dir = "peers";
    if (argc == 3 && strcmp(argv[1], "--peer-dir") == 0)
        dir = argv[2];
    else if (argc > 1) {
        fputs(usage, stderr);
        return 2;
    }
    static const char *const columns[] = {"call",           "agents",       "ns_per_call",
                                          "pyworkforce_ns", "times_faster", NULL};
    static const int sizes[] = {10, 100, 1000, 10000, 100000};
    struct bench_table *table = bench_table_new(csv, columns);
    g_autofree char *peer = peer_output(dir);
    for (int call = 0; call < CALL_N; call++)
        for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++)
            row(table, names[call], sizes[i], ns_per_call((enum call)call, sizes[i]),
                peer_ns(peer, (enum call)call, sizes[i]));
    row(table, "requirement of an interval", 100, requirement_ns(), NAN);
    row(table, "tables of 40 queues x 672 intervals, by interval", 200, tables_ns(SLA_INTERVAL, 0), NAN);
    row(table, "tables of 40 queues x 672 intervals, by week", 200, tables_ns(SLA_WEEK, 0), NAN);
    row(table, "tables of 40 queues x 672 intervals, by week, 10 % uncertain", 200, tables_ns(SLA_WEEK, 0.01),
        NAN);
    row(table, "changing day of 48 intervals", 250, bench_transient_day_ns(250), NAN);
    bench_table_end(table);
    return 0;
}
