/*
 * HTML to text, as a reader sees it: scripts and styles dropped, block elements and
 * <br> as line breaks, entities undone, white space folded (a line break between two
 * East Asian characters goes without leaving a blank). Links and images are
 * collected on the way.
 */
#ifndef SOURCE_HTML_H
#define SOURCE_HTML_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"
#include "source/arena.h"
#include "source/entry.h"

/* Adds the text of a fragment of HTML. If p is not NULL, its links and media get
 * what the fragment has, made whole by base and kept in the arena; where p quotes another
 * post, the address that stands in the fragment for that is left out. */
void html_text(struct buf *to, struct str html, struct str base, struct entry *p,
               struct arena *arena);

/* Plain text in which only &amp; &lt; &gt; stand for characters, as it was meant. */
struct str html_unescape(struct str text, struct arena *arena);

/* Does text that may be either look like HTML: a known tag, or an entity? */
bool html_is_likely(struct str text);

/* Adds what the entity `&name;` means; false where there is none of that name. */
bool html_entity(struct buf *to, struct str name);

/* Adds plain text with white space at the ends trimmed and runs of it folded, line
 * breaks kept: what HTML gives when it is no HTML. */
void html_fold(struct buf *to, struct str text);

#endif
