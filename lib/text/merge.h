/*
 * Two dictionaries of MeCab made one: the system's and our own words. It finds what the
 * two find, in the same order and at the same costs, so that texts are cut the same way;
 * but a place in a text is looked up once and not twice.
 *
 * Most of MeCab's time goes into waiting for memory and into words that do not win. So
 * what is often read stands together: cells, entries, features and, under new numbers,
 * rows and columns of the matrix. And entries that can never win are left out.
 */
#ifndef TEXT_MERGE_H
#define TEXT_MERGE_H

#include "base/err.h"
#include "base/str.h"

struct merge;

/* Reads the dictionary in a folder and the user dictionary `words` that was made for it. */
struct merge *merge_new(const char *folder, const char *words, struct err *e);
void merge_free(struct merge *m);

/* Counts a place in a text that MeCab looks up, which is where the text begins. */
void merge_look_up(struct merge *m, struct str text);

/* Counts an entry that MeCab weighs, by its context ids. */
void merge_weigh(struct merge *m, unsigned left, unsigned right);

/* Writes the new dictionary into a folder that is there. */
bool merge_write(struct merge *m, const char *folder, struct err *e);

#endif
