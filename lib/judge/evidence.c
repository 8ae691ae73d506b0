/* The words to show for a verdict. */
#include "judge/parts.h"

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

void judge_gather_evidence(const struct judge *j, struct verdict *v)
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
