#include "api/webhook_http.h"

#include <curl/curl.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>

#define AGENT "User-Agent: wfm-webhooks/1"

void webhook_http_init(void)
{
    static gsize ready;
    if (g_once_init_enter(&ready)) {
        curl_global_init(CURL_GLOBAL_DEFAULT);
        g_once_init_leave(&ready, 1);
    }
}

char *webhook_signature(const char *secret, int64_t ts, const char *body)
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    char hex[2 * crypto_auth_hmacsha256_BYTES + 1];
    g_autofree char *stamp = g_strdup_printf("%" G_GINT64_FORMAT ".", ts);
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)stamp, strlen(stamp));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)body, strlen(body));
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_bin2hex(hex, sizeof hex, mac, sizeof mac);
    return g_strdup_printf("t=%" G_GINT64_FORMAT ",v1=%s", ts, hex);
}

struct sending {
    const struct webhook_post *post;
    size_t received;
    bool refused; /* an address it may not go to */
    bool endless; /* too much of an answer */
};

/* The name is resolved: this is the very address that would be connected to. */
static curl_socket_t open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct sending *sending = user;
    (void)purpose;
    if (!address_allowed(sending->post->allowed, &address->addr)) {
        sending->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t take_answer(char *bytes, size_t size, size_t n, void *user)
{
    struct sending *sending = user;
    (void)bytes;
    sending->received += size * n;
    sending->endless = sending->received > WEBHOOK_ANSWER_MAX;
    return sending->endless ? 0 : size * n;
}

static int watch(void *user, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct sending *sending = user;
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    return sending->post->stop != NULL && g_atomic_int_get(sending->post->stop) != 0;
}

static struct curl_slist *headers_of(const struct webhook_post *post)
{
    g_autofree char *signature = webhook_signature(post->secret, post->now_ts, post->body);
    g_autofree char *text = g_strdup_printf("Content-Type: application/json\n" AGENT "\n"
                                            "Expect:\n" /* no round trip for 100-continue */
                                            "Wfm-Event-Id: %" G_GINT64_FORMAT "\nWfm-Event-Kind: %s\n"
                                            "Wfm-Delivery: %" G_GINT64_FORMAT "\nWfm-Signature: %s",
                                            post->event, post->kind, post->delivery, signature);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    struct curl_slist *list = NULL;
    for (int k = 0; lines[k] != NULL; k++)
        list = curl_slist_append(list, lines[k]);
    return list;
}

static void configure(CURL *curl, struct sending *sending, struct curl_slist *headers)
{
    const struct webhook_post *post = sending->post;
    curl_easy_setopt(curl, CURLOPT_URL, post->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https"); /* which of them: address_url_ok */
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* not that of the environment: addresses are checked here */
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)post->connect_s);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)post->total_s);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, post->body);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(post->body));
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, sending);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, sending);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_answer);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, sending);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, watch);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, sending);
}

int webhook_post(const struct webhook_post *post, char **error)
{
    struct sending sending = {.post = post};
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = headers_of(post);
    configure(curl, &sending, headers);
    CURLcode code = curl_easy_perform(curl);
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    *error = NULL;
    if (sending.refused)
        *error = g_strdup("leads to an address that webhooks may not be sent to");
    else if (sending.endless)
        *error = g_strdup_printf("answered with more than %d bytes", WEBHOOK_ANSWER_MAX);
    else if (code != CURLE_OK)
        *error = g_strdup(curl_easy_strerror(code));
    else if (status >= 300 && status < 400)
        *error = g_strdup_printf("answered %ld; redirects are not followed", status);
    else if (status < 200 || status >= 300)
        *error = g_strdup_printf("answered %ld", status);
    return code == CURLE_OK || sending.endless ? (int)status : 0;
}
