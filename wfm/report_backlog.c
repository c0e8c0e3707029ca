#include "wfm/report_backlog.h"

#include <math.h>
#include <stdio.h>

#include "core/error.h"
#include "wfm/output.h"
#include "wfm/pipeline.h"
#include "wfm/source.h"

const struct option_row report_backlog_rows[] = {
    {"roster", OPTION_TEXT, "N", NULL, 0, 0,
     "number of the roster; else the published one of --week, else its draft"},
    {"client", OPTION_TEXT, "ID", NULL, 0, 0, "only this client"},
    {"by", OPTION_CHOICE, "day|interval", "day", 0, 0, "length of a row; days are those of the queue's zone"},
    {.name = NULL},
};

static const struct column columns[] = {
    {"client", "client", COLUMN_TEXT, 0},
    {"queue", "queue", COLUMN_TEXT, 0},
    {"channel", "channel", COLUMN_TEXT, 0},
    {"start", "start", COLUMN_TEXT, 0},
    {"opening", "opening", COLUMN_REAL, 0},
    {"contacts", "contacts", COLUMN_REAL, 0},
    {"done", "done", COLUMN_REAL, 0},
    {"left", "left", COLUMN_REAL, 0},
    {"at_close", "at close", COLUMN_REAL, 0},
    {"late", "late", COLUMN_REAL, 0},
    {"oldest_h", "oldest h", COLUMN_REAL, 1},
    {"due", "due", COLUMN_REAL, 0},
    {"within_due", "within due", COLUMN_SHARE, 1},
    {"target", "target", COLUMN_SHARE, 1},
    {NULL, NULL, 0, 0},
};

struct bin {
    int64_t start_ts;
    double opening, contacts, done, left, at_close, late, oldest_s, due, in_time;
    bool open;
};

struct view {
    const struct operation *operation;
    const struct queue *queue;
    const struct load *load;
    const struct staffing_backlog *backlog;
    const double *open;
    const struct zone *zone;
};

static void add_row(struct table *table, const struct view *view, const struct bin *bin)
{
    g_autofree char *start = time_format(bin->start_ts, view->zone);
    table_text(table, view->operation->clients[view->queue->client].id);
    table_text(table, view->queue->id);
    table_text(table, channel_name(view->queue->channel));
    table_text(table, start);
    table_real(table, bin->opening);
    table_real(table, bin->contacts);
    table_real(table, bin->done);
    table_real(table, bin->left);
    table_real(table, bin->open ? bin->at_close : NAN);
    table_real(table, bin->late);
    table_real(table, bin->oldest_s / 3600);
    table_real(table, bin->due);
    table_real(table, bin->due > 0 ? bin->in_time / bin->due : NAN);
    table_real(table, view->queue->sla.target);
}

static void add_interval(struct bin *bin, const struct view *view, int32_t iv)
{
    const struct staffing_backlog *b = view->backlog;
    bin->contacts += view->load->offered[iv];
    bin->done += b->done[iv];
    bin->due += b->due[iv];
    bin->in_time += b->in_time[iv];
    bin->left = b->left[iv];
    bin->late = b->late[iv];
    bin->oldest_s = fmax(bin->oldest_s, b->oldest_s[iv]);
    if (view->open[iv] > 0) {
        bin->open = true;
        bin->at_close = b->left[iv];
    }
}

/* One row per local day of the queue's zone, or one per interval. */
static void add_rows(struct table *table, const struct view *view, bool by_day)
{
    const struct grid *grid = &view->load->grid;
    struct bin bin = {.start_ts = grid->start_ts, .opening = view->backlog->opening};
    for (int32_t iv = 0; iv < grid->n; iv++) {
        int64_t ts = grid_ts(grid, iv);
        if (iv > 0 &&
            (!by_day || zone_local_day(view->zone, ts) != zone_local_day(view->zone, bin.start_ts))) {
            add_row(table, view, &bin);
            bin = (struct bin){.start_ts = ts, .opening = bin.left};
        }
        add_interval(&bin, view, iv);
    }
    add_row(table, view, &bin);
}

static bool add_queue(struct table *table, const struct plan_problem *problem,
                      const struct plan_solution *solution, int queue, const struct load *load, bool by_day,
                      GError **error)
{
    const struct operation *operation = problem->operation;
    const struct queue *q = &operation->queues[queue];
    g_autofree double *open = g_new0(double, (gsize)load->grid.n);
    struct staffing_backlog backlog;
    AUTO(zone) zone = zone_new(q->zone, error);
    if (zone == NULL || !queue_open_shares(operation, q, &load->grid, open, error) ||
        !staffing_backlog(operation, queue, load, solution->staffed + DEMAND_CELL(&problem->demand, queue, 0),
                          &backlog, error))
        return false;
    struct view view = {operation, q, load, &backlog, open, zone};
    add_rows(table, &view, by_day);
    staffing_backlog_clear(&backlog);
    return true;
}

/* Loads of the problem's demand, with what the published roster before it leaves. */
static struct load *loads_of(struct store *store, const struct plan_problem *problem, GError **error)
{
    int n = problem->operation->n_queues;
    struct load *loads = g_new0(struct load, (gsize)n + 1);
    int64_t from;
    for (int q = 0; q < n; q++)
        loads[q] = load_of_demand(&problem->demand, q);
    if (pipeline_opening(store, problem->operation, problem->first_day, loads, &from, error))
        return loads;
    g_free(loads);
    return NULL;
}

static bool print_backlog(const struct options *options, struct store *store,
                          const struct plan_problem *problem, const struct plan_solution *solution,
                          GError **error)
{
    const struct operation *operation = problem->operation;
    const char *client = options_text(options, "client");
    int only = client != NULL ? operation_client(operation, client) : -1;
    if (client != NULL && only < 0)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "client %s: the operation has no such client", client);
    struct load *loads = loads_of(store, problem, error);
    if (loads == NULL)
        return false;
    AUTO(table) table = table_new(columns);
    bool ok = true;
    for (int q = 0; ok && q < operation->n_queues; q++)
        if (channel_is_deferred(operation->queues[q].channel) &&
            (only < 0 || operation->queues[q].client == only))
            ok = add_queue(table, problem, solution, q, &loads[q], options_choice(options, "by") == 0, error);
    for (int q = 0; q < operation->n_queues; q++)
        g_free(loads[q].opening); /* the rest is the demand's */
    g_free(loads);
    if (ok)
        table_print(table, (enum format)options_choice(options, "format"), stdout);
    return ok;
}

bool report_backlog(const struct options *options, GError **error)
{
    AUTO(source) source = source_open_stored(options, error);
    if (source == NULL)
        return false;
    if (source->problem->demand.offered == NULL || source->solution->staffed == NULL)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND, "%s: it was kept without its load; make it again",
                        source->what);
    return print_backlog(options, source->store, source->problem, source->solution, error);
}
