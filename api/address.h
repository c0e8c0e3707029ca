/*
 * address.h - which network addresses the service may send webhooks to. A URL that a planner typed must not
 * make the service reach into its own network (server-side request forgery), so private, loopback, link-local
 * and other special addresses are refused unless a range that the operator named holds them. What counts is
 * the address after the name was resolved, at the moment of connecting. Pure, thread-safe.
 */
#ifndef WFM_API_ADDRESS_H
#define WFM_API_ADDRESS_H

#include <glib.h>
#include <stdbool.h>
#include <sys/socket.h>

#define ADDRESS_RANGES_MAX 32

struct address_range {
    unsigned char bytes[16]; /* IPv4 as ::ffff:a.b.c.d */
    int bits;                /* of the 128 */
};
struct address_ranges {
    struct address_range ranges[ADDRESS_RANGES_MAX];
    int n;
};

/* "127.0.0.0/8,10.1.2.3,fd00::/8"; NULL or "": none. WFM_ERROR_USAGE. */
bool address_ranges_parse(const char *text, struct address_ranges *out, GError **error);

/* May it be connected to? False for what is no IPv4 or IPv6 address. */
bool address_allowed(const struct address_ranges *allowed, const struct sockaddr *address);

/* A URL a webhook may have: https, a host, no user and no fragment; plain http only when the host is a
   literal loopback address, or localhost, within the allowed ranges; a literal address must be allowed. *why:
   what is wrong, static. */
bool address_url_ok(const struct address_ranges *allowed, const char *url, const char **why);

#endif
