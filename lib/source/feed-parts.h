/*
 * What the parts of reading a feed share, for feed*.c of lib/source alone: what elements mean
 * (feed-names.c), what their attributes say and that their text is gathered (feed-elements.c), that
 * text (feed-texts.c), the values that come of it (feed-fields.c), and the document with its items
 * (feed.c). Texts of an item live in its arena until the next one begins, those of the feed in the
 * source's until the next document.
 */
#ifndef SOURCE_FEED_PARTS_H
#define SOURCE_FEED_PARTS_H

#include "source/formats.h"
#include "source/xml.h"

enum space {
    SPACE_PLAIN, /* none, RSS in its versions, and what is unknown at the root */
    SPACE_ATOM,
    SPACE_RDF,
    SPACE_DC,
    SPACE_TERMS,
    SPACE_CONTENT,
    SPACE_XHTML,
    SPACE_MEDIA,
    SPACE_ITUNES,
    SPACE_THREAD,
    SPACE_SLASH,
    SPACE_FEEDBURNER,
    SPACE_OTHER,
};

enum field {
    FIELD_TITLE,
    FIELD_TEXT,
    FIELD_LINK,
    FIELD_ID,
    FIELD_TIME,
    FIELD_EDITED,
    FIELD_AUTHOR,
    FIELD_TAG,
    FIELD_LANG,
    FIELD_REPLIES,
    FIELDS, /* those behind are read from attributes alone */
    FIELD_MEDIA,
    FIELD_REPLY_TO,
};

struct field_row {
    enum space space;
    const char *name; /* lower case */
    enum field field;
    int rank;
};

/* A prefix declared at a depth; a later one goes before an earlier one. */
struct binding {
    char *prefix; /* "" for the default */
    enum space space;
    size_t depth;
};

enum language { FEED_RSS, FEED_ATOM };

struct level {
    struct str base; /* in the buffer of the level that says it */
    struct str lang;
};

enum spelling { SPELLING_GUESS, SPELLING_PLAIN, SPELLING_HTML };

/* An element whose text is being gathered. */
struct capture {
    const struct field_row *row; /* NULL: none */
    size_t depth;
    bool markup; /* it has elements within: `text` is HTML by now */
    enum spelling spelling;
    bool base64;
    struct str attribute; /* term or label of a category, isPermaLink … */
    struct buf text;
};

/* Of a feed or of an item. */
struct about {
    int rank[FIELDS];
    struct str link, author;
    struct str id;
    int64_t time, edited;
    struct str lang;
};

struct feed {
    struct source *s;
    struct binding *bindings;
    size_t binding_count, binding_cap;
    struct level levels[XML_DEPTH + 1]; /* by depth; 0: the document */
    struct buf bases[XML_DEPTH + 1];
    size_t depth;
    char root[64];
    bool known_root;
    size_t channel_depth; /* of the element that holds the feed's own data; 0: none */
    size_t item_depth;    /* 0: not in an item */
    enum language language;
    struct capture capture;
    size_t author_depth; /* of an <author> with elements within; 0: none */
    size_t origin_depth; /* of Atom's <source> in an item; 0: none */
    struct about channel, item, origin;
    struct about early; /* the channel as the first item found it */
    struct arena item_arena;
    struct str guid_link; /* a guid that is an address */
    size_t items;
    bool guessed; /* the document was mended, and something was lost */
};

/* ---- feed-names.c ---- */

/* Notes the namespaces that an element declares; forgets those declared deeper than `depth`. */
void feed_bind(struct feed *f, const char **attributes);
void feed_unbind(struct feed *f, size_t depth);

/* The name of an element without its prefix. */
const char *feed_local_name(const char *name);

/* The namespace of an element, and its name without prefix, in lower case. */
enum space feed_resolve_name(const struct feed *f, const char *name, char *local, size_t room);

/* What an element says; NULL: nothing that is read. */
const struct field_row *feed_find_row(enum space space, const char *name);

/* ---- feed-texts.c ---- */

/* Add to the text that is being gathered: the tags of an element within, which make markup of it,
 * and text. */
void feed_add_start_tag(struct feed *f, const char *name, const char **attributes);
void feed_add_end_tag(struct capture *c, const char *name);
void feed_add_text(struct capture *c, struct str text);

/* Decodes in place: the result is shorter. */
void feed_decode_base64(struct buf *text);

/* The gathered text as UTF-8 text, HTML undone; in the arena. */
struct str feed_captured_text(struct feed *f, bool one_line);

/* ---- feed-fields.c ---- */

/* What an item says is forgotten with it. */
struct arena *feed_arena(struct feed *f);

/* A copy in that arena. */
struct str feed_keep(struct feed *f, struct str text);

/* Notes the base and the language that an element says. */
void feed_open_level(struct feed *f, const char **attributes);

/* What relative addresses are relative to: xml:base, the document's address, or where
 * that is not known the feed's page. */
struct str feed_base(const struct feed *f);

/* An address made whole by that; in the arena. */
struct str feed_whole_address(struct feed *f, struct str address);

/* Whom the element at hand speaks of: the feed, an item, or the feed that an item is from. */
struct about *feed_about(struct feed *f);

/* An address, which is made whole; it counts unless one of the same or a higher rank is there. */
void feed_set_address(struct feed *f, struct about *about, int rank, struct str address);

/* A time that is written twice has been corrected: the later one counts. */
void feed_set_time(struct about *about, const struct field_row *row, struct str text);

/* The element that was being gathered has ended. */
void feed_take_field(struct feed *f);

/* ---- feed-elements.c ---- */

/* An attribute's value, trimmed; empty where there is none. */
struct str feed_attribute(const char **attributes, const char *name);

/* An element that may say something about the feed or the item it stands in. */
void feed_begin_field(struct feed *f, enum space space, const char *name, const char **attributes);

/* <name>, <email> within <author>: each is an author of its own rank. */
void feed_begin_author_part(struct feed *f, const char *name, const char **attributes);

#endif
