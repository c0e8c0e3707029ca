/* Everything at once, as on a working day: agents read while what they read is published and their tokens are
   revoked, drafts are edited and priced, requests are approved, settings are read again, the database
   restarts, and the service is told to end in the middle of it. Meant for builds with sanitizers above all.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/store/cluster.h"
#include "core/store/store.h"
#include "tests/fault/rows.h"
#include "tests/support/pg.h"
#include "tests/support/testing.h"

#define WHILE_US (1500 * 1000) /* of each half of a storm, with WFM_FAULT_LONG so many seconds more */
#define PATIENCE_US (40 * G_USEC_PER_SEC)

enum { READS, PUBLISHES, PRICES, REVOKES, REQUESTS, STREAMS, PARTS };

struct storm {
    struct service *service;
    char *ben; /* a token; the fixture has none of his */
    /* atomic: */
    gint stop, answered, wrong, done[PARTS];
};

/* The status; 503 and no answer at all are in the weather, another 5xx is wrong in any. */
static int ask(struct storm *storm, const char *token, const char *method, const char *path,
               const char *extra, const char *body, char **text)
{
    g_autofree char *own = NULL;
    int status = client_ask_with(storm->service, token, method, path, extra, body, &own);
    if (status > 0)
        g_atomic_int_inc(&storm->answered);
    if (status >= 500 && status != 503 && g_atomic_int_add(&storm->wrong, 1) == 0)
        fprintf(stderr, "%s %s: %.1000s\n", method, path, own);
    if (text != NULL)
        *text = g_steal_pointer(&own);
    return status;
}

static int ask_as(struct storm *storm, int caller, const char *method, const char *path, const char *body,
                  char **text)
{
    return ask(storm, storm->service->fixture->tokens[caller], method, path, NULL, body, text);
}

/* The first number of that name in the text; 0: there is none. */
static int64_t number_in(const char *text, const char *name)
{
    g_autofree char *key = g_strdup_printf("\"%s\":", name);
    const char *at = strstr(text, key);
    return at != NULL ? g_ascii_strtoll(at + strlen(key), NULL, 10) : 0;
}

static int64_t make(struct storm *storm, const char *token, const char *path, const char *body)
{
    g_autofree char *text = NULL;
    int status = ask(storm, token, "POST", path, NULL, body, &text);
    return status == 201 ? number_in(text, "id") : 0;
}

#define PATH(format, id) g_strdup_printf(format, (int64_t)(id))
#define ID "%" G_GINT64_FORMAT

/* --- who makes it: each does its part again and again, and says whether it succeeded
 * ------------------------------------------------------------------------------------------------------- */

static bool read_shifts(struct storm *storm)
{
    static const char *const extras[] = {NULL, "Accept-Encoding: gzip\r\n", "If-None-Match: \"other\"\r\n"};
    const char *tokens[] = {storm->service->fixture->tokens[CALLER_ANA], storm->ben,
                            storm->service->fixture->tokens[CALLER_CIRA]};
    int good = 0;
    for (size_t k = 0; k < 9; k++)
        good += ask(storm, tokens[k % 3], "GET", "/v1/me/shifts", extras[k / 3], NULL, NULL) == 200;
    return good == 9;
}

static char *path_of(const char *before, int64_t id, const char *after)
{
    return g_strdup_printf("%s%" G_GINT64_FORMAT "%s", before, id, after);
}

static int64_t copy_of_published(struct storm *storm)
{
    const struct fixture *fixture = storm->service->fixture;
    g_autofree char *path = path_of("/v1/rosters/", fixture->published, "/copy");
    return make(storm, fixture->tokens[CALLER_PLANNER], path, NULL);
}

/* Previews and keeps edits of a fresh copy, and publishes it. */
static bool publish_copy(struct storm *storm)
{
    int64_t draft = copy_of_published(storm);
    const char *planner = storm->service->fixture->tokens[CALLER_PLANNER];
    g_autofree char *list = path_of("/v1/rosters/", draft, "/shifts"), *shifts = NULL;
    g_autofree char *edits = path_of("/v1/rosters/", draft, "/edits");
    g_autofree char *end = path_of("/v1/rosters/", draft, "/publish");
    if (draft == 0 || ask_as(storm, CALLER_PLANNER, "GET", list, NULL, &shifts) != 200)
        return false;
    g_autofree char *lock =
        path_of("{\"operations\": [{\"op\": \"lock\", \"shift\": ", number_in(shifts, "id"), "}]}");
    g_autofree char *look =
        path_of("{\"dry_run\": true, \"operations\": [{\"op\": \"move\", \"start\": \"09:30\", \"shift\": ",
                number_in(shifts, "id"), "}]}");
    bool ok = true;
    for (int k = 0; ok && k < 4; k++)
        ok = ask(storm, planner, "POST", edits, "If-Match: *\r\n", look, NULL) == 200;
    return ok && ask(storm, planner, "POST", edits, "If-Match: *\r\n", lock, NULL) == 201 &&
           ask_as(storm, CALLER_PLANNER, "POST", end, NULL, NULL) == 200;
}

/* Of a fresh copy, as prices are computed once. */
static bool price_draft(struct storm *storm)
{
    static const char *const paths[] = {"/prices", "/explain?agent=ana", "/violations", "/coverage"};
    int64_t draft = copy_of_published(storm);
    bool ok = draft != 0;
    for (size_t k = 0; ok && k < G_N_ELEMENTS(paths); k++) {
        g_autofree char *path = path_of("/v1/rosters/", draft, paths[k]);
        ok = ask_as(storm, CALLER_PLANNER, "GET", path, NULL, NULL) == 200;
    }
    ask_as(storm, CALLER_NONE, "GET", "/metrics", NULL, NULL);
    return ok;
}

/* A token that answers from memory is revoked: never again. */
static bool revoke_token(struct storm *storm)
{
    g_autofree char *text = NULL;
    if (ask_as(storm, CALLER_PLANNER, "POST", "/v1/tokens",
               "{\"role\": \"agent\", \"agent\": \"ben\", \"label\": \"storm\"}", &text) != 201)
        return false;
    g_autofree char *path = path_of("/v1/tokens/", number_in(text, "id"), "");
    const char *secret = strstr(text, "wfm_"), *end = secret != NULL ? strchr(secret, '"') : NULL;
    g_autofree char *token = end != NULL ? g_strndup(secret, (gsize)(end - secret)) : NULL;
    for (int k = 0; k < 3; k++)
        ask(storm, token, "GET", "/v1/me/shifts", NULL, NULL, NULL);
    if (token == NULL || ask_as(storm, CALLER_PLANNER, "DELETE", path, NULL, NULL) != 204)
        return false;
    int status = ask(storm, token, "GET", "/v1/me/shifts", NULL, NULL, NULL);
    if (status == 200 && g_atomic_int_add(&storm->wrong, 1) == 0)
        fprintf(stderr, "a revoked token is answered\n");
    return status == 401;
}

static bool request_time_off(struct storm *storm)
{
    int ahead = 100 + g_atomic_int_get(&storm->answered) % 900; /* what a restart cut off stays asked for */
    g_autoptr(GDateTime) now = g_date_time_new_now_utc(), day = g_date_time_add_days(now, ahead);
    g_autofree char *body = g_date_time_format(day, "{\"first_day\": \"%Y-%m-%d\", \"kind\": \"training\"}");
    int64_t id = make(storm, storm->ben, "/v1/me/time-off", body);
    g_autofree char *approve = path_of("/v1/time-off-requests/", id, "/approve");
    g_autofree char *withdraw = path_of("/v1/me/time-off/", id, "");
    bool ok = id != 0 && ask_as(storm, CALLER_PLANNER, "POST", approve, "{}", NULL) == 200;
    return id != 0 && ask(storm, storm->ben, "DELETE", withdraw, NULL, NULL, NULL) == 204 && ok;
}

static bool read_stream(struct storm *storm)
{
    g_autofree char *asked = client_request(storm->service, CALLER_PLANNER, "GET", "/v1/changes?since=now",
                                            "Accept: text/event-stream\r\n", NULL),
                    *text = NULL;
    int fd = client_open(storm->service);
    if (fd < 0)
        return false;
    client_send(fd, asked);
    text = client_read(fd, 300, NULL);
    close(fd);
    return g_str_has_prefix(text, "HTTP/1.1 200");
}

/* --- the storm
 * ------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *what;
    bool (*act)(struct storm *storm);
    int threads;
} parts[PARTS] = {
    [READS] = {"reads", read_shifts, 3},
    [PUBLISHES] = {"publishes", publish_copy, 2},
    [PRICES] = {"prices", price_draft, 1},
    [REVOKES] = {"revocations", revoke_token, 1},
    [REQUESTS] = {"requests approved", request_time_off, 1},
    [STREAMS] = {"streams", read_stream, 1},
};

struct member {
    struct storm *storm;
    int part;
    GThread *thread;
};

static gpointer act(gpointer data)
{
    struct member *member = data;
    struct storm *storm = member->storm;
    while (g_atomic_int_get(&storm->stop) == 0) {
        if (parts[member->part].act(storm))
            g_atomic_int_inc(&storm->done[member->part]);
    }
    return NULL;
}

/* Until each part succeeded once more, and for some time, with a SIGHUP now and then. */
static void let_it_blow(struct storm *storm, const char *when)
{
    gint64 until = g_get_monotonic_time() + WHILE_US + fault_long() * G_USEC_PER_SEC;
    gint64 patience = until + PATIENCE_US;
    int before[PARTS];
    bool all = false;
    for (int p = 0; p < PARTS; p++)
        before[p] = g_atomic_int_get(&storm->done[p]);
    while (!all || g_get_monotonic_time() < until) {
        ck_assert_int_eq(kill(storm->service->pid, SIGHUP), 0);
        g_usleep(50 * 1000);
        all = true;
        for (int p = 0; p < PARTS; p++) {
            all = all && g_atomic_int_get(&storm->done[p]) > before[p];
            ck_assert_msg(g_get_monotonic_time() < patience || g_atomic_int_get(&storm->done[p]) > before[p],
                          "%s: no %s for long", when, parts[p].what);
        }
    }
}

void fault_storm(struct service *service)
{
    g_autoptr(GError) error = NULL;
    struct storm storm = {.service = service};
    struct member members[16];
    int n = 0;
    AUTO(store) store = store_open(service->fixture->conninfo, &error);
    store_token_create(store, ROLE_AGENT, NULL, "ben", "test token", 0, "test", &storm.ben, NULL, &error);
    ck_no_error(error);
    for (int p = 0; p < PARTS; p++)
        for (int k = 0; k < parts[p].threads; k++, n++) {
            members[n] = (struct member){.storm = &storm, .part = p};
            members[n].thread = g_thread_new("storm", act, &members[n]);
        }
    let_it_blow(&storm, "before a restart of the database");
    cluster_stop(pg_data_dir(), &error);
    ck_no_error(error);
    pg_ensure();
    let_it_blow(&storm, "after a restart of the database");
    int status = service_signal(service, SIGTERM);
    g_atomic_int_set(&storm.stop, 1);
    for (int k = 0; k < n; k++)
        g_thread_join(members[k].thread);
    g_free(storm.ben);
    service_log_clean(service);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "0x%x", status);
    ck_assert_int_eq(storm.wrong, 0);
    if (fault_long() > 0)
        for (int p = 0; p < PARTS; p++)
            fprintf(stderr, "%d %s\n", storm.done[p], parts[p].what);
    service_again(service);
}
