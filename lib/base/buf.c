/* A growing run of bytes. */
#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

void buf_grow(struct buf *b, size_t more)
{
    size_t need = more > SIZE_MAX - b->len ? SIZE_MAX : b->len + more;
    size_t cap = b->cap < 64 ? 64 : b->cap;
    while (cap < need)
        cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    b->data = mem_resize(b->data, cap, 1);
    b->cap = cap;
}

void buf_free(struct buf *b)
{
    free(b->data);
    *b = (struct buf){0};
}

void buf_addf(struct buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len > 0) {
        buf_reserve(b, (size_t)len + 1);
        vsnprintf(b->data + b->len, (size_t)len + 1, format, again);
        b->len += (size_t)len;
    }
    va_end(again);
}

void buf_add_code(struct buf *b, unsigned code)
{
    if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
        code = 0xFFFD;
    buf_reserve(b, 4);
    char *to = b->data + b->len;
    if (code < 0x80) {
        to[0] = (char)code;
        b->len += 1;
    } else if (code < 0x800) {
        to[0] = (char)(0xC0 | code >> 6);
        to[1] = (char)(0x80 | (code & 0x3F));
        b->len += 2;
    } else if (code < 0x10000) {
        to[0] = (char)(0xE0 | code >> 12);
        to[1] = (char)(0x80 | (code >> 6 & 0x3F));
        to[2] = (char)(0x80 | (code & 0x3F));
        b->len += 3;
    } else {
        to[0] = (char)(0xF0 | code >> 18);
        to[1] = (char)(0x80 | (code >> 12 & 0x3F));
        to[2] = (char)(0x80 | (code >> 6 & 0x3F));
        to[3] = (char)(0x80 | (code & 0x3F));
        b->len += 4;
    }
}

const char *buf_text(struct buf *b)
{
    buf_reserve(b, 1);
    b->data[b->len] = '\0';
    return b->data;
}
