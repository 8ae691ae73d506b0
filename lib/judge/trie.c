/* Building a double array: each node's children get the first free places that fit. */
#include "judge/trie.h"

#include "base/mem.h"

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
