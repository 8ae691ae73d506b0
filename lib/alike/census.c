/*
 * Counts stand in a table of open addressing. When it holds `limit` things, the median of
 * their counts is taken off each and those that have nothing left go: at least half of
 * them, so that this costs a constant time a thing (Anderson and others, "A High-
 * Performance Algorithm for Identifying Frequent Items in Data Streams", 2017, after Misra
 * and Gries, 1982).
 *
 * The number of things: Flajolet and others, "HyperLogLog" (2007), with the estimator of
 * Ertl, "New Cardinality Estimation Algorithms for HyperLogLog Sketches" (2017), which
 * needs no correction for small numbers.
 */
#include "alike/census.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

#define FIRST_SLOTS   4
#define REGISTER_BITS 12
#define REGISTERS     (1U << REGISTER_BITS)
#define RANKS         (64 - REGISTER_BITS + 1) /* the highest rank of a hash */
#define TOP_MOST      16

struct census_slot {
    uint64_t thing;
    uint32_t count; /* 0: free */
};

/* ---- counts ---- */

/* Spreads the bits, for the place in the table and for the registers. */
static uint64_t mix(uint64_t thing)
{
    thing = (thing ^ thing >> 32) * 0x9E3779B97F4A7C15U;
    return thing ^ thing >> 29;
}

static struct census_slot *slot_of(const struct census *c, uint64_t thing)
{
    for (size_t at = (size_t)mix(thing);; at++) {
        struct census_slot *slot = &c->slots[at & (c->slot_count - 1)];
        if (slot->count == 0 || slot->thing == thing)
            return slot;
    }
}

/* Moves what has more than `less` into a new table, that much taken off. */
static void rebuild(struct census *c, uint32_t slot_count, uint32_t less)
{
    struct census_slot *old = c->slots;
    uint32_t old_count = c->slot_count;
    c->slots = mem_zero(slot_count, sizeof *c->slots);
    c->slot_count = slot_count;
    c->count = 0;
    for (uint32_t i = 0; i < old_count; i++) {
        if (old[i].count <= less)
            continue;
        *slot_of(c, old[i].thing) = (struct census_slot){old[i].thing, old[i].count - less};
        c->count++;
    }
    free(old);
}

static int compare_counts(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static uint32_t median(const struct census *c)
{
    uint32_t *counts = mem_zero(c->count + 1, sizeof *counts), kept = 0;
    for (uint32_t i = 0; i < c->slot_count; i++)
        if (c->slots[i].count > 0)
            counts[kept++] = c->slots[i].count;
    qsort(counts, kept, sizeof *counts, compare_counts);
    uint32_t middle = counts[kept / 2];
    free(counts);
    return middle;
}

/* ---- how many there were ---- */

static void note_rank(struct census *c, uint64_t thing)
{
    uint64_t hash = mix(thing), rest = hash << REGISTER_BITS;
    uint8_t rank = (uint8_t)(rest == 0 ? RANKS : __builtin_clzll(rest) + 1);
    uint8_t *place = &c->registers[hash >> (64 - REGISTER_BITS)];
    *place = rank > *place ? rank : *place;
}

static void begin_estimate(struct census *c)
{
    c->registers = mem_zero(REGISTERS, sizeof *c->registers);
    for (uint32_t i = 0; i < c->slot_count; i++)
        if (c->slots[i].count > 0)
            note_rank(c, c->slots[i].thing);
}

/* The two series of Ertl's estimator, for the registers that are empty and full. */
static double sigma(double x)
{
    double sum = x, before, weight = 1;
    if (x >= 1)
        return INFINITY;
    do {
        before = sum;
        x *= x;
        sum += x * weight;
        weight += weight;
    } while (sum > before);
    return sum;
}

static double tau(double x)
{
    double sum = 1 - x, before, weight = 1;
    if (x <= 0 || x >= 1)
        return 0;
    do {
        before = sum;
        x = sqrt(x);
        weight /= 2;
        sum -= (1 - x) * (1 - x) * weight;
    } while (sum < before);
    return sum / 3;
}

static uint64_t estimate(const struct census *c)
{
    double ranks[RANKS + 1] = {0}, m = REGISTERS;
    for (size_t i = 0; i < REGISTERS; i++)
        ranks[c->registers[i]]++;
    double sum = m * tau(1 - ranks[RANKS] / m);
    for (size_t rank = RANKS - 1; rank > 0; rank--)
        sum = (sum + ranks[rank]) / 2;
    sum += m * sigma(ranks[0] / m);
    return (uint64_t)llround(m * m / (2 * log(2) * sum));
}

/* ---- both ---- */

uint32_t census_add(struct census *c, uint64_t thing)
{
    c->total++;
    if (c->slot_count == 0)
        rebuild(c, FIRST_SLOTS, 0);
    struct census_slot *slot = slot_of(c, thing);
    if (slot->count > 0) {
        slot->count += slot->count < UINT32_MAX;
        return slot->count;
    }
    if (c->count == c->limit && c->registers == NULL)
        begin_estimate(c);
    if (c->registers != NULL)
        note_rank(c, thing);
    if (c->count == c->limit)
        rebuild(c, c->slot_count, median(c));
    else if (c->count + 1 > c->slot_count / 4 * 3)
        rebuild(c, c->slot_count * 2, 0);
    *slot_of(c, thing) = (struct census_slot){thing, 1};
    c->count++;
    return 1;
}

uint32_t census_of(const struct census *c, uint64_t thing)
{
    return c->slot_count == 0 ? 0 : slot_of(c, thing)->count;
}

bool census_is_exact(const struct census *c)
{
    return c->registers == NULL;
}

uint64_t census_distinct(const struct census *c)
{
    return c->registers == NULL ? c->count : estimate(c);
}

uint64_t census_top(const struct census *c, size_t most)
{
    uint32_t top[TOP_MOST] = {0};
    uint64_t sum = 0;
    if (most > TOP_MOST)
        most = TOP_MOST;
    for (uint32_t i = 0; i < c->slot_count; i++) {
        size_t place = most;
        for (; place > 0 && c->slots[i].count > top[place - 1]; place--)
            if (place < most)
                top[place] = top[place - 1];
        if (place < most)
            top[place] = c->slots[i].count;
    }
    for (size_t i = 0; i < most; i++)
        sum += top[i];
    return sum;
}

/* ---- saving ---- */

struct saved_census {
    uint64_t total;
    uint32_t count, estimated; /* 1: registers follow */
};

void census_save(const struct census *c, struct extent *to)
{
    struct saved_census saved = {
        .total = c->total, .count = c->count, .estimated = c->registers != NULL};
    extent_add(to, &saved, sizeof saved);
    for (uint32_t i = 0; i < c->slot_count; i++)
        if (c->slots[i].count > 0) {
            extent_add(to, &c->slots[i].thing, sizeof c->slots[i].thing);
            extent_add(to, &c->slots[i].count, sizeof c->slots[i].count);
        }
    if (c->registers != NULL)
        extent_add(to, c->registers, REGISTERS);
}

/* Makes a table for so many things. */
static void make_slots(struct census *c, uint32_t count)
{
    uint32_t slot_count = FIRST_SLOTS;
    while (count > slot_count / 4 * 3)
        slot_count *= 2;
    rebuild(c, slot_count, 0);
}

bool census_load(struct census *c, struct str *from)
{
    struct saved_census saved;
    struct census_slot slot;
    bool whole = extent_take(from, &saved, sizeof saved) && saved.count <= c->limit;
    *c = (struct census){.limit = c->limit};
    if (!whole)
        return false;
    make_slots(c, saved.count);
    c->total = saved.total;
    for (uint32_t i = 0; i < saved.count && whole; i++) {
        whole = extent_take(from, &slot.thing, sizeof slot.thing) &&
                extent_take(from, &slot.count, sizeof slot.count) && slot.count > 0;
        if (whole)
            *slot_of(c, slot.thing) = slot;
    }
    c->count = saved.count;
    if (whole && saved.estimated != 0) {
        c->registers = mem_zero(REGISTERS, sizeof *c->registers);
        whole = extent_take(from, c->registers, REGISTERS);
    }
    if (!whole)
        census_free(c);
    return whole;
}

/* ---- memory ---- */

size_t census_bytes(const struct census *c)
{
    return c->slot_count * sizeof *c->slots + (c->registers == NULL ? 0 : REGISTERS);
}

void census_free(struct census *c)
{
    free(c->slots);
    free(c->registers);
    *c = (struct census){.limit = c->limit};
}
