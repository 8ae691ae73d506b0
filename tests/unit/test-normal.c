/* lib/text/normal: both forms, row by row; origins; and bytes of any kind. */
#include "unit.h"

#include "text/normal.h"

struct row {
    const char *original, *expected;
};

#define ROWS(array) sizeof(array) / sizeof *(array)

static int open_tables(void **state)
{
    *state = normal_new();
    return 0;
}

static int close_tables(void **state)
{
    normal_free(*state);
    return 0;
}

static void check_analysis(const struct normal *n, const struct row *rows, size_t count)
{
    struct normal_text made = {0};
    for (size_t i = 0; i < count; i++) {
        normal_analysis(n, str_of(rows[i].original), &made);
        assert_str(buf_str(&made.text), rows[i].expected);
        assert_int_equal(made.origin[made.text.len], strlen(rows[i].original));
    }
    normal_text_free(&made);
}

static void check_keys(const struct normal *n, const struct row *rows, size_t count)
{
    struct buf made = {0};
    for (size_t i = 0; i < count; i++) {
        buf_clear(&made);
        normal_key(n, str_of(rows[i].original), &made);
        assert_str(buf_str(&made), rows[i].expected);
    }
    buf_free(&made);
}

static void folds_width_and_case(void **state)
{
    static const struct row rows[] = {
        {"", ""},
        {"ＡＢＣ１２３！", "abc123!"},
        {"Hello WORLD", "hello world"},
        {"①㈱㌔", "1(株)キロ"},
        {"ﷺ", "صلى الله عليه وسلم"},
        {"\uF90A", "金"},
        {"Straße İ", "strasse i̇"},
        {"𝐀𝓫", "ab"},
        {"全角　空白\tと\r\n改行", "全角 空白 と \n改行"},
        {"(´・ω・｀) ￣▽￣", "(´・ω・`) ￣▽￣"},
        {"まあ…‥", "まあ…‥"},
    };
    check_analysis(*state, rows, ROWS(rows));
}

static void joins_marks(void **state)
{
    static const struct row rows[] = {
        {"ｶﾞｽ ﾊﾟﾝ ｳﾞ", "ガス パン ヴ"},
        {"か\u3099 は\u309A", "が ぱ"},
        {"か゛", "が"},
        {"あ゛ あ\u3099 ｱﾞ", "あ゛ あ゛ ア゛"},
        {"\u3099", "゛"},
        {"ﾞﾟ", "゛゜"},
        {"cafe\u0301", "café"},
        {"\u1112\u1161\u11AB", "한"},
        {"x\u0301", "x\u0301"},
    };
    check_analysis(*state, rows, ROWS(rows));
}

static void shortens_runs(void **state)
{
    static const struct row rows[] = {
        {"すごーーい", "すごーい"},
        {"ｽｺﾞｰｰｲ", "スゴーイ"},
        {"すごい〜〜！", "すごいー!"},
        {"そう～", "そうー"},
        {"そう~", "そうー"},
        {"そうー〜～~ね", "そうーね"},
        {"最高～～", "最高ー"},
        {"最高～", "最高〜"},
        {"10~20 10～20", "10~20 10〜20"},
        {"http://a/~u", "http://a/~u"},
        {"~", "~"},
        {"ーーー", "ー"},
        {"草草草", "草"},
        {"草 草", "草 草"},
        {"えっ...", "えっ…"},
        {"えっ......3.14", "えっ…3.14"},
        {"…えっ……それ", "…えっ…それ"},
        {"えっ・・・ｱ････ア", "えっ…ア…ア"},
        {"．．．.v1..2", "…v1..2"},
        {"ｎｏｄｅ．ｊｓ ２．５次元﹒", "node.js 2.5次元."},
        {"ア・イ･ウ・・エ", "ア・イ・ウ・・エ"},
        {". ..", ". .."},
    };
    check_analysis(*state, rows, ROWS(rows));
}

static void shortens_laughter(void **state)
{
    static const struct row rows[] = {
        {"ｗｗｗ", "w"},
        {"やばいwwww", "やばいw"},
        {"OKｗｗｗ", "okw"},
        {"WWW", "w"},
        {"ｗＷwW", "w"},
        {"w", "w"},
        {"www.example.com", "www.example.com"},
        {"草www.", "草w."},
        {"OKwww", "okwww"},
        {"ww2", "ww2"},
        {"ＷＷＦ", "wwf"},
        {"http://x.jp/ww", "http://x.jp/ww"},
        {"@wwww", "@wwww"},
        {"glowworm", "glowworm"},
        {"まじｗｗｗ。", "まじw。"},
    };
    check_analysis(*state, rows, ROWS(rows));
}

static void drops_what_is_not_seen(void **state)
{
    static const struct row rows[] = {
        {"あ\u200Bい\u200D\uFEFF\u00AD", "あい"},
        {"\u202Eabc\u202C", "abc"},
        {"❤\uFE0F", "❤"},
        {"👨\u200D👩\u200D👧", "👨👩👧"},
        {"👍🏽🇯🇵🈁", "👍🏽🇯🇵🈁"},
        {"か\u200B\u3099", "が"},
        {"すごー\u200Bーい", "すごーい"},
        {"葛\U000E0100", "葛"},
    };
    check_analysis(*state, rows, ROWS(rows));
}

static void makes_keys(void **state)
{
    static const struct row rows[] = {
        {"", ""},
        {"すごい！！ おいしい。", "すごいおいしい"},
        {"ＡＢＣ　abc", "abcabc"},
        {"見て→ https://t.co/Abc12、すごい", "見てすごい"},
        {"見て HTTP://EXAMPLE.JP/a?b=c#d", "見て"},
        {"https://t.co/x", ""},
        {"http: //x", "httpx"},
        {"虫 ttp://x.jp/abc、ttps://x.jp", "虫"},
        {"matchttp://x watttps://x", "matcwat"},
        {"虫ＨＴＴＰ：／／ｘ．ｊｐ／ａ?ｂ　ｃ", "虫c"},
        {"http://x.jp/aＢＣ、http：//xＢ", "bcb"},
        {"注：／／ tp://x p://y ://z s://", "注tpxpyzs"},
        {"http://", ""},
        {"://x", "x"},
        {"RT @ab_c: やっと。", "やっと"},
        {"RT @a@b.example: やっと。", "やっと"},
        {"RT やっと", "rtやっと"},
        {"RT @: やっと", "rtやっと"},
        {"👍🏽❤\uFE0F…！？", ""},
        {"えっ...3.14・ア･･･．イ……", "えっ314アイ"},
        {"㈱アクメ", "株アクメ"},
        {"すごーーい〜", "すごーいー"},
        {"最高~~", "最高"},
        {"ｗｗｗ", "w"},
        {"C++ 1,000円", "c1000円"},
        {"ガパ", "ガパ"},
        {"か\u3099", "が"},
    };
    check_keys(*state, rows, ROWS(rows));
}

static void adds_to_a_key(void **state)
{
    struct buf key = {0};
    normal_key(*state, STR("か"), &key);
    normal_key(*state, STR("\u3099https://x"), &key); /* joins nothing across texts */
    normal_key(*state, STR("ス"), &key);
    assert_str(buf_str(&key), "かス");
    buf_free(&key);
}

static void leads_back_to_the_original(void **state)
{
    struct normal_text made = {0};
    normal_analysis(*state, STR("Ａ㌔ｶﾞーーw"), &made);
    assert_str(buf_str(&made.text), "aキロガーw");
    static const uint32_t expected[] = {0, 3, 3, 3, 3, 3, 3, 6, 6, 6, 12, 12, 12, 18, 19};
    assert_int_equal(made.text.len + 1, ROWS(expected));
    for (size_t i = 0; i < ROWS(expected); i++)
        assert_int_equal(made.origin[i], expected[i]);
    normal_text_free(&made);
}

static void leads_back_to_dots(void **state)
{
    struct normal_text made = {0};
    normal_analysis(*state, STR("a....b･･"), &made);
    assert_str(buf_str(&made.text), "a…b・・");
    static const uint32_t expected[] = {0, 1, 1, 1, 5, 6, 6, 6, 9, 9, 9, 12};
    assert_int_equal(made.text.len + 1, ROWS(expected));
    for (size_t i = 0; i < ROWS(expected); i++)
        assert_int_equal(made.origin[i], expected[i]);
    normal_text_free(&made);
}

static void adds_a_piece_of_a_longer_text(void **state)
{
    struct normal_text made = {0};
    normal_analysis_add(*state, STR("か"), 0, &made);
    normal_analysis_add(*state, STR("\n"), 3, &made);
    normal_analysis_add(*state, STR("ー\u3099Ｂ"), 4, &made);
    assert_str(buf_str(&made.text), "か\nー゛b");
    assert_int_equal(made.origin[3], 3);
    assert_int_equal(made.origin[4], 4);
    assert_int_equal(made.origin[7], 7);
    assert_int_equal(made.origin[10], 10);
    assert_int_equal(made.origin[11], 13);
    normal_text_free(&made);
}

static void passes_bytes_that_are_no_text(void **state)
{
    struct normal_text made = {0};
    struct str hostile = STR("A\0\xFF\xE3\x81 \xED\xA0\x80\xC0\x80\xF4\x90\x80\x80w\xE3");
    normal_analysis(*state, hostile, &made);
    assert_int_equal(made.text.len, hostile.len);
    assert_memory_equal(made.text.data + 1, hostile.ptr + 1, hostile.len - 1);
    normal_text_free(&made);
}

/* Texts out of pieces that interact, and of bytes: origins never go back, stay in
 * the text, and both forms come to an end. */
static void takes_anything(void **state)
{
    static const char *const pieces[] = {
        "か", "\u3099", "ﾞ", "ー",     "~",      "w", "ｗ",     "草",   "https://", ":",
        "A",  "ﷺ",      "e", "\u0301", "\u200D", "👍", "RT @a:", "\xFF", "\xE3",     " "};
    struct normal_text made = {0};
    struct buf original = {0}, key = {0};
    uint32_t random = 12345;
    for (int round = 0; round < 20000; round++) {
        buf_clear(&original);
        buf_clear(&key);
        for (int i = 0; i < 12; i++) {
            random = random * 1664525 + 1013904223;
            if (random >> 30 == 0)
                buf_add_char(&original, (char)(random >> 20));
            else
                buf_add_text(&original, pieces[(random >> 16) % ROWS(pieces)]);
        }
        normal_analysis(*state, buf_str(&original), &made);
        normal_key(*state, buf_str(&original), &key);
        for (size_t i = 0; i < made.text.len; i++)
            assert_true(made.origin[i] <= made.origin[i + 1]);
        assert_int_equal(made.origin[made.text.len], original.len);
    }
    normal_text_free(&made);
    buf_free(&original);
    buf_free(&key);
}

static void finds_the_mark_of_a_copy(void **state)
{
    (void)state;
    struct str handle;
    assert_int_equal(normal_repost(STR("RT @ab_c: text"), &handle), 10);
    assert_str(handle, "ab_c");
    assert_int_equal(normal_repost(STR("RT @ab"), &handle), 0);
    assert_int_equal(normal_repost(STR("RT @ab text"), &handle), 0);
    assert_int_equal(normal_repost(STR("rt @ab: text"), &handle), 0);
    assert_int_equal(normal_repost(STR("RT @ab:"), &handle), 7);
    assert_int_equal(normal_repost(STR("RT @ab: RT @c:  RT @d text"), &handle), 16);
    assert_str(handle, "c");
    assert_int_equal(normal_handle(STR("a-b@c.jp さん")), 8);
    assert_int_equal(normal_handle(STR("")), 0);
}

/* Characters of which each does one thing to a key, in runs of any length: some are taken
 * five at a time. */
static void keys_of_runs(void **state)
{
    static const struct row parts[] = {{"あ", "あ"}, {"漢", "漢"}, {"、", ""},  {"ー", "ー"},
                                       {"ガ", "ガ"}, {"！", ""},   {"Ａ", "a"}, {"A", "a"},
                                       {"7", "7"},   {"é", "é"},   {"～", ""}};
    struct buf original = {0}, expected = {0}, made = {0};
    uint32_t seed = 1;
    for (unsigned round = 0; round < 3000; round++) {
        buf_clear(&original);
        buf_clear(&expected);
        buf_clear(&made);
        unsigned kinds = round % 3 == 0 ? 4 : round % 3 == 1 ? 6 : 10;
        for (unsigned length = round % 40; length > 0; length--) {
            seed = seed * 1664525 + 1013904223;
            const struct row *part = &parts[(seed >> 8) % kinds];
            buf_add_text(&original, part->original);
            if (strcmp(part->expected, "ー") != 0 || !str_ends(buf_str(&expected), STR("ー")))
                buf_add_text(&expected, part->expected);
        }
        normal_key(*state, buf_str(&original), &made);
        assert_str(buf_str(&made), buf_text(&expected));
    }
    buf_free(&original);
    buf_free(&expected);
    buf_free(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds_width_and_case),
        cmocka_unit_test(joins_marks),
        cmocka_unit_test(shortens_runs),
        cmocka_unit_test(shortens_laughter),
        cmocka_unit_test(drops_what_is_not_seen),
        cmocka_unit_test(makes_keys),
        cmocka_unit_test(adds_to_a_key),
        cmocka_unit_test(leads_back_to_the_original),
        cmocka_unit_test(leads_back_to_dots),
        cmocka_unit_test(adds_a_piece_of_a_longer_text),
        cmocka_unit_test(passes_bytes_that_are_no_text),
        cmocka_unit_test(takes_anything),
        cmocka_unit_test(keys_of_runs),
        cmocka_unit_test(finds_the_mark_of_a_copy),
    };
    return cmocka_run_group_tests(tests, open_tables, close_tables);
}
