#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "api/server.h"
#include "api/webhooks.h"
#include "core/error.h"
#include "wfm/commands.h"
#include "wfm/engines.h"
#include "wfm/interrupt.h"
#include "wfm/notify.h"
#include "wfm/serve_settings.h"
#include "wfm/serve_workers.h"
#include "wfm/settings.h"

static const struct option_row rows[] = {
    {"address", OPTION_TEXT, "IP", "127.0.0.1", 0, 0, "address to listen on; :: for all"},
    {"port", OPTION_INT, "N", "8080", 0, 65535, "port to listen on; 0 = any free one"},
    {"base-url", OPTION_TEXT, "URL", NULL, 0, 0, "how the world reaches this server, for calendar addresses"},
    {"threads", OPTION_INT, "N", "0", 0, 256, "serving threads; 0 = two per core"},
    {"rate", OPTION_REAL, "N", "100", 0, 1e6,
     "requests a second that one token may make, in the long run; 0 = no limit, on wrong tokens neither"},
    {"burst", OPTION_INT, "N", "0", 0, 1000000, "and at once; 0 = twice the rate"},
    {"cors-origin", OPTION_TEXT, "URL,...", NULL, 0, 0,
     "origins whose pages may ask, as https://portal.example; * = all; none unless given"},
    {"trust-proxy", OPTION_TEXT, "IP,...", NULL, 0, 0,
     "proxies whose X-Forwarded-For says who asks; else it is who connects"},
    {"connections", OPTION_INT, "N", "1024", 1, 1000000, "connections at a time"},
    {"connections-per-address", OPTION_INT, "N", "0", 0, 1000000,
     "and of one address; 0 = no limit, as behind a proxy"},
    {"replica", OPTION_TEXT, "URL", NULL, 0, 0,
     "copy of the database that reads may use while it is near enough"},
    {"keep", OPTION_INT, "MB", "23", 0, 65536,
     "memory for answers to agents that are kept until something changes them, about 2.5 kB an agent; 0 = "
     "none"},
    {"config", OPTION_TEXT, "FILE", NULL, 0, 0,
     "settings that SIGHUP reads again: log, log_level, rate, burst, cors_origins"},
    {"log", OPTION_CHOICE, "logfmt|json", "logfmt", 0, 0, "how a line of the log is written"},
    {"drain", OPTION_SPAN, "TIME", "0s", 0, 3600,
     "once asked to stop: /readyz answers 503 and all else goes on for so long"},
    {"workers", OPTION_INT, "N", "1", 0, 64,
     "workers started beside it, for runs (wfm work); 0 = none: they are elsewhere"},
    {"secret-key", OPTION_TEXT, "FILE", NULL, 0, 0,
     "64 hexadecimal digits: encrypts the secrets of webhooks in the database"},
    {"webhook-allow", OPTION_TEXT, "RANGES", NULL, 0, 0,
     "private addresses that webhooks may go to: 10.1.0.0/16,127.0.0.1"},
    {.name = NULL},
};

/* The schema must fit; a server of one's own that is away may come later: the service answers 503 until then.
 */
static bool check_database(const char *conninfo, bool is_private, GError **error)
{
    g_autoptr(GError) cause = NULL;
    AUTO(store) store = settings_store_open(conninfo, is_private, &cause);
    if (store != NULL)
        return true;
    if (is_private || !g_error_matches(cause, WFM_ERROR, WFM_ERROR_STORE)) {
        g_propagate_error(error, g_steal_pointer(&cause));
        return false;
    }
    fprintf(stderr, "wfm serve: %s; answering 503 until the database is there\n", cause->message);
    return true;
}

static bool config_read(const struct options *options, struct api_config *config, GError **error)
{
    const char *base_url = options_text(options, "base-url");
    if (base_url != NULL && !g_str_has_prefix(base_url, "https://") && !g_str_has_prefix(base_url, "http://"))
        return wfm_fail(error, WFM_ERROR_USAGE, "--base-url %s: write it like https://wfm.example", base_url);
    int64_t keep = options_int(options, "keep");
    *config = (struct api_config){
        .address = options_text(options, "address"),
        .port = (uint16_t)options_int(options, "port"),
        .threads = (int)options_int(options, "threads"),
        .base_url = base_url,
        .proxies = options_text(options, "trust-proxy"),
        .connections_max = (int)options_int(options, "connections"),
        .connections_per_address = (int)options_int(options, "connections-per-address"),
        .replica = options_text(options, "replica"),
        .keep_memory = keep > 0 ? keep * 1024 * 1024 : -1,
        .engines = &wfm_engines,
    };
    return true;
}

/* A settings file that is wrong changes nothing; what is wrong goes to the log. */
static void reload(struct api_server *server, const struct options *options, gint *format)
{
    g_autoptr(GError) error = NULL;
    struct serve_settings settings;
    notify_reloading();
    bool ok = serve_settings_read(options, &settings, &error);
    struct api_live live = serve_settings_live(&settings);
    if (ok && api_reload(server, &live, &error)) {
        g_atomic_int_set(format, settings.log);
        fprintf(stderr, "wfm serve: settings read again\n");
    } else {
        fprintf(stderr, "wfm serve: the settings stay as they are: %s\n", error->message);
    }
    serve_settings_clear(&settings);
    notify_manager("READY=1");
}

/* Until somebody asks to stop. */
static void tend(struct api_server *server, struct serve_workers *workers, const struct options *options,
                 gint *format)
{
    gint64 watchdog_us = notify_watchdog_us(), next_us = g_get_monotonic_time();
    int hangups = interrupt_hangups();
    while (interrupt_count() == 0) {
        poll(NULL, 0, 500);
        serve_workers_tend(workers);
        if (hangups != interrupt_hangups()) {
            hangups = interrupt_hangups();
            reload(server, options, format);
        }
        if (watchdog_us > 0 && g_get_monotonic_time() >= next_us) {
            notify_manager("WATCHDOG=1");
            next_us = g_get_monotonic_time() + watchdog_us;
        }
    }
}

/* Whoever spreads the load sees /readyz first and sends no more; asked again, it ends at once. */
static void drain(struct api_server *server, double seconds)
{
    gint64 until_us = g_get_monotonic_time() + (gint64)(seconds * G_USEC_PER_SEC);
    int asked = interrupt_count();
    notify_manager("STOPPING=1");
    api_drain(server);
    while (interrupt_count() == asked && g_get_monotonic_time() < until_us)
        poll(NULL, 0, 100);
}

static bool run(const struct options *options, GError **error)
{
    bool is_private;
    gint format;
    struct api_config config;
    struct serve_settings settings;
    g_autofree char *conninfo = settings_conninfo(options, &is_private, error);
    if (conninfo == NULL || !config_read(options, &config, error) ||
        !check_database(conninfo, is_private, error))
        return false;
    struct secret_key key = {.there = false};
    const char *key_file = options_text(options, "secret-key");
    if (key_file != NULL && !secret_key_read(key_file, &key, error))
        return false;
    const struct webhooks_config webhooks = {.allow = options_text(options, "webhook-allow"), .key = &key};
    config.conninfo = conninfo;
    config.log = serve_log_event;
    config.user = &format;
    config.webhooks = &webhooks;
    interrupt_catch();
    interrupt_catch_hangups();
    AUTO(api_server) server = NULL;
    if (serve_settings_read(options, &settings, error)) {
        struct api_live live = serve_settings_live(&settings);
        format = settings.log;
        config.rate = live.rate;
        config.burst = live.burst;
        config.cors_origins = live.cors_origins;
        config.log_from_status = live.log_from_status;
        server = api_start(&config, error);
    }
    serve_settings_clear(&settings);
    if (server == NULL)
        return false;
    bool six = strchr(config.address, ':') != NULL;
    printf("serving http://%s%s%s:%u/ (Ctrl-C stops)\n", six ? "[" : "", config.address, six ? "]" : "",
           api_port(server));
    fflush(stdout);
    AUTO(serve_workers)
    workers =
        serve_workers_new(conninfo, (int)options_int(options, "workers"), options_flag(options, "quiet"));
    notify_manager("READY=1");
    tend(server, workers, options, &format);
    drain(server, options_real(options, "drain"));
    return true;
}

const struct command command_serve = {
    .name = "serve",
    .args = "",
    .summary = "answer agents, clients and planners over HTTP",
    .details = "Serves /v1, calendar feeds and the pages until SIGINT or SIGTERM; running requests finish. "
               "SIGHUP reads\n--config again. "
               "Tokens come from\n"
               "wfm token create. In production a proxy stands in front and ends TLS.",
    .rows = rows,
    .groups = OPTIONS_STORE | OPTIONS_QUIET,
    .run = run,
};
