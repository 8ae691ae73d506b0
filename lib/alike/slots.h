/*
 * A table from 32-bit keys to numbers, any number of them under one key. Its slots are in
 * the order of their keys, with free ones between: a key stands at or behind its share of
 * the table. So a search ends at the first greater key, the table grows by an eighth at a
 * time where it lies, and nothing is lost to powers of two. A slot is two words, or three
 * where the user keeps one more. Owns its memory; {.width = 2} or 3 is empty.
 */
#ifndef ALIKE_SLOTS_H
#define ALIKE_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "alike/extent.h"
#include "base/prefetch.h"

#define SLOTS_NONE UINT32_MAX /* no number */

/* Words of a slot. In a free one all are SLOTS_NONE: from the home of a key on, slots of
 * lesser keys come first, then all others. */
enum { SLOT_KEY, SLOT_NUMBER, SLOT_MORE };

#define SLOTS_TAIL 4 /* of the slots so many are always free at the end */

struct slots {
    unsigned width;     /* words of a slot */
    bool roomy;         /* grows at once to twice its size, as long as it is small */
    struct extent room; /* the slots, all of them in use or free */
    size_t count;       /* in use */
    size_t homes;       /* slots that keys are shared out over; more lie behind */
};

#define SLOTS_ANYWHERE SIZE_MAX /* not looked for */

/* Adds a number under a key, behind those that are there; not where these are `crowd`
 * (0: any number is well), which it says by false. `first` is what slots_first() said of the key,
 * since when other keys may have been added, or SLOTS_ANYWHERE. */
bool slots_add(struct slots *s, size_t first, const uint32_t slot[3], unsigned crowd);

static inline uint32_t *slots_at(const struct slots *s, size_t at)
{
    return (uint32_t *)(void *)s->room.data + at * s->width;
}

static inline size_t slots_home(const struct slots *s, uint32_t key)
{
    return (size_t)((uint64_t)key * s->homes >> 32);
}

/* The first slot that may hold the key: those that do are here and next to here.
 *     for (size_t at = slots_first(s, key); slots_is(s, at, key); at++) … slots_at() */
static inline size_t slots_first(const struct slots *s, uint32_t key)
{
    if (s->homes == 0)
        return 0;
    size_t at = slots_home(s, key), width = s->width, less;
    do { /* by four, without a branch, since where it ends cannot be foreseen */
        const uint32_t *slot = slots_at(s, at);
        less = (size_t)(slot[0] < key) + (slot[width] < key);
        less += (size_t)(slot[2 * width] < key) + (slot[3 * width] < key);
        at += less;
    } while (less == 4);
    return at;
}

/* The same; saves the search where `first`, which it said before, is still right. */
static inline size_t slots_again(const struct slots *s, size_t first, uint32_t key)
{
    size_t home = slots_home(s, key);
    if (first < home || first >= s->room.len / sizeof(uint32_t) / s->width)
        return slots_first(s, key);
    bool right = slots_at(s, first)[SLOT_KEY] >= key &&
                 (first == home || slots_at(s, first - 1)[SLOT_KEY] < key);
    return right ? first : slots_first(s, key);
}

static inline bool slots_is(const struct slots *s, size_t at, uint32_t key)
{
    if (s->homes == 0)
        return false;
    const uint32_t *slot = slots_at(s, at);
    return slot[SLOT_KEY] == key && slot[SLOT_NUMBER] != SLOTS_NONE;
}

/* Says that a key will be asked for soon. */
static inline void slots_expect(const struct slots *s, uint32_t key)
{
    if (s->homes == 0)
        return;
    const uint32_t *slot = slots_at(s, slots_home(s, key));
    prefetch(slot);
    prefetch(slot + 8); /* a search often goes on to the next half of a cache line */
}

/* Has every slot's number replaced by what `of` says, or the slot freed where that is
 * SLOTS_NONE; gives back room that is then too much. */
void slots_renumber(struct slots *s, uint32_t (*of)(const void *context, uint32_t number),
                    const void *context);

void slots_free(struct slots *s);

#endif
