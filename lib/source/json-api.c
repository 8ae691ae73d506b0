/*
 * Any JSON API. A jq program makes posts of a page; two others say what is asked next:
 * `next` the next page, `cursor` the parameters with which the next poll begins. What
 * they yield is remembered, so that a poll that was broken off goes on.
 *
 * Newest first: the cursor comes from the first page and holds when the last one was
 * read; pages end where one brings nothing new. Oldest first: each page's cursor holds
 * once the page was read.
 *
 * The secret goes to the origin of the configured address and to no other. Where a service
 * puts it into the address of the next page, what is remembered has a mark in its place.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "record/value.h"
#include "source/formats.h"
#include "source/networks.h"

#define STALE_MAX   20 /* pages in a row that bring nothing new */
#define SECRET_MARK STR("{secret}")

enum stage { STAGE_BEGIN, STAGE_PAGES, STAGE_RESUMED, STAGE_END };

static const char *const orders[] = {"newest-first", "oldest-first", NULL};
static const char *const auths[] = {"bearer", "basic", "header", "query", NULL};

enum { KEY_AT_URL, KEY_AT_MAP, KEY_AT_NEXT, KEY_AT_CURSOR };

static const struct network_key keys[] = {
    [KEY_AT_URL] = {.name = "url", .shape = KEY_URL, .needed = true},
    [KEY_AT_MAP] = {.name = "map", .shape = KEY_EXPR, .needed = true, .manner = true},
    [KEY_AT_NEXT] = {.name = "next", .shape = KEY_EXPR},
    [KEY_AT_CURSOR] = {.name = "cursor", .shape = KEY_EXPR},
    {.name = "order", .shape = KEY_CHOICE, .otherwise = "newest-first", .choices = orders},
    {.name = "auth", .shape = KEY_CHOICE, .otherwise = "bearer", .choices = auths, .manner = true},
    {.name = "auth-name", .shape = KEY_TEXT, .manner = true},
    {.name = "headers", .shape = KEY_LIST, .manner = true},
    {.name = NULL},
};

static bool is_newest_first(const struct poll *p)
{
    return subject_is(p->subject, "order", "newest-first");
}

/* ---- parameters ---- */

static void take_over(struct buf *old, struct buf *new)
{
    buf_free(old);
    *old = *new;
}

/* Sets a member's value in the address: text and numbers as they are, null takes the
 * parameter away. */
static bool set_parameter(struct buf *url, struct str name, struct str raw, struct err *e)
{
    enum value_type type = value_type(raw);
    struct buf text = {0}, changed = {0};
    if (type == VALUE_OBJECT || type == VALUE_ARRAY)
        return err_set(e, "parameter '%.*s' is neither text nor number", (int)name.len, name.ptr);
    struct str value = type == VALUE_STRING ? value_string(raw, &text) : raw;
    if (type == VALUE_NULL)
        value = (struct str){NULL, 0};
    url_set_query(&changed, buf_str(url), name, value);
    take_over(url, &changed);
    buf_free(&text);
    return true;
}

static bool set_parameters(struct buf *url, struct str object, struct err *e)
{
    struct walk w;
    struct str key, value;
    struct buf name = {0};
    bool done = true;
    walk_begin(&w, object);
    while (done && walk_next(&w, &key, &value)) {
        buf_clear(&name);
        value_add_string(&name, (struct str){key.ptr - 1, key.len + 2}); /* with its quotes */
        done = set_parameter(url, buf_str(&name), value, e);
    }
    buf_free(&name);
    return done;
}

/* Puts the mark in the place of the secret. */
static void hide_secret(const struct poll *p, struct buf *url)
{
    struct buf hidden = {0};
    if (p->subject->secret.len < SECRET_LEAST)
        return;
    url_replace(&hidden, buf_str(url), p->subject->secret, SECRET_MARK);
    take_over(url, &hidden);
}

/* And back. */
static void show_secret(const struct poll *p, struct buf *url)
{
    struct buf encoded = {0}, shown = {0};
    if (p->subject->secret.len < SECRET_LEAST)
        return;
    url_encode(&encoded, p->subject->secret);
    url_replace(&shown, buf_str(url), SECRET_MARK, buf_str(&encoded));
    take_over(url, &shown);
    buf_free(&encoded);
}

/* The address of the page that is asked for, without the secret, unless the service itself
 * put it there. */
static bool add_address(const struct poll *p, struct buf *url, struct err *e)
{
    struct str next = cursor_get(p->cursor, "next");
    struct str parameters = cursor_get(p->cursor, "parameters");
    if (next.len > 0) {
        buf_add_str(url, next);
        show_secret(p, url);
        return true;
    }
    buf_add_text(url, subject_text(p->subject, "url"));
    if (parameters.len == 0)
        return true;
    parameters = poll_json(parameters, e);
    return parameters.ptr == NULL || set_parameters(url, parameters, e);
}

/* ---- asking ---- */

static bool is_auth(const struct poll *p, const char *name)
{
    return p->subject->secret.len > 0 && subject_is(p->subject, "auth", name);
}

static void add_header(void *data, const char *item, size_t length)
{
    struct request *r = data;
    struct str value, name = str_cut((struct str){item, length}, ':', &value);
    char *text = mem_string(str_trim(name));
    request_header(r, text, str_trim(value));
    free(text);
}

static void add_auth(struct poll *p)
{
    const struct subject *s = p->subject;
    if (is_auth(p, "bearer"))
        request_bearer(&p->request, s->secret);
    else if (is_auth(p, "basic"))
        request_basic(&p->request, str_of(s->user), s->secret);
    else if (is_auth(p, "header"))
        request_header(&p->request, subject_text(s, "auth-name"), s->secret);
}

static void begin(struct poll *p, struct buf *url)
{
    struct buf whole = {0};
    if (is_auth(p, "query")) {
        url_set_query(&whole, buf_str(url), str_of(subject_text(p->subject, "auth-name")),
                      p->subject->secret);
        take_over(url, &whole);
    }
    request_begin(&p->request, buf_text(url));
    const char *headers = subject_text(p->subject, "headers");
    if (headers != NULL)
        conf_list(headers, add_header, &p->request);
    add_auth(p);
}

static enum step json_ask(struct poll *p, struct err *e)
{
    struct buf url = {0};
    if (p->stage == STAGE_END)
        return STEP_DONE;
    if (!subject_is(p->subject, "auth", "bearer") && p->subject->secret.len == 0) {
        err_set(e, "auth wants a secret: secret-env or secret-file");
        return STEP_FAILED;
    }
    if (p->stage == STAGE_BEGIN)
        p->stage = cursor_get(p->cursor, "next").len > 0 ? STAGE_RESUMED : STAGE_PAGES;
    bool known = add_address(p, &url, e);
    if (known)
        begin(p, &url);
    buf_free(&url);
    return known ? STEP_ASK : STEP_FAILED;
}

/* ---- reading ---- */

/* The first value that an expression yields of a page; empty where it is null, or there
 * is none. */
static bool evaluate(struct poll *p, size_t key, struct str page, struct buf *value, struct err *e)
{
    struct err why;
    struct str rest;
    buf_clear(value);
    if (p->exprs[key] == NULL)
        return true;
    if (!expr_each(p->exprs[key], page, value, &why))
        return err_set(e, "%s: %s", keys[key].name, why.text);
    value->len = str_cut(buf_str(value), '\n', &rest).len;
    if (value_type(buf_str(value)) == VALUE_NULL)
        buf_clear(value);
    return true;
}

/* Takes the secret out of an address, should it be one of its parameters. */
static void strip_secret(const struct poll *p, struct buf *url)
{
    struct buf stripped = {0};
    if (!is_auth(p, "query"))
        return;
    url_set_query(&stripped, buf_str(url), str_of(subject_text(p->subject, "auth-name")),
                  (struct str){NULL, 0});
    take_over(url, &stripped);
}

static bool resolve_next(const struct answer *a, struct str current, struct str value,
                         struct buf *next, struct err *e)
{
    struct buf text = {0}, whole = {0};
    switch (value_type(value)) {
    case VALUE_OBJECT: buf_add_str(next, current); return set_parameters(next, value, e);
    case VALUE_STRING:
        url_resolve(&whole, a->url.len > 0 ? a->url : current, value_string(value, &text));
        url_mend(next, buf_str(&whole));
        buf_free(&text);
        buf_free(&whole);
        return true;
    default: return err_set(e, "next is neither an address nor an object of parameters");
    }
}

/* Scheme, host and port, as they are spelled. */
static struct str origin_of(struct str url)
{
    struct str host = url_host(url);
    size_t end = host.len > 0 ? (size_t)(host.ptr - url.ptr) + host.len : 0;
    while (end < url.len && strchr("/?#", url.ptr[end]) == NULL)
        end++;
    return (struct str){url.ptr, end};
}

/* The address of the next page; empty behind the last. *same: it is that of this page. */
static bool find_next(struct poll *p, const struct answer *a, struct str page, struct buf *next,
                      bool *same, struct err *e)
{
    struct buf value = {0}, current = {0};
    bool done = evaluate(p, KEY_AT_NEXT, page, &value, e) && add_address(p, &current, e);
    bool more = done && value.len > 0 && !value_is(buf_str(&value), "");
    if (more)
        done = resolve_next(a, buf_str(&current), buf_str(&value), next, e);
    if (more && done) {
        struct str url = str_of(subject_text(p->subject, "url"));
        strip_secret(p, next);
        bool moved = a->url.len > 0 && !url_same_origin(a->url, url);
        if (moved && !url_same_origin(buf_str(next), url))
            done = err_set(e, "url has moved to another server, %.*s: put it right",
                           (int)origin_of(a->url).len, a->url.ptr);
        else if (!url_same_origin(buf_str(next), url))
            done =
                err_set(e, "next leads to another server, which is not asked: %s", buf_text(next));
        *same = str_equal(buf_str(next), buf_str(&current));
    }
    buf_free(&value);
    buf_free(&current);
    return done;
}

/* Are the pages behind this one known, or older than a first poll reads? A poll that goes
 * on cannot tell by one page, since pages that are counted move. */
static bool is_last(struct poll *p)
{
    if (!is_newest_first(p))
        return false;
    bool first = cursor_number(p->cursor, "read", CLOCK_UNKNOWN) == CLOCK_UNKNOWN;
    bool old = p->page.oldest != CLOCK_UNKNOWN && first && p->page.oldest < poll_start(p);
    return old || (p->stage == STAGE_PAGES && p->page.posts > 0 && p->page.fresh == 0);
}

/* Pages that bring nothing new one after the other: a circle, a map that fits none, or
 * for a poll that goes on simply the end. One that had to begin anew comes by as many
 * pages as it has read. */
static bool is_stale(struct poll *p)
{
    p->item = p->page.fresh > 0 ? 0 : p->item + 1;
    if ((int64_t)p->item < STALE_MAX + cursor_number(p->cursor, "again", 0))
        return false;
    if (p->stage == STAGE_RESUMED && is_newest_first(p))
        return true;
    p->faulty = true;
    err_set(&p->fault, "%d pages in a row bring no new post: not read on", STALE_MAX);
    return true;
}

static void end_poll(struct poll *p)
{
    struct buf parameters = {0};
    buf_add_str(&parameters, cursor_get(p->cursor, "pending"));
    if (parameters.len > 0)
        cursor_set(p->cursor, "parameters", buf_str(&parameters));
    cursor_set(p->cursor, "pending", STR(""));
    cursor_set(p->cursor, "start", STR(""));
    cursor_set(p->cursor, "pages", STR(""));
    cursor_set(p->cursor, "again", STR(""));
    cursor_set_number(p->cursor, "read", p->now);
    p->stage = STAGE_END;
    buf_free(&parameters);
}

/* The page was taken, but what is behind it cannot be asked for. */
static void tell_same(struct poll *p, struct str next)
{
    int64_t from = cursor_number(p->cursor, "read", CLOCK_UNKNOWN), to = p->page.oldest;
    struct err record = p->fault;
    err_set(&p->fault, "next leads to the same page again: %.*s%s%s", (int)next.len, next.ptr,
            p->faulty ? "; " : "", p->faulty ? record.text : "");
    p->faulty = true;
    if (is_newest_first(p) && from != CLOCK_UNKNOWN && from < to) /* else it is still to come */
        poll_gap(p, from, to, "the service did not page on");
}

/* same: next is the page that was read. */
static void note_page(struct poll *p, struct str next, bool same, struct str parameters)
{
    bool first = cursor_get(p->cursor, "next").len == 0, last = is_stale(p) || is_last(p);
    if (same && !last && p->page.posts > 0)
        tell_same(p, next);
    if (same || last)
        next = STR("");
    if (parameters.len > 0 && !is_newest_first(p))
        cursor_set(p->cursor, "parameters", parameters);
    else if (parameters.len > 0 && first)
        cursor_set(p->cursor, "pending", parameters);
    cursor_set(p->cursor, "next", next);
    cursor_set_number(p->cursor, "pages", cursor_number(p->cursor, "pages", 0) + 1);
    if (next.len == 0)
        end_poll(p);
}

static bool json_read(struct poll *p, const struct answer *a, struct err *e)
{
    if (a->status == 204) {
        note_page(p, STR(""), false, STR(""));
        return true;
    }
    struct str page = poll_json(a->body, e);
    struct buf next = {0}, parameters = {0};
    bool same = false;
    if (page.ptr == NULL)
        return false;
    bool done =
        find_next(p, a, page, &next, &same, e) && evaluate(p, KEY_AT_CURSOR, page, &parameters, e);
    if (done && parameters.len > 0 && value_type(buf_str(&parameters)) != VALUE_OBJECT)
        done = err_set(e, "cursor is not an object of parameters");
    done = done && poll_take(p, page, e);
    hide_secret(p, &next);
    if (done)
        note_page(p, buf_str(&next), same, buf_str(&parameters));
    buf_free(&next);
    buf_free(&parameters);
    return done;
}

/* A page that a run before was to go on with is gone: the poll begins anew, as one that
 * cannot tell by known posts where it ends. */
static bool json_mend(struct poll *p, const struct answer *a)
{
    bool gone = a->status == 404 || a->status == 400 || a->status == 410;
    if (!gone || p->pages > 0 || p->stage != STAGE_RESUMED ||
        cursor_get(p->cursor, "next").len == 0)
        return false;
    cursor_set(p->cursor, "next", STR(""));
    cursor_set(p->cursor, "pending", STR(""));
    cursor_set(p->cursor, "again", cursor_get(p->cursor, "pages"));
    return true;
}

/* ---- configuration ---- */

struct header_check {
    struct err *e;
    bool well;
};

static void check_header(void *data, const char *item, size_t length)
{
    struct header_check *check = data;
    struct str value, name = str_trim(str_cut((struct str){item, length}, ':', &value));
    bool well = name.len > 0 && name.ptr + name.len < item + length;
    for (size_t i = 0; i < name.len; i++)
        well = well && name.ptr[i] > 0x20 && name.ptr[i] < 0x7f;
    if (!well && check->well)
        check->well = err_set(check->e, "headers: '%.*s' is not 'Name: value'", (int)length, item);
}

static bool json_check(const struct subject *s, struct err *e)
{
    const char *headers = subject_text(s, "headers");
    struct header_check check = {e, true};
    bool named = subject_is(s, "auth", "header") || subject_is(s, "auth", "query");
    if (named && subject_text(s, "auth-name") == NULL)
        return err_set(e, "auth %s wants auth-name", subject_text(s, "auth"));
    if (subject_is(s, "auth", "basic") && s->user == NULL)
        return err_set(e, "auth basic wants a user");
    if (subject_is(s, "order", "oldest-first") && subject_text(s, "cursor") == NULL)
        return err_set(e,
                       "order oldest-first wants cursor: without, polls begin at the first post");
    if (headers != NULL)
        conf_list(headers, check_header, &check);
    return check.well;
}

const struct network network_json = {
    .kind = "json",
    .what = "any JSON API, with a mapping in jq",
    .format = &source_json,
    .keys = keys,
    .overlaps = true,
    .may_be_void = true,
    .every = 600,
    .least = 1,
    .check = json_check,
    .ask = json_ask,
    .read = json_read,
    .mend = json_mend,
};
