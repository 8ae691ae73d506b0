/*
 * Judging a post: tone, intents, risks, conduct, level, support, each with the words
 * that led to it. Rules decide now; the room for a trained model is beside them: it
 * would read the same matching (features) and set the same verdict (labels).
 *
 * A judge belongs to one thread; the rule set and the watches are shared.
 */
#ifndef JUDGE_JUDGE_H
#define JUDGE_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "judge/match.h"
#include "text/watchlist.h"

enum tone { TONE_NEGATIVE = -1, TONE_NEUTRAL = 0, TONE_POSITIVE = 1 };

enum tier { TIER_UNKNOWN, TIER_SNS, TIER_FORUM, TIER_MATOME, TIER_NET_NEWS, TIER_MASS };

/* What is known of a post besides its text. Negative counts are unknown. */
struct post_facts {
    struct str id;   /* for judge_explain only; may be empty */
    struct str text; /* title, line break, text (post_text) */
    const struct token *tokens;
    size_t token_count;
    bool has_media;
    bool is_repost;
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

struct verdict {
    enum tone tone;
    double score;    /* -1..1 */
    uint32_t labels; /* bits of enum label */
    int level;       /* 0..4 */
    const char *level_why;
    bool support;
    struct evidence why[EVIDENCE];
    size_t why_count;
    bool official; /* written by the company itself */
};

struct judge;

struct judge *judge_new(const struct rules *rules, const struct normal *normal,
                        const struct watchlist *watches);
void judge_free(struct judge *j);

void judge_post(struct judge *j, const struct post_facts *post, struct verdict *v);

/* Adds the value of the `class` member. title_len: bytes of the title in front of the
 * text (with its line break), 0 for none. */
void verdict_write(const struct verdict *v, struct str text, size_t title_len, const char *model,
                   struct buf *out);

/* Adds a readable account of the last post judged: sentences, every hit and what
 * became of it. */
void judge_explain(const struct judge *j, const struct post_facts *post, const struct verdict *v,
                   struct buf *out);

#endif
