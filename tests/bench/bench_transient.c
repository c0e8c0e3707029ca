/*
 * wfm-bench transient - days of changing load: what the two engines of transient.h cost and how far the fast
 * one is off, and how far the levels that plans are made with are from them, by the rule that says which load
 * counts in an interval.
 */
#include "tests/bench/bench.h"

#include <glib.h>
#include <math.h>
#include <stdio.h>

#include "scheduler/staffing/erlang.h"
#include "scheduler/staffing/staffing.h"
#include "scheduler/staffing/transient.h"

#define INTERVAL_S 900.0
#define DAY_N 96
#define SHIFT_N 48
#define PATIENCE_S 120.0
#define THRESHOLD_S 20.0
#define TARGET 0.8

static struct erlang_metrics level_of(double load_erl, double aht_s, double agents)
{
    const struct erlang_system system = {load_erl / aht_s, aht_s, PATIENCE_S, THRESHOLD_S, 0};
    struct erlang_metrics metrics;
    erlang_metrics(&system, agents, &metrics);
    return metrics;
}

static double agents_for(double load_erl, double aht_s)
{
    const struct erlang_system system = {load_erl / aht_s, aht_s, PATIENCE_S, THRESHOLD_S, 0};
    const struct erlang_targets targets = {SL_OFFERED, TARGET, 0, 1, 1};
    return erlang_required(&system, &targets, true);
}

/* ---- speed ---- */

struct day {
    double offered[SHIFT_N], aht_s[SHIFT_N], agents[SHIFT_N];
    struct transient_input input;
};

/* Twelve hours with two humps, whole agents by the interval. */
static void day_init(struct day *day, double peak_erl, double aht_s, enum transient_leave leave)
{
    for (int iv = 0; iv < SHIFT_N; iv++) {
        double x = (iv + 0.5) / SHIFT_N;
        double load_erl =
            peak_erl * (0.25 + 0.675 * exp(-pow((x - 0.3) / 0.13, 2)) + 0.6 * exp(-pow((x - 0.7) / 0.14, 2)));
        day->offered[iv] = load_erl * INTERVAL_S / aht_s;
        day->aht_s[iv] = aht_s;
        day->agents[iv] = agents_for(load_erl, aht_s);
    }
    day->input = (struct transient_input){.n = SHIFT_N,
                                          .interval_s = INTERVAL_S,
                                          .offered = day->offered,
                                          .aht_s = day->aht_s,
                                          .agents = day->agents,
                                          .patience_s = PATIENCE_S,
                                          .threshold_s = THRESHOLD_S,
                                          .leave = leave};
}

/* Best of five, CPU milliseconds. */
static double run_ms(const struct transient_input *input, int times, struct transient_cell *cells)
{
    double best = INFINITY;
    for (int round = 0; round < times; round++) {
        double start = bench_cpu_s();
        transient_run(input, cells);
        best = fmin(best, 1e3 * (bench_cpu_s() - start));
    }
    return best;
}

/* One agent more or less in every interval, one after the other; CPU milliseconds of a move, and the largest
   difference from a full run. */
static double move_ms(struct day *day, double *worst)
{
    AUTO(transient) transient = transient_new(&day->input);
    struct transient_cell full[SHIFT_N];
    double spent = 0;
    *worst = 0;
    for (int iv = 0; iv < SHIFT_N; iv++) {
        double agents = fmax(day->agents[iv] + (iv % 2 == 0 ? 1 : -1), 0), before = day->agents[iv];
        double start = bench_cpu_s();
        transient_set(transient, iv, agents);
        spent += bench_cpu_s() - start;
        if (iv % 6 == 0) {
            day->agents[iv] = agents;
            transient_run(&day->input, full);
            day->agents[iv] = before;
            for (int k = 0; k < SHIFT_N; k++)
                *worst = fmax(*worst, fabs(transient_cells(transient)[k].in_time - full[k].in_time));
        }
        transient_undo(transient);
    }
    return 1e3 * spent / SHIFT_N;
}

double bench_transient_day_ns(double peak_erl)
{
    struct day day;
    struct transient_cell cells[SHIFT_N];
    day_init(&day, peak_erl, 300, TRANSIENT_PUSH_BACK);
    return 1e6 * run_ms(&day.input, 5, cells);
}

static void speed(bool csv)
{
    static const char *const columns[] = {"peak_erl", "aht_s",     "leaving", "day_ms",   "exact_ms",
                                          "sl_error", "max_error", "move_ms", "move_off", NULL};
    static const double peaks[] = {15, 60, 250, 1000}, ahts[] = {180, 600, 1800};
    static const char *const leavings[] = {"finish", "at once"};
    struct bench_table *table = bench_table_new(csv, columns);
    for (size_t p = 0; p < G_N_ELEMENTS(peaks); p++)
        for (size_t a = 0; a < G_N_ELEMENTS(ahts); a++)
            for (int leave = TRANSIENT_FINISH; leave <= TRANSIENT_PUSH_BACK; leave++) {
                struct day day;
                struct transient_cell fast[SHIFT_N], exact[SHIFT_N];
                double mean = 0, most = 0, off;
                if (peaks[p] > 500 && ahts[a] > 1000)
                    continue; /* minutes in the exact engine */
                day_init(&day, peaks[p], ahts[a], (enum transient_leave)leave);
                double fast_ms = run_ms(&day.input, 5, fast);
                day.input.engine = TRANSIENT_EXACT;
                double exact_ms = run_ms(&day.input, 1, exact);
                day.input.engine = TRANSIENT_FAST;
                double one_ms = move_ms(&day, &off);
                for (int iv = 0; iv < SHIFT_N; iv++) {
                    double error = fabs(fast[iv].in_time - exact[iv].in_time);
                    mean += error / SHIFT_N;
                    most = fmax(most, error);
                }
                bench_cell(table, "%.0f", peaks[p]);
                bench_cell(table, "%.0f", ahts[a]);
                bench_cell(table, "%s", leavings[leave]);
                bench_cell(table, "%.2f", fast_ms);
                bench_cell(table, "%.1f", exact_ms);
                bench_cell(table, "%.1e", mean);
                bench_cell(table, "%.1e", most);
                bench_cell(table, "%.3f", one_ms);
                bench_cell(table, "%.1e", off);
                bench_table_flush(table);
            }
    bench_table_end(table);
}

/* ---- rules ---- */

enum rule { RULE_PLAIN, RULE_LAG, RULE_CARRIED, RULE_MEAN, RULE_WFM, RULE_N };
static const char *const rule_names[RULE_N] = {"by interval (SIPP)", "lag of one AHT", "carried load (MOL)",
                                               "mean of both", "wfm"};

/* Four days of 24 hours as shares of the peak: two humps, one, opening and closing, a spike. */
static double shape(int kind, double x)
{
    switch (kind) {
    case 0:
        return 0.25 + 0.675 * exp(-pow((x - 0.38) / 0.08, 2)) + 0.6 * exp(-pow((x - 0.65) / 0.09, 2));
    case 1:
        return 0.15 + 0.85 * pow(sin(G_PI * x), 4);
    case 2:
        return (x < 0.33 || x > 0.83 ? 0.1 : 1) * (0.8 + 0.2 * sin(6 * G_PI * x));
    default:
        return 0.5 + 0.5 * exp(-pow((x - 0.45) / 0.03, 2));
    }
}

/* Contacts of [from_s, to_s) of a day that repeats, per second. */
static double rate_between(const double *offered, double from_s, double to_s)
{
    double sum = 0;
    for (double at = from_s; at < to_s - 1e-6;) {
        double next = fmin((floor(at / INTERVAL_S + 1e-9) + 1) * INTERVAL_S, to_s);
        int iv = (int)floor(at / INTERVAL_S + 1e-9);
        sum += offered[(iv % DAY_N + DAY_N) % DAY_N] / INTERVAL_S * (next - at);
        at = next;
    }
    return sum / (to_s - from_s);
}

static void loads_by_rule(const double *offered, double aht_s, double loads[RULE_MEAN + 1][DAY_N])
{
    double busy = offered[0] * aht_s / INTERVAL_S, spans = INTERVAL_S / aht_s;
    for (int iv = 0; iv < DAY_N; iv++) {
        double steady = offered[iv] * aht_s / INTERVAL_S;
        loads[RULE_PLAIN][iv] = steady;
        loads[RULE_LAG][iv] =
            aht_s * rate_between(offered, iv * INTERVAL_S - aht_s, (iv + 1) * INTERVAL_S - aht_s);
        loads[RULE_CARRIED][iv] = steady + (busy - steady) * -expm1(-spans) / spans;
        loads[RULE_MEAN][iv] = 0.5 * (loads[RULE_LAG][iv] + loads[RULE_CARRIED][iv]);
        busy = steady + (busy - steady) * exp(-spans);
    }
}

struct score {
    double sum, most;
    int n;
};

/* Scores of all rules on one day, staffed by the carried load and by the plain one. */
static void score_day(int kind, double peak_erl, double aht_s, struct score scores[2][RULE_N])
{
    static double loads[RULE_MEAN + 1][DAY_N];
    struct grid grid = {1763942400, (int32_t)INTERVAL_S, DAY_N};
    struct load load;
    struct queue queue = {.id = (char *)"bench",
                          .channel = CHANNEL_VOICE,
                          .sla = {SL_OFFERED, TARGET, THRESHOLD_S, 0, 0, 1, 1, SLA_DAY},
                          .patience_s = PATIENCE_S,
                          .aht_s = aht_s,
                          .concurrency = 1};
    load_init(&load, &grid);
    for (int iv = 0; iv < DAY_N; iv++) {
        load.offered[iv] = peak_erl * shape(kind, (iv + 0.5) / DAY_N) * INTERVAL_S / aht_s;
        load.aht_s[iv] = aht_s;
    }
    loads_by_rule(load.offered, aht_s, loads);
    for (int by = 0; by < 2; by++) {
        double agents[DAY_N];
        struct transient_cell cells[DAY_N];
        for (int iv = 0; iv < DAY_N; iv++)
            agents[iv] = agents_for(loads[by == 0 ? RULE_CARRIED : RULE_PLAIN][iv], aht_s);
        const struct transient_input input = {.n = DAY_N,
                                              .interval_s = INTERVAL_S,
                                              .offered = load.offered,
                                              .aht_s = load.aht_s,
                                              .agents = agents,
                                              .patience_s = PATIENCE_S,
                                              .threshold_s = THRESHOLD_S,
                                              .start = TRANSIENT_STEADY};
        transient_run(&input, cells);
        for (int rule = 0; rule < RULE_N; rule++)
            for (int iv = 0; iv < DAY_N; iv++) {
                struct score *score = &scores[by][rule];
                struct service service;
                staffing_service(&queue, &load, iv, agents[iv], &service);
                double sl =
                    rule == RULE_WFM ? service.sl : level_of(loads[rule][iv], aht_s, agents[iv]).in_time;
                score->sum += fabs(sl - cells[iv].in_time);
                score->most = fmax(score->most, fabs(sl - cells[iv].in_time));
                score->n++;
            }
    }
    load_clear(&load);
}

static void rules(bool csv)
{
    static const char *const columns[] = {
        "load", "aht_s", "sl_error", "max_error", "sl_error_plain_staff", "max_error_plain_staff", NULL};
    static const double peaks[] = {8, 40, 250}, ahts[] = {180, 300, 600, 1800};
    struct bench_table *table = bench_table_new(csv, columns);
    for (size_t a = 0; a < G_N_ELEMENTS(ahts); a++) {
        struct score scores[2][RULE_N] = {{{0}}};
        for (int kind = 0; kind < 4; kind++)
            for (size_t p = 0; p < G_N_ELEMENTS(peaks); p++)
                score_day(kind, peaks[p], ahts[a], scores);
        for (int rule = 0; rule < RULE_N; rule++) {
            bench_cell(table, "%s", rule_names[rule]);
            bench_cell(table, "%.0f", ahts[a]);
            for (int by = 0; by < 2; by++) {
                bench_cell(table, "%.4f", scores[by][rule].sum / scores[by][rule].n);
                bench_cell(table, "%.3f", scores[by][rule].most);
            }
        }
    }
    bench_table_end(table);
}

int bench_transient(int argc, char **argv)
{
    bool csv = bench_take_csv(&argc, argv);
    bool by_rule = argc == 2 && g_strcmp0(argv[1], "rules") == 0;
    if (argc > 1 && !by_rule) {
        fprintf(stderr, "usage: wfm-bench transient [rules] [--format table|csv]\n");
        return 2;
    }
    if (by_rule)
        rules(csv);
    else
        speed(csv);
    return 0;
}
