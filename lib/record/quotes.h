/*
 * Where quotes and backslashes stand in the next 64 bytes, a bit for each byte: short
 * strings are taken apart by counting bits and not by looking at their bytes.
 */
#ifndef RECORD_QUOTES_H
#define RECORD_QUOTES_H

#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define QUOTES_SPAN 64u

#ifdef __SSE2__
static inline uint64_t quotes_bits_16(const char *at, char byte)
{
    __m128i part = _mm_loadu_si128((const __m128i *)(const void *)at);
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(part, _mm_set1_epi8(byte)));
}
#endif

/* Bit n: byte n is this one. QUOTES_SPAN bytes must be there. */
static inline uint64_t quotes_bits(const char *at, char byte)
{
#ifdef __SSE2__
    return quotes_bits_16(at, byte) | quotes_bits_16(at + 16, byte) << 16 |
           quotes_bits_16(at + 32, byte) << 32 | quotes_bits_16(at + 48, byte) << 48;
#else
    uint64_t bits = 0;
    for (unsigned i = 0; i < QUOTES_SPAN; i++)
        bits |= (uint64_t)(at[i] == byte) << i;
    return bits;
#endif
}

#endif
