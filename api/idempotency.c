#include "api/idempotency.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "api/auth.h"
#include "core/error.h"

#define KEY_MAX 128
#define DIGEST_BYTES 32

bool idempotency_key(const struct api_call *call, char **key, GError **error)
{
    *key = NULL;
    const char *value = api_header(call, "Idempotency-Key");
    if (value == NULL)
        return true;
    size_t length = strlen(value);
    bool quoted = length >= 2 && value[0] == '"' && value[length - 1] == '"';
    g_autofree char *text = quoted ? g_strndup(value + 1, length - 2) : g_strdup(value);
    bool ok = *text != '\0' && strlen(text) <= KEY_MAX;
    for (const char *p = text; ok && *p != '\0'; p++)
        ok = g_ascii_isgraph(*p) && *p != '"' && *p != '\\';
    if (!ok)
        return wfm_fail(error, WFM_ERROR_USAGE,
                        "header Idempotency-Key: not 1 to %d visible ASCII characters; a random UUID is fine",
                        KEY_MAX);
    *key = g_steal_pointer(&text);
    return true;
}

static void digest_file(crypto_generichash_state *state, const char *path)
{
    FILE *file = fopen(path, "re");
    unsigned char bytes[BUFSIZ];
    size_t n;
    while (file != NULL && (n = fread(bytes, 1, sizeof(bytes), file)) > 0)
        crypto_generichash_update(state, bytes, n);
    if (file != NULL)
        fclose(file);
}

/* Method, path, query and body as hex. */
static char *digest_of(const struct api_call *call)
{
    const char *query = call->raw_query != NULL ? call->raw_query : "";
    const struct {
        const void *bytes;
        size_t length;
    } parts[] = {{call->route->method, strlen(call->route->method) + 1},
                 {call->path, strlen(call->path) + 1},
                 {query, strlen(query) + 1},
                 {call->body, call->body_path == NULL ? call->body_length : 0}};
    unsigned char hash[DIGEST_BYTES];
    char text[2 * DIGEST_BYTES + 1];
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof(hash));
    for (size_t k = 0; k < G_N_ELEMENTS(parts); k++)
        crypto_generichash_update(&state, parts[k].bytes, parts[k].length);
    if (call->body_path != NULL)
        digest_file(&state, call->body_path);
    crypto_generichash_final(&state, hash, sizeof(hash));
    return g_strdup(sodium_bin2hex(text, sizeof(text), hash, sizeof(hash)));
}

static void sealing_key(const struct api_call *call, unsigned char key[crypto_secretbox_KEYBYTES])
{
    static const unsigned char purpose[] = "wfm idempotency";
    const char *token = auth_bearer(api_header(call, "Authorization"));
    crypto_generichash(key, crypto_secretbox_KEYBYTES, (const unsigned char *)token, strlen(token), purpose,
                       sizeof(purpose));
}

/* Head as JSON, NUL, body. */
static GByteArray *response_pack(const struct api_response *response)
{
    json_t *head = json_pack("{s:i, s:s?, s:s?, s:s?}", "status", response->status, "type",
                             response->content_type, "etag", response->etag, "location", response->location);
    char *text = json_dumps(head, JSON_COMPACT);
    GByteArray *bytes = g_byte_array_new();
    g_byte_array_append(bytes, (const guint8 *)text, (guint)strlen(text) + 1);
    g_byte_array_append(bytes, (const guint8 *)response->body, (guint)response->length);
    free(text);
    json_decref(head);
    return bytes;
}

static bool response_unpack(const unsigned char *bytes, size_t length, struct api_response *out)
{
    size_t head_length = strnlen((const char *)bytes, length);
    json_t *head = head_length < length ? json_loads((const char *)bytes, 0, NULL) : NULL;
    if (head == NULL)
        return false;
    api_response_clear(out);
    out->status = (int)json_integer_value(json_object_get(head, "status"));
    out->content_type = g_intern_string(json_string_value(json_object_get(head, "type")));
    out->etag = g_strdup(json_string_value(json_object_get(head, "etag")));
    out->location = g_strdup(json_string_value(json_object_get(head, "location")));
    out->length = length - head_length - 1;
    out->body = out->length > 0 ? g_memdup2(bytes + head_length + 1, out->length) : NULL;
    out->cache_control = "no-store";
    out->replayed = true;
    json_decref(head);
    return true;
}

static bool unseal(struct api_call *call, const struct idempotent_answer *kept, GError **error)
{
    unsigned char key[crypto_secretbox_KEYBYTES];
    size_t extra = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
    if (kept->length <= extra)
        return wfm_fail(error, WFM_ERROR_INTERNAL, "a kept answer is too short");
    sealing_key(call, key);
    const unsigned char *sealed = kept->sealed;
    g_autofree unsigned char *plain = g_malloc(kept->length - extra);
    int bad = crypto_secretbox_open_easy(plain, sealed + crypto_secretbox_NONCEBYTES,
                                         kept->length - crypto_secretbox_NONCEBYTES, sealed, key);
    sodium_memzero(key, sizeof(key));
    bool ok = bad == 0 && response_unpack(plain, kept->length - extra, &call->response);
    sodium_memzero(plain, kept->length - extra);
    return ok || wfm_fail(error, WFM_ERROR_INTERNAL, "a kept answer cannot be read");
}

bool idempotency_replay(struct api_call *call, const char *key, bool *replayed, GError **error)
{
    struct idempotent_answer kept = {0};
    *replayed = false;
    if (!store_idempotency_find(call->store, call->token.line, key, &kept, error))
        return false;
    if (kept.sealed == NULL)
        return true;
    g_autofree char *digest = digest_of(call);
    bool ok = strcmp(digest, kept.digest) == 0 ||
              wfm_fail(error, WFM_ERROR_INPUT,
                       "this Idempotency-Key was used for another request; make a new one for each");
    if (ok && kept.token != call->token.id)
        ok = wfm_fail(error, WFM_ERROR_CONFLICT,
                      "this was done already, with token %" G_GINT64_FORMAT
                      ", which this one follows; only that one opens the answer",
                      kept.token);
    ok = ok && unseal(call, &kept, error);
    idempotent_answer_clear(&kept);
    *replayed = ok;
    return ok;
}

bool idempotency_keep(struct api_call *call, const char *key, GError **error)
{
    unsigned char secret[crypto_secretbox_KEYBYTES];
    sealing_key(call, secret);
    GByteArray *plain = response_pack(&call->response);
    size_t length = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + plain->len;
    unsigned char *sealed = g_malloc(length);
    randombytes_buf(sealed, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(sealed + crypto_secretbox_NONCEBYTES, plain->data, plain->len, sealed, secret);
    sodium_memzero(secret, sizeof(secret));
    sodium_memzero(plain->data, plain->len);
    g_byte_array_free(plain, TRUE);
    struct idempotent_answer answer = {call->token.id, digest_of(call), sealed, length};
    bool ok = store_idempotency_keep(call->store, call->token.line, key, &answer, error);
    idempotent_answer_clear(&answer);
    return ok;
}
