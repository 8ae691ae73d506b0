/*
 * hinoban-train: labelled posts -> a model for hinoban-classify. What a post is to a
 * model is in lib/judge/feature.h, how one is learned in lib/judge/learn.h; here labels
 * are read, and what was learned is told.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/files.h"
#include "base/input.h"
#include "base/intern.h"
#include "base/mem.h"
#include "filter/filter.h"
#include "judge/doubt.h"
#include "judge/learn.h"
#include "judge/question.h"
#include "judge/reader.h"
#include "judge/score.h"
#include "record/expr.h"
#include "record/value.h"
#include "text/width.h"

/* Of posts without a risk, or conduct, so many may be said to have one, by the upper end of the
 * interval. */
#define ALARMS 0.04
#define COMMON 0.2 /* of what is common to all risks, as much counts for each; found by trial */

#define SHIPPED_POSTS "posts.ndjson.gz"

#define TOLD 20 /* kinds of wrong labels, each with the first post that has it */

enum {
    KEY_LABEL = OPT_LONG,
    KEY_FOR,
    KEY_ADD,
    KEY_FOLDS,
    KEY_SEED,
    KEY_COST,
    KEY_DOUBTS,
    KEY_COLUMNS
};

static const struct opt_row options[] = {
    {'o', "output", "FILE", "where the model goes (-o tone.model)"},
    {KEY_LABEL, "label", "EXPR", "jq: a record's label or list of labels (default: .label)"},
    {KEY_FOR, "for", "NAME", "tone, intents, risks, conduct, level or a name of your own"},
    {KEY_DOUBTS, "doubts", "FILE", "posts whose labels are to be looked at once more"},
    {KEY_ADD, "add", NULL, "learn from the shipped posts too"},
    {'c', "config", "FILE", "hinoban.conf with the watches"},
    {KEY_COLUMNS, "columns", "COLUMNS",
     "columns that `tokens` was written with (default surface,pos,base)"},
    {'d', "dictionary", "DIR", "MeCab dictionary, where posts have no tokens"},
    {KEY_FOLDS, "folds", "N", "of cross-validation (default 5; 0: no figures)"},
    {KEY_SEED, "seed", "N", "of the folds (default 1)"},
    {KEY_COST, "cost", "C", "what a mistake costs; greater fits closer (default 0.6)"},
    {0, NULL, NULL, NULL},
};
static const char *const kinds[] = {"post", NULL};

struct mistake {
    struct buf place; /* of the first post */
    size_t posts;
};

struct program {
    struct reader_setup setup;
    const char *path, *doubts, *label, *name;
    bool add;
    const struct filter_settings *settings;
    struct learner_settings learning;
    struct learner *learner;
    struct doubtful *doubtful; /* NULL: not asked for */
    size_t own;                /* the question of --for */
    bool listed;               /* some label was a list */
    size_t labelled, unlabelled, wrong;
    struct intern why;        /* what is wrong with labels, … */
    struct mistake *mistakes; /* … by the same number */
    size_t mistake_count, mistake_capacity;
    bool told;            /* they were */
    struct intern beyond; /* labels of a question of one's own for which there is no room */
    size_t shipped;       /* of the labelled ones */
};

struct worker {
    const struct program *program;
    struct reader *reader;
    struct expr *label;
    struct buf results;
};

/* ---- options ---- */

static bool take_option(void *data, int key, const char *arg, struct err *e)
{
    struct program *p = data;
    long long number = 0;
    switch (key) {
    case 'o': p->path = arg; return true;
    case KEY_LABEL: p->label = arg; return true;
    case KEY_FOR: p->name = arg; return *arg != '\0' || err_set(e, "a name is wanted");
    case KEY_ADD: p->add = true; return true;
    case KEY_DOUBTS: p->doubts = arg; return true;
    case 'c': p->setup.conf_path = arg; return true;
    case KEY_COLUMNS: return reader_columns(&p->setup, arg, e);
    case 'd': p->setup.load.dictionary = arg; return true;
    case KEY_FOLDS:
        if (!opt_number(arg, 0, 20, &number, e))
            return false;
        p->learning.folds = (size_t)number;
        return true;
    case KEY_SEED:
        if (!opt_number(arg, 0, 1000000000, &number, e))
            return false;
        p->learning.seed = (uint64_t)number;
        return true;
    default: return opt_real(arg, 0.001, 1000, &p->learning.cost, e);
    }
}

/* ---- questions ---- */

static size_t add_question(struct program *p, const char *name)
{
    struct question known;
    question_init(&known, name);
    size_t q = learner_question(p->learner, name, known.exclusive);
    /* Who is alarmed in vain too often listens no more. */
    bool alarms = strcmp(name, "risks") == 0 || strcmp(name, "conduct") == 0;
    learner_alarms(p->learner, q, alarms ? ALARMS : 1);
    learner_common(p->learner, q, alarms ? COMMON : 0);
    for (uint32_t i = 0; i < known.answers.count && strcmp(name, "support") != 0; i++)
        learner_answer(p->learner, q, known.answers.strings[i].ptr);
    question_free(&known);
    return q;
}

static bool is_standard(const struct program *p)
{
    return str_is_any(str_of(p->name), label_questions);
}

static void tell_progress(size_t done, size_t all)
{
    fprintf(stderr, "\r\033[K%zu of %zu", done, all);
    if (done + 1 == all)
        fputs("\r\033[K", stderr);
}

/* Names that would stand twice in `class` or in its `p`. */
static bool is_taken(const char *name)
{
    static const char *const members[] = {"score",    "support", "why",      "p", "model",
                                          "negative", "neutral", "positive", NULL};
    return str_is_any(str_of(name), members) || label_find(str_of(name)) >= 0;
}

static bool check_options(const struct program *p, struct err *e)
{
    if (p->path == NULL && p->doubts == NULL)
        return err_set(e, "-o FILE is wanted: where the model goes (or --doubts FILE)");
    if (p->doubts != NULL && p->learning.folds < 2)
        return err_set(e, "--doubts: without cross-validation nothing is in doubt");
    if (p->label != NULL && p->name == NULL)
        return err_set(e, "--label goes with --for");
    if (p->name != NULL && is_taken(p->name))
        return err_set(e, "--for: '%s' has a meaning of its own; take another name", p->name);
    if (p->add && p->name != NULL && !is_standard(p))
        return err_set(e, "--add: the shipped posts are not labelled on '%s'", p->name);
    return true;
}

/* Can the model be written where it is to go? Better told before an hour of learning. A pipe
 * or a device is not touched. */
static bool check_place(const char *path, struct err *e)
{
    struct stat old;
    struct atomic file;
    bool there = stat(path, &old) == 0;
    if (strcmp(path, "-") == 0 || (there && !S_ISREG(old.st_mode) && !S_ISDIR(old.st_mode)))
        return true;
    if (!atomic_open(&file, path, e))
        return false;
    atomic_abandon(&file);
    return true;
}

static bool is_same_place(const char *one, const char *other)
{
    return strcmp(one, other) == 0 || file_is_one(one, other);
}

static bool may_write(const struct filter_settings *settings, const char *option, const char *path,
                      struct err *e)
{
    return path == NULL || (filter_may_write(settings, option, path, e) && check_place(path, e));
}

static bool begin(void *data, const struct filter_settings *settings, struct err *e)
{
    struct program *p = data;
    if (!check_options(p, e))
        return false;
    p->setup.no_model = true;
    if (!reader_open(&p->setup, settings, e))
        return false;
    if (p->add)
        filter_also_reads_data(settings, SHIPPED_POSTS);
    if (!may_write(settings, "output", p->path, e) || !may_write(settings, "doubts", p->doubts, e))
        return false;
    if (p->path != NULL && p->doubts != NULL && is_same_place(p->path, p->doubts))
        return err_set(e, "--doubts: '%s' is that of -o", p->doubts);
    p->settings = settings;
    p->learning.threads = settings->jobs;
    p->learning.rules = p->setup.rules.id;
    p->learning.tokens = token_model_id(p->setup.tokens);
    p->learning.progress = isatty(STDERR_FILENO) ? tell_progress : NULL;
    p->learner = learner_new(&p->learning);
    p->doubtful = p->doubts != NULL ? doubtful_new() : NULL;
    for (size_t i = 0; p->name == NULL && label_questions[i] != NULL; i++) {
        size_t q = add_question(p, label_questions[i]);
        if (strcmp(label_questions[i], "level") == 0)
            learner_only_measure(p->learner, q); /* it follows from the other labels */
    }
    if (p->name != NULL)
        add_question(p, p->name);
    return true;
}

/* ---- labels ---- */

/* The number of an answer by its name. */
static bool find_answer(struct program *p, size_t question, struct buf *name, uint32_t *number,
                        struct err *e)
{
    bool open = p->name != NULL && !is_standard(p);
    const char *about = learner_name(p->learner, question), *text = buf_text(name);
    int shown = (int)str_head(buf_str(name), 60).len;
    if (strlen(text) != name->len)
        return err_set(e, "a label has U+0000 in it");
    if (open && name->len == 0)
        return err_set(e, "a label is empty");
    size_t answer = open ? learner_answer(p->learner, question, text)
                         : learner_find(p->learner, question, text);
    if (answer == SIZE_MAX && !open)
        return err_set(e, "'%.*s' is no label of %s", shown, text, about);
    if (answer == SIZE_MAX) { /* it is only counted: nothing will be learned */
        intern_add(&p->beyond, buf_str(name));
        answer = 0;
    }
    *number = (uint32_t)answer;
    return true;
}

/* The answer of a label's JSON, a string or (a level) a number, as a bit more. */
static bool take_answer(struct program *p, size_t question, struct str raw, uint32_t *answers,
                        struct err *e)
{
    struct buf name = {0}, scratch = {0};
    uint32_t number = 0;
    if (value_type(raw) == VALUE_NUMBER)
        buf_add_str(&name, value_short_number(raw, &scratch));
    else if (value_type(raw) == VALUE_STRING)
        value_add_string(&name, raw);
    else
        return err_set(e, "a label is neither text nor number");
    bool ok = find_answer(p, question, &name, &number, e);
    if (ok)
        *answers |= 1u << number;
    buf_free(&name);
    buf_free(&scratch);
    return ok;
}

/* Does a post's label say nothing of any question? */
static bool says_nothing(const struct program *p, struct str label)
{
    if (value_type(label) != VALUE_OBJECT)
        return value_nothing(label);
    if (p->name != NULL)
        return value_nothing(value_member(label, p->name));
    for (size_t q = 0; label_questions[q] != NULL; q++)
        if (!value_nothing(value_member(label, label_questions[q])))
            return false;
    return true;
}

/* A label that is a text or a list of them; null: the post has none. */
static bool take_label(struct program *p, size_t post, size_t question, struct str raw,
                       struct err *e)
{
    uint32_t answers = 0;
    struct walk w;
    struct str item;
    if (value_nothing(raw))
        return true;
    if (value_type(raw) != VALUE_ARRAY) {
        if (!take_answer(p, question, raw, &answers, e))
            return false;
    } else {
        p->listed = true;
        walk_begin(&w, raw);
        while (walk_next(&w, NULL, &item))
            if (!take_answer(p, question, item, &answers, e))
                return false;
    }
    bool one = answers != 0 && (answers & (answers - 1)) == 0;
    if (learner_is_exclusive(p->learner, question) && !one)
        return err_set(e, "of %s one label holds, not none and not several",
                       learner_name(p->learner, question));
    learner_label(p->learner, post, question, answers);
    return true;
}

/* Is the question one about the watched, which rivals' sentences do not bear on? */
static bool is_about_watched(const char *question)
{
    static const char *const about[] = {"intents", "risks", "level", NULL};
    return str_is_any(str_of(question), about);
}

/* The same post twice, where it speaks of a rival: all of it and without that; else once. */
struct sides {
    size_t all, watched;
};

static size_t side_of(struct sides s, const char *question)
{
    return is_about_watched(question) ? s.watched : s.all;
}

static bool take_labels(struct program *p, struct sides s, struct str raw, struct err *e)
{
    bool whole = value_type(raw) == VALUE_OBJECT;
    if (p->name != NULL)
        return take_label(p, side_of(s, p->name), 0, whole ? value_member(raw, p->name) : raw, e);
    if (!whole)
        return err_set(e, "the label is no object with tone, intents, risks, conduct and level");
    for (size_t q = 0; label_questions[q] != NULL; q++)
        if (!take_label(p, side_of(s, label_questions[q]), q, value_member(raw, label_questions[q]),
                        e))
            return false;
    return true;
}

/* ---- posts: what work leaves for settle is features of one or both sides, label ---- */

static void *open_worker(void *data, struct err *e)
{
    struct program *p = data;
    struct worker *w = mem_zero(1, sizeof *w);
    struct err why;
    w->program = p;
    w->label = expr_new(p->label != NULL ? p->label : ".label", &why);
    if (w->label == NULL)
        err_set(e, "--label: %s", why.text);
    else
        w->reader = reader_new(&p->setup, e);
    if (w->reader != NULL)
        return w;
    expr_free(w->label);
    free(w);
    return NULL;
}

static void close_worker(void *data, void *worker)
{
    struct worker *w = worker;
    (void)data;
    reader_free(w->reader);
    expr_free(w->label);
    buf_free(&w->results);
    free(w);
}

static void leave_features(const struct features *f, struct buf *note)
{
    buf_add(note, f, sizeof *f);
    buf_add(note, f->list, f->count * sizeof *f->list);
    buf_add(note, f->placed, f->placed_count * sizeof *f->placed);
}

/* Does what is asked of a post see two texts in it? */
static bool needs_both(const struct program *p, const struct judge *j)
{
    return p->name == NULL && judge_tells_apart(j);
}

static const char *leave_post(struct worker *w, const struct record *record, struct buf *note)
{
    struct verdict v;
    struct err e;
    buf_clear(&w->results);
    if (!expr_each(w->label, record->line, &w->results, &e))
        return "--label fails on it";
    struct str rest, label = str_cut(buf_str(&w->results), '\n', &rest);
    if (rest.len > 0)
        return "--label yields more than one label; make it a list: [EXPR]";
    if (says_nothing(w->program, label))
        return NULL;
    const char *wrong = reader_judge(w->reader, record, &v);
    if (wrong != NULL)
        return wrong;
    bool both = needs_both(w->program, w->reader->judge);
    bool all = w->program->name == NULL || !is_about_watched(w->program->name);
    buf_add(note, &both, sizeof both);
    leave_features(judge_features(w->reader->judge, all), note);
    if (both)
        leave_features(judge_features(w->reader->judge, false), note);
    buf_add_str(note, label);
    return NULL;
}

static enum filter_verdict work(void *worker, struct filter_item *item)
{
    item->problem = leave_post(worker, item->record, item->member);
    return item->problem != NULL ? FILTER_BAD : FILTER_PUT;
}

/* A copy of what stands next in a note. */
static void *take_copy(struct str *note, size_t bytes)
{
    void *copy = mem_alloc(bytes + 1);
    memcpy(copy, note->ptr, bytes);
    *note = str_from(*note, bytes);
    return copy;
}

static size_t take_features(struct program *p, struct str *note)
{
    struct features f;
    memcpy(&f, note->ptr, sizeof f);
    *note = str_from(*note, sizeof f);
    f.list = take_copy(note, f.count * sizeof *f.list);
    f.placed = take_copy(note, f.placed_count * sizeof *f.placed);
    size_t post = learner_post(p->learner, &f);
    free(f.list);
    free(f.placed);
    return post;
}

/* record: NULL for a shipped post. */
static bool take_post(struct program *p, struct str note, const struct record *record,
                      struct err *e)
{
    bool both;
    if (note.len == 0) {
        p->unlabelled += record != NULL;
        return true;
    }
    memcpy(&both, note.ptr, sizeof both);
    note = str_from(note, sizeof both);
    struct sides sides;
    sides.all = sides.watched = take_features(p, &note);
    if (both)
        sides.watched = take_features(p, &note);
    if (p->doubtful != NULL)
        doubtful_post(p->doubtful, sides.all, record);
    p->labelled++;
    p->shipped += record == NULL;
    return take_labels(p, sides, note, e);
}

/* By file and line, and by the id if there is one. */
static void add_place(const struct filter_item *item, struct buf *place)
{
    struct buf id = {0};
    buf_addf(place, "%s:%zu: ", item->file, item->line);
    value_add_id(&id, item->record->member[READER_ID]);
    text_add_harmless(place, str_head(buf_str(&id), 100));
    buf_add_text(place, id.len > 0 ? ": " : "");
    buf_free(&id);
}

static void note_wrong(struct program *p, const struct filter_item *item, const char *why)
{
    uint32_t number = intern_add(&p->why, str_of(why));
    if (number == p->mistake_count) {
        MEM_GROW(p->mistakes, p->mistake_count, p->mistake_capacity);
        p->mistakes[number] = (struct mistake){.posts = 0};
        add_place(item, &p->mistakes[number].place);
        p->mistake_count++;
    }
    p->mistakes[number].posts++;
    p->wrong++;
}

static void tell_wrong(struct program *p)
{
    if (p->told)
        return;
    p->told = true;
    for (size_t i = 0; i < p->mistake_count && i < TOLD; i++) {
        struct buf *line = &p->mistakes[i].place;
        text_add_harmless(line, p->why.strings[i]);
        if (p->mistakes[i].posts > 1)
            buf_addf(line, " (and %zu more)", p->mistakes[i].posts - 1);
        fprintf(stderr, "hinoban-train: %s\n", buf_text(line));
    }
    if (p->mistake_count > TOLD)
        fprintf(stderr, "hinoban-train: and %zu more that are wrong in other ways\n",
                p->mistake_count - TOLD);
}

static enum filter_verdict settle(void *data, struct filter_item *item)
{
    struct program *p = data;
    struct err e;
    if (!take_post(p, item->note, item->record, &e))
        note_wrong(p, item, e.text);
    return FILTER_DROP;
}

/* ---- the shipped posts ---- */

struct adding {
    struct program *program;
    struct worker *worker;
};

static bool add_post(void *data, struct str line, struct err *e)
{
    struct adding *a = data;
    struct shape shape;
    struct record record;
    struct scan_error fault;
    struct buf note = {0};
    shape_init(&shape, reader_members, NULL);
    bool ok = record_scan(&shape, line, &record, &fault) ||
              err_set(e, "%s at byte %zu", fault.what, fault.at + 1);
    const char *wrong = ok ? leave_post(a->worker, &record, &note) : NULL;
    if (wrong != NULL)
        ok = err_set(e, "%s", wrong);
    ok = ok && take_post(a->program, buf_str(&note), NULL, e);
    buf_free(&note);
    return ok;
}

static bool add_shipped(struct program *p, struct err *e)
{
    char *path = data_path(SHIPPED_POSTS);
    const char *label = p->label;
    p->label = NULL; /* the shipped posts have their own */
    struct worker *w = open_worker(p, e);
    struct adding adding = {p, w};
    bool ok = w != NULL && input_each_line(&path, 1, INPUT_LINE, add_post, &adding, e);
    p->label = label;
    if (w != NULL)
        close_worker(p, w);
    free(path);
    return ok;
}

/* ---- the end ---- */

static double share(size_t part, size_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 0;
}

/* On how many posts the bound on alarms rests, too. */
static void tell_alarms(struct learned a)
{
    struct interval share = score_share(a.alarmed, a.none);
    if (a.none > 0)
        fprintf(stderr, "  given to %zu of %zu posts that have none (%.1f to %.1f in 100)\n",
                a.alarmed, a.none, 100 * share.low, 100 * share.high);
    if (a.alarming)
        fprintf(stderr,
                "  more than %.0f in 100 posts that have none get one, with every threshold: label "
                "more of these\n",
                100 * ALARMS);
}

static void tell_question(const struct learner *l, size_t from, size_t to)
{
    struct learned all = {0};
    double sum = 0;
    size_t counted = 0;
    for (size_t i = from; i < to; i++) {
        struct learned a = learner_figures(l, i);
        double f1 = share(2 * a.right, 2 * a.right + a.wrong + a.missed);
        struct buf name = {0};
        text_add_column(&name, str_of(a.answer), 20, false);
        fprintf(stderr, "  %s %6zu  precision %.3f  recall %.3f  F1 %.3f", buf_text(&name), a.posts,
                share(a.right, a.right + a.wrong), share(a.right, a.right + a.missed), f1);
        buf_free(&name);
        if (a.lacking)
            fputs(a.exclusive ? "  too few posts: never holds" : "  too few posts: left out",
                  stderr);
        else if (!a.exclusive)
            fprintf(stderr, "  from %.2f", a.threshold);
        if (a.flat)
            fputs("  not told apart: much the same probability for all posts", stderr);
        fputc('\n', stderr);
        all.right += a.right;
        all.wrong += a.wrong;
        all.missed += a.missed;
        sum += a.posts > 0 ? f1 : 0;
        counted += a.posts > 0;
    }
    fprintf(stderr, "  micro-F1 %.3f, macro-F1 %.3f\n",
            share(2 * all.right, 2 * all.right + all.wrong + all.missed),
            counted > 0 ? sum / (double)counted : 0);
    tell_alarms(learner_figures(l, from));
}

static void tell_name(const char *question)
{
    struct buf shown = {0};
    text_add_harmless(&shown, str_of(question));
    fprintf(stderr, "%s\n", buf_text(&shown));
    buf_free(&shown);
}

static void tell_figures(const struct program *p)
{
    size_t count = learner_answers(p->learner);
    fprintf(stderr, "hinoban-train: %zu labelled posts", p->labelled);
    if (p->add && p->shipped == p->labelled)
        fputs(", all of them shipped", stderr);
    else if (p->add)
        fprintf(stderr, ", %zu of them shipped", p->shipped);
    if (p->unlabelled > 0)
        fprintf(stderr, " (%zu without a label)", p->unlabelled);
    fprintf(stderr, p->learning.folds > 1 ? ", cross-validated in %zu folds\n" : "\n",
            p->learning.folds);
    for (size_t i = 0; i < count;) {
        size_t end = i;
        struct learned first = learner_figures(p->learner, i);
        while (end < count && learner_figures(p->learner, end).question == first.question)
            end++;
        if (p->learning.folds > 1 || first.all_lacking)
            tell_name(first.question);
        if (first.all_lacking)
            fputs("  nothing to learn from: what judged it before goes on to do so\n", stderr);
        else if (p->learning.folds > 1)
            tell_question(p->learner, i, end);
        i = end;
    }
}

static bool write_doubts(const struct program *p, struct err *e)
{
    struct atomic file;
    if (p->doubts == NULL)
        return true;
    if (!atomic_open(&file, p->doubts, e))
        return false;
    size_t count = doubtful_write(p->doubtful, p->learner, &file.out);
    fprintf(stderr, "hinoban-train: %zu %s labels in doubt\n", count,
            count == 1 ? "post has" : "posts have");
    return atomic_commit(&file, e);
}

static bool write_model(const struct program *p, struct err *e)
{
    struct atomic file;
    if (p->path == NULL)
        return true;
    struct buf made_from = {0};
    buf_addf(&made_from, "%zu posts%s%s%s", p->labelled, p->name != NULL ? " for " : "",
             p->name != NULL ? p->name : "", p->add ? ", the shipped ones among them" : "");
    if (!atomic_open(&file, p->path, e)) {
        buf_free(&made_from);
        return false;
    }
    learner_write(p->learner, buf_text(&made_from), &file.out);
    buf_free(&made_from);
    return atomic_commit(&file, e);
}

static bool finish(void *data, struct output *out, struct err *e)
{
    struct program *p = data;
    (void)out;
    tell_wrong(p);
    if (p->settings->failed)
        return err_set(e, "not all posts could be read; no model is written");
    if (p->wrong > 0)
        return err_set(e, "%zu %s labels that are none; no model is written", p->wrong,
                       p->wrong == 1 ? "post has" : "posts have");
    if (p->beyond.count > 0)
        return err_set(e, "%s has %d labels, and can have %d; no model is written", p->name,
                       LEARNER_ANSWERS + (int)p->beyond.count, LEARNER_ANSWERS);
    if (p->add && !add_shipped(p, e))
        return false;
    if (p->name != NULL && !is_standard(p))
        learner_exclusive(p->learner, 0, !p->listed);
    if (!learner_run(p->learner, e))
        return false;
    tell_figures(p);
    return write_doubts(p, e) && write_model(p, e);
}

static const struct filter filter = {
    .name = "train",
    .summary = "Learns from labelled posts and writes a model for hinoban-classify.",
    .operands = "{-o | --doubts} FILE [FILE]...",
    .options = options,
    .option = take_option,
    .begin = begin,
    .members = reader_members,
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
    struct program p = {.learning = {.folds = 5, .seed = 1, .cost = 0.6}};
    struct err e;
    if (!token_columns_parse(&p.setup.columns, TOKEN_COLUMNS_DEFAULT, &e))
        return STATUS_FAILED;
    int status = filter_main(&filter, &p, argc, argv);
    tell_wrong(&p); /* where a broken line has stopped the run */
    if (p.learner != NULL)
        learner_free(p.learner);
    doubtful_free(p.doubtful);
    for (size_t i = 0; i < p.mistake_count; i++)
        buf_free(&p.mistakes[i].place);
    free(p.mistakes);
    intern_free(&p.why);
    intern_free(&p.beyond);
    reader_close(&p.setup);
    return status;
}
