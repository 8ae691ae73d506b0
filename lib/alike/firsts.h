/*
 * What is kept of the first ones: of each its id as it is spelled, its text in comparable
 * form, packed (pack.h), and when it or a copy of it was last posted. Numbers go from 0 in
 * the order in which they came. Owns its memory; {0} is empty.
 */
#ifndef ALIKE_FIRSTS_H
#define ALIKE_FIRSTS_H

#include <stdbool.h>
#include <stdint.h>

#include "alike/extent.h"
#include "base/str.h"

#define FIRSTS_MOST ((uint32_t)1 << 31) /* no more have numbers */

struct first {
    struct str id;     /* packed; empty: it has none */
    struct str text;   /* packed; empty: not to be compared */
    uint32_t shingles; /* of the text */
};

struct firsts {
    struct extent bytes;  /* one after another */
    struct extent begins; /* uint32_t: where one begins, from its page on */
    struct extent pages;  /* uint64_t: where every 4096th begins */
    struct extent times;  /* uint32_t: last posted, seconds since 1970; 0: not known */
    uint32_t count;
    uint32_t horizon; /* what was last posted before is forgotten */
};

uint32_t firsts_add(struct firsts *f, const struct first *first, uint32_t time);
struct first firsts_get(const struct firsts *f, uint32_t number);

static inline uint32_t *firsts_time(const struct firsts *f, uint32_t number)
{
    return (uint32_t *)(void *)f->times.data + number;
}

static inline bool firsts_remembers(const struct firsts *f, uint32_t number)
{
    return *firsts_time(f, number) >= f->horizon;
}

/* Says that one will be asked for soon: first that it will, a little later where it is. */
void firsts_expect(const struct firsts *f, uint32_t number);
void firsts_fetch(const struct firsts *f, uint32_t number);

/* Gives those that are remembered new numbers without gaps, in order, and drops the
 * others: to[old] is the new number, or UINT32_MAX. `to` has room for f->count. */
void firsts_sweep(struct firsts *f, uint32_t *to);

size_t firsts_bytes(const struct firsts *f);
void firsts_free(struct firsts *f);

#endif
