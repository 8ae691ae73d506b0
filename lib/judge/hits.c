/* Moods of sentences, and what becomes of hits. */
#include "judge/parts.h"

/* ---- moods of sentences ---- */

/* Of cues of one kind the longest at a place counts. One that only looks so, of value 0 or less,
 * hides also what begins in it and goes on: 車が|炎上|している. Negators hide nothing. */
static void settle_cues(struct matching *m)
{
    uint32_t ends[CUES] = {0}, hidden[CUES] = {0};
    for (size_t i = 0; i < m->hit_count; i++) {
        struct hit *hit = &m->hits[i];
        if (hit->rule->table != RULE_CUE)
            continue;
        enum cue cue = (enum cue)hit->rule->what;
        if (hit->end <= ends[cue] || (hit->rule->weight > 0 && hit->at < hidden[cue]))
            hit->fate = HIT_COVERED;
        else
            ends[cue] = hit->end;
        if (hit->rule->weight <= 0 && cue != CUE_NEGATOR && hit->fate == HIT_USED)
            hidden[cue] = hit->end;
    }
}

static void note_moods(struct matching *m)
{
    settle_cues(m);
    for (size_t i = 0; i < m->hit_count; i++) {
        const struct hit *hit = &m->hits[i];
        struct sentence *sentence = &m->sentences[hit->sentence];
        if (hit->rule->table != RULE_CUE || hit->fate != HIT_USED)
            continue;
        if (hit->rule->what == CUE_QUESTION && hit->rule->weight >= 100)
            sentence->question = true;
        if (hit->rule->what == CUE_HYPOTHETICAL && hit->rule->weight >= 100)
            sentence->hypothetical = true;
        if (hit->rule->what == CUE_HEARSAY && hit->rule->weight >= 100)
            sentence->hearsay = true;
    }
    for (size_t i = 0; i < m->hit_count; i++) /* 「なめてんの？」 asks nothing */
        if (hit_is_cue(&m->hits[i], CUE_RHETORICAL) && m->hits[i].rule->weight > 0)
            m->sentences[m->hits[i].sentence].rhetorical = true;
    for (size_t i = 0; i < m->sentence_count; i++)
        m->sentences[i].question = m->sentences[i].question && !m->sentences[i].rhetorical;
}

/* ---- setting hits aside ---- */

static uint32_t hit_labels(const struct hit *hit)
{
    if (hit->rule->table == RULE_LABEL || hit->rule->table == RULE_POLARITY)
        return LABEL_BIT(hit->rule->what);
    return 0;
}

static void exclude_span(struct matching *m, size_t index)
{
    const struct hit *exclusion = &m->hits[index];
    uint32_t length = exclusion->end - exclusion->at;
    size_t from = index;
    while (from > 0 && m->hits[from - 1].at + 96 > exclusion->at)
        from--;
    for (size_t i = from; i < m->hit_count && m->hits[i].at < exclusion->end; i++) {
        struct hit *hit = &m->hits[i];
        if (hit->end > exclusion->at && hit->end - hit->at < length &&
            (hit_labels(hit) & exclusion->rule->labels) != 0)
            hit->fate = HIT_EXCLUDED;
    }
}

/* Exclusions of a sentence or of the post gather labels; one pass sets hits aside. */
static void exclude(struct matching *m)
{
    uint32_t post = 0, here = 0;
    size_t sentence = SIZE_MAX, behind = 0;
    for (size_t i = 0; i < m->hit_count; i++) {
        const struct hit *hit = &m->hits[i];
        if (hit->rule->table != RULE_EXCLUSION)
            continue;
        if (hit->rule->what == SCOPE_SPAN)
            exclude_span(m, i);
        else if (hit->rule->what == SCOPE_POST)
            post |= hit->rule->labels;
    }
    for (size_t i = 0; i < m->hit_count; i++) {
        struct hit *hit = &m->hits[i];
        if (hit->sentence != sentence) {
            sentence = hit->sentence;
            here = 0;
            for (behind = i; behind < m->hit_count && m->hits[behind].sentence == sentence;
                 behind++)
                if (m->hits[behind].rule->table == RULE_EXCLUSION &&
                    m->hits[behind].rule->what == SCOPE_SENTENCE)
                    here |= m->hits[behind].rule->labels;
        }
        /* what a whole post is about does not change how its author feels about it */
        uint32_t voided = (post & ~LABEL_BIT(LABEL_POLARITY)) | here;
        if ((hit_labels(hit) & voided) != 0)
            hit->fate = HIT_EXCLUDED;
    }
}

static bool conditions_hold(const struct matching *m, const struct hit *hit)
{
    const struct rule *rule = hit->rule;
    const struct sentence *sentence = &m->sentences[hit->sentence];
    if ((m->groups & rule->need) != rule->need || (m->groups & rule->not ) != 0 ||
        (sentence->groups & rule->near) != rule->near)
        return false;
    bool about = has(LABELS_ABOUT, (enum label)rule->what);
    int32_t here = about ? sentence->own : sentence->tone, whole = about ? m->own : m->tone;
    int32_t tone = here != 0 ? here : whole;
    return !((rule->flags & RULE_NEG) != 0 && tone >= 0) &&
           !((rule->flags & RULE_POS) != 0 && tone <= 0) &&
           !((rule->flags & RULE_Q) != 0 && !sentence->question) &&
           !((rule->flags & RULE_NOQ) != 0 && sentence->question) &&
           !((rule->flags & RULE_END) != 0 && hit->last < sentence->tail) &&
           !((rule->flags & RULE_START) != 0 && hit->first > sentence->head);
}

static bool is_conditional(const struct matching *m, uint32_t token)
{
    return token < m->token_count && (m->words.of[token].is & WORD_CONDITION) != 0;
}

/* 壊れる|前に, not 混入|前にも */
static bool is_before(const struct matching *m, uint32_t token)
{
    return token > 0 && token + 1 < m->token_count && str_is(matching_surface(m, token), "前") &&
           str_is(matching_surface(m, token + 1), "に") &&
           str_equal(m->tokens[token - 1].pos, STR("動詞"));
}

/* 「壊れたら返品」「壊れる前に」: what the hit says stands as a condition or as not yet so, not
 * as a fact. A rule may end in a condition of its own. */
static bool is_condition(const struct judge *j, const struct hit *hit)
{
    const struct matching *m = &j->matching;
    bool stands = (hit->last > 0 && is_conditional(m, hit->last - 1)) ||
                  is_conditional(m, hit->last) || is_before(m, hit->last);
    struct str pattern = str_of(stands ? rule_pattern(j->rules, hit->rule) : "");
    for (size_t i = 0; stands && word_conditions[i] != NULL; i++)
        stands = !str_ends(pattern, str_of(word_conditions[i]));
    return stands;
}

enum hit_fate judge_decide(const struct judge *j, const struct hit *hit)
{
    const struct matching *m = &j->matching;
    uint32_t label = LABEL_BIT(hit->rule->what);
    if (!conditions_hold(m, hit))
        return HIT_CONDITION;
    if ((hit->rule->flags & RULE_ANYNEG) == 0 && tone_negation(m, hit) != 1)
        return HIT_NEGATED;
    if ((hit->rule->flags & RULE_HYPO) == 0 && (label & LABELS_OF_FACTS) != 0 &&
        (m->sentences[hit->sentence].hypothetical || is_condition(j, hit)))
        return HIT_HYPOTHETICAL;
    if (hit->rule->what == LABEL_PRAISE && tone_is_wished(m, hit))
        return HIT_HYPOTHETICAL;
    if ((label & LABELS_ABOUT) != 0 && (j->off_topic || judge_is_rivals(j, hit->at, hit->end)))
        return HIT_RIVAL;
    return HIT_USED;
}

void judge_settle_hits(struct matching *m)
{
    note_moods(m);
    exclude(m);
}

void judge_find_own_tones(struct judge *j)
{
    struct matching *m = &j->matching;
    if (j->rival_count == 0)
        return;
    for (size_t i = 0; i < m->hit_count; i++) {
        const struct hit *hit = &m->hits[i];
        if (hit->rule->table == RULE_POLARITY && hit->fate == HIT_USED &&
            judge_is_rivals(j, hit->at, hit->end))
            m->sentences[hit->sentence].own -= hit->value;
    }
    m->own = 0;
    for (size_t i = 0; i < m->sentence_count; i++)
        m->own = tone_add(m->own, m->sentences[i].own);
}

/* ---- cues ---- */

/* One of such weight, in hundredths; one of value 0 only hides what looks like it. What a rival
 * reaches is the rival's, but irony is the author's, whomever it is about. */
static bool has_cue_of(const struct judge *j, enum cue cue, int32_t least)
{
    const struct matching *m = &j->matching;
    for (size_t i = 0; i < m->hit_count; i++)
        if (hit_is_cue(&m->hits[i], cue) && m->hits[i].rule->weight >= least &&
            (cue == CUE_SARCASM || !judge_is_rivals(j, m->hits[i].at, m->hits[i].end)))
            return true;
    return false;
}

bool judge_has_cue(const struct judge *j, enum cue cue)
{
    return has_cue_of(j, cue, 1);
}

static bool is_verb(const struct matching *m, uint32_t token)
{
    return token < m->token_count && str_equal(m->tokens[token].pos, STR("動詞"));
}

/* A cue with the verb that it goes with, where one follows: ヤフーニュースに|は|載って,
 * 1万リポスト|さ|れて. */
static struct hit with_verb(const struct matching *m, const struct hit *cue)
{
    struct hit told = *cue;
    uint32_t i = cue->last;
    bool ends_in_verb = i > 0 && is_verb(m, i - 1);
    while (!ends_in_verb && i < m->token_count &&
           (str_equal(m->tokens[i].pos, STR("助詞")) || str_equal(m->tokens[i].pos, STR("副詞"))))
        i++;
    for (; is_verb(m, i); i++) {
        told.last = i + 1;
        told.end = m->token_end[i];
    }
    return told;
}

/* Does a request go on from what a cue tells: 載って|ほしい? */
static bool is_wished(const struct matching *m, size_t index, const struct hit *told)
{
    for (size_t i = index; i < m->hit_count && m->hits[i].first <= told->last; i++) {
        const struct hit *hit = &m->hits[i];
        if (hit->rule->table == RULE_LABEL && hit->rule->what == LABEL_REQUEST &&
            hit->last > told->last)
            return true;
    }
    return false;
}

/* ギンガ|が|燃えて, not ギンガの工場が燃えて */
static bool is_behind_name(const struct judge *j, const struct hit *cue)
{
    const struct matching *m = &j->matching;
    const struct name_span *name = matching_name_at(m, cue->at);
    if (name == NULL || !judge_is_watched(j, name->at))
        return false;
    uint32_t token = m->token_of[name->end];
    while (token < cue->first && ((m->words.of[token].is & WORD_MARK) != 0 ||
                                  str_equal(m->tokens[token].pos, STR("助詞")) ||
                                  str_is(matching_surface(m, token), "さん")))
        token++;
    return token == cue->first;
}

static bool is_told(const struct judge *j, size_t index)
{
    const struct matching *m = &j->matching;
    const struct hit *cue = &m->hits[index];
    if (cue->rule->weight < 100 && (cue->rule->weight <= 0 || !is_behind_name(j, cue)))
        return false;
    struct hit told = with_verb(m, cue);
    return !m->sentences[told.sentence].hypothetical && !is_condition(j, &told) &&
           !is_wished(m, index, &told) && tone_negation(m, &told) == 1;
}

uint32_t judge_told_cues(const struct judge *j, uint32_t kinds, uint32_t *denied)
{
    const struct matching *m = &j->matching;
    uint32_t told = 0;
    *denied = 0;
    for (size_t i = 0; i < m->hit_count; i++) {
        const struct hit *hit = &m->hits[i];
        uint32_t kind = CUE_BIT(hit->rule->what) & kinds;
        if (hit->rule->table != RULE_CUE || hit->fate != HIT_USED || (kind & ~told) == 0 ||
            hit->rule->weight < 0 || judge_is_rivals(j, hit->at, hit->end))
            continue;
        *(is_told(j, i) ? &told : denied) |= kind;
    }
    *denied &= ~told;
    return told;
}

static bool is_number(struct str surface)
{
    static const char *const words[] = {"一", "二", "三", "四", "五",   "六", "七", "八", "九",
                                        "十", "百", "千", "万", "複数", "数", "何", NULL};
    return (surface.len > 0 && ascii_digit((unsigned char)surface.ptr[0])) ||
           str_is_any(surface, words);
}

bool judge_counts_one(const struct judge *j)
{
    static const char *const counters[] = {"人", "名", NULL}, *const one[] = {"1", "一", NULL};
    static const char *const several[] = {"二人", "ふたり", "三人", "数人", "数名", "多数",
                                          "大勢", "複数",   "全員", "次々", "ら",   NULL};
    const struct matching *m = &j->matching;
    bool counted = false;
    for (uint32_t i = 0; i < m->token_count; i++) {
        if (str_is_any(matching_surface(m, i), several)) /* 1人が死亡、ふたりが重体 */
            return false;
        if (i == 0 || !str_is_any(matching_surface(m, i), counters) ||
            !is_number(matching_surface(m, i - 1)))
            continue;
        if (!str_is_any(matching_surface(m, i - 1), one) ||
            (i > 1 && is_number(matching_surface(m, i - 2)))) /* 十|一|人 */
            return false;
        counted = true;
    }
    return counted;
}

#define SAYS_SO 200 /* weight of a mark that says that it is irony: （棒） */

bool judge_says_irony(const struct judge *j)
{
    return has_cue_of(j, CUE_SARCASM, SAYS_SO);
}
