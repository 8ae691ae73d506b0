/*
 * Which addresses are the public Internet's: everything but what the IANA registries of
 * special-purpose addresses (RFC 6890 and later) say is not globally reachable. Used to
 * keep a public server from leading us into the private network.
 */
#ifndef FETCH_ADDRESS_H
#define FETCH_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

#include "base/str.h"

/* Is this address (AF_INET or AF_INET6) a loopback, private, link-local or otherwise
 * not a public one? Addresses of IPv4 within IPv6 count as what they carry. */
bool address_is_private(const struct sockaddr *address);

/* The same of a host as an address spells it: an address, in brackets or not, in any
 * spelling that resolvers take (127.1, 0x7f000001), or a name that is always local
 * (localhost, *.localhost, *.local, *.internal). False for other names. */
bool address_host_is_private(struct str host);

/* Is the host spelled as it is, without percent signs and characters beyond ASCII, which
 * libcurl turns into others (`%31`, fullwidth digits)? */
bool address_host_is_plain(struct str host);

struct address_parts {
    struct str scheme, host; /* host without brackets */
    int port;                /* the scheme's own where none is given */
    struct str origin;       /* scheme://host:port as spelled */
};

/* Splits a web address; false where it is none, or has a user in it. */
bool address_split(struct str url, struct address_parts *parts);

#endif
