/* Bytes kept together, in blocks that never move. */
#include "source/arena.h"

#include <stdlib.h>

#include "base/mem.h"
#include "record/value.h"

#define BLOCK_BYTES ((size_t)32 * 1024)

struct arena_block {
    struct arena_block *older;
    size_t size;
    char bytes[];
};

char *arena_room(struct arena *a, size_t len)
{
    if (a->block == NULL || a->block->size - a->used < len) {
        size_t size = len > BLOCK_BYTES ? len : BLOCK_BYTES;
        struct arena_block *block = mem_alloc(sizeof *block + size);
        block->older = a->block;
        block->size = size;
        a->block = block;
        a->used = 0;
    }
    char *room = a->block->bytes + a->used;
    a->used += len;
    return room;
}

struct str arena_keep(struct arena *a, struct str text)
{
    char *copy = arena_room(a, text.len);
    if (text.len > 0)
        memcpy(copy, text.ptr, text.len);
    return (struct str){copy, text.len};
}

struct str arena_join(struct arena *a, const struct str *parts, size_t count)
{
    size_t len = 0;
    for (size_t i = 0; i < count; i++)
        len += parts[i].len;
    char *whole = arena_room(a, len), *to = whole;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].len > 0)
            memcpy(to, parts[i].ptr, parts[i].len);
        to += parts[i].len;
    }
    return (struct str){whole, len};
}

struct str arena_json(struct arena *a, struct str raw)
{
    if (value_type(raw) != VALUE_STRING)
        return (struct str){NULL, 0};
    if (memchr(raw.ptr, '\\', raw.len) == NULL)
        return (struct str){raw.ptr + 1, raw.len - 2};
    struct buf plain = {0};
    value_add_string(&plain, raw);
    struct str kept = arena_keep(a, buf_str(&plain));
    buf_free(&plain);
    return kept;
}

struct str arena_id(struct arena *a, struct str raw)
{
    return value_type(raw) == VALUE_NUMBER ? raw : arena_json(a, raw);
}

static void arena_release(struct arena_block *block)
{
    while (block != NULL) {
        struct arena_block *older = block->older;
        free(block);
        block = older;
    }
}

void arena_clear(struct arena *a)
{
    a->used = 0;
    if (a->block == NULL)
        return;
    arena_release(a->block->older);
    a->block->older = NULL;
    if (a->block->size > BLOCK_BYTES)
        arena_free(a);
}

void arena_free(struct arena *a)
{
    arena_release(a->block);
    *a = (struct arena){0};
}
