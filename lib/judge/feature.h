/*
 * What a trained model sees of a post: sparse features out of its words, and a row of
 * numbers out of what the rules found.
 *
 * Sparse features are hashes: of each word its base form and the runs of one to three
 * characters in it; pairs of words that follow each other, of content words also with one
 * between them; runs of two and three characters across the seam of two words; and the words
 * with which the post begins and ends, and its sentences end. Each counts as often as it
 * stands there. Links and who is addressed are not seen, and tags only by themselves: a post says
 * the same with them and without. A model weighs them by how rare
 * they are, and all together as much in a short post as in a long one, or in one that says the
 * same again and again (their vector has length 1, as far as words stand equally often). What a
 * word has by itself depends on the word alone, so that a reader of records may find it out once
 * (judge/weigher.h).
 *
 * Trouble is often told in one sentence among others, where the whole says little of it. So a
 * post has parts, its sentences, and each has features of its own: those of the words, and
 * words together, that end in it.
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
    NUMERIC_MEDIA, /* pictures */
    NUMERIC_PRESS, /* in a tier of the media */
    NUMERIC_EMOJI,
    NUMERIC_LAUGHTER,
    NUMERIC_SHORT, /* less than 4 tokens */
    NUMERIC_LONG,  /* by length, up to 1 */
    NUMERICS
};

#define FEATURE_WORDS 2000 /* of a post that are looked at */
#define FEATURE_CODES 2000 /* characters of a word that are */

/* The tokens of a post that are looked at. */
static inline uint32_t feature_words(const struct matching *m)
{
    return m->token_count < FEATURE_WORDS ? m->token_count : FEATURE_WORDS;
}

#define FEATURE_PARTS 64 /* of a post; more sentences are one with the last of these */

struct feature {
    uint32_t id;
    uint32_t times;
};

/* A feature where it stands. */
struct placed_feature {
    uint32_t id;
    uint32_t part;
};

struct features {
    struct feature *list;
    size_t count, cap;
    struct placed_feature *placed; /* the same one by one; none where the post is one part */
    size_t placed_count, placed_cap;
    float times; /* that a word stands there, on the average */
    float numbers[NUMERICS];
    uint32_t part;              /* scratch: of what is added */
    bool parted;                /* scratch */
    uint32_t *slots;            /* scratch: list index + 1 */
    struct normal_text surface; /* scratch */
};

/* What words say together or by where they stand: a feature and the tokens that it is made of,
 * first to last. */
struct word_pair {
    uint32_t id;
    uint32_t first, last;
};

struct word_pairs {
    struct word_pair *list;
    size_t count, cap;
    uint8_t part_of[FEATURE_WORDS]; /* by token; a pair is of its last token's part */
    uint32_t parts;
};

/* Which pairs are worth keeping: a bit for each that some model may know, since most pairs
 * of a post are in none, and a bit tells that without a look into its table, which does not
 * fit into the processor's cache. */
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

/* Two bits of an id tell its kind. */
static inline bool feature_is_pair(uint32_t id)
{
    return (id & 3) == 3;
}

/* Calls `add` for every feature that a token has by itself; `surface` is scratch. */
void feature_word(const struct token *token, const struct word *word, const struct normal *normal,
                  struct normal_text *surface, void (*add)(void *data, uint32_t id), void *data);

/* Fills the list with the pairs that pass the sieve (NULL: with all), and tells parts. */
void word_pairs_take(struct word_pairs *p, const struct matching *m, const struct sieve *sieve);
void word_pairs_free(struct word_pairs *p);

/* Fills the list with all features; numbers are the judge's to fill. */
void features_take(struct features *f, const struct matching *m, const struct normal *normal,
                   struct word_pairs *pairs);
void features_free(struct features *f);

#endif
