#include "text/language.h"

#include "base/utf8.h"

static bool is_other(uint32_t c)
{
    return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c >= 0xC0 && c < 0x2000 && c != 0xD7) ||
           (c >= 0xAC00 && c <= 0xD7A3);
}

struct letters language_letters(struct str text)
{
    struct letters letters = {0};
    for (size_t at = 0, length; at < text.len; at += length) {
        uint32_t c = utf8_code(text.ptr + at, &length);
        letters.own += language_kana(c) || language_han(c);
        letters.others += is_other(c);
    }
    return letters;
}
