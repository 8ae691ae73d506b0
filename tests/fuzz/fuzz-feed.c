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
    const char *format = formats[data[0] % 8];
    struct str text = {(const char *)data + 1, size - 1};
    bool document = source_is_document(text) || (data[0] & 8) != 0;
    fuzz_convert(text, document, format != NULL ? source_find(format) : NULL);
    return 0;
}
