/* Open addressing, a step at a time, at most two thirds full. */
#include "alike/seen.h"

#include <stdlib.h>

#include "base/mem.h"

#define FIRST_SLOTS 4096

/* The slot of a hash, or the free one where it would go. */
static size_t seen_slot(const struct seen *s, uint64_t hash)
{
    size_t slot = (size_t)hash & (s->slots - 1);
    while (s->hashes[slot] != 0 && s->hashes[slot] != hash)
        slot = (slot + 1) & (s->slots - 1);
    return slot;
}

uint32_t seen_find(const struct seen *s, uint64_t hash)
{
    if (s->slots == 0)
        return SEEN_NONE;
    size_t slot = seen_slot(s, hash);
    return s->hashes[slot] == 0 ? SEEN_NONE : s->numbers[slot];
}

static void seen_widen(struct seen *s)
{
    struct seen wide = {.slots = s->slots == 0 ? FIRST_SLOTS : s->slots * 2, .count = s->count};
    wide.hashes = mem_zero(wide.slots, sizeof *wide.hashes);
    wide.numbers = mem_resize(NULL, wide.slots, sizeof *wide.numbers);
    for (size_t i = 0; i < s->slots; i++) {
        if (s->hashes[i] == 0)
            continue;
        size_t slot = seen_slot(&wide, s->hashes[i]);
        wide.hashes[slot] = s->hashes[i];
        wide.numbers[slot] = s->numbers[i];
    }
    seen_free(s);
    *s = wide;
}

void seen_add(struct seen *s, uint64_t hash, uint32_t number)
{
    if (s->count + 1 > s->slots / 3 * 2)
        seen_widen(s);
    size_t slot = seen_slot(s, hash);
    if (s->hashes[slot] != 0)
        return;
    s->hashes[slot] = hash;
    s->numbers[slot] = number;
    s->count++;
}

size_t seen_bytes(const struct seen *s)
{
    return s->slots * (sizeof *s->hashes + sizeof *s->numbers);
}

void seen_free(struct seen *s)
{
    free(s->hashes);
    free(s->numbers);
    *s = (struct seen){0};
}
