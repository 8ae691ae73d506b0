/*
 * Others' formats to records. A source is one C file that fills in one struct
 * source_format and one row in the table of source.c: a name for --from, how a value
 * of its kind is recognised, and how it becomes posts.
 *
 * A struct source belongs to one thread; the settings are shared and only read.
 */
#ifndef SOURCE_SOURCE_H
#define SOURCE_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "record/expr.h"
#include "record/scan.h"
#include "source/arena.h"
#include "source/entry.h"

/* Members of JSON objects by which formats are told apart. */
enum source_mark {
    MARK_KIND,
    MARK_ID,
    MARK_TEXT,
    MARK_CONTENT,
    MARK_DATA,
    MARK_INCLUDES,
    MARK_META,
    MARK_ERRORS,
    MARK_VERSION,
    MARK_ITEMS,
    MARK_ID_STR,
    MARK_FULL_TEXT,
    MARK_STATUSES,
    MARK_TWEET,
    MARK_DELETE,
    MARK_EDIT_HISTORY_TWEETS,
    MARK_EDIT_HISTORY_POSTS,
    MARK_CONVERSATION_ID,
    MARK_NOTE_TWEET,
    MARK_URI,
    MARK_ACCOUNT,
    MARK_HASHTAGS,
    MARK_ORDERED_ITEMS,
    MARK_RECORD,
    MARK_POST,
    MARK_POSTS,
    MARK_FEED,
    MARK_EID,
    MARK_BOOKMARKS,
    MARKS
};

struct source_format;

struct source_settings {
    const struct source_format *from; /* NULL: recognised */
    const char *name;                 /* --source, NULL: the format's own */
    const char *tier;                 /* --tier, NULL: the format's own */
    const char *map;                  /* --map, a jq program, or NULL */
    const char *charset;              /* of documents, as HTTP told it, or NULL */
    const char *base;                 /* address of the documents, or NULL */
    const char *const *watches;
    size_t watch_count;
    int64_t now;
    bool now_told;   /* a mapping, too, takes it for now */
    bool configured; /* by hinoban.conf: messages name its keys, and not options */
};

struct source {
    const struct source_settings *settings;
    struct expr *map;
    bool in_document;    /* not a line */
    struct shape shape;  /* the marks */
    struct buf *lines;   /* records go here */
    struct entry entry;  /* the one under way */
    struct arena arena;  /* what it and its document need */
    const char *file;    /* where the text comes from, or NULL */
    struct buf document; /* as UTF-8 */
    struct buf *bad;     /* parts of documents that were not taken in whole go here, or NULL */
    size_t line;         /* in which the feed under way begins, from 1 */
    struct str behind;   /* what the feed that was read last is followed by */
    bool alone;          /* what is behind a feed is decoded by itself */
    size_t untold;       /* faults of the text at hand beside the first of each value */
    struct buf scratch;
};

enum source_input { SOURCE_XML, SOURCE_JSON, SOURCE_TEXT };

struct source_format {
    const char *name; /* for --from */
    const char *what; /* for --help */
    enum source_input input;
    /* JSON: is this object one of the kind? Its members are the marks; those that it lacks
     * have ptr NULL. A page on which nothing stands is one only if nothing else does. */
    bool (*claims)(const struct record *object);
    /* Is this array one of the kind as a whole? Others are taken apart. */
    bool (*claims_array)(struct str array);
    /* Adds records to s->lines. value is a scanned JSON value, a whole XML document or
     * a line, in UTF-8. False where something was rejected; e says what. */
    bool (*convert)(struct source *s, struct str value, struct err *e);
};

/* NULL for a name that is no format's. */
const struct source_format *source_find(const char *name);

/* The formats in their order, NULL behind the last. */
const struct source_format *source_at(size_t number);

/* NULL, and e says why, where the mapping is no jq expression. */
struct source *source_new(const struct source_settings *settings, struct err *e);
void source_free(struct source *s);

/* Do a file's first bytes look like a document that must be read whole (XML, JSON over
 * several lines, UTF-16), rather than line by line? Of what the settings exclude it is none. */
bool source_is_document(const struct source_settings *settings, struct str head);

/* The name of the file that the next texts come from, for formats whose ids are in it;
 * not copied. */
void source_set_file(struct source *s, const char *file);

/* Where the next documents add those of several feeds in them that are not taken in whole, as they
 * came; NULL: nowhere. What holds no several adds nothing. */
void source_set_bad(struct source *s, struct buf *bad);

/* Adds the records that a document or a line has to lines. False where something was
 * rejected: e says what, *at the byte where it is, or SIZE_MAX. */
bool source_convert(struct source *s, struct str text, bool document, struct buf *lines,
                    struct err *e, size_t *at);

/* For formats: writes s->entry, whose source and tier are these unless the settings
 * say otherwise. */
void source_write(struct source *s, const char *name, const char *tier);

/* For formats: what their records have in common. */
struct entry_origin source_origin(const struct source *s, const char *name, const char *tier);

/* For formats: the raw values of an object's members in the order of names, which ends
 * with NULL and has at most RECORD_MEMBERS: found in one scan, where value_member()
 * would walk through the object again for each. Absent: ptr NULL. */
void source_pick(struct str object, const char *const *names, struct str *values);

/* For formats: the marks of an object that was not asked for them yet. */
void source_marks(struct str object, struct str *marks);

/* For formats: has an object no members but those of names, which ends with NULL? */
bool source_has_only(struct str object, const char *const *names);

/* For formats: is an element of an array one of a kind? */
bool source_has_some(struct str array, bool (*is_one)(struct str element));

/* For formats: the text of a member that is a string, in the arena; else ptr NULL. */
struct str source_member(struct source *s, struct str object, const char *name);

/* For formats: adds to a list what each element of an array says, or with a member's
 * name what that member of each says. */
void source_list(struct source *s, struct entry_list *list, struct str array, const char *name);

/* For formats: a fragment of HTML as text, in the arena. Its links and media go into
 * s->entry. */
struct str source_html(struct source *s, struct str html, struct str base);

/* For formats: one of several faults in a value, of which *bad came before: the first goes
 * into e, the others are counted. */
void source_fault(struct source *s, size_t *bad, const struct err *why, struct err *e);

/* For formats: converts each element of an array. Of the faults the first is told, and how
 * many more there are. */
bool source_each(struct source *s, struct str array, void *context,
                 bool (*convert)(struct source *s, void *context, struct str element,
                                 struct err *e),
                 struct err *e);

/* For formats: what messages call the mapping, an option or a key. */
const char *source_map_name(const struct source_settings *settings);

/* For formats: the source's name that entry_write() and its like put before ids. */
const char *source_name(const struct source *s, const char *name);

#endif
