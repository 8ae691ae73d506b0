/*
 * hinoban-classify: posts -> posts with `class`: tone, intents, risks, conduct, level and
 * support, with the words that led to them.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/conf.h"
#include "base/mem.h"
#include "filter/filter.h"
#include "judge/judge.h"
#include "record/value.h"
#include "text/post.h"

enum {
    MEMBER_TITLE = MEMBER_TEXT + 1,
    MEMBER_TOKENS,
    MEMBER_CLASS,
    MEMBER_WATCH,
    MEMBER_AUTHOR,
    MEMBER_METRICS,
    MEMBER_MEDIA,
    MEMBER_TIER,
    MEMBER_REPOST_OF,
    MEMBER_ID,
};
static const char *const members[] = {"kind",      "text",   "title",   "tokens", "class",
                                      "watch",     "author", "metrics", "media",  "tier",
                                      "repost_of", "id",     NULL};
static const char *const kinds[] = {"post", NULL};

enum { KEY_EXPLAIN = OPT_LONG };
static const struct opt_row options[] = {
    {'c', "config", "FILE", "hinoban.conf with the watches"},
    {'o', "columns", "COLUMNS",
     "columns that `tokens` was written with (default surface,pos,base)"},
    {'d', "dictionary", "DIR", "MeCab dictionary, where posts have no tokens"},
    {KEY_EXPLAIN, "explain", NULL, "print a readable account of each post instead"},
    {0, NULL, NULL, NULL},
};

#define POST_WATCHES 16

struct program {
    const char *conf_path;
    struct token_options load;
    struct token_columns columns;
    bool explain;
    struct conf conf;
    struct rules rules;
    struct normal *normal;
    struct watchlist *watches;
    struct token_model *model;
    char model_name[32];
};

struct worker {
    struct program *program;
    struct judge *judge;
    struct tokenizer *tokenizer;
    struct token *tokens;
    size_t token_cap;
    struct buf text, cells, names;
};

/* Tokens are found again in the text by their surfaces. */
static bool take_columns(struct program *p, const char *names, struct err *e)
{
    if (!token_columns_parse(&p->columns, names, e))
        return false;
    for (size_t c = 0; c < p->columns.count; c++)
        if (p->columns.column[c] == TOKEN_SURFACE)
            return true;
    return err_set(e, "--columns needs surface among '%s'", names);
}

static bool take_option(void *data, int key, const char *arg, struct err *e)
{
    struct program *p = data;
    switch (key) {
    case 'c': p->conf_path = arg; break;
    case 'o': return take_columns(p, arg, e);
    case 'd': p->load.dictionary = arg; break;
    case KEY_EXPLAIN: p->explain = true; break;
    }
    return true;
}

static bool begin(void *data, const struct filter_settings *settings, struct err *e)
{
    struct program *p = data;
    (void)settings;
    p->normal = normal_new();
    if (!conf_read(&p->conf, p->conf_path, e) || !rules_open(&p->rules, e))
        return false;
    p->watches = watchlist_new(&p->conf, p->normal, e);
    p->model = p->watches != NULL ? token_model_new(&p->load, e) : NULL;
    snprintf(p->model_name, sizeof p->model_name, "rules %s", p->rules.id);
    return p->model != NULL;
}

static void *open_worker(void *data, struct err *e)
{
    struct program *p = data;
    struct worker *w = mem_zero(1, sizeof *w);
    w->program = p;
    w->judge = judge_new(&p->rules, p->normal, p->watches);
    w->tokenizer = tokenizer_new(p->model, e);
    if (w->tokenizer != NULL)
        return w;
    judge_free(w->judge);
    free(w);
    return NULL;
}

static void close_worker(void *data, void *worker)
{
    struct worker *w = worker;
    (void)data;
    judge_free(w->judge);
    tokenizer_free(w->tokenizer);
    free(w->tokens);
    buf_free(&w->text);
    buf_free(&w->cells);
    buf_free(&w->names);
    free(w);
}

static enum tier tier_of(struct str raw)
{
    static const char *const names[] = {"sns", "forum", "matome", "net-news", "mass"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (value_is(raw, names[i]))
            return (enum tier)(TIER_SNS + i);
    return TIER_UNKNOWN;
}

/* The names of the record's `watch`, unescaped into w->names. */
static size_t read_watches(struct worker *w, struct str raw, struct str *names)
{
    struct walk walk;
    struct str value;
    size_t count = 0;
    buf_clear(&w->names);
    buf_reserve(&w->names, raw.len);
    walk_begin(&walk, raw);
    while (count < POST_WATCHES && value_type(raw) == VALUE_ARRAY && walk_next(&walk, NULL, &value))
        if (value_type(value) == VALUE_STRING)
            names[count++] = value_string(value, &w->names);
    return count;
}

static bool is_given(struct str raw)
{
    return raw.ptr != NULL && value_type(raw) != VALUE_NULL && !str_is(raw, "[]");
}

/* The post's tokens: those of the record, or made here where it has none. */
static bool read_tokens(struct worker *w, const struct record *r, struct post_facts *post)
{
    size_t count = 0;
    buf_clear(&w->cells);
    if (is_given(r->member[MEMBER_TOKENS])) {
        if (!token_list_read(r->member[MEMBER_TOKENS], &w->program->columns, post->text, &w->cells,
                             &w->tokens, &count, &w->token_cap))
            return false;
        post->tokens = w->tokens;
        post->token_count = count;
        return true;
    }
    struct token_list list = tokenizer_run(w->tokenizer, post->text);
    post->tokens = list.tokens;
    post->token_count = list.count;
    return true;
}

static enum filter_verdict work(void *worker, struct filter_item *item)
{
    struct worker *w = worker;
    const struct record *r = item->record;
    struct str names[POST_WATCHES];
    struct post_facts post = {
        .text = post_text(r->member[MEMBER_TITLE], r->member[MEMBER_TEXT], &w->text),
        .has_media = is_given(r->member[MEMBER_MEDIA]),
        .is_repost = is_given(r->member[MEMBER_REPOST_OF]),
        .reposts = value_number(value_member(r->member[MEMBER_METRICS], "reposts"), -1),
        .views = value_number(value_member(r->member[MEMBER_METRICS], "views"), -1),
        .tier = tier_of(r->member[MEMBER_TIER]),
        .watches = names,
        .watch_known = r->member[MEMBER_WATCH].ptr != NULL,
    };
    post.watch_count = read_watches(w, r->member[MEMBER_WATCH], names);
    if (!read_tokens(w, r, &post)) {
        item->problem = "tokens do not fit the text (were they written with other --columns?)";
        return FILTER_BAD;
    }
    buf_reserve(&w->cells, r->member[MEMBER_AUTHOR].len);
    post.handle = value_string(value_member(r->member[MEMBER_AUTHOR], "handle"), &w->cells);
    struct verdict v;
    judge_post(w->judge, &post, &v);
    if (w->program->explain) {
        buf_clear(&w->cells);
        post.id = value_string(r->member[MEMBER_ID], &w->cells);
        judge_explain(w->judge, &post, &v, item->member);
        return FILTER_TEXT;
    }
    size_t title = post_title_bytes(r->member[MEMBER_TITLE], &w->cells);
    verdict_write(&v, post.text, title, w->program->model_name, item->member);
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
    .members = members,
    .adds = "class",
    .kinds = kinds,
    .work = work,
    .open_worker = open_worker,
    .close_worker = close_worker,
};

int main(int argc, char **argv)
{
    struct program p = {.conf_path = NULL};
    struct err e;
    if (!token_columns_parse(&p.columns, TOKEN_COLUMNS_DEFAULT, &e))
        return STATUS_FAILED;
    int status = filter_main(&filter, &p, argc, argv);
    token_model_free(p.model);
    watchlist_free(p.watches);
    rules_close(&p.rules);
    normal_free(p.normal);
    conf_free(&p.conf);
    return status;
}
