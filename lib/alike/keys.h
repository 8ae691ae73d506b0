/*
 * What dedupe --keys writes of a post: the lines (line.h) under which its text will meet
 * those that it may be near to. A text that comes again writes nothing more, as far back as
 * a table of fixed size remembers.
 */
#ifndef ALIKE_KEYS_H
#define ALIKE_KEYS_H

#include "alike/note.h"
#include "base/buf.h"

struct keys;

/* The plan must live as long. */
struct keys *keys_new(const struct alike_plan *plan);
void keys_free(struct keys *k);

/* Adds the lines of the next post, of which this is the note. */
void keys_take(struct keys *k, struct str note, struct buf *to);

#endif
