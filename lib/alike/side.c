/* Two texts, compared in the steps of the index. */
#include "alike/side.h"

#include <stdlib.h>

#include "base/base64.h"
#include "base/mem.h"

static void find_anchors(struct side *s)
{
    if (s->anchored)
        return;
    s->anchored = true;
    size_t most = anchors_most(s->codes.count);
    if (s->anchor_cap < most) {
        s->anchor_cap = 2 * most;
        s->anchors = mem_resize(s->anchors, s->anchor_cap, sizeof *s->anchors);
    }
    places_fill(&s->places, s->anchors, anchors_all(s->codes.at, s->codes.count, s->anchors));
}

bool side_fill(struct side *s, const struct alike_plan *plan, struct str text)
{
    buf_clear(&s->packed);
    if (!base64_take(&s->packed, text))
        return false;
    unpack_codes(plan->pack, buf_str(&s->packed), &s->codes);
    if (s->codes.count < plan->shingle || s->codes.count > NOTE_CODES)
        return false;
    shingles_make(&s->shingles, s->codes.at, s->codes.count, plan->shingle);
    s->sketched = s->anchored = false;
    besides_ask(&s->besides);
    return true;
}

double side_likeness(struct side *asks, const struct side *other, const struct alike_plan *plan,
                     struct pair *pair)
{
    size_t common =
        shingles_common(&asks->shingles, other->codes.at, other->codes.count, plan->shingle);
    size_t mine = asks->shingles.count, others = other->shingles.count;
    pair->common = (uint32_t)common;
    pair->all = (uint32_t)(mine + others - common);
    return shingles_likeness(mine, others, common);
}

static void sketch(struct side *s, struct sketch_plan plan)
{
    if (!s->sketched)
        sketch_make(plan, s->shingles.hashes, s->shingles.count, s->keys, s->marks);
    s->sketched = true;
}

/* Does the one ask by a key under which the other is kept? */
static bool meet(struct side *asks, struct side *other, struct sketch_plan plan)
{
    sketch(asks, plan);
    sketch(other, plan);
    for (unsigned i = 0; i < sketch_keys(plan); i++)
        for (unsigned band = 0; band < plan.bands; band++)
            if (asks->keys[i] == other->keys[band * (1 + plan.rows)])
                return true;
    return false;
}

bool side_near(struct side *asks, const struct side *other, const struct alike_plan *plan,
               struct pair *pair)
{
    return side_likeness(asks, other, plan, pair) >= plan->threshold &&
           besides_alike(&asks->besides, plan->greetings, &asks->codes, &other->codes,
                         plan->shingle, plan->threshold);
}

void side_compare(struct side *asks, struct side *other, const struct alike_plan *plan,
                  struct pair *pair)
{
    bool near = side_near(asks, other, plan, pair);
    find_anchors(asks);
    pair->kinds = shares_of(&asks->codes, &asks->places, &other->codes);
    if (near && meet(asks, other, plan->sketch))
        pair->kinds |= PAIR_NEAR;
}

void side_free(struct side *s)
{
    codes_free(&s->codes);
    shingles_free(&s->shingles);
    places_free(&s->places);
    free(s->anchors);
    buf_free(&s->packed);
    besides_free(&s->besides);
    *s = (struct side){.anchors = NULL};
}
