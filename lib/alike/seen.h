/*
 * What was seen: a table from 64-bit hashes to numbers. Two things of one hash are
 * one thing to it; with 64 bits that is one chance in 37 million among a million
 * things. Owns its memory; SEEN_EMPTY is an empty table.
 */
#ifndef ALIKE_SEEN_H
#define ALIKE_SEEN_H

#include <stddef.h>
#include <stdint.h>

#include "alike/slots.h"

#define SEEN_NONE     SLOTS_NONE
#define SEEN_ANYWHERE SLOTS_ANYWHERE
#define SEEN_EMPTY    ((struct seen){.slots = {.width = 3}})

struct seen {
    struct slots slots;
};

/* The number kept for a hash, or SEEN_NONE. */
uint32_t seen_find(const struct seen *s, uint64_t hash);

/* Says that a hash will be asked for soon. */
void seen_expect(const struct seen *s, uint64_t hash);

/* Where the number is kept for a hash, until the next call of seen_new(); NULL: there is
 * none. *first is where it was looked, which makes it faster to look again: SEEN_ANYWHERE
 * before that. */
uint32_t *seen_place(const struct seen *s, uint64_t hash, size_t *first);

/* Keeps a number (not SEEN_NONE) for a hash that has none. */
void seen_new(struct seen *s, uint64_t hash, uint32_t number, size_t first);

size_t seen_bytes(const struct seen *s);
void seen_free(struct seen *s);

#endif
