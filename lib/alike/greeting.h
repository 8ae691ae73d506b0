/*
 * Phrases that strangers write alike: greetings, thanks, congratulations. What a text says
 * besides them decides whether it is long enough to be somebody's copy, and what it is near.
 */
#ifndef ALIKE_GREETING_H
#define ALIKE_GREETING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alike/pack.h"
#include "base/err.h"
#include "text/normal.h"

struct greetings;

/* Reads the installed list, in comparable form. Read-only afterwards. */
struct greetings *greetings_new(const struct normal *n, struct err *e);
void greetings_free(struct greetings *g);

/* Is it plain at a glance that of a text (UTF-8) in comparable form more than `count` code points
 * count, as below, and no greeting begins before these? Where it is not, it may be so. */
bool greetings_none(const struct greetings *g, struct str text, size_t count);

/* How many of the code points of a text in comparable form stand in no greeting, and of a run of
 * one character are the first two; counts up to `most`. */
size_t greetings_rest(const struct greetings *g, const uint32_t *codes, size_t count, size_t most);

/* Does a greeting stand in the text? Then *rest becomes all that stands in none. */
bool greetings_leave_out(const struct greetings *g, const struct codes *text, struct codes *rest);

#endif
