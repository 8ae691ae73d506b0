/*
 * Double arrays (J. Aoe, "An Efficient Digital Search Algorithm by Using a Double-Array
 * Structure", 1989) laid out for the processor's caches. A search jumps from cell to
 * cell, and in a large array nearly every jump is a miss. Where the children of a state
 * stand is free, though: those of the states that are most visited are placed first, so
 * that they stand together in the array's first pages.
 */
#ifndef TEXT_LAYOUT_H
#define TEXT_LAYOUT_H

#include "text/compiled.h"

struct layout;

/* Of keys in the order of their bytes, none twice and none empty. They must live as long
 * as the layout. */
struct layout *layout_new(const struct str *keys, size_t count);
void layout_free(struct layout *l);

/* Counts what a search for the keys with which the text begins visits. */
void layout_visit(struct layout *l, struct str text);

/* How often a visit found the key. */
uint64_t layout_found(const struct layout *l, size_t key);

/* The array that leads from key n to values[n]. The caller frees it. */
struct cell *layout_cells(struct layout *l, const int32_t *values, size_t *count);

#endif
