/*
 * MinHash in one go, by Dahlgaard, Knudsen and Thorup, "Fast Similarity Sketching"
 * (FOCS 2017): in each round every shingle falls into one place of the signature,
 * with a value; the least value counts, and that of an earlier round before any of
 * a later one. Rounds go on until no place is empty: one or two for a long text, a
 * few for a short one, so the cost is that of hashing some hundred numbers, and the
 * signature is as good as one of independent permutations.
 */
#include "alike/sketch.h"

#include <math.h>

#include "base/hash.h"

#define BANDS_WANTED 16 /* more cost memory and gain little */
#define ROWS_MAX     8

double sketch_chance(struct sketch_plan plan, double likeness)
{
    return 1 - pow(1 - pow(likeness, plan.rows), plan.bands);
}

struct sketch_plan sketch_plan_for(double threshold, double recall)
{
    struct sketch_plan best = {.bands = 1, .rows = 1};
    while (best.bands < SKETCH_BANDS && sketch_chance(best, threshold) < recall)
        best.bands++;
    for (unsigned rows = 2; rows <= ROWS_MAX; rows++) {
        struct sketch_plan plan = {.bands = 1, .rows = rows};
        while (plan.bands < BANDS_WANTED && sketch_chance(plan, threshold) < recall)
            plan.bands++;
        if (sketch_chance(plan, threshold) >= recall)
            best = plan;
    }
    return best;
}

/* 64 bits for a shingle in a round: splitmix64, by Steele, Lea and Flood (2014). */
static inline uint64_t mix(uint64_t shingle, uint64_t round)
{
    uint64_t h = (shingle << 32 | shingle) + (round + 1) * 0x9E3779B97F4A7C15u;
    h = (h ^ h >> 30) * 0xBF58476D1CE4E5B9u;
    h = (h ^ h >> 27) * 0x94D049BB133111EBu;
    return h ^ h >> 31;
}

static void fill_places(uint64_t *places, unsigned count, const uint32_t *hashes, size_t hash_count)
{
    unsigned empty = count;
    for (unsigned i = 0; i < count; i++)
        places[i] = UINT64_MAX;
    for (uint64_t round = 0; empty > 0; round++) {
        for (size_t i = 0; i < hash_count; i++) {
            uint64_t h = mix(hashes[i], round);
            /* from round `count` on, one place a round, so that it ends */
            uint64_t place = round < count ? (h >> 32) * count >> 32 : round - count;
            uint64_t value = round << 32 | (uint32_t)h;
            empty -= places[place] == UINT64_MAX;
            if (value < places[place])
                places[place] = value;
        }
    }
}

void sketch_make(struct sketch_plan plan, const uint32_t *hashes, size_t count, uint32_t *tags)
{
    uint64_t places[SKETCH_PLACES];
    if (count == 0)
        return;
    fill_places(places, plan.bands * plan.rows, hashes, count);
    for (unsigned band = 0; band < plan.bands; band++) {
        const uint64_t *first = &places[band * plan.rows];
        struct str bytes = {(const char *)first, plan.rows * sizeof *first};
        tags[band] = (uint32_t)hash_bytes(bytes, band);
    }
}
