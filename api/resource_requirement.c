/* Agents needed per interval: as the published roster was made with, and as the newest forecast asks for. */
#include <math.h>

#include "api/engines.h"
#include "api/resources.h"
#include "api/series.h"
#include "core/error.h"

/* What the published rosters have as required at an instant; NAN: none does. */
static double planned_at(const struct coverage_view *coverage, int64_t ts)
{
    if (coverage->grid.n == 0 || !grid_aligned(&coverage->grid, ts))
        return NAN;
    int32_t at = grid_index(&coverage->grid, ts);
    return at >= 0 && at < coverage->grid.n ? coverage->required[at] : NAN;
}

static double whole(double agents)
{
    return isnan(agents) ? NAN : fmax(ceil(agents - 1e-9), 0);
}

static bool reply_requirement(struct api_call *call, const struct asked *asked,
                              const struct requirement_view *view, const struct coverage_view *coverage)
{
    static const char *const names[] = {"start",    "source",      "required",  "required_whole",
                                        "at_work",  "computed",    "offered",   "aht_s",
                                        "load_erl", "expected_sl", "occupancy", NULL};
    /* how much shrinkage there is, is not the client's business */
    bool planner = call->scope.role == ROLE_PLANNER;
    double present = planner ? (1 - view->in_office) * (1 - view->out_of_office) : NAN;
    struct rows_out rows;
    rows_begin(&rows, rows_csv(call), names, "queue", asked->known.id, NULL, 0);
    for (int32_t iv = 0; iv < view->grid.n; iv++) {
        int64_t ts = grid_ts(&view->grid, iv);
        double planned = planned_at(coverage, ts);
        double required = isnan(planned) ? view->required[iv] : planned;
        if (ts < asked->from_ts || ts >= asked->to_ts || isnan(required))
            continue;
        rows_instant(&rows, ts, asked->zone);
        rows_text(&rows, isnan(planned) ? "forecast" : "roster");
        rows_real(&rows, required);
        rows_real(&rows, whole(required));
        rows_real(&rows, required * present);
        rows_real(&rows, view->required[iv]);
        rows_real(&rows, view->offered[iv]);
        rows_real(&rows, view->aht_s[iv]);
        rows_real(&rows, view->offered[iv] * view->aht_s[iv] / view->grid.interval_s);
        rows_real(&rows, view->sl[iv]);
        rows_real(&rows, view->occupancy[iv]);
    }
    json_t *head = series_head(asked, &view->grid);
    if (planner)
        json_object_set_new(
            head, "shrinkage",
            json_pack("{s:f, s:f}", "in_office", view->in_office, "out_of_office", view->out_of_office));
    return rows_reply(call, &rows, head, "intervals");
}

bool queue_requirement(struct api_call *call, GError **error)
{
    struct asked asked;
    struct coverage_view coverage = {0};
    struct requirement_view view = {0};
    bool ok = asked_init(call, &asked, error) && range_given(call, error) && scenarios_allowed(call, error);
    if (ok && call->engines->requirement == NULL)
        ok = wfm_fail(error, WFM_ERROR_ABSENT, "this service does not compute requirements");
    struct requirement_span span = {.queue = call->vars[0],
                                    .from_ts = asked.from_ts,
                                    .to_ts = asked.to_ts,
                                    .with = query_list(&call->query, "scenario"),
                                    .without = query_list(&call->query, "without")};
    ok = ok && coverage_load(call, 0, call->vars[0], asked.from_ts, asked.to_ts, &coverage, error) &&
         call->engines->requirement(call->store, &span, &view, error) &&
         reply_requirement(call, &asked, &view, &coverage);
    coverage_view_clear(&coverage);
    requirement_view_clear(&view);
    asked_clear(&asked);
    return ok;
}
