/*
 * What a trained model sees of a post: sparse features out of its words and letters,
 * and a row of numbers out of what the rules found.
 *
 * Sparse features are hashes of base forms, of pairs of content words near each other, and
 * of runs of one to three characters. Each counts once. A model weighs them by how rare they are,
 * and all together as much in a short post as in a long one (their vector has length 1). Each knows
 * where it stands, so that what weighed most can be shown.
 */
#ifndef JUDGE_FEATURE_H
#define JUDGE_FEATURE_H

#include "judge/match.h"

enum numeric {
    NUMERIC_SUM = 0,                         /* by label: what its rules came to */
    NUMERIC_ASSERTED = NUMERIC_SUM + LABELS, /* by label: 1 where they assert it */
    NUMERIC_RAW = NUMERIC_ASSERTED + LABELS, /* by label: of its hits, set aside or not */
    NUMERIC_GROUP = NUMERIC_RAW + LABELS,    /* by context group: 1 where it occurs */
    NUMERIC_TONE = NUMERIC_GROUP + GROUPS,
    NUMERIC_GOOD = NUMERIC_TONE, /* polarity of the post where it is positive, … */
    NUMERIC_BAD,                 /* … and where it is negative */
    NUMERIC_LAST_GOOD,           /* of the last sentence */
    NUMERIC_LAST_BAD,
    NUMERIC_BEST,  /* the most positive sentence */
    NUMERIC_WORST, /* the most negative one */
    NUMERIC_SCORE, /* what the rules say of tone, -1 to 1 */
    NUMERIC_IRONY,
    NUMERIC_QUESTION,
    NUMERIC_HYPOTHETICAL,
    NUMERIC_HEARSAY,
    NUMERIC_CONTRAST,
    NUMERIC_REACH,
    NUMERIC_NAMED,
    NUMERIC_OFF_TOPIC,
    NUMERIC_RIVAL,
    NUMERIC_MEDIA,
    NUMERIC_URL,
    NUMERIC_MENTION,
    NUMERIC_HASHTAG,
    NUMERIC_EMOJI,
    NUMERIC_LAUGHTER,
    NUMERIC_SHORT, /* less than 4 tokens */
    NUMERIC_LONG,  /* by length, up to 1 */
    NUMERICS
};

struct feature {
    uint32_t id;
    uint32_t at, end; /* in the normalised text */
};

struct features {
    struct feature *list;
    size_t count, cap;
    float numbers[NUMERICS];
    uint32_t *slots; /* scratch: list index + 1 */
};

/* Which features are worth keeping: a bit for each that some model may know, since most
 * features of a post are in none, and a bit tells that without a look into its table, which
 * does not fit into the processor's cache. */
#define SIEVE_BITS 20
struct sieve {
    uint64_t words[(size_t)1 << (SIEVE_BITS - 6)];
};

static inline uint32_t sieve_bit(uint32_t feature)
{
    return feature * 2246822519u >> (32 - SIEVE_BITS);
}

static inline void sieve_add(struct sieve *s, uint32_t feature)
{
    s->words[sieve_bit(feature) >> 6] |= (uint64_t)1 << (sieve_bit(feature) & 63);
}

static inline bool sieve_has(const struct sieve *s, uint32_t feature)
{
    return (s->words[sieve_bit(feature) >> 6] >> (sieve_bit(feature) & 63) & 1) != 0;
}

/* Fills the list with the features of a matching that pass the sieve (NULL: with all), each
 * once, where it stands first; numbers are the judge's to fill. */
void features_take(struct features *f, const struct matching *m, const struct sieve *sieve);
void features_free(struct features *f);

#endif
