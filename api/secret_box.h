/*
 * secret_box.h - secrets at rest that must be read again (those that sign webhooks): encrypted with the key
 * of the service when it has one (wfm serve --secret-key), else as they are. Pure, thread-safe.
 *
 * Tokens and calendar addresses are only compared and kept as hashes; a signature cannot be made from a hash.
 * Without a key, who can read the database can sign in the service's name; with one, only who has the key
 * file too.
 */
#ifndef WFM_API_SECRET_BOX_H
#define WFM_API_SECRET_BOX_H

#include <glib.h>
#include <stdbool.h>
#include <sodium.h>

#define SECRET_KEY_BYTES crypto_secretbox_KEYBYTES /* 32 */

struct secret_key {
    bool there;
    unsigned char bytes[SECRET_KEY_BYTES];
};

/* Reads 64 hexadecimal digits (and white space around them) from a file. WFM_ERROR_NOT_FOUND,
 * WFM_ERROR_INPUT. */
bool secret_key_read(const char *path, struct secret_key *out, GError **error);

/* As it is to be kept (g_free); *sealed: encrypted. */
unsigned char *secret_seal(const struct secret_key *key, const char *secret, size_t *length, bool *sealed);
/* Back again (g_free, terminated by NUL). WFM_ERROR_UNSUPPORTED when it is sealed and the key is missing or
 * another one. */
char *secret_open(const struct secret_key *key, const unsigned char *bytes, size_t length, bool sealed,
                  GError **error);

#endif
