/* Widths, by utf8proc. */
#include "text/width.h"

#include <utf8proc.h>

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
