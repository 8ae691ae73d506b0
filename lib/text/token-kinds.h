/*
 * Numbers for tokens: equal ones, equal surface, part of speech and base form. So who asks the
 * same of a word again and again may keep the answer by its number. The first few ten
 * thousand that are not long get one.
 *
 * Owns its memory. For one thread.
 */
#ifndef TEXT_TOKEN_KINDS_H
#define TEXT_TOKEN_KINDS_H

#include "text/token.h"

struct token_kinds;

/* Numbers begin with `first`, which is not 0. */
struct token_kinds *token_kinds_new(uint32_t first);
void token_kinds_free(struct token_kinds *k);

/* Sets the kind of each token; 0 where it has none. */
void token_kinds_give(struct token_kinds *k, struct token *tokens, size_t count);

#endif
