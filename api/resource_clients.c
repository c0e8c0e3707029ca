#include <math.h>
#include <string.h>

#include "api/auth.h"
#include "api/live.h"
#include "api/resources.h"
#include "api/series.h"
#include "core/error.h"

json_t *named_row_json(const struct named_row *row)
{
    json_t *json = json_pack("{s:s, s:o}", "id", row->id, "name", api_json_text(row->name));
    if (row->client != NULL)
        json_object_set_new(json, "client", json_string(row->client));
    if (row->channel != NULL)
        json_object_set_new(json, "channel", json_string(row->channel));
    if (row->zone != NULL)
        json_object_set_new(json, "zone", json_string(row->zone));
    json_t *detail = row->detail_json != NULL ? json_loads(row->detail_json, 0, NULL) : NULL;
    if (json_is_object(detail))
        json_object_update_missing(json, detail);
    json_decref(detail);
    return json;
}

bool client_known(struct api_call *call, const char *client, char **name, GError **error)
{
    struct named_row *rows = NULL;
    int n = 0;
    if (!auth_client(call, client, error) || !store_list_clients(call->store, &call->scope, &rows, &n, error))
        return false;
    bool found = false;
    for (int k = 0; k < n && !found; k++) {
        found = strcmp(rows[k].id, client) == 0;
        if (found && name != NULL)
            *name = g_strdup(rows[k].name);
    }
    named_rows_free(rows, n);
    return found || wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no client \"%s\"", client);
}

bool coverage_load(struct api_call *call, int64_t roster, const char *queue, int64_t from_ts, int64_t to_ts,
                   struct coverage_view *view, GError **error)
{
    g_autoptr(GError) inner = NULL;
    *view = (struct coverage_view){0};
    if (store_coverage(call->store, &call->scope, roster, queue, from_ts, to_ts, view, &inner))
        return true;
    if (g_error_matches(inner, WFM_ERROR, WFM_ERROR_NOT_FOUND))
        return true;
    g_propagate_error(error, g_steal_pointer(&inner));
    return false;
}

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : NAN;
}

static bool reply_coverage(struct api_call *call, const struct asked *asked, const struct coverage_view *view,
                           const struct coverage_view *now)
{
    static const char *const names[] = {"start",       "required",    "staffed",         "offered",
                                        "expected_sl", "staffed_now", "expected_sl_now", NULL};
    struct rows_out rows;
    rows_begin(&rows, rows_csv(call), names, "queue", asked->known.id, NULL, 0);
    for (int32_t iv = 0; iv < view->grid.n; iv++) {
        rows_instant(&rows, grid_ts(&view->grid, iv), asked->zone);
        rows_real(&rows, view->required[iv]);
        rows_real(&rows, view->staffed[iv]);
        rows_real(&rows, view->offered[iv]);
        rows_real(&rows, ratio(view->in_time[iv], view->counted[iv]));
        rows_real(&rows, now->staffed[iv]);
        rows_real(&rows, ratio(now->in_time[iv], now->counted[iv]));
    }
    return rows_reply(call, &rows, series_head(asked, &view->grid), "intervals");
}

bool queue_coverage(struct api_call *call, GError **error)
{
    struct asked asked;
    struct coverage_view view = {0}, now = {0};
    bool ok = asked_init(call, &asked, error) &&
              coverage_load(call, 0, call->vars[0], asked.from_ts, asked.to_ts, &view, error) &&
              live_coverage(call, 0, call->vars[0], &view, &now, error) &&
              reply_coverage(call, &asked, &view, &now);
    coverage_view_clear(&view);
    coverage_view_clear(&now);
    asked_clear(&asked);
    return ok;
}
