/*
 * The lemma form of a text: its base forms in a row, without what changes with style
 * and not with sense (case particles, politeness, progressive aspect), negation spelled
 * one way. 「虫が入ってました」 and 「虫入ってたんだけど」 both hold 虫入る. Rules are matched on
 * it beside the surface, so that they need not list inflections.
 */
#ifndef JUDGE_LEMMA_H
#define JUDGE_LEMMA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "text/token.h"

/* What a token is in the lemma form: a slice of it or of a constant; empty when it is
 * left out. `before` is the token before it, with its surface normalised, or NULL. */
struct str lemma_of(const struct token *token, const struct token *before);

/* Does what it is depend on the token before it? */
bool lemma_asks(const struct token *token);

/* Adds the lemma form of a rule's pattern: without trailing past and particles. Returns
 * how many tokens went into it. */
size_t lemma_of_pattern(const struct token_list *tokens, struct buf *to);

#endif
