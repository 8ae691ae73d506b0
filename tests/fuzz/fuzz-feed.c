/*
 * Fuzz target for everything that import reads: the first byte says how (as a document
 * or a line, with or without a format given), the rest is the text.
 */
#include "convert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const formats[] = {NULL, NULL,      "feed",   "jsonfeed",
                                          "x",  "twitter", "record", "text"};
    if (size == 0)
        return 0;
    const char *name = formats[data[0] % 8];
    struct source_settings settings = {.from = name != NULL ? source_find(name) : NULL};
    struct str text = {(const char *)data + 1, size - 1};
    bool document = source_is_document(&settings, text) || (data[0] & 8) != 0;
    fuzz_convert(text, document, settings.from);
    return 0;
}
