#include "wfm/source.h"

#include <string.h>

#include "core/error.h"
#include "core/planfile.h"
#include "wfm/pipeline.h"
#include "wfm/settings.h"

void source_free(struct source *source)
{
    if (source == NULL)
        return;
    plan_problem_free(source->problem);
    plan_solution_free(source->solution);
    g_free(source->what);
    g_free(source->made_by);
    store_close(source->store);
    g_free(source);
}

static bool is_number(const char *text)
{
    return strspn(text, "0123456789") == strlen(text);
}

static bool from_file(struct source *source, const struct options *options, const char *path, GError **error)
{
    source->what = g_strdup(path);
    if (options_given(options, "week"))
        return wfm_fail(error, WFM_ERROR_USAGE, "%s and --week %s both say which roster: give one of them",
                        path, options_text(options, "week"));
    if (!plan_read(path, &source->problem, &source->solution, error))
        return false;
    source->made_by = plan_version(path);
    return source->solution != NULL ||
           wfm_fail(error, WFM_ERROR_INPUT, "%s: holds a problem but no roster", path);
}

static bool from_store(struct source *source, const struct options *options, const char *number,
                       GError **error)
{
    struct roster_info info = {0};
    source->store = settings_store(options, error);
    if (source->store == NULL ||
        !pipeline_find_roster(source->store, number, options_text(options, "week"), NULL, &source->id, error))
        return false;
    source->what = g_strdup_printf("roster %" G_GINT64_FORMAT, source->id);
    if (!store_roster_info(source->store, &scope_planner, source->id, &info, error))
        return false;
    source->made_by = g_strdup(info.wfm_version);
    roster_info_clear(&info);
    return store_roster_problem(source->store, source->id, &source->problem, error) &&
           store_roster_load(source->store, source->problem->operation, source->id, &source->solution, error);
}

bool source_as_made(struct source *source, GError **error)
{
    struct plan_solution *made = NULL;
    if (source->store == NULL || source->solution->edits == 0)
        return true;
    if (!store_roster_made(source->store, source->problem, source->id, &made, error))
        return false;
    plan_solution_free(source->solution);
    source->solution = made;
    return true;
}

struct source *source_open_at(const struct options *options, int i, GError **error)
{
    AUTO(source) source = g_new0(struct source, 1);
    const char *arg = options_arg(options, i);
    bool file = arg != NULL && !is_number(arg);
    if (file ? !from_file(source, options, arg, error) : !from_store(source, options, arg, error))
        return NULL;
    return g_steal_pointer(&source);
}

struct source *source_open(const struct options *options, GError **error)
{
    return source_open_at(options, 0, error);
}

struct source *source_open_stored(const struct options *options, GError **error)
{
    AUTO(source) source = g_new0(struct source, 1);
    if (!from_store(source, options, options_text(options, "roster"), error))
        return NULL;
    return g_steal_pointer(&source);
}
