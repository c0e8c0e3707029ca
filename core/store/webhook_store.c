#include <string.h>

#include "core/store/query.h"
#include "core/store/webhook.h"

const char *const delivery_state_names[DELIVERY_STATE_N + 1] = {"pending", "delivered", "dead"};

const char *delivery_state_name(enum delivery_state state)
{
    return delivery_state_names[state];
}

void webhook_clear(struct webhook *webhook)
{
    g_free(webhook->url);
    g_free(webhook->description);
    g_free(webhook->created_by);
    g_strfreev(webhook->kinds);
    *webhook = (struct webhook){0};
}

void webhooks_free(struct webhook *webhooks, int n)
{
    for (int i = 0; webhooks != NULL && i < n; i++)
        webhook_clear(&webhooks[i]);
    g_free(webhooks);
}

void delivery_clear(struct delivery *delivery)
{
    change_clear(&delivery->event);
    g_free(delivery->error);
    *delivery = (struct delivery){0};
}

void deliveries_free(struct delivery *deliveries, int n)
{
    for (int i = 0; deliveries != NULL && i < n; i++)
        delivery_clear(&deliveries[i]);
    g_free(deliveries);
}

static bool no_webhook(int64_t id, GError **error)
{
    return wfm_fail(error, WFM_ERROR_NOT_FOUND, "there is no webhook %" G_GINT64_FORMAT, id);
}

/* --- webhooks */

#define WEBHOOK_COLUMNS                                                                                      \
    "SELECT w.id, w.url, w.description, w.created_by, array_to_string(w.kinds, ' '), w.active, "             \
    "w.created_at, "                                                                                         \
    "w.failing_since, w.disabled_at, "                                                                       \
    "(SELECT count(*) FROM delivery d WHERE d.webhook_id = w.id AND d.state = 'pending'), "                  \
    "(SELECT count(*) FROM delivery d WHERE d.webhook_id = w.id AND d.state = 'dead') FROM webhook w "

static void webhook_read(const PGresult *rows, int row, struct webhook *out)
{
    const char *kinds = cell_peek(rows, row, 4);
    *out = (struct webhook){
        .id = cell_int(rows, row, 0),
        .url = cell_text(rows, row, 1),
        .description = cell_text(rows, row, 2),
        .created_by = cell_text(rows, row, 3),
        .kinds = *kinds != '\0' ? g_strsplit(kinds, " ", -1) : g_new0(char *, 1),
        .active = cell_bool(rows, row, 5),
        .created_ts = cell_ts(rows, row, 6),
        .failing_since_ts = cell_ts(rows, row, 7),
        .disabled_ts = cell_ts(rows, row, 8),
        .pending = cell_int(rows, row, 9),
        .dead = cell_int(rows, row, 10),
    };
}

bool store_webhook_list(struct store *store, int64_t after, int limit, struct webhook **out, int *n,
                        GError **error)
{
    AUTO(pg_result)
    rows = query(store, error, WEBHOOK_COLUMNS "WHERE w.id > $1 ORDER BY w.id LIMIT nullif($2::integer, 0)",
                 "li", after, limit);
    if (rows == NULL)
        return false;
    *n = PQntuples(rows);
    *out = g_new0(struct webhook, (gsize)*n + 1);
    for (int row = 0; row < *n; row++)
        webhook_read(rows, row, &(*out)[row]);
    return true;
}

bool store_webhook_find(struct store *store, int64_t id, struct webhook *out, GError **error)
{
    AUTO(pg_result) rows = query(store, error, WEBHOOK_COLUMNS "WHERE w.id = $1", "l", id);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return no_webhook(id, error);
    webhook_read(rows, 0, out);
    return true;
}

/* The path of a URL may hold a secret of the receiver: the audit names the host. */
static char *url_host(const char *url)
{
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_NONE, NULL);
    return g_strdup(uri != NULL && g_uri_get_host(uri) != NULL ? g_uri_get_host(uri) : "");
}

static bool webhook_audit(struct store *store, const char *action, const struct webhook *webhook,
                          const char *actor, GError **error)
{
    g_autofree char *subject = g_strdup_printf("%" G_GINT64_FORMAT, webhook->id);
    json_t *detail = json_object();
    if (webhook->url != NULL) {
        g_autofree char *host = url_host(webhook->url);
        json_object_set_new(detail, "host", json_string(host));
        json_object_set_new(detail, "active", json_boolean(webhook->active));
    }
    return audit_write(store, actor, action, subject, detail, error);
}

static int n_kinds(const struct webhook *webhook)
{
    return webhook->kinds != NULL ? (int)g_strv_length(webhook->kinds) : 0;
}

static bool webhook_create(struct store *store, struct webhook *webhook, const void *secret, size_t length,
                           bool sealed, const char *actor, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "INSERT INTO webhook (url, kinds, description, active, secret, sealed, created_by) "
                 "VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
                 "sSsbxbs", webhook->url, webhook->kinds, n_kinds(webhook), webhook->description,
                 (int)webhook->active, secret, length, (int)sealed, actor);
    if (rows == NULL)
        return false;
    webhook->id = cell_int(rows, 0, 0);
    return webhook_audit(store, "webhook.created", webhook, actor, error);
}

bool store_webhook_create(struct store *store, struct webhook *webhook, const void *secret, size_t length,
                          bool sealed, const char *actor, GError **error)
{
    return tx_begin(store, error) &&
           tx_end(store, webhook_create(store, webhook, secret, length, sealed, actor, error), error);
}

static bool webhook_replace(struct store *store, const struct webhook *webhook, const char *actor,
                            GError **error)
{
    long found = 0;
    if (!execute(store, &found, error,
                 "UPDATE webhook SET url = $2, kinds = $3, description = $4, active = $5, resume_at = "
                 "'-infinity', "
                 "disabled_at = CASE WHEN $5 THEN NULL ELSE disabled_at END, "
                 "failing_since = CASE WHEN $5 AND NOT active THEN NULL ELSE failing_since END WHERE id = $1",
                 "lsSsb", webhook->id, webhook->url, webhook->kinds, n_kinds(webhook), webhook->description,
                 (int)webhook->active))
        return false;
    return found > 0 ? webhook_audit(store, "webhook.updated", webhook, actor, error)
                     : no_webhook(webhook->id, error);
}

bool store_webhook_replace(struct store *store, const struct webhook *webhook, const char *actor,
                           GError **error)
{
    return tx_begin(store, error) && tx_end(store, webhook_replace(store, webhook, actor, error), error);
}

static bool webhook_secret(struct store *store, int64_t id, const void *secret, size_t length, bool sealed,
                           const char *actor, GError **error)
{
    long found = 0;
    if (!execute(store, &found, error, "UPDATE webhook SET secret = $2, sealed = $3 WHERE id = $1", "lxb", id,
                 secret, length, (int)sealed))
        return false;
    return found > 0
               ? webhook_audit(store, "webhook.secret_changed", &(struct webhook){.id = id}, actor, error)
               : no_webhook(id, error);
}

bool store_webhook_secret(struct store *store, int64_t id, const void *secret, size_t length, bool sealed,
                          const char *actor, GError **error)
{
    return tx_begin(store, error) &&
           tx_end(store, webhook_secret(store, id, secret, length, sealed, actor, error), error);
}

static bool webhook_delete(struct store *store, int64_t id, const char *actor, GError **error)
{
    long gone = 0;
    if (!execute(store, &gone, error, "DELETE FROM webhook WHERE id = $1", "l", id))
        return false;
    return gone > 0 ? webhook_audit(store, "webhook.deleted", &(struct webhook){.id = id}, actor, error)
                    : no_webhook(id, error);
}

bool store_webhook_delete(struct store *store, int64_t id, const char *actor, GError **error)
{
    return tx_begin(store, error) && tx_end(store, webhook_delete(store, id, actor, error), error);
}

/* The audit row is the event; it may have its delivery already, when the webhook wants its kind. */
static bool webhook_test(struct store *store, int64_t id, const char *actor, int64_t *delivery,
                         GError **error)
{
    struct webhook webhook = {0};
    if (!store_webhook_find(store, id, &webhook, error))
        return false;
    bool active = webhook.active;
    webhook_clear(&webhook);
    if (!active)
        return wfm_fail(error, WFM_ERROR_CONFLICT,
                        "webhook %" G_GINT64_FORMAT " is not active; activate it first", id);
    if (!webhook_audit(store, "webhook.tested", &(struct webhook){.id = id}, actor, error))
        return false;
    AUTO(pg_result)
    rows = query(
        store, error,
        "WITH event AS (SELECT id FROM audit WHERE xid = pg_current_xact_id() ORDER BY id DESC LIMIT 1), "
        "made AS (INSERT INTO delivery (webhook_id, event_id) SELECT $1, id FROM event WHERE NOT EXISTS "
        "(SELECT FROM delivery d WHERE d.webhook_id = $1 AND d.event_id = event.id) RETURNING id) "
        "SELECT id FROM made UNION ALL SELECT d.id FROM delivery d JOIN event ON event.id = d.event_id "
        "WHERE d.webhook_id = $1",
        "l", id);
    if (rows == NULL)
        return false;
    *delivery = cell_int(rows, 0, 0);
    return true;
}

bool store_webhook_test(struct store *store, int64_t id, const char *actor, int64_t *delivery, GError **error)
{
    return tx_begin(store, error) && tx_end(store, webhook_test(store, id, actor, delivery, error), error);
}

/* --- deliveries */

void delivery_read(const PGresult *rows, int row, struct delivery *out)
{
    *out = (struct delivery){
        .id = cell_int(rows, row, 0),
        .webhook_id = cell_int(rows, row, 1),
        .attempts = (int)cell_int(rows, row, 3),
        .created_ts = cell_ts(rows, row, 4),
        .next_ts = cell_ts(rows, row, 5),
        .tried_ts = cell_ts(rows, row, 6),
        .status = (int)cell_int(rows, row, 7),
        .error = cell_text(rows, row, 8),
    };
    while (out->state + 1 < DELIVERY_STATE_N &&
           strcmp(delivery_state_names[out->state], cell_peek(rows, row, 2)) != 0)
        out->state++;
    out->event = (struct change){
        .at = {0, cell_int(rows, row, 9)},
        .at_ts = cell_ts(rows, row, 10),
        .kind = cell_text(rows, row, 11),
        .subject = cell_text(rows, row, 12),
        .actor = cell_text(rows, row, 13),
        .client = cell_text(rows, row, 14),
        .queue = cell_text(rows, row, 15),
        .agent = cell_text(rows, row, 16),
        .week = cell_text(rows, row, 17),
        .detail_json = cell_text(rows, row, 18),
    };
}

bool store_delivery_list(struct store *store, int64_t webhook, enum delivery_state state, int64_t before,
                         int limit, struct delivery **out, int *n, GError **error)
{
    struct webhook known = {0};
    if (!store_webhook_find(store, webhook, &known, error))
        return false;
    webhook_clear(&known);
    AUTO(pg_result)
    rows =
        query(store, error,
              DELIVERY_COLUMNS "WHERE d.webhook_id = $1 AND ($2::text IS NULL OR d.state = $2) "
                               "AND ($3 = 0 OR d.id < $3) ORDER BY d.id DESC LIMIT $4",
              "lsli", webhook, state < DELIVERY_STATE_N ? delivery_state_names[state] : NULL, before, limit);
    if (rows == NULL)
        return false;
    *n = PQntuples(rows);
    *out = g_new0(struct delivery, (gsize)*n + 1);
    for (int row = 0; row < *n; row++)
        delivery_read(rows, row, &(*out)[row]);
    return true;
}

bool store_delivery_find(struct store *store, int64_t webhook, int64_t id, struct delivery *out,
                         GError **error)
{
    AUTO(pg_result)
    rows = query(store, error, DELIVERY_COLUMNS "WHERE d.webhook_id = $1 AND d.id = $2", "ll", webhook, id);
    if (rows == NULL)
        return false;
    if (PQntuples(rows) == 0)
        return wfm_fail(error, WFM_ERROR_NOT_FOUND,
                        "webhook %" G_GINT64_FORMAT " has no delivery %" G_GINT64_FORMAT, webhook, id);
    delivery_read(rows, 0, out);
    return true;
}

static bool delivery_retry(struct store *store, int64_t webhook, int64_t id, const char *actor,
                           GError **error)
{
    struct delivery now = {0};
    if (!store_delivery_find(store, webhook, id, &now, error))
        return false;
    enum delivery_state state = now.state;
    delivery_clear(&now);
    if (state == DELIVERY_DELIVERED)
        return wfm_fail(error, WFM_ERROR_CONFLICT, "delivery %" G_GINT64_FORMAT " has arrived already", id);
    g_autofree char *subject = g_strdup_printf("%" G_GINT64_FORMAT, webhook);
    return execute(store, NULL, error,
                   "UPDATE delivery SET state = 'pending', since = now(), next_at = now() WHERE id = $1 "
                   "AND state <> 'delivered'",
                   "l", id) &&
           execute(store, NULL, error, "UPDATE webhook SET resume_at = '-infinity' WHERE id = $1", "l",
                   webhook) &&
           audit_write(store, actor, "webhook.retried", subject,
                       json_pack("{s:I}", "delivery", (json_int_t)id), error);
}

bool store_delivery_retry(struct store *store, int64_t webhook, int64_t id, const char *actor, GError **error)
{
    return tx_begin(store, error) && tx_end(store, delivery_retry(store, webhook, id, actor, error), error);
}
