/* Doubt, likeness, choice. */
#include "judge/sample.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "judge/question.h"
#include "judge/ranking.h"
#include "record/value.h"

#define SHADES 4096 /* hashes of runs of three bytes; a bit each */
#define ALIKE  0.5  /* texts with more than this in common are one */

struct sample {
    size_t wanted;
    bool narrow; /* only doubt about the question counts */
    struct question question;
    struct ranking candidates;
    bool doubted; /* some post was in doubt */
};

struct candidate {
    char *line, *text;
};

struct shade {
    uint64_t words[SHADES / 64];
};

static void release_candidate(void *thing)
{
    struct candidate *c = thing;
    free(c->line);
    free(c->text);
    free(c);
}

struct sample *sample_new(size_t wanted, const char *question)
{
    struct sample *s = mem_zero(1, sizeof *s);
    s->wanted = wanted;
    s->narrow = question != NULL;
    s->candidates.release = release_candidate;
    question_init(&s->question, question != NULL ? question : "");
    return s;
}

void sample_free(struct sample *s)
{
    if (s == NULL)
        return;
    question_free(&s->question);
    ranking_free(&s->candidates);
    free(s);
}

/* ---- doubt: 1 for a probability of one half, 0 for none and for certainty ---- */

static double doubt_in(double probability)
{
    return 1 - 2 * fabs(probability - 0.5);
}

/* About any answer. */
static double doubt_in_all(struct str probabilities)
{
    struct str key, value;
    struct walk w;
    double most = 0;
    walk_begin(&w, value_type(probabilities) == VALUE_OBJECT ? probabilities : STR("{}"));
    while (walk_next(&w, &key, &value)) {
        double doubt = value_type(value) == VALUE_OBJECT ? doubt_in_all(value)
                                                         : doubt_in(value_number(value, 0));
        most = doubt > most ? doubt : most;
    }
    return most;
}

/* The answers of a question of ours stand beside those of the others. */
static double doubt_about(const struct question *q, struct str probabilities)
{
    double most = 0;
    for (uint32_t a = 0; a < q->answers.count; a++) {
        struct str p = value_member(probabilities, q->answers.strings[a].ptr);
        double doubt = doubt_in(value_number(p, 0));
        most = doubt > most ? doubt : most;
    }
    return most;
}

static double doubt_of(const struct sample *s, struct str probabilities)
{
    if (!s->narrow)
        return doubt_in_all(probabilities);
    if (s->question.answers.count > 0)
        return doubt_about(&s->question, probabilities);
    return doubt_in_all(value_member(probabilities, s->question.name));
}

void sample_take(struct sample *s, struct str line, struct str text, struct str verdict)
{
    struct candidate *c = mem_alloc(sizeof *c);
    struct buf plain = {0};
    if (s->candidates.count >= 100 * s->wanted)
        ranking_cut(&s->candidates, 50 * s->wanted);
    value_add_string(&plain, text);
    *c = (struct candidate){mem_string(line), mem_string(buf_str(&plain))};
    buf_free(&plain);
    double doubt = doubt_of(s, value_member(verdict, "p"));
    s->doubted = s->doubted || doubt > 0;
    ranking_add(&s->candidates, doubt, c);
}

bool sample_doubts(const struct sample *s)
{
    return s->doubted || s->candidates.count == 0;
}

/* ---- likeness ---- */

static void shade_of(const char *text, struct shade *to)
{
    memset(to, 0, sizeof *to);
    for (const unsigned char *c = (const unsigned char *)text; c[0] != '\0' && c[1] != '\0'; c++) {
        unsigned hash = (c[0] * 251u + c[1] * 7919u + c[2] * 31u) % SHADES;
        to->words[hash / 64] |= (uint64_t)1 << hash % 64;
    }
}

/* The share of runs that two texts have in common (Jaccard); long texts, whose runs fall on
 * the same hashes, look a little more alike than they are. */
static double likeness(const struct shade *a, const struct shade *b)
{
    size_t both = 0, any = 0;
    for (size_t i = 0; i < SHADES / 64; i++) {
        both += (size_t)__builtin_popcountll(a->words[i] & b->words[i]);
        any += (size_t)__builtin_popcountll(a->words[i] | b->words[i]);
    }
    return any > 0 ? (double)both / (double)any : 1;
}

/* ---- choice ---- */

void sample_write(struct sample *s, struct output *out)
{
    struct shade *taken = NULL;
    size_t count = 0, capacity = 0;
    ranking_cut(&s->candidates, SIZE_MAX);
    for (size_t i = 0; i < s->candidates.count && count < s->wanted; i++) {
        const struct candidate *c = s->candidates.entries[i].thing;
        bool alike = false;
        MEM_GROW(taken, count, capacity);
        shade_of(c->text, &taken[count]);
        for (size_t k = 0; k < count && !alike; k++)
            alike = likeness(&taken[k], &taken[count]) > ALIKE;
        if (alike)
            continue;
        count++;
        output_add(out, str_of(c->line));
        output_add(out, STR("\n"));
    }
    free(taken);
}
