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
#include <stdbool.h>

#define BANDS_WANTED 8 /* more cost memory and gain little */
#define ROWS_MAX     8
#define EMPTY        UINT64_MAX

double sketch_chance(struct sketch_plan plan, double likeness)
{
    double rows = plan.rows, s = likeness;
    double all_agree = pow(s, rows);
    double but_one = rows * pow(s, rows - 1) * s * (1 - s) / 2;
    return 1 - pow(1 - all_agree - but_one, plan.bands);
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

/* 64 bits for a number in a round: splitmix64, by Steele, Lea and Flood (2014). */
static inline uint64_t mix(uint64_t number, uint64_t round)
{
    uint64_t h = number + (round + 1) * 0x9E3779B97F4A7C15u;
    h = (h ^ h >> 30) * 0xBF58476D1CE4E5B9u;
    h = (h ^ h >> 27) * 0x94D049BB133111EBu;
    return h ^ h >> 31;
}

/* A place of the signature: the least value, and the one that comes next, where the rounds
 * that fill all places with first ones have come upon one. */
struct place {
    uint64_t first, second;
};

struct places {
    struct place at[SKETCH_PLACES];
    unsigned count;
};

/* Without a branch, since where a hash falls cannot be foreseen. */
static inline void put(struct places *p, uint64_t place, uint64_t value)
{
    uint64_t first = p->at[place].first, second = p->at[place].second;
    uint64_t greater = value < first ? first : value;
    greater = value == first ? EMPTY : greater;
    p->at[place].first = value < first ? value : first;
    p->at[place].second = greater < second ? greater : second;
}

static bool any_without_first(const struct places *p)
{
    bool any = false;
    for (unsigned i = 0; i < p->count; i++)
        any |= p->at[i].first == EMPTY;
    return any;
}

/* Where 16 bits of a hash belong: from round `count` on one place a round, so that it ends. */
static inline uint64_t place_in(const struct places *p, uint64_t round, uint64_t bits)
{
    return round < p->count ? bits * p->count >> 16 : (round - p->count) % p->count;
}

/* Each hash does for two rounds: 16 bits say the place, 16 the value. */
static void fill_places(struct places *p, const uint32_t *hashes, size_t hash_count)
{
    for (unsigned i = 0; i < p->count; i++)
        p->at[i] = (struct place){EMPTY, EMPTY};
    for (uint64_t round = 0; any_without_first(p); round += 2) {
        for (size_t i = 0; i < hash_count; i++) {
            uint64_t h = mix((uint64_t)hashes[i] << 32 | hashes[i], round);
            put(p, place_in(p, round, h >> 48), round << 32 | (h >> 32 & 0xFFFF));
            put(p, place_in(p, round + 1, h >> 16 & 0xFFFF), (round + 1) << 32 | (h & 0xFFFF));
        }
    }
}

/* The high half of a sum is the key; of the low half, as well mixed, a few bits the mark. */
static inline void put_key(uint64_t sum, uint32_t *key, uint8_t *mark)
{
    *key = (uint32_t)(sum >> 32);
    *mark = (uint8_t)((uint32_t)sum / (UINT32_MAX / SKETCH_MARKS + 1));
}

void sketch_make(struct sketch_plan plan, const uint32_t *hashes, size_t count, uint32_t *keys,
                 uint8_t *marks)
{
    struct places places;
    if (count == 0)
        return;
    places.count = plan.bands * plan.rows;
    fill_places(&places, hashes, count);
    for (unsigned band = 0; band < plan.bands; band++) {
        uint64_t sum = 0, without[ROWS_MAX];
        for (unsigned row = 0; row < plan.rows; row++) {
            unsigned number = band * plan.rows + row;
            struct place place = places.at[number];
            uint64_t part = mix(place.first, number);
            without[row] = place.second == EMPTY ? 0 : mix(place.second, number) - part;
            sum += part;
        }
        put_key(sum, keys++, marks++);
        for (unsigned row = 0; row < plan.rows; row++)
            put_key(sum + without[row], keys++, marks++);
    }
}
