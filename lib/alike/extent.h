/*
 * Memory that grows, of which the first version may lie in a mapped file: a state is used
 * where it is mapped until it needs more room. Owns what it has allocated itself.
 */
#ifndef ALIKE_EXTENT_H
#define ALIKE_EXTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/str.h"

struct extent {
    char *data;
    size_t len, cap; /* bytes in use, bytes there */
    bool mapped;     /* somebody else's: never given back */
    bool paged;      /* whole pages of its own, large ones where the system has them */
};

/* Makes room for `more` bytes beyond len where there is none, an eighth more than is there
 * at least. */
void extent_grow(struct extent *b, size_t more);

static inline void extent_reserve(struct extent *b, size_t more)
{
    if (b->cap - b->len < more)
        extent_grow(b, more);
}

/* Adds bytes. */
static inline void extent_add(struct extent *b, const void *bytes, size_t len)
{
    extent_reserve(b, len);
    if (len > 0)
        memcpy(b->data + b->len, bytes, len);
    b->len += len;
}

/* Takes bytes off the front of what extent_add() has made. False, and they are zero, where there
 * are not so many. */
static inline bool extent_take(struct str *from, void *to, size_t len)
{
    bool there = len <= from->len;
    if (!there)
        memset(to, 0, len);
    else if (len > 0)
        memcpy(to, from->ptr, len);
    *from = str_from(*from, there ? len : from->len);
    return there;
}

/* Gives back what is not in use. */
void extent_fit(struct extent *b);

void extent_free(struct extent *b);

#endif
