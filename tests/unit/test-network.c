/*
 * lib/source: networks. Each is driven as lib/fetch drives it, with answers made up here:
 * a first poll, a later one, one that is broken off after a page, empty pages and answers
 * of another shape.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "record/value.h"
#include "source/network.h"
#include "source/tripwire.h"

/* 2026-08-22T04:00:00Z */
#define NOW 1787371200
#define DAY 86400

/* ---- a source in its runner ---- */

struct run {
    struct subject subject;
    struct source_settings settings;
    struct cursor cursor, session;
    struct known known;
    struct buf lines;
    struct poll poll;
    struct err e;
};

static void set_value(struct run *r, const char *key, const char *value)
{
    const struct network_key *keys = r->subject.network->keys;
    size_t i = 0;
    while (keys[i].name != NULL && strcmp(keys[i].name, key) != 0)
        i++;
    assert_non_null(keys[i].name);
    r->subject.values[i] = value;
    if (keys[i].shape == KEY_EXPR) {
        r->poll.exprs[i] = expr_new(value, &r->e);
        assert_non_null(r->poll.exprs[i]);
    }
}

static struct run *run_new(const char *kind)
{
    static const struct source_settings none;
    struct run *r = calloc(1, sizeof *r);
    r->subject.network = network_find(kind);
    assert_non_null(r->subject.network);
    r->subject.name = "test";
    r->subject.base = r->subject.network->base;
    r->subject.first = DAY;
    r->settings = none;
    r->settings.from = r->subject.network->format;
    r->settings.now = NOW;
    r->poll.subject = &r->subject;
    r->poll.cursor = &r->cursor;
    r->poll.session = &r->session;
    r->poll.known = &r->known;
    r->poll.lines = &r->lines;
    r->poll.now = NOW;
    r->poll.allowance = 1000;
    return r;
}

static void run_start(struct run *r)
{
    if (r->subject.network->check != NULL)
        assert_true(r->subject.network->check(&r->subject, &r->e));
    r->poll.source = source_new(&r->settings, &r->e);
    assert_non_null(r->poll.source);
}

static void run_free(struct run *r)
{
    cursor_free(&r->cursor);
    cursor_free(&r->session);
    known_free(&r->known);
    buf_free(&r->lines);
    request_free(&r->poll.request);
    source_free(r->poll.source);
    for (size_t i = 0; i < NETWORK_KEYS; i++)
        if (r->poll.exprs[i] != NULL)
            expr_free(r->poll.exprs[i]);
    free(r);
}

static void reread_cursor(struct cursor *c)
{
    struct buf text = {0};
    struct json j = {.out = &text};
    cursor_write(c, &j);
    cursor_clear(c);
    cursor_read(c, buf_str(&text));
    buf_free(&text);
}

/* A new poll, with what was saved. */
static void poll_begin(struct run *r, int64_t later)
{
    struct buf text = {0};
    reread_cursor(&r->cursor);
    reread_cursor(&r->session);
    known_trim(&r->known);
    known_write(&r->known, &text);
    known_free(&r->known);
    assert_true(known_read(&r->known, buf_str(&text)));
    buf_free(&text);
    known_begin(&r->known);
    r->poll.last = r->poll.now;
    r->poll.now += later;
    r->settings.now = r->poll.now;
    r->poll.pages = r->poll.item = 0;
    r->poll.stage = 0;
    r->poll.faulty = false;
}

/* The request that is asked next; NULL: the poll is done. */
static const char *ask(struct run *r)
{
    enum step step = r->subject.network->ask(&r->poll, &r->e);
    if (step == STEP_FAILED)
        print_error("# %s\n", r->e.text);
    assert_int_not_equal(step, STEP_FAILED);
    return step == STEP_ASK ? buf_text(&r->poll.request.url) : NULL;
}

/* The request by which a post is read again. */
static const char *ask_again(struct run *r, const char *id)
{
    struct str ids = str_of(id);
    r->poll.preparing = false;
    assert_int_equal(r->subject.network->refresh(&r->poll, &ids, 1, &r->e), STEP_ASK);
    return buf_text(&r->poll.request.url);
}

static bool has_header(struct run *r, const char *header)
{
    struct str rest = buf_str(&r->poll.request.headers);
    while (rest.len > 0)
        if (str_is(str_cut(rest, '\0', &rest), header))
            return true;
    return false;
}

static bool read_text(struct run *r, const char *body)
{
    struct answer a = {.status = 200, .body = str_of(body), .date = CLOCK_UNKNOWN};
    buf_clear(&r->lines);
    bool read = r->subject.network->read(&r->poll, &a, &r->e);
    if (read)
        r->poll.pages++;
    return read;
}

/* How many records the answer brings. */
static size_t answer(struct run *r, const char *body)
{
    size_t count = 0;
    bool read = read_text(r, body);
    if (!read)
        print_error("# %s\n", r->e.text);
    assert_true(read);
    for (size_t i = 0; i < r->lines.len; i++)
        count += r->lines.data[i] == '\n';
    return count;
}

static bool mend(struct run *r, int status, const char *body)
{
    struct answer a = {.status = status, .body = str_of(body), .date = CLOCK_UNKNOWN};
    return r->subject.network->mend(&r->poll, &a);
}

static void assert_in(const char *text, const char *part)
{
    if (text == NULL || strstr(text, part) == NULL)
        print_error("# '%s' is not in '%s'\n", part, text != NULL ? text : "(nothing)");
    assert_non_null(text);
    assert_non_null(strstr(text, part));
}

static void assert_not_in(const char *text, const char *part)
{
    if (strstr(text, part) != NULL)
        print_error("# '%s' is in '%s'\n", part, text);
    assert_null(strstr(text, part));
}

static struct str line_member(struct run *r, size_t number, const char *name)
{
    struct str rest = buf_str(&r->lines), line = rest;
    for (size_t i = 0; i <= number; i++)
        line = str_cut(rest, '\n', &rest);
    return value_member(line, name);
}

/* Whatever is no page of the network is refused, and moves nothing. */
static void refuses_other_shapes(struct run *r)
{
    static const char *const bodies[] = {"<html>busy</html>", "",  "12", "\"text\"", "{}",
                                         "{\"error\":true}",  "[1"};
    struct buf before = {0}, after = {0};
    struct json j = {.out = &before};
    assert_non_null(ask(r));
    cursor_write(&r->cursor, &j);
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        if (read_text(r, bodies[i]))
            print_error("# '%s' is taken\n", bodies[i]);
        assert_false(read_text(r, bodies[i]));
    }
    j = (struct json){.out = &after};
    cursor_write(&r->cursor, &j);
    assert_str(buf_str(&after), buf_text(&before));
    buf_free(&before);
    buf_free(&after);
}

/* ---- what they share ---- */

static void builds_requests(void **state)
{
    struct request q = {0};
    (void)state;
    request_begin(&q, "https://a.example/x");
    request_segment(&q, STR("/東"));
    request_query_text(&q, "q", "a b&c");
    request_query_number(&q, "n", -3);
    request_query_time(&q, "t", NOW);
    request_query_list(&q, "any[]", "a, b、 c");
    request_query_list(&q, "no", NULL);
    assert_string_equal(
        buf_text(&q.url),
        "https://a.example/x%2F%E6%9D%B1?q=a%20b%26c&n=-3&t=2026-08-22T04%3A00%3A00Z"
        "&any%5B%5D=a&any%5B%5D=b&any%5B%5D=c");
    request_basic(&q, STR("Aladdin"), STR("open sesame"));
    request_header(&q, "X", STR("a\r\nY: b"));
    request_form(&q, "a", STR("1 2"));
    request_form(&q, "b", STR("="));
    struct str rest = buf_str(&q.headers);
    assert_str(str_cut(rest, '\0', &rest), "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    assert_str(str_cut(rest, '\0', &rest), "X: a  Y: b");
    assert_str(str_cut(rest, '\0', &rest), "Content-Type: application/x-www-form-urlencoded");
    assert_str(buf_str(&q.body), "a=1%202&b=%3D");
    request_free(&q);
}

static void sets_parameters(void **state)
{
    (void)state;
    static const struct {
        const char *url, *name, *value, *set;
    } rows[] = {
        {"https://a/b", "p", "2", "https://a/b?p=2"},
        {"https://a/b?", "p", "2", "https://a/b?p=2"},
        {"https://a/b?p=1", "p", "2 3", "https://a/b?p=2%203"},
        {"https://a/b?p=1&q=x&p=9#f", "p", "2", "https://a/b?q=x&p=2#f"},
        {"https://a/b?p=1&&q", "p", NULL, "https://a/b?q"},
        {"https://a/b?%70=1", "p", NULL, "https://a/b"},
        {"https://a/b?pp=1", "p", NULL, "https://a/b?pp=1"},
        {"https://a/b#?p=1", "p", "2", "https://a/b?p=2#?p=1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf url = {0};
        struct str none = {NULL, 0};
        url_set_query(&url, str_of(rows[i].url), str_of(rows[i].name),
                      rows[i].value != NULL ? str_of(rows[i].value) : none);
        assert_str(buf_str(&url), rows[i].set);
        buf_free(&url);
    }
}

static void compares_origins(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool same;
    } rows[] = {
        {"https://a.example/x", "HTTPS://A.example:443", true},
        {"http://a.example/x", "http://a.example:80?q", true},
        {"https://a.example/x", "http://a.example/x", false},
        {"https://a.example/x", "https://a.example:8443/x", false},
        {"https://a.example/x", "https://a.example.evil/x", false},
        {"https://a.example/x", "https://a.example@evil/x", false},
        {"https://u@a.example/x", "https://a.example", true},
        {"https://[::1]/x", "https://[::1]:443/", true},
        {"https://[::1]/x", "https://[::2]/", false},
        {"/x", "/x", false},
        {"", "https://a.example", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(url_same_origin(str_of(rows[i].a), str_of(rows[i].b)), rows[i].same);
}

static void keeps_marks(void **state)
{
    struct cursor c = {0};
    (void)state;
    cursor_set(&c, "a", STR("1"));
    cursor_set(&c, "list:\"東\"\\", STR("[\"x\\y\"]"));
    cursor_set_number(&c, "n", -5);
    cursor_set(&c, "gone", STR("x"));
    cursor_set(&c, "gone", STR(""));
    reread_cursor(&c);
    assert_int_equal(c.count, 3);
    assert_str(cursor_get(&c, "list:\"東\"\\"), "[\"x\\y\"]");
    assert_int_equal(cursor_number(&c, "n", 0), -5);
    assert_int_equal(cursor_number(&c, "gone", 7), 7);
    cursor_set(&c, "a", cursor_get(&c, "list:\"東\"\\"));
    assert_str(cursor_get(&c, "a"), "[\"x\\y\"]");
    cursor_clear(&c);
    cursor_read(&c, STR("{\"a\":1,\"b\":[\"x\"],\"c\":\"y\"}"));
    assert_int_equal(c.count, 1);
    cursor_read(&c, STR("[\"z\"]"));
    assert_int_equal(c.count, 1);
    cursor_free(&c);
}

static void knows_posts(void **state)
{
    struct known k = {0}, again = {0};
    struct buf text = {0};
    (void)state;
    known_begin(&k);
    for (uint64_t id = KNOWN_LIMIT; id > 0; id--)
        assert_true(known_note(&k, id << 40, 1));
    known_end(&k);
    known_begin(&k);
    assert_false(known_note(&k, 1ull << 40, 1));
    assert_true(known_note(&k, 2ull << 40, 2));
    assert_true(known_note(&k, 7, 1));
    known_end(&k);
    known_trim(&k);
    assert_int_equal(k.count, KNOWN_LIMIT);
    known_write(&k, &text);
    assert_true(known_read(&again, buf_str(&text)));
    assert_int_equal(again.count, KNOWN_LIMIT);
    assert_false(known_note(&again, 1ull << 40, 1));
    assert_false(known_note(&again, 2ull << 40, 2));
    assert_true(known_note(&again, 2ull << 40, 1)); /* edited back */
    assert_false(known_note(&again, 7, 1));
    assert_false(known_note(&again, 4ull << 40, 1));
    assert_true(known_note(&again, 3ull << 40, 1)); /* in the last place of the first poll */
    assert_false(known_read(&again, STR("xyz")));
    known_free(&k);
    known_free(&again);
    buf_free(&text);
}

static void take_pages(struct known *k, uint64_t from, uint64_t to)
{
    known_begin(k);
    for (uint64_t id = from; id < to; id++)
        known_note(k, id << 40, 1);
}

static void knows_long_pages_as_long_as_they_are(void **state)
{
    const uint64_t most = KNOWN_LIMIT + 500;
    struct known k = {0}, again = {0};
    struct buf text = {0};
    (void)state;
    take_pages(&k, 0, most);
    known_end(&k);
    known_trim(&k);
    known_write(&k, &text);
    assert_true(known_read(&again, buf_str(&text)));
    known_begin(&again); /* 304: read to its end, with no post in it */
    known_end(&again);
    known_trim(&again);
    assert_int_equal(again.count, most);
    take_pages(&again, 100, 200); /* the first of some pages */
    known_trim(&again);
    assert_int_equal(again.count, most);
    known_end(&again); /* there were no more */
    known_trim(&again);
    assert_int_equal(again.count, KNOWN_LIMIT);
    assert_false(known_note(&again, 0, 1));
    assert_false(known_note(&again, (uint64_t)(KNOWN_LIMIT - 1) << 40, 1));
    assert_true(known_note(&again, (most - 1) << 40, 1));
    known_free(&k);
    known_free(&again);
    buf_free(&text);
}

/* As the next run finds it. */
static void reread_known(struct known *k)
{
    struct buf text = {0};
    known_trim(k);
    known_write(k, &text);
    known_free(k);
    assert_true(known_read(k, buf_str(&text)));
    buf_free(&text);
}

static void knows_a_poll_of_several_runs(void **state)
{
    const uint64_t run = KNOWN_LIMIT + 500, old = 1ull << 20;
    struct known k = {0};
    (void)state;
    take_pages(&k, old, old + 100);
    known_end(&k);
    reread_known(&k);
    for (uint64_t i = 0; i < 3; i++) {
        take_pages(&k, i * run, (i + 1) * run);
        reread_known(&k);
        assert_int_equal(k.count, (i + 1) * run + 100);
    }
    known_begin(&k); /* nothing is left to read */
    known_end(&k);
    reread_known(&k);
    assert_int_equal(k.count, 3 * run);
    take_pages(&k, 0, 100); /* the next poll, at once at its end */
    known_end(&k);
    reread_known(&k);
    assert_int_equal(k.count, KNOWN_LIMIT);
    assert_false(known_note(&k, 0, 1));
    assert_false(known_note(&k, (uint64_t)(KNOWN_LIMIT - 1) << 40, 1));
    known_free(&k);
}

static void knows_the_ends_of_a_poll_without_one(void **state)
{
    struct known k = {0};
    (void)state;
    for (uint64_t i = 0; i < 3; i++) {
        take_pages(&k, i * (KNOWN_MOST - 100), (i + 1) * (KNOWN_MOST - 100));
        reread_known(&k);
    }
    assert_int_equal(k.count, KNOWN_MOST);
    assert_false(known_note(&k, 0, 1));
    assert_false(known_note(&k, (3ull * (KNOWN_MOST - 100) - 1) << 40, 1));
    assert_false(known_note(&k, (3ull * (KNOWN_MOST - 100) - KNOWN_LIMIT) << 40, 1));
    assert_true(known_note(&k, 2ull * (KNOWN_MOST - 100) << 40, 1));
    known_free(&k);
}

static void knows_entries_of_one_id(void **state)
{
    struct known k = {0};
    (void)state;
    known_begin(&k);
    assert_true(known_note(&k, 1, 1));
    assert_true(known_note(&k, 1, 2));
    known_end(&k);
    known_trim(&k);
    known_begin(&k);
    assert_false(known_note(&k, 1, 1));
    assert_true(known_note(&k, 1, 3));
    known_trim(&k); /* not read to its end: the other may stand on the next page */
    assert_false(known_note(&k, 1, 2));
    known_free(&k);
}

static void forgets_a_page(void **state)
{
    struct known k = {0};
    (void)state;
    known_begin(&k);
    known_note(&k, 1, 1);
    known_note(&k, 2, 1);
    known_mark(&k);
    assert_true(known_note(&k, 1, 2));
    assert_true(known_note(&k, 3, 1));
    known_undo(&k);
    assert_false(known_note(&k, 1, 1));
    assert_false(known_note(&k, 2, 1));
    assert_true(known_note(&k, 1, 2));
    assert_true(known_note(&k, 3, 1));
    known_free(&k);
}

static void compares_ids(void **state)
{
    (void)state;
    assert_true(id_compare(STR("9"), STR("10")) < 0);
    assert_true(id_compare(STR("0010"), STR("9")) > 0);
    assert_int_equal(id_compare(STR("12"), STR("12")), 0);
    assert_int_equal(id_compare(STR(""), STR("0")), 0);
}

/* After days with as many posts in every window: does one with so many trip? */
static bool trips(int64_t usual, int64_t posts)
{
    struct series s = {.span = 900};
    for (int64_t i = 1; i <= 96; i++)
        series_add(&s, NOW - i * 900, usual);
    series_add(&s, NOW, posts);
    struct tripwire look = tripwire_look(&s, NOW, 4);
    assert_true(look.known && look.trips == (posts > look.most));
    series_free(&s);
    return look.trips;
}

static void trips_by_three_more_than_usual(void **state)
{
    (void)state;
    assert_false(trips(0, 2));
    assert_true(trips(0, 3));
    assert_false(trips(1, 5)); /* 1 + 4 times the root of 1 */
    assert_true(trips(1, 6));
}

static void watches_counts(void **state)
{
    struct series s = {.span = 900}, again;
    struct buf text = {0};
    (void)state;
    for (int64_t i = 0; i < 96; i++)
        series_add(&s, NOW - i * 900, i % 3);
    assert_false(tripwire_look(&s, NOW, 4).trips);
    assert_true(tripwire_look(&s, NOW, 4).known);
    series_add(&s, NOW, 40);
    assert_true(tripwire_look(&s, NOW, 4).trips);
    series_write(&s, &text);
    assert_true(series_read(&again, buf_str(&text), 900));
    assert_int_equal(again.count, s.count);
    assert_true(tripwire_look(&again, NOW, 4).trips);
    series_free(&again);
    assert_false(series_read(&again, buf_str(&text), 60));
    series_free(&again);
    series_free(&s);
    buf_free(&text);
}

/* ---- feeds ---- */

static void reads_feeds(void **state)
{
    (void)state;
    struct run *r = run_new("feed");
    set_value(r, "url", "https://a.example/feed");
    run_start(r);
    poll_begin(r, 0);
    assert_string_equal(ask(r), "https://a.example/feed");
    assert_int_equal(answer(r, "<rss><item><guid>1</guid><title>a</title></item>"
                               "<item><guid>2</guid><title>b</title></item></rss>"),
                     2);
    assert_null(ask(r));
    poll_begin(r, 600);
    ask(r);
    assert_int_equal(answer(r, "<rss><item><guid>2</guid><title>b</title></item>"
                               "<item><guid>1</guid><title>a!</title></item></rss>"),
                     1);
    poll_begin(r, 600);
    ask(r);
    assert_false(read_text(r, "<html><body>busy</body></html>"));
    assert_int_equal(answer(r, "<rss><channel></channel></rss>"), 0);
    poll_begin(r, 600);
    ask(r);
    assert_int_equal(answer(r, "<rss><item><guid>9</guid><title>z</title>"
                               "<pubDate>Sat, 22 Aug 2026 04:25:00 GMT</pubDate></item></rss>"),
                     2);
    assert_str(line_member(r, 1, "kind"), "\"gap\"");
    run_free(r);
}

/* ---- X ---- */

static const char *x_page(struct buf *b, long long first, int count, const char *next)
{
    buf_clear(b);
    buf_add_text(b, "{\"data\":[");
    for (int i = 0; i < count; i++)
        buf_addf(b, "%s{\"id\":\"%lld\",\"text\":\"t\",\"edit_history_tweet_ids\":[\"1\"]}",
                 i > 0 ? "," : "", first - i);
    buf_addf(b, "],\"meta\":{\"result_count\":%d", count);
    if (count > 0)
        buf_addf(b, ",\"newest_id\":\"%lld\",\"oldest_id\":\"%lld\"", first, first - count + 1);
    if (next != NULL)
        buf_addf(b, ",\"next_token\":\"%s\"", next);
    buf_add_text(b, "}}");
    return buf_text(b);
}

/* An id of so many seconds ago. */
static long long x_id(int64_t now, int64_t ago)
{
    return (long long)(((now - ago) * 1000 - 1288834974657) << 22);
}

static struct run *x_new(void)
{
    struct run *r = run_new("x");
    set_value(r, "query", "麺");
    r->subject.secret = STR("token");
    run_start(r);
    return r;
}

static void pages_x_back(void **state)
{
    (void)state;
    struct buf page = {0}, since = {0};
    struct run *r = x_new();
    poll_begin(r, 0);
    assert_in(ask(r),
              "/2/tweets/search/recent?query=%E9%BA%BA&start_time=2026-08-21T04%3A00%3A00Z");
    assert_true(has_header(r, "Authorization: Bearer token"));
    assert_int_equal(answer(r, x_page(&page, x_id(NOW, 60), 2, "n1")), 2);
    assert_in(ask(r), "next_token=n1");
    poll_begin(r, 60); /* broken off */
    assert_in(ask(r), "start_time=2026-08-21T04%3A00%3A00Z");
    assert_in(ask(r), "next_token=n1");
    assert_true(mend(r, 400, "{}"));
    assert_in(ask(r), "until_id=");
    assert_false(mend(r, 400, "{}"));
    assert_int_equal(answer(r, x_page(&page, x_id(NOW, 600), 1, NULL)), 1);
    assert_null(ask(r));
    poll_begin(r, 60);
    buf_addf(&since, "since_id=%lld", x_id(NOW, 60));
    assert_in(ask(r), buf_text(&since));
    assert_not_in(ask(r), "start_time");
    assert_int_equal(answer(r, x_page(&page, 0, 0, NULL)), 0);
    assert_null(ask(r));
    poll_begin(r, 60);
    assert_in(ask(r), buf_text(&since));
    assert_int_equal(answer(r, x_page(&page, x_id(NOW, -170), 1, "same")), 1);
    ask(r);
    assert_int_equal(answer(r, x_page(&page, x_id(NOW, -160), 1, "same")), 2); /* and a gap */
    assert_true(r->poll.faulty);
    assert_null(ask(r));
    buf_free(&page);
    buf_free(&since);
    run_free(r);
}

static void tells_what_x_no_longer_shows(void **state)
{
    (void)state;
    struct buf page = {0};
    struct run *r = x_new();
    poll_begin(r, 0);
    ask(r);
    assert_int_equal(answer(r, x_page(&page, x_id(NOW, 60), 1, NULL)), 1);
    for (int i = 0; i < 10; i++) { /* nobody writes: nothing is lost */
        poll_begin(r, DAY);
        ask(r);
        assert_int_equal(answer(r, x_page(&page, 0, 0, NULL)), 0);
    }
    poll_begin(r, 9 * DAY); /* nobody reads */
    assert_in(ask(r), "start_time");
    assert_int_equal(answer(r, x_page(&page, x_id(r->poll.now, 60), 1, "n")), 2);
    assert_str(line_member(r, 0, "kind"), "\"gap\"");
    poll_begin(r, 8 * DAY); /* nor goes on */
    assert_not_in(ask(r), "next_token");
    assert_int_equal(answer(r, x_page(&page, 0, 0, NULL)), 1);
    assert_str(line_member(r, 0, "kind"), "\"gap\"");
    assert_null(ask(r));
    refuses_other_shapes((poll_begin(r, 60), r));
    buf_free(&page);
    run_free(r);
}

static void trips_x(void **state)
{
    (void)state;
    struct buf page = {0};
    struct run *r = x_new();
    set_value(r, "mode", "tripwire");
    poll_begin(r, 0);
    assert_in(ask(r), "/2/tweets/counts/recent");
    assert_int_equal(answer(r, "{\"data\":[{\"start\":\"2026-08-22T03:58:00Z\",\"end\":"
                               "\"2026-08-22T03:59:00Z\",\"tweet_count\":1}],\"meta\":{}}"),
                     1);
    assert_in(ask(r), "/2/tweets/search/recent");
    assert_int_equal(answer(r, x_page(&page, x_id(NOW, 60), 1, NULL)), 1);
    assert_null(ask(r));
    set_value(r, "window", "30");
    assert_false(r->subject.network->check(&r->subject, &r->e));
    buf_free(&page);
    run_free(r);
}

/* ---- Bluesky ---- */

static void sky_post(struct buf *b, const char *name, int64_t created, int64_t indexed)
{
    buf_addf(
        b,
        "%s{\"uri\":\"at://did:plc:a/app.bsky.feed.post/%s\",\"cid\":\"c\",\"author\":{\"did\":"
        "\"did:plc:a\",\"handle\":\"a.example\"},\"record\":{\"$type\":\"app.bsky.feed.post\","
        "\"text\":\"t\",\"createdAt\":\"",
        b->len > 0 && b->data[b->len - 1] == '}' ? "," : "", name);
    clock_format(b, created);
    buf_add_text(b, "\"},\"indexedAt\":\"");
    clock_format(b, indexed);
    buf_add_text(b, "\"}");
}

static const char *sky_page(struct buf *b, struct buf *posts, const char *cursor)
{
    buf_clear(b);
    buf_add_text(b, "{\"posts\":[");
    buf_add_str(b, buf_str(posts));
    buf_add_char(b, ']');
    if (cursor != NULL)
        buf_addf(b, ",\"cursor\":\"%s\"", cursor);
    buf_add_char(b, '}');
    buf_clear(posts);
    return buf_text(b);
}

static struct run *sky_new(void)
{
    struct run *r = run_new("bluesky");
    set_value(r, "query", "麺");
    set_value(r, "tag", "a, b");
    r->subject.user = "me.example";
    r->subject.secret = STR("pass\"word");
    run_start(r);
    return r;
}

static void sky_login(struct run *r)
{
    assert_in(ask(r), "/xrpc/com.atproto.server.createSession");
    assert_str(buf_str(&r->poll.request.body),
               "{\"identifier\":\"me.example\",\"password\":\"pass\\\"word\"}");
    assert_int_equal(answer(r, "{\"accessJwt\":\"A\",\"refreshJwt\":\"R\"}"), 0);
}

static void pages_bluesky_back(void **state)
{
    (void)state;
    struct buf posts = {0}, page = {0};
    struct run *r = sky_new();
    poll_begin(r, 0);
    sky_login(r);
    assert_in(ask(r), "tag=a&tag=b&since=2026-08-21T04%3A00%3A00Z");
    assert_true(has_header(r, "Authorization: Bearer A"));
    sky_post(&posts, "9", NOW + 30 * DAY, NOW - 100); /* the author's clock is wrong */
    sky_post(&posts, "8", NOW - 200, NOW - 150);
    sky_post(&posts, "7", NOW - 9000 * DAY, NOW - 160); /* imported */
    assert_int_equal(answer(r, sky_page(&page, &posts, "3")), 3);
    for (int i = 0; i < 2; i++) { /* by time, in this run and the next */
        if (i > 0)
            poll_begin(r, 300);
        assert_in(ask(r), "since=2026-08-21T04%3A00%3A00Z&until=2026-08-22T03%3A56%3A41Z");
        assert_not_in(ask(r), "cursor");
    }
    sky_post(&posts, "8", NOW - 200, NOW - 150);
    sky_post(&posts, "6", NOW - 300, NOW - 300);
    assert_int_equal(answer(r, sky_page(&page, &posts, "2")), 1);
    assert_in(ask(r), "until=2026-08-22T03%3A55%3A01Z");
    sky_post(&posts, "6", NOW - 300, NOW - 300);
    sky_post(&posts, "5", NOW - 300, NOW - 300);
    assert_int_equal(answer(r, sky_page(&page, &posts, "2")), 1);
    assert_in(ask(r), "until=2026-08-22T03%3A55%3A01Z&cursor=2"); /* more within that second */
    sky_post(&posts, "4", NOW - 300, NOW - 300);
    sky_post(&posts, "3", NOW - 400, NOW - 400);
    assert_int_equal(answer(r, sky_page(&page, &posts, "4")), 2);
    assert_in(ask(r), "until=2026-08-22T03%3A53%3A21Z");
    assert_not_in(ask(r), "cursor");
    assert_int_equal(answer(r, sky_page(&page, &posts, NULL)), 0);
    assert_null(ask(r));
    for (int i = 0; i < 2; i++) { /* nothing new moves nothing */
        poll_begin(r, 300);
        assert_in(ask(r), "since=2026-08-22T03%3A48%3A20Z");
        assert_not_in(ask(r), "until");
        sky_post(&posts, "9", NOW + 30 * DAY, NOW - 100);
        assert_int_equal(answer(r, sky_page(&page, &posts, NULL)), 0);
        assert_null(ask(r));
    }
    poll_begin(r, 300);
    ask(r);
    sky_post(&posts, "10", r->poll.now, r->poll.now);
    assert_int_equal(answer(r, sky_page(&page, &posts, "1")), 1);
    ask(r);
    sky_post(&posts, "10", r->poll.now, r->poll.now);
    assert_int_equal(answer(r, sky_page(&page, &posts, "1")), 0);
    ask(r);
    sky_post(&posts, "10", r->poll.now, r->poll.now);
    assert_int_equal(answer(r, sky_page(&page, &posts, "1")), 1); /* a gap: it goes in circles */
    assert_true(r->poll.faulty);
    assert_null(ask(r));
    refuses_other_shapes((poll_begin(r, 60), r));
    buf_free(&posts);
    buf_free(&page);
    run_free(r);
}

static void renews_bluesky_sessions(void **state)
{
    (void)state;
    struct run *r = sky_new();
    poll_begin(r, 0);
    assert_in(ask(r), "createSession");
    assert_false(mend(r, 401, "{\"error\":\"AuthenticationRequired\"}"));
    for (int i = 0; r->subject.network->ask(&r->poll, &r->e) == STEP_ASK; i++) {
        assert_true(i < 15); /* in vain, and the service counts too */
        poll_begin(r, 1);
    }
    poll_begin(r, 600);
    sky_login(r);
    assert_in(ask(r), "searchPosts");
    assert_false(mend(r, 400, "{\"error\":\"InvalidRequest\"}"));
    assert_true(mend(r, 400, "{\"error\":\"ExpiredToken\"}"));
    assert_in(ask(r), "/xrpc/com.atproto.server.refreshSession");
    assert_true(r->poll.request.post);
    assert_true(has_header(r, "Authorization: Bearer R"));
    assert_true(mend(r, 400, "{\"error\":\"ExpiredToken\"}"));
    sky_login(r);
    assert_int_equal(answer((ask(r), r), "{\"posts\":[]}"), 0);
    assert_null(ask(r));
    assert_in(ask_again(r, "at://did:plc:a/app.bsky.feed.post/9"), "getPosts?uris=at%3A%2F%2F");
    r->subject.user = "other.example"; /* whose session it is not */
    poll_begin(r, 60);
    assert_in(ask_again(r, "at://did:plc:a/app.bsky.feed.post/9"), "createSession");
    assert_true(r->poll.preparing);
    run_free(r);
}

/* ---- Mastodon ---- */

static const char *toots(struct buf *b, bool search, const char *const *ids, int64_t time)
{
    buf_clear(b);
    buf_add_text(b, search ? "{\"accounts\":[],\"hashtags\":[],\"statuses\":[" : "[");
    for (size_t i = 0; ids[i] != NULL; i++) {
        buf_addf(b,
                 "%s{\"id\":\"%s\",\"uri\":\"https://m.example/users/a/statuses/%s\","
                 "\"account\":{\"acct\":\"a\"},\"content\":\"<p>t</p>\",\"created_at\":\"",
                 i > 0 ? "," : "", ids[i], ids[i]);
        clock_format(b, time);
        buf_add_text(b, "\"}");
    }
    buf_add_text(b, search ? "]}" : "]");
    return buf_text(b);
}

#define IDS(...) ((const char *const[]){__VA_ARGS__, NULL})
static const char *const no_ids[] = {NULL};

static struct run *toot_new(const char *key, const char *value)
{
    struct run *r = run_new("mastodon");
    set_value(r, "instance", "https://m.example/");
    set_value(r, key, value);
    r->subject.secret = STR("token");
    run_start(r);
    return r;
}

static void pages_mastodon_forward(void **state)
{
    (void)state;
    struct buf page = {0};
    struct run *r = toot_new("tag", "#麺");
    set_value(r, "none", "ad");
    set_value(r, "local", "yes");
    poll_begin(r, 0);
    assert_string_equal(ask(r), "https://m.example/api/v1/timelines/tag/%E9%BA%BA?none%5B%5D=ad&"
                                "local=true&limit=40");
    assert_int_equal(answer(r, toots(&page, false, IDS("100", "99"), NOW - 60)), 2);
    poll_begin(r, 60); /* broken off */
    assert_in(ask(r), "max_id=99");
    assert_int_equal(answer(r, toots(&page, false, IDS("98", "97"), NOW - 2 * DAY)), 2);
    assert_null(ask(r));
    poll_begin(r, 60);
    assert_in(ask(r), "min_id=100");
    assert_not_in(ask(r), "max_id");
    assert_int_equal(answer(r, toots(&page, false, IDS("102", "101"), NOW)), 2);
    assert_in(ask(r), "min_id=102");
    poll_begin(r, 60); /* broken off */
    assert_in(ask(r), "min_id=102");
    assert_int_equal(answer(r, toots(&page, false, IDS("103"), NOW)), 1);
    assert_int_equal(answer((ask(r), r), toots(&page, false, no_ids, NOW)), 0);
    assert_null(ask(r));
    poll_begin(r, 60); /* a server that knows no min_id */
    assert_in(ask(r), "min_id=103");
    assert_int_equal(answer(r, toots(&page, false, IDS("103", "102"), NOW)), 0);
    assert_true(r->poll.faulty);
    assert_null(ask(r));
    refuses_other_shapes((poll_begin(r, 60), r));
    buf_free(&page);
    run_free(r);
}

static void reads_late_mastodon_posts(void **state)
{
    (void)state;
    struct buf page = {0};
    struct run *r = toot_new("tag", "a");
    poll_begin(r, 0);
    ask(r);
    answer(r, toots(&page, false, IDS("117000000000000000"), NOW - 2 * DAY));
    poll_begin(r, 60);
    assert_in(ask(r), "min_id=117000000000000000");
    answer(r, toots(&page, false, no_ids, NOW));
    poll_begin(r, 700);
    assert_in(ask(r), "min_id=116999921356800000"); /* twenty minutes below */
    assert_int_equal(
        answer(r, toots(&page, false, IDS("117000000000000000", "116999999999999999"), NOW)), 1);
    poll_begin(r, 60); /* broken off */
    assert_in(ask(r), "min_id=117000000000000000");
    answer(r, toots(&page, false, no_ids, NOW));
    assert_null(ask(r));
    assert_str(cursor_get(&r->cursor, "since"), "117000000000000000");
    buf_free(&page);
    run_free(r);
    r = toot_new("tag", "a"); /* ids without order: the first is the newest */
    poll_begin(r, 0);
    ask(r);
    answer(r, toots(&page, false, IDS("Bz", "Ax"), NOW - 2 * DAY));
    poll_begin(r, 60);
    assert_in(ask(r), "min_id=Bz");
    answer(r, toots(&page, false, IDS("Aq", "Zz"), NOW));
    assert_in(ask(r), "min_id=Aq");
    buf_free(&page);
    run_free(r);
}

static void searches_mastodon(void **state)
{
    (void)state;
    struct buf page = {0};
    struct run *r = toot_new("query", "麺");
    poll_begin(r, 0);
    assert_in(ask(r), "/api/v2/search?type=statuses&q=%E9%BA%BA&limit=40");
    assert_true(has_header(r, "Authorization: Bearer token"));
    assert_int_equal(answer(r, toots(&page, true, IDS("50", "49"), NOW)), 2);
    assert_in(ask(r), "max_id=49");
    assert_int_equal(answer(r, toots(&page, true, no_ids, NOW)), 0);
    assert_null(ask(r));
    poll_begin(r, 60);
    assert_in(ask(r), "min_id=50");
    assert_int_equal(answer(r, toots(&page, true, IDS("52", "51"), NOW)), 2);
    assert_in(ask(r), "min_id=50&max_id=51");
    assert_int_equal(answer(r, toots(&page, true, IDS("52", "51"), NOW)), 0);
    assert_null(ask(r));
    const struct network *n = r->subject.network;
    assert_string_equal(ask_again(r, "https://m.example/users/a/statuses/123/activity"),
                        "https://m.example/api/v1/statuses/123");
    assert_true(n->owns(&r->subject, STR("https://m.example/users/a/statuses/123")));
    assert_false(n->owns(&r->subject, STR("https://o.example/users/a/statuses/123")));
    assert_false(n->owns(&r->subject, STR("https://m.example/")));
    assert_false(n->owns(&r->subject, STR("123")));
    refuses_other_shapes((poll_begin(r, 60), r));
    set_value(r, "tag", "both");
    assert_false(r->subject.network->check(&r->subject, &r->e));
    buf_free(&page);
    run_free(r);
}

/* ---- Reddit ---- */

static const char *listing(struct buf *b, const char *const *names, int64_t time, const char *after)
{
    buf_clear(b);
    buf_add_text(b, "{\"kind\":\"Listing\",\"data\":{\"children\":[");
    for (size_t i = 0; names[i] != NULL; i++)
        buf_addf(b,
                 "%s{\"kind\":\"t3\",\"data\":{\"name\":\"t3_%s\",\"id\":\"%s\",\"title\":\"t\","
                 "\"selftext\":\"s\",\"permalink\":\"/r/a/%s/\",\"created_utc\":%lld.0}}",
                 i > 0 ? "," : "", names[i], names[i], names[i], (long long)time);
    buf_addf(b, after != NULL ? "],\"after\":\"%s\"}}" : "],\"after\":null}}", after);
    return buf_text(b);
}

static void pages_reddit_back(void **state)
{
    (void)state;
    struct buf page = {0};
    struct run *r = run_new("reddit");
    set_value(r, "query", "a b");
    set_value(r, "subreddit", "ramen");
    r->subject.user = "id";
    r->subject.secret = STR("secret");
    run_start(r);
    poll_begin(r, 0);
    assert_string_equal(ask(r), "https://www.reddit.com/api/v1/access_token");
    assert_str(buf_str(&r->poll.request.body), "grant_type=client_credentials");
    assert_false(read_text(r, "{\"error\":\"invalid_grant\"}"));
    assert_false(mend(r, 401, "{}"));
    answer(r, "{\"access_token\":\"T\",\"expires_in\":3600}");
    assert_in(ask(r), "https://oauth.reddit.com/r/ramen/search?q=a%20b&restrict_sr=1&sort=new");
    assert_in(ask(r), "t=week");
    assert_true(has_header(r, "Authorization: Bearer T"));
    assert_true(mend(r, 401, "{}"));
    assert_in(ask(r), "access_token");
    answer(r, "{\"access_token\":\"U\",\"expires_in\":3600}");
    ask(r);
    assert_int_equal(answer(r, listing(&page, IDS("100", "zz"), NOW, "t3_zz")), 2);
    assert_in(ask(r), "after=t3_zz");
    poll_begin(r, 60); /* broken off, and the place is gone */
    assert_in(ask(r), "after=t3_zz");
    assert_int_equal(answer(r, listing(&page, no_ids, NOW, NULL)), 0);
    assert_not_in(ask(r), "after");
    assert_int_equal(answer(r, listing(&page, IDS("100", "zz", "zy"), NOW - 2 * DAY, "t3_zy")), 1);
    assert_null(ask(r));
    poll_begin(r, 60);
    ask(r);
    assert_int_equal(answer(r, listing(&page, IDS("102", "101", "zz"), NOW, "t3_zz")), 2);
    assert_null(ask(r));
    poll_begin(r, 60);
    ask(r);
    assert_int_equal(answer(r, listing(&page, no_ids, NOW, NULL)), 0);
    assert_null(ask(r));
    poll_begin(r, 3600); /* the token has ended */
    assert_in(ask(r), "access_token");
    assert_in(ask_again(r, "t3_a"), "access_token");
    assert_true(r->poll.preparing);
    answer(r, "{\"access_token\":\"V\",\"expires_in\":3600}");
    assert_in(ask_again(r, "t3_a"), "/api/info?id=t3_a");
    refuses_other_shapes((poll_begin(r, 10), r));
    buf_free(&page);
    run_free(r);
}

static struct run *reddit_new(void)
{
    struct run *r = run_new("reddit");
    set_value(r, "query", "a");
    r->subject.user = "id";
    r->subject.secret = STR("secret");
    run_start(r);
    poll_begin(r, 0);
    ask(r);
    answer(r, "{\"access_token\":\"T\",\"expires_in\":86400}");
    ask(r);
    return r;
}

static void tells_where_a_reddit_listing_is_cut_off(void **state)
{
    (void)state;
    struct buf page = {0};
    struct run *r = reddit_new();
    char names[100][8];
    const char *ids[101] = {NULL};
    answer(r, listing(&page, IDS("1000"), NOW, NULL));
    assert_null(ask(r));
    for (int i = 9; i >= 0; i--) {
        if (i % 4 == 1)
            poll_begin(r, 1800); /* over several runs */
        for (int k = 0; k < 100; k++) {
            snprintf(names[k], sizeof names[k], "2%d%02d", i, 99 - k);
            ids[k] = names[k];
        }
        ask(r);
        size_t gaps = i == 0;
        assert_int_equal(
            answer(r, listing(&page, ids, NOW + 60 * (i + 1), i > 0 ? names[99] : NULL)),
            100 + gaps);
    }
    assert_in(buf_text(&r->lines),
              "\"from\":\"2026-08-22T04:00:00Z\",\"to\":\"2026-08-22T04:01:00Z\"");
    assert_null(ask(r));
    poll_begin(r, 60); /* a short listing is whole, whatever was taken away */
    ask(r);
    assert_int_equal(answer(r, listing(&page, IDS("3000"), r->poll.now, NULL)), 1);
    assert_null(ask(r));
    buf_free(&page);
    run_free(r);
}

static void goes_on_where_a_reddit_submission_was_taken_away(void **state)
{
    (void)state;
    struct buf page = {0};
    struct run *r = reddit_new();
    assert_int_equal(answer(r, listing(&page, IDS("3", "2"), NOW, "t3_2")), 2);
    assert_in(ask(r), "after=t3_2");
    assert_int_equal(answer(r, listing(&page, no_ids, NOW, NULL)), 0);
    assert_not_in(ask(r), "after"); /* anew */
    assert_int_equal(answer(r, listing(&page, IDS("3", "1"), NOW, "t3_1")), 1);
    assert_in(ask(r), "after=t3_1");
    assert_int_equal(answer(r, listing(&page, no_ids, NOW, NULL)), 0);
    assert_null(ask(r)); /* but not for ever */
    buf_free(&page);
    run_free(r);
}

/* ---- YouTube ---- */

static const char *threads(struct buf *b, const char *const *ids, int64_t time, int replies,
                           const char *next)
{
    buf_clear(b);
    buf_add_text(b, "{\"kind\":\"youtube#commentThreadListResponse\",\"items\":[");
    for (size_t i = 0; ids[i] != NULL; i++) {
        buf_addf(
            b,
            "%s{\"kind\":\"youtube#commentThread\",\"id\":\"%s\",\"snippet\":{\"videoId\":\"v\","
            "\"totalReplyCount\":%d,\"topLevelComment\":{\"kind\":\"youtube#comment\",\"id\":"
            "\"%s\",\"snippet\":{\"videoId\":\"v\",\"textDisplay\":\"t\",\"publishedAt\":\"",
            i > 0 ? "," : "", ids[i], replies, ids[i]);
        clock_format(b, time);
        buf_add_text(b, "\"}}}}");
    }
    buf_addf(b, next != NULL ? "],\"nextPageToken\":\"%s\"}" : "]}", next);
    return buf_text(b);
}

static const char *const replies_page = "{\"kind\":\"youtube#commentListResponse\",\"items\":[{"
                                        "\"kind\":\"youtube#comment\",\"id\":\"a.1\","
                                        "\"snippet\":{\"parentId\":\"a\",\"textDisplay\":\"r\","
                                        "\"publishedAt\":\"2026-08-22T03:00:00Z\"}}]}";

static void pages_youtube_back(void **state)
{
    (void)state;
    struct buf page = {0};
    struct run *r = run_new("youtube");
    set_value(r, "video", "v");
    r->subject.secret = STR("key");
    run_start(r);
    poll_begin(r, 0);
    assert_in(ask(r), "/youtube/v3/commentThreads?part=snippet%2Creplies");
    assert_in(ask(r), "videoId=v");
    assert_not_in(ask(r), "key");
    assert_true(has_header(r, "X-Goog-Api-Key: key"));
    assert_int_equal(answer(r, threads(&page, IDS("a"), NOW - 60, 1, "p2")), 1);
    assert_in(ask(r), "pageToken=p2");
    poll_begin(r, 60); /* broken off */
    assert_in(ask(r), "pageToken=p2");
    assert_true(mend(r, 400, "{}"));
    assert_not_in(ask(r), "pageToken");
    assert_int_equal(answer(r, threads(&page, IDS("a"), NOW - 60, 1, "p2")), 0);
    assert_in(ask(r), "pageToken=p2");
    assert_int_equal(answer(r, threads(&page, IDS("b"), NOW - 2 * DAY, 0, "p3")), 1);
    assert_in(ask(r), "/comments?part=snippet");
    poll_begin(r, 60); /* broken off before the replies */
    assert_not_in(ask(r), "pageToken");
    assert_int_equal(answer(r, threads(&page, IDS("a"), NOW - 60, 1, "p2")), 0);
    assert_in(ask(r), "parentId=a");
    assert_int_equal(answer(r, replies_page), 1);
    assert_str(line_member(r, 0, "thread"), "\"youtube:v\"");
    assert_null(ask(r));
    poll_begin(r, 60); /* as many replies as before: not asked for */
    ask(r);
    assert_int_equal(answer(r, threads(&page, IDS("c", "a"), NOW, 1, "p2")), 1);
    ask(r);
    assert_int_equal(answer(r, threads(&page, IDS("a"), NOW, 1, "p3")), 0);
    assert_in(ask(r), "parentId=c");
    assert_true(mend(r, 404, "{}"));
    assert_null(ask(r));
    poll_begin(r, 60);
    ask(r);
    assert_int_equal(answer(r, threads(&page, no_ids, NOW, 0, NULL)), 0);
    assert_null(ask(r));
    refuses_other_shapes((poll_begin(r, 60), r));
    buf_free(&page);
    run_free(r);
}

/* ---- Hatena, suggestions ---- */

static void reads_bookmarks(void **state)
{
    (void)state;
    static const char *const one = "{\"eid\":\"1\",\"url\":\"https://a.example/\",\"count\":3,"
                                   "\"bookmarks\":[{\"user\":\"u\",\"comment\":\"c\",\"tags\":[],"
                                   "\"timestamp\":\"2026/08/22 12:00\"}]}";
    struct run *r = run_new("hatena");
    set_value(r, "url", "https://a.example/");
    run_start(r);
    poll_begin(r, 0);
    assert_string_equal(ask(r),
                        "https://b.hatena.ne.jp/entry/jsonlite/?url=https%3A%2F%2Fa.example%2F");
    assert_int_equal(answer(r, "null"), 0);
    assert_null(ask(r));
    poll_begin(r, 60);
    ask(r);
    assert_int_equal(answer(r, one), 2);
    poll_begin(r, 60);
    ask(r);
    assert_int_equal(answer(r, one), 0);
    refuses_other_shapes((poll_begin(r, 60), r));
    run_free(r);
}

static void compares_suggestions(void **state)
{
    (void)state;
    struct run *r = run_new("suggest");
    set_value(r, "engine", "google");
    set_value(r, "queries", "a \"b\", 麺");
    run_start(r);
    poll_begin(r, 0);
    assert_in(ask(r),
              "https://suggestqueries.google.com/complete/search?client=firefox&hl=ja&ie=utf-8"
              "&oe=utf-8&q=a%20%22b%22");
    assert_int_equal(answer(r, "[\"a b\",[\"x\",\"y\"],[]]"), 1);
    assert_str(line_member(r, 0, "source"), "\"google-suggest\"");
    assert_str(line_member(r, 0, "query"), "\"a \\\"b\\\"\"");
    assert_str(line_member(r, 0, "new"), "null");
    assert_in(ask(r), "q=%E9%BA%BA");
    assert_int_equal(answer(r, "[\"麺\",[]]"), 1);
    assert_null(ask(r));
    poll_begin(r, 60);
    ask(r);
    assert_int_equal(answer(r, "[\"a b\",[\"z\",\"x\"]]"), 1);
    assert_str(line_member(r, 0, "new"), "[\"z\"]");
    assert_str(line_member(r, 0, "gone"), "[\"y\"]");
    refuses_other_shapes(r);
    assert_int_equal(answer(r, "[\"麺\",[\"n\"]]"), 1);
    assert_str(line_member(r, 0, "new"), "[\"n\"]");
    set_value(r, "engine", "bing");
    poll_begin(r, 60);
    assert_in(ask(r), "https://api.bing.com/osjson.aspx?query=a%20%22b%22&language=ja-JP");
    run_free(r);
}

/* ---- any JSON API ---- */

static struct run *api_new(const char *order)
{
    static const char *const map = ".items[] | {id, text}";
    struct run *r = run_new("json");
    set_value(r, "url", "https://a.example/posts?n=2");
    set_value(r, "map", map);
    set_value(r, "next", ".next");
    set_value(r, "cursor", ".cursor");
    set_value(r, "order", order);
    r->settings.map = map;
    r->subject.secret = STR("S");
    run_start(r);
    return r;
}

static void maps_newest_first(void **state)
{
    (void)state;
    struct run *r = api_new("newest-first");
    poll_begin(r, 0);
    assert_string_equal(ask(r), "https://a.example/posts?n=2");
    assert_true(has_header(r, "Authorization: Bearer S"));
    assert_int_equal(answer(r, "{\"items\":[{\"id\":9,\"text\":\"a\"}],\"next\":\"?p=2\","
                               "\"cursor\":{\"since\":9,\"n\":null}}"),
                     1);
    assert_string_equal(ask(r), "https://a.example/posts?p=2");
    poll_begin(r, 60); /* broken off */
    assert_string_equal(ask(r), "https://a.example/posts?p=2");
    assert_true(mend(r, 404, "")); /* and gone */
    assert_string_equal(ask(r), "https://a.example/posts?n=2");
    assert_int_equal(answer(r, "{\"items\":[{\"id\":9,\"text\":\"a\"}],\"next\":{\"p\":2},"
                               "\"cursor\":{\"since\":9,\"n\":null}}"),
                     0);
    assert_string_equal(ask(r), "https://a.example/posts?n=2&p=2");
    assert_int_equal(answer(r, "{\"items\":[{\"id\":8,\"text\":\"a\"}],\"next\":null,"
                               "\"cursor\":{\"since\":8}}"),
                     1);
    assert_null(ask(r));
    poll_begin(r, 60);
    assert_string_equal(ask(r), "https://a.example/posts?since=9");
    assert_int_equal(answer(r, "{\"items\":[]}"), 0);
    assert_null(ask(r));
    poll_begin(r, 60);
    assert_string_equal(ask(r), "https://a.example/posts?since=9");
    assert_int_equal(answer(r, "{\"items\":[{\"id\":9,\"text\":\"a\"}],\"next\":\"/posts?p=2\"}"),
                     0);
    assert_null(ask(r)); /* nothing new: no further */
    refuses_other_shapes((poll_begin(r, 60), r));
    run_free(r);
}

static void maps_oldest_first(void **state)
{
    (void)state;
    struct run *r = api_new("oldest-first");
    set_value(r, "auth", "query");
    set_value(r, "auth-name", "key");
    set_value(r, "headers", "X-A: b, X-C:d");
    assert_true(r->subject.network->check(&r->subject, &r->e));
    poll_begin(r, 0);
    assert_string_equal(ask(r), "https://a.example/posts?n=2&key=S");
    assert_true(has_header(r, "X-C: d"));
    assert_int_equal(answer(r,
                            "{\"items\":[{\"id\":1,\"text\":\"a\"}],\"cursor\":{\"after\":\"x y\"},"
                            "\"next\":\"https://A.example:443/posts?key=S&after=1\"}"),
                     1);
    assert_str(cursor_get(&r->cursor, "next"), "https://A.example:443/posts?after=1");
    poll_begin(r, 60);
    assert_string_equal(ask(r), "https://A.example:443/posts?after=1&key=S");
    assert_int_equal(answer(r, "{\"items\":[]}"), 0);
    assert_null(ask(r));
    poll_begin(r, 60);
    assert_string_equal(ask(r), "https://a.example/posts?n=2&after=x%20y&key=S");
    assert_false(read_text(r, "{\"items\":[],\"next\":\"https://evil.example/\"}"));
    assert_in(r->e.text, "another server");
    for (int i = 0; i < 2; i++) { /* the same page again: an empty one is the end */
        assert_int_equal(
            answer(r,
                   i == 0
                       ? "{\"items\":[],\"next\":\"?n=2&after=x%20y\"}"
                       : "{\"items\":[{\"id\":1,\"text\":\"b\",\"time\":\"2026-08-22T04:05:00Z\"}],"
                         "\"next\":\"?n=2&after=x%20y\"}"),
            i);
        assert_int_equal(r->poll.faulty, i);
        assert_null(ask(r));
        poll_begin(r, 60);
        ask(r);
    }
    assert_false(read_text(r, "{\"items\":[],\"next\":[1]}"));
    assert_false(read_text(r, "{\"items\":[],\"next\":{\"p\":[1]}}"));
    assert_false(read_text(r, "{\"items\":[],\"cursor\":\"x\"}"));
    for (int i = 0; !r->poll.faulty; i++) { /* two pages that lead to each other */
        assert_true(i < 30);
        ask(r);
        answer(r, i % 2 == 0 ? "{\"items\":[],\"next\":\"?a\"}" : "{\"items\":[],\"next\":\"?b\"}");
    }
    assert_null(ask(r));
    set_value(r, "headers", "nonsense");
    assert_false(r->subject.network->check(&r->subject, &r->e));
    run_free(r);
}

static void names_networks(void **state)
{
    (void)state;
    for (size_t i = 0; network_at(i) != NULL; i++) {
        const struct network *n = network_at(i);
        size_t count = 0;
        assert_ptr_equal(network_find(n->kind), n);
        assert_true(n->ask != NULL && n->read != NULL && n->every > 0);
        assert_int_equal(n->refresh_batch > 0, n->refresh != NULL);
        while (n->keys[count].name != NULL)
            count++;
        assert_true(count <= NETWORK_KEYS);
    }
    assert_null(network_find("nosuch"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(builds_requests),
        cmocka_unit_test(sets_parameters),
        cmocka_unit_test(compares_origins),
        cmocka_unit_test(keeps_marks),
        cmocka_unit_test(knows_posts),
        cmocka_unit_test(knows_long_pages_as_long_as_they_are),
        cmocka_unit_test(knows_a_poll_of_several_runs),
        cmocka_unit_test(knows_the_ends_of_a_poll_without_one),
        cmocka_unit_test(knows_entries_of_one_id),
        cmocka_unit_test(forgets_a_page),
        cmocka_unit_test(compares_ids),
        cmocka_unit_test(trips_by_three_more_than_usual),
        cmocka_unit_test(watches_counts),
        cmocka_unit_test(reads_feeds),
        cmocka_unit_test(pages_x_back),
        cmocka_unit_test(tells_what_x_no_longer_shows),
        cmocka_unit_test(trips_x),
        cmocka_unit_test(pages_bluesky_back),
        cmocka_unit_test(renews_bluesky_sessions),
        cmocka_unit_test(pages_mastodon_forward),
        cmocka_unit_test(reads_late_mastodon_posts),
        cmocka_unit_test(searches_mastodon),
        cmocka_unit_test(pages_reddit_back),
        cmocka_unit_test(tells_where_a_reddit_listing_is_cut_off),
        cmocka_unit_test(goes_on_where_a_reddit_submission_was_taken_away),
        cmocka_unit_test(pages_youtube_back),
        cmocka_unit_test(reads_bookmarks),
        cmocka_unit_test(compares_suggestions),
        cmocka_unit_test(maps_newest_first),
        cmocka_unit_test(maps_oldest_first),
        cmocka_unit_test(names_networks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
