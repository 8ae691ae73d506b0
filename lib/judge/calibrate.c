/* Probabilities out of scores, thresholds, and figures by cross-validation. */
#include "judge/learner.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "judge/score.h"

#define NEWTON      50   /* steps at most */
#define LEAST_SLOPE 0.05 /* of scores that tell something */

/* Is the post asked the question, and is there a score by a fold that has not seen it? */
static bool is_scored(const struct learner *l, size_t post, size_t question,
                      const struct answer *answer)
{
    return (l->posts[post].asked >> question & 1) != 0 && !isnan(answer->scores[post]);
}

/* Of an answer that scores tell nothing of: much the same probability for every post, by the share
 * of posts that have it. */
static void make_flat(const struct learner *l, size_t question, struct answer *answer,
                      size_t number)
{
    double yes = 0.5, no = 0.5, sum = 0, scored = 1e-9;
    for (size_t i = 0; i < l->post_count; i++) {
        if ((l->posts[i].asked >> question & 1) != 0)
            *(learner_holds(&l->posts[i], question, number) ? &yes : &no) += 1;
        if (is_scored(l, i, question, answer)) {
            sum += answer->scores[i];
            scored++;
        }
    }
    answer->flat = true;
    answer->slope = LEAST_SLOPE;
    answer->shift = log(yes / no) - LEAST_SLOPE * sum / scored;
}

/* Platt 1999, with the targets that keep few cases from certainty. */
static void calibrate(const struct learner *l, size_t question, struct answer *answer,
                      size_t number)
{
    double yes = 0, no = 0, slope = 1, shift = 0;
    for (size_t i = 0; i < l->post_count; i++)
        if (is_scored(l, i, question, answer))
            *(learner_holds(&l->posts[i], question, number) ? &yes : &no) += 1;
    double high = (yes + 1) / (yes + 2), low = 1 / (no + 2);
    bool exclusive = l->questions[question].exclusive;
    double weight =
        exclusive && yes > 0 ? no / yes / (double)(l->questions[question].count - 1) : 1;
    for (int round = 0; round < NEWTON; round++) {
        double g1 = 0, g2 = 0, h11 = 1e-9, h22 = 1e-9, h12 = 0;
        for (size_t i = 0; i < l->post_count; i++) {
            if (!is_scored(l, i, question, answer))
                continue;
            double z = answer->scores[i], p = 1 / (1 + exp(-(slope * z + shift)));
            bool is = learner_holds(&l->posts[i], question, number);
            double each = is ? weight : 1; /* as they weigh in fit() */
            double d = each * (p - (is ? high : low)), w = each * p * (1 - p);
            g1 += d * z;
            g2 += d;
            h11 += w * z * z;
            h22 += w;
            h12 += w * z;
        }
        double det = h11 * h22 - h12 * h12;
        if (det < 1e-12 || (fabs(g1) < 1e-6 && fabs(g2) < 1e-6))
            break;
        slope -= (h22 * g1 - h12 * g2) / det;
        shift -= (h11 * g2 - h12 * g1) / det;
    }
    bool sane = isfinite(slope) && isfinite(shift) && slope > LEAST_SLOPE && slope < 100;
    answer->slope = slope;
    answer->shift = shift;
    if (yes == 0 || !sane)
        make_flat(l, question, answer, number);
}

double learner_probability(const struct answer *answer, double z)
{
    return isnan(z) ? 0 : 1 / (1 + exp(-(answer->slope * z + answer->shift)));
}

struct case_of {
    double p;
    bool yes;
};

static int by_falling(const void *a, const void *b)
{
    const struct case_of *x = a, *y = b;
    return x->p > y->p ? -1 : x->p < y->p ? 1 : (int)y->yes - (int)x->yes;
}

static double f1_of(size_t right, size_t said, size_t yes)
{
    return 2 * (double)right / (double)(said + yes);
}

#define BLIND 1.05 /* so much better F must be than if all posts were said to have the answer */

/* The threshold of an answer with the best F1, in the middle between two posts; one half where
 * nothing is better than to say it of all, or where scores tell nothing. */
static void set_threshold(const struct learner *l, size_t question, struct answer *answer,
                          size_t number)
{
    struct case_of *cases = mem_alloc(l->post_count * sizeof *cases + 1);
    size_t count = 0, yes = 0, right = 0;
    double best = 0;
    for (size_t i = 0; i < l->post_count; i++) {
        if (!is_scored(l, i, question, answer))
            continue;
        cases[count] = (struct case_of){learner_probability(answer, answer->scores[i]),
                                        learner_holds(&l->posts[i], question, number)};
        yes += cases[count++].yes;
    }
    qsort(cases, count, sizeof *cases, by_falling);
    for (size_t i = 0; i < count; i++) {
        right += cases[i].yes;
        double f = f1_of(right, i + 1, yes), next = i + 1 < count ? cases[i + 1].p : 0;
        if (f > best && next < cases[i].p) {
            best = f;
            answer->threshold = (cases[i].p + next) / 2;
        }
    }
    if (yes == 0 || answer->flat || best <= BLIND * f1_of(yes, count, yes))
        answer->threshold = 0.5;
    free(cases);
}

/* All answers of a question together: how likely each post has each, and the most likely one
 * of every post that has none. Both falling. */
struct together {
    struct case_of *cases, *none;
    size_t count, none_count, yes;
};

static struct together put_together(const struct learner *l, const struct question *question,
                                    size_t number)
{
    struct together t = {.cases = mem_alloc(l->post_count * question->count * sizeof *t.cases + 1),
                         .none = mem_alloc(l->post_count * sizeof *t.none + 1)};
    for (size_t i = 0; i < l->post_count; i++) {
        double most = 0;
        if ((l->posts[i].asked >> number & 1) == 0)
            continue;
        for (size_t a = 0; a < question->count; a++) {
            const struct answer *answer = &question->answers[a];
            double p = learner_probability(answer, answer->scores[i]);
            if (isnan(answer->scores[i]))
                continue;
            t.cases[t.count] = (struct case_of){p, learner_holds(&l->posts[i], number, a)};
            t.yes += t.cases[t.count++].yes;
            most = p > most ? p : most;
        }
        if (l->posts[i].labels[number] == 0)
            t.none[t.none_count++] = (struct case_of){most, false};
    }
    qsort(t.cases, t.count, sizeof *t.cases, by_falling);
    qsort(t.none, t.none_count, sizeof *t.none, by_falling);
    return t;
}

/* May so many of the posts without an answer be said to have one? They stand for others, of which
 * it may be more than of them: the upper end of the interval counts. Where there are so few that it
 * never is low enough, none may. */
static bool are_few(const struct question *question, size_t alarmed, size_t none)
{
    return alarmed == 0 || score_share(alarmed, none).high <= question->alarms;
}

/* The one threshold of all answers with the best F1 over them together, among those that
 * leave enough posts without an answer alone. */
static void set_common_threshold(const struct learner *l, struct question *question, size_t number)
{
    struct together t = put_together(l, question, number);
    size_t right = 0, alarmed = 0;
    double best = 0, threshold = 0.5;
    for (size_t i = 0; i < t.count; i++) {
        right += t.cases[i].yes;
        while (alarmed < t.none_count && t.none[alarmed].p >= t.cases[i].p)
            alarmed++;
        double f = f1_of(right, i + 1, t.yes);
        double next = i + 1 < t.count ? t.cases[i + 1].p : 0;
        if (f > best && next < t.cases[i].p && are_few(question, alarmed, t.none_count)) {
            best = f;
            threshold = (t.cases[i].p + next) / 2;
        }
    }
    for (size_t a = 0; a < question->count; a++)
        question->answers[a].threshold = threshold;
    free(t.cases);
    free(t.none);
}

static void
count_answer(const struct learner *l, size_t question, struct answer *answer, size_t number,
             bool (*says)(const struct learner *, size_t post, size_t question, size_t number))
{
    for (size_t i = 0; i < l->post_count; i++) {
        if ((l->posts[i].asked >> question & 1) == 0)
            continue;
        bool yes = learner_holds(&l->posts[i], question, number),
             said = says(l, i, question, number);
        answer->posts += yes;
        answer->right += yes && said;
        answer->wrong += !yes && said;
        answer->missed += yes && !said;
    }
}

static bool is_over(const struct learner *l, size_t post, size_t question, size_t number)
{
    const struct answer *a = &l->questions[question].answers[number];
    return !a->lacking && learner_probability(a, a->scores[post]) >= a->threshold;
}

/* How many posts have no answer, how many of these are said to have one, and are that too many? */
static void count_alarms(const struct learner *l, struct question *q, size_t question)
{
    for (size_t i = 0; i < l->post_count; i++) {
        if ((l->posts[i].asked >> question & 1) == 0 || l->posts[i].labels[question] != 0)
            continue;
        bool alarm = false;
        for (size_t a = 0; a < q->count && !alarm; a++)
            alarm = is_over(l, i, question, a);
        q->none++;
        q->alarmed += alarm;
    }
    q->alarming = !are_few(q, q->alarmed, q->none);
}

static bool is_most(const struct learner *l, size_t post, size_t question, size_t number)
{
    const struct question *q = &l->questions[question];
    double own = learner_probability(&q->answers[number], q->answers[number].scores[post]);
    for (size_t a = 0; a < q->count; a++) {
        double p = learner_probability(&q->answers[a], q->answers[a].scores[post]);
        if (p > own || (p == own && a < number))
            return false;
    }
    return true;
}

void learner_calibrate(struct learner *l)
{
    for (size_t q = 0; q < l->question_count; q++) {
        struct question *question = &l->questions[q];
        for (size_t a = 0; a < question->count; a++) {
            if (!question->answers[a].lacking)
                calibrate(l, q, &question->answers[a], a);
            if (!question->exclusive && question->alarms >= 1)
                set_threshold(l, q, &question->answers[a], a);
        }
        if (!question->exclusive && question->alarms < 1) {
            set_common_threshold(l, question, q);
            count_alarms(l, question, q);
        }
        for (size_t a = 0; a < question->count; a++)
            count_answer(l, q, &question->answers[a], a, question->exclusive ? is_most : is_over);
    }
}
