/*
 * What strangers wrote, made harmless once and for all formats: control and
 * escape characters, bidirectional overrides, invisible characters and floods of
 * combining marks are taken out when a text is taken up, so that a writer has
 * only its own syntax to escape. Line breaks stay as '\n' where asked for.
 */
#ifndef REPORT_SAFE_H
#define REPORT_SAFE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

#define SAFE_MARKS 8

/* A stretch of bytes that is to be marked. */
struct safe_mark {
    uint32_t start, end;
};

/* Adds text on one line, cut after `limit` characters with an ellipsis. */
void safe_line(struct buf *out, struct str text, size_t limit);

/* Adds an excerpt of at most `limit` characters, line breaks kept, which begins
 * near the first mark where that stands far inside. The marks (bytes into text,
 * in order) become bytes into what was added; returns how many are left. */
size_t safe_excerpt(struct buf *out, struct str text, size_t limit, struct safe_mark *marks,
                    size_t count);

/* Adds the URL if it is one of http or https, with what could leave a quoted
 * attribute or a Markdown link percent-encoded. False: it is none; nothing added. */
bool safe_url(struct buf *out, struct str url);

#endif
