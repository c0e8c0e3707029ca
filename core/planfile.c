#include "core/planfile.h"

#include <errno.h>
#include <config.h>
#include <jansson.h>
#include <sodium.h>
#include <string.h>

#include "core/error.h"
#include "core/file.h"
#include "core/planfile_check.h"
#include "core/planfile_fields.h"
#include "core/record.h"

#define PLAN_FORMAT 1
#define DUMP_FLAGS (JSON_COMPACT | JSON_REAL_PRECISION(17))
#define PIECES_MAX 1000

/* The burdens of a problem with their number, n_agents, beside them; 0: none given. */
struct burdens_file {
    struct burden *burdens;
    int n_burdens;
};

static const struct rec_field grid_fields[] = {
    {"start_ts", REC_INT64, REC_AT(demand_file, demand.grid.start_ts)},
    {"interval_s", REC_INT, REC_AT(demand_file, demand.grid.interval_s), .min = 300, .max = 3600},
    {"n", REC_INT, REC_AT(demand_file, demand.grid.n), .max = INT32_MAX},
    {.key = NULL},
};

static const struct rec_field row_fields[] = {
    {"queue", REC_INT, REC_AT(sla_row, queue), .max = INT32_MAX},
    {"from_iv", REC_INT, REC_AT(sla_row, from_iv), .max = INT32_MAX},
    {"to_iv", REC_INT, REC_AT(sla_row, to_iv), .max = INT32_MAX},
    {"need", REC_REAL, REC_AT(sla_row, need)},
    {"price", REC_REAL, REC_AT(sla_row, price)},
    {.key = NULL},
};

static const struct rec_field demand_fields[] = {
    {"grid", REC_OBJECT, .fields = grid_fields},
    {"n_queues", REC_INT, REC_AT(demand_file, demand.n_queues), .max = INT32_MAX},
    {"n_pieces", REC_INT, REC_AT(demand_file, demand.n_pieces), .min = 0, .max = PIECES_MAX},
    {"width", REC_REALS, REC_AT(demand_file, demand.width), REC_COUNT(demand_file, n_width)},
    {"value", REC_REALS, REC_AT(demand_file, demand.value), REC_COUNT(demand_file, n_value)},
    {"need", REC_REALS, REC_AT(demand_file, demand.need), REC_COUNT(demand_file, n_need)},
    {"gain", REC_REALS, REC_AT(demand_file, demand.gain), REC_COUNT(demand_file, n_gain), .optional = true},
    {"rows", REC_LIST, REC_AT(demand_file, demand.rows), REC_COUNT(demand_file, demand.n_rows),
     .fields = row_fields, .size = sizeof(struct sla_row), .optional = true},
    {"offered", REC_REALS, REC_AT(demand_file, demand.offered), REC_COUNT(demand_file, n_offered),
     .optional = true},
    {"aht_s", REC_REALS, REC_AT(demand_file, demand.aht_s), REC_COUNT(demand_file, n_aht), .optional = true},
    {"busyness_cv2", REC_REALS, REC_AT(demand_file, demand.busyness_cv2), REC_COUNT(demand_file, n_busyness),
     .optional = true},
    {"offset", REC_REALS, REC_AT(demand_file, demand.offset), REC_COUNT(demand_file, n_offset),
     .optional = true},
    {"day_correlation", REC_REALS, REC_AT(demand_file, demand.day_correlation),
     REC_COUNT(demand_file, n_correlation), .optional = true},
    {"opening", REC_REALS, REC_AT(demand_file, demand.opening), REC_COUNT(demand_file, n_opening),
     .optional = true},
    {"past_counted", REC_REALS, REC_AT(demand_file, demand.past_counted),
     REC_COUNT(demand_file, n_past_counted), .optional = true},
    {"past_in_time", REC_REALS, REC_AT(demand_file, demand.past_in_time),
     REC_COUNT(demand_file, n_past_in_time), .optional = true},
    {.key = NULL},
};

static const struct rec_field burden_fields[] = {
    {"nights", REC_REAL, REC_AT(burden, nights)},
    {"weekend_days", REC_REAL, REC_AT(burden, weekend_days)},
    {"holidays", REC_REAL, REC_AT(burden, holidays)},
    {.key = NULL},
};

static const struct rec_field burdens_fields[] = {
    {"burdens", REC_LIST, REC_AT(burdens_file, burdens), REC_COUNT(burdens_file, n_burdens),
     .fields = burden_fields, .size = sizeof(struct burden), .optional = true},
    {.key = NULL},
};

static const struct rec_field rounds_fields[] = {
    {"rounds", REC_LONG, REC_AT(plan_problem, limits.rounds)},
    {.key = NULL},
};

static const struct rec_field limits_fields[] = {
    {"seconds", REC_REAL, REC_AT(plan_problem, limits.seconds)},
    {"gap", REC_REAL, REC_AT(plan_problem, limits.gap)},
    {"rounds", REC_LONG, REC_AT(plan_problem, limits.rounds)},
    {"threads", REC_INT, REC_AT(plan_problem, limits.threads), .max = 4096},
    {.key = NULL},
};

static const struct rec_field headcount_fields[] = {
    {"tmpl", REC_INT, REC_AT(headcount, tmpl), .max = INT32_MAX},
    {"site", REC_INT, REC_AT(headcount, site), .min = -1, .max = INT32_MAX},
    {"day", REC_INT, REC_AT(headcount, day)},
    {"need", REC_INT, REC_AT(headcount, need), .max = INT32_MAX},
    {"under", REC_REAL, REC_AT(headcount, under)},
    {"over", REC_REAL, REC_AT(headcount, over)},
    {.key = NULL},
};

static const struct rec_field lock_fields[] = {
    {"agent", REC_INT, REC_AT(lock, agent), .max = INT32_MAX},
    {"day", REC_INT, REC_AT(lock, day)},
    {"shift", REC_INT, REC_AT(lock, shift), .min = -1, .max = INT32_MAX},
    {.key = NULL},
};

static const struct rec_field base_fields[] = {
    {"shifts", REC_LIST, REC_AT(plan_base, shifts), REC_COUNT(plan_base, n_shifts), .fields = shift_fields,
     .size = sizeof(struct shift)},
    {"locks", REC_LIST, REC_AT(plan_base, locks), REC_COUNT(plan_base, n_locks), .fields = lock_fields,
     .size = sizeof(struct lock)},
    {"frozen_ts", REC_INT64, REC_AT(plan_base, frozen_ts)},
    {"change_price", REC_REAL, REC_AT(plan_base, change_price)},
    {"break_price", REC_REAL, REC_AT(plan_base, break_price)},
    {.key = NULL},
};

/* Operation and demand stand beside these in the file. */
#define PROBLEM_FIELDS(limits)                                                                               \
    {"first_day", REC_INT, REC_AT(plan_problem, first_day), .min = -1000000, .max = 4000000},                \
        {"n_weeks", REC_INT, REC_AT(plan_problem, n_weeks), .min = 1, .max = 53},                            \
        {"past",                                                                                             \
         REC_LIST,                                                                                           \
         REC_AT(plan_problem, past),                                                                         \
         REC_COUNT(plan_problem, n_past),                                                                    \
         .fields = shift_fields,                                                                             \
         .size = sizeof(struct shift)},                                                                      \
        {"after",                                                                                            \
         REC_LIST,                                                                                           \
         REC_AT(plan_problem, after),                                                                        \
         REC_COUNT(plan_problem, n_after),                                                                   \
         .fields = shift_fields,                                                                             \
         .size = sizeof(struct shift),                                                                       \
         .optional = true},                                                                                  \
        {"headcounts",                                                                                       \
         REC_LIST,                                                                                           \
         REC_AT(plan_problem, headcounts),                                                                   \
         REC_COUNT(plan_problem, n_headcounts),                                                              \
         .fields = headcount_fields,                                                                         \
         .size = sizeof(struct headcount),                                                                   \
         .optional = true},                                                                                  \
        {"base",                                                                                             \
         REC_CHILD,                                                                                          \
         REC_AT(plan_problem, base),                                                                         \
         .fields = base_fields,                                                                              \
         .size = sizeof(struct plan_base),                                                                   \
         .optional = true},                                                                                  \
        {"seed", REC_UINT64, REC_AT(plan_problem, seed)}, {"limits", REC_OBJECT, .fields = limits},          \
    {                                                                                                        \
        .key = NULL                                                                                          \
    }

static const struct rec_field problem_fields[] = {PROBLEM_FIELDS(limits_fields)};
static const struct rec_field hashed_fields[] = {PROBLEM_FIELDS(rounds_fields)};

static const struct rec_field solution_fields[] = {
    {"shifts", REC_LIST, REC_AT(plan_solution, shifts), REC_COUNT(plan_solution, n_shifts),
     .fields = shift_fields, .size = sizeof(struct shift)},
    {"pay", REC_REAL, REC_AT(plan_solution, pay)},
    {"shortage", REC_REAL, REC_AT(plan_solution, shortage)},
    {"penalty", REC_REAL, REC_AT(plan_solution, penalty), .optional = true},
    {"objective", REC_REAL, REC_AT(plan_solution, objective)},
    {"bound", REC_REAL, REC_AT(plan_solution, bound)},
    {"staffed", REC_REALS, REC_AT(plan_solution, staffed), REC_COUNT(plan_solution, n_staffed)},
    {"rounds", REC_LONG, REC_AT(plan_solution, rounds)},
    {"unit_rounds", REC_INTS, REC_AT(plan_solution, unit_rounds), REC_COUNT(plan_solution, n_units),
     .optional = true},
    {"stopped", REC_TEXT, REC_AT(plan_solution, stopped)},
    {.key = NULL},
};

static json_t *problem_json(const struct plan_problem *problem, const struct rec_field *fields,
                            GError **error)
{
    const struct demand *demand = &problem->demand;
    struct demand_file file = {.demand = *demand};
    file.n_need = plan_cells(demand->n_queues, demand->grid.n, 1);
    file.n_width = file.n_value = plan_cells(demand->n_queues, demand->grid.n, demand->n_pieces);
    file.n_gain = demand->gain != NULL ? file.n_width : 0;
    file.n_offered = file.n_aht = demand->offered != NULL ? file.n_need : 0;
    file.n_busyness = demand->busyness_cv2 != NULL ? demand->n_queues : 0;
    file.n_correlation = demand->day_correlation != NULL ? demand->n_queues : 0;
    file.n_opening = file.n_past_counted = file.n_past_in_time =
        demand->opening != NULL ? demand->n_queues : 0;
    file.n_offset = demand->offset != NULL ? file.n_need : 0;
    if (file.n_width < 0 || problem->operation == NULL) {
        wfm_fail(error, WFM_ERROR_INTERNAL, "problem: %d queues × %d intervals × %d pieces cannot be written",
                 demand->n_queues, demand->grid.n, demand->n_pieces);
        return NULL;
    }
    struct burdens_file burdens = {problem->burdens,
                                   problem->burdens != NULL ? problem->operation->n_agents : 0};
    json_t *operation = rec_write(operation_fields, problem->operation, "problem.operation", error);
    json_t *demands = operation == NULL ? NULL : rec_write(demand_fields, &file, "problem.demand", error);
    json_t *rest = demands == NULL ? NULL : rec_write(fields, problem, "problem", error);
    json_t *burden = rest == NULL ? NULL : rec_write(burdens_fields, &burdens, "problem", error);
    json_t *json = NULL;
    if (burden != NULL) {
        json = json_object();
        json_object_set(json, "operation", operation);
        json_object_set(json, "demand", demands);
        json_object_update(json, rest);
        json_object_update(json, burden);
    }
    json_decref(burden);
    json_decref(operation);
    json_decref(demands);
    json_decref(rest);
    return json;
}

static int hash_piece(const char *text, size_t length, void *user)
{
    return crypto_hash_sha256_update(user, (const unsigned char *)text, length);
}

static char *json_hash(const json_t *json)
{
    crypto_hash_sha256_state state;
    unsigned char digest[crypto_hash_sha256_BYTES];
    char hex[2 * sizeof digest + 1];
    crypto_hash_sha256_init(&state);
    if (json_dump_callback(json, hash_piece, &state, DUMP_FLAGS) != 0)
        return NULL;
    crypto_hash_sha256_final(&state, digest);
    sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
    return g_strdup(hex);
}

char *plan_inputs_hash(const struct plan_problem *problem)
{
    struct plan_problem inputs = *problem;
    inputs.demand.opening = inputs.demand.past_counted = inputs.demand.past_in_time = NULL;
    json_t *json = problem_json(&inputs, hashed_fields, NULL);
    char *hash = json == NULL ? NULL : json_hash(json);
    json_decref(json);
    return hash;
}

char *plan_format(const struct plan_problem *problem, const struct plan_solution *solution, GError **error)
{
    json_t *problem_part = problem_json(problem, problem_fields, error);
    if (problem_part == NULL)
        return NULL;
    json_t *solution_part = NULL;
    if (solution != NULL &&
        (solution_part = rec_write(solution_fields, solution, "solution", error)) == NULL) {
        json_decref(problem_part);
        return NULL;
    }
    g_autofree char *hash = plan_inputs_hash(problem);
    json_t *plan = json_object();
    json_object_set_new(plan, "wfm_plan", json_integer(PLAN_FORMAT));
    json_object_set_new(plan, "version", json_string(PACKAGE_VERSION));
    json_object_set_new(plan, "inputs_sha256", json_string(hash));
    json_object_set_new(plan, "problem", problem_part);
    if (solution_part != NULL)
        json_object_set_new(plan, "solution", solution_part);
    char *dumped = json_dumps(plan, DUMP_FLAGS);
    json_decref(plan);
    if (dumped == NULL) {
        wfm_fail(error, WFM_ERROR_INTERNAL, "the plan cannot be written as JSON");
        return NULL;
    }
    char *text = g_strconcat(dumped, "\n", NULL);
    free(dumped);
    return text;
}

bool plan_write(const char *path, const struct plan_problem *problem, const struct plan_solution *solution,
                GError **error)
{
    g_autoptr(GError) why = NULL;
    g_autofree char *text = plan_format(problem, solution, error);
    if (text == NULL || !file_replaceable(path, error))
        return false;
    if (!g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0644, &why))
        return wfm_fail(error, WFM_ERROR_IO, "%s: %s", path, why->message);
    return true;
}

static bool read_burdens(const json_t *list, struct plan_problem *problem, GError **error)
{
    struct burdens_file file = {NULL, 0};
    if (list == NULL)
        return true;
    json_t *wrapped = json_object();
    json_object_set(wrapped, "burdens", (json_t *)list);
    bool ok = rec_read(burdens_fields, wrapped, &file, "problem", error);
    json_decref(wrapped);
    problem->burdens = file.burdens;
    if (!ok)
        return false;
    for (int i = 0; i < file.n_burdens; i++)
        if (file.burdens[i].nights < 0 || file.burdens[i].weekend_days < 0 || file.burdens[i].holidays < 0)
            return wfm_fail(error, WFM_ERROR_INPUT, "problem.burdens[%d]: negative", i);
    return file.n_burdens == problem->operation->n_agents ||
           wfm_fail(error, WFM_ERROR_INPUT, "problem.burdens: %d where %d agents are", file.n_burdens,
                    problem->operation->n_agents);
}

static bool read_problem(const json_t *json, struct plan_problem *problem, GError **error)
{
    const json_t *operation = json_object_get(json, "operation"), *demand = json_object_get(json, "demand");
    if (!json_is_object(operation) || !json_is_object(demand))
        return wfm_fail(error, WFM_ERROR_INPUT, "problem: operation or demand is missing or no object");
    problem->operation = operation_new();
    struct demand_file file = {.n_width = 0};
    bool ok = rec_read(operation_fields, operation, problem->operation, "problem.operation", error) &&
              rec_read(demand_fields, demand, &file, "problem.demand", error);
    problem->demand = file.demand;
    if (!ok)
        return false;
    json_t *rest = json_copy((json_t *)json);
    json_object_del(rest, "operation");
    json_object_del(rest, "demand");
    json_object_del(rest, "burdens");
    ok = rec_read(problem_fields, rest, problem, "problem", error) &&
         read_burdens(json_object_get(json, "burdens"), problem, error);
    json_decref(rest);
    if (!ok)
        return false;
    if (!operation_check(problem->operation, error)) {
        g_prefix_error(error, "problem.operation: ");
        return false;
    }
    const struct plan_limits *limits = &problem->limits;
    if (limits->seconds < 0 || limits->gap < 0 || limits->rounds < 0)
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "problem.limits: %g seconds, gap %g, %ld rounds: none may be negative",
                        limits->seconds, limits->gap, limits->rounds);
    return plan_check_demand(problem, &file, error) &&
           plan_check_shifts(problem->operation, problem->past, problem->n_past, INT64_MIN,
                             problem->demand.grid.start_ts, "problem.past", error) &&
           plan_check_shifts(problem->operation, problem->after, problem->n_after,
                             grid_end_ts(&problem->demand.grid), INT64_MAX, "problem.after", error) &&
           plan_check_headcounts(problem, error) && plan_check_base(problem, error);
}

static bool read_solution(const json_t *json, const struct plan_problem *problem,
                          struct plan_solution *solution, GError **error)
{
    const struct grid *grid = &problem->demand.grid;
    if (!rec_read(solution_fields, json, solution, "solution", error) ||
        !plan_check_shifts(problem->operation, solution->shifts, solution->n_shifts, grid->start_ts,
                           grid_end_ts(grid), "solution.shifts", error))
        return false;
    if (solution->n_staffed != plan_cells(problem->demand.n_queues, grid->n, 1))
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "solution.staffed: %d values where %d queues × %d intervals are needed",
                        solution->n_staffed, problem->demand.n_queues, grid->n);
    if (solution->stopped == NULL || solution->rounds < 0)
        return wfm_fail(error, WFM_ERROR_INPUT, "solution: stopped is null or rounds is negative");
    return true;
}

static bool check_top(const json_t *json, GError **error)
{
    static const char *const known[] = {"wfm_plan", "version", "inputs_sha256", "problem", "solution", NULL};
    if (!json_is_object(json) || !json_is_integer(json_object_get(json, "wfm_plan")))
        return wfm_fail(error, WFM_ERROR_INPUT, "not a plan file: it has no \"wfm_plan\"");
    json_int_t format = json_integer_value(json_object_get(json, "wfm_plan"));
    if (format != PLAN_FORMAT)
        return wfm_fail(error, WFM_ERROR_INPUT, "wfm_plan: format %lld; this wfm reads format %d", format,
                        PLAN_FORMAT);
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)json, key, value)
    {
        if (!g_strv_contains(known, key))
            return wfm_fail(error, WFM_ERROR_INPUT, "unknown key \"%.64s\"", key);
    }
    if (!json_is_object(json_object_get(json, "problem")))
        return wfm_fail(error, WFM_ERROR_INPUT, "problem: missing or no object");
    return true;
}

static bool check_hash(const json_t *json, const struct plan_problem *problem, GError **error)
{
    const json_t *given = json_object_get(json, "inputs_sha256");
    if (given == NULL)
        return true;
    g_autofree char *hash = plan_inputs_hash(problem);
    if (json_is_string(given) && g_strcmp0(json_string_value(given), hash) == 0)
        return true;
    return wfm_fail(
        error, WFM_ERROR_INPUT,
        "inputs_sha256: the problem was changed after the plan was written (it is %s now); if that is meant, "
        "remove inputs_sha256 and the solution",
        hash);
}

/* Takes what was read apart; *solution stays NULL when there is none. */
static bool read_plan(const json_t *json, struct plan_problem **problem, struct plan_solution **solution,
                      GError **error)
{
    if (!check_top(json, error))
        return false;
    AUTO(plan_problem) found = plan_problem_new();
    if (!read_problem(json_object_get(json, "problem"), found, error) || !check_hash(json, found, error))
        return false;
    const json_t *part = json_object_get(json, "solution");
    AUTO(plan_solution) answer = part == NULL ? NULL : plan_solution_new();
    if (part != NULL && !read_solution(part, found, answer, error))
        return false;
    *problem = g_steal_pointer(&found);
    if (solution != NULL)
        *solution = g_steal_pointer(&answer);
    return true;
}

bool plan_parse(const char *path, const char *text, size_t length, struct plan_problem **problem,
                struct plan_solution **solution, GError **error)
{
    json_error_t why;
    json_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES, &why);
    if (json == NULL)
        return wfm_fail(error, WFM_ERROR_INPUT, "%s:%d:%d: %s", path, why.line, why.column, why.text);
    bool ok = read_plan(json, problem, solution, error);
    json_decref(json);
    if (!ok)
        g_prefix_error(error, "%s: ", path);
    return ok;
}

struct plan_problem *plan_problem_parse(const char *text, size_t length, GError **error)
{
    json_error_t why;
    AUTO(plan_problem) found = plan_problem_new();
    json_t *json = json_loadb(text, length, 0, &why);
    bool ok = json != NULL
                  ? check_top(json, error) && read_problem(json_object_get(json, "problem"), found, error)
                  : wfm_fail(error, WFM_ERROR_INPUT, "%d:%d: %s", why.line, why.column, why.text);
    json_decref(json);
    return ok ? g_steal_pointer(&found) : NULL;
}

bool plan_read(const char *path, struct plan_problem **problem, struct plan_solution **solution,
               GError **error)
{
    g_autofree char *text = NULL;
    gsize length;
    if (!file_read(path, &text, &length, error))
        return false;
    return plan_parse(path, text, length, problem, solution, error);
}

char *plan_version(const char *path)
{
    g_autofree char *text = NULL;
    gsize length;
    if (!file_read(path, &text, &length, NULL))
        return NULL;
    json_t *json = json_loadb(text, length, 0, NULL);
    char *version = g_strdup(json_string_value(json_object_get(json, "version")));
    json_decref(json);
    return version;
}
