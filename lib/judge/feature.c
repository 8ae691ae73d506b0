/* Features of words and of what stands in them. */
#include "judge/feature.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"

#define MAX_FEATURES 6000 /* of one post; what is behind them is not looked at */
#define SLOT_BITS    13
#define NEAR         2 /* content words before one that it is seen together with */
#define RUNS         3 /* of characters across the seam before a word, at most */
#define AT_BEGIN     2 /* words with which a post begins, … */
#define AT_END       3 /* … with which it ends, … */
#define AT_STOP      2 /* … and with which a sentence does */

#define MOST_PAIRS (1 + NEAR + RUNS + 3) /* of a word: it may begin, end and end a sentence */

#define MIX 0x9E3779B97F4A7C15u

static inline uint32_t word_id(uint64_t hash)
{
    uint32_t id = (uint32_t)(hash ^ hash >> 32);
    return (id & ~3u) | 1;
}

static inline uint32_t pair_id(uint64_t hash)
{
    return (uint32_t)(hash ^ hash >> 32) | 3;
}

/* Links, and who is addressed, say nothing of what a post says: it is judged as if they were not
 * there. A veiled word is: others do not stand together across it. */
static inline bool is_unseen(const struct word *word)
{
    return (word->is & WORD_ADDRESS) != 0 && (word->is & WORD_VEILED) == 0;
}

/* Tags stand beside what is said, too, but say something by themselves. */
static inline bool is_beside(const struct word *word)
{
    return is_unseen(word) || (word->is & WORD_HASHTAG) != 0;
}

/* ---- of a word by itself ---- */

/* Kana and letters: one alone says nothing. */
static bool is_sound(uint32_t code)
{
    return (code >= 0x3041 && code <= 0x30FF) || ascii_digit(code) || (code >= 'a' && code <= 'z');
}

/* Runs of one to three characters; kana and letters not alone. Each longer run's hash goes on
 * from that of the shorter one that begins with it. */
static void add_runs(struct str text, void (*add)(void *data, uint32_t id), void *data)
{
    uint64_t one = 0, two = 0; /* of the runs that end before this character; 0: there is none */
    size_t length, left = FEATURE_CODES;
    for (size_t at = 0; at < text.len && left > 0; at += length, left--) {
        uint32_t code = utf8_code(text.ptr + at, &length);
        uint64_t single = (code + MIX) * MIX;
        if (!is_sound(code))
            add(data, word_id(single ^ MIX));
        if (two != 0)
            add(data, word_id((two ^ code) * MIX ^ 3 * MIX));
        two = one != 0 ? (one ^ code) * MIX : 0;
        if (two != 0)
            add(data, word_id(two ^ 2 * MIX));
        one = single;
    }
}

void feature_word(const struct token *token, const struct word *word, const struct normal *normal,
                  struct normal_text *surface, void (*add)(void *data, uint32_t id), void *data)
{
    if (is_unseen(word))
        return;
    add(data, word_id(word->hash));
    if ((word->is & WORD_VEILED) != 0)
        return;
    add_runs(word_surface(token, normal, surface), add, data);
}

/* ---- of words together ---- */

/* Adds a pair if it passes, which is no branch: nobody could foresee it. There is room. */
static inline void add_pair(struct word_pairs *p, const struct sieve *sieve, uint64_t hash,
                            uint32_t first, uint32_t last)
{
    uint32_t id = pair_id(hash);
    p->list[p->count] = (struct word_pair){id, first, last};
    p->count += sieve == NULL || sieve_has(sieve, id);
}

static inline uint64_t run_hash(const struct text_code *codes, size_t count)
{
    uint64_t hash = count * MIX;
    for (size_t i = 0; i < count; i++)
        hash = (hash ^ codes[i].code) * MIX;
    return hash;
}

/* Does a character stand in a link, a handle or a tag, or as a blank before one? */
static inline bool is_before_link(const struct matching *m, size_t code)
{
    uint32_t token = m->token_of[m->codes[code].at];
    return token < m->token_count && is_beside(&m->words.of[token]);
}

/* Runs of two and three characters that stand in no word but across the seam of two: where
 * the tokenizer cuts otherwise than usual, and endings (たのに, んだけど), are the same there. */
static void add_runs_across(struct word_pairs *p, const struct matching *m,
                            const struct sieve *sieve, uint32_t count)
{
    const struct text_code *codes = m->codes;
    size_t at = 0; /* of the first character behind the seam */
    for (uint32_t i = 1; i < count; i++) {
        while (at < m->code_count && codes[at].at < m->token_at[i])
            at++;
        uint32_t is = m->words.of[i - 1].is | m->words.of[i].is;
        if ((is & (WORD_ADDRESS | WORD_HASHTAG)) != 0 || at == 0 ||
            m->token_at[i] == m->token_end[i])
            continue;
        add_pair(p, sieve, run_hash(&codes[at - 1], 2), i - 1, i);
        if (at > 1 && codes[at - 2].at >= m->token_at[i - 1]) /* else it crosses two seams, … */
            add_pair(p, sieve, run_hash(&codes[at - 2], 3), i - 1, i);
        if (at + 1 < m->code_count &&
            !is_before_link(m, at + 1)) /* … and was added at the one before */
            add_pair(p, sieve, run_hash(&codes[at - 1], 3), i - 1, i);
    }
}

/* ---- where a word stands ---- */

enum { POST_BEGINS = 1, POST_ENDS, SENTENCE_ENDS };

static void add_place(struct word_pairs *p, const struct matching *m, const struct sieve *sieve,
                      uint64_t place, uint32_t token)
{
    add_pair(p, sieve, (m->words.of[token].hash ^ place) * MIX, token, token);
}

#define ELLIPSIS 0x2026

/* 。, ! and their kin, with which sentences end, and …, with which they stop short. */
static bool is_stop(const struct matching *m, uint32_t token)
{
    size_t length, at = m->token_at[token];
    uint32_t code = at < m->normal.text.len ? utf8_code(m->normal.text.data + at, &length) : 0;
    return mark_ends_sentence(code) || code == ELLIPSIS;
}

/* The words with which the post begins and ends, and with which its sentences end: there it is
 * said how the rest is meant (のに, かな, らしい, 助かる). */
static void add_places(struct word_pairs *p, const struct matching *m, const struct sieve *sieve,
                       uint32_t count)
{
    for (uint32_t i = 0, left = AT_BEGIN; left > 0 && i < count; i++)
        if (!is_beside(&m->words.of[i])) {
            add_place(p, m, sieve, POST_BEGINS, i);
            left--;
        }
    for (uint32_t i = count, left = AT_END; left > 0 && i > 0; i--)
        if (!is_beside(&m->words.of[i - 1])) {
            add_place(p, m, sieve, POST_ENDS, i - 1);
            left--;
        }
    for (size_t i = 0; i < m->sentence_count; i++) {
        uint32_t first = m->token_of[m->sentences[i].at], end = m->token_of[m->sentences[i].end];
        if (end > count)
            break;
        while (end > first && (is_stop(m, end - 1) || is_beside(&m->words.of[end - 1])))
            end--;
        for (uint32_t left = AT_STOP; left > 0 && end > first; end--)
            if (!is_beside(&m->words.of[end - 1])) {
                add_place(p, m, sieve, SENTENCE_ENDS, end - 1);
                left--;
            }
    }
}

/* ---- parts ---- */

/* What stands behind a sentence goes with the part before. */
static void find_parts(struct word_pairs *p, const struct matching *m, uint32_t count)
{
    uint32_t from = 0;
    p->parts = 0;
    for (size_t i = 0; i < m->sentence_count && from < count; i++) {
        uint32_t end = m->token_of[m->sentences[i].end];
        end = end > count || i + 1 == m->sentence_count ? count : end;
        p->parts += p->parts < FEATURE_PARTS && end > from;
        for (; from < end; from++)
            p->part_of[from] = (uint8_t)(p->parts - 1);
    }
    for (; from < count; from++)
        p->part_of[from] = (uint8_t)(p->parts > 0 ? p->parts - 1 : 0);
}

/* ---- pairs ---- */

/* Neighbours, the first of which has the post's beginning beside it; and content words near
 * each other, whatever stands between: 虫 … 入る. */
void word_pairs_take(struct word_pairs *p, const struct matching *m, const struct sieve *sieve)
{
    uint64_t before = MIX, words[NEAR] = {0}; /* the last content words, the nearest first */
    uint32_t places[NEAR] = {0}, count = feature_words(m);
    p->count = 0;
    if (p->cap < MOST_PAIRS * (size_t)count) {
        p->cap = MOST_PAIRS * ((size_t)count + count / 2);
        p->list = mem_resize(p->list, p->cap, sizeof *p->list);
    }
    uint32_t last = UINT32_MAX; /* the word before */
    for (uint32_t i = 0; i < count; i++) {
        uint64_t word = m->words.of[i].hash;
        if (is_beside(&m->words.of[i]))
            continue;
        add_pair(p, sieve, before * 31 + word, last == UINT32_MAX ? i : last, i);
        before = word;
        last = i;
        if ((m->words.of[i].is & WORD_CONTENT) == 0)
            continue;
        for (size_t k = 0; k < NEAR && words[k] != 0; k++)
            add_pair(p, sieve, words[k] * 17 + word * 3, places[k], i);
        for (size_t k = NEAR - 1; k > 0; k--) {
            words[k] = words[k - 1];
            places[k] = places[k - 1];
        }
        words[0] = word;
        places[0] = i;
    }
    add_runs_across(p, m, sieve, count);
    add_places(p, m, sieve, count);
    find_parts(p, m, count);
}

void word_pairs_free(struct word_pairs *p)
{
    free(p->list);
    *p = (struct word_pairs){0};
}

/* ---- all of them ---- */

static size_t slot_of(uint32_t id)
{
    return id * 2654435761u >> (32 - SLOT_BITS);
}

static void count_feature(void *data, uint32_t id)
{
    struct features *f = data;
    if (f->parted) {
        MEM_GROW(f->placed, f->placed_count, f->placed_cap);
        f->placed[f->placed_count++] = (struct placed_feature){id, f->part};
    }
    size_t slot = slot_of(id), mask = ((size_t)1 << SLOT_BITS) - 1;
    for (; f->slots[slot] != 0; slot = (slot + 1) & mask) {
        struct feature *known = &f->list[f->slots[slot] - 1];
        if (known->id == id) {
            known->times++;
            return;
        }
    }
    if (f->count == MAX_FEATURES)
        return;
    MEM_GROW(f->list, f->count, f->cap);
    f->list[f->count++] = (struct feature){id, 1};
    f->slots[slot] = (uint32_t)f->count;
}

void features_take(struct features *f, const struct matching *m, const struct normal *normal,
                   struct word_pairs *pairs)
{
    size_t mask = ((size_t)1 << SLOT_BITS) - 1;
    f->count = f->placed_count = 0;
    f->times = m->words.times;
    if (f->slots == NULL)
        f->slots = mem_zero(mask + 1, sizeof *f->slots);
    word_pairs_take(pairs, m, NULL);
    f->parted = pairs->parts > 1;
    for (uint32_t i = 0; i < feature_words(m); i++) {
        f->part = pairs->part_of[i];
        feature_word(&m->tokens[i], &m->words.of[i], normal, &f->surface, count_feature, f);
    }
    for (size_t i = 0; i < pairs->count; i++) {
        f->part = pairs->part_of[pairs->list[i].last];
        count_feature(f, pairs->list[i].id);
    }
    for (size_t i = 0; i < f->count; i++) { /* only what was used: posts are short */
        size_t slot = slot_of(f->list[i].id);
        for (; f->slots[slot] != 0; slot = (slot + 1) & mask)
            f->slots[slot] = 0;
    }
}

void features_free(struct features *f)
{
    free(f->list);
    free(f->placed);
    free(f->slots);
    normal_text_free(&f->surface);
    *f = (struct features){0};
}
