/*
 * A growing run of bytes. A buffer owns its memory; buf_free() gives it back
 * and leaves an empty buffer that may be used again. {0} is an empty buffer.
 * Slices taken of a buffer die when it grows.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

#include "base/str.h"

struct buf {
    char *data;
    size_t len;
    size_t cap;
};

/* Makes room for `more` bytes beyond len. */
void buf_grow(struct buf *b, size_t more);
void buf_free(struct buf *b);
void buf_addf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds a code point as UTF-8; what is none (surrogates, above 10FFFF) as U+FFFD. */
void buf_add_code(struct buf *b, unsigned code);

static inline void buf_reserve(struct buf *b, size_t more)
{
    if (b->cap - b->len < more)
        buf_grow(b, more);
}

static inline void buf_add(struct buf *b, const void *bytes, size_t len)
{
    buf_reserve(b, len);
    if (len > 0)
        memcpy(b->data + b->len, bytes, len);
    b->len += len;
}

static inline void buf_add_char(struct buf *b, char c)
{
    buf_reserve(b, 1);
    b->data[b->len++] = c;
}

static inline void buf_add_str(struct buf *b, struct str text)
{
    buf_add(b, text.ptr, text.len);
}

static inline void buf_add_text(struct buf *b, const char *text)
{
    buf_add(b, text, strlen(text));
}

static inline void buf_clear(struct buf *b)
{
    b->len = 0;
}

/* The content. Of an empty buffer too it has an address, with which one may count. */
static inline struct str buf_str(const struct buf *b)
{
    return (struct str){b->data != NULL ? b->data : "", b->len};
}

/* The content as a C string: adds a NUL that does not count in len. */
const char *buf_text(struct buf *b);

#endif
