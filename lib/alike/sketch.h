/*
 * Sketches: a few numbers out of a set of shingles by which sets that are alike find each
 * other. MinHash makes a signature of which each place agrees between two sets as often as
 * the sets are alike (their Jaccard index); places are taken together in bands, and two
 * sets meet where all the places of a band agree.
 *
 * A set is kept under one key a band. It asks by that key and, for each place of the band,
 * by the key that the band would have if the shingle that won the place were not there: so
 * it finds, too, what lacks that one shingle (the idea of multi-probe LSH: Lv et al., VLDB
 * 2007, for MinHash). Fewer bands, and less memory, are enough then.
 *
 * A key has 32 bits, in which keys of many millions of sets are the same by chance. Besides
 * it there is a mark, a few bits more, for who has room for them.
 */
#ifndef ALIKE_SKETCH_H
#define ALIKE_SKETCH_H

#include <stddef.h>
#include <stdint.h>

#define SKETCH_BANDS  64 /* most */
#define SKETCH_PLACES 128
#define SKETCH_KEYS   (SKETCH_BANDS + SKETCH_PLACES)
#define SKETCH_MARKS  32 /* marks go from 0 to below that */

struct sketch_plan {
    unsigned bands, rows;
};

/* The plan by which sets of likeness `threshold` (0.1 to 1) meet with probability
 * `recall` at least, and others as rarely as a modest number of bands allows. */
struct sketch_plan sketch_plan_for(double threshold, double recall);

/* The chance that two sets of this likeness, of one size, meet. */
double sketch_chance(struct sketch_plan plan, double likeness);

/* How many keys a set asks by: of each band its own first, then one for each place. */
static inline unsigned sketch_keys(struct sketch_plan plan)
{
    return plan.bands * (1 + plan.rows);
}

/* Sets keys[0 … sketch_keys(plan)-1] for a set that is not empty, and their marks. */
void sketch_make(struct sketch_plan plan, const uint32_t *hashes, size_t count, uint32_t *keys,
                 uint8_t *marks);

#endif
