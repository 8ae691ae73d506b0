/*
 * The rule set: every row of the tables in lib/data that judge posts, compiled at build
 * time into one file (build-rules), mapped at run time and only read. A row's pattern
 * is found by two sets of keys, one over the normalised surface and one over the lemma form.
 *
 * A row A*B has its parts in common with others, and most of what is found of them leads
 * nowhere. So parts are numbered, what is found is noted by part, and each row hangs on one
 * of its parts, the one that the fewest rows share: only where that stands the others are
 * asked for.
 *
 * The file is for the machine's byte order and for one version of this format; a file
 * that is not is refused.
 */
#ifndef JUDGE_RULES_H
#define JUDGE_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "judge/label.h"
#include "judge/keyset.h"

enum rule_table {
    RULE_POLARITY,
    RULE_LABEL, /* intents, risks, conduct */
    RULE_GROUP, /* context groups */
    RULE_EXCLUSION,
    RULE_CUE,
};

enum cue {
    CUE_INTENSIFIER,
    CUE_DIMINISHER,
    CUE_NEGATOR,
    CUE_HYPOTHETICAL,
    CUE_CONTRAST,
    CUE_HEARSAY,
    CUE_QUESTION,
    CUE_RHETORICAL,
    CUE_SARCASM,
    CUE_REACH,
    CUE_NETMEDIA,
    CUE_MASSMEDIA,
    CUE_HARM,
    CUE_UPROAR, /* names an uproar, whatever its cause */
    CUE_EMPHASIS,
    CUE_CARRIER, /* what a denial is said of: 虫は*見つから*なかった */
    CUE_MANY,    /* a boycott by more than its author: みんなで不買 */
    CUE_MENDED,  /* trouble is over: 新品が届いた */
    CUES,
};

enum group {
    GROUP_FOOD,
    GROUP_INSECT,
    GROUP_STAFF,
    GROUP_COMPANY,
    GROUP_MEDIA,
    GROUP_BASEBALL,
    GROUP_SPORTS,
    GROUP_GAME,
    GROUP_FICTION,
    GROUP_MEDICAL,
    GROUP_OFFICIAL,
    GROUP_WEATHER,
    GROUP_POLITICS,
    GROUP_HOROSCOPE,
    GROUP_JOBAD,
    GROUP_QUIZ,
    GROUP_SHOP,
    GROUP_PRODUCT,
    GROUP_DEVICE,
    GROUP_NET,
    GROUP_MONEY,
    GROUP_DELIVERY,
    GROUP_BOT,
    GROUP_NEWS,
    GROUP_OWN, /* the author's own dealings */
    GROUPS,
};

enum scope { SCOPE_SPAN, SCOPE_SENTENCE, SCOPE_POST };

/* Conditions of a rule. */
#define RULE_NEG    0x01u
#define RULE_POS    0x02u
#define RULE_Q      0x04u
#define RULE_NOQ    0x08u
#define RULE_END    0x10u
#define RULE_START  0x20u
#define RULE_HYPO   0x40u
#define RULE_ANYNEG 0x80u

struct rule {
    uint8_t table;            /* enum rule_table */
    uint8_t what;             /* label, group, scope of an exclusion, or cue */
    uint8_t parts;            /* of A*B*C */
    uint8_t flags;            /* RULE_NEG … */
    int32_t weight;           /* in hundredths: 200 asserts; polarity -300..300; a cue's value */
    uint32_t need, not, near; /* sets of groups */
    uint32_t labels;          /* exclusion: the labels it voids, LABEL_POLARITY as a bit */
    uint32_t pattern;         /* where it stands among the strings */
    uint32_t slot;            /* of A*B: where the numbers of its parts stand */
};

#define RULE_PARTS 7 /* at most */

enum posting_kind { POSTING_RULE, POSTING_GROUP, POSTING_PART };

/* What a key's value leads to: runs of these, the last with `last` set. */
struct posting {
    uint32_t what : 24; /* number of the rule, group or part */
    uint32_t kind : 2;
    uint32_t whole_start : 1; /* must begin where a token begins */
    uint32_t whole_end : 1;   /* must end where a token ends */
    uint32_t last : 1;
};

/* The rules that hang on a part: `hanging` from `first`. */
struct part {
    uint32_t first, count;
};

struct hanging {
    uint32_t rule;
    uint32_t other; /* another part of it, the next best; the same where it has no other */
};

struct rules {
    const struct rule *rules;
    uint32_t rule_count;
    const struct posting *postings; /* a key's value n names postings[n - 1] and on */
    struct keyset surface, lemma;
    const uint32_t *slots;
    const struct part *parts;
    uint32_t part_count;
    const struct hanging *hanging;
    const char *strings;
    char id[17]; /* 16 hexadecimal digits of the content's hash */
    void *map;
    size_t map_size;
};

/* Loads the compiled rules that are installed. */
bool rules_open(struct rules *r, struct err *e);
void rules_close(struct rules *r);

static inline const char *rule_pattern(const struct rules *r, const struct rule *rule)
{
    return r->strings + rule->pattern;
}

const char *group_name(enum group group);
const char *cue_name(enum cue cue);

/* ---- the file ---- */

#define RULES_FILE  "judge.bin"
#define RULES_MAGIC 0x31524248u /* HBR1 */

struct rules_header {
    uint32_t magic, version;
    uint32_t rule_count, posting_count, slot_count, part_count, hanging_count;
    uint32_t surface_openings, lemma_openings;         /* of keys, … */
    uint32_t surface_bytes, lemma_bytes, string_bytes; /* … and their tails */
    uint32_t check;                                    /* of all before it: rules_check */
    uint64_t hash;                                     /* of all that follows */
};
#define RULES_VERSION 9u

/* What a header's `check` must be. */
uint32_t rules_check(const struct rules_header *header);

#endif
