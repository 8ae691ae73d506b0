/* lib/report: what figures come to, and what becomes of hostile text. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "record/write.h"
#include "text/width.h"
#include "report/report.h"

static struct labels labels;
static struct texts texts;

static int open_tables(void **state)
{
    struct err e;
    (void)state;
    return clock_set_zone("Asia/Tokyo", &e) && labels_open(&labels, &e) &&
                   texts_open(&texts, LANG_JA, &e)
               ? 0
               : -1;
}

static int close_tables(void **state)
{
    (void)state;
    labels_close(&labels);
    texts_close(&texts);
    return 0;
}

static struct figures_plan plan(void)
{
    return (struct figures_plan){.labels = &labels,
                                 .now = 1794448800, /* 2026-11-12T02:00:00Z */
                                 .until = CLOCK_UNKNOWN,
                                 .days = 28,
                                 .top = 3};
}

static void add(struct figures *f, const char *line)
{
    struct shape shape;
    struct record r;
    struct scan_error fault;
    struct buf note = {0};
    struct fact_reader reader = {.labels = &labels, .now = f->plan.now};
    shape_init(&shape, fact_members, NULL);
    assert_true(record_scan(&shape, str_of(line), &r, &fault));
    fact_read(&reader, &r, &note);
    figures_add(f, &r, buf_str(&note));
    buf_free(&note);
    buf_free(&reader.scratch);
}

/* The content words that are taken from the tokens of a post, whatever follows them. */
static void words_are(const char *tokens, const char *wanted)
{
    static const char *const tails[] = {
        "", ",\"z\":\"sixty-four bytes behind the tokens, so that all rows may be looked at\""};
    struct shape shape;
    shape_init(&shape, fact_members, NULL);
    for (size_t tail = 0; tail < 2; tail++) {
        struct record r;
        struct scan_error fault;
        struct buf line = {0}, note = {0}, words = {0};
        struct fact_reader reader = {.labels = &labels};
        buf_addf(&line, "{\"text\":\"t\",\"tokens\":%s%s}", tokens, tails[tail]);
        assert_true(record_scan(&shape, buf_str(&line), &r, &fault));
        fact_read(&reader, &r, &note);
        for (size_t at = sizeof(struct fact); at < note.len;
             at += 1u + (unsigned char)note.data[at])
            buf_addf(&words, "%s%.*s", words.len > 0 ? "|" : "", note.data[at], note.data + at + 1);
        assert_str(buf_str(&words), wanted);
        buf_free(&line);
        buf_free(&note);
        buf_free(&words);
        buf_free(&reader.scratch);
    }
}

static void words_are_taken_of_tokens_however_they_are_written(void **state)
{
    (void)state;
    words_are("[[\"虫\",\"名詞\",\"虫\"],[\"が\",\"助詞\",\"が\"],[\"入っ\",\"動詞\",\"入る\"]]",
              "虫|入る");
    words_are("[ [\"虫\", \"名詞\",\"虫\"] , [\"入っ\",\"動詞\",\"入る\"]\t]", "虫|入る");
    words_are(
        "[[\"\\\"\",\"記号\",\"\\\"\"],[\"\\\\虫\",\"名詞\",\"\\u866b\"],[\"虫\",\"名詞\",\"\"]]",
        "虫|虫");
    words_are(
        "[[\"a\",\"名詞\"],[\"虫\",\"名詞\",\"虫\",\"ムシ\"],[\"熱い\",\"形容詞\",null],[],7]",
        "虫|熱い");
    words_are("[[\"虫\",\"\\u540d\\u8a5e\",\"虫\"],[\"茶\",\"名\\u8a5e\",\"\\u002a\"],"
              "[\"が\",\"\\u52a9\\u8a5e\",\"が\"],[\"熱い\" ,\"\\u5f62容詞\",\"\\u71b1い\"]]",
              "虫|茶|熱い");
    words_are("[[\"とても長いひらがなとカタカナの語、六十四バイトより長い\",\"名詞\",\"長語\"],"
              "[\"虫\",\"名詞\",\"虫\"]]",
              "長語|虫");
    words_are("[[\"ｗｗ\",\"名詞\",\"w\"],[\"Ａ\",\"名詞\",\"A\"],[\"7pay\",\"名詞\",\"*\"]]",
              "7pay");
}

/* Other programs write JSON with escapes where none are needed. */
static void names_are_known_however_they_are_spelled(void **state)
{
    (void)state;
    struct shape shape;
    struct record r;
    struct scan_error fault;
    struct buf note = {0};
    struct fact_reader reader = {.labels = &labels};
    struct str line =
        STR("{\"kind\":\"p\\u006fst\",\"text\":\"t\",\"class\":{\"t\\u006fne\":\"neg\\u0061tive\","
            "\"intents\":[\"compl\\u0061int\"],\"\\u006cevel\":3},\"author\":{\"\\u0069d\":\"a\"},"
            "\"metrics\":{\"vi\\u0065ws\":7}}");
    shape_init(&shape, fact_members, NULL);
    assert_true(record_scan(&shape, line, &r, &fault));
    fact_read(&reader, &r, &note);
    struct fact f = fact_of(buf_str(&note));
    assert_int_equal(f.kind, FACT_POST);
    assert_int_equal(f.tone, FACT_NEGATIVE);
    assert_int_equal(f.labels, 1u << labels_find(&labels, LABEL_INTENT, STR("complaint")));
    assert_int_equal(f.level, 3);
    assert_true(f.author != 0);
    assert_int_equal(f.reach, 7);
    buf_free(&note);
    buf_free(&reader.scratch);
}

static struct figures open_figures(void)
{
    struct figures f;
    struct err e;
    struct figures_plan p = plan();
    assert_true(figures_open(&f, &p, &e));
    return f;
}

/* ---- text ---- */

static void line_is(const char *from, size_t limit, const char *wanted)
{
    struct buf out = {0};
    safe_line(&out, str_of(from), limit);
    assert_str(buf_str(&out), wanted);
    buf_free(&out);
}

static void lines_are_safe(void **state)
{
    (void)state;
    line_is("虫\x1b[31mが\x07", 20, "虫\xEF\xBF\xBD[31mが\xEF\xBF\xBD");
    line_is("a\xE2\x80\xAE"
            "b\xE2\x81\xA6\xE2\x80\x8B"
            "c",
            20, "abc");
    /* U+115F, U+034F, U+3164, U+FFA0 and U+E0FFF go, U+FE0F and U+E0100 stay */
    line_is("a\xE1\x85\x9F"
            "b\xCD\x8F"
            "c\xE3\x85\xA4"
            "d\xEF\xBE\xA0"
            "e\xF3\xA0\xBF\xBF",
            20, "abcde");
    line_is("☎\xEF\xB8\x8F葛\xF3\xA0\x84\x80", 20, "☎\xEF\xB8\x8F葛\xF3\xA0\x84\x80");
    line_is("a\r\n\n\n b\tc  d ", 20, "a b c d");
    line_is("o\xCC\x80\xCC\x80\xCC\x80\xCC\x80\xCC\x80z", 20, "o\xCC\x80\xCC\x80\xCC\x80z");
    line_is("一二三四五", 3, "一二三…");
    line_is("一二三  ", 3, "一二三");
    line_is("bad \xff byte", 20, "bad \xEF\xBF\xBD byte");
    line_is("👨‍👩‍👧", 20, "👨‍👩‍👧");
}

static void urls_are_http_or_nothing(void **state)
{
    (void)state;
    struct buf out = {0};
    assert_false(safe_url(&out, STR("javascript:alert(1)")));
    assert_false(safe_url(&out, STR("https://a.example/ b")));
    assert_false(safe_url(&out, STR("http://")));
    assert_false(safe_url(&out, STR("https://a.example/\xE2\x80\xAE")));
    assert_int_equal(out.len, 0);
    assert_true(safe_url(&out, STR("HTTPS://a.example/\"><b>?q=虫&r=(1)")));
    assert_str(buf_str(&out), "HTTPS://a.example/%22%3E%3Cb%3E?q=虫&r=%281%29");
    buf_free(&out);
}

static void excerpts_keep_their_marks(void **state)
{
    (void)state;
    struct buf out = {0};
    struct safe_mark marks[] = {{3, 6}, {7, 10}};
    assert_int_equal(safe_excerpt(&out, STR("あ虫\x1b虫い"), 10, marks, 2), 2);
    assert_str(buf_str(&out), "あ虫\xEF\xBF\xBD虫い");
    assert_int_equal(marks[1].start, 9);
    assert_int_equal(marks[1].end, 12);

    char far[1000];
    memset(far, 'a', sizeof far);
    memcpy(far + 700, "XYZ", 3);
    struct safe_mark one = {700, 703};
    buf_clear(&out);
    assert_int_equal(safe_excerpt(&out, (struct str){far, sizeof far}, 50, &one, 1), 1);
    assert_memory_equal(out.data + one.start, "XYZ", 3);
    assert_true(out.len < 60);
    buf_free(&out);
}

static void numbers_are_readable(void **state)
{
    (void)state;
    assert_string_equal(shown_count(0).text, "0");
    assert_string_equal(shown_count(1234567).text, "1,234,567");
    assert_string_equal(shown_count(UINT64_MAX).text, "18,446,744,073,709,551,615");
    assert_string_equal(shown_share(1, 3).text, "33.3%");
    assert_string_equal(shown_share(0, 0).text, "–");
    assert_string_equal(shown_signed(-12.34, "pt").text, "−12.3pt");
    assert_string_equal(shown_signed(0, "").text, "±0");
    assert_string_equal(shown_signed(-0.036, "").text, "−0.036");
    assert_string_equal(shown_decimal(0).text, "0.0");
    assert_string_equal(shown_decimal(1 / 28.0).text, "0.036");
    assert_string_equal(shown_decimal(5 / 1694.0).text, "0.0030");
    assert_string_equal(shown_decimal(0.949).text, "0.95");
    assert_string_equal(shown_decimal(0.96).text, "1.0");
    assert_string_equal(shown_date(20768).text, "2026-11-11");
    assert_string_equal(shown_weekday(&texts, 20768).text, "水");
    assert_string_equal(shown_time(1794369420, 20768).text, "12:57");
    assert_string_equal(shown_time(1794369420, 20769).text, "11-11 12:57");
    assert_string_equal(shown_time(1794369420, 20400).text, "2026-11-11 12:57");
    assert_string_equal(shown_time(1794369420, INT32_MIN).text, "11-11 12:57");
    assert_string_equal(shown_duration(&texts, 3 * 3600 + 120).text, "3 時間 2 分");
    assert_int_equal(text_width(STR("虫a")), 3);
}

/* ---- figures ---- */

#define POST(id, time, more) "{\"id\":\"" id "\",\"time\":\"" time "\",\"text\":\"t\"" more "}"

static void the_last_day_is_compared_with_those_before(void **state)
{
    (void)state;
    struct figures f = open_figures();
    struct digest d;
    add(&f, POST("1", "2026-11-08T16:00:00Z", "")); /* the 9th in Japan */
    add(&f, POST("2", "2026-11-11T03:57:00Z", ",\"class\":{\"tone\":\"negative\",\"level\":2}"));
    add(&f, POST("3", "2026-11-11T14:59:59Z", ",\"class\":{\"tone\":\"positive\"}"));
    digest_make(&d, &f, 0);
    assert_int_equal(d.day_count, 3);
    assert_int_equal(d.base_days, 1); /* the 10th has no data */
    assert_false(d.days[1].data);
    assert_int_equal(digest_now(&d)->posts, 2);
    assert_int_equal(digest_now(&d)->urgent, 1);
    assert_int_equal(d.hours[12][2], 1);
    assert_int_equal(d.hours[23][0], 1);
    digest_free(&d);
    figures_close(&f);
}

static void a_post_read_again_counts_once(void **state)
{
    (void)state;
    struct figures f = open_figures();
    struct digest d;
    add(&f, POST("1", "2026-11-11T01:00:00Z",
                 ",\"seen\":\"2026-11-11T02:00:00Z\",\"metrics\":{\"views\":10,\"reposts\":1}"));
    add(&f, POST("1", "2026-11-11T01:00:00Z",
                 ",\"seen\":\"2026-11-11T04:00:00Z\",\"metrics\":{\"views\":70,\"reposts\":5,"
                 "\"quotes\":2}"));
    add(&f, POST("1", "2026-11-11T01:00:00Z",
                 ",\"seen\":\"2026-11-11T03:00:00Z\",\"metrics\":{\"views\":20}"));
    digest_make(&d, &f, 0);
    assert_int_equal(digest_now(&d)->posts, 1);
    assert_int_equal(digest_now(&d)->reach, 70);
    assert_int_equal(f.reread, 2);
    assert_int_equal(d.spread_count, 1);
    assert_int_equal(d.spread[0].spread, 7);
    digest_free(&d);
    figures_close(&f);
}

static void what_a_later_reading_does_not_know_stays(void **state)
{
    (void)state;
    static const char *const later[] = {
        "",
        ",\"metrics\":{\"views\":null,\"reposts\":null},\"author\":{\"followers\":null}",
        ",\"author\":{\"followers\":90000}",
        ",\"metrics\":{\"reposts\":6}",
        ",\"metrics\":{\"views\":0}",
        ",\"metrics\":{\"reposts\":null,\"quotes\":2}"};
    static const uint64_t reach[] = {1000, 1000, 1000, 1000, 0, 1000};
    static const uint64_t spread[] = {5, 5, 5, 6, 5, 7};
    for (size_t i = 0; i < 6; i++) {
        struct figures f = open_figures();
        struct digest d;
        char line[256];
        add(&f, POST("1", "2026-11-11T01:00:00Z",
                     ",\"seen\":\"2026-11-11T02:00:00Z\",\"author\":{\"followers\":9}"));
        add(&f,
            POST("1", "2026-11-11T01:00:00Z",
                 ",\"seen\":\"2026-11-11T03:00:00Z\",\"metrics\":{\"views\":1000,\"reposts\":5}"));
        snprintf(line, sizeof line,
                 POST("1", "2026-11-11T01:00:00Z", ",\"seen\":\"2026-11-11T04:00:00Z\"%s"),
                 later[i]);
        add(&f, line);
        digest_make(&d, &f, 0);
        assert_int_equal(digest_now(&d)->reach, reach[i]);
        assert_int_equal(d.spread[0].spread, spread[i]);
        assert_true(d.spread[0].post->fact.flags & POST_VIEWS);
        digest_free(&d);
        figures_close(&f);
    }
}

static void deleted_posts_are_not_quoted(void **state)
{
    (void)state;
    struct figures f = open_figures();
    struct digest d;
    add(&f, POST("1", "2026-11-11T01:00:00Z", ",\"class\":{\"level\":3}"));
    add(&f, "{\"kind\":\"delete\",\"id\":\"1\"}");
    add(&f, "{\"kind\":\"delete\",\"id\":\"2\"}");
    add(&f, POST("2", "2026-11-11T01:00:00Z", ",\"class\":{\"level\":3}"));
    digest_make(&d, &f, 0);
    assert_int_equal(digest_now(&d)->urgent, 2);
    assert_int_equal(f.deleted, 2);
    assert_int_equal(d.shelves != NULL ? d.shelves[SHELF_URGENT].count : 0, 0);
    digest_free(&d);
    figures_close(&f);
}

static void times_that_cannot_be_are_not_believed(void **state)
{
    (void)state;
    struct figures f = open_figures();
    add(&f, POST("1", "9999-12-31T00:00:00Z", ""));
    add(&f, POST("2", "2026-11-13T00:00:00Z", ",\"seen\":\"2026-11-11T00:00:00Z\""));
    add(&f, POST("3", "yesterday", ""));
    assert_false(f.day_known);
    assert_int_equal(f.future, 2);
    assert_int_equal(f.without_time, 1);
    figures_close(&f);
}

static void watches_have_scopes_of_their_own(void **state)
{
    (void)state;
    struct figures f = open_figures();
    size_t count;
    add(&f, POST("1", "2026-11-11T01:00:00Z", ",\"watch\":[\"a\",\"b\",\"a\"]"));
    add(&f, POST("2", "2026-11-11T01:00:00Z", ",\"watch\":[\"b\"]"));
    add(&f, POST("3", "2026-11-11T01:00:00Z", ""));
    struct voice *voices = digest_voices(&f, &count);
    assert_int_equal(count, 2);
    assert_int_equal(voices[0].scope, 2);
    assert_int_equal(voices[0].posts, 2);
    assert_int_equal(voices[1].posts, 1);
    free(voices);
    figures_close(&f);
}

/* However many there are, of how few posts, the watch with most is quoted. */
static void a_watch_that_comes_late_has_posts_to_look_at(void **state)
{
    (void)state;
    struct figures f = open_figures();
    struct digest d;
    char line[256];
    for (int i = 0; i < 3000; i++) {
        snprintf(line, sizeof line,
                 POST("%d", "2026-11-11T01:00:00Z", ",\"class\":{\"level\":2},\"watch\":[\"w%d\"]"),
                 i, i % 1100);
        add(&f, line);
        if (i < 2000 || i % 10 > 0)
            continue;
        snprintf(
            line, sizeof line,
            POST("late%d", "2026-11-11T01:00:00Z", ",\"class\":{\"level\":2},\"watch\":[\"late\"]"),
            i);
        add(&f, line);
    }
    assert_in_range(f.rack_count, RACKS, 2 * RACKS);
    digest_make(&d, &f, 0);
    assert_int_equal(d.shelves[SHELF_URGENT].count, 9); /* three, and six to move up */
    digest_free(&d);
    digest_make(&d, &f, intern_find(&f.watches, STR("late")) + 1);
    assert_int_equal(digest_now(&d)->posts, 100);
    assert_int_equal(d.shelves[SHELF_URGENT].count, 9);
    digest_free(&d);
    figures_close(&f);
}

static void words_that_rose_are_found(void **state)
{
    (void)state;
    struct figures f = open_figures();
    struct digest d;
    char line[256];
    for (int i = 0; i < 40; i++) {
        snprintf(
            line, sizeof line,
            "{\"time\":\"2026-11-1%dT01:00:00Z\",\"text\":\"t\",\"tokens\":[[\"お菓子\",\"名詞\","
            "\"お菓子\"],[\"%s\",\"名詞\",\"*\"],[\"が\",\"助詞\",\"が\"],[\"%s\" ,\"名詞\"]]}",
            i % 2, i % 2 ? "虫" : "茶", i % 2 ? "虫" : "7");
        add(&f, line);
    }
    digest_make(&d, &f, 0);
    assert_int_equal(d.word_posts.now, 20);
    assert_int_equal(d.word_count, 1);
    assert_str(d.words[0].word, "虫");
    assert_int_equal(d.words[0].posts.now, 20);
    assert_float_equal((float)d.words[0].g2, 55.45F, 0.01F); /* 2 · 40 · ln 2 */
    digest_free(&d);
    figures_close(&f);
}

static void log_likelihood_is_dunnings(void **state)
{
    (void)state;
    /* 110 of 2552 and 111 of 29224: the first table of Dunning (1993), 270.72 */
    assert_float_equal((float)digest_g2(110, 2552, 111, 29224), 270.72F, 0.05F);
    assert_float_equal((float)digest_g2(5, 10, 50, 100), 0, 1e-6);
    assert_float_equal((float)digest_g2(5, 10, 0, 0), 0, 0);
}

static void copies_gather_round_their_first(void **state)
{
    (void)state;
    struct figures f = open_figures();
    struct digest d;
    add(&f, POST("x:1", "2026-11-11T01:00:00Z", ",\"metrics\":{\"views\":5}"));
    add(&f,
        POST("x:2", "2026-11-11T01:10:00Z", ",\"author\":{\"id\":\"a\"},\"dup\":{\"of\":\"x:1\"}"));
    add(&f,
        POST("x:3", "2026-11-11T01:20:00Z", ",\"author\":{\"id\":\"a\"},\"repost_of\":\"x:1\""));
    add(&f,
        POST("x:4", "2026-11-11T01:20:00Z", ",\"author\":{\"id\":\"b\"},\"repost_of\":\"x:0\""));
    digest_make(&d, &f, 0);
    assert_int_equal(digest_now(&d)->copies, 3);
    assert_int_equal(d.spread_count, 2);
    assert_int_equal(d.spread[0].copies, 2);
    assert_int_equal(d.spread[0].authors, 1);
    assert_true(d.spread[0].first);
    assert_false(d.spread[1].first);
    assert_non_null(d.spread[1].post);
    digest_free(&d);
    figures_close(&f);
}

/* However many posts spread more than the first post of a group. */
static void the_first_post_of_a_group_counts_with_it(void **state)
{
    (void)state;
    struct figures f = open_figures();
    struct digest d;
    char line[256];
    add(&f, POST("x:1", "2026-11-11T01:00:00Z", ",\"metrics\":{\"views\":10,\"reposts\":2}"));
    add(&f, POST("x:0", "2026-11-10T01:00:00Z", ",\"metrics\":{\"views\":10,\"reposts\":2}"));
    for (int i = 0; i < 90; i++) {
        snprintf(line, sizeof line,
                 POST("y:%d", "2026-11-11T01:00:00Z", ",\"metrics\":{\"quotes\":3}%s"), i,
                 i < 20   ? ",\"dup\":{\"of\":\"x:1\"}"
                 : i < 30 ? ",\"dup\":{\"of\":\"x:0\"}"
                          : "");
        add(&f, line);
    }
    digest_make(&d, &f, 0);
    assert_int_equal(d.spread[0].copies, 20);
    assert_int_equal(d.spread[0].spread, 2);
    assert_int_equal(d.spread[0].reach, 10);
    assert_int_equal(d.spread[1].copies, 10); /* whose first post is of the day before */
    assert_int_equal(d.spread[1].spread, 0);
    assert_int_equal(d.spread[1].reach, 0);
    digest_free(&d);
    figures_close(&f);
}

/* ---- clusters ---- */

#define CLUSTER(id, copies, hours, more)                                                           \
    "{\"kind\":\"cluster\",\"first\":{\"id\":\"" id "\",\"time\":\"2026-11-11T01:00:00Z\","        \
    "\"author\":{\"handle\":\"a\"},\"text\":\"the first\"},\"copies\":" copies                     \
    ",\"growth\":{\"hours\":[" hours "]}" more "}"

static void a_cluster_tells_of_copies_that_were_dropped(void **state)
{
    (void)state;
    struct figures f = open_figures();
    struct digest d;
    add(&f, POST("x:1", "2026-11-11T01:00:00Z", ""));
    add(&f, CLUSTER("x:1", "9", "[\"2026-11-11T01:00:00Z\",4],[\"2026-11-11T16:00:00Z\",6]", ""));
    add(&f, CLUSTER("x:2", "2", "[\"2026-11-10T15:00:00Z\",2]", ""));
    add(&f, CLUSTER("x:3", "5", "[\"2026-11-12T01:00:00Z\",5]", "")); /* not of the day */
    digest_make(&d, &f, 0);
    assert_int_equal(f.cluster_records, 3);
    assert_int_equal(d.spread_count, 2);
    assert_true(d.spread[0].told);
    assert_int_equal(d.spread[0].copies, 3); /* four posts, of which one is the first */
    assert_int_equal(d.spread[0].group->copies, 9);
    assert_int_equal(d.spread[1].copies, 2);
    assert_str(d.spread[1].post->text.text, "the first");
    assert_str(d.spread[1].post->author, "@a");
    assert_true(d.spread[1].first);
    digest_free(&d);
    figures_close(&f);
}

static void copies_that_were_read_are_counted_and_the_cluster_adds_to_them(void **state)
{
    (void)state;
    struct figures f = open_figures();
    struct digest d;
    add(&f, POST("x:2", "2026-11-11T01:10:00Z", ",\"dup\":{\"of\":\"x:1\"}"));
    add(&f, POST("x:3", "2026-11-11T01:20:00Z", ",\"repost_of\":\"x:2\""));
    add(&f, CLUSTER("x:1", "7", "[\"2026-11-11T01:00:00Z\",8]", ""));
    digest_make(&d, &f, 0);
    assert_int_equal(d.spread_count, 1); /* a copy of a copy is one of the first */
    assert_false(d.spread[0].told);
    assert_int_equal(d.spread[0].copies, 2);
    assert_int_equal(d.spread[0].group->copies, 7);
    assert_true(d.spread[0].first);
    assert_str(d.spread[0].post->text.text, "the first");
    digest_free(&d);
    figures_close(&f);
}

static void a_later_cluster_takes_the_place_of_an_earlier_one(void **state)
{
    (void)state;
    struct figures f = open_figures();
    struct digest d;
    add(&f, POST("x:1", "2026-11-11T01:00:00Z", ""));
    add(&f, CLUSTER("x:1", "3", "[\"2026-11-11T01:00:00Z\",4]", ""));
    add(&f, CLUSTER("x:1", "8", "[\"2026-11-11T01:00:00Z\",9]", ""));
    digest_make(&d, &f, 0);
    assert_int_equal(d.spread_count, 1);
    assert_int_equal(d.spread[0].copies, 8);
    digest_free(&d);
    figures_close(&f);
}

static void a_deleted_first_post_is_not_quoted_from_its_cluster(void **state)
{
    (void)state;
    struct figures f = open_figures();
    struct digest d;
    add(&f, POST("x:1", "2026-11-11T01:00:00Z", ""));
    add(&f, "{\"kind\":\"delete\",\"id\":\"x:1\"}");
    add(&f, CLUSTER("x:1", "3", "[\"2026-11-11T01:00:00Z\",4]", ""));
    digest_make(&d, &f, 0);
    assert_int_equal(d.spread_count, 1);
    assert_null(d.spread[0].post);
    assert_true(d.spread[0].deleted);
    digest_free(&d);
    figures_close(&f);
}

static void clusters_belong_to_their_watches(void **state)
{
    (void)state;
    struct figures f = open_figures();
    struct digest d;
    add(&f, POST("x:1", "2026-11-11T01:00:00Z", ",\"watch\":[\"a\"]"));
    add(&f, POST("x:9", "2026-11-11T01:00:00Z", ",\"watch\":[\"b\"]"));
    add(&f, CLUSTER("x:1", "3", "[\"2026-11-11T01:00:00Z\",4]", "")); /* as its first post */
    add(&f, CLUSTER("x:2", "3", "[\"2026-11-11T01:00:00Z\",4]", ",\"watch\":[\"b\",\"a\"]"));
    digest_make(&d, &f, 1);
    assert_int_equal(d.spread_count, 2);
    digest_free(&d);
    digest_make(&d, &f, 2);
    assert_int_equal(d.spread_count, 1);
    digest_free(&d);
    digest_make(&d, &f, 0);
    assert_int_equal(d.spread_count, 2);
    digest_free(&d);
    figures_close(&f);
}

static void of_too_many_clusters_those_with_most_copies_stay(void **state)
{
    (void)state;
    struct figures f = open_figures();
    struct digest d;
    char line[512];
    add(&f, POST("x:0", "2026-11-11T01:00:00Z", ""));
    for (unsigned i = 1; i <= 3 * SPREAD_GROUPS; i++) {
        snprintf(line, sizeof line, CLUSTER("y:%u", "%u", "[\"2026-11-11T01:00:00Z\",%u]", ""), i,
                 i % 5000 + 1, i % 5000 + 2);
        add(&f, line);
    }
    assert_in_range(f.clusters.count, SPREAD_GROUPS, 2 * SPREAD_GROUPS);
    assert_int_equal(f.clusters.left_out + f.clusters.count, 3 * SPREAD_GROUPS);
    digest_make(&d, &f, 0);
    assert_int_equal(d.spread[0].copies, 5000);
    assert_int_equal(d.spread[1].copies, 5000);
    assert_int_equal(d.spread[2].copies, 4999);
    digest_free(&d);
    figures_close(&f);
}

/* Those of the day stay, though others have more copies and no post has told the day yet. */
static void clusters_that_come_before_posts_tell_the_day(void **state)
{
    (void)state;
    struct figures f = open_figures();
    struct digest d;
    char line[512];
    for (unsigned i = 1; i <= 3 * SPREAD_GROUPS; i++) {
        bool now = i <= 3;
        snprintf(line, sizeof line, CLUSTER("y:%u", "%u", "[\"2026-11-1%dT01:00:00Z\",%u]", ""), i,
                 now ? 5 : 100, now, now ? 6 : 101);
        add(&f, line);
    }
    add(&f, POST("x:0", "2026-11-11T01:00:00Z", ""));
    digest_make(&d, &f, 0);
    assert_int_equal(d.spread_count, 3);
    digest_free(&d);
    figures_close(&f);
}

static void clusters_that_are_none_are_left_alone(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "{\"kind\":\"cluster\"}",
        "{\"kind\":\"cluster\",\"first\":7,\"copies\":1}",
        "{\"kind\":\"cluster\",\"first\":{\"id\":null},\"copies\":1}",
        "{\"kind\":\"cluster\",\"first\":{\"id\":\"a\"},\"copies\":-1}",
        "{\"kind\":\"cluster\",\"first\":{\"id\":\"a\"},\"copies\":\"3\"}",
    };
    struct figures f = open_figures();
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        add(&f, lines[i]);
    assert_int_equal(f.clusters.count, 0);
    add(&f, "{\"kind\":\"cluster\",\"first\":{\"id\":\"a\"},\"copies\":1,\"authors\":[],"
            "\"growth\":{\"hours\":{\"a\":[],\"b\":[1,2],\"c\":[\"2026-11-11T01:00:00Z\"]}},"
            "\"networks\":[1,{},{\"source\":\"\\u001b[31m\",\"time\":\"x\",\"posts\":-1}],"
            "\"texts\":{\"top\":\"x\",\"count\":1e400}}");
    assert_int_equal(f.clusters.count, 1);
    struct spread_view v;
    spread_view_make(&v, &f.clusters.groups[0]);
    assert_int_equal(v.copies, 1);
    assert_int_equal(v.authors, -1);
    assert_int_equal(v.reach, -1);
    assert_int_equal(v.text_count, UINT32_MAX);
    assert_true(v.top10 < 0);
    assert_true(v.from == CLOCK_UNKNOWN);
    assert_int_equal(v.place_count, 3);
    assert_str(v.places[2].source, "\xEF\xBF\xBD[31m");
    assert_int_equal(v.places[2].posts, -1);
    spread_view_free(&v);
    figures_close(&f);
}

/* ---- writers ---- */

static void write_all(const struct writer_table *table, struct buf *out)
{
    struct figures f = open_figures();
    struct report r;
    add(&f,
        "{\"id\":\"x\",\"time\":\"2026-11-11T01:00:00Z\",\"source\":\"=cmd()\",\"author\":{"
        "\"handle\":"
        "\"<a>\"},\"watch\":[\"<i>|`w`\"],\"url\":\"javascript:x\",\"text\":\"<script>x</script> "
        "|a| `b` @c http://d.example "
        "\\u001b[31m\\u202e\",\"class\":{\"tone\":\"negative\",\"level\":2,"
        "\"risks\":[\"safety\"],\"why\":[{\"text\":\"script\",\"at\":[1,7]}]}}");
    add(&f, CLUSTER("x", "3", "[\"2026-11-11T01:00:00Z\",4]",
                    ",\"watch\":[\"<i>|`w`\"],\"networks\":[{\"source\":\"<a>\\u001b[31m @c\"},"
                    "{\"source\":\"http://d.example\"}],\"texts\":{\"count\":2,\"exact\":true,"
                    "\"top\":[{\"text\":\"<script>x</script> |a| `b` @c\\u202e\",\"posts\":3}]}"));
    report_make(&r, &f, &texts, f.plan.now, "Asia/<b>");
    if (table == NULL) {
        report_write_json(&r, out);
    } else {
        struct writer w = {.table = table, .out = out, .texts = &texts, .width = 60};
        report_write(&r, &w, "");
    }
    report_free(&r);
    figures_close(&f);
}

static bool holds(const struct buf *out, const char *text)
{
    return str_find(buf_str(out), str_of(text)) >= 0;
}

static void hostile_text_is_harmless_everywhere(void **state)
{
    (void)state;
    const struct writer_table *tables[] = {&writer_text, &writer_markdown, &writer_html, NULL};
    for (size_t i = 0; i < 4; i++) {
        struct buf out = {0};
        write_all(tables[i], &out);
        assert_false(holds(&out, "\x1b"));
        assert_false(holds(&out, "\xE2\x80\xAE"));
        assert_false(holds(&out, "javascript:"));
        if (i == 1 || i == 2) {
            assert_false(holds(&out, "<script"));
            assert_false(holds(&out, "<i>"));
            assert_false(holds(&out, "<a>"));
            assert_true(holds(&out, "&lt;<mark>script</mark>"));
            assert_true(holds(&out, "「&lt;script&gt;")); /* of the cluster */
        }
        if (i == 1) {
            assert_false(holds(&out, "http://"));
            assert_false(holds(&out, "@c"));
            assert_true(holds(&out, "\\|a\\| \\`b\\`"));
        }
        if (i < 3)
            assert_true(holds(&out, "'=cmd()") || holds(&out, "\\=cmd\\(\\)") ||
                        holds(&out, "&#39;=cmd()"));
        buf_free(&out);
    }
}

static void lines_of_text_fit_the_width(void **state)
{
    (void)state;
    struct buf out = {0};
    struct writer w = {.table = &writer_text, .out = &out, .texts = &texts, .width = 40};
    w.table->paragraph(
        &w, PARAGRAPH_PLAIN,
        STR("火の番は江戸の町を夜ごとに回り、火が小さいうちに見つけた。and then some words, too"));
    struct str rest = buf_str(&out);
    while (rest.len > 0) {
        struct str line = str_cut(rest, '\n', &rest);
        assert_true(text_width(line) <= 40);
        assert_false(str_starts(line, STR("、")) || str_starts(line, STR("。")));
    }
    buf_free(&out);
}

static void lines_neither_begin_nor_end_with_what_may_not(void **state)
{
    static const char *const closing[] = {"、", "。", "」", "〗", "】", "〉", "》", "）", "！",
                                          "：", ":",  "っ", "ゃ", "ぁ", "ッ", "ー", NULL};
    static const char *const opening[] = {"「", "『", "（", "〖", "【", "〈", NULL};
    (void)state;
    for (size_t width = 12; width < 60; width++) {
        struct buf out = {0};
        struct writer w = {.table = &writer_text, .out = &out, .texts = &texts, .width = width};
        w.table->paragraph(
            &w, PARAGRAPH_PLAIN,
            STR("通り: 「うわぁ、きゃー！」と言って〖虫が入って〗いたパン（写真）を"
                "出した：【続報】『店』へ行ってみた〈本当〉ら、《ショック》だった。"));
        struct str rest = buf_str(&out);
        while (rest.len > 0) {
            struct str line = str_cut(rest, '\n', &rest);
            for (size_t i = 0; closing[i] != NULL; i++)
                assert_false(str_starts(line, str_of(closing[i])));
            for (size_t i = 0; opening[i] != NULL; i++)
                assert_false(str_ends(line, str_of(opening[i])));
        }
        buf_free(&out);
    }
}

static void add_source_row(struct grid *g, const char *name)
{
    grid_add_text(g, name);
    grid_add_text(g, "1,234");
    grid_add_text(g, "537.2");
    grid_add_bar(g, 1, MOOD_BAD);
    grid_add_text(g, "33.3%");
}

/* Names, headings and bars give way, and numbers never do. */
static void tables_and_headings_fit_the_width(void **state)
{
    (void)state;
    static const struct column columns[] = {{"column.source", false},
                                            {"column.posts", true},
                                            {"column.mean", true},
                                            {"column.bar", false},
                                            {"column.negative", true}};
    for (size_t width = 45; width <= 160; width++) {
        struct buf out = {0};
        struct grid g = {.cell_count = 0};
        struct writer w = {.table = &writer_text, .out = &out, .texts = &texts, .width = width};
        grid_start(&g, columns, 5);
        add_source_row(&g,
                       "とても長い名前の掲示板で、折り返しても読めるように、終わりまで書かれる");
        add_source_row(&g, "x");
        w.table->heading(&w, 2, STR("とても長い名前の見張りで、折り返しても読めるように書かれる"));
        w.table->heading(&w, 3, STR("とても長い名前の見張りで、折り返しても読めるように書かれる"));
        w.table->table(&w, &g);
        struct str rest = buf_str(&out);
        while (rest.len > 0)
            assert_true(text_width(str_cut(rest, '\n', &rest)) <= width);
        assert_true(holds(&out, "1,234") && holds(&out, "537.2") && holds(&out, "33.3%"));
        assert_true(width < 150 || holds(&out, "終わりまで書かれる  1,234"));
        grid_free(&g);
        buf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_safe),
        cmocka_unit_test(urls_are_http_or_nothing),
        cmocka_unit_test(excerpts_keep_their_marks),
        cmocka_unit_test(numbers_are_readable),
        cmocka_unit_test(the_last_day_is_compared_with_those_before),
        cmocka_unit_test(a_post_read_again_counts_once),
        cmocka_unit_test(what_a_later_reading_does_not_know_stays),
        cmocka_unit_test(deleted_posts_are_not_quoted),
        cmocka_unit_test(times_that_cannot_be_are_not_believed),
        cmocka_unit_test(watches_have_scopes_of_their_own),
        cmocka_unit_test(a_watch_that_comes_late_has_posts_to_look_at),
        cmocka_unit_test(words_are_taken_of_tokens_however_they_are_written),
        cmocka_unit_test(names_are_known_however_they_are_spelled),
        cmocka_unit_test(words_that_rose_are_found),
        cmocka_unit_test(log_likelihood_is_dunnings),
        cmocka_unit_test(copies_gather_round_their_first),
        cmocka_unit_test(the_first_post_of_a_group_counts_with_it),
        cmocka_unit_test(a_cluster_tells_of_copies_that_were_dropped),
        cmocka_unit_test(copies_that_were_read_are_counted_and_the_cluster_adds_to_them),
        cmocka_unit_test(a_later_cluster_takes_the_place_of_an_earlier_one),
        cmocka_unit_test(a_deleted_first_post_is_not_quoted_from_its_cluster),
        cmocka_unit_test(clusters_belong_to_their_watches),
        cmocka_unit_test(of_too_many_clusters_those_with_most_copies_stay),
        cmocka_unit_test(clusters_that_come_before_posts_tell_the_day),
        cmocka_unit_test(clusters_that_are_none_are_left_alone),
        cmocka_unit_test(hostile_text_is_harmless_everywhere),
        cmocka_unit_test(lines_of_text_fit_the_width),
        cmocka_unit_test(lines_neither_begin_nor_end_with_what_may_not),
        cmocka_unit_test(tables_and_headings_fit_the_width),
    };
    return cmocka_run_group_tests(tests, open_tables, close_tables);
}
