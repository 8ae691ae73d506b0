/*
 * Judging a post: tone, intents, risks, conduct, level, support, each with the words
 * that led to it. Rules are matched first; what they find is among the features of a
 * trained model, and for each question that some model answers, the last such model
 * decides. Without a model the rules do. What holds whatever the words are (an account of
 * the company's own, media, spam, the floors of levels) is settled behind both.
 *
 * A judge belongs to one thread; the rule set, the models and the watches are shared.
 */
#ifndef JUDGE_JUDGE_H
#define JUDGE_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "judge/feature.h"
#include "judge/match.h"
#include "judge/model.h"
#include "text/post.h"
#include "text/watchlist.h"

enum tone { TONE_NEGATIVE = -1, TONE_NEUTRAL = 0, TONE_POSITIVE = 1 };

/* What is known of a post besides its text. Negative counts are unknown. */
struct post_facts {
    struct str id;   /* for judge_explain only; may be empty */
    struct str text; /* title, line break, text (post_text) */
    const struct token *tokens;
    size_t token_count;
    bool has_media;
    bool is_repost; /* plain, by its record or by the RT @name: with which it begins */
    double reposts, views;
    enum tier tier;
    struct str handle;         /* of the author, without @; may be empty */
    const struct str *watches; /* names of the record's `watch`; NULL where it has none */
    size_t watch_count;
    bool watch_known; /* the record has the member, be it empty */
};

#define EVIDENCE 16

struct evidence {
    int label;      /* enum label; LABEL_POLARITY for tone */
    size_t at, end; /* bytes in the original text */
};

#define OWN_ANSWERS 256 /* 8 models with 32 answers each */

/* An answer to a question of a user's own; those of one question stand side by side. */
struct own_answer {
    const char *question, *answer;
    bool exclusive, holds;
    float p;
};

struct verdict {
    enum tone tone;
    double score;    /* -1..1 */
    uint32_t labels; /* bits of enum label */
    int level;       /* 0..4 */
    const char *level_why;
    bool support;
    struct evidence why[EVIDENCE];
    size_t why_count;
    bool official;     /* written by the company itself */
    uint32_t modelled; /* labels that a model decided */
    bool tone_modelled;
    float p[LABELS];              /* of these, how likely each is */
    float p_tone[3];              /* negative, neutral, positive */
    const struct own_answer *own; /* the judge's, until the next post */
    size_t own_count;
};

struct judge_models {
    const struct model *list[16];
    size_t count;
    /* Asked of few posts, when their labels are known: those that tell of a risk, complain,
     * ask or want. Its question "triage" has the answers "support", and "2", "3" and "4": is
     * it of that level or a higher one? NULL: the labels alone tell level and support. */
    const struct model *triage;
};

struct judge;

/* models may be NULL. */
struct judge *judge_new(const struct rules *rules, const struct normal *normal,
                        const struct watchlist *watches, const struct judge_models *models);
void judge_free(struct judge *j);

/* What a model would see of the post judged last: of all of it, as for tone and a user's own
 * questions, or without what is said of a rival, as for what is said about the watched. Lives
 * until it is called again. */
const struct features *judge_features(struct judge *j, bool all);

/* Are these two not the same? */
bool judge_tells_apart(const struct judge *j);

void judge_post(struct judge *j, const struct post_facts *post, struct verdict *v);

/* Adds the value of the `class` member. title_len: bytes of the title in front of the
 * text (with its line break), 0 for none. */
void verdict_write(const struct verdict *v, struct str text, size_t title_len, const char *model,
                   bool probabilities, struct buf *out);

/* Adds a readable account of the last post judged: sentences, every hit and what
 * became of it. */
void judge_explain(const struct judge *j, const struct post_facts *post, const struct verdict *v,
                   struct buf *out);

#endif
