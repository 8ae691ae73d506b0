/*
 * An index of texts that finds those that are alike: locality-sensitive hashing over
 * the bands of their sketches, each candidate verified on the shingles. Texts have
 * numbers from 0 in the order in which they are added.
 *
 * The index owns copies of what is added. Work is bounded for any input: a band that
 * INDEX_CROWD texts share takes no more (they have their other bands).
 */
#ifndef ALIKE_INDEX_H
#define ALIKE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alike/sketch.h"

#define INDEX_NONE  UINT32_MAX
#define INDEX_CROWD 32

/* What the index knows of a text. */
struct alike_text {
    const uint32_t *shingles; /* sorted, see shingle.h */
    size_t shingle_count;
    const uint32_t *tags; /* one a band, see sketch.h */
    uint32_t opening;     /* hash of its beginning */
};

struct alike_match {
    uint32_t number; /* INDEX_NONE: there is none */
    double score;    /* Jaccard index */
};

struct alike_counts {
    uint64_t candidates; /* texts met in a band */
    uint64_t verified;   /* of these, found alike */
    size_t bytes;        /* memory held */
};

struct alike_index;

struct alike_index *index_new(struct sketch_plan plan);
void index_free(struct alike_index *x);

/* The text most like this one, the earliest of several, at `threshold` at least. */
struct alike_match index_nearest(struct alike_index *x, const struct alike_text *t,
                                 double threshold);

/* The earliest text that has the same opening and every shingle of this one. */
struct alike_match index_containing(struct alike_index *x, const struct alike_text *t);

/* Adds a text; returns its number. One without shingles is never found. */
uint32_t index_add(struct alike_index *x, const struct alike_text *t);

struct alike_counts index_counts(const struct alike_index *x);

#endif
