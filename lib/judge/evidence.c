/* The words to show for a verdict. */
#include "judge/parts.h"

#include <string.h>

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

#define CONTENT_COUNTS 4 /* times as much as particles, endings of verbs and marks */

/* The token that weighs most; token_count: none speaks for the answer. */
static uint32_t heaviest_token(const struct judge *j)
{
    const struct matching *m = j->shown;
    uint32_t best = m->token_count;
    float most = 0;
    for (uint32_t k = 0; k < m->token_count; k++) {
        uint32_t is = m->words.of[k].is;
        float weight = j->shares[k] * ((is & WORD_CONTENT) != 0 ? CONTENT_COUNTS : 1);
        if (weight > most && (is & WORD_ADDRESS) == 0) {
            most = weight;
            best = k;
        }
    }
    return best;
}

static bool goes_along(const struct judge *j, uint32_t token, float share)
{
    return (j->shown->words.of[token].is & WORD_MARK) == 0 && j->shares[token] >= share;
}

/* The words that weighed most for an answer, where no rule tells them: whole words, and
 * those beside them that speak for it too. */
static void add_heaviest(struct judge *j, struct verdict *v, int label, const struct answering *a,
                         uint32_t answer)
{
    if (j->apart)
        judge_ask_again(j, a->number, !judge_asks_apart(j, label));
    const struct matching *m = j->shown;
    weigher_shares(j->weighers[a->number], m, &j->pairs, answer, j->shares);
    uint32_t first = heaviest_token(j), last = first;
    if (first == m->token_count)
        return;
    float share = j->shares[first];
    for (int i = 0; i < 2 && first > 0 && goes_along(j, first - 1, share / 2); i++)
        first--;
    for (int i = 0; i < 3 && last + 1 < m->token_count && goes_along(j, last + 1, share / 3); i++)
        last++;
    add_span(v, m, label, m->token_at[first], m->token_end[last]);
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

static void gather_labels(struct judge *j, struct verdict *v)
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

/* Labels from which a tone follows, where no words say it. */
#define LABELS_SAD                                                                                 \
    (LABELS_RISKS | LABEL_BIT(LABEL_COMPLAINT) | LABEL_BIT(LABEL_BOYCOTT) |                        \
     LABEL_BIT(LABEL_ABUSE) | LABEL_BIT(LABEL_HATE) | LABEL_BIT(LABEL_THREAT))
#define LABELS_GLAD LABEL_BIT(LABEL_PRAISE)

/* The tone stands on what the first such label does: trouble is seldom told gladly. */
static void add_label_of_tone(struct verdict *v)
{
    uint32_t labels = v->tone == TONE_POSITIVE ? LABELS_GLAD : LABELS_SAD;
    for (size_t i = 0; i < v->why_count && v->why_count < EVIDENCE; i++) {
        const struct evidence why = v->why[i];
        if (!has(labels, (enum label)why.label))
            continue;
        v->why[v->why_count++] = (struct evidence){LABEL_POLARITY, why.at, why.end};
        return;
    }
}

void judge_gather_evidence(struct judge *j, struct verdict *v)
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
    if (v->why_count == before && v->tone != TONE_NEUTRAL)
        add_label_of_tone(v);
}
