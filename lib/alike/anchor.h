/*
 * Anchors: the few places of a text by which a text that holds it is found. In every
 * stretch of ANCHOR_SPAN code points one run of ANCHOR_SIZE is chosen, the one of least
 * hash; so two texts that share a stretch choose the same run there (winnowing: Schleimer,
 * Wilkerson and Aiken, "Winnowing: Local Algorithms for Document Fingerprinting", 2003).
 * A text is kept under the choices of a few of its stretches only, the first of them at
 * its beginning, the others spread over all of it, and asks by the choices of all.
 */
#ifndef ALIKE_ANCHOR_H
#define ALIKE_ANCHOR_H

#include <stddef.h>
#include <stdint.h>

#define ANCHOR_SIZE  12 /* code points of a run */
#define ANCHOR_SPAN  15 /* code points of a stretch: four runs */
#define ANCHOR_EVERY 86 /* code points from a kept stretch to the next, at least; 100 hold one */
#define ANCHORS_KEPT 16 /* of one text, at most */

struct anchor {
    uint32_t hash;
    uint32_t at; /* code point at which the run begins */
};

/* Room for as many as a text of `count` code points can have. */
size_t anchors_most(size_t count);

/* The choices of all stretches of a text, each once; returns how many. */
size_t anchors_all(const uint32_t *codes, size_t count, struct anchor *to);

/* Those under which it is kept. */
size_t anchors_kept(const uint32_t *codes, size_t count, struct anchor to[ANCHORS_KEPT]);

/* The anchors of a text, to be found by their hashes. {0} is empty, and may be filled again
 * and again; the anchors stay where they are meanwhile. The owner calls places_free(). */
struct places {
    const struct anchor *anchors;
    size_t count;
    uint32_t *first, *next; /* numbers of anchors, from 1; first: where the lowest bits say */
    size_t homes, cap;
};

void places_fill(struct places *p, const struct anchor *anchors, size_t count);
void places_free(struct places *p);

/* The first anchor of a hash, and the next of the same one; NULL: there is none.
 *     for (a = places_find(p, hash); a != NULL; a = places_again(p, a)) */
const struct anchor *places_find(const struct places *p, uint32_t hash);
const struct anchor *places_again(const struct places *p, const struct anchor *before);

#endif
