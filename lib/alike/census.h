/*
 * A census: how many different things there were, and how often each of the most
 * frequent, in memory that has a bound. Up to `limit` things all counts are exact. From
 * there on the number of things is estimated (HyperLogLog, 4096 registers: a standard
 * error of 1.6 %), and the counts are lower bounds: each is short of the truth by no more
 * than the total over half the limit.
 *
 * Things are 64-bit hashes other than 0. Owns its memory; {.limit = n} is an empty one.
 */
#ifndef ALIKE_CENSUS_H
#define ALIKE_CENSUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alike/extent.h"

struct census {
    uint32_t limit; /* things that are counted exactly, 2 at least */
    uint32_t count; /* things in the slots */
    uint32_t slot_count;
    struct census_slot *slots; /* power of two */
    uint8_t *registers;        /* NULL: all is exact */
    uint64_t total;            /* all that was added */
};

/* Counts a thing once more; returns its count. */
uint32_t census_add(struct census *c, uint64_t thing);

/* The count of a thing; 0 where it is not among those that are kept. */
uint32_t census_of(const struct census *c, uint64_t thing);

bool census_is_exact(const struct census *c);

/* How many different things there were. */
uint64_t census_distinct(const struct census *c);

/* The counts of the `most` most frequent things together; 16 at most. */
uint64_t census_top(const struct census *c, size_t most);

/* Adds a census to saved bytes, and takes one off their front; the limit is the owner's to set.
 * False, and the census is empty, where they are damaged. */
void census_save(const struct census *c, struct extent *to);
bool census_load(struct census *c, struct str *from);

size_t census_bytes(const struct census *c);
void census_free(struct census *c);

#endif
