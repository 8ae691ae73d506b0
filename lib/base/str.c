/* Slices: the few operations that are too long for the header. */
#define _GNU_SOURCE /* memmem */
#include "base/str.h"

#include <utf8proc.h>

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str a)
{
    while (a.len > 0 && is_space(a.ptr[0])) {
        a.ptr++;
        a.len--;
    }
    while (a.len > 0 && is_space(a.ptr[a.len - 1]))
        a.len--;
    return a;
}

struct str str_cut(struct str a, char separator, struct str *rest)
{
    const char *at = a.len > 0 ? memchr(a.ptr, separator, a.len) : NULL;
    if (at == NULL) {
        *rest = str_from(a, a.len);
        return a;
    }
    size_t before = (size_t)(at - a.ptr);
    *rest = str_from(a, before + 1);
    return (struct str){a.ptr, before};
}

ptrdiff_t str_find(struct str a, struct str needle)
{
    if (needle.len == 0)
        return 0;
    const char *at = a.len > 0 ? memmem(a.ptr, a.len, needle.ptr, needle.len) : NULL;
    return at == NULL ? -1 : at - a.ptr;
}

int str_compare(struct str a, struct str b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common > 0 ? memcmp(a.ptr, b.ptr, common) : 0;
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

bool str_is_utf8(struct str a, size_t *bad)
{
    for (*bad = 0; *bad < a.len;) {
        utf8proc_int32_t code;
        utf8proc_ssize_t len = utf8proc_iterate((const utf8proc_uint8_t *)a.ptr + *bad,
                                                (utf8proc_ssize_t)(a.len - *bad), &code);
        if (len <= 0)
            return false;
        *bad += (size_t)len;
    }
    return true;
}

size_t str_line(struct str a, size_t at)
{
    size_t line = 1;
    for (size_t i = 0; i < at; i++)
        line += a.ptr[i] == '\n';
    return line;
}

bool str_is_any(struct str a, const char *const *list)
{
    for (; *list != NULL; list++)
        if (str_is(a, *list))
            return true;
    return false;
}

size_t str_starts_any(struct str a, const char *const *list)
{
    for (; *list != NULL; list++)
        if (str_starts(a, str_of(*list)))
            return strlen(*list);
    return 0;
}

struct str str_head(struct str a, size_t most)
{
    if (a.len <= most)
        return a;
    while (most > 0 && ((unsigned char)a.ptr[most] & 0xC0) == 0x80)
        most--;
    return (struct str){a.ptr, most};
}

size_t str_codes(struct str a)
{
    size_t count = 0;
    for (size_t i = 0; i < a.len; i++)
        count += ((unsigned char)a.ptr[i] & 0xC0) != 0x80;
    return count;
}
