/*
 * XML as others write it. xml_read() takes well-formed documents through expat;
 * xml_mend() rewrites one that is not into one that is. Both see UTF-8 only (see
 * charset.h), fetch nothing, and bound depth and the growth by entities.
 */
#ifndef SOURCE_XML_H
#define SOURCE_XML_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define XML_DEPTH 256 /* elements within elements */

/* Names come as spelled, prefix included; attributes as name, value, …, NULL. Text
 * may come in several pieces. */
struct xml_reader {
    void (*start)(void *context, const char *name, const char **attributes);
    void (*end)(void *context, const char *name);
    void (*text)(void *context, struct str text);
};

enum xml_outcome {
    XML_WHOLE,
    XML_BROKEN,  /* not well-formed: xml_mend() may help */
    XML_HOSTILE, /* too deep, or blown up by entities */
};

/* Reads the document at the beginning of text. *used is where it ends, with comments and the
 * like behind it (what follows is something else, or nothing). At a fault, e says line and
 * what; `line` is that in which text begins, from 1. */
enum xml_outcome xml_read(struct str text, size_t line, const struct xml_reader *reader,
                          void *context, size_t *used, struct err *e);

/* Adds a well-formed document with what text holds: HTML's entities, lone & and <,
 * control characters, attributes without quotes are put right without a word. False
 * where the structure had to be guessed (tags that do not match, a cut end, too deep);
 * e says line and what; the result is well-formed all the same. */
bool xml_mend(struct str text, size_t line, struct buf *to, size_t *used, struct err *e);

/* The value of an attribute, NULL if it is not there. */
const char *xml_attribute(const char **attributes, const char *name);

#endif
