/*
 * The set of a text's shingles: every run of N code points, hashed to 32 bits,
 * sorted, each once. How alike two texts are is the Jaccard index of their sets:
 * what both have over what either has.
 *
 * The caller owns the struct and fills it again and again; {0} is empty.
 */
#ifndef ALIKE_SHINGLE_H
#define ALIKE_SHINGLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define SHINGLE_MAX 8 /* code points */

struct shingles {
    uint32_t *hashes; /* ascending, no two the same */
    size_t count;
    size_t cap;
    uint32_t *scratch;
};

/* Replaces *s by the shingles of `size` code points (1 to SHINGLE_MAX) of a text in
 * UTF-8. A text shorter than that has none. */
void shingles_make(struct shingles *s, struct str text, unsigned size);
void shingles_free(struct shingles *s);

/* Makes room for `count` hashes. */
void shingles_reserve(struct shingles *s, size_t count);

/* How many hashes two sorted sets share. */
size_t shingles_common(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count);

/* The Jaccard index, 0 where both are empty. */
double shingles_jaccard(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count);

#endif
