/*
 * Extents: growth by an eighth, so that little is held for nothing. What is looked up all
 * over, as a large table is, costs a walk through page tables at nearly every look: so large
 * ones are made of large pages.
 */
#define _GNU_SOURCE /* mremap */
#include "alike/extent.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/mem.h"

#define LEAST      4096
#define LARGE_PAGE ((size_t)2 << 20)
#define IN_PAGES   (8 * LARGE_PAGE) /* from this size on */

/* Address space that begins at a large page, or NULL. */
static char *take_pages(size_t size)
{
    char *all =
        mmap(NULL, size + LARGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED)
        return NULL;
    size_t before = (LARGE_PAGE - (uintptr_t)all % LARGE_PAGE) % LARGE_PAGE;
    if (before > 0)
        munmap(all, before);
    munmap(all + before + size, LARGE_PAGE - before);
    return all + before;
}

/* Moves the extent into more pages; the pages that it has go there as they are. */
static bool grow_in_pages(struct extent *b, size_t cap)
{
    cap = (cap + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
    char *data = take_pages(cap);
    if (data == NULL)
        return false;
    if (b->paged && mremap(b->data, b->cap, b->cap, MREMAP_MAYMOVE | MREMAP_FIXED, data) != data) {
        munmap(data, cap);
        return false;
    }
    madvise(data, cap, MADV_HUGEPAGE); /* a matter of speed alone */
    if (!b->paged && b->len > 0)
        memcpy(data, b->data, b->len);
    if (!b->paged && !b->mapped)
        free(b->data);
    *b = (struct extent){.data = data, .len = b->len, .cap = cap, .paged = true};
    return true;
}

static void grow_in_heap(struct extent *b, size_t cap)
{
    bool own = !b->mapped && !b->paged;
    struct extent grown = {.len = b->len, .cap = cap};
    grown.data = mem_resize(own ? b->data : NULL, cap, 1);
    if (!own && b->len > 0)
        memcpy(grown.data, b->data, b->len);
    if (!own)
        extent_free(b);
    *b = grown;
}

void extent_grow(struct extent *b, size_t more)
{
    size_t cap = b->cap + b->cap / 8;
    if (cap < b->len + more)
        cap = b->len + more;
    if (cap < LEAST)
        cap = LEAST;
    if (cap < IN_PAGES || !grow_in_pages(b, cap))
        grow_in_heap(b, cap);
}

void extent_fit(struct extent *b)
{
    if (b->mapped || b->len == b->cap || b->len == 0)
        return;
    if (!b->paged) {
        b->data = mem_resize(b->data, b->len, 1);
        b->cap = b->len;
        return;
    }
    size_t cap = (b->len + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
    if (cap < b->cap)
        munmap(b->data + cap, b->cap - cap);
    b->cap = cap;
}

void extent_free(struct extent *b)
{
    if (b->paged)
        munmap(b->data, b->cap);
    else if (!b->mapped)
        free(b->data);
    *b = (struct extent){0};
}
