/*
 * The pairs of texts that dedupe --grouped has found, read from files, by the form of the
 * text that asks. Owns its memory; read-only once it is made.
 */
#ifndef ALIKE_PAIRS_H
#define ALIKE_PAIRS_H

#include "alike/line.h"
#include "base/err.h"

struct pairs;

/* Reads the files, whose lines may be in any order. NULL where one cannot be read or a line
 * is none, or was made with other settings. */
struct pairs *pairs_new(char *const *files, size_t count, const struct alike_plan *plan,
                        struct err *e);
void pairs_free(struct pairs *p);

/* The pairs of a form, one next to another. */
const struct pair *pairs_of(const struct pairs *p, uint64_t form, size_t *count);

size_t pairs_bytes(const struct pairs *p);

#endif
