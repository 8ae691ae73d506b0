/* The formats that there are: each in the file of its name. */
#ifndef SOURCE_FORMATS_H
#define SOURCE_FORMATS_H

#include "source/source.h"

extern const struct source_format source_feed;        /* feed.c */
extern const struct source_format source_jsonfeed;    /* jsonfeed.c */
extern const struct source_format source_x;           /* x.c */
extern const struct source_format source_mastodon;    /* mastodon.c */
extern const struct source_format source_twitter;     /* twitter.c */
extern const struct source_format source_activitypub; /* outbox.c */
extern const struct source_format source_bluesky;     /* bluesky.c */
extern const struct source_format source_reddit;      /* reddit.c */
extern const struct source_format source_youtube;     /* youtube.c */
extern const struct source_format source_hatena;      /* hatena.c */
extern const struct source_format source_suggest;     /* suggest.c */
extern const struct source_format source_fivech;      /* fivech.c */
extern const struct source_format source_record;      /* own.c */
extern const struct source_format source_json;        /* mapped.c */
extern const struct source_format source_text;        /* lines.c */

/* Does a text, or its head, begin like a thread of 5ch? */
bool fivech_begins(struct str text);

/* Has it a kind, or a text, by which a record is known? Then it is one, whatever members it
 * has that records do not know, but for what a format tells apart. */
bool record_is_likely(const struct record *object);

/* A line that is said to be a record: checked and told as every filter does. */
bool record_convert_line(struct source *s, struct str line, struct err *e, size_t *at);

#endif
