/*
 * What dedupe --grouped does with the lines (line.h) of one key after another. Texts that
 * have met under a key of the index are sent to those that ask by it; texts that have been
 * sent to a text are compared with it; what was compared passes. So two rounds, with a sort
 * before each, make pairs out of keys.
 *
 * The lines of a key may come in any order. Memory is bounded by one key: twice TEXTS_MOST
 * texts, and eight bytes for each text that asks. Of the texts that are kept under a key
 * GATHER_MOST, and no more bytes than the longest one may have, are sent to each that
 * asks: all, or the earliest ones of each kind, see gather.c. Which they are depends on the
 * texts under the key and their times alone.
 */
#ifndef ALIKE_GATHER_H
#define ALIKE_GATHER_H

#include "alike/line.h"
#include "base/err.h"
#include "base/output.h"

#define GATHER_MOST  64
#define GATHER_BYTES ((size_t)NOTE_CODES * 4 / 3 * 4 + 4) /* base64 of the longest text */

struct gather;

/* The plan must live as long. */
struct gather *gather_new(const struct alike_plan *plan);
void gather_free(struct gather *g);

/* Takes the next line; adds to *to what the key before it has come to, if it ended. False
 * where the line is not taken, and e says why. */
bool gather_take(struct gather *g, struct str line, struct output *to, struct err *e);

/* The last key has ended. False where texts were missing. */
bool gather_end(struct gather *g, struct output *to, struct err *e);

#endif
