/*
 * Interned strings: each distinct string gets a small number, counted from 0 in
 * the order of first sight. Whoever keeps things by name keeps an array indexed
 * by that number. The table owns copies of its strings, each with a NUL behind
 * it; they stay where they are until intern_free(). {0} is an empty table.
 */
#ifndef BASE_INTERN_H
#define BASE_INTERN_H

#include <stdint.h>

#include "base/str.h"

#define INTERN_NONE UINT32_MAX

struct intern {
    struct str *strings; /* by number */
    uint32_t count;
    uint32_t capacity;
    uint32_t *slots; /* number + 1, 0 = free; power of two */
    uint64_t *hashes;
    uint32_t slot_count;
    char **blocks; /* where the strings live */
    size_t block_count, block_capacity, block_used, block_size;
};

/* The number of text, which is added if it was not there. */
uint32_t intern_add(struct intern *t, struct str text);

/* The number of text, or INTERN_NONE. */
uint32_t intern_find(const struct intern *t, struct str text);

void intern_free(struct intern *t);

#endif
