/* Setting up what judges, and reading records for it. */
#include "judge/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "record/value.h"
#include "text/post.h"
#include "text/width.h"

const char *const reader_members[] = {"kind",      "text",   "title",   "tokens", "class",
                                      "watch",     "author", "metrics", "media",  "tier",
                                      "repost_of", "id",     NULL};

/* ---- set-up ---- */

bool reader_columns(struct reader_setup *s, const char *names, struct err *e)
{
    if (!token_columns_parse(&s->columns, names, e))
        return false;
    for (size_t c = 0; c < s->columns.count; c++)
        if (s->columns.column[c] == TOKEN_SURFACE)
            return true;
    return err_set(e, "surface is not among '%s'", names);
}

static bool open_model(struct reader_setup *s, const char *path, struct err *e)
{
    struct model *m = &s->opened[s->members.count];
    if (!model_open(m, path, s->rules.id, token_model_id(s->tokens), e))
        return false;
    s->members.list[s->members.count++] = m;
    return true;
}

/* Without the first there is no second. */
static bool open_shipped(struct reader_setup *s, struct err *e)
{
    char *posts = data_path(MODEL_FILE), *triage = data_path(TRIAGE_FILE);
    bool ok = true;
    if (access(posts, R_OK) == 0) {
        ok = open_model(s, posts, e);
        if (ok && access(triage, R_OK) == 0) {
            ok = model_open(&s->triage, triage, s->rules.id, token_model_id(s->tokens), e);
            s->members.triage = ok ? &s->triage : NULL;
        }
    }
    free(posts);
    free(triage);
    return ok;
}

/* The second model is asked by itself, and what it answers is no member of a class. */
static bool is_triage(const struct model *m)
{
    static const char *const answers[] = {"2", "3", "4", "support", NULL};
    const struct model_question *q = model_question(m, "triage");
    bool all = q != NULL && q->count == 4;
    for (uint32_t i = 0; all && i < q->count; i++)
        all = str_is_any(str_of(model_text(m, m->answers[q->first + i].name)), answers);
    return all;
}

static bool open_given(struct reader_setup *s, const char *path, struct err *e)
{
    return open_model(s, path, e) &&
           (!is_triage(s->members.list[s->members.count - 1]) ||
            err_set(e, "%s is a second model, which is used by itself beside the shipped one",
                    path));
}

/* The shipped models are used where they fit; another dictionary leaves the rules alone. */
static bool open_models(struct reader_setup *s, struct err *e)
{
    bool ok = s->no_model || s->load.dictionary != NULL || open_shipped(s, e);
    for (size_t i = 0; ok && i < s->model_count; i++)
        ok = open_given(s, s->models[i], e);
    return ok;
}

static unsigned short_hash(const struct model *m)
{
    return (unsigned)(m->header->hash & 0xFFFFFFFF);
}

static void name_setup(struct reader_setup *s)
{
    size_t length = (size_t)snprintf(s->name, sizeof s->name, "rules %.8s", s->rules.id);
    for (size_t i = 0; i < s->members.count && length < sizeof s->name; i++)
        length += (size_t)snprintf(s->name + length, sizeof s->name - length, "%s%08x",
                                   i == 0 ? " model " : "+", short_hash(&s->opened[i]));
    if (s->members.triage != NULL && length < sizeof s->name)
        snprintf(s->name + length, sizeof s->name - length, " triage %08x",
                 short_hash(s->members.triage));
}

void reader_tell_models(const struct reader_setup *s, struct buf *out)
{
    for (size_t i = 0; i < s->model_count; i++) {
        const struct model *m = s->members.list[s->members.count - s->model_count + i];
        buf_add_text(out, "     model ");
        text_add_harmless(out, str_of(s->models[i]));
        buf_addf(out, " (%08x): from ", short_hash(m));
        text_add_harmless(out, str_of(model_text(m, m->header->made_from)));
        buf_add_char(out, '\n');
    }
}

static void tell_files(const struct reader_setup *s, const struct filter_settings *filter)
{
    filter_also_reads(filter, s->conf.path);
    filter_also_reads_data(filter, RULES_FILE);
    token_model_tell_files(s->tokens, filter);
    if (!s->no_model) {
        filter_also_reads_data(filter, MODEL_FILE);
        filter_also_reads_data(filter, TRIAGE_FILE);
    }
    for (size_t i = 0; i < s->model_count; i++)
        filter_also_reads(filter, s->models[i]);
}

bool reader_open(struct reader_setup *s, const struct filter_settings *filter, struct err *e)
{
    s->normal = normal_new();
    if (!conf_read(&s->conf, s->conf_path, e) || !rules_open(&s->rules, e))
        return false;
    s->watches = watchlist_new(&s->conf, s->normal, e);
    s->tokens = s->watches != NULL ? token_model_new(&s->load, e) : NULL;
    if (s->tokens == NULL || !open_models(s, e))
        return false;
    tell_files(s, filter);
    name_setup(s);
    return true;
}

void reader_close(struct reader_setup *s)
{
    for (size_t i = 0; i < s->members.count; i++)
        model_close(&s->opened[i]);
    if (s->members.triage != NULL)
        model_close(&s->triage);
    token_model_free(s->tokens);
    watchlist_free(s->watches);
    rules_close(&s->rules);
    normal_free(s->normal);
    conf_free(&s->conf);
}

struct reader *reader_new(const struct reader_setup *s, struct err *e)
{
    struct reader *r = mem_zero(1, sizeof *r);
    r->setup = s;
    r->judge = judge_new(&s->rules, s->normal, s->watches, &s->members);
    r->tokens = token_reader_new(&s->columns);
    r->tokenizer = tokenizer_new(s->tokens, e);
    if (r->tokenizer != NULL) {
        tokenizer_number(r->tokenizer, TOKEN_KINDS + 1); /* behind those of the token reader */
        return r;
    }
    reader_free(r);
    return NULL;
}

void reader_free(struct reader *r)
{
    if (r == NULL)
        return;
    judge_free(r->judge);
    tokenizer_free(r->tokenizer);
    token_reader_free(r->tokens);
    buf_free(&r->text);
    buf_free(&r->cells);
    buf_free(&r->names);
    free(r->watches);
    free(r);
}

/* ---- records ---- */

static enum tier tier_of(struct str raw)
{
    for (size_t i = 0; tier_names[i] != NULL; i++)
        if (value_is(raw, tier_names[i]))
            return (enum tier)(TIER_SNS + i);
    return TIER_UNKNOWN;
}

/* The names of the record's `watch`, unescaped into r->names; one may stand without a list. */
static size_t read_watches(struct reader *r, struct str raw)
{
    struct walk walk;
    struct str value;
    size_t count = 0;
    buf_clear(&r->names);
    buf_reserve(&r->names, raw.len);
    walk_begin_list(&walk, raw);
    while (walk_next(&walk, NULL, &value)) {
        if (value_type(value) != VALUE_STRING)
            continue;
        MEM_GROW(r->watches, count, r->watch_cap);
        r->watches[count++] = value_string(value, &r->names);
    }
    return count;
}

/* An id, which in records of other programs may be a number. */
static bool is_id(struct str raw)
{
    enum value_type type = value_type(raw);
    return type == VALUE_NUMBER || (type == VALUE_STRING && !value_is(raw, ""));
}

/* A list of media is of objects; what else may stand there shows nothing. */
static bool has_object(struct str list)
{
    struct walk walk;
    struct str value;
    bool found = false;
    if (value_type(list) != VALUE_ARRAY)
        return false;
    walk_begin(&walk, list);
    while (!found && walk_next(&walk, NULL, &value))
        found = value_type(value) == VALUE_OBJECT;
    return found;
}

/* The post's tokens: those of the record, or made here where it has none. */
static bool read_tokens(struct reader *r, struct str raw)
{
    struct post_facts *post = &r->post;
    struct token_list list;
    if (value_empty(raw))
        list = tokenizer_run(r->tokenizer, post->text);
    else if (!token_reader_read(r->tokens, raw, post->text, &list))
        return false;
    post->tokens = list.tokens;
    post->token_count = list.count;
    return true;
}

const char *reader_judge(struct reader *r, const struct record *record, struct verdict *v)
{
    const struct str *member = record->member;
    r->post = (struct post_facts){
        .text = post_text(member[READER_TITLE], member[READER_TEXT], &r->text),
        .has_media = has_object(member[READER_MEDIA]),
        .is_repost = is_id(member[READER_REPOST_OF]),
        .reposts = value_number(value_member(member[READER_METRICS], "reposts"), -1),
        .views = value_number(value_member(member[READER_METRICS], "views"), -1),
        .tier = tier_of(member[READER_TIER]),
        .watch_known = !value_nothing(member[READER_WATCH]),
    };
    r->post.is_repost = r->post.is_repost || normal_repost(r->post.text, &(struct str){0}) > 0;
    r->post.watch_count = read_watches(r, member[READER_WATCH]);
    r->post.watches = r->watches;
    if (!read_tokens(r, member[READER_TOKENS]))
        return "tokens do not fit the text (was it changed since, or were they written with other "
               "--columns?)";
    buf_clear(&r->cells);
    buf_reserve(&r->cells, member[READER_AUTHOR].len);
    r->post.handle = value_string(value_member(member[READER_AUTHOR], "handle"), &r->cells);
    judge_post(r->judge, &r->post, v);
    return NULL;
}
