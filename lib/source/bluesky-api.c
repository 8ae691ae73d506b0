/*
 * Bluesky: posts by a query (app.bsky.feed.searchPosts). The search sorts by the time
 * that the author's program claims or the server's, whichever is earlier; since and until
 * go by that time, and so do the marks here. Posts are indexed late, so each poll reads
 * the last minutes of the one before again.
 *
 * Pages follow each other by time: the server's cursor is an offset, and posts taken away
 * meanwhile would move others past it. It is of use only within one second that fills
 * pages. A session lasts hours and is renewed; logging in is limited to 300 times a day.
 */
#include "record/value.h"
#include "source/date.h"
#include "source/formats.h"
#include "source/networks.h"

#define OVERLAP     600
#define PAGE        100
#define BATCH       25
#define LOGINS      10 /* attempts in so many seconds; the service allows 30 */
#define LOGIN_SPAN  300
#define TOKEN_LASTS 3600 /* seconds; some that are longer valid make no difference */

enum stage { STAGE_BEGIN, STAGE_LOGIN, STAGE_RENEW, STAGE_SEARCH, STAGE_END };

static const struct network_key keys[] = {
    {.name = "query", .shape = KEY_TEXT, .needed = true},
    {.name = "lang", .shape = KEY_TEXT},
    {.name = "tag", .shape = KEY_LIST},
    {.name = NULL},
};

/* ---- the session ---- */

static void begin(struct poll *p, const char *method)
{
    request_begin(&p->request, p->subject->base);
    request_path(&p->request, "/xrpc/");
    request_path(&p->request, method);
}

/* Attempts in vain are counted, so that the service's own count is not used up. */
static enum step ask_login(struct poll *p, struct err *e)
{
    int64_t since = p->now - cursor_number(p->session, "login", CLOCK_UNKNOWN / 2);
    int64_t attempts = cursor_number(p->session, "logins", 0);
    if (since < 0 || since >= LOGIN_SPAN) {
        cursor_set_number(p->session, "login", p->now);
        attempts = 0;
    }
    if (attempts >= LOGINS) {
        err_set(e, "logged in %d times within %d s, in vain: not tried again yet", LOGINS,
                LOGIN_SPAN);
        return STEP_FAILED;
    }
    cursor_set_number(p->session, "logins", attempts + 1);
    begin(p, "com.atproto.server.createSession");
    request_header(&p->request, "Content-Type", STR("application/json"));
    struct json j = {.out = &p->request.body};
    json_open(&j, '{');
    json_key(&j, "identifier");
    json_text(&j, p->subject->user);
    json_key(&j, "password");
    json_str(&j, p->subject->secret);
    json_close(&j, '}');
    p->stage = STAGE_LOGIN;
    return STEP_ASK;
}

static bool has_session(struct poll *p)
{
    session_check(p);
    int64_t taken = cursor_number(p->session, "taken", p->now);
    return cursor_get(p->session, "accessJwt").len > 0 && p->now - taken < TOKEN_LASTS;
}

static enum step ask_session(struct poll *p, struct err *e)
{
    struct str token = cursor_get(p->session, "refreshJwt");
    if (token.len == 0)
        return ask_login(p, e);
    begin(p, "com.atproto.server.refreshSession");
    p->request.post = true;
    request_bearer(&p->request, token);
    p->stage = STAGE_RENEW;
    return STEP_ASK;
}

static void keep_token(struct poll *p, struct str answer, const char *name)
{
    struct buf scratch = {0};
    cursor_set(p->session, name, value_string(value_member(answer, name), &scratch));
    buf_free(&scratch);
}

static bool read_session(struct poll *p, const struct answer *a, struct err *e)
{
    struct str answer = poll_json(a->body, e);
    if (answer.ptr == NULL)
        return false;
    keep_token(p, answer, "accessJwt");
    keep_token(p, answer, "refreshJwt");
    if (cursor_get(p->session, "accessJwt").len == 0)
        return err_set(e, "the answer to the login has no token");
    cursor_set(p->session, "login", STR(""));
    cursor_set(p->session, "logins", STR(""));
    cursor_set_number(p->session, "taken", p->now);
    p->stage = STAGE_SEARCH;
    return true;
}

static bool is_refused(const struct answer *a)
{
    struct err ignored;
    struct str error = value_member(poll_json(a->body, &ignored), "error");
    return a->status == 401 || (a->status == 400 && (value_is(error, "ExpiredToken") ||
                                                     value_is(error, "InvalidToken")));
}

/* A token that is no longer taken: renewed by the other one, and where that is refused
 * too by logging in. */
static bool bluesky_mend(struct poll *p, const struct answer *a)
{
    if (p->stage == STAGE_RENEW)
        cursor_set(p->session, "refreshJwt", STR(""));
    else if (p->stage != STAGE_SEARCH || !is_refused(a))
        return false;
    cursor_set(p->session, "accessJwt", STR(""));
    p->stage = STAGE_BEGIN;
    return true;
}

/* ---- search ---- */

static struct str mark_time(struct buf *text, int64_t time)
{
    buf_clear(text);
    clock_format(text, time);
    return buf_str(text);
}

/* Up to when everything was read, or where a first poll starts. */
static int64_t read_until(struct poll *p)
{
    int64_t since;
    if (!clock_parse(cursor_get(p->cursor, "since"), &since))
        return poll_start(p);
    return since < p->now ? since : p->now;
}

/* From when on posts are asked for. */
static int64_t begin_time(struct poll *p)
{
    bool first = cursor_get(p->cursor, "since").len == 0;
    return read_until(p) - (first ? 0 : OVERLAP);
}

static void ask_search(struct poll *p)
{
    const char *lang = subject_text(p->subject, "lang");
    struct str until = cursor_get(p->cursor, "before");
    begin(p, "app.bsky.feed.searchPosts");
    request_query_text(&p->request, "q", subject_text(p->subject, "query"));
    request_query_text(&p->request, "sort", "latest");
    request_query_number(&p->request, "limit", PAGE);
    if (lang != NULL)
        request_query_text(&p->request, "lang", lang);
    request_query_list(&p->request, "tag", subject_text(p->subject, "tag"));
    request_query_time(&p->request, "since", begin_time(p));
    if (until.len > 0)
        request_query(&p->request, "until", until);
    if (p->item > 0)
        request_query(&p->request, "cursor", cursor_get(p->cursor, "page"));
    request_bearer(&p->request, cursor_get(p->session, "accessJwt"));
    p->stage = STAGE_SEARCH;
}

static enum step bluesky_ask(struct poll *p, struct err *e)
{
    if (p->stage == STAGE_END)
        return STEP_DONE;
    if (!has_session(p))
        return ask_session(p, e);
    ask_search(p);
    return STEP_ASK;
}

static int64_t sort_time(struct str post)
{
    int64_t indexed = date_parse_json(value_member(post, "indexedAt"));
    int64_t claimed = date_parse_json(value_member(value_member(post, "record"), "createdAt"));
    bool by_server = claimed == CLOCK_UNKNOWN || (indexed != CLOCK_UNKNOWN && indexed < claimed);
    return by_server ? indexed : claimed;
}

/* The newest time on a page and the last one, of those that were asked for: what lies
 * outside is not what the server sorted by. */
static void find_times(struct poll *p, struct str posts, int64_t *newest, int64_t *last)
{
    struct walk w;
    struct str post;
    int64_t from = begin_time(p);
    *newest = read_until(p);
    *last = p->now;
    walk_begin(&w, posts);
    while (walk_next(&w, NULL, &post)) {
        int64_t time = sort_time(post);
        if (time == CLOCK_UNKNOWN || time < from)
            continue;
        *last = time < p->now ? time : p->now;
        if (*last > *newest)
            *newest = *last;
    }
}

/* Where the next page goes on, never later than where this one did. */
static struct str before_mark(struct poll *p, struct buf *text, int64_t last)
{
    int64_t before;
    struct str mark = mark_time(text, last + 1);
    bool later = clock_parse(cursor_get(p->cursor, "before"), &before) && before < last + 1;
    return later ? mark_time(text, before) : mark;
}

static void note_page(struct poll *p, struct str posts, struct str next)
{
    struct buf newest = {0}, before = {0};
    int64_t newest_time, last_time;
    find_times(p, posts, &newest_time, &last_time);
    mark_time(&newest, newest_time);
    struct str mark = next.len > 0 ? before_mark(p, &before, last_time) : STR("");
    p->item = str_equal(mark, cursor_get(p->cursor, "before")); /* by the cursor then */
    cursor_set(p->cursor, "page", next);
    back_page(p, buf_str(&newest), mark);
    if (next.len == 0)
        p->stage = STAGE_END;
    buf_free(&newest);
    buf_free(&before);
}

static bool bluesky_read(struct poll *p, const struct answer *a, struct err *e)
{
    if (p->stage != STAGE_SEARCH)
        return read_session(p, a, e);
    struct str page = poll_json(a->body, e);
    if (page.ptr == NULL)
        return false;
    struct str posts = value_member(page, "posts"), first;
    if (value_type(posts) != VALUE_ARRAY)
        return err_set(e, "the answer is no page of Bluesky's search");
    if (!poll_take(p, page, e))
        return false;
    struct buf scratch = {0};
    struct walk w;
    walk_begin(&w, posts);
    struct str next = value_string(value_member(page, "cursor"), &scratch);
    struct str asked = p->item > 0 ? cursor_get(p->cursor, "page") : STR("");
    if (!walk_next(&w, NULL, &first) || poll_circles(p, asked, next, begin_time(p)))
        next = STR("");
    note_page(p, posts, next);
    buf_free(&scratch);
    return true;
}

static enum step bluesky_refresh(struct poll *p, const struct str *ids, size_t count, struct err *e)
{
    p->preparing = !has_session(p);
    if (p->preparing)
        return ask_session(p, e);
    begin(p, "app.bsky.feed.getPosts");
    for (size_t i = 0; i < count; i++)
        request_query(&p->request, "uris", ids[i]);
    request_bearer(&p->request, cursor_get(p->session, "accessJwt"));
    return STEP_ASK;
}

const struct network network_bluesky = {
    .kind = "bluesky",
    .what = "Bluesky: posts by a query",
    .format = &source_bluesky,
    .base = "https://bsky.social",
    .keys = keys,
    .wants_user = true,
    .wants_secret = true,
    .overlaps = true,
    .every = 300,
    .least = 1,
    .ask = bluesky_ask,
    .read = bluesky_read,
    .mend = bluesky_mend,
    .refresh_batch = BATCH,
    .refresh = bluesky_refresh,
};
