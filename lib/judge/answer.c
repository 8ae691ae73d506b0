/* What models are told of a post, and what they answer. */
#include "judge/parts.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

/* ---- who answers ---- */

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

static bool is_asked_again(const struct judge *j, size_t number, const char *question)
{
    for (size_t i = number + 1; i < j->models->count; i++)
        if (model_question(j->models->list[i], question) != NULL)
            return true;
    return false;
}

/* Questions of a user's own, as many as a verdict has room for the answers of. */
static void find_own(struct judge *j, size_t number, size_t *answers)
{
    const struct model *m = j->models->list[number];
    for (uint32_t k = 0; k < m->header->questions; k++) {
        const struct model_question *q = &m->questions[k];
        const char *name = model_text(m, q->name);
        if (str_is_any(str_of(name), label_questions) || is_asked_again(j, number, name) ||
            *answers + q->count > OWN_ANSWERS)
            continue;
        j->own[j->own_count++] = (struct answering){m, q, q->first, number};
        *answers += q->count;
    }
}

void judge_find_answering(struct judge *j)
{
    static const char *const many[] = {"intents", "risks", "conduct"};
    size_t own_answers = 0;
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
        find_own(j, i, &own_answers);
    }
}

/* ---- what they are shown ---- */

static bool is_rivals(const struct judge *j, size_t sentence)
{
    const struct sentence *s = &j->matching.sentences[sentence];
    return judge_is_rivals(j, s->at, s->end);
}

bool judge_asks_apart(const struct judge *j, int label)
{
    return j->apart && has(LABELS_ABOUT, (enum label)label);
}

void judge_free_veil(struct judge *j)
{
    free(j->veil.tokens);
    free(j->veil.words);
    free(j->veil.codes);
}

/* A copy of the post, in which words may be put in the place of others. */
static void copy_post(struct judge *j)
{
    const struct matching *m = &j->matching;
    struct veil *v = &j->veil;
    if (v->token_cap <= m->token_count) {
        v->token_cap = 2 * (size_t)m->token_count + 64;
        v->tokens = mem_resize(v->tokens, v->token_cap, sizeof *v->tokens);
        v->words = mem_resize(v->words, v->token_cap, sizeof *v->words);
    }
    if (v->code_cap < m->code_cap) {
        v->code_cap = m->code_cap;
        v->codes = mem_resize(v->codes, v->code_cap, sizeof *v->codes);
    }
    v->matching = *m;
    memcpy(v->codes, m->codes, (m->code_count + KEY_OPENING) * sizeof *v->codes);
    for (uint32_t i = 0; i < m->token_count; i++) {
        v->tokens[i] = m->tokens[i];
        v->words[i] = m->words.of[i];
    }
    v->matching.tokens = v->tokens;
    v->matching.words.of = v->words;
    v->matching.codes = v->codes;
}

/* Veils the tokens that stand within a place. */
static void veil_words(struct veil *v, uint32_t at, uint32_t end)
{
    const struct matching *m = &v->matching;
    for (uint32_t i = m->token_of[at]; i < m->token_count && m->token_end[i] <= end; i++) {
        if (m->token_at[i] < at)
            continue;
        v->tokens[i] = (struct token){.surface = STR(""), .pos = STR("記号"), .base = STR("")};
        v->words[i] = words_veil();
    }
}

/* Runs across the seams of words must not show their letters either. */
static void veil_letters(struct veil *v)
{
    const struct matching *m = &v->matching;
    for (size_t i = 0; i < m->code_count; i++) {
        uint32_t token = m->token_of[v->codes[i].at];
        if (token < m->token_count && (v->words[token].is & WORD_VEILED) != 0)
            v->codes[i].code = 0;
    }
}

static bool is_telling(const struct matching *m)
{
    size_t i = 0;
    while (i < m->name_count && !m->names[i].telling)
        i++;
    return i < m->name_count;
}

/* Does the row find a label, but denied, as another thing or only supposed? */
static bool is_in_doubt(const struct hit *hit)
{
    return hit->rule->table == RULE_LABEL &&
           (hit->fate == HIT_NEGATED || hit->fate == HIT_EXCLUDED || hit->fate == HIT_HYPOTHETICAL);
}

/* Does it tell that what stands before was said to the author: 国に帰れ|と言われた? */
static bool is_quoted_hate(const struct hit *hit)
{
    return hit->rule->table == RULE_EXCLUSION && hit->rule->labels == LABEL_BIT(LABEL_HATE);
}

static bool is_doubted(const struct judge *j, const struct hit *hit)
{
    return is_in_doubt(hit) && has(j->doubted, (enum label)hit->rule->what);
}

/* Shows models the post, all of it or without what is said of a rival; names in which
 * a rule would find something never, nor what gives a label that is doubted. */
static void show(struct judge *j, bool all)
{
    const struct matching *m = &j->matching;
    j->shown = m;
    j->shown_words = m->words.shown;
    if (all && !is_telling(m) && j->doubted == 0)
        return;
    copy_post(j);
    for (size_t i = 0; i < m->name_count; i++)
        if (m->names[i].telling)
            veil_words(&j->veil, m->names[i].at, m->names[i].end);
    for (size_t i = 0; i < j->rival_count && !all; i++)
        veil_words(&j->veil, j->rivals[i].at, j->rivals[i].end);
    for (size_t i = 0; i < m->hit_count && j->doubted != 0; i++) {
        const struct hit *hit = &m->hits[i];
        if (is_doubted(j, hit))
            veil_words(&j->veil, hit->at, hit->end);
        else if (is_quoted_hate(hit) && has(j->doubted, LABEL_HATE))
            veil_words(&j->veil, m->sentences[hit->sentence].at, hit->end);
    }
    veil_letters(&j->veil);
    words_count(&j->veil.matching.words, m->token_count);
    j->shown_words = j->veil.matching.words.shown;
    j->shown = &j->veil.matching;
}

bool judge_tells_apart(const struct judge *j)
{
    return j->rival_count > 0;
}

/* ---- numbers for them ---- */

static float clipped(int32_t value, int32_t most)
{
    return (float)(value < 0 ? 0 : value > most ? most : value) / 200;
}

/* Of all that is said, or without what is said of a rival. */
static void number_tone(const struct judge *j, bool all, float *n)
{
    const struct matching *m = &j->matching;
    int32_t best = 0, worst = 0, last = 0, sum = all ? m->tone : m->own;
    for (size_t i = 0; i < m->sentence_count; i++) {
        const struct sentence *s = &m->sentences[i];
        int32_t tone = all ? s->tone : s->own;
        if (!all && is_rivals(j, i))
            continue;
        best = tone > best ? tone : best;
        worst = tone < worst ? tone : worst;
        last = tone != 0 || s->tail > s->head ? tone : last;
        n[NUMERIC_QUESTION] = s->question ? 1 : n[NUMERIC_QUESTION];
        n[NUMERIC_HYPOTHETICAL] = s->hypothetical ? 1 : n[NUMERIC_HYPOTHETICAL];
        n[NUMERIC_HEARSAY] = s->hearsay ? 1 : n[NUMERIC_HEARSAY];
        n[NUMERIC_CONTRAST] = s->contrast_at > 0 ? 1 : n[NUMERIC_CONTRAST];
    }
    n[NUMERIC_GOOD] = clipped(sum, 600);
    n[NUMERIC_BAD] = clipped(-sum, 600);
    n[NUMERIC_LAST_GOOD] = clipped(last, 400);
    n[NUMERIC_LAST_BAD] = clipped(-last, 400);
    n[NUMERIC_BEST] = clipped(best, 400);
    n[NUMERIC_WORST] = clipped(-worst, 400);
    n[NUMERIC_SCORE] = (float)tanh(sum / 250.0);
}

/* Hits that were set aside say something too: of what the post speaks. */
static void number_raw_hits(const struct judge *j, bool all, float *n)
{
    const struct matching *m = &j->matching;
    for (size_t i = 0; i < m->hit_count; i++) {
        const struct hit *hit = &m->hits[i];
        if ((!all && judge_is_rivals(j, hit->at, hit->end)) || is_doubted(j, hit))
            continue;
        if (hit->rule->table == RULE_LABEL && n[NUMERIC_RAW + hit->rule->what] < 3)
            n[NUMERIC_RAW + hit->rule->what] += clipped(hit->rule->weight, 200);
    }
}

/* Contexts of the sentences shown. */
static uint32_t groups_of(const struct judge *j, bool all)
{
    const struct matching *m = &j->matching;
    uint32_t groups = all ? m->groups : 0;
    for (size_t i = 0; i < m->sentence_count && !all; i++)
        groups |= is_rivals(j, i) ? 0 : m->sentences[i].groups;
    return groups;
}

static void number_features(struct judge *j, bool all)
{
    uint32_t groups = groups_of(j, all);
    const struct matching *m = &j->matching;
    float *n = j->features.numbers;
    memset(n, 0, sizeof j->features.numbers);
    number_raw_hits(j, all, n);
    for (int label = 0; label < LABELS; label++) {
        n[NUMERIC_SUM + label] = clipped(j->tallies[label].sum, 600);
        n[NUMERIC_ASSERTED + label] = j->tallies[label].sum >= ASSERTS;
    }
    for (int group = 0; group < GROUPS; group++)
        n[NUMERIC_GROUP + group] = (groups >> group & 1) != 0;
    number_tone(j, all, n);
    n[NUMERIC_IRONY] = j->sarcastic;
    n[NUMERIC_REACH] = judge_has_cue(j, CUE_REACH);
    n[NUMERIC_NAMED] = j->named;
    n[NUMERIC_OFF_TOPIC] = j->off_topic;
    n[NUMERIC_RIVAL] = j->rival_named;
    n[NUMERIC_MEDIA] = j->has_media;
    n[NUMERIC_PRESS] = j->in_press;
    n[NUMERIC_EMOJI] = (m->words.any & WORD_EMOJI) != 0;
    n[NUMERIC_LAUGHTER] = (m->words.any & WORD_LAUGHTER) != 0;
    n[NUMERIC_SHORT] = j->shown_words < 4;
    n[NUMERIC_LONG] = j->shown_words > 120 ? 1 : (float)j->shown_words / 120.0f;
}

const struct features *judge_features(struct judge *j, bool all)
{
    all = all || !judge_tells_apart(j);
    show(j, all);
    features_take(&j->features, j->shown, j->normal, &j->pairs);
    number_features(j, all);
    return &j->features;
}

/* ---- what they say ---- */

#define WORDS_SHARE 2.0 /* of what polar words say, beside the model */

/* Probabilities of which one holds. */
static void share_out(float p[3])
{
    float sum = p[0] + p[1] + p[2];
    for (int i = 0; i < 3; i++)
        p[i] /= sum > 0 ? sum : 1;
}

/* The lexicon knows words that no labelled post has: what it says moves the odds, so that
 * the model does as well on posts of a kind that it has not seen. */
static void lean_on_words(float *p, double score)
{
    float factor = (float)exp(WORDS_SHARE * score);
    p[0] /= factor;
    p[2] *= factor;
    share_out(p);
}

#define TROUBLE_SHARE 0.15f  /* of what a risk says, beside the model */
#define TROUBLE_ODDS  20     /* times its odds: less than one in so many says little */
#define GLADLY_ODDS   4      /* the same, of what is said gladly */
#define NEARLY_ONE    1.001f /* so that odds have an end */

/* What is likely a risk is hardly told gladly, though it stand in the middle of praise, and coolly
 * only by the media. */
static void lean_on_trouble(struct verdict *v)
{
    float most = 0, odds;
    for (int label = 0; label < LABELS; label++)
        if (has(LABELS_RISKS, (enum label)label) && v->p[label] > most)
            most = v->p[label];
    odds = most / (NEARLY_ONE - most);
    v->p_tone[0] *= powf(1 + TROUBLE_ODDS * odds, TROUBLE_SHARE);
    v->p_tone[2] /= 1 + GLADLY_ODDS * odds;
    share_out(v->p_tone);
}

/* What a model's answers come to, with what is said of a rival or without it. */
static const float *sums_of(const struct judge *j, size_t number, bool apart)
{
    return j->apart && !apart ? j->all[number] : j->sums[number];
}

void judge_answer_tone(struct judge *j, struct verdict *v, bool media)
{
    if (j->tone.model == NULL)
        return;
    model_probabilities(j->tone.model, j->tone.question, sums_of(j, j->tone.number, false),
                        v->p_tone);
    lean_on_words(v->p_tone, tanh(j->matching.tone / 250.0));
    if (!media)
        lean_on_trouble(v);
    if (judge_says_irony(j) && v->p_tone[2] > v->p_tone[0]) { /* what says so is meant so */
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

/* Shows all models the post and sums up what they make of it. */
static void ask(struct judge *j, bool all)
{
    show(j, all);
    word_pairs_take(&j->pairs, j->shown, j->sieve);
    number_features(j, all);
    for (size_t i = 0; i < j->models->count; i++)
        weigher_run(j->weighers[i], j->shown, &j->pairs, j->features.numbers, j->sums[i]);
}

#define SECONDED 0.35 /* probability from which a label holds that the rules give too */

/* How likely an answer is by what was shown last. A rival that is commended takes nothing off the
 * trouble with the watched. */
static float by_what_is_shown(const struct judge *j, const struct answering *a)
{
    float p[MODEL_ANSWERS];
    if (j->shown_words == 0)
        return 0;
    model_probabilities(a->model, a->question, j->sums[a->number], p);
    return p[a->answer - a->question->first];
}

/* Labels that no row gives but one that is set aside: 漏洩は確認されていません. */
static uint32_t doubtful_labels(const struct judge *j, uint32_t labels)
{
    const struct matching *m = &j->matching;
    uint32_t found = 0;
    for (size_t i = 0; i < m->hit_count; i++) {
        const struct hit *hit = &m->hits[i];
        if (is_in_doubt(hit) && hit->rule->weight >= ASSERTS &&
            j->tallies[hit->rule->what].best == NULL)
            found |= LABEL_BIT(hit->rule->what) & LABELS_OF_FACTS;
        if (is_quoted_hate(hit) && j->tallies[LABEL_HATE].best == NULL)
            found |= LABEL_BIT(LABEL_HATE);
    }
    return found & labels;
}

/* Words of trouble make a model think of it even where they are denied: such a label must be borne
 * out by the rest of the post. Returns those that are not. */
static uint32_t ask_without_doubted(struct judge *j, struct verdict *v)
{
    uint32_t gone = 0;
    ask(j, !j->apart);
    for (int label = 0; label < LABELS; label++) {
        const struct answering *a = &j->labels[label];
        if (!has(j->doubted, (enum label)label))
            continue;
        v->p[label] = by_what_is_shown(j, a);
        if (v->p[label] < a->model->answers[a->answer].threshold)
            gone |= LABEL_BIT(label);
    }
    j->doubted = 0;
    ask(j, !j->apart);
    return gone;
}

/* Labels that models decide take the place of the rules', but where both say the same the
 * model need not be as sure. Those of a question stand side by side, and its probabilities
 * are found once. */
uint32_t judge_answer_labels(struct judge *j, struct verdict *v, uint32_t labels)
{
    float p[MODEL_ANSWERS];
    const struct model_question *asked = NULL;
    for (int label = 0; label < LABELS; label++) {
        const struct answering *a = &j->labels[label];
        if (a->model == NULL)
            continue;
        if (a->question != asked)
            model_probabilities(a->model, a->question, sums_of(j, a->number, false), p);
        asked = a->question;
        v->p[label] = p[a->answer - a->question->first];
        if (judge_asks_apart(j, label))
            v->p[label] = by_what_is_shown(j, a);
        v->modelled |= LABEL_BIT(label);
        bool by_rules = labels & LABEL_BIT(label);
        bool holds = v->p[label] >= a->model->answers[a->answer].threshold ||
                     (by_rules && v->p[label] >= SECONDED);
        labels = holds ? labels | LABEL_BIT(label) : labels & ~LABEL_BIT(label);
    }
    j->doubted = doubtful_labels(j, labels & v->modelled);
    return j->doubted != 0 ? labels & ~ask_without_doubted(j, v) : labels;
}

static uint32_t likeliest(const float *p, uint32_t count)
{
    uint32_t best = 0;
    for (uint32_t i = 1; i < count; i++)
        best = p[i] > p[best] ? i : best;
    return best;
}

static void answer_own(struct judge *j, const struct answering *a, struct verdict *v)
{
    const struct model_question *q = a->question;
    float p[MODEL_ANSWERS];
    model_probabilities(a->model, q, sums_of(j, a->number, false), p);
    uint32_t best = likeliest(p, q->count);
    for (uint32_t i = 0; i < q->count; i++) {
        const struct model_answer *answer = &a->model->answers[q->first + i];
        bool holds = q->exclusive != 0 ? i == best : p[i] >= answer->threshold;
        j->own_answers[v->own_count++] =
            (struct own_answer){model_text(a->model, q->name), model_text(a->model, answer->name),
                                q->exclusive != 0, holds, p[i]};
    }
}

void judge_answer_own(struct judge *j, struct verdict *v)
{
    for (size_t i = 0; i < j->own_count; i++)
        answer_own(j, &j->own[i], v);
    v->own = j->own_answers;
}

int judge_answer_level(const struct judge *j)
{
    float p[MODEL_ANSWERS];
    const struct answering *a = &j->level;
    if (a->model == NULL)
        return -1;
    model_probabilities(a->model, a->question, sums_of(j, a->number, true), p);
    uint32_t best = likeliest(p, a->question->count);
    return model_text(a->model, a->model->answers[a->answer + best].name)[0] - '0';
}

void judge_ask_again(struct judge *j, size_t number, bool all)
{
    float sums[MODEL_ANSWERS];
    show(j, all);
    word_pairs_take(&j->pairs, j->shown, j->sieve);
    weigher_run(j->weighers[number], j->shown, &j->pairs, j->features.numbers, sums);
}

void judge_ask_models(struct judge *j)
{
    if (j->share_cap < j->matching.token_count) {
        j->share_cap = 2 * (size_t)j->matching.token_count;
        j->shares = mem_resize(j->shares, j->share_cap, sizeof *j->shares);
    }
    j->apart = judge_tells_apart(j);
    if (j->apart) {
        ask(j, true);
        memcpy(j->all, j->sums, sizeof j->all);
    }
    ask(j, !j->apart);
}

/* Whose posts a desk or a crisis team may have to take up. */
#define LABELS_TRIAGE                                                                              \
    (LABELS_RISKS | LABEL_BIT(LABEL_COMPLAINT) | LABEL_BIT(LABEL_QUESTION) |                       \
     LABEL_BIT(LABEL_REQUEST))

void judge_ask_triage(struct judge *j, uint32_t labels)
{
    const struct model_question *q = j->triage_question;
    float sums[MODEL_ANSWERS], p[MODEL_ANSWERS];
    j->triage = (struct triage){.asked = q != NULL && (labels & LABELS_TRIAGE) != 0};
    if (!j->triage.asked)
        return;
    const struct model *m = j->models->triage;
    weigher_run(j->triage_weigher, j->shown, &j->pairs, j->features.numbers, sums);
    model_probabilities(m, q, sums, p);
    for (uint32_t i = 0; i < q->count; i++) {
        const char *name = model_text(m, m->answers[q->first + i].name);
        if (name[0] >= '2' && name[0] <= '4' && name[1] == '\0')
            j->triage.level[name[0] - '0'] = p[i];
        else if (strcmp(name, "support") == 0)
            j->triage.support = p[i];
    }
}
