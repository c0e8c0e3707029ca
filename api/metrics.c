#include <config.h>

#include "api/metrics.h"

#include <stdatomic.h>
#include <stdint.h>

static const int statuses[] = {200, 201, 202, 204, 206, 304, 400, 401, 403, 404, 405,
                               409, 412, 413, 415, 422, 428, 429, 500, 503, 0}; /* 0: others */
static const double bounds[] = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                0.1,   0.25,   0.5,   1,    2.5,   10}; /* seconds */
#define N_STATUSES G_N_ELEMENTS(statuses)
#define N_BOUNDS G_N_ELEMENTS(bounds)

struct row {
    _Atomic uint64_t count[N_STATUSES];
    _Atomic uint64_t within[N_BOUNDS + 1]; /* the last: beyond all bounds */
    _Atomic uint64_t nanoseconds;
};

struct api_metrics {
    const struct api_route *routes;
    int n_routes;
    struct row rows[]; /* n_routes + 1; the last: no route */
};

struct api_metrics *api_metrics_new(const struct api_route *routes, int n_routes)
{
    struct api_metrics *metrics =
        g_malloc0(sizeof(struct api_metrics) + sizeof(struct row) * ((size_t)n_routes + 1));
    metrics->routes = routes;
    metrics->n_routes = n_routes;
    return metrics;
}

void api_metrics_free(struct api_metrics *metrics)
{
    g_free(metrics);
}

void api_metrics_count(struct api_metrics *metrics, const struct api_route *route, int status, double seconds)
{
    struct row *row = &metrics->rows[route != NULL ? route - metrics->routes : metrics->n_routes];
    size_t s = 0, b = 0;
    while (s + 1 < N_STATUSES && statuses[s] != status)
        s++;
    while (b < N_BOUNDS && seconds > bounds[b])
        b++;
    atomic_fetch_add_explicit(&row->count[s], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&row->within[b], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&row->nanoseconds, (uint64_t)(seconds * 1e9), memory_order_relaxed);
}

static uint64_t read_counter(const _Atomic uint64_t *counter)
{
    return atomic_load_explicit((_Atomic uint64_t *)counter, memory_order_relaxed);
}

static void write_counts(GString *out, const struct row *row, const char *labels)
{
    for (size_t s = 0; s < N_STATUSES; s++) {
        uint64_t count = read_counter(&row->count[s]);
        g_autofree char *status = statuses[s] != 0 ? g_strdup_printf("%d", statuses[s]) : g_strdup("other");
        if (count > 0)
            g_string_append_printf(out, "wfm_http_requests_total{%s,status=\"%s\"} %" G_GUINT64_FORMAT "\n",
                                   labels, status, count);
    }
}

static void write_latencies(GString *out, const struct row *row, const char *labels)
{
    uint64_t total = 0;
    for (size_t b = 0; b <= N_BOUNDS; b++)
        total += read_counter(&row->within[b]);
    if (total == 0)
        return;
    uint64_t sum = 0;
    for (size_t b = 0; b < N_BOUNDS; b++) {
        sum += read_counter(&row->within[b]);
        g_string_append_printf(out, "wfm_http_request_seconds_bucket{%s,le=\"%g\"} %" G_GUINT64_FORMAT "\n",
                               labels, bounds[b], sum);
    }
    g_string_append_printf(out, "wfm_http_request_seconds_bucket{%s,le=\"+Inf\"} %" G_GUINT64_FORMAT "\n",
                           labels, total);
    g_string_append_printf(out, "wfm_http_request_seconds_sum{%s} %.6f\n", labels,
                           (double)read_counter(&row->nanoseconds) * 1e-9);
    g_string_append_printf(out, "wfm_http_request_seconds_count{%s} %" G_GUINT64_FORMAT "\n", labels, total);
}

/* The figures of the pools: a row per family, a sample per server that exists. */
enum figure {
    FIGURE_IN_USE,
    FIGURE_IDLE,
    FIGURE_WAITS,
    FIGURE_TIMEOUTS,
    FIGURE_CONNECTS,
    FIGURE_ERRORS,
    FIGURE_FRESH
};
static const struct {
    const char *name, *type, *help;
    enum figure figure;
} pool_rows[] = {
    {"wfm_database_connections_in_use", "gauge", "Connections lent to requests.", FIGURE_IN_USE},
    {"wfm_database_connections_idle", "gauge", "Connections that wait for use.", FIGURE_IDLE},
    {"wfm_database_waits_total", "counter", "Requests that waited for a connection.", FIGURE_WAITS},
    {"wfm_database_wait_timeouts_total", "counter", "Requests that waited in vain.", FIGURE_TIMEOUTS},
    {"wfm_database_connects_total", "counter", "Connections opened.", FIGURE_CONNECTS},
    {"wfm_database_errors_total", "counter", "Connections that broke or could not be opened.", FIGURE_ERRORS},
    {"wfm_database_usable", "gauge", "1: reads may go there (a replica is near enough).", FIGURE_FRESH},
};

static uint64_t figure_of(const struct pool_figures *f, int side, enum figure figure)
{
    switch (figure) {
    case FIGURE_IN_USE:
        return (uint64_t)f->in_use;
    case FIGURE_IDLE:
        return (uint64_t)f->idle;
    case FIGURE_WAITS:
        return f->waits;
    case FIGURE_TIMEOUTS:
        return f->timeouts;
    case FIGURE_CONNECTS:
        return f->connects;
    case FIGURE_ERRORS:
        return f->failures + f->broken;
    case FIGURE_FRESH:
    default:
        return side == POOL_PRIMARY ? !f->away : f->fresh;
    }
}

static void write_pools(GString *out, const struct pool_figures pools[POOL_SIDES])
{
    static const char *const servers[POOL_SIDES] = {"primary", "replica"};
    for (size_t k = 0; k < G_N_ELEMENTS(pool_rows); k++) {
        g_string_append_printf(out, "# HELP %s %s\n# TYPE %s %s\n", pool_rows[k].name, pool_rows[k].help,
                               pool_rows[k].name, pool_rows[k].type);
        for (int side = 0; side < POOL_SIDES; side++)
            if (pools[side].exists)
                g_string_append_printf(out, "%s{server=\"%s\"} %" G_GUINT64_FORMAT "\n", pool_rows[k].name,
                                       servers[side], figure_of(&pools[side], side, pool_rows[k].figure));
    }
}

char *api_metrics_text(const struct api_metrics *metrics, const struct pool_figures pools[POOL_SIDES],
                       const char *gauges)
{
    static void (*const write[])(GString *, const struct row *, const char *) = {write_counts,
                                                                                 write_latencies};
    static const char *const heads[] = {
        "# HELP wfm_http_requests_total Requests answered.\n# TYPE wfm_http_requests_total counter\n",
        "# HELP wfm_http_request_seconds Time from head to answer.\n# TYPE wfm_http_request_seconds "
        "histogram\n"};
    GString *out = g_string_new(NULL);
    for (size_t part = 0; part < G_N_ELEMENTS(write); part++) {
        g_string_append(out, heads[part]);
        for (int r = 0; r <= metrics->n_routes; r++) {
            const struct api_route *route = r < metrics->n_routes ? &metrics->routes[r] : NULL;
            g_autofree char *labels =
                g_strdup_printf("method=\"%s\",route=\"%s\"", route != NULL ? route->method : "",
                                route != NULL ? route->pattern : "");
            write[part](out, &metrics->rows[r], labels);
        }
    }
    write_pools(out, pools);
    g_string_append(out, gauges);
    g_string_append(out, "# HELP wfm_build_info Version of the program.\n# TYPE wfm_build_info gauge\n"
                         "wfm_build_info{version=\"" PACKAGE_VERSION "\"} 1\n");
    return g_string_free(out, FALSE);
}
