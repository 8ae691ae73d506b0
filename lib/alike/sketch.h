/*
 * Sketches: a few numbers out of a set of shingles by which sets that are alike
 * find each other. MinHash makes a signature of which each place agrees between two
 * sets as often as the sets are alike (their Jaccard index); places are taken
 * together in bands, and two sets meet where all the places of a band agree. With b
 * bands of r rows, sets of likeness s meet with probability 1 - (1 - s^r)^b.
 */
#ifndef ALIKE_SKETCH_H
#define ALIKE_SKETCH_H

#include <stddef.h>
#include <stdint.h>

#define SKETCH_BANDS  64 /* most */
#define SKETCH_PLACES 128

struct sketch_plan {
    unsigned bands, rows;
};

/* The plan by which sets of likeness `threshold` (0.1 to 1) meet with probability
 * `recall` at least, and others as rarely as a modest number of bands allows. */
struct sketch_plan sketch_plan_for(double threshold, double recall);

/* The chance that two sets of this likeness meet. */
double sketch_chance(struct sketch_plan plan, double likeness);

/* Sets tags[0 … plan.bands-1], one number a band, for a set that is not empty. */
void sketch_make(struct sketch_plan plan, const uint32_t *hashes, size_t count, uint32_t *tags);

#endif
