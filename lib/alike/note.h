/*
 * What there is to know of a post by itself, before it is compared with others: hashes
 * of its id, its author and its text's form for comparison, its time, and, where near
 * copies are looked for, its shingles, their sketch and its anchors. Made in worker
 * threads, in bytes that the index (copies.h) reads in input order.
 */
#ifndef ALIKE_NOTE_H
#define ALIKE_NOTE_H

#include <stdbool.h>
#include <stdint.h>

#include "alike/greeting.h"
#include "alike/index.h"
#include "base/buf.h"
#include "text/normal.h"

#define NOTE_CODES 65536 /* of longer texts so many code points are compared for likeness */

struct pairs;

/* How posts are compared; shared by all, then only read. */
struct alike_plan {
    bool exact;       /* only texts that are the same, and reposts */
    unsigned shingle; /* code points in a shingle, 1 to SHINGLE_MAX */
    double threshold; /* Jaccard index from which texts are near, 0.1 to 1 */
    int64_t window;   /* seconds after which first ones are forgotten; 0: never */
    bool timed;       /* times matter: there is a window, or a later run may have one */
    int64_t now;      /* a post from later on, that does not say when it was seen, has no time */
    struct sketch_plan sketch;
    const struct normal *normal;
    const struct pack *pack;
    const struct greetings *greetings;
    const struct pairs *pairs; /* if there, they say what is near, and there is no index */
};

/* Chooses the plan's sketch for its threshold. */
void alike_plan_sketch(struct alike_plan *plan);

/* Raw members of a post; ptr NULL where it has none. */
struct alike_post {
    struct str id, title, text, source, author, repost_of, quote_of, time, seen;
};

/* What a note begins with. Behind it stand the words of a text that may be near others
 * (keys, their marks, hashes of kept anchors, anchors, shingles), then the bytes of the packed
 * text. A hash is 0 where there is nothing to hash. */
struct note {
    uint64_t id, form;
    uint64_t by[2], by_nobody; /* of a short text: the text with its author's id and handle; of
                                  one that is reposted, with the handle that it names */
    uint64_t repost_of, quote_of;
    uint32_t time;          /* seconds since 1970, 0: not known */
    uint32_t shingle_count; /* 0: never near, and nothing stands behind */
    uint32_t kept_count, anchor_count, words, packed_len;
    bool is_short, reposts, cut;
};

uint64_t note_hash(struct str text, uint64_t seed);

/* Makes notes; one for each thread. Owns its buffers. */
struct note_maker {
    const struct alike_plan *plan;
    struct buf key, scratch, title;
    struct codes codes;
    struct shingles shingles;
    struct anchor *anchors;
    size_t anchor_cap;
};

/* What is compared of a post: title, a line break and text, or the text alone where it begins with
 * the title. Until the maker is used again. */
struct str note_compared(struct note_maker *m, const struct alike_post *post);

/* Adds the note of a post to *to. */
void note_make(struct note_maker *m, const struct alike_post *post, struct buf *to);

/* The hash of the text as it is compared, of a note. */
uint64_t note_form(struct str note);

void note_maker_free(struct note_maker *m);

/* Reads the note at the beginning of bytes, into which the slices of *text point; or, where
 * bytes are not aligned for that, into `words`, which gets a copy. */
struct note note_read(struct str bytes, struct sketch_plan plan, struct extent *words,
                      struct alike_text *text);

#endif
