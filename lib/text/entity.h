/*
 * Entities: the stretches of a post that are no words of a language: URLs,
 * mentions, hashtags, emoji (whole sequences), kaomoji, laughter. Found in the
 * original text, from left to right, longest first where two begin together.
 */
#ifndef TEXT_ENTITY_H
#define TEXT_ENTITY_H

#include <stddef.h>

#include "base/str.h"

enum entity_type {
    ENTITY_NONE,
    ENTITY_URL,
    ENTITY_MENTION,
    ENTITY_HASHTAG,
    ENTITY_EMOJI,
    ENTITY_KAOMOJI,
    ENTITY_LAUGHTER,
};

struct entity {
    enum entity_type type;
    size_t at, len; /* bytes in the text */
};

/* "url", "mention", … */
const char *entity_name(enum entity_type type);

/* The first entity at or after byte `from`; type ENTITY_NONE, at = text.len, where
 * there is none. Text is well-formed UTF-8. */
struct entity entity_next(struct str text, size_t from);

/* The code point at byte `at`, and how many bytes it takes in *len (at least 1; a
 * byte that is no UTF-8 counts as itself). */
unsigned text_code(struct str text, size_t at, size_t *len);

#endif
