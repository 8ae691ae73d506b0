/*
 * Cluster records (hinoban-dedupe --clusters), as far as a report needs them. A book holds
 * what is known of each group: the record with most copies, the latest of equals, and what
 * others of the same group know beside it. Of more groups than it has room for, those stay
 * that have most posts on the day reported. A view reads out of one record what is said of it.
 *
 * A book owns its groups, each of which owns its line and its post.
 */
#ifndef REPORT_SPREAD_H
#define REPORT_SPREAD_H

#include "base/buf.h"
#include "record/scan.h"
#include "report/shelf.h"

#define SPREAD_LINE   32768 /* bytes of a record; longer ones are left out */
#define SPREAD_GROUPS 4096  /* kept at least */
#define SPREAD_NO_DAY INT32_MIN
#define VIEW_PLACES   8
#define VIEW_TEXTS    3

struct spread_hour {
    int64_t from;
    int32_t day; /* of the zone, in which it begins */
    uint32_t posts;
};

struct spread_group {
    uint64_t id; /* of the first post, see fact_hash() */
    uint64_t copies;
    uint32_t watches;          /* in the figures' sets */
    struct spread_hour *hours; /* ascending; of all records, of each the greatest number */
    size_t hour_count, hour_cap;
    struct post *first; /* NULL: its text is not known */
    struct str line;
};

struct spread_book {
    struct spread_group *groups;
    size_t count, cap;
    uint32_t *slots; /* by id: group + 1; power of two */
    size_t slot_count;
    uint64_t left_out; /* for want of room */
};

/* The id of the group of a record, or 0. */
uint64_t spread_id(const struct record *r, struct buf *scratch);

/* Takes a record in, with the watches of it and of what the book has of its group; `day` is the day
 * reported so far, or SPREAD_NO_DAY before there was any post: then the last day that records tell
 * of is taken for it. False: it is no cluster that could be used (no first post with an id, or too
 * long). */
bool spread_add(struct spread_book *book, const struct record *r, uint32_t watches, int32_t day,
                struct buf *scratch);

/* The group round the post of this id, or NULL. */
const struct spread_group *spread_find(const struct spread_book *book, uint64_t id);

/* How many copies the group has on a day, as far as their times are known. */
uint64_t spread_copies_on(const struct spread_group *g, int32_t day);

/* Does its record tell of all copies? Not if there are more of them on one day, so many, or in
 * the hours that its other records know of. */
bool spread_is_whole(const struct spread_group *g, uint64_t copies);

void spread_free(struct spread_book *book);

/* What is said of a group. Numbers that are not known are -1, times CLOCK_UNKNOWN. Texts
 * are safe (see safe.h) and live in the buffer. */
struct spread_view {
    int64_t copies, authors, reach, text_count, peak;
    bool authors_exact, texts_exact;
    double top10, per_hour; /* negative: not known */
    int64_t from, to, peak_hour;
    struct spread_place {
        struct str source; /* empty: not known */
        int64_t time, posts;
    } places[VIEW_PLACES];
    size_t place_count;
    bool more_places;
    struct spread_text {
        struct str text;
        int64_t posts;
    } texts[VIEW_TEXTS];
    size_t text_shown;
    struct buf bytes;
};

void spread_view_make(struct spread_view *view, const struct spread_group *g);
void spread_view_free(struct spread_view *view);

#endif
