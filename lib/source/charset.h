/*
 * Documents in any charset of the Encoding Standard that is met in feeds, as UTF-8.
 * What decides: a byte order mark, what is said from outside, the XML declaration,
 * valid UTF-8, and at last a guess between the Japanese charsets. Bytes that mean nothing become
 * U+FFFD.
 */
#ifndef SOURCE_CHARSET_H
#define SOURCE_CHARSET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct charset {
    /* Adds text as UTF-8 and returns how many places meant nothing. */
    size_t (*decode)(struct str text, struct buf *to);
    const uint16_t *upper; /* one byte a character: what 80 to FF mean, instead of decode */
};

/* The charset of a label (`Shift_JIS`, `x-sjis`, `latin1` …). */
bool charset_find(struct str label, struct charset *c);

/* Adds text as UTF-8; returns how many places meant nothing. */
size_t charset_decode(const struct charset *c, struct str text, struct buf *to);

/* The document as valid UTF-8 without byte order mark: text itself where it is that
 * already, else *to, whose old content goes. label is what was said from outside (HTTP's
 * Content-Type), or empty: it goes before what the document says of itself where all bytes mean
 * something in it, and behind that and what can be guessed where a few do not. */
struct str charset_document(struct str text, struct str label, struct buf *to);

/* Is text in what a label from outside says? Then *result is it as UTF-8: text itself or
 * *to, which has to be empty. A label of UTF-16 or UTF-32 says nothing: no line is in them. */
bool charset_is_told(struct str text, struct str label, struct buf *to, struct str *result);

/* Characters 80 to 9F, which are controls in Unicode, mean windows-1252 where people
 * write them (&#146; for an apostrophe). Replaces them in place of UTF-8 text. */
void charset_mend_controls(struct buf *text);

/* UTF-8 that was taken for windows-1252 and made UTF-8 once more (â€¦ for …) is undone in
 * place, where all of the text is that. Call it before charset_mend_controls(). */
void charset_mend_twice(struct buf *text);

/* Do these first bytes look like UTF-16 or UTF-32, or does the label from outside say so and
 * they hold NULs, as those do? */
bool charset_is_wide(struct str head, struct str label);

#endif
