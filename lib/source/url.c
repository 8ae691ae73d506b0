/* Addresses, after RFC 3986. */
#include "source/url.h"

#include <strings.h>

#define MAX_BASE 1024 /* a longer one is none: it would be copied for every reference */

struct url_parts {
    struct str scheme;    /* without its colon */
    struct str authority; /* without its slashes; ptr NULL: none */
    struct str path;
    struct str query;    /* with its question mark, or empty */
    struct str fragment; /* with its number sign, or empty */
};

static bool is_scheme_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '-' || c == '.';
}

static size_t scheme_length(struct str url)
{
    size_t len = 0;
    while (len < url.len && is_scheme_char(url.ptr[len]))
        len++;
    bool letter = len > 0 && (url.ptr[0] | 0x20) >= 'a' && (url.ptr[0] | 0x20) <= 'z';
    return letter && len < url.len && url.ptr[len] == ':' ? len : 0;
}

static size_t length_before(struct str text, const char *any)
{
    size_t len = 0;
    while (len < text.len && (text.ptr[len] == '\0' || strchr(any, text.ptr[len]) == NULL))
        len++;
    return len;
}

static struct url_parts url_split(struct str url)
{
    struct url_parts parts = {0};
    size_t scheme = scheme_length(url);
    if (scheme > 0) {
        parts.scheme = (struct str){url.ptr, scheme};
        url = str_from(url, scheme + 1);
    }
    if (str_starts(url, STR("//"))) {
        url = str_from(url, 2);
        parts.authority = (struct str){url.ptr, length_before(url, "/?#")};
        url = str_from(url, parts.authority.len);
    }
    parts.path = (struct str){url.ptr, length_before(url, "?#")};
    url = str_from(url, parts.path.len);
    parts.query = (struct str){url.ptr, length_before(url, "#")};
    parts.fragment = str_from(url, parts.query.len);
    return parts;
}

bool url_is_absolute(struct str url)
{
    return scheme_length(url) > 0;
}

static bool scheme_is(struct str url, const char *scheme)
{
    size_t len = strlen(scheme);
    return scheme_length(url) == len && strncasecmp(url.ptr, scheme, len) == 0;
}

bool url_is_web(struct str url)
{
    return scheme_is(url, "http") || scheme_is(url, "https");
}

/* Cuts an authority into host and port, usual ports filled in. */
static struct str cut_port(struct url_parts parts, struct str *port)
{
    struct str host = parts.authority;
    size_t user = host.len;
    while (user > 0 && host.ptr[user - 1] != '@')
        user--;
    host = str_from(host, user);
    size_t digits = host.len;
    while (digits > 0 && host.ptr[digits - 1] >= '0' && host.ptr[digits - 1] <= '9')
        digits--;
    *port = parts.scheme.len == 5 ? STR("443") : STR("80");
    if (digits == 0 || host.ptr[digits - 1] != ':')
        return host;
    if (digits < host.len)
        *port = str_from(host, digits);
    return (struct str){host.ptr, digits - 1};
}

struct str url_host(struct str url)
{
    struct str port;
    return cut_port(url_split(url), &port);
}

static bool same_letters(struct str a, struct str b)
{
    return a.len == b.len && strncasecmp(a.ptr, b.ptr, a.len) == 0;
}

bool url_same_origin(struct str a, struct str b)
{
    struct url_parts x = url_split(a), y = url_split(b);
    if (x.authority.len == 0 || y.authority.len == 0 || !same_letters(x.scheme, y.scheme))
        return false;
    struct str x_port, y_port, x_host = cut_port(x, &x_port), y_host = cut_port(y, &y_port);
    return same_letters(x_host, y_host) && str_equal(x_port, y_port);
}

/* Adds path without its `.` and `..` segments, behind what stands in `to` from
 * `root` on. */
static void add_without_dots(struct buf *to, size_t root, struct str path)
{
    while (path.len > 0) {
        struct str rest;
        bool last = memchr(path.ptr, '/', path.len) == NULL;
        struct str segment = str_cut(path, '/', &rest);
        path = rest;
        bool up = str_is(segment, "..");
        if (up && to->len > root) {
            to->len--; /* the slash behind the segment that goes */
            while (to->len > root && to->data[to->len - 1] != '/')
                to->len--;
        }
        if (up || str_is(segment, "."))
            continue;
        buf_add_str(to, segment);
        if (!last)
            buf_add_char(to, '/');
    }
}

static void add_path(struct buf *to, struct str path)
{
    if (path.len == 0)
        return;
    if (path.ptr[0] == '/') {
        buf_add_char(to, '/');
        path = str_from(path, 1);
    }
    add_without_dots(to, to->len, path);
}

/* The base's path up to its last slash, with the reference behind it. */
static void add_merged_path(struct buf *to, const struct url_parts *base, struct str path)
{
    struct buf merged = {0};
    size_t directory = base->path.len;
    while (directory > 0 && base->path.ptr[directory - 1] != '/')
        directory--;
    struct str before = {base->path.ptr, directory};
    bool plain = directory > 0 && before.ptr[0] == '/' && str_find(before, STR("/.")) < 0;
    if (plain) { /* nothing to be taken out of it */
        size_t root = to->len + 1;
        buf_add_str(to, before);
        add_without_dots(to, root, path);
        return;
    }
    if (directory == 0 && base->authority.ptr != NULL)
        buf_add_char(&merged, '/');
    buf_add(&merged, base->path.ptr, directory);
    buf_add_str(&merged, path);
    add_path(to, buf_str(&merged));
    buf_free(&merged);
}

static void add_authority(struct buf *to, const struct url_parts *parts)
{
    if (parts->authority.ptr == NULL)
        return;
    buf_add(to, "//", 2);
    buf_add_str(to, parts->authority);
}

static bool is_break(char c)
{
    return c == '\n' || c == '\r' || c == '\t';
}

/* Adds reference without the line breaks and tabs that its writer's lines had, as browsers
 * read it. False where it has none. */
static bool add_without_breaks(struct buf *to, struct str reference)
{
    size_t plain = 0;
    while (plain < reference.len && !is_break(reference.ptr[plain]))
        plain++;
    if (plain == reference.len)
        return false;
    for (size_t i = 0; i < reference.len; i++)
        if (!is_break(reference.ptr[i]))
            buf_add_char(to, reference.ptr[i]);
    return true;
}

static void resolve(struct buf *to, struct str base, struct str reference)
{
    if (scheme_length(reference) > 0 || scheme_length(base) == 0 || base.len > MAX_BASE) {
        buf_add_str(to, reference);
        return;
    }
    struct url_parts b = url_split(base), r = url_split(reference);
    buf_add_str(to, b.scheme);
    buf_add_char(to, ':');
    if (r.authority.ptr != NULL) {
        add_authority(to, &r);
        add_path(to, r.path);
        buf_add_str(to, r.query);
    } else {
        add_authority(to, &b);
        if (r.path.len == 0) {
            buf_add_str(to, b.path);
            buf_add_str(to, r.query.len > 0 ? r.query : b.query);
        } else {
            if (r.path.ptr[0] == '/')
                add_path(to, r.path);
            else
                add_merged_path(to, &b, r.path);
            buf_add_str(to, r.query);
        }
    }
    buf_add_str(to, r.fragment);
}

void url_resolve(struct buf *to, struct str base, struct str reference)
{
    struct buf whole = {0};
    reference = str_trim(reference);
    if (add_without_breaks(&whole, reference))
        reference = buf_str(&whole);
    resolve(to, base, reference);
    buf_free(&whole);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The code of `%41` at p, or -1. */
static int percent_code(const char *p)
{
    int high = p[0] == '%' ? hex_value(p[1]) : -1, low = high >= 0 ? hex_value(p[2]) : -1;
    return low >= 0 ? high * 16 + low : -1;
}

static void add_percent_decoded(struct buf *to, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        int code = text.len - i > 2 ? percent_code(text.ptr + i) : -1;
        buf_add_char(to, code >= 0 ? (char)code : text.ptr[i]);
        i += code >= 0 ? 2 : 0;
    }
}

static void add_percent_encoded(struct buf *to, unsigned char c)
{
    static const char digits[] = "0123456789ABCDEF";
    buf_add_char(to, '%');
    buf_add_char(to, digits[c >> 4]);
    buf_add_char(to, digits[c & 15]);
}

/* The same with encodings of encodings undone, and `+` as the blank that it is in a query. */
static void add_bare(struct buf *to, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        int code;
        buf_add_char(to, text.ptr[i]);
        while (to->len >= 3 && (code = percent_code(to->data + to->len - 3)) >= 0) {
            to->len -= 2;
            to->data[to->len - 1] = (char)code;
        }
    }
    for (size_t i = 0; i < to->len; i++)
        if (to->data[i] == '+')
            to->data[i] = ' ';
}

bool url_holds(struct str url, struct str text)
{
    struct buf bare = {0}, wanted = {0};
    add_bare(&bare, url);
    add_bare(&wanted, text);
    bool holds = str_find(buf_str(&bare), buf_str(&wanted)) >= 0;
    buf_free(&bare);
    buf_free(&wanted);
    return holds;
}

size_t url_spelled(struct str url, struct str text)
{
    size_t at = 0;
    for (size_t i = 0; i < text.len; i++) {
        int code = url.len - at > 2 ? percent_code(url.ptr + at) : -1;
        if (code == (unsigned char)text.ptr[i])
            at += 3;
        else if (at < url.len && url.ptr[at] == text.ptr[i])
            at++;
        else
            return 0;
    }
    return at;
}

void url_replace(struct buf *to, struct str url, struct str text, struct str with)
{
    while (url.len > 0) {
        size_t length = url_spelled(url, text);
        if (length > 0)
            buf_add_str(to, with);
        else
            buf_add_char(to, *url.ptr);
        url = str_from(url, length > 0 ? length : 1);
    }
}

/* com, jp, co.jp, com.au: what stands behind a name that is registered everywhere. */
static bool is_top_domain(struct str domain)
{
    struct str country, first = str_cut(domain, '.', &country);
    bool second = str_is(first, "co") || str_is(first, "com");
    return first.len == domain.len ? first.len == 2 || second || str_is(first, "cat")
                                   : second && country.len == 2;
}

/* Is it the page by which Google or YouTube leads its readers away? */
static bool is_redirection(const struct url_parts *parts)
{
    struct str host = parts->authority;
    if (str_starts(host, STR("www.")))
        host = str_from(host, 4);
    bool google = str_starts(host, STR("google.")) && is_top_domain(str_from(host, 7));
    return (google && str_is(parts->path, "/url")) ||
           (str_is(host, "youtube.com") && str_is(parts->path, "/redirect"));
}

/* Adds an address out of a query, percent signs undone but where an address has them: for
 * blanks, controls and bytes that are no UTF-8. */
static void add_address(struct buf *to, struct str value)
{
    struct buf plain = {0};
    add_percent_decoded(&plain, value);
    struct str rest = buf_str(&plain);
    while (rest.len > 0) {
        size_t sound;
        str_is_utf8(rest, &sound);
        for (size_t i = 0; i < sound; i++) {
            unsigned char c = (unsigned char)rest.ptr[i];
            if (c > ' ' && c != 0x7F)
                buf_add_char(to, (char)c);
            else
                add_percent_encoded(to, c);
        }
        if (sound < rest.len)
            add_percent_encoded(to, (unsigned char)rest.ptr[sound++]);
        rest = str_from(rest, sound);
    }
    buf_free(&plain);
}

bool url_unwrap(struct buf *to, struct str url)
{
    if (!url_is_web(url))
        return false;
    struct url_parts parts = url_split(url);
    if (!is_redirection(&parts) || parts.query.len == 0)
        return false;
    struct str rest = str_from(parts.query, 1), found = {NULL, 0};
    while (rest.len > 0) {
        struct str pair = str_cut(rest, '&', &rest), value;
        struct str key = str_cut(pair, '=', &value);
        if (str_is(key, "url") || (str_is(key, "q") && found.ptr == NULL))
            found = value;
    }
    if (found.len == 0)
        return false;
    size_t before = to->len;
    add_address(to, found);
    struct str target = {to->data + before, to->len - before};
    if (url_is_web(target))
        return true;
    to->len = before;
    return false;
}

void url_lead(struct buf *to, struct str base, struct str reference)
{
    struct buf within = {0};
    size_t before = to->len;
    if (str_trim(reference).len == 0)
        return;
    url_resolve(to, base, reference);
    if (url_unwrap(&within, str_from(buf_str(to), before))) {
        to->len = before;
        buf_add_str(to, buf_str(&within));
    }
    buf_free(&within);
}

void url_encode(struct buf *to, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (ascii_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~')
            buf_add_char(to, (char)c);
        else
            add_percent_encoded(to, c);
    }
}

void url_mend(struct buf *to, struct str url)
{
    for (size_t i = 0; i < url.len; i++) {
        unsigned char c = (unsigned char)url.ptr[i];
        if (c > ' ' && c < 0x7f)
            buf_add_char(to, (char)c);
        else
            add_percent_encoded(to, c);
    }
}

/* Is this the name of a parameter, once its percent signs are undone? */
static bool names(struct str key, struct str name)
{
    struct buf plain = {0};
    add_percent_decoded(&plain, key);
    bool same = str_equal(buf_str(&plain), name);
    buf_free(&plain);
    return same;
}

void url_set_query(struct buf *to, struct str url, struct str name, struct str value)
{
    struct url_parts parts = url_split(url);
    struct str rest = parts.query.len > 0 ? str_from(parts.query, 1) : parts.query, ignored;
    char mark = '?';
    buf_add(to, url.ptr, (size_t)(parts.query.ptr - url.ptr));
    while (rest.len > 0) {
        struct str pair = str_cut(rest, '&', &rest);
        if (pair.len == 0 || names(str_cut(pair, '=', &ignored), name))
            continue;
        buf_add_char(to, mark);
        buf_add_str(to, pair);
        mark = '&';
    }
    if (value.ptr != NULL) {
        buf_add_char(to, mark);
        url_encode(to, name);
        buf_add_char(to, '=');
        url_encode(to, value);
    }
    buf_add_str(to, parts.fragment);
}
