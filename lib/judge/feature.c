/* Features of words and letters. */
#include "judge/feature.h"

#include <stdlib.h>

#include "base/mem.h"

#define MAX_FEATURES 6000 /* of one post; what is behind them is not looked at */
#define SLOT_BITS    13
#define NEAR         4 /* content words that are seen together */

#define MIX 0x9E3779B97F4A7C15u

enum kind { KIND_GRAM = 2, KIND_NEAR };

/* What is on its way into the list. */
struct taking {
    struct features *f;
    const struct sieve *sieve;
};

static size_t slot_of(uint32_t id)
{
    return id * 2654435761u >> (32 - SLOT_BITS);
}

static void keep(struct features *f, uint32_t id, uint32_t at, uint32_t end)
{
    size_t slot = slot_of(id), mask = ((size_t)1 << SLOT_BITS) - 1;
    for (; f->slots[slot] != 0; slot = (slot + 1) & mask)
        if (f->list[f->slots[slot] - 1].id == id)
            return;
    if (f->count == MAX_FEATURES)
        return;
    MEM_GROW(f->list, f->count, f->cap);
    f->list[f->count++] = (struct feature){id, at, end};
    f->slots[slot] = (uint32_t)f->count;
}

static inline void add(const struct taking *t, uint64_t hash, uint32_t at, uint32_t end)
{
    uint32_t id = (uint32_t)(hash ^ hash >> 32) | 1u;
    if (t->sieve == NULL || sieve_has(t->sieve, id))
        keep(t->f, id, at, end);
}

/* Words, and pairs of content words near each other, whatever stands between: 虫 … 入る. */
static void add_words(const struct taking *t, const struct matching *m)
{
    uint64_t words[NEAR] = {0}; /* the last content words, the nearest first */
    uint32_t starts[NEAR] = {0};
    for (uint32_t i = 0; i < m->token_count; i++) {
        uint32_t at = m->token_at[i], end = m->token_end[i];
        uint64_t word = m->words.of[i].hash;
        add(t, word, at, end);
        if ((m->words.of[i].is & WORD_CONTENT) == 0)
            continue;
        for (size_t k = 0; k < NEAR && words[k] != 0; k++)
            add(t, words[k] * 17 + word * KIND_NEAR, starts[k], end);
        memmove(words + 1, words, (NEAR - 1) * sizeof *words);
        memmove(starts + 1, starts, (NEAR - 1) * sizeof *starts);
        words[0] = word;
        starts[0] = at;
    }
}

/* Kana and letters: one alone says nothing. */
static bool is_sound(uint32_t code)
{
    return (code >= 0x3041 && code <= 0x30FF) || (code >= '0' && code <= '9') ||
           (code >= 'a' && code <= 'z');
}

/* Runs of one to three characters, none across a blank; kana and letters not alone. Each longer run's hash goes on from
 * that of the shorter one that begins with it. */
static void add_grams(const struct taking *t, const struct matching *m)
{
    uint64_t one = 0, two = 0; /* of the runs that end before this character; 0: there is none */
    for (size_t i = 0; i < m->code_count; i++) {
        uint32_t code = m->codes[i].code, end = m->codes[i + 1].at;
        if (code == ' ' || code == '\n') {
            one = two = 0;
            continue;
        }
        uint64_t single = (code + KIND_GRAM * MIX) * MIX;
        if (!is_sound(code))
            add(t, single ^ MIX, m->codes[i].at, end);
        if (two != 0)
            add(t, (two ^ code) * MIX ^ 3 * MIX, m->codes[i - 2].at, end);
        two = one != 0 ? (one ^ code) * MIX : 0;
        if (two != 0)
            add(t, two ^ 2 * MIX, m->codes[i - 1].at, end);
        one = single;
    }
}

void features_take(struct features *f, const struct matching *m, const struct sieve *sieve)
{
    struct taking t = {f, sieve};
    size_t mask = ((size_t)1 << SLOT_BITS) - 1;
    f->count = 0;
    if (f->slots == NULL)
        f->slots = mem_zero(mask + 1, sizeof *f->slots);
    add_words(&t, m);
    add_grams(&t, m);
    for (size_t i = 0; i < f->count; i++) { /* only what was used: posts are short */
        size_t slot = slot_of(f->list[i].id);
        for (; f->slots[slot] != 0; slot = (slot + 1) & mask)
            f->slots[slot] = 0;
    }
}

void features_free(struct features *f)
{
    free(f->list);
    free(f->slots);
    *f = (struct features){0};
}
