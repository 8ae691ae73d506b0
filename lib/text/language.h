/* Letters of Japanese and of others. */
#ifndef TEXT_LANGUAGE_H
#define TEXT_LANGUAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

static inline bool language_kana(uint32_t code)
{
    return (code >= 0x3041 && code <= 0x30FF) || (code >= 0xFF66 && code <= 0xFF9F);
}

static inline bool language_han(uint32_t code)
{
    return (code >= 0x4E00 && code <= 0x9FFF) || (code >= 0x3400 && code <= 0x4DBF) ||
           code == 0x3005 || (code >= 0xF900 && code <= 0xFAFF) ||
           (code >= 0x20000 && code <= 0x3FFFF);
}

struct letters {
    size_t own;      /* kana and Han characters */
    size_t hiragana; /* of these, but for の, which Chinese shops like, too */
    size_t chinese;  /* of these, Han characters that Japanese does not use */
    size_t others;   /* of other scripts: Latin, Hangul, Cyrillic, Thai and so on */
};

/* Of UTF-8 that was checked. */
struct letters language_letters(struct str text);

/* Are these so many kana and Han characters that the text is not taken for foreign, whatever
 * follows? */
static inline bool language_is_sure(struct letters letters)
{
    return letters.own >= 8 && letters.hiragana > 0;
}

/* Is a text with these letters in another language? Chinese has no hiragana and two or more
 * characters of its own; the others have 16 letters or more, fewer than 8 kana and Han
 * characters, and over 8 letters to each of these. */
static inline bool language_is_foreign(struct letters letters)
{
    bool chinese = letters.hiragana == 0 && letters.chinese >= 2;
    return chinese || (letters.own < 8 && letters.others >= 16 && letters.others > 8 * letters.own);
}

#endif
