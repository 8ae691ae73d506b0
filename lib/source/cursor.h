/*
 * What a source must remember from one run to the next: a few texts by name, such as
 * the newest id that was read. A cursor owns its texts; {0} is an empty one.
 */
#ifndef SOURCE_CURSOR_H
#define SOURCE_CURSOR_H

#include <stdint.h>

#include "base/buf.h"
#include "record/write.h"

struct cursor_mark {
    char *name, *value;
};

struct cursor {
    struct cursor_mark *marks;
    size_t count, cap;
};

/* The text of that name, empty where there is none. Lives until the next change. */
struct str cursor_get(const struct cursor *c, const char *name);

/* Sets a text; an empty one takes it away. value may be a slice of the cursor itself. */
void cursor_set(struct cursor *c, const char *name, struct str value);

/* Numbers as decimal text; `otherwise` where there is none. */
int64_t cursor_number(const struct cursor *c, const char *name, int64_t otherwise);
void cursor_set_number(struct cursor *c, const char *name, int64_t value);

/* Makes one the same as another. */
void cursor_copy(struct cursor *to, const struct cursor *from);
void cursor_clear(struct cursor *c);
void cursor_free(struct cursor *c);

/* As a JSON object of strings, and back (raw must be scanned; what is no string is
 * passed over). */
void cursor_write(const struct cursor *c, struct json *j);
void cursor_read(struct cursor *c, struct str raw);

#endif
