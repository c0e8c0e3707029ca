#include "api/kept.h"

#include <string.h>

#include "api/squeeze.h"

/* Of the table and the allocator, about. */
#define OVERHEAD 64

struct kept_answers {
    gsize memory_max;
    GMutex mutex; /* guards all below, and the links of what is in it */
    GHashTable *by_key;
    struct kept *newest, *oldest;
    gsize memory;
};

/* Keys are hashes already. */
static guint key_hash(gconstpointer key)
{
    guint hash;
    memcpy(&hash, key, sizeof hash);
    return hash;
}

static gboolean key_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, KEPT_KEY_BYTES) == 0;
}

struct kept_answers *kept_answers_new(gsize memory_max)
{
    struct kept_answers *answers = g_new0(struct kept_answers, 1);
    answers->memory_max = memory_max;
    g_mutex_init(&answers->mutex);
    answers->by_key = g_hash_table_new(key_hash, key_equal);
    return answers;
}

struct kept *kept_ref(struct kept *kept)
{
    g_atomic_int_inc(&kept->refs);
    return kept;
}

void kept_unref(struct kept *kept)
{
    if (kept != NULL && g_atomic_int_dec_and_test(&kept->refs))
        g_free(kept);
}

static gsize size_of(const struct kept *kept)
{
    return sizeof *kept + kept->n_bytes + OVERHEAD;
}

/* --- with the mutex held */

static void unlink_kept(struct kept_answers *answers, struct kept *kept)
{
    *(kept->newer != NULL ? &kept->newer->older : &answers->newest) = kept->older;
    *(kept->older != NULL ? &kept->older->newer : &answers->oldest) = kept->newer;
}

static void link_newest(struct kept_answers *answers, struct kept *kept)
{
    kept->newer = NULL;
    kept->older = answers->newest;
    *(answers->newest != NULL ? &answers->newest->newer : &answers->oldest) = kept;
    answers->newest = kept;
}

static void drop(struct kept_answers *answers, struct kept *kept)
{
    g_hash_table_remove(answers->by_key, kept->key);
    unlink_kept(answers, kept);
    answers->memory -= size_of(kept);
    kept_unref(kept);
}

/* --- */

void kept_answers_free(struct kept_answers *answers)
{
    if (answers == NULL)
        return;
    while (answers->oldest != NULL)
        drop(answers, answers->oldest);
    g_hash_table_unref(answers->by_key);
    g_mutex_clear(&answers->mutex);
    g_free(answers);
}

struct kept *kept_new(const void *bytes, gsize n)
{
    struct kept *kept = g_malloc(sizeof *kept + n);
    *kept = (struct kept){.refs = 1, .n_bytes = n};
    memcpy(kept->bytes, bytes, n);
    return kept;
}

void kept_put(struct kept_answers *answers, const unsigned char key[KEPT_KEY_BYTES], struct kept *kept)
{
    memcpy(kept->key, key, KEPT_KEY_BYTES);
    g_mutex_lock(&answers->mutex);
    struct kept *former = g_hash_table_lookup(answers->by_key, key);
    if (former != NULL)
        drop(answers, former);
    g_hash_table_insert(answers->by_key, kept->key, kept);
    link_newest(answers, kept);
    answers->memory += size_of(kept);
    while (answers->memory > answers->memory_max)
        drop(answers, answers->oldest);
    g_mutex_unlock(&answers->mutex);
}

bool kept_has(struct kept_answers *answers, const unsigned char key[KEPT_KEY_BYTES])
{
    g_mutex_lock(&answers->mutex);
    bool has = g_hash_table_contains(answers->by_key, key);
    g_mutex_unlock(&answers->mutex);
    return has;
}

struct kept *kept_find(struct kept_answers *answers, const unsigned char key[KEPT_KEY_BYTES])
{
    g_mutex_lock(&answers->mutex);
    struct kept *kept = g_hash_table_lookup(answers->by_key, key);
    if (kept != NULL) {
        unlink_kept(answers, kept);
        link_newest(answers, kept);
        kept_ref(kept);
    }
    g_mutex_unlock(&answers->mutex);
    return kept;
}

char *kept_body(const struct kept *kept, gsize *length)
{
    *length = kept->gzip ? kept->n_bytes : kept->length;
    char *body = kept->gzip ? g_memdup2(kept->bytes, kept->n_bytes)
                            : unsqueeze(kept->bytes, kept->n_bytes, kept->length);
    g_assert(body != NULL);
    return body;
}

void kept_figures(struct kept_answers *answers, struct kept_figures *out)
{
    g_mutex_lock(&answers->mutex);
    *out = (struct kept_figures){g_hash_table_size(answers->by_key), answers->memory, answers->memory_max};
    g_mutex_unlock(&answers->mutex);
}
