/* A hash is the key of a slot and its further word. */
#include "alike/seen.h"

static uint32_t key_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32);
}

uint32_t *seen_place(const struct seen *s, uint64_t hash, size_t *first)
{
    uint32_t key = key_of(hash);
    *first = slots_again(&s->slots, *first, key);
    for (size_t at = *first; slots_is(&s->slots, at, key); at++) {
        uint32_t *slot = slots_at(&s->slots, at);
        if (slot[SLOT_MORE] == (uint32_t)hash)
            return &slot[SLOT_NUMBER];
    }
    return NULL;
}

uint32_t seen_find(const struct seen *s, uint64_t hash)
{
    size_t first = SEEN_ANYWHERE;
    const uint32_t *place = seen_place(s, hash, &first);
    return place == NULL ? SEEN_NONE : *place;
}

void seen_expect(const struct seen *s, uint64_t hash)
{
    slots_expect(&s->slots, key_of(hash));
}

void seen_new(struct seen *s, uint64_t hash, uint32_t number, size_t first)
{
    const uint32_t slot[3] = {key_of(hash), number, (uint32_t)hash};
    slots_add(&s->slots, first, slot, 0);
}

size_t seen_bytes(const struct seen *s)
{
    return s->slots.room.cap;
}

void seen_free(struct seen *s)
{
    slots_free(&s->slots);
}
