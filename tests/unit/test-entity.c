/* lib/text/entity: what is found in a text, whole and in order; plain text has none. */
#include "unit.h"

#include <stdlib.h>

#include "base/buf.h"
#include "text/entity.h"

/* All entities of a text as "type:surface|…". */
static void check(const char *text, const char *wanted)
{
    struct buf found = {0};
    struct str all = str_of(text);
    for (size_t at = 0; at < all.len;) {
        struct entity e = entity_next(all, at);
        if (e.type == ENTITY_NONE)
            break;
        assert_true(e.at >= at && e.len > 0 && e.at + e.len <= all.len);
        buf_addf(&found, "%s%s:%.*s", found.len > 0 ? "|" : "", entity_name(e.type), (int)e.len,
                 text + e.at);
        at = e.at + e.len;
    }
    assert_str(buf_str(&found), wanted);
    buf_free(&found);
}

static void finds_addresses(void **state)
{
    (void)state;
    check("見て→https://example.jp/a?b=c#d。すごい", "url:https://example.jp/a?b=c#d");
    check("(http://example.jp/a_(b)) www.example.com.",
          "url:http://example.jp/a_(b)|url:www.example.com");
    check("Https://example.com HTTPS://EXAMPLE.COM/ WWW.Foo.jp",
          "url:Https://example.com|url:HTTPS://EXAMPLE.COM/|url:WWW.Foo.jp");
    check(
        "[http://a.jp] [x](http://a.jp/b[1]) **http://a.jp/** http://a.jp/– http://a.jp/~",
        "url:http://a.jp|url:http://a.jp/b[1]|url:http://a.jp/|url:http://a.jp/|url:http://a.jp/");
    check("http://a.jp/watch?v=a-b_- ~http://a.jp/~a/",
          "url:http://a.jp/watch?v=a-b_-|url:http://a.jp/~a/");
    check("http://. https:///x xhttp://example.jp", "");
    check("@hoshi_01さん、＠ｗ @a@example.social", "mention:@hoshi_01|mention:@a@example.social");
    check("me@example.jp @_@ f!@x", "");
    check("RT@yama: これ", "mention:@yama");
    check("#虫 ＃ふわまる焼き芋 #2026年 #1 a#b ##c",
          "hashtag:#虫|hashtag:＃ふわまる焼き芋|hashtag:#2026年");
    check("#メ～テレ #http://example.jp", "hashtag:#メ～テレ|url:http://example.jp");
}

static void keeps_emoji_whole(void **state)
{
    (void)state;
    check("👨‍👩‍👧‍👦と🇯🇵🇺🇸",
          "emoji:👨‍👩‍👧‍👦|emoji:🇯🇵|emoji:🇺🇸");
    check("1️⃣2#️⃣👍🏽❤️",
          "emoji:1️⃣|emoji:#️⃣|emoji:👍🏽|emoji:❤️");
    check("12 ©2026 〰 ㊗", "");
}

static void tells_faces_from_remarks(void **state)
{
    (void)state;
    check("すごい(^_^)/ (´・ω・｀) m(_ _)m", "kaomoji:(^_^)/|kaomoji:(´・ω・｀)|kaomoji:m(_ _)m");
    check("東京(本社)の山田(仮名) f(x) (1)", "");
    check("（330円）（33歳）(30%)（00:30）(0-3)(3/3)(03)（ToDo）（ノート）（TXT）（3曲）(>>3)(-3°)",
          "");
    check("(3_3)(^3^)(・3・)(o_o)(T_T)(ToT)(TAT)( '-')",
          "kaomoji:(3_3)|kaomoji:(^3^)|kaomoji:(・3・)|kaomoji:(o_o)|kaomoji:(T_T)|"
          "kaomoji:(ToT)|kaomoji:(TAT)|kaomoji:( '-')");
    check("orz word", "kaomoji:orz");
    check("キタ━━━━(゜∀゜)━━━━ッ っっ(^o^)っ ━a(゜∀゜)",
          "kaomoji:━━━━(゜∀゜)━━━━|kaomoji:っっ(^o^)っ|kaomoji:(゜∀゜)");
    check("ピアノ(^^) えっ(^^) うわーっ(^^) (^^)って (^^)ノート ﾋﾟｱﾉ(^^)",
          "kaomoji:(^^)|kaomoji:(^^)|kaomoji:(^^)|kaomoji:(^^)|kaomoji:(^^)|kaomoji:(^^)");
    check("やったノ(^o^)ノみんな わーいヽ(^o^)ノ 寿司っ(^^)っコーヒー",
          "kaomoji:ノ(^o^)ノ|kaomoji:ヽ(^o^)ノ|kaomoji:っ(^^)っ");
    check("━━━━━(゜∀゜)", "kaomoji:━━━━(゜∀゜)"); /* four arms at most */
    check("ちょっと、待って(笑)（笑）", "laughter:(笑)|laughter:（笑）");
}

static void tells_laughter_from_letters(void **state)
{
    (void)state;
    check("うけるｗｗｗ まじかw 草", "laughter:ｗｗｗ|laughter:w|laughter:草");
    check("うそ…笑 うそ...笑 うそ・・・笑 うそで草・・・",
          "laughter:笑|laughter:笑|laughter:笑|laughter:草");
    check("うそ…笑って 草・花", "");
    check("それな（笑）笑笑", "laughter:（笑）|laughter:笑笑");
    check("日本のW杯 公式ＷＥＢで 新型ＷＨＯの 使えるＷｉｎｄｏｗｓ ＷＷＦ 春のW+ あのＷリング",
          "");
    check("まじかW うそＷ。ＮＨＫｗｗｗ それなw俺も うけるＷＷ",
          "laughter:W|laughter:Ｗ|laughter:ｗｗｗ|laughter:w|laughter:ＷＷ");
    check("www.example.jp wow awww草むら草原の草を笑う", "url:www.example.jp");
    check("見てpic.twitter.com/AbC1 pic.x.com/d。t.co/e youtu.be/-f at.co/g pic.twitter.com x.com/h",
          "url:pic.twitter.com/AbC1|url:pic.x.com/d|url:t.co/e");
}

/* Whatever stands in it, the search goes forward, and in time in proportion. */
static void survives_hostile_runs(void **state)
{
    (void)state;
    static const char *const runs[] = {
        "w",  "ｗ", "草",   "http://.",       "@", "#1",           "‼\xE2\x80\x8D",
        "(^", "(",  "\xFF", "か\xE3\x82\x99", "🇯", "1\xEF\xB8\x8F"};
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        struct buf text = {0};
        while (text.len < 300000)
            buf_add_text(&text, runs[i]);
        buf_add_char(&text, 'a');
        struct str all = buf_str(&text);
        for (size_t at = 0; at < all.len;) {
            struct entity e = entity_next(all, at);
            assert_true(e.type == ENTITY_NONE ? e.at == all.len : e.at >= at && e.len > 0);
            at = e.at + e.len;
        }
        buf_free(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_addresses),          cmocka_unit_test(keeps_emoji_whole),
        cmocka_unit_test(tells_faces_from_remarks), cmocka_unit_test(tells_laughter_from_letters),
        cmocka_unit_test(survives_hostile_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
