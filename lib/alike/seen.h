/*
 * What was seen: a table from 64-bit hashes to numbers. Two things of one hash are
 * one thing to it; with 64 bits that is one chance in 37 million among a million
 * things. Owns its memory; {0} is an empty table. Hashes are not 0.
 */
#ifndef ALIKE_SEEN_H
#define ALIKE_SEEN_H

#include <stddef.h>
#include <stdint.h>

#define SEEN_NONE UINT32_MAX

struct seen {
    uint64_t *hashes; /* 0: free; power of two */
    uint32_t *numbers;
    size_t count, slots;
};

/* The number kept for a hash, or SEEN_NONE. */
uint32_t seen_find(const struct seen *s, uint64_t hash);

/* Keeps a number for a hash, unless there is one already. */
void seen_add(struct seen *s, uint64_t hash, uint32_t number);

size_t seen_bytes(const struct seen *s);
void seen_free(struct seen *s);

#endif
