/*
 * An index of texts that finds those that are alike: locality-sensitive hashing over the
 * bands of their sketches, and anchors for what holds a whole text or much of it. Each
 * candidate is verified on the texts themselves. Texts have the numbers of the first ones
 * (firsts.h), which the index reads and does not own.
 *
 * Work is bounded for any input: a key that INDEX_CROWD remembered texts share takes no more
 * (they have their other keys), and one question tries INDEX_TRIES texts at most.
 */
#ifndef ALIKE_INDEX_H
#define ALIKE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alike/anchor.h"
#include "alike/besides.h"
#include "alike/firsts.h"
#include "alike/pack.h"
#include "alike/share.h"
#include "alike/shingle.h"
#include "alike/sketch.h"
#include "alike/slots.h"

#define INDEX_NONE  UINT32_MAX
#define INDEX_CROWD 32
#define INDEX_TRIES 1000
#define INDEX_AHEAD (SKETCH_KEYS + 64) /* keys of a text that are fetched ahead */

/* What is known of a text that is asked for or added. */
struct alike_text {
    struct str packed;    /* its comparable form */
    const uint32_t *keys; /* by which it asks, see sketch.h; the first of each band is kept */
    const uint8_t *marks; /* of the keys */
    const uint32_t *kept; /* hashes of the anchors under which it is kept */
    size_t kept_count;
    const struct anchor *anchors; /* by which it asks */
    size_t anchor_count;
    const uint32_t *shingles; /* each once */
    size_t shingle_count;     /* 0: it is like none */
};

struct alike_match {
    uint32_t number; /* INDEX_NONE: there is none */
    double score;    /* Jaccard index */
};

struct alike_counts {
    uint64_t candidates; /* texts met under a key */
    uint64_t verified;   /* of these, found alike */
    size_t bytes;        /* memory held */
};

struct alike_index {
    struct sketch_plan plan;
    unsigned shingle; /* code points */
    const struct firsts *firsts;
    const struct pack *pack;
    const struct greetings *greetings; /* NULL: none */
    struct slots slots;
    uint64_t candidates, verified;
    /* the question under way */
    const struct alike_text *asked;
    struct shingles shingles; /* of `asked`, where filled */
    struct codes codes, other;
    struct places places; /* of its anchors */
    bool shingles_filled, codes_filled, places_filled;
    struct besides besides;
    uint32_t question;
    uint32_t found[INDEX_TRIES];
    /* the text that was announced last: its keys whose memory is still to be asked for */
    uint32_t ahead[INDEX_AHEAD];
    size_t ahead_next, ahead_count;
    uint64_t *met; /* numbers tried, with their question, each where its lowest bits say */
};

/* Begins with nothing in it. The index holds its struct's memory, not firsts, pack and
 * greetings. */
void index_open(struct alike_index *x, struct sketch_plan plan, unsigned shingle,
                const struct firsts *firsts, const struct pack *pack,
                const struct greetings *greetings);
void index_close(struct alike_index *x);

/* Says which text is asked for by the next questions; it stays where it is meanwhile. */
void index_ask(struct alike_index *x, const struct alike_text *t);

/* The text most like it, the earliest of several, at `threshold` at least, also without the
 * greetings of both. */
struct alike_match index_nearest(struct alike_index *x, double threshold);

/* Of each kind the earliest text that shares so much with it. */
void index_sharing(struct alike_index *x, struct alike_match shares[SHARE_KINDS]);

/* Adds a text under the number of a first one. */
void index_add(struct alike_index *x, const struct alike_text *t, uint32_t number);

/* Has the number of every text replaced by what `of` says, or the text taken out where that
 * is INDEX_NONE. Numbers only grow less. */
void index_renumber(struct alike_index *x, uint32_t (*of)(const void *context, uint32_t number),
                    const void *context);

/* Says that a text will be asked for soon. Its memory is asked for a little at a time, while
 * other questions are at work: of too much at once the processor would wait for the first. */
void index_expect(struct alike_index *x, const struct alike_text *t);

/* Asks for the rest of it. */
void index_expect_rest(struct alike_index *x);

struct alike_counts index_counts(const struct alike_index *x);

#endif
