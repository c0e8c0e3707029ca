#include "core/store/webhook.h"

/*
 * The outbox from the sender's side. A webhook is leased as a whole, so that its events go out one after the
 * other whoever sends them; a sender that dies loses its lease by time, and what it had sent but not noted is
 * sent again.
 */

void webhook_lease_clear(struct webhook_lease *lease)
{
    g_free(lease->url);
    g_free(lease->secret);
    *lease = (struct webhook_lease){0};
}

bool store_webhook_lease(struct store *store, int seconds, struct webhook_lease *out, bool *found,
                         GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "UPDATE webhook w SET lease = w.lease + 1, leased_until = now() + make_interval(secs => $1) "
                 "WHERE w.id = (SELECT v.id FROM webhook v WHERE v.active AND v.leased_until < now() "
                 "AND v.resume_at <= now() AND EXISTS (SELECT FROM delivery d WHERE d.webhook_id = v.id "
                 "AND d.state = 'pending' AND d.next_at <= now()) "
                 "ORDER BY v.leased_until, v.id LIMIT 1 FOR UPDATE SKIP LOCKED) "
                 "RETURNING w.id, w.lease, w.url, w.secret, w.sealed",
                 "i", seconds);
    if (rows == NULL)
        return false;
    *found = PQntuples(rows) > 0;
    if (!*found)
        return true;
    size_t length = (size_t)PQgetlength(rows, 0, 3);
    *out = (struct webhook_lease){
        .webhook_id = cell_int(rows, 0, 0),
        .lease = cell_int(rows, 0, 1),
        .url = cell_text(rows, 0, 2),
        .secret = g_memdup2(PQgetvalue(rows, 0, 3), length),
        .secret_length = length,
        .sealed = cell_bool(rows, 0, 4),
    };
    return true;
}

bool store_delivery_next(struct store *store, const struct webhook_lease *lease, int seconds,
                         struct delivery *out, bool *found, GError **error)
{
    long held = 0;
    *found = false;
    if (!execute(store, &held, error,
                 "UPDATE webhook SET leased_until = now() + make_interval(secs => $3) WHERE id = $1 AND "
                 "lease = $2 "
                 "AND active AND resume_at <= now()",
                 "lli", lease->webhook_id, lease->lease, seconds))
        return false;
    if (held == 0)
        return true;
    AUTO(pg_result)
    rows =
        query(store, error,
              DELIVERY_COLUMNS
              "WHERE d.webhook_id = $1 AND d.state = 'pending' AND d.next_at <= now() ORDER BY d.id LIMIT 1",
              "l", lease->webhook_id);
    if (rows == NULL)
        return false;
    *found = PQntuples(rows) > 0;
    if (*found)
        delivery_read(rows, 0, out);
    return true;
}

/* Only who holds the lease may note anything; an outcome that comes too late is dropped, and the event sent
 * again. */
static bool arrived(struct store *store, const struct webhook_lease *lease, int64_t delivery, int status,
                    GError **error)
{
    return execute(
        store, NULL, error,
        "WITH held AS (UPDATE webhook SET failing_since = NULL WHERE id = $1 AND lease = $2 RETURNING id) "
        "UPDATE delivery d SET state = 'delivered', attempts = attempts + 1, tried_at = now(), last_status = "
        "$4, "
        "last_error = NULL FROM held WHERE d.webhook_id = held.id AND d.id = $3",
        "llli", lease->webhook_id, lease->lease, delivery, status);
}

static bool disable(struct store *store, const struct webhook_lease *lease, int after_s, GError **error)
{
    long disabled = 0;
    if (!execute(
            store, &disabled, error,
            "UPDATE webhook SET active = false, disabled_at = now() WHERE id = $1 AND lease = $2 AND active "
            "AND failing_since <= now() - make_interval(secs => $3)",
            "lli", lease->webhook_id, lease->lease, after_s))
        return false;
    g_autofree char *subject = g_strdup_printf("%" G_GINT64_FORMAT, lease->webhook_id);
    return disabled == 0 || audit_write(store, "wfm serve", "webhook.disabled", subject,
                                        json_pack("{s:i}", "failing_for_s", after_s), error);
}

static bool failed(struct store *store, const struct webhook_lease *lease, int64_t delivery,
                   const struct delivery_outcome *outcome, GError **error)
{
    AUTO(pg_result)
    rows = query(
        store, error,
        "WITH held AS (UPDATE webhook SET failing_since = coalesce(failing_since, now()), "
        "resume_at = now() + make_interval(secs => $6) WHERE id = $1 AND lease = $2 RETURNING id) "
        "UPDATE delivery d SET attempts = attempts + 1, tried_at = now(), last_status = nullif($4, 0), "
        "last_error = $5, "
        "next_at = now() + make_interval(secs => $7), state = CASE WHEN now() + make_interval(secs => $7) "
        "> since + make_interval(secs => $8) THEN 'dead' ELSE 'pending' END "
        "FROM held WHERE d.webhook_id = held.id AND d.id = $3 RETURNING d.state",
        "lllisiii", lease->webhook_id, lease->lease, delivery, outcome->status, outcome->error,
        outcome->pause_s, outcome->retry_s, outcome->give_up_s);
    if (rows == NULL)
        return false;
    bool dead = PQntuples(rows) > 0 && g_str_equal(cell_peek(rows, 0, 0), "dead");
    return !dead || disable(store, lease, outcome->disable_after_s, error);
}

bool store_delivery_done(struct store *store, const struct webhook_lease *lease, int64_t delivery,
                         const struct delivery_outcome *outcome, GError **error)
{
    return tx_begin(store, error) &&
           tx_end(store,
                  outcome->delivered ? arrived(store, lease, delivery, outcome->status, error)
                                     : failed(store, lease, delivery, outcome, error),
                  error);
}

bool store_webhook_release(struct store *store, const struct webhook_lease *lease, GError **error)
{
    return execute(store, NULL, error, "UPDATE webhook SET leased_until = now() WHERE id = $1 AND lease = $2",
                   "ll", lease->webhook_id, lease->lease);
}

bool store_delivery_count(struct store *store, int64_t *pending, int64_t *dead, GError **error)
{
    AUTO(pg_result)
    rows = query(store, error,
                 "SELECT count(*) FILTER (WHERE state = 'pending'), count(*) FILTER (WHERE state = 'dead') "
                 "FROM delivery WHERE state <> 'delivered'",
                 "");
    if (rows == NULL)
        return false;
    *pending = cell_int(rows, 0, 0);
    *dead = cell_int(rows, 0, 1);
    return true;
}

bool store_delivery_forget(struct store *store, int keep_days, GError **error)
{
    return execute(
        store, NULL, error,
        "DELETE FROM delivery WHERE state <> 'pending' AND tried_at < now() - make_interval(days => $1)", "i",
        keep_days);
}
