/*
 * hinoban-tokenize: posts -> posts with `tokens`, the words of title and text as MeCab
 * finds them, entities whole, surfaces as the author wrote them.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "filter/filter.h"
#include "text/cache.h"
#include "text/post.h"
#include "text/token.h"

/* At most 64 MB a worker; a post with its tokens takes 2 to 8 KB. */
#define CACHE_PLACES  4096
#define CACHE_LONGEST ((size_t)16 * 1024)

enum { MEMBER_TITLE = MEMBER_TEXT + 1, MEMBER_TOKENS };
static const char *const members[] = {"kind", "text", "title", "tokens", NULL};
static const char *const kinds[] = {"post", NULL};

enum { KEY_WORDS = OPT_LONG, KEY_STATS, KEY_BARE };
static const struct opt_row options[] = {
    {'o', "columns", "COLUMNS", "columns of each token (default surface,pos,base)"},
    {'d', "dictionary", "DIR", "MeCab dictionary to use"},
    {KEY_WORDS, "words", "FILE", "table of your own words (surface, type, base, reading)"},
    {KEY_BARE, "bare", NULL, "leave out the dictionary of net slang that ships"},
    {KEY_STATS, "stats", NULL, "print counts on standard error at the end"},
    {0, NULL, NULL, NULL},
};

struct program {
    struct token_options load;
    struct token_columns columns;
    struct token_model *model;
    bool stats;
    uint64_t texts, cached;
};

struct worker {
    struct program *program;
    struct tokenizer *tokenizer;
    struct cache *cache;
    struct buf scratch;
};

static bool take_option(void *data, int key, const char *arg, struct err *e)
{
    struct program *p = data;
    switch (key) {
    case 'o': return token_columns_parse(&p->columns, arg, e);
    case 'd': p->load.dictionary = arg; break;
    case KEY_WORDS: p->load.words = arg; break;
    case KEY_BARE: p->load.bare = true; break;
    case KEY_STATS: p->stats = true; break;
    }
    return true;
}

static bool begin(void *data, const struct filter_settings *settings, struct err *e)
{
    struct program *p = data;
    if (p->load.bare && p->load.dictionary != NULL)
        return err_set(e, "--bare and --dictionary do not go together");
    filter_also_reads(settings, p->load.words);
    p->model = token_model_new(&p->load, e);
    if (p->model == NULL)
        return false;
    token_model_tell_files(p->model, settings);
    return true;
}

static void *open_worker(void *data, struct err *e)
{
    struct program *p = data;
    struct worker *w = mem_zero(1, sizeof *w);
    w->program = p;
    w->tokenizer = tokenizer_new(p->model, e);
    w->cache = cache_new(CACHE_PLACES, CACHE_LONGEST);
    if (w->tokenizer != NULL) {
        tokenizer_prepare(w->tokenizer, &p->columns);
        return w;
    }
    cache_free(w->cache);
    free(w);
    return NULL;
}

static void close_worker(void *data, void *worker)
{
    struct program *p = data;
    struct worker *w = worker;
    uint64_t asked, found;
    cache_counts(w->cache, &asked, &found);
    p->texts += asked;
    p->cached += found;
    cache_free(w->cache);
    tokenizer_free(w->tokenizer);
    buf_free(&w->scratch);
    free(w);
}

static enum filter_verdict work(void *worker, struct filter_item *item)
{
    struct worker *w = worker;
    const struct record *r = item->record;
    struct str text = post_text(r->member[MEMBER_TITLE], r->member[MEMBER_TEXT], &w->scratch);
    struct str known = cache_get(w->cache, text);
    if (known.ptr != NULL) {
        buf_add_str(item->member, known);
        return FILTER_PUT;
    }
    struct token_list list = tokenizer_run(w->tokenizer, text);
    token_list_write(&list, &w->program->columns, item->member);
    cache_put(w->cache, text, buf_str(item->member));
    return FILTER_PUT;
}

static bool finish(void *data, struct output *out, struct err *e)
{
    const struct program *p = data;
    (void)out;
    (void)e;
    if (p->stats)
        fprintf(stderr,
                "hinoban-tokenize: %llu texts, %llu of them seen a moment before (%.1f %%)\n",
                (unsigned long long)p->texts, (unsigned long long)p->cached,
                p->texts > 0 ? 100.0 * (double)p->cached / (double)p->texts : 0.0);
    return true;
}

static const struct filter filter = {
    .name = "tokenize",
    .summary = "Finds the words of posts with MeCab and adds them as `tokens`.",
    .operands = "[FILE]...",
    .options = options,
    .option = take_option,
    .begin = begin,
    .members = members,
    .adds = "tokens",
    .kinds = kinds,
    .work = work,
    .open_worker = open_worker,
    .close_worker = close_worker,
    .finish = finish,
};

int main(int argc, char **argv)
{
    struct program p = {.model = NULL};
    struct err e;
    if (!token_columns_parse(&p.columns, TOKEN_COLUMNS_DEFAULT, &e))
        return STATUS_FAILED;
    int status = filter_main(&filter, &p, argc, argv);
    token_model_free(p.model);
    return status;
}
