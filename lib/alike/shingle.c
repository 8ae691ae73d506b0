/*
 * Shingles by a rolling polynomial over the code points, whose bits are mixed before 32 of
 * them are taken; each once by a table of hashes that is emptied by a new mark alone.
 */
#include "alike/shingle.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define BASE 0x9E3779B97F4A7C15u /* odd, bits well mixed: 2^64 over the golden ratio */

struct shingle_slot {
    uint32_t hash;
    uint32_t round; /* whose content it is; 0: nobody's */
    uint32_t visit; /* the last question that met it */
};

void shingles_free(struct shingles *s)
{
    free(s->hashes);
    free(s->slots);
    *s = (struct shingles){0};
}

/* Empties the set and makes room for `count` hashes in a table at most half full. */
static void begin(struct shingles *s, size_t count)
{
    s->count = 0;
    s->visit = 0;
    if (s->cap < count) {
        s->cap = count + count / 2;
        s->hashes = mem_resize(s->hashes, s->cap, sizeof *s->hashes);
    }
    if (s->slot_count < 2 * count || s->round == UINT32_MAX) {
        while (s->slot_count < 2 * count)
            s->slot_count = s->slot_count == 0 ? 256 : 2 * s->slot_count;
        free(s->slots);
        s->slots = mem_zero(s->slot_count, sizeof *s->slots);
        s->round = 0;
    }
    s->round++;
}

static inline struct shingle_slot *slot_of(const struct shingles *s, uint32_t hash)
{
    size_t at = hash;
    for (;; at++) {
        struct shingle_slot *slot = &s->slots[at & (s->slot_count - 1)];
        if (slot->round != s->round || slot->hash == hash)
            return slot;
    }
}

static inline void put(struct shingles *s, uint32_t hash)
{
    struct shingle_slot *slot = slot_of(s, hash);
    if (slot->round == s->round)
        return;
    *slot = (struct shingle_slot){.hash = hash, .round = s->round};
    s->hashes[s->count++] = hash;
}

static inline uint32_t mix(uint64_t h)
{
    h ^= h >> 32;
    h *= 0xD6E8FEB86659FD93u;
    h ^= h >> 32;
    return (uint32_t)(h * 0xD6E8FEB86659FD93u >> 32);
}

/* The hash of a run that moves over a text. */
struct roll {
    const uint32_t *codes;
    unsigned size;
    uint64_t top; /* what the run's first code was multiplied by */
    uint64_t hash;
};

static struct roll roll_begin(const uint32_t *codes, unsigned size)
{
    struct roll r = {.codes = codes, .size = size, .top = 1};
    for (unsigned i = 0; i + 1 < size; i++) {
        r.top *= BASE;
        r.hash = r.hash * BASE + codes[i];
    }
    return r;
}

/* The shingle that begins at `at`: asked for one after another. */
static inline uint32_t roll_on(struct roll *r, size_t at)
{
    r->hash = r->hash * BASE + r->codes[at + r->size - 1];
    uint32_t shingle = mix(r->hash);
    r->hash -= r->codes[at] * r->top;
    return shingle;
}

void shingles_make(struct shingles *s, const uint32_t *codes, size_t count, unsigned size)
{
    begin(s, count);
    if (count < size)
        return;
    struct roll r = roll_begin(codes, size);
    for (size_t at = 0; at + size <= count; at++)
        put(s, roll_on(&r, at));
}

void shingles_take(struct shingles *s, const uint32_t *hashes, size_t count)
{
    begin(s, count);
    for (size_t i = 0; i < count; i++)
        put(s, hashes[i]);
}

size_t shingles_common(struct shingles *s, const uint32_t *codes, size_t count, unsigned size)
{
    if (count < size || s->count == 0)
        return 0;
    size_t common = 0;
    struct roll r = roll_begin(codes, size);
    s->visit++;
    for (size_t at = 0; at + size <= count; at++) {
        struct shingle_slot *slot = slot_of(s, roll_on(&r, at));
        if (slot->round != s->round || slot->visit == s->visit)
            continue;
        slot->visit = s->visit;
        common++;
    }
    return common;
}
