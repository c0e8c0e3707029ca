/*
 * squeeze.h - texts that repeat themselves, as lists in JSON do, made small for memory and large again in no
 * time: runs of literals and copies of what stood up to 64 KiB before (the block format of LZ4). An order of
 * magnitude faster to unpack than gzip, which is what answers kept in memory need. Pure.
 */
#ifndef WFM_API_SQUEEZE_H
#define WFM_API_SQUEEZE_H

#include <glib.h>

/* The packed form of `length` bytes; *out_length says how many, g_free. Never more than length + length / 255
 * + 16. */
char *squeeze(const char *bytes, gsize length, gsize *out_length);
/* Into a new text of exactly `length` bytes, which squeeze() was given, and a NUL; g_free. NULL when the
   packed bytes are not those of such a text. */
char *unsqueeze(const char *packed, gsize packed_length, gsize length);

#endif
