#include "core/operation_more.h"

#include <string.h>

#include "core/error.h"

bool agent_is_more(const char *id)
{
    return g_str_has_prefix(id, MORE_AGENT_PREFIX);
}

static bool read_wish(const char *wish, char **like, int *n, GError **error)
{
    const char *equals = strrchr(wish, '=');
    gint64 count = 0;
    if (equals == NULL || equals == wish ||
        !g_ascii_string_to_signed(equals + 1, 10, 1, MORE_AGENTS_MAX, &count, NULL))
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "more agents \"%.80s\": want AGENT=N with N from 1 to %d, e.g. blr-001=10", wish,
                        MORE_AGENTS_MAX);
    *like = g_strndup(wish, (gsize)(equals - wish));
    *n = (int)count;
    return true;
}

static bool copy(struct operation *operation, int like, int number, struct agent *out, GError **error)
{
    const struct agent *from = &operation->agents[like];
    g_autofree char *id = g_strdup_printf(MORE_AGENT_PREFIX "%d-%s", number, from->id);
    if (!id_ok(id))
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "more agents like %s: \"%s\" is too long an id; take another agent", from->id, id);
    if (operation_agent(operation, id) >= 0)
        return wfm_fail(error, WFM_ERROR_INPUT, "more agents like %s: %s is there already", from->id, id);
    *out = (struct agent){.id = g_steal_pointer(&id),
                          .name = g_strdup_printf("+%d (%s)", number, from->id),
                          .site = from->site,
                          .contract = from->contract,
                          .skills = g_memdup2(from->skills, (gsize)from->n_skills * sizeof *from->skills),
                          .n_skills = from->n_skills,
                          .available =
                              g_memdup2(from->available, (gsize)from->n_available * sizeof *from->available),
                          .n_available = from->n_available,
                          .employed_from = INT32_MIN,
                          .employed_to = INT32_MAX,
                          .lead = from->lead};
    return true;
}

bool operation_add_more(struct operation *operation, const char *wish, GError **error)
{
    g_autofree char *id = NULL;
    int n = 0;
    if (!read_wish(wish, &id, &n, error))
        return false;
    int like = operation_agent(operation, id);
    if (like < 0)
        return wfm_fail(error, WFM_ERROR_INPUT, "more agents \"%.80s\": there is no agent %s", wish, id);
    operation->agents = g_renew(struct agent, operation->agents, (gsize)(operation->n_agents + n));
    for (int i = 0; i < n; i++) {
        if (!copy(operation, like, i + 1, &operation->agents[operation->n_agents], error))
            return false;
        operation->n_agents++;
    }
    return true;
}
