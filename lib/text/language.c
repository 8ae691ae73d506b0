#include "text/language.h"

#include <stdint.h>

#include "base/utf8.h"

#define ENOUGH_OWN   8u  /* kana and kanji */
#define LEAST_OTHERS 16u /* other letters */
#define SHARE        8u  /* so many others to one of them */

static bool is_own(uint32_t c)
{
    return (c >= 0x3041 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x9FFF) ||
           (c >= 0xFF66 && c <= 0xFF9F) || (c >= 0x20000 && c <= 0x3FFFF);
}

static bool is_other(uint32_t c)
{
    return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || (c >= 0xC0 && c < 0x2000 && c != 0xD7) ||
           (c >= 0xAC00 && c <= 0xD7A3);
}

/* Bytes of what begins here and says nothing of the language, up to the next blank. */
static size_t address_at(struct str rest)
{
    bool begins = rest.ptr[0] == '@' || rest.ptr[0] == '#' || str_starts(rest, STR("http://")) ||
                  str_starts(rest, STR("https://"));
    size_t length = 0;
    while (begins && length < rest.len && rest.ptr[length] > ' ') /* ASCII alone */
        length++;
    return length;
}

bool language_is_foreign(struct str text)
{
    size_t own = 0, others = 0;
    for (size_t at = 0; at < text.len && own < ENOUGH_OWN;) {
        size_t length = address_at(str_from(text, at));
        if (length == 0) {
            uint32_t c = utf8_code(text.ptr + at, &length);
            own += is_own(c);
            others += is_other(c);
        }
        at += length;
    }
    return own < ENOUGH_OWN && others >= LEAST_OTHERS && others > SHARE * own;
}
