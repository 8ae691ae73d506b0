/*
 * Shingles by a rolling polynomial over the code points, whose bits are mixed before
 * 32 of them are taken; sorted by radix, since the hashes are evenly spread and the
 * cost must not depend on who wrote the text.
 */
#include "alike/shingle.h"

#include <stdlib.h>

#include "base/mem.h"

#define BASE 0x9E3779B97F4A7C15u /* odd, bits well mixed: 2^64 over the golden ratio */

void shingles_free(struct shingles *s)
{
    free(s->hashes);
    free(s->scratch);
    *s = (struct shingles){0};
}

void shingles_reserve(struct shingles *s, size_t count)
{
    if (s->cap >= count)
        return;
    s->cap = count + count / 2;
    s->hashes = mem_resize(s->hashes, s->cap, sizeof *s->hashes);
    s->scratch = mem_resize(s->scratch, s->cap, sizeof *s->scratch);
}

/* The code point at *p, which moves behind it. Bytes that are no UTF-8 count as
 * themselves. */
static uint64_t next_code(const unsigned char **p, const unsigned char *end)
{
    const unsigned char *c = *p;
    size_t length = c[0] < 0xC0 ? 1 : c[0] < 0xE0 ? 2 : c[0] < 0xF0 ? 3 : 4;
    if ((size_t)(end - c) < length)
        length = 1;
    uint64_t code = c[0];
    for (size_t i = 1; i < length; i++)
        code = code << 8 | c[i];
    *p += length;
    return code;
}

static uint32_t mix(uint64_t h)
{
    h ^= h >> 32;
    h *= 0xD6E8FEB86659FD93u;
    h ^= h >> 32;
    h *= 0xD6E8FEB86659FD93u;
    return (uint32_t)(h >> 32);
}

static size_t hash_runs(uint32_t *hashes, struct str text, unsigned size)
{
    const unsigned char *p = (const unsigned char *)text.ptr, *end = p + text.len;
    uint64_t window[SHINGLE_MAX] = {0}, h = 0, top = 1;
    size_t seen = 0, count = 0;
    for (unsigned i = 0; i < size; i++)
        top *= BASE;
    while (p < end) {
        uint64_t code = next_code(&p, end), *slot = &window[seen++ % size];
        h = h * BASE + code - *slot * top;
        *slot = code;
        if (seen >= size)
            hashes[count++] = mix(h);
    }
    return count;
}

static void sort_by_byte(const uint32_t *from, uint32_t *to, size_t count, unsigned shift)
{
    size_t start[256] = {0}, at = 0;
    for (size_t i = 0; i < count; i++)
        start[from[i] >> shift & 0xFF]++;
    for (size_t i = 0; i < 256; i++) {
        size_t here = start[i];
        start[i] = at;
        at += here;
    }
    for (size_t i = 0; i < count; i++)
        to[start[from[i] >> shift & 0xFF]++] = from[i];
}

static size_t drop_doubles(uint32_t *hashes, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || hashes[kept - 1] != hashes[i])
            hashes[kept++] = hashes[i];
    return kept;
}

void shingles_make(struct shingles *s, struct str text, unsigned size)
{
    shingles_reserve(s, text.len);
    s->count = hash_runs(s->hashes, text, size);
    for (unsigned shift = 0; shift < 32; shift += 16) {
        sort_by_byte(s->hashes, s->scratch, s->count, shift);
        sort_by_byte(s->scratch, s->hashes, s->count, shift + 8);
    }
    s->count = drop_doubles(s->hashes, s->count);
}

size_t shingles_common(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count)
{
    size_t common = 0, i = 0, j = 0;
    while (i < a_count && j < b_count) {
        uint32_t x = a[i], y = b[j];
        common += x == y;
        i += x <= y;
        j += y <= x;
    }
    return common;
}

double shingles_jaccard(const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count)
{
    size_t common = shingles_common(a, a_count, b, b_count);
    size_t all = a_count + b_count - common;
    return all == 0 ? 0 : (double)common / (double)all;
}
