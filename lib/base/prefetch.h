/*
 * Asks for memory before it is needed. GCC 12 holds a function that only prefetches to do
 * nothing and drops the calls of it; the empty statement of assembly keeps them.
 */
#ifndef BASE_PREFETCH_H
#define BASE_PREFETCH_H

static inline void prefetch(const void *at)
{
    __builtin_prefetch(at);
    __asm__ volatile("" : : "r"(at));
}

#endif
