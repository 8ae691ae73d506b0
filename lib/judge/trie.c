/* Building a double array: each node's children get the first free places that fit. */
#include "judge/trie.h"

#include "base/mem.h"
#include "base/utf8.h"

#define BASES_TRIED 512

struct builder {
    struct trie_node *nodes;
    uint32_t count, capacity;
    uint32_t first_free; /* places before it are taken or given up */
    const struct trie_key *keys;
};

static void make_room(struct builder *b, uint32_t needed)
{
    if (needed <= b->count)
        return;
    if (needed > b->capacity) {
        b->capacity = needed + needed / 2 + 1024;
        b->nodes = mem_resize(b->nodes, b->capacity, sizeof *b->nodes);
    }
    for (; b->count < needed; b->count++)
        b->nodes[b->count] = (struct trie_node){.base = 0, .check = -1, .value = 0};
}

/* A base under which all these bytes are free. Free places that so many bases in a row
 * could not use are given up, or the search would be quadratic. */
static uint32_t find_base(struct builder *b, const unsigned char *bytes, unsigned byte_count)
{
    while (b->first_free < b->count && b->nodes[b->first_free].check >= 0)
        b->first_free++;
    uint32_t base = b->first_free > bytes[0] ? b->first_free - bytes[0] : 1;
    for (uint32_t first = base;; base++) {
        if (base - first == BASES_TRIED)
            b->first_free += BASES_TRIED;
        make_room(b, base + 257);
        unsigned i = 0;
        while (i < byte_count && b->nodes[base + bytes[i]].check < 0)
            i++;
        if (i == byte_count)
            return base;
    }
}

/* Makes the subtree of keys from..to, which share their first `depth` bytes. */
static void build_node(struct builder *b, uint32_t node, uint32_t from, uint32_t to, size_t depth)
{
    const struct trie_key *keys = b->keys;
    unsigned char bytes[256];
    uint32_t starts[257];
    unsigned count = 0;
    if (keys[from].key.len == depth)
        b->nodes[node].value = keys[from++].value;
    for (uint32_t i = from; i < to; i++) {
        unsigned char c = (unsigned char)keys[i].key.ptr[depth];
        if (count == 0 || bytes[count - 1] != c) {
            bytes[count] = c;
            starts[count++] = i;
        }
    }
    if (count == 0)
        return;
    starts[count] = to;
    uint32_t base = find_base(b, bytes, count);
    b->nodes[node].base = (int32_t)base;
    for (unsigned i = 0; i < count; i++)
        b->nodes[base + bytes[i]].check = (int32_t)node;
    for (unsigned i = 0; i < count; i++)
        build_node(b, base + bytes[i], starts[i], starts[i + 1], depth + 1);
}

struct trie_node *trie_build(const struct trie_key *keys, uint32_t key_count, uint32_t *count)
{
    struct builder b = {.keys = keys, .first_free = 1};
    make_room(&b, 1);
    b.nodes[TRIE_ROOT].check = 0;
    if (key_count > 0)
        build_node(&b, TRIE_ROOT, 0, key_count, 0);
    *count = b.count;
    return b.nodes;
}

static void add_opening(struct trie_opening *openings, uint32_t count, uint64_t opening,
                        uint32_t node)
{
    uint32_t slot = (uint32_t)(trie_opening_hash(opening) >> 32) & (count - 1);
    while (openings[slot].node != 0)
        slot = (slot + 1) & (count - 1);
    openings[slot] = (struct trie_opening){(uint32_t)(opening >> 32), (uint32_t)opening, node};
}

struct trie_opening *trie_openings(const struct trie_node *nodes, const struct trie_key *keys,
                                   uint32_t key_count, uint64_t *bits, uint32_t *count)
{
    struct trie t = {.nodes = nodes, .count = UINT32_MAX};
    *count = 16;
    while (*count < key_count + key_count / 4)
        *count *= 2;
    struct trie_opening *openings = mem_zero(*count, sizeof *openings);
    t.openings = openings;
    t.bits = bits;
    t.opening_count = *count;
    for (uint32_t i = 0; i < key_count; i++) {
        struct str key = keys[i].key;
        uint64_t opening = 0;
        uint32_t node = TRIE_ROOT;
        size_t length;
        for (size_t at = 0, codes = 0; at < key.len && codes < TRIE_OPENING; codes++) {
            opening = trie_opening_add(opening, utf8_code(key.ptr + at, &length));
            for (size_t end = at + length; at < end; at++)
                node = trie_step(&t, node, (unsigned char)key.ptr[at]);
        }
        if (trie_may_open(&t, opening) && trie_open(&t, opening) != 0)
            continue;
        uint64_t bit = trie_opening_hash(opening) >> (64 - TRIE_OPENING_BITS);
        bits[bit >> 6] |= (uint64_t)1 << (bit & 63);
        add_opening(openings, *count, opening, node);
    }
    return openings;
}
