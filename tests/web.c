/*
 * A small HTTP/1.1 server for tests, on loopback only: it plays the answers of a script,
 * the bad ones too, so that a table of shell cases can try a fetching program without a
 * network. One process around poll(2); connections are kept alive.
 *
 * usage: web [-p PORT-FILE] [-l LOG-FILE] [-n] SCRIPT
 *        web -k PORT-FILE       ends the server that wrote PORT-FILE
 *
 * Writes its port to PORT-FILE (without -p: to standard output) and goes into the
 * background once it listens (not with -n). Ends by SIGTERM, when PORT-FILE is gone or
 * another server's (looked at every second) or after 120 s without a request, and takes
 * PORT-FILE away.
 *
 * LOG-FILE is added to, a line a request, when all of it has come:
 *     METHOD TARGET (header=value …) [body] #CONNECTION
 * with those headers of interest that were sent, and the body only where there is one.
 * `GET /_peak` answers how many requests were in work at once at most (from the last byte
 * of the request to the last of the answer), `GET /_served` how many posts services gave.
 *
 * A script is rules, of which the first that holds answers; 404 where none does. It is
 * read again when it changes, and counts of `times` begin anew then. Lines that begin
 * with `#` are comments.
 *     METHOD PATTERN      begins a rule. `*` is any method; GET holds for HEAD too. PATTERN
 *                         is a glob (fnmatch(3): `*` also matches slashes) for the target:
 *                         path and query, or http://host/path as sent to a proxy
 *     if NAME: GLOB       only where this request header matches; several: all of them
 *     times N             only for the first N requests
 *     status N            200
 *     header NAME: VALUE  any number
 *     body TEXT           with \n \t \r \\; several are lines of one body
 *     file PATH           a body from a file beside the script
 *     gzip                the body packed, with Content-Encoding
 *     bomb N              N MB of zeros, packed
 *     big N               N MB of `a` behind the body
 *     cut N               closes after N bytes of the body, promising all of it
 *     stall N             sends N bytes of the body and nothing more
 *     delay MS            waits before it answers
 *     drip MS             a byte of the body every MS milliseconds
 *     close               closes without an answer
 *     chunked             chunked transfer encoding
 *     garbage TEXT        these bytes for an answer, then closes
 *     run NAME KEY=VALUE… a simulated service (tests/web-services.c); what is said above
 *                         about answers holds for its answers
 * In headers and bodies {port}, {now+60}, {date-3600}, {iso} and {q:NAME} are replaced by
 * the port, a time (epoch, HTTP, RFC 3339) and a decoded parameter of the query.
 */
#include "web.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/files.h"
#include "base/mem.h"

#define IDLE_MS   (120 * 1000)
#define PIECE     (1 << 16)
#define UNLIMITED SIZE_MAX

enum state { READING, SENDING, STALLED };

struct conn {
    int fd;
    unsigned number;
    enum state state;
    bool ended; /* nothing more comes from the client */
    struct buf in;
    struct buf text; /* the request that is in work */
    struct request request;
    /* The answer: out is what to send next, filled from body and `big`. */
    struct buf out, body;
    size_t out_at, body_at, body_all, limit;
    bool begun, counted, chunked, cut;
    bool last; /* the connection closes behind it */
    long drip; /* milliseconds, 0 for none */
    int64_t due;
};

struct server {
    struct script script;
    const char *port_file;
    struct version port_version;
    int listener, log;
    unsigned port;
    struct conn **conns;
    struct pollfd *polls;
    size_t count, capacity, poll_capacity;
    unsigned accepted;
    size_t in_work, peak;
    int64_t last_request;
    bool stop;
};

static volatile sig_atomic_t terminated;

static void on_term(int signal_number)
{
    (void)signal_number;
    terminated = 1;
}

static int64_t milliseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- the log ---- */

static void add_shown(struct buf *to, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '\n')
            buf_add_text(to, "\\n");
        else if (c < ' ' || c == 127 || c == '\\')
            buf_addf(to, "\\x%02x", c);
        else
            buf_add_char(to, (char)c);
    }
}

static void log_request(struct server *s, const struct conn *c)
{
    static const char *const interest[] = {"authorization",     "user-agent",      "if-none-match",
                                           "if-modified-since", "accept-encoding", "cookie",
                                           "x-goog-api-key"};
    const struct request *r = &c->request;
    struct buf line = {0};
    if (s->log < 0)
        return;
    add_shown(&line, r->method);
    buf_add_char(&line, ' ');
    add_shown(&line, r->target);
    buf_add_text(&line, " (");
    bool any = false;
    for (size_t i = 0; i < sizeof interest / sizeof *interest; i++) {
        struct str value = request_header(r, interest[i]);
        if (value.ptr == NULL)
            continue;
        buf_addf(&line, "%s%s=", any ? " " : "", interest[i]);
        add_shown(&line, value);
        any = true;
    }
    buf_add_char(&line, ')');
    if (r->body.len > 0) {
        buf_add_text(&line, " [");
        add_shown(&line, r->body);
        buf_add_char(&line, ']');
    }
    if (str_is(r->target, "/_peak"))
        buf_addf(&line, " peak=%zu", s->peak);
    buf_addf(&line, " #%u\n", c->number);
    if (write(s->log, line.data, line.len) < 0)
        perror("web: log");
    buf_free(&line);
}

/* ---- making an answer ---- */

/* How an answer is sent is asked of its rule at the beginning: the script may change. */
static void plan_sending(struct conn *c, const struct rule *rule)
{
    const long *numbers = rule->numbers;
    int64_t delay = numbers[WORD_DELAY] > 0 ? numbers[WORD_DELAY] : 0;
    c->due = milliseconds() + delay;
    c->drip = numbers[WORD_DRIP] > 0 ? numbers[WORD_DRIP] : 0;
    c->chunked = numbers[WORD_CHUNKED] > 0;
    c->cut = numbers[WORD_CUT] >= 0;
    if (c->cut)
        c->limit = (size_t)numbers[WORD_CUT];
    else if (numbers[WORD_STALL] >= 0)
        c->limit = (size_t)numbers[WORD_STALL];
    if (numbers[WORD_BIG] > 0)
        c->body_all += (size_t)numbers[WORD_BIG] << 20;
}

static void rule_body(const struct server *s, const struct rule *rule, const struct conn *c,
                      struct answer *a)
{
    struct buf text = {0};
    struct err e;
    size_t at = 0, lines = 0;
    for (const char *line; (line = rule_text(rule, WORD_BODY, &at)) != NULL; lines++) {
        buf_clear(&text);
        script_unescape(&text, line);
        if (lines > 0)
            buf_add_char(&a->body, '\n');
        script_expand(&a->body, buf_text(&text), &c->request, s->port);
    }
    buf_free(&text);
    at = 0;
    for (const char *name; (name = rule_text(rule, WORD_FILE, &at)) != NULL;) {
        char *path = script_path(rule->script, name);
        if (!file_read(&a->body, path, &e)) {
            a->status = 500;
            buf_add_text(&a->body, e.text);
        }
        free(path);
    }
}

/* Fills the answer as the rule says. */
static void follow_rule(struct server *s, const struct rule *rule, const struct conn *c,
                        struct answer *a)
{
    size_t at = 0;
    const char *run = rule_text(rule, WORD_RUN, &at);
    if (run != NULL)
        service_run(rule, run, &c->request, s->port, a);
    rule_body(s, rule, c, a);
    if (rule->numbers[WORD_STATUS] >= 0)
        a->status = (int)rule->numbers[WORD_STATUS];
    at = 0;
    for (const char *text; (text = rule_text(rule, WORD_HEADER, &at)) != NULL;) {
        script_expand(&a->head, text, &c->request, s->port);
        buf_add_text(&a->head, "\r\n");
    }
    if (rule->numbers[WORD_GZIP] > 0)
        gzip_body(&a->body);
    if (rule->numbers[WORD_BOMB] >= 0) {
        buf_clear(&a->body);
        gzip_zeros(&a->body, (size_t)rule->numbers[WORD_BOMB]);
    }
    if (rule->numbers[WORD_GZIP] > 0 || rule->numbers[WORD_BOMB] >= 0)
        answer_header(a, "Content-Encoding", "gzip");
}

static void plain_answer(struct answer *a, int status, const char *type, const char *body)
{
    a->status = status;
    answer_header(a, "Content-Type", "%s; charset=utf-8", type);
    buf_add_text(&a->body, body);
}

/* Is a header among an answer's lines? */
static bool head_has(const struct answer *a, const char *name)
{
    struct str rest = buf_str(&a->head);
    size_t len = strlen(name);
    while (rest.len > 0) {
        struct str line = str_cut(rest, '\n', &rest);
        if (line.len > len && line.ptr[len] == ':' && strncasecmp(line.ptr, name, len) == 0)
            return true;
    }
    return false;
}

/* Puts the answer into the connection, ready to be sent. */
static void begin_sending(struct conn *c, struct answer *a)
{
    bool empty = a->status == 204 || a->status == 304,
         bare = empty || str_is(c->request.method, "HEAD");
    struct str wish = request_header(&c->request, "connection");
    c->last = c->last || head_has(a, "Connection") || str_is(wish, "close") ||
              (c->request.old && !str_is(wish, "keep-alive"));
    buf_clear(&c->out);
    c->out_at = c->body_at = 0;
    c->body_all += a->body.len;
    buf_addf(&c->out, "HTTP/1.1 %d %s\r\n", a->status, status_text(a->status));
    buf_add_str(&c->out, buf_str(&a->head));
    if (c->chunked && !bare)
        buf_add_text(&c->out, "Transfer-Encoding: chunked\r\n");
    else if (!head_has(a, "Content-Length") && !empty)
        buf_addf(&c->out, "Content-Length: %zu\r\n", c->body_all);
    if (c->last && !head_has(a, "Connection"))
        buf_add_text(&c->out, "Connection: close\r\n");
    buf_add_text(&c->out, "\r\n");
    if (bare) {
        c->body_all = 0;
        c->chunked = false;
    }
    buf_free(&c->body);
    c->body = a->body;
    a->body = (struct buf){0};
    c->state = SENDING;
}

/* Answers that are no HTTP: nothing at all, or garbage. False if the rule has none. */
static bool begin_raw(struct conn *c, const struct rule *rule)
{
    size_t at = 0;
    const char *garbage = rule_text(rule, WORD_GARBAGE, &at);
    if (garbage == NULL && rule->numbers[WORD_CLOSE] < 0)
        return false;
    buf_clear(&c->out);
    if (garbage != NULL)
        script_unescape(&c->out, garbage);
    c->out_at = c->body_at = c->body_all = 0;
    c->last = true;
    c->state = SENDING;
    return true;
}

/* What the server itself answers. False if it is for the script. */
static bool own_answer(struct server *s, const struct request *r, struct answer *a)
{
    char number[32] = "";
    if (str_is(r->target, "/_peak"))
        snprintf(number, sizeof number, "%zu\n", s->peak);
    else if (str_is(r->target, "/_served"))
        snprintf(number, sizeof number, "%ld\n", services_served());
    else if (!str_is(r->method, "BAD"))
        return false;
    plain_answer(a, str_is(r->method, "BAD") ? 400 : 200, "text/plain", number);
    return true;
}

static void begin_work(struct server *s, struct conn *c)
{
    c->counted = true;
    if (++s->in_work > s->peak)
        s->peak = s->in_work;
}

static void end_work(struct server *s, struct conn *c)
{
    if (c->counted)
        s->in_work--;
    c->counted = false;
}

static void script_answer(struct server *s, struct conn *c, struct answer *a)
{
    struct err e;
    bool readable = script_refresh(&s->script, &e);
    struct rule *rule = readable ? script_match(&s->script, &c->request) : NULL;
    if (rule != NULL) {
        plan_sending(c, rule);
        if (begin_raw(c, rule))
            return;
        follow_rule(s, rule, c, a);
    } else if (readable) {
        plain_answer(a, 404, "text/html", "<!DOCTYPE html><title>Not found</title>\n");
    } else {
        plain_answer(a, 500, "text/plain", e.text);
    }
    begin_sending(c, a);
}

static void answer_request(struct server *s, struct conn *c)
{
    struct answer a = {.status = 200};
    c->body_all = 0, c->limit = UNLIMITED, c->due = 0, c->drip = 0;
    c->begun = c->chunked = c->cut = c->last = false;
    s->last_request = milliseconds();
    if (str_is(c->request.target, "/_stop")) {
        s->stop = true; /* the end of the connection tells that of the server */
        c->state = STALLED;
    } else if (own_answer(s, &c->request, &a)) {
        log_request(s, c);
        begin_sending(c, &a);
    } else {
        begin_work(s, c);
        log_request(s, c);
        script_answer(s, c, &a);
    }
    buf_free(&a.head);
    buf_free(&a.body);
}

/* ---- connections ---- */

static void accept_all(struct server *s)
{
    for (int fd; (fd = accept(s->listener, NULL, NULL)) >= 0;) {
        int yes = 1;
        fcntl(fd, F_SETFL, O_NONBLOCK);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        MEM_GROW(s->conns, s->count, s->capacity);
        struct conn *c = mem_zero(1, sizeof *c);
        c->fd = fd;
        c->number = ++s->accepted;
        s->conns[s->count++] = c;
    }
}

static void conn_drop(struct server *s, size_t at)
{
    struct conn *c = s->conns[at];
    end_work(s, c);
    close(c->fd);
    buf_free(&c->in);
    buf_free(&c->text);
    buf_free(&c->out);
    buf_free(&c->body);
    free(c);
    s->conns[at] = s->conns[--s->count];
}

/* Puts the next part of the body behind what is sent. False when there is none. */
static bool next_piece(struct conn *c)
{
    size_t end = c->body_all < c->limit ? c->body_all : c->limit;
    size_t len = end - c->body_at;
    if (len > PIECE)
        len = PIECE;
    if (c->drip > 0 && len > 1)
        len = 1;
    buf_clear(&c->out);
    c->out_at = 0;
    if (len == 0)
        return false;
    if (c->chunked)
        buf_addf(&c->out, "%zx\r\n", len);
    size_t text = c->body_at < c->body.len ? c->body.len - c->body_at : 0;
    if (text > len)
        text = len;
    if (text > 0)
        buf_add(&c->out, c->body.data + c->body_at, text);
    buf_reserve(&c->out, len);
    memset(c->out.data + c->out.len, 'a', len - text);
    c->out.len += len - text;
    if (c->chunked)
        buf_add_text(&c->out, "\r\n");
    c->body_at += len;
    if (c->drip > 0 && c->body_at < end)
        c->due = milliseconds() + c->drip;
    return true;
}

/* The answer is out as far as it goes. False if the connection is to be closed. */
static bool finish_sending(struct server *s, struct conn *c)
{
    if (c->cut)
        return false;
    if (c->limit != UNLIMITED) {
        c->state = STALLED;
        return !c->ended;
    }
    if (c->chunked) {
        c->chunked = false;
        buf_add_text(&c->out, "0\r\n\r\n");
        return true;
    }
    end_work(s, c);
    c->state = READING;
    return !c->last;
}

/* Sends while there is something to send and the client takes it. */
static bool conn_send(struct server *s, struct conn *c)
{
    while (c->state == SENDING) {
        bool due = c->due <= milliseconds(), sent_all = c->out_at == c->out.len;
        if (!due && (sent_all || !c->begun))
            return true;
        c->begun = true;
        if (sent_all) {
            if (!next_piece(c) && !finish_sending(s, c))
                return false;
            continue;
        }
        ssize_t sent = send(c->fd, c->out.data + c->out_at, c->out.len - c->out_at, 0);
        if (sent < 0)
            return errno == EAGAIN || errno == EINTR;
        c->out_at += (size_t)sent;
    }
    return true;
}

/* Answers the requests that have come whole, one after another. */
static bool conn_work(struct server *s, struct conn *c)
{
    while (c->state == READING) {
        bool waits;
        ssize_t len = request_length(buf_str(&c->in), &waits);
        if (len == 0) {
            if (waits && str_find(buf_str(&c->in), STR("100-continue")) >= 0)
                return send(c->fd, "HTTP/1.1 100 Continue\r\n\r\n", 25, 0) == 25;
            return !c->ended;
        }
        buf_clear(&c->text);
        if (len > 0) {
            buf_add(&c->text, c->in.data, (size_t)len);
            memmove(c->in.data, c->in.data + len, c->in.len - (size_t)len);
            c->in.len -= (size_t)len;
        } else {
            buf_add_text(&c->text, "BAD request HTTP/1.0\r\n\r\n"); /* closes behind it */
        }
        request_parse(&c->request, buf_str(&c->text));
        answer_request(s, c);
        if (!conn_send(s, c))
            return false;
    }
    return true;
}

static bool conn_read(struct conn *c)
{
    for (;;) {
        buf_reserve(&c->in, PIECE);
        ssize_t got = recv(c->fd, c->in.data + c->in.len, PIECE, 0);
        if (got < 0)
            return errno == EAGAIN || errno == EINTR;
        if (got == 0) {
            c->ended = true; /* a client that only shut its side down gets its answer */
            return c->state != STALLED;
        }
        c->in.len += (size_t)got;
    }
}

/* ---- the loop ---- */

/* Is it time to end? */
static bool is_over(const struct server *s)
{
    struct version seen = s->port_version;
    return s->stop || terminated || milliseconds() - s->last_request > IDLE_MS ||
           (s->port_file != NULL && version_changed(s->port_file, &seen));
}

/* Fills the table for poll(2); returns how long to wait. */
static int prepare(struct server *s)
{
    int64_t now = milliseconds(), wait = 1000;
    if (s->poll_capacity < s->count + 1) {
        s->poll_capacity = 2 * s->count + 16;
        s->polls = mem_resize(s->polls, s->poll_capacity, sizeof *s->polls);
    }
    s->polls[s->count] = (struct pollfd){s->listener, POLLIN, 0};
    for (size_t i = 0; i < s->count; i++) {
        const struct conn *c = s->conns[i];
        bool later = c->due > now;
        s->polls[i] = (struct pollfd){c->fd, 0, 0};
        if (!c->ended)
            s->polls[i].events = POLLIN;
        if (c->state == SENDING && !later)
            s->polls[i].events |= POLLOUT;
        if (c->state == SENDING && later && c->due - now < wait)
            wait = c->due - now;
    }
    return (int)wait;
}

static bool conn_step(struct server *s, struct conn *c, const struct pollfd *p)
{
    if (p->revents == 0 && c->state != SENDING)
        return true;
    if ((p->revents & (POLLERR | POLLNVAL)) != 0)
        return false;
    if ((p->revents & (POLLIN | POLLHUP)) != 0 && !c->ended && !conn_read(c))
        return false;
    return conn_send(s, c) && conn_work(s, c);
}

static void serve(struct server *s)
{
    int64_t looked = 0;
    s->last_request = milliseconds();
    for (;;) {
        if (milliseconds() - looked >= 1000 || s->stop || terminated) {
            if (is_over(s))
                return;
            looked = milliseconds();
        }
        int wait = prepare(s);
        size_t count = s->count;
        if (poll(s->polls, (nfds_t)count + 1, wait) < 0)
            continue;
        for (size_t i = count; i-- > 0;)
            if (!conn_step(s, s->conns[i], &s->polls[i]))
                conn_drop(s, i);
        if ((s->polls[count].revents & POLLIN) != 0)
            accept_all(s);
    }
}

/* ---- beginning and end ---- */

static struct sockaddr_in loopback(unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static bool listen_on(struct server *s, struct err *e)
{
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    s->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (s->listener < 0 || bind(s->listener, (struct sockaddr *)&address, size) != 0 ||
        listen(s->listener, SOMAXCONN) != 0 ||
        getsockname(s->listener, (struct sockaddr *)&address, &size) != 0 ||
        fcntl(s->listener, F_SETFL, O_NONBLOCK) != 0)
        return err_system(e, "cannot listen on 127.0.0.1");
    s->port = ntohs(address.sin_port);
    return true;
}

static bool tell_port(struct server *s, struct err *e)
{
    struct atomic file;
    struct buf text = {0};
    buf_addf(&text, "%u\n", s->port);
    bool told = atomic_open(&file, s->port_file != NULL ? s->port_file : "-", e);
    if (told) {
        output_add(&file.out, buf_str(&text));
        told = atomic_commit(&file, e);
    }
    buf_free(&text);
    if (s->port_file != NULL)
        version_changed(s->port_file, &s->port_version);
    return told;
}

/* Lets the starting program go on; what it waits for must not be held open. */
static bool go_behind(struct err *e)
{
    pid_t child = fork();
    if (child < 0)
        return err_system(e, "cannot go into the background");
    if (child > 0)
        _exit(0);
    setsid();
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd < 3 && null >= 0; fd++)
        dup2(null, fd);
    if (null > 2)
        close(null);
    return true;
}

static void set_signals(void)
{
    struct rlimit files;
    struct sigaction term = {.sa_handler = on_term}, ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGTERM, &term, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

/* Asks the server that wrote the file to end, and waits until it has. */
static bool stop_server(const char *port_file, struct err *e)
{
    static const char request[] = "GET /_stop HTTP/1.0\r\n\r\n";
    struct buf text = {0};
    char answer[512];
    if (!file_read(&text, port_file, e))
        return false;
    struct sockaddr_in address = loopback((unsigned)strtoul(buf_text(&text), NULL, 10));
    buf_free(&text);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
        send(fd, request, sizeof request - 1, 0) > 0) {
        struct pollfd p = {fd, POLLIN, 0};
        while (poll(&p, 1, 5000) > 0 && recv(fd, answer, sizeof answer, 0) > 0)
            continue;
    }
    close(fd);
    unlink(port_file);
    return true;
}

static bool run(struct server *s, bool behind, struct err *e)
{
    if (!script_refresh(&s->script, e) || !listen_on(s, e) || !tell_port(s, e) ||
        (behind && !go_behind(e)))
        return false;
    serve(s);
    struct version seen = s->port_version;
    if (s->port_file != NULL && !version_changed(s->port_file, &seen))
        unlink(s->port_file);
    close(s->listener); /* before the connections: who stops us waits for their end */
    while (s->count > 0)
        conn_drop(s, s->count - 1);
    free(s->conns);
    free(s->polls);
    script_free(&s->script);
    return true;
}

static int usage(void)
{
    fputs("usage: web [-p PORT-FILE] [-l LOG-FILE] [-n] SCRIPT\n       web -k PORT-FILE\n", stderr);
    return 2;
}

int main(int argc, char **argv)
{
    struct server s = {.log = -1};
    struct err e = {""};
    const char *log = NULL, *stop = NULL;
    bool behind = true;
    for (int option; (option = getopt(argc, argv, "p:l:nk:")) != -1;) {
        switch (option) {
        case 'p': s.port_file = optarg; break;
        case 'l': log = optarg; break;
        case 'n': behind = false; break;
        case 'k': stop = optarg; break;
        default: return usage();
        }
    }
    if (argc - optind != (stop == NULL))
        return usage();
    s.script.path = argv[optind];
    set_signals();
    if (log != NULL && (s.log = open(log, O_WRONLY | O_CREAT | O_APPEND, 0666)) < 0)
        err_system(&e, "cannot write %s", log);
    else if (stop != NULL ? stop_server(stop, &e) : run(&s, behind, &e))
        return 0;
    fprintf(stderr, "web: %s\n", e.text);
    return 2;
}
