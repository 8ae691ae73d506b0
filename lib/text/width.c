/* Widths, by utf8proc. */
#include "text/width.h"

#include <utf8proc.h>

#include "text/entity.h"

struct str text_take(struct str *rest, size_t *width)
{
    utf8proc_int32_t code;
    utf8proc_ssize_t used =
        utf8proc_iterate((const utf8proc_uint8_t *)rest->ptr, (utf8proc_ssize_t)rest->len, &code);
    struct str c = {rest->ptr, used < 1 ? 1 : (size_t)used};
    *width = used < 1 ? 1 : (size_t)utf8proc_charwidth(code);
    *rest = str_from(*rest, c.len);
    return c;
}

size_t text_width(struct str text)
{
    size_t sum = 0, width;
    while (text.len > 0) {
        text_take(&text, &width);
        sum += width;
    }
    return sum;
}

/* Controls of the terminal and of the direction of text. */
static bool takes_orders(unsigned code)
{
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x061C ||
           (code >= 0x200E && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
           (code >= 0x2066 && code <= 0x2069);
}

void text_add_harmless(struct buf *out, struct str text)
{
    size_t len;
    for (size_t at = 0; at < text.len; at += len) {
        unsigned code = text_code(text, at, &len);
        if (code == '\n')
            buf_add_text(out, "⏎");
        else if (takes_orders(code))
            buf_add_char(out, '?');
        else
            buf_add(out, text.ptr + at, len);
    }
}

void text_add_column(struct buf *out, struct str text, size_t columns, bool right)
{
    struct buf shown = {0};
    text_add_harmless(&shown, text);
    size_t width = text_width(buf_str(&shown));
    int blanks = width < columns ? (int)(columns - width) : 0;
    buf_addf(out, "%*s", right ? blanks : 0, "");
    buf_add_str(out, buf_str(&shown));
    buf_addf(out, "%*s", right ? 0 : blanks, "");
    buf_free(&shown);
}
