/*
 * What the parts of judging share, for lib/judge alone: the subject of a post (subject.c),
 * what becomes of its hits (hits.c), labels and level (judge.c), what models say
 * (answer.c), the words to show for it (evidence.c), and how it is written (verdict.c).
 */
#ifndef JUDGE_PARTS_H
#define JUDGE_PARTS_H

#include "judge/judge.h"
#include "judge/tone.h"
#include "judge/weigher.h"

#define TALLY_LIMIT 100000

/* Labels that speak about the company: only the watched one's count. */
#define LABELS_ABOUT                                                                               \
    (LABELS_RISKS | LABEL_BIT(LABEL_COMPLAINT) | LABEL_BIT(LABEL_BOYCOTT) |                        \
     LABEL_BIT(LABEL_CALL_IN) | LABEL_BIT(LABEL_EXPOSURE) | LABEL_BIT(LABEL_PRAISE) |              \
     LABEL_BIT(LABEL_REQUEST))
/* Labels that tell of a fact: what is only supposed gives none. */
#define LABELS_OF_FACTS (LABELS_RISKS | LABEL_BIT(LABEL_COMPLAINT))
#define LABELS_FLOOR                                                                               \
    (LABEL_BIT(LABEL_SAFETY) | LABEL_BIT(LABEL_CONTAMINATION) | LABEL_BIT(LABEL_LEAK) |            \
     LABEL_BIT(LABEL_THREAT))

struct tally {
    int32_t sum;
    const struct hit *best;
    uint32_t end; /* of the hit counted last */
};

/* Which model answers a question, and with which of its answers. */
struct answering {
    const struct model *model; /* NULL: none, the rules do */
    const struct model_question *question;
    uint32_t answer; /* among the model's; of a label */
    size_t number;   /* of the model */
};

/* What models are shown of a post, where that is not all of it: a copy of its matching, with
 * words in place of others. */
struct veil {
    struct matching matching;
    struct token *tokens;
    struct word *words;
    struct text_code *codes;
    size_t token_cap, code_cap;
};

/* What the triage model says of a post: how likely each is, 0 where it was not asked. */
struct triage {
    bool asked;
    float support;
    float level[5]; /* or a higher one; of 2, 3 and 4 */
};

/* A place where a watch that the post is about, or a rival of one, is named. */
struct mention {
    uint32_t at, end, sentence;
    bool rival;
};

/* Bytes of the normalised text. */
struct place {
    uint32_t at, end;
};

struct judge {
    const struct rules *rules;
    const struct normal *normal;
    const struct watchlist *watches;
    struct matching matching;
    struct place *rivals; /* what is said of rivals: whole sentences, or clauses of them */
    size_t rival_count, rival_cap;
    struct mention *mentions; /* by place; no rival's stands within a name */
    size_t mention_count, mention_cap;
    uint64_t relevant;          /* watches that the post is about */
    uint64_t facing;            /* watches whose rivals are this post's */
    uint32_t contexts[WATCHES]; /* of each watch: the groups that its category terms belong to */
    bool off_topic;
    bool named, rival_named; /* a relevant watch, a rival stands in the text */
    struct tally tallies[LABELS];
    const struct judge_models *models;
    struct answering tone, level;
    struct answering labels[LABELS];
    struct answering own[OWN_ANSWERS]; /* questions of a user's own */
    size_t own_count;
    struct own_answer own_answers[OWN_ANSWERS]; /* of the post judged last */
    struct word_pairs pairs;
    struct features features; /* for who learns; of these the numbers for models too */
    bool sarcastic, has_media, in_press;
    struct sieve *sieve;           /* of all models together; NULL: there are none */
    float sums[16][MODEL_ANSWERS]; /* by model */
    bool apart;                    /* some of it is said of a rival … */
    float all[16][MODEL_ANSWERS];  /* … and these are the sums with them, where they are */
    uint32_t doubted;              /* labels of which models are not shown what is set aside */
    const struct matching *shown;  /* to models, last: the post's or the veil's */
    size_t shown_words;            /* in it, that are not veiled */
    struct veil veil;
    struct weigher *weighers[16]; /* by model */
    struct weigher *triage_weigher;
    const struct model_question *triage_question; /* NULL: nobody answers it */
    struct triage triage;                         /* of the post judged last */
    float *shares;                                /* by token: scratch of evidence */
    size_t share_cap;
};

/* Trouble that an answer can mend. */
#define LABELS_MENDABLE                                                                            \
    (LABEL_BIT(LABEL_DEFECT) | LABEL_BIT(LABEL_SERVICE) | LABEL_BIT(LABEL_OUTAGE) |                \
     LABEL_BIT(LABEL_CONTAMINATION) | LABEL_BIT(LABEL_SAFETY) | LABEL_BIT(LABEL_LEAK))

static inline bool has(uint32_t labels, enum label label)
{
    return (labels & LABEL_BIT(label)) != 0;
}

/* ---- subject.c ---- */

/* A category term of the watch j->relevant, seen as a post of one word, tells the contexts
 * that the watch's name stands for: who names an internet provider speaks of the net. */
void judge_add_contexts(void *judge, struct str term);

void judge_find_subject(struct judge *j, const struct post_facts *post);
bool judge_is_official(const struct judge *j, const struct post_facts *post);

/* Is all that stands there, in the normalised text, said of a rival? */
bool judge_is_rivals(const struct judge *j, uint32_t at, uint32_t end);

/* Does the name of a watched begin there? */
bool judge_is_watched(const struct judge *j, uint32_t at);

/* ---- hits.c ---- */

/* Sets the moods of sentences, and hits aside that exclusions cover. */
void judge_settle_hits(struct matching *m);

/* Takes what is said of a rival out of the tones that the watched is judged by. */
void judge_find_own_tones(struct judge *j);

/* What becomes of a label's hit that no exclusion covers. */
enum hit_fate judge_decide(const struct judge *j, const struct hit *hit);

bool judge_has_cue(const struct judge *j, enum cue cue);

#define CUE_BIT(cue) ((uint32_t)1 << (cue))

/* Of these kinds of cues (CUE_BIT) those that the text tells; *denied are those that it has only
 * as denied, wished or a mere condition: まとめサイトに載ってほしい. */
uint32_t judge_told_cues(const struct judge *j, uint32_t kinds, uint32_t *denied);

/* Does it count persons, and never more than one: 1人, 一名? */
bool judge_counts_one(const struct judge *j);

/* Does the text itself say that it is meant otherwise: （棒）? */
bool judge_says_irony(const struct judge *j);

/* ---- answer.c ---- */

/* Finds which model answers what: a later one replaces an earlier one question by
 * question. */
void judge_find_answering(struct judge *j);

/* Asks each model once about the post; where some of it is said of a rival, once with and
 * once without that. */
void judge_ask_models(struct judge *j);

/* Asks one model anew, so that judge's pairs and what it is shown are those of this answer: with
 * all of the post, or without what is said of a rival. */
void judge_ask_again(struct judge *j, size_t number, bool all);
void judge_free_veil(struct judge *j);

/* Is the label asked without what is said of a rival? */
bool judge_asks_apart(const struct judge *j, int label);

/* Labels, tone, level and a user's own questions, as models answer them. */
uint32_t judge_answer_labels(struct judge *j, struct verdict *v, uint32_t labels);
void judge_answer_tone(struct judge *j, struct verdict *v, bool media);
int judge_answer_level(const struct judge *j); /* -1: no model does */
void judge_answer_own(struct judge *j, struct verdict *v);

/* Fills j->triage for a post with these labels. */
void judge_ask_triage(struct judge *j, uint32_t labels);

/* ---- evidence.c ---- */

void judge_gather_evidence(struct judge *j, struct verdict *v);

/* ---- verdict.c ---- */

const char *tone_name(enum tone tone);

#endif
