/*
 * What a model makes of a post's words. What a word weighs by itself is the same wherever
 * it stands, so words that come with a number (see text/token.h) are weighed when they are
 * seen first; of each post only its pairs of words are looked up.
 *
 * One for a model and a thread; for tokens of one reader. Owns its memory; model and normal
 * stay the caller's.
 */
#ifndef JUDGE_WEIGHER_H
#define JUDGE_WEIGHER_H

#include "judge/model.h"

struct weigher;

struct weigher *weigher_new(const struct model *model, const struct normal *normal);
void weigher_free(struct weigher *w);

/* What each answer comes to, see model_sum(). */
void weigher_run(struct weigher *w, const struct matching *m, const struct word_pairs *pairs,
                 const float *numbers, float *sums);

/* What each token of the post weighed last adds to an answer, in bytes of the model's rows: of
 * a pair each of its tokens has its share; in the part that says most for the answer they count
 * as much more as they do there. */
void weigher_shares(const struct weigher *w, const struct matching *m,
                    const struct word_pairs *pairs, uint32_t answer, float *shares);

#endif
