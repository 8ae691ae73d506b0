/*
 * A trained model: for each question its answers, and for each answer a weight of every
 * feature. A file, mapped and only read; weights of sparse features are bytes with one
 * scale an answer, so that a model is a few megabytes.
 *
 * A model was made with one rule set and one way of making tokens, and is refused with
 * others, because its features would mean something else.
 */
#ifndef JUDGE_MODEL_H
#define JUDGE_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "judge/feature.h"

#define MODEL_FILE    "posts.model"
#define TRIAGE_FILE   "triage.model" /* see struct judge_models */
#define MODEL_ANSWERS 64             /* of all questions of a model together */

struct model_question {
    uint32_t name; /* among the strings: tone, intents, risks, conduct, level, or a user's own */
    uint32_t first, count;
    uint32_t exclusive; /* one answer holds, else any number */
};

struct model_answer {
    uint32_t name;
    float bias, scale;  /* scale: of the bytes */
    float threshold;    /* probability from which it holds, where not exclusive */
    float slope, shift; /* calibration: p = 1 / (1 + exp(-(slope * z + shift))) */
    float unseen;       /* see MODEL_UNSEEN */
};

struct model_slot {
    uint32_t id; /* 0: free */
    uint32_t row;
};

struct model_header {
    uint32_t magic, version;
    uint32_t questions, answers, stride; /* stride: bytes of a feature's row, of which the last
                                            is how rare it is, in sixteenths */
    uint32_t slots, features, numerics, string_bytes;
    uint32_t made_from; /* among the strings: what it was made from, for people */
    char rules[20], tokens[20];
    uint64_t hash; /* of all before and behind it: model_hash */
};

struct model {
    const struct model_header *header;
    const struct model_question *questions;
    const struct model_answer *answers;
    const float *numeric; /* by number, then by answer */
    const struct model_slot *slots;
    const int8_t *weights;
    const char *strings;
    void *map;
    size_t size;
};

/* rules and tokens: the identities that it must have been made for. */
bool model_open(struct model *m, const char *path, const char *rules, const char *tokens,
                struct err *e);
void model_close(struct model *m);

/* What a header's hash must be with this behind it. */
uint64_t model_hash(const struct model_header *header, struct str content);

/* Where the search for a feature begins; the file's writer and its readers agree on it. */
static inline uint32_t model_slot_of(const struct model_header *header, uint32_t feature)
{
    /* by its high bits: the lowest tell a feature's kind */
    return (uint32_t)((uint64_t)(feature * 2654435761u) * header->slots >> 32);
}

static inline uint32_t model_slot_behind(const struct model_header *header, uint32_t slot)
{
    return slot + 1 < header->slots ? slot + 1 : 0;
}

/* Bytes in front of the weights, so that a row lies in as few lines of the processor's cache as
 * it can; `at`: where they would begin else. */
static inline size_t model_padding(size_t at)
{
    return (64 - at % 64) % 64;
}

static inline const char *model_text(const struct model *m, uint32_t at)
{
    return m->strings + at;
}

/* The question of that name, or NULL. */
const struct model_question *model_question(const struct model *m, const char *name);

/* Lets the pairs pass that the model knows. */
void model_sieve(const struct model *m, struct sieve *sieve);

/* Rows added up. */
struct model_total {
    int32_t sums[MODEL_ANSWERS]; /* by answer, weight times rarity */
    double squares;              /* of the rarities */
    double times;                /* see struct features */
};

/* What each answer comes to before it is made a probability; room for MODEL_ANSWERS. Parts: those
 * of the post, of which total is the sum; none, where it is one. */
void model_sum(const struct model *m, const struct model_total *total,
               const struct model_total *parts, size_t part_count, const float *numbers,
               float *sums);

/* The part that says most for an answer, and how often what stands in it counts for what stands
 * elsewhere once; SIZE_MAX: no part counts more than others. */
size_t model_best_part(const struct model *m, const struct model_total *total,
                       const struct model_total *parts, size_t part_count, uint32_t answer,
                       float *weight);

/* Probabilities: each by itself, or of exclusive answers together 1. */
void model_probabilities(const struct model *m, const struct model_question *q, const float *sums,
                         float *p);

/* The row of a feature, or NULL where the model does not know it. */
const int8_t *model_row(const struct model *m, uint32_t feature);

#define MODEL_MAGIC   0x314D4248u /* HBM1 */
#define MODEL_RARITY  16          /* parts of one in which rarity is told */
#define MODEL_NUMBERS 0.3f        /* numbers weigh so much beside sparse features */
/* Where one answer holds, the vector of a post's features is divided by the root of its
 * squares and this: as if there were some more features that nobody has seen. So a few weak
 * features of a short post do not make a strong case, and what the rules say counts more. */
#define MODEL_UNSEEN 1500.0f
/* Where any number hold, the part of a post that says most for an answer counts so much, and the
 * rest is what the whole says. The best of many is high by chance: so much is taken off it for
 * each that their number is e times as large. */
#define MODEL_PART    0.5f
#define MODEL_CHANCE  0.22f
#define MODEL_VERSION 7u

#endif
