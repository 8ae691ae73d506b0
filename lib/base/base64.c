/* Base64: three bytes are four digits of six bits. */
#include "base/base64.h"

void base64_add(struct buf *to, struct str bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < bytes.len; i += 3) {
        unsigned bits = 0;
        for (size_t k = 0; k < 3; k++)
            bits = bits << 8 | (i + k < bytes.len ? (unsigned char)bytes.ptr[i + k] : 0u);
        for (size_t k = 0; k < 4; k++)
            buf_add_char(to, i + k > bytes.len ? '=' : digits[bits >> (18 - 6 * k) & 63]);
    }
}

static int digit_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* The bytes of four digits, of which the last `missing` are =. */
static bool take_four(struct buf *to, const char *four, size_t missing)
{
    unsigned bits = 0;
    for (size_t k = 0; k < 4; k++) {
        int value = k < 4 - missing ? digit_value(four[k]) : 0;
        if (value < 0)
            return false;
        bits = bits << 6 | (unsigned)value;
    }
    for (size_t k = 0; k < 3 - missing; k++)
        buf_add_char(to, (char)(bits >> (16 - 8 * k)));
    return (bits & ((1u << 8 * missing) - 1)) == 0;
}

bool base64_take(struct buf *to, struct str text)
{
    if (text.len % 4 != 0)
        return false;
    buf_reserve(to, text.len / 4 * 3);
    for (size_t i = 0; i < text.len; i += 4) {
        bool last = i + 4 == text.len;
        size_t missing = last ? (text.ptr[i + 3] == '=') +
                                    (size_t)str_is((struct str){text.ptr + i + 2, 2}, "==")
                              : 0;
        if (!take_four(to, text.ptr + i, missing))
            return false;
    }
    return true;
}
