/*
 * The objects of a page by one of their members, for what a page tells in one place and
 * means in another. A lookup owns its tables; the objects are slices of the page. {0} is
 * an empty one.
 */
#ifndef SOURCE_LOOKUP_H
#define SOURCE_LOOKUP_H

#include "base/intern.h"
#include "base/str.h"
#include "source/arena.h"

struct lookup {
    struct intern ids;
    struct str *objects; /* by number */
    size_t cap;
};

/* Adds the objects of an array by their member `key`, an identifier; of several with the
 * same the first counts. */
void lookup_add(struct lookup *x, struct arena *arena, struct str array, const char *key);

/* ptr NULL where there is none. */
struct str lookup_find(const struct lookup *x, struct str id);

void lookup_free(struct lookup *x);

#endif
