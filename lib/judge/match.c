/*
 * Matching. Keys are sought at every place where a pattern may begin: each character of the
 * surface, each token of the lemma form. Each search finds hits in the order of their
 * places, so that merging sorts them; parts of A*B are put together afterwards, each with the
 * nearest before it, no further away than the window.
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

/* White space at the end says nothing, and is no sentence behind the last one. */
static void lay_text(struct matching *m, const struct normal *normal, struct str text)
{
    struct buf *to = &m->normal.text;
    normal_analysis(normal, text, &m->normal);
    while (to->len > 0 && (to->data[to->len - 1] == ' ' || to->data[to->len - 1] == '\n'))
        to->len--;
}

#define BEHIND KEY_OPENING /* codes that are 0 */

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

/* What a token is in the lemma form, where that depends on the one before it. */
static struct str lemma_behind(const struct matching *m, uint32_t token)
{
    if (token == 0)
        return lemma_of(&m->tokens[token], NULL);
    struct token before = {.pos = m->tokens[token - 1].pos,
                           .surface = matching_surface(m, token - 1)};
    return lemma_of(&m->tokens[token], &before);
}

static void lay_lemma(struct matching *m)
{
    buf_clear(&m->lemma);
    m->lemma_at = grown(m->lemma_at, &m->lemma_at_cap, m->token_count + 1, sizeof *m->lemma_at);
    for (uint32_t i = 0; i < m->token_count; i++) {
        const struct token *token = &m->tokens[i];
        uint32_t is = m->words.of[i].is;
        m->lemma_at[i] = (uint32_t)m->lemma.len;
        bool gone = m->token_at[i] == m->token_end[i]; /* in the normalised text */
        if ((is & WORD_NO_LEMMA) != 0 || gone)
            continue;
        struct str lemma = (is & WORD_ADDRESS) != 0 ? STR("\n")
                           : (is & WORD_ASKS) == 0  ? token->base
                                                    : lemma_behind(m, i);
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

/* Does this character end a sentence? None does in an address. */
static inline bool ends_sentence(const struct matching *m, const struct text_code *c)
{
    return mark_ends_sentence(c->code) && (m->edges[c->at] & EDGE_SKIP) == 0;
}

/* Do only links and tags stand there, or marks? */
static bool says_nothing(const struct matching *m, uint32_t from, uint32_t end)
{
    uint32_t said = WORD_EMOJI | WORD_LAUGHTER;
    for (uint32_t i = m->token_of[from]; i < m->token_count && m->token_at[i] < end; i++) {
        uint32_t is = m->words.of[i].is;
        if ((is & WORD_MARK) == 0 || (is & said) != 0)
            return false;
    }
    return true;
}

/* Links and tags on a line of their own, or marks alone, are no sentence: they go with the one
 * before. */
static void add_sentence(struct matching *m, uint32_t from, uint32_t end)
{
    if (m->sentence_count > 0 && says_nothing(m, from, end)) {
        m->sentences[m->sentence_count - 1].end = end;
        return;
    }
    if (m->sentence_count == 1 && says_nothing(m, m->sentences[0].at, m->sentences[0].end)) {
        m->sentences[0].end = end; /* … and at the beginning with the one behind */
        return;
    }
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
        while (mark_ends_sentence(m->codes[i + 1].code)) /* a run of marks ends one sentence */
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
        uint32_t emoji = 0;
        for (; tail > head && (m->words.of[tail - 1].is & WORD_TRIM) != 0; tail--)
            if (emoji == 0 && (m->words.of[tail - 1].is & WORD_EMOJI) != 0)
                emoji = tail;
        sentence->head = head;
        sentence->tail = tail;
        sentence->said = emoji > tail ? emoji : tail;
    }
}

uint32_t matching_sentence(const struct matching *m, uint32_t at)
{
    size_t count = BEGUN_BEFORE(struct sentence, m->sentences, m->sentence_count, at + 1);
    return count > 0 ? (uint32_t)count - 1 : 0;
}

/* ---- finding ---- */

/* The first hit of a part in a form, from 1; 0: it was not found. */
static inline uint32_t first_of_part(const struct matching *m, uint32_t part, int form)
{
    uint32_t first = m->of_part[form][part].first;
    bool fits = form == FORM_LEMMA ? first > m->lemma_parts : first != 0 && first <= m->lemma_parts;
    return fits && first <= m->part_count && m->part_hits[first - 1].part == part ? first : 0;
}

static bool part_is_found(const struct matching *m, uint32_t part)
{
    return first_of_part(m, part, FORM_SURFACE) != 0 || first_of_part(m, part, FORM_LEMMA) != 0;
}

static void hang_on(struct matching *m, uint32_t part)
{
    const struct part *rules = &m->rules->parts[part];
    for (uint32_t i = 0; i < rules->count; i++) {
        MEM_GROW(m->hanging, m->hanging_count, m->hanging_cap);
        m->hanging[m->hanging_count++] = m->rules->hanging[rules->first + i];
    }
}

static void add_part_hit(struct matching *m, uint32_t part, const struct hit *hit, int form)
{
    struct part_hits *of = &m->of_part[form][part];
    bool again = first_of_part(m, part, form) != 0;
    if (!again && !(form == FORM_LEMMA && first_of_part(m, part, FORM_SURFACE) != 0))
        hang_on(m, part);
    MEM_GROW(m->part_hits, m->part_count, m->part_cap);
    m->part_hits[m->part_count++] =
        (struct part_hit){part, hit->at, hit->end, hit->first, hit->last, hit->sentence, 0};
    if (again)
        m->part_hits[of->last - 1].next = (uint32_t)m->part_count;
    else
        of->first = (uint32_t)m->part_count;
    of->last = (uint32_t)m->part_count;
}

/* Questions and hearsay are no judgement, and the words for them tell what a name is of:
 * ヒバリルーター is a ルーター. */
#define LABELS_KEPT (LABEL_BIT(LABEL_QUESTION) | LABEL_BIT(LABEL_HEARSAY))

struct name_span *matching_name_at(const struct matching *m, uint32_t at)
{
    size_t count = BEGUN_BEFORE(struct name_span, m->names, m->name_count, at + 1);
    return count > 0 ? &m->names[count - 1] : NULL;
}

/* Does a rule's hit stand within a name, where it does not count? */
static bool is_in_name(struct matching *m, const struct rule *rule, uint32_t at, uint32_t end)
{
    struct name_span *name = matching_name_at(m, at);
    bool label = rule->table == RULE_LABEL;
    if (name == NULL || end > name->end || rule->table == RULE_GROUP ||
        (label && (LABELS_KEPT & LABEL_BIT(rule->what)) != 0))
        return false;
    if (label || (rule->table == RULE_POLARITY && rule->weight != 0))
        name->telling = true;
    return true;
}

static inline void add_hit(struct matching *m, const struct posting *posting, struct hit hit,
                           int form)
{
    switch ((enum posting_kind)posting->kind) {
    case POSTING_PART: add_part_hit(m, posting->what, &hit, form); break;
    case POSTING_GROUP: m->sentences[hit.sentence].groups |= (uint32_t)1 << posting->what; break;
    case POSTING_RULE:
        hit.rule = &m->rules->rules[posting->what]; /* far away in memory: not looked at here */
        if (m->name_count > 0 && is_in_name(m, hit.rule, hit.at, hit.end))
            break;
        MEM_GROW(m->hits, m->hit_count, m->hit_cap);
        m->hits[m->hit_count++] = hit;
        break;
    }
}

/* The token behind one; text that no token covers counts as of the one behind all. */
static uint32_t behind(const struct matching *m, uint32_t token)
{
    return token < m->token_count ? token + 1 : token;
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
                              .last = behind(m, m->token_of[end - 1]),
                              .sentence = sentence};
            add_hit(m, posting, hit, FORM_SURFACE);
        }
        if (posting->last)
            break;
    }
}

/* Keys are sought in steps, each of which asks ahead for the memory of the next: the tables
 * do not fit into the processor's cache, and one after another they would be waited for. So
 * many places are gone through at once. */
#define ROUND ((size_t)4096)

static void begin_round(struct matching *m)
{
    m->candidate_count = 0;
    if (m->candidates != NULL)
        return;
    m->candidates = mem_alloc(KEY_OPENING * ROUND * sizeof *m->candidates);
    m->opened = mem_alloc(KEY_OPENING * ROUND * sizeof *m->opened);
}

static size_t round_end(size_t from, size_t places)
{
    return places - from < ROUND ? places : from + ROUND;
}

/* Whether it is one is no branch: nobody could foresee which way it goes. */
static inline void note_candidate(struct matching *m, bool is, uint64_t opening, uint32_t at,
                                  uint32_t end)
{
    m->candidates[m->candidate_count] = (struct candidate){opening, at, end};
    m->candidate_count += is;
}

/* Takes over the candidates that open some key. */
static void open_candidates(struct matching *m, const struct keyset *keys)
{
    m->opened_count = 0;
    for (size_t i = 0; i < m->candidate_count; i++)
        __builtin_prefetch(keyset_place(keys, m->candidates[i].opening));
    for (size_t i = 0; i < m->candidate_count; i++) {
        const struct candidate *c = &m->candidates[i];
        uint32_t tails = keyset_open(keys, c->opening);
        m->opened[m->opened_count] = (struct opened){tails, c->at, c->end};
        m->opened_count += tails != 0;
        __builtin_prefetch(keys->tails + tails);
    }
}

/* Whole keys that begin with a candidate. */
static void add_surface_keys(struct matching *m, const struct opened *c, uint32_t sentence)
{
    struct str rest = str_from(buf_str(&m->normal.text), c->end);
    uint32_t tails = c->tails, head = key_head(rest), value;
    size_t length;
    while ((value = keyset_next(&m->rules->surface, &tails, rest, head, &length)) != 0)
        add_surface_hits(m, value, c->at, c->end + length, sentence);
}

static void note_on_surface(struct matching *m, const struct keyset *keys, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        const struct text_code *c = &m->codes[i];
        bool free = (m->edges[c->at] & EDGE_SKIP) == 0;
        uint64_t opening = 0;
        for (uint32_t k = 0; k < KEY_OPENING; k++) {
            opening = key_opening_add(opening, c[k].code);
            note_candidate(m, keyset_may_open(keys, opening) & free, opening, c->at, c[k + 1].at);
        }
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
        add_hit(m, posting, hit, FORM_LEMMA);
        if (posting->last)
            break;
    }
}

/* Keys that begin with a candidate and end where a token does. */
static void add_lemma_keys(struct matching *m, const struct opened *c, uint32_t sentence)
{
    struct str rest = str_from(buf_str(&m->lemma), c->end);
    uint32_t first = m->lemma_token[c->at], tails = c->tails, head = key_head(rest), value;
    size_t length;
    while ((value = keyset_next(&m->rules->lemma, &tails, rest, head, &length)) != 0) {
        size_t end = c->end + length;
        if (m->lemma_token[end] != m->lemma_token[end - 1])
            add_lemma_hits(m, value, first, m->lemma_token[end - 1], sentence);
    }
}

static void note_on_lemma(struct matching *m, const struct keyset *keys, size_t from, size_t to)
{
    size_t length;
    for (size_t i = from; i < to; i++) {
        uint32_t at = m->lemma_at[i];
        if (m->lemma_at[i + 1] == at) /* the token is left out */
            continue;
        uint64_t opening = 0;
        size_t end = at;
        for (uint32_t k = 0; k < KEY_OPENING && end < m->lemma.len; k++) {
            opening = key_opening_add(opening, utf8_code(m->lemma.data + end, &length));
            end += length;
            note_candidate(m, keyset_may_open(keys, opening) & (end <= m->lemma.len), opening, at,
                           (uint32_t)end);
        }
    }
}

static uint32_t surface_place(const struct matching *m, uint32_t at)
{
    (void)m;
    return at;
}

static uint32_t lemma_place(const struct matching *m, uint32_t at)
{
    return m->token_at[m->lemma_token[at]];
}

/* How keys are sought in a form. */
struct search {
    const struct keyset *keys;
    size_t places; /* where one may begin */
    void (*note)(struct matching *m, const struct keyset *keys, size_t from, size_t to);
    uint32_t (*place)(const struct matching *m, uint32_t at); /* of a byte, in the surface */
    void (*add)(struct matching *m, const struct opened *c, uint32_t sentence);
};

/* Inlined, so that what it calls is known where it is called from. */
__attribute__((always_inline)) static inline void find_keys(struct matching *m, struct search s)
{
    uint32_t sentence = 0;
    for (size_t from = 0, to; from < s.places; from = to) {
        to = round_end(from, s.places);
        begin_round(m);
        s.note(m, s.keys, from, to);
        open_candidates(m, s.keys);
        for (size_t i = 0; i < m->opened_count; i++) {
            const struct opened *c = &m->opened[i];
            while (s.place(m, c->at) >= m->sentences[sentence].end)
                sentence++;
            s.add(m, c, sentence);
        }
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

#define SORT_BYTES 64 /* of a thing that is sorted, at most */
_Static_assert(sizeof(struct hit) <= SORT_BYTES, "a hit is sorted");

/* Puts a few things in order, unless somebody means harm. */
static inline void sort_few(void *things, size_t count, size_t size,
                            int (*compare)(const void *, const void *))
{
    char *at = things, swapped[SORT_BYTES];
    if (count > 16) {
        qsort(things, count, size, compare);
        return;
    }
    for (size_t i = 1; i < count; i++)
        for (char *k = at + i * size; k > at && compare(k - size, k) > 0; k -= size) {
            memcpy(swapped, k, size);
            memcpy(k, k - size, size);
            memcpy(k - size, swapped, size);
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
            sort_few(hits + from, to - from, sizeof *hits, compare_hits);
    }
}

/* A part of a rule where it stands, on its way into a hit. */
struct joint {
    const struct part_hit *hit;
    uint32_t part; /* its number in the rule */
    int form;
    uint32_t begun_at, begun_first; /* where the part before all began */
};

_Static_assert(sizeof(struct joint) <= SORT_BYTES, "a joint is sorted");

static int compare_joints(const void *a, const void *b)
{
    const struct joint *x = a, *y = b;
    if (x->hit->at != y->hit->at)
        return x->hit->at < y->hit->at ? -1 : 1;
    if (x->form != y->form)
        return x->form - y->form;
    if (x->hit->end != y->hit->end)
        return x->hit->end < y->hit->end ? -1 : 1;
    return (x->part > y->part) - (x->part < y->part);
}

/* All that was found of a rule's parts, by place; 0 where some part was not found. */
static size_t gather_joints(struct matching *m, const struct rule *rule)
{
    size_t count = 0;
    for (uint32_t i = 0; i < rule->parts; i++) {
        size_t before = count;
        for (int form = 0; form < FORMS; form++) {
            uint32_t next = first_of_part(m, m->rules->slots[rule->slot + i], form);
            for (; next != 0; next = m->part_hits[next - 1].next) {
                MEM_GROW(m->joints, count, m->joint_cap);
                m->joints[count++] =
                    (struct joint){.hit = &m->part_hits[next - 1], .part = i, .form = form};
            }
        }
        if (count == before)
            return 0;
    }
    sort_few(m->joints, count, sizeof *m->joints, compare_joints);
    return count;
}

static bool follows(const struct part_hit *before, const struct part_hit *part)
{
    return before->sentence == part->sentence && before->end <= part->at &&
           before->last + WINDOW_TOKENS >= part->first && before->end + WINDOW_BYTES >= part->at;
}

/* Goes through a rule's parts by place; each takes over where the one before it began, and
 * the last makes the hit. */
static void join_rule(struct matching *m, const struct rule *rule)
{
    const struct joint *latest[RULE_PARTS] = {NULL};
    size_t count = gather_joints(m, rule);
    for (size_t i = 0; i < count; i++) {
        struct joint *joint = &m->joints[i];
        const struct joint *before = joint->part > 0 ? latest[joint->part - 1] : NULL;
        if (joint->part > 0 && (before == NULL || !follows(before->hit, joint->hit)))
            continue;
        joint->begun_at = before != NULL ? before->begun_at : joint->hit->at;
        joint->begun_first = before != NULL ? before->begun_first : joint->hit->first;
        latest[joint->part] = joint;
        if (joint->part + 1 < rule->parts ||
            (m->name_count > 0 && is_in_name(m, rule, joint->begun_at, joint->hit->end)))
            continue;
        MEM_GROW(m->hits, m->hit_count, m->hit_cap);
        m->hits[m->hit_count++] = (struct hit){.rule = rule,
                                               .at = joint->begun_at,
                                               .end = joint->hit->end,
                                               .first = joint->begun_first,
                                               .last = joint->hit->last,
                                               .sentence = joint->hit->sentence};
    }
}

static void join_parts(struct matching *m)
{
    for (size_t i = 0; i < m->hanging_count; i++)
        if (part_is_found(m, m->hanging[i].other))
            join_rule(m, &m->rules->rules[m->hanging[i].rule]);
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
    for (size_t i = 0; i < m->hit_count; i++)
        if (m->hits[i].rule->table == RULE_GROUP)
            m->sentences[m->hits[i].sentence].groups |= (uint32_t)1 << m->hits[i].rule->what;
    for (size_t i = 0; i < m->sentence_count; i++)
        m->groups |= m->sentences[i].groups;
}

static void find_hits(struct matching *m)
{
    m->hit_count = m->part_count = m->hanging_count = 0;
    m->lemma_parts = SIZE_MAX;
    find_keys(m, (struct search){&m->rules->surface, m->code_count, note_on_surface, surface_place,
                                 add_surface_keys});
    size_t hits = m->hit_count;
    m->lemma_parts = m->part_count;
    find_keys(m, (struct search){&m->rules->lemma, m->token_count, note_on_lemma, lemma_place,
                                 add_lemma_keys});
    merge_hits(m, m->hits, hits, m->hit_count);
    size_t whole = m->hit_count;
    join_parts(m);
    if (m->hit_count > whole) {
        qsort(m->hits + whole, m->hit_count - whole, sizeof *m->hits, compare_hits);
        merge_hits(m, m->hits, whole, m->hit_count);
    }
    order_ties(m->hits, m->hit_count);
    drop_repeats(m);
}

void matching_lay(struct matching *m, const struct rules *rules, const struct normal *normal,
                  struct str text, const struct token *tokens, size_t count)
{
    for (int form = 0; form < FORMS && m->of_part[form] == NULL; form++)
        m->of_part[form] = mem_zero(rules->part_count + 1, sizeof *m->of_part[form]);
    m->rules = rules;
    m->tokens = tokens;
    m->token_count = (uint32_t)count;
    lay_text(m, normal, text);
    words_take(&m->words, normal, tokens, count);
    lay_codes(m);
    lay_tokens(m);
    lay_lemma(m);
    lay_sentences(m);
    lay_sentence_ends(m);
    m->groups = 0;
    m->name_count = 0;
}

void matching_add_name(struct matching *m, size_t at, size_t end)
{
    struct name_span *last = m->name_count > 0 ? &m->names[m->name_count - 1] : NULL;
    if (last != NULL && at < last->end) {
        last->end = end > last->end ? (uint32_t)end : last->end;
        return;
    }
    MEM_GROW(m->names, m->name_count, m->name_cap);
    m->names[m->name_count++] = (struct name_span){(uint32_t)at, (uint32_t)end, false};
}

void matching_find(struct matching *m)
{
    find_hits(m);
    note_contexts(m);
}

void matching_run(struct matching *m, const struct rules *rules, const struct normal *normal,
                  struct str text, const struct token *tokens, size_t count)
{
    matching_lay(m, rules, normal, text, tokens, count);
    matching_find(m);
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
    free(m->names);
    free(m->hits);
    free(m->part_hits);
    free(m->hanging);
    free(m->joints);
    for (int form = 0; form < FORMS; form++)
        free(m->of_part[form]);
    free(m->candidates);
    free(m->opened);
    free(m->merged);
    free(m->token_of);
}
