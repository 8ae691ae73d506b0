/* Writing what was learned. */
#include "judge/learner.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "judge/model.h"

#define WEAK 5 /* of 127: features that weigh less for every answer are left out */

struct file {
    struct model_header header;
    struct model_question questions[LEARNER_ANSWERS];
    struct model_answer answers[MODEL_ANSWERS];
    const struct answer *sources[MODEL_ANSWERS];
    float *numeric;
    struct model_slot *slots;
    int8_t *weights;
    struct buf strings, content;
};

static uint32_t keep_string(struct file *f, const char *text)
{
    uint32_t at = (uint32_t)f->strings.len;
    buf_add(&f->strings, text, strlen(text) + 1);
    return at;
}

static double weight_of(const struct answer *a, size_t index)
{
    return a->weights != NULL ? a->weights[index] : 0;
}

static double sparse_weight(const struct learner *l, const struct answer *a, size_t i)
{
    return weight_of(a, NUMERICS + i) * l->rarity[i] / MODEL_RARITY;
}

/* What nothing was learned of is left out, so that other models or the rules go on to answer
 * it; of answers of which one holds all stay as long as some were learned. */
static bool is_left_out(const struct question *q, size_t answer)
{
    if (!q->exclusive)
        return q->answers[answer].lacking;
    for (size_t a = 0; a < q->count; a++)
        if (!q->answers[a].lacking)
            return false;
    return true;
}

static void put_answer(const struct learner *l, struct file *f, const struct answer *from,
                       bool exclusive)
{
    double most = 1e-9;
    for (size_t i = 0; i < l->id_count; i++)
        most = fmax(most, fabs(sparse_weight(l, from, i)));
    f->sources[f->header.answers] = from;
    f->answers[f->header.answers++] = (struct model_answer){
        .name = keep_string(f, from->name),
        .bias = from->lacking ? -20 : (float)weight_of(from, NUMERICS + l->id_count),
        .scale = (float)(most / 127),
        .threshold = (float)from->threshold,
        .slope = (float)from->slope,
        .shift = (float)from->shift,
        .unseen = exclusive ? MODEL_UNSEEN : 0};
}

static void put_answers(const struct learner *l, struct file *f)
{
    for (size_t q = 0; q < l->question_count; q++) {
        const struct question *question = &l->questions[q];
        uint32_t first = f->header.answers;
        for (size_t a = 0; !question->only_measured && a < question->count; a++)
            if (!is_left_out(question, a))
                put_answer(l, f, &question->answers[a], question->exclusive);
        uint32_t count = f->header.answers - first;
        if (count > 0)
            f->questions[f->header.questions++] = (struct model_question){
                keep_string(f, question->name), first, count, question->exclusive};
    }
    f->header.stride = (f->header.answers + 1 + 7) / 8 * 8;
}

/* Where the row of each feature is found: a third of the slots are free. */
static void put_slots(struct file *f, const uint32_t *kept)
{
    const struct model_header *h = &f->header;
    f->header.slots = h->features + h->features / 2 + 16;
    f->slots = mem_zero(h->slots, sizeof *f->slots);
    for (uint32_t row = 0; row < h->features; row++) {
        uint32_t slot = model_slot_of(h, kept[row]);
        while (f->slots[slot].id != 0)
            slot = model_slot_behind(h, slot);
        f->slots[slot] = (struct model_slot){kept[row], row};
    }
}

static void put_weights(const struct learner *l, struct file *f)
{
    const struct model_header *h = &f->header;
    f->numeric = mem_zero((size_t)NUMERICS * h->answers, sizeof *f->numeric);
    for (size_t n = 0; n < NUMERICS; n++)
        for (uint32_t a = 0; a < h->answers; a++)
            f->numeric[n * h->answers + a] = MODEL_NUMBERS * (float)weight_of(f->sources[a], n);
    f->weights = mem_zero(l->id_count * h->stride + 1, 1);
    uint32_t *kept = mem_alloc(l->id_count * sizeof *kept + 1); /* by row: its feature */
    for (size_t i = 0; i < l->id_count; i++) {
        bool any = false;
        int8_t *row = f->weights + (size_t)f->header.features * h->stride;
        for (uint32_t a = 0; a < h->answers; a++) {
            row[a] = (int8_t)lrint(sparse_weight(l, f->sources[a], i) / f->answers[a].scale);
            any = any || row[a] >= WEAK || row[a] <= -WEAK;
        }
        if (any) {
            row[h->stride - 1] = (int8_t)l->rarity[i];
            kept[f->header.features++] = l->ids[i];
        } else { /* it would cost time and change next to nothing */
            memset(row, 0, h->stride);
        }
    }
    put_slots(f, kept);
    free(kept);
}

static void put_content(struct file *f)
{
    const struct model_header *h = &f->header;
    struct buf *c = &f->content;
    buf_add(c, f->questions, h->questions * sizeof *f->questions);
    buf_add(c, f->answers, h->answers * sizeof *f->answers);
    buf_add(c, f->numeric, (size_t)NUMERICS * h->answers * sizeof *f->numeric);
    buf_add(c, f->slots, h->slots * sizeof *f->slots);
    for (size_t gap = model_padding(sizeof *h + c->len); gap > 0; gap--)
        buf_add_char(c, 0);
    buf_add(c, f->weights, (size_t)h->features * h->stride);
    buf_add_str(c, buf_str(&f->strings));
    f->header.hash = model_hash(h, buf_str(c));
}

void learner_write(const struct learner *l, const char *made_from, struct output *out)
{
    struct file *f = mem_zero(1, sizeof *f);
    f->header =
        (struct model_header){.magic = MODEL_MAGIC, .version = MODEL_VERSION, .numerics = NUMERICS};
    snprintf(f->header.rules, sizeof f->header.rules, "%s", l->settings.rules);
    snprintf(f->header.tokens, sizeof f->header.tokens, "%s", l->settings.tokens);
    f->header.made_from = keep_string(f, made_from);
    put_answers(l, f);
    put_weights(l, f);
    f->header.string_bytes = (uint32_t)f->strings.len;
    put_content(f);
    output_add(out, (struct str){(const char *)&f->header, sizeof f->header});
    output_add(out, buf_str(&f->content));
    free(f->numeric);
    free(f->slots);
    free(f->weights);
    buf_free(&f->strings);
    buf_free(&f->content);
    free(f);
}
