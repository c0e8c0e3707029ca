/*
 * unpack.h - the body of a request as a stream, gzip taken off.
 */
#ifndef WFM_API_UNPACK_H
#define WFM_API_UNPACK_H

#include <stdio.h>

#include "api/call.h"

#define UNPACKED_MAX (UINT64_C(4) << 30) /* bytes */

/* A stream over the body, in a file or in memory, fclose. Content-Encoding may be gzip; any other but
   identity is WFM_ERROR_MEDIA_TYPE. Reading fails (ferror) where the packed bytes are broken or more than
   UNPACKED_MAX come out. NULL on failure. */
FILE *body_stream(const struct api_call *call, GError **error);

#endif
