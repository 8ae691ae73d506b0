/*
 * Word lists for the tokenizer: plain tables (surface, type, base, reading; the
 * types are those of inflections.tsv) made into user dictionaries with MeCab's own
 * compiler.
 */
#ifndef TEXT_WORDS_H
#define TEXT_WORDS_H

#include "base/err.h"

/* Compiles the table at `words` for the dictionary in directory `dictionary` and
 * writes the user dictionary to `out`. Only surface is required in a row: a row of one
 * field is a proper noun. */
bool words_compile(const char *words, const char *dictionary, const char *out, struct err *e);

#endif
