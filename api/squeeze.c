#include "api/squeeze.h"

#include <stdint.h>
#include <string.h>

#define MATCH_MIN 4
#define LAST_LITERALS 5 /* a text ends with literals */
#define HASH_BITS 12
#define OFFSET_MAX 65535
#define TRIES 8 /* more gain nothing */
#define NIBBLE 15
#define STRIDE 8 /* copied at once; so much may be written behind the end */

static uint32_t word_at(const char *at)
{
    uint32_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

static unsigned hash_of(uint32_t word)
{
    return (word * 2654435761U) >> (32 - HASH_BITS);
}

static char *put_length(char *out, gsize rest)
{
    for (; rest >= 255; rest -= 255)
        *out++ = (char)255;
    *out++ = (char)rest;
    return out;
}

/* n literals, then a copy of `match` bytes from `offset` before; match 0: none, the end. */
static char *put_sequence(char *out, const char *literals, gsize n, gsize offset, gsize match)
{
    gsize more = match > 0 ? match - MATCH_MIN : 0;
    *out++ = (char)((MIN(n, NIBBLE) << 4) | MIN(more, NIBBLE));
    if (n >= NIBBLE)
        out = put_length(out, n - NIBBLE);
    memcpy(out, literals, n);
    out += n;
    if (match == 0)
        return out;
    *out++ = (char)(offset & 255);
    *out++ = (char)(offset >> 8);
    return more >= NIBBLE ? put_length(out, more - NIBBLE) : out;
}

static gsize common(const char *a, const char *b, const char *end)
{
    const char *start = b;
    while (b < end && *a == *b) {
        a++;
        b++;
    }
    return (gsize)(b - start);
}

struct finder {
    const char *bytes, *last, *end; /* matches begin before `last`, and end before `end` */
    uint32_t *former;               /* of each position, that with the same hash before it, + 1 */
    uint32_t newest[1 << HASH_BITS];
};

static void note(struct finder *finder, const char *at)
{
    uint32_t *slot = &finder->newest[hash_of(word_at(at))], position = (uint32_t)(at - finder->bytes);
    finder->former[position] = *slot;
    *slot = position + 1;
}

/* The longest copy of what stands at `at`, of the last few that may be one; 0: there is none. */
static gsize longest(const struct finder *finder, const char *at, gsize *offset)
{
    gsize best = 0;
    uint32_t next = finder->newest[hash_of(word_at(at))];
    for (int k = 0; k < TRIES && next > 0; k++) {
        const char *former = finder->bytes + next - 1;
        if (at - former > OFFSET_MAX)
            break;
        gsize n = common(former, at, finder->end);
        if (n >= MATCH_MIN && n > best) {
            best = n;
            *offset = (gsize)(at - former);
        }
        next = finder->former[next - 1];
    }
    return best;
}

/* Kept by each thread: what is allocated for a moment between what stays would leave holes. */
static char *scratch(gsize n)
{
    static GPrivate kept = G_PRIVATE_INIT(g_free);
    static _Thread_local gsize size;
    char *bytes = g_private_get(&kept);
    if (bytes != NULL && size >= n)
        return bytes;
    size = n;
    bytes = g_malloc(n);
    g_private_replace(&kept, bytes);
    return bytes;
}

char *squeeze(const char *bytes, gsize length, gsize *out_length)
{
    gsize links = (length + 1) * sizeof(uint32_t);
    char *work = scratch(links + length + length / 255 + 16), *start = work + links, *out = start;
    const char *end = bytes + length, *pending = bytes, *at = bytes;
    struct finder finder = {.bytes = bytes,
                            .last =
                                length > MATCH_MIN + LAST_LITERALS ? end - LAST_LITERALS - MATCH_MIN : bytes,
                            .end = end - LAST_LITERALS,
                            .former = (uint32_t *)(void *)work};
    while (at < finder.last) {
        gsize offset = 0, match = longest(&finder, at, &offset);
        if (match > 0)
            out = put_sequence(out, pending, (gsize)(at - pending), offset, match);
        for (const char *p = at; p < at + MAX(match, 1) && p < finder.last; p++)
            note(&finder, p);
        at += MAX(match, 1);
        pending = match > 0 ? at : pending;
    }
    out = put_sequence(out, pending, (gsize)(end - pending), 0, 0);
    *out_length = (gsize)(out - start);
    return g_memdup2(start, *out_length);
}

static gsize take_length(const unsigned char **in, const unsigned char *end, gsize n)
{
    unsigned char byte = 255;
    while (n >= NIBBLE && byte == 255 && *in < end) {
        byte = *(*in)++;
        n += byte;
    }
    return n;
}

/* Bytes may come from what this writes: then it repeats. */
static void copy_back(char *to, gsize offset, gsize n)
{
    const char *from = to - offset;
    if (offset < STRIDE) {
        for (gsize k = 0; k < n; k++)
            to[k] = from[k];
        return;
    }
    for (gsize k = 0; k < n; k += STRIDE)
        memcpy(to + k, from + k, STRIDE);
}

char *unsqueeze(const char *packed, gsize packed_length, gsize length)
{
    const unsigned char *in = (const unsigned char *)packed, *end = in + packed_length;
    g_autofree char *start = g_malloc(length + STRIDE + 1);
    gsize at = 0;
    while (in < end) {
        unsigned token = *in++;
        gsize n = take_length(&in, end, token >> 4);
        if (n > (gsize)(end - in) || n > length - at)
            return NULL;
        memcpy(start + at, in, n);
        in += n;
        at += n;
        if (in == end)
            break;
        if (end - in < 2)
            return NULL;
        gsize offset = in[0] | (gsize)in[1] << 8;
        in += 2;
        gsize match = take_length(&in, end, token & NIBBLE) + MATCH_MIN;
        if (offset == 0 || offset > at || match > length - at)
            return NULL;
        copy_back(start + at, offset, match);
        at += match;
    }
    if (at != length)
        return NULL;
    start[length] = '\0';
    return g_steal_pointer(&start);
}
