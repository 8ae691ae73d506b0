/* Code points of UTF-8 that was checked before (see record/scan.h, text/normal.h). */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

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

#endif
