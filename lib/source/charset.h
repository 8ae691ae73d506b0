/*
 * Documents in any charset of the Encoding Standard that is met in feeds, as UTF-8.
 * What decides: a byte order mark, the XML declaration, valid UTF-8, and at last a
 * guess between the Japanese charsets. Bytes that mean nothing become U+FFFD.
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
 * already, else *to, whose old content goes. */
struct str charset_document(struct str text, struct buf *to);

/* Characters 80 to 9F, which are controls in Unicode, mean windows-1252 where people
 * write them (&#146; for an apostrophe). Replaces them in place of UTF-8 text. */
void charset_mend_controls(struct buf *text);

/* Do these first bytes look like UTF-16 or UTF-32? */
bool charset_is_wide(struct str head);

#endif
