/*
 * Services as a fetching program meets them, simulated over files of posts: enough of each
 * to tell whether a client pages rightly, keeps its place and obeys limits. With state, so
 * that a client may be killed and begun again. Written after the public documentation of
 * each service.
 *
 * A file of posts has lines ID<TAB>EPOCH<TAB>TEXT; a test may add lines at any time.
 * page=N is the most that one answer holds; token=T asks for `Authorization: Bearer T`;
 * limit=N window=S allow N requests in S seconds (by default what the service allows).
 *     run mastodon posts=FILE [page=5]                /api/v1/timelines/tag/TAG
 *     run youtube posts=FILE [page=5]                 …/commentThreads and …/comments; posts
 *                                                     with the id PARENT.ID are replies
 *     run feed items=FILE [last=20]                   RSS 2.0 of the last lines
 * More are in tests/web-x.c (x, xcounts) and tests/web-session.c (bluesky, reddit).
 */
#include "web.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "source/date.h"

static long served;

long services_served(void)
{
    return served;
}

void services_serve(size_t posts)
{
    served += (long)posts;
}

/* ---- what all share ---- */

char *service_text(const struct service *s, const char *key)
{
    struct str rest = str_of(s->arguments);
    while (rest.len > 0) {
        struct str value, name = str_cut(str_cut(rest, ' ', &rest), '=', &value);
        if (str_is(name, key))
            return mem_string(value);
    }
    return NULL;
}

long service_number(const struct service *s, const char *key, long otherwise)
{
    char *text = service_text(s, key);
    long number = text != NULL ? strtol(text, NULL, 10) : otherwise;
    free(text);
    return number;
}

const struct posts *service_posts(struct service *s, const char *key, enum order order)
{
    struct err e;
    char *name = service_text(s, key);
    if (name == NULL) {
        service_error(s, 500, "the script does not say %s=", key);
        return NULL;
    }
    char *path = script_path(s->rule->script, name);
    const struct posts *posts = posts_of(path, order, &e);
    if (posts == NULL)
        service_error(s, 500, "%s", e.text);
    free(path);
    free(name);
    return posts;
}

size_t service_page(const struct service *s, const char *name, long max, long otherwise)
{
    long wanted = request_number(s->request, name, otherwise);
    long page = service_number(s, "page", max);
    if (wanted > max)
        wanted = max;
    return (size_t)(wanted < 1 ? 1 : wanted < page ? wanted : page);
}

struct json service_json(struct service *s, int status)
{
    s->answer->status = status;
    buf_clear(&s->answer->body);
    answer_header(s->answer, "Content-Type", "application/json; charset=utf-8");
    return (struct json){&s->answer->body, false};
}

void service_error(struct service *s, int status, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    struct json j = service_json(s, status);
    json_open(&j, '{');
    member_text(&j, "title", status_text(status));
    member_text(&j, "error", text);
    member_text(&j, "detail", text);
    member_text(&j, "type", "about:blank");
    member_number(&j, "status", status);
    json_close(&j, '}');
}

void member_text(struct json *j, const char *name, const char *text)
{
    json_key(j, name);
    json_text(j, text);
}

void member_str(struct json *j, const char *name, struct str text)
{
    json_key(j, name);
    json_str(j, text);
}

void member_number(struct json *j, const char *name, int64_t number)
{
    json_key(j, name);
    json_integer(j, number);
}

void member_time(struct json *j, const char *name, int64_t time)
{
    struct buf text = {0};
    clock_format(&text, time);
    text.len--; /* the Z */
    buf_add_text(&text, ".000Z");
    member_str(j, name, buf_str(&text));
    buf_free(&text);
}

void token_add(struct buf *to, struct str place)
{
    for (size_t i = 0; i < place.len; i++)
        buf_addf(to, "%02x", (unsigned char)place.ptr[i] ^ 0x5au);
}

bool token_read(struct buf *to, struct str token)
{
    for (size_t i = 0; i + 1 < token.len; i += 2) {
        char digits[3] = {token.ptr[i], token.ptr[i + 1], '\0'}, *stop;
        buf_add_char(to, (char)(strtoul(digits, &stop, 16) ^ 0x5au));
        if (*stop != '\0')
            return false;
    }
    return token.len > 0 && token.len % 2 == 0;
}

unsigned service_author(struct str id)
{
    return (unsigned)(hash_bytes(id, 0) % 7) + 1;
}

/* Requests of a rule's service are counted by windows. */
struct window {
    char *run;
    int64_t ends;
    long used;
};

/* Counts a request; how many are left, -1 when it was one too many. */
static long take_turn(const struct service *s, long limit, int64_t *ends)
{
    static struct window *windows;
    static size_t count, capacity;
    struct window *w = NULL;
    for (size_t i = 0; i < count; i++)
        if (strcmp(windows[i].run, s->arguments) == 0)
            w = &windows[i];
    if (w == NULL) {
        MEM_GROW(windows, count, capacity);
        w = &windows[count++];
        *w = (struct window){.run = mem_string(str_of(s->arguments))};
    }
    if (w->ends <= clock_now())
        *w = (struct window){w->run, clock_now() + service_number(s, "window", 900), 0};
    *ends = w->ends;
    return w->used < limit ? limit - ++w->used : -1;
}

bool service_admits(struct service *s, const char *prefix, bool date)
{
    char *token = service_text(s, "token");
    struct str said = request_header(s->request, "authorization");
    bool right = token == NULL || (str_starts(said, STR("Bearer ")) &&
                                   str_is(str_from(said, strlen("Bearer ")), token));
    free(token);
    if (!right) {
        service_error(s, 401, "Unauthorized");
        return false;
    }
    int64_t ends;
    long limit = service_number(s, "limit", 450), left = take_turn(s, limit, &ends);
    struct buf reset = {0};
    if (date)
        clock_format(&reset, ends);
    else
        buf_addf(&reset, "%lld", (long long)ends);
    buf_addf(&s->answer->head, "%slimit: %ld\r\n%sremaining: %ld\r\n%sreset: %s\r\n", prefix, limit,
             prefix, left < 0 ? 0 : left, prefix, buf_text(&reset));
    buf_free(&reset);
    if (left < 0)
        service_error(s, 429, "Too Many Requests");
    return left >= 0;
}

bool service_time(struct service *s, const char *name, int64_t *time)
{
    struct buf text = {0};
    struct str value = request_value(s->request, name, &text);
    *time = CLOCK_UNKNOWN;
    bool good = value.ptr == NULL || clock_parse(value, time);
    buf_free(&text);
    if (!good)
        service_error(s, 400, "%s is no time", name);
    return good;
}

/* ---- Mastodon ---- */

static void add_markup(struct buf *to, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '<' || c == '>' || c == '&')
            buf_add_text(to, c == '<' ? "&lt;" : c == '>' ? "&gt;" : "&amp;");
        else
            buf_add_char(to, c);
    }
}

static void mastodon_status(struct json *j, const struct item *item, unsigned port)
{
    struct buf text = {0};
    unsigned author = service_author(item->id);
    json_open(j, '{');
    member_str(j, "id", item->id);
    member_time(j, "created_at", item->time);
    buf_addf(&text, "http://127.0.0.1:%u/users/user%u/statuses/", port, author);
    buf_add_str(&text, item->id);
    member_str(j, "uri", buf_str(&text));
    buf_clear(&text);
    buf_addf(&text, "http://127.0.0.1:%u/@user%u/", port, author);
    buf_add_str(&text, item->id);
    member_str(j, "url", buf_str(&text));
    buf_clear(&text);
    buf_add_text(&text, "<p>");
    add_markup(&text, item->text);
    buf_add_text(&text, "</p>");
    member_str(j, "content", buf_str(&text));
    json_key(j, "account");
    json_open(j, '{');
    buf_clear(&text);
    buf_addf(&text, "user%u", author);
    member_str(j, "id", str_from(buf_str(&text), 4));
    member_str(j, "username", buf_str(&text));
    member_str(j, "acct", buf_str(&text));
    member_str(j, "display_name", buf_str(&text));
    json_close(j, '}');
    member_text(j, "language", "ja");
    member_text(j, "visibility", "public");
    member_number(j, "reblogs_count", author);
    member_number(j, "favourites_count", 2);
    member_number(j, "replies_count", 0);
    json_close(j, '}');
    buf_free(&text);
}

/* A link to a page beside this one: the request with its place changed. */
static void mastodon_link(struct service *s, struct buf *to, const char *name, struct str id,
                          const char *relation)
{
    struct str rest = s->request->query;
    buf_addf(to, "%s<http://127.0.0.1:%u", to->len > 0 ? ", " : "", s->port);
    buf_add_str(to, s->request->path);
    buf_add_char(to, '?');
    while (rest.len > 0) {
        struct str pair = str_cut(rest, '&', &rest);
        if (str_starts(pair, STR("min_id=")) || str_starts(pair, STR("max_id=")) ||
            str_starts(pair, STR("since_id=")))
            continue;
        buf_add_str(to, pair);
        buf_add_char(to, '&');
    }
    buf_addf(to, "%s=%.*s>; rel=\"%s\"", name, (int)id.len, id.ptr, relation);
}

/* The place of the first post above an id. */
static size_t place_above(const struct posts *posts, const struct buf *id)
{
    size_t at = 0;
    while (at < posts->count && id_compare(posts->items[at].id, buf_str(id)) <= 0)
        at++;
    return at;
}

/* min_id takes what is just above it, since_id the newest of what is above it. */
static void mastodon_range(struct service *s, const struct posts *posts, size_t *from, size_t *to)
{
    struct buf id = {0};
    size_t page = service_page(s, "limit", 40, 20);
    *from = 0;
    *to = posts->count;
    if (request_value(s->request, "max_id", &id).len > 0) {
        *to = place_above(posts, &id);
        if (*to > 0 && str_equal(posts->items[*to - 1].id, buf_str(&id)))
            --*to;
    }
    if (request_value(s->request, "since_id", &id).len > 0)
        *from = place_above(posts, &id);
    if (request_value(s->request, "min_id", &id).len > 0) {
        *from = place_above(posts, &id);
        if (*to > *from + page)
            *to = *from + page;
    }
    if (*from > *to)
        *from = *to;
    if (*to - *from > page)
        *from = *to - page;
    buf_free(&id);
}

static void serve_mastodon(struct service *s)
{
    struct buf links = {0};
    const struct posts *posts = service_posts(s, "posts", BY_ID);
    size_t from, to;
    if (posts == NULL || !service_admits(s, "X-RateLimit-", true))
        return;
    mastodon_range(s, posts, &from, &to);
    struct json j = service_json(s, 200);
    json_open(&j, '[');
    for (size_t i = to; i-- > from;)
        mastodon_status(&j, &posts->items[i], s->port);
    json_close(&j, ']');
    services_serve(to - from);
    if (to > from && to - from == service_page(s, "limit", 40, 20))
        mastodon_link(s, &links, "max_id", posts->items[from].id, "next");
    if (to > from) {
        mastodon_link(s, &links, "min_id", posts->items[to - 1].id, "prev");
        buf_addf(&s->answer->head, "Link: %s\r\n", buf_text(&links));
    }
    buf_free(&links);
}

/* ---- YouTube ---- */

/* The id of the comment that this one answers; empty for one at the top. */
static struct str parent_of(const struct item *item)
{
    struct str rest, parent = str_cut(item->id, '.', &rest);
    return rest.len > 0 ? parent : (struct str){"", 0};
}

static void youtube_comment(struct json *j, const struct item *item)
{
    char author[16];
    struct str parent = parent_of(item);
    snprintf(author, sizeof author, "user%u", service_author(item->id));
    json_open(j, '{');
    member_text(j, "kind", "youtube#comment");
    member_str(j, "id", item->id);
    json_key(j, "snippet");
    json_open(j, '{');
    member_text(j, "videoId", "video1");
    member_str(j, "textDisplay", item->text);
    member_str(j, "textOriginal", item->text);
    member_text(j, "authorDisplayName", author);
    json_key(j, "authorChannelId");
    json_open(j, '{');
    member_text(j, "value", author);
    json_close(j, '}');
    if (parent.len > 0)
        member_str(j, "parentId", parent);
    member_number(j, "likeCount", 2);
    member_time(j, "publishedAt", item->time);
    member_time(j, "updatedAt", item->time);
    json_close(j, '}');
    json_close(j, '}');
}

/* A thread shows up to two of its replies; the rest are asked for by `comments`. */
static void youtube_thread(struct json *j, const struct posts *posts, const struct item *item)
{
    const struct item *shown[2];
    size_t replies = 0;
    for (size_t i = posts->count; i-- > 0;)
        if (str_equal(parent_of(&posts->items[i]), item->id)) {
            if (replies < 2)
                shown[replies] = &posts->items[i];
            replies++;
        }
    json_open(j, '{');
    member_text(j, "kind", "youtube#commentThread");
    member_str(j, "id", item->id);
    json_key(j, "snippet");
    json_open(j, '{');
    member_text(j, "videoId", "video1");
    json_key(j, "topLevelComment");
    youtube_comment(j, item);
    member_number(j, "totalReplyCount", (int64_t)replies);
    json_close(j, '}');
    if (replies > 0) {
        json_key(j, "replies");
        json_open(j, '{');
        json_key(j, "comments");
        json_open(j, '[');
        for (size_t i = 0; i < replies && i < 2; i++)
            youtube_comment(j, shown[i]);
        json_close(j, ']');
        json_close(j, '}');
    }
    json_close(j, '}');
}

/* Where to go on: behind the post that the token names, from the newest down. False for a
 * token that names none. */
static bool youtube_place(struct service *s, const struct posts *posts, size_t *at)
{
    struct buf token = {0}, id = {0};
    struct str said = request_value(s->request, "pageToken", &token);
    bool found = said.len == 0;
    *at = posts->count;
    if (!found && token_read(&id, said))
        for (size_t i = 0; i < posts->count && !found; i++)
            if (str_equal(posts->items[i].id, buf_str(&id))) {
                found = true;
                *at = i;
            }
    buf_free(&token);
    buf_free(&id);
    return found;
}

/* Writes the items of a page under one parent (empty: the threads). */
static void youtube_page(struct service *s, const struct posts *posts, size_t at, struct str parent)
{
    size_t count = 0, page = service_page(s, "maxResults", 100, 20);
    const struct item *last = NULL;
    struct json j = service_json(s, 200);
    json_open(&j, '{');
    member_text(&j, "kind",
                parent.len > 0 ? "youtube#commentListResponse"
                               : "youtube#commentThreadListResponse");
    json_key(&j, "items");
    json_open(&j, '[');
    for (; at-- > 0;) {
        const struct item *item = &posts->items[at];
        if (!str_equal(parent_of(item), parent))
            continue;
        if (count == page)
            break;
        if (parent.len > 0)
            youtube_comment(&j, item);
        else
            youtube_thread(&j, posts, item);
        count++;
        last = item;
    }
    json_close(&j, ']');
    if (at != SIZE_MAX) { /* the loop has met one more */
        struct buf token = {0};
        token_add(&token, last->id);
        member_str(&j, "nextPageToken", buf_str(&token));
        buf_free(&token);
    }
    json_close(&j, '}');
    services_serve(count);
}

static void serve_youtube(struct service *s)
{
    struct buf parent = {0}, scope = {0};
    const struct posts *posts = service_posts(s, "posts", BY_TIME);
    bool threads = str_ends(s->request->path, STR("/commentThreads"));
    const struct str query = s->request->query;
    bool scoped = threads ? form_value(&scope, query, "videoId") ||
                                form_value(&scope, query, "allThreadsRelatedToChannelId") ||
                                form_value(&scope, query, "id")
                          : form_value(&parent, query, "parentId");
    size_t at;
    if (posts == NULL || !service_admits(s, "x-quota-", false))
        ;
    else if (!form_value(&scope, query, "key") &&
             request_header(s->request, "authorization").ptr == NULL &&
             request_header(s->request, "x-goog-api-key").ptr == NULL)
        service_error(s, 403, "missing key");
    else if (!scoped)
        service_error(s, 400, "missingRequiredParameter");
    else if (!youtube_place(s, posts, &at))
        service_error(s, 400, "invalidPageToken");
    else
        youtube_page(s, posts, at, buf_str(&parent));
    buf_free(&parent);
    buf_free(&scope);
}

/* ---- feeds ---- */

static void feed_item(struct buf *to, const struct item *item, unsigned port)
{
    buf_add_text(to, "<item><title>");
    add_markup(to, item->text);
    buf_addf(to, "</title><link>http://127.0.0.1:%u/item/", port);
    add_markup(to, item->id);
    buf_add_text(to, "</link><guid isPermaLink=\"false\">");
    add_markup(to, item->id);
    buf_add_text(to, "</guid><pubDate>");
    http_date(to, item->time);
    buf_add_text(to, "</pubDate></item>\n");
}

/* Has the client this version? If-None-Match goes first (RFC 9110, 13.2.2). */
static bool feed_is_known(const struct service *s, const char *tag, int64_t changed)
{
    struct str tags = request_header(s->request, "if-none-match");
    struct str since = request_header(s->request, "if-modified-since");
    if (tags.ptr != NULL)
        return str_find(tags, str_of(tag)) >= 0 || str_is(tags, "*");
    int64_t time = since.ptr != NULL ? date_parse(since) : CLOCK_UNKNOWN;
    return time != CLOCK_UNKNOWN && changed <= time;
}

static void serve_feed(struct service *s)
{
    const struct posts *posts = service_posts(s, "items", BY_PLACE);
    struct buf *body = &s->answer->body, date = {0};
    char tag[32];
    if (posts == NULL)
        return;
    long last = service_number(s, "last", 20);
    size_t from = (size_t)last < posts->count ? posts->count - (size_t)last : 0;
    buf_addf(body,
             "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\"><channel>"
             "<title>Feed</title><link>http://127.0.0.1:%u/</link>\n",
             s->port);
    for (size_t i = posts->count; i-- > from;)
        feed_item(body, &posts->items[i], s->port);
    buf_add_text(body, "</channel></rss>\n");
    snprintf(tag, sizeof tag, "\"%016llx\"", (unsigned long long)hash_bytes(buf_str(body), 0));
    answer_header(s->answer, "ETag", "%s", tag);
    http_date(&date, (int64_t)posts->version.time.tv_sec);
    answer_header(s->answer, "Last-Modified", "%s", buf_text(&date));
    buf_free(&date);
    if (feed_is_known(s, tag, (int64_t)posts->version.time.tv_sec)) {
        s->answer->status = 304;
        buf_clear(body);
    } else {
        answer_header(s->answer, "Content-Type", "application/rss+xml; charset=utf-8");
        services_serve(posts->count - from);
    }
}

/* ---- by name ---- */

static const struct {
    const char *name;
    void (*serve)(struct service *s);
} services[] = {
    {"x", serve_x},
    {"xcounts", serve_xcounts},
    {"mastodon", serve_mastodon},
    {"youtube", serve_youtube},
    {"feed", serve_feed},
    {"bluesky", serve_bluesky},
    {"reddit", serve_reddit},
};

#define SERVICES (sizeof services / sizeof *services)

static size_t service_find(const char *run)
{
    struct str rest, name = str_cut(str_of(run), ' ', &rest);
    size_t i = 0;
    while (i < SERVICES && !str_is(name, services[i].name))
        i++;
    return i;
}

bool service_known(const char *run)
{
    return service_find(run) < SERVICES;
}

void service_run(const struct rule *rule, const char *run, const struct request *r, unsigned port,
                 struct answer *a)
{
    struct service s = {rule, run, r, port, a};
    services[service_find(run)].serve(&s);
}
