#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "api/server.h"
#include "api/webhooks.h"
#include "core/error.h"
#include "wfm/commands.h"
#include "wfm/engines.h"
#include "wfm/interrupt.h"
#include "wfm/serve_workers.h"
#include "wfm/settings.h"

static const struct option_row rows[] = {
    {"address", OPTION_TEXT, "IP", "127.0.0.1", 0, 0, "address to listen on; :: for all"},
    {"port", OPTION_INT, "N", "8080", 0, 65535, "port to listen on; 0 = any free one"},
    {"base-url", OPTION_TEXT, "URL", NULL, 0, 0, "how the world reaches this server, for calendar addresses"},
    {"threads", OPTION_INT, "N", "0", 0, 256, "serving threads; 0 = two per core"},
    {"rate", OPTION_REAL, "N", "100", 0, 1e6,
     "requests a second that one token may make, in the long run; 0 = no limit"},
    {"burst", OPTION_INT, "N", "0", 0, 1000000, "and at once; 0 = twice the rate"},
    {"cors-origin", OPTION_TEXT, "URL,...", NULL, 0, 0,
     "origins whose pages may ask, as https://portal.example; * = all; none unless given"},
    {"trust-proxy", OPTION_TEXT, "IP,...", NULL, 0, 0,
     "proxies whose X-Forwarded-For says who asks; else it is who connects"},
    {"connections", OPTION_INT, "N", "1024", 1, 1000000, "connections at a time"},
    {"connections-per-address", OPTION_INT, "N", "0", 0, 1000000,
     "and of one address; 0 = no limit, as behind a proxy"},
    {"workers", OPTION_INT, "N", "1", 0, 64,
     "workers started beside it, for runs (wfm work); 0 = none: they are elsewhere"},
    {"secret-key", OPTION_TEXT, "FILE", NULL, 0, 0,
     "64 hexadecimal digits: encrypts the secrets of webhooks in the database"},
    {"webhook-allow", OPTION_TEXT, "RANGES", NULL, 0, 0,
     "private addresses that webhooks may go to: 10.1.0.0/16,127.0.0.1"},
    {.name = NULL},
};

/* A value of a logfmt line, quoted when it needs to be. g_free. */
static char *logfmt_value(const char *text)
{
    if (*text != '\0' && strpbrk(text, " =\"\\\n\t") == NULL)
        return g_strdup(text);
    g_autofree char *escaped = g_strescape(text, NULL);
    return g_strdup_printf("\"%s\"", escaped);
}

/* One line per request on standard error; written in one call, so that lines of threads do not mix. */
static void log_event(const struct api_event *event, void *user)
{
    const bool *quiet = user;
    if (*quiet && event->status < 500)
        return;
    const char *prefix = g_getenv("JOURNAL_STREAM") == NULL ? "" : event->status >= 500 ? "<3>" : "<6>";
    g_autofree char *path = logfmt_value(event->path != NULL ? event->path : "");
    g_autofree char *reason = event->error != NULL ? logfmt_value(event->error) : NULL;
    g_autofree char *line = g_strdup_printf(
        "%smethod=%s path=%s status=%d ms=%.1f bytes=%zu role=%s token=%" G_GINT64_FORMAT
        " remote=%s request=%s%s%s\n",
        prefix, event->method != NULL ? event->method : "-", path, event->status, event->seconds * 1000,
        event->bytes, event->role != NULL ? event->role : "-", event->token_id,
        event->remote != NULL ? event->remote : "-", event->request_id != NULL ? event->request_id : "-",
        reason != NULL ? " error=" : "", reason != NULL ? reason : "");
    fputs(line, stderr);
}

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

static bool run(const struct options *options, GError **error)
{
    bool is_private, quiet = options_flag(options, "quiet");
    const char *base_url = options_text(options, "base-url");
    if (base_url != NULL && !g_str_has_prefix(base_url, "https://") && !g_str_has_prefix(base_url, "http://"))
        return wfm_fail(error, WFM_ERROR_USAGE, "--base-url %s: write it like https://wfm.example", base_url);
    g_autofree char *conninfo = settings_conninfo(options, &is_private, error);
    if (conninfo == NULL || !check_database(conninfo, is_private, error))
        return false;
    struct secret_key key = {.there = false};
    const char *key_file = options_text(options, "secret-key");
    if (key_file != NULL && !secret_key_read(key_file, &key, error))
        return false;
    const struct webhooks_config webhooks = {.allow = options_text(options, "webhook-allow"), .key = &key};
    struct api_config config = {.address = options_text(options, "address"),
                                .port = (uint16_t)options_int(options, "port"),
                                .conninfo = conninfo,
                                .threads = (int)options_int(options, "threads"),
                                .base_url = base_url,
                                .rate = options_real(options, "rate"),
                                .burst = (int)options_int(options, "burst"),
                                .cors_origins = options_text(options, "cors-origin"),
                                .proxies = options_text(options, "trust-proxy"),
                                .connections_max = (int)options_int(options, "connections"),
                                .connections_per_address =
                                    (int)options_int(options, "connections-per-address"),
                                .engines = &wfm_engines,
                                .webhooks = &webhooks,
                                .log = log_event,
                                .user = &quiet};
    interrupt_catch();
    AUTO(api_server) server = api_start(&config, error);
    if (server == NULL)
        return false;
    bool six = strchr(config.address, ':') != NULL;
    printf("serving http://%s%s%s:%u/ (Ctrl-C stops)\n", six ? "[" : "", config.address, six ? "]" : "",
           api_port(server));
    fflush(stdout);
    AUTO(serve_workers)
    workers = serve_workers_new(conninfo, (int)options_int(options, "workers"), quiet);
    while (interrupt_count() == 0) {
        poll(NULL, 0, 500);
        serve_workers_tend(workers);
    }
    return true;
}

const struct command command_serve = {
    .name = "serve",
    .args = "",
    .summary = "answer agents, clients and planners over HTTP",
    .details = "Serves /v1, calendar feeds and the pages until SIGINT or SIGTERM; running requests finish. "
               "Tokens come from\n"
               "wfm token create. In production a proxy stands in front and ends TLS.",
    .rows = rows,
    .groups = OPTIONS_STORE | OPTIONS_QUIET,
    .run = run,
};
