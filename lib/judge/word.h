/*
 * What judging asks of a token again and again, found out once: what kind of word it is
 * and its hash. Tokens that come with a number (see text/token.h) are asked only when they
 * are seen first.
 *
 * Owns its memory; {0} is empty. For tokens of one reader.
 */
#ifndef JUDGE_WORD_H
#define JUDGE_WORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text/normal.h"
#include "text/token.h"

#define WORD_KNOWN     0x001u
#define WORD_MARK      0x002u /* 記号 */
#define WORD_URL       0x004u
#define WORD_MENTION   0x008u
#define WORD_ADDRESS   0x010u /* URL or mention: no rule looks into it */
#define WORD_HASHTAG   0x020u
#define WORD_EMOJI     0x040u
#define WORD_LAUGHTER  0x080u
#define WORD_TRIM      0x100u  /* around it a sentence still begins or ends */
#define WORD_CONTENT   0x200u  /* noun, verb or adjective that says something by itself */
#define WORD_NO_LEMMA  0x400u  /* adds nothing to the lemma form, whatever stands before … */
#define WORD_ASKS      0x800u  /* … and this one depends on that */
#define WORD_LIGHT     0x1000u /* may stand between a word and its negation */
#define WORD_NEGATION  0x2000u
#define WORD_CONDITION 0x4000u /* one of word_conditions */
#define WORD_VEILED    0x8000u /* stands for one that models are not shown; see words_veil() */

struct word {
    uint64_t hash; /* of its base form */
    uint32_t is;   /* WORD_… */
};

/* What makes a condition of the word before it; then NULL. */
extern const char *const word_conditions[];

#define WORD_SEEN_BITS 12

struct words {
    struct word *of; /* by token of the list taken last */
    uint32_t any;    /* WORD_… that some of them is */
    size_t shown;    /* how many are no addresses and not veiled */
    float times;     /* how often such a word stands there, of those that do: 1 or more */
    size_t capacity;
    struct word *kinds; /* by number */
    size_t kind_cap;
    uint32_t seen[1u << WORD_SEEN_BITS]; /* by hash: the list in which such a word was last */
    uint32_t lists;
    struct normal_text surface; /* scratch */
};

/* A token's surface in its normalised form, which may stand in the scratch. A wave that is a
 * long vowel is ー, though by itself it would stay one. */
struct str word_surface(const struct token *token, const struct normal *normal,
                        struct normal_text *scratch);

void words_take(struct words *w, const struct normal *normal, const struct token *tokens,
                size_t count);
/* What is shown in the place of a word that is not: a word that no model knows. */
struct word words_veil(void);

/* Counts anew how many words are shown, and how often one stands there. */
void words_count(struct words *w, size_t count);

void words_free(struct words *w);

#endif
