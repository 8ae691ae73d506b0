/* Interned strings: open addressing over XXH3, strings packed into blocks. */
#include "base/intern.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"

#define BLOCK_SIZE ((size_t)64 * 1024)

static struct str intern_keep(struct intern *t, struct str text)
{
    if (t->block_size - t->block_used < text.len + 1) {
        MEM_GROW(t->blocks, t->block_count, t->block_capacity);
        t->block_size = text.len + 1 > BLOCK_SIZE ? text.len + 1 : BLOCK_SIZE;
        t->block_used = 0;
        t->blocks[t->block_count++] = mem_alloc(t->block_size);
    }
    char *to = t->blocks[t->block_count - 1] + t->block_used;
    if (text.len > 0)
        memcpy(to, text.ptr, text.len);
    to[text.len] = '\0';
    t->block_used += text.len + 1;
    return (struct str){to, text.len};
}

static uint32_t intern_slot(const struct intern *t, struct str text, uint64_t hash)
{
    uint32_t mask = t->slot_count - 1;
    uint32_t slot = (uint32_t)hash & mask;
    while (t->slots[slot] != 0) {
        uint32_t number = t->slots[slot] - 1;
        if (t->hashes[number] == hash && str_equal(t->strings[number], text))
            break;
        slot = (slot + 1) & mask;
    }
    return slot;
}

static void intern_rehash(struct intern *t)
{
    t->slot_count = t->slot_count == 0 ? 64 : t->slot_count * 2;
    free(t->slots);
    t->slots = mem_zero(t->slot_count, sizeof *t->slots);
    for (uint32_t number = 0; number < t->count; number++) {
        uint32_t slot = (uint32_t)t->hashes[number] & (t->slot_count - 1);
        while (t->slots[slot] != 0)
            slot = (slot + 1) & (t->slot_count - 1);
        t->slots[slot] = number + 1;
    }
}

uint32_t intern_add(struct intern *t, struct str text)
{
    if (t->count * 2 >= t->slot_count)
        intern_rehash(t);
    uint64_t hash = hash_bytes(text, 0);
    uint32_t slot = intern_slot(t, text, hash);
    if (t->slots[slot] != 0)
        return t->slots[slot] - 1;
    if (t->count == t->capacity) {
        t->capacity = t->capacity < 32 ? 32 : t->capacity * 2;
        t->strings = mem_resize(t->strings, t->capacity, sizeof *t->strings);
        t->hashes = mem_resize(t->hashes, t->capacity, sizeof *t->hashes);
    }
    t->strings[t->count] = intern_keep(t, text);
    t->hashes[t->count] = hash;
    t->slots[slot] = ++t->count;
    return t->count - 1;
}

uint32_t intern_find(const struct intern *t, struct str text)
{
    if (t->slot_count == 0)
        return INTERN_NONE;
    uint32_t slot = intern_slot(t, text, hash_bytes(text, 0));
    return t->slots[slot] == 0 ? INTERN_NONE : t->slots[slot] - 1;
}

void intern_free(struct intern *t)
{
    for (size_t i = 0; i < t->block_count; i++)
        free(t->blocks[i]);
    free(t->blocks);
    free(t->strings);
    free(t->hashes);
    free(t->slots);
    *t = (struct intern){0};
}
