#include "tests/bench/peers.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <glib/gstdio.h>

#include "core/error.h"
#include "core/planfile.h"
#include "scheduler/roster/checker.h"
#include "tests/bench/bench.h"

#define MISSING_STATUS 3 /* of peer.py */

const char *const peer_names[] = {"glpk", "cbc", "highs", "cpsat", NULL};

static double children_cpu_s(void)
{
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
           1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/* Runs a command; its standard output to *out unless NULL. Returns its exit status, -1 with an error. */
static int run(const char *const *argv, char **out, GError **error)
{
    int status = 0;
    if (!g_spawn_sync(NULL, (char **)(void *)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, out, NULL, &status,
                      error))
        return -1;
    g_autoptr(GError) why = NULL;
    if (g_spawn_check_wait_status(status, &why))
        return 0;
    return why->domain == G_SPAWN_EXIT_ERROR ? why->code : 255;
}

char *peers_setup(const char *dir, const char *const *packages, GError **error)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_ptr_array_add(argv, (char *)WFM_PEERS "/peers.sh");
    g_ptr_array_add(argv, (char *)dir);
    for (int i = 0; packages[i] != NULL; i++)
        g_ptr_array_add(argv, (char *)packages[i]);
    g_ptr_array_add(argv, NULL);
    char *out = NULL;
    int status = run((const char *const *)argv->pdata, &out, error);
    if (status == 0)
        return g_strstrip(out);
    g_free(out);
    if (status > 0)
        wfm_fail(error, WFM_ERROR_IO, "%s/peers.sh %s: exit status %d", WFM_PEERS, dir, status);
    return NULL;
}

/* "agent tmpl start_ts end_ts offset…": offsets of the template's breaks in minutes, by rule. */
static bool read_shift(const struct plan_problem *problem, const char *text, struct shift *shift)
{
    const struct operation *operation = problem->operation;
    g_auto(GStrv) word = g_strsplit(text, " ", -1);
    if (g_strv_length(word) < 4)
        return false;
    *shift = (struct shift){.agent = (int)strtol(word[0], NULL, 10),
                            .tmpl = (int)strtol(word[1], NULL, 10),
                            .start_ts = strtoll(word[2], NULL, 10),
                            .end_ts = strtoll(word[3], NULL, 10)};
    if (shift->tmpl < 0 || shift->tmpl >= operation->n_templates)
        return false;
    const struct shift_template *tmpl = &operation->templates[shift->tmpl];
    if (g_strv_length(word) != 4 + (guint)tmpl->n_breaks)
        return false;
    for (int b = 0; b < tmpl->n_breaks; b++) {
        const struct break_rule *rule = &tmpl->breaks[b];
        int64_t from = shift->start_ts + 60 * strtoll(word[4 + b], NULL, 10);
        struct activity activity = {rule->kind, from, from + 60 * (int64_t)rule->length_min, rule->paid};
        int k = shift->n_activities++;
        for (; k > 0 && shift->activities[k - 1].start_ts > activity.start_ts; k--)
            shift->activities[k] = shift->activities[k - 1];
        shift->activities[k] = activity;
    }
    return true;
}

static bool read_answer(const struct plan_problem *problem, const char *path, struct peer_result *result,
                        GError **error)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, error))
        return false;
    g_auto(GStrv) line = g_strsplit(text, "\n", -1);
    AUTO(plan_solution) solution = plan_solution_new();
    GArray *shifts = g_array_new(FALSE, TRUE, sizeof(struct shift));
    bool ok = true;
    for (int i = 0; line[i] != NULL && ok; i++) {
        struct shift shift;
        if (g_str_has_prefix(line[i], "bound "))
            result->bound = strtod(line[i] + 6, NULL);
        if (!g_str_has_prefix(line[i], "shift "))
            continue;
        ok = read_shift(problem, line[i] + 6, &shift);
        if (ok)
            g_array_append_val(shifts, shift);
        else
            wfm_fail(error, WFM_ERROR_INPUT, "%s:%d: not a shift: %s", path, i + 1, line[i]);
    }
    solution->n_shifts = (int)shifts->len;
    solution->shifts = (struct shift *)(void *)g_array_free(shifts, FALSE);
    if (!ok)
        return false;
    qsort(solution->shifts, (size_t)solution->n_shifts, sizeof *solution->shifts, shift_compare);
    struct check_report report;
    bool clean = roster_check(problem, solution, &report);
    result->found = clean && solution->n_shifts > 0;
    if (result->found)
        result->objective = report.pay + report.shortage;
    else if (solution->n_shifts > 0)
        fprintf(stderr, "wfm-bench: %s: %s\n", path, report.violations[0].message);
    check_report_clear(&report);
    return true;
}

bool peer_solve(const char *python, const char *name, const struct plan_problem *problem, double seconds,
                int threads, struct peer_result *result, GError **error)
{
    g_autofree char *dir = g_dir_make_tmp("wfm-peer-XXXXXX", error);
    if (dir == NULL)
        return false;
    g_autofree char *plan = g_build_filename(dir, "plan.json", NULL);
    g_autofree char *answer = g_build_filename(dir, "answer.txt", NULL);
    g_autofree char *limit = g_strdup_printf("%.0f", seconds), *cores = g_strdup_printf("%d", threads);
    const char *argv[] = {python, WFM_PEERS "/peer.py", name, plan, answer, limit, cores, NULL};
    *result = (struct peer_result){.objective = INFINITY, .bound = -INFINITY};
    bool ok = plan_write(plan, problem, NULL, error);
    if (ok) {
        double wall = bench_wall_s(), cpu = children_cpu_s();
        int status = run(argv, NULL, error);
        result->wall_s = bench_wall_s() - wall;
        result->cpu_s = children_cpu_s() - cpu;
        result->missing = status == MISSING_STATUS;
        result->failed = status > 0 && !result->missing;
        if (result->failed)
            fprintf(stderr, "wfm-bench: peer %s: exit status %d\n", name, status);
        ok = status > 0 || (status == 0 && read_answer(problem, answer, result, error));
    }
    g_unlink(plan);
    g_unlink(answer);
    g_rmdir(dir);
    return ok;
}
