/*
 * One table holds the keys of all bands and the anchors. What a candidate has in common
 * with the text asked for is worked out from its packed text: by counting shingles, or by
 * laying the two texts over each other at the anchors that they share.
 */
#include "alike/index.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define MET 4096 /* candidates remembered at once; more are tried again */

/* ---- entries ---- */

/* What stands under a key: a text's number and, in the bits that the numbers of up to 67
 * million texts leave free, the key's mark. So keys that are the same by chance, which grow
 * with the square of the texts, nearly all cost nothing. */
#define NUMBER_BITS 26
#define LARGE       ((uint32_t)1 << 31) /* a number that leaves none free */
#define ANCHOR_MARK 0                   /* anchors have none of their own */

static inline uint32_t make_entry(uint32_t number, unsigned mark)
{
    return number >> NUMBER_BITS != 0 ? LARGE | number : (uint32_t)mark << NUMBER_BITS | number;
}

static inline uint32_t entry_number(uint32_t entry)
{
    return entry & ((entry & LARGE) != 0 ? LARGE - 1 : ((uint32_t)1 << NUMBER_BITS) - 1);
}

static inline bool has_mark(uint32_t entry, unsigned mark)
{
    return (entry & LARGE) != 0 || entry >> NUMBER_BITS == mark;
}

struct renumbering {
    uint32_t (*of)(const void *context, uint32_t number);
    const void *context;
};

static uint32_t entry_after(const void *context, uint32_t entry)
{
    const struct renumbering *r = context;
    uint32_t number = r->of(r->context, entry_number(entry));
    if (number == INDEX_NONE || (entry & LARGE) != 0)
        return number == INDEX_NONE ? SLOTS_NONE : LARGE | number;
    return make_entry(number, entry >> NUMBER_BITS);
}

void index_renumber(struct alike_index *x, uint32_t (*of)(const void *context, uint32_t number),
                    const void *context)
{
    struct renumbering r = {of, context};
    slots_renumber(&x->slots, entry_after, &r);
}

void index_open(struct alike_index *x, struct sketch_plan plan, unsigned shingle,
                const struct firsts *firsts, const struct pack *pack,
                const struct greetings *greetings)
{
    *x = (struct alike_index){.plan = plan,
                              .shingle = shingle,
                              .firsts = firsts,
                              .pack = pack,
                              .greetings = greetings,
                              .slots = {.width = 2},
                              .met = mem_zero(MET, sizeof *x->met)};
}

void index_close(struct alike_index *x)
{
    slots_free(&x->slots);
    shingles_free(&x->shingles);
    codes_free(&x->codes);
    codes_free(&x->other);
    places_free(&x->places);
    besides_free(&x->besides);
    free(x->met);
    x->met = NULL;
}

/* ---- fetching ahead ---- */

void index_expect(struct alike_index *x, const struct alike_text *t)
{
    size_t count = sketch_keys(x->plan);
    index_expect_rest(x);
    memcpy(x->ahead, t->keys, count * sizeof *x->ahead);
    for (size_t i = 0; i < t->anchor_count && count < INDEX_AHEAD; i++)
        x->ahead[count++] = t->anchors[i].hash;
    x->ahead_next = 0;
    x->ahead_count = count;
}

static inline void expect_next(struct alike_index *x)
{
    if (x->ahead_next < x->ahead_count)
        slots_expect(&x->slots, x->ahead[x->ahead_next++]);
}

void index_expect_rest(struct alike_index *x)
{
    while (x->ahead_next < x->ahead_count)
        expect_next(x);
}

/* ---- asking ---- */

void index_ask(struct alike_index *x, const struct alike_text *t)
{
    x->asked = t;
    x->shingles_filled = x->codes_filled = x->places_filled = false;
    besides_ask(&x->besides);
}

static void begin_question(struct alike_index *x)
{
    if (++x->question == 0)
        memset(x->met, 0, MET * sizeof *x->met);
    x->question += x->question == 0;
}

/* Is this a text to be tried, and not tried already? */
static bool is_fresh(struct alike_index *x, uint32_t number)
{
    uint64_t *met = &x->met[number % MET], mark = (uint64_t)x->question << 32 | number;
    if (*met == mark || !firsts_remembers(x->firsts, number))
        return false;
    *met = mark;
    x->candidates++;
    return true;
}

static const struct codes *asked_codes(struct alike_index *x)
{
    if (!x->codes_filled)
        unpack_codes(x->pack, x->asked->packed, &x->codes);
    x->codes_filled = true;
    return &x->codes;
}

/* The Jaccard index of the asked text and one whose codes are in `other`, and whose
 * shingles are `count`. */
static double likeness(struct alike_index *x, size_t count)
{
    const struct alike_text *t = x->asked;
    if (!x->shingles_filled)
        shingles_take(&x->shingles, t->shingles, t->shingle_count);
    x->shingles_filled = true;
    size_t common = shingles_common(&x->shingles, x->other.at, x->other.count, x->shingle);
    return shingles_likeness(t->shingle_count, count, common);
}

static double try_near(struct alike_index *x, uint32_t number, double threshold)
{
    struct first first = firsts_get(x->firsts, number);
    size_t count = first.shingles, asked = x->asked->shingle_count;
    size_t less = count < asked ? count : asked, more = count < asked ? asked : count;
    if (more == 0 || (double)less / (double)more < threshold)
        return 0; /* sets of such sizes cannot be that alike */
    unpack_codes(x->pack, first.text, &x->other);
    double score = likeness(x, count);
    bool near = score >= threshold && besides_alike(&x->besides, x->greetings, asked_codes(x),
                                                    &x->other, x->shingle, threshold);
    return near ? score : 0;
}

/* The numbers under the keys that are to be tried, into x->found; their memory is on its
 * way then. */
static size_t find_candidates(struct alike_index *x)
{
    const uint32_t *keys = x->asked->keys;
    const uint8_t *marks = x->asked->marks;
    size_t count = 0, fresh = 0;
    for (unsigned i = 0; i < sketch_keys(x->plan); i++) {
        expect_next(x);
        for (size_t at = slots_first(&x->slots, keys[i]);
             slots_is(&x->slots, at, keys[i]) && count < INDEX_TRIES; at++) {
            uint32_t entry = slots_at(&x->slots, at)[SLOT_NUMBER];
            if (!has_mark(entry, marks[i]))
                continue;
            x->found[count] = entry_number(entry);
            firsts_expect(x->firsts, x->found[count++]);
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (!is_fresh(x, x->found[i]))
            continue;
        x->found[fresh] = x->found[i];
        firsts_fetch(x->firsts, x->found[fresh++]);
    }
    return fresh;
}

struct alike_match index_nearest(struct alike_index *x, double threshold)
{
    struct alike_match best = {.number = INDEX_NONE, .score = 0};
    begin_question(x);
    size_t count = find_candidates(x);
    for (size_t i = 0; i < count; i++) {
        uint32_t number = x->found[i];
        double score = try_near(x, number, threshold);
        if (score < threshold)
            continue;
        x->verified++;
        if (score > best.score || (score == best.score && number < best.number))
            best = (struct alike_match){number, score};
    }
    return best;
}

static void keep_share(struct alike_match *kept, uint32_t number, double score)
{
    if (number < kept->number)
        *kept = (struct alike_match){number, score};
}

/* What does the asked text share with a candidate? */
static void try_sharing(struct alike_index *x, uint32_t number,
                        struct alike_match shares[SHARE_KINDS])
{
    struct first first = firsts_get(x->firsts, number);
    unpack_codes(x->pack, first.text, &x->other);
    unsigned kinds = shares_of(asked_codes(x), &x->places, &x->other);
    if (kinds == 0)
        return;
    double score = likeness(x, first.shingles);
    x->verified++;
    for (int kind = 0; kind < SHARE_KINDS; kind++)
        if ((kinds & SHARE_BIT(kind)) != 0)
            keep_share(&shares[kind], number, score);
}

void index_sharing(struct alike_index *x, struct alike_match shares[SHARE_KINDS])
{
    const struct alike_text *t = x->asked;
    unsigned tries = 0;
    for (int kind = 0; kind < SHARE_KINDS; kind++)
        shares[kind] = (struct alike_match){.number = INDEX_NONE, .score = 0};
    begin_question(x);
    for (size_t i = 0; i < t->anchor_count; i++) {
        uint32_t key = t->anchors[i].hash;
        expect_next(x);
        for (size_t at = slots_first(&x->slots, key); slots_is(&x->slots, at, key); at++) {
            uint32_t entry = slots_at(&x->slots, at)[SLOT_NUMBER], number = entry_number(entry);
            if (!has_mark(entry, ANCHOR_MARK) || !is_fresh(x, number))
                continue;
            if (tries++ == INDEX_TRIES)
                return;
            if (!x->places_filled)
                places_fill(&x->places, t->anchors, t->anchor_count);
            x->places_filled = true;
            try_sharing(x, number, shares);
        }
    }
}

/* ---- adding ---- */

/* Under a key that takes no more a text gets the place of one that is forgotten: what is found
 * must not depend on when such are swept. */
static void replace_forgotten(struct alike_index *x, const uint32_t slot[2])
{
    uint32_t key = slot[SLOT_KEY];
    for (size_t at = slots_first(&x->slots, key); slots_is(&x->slots, at, key); at++) {
        uint32_t *entry = &slots_at(&x->slots, at)[SLOT_NUMBER];
        if (firsts_remembers(x->firsts, entry_number(*entry)))
            continue;
        *entry = slot[SLOT_NUMBER];
        return;
    }
}

static void add(struct alike_index *x, uint32_t key, unsigned mark, uint32_t number)
{
    const uint32_t slot[3] = {key, make_entry(number, mark)};
    if (!slots_add(&x->slots, SLOTS_ANYWHERE, slot, INDEX_CROWD) && x->firsts->horizon > 0)
        replace_forgotten(x, slot);
}

void index_add(struct alike_index *x, const struct alike_text *t, uint32_t number)
{
    if (t->shingle_count == 0)
        return;
    for (unsigned i = 0; i < sketch_keys(x->plan); i += 1 + x->plan.rows)
        add(x, t->keys[i], t->marks[i], number);
    for (size_t i = 0; i < t->kept_count; i++)
        add(x, t->kept[i], ANCHOR_MARK, number);
}

struct alike_counts index_counts(const struct alike_index *x)
{
    return (struct alike_counts){
        .candidates = x->candidates, .verified = x->verified, .bytes = x->slots.room.cap};
}
