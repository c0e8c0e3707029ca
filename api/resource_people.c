#include "api/resources.h"
#include "core/error.h"

/* What is asked for by an instant comes with what changed so long before: a change carries the time its
 * transaction began, and is seen when that ends. */
#define SINCE_MARGIN_S 600

static bool since_alone(struct api_call *call, GError **error)
{
    static const struct {
        enum api_param bit;
        const char *name;
    } others[] = {
        {PARAM_FROM, "from"}, {PARAM_TO, "to"}, {PARAM_AFTER, "after"}, {PARAM_CANCELLED, "cancelled"}};
    for (size_t k = 0; k < G_N_ELEMENTS(others); k++) {
        if (!(call->query.given & others[k].bit))
            continue;
        call->query.wrong = g_strdup(others[k].name);
        return wfm_fail(
            error, WFM_ERROR_INPUT,
            "parameter %s: not together with since, which gives every change, of cancelled shifts "
            "and of those that left a range too",
            others[k].name);
    }
    return true;
}

bool shift_changes(struct api_call *call, const char *agent, const char *path, GError **error)
{
    const struct api_query *query = &call->query;
    struct shift_view *views = NULL;
    int n = 0;
    int64_t since_ts = query->since_ts == INT64_MIN ? INT64_MIN : query->since_ts - SINCE_MARGIN_S;
    if (!since_alone(call, error) || !store_shift_changes(call->store, &call->scope, agent, query->since_no,
                                                          since_ts, query->limit + 1, &views, &n, error))
        return false;
    json_t *shifts = json_array();
    int shown = MIN(n, query->limit);
    bool ok = true;
    for (int k = 0; k < shown && ok; k++) {
        json_t *shift = shift_json(call, &views[k], error);
        ok = shift != NULL && json_array_append_new(shifts, shift) == 0;
    }
    g_autofree char *cursor =
        shown > 0 ? g_strdup_printf("%" G_GINT64_FORMAT, views[shown - 1].change_no) : g_strdup(query->since);
    json_t *next = n > shown ? json_sprintf("%s?since=%s&limit=%d", path, cursor, query->limit) : json_null();
    shift_views_free(views, n);
    json_t *page = json_pack("{s:s, s:s, s:s, s:o, s:o}", "agent", agent, "since", query->since, "cursor",
                             cursor, "shifts", shifts, "next", next);
    if (ok)
        return api_reply_json(call, 200, page);
    json_decref(page);
    return false;
}

bool me_shift(struct api_call *call, GError **error)
{
    int64_t id;
    struct shift_view *view = NULL;
    if (!path_number(call, 0, "shift", &id, error) ||
        !store_shift_find(call->store, &call->scope, id, &view, error))
        return false;
    json_t *shift = shift_json(call, view, error);
    shift_views_free(view, 1);
    return shift != NULL && api_reply_json(call, 200, shift);
}
