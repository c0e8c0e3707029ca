#include "wfm/summary.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "wfm/explain_tables.h"
#include "core/week.h"

#define UNMET_SHOWN 8

static const struct column sla_columns[] = {
    {"client", "client", COLUMN_TEXT, 0},
    {"queue", "queue", COLUMN_TEXT, 0},
    {"channel", "channel", COLUMN_TEXT, 0},
    {"target", "SLA target", COLUMN_SHARE, 1},
    {"expected", "expected", COLUMN_SHARE, 1},
    {"simulated", "simulated", COLUMN_SHARE, 1},
    {"simulated_half", "± 95 %", COLUMN_SHARE, 1},
    {"met", "SLA met", COLUMN_SHARE, 0},
    {"contacts", "contacts", COLUMN_REAL, 0},
    {"required_hours", "required h", COLUMN_REAL, 1},
    {"scheduled_hours", "scheduled h", COLUMN_REAL, 1},
    {"met_low", NULL, COLUMN_SHARE, 0},
    {"met_high", NULL, COLUMN_SHARE, 0},
    {"sl_p5", NULL, COLUMN_SHARE, 1},
    {"sl_p50", NULL, COLUMN_SHARE, 1},
    {"sl_p95", NULL, COLUMN_SHARE, 1},
    {NULL, NULL, 0, 0},
};

struct sums {
    double contacts, in_time, counted, required_h, scheduled_h;
    double target; /* Σ target × contacts */
};

static bool sum_queue(struct store *store, const struct queue *queue, int64_t roster, struct sums *out,
                      GError **error)
{
    struct coverage_view view = {0};
    if (!store_coverage(store, &scope_planner, roster, queue->id, INT64_MIN, INT64_MAX, &view, error))
        return false;
    *out = (struct sums){0};
    double hours = view.grid.interval_s / 3600.0;
    for (int32_t iv = 0; iv < view.grid.n; iv++) {
        out->required_h += view.required[iv] * hours;
        out->scheduled_h += view.staffed[iv] * hours;
        if (isfinite(view.counted[iv])) {
            out->contacts += view.offered[iv];
            out->in_time += view.in_time[iv];
            out->counted += view.counted[iv];
        }
    }
    out->target = queue->sla.target * out->contacts;
    coverage_view_clear(&view);
    return true;
}

static void add_sums(struct sums *to, const struct sums *from)
{
    to->contacts += from->contacts;
    to->in_time += from->in_time;
    to->counted += from->counted;
    to->required_h += from->required_h;
    to->scheduled_h += from->scheduled_h;
    to->target += from->target;
}

/* What was simulated of a queue, or of several together: NAN where there is nothing. */
struct told {
    double sl, half, met, met_low, met_high, p5, p50, p95;
    double counted;
};

static const struct told untold = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, 0};

static struct told told_of(const struct stored_simulation *simulation, const char *queue)
{
    for (int i = 0; i < simulation->n_spans; i++) {
        const struct simulated_span *span = &simulation->spans[i];
        if (span->whole && strcmp(span->queue, queue) == 0)
            return (struct told){span->sl,    span->sl_half, span->met,    span->met_low, span->met_high,
                                 span->sl_p5, span->sl_p50,  span->sl_p95, span->counted};
    }
    return untold;
}

/* The level of several queues together; nothing where one was not simulated that has contacts. */
static void add_told(struct told *to, const struct told *from)
{
    double counted = to->counted + from->counted;
    if (to->counted <= 0)
        *to = (struct told){from->sl, NAN, NAN, NAN, NAN, NAN, NAN, NAN, from->counted};
    else if (from->counted > 0)
        to->sl = (to->sl * to->counted + from->sl * from->counted) / counted;
    to->counted = counted;
}

static void sla_row(struct table *table, const char *client, const char *queue, const char *channel,
                    double target, const struct sums *sums, const struct told *told)
{
    table_text(table, client);
    table_text(table, queue);
    table_text(table, channel);
    table_real(table, target);
    const double numbers[] = {sums->counted > 0 ? sums->in_time / sums->counted : NAN,
                              told->sl,
                              told->half,
                              told->met,
                              sums->contacts,
                              sums->required_h,
                              sums->scheduled_h,
                              told->met_low,
                              told->met_high,
                              told->p5,
                              told->p50,
                              told->p95};
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        table_real(table, numbers[i]);
}

static bool client_rows(struct store *store, const struct operation *operation, int client, int64_t roster,
                        const struct stored_simulation *simulation, struct table *table, GError **error)
{
    struct sums all = {0};
    struct told all_told = untold;
    int n = 0, n_told = 0;
    const char *id = operation->clients[client].id;
    for (int q = 0; q < operation->n_queues; q++) {
        const struct queue *queue = &operation->queues[q];
        struct sums sums;
        if (queue->client != client)
            continue;
        if (!sum_queue(store, queue, roster, &sums, error))
            return false;
        struct told told = told_of(simulation, queue->id);
        sla_row(table, id, queue->id, channel_name(queue->channel), queue->sla.target, &sums, &told);
        add_sums(&all, &sums);
        if (told.counted > 0)
            add_told(&all_told, &told);
        n_told += told.counted > 0 || sums.contacts <= 0;
        n++;
    }
    if (n > 1)
        sla_row(table, id, "all queues", "", all.contacts > 0 ? all.target / all.contacts : NAN, &all,
                n_told == n ? &all_told : &untold);
    return true;
}

struct table *summary_sla(struct store *store, const struct operation *operation, int64_t roster,
                          const char *client, GError **error)
{
    int only = client != NULL ? operation_client(operation, client) : -1;
    if (client != NULL && only < 0) {
        wfm_fail(error, WFM_ERROR_NOT_FOUND, "client %s: the operation has no such client", client);
        return NULL;
    }
    struct stored_simulation simulation;
    if (!store_simulation_load(store, &scope_planner, roster, NULL, INT64_MIN, INT64_MAX, &simulation, error))
        return NULL;
    AUTO(table) table = table_new(sla_columns);
    bool ok = true;
    for (int c = 0; ok && c < operation->n_clients; c++)
        if (only < 0 || c == only)
            ok = client_rows(store, operation, c, roster, &simulation, table, error);
    stored_simulation_clear(&simulation);
    return ok ? g_steal_pointer(&table) : NULL;
}

bool summary_simulation(struct store *store, int64_t roster, GError **error)
{
    struct stored_simulation simulation;
    if (!store_simulation_load(store, &scope_planner, roster, NULL, INT64_MIN, INT64_MAX, &simulation, error))
        return false;
    if (simulation.replications == 0)
        printf("\nNot simulated: wfm simulate %" G_GINT64_FORMAT "\n", roster);
    else
        printf("\nExpected by the models of the requirement, as corrected when the roster was made; "
               "simulated %d times (seed %" G_GUINT64_FORMAT "%s%s): wfm simulate %" G_GINT64_FORMAT
               " --days\n",
               simulation.replications, simulation.seed, simulation.certain ? ", every day as forecast" : "",
               simulation.even ? ", shrinkage as its mean" : "", roster);
    stored_simulation_clear(&simulation);
    return true;
}

static const struct column roster_columns[] = {
    {"roster", "roster", COLUMN_INT, 0},
    {"week", "week", COLUMN_TEXT, 0},
    {"weeks", "weeks", COLUMN_INT, 0},
    {"version", "version", COLUMN_INT, 0},
    {"state", "state", COLUMN_TEXT, 0},
    {"shifts", "shifts", COLUMN_INT, 0},
    {"currency", "currency", COLUMN_TEXT, 0},
    {"cost", "cost", COLUMN_REAL, 2},
    {"shortage", "shortage", COLUMN_REAL, 2},
    {"penalty", "penalty", COLUMN_REAL, 2},
    {"objective", "objective", COLUMN_REAL, 2},
    {"bound", "bound", COLUMN_REAL, 2},
    {"gap", "gap", COLUMN_SHARE, 2},
    {"seconds", "seconds", COLUMN_REAL, 1},
    {"seed", "seed", COLUMN_INT, 0},
    {"made_by", "made by", COLUMN_TEXT, 0},
    {NULL, NULL, 0, 0},
};

struct table *summary_rosters(struct store *store, const int64_t *rosters, int n, GError **error)
{
    AUTO(table) table = table_new(roster_columns);
    for (int i = 0; i < n; i++) {
        struct roster_info info = {0};
        if (!store_roster_info(store, &scope_planner, rosters[i], &info, error))
            return NULL;
        g_autofree char *week = week_format(info.first_day);
        table_int(table, info.id);
        table_text(table, week);
        table_int(table, info.n_weeks);
        table_int(table, info.version);
        table_text(table, info.state);
        table_int(table, info.n_shifts);
        table_text(table, info.currency);
        table_real(table, info.pay);
        table_real(table, info.shortage);
        table_real(table, info.penalty);
        table_real(table, info.objective);
        table_real(table, info.bound);
        table_real(table, info.objective > 0 ? (info.objective - info.bound) / info.objective : 0);
        table_real(table, info.seconds);
        table_int(table, (int64_t)info.seed);
        table_text(table, info.created_by);
        roster_info_clear(&info);
    }
    return g_steal_pointer(&table);
}

/* Needs nobody could fill, if there are any. */
static bool print_unmet(struct store *store, int64_t roster, GError **error)
{
    AUTO(plan_problem) problem = NULL;
    if (!store_roster_problem(store, roster, &problem, error))
        return false;
    AUTO(explained) unmet = explain_unmet(problem, error);
    if (unmet == NULL)
        return false;
    if (unmet->n_unmet > 0)
        explain_print_unmet(problem, unmet, UNMET_SHOWN, FORMAT_TABLE);
    return true;
}

bool summary_print(struct store *store, const struct operation *operation, int64_t roster, GError **error)
{
    AUTO(table) sla = summary_sla(store, operation, roster, NULL, error);
    if (sla == NULL)
        return false;
    AUTO(table) rosters = summary_rosters(store, &roster, 1, error);
    if (rosters == NULL)
        return false;
    table_print(sla, FORMAT_TABLE, stdout);
    if (!summary_simulation(store, roster, error))
        return false;
    putchar('\n');
    table_print(rosters, FORMAT_TABLE, stdout);
    return print_unmet(store, roster, error);
}
