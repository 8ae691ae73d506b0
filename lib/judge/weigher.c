/* Weighing words. */
#include "judge/weigher.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

#define LANES 8 /* a model's rows are multiples of this */

typedef int8_t bytes8 __attribute__((vector_size(8)));
typedef int16_t halves8 __attribute__((vector_size(16)));
typedef int32_t words8 __attribute__((vector_size(32)));

#define AHEAD   16   /* what is far away in memory is asked for so early */
#define AT_ONCE 8    /* so many words or rows add up to what 16 bits hold */
#define MOST    4095 /* that a word can weigh: long ones are cut off there, at either end */
#define SQUARES 64   /* a word's last number: its squares, in so many */

/* Words of any number: of each `stride` sums, the last of them its squares, or less than 0
 * where it was not weighed. */
struct weights {
    int16_t *sums;
    size_t room;
};

/* A row of the model, and which of the pairs sought it is of. */
struct found {
    const int8_t *row;
    uint32_t pair;
};

struct weigher {
    const struct model *model;
    const struct normal *normal;
    size_t stride;
    struct weights kinds; /* by the token's number */
    struct weights loose; /* by the token's place in the post: those without a number */
    struct found *found;  /* of the pairs weighed last, in their order */
    size_t found_count, found_cap;
    struct word_pairs alone;    /* scratch: what a word has by itself, as pairs of one */
    struct normal_text surface; /* scratch */
};

struct weigher *weigher_new(const struct model *model, const struct normal *normal)
{
    struct weigher *w = mem_zero(1, sizeof *w);
    w->model = model;
    w->normal = normal;
    w->stride = model->header->stride;
    return w;
}

static void free_weights(struct weights *weights)
{
    free(weights->sums);
}

void weigher_free(struct weigher *w)
{
    if (w == NULL)
        return;
    free_weights(&w->kinds);
    free_weights(&w->loose);
    free(w->found);
    word_pairs_free(&w->alone);
    normal_text_free(&w->surface);
    free(w);
}

static void make_room(struct weights *weights, size_t needed, size_t stride)
{
    size_t before = weights->room;
    if (needed <= before)
        return;
    weights->room = needed + needed / 2 + 256;
    int16_t *sums = mem_lines(weights->room * stride * sizeof *sums);
    if (before > 0)
        memcpy(sums, weights->sums, before * stride * sizeof *sums);
    free(weights->sums);
    weights->sums = sums;
    for (size_t i = before; i < weights->room; i++)
        weights->sums[i * stride + stride - 1] = -1;
}

/* ---- rows ---- */

/* Adds sums of 16 bits to the whole, and clears them. */
static inline void empty(halves8 *part, size_t stride, int32_t *whole)
{
    for (size_t lane = 0; lane < stride / LANES; lane++) {
        words8 sum;
        memcpy(&sum, whole + lane * LANES, sizeof sum);
        sum += __builtin_convertvector(part[lane], words8);
        memcpy(whole + lane * LANES, &sum, sizeof sum);
        part[lane] = (halves8){0};
    }
}

/* Finds the rows of those that the model knows. */
static void find_rows(struct weigher *w, const struct word_pairs *pairs)
{
    const struct model *m = w->model;
    if (w->found_cap < pairs->count) {
        w->found_cap = 2 * pairs->count;
        w->found = mem_resize(w->found, w->found_cap, sizeof *w->found);
    }
    w->found_count = 0;
    for (size_t i = 0; i < pairs->count; i++) {
        if (i + AHEAD < pairs->count)
            __builtin_prefetch(&m->slots[model_slot_of(m->header, pairs->list[i + AHEAD].id)]);
        const int8_t *row = model_row(m, pairs->list[i].id);
        __builtin_prefetch(row);
        w->found[w->found_count] = (struct found){row, (uint32_t)i};
        w->found_count += row != NULL;
    }
}

static inline void add_rows_of(const struct weigher *w, size_t stride, int32_t *whole)
{
    halves8 part[MODEL_ANSWERS / LANES] = {{0}};
    for (size_t i = 0; i < w->found_count; i++) {
        for (size_t lane = 0; lane < stride / LANES; lane++) {
            bytes8 some;
            memcpy(&some, w->found[i].row + lane * LANES, sizeof some);
            part[lane] += __builtin_convertvector(some, halves8);
        }
        if (i % AT_ONCE == AT_ONCE - 1)
            empty(part, stride, whole);
    }
    empty(part, stride, whole);
}

#define SHIPPED 32 /* numbers of the shipped model, for which the loops are unrolled */

/* Adds up the rows found. */
static void add_rows(const struct weigher *w, struct model_total *total)
{
    if (w->stride == SHIPPED)
        add_rows_of(w, SHIPPED, total->sums);
    else
        add_rows_of(w, w->stride, total->sums);
    for (size_t i = 0; i < w->found_count; i++) {
        int rarity = w->found[i].row[w->stride - 1];
        total->squares += rarity * rarity;
    }
}

/* ---- words ---- */

static void note_feature(void *data, uint32_t id)
{
    struct word_pairs *alone = data;
    MEM_GROW(alone->list, alone->count, alone->cap);
    alone->list[alone->count++] = (struct word_pair){id, 0, 0};
}

static void weigh_word(struct weigher *w, const struct matching *m, uint32_t token,
                       struct weights *to, size_t at)
{
    struct model_total total = {.times = 1};
    w->alone.count = 0;
    feature_word(&m->tokens[token], &m->words.of[token], w->normal, &w->surface, note_feature,
                 &w->alone);
    find_rows(w, &w->alone);
    add_rows(w, &total);
    int16_t *sums = to->sums + at * w->stride;
    for (size_t a = 0; a + 1 < w->stride; a++) {
        int32_t sum = total.sums[a];
        sums[a] = (int16_t)(sum > MOST ? MOST : sum < -MOST ? -MOST : sum);
    }
    double squares = total.squares / SQUARES;
    sums[w->stride - 1] = (int16_t)(squares > MOST ? MOST : lrint(squares));
}

static inline const struct weights *weights_of(const struct weigher *w, const struct token *token)
{
    return token->kind != 0 ? &w->kinds : &w->loose;
}

static inline size_t place_of(const struct token *token, uint32_t place)
{
    return token->kind != 0 ? token->kind : place;
}

/* Weighs the words that were not seen before. */
static void weigh_words(struct weigher *w, const struct matching *m)
{
    for (uint32_t i = 0; i < feature_words(m); i++) {
        size_t place = place_of(&m->tokens[i], i);
        if (i + AHEAD < feature_words(m) && m->tokens[i + AHEAD].kind < w->kinds.room)
            __builtin_prefetch(w->kinds.sums + m->tokens[i + AHEAD].kind * w->stride);
        if (m->tokens[i].kind == 0) {
            make_room(&w->loose, place + 1, w->stride);
            weigh_word(w, m, i, &w->loose, place);
            continue;
        }
        make_room(&w->kinds, place + 1, w->stride);
        if (w->kinds.sums[place * w->stride + w->stride - 1] < 0)
            weigh_word(w, m, i, &w->kinds, place);
    }
}

static inline void add_words_of(const struct weigher *w, const struct matching *m, size_t stride,
                                int32_t *whole)
{
    halves8 part[MODEL_ANSWERS / LANES] = {{0}};
    uint32_t count = feature_words(m);
    for (uint32_t i = 0; i < count; i++) {
        const struct token *token = &m->tokens[i];
        const int16_t *sums = weights_of(w, token)->sums + place_of(token, i) * stride;
        for (size_t lane = 0; lane < stride / LANES; lane++) {
            halves8 some;
            memcpy(&some, sums + lane * LANES, sizeof some);
            part[lane] += some;
        }
        if (i % AT_ONCE == AT_ONCE - 1)
            empty(part, stride, whole);
    }
    empty(part, stride, whole);
}

static void add_words(const struct weigher *w, const struct matching *m, struct model_total *total)
{
    int32_t whole[MODEL_ANSWERS] = {0};
    if (w->stride == SHIPPED)
        add_words_of(w, m, SHIPPED, whole);
    else
        add_words_of(w, m, w->stride, whole);
    total->squares += (double)whole[w->stride - 1] * SQUARES;
    for (size_t a = 0; a + 1 < w->stride; a++)
        total->sums[a] += whole[a];
}

void weigher_run(struct weigher *w, const struct matching *m, const struct word_pairs *pairs,
                 const float *numbers, float *sums)
{
    struct model_total total = {.times = (double)m->words.times};
    weigh_words(w, m);
    find_rows(w, pairs);
    add_words(w, m, &total);
    add_rows(w, &total);
    model_sum(w->model, &total, numbers, sums);
}

void weigher_shares(const struct weigher *w, const struct matching *m,
                    const struct word_pairs *pairs, uint32_t answer, float *shares)
{
    memset(shares, 0, m->token_count * sizeof *shares);
    for (uint32_t i = 0; i < feature_words(m); i++) {
        size_t place = place_of(&m->tokens[i], i);
        shares[i] = weights_of(w, &m->tokens[i])->sums[place * w->stride + answer];
    }
    for (size_t i = 0; i < w->found_count; i++) {
        const struct word_pair *pair = &pairs->list[w->found[i].pair];
        int weight = w->found[i].row[answer];
        float share = (float)weight / (float)(pair->last - pair->first + 1);
        for (uint32_t k = pair->first; weight != 0 && k <= pair->last; k++)
            shares[k] += share;
    }
}
