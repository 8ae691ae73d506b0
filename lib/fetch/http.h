/*
 * HTTP by libcurl's multi interface: many exchanges at once on connections that are kept,
 * few of them with one host, HTTP/2 where the server has it, compressed bodies, proxy and
 * CA as the environment says (curl(1), ENVIRONMENT). Every body has limits of size (after
 * decompression) and time. Redirections are followed here and not by libcurl, so that
 * each step can be judged: only http and https, not from a public server to a loopback or
 * private address, and no secret goes to another origin.
 *
 * An exchange belongs to its caller, who may not touch it between http_send() and the
 * http_wait() that returns it. What the answer points to lives until http_send() is
 * called with the exchange again, or http_done().
 */
#ifndef FETCH_HTTP_H
#define FETCH_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "source/request.h"

struct http;

struct http_settings {
    const char *agent;  /* User-Agent */
    size_t max_size;    /* bytes of a body, undone */
    long seconds;       /* that one exchange may take */
    long stall;         /* seconds without a byte */
    size_t total, host; /* exchanges at once, and with one host */
};

enum http_outcome {
    HTTP_ANSWERED,
    HTTP_FAILED,  /* it may go better the next time */
    HTTP_REFUSED, /* it will not: too large, a step that is not allowed, no such address */
};

/* What the server says of its limits. Unknown: -1, and CLOCK_UNKNOWN. */
struct http_limit {
    int64_t limit, remaining;
    int64_t reset;       /* seconds from now */
    int64_t retry_after; /* seconds from now */
};

struct http_exchange {
    const struct request *request;
    const char *etag, *modified; /* for conditional requests, or NULL */
    struct str secret;           /* no address of another origin may hold it; or empty */
    bool private_ok;             /* steps into the private network are allowed */
    void *context;               /* the caller's */

    enum http_outcome outcome;
    bool counts; /* the server has begun to answer, so it will count the request */
    struct err problem;
    struct answer answer;
    struct http_limit limit;

    struct http_carrier *carrier; /* http.c's */
};

/* The variables that name proxies, NULL behind the last. */
extern const char *const http_proxies[];

struct http *http_new(const struct http_settings *settings, struct err *e);
void http_free(struct http *h);

/* Begins an exchange, at once or when there is room. now is the time that limits and
 * dates are told against where the server does not tell its own. */
void http_send(struct http *h, struct http_exchange *x, int64_t now);

/* Waits until an exchange is over, at most so many milliseconds; NULL: none was. */
struct http_exchange *http_wait(struct http *h, int milliseconds);

/* Gives back what the exchange holds. */
void http_done(struct http_exchange *x);

#endif
