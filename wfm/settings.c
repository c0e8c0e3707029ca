#include "wfm/settings.h"

#include <unistd.h>

#include "core/error.h"

static const char *environment(const char *name)
{
    const char *value = g_getenv(name);
    return value != NULL && *value != '\0' ? value : NULL;
}

char *settings_data_dir(const struct options *options)
{
    const char *dir = options_text(options, "data");
    if (dir == NULL)
        dir = environment("WFM_DATA");
    if (dir != NULL)
        return g_canonicalize_filename(dir, NULL);
    if (geteuid() == 0)
        return g_strdup("/var/lib/wfm");
    return g_build_filename(g_get_user_data_dir(), "wfm", NULL);
}

char *settings_conninfo(const struct options *options, bool *is_private, GError **error)
{
    const char *url = options_text(options, "database");
    if (url != NULL && options_given(options, "data")) {
        /* the URL may hold a password, so it is not repeated */
        wfm_fail(error, WFM_ERROR_USAGE, "--database and --data %s: give one of them",
                 options_text(options, "data"));
        return NULL;
    }
    if (url == NULL && !options_given(options, "data"))
        url = environment("WFM_DATABASE");
    if (is_private != NULL)
        *is_private = url == NULL;
    if (url != NULL)
        return g_strdup(url);
    g_autofree char *dir = settings_data_dir(options);
    char *conninfo = cluster_ensure(dir, error);
    if (conninfo == NULL)
        g_prefix_error(error, "private database in %s: ", dir);
    return conninfo;
}

struct store *settings_store_open(const char *conninfo, bool is_private, GError **error)
{
    AUTO(store) store = store_open(conninfo, error);
    if (store == NULL)
        return NULL;
    struct schema_status status;
    int applied;
    if (is_private) {
        if (!store_schema_status(store, &status, error))
            return NULL;
        if (status.applied == 0 && !store_migrate(store, &applied, error))
            return NULL;
    }
    return store_schema_require(store, error) ? g_steal_pointer(&store) : NULL;
}

struct store *settings_store(const struct options *options, GError **error)
{
    bool is_private;
    g_autofree char *conninfo = settings_conninfo(options, &is_private, error);
    return conninfo != NULL ? settings_store_open(conninfo, is_private, error) : NULL;
}

static char *acts_for;

void settings_act_for(const char *actor)
{
    g_free(acts_for);
    acts_for = g_strdup(actor);
}

const char *settings_actor(void)
{
    return acts_for != NULL ? acts_for : g_get_user_name();
}
