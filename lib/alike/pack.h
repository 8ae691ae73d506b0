/*
 * Texts and ids in few bytes. A text's frequent characters take one byte each, most others
 * two, the rest four; the same text always packs to the same bytes, which can be compared
 * in its place. An id packs its digits two to a byte.
 */
#ifndef ALIKE_PACK_H
#define ALIKE_PACK_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* A text's code points. {0} is empty; the owner calls codes_free(). */
struct codes {
    uint32_t *at;
    size_t count, cap;
};

/* Replaces *c by the code points of UTF-8, `most` of them at most. A byte that is no
 * UTF-8 is a code of its own, above all code points. */
void codes_read(struct codes *c, struct str text, size_t most);
void codes_free(struct codes *c);

/* The numbers of the characters; shared, then only read. */
struct pack;

struct pack *pack_new(void);
void pack_free(struct pack *p);

/* Adds the codes, packed. */
void pack_codes(const struct pack *p, const uint32_t *codes, size_t count, struct buf *to);
/* Replaces *c by what was packed. */
void unpack_codes(const struct pack *p, struct str packed, struct codes *c);

/* Adds an id (any bytes), packed; adds what was packed. */
void pack_id(struct str id, struct buf *to);
void unpack_id(struct str packed, struct buf *to);

#endif
