#include <string.h>

#include "api/address.h"
#include "api/body.h"
#include "api/changes.h"
#include "api/resources.h"
#include "api/secret_box.h"
#include "api/webhooks.h"
#include "core/error.h"

#define URL_MAX 2000
#define DESCRIPTION_MAX 500
#define SECRET_PREFIX "whsec_"
#define SECRET_BYTES 32

/* --- as JSON */

/* Without how long its queue is: that changes by itself, and a webhook is changed with If-Match. */
static json_t *webhook_json(const struct webhook *webhook)
{
    json_t *kinds = json_array();
    for (int k = 0; webhook->kinds[k] != NULL; k++)
        json_array_append_new(kinds, json_string(webhook->kinds[k]));
    return json_pack("{s:I, s:s, s:o, s:s, s:b, s:o, s:s, s:o, s:o}", "id", (json_int_t)webhook->id, "url",
                     webhook->url, "kinds", kinds, "description", webhook->description, "active",
                     (int)webhook->active, "created", api_json_instant(webhook->created_ts, NULL),
                     "created_by", webhook->created_by, "failing_since",
                     api_json_instant_or_null(webhook->failing_since_ts, NULL), "disabled",
                     api_json_instant_or_null(webhook->disabled_ts, NULL));
}

static json_t *delivery_json(const struct delivery *delivery)
{
    return json_pack("{s:I, s:I, s:s, s:o, s:i, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)delivery->id,
                     "webhook", (json_int_t)delivery->webhook_id, "state",
                     delivery_state_name(delivery->state), "event", change_json(&delivery->event, true),
                     "attempts", delivery->attempts, "created", api_json_instant(delivery->created_ts, NULL),
                     "tried", api_json_instant_or_null(delivery->tried_ts, NULL), "next_try",
                     delivery->state == DELIVERY_PENDING ? api_json_instant(delivery->next_ts, NULL)
                                                         : json_null(),
                     "status", delivery->status != 0 ? json_integer(delivery->status) : json_null(), "error",
                     api_json_text(delivery->error));
}

/* Answers with the webhook as it stands; the secret when it is new. */
static bool reply_webhook(struct api_call *call, int status, int64_t id, const char *secret, GError **error)
{
    struct webhook webhook = {0};
    if (!store_webhook_find(call->store, id, &webhook, error))
        return false;
    json_t *json = webhook_json(&webhook);
    webhook_clear(&webhook);
    if (secret != NULL)
        json_object_set_new(json, "secret", json_string(secret));
    api_reply_json(call, status, json);
    if (status == 201)
        call->response.location = g_strdup_printf("/v1/webhooks/%" G_GINT64_FORMAT, id);
    return true;
}

static bool path_webhook(const struct api_call *call, int64_t *id, GError **error)
{
    return path_number(call, 0, "webhook", id, error);
}

/* A list by number: `after` of the query, 0 when not given. */
static bool after_number(struct api_call *call, int64_t *after, GError **error)
{
    *after = 0;
    if (call->query.after == NULL || (int64_parse(call->query.after, after) && *after > 0))
        return true;
    call->query.wrong = g_strdup("after");
    return wfm_fail(error, WFM_ERROR_INPUT, "parameter after: take it from the `next` of a page");
}

/* --- what comes in */

struct webhook_body {
    char *url, *description;
    char **kinds;
    int n_kinds;
    bool active;
};

static bool check_kind(const char *text, const char **why)
{
    *why = "is not a kind such as roster.published, or roster.*";
    return change_kind_ok(text);
}

static const struct body_field fields[] = {
    {"url", BODY_TEXT, BODY_AT(webhook_body, url), .flags = BODY_REQUIRED, .max = URL_MAX},
    {"kinds", BODY_TEXTS, BODY_AT(webhook_body, kinds), BODY_COUNT(webhook_body, n_kinds),
     .max = CHANGE_KINDS_MAX, .check = check_kind},
    {"description", BODY_TEXT, BODY_AT(webhook_body, description), .max = DESCRIPTION_MAX},
    {"active", BODY_BOOL, BODY_AT(webhook_body, active)},
    {.name = "id", .kind = BODY_IGNORED},
    {.name = "created", .kind = BODY_IGNORED},
    {.name = "created_by", .kind = BODY_IGNORED},
    {.name = "failing_since", .kind = BODY_IGNORED},
    {.name = "disabled", .kind = BODY_IGNORED},
    {.name = NULL},
};

/* Moves the body into a webhook; NULL-terminated kinds. */
static struct webhook webhook_of(struct webhook_body *body)
{
    struct webhook webhook = {.url = g_steal_pointer(&body->url), .active = body->active};
    webhook.description = body->description != NULL ? g_steal_pointer(&body->description) : g_strdup("");
    webhook.kinds = g_new0(char *, (gsize)body->n_kinds + 1);
    for (int k = 0; k < body->n_kinds; k++)
        webhook.kinds[k] = g_strdup(body->kinds[k]);
    return webhook;
}

static bool read_webhook(struct api_call *call, struct webhook *out, GError **error)
{
    struct webhook_body body = {.active = true};
    const char *why;
    bool ok = body_read(call, fields, &body, error);
    if (ok && !address_url_ok(webhooks_allowed(call->webhooks), body.url, &why))
        body_wrong(call, "/url", "%s", why);
    ok = ok && body_right(call, error);
    if (ok)
        *out = webhook_of(&body);
    body_clear(fields, &body);
    return ok;
}

/* "whsec_" and 32 random bytes; g_free. */
static char *secret_new(void)
{
    unsigned char bytes[SECRET_BYTES];
    char text[sodium_base64_ENCODED_LEN(SECRET_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2base64(text, sizeof text, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return g_strconcat(SECRET_PREFIX, text, NULL);
}

/* --- handlers */

bool webhooks_list(struct api_call *call, GError **error)
{
    struct webhook *webhooks = NULL;
    int n = 0, limit = call->query.limit;
    int64_t after;
    if (!after_number(call, &after, error) ||
        !store_webhook_list(call->store, after, limit + 1, &webhooks, &n, error))
        return false;
    json_t *items = json_array(), *next = json_null();
    for (int k = 0; k < MIN(n, limit); k++)
        json_array_append_new(items, webhook_json(&webhooks[k]));
    if (n > limit) {
        g_autofree char *cursor = g_strdup_printf("%" G_GINT64_FORMAT, webhooks[limit - 1].id);
        next = next_link(call, "/v1/webhooks", cursor);
    }
    webhooks_free(webhooks, n);
    return api_reply_json(call, 200, json_pack("{s:o, s:o}", "items", items, "next", next));
}

bool webhook_get(struct api_call *call, GError **error)
{
    int64_t id;
    return path_webhook(call, &id, error) && reply_webhook(call, 200, id, NULL, error);
}

bool webhook_create(struct api_call *call, GError **error)
{
    struct webhook webhook = {0};
    if (!read_webhook(call, &webhook, error))
        return false;
    size_t length;
    bool sealed;
    g_autofree char *secret = secret_new();
    g_autofree unsigned char *kept = secret_seal(webhooks_key(call->webhooks), secret, &length, &sealed);
    bool ok = store_webhook_create(call->store, &webhook, kept, length, sealed, call->actor, error) &&
              reply_webhook(call, 201, webhook.id, secret, error);
    webhook_clear(&webhook);
    return ok;
}

bool webhook_replace(struct api_call *call, GError **error)
{
    int64_t id;
    struct webhook webhook = {0};
    if (!path_webhook(call, &id, error) || !read_webhook(call, &webhook, error))
        return false;
    webhook.id = id;
    bool ok = store_webhook_replace(call->store, &webhook, call->actor, error) &&
              reply_webhook(call, 200, id, NULL, error);
    webhook_clear(&webhook);
    return ok;
}

bool webhook_delete(struct api_call *call, GError **error)
{
    int64_t id;
    return path_webhook(call, &id, error) && store_webhook_delete(call->store, id, call->actor, error) &&
           api_reply_nothing(call);
}

bool webhook_secret(struct api_call *call, GError **error)
{
    int64_t id;
    if (!path_webhook(call, &id, error) || !body_empty(call, error))
        return false;
    size_t length;
    bool sealed;
    g_autofree char *secret = secret_new();
    g_autofree unsigned char *kept = secret_seal(webhooks_key(call->webhooks), secret, &length, &sealed);
    return store_webhook_secret(call->store, id, kept, length, sealed, call->actor, error) &&
           reply_webhook(call, 200, id, secret, error);
}

static bool reply_delivery(struct api_call *call, int status, int64_t webhook, int64_t id, GError **error)
{
    struct delivery delivery = {0};
    if (!store_delivery_find(call->store, webhook, id, &delivery, error))
        return false;
    json_t *json = delivery_json(&delivery);
    delivery_clear(&delivery);
    return api_reply_json(call, status, json);
}

bool webhook_test(struct api_call *call, GError **error)
{
    int64_t id, delivery;
    return path_webhook(call, &id, error) && body_empty(call, error) &&
           store_webhook_test(call->store, id, call->actor, &delivery, error) &&
           reply_delivery(call, 202, id, delivery, error);
}

bool webhook_deliveries(struct api_call *call, GError **error)
{
    int64_t id, before;
    struct webhook webhook = {0};
    struct delivery *deliveries = NULL;
    int n = 0, state, limit = call->query.limit;
    if (!path_webhook(call, &id, error) || !after_number(call, &before, error) ||
        !api_word_asked(call, "state", delivery_state_names, &state, error) ||
        !store_webhook_find(call->store, id, &webhook, error))
        return false;
    json_int_t pending = webhook.pending, dead = webhook.dead;
    webhook_clear(&webhook);
    if (!store_delivery_list(call->store, id, (enum delivery_state)state, before, limit + 1, &deliveries, &n,
                             error))
        return false;
    json_t *items = json_array(), *next = json_null();
    for (int k = 0; k < MIN(n, limit); k++)
        json_array_append_new(items, delivery_json(&deliveries[k]));
    if (n > limit) {
        const char *text = query_text(&call->query, "state");
        next = json_sprintf(
            "/v1/webhooks/%" G_GINT64_FORMAT "/deliveries?after=%" G_GINT64_FORMAT "&limit=%d%s%s", id,
            deliveries[limit - 1].id, limit, text != NULL ? "&state=" : "", text != NULL ? text : "");
    }
    deliveries_free(deliveries, n);
    return api_reply_json(call, 200,
                          json_pack("{s:I, s:I, s:I, s:o, s:o}", "webhook", (json_int_t)id, "pending",
                                    pending, "dead", dead, "items", items, "next", next));
}

bool delivery_retry(struct api_call *call, GError **error)
{
    int64_t id, number;
    return path_webhook(call, &id, error) && path_number(call, 1, "delivery", &number, error) &&
           body_empty(call, error) && store_delivery_retry(call->store, id, number, call->actor, error) &&
           reply_delivery(call, 202, id, number, error);
}
