/* Is a text in Japanese at all? */
#ifndef TEXT_LANGUAGE_H
#define TEXT_LANGUAGE_H

#include <stdbool.h>

#include "base/str.h"

/* Has the text, but for URLs, mentions and hashtags, 16 letters or more of other scripts than
 * kana and kanji (Latin, Hangul, Cyrillic, Thai and so on), fewer than 8 kana and kanji, and
 * over 8 of those letters to each of these? Han characters count as kanji, so that Chinese is
 * not told from Japanese. Of UTF-8 that was checked. */
bool language_is_foreign(struct str text);

#endif
