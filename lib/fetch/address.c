/* Public addresses and others. */
#define _DEFAULT_SOURCE /* inet_aton */
#include "fetch/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <strings.h>

/* IANA IPv4 Special-Purpose Address Registry, the blocks that are not globally
 * reachable, with multicast and what is reserved. */
static const struct {
    uint32_t net;
    int bits;
} private4[] = {
    {0x00000000, 8},  {0x0A000000, 8},  {0x64400000, 10}, {0x7F000000, 8},  {0xA9FE0000, 16},
    {0xAC100000, 12}, {0xC0000000, 24}, {0xC0000200, 24}, {0xC0A80000, 16}, {0xC6120000, 15},
    {0xC6336400, 24}, {0xCB007100, 24}, {0xE0000000, 4},  {0xF0000000, 4},
};

static bool private_v4(uint32_t address)
{
    for (size_t i = 0; i < sizeof private4 / sizeof *private4; i++)
        if ((address ^ private4[i].net) >> (32 - private4[i].bits) == 0)
            return true;
    return false;
}

static uint32_t v4_at(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static bool private_v6(const uint8_t *b)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    static const uint8_t nat64[12] = {0, 0x64, 0xff, 0x9b};
    if (memcmp(b, mapped, 12) == 0 || memcmp(b, nat64, 12) == 0)
        return private_v4(v4_at(b + 12));
    if (b[0] == 0x20 && b[1] == 0x02) /* 6to4 */
        return private_v4(v4_at(b + 2));
    /* Only 2000::/3 is given out as global unicast; of it not Teredo, benchmarking,
     * ORCHID and documentation. */
    bool special = b[0] == 0x20 && b[1] == 0x01 && (b[2] < 2 || (b[2] == 0x0d && b[3] == 0xb8));
    special = special || (b[0] == 0x3f && b[1] == 0xff && b[2] < 0x10);
    return (b[0] & 0xe0) != 0x20 || special;
}

bool address_is_private(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        return private_v4(ntohl(in.sin_addr.s_addr));
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, address, sizeof in6);
        return private_v6(in6.sin6_addr.s6_addr);
    }
    return true;
}

static bool ends_with(const char *host, const char *ending)
{
    size_t length = strlen(host), end = strlen(ending);
    return length >= end && strcasecmp(host + length - end, ending) == 0;
}

bool address_host_is_private(struct str host)
{
    char text[256];
    struct in_addr v4;
    struct in6_addr v6;
    if (host.len == 0 || host.len >= sizeof text)
        return true;
    snprintf(text, sizeof text, "%.*s", (int)host.len, host.ptr);
    size_t end = strlen(text);
    if (end > 1 && text[end - 1] == '.')
        text[end - 1] = '\0';
    if (inet_aton(text, &v4) != 0)
        return private_v4(ntohl(v4.s_addr));
    char *zone = strchr(text, '%');
    if (zone != NULL && strchr(text, ':') != NULL)
        *zone = '\0';
    if (inet_pton(AF_INET6, text, &v6) == 1)
        return private_v6(v6.s6_addr);
    return strcasecmp(text, "localhost") == 0 || ends_with(text, ".localhost") ||
           ends_with(text, ".local") || ends_with(text, ".internal");
}

bool address_host_is_plain(struct str host)
{
    bool v6 = memchr(host.ptr, ':', host.len) != NULL;
    for (size_t i = 0; i < host.len; i++) {
        unsigned char c = (unsigned char)host.ptr[i];
        if (c <= 0x20 || c >= 0x7f || (c == '%' && !v6))
            return false;
    }
    return true;
}

/* 0 for what is no port. */
static int port_of(struct str text)
{
    int port = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || port > 65535)
            return 0;
        port = port * 10 + (text.ptr[i] - '0');
    }
    return port <= 65535 ? port : 0;
}

bool address_split(struct str url, struct address_parts *parts)
{
    struct str rest = url, authority, port = {NULL, 0};
    *parts = (struct address_parts){.port = 0};
    if (url.len > 8 && strncasecmp(url.ptr, "https://", 8) == 0)
        parts->scheme = (struct str){url.ptr, 5};
    else if (url.len > 7 && strncasecmp(url.ptr, "http://", 7) == 0)
        parts->scheme = (struct str){url.ptr, 4};
    else
        return false;
    rest = str_from(url, parts->scheme.len + 3);
    size_t length = 0;
    while (length < rest.len && strchr("/?#\\", rest.ptr[length]) == NULL)
        length++;
    authority = (struct str){rest.ptr, length};
    parts->origin = (struct str){url.ptr, parts->scheme.len + 3 + length};
    if (length == 0 || memchr(authority.ptr, '@', length) != NULL)
        return false;
    if (authority.ptr[0] == '[') {
        parts->host = str_cut(str_from(authority, 1), ']', &port);
        if (port.len > 0)
            port = str_from(port, 1); /* the colon */
    } else {
        parts->host = str_cut(authority, ':', &port);
    }
    parts->port = parts->scheme.len == 5 ? 443 : 80;
    if (port.len > 0)
        parts->port = port_of(port);
    return parts->host.len > 0 && parts->port > 0;
}
