/* Code points of UTF-8 that was checked before (see record/scan.h, text/normal.h). */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

#if defined(__SSE2__) && !defined(SCAN_PORTABLE)
#include <emmintrin.h>
#endif

/* The code point at p, and how many bytes it has. */
static inline uint32_t utf8_code(const char *p, size_t *length)
{
    const unsigned char *c = (const unsigned char *)p;
    *length = c[0] < 0x80 ? 1 : c[0] < 0xE0 ? 2 : c[0] < 0xF0 ? 3 : 4;
    switch (*length) {
    case 1: return c[0];
    case 2: return (uint32_t)(c[0] & 31) << 6 | (c[1] & 63);
    case 3: return (uint32_t)(c[0] & 15) << 12 | (uint32_t)(c[1] & 63) << 6 | (c[2] & 63);
    default:
        return (uint32_t)(c[0] & 7) << 18 | (uint32_t)(c[1] & 63) << 12 |
               (uint32_t)(c[2] & 63) << 6 | (c[3] & 63);
    }
}

/* Writes a code point, what is none (surrogates, above 10FFFF) as U+FFFD; returns how many bytes
 * it has. */
static inline size_t utf8_put(char to[4], uint32_t code)
{
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        code = 0xFFFD;
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        to[0] = (char)(0xC0 | code >> 6);
        to[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        to[0] = (char)(0xE0 | code >> 12);
        to[1] = (char)(0x80 | (code >> 6 & 0x3F));
        to[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    to[0] = (char)(0xF0 | code >> 18);
    to[1] = (char)(0x80 | (code >> 12 & 0x3F));
    to[2] = (char)(0x80 | (code >> 6 & 0x3F));
    to[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

#define UTF8_FIVE 0x7FFFu /* of utf8_threes_at(): five sequences */

/* Which of the 15 bytes at p are what they are in a row of five three-byte sequences, as
 * bits, the first one lowest; 16 can be read. Of the second bytes that may not follow E0 and
 * ED it knows nothing. */
static inline unsigned utf8_threes_at(const unsigned char *p)
{
#if defined(__SSE2__) && !defined(SCAN_PORTABLE)
    const __m128i look =
        _mm_setr_epi8((char)0xF0, (char)0xC0, (char)0xC0, (char)0xF0, (char)0xC0, (char)0xC0,
                      (char)0xF0, (char)0xC0, (char)0xC0, (char)0xF0, (char)0xC0, (char)0xC0,
                      (char)0xF0, (char)0xC0, (char)0xC0, 0);
    const __m128i want =
        _mm_setr_epi8((char)0xE0, (char)0x80, (char)0x80, (char)0xE0, (char)0x80, (char)0x80,
                      (char)0xE0, (char)0x80, (char)0x80, (char)0xE0, (char)0x80, (char)0x80,
                      (char)0xE0, (char)0x80, (char)0x80, 1); /* never the 16th */
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_and_si128(v, look), want));
#else
    unsigned bits = 0;
    for (unsigned i = 0; i < 15; i++)
        bits |= (unsigned)(i % 3 == 0 ? (p[i] & 0xF0) == 0xE0 : (p[i] & 0xC0) == 0x80) << i;
    return bits;
#endif
}

/* The code point of the three bytes at p, in a row of such sequences. */
static inline uint32_t utf8_three_code(const unsigned char *p)
{
    return ((uint32_t)p[0] << 12) + ((uint32_t)p[1] << 6) + p[2] - 0xE2080u;
}

#endif
