/*
 * jq expressions on records, by libjq: what people write in --where, in mappings
 * of sources and in rules. An expression belongs to one thread. Lone surrogates
 * read as U+FFFD; libjq takes no more than 255 containers within each other.
 */
#ifndef RECORD_EXPR_H
#define RECORD_EXPR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct expr;

/* Compiles a jq program. NULL, and e says why, where it is none. */
struct expr *expr_new(const char *program, struct err *e);

/* The same, with `now` yielding this time instead of the clock's. */
struct expr *expr_new_at(const char *program, int64_t now, struct err *e);

void expr_free(struct expr *x);

/* Is the first result for this JSON text true (neither false, null nor missing)?
 * False, and e says why, where evaluation fails. */
bool expr_test(struct expr *x, struct str json, bool *holds, struct err *e);

/* Adds every result as compact JSON, each followed by a newline. False, and e says
 * why, where evaluation fails; what came before stays. */
bool expr_each(struct expr *x, struct str json, struct buf *results, struct err *e);

#endif
