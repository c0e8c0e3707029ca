#include "tests/core/samples.h"

#include <string.h>

#include "core/opfile.h"
#include "tests/support/testing.h"

/* libconfig 1.5 loses a text of some 64 bytes at a syntax error behind it; read by LeakSanitizer. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig.so\n";
}

static char *data_path(const char *name)
{
    g_autofree char *relative = g_strconcat("tests/core/data/", name, NULL);
    return testing_source(relative);
}

struct operation *sample_operation(void)
{
    GError *error = NULL;
    g_autofree char *cfg = data_path("operation.cfg"), *agents = data_path("agents.csv");
    g_autofree char *time_off = data_path("time_off.csv"), *special = data_path("special_days.csv");
    g_autofree char *preferences = data_path("preferences.csv"), *meetings = data_path("meetings.csv");
    struct operation *operation = operation_read(cfg, &error);
    ck_no_error(error);
    operation_read_agents(operation, agents, &error);
    ck_no_error(error);
    operation_read_time_off(operation, time_off, &error);
    ck_no_error(error);
    operation_read_special_days(operation, special, &error);
    ck_no_error(error);
    operation_read_preferences(operation, preferences, &error);
    ck_no_error(error);
    operation_read_meetings(operation, meetings, &error);
    ck_no_error(error);
    return operation;
}

struct plan_problem *sample_problem(void)
{
    GError *error = NULL;
    struct plan_problem *problem = plan_problem_new();
    problem->operation = sample_operation();
    problem->first_day = day_from_civil(2026, 11, 23);
    problem->n_weeks = 1;
    struct grid grid;
    plan_horizon(problem->operation, problem->first_day, 1, &grid, &error);
    ck_no_error(error);
    demand_init(&problem->demand, &grid, problem->operation->n_queues, 3);
    for (int queue = 0; queue < problem->demand.n_queues; queue++)
        for (int iv = 0; iv < grid.n; iv++) {
            problem->demand.need[DEMAND_CELL(&problem->demand, queue, iv)] = 0.1 * (iv % 7) / 3.0;
            for (int k = 0; k < 3; k++) {
                size_t piece = DEMAND_PIECE(&problem->demand, queue, iv, k);
                problem->demand.width[piece] = (iv + k) / 7.0;
                problem->demand.value[piece] = 1e3 / (3.0 + k + queue);
            }
        }
    problem->n_past = 1;
    problem->past = g_new0(struct shift, 1);
    problem->past[0] = (struct shift){
        .agent = 1, .tmpl = -1, .start_ts = grid.start_ts - 7200, .end_ts = grid.start_ts + 25200};
    problem->seed = UINT64_MAX - 5;
    problem->limits = (struct plan_limits){.seconds = 1.0 / 3.0, .gap = 0.01, .rounds = 17, .threads = 2};
    return problem;
}

struct plan_solution *sample_solution(const struct plan_problem *problem)
{
    const struct grid *grid = &problem->demand.grid;
    struct plan_solution *solution = plan_solution_new();
    solution->n_shifts = 2;
    solution->shifts = g_new0(struct shift, 2);
    for (int i = 0; i < 2; i++) {
        struct shift *shift = &solution->shifts[i];
        *shift = (struct shift){
            .agent = i, .tmpl = 0, .start_ts = grid->start_ts + 3600, .end_ts = grid->start_ts + 36000};
        shift->n_activities = 2;
        shift->activities[0] =
            (struct activity){ACTIVITY_BREAK, shift->start_ts + 7200, shift->start_ts + 8100, true};
        shift->activities[1] =
            (struct activity){ACTIVITY_MEAL, shift->start_ts + 14400, shift->start_ts + 18000, false};
    }
    solution->n_staffed = problem->demand.n_queues * grid->n;
    solution->staffed = g_new0(double, solution->n_staffed);
    for (int i = 0; i < solution->n_staffed; i++)
        solution->staffed[i] = i / 11.0;
    solution->pay = 5e-324;
    solution->shortage = 1.7976931348623157e308;
    solution->objective = 0.1 + 0.2;
    solution->bound = -0.0;
    solution->rounds = 123456789012L;
    solution->stopped = g_strdup("gap");
    return solution;
}

uint64_t sample_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

char *sample_mutate(const char *text, size_t *length, uint64_t *state)
{
    static const char *const odd[] = {
        "-1",  "0",    "1e999", "99999999999999999999", "NaN", "\"",   "null",    "{", "}", "[",
        "]",   "(",    ")",     "@include \".\"",       ";",   "\r\n", "\xff",    "=", ",", "48:01",
        "2e9", "1e-9", "true",  "2147483647",           "/*",  "#",    "\\u0000", "\\"};
    GString *out = g_string_new_len(text, (gssize)*length);
    int changes = 1 + (int)(sample_random(state) % 4);
    for (int i = 0; i < changes && out->len > 8; i++) {
        gsize at = sample_random(state) % (out->len - 4);
        switch (sample_random(state) % 5) {
        case 0:
            out->str[at] = (char)(sample_random(state) % 256);
            break;
        case 1:
            g_string_erase(out, (gssize)at, (gssize)(sample_random(state) % MIN(out->len - at, 40)));
            break;
        case 2:
            g_string_insert(out, (gssize)at, odd[sample_random(state) % G_N_ELEMENTS(odd)]);
            break;
        case 3: {
            gsize digit = at;
            while (digit < out->len && !g_ascii_isdigit(out->str[digit]))
                digit++;
            if (digit < out->len)
                out->str[digit] = (char)('0' + sample_random(state) % 10);
            break;
        }
        default:
            if (sample_random(state) % 16 == 0)
                g_string_truncate(out, at);
            else {
                g_autofree char *piece = g_strndup(out->str + at, MIN(out->len - at, 60));
                g_string_insert(out, (gssize)(sample_random(state) % out->len), piece);
            }
        }
    }
    *length = out->len;
    return g_string_free(out, FALSE);
}

char *sample_text(const char *name, size_t *length)
{
    g_autofree char *path = data_path(name);
    char *text = NULL;
    gsize n = 0;
    ck_assert(g_file_get_contents(path, &text, &n, NULL));
    *length = n;
    return text;
}

char *sample_file(const char *dir, const char *text, size_t length)
{
    char *path = g_build_filename(dir, "t", NULL);
    ck_assert(g_file_set_contents_full(path, text, (gssize)length, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    return path;
}
