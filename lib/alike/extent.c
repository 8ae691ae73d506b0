/* Extents: growth by an eighth, so that little is held for nothing. */
#include "alike/extent.h"

#include <stdlib.h>

#include "base/mem.h"

#define LEAST 4096

void extent_grow(struct extent *b, size_t more)
{
    size_t cap = b->cap + b->cap / 8;
    if (cap < b->len + more)
        cap = b->len + more;
    if (cap < LEAST)
        cap = LEAST;
    char *data = mem_resize(b->mapped ? NULL : b->data, cap, 1);
    if (b->mapped && b->len > 0)
        memcpy(data, b->data, b->len);
    *b = (struct extent){.data = data, .len = b->len, .cap = cap};
}

void extent_fit(struct extent *b)
{
    if (b->mapped || b->len == b->cap || b->len == 0)
        return;
    b->data = mem_resize(b->data, b->len, 1);
    b->cap = b->len;
}

void extent_free(struct extent *b)
{
    if (!b->mapped)
        free(b->data);
    *b = (struct extent){0};
}
