#include "api/secret_box.h"

#include <string.h>

#include "core/error.h"
#include "core/file.h"

bool secret_key_read(const char *path, struct secret_key *out, GError **error)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    size_t n = 0;
    if (!file_read(path, &text, &length, error))
        return false;
    g_strstrip(text);
    if (strlen(text) != 2 * SECRET_KEY_BYTES ||
        sodium_hex2bin(out->bytes, sizeof out->bytes, text, strlen(text), NULL, &n, NULL) != 0 ||
        n != SECRET_KEY_BYTES)
        return wfm_fail(error, WFM_ERROR_INPUT,
                        "%s: a key is %d hexadecimal digits; make one with: openssl rand -hex %d", path,
                        (int)(2 * SECRET_KEY_BYTES), (int)SECRET_KEY_BYTES);
    sodium_memzero(text, length);
    out->there = true;
    return true;
}

unsigned char *secret_seal(const struct secret_key *key, const char *secret, size_t *length, bool *sealed)
{
    size_t n = strlen(secret);
    *sealed = key->there;
    if (!key->there) {
        *length = n;
        return g_memdup2(secret, n);
    }
    *length = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + n;
    unsigned char *out = g_malloc(*length);
    randombytes_buf(out, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(out + crypto_secretbox_NONCEBYTES, (const unsigned char *)secret, n, out,
                          key->bytes);
    return out;
}

char *secret_open(const struct secret_key *key, const unsigned char *bytes, size_t length, bool sealed,
                  GError **error)
{
    if (!sealed)
        return g_strndup((const char *)bytes, length);
    size_t extra = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
    if (!key->there || length < extra) {
        wfm_fail(error, WFM_ERROR_UNSUPPORTED,
                 "the secret is encrypted, and this service has no --secret-key");
        return NULL;
    }
    char *out = g_malloc0(length - extra + 1);
    if (crypto_secretbox_open_easy((unsigned char *)out, bytes + crypto_secretbox_NONCEBYTES,
                                   length - crypto_secretbox_NONCEBYTES, bytes, key->bytes) == 0)
        return out;
    g_free(out);
    wfm_fail(error, WFM_ERROR_UNSUPPORTED,
             "the secret was encrypted with another key than this service's --secret-key");
    return NULL;
}
