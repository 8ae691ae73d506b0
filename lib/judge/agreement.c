/* Putting posts in, and working figures out of them. */
#include "judge/agreement.h"

#include <math.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"
#include "record/value.h"
#include "text/post.h"

#define BINS 10 /* of probabilities, by their size */

/* Of a question of which one answer holds: what is said where nothing is, which is wrong and not
 * only missed. These questions have an answer less than others, and this bit is no other's. */
#define NO_ANSWER (1u << 31)

struct pairs {
    struct score_pair *list;
    size_t count, capacity;
};

/* A post of a run that is compared with another one. */
struct seen {
    uint64_t post; /* hash of its id, title and text */
    struct score_pair pair;
    bool judged;
};

struct run {
    struct seen *list;
    size_t count, capacity;
};

struct bin {
    size_t count, holds; /* probabilities, and those whose answer is labelled */
    double sum;
};

struct tally {
    struct question question;
    struct pairs pairs;     /* of posts that are labelled on it and judged */
    struct run here, other; /* of all that are labelled on it, if there are two runs */
    size_t odd;             /* the first post of the other run that is not the one here, from 1 */
    struct buf odd_id;
    struct bin bins[BINS];
    bool several; /* of somebody's own question: more answers than one, or none, may hold */
};

struct agreement {
    struct agreement_settings settings;
    struct tally tallies[QUESTIONS];
    size_t count;
    struct ranking mistakes;
    size_t labelled, unlabelled, unjudged, harmless, alarms;
};

static void release_mistake(void *thing)
{
    struct mistake *m = thing;
    buf_free(&m->id);
    buf_free(&m->title);
    buf_free(&m->text);
    buf_free(&m->label);
    buf_free(&m->judged);
    buf_free(&m->why);
    free(m);
}

struct agreement *agreement_new(const struct agreement_settings *settings)
{
    struct agreement *a = mem_zero(1, sizeof *a);
    a->settings = *settings;
    a->mistakes.release = release_mistake;
    a->count = settings->question != NULL ? 1 : QUESTIONS;
    for (size_t i = 0; i < a->count; i++)
        question_init(&a->tallies[i].question,
                      settings->question != NULL ? settings->question : question_names[i]);
    return a;
}

void agreement_free(struct agreement *a)
{
    if (a == NULL)
        return;
    for (size_t i = 0; i < a->count; i++) {
        question_free(&a->tallies[i].question);
        free(a->tallies[i].pairs.list);
        free(a->tallies[i].here.list);
        free(a->tallies[i].other.list);
        buf_free(&a->tallies[i].odd_id);
    }
    ranking_free(&a->mistakes);
    free(a);
}

/* ---- one post ---- */

static void add_pair(struct pairs *p, struct score_pair pair)
{
    MEM_GROW(p->list, p->count, p->capacity);
    p->list[p->count++] = pair;
}

static void add_probability(struct tally *t, double p, bool holds)
{
    if (!(p >= 0 && p <= 1))
        return;
    struct bin *bin = &t->bins[p >= 1 ? BINS - 1 : (size_t)(p * BINS)];
    bin->count++;
    bin->holds += holds;
    bin->sum += p;
}

/* An answer of somebody's own question that nobody has given so far does not hold. */
static void note_unknown(struct tally *t, struct str likely)
{
    struct str key, value;
    struct walk w;
    if (value_type(likely) != VALUE_OBJECT || t->question.answers.count == QUESTION_ANSWERS)
        return;
    walk_begin(&w, likely);
    while (walk_next(&w, &key, &value))
        if (question_find(&t->question, key) == INTERN_NONE)
            add_probability(t, value_number(value, NAN), false);
}

static void note_probabilities(struct tally *t, uint32_t gold, struct str likely,
                               const double *probabilities)
{
    for (uint32_t a = 0; a < t->question.answers.count; a++)
        add_probability(t, probabilities[a], (gold >> a & 1) != 0);
    if (t->question.own)
        note_unknown(t, value_member(likely, t->question.name));
}

#define NOT_TOLD (-100) /* less than any surety that probabilities tell */

/* How sure the judge was of what is wrong. Where one answer holds it is by how much the wrong one
 * is more likely than the right one. Without a probability nobody knows: such mistakes come last.
 */
static double surety(struct score_pair pair, const double *probabilities)
{
    uint32_t wrong = pair.gold ^ pair.said;
    double sum = 0;
    bool told = false;
    for (uint32_t a = 0; a < QUESTION_ANSWERS; a++) {
        if ((wrong >> a & 1) == 0)
            continue;
        double p = probabilities[a] - 0.5;
        told = told || !isnan(p);
        sum += (isnan(p) ? 0 : (pair.said >> a & 1) != 0 ? p : -p) + 0.01;
    }
    return told ? sum : NOT_TOLD + sum;
}

static void note_mistake(struct agreement *a, const struct question *q, struct score_pair pair,
                         const struct judged_post *post, const double *probabilities)
{
    struct mistake *m = mem_zero(1, sizeof *m);
    struct str why = value_member(post->verdict, "why");
    if (a->mistakes.count >= 8 * a->settings.worst)
        ranking_cut(&a->mistakes, a->settings.worst);
    m->question = q->name;
    value_add_id(&m->id, post->id);
    value_add_string(&m->title, post->title);
    value_add_string(&m->text, post->text);
    question_write(q, pair.gold, &m->label);
    question_write(q, pair.said, &m->judged);
    buf_add_str(&m->why, why.ptr != NULL ? why : STR("[]"));
    ranking_add(&a->mistakes, surety(pair, probabilities), m);
}

/* The raw answer of a label to a question. */
static struct str label_on(const struct question *q, struct str label)
{
    return value_type(label) == VALUE_OBJECT ? value_member(label, q->name) : label;
}

/* False where the label says nothing of the question. */
static bool read_pair(struct question *q, struct str label, struct str verdict,
                      struct score_pair *pair)
{
    struct str gold = label_on(q, label);
    if (value_nothing(gold))
        return false;
    pair->gold = question_read(q, gold);
    pair->said = question_read(q, value_member(verdict, q->name));
    return true;
}

static bool is_empty_list(struct str raw)
{
    struct walk w;
    struct str item;
    if (value_type(raw) != VALUE_ARRAY)
        return false;
    walk_begin(&w, raw);
    return !walk_next(&w, NULL, &item);
}

/* A harmless post is labelled to have none of these; what is said of it all the same is a
 * false alarm. */
static void note_alarm(struct agreement *a, struct str label, struct str verdict)
{
    static const char *const lists[] = {"risks", "conduct"};
    bool harmless = true, alarm = false;
    for (size_t i = 0; i < 2; i++) {
        struct str gold = value_member(label, lists[i]), said = value_member(verdict, lists[i]);
        harmless = harmless && is_empty_list(gold);
        alarm = alarm || (value_type(said) == VALUE_ARRAY && !is_empty_list(said));
    }
    a->harmless += harmless;
    a->alarms += harmless && alarm;
}

static bool is_label(const struct agreement *a, struct str label)
{
    return value_type(label) == VALUE_OBJECT || a->settings.question != NULL;
}

static bool is_judged(const struct judged_post *post)
{
    return value_type(post->verdict) == VALUE_OBJECT;
}

/* Is it a text or a number, which is one answer, or null or absent, which is none? */
static bool is_single(struct str raw)
{
    enum value_type type = value_type(raw);
    return value_nothing(raw) || type == VALUE_STRING || type == VALUE_NUMBER;
}

static void take_question(struct agreement *a, struct tally *t, const struct judged_post *post,
                          struct str label, struct str likely)
{
    double probabilities[QUESTION_ANSWERS];
    struct score_pair pair;
    if (!read_pair(&t->question, label, post->verdict, &pair))
        return;
    t->several = t->several || pair.gold == 0 || !is_single(label_on(&t->question, label)) ||
                 !is_single(value_member(post->verdict, t->question.name));
    add_pair(&t->pairs, pair);
    question_probabilities(&t->question, likely, probabilities);
    note_probabilities(t, pair.gold, likely, probabilities);
    if (pair.gold != pair.said && a->settings.worst > 0)
        note_mistake(a, &t->question, pair, post, probabilities);
}

/* Which post is it, however its strings are spelled? */
static uint64_t hash_post(const struct judged_post *post)
{
    struct buf key = {0}, scratch = {0};
    value_add_id(&key, post->id);
    buf_add_char(&key, '\0');
    buf_add_str(&key, post_text(post->title, post->text, &scratch));
    uint64_t hash = hash_bytes(buf_str(&key), 0);
    buf_free(&key);
    buf_free(&scratch);
    return hash;
}

/* Answers for which there is no room are counted where the posts of this run are, not here. */
static void see(struct tally *t, struct run *run, const struct judged_post *post, uint64_t hash,
                struct str label)
{
    struct seen seen = {.post = hash, .judged = is_judged(post)};
    size_t beyond = t->question.beyond;
    bool labelled = read_pair(&t->question, label, post->verdict, &seen.pair);
    t->question.beyond = beyond;
    if (!labelled)
        return;
    MEM_GROW(run->list, run->count, run->capacity);
    run->list[run->count++] = seen;
}

static bool is_same(const struct seen *one, const struct seen *other)
{
    return one->post == other->post && one->pair.gold == other->pair.gold;
}

/* Is the last post of the other run the first that is not the one here? */
static void note_odd(struct tally *t, const struct judged_post *post)
{
    size_t count = t->other.count;
    if (count == 0 || t->odd > 0 ||
        (count <= t->here.count && is_same(&t->here.list[count - 1], &t->other.list[count - 1])))
        return;
    t->odd = count;
    value_add_id(&t->odd_id, post->id);
}

/* Of none of the questions that are asked. */
static bool says_nothing(const struct agreement *a, struct str label)
{
    if (value_type(label) != VALUE_OBJECT)
        return value_nothing(label);
    for (size_t i = 0; i < a->count; i++)
        if (!value_nothing(value_member(label, a->tallies[i].question.name)))
            return false;
    return true;
}

void agreement_take(struct agreement *a, const struct judged_post *post, struct str label)
{
    bool silent = says_nothing(a, label), labelled = !silent && is_label(a, label);
    uint64_t hash = labelled && a->settings.against ? hash_post(post) : 0;
    for (size_t i = 0; labelled && a->settings.against && i < a->count; i++)
        see(&a->tallies[i], &a->tallies[i].here, post, hash, label);
    a->unjudged += !is_judged(post);
    a->unlabelled += is_judged(post) && silent;
    if (!labelled || !is_judged(post))
        return;
    a->labelled++;
    if (a->settings.question == NULL)
        note_alarm(a, label, post->verdict);
    struct str probabilities = value_member(post->verdict, "p");
    for (size_t i = 0; i < a->count; i++)
        take_question(a, &a->tallies[i], post, label, probabilities);
}

void agreement_take_other(struct agreement *a, const struct judged_post *post, struct str label)
{
    if (says_nothing(a, label) || !is_label(a, label))
        return;
    uint64_t hash = hash_post(post);
    for (size_t i = 0; i < a->count; i++) {
        see(&a->tallies[i], &a->tallies[i].other, post, hash, label);
        note_odd(&a->tallies[i], post);
    }
}

/* ---- figures ---- */

static void figure_answers(const struct tally *t, struct question_figures *f)
{
    uint32_t sets[QUESTION_ANSWERS + 1];
    struct interval f1[QUESTION_ANSWERS + 1];
    size_t counted = 0;
    double sum = 0;
    for (uint32_t a = 0; a < f->answer_count; a++)
        sets[a] = 1u << a;
    sets[f->answer_count] = question_all(&t->question) | (f->exclusive ? NO_ANSWER : 0);
    score_f1_intervals(t->pairs.list, t->pairs.count, sets, f->answer_count + 1, f1);
    f->micro_f1 = f1[f->answer_count];
    for (uint32_t a = 0; a < f->answer_count; a++) {
        struct score_counts c = score_count(t->pairs.list, t->pairs.count, sets[a]);
        f->answers[a] = (struct answer_figures){t->question.answers.strings[a], c,
                                                score_share(c.right, c.right + c.wrong),
                                                score_share(c.right, c.right + c.missed), f1[a]};
        sum += f1[a].value;
        counted += c.right + c.missed > 0;
    }
    f->macro_f1 = counted > 0 ? sum / (double)counted : 0;
}

static void figure_confusion(const struct tally *t, struct question_figures *f)
{
    for (size_t i = 0; i < t->pairs.count; i++) {
        const struct score_pair *pair = &t->pairs.list[i];
        for (uint32_t a = 0; a < f->answer_count; a++) {
            if ((pair->gold >> a & 1) == 0)
                continue;
            for (uint32_t b = 0; b < f->answer_count; b++)
                f->confusion[a][b] += pair->said >> b & 1;
            f->unanswered[a] += pair->said == NO_ANSWER;
        }
    }
}

/* Expected calibration error: how far probabilities are from shares, on average. */
static void figure_calibration(const struct tally *t, struct question_figures *f)
{
    for (size_t b = 0; b < BINS; b++)
        f->probabilities += t->bins[b].count;
    for (size_t b = 0; b < BINS && f->probabilities > 0; b++)
        f->calibration_error +=
            fabs(t->bins[b].sum - (double)t->bins[b].holds) / (double)f->probabilities;
}

/* Posts that only one of two runs has all right. */
static void figure_comparison(const struct tally *t, struct question_figures *f)
{
    f->comparison = COMPARISON_DIFFERENT;
    f->compared = t->here.count;
    f->compared_other = t->other.count;
    f->differs_at = t->odd > 0 ? t->odd : t->other.count + 1;
    f->differs_id = buf_str(&t->odd_id);
    if (t->odd > 0 || t->here.count != t->other.count)
        return;
    for (size_t i = 0; i < t->here.count; i++) {
        const struct seen *here = &t->here.list[i], *other = &t->other.list[i];
        bool both = here->judged && other->judged;
        bool right = here->pair.gold == here->pair.said;
        bool other_right = other->pair.gold == other->pair.said;
        f->only_this += both && right && !other_right;
        f->only_other += both && !right && other_right;
        f->left_out += !both;
    }
    f->comparison = COMPARISON_MADE;
    f->p = score_mcnemar(f->only_this, f->only_other);
}

/* Does one answer hold? Of somebody's own question where all that was put in says so. */
static bool is_exclusive(const struct tally *t)
{
    const struct question *q = &t->question;
    return q->exclusive ||
           (q->own && !t->several && t->pairs.count > 0 && q->answers.count < QUESTION_ANSWERS);
}

static void change_said(struct tally *t, uint32_t from, uint32_t to)
{
    for (size_t i = 0; i < t->pairs.count; i++)
        if (t->pairs.list[i].said == from)
            t->pairs.list[i].said = to;
}

static void figure_question(struct tally *t, bool against, struct question_figures *f)
{
    f->name = t->question.name;
    f->exclusive = is_exclusive(t);
    f->posts = t->pairs.count;
    f->room = question_room(&t->question);
    f->beyond = t->question.beyond;
    f->answer_count = t->question.answers.count;
    if (f->exclusive)
        change_said(t, 0, NO_ANSWER);
    figure_answers(t, f);
    if (f->exclusive) {
        figure_confusion(t, f);
        change_said(t, NO_ANSWER, 0);
    }
    figure_calibration(t, f);
    if (against)
        figure_comparison(t, f);
}

struct agreement_figures *agreement_figures(struct agreement *a)
{
    struct agreement_figures *f = mem_zero(1, sizeof *f);
    f->labelled = a->labelled;
    f->unlabelled = a->unlabelled;
    f->unjudged = a->unjudged;
    f->all_questions = a->settings.question == NULL;
    f->harmless = a->harmless;
    f->alarms = a->alarms;
    f->false_alarms = score_share(a->alarms, a->harmless);
    f->question_count = a->count;
    for (size_t i = 0; i < a->count; i++)
        figure_question(&a->tallies[i], a->settings.against, &f->questions[i]);
    ranking_cut(&a->mistakes, a->settings.worst);
    f->worst = a->mistakes.entries;
    f->worst_count = a->mistakes.count;
    return f;
}
