/*
 * hinoban-classify: posts -> posts with `class`: tone, intents, risks, conduct, level and
 * support, with the words that led to them.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/conf.h"
#include "base/mem.h"
#include "filter/filter.h"
#include "judge/reader.h"
#include "record/value.h"
#include "text/post.h"

static const char *const kinds[] = {"post", NULL};

enum { KEY_MODEL = OPT_LONG, KEY_RULES, KEY_PROBABILITIES, KEY_EXPLAIN };
static const struct opt_row options[] = {
    {'c', "config", "FILE", "hinoban.conf with the watches"},
    {'o', "columns", "COLUMNS",
     "columns that `tokens` was written with (default surface,pos,base)"},
    {'d', "dictionary", "DIR", "MeCab dictionary, where posts have no tokens"},
    {KEY_MODEL, "model", "FILE",
     "a model of hinoban-train beside the shipped one; may be repeated"},
    {KEY_RULES, "rules", NULL, "judge by rules alone, without the shipped model"},
    {KEY_PROBABILITIES, "probabilities", NULL, "add how likely each label is, as `p`"},
    {KEY_EXPLAIN, "explain", NULL, "print a readable account of each post instead"},
    {0, NULL, NULL, NULL},
};

struct program {
    struct reader_setup setup; /* first: a reader's setup leads back here */
    bool explain;
};

static bool take_model(struct program *p, const char *path, struct err *e)
{
    if (p->setup.model_count == READER_MODELS)
        return err_set(e, "%d models at most", READER_MODELS);
    p->setup.models[p->setup.model_count++] = path;
    return true;
}

static bool take_option(void *data, int key, const char *arg, struct err *e)
{
    struct program *p = data;
    switch (key) {
    case 'c': p->setup.conf_path = arg; break;
    case 'o': return reader_columns(&p->setup, arg, e);
    case 'd': p->setup.load.dictionary = arg; break;
    case KEY_MODEL: return take_model(p, arg, e);
    case KEY_RULES: p->setup.no_model = true; break;
    case KEY_PROBABILITIES: p->setup.probabilities = true; break;
    case KEY_EXPLAIN: p->explain = true; break;
    }
    return true;
}

static bool begin(void *data, const struct filter_settings *settings, struct err *e)
{
    struct program *p = data;
    return reader_open(&p->setup, settings, e);
}

static void *open_worker(void *data, struct err *e)
{
    struct program *p = data;
    return reader_new(&p->setup, e);
}

static void close_worker(void *data, void *worker)
{
    (void)data;
    reader_free(worker);
}

static enum filter_verdict explain(struct reader *r, const struct record *record,
                                   const struct verdict *v, struct buf *out)
{
    buf_clear(&r->cells);
    r->post.id = value_string(record->member[READER_ID], &r->cells);
    judge_explain(r->judge, &r->post, v, out);
    reader_tell_models(r->setup, out);
    buf_add_char(out, '\n');
    return FILTER_TEXT;
}

static enum filter_verdict work(void *worker, struct filter_item *item)
{
    struct reader *r = worker;
    struct verdict v;
    item->problem = reader_judge(r, item->record, &v);
    if (item->problem != NULL)
        return FILTER_BAD;
    if (((const struct program *)(const void *)r->setup)->explain)
        return explain(r, item->record, &v, item->member);
    size_t title = post_title_bytes(item->record->member[READER_TITLE], &r->cells);
    verdict_write(&v, r->post.text, title, r->setup->name, r->setup->probabilities, item->member);
    return FILTER_PUT;
}

static const struct filter filter = {
    .name = "classify",
    .summary =
        "Judges posts (tone, intents, risks, conduct, level) and adds the verdict as `class`.",
    .operands = "[FILE]...",
    .options = options,
    .option = take_option,
    .begin = begin,
    .members = reader_members,
    .adds = "class",
    .kinds = kinds,
    .work = work,
    .open_worker = open_worker,
    .close_worker = close_worker,
};

int main(int argc, char **argv)
{
    struct program p = {.explain = false};
    struct err e;
    if (!token_columns_parse(&p.setup.columns, TOKEN_COLUMNS_DEFAULT, &e))
        return STATUS_FAILED;
    int status = filter_main(&filter, &p, argc, argv);
    reader_close(&p.setup);
    return status;
}
