/*
 * Judging by rules. Every hit of the rule set is either used or set aside for a reason
 * that is kept (see judge_explain); labels are sums over used hits; level and support
 * follow from labels, reach and where the post stands.
 */
#include "judge/judge.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "judge/tone.h"
#include "record/write.h"
#include "text/entity.h"

#define ASSERTS     200 /* hundredths of weight that assert a label */
#define TALLY_LIMIT 100000

/* Labels that speak about the company: only the watched one's count. */
#define LABELS_ABOUT                                                                               \
    (LABELS_RISKS | LABEL_BIT(LABEL_COMPLAINT) | LABEL_BIT(LABEL_BOYCOTT) |                        \
     LABEL_BIT(LABEL_CALL_IN) | LABEL_BIT(LABEL_EXPOSURE) | LABEL_BIT(LABEL_PRAISE) |              \
     LABEL_BIT(LABEL_REQUEST))
#define LABELS_FLOOR                                                                               \
    (LABEL_BIT(LABEL_SAFETY) | LABEL_BIT(LABEL_CONTAMINATION) | LABEL_BIT(LABEL_LEAK) |            \
     LABEL_BIT(LABEL_THREAT))

struct tally {
    int32_t sum;
    const struct hit *best;
    uint32_t end; /* of the hit counted last */
};

/* Which model answers a question, and with which of its answers. */
struct answering {
    const struct model *model; /* NULL: none, the rules do */
    const struct model_question *question;
    uint32_t answer; /* among the model's; of a label */
    size_t number;   /* of the model */
};

struct judge {
    const struct rules *rules;
    const struct normal *normal;
    const struct watchlist *watches;
    struct matching matching;
    uint8_t *speaks; /* by sentence: SPEAKS_NAME, SPEAKS_RIVAL */
    size_t speaks_cap;
    uint64_t relevant;          /* watches that the post is about */
    uint32_t contexts[WATCHES]; /* of each watch: the groups that its category terms belong to */
    bool off_topic;
    bool named, rival_named; /* a relevant watch, a rival stands in the text */
    struct tally tallies[LABELS];
    const struct judge_models *models;
    struct answering tone, level;
    struct answering labels[LABELS];
    struct features features;
    bool featured; /* they are those of the post */
    bool sarcastic, has_media;
    struct sieve *sieve;           /* of all models together; NULL: there are none */
    float sums[16][MODEL_ANSWERS]; /* by model */
    const int8_t **rows[16];       /* by model, then by feature */
    size_t row_cap;
};

/* Contexts that a name can stand for; the others tell what kind of text it is. */
#define CONTEXTS_OF_NAMES                                                                          \
    ((uint32_t)1 << GROUP_FOOD | (uint32_t)1 << GROUP_MEDICAL | (uint32_t)1 << GROUP_SHOP |        \
     (uint32_t)1 << GROUP_PRODUCT | (uint32_t)1 << GROUP_DEVICE | (uint32_t)1 << GROUP_NET |       \
     (uint32_t)1 << GROUP_MONEY | (uint32_t)1 << GROUP_DELIVERY)

#define SPEAKS_NAME  1u
#define SPEAKS_RIVAL 2u

/* A category term of a watch, seen as a post of one word, tells the contexts that the
 * watch's name stands for: who names an internet provider speaks of the net. */
static void add_contexts(void *data, struct str term)
{
    struct judge *j = data;
    struct token token = {.surface = term, .base = term, .pos = STR("名詞"), .pos2 = STR("一般")};
    matching_run(&j->matching, j->rules, j->normal, term, &token, 1);
    j->contexts[j->relevant] |= j->matching.groups & CONTEXTS_OF_NAMES;
}

static void answer_labels(struct judge *j, size_t number, const char *question)
{
    const struct model *m = j->models->list[number];
    const struct model_question *q = model_question(m, question);
    for (uint32_t i = 0; q != NULL && i < q->count; i++) {
        int label = label_find(str_of(model_text(m, m->answers[q->first + i].name)));
        if (label >= 0 && label < LABELS)
            j->labels[label] = (struct answering){m, q, q->first + i, number};
    }
}

/* Are its answers all digits, as levels are? */
static bool has_levels(const struct model *m, const struct model_question *q)
{
    for (uint32_t i = 0; i < q->count; i++) {
        const char *name = model_text(m, m->answers[q->first + i].name);
        if (name[0] < '0' || name[0] > '4' || name[1] != '\0')
            return false;
    }
    return true;
}

/* A later model replaces an earlier one question by question. */
static void find_answering(struct judge *j)
{
    static const char *const many[] = {"intents", "risks", "conduct"};
    for (size_t i = 0; j->models != NULL && i < j->models->count; i++) {
        const struct model *m = j->models->list[i];
        const struct model_question *tone = model_question(m, "tone");
        const struct model_question *level = model_question(m, "level");
        if (tone != NULL && tone->count == 3)
            j->tone = (struct answering){m, tone, tone->first, i};
        if (level != NULL && has_levels(m, level))
            j->level = (struct answering){m, level, level->first, i};
        for (size_t k = 0; k < sizeof many / sizeof *many; k++)
            answer_labels(j, i, many[k]);
    }
}

struct judge *judge_new(const struct rules *rules, const struct normal *normal,
                        const struct watchlist *watches, const struct judge_models *models)
{
    struct judge *j = mem_zero(1, sizeof *j);
    j->rules = rules;
    j->normal = normal;
    j->watches = watches;
    j->models = models != NULL && models->count > 0 ? models : NULL;
    find_answering(j);
    if (j->models != NULL)
        j->sieve = mem_zero(1, sizeof *j->sieve);
    for (size_t i = 0; j->models != NULL && i < j->models->count; i++)
        model_sieve(j->models->list[i], j->sieve);
    if (watches != NULL)
        for (j->relevant = 0; j->relevant < watchlist_count(watches); j->relevant++)
            watchlist_categories(watches, j->relevant, add_contexts, j);
    return j;
}

void judge_free(struct judge *j)
{
    if (j == NULL)
        return;
    matching_free(&j->matching);
    features_free(&j->features);
    for (size_t i = 0; i < sizeof j->rows / sizeof *j->rows; i++)
        free(j->rows[i]);
    free(j->sieve);
    free(j->speaks);
    free(j);
}

/* ---- what the post is about ---- */

static void note_name(void *data, const struct watch_hit *hit)
{
    struct judge *j = data;
    uint32_t sentence = matching_sentence(&j->matching, (uint32_t)hit->at);
    if (hit->what == WATCH_RIVAL) {
        j->speaks[sentence] |= SPEAKS_RIVAL;
        j->rival_named = true;
    } else if (hit->what == WATCH_NAME && (j->relevant >> hit->watch & 1) != 0) {
        j->speaks[sentence] |= SPEAKS_NAME;
        j->matching.sentences[sentence].groups |= j->contexts[hit->watch];
        j->named = true;
    }
}

/* A post about a watch is in its contexts throughout; where it names a rival too, only in
 * the sentences that name the watch. */
static void add_subject_contexts(struct judge *j)
{
    struct matching *m = &j->matching;
    uint32_t contexts = 0;
    for (size_t watch = 0; watch < watchlist_count(j->watches); watch++)
        if ((j->relevant >> watch & 1) != 0)
            contexts |= j->contexts[watch];
    m->groups |= contexts;
    for (size_t i = 0; i < m->sentence_count && !(j->named && j->rival_named); i++)
        m->sentences[i].groups |= contexts;
}

static void find_subject(struct judge *j, const struct post_facts *post)
{
    struct matching *m = &j->matching;
    if (j->speaks_cap < m->sentence_count) {
        j->speaks_cap = m->sentence_count * 2 + 16;
        j->speaks = mem_resize(j->speaks, j->speaks_cap, 1);
    }
    memset(j->speaks, 0, m->sentence_count);
    j->relevant = 0;
    j->off_topic = j->named = j->rival_named = false;
    if (j->watches == NULL || watchlist_count(j->watches) == 0)
        return;
    bool foreign = false; /* a watch that the configuration does not define */
    for (size_t i = 0; i < post->watch_count; i++) {
        int watch = watchlist_find(j->watches, post->watches[i]);
        if (watch >= 0)
            j->relevant |= (uint64_t)1 << watch;
        else
            foreign = true;
    }
    if (!post->watch_known || post->watch_count == 0)
        j->relevant |= watchlist_match(j->watches, buf_str(&m->normal.text));
    watchlist_hits(j->watches, buf_str(&m->normal.text), note_name, j);
    j->off_topic = j->relevant == 0 && !foreign && (post->watch_known || j->rival_named);
    add_subject_contexts(j);
}

static bool is_official(const struct judge *j, const struct post_facts *post)
{
    struct str handle = post->handle;
    if (j->watches == NULL || handle.len == 0)
        return false;
    if (handle.ptr[0] == '@')
        handle = str_from(handle, 1);
    for (size_t watch = 0; watch < watchlist_count(j->watches); watch++)
        if (watchlist_is_official(j->watches, watch, handle))
            return true;
    return false;
}

/* ---- moods of sentences ---- */

/* Of cues of one kind the longest at a place counts; one of value 0 hides what it covers. */
static void settle_cues(struct matching *m)
{
    uint32_t ends[CUES] = {0};
    for (size_t i = 0; i < m->hit_count; i++) {
        struct hit *hit = &m->hits[i];
        if (hit->rule->table != RULE_CUE)
            continue;
        if (hit->end <= ends[hit->rule->what])
            hit->fate = HIT_COVERED;
        else
            ends[hit->rule->what] = hit->end;
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
        if (m->hits[i].rule->table == RULE_CUE && m->hits[i].rule->what == CUE_RHETORICAL)
            m->sentences[m->hits[i].sentence].question = false;
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
    int32_t tone = sentence->tone != 0 ? sentence->tone : m->tone;
    return !((rule->flags & RULE_NEG) != 0 && tone >= 0) &&
           !((rule->flags & RULE_POS) != 0 && tone <= 0) &&
           !((rule->flags & RULE_Q) != 0 && !sentence->question) &&
           !((rule->flags & RULE_NOQ) != 0 && sentence->question) &&
           !((rule->flags & RULE_END) != 0 && hit->last < sentence->tail) &&
           !((rule->flags & RULE_START) != 0 && hit->first > sentence->head);
}

static enum hit_fate decide(const struct judge *j, const struct hit *hit)
{
    const struct matching *m = &j->matching;
    uint32_t label = LABEL_BIT(hit->rule->what);
    if (!conditions_hold(m, hit))
        return HIT_CONDITION;
    if ((hit->rule->flags & RULE_ANYNEG) == 0 && tone_negation(m, hit) != 1)
        return HIT_NEGATED;
    if ((hit->rule->flags & RULE_HYPO) == 0 && m->sentences[hit->sentence].hypothetical &&
        (label & (LABELS_RISKS | LABEL_BIT(LABEL_COMPLAINT))) != 0)
        return HIT_HYPOTHETICAL;
    bool rival = j->speaks[hit->sentence] == SPEAKS_RIVAL;
    if ((label & LABELS_ABOUT) != 0 && (j->off_topic || rival))
        return HIT_RIVAL;
    return HIT_USED;
}

/* ---- labels ---- */

static void count_labels(struct judge *j)
{
    struct matching *m = &j->matching;
    memset(j->tallies, 0, sizeof j->tallies);
    for (size_t i = 0; i < m->hit_count; i++) {
        struct hit *hit = &m->hits[i];
        if (hit->rule->table != RULE_LABEL || hit->fate != HIT_USED)
            continue;
        hit->fate = decide(j, hit);
        if (hit->fate != HIT_USED)
            continue;
        struct tally *tally = &j->tallies[hit->rule->what];
        bool covered = hit->end <= tally->end && hit->rule->weight <= tally->best->rule->weight;
        bool repeated =
            tally->best != NULL && tally->best->rule == hit->rule; /* says nothing new */
        if (covered || repeated) {
            hit->fate = HIT_COVERED;
            continue;
        }
        tally->sum += tally->sum < TALLY_LIMIT ? hit->rule->weight : 0;
        tally->end = hit->end > tally->end ? hit->end : tally->end;
        if (tally->best == NULL || hit->rule->weight > tally->best->rule->weight)
            tally->best = hit;
    }
}

static uint32_t asserted_labels(const struct judge *j)
{
    uint32_t labels = 0;
    for (int label = 0; label < LABELS; label++)
        if (j->tallies[label].sum >= ASSERTS)
            labels |= LABEL_BIT(label);
    return labels;
}

static bool has(uint32_t labels, enum label label)
{
    return (labels & LABEL_BIT(label)) != 0;
}

static bool is_media(const struct post_facts *post)
{
    return post->tier == TIER_MATOME || post->tier == TIER_NET_NEWS || post->tier == TIER_MASS;
}

/* Trouble that an answer can mend. */
#define LABELS_MENDABLE                                                                            \
    (LABEL_BIT(LABEL_DEFECT) | LABEL_BIT(LABEL_SERVICE) | LABEL_BIT(LABEL_OUTAGE) |                \
     LABEL_BIT(LABEL_CONTAMINATION) | LABEL_BIT(LABEL_SAFETY) | LABEL_BIT(LABEL_LEAK))

/* Trouble that the author tells as their own is a complaint even where no word of
 * complaint stands: 「買ったサラダに虫が入ってた」. What bears the risk out bears this out too. */
static uint32_t own_trouble(struct judge *j, const struct post_facts *post, uint32_t labels)
{
    const struct matching *m = &j->matching;
    uint32_t not_own = LABEL_BIT(LABEL_HEARSAY) | LABEL_BIT(LABEL_SPAM) | LABEL_BIT(LABEL_RUMOR);
    bool own = (m->groups >> GROUP_OWN & 1) != 0 && (m->groups >> GROUP_NEWS & 1) == 0;
    if (!own || (labels & not_own) != 0 || (labels & LABELS_MENDABLE) == 0 || is_media(post) ||
        str_find(post->text, STR("RT @")) >= 0 || m->tone > 0)
        return labels;
    for (int label = 0; label < LABELS; label++) {
        const struct hit *best = j->tallies[label].best;
        bool told = (labels & LABELS_MENDABLE & LABEL_BIT(label)) != 0 &&
                    (m->sentences[best->sentence].groups >> GROUP_OWN & 1) != 0;
        if (!told || has(labels, LABEL_COMPLAINT))
            continue;
        j->tallies[LABEL_COMPLAINT] = j->tallies[label];
        labels |= LABEL_BIT(LABEL_COMPLAINT);
    }
    return labels;
}

/* Labels about the company that the post cannot have: all of them where it is about none
 * that is watched, or where all that the rules found stands in a rival's sentences. */
static uint32_t labels_of_others(const struct judge *j)
{
    const struct matching *m = &j->matching;
    bool rival = false;
    for (int label = 0; label < LABELS; label++)
        if (has(LABELS_ABOUT, (enum label)label) && j->tallies[label].best != NULL)
            return 0;
    for (size_t i = 0; i < m->hit_count; i++)
        rival = rival || (m->hits[i].rule->table == RULE_LABEL && m->hits[i].fate == HIT_RIVAL);
    return j->off_topic || rival ? LABELS_ABOUT : 0;
}

/* The fine points of the taxonomy that neither a single rule nor a model can know. */
static uint32_t refine_labels(const struct judge *j, const struct post_facts *post, uint32_t labels,
                              bool official)
{
    const struct tally *t = j->tallies;
    labels &= ~labels_of_others(j);
    if (official)
        return labels & LABEL_BIT(LABEL_REMARK);
    if (has(labels, LABEL_SPAM))
        labels &= LABEL_BIT(LABEL_SPAM) | LABEL_BIT(LABEL_THREAT);
    if (is_media(post))
        labels &= LABELS_RISKS | LABEL_BIT(LABEL_HATE) |
                  (post->tier == TIER_MATOME ? LABEL_BIT(LABEL_EXPOSURE) : 0);
    if (has(labels, LABEL_HEARSAY) && has(labels, LABEL_COMPLAINT) &&
        t[LABEL_HEARSAY].best != NULL && t[LABEL_COMPLAINT].best != NULL &&
        j->labels[LABEL_COMPLAINT].model == NULL &&
        t[LABEL_HEARSAY].best->sentence == t[LABEL_COMPLAINT].best->sentence)
        labels &= ~LABEL_BIT(LABEL_COMPLAINT);
    bool news = (j->matching.groups >> GROUP_NEWS & 1) != 0;
    if (news && has(labels, LABEL_COMPLAINT) && j->labels[LABEL_COMPLAINT].model == NULL &&
        t[LABEL_COMPLAINT].sum < 2 * ASSERTS)
        labels &= ~LABEL_BIT(LABEL_COMPLAINT);
    return labels;
}

/* ---- tone, level, support ---- */

static bool has_cue(const struct judge *j, enum cue cue)
{
    const struct matching *m = &j->matching;
    for (size_t i = 0; i < m->hit_count; i++)
        if (m->hits[i].rule->table == RULE_CUE && m->hits[i].rule->what == cue)
            return true;
    return false;
}

#define SAYS_SO 200 /* weight of a mark that says that it is irony: （棒） */

static bool says_irony(const struct judge *j)
{
    const struct matching *m = &j->matching;
    for (size_t i = 0; i < m->hit_count; i++)
        if (m->hits[i].rule->table == RULE_CUE && m->hits[i].rule->what == CUE_SARCASM &&
            m->hits[i].fate == HIT_USED && m->hits[i].rule->weight >= SAYS_SO)
            return true;
    return false;
}

/* Praise beside a fact that is none, or marked as irony: what reads as good is meant as
 * bad. */
static bool is_sarcastic(const struct judge *j, uint32_t labels)
{
    uint32_t bad = LABELS_RISKS | LABEL_BIT(LABEL_COMPLAINT) | LABEL_BIT(LABEL_BOYCOTT);
    const struct matching *m = &j->matching;
    if (!has_cue(j, CUE_SARCASM))
        return false;
    if ((labels & bad) != 0 || says_irony(j))
        return true;
    for (size_t i = 0; i < m->hit_count; i++)
        if (m->hits[i].rule->table == RULE_POLARITY && m->hits[i].fate == HIT_USED &&
            m->hits[i].value <= -100)
            return true;
    return false;
}

static double tone_score(const struct judge *j, const struct post_facts *post, uint32_t labels,
                         bool sarcastic)
{
    double sum = j->matching.tone;
    if (sarcastic && sum > -100)
        sum = -fabs(sum) - 100;
    if (has(labels, LABEL_COMPLAINT) || has(labels, LABEL_BOYCOTT))
        sum -= 100;
    else if ((labels & LABELS_RISKS) != 0)
        sum -= 60;
    if (has(labels, LABEL_PRAISE))
        sum += 100;
    if (has(labels, LABEL_ABUSE) || has(labels, LABEL_HATE) || has(labels, LABEL_THREAT))
        sum -= 150;
    if (is_media(post))
        sum /= 3; /* media report; their words of harm are not their feelings */
    return tanh(sum / 250);
}

static int floor_of_labels(uint32_t labels)
{
    if ((labels & LABELS_FLOOR) != 0)
        return 2;
    uint32_t look = LABELS_RISKS | LABEL_BIT(LABEL_COMPLAINT) | LABEL_BIT(LABEL_BOYCOTT) |
                    LABEL_BIT(LABEL_EXPOSURE) | LABEL_BIT(LABEL_CALL_IN) | LABEL_BIT(LABEL_ABUSE) |
                    LABEL_BIT(LABEL_HATE);
    return (labels & look) != 0;
}

static void raise(struct verdict *v, int level, const char *why)
{
    if (level > v->level) {
        v->level = level;
        v->level_why = why;
    }
}

static void find_level(const struct judge *j, const struct post_facts *post, struct verdict *v)
{
    uint32_t labels = v->labels;
    bool risk = (labels & LABELS_RISKS) != 0;
    v->level = 0;
    v->level_why = "ordinary";
    raise(v, floor_of_labels(labels),
          (labels & LABELS_FLOOR) != 0 ? "floor of its labels" : "a risk or a complaint");
    bool critical = risk || has(labels, LABEL_COMPLAINT) || has(labels, LABEL_BOYCOTT);
    if (critical && (post->reposts >= 50 || post->views >= 100000))
        raise(v, 2, "reach in its metrics");
    if (critical && has_cue(j, CUE_REACH))
        raise(v, 2, "reach in its words");
    if (has(labels, LABEL_EXPOSURE) && post->has_media)
        raise(v, 2, "an exposure with evidence");
    bool rumor_only = has(labels, LABEL_RUMOR) && (labels & LABELS_RISKS) == LABEL_BIT(LABEL_RUMOR);
    if (risk && !rumor_only) {
        if (is_media(post))
            raise(v, 2, "news of a risk");
        if (post->tier == TIER_MATOME || (is_media(post) && has_cue(j, CUE_REACH)))
            raise(v, 3, "media speak of the uproar");
        if (has_cue(j, CUE_NETMEDIA))
            raise(v, 3, "speaks of net media's pick-up");
        if (has_cue(j, CUE_MASSMEDIA) && has(labels, LABEL_BOYCOTT))
            raise(v, 4, "mass media and a boycott");
        if (has_cue(j, CUE_HARM) && (post->tier == TIER_NET_NEWS || post->tier == TIER_MASS))
            raise(v, 4, "harm to several people in the news");
    }
}

/* A level that some model was taught, but never below the floor. */
static void answer_level(const struct judge *j, struct verdict *v)
{
    float p[MODEL_ANSWERS];
    if (j->level.model == NULL)
        return;
    model_probabilities(j->level.model, j->level.question, j->sums[j->level.number], p);
    uint32_t best = 0;
    for (uint32_t i = 1; i < j->level.question->count; i++)
        best = p[i] > p[best] ? i : best;
    const struct model_answer *answer = &j->level.model->answers[j->level.answer + best];
    v->level = 0;
    raise(v, model_text(j->level.model, answer->name)[0] - '0', "a model of levels");
    raise(v, floor_of_labels(v->labels), "floor of its labels");
}

static bool needs_support(const struct judge *j, const struct post_facts *post,
                          const struct verdict *v)
{
    uint32_t labels = v->labels;
    uint32_t never = LABEL_BIT(LABEL_SPAM) | LABEL_BIT(LABEL_TROLL) | LABEL_BIT(LABEL_HATE) |
                     LABEL_BIT(LABEL_THREAT);
    if ((labels & never) != 0 || is_media(post) || v->official || j->off_topic || post->is_repost)
        return false;
    uint32_t values = LABELS_RISKS & ~LABELS_MENDABLE & ~LABEL_BIT(LABEL_RUMOR);
    if (has(labels, LABEL_QUESTION) && (labels & values) == 0)
        return true;
    return has(labels, LABEL_COMPLAINT) && !has(labels, LABEL_HEARSAY) &&
           (labels & LABELS_MENDABLE) != 0;
}

/* ---- the models' part ---- */

static float clipped(int32_t value, int32_t most)
{
    return (float)(value < 0 ? 0 : value > most ? most : value) / 200;
}

static void number_tone(struct judge *j, float *n)
{
    const struct matching *m = &j->matching;
    int32_t best = 0, worst = 0, last = 0;
    for (size_t i = 0; i < m->sentence_count; i++) {
        const struct sentence *s = &m->sentences[i];
        best = s->tone > best ? s->tone : best;
        worst = s->tone < worst ? s->tone : worst;
        last = s->tone != 0 || s->tail > s->head ? s->tone : last;
        n[NUMERIC_QUESTION] = s->question ? 1 : n[NUMERIC_QUESTION];
        n[NUMERIC_HYPOTHETICAL] = s->hypothetical ? 1 : n[NUMERIC_HYPOTHETICAL];
        n[NUMERIC_HEARSAY] = s->hearsay ? 1 : n[NUMERIC_HEARSAY];
        n[NUMERIC_CONTRAST] = s->contrast_at > 0 ? 1 : n[NUMERIC_CONTRAST];
    }
    n[NUMERIC_GOOD] = clipped(m->tone, 600);
    n[NUMERIC_BAD] = clipped(-m->tone, 600);
    n[NUMERIC_LAST_GOOD] = clipped(last, 400);
    n[NUMERIC_LAST_BAD] = clipped(-last, 400);
    n[NUMERIC_BEST] = clipped(best, 400);
    n[NUMERIC_WORST] = clipped(-worst, 400);
}

/* Hits that were set aside say something too: of what the post speaks. */
static void number_raw_hits(const struct matching *m, float *n)
{
    for (size_t i = 0; i < m->hit_count; i++) {
        const struct hit *hit = &m->hits[i];
        if (hit->rule->table == RULE_LABEL && n[NUMERIC_RAW + hit->rule->what] < 3)
            n[NUMERIC_RAW + hit->rule->what] += clipped(hit->rule->weight, 200);
    }
}

static void number_features(struct judge *j)
{
    const struct matching *m = &j->matching;
    float *n = j->features.numbers;
    memset(n, 0, sizeof j->features.numbers);
    number_raw_hits(m, n);
    for (int label = 0; label < LABELS; label++) {
        n[NUMERIC_SUM + label] = clipped(j->tallies[label].sum, 600);
        n[NUMERIC_ASSERTED + label] = j->tallies[label].sum >= ASSERTS;
    }
    for (int group = 0; group < GROUPS; group++)
        n[NUMERIC_GROUP + group] = (m->groups >> group & 1) != 0;
    number_tone(j, n);
    n[NUMERIC_SCORE] = (float)tanh(m->tone / 250.0);
    n[NUMERIC_IRONY] = j->sarcastic;
    n[NUMERIC_REACH] = has_cue(j, CUE_REACH);
    n[NUMERIC_NAMED] = j->named;
    n[NUMERIC_OFF_TOPIC] = j->off_topic;
    n[NUMERIC_RIVAL] = j->rival_named;
    n[NUMERIC_MEDIA] = j->has_media;
    n[NUMERIC_URL] = (m->words.any & WORD_URL) != 0;
    n[NUMERIC_MENTION] = (m->words.any & WORD_MENTION) != 0;
    n[NUMERIC_HASHTAG] = (m->words.any & WORD_HASHTAG) != 0;
    n[NUMERIC_EMOJI] = (m->words.any & WORD_EMOJI) != 0;
    n[NUMERIC_LAUGHTER] = (m->words.any & WORD_LAUGHTER) != 0;
    n[NUMERIC_SHORT] = m->token_count < 4;
    n[NUMERIC_LONG] = m->token_count > 120 ? 1 : (float)m->token_count / 120.0f;
}

const struct features *judge_features(struct judge *j)
{
    if (!j->featured) {
        features_take(&j->features, &j->matching, j->sieve);
        number_features(j);
        j->featured = true;
    }
    return &j->features;
}

#define WORDS_SHARE 2.0 /* of what polar words say, beside the model */

/* The lexicon knows words that no labelled post has: what it says moves the odds, so that
 * the model does as well on posts of a kind that it has not seen. */
static void lean_on_words(float *p, double score)
{
    float factor = (float)exp(WORDS_SHARE * score);
    p[0] /= factor;
    p[2] *= factor;
    float sum = p[0] + p[1] + p[2];
    for (int i = 0; i < 3; i++)
        p[i] /= sum > 0 ? sum : 1;
}

static void answer_tone(struct judge *j, struct verdict *v)
{
    if (j->tone.model == NULL)
        return;
    model_probabilities(j->tone.model, j->tone.question, j->sums[j->tone.number], v->p_tone);
    lean_on_words(v->p_tone, tanh(j->matching.tone / 250.0));
    if (says_irony(j) && v->p_tone[2] > v->p_tone[0]) { /* what says so is meant so */
        float good = v->p_tone[2];
        v->p_tone[2] = v->p_tone[0];
        v->p_tone[0] = good;
    }
    v->tone_modelled = true;
    v->score = v->p_tone[2] - v->p_tone[0];
    v->tone = v->p_tone[2] > v->p_tone[1] && v->p_tone[2] > v->p_tone[0]   ? TONE_POSITIVE
              : v->p_tone[0] > v->p_tone[1] && v->p_tone[0] > v->p_tone[2] ? TONE_NEGATIVE
                                                                           : TONE_NEUTRAL;
}

#define SECONDED 0.5 /* probability from which a label holds that the rules give too */

/* Labels that models decide take the place of the rules', but where both say the same the
 * model need not be as sure. Those of a question stand side by side, and its probabilities
 * are found once. */
static uint32_t answer_each_label(struct judge *j, struct verdict *v, uint32_t labels)
{
    float p[MODEL_ANSWERS];
    const struct model_question *asked = NULL;
    for (int label = 0; label < LABELS; label++) {
        const struct answering *a = &j->labels[label];
        if (a->model == NULL)
            continue;
        if (a->question != asked)
            model_probabilities(a->model, a->question, j->sums[a->number], p);
        asked = a->question;
        v->p[label] = p[a->answer - a->question->first];
        v->modelled |= LABEL_BIT(label);
        bool by_rules = labels & LABEL_BIT(label);
        bool holds = v->p[label] >= a->model->answers[a->answer].threshold ||
                     (by_rules && v->p[label] >= SECONDED);
        labels = holds ? labels | LABEL_BIT(label) : labels & ~LABEL_BIT(label);
    }
    return labels;
}

static bool is_asked_again(const struct judge *j, size_t number, const char *question)
{
    for (size_t i = number + 1; i < j->models->count; i++)
        if (model_question(j->models->list[i], question) != NULL)
            return true;
    return false;
}

/* Of models that answer the same question the last one does. */
static void answer_own(struct judge *j, struct verdict *v, size_t number)
{
    const struct model *m = j->models->list[number];
    float p[MODEL_ANSWERS];
    for (uint32_t k = 0; k < m->header->questions; k++) {
        const struct model_question *q = &m->questions[k];
        const char *name = model_text(m, q->name);
        if (str_is_any(str_of(name), label_questions) || is_asked_again(j, number, name) ||
            v->own_count + q->count > OWN_ANSWERS)
            continue;
        model_probabilities(m, q, j->sums[number], p);
        uint32_t best = 0;
        for (uint32_t i = 1; i < q->count; i++)
            best = p[i] > p[best] ? i : best;
        for (uint32_t i = 0; i < q->count; i++) {
            const struct model_answer *answer = &m->answers[q->first + i];
            bool holds = q->exclusive != 0 ? i == best : p[i] >= answer->threshold;
            v->own[v->own_count++] = (struct own_answer){name, model_text(m, answer->name),
                                                         q->exclusive != 0, holds, p[i]};
        }
    }
}

/* Asks each model once. */
static void ask_models(struct judge *j)
{
    judge_features(j);
    bool more = j->row_cap < j->features.count;
    if (more)
        j->row_cap = 2 * j->features.count;
    for (size_t i = 0; i < j->models->count; i++) {
        if (more)
            j->rows[i] = mem_resize(j->rows[i], j->row_cap, sizeof *j->rows[i]);
        model_sum(j->models->list[i], &j->features, j->sums[i], j->rows[i]);
    }
}

/* ---- evidence ---- */

static void add_span(struct verdict *v, const struct matching *m, int label, uint32_t at,
                     uint32_t end)
{
    if (v->why_count == EVIDENCE)
        return;
    v->why[v->why_count++] = (struct evidence){label, m->normal.origin[at], m->normal.origin[end]};
}

static void add_evidence(struct verdict *v, const struct matching *m, int label,
                         const struct hit *hit)
{
    add_span(v, m, label, hit->at, hit->end);
}

/* Does it show something to a reader: a word, and not the end of a verb? */
static bool is_telling(const struct matching *m, const struct feature *f)
{
    const char *text = m->normal.text.data;
    size_t marks = 0;
    for (uint32_t at = f->at; at < f->end; at++) {
        unsigned char c = (unsigned char)text[at];
        bool hiragana =
            c == 0xE3 &&
            ((unsigned char)text[at + 1] == 0x81 ||
             ((unsigned char)text[at + 1] == 0x82 && (unsigned char)text[at + 2] < 0xA0));
        marks += (c & 0xC0) != 0x80 && c >= 0x30 && !hiragana;
    }
    return marks >= 2 && f->end - f->at <= 60;
}

#define TELLING 8 /* times as much as others */

/* The words that weighed most for an answer, where no rule tells them. */
static void add_heaviest(const struct judge *j, struct verdict *v, int label,
                         const struct answering *a, uint32_t answer)
{
    const struct feature *best = NULL;
    int most = 0;
    for (size_t i = 0; i < j->features.count; i++) {
        const int8_t *row = j->rows[a->number][i];
        const struct feature *f = &j->features.list[i];
        if (row == NULL || row[answer] * TELLING <= most)
            continue;
        int weight = row[answer] * (is_telling(&j->matching, f) ? TELLING : 1);
        if (weight > most) {
            most = weight;
            best = f;
        }
    }
    if (best != NULL)
        add_span(v, &j->matching, label, best->at, best->end);
}

/* The strongest hit for a label; a complaint without words of its own stands on what it
 * complains of. */
static const struct hit *best_hit(const struct judge *j, const struct verdict *v, int label)
{
    const struct hit *best = j->tallies[label].best;
    for (int risk = 0; label == LABEL_COMPLAINT && best == NULL && risk < LABELS; risk++)
        if ((v->labels & LABELS_MENDABLE & LABEL_BIT(risk)) != 0)
            best = j->tallies[risk].best;
    return best;
}

static void gather_labels(const struct judge *j, struct verdict *v)
{
    for (int label = 0; label < LABELS; label++) {
        if (!has(v->labels, (enum label)label))
            continue;
        const struct hit *best = best_hit(j, v, label);
        if (best != NULL)
            add_evidence(v, &j->matching, label, best);
        else if (j->labels[label].model != NULL)
            add_heaviest(j, v, label, &j->labels[label], j->labels[label].answer);
    }
}

/* The polar hit that says most for the tone and is not among the evidence yet. */
static const struct hit *most_polar(const struct judge *j, const struct verdict *v)
{
    const struct matching *m = &j->matching;
    const struct hit *best = NULL;
    int32_t most = 0;
    for (size_t i = 0; i < m->hit_count; i++) {
        const struct hit *hit = &m->hits[i];
        int32_t value = hit->value * (int)v->tone;
        bool known = hit->rule->table != RULE_POLARITY || hit->fate != HIT_USED;
        for (size_t k = 0; k < v->why_count && !known; k++)
            known = v->why[k].label == LABEL_POLARITY && v->why[k].at == m->normal.origin[hit->at];
        if (!known && value > most) {
            most = value;
            best = hit;
        }
    }
    return best;
}

static void gather_evidence(const struct judge *j, struct verdict *v)
{
    gather_labels(j, v);
    size_t before = v->why_count;
    for (int round = 0; round < 3 && v->tone != TONE_NEUTRAL; round++) {
        const struct hit *best = most_polar(j, v);
        if (best == NULL)
            break;
        add_evidence(v, &j->matching, LABEL_POLARITY, best);
    }
    if (v->why_count == before && v->tone != TONE_NEUTRAL && v->tone_modelled)
        add_heaviest(j, v, LABEL_POLARITY, &j->tone,
                     j->tone.question->first + (v->tone == TONE_POSITIVE ? 2 : 0));
}

void judge_post(struct judge *j, const struct post_facts *post, struct verdict *v)
{
    struct matching *m = &j->matching;
    *v = (struct verdict){.tone = TONE_NEUTRAL};
    j->featured = false;
    j->has_media = post->has_media;
    matching_run(m, j->rules, j->normal, post->text, post->tokens, post->token_count);
    find_subject(j, post);
    v->official = is_official(j, post);
    note_moods(m);
    exclude(m);
    tone_weigh(m);
    count_labels(j);
    v->labels = asserted_labels(j);
    j->sarcastic = is_sarcastic(j, v->labels);
    bool asked = j->models != NULL && post->token_count > 0; /* nothing said is nothing */
    v->labels = own_trouble(j, post, v->labels);
    if (asked) {
        ask_models(j);
        v->labels = answer_each_label(j, v, v->labels);
    }
    v->labels = refine_labels(j, post, v->labels, v->official);
    bool sarcastic = is_sarcastic(j, v->labels);
    if (says_irony(j) || (sarcastic && v->modelled == 0))
        v->labels &= ~LABEL_BIT(LABEL_PRAISE);
    v->score = tone_score(j, post, v->labels, sarcastic);
    v->tone = v->score > 0.2 ? TONE_POSITIVE : v->score < -0.2 ? TONE_NEGATIVE : TONE_NEUTRAL;
    if (asked)
        answer_tone(j, v);
    find_level(j, post, v);
    if (asked)
        answer_level(j, v);
    v->support = needs_support(j, post, v);
    for (size_t i = 0; asked && i < j->models->count; i++)
        answer_own(j, v, i);
    gather_evidence(j, v);
}

/* ---- writing ---- */

static const char *tone_name(enum tone tone)
{
    return tone == TONE_POSITIVE ? "positive" : tone == TONE_NEGATIVE ? "negative" : "neutral";
}

static void write_labels(struct json *j, const char *name, uint32_t labels)
{
    json_key(j, name);
    json_open(j, '[');
    for (int label = 0; label < LABELS; label++)
        if (has(labels, (enum label)label))
            json_text(j, label_name((enum label)label));
    json_close(j, ']');
}

static void write_evidence(struct json *j, const struct verdict *v, struct str text,
                           size_t title_len)
{
    json_key(j, "why");
    json_open(j, '[');
    for (size_t i = 0; i < v->why_count; i++) {
        const struct evidence *e = &v->why[i];
        bool in_title = e->at < title_len;
        size_t base = in_title ? 0 : title_len;
        json_open(j, '{');
        json_key(j, "label");
        json_text(j, e->label == LABEL_POLARITY ? tone_name(v->tone)
                                                : label_name((enum label)e->label));
        json_key(j, "text");
        json_str(j, (struct str){text.ptr + e->at, e->end - e->at});
        if (in_title) {
            json_key(j, "in");
            json_text(j, "title");
        }
        json_key(j, "at");
        json_open(j, '[');
        json_integer(j, (int64_t)(e->at - base));
        json_integer(j, (int64_t)(e->end - base));
        json_close(j, ']');
        json_close(j, '}');
    }
    json_close(j, ']');
}

/* Behind the last answer to the question of the one at `at`. */
static size_t own_end(const struct verdict *v, size_t at)
{
    size_t end = at + 1;
    while (end < v->own_count && strcmp(v->own[end].question, v->own[at].question) == 0)
        end++;
    return end;
}

/* Answers to questions of a user's own: one text, or a list. */
static void write_own(struct json *j, const struct verdict *v)
{
    for (size_t at = 0, end; at < v->own_count; at = end) {
        bool listed = !v->own[at].exclusive;
        end = own_end(v, at);
        json_key(j, v->own[at].question);
        if (listed)
            json_open(j, '[');
        for (size_t i = at; i < end; i++)
            if (v->own[i].holds)
                json_text(j, v->own[i].answer);
        if (listed)
            json_close(j, ']');
    }
}

/* Own questions have an object each, since their answers may be called like labels. */
static void write_own_probabilities(struct json *j, const struct verdict *v)
{
    for (size_t at = 0, end; at < v->own_count; at = end) {
        end = own_end(v, at);
        json_key(j, v->own[at].question);
        json_open(j, '{');
        for (size_t i = at; i < end; i++) {
            json_key(j, v->own[i].answer);
            json_number(j, v->own[i].p, 4);
        }
        json_close(j, '}');
    }
}

static void write_probabilities(struct json *j, const struct verdict *v)
{
    static const char *const tones[] = {"negative", "neutral", "positive"};
    json_key(j, "p");
    json_open(j, '{');
    for (size_t i = 0; v->tone_modelled && i < 3; i++) {
        json_key(j, tones[i]);
        json_number(j, v->p_tone[i], 4);
    }
    for (int label = 0; label < LABELS; label++)
        if (has(v->modelled, (enum label)label)) {
            json_key(j, label_name((enum label)label));
            json_number(j, v->p[label], 4);
        }
    write_own_probabilities(j, v);
    json_close(j, '}');
}

void verdict_write(const struct verdict *v, struct str text, size_t title_len, const char *model,
                   bool probabilities, struct buf *out)
{
    struct json j = {out, false};
    json_open(&j, '{');
    json_key(&j, "tone");
    json_text(&j, tone_name(v->tone));
    json_key(&j, "score");
    json_number(&j, v->score, 2);
    write_labels(&j, "intents", v->labels & LABELS_INTENTS);
    write_labels(&j, "risks", v->labels & LABELS_RISKS);
    write_labels(&j, "conduct", v->labels & LABELS_CONDUCT);
    json_key(&j, "level");
    json_integer(&j, v->level);
    json_key(&j, "support");
    json_bool(&j, v->support);
    write_own(&j, v);
    write_evidence(&j, v, text, title_len);
    if (probabilities)
        write_probabilities(&j, v);
    json_key(&j, "model");
    json_text(&j, model);
    json_close(&j, '}');
}

/* ---- explaining ---- */

static const char *fate_text(enum hit_fate fate)
{
    static const char *const texts[] = {"counts",
                                        "set aside: an exclusion covers it",
                                        "set aside: its condition does not hold",
                                        "set aside: negated",
                                        "set aside: hypothetical",
                                        "set aside: not about the watched name",
                                        "set aside: a longer one covers it"};
    return texts[fate];
}

/* Controls of the terminal and of the direction of text. */
static bool takes_orders(unsigned code)
{
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x061C ||
           (code >= 0x200E && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
           (code >= 0x2066 && code <= 0x2069);
}

/* Adds text that a terminal takes no orders from. */
static void add_harmless(struct buf *out, struct str text)
{
    size_t len;
    for (size_t at = 0; at < text.len; at += len) {
        unsigned code = text_code(text, at, &len);
        if (code == '\n')
            buf_add_text(out, "⏎");
        else if (takes_orders(code))
            buf_add_char(out, '?');
        else
            buf_add(out, text.ptr + at, len);
    }
}

static void explain_hit(const struct judge *j, const struct hit *hit, struct str text,
                        struct buf *out)
{
    const struct matching *m = &j->matching;
    const struct rule *rule = hit->rule;
    const char *name = rule->table == RULE_CUE         ? cue_name((enum cue)rule->what)
                       : rule->table == RULE_GROUP     ? group_name((enum group)rule->what)
                       : rule->table == RULE_EXCLUSION ? "exclusion"
                                                       : label_name((enum label)rule->what);
    size_t at = m->normal.origin[hit->at], end = m->normal.origin[hit->end];
    buf_addf(out, "    %-16s ", name);
    add_harmless(out, (struct str){text.ptr + at, end - at});
    buf_addf(out, "  (rule %s, %+.2f", rule_pattern(j->rules, rule), rule->weight / 100.0);
    if (rule->table == RULE_POLARITY && hit->fate == HIT_USED)
        buf_addf(out, " -> %+.2f", hit->value / 100.0);
    buf_add_text(out, ")");
    if (rule->table == RULE_LABEL || rule->table == RULE_POLARITY)
        buf_addf(out, "  %s", fate_text(hit->fate));
    buf_add_char(out, '\n');
}

void judge_explain(const struct judge *j, const struct post_facts *post, const struct verdict *v,
                   struct buf *out)
{
    add_harmless(out, post->id.len > 0 ? post->id : STR("-"));
    buf_add_char(out, '\n');
    const struct matching *m = &j->matching;
    size_t next = 0;
    for (size_t s = 0; s < m->sentence_count; s++) {
        const struct sentence *sentence = &m->sentences[s];
        size_t at = m->normal.origin[sentence->at], end = m->normal.origin[sentence->end];
        buf_add_text(out, "  ");
        add_harmless(out, str_trim((struct str){post->text.ptr + at, end - at}));
        buf_addf(out, "  [tone %+.2f%s%s%s]\n", sentence->tone / 100.0,
                 sentence->question ? ", question" : "",
                 sentence->hypothetical ? ", hypothetical" : "",
                 sentence->hearsay ? ", hearsay" : "");
        for (; next < m->hit_count && m->hits[next].sentence == s; next++)
            explain_hit(j, &m->hits[next], post->text, out);
    }
    buf_addf(out, "  => tone %s (%+.2f), level %d (%s)%s%s%s\n     labels:", tone_name(v->tone),
             v->score, v->level, v->level_why, v->support ? ", support" : "",
             v->official ? ", written by the company" : "",
             j->off_topic ? ", about no watched name" : "");
    for (int label = 0; label < LABELS; label++)
        if (has(v->labels, (enum label)label))
            buf_addf(out, " %s", label_name((enum label)label));
    buf_add_text(out, (v->labels != 0) ? "\n\n" : " none\n\n");
}
