#include "api/webhooks.h"

#include <stdatomic.h>
#include <string.h>

#include "api/changes.h"
#include "api/webhook_http.h"
#include "core/error.h"

#define LEASE_S 60 /* more than one attempt takes */
#define BATCH 100  /* of one webhook before others have their turn */
#define DAY_IN_S 86400
#define COUNT_EVERY_US (15 * G_USEC_PER_SEC)
#define KEEP_DAYS 30
#define FORGET_EVERY_US (G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC)

/* Until the next attempt, by how many were made; about twenty in a day. */
static const int usual_schedule[] = {10, 30, 60, 120, 300, 600, 1200, 2400, 3600, 7200, 0};

struct webhooks {
    /* immutable after start */
    struct store_pool *pool;
    struct address_ranges allowed;
    struct secret_key key;
    int connect_s, total_s, poll_ms, give_up_s, disable_after_s;
    const int *schedule;
    GThread *dispatcher;
    GThread *senders[WEBHOOKS_AT_ONCE];
    /* guarded by the mutex */
    GMutex mutex;
    GCond work, done; /* a lease was put there; a sender is free again, or all shall stop */
    GQueue leases;    /* struct webhook_lease *, taken by nobody yet */
    int sending;      /* webhooks being sent to, or in the queue */
    /* atomic */
    int stop;
    _Atomic uint64_t delivered, failed;
    _Atomic int64_t pending, dead; /* as last counted */
};

static bool stopping(const struct webhooks *webhooks)
{
    return g_atomic_int_get(&webhooks->stop) != 0;
}

/* --- sending */

static int seconds_until(const struct webhooks *webhooks, int attempts)
{
    int k = 0;
    while (k < attempts && webhooks->schedule[k + 1] != 0)
        k++;
    int base = webhooks->schedule[k];
    return base + (int)(base * (g_random_double() - 0.5) *
                        0.4); /* ± a fifth, so that a crowd does not come back at once */
}

/* Is it the receiver that is ill, or this event that it refuses? */
static bool receiver_is_ill(int status)
{
    return status == 0 || status == 408 || status == 429 || status >= 500;
}

static void send_one(struct webhooks *webhooks, const struct webhook_lease *lease, const char *secret,
                     const struct delivery *delivery, struct delivery_outcome *out, char **why)
{
    json_t *json = change_json(&delivery->event, true);
    char *body = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    const struct webhook_post post = {
        .url = lease->url,
        .body = body,
        .secret = secret,
        .kind = delivery->event.kind,
        .event = delivery->event.at.id,
        .delivery = delivery->id,
        .now_ts = g_get_real_time() / G_USEC_PER_SEC,
        .connect_s = webhooks->connect_s,
        .total_s = webhooks->total_s,
        .allowed = &webhooks->allowed,
        .stop = &webhooks->stop,
    };
    int status = webhook_post(&post, why);
    free(body);
    int retry_s = seconds_until(webhooks, delivery->attempts);
    bool holds = receiver_is_ill(status) && delivery->attempts < WEBHOOK_HOLDS;
    *out = (struct delivery_outcome){
        .delivered = *why == NULL,
        .status = status,
        .error = *why,
        .retry_s = retry_s,
        .pause_s = holds                     ? retry_s
                   : receiver_is_ill(status) ? MIN(retry_s, webhooks->schedule[0])
                                             : 0,
        .give_up_s = webhooks->give_up_s,
        .disable_after_s = webhooks->disable_after_s,
    };
}

static bool note(struct webhooks *webhooks, const struct webhook_lease *lease, int64_t delivery,
                 const struct delivery_outcome *outcome)
{
    struct store *store = store_pool_take(webhooks->pool, NULL);
    if (store == NULL)
        return false;
    g_autoptr(GError) error = NULL;
    bool noted = store_delivery_done(store, lease, delivery, outcome, &error);
    store_pool_give(webhooks->pool, store, !noted && g_error_matches(error, WFM_ERROR, WFM_ERROR_STORE));
    return noted;
}

/* One delivery of a leased webhook; false when there is nothing more to do for now. */
static bool step(struct webhooks *webhooks, const struct webhook_lease *lease, const char *secret,
                 const char *unreadable)
{
    struct delivery delivery = {0};
    bool found = false;
    struct store *store = store_pool_take(webhooks->pool, NULL);
    if (store == NULL)
        return false;
    g_autoptr(GError) error = NULL;
    bool ok = store_delivery_next(store, lease, LEASE_S, &delivery, &found, &error);
    store_pool_give(webhooks->pool, store, !ok && g_error_matches(error, WFM_ERROR, WFM_ERROR_STORE));
    if (!ok || !found)
        return false;
    g_autofree char *why = NULL;
    struct delivery_outcome outcome = {.error = unreadable,
                                       .retry_s = seconds_until(webhooks, delivery.attempts),
                                       .pause_s = webhooks->schedule[0],
                                       .give_up_s = webhooks->give_up_s,
                                       .disable_after_s = webhooks->disable_after_s};
    if (secret != NULL)
        send_one(webhooks, lease, secret, &delivery, &outcome, &why);
    bool broken_off =
        stopping(webhooks) && !outcome.delivered; /* by us: no attempt of the receiver's account */
    int64_t id = delivery.id;
    delivery_clear(&delivery);
    if (broken_off)
        return false;
    atomic_fetch_add(outcome.delivered ? &webhooks->delivered : &webhooks->failed, 1);
    return note(webhooks, lease, id, &outcome) && !stopping(webhooks);
}

static void serve_webhook(struct webhooks *webhooks, struct webhook_lease *lease)
{
    g_autoptr(GError) error = NULL;
    char *secret = secret_open(&webhooks->key, lease->secret, lease->secret_length, lease->sealed, &error);
    for (int n = 0; n < BATCH && step(webhooks, lease, secret, error != NULL ? error->message : NULL); n++)
        ;
    struct store *store = store_pool_take(webhooks->pool, NULL);
    if (store != NULL)
        store_pool_give(webhooks->pool, store, !store_webhook_release(store, lease, NULL));
    if (secret != NULL)
        sodium_memzero(secret, strlen(secret));
    g_free(secret);
    webhook_lease_clear(lease);
    g_free(lease);
}

/* Leases of the queue, one after the other, until all shall stop. */
static gpointer send_leased(gpointer user)
{
    struct webhooks *webhooks = user;
    g_mutex_lock(&webhooks->mutex);
    for (;;) {
        while (!stopping(webhooks) && g_queue_is_empty(&webhooks->leases))
            g_cond_wait(&webhooks->work, &webhooks->mutex);
        struct webhook_lease *lease = g_queue_pop_head(&webhooks->leases);
        if (lease == NULL)
            break;
        g_mutex_unlock(&webhooks->mutex);
        serve_webhook(webhooks, lease);
        g_mutex_lock(&webhooks->mutex);
        webhooks->sending--;
        g_cond_signal(&webhooks->done);
    }
    g_mutex_unlock(&webhooks->mutex);
    return NULL;
}

/* --- looking for work */

static void housekeeping(struct webhooks *webhooks, struct store *store, gint64 *counted_us,
                         gint64 *forgot_us)
{
    gint64 now = g_get_monotonic_time();
    int64_t pending, dead;
    if (now - *counted_us >= COUNT_EVERY_US && store_delivery_count(store, &pending, &dead, NULL)) {
        atomic_store(&webhooks->pending, pending);
        atomic_store(&webhooks->dead, dead);
        *counted_us = now;
    }
    if (now - *forgot_us >= FORGET_EVERY_US && store_delivery_forget(store, KEEP_DAYS, NULL))
        *forgot_us = now;
}

/* Leases webhooks while there are some and hands them to the senders. */
static void look(struct webhooks *webhooks, gint64 *counted_us, gint64 *forgot_us)
{
    struct store *store = store_pool_take(webhooks->pool, NULL);
    if (store == NULL)
        return;
    g_autoptr(GError) error = NULL;
    bool found = true, ok = true;
    while (found && ok && !stopping(webhooks)) {
        g_mutex_lock(&webhooks->mutex);
        bool room = webhooks->sending < WEBHOOKS_AT_ONCE;
        g_mutex_unlock(&webhooks->mutex);
        if (!room)
            break;
        struct webhook_lease *lease = g_new0(struct webhook_lease, 1);
        ok = store_webhook_lease(store, LEASE_S, lease, &found, &error);
        if (!ok || !found) {
            g_free(lease);
            break;
        }
        g_mutex_lock(&webhooks->mutex);
        webhooks->sending++;
        g_queue_push_tail(&webhooks->leases, lease);
        g_cond_signal(&webhooks->work);
        g_mutex_unlock(&webhooks->mutex);
    }
    if (ok)
        housekeeping(webhooks, store, counted_us, forgot_us);
    store_pool_give(webhooks->pool, store, g_error_matches(error, WFM_ERROR, WFM_ERROR_STORE));
}

static gpointer dispatch(gpointer user)
{
    struct webhooks *webhooks = user;
    gint64 counted_us = g_get_monotonic_time() - COUNT_EVERY_US, forgot_us = counted_us;
    while (!stopping(webhooks)) {
        look(webhooks, &counted_us, &forgot_us);
        gint64 until = g_get_monotonic_time() + (gint64)webhooks->poll_ms * 1000;
        g_mutex_lock(&webhooks->mutex);
        if (!stopping(webhooks))
            g_cond_wait_until(&webhooks->done, &webhooks->mutex, until);
        g_mutex_unlock(&webhooks->mutex);
    }
    return NULL;
}

/* --- life */

struct webhooks *webhooks_start(struct store_pool *pool, const struct webhooks_config *config, GError **error)
{
    struct address_ranges allowed;
    if (!address_ranges_parse(config->allow, &allowed, error)) {
        g_prefix_error(error, "addresses of webhooks: ");
        return NULL;
    }
    webhook_http_init();
    struct webhooks *webhooks = g_new0(struct webhooks, 1);
    webhooks->pool = pool;
    webhooks->allowed = allowed;
    if (config->key != NULL)
        webhooks->key = *config->key;
    webhooks->connect_s = config->connect_s > 0 ? config->connect_s : 5;
    webhooks->total_s = config->total_s > 0 ? config->total_s : 15;
    webhooks->poll_ms = config->poll_ms > 0 ? config->poll_ms : 1000;
    webhooks->give_up_s = config->give_up_s > 0 ? config->give_up_s : DAY_IN_S;
    webhooks->disable_after_s = config->disable_after_s > 0 ? config->disable_after_s : 3 * DAY_IN_S;
    webhooks->schedule = config->schedule != NULL ? config->schedule : usual_schedule;
    g_mutex_init(&webhooks->mutex);
    g_cond_init(&webhooks->work);
    g_cond_init(&webhooks->done);
    for (int k = 0; k < WEBHOOKS_AT_ONCE; k++)
        webhooks->senders[k] = g_thread_new("webhook", send_leased, webhooks);
    webhooks->dispatcher = g_thread_new("webhooks", dispatch, webhooks);
    return webhooks;
}

void webhooks_stop(struct webhooks *webhooks)
{
    if (webhooks == NULL)
        return;
    g_mutex_lock(&webhooks->mutex);
    g_atomic_int_set(&webhooks->stop, 1);
    g_cond_broadcast(&webhooks->done);
    g_cond_broadcast(&webhooks->work);
    g_mutex_unlock(&webhooks->mutex);
    g_thread_join(webhooks->dispatcher);
    for (int k = 0; k < WEBHOOKS_AT_ONCE; k++)
        g_thread_join(webhooks->senders[k]);
    g_mutex_clear(&webhooks->mutex);
    g_cond_clear(&webhooks->work);
    g_cond_clear(&webhooks->done);
    sodium_memzero(&webhooks->key, sizeof webhooks->key);
    g_free(webhooks);
}

const struct address_ranges *webhooks_allowed(const struct webhooks *webhooks)
{
    static const struct address_ranges none;
    return webhooks != NULL ? &webhooks->allowed : &none;
}

const struct secret_key *webhooks_key(const struct webhooks *webhooks)
{
    static const struct secret_key none;
    return webhooks != NULL ? &webhooks->key : &none;
}

void webhooks_metrics(const struct webhooks *webhooks, GString *out)
{
    struct webhooks *w = (struct webhooks *)(uintptr_t)webhooks;
    g_string_append_printf(
        out,
        "# HELP wfm_webhook_attempts_total Deliveries tried.\n# TYPE wfm_webhook_attempts_total counter\n"
        "wfm_webhook_attempts_total{result=\"delivered\"} %" G_GUINT64_FORMAT "\n"
        "wfm_webhook_attempts_total{result=\"failed\"} %" G_GUINT64_FORMAT "\n"
        "# HELP wfm_webhook_deliveries Deliveries that wait, or are given up.\n"
        "# TYPE wfm_webhook_deliveries gauge\n"
        "wfm_webhook_deliveries{state=\"pending\"} %" G_GINT64_FORMAT "\n"
        "wfm_webhook_deliveries{state=\"dead\"} %" G_GINT64_FORMAT "\n",
        (guint64)atomic_load(&w->delivered), (guint64)atomic_load(&w->failed),
        (gint64)atomic_load(&w->pending), (gint64)atomic_load(&w->dead));
}
