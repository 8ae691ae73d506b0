/*
 * build-words WORDS DICTIONARY OUT: at build time, makes the user dictionary that
 * ships out of lib/data/words.tsv.
 */
#include <stdio.h>

#include "text/words.h"

int main(int argc, char **argv)
{
    struct err e;
    if (argc == 4 && words_compile(argv[1], argv[2], argv[3], &e))
        return 0;
    fprintf(stderr, "build-words: %s\n",
            argc == 4 ? e.text : "usage: build-words WORDS DICTIONARY OUT");
    return 2;
}
