/* Two-way associative: a text's hash names a pair of places. */
#include "text/cache.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"

struct entry {
    uint64_t hash;
    uint64_t used; /* when it was last of use; 0 = free */
    char *bytes;   /* text, then result */
    size_t text_len, result_len, capacity;
};

struct cache {
    struct entry *entries;
    size_t places, longest;
    uint64_t clock, asked, found;
};

struct cache *cache_new(size_t places, size_t longest)
{
    struct cache *c = mem_zero(1, sizeof *c);
    c->entries = mem_zero(places, sizeof *c->entries);
    c->places = places;
    c->longest = longest;
    return c;
}

void cache_free(struct cache *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i < c->places; i++)
        free(c->entries[i].bytes);
    free(c->entries);
    free(c);
}

static struct entry *cache_pair(struct cache *c, uint64_t hash)
{
    return &c->entries[hash & (c->places - 2)];
}

struct str cache_get(struct cache *c, struct str text)
{
    uint64_t hash = hash_bytes(text, 0);
    struct entry *pair = cache_pair(c, hash);
    c->asked++;
    for (int i = 0; i < 2; i++) {
        struct entry *entry = &pair[i];
        if (entry->used == 0 || entry->hash != hash ||
            !str_equal((struct str){entry->bytes, entry->text_len}, text))
            continue;
        entry->used = ++c->clock;
        c->found++;
        return (struct str){entry->bytes + entry->text_len, entry->result_len};
    }
    return (struct str){NULL, 0};
}

void cache_put(struct cache *c, struct str text, struct str result)
{
    size_t size = text.len + result.len;
    if (size > c->longest)
        return;
    uint64_t hash = hash_bytes(text, 0);
    struct entry *pair = cache_pair(c, hash);
    struct entry *entry = pair[0].used <= pair[1].used ? &pair[0] : &pair[1];
    if (entry->capacity < size) {
        entry->bytes = mem_resize(entry->bytes, size, 1);
        entry->capacity = size;
    }
    memcpy(entry->bytes, text.ptr, text.len);
    memcpy(entry->bytes + text.len, result.ptr, result.len);
    entry->hash = hash;
    entry->used = ++c->clock;
    entry->text_len = text.len;
    entry->result_len = result.len;
}

void cache_counts(const struct cache *c, uint64_t *asked, uint64_t *found)
{
    *asked = c->asked;
    *found = c->found;
}
