/*
 * What search engines suggest beside a name: `["name",["name a","name b"],…]`, as Google
 * (client=firefox) and Bing (osjson) answer. Read out of such an answer, and written as a
 * record of kind `suggest` that tells what has come, gone and moved since the last one.
 *
 * A list owns its array; its texts live in the arena or in what was read.
 */
#ifndef SOURCE_SUGGEST_H
#define SOURCE_SUGGEST_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"
#include "source/arena.h"
#include "source/entry.h"

struct suggest {
    struct str query;
    struct str *texts; /* each once, in their order */
    size_t count, cap;
};

/* Reads an answer, a scanned JSON value, into a list that is empty or has been in use;
 * false where it is none. */
bool suggest_read(struct suggest *list, struct arena *arena, struct str answer);

/* Adds a text unless it is empty: for lists that come from elsewhere. */
void suggest_add(struct suggest *list, struct str text);

void suggest_free(struct suggest *list);

/* Adds the record as a line. Without a last list it is not known what is new. */
void suggest_write(struct buf *lines, const struct suggest *list, const struct suggest *last,
                   const struct entry_origin *origin);

#endif
