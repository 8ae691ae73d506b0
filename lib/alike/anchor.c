/* Anchors by a window that moves over the hashes of runs. Of equal ones the last counts. */
#include "alike/anchor.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define BASE 0xA0761D6478BD642Fu /* odd, bits well mixed */
#define TOP  0xF89283C4430B4F0Fu /* BASE to the power of ANCHOR_SIZE - 1 */
#define RUNS (ANCHOR_SPAN - ANCHOR_SIZE + 1)
_Static_assert(RUNS == 4, "a stretch is two pairs of runs");

static uint64_t run_begin(const uint32_t *codes)
{
    uint64_t hash = 0;
    for (unsigned i = 0; i + 1 < ANCHOR_SIZE; i++)
        hash = hash * BASE + codes[i];
    return hash;
}

static inline uint32_t mix(uint64_t h)
{
    h ^= h >> 32;
    return (uint32_t)(h * 0xE7037ED1A0B428DBu >> 32);
}

/* The least hashes crowd at the low end: spreads them over all numbers, one to one. */
static inline uint32_t spread(uint32_t h)
{
    h = (h ^ h >> 16) * 0x7FEB352Du;
    h = (h ^ h >> 15) * 0x846CA68Bu;
    return h ^ h >> 16;
}

size_t anchors_most(size_t count)
{
    return count < ANCHOR_SIZE ? 0 : count - ANCHOR_SIZE + 1;
}

static inline uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* The window is two pairs of runs. A run is its hash and, below, how far it is from the end,
 * so that the least is what counts; which it is cannot be foreseen, so there is no branch. */
size_t anchors_all(const uint32_t *codes, size_t count, struct anchor *to)
{
    if (count < ANCHOR_SPAN)
        return 0;
    uint64_t before = UINT64_MAX, pairs[2] = {UINT64_MAX, UINT64_MAX}, last = UINT64_MAX;
    uint64_t hash = run_begin(codes);
    size_t chosen = 0, runs = count - ANCHOR_SIZE + 1;
    for (size_t at = 0; at < runs; at++) {
        hash = hash * BASE + codes[at + ANCHOR_SIZE - 1];
        uint64_t run = (uint64_t)mix(hash) << 32 | (uint32_t)~at;
        hash -= codes[at] * TOP;
        uint64_t pair = least(before, run), best = least(pairs[0], pair);
        before = run;
        pairs[0] = pairs[1];
        pairs[1] = pair;
        to[chosen] = (struct anchor){(uint32_t)(best >> 32), ~(uint32_t)best};
        chosen += (at + 1 >= RUNS) & (best != last);
        last = at + 1 >= RUNS ? best : UINT64_MAX;
    }
    for (size_t i = 0; i < chosen; i++)
        to[i].hash = spread(to[i].hash);
    return chosen;
}

size_t anchors_kept(const uint32_t *codes, size_t count, struct anchor to[ANCHORS_KEPT])
{
    size_t kept = 0, every = (count + ANCHORS_KEPT - 1) / ANCHORS_KEPT;
    if (every < ANCHOR_EVERY)
        every = ANCHOR_EVERY;
    for (size_t at = 0; at + ANCHOR_SPAN <= count; at += every) {
        anchors_all(codes + at, ANCHOR_SPAN, &to[kept]);
        to[kept++].at += (uint32_t)at;
    }
    return kept;
}

/* ---- places ---- */

void places_fill(struct places *p, const struct anchor *anchors, size_t count)
{
    p->anchors = anchors;
    p->count = count;
    for (p->homes = 16; p->homes < 2 * count; p->homes *= 2)
        continue;
    if (p->cap < p->homes) {
        p->cap = p->homes;
        p->first = mem_resize(p->first, p->cap, sizeof *p->first);
        p->next = mem_resize(p->next, p->cap, sizeof *p->next);
    }
    memset(p->first, 0, p->homes * sizeof *p->first);
    for (size_t i = count; i-- > 0;) { /* so that the first stands first */
        uint32_t *home = &p->first[anchors[i].hash & (p->homes - 1)];
        p->next[i] = *home;
        *home = (uint32_t)i + 1;
    }
}

void places_free(struct places *p)
{
    free(p->first);
    free(p->next);
    *p = (struct places){.count = 0};
}

static const struct anchor *of_hash(const struct places *p, uint32_t number, uint32_t hash)
{
    while (number != 0 && p->anchors[number - 1].hash != hash)
        number = p->next[number - 1];
    return number == 0 ? NULL : &p->anchors[number - 1];
}

const struct anchor *places_find(const struct places *p, uint32_t hash)
{
    return p->count == 0 ? NULL : of_hash(p, p->first[hash & (p->homes - 1)], hash);
}

const struct anchor *places_again(const struct places *p, const struct anchor *before)
{
    return of_hash(p, p->next[before - p->anchors], before->hash);
}
