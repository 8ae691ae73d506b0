/*
 * Many keys, of which all that begin at a place of a text are found at once. Made once at
 * build time, then only read; a reader's set may stand anywhere in memory (a mapped file).
 *
 * Nearly everywhere in a text no key begins. So each key is entered by its opening, its
 * first three characters, or all of a shorter one: a bit for each opening, which stays in
 * the processor's cache, tells whether to look; a table leads to what stands behind the
 * opening in the keys that have it, side by side and the shortest first.
 */
#ifndef JUDGE_KEYSET_H
#define JUDGE_KEYSET_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"

#define KEY_OPENING      3 /* characters */
#define KEY_OPENING_BITS 19
#define KEY_BIT_WORDS    ((size_t)1 << (KEY_OPENING_BITS - 6))

struct key_opening {
    uint32_t high, low; /* its characters */
    uint32_t tails;     /* where those of its keys stand, from 1; 0: free */
};

struct keyset {
    const struct key_opening *openings;
    const uint64_t *bits; /* KEY_BIT_WORDS */
    const char *tails;
    uint32_t opening_count; /* a power of two, with some free */
};

/* In front of each tail. */
struct key_tail {
    uint32_t value : 31;
    uint32_t last : 1; /* of its opening */
    uint32_t length;   /* in bytes; the tail follows … */
    uint32_t head;     /* … and these are its first four, or all and zeros */
};

/* An opening out of its characters, in turn: begin with 0. */
static inline uint64_t key_opening_add(uint64_t opening, uint32_t code)
{
    return opening << 21 | code;
}

static inline uint64_t key_opening_hash(uint64_t opening)
{
    return opening * 0x9E3779B97F4A7C15u;
}

/* May there be a key that opens so? Where there is none, mostly not. */
static inline bool keyset_may_open(const struct keyset *k, uint64_t opening)
{
    uint64_t bit = key_opening_hash(opening) >> (64 - KEY_OPENING_BITS);
    return (k->bits[bit >> 6] >> (bit & 63) & 1) != 0;
}

/* Where the search for an opening begins: to be fetched ahead. */
static inline const struct key_opening *keyset_place(const struct keyset *k, uint64_t opening)
{
    return &k->openings[(key_opening_hash(opening) >> 32) & (k->opening_count - 1)];
}

/* Where the tails of an opening stand; 0: no key opens so. */
static inline uint32_t keyset_open(const struct keyset *k, uint64_t opening)
{
    uint32_t slot = (uint32_t)(keyset_place(k, opening) - k->openings);
    for (;; slot = (slot + 1) & (k->opening_count - 1)) {
        const struct key_opening *o = &k->openings[slot];
        if (((uint64_t)o->high << 32 | o->low) == opening || o->tails == 0)
            return o->tails;
    }
}

/* The first four bytes of a text, zeros behind a shorter one. */
static inline uint32_t key_head(struct str text)
{
    uint32_t head = 0;
    if (text.len >= sizeof head)
        memcpy(&head, text.ptr, sizeof head);
    else
        for (size_t i = 0; i < text.len; i++)
            memcpy((char *)&head + i, text.ptr + i, 1);
    return head;
}

/* The bytes of a head that count. */
static inline uint32_t key_head_mask(uint32_t length)
{
    static const unsigned char masks[][4] = {
        {0, 0, 0, 0}, {255, 0, 0, 0}, {255, 255, 0, 0}, {255, 255, 255, 0}, {255, 255, 255, 255}};
    uint32_t mask;
    memcpy(&mask, masks[length < 4 ? length : 4], sizeof mask);
    return mask;
}

/* The next key that stands at a place, by *tails, which goes on from key to key and is 0
 * behind the last. `text` is what stands behind the opening, and `head` its key_head().
 * Returns the key's value and its length behind the opening; 0: there is no more. */
static inline uint32_t keyset_next(const struct keyset *k, uint32_t *tails, struct str text,
                                   uint32_t head, size_t *length)
{
    while (*tails != 0) {
        struct key_tail tail;
        const char *at = k->tails + *tails - 1;
        memcpy(&tail, at, sizeof tail);
        *tails = tail.last ? 0 : *tails + (uint32_t)(sizeof tail + tail.length);
        if (((head ^ tail.head) & key_head_mask(tail.length)) != 0 || tail.length > text.len ||
            (tail.length > 4 && memcmp(at + sizeof tail, text.ptr, tail.length) != 0))
            continue;
        *length = tail.length;
        return tail.value;
    }
    return 0;
}

struct key {
    struct str key; /* UTF-8, not empty */
    uint32_t value; /* not 0, less than 2^31 */
};

/* Makes a set of distinct keys, which it sorts: adds the tails to *tails, sets bits in
 * `bits` (KEY_BIT_WORDS words, all 0 before), and returns the openings, which the caller
 * frees. */
struct key_opening *keyset_build(struct key *keys, uint32_t key_count, uint64_t *bits,
                                 uint32_t *opening_count, struct buf *tails);

#endif
