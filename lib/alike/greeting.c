/* Greetings are looked for by their first three code points, the longest first. */
#include "alike/greeting.h"

#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/table.h"

#define HEAD    3     /* code points; no greeting is shorter */
#define BUCKETS 1024  /* power of two */
#define PAIRS   32768 /* power of two; of bits: first two code points */

struct phrase {
    uint32_t *codes;
    size_t count;
    struct phrase *next; /* of the same bucket, none longer than this one */
};

struct greetings {
    uint64_t pairs[PAIRS / 64]; /* with which greetings begin: nearly always none does */
    struct phrase *buckets[BUCKETS];
};

static size_t bucket_of(const uint32_t *codes)
{
    uint32_t h = (codes[0] * 0x9E3779B1u + codes[1]) * 0x85EBCA77u + codes[2];
    return (h * 0xC2B2AE3Du) >> 22;
}

static inline uint32_t pair_of(uint32_t first, uint32_t second)
{
    return (first * 67 + second) % PAIRS;
}

static inline bool may_begin(const struct greetings *g, uint32_t first, uint32_t second)
{
    uint32_t pair = pair_of(first, second);
    return (g->pairs[pair / 64] >> pair % 64 & 1) != 0;
}

static void add_phrase(struct greetings *g, const struct codes *codes)
{
    struct phrase *phrase = mem_zero(1, sizeof *phrase);
    phrase->count = codes->count;
    phrase->codes = mem_resize(NULL, codes->count, sizeof *phrase->codes);
    memcpy(phrase->codes, codes->at, codes->count * sizeof *phrase->codes);
    uint32_t pair = pair_of(codes->at[0], codes->at[1]);
    g->pairs[pair / 64] |= (uint64_t)1 << pair % 64;
    struct phrase **at = &g->buckets[bucket_of(codes->at)];
    while (*at != NULL && (*at)->count > phrase->count)
        at = &(*at)->next;
    phrase->next = *at;
    *at = phrase;
}

static bool read_phrases(struct greetings *g, const struct normal *n, struct table *t,
                         struct err *e)
{
    struct buf key = {0};
    struct codes codes = {0};
    bool bad = false;
    while (!bad && table_next(t, 1, 1, &bad, e)) {
        buf_clear(&key);
        normal_key(n, t->field[0], &key);
        codes_read(&codes, buf_str(&key), SIZE_MAX);
        if (codes.count >= HEAD)
            add_phrase(g, &codes);
        else
            bad = !table_error(t, e, "too short for a greeting:", t->field[0]);
    }
    buf_free(&key);
    codes_free(&codes);
    return !bad;
}

struct greetings *greetings_new(const struct normal *n, struct err *e)
{
    struct greetings *g = mem_zero(1, sizeof *g);
    char *path = data_path("greetings.tsv");
    struct table table;
    bool opened = table_open(&table, path, e);
    bool done = opened && read_phrases(g, n, &table, e);
    if (opened)
        table_close(&table);
    free(path);
    if (done)
        return g;
    greetings_free(g);
    return NULL;
}

void greetings_free(struct greetings *g)
{
    if (g == NULL)
        return;
    for (size_t i = 0; i < BUCKETS; i++) {
        struct phrase *next;
        for (struct phrase *p = g->buckets[i]; p != NULL; p = next) {
            next = p->next;
            free(p->codes);
            free(p);
        }
    }
    free(g);
}

/* The length of the greeting that begins here, 0 for none. */
static size_t greeting_at(const struct greetings *g, const uint32_t *codes, size_t count)
{
    if (count < HEAD || !may_begin(g, codes[0], codes[1]))
        return 0;
    for (const struct phrase *p = g->buckets[bucket_of(codes)]; p != NULL; p = p->next)
        if (p->count <= count && memcmp(p->codes, codes, p->count * sizeof *codes) == 0)
            return p->count;
    return 0;
}

/* Does some greeting begin with these? */
static bool begins(const struct greetings *g, const uint32_t head[HEAD])
{
    for (const struct phrase *p = g->buckets[bucket_of(head)]; p != NULL; p = p->next)
        if (memcmp(p->codes, head, HEAD * sizeof *head) == 0)
            return true;
    return false;
}

/* One character in a row, of which the third counts no more? */
static inline bool is_thrice(const uint32_t codes[3])
{
    return codes[0] == codes[1] && codes[1] == codes[2];
}

bool greetings_none(const struct greetings *g, struct str text, size_t count)
{
    const unsigned char *p = (const unsigned char *)text.ptr, *end = p + text.len;
    uint32_t first, second = ' ', third = ' '; /* with which none begins */
    for (size_t left = count + HEAD - 1; left > 0; left--) {
        if (end - p < 3)
            return false;
        first = second;
        second = third;
        if (*p < 0x80) {
            third = *p++;
        } else {
            if ((*p & 0xF0) != 0xE0)
                return false; /* a rare character */
            third = utf8_three_code(p);
            p += 3;
        }
        if (second == third && first == second)
            left++; /* it does not count */
        if (may_begin(g, first, second)) {
            uint32_t head[HEAD] = {first, second, third};
            if (begins(g, head))
                return false;
        }
    }
    return true;
}

size_t greetings_rest(const struct greetings *g, const uint32_t *codes, size_t count, size_t most)
{
    size_t rest = 0;
    while (rest < most && rest + HEAD <= count && !is_thrice(codes + rest) &&
           !may_begin(g, codes[rest], codes[rest + 1]))
        rest++;
    for (size_t at = rest; at < count && rest < most;) {
        size_t length = greeting_at(g, codes + at, count - at);
        rest += length == 0 && !(at >= 2 && is_thrice(codes + at - 2));
        at += length == 0 ? 1 : length;
    }
    return rest;
}

/* Where the first greeting at or behind `at` begins; count where there is none. */
static size_t next_greeting(const struct greetings *g, const struct codes *text, size_t at,
                            size_t *length)
{
    while (at < text->count && (*length = greeting_at(g, text->at + at, text->count - at)) == 0)
        at++;
    return at;
}

bool greetings_leave_out(const struct greetings *g, const struct codes *text, struct codes *rest)
{
    size_t length, from = 0, to = next_greeting(g, text, 0, &length);
    if (to == text->count)
        return false;
    rest->count = 0;
    if (rest->cap < text->count) {
        rest->cap = text->count;
        rest->at = mem_resize(rest->at, rest->cap, sizeof *rest->at);
    }
    while (from < text->count) {
        memcpy(rest->at + rest->count, text->at + from, (to - from) * sizeof *rest->at);
        rest->count += to - from;
        from = to < text->count ? to + length : to;
        to = next_greeting(g, text, from, &length);
    }
    return true;
}
