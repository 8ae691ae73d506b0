/* Sizes say enough: two dictionaries of as many entries and ids are hardly ever two. */
#include "text/identity.h"

#include <stdio.h>

#include "base/hash.h"

uint64_t identity_add(uint64_t identity, unsigned size, unsigned left, unsigned right,
                      unsigned version)
{
    unsigned numbers[] = {size, left, right, version};
    return hash_bytes((struct str){(const char *)numbers, sizeof numbers}, identity);
}

void identity_text(char text[IDENTITY_BYTES], uint64_t identity)
{
    snprintf(text, IDENTITY_BYTES, "%016llx", (unsigned long long)identity);
}
