/*
 * Shelves: for each purpose the few best posts of the day reported, with as much
 * of their texts as a report shows. A shelf is a short array in order of rank;
 * most posts are turned away by one comparison before anything is copied.
 *
 * A post may be withdrawn: it was deleted, or read again with other metrics. So a shelf
 * holds more than are shown. What it holds are the best posts there are, always: it lets
 * none in that is below one that was turned away and whose text is gone.
 *
 * Posts are counted references: one post may stand on many shelves.
 */
#ifndef REPORT_SHELF_H
#define REPORT_SHELF_H

#include "report/fact.h"
#include "report/safe.h"

/* A text with its evidence. */
struct marked {
    struct str text;
    struct safe_mark marks[SAFE_MARKS]; /* in order, not overlapping */
    size_t count;
};

/* A post as reports quote it; all texts are safe (see safe.h). */
struct post {
    unsigned references;
    uint32_t row; /* in the figures */
    struct fact fact;
    struct marked text, title;
    struct str author, url, source; /* url empty: none to link */
    char *bytes;
};

enum shelf_purpose {
    SHELF_URGENT,  /* level 2 and above: highest, nearest to mass media, widest seen, newest */
    SHELF_HELP,    /* to be helped: oldest */
    SHELF_SPREAD,  /* originals that spread most; others by hash, as long as there is room */
    SHELF_COPIES,  /* a fair sample of the copies, by hash */
    SHELF_TYPICAL, /* + bit of a label: highest, then widest seen, copies last */
    SHELVES = SHELF_TYPICAL + LABEL_BITS,
};

/* What posts are compared by, weightiest first; larger is better. */
struct rank {
    int64_t key[4];
};

struct shelf {
    struct post **posts; /* best first */
    size_t count;
    bool turned_away; /* any; then this is the rank of the best of them */
    struct rank lost;
};

/* Where the post with this fact stands on a shelf that holds up to `limit`;
 * SIZE_MAX: it is turned away. */
size_t shelf_place(struct shelf *s, enum shelf_purpose purpose, size_t limit,
                   const struct fact *fact);

/* Puts it there, and lets go of what no longer fits. */
void shelf_put(struct shelf *s, enum shelf_purpose purpose, size_t place, size_t limit,
               struct post *post);

/* Takes the post of this row away, if it is there. */
void shelf_drop(struct shelf *s, uint32_t row);
void shelf_clear(struct shelf *s);

/* Makes a post of a record, with one reference for the caller. */
struct post *post_new(const struct record *r, const struct fact *fact, uint32_t row);
void post_release(struct post *post);

#endif
