/*
 * The span scanner: one pass over a line that checks it whole (JSON grammar of
 * RFC 8259, UTF-8, depth) and notes where the values of the wanted top-level
 * members stand. Nothing is copied or allocated. The record and its spans point
 * into the line, which the caller owns.
 *
 * A lone surrogate escape (\ud800) is let through; it reads as U+FFFD. Of two
 * members of one name the last counts.
 */
#ifndef RECORD_SCAN_H
#define RECORD_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define SCAN_DEPTH        256 /* containers within containers, the record itself included */
#define RECORD_MEMBERS    32  /* members that one program may want */
#define RECORD_NAME_BYTES 32
#define SHAPE_BUCKETS     64

/* Which members a program wants. Made once by shape_init(), then only read. */
struct shape {
    const char *names[RECORD_MEMBERS];
    uint32_t ends[RECORD_MEMBERS]; /* the first two bytes of a name and its last two */
    size_t count;
    uint8_t lengths[RECORD_MEMBERS];
    uint8_t buckets[SHAPE_BUCKETS];  /* by hash of a name's ends: 1 + the first index, or 0 */
    uint8_t next[RECORD_MEMBERS];    /* … the same for the next one of the bucket */
    int own;                         /* index of the member the program writes, or -1 */
    char put[RECORD_NAME_BYTES + 4]; /* how it is written: ,"name": */
    size_t put_length;
};

/* names is NULL-terminated; own is one of them or NULL. */
void shape_init(struct shape *s, const char *const *names, const char *own);

struct record {
    struct str line;           /* from the opening brace to the closing one */
    size_t members;            /* how many the object has, of any name */
    size_t own_count;          /* how often the program's own member occurs */
    size_t own_start, own_end; /* its last occurrence, from the key's quote to the value's end */
    struct str member[RECORD_MEMBERS]; /* raw values in the shape's order; ptr NULL = absent */
};

/* Copies what a record of this shape holds, and not the room behind it. */
static inline void record_copy(struct record *to, const struct record *from, const struct shape *s)
{
    memcpy(to, from, offsetof(struct record, member) + s->count * sizeof *from->member);
}

struct scan_error {
    size_t at; /* byte in the line, from 0 */
    const char *what;
};

/* Scans a line that must be one object, white space around it allowed. */
bool record_scan(const struct shape *s, struct str line, struct record *r, struct scan_error *e);

/* Scans one JSON value of any type at the beginning of text, white space before
 * it allowed. *used is set to the bytes up to its end. */
bool json_scan(struct str text, size_t *used, struct scan_error *e);

/* Is a key, or a string such as a kind, as spelled between its quotes, this name? */
bool key_is(struct str key, const char *name);

/* Reads the escape at p, in a string that the scanner has passed and that ends at end; returns
 * what follows. *code is what is meant, or half of a pair that has no other half. */
const char *json_escape(const char *p, const char *end, unsigned *code);

/* Is text well-formed UTF-8 (Unicode 15, table 3-7)? *bad is the first byte that
 * is not. */
bool utf8_check(struct str text, size_t *bad);

#endif
