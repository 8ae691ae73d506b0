/* Counting agreement. */
#include "judge/score.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

#define SAMPLES 400
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

/* Poisson with mean 1, by inversion of a random 32-bit number. */
static size_t draw(uint64_t *state)
{
    static const double steps[] = {0.367879, 0.735759, 0.919699, 0.981012, 0.996340, 0.999406, 1};
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    double u = (double)(*state >> 32) / 4294967296.0;
    size_t n = 0;
    while (u >= steps[n] && n < 6)
        n++;
    return n;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

struct interval score_f1_interval(const struct score_pair *pairs, size_t count, uint32_t answers)
{
    double samples[SAMPLES];
    uint64_t state = 1;
    struct score_counts all = score_count(pairs, count, answers);
    for (size_t s = 0; s < SAMPLES; s++) {
        struct score_counts c = {0};
        for (size_t i = 0; i < count; i++) {
            size_t weight = draw(&state);
            c.right += weight * bits(pairs[i].gold & pairs[i].said & answers);
            c.wrong += weight * bits(~pairs[i].gold & pairs[i].said & answers);
            c.missed += weight * bits(pairs[i].gold & ~pairs[i].said & answers);
        }
        samples[s] = score_f1(&c);
    }
    qsort(samples, SAMPLES, sizeof *samples, by_size);
    return (struct interval){score_f1(&all), samples[SAMPLES / 40],
                             samples[SAMPLES - 1 - SAMPLES / 40]};
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
