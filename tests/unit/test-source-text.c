/* lib/source/charset, html, url, xml: from bytes to text. */
#include "unit.h"

#include "record/scan.h"
#include "source/charset.h"
#include "source/html.h"
#include "source/url.h"
#include "source/xml.h"

struct row {
    const char *from, *to;
};

/* ---- charsets ---- */

static void assert_decodes(const char *label, const char *bytes, const char *text)
{
    struct charset c;
    struct buf to = {0};
    assert_true(charset_find(str_of(label), &c));
    charset_decode(&c, str_of(bytes), &to);
    assert_str(buf_str(&to), text);
    buf_free(&to);
}

static void decodes_charsets(void **state)
{
    (void)state;
    assert_decodes("Shift_JIS", "\x82\xA0\x83\x5C\xB1\x81\x60\x87\x40 A", "あソｱ～① A");
    assert_decodes("cp932", "\xFB\xFC\x8F\x8D", "髙渚");
    assert_decodes("EUC-JP", "\xA4\xA2\x8E\xB1\xAD\xA1\x8F\xB0\xA1z", "あｱ①丂z");
    assert_decodes("iso-2022-jp", "\x1B$B$\"$$\x1B(Bab\x1B(I1\x1B(J~", "あいabｱ~");
    assert_decodes("csISO2022JP", "\x1B$(D0!\x1B$(O-!\x1B(B", "丂①");
    assert_decodes("big5", "\xA4\xA4\xA4\xE5", "中文");
    assert_decodes("gb2312", "\xD6\xD0\xCE\xC4\x80", "中文€");
    assert_decodes("gb18030", "\x90\x30\x81\x30", "\xF0\x90\x80\x80");
    assert_decodes("ks_c_5601-1987", "\xC7\xD1\xB1\xDB", "한글");
    assert_decodes("latin1", "caf\xE9 \x80", "café €");
    assert_decodes("windows-1251", "\xCF\xF0", "Пр");
    assert_decodes("CP1251", "\xCF\xF0", "Пр");
    assert_decodes("KOI8-R", "\xF0\xD2", "Пр");
    assert_decodes("iso-8859-7", "\xE1", "α");
}

static void marks_bad_bytes(void **state)
{
    (void)state;
    assert_decodes("utf-8",
                   "a\xFF"
                   "b\xE3\x81",
                   "a\xEF\xBF\xBD"
                   "b\xEF\xBF\xBD\xEF\xBF\xBD");
    assert_decodes("shift_jis", "a\x82", "a\xEF\xBF\xBD");
    assert_decodes("shift_jis", "\x82<b>", "\xEF\xBF\xBD<b>");
    assert_decodes("euc-jp", "\xA4<b>", "\xEF\xBF\xBD<b>");
    assert_decodes("gbk", "\xFF<", "\xEF\xBF\xBD<");
    assert_decodes("iso-2022-jp", "\x1B$B$", "\xEF\xBF\xBD");
}

static void assert_document(struct str bytes, const char *text)
{
    struct buf to = {0};
    assert_str(charset_document(bytes, STR(""), &to), text);
    buf_free(&to);
}

static void assert_told(struct str bytes, struct str label, const char *text)
{
    struct buf to = {0};
    assert_str(charset_document(bytes, label, &to), text);
    buf_free(&to);
}

/* A label from outside goes before the declaration, not before the bytes. */
static void takes_a_label_from_outside(void **state)
{
    (void)state;
    assert_told(STR("<a>\xA4\xA2"), STR("euc-jp"), "<a>あ");
    assert_told(STR("<?xml encoding='latin1'?>あ"), STR("UTF-8"), "<?xml encoding='latin1'?>あ");
    assert_told(STR("<?xml version='1.0' encoding='euc-jp'?>\xA4\xA2"), STR("utf-8"),
                "<?xml version='1.0' encoding='euc-jp'?>あ");
    assert_told(STR("\xEF\xBB\xBF<a>あ"), STR("euc-jp"), "<a>あ");
    assert_told(STR("<\0a\0>\0"), STR("us-ascii"), "<a>");
    assert_told(STR("<a>あ"), STR("utf-16"), "<a>あ");
    assert_told(STR("<a>あ"), STR("klingon"), "<a>あ");
}

static void assert_mended_twice(const char *text, const char *mended)
{
    struct buf buf = {0};
    buf_add_text(&buf, text);
    charset_mend_twice(&buf);
    assert_str(buf_str(&buf), mended);
    buf_free(&buf);
}

static void undoes_utf8_made_twice(void **state)
{
    (void)state;
    assert_mended_twice("", "");
    assert_mended_twice("a", "a");
    assert_mended_twice("â€¦", "…");
    assert_mended_twice("Ã£\xC2\x81\xC2\x82", "Ã£\xC2\x81\xC2\x82");
    assert_mended_twice("ã\xC2\x81‚", "あ");
    assert_mended_twice("Café", "Café");
    assert_mended_twice("CafÃ© あ", "CafÃ© あ");
    assert_mended_twice("\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80");
}

static void finds_the_charset(void **state)
{
    (void)state;
    assert_document(STR("<a>あ</a>"), "<a>あ</a>");
    assert_document(STR("\xEF\xBB\xBF<a>"), "<a>");
    assert_document(STR("\xFF\xFE<\0a\0>\0"), "<a>");
    assert_document(STR("\xFE\xFF\0<\0a\0>"), "<a>");
    assert_document(STR("<\0a\0>\0"), "<a>");
    assert_document(STR("\0<\0a\0>"), "<a>");
    assert_document(STR("<\0\0\0a\0\0\0"), "<a");
    assert_document(STR("\0\0\xFE\xFF\0\0\0<"), "<");
    assert_document(STR("\xFF\xFE=\xD8\0\xDE"), "\xF0\x9F\x98\x80");
    assert_document(STR("<?xml version='1.0' encoding='euc-jp'?>\xA4\xA2"),
                    "<?xml version='1.0' encoding='euc-jp'?>あ");
    assert_document(STR("<?xml version=\"1.0\" encoding = \"x-sjis\" ?>\x82\xA0"),
                    "<?xml version=\"1.0\" encoding = \"x-sjis\" ?>あ");
    /* Declarations that lie, or say nothing. */
    assert_document(STR("<?xml encoding='utf-16'?>あ"), "<?xml encoding='utf-16'?>あ");
    assert_document(STR("<?xml encoding='Shift_JIS'?>あいう"),
                    "<?xml encoding='Shift_JIS'?>あいう");
    assert_document(STR("<?xml encoding='utf-8'?>\x83\x65\x83\x58\x83\x67\x82\xC5\x82\xB7"),
                    "<?xml encoding='utf-8'?>テストです");
    assert_document(STR("<?xml encoding='bogus'?>あ"), "<?xml encoding='bogus'?>あ");
    assert_document(STR("<a>\xA4\xB3\xA4\xEC\xA4\xCF\xA5\xC6</a>"), "<a>これはテ</a>");
    assert_document(STR("<a>\x82\xB1\x82\xEA\x82\xCD</a>"), "<a>これは</a>");
    assert_document(STR("<a>\x1B$B$3$l\x1B(B</a>"), "<a>これ</a>");
    assert_document(STR("<a>caf\xE9 \xE9t\xE9</a>"), "<a>café été</a>");
    assert_document(STR("<a>これは\xFFです</a>"), "<a>これは\xEF\xBF\xBDです</a>");
}

static void any_bytes_become_utf8(void **state)
{
    (void)state;
    static const char *const labels[] = {"shift_jis", "euc-jp",      "iso-2022-jp", "big5",
                                         "gbk",       "euc-kr",      "utf-8",       "utf-16le",
                                         "utf-32be",  "windows-1252"};
    unsigned seed = 1;
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        struct charset c;
        char bytes[4096];
        struct buf to = {0};
        size_t bad;
        for (size_t at = 0; at < sizeof bytes; at++)
            bytes[at] = (char)((seed = seed * 1103515245 + 12345) >> 16);
        assert_true(charset_find(str_of(labels[i]), &c));
        charset_decode(&c, (struct str){bytes, sizeof bytes}, &to);
        assert_true(utf8_check(buf_str(&to), &bad));
        buf_free(&to);
    }
}

static void mends_windows_controls(void **state)
{
    (void)state;
    struct buf text = {0};
    buf_add_text(&text, "don\xC2\x92t \xC2\x80 \xC3\xA9");
    charset_mend_controls(&text);
    assert_str(buf_str(&text), "don’t € é");
    buf_free(&text);
}

/* ---- HTML ---- */

static void assert_html(const char *html, const char *text)
{
    struct arena arena = {0};
    struct buf to = {0};
    html_text(&to, str_of(html), STR(""), NULL, &arena);
    assert_str(buf_str(&to), text);
    buf_free(&to);
    arena_free(&arena);
}

static void turns_html_to_text(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"", ""},
        {"plain", "plain"},
        {"  a \n b  ", "a b"},
        {"<p>a</p><p>b</p>", "a\nb"},
        {"a<br>b<br/><br><br><br>c", "a\nb\n\nc"},
        {"<div>a<div>b</div></div>c", "a\nb\nc"},
        {"<b>a</b> <i>b</i>c", "a bc"},
        {"a&nbsp;b &amp; &lt;c&gt; &#12354; &hearts; &copy", "a\xC2\xA0"
                                                             "b & <c> あ ♥ ©"},
        {"x<script>var a = '<b>';</script>y<style>p{}</style>z", "xyz"},
        {"a<!-- <b>no</b> -->b", "ab"},
        {"a<!-- never ended> b", "a b"},
        {"<ul><li>一<li>二</ul>", "一\n二"},
        {"<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"},
        {"日本\n語 の\nABC\nDEF", "日本語 の ABC DEF"},
        {"<pre>a\n  b</pre>", "a\nb"},
        {"<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>", "漢(かん)"},
        {"a < b > c", "a < b > c"},
        {"<p>unclosed <b>bold", "unclosed bold"},
        {"x <iframe src=a> y", "x y"},
        {"<object>kept</object>", "kept"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_html(rows[i].from, rows[i].to);
}

static void collects_links_and_media(void **state)
{
    (void)state;
    struct arena arena = {0};
    struct buf to = {0};
    struct entry entry = {0};
    entry_reset(&entry);
    html_text(
        &to,
        STR("<a href='/a'>1</a><a href=\"http://b.example/?x=1&amp;y=2\">2</a><a href='/a'>3</a>"
            "<a href='javascript:x()'>4</a><a href='#'>5</a>"
            "<a href='https://www.google.com/url?q=https://c.example/%3Fd'>6</a>"
            "<img src=i.png alt='alt text'><img src=p.gif width=1 height=1>"
            "<img src='data:image/png;base64,AA'><video src='v.mp4'></video>"),
        STR("https://example.jp/dir/page"), &entry, &arena);
    assert_int_equal(entry.links.count, 4);
    assert_str(entry.links.items[0], "https://example.jp/a");
    assert_str(entry.links.items[1], "http://b.example/?x=1&y=2");
    assert_str(entry.links.items[2], "https://example.jp/dir/page#");
    assert_str(entry.links.items[3], "https://c.example/?d");
    assert_int_equal(entry.media_count, 2);
    assert_str(entry.media[0].url, "https://example.jp/dir/i.png");
    assert_str(entry.media[0].alt, "alt text");
    assert_string_equal(entry.media[1].type, "video");
    entry_free(&entry);
    buf_free(&to);
    arena_free(&arena);
}

static void repeat(struct buf *to, const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_add_text(to, text);
}

/* Nesting beyond what people write is read without its tags. */
static void survives_deep_html(void **state)
{
    (void)state;
    static const char *const pieces[] = {"<div>",          "<b>",
                                         "<div><i></div>", "<a href=x>",
                                         "<font>",         "<table><tr><td>",
                                         "<x><y>",         "<div><x a=\"</div>\">",
                                         "<a =\"><div>",   "<script>",
                                         "<!--",           "<select><option>",
                                         "<svg><g>"};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct buf html = {0}, to = {0};
        struct arena arena = {0};
        buf_add_text(&html, "before ");
        repeat(&html, pieces[i], 20000);
        html_text(&to, buf_str(&html), STR(""), NULL, &arena);
        assert_true(str_starts(buf_str(&to), STR("before")));
        buf_free(&html);
        buf_free(&to);
        arena_free(&arena);
    }
}

static void guesses_what_is_html(void **state)
{
    (void)state;
    assert_true(html_is_likely(STR("a <b>c</b>")));
    assert_true(html_is_likely(STR("a<br/>b")));
    assert_true(html_is_likely(STR("AT&amp;T")));
    assert_true(html_is_likely(STR("&#12354;")));
    assert_false(html_is_likely(STR("1 < 2 & 3 > 2")));
    assert_false(html_is_likely(STR("<tag unknown>")));
    assert_false(html_is_likely(STR("AT&T <3;")));
    assert_false(html_is_likely(STR("")));
}

static void knows_entities(void **state)
{
    (void)state;
    static const struct row rows[] = {{"nbsp", "\xC2\xA0"},
                                      {"mdash", "—"},
                                      {"hearts", "♥"},
                                      {"CounterClockwiseContourIntegral", "∳"}};
    static const char *const none[] = {"", "bogus", "notit", "amp;amp", "&", "<b>", "am p"};
    struct buf to = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        buf_clear(&to);
        assert_true(html_entity(&to, str_of(rows[i].from)));
        assert_str(buf_str(&to), rows[i].to);
    }
    buf_clear(&to);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(html_entity(&to, str_of(none[i])));
    assert_int_equal(to.len, 0);
    buf_free(&to);
}

/* ---- addresses ---- */

/* RFC 3986, section 5.4. */
static void resolves_addresses(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"g:h", "g:h"},
        {"g", "http://a/b/c/g"},
        {" g\r\n\th\n", "http://a/b/c/gh"},
        {"h\nttp://b/\tc", "http://b/c"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q#s"},
        {"g#s", "http://a/b/c/g#s"},
        {";x", "http://a/b/c/;x"},
        {"", "http://a/b/c/d;p?q"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {"..g", "http://a/b/c/..g"},
        {"./../g", "http://a/b/g"},
        {"g/./h", "http://a/b/c/g/h"},
        {"g/../h", "http://a/b/c/h"},
        {"  g \n", "http://a/b/c/g"},
    };
    struct buf to = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        buf_clear(&to);
        url_resolve(&to, STR("http://a/b/c/d;p?q"), str_of(rows[i].from));
        assert_str(buf_str(&to), rows[i].to);
    }
    buf_clear(&to);
    url_resolve(&to, STR("http://a"), STR("g"));
    assert_str(buf_str(&to), "http://a/g");
    buf_clear(&to);
    url_resolve(&to, STR(""), STR("g/h"));
    assert_str(buf_str(&to), "g/h");
    buf_free(&to);
}

static void unwraps_addresses(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"https://www.google.com/url?rct=j&url=https://a.example/b&ct=ga", "https://a.example/b"},
        {"https://www.google.co.jp/url?q=http%3A%2F%2Fa.example%2F%E3%81%82",
         "http://a.example/あ"},
        {"https://google.co.jp/url?url=https://r.example/%82%A0%E3%81%82%20%0a%00",
         "https://r.example/%82%A0あ%20%0A%00"},
        {"https://www.youtube.com/redirect?event=comments&q=https%3A%2F%2Fa.example%2F&v=1",
         "https://a.example/"},
    };
    static const char *const none[] = {"https://www.google.com/url?url=javascript:x",
                                       "https://google.com/url",
                                       "https://google.evil.example/url?url=https://a.example/",
                                       "https://google.com.evil/url?url=https://a.example/",
                                       "https://www.youtube.com/watch?q=https://a.example/",
                                       "https://example.com/url?url=https://a.example/",
                                       "https://www.google.com/search?q=https://a.example/",
                                       ""};
    struct buf to = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        buf_clear(&to);
        assert_true(url_unwrap(&to, str_of(rows[i].from)));
        assert_str(buf_str(&to), rows[i].to);
    }
    buf_clear(&to);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(url_unwrap(&to, str_of(none[i])));
    assert_int_equal(to.len, 0);
    buf_free(&to);
}

static void finds_a_text_however_encoded(void **state)
{
    static const char *const with[] = {"http://a/?k=a%2Fb+c", "a/b c", "http://a/%61%2fb%20c#f",
                                       "/?u=%2F%3Fk%3Da%252Fb%2520c", "a%25252Fb%2B%63"};
    static const char *const without[] = {"http://a/?k=a%2Fbc", "a%2", "%%", ""};
    (void)state;
    for (size_t i = 0; i < sizeof with / sizeof *with; i++)
        assert_true(url_holds(str_of(with[i]), STR("a/b c")));
    for (size_t i = 0; i < sizeof without / sizeof *without; i++)
        assert_false(url_holds(str_of(without[i]), STR("a/b c")));
    assert_true(url_holds(STR("http://a/?k=100%25&b"), STR("100%")));

    struct buf to = {0};
    url_replace(&to, STR("http://a/?k=%61%2fb&l=a/b%2"), STR("a/b"), STR("{}"));
    assert_str(buf_str(&to), "http://a/?k={}&l={}%2");
    buf_free(&to);
}

/* ---- XML ---- */

static void assert_mends(const char *text, const char *wanted, bool sound)
{
    struct buf to = {0};
    struct err e;
    size_t used;
    assert_int_equal(xml_mend(str_of(text), 1, &to, &used, &e), sound);
    assert_str(buf_str(&to), wanted);
    buf_free(&to);
}

static void mends_xml(void **state)
{
    (void)state;
    assert_mends("<a>b</a>", "<a>b</a>", true);
    assert_mends("junk <a>b</a> junk", "<a>b</a>", true);
    assert_mends("<a>AT&T &nbsp;&mdash;&bogus; &#65; &#0;</a>",
                 "<a>AT&amp;T \xC2\xA0—&amp;bogus; &#65; \xEF\xBF\xBD</a>", true);
    assert_mends("<a>1 < 2\x01</a>", "<a>1 &lt; 2</a>", true);
    assert_mends("<a b=c d='e\"f' g d=x>t</a>", "<a b=\"c\" d=\"e&quot;f\" g=\"\">t</a>", true);
    assert_mends("<a><br>x<IMG src=y></a>", "<a><br/>x<IMG src=\"y\"/></a>", true);
    assert_mends("<a><![CDATA[<x>&]]></a>", "<a>&lt;x&gt;&amp;</a>", true);
    assert_mends("<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x 'y'>]><!-- c --><a/>", "<a/>", true);
    assert_mends("<a><b>x</a>", "<a><b>x</b></a>", false);
    assert_mends("<a></b>x</a>", "<a>x</a>", false);
    assert_mends("<a><b>x", "<a><b>x</b></a>", false);
    assert_mends("<a><b", "<a><b></b></a>", false);
    assert_mends("<a><![CDATA[x", "<a>x</a>", false);
    assert_mends("<A>x</a>", "<A>x</A>", true);
    assert_mends("<a b=\"c>x</a>", "<a b=\"c\">x</a>", true);
    assert_mends("<a>x</a><b>", "<a>x</a>", true);
    assert_mends("", "", true);
}

struct count {
    size_t starts, ends, bytes;
};

static void count_start(void *context, const char *name, const char **attributes)
{
    (void)name;
    (void)attributes;
    ((struct count *)context)->starts++;
}

static void count_end(void *context, const char *name)
{
    (void)name;
    ((struct count *)context)->ends++;
}

static void count_text(void *context, struct str text)
{
    ((struct count *)context)->bytes += text.len;
}

static const struct xml_reader counter = {count_start, count_end, count_text};

static enum xml_outcome read_xml(struct str text, struct count *count, size_t *used)
{
    struct err e = {.text = ""};
    *count = (struct count){0};
    enum xml_outcome outcome = xml_read(text, 1, &counter, count, used, &e);
    assert_int_equal(outcome == XML_WHOLE, e.text[0] == '\0');
    return outcome;
}

static void reads_xml(void **state)
{
    (void)state;
    struct count count;
    size_t used;
    assert_int_equal(
        read_xml(STR("<?xml version='1.0' encoding='x'?><a><b/>xy</a>\n"), &count, &used),
        XML_WHOLE);
    assert_int_equal(count.starts, 2);
    assert_int_equal(count.ends, 2);
    assert_int_equal(count.bytes, 2);
    assert_int_equal(read_xml(STR("<a/><b/>"), &count, &used), XML_WHOLE);
    assert_int_equal(used, 4);
    assert_int_equal(read_xml(STR("<a>&nbsp;</a>"), &count, &used), XML_BROKEN);
    assert_int_equal(read_xml(STR("<a>"), &count, &used), XML_BROKEN);
    assert_int_equal(
        read_xml(STR("<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>"), &count,
                 &used),
        XML_WHOLE);
    assert_int_equal(count.bytes, 0);
}

static void refuses_hostile_xml(void **state)
{
    (void)state;
    struct count count;
    struct buf text = {0}, mended = {0};
    size_t used;
    struct err e;
    repeat(&text, "<a>", 100000);
    assert_int_equal(read_xml(buf_str(&text), &count, &used), XML_HOSTILE);
    assert_int_equal(count.starts, XML_DEPTH);
    assert_false(xml_mend(buf_str(&text), 1, &mended, &used, &e));
    assert_int_equal(read_xml(buf_str(&mended), &count, &used), XML_WHOLE);
    buf_clear(&text);
    buf_add_text(&text, "<!DOCTYPE a [<!ENTITY x '");
    repeat(&text, "lol", 1000);
    buf_add_text(&text, "'><!ENTITY y '");
    repeat(&text, "&x;", 1000);
    buf_add_text(&text, "'>]><a>");
    repeat(&text, "&y;", 1000);
    buf_add_text(&text, "</a>");
    assert_int_equal(read_xml(buf_str(&text), &count, &used), XML_HOSTILE);
    assert_true(count.bytes < 4 * 1024 * 1024);
    buf_free(&text);
    buf_free(&mended);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_charsets),
        cmocka_unit_test(marks_bad_bytes),
        cmocka_unit_test(finds_the_charset),
        cmocka_unit_test(takes_a_label_from_outside),
        cmocka_unit_test(undoes_utf8_made_twice),
        cmocka_unit_test(any_bytes_become_utf8),
        cmocka_unit_test(mends_windows_controls),
        cmocka_unit_test(turns_html_to_text),
        cmocka_unit_test(collects_links_and_media),
        cmocka_unit_test(survives_deep_html),
        cmocka_unit_test(guesses_what_is_html),
        cmocka_unit_test(knows_entities),
        cmocka_unit_test(resolves_addresses),
        cmocka_unit_test(unwraps_addresses),
        cmocka_unit_test(finds_a_text_however_encoded),
        cmocka_unit_test(mends_xml),
        cmocka_unit_test(reads_xml),
        cmocka_unit_test(refuses_hostile_xml),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
