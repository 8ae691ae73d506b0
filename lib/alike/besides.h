/*
 * Two near texts without their greetings: New Year's wishes of two firms are near by what all
 * write, and say different things besides. Owns its memory; {0} is empty.
 */
#ifndef ALIKE_BESIDES_H
#define ALIKE_BESIDES_H

#include <stdbool.h>

#include "alike/greeting.h"
#include "alike/pack.h"
#include "alike/shingle.h"

struct besides {
    struct codes asks, other;
    struct shingles of_asks, of_other;
    bool filled, shingled; /* with the text that asks */
    bool greets;           /* that text does */
};

/* Another text asks from now on. */
void besides_ask(struct besides *b);

/* Are the texts, in comparable form, as alike without their greetings as `threshold` asks (a
 * Jaccard index of shingles)? True where neither greets, or `g` is NULL. */
bool besides_alike(struct besides *b, const struct greetings *g, const struct codes *asks,
                   const struct codes *other, unsigned shingle, double threshold);

void besides_free(struct besides *b);

#endif
