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

/* What the parts say one after another. */
struct str arena_join(struct arena *a, const struct str *parts, size_t count);

#define ARENA_JOIN(a, ...)                                                                         \
    arena_join((a), (const struct str[]){__VA_ARGS__},                                             \
               sizeof((const struct str[]){__VA_ARGS__}) / sizeof(struct str))

/* The text of a JSON string, a slice of raw where nothing had to be unescaped; ptr
 * NULL for what is no string. */
struct str arena_json(struct arena *a, struct str raw);

/* The same for an identifier, which may also be a number: that as it is spelled. */
struct str arena_id(struct arena *a, struct str raw);

/* Forgets everything; one block is kept for what comes. */
void arena_clear(struct arena *a);
void arena_free(struct arena *a);

#endif
