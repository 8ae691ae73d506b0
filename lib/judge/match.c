/*
 * Matching. Both tries are walked from every place where a pattern may begin: each
 * character of the surface, each token of the lemma form. Each walk finds hits in the
 * order of their places, so that merging sorts them; parts of A*B are put together when
 * their last part is found, looking back no further than the window.
 */
#include "judge/match.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "judge/lemma.h"

#define EDGE_START 1u
#define EDGE_END   2u
#define EDGE_SKIP  4u /* inside a URL or a mention: no rule looks here */

/* How far apart the parts of A*B may stand. */
#define WINDOW_TOKENS 12u
#define WINDOW_BYTES  256u /* a token may be as long as its author likes */

/* ---- layout ---- */

static void *grown(void *array, size_t *capacity, size_t needed, size_t size)
{
    if (needed <= *capacity)
        return array;
    *capacity = needed + needed / 2 + 64;
    return mem_resize(array, *capacity, size);
}

#define BEHIND TRIE_OPENING /* codes that are 0 */

static void lay_codes(struct matching *m)
{
    struct str text = buf_str(&m->normal.text);
    m->codes = grown(m->codes, &m->code_cap, text.len + BEHIND, sizeof *m->codes);
    size_t count = 0, length;
    for (size_t at = 0; at < text.len; at += length) {
        uint32_t code = utf8_code(text.ptr + at, &length);
        m->codes[count++] = (struct text_code){code, (uint32_t)at};
    }
    for (size_t i = 0; i < BEHIND; i++)
        m->codes[count + i] = (struct text_code){0, (uint32_t)text.len};
    m->code_count = count;
}

/* Finds where each token stands in the normalised text: both run forward together. */
static void lay_tokens(struct matching *m)
{
    size_t length = m->normal.text.len, at = 0, capacity = m->token_cap;
    m->token_at = grown(m->token_at, &capacity, m->token_count + 1, sizeof *m->token_at);
    m->token_end = grown(m->token_end, &m->token_cap, m->token_count + 1, sizeof *m->token_end);
    m->edges = grown(m->edges, &m->edge_cap, length + 1, 1);
    m->token_of = grown(m->token_of, &m->byte_cap, length + 1, sizeof *m->token_of);
    memset(m->edges, 0, length + 1);
    for (uint32_t i = 0; i < m->token_count; i++) {
        const struct token *token = &m->tokens[i];
        for (; at < length && m->normal.origin[at] < token->at; at++)
            m->token_of[at] = i;
        size_t start = at, stop = token->at + token->surface.len;
        for (; at < length && m->normal.origin[at] < stop; at++)
            m->token_of[at] = i;
        m->token_at[i] = (uint32_t)start;
        m->token_end[i] = (uint32_t)at;
        m->edges[start] |= EDGE_START;
        m->edges[at] |= EDGE_END;
        if ((m->words.of[i].is & WORD_ADDRESS) != 0)
            for (size_t k = start; k < at; k++)
                m->edges[k] |= EDGE_SKIP;
    }
    for (; at <= length; at++)
        m->token_of[at] = m->token_count;
}

static void lay_lemma(struct matching *m)
{
    buf_clear(&m->lemma);
    m->lemma_at = grown(m->lemma_at, &m->lemma_at_cap, m->token_count + 1, sizeof *m->lemma_at);
    for (uint32_t i = 0; i < m->token_count; i++) {
        const struct token *token = &m->tokens[i];
        uint32_t is = m->words.of[i].is;
        m->lemma_at[i] = (uint32_t)m->lemma.len;
        if ((is & WORD_NO_LEMMA) != 0)
            continue;
        struct str lemma = (is & WORD_ADDRESS) != 0 ? STR("\n")
                           : (is & WORD_ASKS) == 0  ? token->base
                                                    : lemma_of(token, i > 0 ? token - 1 : NULL);
        size_t from = m->lemma.len;
        buf_add_str(&m->lemma, lemma);
        m->lemma_token =
            grown(m->lemma_token, &m->lemma_cap, m->lemma.len + 1, sizeof *m->lemma_token);
        for (size_t k = from; k < m->lemma.len; k++)
            m->lemma_token[k] = i;
    }
    m->lemma_token = grown(m->lemma_token, &m->lemma_cap, m->lemma.len + 1, sizeof *m->lemma_token);
    m->lemma_token[m->lemma.len] = m->token_count;
    m->lemma_at[m->token_count] = (uint32_t)m->lemma.len;
}

static inline bool ends_mark(uint32_t code)
{
    return code == '\n' || code == '!' || code == '?' || code == 0x3002;
}

/* Does this character end a sentence? None does in an address. */
static inline bool ends_sentence(const struct matching *m, const struct text_code *c)
{
    return ends_mark(c->code) && (m->edges[c->at] & EDGE_SKIP) == 0;
}

static void add_sentence(struct matching *m, uint32_t from, uint32_t end)
{
    MEM_GROW(m->sentences, m->sentence_count, m->sentence_cap);
    m->sentences[m->sentence_count++] = (struct sentence){.at = from, .end = end};
}

static void lay_sentences(struct matching *m)
{
    uint32_t from = 0, end = (uint32_t)m->normal.text.len;
    m->sentence_count = 0;
    for (size_t i = 0; i < m->code_count; i++) {
        if (!ends_sentence(m, &m->codes[i]))
            continue;
        while (ends_mark(m->codes[i + 1].code)) /* a run of marks ends one sentence */
            i++;
        add_sentence(m, from, m->codes[i + 1].at);
        from = m->codes[i + 1].at;
    }
    if (from < end || end == 0)
        add_sentence(m, from, end);
}

static void lay_sentence_ends(struct matching *m)
{
    for (size_t i = 0; i < m->sentence_count; i++) {
        struct sentence *sentence = &m->sentences[i];
        uint32_t head = m->token_of[sentence->at], tail = m->token_of[sentence->end];
        while (head < tail && (m->words.of[head].is & WORD_TRIM) != 0)
            head++;
        while (tail > head && (m->words.of[tail - 1].is & WORD_TRIM) != 0)
            tail--;
        sentence->head = head;
        sentence->tail = tail;
    }
}

uint32_t matching_sentence(const struct matching *m, uint32_t at)
{
    size_t low = 0, high = m->sentence_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (m->sentences[middle].at <= at)
            low = middle;
        else
            high = middle;
    }
    return (uint32_t)low;
}

/* ---- finding ---- */

static inline void add_hit(struct matching *m, const struct posting *posting, struct hit hit)
{
    hit.rule = &m->rules->rules[posting->rule]; /* far away in memory: not looked at here */
    if (posting->several) {
        hit.value = (int32_t)posting->part;
        MEM_GROW(m->parts, m->part_count, m->part_cap);
        m->parts[m->part_count++] = hit;
    } else if (posting->group) {
        m->sentences[hit.sentence].groups |= (uint32_t)1 << hit.rule->what;
    } else {
        MEM_GROW(m->hits, m->hit_count, m->hit_cap);
        m->hits[m->hit_count++] = hit;
    }
}

static void add_surface_hits(struct matching *m, uint32_t value, size_t at, size_t end,
                             uint32_t sentence)
{
    const struct posting *posting = &m->rules->postings[value - 1];
    for (;; posting++) {
        bool starts = !posting->whole_start || (m->edges[at] & EDGE_START) != 0;
        bool ends = !posting->whole_end || (m->edges[end] & EDGE_END) != 0;
        if (starts && ends) {
            struct hit hit = {.at = (uint32_t)at,
                              .end = (uint32_t)end,
                              .first = m->token_of[at],
                              .last = m->token_of[end - 1] + 1,
                              .sentence = sentence};
            add_hit(m, posting, hit);
        }
        if (posting->last)
            break;
    }
}

/* Keys are sought in three rounds, each of which asks ahead for the memory of the next: the
 * tables do not fit into the processor's cache, and one after another they would be waited
 * for. */
static inline void note_candidate(struct matching *m, const struct trie *trie, uint64_t opening,
                                  uint32_t at, uint32_t end, uint32_t length)
{
    MEM_GROW(m->candidates, m->candidate_count, m->candidate_cap);
    m->candidates[m->candidate_count++] =
        (struct candidate){.opening = opening, .at = at, .end = end, .length = length};
    __builtin_prefetch(trie_opening_place(trie, opening));
}

/* Leaves the candidates that open some key, each with its node. */
static void open_candidates(struct matching *m, const struct trie *trie)
{
    size_t kept = 0;
    for (size_t i = 0; i < m->candidate_count; i++) {
        struct candidate c = m->candidates[i];
        c.node = trie_open(trie, c.opening);
        m->candidates[kept] = c;
        kept += c.node != 0;
        __builtin_prefetch(&trie->nodes[c.node]);
    }
    m->candidate_count = kept;
}

/* Whole keys that begin with a candidate. */
static void walk_surface(struct matching *m, const struct candidate *c, uint32_t sentence)
{
    const struct trie *trie = &m->rules->surface;
    struct str text = buf_str(&m->normal.text);
    uint32_t node = c->node;
    for (size_t end = c->end; node != 0;) {
        if (trie->nodes[node].value != 0)
            add_surface_hits(m, trie->nodes[node].value, c->at, end, sentence);
        if (end == text.len || c->length < TRIE_OPENING) /* a shorter one is a key, no more */
            break;
        node = trie_step(trie, node, (unsigned char)text.ptr[end++]);
    }
}

static void find_on_surface(struct matching *m)
{
    const struct trie *trie = &m->rules->surface;
    uint32_t sentence = 0;
    m->candidate_count = 0;
    for (size_t i = 0; i < m->code_count; i++) {
        const struct text_code *c = &m->codes[i];
        uint64_t opening = 0;
        for (uint32_t k = 0; k < TRIE_OPENING; k++) {
            opening = trie_opening_add(opening, c[k].code);
            if (trie_may_open(trie, opening) && (m->edges[c->at] & EDGE_SKIP) == 0)
                note_candidate(m, trie, opening, c->at, c[k + 1].at, k + 1);
        }
    }
    open_candidates(m, trie);
    for (size_t i = 0; i < m->candidate_count; i++) {
        while (m->candidates[i].at >= m->sentences[sentence].end)
            sentence++;
        walk_surface(m, &m->candidates[i], sentence);
    }
}

static void add_lemma_hits(struct matching *m, uint32_t value, uint32_t first, uint32_t last,
                           uint32_t sentence)
{
    const struct posting *posting = &m->rules->postings[value - 1];
    for (;; posting++) {
        struct hit hit = {.at = m->token_at[first],
                          .end = m->token_end[last],
                          .first = first,
                          .last = last + 1,
                          .sentence = sentence};
        add_hit(m, posting, hit);
        if (posting->last)
            break;
    }
}

/* Keys that begin with a candidate and end where a token does. */
static void walk_lemma(struct matching *m, const struct candidate *c, uint32_t sentence)
{
    const struct trie *trie = &m->rules->lemma;
    uint32_t first = m->lemma_token[c->at], node = c->node;
    for (size_t end = c->end; node != 0;) {
        bool edge = m->lemma_token[end] != m->lemma_token[end - 1];
        if (edge && trie->nodes[node].value != 0)
            add_lemma_hits(m, trie->nodes[node].value, first, m->lemma_token[end - 1], sentence);
        if (end == m->lemma.len || c->length < TRIE_OPENING)
            break;
        node = trie_step(trie, node, (unsigned char)m->lemma.data[end++]);
    }
}

static void find_on_lemma(struct matching *m)
{
    const struct trie *trie = &m->rules->lemma;
    uint32_t sentence = 0;
    size_t length;
    m->candidate_count = 0;
    for (uint32_t i = 0; i < m->token_count; i++) {
        uint32_t at = m->lemma_at[i];
        if (m->lemma_at[i + 1] == at) /* the token is left out */
            continue;
        uint64_t opening = 0;
        size_t end = at;
        for (uint32_t k = 0; k < TRIE_OPENING && end < m->lemma.len; k++) {
            opening = trie_opening_add(opening, utf8_code(m->lemma.data + end, &length));
            end += length;
            if (trie_may_open(trie, opening))
                note_candidate(m, trie, opening, at, (uint32_t)end, k + 1);
        }
    }
    open_candidates(m, trie);
    for (size_t i = 0; i < m->candidate_count; i++) {
        const struct candidate *c = &m->candidates[i];
        while (m->token_at[m->lemma_token[c->at]] >= m->sentences[sentence].end)
            sentence++;
        walk_lemma(m, c, sentence);
    }
}

/* ---- putting together ---- */

static int compare_hits(const void *a, const void *b)
{
    const struct hit *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    if (x->end != y->end)
        return x->end > y->end ? -1 : 1;
    return (x->rule > y->rule) - (x->rule < y->rule);
}

/* Puts in order what stands at one place: a few hits, unless somebody means harm. */
static void sort_ties(struct hit *hits, size_t count)
{
    if (count > 16) {
        qsort(hits, count, sizeof *hits, compare_hits);
        return;
    }
    for (size_t i = 1; i < count; i++)
        for (size_t k = i; k > 0 && compare_hits(&hits[k - 1], &hits[k]) > 0; k--) {
            struct hit swapped = hits[k];
            hits[k] = hits[k - 1];
            hits[k - 1] = swapped;
        }
}

/* Sorts a list of which both halves, before and from `split`, are in order of `at`. */
static void merge_hits(struct matching *m, struct hit *hits, size_t split, size_t count)
{
    if (split == 0 || split == count)
        return;
    m->merged = grown(m->merged, &m->merged_cap, split, sizeof *m->merged);
    memcpy(m->merged, hits, split * sizeof *hits);
    size_t left = 0, right = split;
    for (size_t to = 0; left < split; to++) {
        bool from_left = right == count || m->merged[left].at <= hits[right].at;
        hits[to] = from_left ? m->merged[left++] : hits[right++];
    }
}

/* The order of hits that begin together: the longest first. Parts need none. */
static void order_ties(struct hit *hits, size_t count)
{
    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && hits[to].at == hits[from].at;)
            to++;
        if (to - from > 1)
            sort_ties(hits + from, to - from);
    }
}

/* The part before parts[i] of its rule, if it was found near enough; else NULL. What the
 * table holds may be left from another post, so it is checked against the parts. */
static const struct hit *part_before(const struct matching *m, size_t i)
{
    const struct hit *part = &m->parts[i];
    uint32_t k = m->latest[part->rule->slot + (uint32_t)part->value - 1];
    if (k >= i)
        return NULL;
    const struct hit *before = &m->parts[k];
    bool fits = before->rule == part->rule && before->value == part->value - 1 &&
                before->sentence == part->sentence && before->end <= part->at &&
                before->last + WINDOW_TOKENS >= part->first &&
                before->end + WINDOW_BYTES >= part->at;
    return fits ? before : NULL;
}

/* Goes through the parts by place; each takes over where the one before it began, and
 * the last makes the hit. */
static void join_parts(struct matching *m)
{
    for (size_t i = 0; i < m->part_count; i++) {
        struct hit *part = &m->parts[i];
        const struct hit *before = part->value > 0 ? part_before(m, i) : NULL;
        if (part->value > 0 && before == NULL) {
            part->value = -1; /* leads nowhere, whatever the table still says of it */
            continue;
        }
        if (part->value + 1 == part->rule->parts) {
            MEM_GROW(m->hits, m->hit_count, m->hit_cap);
            struct hit *whole = &m->hits[m->hit_count++];
            *whole = *part;
            whole->at = before->begun_at;
            whole->first = before->begun_first;
            whole->value = 0;
        } else {
            part->begun_at = before != NULL ? before->begun_at : part->at;
            part->begun_first = before != NULL ? before->begun_first : part->first;
            m->latest[part->rule->slot + (uint32_t)part->value] = (uint32_t)i;
        }
    }
}

/* The same rule found on surface and lemma is one hit, the longer one. */
static void drop_repeats(struct matching *m)
{
    size_t kept = 0;
    for (size_t i = 0; i < m->hit_count; i++) {
        bool repeat = false;
        for (size_t k = kept; k > 0 && !repeat; k--) {
            const struct hit *before = &m->hits[k - 1];
            if (before->at + 64 < m->hits[i].at || kept - k > 64)
                break;
            repeat = before->rule == m->hits[i].rule && before->end > m->hits[i].at;
        }
        if (!repeat)
            m->hits[kept++] = m->hits[i];
    }
    m->hit_count = kept;
}

/* Context groups were noted by sentence while hits were added; A*B ones come now. */
static void note_contexts(struct matching *m)
{
    m->groups = 0;
    for (size_t i = 0; i < m->hit_count; i++)
        if (m->hits[i].rule->table == RULE_GROUP)
            m->sentences[m->hits[i].sentence].groups |= (uint32_t)1 << m->hits[i].rule->what;
    for (size_t i = 0; i < m->sentence_count; i++)
        m->groups |= m->sentences[i].groups;
}

static void find_hits(struct matching *m)
{
    m->hit_count = m->part_count = 0;
    find_on_surface(m);
    size_t hits = m->hit_count, parts = m->part_count;
    find_on_lemma(m);
    merge_hits(m, m->hits, hits, m->hit_count);
    merge_hits(m, m->parts, parts, m->part_count);
    size_t whole = m->hit_count;
    join_parts(m);
    if (m->hit_count > whole) {
        qsort(m->hits + whole, m->hit_count - whole, sizeof *m->hits, compare_hits);
        merge_hits(m, m->hits, whole, m->hit_count);
    }
    order_ties(m->hits, m->hit_count);
    drop_repeats(m);
}

void matching_run(struct matching *m, const struct rules *rules, const struct normal *normal,
                  struct str text, const struct token *tokens, size_t count)
{
    if (m->latest == NULL)
        m->latest = mem_zero(rules->slot_count + 1, sizeof *m->latest);
    m->rules = rules;
    m->tokens = tokens;
    m->token_count = (uint32_t)count;
    normal_analysis(normal, text, &m->normal);
    words_take(&m->words, tokens, count);
    lay_codes(m);
    lay_tokens(m);
    lay_lemma(m);
    lay_sentences(m);
    lay_sentence_ends(m);
    find_hits(m);
    note_contexts(m);
}

void matching_free(struct matching *m)
{
    normal_text_free(&m->normal);
    words_free(&m->words);
    free(m->token_at);
    free(m->token_end);
    free(m->codes);
    free(m->edges);
    buf_free(&m->lemma);
    free(m->lemma_token);
    free(m->lemma_at);
    free(m->sentences);
    free(m->hits);
    free(m->parts);
    free(m->latest);
    free(m->candidates);
    free(m->merged);
    free(m->token_of);
}
