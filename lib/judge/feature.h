/*
 * What a trained model sees of a post: sparse features out of its words and letters,
 * and a row of numbers out of what the rules found.
 *
 * Sparse features are hashes of base forms, of pairs of these that stand side by side or
 * near each other, of how sentences end, and of runs of one to four characters. Each
 * counts once. A model weighs them by how rare they are, and all together as much in a
 * short post as in a long one (their vector has length 1). Each knows where it stands, so
 * that what weighed most can be shown.
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

/* Fills the list out of a matching, a feature as often as it stands there; numbers are the
 * judge's to fill. */
void features_take(struct features *f, const struct matching *m);

/* Leaves the first of each feature. (A model drops those that it does not know before.) */
void features_once(struct features *f);
void features_free(struct features *f);

#endif
