/* What a total of a model is, put plainly: the program's own way (judge/weigher.h) must come to
 * the same. */
#ifndef TESTS_TOTAL_H
#define TESTS_TOTAL_H

#include "judge/model.h"

/* Adds the row of a feature, if the model knows it. */
static inline void total_add(struct model_total *total, const struct model *m, uint32_t feature)
{
    const int8_t *row = model_row(m, feature);
    for (uint32_t a = 0; row != NULL && a < m->header->answers; a++)
        total->sums[a] += row[a];
    int rarity = row != NULL ? row[m->header->stride - 1] : 0;
    total->squares += rarity * rarity;
}

#endif
