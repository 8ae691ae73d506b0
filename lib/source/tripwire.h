/*
 * When counts of posts leave their usual range. Counts are summed over windows of a
 * fixed length; the usual range comes from the windows of the last days: with m their
 * mean and v their variance, both after values over the 95th percentile are lowered to
 * it (so that the last burst does not hide the next), a window is out of range when it
 * has more than m + sigma * sqrt(max(m, v)) posts, and at least 3 more than m. max(m, v)
 * is the variance of a Poisson process, or a greater one where the counts vary more.
 *
 * A series owns its counts; {0} is an empty one.
 */
#ifndef SOURCE_TRIPWIRE_H
#define SOURCE_TRIPWIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

#define TRIPWIRE_DAYS  7
#define TRIPWIRE_LEAST 24 /* windows without which nothing is known to be usual */

struct series {
    int64_t span;  /* seconds a window */
    int64_t first; /* number of the first window since 1970 */
    int64_t *counts;
    size_t count, cap;
};

/* Adds posts to the window that the time is in; times long before the last are dropped. */
void series_add(struct series *s, int64_t time, int64_t posts);

/* Forgets windows older than TRIPWIRE_DAYS before now. */
void series_trim(struct series *s, int64_t now);

struct tripwire {
    bool known;        /* there is enough to say what is usual */
    double mean, most; /* most: a whole number of posts that is still in the usual range */
    int64_t count; /* of the window that is furthest out, the last whole one or the one under way */
    bool trips;    /* out of range; false where not known */
};

struct tripwire tripwire_look(const struct series *s, int64_t now, double sigma);

/* As text `SPAN FIRST N N N…`, and back: false, and an empty series, where it is none or
 * has another span. */
void series_write(const struct series *s, struct buf *to);
bool series_read(struct series *s, struct str text, int64_t span);
void series_free(struct series *s);

#endif
