/*
 * Bytes that live until the work on one document is done: what is kept stays
 * where it is until arena_clear(), which keeps the memory for the next document.
 * The arena owns its blocks; {0} is an empty arena.
 */
#ifndef SOURCE_ARENA_H
#define SOURCE_ARENA_H

#include "base/buf.h"
#include "base/str.h"

struct arena_block;

struct arena {
    struct arena_block *block; /* the one being filled; older ones behind it */
    size_t used;
};

/* Room for len bytes. */
char *arena_room(struct arena *a, size_t len);

/* A copy of text. */
struct str arena_keep(struct arena *a, struct str text);

/* The text of a JSON string, a slice of raw where nothing had to be unescaped; ptr
 * NULL for what is no string. */
struct str arena_json(struct arena *a, struct str raw);

/* Forgets everything; one block is kept for what comes. */
void arena_clear(struct arena *a);
void arena_free(struct arena *a);

#endif
