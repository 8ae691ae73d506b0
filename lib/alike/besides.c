#include "alike/besides.h"

/* The text without its greetings; itself where it has none. */
static const struct codes *rest_of(const struct greetings *g, const struct codes *text,
                                   struct codes *rest)
{
    return greetings_leave_out(g, text, rest) ? rest : text;
}

bool besides_alike(struct besides *b, const struct greetings *g, const struct codes *asks,
                   const struct codes *other, unsigned shingle, double threshold)
{
    if (g == NULL)
        return true;
    const struct codes *one = rest_of(g, asks, &b->asks), *two = rest_of(g, other, &b->other);
    if (one == asks && two == other)
        return true;
    shingles_make(&b->shingles, two->at, two->count, shingle);
    size_t count = b->shingles.count;
    shingles_make(&b->shingles, one->at, one->count, shingle);
    size_t common = shingles_common(&b->shingles, two->at, two->count, shingle);
    size_t all = b->shingles.count + count - common;
    return all > 0 && (double)common / (double)all >= threshold;
}

void besides_free(struct besides *b)
{
    codes_free(&b->asks);
    codes_free(&b->other);
    shingles_free(&b->shingles);
}
