/*
 * Packing by a fixed order of characters (letters.h). Bytes 0 to 239 are the first 240;
 * 240 to 254 lead a second byte; 255 leads the code itself in three bytes, high first.
 *
 * Of an id, a nibble is a digit (0 to 9), a byte in the two nibbles behind it (15), or the
 * end of an odd number of nibbles (14).
 */
#include "alike/pack.h"

#include <stdbool.h>
#include <stdlib.h>

#include "alike/letters.h"
#include "base/mem.h"
#include "base/utf8.h"

#define SINGLES   240 /* characters of one byte */
#define PAIRS     15  /* bytes that lead a second one */
#define ESCAPE    255
#define NUMBERED  (SINGLES + PAIRS * 256)
#define PLANE     0x10000 /* only characters of the first plane have numbers */
#define NO_LETTER UINT16_MAX
#define BAD_BYTE  0x110000u /* what is no UTF-8 comes behind the last code point */

struct pack {
    uint16_t number[PLANE];
    uint16_t letter[NUMBERED];
};

/* ---- codes ---- */

static inline bool is_more(unsigned char c)
{
    return (c & 0xC0) == 0x80;
}

/* The code of two or four bytes at *p, which moves behind it; a byte that begins none. */
static uint32_t take_rare(const unsigned char **p, size_t left)
{
    const unsigned char *c = *p;
    *p += 1;
    if (c[0] >= 0xC0 && c[0] < 0xE0 && left >= 2 && is_more(c[1])) {
        *p += 1;
        return (c[0] & 0x1Fu) << 6 | (c[1] & 0x3Fu);
    }
    if (c[0] >= 0xF0 && c[0] < 0xF5 && left >= 4 && is_more(c[1]) && is_more(c[2]) &&
        is_more(c[3])) {
        *p += 3;
        return (c[0] & 7u) << 18 | (c[1] & 0x3Fu) << 12 | (c[2] & 0x3Fu) << 6 | (c[3] & 0x3Fu);
    }
    return BAD_BYTE + c[0];
}

static void codes_reserve(struct codes *c, size_t count)
{
    if (c->cap >= count)
        return;
    c->cap = count + count / 2;
    c->at = mem_resize(c->at, c->cap, sizeof *c->at);
}

/* Five three-byte characters at once. */
static inline uint32_t *five_codes(const unsigned char *p, uint32_t *to)
{
    to[0] = utf8_three_code(p);
    to[1] = utf8_three_code(p + 3);
    to[2] = utf8_three_code(p + 6);
    to[3] = utf8_three_code(p + 9);
    to[4] = utf8_three_code(p + 12);
    return to + 5;
}

void codes_read(struct codes *c, struct str text, size_t most)
{
    c->count = 0;
    if (text.len == 0 || most == 0) /* pointers may be NULL */
        return;
    const unsigned char *p = (const unsigned char *)text.ptr, *end = p + text.len;
    codes_reserve(c, text.len < most ? text.len : most);
    uint32_t *to = c->at;
    for (size_t left = most; p < end && left > 0; left--) {
        if (left >= 5 && end - p >= 16 && (utf8_threes_at(p) & UTF8_FIVE) == UTF8_FIVE) {
            to = five_codes(p, to);
            p += 15;
            left -= 4;
        } else if (*p < 0x80) {
            *to++ = *p++;
        } else if ((*p & 0xF0) == 0xE0 && end - p >= 3 && is_more(p[1]) && is_more(p[2])) {
            *to++ = (p[0] & 0xFu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu);
            p += 3;
        } else {
            *to++ = take_rare(&p, (size_t)(end - p));
        }
    }
    c->count = (size_t)(to - c->at);
}

void codes_free(struct codes *c)
{
    free(c->at);
    *c = (struct codes){0};
}

/* ---- texts ---- */

struct pack *pack_new(void)
{
    struct pack *p = mem_zero(1, sizeof *p);
    struct codes line = {0};
    size_t count = 0;
    memset(p->number, 0xFF, sizeof p->number);
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        codes_read(&line, str_of(letters[i]), NUMBERED - count);
        for (size_t j = 0; j < line.count; j++, count++) {
            p->letter[count] = (uint16_t)line.at[j];
            p->number[line.at[j]] = (uint16_t)count;
        }
    }
    codes_free(&line);
    return p;
}

void pack_free(struct pack *p)
{
    free(p);
}

void pack_codes(const struct pack *p, const uint32_t *codes, size_t count, struct buf *to)
{
    if (count == 0)
        return;
    buf_reserve(to, 4 * count);
    unsigned char *out = (unsigned char *)to->data + to->len;
    for (size_t i = 0; i < count; i++) {
        uint32_t code = codes[i];
        uint32_t number = code < PLANE ? p->number[code] : NO_LETTER;
        if (number < SINGLES) {
            *out++ = (unsigned char)number;
        } else if (number != NO_LETTER) {
            *out++ = (unsigned char)(SINGLES + ((number - SINGLES) >> 8));
            *out++ = (unsigned char)(number - SINGLES);
        } else {
            *out++ = ESCAPE;
            *out++ = (unsigned char)(code >> 16);
            *out++ = (unsigned char)(code >> 8);
            *out++ = (unsigned char)code;
        }
    }
    to->len = (size_t)((char *)out - to->data);
}

void unpack_codes(const struct pack *p, struct str packed, struct codes *c)
{
    c->count = 0;
    if (packed.len == 0)
        return;
    const unsigned char *in = (const unsigned char *)packed.ptr, *end = in + packed.len;
    codes_reserve(c, packed.len);
    while (in < end) {
        uint32_t code;
        if (*in < SINGLES) {
            code = p->letter[*in++];
        } else if (*in != ESCAPE && end - in >= 2) {
            code = p->letter[SINGLES + ((in[0] - SINGLES) << 8 | in[1])];
            in += 2;
        } else if (end - in >= 4) {
            code = (uint32_t)in[1] << 16 | (uint32_t)in[2] << 8 | in[3];
            in += 4;
        } else {
            break; /* not what pack_codes() makes */
        }
        c->at[c->count++] = code;
    }
}

/* ---- ids ---- */

/* Takes eight digits at once: the first one into the highest four of 32 bits. */
static bool take_digits(const char *at, uint32_t *digits)
{
    const uint64_t ones = 0x0101010101010101u;
    const unsigned char *c = (const unsigned char *)at;
    uint64_t v = (uint64_t)c[0] << 56 | (uint64_t)c[1] << 48 | (uint64_t)c[2] << 40 |
                 (uint64_t)c[3] << 32 | (uint64_t)c[4] << 24 | (uint64_t)c[5] << 16 |
                 (uint64_t)c[6] << 8 | c[7];
    uint64_t above = v + ones * 6; /* a digit stays below 0x40 */
    if (((v | above) & ones * 0xF0) != ones * 0x30 || (v & ones * 0x30) != ones * 0x30)
        return false;
    v &= ones * 0xF;
    v = (v | v >> 4) & 0x00FF00FF00FF00FFu;
    v = (v | v >> 8) & 0x0000FFFF0000FFFFu;
    *digits = (uint32_t)(v | v >> 16);
    return true;
}

/* Writes the eight nibbles before the last `left` ones. */
static inline unsigned char *put_four(unsigned char *out, uint64_t nibbles, size_t left)
{
    uint32_t bytes = (uint32_t)(nibbles >> 4 * left);
    out[0] = (unsigned char)(bytes >> 24);
    out[1] = (unsigned char)(bytes >> 16);
    out[2] = (unsigned char)(bytes >> 8);
    out[3] = (unsigned char)bytes;
    return out + 4;
}

void pack_id(struct str id, struct buf *to)
{
    size_t nibbles = 0;
    buf_reserve(to, id.len * 3 / 2 + 2);
    unsigned char *out = (unsigned char *)to->data + to->len;
    uint64_t pending = 0; /* the last one lowest; of these `nibbles`, below 8, are to go out */
    for (size_t i = 0; i < id.len; i++) {
        unsigned char c = (unsigned char)id.ptr[i];
        bool digit = ascii_digit(c);
        uint32_t eight;
        if (digit && id.len - i >= 8 && take_digits(id.ptr + i, &eight)) {
            out = put_four(out, pending << 32 | eight, nibbles);
            pending = eight;
            i += 7;
            continue;
        }
        pending = digit ? pending << 4 | (c - '0') : pending << 12 | 0xF00 | c;
        nibbles += digit ? 1 : 3;
        if (nibbles >= 8)
            out = put_four(out, pending, nibbles -= 8);
    }
    for (; nibbles >= 2; nibbles -= 2)
        *out++ = (unsigned char)(pending >> 4 * (nibbles - 2));
    if (nibbles > 0)
        *out++ = (unsigned char)(pending << 4 | 14);
    to->len = (size_t)((char *)out - to->data);
}

static inline unsigned nibble_at(struct str packed, size_t at)
{
    unsigned char byte = at / 2 < packed.len ? (unsigned char)packed.ptr[at / 2] : 0xEE;
    return byte >> (at % 2 == 0 ? 4 : 0) & 15;
}

void unpack_id(struct str packed, struct buf *to)
{
    if (packed.len == 0)
        return;
    buf_reserve(to, 2 * packed.len);
    char *out = to->data + to->len;
    for (size_t at = 0; at < 2 * packed.len; at++) {
        unsigned nibble = nibble_at(packed, at);
        if (nibble < 10) {
            *out++ = (char)('0' + nibble);
        } else if (nibble == 15) {
            *out++ = (char)(nibble_at(packed, at + 1) << 4 | nibble_at(packed, at + 2));
            at += 2;
        } else {
            break;
        }
    }
    to->len = (size_t)(out - to->data);
}
