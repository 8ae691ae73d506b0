#include "alike/besides.h"

void besides_ask(struct besides *b)
{
    b->filled = b->shingled = false;
}

bool besides_alike(struct besides *b, const struct greetings *g, const struct codes *asks,
                   const struct codes *other, unsigned shingle, double threshold)
{
    if (g == NULL)
        return true;
    if (!b->filled)
        b->greets = greetings_leave_out(g, asks, &b->asks);
    b->filled = true;
    bool greets = greetings_leave_out(g, other, &b->other);
    if (!b->greets && !greets)
        return true;
    const struct codes *one = b->greets ? &b->asks : asks, *two = greets ? &b->other : other;
    if (!b->shingled)
        shingles_make(&b->of_asks, one->at, one->count, shingle);
    b->shingled = true;
    shingles_make(&b->of_other, two->at, two->count, shingle);
    size_t common = shingles_common(&b->of_asks, two->at, two->count, shingle);
    return shingles_likeness(b->of_asks.count, b->of_other.count, common) >= threshold;
}

void besides_free(struct besides *b)
{
    codes_free(&b->asks);
    codes_free(&b->other);
    shingles_free(&b->of_asks);
    shingles_free(&b->of_other);
}
