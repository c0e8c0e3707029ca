#define _GNU_SOURCE /* fopencookie */

#include "api/unpack.h"

#include <errno.h>
#include <string.h>
#include <zlib.h>

#include "core/error.h"

#define PACKED_CHUNK (64u << 10)
#define GZIP_WINDOW (15 + 16) /* of inflateInit2: gzip alone */

struct unpacker {
    FILE *packed;
    z_stream z;
    uint64_t out;
    bool ended; /* the last member of the file is whole */
    unsigned char chunk[PACKED_CHUNK];
};

/* More packed bytes; false when there are none. */
static bool refill(struct unpacker *unpacker)
{
    if (unpacker->z.avail_in > 0)
        return true;
    unpacker->z.next_in = unpacker->chunk;
    unpacker->z.avail_in = (uInt)fread(unpacker->chunk, 1, PACKED_CHUNK, unpacker->packed);
    return unpacker->z.avail_in > 0;
}

static ssize_t fail_read(void)
{
    errno = EILSEQ;
    return -1;
}

static ssize_t unpack_read(void *cookie, char *buffer, size_t size)
{
    struct unpacker *unpacker = cookie;
    z_stream *z = &unpacker->z;
    z->next_out = (Bytef *)buffer;
    z->avail_out = (uInt)MIN(size, PACKED_CHUNK);
    uInt wanted = z->avail_out;
    while (z->avail_out == wanted) {
        if (!refill(unpacker))
            return unpacker->ended ? 0 : fail_read();
        if (unpacker->ended && inflateReset(z) != Z_OK) /* another member */
            return fail_read();
        int status = inflate(z, Z_NO_FLUSH);
        if (status != Z_OK && status != Z_STREAM_END)
            return fail_read();
        unpacker->ended = status == Z_STREAM_END;
    }
    unpacker->out += wanted - z->avail_out;
    return unpacker->out <= UNPACKED_MAX ? (ssize_t)(wanted - z->avail_out) : fail_read();
}

static int unpack_close(void *cookie)
{
    struct unpacker *unpacker = cookie;
    inflateEnd(&unpacker->z);
    fclose(unpacker->packed);
    g_free(unpacker);
    return 0;
}

static FILE *unpacked(FILE *packed, GError **error)
{
    struct unpacker *unpacker = g_new0(struct unpacker, 1);
    unpacker->packed = packed;
    FILE *stream =
        inflateInit2(&unpacker->z, GZIP_WINDOW) == Z_OK
            ? fopencookie(unpacker, "rb", (cookie_io_functions_t){.read = unpack_read, .close = unpack_close})
            : NULL;
    if (stream != NULL)
        return stream;
    unpack_close(unpacker);
    wfm_fail(error, WFM_ERROR_INTERNAL, "zlib does not start");
    return NULL;
}

FILE *body_stream(const struct api_call *call, GError **error)
{
    const char *coding = api_header(call, "Content-Encoding");
    bool gzip = coding != NULL &&
                (g_ascii_strcasecmp(coding, "gzip") == 0 || g_ascii_strcasecmp(coding, "x-gzip") == 0);
    if (coding != NULL && !gzip && g_ascii_strcasecmp(coding, "identity") != 0) {
        wfm_fail(error, WFM_ERROR_MEDIA_TYPE, "Content-Encoding %.40s: gzip is read here, or none", coding);
        return NULL;
    }
    FILE *plain = call->body_path != NULL ? fopen(call->body_path, "rb")
                  : call->body_length > 0 ? fmemopen((void *)(uintptr_t)call->body, call->body_length, "rb")
                                          : fopen("/dev/null", "rb");
    if (plain == NULL) {
        wfm_fail(error, WFM_ERROR_IO, "the body cannot be read: %s", g_strerror(errno));
        return NULL;
    }
    return gzip ? unpacked(plain, error) : plain;
}
