/*
 * HTTP/1.1 (RFC 9112) as far as a test server for loopback needs it: a request is taken
 * apart once all of it is there, an answer is header lines and a body.
 */
#include "web.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <zlib.h>

#include "base/clock.h"
#include "base/mem.h"

#define BODY_MOST (64L << 20)

static bool same_name(struct str a, const char *name)
{
    return a.len == strlen(name) && strncasecmp(a.ptr, name, a.len) == 0;
}

/* Reads the header lines behind the request line up to the empty one. */
static bool read_headers(struct request *r, struct str rest)
{
    while (rest.len > 0) {
        struct str line = str_cut(rest, '\n', &rest), value;
        if (str_ends(line, STR("\r")))
            line.len--;
        if (line.len == 0) {
            r->body = rest;
            return true;
        }
        struct str name = str_cut(line, ':', &value);
        if (name.len == 0 || name.len == line.len || r->headers == REQUEST_HEADERS)
            return false;
        r->names[r->headers] = name;
        r->values[r->headers++] = str_trim(value);
    }
    return false;
}

bool request_parse(struct request *r, struct str text)
{
    struct str rest, line = str_cut(text, '\n', &rest), version;
    *r = (struct request){0};
    if (str_ends(line, STR("\r")))
        line.len--;
    r->method = str_cut(line, ' ', &line);
    r->target = str_cut(line, ' ', &version);
    if (r->method.len == 0 || r->target.len == 0 || !str_starts(version, STR("HTTP/1.")))
        return false;
    r->old = str_is(version, "HTTP/1.0");
    r->path = str_cut(r->target, '?', &r->query);
    ptrdiff_t host = str_find(r->path, STR("://"));
    if (host > 0) { /* as sent to a proxy */
        struct str behind = str_from(r->path, (size_t)host + 3);
        str_cut(behind, '/', &behind);
        r->path = behind.len > 0 ? (struct str){behind.ptr - 1, behind.len + 1} : STR("/");
    }
    return read_headers(r, rest);
}

ssize_t request_length(struct str text, bool *waits)
{
    struct request r;
    ptrdiff_t end = str_find(text, STR("\r\n\r\n"));
    *waits = false;
    if (end < 0)
        return text.len > 1 << 20 ? -1 : 0;
    size_t head = (size_t)end + 4;
    if (!request_parse(&r, (struct str){text.ptr, head}) ||
        request_header(&r, "transfer-encoding").ptr != NULL)
        return -1;
    struct str said = request_header(&r, "content-length");
    char digits[20] = "", *stop = digits;
    if (said.len >= sizeof digits)
        return -1;
    if (said.len > 0)
        memcpy(digits, said.ptr, said.len);
    long body = strtol(digits, &stop, 10);
    if (*stop != '\0' || body < 0 || body > BODY_MOST)
        return -1;
    *waits = text.len == head && body > 0;
    return text.len - head < (size_t)body ? 0 : (ssize_t)head + body;
}

struct str request_header(const struct request *r, const char *name)
{
    for (size_t i = 0; i < r->headers; i++)
        if (same_name(r->names[i], name))
            return r->values[i];
    return (struct str){NULL, 0};
}

static int hex_digit(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

static void add_decoded(struct buf *to, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const char *p = text.ptr + i;
        if (*p == '%' && i + 2 < text.len && isxdigit((unsigned char)p[1]) &&
            isxdigit((unsigned char)p[2])) {
            buf_add_char(to, (char)(hex_digit(p[1]) * 16 + hex_digit(p[2])));
            i += 2;
        } else {
            buf_add_char(to, (char)(*p == '+' ? ' ' : *p));
        }
    }
}

bool form_value(struct buf *to, struct str form, const char *name)
{
    struct buf key = {0};
    bool found = false;
    while (form.len > 0 && !found) {
        struct str value, pair = str_cut(form, '&', &form);
        buf_clear(&key);
        add_decoded(&key, str_cut(pair, '=', &value));
        found = str_is(buf_str(&key), name);
        if (found)
            add_decoded(to, value);
    }
    buf_free(&key);
    return found;
}

struct str request_value(const struct request *r, const char *name, struct buf *to)
{
    buf_clear(to);
    return form_value(to, r->query, name) ? buf_str(to) : (struct str){NULL, 0};
}

long request_number(const struct request *r, const char *name, long otherwise)
{
    struct buf text = {0};
    long number = otherwise;
    if (request_value(r, name, &text).len > 0) {
        char *stop;
        const char *digits = buf_text(&text);
        number = strtol(digits, &stop, 10);
        if (*stop != '\0' || !isdigit((unsigned char)digits[0]))
            number = -1;
    }
    buf_free(&text);
    return number;
}

void answer_header(struct answer *a, const char *name, const char *format, ...)
{
    char value[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(value, sizeof value, format, arguments);
    va_end(arguments);
    buf_addf(&a->head, "%s: %s\r\n", name, value);
}

const char *status_text(int status)
{
    static const struct {
        int status;
        const char *text;
    } texts[] = {
        {200, "OK"},
        {201, "Created"},
        {204, "No Content"},
        {206, "Partial Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {308, "Permanent Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {410, "Gone"},
        {429, "Too Many Requests"},
        {500, "Internal Server Error"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (texts[i].status == status)
            return texts[i].text;
    return "Status";
}

void http_date(struct buf *to, int64_t time)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct civil c = clock_civil(time);
    buf_addf(to, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT", days + 3 * c.weekday, c.day,
             months + 3 * (c.month - 1), c.year, c.hour, c.minute, c.second);
}

/* Puts bytes through the compressor. */
static void squeeze(z_stream *z, struct buf *to, struct str bytes, int flush)
{
    z->next_in = (Bytef *)(uintptr_t)bytes.ptr; /* zlib does not write there */
    z->avail_in = (uInt)bytes.len;
    do {
        buf_reserve(to, 1 << 16);
        z->next_out = (Bytef *)to->data + to->len;
        z->avail_out = 1 << 16;
        if (deflate(z, flush) == Z_STREAM_ERROR)
            abort();
        to->len += (1 << 16) - z->avail_out;
    } while (z->avail_out == 0);
}

/* The compressor remembers where its struct is, which must not be moved. */
static void squeeze_begin(z_stream *z, int level)
{
    *z = (z_stream){0};
    if (deflateInit2(z, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
}

void gzip_body(struct buf *body)
{
    struct buf packed = {0};
    z_stream z;
    squeeze_begin(&z, 6);
    squeeze(&z, &packed, buf_str(body), Z_FINISH);
    deflateEnd(&z);
    buf_free(body);
    *body = packed;
}

void gzip_zeros(struct buf *to, size_t megabytes)
{
    char *zeros = mem_zero(1 << 20, 1);
    z_stream z;
    squeeze_begin(&z, 1);
    for (size_t i = 0; i < megabytes; i++)
        squeeze(&z, to, (struct str){zeros, 1 << 20}, Z_NO_FLUSH);
    squeeze(&z, to, (struct str){zeros, 0}, Z_FINISH);
    deflateEnd(&z);
    free(zeros);
}
