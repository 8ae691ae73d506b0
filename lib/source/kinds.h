/*
 * Records of other kinds than post that several formats give: a number of posts, and
 * the note that one is gone.
 */
#ifndef SOURCE_KINDS_H
#define SOURCE_KINDS_H

#include <stdint.h>

#include "source/source.h"

struct kind_count {
    struct str url;   /* what was counted, where that is a page; ptr NULL: no such member */
    int64_t from, to; /* CLOCK_UNKNOWN */
    int64_t count;
};

/* Writes a record of kind `count`. `name` is the format's own source. */
void kind_write_count(struct source *s, const char *name, const struct kind_count *count);

/* Writes a record of kind `delete` about the post of this bare id. */
void kind_write_delete(struct source *s, const char *name, struct str id);

#endif
