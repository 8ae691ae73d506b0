/* A hash is the key of a slot and its further word. */
#include "alike/seen.h"

static uint32_t key_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32);
}

uint32_t *seen_place(const struct seen *s, uint64_t hash)
{
    uint32_t key = key_of(hash);
    for (size_t at = slots_first(&s->slots, key); slots_is(&s->slots, at, key); at++) {
        uint32_t *slot = slots_at(&s->slots, at);
        if (slot[SLOT_MORE] == (uint32_t)hash)
            return &slot[SLOT_NUMBER];
    }
    return NULL;
}

uint32_t seen_find(const struct seen *s, uint64_t hash)
{
    const uint32_t *place = seen_place(s, hash);
    return place == NULL ? SEEN_NONE : *place;
}

void seen_expect(const struct seen *s, uint64_t hash)
{
    slots_expect(&s->slots, key_of(hash));
}

void seen_new(struct seen *s, uint64_t hash, uint32_t number)
{
    slots_add(&s->slots, key_of(hash), number, (uint32_t)hash, 0);
}

size_t seen_bytes(const struct seen *s)
{
    return s->slots.room.cap;
}

void seen_free(struct seen *s)
{
    slots_free(&s->slots);
}
