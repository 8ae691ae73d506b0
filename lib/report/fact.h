/*
 * What one record says, as far as figures need it: read in a worker's thread,
 * in one walk over the members, into a small struct of plain bytes behind which
 * the content words follow. Texts are not copied; whoever wants one reads it from
 * the record.
 */
#ifndef REPORT_FACT_H
#define REPORT_FACT_H

#include <stdint.h>

#include "base/buf.h"
#include "record/scan.h"
#include "report/labels.h"
#include "text/normal.h"
#include "text/watchlist.h"

/* The members that a report reads, for the filter, and where they stand. */
enum {
    FACT_KIND,
    FACT_TEXT,
    FACT_ID,
    FACT_SOURCE,
    FACT_URL,
    FACT_TIME,
    FACT_SEEN,
    FACT_AUTHOR,
    FACT_TITLE,
    FACT_METRICS,
    FACT_TIER,
    FACT_WATCH,
    FACT_DUP,
    FACT_TOKENS,
    FACT_CLASS,
    FACT_REPOST_OF,
    FACT_LEVEL,
    FACT_STAGE,
    FACT_WHAT,
    FACT_FROM,
    FACT_TO,
    FACT_REASON,
    FACT_RECOVERED,
};
extern const char *const fact_members[];
extern const char *const fact_kinds[];

enum fact_kind {
    FACT_POST,
    FACT_GAP,
    FACT_ALERT,
    FACT_SUGGEST,
    FACT_DELETE,
    FACT_CLUSTER,
    FACT_LEFT_OUT,
};

/* What holds of a post. */
#define POST_JUDGED  1U
#define POST_SUPPORT 2U
#define POST_COPY    4U  /* of another, or a plain repost, without words of its own */
#define POST_WORDS   8U  /* tokens were there */
#define POST_FUTURE  16U /* dated after it was seen: the time is not believed */
#define POST_DELETED 32U
#define POST_VIEWS   64U /* reach is views, not followers */

/* Tones, and where they stand in arrays of TONES; the names are those of records, and of JSON. */
enum fact_tone { FACT_POSITIVE, FACT_NEUTRAL, FACT_NEGATIVE, FACT_UNJUDGED, TONES };
extern const char *const fact_tones[TONES];

#define FACT_TIER_UNKNOWN 5 /* the others are in order, from social networks to mass media */

struct fact {
    uint64_t id, author, of; /* hashes; 0: unknown. of: the post that this is a copy
                                of, or quotes or holds */
    uint64_t watched;        /* watches of the configuration, as bits, where the record has
                                no member watch */
    int64_t time, seen;
    int32_t day;     /* of the zone, since 1970-01-01; with time unknown, no meaning */
    uint32_t labels; /* a bit each, see labels.h */
    uint32_t reach;  /* views, else followers */
    uint32_t reposts, quotes;
    uint8_t kind, hour, tone, level, flags, tier;
    bool reach_known, reposts_known, quotes_known;
};

/* How often a post was shared. */
static inline uint64_t fact_shares(const struct fact *f)
{
    return (uint64_t)f->reposts + f->quotes;
}

/* Words follow the struct: a byte of length, then the bytes. */
#define WORD_BYTES 60
#define WORD_COUNT 64

struct fact_reader {
    const struct labels *labels;
    const struct normal *normal;     /* for watches; may be NULL where that is */
    const struct watchlist *watches; /* or NULL */
    int64_t now;
    struct buf scratch;
    struct normal_text form;
    int64_t zone_quarter, zone_offset; /* of the last time asked for */
};

/* Replaces *to by the fact of a record. */
void fact_read(struct fact_reader *reader, const struct record *r, struct buf *to);

/* The same of a record that is left out: just the times, where it is a post. */
void fact_read_left_out(struct fact_reader *reader, const struct record *r, struct buf *to);

/* The struct at the beginning of what fact_read() made. */
struct fact fact_of(struct str bytes);

/* A count, at most UINT32_MAX, or -1 for what is none: no number, or one below 0. */
int64_t fact_count(struct str raw);

/* A level from 0 to 4; the nearest for a number beyond them, 0 for what is none. */
uint8_t fact_level(struct str raw);

/* A hash for an id, escapes undone; 0 for what is no string or empty. */
uint64_t fact_hash(struct str raw, struct buf *scratch);

#endif
