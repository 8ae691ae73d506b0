/* Reading values out of scanned text. */
#include "record/value.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "base/str.h"
#include "record/scan.h"

enum value_type value_type(struct str raw)
{
    if (raw.ptr == NULL || raw.len == 0)
        return VALUE_ABSENT;
    switch (raw.ptr[0]) {
    case 'n': return VALUE_NULL;
    case 't':
    case 'f': return VALUE_BOOL;
    case '"': return VALUE_STRING;
    case '[': return VALUE_ARRAY;
    case '{': return VALUE_OBJECT;
    default: return VALUE_NUMBER;
    }
}

void value_add_string(struct buf *to, struct str raw)
{
    if (value_type(raw) != VALUE_STRING)
        return;
    const char *p = raw.ptr + 1, *end = raw.ptr + raw.len - 1;
    buf_reserve(to, raw.len);
    while (p < end) {
        const char *slash = memchr(p, '\\', (size_t)(end - p));
        if (slash == NULL)
            slash = end;
        buf_add(to, p, (size_t)(slash - p));
        p = slash;
        if (p < end) {
            unsigned code;
            p = json_escape(p, end, &code);
            buf_add_code(to, code);
        }
    }
}

void value_add_id(struct buf *to, struct str raw)
{
    if (value_type(raw) == VALUE_NUMBER)
        buf_add_str(to, raw);
    else
        value_add_string(to, raw);
}

struct str value_string(struct str raw, struct buf *scratch)
{
    if (value_type(raw) != VALUE_STRING)
        return (struct str){"", 0};
    if (memchr(raw.ptr, '\\', raw.len) == NULL)
        return (struct str){raw.ptr + 1, raw.len - 2};
    size_t start = scratch->len;
    value_add_string(scratch, raw);
    return (struct str){scratch->data + start, scratch->len - start};
}

static bool value_is_escaped(struct str raw, const char *text)
{
    struct buf scratch = {0};
    bool same = str_is(value_string(raw, &scratch), text);
    buf_free(&scratch);
    return same;
}

bool value_is(struct str raw, const char *text)
{
    size_t length = strlen(text);
    if (raw.len < length + 2 || raw.ptr[0] != '"') /* escapes make longer */
        return false;
    if (memchr(raw.ptr, '\\', raw.len) != NULL)
        return value_is_escaped(raw, text);
    return raw.len == length + 2 && memcmp(raw.ptr + 1, text, length) == 0;
}

#define NUMBER_BYTES 64

/* A number as a C string; false where raw is none, or longer than any that means
 * something. */
static bool number_text(struct str raw, char text[static NUMBER_BYTES])
{
    if (value_type(raw) != VALUE_NUMBER || raw.len >= NUMBER_BYTES)
        return false;
    memcpy(text, raw.ptr, raw.len);
    text[raw.len] = '\0';
    return true;
}

double value_number(struct str raw, double otherwise)
{
    char text[NUMBER_BYTES];
    return number_text(raw, text) ? strtod(text, NULL) : otherwise;
}

int64_t value_integer(struct str raw, int64_t otherwise)
{
    char text[NUMBER_BYTES], *end;
    if (!number_text(raw, text))
        return otherwise;
    errno = 0;
    long long whole = strtoll(text, &end, 10);
    if (*end == '\0')
        return errno == 0 ? whole : otherwise;
    double number = strtod(text, NULL);
    /* the doubles beside the ends of the range */
    return number >= -0x1p63 && number < 0x1p63 ? (int64_t)number : otherwise;
}

#define PLAIN_DIGITS 40 /* numbers with more before or behind the point have an exponent */

/* A number as +-0.DIGITS times ten to the power of `point`, without zeros at either end. */
struct decimal {
    bool minus;
    struct buf digits; /* none: it is zero */
    long point;
};

/* False where the exponent is of no use to anybody. */
static bool read_exponent(const char *p, const char *end, long *to)
{
    bool minus = p < end && *p == '-';
    long exponent = 0;
    for (p += p < end && (*p == '-' || *p == '+'); p < end; p++) {
        exponent = 10 * exponent + (*p - '0');
        if (exponent > 1000000)
            return false;
    }
    *to += minus ? -exponent : exponent;
    return true;
}

static bool read_decimal(struct str raw, struct decimal *d)
{
    const char *p = raw.ptr, *end = raw.ptr + raw.len;
    bool behind = false;
    d->minus = *p == '-';
    for (p += d->minus; p < end && *p != 'e' && *p != 'E'; p++) {
        bool leads = *p == '0' && d->digits.len == 0;
        if (*p == '.') {
            behind = true;
            continue;
        }
        if (!leads)
            buf_add_char(&d->digits, *p);
        d->point += behind ? -leads : !leads;
    }
    while (d->digits.len > 0 && d->digits.data[d->digits.len - 1] == '0')
        d->digits.len--;
    return read_exponent(p < end ? p + 1 : end, end, &d->point);
}

static void add_zeros(struct buf *to, long count)
{
    for (; count > 0; count--)
        buf_add_char(to, '0');
}

static void write_decimal(const struct decimal *d, struct buf *to)
{
    struct str digits = buf_str(&d->digits);
    bool plain = d->point > -PLAIN_DIGITS && d->point <= PLAIN_DIGITS;
    long before = plain ? d->point : 1, behind = (long)digits.len - before;
    if (d->minus)
        buf_add_char(to, '-');
    buf_add_str(to, before > 0 ? str_head(digits, (size_t)before) : STR("0"));
    add_zeros(to, -behind);
    if (behind > 0) {
        buf_add_char(to, '.');
        add_zeros(to, -before);
        buf_add_str(to, before > 0 ? str_from(digits, (size_t)before) : digits);
    }
    if (!plain)
        buf_addf(to, "e%ld", d->point - 1);
}

struct str value_short_number(struct str raw, struct buf *scratch)
{
    struct decimal d = {.minus = false};
    bool whole = raw.len <= PLAIN_DIGITS;
    for (size_t i = 0; whole && i < raw.len; i++)
        whole = ascii_digit((unsigned char)raw.ptr[i]);
    if (whole || value_type(raw) != VALUE_NUMBER)
        return raw;
    struct str text = raw;
    if (read_decimal(raw, &d)) {
        buf_clear(scratch);
        if (d.digits.len > 0)
            write_decimal(&d, scratch);
        else
            buf_add_char(scratch, '0');
        text = buf_str(scratch);
    }
    buf_free(&d.digits);
    return text;
}

bool value_true(struct str raw)
{
    return value_type(raw) == VALUE_BOOL && raw.ptr[0] == 't';
}

static const char *skip_string(const char *p, const char *end)
{
    for (p++; p < end && *p != '"'; p++)
        if (*p == '\\')
            p++;
    return p + 1;
}

static bool ends_bare(char c)
{
    return c == ',' || c == ']' || c == '}' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static const char *skip_value(const char *p, const char *end)
{
    unsigned depth = 0;
    do {
        switch (*p) {
        case '"': p = skip_string(p, end); break;
        case '{':
        case '[':
            depth++;
            p++;
            break;
        case '}':
        case ']':
            depth--;
            p++;
            break;
        default:
            if (depth == 0) {
                while (p < end && !ends_bare(*p))
                    p++;
                return p;
            }
            p++;
        }
    } while (depth > 0 && p < end);
    return p;
}

static const char *skip_filling(const char *p, const char *end)
{
    while (p < end &&
           (*p == ',' || *p == ':' || *p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
        p++;
    return p;
}

void walk_begin(struct walk *w, struct str raw)
{
    enum value_type type = value_type(raw);
    bool container = type == VALUE_ARRAY || type == VALUE_OBJECT;
    w->at = container ? raw.ptr + 1 : raw.ptr;
    w->end = container ? raw.ptr + raw.len - 1 : raw.ptr;
    w->object = type == VALUE_OBJECT;
}

void walk_begin_list(struct walk *w, struct str raw)
{
    if (raw.ptr == NULL || value_type(raw) == VALUE_ARRAY)
        walk_begin(w, raw);
    else
        *w = (struct walk){.at = raw.ptr, .end = raw.ptr + raw.len};
}

bool walk_next(struct walk *w, struct str *key, struct str *value)
{
    const char *p = skip_filling(w->at, w->end);
    if (p >= w->end)
        return false;
    struct str name = {NULL, 0};
    if (w->object) {
        const char *close = skip_string(p, w->end);
        name = (struct str){p + 1, (size_t)(close - p) - 2};
        p = skip_filling(close, w->end);
    }
    if (key != NULL)
        *key = name;
    const char *after = skip_value(p, w->end);
    *value = (struct str){p, (size_t)(after - p)};
    w->at = after;
    return true;
}

struct str value_member(struct str raw, const char *name)
{
    struct str found = {NULL, 0}, key, value;
    if (value_type(raw) != VALUE_OBJECT)
        return found;
    struct walk w;
    walk_begin(&w, raw);
    while (walk_next(&w, &key, &value))
        if (key_is(key, name))
            found = value;
    return found;
}

bool value_nothing(struct str raw)
{
    enum value_type type = value_type(raw);
    return type == VALUE_ABSENT || type == VALUE_NULL;
}

bool value_empty(struct str raw)
{
    struct str element;
    struct walk w;
    if (value_type(raw) != VALUE_ARRAY)
        return value_nothing(raw);
    walk_begin(&w, raw);
    return !walk_next(&w, NULL, &element);
}
