/*
 * Fuzz target for everything that import reads: the first byte says how (as a document
 * or a line, with or without a format given), the rest is the text. Whatever it is, what
 * comes out must be lines that the scanner takes.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "record/scan.h"
#include "source/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_lines(const struct buf *lines)
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const formats[] = {NULL, NULL,      "feed",   "jsonfeed",
                                          "x",  "twitter", "record", "text"};
    if (size == 0)
        return 0;
    unsigned how = data[0];
    const char *format = formats[how % 8];
    struct source_settings settings = {.from = format != NULL ? source_find(format) : NULL};
    struct err e;
    struct buf text = {0}, lines = {0};
    size_t at = 0;
    struct source *s = source_new(&settings, &e);
    must(s != NULL);
    buf_add(&text, data + 1, size - 1);
    struct str head = buf_str(&text);
    bool document = source_is_document(head) || (how & 8) != 0;
    if (!source_convert(s, head, document, &lines, &e, &at))
        must(memchr(e.text, '\0', sizeof e.text) != NULL && (at == SIZE_MAX || at < size));
    check_lines(&lines);
    source_free(s);
    buf_free(&text);
    buf_free(&lines);
    return 0;
}
