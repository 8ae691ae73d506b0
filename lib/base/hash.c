/* Hashing by xxHash, kept behind one function so that it is inlined once. */
#define XXH_INLINE_ALL
#include "base/hash.h"

#include <xxhash.h>

uint64_t hash_bytes(struct str bytes, uint64_t seed)
{
    return XXH3_64bits_withSeed(bytes.ptr, bytes.len, seed);
}
