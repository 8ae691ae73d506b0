/*
 * Learning models out of labelled posts: logistic regression (liblinear), one against
 * the rest for each answer, checked by cross-validation; the scores of the posts that a
 * fold has not seen calibrate the probabilities and set the thresholds. The same posts
 * in the same order give the same bytes.
 *
 * The learner owns everything; texts given are copied.
 */
#ifndef JUDGE_LEARN_H
#define JUDGE_LEARN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/output.h"
#include "judge/feature.h"

struct learner;

struct learner_settings {
    size_t threads;
    size_t folds;  /* of cross-validation; less than 2: none (no thresholds, no figures) */
    uint64_t seed; /* of the folds */
    double cost;   /* C of liblinear */
    const char *rules, *tokens;                /* identities, see judge/model.h */
    void (*progress)(size_t done, size_t all); /* NULL: nobody asks */
};

struct learner *learner_new(const struct learner_settings *settings);
void learner_free(struct learner *l);

#define LEARNER_ANSWERS 32 /* of a question; and questions */

/* A question, and whether one of its answers holds or any number. */
size_t learner_question(struct learner *l, const char *name, bool exclusive);
void learner_exclusive(struct learner *l, size_t question, bool exclusive);
bool learner_is_exclusive(const struct learner *l, size_t question);

/* The question is cross-validated for its figures only: it comes into no model. */
void learner_only_measure(struct learner *l, size_t question);

/* Thresholds are set by the best F1, of each answer by itself. With `alarms` below 1 all answers
 * have one threshold, the best with which no more than that share of the posts that have no
 * answer at all is said to have one, by the upper end of its interval (judge/score.h); where
 * these posts are too few for that, with which none of them is; or one half where there is none. */
void learner_alarms(struct learner *l, size_t question, double alarms);

/* That any answer of the question holds is learned, too, and this share of its weights is added
 * to those of each (0, as at first: none). Words of trouble as such are so learned from all
 * answers, and a post that has none is less often said to have one of many. */
void learner_common(struct learner *l, size_t question, double share);

/* The number of an answer, which is added if it was not there; SIZE_MAX: too many. */
size_t learner_answer(struct learner *l, size_t question, const char *name);

/* The same, but nothing is added. */
size_t learner_find(const struct learner *l, size_t question, const char *name);

size_t learner_answer_count(const struct learner *l, size_t question);
const char *learner_name(const struct learner *l, size_t question);

/* A post, by its sparse features and numbers. */
size_t learner_post(struct learner *l, const struct features *features);

/* The answers that hold for a post, as bits; a question without this is not asked of it. */
void learner_label(struct learner *l, size_t post, size_t question, uint32_t answers);

/* Learns all. False, and e says why, where there is too little to learn from. */
bool learner_run(struct learner *l, struct err *e);

/* Figures of an answer by cross-validation. */
struct learned {
    const char *question, *answer;
    bool exclusive;
    size_t posts;                /* that have it */
    size_t right, wrong, missed; /* true and false positives, false negatives */
    double threshold;
    bool flat;        /* scores tell nothing of it: much the same probability for all posts */
    bool lacking;     /* too few posts: nothing was learned of it, … */
    bool all_lacking; /* … nor of any other answer of the question */
    size_t none;      /* posts without an answer, … */
    size_t alarmed;   /* … said to have one; both 0 where that is not bounded */
    bool alarming;    /* these are more than may be */
};
size_t learner_answers(const struct learner *l);
struct learned learner_figures(const struct learner *l, size_t number);

/* A label that the fold which has not seen the post contradicts (see doubt.c). */
struct doubt {
    size_t post;
    const char *question, *label;
    bool given;         /* the post has the label; else it has not */
    double p;           /* how likely it is that the post should have it */
    const char *likely; /* where one label holds: the one in its place; else NULL */
};
/* All of them in the order of posts; none without cross-validation. To be freed. */
struct doubt *learner_doubts(const struct learner *l, size_t *count);

/* Writes the model. made_from: for people. */
void learner_write(const struct learner *l, const char *made_from, struct output *out);

#endif
