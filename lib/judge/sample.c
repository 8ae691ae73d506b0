/* Doubt, likeness, choice. */
#include "judge/sample.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "judge/question.h"
#include "judge/ranking.h"
#include "record/value.h"
#include "text/post.h"

#define MANY  100 /* times the posts that are wanted are kept, … */
#define FEWER 50  /* … and so many when these were too many */
#define ALIKE 0.5 /* texts with more than this in common are one */

struct sample {
    size_t wanted;
    bool narrow; /* only doubt about the question counts */
    struct question question;
    struct ranking candidates;
};

struct candidate {
    char *line;
    struct buf text;
};

/* The runs of three bytes of a text, each once, ascending. */
struct runs {
    uint32_t *list;
    size_t count;
};

static void release_candidate(void *thing)
{
    struct candidate *c = thing;
    free(c->line);
    buf_free(&c->text);
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

/* ---- doubt: 1 for a probability of one half, 0 for certainty, less where there is none ---- */

#define NO_DOUBT (-1)

static double more_of(double doubt, double p)
{
    return p >= 0 && p <= 1 ? fmax(doubt, 1 - 2 * fabs(p - 0.5)) : doubt;
}

/* About any answer. */
static double doubt_in_all(struct str probabilities)
{
    struct str key, value;
    struct walk w;
    double most = NO_DOUBT;
    if (value_type(probabilities) != VALUE_OBJECT)
        return most;
    walk_begin(&w, probabilities);
    while (walk_next(&w, &key, &value))
        most = value_type(value) == VALUE_OBJECT ? fmax(most, doubt_in_all(value))
                                                 : more_of(most, value_number(value, NAN));
    return most;
}

/* About a question of ours. */
static double doubt_about(const struct question *q, struct str probabilities)
{
    double each[QUESTION_ANSWERS], most = NO_DOUBT;
    question_probabilities(q, probabilities, each);
    for (uint32_t a = 0; a < q->answers.count; a++)
        most = more_of(most, each[a]);
    return most;
}

static double doubt_of(const struct sample *s, struct str probabilities)
{
    if (!s->narrow)
        return doubt_in_all(probabilities);
    if (s->question.own)
        return doubt_in_all(value_member(probabilities, s->question.name));
    return doubt_about(&s->question, probabilities);
}

/* ---- likeness ---- */

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* A byte of a text; 0 behind its end, where no byte is. */
static uint32_t byte_at(struct str text, size_t at)
{
    return at < text.len ? (unsigned char)text.ptr[at] + 1u : 0;
}

/* The last two bytes and the end are a run too, and so is a byte alone. */
static struct runs runs_of(struct str text)
{
    size_t all = text.len < 2 ? text.len : text.len - 1;
    struct runs r = {.list = mem_alloc(all * sizeof *r.list + 1)};
    for (size_t i = 0; i < all; i++)
        r.list[i] = byte_at(text, i) << 18 | byte_at(text, i + 1) << 9 | byte_at(text, i + 2);
    qsort(r.list, all, sizeof *r.list, by_size);
    for (size_t i = 0; i < all; i++)
        if (r.count == 0 || r.list[r.count - 1] != r.list[i])
            r.list[r.count++] = r.list[i];
    return r;
}

/* Have two texts more of their runs in common than one may have (Jaccard)? */
static bool are_alike(const struct runs *a, const struct runs *b)
{
    size_t both = 0, i = 0, k = 0;
    size_t less = a->count < b->count ? a->count : b->count, sum = a->count + b->count;
    if ((double)less <= ALIKE * (double)(sum - less)) /* not even if all of one were in the other */
        return sum == 0;
    while (i < a->count && k < b->count) {
        uint32_t x = a->list[i], y = b->list[k];
        both += x == y;
        i += x <= y;
        k += y <= x;
    }
    return (double)both > ALIKE * (double)(sum - both);
}

/* ---- choice ---- */

/* Sorts the candidates by doubt and lets go those that are much like one before them, until as
 * many as are wanted are found, which come first. Returns how many these are. */
static size_t choose(struct sample *s)
{
    struct ranking *r = &s->candidates;
    size_t count = 0, at = 0;
    ranking_cut(r, SIZE_MAX);
    size_t room = r->count < s->wanted ? r->count : s->wanted;
    struct runs *taken = mem_alloc(room * sizeof *taken + 1);
    for (; at < r->count && count < s->wanted; at++) {
        struct candidate *c = r->entries[at].thing;
        bool alike = false;
        taken[count] = runs_of(buf_str(&c->text));
        for (size_t k = 0; k < count && !alike; k++)
            alike = are_alike(&taken[k], &taken[count]);
        if (alike) {
            free(taken[count].list);
            release_candidate(c);
        } else {
            r->entries[count++] = r->entries[at];
        }
    }
    if (r->count > at)
        memmove(r->entries + count, r->entries + at, (r->count - at) * sizeof *r->entries);
    r->count -= at - count;
    for (size_t k = 0; k < count; k++)
        free(taken[k].list);
    free(taken);
    return count;
}

void sample_take(struct sample *s, struct str line, struct str title, struct str text,
                 struct str verdict)
{
    double doubt = doubt_of(s, value_member(verdict, "p"));
    if (doubt == NO_DOUBT)
        return;
    if (s->candidates.count >= MANY * s->wanted) {
        choose(s); /* copies must not crowd out what is unlike them */
        ranking_cut(&s->candidates, FEWER * s->wanted);
    }
    struct candidate *c = mem_zero(1, sizeof *c);
    struct buf scratch = {0};
    c->line = mem_string(line);
    buf_add_str(&c->text, post_text(title, text, &scratch));
    buf_free(&scratch);
    ranking_add(&s->candidates, doubt, c);
}

bool sample_doubts(const struct sample *s)
{
    return s->candidates.count > 0;
}

void sample_write(struct sample *s, struct output *out)
{
    size_t count = choose(s);
    for (size_t i = 0; i < count; i++) {
        const struct candidate *c = s->candidates.entries[i].thing;
        output_add(out, str_of(c->line));
        output_add(out, STR("\n"));
    }
}
