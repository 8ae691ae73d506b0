/*
 * Phrases that strangers write alike: greetings, thanks, congratulations. What a text says
 * besides them decides whether it is long enough to be somebody's copy.
 */
#ifndef ALIKE_GREETING_H
#define ALIKE_GREETING_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "text/normal.h"

struct greetings;

/* Reads the installed list, in comparable form. Read-only afterwards. */
struct greetings *greetings_new(const struct normal *n, struct err *e);
void greetings_free(struct greetings *g);

/* How many of the code points of a text in comparable form stand in no greeting; counts up
 * to `most`. */
size_t greetings_rest(const struct greetings *g, const uint32_t *codes, size_t count, size_t most);

#endif
