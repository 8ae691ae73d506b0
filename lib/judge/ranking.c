/* Sorted only when it is cut: putting in costs nothing. */
#include "judge/ranking.h"

#include <stdlib.h>

#include "base/mem.h"

static int by_weight(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight < y->weight ? 1 : -1;
    return x->number < y->number ? -1 : x->number > y->number;
}

void ranking_add(struct ranking *r, double weight, void *thing)
{
    MEM_GROW(r->entries, r->count, r->capacity);
    r->entries[r->count++] = (struct ranked){weight, r->seen++, thing};
}

void ranking_cut(struct ranking *r, size_t most)
{
    if (r->count > 0)
        qsort(r->entries, r->count, sizeof *r->entries, by_weight);
    while (r->count > most)
        r->release(r->entries[--r->count].thing);
}

void ranking_free(struct ranking *r)
{
    ranking_cut(r, 0);
    free(r->entries);
    *r = (struct ranking){.release = r->release};
}
