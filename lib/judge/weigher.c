/* Weighing words. */
#include "judge/weigher.h"

#include <stdlib.h>

#include "base/mem.h"

#define LANES 8 /* a model's rows are multiples of this */

typedef int8_t bytes8 __attribute__((vector_size(8)));
typedef int16_t halves8 __attribute__((vector_size(16)));
typedef int32_t words8 __attribute__((vector_size(32)));

#define MOST 32767 /* that a word can weigh: long ones are cut off there, at either end */

/* Words of any number, kept as they come. */
struct weights {
    int16_t *sums;  /* by word, `stride` each */
    float *squares; /* by word; less than 0: not weighed */
    size_t room;
};

struct weigher {
    const struct model *model;
    const struct normal *normal;
    size_t stride;
    struct weights kinds; /* by the token's number */
    struct weights loose; /* by the token's place in the post: those without a number */
    const int8_t **rows;  /* by pair */
    size_t row_cap;
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
    free(weights->squares);
}

void weigher_free(struct weigher *w)
{
    if (w == NULL)
        return;
    free_weights(&w->kinds);
    free_weights(&w->loose);
    free(w->rows);
    normal_text_free(&w->surface);
    free(w);
}

static void make_room(struct weights *weights, size_t needed, size_t stride)
{
    size_t before = weights->room;
    if (needed <= before)
        return;
    weights->room = needed + needed / 2 + 256;
    weights->sums = mem_resize(weights->sums, weights->room, stride * sizeof *weights->sums);
    weights->squares = mem_resize(weights->squares, weights->room, sizeof *weights->squares);
    for (size_t i = before; i < weights->room; i++)
        weights->squares[i] = -1;
}

/* ---- words ---- */

struct weighing {
    const struct model *model;
    struct model_total total;
};

static void weigh_feature(void *data, uint32_t id)
{
    struct weighing *weighing = data;
    model_add(weighing->model, id, &weighing->total);
}

static void weigh_word(struct weigher *w, const struct matching *m, uint32_t token,
                       struct weights *to, size_t at)
{
    struct weighing weighing = {.model = w->model};
    feature_word(&m->tokens[token], &m->words.of[token], w->normal, &w->surface, weigh_feature,
                 &weighing);
    for (size_t a = 0; a < w->stride; a++) {
        int32_t sum = weighing.total.sums[a];
        to->sums[at * w->stride + a] = (int16_t)(sum > MOST ? MOST : sum < -MOST ? -MOST : sum);
    }
    to->squares[at] = (float)weighing.total.squares;
}

static uint32_t words_of(const struct matching *m)
{
    return m->token_count < FEATURE_WORDS ? m->token_count : FEATURE_WORDS;
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
    for (uint32_t i = 0; i < words_of(m); i++) {
        size_t place = place_of(&m->tokens[i], i);
        if (m->tokens[i].kind == 0) {
            make_room(&w->loose, place + 1, w->stride);
            weigh_word(w, m, i, &w->loose, place);
            continue;
        }
        make_room(&w->kinds, place + 1, w->stride);
        if (w->kinds.squares[place] < 0)
            weigh_word(w, m, i, &w->kinds, place);
    }
}

static inline void add_word(const int16_t *from, size_t stride, int32_t *to)
{
    for (size_t a = 0; a < stride; a += LANES) {
        halves8 halves;
        words8 sum;
        memcpy(&halves, from + a, sizeof halves);
        memcpy(&sum, to + a, sizeof sum);
        sum += __builtin_convertvector(halves, words8);
        memcpy(to + a, &sum, sizeof sum);
    }
}

static void add_words(const struct weigher *w, const struct matching *m, struct model_total *total)
{
    for (uint32_t i = 0; i < words_of(m); i++) {
        const struct weights *weights = weights_of(w, &m->tokens[i]);
        size_t place = place_of(&m->tokens[i], i);
        add_word(weights->sums + place * w->stride, w->stride, total->sums);
        total->squares += (double)weights->squares[place];
    }
}

/* ---- pairs ---- */

#define AHEAD 8

/* Finds the row of each pair; what is far away in memory is asked for ahead. */
static void find_rows(struct weigher *w, const struct word_pairs *pairs)
{
    const struct model *m = w->model;
    if (w->row_cap < pairs->count) {
        w->row_cap = 2 * pairs->count;
        w->rows = mem_resize(w->rows, w->row_cap, sizeof *w->rows);
    }
    for (size_t i = 0; i < pairs->count; i++) {
        if (i + AHEAD < pairs->count)
            __builtin_prefetch(&m->slots[model_slot_of(m->header, pairs->list[i + AHEAD].id)]);
        w->rows[i] = model_row(m, pairs->list[i].id);
        if (w->rows[i] != NULL)
            __builtin_prefetch(w->rows[i]);
    }
}

static inline void add_row(const int8_t *row, size_t stride, struct model_total *total)
{
    for (size_t a = 0; a < stride; a += LANES) {
        bytes8 bytes;
        words8 sum;
        memcpy(&bytes, row + a, sizeof bytes);
        memcpy(&sum, total->sums + a, sizeof sum);
        sum += __builtin_convertvector(__builtin_convertvector(bytes, halves8), words8);
        memcpy(total->sums + a, &sum, sizeof sum);
    }
    total->squares += row[stride - 1] * row[stride - 1];
}

void weigher_run(struct weigher *w, const struct matching *m, const struct word_pairs *pairs,
                 const float *numbers, float *sums)
{
    struct model_total total = {.times = (double)m->words.times};
    find_rows(w, pairs);
    weigh_words(w, m);
    add_words(w, m, &total);
    for (size_t i = 0; i < pairs->count; i++)
        if (w->rows[i] != NULL)
            add_row(w->rows[i], w->stride, &total);
    model_sum(w->model, &total, numbers, sums);
}

void weigher_shares(const struct weigher *w, const struct matching *m,
                    const struct word_pairs *pairs, uint32_t answer, float *shares)
{
    memset(shares, 0, m->token_count * sizeof *shares);
    for (uint32_t i = 0; i < words_of(m); i++) {
        size_t place = place_of(&m->tokens[i], i);
        shares[i] = weights_of(w, &m->tokens[i])->sums[place * w->stride + answer];
    }
    for (size_t i = 0; i < pairs->count; i++) {
        const struct word_pair *pair = &pairs->list[i];
        const int8_t *row = w->rows[i];
        if (row == NULL || row[answer] == 0)
            continue;
        float share = (float)row[answer] / (float)(pair->last - pair->first + 1);
        for (uint32_t k = pair->first; k <= pair->last; k++)
            shares[k] += share;
    }
}
