#include "api/coding.h"

#include <stdint.h>
#include <string.h>
#include <zlib.h>

/* Of JSON of a week of shifts level 4 takes half the time of 6 for 3 % more bytes. */
#define LEVEL 4
#define GZIP_WINDOW (15 + 16)
#define MEMORY 8

/* Weight of "gzip;q=0.5" and the like; 1 without, 0 when it is malformed. */
static double weight(const char *parameters)
{
    const char *q = parameters + strspn(parameters, "; \t");
    if (*q == '\0')
        return 1;
    if ((*q != 'q' && *q != 'Q') || q[1] != '=')
        return 0;
    char *end;
    double value = g_ascii_strtod(q + 2, &end);
    return end != q + 2 && *(end + strspn(end, " \t")) == '\0' && value >= 0 && value <= 1 ? value : 0;
}

bool coding_gzip_wanted(const char *accept_encoding, bool *forced)
{
    double gzip = -1, identity = -1, any = -1; /* -1: not mentioned */
    *forced = false;
    if (accept_encoding == NULL)
        return false;
    g_auto(GStrv) parts = g_strsplit(accept_encoding, ",", 32);
    for (int k = 0; parts[k] != NULL; k++) {
        const char *text = g_strstrip(parts[k]);
        size_t length = strcspn(text, "; \t");
        double q = weight(text + length);
        if (length == 4 && g_ascii_strncasecmp(text, "gzip", 4) == 0)
            gzip = q;
        else if (length == 6 && g_ascii_strncasecmp(text, "x-gzip", 6) == 0)
            gzip = MAX(gzip, q);
        else if (length == 8 && g_ascii_strncasecmp(text, "identity", 8) == 0)
            identity = q;
        else if (length == 1 && *text == '*')
            any = q;
    }
    gzip = gzip >= 0 ? gzip : MAX(any, 0);
    *forced = gzip > 0 && (identity == 0 || (identity < 0 && any == 0));
    return gzip > 0 && gzip >= identity;
}

bool coding_worth(const char *content_type)
{
    static const char *const types[] = {"application/json", "application/problem+json", "application/yaml",
                                        "image/svg+xml", "text/"};
    if (content_type == NULL || g_str_has_prefix(content_type, "text/event-stream"))
        return false;
    for (size_t k = 0; k < G_N_ELEMENTS(types); k++)
        if (g_str_has_prefix(content_type, types[k]))
            return true;
    return false;
}

static void end_stream(gpointer data)
{
    deflateEnd(data);
    g_free(data);
}

static GPrivate compressor = G_PRIVATE_INIT(end_stream);

/* Of this thread: setting one up costs more than a small body. */
static z_stream *stream_of_thread(void)
{
    z_stream *stream = g_private_get(&compressor);
    if (stream == NULL) {
        stream = g_new0(z_stream, 1);
        if (deflateInit2(stream, LEVEL, Z_DEFLATED, GZIP_WINDOW, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
            g_error("zlib: %s", stream->msg != NULL ? stream->msg : "out of memory");
        g_private_set(&compressor, stream);
    }
    deflateReset(stream);
    return stream;
}

char *coding_gzip(const void *bytes, size_t length, size_t *out_length)
{
    z_stream *stream = stream_of_thread();
    uLong bound = deflateBound(stream, (uLong)length);
    char *out = g_malloc(bound);
    stream->next_in = (Bytef *)(uintptr_t)bytes;
    stream->avail_in = (uInt)length;
    stream->next_out = (Bytef *)out;
    stream->avail_out = (uInt)bound;
    int status = deflate(stream, Z_FINISH);
    g_assert(status == Z_STREAM_END);
    *out_length = stream->total_out;
    return g_realloc(out, *out_length);
}

const char *coding_gzip_fixed(const void *bytes, size_t length, size_t *out_length)
{
    static GMutex mutex;       /* guards the table; what is in it stays */
    static GHashTable *packed; /* bytes → GBytes */
    g_mutex_lock(&mutex);
    if (packed == NULL)
        packed = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_bytes_unref);
    GBytes *one = g_hash_table_lookup(packed, bytes);
    if (one == NULL) {
        size_t n;
        char *text = coding_gzip(bytes, length, &n);
        one = g_bytes_new_take(text, n);
        g_hash_table_insert(packed, (gpointer)(uintptr_t)bytes, one);
    }
    g_mutex_unlock(&mutex);
    return g_bytes_get_data(one, out_length);
}
