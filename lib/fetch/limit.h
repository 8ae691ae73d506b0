/*
 * What services say of their limits, in the many spellings of it: Retry-After as seconds
 * or a date; x-rate-limit-reset as seconds since 1970 (X, Bluesky), a date (Mastodon) or
 * seconds from now (Reddit, the IETF's drafts); remaining as a decimal (Reddit).
 */
#ifndef FETCH_LIMIT_H
#define FETCH_LIMIT_H

#include "fetch/http.h"

/* Takes a header into the limit. server is the server's clock, which times that are not
 * relative are compared with, so that a wrong clock here does no harm. */
void limit_take(struct http_limit *limit, struct str name, struct str value, int64_t server);

#endif
