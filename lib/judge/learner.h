/*
 * What the parts of learning share, for lib/judge alone: collecting and fitting (learn.c),
 * probabilities, thresholds and figures (calibrate.c), and the file (learn-write.c).
 */
#ifndef JUDGE_LEARNER_H
#define JUDGE_LEARNER_H

#include <pthread.h>

#include "judge/learn.h"

struct feature_node; /* liblinear's */

/* A feature of a part: liblinear's index, or PART_ENDS or PARTS_END. */
struct part_node {
    int index;
    float value;
};
#define PART_ENDS 0
#define PARTS_END (-1)

struct post {
    struct feature *features;
    size_t count;
    struct placed_feature *placed;
    size_t placed_count;
    struct part_node *parts; /* NULL: it is one part */
    uint32_t part_count;
    double times; /* see struct features */
    float numbers[NUMERICS];
    uint32_t *labels; /* by question */
    uint32_t asked;   /* questions, as bits */
    struct feature_node *nodes;
    double damping; /* of its sparse features, see MODEL_UNSEEN */
    size_t fold;
    bool dealt; /* put into its fold with the others of a rare answer */
};

struct answer {
    char *name;
    double *weights; /* by liblinear's index, of all posts */
    double *scores;  /* by post, from the fold that has not seen it; NAN: too few for that */
    double slope, shift, threshold;
    size_t right, wrong, missed, posts;
    bool flat;    /* scores tell nothing of it */
    bool lacking; /* too few posts: never holds */
};

struct question {
    char *name;
    bool exclusive, only_measured;
    bool learnable;       /* some answer is on enough posts, and not on all */
    double alarms;        /* share of the posts without an answer that may be said to have one */
    size_t none, alarmed; /* posts without an answer; said to have one, if that is bounded */
    bool alarming;        /* no threshold was found with which it is no more */
    double common;        /* see learner_common */
    double **some;        /* by round: weights of that any of them holds; NULL: nothing is common */
    struct answer answers[LEARNER_ANSWERS];
    size_t count;
};

#define SOME_ANSWER LEARNER_ANSWERS /* the number of that any of them holds */

struct learner {
    struct learner_settings settings;
    struct question questions[LEARNER_ANSWERS];
    size_t question_count;
    struct post *posts;
    size_t post_count, post_cap;
    uint32_t *ids; /* of features that are kept, ascending */
    int *rarity;   /* of each, in parts of MODEL_RARITY */
    size_t id_count;
    pthread_mutex_t lock;
    size_t next, end, tasks; /* the next one to do; where to stop; all */
};

static inline bool learner_holds(const struct post *post, size_t question, size_t answer)
{
    uint32_t labels = post->labels[question];
    return answer == SOME_ANSWER ? labels != 0 : (labels >> answer & 1) != 0;
}

/* liblinear's index of a feature; 0: it is left out. */
int learner_index(const struct learner *l, uint32_t id);

/* What a post comes to by weights. */
double learner_score(const struct learner *l, size_t question, const double *weights,
                     const struct post *post);

/* ---- calibrate.c ---- */

/* Out of the scores of posts that each fold has not seen: probabilities, thresholds, figures. */
void learner_calibrate(struct learner *l);

/* 0 for a score that is NAN. */
double learner_probability(const struct answer *answer, double score);

#endif
