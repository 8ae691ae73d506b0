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
    struct model_total total, parts[FEATURE_PARTS]; /* of the post weighed last */
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

/* Adds each row to the sums of its part. Neighbours are mostly of the same one. */
static inline void add_rows_of(struct weigher *w, const struct word_pairs *pairs, size_t stride)
{
    halves8 some[MODEL_ANSWERS / LANES] = {{0}};
    uint32_t part = 0, added = 0;
    for (size_t i = 0; i < w->found_count; i++) {
        uint32_t at = pairs->part_of[pairs->list[w->found[i].pair].last];
        if (at != part || added == AT_ONCE) {
            empty(some, stride, w->parts[part].sums);
            part = at;
            added = 0;
        }
        for (size_t lane = 0; lane < stride / LANES; lane++) {
            bytes8 row;
            memcpy(&row, w->found[i].row + lane * LANES, sizeof row);
            some[lane] += __builtin_convertvector(row, halves8);
        }
        added++;
        int rarity = w->found[i].row[stride - 1];
        w->parts[part].squares += rarity * rarity;
    }
    empty(some, stride, w->parts[part].sums);
}

#define SHIPPED 32 /* numbers of the shipped model, for which the loops are unrolled */

static void add_rows(struct weigher *w, const struct word_pairs *pairs)
{
    if (w->stride == SHIPPED)
        add_rows_of(w, pairs, SHIPPED);
    else
        add_rows_of(w, pairs, w->stride);
}

static void clear_parts(struct weigher *w, uint32_t parts)
{
    for (uint32_t i = 0; i == 0 || i < parts; i++)
        w->parts[i] = (struct model_total){.times = 1};
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
    const struct model_total *total = &w->parts[0];
    w->alone.count = 0;
    feature_word(&m->tokens[token], &m->words.of[token], w->normal, &w->surface, note_feature,
                 &w->alone);
    find_rows(w, &w->alone);
    clear_parts(w, 1);
    add_rows(w, &w->alone);
    int16_t *sums = to->sums + at * w->stride;
    for (size_t a = 0; a + 1 < w->stride; a++) {
        int32_t sum = total->sums[a];
        sums[a] = (int16_t)(sum > MOST ? MOST : sum < -MOST ? -MOST : sum);
    }
    double squares = total->squares / SQUARES;
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

static inline void add_words_of(struct weigher *w, const struct matching *m,
                                const struct word_pairs *pairs, size_t stride)
{
    halves8 some[MODEL_ANSWERS / LANES] = {{0}};
    uint32_t count = feature_words(m), part = 0, added = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct token *token = &m->tokens[i];
        const int16_t *sums = weights_of(w, token)->sums + place_of(token, i) * stride;
        if (pairs->part_of[i] != part || added == AT_ONCE) {
            empty(some, stride, w->parts[part].sums);
            part = pairs->part_of[i];
            added = 0;
        }
        for (size_t lane = 0; lane < stride / LANES; lane++) {
            halves8 word;
            memcpy(&word, sums + lane * LANES, sizeof word);
            some[lane] += word;
        }
        added++;
    }
    empty(some, stride, w->parts[part].sums);
}

/* Their last number is not an answer's. */
static void add_words(struct weigher *w, const struct matching *m, const struct word_pairs *pairs)
{
    if (w->stride == SHIPPED)
        add_words_of(w, m, pairs, SHIPPED);
    else
        add_words_of(w, m, pairs, w->stride);
    for (uint32_t i = 0; i == 0 || i < pairs->parts; i++) {
        w->parts[i].squares = (double)w->parts[i].sums[w->stride - 1] * SQUARES;
        w->parts[i].sums[w->stride - 1] = 0;
    }
}

static void add_parts(struct weigher *w, const struct matching *m, uint32_t parts)
{
    w->total = w->parts[0];
    w->total.times = (double)m->words.times;
    for (uint32_t i = 1; i < parts; i++) {
        for (size_t a = 0; a < w->stride; a++)
            w->total.sums[a] += w->parts[i].sums[a];
        w->total.squares += w->parts[i].squares;
    }
}

static size_t parts_of(const struct word_pairs *pairs)
{
    return pairs->parts > 1 ? pairs->parts : 0;
}

void weigher_run(struct weigher *w, const struct matching *m, const struct word_pairs *pairs,
                 const float *numbers, float *sums)
{
    weigh_words(w, m);
    find_rows(w, pairs);
    clear_parts(w, pairs->parts);
    add_words(w, m, pairs);
    add_rows(w, pairs);
    add_parts(w, m, pairs->parts);
    model_sum(w->model, &w->total, w->parts, parts_of(pairs), numbers, sums);
}

void weigher_shares(const struct weigher *w, const struct matching *m,
                    const struct word_pairs *pairs, uint32_t answer, float *shares)
{
    float more = 1;
    size_t part = model_best_part(w->model, &w->total, w->parts, parts_of(pairs), answer, &more);
    memset(shares, 0, m->token_count * sizeof *shares);
    for (uint32_t i = 0; i < feature_words(m); i++) {
        size_t place = place_of(&m->tokens[i], i);
        shares[i] = weights_of(w, &m->tokens[i])->sums[place * w->stride + answer];
        shares[i] *= pairs->part_of[i] == part ? more : 1;
    }
    for (size_t i = 0; i < w->found_count; i++) {
        const struct word_pair *pair = &pairs->list[w->found[i].pair];
        int weight = w->found[i].row[answer];
        float share = (float)weight / (float)(pair->last - pair->first + 1);
        share *= pairs->part_of[pair->last] == part ? more : 1;
        for (uint32_t k = pair->first; weight != 0 && k <= pair->last; k++)
            shares[k] += share;
    }
}
