/*
 * X, simulated: recent search and counts of it, as API v2 documents them. Members are given
 * where the client asks for them (tweet.fields, post.fields, expansions).
 *     run x posts=FILE [page=10] [spelling=post]   /2/tweets/search/recent, and
 *                                                  /2/users/…/mentions, which has no query
 *     run xcounts counts=FILE [spelling=post]      /2/tweets/counts/recent; lines of FILE are
 *                                                  EPOCH<TAB>COUNT, one a minute
 * spelling=post uses the newer names (referenced_posts, repost_count).
 */
#include "web.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"

/* ---- search ---- */

/* What a search asks for: a range of ids or of times, and which fields. */
struct x_search {
    struct buf since, until, token, fields, expansions;
    int64_t start, end;
    bool newer; /* spelling=post */
};

/* Is a word of a list that is separated by commas? */
static bool list_has(const struct buf *list, const char *word)
{
    struct str rest = buf_str(list);
    while (rest.len > 0)
        if (str_is(str_cut(rest, ',', &rest), word))
            return true;
    return false;
}

static bool x_search_read(struct service *s, struct x_search *x)
{
    struct buf text = {0};
    char *spelling = service_text(s, "spelling");
    x->newer = spelling != NULL && strcmp(spelling, "post") == 0;
    free(spelling);
    size_t query = str_codes(request_value(s->request, "query", &text));
    bool mentions = str_ends(s->request->path, STR("/mentions"));
    struct str next =
        request_value(s->request, mentions ? "pagination_token" : "next_token", &text);
    bool good = next.ptr == NULL || token_read(&x->token, next);
    long results = request_number(s->request, "max_results", 10);
    buf_free(&text);
    form_value(&x->since, s->request->query, "since_id");
    form_value(&x->until, s->request->query, "until_id");
    form_value(&x->expansions, s->request->query, "expansions");
    if (!form_value(&x->fields, s->request->query, "tweet.fields"))
        form_value(&x->fields, s->request->query, "post.fields");
    if (!mentions && (query == 0 || query > 512))
        service_error(s, 400, "query must have 1 to 512 characters");
    else if (results < 10 || results > 100)
        service_error(s, 400, "max_results must be from 10 to 100");
    else if (!good)
        service_error(s, 400, "next_token is none of this search");
    else
        return service_time(s, "start_time", &x->start) && service_time(s, "end_time", &x->end);
    return false;
}

/* Ids go before times where both are given, as documented. */
static bool x_holds(const struct x_search *x, const struct item *item)
{
    if (x->token.len > 0 && id_compare(item->id, buf_str(&x->token)) >= 0)
        return false;
    if (x->since.len > 0 ? id_compare(item->id, buf_str(&x->since)) <= 0
                         : x->start != CLOCK_UNKNOWN && item->time < x->start)
        return false;
    return x->until.len > 0 ? id_compare(item->id, buf_str(&x->until)) < 0
                            : x->end == CLOCK_UNKNOWN || item->time < x->end;
}

static void x_metrics(struct json *j, const struct x_search *x, const struct item *item)
{
    json_key(j, "public_metrics");
    json_open(j, '{');
    member_number(j, x->newer ? "repost_count" : "retweet_count", service_author(item->id));
    member_number(j, "reply_count", 0);
    member_number(j, "like_count", 2);
    member_number(j, "quote_count", 0);
    member_number(j, "bookmark_count", 0);
    member_number(j, "impression_count", 100);
    json_close(j, '}');
}

/* A text that begins with @ answers a post that nobody sees, one with RT repeats it. */
static void x_references(struct json *j, const struct x_search *x, const struct item *item)
{
    bool repeats = str_starts(item->text, STR("RT "));
    if (!repeats && !str_starts(item->text, STR("@")))
        return;
    json_key(j, x->newer ? "referenced_posts" : "referenced_tweets");
    json_open(j, '[');
    json_open(j, '{');
    member_text(j, "type", !repeats ? "replied_to" : x->newer ? "reposted" : "retweeted");
    member_text(j, "id", "1000");
    json_close(j, '}');
    json_close(j, ']');
}

static void x_post(struct json *j, const struct x_search *x, const struct item *item)
{
    json_open(j, '{');
    member_str(j, "id", item->id);
    member_str(j, "text", item->text);
    json_key(j, x->newer ? "edit_history_post_ids" : "edit_history_tweet_ids");
    json_open(j, '[');
    json_str(j, item->id);
    json_close(j, ']');
    if (list_has(&x->fields, "created_at"))
        member_time(j, "created_at", item->time);
    if (list_has(&x->fields, "lang"))
        member_text(j, "lang", "ja");
    if (list_has(&x->fields, "conversation_id"))
        member_str(j, "conversation_id", item->id);
    if (list_has(&x->fields, "public_metrics"))
        x_metrics(j, x, item);
    if (list_has(&x->fields, "referenced_tweets") || list_has(&x->fields, "referenced_posts"))
        x_references(j, x, item);
    if (list_has(&x->fields, "author_id") || list_has(&x->expansions, "author_id")) {
        char author[16];
        snprintf(author, sizeof author, "9%u", service_author(item->id));
        member_text(j, "author_id", author);
    }
    json_close(j, '}');
}

/* The authors that some posts have. */
static void x_users(struct json *j, const struct item *const *items, size_t count)
{
    bool there[8] = {false};
    json_key(j, "includes");
    json_open(j, '{');
    json_key(j, "users");
    json_open(j, '[');
    for (size_t i = 0; i < count; i++) {
        unsigned n = service_author(items[i]->id);
        char id[16], name[16];
        if (there[n])
            continue;
        there[n] = true;
        snprintf(id, sizeof id, "9%u", n);
        snprintf(name, sizeof name, "user%u", n);
        json_open(j, '{');
        member_text(j, "id", id);
        member_text(j, "name", name);
        member_text(j, "username", name);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_close(j, '}');
}

static void x_meta(struct json *j, const struct item *const *items, size_t count, bool more)
{
    json_key(j, "meta");
    json_open(j, '{');
    if (count > 0) {
        member_str(j, "newest_id", items[0]->id);
        member_str(j, "oldest_id", items[count - 1]->id);
    }
    member_number(j, "result_count", (int64_t)count);
    if (more) {
        struct buf token = {0};
        token_add(&token, items[count - 1]->id);
        member_str(j, "next_token", buf_str(&token));
        buf_free(&token);
    }
    json_close(j, '}');
}

static void x_page(struct service *s, const struct x_search *x, const struct posts *posts)
{
    const struct item *items[100];
    size_t count = 0, page = service_page(s, "max_results", 100, 10);
    bool more = false;
    for (size_t i = posts->count; i-- > 0 && !more;)
        if (x_holds(x, &posts->items[i])) {
            more = count == page;
            if (!more)
                items[count++] = &posts->items[i];
        }
    struct json j = service_json(s, 200);
    json_open(&j, '{');
    if (count > 0) {
        json_key(&j, "data");
        json_open(&j, '[');
        for (size_t i = 0; i < count; i++)
            x_post(&j, x, items[i]);
        json_close(&j, ']');
        if (list_has(&x->expansions, "author_id"))
            x_users(&j, items, count);
    }
    x_meta(&j, items, count, more);
    json_close(&j, '}');
    services_serve(count);
}

void serve_x(struct service *s)
{
    struct x_search x = {0};
    const struct posts *posts = service_posts(s, "posts", BY_ID);
    if (posts != NULL && service_admits(s, "x-rate-limit-", false) && x_search_read(s, &x))
        x_page(s, &x, posts);
    buf_free(&x.since);
    buf_free(&x.until);
    buf_free(&x.token);
    buf_free(&x.fields);
    buf_free(&x.expansions);
}

/* ---- counts ---- */

static int64_t count_between(const struct posts *counts, int64_t start, int64_t end)
{
    int64_t sum = 0;
    for (size_t i = 0; i < counts->count; i++)
        if (counts->items[i].time >= start && counts->items[i].time < end)
            sum += strtoll(counts->items[i].text.ptr, NULL, 10);
    return sum;
}

/* Buckets end at whole minutes, hours, days; the first and last may be cut. */
static void write_counts(struct service *s, const struct posts *counts, int64_t range[2],
                         int64_t step)
{
    char *spelling = service_text(s, "spelling");
    bool newer = spelling != NULL && strcmp(spelling, "post") == 0;
    int64_t total = 0;
    free(spelling);
    struct json j = service_json(s, 200);
    json_open(&j, '{');
    json_key(&j, "data");
    json_open(&j, '[');
    for (int64_t at = range[0]; at < range[1];) {
        int64_t end = at - at % step + step;
        if (end > range[1])
            end = range[1];
        int64_t count = count_between(counts, at, end);
        total += count;
        json_open(&j, '{');
        member_time(&j, "start", at);
        member_time(&j, "end", end);
        member_number(&j, newer ? "post_count" : "tweet_count", count);
        json_close(&j, '}');
        at = end;
    }
    json_close(&j, ']');
    json_key(&j, "meta");
    json_open(&j, '{');
    member_number(&j, newer ? "total_post_count" : "total_tweet_count", total);
    json_close(&j, '}');
    json_close(&j, '}');
}

void serve_xcounts(struct service *s)
{
    const struct posts *counts = service_posts(s, "counts", BY_PLACE_TWO);
    int64_t range[2], step = 3600;
    struct buf text = {0};
    if (counts == NULL || !service_admits(s, "x-rate-limit-", false) ||
        !service_time(s, "start_time", &range[0]) || !service_time(s, "end_time", &range[1]))
        return;
    for (size_t i = 0; i < counts->count; i++) {
        int64_t time = counts->items[i].time;
        if (range[0] == CLOCK_UNKNOWN)
            range[0] = time;
        if (i + 1 == counts->count && range[1] == CLOCK_UNKNOWN)
            range[1] = time + 60;
    }
    if (range[0] == CLOCK_UNKNOWN || range[1] == CLOCK_UNKNOWN)
        range[0] = range[1] = 0; /* nothing was counted */
    struct str granularity = request_value(s->request, "granularity", &text);
    if (str_is(granularity, "minute"))
        step = 60;
    else if (str_is(granularity, "day"))
        step = 86400;
    if (range[1] - range[0] > 31 * 86400 || range[1] < range[0])
        service_error(s, 400, "start_time and end_time are no range of up to 31 days");
    else
        write_counts(s, counts, range, step);
    buf_free(&text);
}
