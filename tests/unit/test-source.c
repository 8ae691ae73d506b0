/* lib/source: which format a text is in, and what becomes of it. */
#include "unit.h"

#include "record/value.h"
#include "source/source.h"
#include "source/suggest.h"

/* 2026-08-22T04:00:00Z */
#define NOW 1787371200

struct result {
    struct buf lines;
    struct err e;
    size_t at;
    bool done;
};

static struct result convert_as(const char *text, const struct source_settings *settings)
{
    struct result r = {.e = {.text = ""}};
    struct source *s = source_new(settings, &r.e);
    assert_non_null(s);
    struct str whole = str_of(text);
    r.done = source_convert(s, whole, source_is_document(settings, whole), &r.lines, &r.e, &r.at);
    source_free(s);
    return r;
}

static struct result convert(const char *text)
{
    struct source_settings settings = {.now = NOW};
    return convert_as(text, &settings);
}

static size_t count_lines(const struct result *r)
{
    size_t count = 0;
    for (size_t i = 0; i < r->lines.len; i++)
        count += r->lines.data[i] == '\n';
    return count;
}

/* The raw value of a member of the record of that number. */
static struct str member(const struct result *r, size_t number, const char *name)
{
    struct str rest = buf_str(&r->lines), line = rest;
    for (size_t i = 0; i <= number; i++)
        line = str_cut(rest, '\n', &rest);
    return value_member(line, name);
}

/* Adds shape with value in place of each `%1$s`. */
static void add_shape(struct buf *text, const char *shape, const char *value)
{
    struct str rest = str_of(shape);
    for (ptrdiff_t at; (at = str_find(rest, STR("%1$s"))) >= 0;
         rest = str_from(rest, (size_t)at + 4)) {
        buf_add(text, rest.ptr, (size_t)at);
        buf_add_text(text, value);
    }
    buf_add_str(text, rest);
}

/* Whatever came in, what comes out is records. */
static void assert_lines(const struct result *r)
{
    struct str rest = buf_str(&r->lines);
    struct shape shape;
    struct record record;
    struct scan_error e;
    static const char *const names[] = {"kind", "seen", NULL};
    shape_init(&shape, names, NULL);
    while (rest.len > 0) {
        assert_true(record_scan(&shape, str_cut(rest, '\n', &rest), &record, &e));
        assert_int_equal(value_type(record.member[0]), VALUE_STRING);
    }
    assert_true(r->done || r->e.text[0] != '\0');
}

static void knows_documents(void **state)
{
    (void)state;
    static const char *const documents[] = {"<?xml version='1.0'?>",
                                            "\n <rss>",
                                            "\xEF\xBB\xBF<feed>",
                                            "{\n \"a\": 1\n}",
                                            "[\n{\"text\":\"a\"},\n",
                                            "{\n",
                                            "Warning: x\n<?xml version='1.0'?>",
                                            "window.YTD.tweets.part0 = [ {",
                                            "{\"a\":[1,\n2",
                                            "{\"a\":\n\"\x8D\x82\"}\n                          ",
                                            "a<>b<>2026/08/22(土) 12:57<>c<>d\n",
                                            "a<>b<>2026/08/22(土) 12:57<>c that goes on",
                                            "あぼーん<>あぼーん<>あぼーん<>あぼーん<>\n"};
    static const char *const lines[] = {"",
                                        "\n",
                                        "plain text\n",
                                        "{\"text\":\"a\"}\n{\"text\":\"b\"}\n",
                                        "{\"text\":\"a\"}",
                                        "{\"a\":",
                                        "{\"text\":\"a\n{\"text\":\"b\"}\n{\"text\":\"c\"}\n",
                                        "12\n",
                                        "a<>b<>c<>d<>e\n",
                                        "a<>b<>2026/08/22<>c\n",
                                        "{<>b<>2026/08/22(土) 12:57<>c<>d\n",
                                        "{\"a\":\"\x8D\x82\"}\n{\"a\":\"b\"}\n        ",
                                        "{bad\n{\"text\":\"b\"}\n"};
    const struct source_settings any = {.from = NULL};
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++)
        assert_true(source_is_document(&any, str_of(documents[i])));
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        assert_false(source_is_document(&any, str_of(lines[i])));
    assert_true(source_is_document(&any, STR("\xFF\xFE<\0")));
    assert_true(source_is_document(&any, STR("\0<\0r")));
}

static void recognises_formats(void **state)
{
    (void)state;
    static const struct {
        const char *text, *id;
    } rows[] = {
        {"<rss><item><guid>1</guid></item></rss>", "\"feed:1\""},
        {"<rdf:RDF><item rdf:about='u'/></rdf:RDF>", "\"feed:u\""},
        {"<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>i</id></entry></feed>",
         "\"feed:i\""},
        {"{\"version\":\"https://jsonfeed.org/version/"
         "1.1\",\"items\":[{\"id\":12345678901234567890}]}",
         "\"feed:12345678901234567890\""},
        {"{\"data\":[{\"id\":\"1\",\"text\":\"a\"}]}", "\"x:1\""},
        {"{\"data\":{\"id\":\"1\",\"text\":\"a\"},\"matching_rules\":[]}", "\"x:1\""},
        {"{\"id\":\"1\",\"text\":\"a\",\"edit_history_tweet_ids\":[\"1\"]}", "\"x:1\""},
        {"{\"id_str\":\"1\",\"text\":\"a\"}", "\"twitter:1\""},
        {"{\"statuses\":[{\"id\":1930000000000000001,\"text\":\"a\"}]}",
         "\"twitter:1930000000000000001\""},
        {"[{\"id_str\":\"1\",\"full_text\":\"a\"}]", "\"twitter:1\""},
        {"window.YTD.tweets.part0 = [{\"tweet\":{\"id\":\"1\",\"full_text\":\"a\"}}]",
         "\"twitter:1\""},
        {"{\"uri\":\"u\",\"account\":{},\"content\":\"\"}", "\"mastodon:u\""},
        {"[{\"uri\":\"u\",\"account\":{},\"content\":\"\"}]", "\"mastodon:u\""},
        {"{\"accounts\":[],\"hashtags\":[],\"statuses\":[{\"uri\":\"u\",\"content\":\"\"}]}",
         "\"mastodon:u\""},
        {"{\"orderedItems\":[{\"id\":\"u\",\"content\":\"\"}]}", "\"mastodon:u\""},
        {"{\"uri\":\"at://d/c/k\",\"record\":{\"text\":\"\"}}", "\"bluesky:at://d/c/k\""},
        {"{\"posts\":[{\"uri\":\"u\",\"record\":{\"text\":\"\"}}]}", "\"bluesky:u\""},
        {"{\"post\":{\"uri\":\"u\",\"record\":{\"text\":\"\"}}}", "\"bluesky:u\""},
        {"{\"kind\":\"t3\",\"data\":{\"id\":\"a\",\"title\":\"\"}}", "\"reddit:t3_a\""},
        {"{\"kind\":\"youtube#comment\",\"id\":\"a\",\"snippet\":{\"textOriginal\":\"\"}}",
         "\"youtube:a\""},
        {"{\"eid\":7,\"bookmarks\":[{\"user\":\"u\",\"comment\":\"c\"}]}", "\"hatena:7/u\""},
        {"{\"id\":\"1\",\"text\":\"a\",\"conversation_id\":\"1\"}", "\"x:1\""},
        {"window.YTD.note_tweet.part0 = "
         "[{\"noteTweet\":{\"noteTweetId\":\"1\",\"core\":{\"text\":\"a\"}}}]",
         "\"twitter:1\""},
        {"{\"delete\":{\"status\":{\"id\":1}}}", "\"twitter:1\""},
        {"{\"text\":\"a\",\"id\":\"x:1\"}", "\"x:1\""},
        {"{\"kind\":\"gap\",\"id\":\"y\"}", "\"y\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct result r = convert(rows[i].text);
        assert_true(r.done);
        assert_int_equal(count_lines(&r), 1);
        assert_str(member(&r, 0, "id"), rows[i].id);
        buf_free(&r.lines);
    }
}

static void tells_what_it_cannot_read(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"{\"a\":1}", "--map"},
        {"12", "--map"},
        {"{\"a\":", "ends too early"},
        {"hello", "--from text"},
        {"<html><body>Not Found</body></html>", "<html>"},
        {"{\"errors\":[{\"detail\":\"Too many requests\"}]}", "Too many requests"},
        {"{\"data\":[{\"id\":\"1\",\"username\":\"u\"}]}", "--map"},
        {"{\"data\":[{\"id\":\"1\",\"username\":\"u\"},{\"id\":\"2\",\"text\":\"\"}]}", "no post"},
        {"{\"text\":1,\"kind\":\"post\"}", "text is not a string"},
        {"{\"text\":\"a\",\"id\":1}", "'id' is not a string"},
        {"{\"text\":\"a\",\"time\":\"yesterday\"}", "'time' is not a time"},
        {"<rss><item></rss>", "line 1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct result r = convert(rows[i].text);
        assert_false(r.done);
        if (strstr(r.e.text, rows[i].says) == NULL)
            print_error("# '%s' does not say '%s'\n", r.e.text, rows[i].says);
        assert_non_null(strstr(r.e.text, rows[i].says));
        buf_free(&r.lines);
    }
}

/* What is good of a document that is not good is taken. */
static void keeps_what_is_good(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t count;
    } rows[] = {
        {"[{\"text\":\"a\"},{\"b\":1},{\"text\":\"c\"}]", 2},
        {"{\"text\":\"a\"}\n{\"b\":1}\n{\n\"text\":\"c\"}{\"text\":\"d\"", 2},
        {"{\"data\":[{\"id\":\"1\"},{\"id\":\"2\",\"text\":\"b\"}]}", 1},
        {"<rss><item><title>a</title></item><item><title>b</title><wrong></item><item>", 2},
        {"<rss><item/></rss><?xml version='1.0'?><html/>", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct result r = convert(rows[i].text);
        assert_false(r.done);
        assert_int_equal(count_lines(&r), rows[i].count);
        buf_free(&r.lines);
    }
}

static void reads_feeds(void **state)
{
    (void)state;
    struct result r = convert(
        "<?xml version='1.0'?><rss version='2.0' "
        "xmlns:content='http://purl.org/rss/1.0/modules/content/'"
        " xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>Feed</title>"
        "<link>https://example.jp/</link><language>ja</language>"
        "<item><title>新商品 &amp;amp; お知らせ</title><link>/news/1</link>"
        "<guid isPermaLink='false'>n1</guid><pubDate>Sat, 22 Aug 2026 12:57:00 +0900</pubDate>"
        "<dc:creator>広報</dc:creator><category>news</category><category>news</category>"
        "<description>short</description>"
        "<content:encoded><![CDATA[<p>一。</p><p><a href='/more'>続き</a><img src='/i.jpg'></p>]]>"
        "</content:encoded><enclosure url='a.mp3' type='audio/mpeg' "
        "length='1'/></item></channel></rss>");
    assert_true(r.done);
    assert_str(
        buf_str(&r.lines),
        "{\"kind\":\"post\",\"id\":\"feed:example.jp/n1\",\"source\":\"feed\",\"url\":\"https://"
        "example.jp/"
        "news/1\","
        "\"time\":\"2026-08-22T03:57:00Z\",\"seen\":\"2026-08-22T04:00:00Z\",\"edited\":null,"
        "\"lang\":\"ja\","
        "\"author\":{\"id\":null,\"handle\":null,\"name\":\"広報\",\"followers\":null,\"verified\":"
        "null},"
        "\"title\":\"新商品 & "
        "お知らせ\",\"text\":\"一。\\n続き\",\"reply_to\":null,\"quote_of\":null,"
        "\"repost_of\":null,\"thread\":null,\"tags\":[\"news\"],\"mentions\":[],"
        "\"links\":[\"https://example.jp/more\"],"
        "\"media\":[{\"type\":\"image\",\"url\":\"https://example.jp/i.jpg\",\"alt\":null},"
        "{\"type\":\"audio\",\"url\":\"https://example.jp/a.mp3\",\"alt\":null}],\"metrics\":null,"
        "\"tier\":\"net-news\",\"watch\":[]}\n");
    buf_free(&r.lines);
}

static void reads_atom(void **state)
{
    (void)state;
    struct result r = convert(
        "<a:feed xmlns:a='http://www.w3.org/2005/Atom' xml:base='http://example.jp/' xml:lang='en'>"
        "<a:author><a:name>All</a:name></a:author>"
        "<a:entry xml:base='/dir/'><a:id>i1</a:id><a:title>1 &lt; 2 &amp;amp;</a:title>"
        "<a:link rel='self' href='s'/><a:link "
        "href='p'/><a:published>2026-08-22T00:00:00Z</a:published>"
        "<a:updated>2026-08-22T01:00:00Z</a:updated><a:summary>no</a:summary>"
        "<a:content type='xhtml'><x:div xmlns:x='http://www.w3.org/1999/xhtml'>a &amp; "
        "<x:b>b</x:b><x:br/>"
        "<x:a href='l'>c</x:a></x:div></a:content></a:entry>"
        "<a:entry "
        "xml:lang='ja'><a:updated>2026-08-22T01:00:00Z</a:updated><a:author><a:uri>u</a:uri>"
        "<a:email>m@example.jp</a:email></a:author><a:content type='html'>&lt;b&gt;x</a:content>"
        "<a:category term='t' label='L'/></a:entry></a:feed>");
    assert_true(r.done);
    assert_int_equal(count_lines(&r), 2);
    assert_str(member(&r, 0, "url"), "\"http://example.jp/dir/p\"");
    assert_str(member(&r, 0, "title"), "\"1 < 2 &amp;\"");
    assert_str(member(&r, 0, "text"), "\"a & b\\nc\"");
    assert_str(member(&r, 0, "links"), "[\"http://example.jp/dir/l\"]");
    assert_str(member(&r, 0, "time"), "\"2026-08-22T00:00:00Z\"");
    assert_str(member(&r, 0, "edited"), "\"2026-08-22T01:00:00Z\"");
    assert_str(member(&r, 0, "lang"), "\"en\"");
    assert_str(value_member(member(&r, 0, "author"), "name"), "\"All\"");
    assert_str(member(&r, 1, "time"), "\"2026-08-22T01:00:00Z\"");
    assert_str(member(&r, 1, "edited"), "null");
    assert_str(member(&r, 1, "lang"), "\"ja\"");
    assert_str(member(&r, 1, "text"), "\"x\"");
    assert_str(value_member(member(&r, 1, "author"), "name"), "\"m@example.jp\"");
    assert_str(member(&r, 1, "tags"), "[\"t\",\"L\"]");
    buf_free(&r.lines);
}

/* Without guid, id or link, what an item says makes its id: the same again, another
 * for another. */
static void makes_ids(void **state)
{
    (void)state;
    struct result a =
        convert("<rss><item><title>a</title></item><item><title>b</title></item></rss>");
    struct result b =
        convert("<rss><item><link>http://l</link></item><item><title>a</title></item></rss>");
    assert_true(str_equal(member(&a, 0, "id"), member(&b, 1, "id")));
    assert_false(str_equal(member(&a, 0, "id"), member(&a, 1, "id")));
    assert_str(member(&b, 0, "id"), "\"feed:http://l\"");
    buf_free(&a.lines);
    buf_free(&b.lines);
}

/* Both spellings of a page of X, with everything that it may include. */
static void joins_pages_of_x(void **state)
{
    (void)state;
    static const char *const pages[] = {
        "{\"data\":[{\"id\":\"1930000000000000001\",\"text\":\"RT @b: "
        "cut…\",\"author_id\":\"7\",\"lang\":\"ja\","
        "\"created_at\":\"2026-08-22T03:57:00.000Z\",\"conversation_id\":\"5\",\"referenced_"
        "tweets\":"
        "[{\"type\":\"retweeted\",\"id\":\"4\"},{\"type\":\"replied_to\",\"id\":\"5\"},{\"type\":"
        "\"quoted\","
        "\"id\":\"6\"}],\"public_metrics\":{\"retweet_count\":1,\"reply_count\":2,\"like_count\":3,"
        "\"quote_count\":4,\"impression_count\":5}}],\"includes\":{\"users\":[{\"id\":\"7\","
        "\"username\":\"u\","
        "\"name\":\"N\",\"verified\":true,\"public_metrics\":{\"followers_count\":9}}],\"tweets\":["
        "{\"id\":\"4\","
        "\"text\":\"short\",\"note_tweet\":{\"text\":\"long &amp; &lt;whole&gt; "
        "text\"},\"entities\":{\"urls\":"
        "[{\"expanded_url\":\"http://e\",\"unwound_url\":\"http://u\"},{\"expanded_url\":\"http://"
        "pic\","
        "\"media_key\":\"3_1\"}],\"hashtags\":[{\"tag\":\"t\"}],\"mentions\":[{\"username\":\"m\"}]"
        "},"
        "\"attachments\":{\"media_keys\":[\"3_1\"]}}],\"media\":[{\"media_key\":\"3_1\",\"type\":"
        "\"photo\","
        "\"url\":\"http://i\",\"alt_text\":\"A\"}]}}",
        "{\"data\":[{\"id\":\"1930000000000000001\",\"text\":\"RT @b: "
        "cut…\",\"author_id\":\"7\",\"lang\":\"ja\","
        "\"created_at\":\"2026-08-22T03:57:00.000Z\",\"conversation_id\":\"5\",\"referenced_"
        "posts\":"
        "[{\"type\":\"reposted\",\"id\":\"4\"},{\"type\":\"replied_to\",\"id\":\"5\"},{\"type\":"
        "\"quoted\","
        "\"id\":\"6\"}],\"public_metrics\":{\"repost_count\":1,\"reply_count\":2,\"like_count\":3,"
        "\"quote_count\":4,\"impression_count\":5}}],\"includes\":{\"users\":[{\"id\":\"7\","
        "\"username\":\"u\","
        "\"name\":\"N\",\"verified\":true,\"public_metrics\":{\"followers_count\":9}}],\"posts\":[{"
        "\"id\":\"4\","
        "\"text\":\"short\",\"note_post\":{\"text\":\"long &amp; &lt;whole&gt; "
        "text\"},\"entities\":{\"urls\":"
        "[{\"expanded_url\":\"http://e\",\"unwound_url\":\"http://u\"},{\"expanded_url\":\"http://"
        "pic\","
        "\"media_key\":\"3_1\"}],\"hashtags\":[{\"tag\":\"t\"}],\"mentions\":[{\"username\":\"m\"}]"
        "},"
        "\"attachments\":{\"media_keys\":[\"3_1\"]}}],\"media\":[{\"media_key\":\"3_1\",\"type\":"
        "\"photo\","
        "\"url\":\"http://i\",\"alt_text\":\"A\"}]}}",
    };
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct result r = convert(pages[i]);
        assert_true(r.done);
        assert_str(
            buf_str(&r.lines),
            "{\"kind\":\"post\",\"id\":\"x:1930000000000000001\",\"source\":\"x\","
            "\"url\":\"https://x.com/u/status/"
            "1930000000000000001\",\"time\":\"2026-08-22T03:57:00Z\","
            "\"seen\":\"2026-08-22T04:00:00Z\",\"edited\":null,\"lang\":\"ja\",\"author\":{\"id\":"
            "\"x:7\","
            "\"handle\":\"u\",\"name\":\"N\",\"followers\":9,\"verified\":true},\"title\":null,"
            "\"text\":\"long & <whole> text\",\"reply_to\":\"x:5\",\"quote_of\":\"x:6\","
            "\"repost_of\":\"x:4\",\"thread\":\"x:5\",\"tags\":[\"t\"],\"mentions\":[\"m\"],"
            "\"links\":[\"http://u\"],\"media\":[{\"type\":\"image\",\"url\":\"http://"
            "i\",\"alt\":\"A\"}],"
            "\"metrics\":{\"likes\":3,\"reposts\":1,\"replies\":2,\"quotes\":4,\"views\":5},"
            "\"tier\":\"sns\",\"watch\":[]}\n");
        buf_free(&r.lines);
    }
}

static void reads_tweets(void **state)
{
    (void)state;
    struct result r = convert(
        "{\"id\":1,\"id_str\":\"1930000000000000001\",\"text\":\"RT @b: cut…\",\"created_at\":"
        "\"Wed Oct 10 20:19:24 +0000 "
        "2018\",\"user\":{\"id_str\":\"7\",\"screen_name\":\"u\",\"verified\":false},"
        "\"retweeted_status\":{\"id_str\":\"4\",\"text\":\"cu…\",\"extended_tweet\":{\"full_text\":"
        "\"whole\","
        "\"entities\":{\"hashtags\":[{\"text\":\"t\"}],\"media\":[{\"type\":\"photo\",\"media_url_"
        "https\":"
        "\"https://i\"}]}}},\"favorite_count\":3}");
    assert_true(r.done);
    assert_str(member(&r, 0, "id"), "\"twitter:1930000000000000001\"");
    assert_str(member(&r, 0, "text"), "\"whole\"");
    assert_str(member(&r, 0, "time"), "\"2018-10-10T20:19:24Z\"");
    assert_str(member(&r, 0, "repost_of"), "\"twitter:4\"");
    assert_str(member(&r, 0, "tags"), "[\"t\"]");
    assert_str(member(&r, 0, "media"), "[{\"type\":\"image\",\"url\":\"https://i\",\"alt\":null}]");
    assert_str(value_member(member(&r, 0, "metrics"), "likes"), "3");
    buf_free(&r.lines);
}

/* An id tells when it was given out. */
static void tells_time_by_id(void **state)
{
    (void)state;
    struct result r = convert("{\"data\":[{\"id\":\"1577730467436138524\",\"text\":\"a\"},"
                              "{\"id\":\"20\",\"text\":\"b\"}]}");
    assert_str(member(&r, 0, "time"), "\"2022-10-05T18:40:30Z\"");
    assert_str(member(&r, 1, "time"), "null");
    buf_free(&r.lines);
}

static void passes_records_on(void **state)
{
    (void)state;
    struct result r = convert(" {\"n\":1e400, \"text\":\"\\ud800\",\"id\":\"x:1\",\"z\":[1, 2]} ");
    assert_true(r.done);
    assert_str(buf_str(&r.lines),
               "{\"n\":1e400, \"text\":\"\\ud800\",\"id\":\"x:1\",\"z\":[1, 2]}\n");
    buf_free(&r.lines);
    r = convert("{\r\n  \"text\": \"a\"\r\n}\r\n");
    assert_true(r.done);
    assert_str(buf_str(&r.lines), "{  \"text\": \"a\"}\n");
    buf_free(&r.lines);
}

static void maps_json(void **state)
{
    (void)state;
    static const char *const watches[] = {"acme"};
    struct source_settings settings = {
        .now = NOW,
        .name = "shop",
        .tier = "forum",
        .watches = watches,
        .watch_count = 1,
        .map = ".[] | {id, text: .body, time: .at, author: .by, stars, url}"};
    struct result r =
        convert_as("[{\"id\":12345678901234567890,\"body\":\"a\",\"at\":1787371020,\"by\":\"B\","
                   "\"stars\":5},{\"id\":\"x:1\",\"body\":\"b\",\"at\":\"2026/08/22 12:57\"}]",
                   &settings);
    assert_true(r.done);
    assert_int_equal(count_lines(&r), 2);
    assert_str(member(&r, 0, "kind"), "\"post\"");
    assert_str(member(&r, 0, "id"), "\"shop:12345678901234567890\"");
    assert_str(member(&r, 0, "time"), "\"2026-08-22T03:57:00Z\"");
    assert_str(member(&r, 0, "seen"), "\"2026-08-22T04:00:00Z\"");
    assert_str(member(&r, 0, "tier"), "\"forum\"");
    assert_str(member(&r, 0, "watch"), "[\"acme\"]");
    assert_str(member(&r, 0, "stars"), "5");
    assert_str(value_member(member(&r, 0, "author"), "name"), "\"B\"");
    assert_str(member(&r, 1, "id"), "\"x:1\"");
    assert_str(member(&r, 1, "time"), "\"2026-08-22T03:57:00Z\"");
    buf_free(&r.lines);
    static const char *const wrong[] = {"{}", "1", "{text:1}", "{text:\"a\",tags:1}",
                                        "error(\"no\")"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        settings.map = wrong[i];
        r = convert_as("{}", &settings);
        assert_false(r.done);
        assert_non_null(strstr(r.e.text, "--map"));
        buf_free(&r.lines);
    }
}

static void refuses_a_bad_map(void **state)
{
    (void)state;
    struct source_settings settings = {.map = ".["};
    struct err e;
    assert_null(source_new(&settings, &e));
    assert_non_null(strstr(e.text, "--map"));
}

static void takes_lines_of_text(void **state)
{
    (void)state;
    struct source_settings settings = {.now = NOW, .from = source_find("text")};
    struct result r = convert_as("{\"not\":\"json\"} <b>\r", &settings);
    assert_true(r.done);
    assert_str(member(&r, 0, "text"), "\"{\\\"not\\\":\\\"json\\\"} <b>\"");
    assert_str(member(&r, 0, "id"), "null");
    buf_free(&r.lines);
    r = convert_as("<a>\n\nb\n", &settings);
    assert_int_equal(count_lines(&r), 2);
    buf_free(&r.lines);
}

/* What networks send is what people wrote: any member may be anything. */
static void takes_any_type(void **state)
{
    (void)state;
    static const char *const shapes[] = {
        "{\"uri\":\"u\",\"account\":%1$s,\"content\":\"\",\"reblog\":%1$s,\"quote\":%1$s,\"tags\":%"
        "1$s,"
        "\"mentions\":%1$s,\"media_attachments\":%1$s,\"card\":%1$s,\"in_reply_to_id\":%1$s}",
        "{\"orderedItems\":[%1$s,{\"type\":%1$s,\"actor\":%1$s,\"object\":%1$s},{\"type\":"
        "\"Create\","
        "\"object\":{\"id\":\"i\",\"content\":\"\",\"url\":%1$s,\"tag\":%1$s,\"attachment\":%1$s,"
        "\"contentMap\":%1$s,\"inReplyTo\":%1$s,\"quote\":%1$s}},{\"type\":\"Delete\",\"object\":%"
        "1$s}]}",
        "{\"uri\":\"u\",\"record\":{\"text\":\"a\",\"facets\":%1$s,\"langs\":%1$s,\"tags\":%1$s,"
        "\"reply\":%1$s,"
        "\"createdAt\":%1$s},\"embed\":{\"record\":%1$s,\"media\":%1$s,\"images\":%1$s},\"author\":"
        "%1$s}",
        "{\"feed\":[{\"post\":{\"uri\":\"u\",\"record\":%1$s},\"reason\":%1$s},%1$s]}",
        "{\"kind\":\"Listing\",\"data\":{\"children\":[%1$s,{\"kind\":\"t1\",\"data\":{\"id\":%1$s,"
        "\"body\":\"a\",\"replies\":%1$s,\"edited\":%1$s,\"author\":%1$s}},{\"kind\":\"t3\","
        "\"data\":{"
        "\"id\":1,\"title\":\"a\",\"url\":%1$s,\"crosspost_parent\":\"t3_a\","
        "\"crosspost_parent_list\":%1$s}}]}}",
        "{\"kind\":\"youtube#commentThread\",\"id\":%1$s,\"snippet\":{\"topLevelComment\":%1$s,"
        "\"videoId\":%1$s},\"replies\":{\"comments\":[%1$s]},\"items\":%1$s}",
        "{\"eid\":%1$s,\"url\":%1$s,\"count\":%1$s,\"bookmarks\":[%1$s,{\"user\":\"u\",\"comment\":"
        "\"c\","
        "\"tags\":%1$s,\"timestamp\":%1$s}]}",
        "{\"conversation_id\":\"1\",\"text\":\"a\",\"id\":\"1\",\"author\":%1$s,\"media\":%1$s,"
        "\"attachments\":%1$s,\"referenced_tweets\":[%1$s,{\"type\":\"retweeted\",\"id\":%1$s,"
        "\"text\":%1$s}]}",
        "{\"data\":[{\"id\":\"1\",\"text\":\"a\"},{\"id\":%1$s,\"text\":\"a\"},%1$s],"
        "\"includes\":%1$s,\"meta\":%1$s,\"errors\":%1$s}",
        "{\"noteTweet\":{\"noteTweetId\":\"1\",\"core\":{\"text\":\"a\",\"urls\":%1$s,\"hashtags\":"
        "%1$s}}}",
        "[\"q\",[\"a\",%1$s,%1$s],%1$s]",
    };
    static const char *const values[] = {"null",        "true",
                                         "-1e999",      "18446744073709551617",
                                         "\"\"",        "\"\\ud800\\u0000\"",
                                         "[]",          "[[[{}]]]",
                                         "[null,1]",    "{}",
                                         "{\"id\":{}}", "[{\"uri\":[]}]"};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
            struct buf text = {0};
            add_shape(&text, shapes[i], values[k]);
            struct result r = convert(buf_text(&text));
            assert_lines(&r);
            buf_free(&r.lines);
            buf_free(&text);
        }
}

static void tells_how_suggestions_change(void **state)
{
    (void)state;
    static const char *const watches[] = {"acme"};
    const struct entry_origin origin = {
        .source = "google", .seen = NOW, .watches = watches, .watch_count = 1};
    struct suggest now = {.count = 0}, last = {.count = 0};
    struct arena arena = {.used = 0};
    struct buf lines = {0};
    assert_false(suggest_read(&now, &arena, STR("{\"a\":1}")));
    assert_false(suggest_read(&now, &arena, STR("[\"q\"]")));
    assert_true(suggest_read(&now, &arena, STR("[\"q\",[\"c\",\"a\",\"\\u0064\",\"a\",1],[]]")));
    assert_int_equal(now.count, 3);
    suggest_add(&last, STR("a"));
    suggest_add(&last, STR(""));
    suggest_add(&last, STR("b"));
    suggest_add(&last, STR("d"));
    suggest_write(&lines, &now, &last, &origin);
    assert_str(
        buf_str(&lines),
        "{\"kind\":\"suggest\",\"source\":\"google\",\"query\":\"q\","
        "\"seen\":\"2026-08-22T04:00:00Z\",\"suggestions\":[\"c\",\"a\",\"d\"],\"new\":[\"c\"],"
        "\"gone\":[\"b\"],\"moved\":[{\"text\":\"a\",\"from\":1,\"to\":2}],\"tier\":null,"
        "\"watch\":[\"acme\"]}\n");
    suggest_free(&now);
    suggest_free(&last);
    arena_free(&arena);
    buf_free(&lines);
}

static void names_formats(void **state)
{
    (void)state;
    for (size_t i = 0; source_at(i) != NULL; i++)
        assert_ptr_equal(source_find(source_at(i)->name), source_at(i));
    assert_null(source_find("nosuch"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_documents),
        cmocka_unit_test(recognises_formats),
        cmocka_unit_test(tells_what_it_cannot_read),
        cmocka_unit_test(keeps_what_is_good),
        cmocka_unit_test(reads_feeds),
        cmocka_unit_test(reads_atom),
        cmocka_unit_test(makes_ids),
        cmocka_unit_test(joins_pages_of_x),
        cmocka_unit_test(reads_tweets),
        cmocka_unit_test(tells_time_by_id),
        cmocka_unit_test(passes_records_on),
        cmocka_unit_test(maps_json),
        cmocka_unit_test(refuses_a_bad_map),
        cmocka_unit_test(takes_lines_of_text),
        cmocka_unit_test(takes_any_type),
        cmocka_unit_test(tells_how_suggestions_change),
        cmocka_unit_test(names_formats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
