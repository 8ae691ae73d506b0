/*
 * One post on its way to becoming a record: every source fills the same struct,
 * and one writer spells it out with the members of hinoban-record(5) in their
 * order, `null` for what is not known. Identifiers are given bare; the writer puts
 * the source and a colon before them.
 *
 * A post owns only its lists' arrays; texts belong to whoever filled them in and
 * must live until entry_write().
 */
#ifndef SOURCE_ENTRY_H
#define SOURCE_ENTRY_H

#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/str.h"
#include "record/write.h"
#include "source/arena.h"

#define ENTRY_UNKNOWN    (-1) /* a number or a truth that is not known */
#define ENTRY_HASH_BYTES 17   /* hexadecimal digits and a NUL */

struct entry_list {
    struct str *items;
    size_t count, cap;
};

struct entry_media {
    const char *type; /* image, video, audio */
    struct str url, alt;
};

enum entry_metric {
    ENTRY_LIKES,
    ENTRY_REPOSTS,
    ENTRY_REPLIES,
    ENTRY_QUOTES,
    ENTRY_VIEWS,
    ENTRY_METRICS
};

struct entry {
    struct str id, url;
    int64_t time, edited; /* CLOCK_UNKNOWN */
    struct str lang;
    struct {
        struct str id, handle, name;
        int64_t followers;
        int verified; /* 0, 1 or ENTRY_UNKNOWN */
    } author;
    struct str title, text; /* text is never null in the record */
    struct str reply_to, quote_of, repost_of, thread;
    struct entry_list tags, mentions, links;
    struct entry_media *media;
    size_t media_count, media_cap;
    int64_t metrics[ENTRY_METRICS];
    char hashed[ENTRY_HASH_BYTES]; /* the id that entry_identify() made */
};

/* What all posts of one run or one source have in common. */
struct entry_origin {
    const char *source;
    const char *tier; /* NULL: not known */
    int64_t seen;
    const char *const *watches;
    size_t watch_count;
};

/* Sets everything to not known; keeps the lists' memory. A new post is {0}. */
void entry_reset(struct entry *p);
void entry_free(struct entry *p);

/* Of a post in a feed, once all else is filled in: where it has no id, its address is one
 * or, without one of its own, a hash of title, time and text. Ids that are no addresses are
 * unique in their feed alone: the host of the feed's page, else that of the post's, goes
 * before them, in the arena; the address by which the feed was read counts only where the page
 * is told relative to it. */
void entry_identify(struct entry *p, struct str page, struct arena *arena);

/* A count that JSON tells as a number or, as archives and exports do, as a string of digits;
 * ENTRY_UNKNOWN for what is neither. */
int64_t entry_count(struct str raw);

/* What a feed says once for all its posts. Nothing where it is beyond all measure: it
 * would be written with each of them. */
struct str entry_inherited(struct str text);

/* Adds text unless it is empty or there already. */
void entry_add(struct entry_list *list, struct str text);
void entry_add_media(struct entry *p, const char *type, struct str url, struct str alt);

/* The media type (image, video, audio) of a MIME type or, where that says nothing, of a
 * file's name; NULL for others. */
const char *entry_media_type(struct str mime, struct str url);

/* Is it one of the words that tell how far a post reaches? */
bool entry_is_tier(struct str tier);

/* For records of other kinds: the members `tier` and `watch`, and `watch` alone. */
void entry_write_origin(struct json *j, const struct entry_origin *origin);
void entry_write_watch(struct json *j, const char *const *watches, size_t count);

/* Adds the record as a line. */
void entry_write(struct buf *lines, const struct entry *p, const struct entry_origin *origin);

#endif
