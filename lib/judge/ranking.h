/*
 * What weighs most out of a stream, without keeping the stream: things are put in, and
 * now and then the lightest are let go. Of those that weigh the same the earlier counts
 * more, so that the same input gives the same order.
 *
 * The ranking owns what is put in and gives it up through `release`.
 */
#ifndef JUDGE_RANKING_H
#define JUDGE_RANKING_H

#include <stddef.h>

struct ranked {
    double weight;
    size_t number; /* how many came before it, those let go included */
    void *thing;
};

struct ranking {
    struct ranked *entries;
    size_t count, capacity;
    size_t seen;
    void (*release)(void *thing);
};

void ranking_add(struct ranking *r, double weight, void *thing);

/* Sorts, and lets go all but the first `most`. */
void ranking_cut(struct ranking *r, size_t most);

void ranking_free(struct ranking *r);

#endif
