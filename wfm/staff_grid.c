#include "wfm/staff_ask.h"

#include <math.h>
#include <string.h>

#include "core/error.h"

#define VALUES_MAX 1000
#define POINTS_MAX 20000

static bool add_value(GArray *values, double value, const char *grid, GError **error)
{
    if (values->len >= VALUES_MAX)
        return wfm_fail(error, WFM_ERROR_USAGE, "--grid %s: more than %d values; take a larger step", grid,
                        VALUES_MAX);
    g_array_append_val(values, value);
    return true;
}

/* "FROM:TO:STEP" */
static bool add_range(GArray *values, const char *name, char **parts, const char *grid, GError **error)
{
    double from, to, step;
    if (g_strv_length(parts) != 3)
        return wfm_fail(error, WFM_ERROR_USAGE, "--grid %s: write --grid %s=FROM:TO:STEP", grid, name);
    if (!staff_value_parse(name, grid, parts[0], &from, error) ||
        !staff_value_parse(name, grid, parts[1], &to, error) ||
        !staff_step_parse(name, grid, parts[2], &step, error))
        return false;
    if (!(step > 0) || to < from)
        return wfm_fail(error, WFM_ERROR_USAGE, "--grid %s: needs FROM <= TO and a STEP above 0", grid);
    for (int i = 0; from + i * step <= to + 1e-9 * step; i++)
        if (!add_value(values, from + i * step, grid, error))
            return false;
    return true;
}

static bool axis_values(GArray *values, const char *name, const char *list, const char *grid, GError **error)
{
    g_auto(GStrv) items = g_strsplit(list, ",", -1);
    for (int i = 0; items[i] != NULL; i++) {
        g_auto(GStrv) parts = g_strsplit(items[i], ":", -1);
        double value;
        if (parts[0] != NULL && parts[1] != NULL) {
            if (!add_range(values, name, parts, grid, error))
                return false;
        } else if (!staff_value_parse(name, grid, items[i], &value, error) ||
                   !add_value(values, value, grid, error)) {
            return false;
        }
    }
    return items[0] != NULL ||
           wfm_fail(error, WFM_ERROR_USAGE, "--grid %s: no values; write --grid aht=150:240:15", grid);
}

static bool add_axis(struct staff_grid *grid, const struct options *options, const char *text, GError **error)
{
    const char *equals = strchr(text, '=');
    g_autofree char *name = g_strndup(text, equals != NULL ? (gsize)(equals - text) : strlen(text));
    const struct staff_variable *variable = staff_variable_find(name);
    if (variable == NULL || equals == NULL) {
        g_autofree char *names = staff_variable_names();
        return wfm_fail(error, WFM_ERROR_USAGE,
                        "--grid %s: write NAME=VALUES, e.g. aht=150:240:15, where NAME is one of %s", text,
                        names);
    }
    for (int i = 0; i < grid->n_axes; i++)
        if (grid->axes[i].variable == variable)
            return wfm_fail(error, WFM_ERROR_USAGE, "--grid %s: %s is walked over already", text, name);
    if (options_given(options, name))
        return wfm_fail(error, WFM_ERROR_USAGE, "--grid %s: --%s %s is given, too; leave one of them out",
                        text, name, options_text(options, name));
    if (grid->n_axes == STAFF_AXES_MAX)
        return wfm_fail(error, WFM_ERROR_USAGE, "--grid %s: at most %d grids", text, STAFF_AXES_MAX);
    g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(double));
    if (!axis_values(values, name, equals + 1, text, error))
        return false;
    if ((int64_t)grid->n_points * values->len > POINTS_MAX)
        return wfm_fail(error, WFM_ERROR_USAGE, "--grid %s: more than %d points in all; take fewer values",
                        text, POINTS_MAX);
    grid->n_points *= (int)values->len;
    grid->axes[grid->n_axes++] = (struct staff_axis){
        variable, g_memdup2(values->data, values->len * sizeof(double)), (int)values->len};
    return true;
}

bool staff_grid_init(struct staff_grid *grid, const struct options *options, GError **error)
{
    const char *const *texts = options_list(options, "grid");
    *grid = (struct staff_grid){.n_points = 1};
    for (int i = 0; texts[i] != NULL; i++)
        if (!add_axis(grid, options, texts[i], error)) {
            staff_grid_clear(grid);
            return false;
        }
    return true;
}

void staff_grid_clear(struct staff_grid *grid)
{
    for (int i = 0; i < grid->n_axes; i++)
        g_free(grid->axes[i].values);
    *grid = (struct staff_grid){.n_axes = 0};
}

void staff_grid_point(const struct staff_grid *grid, int point, struct staff_ask *ask)
{
    for (int i = grid->n_axes - 1; i >= 0; i--) {
        const struct staff_axis *axis = &grid->axes[i];
        *staff_variable_of(ask, axis->variable) = axis->values[point % axis->n];
        point /= axis->n;
    }
}
