/*
 * A trie over bytes as a double array (Aoe 1989): from a node, byte c leads to
 * base[node] + c, if check there says so. Made once at build time, then only read; a
 * reader's trie may stand anywhere in memory (a mapped file).
 */
#ifndef JUDGE_TRIE_H
#define JUDGE_TRIE_H

#include <stdint.h>

#include "base/str.h"

struct trie_node {
    int32_t base;
    int32_t check;  /* the parent, or -1 for a free node */
    uint32_t value; /* of the key that ends here, 0 for none */
};

struct trie {
    const struct trie_node *nodes;
    uint32_t count;
};

#define TRIE_ROOT 0u

/* The node that byte c leads to, or 0 where there is none. */
static inline uint32_t trie_step(const struct trie *t, uint32_t node, unsigned char c)
{
    uint32_t next = (uint32_t)t->nodes[node].base + c;
    return next < t->count && t->nodes[next].check == (int32_t)node ? next : 0;
}

struct trie_key {
    struct str key;
    uint32_t value; /* not 0 */
};

/* Makes the nodes of a trie; keys are sorted by bytes, distinct and not empty. The
 * caller frees the array. */
struct trie_node *trie_build(const struct trie_key *keys, uint32_t key_count, uint32_t *count);

#endif
