/*
 * A text on its own, unpacked, with all by which it is compared with another: what the
 * index (index.h) works out for one machine is here for two texts that have met. Owns its
 * memory; {0} is empty, and may be filled again and again.
 */
#ifndef ALIKE_SIDE_H
#define ALIKE_SIDE_H

#include <stdbool.h>

#include "alike/besides.h"
#include "alike/line.h"
#include "alike/shingle.h"

struct side {
    struct codes codes;
    struct shingles shingles;
    uint32_t keys[SKETCH_KEYS]; /* where sketched */
    uint8_t marks[SKETCH_KEYS];
    struct anchor *anchors; /* where anchored */
    size_t anchor_cap;
    struct places places;
    bool sketched, anchored;
    struct buf packed;
    struct besides besides;
};

/* Fills it with a text in base64. False where that is none, or longer than any that is
 * compared. */
bool side_fill(struct side *s, const struct alike_plan *plan, struct str text);

/* How alike are they? Sets common and all; returns their Jaccard index. */
double side_likeness(struct side *asks, const struct side *other, const struct alike_plan *plan,
                     struct pair *pair);

/* Are they near, also without their greetings? Sets common and all. */
bool side_near(struct side *asks, const struct side *other, const struct alike_plan *plan,
               struct pair *pair);

/* What the index would tell of the other text, if it were in it alone. */
void side_compare(struct side *asks, struct side *other, const struct alike_plan *plan,
                  struct pair *pair);

void side_free(struct side *s);

#endif
