/*
 * Figures: what the records of a stream come to. For each post one row of plain
 * numbers and the numbers of its content words are kept, so that every table of
 * the report is a loop over rows, any day can be compared with any, and a post
 * that is read again is found by its id. Some 150 bytes a post. Texts are kept only
 * of the posts on the shelves of the day reported (see shelf.h).
 *
 * One figures takes in facts in the order of the input, whatever the number of
 * threads that made them.
 */
#ifndef REPORT_FIGURES_H
#define REPORT_FIGURES_H

#include "base/intern.h"
#include "report/shelf.h"
#include "report/spread.h"

#define RACKS 200 /* scopes whose posts are kept to be quoted, at least; the rest are counted */

/* What is asked for. */
struct figures_plan {
    const struct labels *labels;
    const struct watchlist *watches; /* of the configuration, or NULL */
    int64_t now;
    int64_t until; /* posts from this time on are left out; CLOCK_UNKNOWN: none */
    bool day_fixed;
    int32_t day;             /* to report, if fixed */
    int32_t days;            /* how many days before it are compared at most */
    size_t top;              /* posts in a list */
    const char *const *only; /* watches asked for; all if only_count is 0 */
    size_t only_count;
};

struct row {
    uint64_t id, author, of;
    int64_t time, seen;
    uint32_t labels, reach, reposts, quotes;
    uint32_t source;  /* in sources */
    uint32_t watches; /* in sets */
    uint32_t word_at; /* in words_of */
    int32_t day;
    uint8_t word_count, hour, tone, level, flags, tier;
    bool reach_known;
    bool empty; /* a deletion that came before its post, or a row given up */
};

struct watch_set {
    uint32_t at, count; /* in set_watches */
};

struct alert {
    uint64_t id;     /* hash, 0: none */
    uint64_t number; /* in the order of reading */
    int64_t time;
    int level;
    char *texts;                   /* owned: those below */
    struct str watch, stage, what; /* safe */
};

struct gap {
    uint64_t id; /* hash, 0: none */
    int64_t from, to;
    uint32_t watches;          /* in sets; a gap of none may hide posts of any */
    char *texts;               /* owned: those below */
    struct str source, reason; /* safe */
};

/* The shelves of a scope. */
struct rack {
    uint32_t scope; /* 0 all, then watches + 1 */
    uint64_t posts; /* that it was shown; one that is read again counts once */
    struct shelf shelves[SHELVES];
};

struct figures {
    struct figures_plan plan;
    struct row *rows;
    size_t row_count, row_cap;
    uint32_t *slots; /* by id: row + 1 */
    size_t slot_count;
    uint32_t *words_of;
    size_t words_of_count, words_of_cap;
    uint32_t *word_seen; /* by word: the last row that had it, + 1 */
    size_t word_seen_cap;

    struct intern words, sources, watches, set_names;
    uint32_t stopwords; /* the first words are these */
    struct watch_set *sets;
    size_t set_cap;
    uint32_t *set_watches;
    size_t set_watch_count, set_watch_cap;

    int32_t *days; /* that any post is of, taken or not; ascending */
    size_t day_count, day_cap;
    int32_t day; /* reported, so far; has a meaning if day_known */
    bool day_known;
    struct rack *racks;
    size_t rack_count, rack_cap;
    uint32_t *rack_of; /* by scope: rack + 1 */
    size_t rack_of_count;

    struct alert *alerts; /* a ring: see figures_alert() */
    size_t alert_count, alert_cap;
    struct gap *gaps;
    size_t gap_count, gap_cap;

    struct spread_book clusters;

    /* for the notes on data */
    uint64_t records, posts, reread, deleted, unjudged, without_words, without_time, future;
    uint64_t after_until, other_watch, other_where, suggests, cluster_records, words_left_out;
    uint64_t gaps_left_out, alerts_left_out;
    uint64_t rejected, unread; /* lines that were not taken, files not read to their end */
    struct buf scratch;
};

bool figures_open(struct figures *f, const struct figures_plan *plan, struct err *e);
void figures_close(struct figures *f);

/* Takes in one record with what fact_read() made of it. */
void figures_add(struct figures *f, const struct record *r, struct str note);

/* Does a row belong to a scope (0: all; n: watch n - 1)? */
bool figures_in_scope(const struct figures *f, const struct row *row, uint32_t scope);

/* Is a watch in a set? Every set belongs to scope 0. */
bool figures_set_has(const struct figures *f, uint32_t set, uint32_t scope);

/* Does a gap reach into these days? What is not known of it may be any time. */
bool figures_gap_touches(const struct gap *gap, int32_t first, int32_t last);

/* The shelves of a scope, or NULL. */
const struct shelf *figures_shelves(const struct figures *f, uint32_t scope);

/* How many posts of a shelf are shown at most. */
size_t figures_shown(const struct figures *f, size_t shelf);

/* Of the alerts that are kept, the last ones read, one in the order of reading. */
const struct alert *figures_alert(const struct figures *f, size_t i);

/* The row of a post, or NULL. */
const struct row *figures_row(const struct figures *f, uint64_t id);

#endif
