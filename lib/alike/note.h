/*
 * What there is to know of a post by itself, before it is compared with others: hashes
 * of its id, its author and its text's form for comparison, and, where near copies are
 * looked for, its shingles and their sketch. Made in worker threads, in bytes that the
 * index (copies.h) reads in input order.
 */
#ifndef ALIKE_NOTE_H
#define ALIKE_NOTE_H

#include <stdbool.h>
#include <stdint.h>

#include "alike/shingle.h"
#include "alike/sketch.h"
#include "base/buf.h"
#include "text/normal.h"

/* How posts are compared; shared by all, then only read. */
struct alike_plan {
    bool exact;       /* only texts that are the same, and reposts */
    unsigned shingle; /* code points in a shingle, 1 to SHINGLE_MAX */
    double threshold; /* Jaccard index from which texts are near, 0.1 to 1 */
    struct sketch_plan sketch;
    const struct normal *normal;
};

/* A plan with its sketch chosen for the threshold. The caller keeps normal. */
struct alike_plan alike_plan_make(bool exact, double threshold, unsigned shingle,
                                  const struct normal *normal);

/* Raw members of a post; ptr NULL where it has none. */
struct alike_post {
    struct str id, text, author, repost_of;
};

/* What a note begins with; behind it stand the tags of the sketch and the shingles. A
 * hash is 0 where there is nothing to hash. */
struct note {
    uint64_t id, form;
    uint64_t author[2]; /* by id, by handle */
    uint32_t opening;
    uint32_t shingle_count; /* 0: never near */
    bool is_short, reposts, cut;
};

uint64_t note_hash(struct str text, uint64_t seed);

/* Makes notes; one for each thread. Owns its buffers. */
struct note_maker {
    const struct alike_plan *plan;
    struct buf key, scratch;
    struct shingles shingles;
};

/* Adds the note of a post to *to. */
void note_make(struct note_maker *m, const struct alike_post *post, struct buf *to);

/* The hash of the text as it is compared, of a note. */
uint64_t note_form(struct str note);

void note_maker_free(struct note_maker *m);

#endif
