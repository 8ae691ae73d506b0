/*
 * A trie over bytes as a double array (Aoe 1989): from a node, byte c leads to
 * base[node] + c, if check there says so. Made once at build time, then only read; a
 * reader's trie may stand anywhere in memory (a mapped file).
 *
 * Nearly everywhere in a text no key begins. So each key is entered by its opening, its
 * first three characters, or all of a shorter one: a table leads from there to the node,
 * and a bit for each opening, which stays in the processor's cache, tells whether to look.
 */
#ifndef JUDGE_TRIE_H
#define JUDGE_TRIE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct trie_node {
    int32_t base;
    int32_t check;  /* the parent, or -1 for a free node */
    uint32_t value; /* of the key that ends here, 0 for none */
};

#define TRIE_OPENING       3 /* characters */
#define TRIE_OPENING_BITS  19
#define TRIE_OPENING_WORDS ((size_t)1 << (TRIE_OPENING_BITS - 6))

struct trie_opening {
    uint32_t high, low; /* its characters; 0: free */
    uint32_t node;
};

struct trie {
    const struct trie_node *nodes;
    const struct trie_opening *openings;
    const uint64_t *bits;          /* TRIE_OPENING_WORDS words */
    uint32_t count, opening_count; /* the latter a power of two, with some free */
};

#define TRIE_ROOT 0u

/* The node that byte c leads to, or 0 where there is none. */
static inline uint32_t trie_step(const struct trie *t, uint32_t node, unsigned char c)
{
    uint32_t next = (uint32_t)t->nodes[node].base + c;
    return next < t->count && t->nodes[next].check == (int32_t)node ? next : 0;
}

/* An opening out of its characters, in turn: begin with 0. */
static inline uint64_t trie_opening_add(uint64_t opening, uint32_t code)
{
    return opening << 21 | code;
}

static inline uint64_t trie_opening_hash(uint64_t opening)
{
    return opening * 0x9E3779B97F4A7C15u;
}

/* May there be a key that opens so? Where there is none, mostly not. */
static inline bool trie_may_open(const struct trie *t, uint64_t opening)
{
    uint64_t hash = trie_opening_hash(opening), bit = hash >> (64 - TRIE_OPENING_BITS);
    return (t->bits[bit >> 6] >> (bit & 63) & 1) != 0;
}

/* Where the search for an opening begins: to be fetched ahead. */
static inline const struct trie_opening *trie_opening_place(const struct trie *t, uint64_t opening)
{
    return &t->openings[(trie_opening_hash(opening) >> 32) & (t->opening_count - 1)];
}

/* The node that an opening leads to, or 0. A shorter one than TRIE_OPENING is a key. */
static inline uint32_t trie_open(const struct trie *t, uint64_t opening)
{
    uint32_t slot = (uint32_t)(trie_opening_place(t, opening) - t->openings);
    for (;; slot = (slot + 1) & (t->opening_count - 1)) {
        const struct trie_opening *o = &t->openings[slot];
        if (((uint64_t)o->high << 32 | o->low) == opening)
            return o->node;
        if (o->node == 0)
            return 0;
    }
}

struct trie_key {
    struct str key;
    uint32_t value; /* not 0 */
};

/* Makes the nodes of a trie; keys are sorted by bytes, distinct and not empty. The
 * caller frees the array. */
struct trie_node *trie_build(const struct trie_key *keys, uint32_t key_count, uint32_t *count);

/* The openings of the same keys, which are UTF-8, with the nodes that were made of them,
 * and bits (TRIE_OPENING_WORDS words, all 0 before). The caller frees the array. */
struct trie_opening *trie_openings(const struct trie_node *nodes, const struct trie_key *keys,
                                   uint32_t key_count, uint64_t *bits, uint32_t *count);

#endif
