/*
 * Exchanges over libcurl. Each has a carrier: the easy handle, the hops so far, the
 * headers and the body as they come in. Carriers wait in a queue until there is room for
 * one more in all and one more with their host.
 */
#include "fetch/http.h"

#include <curl/curl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "fetch/address.h"
#include "fetch/limit.h"
#include "source/date.h"
#include "source/url.h"

#define HOPS            5
#define CONNECT_MS      10000L
#define HEADER_BYTES    (256 * 1024) /* of all headers of an answer */
#define PROXY_ADDRESSES 16
#define PROXY_PORTS     5 /* as many as variables that name proxies */

struct header {
    struct str name, value;
};

struct http_carrier {
    struct http *http;
    struct http_exchange *exchange;
    CURL *easy;
    struct curl_slist *headers;
    struct buf url;  /* of this hop */
    struct buf host; /* of this hop: whose turn it takes */
    struct buf body;
    struct buf raw_headers; /* of this hop's answer, line by line */
    size_t hops;
    int64_t ahead;   /* of the steady clock is the time that counts as now, milliseconds */
    int64_t began;   /* milliseconds of the steady clock, without waits for a turn */
    int64_t spent;   /* when it waits for one: on the hops before */
    bool was_public; /* some hop was at a public address */
    bool stepped_in; /* a private address was refused */
    bool too_large, headers_too_large;
    bool running;
    char message[CURL_ERROR_SIZE];
    struct http_carrier *next; /* in the queue */
};

struct http {
    struct http_settings settings;
    CURLM *multi;
    struct http_carrier *queue, **queue_end;
    struct http_carrier **running;
    size_t running_count, running_cap;
    struct http_exchange **over; /* without having been sent */
    size_t over_count, over_cap;
    struct sockaddr_storage proxies[PROXY_ADDRESSES];
    size_t proxy_count;
    long proxy_ports[PROXY_PORTS]; /* 0: not known */
    size_t proxy_port_count;
};

/* ---- proxies: libcurl does not tell whether it uses one, so their addresses are known ---- */

const char *const http_proxies[PROXY_PORTS + 1] = {"http_proxy", "https_proxy", "HTTPS_PROXY",
                                                   "all_proxy",  "ALL_PROXY",   NULL};

static void note_proxy(struct http *h, const char *variable)
{
    const char *value = getenv(variable);
    if (value == NULL || *value == '\0')
        return;
    long *number = &h->proxy_ports[h->proxy_port_count++];
    CURLU *u = curl_url();
    char *host = NULL, *port = NULL;
    unsigned flags = CURLU_GUESS_SCHEME | CURLU_NON_SUPPORT_SCHEME;
    if (curl_url_set(u, CURLUPART_URL, value, flags) == CURLUE_OK &&
        curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK) {
        if (curl_url_get(u, CURLUPART_PORT, &port, 0) != CURLUE_OK)
            port = NULL;
        const char *usual = strncasecmp(value, "https:", 6) == 0 ? "443" : "1080";
        *number = strtol(port != NULL ? port : usual, NULL, 10);
        struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list = NULL;
        if (getaddrinfo(host, port != NULL ? port : usual, &hints, &list) == 0) {
            for (struct addrinfo *a = list; a != NULL && h->proxy_count < PROXY_ADDRESSES;
                 a = a->ai_next)
                memcpy(&h->proxies[h->proxy_count++], a->ai_addr, a->ai_addrlen);
            freeaddrinfo(list);
        }
    }
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(u);
}

static bool is_proxy(const struct http *h, const struct sockaddr *address, size_t length)
{
    for (size_t i = 0; i < h->proxy_count; i++)
        if (memcmp(&h->proxies[i], address, length) == 0)
            return true;
    return false;
}

/* Addresses of proxies change, so only the port says for sure that it is none. */
static bool may_be_proxy(const struct http *h, long port)
{
    for (size_t i = 0; i < h->proxy_port_count; i++)
        if (h->proxy_ports[i] == 0 || h->proxy_ports[i] == port)
            return true;
    return false;
}

/* ---- what comes in ---- */

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct http_carrier *c = context;
    size_t length = size * count;
    if (length > c->http->settings.max_size - c->body.len) {
        c->too_large = true;
        return 0;
    }
    buf_add(&c->body, bytes, length);
    return length;
}

static size_t on_header(char *bytes, size_t size, size_t count, void *context)
{
    struct http_carrier *c = context;
    size_t length = size * count;
    if (length >= 5 && memcmp(bytes, "HTTP/", 5) == 0)
        buf_clear(&c->raw_headers); /* of an answer that was not the last (100, a proxy's) */
    if (c->raw_headers.len + length > HEADER_BYTES) {
        c->headers_too_large = true;
        return 0;
    }
    buf_add(&c->raw_headers, bytes, length);
    return length;
}

static bool next_header(struct str *rest, struct header *h)
{
    while (rest->len > 0) {
        struct str line = str_cut(*rest, '\n', rest);
        h->name = str_cut(line, ':', &h->value);
        h->value = str_trim(h->value);
        if (h->name.len < line.len)
            return true;
    }
    return false;
}

/* The last header of that name, or empty. */
static struct str find_header(const struct http_carrier *c, const char *name)
{
    struct str rest = buf_str(&c->raw_headers), found = {NULL, 0};
    struct header h;
    while (next_header(&rest, &h))
        if (h.name.len == strlen(name) && strncasecmp(h.name.ptr, name, h.name.len) == 0)
            found = h.value;
    return found;
}

/* ---- what is allowed ---- */

static bool private_is_ok(const struct http_carrier *c)
{
    return c->exchange->private_ok || !c->was_public;
}

/* The address is known here whatever name led to it. */
static curl_socket_t on_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct http_carrier *c = context;
    (void)purpose;
    if (!private_is_ok(c) && address_is_private(&address->addr) &&
        !is_proxy(c->http, &address->addr, address->addrlen)) {
        c->stepped_in = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype, address->protocol);
}

/* Whether the answer came from a public server: by its address, or behind a proxy by its
 * name. */
static bool hop_was_public(const struct http_carrier *c)
{
    struct address_parts parts;
    char *ip = NULL;
    long port = 0;
    bool split = address_split(buf_str(&c->url), &parts);
    if (split && address_host_is_private(parts.host))
        return false;
    curl_easy_getinfo(c->easy, CURLINFO_PRIMARY_PORT, &port);
    if (may_be_proxy(c->http, port) ||
        curl_easy_getinfo(c->easy, CURLINFO_PRIMARY_IP, &ip) != CURLE_OK || ip == NULL ||
        *ip == '\0')
        return true;
    return !address_host_is_private(str_of(ip));
}

/* ---- one hop ---- */

static void set_headers(struct http_carrier *c, bool first_origin)
{
    const struct http_exchange *x = c->exchange;
    curl_slist_free_all(c->headers);
    c->headers = NULL;
    struct str rest = buf_str(&x->request->headers);
    while (rest.len > 0) {
        const char *header = rest.ptr;
        rest = str_from(rest, strlen(header) + 1);
        /* Another server gets only what says nothing of us. */
        if (first_origin || strncasecmp(header, "Accept:", 7) == 0)
            c->headers = curl_slist_append(c->headers, header);
    }
    struct buf line = {0};
    if (x->etag != NULL && *x->etag != '\0') {
        buf_addf(&line, "If-None-Match: %s", x->etag);
        c->headers = curl_slist_append(c->headers, buf_text(&line));
    }
    buf_clear(&line);
    if (x->modified != NULL && *x->modified != '\0') {
        buf_addf(&line, "If-Modified-Since: %s", x->modified);
        c->headers = curl_slist_append(c->headers, buf_text(&line));
    }
    buf_free(&line);
    curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, c->headers);
}

static void set_limits(struct http_carrier *c)
{
    const struct http_settings *s = &c->http->settings;
    CURL *easy = c->easy;
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
    int64_t left = c->began + (int64_t)s->seconds * 1000 - clock_steady();
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, left > 1 ? (long)left : 1L); /* 0 is for ever */
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, s->stall);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(easy, CURLOPT_USERAGENT, s->agent);
}

/* False where the variable is not set, or empty. */
static bool set_from_environment(CURL *easy, CURLoption option, const char *variable)
{
    const char *value = getenv(variable);
    if (value == NULL || *value == '\0')
        return false;
    curl_easy_setopt(easy, option, value);
    return true;
}

/* CA as curl(1) has it: OpenSSL's variables count only where curl's own is not set. */
static void set_authorities(CURL *easy)
{
    if (set_from_environment(easy, CURLOPT_CAINFO, "CURL_CA_BUNDLE"))
        return;
    set_from_environment(easy, CURLOPT_CAINFO, "SSL_CERT_FILE");
    set_from_environment(easy, CURLOPT_CAPATH, "SSL_CERT_DIR");
}

static void set_callbacks(struct http_carrier *c)
{
    CURL *easy = c->easy;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, c);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, c->message);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, c);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, c);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, c);
}

static void begin_hop(struct http_carrier *c)
{
    const struct request *request = c->exchange->request;
    bool same = url_same_origin(buf_str(&request->url), buf_str(&c->url));
    buf_clear(&c->body);
    buf_clear(&c->raw_headers);
    c->message[0] = '\0';
    curl_easy_reset(c->easy);
    set_limits(c);
    set_authorities(c->easy);
    set_callbacks(c);
    set_headers(c, same);
    curl_easy_setopt(c->easy, CURLOPT_URL, buf_text(&c->url));
    /* A connection that was opened when steps into the private network were allowed must
     * not serve one for which they are not. */
    curl_easy_setopt(c->easy, CURLOPT_FRESH_CONNECT, private_is_ok(c) ? 0L : 1L);
    if ((request->post || request->body.len > 0) && c->hops == 0) {
        curl_easy_setopt(c->easy, CURLOPT_POST, 1L);
        curl_easy_setopt(c->easy, CURLOPT_POSTFIELDS,
                         request->body.len > 0 ? request->body.data : "");
        curl_easy_setopt(c->easy, CURLOPT_POSTFIELDSIZE, (long)request->body.len);
    }
    curl_multi_add_handle(c->http->multi, c->easy);
}

/* ---- an answer ---- */

/* The charset of `text/xml; charset="utf-8"`. */
static struct str charset_of(struct str type)
{
    while (type.len > 0) {
        struct str parameter = str_trim(str_cut(type, ';', &type));
        if (parameter.len < 8 || strncasecmp(parameter.ptr, "charset=", 8) != 0)
            continue;
        struct str value = str_trim(str_from(parameter, 8));
        if (value.len > 1 && (value.ptr[0] == '"' || value.ptr[0] == '\''))
            value = (struct str){value.ptr + 1, value.len - 2};
        return value;
    }
    return (struct str){NULL, 0};
}

static void take_limits(struct http_carrier *c, int64_t server)
{
    struct http_limit *limit = &c->exchange->limit;
    struct str rest = buf_str(&c->raw_headers);
    struct header h;
    while (next_header(&rest, &h))
        limit_take(limit, h.name, h.value, server);
}

static void take_answer(struct http_carrier *c, long status)
{
    struct http_exchange *x = c->exchange;
    int64_t date = date_parse(find_header(c, "date"));
    x->outcome = HTTP_ANSWERED;
    x->answer = (struct answer){
        .status = (int)status,
        .body = buf_str(&c->body),
        .charset = charset_of(find_header(c, "content-type")),
        .link = find_header(c, "link"),
        .etag = find_header(c, "etag"),
        .modified = find_header(c, "last-modified"),
        .url = buf_str(&c->url),
        .date = date,
    };
    take_limits(c, date != CLOCK_UNKNOWN ? date : (c->ahead + clock_steady()) / 1000);
}

static bool is_lasting(CURLcode code)
{
    return code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL ||
           code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
           code == CURLE_BAD_CONTENT_ENCODING || code == CURLE_OUT_OF_MEMORY;
}

static void take_failure(struct http_carrier *c, CURLcode code)
{
    struct http_exchange *x = c->exchange;
    bool lasting = is_lasting(code) || c->too_large || c->headers_too_large || c->stepped_in;
    x->outcome = lasting ? HTTP_REFUSED : HTTP_FAILED;
    if (c->too_large)
        err_set(&x->problem, "an answer of more than %zu bytes (max-size)",
                c->http->settings.max_size);
    else if (c->headers_too_large)
        err_set(&x->problem, "an answer with more than %d bytes of headers", HEADER_BYTES);
    else if (c->stepped_in)
        err_set(&x->problem, "redirection into the private network (private = yes allows it)");
    else if (code == CURLE_OPERATION_TIMEDOUT)
        err_set(&x->problem, "no whole answer in time");
    else if (code == CURLE_PARTIAL_FILE)
        err_set(&x->problem, "the answer was cut short");
    else
        err_set(&x->problem, "%s", c->message[0] != '\0' ? c->message : curl_easy_strerror(code));
}

/* ---- the queue ---- */

static size_t running_with(const struct http *h, const struct buf *host)
{
    size_t count = 0;
    for (size_t i = 0; i < h->running_count; i++)
        count += str_equal(buf_str(&h->running[i]->host), buf_str(host));
    return count;
}

static void start_waiting(struct http *h)
{
    struct http_carrier **link = &h->queue;
    while (*link != NULL && h->running_count < h->settings.total) {
        struct http_carrier *c = *link;
        if (running_with(h, &c->host) >= h->settings.host) {
            link = &c->next;
            continue;
        }
        *link = c->next;
        c->began = clock_steady() - c->spent;
        MEM_GROW(h->running, h->running_count, h->running_cap);
        h->running[h->running_count++] = c;
        c->running = true;
        begin_hop(c);
    }
    h->queue_end = &h->queue;
    while (*h->queue_end != NULL)
        h->queue_end = &(*h->queue_end)->next;
}

static void leave_queue(struct http *h, struct http_carrier *c)
{
    struct http_carrier **link = &h->queue;
    while (*link != NULL && *link != c)
        link = &(*link)->next;
    if (*link == NULL)
        return;
    *link = c->next;
    if (h->queue_end == &c->next)
        h->queue_end = link;
}

static void stop_running(struct http *h, struct http_carrier *c)
{
    curl_multi_remove_handle(h->multi, c->easy);
    c->running = false;
    for (size_t i = 0; i < h->running_count; i++)
        if (h->running[i] == c) {
            h->running[i] = h->running[--h->running_count];
            return;
        }
}

/* ---- redirections ---- */

/* Goes on at another address: at once, or first of those that wait for a turn with its
 * host. */
static void go_on(struct http_carrier *c, struct str url, struct str host)
{
    struct http *h = c->http;
    stop_running(h, c);
    buf_clear(&c->url);
    buf_add_str(&c->url, url);
    buf_clear(&c->host);
    buf_add_str(&c->host, host);
    c->spent = clock_steady() - c->began;
    c->next = h->queue;
    h->queue = c;
    start_waiting(h);
}

/* Many a server redirects with the query that it was asked, and keys stand in some. */
static bool takes_secret_away(const struct http_exchange *x, struct str next)
{
    return x->secret.len > 0 && !url_same_origin(buf_str(&x->request->url), next) &&
           url_holds(next, x->secret);
}

/* Spells a host beyond ASCII as the net does, so that it can be judged: it may as well be
 * an address in fullwidth digits. */
static void spell_host(struct buf *url)
{
    struct address_parts parts;
    CURLU *u = curl_url();
    char *spelled = NULL;
    if (address_split(buf_str(url), &parts) && !address_host_is_plain(parts.host) &&
        memchr(parts.host.ptr, '%', parts.host.len) == NULL &&
        curl_url_set(u, CURLUPART_URL, buf_text(url), CURLU_ALLOW_SPACE) == CURLUE_OK &&
        curl_url_get(u, CURLUPART_URL, &spelled, CURLU_PUNYCODE) == CURLUE_OK) {
        buf_clear(url);
        buf_add_text(url, spelled);
    }
    curl_free(spelled);
    curl_url_cleanup(u);
}

/* Follows a redirection; false where it is none, or not allowed (then the exchange is
 * refused). */
static bool follow(struct http_carrier *c, long status)
{
    struct http_exchange *x = c->exchange;
    struct str location = find_header(c, "location");
    if (status < 301 || status > 308 || status == 304 || status == 305 || status == 306 ||
        location.len == 0)
        return false;
    struct buf next = {0}, whole = {0};
    struct address_parts parts;
    url_resolve(&whole, buf_str(&c->url), location);
    spell_host(&whole);
    url_mend(&next, buf_str(&whole));
    c->was_public = c->was_public || hop_was_public(c);
    x->outcome = HTTP_REFUSED;
    bool ok = false;
    if (c->exchange->request->post || c->exchange->request->body.len > 0)
        err_set(&x->problem, "redirection of a request that has a body");
    else if (++c->hops > HOPS)
        err_set(&x->problem, "more than %d redirections", HOPS);
    else if (!address_split(buf_str(&next), &parts) || !address_host_is_plain(parts.host))
        err_set(&x->problem, "redirection to what is no plain web address");
    else if (!private_is_ok(c) && address_host_is_private(parts.host))
        err_set(&x->problem, "redirection into the private network (private = yes allows it)");
    else if (takes_secret_away(x, buf_str(&next)))
        err_set(&x->problem, "redirection to another server with the secret in its address");
    else
        ok = true;
    if (ok)
        go_on(c, buf_str(&next), parts.host);
    buf_free(&next);
    buf_free(&whole);
    return ok;
}

/* ---- the client ---- */

struct http *http_new(const struct http_settings *settings, struct err *e)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        err_set(e, "libcurl does not start");
        return NULL;
    }
    struct http *h = mem_zero(1, sizeof *h);
    h->settings = *settings;
    h->multi = curl_multi_init();
    h->queue_end = &h->queue;
    if (h->multi == NULL) {
        err_set(e, "libcurl does not start");
        free(h);
        return NULL;
    }
    curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, (long)(2 * settings->total));
    curl_multi_setopt(h->multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
    for (size_t i = 0; http_proxies[i] != NULL; i++)
        note_proxy(h, http_proxies[i]);
    return h;
}

void http_free(struct http *h)
{
    if (h == NULL)
        return;
    curl_multi_cleanup(h->multi);
    free(h->running);
    free(h->over);
    free(h);
    curl_global_cleanup();
}

void http_send(struct http *h, struct http_exchange *x, int64_t now)
{
    struct http_carrier *c = x->carrier;
    struct address_parts parts;
    if (c == NULL) {
        c = x->carrier = mem_zero(1, sizeof *c);
        c->easy = curl_easy_init();
    }
    x->counts = false;
    x->limit = (struct http_limit){-1, -1, CLOCK_UNKNOWN, CLOCK_UNKNOWN};
    c->http = h;
    c->exchange = x;
    c->ahead = now * 1000 - clock_steady();
    c->hops = 0;
    c->spent = 0;
    c->was_public = c->stepped_in = c->too_large = c->headers_too_large = false;
    c->next = NULL;
    buf_clear(&c->url);
    buf_add_str(&c->url, buf_str(&x->request->url));
    buf_clear(&c->host);
    if (c->easy == NULL || !address_split(buf_str(&c->url), &parts)) {
        x->outcome = HTTP_REFUSED;
        err_set(&x->problem, "not a plain web address");
        MEM_GROW(h->over, h->over_count, h->over_cap);
        h->over[h->over_count++] = x;
        return;
    }
    buf_add_str(&c->host, parts.host);
    *h->queue_end = c;
    h->queue_end = &c->next;
    start_waiting(h);
}

/* The next exchange that libcurl is done with; NULL: none. */
static struct http_exchange *collect(struct http *h)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(h->multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE)
            continue;
        struct http_carrier *c;
        long status = 0;
        CURLcode code = message->data.result;
        char *context = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &context);
        c = (void *)context;
        curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
        c->exchange->outcome = HTTP_ANSWERED;
        c->exchange->counts = c->exchange->counts || c->raw_headers.len > 0;
        if (code != CURLE_OK)
            take_failure(c, code);
        else if (follow(c, status))
            continue;
        else if (c->exchange->outcome == HTTP_ANSWERED)
            take_answer(c, status);
        stop_running(h, c);
        start_waiting(h);
        return c->exchange;
    }
    return NULL;
}

struct http_exchange *http_wait(struct http *h, int milliseconds)
{
    if (h->over_count > 0)
        return h->over[--h->over_count];
    int64_t end = clock_steady() + milliseconds, left = milliseconds;
    for (;;) {
        int running;
        curl_multi_perform(h->multi, &running);
        struct http_exchange *x = collect(h);
        if (x != NULL || left <= 0)
            return x;
        curl_multi_poll(h->multi, NULL, 0, (int)left, NULL);
        left = end - clock_steady();
    }
}

void http_done(struct http_exchange *x)
{
    struct http_carrier *c = x->carrier;
    if (c == NULL)
        return;
    if (c->running)
        stop_running(c->http, c);
    else
        leave_queue(c->http, c);
    curl_easy_cleanup(c->easy);
    curl_slist_free_all(c->headers);
    buf_free(&c->url);
    buf_free(&c->host);
    buf_free(&c->body);
    buf_free(&c->raw_headers);
    free(c);
    x->carrier = NULL;
}
