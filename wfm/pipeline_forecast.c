#include "wfm/pipeline.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "config.h"
#include "core/error.h"
#include "core/special_days.h"
#include "forecast/day_profile.h"
#include "forecast/forecast.h"
#include "wfm/settings.h"
#include "wfm/sisters.h"
#include "wfm/totals.h"
#include "wfm/week.h"

#define AHEAD_MAX_DAYS 371 /* 53 weeks */
#define PATIENCE_ERRORS                                                                                      \
    3 /* a patience set in the operation is doubted when the history's is so many standard */
#define PATIENCE_OFF 0.2   /* errors, and this part of it, away */
#define AHEAD_PER_THREAD 3 /* queues read before their turn */
#define BY_DAY_LONGER_DAYS                                                                                   \
    56 /* history by day is used once it reaches so much further back than the intervals */

#define SPECIALS_SPARE_DAYS 60 /* their neighbours are special too */

/* One queue's work, done by a thread of the pool; inputs are only read. */
struct task {
    const struct planning *planning;
    int queue;
    struct zone *zone;
    struct forecast_special *specials;
    int n_specials;
    struct series history; /* borrowed arrays, cut where the week starts */
    struct forecast_input input;
    struct forecast forecast;
    bool done;
    GError *error;
    struct series by_day;         /* owned; n > 0: days are forecast, and spread over the week's intervals */
    struct day_profile profile;   /* by which */
    const char *profile_from;     /* in words, static */
    struct feast_effects sisters; /* what queues of its client saw */
    int totals;                   /* it was made to agree with; 0: none */
    double before;                /* contacts before that */
    char *own_hash;               /* once it ran */
    GAsyncQueue *finished;        /* where it goes then */
    int64_t known_ts;             /* history from here on is not used */
    const struct hand *hand;
    double with_hand, last; /* struct forecast_line */
};

static void task_clear(struct task *task)
{
    zone_free(task->zone);
    g_free(task->specials);
    series_clear(&task->by_day);
    day_profile_clear(&task->profile);
    feast_effects_clear(&task->sisters);
    if (task->done)
        forecast_clear(&task->forecast);
    g_free(task->own_hash);
    g_clear_error(&task->error);
}

/* Special days of the queue from the start of its history to a while after the week. */
static void collect_specials(const struct planning *planning, struct task *task)
{
    const struct grid *fine = &planning->history[task->queue].grid, *days = &planning->days[task->queue].grid;
    int32_t first = INT32_MAX, last = zone_local_day(task->zone, grid_end_ts(&planning->grid));
    if (fine->n > 0)
        first = zone_local_day(task->zone, fine->start_ts);
    if (days->n > 0)
        first = MIN(first, grid_day(days, 0));
    int n;
    g_autofree struct queue_day *found = queue_special_days(
        planning->operation, task->queue, first - SPECIALS_SPARE_DAYS, last + SPECIALS_SPARE_DAYS, &n);
    task->specials = g_new0(struct forecast_special, (gsize)(n + 1));
    task->n_specials = n;
    for (int i = 0; i < n; i++)
        task->specials[i] = (struct forecast_special){.day = found[i].day,
                                                      .kind = found[i].kind,
                                                      .name = found[i].name,
                                                      .has_uplift = found[i].has_uplift,
                                                      .uplift = found[i].uplift,
                                                      .open_from_min = found[i].open_from_min,
                                                      .open_to_min = found[i].open_to_min};
}

/* The week on the history's own grid: whole intervals that cover it; the history known before it. */
static void cut_history(const struct grid *week, const struct series *stored, struct task *task)
{
    const struct grid *grid = &stored->grid;
    int32_t first = grid_index(grid, week->start_ts), last = grid_index(grid, grid_end_ts(week) - 1);
    task->history = *stored;
    task->history.grid.n = CLAMP(grid_index(grid, task->known_ts), 0, grid->n);
    task->input.horizon = (struct grid){grid_ts(grid, first), grid->interval_s, last - first + 1};
}

/* Is the queue forecast by day? Without intervals, or with days that tell of much more of the past. */
static bool forecast_by_day(const struct planning *planning, int queue, const struct zone *zone)
{
    const struct grid *fine = &planning->history[queue].grid, *days = &planning->days[queue].grid;
    return days->n > 0 &&
           (fine->n == 0 || zone_local_day(zone, fine->start_ts) - grid_day(days, 0) >= BY_DAY_LONGER_DAYS);
}

/* How days spread in another queue, from its intervals before known_ts. `learnt` is false when they do not
 * tell. */
static bool learn_like(const struct planning *planning, int like, int64_t known_ts,
                       struct day_profile *profile, bool *learnt, GError **error)
{
    const struct queue *q = &planning->operation->queues[like];
    struct series fine, days;
    AUTO(zone) zone = zone_new(q->zone, error);
    if (zone == NULL || !store_history_all(planning->store, q->id, &fine, &days, error))
        return false;
    if (fine.grid.n > 0)
        fine.grid.n = CLAMP(grid_index(&fine.grid, known_ts), 0, fine.grid.n);
    *learnt = day_profile_learn(profile, &fine, zone, NULL, 0, NULL, 0);
    series_clear(&fine);
    series_clear(&days);
    return true;
}

/* How the days spread: by the queue's own intervals (fine), those of the queue it names, the weights it
   gives, or evenly. */
static bool find_profile(const struct planning *planning, int queue, const struct series *fine,
                         struct task *task, GError **error)
{
    const struct queue *q = &planning->operation->queues[queue];
    int like = q->profile_queue != NULL ? operation_queue(planning->operation, q->profile_queue) : -1;
    task->profile_from = "its own intervals";
    if (day_profile_learn(&task->profile, fine, task->zone, task->specials, task->n_specials,
                          task->input.open, task->input.n_open))
        return true;
    task->profile_from = "the intervals of its profile_queue";
    bool learnt = false;
    if (like >= 0 && !learn_like(planning, like, task->known_ts, &task->profile, &learnt, error))
        return false;
    if (learnt)
        return true;
    task->profile_from = q->n_day_profile > 0 ? "its day_profile" : "nothing: even over the opening hours";
    day_profile_given(&task->profile, q->day_profile, q->n_day_profile);
    return true;
}

/* The days of the week on the grid of days; the days before it; how they spread. */
static bool cut_days(const struct planning *planning, int queue, struct task *task, GError **error)
{
    const struct series *stored = &planning->history[queue];
    const struct grid *week = &planning->grid;
    int32_t first = zone_local_day(task->zone, week->start_ts),
            last = zone_local_day(task->zone, grid_end_ts(week) - 1);
    struct series fine = *stored; /* borrowed, what is known before the week */
    fine.grid.n = fine.grid.n > 0 ? CLAMP(grid_index(&fine.grid, task->known_ts), 0, fine.grid.n) : 0;
    series_by_day(&planning->days[queue], &fine, task->zone, &task->by_day);
    task->history = task->by_day;
    task->history.grid.n = CLAMP(zone_local_day(task->zone, task->known_ts) - grid_day(&task->by_day.grid, 0),
                                 0, task->by_day.grid.n);
    task->input.horizon = (struct grid){grid_day_ts(first), GRID_DAY_S, last - first + 1};
    return find_profile(planning, queue, &fine, task, error);
}

static bool task_init(struct task *task, const struct planning *planning, int queue, int64_t known_ts,
                      const struct hand *hand, GError **error)
{
    const struct queue *q = &planning->operation->queues[queue];
    task->planning = planning;
    task->queue = queue;
    task->known_ts = known_ts;
    task->hand = hand;
    task->last = NAN;
    task->zone = zone_new(q->zone, error);
    if (task->zone == NULL)
        return false;
    collect_specials(planning, task);
    task->input = (struct forecast_input){.history = &task->history,
                                          .zone = task->zone,
                                          .specials = task->specials,
                                          .n_specials = task->n_specials,
                                          .open = q->open,
                                          .n_open = q->n_open,
                                          .default_aht_s = q->aht_s};
    if (forecast_by_day(planning, queue, task->zone))
        return cut_days(planning, queue, task, error);
    cut_history(&planning->grid, &planning->history[queue], task);
    return true;
}

static void hash_doubles(GChecksum *sum, const double *values, int32_t n)
{
    g_checksum_update(sum, (const guchar *)values, (gssize)((size_t)n * sizeof *values));
}

/* SHA-256 over everything the queue's own forecast depends on. g_free. */
static char *own_hash(const struct task *task)
{
    const struct queue *queue = &task->planning->operation->queues[task->queue];
    const struct series *history = &task->history;
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autoptr(GString) text = g_string_new(queue->id);
    g_string_append_printf(text, "|%s|%.17g|%" G_GINT64_FORMAT "|%d|%d|%" G_GINT64_FORMAT "|%d", queue->zone,
                           queue->aht_s, history->grid.start_ts, history->grid.interval_s, history->grid.n,
                           task->input.horizon.start_ts, task->input.horizon.n);
    for (int i = 0; i < queue->n_open; i++)
        g_string_append_printf(text, "|%d:%d-%d", queue->open[i].weekdays, queue->open[i].from_min,
                               queue->open[i].to_min);
    for (int i = 0; i < task->n_specials; i++)
        g_string_append_printf(text, "|%d:%d:%s:%d:%.17g:%d-%d", task->specials[i].day,
                               (int)task->specials[i].kind, task->specials[i].name,
                               task->specials[i].has_uplift, task->specials[i].uplift,
                               task->specials[i].open_from_min, task->specials[i].open_to_min);
    for (int i = 0; i < task->input.n_sisters; i++)
        g_string_append_printf(text, "|%s:%.17g:%d", task->input.sisters[i].name,
                               task->input.sisters[i].effect, task->input.sisters[i].days);
    g_checksum_update(sum, (const guchar *)text->str, (gssize)text->len);
    hash_doubles(sum, history->offered, history->grid.n);
    hash_doubles(sum, history->answered, history->grid.n);
    hash_doubles(sum, history->handle_s, history->grid.n);
    hash_doubles(sum, history->abandoned, history->grid.n);
    hash_doubles(sum, history->wait_s, history->grid.n);
    hash_doubles(sum, task->profile.share, WEEK_DAYS * task->profile.n_slots);
    return g_strdup(g_checksum_get_string(sum));
}

static void make_forecast(struct task *task)
{
    task->done = forecast_run(&task->input, &task->forecast, &task->error);
    if (!task->done || task->by_day.grid.n == 0)
        return;
    struct forecast days = task->forecast;
    forecast_spread(&days, &task->profile, task->zone, task->input.open, task->input.n_open, task->specials,
                    task->n_specials, &task->planning->grid, &task->forecast);
    task->forecast.explanation = g_steal_pointer(&days.explanation);
    forecast_clear(&days);
}

static void run_task(gpointer data, gpointer user)
{
    struct task *task = data;
    (void)user;
    make_forecast(task);
    task->own_hash = own_hash(task);
    g_async_queue_push(task->finished, task);
}

/* The planner's overrides that change it, in their order. */
static void hash_hand(const struct task *task, const char *queue, GString *text)
{
    const struct grid *week = &task->planning->grid;
    for (int i = 0; i < task->hand->n; i++) {
        const struct override *o = &task->hand->overrides[i];
        if (strcmp(o->queue, queue) == 0 && o->from_ts < grid_end_ts(week) && o->to_ts > week->start_ts)
            g_string_append_printf(text, "|%s:%s:%s:%.17g:%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT ":%s",
                                   override_measure_name(o->measure), override_kind_name(o->kind),
                                   override_per_name(o->per), o->value, o->from_ts, o->to_ts, o->hours);
    }
}

/* The same with what it is planned with: totals it was made to agree with, which depend on all queues, and
 * the planner's hand. */
static char *inputs_hash(const struct task *task, const char *own, const char *all)
{
    g_autoptr(GString) text = g_string_new(own);
    if (task->totals > 0)
        g_string_append(text, all);
    hash_hand(task, task->planning->operation->queues[task->queue].id, text);
    return strcmp(text->str, own) == 0 ? g_strdup(own)
                                       : g_compute_checksum_for_string(G_CHECKSUM_SHA256, text->str, -1);
}

static void set_real(json_t *object, const char *key, double value)
{
    json_object_set_new(object, key, isfinite(value) ? json_real(value) : json_null());
}

/* What is known of giving up; nothing where the history does not say. */
static void set_patience(json_t *root, const struct patience *patience)
{
    if (isnan(patience->share))
        return;
    json_t *object = json_object(), *hours = json_array();
    for (int h = 0; h < PATIENCE_HOURS; h++)
        json_array_append_new(hours, json_real(patience->share_by_hour[h]));
    set_real(object, "mean_s", patience->mean_s);
    set_real(object, "error_s", patience->error_s);
    set_real(object, "abandoned", patience->abandoned);
    set_real(object, "share", patience->share);
    json_object_set_new(object, "share_by_hour", hours);
    json_object_set_new(root, "patience", object);
}

static double contacts_of(const struct forecast *forecast)
{
    double sum = 0;
    for (int32_t iv = 0; iv < forecast->grid.n; iv++)
        sum += forecast->offered[iv];
    return sum;
}

/* What was noticed in the history. */
static json_t *findings_json(const struct forecast *forecast)
{
    json_t *list = json_array();
    for (int i = 0; i < forecast->n_findings; i++) {
        g_autofree char *day = day_format(forecast->findings[i].day);
        json_t *finding =
            json_pack("{s:s, s:s}", "day", day, "kind", finding_kind_name(forecast->findings[i].kind));
        set_real(finding, "size", forecast->findings[i].size);
        json_array_append_new(list, finding);
    }
    return list;
}

static json_t *reals_json(const double *values, int n)
{
    json_t *list = json_array();
    for (int i = 0; i < n; i++)
        json_array_append_new(list, isfinite(values[i]) ? json_real(values[i]) : json_null());
    return list;
}

/* Sums and their bands, by level as in the store; none of these follows from the intervals' bands. */
static void set_sums(json_t *root, const char *key, int n, const double *offered, const double *quantile)
{
    json_t *quantiles = json_array();
    for (int l = 0; quantile != NULL && l < FORECAST_QUANTILES; l++)
        json_array_append_new(quantiles, reals_json(quantile + (ptrdiff_t)l * n, n));
    if (offered != NULL)
        json_object_set_new(
            root, key, json_pack("{s:o, s:o}", "offered", reals_json(offered, n), "quantiles", quantiles));
    else
        json_decref(quantiles);
}

static char *report_json(const struct task *task, const char *own)
{
    const struct forecast *forecast = &task->forecast;
    const struct forecast_backtest *test = &forecast->backtest;
    json_t *root = json_object(), *models = json_array(), *backtest = json_object();
    for (int m = 0; m < forecast->n_models; m++) {
        json_t *model = json_object();
        json_object_set_new(model, "name", json_string(forecast->models[m].name));
        set_real(model, "weight", forecast->models[m].weight);
        json_object_set_new(model, "weights", reals_json(forecast->models[m].weights, FORECAST_BANDS));
        set_real(model, "wape", forecast->models[m].wape);
        json_array_append_new(models, model);
    }
    json_object_set_new(backtest, "origins", json_integer(test->origins));
    set_real(backtest, "wape", test->wape);
    set_real(backtest, "day_wape", test->day_wape);
    set_real(backtest, "naive_wape", test->naive_wape);
    set_real(backtest, "bias", test->bias);
    set_real(backtest, "cov80", test->cov80);
    set_real(backtest, "cov95", test->cov95);
    set_real(backtest, "day_cov80", test->day_cov80);
    set_real(backtest, "day_cov95", test->day_cov95);
    set_real(backtest, "aht_wape", test->aht_wape);
    set_real(backtest, "aht_mean_wape", test->aht_mean_wape);
    json_object_set_new(root, "models", models);
    json_object_set_new(root, "backtest", backtest);
    set_real(root, "busyness_cv2", forecast->busyness_cv2);
    set_patience(root, &forecast->patience);
    json_object_set_new(root, "days_cleaned", json_integer(forecast->days_cleaned));
    json_object_set_new(root, "slots_missing", json_integer(forecast->slots_missing));
    json_object_set_new(root, "findings", findings_json(forecast));
    if (task->by_day.grid.n > 0)
        json_object_set_new(root, "by_day",
                            json_pack("{s:s, s:i, s:i}", "profile", task->profile_from, "profile_days",
                                      task->profile.days, "profile_slots", task->profile.n_slots));
    if (task->totals > 0)
        json_object_set_new(root, "reconciled",
                            json_pack("{s:i, s:f, s:f, s:s}", "totals", task->totals, "before", task->before,
                                      "after", contacts_of(forecast), "own_hash", own));
    set_sums(root, "days", forecast->n_days, forecast->day_offered, forecast->day_quantile);
    set_sums(root, "weeks", forecast->n_weeks, forecast->week_offered, forecast->week_quantile);
    json_object_set_new(root, "wfm", json_string(PACKAGE_VERSION));
    char *text = json_dumps(root, JSON_COMPACT);
    char *copy = g_strdup(text);
    free(text);
    json_decref(root);
    return copy;
}

/* End of the history it was made from. */
static int64_t history_end(const struct task *task)
{
    const struct grid *grid = &task->history.grid;
    if (task->by_day.grid.n > 0)
        return zone_day_start(task->zone, grid_day(grid, grid->n));
    return grid_end_ts(grid);
}

/* Copies what the store keeps of a forecast. */
static void to_stored(const struct task *task, const char *own, const char *all, struct stored_forecast *out)
{
    const struct forecast *forecast = &task->forecast;
    size_t n = (size_t)forecast->grid.n;
    *out = (struct stored_forecast){.queue = g_strdup(task->planning->operation->queues[task->queue].id),
                                    .grid = forecast->grid,
                                    .history_end_ts = history_end(task),
                                    .n_levels = FORECAST_QUANTILES};
    out->offered = g_memdup2(forecast->offered, n * sizeof(double));
    out->aht_s = g_memdup2(forecast->aht_s, n * sizeof(double));
    out->levels = g_memdup2(forecast_quantile_levels, sizeof forecast_quantile_levels);
    out->quantile = g_memdup2(forecast->quantile, FORECAST_QUANTILES * n * sizeof(double));
    out->report_json = report_json(task, own);
    out->inputs_hash = inputs_hash(task, own, all);
}

static void all_to_stored(const struct task *tasks, int n, struct stored_forecast *stored)
{
    g_autoptr(GChecksum) all = g_checksum_new(G_CHECKSUM_SHA256);
    for (int i = 0; i < n; i++)
        g_checksum_update(all, (const guchar *)tasks[i].own_hash, -1);
    for (int i = 0; i < n; i++)
        to_stored(&tasks[i], tasks[i].own_hash, g_checksum_get_string(all), &stored[i]);
}

static void to_line(const struct task *task, int64_t id, struct forecast_line *out)
{
    const struct forecast *forecast = &task->forecast;
    const struct grid *history = &task->history.grid;
    double work = 0;
    *out = (struct forecast_line){.queue = task->queue,
                                  .id = id,
                                  .weeks =
                                      (double)history->n * history->interval_s / (WEEK_DAYS * (double)DAY_S),
                                  .origins = forecast->backtest.origins,
                                  .wape = forecast->backtest.wape,
                                  .naive_wape = forecast->backtest.naive_wape,
                                  .bias = forecast->backtest.bias,
                                  .cov80 = forecast->backtest.cov80,
                                  .before = round(10 * task->before) / 10,
                                  .with_hand = round(10 * task->with_hand) / 10,
                                  .last = round(10 * task->last) / 10,
                                  .patience_s = forecast->patience.mean_s,
                                  .patience_error_s = forecast->patience.error_s};
    for (int32_t iv = 0; iv < forecast->grid.n; iv++) {
        out->contacts += forecast->offered[iv];
        out->peak = fmax(out->peak, forecast->offered[iv]);
        work += forecast->offered[iv] * forecast->aht_s[iv];
    }
    out->aht_s = out->contacts > 0 ? work / out->contacts : NAN;
    /* A tenth of a contact is as fine as anybody reads; sums of tenths agree with what is printed. */
    out->contacts = round(10 * out->contacts) / 10;
}

static bool wanted(const struct forecast_ask *ask, const char *id)
{
    return ask->queues == NULL || ask->queues[0] == NULL || g_strv_contains(ask->queues, id);
}

/* What the forecast before said of these weeks, and what the planner's hand makes of this one. */
static bool compare(struct task *task, const struct stored_forecast *made, GString *cuts, GError **error)
{
    const struct planning *planning = task->planning;
    const struct queue *queue = &planning->operation->queues[task->queue];
    int64_t from_ts = made->grid.start_ts, to_ts = grid_end_ts(&made->grid);
    struct stored_forecast copy = *made;
    g_autoptr(GError) cause = NULL;
    copy.offered = g_memdup2(made->offered, (gsize)made->grid.n * sizeof(double));
    copy.aht_s = g_memdup2(made->aht_s, (gsize)made->grid.n * sizeof(double));
    copy.n_levels = 0;
    bool ok = hand_apply_told(task->hand, queue, &copy, cuts, error);
    task->with_hand = forecast_contacts(&copy, from_ts, to_ts);
    g_free(copy.offered);
    g_free(copy.aht_s);
    if (!ok || !pipeline_stored(planning, queue->id, &copy, &cause)) {
        if (!ok || g_error_matches(cause, WFM_ERROR, WFM_ERROR_NOT_FOUND))
            return ok;
        g_propagate_error(error, g_steal_pointer(&cause));
        return false;
    }
    task->last = forecast_contacts(&copy, from_ts, to_ts);
    stored_forecast_clear(&copy);
    return true;
}

/* A year ahead at most: beyond it the week is a slip of the pen, or the history was not brought up to date.
 */
static bool near_enough(const struct planning *planning, int queue, int64_t known_ts, GError **error)
{
    int64_t end_ts;
    if (!planning_history_end(planning, queue, &end_ts, error))
        return false;
    end_ts = MIN(end_ts, known_ts);
    if (planning->grid.start_ts - end_ts <= AHEAD_MAX_DAYS * (int64_t)DAY_S)
        return true;
    g_autofree char *week = week_format(planning->first_day);
    g_autofree char *end = time_format(end_ts, planning->zone);
    return wfm_fail(
        error, WFM_ERROR_INPUT,
        "week %s: the history of queue %s ends at %s, more than %d days before; import newer history "
        "or choose an earlier week",
        week, planning->operation->queues[queue].id, end, AHEAD_MAX_DAYS);
}

/* Anything before the week? A day is over for certain once UTC is a day further. */
static bool has_history(const struct planning *planning, int queue, int64_t known_ts)
{
    const struct grid *fine = &planning->history[queue].grid, *days = &planning->days[queue].grid;
    return (fine->n > 0 && fine->start_ts < known_ts) ||
           (days->n > 0 && days->start_ts + 2 * DAY_S <= known_ts);
}

/* From when on history is not used: the week, or an earlier day that was asked for. */
static bool find_known(const struct planning *planning, const char *as_of, int64_t *known_ts, GError **error)
{
    int32_t day;
    *known_ts = planning->grid.start_ts;
    if (as_of == NULL)
        return true;
    if (!day_parse(as_of, &day, error)) {
        g_prefix_error(error, "--as-of: ");
        return false;
    }
    *known_ts = MIN(*known_ts, zone_day_start(planning->zone, day));
    return true;
}

static bool known_queues(const struct operation *operation, const struct forecast_ask *ask, GError **error)
{
    for (int i = 0; ask->queues != NULL && ask->queues[i] != NULL; i++)
        if (operation_queue(operation, ask->queues[i]) < 0)
            return wfm_fail(error, WFM_ERROR_NOT_FOUND, "queue %s: the operation has no such queue",
                            ask->queues[i]);
    return true;
}

/* Reads a queue's history and fills a task when there is some before the week. */
static bool make_task(struct planning *planning, const struct forecast_ask *ask, int queue, int64_t known_ts,
                      const struct hand *hand, struct task *task, bool *made, GError **error)
{
    *made = false;
    if (!planning_history(planning, queue, error))
        return false;
    if (has_history(planning, queue, known_ts)) {
        *made = true;
        bool ok = near_enough(planning, queue, known_ts, error) &&
                  task_init(task, planning, queue, known_ts, hand, error);
        task->input.explain = ask->explain;
        return ok;
    }
    return ask->skip_missing ||
           wfm_fail(error, WFM_ERROR_NOT_FOUND,
                    "queue %s has no history before the week: import some, choose others with "
                    "--queue, or leave it out "
                    "with --skip-missing",
                    planning->operation->queues[queue].id);
}

static void forget_columns(struct series *series, bool contacts_too)
{
    g_clear_pointer(&series->answered, g_free);
    g_clear_pointer(&series->abandoned, g_free);
    g_clear_pointer(&series->handle_s, g_free);
    g_clear_pointer(&series->wait_s, g_free);
    if (contacts_too)
        g_clear_pointer(&series->offered, g_free);
}

/* What nobody needs once the queue is forecast. Totals are made of the contacts by interval. */
static void forget_history(struct planning *planning, const struct forecast_ask *ask, struct task *task)
{
    bool in_totals = task->by_day.grid.n == 0 && !ask->no_reconcile;
    forget_columns(&planning->history[task->queue], !in_totals);
    forget_columns(&planning->days[task->queue], true);
    forget_columns(&task->by_day, true);
    struct grid grid = task->history.grid;
    task->history = (struct series){.grid = grid, .offered = planning->history[task->queue].offered};
}

/* Reads, forecasts and forgets queue by queue: a few histories at a time are whole. */
static bool run_tasks(struct planning *planning, const struct forecast_ask *ask, const struct hand *hand,
                      struct task *tasks, int *n, GError **error)
{
    const struct operation *operation = planning->operation;
    int64_t known_ts;
    int threads = ask->jobs > 0 ? ask->jobs : (int)g_get_num_processors(), running = 0;
    if (!find_known(planning, ask->as_of, &known_ts, error) || !known_queues(operation, ask, error))
        return false;
    struct feast_effects *sisters = sisters_learn(planning, known_ts, error);
    if (sisters == NULL)
        return false;
    GAsyncQueue *finished = g_async_queue_new();
    GThreadPool *pool = g_thread_pool_new(run_task, NULL, threads, FALSE, NULL);
    bool ok = true, made = false;
    for (int q = 0; q < operation->n_queues || running > 0;) {
        if (q >= operation->n_queues || running >= AHEAD_PER_THREAD * threads) {
            forget_history(planning, ask, g_async_queue_pop(finished));
            running--;
            continue;
        }
        int queue = q++;
        if (!ok || !wanted(ask, operation->queues[queue].id))
            continue;
        struct task *task = &tasks[*n];
        ok = make_task(planning, ask, queue, known_ts, hand, task, &made, error);
        *n += made;
        if (!ok || !made)
            continue;
        task->sisters = sisters[queue];
        sisters[queue] = (struct feast_effects){0};
        task->input.sisters = task->sisters.effects;
        task->input.n_sisters = task->sisters.n;
        task->finished = finished;
        g_thread_pool_push(pool, task, NULL);
        running++;
    }
    g_thread_pool_free(pool, FALSE, TRUE);
    g_async_queue_unref(finished);
    sisters_free(sisters, operation->n_queues);
    for (int i = 0; ok && i < *n; i++)
        if (!tasks[i].done) {
            g_propagate_prefixed_error(error, g_steal_pointer(&tasks[i].error),
                                       "queue %s: ", operation->queues[tasks[i].queue].id);
            return false;
        }
    return ok && (*n > 0 || wfm_fail(error, WFM_ERROR_NOT_FOUND, "no queue has history before the week"));
}

/* Makes the queues that are forecast by interval agree with their totals. */
static void reconcile(const struct planning *planning, const struct forecast_ask *ask, struct task *tasks,
                      int n)
{
    g_autofree struct totals_queue *queues = g_new0(struct totals_queue, (gsize)n + 1);
    int n_queues = 0;
    for (int i = 0; i < n; i++) {
        tasks[i].before = contacts_of(&tasks[i].forecast);
        if (tasks[i].by_day.grid.n == 0)
            queues[n_queues++] = (struct totals_queue){tasks[i].queue, &tasks[i].input, &tasks[i].forecast};
    }
    int heard = ask->no_reconcile
                    ? 0
                    : totals_reconcile(planning->operation, planning->zone, queues, n_queues, ask->jobs);
    for (int i = 0; i < n; i++)
        tasks[i].totals = tasks[i].by_day.grid.n == 0 ? heard : 0;
}

/* Says what the history knows of patience where the operation says none, or something else. */
static void note_patience(const struct task *task, struct progress *progress)
{
    const struct queue *queue = &task->planning->operation->queues[task->queue];
    const struct patience *found = &task->forecast.patience;
    if (isnan(found->mean_s) || channel_is_deferred(queue->channel))
        return;
    double off = fabs(queue->patience_s - found->mean_s);
    if (queue->patience_s <= 0)
        progress_note(
            progress,
            "queue %s: no patience is set; staffing takes %.0f s (± %.0f) from its history, in which "
            "%.0f gave up",
            queue->id, found->mean_s, found->error_s, found->abandoned);
    else if (off > PATIENCE_ERRORS * found->error_s && off > PATIENCE_OFF * queue->patience_s)
        progress_note(
            progress,
            "queue %s: patience is set to %.0f s, but its history says %.0f s (± %.0f), by %.0f who "
            "gave up",
            queue->id, queue->patience_s, found->mean_s, found->error_s, found->abandoned);
}

bool pipeline_forecast(struct planning *planning, const struct forecast_ask *ask, struct progress *progress,
                       struct forecast_line **lines, int *n, GError **error)
{
    int n_tasks = 0, n_queues = planning->operation->n_queues;
    double start_s = now_s();
    g_autofree struct task *tasks = g_new0(struct task, (gsize)(n_queues));
    g_autofree struct stored_forecast *stored = g_new0(struct stored_forecast, (gsize)(n_queues));
    g_autoptr(GString) cuts = g_string_new(NULL);
    struct hand hand = {0};
    progress_show(progress, "forecast: %d queues", n_queues);
    bool ok = hand_load(&hand, planning->store, planning->grid.start_ts, grid_end_ts(&planning->grid),
                        &ask->hand, error) &&
              run_tasks(planning, ask, &hand, tasks, &n_tasks, error);
    if (ok) {
        reconcile(planning, ask, tasks, n_tasks);
        all_to_stored(tasks, n_tasks, stored);
    }
    for (int i = 0; ok && i < n_tasks; i++)
        ok = compare(&tasks[i], &stored[i], cuts, error);
    ok = ok && store_forecasts_save(planning->store, stored, n_tasks, settings_actor(), error);
    if (ok) {
        *lines = g_new0(struct forecast_line, (gsize)(n_tasks));
        *n = n_tasks;
        for (int i = 0; i < n_tasks; i++)
            to_line(&tasks[i], stored[i].id, &(*lines)[i]);
        progress_note(progress, "forecast: %d queues, %.1f s", n_tasks, now_s() - start_s);
        for (int i = 0; i < n_tasks; i++)
            note_patience(&tasks[i], progress);
        if (cuts->len > 0)
            progress_note(progress, "%s", g_strchomp(cuts->str));
    }
    for (int i = 0; i < n_tasks; i++) {
        stored_forecast_clear(&stored[i]);
        task_clear(&tasks[i]);
    }
    hand_clear(&hand);
    return ok;
}

/* ---- explaining ---- */

void explained_forecasts_free(struct explained_forecast *explained, int n)
{
    for (int i = 0; explained != NULL && i < n; i++) {
        zone_free(explained[i].zone);
        forecast_clear(&explained[i].forecast);
        g_free(explained[i].stored_day);
        g_free(explained[i].hand_day);
    }
    g_free(explained);
}

/* Contacts of each local day of the explained forecast in [from_ts, to_ts). g_free. */
static double *by_local_day(const struct explained_forecast *explained, const struct stored_forecast *stored,
                            int64_t from_ts, int64_t to_ts)
{
    double *days = g_new0(double, (gsize)explained->forecast.n_days + 1);
    for (int32_t iv = 0; iv < stored->grid.n; iv++) {
        int64_t ts = grid_ts(&stored->grid, iv);
        int day = zone_local_day(explained->zone, ts) - explained->forecast.first_day;
        if (ts >= from_ts && ts < to_ts && day >= 0 && day < explained->forecast.n_days &&
            !isnan(stored->offered[iv]))
            days[day] += stored->offered[iv];
    }
    return days;
}

/* Was the stored forecast made from what `own` is the hash of? */
static bool same_inputs(const struct stored_forecast *stored, const char *own, int *totals)
{
    json_t *report = json_loads(stored->report_json, 0, NULL);
    const json_t *reconciled = json_object_get(report, "reconciled");
    const char *hash =
        reconciled != NULL ? json_string_value(json_object_get(reconciled, "own_hash")) : stored->inputs_hash;
    *totals = (int)json_integer_value(json_object_get(reconciled, "totals"));
    bool same = g_strcmp0(hash, own) == 0;
    json_decref(report);
    return same;
}

static bool add_stored(const struct task *task, struct explained_forecast *out, GError **error)
{
    const struct planning *planning = task->planning;
    const struct queue *queue = &planning->operation->queues[task->queue];
    int64_t from_ts = planning->grid.start_ts, to_ts = grid_end_ts(&planning->grid);
    struct stored_forecast stored;
    g_autoptr(GError) cause = NULL;
    if (!pipeline_stored(planning, queue->id, &stored, &cause)) {
        if (g_error_matches(cause, WFM_ERROR, WFM_ERROR_NOT_FOUND))
            return true;
        g_propagate_error(error, g_steal_pointer(&cause));
        return false;
    }
    out->stored_id = stored.id;
    out->stored_ts = stored.created_ts;
    out->same_inputs = same_inputs(&stored, task->own_hash, &out->totals);
    out->stored_day = by_local_day(out, &stored, from_ts, to_ts);
    bool ok = hand_apply(task->hand, queue, &stored, error);
    if (ok)
        out->hand_day = by_local_day(out, &stored, from_ts, to_ts);
    stored_forecast_clear(&stored);
    return ok;
}

static bool to_explained(struct task *task, struct explained_forecast *out, GError **error)
{
    *out = (struct explained_forecast){.queue = task->queue, .by_day = task->by_day.grid.n > 0};
    out->zone = zone_new(zone_name(task->zone), error);
    if (out->zone == NULL)
        return false;
    out->forecast = task->forecast;
    task->forecast = (struct forecast){0};
    return add_stored(task, out, error);
}

bool pipeline_explain(struct planning *planning, const struct forecast_ask *ask, struct progress *progress,
                      struct explained_forecast **explained, int *n, GError **error)
{
    int n_tasks = 0, n_queues = planning->operation->n_queues;
    g_autofree struct task *tasks = g_new0(struct task, (gsize)(n_queues));
    struct explained_forecast *made = g_new0(struct explained_forecast, (gsize)(n_queues));
    struct hand hand = {0};
    /* Without the totals: what they moved is read from what is stored. */
    struct forecast_ask alone = *ask;
    alone.explain = alone.no_reconcile = true;
    progress_show(progress, "forecast: %d queues", n_queues);
    bool ok = hand_load(&hand, planning->store, planning->grid.start_ts, grid_end_ts(&planning->grid),
                        &ask->hand, error) &&
              run_tasks(planning, &alone, &hand, tasks, &n_tasks, error);
    for (int i = 0; ok && i < n_tasks; i++)
        ok = to_explained(&tasks[i], &made[i], error);
    for (int i = 0; i < n_tasks; i++)
        task_clear(&tasks[i]);
    hand_clear(&hand);
    if (!ok) {
        explained_forecasts_free(made, n_tasks);
        return false;
    }
    *explained = made;
    *n = n_tasks;
    return true;
}
