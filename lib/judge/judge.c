/*
 * Judging by rules. Every hit of the rule set is either used or set aside for a reason
 * that is kept (see judge_explain); labels are sums over used hits; level and support
 * follow from labels, reach and where the post stands.
 */
#include "judge/parts.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "text/language.h"

struct judge *judge_new(const struct rules *rules, const struct normal *normal,
                        const struct watchlist *watches, const struct judge_models *models)
{
    struct judge *j = mem_zero(1, sizeof *j);
    j->rules = rules;
    j->normal = normal;
    j->watches = watches;
    j->models = models != NULL && models->count > 0 ? models : NULL;
    judge_find_answering(j);
    if (j->models != NULL)
        j->sieve = mem_zero(1, sizeof *j->sieve);
    for (size_t i = 0; j->models != NULL && i < j->models->count; i++) {
        model_sieve(j->models->list[i], j->sieve);
        j->weighers[i] = weigher_new(j->models->list[i], normal);
    }
    if (j->models != NULL && j->models->triage != NULL) { /* of pairs, those that others know do */
        j->triage_weigher = weigher_new(j->models->triage, normal);
        j->triage_question = model_question(j->models->triage, "triage");
    }
    if (watches != NULL)
        for (j->relevant = 0; j->relevant < watchlist_count(watches); j->relevant++)
            watchlist_categories(watches, j->relevant, judge_add_contexts, j);
    return j;
}

void judge_free(struct judge *j)
{
    if (j == NULL)
        return;
    matching_free(&j->matching);
    features_free(&j->features);
    for (size_t i = 0; i < sizeof j->weighers / sizeof *j->weighers; i++)
        weigher_free(j->weighers[i]);
    weigher_free(j->triage_weigher);
    word_pairs_free(&j->pairs);
    judge_free_veil(j);
    free(j->sieve);
    free(j->shares);
    free(j->rivals);
    free(j->mentions);
    free(j);
}

/* ---- labels ---- */

static void count_labels(struct judge *j)
{
    struct matching *m = &j->matching;
    uint32_t denied = 0, supposed = 0; /* what stands in a hit that is negated or supposed is too */
    memset(j->tallies, 0, sizeof j->tallies);
    for (size_t i = 0; i < m->hit_count; i++) {
        struct hit *hit = &m->hits[i];
        if (hit->rule->table != RULE_LABEL || hit->fate != HIT_USED)
            continue;
        hit->fate = judge_decide(j, hit);
        if (hit->fate == HIT_USED && hit->end <= denied)
            hit->fate = HIT_NEGATED;
        if (hit->fate == HIT_NEGATED && hit->end > denied)
            denied = hit->end;
        if (hit->fate == HIT_USED && hit->end <= supposed && (hit->rule->flags & RULE_HYPO) == 0 &&
            has(LABELS_OF_FACTS, (enum label)hit->rule->what))
            hit->fate = HIT_HYPOTHETICAL;
        if (hit->fate == HIT_HYPOTHETICAL && hit->rule->what != LABEL_PRAISE && hit->end > supposed)
            supposed = hit->end;
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

static bool is_media(const struct post_facts *post)
{
    return post->tier == TIER_MATOME || post->tier == TIER_NET_NEWS || post->tier == TIER_MASS;
}

/* Trouble that the author tells as their own is a complaint even where no word of
 * complaint stands: 「買ったサラダに虫が入ってた」. What bears the risk out bears this out too. */
static uint32_t own_trouble(struct judge *j, const struct post_facts *post, uint32_t labels)
{
    const struct matching *m = &j->matching;
    uint32_t not_own = LABEL_BIT(LABEL_HEARSAY) | LABEL_BIT(LABEL_SPAM) | LABEL_BIT(LABEL_RUMOR);
    bool own = (m->groups >> GROUP_OWN & 1) != 0 && (m->groups >> GROUP_NEWS & 1) == 0;
    if (!own || (labels & not_own) != 0 || (labels & LABELS_MENDABLE) == 0 || is_media(post) ||
        str_find(post->text, STR("RT @")) >= 0 || m->own > 0)
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

/* Labels about the company that the post cannot have where it is about none that is watched.
 * What is said of a rival neither rules nor models count. */
static uint32_t labels_of_others(const struct judge *j)
{
    return j->off_topic ? LABELS_ABOUT : 0;
}

#define LABELS_EXCHANGED                                                                           \
    (LABEL_BIT(LABEL_DEFECT) | LABEL_BIT(LABEL_OUTAGE) | LABEL_BIT(LABEL_CONTAMINATION))

/* Who commends a company for what it mended blames it for nothing, unless for its people. */
static bool is_mended(const struct judge *j, uint32_t labels)
{
    uint32_t denied;
    return has(labels, LABEL_PRAISE) && !has(labels, LABEL_SERVICE) && j->matching.own > 0 &&
           !judge_says_irony(j) && judge_told_cues(j, CUE_BIT(CUE_MENDED), &denied) != 0;
}

/* An exclusion of call-in alone tells that somebody asked, was helped or jests, which a model
 * takes for a protest: 市役所に電話してゴミの日を聞いた. Where no row finds one, there is none. */
static bool is_inquiry(const struct judge *j)
{
    const struct matching *m = &j->matching;
    bool excluded = false;
    for (size_t i = 0; i < m->hit_count && !excluded; i++)
        excluded = m->hits[i].rule->table == RULE_EXCLUSION &&
                   m->hits[i].rule->labels == LABEL_BIT(LABEL_CALL_IN);
    return excluded && j->tallies[LABEL_CALL_IN].best == NULL;
}

/* Does a mark stand between: 誰得なのこれ|、|どうやって解約するんですか? */
static bool is_set_off(const struct matching *m, const struct hit *asks, const struct hit *cue)
{
    uint32_t from = asks->first < cue->first ? asks->last : cue->last;
    uint32_t end = asks->first < cue->first ? cue->first : asks->first;
    for (uint32_t i = from; i < end; i++)
        if ((m->words.of[i].is & WORD_MARK) != 0)
            return true;
    return false;
}

#define BESIDE 256 /* bytes */

/* Is it no question of its own beside a rhetorical one in its sentence? */
static bool is_rhetorical(const struct matching *m, const struct hit *asks)
{
    uint32_t begin = asks->at > BESIDE ? asks->at - BESIDE : 0;
    size_t i = BEGUN_BEFORE(struct hit, m->hits, m->hit_count, begin);
    for (; i < m->hit_count && m->hits[i].at < asks->end + BESIDE; i++)
        if (m->hits[i].sentence == asks->sentence && hit_is_cue(&m->hits[i], CUE_RHETORICAL) &&
            m->hits[i].rule->weight > 0 && !is_set_off(m, asks, &m->hits[i]))
            return true;
    return false;
}

/* Does it ask rhetorically, and nothing else? */
static bool asks_nothing(const struct judge *j)
{
    const struct matching *m = &j->matching;
    bool rhetorical = false;
    for (size_t i = 0; i < m->sentence_count; i++)
        rhetorical = rhetorical || m->sentences[i].rhetorical;
    for (size_t i = 0; i < m->hit_count && rhetorical; i++) {
        const struct hit *hit = &m->hits[i];
        bool asks = hit->rule->table == RULE_LABEL && hit->rule->what == LABEL_QUESTION &&
                    hit->fate == HIT_USED;
        bool asserts = asks && hit->rule->weight >= ASSERTS; /* どうすれば直りますか */
        if ((asks || hit_is_cue(hit, CUE_QUESTION)) &&
            (!m->sentences[hit->sentence].rhetorical || (asserts && !is_rhetorical(m, hit))))
            return false;
    }
    return rhetorical;
}

/* The fine points of the taxonomy that neither a single rule nor a model can know. */
static uint32_t refine_labels(const struct judge *j, const struct post_facts *post, uint32_t labels,
                              bool official)
{
    const struct tally *t = j->tallies;
    labels &= ~labels_of_others(j);
    if (official)
        return labels & LABEL_BIT(LABEL_REMARK);
    if (is_media(post)) /* they write no spam, though a model may take it for that */
        labels &= LABELS_RISKS | LABEL_BIT(LABEL_HATE) |
                  (post->tier == TIER_MATOME ? LABEL_BIT(LABEL_EXPOSURE) : 0);
    if (has(labels, LABEL_SPAM))
        labels &= LABEL_BIT(LABEL_SPAM) | LABEL_BIT(LABEL_THREAT);
    if (has(labels, LABEL_HEARSAY) && has(labels, LABEL_COMPLAINT) &&
        t[LABEL_HEARSAY].best != NULL && t[LABEL_COMPLAINT].best != NULL &&
        j->labels[LABEL_COMPLAINT].model == NULL &&
        t[LABEL_HEARSAY].best->sentence == t[LABEL_COMPLAINT].best->sentence)
        labels &= ~LABEL_BIT(LABEL_COMPLAINT);
    if (is_mended(j, labels))
        labels &= ~(LABELS_EXCHANGED | LABEL_BIT(LABEL_COMPLAINT));
    if (is_inquiry(j))
        labels &= ~LABEL_BIT(LABEL_CALL_IN);
    if (asks_nothing(j))
        labels &= ~LABEL_BIT(LABEL_QUESTION);
    bool news = (j->matching.groups >> GROUP_NEWS & 1) != 0;
    if (news && has(labels, LABEL_COMPLAINT) && j->labels[LABEL_COMPLAINT].model == NULL &&
        t[LABEL_COMPLAINT].sum < 2 * ASSERTS)
        labels &= ~LABEL_BIT(LABEL_COMPLAINT);
    return labels;
}

/* ---- tone, level, support ---- */

/* Praise beside a fact that is none, or marked as irony: what reads as good is meant as
 * bad. */
static bool is_sarcastic(const struct judge *j, uint32_t labels)
{
    uint32_t bad = LABELS_RISKS | LABEL_BIT(LABEL_COMPLAINT) | LABEL_BIT(LABEL_BOYCOTT);
    const struct matching *m = &j->matching;
    if (!judge_has_cue(j, CUE_SARCASM))
        return false;
    if ((labels & bad) != 0 || judge_says_irony(j))
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

/* Kinds of texts in which uproars are of balls, monsters and heroes. */
#define GROUPS_QUIET                                                                               \
    ((uint32_t)1 << GROUP_BASEBALL | (uint32_t)1 << GROUP_SPORTS | (uint32_t)1 << GROUP_GAME |     \
     (uint32_t)1 << GROUP_FICTION | (uint32_t)1 << GROUP_HOROSCOPE | (uint32_t)1 << GROUP_JOBAD |  \
     (uint32_t)1 << GROUP_QUIZ | (uint32_t)1 << GROUP_BOT)

/* That somebody is under fire is worth a look, even where nobody says what for, unless who says
 * so sells something or makes trouble for its own sake. */
static bool names_uproar(const struct judge *j, const struct verdict *v, uint32_t told)
{
    return (told & CUE_BIT(CUE_UPROAR)) != 0 && (j->matching.groups & GROUPS_QUIET) == 0 &&
           !has(v->labels, LABEL_SPAM) && !has(v->labels, LABEL_TROLL) && !v->official &&
           !j->off_topic;
}

/* What makes a crisis: who takes it up, and whom it harms. */
#define CUES_OF_CRISIS (CUE_BIT(CUE_NETMEDIA) | CUE_BIT(CUE_MASSMEDIA) | CUE_BIT(CUE_HARM))
#define CUES_OF_LEVEL                                                                              \
    (CUES_OF_CRISIS | CUE_BIT(CUE_REACH) | CUE_BIT(CUE_UPROAR) | CUE_BIT(CUE_MANY))

#define LEVEL_HOLDS 0.7f /* probability from which the level is raised */

/* The highest level that a model may raise a post to, which takes a word of reach or of a crisis
 * for one that is told: these cues are. */
static int most_likely(uint32_t told, uint32_t denied)
{
    bool no_crisis = (denied & CUES_OF_CRISIS) != 0;
    if ((told & CUES_OF_CRISIS) != 0)
        return 4;
    if ((told & CUE_BIT(CUE_REACH)) != 0)
        return no_crisis ? 3 : 4;
    return (denied & CUE_BIT(CUE_REACH)) != 0 ? 1 : no_crisis ? 2 : 4;
}

static void find_level(const struct judge *j, const struct post_facts *post, struct verdict *v,
                       int taught)
{
    uint32_t labels = v->labels;
    bool risk = (labels & LABELS_RISKS) != 0;
    v->level = 0;
    v->level_why = "ordinary";
    raise(v, floor_of_labels(labels),
          (labels & LABELS_FLOOR) != 0 ? "floor of its labels" : "a risk or a complaint");
    if (taught >= 0) { /* a user's own model of levels; never below the floor */
        raise(v, taught, "a model of levels");
        return;
    }
    uint32_t denied, told = judge_told_cues(j, CUES_OF_LEVEL, &denied);
    if (names_uproar(j, v, told))
        raise(v, 1, "speaks of an uproar");
    bool hurt = has(labels, LABEL_SAFETY) || has(labels, LABEL_CONTAMINATION);
    if (hurt && (told & CUE_BIT(CUE_HARM)) == 0 && judge_counts_one(j))
        denied |= CUE_BIT(CUE_HARM); /* that of several persons */
    bool reach = (told & CUE_BIT(CUE_REACH)) != 0;
    bool critical = risk || has(labels, LABEL_COMPLAINT) || has(labels, LABEL_BOYCOTT);
    if (critical && (post->reposts >= 50 || post->views >= 100000))
        raise(v, 2, "reach in its metrics");
    if (critical && reach)
        raise(v, 2, "reach in its words");
    if (has(labels, LABEL_EXPOSURE) && post->has_media)
        raise(v, 2, "an exposure with evidence");
    bool rumor_only = has(labels, LABEL_RUMOR) && (labels & LABELS_RISKS) == LABEL_BIT(LABEL_RUMOR);
    if (risk && !rumor_only) {
        for (int level = 2; level <= most_likely(told, denied); level++)
            if (j->triage.level[level] >= LEVEL_HOLDS)
                raise(v, level, "likely, by a model of levels");
        if (is_media(post))
            raise(v, 2, "news of a risk");
        if (post->tier == TIER_MATOME || (is_media(post) && reach))
            raise(v, 3, "media speak of the uproar");
        if ((told & CUE_BIT(CUE_NETMEDIA)) != 0)
            raise(v, 3, "speaks of net media's pick-up");
        if ((told & CUE_BIT(CUE_MASSMEDIA)) != 0 && (told & CUE_BIT(CUE_MANY)) != 0 &&
            has(labels, LABEL_BOYCOTT))
            raise(v, 4, "mass media and a boycott in numbers");
        if ((told & CUE_BIT(CUE_HARM)) != 0 &&
            (post->tier == TIER_NET_NEWS || post->tier == TIER_MASS))
            raise(v, 4, "harm to several people in the news");
    }
}

/* Nobody commends in what is felt and said to be bad, nor by a good word that is only wished for,
 * unless a row says so. */
static bool is_hollow_praise(const struct judge *j, const struct verdict *v)
{
    const struct matching *m = &j->matching;
    bool wished = false;
    if (!has(v->labels, LABEL_PRAISE) || j->tallies[LABEL_PRAISE].sum >= ASSERTS)
        return false;
    for (size_t i = 0; i < m->hit_count; i++) {
        const struct hit *hit = &m->hits[i];
        if (hit->rule->table != RULE_POLARITY)
            continue;
        if (hit->fate == HIT_USED && hit->value > 0)
            return false;
        wished = wished || hit->fate == HIT_HYPOTHETICAL;
    }
    return wished || (v->tone == TONE_NEGATIVE && j->tallies[LABEL_PRAISE].best == NULL);
}

/* Nor does anybody complain in nothing but praise: さすが老舗の味、期待を裏切らない. */
static bool is_hollow_complaint(const struct judge *j, const struct verdict *v)
{
    const struct matching *m = &j->matching;
    if (!has(v->labels, LABEL_PRAISE) || v->tone != TONE_POSITIVE ||
        (v->labels & LABELS_RISKS) != 0 || j->tallies[LABEL_COMPLAINT].best != NULL)
        return false;
    for (size_t i = 0; i < m->sentence_count; i++)
        if (m->sentences[i].contrast_at > 0 || m->sentences[i].tone < 0)
            return false;
    return true;
}

/* Is it a question on no values, or own trouble that an answer can mend? */
static bool asks_for_support(uint32_t labels)
{
    uint32_t values = LABELS_RISKS & ~LABELS_MENDABLE & ~LABEL_BIT(LABEL_RUMOR);
    if (has(labels, LABEL_QUESTION) && (labels & values) == 0)
        return true;
    return has(labels, LABEL_COMPLAINT) && !has(labels, LABEL_HEARSAY) &&
           (labels & LABELS_MENDABLE) != 0;
}

/* Probabilities from which support is needed, if the labels ask for it, and if they do not. */
#define SUPPORT_BESIDE 0.25f
#define SUPPORT_ALONE  0.7f

static bool needs_support(const struct judge *j, const struct post_facts *post,
                          const struct verdict *v)
{
    uint32_t labels = v->labels;
    uint32_t never = LABEL_BIT(LABEL_SPAM) | LABEL_BIT(LABEL_TROLL) | LABEL_BIT(LABEL_HATE) |
                     LABEL_BIT(LABEL_THREAT);
    if ((labels & never) != 0 || is_media(post) || v->official || j->off_topic || post->is_repost)
        return false;
    if (j->triage.support >= SUPPORT_ALONE)
        return true;
    return asks_for_support(labels) && (!j->triage.asked || j->triage.support >= SUPPORT_BESIDE);
}

/* Is it in another language? Addresses do not tell, and hashtags only if they are Japanese. */
static bool is_foreign(const struct matching *m)
{
    struct letters all = {0};
    for (size_t i = 0; i < m->token_count && !language_is_sure(all); i++) {
        uint32_t is = m->words.of[i].is;
        if ((is & WORD_ADDRESS) != 0)
            continue;
        struct letters letters = language_letters(m->tokens[i].surface);
        all.own += letters.own;
        all.hiragana += letters.hiragana;
        all.chinese += letters.chinese;
        all.others += (is & WORD_HASHTAG) != 0 ? 0 : letters.others;
    }
    return language_is_foreign(all);
}

void judge_post(struct judge *j, const struct post_facts *post, struct verdict *v)
{
    struct matching *m = &j->matching;
    *v = (struct verdict){.tone = TONE_NEUTRAL};
    j->has_media = post->has_media;
    j->in_press = is_media(post);
    matching_lay(m, j->rules, j->normal, post->text, post->tokens, post->token_count);
    judge_find_subject(j, post);
    matching_find(m);
    v->official = judge_is_official(j, post);
    judge_settle_hits(m);
    tone_weigh(m);
    judge_find_own_tones(j);
    count_labels(j);
    v->labels = asserted_labels(j);
    j->sarcastic = is_sarcastic(j, v->labels);
    bool asked = j->models != NULL && m->words.shown > 0; /* nothing said is nothing */
    bool known = asked && !is_foreign(m);                 /* models learned from Japanese */
    v->labels = own_trouble(j, post, v->labels);
    if (asked)
        judge_ask_models(j);
    if (known)
        v->labels = judge_answer_labels(j, v, v->labels);
    v->labels = refine_labels(j, post, v->labels, v->official);
    bool sarcastic = is_sarcastic(j, v->labels);
    if (judge_says_irony(j) || (sarcastic && v->modelled == 0))
        v->labels &= ~LABEL_BIT(LABEL_PRAISE);
    v->score = tone_score(j, post, v->labels, sarcastic);
    v->tone = v->score > 0.2 ? TONE_POSITIVE : v->score < -0.2 ? TONE_NEGATIVE : TONE_NEUTRAL;
    if (known)
        judge_answer_tone(j, v, is_media(post));
    if (known && is_hollow_praise(j, v))
        v->labels &= ~LABEL_BIT(LABEL_PRAISE);
    if (known && is_hollow_complaint(j, v))
        v->labels &= ~LABEL_BIT(LABEL_COMPLAINT);
    judge_ask_triage(j, known ? v->labels : 0);
    find_level(j, post, v, known ? judge_answer_level(j) : -1);
    v->support = needs_support(j, post, v);
    if (asked)
        judge_answer_own(j, v);
    judge_gather_evidence(j, v);
}
