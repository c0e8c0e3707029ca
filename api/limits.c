#include "api/limits.h"

#include <math.h>
#include <sodium.h>
#include <string.h>

#include "core/error.h"

#define KEPT_MAX 65536 /* buckets of a kind; beyond it those that are full are forgotten, then all */

struct bucket {
    double level;
    gint64 at_us; /* when it had that level */
};

struct limits {
    double rate, burst;
    unsigned char secret[crypto_shorthash_KEYBYTES]; /* nobody can make credentials collide */
    GMutex mutex;                                    /* guards the tables */
    GHashTable *tokens;                              /* gint64 → struct bucket */
    GHashTable *guesses;                             /* hash of an address → struct bucket */
    GHashTable *good;                                /* hash of a credential, as a set */
};

struct limits *limits_new(double rate, int burst)
{
    struct limits *limits = g_new0(struct limits, 1);
    limits->rate = rate;
    limits->burst = burst > 0 ? burst : MAX(2 * rate, 10);
    randombytes_buf(limits->secret, sizeof(limits->secret));
    g_mutex_init(&limits->mutex);
    limits->tokens = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    limits->guesses = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    limits->good = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    return limits;
}

void limits_change(struct limits *limits, double rate, int burst)
{
    g_mutex_lock(&limits->mutex);
    limits->rate = rate;
    limits->burst = burst > 0 ? burst : MAX(2 * rate, 10);
    g_mutex_unlock(&limits->mutex);
}

void limits_free(struct limits *limits)
{
    if (limits == NULL)
        return;
    g_hash_table_unref(limits->tokens);
    g_hash_table_unref(limits->guesses);
    g_hash_table_unref(limits->good);
    g_mutex_clear(&limits->mutex);
    g_free(limits);
}

static double level_at(const struct bucket *bucket, double rate, double burst, gint64 now_us)
{
    return MIN(burst, bucket->level + (double)(now_us - bucket->at_us) * 1e-6 * rate);
}

/* With the mutex held: who has been quiet long enough is as good as new. */
static void make_room(GHashTable *table, double rate, double burst, gint64 now_us)
{
    if (g_hash_table_size(table) < KEPT_MAX)
        return;
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, table);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        if (level_at(value, rate, burst, now_us) >= burst)
            g_hash_table_iter_remove(&iter);
    if (g_hash_table_size(table) >= KEPT_MAX)
        g_hash_table_remove_all(table);
}

/* With the mutex held: the bucket, with its level of now. */
static struct bucket *bucket_of(GHashTable *table, gint64 key, double rate, double burst, gint64 now_us)
{
    struct bucket *bucket = g_hash_table_lookup(table, &key);
    if (bucket == NULL) {
        make_room(table, rate, burst, now_us);
        bucket = g_new(struct bucket, 1);
        *bucket = (struct bucket){burst, now_us};
        g_hash_table_insert(table, g_memdup2(&key, sizeof(key)), bucket);
    }
    bucket->level = level_at(bucket, rate, burst, now_us);
    bucket->at_us = now_us;
    return bucket;
}

bool limits_take(struct limits *limits, int64_t token, int cost, struct limits_state *state, int *wait_s,
                 GError **error)
{
    *state = (struct limits_state){0};
    g_mutex_lock(&limits->mutex);
    double rate = limits->rate, burst = limits->burst;
    if (rate <= 0) {
        g_mutex_unlock(&limits->mutex);
        return true;
    }
    double wanted = MIN(MAX(cost, 1), burst);
    struct bucket *bucket = bucket_of(limits->tokens, token, rate, burst, g_get_monotonic_time());
    bool ok = bucket->level >= wanted;
    if (ok)
        bucket->level -= wanted;
    double level = bucket->level;
    g_mutex_unlock(&limits->mutex);
    *state = (struct limits_state){(int)burst, (int)floor(level), (int)ceil((burst - level) / rate)};
    if (ok)
        return true;
    *wait_s = MAX(1, (int)ceil((wanted - level) / rate));
    return wfm_fail(error, WFM_ERROR_RATE,
                    "this token has asked too often: %g requests a second are fine, %.0f at once; wait %d s",
                    rate, burst, *wait_s);
}

/* --- guessing
 * --------------------------------------------------------------------------------------------------- */

static gint64 hash_of(const struct limits *limits, const char *text)
{
    gint64 hash;
    G_STATIC_ASSERT(sizeof(hash) == crypto_shorthash_BYTES);
    crypto_shorthash((unsigned char *)&hash, (const unsigned char *)text, strlen(text), limits->secret);
    return hash;
}

#define GUESS_RATE (1.0 / LIMITS_GUESS_S)

bool limits_may_try(struct limits *limits, const char *address, const char *credential, int *wait_s,
                    GError **error)
{
    gint64 key = hash_of(limits, address), known = hash_of(limits, credential);
    g_mutex_lock(&limits->mutex);
    const struct bucket *bucket = g_hash_table_lookup(limits->guesses, &key);
    double level = bucket != NULL ? level_at(bucket, GUESS_RATE, LIMITS_GUESSES, g_get_monotonic_time())
                                  : LIMITS_GUESSES;
    bool ok = limits->rate <= 0 || level >= 1 || g_hash_table_contains(limits->good, &known);
    g_mutex_unlock(&limits->mutex);
    if (ok)
        return true;
    *wait_s = MAX(1, (int)ceil((1 - level) * LIMITS_GUESS_S));
    return wfm_fail(error, WFM_ERROR_RATE,
                    "too many wrong tokens came from this address; wait %d s, or send the right one",
                    *wait_s);
}

void limits_was_right(struct limits *limits, const char *credential)
{
    gint64 known = hash_of(limits, credential);
    g_mutex_lock(&limits->mutex);
    if (!g_hash_table_contains(limits->good, &known)) {
        if (g_hash_table_size(limits->good) >= KEPT_MAX)
            g_hash_table_remove_all(limits->good);
        g_hash_table_add(limits->good, g_memdup2(&known, sizeof(known)));
    }
    g_mutex_unlock(&limits->mutex);
}

void limits_was_wrong(struct limits *limits, const char *address)
{
    g_mutex_lock(&limits->mutex);
    struct bucket *bucket = bucket_of(limits->guesses, hash_of(limits, address), GUESS_RATE, LIMITS_GUESSES,
                                      g_get_monotonic_time());
    bucket->level = MAX(bucket->level - 1, 0);
    g_mutex_unlock(&limits->mutex);
}
