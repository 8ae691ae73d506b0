/*
 * Tone: what each polar expression of a post comes to after emphasis, negation, contrast
 * and mood, and what they come to together.
 */
#ifndef JUDGE_TONE_H
#define JUDGE_TONE_H

#include "judge/match.h"

#define ASSERTS 200 /* hundredths of weight that assert a label */

/* Sets value and fate of every polarity hit, and the tone of every sentence and of the
 * post, with what is said of a rival. */
void tone_weigh(struct matching *m);

/* The sum with the tone of a sentence added, bounded as the post's is. */
int32_t tone_add(int32_t sum, int32_t sentence);

/* How a negation behind the hit turns it: -1 turned, 0 cancelled, 1 as it is (no
 * negation, or a form that only looks like one). */
int tone_negation(const struct matching *m, const struct hit *hit);

/* Is what a hit commends only what a request asks for: 美味しく|してほしい, してくれたら|嬉しい? */
bool tone_is_wished(const struct matching *m, const struct hit *good);

#endif
