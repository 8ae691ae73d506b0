/* Features of words and letters. */
#include "judge/feature.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"

#define MAX_FEATURES 6000 /* of one post; what is behind them is not looked at */
#define SLOT_BITS    13
#define GRAM_MIN     1
#define GRAM_MAX     4

#define NEAR 4 /* content words that are seen together */

enum kind { KIND_WORD = 1, KIND_PAIR, KIND_ENDING, KIND_GRAM, KIND_NEAR };

static void add(struct features *f, uint64_t hash, uint32_t at, uint32_t end)
{
    if (f->count == MAX_FEATURES)
        return;
    MEM_GROW(f->list, f->count, f->cap);
    f->list[f->count++] = (struct feature){(uint32_t)(hash ^ hash >> 32) | 1u, at, end};
}

static bool is_mark(const struct token *token)
{
    return str_equal(token->pos, STR("記号"));
}

/* Addresses and names of people tell of one post, not of what posts say. Tokens in
 * records have no more than surface, part of speech and base form, so nothing else may
 * count here. */
static struct str word_of(const struct token *token)
{
    if (is_mark(token) && str_starts(token->surface, STR("http")))
        return STR("http");
    if (is_mark(token) && token->surface.len > 1 && token->surface.ptr[0] == '@')
        return STR("@");
    return token->base.len > 0 ? token->base : token->surface;
}

static void add_words(struct features *f, const struct matching *m)
{
    uint64_t before = 0, before_that = 0;
    uint32_t start = 0;
    for (uint32_t i = 0; i < m->token_count; i++) {
        const struct token *token = &m->tokens[i];
        uint64_t word = hash_bytes(word_of(token), KIND_WORD);
        uint32_t at = m->token_at[i], stop = m->token_end[i];
        add(f, word, at, stop);
        if (before != 0)
            add(f, before * 31 + word * KIND_PAIR, start, stop);
        bool last = i + 1 == m->token_count || is_mark(&m->tokens[i + 1]);
        if (last && !is_mark(token)) {
            uint64_t surface = hash_bytes(token->surface, KIND_ENDING);
            add(f, surface * 7 + before * 3, start, stop);
            add(f, surface * 5 + before * 3 + before_that, start, stop);
        }
        before_that = before;
        before = word;
        start = at;
    }
}

/* Nouns, verbs, adjectives that say something by themselves. */
static bool is_content(const struct token *token)
{
    static const char *const empty[] = {"する",   "いる", "ある",   "なる", "こと", "もの", "れる",
                                        "られる", "てる", "いう",   "言う", "それ", "これ", "そう",
                                        "よう",   "とき", "ところ", "さん", NULL};
    bool kind = str_equal(token->pos, STR("名詞")) || str_equal(token->pos, STR("動詞")) ||
                str_equal(token->pos, STR("形容詞"));
    if (!kind || token->base.len < 3)
        return false;
    bool kana =
        (unsigned char)token->base.ptr[0] == 0xE3 || (unsigned char)token->base.ptr[0] < 0x80;
    if (!kana)
        return !str_equal(token->base, STR("言う"));
    return token->base.len > 3 && (token->base.len > 12 || !str_is_any(token->base, empty));
}

/* Pairs of content words near each other, whatever stands between: 虫 … 入る. */
static void add_near(struct features *f, const struct matching *m)
{
    uint64_t words[NEAR] = {0};
    uint32_t starts[NEAR] = {0};
    for (uint32_t i = 0; i < m->token_count; i++) {
        if (!is_content(&m->tokens[i]))
            continue;
        uint64_t word = hash_bytes(word_of(&m->tokens[i]), KIND_NEAR);
        for (size_t k = 0; k < NEAR && words[k] != 0; k++)
            add(f, words[k] * 17 + word, starts[k], m->token_end[i]);
        memmove(words + 1, words, (NEAR - 1) * sizeof *words);
        memmove(starts + 1, starts, (NEAR - 1) * sizeof *starts);
        words[0] = word;
        starts[0] = m->token_at[i];
    }
}

/* The code point at p, which is UTF-8 that was checked, and its length. */
static uint32_t code_at(const char *p, size_t *length)
{
    const unsigned char *c = (const unsigned char *)p;
    *length = c[0] < 0x80 ? 1 : c[0] < 0xE0 ? 2 : c[0] < 0xF0 ? 3 : 4;
    switch (*length) {
    case 1: return c[0];
    case 2: return (uint32_t)(c[0] & 31) << 6 | (c[1] & 63);
    case 3: return (uint32_t)(c[0] & 15) << 12 | (uint32_t)(c[1] & 63) << 6 | (c[2] & 63);
    default:
        return (uint32_t)(c[0] & 7) << 18 | (uint32_t)(c[1] & 63) << 12 |
               (uint32_t)(c[2] & 63) << 6 | (c[3] & 63);
    }
}

#define MIX 0x9E3779B97F4A7C15u

/* Runs of characters, none across a blank. Each longer run's hash goes on from that of
 * the shorter one that begins with it. */
static void add_grams(struct features *f, const struct matching *m)
{
    struct str text = buf_str(&m->normal.text);
    uint64_t hashes[GRAM_MAX] = {0}; /* of the runs that end here, by length less one */
    uint32_t starts[GRAM_MAX] = {0};
    size_t known = 0, length;
    for (size_t at = 0; at < text.len; at += length) {
        uint32_t code = code_at(text.ptr + at, &length);
        if (code == ' ' || code == '\n') {
            known = 0;
            continue;
        }
        for (size_t n = GRAM_MAX - 1; n > 0; n--) {
            hashes[n] = (hashes[n - 1] ^ code) * MIX;
            starts[n] = starts[n - 1];
        }
        hashes[0] = (code + KIND_GRAM * MIX) * MIX;
        starts[0] = (uint32_t)at;
        known += known < GRAM_MAX;
        for (size_t n = GRAM_MIN; n <= known; n++)
            add(f, hashes[n - 1] ^ n * MIX, starts[n - 1], (uint32_t)(at + length));
    }
}

void features_take(struct features *f, const struct matching *m)
{
    f->count = 0;
    add_words(f, m);
    add_near(f, m);
    add_grams(f, m);
}

static size_t slot_of(uint32_t id)
{
    return id * 2654435761u >> (32 - SLOT_BITS);
}

void features_once(struct features *f)
{
    size_t kept = 0, mask = ((size_t)1 << SLOT_BITS) - 1;
    if (f->slots == NULL)
        f->slots = mem_zero(mask + 1, sizeof *f->slots);
    for (size_t i = 0; i < f->count; i++) {
        size_t slot = slot_of(f->list[i].id);
        while (f->slots[slot] != 0 && f->list[f->slots[slot] - 1].id != f->list[i].id)
            slot = (slot + 1) & mask;
        if (f->slots[slot] != 0)
            continue;
        f->list[kept] = f->list[i];
        f->slots[slot] = (uint32_t)++kept;
    }
    f->count = kept;
    for (size_t i = 0; i < kept; i++) /* only what was used: posts are short */
        for (size_t slot = slot_of(f->list[i].id); f->slots[slot] != 0; slot = (slot + 1) & mask)
            f->slots[slot] = 0;
}

void features_free(struct features *f)
{
    free(f->list);
    free(f->slots);
    *f = (struct features){0};
}
