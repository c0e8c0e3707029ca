#include <math.h>
#include <stdio.h>

#include "api/hand.h"
#include "core/error.h"
#include "wfm/commands.h"
#include "wfm/forecast_task.h"
#include "wfm/output.h"
#include "wfm/pipeline.h"
#include "wfm/settings.h"
#include "wfm/sisters.h"
#include "core/week.h"

#define FEW 0.03           /* a change of the rest worth a planner's hand, if its band agrees */
enum { P10 = 2, P90 = 4 }; /* of forecast_quantile_levels */

static const struct option_row rows[] = {
    {"queue", OPTION_LIST, "ID", NULL, 0, 0, "only this queue"},
    {"at", OPTION_TEXT, "WHEN", NULL, 0, 0,
     "what came before is known, 2026-11-24T13:00 (the queue's clock) or with its offset; else all that is "
     "stored of the queue. An interval that is not over must not count: its contacts look like few"},
    {"by", OPTION_CHOICE, "queue|interval", "queue", 0, 0,
     "a row for each queue, or for each interval to come"},
    {.name = NULL},
};

/* One queue's day, of which the morning is known. */
struct today {
    const struct queue *queue;
    struct zone *zone;
    struct grid day;               /* intervals that start in the local day */
    int32_t known;                 /* of them lie before `at` */
    const double *came;            /* day.n, of which `known` may be read; borrowed */
    struct forecaster *forecaster; /* from the history before the day */
    struct forecast now;
    double so_far, expected;                           /* where it is known what came */
    double rest_before, rest_now, rest_low, rest_high; /* of the intervals to come */
    double planned;                                    /* of them, with the planner's hand; NAN: nothing */
    double day_before, day_now;
    int64_t from_ts, to_ts; /* when the rest comes; the same: nothing is to come */
};

static void today_clear(struct today *today)
{
    zone_free(today->zone);
    forecaster_free(today->forecaster);
    forecast_clear(&today->now);
    *today = (struct today){0};
}

/* First interval of the grid that starts at ts or later. */
static int32_t first_from(const struct grid *grid, int64_t ts)
{
    return grid_index(grid, ts - 1) + 1;
}

/* The day, and how much of it is known. at: NULL: all that is stored. */
static bool find_day(struct today *today, const struct series *history, const char *at, GError **error)
{
    const struct grid *grid = &history->grid;
    int64_t at_ts = grid_end_ts(grid);
    if (at != NULL && !override_when_parse(at, today->zone, false, &at_ts, error)) {
        g_prefix_error(error, "--at: ");
        return false;
    }
    g_autofree char *from = time_format(grid->start_ts, today->zone);
    g_autofree char *to = time_format(grid_end_ts(grid), today->zone);
    if (at_ts < grid->start_ts || at_ts > grid_end_ts(grid))
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "queue %s: --at %s is outside its history, which goes from %s to %s",
                        today->queue->id, at, from, to);
    int32_t day = zone_local_day(today->zone, at_ts);
    int32_t first = first_from(grid, zone_day_start(today->zone, day));
    int32_t end = first_from(grid, zone_day_start(today->zone, day + 1));
    g_autofree char *text = day_format(day);
    if (first <= 0)
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "queue %s: its history starts at %s; what is usual must be known from the days "
                        "before %s",
                        today->queue->id, from, text);
    today->day = (struct grid){grid_ts(grid, first), grid->interval_s, end - first};
    today->known = MAX(0, grid_index(grid, at_ts) - first);
    today->came = history->offered + first;
    return true;
}

/* The forecast of the midnight before, and what the day so far makes of it. */
static bool make_forecasts(struct today *today, const struct operation *operation,
                           const struct series *history, const struct feast_effects *sisters, GError **error)
{
    const struct queue *queue = today->queue;
    struct series before = *history; /* borrowed */
    before.grid.n = first_from(&before.grid, today->day.start_ts);
    int n;
    g_autofree struct forecast_special *specials = forecast_specials(
        operation, (int)(queue - operation->queues), zone_local_day(today->zone, before.grid.start_ts),
        zone_local_day(today->zone, today->day.start_ts), &n);
    struct forecast_input input = {.history = &before,
                                   .zone = today->zone,
                                   .specials = specials,
                                   .n_specials = n,
                                   .open = queue->open,
                                   .n_open = queue->n_open,
                                   .default_aht_s = queue->aht_s,
                                   .horizon = today->day,
                                   .sisters = sisters->effects,
                                   .n_sisters = sisters->n};
    today->forecaster = forecaster_new(&input, error);
    if (today->forecaster != NULL &&
        forecaster_update(today->forecaster, today->came, today->known, &today->now, error))
        return true;
    g_prefix_error(error, "queue %s: ", queue->id);
    return false;
}

static void add_up(struct today *today)
{
    const struct forecast *before = forecaster_forecast(today->forecaster), *now = &today->now;
    today->from_ts = today->to_ts = grid_ts(&today->day, today->known);
    for (int32_t iv = 0; iv < today->day.n; iv++) {
        bool to_come = iv >= today->known, counted = !to_come && !isnan(today->came[iv]);
        today->day_before += before->offered[iv];
        today->day_now += counted ? today->came[iv] : now->offered[iv];
        if (counted) {
            today->so_far += today->came[iv];
            today->expected += before->offered[iv];
        }
        if (!to_come)
            continue;
        today->rest_before += before->offered[iv];
        today->rest_now += now->offered[iv];
        if (now->offered[iv] > 0)
            today->to_ts = grid_ts(&today->day, iv + 1);
    }
    /* The band of the day is that of what is to come, around what has come. */
    double shift = today->rest_now - now->day_offered[0];
    today->rest_low = fmax(0, now->day_quantile[P10 * now->n_days] + shift);
    today->rest_high = fmax(0, now->day_quantile[P90 * now->n_days] + shift);
}

/* Does the stored forecast say something of all of the rest? */
static bool covers(const struct stored_forecast *stored, const struct today *today)
{
    bool whole = stored->grid.start_ts <= today->from_ts && grid_end_ts(&stored->grid) >= today->to_ts;
    for (int32_t iv = 0; whole && iv < stored->grid.n; iv++)
        whole = !isnan(stored->offered[iv]) || grid_ts(&stored->grid, iv) < today->from_ts ||
                grid_ts(&stored->grid, iv) >= today->to_ts;
    return whole;
}

/* What the plan has of the rest: the newest stored forecast with the planner's overrides. */
static bool find_planned(struct today *today, struct store *store, GError **error)
{
    struct stored_forecast stored;
    struct hand hand;
    g_autoptr(GError) cause = NULL;
    today->planned = NAN;
    if (today->to_ts == today->from_ts)
        return true;
    if (!store_forecast_span(store, &scope_planner, today->queue->id, today->from_ts, today->to_ts, NULL,
                             &stored, &cause)) {
        if (g_error_matches(cause, WFM_ERROR, WFM_ERROR_NOT_FOUND))
            return true;
        g_propagate_error(error, g_steal_pointer(&cause));
        return false;
    }
    bool ok = hand_load(&hand, store, today->from_ts, today->to_ts, NULL, error);
    if (ok) {
        ok = hand_apply(&hand, today->queue, &stored, error);
        hand_clear(&hand);
    }
    if (ok && covers(&stored, today))
        today->planned = forecast_contacts(&stored, today->from_ts, today->to_ts);
    stored_forecast_clear(&stored);
    return ok;
}

/* ---- output ---- */

static const struct column queue_columns[] = {
    {"queue", "queue", COLUMN_TEXT, 0},
    {"at", "at", COLUMN_TEXT, 0},
    {"so_far", "so far", COLUMN_REAL, 0},
    {"expected", "expected", COLUMN_REAL, 1},
    {"difference", "differs", COLUMN_SHARE, 1},
    {"rest_before", "rest this morning", COLUMN_REAL, 1},
    {"rest_now", "now", COLUMN_REAL, 1},
    {"rest_p10", "p10", COLUMN_REAL, 1},
    {"rest_p90", "p90", COLUMN_REAL, 1},
    {"rest_planned", "planned", COLUMN_REAL, 1},
    {"day_now", "day in all", COLUMN_REAL, 1},
    {"day_change", "change", COLUMN_SHARE, 1},
    {NULL, NULL, 0, 0},
};

static const struct column interval_columns[] = {
    {"queue", "queue", COLUMN_TEXT, 0},
    {"start", "start", COLUMN_TEXT, 0},
    {"before", "this morning", COLUMN_REAL, 2},
    {"now", "now", COLUMN_REAL, 2},
    {"p10", "p10", COLUMN_REAL, 1},
    {"p90", "p90", COLUMN_REAL, 1},
    {"aht_s", "AHT s", COLUMN_REAL, 0},
    {NULL, NULL, 0, 0},
};

static double change(double now, double before)
{
    return before > 0 ? now / before - 1 : NAN;
}

static void queue_row(struct table *table, const struct today *today)
{
    g_autofree char *at = time_format(today->from_ts, today->zone);
    table_text(table, today->queue->id);
    table_text(table, at);
    table_real(table, today->so_far);
    table_real(table, today->expected);
    table_real(table, change(today->so_far, today->expected));
    table_real(table, today->rest_before);
    table_real(table, today->rest_now);
    table_real(table, today->rest_low);
    table_real(table, today->rest_high);
    table_real(table, today->planned);
    table_real(table, today->day_now);
    table_real(table, change(today->day_now, today->day_before));
}

/* Intervals to come; not those in which nothing may. */
static void interval_rows(struct table *table, const struct today *today)
{
    const struct forecast *before = forecaster_forecast(today->forecaster), *now = &today->now;
    for (int32_t iv = today->known; iv < today->day.n; iv++) {
        if (before->offered[iv] <= 0 && now->offered[iv] <= 0)
            continue;
        g_autofree char *start = time_format(grid_ts(&today->day, iv), today->zone);
        table_text(table, today->queue->id);
        table_text(table, start);
        table_real(table, before->offered[iv]);
        table_real(table, now->offered[iv]);
        table_real(table, now->quantile[P10 * now->grid.n + iv]);
        table_real(table, now->quantile[P90 * now->grid.n + iv]);
        table_real(table, now->aht_s[iv]);
    }
}

/* Is the rest another than was said: by more than a little, and by more than it may vary anyway? */
static bool differs(const struct today *today, double said)
{
    return said > 0 && fabs(today->rest_now / said - 1) > FEW &&
           (said < today->rest_low || said > today->rest_high);
}

/* Local time to the minute, as --from and --to take it. g_free. */
static char *minute_text(int64_t ts, const struct zone *zone)
{
    enum { MINUTE_LENGTH = 16 };
    g_autofree char *text = time_format(ts, zone);
    return g_strndup(text, MINUTE_LENGTH);
}

/* How a rest that changed comes into the plan. Nothing when it is there already. */
static bool add_hint(const struct today *today, GString *hints)
{
    if (!differs(today, today->rest_before) || (!isnan(today->planned) && !differs(today, today->planned)))
        return false;
    g_string_append_printf(
        hints, "\nqueue %s: the rest of the day now %.0f contacts (80 %% band %.0f to %.0f), %+.0f %%",
        today->queue->id, today->rest_now, today->rest_low, today->rest_high,
        100 * change(today->rest_now, today->rest_before));
    if (isnan(today->planned)) {
        g_autofree char *week = week_format(zone_local_day(today->zone, today->from_ts));
        g_string_append_printf(hints, "; nothing is planned there: wfm forecast --week %s first\n", week);
        return false;
    }
    g_autofree char *from = minute_text(today->from_ts, today->zone);
    g_autofree char *to = minute_text(today->to_ts, today->zone);
    g_string_append_printf(hints,
                           "; planned are %.0f. Into the plan with\n  wfm override add --queue %s --from %s "
                           "--to %s --volume %+.1f%% --why \"day so far\"\n",
                           today->planned, today->queue->id, from, to,
                           100 * change(today->rest_now, today->planned));
    return true;
}

/* ---- all queues ---- */

struct asked {
    struct planning *planning; /* of the week of the day */
    const char *const *queues;
    const char *at;
    bool by_interval;
    struct feast_effects *sisters; /* of each queue */
    struct table *table;
    GString *hints;
    int64_t earliest_ts; /* of what has a hint; INT64_MAX: none has */
};

static bool queue_history(const struct queue *queue, const struct series *fine, const struct series *days,
                          GError **error)
{
    if (fine->grid.n > 0)
        return true;
    return wfm_fail(error, WFM_ERROR_NOT_FOUND,
                    days->grid.n > 0
                        ? "queue %s: its history is by day; what came so far must be known by interval"
                        : "queue %s has no history: import some",
                    queue->id);
}

/* Adds what is to be said of one queue. */
static bool add_queue(struct asked *asked, int q, GError **error)
{
    struct store *store = asked->planning->store;
    const struct operation *operation = asked->planning->operation;
    const struct queue *queue = &operation->queues[q];
    struct series fine, days;
    struct today today = {.queue = queue};
    if (!store_history_all(store, queue->id, &fine, &days, error))
        return false;
    bool ok = queue_history(queue, &fine, &days, error) &&
              (today.zone = zone_new(queue->zone, error)) != NULL &&
              find_day(&today, &fine, asked->at, error) &&
              make_forecasts(&today, operation, &fine, &asked->sisters[q], error);
    if (ok) {
        add_up(&today);
        ok = find_planned(&today, store, error);
    }
    if (ok) {
        (asked->by_interval ? interval_rows : queue_row)(asked->table, &today);
        if (add_hint(&today, asked->hints))
            asked->earliest_ts = MIN(asked->earliest_ts, today.from_ts);
    }
    today_clear(&today);
    series_clear(&fine);
    series_clear(&days);
    return ok;
}

/* Queues of which nothing can be said are left out with a note, unless they were asked for. */
static bool add_queues(struct asked *asked, struct progress *progress, GError **error)
{
    const struct operation *operation = asked->planning->operation;
    bool all = asked->queues[0] == NULL;
    int n = 0;
    g_autoptr(GError) first = NULL;
    for (int i = 0; !all && asked->queues[i] != NULL; i++)
        if (operation_queue(operation, asked->queues[i]) < 0)
            return wfm_fail(error, WFM_ERROR_NOT_FOUND, "queue %s: the operation has no such queue",
                            asked->queues[i]);
    for (int q = 0; q < operation->n_queues; q++) {
        g_autoptr(GError) cause = NULL;
        const char *id = operation->queues[q].id;
        if (!all && !g_strv_contains(asked->queues, id))
            continue;
        progress_show(progress, "queue %s", id);
        if (add_queue(asked, q, &cause)) {
            n++;
            continue;
        }
        if (!all || (!g_error_matches(cause, WFM_ERROR, WFM_ERROR_NOT_FOUND) &&
                     !g_error_matches(cause, WFM_ERROR, WFM_ERROR_INPUT))) {
            g_propagate_error(error, g_steal_pointer(&cause));
            return false;
        }
        progress_note(progress, "%s; left out", cause->message);
        first = first != NULL ? first : g_steal_pointer(&cause);
    }
    if (n > 0)
        return true;
    if (first != NULL)
        g_propagate_error(error, g_steal_pointer(&first));
    else
        wfm_fail(error, WFM_ERROR_NOT_FOUND, "the operation has no queues");
    return false;
}

/* Week and effects of feasts as of the day that --at, or the end of all history, lies in. */
static bool open_week(struct asked *asked, GError **error)
{
    struct planning *planning = asked->planning;
    int64_t ts;
    if (!store_history_end(planning->store, &ts, error))
        return false;
    if (ts == INT64_MIN)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "no queue has history: wfm import history first");
    if (asked->at != NULL && !override_when_parse(asked->at, planning->zone, false, &ts, error)) {
        g_prefix_error(error, "--at: ");
        return false;
    }
    int32_t day = zone_local_day(planning->zone, ts);
    planning->first_day = day_week_start(day);
    if (!plan_horizon(planning->operation, planning->first_day, planning->n_weeks, &planning->grid, error))
        return false;
    asked->sisters = sisters_learn(planning, zone_day_start(planning->zone, day), error);
    return asked->sisters != NULL;
}

static void print(const struct asked *asked, enum format format)
{
    table_print(asked->table, format, stdout);
    if (format != FORMAT_TABLE)
        return;
    fputs(asked->hints->str, stdout);
    if (asked->earliest_ts == INT64_MAX)
        return;
    g_autofree char *from = minute_text(asked->earliest_ts, asked->planning->zone);
    printf("\nThen wfm replan --intraday --from %s lists what to move for the rest of the day.\n", from);
}

static bool run(const struct options *options, GError **error)
{
    struct store *store = settings_store(options, error);
    AUTO(planning) planning = store != NULL ? planning_new(store, NULL, 1, error) : NULL;
    if (planning == NULL)
        return false;
    bool by_interval = options_choice(options, "by") == 1;
    AUTO(progress) progress = progress_new(options_flag(options, "quiet"));
    AUTO(table) table = table_new(by_interval ? interval_columns : queue_columns);
    g_autoptr(GString) hints = g_string_new(NULL);
    struct asked asked = {.planning = planning,
                          .queues = options_list(options, "queue"),
                          .at = options_text(options, "at"),
                          .by_interval = by_interval,
                          .table = table,
                          .hints = hints,
                          .earliest_ts = INT64_MAX};
    bool ok = open_week(&asked, error) && add_queues(&asked, progress, error);
    sisters_free(asked.sisters, planning->operation->n_queues);
    if (ok)
        print(&asked, (enum format)options_choice(options, "format"));
    return ok;
}

const struct command command_intraday = {
    .name = "intraday",
    .args = "",
    .summary = "the rest of the day from the day so far, per queue",
    .details =
        "Import the history of the morning first. What came is set against the forecast of the midnight "
        "before; the rest of the day\n"
        "follows it as far as the past of the queue says that days do so, with its 80 % band (p10 to p90). "
        "Planned is what the newest stored\n"
        "forecast has of the rest, with the planner's overrides. Nothing is stored: below the table stands, "
        "for queues whose rest changes\n"
        "by more than it varies anyway, the override that brings it into the plan.",
    .rows = rows,
    .groups = OPTIONS_STORE | OPTIONS_FORMAT | OPTIONS_QUIET,
    .run = run,
};
