/*
 * Matching the rule set on one post: its normalised form, its tokens laid over it, its
 * sentences, and every place where a rule's pattern stands.
 */
#ifndef JUDGE_MATCH_H
#define JUDGE_MATCH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "judge/rules.h"
#include "judge/word.h"
#include "text/normal.h"
#include "text/token.h"

/* How many of some things, which stand in the order of their member `at`, begin before a place. */
#define BEGUN_BEFORE(type, things, count, place)                                                   \
    begun_before((things), sizeof(type), offsetof(type, at), (count), (place))

static inline size_t begun_before(const void *things, size_t size, size_t offset, size_t count,
                                  uint32_t place)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        uint32_t at;
        memcpy(&at, (const char *)things + middle * size + offset, sizeof at);
        if (at < place)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* What became of a hit. */
enum hit_fate {
    HIT_USED,
    HIT_EXCLUDED,  /* by an exclusion */
    HIT_CONDITION, /* a condition of its rule does not hold */
    HIT_NEGATED,
    HIT_HYPOTHETICAL,
    HIT_RIVAL,   /* it speaks of another company */
    HIT_COVERED, /* a longer hit covers it */
};

struct hit {
    const struct rule *rule;
    uint32_t at, end;     /* bytes in the normalised text */
    uint32_t first, last; /* tokens: the first one in it, and the one behind it */
    uint32_t sentence;
    enum hit_fate fate;
    int32_t value; /* polarity: what it came to, in hundredths */
};

/* Where a part of A*B stands. */
struct part_hit {
    uint32_t part;
    uint32_t at, end, first, last, sentence; /* as of a hit */
    uint32_t next;                           /* of the same part, in the same form; 0: none */
};

/* The forms that are searched. */
enum { FORM_SURFACE, FORM_LEMMA, FORMS };

/* By part: the first and last of its hits, numbers from 1. They may be left from another
 * post: a number counts only if the hit it names is of the part. */
struct part_hits {
    uint32_t first, last;
};

struct sentence {
    uint32_t at, end;
    uint32_t head, tail; /* tokens: the first that is no particle or mark, and the one
                            behind the last such, … */
    uint32_t said;       /* … or an emoji that follows that: 美味しいけど💢 */
    uint32_t groups;     /* context groups that occur in it */
    bool question, rhetorical, hypothetical, hearsay;
    uint32_t contrast_at; /* where its last contrast (けど) begins, 0 for none, … */
    int32_t contrast;     /* … and the weight of what stands before, in hundredths */
    int32_t emphasis;     /* factor, in hundredths */
    int32_t tone;         /* sum of its polarity, in hundredths, … */
    int32_t own;          /* … and without what is said of a rival */
};

/* A character of the normalised text: its code point and where it stands. */
struct text_code {
    uint32_t code, at;
};

/* A place where keys may begin: what opens them there stands up to `end`. */
struct candidate {
    uint64_t opening;
    uint32_t at, end; /* bytes of the form that is searched */
};

/* A place where some key does begin, if what follows fits. */
struct opened {
    uint32_t tails;
    uint32_t at, end;
};

/* A place where a name stands that somebody watches, or a rival's. What stands within it says
 * nothing: サクラ屋 is no サクラ. */
struct name_span {
    uint32_t at, end; /* bytes in the normalised text */
    bool telling;     /* a rule of a tone or a label would have counted within */
};

/* A post laid out for judging. All arrays are reused from post to post. */
struct matching {
    const struct rules *rules;
    struct normal_text normal; /* without white space at its end */
    const struct token *tokens;
    uint32_t token_count;
    struct words words;             /* of the tokens */
    uint32_t *token_at, *token_end; /* of each token, in the normalised text */
    struct text_code *codes;        /* of the normalised text; behind the last three that are 0 */
    size_t code_count, code_cap;
    uint8_t *edges;     /* by byte: EDGE_… */
    uint32_t *token_of; /* by byte: the token that it stands in, or the next one */
    size_t token_cap, edge_cap, byte_cap;
    struct buf lemma;
    uint32_t *lemma_token; /* by byte of the lemma form: its token */
    uint32_t *lemma_at;    /* by token: where it begins in the lemma form */
    size_t lemma_cap, lemma_at_cap;
    struct sentence *sentences;
    size_t sentence_count, sentence_cap;
    struct name_span *names; /* by place; none touches another's letters */
    size_t name_count, name_cap;
    struct candidate *candidates; /* scratch, of one round */
    struct opened *opened;
    size_t candidate_count, opened_count;
    struct hit *hits; /* whole patterns, by place */
    size_t hit_count, hit_cap;
    struct hit *merged; /* scratch: two lists on their way into one */
    size_t merged_cap;
    struct part_hit *part_hits;               /* as they are found, by form */
    size_t part_count, part_cap, lemma_parts; /* lemma_parts: where those of the lemma form begin */
    struct part_hits *of_part[FORMS];
    struct hanging *hanging; /* rules that may hold: their part was found */
    size_t hanging_count, hanging_cap;
    struct joint *joints; /* scratch: the parts of a rule */
    size_t joint_cap;
    uint32_t groups; /* that occur in the post */
    int32_t tone;    /* of the post, each sentence bounded (tone_weigh), … */
    int32_t own;     /* … and without what is said of a rival */
};

static inline bool mark_ends_sentence(uint32_t code)
{
    return code == '\n' || code == '!' || code == '?' || code == 0x3002;
}

/* Is it a cue of that kind, which no longer one covers? */
static inline bool hit_is_cue(const struct hit *hit, enum cue cue)
{
    return hit->rule->table == RULE_CUE && hit->rule->what == cue && hit->fate == HIT_USED;
}

/* A token's surface in the normalised text. */
static inline struct str matching_surface(const struct matching *m, uint32_t token)
{
    return (struct str){m->normal.text.data + m->token_at[token],
                        m->token_end[token] - m->token_at[token]};
}

/* Lays out a text with its tokens (both stay the caller's). */
void matching_lay(struct matching *m, const struct rules *rules, const struct normal *normal,
                  struct str text, const struct token *tokens, size_t count);

/* Notes a name in the text that was laid out; they come in the order of their places. */
void matching_add_name(struct matching *m, size_t at, size_t end);

/* The last name that begins there or before; NULL: none does. */
struct name_span *matching_name_at(const struct matching *m, uint32_t at);

/* Finds all hits but those within names. */
void matching_find(struct matching *m);

/* Lays out a text without names and finds all hits. */
void matching_run(struct matching *m, const struct rules *rules, const struct normal *normal,
                  struct str text, const struct token *tokens, size_t count);

/* The sentence in which a byte of the normalised text stands. */
uint32_t matching_sentence(const struct matching *m, uint32_t at);

void matching_free(struct matching *m);

#endif
