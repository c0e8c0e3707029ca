#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.h"
#include "core/opfile.h"
#include "wfm/commands.h"
#include "wfm/compare.h"
#include "wfm/pipeline.h"
#include "wfm/settings.h"
#include "wfm/summary.h"
#include "core/week.h"

/* For each planning unit, of which two cores solve two at once and the demo has four: all of it stays below
   90 s on a slow machine. On others the rounds end the search first. */
#define DEMO_SECONDS 36

/* Where root's demo keeps its database when the user the database runs as may not enter DIR. */
#define ROOT_DATA "/var/lib/wfm-demo"

static const struct option_row rows[] = {
    {"port", OPTION_INT, "N", "8080", 1, 65535, "port in the commands printed at the end"},
    {"scale", OPTION_REAL, "N", "1", 0.05, 100, "so many times the 240 agents and the contacts"},
    {.name = NULL},
};

/* Runs the program that makes the demo operation: beside this one in the build tree, or where both are
 * installed. */
static bool make_files(const char *dir, double scale, GError **error)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *self_dir = g_path_get_dirname(self != NULL ? self : ".");
    g_autofree char *built = g_build_filename(self_dir, "..", "fixtures", "wfm-fixtures", NULL);
    char *program = g_file_test(built, G_FILE_TEST_IS_EXECUTABLE) ? built : WFM_LIBEXECDIR "/wfm-fixtures";
    g_autofree char *times = g_strdup_printf("--scale=%g", scale);
    char *argv[] = {program, "demo", times, (char *)dir, NULL};
    g_autoptr(GError) cause = NULL;
    g_autofree char *said = NULL;
    int status;
    if (!g_spawn_sync(NULL, argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &said, &status, &cause))
        return wfm_fail(error, WFM_ERROR_IO, "%s, which makes the demo operation: %s", program,
                        cause->message);
    if (!g_spawn_check_wait_status(status, &cause))
        return wfm_fail(error, WFM_ERROR_IO, "%s: %s %s", program, cause->message,
                        said != NULL ? g_strchomp(said) : "");
    return true;
}

/* Operation, agents, time off, special days into the store, as `wfm load` and `wfm import` do. */
static bool load_files(struct store *store, const char *dir, GError **error)
{
    static const struct {
        const char *file;
        bool (*read)(struct operation *operation, const char *path, GError **error);
        bool (*save)(struct store *store, const struct operation *operation, const char *actor,
                     GError **error);
    } parts[] = {
        {"agents.csv", operation_read_agents, store_agents_save},
        {"time_off.csv", operation_read_time_off, store_time_off_save},
        {"special_days.csv", operation_read_special_days, store_special_days_save},
    };
    g_autofree char *config = g_build_filename(dir, "operation.cfg", NULL);
    AUTO(operation) operation = operation_read(config, error);
    if (operation == NULL || !store_operation_save(store, operation, settings_actor(), error))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *path = g_build_filename(dir, parts[i].file, NULL);
        if (!parts[i].read(operation, path, error) ||
            !parts[i].save(store, operation, settings_actor(), error))
            return false;
    }
    return true;
}

static bool import_history(struct store *store, const char *dir, struct progress *progress, GError **error)
{
    struct history_format format = {0};
    struct import_report report;
    double start_s = now_s();
    g_autofree char *path = g_build_filename(dir, "history.csv", NULL);
    progress_show(progress, "history: %s", path);
    if (!store_history_import(store, path, &format, settings_actor(), &report, error))
        return false;
    progress_note(progress, "history: %ld rows, %ld new, %.1f s", report.rows, report.inserted,
                  now_s() - start_s);
    return true;
}

static void demo_ask(const struct options *options, struct roster_ask *ask)
{
    roster_ask_from(options, ask);
    if (!options_given(options, "seconds"))
        ask->limits.seconds = DEMO_SECONDS;
}

static bool plan_week(struct planning *planning, const struct options *options, struct progress *progress,
                      int64_t *id, GError **error)
{
    struct forecast_ask forecast = {.jobs = (int)options_int(options, "jobs")};
    struct roster_ask ask;
    demo_ask(options, &ask);
    return corrections_from(options, &ask, error) &&
           pipeline_week(planning, &forecast, &ask, progress, id, error) &&
           pipeline_publish(planning->store, *id, error);
}

/* What to type next, with tokens that work. */
static bool print_next(struct planning *planning, const char *data, const struct options *options, int64_t id,
                       GError **error)
{
    const struct operation *operation = planning->operation;
    const struct {
        enum role role;
        const char *client, *agent;
    } who[] = {{ROLE_PLANNER, NULL, NULL},
               {ROLE_CLIENT, operation->clients[0].id, NULL},
               {ROLE_AGENT, NULL, operation->agents[0].id}};
    char *tokens[3] = {NULL};
    int64_t expires_ts = g_get_real_time() / G_USEC_PER_SEC + 30 * (int64_t)DAY_S, token;
    bool ok = true;
    for (int i = 0; ok && i < 3; i++)
        ok = store_token_create(planning->store, who[i].role, who[i].client, who[i].agent, "demo", expires_ts,
                                settings_actor(), &tokens[i], &token, error);
    if (ok) {
        long port = options_int(options, "port");
        g_autofree char *from = time_format(planning->grid.start_ts, NULL);
        g_autofree char *to = time_format(grid_end_ts(&planning->grid), NULL);
        g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
        const char *wfm = self != NULL ? self : "wfm";
        printf("\nLook further:\n"
               "  export WFM_DATA=%s\n"
               "  %s report coverage --client %s\n"
               "  %s report sla\n"
               "  %s export shifts --format xlsx --output shifts.xlsx\n"
               "  %s serve --port %ld &\n\n",
               data, wfm, operation->clients[0].id, wfm, wfm, wfm, port);
        printf("The pages, with the service started; each link signs in, with a token of 30 days:\n");
        for (int i = 0; i < 3; i++)
            printf("  %-7s %-9s http://127.0.0.1:%ld/#token=%s\n", role_name(who[i].role),
                   i == 1   ? who[i].client
                   : i == 2 ? who[i].agent
                            : "",
                   port, tokens[i]);
        printf("\nThe same for programs:\n");
        printf("  curl -H 'Authorization: Bearer %s' 'http://127.0.0.1:%ld/v1/me/shifts?from=%s&to=%s'\n",
               tokens[2], port, from, to);
        printf("  curl -H 'Authorization: Bearer %s' "
               "'http://127.0.0.1:%ld/v1/clients/%s/sla?from=%s&to=%s'\n",
               tokens[1], port, who[1].client, from, to);
        printf("  curl -H 'Authorization: Bearer %s' 'http://127.0.0.1:%ld/v1/rosters/%" G_GINT64_FORMAT
               "'\n",
               tokens[0], port, id);
    }
    for (int i = 0; i < 3; i++)
        g_free(tokens[i]);
    return ok;
}

/* May everybody pass through all folders above path? */
static bool open_to_all(const char *path)
{
    g_autofree char *dir = g_path_get_dirname(path);
    GStatBuf st;
    bool passes = g_stat(dir, &st) != 0 || (st.st_mode & S_IXOTH) != 0;
    return passes && (strcmp(dir, "/") == 0 || open_to_all(dir));
}

/* DIR/data; for root, whose database runs as another user, a place that user can enter. g_free. */
static char *data_dir(const char *dir, struct progress *progress)
{
    char *data = g_build_filename(dir, "data", NULL);
    if (geteuid() != 0 || open_to_all(data))
        return data;
    progress_note(progress,
                  "database in " ROOT_DATA ": as root it runs as another user, who may not enter %s", dir);
    g_free(data);
    return g_strdup(ROOT_DATA);
}

static bool run(const struct options *options, GError **error)
{
    double start_s = now_s();
    const char *arg = options_arg(options, 0);
    g_autofree char *dir = g_canonicalize_filename(arg != NULL ? arg : "demo", NULL);
    AUTO(progress) progress = progress_new(options_flag(options, "quiet"));
    if (g_mkdir_with_parents(dir, 0755) != 0)
        return wfm_fail(error, WFM_ERROR_IO, "%s: %s", dir, g_strerror(errno));
    progress_note(progress, "demo operation in %s", dir);
    g_autofree char *data = data_dir(dir, progress);
    if (!make_files(dir, options_real(options, "scale"), error))
        return false;
    progress_note(progress,
                  "files: operation.cfg, agents.csv, time_off.csv, special_days.csv, history.csv, %.1f s",
                  now_s() - start_s);
    progress_show(progress, "database: starting");
    g_autofree char *conninfo = cluster_ensure(data, error);
    struct store *store = conninfo != NULL ? settings_store_open(conninfo, true, error) : NULL;
    if (store == NULL || !load_files(store, dir, error) || !import_history(store, dir, progress, error)) {
        store_close(store);
        return false;
    }
    AUTO(planning)
    planning = planning_new(store, options_text(options, "week"), (int)options_int(options, "weeks"), error);
    int64_t id;
    if (planning == NULL || !plan_week(planning, options, progress, &id, error))
        return false;
    g_autofree char *week = week_format(planning->first_day);
    g_autofree char *monday = day_format(planning->first_day);
    printf("\n%s, week %s (from Monday %s, %s): published\n\n", planning->operation->name, week, monday,
           planning->operation->zone);
    struct roster_ask ask;
    demo_ask(options, &ask);
    if (!summary_print(planning->store, planning->operation, id, error) ||
        !compare_print(planning->store, id, &ask, progress, error))
        return false;
    printf("\nAll of it took %.0f s.\n", now_s() - start_s);
    return print_next(planning, data, options, id, error);
}

const struct command command_demo = {
    .name = "demo",
    .args = "[DIR]",
    .args_max = 1,
    .summary = "make a demo operation and plan a week of it, from history to published shifts",
    .details =
        "Makes operation, agents and 26 weeks of history of three clients in DIR (default ./demo), with a\n"
        "private database in DIR/data, then forecasts, rosters and publishes the week after the history. "
        "Ends\n"
        "with what each client gets, what it would cost to meet service levels in every interval, and the "
        "commands\n"
        "to look further. Each planning unit gets at most 36 s\n"
        "unless --seconds says otherwise.",
    .rows = rows,
    .groups = OPTIONS_QUIET | OPTIONS_WEEK | OPTIONS_WEEKS | OPTIONS_SOLVE | OPTIONS_CORRECT,
    .run = run,
};
