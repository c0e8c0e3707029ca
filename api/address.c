#include "api/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "core/error.h"

#define V4_BITS 96 /* of ::ffff:0:0/96 */

/* IPv4 stands as ::ffff:a.b.c.d. */
static bool text_address(const char *text, unsigned char out[16])
{
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    struct in_addr v4;
    if (inet_pton(AF_INET, text, &v4) == 1) {
        memcpy(out, mapped, sizeof mapped);
        memcpy(out + sizeof mapped, &v4, sizeof v4);
        return true;
    }
    return inet_pton(AF_INET6, text, out) == 1;
}

static bool within(const unsigned char address[16], const unsigned char range[16], int bits)
{
    int whole = bits / 8, rest = bits % 8;
    if (memcmp(address, range, (size_t)whole) != 0)
        return false;
    return rest == 0 || ((address[whole] ^ range[whole]) >> (8 - rest)) == 0;
}

bool address_ranges_parse(const char *text, struct address_ranges *out, GError **error)
{
    *out = (struct address_ranges){.n = 0};
    if (text == NULL || *text == '\0')
        return true;
    g_auto(GStrv) parts = g_strsplit(text, ",", ADDRESS_RANGES_MAX + 1);
    for (int k = 0; parts[k] != NULL; k++) {
        char *slash = strchr(g_strstrip(parts[k]), '/');
        gint64 bits = -1;
        if (slash != NULL && !g_ascii_string_to_signed(slash + 1, 10, 0, 128, &bits, NULL))
            return wfm_fail(error, WFM_ERROR_USAGE, "\"%s\" is not a range of addresses such as 10.0.0.0/8",
                            parts[k]);
        if (slash != NULL)
            *slash = '\0';
        struct address_range *range = &out->ranges[out->n];
        int offset = strchr(parts[k], ':') != NULL ? 0 : V4_BITS;
        if (k == ADDRESS_RANGES_MAX || !text_address(parts[k], range->bytes) || bits + offset > 128)
            return wfm_fail(error, WFM_ERROR_USAGE,
                            "\"%s\" is not a range of addresses such as 10.0.0.0/8 or fd00::/8", parts[k]);
        range->bits = bits < 0 ? 128 : (int)bits + offset;
        out->n++;
    }
    return true;
}

/* Not of the public internet: RFC 6890 and its kin. IPv6 forms that carry an IPv4 address are as public as
 * that. */
static const struct {
    const char *address;
    int bits; /* of an IPv4 address where it is one */
} special[] = {
    {"0.0.0.0", 8},       {"10.0.0.0", 8},     {"100.64.0.0", 10},   {"127.0.0.0", 8},    {"169.254.0.0", 16},
    {"172.16.0.0", 12},   {"192.0.0.0", 24},   {"192.0.2.0", 24},    {"192.168.0.0", 16}, {"198.18.0.0", 15},
    {"198.51.100.0", 24}, {"203.0.113.0", 24}, {"224.0.0.0", 4},     {"240.0.0.0", 4},    {"::", 96},
    {"100::", 64},        {"2001::", 23},      {"2001:db8::", 32},   {"fc00::", 7},       {"fe80::", 10},
    {"fec0::", 10},       {"ff00::", 8},       {"::ffff:0:0:0", 96}, {"64:ff9b:1::", 48}, {"3fff::", 20},
    {"5f00::", 16},
};

static bool is_special(const unsigned char address[16])
{
    unsigned char range[16];
    for (size_t k = 0; k < G_N_ELEMENTS(special); k++) {
        int offset = strchr(special[k].address, ':') != NULL ? 0 : V4_BITS;
        if (text_address(special[k].address, range) && within(address, range, special[k].bits + offset))
            return true;
    }
    return false;
}

/* 64:ff9b::/96 (NAT64) and 2002::/16 (6to4) lead to the IPv4 address in them. */
static void unwrap(unsigned char address[16])
{
    static const unsigned char nat64[12] = {0, 0x64, 0xff, 0x9b}, mapped[12] = {[10] = 0xff, [11] = 0xff};
    unsigned char inner[4];
    if (memcmp(address, nat64, sizeof nat64) == 0)
        memcpy(inner, address + 12, sizeof inner);
    else if (address[0] == 0x20 && address[1] == 0x02)
        memcpy(inner, address + 2, sizeof inner);
    else
        return;
    memcpy(address, mapped, sizeof mapped);
    memcpy(address + sizeof mapped, inner, sizeof inner);
}

static bool bytes_allowed(const struct address_ranges *allowed, unsigned char address[16])
{
    for (int k = 0; k < allowed->n; k++)
        if (within(address, allowed->ranges[k].bytes, allowed->ranges[k].bits))
            return true;
    unwrap(address);
    return !is_special(address);
}

bool address_allowed(const struct address_ranges *allowed, const struct sockaddr *address)
{
    char text[INET6_ADDRSTRLEN];
    unsigned char bytes[16];
    if (address->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr, text, sizeof text);
    else if (address->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, text,
                  sizeof text);
    else
        return false;
    return text_address(text, bytes) && bytes_allowed(allowed, bytes);
}

static bool is_loopback(const unsigned char address[16])
{
    static const unsigned char one[16] = {[15] = 1}, v4[16] = {[10] = 0xff, [11] = 0xff, [12] = 127};
    return within(address, one, 128) || within(address, v4, V4_BITS + 8);
}

bool address_url_ok(const struct address_ranges *allowed, const char *url, const char **why)
{
    unsigned char bytes[16];
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_PARSE_RELAXED | G_URI_FLAGS_ENCODED, NULL);
    const char *scheme = uri != NULL ? g_uri_get_scheme(uri) : NULL,
               *host = uri != NULL ? g_uri_get_host(uri) : NULL;
    *why = "is not a URL such as https://example.com/hooks/wfm";
    if (host == NULL || *host == '\0' || strpbrk(url, " \t\r\n\\") != NULL)
        return false;
    *why = "holds a user or a fragment, which are not sent";
    if (g_uri_get_userinfo(uri) != NULL || g_uri_get_fragment(uri) != NULL)
        return false;
    bool literal = text_address(host, bytes), loopback = literal && is_loopback(bytes);
    if (g_ascii_strcasecmp(host, "localhost") == 0)
        literal = loopback = text_address("127.0.0.1", bytes);
    *why = "leads to an address that webhooks may not be sent to (see wfm serve --webhook-allow)";
    if (literal && !bytes_allowed(allowed, bytes))
        return false;
    *why = "is not https";
    return g_ascii_strcasecmp(scheme, "https") == 0 || (g_ascii_strcasecmp(scheme, "http") == 0 && loopback);
}
