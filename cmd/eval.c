/*
 * hinoban-eval: judged and labelled posts -> how far they agree, where not, and which
 * posts are worth labelling next. Agreement is worked out in lib/judge/agreement.h, what
 * to label next in lib/judge/sample.h.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/input.h"
#include "base/mem.h"
#include "filter/filter.h"
#include "judge/agreement.h"
#include "judge/sample.h"
#include "record/expr.h"
#include "record/value.h"

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
static const char *const members[] = {"kind", "text", "class", "id", "title", NULL};
static const char *const kinds[] = {"post", NULL};
enum { MEMBER_CLASS = MEMBER_TEXT + 1, MEMBER_ID, MEMBER_TITLE };

struct program {
    const char *label, *against;
    struct agreement_settings agreeing;
    bool worst;             /* --worst was given */
    size_t wanted;          /* posts to label, … */
    size_t posts, unjudged; /* … out of so many, of which nobody has judged so many */
    bool json;
    struct agreement *agreement; /* one of these */
    struct sample *sample;
};

struct worker {
    struct program *program;
    struct expr *label;
    struct question questions[QUESTIONS]; /* those that labels are asked about */
    size_t question_count;
};

/* ---- options ---- */

static bool take_count(const char *arg, long long least, size_t *to, struct err *e)
{
    long long number;
    if (!opt_number(arg, least, 1000000, &number, e))
        return false;
    *to = (size_t)number;
    return true;
}

static bool take_option(void *data, int key, const char *arg, struct err *e)
{
    struct program *p = data;
    switch (key) {
    case KEY_LABEL: p->label = arg; return true;
    case KEY_FOR: p->agreeing.question = arg; return *arg != '\0' || err_set(e, "a name is wanted");
    case KEY_AGAINST: p->against = arg; return true;
    case KEY_WORST: p->worst = true; return take_count(arg, 0, &p->agreeing.worst, e);
    case KEY_SAMPLE: return take_count(arg, 1, &p->wanted, e);
    default: p->json = true; return true;
    }
}

/* Names that would stand twice in the object. */
static bool is_taken(const char *name)
{
    static const char *const others[] = {"posts", "unlabelled", "unjudged", "worst", NULL};
    return str_is_any(str_of(name), others);
}

static bool reads_standard_input(const struct filter_settings *settings)
{
    bool reads = settings->operand_count == 0;
    for (size_t i = 0; i < settings->operand_count; i++)
        reads = reads || strcmp(settings->operands[i], "-") == 0;
    return reads;
}

static bool begin(void *data, const struct filter_settings *settings, struct err *e)
{
    struct program *p = data;
    filter_also_reads(settings, p->against);
    if (p->label != NULL && p->agreeing.question == NULL)
        return err_set(e, "--label goes with --for");
    if (p->wanted > 0 && (p->against != NULL || p->json || p->worst || p->label != NULL))
        return err_set(e, "--sample stands alone");
    if (p->against != NULL && strcmp(p->against, "-") == 0 && reads_standard_input(settings))
        return err_set(e, "--against: standard input is also the input");
    if (p->json && p->agreeing.question != NULL && is_taken(p->agreeing.question))
        return err_set(e, "--json: its object has another '%s'; take the text, or another name",
                       p->agreeing.question);
    p->agreeing.against = p->against != NULL;
    if (p->wanted > 0)
        p->sample = sample_new(p->wanted, p->agreeing.question);
    else
        p->agreement = agreement_new(&p->agreeing);
    return true;
}

/* ---- the filter's calls ---- */

static void *open_worker(void *data, struct err *e)
{
    struct program *p = data;
    const char *only = p->agreeing.question;
    struct worker *w = mem_zero(1, sizeof *w);
    struct err why;
    w->program = p;
    w->label = expr_new(p->label != NULL ? p->label : ".label", &why);
    w->question_count = only != NULL ? 1 : QUESTIONS;
    for (size_t i = 0; i < w->question_count; i++)
        question_init(&w->questions[i], only != NULL ? only : question_names[i]);
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
    for (size_t i = 0; i < w->question_count; i++)
        question_free(&w->questions[i]);
    free(w);
}

/* Are the answers of a label such as its questions have? */
static bool answers_are_known(const struct worker *w, struct str label)
{
    bool whole = value_type(label) == VALUE_OBJECT;
    for (size_t i = 0; i < w->question_count; i++) {
        const struct question *q = &w->questions[i];
        if (!question_takes(q, whole ? value_member(label, q->name) : label))
            return false;
    }
    return true;
}

/* Adds a record's label, null if it has none, and a newline. Returns what is wrong, or NULL. */
static const char *read_label(struct worker *w, struct str record, struct buf *to)
{
    struct err e;
    struct str rest;
    if (!expr_each(w->label, record, to, &e))
        return "--label fails on it";
    if (to->len == 0)
        buf_add_text(to, "null\n");
    struct str label = str_cut(buf_str(to), '\n', &rest);
    enum value_type type = value_type(label);
    if (rest.len > 0)
        return "--label yields more than one label; make it a list: [EXPR]";
    if (w->program->agreeing.question == NULL && type != VALUE_OBJECT && type != VALUE_NULL)
        return "its label is no object, and no --for says what it labels";
    return answers_are_known(w, label) ? NULL : "its label is none of the question's";
}

static enum filter_verdict work(void *worker, struct filter_item *item)
{
    struct worker *w = worker;
    bool judged = value_type(item->record->member[MEMBER_CLASS]) == VALUE_OBJECT;
    if (w->program->sample == NULL && (judged || w->program->against != NULL))
        item->problem = read_label(w, item->record->line, item->member);
    return item->problem != NULL ? FILTER_BAD : FILTER_PUT;
}

static struct judged_post post_of(const struct record *r)
{
    return (struct judged_post){r->member[MEMBER_ID], r->member[MEMBER_TITLE],
                                r->member[MEMBER_TEXT], r->member[MEMBER_CLASS]};
}

static enum filter_verdict settle(void *program, struct filter_item *item)
{
    struct program *p = program;
    struct judged_post post = post_of(item->record);
    struct str rest;
    p->posts++;
    p->unjudged += value_type(post.verdict) != VALUE_OBJECT;
    if (p->sample != NULL)
        sample_take(p->sample, item->record->line, post.title, post.text, post.verdict);
    else
        agreement_take(p->agreement, &post, str_cut(item->note, '\n', &rest));
    return FILTER_DROP;
}

/* ---- the other run ---- */

static bool take_other(void *worker, struct str line, struct err *e)
{
    struct worker *w = worker;
    struct shape shape;
    struct record r;
    struct scan_error fault;
    struct buf label = {0};
    struct str rest;
    shape_init(&shape, members, "class");
    if (!record_scan(&shape, line, &r, &fault))
        return err_set(e, "%s at byte %zu", fault.what, fault.at + 1);
    const char *problem = read_label(w, r.line, &label);
    struct judged_post post = post_of(&r);
    if (problem == NULL)
        agreement_take_other(w->program->agreement, &post, str_cut(buf_str(&label), '\n', &rest));
    buf_free(&label);
    return problem == NULL || err_set(e, "%s", problem);
}

static bool read_other(struct program *p, struct err *e)
{
    char *path = mem_string(str_of(p->against));
    struct worker *w = open_worker(p, e);
    bool ok = w != NULL && input_each_line(&path, 1, INPUT_LINE, take_other, w, e);
    if (w != NULL)
        close_worker(p, w);
    free(path);
    return ok;
}

static void write_figures(const struct program *p, struct output *out)
{
    struct agreement_figures *figures = agreement_figures(p->agreement);
    struct buf text = {0};
    (p->json ? agreement_write_json : agreement_write_text)(figures, &text);
    output_add(out, buf_str(&text));
    buf_free(&text);
    free(figures);
}

static bool write_sample(const struct program *p, struct output *out, struct err *e)
{
    const char *about = p->agreeing.question != NULL ? p->agreeing.question : "";
    bool never = strcmp(about, "level") == 0 || strcmp(about, "support") == 0;
    if (p->posts > 0 && !sample_doubts(p->sample))
        return err_set(e, "no post has probabilities%s%s; %s", *about != '\0' ? " of " : "", about,
                       never ? "hinoban-classify gives none of it"
                             : "classify with --probabilities");
    if (p->unjudged > 0)
        fprintf(stderr,
                "hinoban-eval: left out: %zu that nobody has judged (hinoban-classify does)\n",
                p->unjudged);
    sample_write(p->sample, out);
    return true;
}

static bool finish(void *data, struct output *out, struct err *e)
{
    struct program *p = data;
    if (p->sample != NULL)
        return write_sample(p, out, e);
    if (p->against != NULL && !read_other(p, e))
        return false;
    write_figures(p, out);
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

int main(int argc, char **argv)
{
    struct program p = {.agreeing.worst = 10};
    int status = filter_main(&filter, &p, argc, argv);
    sample_free(p.sample);
    agreement_free(p.agreement);
    return status;
}
