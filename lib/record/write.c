/* Writing JSON, and splicing a member into a record. */
#include "record/write.h"

#include <math.h>

#include "base/clock.h"
#include "record/value.h"

static void json_separate(struct json *j)
{
    if (j->comma)
        buf_add_char(j->out, ',');
    j->comma = true;
}

void json_open(struct json *j, char bracket)
{
    json_separate(j);
    buf_add_char(j->out, bracket);
    j->comma = false;
}

void json_close(struct json *j, char bracket)
{
    buf_add_char(j->out, bracket);
    j->comma = true;
}

void json_key_str(struct json *j, struct str name)
{
    json_separate(j);
    json_add_string(j->out, name);
    buf_add_char(j->out, ':');
    j->comma = false;
}

/* Most names need no escape. */
static bool is_plain(const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (name[i] < 0x20 || name[i] > 0x7E || name[i] == '"' || name[i] == '\\')
            return false;
    return true;
}

void json_key(struct json *j, const char *name)
{
    size_t length = strlen(name);
    if (!is_plain(name, length)) {
        json_key_str(j, (struct str){name, length});
        return;
    }
    buf_reserve(j->out, length + 4);
    json_separate(j);
    buf_add_char(j->out, '"');
    buf_add(j->out, name, length);
    buf_add(j->out, "\":", 2);
    j->comma = false;
}

static void add_escaped(struct buf *out, unsigned char c)
{
    static const char plain[] = "\"\\bfnrt", meant[] = "\"\\\b\f\n\r\t";
    const char *at = memchr(meant, c, sizeof meant - 1);
    if (at != NULL) {
        buf_add_char(out, '\\');
        buf_add_char(out, plain[at - meant]);
    } else {
        buf_addf(out, "\\u%04x", c);
    }
}

/* Text that is well-formed UTF-8. */
static void add_valid(struct buf *out, struct str text)
{
    buf_reserve(out, text.len);
    size_t from = 0;
    for (size_t at = 0; at < text.len; at++) {
        unsigned char c = (unsigned char)text.ptr[at];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buf_add(out, text.ptr + from, at - from);
        add_escaped(out, c);
        from = at + 1;
    }
    buf_add(out, text.ptr + from, text.len - from);
}

void json_add_string(struct buf *out, struct str text)
{
    size_t bad;
    buf_add_char(out, '"');
    while (!utf8_check(text, &bad)) {
        add_valid(out, (struct str){text.ptr, bad});
        buf_add_code(out, 0xFFFD);
        text = str_from(text, bad + 1);
    }
    add_valid(out, text);
    buf_add_char(out, '"');
}

void json_str(struct json *j, struct str text)
{
    json_separate(j);
    json_add_string(j->out, text);
}

void json_valid(struct json *j, struct str text)
{
    json_separate(j);
    buf_add_char(j->out, '"');
    add_valid(j->out, text);
    buf_add_char(j->out, '"');
}

void json_text(struct json *j, const char *text)
{
    json_str(j, str_of(text));
}

void json_integer(struct json *j, int64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do
        digits[--at] = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    json_separate(j);
    if (number < 0)
        buf_add_char(j->out, '-');
    buf_add(j->out, digits + at, sizeof digits - at);
}

/* A small number of few decimals, where it is plain to which side it is rounded. */
static bool add_small(struct buf *out, double number, int decimals)
{
    double scale = decimals == 2 ? 100 : 10000;
    double scaled = fabs(number) * scale, whole = floor(scaled), part = scaled - whole;
    if ((decimals != 2 && decimals != 4) || !(scaled < 1e6) || fabs(part - 0.5) < 1e-6)
        return false;
    unsigned value = (unsigned)whole + (part > 0.5);
    char text[16], *at = text + sizeof text;
    for (int i = 0; i < decimals; i++, value /= 10)
        *--at = (char)('0' + value % 10);
    *--at = '.';
    do
        *--at = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    if (number < 0 && (unsigned)whole + (part > 0.5) > 0)
        *--at = '-';
    buf_add(out, at, (size_t)(text + sizeof text - at));
    return true;
}

void json_number(struct json *j, double number, int decimals)
{
    json_separate(j);
    if (!isfinite(number)) {
        buf_add_text(j->out, "null");
        return;
    }
    if (add_small(j->out, number, decimals))
        return;
    size_t start = j->out->len;
    buf_addf(j->out, "%.*f", decimals, number);
    /* -0.00 is 0.00 */
    struct str made = {j->out->data + start, j->out->len - start};
    bool zero = made.ptr[0] == '-';
    for (size_t i = 1; zero && i < made.len; i++)
        zero = made.ptr[i] == '0' || made.ptr[i] == '.';
    if (zero) {
        memmove(j->out->data + start, j->out->data + start + 1, made.len - 1);
        j->out->len--;
    }
}

void json_bool(struct json *j, bool value)
{
    json_separate(j);
    buf_add_text(j->out, value ? "true" : "false");
}

void json_null(struct json *j)
{
    json_separate(j);
    buf_add_text(j->out, "null");
}

void json_time(struct json *j, int64_t time)
{
    if (time == CLOCK_UNKNOWN) {
        json_null(j);
        return;
    }
    json_separate(j);
    buf_add_char(j->out, '"');
    clock_format(j->out, time);
    buf_add_char(j->out, '"');
}

void json_put_count(struct json *j, const char *name, uint64_t count)
{
    json_key(j, name);
    json_integer(j, (int64_t)count);
}

void json_put_time(struct json *j, const char *name, int64_t time)
{
    json_key(j, name);
    json_time(j, time);
}

void json_raw(struct json *j, struct str raw)
{
    json_separate(j);
    if (raw.ptr == NULL)
        buf_add_text(j->out, "null");
    else
        buf_add_str(j->out, raw);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Adds the record up to its closing brace without its last own member, and one
 * comma less. */
static void add_without_own(struct buf *out, const struct record *r)
{
    struct str before = {r->line.ptr, r->own_start};
    struct str after = {r->line.ptr + r->own_end, r->line.len - 1 - r->own_end};
    size_t skip = 0;
    while (skip < after.len && is_space(after.ptr[skip]))
        skip++;
    if (skip < after.len && after.ptr[skip] == ',') {
        skip++;
        while (skip < after.len && is_space(after.ptr[skip]))
            skip++;
        after = str_from(after, skip);
    } else {
        while (before.len > 0 && is_space(before.ptr[before.len - 1]))
            before.len--;
        if (before.ptr[before.len - 1] == ',')
            before.len--;
    }
    buf_add_str(out, before);
    buf_add_str(out, after);
}

/* Adds the member and ends the line; there is room for it. */
static void add_own(struct buf *out, const struct shape *shape, bool comma, struct str value)
{
    char *to = out->data + out->len;
    size_t skip = comma ? 0 : 1, length = shape->put_length - skip;
    memcpy(to, shape->put + skip, length);
    memcpy(to + length, value.ptr, value.len);
    memcpy(to + length + value.len, "}\n", 2);
    out->len += length + value.len + 2;
}

/* A record that names the member more than once: the others are put together anew,
 * each with the white space around it. */
static void add_without_several(struct buf *out, const struct record *r, const char *name)
{
    struct walk w;
    struct str key, value;
    const char *from = r->line.ptr + 1, *last = r->line.ptr + r->line.len - 1;
    bool comma = false;
    buf_add_char(out, '{');
    walk_begin(&w, r->line);
    while (walk_next(&w, &key, &value)) {
        const char *to = value.ptr + value.len;
        while (to < last && *to != ',')
            to++;
        if (!key_is(key, name)) {
            if (comma)
                buf_add_char(out, ',');
            buf_add(out, from, (size_t)(to - from));
            comma = true;
        }
        from = to < last ? to + 1 : last;
    }
}

void record_put(struct buf *out, const struct shape *shape, const struct record *r,
                struct str value)
{
    const char *name = shape->names[shape->own];
    buf_reserve(out, r->line.len + value.len + shape->put_length + 2);
    if (r->own_count > 1)
        add_without_several(out, r, name);
    else if (r->own_count == 1)
        add_without_own(out, r);
    else
        buf_add(out, r->line.ptr, r->line.len - 1);
    add_own(out, shape, r->members > r->own_count, value);
}
