/*
 * How well judgements agree with labels: counts, intervals, tests. All is deterministic:
 * resampling draws from a fixed seed.
 */
#ifndef JUDGE_SCORE_H
#define JUDGE_SCORE_H

#include <stddef.h>
#include <stdint.h>

struct score_counts {
    size_t right, wrong, missed; /* true and false positives, false negatives */
};

struct interval {
    double value, low, high; /* of 95 % */
};

double score_f1(const struct score_counts *c);

/* A share with the interval of Wilson 1927; 0..1 where there is nothing to count. */
struct interval score_share(size_t part, size_t whole);

/* What one post was labelled and judged to be, as bits of answers. */
struct score_pair {
    uint32_t gold, said;
};

struct score_counts score_count(const struct score_pair *pairs, size_t count, uint32_t answers);

/* For each of `wanted` sets of answers F1 of its answers taken together (micro), with its
 * interval by the percentiles of 400 bootstrap samples of the posts (Efron 1979, with
 * Poisson weights), without those samples in which no post has to do with the answers; it is no
 * narrower than that of the share that is right among all that is right, wrong or missed. All
 * sets see the same samples, those that each would see alone. */
void score_f1_intervals(const struct score_pair *pairs, size_t count, const uint32_t *sets,
                        size_t wanted, struct interval *intervals);

/* McNemar's test, exact: how likely so uneven a split of the posts that only one of two
 * judges got right is by chance. */
double score_mcnemar(size_t only_first, size_t only_second);

#endif
