/*
 * A digest: the figures of one scope (all posts, or one watch) on the day
 * reported, beside the days before it. Made by a few loops over the rows; owns
 * its arrays; points into the figures, which must outlive it.
 */
#ifndef REPORT_DIGEST_H
#define REPORT_DIGEST_H

#include "report/figures.h"

struct tally {
    uint64_t posts, copies, authors, reach;
    uint64_t reach_known; /* posts of which views or followers are known */
    uint64_t tone[TONES];
    uint64_t urgent; /* level 2 and above, copies included */
    uint64_t help;   /* to be helped, copies left out */
};

struct day_figures {
    int32_t day;
    bool data; /* any post of that day was read, of any watch */
    struct tally tally;
};

/* So many on the day, so many on all the days before together. */
struct change {
    uint64_t now, before;
};

struct source_figures {
    uint32_t source; /* in the figures' sources */
    struct change posts;
    uint64_t tone[TONES];
};

struct word_figures {
    struct str word;
    struct change posts; /* originals that have it */
    double g2;           /* log-likelihood ratio */
};

struct spread_figures {
    uint64_t id;              /* of the first post */
    const struct post *post;  /* it, or a copy of it, or NULL */
    const struct row *read;   /* what was read of the first, or NULL */
    bool first;               /* it is the first itself */
    bool deleted;             /* the first, so that its words are not repeated */
    uint64_t copies, authors; /* of the day, quotes included; authors 0: none is known */
    uint64_t spread, reach;
    bool told; /* copies are known from a cluster record alone: nothing of authors and reach */
    const struct spread_group *group; /* what such a record says, or NULL */
};

struct digest {
    const struct figures *figures;
    uint32_t scope;
    struct str name; /* of the watch; empty for all; as it came, not safe */
    int32_t day;
    struct day_figures *days; /* oldest first; the last is the day reported */
    size_t day_count;
    size_t base_days; /* days before it that have data */
    uint64_t hours[24][TONES];
    struct change labels[LABEL_BITS];
    uint64_t tiers[FACT_TIER_UNKNOWN + 1][TONES];
    int64_t
        tier_urgent[FACT_TIER_UNKNOWN + 1]; /* time of the first at level 2 and above; or unknown */
    struct source_figures *sources;         /* most posts first */
    size_t source_count;
    struct word_figures *words; /* strongest first */
    size_t word_count;
    struct change word_posts; /* originals with words */
    struct spread_figures *spread;
    size_t spread_count;
    const struct shelf *shelves; /* SHELVES of them, or NULL */
};

void digest_make(struct digest *d, const struct figures *f, uint32_t scope);
void digest_free(struct digest *d);

/* The posts of a shelf that are shown, best first: their number. */
size_t digest_posts(const struct digest *d, size_t shelf, struct post *const **posts);

/* The tally of the day reported. */
const struct tally *digest_now(const struct digest *d);

/* The posts of an hour of it. */
uint64_t digest_hour(const struct digest *d, size_t hour);

/* The sums over the days before. */
struct tally digest_before(const struct digest *d);

/* Posts of the day in each watch, most first: the share of voice. Watches without posts on
 * any of the days, copies or a gap on the day are left out. The caller frees the array. */
struct voice {
    uint32_t scope;
    bool heard;
    uint64_t posts, negative, unjudged;
};
struct voice *digest_voices(const struct figures *f, size_t *count);

/* Dunning's log-likelihood ratio for a word that a of n posts have now and b of m
 * had before. */
double digest_g2(uint64_t a, uint64_t n, uint64_t b, uint64_t m);

#endif
