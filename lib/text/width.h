/*
 * Texts on a terminal: how wide they are, since East Asian ones take two columns a
 * character, and without what it would obey.
 */
#ifndef TEXT_WIDTH_H
#define TEXT_WIDTH_H

#include "base/buf.h"

/* Takes the first character off a text that is not empty, and says how many columns it
 * has. A byte that is no UTF-8 is a character of one. */
struct str text_take(struct str *rest, size_t *width);

/* Columns that a text takes on a terminal. */
size_t text_width(struct str text);

/* Adds a text in one line of which a terminal takes no orders: ⏎ for a line break, a question
 * mark for any other control, of the direction of text too. */
void text_add_harmless(struct buf *out, struct str text);

/* The same, with blanks behind it (right: before it) up to so many columns. */
void text_add_column(struct buf *out, struct str text, size_t columns, bool right);

#endif
