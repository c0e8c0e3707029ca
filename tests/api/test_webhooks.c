#define _GNU_SOURCE /* memmem */
/* Webhooks: made and changed, refused where they must not lead, delivered signed and in order, retried, given
 * up. */
#include "tests/support/testing.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <string.h>

#include "api/address.h"
#include "api/secret_box.h"
#include "api/webhook_http.h"
#include "api/webhooks.h"
#include "core/error.h"
#include "core/store/query.h"
#include "tests/api/fixture.h"
#include "tests/api/http.h"
#include "tests/api/receiver.h"
#include "tests/support/pg.h"

#define CHECK_MS 20
#define CHECKS_MAX 1000

static struct fixture fixture;
static struct api_server *server;
static struct store *store;
static struct receiver *receiver;

static const int quick[] = {1, 0};
static const struct secret_key key = {true, {1, 2, 3}};

static struct api_server *serve(const struct webhooks_config *webhooks)
{
    g_autoptr(GError) error = NULL;
    const struct api_config config = {.conninfo = fixture.conninfo, .threads = 2, .webhooks = webhooks};
    struct api_server *made = api_start(&config, &error);
    ck_no_error(error);
    return made;
}

static void start(void)
{
    g_autoptr(GError) error = NULL;
    fixture_init(&fixture);
    pg_exec(fixture.conninfo, "DELETE FROM webhook");
    const struct webhooks_config webhooks = {
        .allow = "127.0.0.1", .key = &key, .connect_s = 1, .total_s = 2, .poll_ms = 20, .schedule = quick};
    server = serve(&webhooks);
    store = store_open(fixture.conninfo, &error);
    ck_no_error(error);
    receiver = receiver_start();
}

static void stop(void)
{
    store_close(store);
    api_stop(server);
    receiver_stop(receiver);
    fixture_clear(&fixture);
}

static json_t *ask(const char *method, const char *path, const char *body, int want)
{
    struct http_answer answer =
        http_request(api_port(server), method, path, fixture.tokens[CALLER_PLANNER], NULL, body);
    ck_assert_msg(answer.status == want, "%s %s %s: %d, not %d\n%s", method, path, body != NULL ? body : "",
                  answer.status, want, answer.body);
    json_t *json = json_loads(answer.body, 0, NULL);
    http_answer_clear(&answer);
    return json;
}

static json_int_t number_of(const json_t *json, const char *name)
{
    return json_integer_value(json_object_get(json, name));
}

/* Makes a webhook to the receiver; its number, and its secret (g_free, may be NULL). */
static json_int_t make_webhook(const char *kinds, char **secret)
{
    g_autofree char *url = receiver_url(receiver);
    g_autofree char *body = g_strdup_printf("{\"url\": \"%s\", \"kinds\": [%s]}", url, kinds);
    json_t *made = ask("POST", "/v1/webhooks", body, 201);
    json_int_t id = number_of(made, "id");
    if (secret != NULL)
        *secret = g_strdup(json_string_value(json_object_get(made, "secret")));
    json_decref(made);
    return id;
}

static void happen(const char *kind, int n)
{
    g_autoptr(GError) error = NULL;
    ck_assert(tx_begin(store, &error));
    for (int k = 0; k < n; k++) {
        g_autofree char *subject = g_strdup_printf("%d", k);
        ck_assert(audit_write(store, "test", kind, subject, json_pack("{s:s}", "note", "“ü”"), &error));
    }
    ck_assert(tx_end(store, true, &error));
    ck_no_error(error);
}

/* Until the query gives the value. */
static void wait_for(const char *sql, const char *want)
{
    g_autofree char *got = NULL;
    for (int k = 0; k < CHECKS_MAX; k++) {
        g_free(got);
        got = pg_value(fixture.conninfo, sql);
        if (g_strcmp0(got, want) == 0)
            return;
        g_usleep(CHECK_MS * 1000);
    }
    ck_abort_msg("%s: %s, not %s", sql, got, want);
}

/* --- the resource */

START_TEST(made_changed_and_deleted)
{
    g_autofree char *secret = NULL;
    json_int_t id = make_webhook("\"roster.published\", \"time_off.*\"", &secret);
    ck_assert_uint_eq(strlen(secret), strlen("whsec_") + 43);
    g_autofree char *path = g_strdup_printf("/v1/webhooks/%" JSON_INTEGER_FORMAT, id);
    json_t *shown = ask("GET", path, NULL, 200);
    ck_assert_ptr_null(json_object_get(shown, "secret"));
    ck_assert_uint_eq(json_array_size(json_object_get(shown, "kinds")), 2);
    /* what GET shows can be sent back */
    json_object_set_new(shown, "active", json_false());
    json_object_set_new(shown, "description", json_string("Payroll"));
    g_autofree char *body = json_dumps(shown, 0);
    json_decref(shown);
    json_t *changed = ask("PUT", path, body, 200);
    ck_assert(json_is_false(json_object_get(changed, "active")));
    ck_assert_str_eq(json_string_value(json_object_get(changed, "description")), "Payroll");
    json_decref(changed);
    json_t *list = ask("GET", "/v1/webhooks", NULL, 200);
    ck_assert_uint_eq(json_array_size(json_object_get(list, "items")), 1);
    json_decref(list);
    g_autofree char *test = g_strconcat(path, "/test", NULL), *renew = g_strconcat(path, "/secret", NULL);
    json_decref(ask("POST", test, NULL, 409)); /* it is not active */
    json_t *renewed = ask("POST", renew, NULL, 200);
    ck_assert_str_ne(json_string_value(json_object_get(renewed, "secret")), secret);
    json_decref(renewed);
    json_decref(ask("DELETE", path, NULL, 204));
    json_decref(ask("GET", path, NULL, 404));
    g_autofree char *audited =
        pg_value(fixture.conninfo,
                 "SELECT string_agg(action, ' ' ORDER BY id) FROM audit WHERE action LIKE 'webhook.%' "
                 "AND actor LIKE 'token%'");
    ck_assert_str_eq(audited, "webhook.created webhook.updated webhook.secret_changed webhook.deleted");
}
END_TEST

static const struct {
    const char *body;
    int status;
    const char *pointer;
} wrong[] = {
    {"{}", 422, "/url"},
    {"{\"url\": \"http://example.com/\"}", 422, "/url"},
    {"{\"url\": \"ftp://example.com/\"}", 422, "/url"},
    {"{\"url\": \"file:///etc/passwd\"}", 422, "/url"},
    {"{\"url\": \"https://\"}", 422, "/url"},
    {"{\"url\": \"https://u:p@example.com/\"}", 422, "/url"},
    {"{\"url\": \"https://example.com/#x\"}", 422, "/url"},
    {"{\"url\": \"https://10.0.0.1/\"}", 422, "/url"},
    {"{\"url\": \"https://[::1]/\"}", 422, "/url"},
    {"{\"url\": \"https://169.254.169.254/latest/meta-data\"}", 422, "/url"},
    {"{\"url\": \"https://example.com/\", \"kinds\": [\"all\"]}", 422, "/kinds/0"},
    {"{\"url\": \"https://example.com/\", \"kinds\": [\"a.b\", 7]}", 422, "/kinds/1"},
    {"{\"url\": \"https://example.com/\", \"active\": \"yes\"}", 422, "/active"},
    {"{\"url\": \"https://example.com/\", \"colour\": 1}", 422, "/colour"},
    {"[]", 422, NULL},
    {"{", 400, NULL},
};

START_TEST(wrong_ones_are_refused)
{
    for (size_t k = 0; k < G_N_ELEMENTS(wrong); k++) {
        json_t *problem = ask("POST", "/v1/webhooks", wrong[k].body, wrong[k].status);
        const json_t *first = json_array_get(json_object_get(problem, "errors"), 0);
        if (wrong[k].pointer != NULL)
            ck_assert_str_eq(json_string_value(json_object_get(first, "pointer")), wrong[k].pointer);
        json_decref(problem);
    }
}
END_TEST

/* --- addresses and secrets */

static const struct {
    const char *address, *allow;
    bool want;
} addresses[] = {
    {"93.184.216.34", NULL, true},
    {"127.0.0.1", NULL, false},
    {"127.0.0.1", "127.0.0.0/8", true},
    {"127.0.0.1", "10.0.0.0/8", false},
    {"10.1.2.3", "10.1.2.3", true},
    {"10.1.2.4", "10.1.2.3", false},
    {"10.1.2.4", "192.168.0.0/16, 10.1.2.0/24", true},
    {"0.0.0.0", NULL, false},
    {"100.64.0.1", NULL, false},
    {"169.254.169.254", NULL, false},
    {"172.15.255.255", NULL, true},
    {"172.16.0.1", NULL, false},
    {"172.31.255.255", NULL, false},
    {"172.32.0.0", NULL, true},
    {"192.168.1.1", NULL, false},
    {"224.0.0.1", NULL, false},
    {"255.255.255.255", NULL, false},
    {"2606:2800:220:1::1", NULL, true},
    {"::1", NULL, false},
    {"::1", "::1", true},
    {"::", NULL, false},
    {"fe80::1", NULL, false},
    {"fd12::1", NULL, false},
    {"fd12::1", "fd00::/8", true},
    {"ff02::1", NULL, false},
    {"::ffff:127.0.0.1", NULL, false},
    {"::ffff:93.184.216.34", NULL, true},
    {"64:ff9b::7f00:1", NULL, false},   /* NAT64 of 127.0.0.1 */
    {"64:ff9b::5db8:d822", NULL, true}, /* NAT64 of 93.184.216.34 */
    {"2002:7f00:1::", NULL, false},     /* 6to4 of 127.0.0.1 */
    {"64:ff9b:1::a00:1", NULL, false},  /* NAT64 of a network's own */
    {"64:ff9b:2::1", NULL, true},
    {"::ffff:0:10.0.0.1", NULL, false}, /* IPv4-translated */
    {"3fff::1", NULL, false},
    {"5f00::1", NULL, false},
};

START_TEST(addresses_are_told_apart)
{
    g_autoptr(GError) error = NULL;
    struct address_ranges ranges;
    address_ranges_parse(addresses[_i].allow, &ranges, &error);
    ck_no_error(error);
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    bool four = inet_pton(AF_INET, addresses[_i].address, &v4.sin_addr) == 1;
    ck_assert(four || inet_pton(AF_INET6, addresses[_i].address, &v6.sin6_addr) == 1);
    bool got = address_allowed(&ranges, four ? (const struct sockaddr *)&v4 : (const struct sockaddr *)&v6);
    ck_assert_msg(got == addresses[_i].want, "%s, allowed %s", addresses[_i].address, addresses[_i].allow);
}
END_TEST

START_TEST(ranges_are_read_strictly)
{
    static const char *const bad[] = {"localhost",  "10.0.0.0/33", "10.0.0/8",   "::/129",
                                      "10.0.0.0/x", ",",           "10.0.0.0/-1"};
    for (size_t k = 0; k < G_N_ELEMENTS(bad); k++) {
        g_autoptr(GError) error = NULL;
        struct address_ranges ranges;
        ck_assert_msg(!address_ranges_parse(bad[k], &ranges, &error), "%s", bad[k]);
        ck_assert(g_error_matches(error, WFM_ERROR, WFM_ERROR_USAGE));
    }
}
END_TEST

START_TEST(secrets_are_sealed_with_the_key)
{
    static const struct secret_key none, other = {true, {9}};
    size_t length;
    bool sealed;
    g_autofree unsigned char *kept = secret_seal(&key, "whsec_x", &length, &sealed);
    ck_assert(sealed && memmem(kept, length, "whsec", 5) == NULL);
    g_autofree char *opened = secret_open(&key, kept, length, true, NULL);
    ck_assert_str_eq(opened, "whsec_x");
    ck_assert_ptr_null(secret_open(&other, kept, length, true, NULL));
    ck_assert_ptr_null(secret_open(&none, kept, length, true, NULL));
    kept[length - 1] ^= 1;
    ck_assert_ptr_null(secret_open(&key, kept, length, true, NULL));
    g_autofree unsigned char *plain = secret_seal(&none, "whsec_x", &length, &sealed);
    ck_assert(!sealed && length == 7 && memcmp(plain, "whsec_x", 7) == 0);
}
END_TEST

/* The value of Python's hmac module; tests/api/snippets.sh checks the documented receivers with the same. */
START_TEST(signature_is_as_documented)
{
    g_autofree char *got =
        webhook_signature("whsec_example", 1795435200, "{\"id\":118,\"kind\":\"roster.published\"}");
    ck_assert_str_eq(got, "t=1795435200,v1=975521d8f924a8ac8df760e18485230a598cb173ec093dbbcaee63e0523f0fb9");
}
END_TEST

START_TEST(stored_secrets_are_not_readable)
{
    make_webhook("", NULL);
    g_autofree char *held =
        pg_value(fixture.conninfo, "SELECT sealed AND position('whsec'::bytea in secret) = 0 FROM webhook");
    ck_assert_str_eq(held, "t");
}
END_TEST

/* --- delivery */

START_TEST(delivered_and_signed)
{
    g_autofree char *secret = NULL;
    json_int_t id = make_webhook("\"test.row\"", &secret);
    happen("other.row", 1);
    happen("test.row", 1);
    ck_assert_int_eq(receiver_wait(receiver, 1), 1);
    g_autofree char *request = receiver_request(receiver, 0),
                    *signature = receiver_header(receiver, 0, "Wfm-Signature");
    g_autofree char *event = receiver_header(receiver, 0, "Wfm-Event-Id"),
                    *kind = receiver_header(receiver, 0, "Wfm-Event-Kind");
    const char *body = strstr(request, "\r\n\r\n") + 4;
    ck_assert_str_eq(kind, "test.row");
    /* GLib's HMAC, by what the documentation says */
    g_auto(GStrv) parts = g_strsplit_set(signature, "=,", -1);
    ck_assert_str_eq(parts[0], "t");
    ck_assert_str_eq(parts[2], "v1");
    g_autofree char *signed_text = g_strconcat(parts[1], ".", body, NULL);
    g_autofree char *hmac =
        g_compute_hmac_for_string(G_CHECKSUM_SHA256, (const guchar *)secret, strlen(secret), signed_text, -1);
    ck_assert_str_eq(parts[3], hmac);
    json_t *json = json_loads(body, 0, NULL);
    g_autofree char *number = g_strdup_printf("%" JSON_INTEGER_FORMAT, number_of(json, "id"));
    ck_assert_str_eq(number, event);
    ck_assert_str_eq(json_string_value(json_object_get(json_object_get(json, "detail"), "note")), "“ü”");
    json_decref(json);
    wait_for("SELECT state || ' ' || attempts || ' ' || last_status FROM delivery", "delivered 1 204");
    g_autofree char *path = g_strdup_printf("/v1/webhooks/%" JSON_INTEGER_FORMAT "/deliveries", id);
    json_t *list = ask("GET", path, NULL, 200);
    json_t *first = json_array_get(json_object_get(list, "items"), 0);
    ck_assert_str_eq(json_string_value(json_object_get(first, "state")), "delivered");
    ck_assert_int_eq((int)number_of(list, "pending"), 0);
    json_decref(list);
}
END_TEST

static const struct {
    const char *what;
    enum receiver_mode mode;
    const char *status, *says;
} failures[] = {
    {"500", RECEIVER_FAILS, "500", "answered 500"},
    {"422", RECEIVER_REFUSES, "422", "answered 422"},
    {"redirect", RECEIVER_REDIRECTS, "302", "redirects are not followed"},
    {"hanging", RECEIVER_HANGS, "-", "Timeout"},
    {"stalling in the head", RECEIVER_STALLS, "-", "Timeout"},
    {"endless answer", RECEIVER_CHATTERS, "200", "more than 65536 bytes"},
    {"closing", RECEIVER_CLOSES, "-", "nothing"},
};

START_TEST(failures_are_retried_until_they_end)
{
    receiver_set(receiver, failures[_i].mode);
    make_webhook("\"test.row\"", NULL);
    happen("test.row", 1);
    wait_for("SELECT attempts > 0 FROM delivery", "t");
    g_autofree char *state = pg_value(
        fixture.conninfo,
        "SELECT state || ' ' || coalesce(last_status::text, '-') || ' ' || last_error FROM delivery");
    ck_assert_msg(g_str_has_prefix(state, "pending ") && strstr(state, failures[_i].status) != NULL &&
                      strstr(state, failures[_i].says) != NULL,
                  "%s: %s", failures[_i].what, state);
    receiver_set(receiver, RECEIVER_OK);
    wait_for("SELECT state FROM delivery", "delivered");
    g_autofree char *healthy = pg_value(fixture.conninfo, "SELECT failing_since IS NULL FROM webhook");
    ck_assert_str_eq(healthy, "t");
    ck_assert_int_ge(receiver_count(receiver), 2);
    for (int k = 0; k < receiver_count(receiver); k++) { /* no redirect was followed */
        g_autofree char *request = receiver_request(receiver, k);
        ck_assert(g_str_has_prefix(request, "POST /hook HTTP/1.1"));
    }
}
END_TEST

/* A receiver that is down gets all in order when it is back. */
START_TEST(order_survives_an_ill_receiver)
{
    enum { N = 8 };
    make_webhook("\"test.row\"", NULL);
    receiver_fail(receiver, 3);
    happen("test.row", N);
    wait_for("SELECT count(*) FROM delivery WHERE state = 'delivered'", "8");
    int total = receiver_count(receiver);
    ck_assert_int_eq(total, N + 3);
    for (int k = 0; k < total; k++) {
        g_autofree char *request = receiver_request(receiver, k);
        g_autofree char *subject = g_strdup_printf("\"subject\":\"%d\"", MAX(0, k - 3));
        ck_assert_msg(strstr(request, subject) != NULL, "request %d: no %s in %s", k, subject, request);
    }
}
END_TEST

/* An event that is refused does not hold back the others. */
START_TEST(refusals_do_not_hold_the_others)
{
    make_webhook("\"test.row\"", NULL);
    receiver_set(receiver, RECEIVER_REFUSES);
    happen("test.row", 3);
    ck_assert_int_ge(receiver_wait(receiver, 3), 3);
    for (int k = 0; k < 3; k++) {
        g_autofree char *request = receiver_request(receiver, k);
        g_autofree char *subject = g_strdup_printf("\"subject\":\"%d\"", k);
        ck_assert_msg(strstr(request, subject) != NULL, "request %d: no %s", k, subject);
    }
}
END_TEST

/* Down: nobody listens; loopback that nobody allowed. */
START_TEST(nowhere_to_go)
{
    g_autoptr(GError) error = NULL;
    char *kinds[] = {NULL};
    const char *const urls[] = {"http://127.0.0.1:1/x", "https://127.0.0.2/x", "https://localhost.invalid/x"};
    const char *const says[] = {"connect", "may not be sent to", "resolve"};
    for (size_t k = 0; k < G_N_ELEMENTS(urls); k++) {
        struct webhook webhook = {
            .url = (char *)(uintptr_t)urls[k], .description = (char *)"", .kinds = kinds, .active = true};
        ck_assert(store_webhook_create(store, &webhook, "s", 1, false, "test", &error));
    }
    pg_exec(fixture.conninfo, "DELETE FROM delivery");
    happen("test.row", 1);
    for (size_t k = 0; k < G_N_ELEMENTS(urls); k++) {
        g_autofree char *sql = g_strdup_printf("SELECT bool_or(last_error LIKE '%%%s%%') FROM delivery d "
                                               "JOIN webhook w ON w.id = d.webhook_id WHERE w.url = '%s'",
                                               says[k], urls[k]);
        wait_for(sql, "t");
    }
}
END_TEST

/* After its time a delivery is dead, the webhook that only fails is disabled, and both can be brought back.
 */
START_TEST(given_up_and_brought_back)
{
    static const int slow[] = {1, 5, 0};
    api_stop(server);
    const struct webhooks_config webhooks = {.allow = "127.0.0.1",
                                             .key = &key,
                                             .poll_ms = 20,
                                             .schedule = slow,
                                             .give_up_s = 3,
                                             .disable_after_s = 1};
    server = serve(&webhooks);
    receiver_set(receiver, RECEIVER_FAILS);
    json_int_t id = make_webhook("\"test.row\"", NULL);
    happen("test.row", 1);
    wait_for("SELECT state FROM delivery", "dead");
    wait_for("SELECT active::text || (disabled_at IS NOT NULL) FROM webhook", "falsetrue");
    g_autofree char *audited =
        pg_value(fixture.conninfo, "SELECT count(*) FROM audit WHERE action = 'webhook.disabled'");
    ck_assert_str_eq(audited, "1");
    g_autofree char *path = g_strdup_printf("/v1/webhooks/%" JSON_INTEGER_FORMAT, id);
    g_autofree char *dead = g_strconcat(path, "/deliveries?state=dead", NULL);
    json_t *list = ask("GET", dead, NULL, 200);
    json_int_t number = number_of(json_array_get(json_object_get(list, "items"), 0), "id");
    ck_assert_int_eq((int)number_of(list, "dead"), 1);
    json_decref(list);
    receiver_set(receiver, RECEIVER_OK);
    g_autofree char *url = receiver_url(receiver);
    g_autofree char *body = g_strdup_printf("{\"url\": \"%s\", \"kinds\": [\"test.row\"]}", url);
    json_decref(ask("PUT", path, body, 200));
    g_autofree char *retry = g_strdup_printf("%s/deliveries/%" JSON_INTEGER_FORMAT "/retry", path, number);
    json_decref(ask("POST", retry, NULL, 202));
    wait_for("SELECT state FROM delivery", "delivered");
    json_decref(ask("POST", retry, NULL, 409)); /* it has arrived */
}
END_TEST

START_TEST(a_test_is_delivered_whatever_is_wanted)
{
    json_int_t id = make_webhook("\"roster.published\"", NULL);
    g_autofree char *path = g_strdup_printf("/v1/webhooks/%" JSON_INTEGER_FORMAT "/test", id);
    json_t *delivery = ask("POST", path, NULL, 202);
    ck_assert_str_eq(json_string_value(json_object_get(json_object_get(delivery, "event"), "kind")),
                     "webhook.tested");
    json_decref(delivery);
    ck_assert_int_eq(receiver_wait(receiver, 1), 1);
    wait_for("SELECT state FROM delivery", "delivered");
}
END_TEST

/* Two processes send: each event once, in order. */
START_TEST(two_senders_share_the_outbox)
{
    enum { N = 60 };
    const struct webhooks_config webhooks = {
        .allow = "127.0.0.1", .key = &key, .poll_ms = 20, .schedule = quick};
    AUTO(api_server) second = serve(&webhooks);
    ck_assert_ptr_nonnull(second); /* two that deliver from the same outbox */
    make_webhook("\"test.row\"", NULL);
    for (int k = 0; k < N / 10; k++)
        happen("test.row", 10);
    wait_for("SELECT count(*) FROM delivery WHERE state = 'delivered'", "60");
    ck_assert_int_eq(receiver_count(receiver), N);
    int64_t last = 0;
    for (int k = 0; k < N; k++) {
        g_autofree char *event = receiver_header(receiver, k, "Wfm-Event-Id");
        int64_t number = g_ascii_strtoll(event, NULL, 10);
        ck_assert_int_gt(number, last);
        last = number;
    }
}
END_TEST

/* What a sender that died had leased goes on when the lease is over. */
START_TEST(a_dead_senders_lease_ends)
{
    json_int_t id = make_webhook("\"test.row\"", NULL);
    g_autofree char *sql = g_strdup_printf("UPDATE webhook SET lease = 99, leased_until = now() + interval "
                                           "'1 second' WHERE id = %" JSON_INTEGER_FORMAT,
                                           id);
    pg_exec(fixture.conninfo, sql);
    happen("test.row", 1);
    wait_for("SELECT state FROM delivery", "delivered");
}
END_TEST

START_TEST(metrics_tell_of_them)
{
    receiver_fail(receiver, 1);
    make_webhook("\"test.row\"", NULL);
    happen("test.row", 1);
    wait_for("SELECT state FROM delivery", "delivered");
    struct http_answer answer = http_request(api_port(server), "GET", "/metrics", NULL, NULL, NULL);
    ck_assert_ptr_nonnull(strstr(answer.body, "wfm_webhook_attempts_total{result=\"failed\"} 1\n"));
    ck_assert_ptr_nonnull(strstr(answer.body, "wfm_webhook_attempts_total{result=\"delivered\"} 1\n"));
    ck_assert_ptr_nonnull(strstr(answer.body, "wfm_webhook_deliveries{state=\"dead\"} 0\n"));
    http_answer_clear(&answer);
}
END_TEST

static Suite *suite(void)
{
    pg_start();
    Suite *s = suite_create("api/webhooks");
    TCase *t = tcase_create("pure");
    tcase_add_loop_test(t, addresses_are_told_apart, 0, G_N_ELEMENTS(addresses));
    tcase_add_test(t, ranges_are_read_strictly);
    tcase_add_test(t, secrets_are_sealed_with_the_key);
    tcase_add_test(t, signature_is_as_documented);
    suite_add_tcase(s, t);
    t = tcase_create("served");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, start, stop);
    tcase_add_test(t, made_changed_and_deleted);
    tcase_add_test(t, wrong_ones_are_refused);
    tcase_add_test(t, stored_secrets_are_not_readable);
    tcase_add_test(t, delivered_and_signed);
    tcase_add_loop_test(t, failures_are_retried_until_they_end, 0, G_N_ELEMENTS(failures));
    tcase_add_test(t, order_survives_an_ill_receiver);
    tcase_add_test(t, refusals_do_not_hold_the_others);
    tcase_add_test(t, nowhere_to_go);
    tcase_add_test(t, given_up_and_brought_back);
    tcase_add_test(t, a_test_is_delivered_whatever_is_wanted);
    tcase_add_test(t, two_senders_share_the_outbox);
    tcase_add_test(t, a_dead_senders_lease_ends);
    tcase_add_test(t, metrics_tell_of_them);
    suite_add_tcase(s, t);
    return s;
}

TEST_MAIN(suite)
