#include "api/gauges.h"

#include "core/store/run.h"

/* A gauge of one label: the store counts, one call of `add` per value of the label. */
static const struct gauge {
    const char *name, *label, *help;
    bool (*count)(struct store *store, store_count_fn add, void *user, GError **error);
} gauges[] = {
    {"wfm_tokens", "role", "Tokens that have not expired, by role.", store_count_tokens},
    {"wfm_runs", "state", "Runs, by state.", store_count_runs},
};

struct writing {
    GString *out;
    const struct gauge *gauge;
};

static void add(const char *value, int64_t n, void *user)
{
    const struct writing *writing = user;
    g_string_append_printf(writing->out, "%s{%s=\"%s\"} %" G_GINT64_FORMAT "\n", writing->gauge->name,
                           writing->gauge->label, value, n);
}

bool gauges_text(struct store *store, GString *out, GError **error)
{
    for (size_t k = 0; k < G_N_ELEMENTS(gauges); k++) {
        struct writing writing = {out, &gauges[k]};
        g_string_append_printf(out, "# HELP %s %s\n# TYPE %s gauge\n", gauges[k].name, gauges[k].help,
                               gauges[k].name);
        if (!gauges[k].count(store, add, &writing, error))
            return false;
    }
    return true;
}
