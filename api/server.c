#include "api/server.h"

#include <errno.h>
#include <microhttpd.h>
#include <netdb.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "api/exchange.h"
#include "core/error.h"

#define THREADS_MAX 16
#define STORE_SPARE 4 /* connections for what is no request: streams, the keeper */
#define STATEMENT_DEFAULT_MS 30000
#define IDLE_IN_TRANSACTION_MS 60000
#define FINISH_MS 10000 /* for requests that run when the server stops */
#define CONNECTIONS_DEFAULT 1024
#define TIMEOUT_DEFAULT_S 60
#define BODY_DEFAULT (1024 * 1024)
#define STREAMS_STOP_MS 2000
#define KEEP_MEMORY_DEFAULT (23 * 1024 * 1024)
#define HEAD_MEMORY (32 * 1024) /* request head and answer head of one connection */

static bool resolve(const char *address, uint16_t port, struct addrinfo **out, GError **error)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                             .ai_socktype = SOCK_STREAM};
    g_autofree char *service = g_strdup_printf("%u", port);
    int status = getaddrinfo(address, service, &hints, out);
    if (status != 0)
        return wfm_fail(error, WFM_ERROR_USAGE,
                        "cannot listen on \"%s\": %s; give a numeric address such as 127.0.0.1 or ::",
                        address, gai_strerror(status));
    return true;
}

static int threads_of(const struct api_config *config)
{
    return config->threads > 0 ? config->threads : CLAMP(2 * (int)g_get_num_processors(), 2, THREADS_MAX);
}

static void server_free(struct api_server *server)
{
    webhooks_stop(server->webhooks);
    hot_free(server->hot);
    streams_free(server->streams);
    keeper_stop(server->keeper);
    watch_stop(server->watch);
    prices_free(server->prices);
    roster_cache_free(server->rosters);
    store_pool_free(server->pool);
    api_zones_free(server->zones);
    api_metrics_free(server->metrics);
    limits_free(server->limits);
    cors_free(server->cors);
    g_ptr_array_unref(server->retired);
    g_strfreev(server->proxies);
    g_free(server->base_url);
    g_free(server);
}

static struct api_server *server_new(const struct api_config *config)
{
    struct api_server *server = g_new0(struct api_server, 1);
    server->log = config->log;
    server->now = config->now;
    server->user = config->user;
    server->body_max = config->body_max != 0 ? config->body_max : BODY_DEFAULT;
    if (config->engines != NULL)
        server->engines = *config->engines;
    server->limits = limits_new(config->rate, config->burst);
    if (config->proxies != NULL && *config->proxies != '\0')
        server->proxies = g_strsplit_set(config->proxies, ", ", -1);
    server->retired = g_ptr_array_new_with_free_func((GDestroyNotify)cors_free);
    server->log_from_status = config->log_from_status;
    server->pool = store_pool_new_with(&(struct pool_settings){
        .conninfo = config->conninfo,
        .replica = config->replica,
        .connections_max =
            config->store_connections > 0 ? config->store_connections : threads_of(config) + STORE_SPARE,
        .options = {.statement_ms = config->statement_ms == 0  ? STATEMENT_DEFAULT_MS
                                    : config->statement_ms > 0 ? config->statement_ms
                                                               : 0,
                    .idle_ms = IDLE_IN_TRANSACTION_MS}});
    server->streams = streams_new(server->pool, config->streams_max);
    server->keeper = keeper_start(server->pool);
    server->watch = watch_start(&(struct watch_times){config->head_s, config->body_s, config->answer_s});
    server->zones = api_zones_new();
    server->rosters = roster_cache_new(server->pool);
    server->prices = prices_start(config->patience_ms);
    server->hot = hot_new(server->pool, config->keep_memory == 0  ? KEEP_MEMORY_DEFAULT
                                        : config->keep_memory > 0 ? (size_t)config->keep_memory
                                                                  : 0);
    server->metrics = api_metrics_new(api_routes, api_n_routes);
    if (config->base_url != NULL && *config->base_url != '\0') {
        size_t length = strlen(config->base_url);
        while (length > 0 && config->base_url[length - 1] == '/')
            length--;
        server->base_url = g_strndup(config->base_url, length);
    }
    return server;
}

static struct MHD_Daemon *listen_on(struct api_server *server, const struct api_config *config,
                                    const struct addrinfo *where)
{
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
    if (where->ai_family == AF_INET6)
        flags |=
            config->address != NULL && strcmp(config->address, "::") == 0 ? MHD_USE_DUAL_STACK : MHD_USE_IPv6;
    unsigned threads = (unsigned)threads_of(config);
    unsigned connections =
        (unsigned)(config->connections_max > 0 ? config->connections_max : CONNECTIONS_DEFAULT);
    unsigned timeout = (unsigned)(config->timeout_s > 0 ? config->timeout_s : TIMEOUT_DEFAULT_S);
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_SOCK_ADDR, 0, where->ai_addr},
        {MHD_OPTION_CONNECTION_LIMIT, (intptr_t)MAX(connections, threads), NULL},
        {MHD_OPTION_PER_IP_CONNECTION_LIMIT, (intptr_t)MAX(config->connections_per_address, 0), NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, (intptr_t)timeout, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, HEAD_MEMORY, NULL},
        {MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)exchange_open, server},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)exchange_close, server},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)watch_connection, server->watch},
        {threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, (intptr_t)threads, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    return MHD_start_daemon(flags, 0, NULL, NULL, exchange_step, server, MHD_OPTION_ARRAY, options,
                            MHD_OPTION_END);
}

struct api_server *api_start(const struct api_config *config, GError **error)
{
    if (sodium_init() < 0) {
        wfm_fail(error, WFM_ERROR_INTERNAL, "libsodium does not start");
        return NULL;
    }
    const char *address = config->address != NULL && *config->address != '\0' ? config->address : "127.0.0.1";
    struct addrinfo *where = NULL;
    if (!resolve(address, config->port, &where, error))
        return NULL;
    struct api_server *server = server_new(config);
    if (!cors_new(config->cors_origins, &server->cors, error) ||
        (config->webhooks != NULL &&
         (server->webhooks = webhooks_start(server->pool, config->webhooks, error)) == NULL)) {
        freeaddrinfo(where);
        server_free(server);
        return NULL;
    }
    errno = 0;
    server->daemon = listen_on(server, config, where);
    int reason = errno;
    freeaddrinfo(where);
    if (server->daemon == NULL) {
        wfm_fail(error, WFM_ERROR_IO, "cannot listen on %s:%u: %s", address, config->port,
                 reason != 0 ? g_strerror(reason) : "the HTTP library refused");
        server_free(server);
        return NULL;
    }
    return server;
}

uint16_t api_port(const struct api_server *server)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info != NULL ? info->port : 0;
}

bool api_reload(struct api_server *server, const struct api_live *live, GError **error)
{
    struct cors *fresh = NULL;
    if (!cors_new(live->cors_origins, &fresh, error))
        return false;
    struct cors *former = server->cors;
    g_atomic_pointer_set(&server->cors, fresh);
    if (former != NULL)
        g_ptr_array_add(server->retired, former);
    limits_change(server->limits, live->rate, live->burst);
    g_atomic_int_set(&server->log_from_status, live->log_from_status);
    return true;
}

void api_drain(struct api_server *server)
{
    g_atomic_int_set(&server->draining, 1);
}

void api_stop(struct api_server *server)
{
    if (server == NULL)
        return;
    api_drain(server);
    int listener = MHD_quiesce_daemon(server->daemon);
    hot_rest(server->hot);
    prices_rest(server->prices);
    streams_stop(server->streams, STREAMS_STOP_MS); /* none may be suspended any more */
    for (int waited = 0; waited < FINISH_MS && g_atomic_int_get(&server->active) > 0; waited += 10)
        g_usleep(10 * 1000);
    MHD_stop_daemon(server->daemon);
    if (listener != MHD_INVALID_SOCKET)
        close(listener);
    server_free(server);
}
