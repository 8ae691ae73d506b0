/* Laying two texts over each other. */
#include "alike/share.h"

#include <stdbool.h>

#define CORE                 100 /* code points of a run that makes news the same */
#define OF_TEXTS(run, count) ((run) >= (count) - (count) / 3)

/* Where in the other text the anchor stands; SIZE_MAX if it does not. */
static size_t place_of(const struct codes *other, uint32_t hash)
{
    struct anchor kept[ANCHORS_KEPT];
    size_t count = anchors_kept(other->at, other->count, kept);
    for (size_t i = 0; i < count; i++)
        if (kept[i].hash == hash)
            return kept[i].at;
    return SIZE_MAX;
}

/* A run that two texts have in common: where it begins in the other, and its length. */
struct run {
    size_t other, length;
};

static struct run run_around(const struct codes *asked, size_t a, const struct codes *other,
                             size_t b)
{
    struct run run = {.length = 0};
    size_t end = a;
    while (end < asked->count && b + (end - a) < other->count &&
           asked->at[end] == other->at[b + (end - a)])
        end++;
    size_t back = 0;
    while (back < a && back < b && asked->at[a - back - 1] == other->at[b - back - 1])
        back++;
    run.other = b - back;
    run.length = end - (a - back);
    return run;
}

unsigned shares_at(const struct codes *asked, const struct anchor *anchor,
                   const struct codes *other)
{
    size_t place = place_of(other, anchor->hash);
    if (place == SIZE_MAX)
        return 0;
    struct run run = run_around(asked, anchor->at, other, place);
    if (run.length < ANCHOR_SIZE)
        return 0;
    bool holds = run.length == other->count, inside = run.length == asked->count;
    bool core = run.length >= CORE && OF_TEXTS(run.length, asked->count) &&
                OF_TEXTS(run.length, other->count);
    unsigned kinds = core ? SHARE_BIT(SHARE_CORE) : 0;
    kinds |= holds ? SHARE_BIT(SHARE_HOLDS) : 0;
    kinds |= inside ? SHARE_BIT(SHARE_INSIDE) : 0;
    kinds |= inside && run.other == 0 ? SHARE_BIT(SHARE_BEGINS) : 0;
    return kinds;
}
