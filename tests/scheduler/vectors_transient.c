/* Days of changing load and staff: both transient engines, and the event simulation where it is the same
 * model: as long as no agent has to leave in the middle of a contact. */
#include "tests/scheduler/staffing_vectors_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scheduler/simulate/hall.h"
#include "scheduler/staffing/transient.h"
#include "tests/scheduler/tally.h"

#define DAYS 2000
#define SIGMAS 4
#define MUCH 1e5 /* contacts, seconds, agents: beyond it no day of a centre is meant */

static const struct {
    const char *model;
    enum transient_engine engine;
    double tolerance;
} engines[] = {
    {"transient_exact", TRANSIENT_EXACT, 1e-6},
    {"transient_fast", TRANSIENT_FAST, 2e-3},
};

static const struct {
    const char *column;
    size_t offset;
} columns[] = {
    {"sl_offered_frozen", offsetof(struct transient_cell, in_time)},
    {"p_wait", offsetof(struct transient_cell, p_wait)},
    {"mean_queue", offsetof(struct transient_cell, queue)},
    {"mean_busy", offsetof(struct transient_cell, busy)},
    {"abandon_rate_over_lambda", offsetof(struct transient_cell, abandon)},
};

/* A scenario: its rows by interval, n of each array. */
struct day {
    struct transient_input input;
    double *offered, *aht_s, *agents;
    guint *row;
};

static void day_clear(struct day *day)
{
    g_free(day->offered);
    g_free(day->aht_s);
    g_free(day->agents);
    g_free(day->row);
}

static bool same_day(const struct vectors *file, guint a, guint b)
{
    return strcmp(vectors_text(file, a, "scenario"), vectors_text(file, b, "scenario")) == 0 &&
           strcmp(vectors_text(file, a, "discipline"), vectors_text(file, b, "discipline")) == 0;
}

/* False, and said, when the day is of a kind we do not know. */
static bool day_kind(struct vectors *file, guint row, struct transient_input *input)
{
    const char *leave = vectors_text(file, row, "discipline"), *start = vectors_text(file, row, "start");
    bool finish = *leave == '\0' || strcmp(leave, "exhaustive") == 0;
    bool steady = strcmp(start, "steady") == 0 || strcmp(start, "stationary") == 0;
    input->leave = finish ? TRANSIENT_FINISH : TRANSIENT_PUSH_BACK;
    input->start = steady ? TRANSIENT_STEADY : TRANSIENT_EMPTY;
    bool known = finish || g_str_has_prefix(leave, "preempt");
    if (!known)
        vectors_unknown(file, "discipline \"%s\"", leave);
    if (!steady && *start != '\0' && strcmp(start, "empty") != 0) {
        vectors_unknown(file, "start \"%s\"", start);
        known = false;
    }
    return known;
}

/* The day that `first` belongs to. False when it is of an unknown kind or has gaps. */
static bool day_read(struct vectors *file, guint first, struct day *day)
{
    struct transient_input *input = &day->input;
    for (guint row = first; row < file->rows->len; row++)
        input->n += same_day(file, first, row);
    size_t n = (size_t)input->n;
    day->offered = g_new0(double, n);
    day->aht_s = g_new0(double, n);
    day->agents = g_new0(double, n);
    day->row = g_new(guint, n);
    memset(day->row, 0xff, n * sizeof *day->row);
    input->interval_s = vectors_number(file, first, "interval_s");
    input->patience_s = vectors_number(file, first, "patience_s");
    input->patience_s = isnan(input->patience_s) ? 0 : input->patience_s;
    input->threshold_s = vectors_number(file, first, "threshold_s");
    input->offered = day->offered;
    input->aht_s = day->aht_s;
    input->agents = day->agents;
    bool whole = day_kind(file, first, input) && input->interval_s >= 1 && input->interval_s <= 16383 &&
                 input->threshold_s >= 0 && isfinite(input->patience_s);
    for (guint row = first; row < file->rows->len; row++) {
        if (!same_day(file, first, row))
            continue;
        double iv = vectors_number(file, row, "interval");
        whole &= iv >= 0 && iv < input->n && day->row[(int)iv] == UINT32_MAX;
        if (!whole)
            break;
        int at = (int)iv;
        day->row[at] = row;
        day->offered[at] = vectors_number(file, row, "lambda_per_hour") * input->interval_s / 3600;
        day->aht_s[at] = vectors_number(file, row, "aht_s");
        day->agents[at] = vectors_number(file, row, "agents");
        whole = day->offered[at] >= 0 && day->offered[at] <= MUCH && day->aht_s[at] > 0 &&
                day->aht_s[at] <= MUCH && day->agents[at] >= 0 && day->agents[at] <= MUCH;
    }
    if (!whole)
        vectors_unknown(file, "day \"%s\" (its intervals have gaps or values we cannot use)",
                        vectors_text(file, first, "scenario"));
    return whole;
}

static void check_engine(struct vectors *file, const struct day *day, size_t engine)
{
    struct transient_input input = day->input;
    input.engine = engines[engine].engine;
    g_autofree struct transient_cell *cells = g_new0(struct transient_cell, input.n);
    transient_run(&input, cells);
    for (int32_t iv = 0; iv < input.n; iv++) {
        struct check check = check_begin(file, day->row[iv], engines[engine].model);
        for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
            double want = check_number(&check, columns[i].column);
            double got = *(const double *)(const void *)((const char *)&cells[iv] + columns[i].offset);
            double error = fabs(got - want) / fmax(1, fabs(want));
            if (!isnan(want))
                check_error(&check, columns[i].column, got, want, error, error <= engines[engine].tolerance);
        }
        check_end(&check);
    }
}

/* ---- the event simulation ---- */

/* Intervals before staff goes down for the first time, unless agents finish their contacts, and before
 * handling times change, which changes those in progress in the chain and not in the simulation; 0 for
 * fractions of agents and for other starts than an empty one. */
static int32_t simulated(const struct day *day)
{
    if (day->input.start != TRANSIENT_EMPTY)
        return 0;
    for (int32_t iv = 0; iv < day->input.n; iv++) {
        if (day->agents[iv] != floor(day->agents[iv]))
            return 0;
        if (day->aht_s[iv] < day->aht_s[0] || day->aht_s[iv] > day->aht_s[0])
            return iv;
        if (iv > 0 && day->agents[iv] < day->agents[iv - 1] && day->input.leave == TRANSIENT_PUSH_BACK)
            return iv;
    }
    return day->input.n;
}

struct sums {
    struct tally in_time, wait, busy;
};

static void run_days(const struct day *day, struct sums *sums)
{
    const struct transient_input *input = &day->input;
    int32_t n = input->n;
    g_autofree int *staff = g_new0(int, n);
    for (int32_t iv = 0; iv < n; iv++)
        staff[iv] = (int)day->agents[iv];
    int queue = 0;
    struct hall_group group = {.queues = &queue, .n_queues = 1, .staff = staff};
    struct hall_queue how = {.threshold_s = input->threshold_s, .concurrency = 1};
    struct hall hall = {.grid = {0, (int32_t)input->interval_s, n},
                        .queues = &how,
                        .n_queues = 1,
                        .groups = &group,
                        .n_groups = 1};
    struct call_source source = {
        .offered = day->offered, .aht_s = day->aht_s, .patience_s = input->patience_s};
    g_autofree struct hall_count *counts = g_new0(struct hall_count, n);
    g_autofree double *busy_s = g_new0(double, n);
    struct hall_result result = {.counts = counts, .busy_s = busy_s};
    struct hall_engine *engine = hall_engine_new(&hall);
    struct calls calls = {0};
    for (uint64_t seed = 1; seed <= DAYS; seed++) {
        calls_draw(&calls,
                   &(struct calls_ask){.sources = &source, .n_queues = 1, .grid = &hall.grid, .seed = seed});
        hall_run(engine, &calls, seed, &result);
        for (int32_t iv = 0; iv < n; iv++) {
            tally_add(&sums[iv].in_time, counts[iv].in_time, counts[iv].offered);
            tally_add(&sums[iv].wait, counts[iv].waited, counts[iv].offered);
            tally_add(&sums[iv].busy, busy_s[iv] / input->interval_s, 1);
        }
    }
    calls_clear(&calls);
    hall_engine_free(engine);
}

/* chances: in all days, for what makes up the value; `most` the largest value. */
static void check_tally(struct check *check, const char *column, const struct tally *tally, double chances,
                        double most)
{
    double want = check_number(check, column);
    if (isnan(want) || !(fmin(want, most - want) * chances >= TALLY_EVENTS_MIN))
        return;
    double sigmas = tally_sigmas(tally, want, 0, 0);
    check_error(check, column, tally_ratio(tally), want, sigmas, sigmas <= SIGMAS);
}

/* The most agents that may be busy in an interval: those of before finish their contacts. */
static double agents_before(const struct day *day, int32_t iv)
{
    double most = 0;
    for (int32_t i = 0; i <= iv; i++)
        most = fmax(most, day->agents[i]);
    return most;
}

/* A level of contacts as if staff stayed as at their arrival is what happens only where it does stay. */
static void check_simulated(struct vectors *file, const struct day *day)
{
    int32_t n = simulated(day);
    if (n == 0)
        return;
    g_autofree struct sums *sums = g_new0(struct sums, day->input.n);
    run_days(day, sums);
    for (int32_t iv = 0; iv < n; iv++) {
        struct check check = check_begin(file, day->row[iv], "transient_simulated");
        double contacts = DAYS * day->offered[iv], most = agents_before(day, iv);
        if (iv + 1 < day->input.n && day->agents[iv + 1] == day->agents[iv])
            check_tally(&check, "sl_offered_frozen", &sums[iv].in_time, contacts, 1);
        check_tally(&check, "p_wait", &sums[iv].wait, contacts, 1);
        check_tally(&check, "mean_busy", &sums[iv].busy, DAYS * day->input.interval_s / day->aht_s[iv], most);
        check_end(&check);
    }
}

void vectors_transient(struct vectors *file)
{
    g_autofree bool *done = g_new0(bool, file->rows->len + 1);
    for (guint first = 0; first < file->rows->len; first++) {
        if (done[first])
            continue;
        for (guint row = first; row < file->rows->len; row++)
            done[row] = done[row] || same_day(file, first, row);
        struct day day = {.offered = NULL};
        bool known = day_read(file, first, &day);
        for (size_t i = 0; i < G_N_ELEMENTS(engines) && known; i++)
            check_engine(file, &day, i);
        if (known)
            check_simulated(file, &day);
        for (int32_t iv = 0; iv < day.input.n && !known; iv++) {
            struct check check = check_begin(file, first, engines[0].model);
            check_end(&check);
        }
        day_clear(&day);
    }
}
