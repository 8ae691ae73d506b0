/*
 * Simulated services with sessions: a client must get a token first, and tokens die.
 *     run bluesky posts=FILE [page=10] [life=N] [password=P]
 *         one rule for all of /xrpc/: searchPosts, createSession, refreshSession
 *     run reddit posts=FILE [page=10] [life=N] [password=P]
 *         /api/v1/access_token and …search or …search.json
 * A token is good for `life` searches (without: for ever). password= is what the client must
 * give (for Reddit the secret of its Basic authorization, in base64 with the id before it);
 * without it any will do. Sessions outlive changes of the script, not the server.
 */
#include "web.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "record/scan.h"
#include "record/value.h"

struct session {
    char access[48], refresh[48];
    long uses;
    bool over; /* replaced by a newer one */
};

static struct session *sessions;
static size_t session_count, session_capacity;

static struct session *session_new(void)
{
    MEM_GROW(sessions, session_count, session_capacity);
    struct session *s = &sessions[session_count++];
    *s = (struct session){.uses = 0};
    unsigned long long salt = hash_bytes(STR("token"), session_count);
    snprintf(s->access, sizeof s->access, "access.%zu.%llx", session_count, salt);
    snprintf(s->refresh, sizeof s->refresh, "refresh.%zu.%llx", session_count, salt);
    return s;
}

/* The session whose token the request bears; NULL for none. */
static struct session *session_of(const struct service *s, bool refresh)
{
    struct str said = request_header(s->request, "authorization");
    if (!str_starts(said, STR("Bearer ")))
        return NULL;
    said = str_from(said, strlen("Bearer "));
    for (size_t i = 0; i < session_count; i++)
        if (str_is(said, refresh ? sessions[i].refresh : sessions[i].access))
            return &sessions[i];
    return NULL;
}

/* ---- Bluesky ---- */

static void bluesky_error(struct service *s, int status, const char *error, const char *message)
{
    struct json j = service_json(s, status);
    json_open(&j, '{');
    member_text(&j, "error", error);
    member_text(&j, "message", message);
    json_close(&j, '}');
}

static void bluesky_session(struct service *s)
{
    const struct session *session = session_new();
    struct json j = service_json(s, 200);
    json_open(&j, '{');
    member_text(&j, "accessJwt", session->access);
    member_text(&j, "refreshJwt", session->refresh);
    member_text(&j, "handle", "tester.example");
    member_text(&j, "did", "did:plc:tester");
    json_close(&j, '}');
}

static void bluesky_create(struct service *s)
{
    struct str body = s->request->body;
    struct scan_error e;
    size_t used;
    if (!json_scan(body, &used, &e)) {
        bluesky_error(s, 400, "InvalidRequest", "the body is no JSON");
        return;
    }
    struct buf given = {0};
    char *password = service_text(s, "password");
    value_add_string(&given, value_member(body, "password"));
    bool right = value_type(value_member(body, "identifier")) == VALUE_STRING &&
                 (password != NULL ? str_is(buf_str(&given), password) : given.len > 0);
    free(password);
    buf_free(&given);
    if (right)
        bluesky_session(s);
    else
        bluesky_error(s, 401, "AuthenticationRequired", "Invalid identifier or password");
}

static void bluesky_refresh(struct service *s)
{
    struct session *session = session_of(s, true);
    if (session == NULL) {
        bluesky_error(s, 401, "InvalidToken", "Token could not be verified");
    } else if (session->over) {
        bluesky_error(s, 400, "ExpiredToken", "Token has been revoked");
    } else {
        session->over = true;
        bluesky_session(s);
    }
}

/* Takes one use of the access token; false, with the answer made, where it is no good. */
static bool bluesky_admits(struct service *s)
{
    struct session *session = session_of(s, false);
    long life = service_number(s, "life", -1);
    if (request_header(s->request, "authorization").ptr == NULL)
        bluesky_error(s, 401, "AuthMissing", "Authentication Required");
    else if (session == NULL)
        bluesky_error(s, 401, "InvalidToken", "Token could not be verified");
    else if (session->over || (life >= 0 && session->uses >= life))
        bluesky_error(s, 400, "ExpiredToken", "Token has expired");
    else
        return ++session->uses > 0;
    return false;
}

static void bluesky_post(struct json *j, const struct item *item)
{
    struct buf text = {0};
    json_open(j, '{');
    buf_add_text(&text, "at://did:plc:tester/app.bsky.feed.post/");
    buf_add_str(&text, item->id);
    member_str(j, "uri", buf_str(&text));
    buf_clear(&text);
    buf_addf(&text, "bafy%016llx", (unsigned long long)hash_bytes(item->id, 1));
    member_str(j, "cid", buf_str(&text));
    buf_free(&text);
    json_key(j, "author");
    json_open(j, '{');
    member_text(j, "did", "did:plc:tester");
    member_text(j, "handle", "tester.example");
    member_text(j, "displayName", "Tester");
    json_close(j, '}');
    json_key(j, "record");
    json_open(j, '{');
    member_text(j, "$type", "app.bsky.feed.post");
    member_str(j, "text", item->text);
    member_time(j, "createdAt", item->time);
    json_key(j, "langs");
    json_open(j, '[');
    json_text(j, "ja");
    json_close(j, ']');
    json_close(j, '}');
    member_number(j, "replyCount", 0);
    member_number(j, "repostCount", 1);
    member_number(j, "likeCount", 2);
    member_number(j, "quoteCount", 0);
    member_time(j, "indexedAt", item->time);
    json_close(j, '}');
}

/* A bound of the search, `otherwise` where it is not given or no time. */
static int64_t bluesky_bound(const struct service *s, const char *name, int64_t otherwise)
{
    struct buf text = {0};
    int64_t time;
    if (!clock_parse(request_value(s->request, name, &text), &time))
        time = otherwise;
    buf_free(&text);
    return time;
}

static void bluesky_search(struct service *s, const struct posts *posts)
{
    int64_t since = bluesky_bound(s, "since", INT64_MIN);
    int64_t until = bluesky_bound(s, "until", INT64_MAX);
    long cursor = request_number(s->request, "cursor", 0);
    size_t page = service_page(s, "limit", 100, 25), count = 0, met = 0;
    struct json j = service_json(s, 200);
    json_open(&j, '{');
    json_key(&j, "posts");
    json_open(&j, '[');
    for (size_t i = posts->count; i-- > 0;) {
        const struct item *item = &posts->items[i];
        if (item->time < since || item->time >= until || (long)met++ < cursor || count == page)
            continue;
        bluesky_post(&j, item);
        count++;
    }
    json_close(&j, ']');
    if ((long)met > cursor + (long)count) {
        char next[24];
        snprintf(next, sizeof next, "%ld", cursor + (long)count);
        member_text(&j, "cursor", next);
    }
    member_number(&j, "hitsTotal", (int64_t)met);
    json_close(&j, '}');
    services_serve(count);
}

void serve_bluesky(struct service *s)
{
    struct str path = s->request->path;
    struct buf query = {0};
    const struct posts *posts = service_posts(s, "posts", BY_TIME);
    long limit = request_number(s->request, "limit", 25);
    if (posts == NULL)
        return;
    bool posting = str_is(s->request->method, "POST");
    if (str_ends(path, STR("/com.atproto.server.createSession")) && posting)
        bluesky_create(s);
    else if (str_ends(path, STR("/com.atproto.server.refreshSession")) && posting)
        bluesky_refresh(s);
    else if (!str_ends(path, STR("/app.bsky.feed.searchPosts")))
        bluesky_error(s, 501, "MethodNotImplemented", "Method Not Implemented");
    else if (!bluesky_admits(s))
        ;
    else if (limit < 1 || limit > 100 || request_number(s->request, "cursor", 0) < 0 ||
             request_value(s->request, "q", &query).len == 0)
        bluesky_error(s, 400, "InvalidRequest", "q, limit or cursor is wrong");
    else
        bluesky_search(s, posts);
    buf_free(&query);
}

/* ---- Reddit ---- */

static void reddit_token(struct service *s)
{
    struct str said = request_header(s->request, "authorization");
    char *password = service_text(s, "password");
    bool right = str_starts(said, STR("Basic ")) &&
                 (password == NULL || str_is(str_from(said, strlen("Basic ")), password));
    struct buf grant = {0};
    free(password);
    if (!right) {
        service_error(s, 401, "Unauthorized");
    } else if (!form_value(&grant, s->request->body, "grant_type")) {
        service_error(s, 400, "unsupported_grant_type");
    } else {
        struct json j = service_json(s, 200);
        json_open(&j, '{');
        member_text(&j, "access_token", session_new()->access);
        member_text(&j, "token_type", "bearer");
        member_number(&j, "expires_in", 3600);
        member_text(&j, "scope", "*");
        json_close(&j, '}');
    }
    buf_free(&grant);
}

/* The id in base 36, as Reddit writes numbers; what is no number stays. */
static void add_base36(struct buf *to, struct str id)
{
    char *text = mem_string(id), *stop, digits[16];
    unsigned long long number = strtoull(text, &stop, 10);
    size_t at = sizeof digits;
    do {
        digits[--at] = "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36];
        number /= 36;
    } while (number > 0);
    if (*stop == '\0')
        buf_add(to, digits + at, sizeof digits - at);
    else
        buf_add_str(to, id);
    free(text);
}

static void reddit_post(struct json *j, const struct item *item)
{
    struct buf name = {0}, link = {0};
    buf_add_text(&name, "t3_");
    add_base36(&name, item->id);
    struct str id = str_from(buf_str(&name), 3);
    buf_addf(&link, "/r/test/comments/%.*s/", (int)id.len, id.ptr);
    json_open(j, '{');
    member_text(j, "kind", "t3");
    json_key(j, "data");
    json_open(j, '{');
    member_str(j, "id", id);
    member_str(j, "name", buf_str(&name));
    member_str(j, "title", item->text);
    member_text(j, "selftext", "");
    member_text(j, "author", "tester");
    member_text(j, "subreddit", "test");
    json_key(j, "created_utc");
    json_number(j, (double)item->time, 1);
    member_str(j, "permalink", buf_str(&link));
    member_number(j, "score", 3);
    member_number(j, "num_comments", 1);
    json_close(j, '}');
    json_close(j, '}');
    buf_free(&name);
    buf_free(&link);
}

/* The place of the post with a full name, counted from the oldest; all of them without. */
static size_t reddit_place(const struct service *s, const struct posts *posts)
{
    struct buf after = {0}, name = {0};
    size_t at = posts->count;
    if (request_value(s->request, "after", &after).len > 0)
        for (at = posts->count; at-- > 0;) {
            buf_clear(&name);
            buf_add_text(&name, "t3_");
            add_base36(&name, posts->items[at].id);
            if (str_equal(buf_str(&name), buf_str(&after)))
                break;
        }
    buf_free(&after);
    buf_free(&name);
    return at == SIZE_MAX ? 0 : at; /* nothing comes after a post that is not known */
}

static void reddit_listing(struct service *s, const struct posts *posts)
{
    size_t at = reddit_place(s, posts), page = service_page(s, "limit", 100, 25), count = 0;
    struct buf after = {0};
    struct json j = service_json(s, 200);
    json_open(&j, '{');
    member_text(&j, "kind", "Listing");
    json_key(&j, "data");
    json_open(&j, '{');
    json_key(&j, "children");
    json_open(&j, '[');
    for (; at > 0 && count < page; count++)
        reddit_post(&j, &posts->items[--at]);
    json_close(&j, ']');
    member_number(&j, "dist", (int64_t)count);
    json_key(&j, "after");
    if (at > 0) {
        buf_add_text(&after, "t3_");
        add_base36(&after, posts->items[at].id);
        json_str(&j, buf_str(&after));
    } else {
        json_null(&j);
    }
    json_close(&j, '}');
    json_close(&j, '}');
    buf_free(&after);
    services_serve(count);
}

/* Reddit counts by ten minutes; so does this, whatever the client. */
static bool reddit_admits(struct service *s)
{
    static int64_t window;
    static long used;
    int64_t now = clock_now();
    struct session *session = session_of(s, false);
    long life = service_number(s, "life", -1), limit = service_number(s, "limit", 600);
    if (session == NULL || (life >= 0 && session->uses >= life)) {
        service_error(s, 401, "Unauthorized");
        return false;
    }
    session->uses++;
    if (now - window >= service_number(s, "window", 600)) {
        window = now;
        used = 0;
    }
    bool admitted = used < limit;
    used += admitted;
    answer_header(s->answer, "x-ratelimit-used", "%ld", used);
    answer_header(s->answer, "x-ratelimit-remaining", "%ld.0", limit - used);
    answer_header(s->answer, "x-ratelimit-reset", "%lld",
                  (long long)(window + service_number(s, "window", 600) - now));
    if (!admitted)
        service_error(s, 429, "Too Many Requests");
    return admitted;
}

void serve_reddit(struct service *s)
{
    struct str path = s->request->path;
    const struct posts *posts = service_posts(s, "posts", BY_TIME);
    if (posts == NULL)
        return;
    if (str_ends(path, STR("/api/v1/access_token")))
        reddit_token(s);
    else if (!str_ends(path, STR("/search")) && !str_ends(path, STR("/search.json")))
        service_error(s, 404, "Not Found");
    else if (reddit_admits(s))
        reddit_listing(s, posts);
}
