/*
 * What the fuzz targets of import have in common: a text is converted, and whatever it
 * is, what comes out must be lines that the scanner takes.
 */
#ifndef FUZZ_CONVERT_H
#define FUZZ_CONVERT_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "record/scan.h"
#include "source/source.h"

static inline void must(bool holds)
{
    if (!holds)
        abort();
}

static inline void check_lines(const struct buf *lines)
{
    static const char *const members[] = {"kind", "text", NULL};
    struct shape shape;
    struct record r;
    struct scan_error e;
    struct str rest = {lines->data, lines->len};
    shape_init(&shape, members, NULL);
    must(rest.len == 0 || rest.ptr[rest.len - 1] == '\n');
    while (rest.len > 0) {
        struct str line = str_cut(rest, '\n', &rest);
        must(record_scan(&shape, line, &r, &e));
    }
}

/* Converts text as a document or a line; format NULL: recognised. */
static inline void fuzz_convert(struct str text, bool document, const struct source_format *format)
{
    struct source_settings settings = {.from = format};
    struct err e;
    struct buf copy = {0}, lines = {0}; /* a buffer of its own shows what reads past its end */
    size_t at = 0;
    struct source *s = source_new(&settings, &e);
    must(s != NULL);
    buf_add_str(&copy, text);
    if (!source_convert(s, buf_str(&copy), document, &lines, &e, &at))
        must(memchr(e.text, '\0', sizeof e.text) != NULL && (at == SIZE_MAX || at <= text.len));
    check_lines(&lines);
    source_free(s);
    buf_free(&copy);
    buf_free(&lines);
}

#endif
