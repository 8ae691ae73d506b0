/*
 * The X API v2: recent search, mentions, counts. Posts are billed one by one, so none
 * is asked for twice: a poll pages back from the newest post to the newest of the poll
 * before (since_id), and one that was broken off goes on where it was. In tripwire mode
 * a search asks for counts, which cost a fraction, and reads posts only when these leave
 * their usual range (tripwire.h) or were not read for long.
 *
 * Recent search reaches back seven days; what is older when a source comes back to it
 * is a gap.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "record/value.h"
#include "source/date.h"
#include "source/formats.h"
#include "source/networks.h"
#include "source/tripwire.h"
#include "source/tweet.h"

#define REACH    (7 * 86400 - 120) /* seconds back that recent search knows, less a margin */
#define LATE     60                /* seconds after which a post is found at the latest */
#define PAGE_MIN 10
#define PAGE_MAX 100
#define BATCH    100
#define MINUTE   60

enum stage { STAGE_BEGIN, STAGE_COUNTS, STAGE_POSTS, STAGE_END };
enum { ITEM_ASKED = 1, ITEM_READ }; /* how far pages of posts have come in this poll */

static const char *const modes[] = {"search", "tripwire", NULL};
static const char *const spans[] = {"minute", "hour", "day", NULL};

static const struct network_key search_keys[] = {
    {.name = "query", .shape = KEY_TEXT, .needed = true},
    {.name = "mode", .shape = KEY_CHOICE, .otherwise = "search", .choices = modes, .manner = true},
    {.name = "read-every", .shape = KEY_SPAN, .otherwise = "21600", .manner = true},
    {.name = "window", .shape = KEY_SPAN, .otherwise = "900", .manner = true},
    {.name = "sigma", .shape = KEY_NUMBER, .otherwise = "4", .manner = true},
    {.name = "expand", .shape = KEY_LIST, .otherwise = "authors, posts, media", .manner = true},
    {.name = NULL},
};

static const struct network_key mentions_keys[] = {
    {.name = "user-id", .shape = KEY_NUMBER, .needed = true},
    {.name = "expand", .shape = KEY_LIST, .otherwise = "authors, posts, media", .manner = true},
    {.name = NULL},
};

static const struct network_key counts_keys[] = {
    {.name = "query", .shape = KEY_TEXT, .needed = true},
    {.name = "granularity", .shape = KEY_CHOICE, .otherwise = "hour", .choices = spans},
    {.name = NULL},
};

/* ---- posts ---- */

/* What else comes with posts, each of which X may bill. */
struct expansions {
    bool authors, posts, media;
    struct str unknown;
};

static void take_expansion(void *data, const char *item, size_t length)
{
    struct expansions *x = data;
    struct str name = {item, length};
    x->authors = x->authors || str_is(name, "authors");
    x->posts = x->posts || str_is(name, "posts");
    x->media = x->media || str_is(name, "media");
    if (!str_is(name, "authors") && !str_is(name, "posts") && !str_is(name, "media"))
        x->unknown = name;
}

static void ask_fields(struct poll *p)
{
    struct request *r = &p->request;
    struct expansions x = {0};
    struct buf list = {0};
    conf_list(subject_text(p->subject, "expand"), take_expansion, &x);
    request_query_text(r, "tweet.fields",
                       "id,text,created_at,lang,author_id,conversation_id,entities,public_metrics,"
                       "note_tweet,referenced_tweets,attachments");
    if (x.authors)
        buf_add_text(&list, ",author_id");
    if (x.posts)
        buf_add_text(&list, ",referenced_tweets.id");
    if (x.posts && x.authors)
        buf_add_text(&list, ",referenced_tweets.id.author_id");
    if (x.media)
        buf_add_text(&list, ",attachments.media_keys");
    if (list.len > 0)
        request_query(r, "expansions", str_from(buf_str(&list), 1));
    if (x.authors)
        request_query_text(r, "user.fields", "id,name,username,verified,public_metrics");
    if (x.media)
        request_query_text(r, "media.fields",
                           "media_key,type,url,preview_image_url,variants,alt_text");
    buf_free(&list);
}

/* Up to when everything was read: the newest post, the last poll if that brought none, or
 * where the first one starts. */
static int64_t read_until(const struct poll *p)
{
    int64_t post = tweet_time(cursor_get(p->cursor, "since"));
    int64_t poll = cursor_number(p->cursor, "read", CLOCK_UNKNOWN);
    int64_t start = cursor_number(p->cursor, "start", CLOCK_UNKNOWN);
    int64_t latest = post > poll ? post : poll;
    return latest > start ? latest : start;
}

/* Where reading begins: behind the newest post that was read, or by time where there is
 * none. X refuses an id that is older than it looks back; then by the time up to which
 * all was read, a little before it since posts are found late. */
static void ask_since(struct poll *p)
{
    struct str since = cursor_get(p->cursor, "since");
    int64_t reach = p->now - REACH, newest = tweet_time(since), start;
    if (since.len > 0 && (newest == CLOCK_UNKNOWN || newest >= reach)) {
        request_query(&p->request, "since_id", since);
        return;
    }
    if (since.len > 0)
        start = read_until(p) - LATE;
    else /* the same on every page: X ties its page tokens to the request */
        start = cursor_number(p->cursor, "start", p->now - p->subject->first);
    request_query_time(&p->request, "start_time", start < reach ? reach : start);
}

static int64_t page_size(const struct poll *p)
{
    return p->allowance > PAGE_MAX   ? PAGE_MAX
           : p->allowance < PAGE_MIN ? PAGE_MIN
                                     : (int64_t)p->allowance;
}

static void ask_posts(struct poll *p, const char *token_name)
{
    struct str before = cursor_get(p->cursor, "before");
    struct str oldest = cursor_get(p->cursor, "oldest");
    ask_since(p);
    request_query_number(&p->request, "max_results", page_size(p));
    if (before.len > 0)
        request_query(&p->request, token_name, before);
    else if (oldest.len > 0) /* the token was refused */
        request_query(&p->request, "until_id", oldest);
    ask_fields(p);
    request_bearer(&p->request, p->subject->secret);
}

/* Was a poll broken off? Pages without posts leave no newest one. */
static bool under_way(const struct poll *p)
{
    return cursor_get(p->cursor, "newest").len > 0 || cursor_get(p->cursor, "before").len > 0;
}

/* A poll that was broken off so long ago that X no longer shows the rest of it ends. */
static void end_stale(struct poll *p)
{
    int64_t oldest = tweet_time(cursor_get(p->cursor, "oldest"));
    if (!under_way(p) || oldest == CLOCK_UNKNOWN || oldest >= p->now - REACH)
        return;
    if (read_until(p) != CLOCK_UNKNOWN)
        cursor_set_number(p->cursor, "lost", read_until(p));
    back_page(p, STR(""), STR(""));
}

/* A poll that begins: what X no longer shows is told, and where a first one starts is
 * noted. */
static void begin_posts(struct poll *p)
{
    struct str since = cursor_get(p->cursor, "since");
    int64_t reach = p->now - REACH, read = cursor_number(p->cursor, "lost", read_until(p));
    cursor_set(p->cursor, "lost", STR(""));
    if (since.len == 0 && cursor_get(p->cursor, "start").len == 0)
        cursor_set_number(p->cursor, "start",
                          p->subject->first > REACH ? reach : p->now - p->subject->first);
    else if (read != CLOCK_UNKNOWN && read < reach)
        poll_gap(p, read, reach, "older than X's recent search shows");
}

static struct str meta_text(struct poll *p, struct str page, const char *name)
{
    buf_clear(&p->source->scratch);
    struct str raw = value_member(value_member(page, "meta"), name);
    return value_type(raw) == VALUE_NUMBER ? raw : value_string(raw, &p->source->scratch);
}

/* An answer without data and meta is an error that came with status 200. */
static bool is_page(struct str page, struct err *e)
{
    bool has = value_type(page) == VALUE_OBJECT &&
               (value_type(value_member(page, "meta")) == VALUE_OBJECT ||
                value_type(value_member(page, "data")) == VALUE_ARRAY);
    return has || err_set(e, "the answer is no page of the X API");
}

static bool read_posts(struct poll *p, const struct answer *a, struct err *e)
{
    struct str page = poll_json(a->body, e);
    if (page.ptr == NULL || !is_page(page, e))
        return false;
    p->billed = poll_elements(value_member(page, "data"));
    p->noted += poll_elements(value_member(page, "errors"));
    if (!under_way(p))
        begin_posts(p);
    if (!poll_take(p, page, e))
        return false;
    p->item = ITEM_READ;
    struct str oldest = meta_text(p, page, "oldest_id");
    if (oldest.len > 0)
        cursor_set(p->cursor, "oldest", oldest);
    struct buf newest = {0};
    buf_add_str(&newest, meta_text(p, page, "newest_id"));
    struct str next = meta_text(p, page, "next_token");
    if (poll_circles(p, cursor_get(p->cursor, "before"), next, read_until(p)))
        next = STR("");
    back_page(p, buf_str(&newest), next);
    buf_free(&newest);
    if (cursor_get(p->cursor, "before").len > 0)
        return true;
    cursor_set_number(p->cursor, "read", p->now);
    cursor_set(p->cursor, "tripped", STR(""));
    p->stage = STAGE_END;
    return true;
}

/* A page token of a run before that X no longer takes: go on by the oldest id read. */
static bool mend_token(struct poll *p, const struct answer *a)
{
    if (a->status != 400 || cursor_get(p->cursor, "before").len == 0 ||
        cursor_get(p->cursor, "oldest").len == 0 || p->item == ITEM_READ)
        return false;
    cursor_set(p->cursor, "before", STR(""));
    return true;
}

/* ---- counts ---- */

static int64_t granularity_seconds(const char *name)
{
    return strcmp(name, "minute") == 0 ? MINUTE : strcmp(name, "hour") == 0 ? 3600 : 86400;
}

static void ask_counts(struct poll *p, const char *granularity)
{
    int64_t from = cursor_number(p->cursor, "counted", p->now - REACH);
    struct str token = cursor_get(p->cursor, "counts-before");
    p->unbilled = true;
    request_begin(&p->request, p->subject->base);
    request_path(&p->request, "/2/tweets/counts/recent");
    request_query_text(&p->request, "query", subject_text(p->subject, "query"));
    request_query_text(&p->request, "granularity", granularity);
    if (from < p->now - REACH)
        from = p->now - REACH;
    request_query_time(&p->request, "start_time", from);
    if (token.len > 0)
        request_query(&p->request, "next_token", token);
    request_bearer(&p->request, p->subject->secret);
}

/* A count that can be one. */
static int64_t count_of(struct str raw)
{
    int64_t count = value_integer(raw, 0);
    return count >= 0 && count < INT32_MAX ? count : 0;
}

/* Buckets that are not over yet, or shorter than a whole one, are asked for again: the
 * page without them. Notes where the next poll begins. */
static void write_whole_buckets(struct poll *p, struct str data, int64_t span,
                                struct series *series, struct buf *to, int64_t *end)
{
    struct walk w;
    struct str bucket;
    bool first = true;
    buf_add_text(to, "{\"data\":[");
    walk_begin(&w, data);
    while (walk_next(&w, NULL, &bucket)) {
        int64_t from = date_parse_json(value_member(bucket, "start"));
        int64_t until = date_parse_json(value_member(bucket, "end"));
        if (from == CLOCK_UNKNOWN || until == CLOCK_UNKNOWN || until - from != span ||
            until > p->now || from < cursor_number(p->cursor, "counted", INT64_MIN))
            continue;
        if (!first)
            buf_add_char(to, ',');
        first = false;
        buf_add_str(to, bucket);
        struct str count = value_member(bucket, "tweet_count");
        if (count.ptr == NULL)
            count = value_member(bucket, "post_count");
        if (series != NULL)
            series_add(series, from, count_of(count));
        if (until > *end)
            *end = until;
    }
    buf_add_text(to, "],\"meta\":{}}");
}

static bool read_counts(struct poll *p, const struct answer *a, int64_t span, struct series *series,
                        struct err *e)
{
    struct str page = poll_json(a->body, e);
    if (page.ptr == NULL || !is_page(page, e))
        return false;
    struct buf whole = {0};
    int64_t end = cursor_number(p->cursor, "counted-to", INT64_MIN);
    write_whole_buckets(p, value_member(page, "data"), span, series, &whole, &end);
    bool done = poll_take(p, buf_str(&whole), e);
    buf_free(&whole);
    if (!done)
        return false;
    p->billed = 0;
    struct str next = meta_text(p, page, "next_token");
    cursor_set(p->cursor, "counts-before", next);
    if (end > INT64_MIN)
        cursor_set_number(p->cursor, "counted-to", end);
    if (next.len > 0)
        return true;
    if (end > INT64_MIN)
        cursor_set_number(p->cursor, "counted", end);
    cursor_set(p->cursor, "counted-to", STR(""));
    p->stage = STAGE_POSTS;
    return true;
}

static bool mend_counts(struct poll *p, const struct answer *a)
{
    if (a->status != 400 || cursor_get(p->cursor, "counts-before").len == 0 || p->pages > 0)
        return false;
    cursor_set(p->cursor, "counts-before", STR(""));
    return true;
}

/* ---- search ---- */

static void load_series(const struct poll *p, struct series *s)
{
    series_read(s, cursor_get(p->cursor, "series"), subject_number(p->subject, "window"));
}

/* Counts for the tripwire. */
static bool read_watched_counts(struct poll *p, const struct answer *a, struct err *e)
{
    struct series series;
    struct buf text = {0};
    load_series(p, &series);
    bool done = read_counts(p, a, MINUTE, &series, e);
    if (done) {
        series_trim(&series, p->now);
        series_write(&series, &text);
        cursor_set(p->cursor, "series", buf_str(&text));
    }
    buf_free(&text);
    series_free(&series);
    return done;
}

/* Are posts to be read now: the counts are out of their range, or nobody knows it yet,
 * or posts were not read for long, or a run before failed, or left them? */
static bool must_read(struct poll *p)
{
    struct series series;
    int64_t read = cursor_number(p->cursor, "read", CLOCK_UNKNOWN);
    load_series(p, &series);
    struct tripwire look =
        tripwire_look(&series, p->now, (double)subject_number(p->subject, "sigma"));
    series_free(&series);
    struct buf text = {0};
    if (look.known)
        buf_addf(&text, "%lld of at most %.0f", (long long)look.count, look.most);
    cursor_set(p->cursor, "range", buf_str(&text));
    buf_free(&text);
    bool owed = p->gap || cursor_get(p->cursor, "tripped").len > 0;
    return owed || look.trips || !look.known || read == CLOCK_UNKNOWN ||
           p->now - read >= subject_number(p->subject, "read-every");
}

static enum step search_ask(struct poll *p, struct err *e)
{
    (void)e;
    bool tripwire = subject_is(p->subject, "mode", "tripwire");
    if (p->stage == STAGE_BEGIN)
        p->stage = tripwire ? STAGE_COUNTS : STAGE_POSTS;
    if (p->stage == STAGE_COUNTS) {
        ask_counts(p, "minute");
        return STEP_ASK;
    }
    if (p->stage == STAGE_END)
        return STEP_DONE;
    end_stale(p);
    if (tripwire && p->item == 0 && !under_way(p) && !must_read(p)) {
        p->unread = true;
        return STEP_DONE;
    }
    if (p->item == 0)
        p->item = ITEM_ASKED; /* once begun, all pages are read */
    if (tripwire)
        cursor_set(p->cursor, "tripped", STR("yes")); /* until they are, be it by later runs */
    request_begin(&p->request, p->subject->base);
    request_path(&p->request, "/2/tweets/search/recent");
    request_query_text(&p->request, "query", subject_text(p->subject, "query"));
    ask_posts(p, "next_token");
    return STEP_ASK;
}

static bool search_read(struct poll *p, const struct answer *a, struct err *e)
{
    return p->stage == STAGE_COUNTS ? read_watched_counts(p, a, e) : read_posts(p, a, e);
}

static bool search_mend(struct poll *p, const struct answer *a)
{
    return p->stage == STAGE_COUNTS ? mend_counts(p, a) : mend_token(p, a);
}

static enum step search_refresh(struct poll *p, const struct str *ids, size_t count, struct err *e)
{
    (void)e;
    request_begin(&p->request, p->subject->base);
    request_path(&p->request, "/2/tweets");
    request_query_ids(&p->request, "ids", ids, count);
    ask_fields(p);
    request_bearer(&p->request, p->subject->secret);
    return STEP_ASK;
}

static bool query_check(const struct subject *s, struct err *e)
{
    const char *query = subject_text(s, "query");
    size_t codes = str_codes(str_of(query));
    if (codes > 512)
        return err_set(e, "query has %zu characters; X takes 512", codes);
    return true;
}

static bool expand_check(const struct subject *s, struct err *e)
{
    struct expansions x = {0};
    conf_list(subject_text(s, "expand"), take_expansion, &x);
    return x.unknown.len == 0 || err_set(e, "expand: '%.*s' is none of authors, posts, media",
                                         (int)x.unknown.len, x.unknown.ptr);
}

static bool search_check(const struct subject *s, struct err *e)
{
    if (subject_number(s, "window") < MINUTE)
        return err_set(e, "window is shorter than a minute, by which X counts");
    return expand_check(s, e) && query_check(s, e);
}

const struct network network_x = {
    .kind = "x",
    .what = "X: posts of the last seven days by a query",
    .format = &source_x,
    .base = "https://api.x.com",
    .keys = search_keys,
    .wants_secret = true,
    .paid = true,
    .every = 60,
    .least = PAGE_MIN,
    .check = search_check,
    .ask = search_ask,
    .read = search_read,
    .mend = search_mend,
    .refresh_batch = BATCH,
    .refresh = search_refresh,
};

/* ---- mentions ---- */

static enum step mentions_ask(struct poll *p, struct err *e)
{
    (void)e;
    if (p->stage == STAGE_END)
        return STEP_DONE;
    end_stale(p);
    request_begin(&p->request, p->subject->base);
    request_path(&p->request, "/2/users/");
    request_segment(&p->request, str_of(subject_text(p->subject, "user-id")));
    request_path(&p->request, "/mentions");
    ask_posts(p, "pagination_token");
    return STEP_ASK;
}

const struct network network_x_mentions = {
    .kind = "x-mentions",
    .what = "X: posts that mention an account",
    .format = &source_x,
    .base = "https://api.x.com",
    .keys = mentions_keys,
    .wants_secret = true,
    .paid = true,
    .every = 60,
    .least = PAGE_MIN,
    .check = expand_check,
    .ask = mentions_ask,
    .read = read_posts,
    .mend = mend_token,
    .refresh_batch = BATCH,
    .refresh = search_refresh,
};

/* ---- counts alone ---- */

static enum step counts_ask(struct poll *p, struct err *e)
{
    (void)e;
    if (p->stage == STAGE_POSTS)
        return STEP_DONE;
    p->stage = STAGE_COUNTS;
    ask_counts(p, subject_text(p->subject, "granularity"));
    return STEP_ASK;
}

static bool counts_read(struct poll *p, const struct answer *a, struct err *e)
{
    return read_counts(p, a, granularity_seconds(subject_text(p->subject, "granularity")), NULL, e);
}

const struct network network_x_counts = {
    .kind = "x-counts",
    .what = "X: how many posts match a query, by minute, hour or day",
    .format = &source_x,
    .base = "https://api.x.com",
    .keys = counts_keys,
    .wants_secret = true,
    .every = 300,
    .least = 0,
    .check = query_check,
    .ask = counts_ask,
    .read = counts_read,
    .mend = mend_counts,
};
