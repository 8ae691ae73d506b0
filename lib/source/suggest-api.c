/*
 * What search engines suggest for a few queries, and how that differs from the time
 * before. Both addresses are unofficial: they may change, or answer something else, which
 * is a failure and leaves the last list as it is.
 */
#include "record/value.h"
#include "source/formats.h"
#include "source/networks.h"
#include "source/suggest.h"

static const char *const engines[] = {"google", "bing", NULL};

static const struct network_key keys[] = {
    {.name = "engine", .shape = KEY_CHOICE, .needed = true, .choices = engines},
    {.name = "queries", .shape = KEY_LIST, .needed = true},
    {.name = "lang", .shape = KEY_TEXT, .otherwise = "ja"},
    {.name = NULL},
};

static bool is_google(const struct subject *s)
{
    return subject_is(s, "engine", "google");
}

/* ---- queries by number ---- */

struct lookup {
    size_t left;
    struct str found;
};

static void look_up(void *data, const char *item, size_t length)
{
    struct lookup *l = data;
    if (l->left-- == 0)
        l->found = (struct str){item, length};
}

/* ptr NULL behind the last. */
static struct str query_at(const struct subject *s, size_t number)
{
    struct lookup l = {.left = number};
    conf_list(subject_text(s, "queries"), look_up, &l);
    return l.found;
}

/* ---- asking ---- */

static void begin(struct poll *p, const char *usual, const char *path)
{
    const char *base = p->subject->base;
    request_begin(&p->request, base != NULL ? base : usual);
    request_path(&p->request, path);
}

static void ask_google(struct poll *p, struct str query)
{
    begin(p, "https://suggestqueries.google.com", "/complete/search");
    request_query_text(&p->request, "client", "firefox");
    request_query_text(&p->request, "hl", subject_text(p->subject, "lang"));
    request_query_text(&p->request, "ie", "utf-8");
    request_query_text(&p->request, "oe", "utf-8");
    request_query(&p->request, "q", query);
}

/* Bing wants a language with its country. */
static void ask_bing(struct poll *p, struct str query)
{
    const char *lang = subject_text(p->subject, "lang");
    begin(p, "https://api.bing.com", "/osjson.aspx");
    request_query(&p->request, "query", query);
    request_query_text(&p->request, "language", strcmp(lang, "ja") == 0 ? "ja-JP" : lang);
}

static enum step suggest_ask(struct poll *p, struct err *e)
{
    struct str query = query_at(p->subject, p->item);
    (void)e;
    if (query.ptr == NULL)
        return STEP_DONE;
    if (is_google(p->subject))
        ask_google(p, query);
    else
        ask_bing(p, query);
    return STEP_ASK;
}

/* ---- reading ---- */

/* A list as an answer has it, so that it can be read again. */
static void add_list(struct buf *to, const struct suggest *list)
{
    struct json j = {.out = to};
    json_open(&j, '[');
    json_str(&j, list->query);
    json_open(&j, '[');
    for (size_t i = 0; i < list->count; i++)
        json_str(&j, list->texts[i]);
    json_close(&j, ']');
    json_close(&j, ']');
}

static bool last_list(struct poll *p, struct arena *arena, const char *mark, struct suggest *last)
{
    struct err ignored;
    struct str text = cursor_get(p->cursor, mark);
    return text.len > 0 && suggest_read(last, arena, poll_json(text, &ignored));
}

/* Writes the record, and keeps the list for the next one. */
static void tell(struct poll *p, struct arena *arena, const struct suggest *list)
{
    struct suggest last = {.count = 0};
    struct buf mark = {0}, text = {0};
    struct entry_origin origin =
        source_origin(p->source, is_google(p->subject) ? "google-suggest" : "bing-suggest", NULL);
    buf_add_text(&mark, "list:");
    buf_add_str(&mark, list->query);
    bool known = last_list(p, arena, buf_text(&mark), &last);
    suggest_write(p->lines, list, known ? &last : NULL, &origin);
    add_list(&text, list);
    cursor_set(p->cursor, buf_text(&mark), buf_str(&text));
    suggest_free(&last);
    buf_free(&mark);
    buf_free(&text);
}

static bool suggest_take(struct poll *p, const struct answer *a, struct err *e)
{
    struct arena arena = {0};
    struct suggest list = {.count = 0};
    struct str answer = poll_json(a->body, e);
    if (answer.ptr == NULL)
        return false;
    p->page = (struct page){.oldest = CLOCK_UNKNOWN};
    bool read = suggest_read(&list, &arena, answer);
    if (read) {
        list.query = query_at(p->subject, p->item); /* and not as the engine spells it */
        tell(p, &arena, &list);
        p->item++;
    } else {
        err_set(e, "the answer is no list of suggestions");
    }
    suggest_free(&list);
    arena_free(&arena);
    return read;
}

const struct network network_suggest = {
    .kind = "suggest",
    .what = "search suggestions of Google or Bing",
    .format = &source_suggest,
    .keys = keys,
    .every = 86400 / 4,
    .least = 0,
    .ask = suggest_ask,
    .read = suggest_take,
};
