/*
 * Memory that is there or the program is not: no filter can go on without it,
 * so these never return NULL. When memory runs out they say so on standard
 * error and end the program with status 2, at once and without flushing: what
 * was not yet written stays unwritten, and files that are replaced atomically
 * stay as they were. The caller owns what is returned and frees it with free().
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

#include "base/str.h"

void *mem_alloc(size_t size);
void *mem_zero(size_t count, size_t size);
void *mem_lines(size_t size); /* beginning where a line of the processor's cache does */
void *mem_resize(void *old, size_t count, size_t size);

/* Says that memory is out and ends the program: for libraries that ask what to do then. */
_Noreturn void mem_exhausted(void);

/* A copy of text with a NUL behind it. */
char *mem_string(struct str text);

/* Makes room for one more element in an array that grows by half its size. */
#define MEM_GROW(array, count, capacity)                                                           \
    do {                                                                                           \
        if ((count) == (capacity)) {                                                               \
            (capacity) = (capacity) < 16 ? 16 : (capacity) + (capacity) / 2;                       \
            (array) = mem_resize((array), (capacity), sizeof *(array));                            \
        }                                                                                          \
    } while (0)

#endif
