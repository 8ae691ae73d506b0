/* Open addressing, a step at a time, at most two thirds full. */
#include "alike/seen.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define FIRST_SLOTS 4096

/* Twelve bytes: the hash in halves, so that nothing is lost to alignment. */
struct seen_slot {
    uint32_t low, high;
    uint32_t number; /* SEEN_NONE: free */
};

/* The slot of a hash, or the free one where it would go. */
static inline struct seen_slot *seen_slot(const struct seen *s, uint64_t hash)
{
    uint32_t low = (uint32_t)hash, high = (uint32_t)(hash >> 32);
    size_t at = (size_t)hash;
    for (;; at++) {
        struct seen_slot *slot = &s->slots[at & (s->slot_count - 1)];
        if (slot->number == SEEN_NONE || (slot->low == low && slot->high == high))
            return slot;
    }
}

uint32_t seen_find(const struct seen *s, uint64_t hash)
{
    return s->slot_count == 0 ? SEEN_NONE : seen_slot(s, hash)->number;
}

void seen_expect(const struct seen *s, uint64_t hash)
{
    if (s->slot_count > 0)
        __builtin_prefetch(&s->slots[(size_t)hash & (s->slot_count - 1)]);
}

static void seen_put(struct seen *s, uint64_t hash, uint32_t number)
{
    struct seen_slot *slot = seen_slot(s, hash);
    s->count += slot->number == SEEN_NONE;
    if (slot->number == SEEN_NONE)
        *slot = (struct seen_slot){(uint32_t)hash, (uint32_t)(hash >> 32), number};
}

static void seen_widen(struct seen *s)
{
    struct seen wide = {.slot_count = s->slot_count == 0 ? FIRST_SLOTS : s->slot_count * 2};
    wide.slots = mem_resize(NULL, wide.slot_count, sizeof *wide.slots);
    memset(wide.slots, 0xFF, wide.slot_count * sizeof *wide.slots);
    for (size_t i = 0; i < s->slot_count; i++) {
        const struct seen_slot *slot = &s->slots[i];
        if (slot->number != SEEN_NONE)
            seen_put(&wide, (uint64_t)slot->high << 32 | slot->low, slot->number);
    }
    seen_free(s);
    *s = wide;
}

void seen_add(struct seen *s, uint64_t hash, uint32_t number)
{
    if (s->count + 1 > s->slot_count / 3 * 2)
        seen_widen(s);
    seen_put(s, hash, number);
}

size_t seen_bytes(const struct seen *s)
{
    return s->slot_count * sizeof *s->slots;
}

void seen_free(struct seen *s)
{
    free(s->slots);
    *s = (struct seen){0};
}
