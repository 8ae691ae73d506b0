/* How wide texts are on a terminal: East Asian ones take two columns a character. */
#ifndef TEXT_WIDTH_H
#define TEXT_WIDTH_H

#include "base/str.h"

/* Takes the first character off a text that is not empty, and says how many columns it
 * has. A byte that is no UTF-8 is a character of one. */
struct str text_take(struct str *rest, size_t *width);

/* Columns that a text takes on a terminal. */
size_t text_width(struct str text);

#endif
