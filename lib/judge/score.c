/* Counting agreement. */
#include "judge/score.h"

#include <math.h>
#include <stdlib.h>

#include "base/intern.h"
#include "base/mem.h"

#define SAMPLES 400
#define ANSWERS 32       /* bits of a set */
#define Z       1.959964 /* of 95 % */

double score_f1(const struct score_counts *c)
{
    size_t all = 2 * c->right + c->wrong + c->missed;
    return all > 0 ? 2 * (double)c->right / (double)all : 0;
}

struct interval score_share(size_t part, size_t whole)
{
    if (whole == 0)
        return (struct interval){0, 0, 1};
    double n = (double)whole, p = (double)part / n;
    double middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n);
    double half = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n);
    return (struct interval){p, middle - half < 0 ? 0 : middle - half,
                             middle + half > 1 ? 1 : middle + half};
}

static size_t bits(uint32_t x)
{
    return (size_t)__builtin_popcount(x);
}

struct score_counts score_count(const struct score_pair *pairs, size_t count, uint32_t answers)
{
    struct score_counts c = {0};
    for (size_t i = 0; i < count; i++) {
        c.right += bits(pairs[i].gold & pairs[i].said & answers);
        c.wrong += bits(~pairs[i].gold & pairs[i].said & answers);
        c.missed += bits(pairs[i].gold & ~pairs[i].said & answers);
    }
    return c;
}

/* ---- the bootstrap ---- */

/* Posts that were labelled alike and judged alike: one group, however many. */
struct groups {
    struct intern pairs; /* bytes of struct score_pair */
    uint32_t *of;        /* each post's group */
    size_t *weights;     /* how often a group's posts are drawn in a sample */
};

/* Counts of each answer, by its bit. */
struct tally {
    size_t right[ANSWERS], wrong[ANSWERS], missed[ANSWERS];
};

static void group_posts(struct groups *g, const struct score_pair *pairs, size_t count)
{
    *g = (struct groups){.of = mem_alloc(count * sizeof *g->of + 1)};
    for (size_t i = 0; i < count; i++)
        g->of[i] = intern_add(&g->pairs, (struct str){(const char *)&pairs[i], sizeof pairs[i]});
    g->weights = mem_zero(g->pairs.count + 1, sizeof *g->weights);
}

static void free_groups(struct groups *g)
{
    intern_free(&g->pairs);
    free(g->of);
    free(g->weights);
}

/* Poisson with mean 1, by inversion of a random 32-bit number: the cumulative shares of 0
 * to 5, times 2^32. No branches, which could not be foretold. */
static size_t draw(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    uint32_t u = (uint32_t)(*state >> 32);
    return (size_t)(u >= 1580028274u) + (u >= 3160060843u) + (u >= 3950077128u) +
           (u >= 4213414457u) + (u >= 4279247716u) + (u >= 4292416086u);
}

static void draw_sample(struct groups *g, size_t count, uint64_t *state)
{
    memset(g->weights, 0, g->pairs.count * sizeof *g->weights);
    for (size_t i = 0; i < count; i++)
        g->weights[g->of[i]] += draw(state);
}

static void add_weight(size_t *counts, uint32_t answers, size_t weight)
{
    for (; answers != 0; answers &= answers - 1)
        counts[__builtin_ctz(answers)] += weight;
}

static void tally_sample(const struct groups *g, struct tally *t)
{
    struct score_pair pair;
    *t = (struct tally){0};
    for (uint32_t i = 0; i < g->pairs.count; i++) {
        memcpy(&pair, g->pairs.strings[i].ptr, sizeof pair);
        add_weight(t->right, pair.gold & pair.said, g->weights[i]);
        add_weight(t->wrong, ~pair.gold & pair.said, g->weights[i]);
        add_weight(t->missed, pair.gold & ~pair.said, g->weights[i]);
    }
}

/* NAN where no post of the sample has to do with the answers: it says nothing of them. */
static double tally_f1(const struct tally *t, uint32_t answers)
{
    struct score_counts c = {0};
    for (; answers != 0; answers &= answers - 1) {
        int a = __builtin_ctz(answers);
        c.right += t->right[a];
        c.wrong += t->wrong[a];
        c.missed += t->missed[a];
    }
    return c.right + c.wrong + c.missed > 0 ? score_f1(&c) : NAN;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* What the interval of a share says of F1: of all that is right, wrong or missed the share that
 * is right is F1 / (2 - F1). */
static struct interval share_of_f1(const struct score_counts *c)
{
    struct interval i = score_share(c->right, c->right + c->wrong + c->missed);
    return (struct interval){score_f1(c), 2 * i.low / (1 + i.low), 2 * i.high / (1 + i.high)};
}

/* The interval of the samples, in any order, or that of the share where it is wider: samples know
 * no better than the posts that they are drawn from, and of posts that are all right, or all
 * wrong, have no width at all. */
static struct interval interval_of(double *samples, size_t count, const struct score_counts *all)
{
    struct interval share = share_of_f1(all), i = share;
    if (count == 0)
        return share;
    qsort(samples, count, sizeof *samples, by_size);
    i.low = samples[count / 40];
    i.high = samples[count - 1 - count / 40];
    i.low = share.low < i.low ? share.low : i.low;
    i.high = share.high > i.high ? share.high : i.high;
    return i;
}

void score_f1_intervals(const struct score_pair *pairs, size_t count, const uint32_t *sets,
                        size_t wanted, struct interval *intervals)
{
    double(*samples)[SAMPLES] = mem_alloc(wanted * sizeof *samples + 1);
    size_t *counts = mem_zero(wanted + 1, sizeof *counts);
    struct groups groups;
    struct tally tally;
    uint64_t state = 1;
    group_posts(&groups, pairs, count);
    for (size_t s = 0; s < SAMPLES; s++) {
        draw_sample(&groups, count, &state);
        tally_sample(&groups, &tally);
        for (size_t i = 0; i < wanted; i++) {
            samples[i][counts[i]] = tally_f1(&tally, sets[i]);
            counts[i] += isnan(samples[i][counts[i]]) ? 0 : 1;
        }
    }
    for (size_t i = 0; i < wanted; i++) {
        struct score_counts all = score_count(pairs, count, sets[i]);
        intervals[i] = interval_of(samples[i], counts[i], &all);
    }
    free_groups(&groups);
    free(samples);
    free(counts);
}

double score_mcnemar(size_t only_first, size_t only_second)
{
    size_t n = only_first + only_second, less = only_first < only_second ? only_first : only_second;
    if (n == 0)
        return 1;
    double sum = 0;
    for (size_t k = 0; k <= less; k++)
        sum += exp(lgamma((double)n + 1) - lgamma((double)k + 1) - lgamma((double)(n - k) + 1) -
                   (double)n * log(2));
    return 2 * sum > 1 ? 1 : 2 * sum;
}
