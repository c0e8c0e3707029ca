#include "api/hot.h"

#include <sodium.h>
#include <stdatomic.h>
#include <string.h>

#include "api/answer.h"
#include "api/auth.h"
#include "api/coding.h"
#include "api/squeeze.h"
#include "api/perform.h"

#define TOUCH_EVERY_S 60
#define RANGE_DAYS_DEFAULT 28

struct hot {
    struct store_pool *pool;
    struct kept_answers *answers; /* NULL: none are kept */
    struct freshness *freshness;
    _Atomic uint64_t hits, misses;
};

struct hot *hot_new(struct store_pool *pool, size_t memory)
{
    struct hot *hot = g_new0(struct hot, 1);
    hot->pool = pool;
    if (memory > 0) {
        hot->answers = kept_answers_new(memory);
        hot->freshness = freshness_start(pool);
    }
    return hot;
}

void hot_rest(struct hot *hot)
{
    freshness_rest(hot->freshness);
}

void hot_free(struct hot *hot)
{
    if (hot == NULL)
        return;
    freshness_free(hot->freshness);
    kept_answers_free(hot->answers);
    g_free(hot);
}

/* --- the key */

static void add(crypto_generichash_state *state, const void *bytes, size_t n)
{
    crypto_generichash_update(state, bytes, n);
}

/* A query that is wrong has none: it is refused as ever. */
static bool key_of(const struct api_call *call, unsigned char key[KEPT_KEY_BYTES])
{
    struct api_query query = {0};
    const char *token = auth_bearer(api_header(call, "Authorization"));
    if (token == NULL)
        return false;
    bool ok =
        query_parse(call->raw_query, call->route->params, call->now_ts, RANGE_DAYS_DEFAULT, &query, NULL) &&
        query.since == NULL; /* those are made of more */
    if (ok) {
        const char *raw = call->raw_query != NULL ? call->raw_query : "";
        bool forced, gzip = coding_gzip_wanted(api_header(call, "Accept-Encoding"), &forced);
        int64_t rest[] = {query.from_ts, query.to_ts, gzip, gzip && forced};
        crypto_generichash_state state;
        crypto_generichash_init(&state, NULL, 0, KEPT_KEY_BYTES);
        add(&state, token, strlen(token) + 1);
        add(&state, call->path, strlen(call->path) + 1);
        add(&state, raw, strlen(raw) + 1);
        add(&state, rest, sizeof rest);
        crypto_generichash_final(&state, key, KEPT_KEY_BYTES);
    }
    query_clear(&query);
    return ok;
}

bool hot_waits(struct hot *hot, struct hot_visit *visit, struct api_call *call,
               struct MHD_Connection *connection)
{
    uint64_t generation;
    int64_t now_ts;
    if (hot->answers == NULL || !call->route->keep || visit->asked)
        return false;
    if (!visit->keyed && !(visit->keyed = key_of(call, visit->key)))
        return false;
    visit->side = store_pool_read_side(hot->pool, g_str_hash(api_header(call, "Authorization")));
    visit->key[0] ^= (unsigned char)visit->side;
    if (!kept_has(hot->answers, visit->key) &&
        freshness_now(hot->freshness, visit->side, &generation, &now_ts))
        return false;
    visit->asked = true;
    freshness_wait(hot->freshness, visit->side, connection);
    return true;
}

/* --- from memory */

static bool due(struct kept *kept)
{
    gint64 now_us = g_get_monotonic_time();
    if (now_us < __atomic_load_n(&kept->touch_us, __ATOMIC_RELAXED))
        return false;
    __atomic_store_n(&kept->touch_us, now_us + TOUCH_EVERY_S * G_USEC_PER_SEC, __ATOMIC_RELAXED);
    return true;
}

static struct kept *holding(struct hot *hot, const struct hot_visit *visit)
{
    struct kept *kept = visit->asked ? kept_find(hot->answers, visit->key) : NULL;
    if (kept == NULL || freshness_holds(hot->freshness, visit->side, kept->generation, kept->agent_key,
                                        MIN(kept->until_ts, kept->expires_ts)))
        return kept;
    kept_unref(kept);
    return NULL;
}

/* Takes the answer. */
static bool from_memory(struct api_call *call, struct kept *kept, GError **error)
{
    call->token = (struct token_info){.id = kept->token,
                                      .role = kept->role,
                                      .scopes = kept->scopes,
                                      .agent_key = kept->agent_key,
                                      .touch = due(kept)};
    call->response = (struct api_response){.status = 200,
                                           .content_type = kept->content_type,
                                           .etag = g_strdup(kept->etag),
                                           .length = kept->length,
                                           .kept = kept};
    return auth_known(call, auth_bearer(api_header(call, "Authorization")), error);
}

/* --- into it */

/* HAS_LEFT (core/store/token_store.c) changes at midnights UTC. */
static int64_t next_midnight(int64_t ts)
{
    return ts - ts % DAY_S + DAY_S;
}

static void keep(struct hot *hot, const struct hot_visit *visit, struct api_call *call, uint64_t generation,
                 int64_t now_ts)
{
    struct api_response *response = &call->response;
    const struct token_info *token = &call->token;
    if (response->status != 200 || response->body == NULL || response->etag == NULL ||
        strlen(response->etag) >= KEPT_ETAG_MAX)
        return;
    gsize n;
    bool gzip = answer_gzips(api_header(call, "Accept-Encoding"), response->content_type, response->length);
    g_autofree char *bytes = gzip ? coding_gzip(response->body, response->length, &n)
                                  : squeeze(response->body, response->length, &n);
    struct kept *kept = kept_new(bytes, n);
    kept->content_type = response->content_type;
    g_strlcpy(kept->etag, response->etag, sizeof kept->etag);
    kept->length = response->length;
    kept->gzip = gzip;
    kept->token = token->id;
    kept->role = token->role;
    kept->scopes = token->scopes;
    kept->agent_key = token->agent_key;
    kept->expires_ts = token->expires_ts != 0 ? token->expires_ts : INT64_MAX;
    int64_t used_s = g_get_real_time() / G_USEC_PER_SEC - token->last_used_ts;
    int64_t wait_s = token->touch ? TOUCH_EVERY_S : CLAMP(TOUCH_EVERY_S - used_s, 0, TOUCH_EVERY_S);
    kept->touch_us = g_get_monotonic_time() + wait_s * G_USEC_PER_SEC;
    kept->generation = generation;
    kept->until_ts = next_midnight(now_ts);
    if (gzip) { /* once is enough */
        response->kept = kept_ref(kept);
        g_clear_pointer(&response->body, g_free);
    }
    kept_put(hot->answers, visit->key, kept);
}

bool hot_perform(struct hot *hot, struct hot_visit *visit, struct api_call *call, GError **error)
{
    if (!visit->keyed)
        return api_perform(call, hot->pool, error);
    struct kept *kept = holding(hot, visit);
    atomic_fetch_add_explicit(kept != NULL ? &hot->hits : &hot->misses, 1, memory_order_relaxed);
    if (kept != NULL)
        return from_memory(call, kept, error);
    uint64_t generation;
    int64_t now_ts;
    bool known = freshness_now(hot->freshness, visit->side, &generation, &now_ts);
    call->side = visit->side;
    call->whole = known;
    if (!api_perform(call, hot->pool, error))
        return false;
    if (known)
        keep(hot, visit, call, generation, now_ts);
    return true;
}

void hot_metrics(struct hot *hot, GString *out)
{
    struct kept_figures kept;
    struct freshness_figures looks;
    if (hot->answers == NULL)
        return;
    kept_figures(hot->answers, &kept);
    freshness_figures(hot->freshness, &looks);
    const struct {
        const char *name, *type, *help;
        uint64_t value;
    } rows[] = {
        {"wfm_answers_from_memory_total", "counter", "Answers that were kept and held.",
         atomic_load_explicit(&hot->hits, memory_order_relaxed)},
        {"wfm_answers_read_total", "counter", "Answers that might have been kept and were read.",
         atomic_load_explicit(&hot->misses, memory_order_relaxed)},
        {"wfm_answers_looks_total", "counter", "Times the database was asked what has changed.", looks.looks},
        {"wfm_answers_resets_total", "counter", "Times all kept answers were given up.", looks.resets},
        {"wfm_answers_kept", "gauge", "Answers in memory.", kept.n},
        {"wfm_answers_kept_bytes", "gauge", "Memory they take.", kept.memory},
    };
    for (size_t k = 0; k < G_N_ELEMENTS(rows); k++)
        g_string_append_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s %" G_GUINT64_FORMAT "\n", rows[k].name,
                               rows[k].help, rows[k].name, rows[k].type, rows[k].name, rows[k].value);
}
