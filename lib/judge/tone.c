/*
 * Tone. Composition follows what reads on paper as the "scope" of a modifier: degree
 * words stand right before what they modify, negation right behind it with nothing but
 * function words between, and what stands before a contrast (けど, のに) weighs less than
 * what stands behind (Polanyi and Zaenen 2006, "Contextual Valence Shifters").
 */
#include "judge/tone.h"

#define BOUND          450 /* one sentence counts no more than this, in hundredths */
#define WISH_BYTES     96  /* a request begins no further before the good word in it */
#define NEGATION_BYTES 64u /* a negation stands no further behind its word */

/* 「良くない」 is negative by its own ない; the cue なかった that begins in it is the same one. */
static bool ends_in_negation(const struct matching *m, const struct hit *hit)
{
    return hit->last > hit->first + 1 && (m->words.of[hit->last - 1].is & WORD_NEGATION) != 0;
}

/* The ないです in 少ないです turns nothing: it is how the word ends. */
static bool is_own_ending(const struct matching *m, const struct hit *cue)
{
    return cue->first < m->token_count && m->token_at[cue->first] < cue->at &&
           str_ends(m->tokens[cue->first].base, STR("ない"));
}

/* Is a denial of the hit said through this word? It is a word of its own, and nothing stands
 * between that says otherwise: 食中毒な|のに|報告がない, 不満|しか|感じない. */
static bool carries(const struct matching *m, const struct hit *hit, const struct hit *cue)
{
    static const char *const others[] = {"のに", "しか", "けど", "けれど", NULL};
    if (cue->first < hit->last || m->token_at[cue->first] != cue->at)
        return false;
    for (uint32_t i = hit->last; i < cue->first; i++)
        if (str_is_any(matching_surface(m, i), others))
            return false;
    return true;
}

/* Of the negators that go on from this one the last: (発生して)|いない|わけがない. */
static const struct hit *last_word(const struct matching *m, size_t index)
{
    const struct hit *last = &m->hits[index];
    for (size_t i = index + 1; i < m->hit_count && m->hits[i].at < last->end; i++)
        if (hit_is_cue(&m->hits[i], CUE_NEGATOR) && m->hits[i].end > last->end)
            last = &m->hits[i];
    return last;
}

/* What a negation behind the hit makes of it; *carrier is a word there to which a denial of the
 * hit would be said: 異物は|見つから|なかった. */
static int negation_behind(const struct matching *m, const struct hit *hit,
                           const struct hit **carrier)
{
    uint32_t reach = hit->last;
    while (reach < m->token_count && reach < hit->last + 5 &&
           (m->words.of[reach].is & WORD_LIGHT) != 0)
        reach++;
    /* a cue may begin within the hit: お金がない|わけではない is one with ないわけではない */
    for (size_t i = BEGUN_BEFORE(struct hit, m->hits, m->hit_count, hit->at); i < m->hit_count;
         i++) {
        const struct hit *cue = &m->hits[i];
        if (cue->sentence != hit->sentence || cue->first > reach ||
            cue->at > hit->end + NEGATION_BYTES)
            break;
        if (hit_is_cue(cue, CUE_CARRIER) && *carrier == NULL && carries(m, hit, cue))
            *carrier = cue;
        if (!hit_is_cue(cue, CUE_NEGATOR) || cue->end <= hit->end)
            continue;
        if (cue->rule->weight < 0 && cue->at < hit->end && ends_in_negation(m, hit))
            continue;
        if (cue->at < hit->end && is_own_ending(m, cue))
            continue;
        cue = last_word(m, i);
        return cue->rule->weight < 0 ? -1 : cue->rule->weight > 0;
    }
    return 1;
}

int tone_negation(const struct matching *m, const struct hit *hit)
{
    const struct hit *carrier = NULL, *none = NULL;
    int negation = negation_behind(m, hit, &carrier);
    return negation == 1 && carrier != NULL ? negation_behind(m, carrier, &none) : negation;
}

/* Of polar hits that overlap, the longest counts; of two as long, the one on the
 * surface that begins first. */
static void settle_overlaps(struct matching *m)
{
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < m->hit_count; i++) {
        struct hit *hit = &m->hits[i];
        if (hit->rule->table != RULE_POLARITY || hit->fate != HIT_USED)
            continue;
        if (best == SIZE_MAX || hit->at >= m->hits[best].end) {
            best = i;
            continue;
        }
        struct hit *other = &m->hits[best];
        bool longer = hit->end - hit->at > other->end - other->at;
        (longer ? other : hit)->fate = HIT_COVERED;
        if (longer)
            best = i;
    }
}

/* The factor of degree words that stand right before the hit. */
static int32_t degree(const struct matching *m, size_t index)
{
    const struct hit *hit = &m->hits[index];
    int32_t factor = 100;
    for (size_t i = index; i-- > 0;) {
        const struct hit *cue = &m->hits[i];
        if (cue->sentence != hit->sentence || cue->at + 48 < hit->at)
            break;
        bool degree_word = hit_is_cue(cue, CUE_INTENSIFIER) || hit_is_cue(cue, CUE_DIMINISHER);
        if (!degree_word || cue->end > hit->at || cue->last + 1 < hit->first)
            continue;
        factor = cue->rule->weight;
        break;
    }
    return factor;
}

/* Notes the last contrast of each sentence that something follows, and its emphasis. */
static void note_modifiers(struct matching *m)
{
    for (size_t i = 0; i < m->sentence_count; i++) {
        m->sentences[i].contrast_at = 0;
        m->sentences[i].emphasis = 100;
    }
    for (size_t i = 0; i < m->hit_count; i++) {
        const struct hit *cue = &m->hits[i];
        struct sentence *sentence = &m->sentences[cue->sentence];
        bool opens = cue->sentence == 0 && cue->first <= sentence->head; /* the post */
        if (hit_is_cue(cue, CUE_CONTRAST) && !opens && cue->last < sentence->said &&
            cue->end + 3 < m->token_end[sentence->said - 1]) {
            sentence->contrast_at = cue->at;
            sentence->contrast = cue->rule->weight;
        }
        if (hit_is_cue(cue, CUE_EMPHASIS) && cue->rule->weight > sentence->emphasis)
            sentence->emphasis = cue->rule->weight;
    }
}

/* A row that asserts a request; whether it stands where it must is known before any tone is. */
static bool is_request(const struct matching *m, const struct hit *hit)
{
    const struct rule *rule = hit->rule;
    return rule->table == RULE_LABEL && rule->what == LABEL_REQUEST && rule->weight >= ASSERTS &&
           (hit->fate == HIT_USED || hit->fate == HIT_COVERED) &&
           ((rule->flags & RULE_END) == 0 || hit->last >= m->sentences[hit->sentence].tail);
}

/* 便利になっ|たら|嬉しい */
static bool is_supposed(const struct matching *m, const struct hit *hit)
{
    uint32_t is = hit->last > 0 ? m->words.of[hit->last - 1].is : 0;
    is |= hit->last < m->token_count ? m->words.of[hit->last].is : 0;
    return (is & WORD_CONDITION) != 0;
}

bool tone_is_wished(const struct matching *m, const struct hit *good)
{
    size_t from = (size_t)(good - m->hits);
    while (from > 0 && m->hits[from - 1].at + WISH_BYTES > good->at)
        from--;
    for (size_t i = from; i < m->hit_count && m->hits[i].first <= good->last; i++) {
        const struct hit *wish = &m->hits[i];
        bool reaches = good->at < wish->at && good->end > wish->at && /* by a word, not a part */
                       wish->at == m->token_at[wish->first] && /* みんな使ってほしい */
                       !is_supposed(m, good);
        if (is_request(m, wish) && wish->end >= good->end && !reaches)
            return true;
    }
    return false;
}

static int32_t weigh(const struct matching *m, size_t index)
{
    const struct hit *hit = &m->hits[index];
    const struct sentence *sentence = &m->sentences[hit->sentence];
    int32_t value = hit->rule->weight * degree(m, index) / 100 * sentence->emphasis / 100;
    switch (tone_negation(m, hit)) {
    case -1: value = value > 0 ? -value * 8 / 10 : -value * 4 / 10; break;
    case 0: value = 0; break;
    default: break;
    }
    if (sentence->contrast_at >= hit->end)
        value = value * sentence->contrast / 100;
    if (sentence->hypothetical)
        value = value * 4 / 10;
    if (sentence->question && value > 0)
        value = value * 6 / 10;
    return value;
}

static int32_t bounded(int32_t value, int32_t bound)
{
    return value > bound ? bound : value < -bound ? -bound : value;
}

int32_t tone_add(int32_t sum, int32_t sentence)
{
    return bounded(sum + bounded(sentence, BOUND), 100000);
}

void tone_weigh(struct matching *m)
{
    settle_overlaps(m);
    note_modifiers(m);
    for (size_t i = 0; i < m->sentence_count; i++)
        m->sentences[i].tone = 0;
    for (size_t i = 0; i < m->hit_count; i++) {
        struct hit *hit = &m->hits[i];
        if (hit->rule->table != RULE_POLARITY || hit->fate != HIT_USED)
            continue;
        if (hit->rule->weight > 0 && tone_is_wished(m, hit)) {
            hit->fate = HIT_HYPOTHETICAL;
            continue;
        }
        hit->value = weigh(m, i);
        if (hit->value == 0 && hit->rule->weight != 0)
            hit->fate = HIT_NEGATED;
        int32_t *tone = &m->sentences[hit->sentence].tone;
        *tone = bounded(*tone + hit->value, 1000000);
    }
    m->tone = 0;
    for (size_t i = 0; i < m->sentence_count; i++) {
        m->sentences[i].own = m->sentences[i].tone;
        m->tone = tone_add(m->tone, m->sentences[i].tone);
    }
    m->own = m->tone;
}
