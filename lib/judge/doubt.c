/*
 * Labels that those contradict who have not seen the post: confident learning (Northcutt,
 * Jiang and Chuang 2021). How sure judges are of the posts that have a label says from where
 * on they are sure of one that has it not, and the same for those without it.
 */
#include "judge/learner.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

struct doubts {
    struct doubt *list;
    size_t count, cap;
};

static void add_doubt(struct doubts *all, struct doubt doubt)
{
    MEM_GROW(all->list, all->count, all->cap);
    all->list[all->count++] = doubt;
}

/* How likely an answer is, as classify tells it: of an exclusive question the sum is 1. */
static double likely(const struct learner *l, size_t post, size_t question, size_t answer)
{
    const struct question *q = &l->questions[question];
    double sum = 0;
    for (size_t a = 0; a < q->count && q->exclusive; a++)
        sum += learner_probability(&q->answers[a], q->answers[a].scores[post]);
    double p = learner_probability(&q->answers[answer], q->answers[answer].scores[post]);
    return q->exclusive && sum > 0 ? p / sum : p;
}

/* Can the answer of a post be doubted? Not where no fold could learn it. */
static bool is_judged(const struct learner *l, size_t post, size_t question, size_t answer)
{
    const struct answer *a = &l->questions[question].answers[answer];
    return (l->posts[post].asked >> question & 1) != 0 && !a->lacking && !a->flat &&
           !isnan(a->scores[post]);
}

#define SURE 0.95 /* is sure enough, however sure judges are in the mean */

/* The mean of how sure judges are of the posts that have the answer, and of those that have it
 * not. */
struct sure {
    double with, without;
};

static struct sure how_sure(const struct learner *l, size_t question, size_t answer)
{
    double sum[2] = {0, 0}, count[2] = {0, 0};
    for (size_t i = 0; i < l->post_count; i++) {
        if (!is_judged(l, i, question, answer))
            continue;
        bool holds = learner_holds(&l->posts[i], question, answer);
        double p = likely(l, i, question, answer);
        sum[holds] += holds ? p : 1 - p;
        count[holds]++;
    }
    return (struct sure){count[1] > 0 ? fmin(sum[1] / count[1], SURE) : INFINITY,
                         count[0] > 0 ? fmin(sum[0] / count[0], SURE) : INFINITY};
}

/* Where any number of answers hold, each is doubted by itself. */
static void doubt_each(const struct learner *l, size_t question, const struct sure *sure,
                       size_t post, struct doubts *all)
{
    const struct question *q = &l->questions[question];
    for (size_t a = 0; a < q->count; a++) {
        if (!is_judged(l, post, question, a))
            continue;
        double p = likely(l, post, question, a);
        bool given = learner_holds(&l->posts[post], question, a);
        if (given ? 1 - p >= sure[a].without : p >= sure[a].with)
            add_doubt(all, (struct doubt){post, q->name, q->answers[a].name, given, p, NULL});
    }
}

/* Where one holds, it is doubted for the likeliest of those that judges are sure of. */
static void doubt_one(const struct learner *l, size_t question, const struct sure *sure,
                      size_t post, struct doubts *all)
{
    const struct question *q = &l->questions[question];
    size_t own = SIZE_MAX, best = SIZE_MAX;
    double most = 0;
    for (size_t a = 0; a < q->count; a++) {
        if (learner_holds(&l->posts[post], question, a))
            own = a;
        double p = is_judged(l, post, question, a) ? likely(l, post, question, a) : -1;
        if (p >= sure[a].with && p > most) {
            most = p;
            best = a;
        }
    }
    if (own == SIZE_MAX || best == SIZE_MAX || own == best)
        return;
    double p = likely(l, post, question, own);
    if (is_judged(l, post, question, own) && p < most)
        add_doubt(all, (struct doubt){post, q->name, q->answers[own].name, true, p,
                                      q->answers[best].name});
}

/* How sure judges are of each answer of each question: [question * LEARNER_ANSWERS + answer]. */
static struct sure *all_sure(const struct learner *l)
{
    struct sure *sure = mem_zero(l->question_count * LEARNER_ANSWERS + 1, sizeof *sure);
    for (size_t q = 0; q < l->question_count; q++)
        for (size_t a = 0; a < l->questions[q].count; a++)
            sure[q * LEARNER_ANSWERS + a] = how_sure(l, q, a);
    return sure;
}

struct doubt *learner_doubts(const struct learner *l, size_t *count)
{
    struct doubts all = {NULL, 0, 0};
    struct sure *sure = all_sure(l);
    for (size_t i = 0; i < l->post_count && l->settings.folds > 1; i++)
        for (size_t q = 0; q < l->question_count; q++)
            (l->questions[q].exclusive ? doubt_one : doubt_each)(l, q, sure + q * LEARNER_ANSWERS,
                                                                 i, &all);
    free(sure);
    *count = all.count;
    return all.list;
}
