/*
 * One table holds all bands: slots of a tag and a text's number, open addressing,
 * a tag as often as texts share it. The opening of a text is one band more, that is
 * asked only for texts that were cut off. Shingles lie end to end in one array.
 */
#include "alike/index.h"

#include <stdlib.h>

#include "alike/shingle.h"
#include "base/mem.h"

#define FIRST_SLOTS ((size_t)16 * 1024)

struct slot {
    uint32_t tag;
    uint32_t number; /* INDEX_NONE: free */
};

struct entry {
    size_t end;   /* of its shingles; they begin where those of the one before end */
    uint32_t met; /* the last question in which it was a candidate */
};

struct alike_index {
    struct sketch_plan plan;
    struct slot *slots; /* power of two */
    size_t slot_count, slots_used;
    unsigned shift; /* 64 - log2(slot_count) */
    struct entry *entries;
    size_t entry_count, entry_cap;
    uint32_t *shingles;
    size_t shingle_count, shingle_cap;
    uint32_t question;
    uint64_t candidates, verified;
};

static void make_slots(struct alike_index *x, size_t count)
{
    x->slots = mem_resize(NULL, count, sizeof *x->slots);
    x->slot_count = count;
    x->slots_used = 0;
    x->shift = 64;
    for (size_t i = count; i > 1; i /= 2)
        x->shift--;
    memset(x->slots, 0xFF, count * sizeof *x->slots);
}

struct alike_index *index_new(struct sketch_plan plan)
{
    struct alike_index *x = mem_zero(1, sizeof *x);
    x->plan = plan;
    make_slots(x, FIRST_SLOTS);
    return x;
}

void index_free(struct alike_index *x)
{
    if (x == NULL)
        return;
    free(x->slots);
    free(x->entries);
    free(x->shingles);
    free(x);
}

static inline size_t slot_of(const struct alike_index *x, uint32_t tag)
{
    return (size_t)(tag * 0x9E3779B97F4A7C15u >> x->shift);
}

static inline size_t slot_after(const struct alike_index *x, size_t slot)
{
    return (slot + 1) & (x->slot_count - 1);
}

/* ---- asking ---- */

static const uint32_t *entry_shingles(const struct alike_index *x, uint32_t number, size_t *count)
{
    size_t begin = number == 0 ? 0 : x->entries[number - 1].end;
    *count = x->entries[number].end - begin;
    return x->shingles + begin;
}

/* Is this the first time that the text comes up in this question? */
static bool is_fresh(struct alike_index *x, uint32_t number)
{
    bool fresh = x->entries[number].met != x->question;
    x->entries[number].met = x->question;
    x->candidates += fresh;
    return fresh;
}

static double likeness(const struct alike_index *x, uint32_t number, const struct alike_text *t,
                       double threshold)
{
    size_t count;
    const uint32_t *shingles = entry_shingles(x, number, &count);
    size_t less = count < t->shingle_count ? count : t->shingle_count;
    size_t more = count < t->shingle_count ? t->shingle_count : count;
    if (more == 0 || (double)less / (double)more < threshold)
        return 0; /* sets of such sizes cannot be that alike */
    return shingles_jaccard(shingles, count, t->shingles, t->shingle_count);
}

struct alike_match index_nearest(struct alike_index *x, const struct alike_text *t,
                                 double threshold)
{
    struct alike_match best = {.number = INDEX_NONE, .score = 0};
    x->question++;
    for (unsigned band = 0; band < x->plan.bands; band++) {
        uint32_t tag = t->tags[band];
        for (size_t at = slot_of(x, tag); x->slots[at].number != INDEX_NONE;
             at = slot_after(x, at)) {
            uint32_t number = x->slots[at].number;
            if (x->slots[at].tag != tag || !is_fresh(x, number))
                continue;
            double score = likeness(x, number, t, threshold);
            if (score < threshold)
                continue;
            x->verified++;
            if (score > best.score || (score == best.score && number < best.number))
                best = (struct alike_match){number, score};
        }
    }
    return best;
}

struct alike_match index_containing(struct alike_index *x, const struct alike_text *t)
{
    struct alike_match found = {.number = INDEX_NONE, .score = 0};
    uint32_t tag = t->opening;
    x->question++;
    for (size_t at = slot_of(x, tag); x->slots[at].number != INDEX_NONE; at = slot_after(x, at)) {
        uint32_t number = x->slots[at].number;
        if (x->slots[at].tag != tag || number > found.number || !is_fresh(x, number))
            continue;
        size_t count;
        const uint32_t *shingles = entry_shingles(x, number, &count);
        size_t common = shingles_common(shingles, count, t->shingles, t->shingle_count);
        if (common == t->shingle_count)
            found = (struct alike_match){number, (double)common / (double)count};
    }
    x->verified += found.number != INDEX_NONE;
    return found;
}

/* ---- adding ---- */

/* Puts a number under a tag, unless there is a crowd already. */
static void put_slot(struct alike_index *x, uint32_t tag, uint32_t number)
{
    size_t at = slot_of(x, tag);
    unsigned crowd = 0;
    for (; x->slots[at].number != INDEX_NONE; at = slot_after(x, at))
        if (x->slots[at].tag == tag && ++crowd == INDEX_CROWD)
            return;
    x->slots[at] = (struct slot){tag, number};
    x->slots_used++;
}

static void widen(struct alike_index *x)
{
    struct slot *old = x->slots;
    size_t count = x->slot_count;
    make_slots(x, count * 2);
    for (size_t i = 0; i < count; i++)
        if (old[i].number != INDEX_NONE)
            put_slot(x, old[i].tag, old[i].number);
    free(old);
}

static void keep_shingles(struct alike_index *x, const uint32_t *shingles, size_t count)
{
    if (x->shingle_cap - x->shingle_count < count) {
        x->shingle_cap = x->shingle_cap + x->shingle_cap / 2 + count + 1024;
        x->shingles = mem_resize(x->shingles, x->shingle_cap, sizeof *x->shingles);
    }
    if (count > 0)
        memcpy(x->shingles + x->shingle_count, shingles, count * sizeof *shingles);
    x->shingle_count += count;
}

uint32_t index_add(struct alike_index *x, const struct alike_text *t)
{
    uint32_t number = (uint32_t)x->entry_count;
    keep_shingles(x, t->shingles, t->shingle_count);
    MEM_GROW(x->entries, x->entry_count, x->entry_cap);
    x->entries[x->entry_count++] = (struct entry){.end = x->shingle_count};
    if (t->shingle_count == 0)
        return number;
    if (x->slots_used + x->plan.bands + 1 > x->slot_count / 3 * 2)
        widen(x);
    for (unsigned band = 0; band < x->plan.bands; band++)
        put_slot(x, t->tags[band], number);
    put_slot(x, t->opening, number);
    return number;
}

struct alike_counts index_counts(const struct alike_index *x)
{
    return (struct alike_counts){
        .candidates = x->candidates,
        .verified = x->verified,
        .bytes = x->slot_count * sizeof *x->slots + x->entry_cap * sizeof *x->entries +
                 x->shingle_cap * sizeof *x->shingles,
    };
}
