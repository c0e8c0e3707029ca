#include "api/metrics.h"

#include <stdatomic.h>
#include <stdint.h>

static const int statuses[] = {200, 201, 204, 304, 400, 401, 403, 404,
                               405, 409, 413, 422, 500, 503, 0}; /* 0: others */
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

char *api_metrics_text(const struct api_metrics *metrics)
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
    return g_string_free(out, FALSE);
}
