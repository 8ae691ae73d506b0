/*
 * Taking the sting out of text. Every character is asked once what it may do:
 * stay, go, become a blank, or become U+FFFD, which shows that something was
 * there (Unicode Technical Report 36, "Unicode Security Considerations").
 */
#include "report/safe.h"

#include <strings.h>
#include <utf8proc.h>

#define COMBINING_MAX   3  /* marks on one base character */
#define LEAD_CHARACTERS 30 /* before the first mark of an excerpt that begins inside */

/* What Unicode calls default ignorable, and interlinear marks, in order. The joiner and
 * the selectors of variants of emoji and kanji stay. */
static const utf8proc_int32_t dropped[][2] = {
    {0x00AD, 0x00AD},   {0x034F, 0x034F},   {0x061C, 0x061C},   {0x115F, 0x1160},
    {0x17B4, 0x17B5},   {0x180B, 0x180F},   {0x200B, 0x200C},   {0x200E, 0x200F},
    {0x202A, 0x202E},   {0x2060, 0x206F},   {0x3164, 0x3164},   {0xFEFF, 0xFEFF},
    {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB},   {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A},
    {0xE0000, 0xE00FF}, {0xE01F0, 0xE0FFF},
};

/* One character of the source and what is to be put in its place (-1: nothing). */
struct reading {
    utf8proc_int32_t code;
    size_t bytes;
};

static bool is_dropped(utf8proc_int32_t code)
{
    for (size_t i = 0; i < sizeof dropped / sizeof *dropped && code >= dropped[i][0]; i++)
        if (code <= dropped[i][1])
            return true;
    return false;
}

static bool is_combining(utf8proc_int32_t code)
{
    utf8proc_category_t category = utf8proc_category(code);
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME;
}

static struct reading read_character(struct str text, unsigned *combining)
{
    struct reading r = {(unsigned char)*text.ptr, 1};
    if (r.code >= 0x80) {
        utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)text.ptr,
                                                 (utf8proc_ssize_t)text.len, &r.code);
        r.bytes = used < 1 ? 1 : (size_t)used;
        if (used < 1)
            r.code = 0xFFFD;
    }
    if (r.code == '\t' || r.code == 0x2028 || r.code == 0x2029)
        r.code = ' ';
    else if (r.code == '\r')
        r.code = -1;
    else if ((r.code < 0x20 && r.code != '\n') || (r.code >= 0x7F && r.code < 0xA0))
        r.code = 0xFFFD;
    else if (r.code >= 0x80 && is_dropped(r.code))
        r.code = -1;
    if (r.code >= 0x300 && is_combining(r.code)) {
        if (++*combining > COMBINING_MAX)
            r.code = -1;
    } else if (r.code != -1) {
        *combining = 0;
    }
    return r;
}

/* No blank or break after a break, no blank after a blank. */
static bool is_filling(const struct buf *out, size_t from, utf8proc_int32_t code)
{
    if (code != ' ' && code != '\n')
        return false;
    if (out->len == from)
        return true;
    char last = out->data[out->len - 1];
    return last == '\n' || (code == ' ' && last == ' ');
}

static size_t step_back(struct str text, size_t at, size_t characters)
{
    while (at > 0 && characters > 0) {
        at--;
        if (((unsigned char)text.ptr[at] & 0xC0) != 0x80)
            characters--;
    }
    return at;
}

static size_t excerpt_start(struct str text, size_t limit, const struct safe_mark *marks,
                            size_t count)
{
    if (count == 0)
        return 0;
    size_t end = marks[0].end < text.len ? marks[0].end : text.len;
    return str_codes((struct str){text.ptr, end}) <= limit
               ? 0
               : step_back(text, marks[0].start, LEAD_CHARACTERS);
}

/* Notes where marks begin and end in what is written. */
static void follow_marks(struct safe_mark *made, const struct safe_mark *marks, size_t count,
                         size_t at, size_t written)
{
    for (size_t i = 0; i < count; i++) {
        if (at <= marks[i].start)
            made[i].start = (uint32_t)written;
        if (at <= marks[i].end)
            made[i].end = (uint32_t)written;
    }
}

static size_t keep_marks(struct safe_mark *marks, const struct safe_mark *made, size_t count,
                         size_t length)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct safe_mark mark = made[i];
        mark.end = mark.end > length ? (uint32_t)length : mark.end;
        if (mark.start < mark.end && (kept == 0 || mark.start >= marks[kept - 1].end))
            marks[kept++] = mark;
    }
    return kept;
}

size_t safe_excerpt(struct buf *out, struct str text, size_t limit, struct safe_mark *marks,
                    size_t count)
{
    struct safe_mark made[SAFE_MARKS] = {{0, 0}};
    count = count > SAFE_MARKS ? SAFE_MARKS : count;
    size_t from = out->len, characters = 0, at = excerpt_start(text, limit, marks, count);
    unsigned combining = 0;
    if (at > 0)
        buf_add_text(out, "…");
    while (at < text.len && characters < limit) {
        follow_marks(made, marks, count, at, out->len - from);
        struct reading r = read_character(str_from(text, at), &combining);
        at += r.bytes;
        if (r.code == -1 || is_filling(out, from, r.code))
            continue;
        buf_add_code(out, (unsigned)r.code);
        characters++;
    }
    follow_marks(made, marks, count, at, out->len - from);
    while (out->len > from && (out->data[out->len - 1] == ' ' || out->data[out->len - 1] == '\n'))
        out->len--;
    count = keep_marks(marks, made, count, out->len - from);
    if (str_trim(str_from(text, at)).len > 0)
        buf_add_text(out, "…");
    return count;
}

void safe_line(struct buf *out, struct str text, size_t limit)
{
    size_t from = out->len;
    safe_excerpt(out, text, limit, NULL, 0);
    for (size_t i = from; i < out->len; i++)
        if (out->data[i] == '\n')
            out->data[i] = ' ';
}

bool safe_url(struct buf *out, struct str url)
{
    static const char bad[] = "\"'<>\\`|{}^()[]*";
    bool known = (url.len > 8 && strncasecmp(url.ptr, "https://", 8) == 0) ||
                 (url.len > 7 && strncasecmp(url.ptr, "http://", 7) == 0);
    if (!known || url.len > 2048)
        return false;
    size_t from = out->len;
    unsigned combining = 0;
    for (size_t at = 0; at < url.len;) {
        struct reading r = read_character(str_from(url, at), &combining);
        if (r.code == -1 || r.code == 0xFFFD || r.code == ' ' || r.code == '\n') {
            out->len = from;
            return false;
        }
        if (r.code < 0x80 && strchr(bad, r.code) != NULL)
            buf_addf(out, "%%%02X", (unsigned)r.code);
        else
            buf_add(out, url.ptr + at, r.bytes);
        at += r.bytes;
    }
    return true;
}
