/*
 * A bounded cache from texts to what was made of them, for reposts and syndication:
 * the same bytes are not analysed twice while they are fresh. Two places a text may
 * stand in; the older of the two gives way. One thread each.
 */
#ifndef TEXT_CACHE_H
#define TEXT_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct cache;

/* Room for `places` texts (a power of two); texts or results over `longest` bytes are
 * not kept. */
struct cache *cache_new(size_t places, size_t longest);
void cache_free(struct cache *c);

/* The result kept for this text, or ptr NULL. It stays until the next cache_put(). */
struct str cache_get(struct cache *c, struct str text);

void cache_put(struct cache *c, struct str text, struct str result);

/* How often cache_get() was asked, and found. */
void cache_counts(const struct cache *c, uint64_t *asked, uint64_t *found);

#endif
