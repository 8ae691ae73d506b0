/*
 * The set of a text's shingles: every run of N code points, hashed to 32 bits, each once.
 * How alike two texts are is the Jaccard index of their sets: what both have over what
 * either has.
 *
 * The owner fills a set again and again; {0} is empty.
 */
#ifndef ALIKE_SHINGLE_H
#define ALIKE_SHINGLE_H

#include <stddef.h>
#include <stdint.h>

#define SHINGLE_MAX 8 /* code points */

struct shingles {
    uint32_t *hashes; /* in order of their first place in the text */
    size_t count, cap;
    struct shingle_slot *slots; /* what is in it, by hash; a power of two */
    size_t slot_count;
    uint32_t round, visit; /* marks of the present content and of the last question */
};

/* Replaces *s by the shingles of `size` code points (1 to SHINGLE_MAX). A text shorter
 * than that has none. */
void shingles_make(struct shingles *s, const uint32_t *codes, size_t count, unsigned size);

/* Replaces *s by hashes of which no two are the same. */
void shingles_take(struct shingles *s, const uint32_t *hashes, size_t count);
void shingles_free(struct shingles *s);

/* How many of the set's shingles this text has too. */
size_t shingles_common(struct shingles *s, const uint32_t *codes, size_t count, unsigned size);

/* The Jaccard index of two sets of so many shingles, of which so many are common; 0 where both
 * are empty. */
static inline double shingles_likeness(size_t one, size_t other, size_t common)
{
    size_t all = one + other - common;
    return all == 0 ? 0 : (double)common / (double)all;
}

#endif
