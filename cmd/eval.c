/*
 * hinoban-eval: judged and labelled posts -> how far they agree, where not, and which
 * posts are worth labelling next. Counting is in lib/judge/score.h.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/input.h"
#include "base/intern.h"
#include "base/mem.h"
#include "filter/filter.h"
#include "judge/label.h"
#include "judge/score.h"
#include "record/expr.h"
#include "record/value.h"
#include "record/write.h"

enum { KEY_LABEL = OPT_LONG, KEY_FOR, KEY_AGAINST, KEY_SAMPLE, KEY_WORST, KEY_JSON };

static const struct opt_row options[] = {
    {KEY_LABEL, "label", "EXPR", "jq: a record's label or list of labels (default: .label)"},
    {KEY_FOR, "for", "NAME", "tone, intents, risks, conduct, level, support or a name of your own"},
    {KEY_AGAINST, "against", "FILE", "the same posts judged otherwise: which is better?"},
    {KEY_WORST, "worst", "N", "show the N worst mistakes (default 10)"},
    {KEY_SAMPLE, "sample", "N", "write the N posts worth labelling next instead"},
    {KEY_JSON, "json", NULL, "figures as one JSON object"},
    {0, NULL, NULL, NULL},
};
static const char *const members[] = {"kind", "text", "class", "id", NULL};
static const char *const kinds[] = {"post", NULL};
enum { MEMBER_CLASS = MEMBER_TEXT + 1, MEMBER_ID };

#define QUESTIONS 6
#define ANSWERS   32
#define BINS      10

static const char *const names[QUESTIONS] = {"tone",    "intents", "risks",
                                             "conduct", "level",   "support"};

struct question {
    const char *name;
    struct intern answers;
    bool exclusive;
    struct score_pair *pairs, *others; /* of posts that are labelled on it */
    size_t count, cap, other_count, other_cap;
    struct {
        size_t posts, yes;
        double p;
    } bins[BINS];
};

struct mistake {
    double weight;
    size_t at; /* of those that weigh the same the first counts */
    char *text, *id, *gold, *said, *why;
};

struct candidate {
    double doubt;
    size_t at;
    char *line, *text;
};

struct program {
    const char *label, *name, *against;
    size_t worst, sample;
    bool json;
    struct question questions[QUESTIONS];
    size_t question_count;
    struct mistake *mistakes;
    size_t mistake_count, mistake_cap;
    struct candidate *candidates;
    size_t candidate_count, candidate_cap;
    size_t labelled, unlabelled, unjudged, harmless, alarms;
    size_t noted; /* mistakes and candidates, those that were let go included */
    bool other;   /* the other run is being read */
};

struct worker {
    struct program *program;
    struct expr *label;
};

/* ---- options ---- */

static bool take_count(const char *arg, size_t *to, struct err *e)
{
    long long number;
    if (!opt_number(arg, 0, 1000000, &number, e))
        return false;
    *to = (size_t)number;
    return true;
}

static bool take_option(void *data, int key, const char *arg, struct err *e)
{
    struct program *p = data;
    switch (key) {
    case KEY_LABEL: p->label = arg; return true;
    case KEY_FOR: p->name = arg; return *arg != '\0' || err_set(e, "a name is wanted");
    case KEY_AGAINST: p->against = arg; return true;
    case KEY_WORST: return take_count(arg, &p->worst, e);
    case KEY_SAMPLE: return take_count(arg, &p->sample, e);
    default: p->json = true; return true;
    }
}

static void add_question(struct program *p, const char *name)
{
    static const char *const tones[] = {"negative", "neutral", "positive", NULL};
    static const char *const levels[] = {"0", "1", "2", "3", "4", NULL};
    static const char *const truths[] = {"true", NULL};
    struct question *q = &p->questions[p->question_count++];
    q->name = name;
    q->exclusive = strcmp(name, "tone") == 0 || strcmp(name, "level") == 0;
    const char *const *list = strcmp(name, "tone") == 0      ? tones
                              : strcmp(name, "level") == 0   ? levels
                              : strcmp(name, "support") == 0 ? truths
                                                             : NULL;
    uint32_t group = strcmp(name, "intents") == 0   ? LABELS_INTENTS
                     : strcmp(name, "risks") == 0   ? LABELS_RISKS
                     : strcmp(name, "conduct") == 0 ? LABELS_CONDUCT
                                                    : 0;
    for (; list != NULL && *list != NULL; list++)
        intern_add(&q->answers, str_of(*list));
    for (int label = 0; label < LABELS; label++)
        if ((group >> label & 1) != 0)
            intern_add(&q->answers, str_of(label_name((enum label)label)));
}

static bool begin(void *data, const struct filter_settings *settings, struct err *e)
{
    struct program *p = data;
    (void)settings;
    if (p->label != NULL && p->name == NULL)
        return err_set(e, "--label goes with --for");
    if (p->sample > 0 && (p->against != NULL || p->json))
        return err_set(e, "--sample stands alone");
    for (size_t i = 0; p->name == NULL && i < QUESTIONS; i++)
        add_question(p, names[i]);
    if (p->name != NULL)
        add_question(p, p->name);
    return true;
}

/* ---- one record ---- */

/* The answers that a JSON value names: a text, a number, a truth, or a list. */
static uint32_t answers_of(struct question *q, struct str raw)
{
    struct buf text = {0};
    struct walk w;
    struct str item;
    uint32_t set = 0;
    if (value_type(raw) == VALUE_ARRAY) {
        walk_begin(&w, raw);
        while (walk_next(&w, NULL, &item))
            set |= answers_of(q, item);
        return set;
    }
    if (value_type(raw) == VALUE_BOOL && !value_true(raw))
        return 0;
    if (value_type(raw) == VALUE_STRING)
        value_add_string(&text, raw);
    else if (value_type(raw) == VALUE_NUMBER || value_type(raw) == VALUE_BOOL)
        buf_add_str(&text, raw);
    if (text.len > 0 &&
        (q->answers.count < ANSWERS || intern_find(&q->answers, buf_str(&text)) != INTERN_NONE))
        set = 1u << intern_add(&q->answers, buf_str(&text));
    buf_free(&text);
    return set;
}

/* The probabilities of a question: own ones have an object of their own. */
static struct str probabilities_of(const struct question *q, struct str class)
{
    struct str p = value_member(class, "p"), own = value_member(p, q->name);
    return value_type(own) == VALUE_OBJECT ? own : p;
}

static double probability(const struct question *q, uint32_t answer, struct str p, double missing)
{
    char *name = mem_string(q->answers.strings[answer]);
    double value = value_number(value_member(p, name), missing);
    free(name);
    return value;
}

static void note_calibration(struct question *q, uint32_t gold, struct str p)
{
    for (uint32_t a = 0; a < q->answers.count; a++) {
        double value = probability(q, a, p, -1);
        if (value < 0 || value > 1)
            continue;
        size_t bin = value >= 1 ? BINS - 1 : (size_t)(value * BINS);
        q->bins[bin].posts++;
        q->bins[bin].yes += gold >> a & 1;
        q->bins[bin].p += value;
    }
}

static char *keep_text(struct str raw)
{
    struct buf text = {0};
    value_add_string(&text, raw);
    char *kept = mem_string(buf_str(&text));
    buf_free(&text);
    return kept;
}

static char *list_answers(const struct question *q, uint32_t set)
{
    struct buf text = {0};
    for (uint32_t a = 0; a < q->answers.count; a++)
        if ((set >> a & 1) != 0) {
            buf_add_text(&text, text.len > 0 ? " " : "");
            buf_add_str(&text, q->answers.strings[a]);
        }
    char *kept = mem_string(text.len > 0 ? buf_str(&text) : STR("-"));
    buf_free(&text);
    return kept;
}

static void free_mistake(struct mistake *m)
{
    free(m->text);
    free(m->id);
    free(m->gold);
    free(m->said);
    free(m->why);
}

static int by_weight(const void *a, const void *b)
{
    const struct mistake *x = a, *y = b;
    return x->weight < y->weight   ? 1
           : x->weight > y->weight ? -1
           : x->at < y->at         ? -1
                                   : x->at > y->at;
}

/* How sure the judge was of what is wrong. */
static double surety(const struct question *q, uint32_t wrong, struct str p)
{
    double sum = 0;
    for (uint32_t a = 0; a < q->answers.count; a++)
        if ((wrong >> a & 1) != 0)
            sum += fabs(probability(q, a, p, 1) - 0.5) + 0.01;
    return sum;
}

static void note_mistake(struct program *p, struct question *q, const struct record *r,
                         uint32_t gold, uint32_t said)
{
    struct str class = r->member[MEMBER_CLASS];
    if (gold == said || p->worst == 0 || p->other)
        return;
    if (p->mistake_count >= 8 * p->worst) {
        qsort(p->mistakes, p->mistake_count, sizeof *p->mistakes, by_weight);
        while (p->mistake_count > p->worst)
            free_mistake(&p->mistakes[--p->mistake_count]);
    }
    MEM_GROW(p->mistakes, p->mistake_count, p->mistake_cap);
    struct str why = value_member(class, "why");
    p->mistakes[p->mistake_count++] =
        (struct mistake){surety(q, gold ^ said, probabilities_of(q, class)),
                         p->noted++,
                         keep_text(r->member[MEMBER_TEXT]),
                         keep_text(r->member[MEMBER_ID]),
                         list_answers(q, gold),
                         list_answers(q, said),
                         mem_string(why.ptr != NULL ? why : STR("[]"))};
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
static void note_alarm(struct program *p, struct str label, struct str class)
{
    static const char *const lists[] = {"risks", "conduct"};
    bool harmless = true, alarm = false;
    for (size_t i = 0; i < 2; i++) {
        struct str gold = value_member(label, lists[i]), said = value_member(class, lists[i]);
        harmless = harmless && is_empty_list(gold);
        alarm = alarm || (value_type(said) == VALUE_ARRAY && !is_empty_list(said));
    }
    p->harmless += harmless;
    p->alarms += harmless && alarm;
}

static void take_pair(struct program *p, struct question *q, const struct record *r,
                      struct str gold_raw)
{
    struct str class = r->member[MEMBER_CLASS];
    if (gold_raw.ptr == NULL || value_type(gold_raw) == VALUE_NULL)
        return;
    uint32_t gold = answers_of(q, gold_raw), said = answers_of(q, value_member(class, q->name));
    if (p->other) {
        MEM_GROW(q->others, q->other_count, q->other_cap);
        q->others[q->other_count++] = (struct score_pair){gold, said};
        return;
    }
    MEM_GROW(q->pairs, q->count, q->cap);
    q->pairs[q->count++] = (struct score_pair){gold, said};
    note_calibration(q, gold, probabilities_of(q, class));
    note_mistake(p, q, r, gold, said);
}

static void take_record(struct program *p, const struct record *r, struct str label)
{
    bool whole = value_type(label) == VALUE_OBJECT;
    if (label.len == 0 || value_type(label) == VALUE_NULL) {
        p->unlabelled += !p->other;
        return;
    }
    if (!whole && p->name == NULL)
        return;
    p->labelled += !p->other;
    if (whole && p->name == NULL && !p->other)
        note_alarm(p, label, r->member[MEMBER_CLASS]);
    for (size_t i = 0; i < p->question_count; i++) {
        struct question *q = &p->questions[i];
        take_pair(p, q, r, whole ? value_member(label, q->name) : label);
    }
}

/* ---- what is worth labelling ---- */

/* Most in doubt: some answer is near one half. */
static double doubt_in(struct str p)
{
    struct str key, value;
    struct walk w;
    double most = 0;
    walk_begin(&w, value_type(p) == VALUE_OBJECT ? p : STR("{}"));
    while (walk_next(&w, &key, &value)) {
        double doubt = value_type(value) == VALUE_OBJECT
                           ? doubt_in(value)
                           : 1 - 2 * fabs(value_number(value, 0) - 0.5);
        most = doubt > most ? doubt : most;
    }
    return most;
}

/* With --for only doubt about that question counts. */
static double doubt_of(const struct program *p, struct str class)
{
    const struct question *q = &p->questions[0];
    double most = 0;
    if (p->name == NULL || q->answers.count == 0)
        return doubt_in(p->name == NULL ? value_member(class, "p")
                                        : value_member(value_member(class, "p"), p->name));
    for (uint32_t a = 0; a < q->answers.count; a++) {
        double doubt = 1 - 2 * fabs(probability(q, a, value_member(class, "p"), 0) - 0.5);
        most = doubt > most ? doubt : most;
    }
    return most;
}

static int by_doubt(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    return x->doubt < y->doubt ? 1 : x->doubt > y->doubt ? -1 : x->at < y->at ? -1 : x->at > y->at;
}

static void free_candidate(struct candidate *c)
{
    free(c->line);
    free(c->text);
}

static void take_candidate(struct program *p, const struct record *r)
{
    if (p->candidate_count >= 100 * p->sample) {
        qsort(p->candidates, p->candidate_count, sizeof *p->candidates, by_doubt);
        while (p->candidate_count > 50 * p->sample)
            free_candidate(&p->candidates[--p->candidate_count]);
    }
    MEM_GROW(p->candidates, p->candidate_count, p->candidate_cap);
    p->candidates[p->candidate_count++] =
        (struct candidate){doubt_of(p, r->member[MEMBER_CLASS]), p->noted++, mem_string(r->line),
                           keep_text(r->member[MEMBER_TEXT])};
}

#define SHADES 4096 /* bits of a text's runs of three bytes, by which likeness is told */

static void shade(const char *text, unsigned char *bits)
{
    memset(bits, 0, SHADES / 8);
    for (const char *c = text; c[0] != '\0' && c[1] != '\0'; c++) {
        unsigned h =
            ((unsigned char)c[0] * 251u + (unsigned char)c[1] * 7919u + (unsigned char)c[2] * 31u) %
            SHADES;
        bits[h / 8] = (unsigned char)(bits[h / 8] | 1u << h % 8);
    }
}

static double likeness(const unsigned char *a, const unsigned char *b)
{
    size_t both = 0, any = 0;
    for (size_t i = 0; i < SHADES / 8; i++) {
        both += (size_t)__builtin_popcount(a[i] & b[i]);
        any += (size_t)__builtin_popcount(a[i] | b[i]);
    }
    return any > 0 ? (double)both / (double)any : 1;
}

static void write_sample(struct program *p, struct output *out)
{
    unsigned char(*taken)[SHADES / 8] = mem_alloc(p->sample * sizeof *taken + 1);
    size_t count = 0;
    if (p->candidate_count > 0)
        qsort(p->candidates, p->candidate_count, sizeof *p->candidates, by_doubt);
    for (size_t i = 0; i < p->candidate_count && count < p->sample; i++) {
        bool alike = false;
        shade(p->candidates[i].text, taken[count]);
        for (size_t k = 0; k < count && !alike; k++)
            alike = likeness(taken[k], taken[count]) > 0.5;
        if (alike)
            continue;
        count++;
        output_add(out, str_of(p->candidates[i].line));
        output_add(out, STR("\n"));
    }
    free(taken);
}

/* ---- the filter's calls ---- */

static void *open_worker(void *data, struct err *e)
{
    struct program *p = data;
    struct worker *w = mem_zero(1, sizeof *w);
    struct err why;
    w->program = p;
    w->label = expr_new(p->label != NULL ? p->label : ".label", &why);
    if (w->label != NULL)
        return w;
    err_set(e, "--label: %s", why.text);
    free(w);
    return NULL;
}

static void close_worker(void *data, void *worker)
{
    struct worker *w = worker;
    (void)data;
    expr_free(w->label);
    free(w);
}

static enum filter_verdict work(void *worker, struct filter_item *item)
{
    struct worker *w = worker;
    struct err e;
    if (value_type(item->record->member[MEMBER_CLASS]) != VALUE_OBJECT)
        return FILTER_PUT; /* counted: an empty note */
    if (w->program->sample == 0 && !expr_each(w->label, item->record->line, item->member, &e)) {
        item->problem = "--label fails on it";
        return FILTER_BAD;
    }
    enum value_type type = value_type(buf_str(item->member));
    if (item->member->len > 0 && w->program->name == NULL && type != VALUE_OBJECT &&
        type != VALUE_NULL) {
        item->problem = "its label is no object, and no --for says what it labels";
        return FILTER_BAD;
    }
    if (item->member->len == 0)
        buf_add_text(item->member, "null\n");
    return FILTER_PUT;
}

static enum filter_verdict settle(void *program, struct filter_item *item)
{
    struct program *p = program;
    struct str rest;
    if (value_type(item->record->member[MEMBER_CLASS]) != VALUE_OBJECT)
        p->unjudged++;
    else if (p->sample > 0)
        take_candidate(p, item->record);
    else
        take_record(p, item->record, str_cut(item->note, '\n', &rest));
    return FILTER_DROP;
}

/* ---- figures ---- */

static uint32_t all_of(const struct question *q)
{
    return q->answers.count >= 32 ? UINT32_MAX : (1u << q->answers.count) - 1;
}

static double macro_f1(const struct question *q)
{
    double sum = 0;
    size_t counted = 0;
    for (uint32_t a = 0; a < q->answers.count; a++) {
        struct score_counts c = score_count(q->pairs, q->count, 1u << a);
        sum += score_f1(&c);
        counted += c.right + c.missed > 0;
    }
    return counted > 0 ? sum / (double)counted : 0;
}

static void write_interval(struct json *j, const char *name, struct interval i)
{
    json_key(j, name);
    json_open(j, '[');
    json_number(j, i.value, 4);
    json_number(j, i.low, 4);
    json_number(j, i.high, 4);
    json_close(j, ']');
}

static size_t confusion(const struct question *q, uint32_t gold, uint32_t said)
{
    size_t count = 0;
    for (size_t i = 0; i < q->count; i++)
        count += (q->pairs[i].gold >> gold & 1) != 0 && (q->pairs[i].said >> said & 1) != 0;
    return count;
}

/* Expected calibration error: how far probabilities are from shares, on average. */
static double calibration_error(const struct question *q, size_t *posts)
{
    double sum = 0;
    *posts = 0;
    for (size_t b = 0; b < BINS; b++)
        *posts += q->bins[b].posts;
    for (size_t b = 0; b<BINS && * posts> 0; b++)
        sum += fabs(q->bins[b].p - (double)q->bins[b].yes) / (double)*posts;
    return sum;
}

/* Posts that only one of two runs has all right. */
static bool compare(const struct question *q, size_t *first, size_t *second)
{
    *first = *second = 0;
    if (q->other_count != q->count)
        return false;
    for (size_t i = 0; i < q->count; i++) {
        if (q->pairs[i].gold != q->others[i].gold)
            return false;
        bool a = q->pairs[i].gold == q->pairs[i].said, b = q->others[i].gold == q->others[i].said;
        *first += a && !b;
        *second += b && !a;
    }
    return true;
}

static void write_question_json(struct json *j, const struct question *q, bool against)
{
    size_t posts, first, second;
    json_key(j, q->name);
    json_open(j, '{');
    json_key(j, "posts");
    json_integer(j, (int64_t)q->count);
    write_interval(j, "micro_f1", score_f1_interval(q->pairs, q->count, all_of(q)));
    json_key(j, "macro_f1");
    json_number(j, macro_f1(q), 4);
    double error = calibration_error(q, &posts);
    json_key(j, "calibration_error");
    if (posts > 0)
        json_number(j, error, 4);
    else
        json_null(j);
    json_key(j, "labels");
    json_open(j, '{');
    for (uint32_t a = 0; a < q->answers.count; a++) {
        struct score_counts c = score_count(q->pairs, q->count, 1u << a);
        json_key_str(j, q->answers.strings[a]);
        json_open(j, '{');
        json_key(j, "posts");
        json_integer(j, (int64_t)(c.right + c.missed));
        write_interval(j, "precision", score_share(c.right, c.right + c.wrong));
        write_interval(j, "recall", score_share(c.right, c.right + c.missed));
        write_interval(j, "f1", score_f1_interval(q->pairs, q->count, 1u << a));
        json_close(j, '}');
    }
    json_close(j, '}');
    if (against && compare(q, &first, &second)) {
        json_key(j, "against");
        json_open(j, '{');
        json_key(j, "only_this_right");
        json_integer(j, (int64_t)first);
        json_key(j, "only_other_right");
        json_integer(j, (int64_t)second);
        json_key(j, "p");
        json_number(j, score_mcnemar(first, second), 6);
        json_close(j, '}');
    }
    json_close(j, '}');
}

static void write_json(const struct program *p, struct buf *out)
{
    struct json j = {.out = out};
    json_open(&j, '{');
    json_key(&j, "posts");
    json_integer(&j, (int64_t)p->labelled);
    json_key(&j, "unlabelled");
    json_integer(&j, (int64_t)p->unlabelled);
    json_key(&j, "unjudged");
    json_integer(&j, (int64_t)p->unjudged);
    if (p->name == NULL) {
        json_key(&j, "harmless");
        json_integer(&j, (int64_t)p->harmless);
        write_interval(&j, "false_alarms", score_share(p->alarms, p->harmless));
    }
    for (size_t i = 0; i < p->question_count; i++)
        write_question_json(&j, &p->questions[i], p->against != NULL);
    json_key(&j, "worst");
    json_open(&j, '[');
    for (size_t i = 0; i < p->mistake_count; i++) {
        const struct mistake *m = &p->mistakes[i];
        json_open(&j, '{');
        json_key(&j, "id");
        json_text(&j, m->id);
        json_key(&j, "text");
        json_text(&j, m->text);
        json_key(&j, "label");
        json_text(&j, m->gold);
        json_key(&j, "judged");
        json_text(&j, m->said);
        json_key(&j, "why");
        json_raw(&j, str_of(m->why));
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
    buf_add_char(out, '\n');
}

static void write_labels_text(const struct question *q, struct buf *out)
{
    buf_addf(out, "  %-18s %6s  %-22s %-22s %s\n", "", "posts", "precision", "recall", "F1");
    for (uint32_t a = 0; a < q->answers.count; a++) {
        struct score_counts c = score_count(q->pairs, q->count, 1u << a);
        struct interval precision = score_share(c.right, c.right + c.wrong);
        struct interval recall = score_share(c.right, c.right + c.missed);
        struct interval f1 = score_f1_interval(q->pairs, q->count, 1u << a);
        if (c.right + c.missed + c.wrong == 0)
            continue;
        buf_addf(out,
                 "  %-18.*s %6zu  %.3f (%.3f to %.3f)  %.3f (%.3f to %.3f)  %.3f (%.3f to %.3f)\n",
                 (int)q->answers.strings[a].len, q->answers.strings[a].ptr, c.right + c.missed,
                 precision.value, precision.low, precision.high, recall.value, recall.low,
                 recall.high, f1.value, f1.low, f1.high);
    }
}

static void write_confusion_text(const struct question *q, struct buf *out)
{
    buf_addf(out, "  %-18s", "labelled \\ judged");
    for (uint32_t a = 0; a < q->answers.count; a++)
        buf_addf(out, " %9.*s", (int)q->answers.strings[a].len, q->answers.strings[a].ptr);
    buf_add_char(out, '\n');
    for (uint32_t a = 0; a < q->answers.count; a++) {
        buf_addf(out, "  %-18.*s", (int)q->answers.strings[a].len, q->answers.strings[a].ptr);
        for (uint32_t b = 0; b < q->answers.count; b++)
            buf_addf(out, " %9zu", confusion(q, a, b));
        buf_add_char(out, '\n');
    }
}

static void write_question_text(const struct question *q, bool against, struct buf *out)
{
    size_t posts, first, second;
    struct interval micro = score_f1_interval(q->pairs, q->count, all_of(q));
    if (q->count == 0)
        return;
    buf_addf(out, "%s: %zu posts, micro-F1 %.3f (%.3f to %.3f), macro-F1 %.3f\n", q->name, q->count,
             micro.value, micro.low, micro.high, macro_f1(q));
    write_labels_text(q, out);
    if (q->exclusive)
        write_confusion_text(q, out);
    double error = calibration_error(q, &posts);
    if (posts > 0)
        buf_addf(out, "  probabilities are off by %.3f on average\n", error);
    if (against && compare(q, &first, &second))
        buf_addf(out,
                 "  all right here and not there: %zu posts, the other way round: %zu (p = %.4f)\n",
                 first, second, score_mcnemar(first, second));
    else if (against)
        buf_add_text(out, "  the other run has other posts or labels\n");
    buf_add_char(out, '\n');
}

/* One line, without what takes orders from a terminal. */
static void add_line(struct buf *out, const char *text)
{
    for (; *text != '\0'; text++)
        buf_add_char(out, (unsigned char)*text < 0x20 || *text == 0x7f ? ' ' : *text);
}

static void write_text(const struct program *p, struct buf *out)
{
    buf_addf(out, "%zu labelled posts", p->labelled);
    if (p->unlabelled > 0)
        buf_addf(out, ", %zu without a label", p->unlabelled);
    if (p->unjudged > 0)
        buf_addf(out, ", %zu that nobody has judged (hinoban-classify does)", p->unjudged);
    buf_add_text(out, "\n\n");
    for (size_t i = 0; i < p->question_count; i++)
        write_question_text(&p->questions[i], p->against != NULL, out);
    if (p->name == NULL && p->harmless > 0) {
        struct interval alarms = score_share(p->alarms, p->harmless);
        buf_addf(out,
                 "false alarms: %zu of %zu posts without risk and conduct, %.3f (%.3f to %.3f)\n\n",
                 p->alarms, p->harmless, alarms.value, alarms.low, alarms.high);
    }
    for (size_t i = 0; i < p->mistake_count; i++) {
        const struct mistake *m = &p->mistakes[i];
        buf_addf(out, "%s: labelled %s, judged %s\n  ", *m->id != '\0' ? m->id : "-", m->gold,
                 m->said);
        add_line(out, m->text);
        buf_add_text(out, "\n  ");
        add_line(out, m->why);
        buf_add_char(out, '\n');
    }
}

/* ---- the other run ---- */

static bool take_other_line(struct program *p, struct expr *label, struct str line, struct err *e)
{
    struct shape shape;
    struct record r;
    struct scan_error fault;
    struct buf results = {0};
    struct str rest;
    if (str_trim(line).len == 0)
        return true;
    shape_init(&shape, members, "class");
    if (!record_scan(&shape, line, &r, &fault))
        return err_set(e, "%s: %s", p->against, fault.what);
    bool ok = expr_each(label, r.line, &results, e);
    if (ok)
        take_record(p, &r, str_cut(buf_str(&results), '\n', &rest));
    buf_free(&results);
    return ok;
}

static bool read_other(struct program *p, struct err *e)
{
    char *path = mem_string(str_of(p->against));
    char *operands[] = {path};
    struct input *in = input_new(operands, 1, (size_t)64 << 20);
    struct chunk c = {.file = NULL};
    struct expr *label = expr_new(p->label != NULL ? p->label : ".label", e);
    bool ok = label != NULL;
    p->other = true;
    while (ok && input_next(in, &c)) {
        if (c.piece == INPUT_BROKEN)
            ok = err_set(e, "%s", c.problem.text);
        for (struct str rest = buf_str(&c.text); ok && rest.len > 0;)
            ok = take_other_line(p, label, str_cut(rest, '\n', &rest), e);
    }
    expr_free(label);
    buf_free(&c.text);
    input_free(in);
    free(path);
    return ok;
}

static bool finish(void *data, struct output *out, struct err *e)
{
    struct program *p = data;
    struct buf text = {0};
    if (p->sample > 0) {
        write_sample(p, out);
        return true;
    }
    if (p->against != NULL && !read_other(p, e))
        return false;
    if (p->mistake_count > 0)
        qsort(p->mistakes, p->mistake_count, sizeof *p->mistakes, by_weight);
    while (p->mistake_count > p->worst)
        free_mistake(&p->mistakes[--p->mistake_count]);
    (p->json ? write_json : write_text)(p, &text);
    output_add(out, buf_str(&text));
    buf_free(&text);
    return true;
}

static const struct filter filter = {
    .name = "eval",
    .summary = "Compares judgements with labels: figures, mistakes, and what to label next.",
    .operands = "[FILE]...",
    .options = options,
    .option = take_option,
    .begin = begin,
    .members = members,
    .adds = "class",
    .kinds = kinds,
    .sums_up = true,
    .work = work,
    .settle = settle,
    .open_worker = open_worker,
    .close_worker = close_worker,
    .finish = finish,
};

static void close_program(struct program *p)
{
    for (size_t i = 0; i < p->question_count; i++) {
        intern_free(&p->questions[i].answers);
        free(p->questions[i].pairs);
        free(p->questions[i].others);
    }
    for (size_t i = 0; i < p->mistake_count; i++)
        free_mistake(&p->mistakes[i]);
    for (size_t i = 0; i < p->candidate_count; i++)
        free_candidate(&p->candidates[i]);
    free(p->mistakes);
    free(p->candidates);
}

int main(int argc, char **argv)
{
    struct program *p = mem_zero(1, sizeof *p);
    p->worst = 10;
    int status = filter_main(&filter, p, argc, argv);
    close_program(p);
    free(p);
    return status;
}
