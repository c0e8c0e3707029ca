/* What forecasts said and what came. */
#include <string.h>

#include "api/engines.h"
#include "api/resources.h"
#include "api/series.h"
#include "core/error.h"

static const char *const by_names[ACCURACY_BY_N] = {"queue", "day", "interval", "snapshot"};

static enum accuracy_by by_of(const struct api_call *call)
{
    const char *text = query_text(&call->query, "by");
    int by = 0;
    while (text != NULL && by < ACCURACY_BY_N - 1 && strcmp(by_names[by], text) != 0)
        by++;
    return (enum accuracy_by)by;
}

static bool reply_accuracy(struct api_call *call, const struct asked *asked, const struct accuracy_span *span,
                           const struct accuracy_row *rows, int n)
{
    static const char *const names[] = {
        "when",   "forecast_id", "known_until", "weeks_before", "forecast",       "with_hand",
        "actual", "bias",        "wape",        "hand_wape",    "naive_wape",     "mase",
        "wql",    "coverage_80", "coverage_95", "intervals",    "forecast_aht_s", "actual_aht_s",
        NULL};
    struct rows_out out;
    rows_begin(&out, rows_csv(call), names, "queue", asked->known.id, NULL, 0);
    for (int i = 0; i < n; i++) {
        const struct accuracy_row *row = &rows[i];
        g_autofree char *known = time_format(row->known_ts, asked->zone);
        rows_text(&out, *row->when != '\0' ? row->when : NULL);
        rows_int(&out, row->id);
        rows_text(&out, known);
        const double values[] = {
            row->weeks_before, row->forecast,  row->with_hand,  row->actual,         row->bias,
            row->wape,         row->hand_wape, row->naive_wape, row->mase,           row->wql,
            row->cov80,        row->cov95,     row->intervals,  row->aht_forecast_s, row->aht_actual_s};
        for (size_t k = 0; k < G_N_ELEMENTS(values); k++)
            rows_real(&out, values[k]);
    }
    json_t *head =
        json_pack("{s:s, s:O, s:O, s:o, s:o, s:s}", "queue", asked->known.id, "client",
                  json_object_get(asked->queue, "client"), "zone", json_object_get(asked->queue, "zone"),
                  "from", api_json_instant(asked->from_ts, asked->zone), "to",
                  api_json_instant(asked->to_ts, asked->zone), "by", by_names[span->by]);
    return rows_reply(call, &out, head, "rows");
}

bool queue_accuracy(struct api_call *call, GError **error)
{
    struct asked asked;
    struct accuracy_row *rows = NULL;
    int n = 0;
    struct accuracy_span span = {.queues = (const char *const[]){call->vars[0], NULL},
                                 .with = query_list(&call->query, "scenario"),
                                 .without = query_list(&call->query, "without"),
                                 .by = by_of(call),
                                 .then = g_strcmp0(query_text(&call->query, "hand"), "now") != 0};
    bool ok = asked_init(call, &asked, error) && range_given(call, error) &&
              pick_parse(call, &asked, &span.pick, error);
    span.from_ts = asked.from_ts;
    span.to_ts = asked.to_ts;
    if (ok && span.by == ACCURACY_SNAPSHOT && (call->query.given & PARAM_PICK))
        ok = query_wrong(call, "by", error, "snapshot shows all of them; leave out which one is meant");
    if (ok && call->engines->accuracy == NULL)
        ok = wfm_fail(error, WFM_ERROR_ABSENT, "this service does not compute accuracy");
    ok = ok && call->engines->accuracy(call->store, &span, &rows, &n, error);
    if (ok) {
        ok = reply_accuracy(call, &asked, &span, rows, n);
        accuracy_rows_free(rows, n);
    }
    asked_clear(&asked);
    return ok;
}
