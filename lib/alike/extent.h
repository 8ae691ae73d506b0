/*
 * Memory that grows, of which the first version may lie in a mapped file: a state is used
 * where it is mapped until it needs more room. Owns what it has allocated itself.
 */
#ifndef ALIKE_EXTENT_H
#define ALIKE_EXTENT_H

#include <stdbool.h>
#include <stddef.h>

struct extent {
    char *data;
    size_t len, cap; /* bytes in use, bytes there */
    bool mapped;     /* somebody else's: never given back */
};

/* Makes room for `more` bytes beyond len, an eighth more than is there at least. */
void extent_reserve(struct extent *b, size_t more);

/* Adds bytes. */
void extent_add(struct extent *b, const void *bytes, size_t len);

/* Gives back what is not in use. */
void extent_fit(struct extent *b);

void extent_free(struct extent *b);

#endif
