/* Hashing: XXH3 by xxHash (https://xxhash.com). Not for secrets. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdint.h>

#include "base/str.h"

uint64_t hash_bytes(struct str bytes, uint64_t seed);

#endif
