#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/error.h"
#include "wfm/staff_calculator.h"
#include "wfm/staff_figures.h"

/* --- what cannot be met
 * ------------------------------------------------------------------------------------------------ */

/* The target that no number of agents meets on its own; NULL when each can be met. */
static const char *impossible(const struct staff_ask *ask, double *value)
{
    const struct calculator *c = &ask->calculator;
    static const char *const names[] = {"target", "asa-max", "abandon-max", "occupancy-max"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        struct staff_ask one = *ask;
        one.calculator.target = i == 0 ? c->target : 0;
        one.calculator.asa_max_s = i == 1 ? c->asa_max_s : 0;
        one.calculator.abandon_max = i == 2 ? c->abandon_max : 1;
        one.calculator.occupancy_max = i == 3 ? c->occupancy_max : 1;
        struct staff_figures figures;
        staff_figures_required(&figures, &one);
        if (isinf(figures.required)) {
            *value = *staff_variable_of(&one, staff_variable_find(names[i]));
            return names[i];
        }
    }
    return NULL;
}

static bool fail_impossible(const struct staff_ask *ask, GError **error)
{
    double value = 0;
    const char *name = impossible(ask, &value);
    const struct calculator *c = &ask->calculator;
    const char *why = c->blend_idle >= 0              ? "; outbound work keeps them busy: raise --blend-idle"
                      : c->room >= 0 || c->lines >= 0 ? "; too many are turned away: raise --room or --lines"
                      : name == NULL                  ? ""
                      : strcmp(name, "abandon-max") == 0 ? ": callers give up as soon as they have to wait"
                                                         : "";
    if (name == NULL)
        return wfm_fail(error, WFM_ERROR_INPUT, "no number of agents meets all targets%s; relax one", why);
    return wfm_fail(error, WFM_ERROR_INPUT, "--%s %g: no number of agents meets it%s; relax it", name, value,
                    why);
}

/* --- one point
 * ------------------------------------------------------------------------------------------------------------
 */

static void add_row(struct staff_table *table, struct staff_figures *figures, double agents, const char *note)
{
    staff_figures_achieved(figures, agents);
    figures->note = note;
    staff_table_add(table, figures);
}

#define BELOW 2
#define ABOVE 3

static bool run_point(const struct options *options, const struct staff_ask *ask,
                      const struct staff_grid *grid, GError **error)
{
    struct staff_figures figures;
    staff_figures_required(&figures, ask);
    if (isinf(figures.required) && isnan(ask->agents))
        return fail_impossible(ask, error);
    AUTO(staff_table) table = staff_table_new(options, ask, grid, NULL);
    if (isfinite(figures.required)) {
        double whole = figures.required_whole;
        double whole_at_work = figures.required_at_work_whole / (1 - ask->calculator.shrinkage);
        add_row(table, &figures, figures.required, "exactly enough");
        if (ask->calculator.shrinkage > 0)
            add_row(table, &figures, whole_at_work, "whole agents at work");
        for (int extra = -BELOW; extra <= ABOVE; extra++)
            if (whole + extra >= 0)
                add_row(table, &figures, whole + extra, extra == 0 ? "whole agents" : "");
    }
    if (!isnan(ask->agents))
        add_row(table, &figures, ask->agents, "as asked");
    staff_table_print(table, stdout);
    return true;
}

/* --- solved for another variable
 * ------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    enum calculator_variable variable;
} solvable[] = {
    {"calls", CALCULATOR_CONTACTS},      {"aht", CALCULATOR_AHT},       {"patience", CALCULATOR_PATIENCE},
    {"threshold", CALCULATOR_THRESHOLD}, {"target", CALCULATOR_TARGET}, {"due", CALCULATOR_DUE},
};

static bool solve(const struct staff_ask *ask, const char *name, struct calculator_range *range)
{
    for (size_t i = 0; i < G_N_ELEMENTS(solvable); i++)
        if (strcmp(solvable[i].name, name) == 0)
            return calculator_solve(&ask->calculator, ask->agents, solvable[i].variable, range);
    return false;
}

static void add_solution(struct staff_table *table, const struct staff_ask *ask,
                         const struct staff_variable *variable, double value, const char *note)
{
    struct staff_ask at = *ask;
    *staff_variable_of(&at, variable) = value;
    struct staff_figures figures = {.ask = at};
    figures.required = figures.required_whole = figures.required_at_work = figures.required_at_work_whole =
        NAN;
    add_row(table, &figures, ask->agents, note);
}

static void add_range(struct staff_table *table, const struct staff_ask *ask,
                      const struct staff_variable *variable, const struct calculator_range *range)
{
    if (range->least > 0)
        add_solution(table, ask, variable, range->least, "at least");
    if (isfinite(range->most))
        add_solution(table, ask, variable, range->most, "at most");
    if (!(range->least > 0) && !isfinite(range->most))
        add_solution(table, ask, variable, *staff_variable_of((struct staff_ask *)ask, variable),
                     "any meets the targets");
}

static bool run_solve(const struct options *options, const struct staff_ask *ask,
                      const struct staff_grid *grid, GError **error)
{
    const char *name = options_text(options, "solve-for");
    const struct staff_variable *variable = staff_variable_find(name);
    AUTO(staff_table) table = staff_table_new(options, ask, grid, variable);
    for (int point = 0; point < grid->n_points; point++) {
        struct staff_ask at = *ask;
        struct calculator_range range;
        staff_grid_point(grid, point, &at);
        if (!staff_ask_check(&at, error))
            return false;
        if (solve(&at, name, &range))
            add_range(table, &at, variable, &range);
        else if (grid->n_axes > 0)
            add_solution(table, &at, variable, NAN, "none meets the targets");
        else
            return wfm_fail(
                error, WFM_ERROR_INPUT,
                "--solve-for %s: none meets the targets with --agents %g; give more agents or relax a "
                "target",
                name, at.agents);
    }
    staff_table_print(table, stdout);
    return true;
}

/* --- grids
 * --------------------------------------------------------------------------------------------------------------
 */

static bool point_figures(const struct staff_ask *ask, const struct staff_grid *grid, int point,
                          struct staff_figures *figures, GError **error)
{
    struct staff_ask at = *ask;
    staff_grid_point(grid, point, &at);
    if (!staff_ask_check(&at, error))
        return false;
    staff_figures_required(figures, &at);
    staff_figures_achieved(figures, isnan(at.agents) ? figures->required_whole : at.agents);
    figures->note = "";
    return true;
}

/* Rows of the first variable, a column for each value of the second. */
static bool print_matrix(const struct options *options, const struct staff_ask *ask,
                         const struct staff_grid *grid, const char *shown, GError **error)
{
    const struct staff_axis *down = &grid->axes[0], *across = &grid->axes[1];
    g_autofree struct column *columns = g_new0(struct column, (gsize)across->n + 2);
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(texts, g_strdup_printf("%s \\ %s", down->variable->name, across->variable->name));
    columns[0] = (struct column){"value", g_ptr_array_index(texts, 0), COLUMN_TEXT, 0};
    for (int i = 0; i < across->n; i++) {
        columns[i + 1] = *staff_column(shown);
        columns[i + 1].title = staff_variable_text(across->variable, across->values[i]);
        g_ptr_array_add(texts, (char *)columns[i + 1].title);
    }
    bool whole = strcmp(shown, "agents") == 0 && isnan(ask->agents);
    AUTO(table) table = table_new(columns);
    for (int point = 0; point < grid->n_points; point++) {
        struct staff_figures figures;
        if (!point_figures(ask, grid, point, &figures, error))
            return false;
        if (point % across->n == 0) {
            g_autofree char *text = staff_variable_text(down->variable, down->values[point / across->n]);
            table_text(table, text);
        }
        double value = staff_figure(&figures, shown);
        table_real(table, isinf(value) ? NAN : value);
        for (int i = 0; whole && i < across->n; i++)
            columns[i + 1].decimals = 0;
    }
    g_print("%s\n", staff_column(shown)->title);
    table_print(table, (enum format)options_choice(options, "format"), stdout);
    return true;
}

static bool print_points(const struct options *options, const struct staff_ask *ask,
                         const struct staff_grid *grid, GError **error)
{
    AUTO(staff_table) table = staff_table_new(options, ask, grid, NULL);
    for (int point = 0; point < grid->n_points; point++) {
        struct staff_figures figures;
        if (!point_figures(ask, grid, point, &figures, error))
            return false;
        staff_table_add(table, &figures);
    }
    staff_table_print(table, stdout);
    return true;
}

static bool walks_over(const struct staff_grid *grid, const char *name)
{
    for (int i = 0; i < grid->n_axes; i++)
        if (strcmp(grid->axes[i].variable->name, name) == 0)
            return true;
    return false;
}

static bool run_grid(const struct options *options, const struct staff_ask *ask,
                     const struct staff_grid *grid, GError **error)
{
    const char *shown = options_text(options, "show");
    if (shown == NULL)
        shown = !isnan(ask->agents) || walks_over(grid, "agents") ? "service_level" : "agents";
    bool matrix = grid->n_axes == 2 && options_choice(options, "format") == FORMAT_TABLE;
    return matrix ? print_matrix(options, ask, grid, shown, error) : print_points(options, ask, grid, error);
}

/* --- all of it
 * ------------------------------------------------------------------------------------------------------------
 */

static bool check_show(const struct options *options, GError **error)
{
    const char *shown = options_text(options, "show");
    if (shown == NULL || staff_column(shown) != NULL)
        return true;
    g_autofree char *names = staff_column_names();
    return wfm_fail(error, WFM_ERROR_USAGE, "--show %s: must be one of %s", shown, names);
}

static bool check_solve(const struct options *options, const struct staff_ask *ask,
                        const struct staff_grid *grid, GError **error)
{
    const char *name = options_text(options, "solve-for");
    if (isnan(ask->agents) && !walks_over(grid, "agents"))
        return wfm_fail(error, WFM_ERROR_USAGE, "--solve-for %s needs --agents N", name);
    if (options_given(options, name) || walks_over(grid, name))
        return wfm_fail(error, WFM_ERROR_USAGE, "--solve-for %s: it is what is asked for; leave --%s out",
                        name, name);
    return true;
}

bool staff_calculator(const struct options *options, GError **error)
{
    struct staff_ask ask;
    struct staff_grid grid;
    if (!check_show(options, error) || !staff_ask_init(&ask, options, error) ||
        !staff_grid_init(&grid, options, error))
        return false;
    bool solves = strcmp(options_text(options, "solve-for"), "agents") != 0;
    bool ok;
    if (options_given(options, "show") && (solves || grid.n_axes != 2))
        ok = wfm_fail(error, WFM_ERROR_USAGE,
                      "--show %s is for the table over two --grid; --format csv shows all figures",
                      options_text(options, "show"));
    else if (solves)
        ok = check_solve(options, &ask, &grid, error) && run_solve(options, &ask, &grid, error);
    else if (grid.n_axes > 0)
        ok = run_grid(options, &ask, &grid, error);
    else
        ok = staff_ask_check(&ask, error) && run_point(options, &ask, &grid, error);
    staff_grid_clear(&grid);
    return ok;
}
