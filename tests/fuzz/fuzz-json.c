/*
 * Fuzz target for the formats of networks: the first byte names one of the formats or
 * none, the rest is read both as a line and as a document.
 */
#include "convert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct source_format *format = NULL;
    if (size == 0)
        return 0;
    for (size_t i = 0; i < data[0] && source_at(i) != NULL; i++)
        if (i + 1 == data[0])
            format = source_at(i);
    struct str text = {(const char *)data + 1, size - 1};
    fuzz_convert(text, false, format);
    fuzz_convert(text, true, format);
    return 0;
}
