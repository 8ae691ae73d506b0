/* Building a set of keys. */
#include "judge/keyset.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"

/* A key's opening; *length: its bytes. */
static uint64_t opening_of(struct str key, size_t *length)
{
    uint64_t opening = 0;
    size_t at = 0, each;
    for (int codes = 0; codes < KEY_OPENING && at < key.len; codes++, at += each)
        opening = key_opening_add(opening, utf8_code(key.ptr + at, &each));
    *length = at;
    return opening;
}

static int compare_keys(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    size_t length;
    uint64_t left = opening_of(x->key, &length), right = opening_of(y->key, &length);
    if (left != right)
        return left < right ? -1 : 1;
    if (x->key.len != y->key.len)
        return x->key.len < y->key.len ? -1 : 1;
    return str_compare(x->key, y->key);
}

static void add_tail(struct buf *tails, const struct key *key, size_t opening, bool last)
{
    struct str text = str_from(key->key, opening);
    struct key_tail tail = {.value = key->value & 0x7FFFFFFFu,
                            .last = last,
                            .length = (uint32_t)text.len,
                            .head = key_head(text)};
    buf_add(tails, &tail, sizeof tail);
    buf_add_str(tails, text);
}

static void add_opening(struct key_opening *openings, uint32_t count, uint64_t opening,
                        uint32_t tails)
{
    uint32_t slot = (uint32_t)(key_opening_hash(opening) >> 32) & (count - 1);
    while (openings[slot].tails != 0)
        slot = (slot + 1) & (count - 1);
    openings[slot] = (struct key_opening){(uint32_t)(opening >> 32), (uint32_t)opening, tails};
}

/* Is a key the first of its opening? */
static bool begins(const struct key *keys, uint32_t i)
{
    size_t length;
    return i == 0 || opening_of(keys[i].key, &length) != opening_of(keys[i - 1].key, &length);
}

struct key_opening *keyset_build(struct key *keys, uint32_t key_count, uint64_t *bits,
                                 uint32_t *opening_count, struct buf *tails)
{
    uint32_t different = 0;
    if (key_count > 0)
        qsort(keys, key_count, sizeof *keys, compare_keys);
    for (uint32_t i = 0; i < key_count; i++)
        different += begins(keys, i);
    *opening_count = 16;
    while (*opening_count < different + different / 2)
        *opening_count *= 2;
    struct key_opening *openings = mem_zero(*opening_count, sizeof *openings);
    for (uint32_t i = 0; i < key_count; i++) {
        size_t length;
        uint64_t opening = opening_of(keys[i].key, &length);
        uint64_t bit = key_opening_hash(opening) >> (64 - KEY_OPENING_BITS);
        if (begins(keys, i))
            add_opening(openings, *opening_count, opening, (uint32_t)tails->len + 1);
        add_tail(tails, &keys[i], length, i + 1 == key_count || begins(keys, i + 1));
        bits[bit >> 6] |= (uint64_t)1 << (bit & 63);
    }
    return openings;
}
