/*
 * How far judged and labelled posts agree, question by question: counts and intervals
 * (judge/score.h), who is taken for whom, how far probabilities are off, false alarms on
 * harmless posts, the worst mistakes, and which of two runs is better. Posts are put in
 * one by one; figures are worked out once, and written as text or as JSON.
 *
 * What is put in is copied where it is kept: eight bytes a post and question, 24 more for each
 * run if there are two, and the texts of some mistakes. Figures point into the agreement that they
 * are of, and hold until more is put in.
 */
#ifndef JUDGE_AGREEMENT_H
#define JUDGE_AGREEMENT_H

#include <stdbool.h>

#include "base/buf.h"
#include "judge/question.h"
#include "judge/ranking.h"
#include "judge/score.h"

struct agreement;

struct agreement_settings {
    const char *question; /* the only one; NULL: each of ours */
    size_t worst;         /* mistakes to keep */
    bool against;         /* another run will be put in too */
};

/* A post as it was judged: raw JSON values, absent ones with ptr NULL. Nobody has judged it where
 * the verdict is no object. */
struct judged_post {
    struct str id, title, text, verdict;
};

/* The settings' strings must live as long. */
struct agreement *agreement_new(const struct agreement_settings *settings);
void agreement_free(struct agreement *a);

/* A post and the raw JSON of its label: an object with a member for each question or, if
 * there is but one question, its answer; null or empty: it has none. */
void agreement_take(struct agreement *a, const struct judged_post *post, struct str label);

/* The same post as the other run judged it, once it has been taken as this one did. */
void agreement_take_other(struct agreement *a, const struct judged_post *post, struct str label);

struct answer_figures {
    struct str name;
    struct score_counts counts;            /* of posts */
    struct interval precision, recall, f1; /* 0 to 1 */
};

enum comparison {
    COMPARISON_NONE,      /* no other run was asked for */
    COMPARISON_DIFFERENT, /* it has other posts or labels, or another order */
    COMPARISON_MADE,
};

struct question_figures {
    const char *name;
    bool exclusive; /* one answer holds, by the question or by all that was put in */
    size_t posts;   /* that are labelled on it */
    struct interval micro_f1;
    double macro_f1;
    size_t probabilities;     /* how many there were */
    double calibration_error; /* 0 to 1 */
    size_t room;              /* for so many answers, … */
    size_t beyond;            /* … and how often one was met for which there was none */
    size_t answer_count;
    struct answer_figures answers[QUESTION_ANSWERS];
    size_t confusion[QUESTION_ANSWERS][QUESTION_ANSWERS]; /* posts [labelled][judged]; filled
                                                             if exclusive, and … */
    size_t unanswered[QUESTION_ANSWERS]; /* … posts [labelled] that are judged to be nothing */
    enum comparison comparison;
    size_t compared, compared_other; /* posts of each run that are labelled on it */
    size_t differs_at;     /* if different: the first of these that is not the same, from 1, … */
    struct str differs_id; /* … and its id in the other run, if that has both */
    size_t only_this, only_other; /* posts that one run alone has all right */
    size_t left_out;              /* posts that one run has not judged */
    double p;                     /* of so uneven a split by chance */
};

struct mistake {
    const char *question;
    struct buf id, title, text; /* empty where there is none */
    struct buf label, judged;   /* names of answers */
    struct buf why;             /* raw JSON */
};

struct agreement_figures {
    size_t labelled, unlabelled, unjudged; /* posts */
    bool all_questions;                    /* only then are there false alarms */
    size_t harmless, alarms;               /* posts without risk and conduct; judged to have one */
    struct interval false_alarms;          /* 0 to 1 */
    size_t question_count;
    struct question_figures questions[QUESTIONS];
    const struct ranked *worst; /* things are struct mistake, the worst first */
    size_t worst_count;
};

/* The caller frees them with free(). */
struct agreement_figures *agreement_figures(struct agreement *a);

void agreement_write_text(const struct agreement_figures *f, struct buf *out);
void agreement_write_json(const struct agreement_figures *f, struct buf *out);

#endif
