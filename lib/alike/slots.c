/*
 * Linear probing in the order of keys (ordered hashing: Amble and Knuth, 1974). The last
 * slots of all are always free, so that a search ends.
 */
#include "alike/slots.h"

#include <string.h>

#define FIRST_HOMES 1024
#define GAP         3 /* slots that are freed at once */
#define TINY        ((size_t)1 << 16)
#define SMALL       ((size_t)1 << 20)
#define SPARE       64 /* slots behind the last home, at least */
#define FULL(homes) ((homes) / 8 * ((homes) < SMALL ? 6 : 7))

static size_t slot_size(const struct slots *s)
{
    return s->width * sizeof(uint32_t);
}

static size_t slot_count(const struct slots *s)
{
    return s->room.len / slot_size(s);
}

static bool is_free(const struct slots *s, size_t at)
{
    return slots_at(s, at)[SLOT_NUMBER] == SLOTS_NONE;
}

static const uint32_t none[] = {SLOTS_NONE, SLOTS_NONE, SLOTS_NONE};

/* Copies a slot, in a few instructions where `width` is a constant. */
__attribute__((always_inline)) static inline void copy(uint32_t *to, const uint32_t *from,
                                                       unsigned width)
{
    to[SLOT_KEY] = from[SLOT_KEY];
    to[SLOT_NUMBER] = from[SLOT_NUMBER];
    if (width > SLOT_MORE)
        to[SLOT_MORE] = from[SLOT_MORE];
}

static void clear(struct slots *s, size_t from, size_t to)
{
    memset(slots_at(s, from), 0xFF, (to - from) * slot_size(s));
}

/* Moves what is in use among `count` slots to the end, in order; returns where it begins. */
__attribute__((always_inline)) static inline size_t gather(uint32_t *slots, size_t count,
                                                           unsigned width)
{
    size_t to = count;
    for (size_t from = to; from-- > 0;) { /* no branch, since none could be foreseen */
        size_t used = slots[from * width + SLOT_NUMBER] != SLOTS_NONE;
        copy(slots + (to - 1) * width, slots + from * width, width);
        to -= used;
    }
    return to;
}

/* Shares what stands from *from to the end, `count`, out over the homes, within the first
 * `limit` slots; returns where it ends. *from is where it stopped: before count if it does
 * not fit. */
__attribute__((always_inline)) static inline size_t
spread(const struct slots *s, size_t *from, size_t count, size_t limit, unsigned width)
{
    uint32_t *slots = slots_at(s, 0);
    size_t next = 0, i = *from;
    for (; i < count; i++) {
        size_t home = slots_home(s, slots[i * width + SLOT_KEY]), to = home < next ? next : home;
        if (to + SLOTS_TAIL >= limit || to > i)
            break;
        if (next + GAP <= i)
            for (size_t free = 0; free < GAP; free++) /* most gaps are no longer */
                copy(slots + (next + free) * width, none, width);
        for (next += next + GAP <= i ? GAP : 0; next < to; next++)
            copy(slots + next * width, none, width);
        copy(slots + to * width, slots + i * width, width);
        next = to + 1;
    }
    *from = i;
    return next;
}

static size_t gather_at_end(struct slots *s)
{
    size_t count = slot_count(s);
    return s->width == 2 ? gather(slots_at(s, 0), count, 2) : gather(slots_at(s, 0), count, 3);
}

/* False where it does not fit; all that is in use is there still, in order. */
static bool spread_from_end(struct slots *s, size_t from, size_t limit)
{
    size_t count = slot_count(s);
    size_t next =
        s->width == 2 ? spread(s, &from, count, limit, 2) : spread(s, &from, count, limit, 3);
    clear(s, next, from);
    return from == count;
}

/* Twice as many; by a quarter or an eighth where that is much memory. */
static size_t more_homes(const struct slots *s, size_t homes)
{
    if (homes < FIRST_HOMES)
        return FIRST_HOMES;
    size_t twice = s->roomy ? SMALL : TINY;
    return homes + homes / (homes < twice ? 1 : homes < SMALL ? 4 : 8);
}

static size_t room_for(size_t homes)
{
    return homes + homes / 64 + SPARE;
}

/* Makes the table one of so many homes, or of more where keys crowd at its end. */
static void resize(struct slots *s, size_t homes)
{
    for (;; homes = more_homes(s, homes)) {
        size_t old = slot_count(s), count = room_for(homes);
        if (count > old) {
            extent_reserve(&s->room, (count - old) * slot_size(s));
            s->room.len = count * slot_size(s);
            clear(s, old, count);
        }
        s->homes = homes;
        if (spread_from_end(s, gather_at_end(s), count))
            break;
    }
    s->room.len = room_for(homes) * slot_size(s);
}

/* By four, without a branch, as slots_first(). */
static size_t next_free(const struct slots *s, size_t at)
{
    for (;; at += 4) {
        unsigned free = 0;
        for (unsigned i = 0; i < 4; i++)
            free |= (unsigned)is_free(s, at + i) << i;
        if (free != 0)
            return at + (size_t)__builtin_ctz(free);
    }
}

bool slots_add(struct slots *s, size_t first, const uint32_t slot[3], unsigned crowd)
{
    if (s->count + 1 > FULL(s->homes))
        resize(s, more_homes(s, s->homes));
    size_t at = slots_again(s, first, slot[SLOT_KEY]);
    for (; slots_is(s, at, slot[SLOT_KEY]); at++)
        if (crowd-- == 1)
            return false;
    size_t end = next_free(s, at);
    uint32_t *place = slots_at(s, at);
    memmove(slots_at(s, at + 1), place, (end - at) * slot_size(s));
    copy(place, slot, s->width);
    s->count++;
    if (end + SLOTS_TAIL >= slot_count(s))
        resize(s, more_homes(s, s->homes));
    return true;
}

void slots_renumber(struct slots *s, uint32_t (*of)(const void *context, uint32_t number),
                    const void *context)
{
    size_t count = slot_count(s);
    if (s->homes == 0)
        return;
    s->count = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t *number = &slots_at(s, i)[SLOT_NUMBER];
        if (*number == SLOTS_NONE)
            continue;
        *number = of(context, *number);
        s->count += *number != SLOTS_NONE;
    }
    size_t homes = s->count / 7 * 10 + FIRST_HOMES;
    resize(s, homes < s->homes ? homes : s->homes);
    extent_fit(&s->room);
}

void slots_free(struct slots *s)
{
    extent_free(&s->room);
    *s = (struct slots){.width = s->width, .roomy = s->roomy};
}
