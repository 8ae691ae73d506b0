/*
 * The texts that have met under one key: of each its form, its time and, in base64, itself;
 * each once, under its earliest time, the earliest first. Only so many are held, and so
 * many bytes; what is later gives way. Which ones are held in the end depends on the texts
 * alone, not on the order in which they came. Owns its memory; {0} is empty.
 */
#ifndef ALIKE_TEXTS_H
#define ALIKE_TEXTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define TEXTS_MOST  4096               /* twice as many before they are brought into order */
#define TEXTS_BYTES ((size_t)16 << 20) /* the same, but TEXTS_LEAST texts in any case */
#define TEXTS_LEAST 64

struct texts_one {
    uint64_t form;
    uint32_t time;
    size_t at, len; /* in the bytes */
};

struct texts {
    struct buf bytes;
    struct texts_one *all;
    size_t count, cap;
    bool full;              /* some have given way: … */
    struct texts_one first; /* … of these the earliest, and what is later does so at once */
};

/* Adds a text. Where it or others give way, gone(context, form) is told of each. */
void texts_add(struct texts *t, const struct texts_one *one, struct str text,
               void (*gone)(void *context, uint64_t form), void *context);

/* Brings them into order, each once, and no more than are to be held. To be called before
 * they are read. */
void texts_settle(struct texts *t, void (*gone)(void *context, uint64_t form), void *context);

struct str texts_text(const struct texts *t, size_t i);

void texts_clear(struct texts *t);
void texts_free(struct texts *t);

#endif
