/* Laying two texts over each other. */
#include "alike/share.h"

#include <stdbool.h>

#define CORE                 100 /* code points of a run that makes news the same */
#define RUNS_MOST            16  /* that are measured of two texts */
#define OF_TEXTS(run, count) ((run) >= (count) - (count) / 3)

/* Code points of a part that lies anywhere in a text: shorter ones are found, or not, by where. */
#define PART (ANCHOR_EVERY + ANCHOR_SPAN)

/* A run that two texts have in common: where it begins in each, and its length. */
struct run {
    size_t asked, other, length;
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
    run.asked = a - back;
    run.other = b - back;
    run.length = end - (a - back);
    return run;
}

/* Is it from this run that the texts are seen there, too? */
static bool lies_in(const struct run *run, size_t a, size_t b)
{
    return a >= run->asked && a - run->asked < run->length && a - run->asked == b - run->other;
}

static unsigned kinds_of(const struct run *run, const struct codes *asked,
                         const struct codes *other)
{
    if (run->length < ANCHOR_SIZE)
        return 0;
    bool holds = run->length == other->count, whole = run->length == asked->count;
    bool begins = whole && run->other == 0;
    bool inside = begins || (whole && run->length >= PART);
    bool core = run->length >= CORE && OF_TEXTS(run->length, asked->count) &&
                OF_TEXTS(run->length, other->count);
    unsigned kinds = core ? SHARE_BIT(SHARE_CORE) : 0;
    kinds |= holds ? SHARE_BIT(SHARE_HOLDS) : 0;
    kinds |= inside ? SHARE_BIT(SHARE_INSIDE) : 0;
    kinds |= begins ? SHARE_BIT(SHARE_BEGINS) : 0;
    return kinds;
}

/* Lines that repeat, such as the heads of replies, have many places, and would use up all runs:
 * anchors with one place in the asked text go first. */
unsigned shares_of(const struct codes *asked, const struct places *anchors,
                   const struct codes *other)
{
    struct anchor kept[ANCHORS_KEPT];
    struct run run = {.length = 0};
    size_t count = anchors_kept(other->at, other->count, kept);
    unsigned kinds = 0, left = RUNS_MOST;
    for (size_t i = 0; i < 2 * count; i++) {
        const struct anchor *there = &kept[i % count], *own = places_find(anchors, there->hash);
        bool repeats = own != NULL && places_again(anchors, own) != NULL;
        if (repeats != (i >= count))
            continue;
        for (; own != NULL && left > 0; own = places_again(anchors, own)) {
            if (lies_in(&run, own->at, there->at))
                continue;
            run = run_around(asked, own->at, other, there->at);
            kinds |= kinds_of(&run, asked, other);
            left--;
        }
    }
    return kinds;
}
