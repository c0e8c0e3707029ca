#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "api/server.h"
#include "core/random.h"
#include "tests/api/http.h"
#include "tests/api/receiver.h"
#include "tests/fault/rows.h"
#include "tests/support/pg.h"
#include "tests/support/testing.h"

/* A request under way in a thread, while the test kills the service. */
struct asking {
    struct service *service;
    const char *path, *extra, *body;
    int status;
};

static gpointer ask(gpointer data)
{
    struct asking *asking = data;
    asking->status =
        client_ask(asking->service, CALLER_PLANNER, "POST", asking->path, asking->extra, asking->body, NULL);
    return NULL;
}

/* Asks, and kills the service `us` later; the status that came, 0 for none. Starts it again. */
static int ask_and_kill(struct service *service, const char *path, const char *extra, const char *body,
                        gulong us)
{
    struct asking asking = {service, path, extra, body, 0};
    GThread *thread = g_thread_new("ask", ask, &asking);
    g_usleep(us);
    service_signal(service, SIGKILL);
    g_thread_join(thread);
    service_again(service);
    return asking.status;
}

static void must_be(const struct service *service, const char *sql, const char *want, const char *what)
{
    g_autofree char *got = pg_value(service->fixture->conninfo, sql);
    ck_assert_msg(g_strcmp0(got, want) == 0, "%s: %s: %s, not %s", what, sql, got, want);
}

static int rounds(void)
{
    return fault_long() > 0 ? 100 : 6;
}

/* Waits (20 s at most) until the service's sessions in the database are over: what they were at has happened
 * or not. */
static void sessions_end(const struct service *service)
{
    for (int k = 0; k < 1000; k++) {
        g_autofree char *busy =
            pg_value(service->fixture->conninfo,
                     "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                     "AND state <> 'idle' AND pid <> pg_backend_pid()");
        if (g_strcmp0(busy, "0") == 0)
            return;
        g_usleep(20000);
    }
}

/* Publishing happens or does not, with its audit row and its shifts; asked again it happens once. */
void fault_killed_while_publishing(struct service *service)
{
    struct random random;
    random_seed(&random, 6);
    int64_t draft = service->fixture->draft;
    int done = 0, undone = 0;
    double took_us = 40000; /* finds by itself how long it takes */
    for (int round = 0; round < rounds(); round++) {
        g_autofree char *path = g_strdup_printf("/v1/rosters/%" G_GINT64_FORMAT "/publish", draft);
        int status = ask_and_kill(service, path, NULL, NULL, (gulong)(2 * took_us * random_uniform(&random)));
        sessions_end(service);
        g_autofree char *state_sql =
            g_strdup_printf("SELECT state FROM roster WHERE id = %" G_GINT64_FORMAT, draft);
        g_autofree char *audit_sql = g_strdup_printf(
            "SELECT count(*) FROM audit WHERE action = 'roster.published' AND subject = '%" G_GINT64_FORMAT
            "'",
            draft);
        g_autofree char *state = pg_value(service->fixture->conninfo, state_sql);
        bool published = strcmp(state, "published") == 0;
        done += published;
        undone += !published;
        took_us *= published ? 0.7 : 1.5;
        must_be(service, audit_sql, published ? "1" : "0", "audit after a kill");
        ck_assert_msg(published || status != 200, "an acknowledged publish is lost");
        int again = client_ask(service, CALLER_PLANNER, "POST", path, NULL, NULL, NULL);
        ck_assert_msg(again == (published ? 409 : 200), "asked again after a kill: %d, it was %s", again,
                      state);
        must_be(service, audit_sql, "1", "audit after asking again");
        g_autofree char *copy = g_strdup_printf("/v1/rosters/%" G_GINT64_FORMAT "/copy", draft), *text = NULL;
        client_ask(service, CALLER_PLANNER, "POST", copy, NULL, NULL, &text);
        const char *id = strstr(text, "\"id\":");
        ck_assert_msg(id != NULL, "no copy: %.300s", text);
        draft = g_ascii_strtoll(id + strlen("\"id\":"), NULL, 10);
    }
    must_be(service, "SELECT count(*) FROM roster WHERE state = 'published'", "1",
            "published rosters of the week");
    fprintf(stderr, "publishing: %d kills came too late, %d in time\n", done, undone);
}

/* A POST with an Idempotency-Key that is sent again after the kill has one effect. */
void fault_killed_while_creating(struct service *service)
{
    struct random random;
    random_seed(&random, 7);
    for (int round = 0; round < rounds(); round++) {
        g_autofree char *key = g_strdup_printf("Idempotency-Key: kill-%d\r\n", round);
        g_autofree char *body = g_strdup_printf(
            "{\"url\": \"https://hooks.example.com/x\", \"active\": false, \"description\": \"round %d\"}",
            round);
        ask_and_kill(service, "/v1/webhooks", key, body, (gulong)(random_next(&random) % 15000));
        sessions_end(service);
        int status = client_ask(service, CALLER_PLANNER, "POST", "/v1/webhooks", key, body, NULL);
        ck_assert_msg(status == 201, "sent again: %d", status);
        g_autofree char *sql =
            g_strdup_printf("SELECT count(*) FROM webhook WHERE description = 'round %d'", round);
        must_be(service, sql, "1", "one effect");
    }
}

/* Webhooks: every event arrives although the sender is killed again and again; what comes twice has the same
 * id. */
void fault_killed_while_delivering(struct service *service)
{
    enum { N = 40 };
    struct receiver *receiver = receiver_start();
    g_autofree char *url = receiver_url(receiver);
    g_autofree char *body = g_strdup_printf("{\"url\": \"%s\", \"kinds\": [\"test.row\"]}", url);
    ck_assert_int_eq(client_ask(service, CALLER_PLANNER, "POST", "/v1/webhooks", NULL, body, NULL), 201);
    g_autoptr(GString) insert = g_string_new(NULL);
    for (int k = 0; k < N; k++)
        g_string_append_printf(insert,
                               "WITH e AS (INSERT INTO audit (actor, action, subject, detail) VALUES ('t', "
                               "'test.row', '%d', '{}') "
                               "RETURNING id) INSERT INTO delivery (webhook_id, event_id) SELECT max(w.id), "
                               "e.id FROM webhook w, e "
                               "GROUP BY e.id;",
                               k);
    pg_exec(service->fixture->conninfo, insert->str);
    for (int kills = 0; kills < 3; kills++) {
        receiver_wait(receiver, 5 + kills * 8);
        service_signal(service, SIGKILL);
        service_again(service);
        pg_exec(service->fixture->conninfo,
                "UPDATE webhook SET leased_until = now()"); /* as if the minute were over */
    }
    for (int k = 0; k < 1000; k++) {
        g_autofree char *left =
            pg_value(service->fixture->conninfo,
                     "SELECT count(*) FROM delivery WHERE state <> 'delivered' AND webhook_id <> 1");
        if (strcmp(left, "0") == 0)
            break;
        g_usleep(20000);
    }
    must_be(service, "SELECT count(*) FROM delivery WHERE state <> 'delivered' AND webhook_id <> 1", "0",
            "everything arrives");
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (int k = 0; k < receiver_count(receiver); k++)
        g_hash_table_add(seen, receiver_header(receiver, k, "Wfm-Event-Id"));
    ck_assert_int_eq((int)g_hash_table_size(seen), N);
    ck_assert_int_lt(receiver_count(receiver), N + 4); /* one each may have come twice */
    receiver_stop(receiver);
}

/* The same request with the same key eight times at once. */
void fault_same_key_at_once(struct service *service)
{
    enum { N = 8 };
    struct asking askings[N];
    GThread *threads[N];
    for (int k = 0; k < N; k++) {
        askings[k] =
            (struct asking){service, "/v1/webhooks", "Idempotency-Key: at-once\r\n",
                            "{\"url\": \"https://hooks.example.com/x\", \"description\": \"at once\"}", 0};
        threads[k] = g_thread_new("ask", ask, &askings[k]);
    }
    for (int k = 0; k < N; k++)
        g_thread_join(threads[k]);
    for (int k = 0; k < N; k++)
        ck_assert_msg(askings[k].status == 201 || askings[k].status == 409, "%d", askings[k].status);
    must_be(service, "SELECT count(*) FROM webhook WHERE description = 'at once'", "1", "one effect");
}

void fault_hangups(struct service *service)
{
    struct load load;
    load_start(&load, service, CALLER_ANA, "/v1/me/shifts", 4);
    for (int k = 0; k < 200; k++) {
        ck_assert_int_eq(kill(service->pid, SIGHUP), 0);
        g_usleep(2000);
    }
    load_until(&load, 20);
    load_stop(&load);
    ck_assert_msg(load.other == 0 && load.unavailable == 0 && load.torn == 0, "%d, %d, %d", load.other,
                  load.unavailable, load.torn);
}

/* What was begun is finished: no answer is torn, and it ends. */
void fault_terminated_under_load(struct service *service)
{
    struct load load;
    load_start(&load, service, CALLER_ANA, "/v1/me/shifts", 6);
    load_until(&load, 30);
    int status = service_signal(service, SIGTERM);
    load_stop(&load);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "0x%x", status);
    ck_assert_msg(load.torn == 0 && load.other == 0, "%d torn, %d others (%d)", load.torn, load.other,
                  load.worst);
    service_again(service);
}

void fault_terminated_with_streams(struct service *service)
{
    int fds[5];
    for (size_t k = 0; k < G_N_ELEMENTS(fds); k++) {
        g_autofree char *request = client_request(service, CALLER_PLANNER, "GET", "/v1/changes?since=now",
                                                  "Accept: text/event-stream\r\n", NULL);
        fds[k] = client_open(service);
        client_send(fds[k], request);
        char byte;
        ck_assert_int_eq((int)recv(fds[k], &byte, 1, 0), 1);
    }
    int status = service_signal(service, SIGTERM);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "0x%x", status);
    for (size_t k = 0; k < G_N_ELEMENTS(fds); k++) {
        bool closed = false;
        g_free(client_read(fds[k], 10000, &closed));
        ck_assert(closed);
        close(fds[k]);
    }
    service_again(service);
}

/* A receiver that takes events and never answers costs nobody else anything, not even the end of the service.
 */
void fault_hanging_receiver(struct service *service)
{
    struct receiver *receiver = receiver_start();
    receiver_set(receiver, RECEIVER_HANGS);
    g_autofree char *url = receiver_url(receiver), *body = g_strdup_printf("{\"url\": \"%s\"}", url);
    for (int k = 0; k < 6; k++) /* more than send at a time */
        ck_assert_int_eq(client_ask(service, CALLER_PLANNER, "POST", "/v1/webhooks", NULL, body, NULL), 201);
    receiver_wait(receiver, 1);
    struct load load;
    load_start(&load, service, CALLER_ANA, "/v1/me/shifts", 4);
    load_until(&load, 100);
    load_stop(&load);
    ck_assert_int_eq(load.other + load.unavailable + load.closed, 0);
    int status = service_signal(service, SIGTERM);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "0x%x", status);
    receiver_stop(receiver);
    service_again(service);
}

/* --- the clock */

static gint jumps; /* atomic */

static int64_t jumping_clock(void *user)
{
    static const int64_t offsets[] = {0, 315360000, -315360000, 1, -3600, 4000000000, -1795435200};
    (void)user;
    return FIXTURE_NOW + offsets[(guint)g_atomic_int_add(&jumps, 1) % G_N_ELEMENTS(offsets)];
}

/* Ten years forth and back between requests: answers may be about other days, but they are answers. */
void fault_clock_jumps(struct service *service)
{
    g_autoptr(GError) error = NULL;
    const struct api_config config = {.conninfo = service->fixture->conninfo,
                                      .threads = 2,
                                      .now = jumping_clock,
                                      .rate = 100,
                                      .burst = 200};
    AUTO(api_server) server = api_start(&config, &error);
    ck_no_error(error);
    static const char *const paths[] = {"/v1/me/shifts", "/v1/me", "/v1/changes"};
    for (int k = 0; k < 100; k++) {
        struct http_answer answer = http_request(api_port(server), "GET", paths[k % (int)G_N_ELEMENTS(paths)],
                                                 service->fixture->tokens[CALLER_ANA], NULL, NULL);
        ck_assert_msg(answer.status == 200 || answer.status == 422, "%d: %d %s", k, answer.status,
                      answer.body);
        http_answer_clear(&answer);
    }
}
