/* Writing a verdict, and explaining how it came about. */
#include "judge/parts.h"

#include "record/write.h"
#include "text/entity.h"
#include "text/width.h"

/* ---- writing ---- */

const char *tone_name(enum tone tone)
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

/* Without blanks at both ends, the wide one of Japanese included. */
static struct str trim_blanks(struct str text)
{
    const struct str wide = STR("\u3000");
    for (text = str_trim(text); str_starts(text, wide); text = str_trim(text))
        text = str_from(text, wide.len);
    for (; str_ends(text, wide); text = str_trim(text))
        text.len -= wide.len;
    return text;
}

/* What a rule finds across the seam of title and text is shown on the side that has more, without
 * the blanks at the seam. */
static struct evidence on_one_side(struct evidence e, struct str text, size_t title_len)
{
    size_t title_end = title_len > 0 ? title_len - 1 : 0; /* before its line break */
    if (e.at >= title_len || e.end <= title_end)
        return e;
    struct str before = trim_blanks((struct str){text.ptr + e.at, title_end - e.at});
    struct str behind = trim_blanks((struct str){text.ptr + title_len, e.end - title_len});
    struct str side = behind.len > before.len ? behind : before;
    e.at = (size_t)(side.ptr - text.ptr);
    e.end = e.at + side.len;
    return e;
}

static void write_evidence(struct json *j, const struct verdict *v, struct str text,
                           size_t title_len)
{
    json_key(j, "why");
    json_open(j, '[');
    for (size_t i = 0; i < v->why_count; i++) {
        const struct evidence e = on_one_side(v->why[i], text, title_len);
        bool in_title = e.at < title_len;
        size_t base = in_title ? 0 : title_len;
        json_open(j, '{');
        json_key(j, "label");
        json_text(j,
                  e.label == LABEL_POLARITY ? tone_name(v->tone) : label_name((enum label)e.label));
        json_key(j, "text");
        json_str(j, (struct str){text.ptr + e.at, e.end - e.at});
        if (in_title) {
            json_key(j, "in");
            json_text(j, "title");
        }
        json_key(j, "at");
        json_open(j, '[');
        json_integer(j, (int64_t)(e.at - base));
        json_integer(j, (int64_t)(e.end - base));
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
    text_add_harmless(out, (struct str){text.ptr + at, end - at});
    buf_addf(out, "  (rule %s, %+.2f", rule_pattern(j->rules, rule), rule->weight / 100.0);
    if (rule->table == RULE_POLARITY && hit->fate == HIT_USED)
        buf_addf(out, " -> %+.2f", hit->value / 100.0);
    buf_add_text(out, ")");
    bool weighs = rule->table == RULE_LABEL || rule->table == RULE_POLARITY;
    if (weighs || hit->fate != HIT_USED)
        buf_addf(out, "  %s", fate_text(hit->fate));
    buf_add_char(out, '\n');
}

static void explain_words(const struct post_facts *post, const struct verdict *v, int label,
                          struct buf *out)
{
    const char *before = ", by ";
    for (size_t i = 0; i < v->why_count; i++) {
        const struct evidence *why = &v->why[i];
        if (why->label != label)
            continue;
        buf_add_text(out, before);
        text_add_harmless(out, (struct str){post->text.ptr + why->at, why->end - why->at});
        before = ", ";
    }
    buf_add_char(out, '\n');
}

/* What models decided: how likely, and the words that weighed most. */
static void explain_models(const struct post_facts *post, const struct verdict *v, struct buf *out)
{
    if (v->tone_modelled) {
        buf_addf(out, "     tone by a model: %.2f negative, %.2f neutral, %.2f positive",
                 v->p_tone[0], v->p_tone[1], v->p_tone[2]);
        explain_words(post, v, LABEL_POLARITY, out);
    }
    for (int label = 0; label < LABELS; label++) {
        if (!has(v->labels & v->modelled, (enum label)label))
            continue;
        buf_addf(out, "     %s by a model: %.2f", label_name((enum label)label), v->p[label]);
        explain_words(post, v, label, out);
    }
}

/* A complaint that no row of its own tells stands on trouble that the author tells as theirs. */
static void explain_trouble(const struct judge *j, const struct post_facts *post,
                            const struct verdict *v, struct buf *out)
{
    const struct hit *best = j->tallies[LABEL_COMPLAINT].best;
    bool other = best != NULL && best->rule->what != LABEL_COMPLAINT;
    if (!other || !has(v->labels & ~v->modelled, LABEL_COMPLAINT))
        return;
    buf_add_text(out, "     complaint of own trouble");
    explain_words(post, v, LABEL_COMPLAINT, out);
}

/* A user's own questions, each answer that holds with how likely it is. */
static void explain_own(const struct verdict *v, struct buf *out)
{
    for (size_t at = 0, end; at < v->own_count; at = end) {
        const char *before = " ";
        end = own_end(v, at);
        buf_add_text(out, "     ");
        text_add_harmless(out, str_of(v->own[at].question));
        buf_add_text(out, " by a model:");
        for (size_t i = at; i < end; i++) {
            if (!v->own[i].holds)
                continue;
            buf_add_text(out, before);
            text_add_harmless(out, str_of(v->own[i].answer));
            buf_addf(out, " %.2f", v->own[i].p);
            before = ", ";
        }
        buf_add_text(out, *before == ' ' ? " none\n" : "\n");
    }
}

void judge_explain(const struct judge *j, const struct post_facts *post, const struct verdict *v,
                   struct buf *out)
{
    text_add_harmless(out, post->id.len > 0 ? post->id : STR("-"));
    buf_add_char(out, '\n');
    const struct matching *m = &j->matching;
    size_t next = 0;
    for (size_t s = 0; s < m->sentence_count; s++) {
        const struct sentence *sentence = &m->sentences[s];
        size_t at = m->normal.origin[sentence->at], end = m->normal.origin[sentence->end];
        buf_add_text(out, "  ");
        text_add_harmless(out, str_trim((struct str){post->text.ptr + at, end - at}));
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
    buf_add_text(out, (v->labels != 0) ? "\n" : " none\n");
    explain_trouble(j, post, v, out);
    explain_models(post, v, out);
    explain_own(v, out);
}
